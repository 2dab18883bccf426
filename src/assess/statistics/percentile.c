#include "assess/statistics/statistics.h"

enum err percentile_kind_parse(struct span name, enum percentile_kind *out)
{
    if (span_is(name, "hj663"))
        *out = PERCENTILE_HJ663;
    else if (span_is(name, "nearest_rank"))
        *out = PERCENTILE_NEAREST_RANK;
    else if (name.len == 3 && span_starts(name, SPAN("hf")) &&
             name.at[2] >= '1' && name.at[2] <= '9')
        *out = (enum percentile_kind)(name.at[2] - '0');
    else
        return ERR_NOT_FOUND;
    return OK;
}

/*
 * The place k = p (n + a) + b of a kind, a and b in 24ths, so that every kind
 * is whole numbers: k = numerator / denominator.
 */
static const struct {
    int a, b;
} line[] = {
    [PERCENTILE_HF1] = {0, 0},    [PERCENTILE_HF2] = {0, 0},
    [PERCENTILE_HF3] = {0, 0},    [PERCENTILE_HF4] = {0, 0},
    [PERCENTILE_HF5] = {0, 12},   [PERCENTILE_HF6] = {24, 0},
    [PERCENTILE_HF7] = {-24, 24}, [PERCENTILE_HF8] = {8, 8},
    [PERCENTILE_HF9] = {6, 9},
};

enum { MILLIONTHS = 1000000 }; /* percent with four decimals as a part of 1 */

static size_t within(int64_t k, size_t n)
{
    return k < 1 ? 1 : k > (int64_t)n ? n : (size_t)k;
}

/* Kinds 1 to 3 step from value to value. */
static void place_on_step(int64_t whole, int64_t rest, int64_t denominator,
                          enum percentile_kind kind, size_t n,
                          struct percentile_place *out)
{
    int64_t low = whole, high = whole;

    *out = (struct percentile_place){.numerator = 0, .denominator = 1};
    if (kind == PERCENTILE_HF3) {
        bool up = 2 * rest > denominator ||
                  (2 * rest == denominator && whole % 2 != 0);

        low = high = whole + (up ? 1 : 0);
    } else if (rest > 0) {
        low = high = whole + 1;
    } else if (kind == PERCENTILE_HF2) {
        high = whole + 1;
    }
    out->low = within(low, n);
    out->high = within(high, n);
    if (out->low != out->high) {
        out->numerator = 1;
        out->denominator = 2;
    }
}

enum err percentile_place(size_t n, struct decimal percent,
                          enum percentile_kind kind,
                          struct percentile_place *out)
{
    struct decimal p;
    int64_t denominator = (int64_t)24 * MILLIONTHS, k, whole, rest;

    if (n == 0 || n > INT32_MAX || kind < PERCENTILE_HF1 ||
        kind > PERCENTILE_HF9 || decimal_exact(percent, -4, &p) ||
        p.mantissa < 0 || p.mantissa > MILLIONTHS)
        return ERR_OUT_OF_RANGE;
    k = p.mantissa * (24 * (int64_t)n + line[kind].a) +
        (int64_t)line[kind].b * MILLIONTHS;
    whole = k >= 0 ? k / denominator : -1;
    rest = k >= 0 ? k % denominator : 0;
    if (kind <= PERCENTILE_HF3) {
        place_on_step(whole, rest, denominator, kind, n, out);
        return OK;
    }
    *out = (struct percentile_place){
        .low = within(whole, n),
        .high = within(rest ? whole + 1 : whole, n),
        .numerator = rest,
        .denominator = denominator,
    };
    if (out->low == out->high)
        out->numerator = 0;
    return OK;
}

/* low + (high - low) * part, in whole numbers of the finer exponent. */
enum err percentile_of(const struct decimal *sorted, size_t n,
                       struct decimal percent, enum percentile_kind kind,
                       int exponent, struct decimal *out)
{
    struct percentile_place place;
    struct decimal_sum weighted = DECIMAL_SUM_ZERO, weights = DECIMAL_SUM_ZERO;
    enum err err = percentile_place(n, percent, kind, &place);

    if (err)
        return err;
    err = decimal_sum_add_weighted(
        &weighted, sorted[place.low - 1],
        DECIMAL(place.denominator - place.numerator, 0));
    if (!err)
        err = decimal_sum_add_weighted(&weighted, sorted[place.high - 1],
                                       DECIMAL(place.numerator, 0));
    if (!err)
        err = decimal_sum_add(&weights, DECIMAL(place.denominator, 0));
    if (err)
        return err;
    return decimal_sum_ratio(&weighted, &weights, exponent, ROUND_HALF_EVEN,
                             out);
}
