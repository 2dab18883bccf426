#include "derive/derive.h"

#include "derive/ph.h"

#include <stdlib.h>

enum {
    OZONE_FIRST_H = 7, /* the window labelled 08 ends with the hour from 7 */
    SLOT_4H_S = 4 * HOUR_S,
    STEP_MAX_S = 30 * MINUTE_S, /* of minute data */
    GAPS_MAX = 4096,
};

const char derive_flow_factor[] = "w00000";

/* ---- rules ---- */

static const struct derive_rule rules[] = {
#define DERIVE(name, elements, factor, from, result, to, method, window, text) \
    {DERIVE_##name, elements, factor, from, result, to, method, window, text},
#include "derive/derive.def"
#undef DERIVE
};

const struct derive_rule *derive_rule(enum derive_id id)
{
    return &rules[id];
}

/* Moving means are made anew every hour: no day is made of them. */
static bool is_moving(const char *factor)
{
    for (size_t i = 0; i < LENGTH(rules); i++) {
        if (rules[i].result && strcmp(rules[i].result, factor) == 0)
            return true;
    }
    return false;
}

bool derive_applies(const struct derive_rule *rule, enum element element,
                    const char *factor, enum cadence cadence)
{
    bool feeds = cadence == rule->from ||
                 (rule->from == CADENCE_MINUTE && cadence == CADENCE_REALTIME);

    if (!feeds || !(rule->elements & 1U << element))
        return false;
    if (rule->factor)
        return strcmp(rule->factor, factor) == 0;
    return rule->from != CADENCE_HOUR || !is_moving(factor);
}

void derive_touched(const struct derive_rule *rule, int64_t start_s,
                    int64_t *first, int64_t *last)
{
    *first = *last = period_start(start_s, rule->to);
    if (rule->method == DERIVE_MOVING)
        *last += (int64_t)(rule->window - 1) * HOUR_S;
    if (rule->method == DERIVE_LARGEST &&
        start_s < *first + (int64_t)OZONE_FIRST_H * HOUR_S)
        *last = *first - 1;
}

void derive_window(const struct derive_rule *rule, int64_t start_s,
                   int64_t *from_s, int64_t *to_s)
{
    *from_s = start_s;
    *to_s = period_next(start_s, rule->to);
    if (rule->method == DERIVE_MOVING)
        *from_s = *to_s - (int64_t)rule->window * HOUR_S;
    if (rule->method == DERIVE_LARGEST)
        *from_s += (int64_t)OZONE_FIRST_H * HOUR_S;
}

/* ---- weighting ---- */

/*
 * Concentrations in water are means of what flowed by; what is no amount per
 * volume (pH, temperature, conductivity, turbidity, colour, redox, the flow
 * itself) is not.
 */
static const char *const not_per_volume[] = {
    "w01002", "w01003", "w01006", "w01010", "w01014", "w01022",
};

enum derive_weighting derive_weighting(enum element element, const char *factor)
{
    if (strcmp(factor, "w01001") == 0)
        return DERIVE_PH;
    if (element != ELEMENT_SOURCE_WATER || factor[0] != 'w' ||
        strcmp(factor, derive_flow_factor) == 0)
        return DERIVE_PLAIN;
    for (size_t i = 0; i < LENGTH(not_per_volume); i++) {
        if (strcmp(factor, not_per_volume[i]) == 0)
            return DERIVE_PLAIN;
    }
    return DERIVE_FLOW;
}

/* ---- how many ---- */

static int compare_gaps(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

/* The usual distance of the inputs: the (lower) median. */
static int64_t step_of(const struct derive_job *job)
{
    int64_t gaps[GAPS_MAX];
    size_t count = 0;

    if (job->step_s > 0)
        return job->step_s;
    for (size_t i = 1; i < job->input_count && count < GAPS_MAX; i++)
        gaps[count++] = job->inputs[i].start_s - job->inputs[i - 1].start_s;
    if (count > 0) {
        qsort(gaps, count, sizeof(gaps[0]), compare_gaps);
        return gaps[(count - 1) / 2];
    }
    if (job->rule->from == CADENCE_HOUR)
        return HOUR_S;
    return job->rule->from == CADENCE_DAY ? DAY_S : MINUTE_S;
}

static uint32_t count_valid(const struct reading *r, size_t count)
{
    uint32_t valid = 0;

    for (size_t i = 0; i < count; i++)
        valid += reading_is_valid(&r[i]);
    return valid;
}

static uint32_t count_slots(const struct derive_job *job)
{
    int64_t last = INT64_MIN;
    uint32_t slots = 0;

    for (size_t i = 0; i < job->input_count; i++) {
        int64_t slot = (job->inputs[i].start_s - job->start_s) / SLOT_4H_S;

        if (reading_is_valid(&job->inputs[i]) && slot != last) {
            slots++;
            last = slot;
        }
    }
    return slots;
}

/*
 * A flow counts by its flag and checks like any value; but it may have a volume
 * and no rate.
 */
static bool flow_is_good(const struct reading *w)
{
    struct reading r = *w;

    r.present |= READING_VALUE;
    return reading_is_valid(&r);
}

/* The flow of one reading: its volume, else its rate; false without. */
static bool flow_of(const struct reading *w, bool totals, struct decimal *out)
{
    if (!flow_is_good(w))
        return false;
    *out = w->number[totals ? COLUMN_TOTAL : COLUMN_VALUE];
    return (w->present & (totals ? READING_TOTAL : READING_VALUE)) &&
           out->mantissa >= 0;
}

/* Volumes when every valid flow has one: rates and volumes do not mix. */
static bool flows_have_totals(const struct derive_job *job)
{
    for (size_t i = 0; i < job->weight_count; i++) {
        if (flow_is_good(&job->weights[i]) &&
            !(job->weights[i].present & READING_TOTAL))
            return false;
    }
    return true;
}

/* Periods in which nothing flowed: no value was due. */
static uint32_t count_still(const struct derive_job *job)
{
    bool totals = flows_have_totals(job);
    uint32_t still = 0;

    for (size_t i = 0; i < job->weight_count; i++) {
        struct decimal flow;

        still += flow_of(&job->weights[i], totals, &flow) && flow.mantissa == 0;
    }
    return still;
}

/* Valid inputs of periods in which something flowed. */
static uint32_t count_flowing(const struct derive_job *job)
{
    bool totals = flows_have_totals(job);
    uint32_t flowing = 0;
    size_t w = 0;

    for (size_t i = 0; i < job->input_count; i++) {
        const struct reading *r = &job->inputs[i];
        struct decimal flow;

        while (w < job->weight_count && job->weights[w].start_s < r->start_s)
            w++;
        flowing +=
            w < job->weight_count && job->weights[w].start_s == r->start_s &&
            reading_is_valid(r) && flow_of(&job->weights[w], totals, &flow) &&
            flow.mantissa > 0;
    }
    return flowing;
}

static uint32_t counted(const struct derive_job *job)
{
    uint32_t valid = count_valid(job->inputs, job->input_count);
    int64_t step;

    switch (job->need.counted) {
    case COUNTED_MINUTES:
        step = step_of(job);
        if (step > STEP_MAX_S)
            step = STEP_MAX_S;
        return (uint32_t)(valid * step / MINUTE_S);
    case COUNTED_4H:
        return count_slots(job);
    default:
        return job->weighting == DERIVE_FLOW && job->weight_count > 0
                   ? count_flowing(job)
                   : valid;
    }
}

static uint32_t due(const struct derive_job *job)
{
    int64_t from, to, step;
    uint32_t all;

    derive_window(job->rule, job->start_s, &from, &to);
    if (job->need.counted == COUNTED_MINUTES)
        return (uint32_t)((to - from) / MINUTE_S);
    if (job->need.counted == COUNTED_4H)
        return (uint32_t)((to - from) / SLOT_4H_S);
    if (job->rule->from == CADENCE_MONTH)
        return job->rule->to == CADENCE_YEAR ? 12 : 3;
    step = step_of(job);
    all = step > 0 ? (uint32_t)((to - from) / step) : 0;
    if (job->weighting == DERIVE_FLOW) {
        uint32_t still = count_still(job);

        all -= still < all ? still : all;
    }
    return all;
}

static bool enough(const struct derive_job *job)
{
    uint64_t have = counted(job);

    if (job->need.months > count_valid(job->months, job->month_count))
        return false;
    if (job->need.needed > 0)
        return have >= job->need.needed;
    return have * 100 >= (uint64_t)due(job) * job->need.percent;
}

/* ---- numbers ---- */

/* The exponent of the result: as the standard says, or after the inputs. */
static int exponent_of(const struct derive_job *job, enum reading_column column)
{
    int8_t finest = 0;
    int exponent;

    if (job->need.has_decimals)
        return -job->need.decimals;
    for (size_t i = 0; i < job->input_count; i++) {
        const struct reading *r = &job->inputs[i];

        if (reading_is_valid(r) && (r->present & 1U << column) &&
            r->number[column].exponent < finest)
            finest = r->number[column].exponent;
    }
    exponent = finest - job->need.more;
    return exponent < DECIMAL_EXPONENT_MIN ? DECIMAL_EXPONENT_MIN : exponent;
}

static enum err mean_plain(const struct derive_job *job,
                           enum reading_column column, struct decimal *out)
{
    struct decimal_sum sum = DECIMAL_SUM_ZERO;
    enum err err = OK;

    for (size_t i = 0; !err && i < job->input_count; i++) {
        const struct reading *r = &job->inputs[i];

        if (reading_is_valid(r) && (r->present & 1U << column))
            err = decimal_sum_add(&sum, r->number[column]);
    }
    if (!err && sum.count == 0)
        err = ERR_NOT_FOUND;
    return err ? err
               : decimal_sum_mean(&sum, exponent_of(job, column),
                                  job->need.rounding, out);
}

static enum err mean_ph(const struct derive_job *job, struct decimal *out)
{
    struct ph_sum sum = {0};
    int decimals = -exponent_of(job, COLUMN_VALUE);

    for (size_t i = 0; i < job->input_count; i++) {
        const struct reading *r = &job->inputs[i];

        if (reading_is_valid(r) && ph_add(&sum, r->number[COLUMN_VALUE]))
            return ERR_OUT_OF_RANGE;
    }
    if (decimals < 0)
        decimals = 0;
    return ph_mean(&sum, decimals < 3 ? decimals : 3, out);
}

/*
 * Sum of C Q over sum of Q, over the periods that have both. ERR_NOT_FOUND: no
 * such pair; ERR_OUT_OF_RANGE: nothing flowed.
 */
static enum err mean_flow(const struct derive_job *job,
                          enum reading_column column, struct decimal *out)
{
    struct decimal_sum product = DECIMAL_SUM_ZERO, flows = DECIMAL_SUM_ZERO;
    bool totals = flows_have_totals(job);
    enum err err = OK;
    size_t w = 0;

    for (size_t i = 0; !err && i < job->input_count; i++) {
        const struct reading *r = &job->inputs[i];
        struct decimal flow;

        while (w < job->weight_count && job->weights[w].start_s < r->start_s)
            w++;
        if (w == job->weight_count)
            break;
        if (job->weights[w].start_s != r->start_s || !reading_is_valid(r) ||
            !(r->present & 1U << column) ||
            !flow_of(&job->weights[w], totals, &flow))
            continue;
        err = decimal_sum_add_weighted(&product, r->number[column], flow);
        if (!err)
            err = decimal_sum_add(&flows, flow);
    }
    if (err)
        return err;
    if (flows.count == 0)
        return ERR_NOT_FOUND;
    return decimal_sum_ratio(&product, &flows, exponent_of(job, column),
                             job->need.rounding, out);
}

static enum err mean_of(const struct derive_job *job,
                        enum reading_column column, struct decimal *out)
{
    if (job->weighting == DERIVE_PH && column == COLUMN_VALUE)
        return mean_ph(job, out);
    if (job->weighting == DERIVE_FLOW && job->weight_count > 0)
        return mean_flow(job, column, out);
    return mean_plain(job, column, out);
}

static void set(struct reading *out, enum reading_column column,
                struct decimal number)
{
    out->number[column] = number;
    out->present |= (uint8_t)(1U << column);
}

/* The smallest and largest of a column of the valid inputs. */
static void extremes(const struct derive_job *job, enum reading_column column,
                     enum reading_column low, enum reading_column high,
                     struct reading *out)
{
    for (size_t i = 0; i < job->input_count; i++) {
        const struct reading *r = &job->inputs[i];
        struct decimal d = r->number[column];

        if (!reading_is_valid(r) || !(r->present & 1U << column))
            continue;
        if (!(out->present & 1U << low) ||
            decimal_compare(d, out->number[low]) < 0)
            set(out, low, d);
        if (!(out->present & 1U << high) ||
            decimal_compare(d, out->number[high]) > 0)
            set(out, high, d);
    }
}

static void total(const struct derive_job *job, struct reading *out)
{
    struct decimal_sum sum = DECIMAL_SUM_ZERO;
    struct decimal d;

    for (size_t i = 0; i < job->input_count; i++) {
        const struct reading *r = &job->inputs[i];

        if (reading_is_valid(r) && (r->present & READING_TOTAL) &&
            decimal_sum_add(&sum, r->number[COLUMN_TOTAL]))
            return; /* does not fit: rather none than a wrong one */
    }
    if (sum.count > 0 &&
        decimal_sum_total(&sum, sum.exponent, ROUND_HALF_EVEN, &d) == OK)
        set(out, COLUMN_TOTAL, d);
}

/* ---- methods ---- */

static const char *why_none(enum err err)
{
    if (err == ERR_NOT_FOUND)
        return "no valid flow";
    return err == ERR_OUT_OF_RANGE ? "no flow" : "does not fit";
}

static bool no_value(struct reading *out, const char *why)
{
    out->text = span_of(why);
    out->quality = QUALITY_BIT(TEXT) | QUALITY_BIT(INCOMPLETE);
    return false;
}

static bool compute_mean(const struct derive_job *job, struct reading *out)
{
    struct decimal d;
    enum err err = mean_of(job, COLUMN_VALUE, &d);

    total(job, out);
    if (err && job->weighting == DERIVE_PH)
        return no_value(out, "not a pH");
    if (err)
        return no_value(out, why_none(err));
    set(out, COLUMN_VALUE, d);
    if (mean_of(job, COLUMN_CONVERTED, &d) == OK)
        set(out, COLUMN_CONVERTED, d);
    if (job->rule->method == DERIVE_MEAN) {
        extremes(job, COLUMN_VALUE, COLUMN_MIN, COLUMN_MAX, out);
        extremes(job, COLUMN_CONVERTED, COLUMN_CONVERTED_MIN,
                 COLUMN_CONVERTED_MAX, out);
    }
    if (!enough(job))
        out->quality |= QUALITY_BIT(INCOMPLETE);
    return true;
}

static bool compute_largest(const struct derive_job *job, struct reading *out)
{
    struct reading found = {0};

    extremes(job, COLUMN_VALUE, COLUMN_MIN, COLUMN_MAX, &found);
    set(out, COLUMN_VALUE, found.number[COLUMN_MAX]);
    if (!enough(job) &&
        !(job->need.has_above &&
          decimal_compare(found.number[COLUMN_MAX], job->need.above) > 0))
        out->quality |= QUALITY_BIT(INCOMPLETE);
    return true;
}

bool derive_compute(const struct derive_job *job, struct reading *out)
{
    *out = (struct reading){.start_s = job->start_s,
                            .arrival_us = job->arrival_us};
    if (count_valid(job->inputs, job->input_count) == 0)
        return no_value(out, "no valid value");
    return job->rule->method == DERIVE_LARGEST ? compute_largest(job, out)
                                               : compute_mean(job, out);
}

/* ---- side by side ---- */

bool derive_differs(const struct reading *reported,
                    const struct reading *computed)
{
    struct decimal a, b;
    int exponent;

    if (!(reported->present & computed->present & READING_VALUE))
        return false;
    a = reported->number[COLUMN_VALUE];
    b = computed->number[COLUMN_VALUE];
    exponent = a.exponent > b.exponent ? a.exponent : b.exponent;
    if (decimal_rescale(a, exponent, ROUND_HALF_EVEN, &a) ||
        decimal_rescale(b, exponent, ROUND_HALF_EVEN, &b))
        return true;
    return a.mantissa > b.mantissa ? a.mantissa - b.mantissa > 1
                                   : b.mantissa - a.mantissa > 1;
}
