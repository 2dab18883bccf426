/*
 * air_input - the columns that the assessments of air share: the pollutants
 * under all their names, and a record as a day of them.
 */
#ifndef AIR_INPUT_H
#define AIR_INPUT_H

#include "assess/air/air.h"
#include "assess/catalogue/assessment.h"

/* The pollutants in their order, then the largest 1 h mean of ozone. */
const struct assess_item *air_item_at(size_t index);

/* A plain "O3" is the largest 8 h mean of the day. */
const struct assess_item *air_item_named(struct span name);

/* The choice of an edition instead of the one in force. */
extern const struct assess_choice air_limit_choices[];
enum air_limit_choice {
    AIR_LIMITS_LAST_DAY,
    AIR_LIMITS_FIRST_DAY,
    AIR_LIMITS_2012,
    AIR_LIMITS_2026,
    AIR_LIMITS_2031,
};

/* The day whose rules judge a period. */
int air_rules_day(int choice, int from_day, int to_day);

/* How a verdict's length of time is kept: a half year as a year. */
enum cadence air_cadence(enum air_period period);

/* False: refused, with the reason told. `day` is of the record. */
bool air_day_of(const struct assess_case *c, const struct assess_record *r,
                int day, struct air_day *out);

/*
 * Sorts by day and refuses every second record of one day. `lines[i]` is the
 * record of days[i]. Returns how many are left.
 */
size_t air_days_sort(const struct assess_case *c, struct air_day *days,
                     const struct assess_record **lines, size_t n);

/* Limits of GB 3095 and rules of HJ 663, for lists. */
void air_facts(struct assess_facts *facts);

#endif
