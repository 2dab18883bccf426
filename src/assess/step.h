/*
 * step - the numbers inside a derivation, as a person writes them. Texts live
 * on the arena.
 */
#ifndef ASSESS_STEP_H
#define ASSESS_STEP_H

#include "base/arena.h"
#include "base/decimal.h"

/* "7.50" */
const char *step_decimal(struct arena *arena, struct decimal d);

/* "78 µg/m³"; without a unit the number alone. */
const char *step_quantity(struct arena *arena, struct decimal d,
                          const char *unit);

/* a * b / c + d to at most four decimals, "…" behind when there are more. */
const char *step_line(struct arena *arena, struct decimal a, struct decimal b,
                      struct decimal c, int d);

/* A list: first text, then `mark` before every other. */
const char *step_join(struct arena *arena, const char *list, const char *mark,
                      const char *next);

#endif
