#include "assess/source/source_day.h"

#include "base/test.h"

enum { VALUES = 4 };

/* A day of 24 hours that a test changes before it is judged. */
struct scene {
    struct arena arena;
    struct source_day day;
    struct source_hour hours[SOURCE_HOURS_MAX];
    struct source_value values[SOURCE_HOURS_MAX][VALUES];
    struct source_furnace furnace[SOURCE_FURNACE_MAX];
    struct verdict verdict;
};

static struct decimal dec(const char *text)
{
    struct decimal d = {0, 0};

    assert_int_equal(decimal_parse(span_of(text), &d), 0);
    return d;
}

static void scene_init(struct scene *s, const char *applies_to,
                       const char *level)
{
    memset(s, 0, sizeof(*s));
    arena_init(&s->arena);
    s->day.outlet = (struct source_outlet){.applies_to = span_of(applies_to),
                                           .levels = span_of(level),
                                           .region = SPAN("510000"),
                                           .day = 20261124};
    s->day.hours = s->hours;
    s->day.hour_count = SOURCE_HOURS_MAX;
    s->day.furnace = s->furnace;
    for (int h = 0; h < SOURCE_HOURS_MAX; h++)
        s->hours[h] = (struct source_hour){
            .start_s = 1795449600 + (int64_t)h * HOUR_S, /* 00:00 Beijing */
            .gas = {.folded = true},
            .has_flow = true,
            .flow = DECIMAL(100, 0),
            .values = s->values[h]};
}

static void fill(struct scene *s, const char *item, const char *value)
{
    for (int h = 0; h < SOURCE_HOURS_MAX; h++)
        s->values[h][s->hours[h].value_count++] =
            (struct source_value){.item = item, .value = dec(value)};
}

static int judged(struct scene *s)
{
    source_day(&s->day, &s->arena, &s->verdict);
    return s->verdict.rating;
}

static bool says(const struct scene *s, const char *text)
{
    for (size_t i = 0; i < s->verdict.item_count; i++) {
        if (strstr(s->verdict.items[i].step_en, text))
            return true;
    }
    return false;
}

/* ---- hour by hour ---- */

TEST(a_boiler_is_rated_hour_by_hour)
{
    struct scene s;

    scene_init(&s, "coal_boiler", "");
    fill(&s, "a21026", "300");
    CHECK_INT(judged(&s), 0);
    s.values[7][0].value = dec("300.1");
    CHECK_INT(judged(&s), 1);
    CHECK(says(&s, "24 hours rated, above the limit 1"));
    CHECK(says(&s, "07:00 "));
    CHECK_TEXT(s.verdict.summary_en,
               "day exceeding: Sulfur dioxide 1 h (GB 13271-2014)");
    arena_done(&s.arena);
}

/* The fourth trap, and the ninth: neither what a monitor gave that was not at
 * work nor a stopped hour is counted, as an exceedance or as a zero. */
TEST(marked_hours_leave_the_counts)
{
    struct scene s;

    scene_init(&s, "coal_boiler", "");
    fill(&s, "a21026", "300.1");
    for (int h = 0; h < 22; h++)
        s.hours[h].monitor = MONITOR_CALIBRATION;
    s.hours[22].plant = PLANT_STOPPED;
    CHECK_INT(judged(&s), 1);
    CHECK(says(&s, "hours 24: usable 1, monitor marked invalid 22, stopped 1"));
    CHECK(says(&s, "1 hours rated, above the limit 1"));
    s.hours[23].monitor = MONITOR_LOST;
    CHECK_INT(judged(&s), -1);
    CHECK_INT(s.verdict.outcome, VERDICT_INSUFFICIENT);
    arena_done(&s.arena);
}

TEST(the_worst_hour_is_the_one_shown)
{
    struct scene s;

    scene_init(&s, "coal_boiler", "");
    fill(&s, "a21026", "310");
    s.values[3][0].value = dec("330");
    s.values[9][0].value = dec("320");
    CHECK_INT(judged(&s), 1);
    CHECK(says(&s, "03:00 "));
    CHECK(!says(&s, "09:00 "));
    CHECK_INT(s.verdict.index.mantissa, 10);
    arena_done(&s.arena);
}

