#include "assess/noise/noise_city.h"
#include "assess/noise/noise_emission.h"
#include "assess/noise/noise_levels.h"
#include "assess/noise/noise_zone.h"

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

static const struct verdict_item *item_of(const struct verdict *v,
                                          const char *code)
{
    for (size_t i = 0; i < v->item_count; i++) {
        if (strcmp(v->items[i].factor, code) == 0)
            return &v->items[i];
    }
    fail_msg("no item %s", code);
    return &v->items[0];
}

static struct decimal tenth_above(struct decimal d)
{
    struct decimal sum;

    CHECK_INT(decimal_add(d, DECIMAL(1, -1), &sum), 0);
    return sum;
}

/* ---- levels ---- */

TEST(energy_means_of_the_checked_examples)
{
    struct decimal levels[] = {number("55"), number("60"), number("62"),
                               number("58")};

    check_number(noise_energy_mean(levels, 4), "59.5"); /* 59.4597 */
    check_number(noise_energy_mean(levels, 1), "55.0");
    check_number(noise_day_night(number("58"), number("50")),
                 "58.8"); /* 58.7735 */
}

static int64_t moment(const char *text)
{
    int64_t s = 0;

    CHECK_INT(datetime_parse(span_of(text), &s), 0);
    return s;
}

TEST(the_night_belongs_to_the_date_of_22_o_clock)
{
    CHECK_INT(noise_date(moment("2026-05-11T06:00")), 20260511);
    CHECK_INT(noise_date(moment("2026-05-11T22:00")), 20260511);
    CHECK_INT(noise_date(moment("2026-05-12T05:59:59")), 20260511);
    CHECK_INT(noise_date(moment("2026-05-12T06:00")), 20260512);
}

/* A date of hours: day at one level, night at another; some hours left out. */
static struct verdict hours(const char *day, const char *night, int day_hours,
                            int night_hours)
{
    struct noise_reading *list = arena_new(&arena, 24, sizeof(*list));
    struct noise_day d = {.readings = list, .step_s = 3600, .day = 20260511};
    int64_t start = moment("2026-05-11T06:00");
    struct verdict v;

    for (int h = 0; h < 24; h++) {
        bool is_night = h >= 16;

        if (is_night ? h - 16 >= night_hours : h >= day_hours)
            continue;
        list[d.count++] =
            (struct noise_reading){.start_s = start + (int64_t)h * 3600,
                                   .level = number(is_night ? night : day),
                                   .has_max = is_night,
                                   .max = DECIMAL(600 + h, -1),
                                   .bad_weather = h == 3};
    }
    noise_levels_judge(&d, &arena, &v);
    return v;
}

TEST(a_whole_date_of_hours)
{
    struct verdict v;

    arena_init(&arena);
    v = hours("58.0", "50.0", 16, 8);
    CHECK_INT(v.outcome, VERDICT_GIVEN);
    check_number(item_of(&v, "Ld")->value, "58.0");
    check_number(item_of(&v, "Ln")->value, "50.0");
    check_number(v.index, "58.8");
    check_number(item_of(&v, "Lmax_Ln")->value, "62.3");
    check_number(item_of(&v, "capture_Ld")->value, "100.0");
    CHECK(says(item_of(&v, "Ldn")->step_en,
               "10lg((16·10^(0.1×58.0) + 8·10^(0.1×(50.0+10)))/24) = 58.8"));
    CHECK(says(item_of(&v, "Ln")->step_en,
               "L = 50.0, 50.0, 50.0, 50.0, 50.0, 50.0, 50.0, 50.0"));
    CHECK(says(v.summary_en, "1 values marked bad weather"));
    CHECK_TEXT(v.confidence, "low"); /* the capture rate is our default */
    arena_done(&arena);
}

