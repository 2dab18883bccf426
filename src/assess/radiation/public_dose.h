/*
 * public_dose - the effective dose of a person from gamma radiation around:
 *
 *     E = (D_out × occupancy_out + D_in × occupancy_in) × 0.7 Sv/Gy × 8760 h
 *
 * The limit of GB 18871-2002 (1 mSv/a) is on added dose from practices: only
 * what lies above a given background is compared with it, never a reading as a
 * whole. All factors are data or given. Pure.
 */
#ifndef RADIATION_PUBLIC_DOSE_H
#define RADIATION_PUBLIC_DOSE_H

#include "assess/radiation/radiation_table.h"

struct dose_place {
    const struct decimal *rate, *background; /* nGy/h; NULL: none */
    const struct decimal *occupancy;         /* NULL: the table's */
};

struct public_dose {
    struct dose_place outdoors, indoors;
    const struct decimal *hours; /* of the year; NULL: 8760 */
    bool special;                /* the single year of special cases */
    /* readings in Sv/h by an instrument of this calibration, turned to Gy/h */
    const char *calibration; /* "Cs-137", "Co-60"; NULL: they are in Gy/h */
    int day;
};

void public_dose_judge(const struct public_dose *dose, struct arena *arena,
                       struct verdict *out);

#endif
