/* The water assessments as tables: what they refuse, and how they gather. */
#include "assess/filter/filter.h"
#include "base/test.h"

enum { ROOM = 1 << 20 };

static struct buf in, out, messages;

static bool keep(struct filter_sink *sink)
{
    return !sink->out->full;
}

/* Judges a table, with --period when that is not NULL. */
static struct engine_counts judge(const char *name, const char *period,
                                  const char *table)
{
    struct filter_options options = {
        .assessment = assessment_find(span_of(name)), .quiet = true};
    struct filter_sink sink = {&out, &messages, keep};
    struct engine_counts counts;

    if (period)
        options.given[options.given_count++] =
            (struct filter_option){SPAN("period"), span_of(period)};
    buf_done(&in);
    buf_done(&out);
    buf_done(&messages);
    buf_init(&in, ROOM);
    buf_init(&out, ROOM);
    buf_init(&messages, ROOM);
    buf_text(&in, table);
    CHECK_INT(filter_run(&options, &in, &sink, &counts), OK);
    buf_char(&out, '\0');
    buf_char(&messages, '\0');
    return counts;
}

static bool says(const struct buf *b, const char *part)
{
    return strstr(b->at, part) != NULL;
}

TEST(a_section_is_rated_by_month_quarter_or_year_and_nothing_else)
{
    static const char table[] = "section,time,w21003\n"
                                "A,2026-01-05,0.4\n"
                                "A,2026-02-05,0.6\n"
                                "A,2026-02-06,-1\n";

    CHECK_INT(judge("water-period", NULL, table).judged, 2);
    CHECK_INT(judge("water-period", "quarter", table).judged, 1);
    CHECK(says(&out, "Ⅱ类"));
    CHECK_INT(judge("water-period", "year", table).judged, 0);
    CHECK(says(&out, "至少需要 6 次"));
    CHECK_INT(judge("water-period", "half_year", table).judged, 0);
    CHECK(says(&messages, "use one of"));
}

TEST(a_basin_refuses_what_is_no_class_and_a_section_twice)
{
    struct engine_counts counts =
        judge("water-basin", NULL,
              "basin,section,time,class\n"
              "R,a,2026-10-01,I\nR,b,2026-10-01,II\nR,c,2026-10-01,>V\n"
              "R,d,2026-10-01,劣Ⅴ\nR,e,2026-10-01,3\nR,f,2026-10-01,VI\n"
              "R,a,2026-10-01,I\n");

    CHECK_INT(counts.judged, 1);
    CHECK_INT(counts.refused, 2);
    CHECK(says(&messages, "is no class"));
    CHECK(says(&messages, "the section is there already"));
    CHECK(says(&out, "5 个断面中 Ⅰ–Ⅲ类 3 个(60.0 %),劣Ⅴ类 2 个(40.0 %)"));
}

/* Five years of an item that rises or falls from year to year. */
static void trend_of(const char *item, bool rising, const char *better)
{
    struct buf table;

    buf_init(&table, ROOM);
    buf_text(&table, "section,item,year,value,better\n");
    for (int i = 0; i < 5; i++)
        buf_printf(&table, "A,%s,%d,%d,%s\n", item, 2018 + i,
                   rising ? 10 + i : 20 - i, better);
    CHECK_INT(judge("trend", NULL, table.at).judged, 1);
    buf_done(&table);
}

TEST(a_trend_is_good_or_bad_by_its_item)
{
    static const struct {
        const char *item, *better, *rises, *falls, *edition;
    } cases[] = {
        {"氨氮", "", "显著上升,变差", "显著下降,变好", "环办〔2011〕22号"},
        {"w01009", "", "显著上升,变好", "显著下降,变差", "环办〔2011〕22号"},
        {"透明度", "", "显著上升,变好", "显著下降,变差", "环办〔2011〕22号"},
        {"pH", "", "显著上升(", "显著下降(", "环办〔2011〕22号"},
        {"PM2.5", "", "显著上升,变差", "显著下降,变好", "HJ 663-2013"},
        {"anything", "", "显著上升,变差", "显著下降,变好", "HJ 663-2013"},
        {"氨氮", "higher", "显著上升,变好", "显著下降,变差",
         "环办〔2011〕22号"},
        {"溶解氧", "neither", "显著上升(", "显著下降(", "环办〔2011〕22号"},
    };

    for (size_t i = 0; i < LENGTH(cases); i++) {
        trend_of(cases[i].item, true, cases[i].better);
        CHECK(says(&out, cases[i].rises));
        CHECK(says(&out, cases[i].edition));
        trend_of(cases[i].item, false, cases[i].better);
        CHECK(says(&out, cases[i].falls));
    }
}

