/*
 * judge_groundwater.c - a monitoring well: the class of a day's means. Means of
 * a month and longer are no samples, and the standard knows no class of them.
 */
#include "assess/factor/factor.h"
#include "assess/groundwater/groundwater.h"
#include "ingest/pipeline/judging.h"

/* The lane's value of the day in the unit of the standard. */
static bool take(const struct judging *j, const struct lane *lane,
                 const struct groundwater_item *item, struct measured *out)
{
    struct reading r;

    *out = (struct measured){.item = item->code, .is = MEASURED_NUMBER};
    return judging_value(j, lane, 0, &r) &&
           lane_in_unit(lane, r.number[COLUMN_VALUE], item->unit, &out->value);
}

void judge_groundwater(const struct judging *j)
{
    struct groundwater_conditions conditions = {.day = j->day};
    struct measured *values =
        arena_new(&j->core->arena, j->place->lane_count + 1, sizeof(*values));
    struct verdict verdict = {0};
    size_t count = 0;

    if (j->cadence != CADENCE_DAY)
        return;
    for (size_t i = 0; i < j->place->lane_count; i++) {
        const struct lane *lane = &j->place->lanes[i];
        const struct groundwater_item *item =
            groundwater_item_find(lane->factor);

        count += item && take(j, lane, item, &values[count]);
    }
    if (count == 0)
        return;
    groundwater_judge(values, count, &conditions, &j->core->arena, &verdict);
    judging_keep(j, VERDICT_GROUNDWATER, &verdict);
}
