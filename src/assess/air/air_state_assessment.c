#include "assess/air/air_input.h"
#include "assess/air/air_state.h"
#include "assess/derivation/derivation.h"

enum { FROM, TO, DECIMALS };
enum { DECIMALS_MAX = 9 };

static const struct assess_choice states[] = {
    {"273", "273.15 K,1013.25 hPa(标准状态)", "273.15 K, 1013.25 hPa", "0"},
    {"298", "298.15 K,1013.25 hPa(参比状态)", "298.15 K, 1013.25 hPa", "25"},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_field fields[] = {
    [FROM] = {.name = "from_state",
              .kind = ASSESS_CHOICE,
              .standard = "273",
              .choices = states,
              .zh = "数据的状态",
              .en = "state of the data"},
    [TO] = {.name = "to_state",
            .kind = ASSESS_CHOICE,
            .standard = "298",
            .choices = states,
            .zh = "换算到的状态",
            .en = "state wanted"},
    [DECIMALS] = {.name = "decimals",
                  .kind = ASSESS_COUNT,
                  .standard = "2",
                  .zh = "结果的小数位数(至多 9)",
                  .en = "decimals of the result (at most 9)"},
    {.name = NULL},
};

static enum air_pollutant pollutant_of(const struct assess_item *item)
{
    ptrdiff_t at = item - air_item_at(0);

    return at < AIR_POLLUTANT_COUNT ? (enum air_pollutant)at : AIR_O3;
}

static bool add(struct derivation *d, const struct assess_record *r,
                const struct assess_value *v)
{
    enum air_state from = (enum air_state)r->cell[FROM].choice;
    enum air_state to = (enum air_state)r->cell[TO].choice;
    struct verdict_item *item = derivation_add(
        d, v->item->code, (struct words){v->item->name_zh, v->item->name_en});
    const char *text = step_decimal(d->arena, v->value), *result;
    struct decimal out;

    if (!air_state_is_gas(pollutant_of(v->item))) {
        derivation_value(item, v->value, v->item->unit);
        item->step_zh = arena_printf(d->arena, "%s:颗粒物按实况,%s 不变",
                                     v->item->name_zh, text);
        item->step_en =
            arena_printf(d->arena, "%s: particles as sampled, %s stays",
                         v->item->name_en, text);
        return true;
    }
    if (air_state_convert(v->value, from, to,
                          (int)r->cell[DECIMALS].number.mantissa, &out))
        return false;
    derivation_value(item, out, v->item->unit);
    derivation_item_rely(d, item, "high");
    result = arena_printf(d->arena, "%s × %s/%s = %s", text,
                          step_decimal(d->arena, air_state_kelvin(from)),
                          step_decimal(d->arena, air_state_kelvin(to)),
                          step_decimal(d->arena, out));
    item->step_zh = arena_printf(d->arena, "%s:%s", v->item->name_zh, result);
    item->step_en = arena_printf(d->arena, "%s: %s", v->item->name_en, result);
    return true;
}

static void judge(const struct assess_case *c)
{
    const struct assess_record *r = &c->records[0];
    struct verdict v = derivation_verdict(VERDICT_AIR_STANDARD_STATE,
                                          "GB 3095-2012, GB 3095-2026");
    struct derivation d;
    int total = 0, gases = 0;

    derivation_start(&d, c->arena);
    if (decimal_compare(r->cell[DECIMALS].number, DECIMAL(DECIMALS_MAX, 0)) >
        0) {
        assess_refuse(c, r, SPAN("decimals"), "小数位数至多 9",
                      "at most nine decimals");
        return;
    }
    for (size_t i = 0; i < r->value_count; i++) {
        const struct assess_value *value = &r->values[i];

        if (value->is != ASSESS_NUMBER || value->below_detection ||
            !add(&d, r, value)) {
            assess_refuse(c, r, value->column,
                          "不是可换算的数值:请写数字或留空",
                          "not a number that can be converted: write digits or "
                          "leave it empty");
            return;
        }
        total++;
        gases += air_state_is_gas(pollutant_of(value->item));
    }
    v.outcome = total ? VERDICT_GIVEN : VERDICT_INSUFFICIENT;
    v.level_zh = states[r->cell[TO].choice].zh;
    v.level_en = states[r->cell[TO].choice].en;
    v.summary_zh =
        arena_printf(c->arena, "气体 %d 项换算到 %s", gases, v.level_zh);
    v.summary_en = arena_printf(c->arena, "%d of %d items are gases, now at %s",
                                gases, total, v.level_en);
    if (total > gases)
        v.summary_zh = arena_printf(c->arena, "%s;颗粒物 %d 项不换算",
                                    v.summary_zh, total - gases);
    derivation_finish(&d, &v);
    assess_give(c, r, &v);
}

const struct assessment air_standard_state_assessment = {
    .name = "air-standard-state",
    .kind = VERDICT_AIR_STANDARD_STATE,
    .element = "air",
    .title_zh = "气态污染物浓度的参比状态换算",
    .title_en = "gases at another reference state",
    .standards = {"GB 3095-2012", "GB 3095-2026"},
    .fields = fields,
    .has_items = true,
    .item_at = air_item_at,
    .item_named = air_item_named,
    .judge = judge,
    .facts = air_facts,
    .notes_zh =
        "2018-09-01 前的气态污染物为 273.15 K,此后为 298.15 K;系数是两个"
        "温度之比,不先修约。颗粒物及其组分(铅、苯并[a]芘)按实况,不换算。",
    .notes_en = "Gases were told at 273.15 K before 2018-09-01 and at 298.15 K "
                "since; the factor is the ratio of both, not rounded before. "
                "Particles and what is in them (lead, benzo[a]pyrene) are told "
                "as sampled and stay.",
    .example = "site,SO2,NO2,CO,O3,PM2.5\nA,20,40,1.2,160,35\n",
};
