/*
 * air_period - a station's or a city's air over a day, month, quarter, half
 * year or year (HJ 663): means and percentiles against GB 3095, exceedance
 * multiples, attainment rates, single, largest and summed index, days of each
 * category, good-day ratio, days with each primary pollutant.
 *
 * Limits of a year (and lead's of a quarter) judge only their own period; for a
 * month GB 3095 has none, so a month is counted and not judged. A pollutant
 * attains a year when mean and percentile both do, the place when all six
 * basic pollutants do. One that validly exceeds decides, even when others have
 * too few days; else too few days give no result.
 *
 * Pure; the verdict lies on the arena.
 */
#ifndef AIR_PERIOD_H
#define AIR_PERIOD_H

#include "assess/air/air.h"

/* Days ascend, each once. */
void air_period_judge(const struct air_question *q, const struct air_day *days,
                      size_t n, struct arena *arena, struct verdict *out);

#endif
