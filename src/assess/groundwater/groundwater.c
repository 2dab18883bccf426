#include "assess/groundwater/groundwater.h"

#include "assess/factor/factor.h"
#include "assess/step.h"

static const char standard[] = "GB/T 14848-2017";

enum { CLASS_III = 3, CLASS_IV = 4, EXTRA_ITEMS = 3 };

/* One sample under way. */
struct work {
    const struct groundwater_conditions *conditions;
    struct arena *arena;
    struct verdict_item *items;
    const struct groundwater_item **rules; /* of each item; NULL: none */
    bool *either;                          /* IV or V */
    size_t count;                          /* items of the sample */
};

static bool meets(const struct groundwater_item *rule, int class,
                  const struct measured *m, struct decimal number)
{
    for (int i = 0; i < 2; i++) {
        const struct limit *l = rule->limits[class - 1][i];

        if (!l)
            continue;
        if (limit_meets(l, number) ||
            (l->bound == LIMIT_NOT_DETECTED && measured_is_absent(m)))
            return true;
    }
    return false;
}

/* The best class met; a value that no class speaks of is the worst. */
static int rate(const struct groundwater_item *rule, const struct measured *m,
                struct decimal number)
{
    for (int class = 1; class < GROUNDWATER_CLASSES; class ++) {
        if (meets(rule, class, m, number))
            return class;
    }
    return GROUNDWATER_CLASSES;
}

/* IV is told from V by the nuclides: both say "above the bound of III". */
static bool undivided(const struct groundwater_item *rule, int class)
{
    const struct limit *iv = rule->limits[CLASS_IV - 1][0];

    return class == CLASS_IV && iv && iv->bound == LIMIT_ABOVE;
}

/* "5.5–<6.5 或 >8.5–9.0" */
static const char *bounds(struct arena *a, const struct groundwater_item *rule,
                          int class, bool english)
{
    const char *text = "";

    for (int i = 0; i < 2; i++) {
        if (rule->limits[class - 1][i])
            text =
                step_join(a, text, english ? " or " : " 或 ",
                          limit_text(rule->limits[class - 1][i], english, a));
    }
    return text;
}

/* The value as it is compared: "0.25 mg/L", 有, none. */
static const char *shown(struct arena *a, const struct groundwater_item *rule,
                         struct decimal number, bool english)
{
    if (rule->limits[0][0]->bound == LIMIT_NONE) {
        if (number.mantissa == 0)
            return english ? "none" : "无";
        return english ? "present" : "有";
    }
    return step_quantity(a, number, unit_shown(rule->unit));
}

/* Which class it missed and which it met. */
static const char *compared(struct arena *a,
                            const struct groundwater_item *rule, int class,
                            bool english)
{
    const char *missed = "";

    if (class > 1)
        missed = arena_printf(
            a, english ? "outside class %s (%s), " : "不满足%s类(%s),",
            groundwater_class_name(class - 1, english),
            bounds(a, rule, class - 1, english));
    return arena_printf(a,
                        english ? "%swithin class %s (%s)" : "%s满足%s类(%s)",
                        missed, groundwater_class_name(class, english),
                        bounds(a, rule, class, english));
}

static const char *class_text(struct arena *a, int class, bool either,
                              bool english)
{
    if (either)
        return english ? "class IV or V" : "Ⅳ类或Ⅴ类";
    return arena_printf(a, english ? "class %s" : "%s类",
                        groundwater_class_name(class, english));
}

/* value / limit of III - 1, in words; "" when there is none. */
static const char *exceedance(struct arena *a, const struct verdict_item *item,
                              bool english)
{
    const char *value, *limit;

    if (!item->has_multiple && item->has_limit && item->rating > CLASS_IV)
        return arena_printf(
            a, english ? "; the limit of class III is %s" : ";Ⅲ类限值 %s",
            step_decimal(a, item->limit));
    if (!item->has_multiple)
        return "";
    value = step_decimal(a, item->value);
    limit = step_decimal(a, item->limit);
    return arena_printf(a,
                        english ? "; over class III by (%s−%s)/%s = %s times"
                                : ";超Ⅲ类倍数 (%s−%s)/%s = %s",
                        value, limit, limit, step_decimal(a, item->multiple));
}