/* ---- incinerators ---- */

/* The third trap: the natural day is rated, not an hour and not a window. */
TEST(an_incinerator_is_rated_by_its_day)
{
    struct scene s;

    scene_init(&s, "waste_incinerator", "");
    fill(&s, "a21026", "80"); /* of the day 80, of the hour 100 */
    CHECK_INT(judged(&s), 0);
    s.values[0][0].value = dec("80.1");
    CHECK_INT(judged(&s), 1);
    CHECK(says(&s, "arithmetic mean: (80.1 + 80 + 80 + "));
    CHECK(says(&s, " + 80) / 24 = 80.004167"));
    s.values[0][0].value = dec("110"); /* an hour above its own limit */
    s.values[1][0].value = dec("50");
    CHECK_INT(judged(&s), 0);
    arena_done(&s.arena);
}

TEST(a_day_of_an_incinerator_needs_20_valid_hours)
{
    struct scene s;

    scene_init(&s, "waste_incinerator", "");
    fill(&s, "a21026", "81");
    for (int h = 0; h < 4; h++)
        s.hours[h].monitor = MONITOR_MAINTENANCE;
    CHECK_INT(judged(&s), 1);
    s.hours[4].monitor = MONITOR_MAINTENANCE;
    CHECK_INT(judged(&s), -1);
    CHECK(says(&s, "19 valid hours, at least 20 needed; not judged"));
    s.day.needed_hours = 19;
    CHECK_INT(judged(&s), 1);
    arena_done(&s.arena);
}

TEST(not_detected_without_a_detection_limit_is_no_value_of_a_mean)
{
    struct scene s;

    scene_init(&s, "waste_incinerator", "");
    fill(&s, "a21026", "80");
    for (int h = 0; h < 5; h++) {
        s.values[h][0].value = dec("0");
        s.values[h][0].below_detection = true;
    }
    CHECK_INT(judged(&s), -1);
    s.values[0][0].value = dec("1"); /* the detection limit counts */
    CHECK_INT(judged(&s), 0);
    arena_done(&s.arena);
}

TEST(the_hours_of_a_day_are_folded_one_by_one)
{
    struct scene s;

    scene_init(&s, "waste_incinerator", "");
    fill(&s, "a21026", "72");
    for (int h = 0; h < SOURCE_HOURS_MAX; h++)
        s.hours[h].gas =
            (struct source_gas){.has_oxygen = true, .oxygen = dec("12")};
    CHECK_INT(judged(&s), 0); /* 72 * 10 / 9 = 80 */
    CHECK(says(&s, "the 24 hours of the day's Sulfur dioxide: 00:00 to "
                   "reference oxygen: 72 × (21 − 11) / (21 − 12) = 80, 01:00"));
    CHECK(says(&s, "23:00 to reference oxygen: 72"));
    s.hours[0].gas.oxygen = dec("12.1");
    CHECK_INT(judged(&s), 1);
    for (int h = 0; h < 5; h++)
        s.hours[h].gas.oxygen = dec("20.5"); /* cannot be folded */
    CHECK_INT(judged(&s), -1);
    arena_done(&s.arena);
}

TEST(hazardous_waste_is_rated_by_hours_and_day)
{
    struct scene s;

    scene_init(&s, "hazardous_incinerator", "");
    fill(&s, "a21026", "80");
    CHECK_INT(judged(&s), 0);
    s.values[0][0].value = dec("100.1");
    s.values[1][0].value = dec("50");
    CHECK_INT(judged(&s), 1); /* the hour alone */
    CHECK(says(&s, "24 hours rated, above the limit 1"));
    arena_done(&s.arena);
}

TEST(hours_of_start_and_fault_are_apart)
{
    struct scene s;

    scene_init(&s, "waste_incinerator", "");
    fill(&s, "a21026", "80");
    fill(&s, "a34013", "20");
    for (int h = 0; h < 4; h++) {
        s.hours[h].plant = PLANT_STARTUP;
        s.values[h][0].value = dec("900"); /* not rated */
        s.values[h][1].value = dec("150"); /* dust to 150 */
    }
    CHECK_INT(judged(&s), 0);
    s.values[2][1].value = dec("150.1");
    CHECK_INT(judged(&s), 1);
    arena_done(&s.arena);
}

