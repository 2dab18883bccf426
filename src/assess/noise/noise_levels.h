/*
 * noise_levels - Ld, Ln, Ldn and the statistical levels of one date from a
 * series of equal steps (hours, minutes, seconds).
 *
 *     06:00        22:00        06:00
 *       | day, 16 h  | night, 8 h |          all of it is the date of 06:00:
 *                                            the night belongs to the date of
 *                                            22:00
 *
 * An hour's Leq is the energy mean of its readings and is valid with enough of
 * them; Ld and Ln are the energy means of the valid hours, when enough hours
 * are valid. Hours are rounded to 0.1 dB before, as stations report them, so
 * that the derivation can be followed by hand.
 *
 * LN is the level that N % of the readings reach. The largest level comes only
 * from readings that carry one. Pure.
 */
#ifndef NOISE_LEVELS_H
#define NOISE_LEVELS_H

#include "assess/noise/noise_table.h"

struct noise_reading {
    int64_t start_s; /* of the step, or any moment inside it */
    struct decimal level;
    bool has_max, bad_weather; /* rain, snow, thunder, wind of 5 m/s and more */
    struct decimal max;
};

struct noise_day {
    const struct noise_reading *readings; /* of one date, in any order */
    size_t count;
    int step_s; /* 3600, 60, 1: what one reading stands for */
    int day;    /* yyyymmdd, of 06:00 */
    const struct decimal *min_capture; /* percent; NULL: the table's */
};

/* yyyymmdd: the date that a moment belongs to. */
int noise_date(int64_t moment_s);

void noise_levels_judge(const struct noise_day *day, struct arena *arena,
                        struct verdict *out);

#endif
