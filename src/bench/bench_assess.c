#include "bench/bench_assess.h"

#include "assess/aqi/aqi.h"
#include "assess/water/water.h"
#include "base/memory.h"
#include "storage/series/series.h"

#include <assert.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define START_S 1767196800LL /* 2026-01-01 in Beijing: two editions */

enum {
    HOURS = 8760,
    HOURLY = 6, /* inputs of an hour */
    FLUSH_READINGS = 2000000,
    SECTIONS = 3646,
    MONTHS = 60,
    ITEMS_MAX = 32,
    REPEATS = 3,
    PATH_ROOM = 512,
};

/* Of this thread's processor: the goals are of one core. */
static double spent_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* ---- air: the numbers ---- */

/* What an hour has, and a usual level of it in its last digit. */
static const struct {
    enum aqi_input input;
    int8_t exponent;
    int64_t level;
} lanes[HOURLY] = {
    {AQI_SO2, 0, 9},    {AQI_NO2, 0, 31},  {AQI_CO, -1, 7},
    {AQI_O3_1H, 0, 84}, {AQI_PM10, 0, 63}, {AQI_PM25, 0, 38},
};

/* A slow walk above zero; two in a hundred are missing. */
static size_t make_year(uint64_t seed, int lane, struct reading *out)
{
    uint64_t state = seed * 0x9e3779b97f4a7c15u + 1;
    int64_t level = lanes[lane].level, value = level;
    size_t count = 0;

    for (int h = 0; h < HOURS; h++) {
        int64_t start_s = START_S + h * (int64_t)HOUR_S;
        uint64_t bits = next_random(&state) >> 20;

        value += __builtin_popcountll(bits & 0x3ff) - 5;
        value += value > 6 * level ? -level : value < 0 ? -2 * value : 0;
        if (next_random(&state) % 50 == 0)
            continue;
        out[count++] = (struct reading){
            .start_s = start_s,
            .number = {DECIMAL(value, lanes[lane].exponent)},
            .present = READING_VALUE,
            .flag = 'N',
            .arrival_us = (start_s + HOUR_S + 70) * 1000000,
        };
    }
    return count;
}

static struct channel_key key_of(int station, int lane)
{
    struct channel_key key = {.subject = SUBJECT_POINT,
                              .id = station,
                              .cadence = CADENCE_HOUR,
                              .origin = ORIGIN_REPORTED};

    span_copy(span_of(aqi_factor(lanes[lane].input)), key.factor, FACTOR_MAX);
    return key;
}

static enum err fill(struct series *series, int stations, uint64_t *readings)
{
    struct reading *year = memory_new(HOURS, sizeof(*year));
    enum err err = OK;

    for (int i = 0; i < stations * HOURLY && !err; i++) {
        struct channel_key key = key_of(i / HOURLY, i % HOURLY);
        size_t count = make_year((uint64_t)i + 1, i % HOURLY, year);

        series_append_many(series, series_channel(series, &key), year, count);
        *readings += count;
        if (series_unflushed(series) >= FLUSH_READINGS ||
            i + 1 == stations * HOURLY)
            err = series_flush(series, *readings, NULL, NULL);
    }
    free(year);
    return err;
}

/* ---- air: by the program ---- */

/* A year of one station as it lies in memory, and what it came to. */
struct year {
    struct decimal value[HOURLY][HOURS];
    bool known[HOURLY][HOURS];
    uint64_t check; /* over indices and primary pollutants */
};

static enum err load_year(struct series *series, int station, struct year *y)
{
    struct series_range range = {START_S, START_S + HOURS * (int64_t)HOUR_S};
    enum err err = OK;

    for (int lane = 0; lane < HOURLY && !err; lane++) {
        struct channel_key key = key_of(station, lane);
        struct series_grid grid = {HOUR_S, y->value[lane], y->known[lane]};

        err = series_grid(series, series_find(series, &key), range,
                          (struct series_view){0}, &grid);
    }
    return err;
}

/* The first hour that is rated by the edition in force on the last day. */
static int hour_of_change(void)
{
    int h = 0;

    while (h < HOURS &&
           aqi_edition_on(civil_day_number(START_S + h * (int64_t)HOUR_S)) ==
               aqi_edition_on(civil_day_number(START_S)))
        h += 24;
    return h;
}

static void rate_year(struct year *y, int change)
{
    struct aqi_concentration in[AQI_INPUT_COUNT] = {{false, {0, 0}}};
    const struct aqi_edition *edition =
        aqi_edition_on(civil_day_number(START_S));
    struct aqi_rating r;

    for (int h = 0; h < HOURS; h++) {
        if (h == change)
            edition =
                aqi_edition_on(civil_day_number(START_S + h * (int64_t)HOUR_S));
        for (int lane = 0; lane < HOURLY; lane++)
            in[lanes[lane].input] = (struct aqi_concentration){
                y->known[lane][h], y->value[lane][h]};
        aqi_rate(edition, CADENCE_HOUR, in, &r);
        y->check = y->check * 31 + (uint64_t)(r.aqi + 1) * 128 + r.primary;
    }
}