TEST(a_year_has_60_hours_of_start_and_fault)
{
    struct scene s;

    scene_init(&s, "waste_incinerator", "");
    fill(&s, "a21026", "80");
    s.hours[0].plant = PLANT_STARTUP;
    s.hours[1].plant = PLANT_DRYING; /* does not count */
    s.day.has_year_hours = true;
    s.day.year_hours = dec("59");
    CHECK_INT(judged(&s), 0);
    s.day.year_hours = dec("59.5");
    CHECK_INT(judged(&s), 1);
    CHECK(says(&s, "59.5 + 1 = 60.5 h, allowed 60 h"));
    arena_done(&s.arena);
}

TEST(hours_of_fault_alone_make_no_day_within_limits)
{
    struct scene s;

    scene_init(&s, "waste_incinerator", "");
    fill(&s, "a21026", "80");
    for (int h = 0; h < 5; h++)
        s.hours[h].plant = h < 4 ? PLANT_FAULT : PLANT_STARTUP;
    judged(&s); /* 19 hours are too few for the mean */
    CHECK_INT(s.verdict.outcome, VERDICT_INSUFFICIENT);
    CHECK(says(&s, "one fault lasted 0 + 4 = 4 h, allowed 4 h"));
    s.hours[4].plant = PLANT_FAULT;
    CHECK_INT(judged(&s), 1);
    CHECK_INT(s.verdict.outcome, VERDICT_GIVEN);
    CHECK_TEXT(s.verdict.summary_en,
               "day exceeding: a fault of 5 h (GB 18485-2014)");
    arena_done(&s.arena);
}

TEST(a_fault_lasts_4_hours_at_most)
{
    struct scene s;

    scene_init(&s, "waste_incinerator", "");
    fill(&s, "a21026", "80");
    for (int h = 8; h < 12; h++)
        s.hours[h].plant = h % 2 ? PLANT_FAULT : PLANT_ACCIDENT;
    s.day.fault_hours = dec("1"); /* ended at midnight: another fault */
    CHECK_INT(judged(&s), 0);
    s.hours[12].plant = PLANT_FAULT;
    CHECK_INT(judged(&s), 1);
    arena_done(&s.arena);
}

TEST(a_fault_that_runs_into_the_day_goes_on)
{
    struct scene s;

    scene_init(&s, "waste_incinerator", "");
    fill(&s, "a21026", "80");
    for (int h = 0; h < 3; h++)
        s.hours[h].plant = PLANT_FAULT;
    s.day.fault_hours = dec("1");
    CHECK_INT(judged(&s), 0);
    s.day.fault_hours = dec("1.5");
    CHECK_INT(judged(&s), 1);
    arena_done(&s.arena);
}

TEST(a_furnace_may_be_too_cold_five_times)
{
    struct scene s;

    scene_init(&s, "waste_incinerator", "");
    s.day.hour_count = 0;
    s.day.furnace_count = SOURCE_FURNACE_MAX;
    for (int i = 0; i < SOURCE_FURNACE_MAX; i++)
        s.furnace[i].temperature = dec(i < 5 ? "849.9" : "850");
    CHECK_INT(judged(&s), 0);
    CHECK(says(&s, "means 288, below 850 degC 5, allowed 5"));
    s.furnace[5].temperature = dec("849.9");
    CHECK_INT(judged(&s), 1);
    s.furnace[0].plant = PLANT_STARTUP; /* not rated then */
    CHECK_INT(judged(&s), 0);
    s.furnace[0].plant = PLANT_NORMAL;
    s.furnace[1].monitor = MONITOR_FAULT;
    CHECK_INT(judged(&s), 0);
    arena_done(&s.arena);
}

TEST(hazardous_waste_burns_hotter)
{
    struct scene s;

    scene_init(&s, "hazardous_incinerator", "");
    s.day.hour_count = 0;
    s.day.furnace_count = 6;
    for (int i = 0; i < 6; i++)
        s.furnace[i].temperature = dec("1099");
    CHECK_INT(judged(&s), 1);
    arena_done(&s.arena);
}

/* ---- waste water ---- */

