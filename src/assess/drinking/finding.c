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
