#include "assess/noise/noise_table.h"

#include <assert.h>
#include <math.h>

enum { DAY_HOURS = 16, NIGHT_HOURS = 8, NIGHT_PENALTY = 10 };

const struct rule_table *noise_rules(void)
{
    return rule_table("noise.csv");
}

struct decimal noise_tenth(struct decimal level)
{
    struct decimal out;

    return decimal_rescale(level, -1, ROUND_HALF_EVEN, &out) ? level : out;
}

static long double energy(struct decimal level)
{
    return powl(10.0L, decimal_real(level) / 10);
}

struct decimal noise_energy_mean(const struct decimal *levels, size_t count)
{
    long double sum = 0;

    assert(count > 0);
    for (size_t i = 0; i < count; i++)
        sum += energy(levels[i]);
    return decimal_from_real(10 * log10l(sum / (long double)count), 1);
}

struct decimal noise_day_night(struct decimal ld, struct decimal ln)
{
    struct decimal night;
    long double sum;

    if (decimal_add(ln, DECIMAL(NIGHT_PENALTY, 0), &night))
        night = ln;
    sum = DAY_HOURS * energy(ld) + NIGHT_HOURS * energy(night);
    return decimal_from_real(10 * log10l(sum / (DAY_HOURS + NIGHT_HOURS)), 1);
}
