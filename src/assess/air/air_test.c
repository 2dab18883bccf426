#include "assess/air/air_city.h"
#include "assess/air/air_period.h"
#include "assess/air/air_ranking.h"
#include "assess/air/air_state.h"
#include "assess/air/air_three_years.h"

#include "base/test.h"

static struct arena arena;

static struct decimal number(const char *text)
{
    struct decimal d;

    CHECK_INT(decimal_parse(span_of(text), &d), OK);
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
                                          const char *code, const char *period)
{
    for (size_t i = 0; i < v->item_count; i++) {
        if (strcmp(v->items[i].factor, code) == 0 &&
            (!period || strcmp(v->items[i].period, period) == 0))
            return &v->items[i];
    }
    print_error("no item %s %s\n", code, period ? period : "");
    abort();
}

/* ---- a year of days in which a test changes what it is about ---- */

struct year {
    struct air_day days[366];
    int n;
    struct air_question q;
    struct verdict v;
};

static int days_of_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return days[month - 1] + (month == 2 && year % 4 == 0);
}

static void set(struct air_day *day, enum air_pollutant p, struct decimal value)
{
    day->of[p].known = true;
    day->of[p].value = value;
}

static struct year *clean_year(int year)
{
    static const int clean[AIR_BASIC_COUNT] = {
        [AIR_SO2] = 10, [AIR_NO2] = 20,  [AIR_CO] = 1,
        [AIR_O3] = 80,  [AIR_PM10] = 30, [AIR_PM25] = 20};
    struct year *y = arena_new(&arena, 1, sizeof(*y));

    y->q = (struct air_question){.period = AIR_YEAR,
                                 .from_day = year * 10000 + 101,
                                 .to_day = year * 10000 + 1231,
                                 .rules_day = year * 10000 + 1231,
                                 .class = 2};
    for (int month = 1; month <= 12; month++) {
        for (int day = 1; day <= days_of_month(year, month); day++) {
            struct air_day *d = &y->days[y->n++];

            d->day = year * 10000 + month * 100 + day;
            for (int p = 0; p < AIR_BASIC_COUNT; p++)
                set(d, (enum air_pollutant)p, DECIMAL(clean[p], 0));
        }
    }
    return y;
}

static const struct verdict *judge(struct year *y)
{
    air_period_judge(&y->q, y->days, (size_t)y->n, &arena, &y->v);
    return &y->v;
}

static void set_all(struct year *y, enum air_pollutant p, const char *value)
{
    for (int i = 0; i < y->n; i++)
        set(&y->days[i], p, number(value));
}

/* ---- limits ---- */

TEST(limits_follow_the_day_and_the_class)
{
    const struct {
        enum air_pollutant p;
        const char *term;
        int class, day;
        const char *limit;
    } cases[] = {
        {AIR_PM25, "annual", 2, 20160101, "35"},
        {AIR_PM25, "annual", 2, 20260228, "35"},
        {AIR_PM25, "annual", 2, 20260301, "30"},
        {AIR_PM25, "annual", 2, 20301231, "30"},
        {AIR_PM25, "annual", 2, 20310101, "25"},
        {AIR_PM25, "annual", 1, 20310101, "10"},
        {AIR_O3, "24h", 1, 20260301, "100"},
        {AIR_BAP, "24h", 2, 20260301, "0.0025"},
        {AIR_PB, "quarter", 2, 20260301, "1"},
    };
    struct air_limit limit;

    for (size_t i = 0; i < LENGTH(cases); i++) {
        CHECK(air_limit(cases[i].p, cases[i].term, cases[i].class, cases[i].day,
                        &limit));
        check_number(limit.value, cases[i].limit);
    }
    CHECK(!air_limit(AIR_CO, "annual", 2, 20260301, &limit));
    CHECK(!air_limit(AIR_PM25, "annual", 2, 20151231, &limit));
}

