#include "assess/standard/standard.h"
#include "assess/statistics/statistics.h"

#include <math.h>

static bool in_bounds(size_t n)
{
    return n >= 2 && n <= STAT_SERIES_MAX;
}

/* ---- Spearman ---- */

/* Twice the mean rank: whole also for ties. */
static int64_t double_rank(const struct decimal *values, size_t n, size_t at)
{
    int64_t below = 0, equal = 0;

    for (size_t i = 0; i < n; i++) {
        int order = decimal_compare(values[i], values[at]);

        below += order < 0;
        equal += order == 0;
    }
    return 2 * below + equal + 1;
}

bool stat_spearman_critical(int n, struct spearman *out)
{
    const struct standard_table *t = standard_table("spearman-critical.csv");

    out->has_critical = false;
    for (size_t row = 0; t && row < t->row_count; row++) {
        int row_n = standard_int(t, row, "n", 0);

        if (row_n > n || (out->has_critical && row_n < out->critical_n))
            continue;
        out->has_critical = true;
        out->critical_n = row_n;
        standard_decimal(t, row, "w05", &out->critical_05);
        standard_decimal(t, row, "w01", &out->critical_01);
        out->clause = standard_text(t, row, "clause");
        out->confidence = standard_text(t, row, "confidence");
    }
    return out->has_critical;
}

static enum stat_direction significant(struct decimal r,
                                       struct decimal critical)
{
    struct decimal size = {r.mantissa < 0 ? -r.mantissa : r.mantissa,
                           r.exponent};

    if (decimal_compare(size, critical) < 0)
        return STAT_NO_TREND;
    return r.mantissa < 0 ? STAT_FALLING : STAT_RISING;
}

enum err stat_spearman(const struct decimal *values, size_t n,
                       struct arena *arena, struct spearman *out)
{
    int64_t d2_4 = 0, cube; /* four times sum(d^2): whole */
    enum err err;

    if (!in_bounds(n))
        return ERR_OUT_OF_RANGE;
    *out = (struct spearman){.n = (int)n};
    out->rank = arena_new(arena, n, sizeof(*out->rank));
    for (size_t i = 0; i < n; i++) {
        int64_t rank = double_rank(values, n, i);
        int64_t d = rank - 2 * (int64_t)(i + 1);

        out->rank[i] = rank % 2 ? DECIMAL(rank * 5, -1) : DECIMAL(rank / 2, 0);
        d2_4 += d * d;
    }
    out->d2 = d2_4 % 4 ? DECIMAL(d2_4 * 25, -2) : DECIMAL(d2_4 / 4, 0);
    cube = (int64_t)n * ((int64_t)n * (int64_t)n - 1);
    err = decimal_divide(DECIMAL(2 * cube - 3 * d2_4, 0), DECIMAL(2 * cube, 0),
                         -3, ROUND_HALF_EVEN, &out->r);
    if (err)
        return err;
    if (stat_spearman_critical((int)n, out)) {
        out->at_05 = significant(out->r, out->critical_05);
        out->at_01 = significant(out->r, out->critical_01);
    }
    return OK;
}

/* ---- Mann-Kendall ---- */

long double stat_normal_p(long double z)
{
    return erfcl(fabsl(z) / sqrtl(2));
}

static int sign_of(int64_t v)
{
    return (v > 0) - (v < 0);
}

static long double z_of(int64_t s, long double var)
{
    return var > 0 ? (long double)(s - sign_of(s)) / sqrtl(var) : 0;
}

/* The sum over the groups of equal values of t(t-1)(2t+5), and of t(t-1)/2. */
static void count_ties(struct decimal *sorted, size_t n, int64_t *var_part,
                       int64_t *pairs)
{
    *var_part = *pairs = 0;
    stat_sort(sorted, n);
    for (size_t i = 0, end; i < n; i = end) {
        int64_t t;

        for (end = i + 1; end < n; end++) {
            if (decimal_compare(sorted[end], sorted[i]) != 0)
                break;
        }
        t = (int64_t)(end - i);
        *var_part += t * (t - 1) * (2 * t + 5);
        *pairs += t * (t - 1) / 2;
    }
}

