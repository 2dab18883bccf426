#include "assess/emission/emission.h"

#include "assess/factor/factor.h"
#include "assess/standard/standard.h"
#include "assess/step.h"

static const char ph[] = "w01001";

/* One assessment under way. */
struct work {
    struct arena *arena;
    struct verdict_item *items;
    size_t count;
    const char *period_zh, *period_en, *period;
    int day;
    bool judged, exceeded;
    const char *names[2];  /* of what exceeds, for the summary */
    const char *standards; /* of the limits applied */
};

static bool applies(const struct emission_limit *limit, const char *factor,
                    int day)
{
    int to_day = limit->to_day ? limit->to_day : STANDARD_OPEN;

    return span_is(span_of(limit->factor), factor) &&
           standard_in_force(limit->from_day, to_day, day);
}

static const char *name_of(const char *factor, bool english)
{
    const struct factor *f = factor_find(span_of(factor));

    if (!f)
        return factor ? factor : "";
    return english ? f->name_en : f->name_zh;
}

static struct verdict_item *add_item(struct work *w, const char *factor)
{
    struct verdict_item *item = &w->items[w->count++];

    *item = (struct verdict_item){.factor = factor,
                                  .unit = "",
                                  .period = w->period,
                                  .rating = -1,
                                  .confidence = "",
                                  .step_zh = "",
                                  .step_en = ""};
    return item;
}

static void skip(struct work *w, const char *factor, const char *zh,
                 const char *en)
{
    struct verdict_item *item = add_item(w, factor);

    item->step_zh = arena_printf(w->arena, "%s:%s", name_of(factor, false), zh);
    item->step_en = arena_printf(w->arena, "%s: %s", name_of(factor, true), en);
}

/* "超标倍数 (130−100)/100 = 0.30", or nothing. */
static void multiply(struct work *w, struct verdict_item *item,
                     const char *more[2])
{
    struct decimal over;
    const char *v, *limit, *multiple;

    more[0] = more[1] = "";
    if (span_is(span_of(item->factor), ph) || item->limit.mantissa <= 0 ||
        decimal_sub(item->value, item->limit, &over) ||
        decimal_divide(over, item->limit, -2, ROUND_HALF_EVEN, &item->multiple))
        return;
    item->has_multiple = true;
    v = step_decimal(w->arena, item->value);
    limit = step_decimal(w->arena, item->limit);
    multiple = step_decimal(w->arena, item->multiple);
    more[0] = arena_printf(w->arena, ",超标倍数 (%s−%s)/%s = %s", v, limit,
                           limit, multiple);
    more[1] = arena_printf(w->arena, ", multiple (%s−%s)/%s = %s", v, limit,
                           limit, multiple);
}

static void note_exceeded(struct work *w, const struct verdict_item *item)
{
    const char *multiple = "";

    if (item->has_multiple)
        multiple = arena_printf(w->arena, "(%s)",
                                step_decimal(w->arena, item->multiple));
    for (int english = 0; english < 2; english++)
        w->names[english] =
            step_join(w->arena, w->names[english], english ? ", " : "、",
                      arena_printf(w->arena, "%s%s",
                                   name_of(item->factor, english), multiple));
    w->exceeded = true;
}

static void note_standard(struct work *w, const char *standard)
{
    if (!strstr(w->standards, standard))
        w->standards = step_join(w->arena, w->standards, "; ", standard);
}

/* Which side of the limits the value lies on; the limit compared with. */
static const char *compare(const struct emission_limit *limit,
                           struct verdict_item *item)
{
    item->has_limit = true;
    item->limit = limit->has_max ? limit->max : limit->min;
    item->rating = 1;
    if (limit->has_max && decimal_compare(item->value, limit->max) > 0)
        return ">";
    if (limit->has_min && decimal_compare(item->value, limit->min) < 0) {
        item->limit = limit->min;
        return "<";
    }
    item->rating = 0;
    return limit->has_max ? "≤" : "≥";
}

