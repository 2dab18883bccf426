#include "assess/account/hours.h"

#include "assess/account/source_rates.h"
#include "assess/account/source_total.h"
#include "assess/account/source_validity.h"
#include "assess/account/substitution.h"
#include "base/test.h"

/* 2026-01-01 00:00 in Beijing, the start of a quarter. */
#define START 1767196800LL
enum { QUARTER_HOURS = 90 * 24 };

static struct hours_record made[200 * 24];

/* Hours of 30.0 mg/m3 and 100000 m3/h: 3 kg each. */
static struct hours_input gas(size_t hours)
{
    for (size_t i = 0; i < hours; i++)
        made[i] = (struct hours_record){
            .start_s = START + (int64_t)i * HOUR_S,
            .has_value = true,
            .has_flow = true,
            .value = DECIMAL(300, -1),
            .flow = DECIMAL(100000, 0),
            .minutes = 60,
        };
    return (struct hours_input){
        .medium = HOURS_GAS,
        .factor = "a21026",
        .records = made,
        .count = hours,
        .from_s = START,
        .to_s = START + (int64_t)hours * HOUR_S,
        .step_hours = 1,
        .minutes_needed = source_minutes_needed(HOURS_GAS, "a21026", 20260101),
    };
}

/* 20.0 mg/L and 50 m3/h: 1 kg an hour. */
static struct hours_input water(size_t hours)
{
    struct hours_input in = gas(hours);

    for (size_t i = 0; i < hours; i++) {
        made[i].value = DECIMAL(200, -1);
        made[i].flow = DECIMAL(50, 0);
    }
    in.medium = HOURS_WATER;
    in.factor = "w01018";
    in.minutes_needed = source_minutes_needed(HOURS_WATER, "w01018", 20260101);
    return in;
}

static void move(struct hours_input *in, int64_t by_s)
{
    for (size_t i = 0; i < in->count; i++)
        made[i].start_s += by_s;
    in->from_s += by_s;
    in->to_s += by_s;
}

static bool has(const char *text, const char *part)
{
    if (!strstr(text, part))
        print_error("\"%s\" is not in \"%s\"\n", part, text);
    return strstr(text, part);
}

static struct arena arena;

static enum hours_reason reason_of_first(struct hours_input in)
{
    enum hours_reason reason;

    arena_init(&arena);
    reason = hours_lay(&in, &arena).slots[0].reason;
    arena_done(&arena);
    return reason;
}

TEST(every_lost_hour_has_its_reason)
{
    struct hours_input in = gas(1);

    CHECK_INT(reason_of_first(in), REASON_VALID);
    made->minutes = 45;
    CHECK_INT(reason_of_first(in), REASON_VALID);
    made->minutes = 44;
    CHECK_INT(reason_of_first(in), REASON_FEW_MINUTES);
    in = gas(1);
    made->has_value = false;
    CHECK_INT(reason_of_first(in), REASON_MISSING);
    in = gas(1);
    made->value = DECIMAL(-1, -1);
    CHECK_INT(reason_of_first(in), REASON_NEGATIVE);
    made->value = DECIMAL(0, 0);
    CHECK_INT(reason_of_first(in), REASON_VALID); /* gas may be 0 */
    in = gas(1);
    in.count = 0;
    CHECK_INT(reason_of_first(in), REASON_NO_RECORD);
}

TEST(flags_of_the_logger_and_marks_of_the_operator)
{
    static const struct {
        enum hours_flag flag;
        enum hours_mark mark;
        enum hours_reason reason;
    } cases[] = {
        {FLAG_NORMAL, MARK_NONE, REASON_VALID},
        {FLAG_MANUAL, MARK_NONE, REASON_VALID},
        {FLAG_MAINTENANCE, MARK_NONE, REASON_MAINTENANCE},
        {FLAG_CALIBRATION, MARK_NONE, REASON_CALIBRATION},
        {FLAG_FAULT, MARK_NONE, REASON_FAULT},
        {FLAG_OUT_OF_SERVICE, MARK_NONE, REASON_OUT_OF_SERVICE},
        {FLAG_RANGE, MARK_NONE, REASON_OUT_OF_RANGE},
        {FLAG_COMMUNICATION, MARK_NONE, REASON_COMMUNICATION},
        {FLAG_NORMAL, MARK_STOPPED, REASON_STOPPED},
        {FLAG_FAULT, MARK_STOPPED, REASON_STOPPED},
        {FLAG_NORMAL, MARK_STATE, REASON_VALID},
        {FLAG_NORMAL, MARK_MAINTENANCE, REASON_MAINTENANCE},
        {FLAG_NORMAL, MARK_CALIBRATION, REASON_CALIBRATION},
        {FLAG_NORMAL, MARK_COMPARISON, REASON_COMPARISON},
        {FLAG_NORMAL, MARK_FAULT, REASON_FAULT},
        {FLAG_NORMAL, MARK_COMMUNICATION, REASON_COMMUNICATION},
    };

    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct hours_input in = gas(1);

        made->flag = cases[i].flag;
        made->mark = cases[i].mark;
        CHECK_INT(reason_of_first(in), cases[i].reason);
    }
}

