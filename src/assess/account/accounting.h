/*
 * accounting - the amount a source emitted in a period, by each way there is
 * data for, and which of them counts:
 *
 *     automatic   what the monitor measured, when its capture is 75 % or more
 *     manual      C x Q x hours
 *     factor      activity x factor x (1 - eta k)
 *     balance     SO2 of coal: 2 x conversion x coal x S x (1 - eta)
 *
 * The priority is rows of source-rules.csv; the other ways stay beside the
 * chosen one, with their difference to it. Pure; the verdict lies on the arena.
 */
#ifndef ACCOUNT_ACCOUNTING_H
#define ACCOUNT_ACCOUNTING_H

#include "assess/account/quantity.h"
#include "assess/derivation/derivation.h"

enum accounting_way {
    ACCOUNTING_AUTOMATIC,
    ACCOUNTING_MANUAL,
    ACCOUNTING_FACTOR,
    ACCOUNTING_BALANCE,
    ACCOUNTING_WAYS,
};

struct accounting {
    int day;
    bool has[ACCOUNTING_WAYS];
    struct decimal automatic_kg, capture; /* % */
    bool water; /* of the manual monitoring: mg/L, else mg/m3 */
    struct decimal concentration, flow, hours;
    struct quantity activity, factor;
    struct decimal eta;             /* % removed */
    struct decimal k;               /* 0..1, the share of time it really ran */
    struct decimal coal_t, sulphur; /* t, % */
    struct decimal conversion;      /* of the sulphur, 0..1 */
};

/* Whether the guide's bounds hold a conversion of coal's sulphur. */
bool accounting_conversion_allowed(struct decimal conversion, int day);

void accounting_of(const struct accounting *in, struct arena *arena,
                   struct verdict *out);

#endif
