/*
 * reference - the tables of standards/ that the registry's values are held
 * against: administrative divisions (行政区划, GB/T 2260) and pollutants
 * (污染物编码, HJ 212-2017, HJ 524, HJ 525). Read once; immutable.
 */
#ifndef REGISTRY_REFERENCE_H
#define REGISTRY_REFERENCE_H

#include "base/arena.h"
#include "storage/registry/registry.h"

struct pollutant {
    struct span code;     /* HJ 212-2017; empty when only 2005 has it */
    struct span code2005; /* may be empty */
    struct span name_zh, name_en;
    struct span unit; /* of a concentration; may be empty */
    int decimals;     /* hint; -1 unknown */
};

struct reference;

/* Reads the tables out of the program. They are ours: damage asserts. */
struct reference *reference_new(void);
void reference_free(struct reference *reference);

const struct region *reference_regions(const struct reference *reference,
                                       size_t *out_count);
const struct region *reference_region(const struct reference *reference,
                                      int code);
/* By its Chinese or English name; NULL when none or several bear it. */
const struct region *reference_region_named(const struct reference *reference,
                                            struct span name);

/* By the code of 2017 in any case; "e10103" is found as "e101xx". */
const struct pollutant *reference_pollutant(const struct reference *reference,
                                            struct span code);
/* By a code of 2005 that 2017 writes otherwise; the first of its media. */
const struct pollutant *
reference_pollutant_2005(const struct reference *reference, struct span code);

#endif
