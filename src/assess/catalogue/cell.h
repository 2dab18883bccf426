/*
 * cell - what one cell of a table says: a field of an assessment, or the value
 * of an item. Bytes from outside; what cannot be taken has a reason, which says
 * what to do, in both languages.
 */
#ifndef ASSESS_CELL_H
#define ASSESS_CELL_H

#include "assess/catalogue/assessment.h"

enum { CELL_TEXT_MAX = 200 };

struct reason {
    const char *zh, *en;
};

/* Empty, or a word that says so: NaN, NA, -, —, *, null ... */
bool cell_is_missing(struct span text);

/*
 * Reads the text of a field that is not missing; `unit` is what the column
 * names behind its name, or empty. False with the reason, on the arena.
 */
bool cell_read(const struct assess_field *field, struct span text,
               struct span unit, struct arena *arena, struct assess_cell *out,
               struct reason *out_why);

/* The same of an item's value; `item` stands in *out already. */
bool cell_read_value(struct span text, struct span unit,
                     struct assess_value *out, struct reason *out_why);

/* The words of a PERIOD field, in the order of enum assess_period. */
extern const struct assess_choice cell_periods[];

#endif