/* One step of the last digit above the limit exceeds, on it attains. */
static void both_sides(struct year *y, enum air_pollutant p, const char *term,
                       const char *period)
{
    struct air_limit limit;
    struct decimal step =
        DECIMAL(1, (int8_t)-air_decimals(p, "result", y->q.rules_day));
    struct decimal more;

    if (!air_limit(p, term, y->q.class, y->q.rules_day, &limit))
        return;
    CHECK_INT(decimal_add(limit.value, step, &more), OK);
    for (int i = 0; i < y->n; i++)
        set(&y->days[i], p, limit.value);
    CHECK_INT(item_of(judge(y), air_name(p)->code, period)->rating, 0);
    for (int i = 0; i < y->n; i++)
        set(&y->days[i], p, more);
    CHECK_INT(item_of(judge(y), air_name(p)->code, period)->rating, 1);
    CHECK(item_of(&y->v, air_name(p)->code, period)->has_multiple);
    CHECK_INT(y->v.rating, 1);
}

TEST(both_sides_of_every_limit_of_a_year)
{
    static const int years[] = {2020, 2027, 2031};
    static const char *const percentile[AIR_POLLUTANT_COUNT] = {
        [AIR_SO2] = "P98", [AIR_NO2] = "P98",  [AIR_CO] = "P95",
        [AIR_O3] = "P90",  [AIR_PM10] = "P95", [AIR_PM25] = "P95",
        [AIR_TSP] = "P95", [AIR_BAP] = "P95",  [AIR_NOX] = "P98"};

    for (size_t i = 0; i < LENGTH(years); i++) {
        for (int class = 1; class <= 2; class ++) {
            for (int p = 0; p < AIR_POLLUTANT_COUNT; p++) {
                struct year *y;

                arena_init(&arena);
                y = clean_year(years[i]);
                y->q.class = class;
                both_sides(y, (enum air_pollutant)p, "annual", "mean");
                if (percentile[p])
                    both_sides(y, (enum air_pollutant)p, "24h", percentile[p]);
                arena_done(&arena);
            }
        }
    }
}

TEST(a_clean_year_attains_and_says_by_what)
{
    struct year *y;
    const struct verdict *v;

    arena_init(&arena);
    y = clean_year(2020);
    v = judge(y);
    CHECK_INT(v->outcome, VERDICT_GIVEN);
    CHECK_INT(v->rating, 0);
    CHECK_TEXT(v->edition, "HJ 663-2013; GB 3095-2012 (2018 amendment)");
    /* 0.17 + 0.50 + 0.25 + 0.50 + 0.43 + 0.57 */
    check_number(v->index, "2.42");
    check_number(item_of(v, "index_max", NULL)->value, "0.57");
    set_all(y, AIR_NO2, "25"); /* 0.625, else added as 0.62 */
    set_all(y, AIR_O3, "100"); /* 0.625 again */
    v = judge(y);
    /* 2.6667: the rounded ones make 2.66 */
    check_number(v->index, "2.67");
    CHECK(says(item_of(v, "index_sum", NULL)->step_en, "+ 25/40 +"));
    check_number(item_of(v, "good_ratio", NULL)->value, "100.0");
    CHECK(says(item_of(v, "a34004", "mean")->step_zh,
               "366 天合计 7320,7320/366 = 20;20 < 限值 35"));
    CHECK_TEXT(v->level_zh, "达标");
    arena_done(&arena);
}

TEST(a_year_attains_only_with_its_percentile)
{
    struct year *y;
    const struct verdict *v;

    arena_init(&arena);
    y = clean_year(2021);
    /* 19 of 365 days: k = 1 + 364 * 0.95 = 346.8 lies on the first of them */
    for (int i = 0; i < 19; i++)
        set(&y->days[i * 19], AIR_PM25, DECIMAL(80, 0));
    v = judge(y);
    CHECK_INT(item_of(v, "a34004", "mean")->rating, 0);
    CHECK_INT(item_of(v, "a34004", "P95")->rating, 0);
    CHECK(says(item_of(v, "a34004", "P95")->step_en,
               "X(346) = 20, X(347) = 80, between them 68"));
    set(&y->days[360], AIR_PM25, DECIMAL(80, 0));
    v = judge(y);
    CHECK_INT(item_of(v, "a34004", "P95")->rating, 1);
    CHECK_INT(v->rating, 1);
    CHECK(says(v->summary_zh, "超标:PM2.5"));
    check_number(item_of(v, "a34004", "P95")->multiple, "0.07");
    check_number(item_of(v, "a34004", "attainment")->value, "94.5");
    arena_done(&arena);
}

