/*
 * air_state - concentrations of gases at another reference state (GB 3095):
 * 273.15 K before 2018-09-01, 298.15 K since. Mass per volume goes with
 * 1/temperature, so a value of old is times 27315/29815 (0.9161), exactly.
 * Particles are told at the state they were sampled in and stay as they are.
 *
 * Pure.
 */
#ifndef AIR_STATE_H
#define AIR_STATE_H

#include "assess/air/air.h"

enum air_state { AIR_STATE_273, AIR_STATE_298 };

/* The kelvins of a state, by the table. */
struct decimal air_state_kelvin(enum air_state state);

/* Rounded once, half to even. */
enum err air_state_convert(struct decimal value, enum air_state from,
                           enum air_state to, int decimals,
                           struct decimal *out) MUST_CHECK;

/* Whether the pollutant is a gas in the sense of the rule. */
bool air_state_is_gas(enum air_pollutant p);

#endif
