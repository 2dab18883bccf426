#include "assess/radiation/radiation_table.h"

#include <assert.h>

enum { NANO_IN_MICRO = 1000 };

const struct rule_table *radiation_rules(void)
{
    return rule_table("radiation.csv");
}

const struct rule *radiation_number(const char *record, const char *key,
                                    const char *param, int day)
{
    struct rule_question q = {
        .record = record, .key = key, .param = param, .day = day};
    const struct rule *r = rule_find(radiation_rules(), q);

    if (!r) {
        q.day = 0;
        r = rule_need(radiation_rules(), q);
    }

    assert(r->is_number);
    return r;
}

bool dose_is_equivalent(enum dose_unit unit)
{
    return unit == DOSE_NSV_H || unit == DOSE_USV_H;
}

bool dose_in_nano(struct decimal value, enum dose_unit unit,
                  struct decimal *out)
{
    *out = value;
    if (unit == DOSE_NGY_H || unit == DOSE_NSV_H)
        return true;
    return !decimal_mul(value, DECIMAL(NANO_IN_MICRO, 0), out);
}

const char *dose_nano_unit(enum dose_unit unit)
{
    return dose_is_equivalent(unit) ? "nSv/h" : "nGy/h";
}
