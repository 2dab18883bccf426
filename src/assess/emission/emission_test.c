#include "assess/emission/emission.h"

#include "base/test.h"

enum { DAY = 20261124 };

static struct arena arena;
static struct verdict verdict;

static const struct emission_limit so2 = {.factor = "a21026",
                                          .standard = "GB 13223-2011",
                                          .has_max = true,
                                          .max = {100, 0},
                                          .unit = "mg/m3",
                                          .converted = true,
                                          .from_day = 20140701};
static const struct emission_limit cod = {.factor = "w01018",
                                          .standard = "GB 18918-2002",
                                          .has_max = true,
                                          .max = {50, 0},
                                          .unit = "mg/L",
                                          .from_day = 20030701};
static const struct emission_limit ph = {.factor = "w01001",
                                         .standard = "GB 18918-2002",
                                         .has_min = true,
                                         .has_max = true,
                                         .min = {6, 0},
                                         .max = {9, 0},
                                         .unit = "dimensionless",
                                         .from_day = 20030701};

static const struct verdict *judge(struct emission_value value,
                                   const struct emission_limit *limit,
                                   enum cadence cadence, int day)
{
    arena_clear(&arena);
    emission_outlet(&value, 1, limit, 1, cadence, day, &arena, &verdict);
    return &verdict;
}

static struct emission_value water(const char *factor, struct decimal v)
{
    return (struct emission_value){.factor = factor, .known = true, .value = v};
}

static struct emission_value stack(struct decimal raw, struct decimal converted)
{
    return (struct emission_value){"a21026", true, true, raw, converted};
}

TEST(equal_to_the_limit_is_within_and_the_least_above_is_not)
{
    CHECK_INT(
        judge(water("w01018", DECIMAL(50, 0)), &cod, CADENCE_DAY, DAY)->rating,
        0);
    CHECK_TEXT(verdict.level_zh, "达标");
    CHECK_INT(judge(water("w01018", DECIMAL(500, -1)), &cod, CADENCE_DAY, DAY)
                  ->rating,
              0);
    CHECK_INT(judge(water("w01018", DECIMAL(5001, -2)), &cod, CADENCE_DAY, DAY)
                  ->rating,
              1);
    CHECK_TEXT(verdict.level_en, "exceeding");
    CHECK(verdict.items[0].decisive);
    arena_done(&arena);
}

TEST(the_step_holds_the_numbers)
{
    const struct verdict *v = judge(stack(DECIMAL(90, 0), DECIMAL(1305, -1)),
                                    &so2, CADENCE_HOUR, DAY);

    CHECK_TEXT(v->items[0].step_zh,
               "二氧化硫 小时均值折算值 130.5 mg/m³ > 限值 100"
               "(GB 13223-2011):超标,超标倍数 (130.5−100)/100 = 0.30");
    CHECK_TEXT(v->summary_zh, "小时均值超标:二氧化硫(0.30)(GB 13223-2011)");
    CHECK_TEXT(v->edition, "GB 13223-2011");
    arena_done(&arena);
}

TEST(a_limit_on_converted_values_never_takes_the_raw_one)
{
    struct emission_value value = stack(DECIMAL(900, 0), DECIMAL(99, 0));

    CHECK_INT(judge(value, &so2, CADENCE_HOUR, DAY)->rating, 0);
    value.known_converted = false;
    CHECK_INT(judge(value, &so2, CADENCE_HOUR, DAY)->outcome,
              VERDICT_INSUFFICIENT);
    CHECK_INT(verdict.rating, -1);
    CHECK_INT(verdict.item_count, 1);
    arena_done(&arena);
}

TEST(ph_has_two_sides_and_no_multiple)
{
    const struct {
        struct decimal value;
        int rating;
    } cases[] = {
        {DECIMAL(6, 0), 0},
        {DECIMAL(599, -2), 1},
        {DECIMAL(90, -1), 0},
        {DECIMAL(901, -2), 1},
    };

    for (size_t i = 0; i < LENGTH(cases); i++) {
        judge(water("w01001", cases[i].value), &ph, CADENCE_DAY, DAY);
        CHECK_INT(verdict.rating, cases[i].rating);
        CHECK(!verdict.items[0].has_multiple);
    }
    judge(water("w01001", DECIMAL(599, -2)), &ph, CADENCE_DAY, DAY);
    CHECK_TEXT(verdict.items[0].step_zh,
               "pH值 日均值 5.99 < 限值 6(GB 18918-2002):超标");
    arena_done(&arena);
}

TEST(the_limit_of_the_day_decides)
{
    struct emission_limit limits[2] = {cod, cod};
    struct emission_value value = water("w01018", DECIMAL(45, 0));

    limits[0].to_day = 20260228;
    limits[1].from_day = 20260301;
    limits[1].max = DECIMAL(40, 0);
    limits[1].standard = "permit";
    emission_outlet(&value, 1, limits, 2, CADENCE_DAY, 20260228, &arena,
                    &verdict);
    CHECK_INT(verdict.rating, 0);
    emission_outlet(&value, 1, limits, 2, CADENCE_DAY, 20260301, &arena,
                    &verdict);
    CHECK_INT(verdict.rating, 1);
    CHECK_TEXT(verdict.edition, "permit");
    CHECK_INT(judge(value, &cod, CADENCE_DAY, 20030630)->outcome,
              VERDICT_INSUFFICIENT);
    arena_done(&arena);
}

TEST(several_limits_are_each_judged_and_absences_listed)
{
    struct emission_limit limits[3] = {cod, cod, ph};
    struct emission_value values[2] = {water("w01018", DECIMAL(45, 0)),
                                       water("w21003", DECIMAL(1, 0))};

    limits[1].max = DECIMAL(30, 0);
    limits[1].standard = "DB51/2311-2016";
    emission_outlet(values, 2, limits, 3, CADENCE_DAY, DAY, &arena, &verdict);
    CHECK_INT(verdict.item_count, 4);
    CHECK_INT(verdict.items[0].rating, 0);
    CHECK_INT(verdict.items[1].rating, 1);
    CHECK_INT(verdict.items[2].rating, -1);        /* no limit of ammonia */
    CHECK_TEXT(verdict.items[3].factor, "w01001"); /* no value of pH */
    CHECK_INT(verdict.rating, 1);
    CHECK_TEXT(verdict.edition, "GB 18918-2002; DB51/2311-2016");
    arena_done(&arena);
}

TEST(nothing_to_compare_is_no_verdict)
{
    emission_outlet(NULL, 0, NULL, 0, CADENCE_DAY, DAY, &arena, &verdict);
    CHECK_INT(verdict.outcome, VERDICT_INSUFFICIENT);
    CHECK_INT(verdict.item_count, 0);
    arena_done(&arena);
}

TEST(absurd_numbers_lose_their_multiple_and_not_the_verdict)
{
    CHECK_INT(
        judge(water("w01018", DECIMAL(INT64_MAX, 18)), &cod, CADENCE_DAY, DAY)
            ->rating,
        1);
    CHECK(!verdict.items[0].has_multiple);
    arena_done(&arena);
}
