#include "assess/factor/factor.h"
#include "assess/standard/standard.h"
#include "assess/step.h"
#include "assess/water/water_table.h"

#include <assert.h>
#include <stdlib.h>

static const char standard[] = "GB 3838-2002";

enum { CLASS_III = 3, MAIN_MAX = 3 };

/* One assessment under way. */
struct work {
    const struct water_terms *terms;
    int day;
    const char *edition; /* in force on the day */
    struct arena *arena;
    struct verdict_item *items;
    const struct water_item **rules; /* of each item; NULL: none */
    size_t count;
    const char *confidence;
    const char *unfit[2]; /* names of items with too high a detection limit */
};

/* "Ⅲ类限值 0.2", and in English. */
static const char *limit_zh(struct arena *a, const struct water_item *rule,
                            int class)
{
    return arena_printf(a, "%s类限值 %s", water_class(class)->name_zh,
                        step_decimal(a, rule->limit[class - 1]));
}

static const char *limit_en(struct arena *a, const struct water_item *rule,
                            int class)
{
    return arena_printf(a, "limit %s of class %s",
                        step_decimal(a, rule->limit[class - 1]),
                        water_class(class)->name_en);
}

/* The comparison that decided, read from left to right. */
static const char *
compared(struct arena *a, const struct water_item *rule,
         const struct verdict_item *item,
         const char *(*limit)(struct arena *, const struct water_item *, int))
{
    const char *v = step_decimal(a, item->value);
    bool most = rule->bound == WATER_MAX;
    int class = item->rating;

    if (rule->bound == WATER_RANGE)
        return arena_printf(a, "%s %s %s–%s", v, class == 1 ? "∈" : "∉",
                            step_decimal(a, rule->limit[0]),
                            step_decimal(a, rule->upper[0]));
    if (class == 1)
        return arena_printf(a, "%s %s %s", v, most ? "≤" : "≥",
                            limit(a, rule, 1));
    if (class == WATER_WORSE)
        return arena_printf(a, "%s %s %s", v, most ? ">" : "<",
                            limit(a, rule, WATER_CLASSES));
    return most ? arena_printf(a, "%s < %s ≤ %s", limit(a, rule, class - 1), v,
                               limit(a, rule, class))
                : arena_printf(a, "%s ≤ %s < %s", limit(a, rule, class), v,
                               limit(a, rule, class - 1));
}

/* value / limit of III - 1 with two decimals. */
static void exceed(const struct water_item *rule, struct verdict_item *item)
{
    const struct limit *third = rule->of[CLASS_III - 1];

    if (item->rating <= CLASS_III)
        return;
    item->has_limit = true;
    item->limit = rule->limit[CLASS_III - 1];
    item->has_multiple = rule->has_multiple &&
                         limit_multiple(third, item->value, &item->multiple);
}

static void explain(struct work *w, const struct water_item *rule,
                    struct verdict_item *item, const char *const note[2])
{
    struct arena *a = w->arena;
    const char *class_zh = water_class(item->rating)->name_zh;
    const char *class_en = water_class(item->rating)->name_en;
    const char *more[2] = {"", ""};

    if (item->has_multiple) {
        const char *v = step_decimal(a, item->value);
        const char *limit = step_decimal(a, item->limit);
        const char *multiple = step_decimal(a, item->multiple);

        more[0] = arena_printf(a, ";超Ⅲ类倍数 (%s−%s)/%s = %s", v, limit, limit,
                               multiple);
        more[1] = arena_printf(a, "; over class III by (%s−%s)/%s = %s times",
                               v, limit, limit, multiple);
    } else if (item->has_limit) {
        const struct limit *third = rule->of[CLASS_III - 1];

        more[0] = arena_printf(a, ";Ⅲ类为 %s", limit_text(third, false, a));
        more[1] =
            arena_printf(a, "; class III is %s", limit_text(third, true, a));
    }
    item->step_zh =
        arena_printf(a, "%s %s%s:%s → %s类%s%s", rule->name_zh,
                     step_quantity(a, item->value, unit_shown(rule->unit)),
                     note[0], compared(a, rule, item, limit_zh), class_zh,
                     more[0], rule->rated ? "" : "(单独评价,不参与定类)");
    item->step_en = arena_printf(
        a, "%s %s%s: %s → class %s%s%s", rule->name_en,
        step_quantity(a, item->value, unit_shown(rule->unit)), note[1],
        compared(a, rule, item, limit_en), class_en, more[1],
        rule->rated ? "" : " (reported apart, not part of the class)");
}

