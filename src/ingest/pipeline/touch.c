/*
 * touch.c - what a change reaches: the periods to be computed and the verdicts
 * to be given again, each with the moment from which it may be done.
 */
#include "ingest/pipeline/core.h"

/*
 * A period is done once it has ended and had its grace. A change that comes
 * later waits for the end of a short step of time, so that the others of its
 * back-fill are worked in together with it.
 */
static int64_t due_of(const struct core *core, const struct touch *touch,
                      int64_t end_s)
{
    int64_t due = end_s + core->options.grace_s;
    int64_t settle = core->options.settle_s;
    int64_t soon = touch->at_once || settle <= 0
                       ? touch->at_s
                       : (touch->at_s / settle + 1) * settle;

    return due > soon ? due : soon;
}

static void add(struct core *core, const struct touch *touch, int step,
                int64_t start_s, int64_t due_s, uint64_t lanes)
{
    struct pending_item item = {
        .due_s = due_s,
        .start_s = start_s,
        .point = touch->place->id,
        .step = step,
        .lanes = lanes,
        .cause = touch->cause,
    };

    pending_add(&core->pending, &item);
}

/* The lanes of the change that the rule takes in. */
static uint64_t lanes_of(const struct touch *touch,
                         const struct derive_rule *rule)
{
    const struct place *place = touch->place;
    uint64_t lanes = touch->lanes;

    if (lanes & place->flow)
        lanes |= place->weighted;
    return lanes & place->inputs[rule->id];
}

static bool feeds(const struct derive_rule *rule, enum cadence cadence)
{
    return rule->from == cadence ||
           (rule->from == CADENCE_MINUTE && cadence == CADENCE_REALTIME);
}

static void touch_outputs(struct core *core, const struct touch *touch,
                          const struct derive_rule *rule, uint64_t lanes)
{
    int64_t start, last;

    derive_touched(rule, touch->start_s, &start, &last);
    while (start <= last) {
        int64_t next = period_next(start, rule->to);

        add(core, touch, rule->id, start, due_of(core, touch, next), lanes);
        start = next;
    }
}

/*
 * A reported hour or day also concerns the one computed for the same period:
 * they are compared. Only where there is something it is computed from.
 */
static uint64_t compared(const struct touch *touch,
                         const struct derive_rule *rule)
{
    const struct place *place = touch->place;
    uint64_t lanes = 0;

    if (touch->origin != ORIGIN_REPORTED || rule->to != touch->cadence ||
        rule->result)
        return 0;
    for (size_t i = 0; i < place->lane_count; i++) {
        const struct lane *lane = &place->lanes[i];

        if ((touch->lanes & lane_bit(i)) &&
            (lane->computed[rule->to] ||
             (rule->to == CADENCE_HOUR && (lane->reported[CADENCE_MINUTE] ||
                                           lane->reported[CADENCE_REALTIME]))))
            lanes |= lane_bit(i);
    }
    return lanes & place->inputs[rule->id];
}

/*
 * The region's verdicts rest on the readings of its points: those of the city
 * and of the province that the point lies in.
 */
static void add_regions(struct core *core, const struct site *site,
                        struct pending_item item)
{
    const struct region *region = registry_city(core->snapshot, site->region);

    item.lanes = 1U << site->element;
    for (int up = 0; region && up < 2; up++) {
        item.point = -region->code;
        pending_add(&core->pending, &item);
        region = registry_region(core->snapshot, region->parent);
    }
}

/*
 * With a day the months, quarters and years that it lies in are judged to date.
 * They wait only from here on, so that a rush of days does not hold four times
 * as many items.
 */
void core_touch_longer(struct core *core, const struct place *place,
                       const struct pending_item *day)
{
    static const enum cadence longer[] = {CADENCE_MONTH, CADENCE_QUARTER,
                                          CADENCE_YEAR};
    const struct site *site = place->point->site;
    struct pending_item item = *day;

    if (site->element != ELEMENT_AIR && site->element != ELEMENT_WATER)
        return;
    item.step = STEP_REGION_DAY;
    add_regions(core, site, item);
    for (int i = 0; i < (int)LENGTH(longer); i++) {
        item = *day;
        item.start_s = period_start(day->start_s, longer[i]);
        item.step = STEP_JUDGE_MONTH + i;
        pending_add(&core->pending, &item);
        item.step = STEP_REGION_MONTH + i;
        add_regions(core, site, item);
    }
}

/* A date of noise goes from 06:00 to 06:00: its night belongs to it. */
static void touch_noise(struct core *core, const struct touch *touch)
{
    int64_t start = period_start(touch->start_s - DAWN_S, CADENCE_DAY);

    add(core, touch, STEP_JUDGE_DAY, start,
        due_of(core, touch, period_next(start, CADENCE_DAY) + DAWN_S),
        touch->lanes);
}

/*
 * An hour is judged as soon as something of it is there, and again when more
 * comes; a day when it has ended and its hours are in.
 */
static void touch_verdicts(struct core *core, const struct touch *touch)
{
    uint64_t hourly = touch->lanes & ~touch->place->moving;

    if (touch->place->point->site->element == ELEMENT_NOISE &&
        touch->cadence == CADENCE_HOUR)
        touch_noise(core, touch);
    else if (touch->cadence == CADENCE_HOUR && hourly)
        add(core, touch, STEP_JUDGE_HOUR, touch->start_s,
            due_of(core, touch, touch->start_s - core->options.grace_s),
            hourly);
    else if (touch->cadence == CADENCE_DAY)
        add(core, touch, STEP_JUDGE_DAY, touch->start_s,
            due_of(core, touch, period_next(touch->start_s, CADENCE_DAY)),
            touch->lanes);
}

void core_touch(struct core *core, const struct touch *touch)
{
    if (!touch->place->point)
        return;
    for (int id = 0; id < DERIVE_COUNT; id++) {
        const struct derive_rule *rule = derive_rule((enum derive_id)id);
        uint64_t lanes;

        if (feeds(rule, touch->cadence)) {
            lanes = lanes_of(touch, rule);
            if (lanes)
                touch_outputs(core, touch, rule, lanes);
        }
        lanes = compared(touch, rule);
        if (lanes)
            add(core, touch, rule->id, touch->start_s,
                due_of(core, touch, period_next(touch->start_s, rule->to)),
                lanes);
    }
    touch_verdicts(core, touch);
}
