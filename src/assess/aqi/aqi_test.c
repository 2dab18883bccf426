#include "assess/aqi/aqi.h"

#include "base/test.h"

enum { DAY_2012 = 20200402, DAY_2026 = 20260301 };

/* A day with clean air, in which a test changes what it is about. */
static void clean(struct aqi_concentration in[AQI_INPUT_COUNT])
{
    for (int i = 0; i < AQI_INPUT_COUNT; i++)
        in[i] = (struct aqi_concentration){true, DECIMAL(10, 0)};
    in[AQI_CO].value = DECIMAL(5, -1);
}

struct story {
    struct arena arena;
    struct aqi_concentration in[AQI_INPUT_COUNT];
    struct verdict verdict;
};

static void begin(struct story *s)
{
    arena_init(&s->arena);
    clean(s->in);
}

static const struct verdict_item *
item_of(const struct verdict *v, const char *factor, const char *period)
{
    for (size_t i = 0; i < v->item_count; i++) {
        if (span_is(span_of(v->items[i].factor), factor) &&
            span_is(span_of(v->items[i].period), period))
            return &v->items[i];
    }
    print_error("no item %s %s\n", factor, period);
    abort();
}

static bool has(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

TEST(a_day_prints_its_calculation)
{
    struct story s;
    const struct verdict_item *pm25;

    begin(&s);
    s.in[AQI_PM25].value = DECIMAL(78, 0);
    aqi_daily(s.in, DAY_2012, &s.arena, &s.verdict);
    pm25 = item_of(&s.verdict, "a34004", "24h");

    CHECK_INT(s.verdict.outcome, VERDICT_GIVEN);
    CHECK_TEXT(s.verdict.edition, "HJ 633-2012");
    CHECK_INT(s.verdict.rating, 104);
    CHECK_INT(s.verdict.level, 3);
    CHECK_TEXT(s.verdict.level_zh, "轻度污染");
    CHECK_TEXT(s.verdict.level_en, "lightly polluted");
    CHECK_TEXT(s.verdict.colour, "#FF7E00");
    CHECK(pm25->decisive);
    CHECK_TEXT(pm25->step_zh,
               "PM2.5 24 h 均值 78 µg/m³ 在 75–115 之间:IAQI = "
               "(150−100)/(115−75)×(78−75)+100 = 103.75,进一 → 104");
    CHECK_TEXT(s.verdict.summary_zh,
               "AQI 104,三级(轻度污染),首要污染物 PM2.5(HJ 633-2012)");
    arena_done(&s.arena);
}

static const struct verdict_item *judge(struct story *s, enum aqi_input input,
                                        enum cadence cadence, int day)
{
    bool hour = cadence == CADENCE_HOUR;
    const char *period = hour || input == AQI_O3_1H ? "1h" : "24h";

    (hour ? aqi_hourly : aqi_daily)(s->in, day, &s->arena, &s->verdict);
    return item_of(&s->verdict, aqi_factor(input),
                   input == AQI_O3_8H ? "8h" : period);
}

/* A step is exact; the smallest amount above it is a little more. */
static void check_step(const struct aqi_edition *edition, enum aqi_input input,
                       enum cadence cadence, int step)
{
    const struct aqi_scale *scale = aqi_scale(edition, input, cadence);
    struct decimal more = DECIMAL(1, input == AQI_CO ? -1 : 0);
    struct story s;
    int rating;

    begin(&s);
    s.in[input].value = scale->at[step];
    rating = judge(&s, input, cadence, edition->from_day)->rating;
    CHECK_INT(rating, scale->iaqi[step]);

    CHECK_INT(decimal_add(scale->at[step], more, &s.in[input].value), OK);
    rating = judge(&s, input, cadence, edition->from_day)->rating;
    if (step == scale->steps - 1)
        CHECK_INT(rating, scale->beyond);
    else
        CHECK(rating > scale->iaqi[step] && rating <= scale->iaqi[step] + 5);
    arena_done(&s.arena);
}

TEST(both_sides_of_every_breakpoint)
{
    static const enum aqi_input hour[] = {AQI_SO2,   AQI_NO2,  AQI_CO,
                                          AQI_O3_1H, AQI_PM10, AQI_PM25};
    static const enum aqi_input day[] = {AQI_SO2,   AQI_NO2,  AQI_CO,
                                         AQI_O3_8H, AQI_PM10, AQI_PM25};
    const struct aqi_edition *edition;

    for (size_t e = 0; (edition = aqi_edition_at(e)); e++) {
        for (size_t i = 0; i < LENGTH(hour); i++) {
            int steps = aqi_scale(edition, hour[i], CADENCE_HOUR)->steps;

            CHECK(steps == 5 || steps == 8);
            for (int step = 1; step < steps; step++)
                check_step(edition, hour[i], CADENCE_HOUR, step);
            steps = aqi_scale(edition, day[i], CADENCE_DAY)->steps;
            CHECK(steps == 6 || steps == 8);
            for (int step = 1; step < steps; step++)
                check_step(edition, day[i], CADENCE_DAY, step);
        }
    }
}

/* Every whole concentration against the same line in plain integers. */
TEST(every_concentration_of_pm25_follows_the_line)
{
    static const int at[] = {0, 35, 60, 115, 150, 250, 350, 500};
    static const int iaqi[] = {0, 50, 100, 150, 200, 300, 400, 500};

    for (int c = 0; c <= 600; c++) {
        struct story s;
        int i = 1, expected = 500;

        while (i < 8 && c > at[i])
            i++;
        if (i < 8)
            expected =
                iaqi[i - 1] + ((iaqi[i] - iaqi[i - 1]) * (c - at[i - 1]) +
                               at[i] - at[i - 1] - 1) /
                                  (at[i] - at[i - 1]);
        begin(&s);
        s.in[AQI_PM25].value = DECIMAL(c, 0);
        aqi_hourly(s.in, DAY_2026, &s.arena, &s.verdict);
        CHECK_INT(item_of(&s.verdict, "a34004", "1h")->rating, expected);
        arena_done(&s.arena);
    }
}

TEST(an_exact_index_is_not_rounded_up)
{
    struct story s;

    begin(&s);
    s.in[AQI_PM25].value = DECIMAL(39, 0); /* 2026: exactly 58 */
    s.in[AQI_CO].value = DECIMAL(22, -1);  /* 55 in decimals, 56 in doubles */
    aqi_daily(s.in, DAY_2026, &s.arena, &s.verdict);
    CHECK_INT(item_of(&s.verdict, "a34004", "24h")->rating, 58);
    aqi_daily(s.in, DAY_2012, &s.arena, &s.verdict);
    CHECK_INT(item_of(&s.verdict, "a21005", "24h")->rating, 55);
    arena_done(&s.arena);
}

TEST(a_concentration_is_rounded_half_even_first)
{
    const struct {
        struct decimal value;
        const char *rounded;
        int rating;
    } cases[] = {
        {DECIMAL(345, -1), "34", 49},
        {DECIMAL(355, -1), "36", 52},
        {DECIMAL(35500001, -6), "36", 52},
        {DECIMAL(35499999, -6), "35", 50},
    };

    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct story s;
        char text[DECIMAL_TEXT_MAX];
        const struct verdict_item *item;

        begin(&s);
        s.in[AQI_PM25].value = cases[i].value;
        aqi_daily(s.in, DAY_2026, &s.arena, &s.verdict);
        item = item_of(&s.verdict, "a34004", "24h");
        decimal_format(item->value, text);
        CHECK_TEXT(text, cases[i].rounded);
        CHECK_INT(item->rating, cases[i].rating);
        CHECK(has(item->step_zh, "修约"));
        arena_done(&s.arena);
    }
}

