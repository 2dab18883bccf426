/*
 * emergency - the grade of an environmental emergency and the clocks of its
 * reports. The worst single criterion decides, never a sum (annex 1 of the
 * national plan); the clock runs from the moment the department learned of it,
 * not from when somebody typed it in (Order 17). While the level is not clear,
 * six conditions make it be reported like grade II. When the grade rises, it is
 * reported again by the rule of the new grade.
 *
 * Tables: standards/emergency.csv, with days, so that a renewed plan is rows.
 * Pure; the verdict lies on the arena.
 */
#ifndef EMERGENCY_H
#define EMERGENCY_H

#include "assess/derivation/derivation.h"

enum emergency_number {
    EMERGENCY_DEATHS,
    EMERGENCY_INJURED,
    EMERGENCY_EVACUATED,
    EMERGENCY_LOSS, /* 10^4 yuan */
    EMERGENCY_NUMBERS,
};

enum emergency_choice {
    EMERGENCY_ECOLOGY,
    EMERGENCY_INTAKE,
    EMERGENCY_RADIOACTIVE,
    EMERGENCY_SPREAD,
    EMERGENCY_CHOICES,
};

enum emergency_condition {
    EMERGENCY_DRINKING_ZONE,
    EMERGENCY_SENSITIVE_PLACE,
    EMERGENCY_HEAVY_METAL,
    EMERGENCY_BEYOND_PROVINCE,
    EMERGENCY_UNREST,
    EMERGENCY_AUTHORITY,
    EMERGENCY_CONDITIONS,
};

enum { EMERGENCY_GRADES = 4 };

struct emergency {
    int64_t learned_s; /* the clock starts here */
    bool has_number[EMERGENCY_NUMBERS];
    struct decimal number[EMERGENCY_NUMBERS];
    const char *choice[EMERGENCY_CHOICES]; /* "region_lost"; NULL: not known;
                                              "none": it is not so */
    bool condition[EMERGENCY_CONDITIONS];
    bool unclear;      /* the department says so */
    int earlier_grade; /* 1-4; 0: none was given before */
    int64_t risen_s;   /* when the higher grade was judged */
};

void emergency_grade(const struct emergency *e, struct arena *arena,
                     struct verdict *out);

#endif
