#include "assess/statistics/statistics.h"

#include "base/test.h"

#include <math.h>

static struct arena arena;

static void check_real(long double actual, double expected, double tolerance)
{
    if (fabsl(actual - (long double)expected) > (long double)tolerance) {
        print_error("%.9Lg is not %.9g\n", actual, expected);
        fail();
    }
}

static void check_decimal(struct decimal actual, const char *expected)
{
    char text[DECIMAL_TEXT_MAX];

    decimal_format(actual, text);
    CHECK_TEXT(text, expected);
}

static struct decimal *whole(const int *values, size_t n)
{
    struct decimal *out = arena_new(&arena, n, sizeof(*out));

    for (size_t i = 0; i < n; i++)
        out[i] = DECIMAL(values[i], 0);
    return out;
}

/* ---- numbers and means ---- */

TEST(a_real_number_is_rounded_once_and_half_to_even)
{
    const struct {
        long double real;
        int exponent;
        const char *text;
    } cases[] = {
        {59.4596L, -2, "59.46"},
        {0.125L, -2, "0.12"},
        {0.145L, -2, "0.14"},
        {0.155L, -2, "0.16"},
        {-0.125L, -2, "-0.12"},
        {-0.135L, -2, "-0.14"},
        {2.5L, 0, "2"},
        {3.5L, 0, "4"},
        {1250, 2, "1200"},
        {0.0L, -3, "0.000"},
        {0.1L + 0.2L, -1, "0.3"},
        {0.49999999L, 0, "0"},
        {1234567.8905L, -3, "1234567.890"},
    };
    struct decimal d;

    for (size_t i = 0; i < LENGTH(cases); i++) {
        CHECK_INT(real_to_decimal(cases[i].real, cases[i].exponent, &d), OK);
        check_decimal(d, cases[i].text);
    }
    CHECK_INT(real_to_decimal((long double)NAN, 0, &d), ERR_OVERFLOW);
    CHECK_INT(real_to_decimal(HUGE_VALL, 0, &d), ERR_OVERFLOW);
    CHECK_INT(real_to_decimal(1e18L, -2, &d), ERR_OVERFLOW);
    CHECK_INT(real_to_decimal(1, -19, &d), ERR_OVERFLOW);
    check_real(decimal_to_real(DECIMAL(-35, -1)), -3.5, 0);
    check_real(decimal_to_real(DECIMAL(12, 2)), 1200, 0);
    CHECK_INT(stat_censored(DECIMAL(5, -3), &d), OK);
    check_decimal(d, "0.0025");
}

TEST(means_with_and_without_weights)
{
    const struct decimal values[] = {DECIMAL(1, 0), DECIMAL(2, 0),
                                     DECIMAL(25, -1)};
    const struct decimal weights[] = {DECIMAL(1, 0), DECIMAL(5, -1),
                                      DECIMAL(0, 0)};
    const struct decimal none[] = {DECIMAL(0, 0), DECIMAL(0, 0), DECIMAL(0, 0)};
    const struct decimal wrong[] = {DECIMAL(1, 0), DECIMAL(-1, 0),
                                    DECIMAL(1, 0)};
    const struct decimal huge[] = {DECIMAL(INT64_MAX, 18),
                                   DECIMAL(INT64_MAX, -18)};
    struct decimal d;
    long double level;

    CHECK_INT(stat_mean(values, 3, -1, &d), OK);
    check_decimal(d, "1.8");
    CHECK_INT(stat_mean(values, 2, 0, &d), OK);
    check_decimal(d, "2"); /* 1.5 to the even one */
    CHECK_INT(stat_mean(values, 0, 0, &d), ERR_OUT_OF_RANGE);
    CHECK(stat_mean(huge, 2, 0, &d) != OK);
    CHECK_INT(stat_weighted_mean(values, weights, 3, -2, &d), OK);
    check_decimal(d, "1.33");
    CHECK_INT(stat_weighted_mean(values, none, 3, -2, &d), ERR_OUT_OF_RANGE);
    CHECK_INT(stat_weighted_mean(values, wrong, 3, -2, &d), ERR_OUT_OF_RANGE);
    CHECK_INT(stat_weighted_mean(values, weights, 0, -2, &d), ERR_OUT_OF_RANGE);
    CHECK(stat_weighted_mean(huge, huge, 2, 0, &d) != OK);
    CHECK_INT(stat_energy_mean(values, none, 3, &level), ERR_OUT_OF_RANGE);
    CHECK_INT(stat_energy_mean(values, wrong, 3, &level), ERR_OUT_OF_RANGE);
    CHECK_INT(stat_energy_mean(values, NULL, 0, &level), ERR_OUT_OF_RANGE);
}

