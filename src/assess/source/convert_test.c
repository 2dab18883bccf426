#include "assess/source/convert.h"

#include "assess/source/constant.h"
#include "assess/source/ratio.h"
#include "base/test.h"

static struct decimal dec(const char *text)
{
    struct decimal d = {0, 0};

    assert_int_equal(decimal_parse(span_of(text), &d), 0);
    return d;
}

static void is(struct decimal d, const char *expected)
{
    char text[DECIMAL_TEXT_MAX];

    decimal_format(d, text);
    assert_string_equal(text, expected);
}

static enum convert_verdict fold(const char *conc, const char *oxygen,
                                 const char *reference, struct converted *out)
{
    return convert_fold(dec(conc), dec(oxygen), dec(reference), NULL, out);
}

TEST(a_concentration_is_folded_to_the_reference_oxygen)
{
    struct converted c;

    CHECK_INT(fold("100", "6", "6", &c), CONVERT_OK);
    is(c.value, "100");
    CHECK_INT(fold("100", "13.2", "11", &c), CONVERT_OK);
    is(c.value, "128.205128");
    /* less oxygen than the reference: the value falls */
    CHECK_INT(fold("50.0", "3.5", "9", &c), CONVERT_OK);
    is(c.value, "34.285714");
    CHECK_INT(fold("0", "20.4", "9", &c), CONVERT_OK);
    is(c.value, "0");
}

TEST(near_the_oxygen_of_the_air_nothing_is_folded)
{
    struct converted c;

    CHECK_INT(fold("1", "20.49", "9", &c), CONVERT_OK);
    CHECK_INT(fold("1", "20.5", "9", &c), CONVERT_NOT_FOLDABLE);
    CHECK_INT(fold("1", "21", "9", &c), CONVERT_NOT_FOLDABLE);
    CHECK_INT(fold("1", "25", "9", &c), CONVERT_NOT_FOLDABLE);
}

TEST(a_fold_of_impossible_numbers_is_refused)
{
    struct converted c;

    CHECK_INT(fold("-0.1", "6", "6", &c), CONVERT_OUT_OF_RANGE);
    CHECK_INT(fold("1", "-1", "6", &c), CONVERT_OUT_OF_RANGE);
    CHECK_INT(fold("1", "6", "21", &c), CONVERT_OUT_OF_RANGE);
    CHECK_INT(fold("1", "6", "-3", &c), CONVERT_OUT_OF_RANGE);
    CHECK_INT(fold("9000000000000000000", "20", "3", &c), CONVERT_OVERFLOW);
}

/* Folding with wet oxygen is the second trap of the trade: at 15 % water and
 * 9 % wet oxygen the dry oxygen is 10.59 %, and the folded value is larger. */
TEST(oxygen_is_made_dry_before_it_folds)
{
    struct converted oxygen, wet, dry;

    CHECK_INT(convert_dry(dec("9"), dec("15"), NULL, &oxygen), CONVERT_OK);
    is(oxygen.value, "10.588235");
    CHECK_INT(fold("100", "9", "11", &wet), CONVERT_OK);
    CHECK_INT(convert_fold(dec("100"), oxygen.value, dec("11"), NULL, &dry),
              CONVERT_OK);
    is(wet.value, "83.333333");
    is(dry.value, "96.045195");
}

TEST(a_wet_value_becomes_dry)
{
    struct converted c;

    CHECK_INT(convert_dry(dec("80"), dec("0"), NULL, &c), CONVERT_OK);
    is(c.value, "80");
    CHECK_INT(convert_dry(dec("80"), dec("20"), NULL, &c), CONVERT_OK);
    is(c.value, "100");
    CHECK_INT(convert_dry(dec("80"), dec("99.9"), NULL, &c), CONVERT_OK);
    CHECK_INT(convert_dry(dec("80"), dec("100"), NULL, &c),
              CONVERT_OUT_OF_RANGE);
    CHECK_INT(convert_dry(dec("80"), dec("-1"), NULL, &c),
              CONVERT_OUT_OF_RANGE);
    CHECK_INT(convert_dry(dec("-80"), dec("1"), NULL, &c),
              CONVERT_OUT_OF_RANGE);
}

