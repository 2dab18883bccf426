/* The parts that run inside this process. */
#include "bench/bench.h"

#include "base/decimal.h"
#include "base/memory.h"
#include "bench/bench_assess.h"
#include "bench/bench_hj212.h"
#include "bench/bench_ledger.h"
#include "bench/bench_series.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>

enum {
    COPY_BYTES = 64 << 20,
    COPY_ROUNDS = 8,
    NUMBERS = 100000,
    NUMBER_BYTES = 16,
    LEDGER_PAYLOAD = 500,
    STATIONS_A_SECOND = 400,
};

double bench_now_s(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

void bench_note(struct bench *bench, const char *format, ...)
{
    size_t len = strlen(bench->note);
    va_list args;

    va_start(args, format);
    vsnprintf(bench->note + len, BENCH_NOTE_MAX - len, format, args);
    va_end(args);
}

enum err bench_part_machine(struct bench *bench)
{
    char *from = memory_new(COPY_BYTES, 1), *to = memory_new(COPY_BYTES, 1);
    double best = 0;

    for (int i = 0; i < COPY_ROUNDS; i++) {
        double start, rate;

        memset(from, i, COPY_BYTES); /* pages that are there */
        start = bench_now_s();
        memcpy(to, from, COPY_BYTES);
        __asm__ volatile("" : : "r"(to) : "memory"); /* the copy is wanted */
        rate = COPY_BYTES * 1e-6 / (bench_now_s() - start);
        best = rate > best ? rate : best;
    }
    free(from);
    free(to);
    bench->value[BENCH_MEMCPY] = best;
    return OK;
}

enum err bench_part_codec(struct bench *bench)
{
    return bench_codec(&bench->value[BENCH_CODEC]);
}

/* Values as devices write them: 0.0 to 9999.99 with none to three decimals. */
static void write_numbers(char (*out)[NUMBER_BYTES])
{
    for (unsigned i = 0; i < NUMBERS; i++) {
        struct decimal d =
            DECIMAL((int64_t)(i * 7919ULL % 999983), (int8_t)(-(int)(i % 4)));
        char text[DECIMAL_TEXT_MAX];

        decimal_format(d, text);
        snprintf(out[i], NUMBER_BYTES, "%.15s", text);
    }
}

static enum err parse_all(char (*texts)[NUMBER_BYTES], struct decimal *out)
{
    enum err err = OK;

    for (size_t i = 0; i < NUMBERS && !err; i++) {
        char text[DECIMAL_TEXT_MAX];

        err = decimal_parse(span_of(texts[i]), &out[i]);
        if (!err && decimal_format(out[i], text) != strlen(texts[i]))
            err = ERR_CORRUPT;
    }
    return err;
}

static enum err sum_all(const struct decimal *all, struct decimal *out)
{
    struct decimal_sum sum = DECIMAL_SUM_ZERO;
    enum err err = OK;

    for (size_t i = 0; i < NUMBERS && !err; i++)
        err = decimal_sum_add(&sum, all[i]);
    return err ? err : decimal_sum_mean(&sum, -3, ROUND_HALF_EVEN, out);
}

enum err bench_part_decimal(struct bench *bench)
{
    static char texts[NUMBERS][NUMBER_BYTES];
    static struct decimal all[NUMBERS];
    struct decimal mean;
    double end = bench_now_s() + bench->seconds / 2;
    double start, parse = 1e9, sum = 1e9;
    enum err err = OK;

    write_numbers(texts);
    while (!err && bench_now_s() < end) {
        start = bench_now_s();
        err = parse_all(texts, all);
        parse = bench_now_s() - start < parse ? bench_now_s() - start : parse;
        start = bench_now_s();
        if (!err)
            err = sum_all(all, &mean);
        sum = bench_now_s() - start < sum ? bench_now_s() - start : sum;
    }
    bench->value[BENCH_PARSE] = NUMBERS * 1e-6 / parse;
    bench->value[BENCH_MEAN] = NUMBERS * 1e-6 / sum;
    return err;
}

enum err bench_part_ledger(struct bench *bench)
{
    struct bench_ledger_options options = {.directory = bench->directory,
                                           .seconds = bench->seconds,
                                           .producers = 1000,
                                           .batch = 8,
                                           .payload = LEDGER_PAYLOAD};
    struct bench_ledger got;
    enum err err = bench_ledger(&options, &got);
    double *value = bench->value;

    if (err)
        return err;
    value[BENCH_WRITE] = got.write_mb_s;
    value[BENCH_SYNC] = got.sync_ms_median;
    value[BENCH_SYNC_P99] = got.sync_ms_p99;
    value[BENCH_APPEND] = got.append_records_s * LEDGER_PAYLOAD * 1e-6;
    value[BENCH_COMMIT] = got.commit_records_s;
    value[BENCH_COMMIT_BYTES] = got.commit_records_s * LEDGER_PAYLOAD * 1e-6;
    value[BENCH_COMMIT_P99] = got.commit_ms_p99;
    value[BENCH_SEAL] = got.seal_mb_s;
    return OK;
}

enum err bench_part_series(struct bench *bench)
{
    struct bench_series_result got;
    enum err err = bench_series(bench->directory, &got);
    double *value = bench->value;

    if (err)
        return err;
    value[BENCH_INGEST] = got.many_per_s * 1e-6;
    value[BENCH_INGEST_FLUSH] = got.ingest_per_s * 1e-6;
    value[BENCH_LIVE] = got.live_per_s * 1e-6;
    value[BENCH_READING_BYTES] = got.bytes_per_reading;
    value[BENCH_LATEST] = got.latest_ms;
    value[BENCH_YEAR] = got.year_ms;
    value[BENCH_DAILY] = got.summarise_ms;
    value[BENCH_OPEN] = got.open_ms;
    return OK;
}

enum err bench_part_air(struct bench *bench)
{
    int stations = (int)bench->seconds * STATIONS_A_SECOND;
    struct bench_air got;
    double *value = bench->value;
    enum err err;

    if (stations > BENCH_AIR_STATIONS)
        stations = BENCH_AIR_STATIONS;
    err = bench_air(bench->directory, stations, &got);
    if (err)
        return err;
    if (stations < BENCH_AIR_STATIONS)
        bench_note(bench, "assess-air: measured on %d stations, reckoned up\n",
                   stations);
    value[BENCH_AIR_PLAIN] = got.plain_s;
    value[BENCH_AIR_YEAR] = got.year_s;
    value[BENCH_AIR_SCAN] = got.scan_s;
    value[BENCH_AIR_HOUR] = got.year_s * 1e9 / (BENCH_AIR_STATIONS * 8760.0);
    return OK;
}

enum err bench_part_water(struct bench *bench)
{
    struct bench_water got;
    enum err err = bench_water(&got);

    if (err)
        return err;
    bench->value[BENCH_WATER_PLAIN] = got.plain_s;
    bench->value[BENCH_WATER_YEARS] = got.years_s;
    return OK;
}
