#include "assess/radiation/public_dose.h"

enum { RATE_DECIMALS = 4, DOSE_DECIMALS = 6, YEAR_HOURS = 8760 };

struct work {
    const struct public_dose *p;
    struct arena *arena;
    struct derivation d;
    struct decimal total, added; /* mSv/a */
    bool any, has_added, all_added;
    bool failed; /* a number did not fit */
};

/* nSv/h to nGy/h, where the readings are so. */
static struct decimal absorbed(struct work *w, struct decimal rate)
{
    const struct rule *r;
    struct decimal by, out;

    if (!w->p->calibration)
        return rate;
    r = rule_need(
        radiation_rules(),
        (struct rule_question){
            .record = "gamma",
            .key = arena_printf(w->arena, "instrument in Sv/h to Gy/h, %s",
                                w->p->calibration),
            .day = w->p->day});
    derivation_rely(&w->d, r->confidence);
    if (decimal_parse(span_from(span_of(r->text), strlen("divide by ")), &by) ||
        decimal_divide(rate, by, -RATE_DECIMALS, ROUND_HALF_EVEN, &out)) {
        w->failed = true;
        return rate;
    }
    return out;
}

/* rate × occupancy × 0.7 × hours / 10^6: nGy to mSv. */
static struct decimal annual(struct work *w, struct decimal rate,
                             struct decimal occupancy)
{
    const struct rule *k =
        rule_need(radiation_rules(),
                  (struct rule_question){.record = "gamma",
                                         .key = "K absorbed->effective",
                                         .day = w->p->day});
    struct decimal hours = w->p->hours ? *w->p->hours : DECIMAL(YEAR_HOURS, 0);
    struct decimal factor, out = DECIMAL(0, 0);
    struct span number = span_of(k->text);

    derivation_rely(&w->d, k->confidence);
    if (decimal_parse(span_take(&number, ' '), &factor) ||
        decimal_mul(rate, occupancy, &rate) ||
        decimal_mul(rate, factor, &rate) ||
        decimal_muldiv(rate, hours, DECIMAL(1, 6), -DOSE_DECIMALS,
                       ROUND_HALF_EVEN, &out))
        w->failed = true;
    return out;
}

static void add_to(struct work *w, struct decimal *sum, struct decimal more)
{
    if (decimal_add(*sum, more, sum))
        w->failed = true;
}

static struct decimal
occupancy_of(struct work *w, const struct dose_place *place, const char *key)
{
    const struct rule *r;

    if (place->occupancy)
        return *place->occupancy;
    r = radiation_number("gamma", key, "value", w->p->day);
    derivation_rely(&w->d, r->confidence);
    return r->value;
}

static void judge_place(struct work *w, const struct dose_place *place,
                        const char *key, struct words name)
{
    struct arena *a = w->arena;
    struct decimal rate, occupancy, dose, added = DECIMAL(0, 0), own;
    struct words more = {";无本底,不计附加剂量",
                         "; no background, no added dose"};
    const char *o, *h;
    bool below;
    struct verdict_item *item;

    if (!place->rate)
        return;
    rate = absorbed(w, *place->rate);
    occupancy = occupancy_of(w, place, key);
    dose = annual(w, rate, occupancy);
    add_to(w, &w->total, dose);
    w->all_added = w->all_added && place->background;
    o = step_decimal(a, occupancy);
    h = step_decimal(a, w->p->hours ? *w->p->hours : DECIMAL(YEAR_HOURS, 0));
    if (place->background) {
        own = absorbed(w, *place->background);
        w->failed = w->failed || decimal_sub(rate, own, &added);
        if (added.mantissa < 0)
            added = DECIMAL(0, 0);
        below = decimal_compare(rate, own) < 0;
        added = annual(w, added, occupancy);
        add_to(w, &w->added, added);
        w->has_added = true;
        more = WORDS(a, ";附加 (%s − %s) × %s × 0.7 × %s /10⁶ = %s mSv/a",
                     "; added (%s − %s) × %s × 0.7 × %s /10⁶ = %s mSv/a",
                     step_decimal(a, rate), step_decimal(a, own), o, h,
                     step_decimal(a, added));
        if (below)
            more = WORDS(a, ";低于本底 %s,附加 0 mSv/a",
                         "; below the background %s, added 0 mSv/a",
                         step_decimal(a, own));
    }
    item = derivation_add(&w->d, key, name);
    derivation_value(item, dose, "mSv/a");
    item->step_zh = arena_printf(
        a, "%s %s nGy/h × %s × 0.7 × %s /10⁶ = %s mSv/a%s", name.zh,
        step_decimal(a, rate), o, h, step_decimal(a, dose), more.zh);
    item->step_en = arena_printf(
        a, "%s %s nGy/h × %s × 0.7 × %s /10⁶ = %s mSv/a%s", name.en,
        step_decimal(a, rate), o, h, step_decimal(a, dose), more.en);
    w->any = true;
}

