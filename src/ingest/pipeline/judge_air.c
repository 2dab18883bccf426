/*
 * judge_air.c - stations of ambient air: the index of an hour and a day, and
 * the assessment of a month, quarter or year from its days.
 */
#include "assess/air/air_period.h"
#include "ingest/pipeline/judging.h"

/* What an input is made of; hour NULL: no edition's hourly index uses it. */
static const struct {
    const char *hour, *day, *unit;
    enum reading_column day_column;
} air[AQI_INPUT_COUNT] = {
    [AQI_SO2] = {"a21026", "a21026", "ug/m3", COLUMN_VALUE},
    [AQI_NO2] = {"a21004", "a21004", "ug/m3", COLUMN_VALUE},
    [AQI_CO] = {"a21005", "a21005", "mg/m3", COLUMN_VALUE},
    [AQI_O3_1H] = {"a05024", "a05024", "ug/m3", COLUMN_MAX},
    [AQI_O3_8H] = {NULL, "a0502408", "ug/m3", COLUMN_VALUE},
    [AQI_PM10] = {"a34002", "a34002", "ug/m3", COLUMN_VALUE},
    [AQI_PM25] = {"a34004", "a34004", "ug/m3", COLUMN_VALUE},
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
    if (judging_value(j, lane, 0, &r) && (r.present & 1U << column))
        out->known =
            lane_in_unit(lane, r.number[column], air[input].unit, &out->value);
}

void judge_air(const struct judging *j)
{
    struct aqi_concentration in[AQI_INPUT_COUNT] = {0};
    struct verdict verdict = {0};
    bool measures = false;

    for (int i = 0; i < AQI_INPUT_COUNT; i++) {
        measures = measures || place_lane_find(j->place, air[i].day) >= 0;
        air_input(j, i, &in[i]);
    }
    if (!measures)
        return; /* a weather mast has no index */
    if (j->cadence == CADENCE_DAY) {
        aqi_daily(in, j->day, &j->core->arena, &verdict);
        judging_keep(j, VERDICT_AQI_DAY, &verdict);
    } else {
        aqi_hourly(in, j->day, &j->core->arena, &verdict);
        judging_keep(j, VERDICT_AQI_HOUR, &verdict);
    }
}

/* ---- from a month on ---- */

/* The lane that has a pollutant's days, and which of its numbers. */
static const struct lane *day_lane(const struct judging *j, const char *factor)
{
    int i = place_lane_find(j->place, factor);

    return i < 0 ? NULL : &j->place->lanes[i];
}

static const char *factor_of_day(enum air_pollutant p)
{
    return p == AIR_O3 ? air[AQI_O3_8H].day : air_name(p)->code;
}

/* The valid days of one lane into their slots of the period. */
static void fill_days(const struct judging *j, const char *factor,
                      enum reading_column column, const char *unit, int p,
                      struct air_day *slots)
{
    const struct lane *lane = day_lane(j, factor);
    struct reading *readings = NULL;
    size_t count;

    if (!lane)
        return;
    count = judging_within(j, lane, CADENCE_DAY, &readings);
    for (size_t i = 0; i < count; i++) {
        const struct reading *r = &readings[i];
        struct air_day *day = &slots[(r->start_s - j->start_s) / DAY_S];
        struct decimal value;

        if (!reading_is_valid(r) || !(r->present & 1U << column) ||
            !lane_in_unit(lane, r->number[column], unit, &value))
            continue;
        day->day = civil_day_number(r->start_s);
        if (p == AIR_POLLUTANT_COUNT) {
            day->ozone_1h.known = true;
            day->ozone_1h.value = value;
        } else {
            day->of[p].known = true;
            day->of[p].value = value;
        }
    }
}

size_t air_slots(const struct judging *j)
{
    return (size_t)((j->end_s - j->start_s) / DAY_S);
}

bool air_days(const struct judging *j, struct air_day *slots)
{
    size_t count = air_slots(j);
    bool any = false;

    memset(slots, 0, count * sizeof(*slots));
    for (int p = 0; p < AIR_POLLUTANT_COUNT; p++)
        fill_days(j, factor_of_day((enum air_pollutant)p), COLUMN_VALUE,
                  air_name((enum air_pollutant)p)->unit, p, slots);
    fill_days(j, air[AQI_O3_1H].day, COLUMN_MAX, air[AQI_O3_1H].unit,
              AIR_POLLUTANT_COUNT, slots);
    for (size_t i = 0; i < count; i++)
        any |= slots[i].day != 0;
    return any;
}

struct air_question air_question_of(enum cadence cadence, int64_t start_s,
                                    int64_t end_s)
{
    int last = civil_day_number(end_s - 1);

    return (struct air_question){
        .period = cadence == CADENCE_MONTH     ? AIR_MONTH
                  : cadence == CADENCE_QUARTER ? AIR_QUARTER
                  : cadence == CADENCE_YEAR    ? AIR_YEAR
                                               : AIR_DAY,
        .from_day = civil_day_number(start_s),
        .to_day = last,
        .rules_day = last,
        .class = 2,
    };
}

void judge_air_period(const struct judging *j)
{
    struct air_question q = air_question_of(j->cadence, j->start_s, j->end_s);
    struct verdict verdict = {0};
    size_t slots = air_slots(j), count = 0;
    struct air_day *days = arena_new(&j->core->arena, slots, sizeof(*days));

    /* before the rules of periods there is nothing to say of one */
    if (!air_rules_edition(q.rules_day) || !air_days(j, days))
        return;
    for (size_t i = 0; i < slots; i++) {
        if (days[i].day)
            days[count++] = days[i];
    }
    air_period_judge(&q, days, count, &j->core->arena, &verdict);
    judging_keep(j, VERDICT_AIR_PERIOD, &verdict);
}
