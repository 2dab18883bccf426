/*
 * water_period - the class of a section over a month, a quarter or a year from
 * its single readings: within a month readings of an automatic station come
 * before samples for the items of 环办监测函〔2020〕82号 and are never mixed; a
 * quarter and a year are the means of their months; see water_mean for pH and
 * what was not detected. Pure.
 */
#ifndef WATER_PERIOD_H
#define WATER_PERIOD_H

#include "assess/water/water.h"

struct water_reading {
    struct water_measure measure;
    bool automatic; /* from a station; else a sample in the laboratory */
    int day;        /* yyyymmdd */
};

/*
 * terms->span is the period; terms->samples is counted here: days with a
 * reading, for a year of a state-controlled section the months. `day` decides
 * the edition.
 */
void water_period(const struct water_reading *readings, size_t count,
                  const struct water_terms *terms, int day, struct arena *arena,
                  struct verdict *out);

#endif
