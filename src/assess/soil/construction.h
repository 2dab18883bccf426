/*
 * construction - soil of construction land by GB 36600-2018: each content
 * against the screening and the intervention value of the land class. Equal is
 * within.
 *
 *     1  <= screening      risk negligible
 *     2  <= intervention   detailed investigation and risk assessment
 *     3  >  intervention   control or remediation
 *
 * What is above screening only because the soil type has it by nature (annex
 * A: As, Co, V) is level 1. A land use that is not known is taken for class 1,
 * the stricter, and the verdict says so. Volatile items are rated on
 * undisturbed samples only. Pure.
 */
#ifndef SOIL_CONSTRUCTION_H
#define SOIL_CONSTRUCTION_H

#include "assess/soil/soil_table.h"

struct construction_sample {
    int land_class; /* 1, 2; 0: the use is not known */
    enum {
        CONSTRUCTION_NOT_TOLD,
        CONSTRUCTION_UNDISTURBED,
        CONSTRUCTION_MIXED,
    } taken;
    bool first; /* first investigation: all 45 basic items must be there */
    struct span soil_type; /* GB/T 17296, Chinese or English; may be empty */
    /* known natural background, instead of annex A; may hold none */
    const struct soil_value *backgrounds;
    size_t background_count;
    int day; /* RULE_NEWEST when not known */
    const struct soil_value *values;
    size_t count;
};

void construction_judge(const struct construction_sample *sample,
                        struct arena *arena, struct verdict *out);

#endif
