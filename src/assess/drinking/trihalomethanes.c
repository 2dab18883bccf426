#include "assess/drinking/trihalomethanes.h"

#include "assess/step.h"

#include <assert.h>

enum { PARTS = 4, SUM_DECIMALS = 4 };

static const char *const parts[PARTS] = {"w24004", "w24006", "w24007",
                                         "w24009"};

/* The sum as a fraction: above / below, exact. */
struct sum {
    int known, open;
    bool overflow;
    struct decimal above, below;
    const char *words; /* "0.03/0.06 + 0.02/0.1" */
};

/* value times the limits of the others. */
static bool widen(int part, struct decimal value, int day, struct decimal *out)
{
    *out = value;
    for (int other = 0; other < PARTS; other++) {
        const struct drinking_item *item =
            drinking_item_find_on(parts[other], day);

        assert(item && item->tap && item->tap->high.mantissa > 0);
        if (other != part && decimal_mul(*out, item->tap->high, out))
            return false;
    }
    return true;
}

static void add_part(struct sum *sum, int part, const struct measured *m,
                     int day, struct arena *arena)
{
    const struct limit *limit = drinking_item_find_on(parts[part], day)->tap;
    struct decimal value, wide;
    const char *note[2];

    if (measured_number(m, limit, arena, &value, note) != MEASURED_FIT) {
        sum->open++;
        return;
    }
    sum->known++;
    if (!widen(part, value, day, &wide) ||
        decimal_add(sum->above, wide, &sum->above))
        sum->overflow = true;
    sum->words =
        step_join(arena, sum->words, " + ",
                  arena_printf(arena, "%s/%s", step_decimal(arena, value),
                               step_decimal(arena, limit->high)));
}

static struct sum sum_of(const struct measured *values, size_t count, int day,
                         struct arena *arena)
{
    struct sum sum = {.above = DECIMAL(0, 0), .words = ""};

    sum.overflow = !widen(-1, DECIMAL(1, 0), day, &sum.below);
    for (int part = 0; part < PARTS; part++) {
        for (size_t i = 0; i < count; i++) {
            if (strcmp(values[i].item, parts[part]) == 0) {
                add_part(&sum, part, &values[i], day, arena);
                break;
            }
        }
    }
    return sum;
}

static void give(struct findings *f, const struct sum *sum,
                 const struct drinking_item *rule, struct decimal ratio)
{
    bool over = decimal_compare(sum->above, sum->below) > 0;
    bool complete = sum->known == PARTS;
    enum finding found = over        ? FINDING_OVER
                         : complete  ? FINDING_WITHIN
                         : sum->open ? FINDING_OPEN
                                     : FINDING_LEFT;
    const char *end[2] = {"", ""}, *step[2];
    const char *total =
        step_line(f->arena, sum->above, DECIMAL(1, 0), sum->below, 0);
    struct verdict_item *item;

    if (!complete) {
        end[0] = arena_printf(f->arena, ";4 项中只有 %d 项可用%s", sum->known,
                              over        ? ""
                              : sum->open ? ",待定"
                                          : ",不评价");
        end[1] = arena_printf(f->arena, "; only %d of the 4 can be used%s",
                              sum->known,
                              over        ? ""
                              : sum->open ? ", undecided"
                                          : ", not judged");
    }
    if (strstr(total, "…"))
        total = arena_printf(f->arena, "%s ≈ %s", total,
                             step_decimal(f->arena, ratio));
    for (int english = 0; english < 2; english++)
        step[english] = arena_printf(
            f->arena,
            english ? "%s: sum of value / own limit %s = %s %s %s%s"
                    : "%s:各项实测值与限值之比的和 %s = %s %s %s%s",
            english ? rule->name_en : rule->name_zh,
            *sum->words ? sum->words : "0", total, over ? ">" : "≤",
            step_decimal(f->arena, rule->tap->high), end[english]);
    item = findings_add(f, found, rule->code,
                        (const char *const[2]){rule->name_zh, rule->name_en},
                        step);
    item->has_value = item->has_limit = true;
    item->value = ratio;
    item->limit = rule->tap->high;
    item->confidence = rule->tap->confidence;
    item->has_multiple = limit_multiple(rule->tap, ratio, &item->multiple);
    if (item->has_multiple) {
        const char *excess = arena_printf(
            f->arena, "(%s−%s)/%s = %s", step_decimal(f->arena, ratio),
            step_decimal(f->arena, rule->tap->high),
            step_decimal(f->arena, rule->tap->high),
            step_decimal(f->arena, item->multiple));

        item->step_zh =
            arena_printf(f->arena, "%s;超标倍数 %s", item->step_zh, excess);
        item->step_en = arena_printf(f->arena, "%s; over by %s times",
                                     item->step_en, excess);
    }
}

bool trihalomethanes_add(struct findings *f, const struct measured *values,
                         size_t count, int day)
{
    const struct drinking_item *rule =
        drinking_item_find_on(TRIHALOMETHANES, day);
    struct sum sum = sum_of(values, count, day, f->arena);
    struct decimal ratio;

    assert(rule && rule->tap);
    assert(decimal_compare(rule->tap->high, DECIMAL(1, 0)) == 0);
    if (!sum.known && !sum.open)
        return false;
    if (sum.overflow || decimal_divide(sum.above, sum.below, -SUM_DECIMALS,
                                       ROUND_HALF_EVEN, &ratio)) {
        findings_add(f, FINDING_OPEN, rule->code,
                     (const char *const[2]){rule->name_zh, rule->name_en},
                     (const char *const[2]){
                         "三卤甲烷:数值位数过多,无法精确求和,待定",
                         "trihalomethanes: too many digits for an exact sum; "
                         "undecided"});
        return true;
    }
    give(f, &sum, rule, ratio);
    return true;
}
