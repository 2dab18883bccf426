#include "assess/account/substitution.h"

#include "assess/limit/limit.h"
#include "assess/validity/validity.h"

#include <assert.h>
#include <stdlib.h>

static const char file[] = "source-substitution.csv";

struct work {
    const struct hours *hours;
    struct arena *arena;
    struct substitute *list;
    size_t count;
    const struct standard_table *table;
    const char *standard, *confidence;
};

/* A run of slots that are not valid; stopped ones inside do not count. */
struct gap {
    size_t from, to;
    int lost;
};

static bool is_lost(const struct hours_slot *s)
{
    return s->reason != REASON_VALID && s->reason != REASON_STOPPED;
}

/* ---- rows of the table ---- */

/* Whether lo <= value < hi, or lo < value <= hi for gaps; empty is open. */
static bool from_below(const struct work *w, size_t row, const char *from,
                       const char *below, struct decimal value)
{
    struct decimal bound;

    if (standard_decimal(w->table, row, from, &bound) &&
        decimal_compare(value, bound) < 0)
        return false;
    return !standard_decimal(w->table, row, below, &bound) ||
           decimal_compare(value, bound) < 0;
}

static bool over_to(const struct work *w, size_t row, int hours)
{
    return hours > standard_int(w->table, row, "gap_over_h", -1) &&
           hours <= standard_int(w->table, row, "gap_to_h", INT32_MAX);
}

static bool is_ours(const struct work *w, size_t row, int day)
{
    const char *medium =
        w->hours->input->medium == HOURS_WATER ? "water" : "gas";

    return standard_cell_is(w->table, row, "medium", medium) &&
           standard_in_force(
               standard_day(w->table, row, "valid_from", 0),
               standard_day(w->table, row, "valid_to", STANDARD_OPEN), day);
}

static void rely(struct work *w, size_t row)
{
    const char *standard = standard_text(w->table, row, "standard");

    if (!strstr(w->standard, standard))
        w->standard = step_join(w->arena, w->standard, "; ", standard);
    w->confidence = confidence_lower(
        w->confidence, standard_text(w->table, row, "confidence"));
}

/* The row for an hour or a day; the table's row count when there is none. */
static size_t row_for(const struct work *w, int day, struct decimal capture,
                      int gap_hours)
{
    size_t row = 0;

    while (row < w->table->row_count &&
           !(is_ours(w, row, day) &&
             from_below(w, row, "capture_from", "capture_below", capture) &&
             over_to(w, row, gap_hours)))
        row++;
    return row;
}

static struct substitute *add(struct work *w, int64_t start_s,
                              enum hours_reason reason)
{
    struct substitute *s = &w->list[w->count++];

    *s = (struct substitute){.start_s = start_s, .reason = reason};
    s->method = "";
    return s;
}

static void refuse(struct substitute *s, const char *zh, const char *en)
{
    s->given = false;
    s->why = (struct words){zh, en};
}

/* ---- gas: the highest of the last valid hours ---- */

static void take_highest(struct work *w, struct substitute *s, size_t before)
{
    const struct hours_slot *donor = NULL;

    for (size_t i = before; i-- > 0 && s->used < s->window;) {
        const struct hours_slot *slot = &w->hours->slots[i];

        if (slot->reason != REASON_VALID || !slot->has_amount)
            continue;
        s->used++;
        if (!donor || decimal_compare(slot->amount, donor->amount) > 0)
            donor = slot;
    }
    if (!donor) {
        refuse(s, "缺口之前没有有效小时,不能替代",
               "no valid hour before the gap: nothing to substitute");
        return;
    }
    s->given = true;
    s->amount = donor->amount;
    s->donor_s = donor->start_s;
}

/* The capture of the quarter, as far as there are records of it. */
static struct hours_count quarter_of(const struct work *w, int64_t start_s)
{
    return hours_count(w->hours, period_start(start_s, CADENCE_QUARTER),
                       period_next(start_s, CADENCE_QUARTER));
}

