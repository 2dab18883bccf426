/*
 * decimal - a number as it was written. 35.0 is the mantissa 350 with the
 * exponent -1 and keeps its zero; no binary fraction ever stands between a
 * device's text and a verdict. Sums are exact, a mean is a ratio rounded once,
 * and what does not fit is an error, never a wrong digit.
 *
 *     value = mantissa * 10 ^ exponent     -18 <= exponent <= 18
 *
 * Pure: no allocation, no state.
 */
#ifndef BASE_DECIMAL_H
#define BASE_DECIMAL_H

#include "base/err.h"
#include "base/rounding.h"
#include "base/span.h"

#include <stdint.h>

struct decimal {
    int64_t mantissa;
    int8_t exponent;
};

enum {
    DECIMAL_EXPONENT_MIN = -18,
    DECIMAL_EXPONENT_MAX = 18,
    DECIMAL_TEXT_MAX = 48, /* any decimal as text, with its final zero */
};

/* A literal: DECIMAL(7500, -3) is 7.500. */
#define DECIMAL(m, e) ((struct decimal){(m), (e)})

/*
 * Reads [+-]digits[.digits], also ".5" and "5."; no blanks, no exponent. The
 * digits after the point are kept as written. ERR_SYNTAX when it is not such a
 * number, ERR_OVERFLOW when it is one but does not fit.
 */
enum err decimal_parse(struct span text, struct decimal *out) MUST_CHECK;

/*
 * Writes the plain text of d with its zeros: 350e-1 as "35.0", 12e2 as "1200".
 * Returns the length.
 */
size_t decimal_format(struct decimal d, char text[DECIMAL_TEXT_MAX]);

/* < 0, 0 or > 0 as a is below, equal to or above b; 1.0 equals 1.00. */
int decimal_compare(struct decimal a, struct decimal b);

/* The same value written with `exponent`, rounded when digits are lost. */
enum err decimal_rescale(struct decimal d, int exponent, enum rounding rounding,
                         struct decimal *out) MUST_CHECK;

/* The same value with that exponent; ERR_OVERFLOW if digits would be lost. */
enum err decimal_exact(struct decimal d, int exponent,
                       struct decimal *out) MUST_CHECK;

/* Exact; the result has the smaller exponent (add, sub) or their sum (mul). */
enum err decimal_add(struct decimal a, struct decimal b,
                     struct decimal *out) MUST_CHECK;
enum err decimal_sub(struct decimal a, struct decimal b,
                     struct decimal *out) MUST_CHECK;
enum err decimal_mul(struct decimal a, struct decimal b,
                     struct decimal *out) MUST_CHECK;

/* a / b with `exponent`, rounded once. ERR_OUT_OF_RANGE when b is 0. */
enum err decimal_divide(struct decimal a, struct decimal b, int exponent,
                        enum rounding rounding, struct decimal *out) MUST_CHECK;

/*
 * a * b / c with `exponent`, exact in between and rounded once: the shape of a
 * unit conversion and of an interpolation. ERR_OUT_OF_RANGE when c is 0.
 */
enum err decimal_muldiv(struct decimal a, struct decimal b, struct decimal c,
                        int exponent, enum rounding rounding,
                        struct decimal *out) MUST_CHECK;

/* For models, charts and prints; never for a verdict. */
double decimal_to_double(struct decimal d);

/*
 * An exact sum of up to 2^32 decimals, optionally weighted. Start from
 * DECIMAL_SUM_ZERO.
 */
struct decimal_sum {
    __int128 mantissa;
    int exponent; /* the smallest seen */
    uint32_t count;
};

#define DECIMAL_SUM_ZERO ((struct decimal_sum){0, DECIMAL_EXPONENT_MAX, 0})

enum err decimal_sum_add(struct decimal_sum *sum, struct decimal d) MUST_CHECK;

/* Adds value * weight and counts one. */
enum err decimal_sum_add_weighted(struct decimal_sum *sum, struct decimal value,
                                  struct decimal weight) MUST_CHECK;

/* The sum itself with `exponent`, rounded once. */
enum err decimal_sum_total(const struct decimal_sum *sum, int exponent,
                           enum rounding rounding,
                           struct decimal *out) MUST_CHECK;

/* sum / count, rounded once. ERR_OUT_OF_RANGE when nothing was added. */
enum err decimal_sum_mean(const struct decimal_sum *sum, int exponent,
                          enum rounding rounding,
                          struct decimal *out) MUST_CHECK;

/* weighted / weights, rounded once: the flow-weighted mean. */
enum err decimal_sum_ratio(const struct decimal_sum *weighted,
                           const struct decimal_sum *weights, int exponent,
                           enum rounding rounding,
                           struct decimal *out) MUST_CHECK;

#endif
