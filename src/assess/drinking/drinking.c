#include "assess/drinking/drinking.h"

#include "assess/drinking/finding.h"
#include "assess/drinking/trihalomethanes.h"
#include "assess/step.h"

#include <assert.h>

static const char standard[] = "GB 5749-2022";
static const char coliforms[] = "w02004";
static const char e_coli[] = "w02007";

/* a value has two limits at most; the rest stand behind the values */
enum { LIMITS_MAX = 2, EXTRA_ITEMS = 8, EXTENDED_TABLE = 3, AGENT_TABLE = 2 };

struct work {
    const struct measured *values;
    size_t count;
    const struct drinking_conditions *conditions;
    struct arena *arena;
    struct findings f;
    size_t missing[2]; /* regular, extended */
    const char *missing_names[2];
};

static bool is_measured(const struct work *w, const char *code)
{
    for (size_t i = 0; i < w->count; i++) {
        if (strcmp(w->values[i].item, code) == 0)
            return true;
    }
    return false;
}

static void leave(struct work *w, const char *code, const char *const name[2],
                  const char *zh, const char *en)
{
    findings_add(
        &w->f, FINDING_LEFT, code, name,
        (const char *const[2]){arena_printf(w->arena, "%s:%s", name[0], zh),
                               arena_printf(w->arena, "%s: %s", name[1], en)});
}

static void compare(struct work *w, const struct measured *m,
                    const struct drinking_item *rule, const struct limit *limit,
                    const char *const what[2])
{
    findings_compare(&w->f, m,
                     &(struct comparison){
                         .name = {rule->name_zh, rule->name_en},
                         .what = {what[0], what[1]},
                         .unit = rule->unit,
                         .limit = limit,
                     });
}

static void take_disinfectant(struct work *w, const struct measured *m,
                              const struct drinking_item *rule)
{
    const char *name[2] = {rule->name_zh, rule->name_en};
    const char *agent = w->conditions->agent;

    if (!agent || strcmp(agent, rule->code) != 0) {
        leave(w, rule->code, name,
              agent ? "不是所用消毒剂,不评价" : "未说明所用消毒剂,不评价",
              agent ? "not the disinfectant in use; not judged"
                    : "the disinfectant in use is not told; not judged");
        return;
    }
    if (w->conditions->position == POSITION_NETWORK_END) {
        compare(
            w, m, rule, rule->end_residual,
            (const char *const[2]){"末梢水余量", "the end-of-network residue"});
        return;
    }
    compare(w, m, rule, rule->outlet_limit,
            (const char *const[2]){"出厂水限值", "the limit at the outlet"});
    if (rule->outlet_residual)
        compare(
            w, m, rule, rule->outlet_residual,
            (const char *const[2]){"出厂水余量", "the residue at the outlet"});
}

/* Above a guidance level nothing is broken yet: the nuclides decide. */
static void take_guidance(struct work *w, const struct measured *m,
                          const struct drinking_item *rule)
{
    struct verdict_item *item;

    compare(w, m, rule, rule->tap,
            (const char *const[2]){"指导值", "the guidance level"});
    item = &w->f.items[w->f.count - 1];
    if (w->f.found[w->f.count - 1] != FINDING_OVER)
        return;
    w->f.found[w->f.count - 1] = FINDING_OPEN;
    item->rating = -1;
    item->decisive = false;
    item->step_zh = arena_printf(
        w->arena, "%s;指导值不是限值,应作核素分析判定能否饮用", item->step_zh);
    item->step_en = arena_printf(
        w->arena, "%s; a guidance level is no limit: nuclide analysis decides",
        item->step_en);
}

static void take_relaxed(struct work *w, const struct measured *m,
                         const struct drinking_item *rule)
{
    const char *ordinary[2] = {limit_text(rule->tap, false, w->arena),
                               limit_text(rule->tap, true, w->arena)};

    compare(w, m, rule, rule->relaxed,
            (const char *const[2]){
                arena_printf(w->arena,
                             "小型集中式和分散式供水放宽限值(一般限值 %s)",
                             ordinary[0]),
                arena_printf(w->arena,
                             "the limit relaxed for small supplies (else %s)",
                             ordinary[1])});
}

static void take(struct work *w, const struct measured *m)
{
    const struct drinking_item *rule =
        drinking_item_find_on(m->item, w->conditions->day);

    if (!rule) {
        leave(w, m->item, (const char *const[2]){m->item, m->item},
              "标准没有此项,不评价", "not an item of the standard; not judged");
        return;
    }
    if (rule->table == AGENT_TABLE)
        take_disinfectant(w, m, rule);
    else if (rule->is_guidance)
        take_guidance(w, m, rule);
    else if (rule->relaxed && w->conditions->supply == SUPPLY_SMALL)
        take_relaxed(w, m, rule);
    else
        compare(w, m, rule, rule->tap,
                (const char *const[2]){"限值", "the limit"});
}

/* ---- what follows from the values ---- */

static void add_contact(struct work *w)
{
    const struct drinking_conditions *c = w->conditions;
    const struct drinking_item *rule =
        c->agent ? drinking_item_find_on(c->agent, c->day) : NULL;
    struct measured m = {.item = "contact_time", .value = c->contact_min};

    if (!c->has_contact || !rule || !rule->contact)
        return;
    findings_compare(
        &w->f, &m,
        &(struct comparison){
            .name = {arena_printf(w->arena, "%s与水接触时间", rule->name_zh),
                     arena_printf(w->arena, "contact time of %s",
                                  rule->name_en)},
            .what = {"要求", "the requirement"},
            .unit = "min",
            .limit = rule->contact,
        });
}

