/*
 * water_change - two periods of a section or a river compared,
 * 环办〔2011〕22号: by grade (none, one, more steps) and, with five sections or
 * more, by shares: d = ΔG − ΔD, G the share of classes I to III and D that of
 * worse than V, in percentage points, unrounded. Where both can be applied both
 * are told, and the larger change is the result.
 *
 * Only the same items, sections and seasons are compared: whoever calls sees to
 * that, of items with water_change_items. Pure; thresholds are data
 * (standards/water-change.csv).
 */
#ifndef WATER_CHANGE_H
#define WATER_CHANGE_H

#include "assess/water/water.h"

/* One section's classes, 1 to 6. */
struct change_pair {
    const char *section;
    int before, after;
    int items; /* that both classes rest on; 0: not told, the steps say so */
};

/*
 * Of two lists of items (names or codes; ";", "," or "、" between) those that
 * stand in one alone, on the arena; "" when both hold the same. How many the
 * first holds, each once, in *out_count.
 */
const char *water_change_items(struct span before, struct span after,
                               struct arena *arena, int *out_count);

/* Rating and level: 1 clearly better, 2 better, 3 no clear change, 4 worse, 5
 * clearly worse. INSUFFICIENT for two to four sections: classes alone give
 * them no grade. */
void water_change(const struct change_pair *pairs, size_t count, int day,
                  struct arena *arena, struct verdict *out);

#endif
