#include "assess/statistics/statistics.h"

#include <math.h>

/* ---- numbers ---- */

static long double power_of_ten(int exponent)
{
    long double power = 1;

    for (int i = 0; i < abs(exponent); i++)
        power *= 10;
    return power;
}

long double decimal_to_real(struct decimal d)
{
    long double power = power_of_ten(d.exponent);

    return d.exponent < 0 ? (long double)d.mantissa / power
                          : (long double)d.mantissa * power;
}

/* How far a number may lie from half way and still be half way. */
#define NOISE 1e-15L

enum err real_to_decimal(long double real, int exponent, struct decimal *out)
{
    long double power, scaled, whole, rest;

    if (!isfinite(real) || exponent < DECIMAL_EXPONENT_MIN ||
        exponent > DECIMAL_EXPONENT_MAX)
        return ERR_OVERFLOW;
    power = power_of_ten(exponent);
    scaled = exponent < 0 ? real * power : real / power;
    whole = floorl(scaled);
    rest = scaled - whole - 0.5L;
    if (fabsl(rest) <= NOISE * (1 + fabsl(scaled)))
        whole += fmodl(whole, 2) != 0 ? 1 : 0;
    else
        whole += rest > 0 ? 1 : 0;
    if (fabsl(whole) > 9.2e18L)
        return ERR_OVERFLOW;
    *out = DECIMAL((int64_t)whole, (int8_t)exponent);
    return OK;
}

enum err stat_censored(struct decimal detection_limit, struct decimal *out)
{
    return decimal_mul(detection_limit, DECIMAL(5, -1), out);
}

static int by_value(const void *a, const void *b)
{
    return decimal_compare(*(const struct decimal *)a,
                           *(const struct decimal *)b);
}

void stat_sort(struct decimal *values, size_t n)
{
    if (n)
        qsort(values, n, sizeof(*values), by_value);
}

/* ---- means ---- */

enum err stat_mean(const struct decimal *values, size_t n, int exponent,
                   struct decimal *out)
{
    struct decimal_sum sum = DECIMAL_SUM_ZERO;

    for (size_t i = 0; i < n; i++) {
        enum err err = decimal_sum_add(&sum, values[i]);

        if (err)
            return err;
    }
    return decimal_sum_mean(&sum, exponent, ROUND_HALF_EVEN, out);
}

enum err stat_weighted_mean(const struct decimal *values,
                            const struct decimal *weights, size_t n,
                            int exponent, struct decimal *out)
{
    struct decimal_sum sum = DECIMAL_SUM_ZERO, all = DECIMAL_SUM_ZERO;

    for (size_t i = 0; i < n; i++) {
        enum err err;

        if (weights[i].mantissa < 0)
            return ERR_OUT_OF_RANGE;
        err = decimal_sum_add_weighted(&sum, values[i], weights[i]);
        if (!err)
            err = decimal_sum_add(&all, weights[i]);
        if (err)
            return err;
    }
    return n ? decimal_sum_ratio(&sum, &all, exponent, ROUND_HALF_EVEN, out)
             : ERR_OUT_OF_RANGE;
}

/* The largest level is taken out first, so that nothing overflows. */
enum err stat_energy_mean(const struct decimal *levels,
                          const struct decimal *weights, size_t n,
                          long double *out)
{
    long double sum = 0, all = 0, top = -HUGE_VALL;

    for (size_t i = 0; i < n; i++)
        top = fmaxl(top, decimal_to_real(levels[i]));
    for (size_t i = 0; i < n; i++) {
        long double weight = weights ? decimal_to_real(weights[i]) : 1;

        if (weight < 0)
            return ERR_OUT_OF_RANGE;
        sum += weight * powl(10, (decimal_to_real(levels[i]) - top) / 10);
        all += weight;
    }
    if (!(all > 0) || !(sum > 0))
        return ERR_OUT_OF_RANGE;
    *out = top + 10 * log10l(sum / all);
    return OK;
}
