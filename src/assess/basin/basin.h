/*
 * basin - the grade of a river, a river system or a basin by 环办〔2011〕22号:
 * with five sections or more by the shares of classes I to III and worse than
 * V; with fewer by the means of the items over the sections, which are rated
 * like one section. Shares are compared as fractions, never rounded. A section
 * without data leaves the denominator and is named. How many sections meet
 * their target class is told beside.
 *
 * Main pollutants: by shares the three items with the largest share of sections
 * where they are worse than III; by means as of a section. Excellent and good
 * name none.
 *
 * Pure; the grades are data (standards/water-basin-grades.csv).
 */
#ifndef BASIN_H
#define BASIN_H

#include "assess/water/water.h"

enum { BASIN_SHARES_FROM = 5 }; /* sections with a class */

struct basin_section {
    const char *name;
    const struct water_value *values; /* of the period */
    size_t value_count;
    int class;  /* as given, 1-6; 0: rated from the values */
    int target; /* 1-5; 0: none */
};

/*
 * Rating and level: 1 excellent to 5 heavily polluted. INSUFFICIENT when no
 * section has data, or fewer than five have no values to average.
 */
void basin_grade(const struct basin_section *sections, size_t count, int day,
                 struct arena *arena, struct verdict *out);

#endif
