#include "assess/derivation/rule_facts.h"
#include "assess/soil/construction.h"
#include "assess/soil/soil_input.h"

#include <pthread.h>

static struct soil_items list;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void read_items(void)
{
    const struct soil_item *item;

    for (size_t i = 0; (item = soil_construction_item(i)); i++)
        soil_items_add(&list, item);
}

static const struct assess_item *item_at(size_t index)
{
    pthread_once(&once, read_items);
    return index < list.count ? &list.items[index] : NULL;
}

static const struct assess_item *item_named(struct span name)
{
    const struct soil_item *item = soil_item_named(name);

    pthread_once(&once, read_items);
    return item ? soil_items_find(&list, item->code) : NULL;
}

enum { DAY, LAND_CLASS, SAMPLE, FIRST, SOIL_TYPE, B_AS, B_CO, B_V };

static const struct assess_choice classes[] = {
    {"unknown", "未知", "not known", NULL},
    {"1", "第一类", "class 1: housing, schools, care, parks",
     "第一类用地;第一类;一类;class 1"},
    {"2", "第二类", "class 2: industry, storage, trade, roads",
     "第二类用地;第二类;二类;class 2"},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_choice samples[] = {
    {"not_told", "未说明", "not told", NULL},
    {"undisturbed", "非扰动样", "undisturbed", "非扰动样;非扰动;原状"},
    {"mixed", "混合样", "mixed", "混合样;混合;扰动;disturbed"},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_field fields[] = {
    [DAY] = {.name = "day",
             .aliases = "date;time;日期;采样日期",
             .kind = ASSESS_DAY,
             .zh = "采样日期;不给则用现行标准",
             .en = "day of sampling; without it the standard in force today"},
    [LAND_CLASS] = {.name = "land_class",
                    .aliases = "用地类别;用地分类;class",
                    .kind = ASSESS_CHOICE,
                    .standard = "unknown",
                    .choices = classes,
                    .zh = "建设用地类别;未知按第一类并注明",
                    .en = "class of the land; unknown is taken for class 1"},
    [SAMPLE] = {.name = "sample",
                .aliases = "样品;样品类型",
                .kind = ASSESS_CHOICE,
                .standard = "not_told",
                .choices = samples,
                .zh = "样品;挥发性项目只评价非扰动样",
                .en = "the sample; volatile items need an undisturbed one"},
    [FIRST] = {.name = "first",
               .aliases = "初步调查",
               .kind = ASSESS_YES,
               .standard = "no",
               .zh = "初步调查:45 项基本项目须齐",
               .en = "first investigation: all 45 basic items are needed"},
    [SOIL_TYPE] = {.name = "soil_type",
                   .aliases = "土壤类型;土类",
                   .kind = ASSESS_TEXT,
                   .zh = "土壤类型(附录 A 背景值)",
                   .en = "soil type (background of annex A)"},
    [B_AS] = {.name = "background_as",
              .aliases = "砷背景值",
              .kind = ASSESS_DECIMAL,
              .unit = "mg/kg",
              .zh = "砷的自然背景值,代替附录 A",
              .en = "natural background of arsenic, instead of annex A"},
    [B_CO] = {.name = "background_co",
              .aliases = "钴背景值",
              .kind = ASSESS_DECIMAL,
              .unit = "mg/kg",
              .zh = "钴的自然背景值,代替附录 A",
              .en = "natural background of cobalt, instead of annex A"},
    [B_V] = {.name = "background_v",
             .aliases = "钒背景值",
             .kind = ASSESS_DECIMAL,
             .unit = "mg/kg",
             .zh = "钒的自然背景值,代替附录 A",
             .en = "natural background of vanadium, instead of annex A"},
    {.name = NULL},
};

static size_t backgrounds_of(const struct assess_record *r,
                             struct soil_value out[3])
{
    static const struct {
        int field;
        const char *item;
    } known[] = {
        {B_AS, "cas:7440-38-2"},
        {B_CO, "cas:7440-48-4"},
        {B_V, "cas:7440-62-2"},
    };
    size_t count = 0;

    for (size_t i = 0; i < LENGTH(known); i++) {
        const struct assess_cell *cell = &r->cell[known[i].field];

        if (cell->given)
            out[count++] =
                (struct soil_value){known[i].item, cell->number, false};
    }
    return count;
}

static void judge(const struct assess_case *c)
{
    const struct assess_record *r = &c->records[0];
    struct soil_value backgrounds[3];
    struct construction_sample s = {
        .land_class = r->cell[LAND_CLASS].choice,
        .taken = r->cell[SAMPLE].choice,
        .first = r->cell[FIRST].choice == 1,
        .soil_type =
            r->cell[SOIL_TYPE].given ? r->cell[SOIL_TYPE].text : SPAN(""),
        .backgrounds = backgrounds,
        .background_count = backgrounds_of(r, backgrounds),
        .day = rule_day_of(c, &r->cell[DAY]),
        .values = soil_values(c, r),
        .count = r->value_count,
    };
    struct verdict verdict;

    if (!s.values)
        return;
    construction_judge(&s, c->arena, &verdict);
    assess_give(c, r, &verdict);
}

static void facts_of(struct assess_facts *facts)
{
    assess_fact_limits(facts, soil_construction_limits());
    rule_facts(facts, soil_rules(), "member", "GB 36600-2018");
    rule_facts(facts, soil_rules(), "background", NULL);
}

const struct assessment soil_construction_assessment = {
    .name = "soil-construction",
    .kind = VERDICT_SOIL_CONSTRUCTION,
    .element = "soil",
    .title_zh = "建设用地土壤污染风险",
    .title_en = "risk of construction-land soil",
    .standards = {"GB 36600-2018"},
    .fields = fields,
    .has_items = true,
    .item_at = item_at,
    .item_named = item_named,
    .judge = judge,
    .facts = facts_of,
    .rating_zh = "1 风险可忽略,2 需详细调查,3 需管控或修复",
    .rating_en = "1 negligible, 2 investigate, 3 control or remediation",
    .notes_zh = "含量以干土计。砷、钴、钒高于筛选值但不高于自然背景值的不按污染"
                "地块管理:"
                "砷按土类取附录 "
                "A(中等可信),钴、钒各土类的值未见原文,只取最低值(低可信),"
                "宜另给背景值。铬为六价铬。挥发性项目只评价非扰动样。",
    .notes_en =
        "Contents are of dry soil. As, Co and V above screening but within the "
        "natural background are not managed as contaminated: As by soil type "
        "from "
        "annex A (medium); for Co and V the types were not seen and only the "
        "lowest value is used (low): better give a background. Chromium is "
        "hexavalent. Volatile items are rated on undisturbed samples only.",
    .example = "point,land_class,sample,soil_type,As,Cd,Pb,Hg,苯,苯并[a]芘\n"
               "B1,1,undisturbed,黄壤,35,0.4,120,0.3,<0.0019,0.1\n"
               "B2,2,undisturbed,,75,12,2600,0.9,4.5,1.6\n",
};
