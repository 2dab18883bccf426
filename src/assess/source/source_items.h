/*
 * source items - what a table for the assessment of a discharge may name. A
 * factor has up to five columns: its concentration (a21026), its rate
 * (rate:a21026, kg/h), its volume share (ppm:a21026) and the limits of the
 * permit (permit:a21026, permit:rate:a21026). A name of the factor may follow
 * the same words: "permit SO2", "rate_氯化氢".
 *
 * Live as long as the program. Thread-safe.
 */
#ifndef SOURCE_ITEMS_H
#define SOURCE_ITEMS_H

#include "assess/catalogue/assessment.h"
#include "assess/source/source_standard.h"

/* What a column means; `item` is the factor itself. */
struct source_column {
    struct assess_item column;
    const char *item;
    enum source_form form;
    bool permit;
};

const struct assess_item *source_item_at(size_t index);
const struct assess_item *source_item_named(struct span name);

/* The column that an item of ours is. */
const struct source_column *source_column_of(const struct assess_item *item);

#endif