TEST(the_edition_is_that_of_the_day)
{
    const struct {
        int day;
        enum verdict_outcome outcome;
        const char *edition;
        int rating;
    } cases[] = {
        {20151231, VERDICT_NO_EDITION, "", -1},
        {20160101, VERDICT_GIVEN, "HJ 633-2012", 82},
        {20260228, VERDICT_GIVEN, "HJ 633-2012", 82},
        {20260301, VERDICT_GIVEN, "HJ 633-2026", 100},
        {20310101, VERDICT_GIVEN, "HJ 633-2026", 100},
    };

    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct story s;

        begin(&s);
        s.in[AQI_PM25].value = DECIMAL(60, 0);
        aqi_daily(s.in, cases[i].day, &s.arena, &s.verdict);
        CHECK_INT(s.verdict.outcome, cases[i].outcome);
        CHECK_TEXT(s.verdict.edition, cases[i].edition);
        CHECK_INT(s.verdict.rating, cases[i].rating);
        arena_done(&s.arena);
    }
}

TEST(ties_are_all_primary_and_none_at_fifty)
{
    struct story s;

    begin(&s);
    s.in[AQI_PM25].value = DECIMAL(35, 0);
    s.in[AQI_PM10].value = DECIMAL(50, 0);
    aqi_daily(s.in, DAY_2026, &s.arena, &s.verdict);
    CHECK_INT(s.verdict.rating, 50);
    CHECK_INT(s.verdict.level, 1);
    CHECK(!item_of(&s.verdict, "a34004", "24h")->decisive);
    CHECK(has(s.verdict.summary_zh, "无首要污染物"));

    s.in[AQI_PM25].value = DECIMAL(60, 0);
    s.in[AQI_PM10].value = DECIMAL(120, 0);
    aqi_daily(s.in, DAY_2026, &s.arena, &s.verdict);
    CHECK_INT(s.verdict.rating, 100);
    CHECK_TEXT(s.verdict.level_zh, "良");
    CHECK(item_of(&s.verdict, "a34004", "24h")->decisive);
    CHECK(item_of(&s.verdict, "a34002", "24h")->decisive);
    CHECK(has(s.verdict.summary_en, "primary PM10, PM2.5"));
    arena_done(&s.arena);
}

