#include "quality/quality.h"

#include "base/test.h"

/* A normal hour value of 35.0 that arrived five minutes after its hour. */
static struct reading hour_value(void)
{
    struct reading r = {.start_s = 1790000000 / HOUR_S * HOUR_S};

    r.number[COLUMN_VALUE] = DECIMAL(350, -1);
    r.present = READING_VALUE;
    r.flag = 'N';
    return r;
}

static struct quality_context context_of(const struct reading *r)
{
    return (struct quality_context){
        .label_s = r->start_s,
        .end_s = r->start_s + HOUR_S,
        .arrival_s = r->start_s + HOUR_S + 300,
        .future_s = 600,
    };
}

TEST(a_good_reading_has_nothing_said_of_it)
{
    struct reading r = hour_value();
    struct quality_context c = context_of(&r);

    CHECK_INT(quality_check(&r, &c), 0);
    CHECK(reading_is_valid(&r));
}

TEST(flags_decide_whether_a_value_counts)
{
    const struct {
        char flag;
        uint32_t said;
        bool valid;
    } cases[] = {
        {'N', 0, true},
        {'1', 0, true},
        {'3', 0, true},
        {0, QUALITY_BIT(FLAG_ABSENT), true},
        {'M', 0, false},
        {'D', 0, false},
        {'T', 0, false},
        {'B', 0, false},
        {'0', 0, false},
        {'2', 0, false},
        {'W', QUALITY_BIT(FLAG_UNKNOWN), false},
        {'n', QUALITY_BIT(FLAG_UNKNOWN), false},
    };

    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct reading r = hour_value();
        struct quality_context c = context_of(&r);

        r.flag = cases[i].flag;
        r.quality = quality_check(&r, &c);
        CHECK_INT(r.quality, cases[i].said);
        CHECK_INT(reading_is_valid(&r), cases[i].valid);
    }
}

TEST(a_clock_ahead_is_named_from_its_bound_on)
{
    struct reading r = hour_value();
    struct quality_context c = context_of(&r);

    c.arrival_s = r.start_s - 600;
    CHECK_INT(quality_check(&r, &c), 0);
    c.arrival_s--;
    CHECK_INT(quality_check(&r, &c), QUALITY_BIT(FUTURE));
    r.quality = QUALITY_BIT(FUTURE);
    CHECK(!reading_is_valid(&r));
}

TEST(a_clock_that_was_reset_is_ancient)
{
    struct reading r = hour_value();
    struct quality_context c = context_of(&r);

    CHECK_INT(civil_day_start(20000101, &c.label_s), OK);
    CHECK_INT(quality_check(&r, &c), 0);
    c.label_s--;
    CHECK_INT(quality_check(&r, &c), QUALITY_BIT(ANCIENT));
    r.quality = QUALITY_BIT(ANCIENT);
    CHECK(!reading_is_valid(&r));
}

TEST(late_values_are_marked_and_count)
{
    struct reading r = hour_value();
    struct quality_context c = context_of(&r);

    c.arrival_s = c.end_s + QUALITY_BACKFILL_S;
    CHECK_INT(quality_check(&r, &c), 0);
    c.arrival_s++;
    CHECK_INT(quality_check(&r, &c), QUALITY_BIT(BACKFILLED));
    c.arrival_s = c.end_s;
    c.backfilled = true;
    r.quality = quality_check(&r, &c);
    CHECK_INT(r.quality, QUALITY_BIT(BACKFILLED));
    CHECK(reading_is_valid(&r));
}

TEST(range_holds_on_both_sides_of_its_ends)
{
    const struct {
        struct decimal value;
        bool beyond;
    } cases[] = {
        {DECIMAL(-51, -1), true},
        {DECIMAL(-50, -1), false},
        {DECIMAL(1000, 0), false},
        {DECIMAL(10001, -1), true},
    };

    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct reading r = hour_value();
        struct quality_context c = context_of(&r);

        c.has_range = c.may_be_negative = true;
        c.low = DECIMAL(-5, 0);
        c.high = DECIMAL(10, 2);
        r.number[COLUMN_VALUE] = cases[i].value;
        CHECK_INT(quality_check(&r, &c),
                  cases[i].beyond ? QUALITY_BIT(BEYOND_RANGE) : 0);
    }
}

TEST(below_zero_is_odd_for_a_concentration_only)
{
    struct reading r = hour_value();
    struct quality_context c = context_of(&r);

    r.number[COLUMN_VALUE] = DECIMAL(-1, -1);
    c.may_be_negative = quality_may_be_negative("a34004");
    CHECK_INT(quality_check(&r, &c), QUALITY_BIT(NEGATIVE));
    c.may_be_negative = quality_may_be_negative("a01001");
    CHECK_INT(quality_check(&r, &c), 0);
}

TEST(a_mean_outside_its_own_extremes_is_inconsistent)
{
    const struct {
        uint8_t present;
        int64_t low, mean, high;
        bool odd;
    } cases[] = {
        {READING_MIN | READING_VALUE | READING_MAX, 1, 2, 3, false},
        {READING_MIN | READING_VALUE | READING_MAX, 2, 2, 2, false},
        {READING_MIN | READING_VALUE | READING_MAX, 3, 2, 3, true},
        {READING_MIN | READING_VALUE | READING_MAX, 1, 4, 3, true},
        {READING_MIN | READING_MAX, 4, 0, 3, true},
        {READING_MIN | READING_VALUE, 1, 2, 0, false},
        {READING_VALUE, 9, 2, 1, false},
    };

    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct reading r = hour_value();
        struct quality_context c = context_of(&r);

        r.number[COLUMN_MIN] = DECIMAL(cases[i].low, 0);
        r.number[COLUMN_VALUE] = DECIMAL(cases[i].mean, 0);
        r.number[COLUMN_MAX] = DECIMAL(cases[i].high, 0);
        r.present = cases[i].present;
        CHECK_INT(quality_check(&r, &c),
                  cases[i].odd ? QUALITY_BIT(INCONSISTENT) : 0);
    }
}

TEST(the_converted_numbers_are_looked_at_too)
{
    struct reading r = hour_value();
    struct quality_context c = context_of(&r);

    r.present |= READING_CONVERTED | READING_CONVERTED_MAX;
    r.number[COLUMN_CONVERTED] = DECIMAL(41, 0);
    r.number[COLUMN_CONVERTED_MAX] = DECIMAL(40, 0);
    CHECK_INT(quality_check(&r, &c), QUALITY_BIT(INCONSISTENT));
}

TEST(every_bit_has_a_name_and_comes_back_from_it)
{
    for (int i = 0; i < QUALITY_COUNT; i++) {
        enum quality back = QUALITY_COUNT;

        CHECK_INT(quality_parse(span_of(quality_name((enum quality)i)), &back),
                  OK);
        CHECK_INT(back, i);
        CHECK(strlen(quality_text((enum quality)i)) > 0);
    }
    enum quality none = QUALITY_COUNT;

    CHECK_INT(quality_parse(SPAN("nothing"), &none), ERR_NOT_FOUND);
}

TEST(a_reading_without_a_value_never_counts)
{
    struct reading r = hour_value();

    r.present = READING_TOTAL;
    CHECK(!reading_is_valid(&r));
}
