/*
 * noise_table - what the noise assessments share: the rules of noise.csv, the
 * energy mean, and levels in the 0.1 dB that the standards speak of.
 */
#ifndef NOISE_TABLE_H
#define NOISE_TABLE_H

#include "assess/derivation/derivation.h"

#define NOISE_UNIT "dB(A)"

const struct rule_table *noise_rules(void);

/* To 0.1 dB, half to even. */
struct decimal noise_tenth(struct decimal level);

/* 10 lg(mean of 10^(L/10)), to 0.1 dB. count > 0. */
struct decimal noise_energy_mean(const struct decimal *levels, size_t count);

/* 10 lg((16·10^(Ld/10) + 8·10^((Ln+10)/10)) / 24), to 0.1 dB. */
struct decimal noise_day_night(struct decimal ld, struct decimal ln);

#endif
