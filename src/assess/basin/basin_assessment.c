#include "assess/basin/basin.h"
#include "assess/water/water_columns.h"

enum { BASIN, SECTION, TIME, PERIOD, CLASS, TARGET };

static const struct assess_field fields[] = {
    [BASIN] = {.name = "basin",
               .aliases = "river;system;河流;水系;流域",
               .kind = ASSESS_TEXT,
               .flags = ASSESS_KEY | ASSESS_REQUIRED,
               .zh = "河流、水系或流域",
               .en = "river, river system or basin"},
    [SECTION] = {.name = "section",
                 .aliases = "断面;断面名称",
                 .kind = ASSESS_TEXT,
                 .flags = ASSESS_REQUIRED,
                 .zh = "断面",
                 .en = "section"},
    [TIME] = {.name = "time",
              .aliases = "date;day;month;日期;时间;月份",
              .kind = ASSESS_DAY,
              .flags = ASSESS_REQUIRED,
              .zh = "时段内的一日(北京时间)",
              .en = "a day of the period (Beijing time)"},
    [PERIOD] = {.name = "period",
                .aliases = "评价时段",
                .kind = ASSESS_PERIOD,
                .standard = "month",
                .zh = "评价时段",
                .en = "what is rated together"},
    [CLASS] = {.name = "class",
               .aliases = "水质类别;类别",
               .kind = ASSESS_TEXT,
               .zh = "断面类别 I–V 或 劣Ⅴ;不填则由各项数值评定",
               .en = "class of the section, I to V or >V; empty: from the "
                     "values"},
    [TARGET] = {.name = "target",
                .aliases = "目标;水质目标;目标类别",
                .kind = ASSESS_CHOICE,
                .standard = "none",
                .choices = water_targets,
                .zh = "断面水质目标",
                .en = "class that the section is to meet"},
    {.name = NULL},
};

/* False when the record was refused. */
static bool section_of(const struct assess_case *c,
                       const struct assess_record *r,
                       const struct basin_section *before, size_t count,
                       struct basin_section *out)
{
    const struct assess_cell *class = &r->cell[CLASS];

    *out = (struct basin_section){
        .name = arena_copy(c->arena, r->cell[SECTION].text).at,
        .values = water_values(r, c->arena),
        .value_count = r->value_count,
        .class = class->given ? water_class_parse(class->text) : 0,
        .target = r->cell[TARGET].choice,
    };
    if (class->given && class->text.len && !out->class) {
        assess_refuse(c, r, SPAN("class"),
                      "不是水质类别:请填 I、II、III、IV、V 或 劣Ⅴ",
                      "is no class: write I, II, III, IV, V or >V");
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (strcmp(before[i].name, out->name) != 0)
            continue;
        assess_refuse(c, r, SPAN("section"),
                      "同一时段内断面重复:请先用 water-period 求时段类别",
                      "the section is there already in this period: make its "
                      "means first, see water-period");
        return false;
    }
    return true;
}

static void judge(const struct assess_case *c)
{
    struct basin_section *sections =
        arena_new(c->arena, c->count, sizeof(*sections));
    struct verdict verdict;
    size_t count = 0;

    for (size_t i = 0; i < c->count; i++)
        count +=
            section_of(c, &c->records[i], sections, count, &sections[count]);
    if (!count)
        return;
    basin_grade(sections, count, c->to_day, c->arena, &verdict);
    assess_give(c, NULL, &verdict);
}

const struct assessment water_basin_assessment = {
    .name = "water-basin",
    .kind = VERDICT_WATER_BASIN,
    .element = "water",
    .title_zh = "河流、水系、流域水质评价",
    .title_en = "grade of a river, a river system or a basin",
    .standards = {"环办〔2011〕22号", "GB 3838-2002", "环办监测函〔2020〕82号"},
    .fields = fields,
    .has_items = true,
    .items_optional = true, /* classes alone make shares */
    .item_at = water_assess_item,
    .judge = judge,
    .facts = water_facts,
    .rating_zh = "1 优、2 良好、3 轻度污染、4 中度污染、5 重度污染",
    .rating_en = "1 excellent, 2 good, 3 light, 4 moderate, 5 heavy pollution",
    .notes_zh =
        "五个及以上断面按类别比例,五个以下按各项均值。比例不修约参加比较。"
        "无数据断面不计入分母并列出。Ⅰ–Ⅲ类恰为 60 %、劣Ⅴ类恰为 40 % 时"
        "按重度污染。优、良好不列主要污染指标。只给类别而无数值的断面不参与"
        "主要污染指标。",
    .notes_en =
        "Five sections or more by the shares of classes, fewer by the means "
        "of the items. Shares are compared unrounded. A section without data "
        "leaves the denominator and is named. Exactly 60 % of I to III and "
        "40 % worse than V is heavy. Excellent and good name no main "
        "pollutants. A section that comes with a class and no values tells "
        "nothing of them.",
    .example = "basin,section,time,class,target,氨氮(mg/L),总磷(mg/L)\n"
               "岷江,A,2026-10-01,,III,0.31,0.12\n"
               "岷江,B,2026-10-01,,III,1.31,0.25\n"
               "岷江,C,2026-10-01,II,II,,\n"
               "岷江,D,2026-10-01,IV,III,,\n"
               "岷江,E,2026-10-01,III,III,,\n"
               "岷江,F,2026-10-01,,III,,\n",
};