/* Leq of 55, 60, 62, 58 dB, and Ldn of 58 by day and 50 + 10 by night. */
TEST(the_energy_mean_of_levels)
{
    const struct decimal levels[] = {DECIMAL(55, 0), DECIMAL(60, 0),
                                     DECIMAL(62, 0), DECIMAL(58, 0)};
    const struct decimal day_night[] = {DECIMAL(58, 0), DECIMAL(60, 0)};
    const struct decimal hours[] = {DECIMAL(16, 0), DECIMAL(8, 0)};
    long double level;

    CHECK_INT(stat_energy_mean(levels, NULL, 4, &level), OK);
    check_real(level, 59.4597, 5e-5);
    CHECK_INT(stat_energy_mean(day_night, hours, 2, &level), OK);
    check_real(level, 58.7735, 5e-5);
}

/* ---- percentiles ---- */

/* 1, 2, 3, 4, 10 at 40 %, and at 10, 25, 50, 90 %: R's quantile(type = k). */
TEST(nine_kinds_of_percentile)
{
    const struct {
        enum percentile_kind kind;
        int percent;
        const char *value;
    } cases[] = {
        {PERCENTILE_HF1, 40, "2.0000"},   {PERCENTILE_HF2, 40, "2.5000"},
        {PERCENTILE_HF3, 40, "2.0000"},   {PERCENTILE_HF4, 40, "2.0000"},
        {PERCENTILE_HF5, 40, "2.5000"},   {PERCENTILE_HF6, 40, "2.4000"},
        {PERCENTILE_HF7, 40, "2.6000"},   {PERCENTILE_HF8, 40, "2.4667"},
        {PERCENTILE_HF9, 40, "2.4750"},   {PERCENTILE_HF1, 90, "10.0000"},
        {PERCENTILE_HF2, 90, "10.0000"},  {PERCENTILE_HF3, 90, "4.0000"},
        {PERCENTILE_HF4, 90, "7.0000"},   {PERCENTILE_HF5, 90, "10.0000"},
        {PERCENTILE_HF6, 90, "10.0000"},  {PERCENTILE_HF7, 90, "7.6000"},
        {PERCENTILE_HF8, 90, "10.0000"},  {PERCENTILE_HF9, 90, "10.0000"},
        {PERCENTILE_HF1, 10, "1.0000"},   {PERCENTILE_HF3, 10, "1.0000"},
        {PERCENTILE_HF3, 30, "2.0000"},   {PERCENTILE_HF4, 10, "1.0000"},
        {PERCENTILE_HF6, 10, "1.0000"},   {PERCENTILE_HF7, 25, "2.0000"},
        {PERCENTILE_HF7, 0, "1.0000"},    {PERCENTILE_HF7, 100, "10.0000"},
        {PERCENTILE_HF2, 100, "10.0000"}, {PERCENTILE_HF1, 0, "1.0000"},
    };
    static const int values[] = {1, 2, 3, 4, 10};
    struct decimal d;

    arena_init(&arena);
    for (size_t i = 0; i < LENGTH(cases); i++) {
        CHECK_INT(percentile_of(whole(values, 5), 5,
                                DECIMAL(cases[i].percent, 0), cases[i].kind, -4,
                                &d),
                  OK);
        check_decimal(d, cases[i].value);
    }
    arena_done(&arena);
}

