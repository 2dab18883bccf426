/*
 * soil_index - the single index P = C / S of every item and the Nemerow index
 *
 *     P_N = sqrt((mean(P)² + max(P)²) / 2)
 *
 * with the screening values of a land use as S, graded by HJ/T 166-2004 (P_N)
 * and by the rules of the soil survey (P). Bounds belong to the lower grade.
 * The grades were made for other values than today's S: they describe, they
 * find nothing in law. Not detected counts as half the detection limit. Pure.
 */
#ifndef SOIL_INDEX_H
#define SOIL_INDEX_H

#include "assess/soil/soil_table.h"

enum soil_reference {
    SOIL_BY_FARMLAND, /* GB 15618 */
    SOIL_BY_CLASS_1,  /* GB 36600 */
    SOIL_BY_CLASS_2,
};

struct soil_index_sample {
    enum soil_reference by;
    struct soil_place place; /* land and pH only for farmland */
    const struct soil_value *values;
    size_t count;
};

void soil_index_judge(const struct soil_index_sample *sample,
                      struct arena *arena, struct verdict *out);

#endif
