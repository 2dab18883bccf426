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
 * The rule stands once, in aqi_rate: whole numbers and no words, for those who
 * need millions of indices. aqi_hourly and aqi_daily put the words to it.
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

/* What the inputs come to; bits are 1 << input. */
struct aqi_rating {
    int aqi;                   /* -1: none, for something is missing */
    int level;                 /* 1 to 6; 0 without an index */
    int iaqi[AQI_INPUT_COUNT]; /* -1: none */
    struct decimal value[AQI_INPUT_COUNT]; /* of those known, as rated */
    unsigned judged;  /* the edition uses it, and it is asked for or given */
    unsigned known;   /* judged, and its value can be used */
    unsigned missing; /* asked for and without an index */
    unsigned primary; /* reach the index, when it is above 50 */
};

struct aqi_edition;

/*
 * The index of an hour or a day by an edition (aqi_edition_on), without words
 * and without memory: some tens of nanoseconds.
 */
void aqi_rate(const struct aqi_edition *edition, enum cadence cadence,
              const struct aqi_concentration in[AQI_INPUT_COUNT],
              struct aqi_rating *out);

/*
 * Judges an hour or a day; `day` is yyyymmdd. Outcome INSUFFICIENT follows the
 * edition's missing-input rule; the items that are known are given all the
 * same. The item i of the verdict is not always input i: inputs that the
 * edition does not use are left out.
 *
 * Nothing but value, factor, texts and numbers of the verdict is set: subject,
 * start and version are the caller's.
 */
void aqi_hourly(const struct aqi_concentration in[AQI_INPUT_COUNT], int day,
                struct arena *arena, struct verdict *out);
void aqi_daily(const struct aqi_concentration in[AQI_INPUT_COUNT], int day,
               struct arena *arena, struct verdict *out);

/*
 * What is known beside the values. `unmonitored` is the text's own exception
 * (2026: 5.3.2) and counts only where the edition has it. The others are how
 * some publishers depart from the text, to compare with what they printed;
 * never for a verdict of our own.
 */
struct aqi_practice {
    bool half_up;         /* concentrations as they are, the index half up */
    bool incomplete;      /* an index from whatever inputs there are */
    bool pm10_may_miss;   /* an index also when PM10 alone is missing */
    unsigned unmonitored; /* bits 1 << input: not in the monitoring plan, and
                             primary on no polluted day of three years */
};

void aqi_as_published(const struct aqi_concentration in[AQI_INPUT_COUNT],
                      enum cadence cadence, int day,
                      const struct aqi_practice *practice, struct arena *arena,
                      struct verdict *out);

/* ---- the tables behind it, for lists and pages ---- */

struct aqi_edition {
    const char *name; /* "HJ 633-2026" */
    int from_day, to_day;
};

/* By order of coming into force; NULL behind the last. */
const struct aqi_edition *aqi_edition_at(size_t index);

/* The edition of a day; NULL when there is none. */
const struct aqi_edition *aqi_edition_on(int day);

enum { AQI_STEPS_MAX = 8 };

struct aqi_scale {
    struct decimal at[AQI_STEPS_MAX];
    int iaqi[AQI_STEPS_MAX];
    int steps;  /* 0: this input has no scale here */
    int beyond; /* the index above the last step; -1: none, see the clause */
    const char *unit, *period; /* of the column used: PM hourly uses "24h" */
    const char *clause, *confidence;
};

const struct aqi_scale *aqi_scale(const struct aqi_edition *edition,
                                  enum aqi_input input, enum cadence cadence);

/* Category 1 to 6 of an index, with names and colour. */
struct aqi_level {
    int min, max;
    const char *grade_zh, *grade_en, *category_zh, *category_en, *colour;
    const char *effect_zh, *effect_en, *action_zh, *action_en;
};

const struct aqi_level *aqi_level(const struct aqi_edition *edition, int level);

#endif