TEST(too_few_days_of_a_year_or_a_month_give_no_result)
{
    struct year *y;
    const struct verdict *v;

    arena_init(&arena);
    y = clean_year(2021); /* 365 days; 41 less is 324 */
    for (int month = 1; month <= 12; month++) {
        for (int i = 0; i < (month == 2 ? 3 : month == 1 ? 4 : 3); i++) {
            for (int d = 0; d < y->n; d++) {
                if (y->days[d].day == 20210000 + month * 100 + 5 + i)
                    y->days[d].of[AIR_NO2].known = false;
            }
        }
    }
    v = judge(y); /* 328 days, and 27 (25) a month */
    CHECK_INT(v->outcome, VERDICT_GIVEN);
    for (int d = 0; d < y->n; d++) {
        if (y->days[d].day == 20210201) /* February: 24 */
            y->days[d].of[AIR_NO2].known = false;
    }
    v = judge(y);
    CHECK_INT(v->outcome, VERDICT_INSUFFICIENT);
    CHECK(says(v->summary_zh, "数据不足:二氧化氮"));
    CHECK(!v->has_index); /* a sum of five is no sum of six */
    CHECK(
        says(item_of(v, "a21004", "mean")->step_en,
             "months with too few days: 1 (327 days valid in all, 324 needed"));
    CHECK(says(item_of(v, "a21004", "mean")->step_zh,
               "1 个月天数不够(共有效 327 天,需 324 天)"));
    set_all(y, AIR_SO2, "100"); /* what exceeds, exceeds all the same */
    v = judge(y);
    CHECK_INT(v->outcome, VERDICT_GIVEN);
    CHECK_INT(v->rating, 1);
    arena_done(&arena);
}

TEST(sand_and_dust_leave_the_particles_but_not_the_categories)
{
    struct year *y;
    const struct verdict *v;

    arena_init(&arena);
    y = clean_year(2021);
    for (int i = 0; i < 30; i++) {
        set(&y->days[70 + i], AIR_PM10, DECIMAL(600, 0));
        y->days[70 + i].sand_dust = true;
    }
    v = judge(y);
    CHECK_INT(v->rating, 0);
    check_number(item_of(v, "a34002", "mean")->value, "30");
    CHECK(says(item_of(v, "a34002", "mean")->step_zh, "剔除 30 天"));
    check_number(item_of(v, "days_6", NULL)->value, "30");
    check_number(item_of(v, "primary_a34002", NULL)->value, "30");
    for (int i = 0; i < 30; i++)
        y->days[70 + i].sand_dust = false;
    CHECK_INT(judge(y)->rating, 1);
    arena_done(&arena);
}

TEST(an_event_is_counted_unless_the_question_leaves_it_out)
{
    struct year *y;

    arena_init(&arena);
    y = clean_year(2027);
    for (int i = 0; i < 60; i++) {
        set(&y->days[100 + i], AIR_O3, DECIMAL(300, 0));
        y->days[100 + i].exceptional = true;
    }
    CHECK_INT(judge(y)->rating, 1);
    CHECK_TEXT(y->v.confidence, "low");
    CHECK(says(y->v.summary_zh, "可信度低"));
    y->q.leave_events_out = true;
    CHECK_INT(judge(y)->rating, 0);
    arena_done(&arena);
}

