/*
 * judge.c - one waiting verdict of a point: the values of its period, converted
 * to the units of the standard, are handed to the assessment of the site's
 * element; the store keeps what is new.
 */
#include "assess/factor/factor.h"
#include "assess/verdict_store.h"
#include "ingest/pipeline/judging.h"

/* ---- values ---- */

/* The newest valid value of a lane from back_s before the period on. */
bool judging_value(const struct judging *j, const struct lane *lane,
                   int64_t back_s, struct reading *out)
{
    struct series_range range = {j->start_s - back_s, j->start_s + 1};
    struct reading *readings = NULL;
    size_t count = core_inputs(j->core, lane, j->cadence, range, &readings);

    while (count-- > 0) {
        if (reading_is_valid(&readings[count])) {
            *out = readings[count];
            return true;
        }
    }
    return false;
}

/* Whether the lane has anything at the period itself. */
bool judging_has(const struct judging *j, const struct lane *lane)
{
    struct series_range range = {j->start_s, j->start_s + 1};
    struct reading *readings = NULL;

    return core_inputs(j->core, lane, j->cadence, range, &readings) > 0;
}

/* In another unit; what the lane's is, when the registry does not say. */
bool lane_in_unit(const struct lane *lane, struct decimal value,
                  const char *unit, struct decimal *out)
{
    *out = value;
    return !lane->unit || !*lane->unit ||
           unit_convert(value, span_of(lane->unit), span_of(unit), out) == OK;
}

size_t judging_within(const struct judging *j, const struct lane *lane,
                      enum cadence cadence, struct reading **out)
{
    struct series_range range = {j->start_s, j->end_s};

    *out = NULL;
    return core_inputs(j->core, lane, cadence, range, out);
}

/* ---- all ---- */

static const struct {
    judge_fn *shorter, *longer; /* up to a day; from a month on */
} judges[ELEMENT_COUNT] = {
    [ELEMENT_AIR] = {judge_air, judge_air_period},
    [ELEMENT_WATER] = {judge_water, judge_water_period},
    [ELEMENT_GROUNDWATER] = {judge_groundwater, NULL},
    [ELEMENT_NOISE] = {judge_noise, NULL},
    [ELEMENT_SOURCE_GAS] = {judge_outlet, NULL},
    [ELEMENT_SOURCE_WATER] = {judge_outlet, NULL},
};

void core_keep_verdict(struct core *core, struct verdict *verdict,
                       uint64_t cause)
{
    enum verdict_change change;

    verdict->judged_us = core->now_us;
    verdict->cause = cause;
    if (verdict_store_put(core->verdicts, verdict, &change)) {
        core->counters.verdict_failures++;
        return;
    }
    if (change == VERDICT_SAME)
        return;
    core->counters.verdicts++;
    if (change == VERDICT_CHANGED)
        core->counters.verdicts_changed++;
    core_tell_verdict(core, verdict);
}

void judging_keep(const struct judging *j, enum verdict_kind kind,
                  struct verdict *verdict)
{
    verdict->kind = kind;
    verdict->site = j->place->point->site->id;
    verdict->point = j->place->id;
    verdict->start_s = j->start_s;
    verdict->cadence = j->cadence;
    core_keep_verdict(j->core, verdict, j->cause);
}

void core_judge(struct core *core, const struct pending_item *item)
{
    static const enum cadence cadences[] = {CADENCE_HOUR, CADENCE_DAY,
                                            CADENCE_MONTH, CADENCE_QUARTER,
                                            CADENCE_YEAR};
    enum cadence cadence = cadences[item->step - STEP_JUDGE_HOUR];
    struct judging j = {
        .core = core,
        .place = core_place(core, item->point),
        .cadence = cadence,
        .start_s = item->start_s,
        .end_s = period_next(item->start_s, cadence),
        .day = civil_day_number(item->start_s),
        .cause = item->cause,
    };
    enum element element;
    judge_fn *judge;

    if (!j.place || !j.place->point)
        return;
    element = j.place->point->site->element;
    judge = item->step < STEP_JUDGE_MONTH ? judges[element].shorter
                                          : judges[element].longer;
    if (judge)
        judge(&j);
    if (item->step == STEP_JUDGE_DAY)
        core_touch_longer(core, j.place, item);
}
