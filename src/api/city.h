/*
 * city - the hourly AQI of a city: the arithmetic mean of each pollutant over
 * the city's stations (control stations left out), rounded as the standard
 * says, then the index of the means (HJ 633, HJ 663: a city's concentration is
 * the mean of its points').
 *
 * Pure.
 */
#ifndef API_CITY_H
#define API_CITY_H

#include "assess/aqi/aqi.h"

/* What one station measured in the hour, as its own verdict used it. */
struct city_station {
    int64_t start_s;
    struct aqi_concentration in[AQI_INPUT_COUNT];
};

/* From a station's hourly verdict. */
struct city_station city_station_of(const struct verdict *verdict);

/* How many of them were judged for that hour: have any value. */
size_t city_judged(const struct city_station *stations, size_t count,
                   int64_t start_s);

/* The verdict of the hour over the stations that have it. */
void city_hourly(const struct city_station *stations, size_t count,
                 int64_t start_s, struct arena *arena, struct verdict *out);

#endif
