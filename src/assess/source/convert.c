#include "assess/source/convert.h"

#include "assess/source/constant.h"
#include "assess/source/ratio.h"
#include "assess/standard/standard.h"
#include "assess/step.h"

enum { DECIMALS = 6 };

static const struct decimal hundred = {100, 0};

const char *convert_text(enum convert_verdict verdict, bool english)
{
    /* clang-format off */
    static const char *const texts[][2] = {
        [CONVERT_OK] = {"", ""},
        [CONVERT_OUT_OF_RANGE] = {"数值超出可能的范围",
                                  "a value that cannot be"},
        [CONVERT_NOT_FOLDABLE] = {"氧含量过高,不能折算",
                                  "oxygen is too high to convert"},
        [CONVERT_UNKNOWN] = {"没有该物质的摩尔质量",
                             "its molar mass is not known"},
        [CONVERT_OVERFLOW] = {"数值过大", "numbers that do not fit"},
    };
    /* clang-format on */

    return texts[verdict][english];
}

static bool negative(struct decimal d)
{
    return d.mantissa < 0;
}

static bool minus(struct decimal a, struct decimal b, struct decimal *out)
{
    return decimal_sub(a, b, out) == 0;
}

/* Rounds and writes "word: formula = value". */
static enum convert_verdict finish(const struct ratio *r, struct arena *arena,
                                   const char *const words[2],
                                   const char *formula, struct converted *out)
{
    const char *value;

    *out = (struct converted){.step_zh = "", .step_en = ""};
    if (ratio_round(r, -DECIMALS, &out->value))
        return CONVERT_OVERFLOW;
    out->value = decimal_tidy(out->value);
    if (!arena)
        return CONVERT_OK;
    value = step_decimal(arena, out->value);
    out->step_zh = arena_printf(arena, "%s:%s = %s", words[0], formula, value);
    out->step_en = arena_printf(arena, "%s: %s = %s", words[1], formula, value);
    return CONVERT_OK;
}

/* The text of a number for a formula; NULL without an arena. */
static const char *text(struct arena *arena, struct decimal d)
{
    return arena ? step_decimal(arena, d) : "";
}

/* A negative number inside a product stands in brackets. */
static const char *signed_text(struct arena *arena, struct decimal d)
{
    const char *plain = text(arena, d);

    return negative(d) && arena ? arena_printf(arena, "(%s)", plain) : plain;
}

enum convert_verdict convert_dry(struct decimal wet, struct decimal moisture,
                                 struct arena *arena, struct converted *out)
{
    static const char *const words[] = {"湿基换算为干基", "wet to dry"};
    struct ratio r = RATIO_ONE;
    struct decimal dry;
    const char *formula = NULL;

    if (negative(wet) || negative(moisture))
        return CONVERT_OUT_OF_RANGE;
    if (!minus(hundred, moisture, &dry))
        return CONVERT_OVERFLOW;
    if (dry.mantissa <= 0)
        return CONVERT_OUT_OF_RANGE;
    ratio_times(&r, wet);
    ratio_times(&r, hundred);
    ratio_over(&r, dry);
    if (arena)
        formula = arena_printf(arena, "%s / (1 − %s / 100)", text(arena, wet),
                               text(arena, moisture));
    return finish(&r, arena, words, formula, out);
}

bool convert_molar_mass(const char *code, struct decimal *out)
{
    const struct standard_table *t = standard_table("molar-masses.csv");

    for (size_t row = 0; t && row < t->row_count; row++) {
        if (standard_cell_is(t, row, "item_code", code))
            return standard_decimal(t, row, "molar_mass", out);
    }
    return false;
}

enum convert_verdict convert_ppm(const char *code, struct decimal ppm,
                                 struct arena *arena, struct converted *out)
{
    static const char *const words[] = {"体积分数换算为质量浓度",
                                        "volume share to mass"};
    struct decimal mass, volume = source_number("molar_volume");
    struct ratio r = RATIO_ONE;
    const char *formula = NULL;

    if (negative(ppm))
        return CONVERT_OUT_OF_RANGE;
    if (!convert_molar_mass(code, &mass))
        return CONVERT_UNKNOWN;
    ratio_times(&r, ppm);
    ratio_times(&r, mass);
    ratio_over(&r, volume);
    if (arena)
        formula = arena_printf(arena, "%s × %s / %s", text(arena, ppm),
                               text(arena, mass), text(arena, volume));
    return finish(&r, arena, words, formula, out);
}