static void fill_gas_hour(struct work *w, const struct gap *gap,
                          const struct hours_slot *slot)
{
    struct substitute *s = add(w, slot->start_s, slot->reason);
    struct hours_count c = quarter_of(w, slot->start_s);
    struct arena *a = w->arena;
    struct decimal capture;
    int gap_hours = gap->lost * w->hours->input->step_hours;
    size_t row;
    const char *percent;

    capture = hours_percent(c.by[REASON_VALID], hours_due(&c));
    percent = step_decimal(a, capture);
    row = row_for(w, civil_day_number(slot->start_s), capture, gap_hours);
    if (row == w->table->row_count) {
        s->why = WORDS(
            a, "季度捕集率 %d/%d = %s %%,规则不允许替代,改用物料衡算或系数法",
            "capture of the quarter %d/%d = %s %%: no substitution by the "
            "rule, account by balance or factors",
            c.by[REASON_VALID], hours_due(&c), percent);
        return;
    }
    rely(w, row);
    s->method = standard_text(w->table, row, "method");
    s->window = standard_int(w->table, row, "window", 0);
    take_highest(w, s, gap->from);
    if (s->given)
        s->why = WORDS(
            a,
            "季度捕集率 %d/%d = %s %%,缺口 %d h → 前 %d 个有效小时(实有 %d)"
            "的最大小时排放量,取自 %s",
            "capture of the quarter %d/%d = %s %%, gap %d h → highest amount "
            "of the last %d valid hours (there were %d), that of %s",
            c.by[REASON_VALID], hours_due(&c), percent, gap_hours, s->window,
            s->used, hours_text(s->donor_s, a));
}

/* ---- water before 2020: the mean of as many valid hours ---- */

static int by_value(const void *a, const void *b)
{
    return decimal_compare(*(const struct decimal *)a,
                           *(const struct decimal *)b);
}

/* The middle one, or half the sum of the two in the middle. */
static bool median(struct decimal *values, size_t count, struct decimal *out)
{
    struct decimal sum;

    qsort(values, count, sizeof(*values), by_value);
    if (count % 2) {
        *out = values[count / 2];
        return true;
    }
    return !decimal_add(values[count / 2 - 1], values[count / 2], &sum) &&
           !decimal_mul(sum, DECIMAL(5, -1), out);
}

static size_t values_before(const struct work *w, const struct gap *gap,
                            struct decimal *values, int64_t *from_s)
{
    size_t count = 0;

    for (size_t i = gap->from; i-- > 0 && count < (size_t)gap->lost;) {
        if (w->hours->slots[i].reason != REASON_VALID)
            continue;
        values[count++] = w->hours->slots[i].record->value;
        *from_s = w->hours->slots[i].start_s;
    }
    return count;
}

static bool mean_of(const struct decimal *values, size_t count,
                    struct decimal *out)
{
    struct decimal_sum sum = DECIMAL_SUM_ZERO;

    for (size_t i = 0; i < count; i++)
        hours_add(&sum, values[i]);
    return !decimal_sum_mean(&sum, sum.exponent - 2, ROUND_HALF_EVEN, out);
}

/* C x Q of the hour; without its flow there is no load. */
static void load_of(struct work *w, struct substitute *s,
                    const struct hours_slot *slot, struct decimal value)
{
    const struct hours_record *r = slot->record;
    struct decimal scale = DECIMAL(w->hours->input->step_hours, -3);

    if (w->hours->input->is_ph) {
        s->given = true;
        s->amount = value;
        return;
    }
    if (!r || !r->has_flow || r->flow.mantissa < 0 ||
        decimal_mul(value, r->flow, &s->amount) ||
        decimal_mul(s->amount, scale, &s->amount)) {
        refuse(s, "该时段没有流量,不能计算排放量",
               "no flow in that hour: no load can be computed");
        return;
    }
    s->given = true;
    s->why =
        WORDS(w->arena, ";%s × %s m³/h × %d h × 10⁻³",
              "; %s × %s m³/h × %d h × 10⁻³", step_decimal(w->arena, value),
              step_decimal(w->arena, r->flow), w->hours->input->step_hours);
}

