#include "assess/catalogue/assessment.h"
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

static const struct assess_item *item_at(size_t index)
{
    pthread_once(&once, read_items);
    return index < item_count ? &items[index] : NULL;
}

enum { TIME, BODY, ROUNDING };

static const struct assess_choice bodies[] = {
    [WATER_RIVER] = {"river",          "河流", "river",             NULL},
    [WATER_LAKE_RESERVOIR] = {"lake_reservoir", "湖库", "lake or reservoir",
                     "lake;reservoir;湖泊;水库"                       },
    {NULL,             NULL,     NULL,                NULL},
};

static const struct assess_choice roundings[] = {
    [WATER_ROUND_STATISTICS] = {"standard", "按统计技术规定",
                                "to the decimals of the notice",                           NULL},
    [WATER_ROUND_NONE] = {"none",     "不修约",             "digits as they are", NULL},
    {NULL,       NULL,                    NULL,                 NULL},
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
              .choices = bodies,
              .zh = "水体类型",
              .en = "kind of water body"},
    [ROUNDING] = {.name = "rounding",
              .kind = ASSESS_CHOICE,
              .standard = "standard",
              .choices = roundings,
              .zh = "修约方式;单次自动监测用 none",
              .en = "rounding; none for single automatic readings"},
    {.name = NULL                                          },
};

static void judge(const struct assess_case *c)
{
    const struct assess_record *r = &c->records[0];
    struct water_value *values =
        arena_new(c->arena, r->value_count + 1, sizeof(*values));
    struct verdict verdict;

    for (size_t i = 0; i < r->value_count; i++) {
        const struct assess_value *v = &r->values[i];

        values[i].value = v->value;
        values[i].below_detection = v->below_detection;
        span_copy(span_of(v->item->code), values[i].factor,
                  sizeof(values[i].factor));
    }
    water_section(values, r->value_count, (enum water_body)r->cell[BODY].choice,
                  (enum water_rounding)r->cell[ROUNDING].choice,
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
                        .standard = "GB 3838-2002",
                        .from_day = 20020601,
                        .to_day = STANDARD_OPEN,
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

static void facts_of(struct assess_facts *facts)
{
    const struct water_item *item;

    for (size_t i = 0; (item = water_item_at(i)); i++)
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
    .item_at = item_at,
    .judge = judge,
    .facts = facts_of,
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