/* 365 days of 1 to 365: k = 1 + 364 * 0.98 = 357.72. */
TEST(the_percentile_of_a_year_is_exact_and_rounded_once)
{
    struct decimal values[366], d;
    struct percentile_place place;

    for (int i = 0; i < 366; i++)
        values[i] = DECIMAL(i + 1, 0);
    CHECK_INT(
        percentile_of(values, 365, DECIMAL(98, 0), PERCENTILE_HJ663, -2, &d),
        OK);
    check_decimal(d, "357.72");
    CHECK_INT(
        percentile_of(values, 365, DECIMAL(98, 0), PERCENTILE_HJ663, 0, &d),
        OK);
    check_decimal(d, "358");
    /* 1 + 360 * 0.9 lies on a value: nothing between */
    CHECK_INT(percentile_place(361, DECIMAL(90, 0), PERCENTILE_HJ663, &place),
              OK);
    CHECK_INT(place.low, 325);
    CHECK_INT(place.high, 325);
    CHECK_INT(place.numerator, 0);
    values[0] = DECIMAL(1, 0);
    values[1] = DECIMAL(2, 0);
    CHECK_INT(percentile_of(values, 2, DECIMAL(50, 0), PERCENTILE_HJ663, 0, &d),
              OK);
    check_decimal(d, "2"); /* 1.5 half to even */
}

TEST(percentiles_refuse_what_has_no_place)
{
    struct decimal one[] = {DECIMAL(7, 0)}, d;
    enum percentile_kind kind;

    for (int k = 1; k <= 9; k++) {
        CHECK_INT(percentile_of(one, 1, DECIMAL(95, 0), (enum percentile_kind)k,
                                0, &d),
                  OK);
        check_decimal(d, "7");
    }
    CHECK_INT(percentile_of(one, 0, DECIMAL(95, 0), PERCENTILE_HF7, 0, &d),
              ERR_OUT_OF_RANGE);
    CHECK_INT(percentile_of(one, 1, DECIMAL(101, 0), PERCENTILE_HF7, 0, &d),
              ERR_OUT_OF_RANGE);
    CHECK_INT(percentile_of(one, 1, DECIMAL(-1, 0), PERCENTILE_HF7, 0, &d),
              ERR_OUT_OF_RANGE);
    CHECK_INT(percentile_of(one, 1, DECIMAL(1, -5), PERCENTILE_HF7, 0, &d),
              ERR_OUT_OF_RANGE);
    CHECK_INT(
        percentile_of(one, 1, DECIMAL(95, 0), (enum percentile_kind)10, 0, &d),
        ERR_OUT_OF_RANGE);
    CHECK_INT(percentile_kind_parse(SPAN("hj663"), &kind), OK);
    CHECK_INT(kind, 7);
    CHECK_INT(percentile_kind_parse(SPAN("nearest_rank"), &kind), OK);
    CHECK_INT(kind, 1);
    CHECK_INT(percentile_kind_parse(SPAN("hf8"), &kind), OK);
    CHECK_INT(kind, 8);
    CHECK_INT(percentile_kind_parse(SPAN("hf0"), &kind), ERR_NOT_FOUND);
    CHECK_INT(percentile_kind_parse(SPAN("median"), &kind), ERR_NOT_FOUND);
}

/* ---- trends ---- */

static const int falling[] = {50, 47, 49, 45, 44, 46, 41, 40, 42, 38};

TEST(daniels_test_of_ten_years)
{
    struct spearman s;

    arena_init(&arena);
    CHECK_INT(stat_spearman(whole(falling, 10), 10, &arena, &s), OK);
    check_decimal(s.d2, "316");
    check_decimal(s.r, "-0.915"); /* -0.915152 */
    CHECK(s.has_critical);
    check_decimal(s.critical_05, "0.564");
    CHECK_INT(s.at_05, STAT_FALLING);
    CHECK_INT(s.at_01, STAT_FALLING);
    check_decimal(s.rank[0], "10");
    arena_done(&arena);
}

TEST(ties_take_their_mean_rank)
{
    static const int tied[] = {1, 2, 2, 4, 5};
    struct spearman s;

    arena_init(&arena);
    CHECK_INT(stat_spearman(whole(tied, 5), 5, &arena, &s), OK);
    check_decimal(s.rank[1], "2.5");
    check_decimal(s.rank[2], "2.5");
    check_decimal(s.d2, "0.50");
    check_decimal(s.r, "0.975");
    CHECK_INT(s.at_05, STAT_RISING);
    CHECK_INT(s.at_01, STAT_NO_TREND); /* 1.000 is asked of five */
    arena_done(&arena);
}