TEST(a_volume_share_becomes_a_mass)
{
    struct converted c;

    CHECK_INT(convert_ppm("a21026", dec("1000"), NULL, &c), CONVERT_OK);
    is(c.value, "2857.142857");
    CHECK_INT(convert_ppm("a21004", dec("1000"), NULL, &c), CONVERT_OK);
    is(c.value, "2053.571429");
    CHECK_INT(convert_ppm("a21002", dec("1000"), NULL, &c), CONVERT_OK);
    is(c.value, "2053.571429");
    CHECK_INT(convert_ppm("a21005", dec("80"), NULL, &c), CONVERT_OK);
    is(c.value, "100");
    CHECK_INT(convert_ppm("a34013", dec("1"), NULL, &c), CONVERT_UNKNOWN);
    CHECK_INT(convert_ppm("a21026", dec("-1"), NULL, &c), CONVERT_OUT_OF_RANGE);
}

/* The tenth trap: nitric oxide counts as nitrogen dioxide. */
TEST(nitrogen_oxides_are_told_as_nitrogen_dioxide)
{
    struct converted c;

    CHECK_INT(convert_nox(dec("100"), dec("12.5"), NULL, &c), CONVERT_OK);
    is(c.value, "165.5");
    CHECK_INT(convert_nox(dec("-1"), dec("12.5"), NULL, &c),
              CONVERT_OUT_OF_RANGE);
    CHECK_INT(convert_nox(dec("9000000000000000000"), dec("1"), NULL, &c),
              CONVERT_OVERFLOW);
}

static struct convert_gas some_gas(void)
{
    return (struct convert_gas){.velocity = dec("12.4"),
                                .area = dec("7.069"),
                                .temperature = dec("54.6"),
                                .barometer = dec("96300"),
                                .pressure = dec("-150"),
                                .moisture = dec("11.8")};
}

TEST(a_flow_is_told_dry_and_at_the_standard_state)
{
    struct convert_gas gas = some_gas();
    struct converted c;

    /* 3600 * 7.069 * 12.4 * 273 / 327.6 * 96150 / 101325 * 0.882 */
    CHECK_INT(convert_flow(&gas, NULL, &c), CONVERT_OK);
    is(c.value, "220090.948899");

    gas = some_gas();
    gas.moisture = dec("0");
    gas.temperature = dec("0");
    gas.barometer = dec("101325");
    gas.pressure = dec("0");
    CHECK_INT(convert_flow(&gas, NULL, &c), CONVERT_OK);
    is(c.value, "315560.16");
}

TEST(a_gas_that_cannot_be_has_no_flow)
{
    struct converted c;
    struct convert_gas gas;

#define REFUSED(member, text)                                                  \
    gas = some_gas();                                                          \
    gas.member = dec(text);                                                    \
    CHECK_INT(convert_flow(&gas, NULL, &c), CONVERT_OUT_OF_RANGE)
    REFUSED(velocity, "-0.1");
    REFUSED(area, "0");
    REFUSED(temperature, "-273");
    REFUSED(pressure, "-96300");
    REFUSED(moisture, "100");
    REFUSED(moisture, "-1");
#undef REFUSED
}

/* The first trap: what is emitted is the measured value, not the folded. */
TEST(a_rate_takes_the_value_as_measured)
{
    struct converted c;

    CHECK_INT(convert_rate(dec("35"), dec("200000"), NULL, &c), CONVERT_OK);
    is(c.value, "7");
    CHECK_INT(convert_rate(dec("-1"), dec("200000"), NULL, &c),
              CONVERT_OUT_OF_RANGE);
    CHECK_INT(convert_rate(dec("1"), dec("-1"), NULL, &c),
              CONVERT_OUT_OF_RANGE);
}

TEST(more_water_than_the_products_need_raises_the_value)
{
    struct converted c;

    CHECK_INT(convert_drainage(dec("50"), dec("1200"), dec("1000"), NULL, &c),
              CONVERT_OK);
    is(c.value, "60");
    CHECK_INT(convert_drainage(dec("50"), dec("1000"), dec("1000"), NULL, &c),
              CONVERT_OK);
    is(c.value, "50");
    CHECK_INT(convert_drainage(dec("50"), dec("800"), dec("1000"), NULL, &c),
              CONVERT_OK);
    is(c.value, "50");
    CHECK_INT(convert_drainage(dec("50"), dec("800"), dec("0"), NULL, &c),
              CONVERT_OUT_OF_RANGE);
}

