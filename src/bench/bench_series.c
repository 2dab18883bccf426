#include "bench/bench_series.h"

#include "base/memory.h"
#include "storage/series/series.h"

#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define START_S 1767196800LL /* 2026-01-01 in Beijing */

enum {
    CHANNELS = 1000,
    MINUTES = 7 * 1440 + 720,
    FLUSH_READINGS = 1000000,
    LIVE_CHANNELS = 10000,
    LIVE_ROUNDS = 100,
    LATEST_CHANNELS = 30000,
    YEAR_HOURS = 8760,
    REPEATS = 5,
    SERIES_PATH_MAX = 512,
};

static double now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* A step of a walk: four bits' count, less two, now and then twice that. */
static int64_t next_step(uint64_t *state)
{
    uint64_t bits = next_random(state) >> 20;

    return __builtin_popcountll(bits & 0x3ff) - 5;
}

static struct channel_key key_of(int32_t id, enum cadence cadence)
{
    return (struct channel_key){.subject = SUBJECT_POINT,
                                .id = id,
                                .factor = "a34004",
                                .cadence = cadence,
                                .origin = ORIGIN_REPORTED};
}

static size_t make_walk(struct reading *out, size_t periods, int step_s,
                        uint64_t seed)
{
    uint64_t state = seed * 0x9e3779b97f4a7c15u + 1;
    int64_t value = 350;
    size_t count = 0;

    for (size_t i = 0; i < periods; i++) {
        int64_t start_s = START_S + (int64_t)i * step_s;

        value += next_step(&state);
        value = value < 0 ? -value : value;
        if (next_random(&state) % 50 == 0)
            continue;
        out[count++] = (struct reading){
            .start_s = start_s,
            .number = {DECIMAL(value, -1)},
            .present = READING_VALUE,
            .flag = 'N',
            .arrival_us = (start_s + step_s + 2) * 1000000,
        };
    }
    return count;
}

static enum err ingest(struct series *series, struct bench_series_result *out)
{
    struct reading *readings = memory_new(MINUTES, sizeof *readings);
    double many = 0, flush = 0;
    enum err err = OK;

    for (int i = 0; i < CHANNELS && !err; i++) {
        struct channel_key key = key_of(i, CADENCE_MINUTE);
        channel_id channel = series_channel(series, &key);
        size_t count = make_walk(readings, MINUTES, MINUTE_S, (uint64_t)i + 1);
        double start = now_s();

        series_append_many(series, channel, readings, count);
        many += now_s() - start;
        out->readings += count;
        if (series_unflushed(series) < FLUSH_READINGS && i + 1 < CHANNELS)
            continue;
        start = now_s();
        err = series_flush(series, out->readings, NULL, NULL);
        flush += now_s() - start;
    }
    out->many_per_s = (double)out->readings / many;
    out->ingest_per_s = (double)out->readings / (many + flush);
    free(readings);
    return err;
}

static double file_bytes(const char *path)
{
    static const char *const ends[] = {"", "-wal", "-shm", ".lock"};
    double bytes = 0;

    for (size_t i = 0; i < LENGTH(ends); i++) {
        char name[SERIES_PATH_MAX + 8];
        struct stat file;

        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        if (stat(name, &file) == 0)
            bytes += (double)file.st_size;
    }
    return bytes;
}

static void remove_files(const char *path)
{
    static const char *const ends[] = {"", "-wal", "-shm", ".lock"};

    for (size_t i = 0; i < LENGTH(ends); i++) {
        char name[SERIES_PATH_MAX + 8];

        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        unlink(name);
    }
}

static enum err summarise(struct series *series,
                          struct bench_series_result *out)
{
    channel_id channels[CHANNELS];
    struct series_range range = {START_S, START_S + (int64_t)MINUTES * 60};
    uint64_t seen = 0;
    enum err err = OK;

    for (int i = 0; i < CHANNELS; i++) {
        struct channel_key key = key_of(i, CADENCE_MINUTE);

        channels[i] = series_find(series, &key);
    }
    out->summarise_ms = 1e9;
    for (int i = 0; i < REPEATS && !err; i++) {
        struct series_summary *sums;
        struct arena arena;
        size_t steps;
        double start = now_s(), ms;

        arena_init(&arena);
        err = series_summarise(series, channels, CHANNELS, range, CADENCE_DAY,
                               (struct series_view){0}, &arena, &sums, &steps);
        ms = (now_s() - start) * 1e3;
        out->summarise_ms = ms < out->summarise_ms ? ms : out->summarise_ms;
        seen = 0;
        for (size_t s = 0; !err && s < CHANNELS * steps; s++)
            seen += sums[s].count;
        arena_done(&arena);
    }
    return err ? err : seen == out->readings ? OK : ERR_CORRUPT;
}

