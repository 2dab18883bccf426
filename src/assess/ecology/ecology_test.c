#include "assess/ecology/ei.h"
#include "assess/ecology/eqi.h"

#include "base/test.h"

static struct arena arena;

static struct decimal number(const char *text)
{
    struct decimal d;

    CHECK_INT(decimal_parse(span_of(text), &d), 0);
    return d;
}

static void check_number(struct decimal d, const char *text)
{
    char written[DECIMAL_TEXT_MAX];

    decimal_format(d, written);
    CHECK_TEXT(written, text);
}

static bool says(const char *text, const char *part)
{
    if (strstr(text, part))
        return true;
    print_error("\"%s\" has no \"%s\"\n", text, part);
    return false;
}

static bool some_step_says(const struct verdict *v, const char *part)
{
    for (size_t i = 0; i < v->item_count; i++) {
        if (strstr(v->items[i].step_en, part))
            return true;
    }
    for (size_t i = 0; i < v->item_count; i++)
        print_error("  %s\n", v->items[i].step_en);
    print_error("no step says \"%s\"\n", part);
    return false;
}

/* ---- EI ---- */

/* A region of 1000 km2 whose sub-indices are easy to follow. */
static struct ei_value values[64];
static size_t value_count;

static void set(const char *code, const char *text)
{
    for (size_t i = 0; i < value_count; i++) {
        if (strcmp(values[i].code, code) == 0) {
            values[i].value = number(text);
            return;
        }
    }
    values[value_count++] = (struct ei_value){code, number(text)};
}

static void unset(const char *code)
{
    for (size_t i = 0; i < value_count; i++) {
        if (strcmp(values[i].code, code) == 0)
            values[i] = values[--value_count];
    }
}

static void plain_region(void)
{
    static const char *const given[][2] = {
        {"closed_forest", "500"},
        {"paddy", "300"},
        {"bi", "60"},
        {"ndvi", "6000"},
        {"river_length", "400"},
        {"water_area", "20"},
        {"water_resource", "500"},
        {"severe_erosion", "10"},
        {"moderate_erosion", "50"},
        {"built_land", "80"},
        {"other_stress", "0"},
        {"cod", "2000"},
        {"nh3n", "200"},
        {"so2", "100000"},
        {"dust", "1000"},
        {"nox", "20000"},
        {"solid_waste", "1000"},
        {"precipitation", "1000"},
    };

    value_count = 0;
    for (size_t i = 0; i < LENGTH(given); i++)
        set(given[i][0], given[i][1]);
}

static struct verdict ei(int restriction)
{
    struct ei_region r = {.area = number("1000"),
                          .restriction = restriction,
                          .values = values,
                          .count = value_count,
                          .day = RULE_NEWEST};
    struct verdict v;

    ei_judge(&r, &arena, &v);
    return v;
}

static struct decimal sub_of(const struct verdict *v, const char *code)
{
    for (size_t i = 0; i < v->item_count; i++) {
        if (strcmp(v->items[i].factor, code) == 0)
            return v->items[i].index;
    }
    fail_msg("no %s", code);
    return DECIMAL(0, 0);
}

TEST(every_sub_index_follows_its_formula)
{
    struct verdict v;

    arena_init(&arena);
    plain_region();
    v = ei(0);
    /* HQ 511.2642 (0.35 x 0.6 x 500 + 0.11 x 0.6 x 300) / 1000 = 63.8058 */
    check_number(sub_of(&v, "bio_abundance"), "61.9");
    check_number(sub_of(&v, "vegetation"), "72.7"); /* 72.6991 */
    /* (84.3704 x 0.4 + 591.7909 x 0.02 + 86.3870 x 0.5) / 3 = 29.5922 */
    check_number(sub_of(&v, "water_network"), "29.6");
    /* 236.0436 (0.4 x 10 + 0.2 x 50 + 0.2 x 80) / 1000 = 7.0813 */
    check_number(sub_of(&v, "land_stress"), "7.1");
    /* COD 0.2 x 4.3937 x 2000/10^6, ... , SO2 0.2 x 0.0649 x 100 = 1.2973,
     * NOx 0.2 x 0.5103 x 20 = 2.0412, dust 0.4090, waste 0.0075 */
    check_number(sub_of(&v, "pollution_load"), "3.8");
    /* 0.35 x 61.9 + 0.25 x 72.7 + 0.15 x 29.6 + 0.15 x 92.9 + 0.1 x 96.2 =
     * 67.835 */
    check_number(v.index, "67.8");
    CHECK_INT(v.rating, 2);
    CHECK_TEXT(v.level_zh, "良");
    CHECK_TEXT(v.confidence, "medium");
    CHECK(some_step_says(&v, "0.35×61.9 + 0.25×72.7 + 0.15×29.6 + 0.15×(100 − "
                             "7.1) + 0.10×(100 − 3.8) = 67.8"));
    CHECK(some_step_says(&v, "67.8 ≥ 55 → good"));
    arena_done(&arena);
}

