#include "assess/account/source_validity.h"

#include "assess/validity/validity.h"

#include <assert.h>

enum { MEAN_GUARD = 1 };

struct work {
    const struct hours_input *in;
    struct hours hours;
    struct derivation d;
    const struct validity_rule *day_rule, *share_rule;
    int needed; /* hours of a gas day */
    int days, days_due, days_valid;
};

const char *source_element(enum hours_medium medium)
{
    return medium == HOURS_WATER ? "source_water" : "source_gas";
}

int source_minutes_needed(enum hours_medium medium, const char *factor, int day)
{
    const struct validity_rule *rule = validity_rule_find(
        source_element(medium), span_of(factor), CADENCE_HOUR, day);

    return rule && rule->of == VALIDITY_MINUTES ? rule->needed : 0;
}

/* ---- a day's value ---- */

static bool next_valid(const struct work *w, int64_t to_s, size_t *i)
{
    size_t end = hours_at(&w->hours, to_s);

    while (*i < end && w->hours.slots[*i].reason != REASON_VALID)
        (*i)++;
    return *i < end;
}

/* The hours a mean was made of, behind it. */
static struct words with_terms(struct work *w, bool with_flow, int64_t from_s,
                               int64_t to_s, struct words mean)
{
    struct words terms =
        hours_terms(&w->hours, from_s, to_s, with_flow, w->d.arena);

    if (!*terms.zh)
        return mean;
    return (struct words){
        arena_printf(w->d.arena, "%s(%s)", mean.zh, terms.zh),
        arena_printf(w->d.arena, "%s (%s)", mean.en, terms.en)};
}

static struct words gas_mean(struct work *w, struct verdict_item *item,
                             int64_t from_s, int64_t to_s)
{
    struct decimal_sum sum = DECIMAL_SUM_ZERO;
    int decimals = validity_decimals(w->day_rule, source_element(w->in->medium),
                                     span_of(w->in->factor));
    struct decimal mean;
    const char *text;

    for (size_t i = hours_at(&w->hours, from_s); next_valid(w, to_s, &i); i++)
        hours_add(&sum, w->hours.slots[i].record->value);
    if (decimal_sum_mean(&sum, -decimals, ROUND_HALF_EVEN, &mean))
        return (struct words){"", ""};
    derivation_value(item, mean, "mg/m3");
    text = step_decimal(w->d.arena, hours_sum(&sum));
    return with_terms(w, false, from_s, to_s,
                      WORDS(w->d.arena, ",日均值 %s/%u = %s mg/m³",
                            ", mean %s/%u = %s mg/m³", text, sum.count,
                            step_decimal(w->d.arena, mean)));
}

static struct words water_mean(struct work *w, struct verdict_item *item,
                               int64_t from_s, int64_t to_s)
{
    struct decimal_sum load = DECIMAL_SUM_ZERO, flow = DECIMAL_SUM_ZERO;
    int decimals = MEAN_GUARD + validity_decimals(w->day_rule, "source_water",
                                                  span_of(w->in->factor));
    struct decimal mean;

    for (size_t i = hours_at(&w->hours, from_s); next_valid(w, to_s, &i); i++) {
        const struct hours_record *r = w->hours.slots[i].record;
        struct decimal product;
        enum err err = decimal_mul(r->value, r->flow, &product);

        assert(!err); /* or it would have no amount and not be valid */
        hours_add(&load, product);
        hours_add(&flow, r->flow);
    }
    if (decimal_sum_ratio(&load, &flow, -decimals, ROUND_HALF_EVEN, &mean))
        return (struct words){"", ""};
    derivation_value(item, mean, "mg/L");
    return with_terms(w, true, from_s, to_s,
                      WORDS(w->d.arena,
                            ",流量加权日均值 ΣCQ/ΣQ = %s/%s = %s mg/L",
                            ", mean weighted by flow ΣCQ/ΣQ = %s/%s = %s mg/L",
                            step_decimal(w->d.arena, hours_sum(&load)),
                            step_decimal(w->d.arena, hours_sum(&flow)),
                            step_decimal(w->d.arena, mean)));
}

static struct words ph_range(struct work *w, int64_t from_s, int64_t to_s)
{
    struct decimal low = DECIMAL(0, 0), high = DECIMAL(0, 0);
    bool any = false;

    for (size_t i = hours_at(&w->hours, from_s); next_valid(w, to_s, &i); i++) {
        struct decimal v = w->hours.slots[i].record->value;

        low = !any || decimal_compare(v, low) < 0 ? v : low;
        high = !any || decimal_compare(v, high) > 0 ? v : high;
        any = true;
    }
    return any ? with_terms(w, false, from_s, to_s,
                            WORDS(w->d.arena, ",pH 范围 %s–%s",
                                  ", pH from %s to %s",
                                  step_decimal(w->d.arena, low),
                                  step_decimal(w->d.arena, high)))
               : (struct words){"", ""};
}

static struct words lost_words(struct work *w, const struct hours_count *c)
{
    struct words list = {"", ""};

    for (int i = REASON_NO_RECORD; i < REASON_COUNT; i++) {
        struct words r = hours_reason_words((enum hours_reason)i);

        if (c->by[i])
            list = words_join(
                w->d.arena, list,
                (struct words){
                    arena_printf(w->d.arena, "%s %d", r.zh, c->by[i]),
                    arena_printf(w->d.arena, "%s %d", r.en, c->by[i]),
                });
    }
    return *list.zh
               ? (struct words){arena_printf(w->d.arena, ";失效:%s", list.zh),
                                arena_printf(w->d.arena, "; lost: %s", list.en)}
               : list;
}

