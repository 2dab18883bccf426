#include "assess/filter/filter.h"

#include "base/test.h"

#include <stdio.h>

enum { ROOM = 1 << 20 };

static struct buf input, out, messages;
static struct engine_counts result;

static bool keep(struct filter_sink *sink)
{
    return !sink->out->full;
}

static enum err run_with(struct filter_options options, const char *text)
{
    struct filter_sink sink = {&out, &messages, keep};

    buf_done(&input);
    buf_done(&out);
    buf_done(&messages);
    buf_init(&input, ROOM);
    buf_init(&out, ROOM);
    buf_init(&messages, ROOM);
    buf_text(&input, text);
    return filter_run(&options, &input, &sink, &result);
}

static const struct assessment *named(const char *name)
{
    const struct assessment *a = assessment_find(span_of(name));

    assert_non_null(a);
    return a;
}

static enum err run(const char *name, const char *text)
{
    return run_with((struct filter_options){.assessment = named(name)}, text);
}

static bool has(const struct buf *b, const char *part)
{
    return b->len && strstr(b->at, part) != NULL;
}

static void clean(void)
{
    buf_done(&input);
    buf_done(&out);
    buf_done(&messages);
}

TEST(a_wide_table_keeps_its_columns_and_gains_a_verdict)
{
    CHECK_INT(run("aqi-hour",
                  "station,time,AQI,PM2.5,PM10,SO2,NO2,CO,O3_1h,O3_8h\n"
                  "\"a,b\",2020040208,82,60,77,6,25,0.6,39,35\n"),
              OK);
    CHECK(has(&out, "station,time,AQI,outcome,edition,rating"));
    CHECK(has(&out, "\"a,b\",2020040208,82,given,HJ 633-2012,82,2,良,good,"
                    "#FFFF00,PM2.5,"));
    CHECK_INT(messages.len, 0);
    CHECK_INT(result.judged, 1);
    clean();
}

TEST(a_bad_row_is_named_and_the_others_are_judged)
{
    const struct {
        const char *row, *message;
    } cases[] = {
        {"2026-03-02,-1,9,9,9,1,9", "column PM2.5, \"-1\": negative"},
        {"2026-03-02,1e3,9,9,9,1,9", "column PM2.5, \"1e3\": not a number"},
        {"2026-03-02,0x10,9,9,9,1,9", "not a number"},
        {"2026-03-02,inf,9,9,9,1,9", "not a number"},
        {"2026-03-02,99999999999999999999,9,9,9,1,9", "not a number"},
        {"2026-13-02,9,9,9,9,1,9", "not a date"},
        {"2026-02-29,9,9,9,9,1,9", "not a date"},
        {",9,9,9,9,1,9", "not a date"},
        {"2026/2/29,9,9,9,9,1,9", "not a date"},
        {"2026/3,9,9,9,9,1,9", "not a date"},
        {"2026/123/1,9,9,9,9,1,9", "not a date"},
        {"99999999999/1/1,9,9,9,9,1,9", "not a date"},
        {"2015-12-31,9,9,9,9,1,9", "no edition of the standard"},
        {"2026-03-02,9,9", "another number of fields"},
        {"2026-03-02,9,9,9,9,1,9,9", "another number of fields"},
        {"2026-03-02,\"9\"9,9,9,9,1,9", "broken quotes"},
    };

    for (size_t i = 0; i < LENGTH(cases); i++) {
        char text[512];

        snprintf(text, sizeof(text),
                 "time,PM2.5,PM10,SO2,NO2,CO,O3\n"
                 "2026-03-01,39,9,9,9,1,9\n%s\n2026-03-01,60,9,9,9,1,9\n",
                 cases[i].row);
        CHECK_INT(run("aqi-day", text), OK);
        CHECK(has(&messages, "line 3, "));
        CHECK(has(&messages, cases[i].message));
        CHECK_INT(result.rows, 3);
        CHECK_INT(result.judged, 2);
        CHECK_INT(result.refused, 1);
        CHECK(has(&out, "HJ 633-2026,58,") && has(&out, "HJ 633-2026,100,"));
    }
    clean();
}

