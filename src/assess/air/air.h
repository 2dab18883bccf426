/*
 * air - what the assessment of ambient air over a period stands on (HJ 663,
 * GB 3095): the pollutants, their limits by class and day, the rounding of each
 * stage, how many days a mean needs, and the statistics of a run of days.
 *
 * Limits are those of standards/air-gb3095.csv, rules those of air-rules.csv.
 * An edition is chosen by a day: the rules in force on it. A mean is a sum of
 * decimals and a count, a percentile lies between two days (HJ 663 annex A);
 * both are rounded once, to the decimals of their stage.
 *
 * Pure: values in, numbers out; lists lie on the caller's arena.
 */
#ifndef AIR_H
#define AIR_H

#include "assess/aqi/aqi.h"
#include "assess/derivation/rule.h"
#include "assess/limit/limit.h"
#include "assess/statistics/statistics.h"

enum air_pollutant {
    AIR_SO2,
    AIR_NO2,
    AIR_CO,
    AIR_O3, /* the largest 8 h mean of a day */
    AIR_PM10,
    AIR_PM25,
    AIR_BASIC_COUNT, /* the six that an index and a year's verdict ask for */
    AIR_TSP = AIR_BASIC_COUNT,
    AIR_PB,
    AIR_BAP,
    AIR_NOX,
    AIR_POLLUTANT_COUNT
};

struct air_name {
    const char *symbol; /* as the tables write it: "PM2.5" */
    const char *code;   /* "a34004" */
    const char *name_zh, *name_en;
    const char *unit;
    enum aqi_input input; /* of the index; AQI_INPUT_COUNT: none */
    bool is_particle;     /* sand and dust are left out */
};

const struct air_name *air_name(enum air_pollutant p);

/* ---- limits and rules ---- */

struct air_limit {
    struct decimal value;
    const char *standard, *phase, *unit, *clause, *confidence;
};

/* `term`: "annual", "24h", "quarter"; ozone has its "8h_daily_max" as "24h".
 * `class` 1 or 2. False: there is none. */
bool air_limit(enum air_pollutant p, const char *term, int class, int day,
               struct air_limit *out);

/* "GB 3095-2012, 2018 amendment"; NULL: none in force on the day. */
const char *air_limits_edition(int day, struct arena *arena);

/* "HJ 663-2013"; NULL: none in force on the day. */
const char *air_rules_edition(int day);

/* A row of air-rules.csv in force on the day; NULL when there is none. */
const struct rule *air_rule(const char *record, const char *key,
                            const char *param, int day);

/* Decimals of "raw", "statistic" or "result"; -1: as it is. */
int air_decimals(enum air_pollutant p, const char *stage, int day);

/* ---- days ---- */

struct air_day {
    int day; /* yyyymmdd */
    struct {
        bool known;
        struct decimal value;
    } of[AIR_POLLUTANT_COUNT], ozone_1h;
    bool sand_dust;   /* particles stay out of the statistics */
    bool exceptional; /* an event; stays out when the question says so */
};

enum air_period {
    AIR_DAY,
    AIR_MONTH,
    AIR_QUARTER,
    AIR_HALF_YEAR,
    AIR_YEAR,
    AIR_ALL, /* whatever days there are; no count is asked for */
};

struct air_question {
    enum air_period period;
    int from_day, to_day; /* of the period */
    int rules_day;        /* whose rules and limits judge */
    int class;            /* of GB 3095: 1 or 2 */
    bool leave_events_out;
};

struct air_statistic {
    int valid_days;   /* that have a value */
    int left_out;     /* of these not counted: sand and dust, events */
    bool enough;      /* days and months suffice */
    int months_short; /* months with too few days */
    int days_needed;  /* in the period as a whole; 0: only the months' */

    size_t n; /* days counted; 0: nothing below is given */
    struct decimal sum;
    struct decimal mean, mean_result; /* by stage: statistic, result */

    bool has_percentile;
    struct decimal percent;
    struct percentile_place place;
    struct decimal low, high; /* the two days it lies between */
    struct decimal percentile, percentile_result;

    bool has_daily_limit;
    int attained_days; /* of n, at most the limit of a day */
    struct decimal attained_percent;
    const char *confidence; /* of the rules relied on */
};

struct air_categories {
    int rated_days, unrated_days;
    int level[7];                 /* days of category 1 to 6 */
    int primary[AIR_BASIC_COUNT]; /* days; a tie counts for each */
    int good_days;                /* categories 1 and 2 */
    struct decimal good_percent;  /* of the days rated */
};

/* ERR_NOT_FOUND: no rules are in force on the rules day, and nothing is
 * counted. ERR_OVERFLOW: a value is too large to count with. Days ascend, each
 * once. */
enum err air_count(const struct air_question *q, enum air_pollutant p,
                   const struct air_day *days, size_t n, struct arena *arena,
                   struct air_statistic *out) MUST_CHECK;

/* Each day by the edition of its own. Events and dust stay in. */
void air_categories(const struct air_day *days, size_t n,
                    struct air_categories *out);

/* ---- sums of quotients, exact ---- */

struct air_ratio {
    __int128 numerator, denominator;
};

#define AIR_RATIO_ZERO ((struct air_ratio){0, 1})

/* Adds weight * value / limit. */
enum err air_ratio_add(struct air_ratio *sum, struct decimal value,
                       struct decimal limit, struct decimal weight) MUST_CHECK;
struct decimal air_ratio_decimal(const struct air_ratio *sum, int decimals);

#endif
