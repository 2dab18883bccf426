/*
 * compute.c - one waiting period: its inputs are read, the value is computed
 * for every factor that was touched, kept beside what the device reports, and
 * what depends on it is touched in turn.
 */
#include "assess/factor/factor.h"
#include "assess/validity/validity.h"
#include "ingest/pipeline/core.h"
#include "quality/quality.h"

/* ---- inputs ---- */

static size_t scan(struct core *core, channel_id channel,
                   struct series_range range, struct reading **out)
{
    size_t count = 0;

    if (channel == 0)
        return 0;
    if (series_scan_own(core->series, channel, range, &core->arena, out,
                        &count) != OK)
        core->counters.unreadable++;
    return count;
}

/* Two runs in time order as one: of equal times the better. */
static size_t merge(struct arena *arena, const struct reading *reported,
                    size_t reported_count, const struct reading *computed,
                    size_t computed_count, struct reading **out)
{
    struct reading *all =
        arena_new(arena, reported_count + computed_count, sizeof(*all));
    size_t i = 0, k = 0, count = 0;

    while (i < reported_count || k < computed_count) {
        bool take_reported =
            k == computed_count ||
            (i < reported_count && reported[i].start_s <= computed[k].start_s);

        if (i < reported_count && k < computed_count &&
            reported[i].start_s == computed[k].start_s) {
            take_reported = reading_is_valid(&reported[i]) ||
                            !reading_is_valid(&computed[k]);
            all[count++] = take_reported ? reported[i] : computed[k];
            i++;
            k++;
        } else {
            all[count++] = take_reported ? reported[i++] : computed[k++];
        }
    }
    *out = all;
    return count;
}

size_t core_inputs(struct core *core, const struct lane *lane,
                   enum cadence cadence, struct series_range range,
                   struct reading **out)
{
    struct reading *reported = NULL, *computed = NULL;
    size_t reported_count =
        scan(core, lane->reported[cadence], range, &reported);
    size_t computed_count =
        scan(core, lane->computed[cadence], range, &computed);

    if (computed_count == 0) {
        *out = reported;
        return reported_count;
    }
    if (reported_count == 0) {
        *out = computed;
        return computed_count;
    }
    return merge(&core->arena, reported, reported_count, computed,
                 computed_count, out);
}

/* Minutes, and where there are none, real-time values. */
static size_t inputs_of(struct core *core, const struct lane *lane,
                        const struct derive_rule *rule,
                        struct series_range range, struct reading **out)
{
    size_t count = core_inputs(core, lane, rule->from, range, out);

    if (count == 0 && rule->from == CADENCE_MINUTE)
        count = core_inputs(core, lane, CADENCE_REALTIME, range, out);
    return count;
}

/* ---- what the standards ask ---- */

static const char *period_name(const struct derive_rule *rule)
{
    switch (rule->method) {
    case DERIVE_LARGEST:
        return "8h_max";
    case DERIVE_MOVING:
        return rule->window == 8 ? "8h" : "24h";
    default:
        return NULL;
    }
}

static enum derive_counted counted_of(enum validity_of of)
{
    if (of == VALIDITY_MINUTES)
        return COUNTED_MINUTES;
    return of == VALIDITY_4H ? COUNTED_4H : COUNTED_READINGS;
}

/*
 * The standard's decimals are of its own unit; a device that sends another has
 * them shifted: 0 decimals of ug/m3 are 3 of mg/m3.
 */
static int decimals_in(const struct lane *lane, const char *element,
                       struct span factor, int decimals)
{
    const struct factor_use *use = factor_use_find(factor, element);
    struct decimal one;

    if (!use || !lane->unit ||
        unit_convert(DECIMAL(1, (int8_t)-decimals), span_of(use->unit),
                     span_of(lane->unit), &one) != OK)
        return decimals;
    while (one.mantissa != 0 && one.mantissa % 10 == 0) {
        one.mantissa /= 10;
        one.exponent++;
    }
    return one.mantissa == 1 ? -one.exponent : decimals;
}