TEST(an_index_above_100_is_capped)
{
    struct verdict v;

    arena_init(&arena);
    plain_region();
    set("ndvi", "9000");
    v = ei(0);
    check_number(sub_of(&v, "vegetation"), "100.0");
    CHECK(some_step_says(&v, "109.0 → capped to 100.0"));
    arena_done(&arena);
}

/* EI moves with BI alone: 0.175 for one of BI. */
static struct decimal ei_at_bi(const char *bi)
{
    plain_region();
    set("bi", bi);
    return ei(0).index;
}

/* A region whose EI is exactly this: all but vegetation are 0 or 100. */
static struct verdict ei_of(const char *vegetation, const char *bio, int level)
{
    struct ei_value only[64];
    size_t count = 0;
    struct ei_region r = {.area = number("1000"),
                          .restriction = level,
                          .values = only,
                          .day = RULE_NEWEST};
    struct verdict v;

    plain_region();
    for (size_t i = 0; i < value_count; i++) {
        only[count] = values[i];
        only[count].value = number("0");
        if (strcmp(values[i].code, "precipitation") == 0)
            only[count].value = number("1000");
        if (strcmp(values[i].code, "bi") == 0)
            only[count].value = number(bio);
        if (strcmp(values[i].code, "ndvi") == 0)
            only[count].value = number(vegetation);
        count++;
    }
    r.count = count;
    ei_judge(&r, &arena, &v);
    return v;
}

/* With no land and water: EI = 25 + 0.175 BI (BI up to 200) + 0.25 veg. */
TEST(both_sides_of_every_grade_of_ei)
{
    static const struct {
        const char *ndvi, *bi, *ei;
        int grade;
    } cases[] = {
        {"8300", "142.9", "75.0", 1}, /* 100 veg, bio 71.4 */
        {"8300", "142.4", "74.9", 2},
        {"8300", "28.6", "55.0", 2}, /* bio 14.3 */
        {"8300", "28.0", "54.9", 3},
        {"0", "57.2", "35.0", 3}, /* bio 28.6 */
        {"0", "56.4", "34.9", 4},
    };

    arena_init(&arena);
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct verdict v = ei_of(cases[i].ndvi, cases[i].bi, 0);

        check_number(v.index, cases[i].ei);
        CHECK_INT(v.rating, cases[i].grade);
    }
    check_number(ei_at_bi("0"), "57.3");
    arena_done(&arena);
}

TEST(the_lowest_grades_by_stress)
{
    struct verdict v;

    arena_init(&arena);
    plain_region();
    for (size_t i = 0; i < value_count; i++)
        values[i].value = number("0");
    set("precipitation", "1000");
    set("severe_erosion", "1059"); /* 236.04 x 0.4 x 1.059 = 100.0 */
    set("bi", "57.2");             /* bio 28.6: 10.01 */
    v = ei(0);
    check_number(v.index, "20.0"); /* 10.01 + 10 */
    CHECK_INT(v.rating, 4);
    set("bi", "56.4");
    v = ei(0);
    check_number(v.index, "19.9");
    CHECK_INT(v.rating, 5);
    CHECK(some_step_says(&v, "19.9 < 20 → poor"));
    CHECK_INT(ei(2).rating, 5); /* nothing below the lowest */
    arena_done(&arena);
}

TEST(the_restriction_is_a_cap)
{
    struct verdict v;

    arena_init(&arena);
    check_number(ei_of("8300", "150", 0).index, "76.2");
    check_number(ei_of("8300", "150", 1).index, "76.2");
    v = ei_of("8300", "150", 2);
    check_number(v.index, "74.9");
    CHECK_INT(v.rating, 2);
    CHECK(
        some_step_says(&v, "environment restriction 2: EI from 76.2 to 74.9"));
    v = ei_of("8300", "150", 3);
    check_number(v.index, "54.9");
    CHECK(says(v.summary_en, "with restriction"));
    check_number(ei_of("8300", "28.6", 2).index, "54.9");
    check_number(ei_of("0", "57.2", 2).index, "34.9");
    check_number(ei_of("8300", "28.0", 3).index, "34.9");
    arena_done(&arena);
}

