#include "assess/factor/factor.h"

#include "base/test.h"

static const char *code_of(const char *any)
{
    const struct factor *f = factor_find(span_of(any));

    return f ? f->code : "none";
}

TEST(a_factor_is_found_by_every_name_it_has)
{
    CHECK_TEXT(code_of("a34004"), "a34004");
    CHECK_TEXT(code_of("A34004"), "a34004");
    CHECK_TEXT(code_of("PM25"), "a34004");
    CHECK_TEXT(code_of("pm2.5"), "a34004");
    CHECK_TEXT(code_of(" w01018 "), "w01018");
    CHECK_TEXT(code_of("011"), "w01018");    /* HJ/T 212-2005 */
    CHECK_TEXT(code_of("02"), "a21026");     /* HJ/T 212-2005 */
    CHECK_TEXT(code_of("w20142"), "w20111"); /* mercury for total mercury */
    CHECK_TEXT(code_of("氨氮"), "w21003");
    CHECK_TEXT(code_of("B03"), "B03"); /* never got a newer code */
}

TEST(what_nobody_calls_a_factor_is_none)
{
    CHECK_TEXT(code_of(""), "none");
    CHECK_TEXT(code_of("a3400"), "none");
    CHECK_TEXT(code_of("a340044"), "none");
    CHECK_TEXT(code_of("constructor"), "none");
}

TEST(every_factor_is_found_by_its_own_code_or_its_total)
{
    size_t count = 0;
    const struct factor *f;

    for (; (f = factor_at(count)); count++)
        CHECK(factor_find(span_of(f->code)) != NULL);
    CHECK(count > 600);
}

TEST(ambient_air_has_its_own_units)
{
    const struct factor_use *use = factor_use_find(SPAN("a34004"), "air");

    CHECK_TEXT(use->symbol, "PM2.5");
    CHECK_TEXT(use->unit, "ug/m3");
    CHECK_INT(use->decimals, 0);
    CHECK_TEXT(use->factor->wire_unit, "ng/m3"); /* HJ 212's table B.2 */
    CHECK(factor_use_find(SPAN("a34004"), "source_gas") == NULL);
    CHECK_TEXT(factor_symbol(SPAN("a21005"), "air"), "CO");
    CHECK_TEXT(factor_symbol(SPAN("a0502408"), "air"), "O3-8h");
    CHECK_TEXT(factor_symbol(SPAN("zzz"), "air"), "zzz");
}

static const char *converted(struct decimal value, const char *from,
                             const char *to)
{
    static char text[DECIMAL_TEXT_MAX];
    struct decimal out;
    enum err err = unit_convert(value, span_of(from), span_of(to), &out);

    if (err)
        return err_name(err);
    decimal_format(out, text);
    return text;
}

TEST(a_conversion_keeps_every_digit)
{
    CHECK_TEXT(converted(DECIMAL(350, -1), "ug/m3", "mg/m3"), "0.0350");
    CHECK_TEXT(converted(DECIMAL(350, -1), "ug/m3", "ng/m3"), "35000");
    CHECK_TEXT(converted(DECIMAL(8, -1), "mg/m3", "μg/m³"), "800");
    CHECK_TEXT(converted(DECIMAL(5, -2), "ug/L", "mg/L"), "0.00005");
    CHECK_TEXT(converted(DECIMAL(12, 0), "mg/m3", "ug/L"), "12");
    CHECK_TEXT(converted(DECIMAL(10, -1), "L/s", "m3/h"), "3.6");
    CHECK_TEXT(converted(DECIMAL(36, -1), "m3/h", "L/s"), "1.0");
    CHECK_TEXT(converted(DECIMAL(-5, 0), "kPa", "Pa"), "-5000");
    CHECK_TEXT(converted(DECIMAL(7, 0), "mg/L", "mg/L"), "7");
    CHECK_TEXT(converted(DECIMAL(76, -1), "无量纲", ""), "7.6"); /* pH */
}

TEST(what_is_not_exact_or_not_the_same_thing_is_refused)
{
    CHECK_TEXT(converted(DECIMAL(1, 0), "m3/h", "L/s"), "OVERFLOW");
    CHECK_TEXT(converted(DECIMAL(1, 0), "ppm", "mg/m3"), "UNSUPPORTED");
    CHECK_TEXT(converted(DECIMAL(1, 0), "mg/L", "kg"), "UNSUPPORTED");
    CHECK_TEXT(converted(DECIMAL(1, 0), "furlong", "m"), "NOT_FOUND");
    CHECK_TEXT(converted(DECIMAL(1, 0), "", "m"), "UNSUPPORTED");
    CHECK_TEXT(converted(DECIMAL(1, -18), "ng/m3", "g/m3"), "OVERFLOW");
}

TEST(a_unit_is_printed_with_its_signs)
{
    CHECK_TEXT(unit_shown("ug/m3"), "µg/m³");
    CHECK_TEXT(unit_shown("furlong"), "furlong");
    CHECK_TEXT(unit_find(SPAN("UG/M3")), "ug/m3");
    CHECK(unit_find(SPAN("mPa")) == NULL); /* not a megapascal */
    CHECK(unit_find(SPAN("furlong")) == NULL);
}
