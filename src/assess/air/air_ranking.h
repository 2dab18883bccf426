/*
 * air_ranking - cities in the order of their composite index
 *
 *     I = sum of weight * concentration / limit
 *
 * over SO2, NO2, PM10, PM2.5 (means of the period), CO (95th percentile of
 * days) and O3 (90th percentile of the days' largest 8 h means). Limits and
 * weights are a table of versions (standards/air-ranking.csv). The lower the
 * better; equal indices, as printed, share a rank and the next is passed over:
 * 1 2 2 4. The main pollutant has the largest single index (without its
 * weight). A city without one of the six, or with too few days, has no rank.
 *
 * Pure; everything lies on the arena.
 */
#ifndef AIR_RANKING_H
#define AIR_RANKING_H

#include "assess/air/air.h"

struct air_ranked {
    struct span city;
    bool known;  /* has days in the period */
    bool enough; /* and they suffice: it has a rank */
    struct air_statistic of[AIR_BASIC_COUNT];
    struct decimal value[AIR_BASIC_COUNT];  /* as it enters the index */
    struct decimal single[AIR_BASIC_COUNT]; /* value / limit, as printed */
    struct decimal index;
    int rank;
    unsigned main, lacking; /* bits 1 << pollutant */
    int rules_day;          /* whose limits its index rests on */
    struct air_categories categories;
};

/* What a version of the table says of a pollutant on a day. */
struct air_ranking_rule {
    struct decimal limit, weight;
    bool percentile; /* CO, O3: the percentile instead of the mean */
    const char *confidence;
};

/* False: the version has no such rule on the day. */
bool air_ranking_rule(const char *version, enum air_pollutant p, int day,
                      struct air_ranking_rule *out);

/* Decimals of "index" and "change". */
int air_ranking_decimals(const char *version, const char *what, int day);

struct air_ranking {
    const char *version;   /* "weights-1" */
    struct air_question q; /* of the period */
    struct air_ranked *cities;
    size_t count;
    bool incomplete; /* rank also those whose days are too few */
};

/* One city of a ranking from its days in the period. */
void air_ranking_count(const struct air_ranking *ranking,
                       const struct air_day *days, size_t n,
                       struct arena *arena, struct air_ranked *city);

/* Gives the ranks, when all cities are counted. */
void air_ranking_rank(struct air_ranking *ranking);

/* The city's verdict; its standing in the period before and a year before may
 * be NULL or not known. */
void air_ranking_judge(const struct air_ranking *ranking,
                       const struct air_ranked *city,
                       const struct air_ranked *before,
                       const struct air_ranked *year_before,
                       struct arena *arena, struct verdict *out);

#endif