/* 2026 has both editions: judged by its last day unless told otherwise. */
TEST(a_year_of_two_editions_says_which_judges)
{
    struct year *y;
    const struct verdict *v;

    arena_init(&arena);
    y = clean_year(2026);
    set_all(y, AIR_PM25, "33");
    v = judge(y);
    CHECK_INT(v->rating, 1); /* 30 */
    CHECK(says(v->items[v->item_count - 1].step_zh, "跨新旧标准"));
    CHECK(says(v->items[v->item_count - 1].step_en, "rules of 2026-12-31,"));
    y->q.rules_day = 20260101;
    CHECK_INT(judge(y)->rating, 0); /* 35 */
    y->q.rules_day = 20151231;
    CHECK_INT(judge(y)->outcome, VERDICT_NO_EDITION);
    arena_done(&arena);
}

TEST(editions_round_in_stages_of_their_own)
{
    struct year *y;

    arena_init(&arena);
    y = clean_year(2027); /* days first, then one decimal, then none */
    set_all(y, AIR_PM25, "30.4");
    check_number(item_of(judge(y), "a34004", "mean")->value, "30");
    CHECK_INT(item_of(&y->v, "a34004", "mean")->rating, 0);
    for (int i = 0; i < y->n; i += 3)
        set(&y->days[i], AIR_PM25, DECIMAL(31, 0));
    CHECK(
        says(item_of(judge(y), "a34004", "mean")->step_zh, "= 30.3,判定取 30"));
    y = clean_year(2021); /* once, at the end: half to even */
    set_all(y, AIR_PM25, "35.5");
    check_number(item_of(judge(y), "a34004", "mean")->value, "36");
    set_all(y, AIR_PM25, "34.5");
    check_number(item_of(judge(y), "a34004", "mean")->value, "34");
    arena_done(&arena);
}

TEST(shorter_periods_are_counted_and_not_judged)
{
    struct year *y;
    const struct verdict *v;

    arena_init(&arena);
    y = clean_year(2021);
    set_all(y, AIR_PM25, "90");
    y->n = 31;
    y->q.period = AIR_MONTH;
    y->q.to_day = y->q.rules_day = 20210131;
    v = judge(y);
    CHECK_INT(v->outcome, VERDICT_GIVEN);
    CHECK_INT(v->rating, -1);
    CHECK(!v->has_index);
    check_number(item_of(v, "days_3", NULL)->value, "31");
    y->n = 26; /* 27 make a month */
    CHECK_INT(judge(y)->outcome, VERDICT_INSUFFICIENT);
    y->n = 1;
    y->q.period = AIR_DAY;
    y->q.to_day = y->q.rules_day = 20210101;
    v = judge(y);
    CHECK_INT(v->rating, 1);
    CHECK_INT(item_of(v, "a05024_8h", "mean")->rating, 0);
    check_number(item_of(v, "a34004", "mean")->multiple, "0.20");
    arena_done(&arena);
}

TEST(lead_has_a_limit_of_a_quarter)
{
    struct year *y;

    arena_init(&arena);
    y = clean_year(2021);
    y->n = 90;
    y->q.period = AIR_QUARTER;
    y->q.to_day = y->q.rules_day = 20210331;
    set_all(y, AIR_PB, "1.00");
    CHECK_INT(item_of(judge(y), "a20044", "mean")->rating, 0);
    set_all(y, AIR_PB, "1.01");
    CHECK_INT(judge(y)->rating, 1);
    for (int i = 14; i < y->n; i++) /* 15 days make a quarter */
        y->days[i].of[AIR_PB].known = false;
    CHECK(judge(y)->rating != 1);
    arena_done(&arena);
}

TEST(what_cannot_be_counted_is_said)
{
    struct year *y;
    const struct verdict *v;

    arena_init(&arena);
    y = clean_year(2021);
    for (int i = 0; i < y->n; i++) {
        y->days[i].of[AIR_CO].known = false;
        y->days[i].sand_dust = true;
        set(&y->days[i], AIR_SO2, DECIMAL(INT64_MAX, i % 2 ? 18 : -18));
    }
    v = judge(y);
    CHECK_INT(v->outcome, VERDICT_INSUFFICIENT);
    CHECK(says(item_of(v, "a21005", NULL)->step_zh, "无数据"));
    CHECK(says(item_of(v, "a21026", NULL)->step_zh, "过大"));
    CHECK(says(item_of(v, "a34004", NULL)->step_zh, "均被剔除"));
    arena_done(&arena);
}

