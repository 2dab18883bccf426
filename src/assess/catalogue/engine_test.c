#include "assess/catalogue/engine.h"

#include "assess/catalogue/cell.h"
#include "assess/catalogue/grouping.h"
#include "assess/catalogue/period.h"

#include "base/test.h"

#include <stdio.h>

/* ---- an assessment that counts ---- */

enum { SITE, DAY, PERIOD, ZONE, PH, DEEP, COUNTED };

static const struct assess_choice zones[] = {
    {"paddy", "水田", "paddy field", "rice;稻田"},
    {"other", "其他", "other", NULL},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_field fields[] = {
    [SITE] = {.name = "site_name",
              .aliases = "点位;site",
              .flags = ASSESS_KEY | ASSESS_REQUIRED,
              .zh = "点位",
              .en = "site"},
    [DAY] = {.name = "day",
             .aliases = "日期",
             .kind = ASSESS_DAY,
             .flags = ASSESS_REQUIRED,
             .zh = "日期",
             .en = "day"},
    [PERIOD] = {.name = "period",
                .kind = ASSESS_PERIOD,
                .standard = "month",
                .zh = "时段",
                .en = "period"},
    [ZONE] = {.name = "zone",
              .kind = ASSESS_CHOICE,
              .flags = ASSESS_OF_CASE,
              .standard = "other",
              .choices = zones,
              .zh = "分区",
              .en = "zone"},
    [PH] = {.name = "ph",
            .kind = ASSESS_DECIMAL,
            .flags = ASSESS_REQUIRED | ASSESS_OPTIONAL,
            .zh = "pH",
            .en = "pH"},
    [DEEP] = {.name = "depth",
              .kind = ASSESS_DECIMAL,
              .flags = ASSESS_SIGNED,
              .unit = "mg/L",
              .zh = "深",
              .en = "depth"},
    [COUNTED] = {.name = "count", .kind = ASSESS_COUNT, .zh = "数", .en = "n"},
    {.name = NULL},
};

static const struct assess_item items[] = {
    {.code = "w20115", .name_zh = "总镉", .name_en = "cadmium", .unit = "mg/L"},
    {.code = "cas:71-43-2",
     .name_zh = "苯",
     .name_en = "benzene",
     .unit = "ug/L",
     .aliases = "安息油;bz"},
    {.code = "w01005",
     .name_zh = "嗅和味",
     .name_en = "odour",
     .may_be_text = true},
    {.code = "w01010",
     .name_zh = "水温",
     .name_en = "temperature",
     .may_be_negative = true},
};

static const struct assess_item *item_at(size_t index)
{
    return index < LENGTH(items) ? &items[index] : NULL;
}

/* What the judge saw, one line a case. */
static char seen[4096];

static void judge(const struct assess_case *c)
{
    struct verdict v = verdict_no_edition(VERDICT_OUTLET, CADENCE_DAY, "", "");
    size_t len = strlen(seen), values = 0;

    for (size_t i = 0; i < c->count; i++)
        values += c->records[i].value_count;
    snprintf(seen + len, sizeof(seen) - len, "%d-%d n=%zu v=%zu z=%d\n",
             c->from_day, c->to_day, c->count, values,
             c->records[0].cell[ZONE].choice);
    if (c->records[0].cell[PH].given &&
        decimal_compare(c->records[0].cell[PH].number, DECIMAL(14, 0)) > 0) {
        assess_refuse(c, &c->records[0], SPAN("ph"), "过大", "too large");
        if (c->count == 1)
            return;
    }
    v.outcome = VERDICT_GIVEN;
    v.rating = (int)c->count;
    assess_give(c, NULL, &v);
}

static struct assessment counting = {
    .name = "counting",
    .fields = fields,
    .has_items = true,
    .item_at = item_at,
    .judge = judge,
};

/* ---- running it ---- */

static char rows[8192], problems[8192];
static size_t stop_after;

static bool put_row(struct engine_sink *sink, const struct engine_row *row)
{
    size_t len = strlen(rows);

    (void)sink;
    snprintf(rows + len, sizeof(rows) - len, "%d %.*s %s\n", row->line,
             SPAN_ARG(row->cells[0]), row->verdict ? "given" : "refused");
    return stop_after == 0 || --stop_after > 0;
}

static void put_problem(struct engine_sink *sink,
                        const struct engine_problem *p)
{
    size_t len = strlen(problems);

    (void)sink;
    CHECK(p->reason_zh && *p->reason_zh && p->reason_en && *p->reason_en);
    snprintf(problems + len, sizeof(problems) - len, "%s%d|%.*s|%.*s|%s\n",
             p->note ? "note " : "", p->line, SPAN_ARG(p->column),
             SPAN_ARG(p->value), p->reason_en);
}

static struct engine_counts counts;

/* A table as text: cells by commas, rows by line ends. */
static enum err run(const char *text, const char *option)
{
    struct engine_sink sink = {put_row, put_problem, NULL};
    struct engine *e = engine_new(&counting, &sink);
    struct span rest = span_of(text), names[32], cells[32];
    size_t count = 0;
    enum err err = OK;

    *rows = *problems = *seen = '\0';
    if (option) {
        struct span o = span_of(option);
        struct span field = span_take(&o, '=');

        err = engine_option(e, field, o);
    }
    for (int line = 1; rest.len && !err; line++) {
        struct span row = span_take(&rest, '\n');

        bool more = true;

        for (count = 0; more; count++) {
            more = span_find(row, ',') < row.len;
            cells[count] = span_take(&row, ',');
        }
        if (line == 1) {
            memcpy(names, cells, sizeof(names));
            err = engine_columns(e, names, count, 1);
        } else {
            err = engine_row(e, line, cells, count);
        }
    }
    if (!err)
        err = engine_end(e);
    counts = engine_counts(e);
    engine_free(e);
    return err;
}

static bool said(const char *part)
{
    return strstr(problems, part) != NULL;
}

TEST(days_are_gathered_into_months_by_site)
{
    CHECK_INT(run("site_name,day,ph,w20115\n"
                  "A,2026-01-31,7,1\n"
                  "B,2026-01-01,7,1\n"
                  "A,20260201,7,1\n"
                  "A,2026/1/2,7,1\n",
                  NULL),
              OK);
    CHECK_TEXT(seen, "20260101-20260131 n=2 v=2 z=1\n"
                     "20260101-20260131 n=1 v=1 z=1\n"
                     "20260201-20260228 n=1 v=1 z=1\n");
    CHECK_TEXT(rows, "2 A given\n3 B given\n4 A given\n");
    CHECK_TEXT(problems, "");
    CHECK_INT(counts.judged, 3);
}

TEST(the_period_may_be_an_option_or_a_column)
{
    CHECK_INT(run("site_name,day,ph,w20115\nA,2026-01-31,7,1\n"
                  "A,2026-12-01,7,1\n",
                  "period=year"),
              OK);
    CHECK_TEXT(seen, "20260101-20261231 n=2 v=2 z=1\n");
    CHECK_INT(run("site_name,day,ph,w20115\nA,2026-01-31,7,1\n"
                  "A,2026-12-01,7,1\n",
                  "period=全部"),
              OK);
    CHECK_TEXT(seen, "20260131-20261201 n=2 v=2 z=1\n");
    CHECK_INT(run("site_name,day,period,ph,w20115\nA,2026-01-31,季,7,1\n"
                  "A,2026-03-01,quarter,7,1\nA,2026-03-01,半年,7,1\n",
                  NULL),
              OK);
    CHECK_TEXT(seen, "20260101-20260331 n=2 v=2 z=1\n"
                     "20260101-20260630 n=1 v=1 z=1\n");
    CHECK_INT(run("site_name,day,ph,w20115\n", "period=week"), ERR_INVALID);
    CHECK(said("0|period|week|unknown: write one of day, month, quarter, "
               "half_year, year, all"));
    CHECK_INT(run("site_name,day,ph,w20115\n", "weather=wet"), ERR_NOT_FOUND);
}

TEST(a_bad_record_leaves_its_case)
{
    CHECK_INT(run("site_name,day,ph,w20115\n"
                  "A,2026-01-01,7,1\n"
                  "A,2026-01-02,7,-1\n"
                  "A,2026-01-03,7,1,9\n"
                  "A,2026-01-32,7,1\n"
                  ",2026-01-04,7,1\n"
                  "A,2026-01-05,,1\n",
                  NULL),
              OK);
    CHECK_TEXT(seen, "20260101-20260131 n=2 v=2 z=1\n");
    CHECK(said("3|w20115|-1|negative"));
    CHECK(said("4|(row)||another number of fields"));
    CHECK(said("5|day|2026-01-32|not a date"));
    CHECK(said("6|site_name||needed, and empty"));
    CHECK_INT(counts.problems, 4);
    CHECK_INT(counts.refused, 4);
    CHECK_INT(counts.judged, 1);
}

TEST(what_belongs_to_the_case_is_the_same_in_it)
{
    CHECK_INT(run("site_name,day,ph,zone,w20115\n"
                  "A,2026-01-01,7,水田,1\n"
                  "A,2026-01-02,7,RICE,1\n"
                  "A,2026-01-03,7,,1\n"
                  "A,2026-01-04,7,sea,1\n",
                  NULL),
              OK);
    CHECK_TEXT(seen, "20260101-20260131 n=2 v=2 z=0\n");
    CHECK(said("4|zone|other|differs from the first row"));
    CHECK(said("5|zone|sea|unknown: write one of paddy, other"));
}

TEST(the_assessment_refuses_what_only_it_can_know)
{
    CHECK_INT(run("site_name,day,ph,w20115\nA,2026-01-01,15,1\n"
                  "B,2026-01-01,15,1\nB,2026-01-02,7,1\n",
                  NULL),
              OK);
    CHECK_TEXT(rows, "2 A refused\n3 B refused\n3 B given\n");
    CHECK(said("2|ph|15|too large") && said("3|ph|15|too large"));
}

TEST(names_lead_to_items)
{
    static const char *const names[] = {
        "w20115",
        "W20115",
        "总镉",
        "镉",
        "Cadmium",
        "benzene",
        "cas:71-43-2",
        "71-43-2",
        "安息油(mg/L)",
        "BZ[ug/L]",
        "苯\uff08ug/L\uff09",
    };

    for (size_t i = 0; i < LENGTH(names); i++) {
        char text[256];

        snprintf(text, sizeof(text), "site,日期,ph,%s\nA,2026-01-01,7,1\n",
                 names[i]);
        CHECK_INT(run(text, NULL), OK);
        CHECK_TEXT(seen, "20260101-20260131 n=1 v=1 z=1\n");
    }
    CHECK_INT(run("site,day,ph,cadmium,w99999,氨氮,remark\n"
                  "A,2026-01-01,7,1,1,1,1\n",
                  NULL),
              OK);
    CHECK(said("1|w99999||unknown code"));
    CHECK(said("note 1|氨氮||no item of this assessment"));
    CHECK(!said("remark"));
}

TEST(units_are_exact_or_refused)
{
    CHECK_INT(run("site,day,ph,benzene(mg/L),cadmium(ppb),depth(g/L)\n"
                  "A,2026-01-01,7,0.01,1,1\n",
                  NULL),
              OK);
    CHECK(said("2|cadmium(ppb)|1|wrong unit"));
    CHECK_INT(
        run("site,day,ph,depth(acre),cadmium\nA,2026-01-01,7,-1,1\n", NULL),
        OK);
    CHECK(said("2|depth(acre)|-1|unknown unit"));
}

TEST(a_long_table_makes_records_of_its_rows)
{
    CHECK_INT(run("site,day,ph,item,value,unit\n"
                  "A,2026-01-01,7,总镉,1,ug/L\n"
                  "B,2026-01-01,7,总镉,1,\n"
                  "A,2026-01-01,7,苯,1,\n"
                  "A,2026-01-01,7,苯,2,\n"
                  "B,2026-01-01,7,gold,2,\n"
                  "B,2026-01-01,7,氨氮,2,\n",
                  NULL),
              OK);
    CHECK_TEXT(seen, "20260101-20260131 n=1 v=1 z=1\n");
    CHECK(said("5|value|2|the item comes twice"));
    CHECK(said("6|item|gold|unknown code"));
    CHECK(said("note 7|item|氨氮|no item of this assessment"));
    CHECK_TEXT(rows, "2 A refused\n3 B given\n");
}

TEST(a_table_needs_its_columns)
{
    CHECK_INT(run("day,ph,w20115\n", NULL), ERR_INVALID);
    CHECK(said("1|site_name||this column (or option) is needed"));
    CHECK_INT(run("day,ph,w20115\n", "site=A"), OK);
    CHECK_INT(run("site,day,ph,note\n", NULL), ERR_INVALID);
    CHECK(said("no column is an item"));
    CHECK_INT(run("site,点位,day,ph,w20115\n", NULL), ERR_INVALID);
    CHECK(said("1|点位||two columns mean the same field"));
}

TEST(the_reader_may_stop)
{
    stop_after = 1;
    CHECK_INT(
        run("site,day,ph,w20115\nA,2026-01-01,7,1\nB,2026-01-01,7,1\n", NULL),
        ERR_IO);
    CHECK_TEXT(rows, "2 A given\n");
    stop_after = 0;
}

TEST(without_keys_every_record_is_a_case)
{
    static const struct assess_field plain[] = {
        [SITE] = {.name = "site", .zh = "点位", .en = "site"},
        [DAY] = {.name = "day", .kind = ASSESS_DAY, .zh = "日", .en = "day"},
        [PERIOD] = {.name = "loud",
                    .kind = ASSESS_YES,
                    .standard = "no",
                    .zh = "响",
                    .en = "loud"},
        [ZONE] = {.name = "zone",
                  .kind = ASSESS_CHOICE,
                  .choices = zones,
                  .standard = "other",
                  .zh = "区",
                  .en = "zone"},
        [PH] = {.name = "ph", .kind = ASSESS_DECIMAL, .zh = "pH", .en = "pH"},
        {.name = NULL},
    };

    counting.fields = plain;
    CHECK(!engine_gathers(&counting));
    CHECK_INT(
        run("site,loud,w20115\nA,yes,1\nA,否,1\nA,loud,1\nA,,NaN\n", NULL), OK);
    CHECK_TEXT(seen, "0-0 n=1 v=1 z=1\n0-0 n=1 v=1 z=1\n0-0 n=1 v=0 z=1\n");
    CHECK(said("4|loud|loud|write yes or no"));
    CHECK(said("note 5|w20115|NaN|no value"));
    counting.kept_is_key = true;
    CHECK_INT(run("lot,site,w20115\n1,A,1\n2,B,1\n1,C,1\n", NULL), OK);
    CHECK_TEXT(seen, "0-0 n=2 v=2 z=1\n0-0 n=1 v=1 z=1\n");
    counting.kept_is_key = false;
    counting.fields = fields;
}

/* ---- cells ---- */

TEST(a_value_may_be_below_detection_or_an_answer)
{
    const struct {
        const char *text;
        const struct assess_item *item;
        bool good, below;
        int is, mantissa;
    } cases[] = {
        {"0.5", &items[0], true, false, ASSESS_NUMBER, 5},
        {"<0.5", &items[0], true, true, ASSESS_NUMBER, 5},
        {"\uff1c 0.5", &items[0], true, true, ASSESS_NUMBER, 5},
        {"0.5L", &items[0], true, true, ASSESS_NUMBER, 5},
        {"ND<0.5", &items[0], true, true, ASSESS_NUMBER, 5},
        {"nd (0.5)", &items[0], true, true, ASSESS_NUMBER, 5},
        {"未检出\uff080.5\uff09", &items[0], true, true, ASSESS_NUMBER, 5},
        {"未检出(<0.5)", &items[0], true, true, ASSESS_NUMBER, 5},
        {"ND", &items[0], true, true, ASSESS_NOT_DETECTED, 0},
        {"未检出", &items[0], true, true, ASSESS_NOT_DETECTED, 0},
        {"not detected", &items[0], true, true, ASSESS_NOT_DETECTED, 0},
        {"NDx", &items[0], false, true, 0, 0},
        {"<-0.5", &items[3], false, true, 0, 0},
        {"-5", &items[3], true, false, ASSESS_NUMBER, -5},
        {"-5", &items[0], false, false, 0, 0},
        {"无", &items[0], false, false, 0, 0},
        {"无", &items[2], true, false, ASSESS_NONE, 0},
        {"present", &items[2], true, false, ASSESS_PRESENT, 0},
        {"有", &items[2], true, false, ASSESS_PRESENT, 0},
        {"L", &items[0], false, false, 0, 0},
        {"1L2", &items[0], false, false, 0, 0},
    };

    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct assess_value v = {.item = cases[i].item};
        struct reason why;
        bool good = cell_read_value(span_of(cases[i].text), SPAN(""), &v, &why);

        if (good != cases[i].good)
            fprintf(stderr, "%s\n", cases[i].text);
        CHECK_INT(good, cases[i].good);
        if (!good)
            continue;
        CHECK_INT(v.below_detection, cases[i].below);
        CHECK_INT((int)v.is, cases[i].is);
        CHECK_INT(v.value.mantissa, cases[i].mantissa);
    }
}