/* A detection limit above class III proves nothing. */
static void note_unfit(struct work *w, const struct water_value *value,
                       const struct water_item *rule, const char *note[2])
{
    const struct limit *third = rule->of[CLASS_III - 1];

    if (limit_meets(third, value->value))
        return;
    note[0] = arena_printf(w->arena, "%s(检出限不满足Ⅲ类限值 %s,方法不适用)",
                           note[0], limit_text(third, false, w->arena));
    note[1] = arena_printf(
        w->arena, "%s (detection limit beyond class III %s: method unfit)",
        note[1], limit_text(third, true, w->arena));
    w->unfit[0] = step_join(w->arena, w->unfit[0], "、", rule->name_zh);
    w->unfit[1] = step_join(w->arena, w->unfit[1], ", ", rule->name_en);
}

/* The value that is rated, and how it came from the one given. */
static void take_value(struct work *w, const struct water_value *value,
                       const struct water_item *rule, struct verdict_item *item,
                       const char *note[2])
{
    struct water_measure m = {rule, value->value, value->below_detection};
    const char *raw = step_decimal(w->arena, value->value);

    note[0] = note[1] = "";
    item->has_value = true;
    item->value = water_rated_value(&m, w->terms->rounding);
    if (value->below_detection) {
        note[0] = arena_printf(w->arena, "(未检出,检出限 %s 的一半)", raw);
        note[1] = arena_printf(
            w->arena, " (not detected: half the detection limit %s)", raw);
        note_unfit(w, value, rule, note);
    } else if (decimal_compare(value->value, item->value) != 0) {
        note[0] = arena_printf(w->arena, "(%s 修约)", raw);
        note[1] = arena_printf(w->arena, " (%s rounded)", raw);
    }
}

/* Oxygen at enough saturation is class I whatever its milligrams. */
static bool saturated(struct work *w, const struct water_item *rule,
                      struct verdict_item *item, const char *const note[2])
{
    const struct limit *enough = water_saturation(w->day);
    const char *text;

    if (!w->terms->has_saturation || strcmp(rule->code, enough->item) != 0 ||
        item->rating == 1 || !limit_meets(enough, w->terms->saturation))
        return false;
    text = limit_comparison(enough, w->terms->saturation, w->arena);
    item->rating = 1;
    item->step_zh = arena_printf(
        w->arena, "%s %s%s,饱和率 %s %% → Ⅰ类", rule->name_zh,
        step_quantity(w->arena, item->value, unit_shown(rule->unit)), note[0],
        text);
    item->step_en = arena_printf(
        w->arena, "%s %s%s, saturation %s %% → class I", rule->name_en,
        step_quantity(w->arena, item->value, unit_shown(rule->unit)), note[1],
        text);
    return true;
}

static void unrated(struct work *w, struct verdict_item *item,
                    const char *const name[2], const char *zh, const char *en)
{
    item->step_zh = arena_printf(w->arena, "%s:%s", name[0], zh);
    item->step_en = arena_printf(w->arena, "%s: %s", name[1], en);
}

static void judge_value(struct work *w, const struct water_value *value)
{
    const struct factor *factor = factor_find(span_of(value->factor));
    const char *code =
        factor ? factor->code : arena_copy(w->arena, span_of(value->factor)).at;
    const struct water_item *rule =
        water_item_find_on(span_of(code), w->terms->body, w->day);
    struct verdict_item *item = &w->items[w->count];
    const char *note[2];

    w->rules[w->count++] = rule;
    *item = (struct verdict_item){.factor = code,
                                  .value = value->value,
                                  .has_value = true,
                                  .unit = rule ? rule->unit : "",
                                  .period = "",
                                  .rating = -1,
                                  .confidence = rule ? rule->confidence : ""};
    if (!rule) {
        const char *const name[2] = {factor ? factor->name_zh : code,
                                     factor ? factor->name_en : code};

        unrated(w, item, name, "表 1 对此类水体没有限值,不参与评价",
                "table 1 has no limit for such a water body; not rated");
        return;
    }
    if (value->value.mantissa < 0) {
        item->has_value = false;
        unrated(w, item, (const char *[]){rule->name_zh, rule->name_en},
                value->below_detection ? "未检出但没有给检出限,请写成 <检出限"
                                       : "负值不可用",
                value->below_detection
                    ? "not detected and no detection limit told: write <LIMIT"
                    : "a negative value cannot be used");
        return;
    }
    take_value(w, value, rule, item, note);
    item->rating = water_item_class(rule, item->value);
    if (rule->rated)
        w->confidence = confidence_lower(w->confidence, rule->confidence);
    if (saturated(w, rule, item, note))
        return;
    exceed(rule, item);
    explain(w, rule, item, note);
}