/* The fifth trap: a day of waste water is no plain mean. */
TEST(a_day_of_waste_water_is_weighted_by_flow)
{
    struct scene s;

    scene_init(&s, "municipal_plant", "1A");
    fill(&s, "w01018", "50");
    CHECK_INT(judged(&s), 0);
    s.values[0][0].value = dec("60");
    s.values[1][0].value = dec("40");
    CHECK_INT(judged(&s), 0); /* plain and weighted mean 50 */
    CHECK(says(&s, "above the limit (a warning only) 1"));
    CHECK(says(&s, "00:00 60 × 100, 01:00 40 × 100, 02:00 50 × 100"));
    s.hours[0].flow = dec("101");
    CHECK_INT(judged(&s), 1);
    arena_done(&s.arena);
}

TEST(three_quarters_of_what_is_due_make_a_day)
{
    struct scene s;

    scene_init(&s, "municipal_plant", "1A");
    fill(&s, "w01018", "51");
    for (int h = 0; h < 6; h++)
        s.values[h][0].value = dec("0"); /* no value of an analyser */
    CHECK_INT(judged(&s), 1);
    s.hours[6].has_flow = false;
    CHECK_INT(judged(&s), -1);
    CHECK(says(&s, "17 valid pairs of 24 due, at least 75 % needed"));
    s.hours[0].plant = PLANT_STOPPED; /* 17 of 23 */
    CHECK_INT(judged(&s), -1);
    s.hours[1].plant = PLANT_STOPPED; /* 17 of 22 */
    CHECK_INT(judged(&s), 1);
    s.day.due = 23;
    CHECK_INT(judged(&s), -1);
    s.day.due = 0;
    s.day.outlet.day = 20200323; /* before HJ 356-2019 */
    CHECK_INT(judged(&s), -1);
    arena_done(&s.arena);
}

TEST(a_ph_is_rated_by_its_range)
{
    struct scene s;

    scene_init(&s, "municipal_plant", "1A");
    fill(&s, "w01001", "7");
    CHECK_INT(judged(&s), 0);
    s.values[5][0].value = dec("6");
    s.values[6][0].value = dec("9");
    CHECK_INT(judged(&s), 0);
    s.values[6][0].value = dec("9.1");
    CHECK_INT(judged(&s), 1);
    CHECK(says(&s, "highest of the day, "));
    s.values[6][0].value = dec("7");
    s.values[5][0].value = dec("5.9");
    CHECK_INT(judged(&s), 1);
    arena_done(&s.arena);
}

TEST(a_day_without_detection_exceeds_no_limit)
{
    struct scene s;

    scene_init(&s, "municipal_plant", "1A");
    fill(&s, "w01018", "51"); /* of 50 */
    for (int h = 0; h < SOURCE_HOURS_MAX; h++)
        s.values[h][0].below_detection = true;
    CHECK_INT(judged(&s), -1);
    CHECK(says(&s, "the detection limit is above the limit 50"));
    for (int h = 0; h < SOURCE_HOURS_MAX; h++)
        s.values[h][0].value = dec("50");
    CHECK_INT(judged(&s), 0);
    arena_done(&s.arena);
}

TEST(water_without_flow_all_day_has_no_mean)
{
    struct scene s;

    scene_init(&s, "municipal_plant", "1A");
    fill(&s, "w01018", "51");
    for (int h = 0; h < SOURCE_HOURS_MAX; h++)
        s.hours[h].flow = dec("0");
    CHECK_INT(judged(&s), -1);
    fill(&s, "w01001", "9.1"); /* its range needs no flow */
    for (int h = 0; h < SOURCE_HOURS_MAX; h++)
        s.hours[h].has_flow = false;
    CHECK_INT(judged(&s), 1);
    CHECK(says(&s, "the 24 hours of the day's pH: 00:00 9.1, 01:00 9.1"));
    arena_done(&s.arena);
}

TEST(an_item_without_a_limit_is_said_to_have_none)
{
    struct scene s;

    scene_init(&s, "municipal_plant", "1A");
    fill(&s, "a34013", "51");
    CHECK_INT(judged(&s), -1);
    CHECK(says(&s, "no limit applies"));
    arena_done(&s.arena);
}
