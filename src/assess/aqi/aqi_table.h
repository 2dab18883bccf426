/*
 * aqi_table - the rows of standards/aqi-hj633.csv as types. Private to aqi.
 */
#ifndef AQI_TABLE_H
#define AQI_TABLE_H

#include "assess/aqi/aqi.h"

enum { AQI_LEVELS = 6, AQI_HOUR = 0, AQI_DAY = 1, AQI_BOTH = 2 };

/* What an edition asks of an input. */
enum aqi_use { AQI_UNUSED, AQI_OPTIONAL, AQI_REQUIRED };

/* The steps of a scale as whole numbers of 10^exponent. */
struct aqi_grid {
    int8_t exponent;
    int64_t at[AQI_STEPS_MAX];
};

struct aqi_table {
    struct aqi_edition edition; /* first: a table is its edition */
    struct aqi_scale scale[AQI_INPUT_COUNT][AQI_BOTH];
    struct aqi_grid grid[AQI_INPUT_COUNT][AQI_BOTH];
    enum aqi_use use[AQI_INPUT_COUNT][AQI_BOTH];
    int decimals[AQI_INPUT_COUNT];
    int publish_above; /* without all inputs, only above this; -1: never */
    bool unmonitored_exempt; /* what is never monitored is not missing */
    int aqi_min;
    struct aqi_level level[AQI_LEVELS];
    const char *groups_zh[AQI_INPUT_COUNT], *groups_en[AQI_INPUT_COUNT];
};

const struct aqi_table *aqi_table_on(int day);

/* The table that an edition is the first member of. */
const struct aqi_table *aqi_table_of(const struct aqi_edition *edition);

/* ---- aqi_rate.c ---- */

/* As aqi_rate, in the way of a publisher; `when` is AQI_HOUR or AQI_DAY. */
void aqi_rate_as(const struct aqi_table *table, int when,
                 const struct aqi_practice *practice,
                 const struct aqi_concentration in[AQI_INPUT_COUNT],
                 struct aqi_rating *out);

/* The step of a scale at or above the value; scale->steps when beyond. */
int aqi_step(const struct aqi_scale *scale, const struct aqi_grid *grid,
             struct decimal value);

/* Level 1 to 6 of an index. */
int aqi_level_of(const struct aqi_table *table, int aqi);

/* "PM2.5", as the table writes it. */
const char *aqi_symbol(enum aqi_input input);

#endif
