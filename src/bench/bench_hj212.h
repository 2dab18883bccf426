/* bench_hj212 - how fast one core finds, checks and decodes HJ 212 frames. */
#ifndef BENCH_HJ212_H
#define BENCH_HJ212_H

#include "base/err.h"

/*
 * Minute records of ten factors with Min, Avg, Max and Flag, one behind the
 * other as a connection delivers them. Takes about half a second. The figure is
 * the best of several rounds, in megabytes (10^6) a second of processor time.
 */
enum err bench_codec(double *out_mb_per_s) MUST_CHECK;

#endif
