/*
 * source standard - a discharge against the tables of the emission standards
 * and its permit. For every value the limits that hold are found (limits.h),
 * the value is brought to what each limit speaks of (dry, reference oxygen,
 * benchmark drainage), and compared with all its digits; equal is within.
 *
 * Local standards go before industry standards, these before general ones; the
 * ones gone before are shown, and do not decide. Several standards of one rank
 * are each rated. A permit's limit governs, unless it is looser than the
 * standard's: then the stricter one does (or the permit alone, when asked).
 *
 * The rating is 1 when a governing limit is broken, else 0; the index is the
 * largest multiple, value / limit - 1 with two decimals; pH and lower bounds
 * have none. A value without a limit, or one that cannot be compared, is listed
 * with the reason. When nothing could be compared: INSUFFICIENT.
 * Near stacks and mixed waters are told in together.h.
 *
 * Pure. The verdict lives on the arena.
 */
#ifndef SOURCE_STANDARD_H
#define SOURCE_STANDARD_H

#include "assess/source/convert.h"
#include "assess/source/limits.h"
#include "assess/source/mark.h"
#include "assess/verdict.h"

enum source_form {
    SOURCE_CONCENTRATION, /* in the unit of the limits */
    SOURCE_RATE,          /* kg/h */
    SOURCE_PPM,           /* a concentration as a volume share */
};

struct source_value {
    const char *item;
    enum source_form form;
    struct decimal value;
    /* value is the limit of detection, 0 when that is not told */
    bool below_detection;
    enum { SOURCE_NUMBER, SOURCE_NONE, SOURCE_PRESENT } is;
};

/* A limit of the permit, an upper one. */
struct source_permit {
    const char *item;
    bool rate;
    struct decimal limit;
};

/* Another stack of the plant: m, the distance from this one; its rates are like
 * those of a permit, kg/h. */
struct source_near_stack {
    struct decimal height, distance;
    const struct source_permit *rates;
    size_t rate_count;
};

/* A waste water that is mixed into the outlet. */
struct source_part {
    struct span applies_to;
    struct decimal flow;
};

/* What is known about how the values were taken. */
struct source_gas {
    bool has_oxygen, has_moisture;
    struct decimal oxygen, moisture; /* percent */
    bool wet;                        /* concentrations are of the wet gas */
    bool oxygen_wet;                 /* so is the oxygen */
    bool folded;                     /* concentrations are folded already */
    bool condition; /* the condition of a limit's oxygen is met */
};

struct source_discharge {
    struct source_outlet outlet;
    struct source_gas gas;
    enum plant_state plant;
    enum monitor_state monitor;
    bool has_stack, under_buildings;
    struct decimal stack; /* m */
    const struct source_near_stack *near;
    size_t near_count;
    const struct source_part *parts; /* of a mixed outlet */
    size_t part_count;
    bool has_drainage;
    struct decimal drainage, allowed; /* m3 */
    bool permit_alone;
    const struct source_value *values;
    const struct source_permit *permits;
    size_t value_count, permit_count;
};

enum { SOURCE_VALUES_MAX = 256 };

void source_standard(const struct source_discharge *discharge,
                     struct arena *arena, struct verdict *out);

/*
 * A concentration as the limit wants it: dry and at its reference oxygen.
 * CONVERT_OK, or why not; an input that is missing or oxygen that is too high
 * is told in *out_missing (both languages), else left NULL.
 */
enum convert_verdict source_prepare(const struct source_gas *gas,
                                    const struct source_limit *limit,
                                    struct decimal value, struct arena *arena,
                                    struct converted *out,
                                    const char *out_missing[2]);

/* 氨氮 / ammonia nitrogen; the item itself when nobody knows it. */
const char *source_item_name(const char *item, bool english);

#endif