enum convert_verdict convert_nox(struct decimal no, struct decimal no2,
                                 struct arena *arena, struct converted *out)
{
    static const char *const words[] = {"氮氧化物(以NO₂计)",
                                        "nitrogen oxides as NO2"};
    struct decimal share = source_number("no_to_no2"), part, sum;
    struct ratio r = RATIO_ONE;
    const char *formula = NULL;

    if (negative(no) || negative(no2))
        return CONVERT_OUT_OF_RANGE;
    if (decimal_mul(no, share, &part) || decimal_add(part, no2, &sum))
        return CONVERT_OVERFLOW;
    ratio_times(&r, sum);
    if (arena)
        formula = arena_printf(arena, "%s × %s + %s", text(arena, no),
                               text(arena, share), text(arena, no2));
    return finish(&r, arena, words, formula, out);
}

enum convert_verdict convert_fold(struct decimal conc, struct decimal oxygen,
                                  struct decimal reference, struct arena *arena,
                                  struct converted *out)
{
    static const char *const words[] = {"折算到基准氧含量",
                                        "to reference oxygen"};
    struct decimal air = source_number("oxygen_air"), above, below;
    struct ratio r = RATIO_ONE;
    const char *formula = NULL;

    if (negative(conc) || negative(oxygen) || negative(reference))
        return CONVERT_OUT_OF_RANGE;
    if (decimal_compare(oxygen, source_number("oxygen_not_foldable")) >= 0)
        return CONVERT_NOT_FOLDABLE;
    if (!minus(air, reference, &above) || !minus(air, oxygen, &below))
        return CONVERT_OVERFLOW;
    if (above.mantissa <= 0)
        return CONVERT_OUT_OF_RANGE;
    ratio_times(&r, conc);
    ratio_times(&r, above);
    ratio_over(&r, below);
    if (arena)
        formula =
            arena_printf(arena, "%s × (%s − %s) / (%s − %s)", text(arena, conc),
                         text(arena, air), text(arena, reference),
                         text(arena, air), text(arena, oxygen));
    return finish(&r, arena, words, formula, out);
}

/* Kelvin, absolute pressure and the dry share of a gas; all above 0. */
struct gas_state {
    struct decimal kelvin, pressure, dry;
};

static enum convert_verdict state_of(const struct convert_gas *gas,
                                     struct gas_state *out)
{
    if (decimal_add(source_number("kelvin"), gas->temperature, &out->kelvin) ||
        decimal_add(gas->barometer, gas->pressure, &out->pressure) ||
        !minus(hundred, gas->moisture, &out->dry))
        return CONVERT_OVERFLOW;
    if (negative(gas->velocity) || gas->area.mantissa <= 0 ||
        negative(gas->moisture) || out->kelvin.mantissa <= 0 ||
        out->pressure.mantissa <= 0 || out->dry.mantissa <= 0)
        return CONVERT_OUT_OF_RANGE;
    return CONVERT_OK;
}

static const char *flow_formula(const struct convert_gas *gas,
                                struct arena *arena)
{
    const char *kelvin = text(arena, source_number("kelvin"));

    return arena_printf(
        arena,
        "3600 × %s × %s × %s / (%s + %s) × (%s + %s) / %s × (1 − %s / 100)",
        text(arena, gas->area), text(arena, gas->velocity), kelvin, kelvin,
        signed_text(arena, gas->temperature), text(arena, gas->barometer),
        signed_text(arena, gas->pressure),
        text(arena, source_number("standard_pressure")),
        text(arena, gas->moisture));
}

enum convert_verdict convert_flow(const struct convert_gas *gas,
                                  struct arena *arena, struct converted *out)
{
    static const char *const words[] = {"标准状态干烟气流量(m³/h)",
                                        "dry flow at standard state, m3/h"};
    static const struct decimal seconds = {3600, 0};
    struct ratio r = RATIO_ONE;
    struct gas_state state;
    enum convert_verdict verdict = state_of(gas, &state);

    if (verdict)
        return verdict;
    ratio_times(&r, seconds);
    ratio_times(&r, gas->area);
    ratio_times(&r, gas->velocity);
    ratio_times(&r, source_number("kelvin"));
    ratio_over(&r, state.kelvin);
    ratio_times(&r, state.pressure);
    ratio_over(&r, source_number("standard_pressure"));
    ratio_times(&r, state.dry);
    ratio_over(&r, hundred);
    return finish(&r, arena, words, arena ? flow_formula(gas, arena) : NULL,
                  out);
}