TEST(both_sides_of_the_capture_rate)
{
    struct verdict v;

    arena_init(&arena);
    v = hours("58", "50", 12, 6); /* 75 % of both */
    CHECK_INT(v.outcome, VERDICT_GIVEN);
    v = hours("58", "50", 11, 8);
    CHECK_INT(v.outcome, VERDICT_INSUFFICIENT);
    CHECK(
        says(item_of(&v, "Ld")->step_en, "valid hours 11/16 = 68.8 % < 75 %"));
    CHECK(says(v.summary_en, "Ld -, Ln 50.0"));
    v = hours("58", "50", 16, 5);
    CHECK_INT(v.outcome, VERDICT_INSUFFICIENT);
    CHECK(!v.has_index);
    arena_done(&arena);
}

TEST(a_given_capture_rate_is_taken)
{
    struct noise_reading one = {.start_s = moment("2026-05-11T08:00"),
                                .level = number("50")};
    struct decimal few = number("5");
    struct noise_day d = {&one, 1, 3600, 20260511, &few};
    struct verdict v;

    arena_init(&arena);
    noise_levels_judge(&d, &arena, &v);
    check_number(item_of(&v, "Ld")->value, "50.0");
    CHECK_INT(v.outcome, VERDICT_INSUFFICIENT); /* no night at all */
    arena_done(&arena);
}

TEST(percentiles_are_levels_that_so_many_reach)
{
    struct noise_reading list[3600];
    struct noise_day d = {list, 3600, 1, 20260511, NULL};
    struct verdict v;

    arena_init(&arena);
    for (int i = 0; i < 3600; i++)
        list[i] =
            (struct noise_reading){.start_s = moment("2026-05-11T08:00") + i,
                                   .level = DECIMAL(400 + i / 36, -1)};
    noise_levels_judge(&d, &arena, &v);
    check_number(item_of(&v, "L10_Ld")->value, "49.0");
    check_number(item_of(&v, "L50_Ld")->value, "45.0");
    check_number(item_of(&v, "L90_Ld")->value, "41.0");
    CHECK(says(item_of(&v, "L10_Ld")->step_en,
               "of 3600 values the 360. from above = 49.0"));
    check_number(item_of(&v, "capture_Ld")->value, "6.2");
    arena_done(&arena);
}

/* ---- zones ---- */

static struct verdict zone(const char *class, const char *ld, const char *ln,
                           const char *max)
{
    struct decimal d[3];
    struct noise_zone_levels levels = {.zone = class, .day = RULE_NEWEST};
    struct verdict v;

    if (ld)
        d[0] = number(ld);
    if (ln)
        d[1] = number(ln);
    if (max)
        d[2] = number(max);
    levels.ld = ld ? &d[0] : NULL;
    levels.ln = ln ? &d[1] : NULL;
    levels.max = max ? &d[2] : NULL;
    noise_zone_judge(&levels, &arena, &v);
    return v;
}

TEST(both_sides_of_every_limit_of_a_zone)
{
    struct rule_question q = {.record = "limit", .standard = "GB 3096-2008"};
    int count = 0;

    arena_init(&arena);
    for (const struct rule *r = NULL; (r = rule_next(noise_rules(), q, r));) {
        bool night = strcmp(r->param, "night") == 0;
        struct decimal at = r->value, above = tenth_above(r->value);
        struct decimal sudden = DECIMAL(r->value.mantissa + 15, 0);
        struct noise_zone_levels levels = {.zone = r->key + strlen("class "),
                                           .day = RULE_NEWEST};
        struct verdict v;

        *(night ? &levels.ln : &levels.ld) = &at;
        noise_zone_judge(&levels, &arena, &v);
        CHECK_INT(v.rating, 0);
        *(night ? &levels.ln : &levels.ld) = &above;
        noise_zone_judge(&levels, &arena, &v);
        CHECK_INT(v.rating, 1);
        CHECK(v.items[0].decisive);
        count++;
        if (!night)
            continue;
        levels.ln = &at;
        levels.max = &sudden;
        noise_zone_judge(&levels, &arena, &v);
        CHECK_INT(v.rating, 0);
        above = tenth_above(sudden);
        levels.max = &above;
        noise_zone_judge(&levels, &arena, &v);
        CHECK_INT(v.rating, 1);
        CHECK(says(v.summary_en, "Lmax of the night"));
    }
    CHECK_INT(count, 12);
    arena_done(&arena);
}

