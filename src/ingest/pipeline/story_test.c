/*
 * story_test - records in at one end, hours, days, classes and indices out at
 * the other, with the time told by the records.
 */
#include "ingest/pipeline/kit_test.h"

#include "quality/quality.h"

/* Minutes from `from` to before `to` of the hour, one value each. */
static void minutes(struct kit *kit, int64_t hour, int from, int to,
                    const char *value)
{
    for (int m = from; m < to; m++) {
        const char *items =
            arena_printf(&kit->arena, "a34004-Avg=%s,a34004-Flag=N", value);

        kit_now(kit, hour + (int64_t)(m + 1) * MINUTE_S + 5);
        kit_send(kit, "AIR-1", 2051, hour + (int64_t)m * MINUTE_S, items);
    }
}

static channel_id computed(struct kit *kit, const char *mn, const char *factor,
                           enum cadence cadence)
{
    return kit_channel(kit, mn, factor, cadence, ORIGIN_COMPUTED);
}

/* A whole reported hour of the six pollutants of an index. */
static void air_hour(struct kit *kit, int64_t hour, int pm25, int ozone)
{
    const char *items =
        arena_printf(&kit->arena,
                     "a21026-Avg=8,a21026-Flag=N;a21004-Avg=30,a21004-Flag=N;"
                     "a21005-Avg=0.6,a21005-Flag=N;a05024-Avg=%d,a05024-Flag=N;"
                     "a34002-Avg=60,a34002-Flag=N;a34004-Avg=%d,a34004-Flag=N",
                     ozone, pm25);

    kit_now(kit, hour + HOUR_S + 20);
    kit_send(kit, "AIR-1", 2061, hour, items);
}

TEST(minutes_become_an_hour_once_it_has_ended_and_had_its_grace)
{
    struct kit kit;
    int64_t hour = at("2026-04-01 08:00");
    struct reading *all;

    kit_init(&kit);
    minutes(&kit, hour, 0, 60, "35");
    kit_now(&kit, hour + HOUR_S + 119);
    CHECK_INT(
        kit_all(&kit, computed(&kit, "AIR-1", "a34004", CADENCE_HOUR), &all),
        0);
    kit_now(&kit, hour + HOUR_S + 120);
    kit_check(&kit, computed(&kit, "AIR-1", "a34004", CADENCE_HOUR), hour, "35",
              0);
    /* once, not once a minute; and the moving mean that ends with it */
    CHECK_INT(kit.core->counters.computed, 2);
    kit_done(&kit);
}

TEST(an_hour_with_too_few_minutes_is_there_and_does_not_count)
{
    struct kit kit;
    int64_t hour = at("2026-04-01 08:00");

    kit_init(&kit);
    minutes(&kit, hour, 0, 44, "35");
    kit_now(&kit, hour + HOUR_S + 120);
    kit_check(&kit, computed(&kit, "AIR-1", "a34004", CADENCE_HOUR), hour, "35",
              QUALITY_BIT(INCOMPLETE));
    minutes(&kit, hour + HOUR_S, 0, 45, "35");
    kit_now(&kit, hour + 2 * HOUR_S + 120);
    kit_check(&kit, computed(&kit, "AIR-1", "a34004", CADENCE_HOUR),
              hour + HOUR_S, "35", 0);
    kit_done(&kit);
}

TEST(real_time_values_make_the_hour_where_there_are_no_minutes)
{
    struct kit kit;
    int64_t hour = at("2026-04-01 08:00");

    kit_init(&kit);
    for (int s = 0; s < HOUR_S; s += 30) {
        kit_now(&kit, hour + s);
        kit_send(&kit, "AIR-1", 2011, hour + s, "a34004-Rtd=35,a34004-Flag=N");
    }
    kit_now(&kit, hour + HOUR_S + 120);
    kit_check(&kit, computed(&kit, "AIR-1", "a34004", CADENCE_HOUR), hour, "35",
              0);
    kit_done(&kit);
}