TEST(a_wet_year_is_damped)
{
    struct verdict v;

    arena_init(&arena);
    plain_region();
    set("water_resource_mean", "400");
    set("water_resource", "560"); /* 1.4: as it is */
    v = ei(0);
    check_number(sub_of(&v, "water_network"), "31.3");
    set("water_resource", "800"); /* 2.0: 400 x 0.4 = 160 */
    v = ei(0);
    check_number(sub_of(&v, "water_network"), "19.8");
    CHECK(some_step_says(&v, "[400×(2.4 − 800/400)]"));
    set("water_resource", "960"); /* 2.4: nothing */
    v = ei(0);
    check_number(sub_of(&v, "water_network"), "15.2");
    CHECK(some_step_says(&v, "0 (960/400 ≥ 2.4)"));
    arena_done(&arena);
}

TEST(what_is_missing_leaves_no_ei)
{
    static const char *const needed[] = {
        "bi",         "ndvi", "river_length",  "water_resource",
        "built_land", "cod",  "precipitation", "solid_waste"};
    struct verdict v;

    arena_init(&arena);
    for (size_t i = 0; i < LENGTH(needed); i++) {
        plain_region();
        unset(needed[i]);
        v = ei(0);
        CHECK_INT(v.outcome, VERDICT_INSUFFICIENT);
        CHECK(!v.has_index);
    }
    plain_region();
    unset("closed_forest");
    CHECK_INT(ei(0).outcome, VERDICT_GIVEN); /* an absent land class */
    unset("paddy");
    v = ei(0);
    CHECK_INT(v.outcome, VERDICT_INSUFFICIENT);
    CHECK(some_step_says(&v, "without areas of land classes"));
    plain_region();
    set("precipitation", "0");
    CHECK_INT(ei(0).outcome, VERDICT_INSUFFICIENT);
    arena_done(&arena);
}

TEST(a_region_needs_an_area_and_a_standard)
{
    struct ei_region r = {.area = number("0"), .day = RULE_NEWEST};
    struct verdict v;

    arena_init(&arena);
    ei_judge(&r, &arena, &v);
    CHECK_INT(v.outcome, VERDICT_INSUFFICIENT);
    r.area = number("1");
    r.day = 20150101;
    ei_judge(&r, &arena, &v);
    CHECK_INT(v.outcome, VERDICT_NO_EDITION);
    CHECK(!ei_input_at(64));
    arena_done(&arena);
}

/* ---- change ---- */

TEST(both_sides_of_every_change)
{
    static const struct {
        const char *after;
        int class;
        const char *words;
    } cases[] = {
        {"60.9", 0, "no clear change"}, {"61.0", 1, "slightly better"},
        {"62.9", 1, "slightly better"}, {"63", 2, "clearly better"},
        {"67.9", 2, "clearly better"},  {"68", 3, "markedly better"},
        {"59.1", 0, "no clear change"}, {"59", 1, "slightly worse"},
        {"57", 2, "clearly worse"},     {"52", 3, "markedly worse"},
    };

    arena_init(&arena);
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct verdict v;

        ei_change_judge(number("60"), number(cases[i].after), RULE_NEWEST,
                        &arena, &v);
        CHECK_INT(v.rating, cases[i].class);
        CHECK_TEXT(v.level_en, cases[i].words);
        if (cases[i].class == 0)
            CHECK(some_step_says(&v, "|ΔEI| < 1 → no clear change"));
    }
    arena_done(&arena);
}

TEST(changes_that_go_to_and_fro_are_swings)
{
    struct decimal years[] = {number("60"), number("63"), number("60")};
    struct verdict v;

    arena_init(&arena);
    CHECK(ei_swing_judge(years, 3, RULE_NEWEST, &arena, &v));
    CHECK_TEXT(v.level_zh, "波动变化");
    CHECK_TEXT(v.confidence, "medium");
    CHECK(some_step_says(&v, "changes 3, -3 go to and fro"));
    CHECK(!ei_swing_judge(years, 2, RULE_NEWEST, &arena, &v));
    years[1] = number("62.9");
    CHECK(!ei_swing_judge(years, 3, RULE_NEWEST, &arena, &v));
    years[1] = number("68");
    CHECK(ei_swing_judge(years, 3, RULE_NEWEST, &arena, &v));
    CHECK_TEXT(v.level_zh, "剧烈波动");
    years[2] = number("80"); /* up and up */
    CHECK(!ei_swing_judge(years, 3, RULE_NEWEST, &arena, &v));
    years[2] = years[1];
    CHECK(!ei_swing_judge(years, 3, RULE_NEWEST, &arena, &v));
    arena_done(&arena);
}

