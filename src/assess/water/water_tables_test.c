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
