/*
 * groundwater - the class of a groundwater sample by GB/T 14848-2017: 39
 * regular items (table 1) and 54 others (table 2), five classes, no score.
 *
 * Each item gets the best class whose bound it meets, so that equal bounds give
 * the better class (6.2); the worst item is the class of the sample and is
 * named (6.3). Values are compared with all their digits.
 *
 *     pH             6.5-8.5 is I to III, 5.5 to below 6.5 and above 8.5 to 9.0
 *                    is IV, outside is V
 *     smell and taste, visible matter    none is I, present is V
 *     gross alpha, gross beta    above III the number cannot tell IV from V:
 *                    "IV or V" until the nuclides have been analysed
 *     not detected   half of the detection limit (see measured.h); a method
 *                    that does not reach class III rates nothing
 *
 * Ammonia, nitrite and nitrate are as N, the permanganate method as O2. The
 * classes stand for the total of a sample, filtered or not as the method asks:
 * which it was is kept with the verdict.
 *
 * An item worse than III has a multiple, value / limit of III - 1.
 *
 * Pure; the table is read once.
 */
#ifndef GROUNDWATER_H
#define GROUNDWATER_H

#include "assess/limit/measured.h"
#include "assess/verdict.h"

enum { GROUNDWATER_CLASSES = 5, GROUNDWATER_REGULAR = 39 };

enum groundwater_sample { SAMPLE_UNTOLD, SAMPLE_UNFILTERED, SAMPLE_FILTERED };

struct groundwater_conditions {
    int day; /* of the sample, yyyymmdd */
    enum groundwater_sample sample;
    bool all_items; /* 93 are expected, not only the 39 */
};

/*
 * Outcome INSUFFICIENT when nothing could be rated. Behind the items of the
 * sample stand "missing" (expected, not measured: named and counted), "sample"
 * and "class" (how the class came about). Everything lives on the arena.
 */
void groundwater_judge(const struct measured *values, size_t count,
                       const struct groundwater_conditions *conditions,
                       struct arena *arena, struct verdict *out);

/* ---- the table behind it ---- */

struct groundwater_item {
    const char *code, *name_zh, *name_en, *unit;
    int table; /* 1 regular, 2 not */
    /* a class may have two bounds (pH), one of them is enough; NULL: none */
    const struct limit *limits[GROUNDWATER_CLASSES][2];
};

/* Of any edition, each code once; for names and units. NULL behind the last. */
const struct groundwater_item *groundwater_item_at(size_t index);

/* By code; NULL when no edition knows it. */
const struct groundwater_item *groundwater_item_find(const char *code);

/* Of the edition in force on the day, in the order of the standard. */
const struct groundwater_item *groundwater_item_on(size_t index, int day);
const struct groundwater_item *groundwater_item_find_on(const char *code,
                                                        int day);

const struct limit_table *groundwater_limits(void);

/* Ⅲ, III */
const char *groundwater_class_name(int class, bool english);

#endif
