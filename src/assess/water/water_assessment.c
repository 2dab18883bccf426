#include "assess/catalogue/assessment.h"
#include "assess/water/water_columns.h"
#include "assess/water/water_table.h"

#include <pthread.h>

enum { ITEMS_MAX = 64 };

static struct assess_item items[ITEMS_MAX];
static size_t item_count;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Rivers and lakes have limits of their own for one item. */
static bool is_known(const char *code)
{
    for (size_t i = 0; i < item_count; i++) {
        if (strcmp(items[i].code, code) == 0)
            return true;
    }
    return false;
}

static void read_items(void)
{
    const struct water_item *w;

    for (size_t i = 0; (w = water_item_at(i)) && item_count < ITEMS_MAX; i++) {
        if (is_known(w->code))
            continue;
        items[item_count++] = (struct assess_item){.code = w->code,
                                                   .name_zh = w->name_zh,
                                                   .name_en = w->name_en,
                                                   .unit = w->unit};
    }
}

const struct assess_item *water_assess_item(size_t index)
{
    pthread_once(&once, read_items);
    return index < item_count ? &items[index] : NULL;
}

enum { TIME, BODY, ROUNDING, SATURATION, TARGET, SPAN_OF, SAMPLES, STATE };

const struct assess_choice water_bodies[] = {
    [WATER_RIVER] = {"river", "河流(含河流型水库)",
                     "river, or reservoir of river type",
                     "河流;river_type_reservoir;河流型水库"},
    [WATER_LAKE_RESERVOIR] = {"lake_reservoir", "湖库", "lake or reservoir",
                              "lake;reservoir;湖泊;水库;湖库"},
    {NULL, NULL, NULL, NULL},
};