static bool coliforms_found(const struct work *w)
{
    for (size_t i = 0; i < w->f.count; i++) {
        if (strcmp(w->f.items[i].factor, coliforms) == 0)
            return w->f.found[i] == FINDING_OVER;
    }
    return false;
}

static void ask_for_e_coli(struct work *w)
{
    const struct drinking_item *rule =
        drinking_item_find_on(e_coli, w->conditions->day);

    if (rule && coliforms_found(w) && !is_measured(w, e_coli))
        findings_add(&w->f, FINDING_OPEN, e_coli,
                     (const char *const[2]){rule->name_zh, rule->name_en},
                     (const char *const[2]){
                         "大肠埃希氏菌:检出总大肠菌群,应进一步检验,尚无结果",
                         "Escherichia coli: total coliforms were found, so it "
                         "has to be tested; no result yet"});
}

/* Whether the sample ought to have it. */
static bool is_expected(const struct work *w, const struct drinking_item *rule)
{
    if (rule->table == AGENT_TABLE)
        return w->conditions->agent &&
               strcmp(w->conditions->agent, rule->code) == 0;
    if (rule->table == EXTENDED_TABLE)
        return w->conditions->all_items;
    if (strcmp(rule->code, e_coli) == 0) /* asked for by its own rule */
        return !is_measured(w, coliforms);
    return strcmp(rule->code, TRIHALOMETHANES) != 0; /* it is computed */
}

static void add_missing(struct work *w)
{
    const struct drinking_item *rule;
    size_t total;

    w->missing_names[0] = w->missing_names[1] = "";
    for (size_t i = 0; (rule = drinking_item_on(i, w->conditions->day)); i++) {
        if (!is_expected(w, rule) || is_measured(w, rule->code))
            continue;
        w->missing[rule->table == EXTENDED_TABLE]++;
        w->missing_names[0] =
            step_join(w->arena, w->missing_names[0], "、", rule->name_zh);
        w->missing_names[1] =
            step_join(w->arena, w->missing_names[1], ", ", rule->name_en);
    }
    total = w->missing[0] + w->missing[1];
    if (!total)
        return;
    findings_add(
        &w->f, FINDING_LEFT, "missing",
        (const char *const[2]){"未测项目", "not measured"},
        (const char *const[2]){
            arena_printf(w->arena, "未测 %zu 项(常规 %zu 项,扩展 %zu 项):%s",
                         total, w->missing[0], w->missing[1],
                         w->missing_names[0]),
            arena_printf(w->arena,
                         "%zu items not measured (%zu regular, %zu extended): "
                         "%s",
                         total, w->missing[0], w->missing[1],
                         w->missing_names[1])});
}

static void add_conditions(struct work *w)
{
    const struct drinking_conditions *c = w->conditions;
    const struct drinking_item *agent =
        c->agent ? drinking_item_find_on(c->agent, c->day) : NULL;
    bool small = c->supply == SUPPLY_SMALL;
    bool outlet = c->position == POSITION_WORKS_OUTLET;

    findings_add(
        &w->f, FINDING_LEFT, "conditions",
        (const char *const[2]){"适用条件", "conditions"},
        (const char *const[2]){
            arena_printf(w->arena, "%s,%s,消毒剂:%s",
                         small ? "小型集中式或分散式供水" : "集中式供水",
                         outlet ? "出厂水" : "末梢水",
                         agent ? agent->name_zh : "未说明"),
            arena_printf(w->arena, "%s, %s, disinfectant: %s",
                         small ? "small or dispersed supply" : "central supply",
                         outlet ? "at the works' outlet"
                                : "at the end of the network",
                         agent ? agent->name_en : "not told")});
}

/* ---- the sample as a whole ---- */

/* A sum that was handed in gives way to one that can be worked out. */
static bool is_replaced(const struct measured *m, bool computed)
{
    return computed && strcmp(m->item, TRIHALOMETHANES) == 0;
}

void drinking_judge(const struct measured *values, size_t count,
                    const struct drinking_conditions *conditions,
                    struct arena *arena, struct verdict *out)
{
    struct work w = {.values = values,
                     .count = count,
                     .conditions = conditions,
                     .arena = arena};
    bool computed;

    *out = verdict_no_edition(
        VERDICT_DRINKING_WATER, CADENCE_SAMPLE,
        "当日没有施行的生活饮用水卫生标准版本",
        "no drinking-water standard is in force on that day");
    if (!standard_edition_of(standard, conditions->day))
        return;
    findings_init(&w.f, count * LIMITS_MAX + EXTRA_ITEMS, arena);
    computed = trihalomethanes_add(&w.f, values, count, conditions->day);
    for (size_t i = 0; i < count; i++) {
        if (!is_replaced(&values[i], computed))
            take(&w, &values[i]);
    }
    add_contact(&w);
    ask_for_e_coli(&w);
    add_missing(&w);
    add_conditions(&w);
    findings_conclude(
        &w.f, standard_name_on(standard, conditions->day),
        (const char *const[2]){
            arena_printf(arena, "常规未测 %zu 项", w.missing[0]),
            arena_printf(arena, "%zu regular items missing", w.missing[0])},
        out);
}