/* Half of a limit that is not told is not 0. */
TEST(not_detected_without_a_limit_is_no_value)
{
    judge("water-section", NULL, "time,氨氮,总磷\n2026-01-03,ND,0.2\n");
    CHECK(says(&out, "Ⅲ类(良好);评价 1 项,未测 20 项"));
    judge("water-period", NULL,
          "section,time,氨氮,总磷\nA,2026-01-03,ND,0.2\n"
          "A,2026-01-04,9.0,0.2\n");
    CHECK(says(&out, "Ⅲ类(良好);评价 1 项,未测 20 项")); /* no mean of it */
    judge("water-city-index", NULL,
          "city,section,time,water_body,phase,总磷(mg/L)\n"
          "X,A,2026-10-08,river,now,ND\nY,A,2026-10-08,river,now,0.1\n");
    CHECK(!says(&out, "0.0000"));
}

/* r = 0.9 of five years is the critical value itself. */
TEST(waters_have_to_exceed_the_critical_value)
{
    judge("trend", NULL,
          "section,item,year,value\n"
          "A,氨氮,2018,1\nA,氨氮,2019,2\nA,氨氮,2020,3\nA,氨氮,2021,5\n"
          "A,氨氮,2022,4\n");
    CHECK(says(&out, "无显著变化(|r| ≤ 0.900"));
    judge("trend", NULL,
          "section,item,year,value\n"
          "A,氨氮,2018,1\nA,氨氮,2019,2\nA,氨氮,2020,3\nA,氨氮,2021,4\n"
          "A,氨氮,2022,5\n");
    CHECK(says(&out, "显著上升,变差(|r| > 0.900"));
    judge("trend", NULL,
          "city,item,year,value\n"
          "A,PM2.5,2018,1\nA,PM2.5,2019,2\nA,PM2.5,2020,3\n"
          "A,PM2.5,2021,5\nA,PM2.5,2022,4\n");
    CHECK(says(&out, "显著上升,变差(|r| ≥ 0.900"));
}

TEST(items_of_one_section_have_trends_of_their_own)
{
    CHECK_INT(judge("trend", NULL,
                    "section,item,year,value\n"
                    "A,氨氮,2018,1\nA,总磷,2018,5\nA,氨氮,2019,2\n"
                    "A,总磷,2019,4\nA,氨氮,2020,3\nA,总磷,2020,3\n"
                    "A,氨氮,2021,4\nA,总磷,2021,2\nA,氨氮,2022,5\n"
                    "A,总磷,2022,1\n")
                  .judged,
              2);
    CHECK(says(&out, "显著上升,变差"));
    CHECK(says(&out, "显著下降,变好"));
}

TEST(only_the_same_items_are_compared_where_they_are_told)
{
    static const char head[] =
        "basin,section,time,before,after,items_before,items_after\n";
    struct buf table;

    buf_init(&table, ROOM);
    buf_printf(&table, "%sR,a,2026-10-01,II,IV,氨氮;总磷,w21011;w21003\n",
               head);
    CHECK_INT(judge("water-change", NULL, table.at).judged, 1);
    buf_done(&table);
    buf_init(&table, ROOM);
    buf_printf(&table, "%sR,a,2026-10-01,II,IV,氨氮;总磷,氨氮\n", head);
    CHECK_INT(judge("water-change", NULL, table.at).judged, 0);
    CHECK(says(&messages, "differ in line 2 (总磷)"));
    buf_done(&table);
    buf_init(&table, ROOM);
    buf_printf(&table, "%sR,a,2026-10-01,II,IV,,氨氮\n", head);
    CHECK_INT(judge("water-change", NULL, table.at).judged, 0);
    buf_done(&table);
}

TEST(a_basin_without_a_usable_section_has_no_verdict)
{
    CHECK_INT(judge("water-basin", NULL,
                    "basin,section,time,class\nR,a,2026-10-01,VII\n")
                  .judged,
              0);
    CHECK(says(&messages, "is no class"));
}

TEST(a_comparison_of_unlike_things_is_refused_as_a_whole)
{
    static const char *const lines[] = {
        "R,b,2026-10-01,,II,any,any\n", "R,b,2026-10-01,II,?,any,any\n",
        "R,b,2026-10-01,II,II,wet,dry\n", "R,a,2026-10-01,II,II,any,any\n"};

    for (size_t i = 0; i < LENGTH(lines); i++) {
        struct buf table;

        buf_init(&table, ROOM);
        buf_printf(&table,
                   "basin,section,time,before,after,season_before,"
                   "season_after\nR,a,2026-10-01,II,III,any,any\n%s",
                   lines[i]);
        if (i == 0) /* an empty required cell refuses its row already */
            CHECK(judge("water-change", NULL, table.at).refused >= 1);
        else
            CHECK_INT(judge("water-change", NULL, table.at).judged, 0);
        buf_done(&table);
    }
    CHECK(says(&messages, "the same sections"));
}