/* ---- EQI ---- */

static struct verdict eqi(const char *official, const char *before)
{
    struct decimal d[2] = {number(official),
                           before ? number(before) : DECIMAL(0, 0)};
    struct eqi_region r = {.official = &d[0], .before = before ? &d[1] : NULL};
    struct verdict v;

    eqi_judge(&r, &arena, &v);
    return v;
}

TEST(both_sides_of_every_class_of_eqi)
{
    static const struct {
        const char *eqi;
        int class;
    } cases[] = {
        {"70", 1}, {"69.99", 2}, {"55", 2}, {"54.99", 3},
        {"40", 3}, {"39.99", 4}, {"30", 4}, {"29.99", 5},
    };

    arena_init(&arena);
    for (size_t i = 0; i < LENGTH(cases); i++)
        CHECK_INT(eqi(cases[i].eqi, NULL).rating, cases[i].class);
    CHECK_TEXT(eqi("70", NULL).level_zh, "一类");
    CHECK_TEXT(eqi("70", NULL).confidence, "medium");
    CHECK_INT(eqi("100.1", NULL).outcome, VERDICT_INSUFFICIENT);
    arena_done(&arena);
}

TEST(both_sides_of_every_change_of_eqi)
{
    static const struct {
        const char *now, *said;
    } cases[] = {
        {"50.99", "stable"},
        {"51", "slightly better"},
        {"51.99", "slightly better"},
        {"52", ", better"},
        {"53.99", ", better"},
        {"54", "clearly better"},
        {"49.01", "stable"},
        {"49", "slightly worse"},
        {"48", ", worse"},
        {"46", "clearly worse"},
    };

    arena_init(&arena);
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct verdict v = eqi(cases[i].now, "50");

        CHECK(says(v.summary_en, cases[i].said));
        CHECK_TEXT(v.confidence, "low");
        CHECK(says(v.items[v.item_count - 1].step_en, "low confidence"));
    }
    arena_done(&arena);
}

TEST(eqi_from_its_four_indices)
{
    struct decimal d[4] = {number("61.2"), number("66.0"), number("58.4"),
                           number("14.2")};
    struct eqi_region r = {.index = {&d[0], &d[1], &d[2], &d[3]}};
    struct verdict v;

    arena_init(&arena);
    eqi_judge(&r, &arena, &v);
    /* 22.032 + 23.1 + 11.096 + 8.58 */
    check_number(v.index, "64.81");
    CHECK(some_step_says(&v, "0.36×61.2 + 0.35×66.0 + 0.19×58.4 + 0.10×(100 − "
                             "14.2) = 64.81"));
    r.index[3] = NULL;
    eqi_judge(&r, &arena, &v);
    CHECK_INT(v.outcome, VERDICT_INSUFFICIENT);
    CHECK(says(v.summary_en, "stress"));
    d[3] = number("100.5");
    r.index[3] = &d[3];
    eqi_judge(&r, &arena, &v);
    CHECK_INT(v.outcome, VERDICT_INSUFFICIENT);
    arena_done(&arena);
}

TEST(the_lower_level_is_read_with_its_weights)
{
    struct decimal d;
    const char *line;

    arena_init(&arena);
    CHECK(eqi_members(SPAN("0.4*72.1 + 0.6*55.0"), &arena, &d, &line));
    check_number(d, "61.84");
    CHECK_TEXT(line, "0.4×72.1 + 0.6×55.0");
    CHECK(!eqi_members(SPAN(""), &arena, &d, &line));
    CHECK(!eqi_members(SPAN("0.4*72.1+0.5*55"), &arena, &d, &line));
    CHECK(!eqi_members(SPAN("1*100.1"), &arena, &d, &line));
    CHECK(!eqi_members(SPAN("1*-1"), &arena, &d, &line));
    CHECK(!eqi_members(SPAN("1*x"), &arena, &d, &line));
    CHECK(!eqi_members(SPAN("1"), &arena, &d, &line));
    CHECK_TEXT(eqi_index_name(EQI_STRESS), "stress");
    arena_done(&arena);
}
