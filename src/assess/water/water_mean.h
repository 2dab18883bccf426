/*
 * water_mean - means of an item over samples, months or sections: arithmetic,
 * but of pH through the concentration of hydrogen ions; half the limit for what
 * was not detected. A mean keeps eight digits behind those it is rated with, so
 * that a mean of means is rounded once, before the comparison. Pure.
 */
#ifndef WATER_MEAN_H
#define WATER_MEAN_H

#include "assess/water/water.h"

/*
 * The mean of measures of one item (at least one) and how it came about, in
 * numbers. False when it does not fit in a decimal.
 */
bool water_mean(const struct water_measure *measures, size_t count,
                struct arena *arena, struct decimal *out, const char **how);

/* The same value without zeros behind the point. */
struct decimal water_trimmed(struct decimal d);

#endif
