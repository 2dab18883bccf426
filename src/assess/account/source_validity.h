/*
 * source validity - which hours and days of an outlet's automatic data count,
 * and why the others are lost: HJ 75-2017 for flue gas, HJ 356-2019 for waste
 * water. The least numbers are rows of validity.csv.
 *
 * Gas: a day is valid with 20 valid hours (less when more are stopped is not
 * foreseen), its mean is that of the valid hours; a quarter's capture is
 * (total - invalid - stopped) / (total - stopped). Water: a day is valid with
 * 75 % of what is due (batch discharge: of the hours with discharge), its mean
 * is weighted by flow, of pH the range stands; a month with 75 % valid days.
 *
 * Pure; the verdict lies on the arena.
 */
#ifndef ACCOUNT_SOURCE_VALIDITY_H
#define ACCOUNT_SOURCE_VALIDITY_H

#include "assess/account/hours.h"

/* The element validity.csv calls it by. */
const char *source_element(enum hours_medium medium);

/* The minutes of an hour that must be valid; 0: no rule on that day. */
int source_minutes_needed(enum hours_medium medium, const char *factor,
                          int day);

/*
 * `day_hours` replaces the least number of valid hours of a gas day (18 in one
 * rule set); 0: as the table says.
 */
void source_validity(const struct hours_input *input, int day_hours,
                     struct arena *arena, struct verdict *out);

#endif