TEST(a_date_may_be_written_in_many_ways)
{
    static const char *const days[] = {
        "2026-03-01",
        "20260301",
        "2026030108",
        "20260301080000",
        "2026/3/1",
        "2026/03/01 8:00",
        "2026-03-01T08:00+08:00",
        "2026-02-28T16:00:00Z", /* midnight in Beijing */
    };

    for (size_t i = 0; i < LENGTH(days); i++) {
        char text[256];

        snprintf(text, sizeof(text),
                 "time,PM2.5,PM10,SO2,NO2,CO,O3\n%s,60,9,9,9,1,9\n", days[i]);
        CHECK_INT(run("aqi-day", text), OK);
        CHECK(has(&out, ",given,HJ 633-2026,100,"));
    }
    clean();
}

TEST(missing_is_said_but_nothing_is_refused)
{
    CHECK_INT(run("aqi-day", "time,PM2.5,PM10,SO2,NO2,CO,O3\n"
                             "2026-03-01,NaN,130,9,9,1,\n"),
              OK);
    CHECK(has(&messages, "\"NaN\": no value"));
    CHECK_INT(result.refused, 0);
    CHECK_INT(result.problems, 0);
    CHECK_INT(result.judged, 1); /* 104: above 100 */
    CHECK(has(&out, ",given,HJ 633-2026,104,"));
    CHECK_INT(run_with((struct filter_options){.assessment = named("aqi-day"),
                                               .quiet = true},
                       "time,PM2.5,PM10\n2026-03-01,,\n"),
              OK);
    CHECK_INT(messages.len, 0);
    CHECK(has(&out, ",insufficient,"));
    clean();
}

TEST(units_are_converted_exactly_or_refused)
{
    CHECK_INT(run("aqi-day",
                  "time,PM2.5(mg/m3),PM10(ug/m3),SO2,NO2,CO[ug/m3],O3\n"
                  "2026-03-01,0.060,9,9,9,900,9\n"),
              OK);
    CHECK(has(&out, "HJ 633-2026,100,"));
    CHECK_INT(run("aqi-day", "time,PM2.5,PM10,SO2(ppb),NO2,CO,O3(xyz)\n"
                             "2026-03-01,1,1,1,1,1,1\n"),
              OK);
    CHECK(has(&messages, "column SO2(ppb), \"1\": wrong unit"));
    CHECK(has(&messages, "column O3(xyz), \"1\": unknown unit"));
    CHECK_INT(result.refused, 1);
    clean();
}

TEST(an_unknown_code_and_a_doubled_item)
{
    CHECK_INT(run("aqi-day", "time,a34004,PM2.5,PM10,SO2,NO2,CO,O3,a99999\n"
                             "2026-03-01,1,2,1,1,1,1,1,1\n"),
              OK);
    CHECK(has(&messages, "line 1, column a99999, \"\": unknown code"));
    CHECK(has(&messages, "column PM2.5, \"2\": the item comes twice"));
    clean();
}

TEST(a_long_table_is_gathered_by_its_other_columns)
{
    CHECK_INT(run("water-section", "section,time,factor,value,unit\n"
                                   "A,2021-04-01,w21003,0.3,mg/L\n"
                                   "B,2021-04-01,w21003,3,mg/L\n"
                                   "A,2021-04-01,总磷,250,ug/L\n"
                                   "A,2021-04-01,w77777,1,mg/L\n"
                                   "B,2021-04-01,w21011,0.1,kg\n"),
              OK);
    CHECK(has(&out, "A,2021-04-01,given,GB 3838-2002,4,4,"));
    CHECK(has(&out, "B,2021-04-01,refused,"));
    CHECK(has(&messages, "line 5, column factor, \"w77777\": unknown code"));
    CHECK(has(&messages, "line 6, column value, \"0.1\": wrong unit"));
    CHECK_INT(result.rows, 2);
    CHECK(out.len && strstr(out.at, "\nA,") < strstr(out.at, "\nB,"));
    clean();
}

