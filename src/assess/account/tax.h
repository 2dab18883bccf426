/*
 * tax - the environment protection tax of one outlet: equivalents are the
 * amount over the pollutant's equivalent value (schedule 2); of an air outlet
 * the three largest are taxed, of a water outlet the five largest of the first
 * class and the three largest of the others. Of COD, BOD5 and TOC only one,
 * and of coliforms and residual chlorine only one, counts: the larger. A
 * concentration at least 30 % under its limit is taxed at 75 %, at least 50 %
 * at 50 %.
 *
 * Tables: env-tax-equivalents.csv, source-rules.csv (rates by province, bounds,
 * bands of pH). Pure; everything lies on the arena.
 */
#ifndef ACCOUNT_TAX_H
#define ACCOUNT_TAX_H

#include "assess/derivation/derivation.h"

enum { TAX_POLLUTANTS_MAX = 256 };

enum tax_medium { TAX_AIR, TAX_WATER };

struct tax_pollutant {
    struct span name;      /* as in schedule 2, or any name of the catalogue */
    struct decimal amount; /* kg; of pH, coliforms, chlorine t of water; of
                              colour t of water x times over */
    bool has_ph;
    struct decimal ph; /* of pH: what was measured */
    bool has_limit;    /* then concentration and limit, in one unit */
    struct decimal concentration, limit;
};

struct tax_outlet {
    enum tax_medium medium;
    const struct tax_pollutant *pollutants;
    size_t count;
    int day;
    struct span province; /* of the rate, when that is not given */
    bool has_rate;
    struct decimal rate; /* yuan an equivalent */
};

/* Whether schedule 2 knows a pollutant of that medium by this name. */
bool tax_knows(enum tax_medium medium, struct span name);

/* Whether the law allows a rate. */
bool tax_rate_allowed(enum tax_medium medium, struct decimal rate, int day);

void tax_of(const struct tax_outlet *outlet, struct arena *arena,
            struct verdict *out);

#endif
