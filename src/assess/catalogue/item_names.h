/*
 * item_names - which item of an assessment a text means. In this order: what
 * the assessment itself says (item_named); codes, names, aliases and CAS
 * numbers of its items; the factor catalogue's codes and names, which lead to
 * an item by its code or its Chinese name. ASCII case does not matter.
 *
 * Owned by who called item_names_init; borrows the assessment.
 */
#ifndef ASSESS_ITEM_NAMES_H
#define ASSESS_ITEM_NAMES_H

#include "assess/catalogue/assessment.h"

struct item_name {
    struct span name;
    size_t item;
};

struct item_names {
    const struct assessment *assessment;
    const struct assess_item **items;
    size_t item_count;
    struct item_name *names; /* sorted */
    size_t name_count, name_cap;
};

void item_names_init(struct item_names *n, const struct assessment *assessment);
void item_names_done(struct item_names *n);

/* The index of the item, or -1. */
int item_names_find(const struct item_names *n, struct span name);

/*
 * Cuts a unit off behind a name: "PM2.5(mg/m3)", also in [] and （）. False
 * when there is none.
 */
bool item_name_cut_unit(struct span *name, struct span *out_unit);

#endif