/* Only what was added is compared. */
static void compare(struct work *w, struct verdict *v)
{
    struct arena *a = w->arena;
    const struct rule *limit =
        rule_find(radiation_rules(),
                  (struct rule_question){
                      .record = "limit",
                      .key = w->p->special ? "public, special case single year"
                                           : "public effective dose",
                      .day = w->p->day});
    struct verdict_item *item;
    bool over;
    const char *added = step_decimal(a, w->added);

    if (!limit) {
        v->outcome = VERDICT_NO_EDITION;
        v->edition = "";
        v->summary_zh = "该日没有有效的标准";
        v->summary_en = "no standard was in force on that day";
        return;
    }
    over = decimal_compare(w->added, limit->value) > 0;
    item = derivation_add(&w->d, "added dose",
                          (struct words){"附加剂量", "added dose"});
    derivation_value(item, w->added, "mSv/a");
    derivation_item_rely(&w->d, item, limit->confidence);
    item->has_limit = true;
    item->limit = limit->value;
    item->rating = item->decisive = over;
    item->step_zh = arena_printf(a, "附加剂量合计 %s mSv/a %s 公众限值 %s",
                                 added, over ? ">" : "≤", limit->text);
    item->step_en = arena_printf(a,
                                 "added dose in all %s mSv/a %s limit of the "
                                 "public %s",
                                 added, over ? ">" : "≤", limit->text);
    v->rating = over;
    v->level = over ? 2 : 1;
    v->level_zh = over ? "高于限值" : "不高于限值";
    v->level_en = over ? "above the limit" : "within the limit";
    v->summary_zh =
        arena_printf(a, "附加剂量 %s mSv/a,%s%s", added, v->level_zh,
                     w->all_added ? "" : "(部分地点无本底,未计)");
    v->summary_en =
        arena_printf(a, "added dose %s mSv/a, %s%s", added, v->level_en,
                     w->all_added ? ""
                                  : " (a place without background is not in "
                                    "it)");
}

void public_dose_judge(const struct public_dose *dose, struct arena *arena,
                       struct verdict *out)
{
    struct work w = {.p = dose,
                     .arena = arena,
                     .total = DECIMAL(0, 0),
                     .added = DECIMAL(0, 0),
                     .all_added = true};

    const char *limits = standard_name_on("GB 18871-2002", dose->day);
    const char *method = standard_name_on("HJ 1157-2021", dose->day);

    *out = derivation_verdict(VERDICT_RADIATION_DOSE,
                              arena_printf(arena, "%s, %s", limits, method));
    derivation_start(&w.d, arena);
    if (!*limits || !*method) {
        out->outcome = VERDICT_NO_EDITION;
        out->edition = "";
        out->summary_zh = "该日没有有效的标准";
        out->summary_en = "no standard was in force on that day";
        derivation_finish(&w.d, out);
        return;
    }
    judge_place(&w, &dose->outdoors, "occupancy outdoors",
                (struct words){"室外", "outdoors"});
    judge_place(&w, &dose->indoors, "occupancy indoors",
                (struct words){"室内", "indoors"});
    if (!w.any || w.failed) {
        out->outcome = VERDICT_INSUFFICIENT;
        out->summary_zh = w.any ? "数值过大" : "没有剂量率";
        out->summary_en = w.any ? "a number is too large" : "no dose rate";
    } else {
        out->has_index = true;
        out->index = w.total;
        derivation_say(
            &w.d, WORDS(arena, "合计 %s mSv/a(含天然本底,不与限值比较)",
                        "in all %s mSv/a (with the natural background: not "
                        "compared with the limit)",
                        step_decimal(arena, w.total)));
        out->summary_zh =
            arena_printf(arena, "年有效剂量 %s mSv(含天然本底,不与限值比较)",
                         step_decimal(arena, w.total));
        out->summary_en = arena_printf(
            arena,
            "annual effective dose %s mSv (with the natural background: "
            "not compared with the limit)",
            step_decimal(arena, w.total));
        out->level_zh = "不与限值比较";
        out->level_en = "not compared with the limit";
        if (w.has_added)
            compare(&w, out);
    }
    derivation_finish(&w.d, out);
}