TEST(ozone_named_once_when_both_its_averages_reach_the_index)
{
    struct story s;

    begin(&s);
    s.in[AQI_O3_1H].value = DECIMAL(160, 0); /* 50 */
    s.in[AQI_O3_8H].value = DECIMAL(160, 0); /* 100 */
    aqi_daily(s.in, DAY_2012, &s.arena, &s.verdict);
    CHECK_INT(s.verdict.rating, 100);
    s.in[AQI_O3_1H].value = DECIMAL(200, 0); /* 100 too */
    aqi_daily(s.in, DAY_2012, &s.arena, &s.verdict);
    CHECK(has(s.verdict.summary_zh, "首要污染物 O3("));
    arena_done(&s.arena);
}

TEST(missing_inputs_by_edition)
{
    const struct {
        int day, pm10;
        enum verdict_outcome outcome;
    } cases[] = {
        {DAY_2012, 10, VERDICT_INSUFFICIENT},
        {DAY_2012, 300, VERDICT_INSUFFICIENT}, /* NA whatever the rest */
        {DAY_2026, 10, VERDICT_INSUFFICIENT},
        {DAY_2026, 120, VERDICT_INSUFFICIENT}, /* exactly 100 */
        {DAY_2026, 121, VERDICT_GIVEN},        /* 5.3.1: above 100 */
    };

    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct story s;
        struct aqi_practice practice = {.incomplete = true};

        begin(&s);
        s.in[AQI_PM25].known = false;
        s.in[AQI_PM10].value = DECIMAL(cases[i].pm10, 0);
        aqi_hourly(s.in, cases[i].day, &s.arena, &s.verdict);
        CHECK_INT(s.verdict.outcome, cases[i].outcome);
        CHECK(has(s.verdict.summary_zh, "缺 PM2.5"));
        CHECK(item_of(&s.verdict, "a34002", "1h")->rating >= 0);
        CHECK_INT(item_of(&s.verdict, "a34004", "1h")->rating, -1);
        aqi_as_published(s.in, CADENCE_HOUR, cases[i].day, &practice, &s.arena,
                         &s.verdict);
        CHECK_INT(s.verdict.outcome, VERDICT_GIVEN);
        arena_done(&s.arena);
    }
}

/* 5.3.2 of 2026: what is never monitored is no gap; 2012 knows no such rule. */
TEST(what_is_never_monitored_is_not_missing)
{
    const struct {
        int day;
        enum aqi_input missing;
        enum verdict_outcome outcome;
    } cases[] = {
        {DAY_2026, AQI_CO, VERDICT_GIVEN},
        {DAY_2026, AQI_NO2, VERDICT_INSUFFICIENT},
        {DAY_2012, AQI_CO, VERDICT_INSUFFICIENT},
    };

    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct aqi_practice practice = {.unmonitored = 1U << AQI_CO};
        struct story s;

        begin(&s);
        s.in[cases[i].missing].known = false;
        aqi_as_published(s.in, CADENCE_HOUR, cases[i].day, &practice, &s.arena,
                         &s.verdict);
        CHECK_INT(s.verdict.outcome, cases[i].outcome);
        if (cases[i].outcome == VERDICT_GIVEN)
            CHECK(has(item_of(&s.verdict, "a21005", "1h")->step_en,
                      "/ (not monitored)"));
        aqi_hourly(s.in, cases[i].day, &s.arena, &s.verdict);
        CHECK_INT(s.verdict.outcome, VERDICT_INSUFFICIENT);
        arena_done(&s.arena);
    }
}

