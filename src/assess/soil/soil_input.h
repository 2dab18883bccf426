/*
 * soil_input - what the descriptions of the soil assessments share: their items
 * and the values of a record. Private to the room.
 */
#ifndef SOIL_INPUT_H
#define SOIL_INPUT_H

#include "assess/catalogue/assessment.h"
#include "assess/soil/soil_table.h"

enum { SOIL_ITEMS_MAX = 160 };

struct soil_items {
    struct assess_item items[SOIL_ITEMS_MAX];
    size_t count;
};

void soil_items_add(struct soil_items *list, const struct soil_item *item);

/* The item of this code, or NULL. */
const struct assess_item *soil_items_find(const struct soil_items *list,
                                          const char *code);

/* All values of a record; NULL when the record was refused. */
const struct soil_value *soil_values(const struct assess_case *c,
                                     const struct assess_record *record);

extern const struct assess_choice soil_land_choices[];

#endif
