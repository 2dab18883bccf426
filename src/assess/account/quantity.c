#include "assess/account/quantity.h"

#include "assess/factor/factor.h"

static const struct {
    const char *zh, *en;
    /* clang-format off */
} texts[] = {
    [QUANTITY_OK] = {"", ""},
    [QUANTITY_NO_FACTOR_UNIT] = {
        "系数的单位须为 质量/活动量,如 kg/t",
        "the factor's unit must be a mass over a unit, like kg/t"},
    [QUANTITY_MISMATCH] = {"活动量的单位与系数的分母不一致",
                           "the activity's unit is not that of the factor"},
    [QUANTITY_OVERFLOW] = {"数值过大,无法计算", "too large to be computed"},
};
/* clang-format on */

const char *quantity_text(enum quantity_verdict verdict, bool english)
{
    return english ? texts[verdict].en : texts[verdict].zh;
}

enum quantity_verdict quantity_product(struct quantity activity,
                                       struct quantity factor,
                                       struct decimal *out_kg)
{
    struct span below = factor.unit, mass = span_trim(span_take(&below, '/'));
    struct decimal kg, amount = activity.value;

    below = span_trim(below);
    if (!mass.len || !below.len ||
        unit_convert(factor.value, mass, SPAN("kg"), &kg))
        return QUANTITY_NO_FACTOR_UNIT;
    if (!span_equal(span_trim(activity.unit), below) &&
        unit_convert(amount, span_trim(activity.unit), below, &amount))
        return QUANTITY_MISMATCH;
    return decimal_mul(amount, kg, out_kg) ? QUANTITY_OVERFLOW : QUANTITY_OK;
}

struct decimal quantity_round(struct decimal d, int decimals)
{
    struct decimal out;

    if (d.exponent >= -decimals ||
        decimal_rescale(d, -decimals, ROUND_HALF_EVEN, &out))
        return d;
    return out;
}