TEST(water_is_invalid_at_zero_and_without_flow)
{
    struct hours_input in = water(1);

    CHECK_INT(reason_of_first(in), REASON_VALID);
    made->value = DECIMAL(0, 0);
    CHECK_INT(reason_of_first(in), REASON_ZERO);
    made->value = DECIMAL(-1, 0);
    CHECK_INT(reason_of_first(in), REASON_NEGATIVE);
    in = water(1);
    made->has_flow = false;
    CHECK_INT(reason_of_first(in), REASON_NO_FLOW);
    in = water(1);
    made->flow = DECIMAL(0, 0);
    CHECK_INT(reason_of_first(in), REASON_STOPPED);
    made->flow = DECIMAL(-1, 0);
    CHECK_INT(reason_of_first(in), REASON_OUT_OF_RANGE);
}

TEST(the_range_of_the_instrument_holds_at_both_ends)
{
    static const struct {
        struct decimal value;
        enum hours_reason reason;
    } cases[] = {
        {{5, 0}, REASON_VALID},
        {{499, -2}, REASON_OUT_OF_RANGE},
        {{500, 0}, REASON_VALID},
        {{50001, -2}, REASON_OUT_OF_RANGE},
    };

    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct hours_input in = gas(1);

        in.has_low = in.has_high = true;
        in.low = DECIMAL(5, 0);
        in.high = DECIMAL(500, 0);
        made->value = cases[i].value;
        CHECK_INT(reason_of_first(in), cases[i].reason);
    }
}

TEST(numbers_too_large_to_count_with_are_out_of_range)
{
    static const struct decimal wild[] = {
        {INT64_MAX, 18}, {INT64_MAX, 0}, {1, -18}, {1000000001, 0}, {1, -7},
    };

    for (size_t i = 0; i < LENGTH(wild); i++) {
        struct hours_input in = gas(1);

        made->value = wild[i];
        CHECK_INT(reason_of_first(in), REASON_OUT_OF_RANGE);
        in = gas(1);
        made->flow = wild[i];
        CHECK_INT(reason_of_first(in), REASON_OUT_OF_RANGE);
    }
    /* each fits, their product does not */
    {
        struct hours_input in = gas(1);

        made->value = made->flow = DECIMAL(999999999999999, -6);
        CHECK_INT(reason_of_first(in), REASON_OUT_OF_RANGE);
    }
}

TEST(a_failed_check_spoils_all_between_the_passed_ones)
{
    struct hours_input in = gas(10);
    struct hours h;

    made[2].mark = MARK_CHECK_PASSED;
    made[5].mark = MARK_CHECK_FAILED;
    made[7].mark = MARK_CHECK_PASSED;
    arena_init(&arena);
    h = hours_lay(&in, &arena);
    for (size_t i = 0; i < 10; i++)
        CHECK_INT(h.slots[i].reason,
                  i >= 2 && i < 7 ? REASON_CHECK_FAILED : REASON_VALID);
    made[7].mark = MARK_NONE; /* never passed again */
    h = hours_lay(&in, &arena);
    CHECK_INT(h.slots[9].reason, REASON_CHECK_FAILED);
    CHECK_INT(h.slots[1].reason, REASON_VALID);
    arena_done(&arena);
}

/* ---- validity ---- */

static struct verdict validity_of(struct hours_input in, int day_hours)
{
    struct verdict v;

    source_validity(&in, day_hours, &arena, &v);
    return v;
}

TEST(a_gas_day_needs_twenty_valid_hours_or_the_setting)
{
    struct hours_input in = gas(24);
    struct verdict v;

    arena_init(&arena);
    for (int i = 0; i < 4; i++)
        made[i].flag = FLAG_FAULT;
    v = validity_of(in, 0);
    CHECK(has(v.summary_en, "1 of 1 days valid"));
    CHECK_TEXT(v.edition, "HJ 75-2017");
    made[4].flag = FLAG_FAULT;
    v = validity_of(in, 0);
    CHECK(has(v.summary_en, "0 of 1 days valid"));
    CHECK_TEXT(v.confidence, "medium");
    v = validity_of(in, 18);
    CHECK(has(v.summary_en, "1 of 1 days valid"));
    CHECK_TEXT(v.confidence, "low");
    made[5].flag = made[6].flag = FLAG_FAULT;
    CHECK(has(validity_of(in, 18).summary_en, "0 of 1 days valid"));
    arena_done(&arena);
}