TEST(decimals_of_the_standard_follow_the_unit_of_the_device)
{
    struct kit kit;
    int64_t hour = at("2026-04-01 08:00");

    kit_init(&kit);
    for (int m = 5; m <= 60; m += 5) { /* labels its periods by their end */
        kit_now(&kit, hour + (int64_t)m * MINUTE_S + 2);
        kit_send(&kit, "AIR-END", 2051, hour + (int64_t)m * MINUTE_S,
                 "a34004-Avg=0.0354,a34004-Flag=N");
    }
    kit_now(&kit, hour + HOUR_S + 120);
    /* 0 decimals of ug/m3 are 3 of mg/m3 */
    kit_check(&kit, computed(&kit, "AIR-END", "a34004", CADENCE_HOUR), hour,
              "0.035", 0);
    kit_done(&kit);
}

TEST(a_reported_hour_stands_beside_and_a_difference_is_named)
{
    struct kit kit;
    int64_t hour = at("2026-04-01 08:00");

    kit_init(&kit);
    minutes(&kit, hour, 0, 60, "35");
    kit_now(&kit, hour + HOUR_S + 30);
    kit_send(&kit, "AIR-1", 2061, hour, "a34004-Avg=36,a34004-Flag=N");
    kit_now(&kit, hour + HOUR_S + 120);
    kit_check(&kit, computed(&kit, "AIR-1", "a34004", CADENCE_HOUR), hour, "35",
              0); /* one unit: rounding */
    kit_now(&kit, hour + HOUR_S + 200);
    kit_send(&kit, "AIR-1", 2061, hour, "a34004-Avg=37,a34004-Flag=N");
    kit_now(&kit, hour + HOUR_S + 210);
    kit_check(&kit, computed(&kit, "AIR-1", "a34004", CADENCE_HOUR), hour, "35",
              QUALITY_BIT(DIFFERS));
    kit_check(
        &kit,
        kit_channel(&kit, "AIR-1", "a34004", CADENCE_HOUR, ORIGIN_REPORTED),
        hour, "37", 0);
    kit_done(&kit);
}

TEST(an_air_hour_has_its_index_within_seconds)
{
    struct kit kit;
    int64_t hour = at("2026-04-01 08:00");
    struct verdict v;

    kit_init(&kit);
    air_hour(&kit, hour, 79, 90);
    CHECK(
        !kit_verdict(&kit, "AIR-1", VERDICT_AQI_HOUR, CADENCE_HOUR, hour, &v));
    kit_now(&kit, hour + HOUR_S + 30);
    CHECK(kit_verdict(&kit, "AIR-1", VERDICT_AQI_HOUR, CADENCE_HOUR, hour, &v));
    CHECK_INT(v.outcome, VERDICT_GIVEN);
    CHECK_TEXT(v.edition, "HJ 633-2026");
    /* PM2.5 79: 100 + ceil(50 * (79 - 60) / (115 - 60)) */
    CHECK_INT(v.rating, 118);
    CHECK_INT(v.version, 1);
    CHECK_INT(v.cause, 1);
    CHECK_INT(v.judged_us, (hour + HOUR_S + 30) * 1000000);
    kit_now(&kit, hour + 3 * HOUR_S);
    CHECK(kit_verdict(&kit, "AIR-1", VERDICT_AQI_HOUR, CADENCE_HOUR, hour, &v));
    CHECK_INT(v.version, 1);
    /* the moving mean of the next hour is no reason to judge that hour */
    kit_check(&kit, computed(&kit, "AIR-1", "a3400424", CADENCE_HOUR),
              hour + HOUR_S, "79", QUALITY_BIT(INCOMPLETE));
    CHECK(!kit_verdict(&kit, "AIR-1", VERDICT_AQI_HOUR, CADENCE_HOUR,
                       hour + HOUR_S, &v));
    kit_done(&kit);
}

