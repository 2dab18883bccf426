/*
 * farmland - soil of farmland by GB 15618-2018: each content against the
 * screening value of the land use and the pH, and against the intervention
 * value. Equal is within; pH 5.5, 6.5 and 7.5 belong to the lower band.
 *
 *     1  <= screening      low risk                 (优先保护类)
 *     2  <= intervention   risk may exist           (安全利用类)
 *     3  >  intervention   high risk                (严格管控类)
 *
 * The sample takes its worst item. The soil alone proposes a management class;
 * the produce decides with it. Pure.
 */
#ifndef SOIL_FARMLAND_H
#define SOIL_FARMLAND_H

#include "assess/soil/soil_table.h"

struct farmland_sample {
    struct soil_place place;
    const struct soil_value *values;
    size_t count;
};

void farmland_judge(const struct farmland_sample *sample, struct arena *arena,
                    struct verdict *out);

#endif