TEST(sums_of_quotients_are_exact)
{
    struct air_ratio sum = AIR_RATIO_ZERO;
    const struct decimal one = DECIMAL(1, 0);

    CHECK_INT(air_ratio_add(&sum, DECIMAL(1, 0), DECIMAL(3, 0), one), OK);
    CHECK_INT(air_ratio_add(&sum, DECIMAL(1, 0), DECIMAL(6, 0), one), OK);
    CHECK_INT(air_ratio_add(&sum, DECIMAL(5, -3), DECIMAL(1, 0), one), OK);
    check_number(air_ratio_decimal(&sum, 2), "0.50"); /* 0.505: to even */
    CHECK_INT(air_ratio_add(&sum, DECIMAL(1, 0), DECIMAL(4, 0), DECIMAL(3, 0)),
              OK);
    check_number(air_ratio_decimal(&sum, 3), "1.255");
    CHECK_INT(air_ratio_add(&sum, one, DECIMAL(0, 0), one), ERR_OUT_OF_RANGE);
    CHECK_INT(air_ratio_add(&sum, DECIMAL(INT64_MAX, 18), DECIMAL(1, -18), one),
              ERR_OVERFLOW);
}

/* ---- ranking ---- */

static struct air_ranking ranking_of(const char *version, int day, size_t n)
{
    return (struct air_ranking){
        .version = version,
        .q = {.period = AIR_ALL,
              .from_day = day,
              .to_day = day,
              .rules_day = day,
              .class = 2},
        .cities = arena_new(&arena, n, sizeof(struct air_ranked)),
        .count = n,
    };
}

/* One day of one city: SO2 NO2 CO O3 PM10 PM2.5. */
static void count_city(struct air_ranking *r, size_t at, const char *name,
                       const char *const values[AIR_BASIC_COUNT])
{
    struct air_day day = {.day = r->q.from_day};

    for (int p = 0; p < AIR_BASIC_COUNT; p++) {
        if (values[p])
            set(&day, (enum air_pollutant)p, number(values[p]));
    }
    r->cities[at].city = span_of(name);
    air_ranking_count(r, &day, 1, &arena, &r->cities[at]);
}

static const char *const plain[AIR_BASIC_COUNT] = {"6",  "20", "1.0",
                                                   "80", "35", "14"};
static const char *const worse[AIR_BASIC_COUNT] = {"6",  "20", "1.0",
                                                   "80", "70", "35"};

TEST(a_composite_index_and_how_it_came_about)
{
    struct air_ranking r;
    struct verdict v;

    arena_init(&arena);
    r = ranking_of("weights-1", 20250101, 1);
    count_city(&r, 0, "A", worse);
    air_ranking_rank(&r);
    air_ranking_judge(&r, &r.cities[0], NULL, NULL, &arena, &v);
    /* 0.10 + 0.50 + 0.25 + 0.50 + 1.00 + 1.00 */
    check_number(v.index, "3.35");
    CHECK_INT(v.rating, 1);
    CHECK(says(v.summary_zh, "主要污染物 PM10、PM2.5"));
    CHECK(says(v.items[v.item_count - 1].step_zh,
               "6/60 + 20/40 + 1.0/4 + 80/160 + 70/70 + 35/35 = 3.35"));
    CHECK(says(v.edition, "weights-1; HJ 663-2013"));
    arena_done(&arena);
}