/* Hours 0 to 23 of a day; PM2.5 35, ozone 60 and from 12 to 19 `noon`. */
static void air_day(struct kit *kit, int64_t day, int noon)
{
    for (int h = 0; h < 24; h++)
        air_hour(kit, day + (int64_t)h * HOUR_S, 35,
                 h >= 12 && h < 20 ? noon : 60);
}

TEST(hours_become_a_day_with_its_8_hours_of_ozone_and_its_index)
{
    struct kit kit;
    int64_t day = at("2026-04-01 00:00");
    struct verdict v;

    kit_init(&kit);
    air_day(&kit, day, 180);
    kit_now(&kit, day + DAY_S + 120);
    kit_check(&kit, computed(&kit, "AIR-1", "a34004", CADENCE_DAY), day, "35",
              0);
    /* the window of 12 to 19 ends with the hour from 19 */
    kit_check(&kit, computed(&kit, "AIR-1", "a0502408", CADENCE_HOUR),
              day + 19 * HOUR_S, "180", 0);
    kit_check(&kit, computed(&kit, "AIR-1", "a0502408", CADENCE_HOUR),
              day + 15 * HOUR_S, "120", 0);
    kit_check(&kit, computed(&kit, "AIR-1", "a0502408", CADENCE_HOUR),
              day + 3 * HOUR_S, "60", QUALITY_BIT(INCOMPLETE));
    kit_check(&kit, computed(&kit, "AIR-1", "a0502408", CADENCE_DAY), day,
              "180", 0);
    kit_check(&kit, computed(&kit, "AIR-1", "a3400424", CADENCE_HOUR),
              day + 23 * HOUR_S, "35", 0);
    CHECK(kit_verdict(&kit, "AIR-1", VERDICT_AQI_DAY, CADENCE_DAY, day, &v));
    CHECK_INT(v.outcome, VERDICT_GIVEN);
    CHECK_INT(v.rating, 119); /* O3 8 h 180: 100 + ceil(50 * 20 / 55) = 119 */
    CHECK_INT(v.version, 1);
    kit_done(&kit);
}

TEST(units_hold_through_moving_means_and_changes_of_the_registry)
{
    struct kit kit;
    int64_t day = at("2026-04-01 00:00");
    struct import_problem problem;
    struct verdict v;

    kit_init(&kit);
    for (int h = 1; h <= 24; h++) {
        kit_now(&kit, day + (int64_t)h * HOUR_S + 20);
        if (h == 20) { /* the picture is made anew */
            CHECK_INT(registry_put(kit.registry, "site",
                                   SPAN("{\"code\":\"A1\",\"name_en\":\"x\"}"),
                                   &kit.arena, &problem),
                      OK);
            core_refresh(kit.core);
        }
        kit_send(&kit, "AIR-END", 2061, day + (int64_t)h * HOUR_S,
                 "a05024-Avg=0.1804,a05024-Flag=N");
    }
    kit_now(&kit, day + DAY_S + 120);
    kit_check(&kit, computed(&kit, "AIR-END", "a0502408", CADENCE_DAY), day,
              "0.180", 0);
    CHECK(kit_verdict(&kit, "AIR-END", VERDICT_AQI_DAY, CADENCE_DAY, day, &v));
    CHECK_INT(v.outcome, VERDICT_GIVEN); /* above 100 though alone: 5.3.1 */
    CHECK_INT(v.rating, 119);
    kit_done(&kit);
}

