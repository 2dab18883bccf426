#include "base/datetime.h"
#include "base/test.h"

static int64_t moment(const char *text)
{
    int64_t utc_s = 0;

    CHECK_INT(datetime_parse(span_of(text), &utc_s), OK);
    return utc_s;
}

TEST(compact_times_are_beijing_times)
{
    int64_t utc_s = 0;
    char text[15];

    CHECK_INT(datetime_parse_compact(SPAN("20160801085857"), &utc_s), OK);
    CHECK_INT(utc_s, 1470013137);
    datetime_format_compact(utc_s, text);
    CHECK_TEXT(text, "20160801085857");
}

TEST(no_such_time_is_refused)
{
    const char *bad[] = {
        "20170229000000",
        "20161301000000",
        "20160100000000",
        "20160101240000",
        "20160101006000",
        "2016010100000",
        "201601010000000",
        "2016010100000x",
        "18991231235959",
        "22000101000000",
        "",
    };
    int64_t utc_s;

    for (size_t i = 0; i < LENGTH(bad); i++)
        CHECK(datetime_parse_compact(span_of(bad[i]), &utc_s) != OK);
    CHECK_INT(datetime_parse_compact(SPAN("20160229000000"), &utc_s), OK);
    CHECK(datetime_parse_compact(SPAN("21000229000000"), &utc_s) != OK);
}

TEST(iso_forms_mean_the_same)
{
    int64_t utc_s = moment("2026-11-24T16:00:00+08:00");

    CHECK_INT(moment("2026-11-24T08:00:00Z"), utc_s);
    CHECK_INT(moment("2026-11-24 16:00"), utc_s);
    CHECK_INT(moment("2026-11-24"), utc_s - 16 * HOUR_S);
}

TEST(periods_start_and_end_where_the_calendar_says)
{
    int64_t now = moment("2024-02-29T23:30:15+08:00");

    CHECK_INT(period_start(now, CADENCE_HOUR), moment("2024-02-29 23:00"));
    CHECK_INT(period_next(now, CADENCE_HOUR), moment("2024-03-01"));
    CHECK_INT(period_start(now, CADENCE_DAY), moment("2024-02-29"));
    CHECK_INT(period_next(now, CADENCE_MONTH), moment("2024-03-01"));
    CHECK_INT(period_start(now, CADENCE_QUARTER), moment("2024-01-01"));
    CHECK_INT(period_next(now, CADENCE_QUARTER), moment("2024-04-01"));
    CHECK_INT(period_next(now, CADENCE_YEAR), moment("2025-01-01"));
    CHECK_INT(period_start(now, CADENCE_REALTIME), now);
    CHECK_INT(civil_day_number(now), 20240229);
}

TEST(every_day_of_three_centuries_goes_round)
{
    int64_t day = MOMENT_MIN_S;

    for (; day + DAY_S < MOMENT_MAX_S; day += DAY_S) {
        struct civil civil = civil_from_utc(day);
        int64_t back = 0;

        CHECK_INT(civil_to_utc(civil, &back), OK);
        CHECK_INT(back, day);
    }
}

TEST(cadences_have_names)
{
    for (int c = 0; c < CADENCE_COUNT; c++) {
        enum cadence parsed = CADENCE_COUNT;

        CHECK_INT(
            cadence_parse(span_of(cadence_name((enum cadence)c)), &parsed), OK);
        CHECK_INT(parsed, c);
    }
}
