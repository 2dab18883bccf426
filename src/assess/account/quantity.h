/*
 * quantity - an activity times a factor, with their units beside them: 1200 t
 * of coal times 17 kg/t, 350 ha times 2.5 kg/ha. The unit behind the factor's
 * "/" must be the activity's, or one that converts exactly to it; what is
 * before it must be a mass. Anything else is refused, so that no figure is
 * ever multiplied by the wrong thing.
 *
 * Pure.
 */
#ifndef ACCOUNT_QUANTITY_H
#define ACCOUNT_QUANTITY_H

#include "base/arena.h"
#include "base/decimal.h"

struct quantity {
    struct decimal value;
    struct span unit;
};

enum quantity_verdict {
    QUANTITY_OK,
    QUANTITY_NO_FACTOR_UNIT, /* not "mass/unit" */
    QUANTITY_MISMATCH,       /* of other things */
    QUANTITY_OVERFLOW,
};

/* For people; "" for OK. */
const char *quantity_text(enum quantity_verdict verdict, bool english);

/* activity x factor in kg, exact. */
enum quantity_verdict quantity_product(struct quantity activity,
                                       struct quantity factor,
                                       struct decimal *out_kg);

/* Rounded half to even where it has more decimals than that. */
struct decimal quantity_round(struct decimal d, int decimals);

#endif
