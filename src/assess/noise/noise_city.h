/*
 * noise_city - the noise of a city by HJ 640-2012, day and night apart:
 *
 *     region    the arithmetic mean of the grid points, grade 1 to 5
 *     road      the mean weighted by the lengths of the roads, grade 1 to 5
 *     function  point-times within the limit of their zone / all point-times,
 *               per class and in total; the total pools point-times and is not
 *               the mean of the classes
 *
 * Means keep 0.1 dB, rates 0.1 %. Pure.
 */
#ifndef NOISE_CITY_H
#define NOISE_CITY_H

#include "assess/noise/noise_table.h"

enum noise_network { NOISE_REGION, NOISE_ROAD, NOISE_FUNCTION };

struct noise_city_point {
    struct decimal level;
    const struct decimal *length; /* of the road; any unit, all the same */
    const char *zone;             /* function: "0" ... "4b" */
};

struct noise_city {
    enum noise_network network;
    bool night;
    int day; /* RULE_NEWEST when not known */
    const struct noise_city_point *points;
    size_t count;
};

void noise_city_judge(const struct noise_city *city, struct arena *arena,
                      struct verdict *out);

#endif