static enum err scan_year(struct series *series,
                          struct bench_series_result *out)
{
    struct reading *readings = memory_new(YEAR_HOURS, sizeof *readings);
    struct channel_key key = key_of(1, CADENCE_HOUR);
    channel_id channel = series_channel(series, &key);
    size_t count = make_walk(readings, YEAR_HOURS, HOUR_S, 77);
    struct series_range year = {START_S,
                                START_S + (int64_t)YEAR_HOURS * HOUR_S};
    enum err err;

    series_append_many(series, channel, readings, count);
    err = series_flush(series, 1, NULL, NULL);
    out->year_ms = 1e9;
    for (int i = 0; i < REPEATS && !err; i++) {
        struct reading *got;
        struct arena arena;
        size_t got_count = 0;
        double start = now_s(), ms;

        arena_init(&arena);
        err = series_scan(series, channel, year, (struct series_view){0}, 0,
                          &arena, &got, &got_count);
        ms = (now_s() - start) * 1e3;
        out->year_ms = ms < out->year_ms ? ms : out->year_ms;
        arena_done(&arena);
        if (!err && got_count != count)
            err = ERR_CORRUPT;
    }
    free(readings);
    return err;
}

static enum err append_live(struct series *series,
                            struct bench_series_result *out)
{
    channel_id first = series_count(series) + 1;
    struct reading r = {.present = READING_VALUE, .flag = 'N'};
    uint64_t state = 99;
    double start, many;
    enum err err;

    for (int i = 0; i < LATEST_CHANNELS; i++) {
        struct channel_key key = key_of(CHANNELS + i, CADENCE_REALTIME);

        series_channel(series, &key);
    }
    start = now_s();
    for (int round = 0; round < LIVE_ROUNDS; round++) {
        r.start_s = START_S + (int64_t)round * 30;
        r.arrival_us = (r.start_s + 1) * 1000000;
        for (int i = 0; i < LIVE_CHANNELS; i++) {
            r.number[COLUMN_VALUE] = DECIMAL(350 + next_step(&state), -1);
            (void)series_append(series, first + (channel_id)i, &r);
        }
    }
    many = now_s() - start;
    err = series_flush(series, 2, NULL, NULL);
    out->append_per_s = LIVE_CHANNELS * LIVE_ROUNDS / many;
    out->live_per_s = LIVE_CHANNELS * LIVE_ROUNDS / (now_s() - start);
    return err;
}

static enum err latest(struct series *series, struct bench_series_result *out)
{
    struct reading *all = memory_new(LATEST_CHANNELS, sizeof *all);
    size_t count = 0;

    out->latest_ms = 1e9;
    for (int i = 0; i < REPEATS; i++) {
        double start = now_s(), ms;

        count = series_latest_all(series, all, LATEST_CHANNELS);
        ms = (now_s() - start) * 1e3;
        out->latest_ms = ms < out->latest_ms ? ms : out->latest_ms;
    }
    free(all);
    return count == LATEST_CHANNELS ? OK : ERR_NOT_FOUND;
}

static enum err open_again(const char *path, struct series **series,
                           struct bench_series_result *out)
{
    double start;
    enum err err;

    series_close(*series);
    *series = NULL;
    start = now_s();
    err = series_open(path, NULL, series);
    out->open_ms = (now_s() - start) * 1e3;
    return err;
}

enum err bench_series(const char *directory, struct bench_series_result *out)
{
    char path[SERIES_PATH_MAX];
    struct series *series = NULL;
    enum err err;

    *out = (struct bench_series_result){0};
    snprintf(path, sizeof path, "%s/bench-series.db", directory);
    remove_files(path);
    err = series_open(path, NULL, &series);
    if (!err)
        err = ingest(series, out);
    if (!err)
        err = open_again(path, &series, out);
    out->bytes_per_reading = file_bytes(path) / (double)out->readings;
    if (!err)
        err = summarise(series, out);
    if (!err)
        err = scan_year(series, out);
    if (!err)
        err = append_live(series, out);
    if (!err)
        err = latest(series, out);
    if (!err)
        err = open_again(path, &series, out);
    series_close(series);
    remove_files(path);
    return err;
}
