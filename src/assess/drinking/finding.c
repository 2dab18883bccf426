#include "assess/drinking/finding.h"

#include "assess/factor/factor.h"
#include "assess/step.h"

#include <assert.h>

void findings_init(struct findings *f, size_t capacity, struct arena *arena)
{
    *f = (struct findings){
        .arena = arena, .capacity = capacity, .confidence = ""};
    f->items = arena_new(arena, capacity, sizeof(*f->items));
    f->found = arena_new(arena, capacity, sizeof(*f->found));
}

struct verdict_item *findings_add(struct findings *f, enum finding found,
                                  const char *factor, const char *const name[2],
                                  const char *const step[2])
{
    struct verdict_item *item;

    assert(f->count < f->capacity);
    f->found[f->count] = found;
    item = &f->items[f->count++];
    *item = (struct verdict_item){
        .factor = factor,
        .name_zh = name[0],
        .name_en = name[1],
        .unit = "",
        .period = "",
        .rating = found == FINDING_WITHIN ? 0
                  : found == FINDING_OVER ? 1
                                          : -1,
        .decisive = found == FINDING_OVER,
        .confidence = "",
        .step_zh = step[0],
        .step_en = step[1],
    };
    return item;
}

/* The value in words: 0.014 mg/L, 无, not detected. */
static const char *shown(struct arena *a, const struct measured *m,
                         const struct comparison *c, struct decimal number,
                         bool english)
{
    bool there = number.mantissa != 0;

    switch (c->limit->bound) {
    case LIMIT_NONE:
    case LIMIT_PRESENT:
        return english ? there ? "present" : "none" : there ? "有" : "无";
    case LIMIT_NOT_DETECTED:
        if (!there)
            return english ? "not detected" : "未检出";
        if (m->is != MEASURED_NUMBER)
            return english ? "detected" : "检出";
        break;
    default:
        break;
    }
    return step_quantity(a, number, unit_shown(c->unit));
}

/* value / limit - 1 in words; "" when there is none. */
static const char *exceedance(struct arena *a, const struct verdict_item *item,
                              bool english)
{
    const char *value, *limit;

    if (!item->has_multiple)
        return "";
    value = step_decimal(a, item->value);
    limit = step_decimal(a, item->limit);
    return arena_printf(a,
                        english ? "; over by (%s−%s)/%s = %s times"
                                : ";超标倍数 (%s−%s)/%s = %s",
                        value, limit, limit, step_decimal(a, item->multiple));
}

static void compare(struct findings *f, const struct measured *m,
                    const struct comparison *c, struct decimal number,
                    const char *const note[2])
{
    bool meets = limit_meets(c->limit, number);
    struct verdict_item *item =
        findings_add(f, meets ? FINDING_WITHIN : FINDING_OVER, m->item, c->name,
                     (const char *const[2]){"", ""});
    const char *step[2];

    item->unit = c->unit;
    item->has_value = true;
    item->value = number;
    item->confidence = c->limit->confidence;
    item->has_limit = c->limit->bound <= LIMIT_ABOVE;
    item->limit = limit_compared(c->limit, number);
    item->has_multiple = limit_multiple(c->limit, number, &item->multiple);
    f->confidence = confidence_lower(f->confidence, item->confidence);
    for (int english = 0; english < 2; english++) {
        const char *sentence = english ? meets ? "meets" : "breaks"
                               : meets ? "满足"
                                       : "不满足";

        step[english] = arena_printf(
            f->arena, english ? "%s %s%s%s%s %s %s%s" : "%s %s%s%s%s%s %s%s",
            c->name[english], shown(f->arena, m, c, number, english),
            note[english], english ? ": " : ":", sentence, c->what[english],
            limit_text(c->limit, english, f->arena),
            exceedance(f->arena, item, english));
    }
    item->step_zh = step[0];
    item->step_en = step[1];
}

