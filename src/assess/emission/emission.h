/*
 * emission - a discharge against the limits of its outlet. The limit in force
 * on the day decides; the permit goes before local, local before national
 * standards (the registry hands in what applies). When several limits of a
 * factor are handed in, each is judged. Equal to the limit is within; the value
 * is compared with all its digits, since no rounding is prescribed (GB/T 8170).
 *
 * The verdict is GIVEN when anything could be compared; its rating is the
 * number 1 when any limit is exceeded, else 0. Values without a limit and
 * limits without a value are listed with the reason. Multiples are
 * value / limit - 1 with two decimals; pH and lower limits have none.
 *
 * Pure.
 */
#ifndef EMISSION_H
#define EMISSION_H

#include "assess/verdict.h"

struct emission_limit {
    const char *factor;
    const char *standard; /* named in the derivation */
    bool has_min, has_max;
    struct decimal min, max;
    const char *unit;
    bool converted;       /* the value compared is the converted one */
    int from_day, to_day; /* yyyymmdd; to_day 0: open */
};

struct emission_value {
    const char *factor;
    bool known, known_converted;
    struct decimal value, converted; /* in the limit's unit */
};

/* `cadence` is the averaging time of the values and of the limits. */
void emission_outlet(const struct emission_value *values, size_t value_count,
                     const struct emission_limit *limits, size_t limit_count,
                     enum cadence cadence, int day, struct arena *arena,
                     struct verdict *out);

#endif
