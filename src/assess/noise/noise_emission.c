#include "assess/noise/noise_emission.h"

enum { NOT_USABLE = 3, WHOLE_ZONES = 2 };

struct work {
    const struct noise_emission *e;
    struct arena *arena;
    struct derivation d;
    const struct rule *limit;
    struct words over;
};

static const char *const standards[] = {
    [NOISE_INDUSTRY] = "GB 12348-2008",
    [NOISE_COMMUNITY] = "GB 22337-2008",
    [NOISE_CONSTRUCTION] = NULL, /* by the day */
};

static struct decimal whole(struct decimal level)
{
    struct decimal out;

    return decimal_rescale(level, 0, ROUND_HALF_EVEN, &out) ? level : out;
}

static const struct rule *limit_of(const struct noise_emission *e,
                                   struct arena *arena)
{
    struct rule_question q = {.record = "emission_limit",
                              .standard = standards[e->source],
                              .param = e->night ? "night" : "day",
                              .day = e->day};

    if (e->source == NOISE_CONSTRUCTION) {
        q.record = "construction_limit";
        q.key = "boundary";
    } else if (e->room == NOISE_OUTDOORS) {
        q.key = arena_printf(arena, "class %d", e->zone);
    } else {
        q.record = "structure_borne";
        q.key = e->zone < WHOLE_ZONES
                    ? arena_printf(arena, "zone %d room %c", e->zone,
                                   e->room == NOISE_ROOM_A ? 'A' : 'B')
                    : arena_printf(arena, "zone 2-4 room %c",
                                   e->room == NOISE_ROOM_A ? 'A' : 'B');
    }
    return rule_find(noise_rules(), q);
}

/* By how much a sudden noise may pass the night's limit; NULL: no rule. */
static const struct rule *sudden_rule(const struct noise_emission *e)
{
    if (e->source == NOISE_CONSTRUCTION)
        return rule_find(noise_rules(),
                         (struct rule_question){.record = "construction_limit",
                                                .key = "night Lmax",
                                                .day = e->day});
    return rule_find(noise_rules(),
                     (struct rule_question){
                         .record = "rule",
                         .standard = standards[e->source],
                         .key = e->frequent ? "night frequent sudden noise"
                                            : "night occasional sudden noise",
                         .day = e->day});
}

/* The correction of a difference; NULL: none is needed. */
static const struct rule *correction_of(struct decimal difference, int day,
                                        struct arena *arena)
{
    const char *key =
        arena_printf(arena, "difference %s", step_decimal(arena, difference));

    return rule_find(noise_rules(),
                     (struct rule_question){.record = "background_correction",
                                            .key = key,
                                            .day = day});
}

/*
 * The level without its background, and how it came about. False when it is
 * too near to the background.
 */
static bool correct(struct work *w, struct verdict_item *item,
                    struct decimal *level, struct words *how)
{
    struct arena *a = w->arena;
    const struct noise_emission *e = w->e;
    const struct rule *rule;
    struct decimal difference;
    const char *measured = step_decimal(a, e->level), *b, *text;

    *level = e->level;
    if (!e->background) {
        *how = (struct words){"(未测背景值,不修正)",
                              " (no background measured: not corrected)"};
        return true;
    }
    if (decimal_sub(e->level, *e->background, &difference))
        return false;
    b = step_decimal(a, *e->background);
    text = step_decimal(a, whole(difference));
    if (decimal_compare(whole(difference), DECIMAL(NOT_USABLE, 0)) < 0) {
        item->step_zh = arena_printf(
            a, "测量值 %s − 背景值 %s ≈ %s < 3 dB:结果不能用,应降低背景后重测",
            measured, b, text);
        item->step_en = arena_printf(
            a,
            "measured %s − background %s ≈ %s < 3 dB: not usable, measure "
            "again with less background",
            measured, b, text);
        return false;
    }
    rule = correction_of(whole(difference), e->day, a);
    if (!rule) {
        *how = WORDS(a, "(%s − 背景 %s ≈ %s > 10,不修正)",
                     " (%s − background %s ≈ %s > 10: not corrected)", measured,
                     b, text);
        return true;
    }
    derivation_item_rely(&w->d, item, rule->confidence);
    *how = WORDS(a, "(%s − 背景 %s ≈ %s,修正 %s)",
                 " (%s − background %s ≈ %s: corrected by %s)", measured, b,
                 text, rule->text);
    return !decimal_add(e->level, rule->value, level);
}

static void compare(struct work *w, struct verdict_item *item,
                    struct decimal level, struct decimal limit,
                    struct words how)
{
    struct arena *a = w->arena;
    bool over = decimal_compare(whole(level), limit) > 0;
    const char *exact = step_decimal(a, level);
    const char *v = step_decimal(a, whole(level));
    const char *l = step_decimal(a, limit);