TEST(levels_are_compared_in_tenths)
{
    arena_init(&arena);
    CHECK_INT(zone("2", "60.05", NULL, NULL).rating, 0);
    CHECK_INT(zone("2", "60.051", NULL, NULL).rating, 1);
    CHECK_INT(zone("2", "60.04", "50.04", "65").rating, 0);
    arena_done(&arena);
}

TEST(what_is_missing_or_not_fit_is_said)
{
    struct decimal d = number("50");
    struct noise_zone_levels levels = {
        .zone = "1", .ld = &d, .bad_weather = true, .day = 20260511};
    struct verdict v;

    arena_init(&arena);
    CHECK(says(zone("1", "50", NULL, NULL).summary_en,
               "the night was not measured"));
    CHECK(says(zone("1", NULL, "46", NULL).summary_en,
               "the day was not measured"));
    CHECK_INT(zone("1", NULL, NULL, NULL).outcome, VERDICT_INSUFFICIENT);
    noise_zone_judge(&levels, &arena, &v);
    CHECK_INT(v.outcome, VERDICT_INSUFFICIENT);
    levels.day = 20080930;
    noise_zone_judge(&levels, &arena, &v);
    CHECK_INT(v.outcome, VERDICT_NO_EDITION);
    arena_done(&arena);
}

/* ---- cities ---- */

static struct verdict city(enum noise_network network, bool night,
                           struct noise_city_point *points, size_t count)
{
    struct noise_city c = {network, night, RULE_NEWEST, points, count};
    struct verdict v;

    noise_city_judge(&c, &arena, &v);
    return v;
}

TEST(both_sides_of_every_grade_of_a_city)
{
    struct rule_question q = {.record = "grade", .standard = "HJ 640-2012"};
    struct decimal one = DECIMAL(1, 0);
    int count = 0;

    arena_init(&arena);
    for (const struct rule *r = NULL; (r = rule_next(noise_rules(), q, r));) {
        enum noise_network network = span_starts(span_of(r->key), SPAN("road"))
                                         ? NOISE_ROAD
                                         : NOISE_REGION;
        bool night = strcmp(r->param, "night") == 0;
        int grade = r->key[strlen(r->key) - 1] - '0';
        struct noise_city_point p = {.length = &one};
        struct rule_range range;

        CHECK(rule_range(r, &range));
        if (range.has_low) {
            p.level = range.low;
            CHECK_INT(city(network, night, &p, 1).rating, grade);
        }
        if (range.has_high) {
            p.level = range.high;
            CHECK_INT(city(network, night, &p, 1).rating, grade);
            p.level = tenth_above(range.high);
            CHECK_INT(city(network, night, &p, 1).rating, grade + 1);
        }
        count++;
    }
    CHECK_INT(count, 20);
    arena_done(&arena);
}

TEST(a_region_is_an_arithmetic_mean)
{
    struct noise_city_point points[] = {{.level = number("50.0")},
                                        {.level = number("60.3")},
                                        {.level = number("54.9")}};
    struct verdict v;

    arena_init(&arena);
    v = city(NOISE_REGION, false, points, 3); /* 165.2 / 3 = 55.0667 */
    check_number(v.index, "55.1");
    CHECK_INT(v.rating, 3);
    CHECK(says(v.items[0].step_en, "Σ = 50.0 + 60.3 + 54.9 = 165.2, n = 3"));
    CHECK_INT(city(NOISE_REGION, false, points, 0).outcome,
              VERDICT_INSUFFICIENT);
    arena_done(&arena);
}

TEST(many_points_are_told_by_their_sum)
{
    struct noise_city_point points[41];

    arena_init(&arena);
    for (int i = 0; i < 41; i++)
        points[i] = (struct noise_city_point){.level = number("50.1")};
    CHECK(says(city(NOISE_REGION, false, points, 41).items[0].step_en,
               "ΣL = 2054.1, n = 41"));
    arena_done(&arena);
}