TEST(pm10_alone_may_miss_only_where_the_feed_is_compared)
{
    struct aqi_practice practice = {.pm10_may_miss = true};
    struct story s;

    begin(&s);
    s.in[AQI_PM10].known = false;
    aqi_hourly(s.in, DAY_2026, &s.arena, &s.verdict);
    CHECK_INT(s.verdict.outcome, VERDICT_INSUFFICIENT);
    aqi_as_published(s.in, CADENCE_HOUR, DAY_2026, &practice, &s.arena,
                     &s.verdict);
    CHECK_INT(s.verdict.outcome, VERDICT_GIVEN);
    s.in[AQI_PM25].known = false;
    aqi_as_published(s.in, CADENCE_HOUR, DAY_2026, &practice, &s.arena,
                     &s.verdict);
    CHECK_INT(s.verdict.outcome, VERDICT_INSUFFICIENT);
    arena_done(&s.arena);
}

TEST(nothing_known_gives_nothing)
{
    struct aqi_concentration in[AQI_INPUT_COUNT] = {{false, {0, 0}}};
    struct story s;

    begin(&s);
    aqi_hourly(in, DAY_2026, &s.arena, &s.verdict);
    CHECK_INT(s.verdict.outcome, VERDICT_INSUFFICIENT);
    CHECK_INT(s.verdict.rating, -1);
    CHECK_INT(s.verdict.item_count, 6);
    arena_done(&s.arena);
}

TEST(sulphur_dioxide_of_an_hour_above_800)
{
    struct story s;

    begin(&s);
    s.in[AQI_SO2].value = DECIMAL(801, 0);
    aqi_hourly(s.in, DAY_2026, &s.arena, &s.verdict);
    CHECK_INT(s.verdict.rating, 200); /* table 3, note b */
    aqi_hourly(s.in, DAY_2012, &s.arena, &s.verdict);
    CHECK_INT(s.verdict.outcome, VERDICT_INSUFFICIENT); /* table 1, note 2 */
    CHECK(has(item_of(&s.verdict, "a21026", "1h")->step_zh, "高于 800"));
    arena_done(&s.arena);
}

TEST(ozone_of_eight_hours_above_800)
{
    struct story s;

    begin(&s);
    s.in[AQI_O3_8H].value = DECIMAL(801, 0);
    s.in[AQI_O3_1H].value = DECIMAL(900, 0);
    aqi_daily(s.in, DAY_2026, &s.arena, &s.verdict);
    CHECK_INT(s.verdict.rating, 300); /* table 3, note c */
    aqi_daily(s.in, DAY_2012, &s.arena, &s.verdict);
    CHECK_INT(s.verdict.outcome, VERDICT_GIVEN); /* note 3: by the 1 h */
    CHECK_INT(s.verdict.rating, 350);
    s.in[AQI_O3_1H].known = false;
    aqi_daily(s.in, DAY_2012, &s.arena, &s.verdict);
    CHECK_INT(s.verdict.outcome, VERDICT_INSUFFICIENT);
    arena_done(&s.arena);
}

TEST(eight_hours_of_ozone_do_not_enter_the_hour)
{
    struct story s;

    begin(&s);
    s.in[AQI_O3_8H].value = DECIMAL(400, 0);
    aqi_hourly(s.in, DAY_2012, &s.arena, &s.verdict);
    CHECK_INT(s.verdict.level, 1);
    arena_done(&s.arena);
}

TEST(the_index_stays_within_its_range)
{
    struct story s;

    begin(&s);
    for (int i = 0; i < AQI_INPUT_COUNT; i++)
        s.in[i].value = DECIMAL(0, 0);
    aqi_daily(s.in, DAY_2026, &s.arena, &s.verdict);
    CHECK_INT(s.verdict.rating, 1); /* 4.1.1: 1 to 500 */
    aqi_daily(s.in, DAY_2012, &s.arena, &s.verdict);
    CHECK_INT(s.verdict.rating, 0);
    s.in[AQI_PM10].value = DECIMAL(INT64_MAX, 0);
    s.in[AQI_PM25].value = DECIMAL(INT64_MAX, -18);
    aqi_daily(s.in, DAY_2026, &s.arena, &s.verdict);
    CHECK_INT(s.verdict.rating, 500);
    CHECK_INT(s.verdict.level, 6);
    arena_done(&s.arena);
}

