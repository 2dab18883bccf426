#include "assess/air/air_input.h"
#include "assess/air/air_three_years.h"

enum { CITY, DATE, CLASS, LIMITS };

static const struct assess_choice classes[] = {
    {"1", "一类区", "class 1 zone", NULL},
    {"2", "二类区", "class 2 zone", NULL},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_field fields[] = {
    [CITY] = {.name = "city",
              .aliases = "site;station;城市;站点",
              .kind = ASSESS_TEXT,
              .flags = ASSESS_REQUIRED | ASSESS_KEY,
              .zh = "城市或站点",
              .en = "the city or station"},
    [DATE] = {.name = "date",
              .aliases = "日期",
              .kind = ASSESS_DAY,
              .flags = ASSESS_REQUIRED,
              .zh = "该年任一日(如 2026-01-01)",
              .en = "any day of the year (2026-01-01)"},
    [CLASS] = {.name = "class",
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
                .zh = "按哪一版限值判定",
                .en = "which edition's limits judge"},
    {.name = NULL},
};

static void to_annual(const struct air_day *day, struct air_annual *out)
{
    *out = (struct air_annual){.year = day->day / 10000};
    for (int p = 0; p < AIR_POLLUTANT_COUNT; p++) {
        out->of[p].known = day->of[p].known;
        out->of[p].value = day->of[p].value;
    }
}

static size_t gather(const struct assess_case *c, struct air_annual *years,
                     const struct assess_record **lines)
{
    struct air_day *days = arena_new(c->arena, c->count, sizeof(*days));
    size_t n = 0;

    for (size_t i = 0; i < c->count; i++) {
        const struct assess_record *r = &c->records[i];

        if (air_day_of(c, r, r->cell[DATE].day / 10000 * 10000 + 1231,
                       &days[n]))
            lines[n++] = r;
    }
    n = air_days_sort(c, days, lines, n);
    for (size_t i = 0; i < n; i++)
        to_annual(&days[i], &years[i]);
    return n;
}

static void judge(const struct assess_case *c)
{
    struct air_annual *years = arena_new(c->arena, c->count, sizeof(*years));
    const struct assess_record **lines =
        arena_new(c->arena, c->count, sizeof(void *));
    const struct assess_cell *cell = c->records[0].cell;
    size_t n = gather(c, years, lines);
    bool any = false;

    for (size_t i = 0; i + AIR_THREE <= n; i++) {
        struct assess_case part = *c;
        struct verdict v;

        part.from_day = years[i].year * 10000 + 101;
        part.to_day = years[i + AIR_THREE - 1].year * 10000 + 1231;
        if (years[i + AIR_THREE - 1].year - years[i].year != AIR_THREE - 1)
            continue;
        any = true;
        air_three_years_judge(
            &years[i], cell[CLASS].choice + 1,
            air_rules_day(cell[LIMITS].choice, part.from_day, part.to_day),
            c->arena, &v);
        v.cadence = CADENCE_YEAR;
        if (civil_day_start(part.from_day, &v.start_s))
            v.start_s = 0;
        assess_give(&part, lines[i + AIR_THREE - 1], &v);
    }
    if (!any && n)
        assess_refuse(c, NULL, SPAN("date"), "没有连续三年的数据",
                      "there are no three years in a row");
}

const struct assessment air_three_years_assessment = {
    .name = "air-three-years",
    .kind = VERDICT_AIR_THREE_YEARS,
    .element = "air",
    .title_zh = "环境空气三年滑动均值",
    .title_en = "air: mean of three years, moved year by year",
    .standards = {"HJ 663-2026", "HJ 663-2013", "GB 3095-2012", "GB 3095-2026"},
    .fields = fields,
    .has_items = true,
    .item_at = air_item_at,
    .item_named = air_item_named,
    .judge = judge,
    .facts = air_facts,
    .rating_zh = "0 达标,1 超标",
    .rating_en = "0 attains, 1 exceeds",
    .notes_zh =
        "输入为每年的年均值(CO、O3 为年百分位数)。HJ 663-2026 "
        "有三年滑动均值的评价,原文未见:这里取三个年值的算术平均,一次修约,"
        "与末年有效的年限值(CO、O3 为日限值)比较,可信度低。",
    .notes_en =
        "Input are annual means (of CO and O3 the percentile of the "
        "year). HJ 663-2026 has an evaluation by a moving mean of three "
        "years whose text is not at hand: here the three are averaged, "
        "rounded once and held against the annual limit of the last year "
        "(CO, O3: of a day). Low confidence.",
    .example = "city,date,SO2,NO2,CO,O3,PM10,PM2.5\n"
               "A,2024-01-01,6,25,0.9,150,58,36\n"
               "A,2025-01-01,6,24,0.9,155,55,33\n"
               "A,2026-01-01,5,22,0.8,152,50,30\n",
};