TEST(equal_indices_share_a_rank_and_the_next_is_passed_over)
{
    static const char *const none[AIR_BASIC_COUNT] = {"6",  "20", NULL,
                                                      "80", "35", "14"};
    struct air_ranking r;
    struct verdict v;

    arena_init(&arena);
    r = ranking_of("weights-1", 20250101, 5);
    count_city(&r, 0, "D", worse);
    count_city(&r, 1, "C", plain);
    count_city(&r, 2, "B", plain);
    count_city(&r, 3, "X", none);
    count_city(&r, 4, "A",
               (const char *const[]){"1", "20", "1.0", "80", "35", "14"});
    air_ranking_rank(&r);
    CHECK_SPAN(r.cities[0].city, "A");
    CHECK_SPAN(r.cities[1].city, "B");
    CHECK_INT(r.cities[0].rank, 1);
    CHECK_INT(r.cities[1].rank, 2);
    CHECK_INT(r.cities[2].rank, 2);
    CHECK_INT(r.cities[3].rank, 4);
    CHECK_INT(r.cities[4].rank, 0);
    air_ranking_judge(&r, &r.cities[4], NULL, NULL, &arena, &v);
    CHECK_INT(v.outcome, VERDICT_INSUFFICIENT);
    CHECK(says(v.summary_zh, "数据不足:CO"));
    arena_done(&arena);
}

TEST(what_changed_against_the_period_before_and_a_year_before)
{
    struct air_ranking now, then;
    struct verdict v;

    arena_init(&arena);
    now = ranking_of("weights-1", 20250201, 1);
    then = ranking_of("weights-1", 20250101, 1);
    count_city(&now, 0, "A", plain);
    count_city(&then, 0, "A", worse);
    air_ranking_rank(&now);
    air_ranking_rank(&then);
    air_ranking_judge(&now, &now.cities[0], &then.cities[0], &then.cities[0],
                      &arena, &v);
    check_number(v.index, "2.25");
    /* (2.25 - 3.35) / 3.35 */
    check_number(item_of(&v, "change_previous", NULL)->value, "-32.8");
    check_number(item_of(&v, "change_year", NULL)->value, "-32.8");
    CHECK(says(item_of(&v, "a34004", NULL)->step_zh, "上期 35,变化 -60.0%"));
    CHECK(says(item_of(&v, "a34004", NULL)->step_en, "a year before 35"));
    CHECK(says(v.summary_en, "-32.8% against the period before (rank 1)"));
    CHECK(says(v.summary_en, "-32.8% against a year before (rank 1)"));
    now = ranking_of("weights-1", 20260401, 1); /* 70 and 35 are 60 and 30 */
    count_city(&now, 0, "A", worse);
    air_ranking_rank(&now);
    air_ranking_judge(&now, &now.cities[0], NULL, &then.cities[0], &arena, &v);
    CHECK(says(v.summary_en, "a year before (rank 1, by other limits)"));
    CHECK(says(v.summary_zh, "(第 1 名,两期限值不同)"));
    arena_done(&arena);
}

TEST(versions_of_limits_and_weights)
{
    struct air_ranking r;
    struct verdict v;

    arena_init(&arena);
    r = ranking_of("weighted-2026", 20260601, 1);
    count_city(&r, 0, "A",
               (const char *const[]){"6", "20", "1.0", "80", "60", "30"});
    air_ranking_rank(&r);
    /* 0.1 + 2*0.5 + 0.25 + 2*0.5 + 1 + 3*1 */
    check_number(r.cities[0].index, "6.35");
    air_ranking_judge(&r, &r.cities[0], NULL, NULL, &arena, &v);
    CHECK_TEXT(v.confidence, "low");
    CHECK(says(v.summary_zh, "可信度低"));
    CHECK(says(v.items[v.item_count - 1].step_en, "3×30"));
    r = ranking_of("weighted-2026", 20250601, 1);
    air_ranking_judge(&r, &r.cities[0], NULL, NULL, &arena, &v);
    CHECK_INT(v.outcome, VERDICT_NO_EDITION);
    r = ranking_of("weights-1", 20260601, 1);
    count_city(&r, 0, "A",
               (const char *const[]){"6", "20", "1.0", "80", "60", "30"});
    check_number(r.cities[0].index, "3.35"); /* 60 and 30 since 2026-03-01 */
    arena_done(&arena);
}

