/*
 * validity - how much must be there before a mean counts, and how it is
 * rounded: GB 3095 for air, HJ 75 and HJ 356 for outlets, the notices for
 * surface water. Rows of standards/validity.csv; where a standard is silent the
 * row says so (clause "own", confidence "low").
 *
 * Pure. Rules live as long as the program.
 */
#ifndef VALIDITY_H
#define VALIDITY_H

#include "base/datetime.h"
#include "base/decimal.h"
#include "base/rounding.h"
#include "base/span.h"

/* What is counted. */
enum validity_of {
    VALIDITY_MINUTES,  /* minutes of the hour that the valid values cover */
    VALIDITY_HOURS,    /* valid hourly means */
    VALIDITY_8H,       /* valid moving 8 h means */
    VALIDITY_4H,       /* valid four-hourly values */
    VALIDITY_READINGS, /* readings of whatever step */
    VALIDITY_DAYS,     /* valid daily means */
    VALIDITY_MONTHS,   /* valid monthly means */
};

struct validity_rule {
    const char *period; /* "1h" "8h" "8h_max" "24h" "month" "quarter" "year" */
    const char *standard; /* "-": none, our own default */
    int from_day, to_day;
    enum validity_of of;
    int needed;             /* at least so many; 0: only the share counts */
    int needed_february;    /* instead of needed in a February; 0: the same */
    int percent;            /* at least this share of what is due; 0: none */
    bool valid_above_limit; /* with fewer, valid all the same if the maximum is
                               above the limit (8 h ozone, HJ 663 6.1.2) */
    int decimals;           /* of the mean; -1: as the catalogue shows it */
    enum rounding rounding;
    const char *clause, *confidence, *note;
};

/*
 * The rule of a mean over a calendar period. `element` is a name of the
 * registry ("air", "water", "source_gas", "source_water"), `factor` a canonical
 * code. HOUR, DAY, MONTH, QUARTER, YEAR; NULL when there is none (also for a
 * day before the rules begin).
 */
const struct validity_rule *validity_rule_find(const char *element,
                                               struct span factor,
                                               enum cadence cadence, int day);

/*
 * The same by the name of the period: "8h" is the moving mean of ozone, whose
 * inputs are hours; "8h_max" the largest of a day, whose inputs are the 8 h
 * means labelled 08 to 24.
 */
const struct validity_rule *validity_rule_for(const char *element,
                                              struct span factor,
                                              const char *period, int day);

/*
 * The decimals of the mean: the rule's, or else those the factor is shown with
 * (for water two more than it is rated with, so that rounding again for the
 * class changes nothing that matters). At least 0.
 */
int validity_decimals(const struct validity_rule *rule, const char *element,
                      struct span factor);

/*
 * Whether `count` valid of `due` suffice. `month` is 1 to 12 (February may need
 * fewer); the exemption above the limit is the caller's to ask.
 */
bool validity_enough(const struct validity_rule *rule, int count, int due,
                     int month);

/* The limit that the exemption of 8 h ozone compares with: class II, ug/m3. */
bool validity_ozone_limit(int day, struct decimal *out);

/* All rows, in the table's order; NULL behind the last. */
const struct validity_rule *validity_rule_at(size_t index, const char **element,
                                             const char **factors);

#endif
