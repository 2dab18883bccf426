/*
 * together - where one limit is of several: near stacks of one plant that count
 * as one (GB 16297-1996 1.4), and an outlet in which waste waters of several
 * standards mix.
 *
 * The near stacks are taken in turn: one closer than the sum of the heights
 * makes an equivalent stack with what there is so far, at the distance that was
 * told. A mixed outlet's limit is the sum of limit x flow over the sum of
 * flows; every part must have an upper limit of the item, and of several that
 * govern the strictest is taken.
 *
 * Pure. Lives on the arena.
 */
#ifndef SOURCE_TOGETHER_H
#define SOURCE_TOGETHER_H

#include "assess/derivation/derivation.h"
#include "assess/source/source_standard.h"
#include "assess/source/stack.h"

/* This stack, or the equivalent one; how it was made in *out_how ("": it stands
 * alone). */
enum convert_verdict together_stack(const struct source_discharge *d,
                                    const char *item, struct decimal rate,
                                    struct arena *arena, struct stack *out,
                                    struct words *out_how);

/*
 * The limit of a concentration in the mixed water. False when there is none;
 * *out_how says how it was made, or why not. NULL in *out_how->zh: not all
 * limits are upper ones (pH), they hold as they are.
 */
bool together_limit(const struct source_discharge *d, const char *item,
                    struct arena *arena, struct source_limit *out,
                    struct words *out_how);

/*
 * From text: "25@30 SO2=1.2 NOx=0.8; 20@40 SO2=0.5" (height @ distance in m,
 * kg/h) and "industry=flow; industry=flow". False when it is not so.
 */
bool together_read_stacks(struct span text, struct arena *arena,
                          struct source_discharge *d);
bool together_read_parts(struct span text, struct arena *arena,
                         struct source_discharge *d);

#endif
