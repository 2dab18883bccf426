/* The assessments of air, and of trends, as a person uses them: tables in,
 * tables out. */
#include "assess/filter/filter.h"

#include "base/test.h"

#include <stdio.h>

enum { ROOM = 1 << 22 };

static struct buf input, out, messages;
static struct engine_counts counts;

static bool keep(struct filter_sink *sink)
{
    return !sink->out->full;
}

/* Runs a table through an assessment, as JSON with its steps. */
static void run(const char *name, const char *table)
{
    struct filter_options options = {
        .assessment = assessment_find(span_of(name)),
        .json = true,
        .explain = true,
    };
    struct filter_sink sink = {&out, &messages, keep};

    buf_init(&input, ROOM);
    buf_init(&out, ROOM);
    buf_init(&messages, ROOM);
    buf_add(&input, span_of(table));
    CHECK_INT(filter_run(&options, &input, &sink, &counts), OK);
    buf_char(&out, '\0');
    buf_char(&messages, '\0');
}

static void done(void)
{
    buf_done(&input);
    buf_done(&out);
    buf_done(&messages);
}

static bool says(const struct buf *b, const char *part)
{
    if (b->len && strstr(b->at, part))
        return true;
    fprintf(stderr, "no \"%s\" in\n%.*s\n", part, 3000, b->at);
    return false;
}

TEST(a_day_given_twice_is_counted_once)
{
    run("air-period", "city,date,period,SO2,NO2,CO,O3,PM10,PM2.5\n"
                      "A,2025-10-01,day,6,25,0.6,139,78,75\n"
                      "A,2025-10-01,day,7,31,0.7,120,60,90\n");
    CHECK_INT(counts.judged, 1);
    CHECK_INT(counts.refused, 1);
    CHECK(says(&messages, "the day has a row already"));
    CHECK(says(&out, "\"rating\":0"));
    done();
}

TEST(half_of_a_detection_limit_takes_part_and_a_bare_nd_does_not)
{
    run("air-period", "city,date,period,SO2,NO2,CO,O3,O3_1h,PM10,PM2.5\n"
                      "A,2025-10-01,day,<4,25,0.6,139,<2,78,75\n"
                      "B,2025-10-01,day,ND,25,0.6,139,150,78,75\n");
    CHECK(says(&out, "\"value\":\"2\""));
    CHECK_INT(counts.judged, 1);
    CHECK(says(&messages, "not detected, and below what is not told"));
    done();
}

TEST(a_table_can_ask_for_another_edition)
{
    run("air-period", "city,date,period,limits,SO2,NO2,CO,O3,PM10,PM2.5\n"
                      "A,2026-10-01,day,last-day,6,25,0.6,139,78,61\n"
                      "B,2026-10-01,day,first-day,6,25,0.6,139,78,61\n"
                      "C,2026-10-01,day,2012,6,25,0.6,139,78,61\n"
                      "D,2025-10-01,day,2026,6,25,0.6,139,78,61\n"
                      "E,2025-10-01,day,2031,6,25,0.6,139,78,51\n");
    CHECK_INT(counts.judged, 5);
    CHECK(says(&out, "GB 3095-2012 (2018 amendment)"));
    CHECK(says(&out, "GB 3095-2026 (transition)"));
    CHECK(says(&out, "GB 3095-2026 (final)"));
    done();
}

TEST(a_group_ranks_its_cities_under_all_their_names)
{
    run("air-ranking", "city,date,incomplete,group,SO2,NO2,CO,O3,PM10,PM2.5\n"
                       "成都市,2025-10-01,yes,key-168,6,25,0.6,139,78,41\n"
                       "510100,2025-10-02,yes,key-168,6,25,0.6,139,78,41\n"
                       "510100,2025-10-02,yes,key-168,6,25,0.6,139,78,41\n"
                       "阿坝州,2025-10-01,yes,key-168,6,25,0.6,139,78,41\n"
                       "绵阳,2025-10-01,yes,key-168,5,22,0.6,110,55,30\n"
                       "绵阳,2025-11-01,yes,key-168,5,22,0.6,110,55,60\n");
    CHECK_INT(counts.judged, 3); /* two in October, one in November */
    CHECK_INT(counts.refused, 1);
    CHECK(says(&out, "第 2 名(共 2 城)"));
    CHECK(says(&out, "较上期"));
    done();
    run("air-ranking", "city,date,group,SO2,NO2,CO,O3,PM10,PM2.5\n"
                       "北京,2025-10-01,key-168,6,25,0.6,139,78,41\n");
    CHECK_INT(counts.judged, 0);
    CHECK(says(&messages, "no row belongs to the group"));
    done();
}

TEST(a_year_before_is_compared_when_the_table_has_it)
{
    run("air-ranking", "city,date,incomplete,period,SO2,NO2,CO,O3,PM10,PM2.5\n"
                       "A,2024-05-01,yes,quarter,6,25,0.6,139,78,41\n"
                       "A,2025-05-01,yes,quarter,6,25,0.6,139,78,30\n"
                       "A,2025-05-01,yes,year,6,25,0.6,139,78,30\n");
    CHECK_INT(counts.judged, 3);
    CHECK(says(&out, "change_year"));
    CHECK(says(&out, "\"from\":20250401"));
    done();
}

