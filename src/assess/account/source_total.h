/*
 * source total - what an outlet emitted in a period: the hours' amounts added
 * up to days, days to months, months to the whole. Gas G = C x Q x 10^-6 kg/h
 * with C dry, standard state and NOT folded (HJ 75-2017); water C x Q x 10^-3
 * kg. Hours that were lost are left out and counted, never estimated here:
 * that is substitution's.
 *
 * Pure; the verdict lies on the arena.
 */
#ifndef ACCOUNT_SOURCE_TOTAL_H
#define ACCOUNT_SOURCE_TOTAL_H

#include "assess/account/hours.h"

void source_total(const struct hours_input *input, struct arena *arena,
                  struct verdict *out);

#endif
