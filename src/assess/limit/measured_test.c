#include "assess/limit/measured.h"

#include "base/test.h"

static const struct limit upper = {
    .bound = LIMIT_MAX, .high = {10, 0}, .unit = "ug/L"};
static const struct limit lower = {
    .bound = LIMIT_MIN, .low = {5, -2}, .unit = "mg/L"};
static const struct limit range = {
    .bound = LIMIT_RANGE, .low = {65, -1}, .high = {85, -1}, .unit = ""};
static const struct limit germs = {
    .bound = LIMIT_MAX, .high = {3, 0}, .unit = "CFU/100mL"};
static const struct limit none = {.bound = LIMIT_NONE, .unit = ""};
static const struct limit absent = {.bound = LIMIT_NOT_DETECTED,
                                    .unit = "CFU/100mL"};

static struct decimal number;
static const char *note[2];
static struct arena arena;

static enum measured_state seen(struct measured m, const struct limit *limit)
{
    arena_clear(&arena);
    return measured_number(&m, limit, &arena, &number, note);
}

static struct measured below(int64_t mantissa, int exponent)
{
    return (struct measured){.value = {mantissa, (int8_t)exponent},
                             .below_detection = true};
}

static bool is_number(const char *text)
{
    struct decimal d = DECIMAL(0, 0);

    return !decimal_parse(span_of(text), &d) && decimal_compare(d, number) == 0;
}

TEST(a_number_is_itself_unless_it_is_negative)
{
    struct measured m = {.value = {7, 0}};

    CHECK_INT(seen(m, &upper), MEASURED_FIT);
    CHECK(is_number("7") && !*note[0] && !*note[1]);
    m.value.mantissa = -7;
    CHECK_INT(seen(m, &upper), MEASURED_NEGATIVE);
}

TEST(half_of_a_detection_limit_that_reaches_the_limit)
{
    CHECK_INT(seen(below(10, 0), &upper), MEASURED_FIT);
    CHECK(is_number("5"));
    CHECK_TEXT(note[1], " (not detected: half the detection limit 10)");
    CHECK_INT(seen(below(101, -1), &upper), MEASURED_UNFIT);
    CHECK_INT(seen(below(5, -2), &lower), MEASURED_FIT);
    CHECK(is_number("0.025"));
    CHECK_INT(seen(below(6, -2), &lower), MEASURED_UNFIT);
    CHECK_INT(seen(below(7, 0), &range), MEASURED_UNFIT);
}

TEST(words_are_numbers_only_where_that_makes_sense)
{
    struct measured m = {.is = MEASURED_NOT_DETECTED};

    CHECK_INT(seen(m, &upper), MEASURED_NO_DETECTION);
    CHECK_INT(seen(m, &germs), MEASURED_FIT);
    CHECK(is_number("0"));
    CHECK_INT(seen(m, &none), MEASURED_FIT);
    m.is = MEASURED_NONE;
    CHECK_INT(seen(m, &upper), MEASURED_NO_ANSWER);
    CHECK_INT(seen(m, &germs), MEASURED_FIT);
    m.is = MEASURED_PRESENT;
    CHECK_INT(seen(m, &germs), MEASURED_NO_ANSWER);
    CHECK_INT(seen(m, &none), MEASURED_FIT);
    CHECK(is_number("1"));
    CHECK_INT(seen(m, &absent), MEASURED_FIT);
    CHECK(!limit_meets(&absent, number));
    CHECK_INT(seen(below(2, 0), &absent), MEASURED_FIT);
    CHECK(limit_meets(&absent, number));
}

TEST(what_cannot_be_rated_says_why)
{
    struct measured m = below(20, 0);

    CHECK_TEXT(measured_why(&m, MEASURED_UNFIT, &upper, true, &arena),
               "not detected, but the detection limit 20 does not reach the "
               "limit ≤ 10: the method cannot prove compliance; not rated");
    for (int state = MEASURED_UNFIT; state <= MEASURED_NEGATIVE; state++) {
        CHECK(*measured_why(&m, (enum measured_state)state, &upper, true,
                            &arena));
        CHECK(*measured_why(&m, (enum measured_state)state, &upper, false,
                            &arena));
    }
    CHECK_TEXT(measured_why(&m, MEASURED_FIT, &upper, true, &arena), "");
}