TEST(a_quarter_is_captured_from_75_percent_and_stopped_hours_leave)
{
    struct hours_input in = gas(QUARTER_HOURS);
    struct verdict v;

    arena_init(&arena);
    for (int i = 0; i < 160; i++)
        made[i].mark = MARK_STOPPED; /* 2000 are due */
    for (int i = 0; i < 500; i++)
        made[160 + i].flag = FLAG_FAULT;
    v = validity_of(in, 0);
    CHECK_INT(v.rating, 0);
    CHECK(has(v.summary_en, "capture 1500/2000 = 75.00 % ≥ 75 %: valid"));
    CHECK(has(v.items[1].step_en, "stopped, no discharge: 160"));
    made[1000].has_value = false;
    v = validity_of(in, 0);
    CHECK_INT(v.rating, 1);
    CHECK(has(v.summary_en, "1499/2000 = 74.95 % < 75 %: not valid"));
    arena_done(&arena);
}

TEST(what_is_stopped_all_the_time_is_not_rated)
{
    struct hours_input in = gas(24);

    arena_init(&arena);
    for (int i = 0; i < 24; i++)
        made[i].mark = MARK_STOPPED;
    CHECK_INT(validity_of(in, 0).outcome, VERDICT_INSUFFICIENT);
    move(&in, -3650 * (int64_t)DAY_S); /* 2016 */
    CHECK_INT(validity_of(in, 0).outcome, VERDICT_NO_EDITION);
    arena_done(&arena);
}

TEST(a_water_day_needs_75_percent_of_what_is_due)
{
    struct hours_input in = water(24);
    struct verdict v;

    arena_init(&arena);
    for (int i = 0; i < 6; i++)
        made[i].flag = FLAG_FAULT;
    v = validity_of(in, 0);
    CHECK_INT(v.rating, 0);
    CHECK(has(v.summary_en, "valid days 1/1 = 100.00 % ≥ 75 %"));
    made[6].flag = FLAG_FAULT;
    CHECK_INT(validity_of(in, 0).rating, 1);
    /* batch discharge: 8 hours are due, 6 suffice */
    in = water(24);
    for (int i = 8; i < 24; i++)
        made[i].flow = DECIMAL(0, 0);
    made[0].value = made[1].value = DECIMAL(0, 0);
    CHECK_INT(validity_of(in, 0).rating, 0);
    made[2].value = DECIMAL(0, 0);
    CHECK_INT(validity_of(in, 0).rating, 1);
    arena_done(&arena);
}

TEST(a_water_mean_is_weighted_by_flow_and_ph_is_a_range)
{
    struct hours_input in = water(24);
    struct verdict v;

    arena_init(&arena);
    made[0].value = DECIMAL(1000, -1);
    made[0].flow = DECIMAL(450, 0); /* (23 x 1000 + 45000) / 1600 */
    v = validity_of(in, 0);
    CHECK(has(v.items[v.item_count - 2].step_en, "ΣCQ/ΣQ = 68000/1600 = 42."));
    in = water(24);
    in.factor = "w01001";
    in.is_ph = true;
    made[3].value = DECIMAL(68, -1);
    made[4].value = DECIMAL(91, -1);
    for (int i = 0; i < 24; i++) {
        made[i].value = i == 3 || i == 4 ? made[i].value : DECIMAL(75, -1);
        made[i].has_flow = false;
    }
    v = validity_of(in, 0);
    CHECK(has(v.items[v.item_count - 2].step_en, "pH from 6.8 to 9.1"));
    CHECK(!v.items[v.item_count - 2].has_value);
    arena_done(&arena);
}

/* ---- substitution ---- */

static struct substitution substitute(struct hours_input in)
{
    struct hours h = hours_lay(&in, &arena);
    struct substitution s;

    substitution_of(&h, &arena, &s);
    return s;
}

/* A gap of `hours` at the end of `all` and a peak of 6 kg that is the
 * `peak`-th hour before it. */
static struct substitution gap_of(int all, int hours, int peak)
{
    struct hours_input in = gas((size_t)all);

    for (int i = 0; i < hours; i++)
        made[all - 1 - i].flag = FLAG_FAULT;
    made[all - hours - peak].value = DECIMAL(600, -1);
    return substitute(in);
}

