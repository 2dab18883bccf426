/*
 * judge.c - one waiting verdict: the values of its period, converted to the
 * units of the standard, are handed to the assessment of the site's element;
 * the store keeps what is new.
 */
#include "assess/aqi/aqi.h"
#include "assess/emission/emission.h"
#include "assess/factor/factor.h"
#include "assess/verdict_store.h"
#include "assess/water/water.h"
#include "ingest/pipeline/core.h"

enum {
    /* wet-chemical analysers give a value every four hours; a section's hour
     * is judged by the newest of each item not older than that */
    WATER_BACK_S = 3 * HOUR_S,
};

struct judging {
    struct core *core;
    struct place *place;
    enum cadence cadence;
    int64_t start_s;
    int day;
};

/* ---- values ---- */

/* The newest valid value of a lane from back_s before the period on. */
static bool value_of(const struct judging *j, const struct lane *lane,
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
static bool has_reading(const struct judging *j, const struct lane *lane)
{
    struct series_range range = {j->start_s, j->start_s + 1};
    struct reading *readings = NULL;

    return core_inputs(j->core, lane, j->cadence, range, &readings) > 0;
}

/* In another unit; what the lane's is, when the registry does not say. */
static bool in_unit(const struct lane *lane, struct decimal value,
                    const char *unit, struct decimal *out)
{
    *out = value;
    return !lane->unit || !*lane->unit ||
           unit_convert(value, span_of(lane->unit), span_of(unit), out) == OK;
}

/* ---- air ---- */

/* What an input is made of; hour NULL: no edition's hourly index uses it. */
static const struct {
    const char *hour, *day, *unit;
    enum reading_column day_column;
} air[AQI_INPUT_COUNT] = {
    [AQI_SO2] = {"a21026", "a21026",   "ug/m3", COLUMN_VALUE},
    [AQI_NO2] = {"a21004", "a21004",   "ug/m3", COLUMN_VALUE},
    [AQI_CO] = {"a21005", "a21005",   "mg/m3", COLUMN_VALUE},
    [AQI_O3_1H] = {"a05024", "a05024",   "ug/m3", COLUMN_MAX  },
    [AQI_O3_8H] = {NULL,     "a0502408", "ug/m3", COLUMN_VALUE},
    [AQI_PM10] = {"a34002", "a34002",   "ug/m3", COLUMN_VALUE},
    [AQI_PM25] = {"a34004", "a34004",   "ug/m3", COLUMN_VALUE},
};

static void air_input(const struct judging *j, int input,
                      struct aqi_concentration *out)
{
    bool day = j->cadence == CADENCE_DAY;
    const char *factor = day ? air[input].day : air[input].hour;
    int i = factor ? place_lane_find(j->place, factor) : -1;
    enum reading_column column = day ? air[input].day_column : COLUMN_VALUE;
    const struct lane *lane;
    struct reading r;

    if (i < 0)
        return;
    lane = &j->place->lanes[i];
    if (value_of(j, lane, 0, &r) && (r.present & 1U << column))
        out->known =
            in_unit(lane, r.number[column], air[input].unit, &out->value);
}

static bool judge_air(const struct judging *j, struct verdict *out)
{
    struct aqi_concentration in[AQI_INPUT_COUNT] = {0};
    bool measures = false;

    for (int i = 0; i < AQI_INPUT_COUNT; i++) {
        measures = measures || place_lane_find(j->place, air[i].day) >= 0;
        air_input(j, i, &in[i]);
    }
    if (!measures)
        return false; /* a weather mast has no index */
    if (j->cadence == CADENCE_DAY) {
        aqi_daily(in, j->day, &j->core->arena, out);
        out->kind = VERDICT_AQI_DAY;
    } else {
        aqi_hourly(in, j->day, &j->core->arena, out);
        out->kind = VERDICT_AQI_HOUR;
    }
    return true;
}

/* ---- water sections ---- */

static bool judge_water(const struct judging *j, struct verdict *out)
{
    const struct site *site = j->place->point->site;
    enum water_body body =
        site->water_body && strcmp(site->water_body, "lake_reservoir") == 0
            ? WATER_LAKE_RESERVOIR
            : WATER_RIVER;
    struct water_value *values =
        arena_new(&j->core->arena, j->place->lane_count + 1, sizeof(*values));
    size_t count = 0;
    bool any = false;

    for (size_t i = 0; i < j->place->lane_count; i++) {
        const struct lane *lane = &j->place->lanes[i];
        const struct water_item *item =
            water_item_find(span_of(lane->factor), body);
        struct reading r;

        if (!item)
            continue;
        any = any || has_reading(j, lane);
        if (value_of(j, lane, j->cadence == CADENCE_HOUR ? WATER_BACK_S : 0,
                     &r) &&
            in_unit(lane, r.number[COLUMN_VALUE], item->unit,
                    &values[count].value)) {
            span_copy(span_of(lane->factor), values[count].factor,
                      sizeof(values[count].factor));
            count++;
        }
    }
    if (!any)
        return false;
    water_section(values, count, body,
                  j->cadence == CADENCE_DAY ? WATER_ROUND_STATISTICS
                                            : WATER_ROUND_NONE,
                  j->day, &j->core->arena, out);
    out->kind = VERDICT_WATER_CLASS;
    return true;
}

/* ---- outlets ---- */

/*
 * Limits of one factor are compared with one value, so they come in the unit of
 * the first of them; false when that cannot be.
 */
static bool limit_in_unit(struct emission_limit *limit, const char *unit)
{
    struct span from = span_of(limit->unit), to = span_of(unit);

    if (strcmp(limit->unit, unit) == 0)
        return true;
    if (limit->has_min && unit_convert(limit->min, from, to, &limit->min))
        return false;
    if (limit->has_max && unit_convert(limit->max, from, to, &limit->max))
        return false;
    limit->unit = unit;
    return true;
}

static bool like_the_first(const struct emission_limit *limits, size_t count,
                           struct emission_limit *limit)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(limits[i].factor, limit->factor) == 0)
            return limit_in_unit(limit, limits[i].unit);
    }
    return true;
}

