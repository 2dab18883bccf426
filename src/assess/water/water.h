/*
 * water - the class of a surface-water section by GB 3838-2002 table 1 and the
 * notice 环办〔2011〕22号: single factor, the worst item decides, class 6 is
 * "worse than V" (劣Ⅴ). Limits are data (standards/water-gb3838.csv). Total
 * nitrogen, faecal coliform and temperature never enter the class. Rounding of
 * the rated values by 环办监测函〔2020〕82号 (standards/water-items.csv).
 *
 * An item worse than III has a multiple, value / limit of III - 1, except pH
 * and dissolved oxygen, which the notice gives none. The summary names at most
 * three main pollutants: cyanide and heavy metals first, then by class, then by
 * multiple. Dissolved oxygen is rated in mg/L; the 90 % saturation that also
 * makes class I is not asked for.
 *
 * Pure.
 */
#ifndef WATER_H
#define WATER_H

#include "assess/verdict.h"

enum water_body { WATER_RIVER, WATER_LAKE_RESERVOIR };

struct water_value {
    char factor[16];      /* HJ 525 code; the alternative codes are known too */
    struct decimal value; /* in the unit of the standard */
    bool below_detection; /* value is the detection limit: half of it counts */
};

enum water_rounding {
    WATER_ROUND_STATISTICS, /* to the decimals of the notice, pH to 0 */
    WATER_ROUND_NONE,       /* single automatic readings and warnings */
};

/*
 * Items that are not rated (unknown to the table, or reported apart) are given
 * with the reason. Outcome INSUFFICIENT when nothing could be rated.
 */
void water_section(const struct water_value *values, size_t count,
                   enum water_body body, enum water_rounding rounding, int day,
                   struct arena *arena, struct verdict *out);

/* ---- the table behind it ---- */

enum { WATER_CLASSES = 5, WATER_WORSE = 6 };

enum water_bound { WATER_NO_BOUND, WATER_MAX, WATER_MIN, WATER_RANGE };

/* One item of table 1 for one kind of water body. */
struct water_item {
    const char *code, *name_zh, *name_en, *unit;
    bool river, lake;
    bool rated; /* part of the class; else reported apart */
    enum water_bound bound;
    struct decimal limit[WATER_CLASSES]; /* of RANGE: the lower end */
    struct decimal upper[WATER_CLASSES]; /* of RANGE */
    int decimals;                        /* when rating; -1: as it is */
    bool toxic_first, has_multiple;
    const char *clause, *confidence;
};

/* NULL behind the last. */
const struct water_item *water_item_at(size_t index);

/* By canonical code; NULL when table 1 has no limits of it for this body. */
const struct water_item *water_item_find(struct span code,
                                         enum water_body body);

#endif
