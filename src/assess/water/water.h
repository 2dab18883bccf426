/*
 * water - the class of a surface-water section by GB 3838-2002 table 1 and the
 * notice 环办〔2011〕22号: single factor, the worst item decides, class 6 is
 * "worse than V" (劣Ⅴ). Limits are data (standards/water-gb3838.csv). Total
 * nitrogen, faecal coliform and temperature never enter the class. Rounding of
 * the rated values by 环办监测函〔2020〕82号.
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

void water_section(const struct water_value *values, size_t count,
                   enum water_body body, enum water_rounding rounding, int day,
                   struct arena *arena, struct verdict *out);

#endif
