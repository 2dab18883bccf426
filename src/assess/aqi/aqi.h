/*
 * aqi - the air quality index of HJ 633 (2012 and 2026).
 *
 * A concentration becomes an individual index (IAQI) on the straight line
 * between the two breakpoints that enclose it, rounded up; the AQI is the
 * largest IAQI; the primary pollutants are all that reach it when it is above
 * 50. Breakpoints, categories, colours and advice are data
 * (standards/aqi-hj633.csv), and a measurement is rated by the edition in force
 * on its own day.
 *
 * Pure: values in, a verdict on the caller's arena out.
 */
#ifndef AQI_H
#define AQI_H

#include "assess/verdict.h"

/* The averages an index is made of. Which of them count, the edition says. */
enum aqi_input {
    AQI_SO2,   /* 1 h or 24 h mean, ug/m3 */
    AQI_NO2,   /* ug/m3 */
    AQI_CO,    /* mg/m3 */
    AQI_O3_1H, /* hourly: 1 h mean; daily: largest 1 h mean (2012), ug/m3 */
    AQI_O3_8H, /* hourly: moving 8 h mean (not used); daily: largest 8 h mean */
    AQI_PM10,
    AQI_PM25,
    AQI_INPUT_COUNT
};

/* The HJ 212 code of an input: "a34004" for AQI_PM25. */
const char *aqi_factor(enum aqi_input input);

struct aqi_concentration {
    bool known;
    struct decimal value; /* in the unit above, any digits: rounded by clause */
};

/*
 * Judges an hour or a day; `day` is yyyymmdd. Outcome INSUFFICIENT follows the
 * edition's missing-input rule; the items that are known are given all the
 * same.
 */
void aqi_hourly(const struct aqi_concentration in[AQI_INPUT_COUNT], int day,
                struct arena *arena, struct verdict *out);
void aqi_daily(const struct aqi_concentration in[AQI_INPUT_COUNT], int day,
               struct arena *arena, struct verdict *out);

#endif