TEST(a_mixed_outlet_has_the_limit_of_its_parts)
{
    struct convert_part parts[] = {{{50, 0}, {300, 0}}, {{100, 0}, {100, 0}}};
    struct converted c;

    CHECK_INT(convert_mixed(parts, 2, NULL, &c), CONVERT_OK);
    is(c.value, "62.5");
    CHECK_INT(convert_mixed(parts, 0, NULL, &c), CONVERT_OUT_OF_RANGE);
    parts[0].flow = parts[1].flow = dec("0");
    CHECK_INT(convert_mixed(parts, 2, NULL, &c), CONVERT_OUT_OF_RANGE);
    parts[0].flow = dec("-1");
    CHECK_INT(convert_mixed(parts, 2, NULL, &c), CONVERT_OUT_OF_RANGE);
}

TEST(every_conversion_says_how)
{
    struct arena arena;
    struct converted c;
    struct convert_gas gas = some_gas();
    struct convert_part parts[] = {{{50, 0}, {300, 0}}, {{100, 0}, {100, 0}}};

    arena_init(&arena);
    CHECK_INT(convert_fold(dec("100"), dec("13.2"), dec("11"), &arena, &c), 0);
    CHECK_TEXT(c.step_en,
               "to reference oxygen: 100 × (21 − 11) / (21 − 13.2) = "
               "128.205128");
    CHECK_INT(convert_dry(dec("80"), dec("20"), &arena, &c), 0);
    CHECK_TEXT(c.step_zh, "湿基换算为干基:80 / (1 − 20 / 100) = 100");
    CHECK_INT(convert_ppm("a21005", dec("80"), &arena, &c), 0);
    CHECK_TEXT(c.step_en, "volume share to mass: 80 × 28 / 22.4 = 100");
    CHECK_INT(convert_nox(dec("100"), dec("12.5"), &arena, &c), 0);
    CHECK_TEXT(c.step_en, "nitrogen oxides as NO2: 100 × 1.53 + 12.5 = 165.5");
    CHECK_INT(convert_flow(&gas, &arena, &c), 0);
    CHECK_TEXT(c.step_en,
               "dry flow at standard state, m3/h: 3600 × 7.069 × 12.4 × 273 / "
               "(273 + 54.6) × (96300 + (-150)) / 101325 × (1 − 11.8 / 100) = "
               "220090.948899");
    CHECK_INT(convert_rate(dec("35"), dec("200000"), &arena, &c), 0);
    CHECK_TEXT(c.step_en,
               "emission rate, kg/h, not folded: 35 × 200000 / 1000000 = 7");
    CHECK_INT(convert_drainage(dec("50"), dec("1200"), dec("1000"), &arena, &c),
              0);
    CHECK_TEXT(c.step_en, "to benchmark drainage: 50 × 1200 / 1000 = 60");
    CHECK_INT(convert_drainage(dec("50"), dec("800"), dec("1000"), &arena, &c),
              0);
    CHECK_TEXT(c.step_en, "drainage 800 m3 is not above the benchmark 1000 m3: "
                          "measured 50 stands");
    CHECK_INT(convert_mixed(parts, 2, &arena, &c), 0);
    CHECK_TEXT(c.step_en, "weighted by flow: (50 × 300 + 100 × 100) / (300 + "
                          "100) = 62.5");
    for (int v = CONVERT_OUT_OF_RANGE; v <= CONVERT_OVERFLOW; v++) {
        CHECK(*convert_text(v, true));
        CHECK(*convert_text(v, false));
    }
    arena_done(&arena);
}

TEST(numbers_that_do_not_fit_are_said_to)
{
    struct decimal big = {9000000000000000000, 0}, out;
    struct ratio r = RATIO_ONE;
    struct converted c;

    CHECK_INT(convert_rate(big, dec("999999999999999999"), NULL, &c),
              CONVERT_OVERFLOW);
    for (int i = 0; i < 4; i++)
        ratio_times(&r, DECIMAL(1234567890123456789, 0));
    CHECK_INT(ratio_round(&r, 0, &out), ERR_OVERFLOW);
    r = RATIO_ONE;
    ratio_times(&r, DECIMAL(3, 18));
    ratio_times(&r, DECIMAL(3, 18));
    ratio_times(&r, DECIMAL(3, 18));
    CHECK_INT(ratio_round(&r, 0, &out), ERR_OVERFLOW);
    r = RATIO_ONE;
    ratio_times(&r, DECIMAL(0, 18));
    CHECK_INT(ratio_round(&r, -6, &out), 0);
    CHECK_INT(out.mantissa, 0);
}

TEST(the_constants_are_read_from_their_table)
{
    struct source_constant c = source_constant("oxygen_not_foldable");

    is(c.value, "20.5");
    CHECK_TEXT(c.confidence, "low");
    CHECK_INT(source_count("source_hours_of_day"), 20);
}
