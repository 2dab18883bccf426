/*
 * bench - how fast all of it is on this machine, and beside each figure its
 * goal and what the machine itself can do, measured in the same run.
 *
 * A part (codec, ledger, ...) measures some of the figures of bench.def and
 * writes them into the one struct; a figure that was not measured stays NAN and
 * the part says why in `note`. Nothing here is a test: other work on the
 * machine changes every figure.
 */
#ifndef BENCH_H
#define BENCH_H

#include "base/err.h"

#include <stdbool.h>

enum bench_figure {
#define FIGURE(id, part, name, unit, better, goal, limit) BENCH_##id,
#include "bench/bench.def"
#undef FIGURE
    BENCH_FIGURES,
    BENCH_NONE = BENCH_FIGURES,
};

enum { BENCH_NOTE_MAX = 512 };

struct bench {
    const char *directory; /* room for temporary files; ours alone */
    double seconds;        /* about so long for each figure */
    double value[BENCH_FIGURES];
    char note[BENCH_NOTE_MAX]; /* what could not be measured and why */
};

/* Parts. What goes wrong is an error and a line in `note`. */
enum err bench_part_machine(struct bench *bench) MUST_CHECK;
enum err bench_part_codec(struct bench *bench) MUST_CHECK;
enum err bench_part_decimal(struct bench *bench) MUST_CHECK;
enum err bench_part_ledger(struct bench *bench) MUST_CHECK;
enum err bench_part_series(struct bench *bench) MUST_CHECK;
enum err bench_part_air(struct bench *bench) MUST_CHECK;
enum err bench_part_water(struct bench *bench) MUST_CHECK;

/* These start `shangyou serve` as a process of its own; see bench_serve.c. */
enum err bench_part_serve(struct bench *bench) MUST_CHECK;
enum err bench_part_api(struct bench *bench) MUST_CHECK;
enum err bench_part_sessions(struct bench *bench) MUST_CHECK;

/* Adds a line to the note, as printf. */
void bench_note(struct bench *bench, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

double bench_now_s(void);

#endif
