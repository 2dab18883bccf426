/*
 * bench_ledger - how fast the ledger is here, and beside it what this disk can
 * do, measured in the same run. The figures depend on what else the machine is
 * doing: compare only within one run.
 */
#ifndef BENCH_LEDGER_H
#define BENCH_LEDGER_H

#include "base/err.h"

#include <stdint.h>

struct bench_ledger {
    /* this machine */
    double sync_ms_median, sync_ms_p99; /* fdatasync of 4 KiB, recycled file */
    double write_mb_s;                  /* sequential, with its sync */
    /* the ledger */
    double append_records_s; /* one thread into the page cache, no sync */
    double commit_records_s; /* acknowledged by the writer, each on disk */
    double commit_ms_p99;    /* a producer's batch, handed in to told */
    double commits_s;        /* syncs */
    double seal_mb_s;        /* hashing and compressing, behind */
    uint64_t records;        /* acknowledged */
};

/*
 * Works in a directory of its own below `directory`, about `seconds` for each
 * figure, with `producers` who each have one batch of `batch` records of
 * `payload` bytes under way.
 */
struct bench_ledger_options {
    const char *directory;
    double seconds;     /* 2 */
    unsigned producers; /* 1000 */
    unsigned batch;     /* 8 */
    unsigned payload;   /* 500 */
};

enum err bench_ledger(const struct bench_ledger_options *options,
                      struct bench_ledger *out) MUST_CHECK;

/* As lines for a person. */
void bench_ledger_print(const struct bench_ledger_options *options,
                        const struct bench_ledger *figures);

#endif
