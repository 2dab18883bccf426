/*
 * source rates - how much of an outlet's automatic data arrived and was valid:
 *
 *     transmission = received / due        due = all - stopped
 *     validity     = valid / received
 *     together     = transmission x validity = valid / due
 *
 * All pollutants of the outlet are counted together; each lost hour has a
 * reason and a place. Pure; the verdict lies on the arena.
 */
#ifndef ACCOUNT_SOURCE_RATES_H
#define ACCOUNT_SOURCE_RATES_H

#include "assess/account/hours.h"

enum { SOURCE_RATES_INPUTS_MAX = 64 };

void source_rates(const struct hours_input *inputs, size_t count,
                  struct arena *arena, struct verdict *out);

#endif
