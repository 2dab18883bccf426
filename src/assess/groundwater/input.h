/*
 * input - a value of the engine as the water families judge it.
 */
#ifndef GROUNDWATER_INPUT_H
#define GROUNDWATER_INPUT_H

#include "assess/catalogue/assessment.h"
#include "assess/limit/measured.h"

struct measured measured_of(const struct assess_value *value);

/* All values of a record, on the arena. */
struct measured *measured_all(const struct assess_record *record,
                              struct arena *arena);

/*
 * Other names of an item, ";" between: without what stands in brackets behind
 * it, when that is only how it is counted - (以N计), (总量), (as N), (total).
 */
const char *measured_aliases(const char *name_zh, const char *name_en,
                             struct arena *arena);

#endif
