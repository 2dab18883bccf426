#include "simulate/physics.h"

#include <math.h>

static const struct physics_factor factors[] = {
#define FACTOR(code, unit, st, base, low, high, spread, daily, peak, winter,   \
               detection, decimals, burdened, total, converted)                \
    {code, unit,   st,        base,     low,      high,  spread,   daily,      \
     peak, winter, detection, decimals, burdened, total, converted},
#include "simulate/physics.def"
#undef FACTOR
};

enum {
    MOMENTS = 6, /* looked at in a period */
    REFERENCE_OXYGEN = 6,
    AIR_OXYGEN = 21,
};

const struct physics_factor *physics_factor(struct span code)
{
    for (size_t i = 0; i < LENGTH(factors); i++) {
        if (span_equal_nocase(code, span_of(factors[i].code)))
            return &factors[i];
    }
    return NULL;
}

size_t physics_factors_of(const char *st, const struct physics_factor **out,
                          size_t room)
{
    size_t count = 0;

    for (size_t i = 0; i < LENGTH(factors); i++) {
        if (count < room && span_is(span_of(st), factors[i].st))
            out[count++] = &factors[i];
    }
    return count;
}

/* ---- noise ---- */

static uint64_t mix(uint64_t x)
{
    x += 0x9E3779B97F4A7C15u;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
    x = (x ^ x >> 27) * 0x94D049BB133111EBu;
    return x ^ x >> 31;
}

/* -1 to 1 at a whole step. */
static double at_step(uint64_t seed, int64_t step)
{
    uint64_t bits = mix(seed ^ mix((uint64_t)step)) >> 11;

    return (double)bits / (double)(1ull << 52) - 1;
}

/* A smooth wander between -1 and 1, of one bend a `period_s`. */
static double wander(uint64_t seed, int64_t utc_s, double period_s)
{
    double t = (double)utc_s / period_s;
    double whole = floor(t), part = t - whole;
    double ease = part * part * (3 - 2 * part);
    double a = at_step(seed, (int64_t)whole);
    double b = at_step(seed, (int64_t)whole + 1);

    return a + (b - a) * ease;
}

static uint64_t seed_of(uint64_t seed, const struct physics_factor *factor)
{
    uint64_t x = mix(seed);

    for (const char *c = factor->code; *c; c++)
        x = mix(x ^ (uint64_t)(unsigned char)*c);
    return x;
}

/*
 * What moves a value, about -1 to 1: the province's weather over days, the
 * city's over half a day, the station's own over hours and minutes. Particles
 * and CO are moved by the same weather.
 */
static double mood(const struct physics_place *place,
                   const struct physics_factor *factor, int64_t utc_s)
{
    bool dusty = span_is(span_of(factor->code), "a34004") ||
                 span_is(span_of(factor->code), "a34002") ||
                 span_is(span_of(factor->code), "a21005");
    uint64_t shared = dusty ? mix(7) : seed_of(11, factor);
    uint64_t own = seed_of(place->seed, factor);

    return 0.9 * wander(shared, utc_s, 60 * HOUR_S) +
           0.6 * wander(shared ^ mix(place->city), utc_s, 17 * HOUR_S) +
           0.3 * wander(own, utc_s, 4 * HOUR_S) +
           0.12 * wander(own + 1, utc_s, 600);
}

static double season(const struct physics_factor *factor, int64_t utc_s)
{
    double year = fmod((double)(utc_s + BEIJING_OFFSET_S) / DAY_S, 365.2425);

    return 1 + factor->winter * cos(2 * M_PI * (year - 15) / 365.2425);
}

static double cycle(const struct physics_factor *factor, int64_t utc_s)
{
    double hour =
        fmod((double)(utc_s + BEIJING_OFFSET_S), DAY_S) / (double)HOUR_S;

    return 1 + factor->daily * cos(2 * M_PI * (hour - factor->peak_h) / 24);
}

double physics_at(const struct physics_place *place,
                  const struct physics_factor *factor, int64_t utc_s)
{
    double value = factor->base * season(factor, utc_s) * cycle(factor, utc_s) *
                   exp(factor->spread * mood(place, factor, utc_s));

    if (factor->burdened)
        value *= place->burden;
    if (span_is(span_of(factor->code), "a01006"))
        value *= exp(-place->high_m / 8000);
    if (span_is(span_of(factor->code), "a01001"))
        value -= place->high_m * 0.0055;
    if (value < factor->detection)
        value = factor->detection;
    return fmin(fmax(value, factor->low), factor->high);
}

struct decimal physics_round(const struct physics_factor *factor, double value)
{
    return DECIMAL(llround(value * pow(10, factor->decimals)),
                   (int8_t)-factor->decimals);
}

/* Concentration at the reference oxygen: C (21 - O2s) / (21 - O2). */
static double converted(const struct physics_place *place, double value,
                        int64_t utc_s)
{
    static const struct span oxygen_code = {"a19001", 6};
    double oxygen = physics_at(place, physics_factor(oxygen_code), utc_s);

    return value * (AIR_OXYGEN - REFERENCE_OXYGEN) /
           fmax(AIR_OXYGEN - oxygen, 1);
}

struct physics_period physics_over(const struct physics_place *place,
                                   const struct physics_factor *factor,
                                   int64_t start_s, int seconds)
{
    double sum = 0, low = HUGE_VAL, high = -HUGE_VAL;
    double zs_sum = 0, zs_low = HUGE_VAL, zs_high = -HUGE_VAL;
    struct physics_period out;

    for (int i = 0; i < MOMENTS; i++) {
        int64_t at = start_s + (int64_t)seconds * (2 * i + 1) / (2LL * MOMENTS);
        double value = physics_at(place, factor, at);
        double zs = factor->converted ? converted(place, value, at) : value;

        sum += value;
        low = fmin(low, value);
        high = fmax(high, value);
        zs_sum += zs;
        zs_low = fmin(zs_low, zs);
        zs_high = fmax(zs_high, zs);
    }
    out.mean = physics_round(factor, sum / MOMENTS);
    out.min = physics_round(factor, low);
    out.max = physics_round(factor, high);
    out.converted = physics_round(factor, zs_sum / MOMENTS);
    out.converted_min = physics_round(factor, zs_low);
    out.converted_max = physics_round(factor, zs_high);
    /* L/s or m3/s over the period, as m3 */
    out.total = DECIMAL(
        llround(sum / MOMENTS * seconds *
                (span_is(span_of(factor->unit), "L/s") ? 0.001 : 1) * 10),
        -1);
    return out;
}