static void explain(struct work *w, struct verdict_item *item, bool either,
                    const char *const note[2])
{
    const struct groundwater_item *rule = w->rules[w->count];
    struct arena *a = w->arena;
    const char *text[2];

    for (int english = 0; english < 2; english++) {
        const char *nuclides =
            !either   ? ""
            : english ? "; nuclide analysis decides between IV and V"
                      : ";需核素分析判定Ⅳ类或Ⅴ类";

        text[english] = arena_printf(
            a, "%s %s%s%s%s → %s%s%s", english ? rule->name_en : rule->name_zh,
            shown(a, rule, item->value, english), note[english],
            english ? ": " : ":", compared(a, rule, item->rating, english),
            class_text(a, item->rating, either, english),
            exceedance(a, item, english), nuclides);
    }
    item->step_zh = text[0];
    item->step_en = text[1];
}

static void take_rated(struct work *w, const struct measured *m,
                       struct verdict_item *item, const char *const note[2])
{
    const struct groundwater_item *rule = w->rules[w->count];
    const struct limit *iii = rule->limits[CLASS_III - 1][0];
    const struct limit *met;
    bool either;

    item->rating = rate(rule, m, item->value);
    met = rule->limits[item->rating - 1][0];
    either = undivided(rule, item->rating);
    w->either[w->count] = either;
    item->has_value = true;
    item->confidence = met ? met->confidence : iii->confidence;
    if (item->rating > CLASS_III) {
        item->has_limit = iii->bound == LIMIT_MAX || iii->bound == LIMIT_RANGE;
        item->limit = limit_compared(iii, item->value);
        item->has_multiple = limit_multiple(iii, item->value, &item->multiple);
    }
    explain(w, item, either, note);
}

static void take(struct work *w, const struct measured *m)
{
    const struct groundwater_item *rule =
        groundwater_item_find_on(m->item, w->conditions->day);
    struct verdict_item *item = &w->items[w->count];
    const char *note[2] = {"", ""};
    const struct limit *iii;
    enum measured_state state;

    w->rules[w->count] = rule;
    *item = (struct verdict_item){.factor = m->item,
                                  .name_zh = rule ? rule->name_zh : m->item,
                                  .name_en = rule ? rule->name_en : m->item,
                                  .value = m->value,
                                  .has_value = m->is == MEASURED_NUMBER,
                                  .unit = rule ? rule->unit : "",
                                  .period = "",
                                  .rating = -1,
                                  .confidence = ""};
    if (!rule) {
        item->step_zh =
            arena_printf(w->arena, "%s:标准没有此项,不评价", m->item);
        item->step_en = arena_printf(
            w->arena, "%s: not an item of the standard; not rated", m->item);
        w->count++;
        return;
    }
    iii = rule->limits[CLASS_III - 1][0];
    state = measured_number(m, iii, w->arena, &item->value, note);
    if (state == MEASURED_NO_DETECTION &&
        rule->limits[0][0]->bound == LIMIT_NOT_DETECTED) {
        item->value = DECIMAL(0, 0); /* what class I asks for */
        state = MEASURED_FIT;
        note[0] = "(未检出)";
        note[1] = " (not detected)";
    }
    if (state == MEASURED_FIT) {
        take_rated(w, m, item, note);
    } else {
        item->step_zh =
            arena_printf(w->arena, "%s:%s", rule->name_zh,
                         measured_why(m, state, iii, false, w->arena));
        item->step_en =
            arena_printf(w->arena, "%s: %s", rule->name_en,
                         measured_why(m, state, iii, true, w->arena));
        item->has_value = false;
    }
    w->count++;
}

/* ---- the sample as a whole ---- */

/* What the sample came to. */
struct outcome {
    int class; /* 0: nothing was rated */
    bool either;
    size_t rated[2];   /* of table 1, of table 2, each item once */
    size_t unrated;    /* measured and not rated */
    size_t missing[2]; /* of table 1, of table 2 */
    const char *names[2], *missing_names[2];
    const char *confidence;
};