static void need_limit(const struct lane *lane, int day,
                       struct derive_need *need)
{
    need->has_above = validity_ozone_limit(day, &need->above);
    if (need->has_above && lane->unit &&
        unit_convert(need->above, SPAN("ug/m3"), span_of(lane->unit),
                     &need->above) != OK)
        need->has_above = false;
}

static struct derive_need need_of(const struct place *place,
                                  const struct lane *lane,
                                  const struct derive_rule *rule,
                                  int64_t start_s)
{
    const char *element = element_name(place->point->site->element);
    const char *period = period_name(rule);
    /* the standards speak of the substance, not of its moving mean */
    struct span factor =
        span_of(rule->method == DERIVE_LARGEST ? "a05024" : lane->factor);
    int day = civil_day_number(start_s);
    struct civil date = civil_from_utc(start_s);
    const struct validity_rule *v =
        period ? validity_rule_for(element, factor, period, day)
               : validity_rule_find(element, factor, rule->to, day);
    struct derive_need need = {.needed = 1, .rounding = ROUND_HALF_EVEN};

    if (!v)
        return need;
    need.counted = counted_of(v->of);
    need.needed =
        (uint32_t)(date.month == 2 && v->needed_february ? v->needed_february
                                                         : v->needed);
    need.percent = (uint32_t)v->percent;
    need.rounding = v->rounding;
    if (v->of == VALIDITY_MONTHS && rule->from != CADENCE_MONTH) {
        need.months = need.needed;
        need.needed = 1;
    }
    if (place->point->site->element == ELEMENT_AIR && rule->to == CADENCE_YEAR)
        need.months = 12; /* GB 3095 6.4: and every month valid */
    if (v->decimals >= 0 || place->point->site->element == ELEMENT_WATER) {
        need.has_decimals = true;
        need.decimals = decimals_in(lane, element, factor,
                                    validity_decimals(v, element, factor));
    }
    if (v->valid_above_limit)
        need_limit(lane, day, &need);
    return need;
}

/*
 * The tables are searched once for a lane, rule and day: nothing finer than
 * the day is asked of them.
 */
static struct derive_need need_at(struct core *core, const struct place *place,
                                  size_t lane, const struct derive_rule *rule,
                                  int64_t start_s)
{
    const struct lane *l = &place->lanes[lane];
    struct need key = {
        .point = place->id,
        .rule = (int32_t)rule->id,
        .lane = lane,
        .day = period_start(start_s, CADENCE_DAY),
        .unit = l->unit,
        .version = place->version,
    };
    size_t slot = ((size_t)place->id * 31 + lane) * DERIVE_COUNT + rule->id;
    struct need *kept = &core->needs[slot % NEEDS];

    if (kept->point != key.point || kept->rule != key.rule ||
        kept->lane != key.lane || kept->day != key.day ||
        kept->unit != key.unit || kept->version != key.version) {
        key.need = need_of(place, l, rule, start_s);
        *kept = key;
    }
    return kept->need;
}

/* ---- one factor ---- */

/* The device's own interval, where the registry knows it. */
static int step_of(const struct core *core, const struct place *place,
                   const struct lane *lane, const struct derive_rule *rule)
{
    const struct device *device =
        place->point->device
            ? registry_device(core->snapshot, place->point->device)
            : NULL;

    if (!device || rule->from != CADENCE_MINUTE)
        return 0;
    if (lane->reported[CADENCE_MINUTE])
        return device->minute_min * MINUTE_S;
    return device->realtime_s;
}

static void job_months(struct core *core, const struct lane *lane,
                       const struct derive_rule *rule, struct derive_job *job)
{
    struct series_range range;
    struct reading *months = NULL;

    if (job->need.months == 0)
        return;
    derive_window(rule, job->start_s, &range.from_s, &range.to_s);
    job->month_count = core_inputs(core, lane, CADENCE_MONTH, range, &months);
    job->months = months;
}