TEST(roads_are_weighted_by_their_lengths)
{
    struct decimal length[] = {number("1.2"), number("3.4"), number("0")};
    struct noise_city_point points[] = {{number("68.4"), &length[0], NULL},
                                        {number("70.9"), &length[1], NULL}};
    struct verdict v;

    arena_init(&arena);
    /* (82.08 + 241.06) / 4.6 = 70.2478 */
    v = city(NOISE_ROAD, false, points, 2);
    check_number(v.index, "70.2");
    CHECK_INT(v.rating, 3);
    CHECK(says(v.items[0].step_en, "68.4×1.2 + 70.9×3.4 = 323.14, Σl = 4.6"));
    points[1].length = &length[2];
    CHECK_INT(city(NOISE_ROAD, false, points, 2).outcome, VERDICT_INSUFFICIENT);
    points[1].length = NULL;
    CHECK_INT(city(NOISE_ROAD, false, points, 2).outcome, VERDICT_INSUFFICIENT);
    arena_done(&arena);
}

TEST(function_zones_pool_their_point_times)
{
    struct noise_city_point points[] = {
        {number("50.0"), NULL, "2"},
        {number("50.1"), NULL, "2"},
        {number("49.0"), NULL, "2"},
        {number("55.0"), NULL, "4a"},
    };
    struct verdict v;

    arena_init(&arena);
    v = city(NOISE_FUNCTION, true, points, 4);
    check_number(v.index, "75.0"); /* the mean of the classes would be 83.4 */
    check_number(item_of(&v, "zone_2")->value, "66.7");
    check_number(item_of(&v, "zone_4a")->value, "100.0");
    CHECK(says(v.items[2].step_en, "point-times within 3/4 = 75.0 %"));
    points[3].zone = "9";
    CHECK_INT(city(NOISE_FUNCTION, true, points, 4).outcome,
              VERDICT_INSUFFICIENT);
    CHECK_INT(city(NOISE_FUNCTION, true, points, 0).outcome,
              VERDICT_INSUFFICIENT);
    arena_done(&arena);
}

TEST(before_the_rule_a_city_has_no_grade)
{
    struct noise_city_point p = {.level = number("50")};
    struct noise_city c = {NOISE_REGION, false, 20130228, &p, 1};
    struct verdict v;

    arena_init(&arena);
    noise_city_judge(&c, &arena, &v);
    CHECK_INT(v.outcome, VERDICT_NO_EDITION);
    arena_done(&arena);
}

/* ---- emission ---- */

static struct verdict emission(struct noise_emission e)
{
    struct verdict v;

    e.day = e.day ? e.day : RULE_NEWEST;
    noise_emission_judge(&e, &arena, &v);
    return v;
}

/* Level, and a half above it that rounds up (or to even, down). */
TEST(both_sides_of_every_emission_limit)
{
    static const char *const records[] = {"emission_limit", "structure_borne"};
    int count = 0;

    arena_init(&arena);
    for (size_t i = 0; i < LENGTH(records); i++) {
        struct rule_question q = {.record = records[i]};

        for (const struct rule *r = NULL;
             (r = rule_next(noise_rules(), q, r));) {
            struct noise_emission e = {
                .source = strcmp(r->standard, "GB 12348-2008") == 0
                              ? NOISE_INDUSTRY
                              : NOISE_COMMUNITY,
                .zone = r->key[strcspn(r->key, "01234")] - '0',
                .night = strcmp(r->param, "night") == 0,
                .level = DECIMAL(r->value.mantissa * 10 + 4, -1)};

            if (i == 1)
                e.room = r->key[strlen(r->key) - 1] == 'A' ? NOISE_ROOM_A
                                                           : NOISE_ROOM_B;
            CHECK_INT(emission(e).rating, 0);
            e.level = DECIMAL(r->value.mantissa * 10 + 6, -1);
            CHECK_INT(emission(e).rating, 1);
            check_number(emission(e).items[0].limit, r->text);
            CHECK_TEXT(emission(e).edition, r->standard);
            count++;
        }
    }
    CHECK_INT(count, 44);
    arena_done(&arena);
}

