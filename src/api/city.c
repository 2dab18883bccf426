#include "api/city.h"

/*
 * Digits of a mean before the standard's own rounding: with inputs of at most
 * one decimal and fewer than 1000 stations no mean lies so near to a half that
 * six digits would move it there.
 */
enum { MEAN_EXPONENT = -6 };

struct city_station city_station_of(const struct verdict *verdict)
{
    struct city_station station = {.start_s = verdict->start_s};

    for (size_t i = 0; i < verdict->item_count; i++) {
        const struct verdict_item *item = &verdict->items[i];
        bool eight = item->period && span_is(span_of(item->period), "8h");

        for (int in = 0; in < AQI_INPUT_COUNT && item->has_value; in++) {
            if (span_is(span_of(item->factor), aqi_factor(in)) &&
                eight == (in == AQI_O3_8H)) {
                station.in[in] = (struct aqi_concentration){true, item->value};
            }
        }
    }
    return station;
}

static bool has_values(const struct city_station *station)
{
    for (int in = 0; in < AQI_INPUT_COUNT; in++) {
        if (station->in[in].known)
            return true;
    }
    return false;
}

size_t city_judged(const struct city_station *stations, size_t count,
                   int64_t start_s)
{
    size_t judged = 0;

    for (size_t i = 0; i < count; i++)
        judged += stations[i].start_s == start_s && has_values(&stations[i]);
    return judged;
}

void city_hourly(const struct city_station *stations, size_t count,
                 int64_t start_s, struct arena *arena, struct verdict *out)
{
    struct aqi_concentration mean[AQI_INPUT_COUNT] = {{.known = false}};

    for (int in = 0; in < AQI_INPUT_COUNT; in++) {
        struct decimal_sum sum = DECIMAL_SUM_ZERO;
        enum err err = OK;

        for (size_t i = 0; i < count && !err; i++) {
            if (stations[i].start_s == start_s && stations[i].in[in].known)
                err = decimal_sum_add(&sum, stations[i].in[in].value);
        }
        mean[in].known = !err && sum.count > 0 &&
                         decimal_sum_mean(&sum, MEAN_EXPONENT, ROUND_HALF_EVEN,
                                          &mean[in].value) == OK;
    }
    aqi_hourly(mean, civil_day_number(start_s), arena, out);
    out->start_s = start_s;
}
