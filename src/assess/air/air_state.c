#include "assess/air/air_state.h"

#include <assert.h>

struct decimal air_state_kelvin(enum air_state state)
{
    const struct rule *rule =
        air_rule("state", state == AIR_STATE_273 ? "273" : "298", "kelvin", 0);

    assert(rule && rule->is_number);
    return rule->value;
}

enum err air_state_convert(struct decimal value, enum air_state from,
                           enum air_state to, int decimals, struct decimal *out)
{
    if (decimals < 0 || decimals > DECIMAL_EXPONENT_MAX)
        return ERR_OUT_OF_RANGE;
    return decimal_muldiv(value, air_state_kelvin(from), air_state_kelvin(to),
                          -decimals, ROUND_HALF_EVEN, out);
}

bool air_state_is_gas(enum air_pollutant p)
{
    return p != AIR_PB && p != AIR_BAP && !air_name(p)->is_particle;
}