static void judge(struct work *w, const struct emission_value *value,
                  const struct emission_limit *limit)
{
    struct arena *a = w->arena;
    struct verdict_item *item = add_item(w, value->factor);
    const char *sign, *more[2] = {"", ""}, *quantity, *bound;

    item->has_value = true;
    item->value = limit->converted ? value->converted : value->value;
    item->unit = limit->unit;
    sign = compare(limit, item);
    w->judged = true;
    item->decisive = item->rating == 1;
    if (item->decisive) {
        if (*sign == '>')
            multiply(w, item, more);
        note_exceeded(w, item);
    }
    note_standard(w, limit->standard);
    quantity = step_quantity(a, item->value, unit_shown(limit->unit));
    bound = step_decimal(a, item->limit);
    if (item->rating == 0 && limit->has_min && limit->has_max) {
        sign = "∈";
        bound = arena_printf(a, "%s–%s", step_decimal(a, limit->min),
                             step_decimal(a, limit->max));
    }
    item->step_zh = arena_printf(
        a, "%s %s%s %s %s 限值 %s(%s):%s%s", name_of(value->factor, false),
        w->period_zh, limit->converted ? "折算值" : "", quantity, sign, bound,
        limit->standard, item->decisive ? "超标" : "达标", more[0]);
    item->step_en = arena_printf(
        a, "%s %s%s %s %s limit %s (%s): %s%s", name_of(value->factor, true),
        w->period_en, limit->converted ? ", converted," : "", quantity, sign,
        bound, limit->standard, item->decisive ? "exceeds" : "within", more[1]);
}

static void judge_value(struct work *w, const struct emission_value *value,
                        const struct emission_limit *limits, size_t count)
{
    size_t found = 0;

    for (size_t i = 0; i < count; i++) {
        const struct emission_limit *limit = &limits[i];

        if (!applies(limit, value->factor, w->day) ||
            (!limit->has_max && !limit->has_min))
            continue;
        found++;
        if (limit->converted && !value->known_converted)
            skip(w, value->factor, "限值按折算值比较,没有折算值",
                 "the limit is on the converted value, which is missing");
        else if (!limit->converted && !value->known)
            skip(w, value->factor, "缺测", "missing");
        else
            judge(w, value, limit);
    }
    if (!found)
        skip(w, value->factor, "当日没有适用的限值",
             "no limit is in force on that day");
}

/* A factor that has a limit but was not handed in. */
static void list_absent(struct work *w, const struct emission_value *values,
                        size_t value_count, const struct emission_limit *limit)
{
    for (size_t i = 0; i < value_count; i++) {
        if (span_is(span_of(values[i].factor), limit->factor))
            return;
    }
    if (applies(limit, limit->factor, w->day))
        skip(w, limit->factor, "有限值,缺测", "has a limit, but no value");
}

static void finish(struct work *w, struct verdict *out)
{
    out->items = w->items;
    out->item_count = w->count;
    if (!w->judged) {
        out->outcome = VERDICT_INSUFFICIENT;
        out->summary_zh = "没有可与限值比较的数值";
        out->summary_en = "no value to compare with a limit";
        return;
    }
    out->outcome = VERDICT_GIVEN;
    out->edition = w->standards;
    out->rating = w->exceeded;
    out->level = w->exceeded ? 2 : 1;
    out->level_zh = w->exceeded ? "超标" : "达标";
    out->level_en = w->exceeded ? "exceeding" : "within limits";
    out->colour = w->exceeded ? "#e02020" : "#33b54a";
    out->summary_zh =
        arena_printf(w->arena, w->exceeded ? "%s超标:%s(%s)" : "%s达标%s(%s)",
                     w->period_zh, w->names[0], w->standards);
    out->summary_en = arena_printf(w->arena,
                                   w->exceeded ? "%s exceeds: %s (%s)"
                                               : "%s within limits%s (%s)",
                                   w->period_en, w->names[1], w->standards);
}

/* two lists with their lengths: NOLINTNEXTLINE(readability-function-size) */
void emission_outlet(const struct emission_value *values, size_t value_count,
                     const struct emission_limit *limits, size_t limit_count,
                     enum cadence cadence, int day, struct arena *arena,
                     struct verdict *out)
{
    bool by_day = cadence == CADENCE_DAY, by_hour = cadence == CADENCE_HOUR;
    struct work w = {
        .arena = arena,
        .period = by_day    ? "24h"
                  : by_hour ? "1h"
                            : "",
        .period_zh = by_day    ? "日均值"
                     : by_hour ? "小时均值"
                               : "实测值",
        .period_en = by_day    ? "daily mean"
                     : by_hour ? "hourly mean"
                               : "value",
        .day = day,
        .names = {"", ""},
        .standards = "",
    };

    *out = (struct verdict){
        .kind = VERDICT_OUTLET,
        .cadence = cadence,
        .edition = "",
        .rating = -1,
        .level_zh = "",
        .level_en = "",
        .colour = "",
        .advice_zh = "",
        .advice_en = "",
    };
    w.items =
        arena_new(arena, value_count * (limit_count + 1) + limit_count + 1,
                  sizeof(*w.items));
    for (size_t i = 0; i < value_count; i++)
        judge_value(&w, &values[i], limits, limit_count);
    for (size_t i = 0; i < limit_count; i++)
        list_absent(&w, values, value_count, &limits[i]);
    finish(&w, out);
}