/* One item worse than III, in the order of the notice. */
struct culprit {
    const struct verdict_item *item;
    const struct water_item *rule;
};

static int compare_culprits(const void *a, const void *b)
{
    const struct culprit *x = a, *y = b;

    if (x->rule->toxic_first != y->rule->toxic_first)
        return x->rule->toxic_first ? -1 : 1;
    if (x->item->rating != y->item->rating)
        return y->item->rating - x->item->rating;
    if (x->item->has_multiple != y->item->has_multiple)
        return x->item->has_multiple ? -1 : 1;
    if (x->item->has_multiple) {
        int order = decimal_compare(y->item->multiple, x->item->multiple);

        if (order)
            return order;
    }
    return strcmp(x->item->factor, y->item->factor);
}

/* "总磷(0.25)、氨氮(0.10)": at most three. */
static void name_culprits(struct work *w, const char *out[2])
{
    struct culprit *list = arena_new(w->arena, w->count, sizeof(*list));
    size_t count = 0;

    out[0] = out[1] = "";
    for (size_t i = 0; i < w->count; i++) {
        if (w->items[i].rating > CLASS_III && w->rules[i]->rated)
            list[count++] = (struct culprit){&w->items[i], w->rules[i]};
    }
    qsort(list, count, sizeof(*list), compare_culprits);
    for (size_t i = 0; i < count && i < MAIN_MAX; i++) {
        const char *multiple = "";

        if (list[i].item->has_multiple)
            multiple =
                arena_printf(w->arena, "(%s)",
                             step_decimal(w->arena, list[i].item->multiple));
        out[0] = step_join(
            w->arena, out[0], "、",
            arena_printf(w->arena, "%s%s", list[i].rule->name_zh, multiple));
        out[1] = step_join(
            w->arena, out[1], ", ",
            arena_printf(w->arena, "%s%s", list[i].rule->name_en, multiple));
    }
}

/* What stands behind the class: whether the target is met, unfit methods. */
static void remark(struct work *w, int class, const char *out[2])
{
    const struct water_terms *t = w->terms;
    struct arena *a = w->arena;

    out[0] = out[1] = "";
    if (t->target) {
        bool met = class <= t->target;
        const struct water_class *target = water_class(t->target);

        out[0] = arena_printf(a, ";目标%s类,%s", target->name_zh,
                              met ? "达标" : "不达标");
        out[1] = arena_printf(a, "; target class %s %s", target->name_en,
                              met ? "met" : "not met");
    }
    if (*w->unfit[0]) {
        out[0] =
            arena_printf(a, "%s;方法检出限高于Ⅲ类限值:%s", out[0], w->unfit[0]);
        out[1] = arena_printf(a, "%s; detection limit beyond class III: %s",
                              out[1], w->unfit[1]);
    }
}

static void give(struct work *w, int class, int rated, struct verdict *out)
{
    const struct water_class *c = water_class(class);
    int missing = water_rated_count(w->terms->body, w->day) - rated;
    const char *main[2], *more[2];
    struct arena *a = w->arena;

    for (size_t i = 0; i < w->count; i++)
        w->items[i].decisive =
            class > 1 && w->items[i].rating == class && w->rules[i]->rated;
    name_culprits(w, main);
    if (*main[0]) {
        main[0] = arena_printf(a, ",主要污染指标:%s", main[0]);
        main[1] = arena_printf(a, "; main pollutants: %s", main[1]);
    }
    remark(w, class, more);
    out->outcome = VERDICT_GIVEN;
    out->rating = out->level = class;
    out->level_zh = arena_printf(a, "%s类", c->name_zh);
    out->level_en = arena_printf(a, "class %s", c->name_en);
    out->colour = c->colour;
    out->summary_zh =
        arena_printf(a, "%s类(%s)%s%s;评价 %d 项,未测 %d 项(%s)", c->name_zh,
                     c->grade_zh, main[0], more[0], rated, missing, w->edition);
    out->summary_en = arena_printf(
        a, "class %s (%s)%s%s; %d items rated, %d not measured (%s)",
        c->name_en, c->grade_en, main[1], more[1], rated, missing, w->edition);
}

