#include "base/decimal.h"
#include "base/test.h"

static struct decimal d(const char *text)
{
    struct decimal out = {0};

    CHECK_INT(decimal_parse(span_of(text), &out), OK);
    return out;
}

static const char *text_of(struct decimal value)
{
    static char text[DECIMAL_TEXT_MAX];

    decimal_format(value, text);
    return text;
}

TEST(digits_stay_as_written)
{
    const char *texts[] = {
        "35.0", "0.050", "-0.1", "7500", "0", "0.00", "9223372036854775807"};

    for (size_t i = 0; i < LENGTH(texts); i++)
        CHECK_TEXT(text_of(d(texts[i])), texts[i]);
    CHECK_TEXT(text_of(d("+5.")), "5");
    CHECK_TEXT(text_of(d(".5")), "0.5");
    CHECK_TEXT(text_of(DECIMAL(12, 2)), "1200");
}

TEST(what_is_no_number_is_refused)
{
    const char *bad[] = {"",   ".",   "-",     "NaN", "1e5", "0x1F",    " 1",
                         "1 ", "1,0", "1.2.3", "--1", "1-",  "\xC3\xA9"};
    struct decimal out;

    for (size_t i = 0; i < LENGTH(bad); i++)
        CHECK_INT(decimal_parse(span_of(bad[i]), &out), ERR_SYNTAX);
    CHECK_INT(decimal_parse(SPAN("9223372036854775808"), &out), ERR_OVERFLOW);
    CHECK_INT(decimal_parse(SPAN("0.1234567890123456789"), &out), ERR_OVERFLOW);
}

TEST(comparison_knows_no_digits)
{
    CHECK_INT(decimal_compare(d("1.0"), d("1.00")), 0);
    CHECK(decimal_compare(d("0.050"), d("0.0501")) < 0);
    CHECK(decimal_compare(d("-1"), d("1")) < 0);
    CHECK(decimal_compare(DECIMAL(9, 18), DECIMAL(1, -18)) > 0);
    CHECK(decimal_compare(DECIMAL(-9, 18), DECIMAL(INT64_MAX, 0)) < 0);
}

TEST(rounding_follows_the_named_rule)
{
    const struct {
        const char *in;
        enum rounding rounding;
        const char *out;
    } cases[] = {
        {"0.125", ROUND_HALF_EVEN, "0.12"},
        {"0.135", ROUND_HALF_EVEN, "0.14"},
        {"0.1251", ROUND_HALF_EVEN, "0.13"},
        {"-0.125", ROUND_HALF_EVEN, "-0.12"},
        {"0.125", ROUND_HALF_UP, "0.13"},
        {"-0.125", ROUND_HALF_UP, "-0.13"},
        {"0.121", ROUND_UP, "0.13"},
        {"-0.129", ROUND_UP, "-0.12"},
        {"0.129", ROUND_DOWN, "0.12"},
        {"-0.121", ROUND_DOWN, "-0.13"},
        {"0.12", ROUND_UP, "0.12"},
    };

    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct decimal out;

        CHECK_INT(decimal_rescale(d(cases[i].in), -2, cases[i].rounding, &out),
                  OK);
        CHECK_TEXT(text_of(out), cases[i].out);
    }
}

TEST(sums_are_exact_and_means_are_rounded_once)
{
    struct decimal_sum sum = DECIMAL_SUM_ZERO;
    struct decimal mean;

    for (int i = 0; i < 10; i++)
        CHECK_INT(decimal_sum_add(&sum, d("0.1")), OK);
    CHECK_INT(decimal_sum_add(&sum, d("1")), OK);
    CHECK_INT(decimal_sum_total(&sum, -1, ROUND_HALF_EVEN, &mean), OK);
    CHECK_TEXT(text_of(mean), "2.0");
    CHECK_INT(decimal_sum_mean(&sum, -3, ROUND_HALF_EVEN, &mean), OK);
    CHECK_TEXT(text_of(mean), "0.182"); /* 2/11 */
    sum = DECIMAL_SUM_ZERO;
    CHECK_INT(decimal_sum_mean(&sum, 0, ROUND_HALF_EVEN, &mean),
              ERR_OUT_OF_RANGE);
}

TEST(a_flow_weighted_mean_is_a_ratio_of_exact_sums)
{
    struct decimal_sum mass = DECIMAL_SUM_ZERO, volume = DECIMAL_SUM_ZERO;
    struct decimal mean;

    CHECK_INT(decimal_sum_add_weighted(&mass, d("40.1"), d("10.5")), OK);
    CHECK_INT(decimal_sum_add(&volume, d("10.5")), OK);
    CHECK_INT(decimal_sum_add_weighted(&mass, d("20.3"), d("0.5")), OK);
    CHECK_INT(decimal_sum_add(&volume, d("0.5")), OK);
    CHECK_INT(decimal_sum_ratio(&mass, &volume, -1, ROUND_HALF_EVEN, &mean),
              OK);
    CHECK_TEXT(text_of(mean), "39.2");
}

TEST(what_does_not_fit_is_an_error)
{
    struct decimal out;

    CHECK_INT(decimal_add(DECIMAL(INT64_MAX, 0), DECIMAL(1, 0), &out),
              ERR_OVERFLOW);
    CHECK_INT(decimal_mul(DECIMAL(INT64_MAX, 0), DECIMAL(2, 0), &out),
              ERR_OVERFLOW);
    CHECK_INT(decimal_exact(d("0.125"), -2, &out), ERR_OVERFLOW);
    CHECK_INT(decimal_divide(d("1"), d("0"), 0, ROUND_HALF_EVEN, &out),
              ERR_OUT_OF_RANGE);
    CHECK_INT(decimal_muldiv(d("1"), d("1"), d("0.0"), 0, ROUND_UP, &out),
              ERR_OUT_OF_RANGE);
}

TEST(an_interpolation_is_rounded_once_at_its_end)
{
    struct decimal out;

    /* (100 - 50) / (75 - 35) * (36 - 35), upward */
    CHECK_INT(decimal_muldiv(d("50"), d("1"), d("40"), 0, ROUND_UP, &out), OK);
    CHECK_TEXT(text_of(out), "2");
}