TEST(gas_takes_the_highest_of_180_720_or_2160_valid_hours)
{
    static const struct {
        int gap, peak, window;
        int64_t kg;
    } cases[] = {
        {24, 180, 180, 6}, /* the peak is the 180th before the gap */
        {24, 181, 180, 3},   {25, 181, 720, 6},  {25, 720, 720, 6},
        {25, 721, 720, 3},   {216, 721, 720, 3}, /* 1944/2160 = 90 % */
        {217, 721, 2160, 6},                     /* below 90 % */
        {540, 1, 2160, 6},                       /* 75 % */
    };

    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct substitution s;

        arena_init(&arena);
        s = gap_of(QUARTER_HOURS, cases[i].gap, cases[i].peak);
        CHECK_INT(s.count, cases[i].gap);
        CHECK_INT(s.list[0].given, true);
        CHECK_INT(s.list[0].window, cases[i].window);
        CHECK_INT(decimal_compare(s.list[0].amount, DECIMAL(cases[i].kg, 0)),
                  0);
        CHECK_INT(decimal_compare(s.substituted,
                                  DECIMAL(cases[i].kg * cases[i].gap, 0)),
                  0);
        arena_done(&arena);
    }
}

TEST(below_75_percent_nothing_is_substituted)
{
    struct substitution s;

    arena_init(&arena);
    s = gap_of(QUARTER_HOURS, 541, 1);
    CHECK_INT(s.count, 541);
    CHECK(!s.list[0].given);
    CHECK(has(s.list[0].why.en, "1619/2160 = 74.95 %"));
    CHECK_INT(s.substituted.mantissa, 0);
    arena_done(&arena);
}

TEST(measured_amounts_stay_and_stopped_hours_do_not_lengthen_a_gap)
{
    struct hours_input in = gas(QUARTER_HOURS);
    struct substitution s;

    arena_init(&arena);
    for (int i = 1000; i < 1030; i++)
        made[i].flag = FLAG_FAULT;
    for (int i = 1010; i < 1016; i++)
        made[i].mark = MARK_STOPPED;
    made[990].value = DECIMAL(500, -1);
    made[995].value = DECIMAL(500, -1);
    s = substitute(in);
    CHECK_INT(s.count, 24);
    CHECK_INT(s.list[0].window, 180);
    CHECK_INT(s.list[0].donor_s, START + 995LL * HOUR_S); /* the latest */
    CHECK_INT(s.list[23].donor_s, START + 995LL * HOUR_S);
    CHECK_INT(
        decimal_compare(s.measured, DECIMAL(3 * (QUARTER_HOURS - 30) + 4, 0)),
        0);
    CHECK_INT(decimal_compare(s.substituted, DECIMAL(24 * 5, 0)), 0);
    arena_done(&arena);
}

TEST(a_gap_at_the_very_beginning_has_no_donor)
{
    struct hours_input in = gas(QUARTER_HOURS);
    struct substitution s;
    struct verdict v;

    made[0].flag = FLAG_FAULT;
    arena_init(&arena);
    s = substitute(in);
    CHECK_INT(s.count, 1);
    CHECK(!s.list[0].given);
    source_substitution(&in, &arena, &v);
    CHECK_INT(v.rating, 1);
    CHECK(has(v.summary_en, "6477 − 0 + 0 = 6477 kg"));
    arena_done(&arena);
}

TEST(a_water_day_takes_the_highest_load_of_30_valid_days)
{
    struct hours_input in = water(40 * 24);
    struct substitution s;

    arena_init(&arena);
    for (int i = 0; i < 7; i++)
        made[39 * 24 + i].flag = FLAG_FAULT; /* the 40th day is lost */
    for (int i = 0; i < 24; i++)
        made[9 * 24 + i].value = DECIMAL(400, -1); /* the 30th before it */
    s = substitute(in);
    CHECK_INT(s.count, 1);
    CHECK_INT(s.list[0].by_day, true);
    CHECK_INT(s.list[0].used, 30);
    CHECK_INT(decimal_compare(s.substituted, DECIMAL(48, 0)), 0);
    CHECK_INT(decimal_compare(s.replaced, DECIMAL(17, 0)), 0);
    CHECK_TEXT(s.standard, "HJ 356-2019");
    /* one day earlier it is out of the window */
    for (int i = 0; i < 24; i++) {
        made[9 * 24 + i].value = DECIMAL(200, -1);
        made[8 * 24 + i].value = DECIMAL(400, -1);
    }
    CHECK_INT(decimal_compare(substitute(in).substituted, DECIMAL(24, 0)), 0);
    /* unless the last passed check lies before: then the window moves */
    made[38 * 24].mark = MARK_CHECK_PASSED;
    CHECK_INT(decimal_compare(substitute(in).substituted, DECIMAL(48, 0)), 0);
    arena_done(&arena);
}

