#include "assess/air/air_input.h"
#include "assess/air/air_period.h"

enum { SITE, CITY, DATE, PERIOD, CLASS, LIMITS, DUST, EVENT, EVENTS };

static const struct assess_choice classes[] = {
    {"1", "一类区", "class 1 zone", "I;一级;一类"},
    {"2", "二类区", "class 2 zone", "II;二级;二类"},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_choice events[] = {
    {"keep", "参加统计", "counted", NULL},
    {"leave-out", "不参加统计", "left out", NULL},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_field fields[] = {
    [SITE] = {.name = "site",
              .aliases = "station;站点;点位",
              .kind = ASSESS_TEXT,
              .flags = ASSESS_KEY,
              .zh = "站点",
              .en = "the station"},
    [CITY] = {.name = "city",
              .aliases = "城市",
              .kind = ASSESS_TEXT,
              .flags = ASSESS_KEY,
              .zh = "城市(城市日值)",
              .en = "the city, when the days are a city's"},
    [DATE] = {.name = "date",
              .aliases = "day;time;日期;时间",
              .kind = ASSESS_DAY,
              .flags = ASSESS_REQUIRED,
              .zh = "日期(北京时间)",
              .en = "the day (Beijing time)"},
    [PERIOD] = {.name = "period",
                .kind = ASSESS_PERIOD,
                .standard = "year",
                .zh = "统计期",
                .en = "the period"},
    [CLASS] = {.name = "class",
               .aliases = "zone;功能区",
               .kind = ASSESS_CHOICE,
               .flags = ASSESS_OF_CASE,
               .standard = "2",
               .choices = classes,
               .zh = "环境空气功能区类别",
               .en = "class of the zone (GB 3095)"},
    [LIMITS] = {.name = "limits",
                .kind = ASSESS_CHOICE,
                .flags = ASSESS_OF_CASE,
                .standard = "last-day",
                .choices = air_limit_choices,
                .zh = "按哪一版限值和规则判定",
                .en = "which edition's limits and rules judge"},
    [DUST] = {.name = "sand_dust",
              .aliases = "沙尘",
              .kind = ASSESS_YES,
              .standard = "no",
              .zh = "沙尘天:颗粒物不参加统计,类别照计",
              .en = "a day of sand and dust: particles are not counted, its "
                    "category is"},
    [EVENT] = {.name = "exceptional",
               .aliases = "异常事件",
               .kind = ASSESS_YES,
               .standard = "no",
               .zh = "异常事件影响的一天",
               .en = "a day under an exceptional event"},
    [EVENTS] = {.name = "events",
                .kind = ASSESS_CHOICE,
                .flags = ASSESS_OF_CASE,
                .standard = "keep",
                .choices = events,
                .zh = "异常事件日是否参加统计",
                .en = "whether days under an event are counted"},
    {.name = NULL},
};

/* The engine's periods and ours have one order. */
_Static_assert((int)AIR_DAY == (int)ASSESS_EACH_DAY &&
                   (int)AIR_YEAR == (int)ASSESS_EACH_YEAR &&
                   (int)AIR_ALL == (int)ASSESS_ALL_DAYS,
               "periods");

static void judge(const struct assess_case *c)
{
    const struct assess_cell *cell = c->records[0].cell;
    struct air_question q = {
        .period = (enum air_period)cell[PERIOD].choice,
        .from_day = c->from_day,
        .to_day = c->to_day,
        .rules_day = air_rules_day(cell[LIMITS].choice, c->from_day, c->to_day),
        .class = cell[CLASS].choice + 1,
        .leave_events_out = cell[EVENTS].choice == 1,
    };
    struct air_day *days = arena_new(c->arena, c->count, sizeof(*days));
    const struct assess_record **lines =
        arena_new(c->arena, c->count, sizeof(void *));
    struct verdict verdict;
    size_t n = 0;

    for (size_t i = 0; i < c->count; i++) {
        const struct assess_record *r = &c->records[i];

        if (!air_day_of(c, r, r->cell[DATE].day, &days[n]))
            continue;
        days[n].sand_dust = r->cell[DUST].choice;
        days[n].exceptional = r->cell[EVENT].choice;
        lines[n++] = r;
    }
    n = air_days_sort(c, days, lines, n);
    if (n == 0)
        return;
    air_period_judge(&q, days, n, c->arena, &verdict);
    verdict.cadence = air_cadence(q.period);
    if (civil_day_start(c->from_day, &verdict.start_s))
        verdict.start_s = 0;
    assess_give(c, NULL, &verdict);
}

const struct assessment air_period_assessment = {
    .name = "air-period",
    .kind = VERDICT_AIR_PERIOD,
    .element = "air",
    .title_zh = "环境空气统计期评价(达标、指数、类别天数)",
    .title_en = "air over a period: attainment, indices, days of categories",
    .standards = {"HJ 663-2013", "HJ 663-2026", "GB 3095-2012", "GB 3095-2026",
                  "HJ 633-2012", "HJ 633-2026"},
    .fields = fields,
    .has_items = true,
    .item_at = air_item_at,
    .item_named = air_item_named,
    .judge = judge,
    .facts = air_facts,
    .index_zh = "单项指数之和(年;六项)",
    .index_en = "sum of the single indices (of a year; six pollutants)",
    .rating_zh = "0 达标,1 超标",
    .rating_en = "0 attains, 1 exceeds",
    .notes_zh =
        "输入为日均值(O3 为日最大 8 小时)。达标要求均值与百分位数都达标;任一"
        "污染物有效超标即为超标,"
        "其余数据不足不影响。跨版本的统计期默认按末日有效"
        "的限值和规则(limits),每日 AQI 按当日版本。沙尘日的颗粒物不参加统计,但"
        "算作有效天数;类别照计。HJ 663-2026 全文未见:其修约、异常事件规则可信度"
        "低;结果由未修约值一次修约。月、季、半年只统计不判定(铅的季均值除外)。"
        "统计期内的月份都须有效;半年没有自己的天数要求。TSP、BaP、NOx "
        "的百分位数来自记忆,可信度低。未检出按检出限的一半。",
    .notes_en =
        "Input are daily means (O3: the largest 8 h mean). Attaining asks both "
        "mean and percentile; one pollutant that validly exceeds decides, even "
        "when others have too few days. A period over two editions is judged "
        "by "
        "those in force on its last day (limits), each day's index by its own. "
        "Particles of a dust day are not counted but the day is valid; its "
        "category stays. The text of HJ 663-2026 is not at hand: its rounding "
        "and events have low confidence; a result is rounded once from what is "
        "not rounded. Months, quarters and half years are counted, not judged "
        "(but lead in a quarter). Every month of the period must be valid; a "
        "half year has no count of its own. Percentiles of TSP, BaP and NOx "
        "are "
        "from memory, low. Below detection: half the limit.",
    .example = "city,date,period,SO2,NO2,CO,O3,PM10,PM2.5\n"
               "A,2026-10-01,day,6,25,0.6,139,78,61\n"
               "A,2026-10-02,day,7,31,0.7,120,60,30\n"
               "A,2026-10-03,day,5,20,0.5,90,40,22\n",
};