enum finding findings_compare(struct findings *f, const struct measured *m,
                              const struct comparison *c)
{
    struct decimal number = DECIMAL(0, 0);
    const char *note[2];
    enum measured_state state =
        measured_number(m, c->limit, f->arena, &number, note);

    if (state == MEASURED_FIT) {
        for (int english = 0; english < 2; english++) {
            if (c->note[english] && *c->note[english])
                note[english] = c->note[english];
        }
        compare(f, m, c, number, note);
    } else {
        const char *step[2];

        for (int english = 0; english < 2; english++)
            step[english] = arena_printf(
                f->arena, english ? "%s: %s" : "%s:%s", c->name[english],
                measured_why(m, state, c->limit, english, f->arena));
        findings_add(f, FINDING_OPEN, m->item, c->name, step)->unit = c->unit;
    }
    return f->found[f->count - 1];
}

size_t findings_count(const struct findings *f, enum finding found)
{
    size_t count = 0;

    for (size_t i = 0; i < f->count; i++)
        count += f->found[i] == found;
    return count;
}

const char *findings_names(const struct findings *f, enum finding found,
                           bool english)
{
    const char *list = "";

    for (size_t i = 0; i < f->count; i++) {
        const struct verdict_item *item = &f->items[i];
        const char *name = english ? item->name_en : item->name_zh;

        if (f->found[i] != found)
            continue;
        if (item->has_multiple)
            name = arena_printf(f->arena, "%s(%s)", name,
                                step_decimal(f->arena, item->multiple));
        list = step_join(f->arena, list, english ? ", " : "、", name);
    }
    return list;
}

/* ": lead(0.40)", those that decided; "" when there are none. */
static const char *blamed(struct findings *f, enum finding found, bool english)
{
    const char *names = findings_names(f, found, english);

    return *names ? arena_printf(f->arena, english ? ": %s" : ":%s", names)
                  : "";
}

static void summarise(struct findings *f, const char *standard,
                      const char *const missing[2], struct verdict *out)
{
    size_t within = findings_count(f, FINDING_WITHIN);
    size_t over = findings_count(f, FINDING_OVER);
    size_t open = findings_count(f, FINDING_OPEN);
    enum finding found = over ? FINDING_OVER : FINDING_OPEN;
    const char *counts[2] = {
        arena_printf(f->arena, "满足 %zu 项,不满足 %zu 项,待定 %zu 项", within,
                     over, open),
        arena_printf(f->arena, "%zu met, %zu broken, %zu undecided", within,
                     over, open)};

    out->summary_zh =
        arena_printf(f->arena, "%s%s;%s,%s(%s)", out->level_zh,
                     blamed(f, found, false), counts[0], missing[0], standard);
    out->summary_en =
        arena_printf(f->arena, "%s%s; %s, %s (%s)", out->level_en,
                     blamed(f, found, true), counts[1], missing[1], standard);
    findings_add(
        f, FINDING_LEFT, "conclusion",
        (const char *const[2]){"结论", "conclusion"},
        (const char *const[2]){
            arena_printf(f->arena, "%s → %s", counts[0], out->level_zh),
            arena_printf(f->arena, "%s → %s", counts[1], out->level_en)})
        ->rating = out->rating;
}

void findings_conclude(struct findings *f, const char *standard,
                       const char *const missing[2], struct verdict *out)
{
    static const char *const levels[][2] = {
        {"待定", "undecided"},
        {"达标", "complies"},
        {"不达标", "does not comply"},
    };

    out->edition = standard;
    out->items = f->items;
    out->outcome = VERDICT_INSUFFICIENT;
    out->summary_zh = "没有可评价的项目";
    out->summary_en = "no item to judge";
    if (findings_count(f, FINDING_LEFT) < f->count) {
        out->rating = findings_count(f, FINDING_OVER)   ? 1
                      : findings_count(f, FINDING_OPEN) ? -1
                                                        : 0;
        if (out->rating >= 0)
            out->outcome = VERDICT_GIVEN;
        out->level = out->rating + 1;
        out->level_zh = levels[out->level][0];
        out->level_en = levels[out->level][1];
        out->confidence = f->confidence;
        summarise(f, standard, missing, out);
    }
    out->item_count = f->count;
}
