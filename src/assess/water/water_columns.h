/*
 * water_columns - what the tables of the water assessments have in common: the
 * items of table 1, kinds of water body, target classes. Private to them.
 */
#ifndef WATER_COLUMNS_H
#define WATER_COLUMNS_H

#include "assess/catalogue/assessment.h"
#include "assess/water/water.h"

/* The items of table 1, each once; for item_at. */
const struct assess_item *water_assess_item(size_t index);

/* By enum water_body. */
extern const struct assess_choice water_bodies[];

/* 0 none, 1 to 5. */
extern const struct assess_choice water_targets[];

/* The values of a record, on the arena; r->value_count of them. */
struct water_value *water_values(const struct assess_record *r,
                                 struct arena *arena);

/* The limits of table 1. */
void water_facts(struct assess_facts *facts);

#endif
