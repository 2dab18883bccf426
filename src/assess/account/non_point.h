/*
 * non point - the load of a catchment by export coefficients:
 *
 *     L = sum of E_i A_i + p        delivered = L x lambda
 *
 * E_i and A_i (areas, heads, people), the input by rain p and the river
 * coefficient lambda are local values and come with the question; none is kept
 * here. Pure; the verdict lies on the arena.
 */
#ifndef ACCOUNT_NON_POINT_H
#define ACCOUNT_NON_POINT_H

#include "assess/account/quantity.h"
#include "assess/derivation/derivation.h"

struct non_point_source {
    struct span kind; /* "paddy", "pigs" */
    struct quantity coefficient, amount;
};

struct non_point {
    const struct non_point_source *sources;
    size_t count;
    struct decimal rain_kg; /* p */
    bool has_lambda;
    struct decimal lambda; /* 0..1 */
    int day;
};

/* What cannot be multiplied is asked of quantity_product before. */
void non_point_load(const struct non_point *in, struct arena *arena,
                    struct verdict *out);

#endif
