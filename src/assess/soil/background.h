/*
 * background - soil contents against a background B that the reader gives:
 *
 *     accumulation index      C / B
 *     geo-accumulation index  Igeo = log2(C / (1.5 B))     (Müller)
 *     ecological risk         E = T C / B,  RI = sum of E  (Hakanson)
 *
 * Scientific tools, no standards. Classes of Igeo are found by comparing C with
 * 1.5 B 2^k, exactly, never by the rounded logarithm. Items without a toxic
 * response T are left out of RI. Not detected counts as half the detection
 * limit. Pure.
 */
#ifndef SOIL_BACKGROUND_H
#define SOIL_BACKGROUND_H

#include "assess/soil/soil_table.h"

struct background_sample {
    const struct soil_value *values;
    size_t count;
    const struct soil_value *backgrounds; /* of the same items */
    size_t background_count;
};

void background_judge(const struct background_sample *sample,
                      struct arena *arena, struct verdict *out);

#endif
