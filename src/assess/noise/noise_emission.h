/*
 * noise_emission - noise at a boundary: of industry (GB 12348-2008), of
 * community life (GB 22337-2008), of construction (GB 12523, by the day).
 *
 *     measured - background, rounded to a whole dB
 *          > 10   taken as it is
 *         3..10   corrected by the table of GB 12348
 *           < 3   not usable: measure again
 *
 * The corrected level is rounded to a whole dB and compared; equal is within.
 * Without a background nothing is corrected, and the verdict says so. A room
 * (structure-borne noise) has limits of its own. A sudden noise of the night
 * may pass the night's limit by 10 dB (frequent) or 15 dB (occasional). Pure.
 */
#ifndef NOISE_EMISSION_H
#define NOISE_EMISSION_H

#include "assess/noise/noise_table.h"

enum noise_source { NOISE_INDUSTRY, NOISE_COMMUNITY, NOISE_CONSTRUCTION };

enum noise_room {
    NOISE_OUTDOORS, /* at the boundary */
    NOISE_ROOM_A,   /* mainly for sleeping */
    NOISE_ROOM_B,   /* mainly for the day */
};

struct noise_emission {
    enum noise_source source;
    int zone; /* 0 to 4; construction has none */
    enum noise_room room;
    bool night;
    struct decimal level;
    const struct decimal *background; /* NULL: not measured */
    const struct decimal *max;        /* of the night; NULL: none */
    bool frequent;                    /* the sudden noise; else occasional */
    int day;                          /* RULE_NEWEST when not known */
};

void noise_emission_judge(const struct noise_emission *emission,
                          struct arena *arena, struct verdict *out);

#endif
