/*
 * radiation_table - the rules of radiation.csv, and the quantities of a dose
 * rate. Absorbed dose in air (Gy) and ambient dose equivalent (Sv) are two
 * quantities; nothing here turns one into the other silently.
 */
#ifndef RADIATION_TABLE_H
#define RADIATION_TABLE_H

#include "assess/derivation/derivation.h"

enum dose_unit { DOSE_NGY_H, DOSE_UGY_H, DOSE_NSV_H, DOSE_USV_H };

const struct rule_table *radiation_rules(void);

/* A row of the record "setting" or "gamma" that is a number, in force on the
 * day (0: any) or, when none was yet, the first there is. */
const struct rule *radiation_number(const char *record, const char *key,
                                    const char *param, int day);

/* True for Sv/h. */
bool dose_is_equivalent(enum dose_unit unit);

/* In nGy/h or nSv/h, exactly; false when it does not fit. */
bool dose_in_nano(struct decimal value, enum dose_unit unit,
                  struct decimal *out);

/* "nGy/h" or "nSv/h" */
const char *dose_nano_unit(enum dose_unit unit);

#endif