TEST(a_city_of_an_hour_and_of_a_day)
{
    run("air-city", "city,station,time,of,role,stations,PM2.5,PM10,SO2,NO2,CO,"
                    "O3\n"
                    "A,1,2026-11-24,day,评价点,2,60,77,6,25,0.6,161\n"
                    "A,2,2026-11-24,day,对照点,2,71,90,8,31,0.8,35\n"
                    "B,1,2026-11-24T08:00,hour,评价点,,60,77,6,25,0.6,161\n"
                    "B,2,2026-11-24T08:00,hour,评价点,,ND,77,6,25,0.6,161\n");
    CHECK_INT(counts.judged, 2);
    CHECK(says(&out, "\"rating\":101")); /* 8 h: above 160 */
    CHECK(says(&out, "valid 1/2"));
    CHECK(says(&out, "\"confidence\":\"medium\"")); /* share of 2026 */
    done();
}

TEST(what_cannot_be_converted_is_refused)
{
    run("air-standard-state", "site,decimals,SO2,PM2.5\n"
                              "A,3,100,35\n"
                              "B,10,100,35\n"
                              "C,2,<5,35\n"
                              "D,2,,\n");
    CHECK_INT(counts.judged, 1);
    CHECK(says(&out, "100 × 273.15/298.15 = 91.615"));
    CHECK(says(&out, "气体 1 项换算到 298.15 K"));
    CHECK(says(&out, "颗粒物 1 项不换算"));
    CHECK(says(&out, "1 of 2 items are gases, now at 298.15 K"));
    CHECK(says(&messages, "at most nine decimals"));
    CHECK(says(&messages, "not a number that can be converted"));
    done();
}

TEST(three_years_must_follow_each_other)
{
    run("air-three-years", "city,date,SO2,NO2,CO,O3,PM10,PM2.5\n"
                           "A,2025-01-01,6,25,0.9,150,58,36\n"
                           "A,2026-01-01,6,24,0.9,155,55,33\n"
                           "A,2028-01-01,5,22,0.8,152,50,30\n"
                           "B,2025-01-01,6,25,0.9,150,58,30\n"
                           "B,2027-05-01,6,24,0.9,155,55,30\n"
                           "B,2026-01-01,5,22,0.8,152,50,30\n"
                           "B,2028-01-01,5,22,0.8,152,50,30\n");
    CHECK_INT(counts.judged, 2);
    CHECK(says(&messages, "no three years in a row"));
    CHECK(says(&out, "2026–2028 三年均值达标"));
    done();
}

/* ---- trend ---- */

TEST(years_that_fall_rise_or_do_neither)
{
    run("trend", "site,year,value,better\n"
                 "A,2016,63,lower\nA,2017,56,lower\nA,2018,51,lower\n"
                 "A,2019,43,lower\nA,2020,41,lower\n"
                 "B,2016,6,higher\nB,2017,7,higher\nB,2018,8,higher\n"
                 "B,2019,9,higher\nB,2020,10,higher\n"
                 "C,2020,6,lower\nC,2016,7,lower\nC,2018,<8,lower\n"
                 "C,2017,9L,lower\nC,2019,6,lower\n"
                 "D,2016,1,higher\nD,2017,2,higher\nD,2018,3,higher\n"
                 "D,2019,4,higher\n"
                 "E,2016,9,higher\nE,2017,8,higher\nE,2018,7,higher\n"
                 "E,2019,6,higher\nE,2020,5,higher\n");
    CHECK(says(&out, "显著下降,变好"));
    CHECK(says(&out, "显著上升,变好"));
    CHECK(says(&out, "no significant trend"));
    CHECK(says(&out, "2 below detection at half the limit"));
    CHECK(says(&out, "fewer than five values"));
    CHECK(says(&out, "显著下降,变差"));
    CHECK_INT(counts.judged, 4);
    done();
}

TEST(bad_values_of_a_trend_are_named)
{
    run("trend", "site,year,value\n"
                 "A,2016,63\nA,2016,64\nA,2017,many\nA,2018,\nA,2019,<-1\n"
                 "A,2020,41\n");
    CHECK(says(&messages, "the time has a value already"));
    CHECK(says(&messages, "neither a number nor"));
    CHECK_INT(counts.judged, 0);
    done();
}

TEST(seasons_have_their_own_test)
{
    run("trend", "site,year,season,value\n"
                 "A,1,1,5\nA,2,1,6\nA,3,1,7\nA,4,1,6\nA,5,1,8\n"
                 "A,1,2,15\nA,2,2,14\nA,3,2,17\nA,4,2,18\nA,5,2,18\n"
                 "A,1,3,22\nA,2,3,25\nA,3,3,24\nA,4,3,27\nA,5,3,28\n"
                 "A,1,4,9\nA,2,4,9\nA,3,4,8\nA,4,4,11\nA,5,4,12\n"
                 "B,1,1,5\nB,2,1,6\n"
                 "C,1.5,1,5\nC,2.5,1,6\n"
                 "D,1,1,5\nD,2,,6\n"
                 "E,1,99,5\nE,900,1,6\nE,1,1,6\n");
    CHECK(says(&out, "S = 27, variance 63.67, Z = 3.2585"));
    CHECK(says(&out, "with covariance 175.00, Z = 1.9654"));
    CHECK(says(&out, "显著上升,变差"));
    CHECK(says(&out, "fewer than five periods"));
    CHECK(says(&out, "times are whole numbers"));
    CHECK(says(&out, "a row has no season"));
    CHECK(says(&messages, "too large a number of a season"));
    CHECK_INT(counts.judged, 1);
    done();
}
