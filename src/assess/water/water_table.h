/*
 * water_table - classes of water with their names. Private to water.
 */
#ifndef WATER_TABLE_H
#define WATER_TABLE_H

#include "assess/water/water.h"

struct water_class {
    const char *name_zh, *name_en, *grade_zh, *grade_en, *colour;
};

/* 1 to WATER_WORSE. */
const struct water_class *water_class(int number);

/* water-periods.csv: one row a span and kind of section. */
struct water_period {
    const char *name_zh, *name_en;
    int least, least_state; /* samples */
    const char *clause, *confidence;
};

const struct water_period *water_period_of(enum water_span span);

/* An item of any edition, one after the other; NULL behind the last. */
const struct water_item *water_item_of_editions(size_t index);

/* How many items the class of this kind of body rests on (21). */
int water_rated_count(enum water_body body, int day);

#endif