/* Between the columns the next smaller N; both sides of every critical value
 * that N values can reach. */
TEST(the_critical_values_are_a_table)
{
    const struct {
        int n, column;
        const char *w05;
    } cases[] = {
        {4, 0, ""},        {5, 5, "0.900"},   {10, 10, "0.564"},
        {11, 10, "0.564"}, {12, 12, "0.506"}, {29, 28, "0.317"},
        {30, 30, "0.306"}, {99, 30, "0.306"},
    };
    struct spearman s;

    for (size_t i = 0; i < LENGTH(cases); i++) {
        CHECK_INT(stat_spearman_critical(cases[i].n, &s), cases[i].column > 0);
        if (cases[i].column) {
            CHECK_INT(s.critical_n, cases[i].column);
            check_decimal(s.critical_05, cases[i].w05);
        }
    }
}

/* r = 0.8286 is what six years reach and the table prints as 0.829. */
TEST(r_is_compared_as_the_table_prints_it)
{
    static const int at[] = {1, 3, 2, 4, 6, 5};    /* d2 = 4: 0.886 */
    static const int on[] = {2, 3, 1, 4, 5, 6};    /* d2 = 6: 0.8286 */
    static const int under[] = {2, 1, 4, 3, 6, 5}; /* d2 = 6 too */
    static const int off[] = {2, 3, 1, 4, 6, 5};   /* d2 = 8: 0.771 */
    struct spearman s;

    arena_init(&arena);
    CHECK_INT(stat_spearman(whole(at, 6), 6, &arena, &s), OK);
    check_decimal(s.r, "0.886");
    CHECK_INT(stat_spearman(whole(on, 6), 6, &arena, &s), OK);
    check_decimal(s.r, "0.829");
    CHECK_INT(s.at_05, STAT_RISING);
    CHECK_INT(stat_spearman(whole(under, 6), 6, &arena, &s), OK);
    CHECK_INT(s.at_05, STAT_RISING);
    CHECK_INT(stat_spearman(whole(off, 6), 6, &arena, &s), OK);
    check_decimal(s.r, "0.771");
    CHECK_INT(s.at_05, STAT_NO_TREND);
    CHECK_INT(stat_spearman(whole(off, 4), 4, &arena, &s), OK);
    CHECK(!s.has_critical);
    CHECK_INT(stat_spearman(whole(off, 1), 1, &arena, &s), ERR_OUT_OF_RANGE);
    arena_done(&arena);
}

TEST(mann_kendall_and_sen_of_ten_years)
{
    struct mann_kendall m;
    struct sen sen;
    struct decimal times[10];

    arena_init(&arena);
    for (int i = 0; i < 10; i++)
        times[i] = DECIMAL(i, 0);
    CHECK_INT(stat_mann_kendall(whole(falling, 10), 10, &arena, &m), OK);
    CHECK_INT(m.s, -35);
    CHECK_INT(m.var_18, 125 * 18);
    check_real(m.z, -3.04105, 1e-5);
    check_real(m.p, 0.00235753, 1e-8);
    check_real(m.tau_b, -0.777778, 1e-6);
    CHECK_INT(stat_sen(whole(falling, 10), times, 10, STAT_Z_95, &arena, &sen),
              OK);
    check_real(sen.slope, -1.16667, 1e-5);
    check_real(sen.low, -1.53261, 1e-5);
    check_real(sen.high, -0.908694, 1e-6);
    check_real(sen.intercept, 48.5833, 1e-4);
    CHECK_INT(sen.slopes, 45);
    times[3] = times[2];
    CHECK_INT(stat_sen(whole(falling, 10), times, 10, STAT_Z_95, &arena, &sen),
              ERR_OUT_OF_RANGE);
    CHECK_INT(stat_sen(whole(falling, 1), times, 1, STAT_Z_95, &arena, &sen),
              ERR_OUT_OF_RANGE);
    arena_done(&arena);
}

