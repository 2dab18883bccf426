#include "assess/source/ratio.h"

#include <assert.h>

enum { TEN = 10 };

static void multiply(__int128 *product, __int128 factor, bool *overflow)
{
    if (__builtin_mul_overflow(*product, factor, product))
        *overflow = true;
}

/* Tens at the end are kept in the exponent, where they cost nothing. */
static int64_t without_tens(struct decimal d, int *exponent)
{
    *exponent = (int)d.exponent;
    while (d.mantissa && d.mantissa % TEN == 0) {
        d.mantissa /= TEN;
        (*exponent)++;
    }
    return d.mantissa;
}

void ratio_times(struct ratio *r, struct decimal factor)
{
    int exponent;

    multiply(&r->above, without_tens(factor, &exponent), &r->overflow);
    r->exponent += exponent;
}

void ratio_over(struct ratio *r, struct decimal divisor)
{
    int exponent;

    assert(divisor.mantissa != 0);
    multiply(&r->below, without_tens(divisor, &exponent), &r->overflow);
    r->exponent -= exponent;
}

enum err ratio_round(const struct ratio *r, int exponent, struct decimal *out)
{
    __int128 above = r->above, below = r->below, whole;
    int shift = r->exponent - exponent;
    bool overflow = r->overflow;

    for (; shift > 0 && !overflow && above; shift--)
        multiply(&above, TEN, &overflow);
    for (; shift < 0 && !overflow; shift++)
        multiply(&below, TEN, &overflow);
    if (overflow)
        return ERR_OVERFLOW;
    whole = rounding_divide(above, below, ROUND_HALF_EVEN);
    if (whole > INT64_MAX || whole < -(__int128)INT64_MAX)
        return ERR_OVERFLOW;
    *out = DECIMAL((int64_t)whole, (int8_t)exponent);
    return 0;
}

struct decimal decimal_tidy(struct decimal d)
{
    while (d.exponent < 0 && d.mantissa % TEN == 0) {
        d.mantissa /= TEN;
        d.exponent++;
    }
    return d;
}
