/*
 * dose_rate - readings of one station's gamma dose rate against its own
 * background and, where known, the natural range of the place.
 *
 *     level 1   above mean + 3 sd of the dry readings of the 30 days before
 *               (or of a background that is given); or above the natural range
 *     level 2   above mean + 100 nGy/h twice in a row, or an artificial nuclide
 *               was found
 *
 * No national number exists: these are proposals, all of them settings, of low
 * confidence. Rain, now or within two hours before, explains a short rise: it
 * takes an alarm down by one level, but never that of an artificial nuclide. A
 * low reading is no alarm.
 *
 * A background in the other quantity is refused before it comes here. Pure.
 */
#ifndef RADIATION_DOSE_RATE_H
#define RADIATION_DOSE_RATE_H

#include "assess/radiation/radiation_table.h"

struct dose_reading {
    int64_t start_s;
    struct decimal value; /* nano */
    bool rain, artificial;
};

struct dose_station {
    const char *unit;                 /* "nGy/h", "nSv/h": of everything here */
    const struct decimal *mean, *sd;  /* NULL: from the readings */
    const struct decimal *low, *high; /* natural range; NULL: not known */
    const struct decimal *sd_factor;  /* NULL: the table's */
    const struct decimal *above;      /* NULL: the table's, for nGy/h */
    const struct dose_reading *readings; /* by time */
    size_t count;
};

/* One verdict a reading, in `out`. */
void dose_rate_judge(const struct dose_station *station, struct arena *arena,
                     struct verdict *out);

#endif