/* ---- air: a plain loop ---- */

/* The same steps as bare integers; what the loop knows and nothing else. */
struct plain_scale {
    int steps, beyond;
    int64_t at[AQI_STEPS_MAX];
    int iaqi[AQI_STEPS_MAX];
};

static enum err plain_scales(int day, struct plain_scale out[HOURLY])
{
    const struct aqi_edition *edition = aqi_edition_on(day);
    enum err err = OK;

    for (int lane = 0; lane < HOURLY; lane++) {
        const struct aqi_scale *s =
            aqi_scale(edition, lanes[lane].input, CADENCE_HOUR);

        out[lane].steps = s->steps;
        out[lane].beyond = s->beyond;
        for (int i = 0; i < s->steps && !err; i++) {
            struct decimal whole;

            err = decimal_exact(s->at[i], lanes[lane].exponent, &whole);
            out[lane].at[i] = err ? 0 : whole.mantissa;
            out[lane].iaqi[i] = s->iaqi[i];
        }
    }
    return err;
}

static int plain_index(const struct plain_scale *s, int64_t v)
{
    int i = 1;
    int64_t over, width;

    while (i < s->steps && v > s->at[i])
        i++;
    if (i == s->steps)
        return s->beyond;
    over = (s->iaqi[i] - s->iaqi[i - 1]) * (v - s->at[i - 1]);
    width = s->at[i] - s->at[i - 1];
    return s->iaqi[i - 1] + (int)((over + width - 1) / width);
}

/*
 * HJ 633 by hand for both editions of the year: without all inputs 2012 gives
 * nothing and 2026 what is above 100; 2026 begins at 1.
 */
static uint64_t plain_year(const struct year *y, int change,
                           const struct plain_scale scales[2][HOURLY])
{
    uint64_t check = 0;

    for (int h = 0; h < HOURS; h++) {
        bool late = h >= change, missing = false;
        int index[HOURLY], aqi = -1;
        unsigned primary = 0;

        for (int lane = 0; lane < HOURLY; lane++) {
            index[lane] = y->known[lane][h]
                              ? plain_index(&scales[late][lane],
                                            y->value[lane][h].mantissa)
                              : -1;
            missing = missing || index[lane] < 0;
            aqi = index[lane] > aqi ? index[lane] : aqi;
        }
        if (missing && (!late || aqi <= 100))
            aqi = -1;
        for (int lane = 0; lane < HOURLY && aqi > 50; lane++)
            primary |= (unsigned)(index[lane] == aqi) << lanes[lane].input;
        if (late && aqi == 0)
            aqi = 1;
        check = check * 31 + (uint64_t)(aqi + 1) * 128 + primary;
    }
    return check;
}

static enum err measure_air(struct series *series, struct bench_air *out)
{
    struct year *y = memory_new(1, sizeof(*y));
    struct plain_scale scales[2][HOURLY];
    int change = hour_of_change();
    double scan = 0, rate = 0, plain = 0;
    enum err err = plain_scales(civil_day_number(START_S), scales[0]);

    if (!err)
        err = plain_scales(
            civil_day_number(START_S + (HOURS - 1) * (int64_t)HOUR_S),
            scales[1]);
    for (int i = 0; i < out->stations && !err; i++) {
        double start = spent_s(), loaded, rated;
        uint64_t check;

        err = load_year(series, i, y);
        loaded = spent_s();
        y->check = 0;
        rate_year(y, change);
        rated = spent_s();
        check = plain_year(y, change, scales);
        plain += spent_s() - rated;
        scan += loaded - start;
        rate += rated - loaded;
        if (!err && check != y->check)
            err = ERR_CORRUPT;
    }
    free(y);
    out->scan_s = scan * BENCH_AIR_STATIONS / out->stations;
    out->year_s = (scan + rate) * BENCH_AIR_STATIONS / out->stations;
    out->plain_s = plain * BENCH_AIR_STATIONS / out->stations;
    return err;
}

static void remove_files(const char *path)
{
    static const char *const ends[] = {"", "-wal", "-shm", ".lock"};

    for (size_t i = 0; i < LENGTH(ends); i++) {
        char name[PATH_ROOM + 8];

        snprintf(name, sizeof(name), "%s%s", path, ends[i]);
        unlink(name);
    }
}

enum err bench_air(const char *directory, int stations, struct bench_air *out)
{
    struct series *series = NULL;
    uint64_t readings = 0;
    char path[PATH_ROOM];
    enum err err;