TEST(a_field_is_read_by_its_kind)
{
    const struct {
        int field;
        const char *text;
        bool good;
    } cases[] = {
        {COUNTED, "12", true},   {COUNTED, "12.00", true},
        {COUNTED, "1.5", false}, {COUNTED, "-1", false},
        {DEEP, "-1.5", true},    {PH, "-1.5", false},
        {PH, "7..5", false},     {ZONE, "稻田", true},
        {ZONE, "PADDY", true},   {ZONE, "p", false},
    };
    struct arena arena;

    arena_init(&arena);
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct assess_cell cell;
        struct reason why;

        CHECK_INT(cell_read(&fields[cases[i].field], span_of(cases[i].text),
                            SPAN(""), &arena, &cell, &why),
                  cases[i].good);
    }
    arena_done(&arena);
}

TEST(a_text_has_its_length)
{
    char text[CELL_TEXT_MAX + 2];
    struct assess_cell cell;
    struct reason why;
    struct arena arena;

    memset(text, 'x', sizeof(text));
    arena_init(&arena);
    CHECK(cell_read(&fields[SITE], (struct span){text, CELL_TEXT_MAX}, SPAN(""),
                    &arena, &cell, &why));
    CHECK(!cell_read(&fields[SITE], (struct span){text, CELL_TEXT_MAX + 1},
                     SPAN(""), &arena, &cell, &why));
    arena_done(&arena);
}

