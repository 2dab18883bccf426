/*
 * stack - limits of the emission rate by the height of the stack, GB
 * 16297-1996. Between two listed heights the limit lies on a straight line;
 * above the highest and below the lowest it goes with the square of the height.
 * A stack under 15 m, and one that is not 5 m higher than the buildings around,
 * has half of it. Two stacks of one pollutant closer than the sum of their
 * heights count as one.
 *
 * Rates are kg/h, heights m; rounded once, to six decimals (a height to two).
 *
 * Pure. Texts live on the arena; a NULL arena asks for none.
 */
#ifndef SOURCE_STACK_H
#define SOURCE_STACK_H

#include "assess/source/convert.h"

/* A listed height with its limit. */
struct stack_rate {
    struct decimal height, rate;
};

struct stack_question {
    struct decimal height;
    bool under_buildings; /* not 5 m above those within 200 m */
};

/* `rates` by rising height, at least one. */
enum convert_verdict stack_limit(const struct stack_rate *rates, size_t count,
                                 struct stack_question question,
                                 struct arena *arena, struct converted *out);

struct stack {
    struct decimal height, rate;
};

/* Whether two stacks at this distance (m) count as one. */
bool stack_is_one(struct stack a, struct stack b, struct decimal distance);

/* Height and rate of the one; more stacks go pairwise in turn. OUT_OF_RANGE
 * for a height that is not above 0 or a rate below 0. */
enum convert_verdict stack_equivalent(struct stack a, struct stack b,
                                      struct arena *arena, struct stack *out,
                                      struct converted *out_height);

#endif
