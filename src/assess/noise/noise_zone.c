#include "assess/noise/noise_zone.h"

static const char standard[] = "GB 3096-2008";

struct work {
    struct arena *arena;
    struct derivation d;
    struct words over;
    bool exceeded;
};

const struct rule *noise_zone_limit(const char *zone, const char *period,
                                    int day)
{
    struct rule_question q = {
        .record = "limit", .standard = standard, .param = period, .day = day};
    const struct rule *r = NULL;

    while ((r = rule_next(noise_rules(), q, r))) {
        if (strcmp(r->key + strlen("class "), zone) == 0)
            return r;
    }
    return NULL;
}

/* The item is compared; `how` tells where the limit comes from. */
static void compare(struct work *w, struct verdict_item *item,
                    struct decimal limit, struct words how)
{
    struct arena *a = w->arena;
    bool over = decimal_compare(item->value, limit) > 0;
    const char *v = step_decimal(a, item->value);
    const char *l = step_decimal(a, limit);

    item->has_limit = true;
    item->limit = limit;
    item->rating = over;
    item->decisive = over;
    item->step_zh =
        arena_printf(a, "%s:%s %s 限值 %s%s → %s", item->name_zh, v,
                     over ? ">" : "≤", l, how.zh, over ? "超标" : "达标");
    item->step_en =
        arena_printf(a, "%s: %s %s limit %s%s → %s", item->name_en, v,
                     over ? ">" : "≤", l, how.en, over ? "above" : "within");
    if (over) {
        w->exceeded = true;
        w->over = words_join(a, w->over,
                             (struct words){item->name_zh, item->name_en});
    }
}

static struct verdict_item *add(struct work *w, const char *code,
                                struct words name, struct decimal level)
{
    struct verdict_item *item = derivation_add(&w->d, code, name);

    derivation_value(item, noise_tenth(level), NOISE_UNIT);
    return item;
}

static void judge_mean(struct work *w, const struct noise_zone_levels *levels,
                       bool night)
{
    const struct decimal *level = night ? levels->ln : levels->ld;
    const struct rule *limit =
        noise_zone_limit(levels->zone, night ? "night" : "day", levels->day);
    struct verdict_item *item;

    if (!level || !limit)
        return;
    item = add(w, night ? "Ln" : "Ld",
               night ? (struct words){"夜间等效声级 Ln", "Ln"}
                     : (struct words){"昼间等效声级 Ld", "Ld"},
               *level);
    derivation_item_rely(&w->d, item, limit->confidence);
    compare(w, item, limit->value,
            WORDS(w->arena, "(%s 类)", " (class %s)", levels->zone));
}

static void judge_max(struct work *w, const struct noise_zone_levels *levels)
{
    const struct rule *limit =
        noise_zone_limit(levels->zone, "night", levels->day);
    const struct rule *above = rule_find(
        noise_rules(), (struct rule_question){.record = "rule",
                                              .standard = standard,
                                              .param = "Lmax_over_limit",
                                              .day = levels->day});
    struct decimal most;
    struct verdict_item *item;

    if (!levels->max || !limit || !above ||
        decimal_add(limit->value, above->value, &most))
        return;
    item = add(w, "Lmax_night",
               (struct words){"夜间突发噪声 Lmax", "Lmax of the night"},
               *levels->max);
    derivation_item_rely(&w->d, item, above->confidence);
    compare(w, item, most,
            WORDS(w->arena, "(= %s + %s)", " (= %s + %s)", limit->text,
                  above->text));
}

static void refuse(struct verdict *v, enum verdict_outcome outcome,
                   struct words why)
{
    v->outcome = outcome;
    v->summary_zh = why.zh;
    v->summary_en = why.en;
    if (outcome == VERDICT_NO_EDITION)
        v->edition = "";
}

static void conclude(struct work *w, const struct noise_zone_levels *levels,
                     struct verdict *v)
{
    struct arena *a = w->arena;
    struct words missing = {"", ""};

    if (!levels->ld)
        missing = (struct words){";昼间未测", "; the day was not measured"};
    else if (!levels->ln)
        missing = (struct words){";夜间未测", "; the night was not measured"};
    v->rating = w->exceeded;
    v->level = w->exceeded ? 2 : 1;
    v->level_zh = w->exceeded ? "超标" : "达标";
    v->level_en = w->exceeded ? "above" : "within";
    if (w->exceeded) {
        v->summary_zh = arena_printf(a, "%s 类区超标:%s%s", levels->zone,
                                     w->over.zh, missing.zh);
        v->summary_en = arena_printf(a, "above the limits of class %s: %s%s",
                                     levels->zone, w->over.en, missing.en);
        derivation_say(&w->d, WORDS(a, "超标项:%s", "above: %s", w->over.zh));
        w->d.items[w->d.count - 1].step_en =
            arena_printf(a, "above: %s", w->over.en);
    } else {
        v->summary_zh =
            arena_printf(a, "%s 类区达标%s", levels->zone, missing.zh);
        v->summary_en = arena_printf(a, "within the limits of class %s%s",
                                     levels->zone, missing.en);
        derivation_say(&w->d, (struct words){"无超标项", "nothing above"});
    }
}

void noise_zone_judge(const struct noise_zone_levels *levels,
                      struct arena *arena, struct verdict *out)
{
    struct work w = {.arena = arena, .over = {"", ""}};

    *out = derivation_verdict(VERDICT_NOISE_ZONE,
                              standard_name_on(standard, levels->day));
    derivation_start(&w.d, arena);
    if (!noise_zone_limit(levels->zone, "day", levels->day)) {
        refuse(out, VERDICT_NO_EDITION,
               (struct words){"该日没有有效的标准",
                              "no standard was in force on that day"});
    } else if (levels->bad_weather) {
        refuse(out, VERDICT_INSUFFICIENT,
               (struct words){"雨雪雷电或风速 5 m/s 以上,不作评价",
                              "rain, snow, thunder or wind of 5 m/s and more: "
                              "not evaluated"});
    } else if (!levels->ld && !levels->ln && !levels->max) {
        refuse(out, VERDICT_INSUFFICIENT,
               (struct words){"没有声级", "no level was given"});
    } else {
        judge_mean(&w, levels, false);
        judge_mean(&w, levels, true);
        judge_max(&w, levels);
        conclude(&w, levels, out);
    }
    derivation_finish(&w.d, out);
}