static bool is_rated(const struct work *w, const struct groundwater_item *rule)
{
    for (size_t i = 0; i < w->count; i++) {
        if (w->rules[i] == rule && w->items[i].rating > 0)
            return true;
    }
    return false;
}

static bool is_measured(const struct work *w,
                        const struct groundwater_item *rule)
{
    for (size_t i = 0; i < w->count; i++) {
        if (w->rules[i] == rule)
            return true;
    }
    return false;
}

/* Walks the standard: what is there, what is expected and is not. */
static void count_items(const struct work *w, struct outcome *o)
{
    const struct groundwater_item *rule;

    o->missing_names[0] = o->missing_names[1] = "";
    for (size_t i = 0; (rule = groundwater_item_on(i, w->conditions->day));
         i++) {
        int table = rule->table - 1;

        if (is_rated(w, rule)) {
            o->rated[table]++;
            continue;
        }
        if (is_measured(w, rule) || (table > 0 && !w->conditions->all_items))
            continue;
        o->missing[table]++;
        o->missing_names[0] =
            step_join(w->arena, o->missing_names[0], "、", rule->name_zh);
        o->missing_names[1] =
            step_join(w->arena, o->missing_names[1], ", ", rule->name_en);
    }
}

/* The worst class, and who is to blame: "铁(2.00)、锰". */
static void find_worst(struct work *w, struct outcome *o)
{
    o->confidence = "";
    for (size_t i = 0; i < w->count; i++) {
        o->unrated += w->items[i].rating < 0;
        if (w->items[i].rating > o->class)
            o->class = w->items[i].rating;
        o->confidence = confidence_lower(o->confidence, w->items[i].confidence);
    }
    o->names[0] = o->names[1] = "";
    for (size_t i = 0; i < w->count; i++) {
        struct verdict_item *item = &w->items[i];
        const char *multiple = "";

        if (item->rating != o->class || o->class < 2)
            continue;
        item->decisive = true;
        o->either |= w->either[i];
        if (item->has_multiple)
            multiple = arena_printf(w->arena, "(%s)",
                                    step_decimal(w->arena, item->multiple));
        for (int english = 0; english < 2; english++)
            o->names[english] =
                step_join(w->arena, o->names[english], english ? ", " : "、",
                          arena_printf(w->arena, "%s%s",
                                       english ? item->name_en : item->name_zh,
                                       multiple));
    }
}

static void add_item(struct work *w, size_t *count, const char *factor,
                     const char *const name[2], const char *const step[2],
                     int rating)
{
    w->items[(*count)++] = (struct verdict_item){
        .factor = factor,
        .name_zh = name[0],
        .name_en = name[1],
        .unit = "",
        .period = "",
        .rating = rating,
        .confidence = "",
        .step_zh = step[0],
        .step_en = step[1],
    };
}

static void add_missing(struct work *w, const struct outcome *o, size_t *count)
{
    size_t missing = o->missing[0] + o->missing[1];

    if (!missing)
        return;
    add_item(w, count, "missing",
             (const char *const[2]){"未测项目", "not measured"},
             (const char *const[2]){
                 arena_printf(w->arena, "未测 %zu 项(表1 %zu 项,表2 %zu 项):%s",
                              missing, o->missing[0], o->missing[1],
                              o->missing_names[0]),
                 arena_printf(w->arena,
                              "%zu items not measured (%zu of table 1, %zu of "
                              "table 2): %s",
                              missing, o->missing[0], o->missing[1],
                              o->missing_names[1])},
             -1);
}

static void add_sample(struct work *w, size_t *count)
{
    static const char *const texts[][2] = {
        [SAMPLE_UNTOLD] = {"水样是否过滤:未说明",
                           "sample filtered or not: not told"},
        [SAMPLE_UNFILTERED] = {"水样未过滤(总量)",
                               "sample not filtered (total)"},
        [SAMPLE_FILTERED] = {"水样经过滤(溶解态)",
                             "sample filtered (dissolved)"},
    };

    add_item(w, count, "sample", (const char *const[2]){"水样", "sample"},
             texts[w->conditions->sample], -1);
}