static struct decimal *copy_of(const struct decimal *values, size_t n,
                               struct arena *arena)
{
    struct decimal *copy = arena_new(arena, n, sizeof(*copy));

    memcpy(copy, values, n * sizeof(*copy));
    return copy;
}

enum err stat_mann_kendall(const struct decimal *values, size_t n,
                           struct arena *arena, struct mann_kendall *out)
{
    int64_t ties, tied_pairs, size = (int64_t)n, all;

    if (!in_bounds(n))
        return ERR_OUT_OF_RANGE;
    *out = (struct mann_kendall){.n = (int)n};
    for (size_t i = 0; i < n; i++) {
        for (size_t j = i + 1; j < n; j++)
            out->s += sign_of(decimal_compare(values[j], values[i]));
    }
    count_ties(copy_of(values, n, arena), n, &ties, &tied_pairs);
    all = size * (size - 1) / 2;
    out->var_18 = size * (size - 1) * (2 * size + 5) - ties;
    out->z = z_of(out->s, (long double)out->var_18 / 18);
    out->p = stat_normal_p(out->z);
    if (all > tied_pairs)
        out->tau_b = (long double)out->s /
                     sqrtl((long double)all * (long double)(all - tied_pairs));
    return OK;
}

/* ---- Sen ---- */

static int by_real(const void *a, const void *b)
{
    long double x = *(const long double *)a, y = *(const long double *)b;

    return (x > y) - (x < y);
}

/* Of the sorted values, at a rank from 1 that may lie between two. */
static long double at_rank(const long double *sorted, size_t n,
                           long double rank)
{
    long double whole = floorl(rank);
    size_t i;

    if (rank <= 1)
        return sorted[0];
    if (rank >= (long double)n)
        return sorted[n - 1];
    i = (size_t)whole - 1;
    return sorted[i] + (rank - whole) * (sorted[i + 1] - sorted[i]);
}

static long double median_of(long double *values, size_t n)
{
    qsort(values, n, sizeof(*values), by_real);
    return at_rank(values, n, ((long double)n + 1) / 2);
}

enum err stat_sen(const struct decimal *values, const struct decimal *times,
                  size_t n, long double z, struct arena *arena, struct sen *out)
{
    struct mann_kendall kendall;
    long double *slopes, *rest, half;
    size_t count = 0;
    enum err err = stat_mann_kendall(values, n, arena, &kendall);

    if (err)
        return err;
    slopes = arena_new(arena, n * (n - 1) / 2, sizeof(*slopes));
    for (size_t i = 0; i < n; i++) {
        for (size_t j = i + 1; j < n; j++) {
            long double t =
                decimal_to_real(times[j]) - decimal_to_real(times[i]);

            if (!(t > 0))
                return ERR_OUT_OF_RANGE;
            slopes[count++] =
                (decimal_to_real(values[j]) - decimal_to_real(values[i])) / t;
        }
    }
    *out = (struct sen){.slope = median_of(slopes, count), .slopes = count};
    half = z * sqrtl((long double)kendall.var_18 / 18);
    out->low = at_rank(slopes, count, ((long double)count - half) / 2);
    out->high = at_rank(slopes, count, ((long double)count + half) / 2 + 1);
    rest = arena_new(arena, n, sizeof(*rest));
    for (size_t i = 0; i < n; i++)
        rest[i] =
            decimal_to_real(values[i]) - out->slope * decimal_to_real(times[i]);
    out->intercept = median_of(rest, n);
    return OK;
}

/* ---- seasonal Kendall ---- */

struct seasons {
    const struct stat_cell *cells;
    size_t periods;
};

static const struct stat_cell *cell_at(const struct seasons *s, size_t season,
                                       size_t period)
{
    return &s->cells[season * s->periods + period];
}

/* The sign of the change between two periods; 0 when one is a gap. */
static int change(const struct seasons *s, size_t season, size_t i, size_t j)
{
    const struct stat_cell *a = cell_at(s, season, i);
    const struct stat_cell *b = cell_at(s, season, j);

    return a->given && b->given ? sign_of(decimal_compare(b->value, a->value))
                                : 0;
}

