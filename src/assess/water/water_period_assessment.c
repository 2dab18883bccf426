#include "assess/water/water_columns.h"
#include "assess/water/water_period.h"

enum { SECTION, TIME, PERIOD, BODY, SOURCE, SEASON, TARGET, STATE };
enum { UNKNOWN_MAX = 64 }; /* more than there are items */

static const struct assess_choice sources[] = {
    {"manual", "手工监测", "sample in the laboratory", "手工"},
    {"automatic", "自动监测", "automatic station", "auto;自动"},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_choice seasons[] = {
    {"any", "不分水期", "not told apart", NULL},
    {"wet", "丰水期", "wet season", "丰水"},
    {"normal", "平水期", "normal season", "平水"},
    {"dry", "枯水期", "dry season", "枯水"},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_field fields[] = {
    [SECTION] = {.name = "section",
                 .aliases = "断面;断面名称;点位;site",
                 .kind = ASSESS_TEXT,
                 .flags = ASSESS_KEY | ASSESS_REQUIRED,
                 .zh = "断面或点位",
                 .en = "section or point"},
    [TIME] = {.name = "time",
              .aliases = "date;day;日期;时间;监测时间",
              .kind = ASSESS_DAY,
              .flags = ASSESS_REQUIRED,
              .zh = "采样或监测时间(北京时间)",
              .en = "time of the sample (Beijing time)"},
    [PERIOD] = {.name = "period",
                .aliases = "评价时段",
                .kind = ASSESS_PERIOD,
                .standard = "month",
                .zh = "评价时段:month、quarter、year",
                .en = "rated by month, quarter or year"},
    [BODY] = {.name = "water_body",
              .aliases = "body;水体类型",
              .kind = ASSESS_CHOICE,
              .flags = ASSESS_OF_CASE,
              .standard = "river",
              .choices = water_bodies,
              .zh = "水体类型",
              .en = "kind of water body"},
    [SOURCE] = {.name = "source",
                .aliases = "数据来源",
                .kind = ASSESS_CHOICE,
                .standard = "manual",
                .choices = sources,
                .zh = "数据来源",
                .en = "where the values come from"},
    [SEASON] = {.name = "season",
                .aliases = "水期",
                .kind = ASSESS_CHOICE,
                .flags = ASSESS_KEY,
                .standard = "any",
                .choices = seasons,
                .zh = "水期,分别评价",
                .en = "season; each is rated apart"},
    [TARGET] = {.name = "target",
                .aliases = "目标;水质目标;目标类别",
                .kind = ASSESS_CHOICE,
                .flags = ASSESS_OF_CASE,
                .standard = "none",
                .choices = water_targets,
                .zh = "断面水质目标",
                .en = "class that the section is to meet"},
    [STATE] = {.name = "state_controlled",
               .aliases = "国控",
               .kind = ASSESS_YES,
               .flags = ASSESS_OF_CASE,
               .standard = "no",
               .zh = "国控断面(年度评价须 12 个月)",
               .en = "state-controlled section: a year needs all months"},
    {.name = NULL},
};

/* What a period is to the rule of samples; false: none that is rated. */
static bool span_of_period(int period, enum water_span *out)
{
    switch (period) {
    case ASSESS_EACH_DAY:
    case ASSESS_EACH_MONTH:
        *out = WATER_MONTH;
        return true;
    case ASSESS_EACH_QUARTER:
        *out = WATER_QUARTER;
        return true;
    case ASSESS_EACH_YEAR:
        *out = WATER_YEAR;
        return true;
    default:
        return false;
    }
}

/* Items with a bare "ND": below what is not told, so they have no mean. */
struct unknown {
    const struct assess_item *items[UNKNOWN_MAX];
    size_t count;
};

static bool is_unknown(const struct unknown *u, const struct assess_item *item)
{
    for (size_t i = 0; i < u->count; i++) {
        if (u->items[i] == item)
            return true;
    }
    return false;
}

static void note_unknown(struct unknown *u, const struct assess_record *r)
{
    for (size_t i = 0; i < r->value_count; i++) {
        if (r->values[i].is == ASSESS_NOT_DETECTED && u->count < UNKNOWN_MAX &&
            !is_unknown(u, r->values[i].item))
            u->items[u->count++] = r->values[i].item;
    }
}

static struct water_reading *readings_of(const struct assess_case *c,
                                         enum water_body body,
                                         size_t *out_count)
{
    struct unknown unknown = {.count = 0};
    struct water_reading *all;
    size_t count = 0;

    for (size_t i = 0; i < c->count; i++) {
        count += c->records[i].value_count;
        note_unknown(&unknown, &c->records[i]);
    }
    all = arena_new(c->arena, count + 1, sizeof(*all));
    *out_count = 0;
    for (size_t i = 0; i < c->count; i++) {
        const struct assess_record *r = &c->records[i];

        for (size_t k = 0; k < r->value_count; k++) {
            const struct assess_value *v = &r->values[k];
            const struct water_item *item =
                water_item_find(span_of(v->item->code), body);

            if (item && v->value.mantissa >= 0 &&
                !is_unknown(&unknown, v->item))
                all[(*out_count)++] = (struct water_reading){
                    .measure = {item, v->value, v->below_detection},
                    .automatic = r->cell[SOURCE].choice == 1,
                    .day = r->cell[TIME].day,
                };
        }
    }
    return all;
}

static void judge(const struct assess_case *c)
{
    const struct assess_cell *cell = c->records[0].cell;
    struct water_terms terms = {
        .body = (enum water_body)cell[BODY].choice,
        .rounding = WATER_ROUND_STATISTICS,
        .target = cell[TARGET].choice,
        .state_controlled = cell[STATE].choice == 1,
    };
    struct water_reading *readings;
    struct verdict verdict;
    size_t count;

    if (!span_of_period(cell[PERIOD].choice, &terms.span)) {
        assess_refuse(c, NULL, SPAN("period"),
                      "水质按月、季、年评价,请改用 month、quarter 或 year",
                      "water is rated by month, quarter or year: use one of "
                      "them");
        return;
    }
    readings = readings_of(c, terms.body, &count);
    water_period(readings, count, &terms, c->to_day, c->arena, &verdict);
    assess_give(c, NULL, &verdict);
}

const struct assessment water_period_assessment = {
    .name = "water-period",
    .kind = VERDICT_WATER_CLASS,
    .element = "water",
    .title_zh = "断面月、季、年水质类别",
    .title_en = "class of a section over a month, a quarter, a year",
    .standards = {"GB 3838-2002", "环办〔2011〕22号", "环办监测函〔2020〕82号"},
    .fields = fields,
    .has_items = true,
    .item_at = water_assess_item,
    .judge = judge,
    .facts = water_facts,
    .rating_zh = "水质类别,6 为劣Ⅴ类",
    .rating_en = "class 1 to 6, 6 is worse than V",
    .notes_zh =
        "pH 按氢离子浓度平均;未检出按检出限的一半;季、年为各月均值的平均;"
        "六项自动监测数据优先,一月之内不与手工数据混用,其余项目两者并存时"
        "用手工数据。未检出而未给检出限的项目没有均值。均值多保留八位,"
        "比较前修约一次。监测次数:有数据的日数;"
        "国控断面年度为月数。湖库负值等不可用数值不参与平均。",
    .notes_en =
        "pH is averaged through hydrogen ions; half the limit stands for what "
        "was not detected, and an item has no mean where none is told; a "
        "quarter and a year are means of their months. For "
        "six items automatic readings come first and are not mixed with "
        "samples within a month; of other items the samples count where both "
        "are. Means keep eight more digits and are rounded once. Samples are "
        "days with data; of a state-controlled year the months. Negative "
        "values enter no mean.",
    .example = "section,time,source,pH,溶解氧,氨氮(mg/L),总磷(mg/L)\n"
               "A,2026-10-05,manual,7.8,7.9,0.31,0.19\n"
               "A,2026-10-15,manual,8.2,7.1,0.35,<0.02\n"
               "A,2026-10-16,automatic,8.0,7.3,0.33,0.21\n",
};