TEST(a_late_hour_reopens_what_depends_on_it_and_nothing_else)
{
    struct kit kit;
    int64_t day = at("2026-04-01 00:00");
    struct reading *hours;
    size_t count;
    int64_t late;
    uint64_t computed_before;
    struct verdict v;

    kit_init(&kit);
    air_day(&kit, day, 100);
    air_day(&kit, day + DAY_S, 100);
    kit_now(&kit, day + 2 * DAY_S + 600);
    /* month, quarter and year to date, of the station, of its city and of the
     * city's standing: each said more after the second day */
    CHECK_INT(kit.core->counters.verdicts_changed, 9);
    computed_before = kit.core->counters.computed;

    /* PM2.5 of one hour comes again with another value */
    late = day + 2 * DAY_S + 1000;
    kit_now(&kit, late);
    kit_send(&kit, "AIR-1", 2061, day + 5 * HOUR_S,
             "a34004-Avg=515,a34004-Flag=N");
    kit_now(&kit, late + 10);

    kit_check(&kit, computed(&kit, "AIR-1", "a34004", CADENCE_DAY), day, "55",
              0);
    kit_check(&kit, computed(&kit, "AIR-1", "a34004", CADENCE_DAY), day + DAY_S,
              "35", 0);
    CHECK(kit_verdict(&kit, "AIR-1", VERDICT_AQI_HOUR, CADENCE_HOUR,
                      day + 5 * HOUR_S, &v));
    CHECK_INT(v.version, 2);
    CHECK(kit_verdict(&kit, "AIR-1", VERDICT_AQI_DAY, CADENCE_DAY, day, &v));
    CHECK_INT(v.version, 2);
    CHECK_INT(v.cause, kit.sequence);
    CHECK_INT(v.judged_us, (late + 10 - (late + 10) % 10) * 1000000);
    /* the hour, the day, the city's day, and those nine */
    CHECK_INT(kit.core->counters.verdicts_changed, 9 + 12);
    /* 24 moving means of PM2.5 from hour 5 on, and the day: no more */
    CHECK_INT(kit.core->counters.computed - computed_before, 25);
    count = kit_all(&kit, computed(&kit, "AIR-1", "a3400424", CADENCE_HOUR),
                    &hours);
    for (size_t i = 0; i < count; i++) {
        bool touched = hours[i].start_s >= day + 5 * HOUR_S &&
                       hours[i].start_s < day + 29 * HOUR_S;

        CHECK_INT(hours[i].arrival_us / 1000000 > late, touched);
    }
    kit_done(&kit);
}

TEST(a_back_fill_computes_each_period_once)
{
    struct kit kit;
    int64_t day = at("2026-04-01 00:00");
    int64_t now = at("2026-05-10 12:00:01");

    kit_init(&kit);
    kit_now(&kit, now); /* all of it comes within one step of settling */
    for (int h = 0; h < 10 * 24; h++)
        kit_send(&kit, "AIR-1", 2061, day + (int64_t)h * HOUR_S,
                 "a34004-Avg=35,a34004-Flag=N");
    kit_now(&kit, now + 10);
    kit_check(&kit, computed(&kit, "AIR-1", "a34004", CADENCE_DAY), day, "35",
              0);
    kit_check(&kit, computed(&kit, "AIR-1", "a34004", CADENCE_MONTH), day, "35",
              QUALITY_BIT(INCOMPLETE));
    /* 240 hours and 23 more moving means, 10 days, one month; the quarter and
     * year have not ended */
    CHECK_INT(kit.core->counters.computed, 240 + 23 + 10 + 1);
    kit_done(&kit);
}