/* The limits of this averaging time, as the assessment wants them. */
static size_t limits_of(const struct judging *j, struct emission_limit *out)
{
    const struct point *point = j->place->point;
    size_t count = 0;

    for (size_t i = 0; i < point->limit_count; i++) {
        const struct outlet_limit *l = &point->limits[i];

        if (l->averaging != j->cadence)
            continue;
        out[count] = (struct emission_limit){
            .factor = l->factor,
            .standard = l->standard,
            .has_min = l->has_min,
            .has_max = l->has_max,
            .min = l->min,
            .max = l->max,
            .unit = l->unit,
            .converted = l->converted,
            .from_day = l->from_day,
            .to_day = l->to_day,
        };
        if (like_the_first(out, count, &out[count]))
            count++;
        else
            j->core->counters.verdict_failures++;
    }
    return count;
}

static void outlet_value(const struct judging *j,
                         const struct emission_limit *limit,
                         struct emission_value *out)
{
    int i = place_lane_find(j->place, limit->factor);
    const struct lane *lane;
    struct reading r;

    *out = (struct emission_value){.factor = limit->factor};
    if (i < 0)
        return;
    lane = &j->place->lanes[i];
    if (!value_of(j, lane, 0, &r))
        return;
    out->known =
        in_unit(lane, r.number[COLUMN_VALUE], limit->unit, &out->value);
    out->known_converted =
        (r.present & READING_CONVERTED) &&
        in_unit(lane, r.number[COLUMN_CONVERTED], limit->unit, &out->converted);
}

static bool judge_outlet(const struct judging *j, struct verdict *out)
{
    const struct point *point = j->place->point;
    struct arena *arena = &j->core->arena;
    struct emission_limit *limits =
        arena_new(arena, point->limit_count + 1, sizeof(*limits));
    struct emission_value *values =
        arena_new(arena, point->limit_count + 1, sizeof(*values));
    size_t count = limits_of(j, limits);
    size_t value_count = 0;

    if (count == 0)
        return false;
    for (size_t i = 0; i < count; i++) {
        size_t k = 0;

        /* one value a factor, in the unit of its first limit */
        while (k < value_count &&
               strcmp(values[k].factor, limits[i].factor) != 0)
            k++;
        if (k == value_count)
            outlet_value(j, &limits[i], &values[value_count++]);
    }
    emission_outlet(values, value_count, limits, count, j->cadence, j->day,
                    arena, out);
    out->kind = VERDICT_OUTLET;
    return true;
}

/* ---- all ---- */

static bool judge_as(const struct judging *j, struct verdict *out)
{
    switch (j->place->point->site->element) {
    case ELEMENT_AIR:
        return judge_air(j, out);
    case ELEMENT_WATER:
        return judge_water(j, out);
    case ELEMENT_SOURCE_GAS:
    case ELEMENT_SOURCE_WATER:
        return judge_outlet(j, out);
    default:
        return false;
    }
}

void core_judge(struct core *core, const struct pending_item *item)
{
    struct judging j = {
        .core = core,
        .place = core_place(core, item->point),
        .cadence = item->step == STEP_JUDGE_DAY ? CADENCE_DAY : CADENCE_HOUR,
        .start_s = item->start_s,
        .day = civil_day_number(item->start_s),
    };
    struct verdict verdict = {0};
    enum verdict_change change;

    if (!j.place || !j.place->point || !judge_as(&j, &verdict))
        return;
    verdict.site = j.place->point->site->id;
    verdict.point = j.place->id;
    verdict.start_s = item->start_s;
    verdict.cadence = j.cadence;
    verdict.judged_us = core->now_us;
    verdict.cause = item->cause;
    if (verdict_store_put(core->verdicts, &verdict, &change)) {
        core->counters.verdict_failures++;
        return;
    }
    if (change == VERDICT_SAME)
        return;
    core->counters.verdicts++;
    if (change == VERDICT_CHANGED)
        core->counters.verdicts_changed++;
    core_tell_verdict(core, &verdict);
}