enum convert_verdict convert_rate(struct decimal conc, struct decimal flow,
                                  struct arena *arena, struct converted *out)
{
    static const char *const words[] = {"排放速率(kg/h,实测浓度)",
                                        "emission rate, kg/h, not folded"};
    struct ratio r = RATIO_ONE;
    const char *formula = NULL;

    if (negative(conc) || negative(flow))
        return CONVERT_OUT_OF_RANGE;
    ratio_times(&r, conc);
    ratio_times(&r, flow);
    ratio_times(&r, DECIMAL(1, -6));
    if (arena)
        formula = arena_printf(arena, "%s × %s / 1000000", text(arena, conc),
                               text(arena, flow));
    return finish(&r, arena, words, formula, out);
}

static enum convert_verdict measured_stands(struct decimal conc,
                                            struct decimal water,
                                            struct decimal allowed,
                                            struct arena *arena,
                                            struct converted *out)
{
    *out = (struct converted){.value = conc, .step_zh = "", .step_en = ""};
    if (!arena)
        return CONVERT_OK;
    out->step_zh = arena_printf(
        arena, "排水量 %s m³ 不超过基准排水量 %s m³,实测 %s 不换算",
        text(arena, water), text(arena, allowed), text(arena, conc));
    out->step_en = arena_printf(arena,
                                "drainage %s m3 is not above the benchmark %s "
                                "m3: measured %s stands",
                                text(arena, water), text(arena, allowed),
                                text(arena, conc));
    return CONVERT_OK;
}

enum convert_verdict convert_drainage(struct decimal conc, struct decimal water,
                                      struct decimal allowed,
                                      struct arena *arena,
                                      struct converted *out)
{
    static const char *const words[] = {"换算为基准排水量浓度",
                                        "to benchmark drainage"};
    struct ratio r = RATIO_ONE;
    const char *formula = NULL;

    if (negative(conc) || negative(water) || allowed.mantissa <= 0)
        return CONVERT_OUT_OF_RANGE;
    if (decimal_compare(water, allowed) <= 0)
        return measured_stands(conc, water, allowed, arena, out);
    ratio_times(&r, conc);
    ratio_times(&r, water);
    ratio_over(&r, allowed);
    if (arena)
        formula = arena_printf(arena, "%s × %s / %s", text(arena, conc),
                               text(arena, water), text(arena, allowed));
    return finish(&r, arena, words, formula, out);
}

static enum convert_verdict mix(const struct convert_part *parts, size_t count,
                                struct decimal *out)
{
    struct decimal_sum weighted = DECIMAL_SUM_ZERO, flows = DECIMAL_SUM_ZERO;
    enum err err;

    for (size_t i = 0; i < count; i++) {
        if (negative(parts[i].value) || negative(parts[i].flow))
            return CONVERT_OUT_OF_RANGE;
        if (decimal_sum_add_weighted(&weighted, parts[i].value,
                                     parts[i].flow) ||
            decimal_sum_add(&flows, parts[i].flow))
            return CONVERT_OVERFLOW;
    }
    if (count == 0)
        return CONVERT_OUT_OF_RANGE;
    err = decimal_sum_ratio(&weighted, &flows, -DECIMALS, ROUND_HALF_EVEN, out);
    if (err == ERR_OUT_OF_RANGE)
        return CONVERT_OUT_OF_RANGE;
    return err ? CONVERT_OVERFLOW : CONVERT_OK;
}

enum convert_verdict convert_mixed(const struct convert_part *parts,
                                   size_t count, struct arena *arena,
                                   struct converted *out)
{
    const char *above = "", *below = "", *value;
    enum convert_verdict verdict;

    *out = (struct converted){.step_zh = "", .step_en = ""};
    verdict = mix(parts, count, &out->value);
    if (verdict)
        return verdict;
    out->value = decimal_tidy(out->value);
    if (!arena)
        return CONVERT_OK;
    for (size_t i = 0; i < count; i++) {
        const char *flow = step_decimal(arena, parts[i].flow);

        above =
            step_join(arena, above, " + ",
                      arena_printf(arena, "%s × %s",
                                   step_decimal(arena, parts[i].value), flow));
        below = step_join(arena, below, " + ", flow);
    }
    value = step_decimal(arena, out->value);
    out->step_zh =
        arena_printf(arena, "按流量加权:(%s) / (%s) = %s", above, below, value);
    out->step_en = arena_printf(arena, "weighted by flow: (%s) / (%s) = %s",
                                above, below, value);
    return CONVERT_OK;
}