/* "max(Ⅰ, Ⅲ, Ⅴ) = Ⅴ类" over the items in their order. */
static void add_class(struct work *w, const struct outcome *o, size_t *count)
{
    const char *list[2] = {"", ""};
    const char *step[2];

    for (size_t i = 0; i < w->count; i++) {
        if (w->items[i].rating < 0)
            continue;
        for (int english = 0; english < 2; english++)
            list[english] = step_join(
                w->arena, list[english], ", ",
                w->either[i]
                    ? english ? "IV or V" : "Ⅳ或Ⅴ"
                    : groundwater_class_name(w->items[i].rating, english));
    }
    for (int english = 0; english < 2; english++)
        step[english] = arena_printf(
            w->arena,
            english ? "the worst item decides: max(%s) → %s"
                    : "最差项目定类:max(%s) → %s",
            list[english], class_text(w->arena, o->class, o->either, english));
    add_item(w, count, "class", (const char *const[2]){"综合类别", "class"},
             step, o->class);
}

/* "2 项未评价" with what it means; "" when all were rated. */
static const char *unrated_text(struct work *w, const struct outcome *o,
                                bool english)
{
    if (!o->unrated)
        return "";
    return arena_printf(
        w->arena, english ? ", %zu measured but not rated" : ",测而未评 %zu 项",
        o->unrated);
}

static void summarise(struct work *w, const struct outcome *o,
                      struct verdict *out)
{
    const char *text[2];

    for (int english = 0; english < 2; english++) {
        const char *names = "";

        if (*o->names[english])
            names = arena_printf(w->arena,
                                 english ? ", decided by %s" : ",定类项目:%s",
                                 o->names[english]);
        text[english] = arena_printf(
            w->arena,
            english ? "%s%s; %zu items of table 1 and %zu of table 2 rated, "
                      "%zu of table 1 missing%s (%s)"
                    : "%s%s;评价表1 %zu 项、表2 %zu 项,表1 未测 %zu 项%s(%s)",
            class_text(w->arena, o->class, o->either, english), names,
            o->rated[0], o->rated[1], o->missing[0],
            unrated_text(w, o, english),
            standard_name_on(standard, w->conditions->day));
    }
    out->summary_zh = text[0];
    out->summary_en = text[1];
}

static void give(struct work *w, const struct outcome *o, struct verdict *out)
{
    size_t count = w->count;

    out->edition = standard_name_on(standard, w->conditions->day);
    out->items = w->items;
    add_missing(w, o, &count);
    add_sample(w, &count);
    if (!o->class) {
        out->outcome = VERDICT_INSUFFICIENT;
        out->summary_zh = "没有可评价的项目,不定类";
        out->summary_en = "no item to rate, no class";
        out->item_count = count;
        return;
    }
    add_class(w, o, &count);
    out->item_count = count;
    out->outcome = VERDICT_GIVEN;
    out->rating = out->level = o->class;
    out->confidence = o->confidence;
    out->level_zh = class_text(w->arena, o->class, o->either, false);
    out->level_en = class_text(w->arena, o->class, o->either, true);
    summarise(w, o, out);
}

void groundwater_judge(const struct measured *values, size_t count,
                       const struct groundwater_conditions *conditions,
                       struct arena *arena, struct verdict *out)
{
    struct work w = {.conditions = conditions, .arena = arena};
    struct outcome o = {.class = 0};

    *out = verdict_no_edition(
        VERDICT_GROUNDWATER, CADENCE_SAMPLE, "当日没有施行的地下水质量标准版本",
        "no groundwater standard is in force on that day");
    if (!standard_edition_of(standard, conditions->day))
        return;
    w.items = arena_new(arena, count + EXTRA_ITEMS, sizeof(*w.items));
    w.rules = arena_new(arena, count + 1, sizeof(void *));
    w.either = arena_new(arena, count + 1, sizeof(*w.either));
    for (size_t i = 0; i < count; i++)
        take(&w, &values[i]);
    count_items(&w, &o);
    find_worst(&w, &o);
    give(&w, &o, out);
}
