/*
 * judge_water.c - surface-water sections: the class of an hour and a day, and,
 * to date, of a month, quarter or year from its days.
 */
#include "assess/water/water_period.h"
#include "ingest/pipeline/judging.h"

enum {
    /* wet-chemical analysers give a value every four hours; a section's hour
     * is judged by the newest of each item not older than that */
    WATER_BACK_S = 3 * HOUR_S,
};

static enum water_body body_of(const struct site *site)
{
    return site->water_body && strcmp(site->water_body, "lake_reservoir") == 0
               ? WATER_LAKE_RESERVOIR
               : WATER_RIVER;
}

void judge_water(const struct judging *j)
{
    const struct site *site = j->place->point->site;
    enum water_body body = body_of(site);
    struct water_value *values =
        arena_new(&j->core->arena, j->place->lane_count + 1, sizeof(*values));
    size_t count = 0;
    struct verdict verdict = {0};
    bool any = false;

    for (size_t i = 0; i < j->place->lane_count; i++) {
        const struct lane *lane = &j->place->lanes[i];
        const struct water_item *item =
            water_item_find(span_of(lane->factor), body);
        struct reading r;

        if (!item)
            continue;
        any = any || judging_has(j, lane);
        if (judging_value(j, lane,
                          j->cadence == CADENCE_HOUR ? WATER_BACK_S : 0, &r) &&
            lane_in_unit(lane, r.number[COLUMN_VALUE], item->unit,
                         &values[count].value)) {
            span_copy(span_of(lane->factor), values[count].factor,
                      sizeof(values[count].factor));
            count++;
        }
    }
    if (!any)
        return;
    water_section(values, count, body,
                  j->cadence == CADENCE_DAY ? WATER_ROUND_STATISTICS
                                            : WATER_ROUND_NONE,
                  j->day, &j->core->arena, &verdict);
    judging_keep(j, VERDICT_WATER_CLASS, &verdict);
}

/* ---- months, quarters, years ---- */

static enum water_span span_of_cadence(enum cadence cadence)
{
    switch (cadence) {
    case CADENCE_MONTH:
        return WATER_MONTH;
    case CADENCE_QUARTER:
        return WATER_QUARTER;
    case CADENCE_YEAR:
        return WATER_YEAR;
    default:
        return WATER_SAMPLE;
    }
}

/* The valid days of a lane behind those there are; how many there are then. */
static size_t add_days(const struct judging *j, const struct lane *lane,
                       const struct water_item *item, size_t count,
                       struct water_reading **out)
{
    struct reading *days = NULL;
    size_t found = judging_within(j, lane, CADENCE_DAY, &days);
    struct water_reading *all =
        arena_new(&j->core->arena, count + found + 1, sizeof(*all));

    if (count)
        memcpy(all, *out, count * sizeof(*all));
    *out = all;
    for (size_t i = 0; i < found; i++) {
        struct water_reading *r = &all[count];

        *r = (struct water_reading){
            .measure = {.item = item},
            .automatic = true,
            .day = civil_day_number(days[i].start_s),
        };
        count += reading_is_valid(&days[i]) &&
                 lane_in_unit(lane, days[i].number[COLUMN_VALUE], item->unit,
                              &r->measure.value);
    }
    return count;
}

bool section_period(const struct judging *j, struct verdict *out)
{
    const struct site *site = j->place->point->site;
    struct water_terms terms = {
        .body = body_of(site),
        .rounding = WATER_ROUND_STATISTICS,
        .target = site->target_class,
        .span = span_of_cadence(j->cadence),
        .state_controlled = strcmp(site->level, "national") == 0,
    };
    struct water_reading *readings = NULL;
    size_t count = 0;

    for (size_t i = 0; i < j->place->lane_count; i++) {
        const struct lane *lane = &j->place->lanes[i];
        const struct water_item *item =
            water_item_find(span_of(lane->factor), terms.body);

        if (item)
            count = add_days(j, lane, item, count, &readings);
    }
    if (count == 0)
        return false;
    water_period(readings, count, &terms, j->day, &j->core->arena, out);
    return true;
}

size_t water_days(const struct judging *j, struct water_day **out)
{
    enum water_body body = body_of(j->place->point->site);
    size_t slots = (size_t)((j->end_s - j->start_s) / DAY_S), count = 0;
    size_t room = j->place->lane_count + 1;
    struct arena *arena = &j->core->arena;
    struct water_day *days = arena_new(arena, slots, sizeof(*days));

    memset(days, 0, slots * sizeof(*days));
    for (size_t i = 0; i < j->place->lane_count; i++) {
        const struct lane *lane = &j->place->lanes[i];
        const struct water_item *item =
            water_item_find(span_of(lane->factor), body);
        struct reading *readings = NULL;
        size_t found =
            item ? judging_within(j, lane, CADENCE_DAY, &readings) : 0;

        for (size_t k = 0; k < found; k++) {
            struct water_day *day =
                &days[(readings[k].start_s - j->start_s) / DAY_S];
            struct water_value *value;

            if (!reading_is_valid(&readings[k]))
                continue;
            if (!day->values)
                day->values = arena_new(arena, room, sizeof(*day->values));
            value = &day->values[day->count];
            if (!lane_in_unit(lane, readings[k].number[COLUMN_VALUE],
                              item->unit, &value->value))
                continue;
            value->below_detection = false;
            span_copy(span_of(lane->factor), value->factor,
                      sizeof(value->factor));
            day->count++;
        }
    }
    for (size_t i = 0; i < slots; i++) {
        days[i].body = body;
        if (days[i].count)
            days[count++] = days[i];
    }
    *out = days;
    return count;
}

void judge_water_period(const struct judging *j)
{
    struct verdict verdict = {0};

    if (section_period(j, &verdict))
        judging_keep(j, VERDICT_WATER_CLASS, &verdict);
}