TEST(a_time_is_a_moment_and_a_day)
{
    const struct {
        const char *text;
        int day;
        int64_t second; /* of the day */
    } cases[] = {
        {"2020-02-29", 20200229, 0},
        {"2020-02-29T08:30", 20200229, 30600},
        {"2020/2/29 8:30", 20200229, 30600},
        {"2020/02/29", 20200229, 0},
        {"20200229", 20200229, 0},
        {"2020022908", 20200229, 8 * 3600},
        {"202002290830", 20200229, 30600},
        {"20200229083015", 20200229, 30615},
        {"2021-02-29", 0, 0},
        {"2020022", 0, 0},
        {"2020022924", 0, 0},
        {"2020/2", 0, 0},
        {"2020/2/29 8:xx", 0, 0},
        {"1899-12-31", 0, 0},
        {"day", 0, 0},
    };
    struct arena arena;

    arena_init(&arena);
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct assess_cell cell;
        struct reason why;
        bool good = cell_read(&fields[DAY], span_of(cases[i].text), SPAN(""),
                              &arena, &cell, &why);
        int64_t start;

        CHECK_INT(good, cases[i].day != 0);
        if (!good)
            continue;
        CHECK_INT(cell.day, cases[i].day);
        CHECK_INT(civil_day_start(cell.day, &start), OK);
        CHECK_INT(cell.start_s - start, cases[i].second);
    }
    arena_done(&arena);
}

