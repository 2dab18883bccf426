#include "base/decimal.h"

#include "base/tens.h"

#include <assert.h>

typedef __int128 wide;

enum { POWER_MAX = 36, DIGITS_MAX = 19 };

static wide power_of_ten(int n)
{
    assert(n >= 0 && n <= POWER_MAX);
    return n <= 18 ? tens[n] : (wide)tens[18] * tens[n - 18];
}

/* value * 10^n, or false when 128 bits do not hold it. */
static bool scale_up(wide value, int n, wide *out)
{
    while (n > POWER_MAX) { /* only 0 survives such a factor */
        if (value != 0)
            return false;
        n = 0;
    }
    return !__builtin_mul_overflow(value, power_of_ten(n), out);
}

static enum err narrow(wide mantissa, int exponent, struct decimal *out)
{
    if (mantissa > INT64_MAX || mantissa < -INT64_MAX ||
        exponent < DECIMAL_EXPONENT_MIN || exponent > DECIMAL_EXPONENT_MAX)
        return ERR_OVERFLOW;
    *out = DECIMAL((int64_t)mantissa, (int8_t)exponent);
    return OK;
}

/*
 * numerator / denominator * 10^shift, rounded once to an integer. A shift below
 * what 128 bits can carry makes the quotient overflow or vanish; both are told
 * apart by scaling the side that has room.
 */
static enum err quotient(wide numerator, wide denominator, int shift,
                         enum rounding rounding, wide *out)
{
    if (denominator == 0)
        return ERR_OUT_OF_RANGE;
    if (shift >= 0 && !scale_up(numerator, shift, &numerator))
        return ERR_OVERFLOW;
    if (shift < 0 && !scale_up(denominator, -shift, &denominator))
        return ERR_OVERFLOW;
    *out = rounding_divide(numerator, denominator, rounding);
    return OK;
}

enum err decimal_parse(struct span text, struct decimal *out)
{
    size_t at = 0, digits = 0, fraction = 0;
    bool negative = false, point = false, too_large = false;
    uint64_t mantissa = 0;

    if (text.len && (text.at[0] == '-' || text.at[0] == '+'))
        negative = text.at[at++] == '-';
    for (; at < text.len; at++) {
        char c = text.at[at];

        if (c == '.' && !point) {
            point = true;
            continue;
        }
        if (c < '0' || c > '9')
            return ERR_SYNTAX;
        digits++;
        fraction += point;
        too_large = too_large || mantissa > INT64_MAX / 10;
        mantissa = mantissa * 10 + (uint64_t)(c - '0');
        too_large = too_large || mantissa > INT64_MAX;
    }
    if (digits == 0)
        return ERR_SYNTAX;
    if (too_large || fraction > -DECIMAL_EXPONENT_MIN)
        return ERR_OVERFLOW;
    *out = DECIMAL(negative ? -(int64_t)mantissa : (int64_t)mantissa,
                   (int8_t) - (int)fraction);
    return OK;
}

size_t decimal_format(struct decimal d, char text[DECIMAL_TEXT_MAX])
{
    uint64_t magnitude =
        d.mantissa < 0 ? -(uint64_t)d.mantissa : (uint64_t)d.mantissa;
    char digits[DIGITS_MAX + 1];
    int count = 0, point;
    char *to = text;

    do
        digits[count++] = (char)('0' + magnitude % 10);
    while ((magnitude /= 10) != 0);
    if (d.mantissa < 0)
        *to++ = '-';
    point = count + d.exponent; /* digits before the point */
    if (point <= 0)
        *to++ = '0';
    for (int i = 0; i < point && i < count; i++)
        *to++ = digits[count - 1 - i];
    for (int i = count; i < point && d.mantissa != 0; i++)
        *to++ = '0';
    if (d.exponent < 0)
        *to++ = '.';
    for (int i = point; i < 0; i++)
        *to++ = '0';
    for (int i = point > 0 ? point : 0; i < count; i++)
        *to++ = digits[count - 1 - i];
    *to = '\0';
    return (size_t)(to - text);
}

int decimal_compare(struct decimal a, struct decimal b)
{
    wide left = a.mantissa, right = b.mantissa;

    if (a.exponent == b.exponent)
        return (a.mantissa > b.mantissa) - (a.mantissa < b.mantissa);
    if (a.exponent > b.exponent &&
        !scale_up(left, a.exponent - b.exponent, &left))
        return a.mantissa < 0 ? -1 : 1;
    if (b.exponent > a.exponent &&
        !scale_up(right, b.exponent - a.exponent, &right))
        return b.mantissa < 0 ? 1 : -1;
    return (left > right) - (left < right);
}

enum err decimal_rescale(struct decimal d, int exponent, enum rounding rounding,
                         struct decimal *out)
{
    int shift = d.exponent - exponent;
    wide mantissa = d.mantissa;

