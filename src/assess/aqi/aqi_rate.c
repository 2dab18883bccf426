/* The rule of the index, in whole numbers: no words, no memory. */
#include "assess/aqi/aqi_table.h"
#include "base/tens.h"

#include <assert.h>

enum { PRIMARY_ABOVE = 50 };

/*
 * The value as so many 10^exponent, and the steps of the grid in the same: one
 * of both is scaled. What is larger than every step stays so.
 */
static void align(const struct aqi_grid *grid, struct decimal value,
                  __int128 *out_value, __int128 *out_factor)
{
    int shift = value.exponent - grid->exponent;

    *out_value = value.mantissa;
    *out_factor = 1;
    if (shift > 18)
        shift = value.mantissa ? 18 : 0;
    if (shift > 0)
        *out_value *= tens[shift];
    else if (shift < 0)
        *out_factor = tens[-shift];
}

int aqi_step(const struct aqi_scale *scale, const struct aqi_grid *grid,
             struct decimal value)
{
    __int128 v, factor;
    int i = 1;

    align(grid, value, &v, &factor);
    while (i < scale->steps && v > grid->at[i] * factor)
        i++;
    return i;
}

/* What the rule is nearly always asked: a value in whole steps of the grid. */
static int individual_whole(const struct aqi_scale *scale,
                            const struct aqi_grid *grid, int64_t v)
{
    int64_t over, width;
    int i = 1;

    while (i < scale->steps && v > grid->at[i])
        i++;
    if (i >= scale->steps)
        return scale->beyond;
    over = (v - grid->at[i - 1]) * (scale->iaqi[i] - scale->iaqi[i - 1]);
    width = grid->at[i] - grid->at[i - 1];
    return scale->iaqi[i - 1] + (int)((over + width - 1) / width);
}

/* On the line between the two steps that enclose the value. */
static int individual(const struct aqi_scale *scale,
                      const struct aqi_grid *grid, struct decimal value,
                      enum rounding rounding)
{
    __int128 v, factor, over, width;
    int i;

    if (value.exponent == grid->exponent && rounding == ROUND_UP)
        return individual_whole(scale, grid, value.mantissa);
    i = aqi_step(scale, grid, value);
    if (i >= scale->steps)
        return scale->beyond;
    align(grid, value, &v, &factor);
    over = v - grid->at[i - 1] * factor;
    width = (grid->at[i] - grid->at[i - 1]) * factor;
    return scale->iaqi[i - 1] +
           (int)rounding_divide((scale->iaqi[i] - scale->iaqi[i - 1]) * over,
                                width, rounding);
}

/* False when there is no value that can be used. */
static bool round_value(const struct aqi_table *table, int input,
                        const struct aqi_practice *practice,
                        const struct aqi_concentration *in, struct decimal *out)
{
    if (!in->known || in->value.mantissa < 0)
        return false;
    *out = in->value;
    return practice->half_up || in->value.exponent == -table->decimals[input] ||
           !decimal_rescale(in->value, -table->decimals[input], ROUND_HALF_EVEN,
                            out);
}

/* Another average of the same pollutant has an index. */
static bool rated_otherwise(const struct aqi_rating *r, int input)
{
    int other = input == AQI_O3_1H   ? AQI_O3_8H
                : input == AQI_O3_8H ? AQI_O3_1H
                                     : input;

    return other != input && r->iaqi[other] >= 0;
}

/*
 * An input that is asked for is missing without an index, unless the same
 * pollutant has one by its other average (2012: O3 8 h above 800 is rated by
 * its 1 h); and so is one that was given and lies beyond the scale.
 */
static void note_missing(const struct aqi_table *table, int when,
                         const struct aqi_practice *practice,
                         struct aqi_rating *r)
{
    for (int i = 0; i < AQI_INPUT_COUNT; i++) {
        bool beyond = (r->known >> i & 1) && r->iaqi[i] < 0;

        if (!(r->judged >> i & 1) || r->iaqi[i] >= 0 ||
            (table->use[i][when] == AQI_OPTIONAL && !beyond) ||
            (beyond && rated_otherwise(r, i)) ||
            (table->unmonitored_exempt && !beyond &&
             (practice->unmonitored >> i & 1)))
            continue;
        r->missing |= 1U << i;
    }
}

int aqi_level_of(const struct aqi_table *table, int aqi)
{
    int level = 1;

    while (level < AQI_LEVELS && aqi > table->level[level - 1].max)
        level++;
    return level;
}

/* The index may be given although something is missing. */
static bool may_miss(const struct aqi_table *table,
                     const struct aqi_practice *practice, int aqi,
                     const struct aqi_rating *r)
{
    return practice->incomplete ||
           (practice->pm10_may_miss && r->missing == 1U << AQI_PM10 &&
            r->iaqi[AQI_PM25] >= 0) ||
           (table->publish_above >= 0 && aqi > table->publish_above);
}

static void finish(const struct aqi_table *table,
                   const struct aqi_practice *practice, struct aqi_rating *r)
{
    int aqi = -1;

    for (int i = 0; i < AQI_INPUT_COUNT; i++)
        aqi = r->iaqi[i] > aqi ? r->iaqi[i] : aqi;
    if (aqi < 0 || (r->missing && !may_miss(table, practice, aqi, r)))
        return;
    for (int i = 0; i < AQI_INPUT_COUNT && aqi > PRIMARY_ABOVE; i++)
        r->primary |= (unsigned)(r->iaqi[i] == aqi) << i;
    r->aqi = aqi < table->aqi_min ? table->aqi_min : aqi;
    r->level = aqi_level_of(table, r->aqi);
}

void aqi_rate_as(const struct aqi_table *table, int when,
                 const struct aqi_practice *practice,
                 const struct aqi_concentration in[AQI_INPUT_COUNT],
                 struct aqi_rating *out)
{
    enum rounding rounding = practice->half_up ? ROUND_HALF_UP : ROUND_UP;

    out->aqi = -1;
    out->level = 0;
    out->judged = out->known = out->missing = out->primary = 0;
    for (int i = 0; i < AQI_INPUT_COUNT; i++) {
        enum aqi_use use = table->use[i][when];

        out->iaqi[i] = -1;
        out->value[i] = in[i].value;
        if (use != AQI_REQUIRED && (use != AQI_OPTIONAL || !in[i].known))
            continue;
        out->judged |= 1U << i;
        if (!round_value(table, i, practice, &in[i], &out->value[i]))
            continue;
        out->known |= 1U << i;
        out->iaqi[i] = individual(&table->scale[i][when], &table->grid[i][when],
                                  out->value[i], rounding);
    }
    note_missing(table, when, practice, out);
    finish(table, practice, out);
}

void aqi_rate(const struct aqi_edition *edition, enum cadence cadence,
              const struct aqi_concentration in[AQI_INPUT_COUNT],
              struct aqi_rating *out)
{
    static const struct aqi_practice by_the_text = {.half_up = false};
    const struct aqi_table *table = aqi_table_of(edition);

    assert(table);
    aqi_rate_as(table, cadence == CADENCE_HOUR ? AQI_HOUR : AQI_DAY,
                &by_the_text, in, out);
}