/* Twice the rank of a period within its season; a gap has the mean rank. */
static int64_t season_rank(const struct seasons *s, size_t season,
                           size_t period, int64_t *count)
{
    const struct stat_cell *mine = cell_at(s, season, period);
    int64_t below = 0, equal = 0, n = 0;

    for (size_t i = 0; i < s->periods; i++) {
        const struct stat_cell *cell = cell_at(s, season, i);
        int order;

        if (!cell->given)
            continue;
        n++;
        order = mine->given ? decimal_compare(cell->value, mine->value) : 1;
        below += order < 0;
        equal += order == 0;
    }
    *count = n;
    return mine->given ? 2 * below + equal + 1 : n + 1;
}

/*
 * Hirsch and Slack's covariance of two seasons' statistics, times 3; of a
 * season with itself it is its variance with ties.
 */
static int64_t covariance_3(const struct seasons *s, size_t g, size_t h)
{
    int64_t k = 0, ranks_4 = 0, n_g = 0, n_h = 0;

    for (size_t i = 0; i < s->periods; i++) {
        int64_t r_g = season_rank(s, g, i, &n_g);

        ranks_4 += r_g * season_rank(s, h, i, &n_h);
        for (size_t j = i + 1; j < s->periods; j++)
            k += (int64_t)change(s, g, i, j) * change(s, h, i, j);
    }
    return k + ranks_4 - (int64_t)s->periods * (n_g + 1) * (n_h + 1);
}

/* 18 times the variance of one season by itself. */
static int64_t season_var_18(const struct seasons *s, size_t season,
                             struct arena *arena, int *count)
{
    struct decimal *values = arena_new(arena, s->periods, sizeof(*values));
    int64_t n = 0, ties, pairs;

    for (size_t i = 0; i < s->periods; i++) {
        if (cell_at(s, season, i)->given)
            values[n++] = cell_at(s, season, i)->value;
    }
    count_ties(values, (size_t)n, &ties, &pairs);
    *count += (int)n;
    return n * (n - 1) * (2 * n + 5) - ties;
}

static size_t season_slopes(const struct seasons *s, size_t season,
                            long double *slopes)
{
    size_t count = 0;

    for (size_t i = 0; i < s->periods; i++) {
        const struct stat_cell *a = cell_at(s, season, i);

        for (size_t j = i + 1; a->given && j < s->periods; j++) {
            const struct stat_cell *b = cell_at(s, season, j);

            if (b->given)
                slopes[count++] =
                    (decimal_to_real(b->value) - decimal_to_real(a->value)) /
                    (long double)(j - i);
        }
    }
    return count;
}

enum err stat_seasonal_kendall(const struct stat_cell *cells, size_t seasons,
                               size_t periods, struct arena *arena,
                               struct seasonal_kendall *out)
{
    struct seasons s = {cells, periods};
    int64_t var_18 = 0, cov_3 = 0;
    long double *slopes;
    size_t count = 0;

    if (seasons < 1 || seasons > STAT_SEASONS_MAX || periods < 2 ||
        periods > STAT_PERIODS_MAX)
        return ERR_OUT_OF_RANGE;
    *out = (struct seasonal_kendall){0};
    slopes = arena_new(arena, seasons * periods * (periods - 1) / 2,
                       sizeof(*slopes));
    for (size_t g = 0; g < seasons; g++) {
        var_18 += season_var_18(&s, g, arena, &out->n);
        count += season_slopes(&s, g, slopes + count);
        for (size_t h = 0; h < seasons; h++)
            cov_3 += covariance_3(&s, g, h);
        for (size_t i = 0; i < periods; i++) {
            for (size_t j = i + 1; j < periods; j++)
                out->s += change(&s, g, i, j);
        }
    }
    if (count == 0)
        return ERR_OUT_OF_RANGE;
    out->slope = median_of(slopes, count);
    out->var = (long double)var_18 / 18;
    out->var_covariance = (long double)cov_3 / 3;
    out->z = z_of(out->s, out->var);
    out->z_covariance = z_of(out->s, out->var_covariance);
    out->p = stat_normal_p(out->z);
    out->p_covariance = stat_normal_p(out->z_covariance);
    return OK;
}