    *out = (struct bench_air){.stations = stations};
    snprintf(path, sizeof(path), "%s/bench-air.db", directory);
    remove_files(path);
    err = series_open(path, NULL, &series);
    if (!err)
        err = fill(series, stations, &readings);
    series_close(series);
    series = NULL;
    if (!err)
        err = series_open(path, &(struct series_options){.read_only = true},
                          &series);
    if (!err)
        err = measure_air(series, out);
    series_close(series);
    remove_files(path);
    return err;
}

/* ---- water ---- */

struct plain_item {
    bool rated;
    bool least; /* a lower bound */
    bool range;
    int64_t limit[WATER_CLASSES], upper;
    int64_t cut; /* 10^digits to be rounded away */
};

/* Limits at the exponent that the values have: two digits behind the item's. */
static enum err plain_item(const struct water_item *item,
                           struct plain_item *out)
{
    int exponent = -item->decimals;
    enum err err = OK;

    *out = (struct plain_item){
        .rated = item->rated,
        .least = item->bound == WATER_MIN,
        .range = item->bound == WATER_RANGE,
        .cut = 100,
    };
    for (int i = 0; i < WATER_CLASSES && !err; i++) {
        struct decimal d;

        /* a limit with more digits than the values are rounded to, cut off */
        err = decimal_rescale(item->limit[i], exponent,
                              out->least ? ROUND_UP : ROUND_DOWN, &d);
        out->limit[i] = err ? 0 : d.mantissa;
        if (!err && out->range)
            err = decimal_rescale(item->upper[i], exponent, ROUND_DOWN, &d);
        out->upper = err ? 0 : d.mantissa;
    }
    return err;
}

static int plain_class(const struct plain_item *p, int64_t value)
{
    int64_t cut = p->cut, v = value / cut, rest = value % cut;
    int class = 1;

    v += 2 * rest > cut || (2 * rest == cut && (v & 1));
    if (v == 0 && value != 0)
        return 1; /* what keeps one digit lies below every limit */
    if (p->range)
        return v >= p->limit[0] && v <= p->upper ? 1 : WATER_WORSE;
    while (class <= WATER_CLASSES &&
           (p->least ? v < p->limit[class - 1] : v > p->limit[class - 1]))
        class ++;
    return class;
}

struct sections {
    struct plain_item plain[ITEMS_MAX];
    struct water_measure *measures; /* section, month, item */
    size_t items;
};

/* Values about a third of class III, now and then far above. */
static enum err make_sections(struct sections *s)
{
    const struct water_item *item, *rated[ITEMS_MAX] = {NULL};
    uint64_t state = 3838;
    enum err err = OK;

    s->items = 0;
    for (size_t i = 0; (item = water_item_at(i)) && !err; i++) {
        if (!item->rated || !item->river || s->items == ITEMS_MAX)
            continue;
        rated[s->items] = item;
        err = plain_item(item, &s->plain[s->items++]);
    }
    s->measures =
        memory_new((size_t)SECTIONS * MONTHS * s->items, sizeof(*s->measures));
    for (size_t i = 0; i < (size_t)SECTIONS * MONTHS * s->items && !err; i++) {
        uint64_t bits = next_random(&state) >> 11;
        int64_t parts = 1 + (int64_t)(bits % 70) +
                        (bits % 977 == 0 ? (int64_t)(bits >> 20 & 255) : 0);
        struct decimal value;

        item = rated[i % s->items];
        assert(item);
        parts = item->bound == WATER_MIN     ? 90 + parts
                : item->bound == WATER_RANGE ? 110 + parts % 40
                                             : parts;
        err = decimal_muldiv(item->limit[2], DECIMAL(parts, 0), DECIMAL(100, 0),
                             -item->decimals - 2, ROUND_HALF_EVEN, &value);
        s->measures[i] = (struct water_measure){item, value, false};
    }
    return err;
}

enum err bench_water(struct bench_water *out)
{
    struct sections s;
    enum err err = make_sections(&s);
    double ours = 1e9, plain = 1e9;

    for (int round = 0; round < REPEATS && !err; round++) {
        size_t count[2][WATER_WORSE + 1] = {{0}};
        double start = spent_s(), middle;

        for (size_t i = 0; i < (size_t)SECTIONS * MONTHS; i++)
            count[0][water_rate(s.measures + i * s.items, s.items,
                                WATER_ROUND_STATISTICS)]++;
        middle = spent_s();
        for (size_t i = 0; i < (size_t)SECTIONS * MONTHS; i++) {
            const struct water_measure *m = s.measures + i * s.items;
            int worst = 0;

            for (size_t j = 0; j < s.items; j++) {
                int class = plain_class(&s.plain[j], m[j].value.mantissa);

                worst = class > worst ? class : worst;
            }
            count[1][worst]++;
        }
        plain = spent_s() - middle < plain ? spent_s() - middle : plain;
        ours = middle - start < ours ? middle - start : ours;
        if (memcmp(count[0], count[1], sizeof(count[0])) != 0)
            err = ERR_CORRUPT;
    }
    free(s.measures);
    *out = (struct bench_water){ours, plain};
    return err;
}