/* "20/24 ≥ 20", "18/24 = 75.00 % ≥ 75 %" */
static const char *day_count(const struct work *w, const struct hours_count *c,
                             bool valid)
{
    int due = hours_due(c), got = c->by[REASON_VALID];

    if (w->needed)
        return arena_printf(w->d.arena, "%d/%d, %d %s %d", got, due, got,
                            valid ? "≥" : "<", w->needed);
    return arena_printf(w->d.arena, "%d/%d = %s %% %s %d %%", got, due,
                        step_decimal(w->d.arena, hours_percent(got, due)),
                        valid ? "≥" : "<", w->day_rule->percent);
}

static void tell_day(struct work *w, int64_t from_s, int64_t to_s)
{
    struct hours_count c = hours_count(&w->hours, from_s, to_s);
    struct arena *a = w->d.arena;
    const char *day = hours_day_text(from_s, a);
    struct verdict_item *item =
        derivation_add(&w->d, "day", (struct words){day, day});
    struct words mean = {"", ""}, lost = lost_words(w, &c);
    bool valid;

    item->period = day;
    w->days++;
    if (hours_due(&c) == 0) {
        item->step_zh = arena_printf(a, "%s:全天停运或不排放,不计", day);
        item->step_en = arena_printf(a, "%s: stopped all day, not due", day);
        return;
    }
    w->days_due++;
    valid = w->needed ? c.by[REASON_VALID] >= w->needed
                      : validity_enough(w->day_rule, c.by[REASON_VALID],
                                        hours_due(&c), 1);
    w->days_valid += valid;
    if (valid && w->in->is_ph)
        mean = ph_range(w, from_s, to_s);
    else if (valid && w->in->medium == HOURS_WATER)
        mean = water_mean(w, item, from_s, to_s);
    else if (valid)
        mean = gas_mean(w, item, from_s, to_s);
    item->rating = !valid;
    item->decisive = !valid;
    item->step_zh =
        arena_printf(a, "%s:%s,%s%s%s", day, day_count(w, &c, valid),
                     valid ? "有效日" : "无效日", mean.zh, lost.zh);
    item->step_en =
        arena_printf(a, "%s: %s, %s%s%s", day, day_count(w, &c, valid),
                     valid ? "valid day" : "invalid day", mean.en, lost.en);
}

/* ---- the whole ---- */

/* The share that decides: captured hours of gas, valid days of water. */
static void conclude(struct work *w, struct verdict *out)
{
    bool water = w->in->medium == HOURS_WATER;
    struct hours_count c = hours_count(&w->hours, w->in->from_s, w->in->to_s);
    int due = water ? w->days_due : hours_due(&c);
    int got = water ? w->days_valid : c.by[REASON_VALID];
    int least = w->share_rule->percent;
    struct arena *a = w->d.arena;
    bool enough;
    const char *percent;

    if (due == 0) {
        out->outcome = VERDICT_INSUFFICIENT;
        out->summary_zh = "全部时段停运或不排放,没有应有数据";
        out->summary_en = "stopped all the time: no data are due";
        derivation_say(&w->d, (struct words){out->summary_zh, out->summary_en});
        return;
    }
    enough = validity_enough(w->share_rule, got, due, 1);
    out->has_index = true;
    out->index = hours_percent(got, due);
    percent = step_decimal(a, out->index);
    out->rating = !enough;
    out->level = enough ? 1 : 2;
    out->level_zh = enough ? "有效" : "无效";
    out->level_en = enough ? "valid" : "not valid";
    out->summary_zh = arena_printf(
        a, "%s %d/%d = %s %% %s %d %%:%s(有效日 %d/%d)",
        water ? "有效日比例" : "有效数据捕集率", got, due, percent,
        enough ? "≥" : "<", least, out->level_zh, w->days_valid, w->days_due);
    out->summary_en = arena_printf(
        a, "%s %d/%d = %s %% %s %d %%: %s (%d of %d days valid)",
        water ? "valid days" : "capture", got, due, percent, enough ? "≥" : "<",
        least, out->level_en, w->days_valid, w->days_due);
    derivation_say(&w->d, (struct words){out->summary_zh, out->summary_en});
}

static bool find_rules(struct work *w, int day_hours)
{
    const char *element = source_element(w->in->medium);
    struct span factor = span_of(w->in->factor);
    int day = civil_day_number(w->in->from_s);

    w->day_rule = validity_rule_find(element, factor, CADENCE_DAY, day);
    w->share_rule = validity_rule_find(
        element, factor,
        w->in->medium == HOURS_WATER ? CADENCE_MONTH : CADENCE_QUARTER, day);
    if (!w->day_rule || !w->share_rule)
        return false;
    w->needed = day_hours ? day_hours : w->day_rule->needed;
    derivation_rely(&w->d, w->share_rule->confidence);
    derivation_rely(&w->d, day_hours && day_hours != w->day_rule->needed
                               ? "low"
                               : w->day_rule->confidence);
    return true;
}

void source_validity(const struct hours_input *input, int day_hours,
                     struct arena *arena, struct verdict *out)
{
    struct work w = {.in = input};
    struct hours_count all;

    *out = derivation_verdict(VERDICT_SOURCE_VALIDITY, "");
    derivation_start(&w.d, arena);
    if (!find_rules(&w, day_hours)) {
        out->outcome = VERDICT_NO_EDITION;
        out->summary_zh = "该日没有适用的有效性规则";
        out->summary_en = "no rule of validity is in force on that day";
        return;
    }
    out->edition = w.day_rule->standard;
    w.hours = hours_lay(input, arena);
    all = hours_count(&w.hours, input->from_s, input->to_s);
    hours_tell(&w.d, &all);
    for (int64_t day = input->from_s; day < input->to_s; day += DAY_S)
        tell_day(&w, day, day + DAY_S);
    conclude(&w, out);
    derivation_finish(&w.d, out);
}