/* Flow of the Nile at Aswan, 1871 to 1970. */
static const int nile[] = {
    1120, 1160, 963,  1210, 1160, 1160, 813,  1230, 1370, 1140, 995,  935,
    1110, 994,  1020, 960,  1180, 799,  958,  1140, 1100, 1210, 1150, 1250,
    1260, 1220, 1030, 1100, 774,  840,  874,  694,  940,  833,  701,  916,
    692,  1020, 1050, 969,  831,  726,  456,  824,  702,  1120, 1100, 832,
    764,  821,  768,  845,  864,  862,  698,  845,  744,  796,  1040, 759,
    781,  865,  845,  944,  984,  897,  822,  1010, 771,  676,  649,  846,
    812,  742,  801,  1040, 860,  874,  848,  890,  744,  749,  838,  1050,
    918,  986,  797,  923,  975,  815,  1020, 906,  901,  1170, 912,  746,
    919,  718,  714,  740};

TEST(a_hundred_years_of_the_nile)
{
    struct mann_kendall m;
    struct sen sen;
    struct decimal times[100];

    arena_init(&arena);
    for (int i = 0; i < 100; i++)
        times[i] = DECIMAL(1871 + i, 0);
    CHECK_INT(LENGTH(nile), 100);
    CHECK_INT(stat_mann_kendall(whole(nile, 100), 100, &arena, &m), OK);
    CHECK_INT(m.s, -1387);
    check_real((long double)m.var_18 / 18, 112728.33, 0.01);
    check_real(m.z, -4.12807, 1e-5);
    CHECK_INT(stat_sen(whole(nile, 100), times, 100, STAT_Z_95, &arena, &sen),
              OK);
    check_real(sen.slope, -2.6, 1e-9);
    arena_done(&arena);
}

TEST(what_never_changes_has_no_trend)
{
    static const int flat[] = {5, 5, 5, 5, 5, 5};
    struct mann_kendall m;
    struct spearman s;

    arena_init(&arena);
    CHECK_INT(stat_mann_kendall(whole(flat, 6), 6, &arena, &m), OK);
    CHECK_INT(m.s, 0);
    CHECK_INT(m.var_18, 0);
    check_real(m.z, 0, 0);
    check_real(m.p, 1, 0);
    CHECK_INT(stat_spearman(whole(flat, 6), 6, &arena, &s), OK);
    CHECK_INT(s.at_05, STAT_NO_TREND);
    arena_done(&arena);
}

static const int seasons[4][5] = {
    {5, 6, 7, 6, 8},
    {15, 14, 17, 18, 18},
    {22, 25, 24, 27, 28},
    {9, 9, 8, 11, 12},
};

static void fill(struct stat_cell cells[20])
{
    for (int i = 0; i < 20; i++)
        cells[i] = (struct stat_cell){true, DECIMAL(seasons[i / 5][i % 5], 0)};
}

TEST(a_trend_within_each_season)
{
    struct stat_cell cells[20];
    struct seasonal_kendall k;

    arena_init(&arena);
    fill(cells);
    CHECK_INT(stat_seasonal_kendall(cells, 4, 5, &arena, &k), OK);
    CHECK_INT(k.n, 20);
    CHECK_INT(k.s, 27);
    check_real(k.var, 63.6667, 1e-4);
    check_real(k.z, 3.2585, 1e-4);
    check_real(k.slope, 1, 1e-12);
    check_real(k.var_covariance, 175, 1e-9);
    check_real(k.z_covariance, 1.96542, 1e-5);
    CHECK(k.p < k.p_covariance);
    arena_done(&arena);
}

TEST(a_gap_in_a_season_is_no_value)
{
    struct stat_cell cells[20] = {{false, {0, 0}}};
    struct seasonal_kendall k;

    arena_init(&arena);
    CHECK_INT(stat_seasonal_kendall(cells, 4, 5, &arena, &k), ERR_OUT_OF_RANGE);
    fill(cells);
    cells[7].given = false; /* 17 of season 2: four rising pairs less */
    CHECK_INT(stat_seasonal_kendall(cells, 4, 5, &arena, &k), OK);
    CHECK_INT(k.n, 19);
    CHECK_INT(k.s, 23);
    CHECK_INT(stat_seasonal_kendall(cells, 0, 5, &arena, &k), ERR_OUT_OF_RANGE);
    CHECK_INT(stat_seasonal_kendall(cells, 1, 1, &arena, &k), ERR_OUT_OF_RANGE);
    arena_done(&arena);
}
