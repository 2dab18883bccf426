/*
 * city_index - the water quality index of cities (CWQI) and their ranking by
 * 环办监测〔2017〕51号. Each item's mean over the period per section and over a
 * city's sections becomes a single index (C / limit of III; oxygen the other
 * way round; pH by its distance from 7); their sum is the index of rivers and,
 * with the phosphorus limit of lakes, that of lakes; a city's is the mean of
 * both weighted with the numbers of sections and points. Smaller is better;
 * equal is an equal rank.
 *
 * Indices are compared over the same items only: an item that one of the cities
 * or one of the two periods has not measured is left out of all and named.
 *
 * Pure; the rules of single indices are data (standards/water-city-index.csv).
 */
#ifndef CITY_INDEX_H
#define CITY_INDEX_H

#include "assess/water/water.h"

/* One sample of one section. */
struct city_sample {
    const char *city, *section;
    enum water_body body;
    bool base; /* of the period compared with */
    const struct water_value *values;
    size_t value_count;
};

struct city_verdict {
    const char *city;
    struct verdict verdict;
};

/*
 * One verdict a city, in the order of the samples: index CWQI with four
 * decimals, rating the rank. INSUFFICIENT for a city without samples of the
 * period itself, and for all when no item is common to them.
 */
void city_ranking(const struct city_sample *samples, size_t count, int day,
                  struct arena *arena, struct city_verdict **out,
                  size_t *out_count);

#endif
