/* The rule of the class: no words, no memory. */
#include "assess/water/water.h"

enum { SIGNIFICANT_MAX = 18 };

/*
 * To the notice's decimals, half to even; what would become 0 keeps one
 * significant digit.
 */
static struct decimal round_rated(struct decimal value, int decimals)
{
    struct decimal rounded;

    if (value.exponent >= -decimals)
        return value; /* no digit is lost */
    for (; decimals <= SIGNIFICANT_MAX; decimals++) {
        if (decimal_rescale(value, -decimals, ROUND_HALF_EVEN, &rounded))
            return value; /* too many digits to rescale: compared as it is */
        if (rounded.mantissa != 0 || value.mantissa == 0)
            return rounded;
    }
    return value;
}

struct decimal water_rated_value(const struct water_measure *measure,
                                 enum water_rounding rounding)
{
    struct decimal v = measure->value;

    if (measure->below_detection && decimal_mul(v, DECIMAL(5, -1), &v))
        v = measure->value; /* absurd digits: the limit itself */
    if (rounding == WATER_ROUND_NONE || measure->item->decimals < 0)
        return v;
    return round_rated(v, measure->item->decimals);
}

int water_item_class(const struct water_item *item, struct decimal rated)
{
    int class = 1;

    while (class <= WATER_CLASSES && !limit_meets(item->of[class - 1], rated))
        class ++;
    return class;
}

int water_rate(const struct water_measure *measures, size_t count,
               enum water_rounding rounding)
{
    int worst = 0;

    for (size_t i = 0; i < count; i++) {
        const struct water_measure *m = &measures[i];
        int class;

        if (!m->item->rated || m->value.mantissa < 0)
            continue;
        class = water_item_class(m->item, water_rated_value(m, rounding));
        worst = class > worst ? class : worst;
    }
    return worst;
}