static void fill_by_mean(struct work *w, const struct gap *gap,
                         const struct hours_slot *slot, size_t row)
{
    struct substitute *s = add(w, slot->start_s, slot->reason);
    bool ph = w->hours->input->is_ph;
    struct decimal *values =
        arena_new(w->arena, (size_t)gap->lost, sizeof(*values));
    size_t count = values_before(w, gap, values, &s->donor_s);
    struct decimal value;

    rely(w, row);
    s->method = ph ? "median" : "mean";
    s->window = gap->lost;
    s->used = (int)count;
    if (!count || !(ph ? median(values, count, &value)
                       : mean_of(values, count, &value))) {
        refuse(s, "缺口之前没有有效数据,不能替代",
               "nothing valid before the gap: nothing to substitute");
        return;
    }
    load_of(w, s, slot, value);
    if (!s->given)
        return;
    s->why = WORDS(
        w->arena, "缺口 %d 个时段 → 此前 %d 个有效时段(自 %s)%.0s的%s = %s%s",
        "gap of %d → of the %d valid before (from %s) the %s%.0s = %s%s",
        gap->lost, s->used, hours_text(s->donor_s, w->arena), s->method,
        ph ? "中位值" : "均值", step_decimal(w->arena, value),
        s->why.zh ? s->why.zh : "");
}

/* ---- gaps hour by hour ---- */

static bool next_gap(const struct hours *h, struct gap *gap)
{
    size_t i = gap->to;

    while (i < h->count && !is_lost(&h->slots[i]))
        i++;
    *gap = (struct gap){i, i, 0};
    for (; i < h->count && h->slots[i].reason != REASON_VALID; i++) {
        if (is_lost(&h->slots[i])) {
            gap->lost++;
            gap->to = i + 1;
        }
    }
    return gap->lost > 0;
}

static void fill_hours(struct work *w)
{
    bool water = w->hours->input->medium == HOURS_WATER;
    struct gap gap = {0, 0, 0};

    while (next_gap(w->hours, &gap)) {
        for (size_t i = gap.from; i < gap.to; i++) {
            const struct hours_slot *slot = &w->hours->slots[i];
            size_t row;

            if (!is_lost(slot))
                continue;
            if (!water) {
                fill_gas_hour(w, &gap, slot);
                continue;
            }
            row = row_for(w, civil_day_number(slot->start_s), DECIMAL(0, 0),
                          gap.lost);
            if (row < w->table->row_count &&
                standard_cell_is(w->table, row, "method", "mean"))
                fill_by_mean(w, &gap, slot, row);
        }
    }
}

/* ---- water since 2020: days ---- */

struct water_day {
    int64_t start_s;
    bool due, valid, passed; /* a check was passed on it */
    struct decimal load;     /* kg, of a valid day */
    struct decimal measured; /* kg, of the valid hours of any day */
};

static struct water_day day_of(const struct hours *h, int64_t start_s,
                               const struct validity_rule *rule)
{
    struct hours_count c = hours_count(h, start_s, start_s + DAY_S);
    struct water_day day = {.start_s = start_s};

    for (size_t i = hours_at(h, start_s); i < hours_at(h, start_s + DAY_S);
         i++) {
        const struct hours_slot *s = &h->slots[i];

        day.passed |= s->record && s->record->mark == MARK_CHECK_PASSED;
    }
    day.due = hours_due(&c) > 0;
    day.valid = day.due && rule &&
                validity_enough(rule, c.by[REASON_VALID], hours_due(&c), 1);
    day.measured = day.load = hours_amount(h, start_s, start_s + DAY_S, NULL);
    return day;
}

/* Behind the last day with a passed check; all when none is marked. */
static size_t last_check(const struct water_day *days, size_t before)
{
    for (size_t i = before; i-- > 0;) {
        if (days[i].passed)
            return i;
    }
    return before;
}

