/*
 * statistics - what all assessments count with: percentiles by their names,
 * rank correlation, trends, means with weights.
 *
 * Input is decimal. What is a ratio of sums is exact in between and rounded
 * once, half to even. Where a method needs a logarithm, a power or a root, it
 * counts in long double and real_to_decimal ends it; no comparison with a
 * limit is ever made on binary digits.
 *
 * Values below the detection limit take part as half of it (stat_censored);
 * who calls says so in his steps. There is no missing value here: leave it out
 * before (a season's gap is told, see stat_cell).
 *
 * Pure; scratch memory comes from the caller's arena.
 */
#ifndef STATISTICS_H
#define STATISTICS_H

#include "base/arena.h"
#include "base/decimal.h"

#include <stddef.h>

enum {
    STAT_SERIES_MAX = 2000, /* values of a trend: Sen has n(n-1)/2 slopes */
    STAT_PERIODS_MAX = 400, /* years (or the like) of a seasonal trend */
    STAT_SEASONS_MAX = 53,
};

/* ---- numbers ---- */

long double decimal_to_real(struct decimal d);

/*
 * The decimal with `exponent` next to a real number; a number that lies half
 * way but for the noise of binary digits goes to the even one. ERR_OVERFLOW
 * when it does not fit or is not a number.
 */
enum err real_to_decimal(long double real, int exponent,
                         struct decimal *out) MUST_CHECK;

/* Half of a detection limit, exactly. */
enum err stat_censored(struct decimal detection_limit,
                       struct decimal *out) MUST_CHECK;

/* Smallest first. */
void stat_sort(struct decimal *values, size_t n);

/* ---- means ---- */

enum err stat_mean(const struct decimal *values, size_t n, int exponent,
                   struct decimal *out) MUST_CHECK;

/* sum(v w) / sum(w); ERR_OUT_OF_RANGE for a negative weight or when all are 0.
 */
enum err stat_weighted_mean(const struct decimal *values,
                            const struct decimal *weights, size_t n,
                            int exponent, struct decimal *out) MUST_CHECK;

/*
 * 10 lg(sum(w 10^(L/10)) / sum(w)): levels in dB, as real; weights may be NULL.
 * ERR_OUT_OF_RANGE as above or when n is 0.
 */
enum err stat_energy_mean(const struct decimal *levels,
                          const struct decimal *weights, size_t n,
                          long double *out) MUST_CHECK;

/* ---- percentiles ---- */

/*
 * The nine kinds of Hyndman and Fan (1996) by their numbers, and what others
 * call them. HJ 663 annex A is number 7: k = 1 + (n - 1) p.
 */
enum percentile_kind {
    PERCENTILE_HF1 = 1, /* inverse of the empirical distribution */
    PERCENTILE_HF2,     /* the same, averaged where it jumps */
    PERCENTILE_HF3,     /* nearest order statistic, the even one of two */
    PERCENTILE_HF4,     /* k = n p */
    PERCENTILE_HF5,     /* k = n p + 1/2 (Hazen) */
    PERCENTILE_HF6,     /* k = (n + 1) p (Weibull) */
    PERCENTILE_HF7,     /* k = (n - 1) p + 1 (inclusive) */
    PERCENTILE_HF8,     /* k = (n + 1/3) p + 1/3 */
    PERCENTILE_HF9,     /* k = (n + 1/4) p + 3/8 */
    PERCENTILE_NEAREST_RANK = PERCENTILE_HF1,
    PERCENTILE_HJ663 = PERCENTILE_HF7,
};

/* "hj663", "nearest_rank", "hf1" ... "hf9". */
enum err percentile_kind_parse(struct span name,
                               enum percentile_kind *out) MUST_CHECK;

/* Where a percentile lies: between order statistics s and s + 1 (from 1). */
struct percentile_place {
    size_t low, high;               /* 1 to n; equal when on one value */
    int64_t numerator, denominator; /* part of the way from low to high */
};

/* `percent` 0 to 100 with at most four decimals; ERR_OUT_OF_RANGE otherwise,
 * and when n is 0. */
enum err percentile_place(size_t n, struct decimal percent,
                          enum percentile_kind kind,
                          struct percentile_place *out) MUST_CHECK;

/* Exact between the two values and rounded once; values are sorted. */
enum err percentile_of(const struct decimal *sorted, size_t n,
                       struct decimal percent, enum percentile_kind kind,
                       int exponent, struct decimal *out) MUST_CHECK;

/* ---- rank correlation with time (Spearman; Daniel's test) ---- */

enum stat_direction { STAT_FALLING = -1, STAT_NO_TREND = 0, STAT_RISING = 1 };

/*
 * r = 1 - 6 sum(d^2) / (N^3 - N), d the rank of the value less that of the
 * time, ties with their mean rank. r is rounded to three decimals, as the
 * critical values are printed, and |r| >= W is significant: N = 6 with one
 * exchanged pair of neighbours at 0.829 would else never be.
 */
struct spearman {
    int n;
    struct decimal *rank; /* of each value, in the order given */
    struct decimal d2;    /* sum(d^2), exact */
    struct decimal r;     /* three decimals */
    bool has_critical;    /* false: fewer than five values */
    int critical_n;       /* the column used: n, or the next smaller */
    struct decimal critical_05, critical_01;
    enum stat_direction at_05, at_01;
    const char *clause, *confidence; /* of the critical values */
};

/* Values in the order of time. ERR_OUT_OF_RANGE below 2 values or above
 * STAT_SERIES_MAX. */
enum err stat_spearman(const struct decimal *values, size_t n,
                       struct arena *arena, struct spearman *out) MUST_CHECK;

/* The row of standards/spearman-critical.csv for N. */
bool stat_spearman_critical(int n, struct spearman *out);

/* ---- Mann-Kendall and Sen ---- */

struct mann_kendall {
    int n;
    int64_t s;
    int64_t var_18; /* 18 times the variance, ties taken off: whole */
    long double z, p, tau_b;
};

enum err stat_mann_kendall(const struct decimal *values, size_t n,
                           struct arena *arena,
                           struct mann_kendall *out) MUST_CHECK;

struct sen {
    long double slope, low, high; /* per unit of time; the interval at `z` */
    long double intercept;        /* median of value - slope * time */
    size_t slopes;
};

/* Times ascend. z is the normal quantile of the interval: 1.959964 for 95 %. */
enum err stat_sen(const struct decimal *values, const struct decimal *times,
                  size_t n, long double z, struct arena *arena,
                  struct sen *out) MUST_CHECK;

#define STAT_Z_95 1.959963984540054L

/* One value of a season in a period; not given: a gap. */
struct stat_cell {
    bool given;
    struct decimal value;
};

struct seasonal_kendall {
    int n; /* values that are there */
    int64_t s;
    long double var, z, p; /* seasons independent */
    long double var_covariance, z_covariance, p_covariance;
    long double slope; /* per period: median over all seasons' slopes */
};

/* cells[season * periods + period] */
enum err stat_seasonal_kendall(const struct stat_cell *cells, size_t seasons,
                               size_t periods, struct arena *arena,
                               struct seasonal_kendall *out) MUST_CHECK;

/* Two-sided p of a normal z. */
long double stat_normal_p(long double z);

#endif
