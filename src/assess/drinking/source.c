#include "assess/drinking/source.h"

#include "assess/drinking/drinking.h"
#include "assess/drinking/finding.h"
#include "assess/step.h"

#include <assert.h>

static const char surface_standard[] = "GB 3838-2002";
static const char ground_standard[] = "GB/T 14848-2017";
static const char oxygen[] = "w01009";
static const char coliforms[] = "w02003";

enum { CLASS_III = 3, EXTRA_ITEMS = 2 };

struct work {
    const struct measured *values;
    size_t count;
    const struct drinking_source_conditions *conditions;
    struct arena *arena;
    struct findings f;
    size_t missing;
    bool alarming; /* a toxic item of table 2 or 3 fails */
};

static void leave(struct work *w, const char *code, const char *zh_name,
                  const char *en_name, const char *const why[2])
{
    findings_add(&w->f, FINDING_LEFT, code,
                 (const char *const[2]){zh_name, en_name},
                 (const char *const[2]){
                     arena_printf(w->arena, "%s:%s", zh_name, why[0]),
                     arena_printf(w->arena, "%s: %s", en_name, why[1])});
}

/* Takes the last finding out of the verdict, and says why. */
static void set_apart(struct work *w, const char *zh, const char *en)
{
    struct verdict_item *item = &w->f.items[w->f.count - 1];

    w->f.found[w->f.count - 1] = FINDING_LEFT;
    item->rating = -1;
    item->decisive = false;
    item->step_zh = arena_printf(w->arena, "%s;%s", item->step_zh, zh);
    item->step_en = arena_printf(w->arena, "%s; %s", item->step_en, en);
}

static bool is_background(const struct work *w, const char *code)
{
    for (size_t i = 0; i < w->conditions->background_count; i++) {
        if (strcmp(w->conditions->background[i], code) == 0)
            return true;
    }
    return false;
}

/* ---- surface sources ---- */

static bool saturated(const struct work *w)
{
    return w->conditions->has_saturation &&
           limit_meets(water_saturation(w->conditions->day),
                       w->conditions->saturation);
}

/* The value as table 1 is rated: half of a detection limit, rounded. */
static struct measured rated(struct work *w, const struct measured *m,
                             const struct water_item *item, const char *note[2])
{
    struct water_measure measure = {item, m->value, m->below_detection};
    struct measured out = {
        .item = m->item,
        .value = water_rated_value(&measure, w->conditions->rounding)};
    const char *raw = step_decimal(w->arena, m->value);

    if (m->below_detection) {
        note[0] = arena_printf(w->arena, "(未检出,检出限 %s 的一半)", raw);
        note[1] = arena_printf(
            w->arena, " (not detected: half the detection limit %s)", raw);
    } else if (decimal_compare(out.value, m->value) != 0) {
        note[0] = arena_printf(w->arena, "(%s 修约)", raw);
        note[1] = arena_printf(w->arena, " (%s rounded)", raw);
    }
    return out;
}

static void take_table_1(struct work *w, const struct measured *m,
                         const struct drinking_source_item *rule)
{
    const struct water_item *item = water_item_find_on(
        span_of(rule->code), w->conditions->body, w->conditions->day);
    int target = w->conditions->target;
    struct comparison c = {
        .name = {rule->name_zh, rule->name_en},
        .what = {arena_printf(w->arena, "%s类限值",
                              groundwater_class_name(target, false)),
                 arena_printf(w->arena, "the limit of class %s",
                              groundwater_class_name(target, true))},
        .unit = rule->unit,
        .note = {"", ""},
    };
    struct decimal ignored;
    const char *ignored_note[2];
    struct measured value = *m;

    if (!item) {
        leave(w, rule->code, rule->name_zh, rule->name_en,
              (const char *const[2]){
                  "此类水源没有限值或不参与评价,仅列出",
                  "no limit for such a source, or not judged: only listed"});
        return;
    }
    c.limit = item->of[target - 1];
    if (strcmp(rule->code, oxygen) == 0 && saturated(w)) {
        findings_add(
            &w->f, FINDING_WITHIN, m->item, c.name,
            (const char *const[2]){
                arena_printf(w->arena, "溶解氧:饱和率 %s %% 满足Ⅰ类 %s",
                             step_decimal(w->arena, w->conditions->saturation),
                             limit_text(water_saturation(w->conditions->day),
                                        false, w->arena)),
                arena_printf(w->arena,
                             "dissolved oxygen: saturation %s %% "
                             "meets class I %s",
                             step_decimal(w->arena, w->conditions->saturation),
                             limit_text(water_saturation(w->conditions->day),
                                        true, w->arena))});
        return;
    }
    if (measured_number(m, c.limit, w->arena, &ignored, ignored_note) ==
            MEASURED_FIT &&
        m->is == MEASURED_NUMBER)
        value = rated(w, m, item, c.note);
    findings_compare(&w->f, &value, &c);
    if (item->rated)
        return;
    if (strcmp(rule->code, coliforms) == 0)
        set_apart(w, "单独列出,不参与评价,通报水厂",
                  "told apart, does not decide: tell the waterworks");
    else
        set_apart(w, "单独列出,不参与评价", "told apart, does not decide");
}

/* All of table 3, and what GB 5749 counts as toxic of table 2. */
static bool is_toxic(const struct drinking_source_item *rule, int day)
{
    const struct drinking_item *tap = drinking_item_find_on(rule->code, day);

    return rule->table == 3 ||
           (tap && tap->tap && strcmp(tap->tap->use, "toxicological") == 0);
}