static void fill_day(struct work *w, const struct water_day *days, size_t at,
                     size_t row)
{
    struct substitute *s = add(w, days[at].start_s, REASON_MISSING);
    size_t end = last_check(days, at);
    const struct water_day *donor = NULL;

    rely(w, row);
    s->by_day = true;
    s->method = standard_text(w->table, row, "method");
    s->window = standard_int(w->table, row, "window", 0);
    for (size_t i = end; i-- > 0 && s->used < s->window;) {
        if (!days[i].valid)
            continue;
        s->used++;
        if (!donor || decimal_compare(days[i].load, donor->load) > 0)
            donor = &days[i];
    }
    if (!donor) {
        refuse(s, "此前没有有效日,不能替代",
               "no valid day before: nothing to substitute");
        return;
    }
    s->given = true;
    s->amount = donor->load;
    s->donor_s = donor->start_s;
    s->why =
        WORDS(w->arena, "前 %d 个有效日(实有 %d,止于 %s)的最大日排放量,取自 %s",
              "highest load of the last %d valid days (there were %d, "
              "before %s), that of %s",
              s->window, s->used,
              end < at ? hours_day_text(days[end].start_s, w->arena)
                       : hours_day_text(days[at].start_s, w->arena),
              hours_day_text(s->donor_s, w->arena));
}

/* Answers what was measured on days that are replaced as a whole. */
static void fill_days(struct work *w, struct decimal_sum *replaced)
{
    const struct hours_input *in = w->hours->input;
    size_t count = (size_t)((in->to_s - in->from_s + DAY_S - 1) / DAY_S);
    struct water_day *days = arena_new(w->arena, count + 1, sizeof(*days));

    for (size_t i = 0; i < count; i++) {
        int64_t start = in->from_s + (int64_t)i * DAY_S;

        days[i] =
            day_of(w->hours, start,
                   validity_rule_find("source_water", span_of(in->factor),
                                      CADENCE_DAY, civil_day_number(start)));
    }
    for (size_t i = 0; i < count; i++) {
        int day = civil_day_number(days[i].start_s);
        size_t row = row_for(w, day, DECIMAL(0, 0), 0);

        if (row == w->table->row_count || !days[i].due || days[i].valid ||
            !standard_cell_is(w->table, row, "window_of", "day"))
            continue;
        fill_day(w, days, i, row);
        if (w->list[w->count - 1].given)
            hours_add(replaced, days[i].measured);
    }
}

/* The rule in force at the period's start, whether it gave anything or not. */
static void name_rule(struct work *w)
{
    int day = civil_day_number(w->hours->input->from_s);

    for (size_t row = 0; row < w->table->row_count && !*w->standard; row++) {
        if (is_ours(w, row, day))
            rely(w, row);
    }
}

void substitution_of(const struct hours *hours, struct arena *arena,
                     struct substitution *out)
{
    struct work w = {.hours = hours,
                     .arena = arena,
                     .table = standard_table(file),
                     .standard = "",
                     .confidence = ""};
    struct decimal_sum given = DECIMAL_SUM_ZERO;
    struct decimal_sum replaced = DECIMAL_SUM_ZERO;

    assert(w.table);
    w.list = arena_new(arena, hours->count + 1, sizeof(*w.list));
    fill_hours(&w);
    if (hours->input->medium == HOURS_WATER && !hours->input->is_ph)
        fill_days(&w, &replaced);
    for (size_t i = 0; i < w.count && !hours->input->is_ph; i++) {
        if (w.list[i].given)
            hours_add(&given, w.list[i].amount);
    }
    name_rule(&w);
    *out = (struct substitution){
        .list = w.list,
        .count = w.count,
        .measured =
            hours_amount(hours, hours->input->from_s, hours->input->to_s, NULL),
        .replaced = hours_sum(&replaced),
        .substituted = hours_sum(&given),
        .standard = w.standard,
        .confidence = w.confidence,
    };
}
