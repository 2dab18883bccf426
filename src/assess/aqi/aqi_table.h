/*
 * aqi_table - the rows of standards/aqi-hj633.csv as types. Private to aqi.
 */
#ifndef AQI_TABLE_H
#define AQI_TABLE_H

#include "assess/aqi/aqi.h"

enum { AQI_LEVELS = 6, AQI_HOUR = 0, AQI_DAY = 1, AQI_BOTH = 2 };

/* What an edition asks of an input. */
enum aqi_use { AQI_UNUSED, AQI_OPTIONAL, AQI_REQUIRED };

struct aqi_table {
    struct aqi_edition edition; /* first: a table is its edition */
    struct aqi_scale scale[AQI_INPUT_COUNT][AQI_BOTH];
    enum aqi_use use[AQI_INPUT_COUNT][AQI_BOTH];
    int decimals[AQI_INPUT_COUNT];
    int publish_above; /* without all inputs, only above this; -1: never */
    int aqi_min;
    struct aqi_level level[AQI_LEVELS];
    const char *groups_zh[AQI_INPUT_COUNT], *groups_en[AQI_INPUT_COUNT];
};

const struct aqi_table *aqi_table_on(int day);

/* "PM2.5", as the table writes it. */
const char *aqi_symbol(enum aqi_input input);

#endif
