/*
 * ratio - a product of decimals over a product of decimals, exact in 128 bits
 * and rounded once at its end: the shape of every conversion of a discharge.
 * What does not fit is remembered and told by ratio_round.
 *
 * Pure.
 */
#ifndef SOURCE_RATIO_H
#define SOURCE_RATIO_H

#include "base/decimal.h"

struct ratio {
    __int128 above, below;
    int exponent;
    bool overflow;
};

#define RATIO_ONE ((struct ratio){1, 1, 0, false})

void ratio_times(struct ratio *r, struct decimal factor);

/* The divisor must not be 0. */
void ratio_over(struct ratio *r, struct decimal divisor);

/* With `exponent`, half to even; ERR_OVERFLOW when anything did not fit. */
enum err ratio_round(const struct ratio *r, int exponent,
                     struct decimal *out) MUST_CHECK;

/* Without the zeros behind the last digit after the point. */
struct decimal decimal_tidy(struct decimal d);

#endif