const struct assess_choice water_targets[] = {
    {"none", "无", "none", "-"},
    {"I", "Ⅰ类", "class I", "1;Ⅰ;Ⅰ类"},
    {"II", "Ⅱ类", "class II", "2;Ⅱ;Ⅱ类"},
    {"III", "Ⅲ类", "class III", "3;Ⅲ;Ⅲ类"},
    {"IV", "Ⅳ类", "class IV", "4;Ⅳ;Ⅳ类"},
    {"V", "Ⅴ类", "class V", "5;Ⅴ;Ⅴ类"},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_choice spans[] = {
    [WATER_SAMPLE] = {"sample", "一次(周、旬)", "a sample, a week", NULL},
    [WATER_MONTH] = {"month", "月", "a month", "月"},
    [WATER_QUARTER] = {"quarter", "季", "a quarter", "季"},
    [WATER_YEAR] = {"year", "年", "a year", "年"},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_choice roundings[] = {
    [WATER_ROUND_STATISTICS] = {"standard", "按统计技术规定",
                                "to the decimals of the notice", NULL},
    [WATER_ROUND_NONE] = {"none", "不修约", "digits as they are", NULL},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_field fields[] = {
    [TIME] = {.name = "time",
              .aliases = "date;day;start;日期;时间;监测时间",
              .kind = ASSESS_DAY,
              .flags = ASSESS_REQUIRED,
              .zh = "采样或监测时间(北京时间)",
              .en = "time of the sample (Beijing time)"},
    [BODY] = {.name = "water_body",
              .aliases = "body;水体类型",
              .kind = ASSESS_CHOICE,
              .standard = "river",
              .choices = water_bodies,
              .zh = "水体类型",
              .en = "kind of water body"},
    [ROUNDING] = {.name = "rounding",
                  .kind = ASSESS_CHOICE,
                  .standard = "standard",
                  .choices = roundings,
                  .zh = "修约方式;单次自动监测用 none",
                  .en = "rounding; none for single automatic readings"},
    [SATURATION] = {.name = "saturation",
                    .aliases = "do_saturation;饱和率;溶解氧饱和率",
                    .kind = ASSESS_DECIMAL,
                    .unit = "%",
                    .zh = "溶解氧饱和率,达 90 % 即为Ⅰ类",
                    .en = "saturation of oxygen; class I from 90 % on"},
    [TARGET] = {.name = "target",
                .aliases = "目标;水质目标;目标类别",
                .kind = ASSESS_CHOICE,
                .standard = "none",
                .choices = water_targets,
                .zh = "断面水质目标",
                .en = "class that the section is to meet"},
    [SPAN_OF] = {.name = "mean_of",
                 .aliases = "评价时段",
                 .kind = ASSESS_CHOICE,
                 .standard = "sample",
                 .choices = spans,
                 .zh = "数值是何时段的均值",
                 .en = "what the values are means of"},
    [SAMPLES] = {.name = "samples",
                 .aliases = "监测次数",
                 .kind = ASSESS_COUNT,
                 .zh = "时段内的监测次数,不填不检查",
                 .en = "samples in that period; empty: not checked"},
    [STATE] = {.name = "state_controlled",
               .aliases = "国控",
               .kind = ASSESS_YES,
               .standard = "no",
               .zh = "国控断面(年度评价须 12 个月)",
               .en = "state-controlled section: a year needs all months"},
    {.name = NULL},
};

/* More than a count of samples can be is as good as enough. */
enum { SAMPLES_MAX = 1000000 };

static struct water_terms terms_of(const struct assess_record *r)
{
    const struct assess_cell *cell = r->cell;
    int64_t samples = cell[SAMPLES].given ? cell[SAMPLES].number.mantissa : 0;

    return (struct water_terms){
        .body = (enum water_body)cell[BODY].choice,
        .rounding = (enum water_rounding)cell[ROUNDING].choice,
        .has_saturation = cell[SATURATION].given,
        .saturation = cell[SATURATION].number,
        .target = cell[TARGET].choice,
        .span = (enum water_span)cell[SPAN_OF].choice,
        .samples = (int)(samples < SAMPLES_MAX ? samples : SAMPLES_MAX),
        .state_controlled = cell[STATE].choice == 1,
    };
}

struct water_value *water_values(const struct assess_record *r,
                                 struct arena *arena)
{
    struct water_value *values =
        arena_new(arena, r->value_count + 1, sizeof(*values));

    for (size_t i = 0; i < r->value_count; i++) {
        const struct assess_value *v = &r->values[i];

        /* "ND" alone is below what is not told: no value that counts */
        values[i].value =
            v->is == ASSESS_NOT_DETECTED ? DECIMAL(-1, 0) : v->value;
        values[i].below_detection = v->below_detection;
        span_copy(span_of(v->item->code), values[i].factor,
                  sizeof(values[i].factor));
    }
    return values;
}

static void judge(const struct assess_case *c)
{
    const struct assess_record *r = &c->records[0];
    struct water_terms terms = terms_of(r);
    struct verdict verdict;

    water_judge(water_values(r, c->arena), r->value_count, &terms,
                r->cell[TIME].day, c->arena, &verdict);
    assess_give(c, r, &verdict);
}

static void item_facts(struct assess_facts *facts,
                       const struct water_item *item)
{
    static const char *const names[] = {"I", "II", "III", "IV", "V"};
    static const char *const signs[] = {"", "<=", ">=", "from"};
    struct arena arena;

    arena_init(&arena);
    for (int class = 0; class < WATER_CLASSES; class ++) {
        char value[DECIMAL_TEXT_MAX];

        decimal_format(item->limit[class], value);
        assess_fact(facts,
                    &(struct assess_fact){
                        .standard = item->of[class]->standard,
                        .from_day = item->of[class]->from_day,
                        .to_day = item->of[class]->to_day,
                        .item = item->code,
                        .what = arena_printf(&arena, "%s / class %s",
                                             item->river && item->lake ? "any"
                                             : item->river             ? "river"
                                                           : "lake_reservoir",
                                             names[class]),
                        .value = arena_printf(&arena, "%s %s",
                                              signs[item->bound], value),
                        .unit = item->unit,
                        .clause = item->clause,
                        .confidence = item->confidence,
                        .note = "",
                    });
    }
    arena_done(&arena);
}

void water_facts(struct assess_facts *facts)
{
    const struct water_item *item;

    for (size_t i = 0; (item = water_item_of_editions(i)); i++)
        item_facts(facts, item);
}

const struct assessment water_section_assessment = {
    .name = "water-section",
    .kind = VERDICT_WATER_CLASS,
    .element = "water",
    .title_zh = "地表水断面水质类别",
    .title_en = "class of a surface-water section",
    .standards = {"GB 3838-2002", "环办〔2011〕22号", "环办监测函〔2020〕82号"},
    .fields = fields,
    .has_items = true,
    .item_at = water_assess_item,
    .judge = judge,
    .facts = water_facts,
    .rating_zh = "水质类别,6 为劣Ⅴ类",
    .rating_en = "class 1 to 6, 6 is worse than V",
    .notes_zh = "总氮(湖库)、粪大肠菌群单独列出,不参与定类。未检出按检出限的"
                "一半参加评价。",
    .notes_en = "Total nitrogen (lakes) and faecal coliforms are listed apart "
                "and do not enter the class. What was not detected counts as "
                "half its limit of detection.",
    .example = "section,time,water_body,pH,溶解氧,高锰酸盐指数,氨氮(mg/L),"
               "总磷(mg/L)\n"
               "A,2026-11-24T08:00,river,8,7.9,3.2,0.31,0.25\n"
               "B,2026-11-24T08:00,lake_reservoir,8,8.1,2.1,<0.025,0.02\n",
};
