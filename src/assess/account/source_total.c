#include "assess/account/source_total.h"

#include "assess/account/source_validity.h"
#include "assess/validity/validity.h"

enum { T_DECIMALS = 6 };

static const struct decimal kg_a_tonne = {1000, 0};

struct work {
    const struct hours_input *in;
    struct hours hours;
    struct derivation d;
};

static struct decimal tonnes(struct decimal kg)
{
    struct decimal t;

    if (decimal_divide(kg, kg_a_tonne, -T_DECIMALS, ROUND_HALF_EVEN, &t) &&
        decimal_divide(kg, kg_a_tonne, 0, ROUND_HALF_EVEN, &t))
        return DECIMAL(0, 0);
    return t;
}

/* A day, or a month from its days. */
static struct verdict_item *tell(struct work *w, const char *code,
                                 int64_t from_s, int64_t to_s, const char *name)
{
    struct arena *a = w->d.arena;
    struct hours_count c = hours_count(&w->hours, from_s, to_s);
    int hours;
    struct decimal kg = hours_amount(&w->hours, from_s, to_s, &hours);
    struct verdict_item *item =
        derivation_add(&w->d, code, (struct words){name, name});
    const char *amount = step_decimal(a, kg);

    derivation_value(item, kg, "kg");
    item->period = name;
    item->decisive = hours_due(&c) > hours;
    item->step_zh = arena_printf(
        a, "%s:%d 个有效时段之和 %s kg;停运 %d,未计入 %d", name, hours, amount,
        c.by[REASON_STOPPED], hours_due(&c) - hours);
    item->step_en = arena_printf(
        a, "%s: sum of %d valid %s kg; %d stopped, %d left out", name, hours,
        amount, c.by[REASON_STOPPED], hours_due(&c) - hours);
    return item;
}

/* A day with its hours. */
static void tell_day(struct work *w, int64_t start_s)
{
    struct arena *a = w->d.arena;
    struct verdict_item *item =
        tell(w, "day", start_s, start_s + DAY_S, hours_day_text(start_s, a));
    struct words terms =
        hours_amount_terms(&w->hours, start_s, start_s + DAY_S, a);

    item->step_zh = arena_printf(a, "%s%s", item->step_zh, terms.zh);
    item->step_en = arena_printf(a, "%s%s", item->step_en, terms.en);
}

static void tell_periods(struct work *w)
{
    int64_t from = w->in->from_s, to = w->in->to_s;

    for (int64_t s = from; s < to; s += DAY_S)
        tell_day(w, s);
    for (int64_t s = from; s < to; s = period_next(s, CADENCE_MONTH)) {
        struct civil c = civil_from_utc(s);
        int64_t next = period_next(s, CADENCE_MONTH);

        tell(w, "month", s, next < to ? next : to,
             arena_printf(w->d.arena, "%04d-%02d", c.year, c.month));
    }
}

static void conclude(struct work *w, struct verdict *out)
{
    struct hours_count c = hours_count(&w->hours, w->in->from_s, w->in->to_s);
    struct arena *a = w->d.arena;
    int hours, left;
    struct decimal kg =
        hours_amount(&w->hours, w->in->from_s, w->in->to_s, &hours);
    struct decimal t = tonnes(kg);

    left = hours_due(&c) - hours;
    if (!hours && hours_due(&c)) {
        out->outcome = VERDICT_INSUFFICIENT;
        out->summary_zh = "没有同时有效的浓度和流量";
        out->summary_en = "no hour with a valid concentration and a flow";
        return;
    }
    out->has_index = true;
    out->index = t;
    out->rating = left > 0;
    out->level = left ? 2 : 1;
    out->level_zh = left ? "有缺" : "齐全";
    out->level_en = left ? "incomplete" : "complete";
    out->summary_zh =
        arena_printf(a,
                     "排放量 %s kg,%s/1000 = %s t(有效 %d,停运 %d,%d "
                     "个时段缺失未计入)",
                     step_decimal(a, kg), step_decimal(a, kg),
                     step_decimal(a, t), hours, c.by[REASON_STOPPED], left);
    out->summary_en = arena_printf(
        a,
        "emitted %s kg, %s/1000 = %s t (%d valid, %d stopped, %d missing "
        "and left out)",
        step_decimal(a, kg), step_decimal(a, kg), step_decimal(a, t), hours,
        c.by[REASON_STOPPED], left);
    derivation_say(&w->d, (struct words){out->summary_zh, out->summary_en});
}

void source_total(const struct hours_input *input, struct arena *arena,
                  struct verdict *out)
{
    const struct validity_rule *rule = validity_rule_find(
        source_element(input->medium), span_of(input->factor), CADENCE_HOUR,
        civil_day_number(input->from_s));
    struct work w = {.in = input};
    struct hours_count all;

    *out = derivation_verdict(VERDICT_SOURCE_TOTAL, rule ? rule->standard : "");
    derivation_start(&w.d, arena);
    if (!rule) {
        out->outcome = VERDICT_NO_EDITION;
        out->summary_zh = "该日没有有效的标准";
        out->summary_en = "no standard was in force on that day";
        return;
    }
    if (input->is_ph) {
        out->outcome = VERDICT_INSUFFICIENT;
        out->summary_zh = "pH 没有排放量";
        out->summary_en = "pH has no amount";
        return;
    }
    w.hours = hours_lay(input, arena);
    all = hours_count(&w.hours, input->from_s, input->to_s);
    hours_tell(&w.d, &all);
    tell_periods(&w);
    conclude(&w, out);
    derivation_rely(&w.d, rule->confidence);
    derivation_finish(&w.d, out);
}
