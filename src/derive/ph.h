/*
 * ph - the mean of pH values: -lg of the mean of 10^-pH, in integers only.
 * Values are taken to four decimals; the mean is right to three.
 *
 * Pure.
 */
#ifndef DERIVE_PH_H
#define DERIVE_PH_H

#include "base/decimal.h"

struct ph_sum {
    __int128 activity; /* of 10^-pH, in 10^-30 */
    uint32_t count;
};

/* ERR_OUT_OF_RANGE outside 0 to 14: no pH. */
enum err ph_add(struct ph_sum *sum, struct decimal ph) MUST_CHECK;

/* The mean with 0 to 3 decimals. ERR_OUT_OF_RANGE when nothing was added. */
enum err ph_mean(const struct ph_sum *sum, int decimals,
                 struct decimal *out) MUST_CHECK;

#endif
