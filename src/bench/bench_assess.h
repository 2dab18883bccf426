/*
 * bench_assess - how fast assessments are beside plain C loops over the same
 * numbers: the index of a year of hours out of the series store, and the
 * monthly classes of all sections. Both ways must agree, or it is an error.
 */
#ifndef BENCH_ASSESS_H
#define BENCH_ASSESS_H

#include "base/err.h"

#include <stdint.h>

/* Seconds are of 2,000 stations, reckoned up when fewer were measured. */
struct bench_air {
    int stations;
    double year_s;  /* store to index */
    double scan_s;  /* of it: blocks to values */
    double plain_s; /* a plain loop over the values in memory */
};

enum { BENCH_AIR_STATIONS = 2000 };

/* Works in a file of its own in a directory, which it removes. */
enum err bench_air(const char *directory, int stations,
                   struct bench_air *out) MUST_CHECK;

struct bench_water {
    double years_s; /* 3,646 sections x 60 months x 21 items */
    double plain_s;
};

enum err bench_water(struct bench_water *out) MUST_CHECK;

#endif