    item->has_limit = true;
    item->limit = limit;
    item->rating = item->decisive = over;
    item->step_zh =
        arena_printf(a, "%s %s%s,取整 %s %s 限值 %s → %s", item->name_zh, exact,
                     how.zh, v, over ? ">" : "≤", l, over ? "超标" : "达标");
    item->step_en = arena_printf(
        a, "%s %s%s, whole dB: %s %s limit %s → %s", item->name_en, exact,
        how.en, v, over ? ">" : "≤", l, over ? "above" : "within");
    if (over)
        w->over = words_join(a, w->over,
                             (struct words){item->name_zh, item->name_en});
}

/* False when the level cannot be used. */
static bool judge_level(struct work *w)
{
    struct verdict_item *item =
        derivation_add(&w->d, "Leq", (struct words){"等效声级 Leq", "Leq"});
    struct decimal level;
    struct words how = {"", ""};

    derivation_item_rely(&w->d, item, w->limit->confidence);
    /* the comparison in whole dB is known from one source */
    derivation_item_rely(&w->d, item, "medium");
    derivation_value(item, w->e->level, NOISE_UNIT);
    if (!correct(w, item, &level, &how))
        return false;
    derivation_value(item, whole(level), NOISE_UNIT);
    compare(w, item, level, w->limit->value, how);
    return true;
}

static void judge_max(struct work *w)
{
    const struct noise_emission *e = w->e;
    const struct rule *rule = sudden_rule(e);
    struct decimal most;
    struct verdict_item *item;

    if (!e->max || !e->night)
        return;
    item = derivation_add(
        &w->d, "Lmax",
        (struct words){"夜间突发噪声 Lmax", "Lmax of the night"});
    derivation_value(item, whole(*e->max), NOISE_UNIT);
    if (!rule || e->room != NOISE_OUTDOORS ||
        decimal_add(w->limit->value, rule->value, &most)) {
        item->step_zh = "夜间突发噪声 Lmax:没有规定,不评价";
        item->step_en = "Lmax of the night: no rule, not rated";
        return;
    }
    derivation_item_rely(&w->d, item, rule->confidence);
    compare(w, item, *e->max, most,
            WORDS(w->arena, "(限值 %s + %s)", " (limit %s + %s)",
                  w->limit->text, rule->text));
}

static void conclude(struct work *w, struct verdict *v)
{
    struct arena *a = w->arena;
    bool over = *w->over.zh;
    struct words background =
        w->e->background ? (struct words){"", ""}
                         : (struct words){";未测背景值,未修正",
                                          "; no background, not corrected"};

    v->rating = over;
    v->level = over ? 2 : 1;
    v->level_zh = over ? "超标" : "达标";
    v->level_en = over ? "above" : "within";
    v->summary_zh =
        over ? arena_printf(a, "超标:%s%s", w->over.zh, background.zh)
             : arena_printf(a, "达标%s", background.zh);
    v->summary_en =
        over ? arena_printf(a, "above: %s%s", w->over.en, background.en)
             : arena_printf(a, "within%s", background.en);
    if (w->limit->note[0] && w->e->source == NOISE_CONSTRUCTION) {
        v->summary_zh = arena_printf(
            a, "%s;2025 版评价方法原文未见,限值按未变处理", v->summary_zh);
        v->summary_en = arena_printf(
            a,
            "%s; the text of the edition of 2025 was not seen, its limits "
            "are taken as unchanged",
            v->summary_en);
    }
    derivation_say(&w->d, over
                              ? (struct words){"有超标项", "something is above"}
                              : (struct words){"无超标项", "nothing is above"});
}

void noise_emission_judge(const struct noise_emission *emission,
                          struct arena *arena, struct verdict *out)
{
    struct work w = {.e = emission, .arena = arena, .over = {"", ""}};

    *out = derivation_verdict(VERDICT_NOISE_EMISSION, "");
    derivation_start(&w.d, arena);
    w.limit = limit_of(emission, arena);
    if (!w.limit) {
        out->outcome = VERDICT_NO_EDITION;
        out->summary_zh = "该日没有有效的标准";
        out->summary_en = "no standard was in force on that day";
    } else {
        out->edition = w.limit->standard;
        if (judge_level(&w)) {
            judge_max(&w);
            conclude(&w, out);
        } else {
            out->outcome = VERDICT_INSUFFICIENT;
            out->summary_zh = "与背景值相差不足 3 dB,应重测";
            out->summary_en = "less than 3 dB above the background: measure "
                              "again";
        }
    }
    derivation_finish(&w.d, out);
}