static void take_single(struct work *w, const struct measured *m,
                        const struct drinking_source_item *rule)
{
    enum finding found = findings_compare(
        &w->f, m,
        &(struct comparison){
            .name = {rule->name_zh, rule->name_en},
            .what = {arena_printf(w->arena, "表%d 限值", rule->table),
                     arena_printf(w->arena, "the limit of table %d",
                                  rule->table)},
            .unit = rule->unit,
            .note = {"", ""},
            .limit = rule->single,
        });

    if (found == FINDING_OVER && is_toxic(rule, w->conditions->day) &&
        !is_background(w, rule->code))
        w->alarming = true;
}

/* ---- any source ---- */

static void take_ground(struct work *w, const struct measured *m,
                        const struct groundwater_item *g)
{
    findings_compare(&w->f, m,
                     &(struct comparison){
                         .name = {g->name_zh, g->name_en},
                         .what = {"Ⅲ类限值", "the limit of class III"},
                         .unit = g->unit,
                         .note = {"", ""},
                         .limit = g->limits[CLASS_III - 1][0],
                     });
}

static void take(struct work *w, const struct measured *m)
{
    const struct drinking_source_item *rule =
        drinking_source_item_find(m->item);
    bool ground = w->conditions->kind == DRINKING_SOURCE_GROUND;
    struct drinking_source_item on;

    if (rule) {
        on = drinking_source_item_on(rule, w->conditions->day);
        rule = &on;
    }
    if (!rule || (ground ? !rule->ground : !rule->table)) {
        leave(w, m->item, rule ? rule->name_zh : m->item,
              rule ? rule->name_en : m->item,
              (const char *const[2]){"此类水源没有限值,不评价",
                                     "no limit for such a source; not judged"});
        return;
    }
    if (ground)
        take_ground(w, m, rule->ground);
    else if (rule->single)
        take_single(w, m, rule);
    else
        take_table_1(w, m, rule);
    if (w->f.found[w->f.count - 1] == FINDING_OVER && is_background(w, m->item))
        set_apart(w, "属经确认的自然背景值,单独列出,不参与评价",
                  "confirmed natural background: told apart, does not decide");
}

static bool is_measured(const struct work *w, const char *code)
{
    for (size_t i = 0; i < w->count; i++) {
        if (strcmp(w->values[i].item, code) == 0)
            return true;
    }
    return false;
}

/* Whether a sample of this kind of source ought to have it. */
static bool is_expected(const struct work *w,
                        const struct drinking_source_item *rule)
{
    const struct water_item *item;

    if (w->conditions->kind == DRINKING_SOURCE_GROUND)
        return rule->ground &&
               (rule->ground->table == 1 || w->conditions->all_items);
    if (rule->single)
        return rule->table == 2 || rule->is_routine || w->conditions->all_items;
    item = water_item_find_on(span_of(rule->code), w->conditions->body,
                              w->conditions->day);
    return rule->table == 1 && item && item->rated;
}

static void add_missing(struct work *w)
{
    const struct drinking_source_item *rule;
    const char *names[2] = {"", ""};

    for (size_t i = 0; (rule = drinking_source_item_at(i)); i++) {
        struct drinking_source_item on =
            drinking_source_item_on(rule, w->conditions->day);

        if (!is_expected(w, &on) || is_measured(w, rule->code))
            continue;
        w->missing++;
        names[0] = step_join(w->arena, names[0], "、", rule->name_zh);
        names[1] = step_join(w->arena, names[1], ", ", rule->name_en);
    }
    if (w->missing)
        findings_add(
            &w->f, FINDING_LEFT, "missing",
            (const char *const[2]){"未测项目", "not measured"},
            (const char *const[2]){
                arena_printf(w->arena, "未测 %zu 项:%s", w->missing, names[0]),
                arena_printf(w->arena, "%zu items not measured: %s", w->missing,
                             names[1])});
}

void drinking_source_judge(const struct measured *values, size_t count,
                           const struct drinking_source_conditions *conditions,
                           struct arena *arena, struct verdict *out)
{
    struct work w = {.values = values,
                     .count = count,
                     .conditions = conditions,
                     .arena = arena};
    const char *standard = standard_name_on(
        conditions->kind == DRINKING_SOURCE_GROUND ? ground_standard
                                                   : surface_standard,
        conditions->day);

    assert(conditions->target >= 1 && conditions->target <= WATER_CLASSES);
    *out = verdict_no_edition(VERDICT_DRINKING_SOURCE, CADENCE_MONTH,
                              "当日没有施行的水源水质标准版本",
                              "no standard of sources is in force on that day");
    if (!*standard)
        return;
    findings_init(&w.f, count + EXTRA_ITEMS, arena);
    for (size_t i = 0; i < count; i++)
        take(&w, &values[i]);
    add_missing(&w);
    findings_conclude(&w.f, standard,
                      (const char *const[2]){
                          arena_printf(arena, "未测 %zu 项", w.missing),
                          arena_printf(arena, "%zu items missing", w.missing)},
                      out);
    if (w.alarming) {
        out->advice_zh =
            "有毒项目超标:立即核实并上报;因此中断取水的,按突发环境事件分级";
        out->advice_en = "a toxic item fails: verify and report at once; a cut "
                         "intake makes it a graded event";
    }
}