TEST(periods_follow_the_calendar)
{
    const struct {
        int period, day, from, to;
    } cases[] = {
        {ASSESS_EACH_DAY, 20240229, 20240229, 20240229},
        {ASSESS_EACH_MONTH, 20240215, 20240201, 20240229},
        {ASSESS_EACH_MONTH, 21000215, 21000201, 21000228},
        {ASSESS_EACH_QUARTER, 20260401, 20260401, 20260630},
        {ASSESS_EACH_QUARTER, 20260331, 20260101, 20260331},
        {ASSESS_EACH_HALF_YEAR, 20260701, 20260701, 20261231},
        {ASSESS_EACH_YEAR, 20261231, 20260101, 20261231},
        {ASSESS_ALL_DAYS, 20261231, 20261231, 20270101},
    };

    for (size_t i = 0; i < LENGTH(cases); i++) {
        int from = cases[i].day, to = 20270101;

        period_days(cases[i].period, &from, &to);
        CHECK_INT(from, cases[i].from);
        CHECK_INT(to, cases[i].to);
    }
}

TEST(groups_keep_the_order_of_their_first)
{
    struct grouping g;
    size_t count = 0;

    grouping_init(&g);
    for (size_t i = 0; i < 3000; i++) {
        char key[16];
        int len = snprintf(key, sizeof(key), "%zu", i % 1000);

        grouping_add(&g, (struct span){key, (size_t)len});
    }
    CHECK_INT(g.count, 1000);
    for (size_t k = 0; k < g.count; k++) {
        CHECK_INT(g.groups[k].first, k);
        CHECK_INT(g.groups[k].count, 3);
        for (size_t i = g.groups[k].first; i != GROUPING_END; i = g.next[i])
            count += i % 1000 == k;
    }
    CHECK_INT(count, 3000);
    grouping_done(&g);
}