    if (shift == 0) {
        *out = d;
        return OK;
    }
    if (shift > 0) {
        if (!scale_up(mantissa, shift, &mantissa))
            return ERR_OVERFLOW;
    } else {
        int fall = -shift < POWER_MAX ? -shift : POWER_MAX;

        mantissa = rounding_divide(mantissa, power_of_ten(fall), rounding);
    }
    return narrow(mantissa, exponent, out);
}

enum err decimal_exact(struct decimal d, int exponent, struct decimal *out)
{
    struct decimal same;
    enum err err = decimal_rescale(d, exponent, ROUND_DOWN, &same);

    if (err)
        return err;
    if (decimal_compare(same, d) != 0)
        return ERR_OVERFLOW;
    *out = same;
    return OK;
}

static enum err add(struct decimal a, wide b_mantissa, int b_exponent,
                    struct decimal *out)
{
    int exponent = a.exponent < b_exponent ? a.exponent : b_exponent;
    wide left, right, total;

    if (!scale_up(a.mantissa, a.exponent - exponent, &left) ||
        !scale_up(b_mantissa, b_exponent - exponent, &right) ||
        __builtin_add_overflow(left, right, &total))
        return ERR_OVERFLOW;
    return narrow(total, exponent, out);
}

enum err decimal_add(struct decimal a, struct decimal b, struct decimal *out)
{
    return add(a, b.mantissa, b.exponent, out);
}

enum err decimal_sub(struct decimal a, struct decimal b, struct decimal *out)
{
    return add(a, -(wide)b.mantissa, b.exponent, out);
}

enum err decimal_mul(struct decimal a, struct decimal b, struct decimal *out)
{
    return narrow((wide)a.mantissa * b.mantissa, a.exponent + b.exponent, out);
}

enum err decimal_divide(struct decimal a, struct decimal b, int exponent,
                        enum rounding rounding, struct decimal *out)
{
    wide mantissa;
    enum err err =
        quotient(a.mantissa, b.mantissa, a.exponent - b.exponent - exponent,
                 rounding, &mantissa);

    return err ? err : narrow(mantissa, exponent, out);
}

enum err decimal_muldiv(struct decimal a, struct decimal b, struct decimal c,
                        int exponent, enum rounding rounding,
                        struct decimal *out)
{
    wide mantissa;
    enum err err = quotient((wide)a.mantissa * b.mantissa, c.mantissa,
                            a.exponent + b.exponent - c.exponent - exponent,
                            rounding, &mantissa);

    return err ? err : narrow(mantissa, exponent, out);
}

double decimal_to_double(struct decimal d)
{
    if (d.exponent < 0)
        return (double)d.mantissa / (double)tens[-d.exponent];
    return (double)d.mantissa * (double)tens[(int)d.exponent];
}

static enum err sum_add(struct decimal_sum *sum, wide mantissa, int exponent)
{
    wide total = sum->mantissa;
    int target = exponent < sum->exponent ? exponent : sum->exponent;

    if (sum->count == UINT32_MAX ||
        !scale_up(total, sum->exponent - target, &total) ||
        !scale_up(mantissa, exponent - target, &mantissa) ||
        __builtin_add_overflow(total, mantissa, &total))
        return ERR_OVERFLOW;
    *sum = (struct decimal_sum){total, target, sum->count + 1};
    return OK;
}

enum err decimal_sum_add(struct decimal_sum *sum, struct decimal d)
{
    return sum_add(sum, d.mantissa, d.exponent);
}

enum err decimal_sum_add_weighted(struct decimal_sum *sum, struct decimal value,
                                  struct decimal weight)
{
    return sum_add(sum, (wide)value.mantissa * weight.mantissa,
                   value.exponent + weight.exponent);
}

enum err decimal_sum_total(const struct decimal_sum *sum, int exponent,
                           enum rounding rounding, struct decimal *out)
{
    wide mantissa;
    enum err err = quotient(sum->mantissa, 1, sum->exponent - exponent,
                            rounding, &mantissa);

    return err ? err : narrow(mantissa, exponent, out);
}

enum err decimal_sum_mean(const struct decimal_sum *sum, int exponent,
                          enum rounding rounding, struct decimal *out)
{
    wide mantissa;
    enum err err = quotient(sum->mantissa, sum->count, sum->exponent - exponent,
                            rounding, &mantissa);

    return err ? err : narrow(mantissa, exponent, out);
}

enum err decimal_sum_ratio(const struct decimal_sum *weighted,
                           const struct decimal_sum *weights, int exponent,
                           enum rounding rounding, struct decimal *out)
{
    wide mantissa;
    enum err err = quotient(weighted->mantissa, weights->mantissa,
                            weighted->exponent - weights->exponent - exponent,
                            rounding, &mantissa);

    return err ? err : narrow(mantissa, exponent, out);
}
