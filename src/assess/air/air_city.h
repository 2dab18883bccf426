/*
 * air_city - a city's hour or day from its stations (HJ 663): the mean of the
 * assessed stations (评价点; control stations, 对照点, stay out) that have a
 * value, rounded, when enough of them have one: 75 % of the city's assessed
 * stations, 50 % where there are fewer than four. The index comes from the
 * means (never from the stations' indices).
 *
 * Pure; the verdict lies on the arena.
 */
#ifndef AIR_CITY_H
#define AIR_CITY_H

#include "assess/air/air.h"

struct air_station {
    bool is_control;
    struct air_day values; /* of an hour: ozone_1h is the hour's mean */
};

struct air_city_question {
    int day; /* whose rules judge */
    bool is_hour;
    int stations; /* assessed ones the city has; 0: as many as are given */
};

/*
 * The same without words, for those who need many days of many stations: the
 * assessed stations of a city on a day are added up one by one, then the means
 * of the pollutants that enough of q->stations have are taken. False when there
 * is none, or no edition is in force on the day.
 */
struct air_city_sums {
    struct decimal_sum of[AIR_BASIC_COUNT], ozone_1h;
    bool overflows; /* too large to add: no mean */
};

void air_city_start(struct air_city_sums *sums);
void air_city_add(struct air_city_sums *sums, const struct air_day *station);
bool air_city_day(const struct air_city_question *q,
                  const struct air_city_sums *sums, struct air_day *out);

void air_city_judge(const struct air_city_question *q,
                    const struct air_station *stations, size_t n,
                    struct arena *arena, struct verdict *out);

#endif