static void job_weights(struct core *core, const struct place *place,
                        const struct derive_rule *rule, struct derive_job *job)
{
    int flow = place_lane_find(place, derive_flow_factor);
    struct series_range range;
    struct reading *weights = NULL;

    if (job->weighting != DERIVE_FLOW || flow < 0)
        return;
    derive_window(rule, job->start_s, &range.from_s, &range.to_s);
    job->weight_count =
        inputs_of(core, &place->lanes[flow], rule, range, &weights);
    job->weights = weights;
}

static bool reading_at(struct core *core, channel_id channel, int64_t start_s,
                       struct reading *out)
{
    struct reading *found;

    if (scan(core, channel, (struct series_range){start_s, start_s + 1},
             &found) == 0)
        return false;
    *out = found[0];
    return true;
}

/* Keeps a computed reading; whether anything changed. */
static bool keep(struct core *core, struct place *place, struct lane *lane,
                 enum cadence cadence, struct reading *r)
{
    struct reading reported;
    channel_id channel;

    if (reading_at(core, lane->reported[cadence], r->start_s, &reported) &&
        reading_is_valid(&reported) && derive_differs(&reported, r))
        r->quality |= QUALITY_BIT(DIFFERS);
    channel = lane_channel(core, place, lane, ORIGIN_COMPUTED, cadence);
    core->counters.computed++;
    if (series_append(core->series, channel, r) == SERIES_SAME)
        return false;
    core_tell_reading(core, place, channel, r);
    return true;
}

/* The output lane when its value changed, else -1. */
static int compute_lane(struct core *core, struct place *place, size_t i,
                        const struct derive_rule *rule, int64_t start_s)
{
    struct derive_job job = {
        .rule = rule,
        .start_s = start_s,
        .weighting = place->lanes[i].weighting,
        .need = need_at(core, place, i, rule, start_s),
        .step_s = step_of(core, place, &place->lanes[i], rule),
        .arrival_us = core->now_us,
    };
    struct series_range range;
    struct reading *inputs = NULL;
    struct reading result, before;
    int out;

    derive_window(rule, start_s, &range.from_s, &range.to_s);
    job.input_count = inputs_of(core, &place->lanes[i], rule, range, &inputs);
    job.inputs = inputs;
    job_weights(core, place, rule, &job);
    job_months(core, &place->lanes[i], rule, &job);

    out = rule->result ? place_lane(core, place, rule->result) : (int)i;
    if (out < 0)
        return -1;
    /* why there is no value is said only where there was one before */
    if (!derive_compute(&job, &result) && result.present == 0 &&
        !reading_at(core, place->lanes[out].computed[rule->to], start_s,
                    &before))
        return -1;
    return keep(core, place, &place->lanes[out], rule->to, &result) ? out : -1;
}

void core_compute(struct core *core, const struct pending_item *item)
{
    const struct derive_rule *rule = derive_rule((enum derive_id)item->step);
    struct place *place = core_place(core, item->point);
    struct touch touch = {
        .place = place,
        .origin = ORIGIN_COMPUTED,
        .cadence = rule->to,
        .start_s = item->start_s,
        .cause = item->cause,
        .at_s = item->due_s,
        .at_once = true,
    };
    uint64_t lanes;
    size_t count;

    if (!place || !place->point)
        return;
    lanes = item->lanes & place->inputs[rule->id];
    count = place->lane_count; /* outputs may add lanes */
    for (size_t i = 0; i < count; i++) {
        int out;

        if (!(lanes & lane_bit(i)) || !(place->inputs[rule->id] & lane_bit(i)))
            continue;
        out = compute_lane(core, place, i, rule, item->start_s);
        if (out >= 0)
            touch.lanes |= lane_bit((size_t)out);
    }
    if (touch.lanes)
        core_touch(core, &touch);
}