TEST(a_month_with_too_few_days_is_not_ranked_unless_asked)
{
    struct air_ranking r;
    struct verdict v;

    arena_init(&arena);
    r = ranking_of("weights-1", 20250101, 1);
    r.q.period = AIR_MONTH;
    r.q.to_day = 20250131;
    count_city(&r, 0, "A", plain);
    CHECK(!r.cities[0].enough);
    air_ranking_judge(&r, &r.cities[0], NULL, NULL, &arena, &v);
    CHECK(
        says(item_of(&v, "a34004", NULL)->step_zh, "有效 1 天,1 个月天数不够"));
    r = ranking_of("weights-1", 20250101, 1);
    r.q.period = AIR_MONTH;
    r.incomplete = true;
    count_city(&r, 0, "A", plain);
    CHECK(r.cities[0].enough);
    arena_done(&arena);
}

/* ---- cities from stations ---- */

enum { STATIONS_MAX = 10 };

static struct air_station *stations_with(size_t n, size_t valid,
                                         const char *pm25)
{
    struct air_station *s = arena_new(&arena, STATIONS_MAX, sizeof(*s));

    for (size_t i = 0; i < n; i++) {
        for (int p = 0; p < AIR_BASIC_COUNT; p++)
            set(&s[i].values, (enum air_pollutant)p, DECIMAL(10, 0));
        set(&s[i].values, AIR_CO, DECIMAL(5, -1));
        set(&s[i].values, AIR_PM25, number(pm25));
        s[i].values.of[AIR_PM25].known = i < valid;
        s[i].values.ozone_1h.known = true;
        s[i].values.ozone_1h.value = DECIMAL(20, 0);
    }
    return s;
}

/* Both sides of 75 %, and of 50 % where there are fewer than four. */
TEST(a_city_needs_enough_of_its_stations)
{
    const struct {
        size_t n, valid;
        int stations;
        bool has_value;
    } cases[] = {
        {1, 1, 0, true},  {1, 0, 0, false}, {2, 1, 0, true},  {3, 2, 0, true},
        {3, 1, 0, false}, {4, 3, 0, true},  {4, 2, 0, false}, {8, 6, 0, true},
        {8, 5, 0, false}, {3, 3, 4, true},  {3, 3, 5, false}, {2, 2, 3, true},
    };

    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct air_city_question q = {20261124, true, cases[i].stations};
        struct verdict v;

        arena_init(&arena);
        air_city_judge(&q, stations_with(cases[i].n, cases[i].valid, "61"),
                       cases[i].n, &arena, &v);
        CHECK_INT(item_of(&v, "city_a34004", NULL)->has_value,
                  cases[i].has_value);
        CHECK_INT(v.rating, cases[i].has_value ? 101 : -1);
        CHECK_INT(v.outcome,
                  cases[i].has_value ? VERDICT_GIVEN : VERDICT_INSUFFICIENT);
        if (!cases[i].has_value)
            CHECK(says(v.summary_zh, "站点不足:"));
        arena_done(&arena);
    }
}

TEST(control_stations_stay_out_and_the_mean_is_rounded_before_the_index)
{
    struct air_city_question q = {20261124, true, 0};
    struct air_station *s;
    struct verdict v;

    arena_init(&arena);
    s = stations_with(3, 3, "60");
    set(&s[1].values, AIR_PM25, DECIMAL(61, 0)); /* 60.5 to 60: IAQI 100 */
    set(&s[2].values, AIR_PM25, DECIMAL(400, 0));
    s[2].is_control = true;
    air_city_judge(&q, s, 3, &arena, &v);
    CHECK_INT(v.rating, 100);
    CHECK(says(item_of(&v, "city_a34004", NULL)->step_zh, "121/2 = 60"));
    CHECK_TEXT(item_of(&v, "city_a05024", NULL)->name_en, "O3"); /* 1 h */
    CHECK(says(v.summary_zh, "评价点 2 个,对照点 1 个"));
    CHECK(says(v.edition, "HJ 663-2026; HJ 633-2026"));
    q.is_hour = false;
    set(&s[0].values, AIR_O3, DECIMAL(200, 0));
    air_city_judge(&q, s, 3, &arena, &v); /* a day: the 8 h mean */
    check_number(item_of(&v, "city_a05024_8h", NULL)->value, "105");
    q.day = 20151231;
    air_city_judge(&q, s, 3, &arena, &v);
    CHECK_INT(v.outcome, VERDICT_NO_EDITION);
    arena_done(&arena);
}

