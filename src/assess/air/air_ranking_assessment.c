#include "assess/air/air_input.h"
#include "assess/air/air_ranking.h"
#include "assess/catalogue/period.h"
#include "assess/derivation/rule_facts.h"

enum { CITY, DATE, EACH, GROUP, VERSION, DUST, INCOMPLETE };

enum {
    CITIES_MAX = 4000,
    PERIODS_MAX = 1200,
};

static const struct assess_choice each[] = {
    {"month", "月", "month", NULL},
    {"quarter", "季", "quarter", NULL},
    {"half_year", "半年", "half year", NULL},
    {"year", "年", "year", NULL},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_choice groups[] = {
    {"all", "表中所有城市", "every city of the table", NULL},
    {"sichuan-21", "四川省 21 市州", "the 21 cities of Sichuan", NULL},
    {"key-168", "168 重点城市中的四川 15 城",
     "the 15 of the 168 key cities in Sichuan", NULL},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_choice versions[] = {
    {"weights-1", "各项权重 1", "every weight 1", NULL},
    {"weighted-2026", "加权版本(仅见于一家软件,可信度低)",
     "weighted, seen in one program only (low confidence)", NULL},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_field fields[] = {
    [CITY] = {.name = "city",
              .aliases = "城市",
              .kind = ASSESS_TEXT,
              .flags = ASSESS_REQUIRED,
              .zh = "城市",
              .en = "the city"},
    [DATE] = {.name = "date",
              .aliases = "day;time;日期;时间",
              .kind = ASSESS_DAY,
              .flags = ASSESS_REQUIRED,
              .zh = "日期(北京时间)",
              .en = "the day (Beijing time)"},
    [EACH] = {.name = "period",
              .kind = ASSESS_CHOICE,
              .flags = ASSESS_KEY,
              .standard = "month",
              .choices = each,
              .zh = "每月、季、半年或年排一次",
              .en = "ranked each month, quarter, half year or year"},
    [GROUP] = {.name = "group",
               .kind = ASSESS_CHOICE,
               .flags = ASSESS_KEY,
               .standard = "all",
               .choices = groups,
               .zh = "参加排名的城市组",
               .en = "the cities that are ranked"},
    [VERSION] = {.name = "version",
                 .kind = ASSESS_CHOICE,
                 .flags = ASSESS_KEY,
                 .standard = "weights-1",
                 .choices = versions,
                 .zh = "限值与权重的版本",
                 .en = "version of limits and weights"},
    [DUST] = {.name = "sand_dust",
              .aliases = "沙尘",
              .kind = ASSESS_YES,
              .standard = "no",
              .zh = "沙尘天:颗粒物不参加统计,类别照计",
              .en = "a day of sand and dust: particles are not counted, its "
                    "category is"},
    [INCOMPLETE] = {.name = "incomplete",
                    .kind = ASSESS_YES,
                    .flags = ASSESS_OF_CASE,
                    .standard = "no",
                    .zh = "天数不足的城市也排名,只用于比较",
                    .en = "rank also cities with too few days, only to "
                          "compare"},
    {.name = NULL},
};

/* A city with its days, sorted. */
struct city {
    struct span name;
    struct air_day *days;
    const struct assess_record **lines;
    size_t n, cap;
};

struct work {
    const struct assess_case *c;
    struct city *cities;
    size_t count, cap;
    int first_day, last_day;
};

static void *grown(struct arena *arena, const void *old, size_t count,
                   size_t *cap, size_t size)
{
    void *more;

    *cap = *cap ? 2 * *cap : 16;
    more = arena_new(arena, *cap, size);
    if (count)
        memcpy(more, old, count * size);
    return more;
}

static bool in_list(struct span list, struct span name)
{
    while (list.len) {
        if (span_equal_nocase(span_take(&list, ';'), name))
            return true;
    }
    return false;
}

/* The group's own name of a city; false when it has no such city. */
static bool member(const char *group, struct span *name)
{
    const struct standard_table *t = standard_table("air-groups.csv");

    for (size_t row = 0; t && row < t->row_count; row++) {
        struct span names = standard_cell(t, row, "names");

        if (!standard_cell_is(t, row, "group", group) ||
            (!in_list(names, *name) &&
             !span_equal(standard_cell(t, row, "code"), *name)))
            continue;
        *name = span_take(&names, ';');
        return true;
    }
    return false;
}

static struct city *city_named(struct work *w, struct span name)
{
    for (size_t i = w->count; i-- > 0;) {
        if (span_equal(w->cities[i].name, name))
            return &w->cities[i];
    }
    if (w->count == CITIES_MAX)
        return NULL;
    if (w->count == w->cap)
        w->cities = grown(w->c->arena, w->cities, w->count, &w->cap,
                          sizeof(*w->cities));
    w->cities[w->count] = (struct city){.name = name};
    return &w->cities[w->count++];
}

static void add_record(struct work *w, const struct assess_record *r)
{
    const char *group = groups[r->cell[GROUP].choice].name;
    struct span name = span_trim(r->cell[CITY].text);
    struct air_day day;
    struct city *city;

    if (r->cell[GROUP].choice != 0 && !member(group, &name))
        return; /* passed over: the group says who is ranked */
    if (!air_day_of(w->c, r, r->cell[DATE].day, &day))
        return;
    day.sand_dust = r->cell[DUST].choice;
    city = city_named(w, name);
    if (!city) {
        assess_refuse(w->c, r, SPAN("city"), "城市太多", "too many cities");
        return;
    }
    if (city->n == city->cap) {
        size_t cap = city->cap;

        city->days =
            grown(w->c->arena, city->days, city->n, &cap, sizeof(*city->days));
        city->lines = grown(w->c->arena, city->lines, city->n, &city->cap,
                            sizeof(const struct assess_record *));
    }
    city->days[city->n] = day;
    city->lines[city->n++] = r;
}

static void sort_cities(struct work *w)
{
    w->first_day = STANDARD_OPEN;
    for (size_t i = 0; i < w->count; i++) {
        struct city *city = &w->cities[i];

        city->n = air_days_sort(w->c, city->days, city->lines, city->n);
        if (city->days[0].day < w->first_day)
            w->first_day = city->days[0].day;
        if (city->days[city->n - 1].day > w->last_day)
            w->last_day = city->days[city->n - 1].day;
    }
}

/* Those of a city's days that lie in [from, to]. */
static const struct air_day *days_in(const struct city *city, int from, int to,
                                     size_t *n,
                                     const struct assess_record **line)
{
    size_t first = 0, end;

    while (first < city->n && city->days[first].day < from)
        first++;
    end = first;
    while (end < city->n && city->days[end].day <= to)
        end++;
    *n = end - first;
    *line = *n ? city->lines[first] : NULL;
    return &city->days[first];
}

/* yyyymmdd of the first day behind a month's last day. */
static int day_after(int day)
{
    int month = day / 100;

    return (month % 100 == 12 ? month + 89 : month + 1) * 100 + 1;
}

static struct air_ranking rank(struct work *w, int from, int to)
{
    const struct assess_cell *cell = w->c->records[0].cell;
    struct air_ranking ranking = {
        .version = versions[cell[VERSION].choice].name,
        .q = {.period = (enum air_period)(AIR_MONTH + cell[EACH].choice),
              .from_day = from,
              .to_day = to,
              .rules_day = to,
              .class = 2},
        .cities = arena_new(w->c->arena, w->count, sizeof(struct air_ranked)),
        .count = w->count,
        .incomplete = cell[INCOMPLETE].choice,
    };

    for (size_t i = 0; i < w->count; i++) {
        const struct assess_record *line;
        size_t n;
        const struct air_day *days =
            days_in(&w->cities[i], from, to, &n, &line);

        ranking.cities[i].city = w->cities[i].name;
        if (air_rules_edition(to))
            air_ranking_count(&ranking, days, n, w->c->arena,
                              &ranking.cities[i]);
    }
    air_ranking_rank(&ranking);
    return ranking;
}

static const struct air_ranked *city_of(const struct air_ranking *ranking,
                                        struct span city)
{
    for (size_t i = 0; ranking && i < ranking->count; i++) {
        if (span_equal(ranking->cities[i].city, city))
            return &ranking->cities[i];
    }
    return NULL;
}

/* The ranking that begins on the day; NULL when there is none. */
static const struct air_ranking *beginning(const struct air_ranking *all,
                                           size_t count, int day)
{
    for (size_t i = 0; i < count; i++) {
        if (all[i].q.from_day == day)
            return &all[i];
    }
    return NULL;
}

static void give(struct work *w, const struct air_ranking *all, size_t at)
{
    const struct air_ranking *ranking = &all[at];
    struct assess_case part = *w->c;
    const struct air_ranking *before = at ? &all[at - 1] : NULL;
    const struct air_ranking *year_before =
        ranking->q.period == AIR_YEAR
            ? NULL
            : beginning(all, at, ranking->q.from_day - 10000);

    part.from_day = ranking->q.from_day;
    part.to_day = ranking->q.to_day;
    for (size_t i = 0; i < ranking->count; i++) {
        const struct air_ranked *city = &ranking->cities[i];
        const struct assess_record *line;
        struct verdict verdict;
        size_t n;

        if (!city->known && air_rules_edition(ranking->q.rules_day))
            continue;
        days_in(city_named(w, city->city), ranking->q.from_day,
                ranking->q.to_day, &n, &line);
        if (!n)
            continue;
        air_ranking_judge(ranking, city, city_of(before, city->city),
                          city_of(year_before, city->city), part.arena,
                          &verdict);
        verdict.cadence = air_cadence(ranking->q.period);
        if (civil_day_start(part.from_day, &verdict.start_s))
            verdict.start_s = 0;
        assess_give(&part, line, &verdict);
    }
}

static void judge(const struct assess_case *c)
{
    struct work w = {.c = c};
    struct air_ranking *all;
    size_t count = 0;
    int from, to;

    for (size_t i = 0; i < c->count; i++)
        add_record(&w, &c->records[i]);
    if (!w.count) {
        assess_refuse(c, NULL, SPAN("city"), "没有一行属于该城市组",
                      "no row belongs to the group of cities");
        return;
    }
    sort_cities(&w);
    all = arena_new(c->arena, PERIODS_MAX, sizeof(*all));
    for (from = w.first_day; from <= w.last_day && count < PERIODS_MAX;
         from = day_after(to)) {
        to = from;
        period_days(ASSESS_EACH_MONTH + c->records[0].cell[EACH].choice, &from,
                    &to);
        all[count++] = rank(&w, from, to);
    }
    if (from <= w.last_day)
        assess_refuse(c, NULL, SPAN("date"), "时间跨度太长,其后未排名",
                      "too long a time: what is later is not ranked");
    for (size_t i = 0; i < count; i++)
        give(&w, all, i);
}

static void facts(struct assess_facts *out)
{
    rule_facts(out, rule_table("air-ranking.csv"), NULL, NULL);
}

const struct assessment air_ranking_assessment = {
    .name = "air-ranking",
    .kind = VERDICT_AIR_RANKING,
    .element = "air",
    .title_zh = "城市空气质量综合指数与排名",
    .title_en = "composite index and ranking of cities by air",
    .standards = {"环办监测〔2018〕19号", "HJ 663-2013", "HJ 663-2026",
                  "GB 3095-2012", "GB 3095-2026"},
    .fields = fields,
    .has_items = true,
    .item_at = air_item_at,
    .item_named = air_item_named,
    .judge = judge,
    .facts = facts,
    .index_zh = "综合指数",
    .index_en = "composite index",
    .rating_zh = "名次,1 为最好",
    .rating_en = "rank, 1 is best",
    .notes_zh =
        "输入为各城市的日均值(O3 为日最大 8 小时)。综合指数各项相加后一次修约为"
        "两位,印出的指数相同即并列,其后名次空出(1、2、2、4)。主要污染物为单项"
        "指数最大者(不乘权重)。天数不足的城市不排名(incomplete 可放开)。表中有"
        "上期和上年同期的数据时给出变化率与名次变化;"
        "两期各按当期的限值。沙尘日的"
        "颗粒物不参加统计。2026 年起是否仍用各项权重 1 "
        "及多保留一位小数未见原文,"
        "可信度低。组外城市略过。",
    .notes_en =
        "Input are a city's daily means (O3: the largest 8 h mean). The index "
        "is "
        "rounded once, to two decimals, after adding; equal printed indices "
        "share a rank and the next is passed over (1 2 2 4). The main "
        "pollutant "
        "has the largest single index, without its weight. A city with too few "
        "days has no rank (incomplete ranks it). Where the table has the "
        "period "
        "before and a year before, changes are given; each period has the "
        "limits "
        "of its own time. Particles of dust days are left out. Whether weights "
        "of 1 and one decimal more hold from 2026 is not known: low "
        "confidence. "
        "Cities outside the group are passed over.",
    .example = "city,date,incomplete,SO2,NO2,CO,O3,PM10,PM2.5\n"
               "成都,2025-10-01,yes,6,25,0.6,139,78,41\n"
               "成都,2025-10-02,yes,7,31,0.7,120,60,30\n"
               "绵阳,2025-10-01,yes,5,22,0.6,110,55,30\n"
               "绵阳,2025-10-02,yes,6,24,0.8,100,48,27\n",
};
