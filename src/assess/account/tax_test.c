#include "assess/account/tax.h"

#include "base/test.h"

static struct arena arena;

#define ROW(n, m)                                                              \
    {                                                                          \
        .name = SPAN(n), .amount = DECIMAL(m, 0)                               \
    }

static struct verdict tax(enum tax_medium medium,
                          const struct tax_pollutant *rows, size_t count)
{
    struct tax_outlet in = {.medium = medium,
                            .pollutants = rows,
                            .count = count,
                            .day = 20260101,
                            .province = SPAN("四川")};
    struct verdict v;

    tax_of(&in, &arena, &v);
    return v;
}

static void check_yuan(struct verdict v, int64_t fen)
{
    CHECK_INT(decimal_compare(v.index, DECIMAL(fen, -2)), 0);
}

TEST(the_three_largest_of_an_air_outlet_are_taxed)
{
    /* 1000, 2000, 100 and 10 equivalents at 3.9 yuan */
    const struct tax_pollutant rows[] = {ROW("二氧化硫", 950), ROW("NOx", 1900),
                                         ROW("烟尘", 218), ROW("CO", 167)};
    struct verdict v;

    arena_init(&arena);
    v = tax(TAX_AIR, rows, LENGTH(rows));
    check_yuan(v, 390 * 3100);
    CHECK_INT(v.rating, 3);
    CHECK_TEXT(v.confidence, "medium");
    CHECK_TEXT(v.edition, "环境保护税法");
    CHECK(strstr(v.items[4].step_en, "not among the three largest"));
    arena_done(&arena);
}

TEST(water_has_five_of_the_first_class_and_three_of_the_others)
{
    const struct tax_pollutant rows[] = {
        ROW("总铬", 4),  ROW("六价铬", 2), ROW("总砷", 2),  ROW("总铅", 5),
        ROW("总镍", 5),  ROW("总银", 1),   ROW("COD", 300), ROW("氨氮", 80),
        ROW("总磷", 25), ROW("悬浮物", 4)};
    struct verdict v;

    arena_init(&arena);
    v = tax(TAX_WATER, rows, LENGTH(rows));
    /* 100, 100, 100, 200, 200 (not 50); 300, 100, 100 (not 1) at 2.8 yuan */
    check_yuan(v, 280 * 1200);
    CHECK_INT(v.rating, 8);
    arena_done(&arena);
}

TEST(of_cod_bod_and_toc_the_largest_counts)
{
    const struct tax_pollutant rows[] = {
        ROW("COD", 100), ROW("五日生化需氧量", 60), ROW("总有机碳", 49)};
    const struct tax_pollutant equal[] = {ROW("大肠菌群数(超标)", 33),
                                          ROW("余氯量", 33)};

    arena_init(&arena);
    check_yuan(tax(TAX_WATER, rows, LENGTH(rows)), 280 * 120);
    check_yuan(tax(TAX_WATER, equal, LENGTH(equal)), 280 * 10);
    arena_done(&arena);
}

TEST(both_sides_of_the_reductions)
{
    static const struct {
        struct decimal concentration;
        int64_t fen;
    } cases[] = {
        {{3501, -2}, 39000}, /* 29.98 % under 50 */
        {{35, 0}, 29250},    {{2501, -2}, 29250},
        {{25, 0}, 19500},    {{0, 0}, 19500},
    };

    arena_init(&arena);
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct tax_pollutant row = ROW("SO2", 95);

        row.has_limit = true;
        row.limit = DECIMAL(50, 0);
        row.concentration = cases[i].concentration;
        check_yuan(tax(TAX_AIR, &row, 1), cases[i].fen);
    }
    arena_done(&arena);
}

TEST(bands_of_ph_hold_the_outer_bound)
{
    static const struct {
        struct decimal ph;
        int64_t equivalents_milli; /* of 3 t of water */
    } cases[] = {
        {{0, 0}, 50000},   {{99, -2}, 50000}, {{1, 0}, 24000},
        {{2, 0}, 12000},   {{3, 0}, 6000},    {{4, 0}, 3000},
        {{499, -2}, 3000}, {{5, 0}, 600},     {{599, -2}, 600},
        {{6, 0}, 0},       {{9, 0}, 0},       {{901, -2}, 3000},
        {{10, 0}, 3000},   {{11, 0}, 6000},   {{12, 0}, 12000},
        {{13, 0}, 24000},  {{14, 0}, 50000},  {{1301, -2}, 50000},
    };

    arena_init(&arena);
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct tax_pollutant row = ROW("pH", 3);
        struct verdict v;

        row.has_ph = true;
        row.ph = cases[i].ph;
        v = tax(TAX_WATER, &row, 1);
        if (cases[i].equivalents_milli)
            CHECK(strstr(v.items[1].step_zh, " 吨污水 = "));
        if (cases[i].equivalents_milli)
            CHECK_INT(decimal_compare(v.items[1].index,
                                      DECIMAL(cases[i].equivalents_milli, -3)),
                      0);
        CHECK_INT(v.rating, cases[i].equivalents_milli > 0);
    }
    arena_done(&arena);
}

TEST(every_row_of_the_schedule_has_its_equivalent)
{
    const struct standard_table *t = standard_table("env-tax-equivalents.csv");

    arena_init(&arena);
    for (size_t i = 0; t && i < t->row_count; i++) {
        bool air = standard_cell_is(t, i, "medium", "air");
        struct tax_pollutant row = {.amount = DECIMAL(1, 0)};
        struct decimal value;
        struct verdict v;

        if (standard_cell_is(t, i, "group", "pH"))
            continue;
        row.name = standard_cell(t, i, "name_zh");
        CHECK(standard_decimal(t, i, "equivalent_value", &value));
        v = tax(air ? TAX_AIR : TAX_WATER, &row, 1);
        CHECK(decimal_divide(DECIMAL(1, 0), value, -6, ROUND_HALF_EVEN,
                             &value) == OK);
        CHECK_INT(decimal_compare(v.items[1].index, value), 0);
    }
    arena_done(&arena);
}

TEST(what_cannot_be_taxed_says_so)
{
    struct tax_pollutant row = ROW("SO2", 95);
    struct tax_outlet in = {.pollutants = &row, .count = 1, .day = 20171231};
    struct verdict v;

    arena_init(&arena);
    tax_of(&in, &arena, &v);
    CHECK_INT(v.outcome, VERDICT_NO_EDITION);
    in.day = 20180101;
    in.province = SPAN("somewhere");
    tax_of(&in, &arena, &v);
    CHECK_INT(v.outcome, VERDICT_INSUFFICIENT);
    in.has_rate = true;
    in.rate = DECIMAL(12, -1);
    tax_of(&in, &arena, &v);
    check_yuan(v, 12000);
    row.amount = DECIMAL(INT64_MAX, 3);
    tax_of(&in, &arena, &v);
    check_yuan(v, 0);
    CHECK(!tax_knows(TAX_AIR, SPAN("COD")));
    CHECK(tax_rate_allowed(TAX_AIR, DECIMAL(12, -1), 20260101));
    CHECK(!tax_rate_allowed(TAX_AIR, DECIMAL(119, -2), 20260101));
    CHECK(tax_rate_allowed(TAX_WATER, DECIMAL(14, 0), 20260101));
    CHECK(!tax_rate_allowed(TAX_WATER, DECIMAL(1401, -2), 20260101));
    arena_done(&arena);
}