TEST(an_overlay_reopens_its_periods_and_its_undoing_too)
{
    struct kit kit;
    int64_t day = at("2026-04-01 00:00");
    channel_id hours, days;
    struct overlay *overlays;
    size_t count;
    struct verdict v;

    kit_init(&kit);
    air_day(&kit, day, 100);
    kit_now(&kit, day + DAY_S + 600);
    hours = kit_channel(&kit, "AIR-1", "a34004", CADENCE_HOUR, ORIGIN_REPORTED);
    days = computed(&kit, "AIR-1", "a34004", CADENCE_DAY);

    kit_record(&kit, LEDGER_OVERLAY, 0,
               span_of(arena_printf(
                   &kit.arena,
                   "{\"op\":\"add\",\"channel\":%u,\"kind\":\"replace\","
                   "\"from\":%lld,\"to\":%lld,\"value\":\"515\","
                   "\"reason\":\"typed\",\"who\":\"li\"}",
                   hours, (long long)day, (long long)(day + HOUR_S))));
    CHECK_INT(kit.core->counters.overlays, 1);
    kit_now(&kit, day + DAY_S + 620);
    kit_check(&kit, days, day, "55", 0);
    CHECK(kit_verdict(&kit, "AIR-1", VERDICT_AQI_HOUR, CADENCE_HOUR, day, &v));
    CHECK_INT(v.version, 2);

    CHECK_INT(series_overlays(kit.series, hours,
                              (struct series_range){day, day + DAY_S},
                              &kit.arena, &overlays, &count),
              OK);
    CHECK_INT(count, 1);
    CHECK_INT(overlays[0].at_us, (day + DAY_S + 600) * 1000000);
    kit_record(&kit, LEDGER_OVERLAY, 0,
               span_of(arena_printf(&kit.arena,
                                    "{\"op\":\"undo\",\"channel\":%u,"
                                    "\"id\":%lld,\"who\":\"wang\"}",
                                    hours, (long long)overlays[0].id)));
    kit_now(&kit, day + DAY_S + 640);
    kit_check(&kit, days, day, "35", 0);
    CHECK(kit_verdict(&kit, "AIR-1", VERDICT_AQI_HOUR, CADENCE_HOUR, day, &v));
    CHECK_INT(v.version, 3);

    /* a mark changes no value: nothing is done again */
    count = kit.core->counters.computed;
    kit_record(&kit, LEDGER_OVERLAY, 0,
               span_of(arena_printf(
                   &kit.arena,
                   "{\"op\":\"add\",\"channel\":%u,\"kind\":\"mark\","
                   "\"from\":%lld,\"to\":%lld,\"mark\":\"M\"}",
                   hours, (long long)day, (long long)(day + HOUR_S))));
    kit_now(&kit, day + DAY_S + 660);
    CHECK_INT(kit.core->counters.overlays, 3);
    CHECK_INT(kit.core->counters.computed, count);
    kit_done(&kit);
}

TEST(a_value_whose_inputs_are_all_taken_away_says_why_it_is_gone)
{
    struct kit kit;
    int64_t day = at("2026-04-01 00:00");
    struct reading r;

    kit_init(&kit);
    air_day(&kit, day, 100);
    kit_now(&kit, day + DAY_S + 600);
    kit_record(
        &kit, LEDGER_OVERLAY, 0,
        span_of(arena_printf(
            &kit.arena,
            "{\"op\":\"add\",\"channel\":%u,\"kind\":\"invalidate\","
            "\"from\":%lld,\"to\":%lld,\"reason\":\"drift\",\"who\":\"li\"}",
            kit_channel(&kit, "AIR-1", "a34004", CADENCE_HOUR, ORIGIN_REPORTED),
            (long long)day, (long long)(day + DAY_S))));
    kit_now(&kit, day + DAY_S + 620);
    CHECK(kit_reading(&kit, computed(&kit, "AIR-1", "a34004", CADENCE_DAY), day,
                      &r));
    CHECK(!(r.present & READING_VALUE));
    CHECK_SPAN(r.text, "no valid value");
    kit_done(&kit);
}

