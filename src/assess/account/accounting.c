#include "assess/account/accounting.h"

enum { KG_DECIMALS = 6, WHOLE = 100 };

static const char file[] = "source-rules.csv";

static const char *const ways[] = {
    [ACCOUNTING_AUTOMATIC] = "automatic",
    [ACCOUNTING_MANUAL] = "manual",
    [ACCOUNTING_FACTOR] = "factor",
    [ACCOUNTING_BALANCE] = "balance",
};

struct work {
    const struct accounting *in;
    struct derivation d;
    const struct rule_table *rules;
    bool done[ACCOUNTING_WAYS];
    struct decimal kg[ACCOUNTING_WAYS];
    size_t item[ACCOUNTING_WAYS];
};

static const struct rule *rule(const struct work *w, const char *record,
                               const char *key, const char *param)
{
    return rule_find(w->rules, (struct rule_question){.record = record,
                                                      .key = key,
                                                      .param = param,
                                                      .day = w->in->day});
}

bool accounting_conversion_allowed(struct decimal conversion, int day)
{
    struct work w = {.in = &(struct accounting){.day = day},
                     .rules = rule_table(file)};
    const struct rule *low = rule(&w, "balance", "SO2", "conversion_low");
    const struct rule *high = rule(&w, "balance", "SO2", "conversion_high");

    return !low || !high ||
           (decimal_compare(conversion, low->value) >= 0 &&
            decimal_compare(conversion, high->value) <= 0);
}

/* ---- the ways ---- */

static bool multiply(struct decimal *product, struct decimal by)
{
    return !decimal_mul(*product, by, product);
}

/* amount x (1 - eta/100 x k) */
static bool remove_share(const struct work *w, struct decimal k,
                         struct decimal *kg)
{
    struct decimal removed, left;

    return !decimal_mul(w->in->eta, k, &removed) &&
           !decimal_sub(DECIMAL(WHOLE, 0), removed, &left) &&
           multiply(kg, left) && multiply(kg, DECIMAL(1, -2));
}

static bool by_manual(struct work *w, struct decimal *kg, const char **how)
{
    const struct accounting *in = w->in;

    *kg = in->concentration;
    *how = arena_printf(
        w->d.arena, "%s %s × %s m³/h × %s h × 10⁻%s",
        step_decimal(w->d.arena, in->concentration),
        in->water ? "mg/L" : "mg/m³", step_decimal(w->d.arena, in->flow),
        step_decimal(w->d.arena, in->hours), in->water ? "³" : "⁶");
    return multiply(kg, in->flow) && multiply(kg, in->hours) &&
           multiply(kg, DECIMAL(1, in->water ? -3 : -6));
}

static bool by_factor(struct work *w, struct decimal *kg, const char **how)
{
    const struct accounting *in = w->in;
    struct arena *a = w->d.arena;

    *how = arena_printf(
        a, "%s %.*s × %s %.*s × (1 − %s %% × %s)",
        step_decimal(a, in->activity.value), SPAN_ARG(in->activity.unit),
        step_decimal(a, in->factor.value), SPAN_ARG(in->factor.unit),
        step_decimal(a, in->eta), step_decimal(a, in->k));
    return quantity_product(in->activity, in->factor, kg) == QUANTITY_OK &&
           remove_share(w, in->k, kg);
}

static bool by_balance(struct work *w, struct decimal *kg, const char **how)
{
    const struct accounting *in = w->in;
    const struct rule *molar = rule(w, "balance", "SO2", "molar");
    struct arena *a = w->d.arena;

    if (!molar)
        return false;
    *how = arena_printf(a, "%s × %s × %s t × %s %% × (1 − %s %%) × 1000",
                        molar->text, step_decimal(a, in->conversion),
                        step_decimal(a, in->coal_t),
                        step_decimal(a, in->sulphur), step_decimal(a, in->eta));
    *kg = in->coal_t;
    return multiply(kg, molar->value) && multiply(kg, in->conversion) &&
           multiply(kg, in->sulphur) && multiply(kg, DECIMAL(10, 0)) &&
           remove_share(w, DECIMAL(1, 0), kg);
}

static bool by_automatic(struct work *w, struct decimal *kg, const char **how)
{
    *kg = w->in->automatic_kg;
    *how = arena_printf(w->d.arena, "%s kg",
                        step_decimal(w->d.arena, w->in->automatic_kg));
    return true;
}

