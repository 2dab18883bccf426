/*
 * noise_zone - a point's levels against the class of its zone (GB 3096-2008):
 * Ld and Ln against their limits, day and night apart; a sudden noise of the
 * night may pass its limit by at most 15 dB. Levels are compared in 0.1 dB;
 * equal is within. Pure.
 */
#ifndef NOISE_ZONE_H
#define NOISE_ZONE_H

#include "assess/noise/noise_table.h"

struct noise_zone_levels {
    const char *zone;                    /* "0" ... "4b" */
    const struct decimal *ld, *ln, *max; /* NULL: not measured */
    bool bad_weather;                    /* not evaluated */
    int day;                             /* RULE_NEWEST when not known */
};

void noise_zone_judge(const struct noise_zone_levels *levels,
                      struct arena *arena, struct verdict *out);

/* The limit of a zone for "day" or "night"; NULL before the standard. */
const struct rule *noise_zone_limit(const char *zone, const char *period,
                                    int day);

#endif