TEST(what_is_no_concentration_is_missing)
{
    struct story s;

    begin(&s);
    s.in[AQI_NO2].value = DECIMAL(-1, 0);
    s.in[AQI_PM10].value = DECIMAL(INT64_MAX, 18);
    aqi_hourly(s.in, DAY_2026, &s.arena, &s.verdict);
    CHECK_INT(s.verdict.outcome, VERDICT_INSUFFICIENT);
    CHECK(has(s.verdict.summary_en, "NO2, PM10"));
    arena_done(&s.arena);
}

TEST(advice_names_who_must_take_care)
{
    struct story s;

    begin(&s);
    s.in[AQI_O3_1H].value = DECIMAL(260, 0);
    aqi_hourly(s.in, DAY_2026, &s.arena, &s.verdict);
    CHECK(has(s.verdict.advice_zh, "O3 敏感人群"));
    CHECK(has(s.verdict.advice_en, "Sensitive to O3"));
    aqi_hourly(s.in, DAY_2012, &s.arena, &s.verdict);
    CHECK(!has(s.verdict.advice_zh, "敏感人群:"));
    CHECK(*s.verdict.advice_zh && *s.verdict.advice_en);
    arena_done(&s.arena);
}

TEST(half_up_is_what_some_publishers_do)
{
    struct aqi_practice practice = {.half_up = true};
    struct story s;

    begin(&s);
    s.in[AQI_PM25].value = DECIMAL(76, 0); /* 101.25 */
    aqi_as_published(s.in, CADENCE_HOUR, DAY_2012, &practice, &s.arena,
                     &s.verdict);
    CHECK_INT(s.verdict.rating, 101);
    aqi_hourly(s.in, DAY_2012, &s.arena, &s.verdict);
    CHECK_INT(s.verdict.rating, 102);
    arena_done(&s.arena);
}

/* A generator of its own: the same numbers in every run. */
static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

TEST(the_index_without_words_is_that_of_the_verdict)
{
    uint64_t state = 20260301;
    struct aqi_rating r;
    struct story s;

    begin(&s);
    for (int round = 0; round < 4000; round++) {
        int day = round & 1 ? DAY_2012 : DAY_2026;
        bool daily = round & 2;

        arena_clear(&s.arena);
        for (int i = 0; i < AQI_INPUT_COUNT; i++) {
            s.in[i].known = next(&state) % 16 != 0;
            s.in[i].value = DECIMAL((int64_t)(next(&state) % 90000),
                                    (int8_t)(-(int)(next(&state) % 4)));
        }
        if (daily)
            aqi_daily(s.in, day, &s.arena, &s.verdict);
        else
            aqi_hourly(s.in, day, &s.arena, &s.verdict);
        aqi_rate(aqi_edition_on(day), daily ? CADENCE_DAY : CADENCE_HOUR, s.in,
                 &r);
        CHECK_INT(r.aqi, s.verdict.rating);
        CHECK_INT(r.level, s.verdict.level);
        CHECK_INT(__builtin_popcount(r.judged), s.verdict.item_count);
        CHECK_INT(r.aqi >= 0, s.verdict.outcome == VERDICT_GIVEN);
    }
    arena_done(&s.arena);
}

TEST(digits_behind_the_grid_change_nothing)
{
    struct aqi_practice practice = {.half_up = true};
    struct story s;

    begin(&s);
    s.in[AQI_PM25].value = DECIMAL(760000000000000000, -16); /* 76 */
    aqi_as_published(s.in, CADENCE_HOUR, DAY_2012, &practice, &s.arena,
                     &s.verdict);
    CHECK_INT(s.verdict.rating, 101);
    s.in[AQI_PM25].value = DECIMAL(1, 18);
    aqi_as_published(s.in, CADENCE_HOUR, DAY_2012, &practice, &s.arena,
                     &s.verdict);
    CHECK_INT(s.verdict.rating, 500);
    arena_done(&s.arena);
}