/* The mean is shown, but it is no rating. */
static void too_few(struct work *w, int class, int needed, struct verdict *out)
{
    const struct water_period *p = water_period_of(w->terms->span);
    const struct water_class *c = water_class(class);

    out->outcome = VERDICT_INSUFFICIENT;
    out->confidence = confidence_lower(w->confidence, p->confidence);
    out->summary_zh = arena_printf(
        w->arena,
        "%s评价至少需要 %d 次监测,仅有 %d 次,不定类;均值相当于%s类(%s)",
        p->name_zh, needed, w->terms->samples, c->name_zh, w->edition);
    out->summary_en = arena_printf(
        w->arena,
        "a %s needs %d samples and has %d: no rating; the mean would be class "
        "%s (%s)",
        p->name_en, needed, w->terms->samples, c->name_en, w->edition);
}

/* The worst class of the rated items, each counted once; 0 when none is. */
static int worst(const struct work *w, int *out_rated)
{
    int class = 0;

    *out_rated = 0;
    for (size_t i = 0; i < w->count; i++) {
        bool again = false;

        if (!w->rules[i] || !w->rules[i]->rated || w->items[i].rating < 0)
            continue;
        for (size_t j = 0; j < i; j++)
            again |= w->rules[j] == w->rules[i] && w->items[j].rating >= 0;
        *out_rated += !again;
        if (w->items[i].rating > class)
            class = w->items[i].rating;
    }
    return class;
}

/* a list with its length: NOLINTNEXTLINE(readability-function-size) */
void water_judge(const struct water_value *values, size_t count,
                 const struct water_terms *terms, int day, struct arena *arena,
                 struct verdict *out)
{
    struct work w = {.terms = terms,
                     .day = day,
                     .edition = standard_name_on(standard, day),
                     .arena = arena,
                     .confidence = "",
                     .unfit = {"", ""}};
    int needed = water_samples_needed(terms->span, terms->state_controlled);
    int class, rated;

    *out =
        verdict_no_edition(VERDICT_WATER_CLASS, CADENCE_SAMPLE,
                           "当日没有施行的地表水环境质量标准版本",
                           "no surface-water standard is in force on that day");
    if (!*w.edition)
        return;
    w.items = arena_new(arena, count ? count : 1, sizeof(*w.items));
    w.rules = arena_new(arena, count ? count : 1, sizeof(void *));
    for (size_t i = 0; i < count; i++)
        judge_value(&w, &values[i]);
    out->edition = w.edition;
    out->items = w.items;
    out->item_count = w.count;
    class = worst(&w, &rated);
    out->confidence = w.confidence;
    if (class && terms->samples && terms->samples < needed) {
        too_few(&w, class, needed, out);
    } else if (class) {
        give(&w, class, rated, out);
    } else {
        out->outcome = VERDICT_INSUFFICIENT;
        out->summary_zh = "没有可评价的项目,不定类";
        out->summary_en = "no item to rate, no class";
    }
}

/* a list with its length: NOLINTNEXTLINE(readability-function-size) */
void water_section(const struct water_value *values, size_t count,
                   enum water_body body, enum water_rounding rounding, int day,
                   struct arena *arena, struct verdict *out)
{
    struct water_terms terms = {.body = body, .rounding = rounding};

    water_judge(values, count, &terms, day, arena, out);
}

int water_class_parse(struct span text)
{
    static const char *const names[][4] = {
        {"I", "1", "Ⅰ", "Ⅰ类"},   {"II", "2", "Ⅱ", "Ⅱ类"},
        {"III", "3", "Ⅲ", "Ⅲ类"}, {"IV", "4", "Ⅳ", "Ⅳ类"},
        {"V", "5", "Ⅴ", "Ⅴ类"},   {">V", "6", "劣Ⅴ", "劣Ⅴ类"},
    };

    for (int class = 0; class < WATER_WORSE; class ++) {
        for (size_t i = 0; i < LENGTH(names[0]); i++) {
            if (span_is(text, names[class][i]))
                return class + 1;
        }
    }
    return span_is(text, "worse than V") ? WATER_WORSE : 0;
}