TEST(before_2020_water_took_the_mean_of_as_many_hours)
{
    struct hours_input in = water(48);
    struct substitution s;

    arena_init(&arena);
    move(&in, -2192 * (int64_t)DAY_S); /* 2020-01-01 */
    made[10].flag = made[11].flag = FLAG_FAULT;
    made[8].value = DECIMAL(100, -1);
    made[9].value = DECIMAL(300, -1);
    s = substitute(in);
    CHECK_INT(s.count, 2);
    CHECK_TEXT(s.list[0].method, "mean");
    CHECK_INT(decimal_compare(s.list[0].amount, DECIMAL(1, 0)), 0);
    CHECK_TEXT(s.standard, "HJ/T 356-2007");
    made[10].has_flow = false;
    CHECK(!substitute(in).list[0].given);
    in.is_ph = true;
    in.factor = "w01001";
    s = substitute(in);
    CHECK_TEXT(s.list[0].method, "median");
    CHECK_INT(decimal_compare(s.list[0].amount, DECIMAL(20, 0)), 0);
    arena_done(&arena);
}

/* ---- totals, rates ---- */

TEST(a_total_is_the_sum_of_concentration_times_flow)
{
    struct hours_input in = gas(48);
    struct verdict v;

    arena_init(&arena);
    made[0].value = DECIMAL(31, 0); /* 3.1 kg */
    made[1].mark = MARK_STOPPED;
    made[2].has_flow = false;
    source_total(&in, &arena, &v);
    CHECK(has(v.summary_en, "emitted 138.1"));
    CHECK(has(v.summary_en, "= 0.138100 t (46 valid, 1 stopped, 1 missing"));
    CHECK_INT(v.rating, 1);
    in = water(24);
    source_total(&in, &arena, &v);
    CHECK_INT(decimal_compare(v.index, DECIMAL(24, -3)), 0);
    CHECK_INT(v.rating, 0);
    in.is_ph = true;
    source_total(&in, &arena, &v);
    CHECK_INT(v.outcome, VERDICT_INSUFFICIENT);
    in = gas(24);
    for (int i = 0; i < 24; i++)
        made[i].has_flow = false;
    source_total(&in, &arena, &v);
    CHECK_INT(v.outcome, VERDICT_INSUFFICIENT);
    arena_done(&arena);
}

TEST(rates_multiply_and_name_each_lost_hour)
{
    struct hours_input in = gas(100);
    struct verdict v;

    arena_init(&arena);
    in.count = 90; /* 10 never arrived */
    for (int i = 0; i < 15; i++)
        made[20 + i].flag = FLAG_CALIBRATION;
    source_rates(&in, 1, &arena, &v);
    CHECK_INT(v.rating, 0);
    CHECK(has(v.summary_en, "90/100 × 75/90 = 75/100 = 75.00 % ≥ 75 %"));
    CHECK(
        has(v.items[0].step_en, "20:00 to 2026-01-02 10:00: calibration, 15"));
    CHECK(has(v.items[1].step_en, "nothing received, 10 lost"));
    made[0].flag = FLAG_FAULT;
    source_rates(&in, 1, &arena, &v);
    CHECK_INT(v.rating, 1);
    for (int i = 0; i < 90; i++)
        made[i].mark = MARK_STOPPED;
    in.to_s = START + 90 * HOUR_S;
    source_rates(&in, 1, &arena, &v);
    CHECK_INT(v.outcome, VERDICT_INSUFFICIENT);
    move(&in, -3650 * (int64_t)DAY_S);
    source_rates(&in, 1, &arena, &v);
    CHECK_INT(v.outcome, VERDICT_NO_EDITION);
    arena_done(&arena);
}

TEST(two_hourly_values_stand_for_two_hours)
{
    struct hours_input in = water(24);
    struct verdict v;

    arena_init(&arena);
    for (size_t i = 0; i < 12; i++)
        made[i].start_s = START + (int64_t)i * 2 * HOUR_S;
    in.count = 12;
    in.step_hours = 2;
    source_total(&in, &arena, &v);
    CHECK_INT(decimal_compare(v.index, DECIMAL(24, -3)), 0);
    CHECK(has(validity_of(in, 0).summary_en, "1/1"));
    arena_done(&arena);
}
