/*
 * bench_series - how fast the series are and how little room they take, on
 * slow random walks (steps of about 1.5 units, 2.6 bits of entropy each) with
 * two readings in a hundred missing.
 */
#ifndef BENCH_SERIES_H
#define BENCH_SERIES_H

#include "base/err.h"

#include <stdint.h>

struct bench_series_result {
    uint64_t readings;        /* ingested by many() */
    double many_per_s;        /* series_append_many alone */
    double ingest_per_s;      /* with the flushes that follow */
    double append_per_s;      /* series_append over 10 000 channels in turn */
    double live_per_s;        /* the same with its flush */
    double bytes_per_reading; /* files closed, all of them */
    double latest_ms;         /* 30 000 channels */
    double year_ms;           /* 8 760 hours of one channel, scanned */
    double summarise_ms;      /* days of 1 000 minute channels, 7.5 days */
    double open_ms;           /* the store of all this, opened again */
};

/* Works in files of its own in a directory, which it removes. */
enum err bench_series(const char *directory,
                      struct bench_series_result *out) MUST_CHECK;

#endif