TEST(below_detection_and_the_kind_of_water)
{
    CHECK_INT(run("water-section", "date,water_body,总磷(mg/L),石油类\n"
                                   "2021-04-01,lake_reservoir,0.1,<0.01\n"
                                   "2021-04-01,河流,0.1,0.01L\n"
                                   "2021-04-01,sea,0.1,0.01L\n"),
              OK);
    CHECK(has(&out, "2021-04-01,lake_reservoir,given,GB 3838-2002,4,"));
    CHECK(has(&out, "2021-04-01,河流,given,GB 3838-2002,2,"));
    CHECK(has(&messages, "column water_body, \"sea\": unknown: write one of "
                         "river, lake_reservoir"));
    clean();
}

TEST(an_outlet_brings_its_limits)
{
    CHECK_INT(run("outlet",
                  "outlet,time,factor,value,unit,max,min,limit_unit,standard,"
                  "converted\n"
                  "DA001,2026-11-24,a21026,0.1001,g/m3,100,,mg/m3,GB "
                  "13223-2011,yes\n"
                  "DW001,2026-11-24,w01001,6,,9,6,,GB 18918-2002,\n"
                  "DW001,2026-11-24,w01018,50,mg/L,50,,mg/L,GB 18918-2002,\n"),
              OK);
    CHECK(has(&out, "DA001,2026-11-24,100,,mg/m3,GB 13223-2011,yes,2026-11-24,"
                    "2026-11-24,given,GB 13223-2011,1,2,超标"));
    /* what differs between the rows of a case is left out */
    CHECK(has(&out, "DW001,2026-11-24,,,,GB 18918-2002,,2026-11-24,2026-11-24,"
                    "given,GB 18918-2002,0,1,达标"));
    CHECK_INT(messages.len, 0);
    clean();
}

TEST(json_is_one_object_a_line)
{
    CHECK_INT(run_with((struct filter_options){.assessment = named("aqi-day"),
                                               .json = true,
                                               .explain = true},
                       "time,PM2.5,PM10,SO2,NO2,CO,O3\n"
                       "2026-03-01,39.0,9,9,9,1,9\n"
                       "2026-03-01,-1,9,9,9,1,9\n"),
              OK);
    CHECK(has(&out, "{\"line\":2,\"input\":{\"time\":\"2026-03-01\"},"
                    "\"kind\":\"aqi_day\",\"outcome\":\"given\""));
    CHECK(has(&out, "\"rating\":58"));
    CHECK(has(&out, "\"step_zh\":"));
    CHECK(has(&out, "\"outcome\":\"refused\"}\n"));
    clean();
}

TEST(a_table_that_is_none_is_refused_whole)
{
    CHECK_INT(run("aqi-day", ""), ERR_INVALID);
    CHECK(memmem(messages.at, messages.len, "is empty", 8) != NULL);
    CHECK_INT(run("aqi-day", "time;PM2.5\n2026-03-01;1\n"), ERR_INVALID);
    CHECK(memmem(messages.at, messages.len, "semicolons", 10) != NULL);
    CHECK_INT(run("aqi-day", "PM2.5\n1\n"), ERR_INVALID);
    CHECK_INT(run("aqi-day", "time,name\n2026-03-01,x\n"), ERR_INVALID);
    CHECK_INT(run("aqi-day", "time,date,PM10\n"), ERR_INVALID);
    CHECK_INT(run("outlet", "time,w01018\n2026-03-01,1\n"), OK);
    CHECK(has(&out, ",insufficient,"));           /* there is no limit */
    CHECK_INT(run("aqi-day", "time,PM10\n"), OK); /* empty is fine */
    CHECK_INT(result.rows, 0);
    clean();
}

TEST(a_formula_in_a_name_does_not_reach_a_spreadsheet)
{
    CHECK_INT(run("aqi-day", "time,name,PM10\n2026-03-01,=1+1,3\n"), OK);
    CHECK(has(&out, "'=1+1"));
    clean();
}