static void compute(struct work *w, int way)
{
    bool (*const by[])(struct work *, struct decimal *, const char **) = {
        [ACCOUNTING_AUTOMATIC] = by_automatic,
        [ACCOUNTING_MANUAL] = by_manual,
        [ACCOUNTING_FACTOR] = by_factor,
        [ACCOUNTING_BALANCE] = by_balance,
    };
    const struct rule *name = rule(w, "priority", ways[way], "order");
    struct verdict_item *item;
    const char *how = "";
    const char *sum;

    if (!w->in->has[way] || !name)
        return;
    w->item[way] = w->d.count;
    item = derivation_add(&w->d, ways[way],
                          (struct words){name->name_zh, name->name_en});
    derivation_item_rely(&w->d, item, name->confidence);
    if (!by[way](w, &w->kg[way], &how)) {
        item->step_zh =
            arena_printf(w->d.arena, "%s:数值过大,无法计算", name->name_zh);
        item->step_en = arena_printf(w->d.arena, "%s: too large to be computed",
                                     name->name_en);
        return;
    }
    w->kg[way] = quantity_round(w->kg[way], KG_DECIMALS);
    w->done[way] = true;
    derivation_value(item, w->kg[way], "kg");
    sum = way == ACCOUNTING_AUTOMATIC
              ? how
              : arena_printf(w->d.arena, "%s = %s kg", how,
                             step_decimal(w->d.arena, w->kg[way]));
    item->step_zh = arena_printf(w->d.arena, "%s:%s", name->name_zh, sum);
    item->step_en = arena_printf(w->d.arena, "%s: %s", name->name_en, sum);
}

/* ---- the choice ---- */

/* Automatic data count from a least capture on. */
static void check_capture(struct work *w)
{
    const struct rule *least =
        rule(w, "priority", "automatic", "least_percent");
    const char *capture = step_decimal(w->d.arena, w->in->capture);

    if (!w->done[ACCOUNTING_AUTOMATIC] || !least)
        return;
    if (decimal_compare(w->in->capture, least->value) >= 0) {
        derivation_say(&w->d,
                       WORDS(w->d.arena, "捕集率 %s %% ≥ %s %%:自动监测有效",
                             "capture %s %% ≥ %s %%: automatic data "
                             "count",
                             capture, least->text));
        return;
    }
    w->done[ACCOUNTING_AUTOMATIC] = false;
    derivation_say(
        &w->d, WORDS(w->d.arena, "捕集率 %s %% < %s %%:自动监测不作为核算依据",
                     "capture %s %% < %s %%: automatic data do not count",
                     capture, least->text));
}

static int first_way(const struct work *w)
{
    int best = -1;
    int64_t best_order = 0;

    for (int i = 0; i < ACCOUNTING_WAYS; i++) {
        const struct rule *r = rule(w, "priority", ways[i], "order");

        if (!w->done[i] || !r)
            continue;
        if (best < 0 || r->value.mantissa < best_order) {
            best = i;
            best_order = r->value.mantissa;
        }
    }
    return best;
}

/* (other - chosen) / chosen in percent. */
static void compare(struct work *w, int chosen)
{
    struct arena *a = w->d.arena;
    struct decimal base = w->kg[chosen], over, percent;

    for (int i = 0; i < ACCOUNTING_WAYS; i++) {
        const struct verdict_item *item = &w->d.items[w->item[i]];
        const char *sum;

        if (i == chosen || !w->in->has[i] || !item->has_value ||
            decimal_sub(w->kg[i], base, &over) ||
            decimal_muldiv(over, DECIMAL(WHOLE, 0), base, -2, ROUND_HALF_EVEN,
                           &percent))
            continue;
        sum = arena_printf(a, "(%s − %s)/%s = %s %%", step_decimal(a, w->kg[i]),
                           step_decimal(a, base), step_decimal(a, base),
                           step_decimal(a, percent));
        derivation_say(
            &w->d,
            (struct words){
                arena_printf(a, "%s与采用值相差 %s", item->name_zh, sum),
                arena_printf(a, "by %s it differs: %s", item->name_en, sum)});
    }
}

static void conclude(struct work *w, struct verdict *out)
{
    int chosen = first_way(w);
    struct verdict_item *item;
    const char *kg;

    if (chosen < 0) {
        out->outcome = VERDICT_INSUFFICIENT;
        out->summary_zh = "没有可用的核算方法,请给出数据";
        out->summary_en = "no way of accounting has its data";
        return;
    }
    item = &w->d.items[w->item[chosen]];
    item->decisive = true;
    kg = step_decimal(w->d.arena, w->kg[chosen]);
    out->has_index = true;
    out->index = w->kg[chosen];
    out->rating = chosen + 1;
    out->level_zh = item->name_zh;
    out->level_en = item->name_en;
    out->summary_zh =
        arena_printf(w->d.arena, "采用%s:%s kg", item->name_zh, kg);
    out->summary_en =
        arena_printf(w->d.arena, "by %s: %s kg", item->name_en, kg);
    compare(w, chosen);
    derivation_say(&w->d, (struct words){out->summary_zh, out->summary_en});
}

void accounting_of(const struct accounting *in, struct arena *arena,
                   struct verdict *out)
{
    struct work w = {.in = in, .rules = rule_table(file)};
    const struct rule *any = rule(&w, "priority", "automatic", "order");

    *out = derivation_verdict(VERDICT_SOURCE_ACCOUNTING, "");
    derivation_start(&w.d, arena);
    if (!any) {
        out->outcome = VERDICT_NO_EDITION;
        out->summary_zh = "该日没有适用的核算方法";
        out->summary_en = "no method of accounting is in force on that day";
        return;
    }
    out->edition = any->standard;
    for (int i = 0; i < ACCOUNTING_WAYS; i++)
        compute(&w, i);
    check_capture(&w);
    conclude(&w, out);
    derivation_finish(&w.d, out);
}
