/*
 * ei - the ecological index of HJ 192-2015 from areas, lengths and loads.
 *
 *     EI = 0.35 bio + 0.25 veg + 0.15 water + 0.15 (100 - land)
 *          + 0.10 (100 - pollution), then the environment restriction
 *
 * The five sub-indices come from what is measured with the coefficients of
 * annex B, are rounded to 0.1 and capped to 0..100; weights and coefficients
 * are data. The restriction is a cap, not minus points. A sub-index without all
 * its inputs is not guessed: there is then no EI. Pure.
 */
#ifndef ECOLOGY_EI_H
#define ECOLOGY_EI_H

#include "assess/derivation/derivation.h"

/* What may be handed in, in the order of ei_input_at. */
struct ei_input {
    const char *code; /* "closed_forest" */
    const char *unit; /* "km2" */
    struct words name;
    const char *aliases; /* ";" between; may be NULL */
    const char *rule;    /* its weight's key in the table; NULL */
};

const struct ei_input *ei_input_at(size_t index);

struct ei_value {
    const char *code;
    struct decimal value;
};

struct ei_region {
    struct decimal area; /* km2 */
    int restriction;     /* 0 none, 1 to 3 */
    const struct ei_value *values;
    size_t count;
    int day; /* RULE_NEWEST when not known */
};

void ei_judge(const struct ei_region *region, struct arena *arena,
              struct verdict *out);

/* Two years of a region: how much EI changed; the day is of the later. */
void ei_change_judge(struct decimal before, struct decimal after, int day,
                     struct arena *arena, struct verdict *out);

/* Three and more years: whether the changes swing. False: they do not. */
bool ei_swing_judge(const struct decimal *years, size_t count, int day,
                    struct arena *arena, struct verdict *out);

const struct rule_table *ecology_rules(void);

#endif
