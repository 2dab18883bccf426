/*
 * judge_outlet.c - an outlet against the limits that the registry gives it.
 */
#include "assess/emission/emission.h"
#include "assess/factor/factor.h"
#include "ingest/pipeline/judging.h"

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
    if (!judging_value(j, lane, 0, &r))
        return;
    out->known =
        lane_in_unit(lane, r.number[COLUMN_VALUE], limit->unit, &out->value);
    out->known_converted = (r.present & READING_CONVERTED) &&
                           lane_in_unit(lane, r.number[COLUMN_CONVERTED],
                                        limit->unit, &out->converted);
}

void judge_outlet(const struct judging *j)
{
    const struct point *point = j->place->point;
    struct arena *arena = &j->core->arena;
    struct emission_limit *limits =
        arena_new(arena, point->limit_count + 1, sizeof(*limits));
    struct emission_value *values =
        arena_new(arena, point->limit_count + 1, sizeof(*values));
    size_t count = limits_of(j, limits);
    size_t value_count = 0;
    struct verdict verdict = {0};

    if (count == 0)
        return;
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
                    arena, &verdict);
    judging_keep(j, VERDICT_OUTLET, &verdict);
}
