#include "assess/derivation/rule_facts.h"
#include "assess/soil/farmland.h"
#include "assess/soil/soil_input.h"

#include <pthread.h>

static struct soil_items list;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void read_items(void)
{
    const struct soil_item *item;

    for (size_t i = 0; (item = soil_farmland_item(i)); i++)
        soil_items_add(&list, item);
}

static const struct assess_item *item_at(size_t index)
{
    pthread_once(&once, read_items);
    return index < list.count ? &list.items[index] : NULL;
}

/* 50-29-3 is the sum in GB 36600 and a member of the sum here. */
static const struct assess_item *item_named(struct span name)
{
    const struct soil_item *item = soil_item_named(name);
    const char *code = item ? item->code : "";

    pthread_once(&once, read_items);
    if (strcmp(code, "cas:50-29-3") == 0)
        code = span_equal(name, SPAN("50-29-3")) ? "pp-DDT" : "DDT total";
    return soil_items_find(&list, code);
}

enum { DAY, LAND, PH };

static const struct assess_field fields[] = {
    [DAY] = {.name = "day",
             .aliases = "date;time;日期;采样日期",
             .kind = ASSESS_DAY,
             .zh = "采样日期;不给则用现行标准",
             .en = "day of sampling; without it the standard in force today"},
    [LAND] = {.name = "land_use",
              .aliases = "use;土地利用;用地类型;利用方式",
              .kind = ASSESS_CHOICE,
              .flags = ASSESS_REQUIRED,
              .choices = soil_land_choices,
              .zh = "农用地利用方式",
              .en = "use of the farmland"},
    [PH] = {.name = "ph",
            .aliases = "pH;PH;pH值",
            .kind = ASSESS_DECIMAL,
            .zh = "土壤 pH;缺则金属不能评价",
            .en = "pH of the soil; without it no metal is rated"},
    {.name = NULL},
};

static void judge(const struct assess_case *c)
{
    const struct assess_record *r = &c->records[0];
    const struct assess_cell *ph = &r->cell[PH];
    struct farmland_sample s = {
        .place = {.land = (enum soil_land)r->cell[LAND].choice,
                  .ph = ph->given ? &ph->number : NULL,
                  .day = rule_day_of(c, &r->cell[DAY])},
        .values = soil_values(c, r),
        .count = r->value_count,
    };
    struct verdict verdict;

    if (!s.values)
        return;
    if (ph->given && decimal_compare(ph->number, DECIMAL(14, 0)) > 0) {
        assess_refuse(c, r, SPAN("ph"), "pH 须在 0 至 14 之间",
                      "a pH lies between 0 and 14");
        return;
    }
    farmland_judge(&s, c->arena, &verdict);
    assess_give(c, r, &verdict);
}

static void facts_of(struct assess_facts *facts)
{
    assess_fact_limits(facts, soil_farmland_limits());
    rule_facts(facts, soil_rules(), "member", "GB 15618-2018");
}

const struct assessment soil_farmland_assessment = {
    .name = "soil-farmland",
    .kind = VERDICT_SOIL_FARMLAND,
    .element = "soil",
    .title_zh = "农用地土壤污染风险",
    .title_en = "risk of farmland soil",
    .standards = {"GB 15618-2018"},
    .fields = fields,
    .has_items = true,
    .item_at = item_at,
    .item_named = item_named,
    .judge = judge,
    .facts = facts_of,
    .rating_zh = "1 不高于筛选值,2 不高于管制值,3 高于管制值",
    .rating_en = "1 within screening, 2 within intervention, 3 above",
    .notes_zh = "含量以干土计。pH 5.5、6.5、7.5 "
                "属下一档。水旱轮作取水田与其他中较严者。"
                "铜、镍、锌无管制值。缺异构体的合计值只是下限并注明;"
                "未检出的异构体按检出"
                "限一半计入。检出限高于筛选值的项目不能评价。土壤只提出管理类别"
                ",须与农产品"
                "协同判定。",
    .notes_en =
        "Contents are of dry soil. pH 5.5, 6.5 and 7.5 belong to the lower "
        "band. "
        "Rotation takes the stricter of paddy and other. Copper, nickel and "
        "zinc "
        "have no intervention value. A sum without some isomers is a lower "
        "bound "
        "and says so; isomers not detected count half their limit of "
        "detection. "
        "An item whose limit of detection is above screening is not rated. The "
        "soil only proposes a management class; the produce decides with it.",
    .example = "point,day,land_use,pH,Cd,Hg,As,Pb,Cr,Cu,Ni,Zn\n"
               "S1,2026-05-11,paddy,6.2,0.45,0.12,11.2,38,72,29,31,96\n"
               "S2,2026-05-11,other,5.5,1.8,0.2,18,61,90,44,38,140\n",
};
