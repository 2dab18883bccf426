/*
 * eqi - regional ecological quality by the trial method of 2021
 * (环监测〔2021〕99号):
 *
 *     EQI = 0.36 pattern + 0.35 function + 0.19 biodiversity
 *           + 0.10 (100 - stress)
 *
 * Weights and classes are known (medium confidence); members, weights and
 * normalisation of the lower levels are not, and are read from the input: as
 * weighted members of each index. An official EQI is taken as it is. Pure.
 */
#ifndef ECOLOGY_EQI_H
#define ECOLOGY_EQI_H

#include "assess/derivation/derivation.h"

enum eqi_index {
    EQI_PATTERN,
    EQI_FUNCTION,
    EQI_BIODIVERSITY,
    EQI_STRESS,
    EQI_INDICES
};

struct eqi_region {
    const struct decimal *official; /* NULL: composed */
    const struct decimal *index[EQI_INDICES];
    /* where an index came from members: "0.4×72.1 + 0.6×55.0"; else NULL */
    const char *members[EQI_INDICES];
    const struct decimal *before; /* EQI of an earlier year; NULL */
};

/* "pattern"; the name in a table of input. */
const char *eqi_index_name(enum eqi_index index);

/*
 * Reads "0.4*72.1+0.6*55.0": the weighted sum, which must have weights that
 * add up to 1 and members of 0..100. False when it is no such text.
 */
bool eqi_members(struct span text, struct arena *arena, struct decimal *out,
                 const char **line);

void eqi_judge(const struct eqi_region *region, struct arena *arena,
               struct verdict *out);

#endif
