#include "assess/water/water_mean.h"

#include "assess/statistics/statistics.h"
#include "assess/step.h"

#include <math.h>

enum { GUARD = 8, PH_DIGITS = 4, LIST_MAX = 31 };

static const char ph[] = "w01001";

struct decimal water_trimmed(struct decimal d)
{
    while (d.exponent < 0 && d.mantissa % 10 == 0) {
        d.mantissa /= 10;
        d.exponent++;
    }
    return d;
}

/* "0.2 + <0.02/2 + 0.31"; more than can be read: only how many. */
static const char *list_of(const struct water_measure *m, size_t count,
                           const char *before, struct arena *arena)
{
    const char *list = "";

    for (size_t i = 0; i < count && i < LIST_MAX; i++)
        list = step_join(arena, list, " + ",
                         arena_printf(arena, "%s%s%s%s", before,
                                      m[i].below_detection ? "<" : "",
                                      step_decimal(arena, m[i].value),
                                      m[i].below_detection ? "/2" : ""));
    if (count > LIST_MAX)
        list = arena_printf(arena, "%s + … [%zu]", list, count);
    return list;
}

static bool mean_of_ph(const struct water_measure *m, size_t count,
                       struct arena *arena, struct decimal *out,
                       const char **how)
{
    long double sum = 0;

    for (size_t i = 0; i < count; i++) {
        long double value = decimal_to_real(m[i].value);

        if (!(value >= 0 && value <= 14))
            return false;
        sum += powl(10, -value);
    }
    if (real_to_decimal(-log10l(sum / (long double)count), -PH_DIGITS, out))
        return false;
    *out = water_trimmed(*out);
    *how = arena_printf(arena, "−lg((%s)/%zu) = %s",
                        list_of(m, count, "10^−", arena), count,
                        step_decimal(arena, *out));
    return true;
}

bool water_mean(const struct water_measure *measures, size_t count,
                struct arena *arena, struct decimal *out, const char **how)
{
    int decimals = measures[0].item->decimals;
    struct decimal_sum sum = DECIMAL_SUM_ZERO;
    struct decimal total;

    *how = "";
    if (count == 1 && !measures[0].below_detection) {
        *out = measures[0].value;
        return true;
    }
    if (strcmp(measures[0].item->code, ph) == 0)
        return mean_of_ph(measures, count, arena, out, how);
    for (size_t i = 0; i < count; i++) {
        if (decimal_sum_add(&sum,
                            water_rated_value(&measures[i], WATER_ROUND_NONE)))
            return false;
    }
    if (decimal_sum_mean(&sum, -(decimals < 0 ? 0 : decimals) - GUARD,
                         ROUND_HALF_EVEN, out))
        return false;
    *out = water_trimmed(*out);
    *how = arena_printf(arena, "(%s)/%zu = %s",
                        list_of(measures, count, "", arena), count,
                        step_decimal(arena, *out));
    if (count > LIST_MAX &&
        !decimal_sum_total(&sum, sum.exponent, ROUND_HALF_EVEN, &total))
        *how = arena_printf(arena, "%s (Σ = %s)", *how,
                            step_decimal(arena, water_trimmed(total)));
    return true;
}
