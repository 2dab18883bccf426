#include "assess/water/water_period.h"

#include "assess/water/water_mean.h"
#include "base/test.h"

static struct arena arena;
static struct verdict verdict;
static struct water_reading readings[64];
static size_t count;

static void begin(void)
{
    arena_clear(&arena);
    count = 0;
}

/* "<0.02" is below that limit; a code in capitals is from a station. */
static void put(int day, const char *code, const char *text, bool automatic)
{
    struct water_reading *r = &readings[count++];
    bool less = *text == '<';

    *r = (struct water_reading){.automatic = automatic, .day = day};
    r->measure.item = water_item_find(span_of(code), WATER_RIVER);
    r->measure.below_detection = less;
    CHECK(r->measure.item);
    CHECK_INT(decimal_parse(span_of(text + less), &r->measure.value), OK);
}

static const struct verdict *rate(enum water_span span, bool state)
{
    struct water_terms terms = {.span = span, .state_controlled = state};

    water_period(readings, count, &terms, 20261031, &arena, &verdict);
    return &verdict;
}

static bool has(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

TEST(a_month_is_the_mean_of_its_readings_rounded_once)
{
    begin();
    put(20261005, "w21011", "0.19", false);
    put(20261015, "w21011", "0.22", false);
    put(20261025, "w21011", "<0.02", false);
    CHECK_INT(rate(WATER_MONTH, false)->rating, 3);
    CHECK(has(verdict.items[0].step_zh,
              "2026 年 10 月均值 (0.19 + 0.22 + <0.02/2)/3 = 0.14"));
    /* the tie 0.2005 is rounded to even although thirds stand behind it */
    begin();
    put(20261005, "w21011", "0.2", false);
    put(20261015, "w21011", "0.2", false);
    put(20261025, "w21011", "0.2015", false);
    CHECK_INT(rate(WATER_MONTH, false)->rating, 3);
    arena_done(&arena);
}

TEST(ph_is_averaged_through_hydrogen_ions)
{
    begin();
    put(20261005, "w01001", "5", false);
    put(20261015, "w01001", "9", false);
    /* (1e-5 + 1e-9) / 2: 5.30, not 7 */
    CHECK_INT(rate(WATER_MONTH, false)->rating, WATER_WORSE);
    CHECK(has(verdict.items[0].step_en, "−lg((10^−5 + 10^−9)/2) = 5.301"));
    arena_done(&arena);
}

TEST(automatic_readings_come_first_for_six_items_and_never_mix)
{
    begin();
    put(20261005, "w21011", "0.9", false);
    put(20261006, "w21011", "0.1", true);
    put(20261005, "w01018", "50", false);
    put(20261006, "w01018", "1", true);
    CHECK_INT(rate(WATER_MONTH, false)->rating, WATER_WORSE);
    CHECK_INT(verdict.items[0].rating, 2); /* the station's phosphorus */
    CHECK_INT(verdict.items[1].rating, WATER_WORSE); /* the laboratory's COD */
    CHECK(has(verdict.items[0].step_en, "automatic readings come first"));
    CHECK(has(verdict.items[0].step_zh, "月自动监测数据优先,当月手工数据未用"));
    CHECK(has(verdict.items[0].step_en, "samples of the month are not used"));
    CHECK(has(verdict.items[1].step_en, "samples are used"));
    arena_done(&arena);
}

TEST(a_year_is_the_mean_of_its_months_not_of_its_readings)
{
    begin();
    put(20260105, "w21003", "3", false);
    for (int month = 2; month <= 6; month++) {
        put(20260005 + 100 * month, "w21003", "1", false);
        put(20260015 + 100 * month, "w21003", "1", false);
    }
    rate(WATER_YEAR, false);
    CHECK_INT(verdict.outcome, VERDICT_GIVEN);
    CHECK_INT(verdict.rating, 4); /* 8/6 = 1.33, not 13/11 = 1.18 */
    CHECK(has(verdict.items[0].step_zh,
              "各月均值平均 (3 + 1 + 1 + 1 + 1 + 1)/6 = 1.3333333333"));
    CHECK_INT(rate(WATER_YEAR, true)->outcome, VERDICT_INSUFFICIENT);
    for (int month = 7; month <= 12; month++)
        put(20260005 + 100 * month, "w21003", "1", false);
    CHECK_INT(rate(WATER_YEAR, true)->outcome, VERDICT_GIVEN);
    arena_done(&arena);
}

TEST(what_was_never_found_stays_below_its_limit)
{
    begin();
    put(20261005, "w22001", "<0.06", false);
    rate(WATER_MONTH, false);
    CHECK(has(verdict.summary_en, "detection limit beyond class III"));
    CHECK_INT(verdict.rating, 1);
    arena_done(&arena);
}

TEST(nothing_gathered_is_no_class)
{
    begin();
    CHECK_INT(rate(WATER_MONTH, false)->outcome, VERDICT_INSUFFICIENT);
    put(20261005, "w01001", "15", false);
    put(20261006, "w01001", "7", false);
    CHECK_INT(rate(WATER_MONTH, false)->outcome, VERDICT_INSUFFICIENT);
    arena_done(&arena);
}

TEST(a_mean_of_many_tells_their_number_and_sum)
{
    struct water_measure m[40];
    struct decimal mean;
    const char *how;

    arena_clear(&arena);
    for (size_t i = 0; i < LENGTH(m); i++)
        m[i] =
            (struct water_measure){water_item_find(SPAN("w21003"), WATER_RIVER),
                                   DECIMAL(25, -2), false};
    CHECK(water_mean(m, LENGTH(m), &arena, &mean, &how));
    CHECK(has(how, "… [40])/40 = 0.25 (Σ = 10)"));
    m[0].value = DECIMAL(INT64_MAX, 18);
    m[1].value = DECIMAL(INT64_MAX, 18);
    CHECK(!water_mean(m, LENGTH(m), &arena, &mean, &how));
    arena_done(&arena);
}
