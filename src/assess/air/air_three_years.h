/*
 * air_three_years - the mean of three years in a row against the limit of a
 * year, moved on year by year. HJ 663-2026 is known to have such an evaluation;
 * its text is not at hand, so everything here has low confidence: the mean of
 * the three annual values as they are given, rounded once.
 *
 * Pure; the verdict lies on the arena.
 */
#ifndef AIR_THREE_YEARS_H
#define AIR_THREE_YEARS_H

#include "assess/air/air.h"

enum { AIR_THREE = 3 };

/* An annual value: the mean, of CO and O3 the percentile of the year. */
struct air_annual {
    int year;
    struct {
        bool known;
        struct decimal value;
    } of[AIR_POLLUTANT_COUNT];
};

/* Three years in a row, by the limits of rules_day. */
void air_three_years_judge(const struct air_annual years[AIR_THREE], int class,
                           int rules_day, struct arena *arena,
                           struct verdict *out);

#endif
