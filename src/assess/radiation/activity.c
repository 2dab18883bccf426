#include "assess/radiation/activity.h"

static const char unit[] = "Bq/L";

struct work {
    struct arena *arena;
    struct derivation d;
    int day;
    struct words over, unrated;
    size_t rated;
};

static const struct rule *guide(const char *key, int day)
{
    return rule_find(
        radiation_rules(),
        (struct rule_question){
            .record = "water", .key = key, .param = "guide", .day = day});
}

/* The value less what may be taken off; `how` shows it. */
static bool net_value(struct work *w, const struct activity_value *value,
                      const struct activity_value *off, struct decimal *net,
                      struct words *how)
{
    struct arena *a = w->arena;

    *net = value->value;
    if (value->below_detection)
        *how = (struct words){"(未检出,为探测下限)",
                              " (not detected: the limit of detection)"};
    if (!off || !off->given || off->below_detection || value->below_detection)
        return true;
    *how = WORDS(a, "(= %s − ⁴⁰K %s)", " (= %s − ⁴⁰K %s)",
                 step_decimal(a, value->value), step_decimal(a, off->value));
    return !decimal_sub(value->value, off->value, net) && net->mantissa >= 0;
}

static void judge_value(struct work *w, const char *key, struct words name,
                        const struct activity_value *value,
                        const struct activity_value *off)
{
    struct arena *a = w->arena;
    const struct rule *g = guide(key, w->day);
    struct verdict_item *item;
    struct words how = {"", ""};
    struct decimal net;
    const char *v, *than;
    bool over;

    if (!value->given)
        return;
    item = derivation_add(&w->d, key, name);
    derivation_value(item, value->value, unit);
    if (!net_value(w, value, off, &net, &how)) {
        item->step_zh = arena_printf(a, "%s:⁴⁰K 大于总 β,不能评价", name.zh);
        item->step_en = arena_printf(
            a, "%s: potassium-40 is above gross beta, cannot be rated",
            name.en);
        w->unrated = words_join(a, w->unrated, name);
        return;
    }
    over = decimal_compare(net, g->value) > 0;
    if (value->below_detection && over) {
        item->step_zh =
            arena_printf(a, "%s:探测下限高于指导值,不能评价", name.zh);
        item->step_en = arena_printf(
            a,
            "%s: the limit of detection is above the guide value, cannot be "
            "rated",
            name.en);
        w->unrated = words_join(a, w->unrated, name);
        return;
    }
    derivation_value(item, net, unit);
    derivation_item_rely(&w->d, item, g->confidence);
    item->has_limit = true;
    item->limit = g->value;
    item->rating = item->decisive = over;
    v = step_decimal(a, net);
    than = over ? ">" : "≤";
    item->step_zh = arena_printf(a, "%s %s Bq/L%s:%s %s 指导值 %s", name.zh, v,
                                 how.zh, v, than, g->text);
    item->step_en = arena_printf(a, "%s %s Bq/L%s: %s %s guide value %s",
                                 name.en, v, how.en, v, than, g->text);
    w->rated++;
    if (over)
        w->over = words_join(a, w->over, name);
}

static void conclude(struct work *w, struct verdict *v)
{
    bool over = *w->over.zh;

    if (!over && *w->unrated.zh) {
        v->outcome = VERDICT_INSUFFICIENT;
        v->summary_zh = arena_printf(w->arena, "%s不能评价", w->unrated.zh);
        v->summary_en =
            arena_printf(w->arena, "%s cannot be rated", w->unrated.en);
        return;
    }
    if (w->rated == 0) {
        v->outcome = VERDICT_INSUFFICIENT;
        v->summary_zh = "没有总 α 或总 β";
        v->summary_en = "no gross alpha or beta";
        return;
    }
    v->rating = over;
    v->level = over ? 2 : 1;
    v->level_zh = over ? "高于指导值" : "不高于指导值";
    v->level_en = over ? "above a guide value" : "within the guide values";
    v->summary_zh = v->level_zh;
    v->summary_en = v->level_en;
    derivation_say(
        &w->d,
        over ? (struct words){"高于指导值:应作核素分析和评价,"
                              "不直接判不合格",
                              "above a guide value: analyse and "
                              "assess the nuclides, no failure by "
                              "itself"}
             : (struct words){"均不高于指导值", "all within the guide values"});
    if (over) {
        v->summary_zh = arena_printf(
            w->arena, "%s 高于指导值,应作核素分析和评价", w->over.zh);
        v->summary_en = arena_printf(
            w->arena, "%s above the guide value: analyse the nuclides",
            w->over.en);
        v->advice_zh = "核素分析和评价";
        v->advice_en = "analyse and assess the nuclides";
    }
}

void activity_judge(const struct activity_sample *sample, struct arena *arena,
                    struct verdict *out)
{
    struct work w = {.arena = arena,
                     .day = sample->day,
                     .over = {"", ""},
                     .unrated = {"", ""}};
    const struct rule *rule = guide("gross alpha", sample->day);

    *out = derivation_verdict(VERDICT_RADIATION_ACTIVITY,
                              rule ? rule->standard : "");
    derivation_start(&w.d, arena);
    if (rule) {
        judge_value(&w, "gross alpha",
                    (struct words){"总 α 放射性", "gross alpha"},
                    &sample->alpha, NULL);
        judge_value(&w, "gross beta",
                    (struct words){"总 β 放射性", "gross beta"}, &sample->beta,
                    &sample->potassium);
        conclude(&w, out);
    } else {
        out->outcome = VERDICT_NO_EDITION;
        out->summary_zh = "该日没有有效的标准";
        out->summary_en = "no standard was in force on that day";
    }
    derivation_finish(&w.d, out);
}
