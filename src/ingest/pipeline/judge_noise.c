/*
 * judge_noise.c - sound: Ld, Ln and Ldn of a date from its hours, and whether
 * they keep the limits of the station's function zone. A date goes from 06:00
 * to 06:00, for its night begins at 22:00.
 */
#include "assess/noise/noise_levels.h"
#include "assess/noise/noise_zone.h"
#include "ingest/pipeline/judging.h"

enum {
    HOURS = 24,
};

/* The equivalent level as stations name it, the better name first; lanes go by
 * lower-case codes. */
static const struct lane *lane_of(const struct judging *j)
{
    static const char *const names[] = {"leq", "la", "a50001"};

    for (size_t i = 0; i < LENGTH(names); i++) {
        int lane = place_lane_find(j->place, names[i]);

        if (lane >= 0)
            return &j->place->lanes[lane];
    }
    return NULL;
}

static size_t hours_of(const struct judging *j, const struct lane *lane,
                       struct noise_reading *hours)
{
    struct series_range range = {j->start_s + DAWN_S, j->end_s + DAWN_S};
    struct reading *readings = NULL;
    size_t found = core_inputs(j->core, lane, CADENCE_HOUR, range, &readings);
    size_t count = 0;

    for (size_t i = 0; i < found && count < HOURS; i++) {
        const struct reading *r = &readings[i];

        if (!reading_is_valid(r))
            continue;
        hours[count++] = (struct noise_reading){
            .start_s = r->start_s,
            .level = r->number[COLUMN_VALUE],
            .has_max = (r->present & 1U << COLUMN_MAX) != 0,
            .max = r->number[COLUMN_MAX],
        };
    }
    return count;
}

/* A level of the verdict by its name; NULL when it was not given. */
static const struct decimal *level_of(const struct verdict *verdict,
                                      const char *name)
{
    for (size_t i = 0; i < verdict->item_count; i++) {
        const struct verdict_item *item = &verdict->items[i];

        if (item->has_value && strcmp(item->factor, name) == 0)
            return &item->value;
    }
    return NULL;
}

static void judge_zone(const struct judging *j, const struct verdict *levels)
{
    struct noise_zone_levels zone = {
        .zone = j->place->point->site->noise_class,
        .ld = level_of(levels, "Ld"),
        .ln = level_of(levels, "Ln"),
        .max = level_of(levels, "Lmax_Ln"),
        .day = j->day,
    };
    struct verdict verdict = {0};

    if (!zone.zone || (!zone.ld && !zone.ln))
        return;
    noise_zone_judge(&zone, &j->core->arena, &verdict);
    judging_keep(j, VERDICT_NOISE_ZONE, &verdict);
}

void judge_noise(const struct judging *j)
{
    const struct lane *lane = lane_of(j);
    struct noise_reading hours[HOURS];
    struct noise_day day = {.readings = hours, .step_s = HOUR_S, .day = j->day};
    struct verdict verdict = {0};

    if (j->cadence != CADENCE_DAY || !lane)
        return;
    day.count = hours_of(j, lane, hours);
    if (day.count == 0)
        return;
    noise_levels_judge(&day, &j->core->arena, &verdict);
    judging_keep(j, VERDICT_NOISE_LEVELS, &verdict);
    judge_zone(j, &verdict);
}
