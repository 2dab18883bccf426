#include "assess/derivation/rule_facts.h"
#include "assess/radiation/emf.h"

enum { POINT, DAY, FREQUENCY, PROJECT, FARMLAND };

static const struct assess_item items[] = {
    [EMF_E] = {.code = "E",
               .name_zh = "电场强度",
               .name_en = "electric field",
               .unit = "V/m",
               .aliases = "工频电场;电场"},
    [EMF_H] = {.code = "H",
               .name_zh = "磁场强度",
               .name_en = "magnetic field",
               .unit = "A/m",
               .aliases = "磁场"},
    [EMF_B] = {.code = "B",
               .name_zh = "磁感应强度",
               .name_en = "magnetic flux density",
               .unit = "uT",
               .aliases = "工频磁场"},
    [EMF_S] = {.code = "Seq",
               .name_zh = "等效平面波功率密度",
               .name_en = "power density",
               .unit = "W/m2",
               .aliases = "S;功率密度"},
};

static const struct assess_item *item_at(size_t index)
{
    return index < LENGTH(items) ? &items[index] : NULL;
}

static const struct assess_field fields[] = {
    [POINT] = {.name = "point",
               .aliases = "site;测点;点位",
               .flags = ASSESS_KEY,
               .zh = "测点;同一测点的各频率相加",
               .en = "the point; its frequencies add up"},
    [DAY] = {.name = "day",
             .aliases = "date;time;日期",
             .kind = ASSESS_DAY,
             .flags = ASSESS_OF_CASE,
             .zh = "日期;不给则用现行标准",
             .en = "the day; without it the standard in force today"},
    [FREQUENCY] = {.name = "frequency",
                   .aliases = "频率;f",
                   .kind = ASSESS_DECIMAL,
                   .flags = ASSESS_REQUIRED,
                   .unit = "Hz",
                   .zh = "频率",
                   .en = "the frequency"},
    [PROJECT] = {.name = "project",
                 .aliases = "单个项目",
                 .kind = ASSESS_YES,
                 .flags = ASSESS_OF_CASE,
                 .standard = "no",
                 .zh = "按单个项目 1/5 功率评价(0.1 MHz 以上)",
                 .en = "hold one project to 1/5 of the power (above 0.1 MHz)"},
    [FARMLAND] = {.name = "farmland",
                  .aliases = "耕地等场所",
                  .kind = ASSESS_YES,
                  .flags = ASSESS_OF_CASE,
                  .standard = "no",
                  .zh = "50 Hz 架空线下耕地等场所(电场 10 kV/m)",
                  .en = "under a 50 Hz line over farmland (E 10 kV/m)"},
    {.name = NULL},
};

static bool take_record(const struct assess_case *c,
                        const struct assess_record *r, struct emf_value *values,
                        bool *below, size_t *count)
{
    if (refuse_words(c, r))
        return false;
    if (r->cell[FREQUENCY].number.mantissa <= 0) {
        assess_refuse(c, r, SPAN("frequency"), "频率须为正数",
                      "a frequency is positive");
        return false;
    }
    for (size_t i = 0; i < r->value_count; i++) {
        values[*count] = (struct emf_value){
            .quantity = (enum emf_quantity)(r->values[i].item - items),
            .hertz = r->cell[FREQUENCY].number,
            .value = r->values[i].value};
        below[(*count)++] = r->values[i].below_detection;
    }
    return true;
}

static void judge(const struct assess_case *c)
{
    const struct assess_record *first = &c->records[0];
    size_t room = 1, count = 0;
    struct emf_value *values;
    bool *below;
    struct emf_point p = {.project = first->cell[PROJECT].choice == 1,
                          .farmland = first->cell[FARMLAND].choice == 1,
                          .day = rule_day_of(c, &first->cell[DAY])};
    struct verdict v;
    bool any = false;

    for (size_t i = 0; i < c->count; i++)
        room += c->records[i].value_count;
    values = arena_new(c->arena, room, sizeof(*values));
    below = arena_new(c->arena, room, sizeof(*below));
    for (size_t i = 0; i < c->count; i++)
        any = take_record(c, &c->records[i], values, below, &count) || any;
    if (!any)
        return;
    p.values = values;
    p.below = below;
    p.count = count;
    emf_judge(&p, c->arena, &v);
    assess_give(c, NULL, &v);
}

static void facts_of(struct assess_facts *facts)
{
    rule_facts(facts, radiation_rules(), "emf_limit", NULL);
    rule_facts(facts, radiation_rules(), "emf_rule", NULL);
    rule_facts(facts, radiation_rules(), "setting", "HJ/T 10.3-1996");
}

const struct assessment electromagnetic_assessment = {
    .name = "electromagnetic",
    .kind = VERDICT_ELECTROMAGNETIC,
    .element = "radiation",
    .title_zh = "电磁环境公众曝露",
    .title_en = "public exposure to electromagnetic fields",
    .standards = {"GB 8702-2014", "HJ/T 10.3-1996"},
    .fields = fields,
    .has_items = true,
    .item_at = item_at,
    .judge = judge,
    .facts = facts_of,
    .index_zh = "最大的比值之和(1 为限值)",
    .index_en = "largest sum of ratios (1 is the limit)",
    .rating_zh = "0 达标,1 超标",
    .rating_en = "0 within, 1 above",
    .notes_zh = "限值随频率按表中公式。频率在两档边界时取较严者。100 kHz "
                "及以下按比值之和,"
                "0.1 MHz 及以上按比值平方之和(功率密度按比值之和);恰在 0.1 MHz "
                "两者都计。H 与 "
                "B 分别求和。未检出按探测下限计入。0.1 MHz 以下的表中等可信。",
    .notes_en =
        "Limits are formulas of the frequency. On the border of two rows the "
        "stricter counts. Up to 100 kHz ratios add up, from 0.1 MHz their "
        "squares "
        "(power density: ratios); exactly 0.1 MHz is in both. H and B are "
        "summed "
        "apart. Not detected counts as the limit of detection. Below 0.1 MHz "
        "the table has medium confidence.",
    .example = "point,frequency(MHz),item,value,unit\n"
               "line,0.00005,E,1.85,kV/m\nline,0.00005,B,12.4,uT\n"
               "base station,900,E,3.1,V/m\nbase station,2600,E,2.4,V/m\n"
               "base station,3500,E,4.0,V/m\n",
};