TEST(the_background_is_taken_off_by_the_table)
{
    static const struct {
        const char *background, *value;
    } cases[] = {
        {"49.4", "60"}, /* 10.6, 11: as it is */
        {"49.5", "59"}, /* 10.5 is 10: -1 */
        {"54.4", "59"}, /* 5.6 is 6: -1 */
        {"54.5", "59"}, /* 5.5 is 6: -1 */
        {"54.6", "58"}, /* 5.4: -2 */
        {"56.4", "58"}, /* 3.6 is 4: -2 */
        {"56.6", "57"}, /* 3.4: -3 */
        {"57.4", "57"}, /* 2.6 is 3: -3 */
    };

    arena_init(&arena);
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct decimal b = number(cases[i].background);
        struct verdict v = emission((struct noise_emission){
            .zone = 2, .level = number("60.0"), .background = &b});

        check_number(v.items[0].value, cases[i].value);
        CHECK_INT(v.outcome, VERDICT_GIVEN);
        CHECK_TEXT(v.confidence, "medium");
    }
    arena_done(&arena);
}

TEST(too_near_to_the_background_is_not_usable)
{
    struct decimal b = number("57.5"); /* 2.5 is 2 */
    struct verdict v;

    arena_init(&arena);
    v = emission((struct noise_emission){
        .zone = 2, .level = number("60"), .background = &b});
    CHECK_INT(v.outcome, VERDICT_INSUFFICIENT);
    CHECK(says(v.items[0].step_en, "60 − background 57.5 ≈ 2 < 3 dB"));
    v = emission((struct noise_emission){.zone = 2, .level = number("60")});
    CHECK(says(v.summary_en, "no background, not corrected"));
    arena_done(&arena);
}

TEST(sudden_noise_of_the_night)
{
    struct decimal at10 = number("60"), above10 = number("61");
    struct decimal at15 = number("65"), above15 = number("66");
    struct noise_emission e = {.zone = 2, .night = true, .level = number("45")};

    arena_init(&arena);
    e.frequent = true;
    e.max = &at10;
    CHECK_INT(emission(e).rating, 0);
    e.max = &above10;
    CHECK_INT(emission(e).rating, 1);
    e.frequent = false;
    e.max = &at15;
    CHECK_INT(emission(e).rating, 0);
    e.max = &above15;
    CHECK_INT(emission(e).rating, 1);
    CHECK(says(emission(e).summary_en, "above: Lmax of the night"));
    e.source = NOISE_COMMUNITY;
    CHECK_INT(emission(e).rating, 0);
    CHECK(says(emission(e).items[1].step_en, "no rule, not rated"));
    e.source = NOISE_INDUSTRY;
    e.night = false;
    CHECK_INT(emission(e).item_count, 2); /* Leq and the result */
    arena_done(&arena);
}

TEST(construction_goes_by_the_edition_of_the_day)
{
    struct decimal sudden = number("71");
    struct noise_emission e = {
        .source = NOISE_CONSTRUCTION, .level = number("70.4"), .day = 20251231};
    struct verdict v;

    arena_init(&arena);
    v = emission(e);
    CHECK_TEXT(v.edition, "GB 12523-2011");
    CHECK_INT(v.rating, 0);
    e.day = 20260101;
    e.level = number("70.6");
    v = emission(e);
    CHECK_TEXT(v.edition, "GB 12523-2025");
    CHECK_INT(v.rating, 1);
    CHECK(says(v.summary_en, "was not seen"));
    e.night = true;
    e.level = number("55");
    e.max = &sudden;
    CHECK_INT(emission(e).rating, 1);
    e.day = 20120630;
    CHECK_INT(emission(e).outcome, VERDICT_NO_EDITION);
    arena_done(&arena);
}