TEST(overlays_are_checked_before_they_are_written)
{
    static const char *const bad[] = {
        "",
        "[1]",
        "{\"op\":\"drop\",\"channel\":1}",
        "{\"op\":\"add\",\"channel\":0,\"kind\":\"approve\",\"from\":1,\"to\":"
        "2}",
        "{\"op\":\"add\",\"channel\":99,\"kind\":\"approve\",\"from\":1,\"to\":"
        "2}",
        "{\"op\":\"add\",\"channel\":1,\"kind\":\"x\",\"from\":1,\"to\":2}",
        "{\"op\":\"add\",\"channel\":1,\"kind\":\"approve\",\"from\":2,\"to\":"
        "2}",
        "{\"op\":\"add\",\"channel\":1,\"kind\":\"approve\",\"from\":\"1\","
        "\"to\":2}",
        "{\"op\":\"add\",\"channel\":1,\"kind\":\"replace\",\"from\":1,\"to\":"
        "2}",
        "{\"op\":\"add\",\"channel\":1,\"kind\":\"replace\",\"from\":1,\"to\":"
        "2,"
        "\"value\":\"1e5\"}",
        "{\"op\":\"add\",\"channel\":1,\"kind\":\"mark\",\"from\":1,\"to\":2,"
        "\"mark\":\"MM\"}",
        "{\"op\":\"undo\",\"channel\":1}",
    };
    struct kit kit;
    const char *why;

    kit_init(&kit);
    kit_now(&kit, at("2026-04-01 08:00"));
    kit_send(&kit, "AIR-1", 2011, at("2026-04-01 08:00"), "a34004-Rtd=1");
    for (size_t i = 0; i < LENGTH(bad); i++) {
        CHECK_INT(pipeline_overlay_check(kit.series, span_of(bad[i]), &why),
                  ERR_INVALID);
        CHECK(why != NULL);
    }
    CHECK_INT(pipeline_overlay_check(
                  kit.series,
                  SPAN("{\"op\":\"add\",\"channel\":1,\"kind\":\"approve\","
                       "\"from\":1,\"to\":2,\"who\":\"li\"}"),
                  &why),
              OK);
    CHECK(why == NULL);
    kit_done(&kit);
}

/* ---- water ---- */

TEST(a_section_is_classed_by_the_hour_and_by_the_day)
{
    struct kit kit;
    int64_t day = at("2026-04-01 00:00");
    struct verdict v;

    kit_init(&kit);
    for (int h = 0; h < 24; h++) {
        kit_now(&kit, day + (int64_t)(h + 1) * HOUR_S + 20);
        kit_send(&kit, "WATER-1", 2061, day + (int64_t)h * HOUR_S,
                 h % 4 == 0 ? "w01001-Avg=7.20,w01001-Flag=N;w01009-Avg=8.10,"
                              "w01009-Flag=N;w01019-Avg=2.50,w01019-Flag=N;"
                              "w21003-Avg=0.620,w21003-Flag=N;w21011-Avg=0.080,"
                              "w21011-Flag=N"
                            : "w01001-Avg=7.20,w01001-Flag=N;w01009-Avg=8.10,"
                              "w01009-Flag=N");
    }
    kit_now(&kit, day + DAY_S + 120);
    /* ammonia 0.62 is above class II (0.5) and within III (1.0) */
    CHECK(kit_verdict(&kit, "WATER-1", VERDICT_WATER_CLASS, CADENCE_HOUR, day,
                      &v));
    CHECK_INT(v.rating, 3);
    /* between two analyses the newest of each item counts */
    CHECK(kit_verdict(&kit, "WATER-1", VERDICT_WATER_CLASS, CADENCE_HOUR,
                      day + 3 * HOUR_S, &v));
    CHECK_INT(v.rating, 3);
    CHECK(kit_verdict(&kit, "WATER-1", VERDICT_WATER_CLASS, CADENCE_DAY, day,
                      &v));
    CHECK_INT(v.rating, 3);
    CHECK_INT(v.version, 1);
    kit_check(&kit, computed(&kit, "WATER-1", "w21003", CADENCE_DAY), day,
              "0.6200", 0);
    kit_done(&kit);
}

/* ---- outlets ---- */

