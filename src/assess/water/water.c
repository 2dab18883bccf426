#include "assess/factor/factor.h"
#include "assess/standard/standard.h"
#include "assess/step.h"
#include "assess/water/water_table.h"

#include <assert.h>
#include <stdlib.h>

static const char standard[] = "GB 3838-2002";

enum { CLASS_III = 3, MAIN_MAX = 3, SIGNIFICANT_MAX = 18 };

/* One assessment under way. */
struct work {
    enum water_body body;
    enum water_rounding rounding;
    struct arena *arena;
    struct verdict_item *items;
    const struct water_item **rules; /* of each item; NULL: none */
    size_t count;
};

/*
 * To the notice's decimals, half to even; what would become 0 keeps one
 * significant digit.
 */
static struct decimal round_rated(struct decimal value, int decimals)
{
    struct decimal rounded;

    for (; decimals <= SIGNIFICANT_MAX; decimals++) {
        if (decimal_rescale(value, -decimals, ROUND_HALF_EVEN, &rounded))
            return value; /* too many digits to rescale: compared as it is */
        if (rounded.mantissa != 0 || value.mantissa == 0)
            return rounded;
    }
    return value;
}

static bool meets(const struct water_item *rule, int class,
                  struct decimal value)
{
    struct decimal limit = rule->limit[class - 1];

    switch (rule->bound) {
    case WATER_MAX:
        return decimal_compare(value, limit) <= 0;
    case WATER_MIN:
        return decimal_compare(value, limit) >= 0;
    case WATER_RANGE:
        return decimal_compare(value, limit) >= 0 &&
               decimal_compare(value, rule->upper[class - 1]) <= 0;
    case WATER_NO_BOUND:
        break;
    }
    return false;
}

/* The best class whose limit is met; equal limits give the better class. */
static int rate(const struct water_item *rule, struct decimal value)
{
    for (int class = 1; class <= WATER_CLASSES; class ++) {
        if (meets(rule, class, value))
            return class;
    }
    return WATER_WORSE;
}

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
    struct decimal limit = rule->limit[CLASS_III - 1], over;

    if (item->rating <= CLASS_III)
        return;
    item->has_limit = true;
    item->limit = limit;
    item->has_multiple =
        rule->has_multiple && !decimal_sub(item->value, limit, &over) &&
        !decimal_divide(over, limit, -2, ROUND_HALF_EVEN, &item->multiple);
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

/* The value that is rated, and how it came from the one given. */
static void take_value(struct work *w, const struct water_value *value,
                       const struct water_item *rule, struct verdict_item *item,
                       const char *note[2])
{
    struct decimal v = value->value;
    const char *raw = step_decimal(w->arena, v);

    note[0] = note[1] = "";
    if (value->below_detection && !decimal_mul(v, DECIMAL(5, -1), &v)) {
        note[0] = arena_printf(w->arena, "(未检出,检出限 %s 的一半)", raw);
        note[1] = arena_printf(
            w->arena, " (not detected: half the detection limit %s)", raw);
    }
    item->has_value = true;
    item->value = v;
    if (w->rounding == WATER_ROUND_NONE || rule->decimals < 0)
        return;
    item->value = round_rated(v, rule->decimals);
    if (!value->below_detection && decimal_compare(v, item->value) != 0) {
        note[0] = arena_printf(w->arena, "(%s 修约)", raw);
        note[1] = arena_printf(w->arena, " (%s rounded)", raw);
    }
}

static void unrated(struct work *w, struct verdict_item *item, const char *name,
                    const char *zh, const char *en)
{
    item->step_zh = arena_printf(w->arena, "%s:%s", name, zh);
    item->step_en = arena_printf(w->arena, "%s: %s", item->factor, en);
}

static void judge_value(struct work *w, const struct water_value *value)
{
    const struct factor *factor = factor_find(span_of(value->factor));
    const char *code =
        factor ? factor->code : arena_copy(w->arena, span_of(value->factor)).at;
    const struct water_item *rule = water_item_find(span_of(code), w->body);
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
        unrated(w, item, factor ? factor->name_zh : code,
                "表 1 对此类水体没有限值,不参与评价",
                "table 1 has no limit for such a water body; not rated");
        return;
    }
    if (value->value.mantissa < 0) {
        item->has_value = false;
        unrated(w, item, rule->name_zh, "负值不可用",
                "a negative value cannot be used");
        return;
    }
    take_value(w, value, rule, item, note);
    item->rating = rate(rule, item->value);
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

static void give(struct work *w, int class, int rated, struct verdict *out)
{
    const struct water_class *c = water_class(class);
    int missing = water_rated_count(w->body) - rated;
    const char *main[2];
    struct arena *a = w->arena;

    for (size_t i = 0; i < w->count; i++)
        w->items[i].decisive =
            class > 1 && w->items[i].rating == class && w->rules[i]->rated;
    name_culprits(w, main);
    if (*main[0]) {
        main[0] = arena_printf(a, ",主要污染指标:%s", main[0]);
        main[1] = arena_printf(a, "; main pollutants: %s", main[1]);
    }
    out->outcome = VERDICT_GIVEN;
    out->rating = out->level = class;
    out->level_zh = arena_printf(a, "%s类", c->name_zh);
    out->level_en = arena_printf(a, "class %s", c->name_en);
    out->colour = c->colour;
    out->summary_zh =
        arena_printf(a, "%s类(%s)%s;评价 %d 项,未测 %d 项(%s)", c->name_zh,
                     c->grade_zh, main[0], rated, missing, standard);
    out->summary_en = arena_printf(
        a, "class %s (%s)%s; %d items rated, %d not measured (%s)", c->name_en,
        c->grade_en, main[1], rated, missing, standard);
}

static void begin(struct verdict *out)
{
    *out = (struct verdict){
        .kind = VERDICT_WATER_CLASS,
        .outcome = VERDICT_NO_EDITION,
        .cadence = CADENCE_SAMPLE,
        .edition = "",
        .rating = -1,
        .level_zh = "",
        .level_en = "",
        .colour = "",
        .advice_zh = "",
        .advice_en = "",
        .summary_zh = "当日没有施行的地表水环境质量标准版本",
        .summary_en = "no surface-water standard is in force on that day",
    };
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
void water_section(const struct water_value *values, size_t count,
                   enum water_body body, enum water_rounding rounding, int day,
                   struct arena *arena, struct verdict *out)
{
    struct work w = {.body = body, .rounding = rounding, .arena = arena};
    int class, rated;

    begin(out);
    if (!standard_edition_on(standard, day))
        return;
    w.items = arena_new(arena, count ? count : 1, sizeof(*w.items));
    w.rules = arena_new(arena, count ? count : 1, sizeof(void *));
    for (size_t i = 0; i < count; i++)
        judge_value(&w, &values[i]);
    out->edition = standard;
    out->items = w.items;
    out->item_count = w.count;
    class = worst(&w, &rated);
    if (class) {
        give(&w, class, rated, out);
        return;
    }
    out->outcome = VERDICT_INSUFFICIENT;
    out->summary_zh = "没有可评价的项目,不定类";
    out->summary_en = "no item to rate, no class";
}