TEST(values_too_large_give_no_city_value)
{
    struct air_city_question q = {20261124, true, 0};
    struct air_station *s;
    struct verdict v;

    arena_init(&arena);
    s = stations_with(2, 2, "60");
    set(&s[0].values, AIR_PM25, DECIMAL(INT64_MAX, 18));
    set(&s[1].values, AIR_PM25, DECIMAL(INT64_MAX, -18));
    air_city_judge(&q, s, 2, &arena, &v);
    CHECK(!item_of(&v, "city_a34004", NULL)->has_value);
    arena_done(&arena);
}

/* ---- reference state ---- */

TEST(gases_of_old_are_told_at_298_kelvin_exactly)
{
    struct decimal d;

    CHECK_INT(
        air_state_convert(DECIMAL(100, 0), AIR_STATE_273, AIR_STATE_298, 4, &d),
        OK);
    check_number(d, "91.6150"); /* 100 * 27315 / 29815 = 91.61496 */
    CHECK_INT(air_state_convert(DECIMAL(29815, 0), AIR_STATE_273, AIR_STATE_298,
                                0, &d),
              OK);
    check_number(d, "27315");
    CHECK_INT(air_state_convert(DECIMAL(27315, 0), AIR_STATE_298, AIR_STATE_273,
                                0, &d),
              OK);
    check_number(d, "29815");
    CHECK_INT(
        air_state_convert(DECIMAL(1, 0), AIR_STATE_298, AIR_STATE_298, -1, &d),
        ERR_OUT_OF_RANGE);
    CHECK(air_state_is_gas(AIR_SO2) && air_state_is_gas(AIR_NOX));
    CHECK(!air_state_is_gas(AIR_PM25) && !air_state_is_gas(AIR_PB));
}

/* ---- three years ---- */

static void three(struct air_annual years[AIR_THREE], const char *const pm25[3])
{
    static const int clean[AIR_BASIC_COUNT] = {6, 20, 1, 150, 50, 0};

    for (int i = 0; i < AIR_THREE; i++) {
        years[i] = (struct air_annual){.year = 2028 + i};
        for (int p = 0; p < AIR_BASIC_COUNT; p++) {
            years[i].of[p].known = true;
            years[i].of[p].value = DECIMAL(clean[p], 0);
        }
        years[i].of[AIR_PM25].known = pm25[i] != NULL;
        if (pm25[i])
            years[i].of[AIR_PM25].value = number(pm25[i]);
    }
}

TEST(the_mean_of_three_years_against_the_limit_of_a_year)
{
    const struct {
        const char *const pm25[3];
        int rating;
        enum verdict_outcome outcome;
    } cases[] = {
        {{"33", "30", "27"}, 0, VERDICT_GIVEN},   /* 30 */
        {{"33", "30", "28.4"}, 0, VERDICT_GIVEN}, /* 30.47 */
        {{"34", "30", "28"}, 1, VERDICT_GIVEN},   /* 30.67 */
        {{"33", NULL, "27"}, -1, VERDICT_INSUFFICIENT},
    };

    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct air_annual years[AIR_THREE];
        struct verdict v;

        arena_init(&arena);
        three(years, cases[i].pm25);
        air_three_years_judge(years, 2, 20301231, &arena, &v);
        CHECK_INT(v.rating, cases[i].rating);
        CHECK_INT(v.outcome, cases[i].outcome);
        CHECK_TEXT(v.confidence, "low");
        CHECK(says(v.summary_zh, "可信度低"));
        if (!cases[i].pm25[1])
            CHECK(says(v.summary_en, "without PM2.5"));
        air_three_years_judge(years, 2, 20150101, &arena, &v);
        CHECK_INT(v.outcome, VERDICT_NO_EDITION);
        arena_done(&arena);
    }
}