TEST(an_outlet_to_water_is_judged_by_its_flow_weighted_day)
{
    struct kit kit;
    int64_t day = at("2026-04-01 00:00");
    struct verdict v;
    struct reading r;

    kit_init(&kit);
    for (int h = 0; h < 24; h++) {
        const char *items = arena_printf(
            &kit.arena,
            "w00000-Cou=%d.0,w00000-Avg=1.0,w00000-Flag=N;"
            "w01018-Avg=%d.0,w01018-Cou=0.5,w01018-Flag=N;"
            "w01001-Avg=%s,w01001-Flag=N",
            h < 12 ? 30 : 10, h < 12 ? 40 : 100, h % 2 ? "6.00" : "8.00");

        kit_now(&kit, day + (int64_t)(h + 1) * HOUR_S + 20);
        kit_send(&kit, "DW-1", 2061, day + (int64_t)h * HOUR_S, items);
    }
    kit_now(&kit, day + DAY_S + 120);
    /* (12 * 30 * 40 + 12 * 10 * 100) / (12 * 40) = 55; not 70 */
    kit_check(&kit, computed(&kit, "DW-1", "w01018", CADENCE_DAY), day, "55.0",
              0);
    CHECK(kit_reading(&kit, computed(&kit, "DW-1", "w00000", CADENCE_DAY), day,
                      &r));
    CHECK_INT(r.number[COLUMN_TOTAL].mantissa, 4800);
    kit_check(&kit, computed(&kit, "DW-1", "w01001", CADENCE_DAY), day, "6.30",
              0);
    CHECK(kit_verdict(&kit, "DW-1", VERDICT_OUTLET, CADENCE_DAY, day, &v));
    CHECK_INT(v.rating, 1); /* above 50 */
    CHECK_INT(v.item_count >= 1, 1);
    kit_done(&kit);
}

TEST(a_late_flow_moves_the_means_that_it_weighs)
{
    struct kit kit;
    int64_t day = at("2026-04-01 00:00");

    kit_init(&kit);
    for (int h = 0; h < 24; h++) {
        kit_now(&kit, day + (int64_t)(h + 1) * HOUR_S + 20);
        kit_send(&kit, "DW-1", 2061, day + (int64_t)h * HOUR_S,
                 h == 0 ? "w00000-Cou=10,w00000-Flag=N;w01018-Avg=100.0,"
                          "w01018-Flag=N"
                        : "w00000-Cou=10,w00000-Flag=N;w01018-Avg=40.0,"
                          "w01018-Flag=N");
    }
    kit_now(&kit, day + DAY_S + 120);
    kit_check(&kit, computed(&kit, "DW-1", "w01018", CADENCE_DAY), day, "42.5",
              0);
    kit_send(&kit, "DW-1", 2061, day, "w00000-Cou=0,w00000-Flag=N");
    kit_now(&kit, day + DAY_S + 140);
    kit_check(&kit, computed(&kit, "DW-1", "w01018", CADENCE_DAY), day, "40.0",
              0);
    kit_done(&kit);
}

TEST(a_stack_is_judged_by_its_converted_hour)
{
    struct kit kit;
    int64_t hour = at("2026-04-01 08:00");
    struct verdict v;

    kit_init(&kit);
    kit_now(&kit, hour + HOUR_S + 20);
    kit_send(&kit, "DA-1", 2061, hour,
             "a21026-Avg=90.0,a21026-ZsAvg=100.1,a21026-Flag=N");
    kit_now(&kit, hour + HOUR_S + 30);
    CHECK(kit_verdict(&kit, "DA-1", VERDICT_OUTLET, CADENCE_HOUR, hour, &v));
    CHECK_INT(v.rating, 1);
    CHECK_INT(v.items[0].value.mantissa, 1001);
    kit_send(&kit, "DA-1", 2061, hour + HOUR_S,
             "a21026-Avg=150.0,a21026-ZsAvg=100.0,a21026-Flag=N");
    kit_now(&kit, hour + 2 * HOUR_S + 40);
    CHECK(kit_verdict(&kit, "DA-1", VERDICT_OUTLET, CADENCE_HOUR, hour + HOUR_S,
                      &v));
    CHECK_INT(v.rating, 0); /* equal is within */
    kit_done(&kit);
}
