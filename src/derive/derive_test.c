#include "derive/derive.h"

#include "derive/ph.h"

#include "base/test.h"

static int64_t at(int yyyymmdd, int hour)
{
    int64_t start;

    CHECK_INT(civil_day_start(yyyymmdd, &start), OK);
    return start + (int64_t)hour * HOUR_S;
}

static struct decimal number(const char *text)
{
    struct decimal d;

    CHECK_INT(decimal_parse(span_of(text), &d), OK);
    return d;
}

static struct reading reading(int64_t start_s, const char *value)
{
    struct reading r = {.start_s = start_s, .flag = 'N'};

    if (value) {
        r.number[COLUMN_VALUE] = number(value);
        r.present = READING_VALUE;
    }
    return r;
}

static void check_number(const struct reading *r, enum reading_column column,
                         const char *expected)
{
    char text[DECIMAL_TEXT_MAX];

    CHECK(r->present & 1U << column);
    decimal_format(r->number[column], text);
    CHECK_TEXT(text, expected);
}

/* `count` readings a step apart, all of one value. */
static size_t run_of(struct reading *out, int64_t from_s, int step_s,
                     size_t count, const char *value)
{
    for (size_t i = 0; i < count; i++)
        out[i] = reading(from_s + (int64_t)i * step_s, value);
    return count;
}

static struct derive_job job_of(enum derive_id id, int64_t start_s,
                                const struct reading *inputs, size_t count)
{
    return (struct derive_job){
        .rule = derive_rule(id),
        .start_s = start_s,
        .need = {.needed = 1, .rounding = ROUND_HALF_EVEN},
        .inputs = inputs,
        .input_count = count,
        .arrival_us = 42,
    };
}

TEST(an_hour_is_the_mean_of_its_valid_minutes)
{
    struct reading in[60];
    struct reading out;
    struct derive_job job = job_of(DERIVE_HOUR, at(20260401, 8), in,
                                   run_of(in, at(20260401, 8), 60, 60, "35.0"));

    in[0].number[COLUMN_VALUE] = number("95.0");
    in[1].number[COLUMN_VALUE] = number("1000.0");
    in[1].flag = 'D'; /* a fault does not enter */
    CHECK(derive_compute(&job, &out));
    check_number(&out, COLUMN_VALUE, "36.0"); /* (95 + 58 * 35) / 59 = 36.02 */
    check_number(&out, COLUMN_MIN, "35.0");
    check_number(&out, COLUMN_MAX, "95.0");
    CHECK_INT(out.quality, 0);
    CHECK_INT(out.arrival_us, 42);
    CHECK_INT(out.start_s, at(20260401, 8));
    CHECK(reading_is_valid(&out));
}

TEST(an_hour_wants_45_minutes_whatever_the_step)
{
    const struct {
        int step_s;
        size_t valid;
        bool incomplete;
    } cases[] = {
        {60, 45, false}, {60, 44, true}, {300, 9, false}, {300, 8, true},
        {30, 90, false}, {30, 89, true}, {600, 5, false}, /* 50 minutes */
        {600, 4, true},
    };

    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct reading in[120];
        struct reading out;
        size_t all = (size_t)(HOUR_S / cases[i].step_s);
        struct derive_job job =
            job_of(DERIVE_HOUR, at(20260401, 8), in,
                   run_of(in, at(20260401, 8), cases[i].step_s, all, "1"));

        job.need.counted = COUNTED_MINUTES;
        job.need.needed = 45;
        for (size_t k = cases[i].valid; k < all; k++)
            in[k].flag = 'M';
        CHECK(derive_compute(&job, &out));
        CHECK_INT(out.quality,
                  cases[i].incomplete ? QUALITY_BIT(INCOMPLETE) : 0);
    }
}

TEST(a_mean_is_written_as_its_inputs_unless_the_standard_says)
{
    struct reading in[3] = {reading(0, "1.25"), reading(3600, "1.3"),
                            reading(7200, "2")};
    struct reading out;
    struct derive_job job = job_of(DERIVE_DAY, at(20260401, 0), in, 3);

    CHECK(derive_compute(&job, &out));
    check_number(&out, COLUMN_VALUE, "1.52"); /* 4.55 / 3 = 1.5167 */
    job.need.has_decimals = true;
    job.need.decimals = 0;
    CHECK(derive_compute(&job, &out));
    check_number(&out, COLUMN_VALUE, "2");
    job.need.has_decimals = false;
    job.need.more = 2;
    CHECK(derive_compute(&job, &out));
    check_number(&out, COLUMN_VALUE, "1.5167");
}

TEST(without_a_valid_value_there_is_none_and_the_reason_is_said)
{
    struct reading in[1] = {reading(0, "5")};
    struct reading out;
    struct derive_job job = job_of(DERIVE_DAY, at(20260401, 0), in, 1);

    in[0].flag = 'D';
    CHECK(!derive_compute(&job, &out));
    CHECK_INT(out.present, 0);
    CHECK_SPAN(out.text, "no valid value");
    CHECK(!reading_is_valid(&out));
    job.input_count = 0;
    CHECK(!derive_compute(&job, &out));
}

TEST(ozone_of_8_hours_looks_back_and_wants_six)
{
    struct reading in[8];
    struct reading out;
    int64_t hour = at(20260401, 15);
    int64_t from, to;
    struct derive_job job = job_of(DERIVE_OZONE_8H, hour, in, 8);

    derive_window(job.rule, hour, &from, &to);
    CHECK_INT(from, at(20260401, 8));
    CHECK_INT(to, at(20260401, 16));
    for (int i = 0; i < 8; i++)
        in[i] = reading(from + (int64_t)i * HOUR_S, i < 4 ? "100" : "121");
    job.need.needed = 6;
    CHECK(derive_compute(&job, &out));
    check_number(&out, COLUMN_VALUE, "110"); /* 110.5, half to even */
    CHECK_INT(out.quality, 0);
    CHECK(!(out.present & READING_MIN));
    in[0].flag = in[1].flag = 'C';
    CHECK(derive_compute(&job, &out));
    CHECK_INT(out.quality, 0);
    in[2].flag = 'C';
    CHECK(derive_compute(&job, &out));
    CHECK_INT(out.quality, QUALITY_BIT(INCOMPLETE));
}

TEST(the_largest_8_hours_of_a_day_wants_14_windows_or_an_exceedance)
{
    struct reading in[17];
    struct reading out;
    int64_t from, to;
    struct derive_job job =
        job_of(DERIVE_OZONE_DAY_8H, at(20260401, 0), in, 17);

    derive_window(job.rule, job.start_s, &from, &to);
    CHECK_INT(from, at(20260401, 7)); /* labelled 08 */
    CHECK_INT(to, at(20260402, 0));   /* the last one is labelled 24 */
    run_of(in, from, HOUR_S, 17, "90");
    in[9].number[COLUMN_VALUE] = number("160");
    job.need.needed = 14;
    job.need.has_above = true;
    job.need.above = number("160");
    CHECK(derive_compute(&job, &out));
    check_number(&out, COLUMN_VALUE, "160");
    CHECK_INT(out.quality, 0);
    job.input_count = 14;
    CHECK(derive_compute(&job, &out));
    CHECK_INT(out.quality, 0);
    job.input_count = 13;
    CHECK(derive_compute(&job, &out));
    CHECK_INT(out.quality, QUALITY_BIT(INCOMPLETE));
    in[9].number[COLUMN_VALUE] = number("161");
    CHECK(derive_compute(&job, &out));
    CHECK_INT(out.quality, 0);
}

TEST(a_change_reaches_the_periods_that_look_at_it_and_no_other)
{
    int64_t first, last;

    derive_touched(derive_rule(DERIVE_HOUR), at(20260401, 8) + 1234, &first,
                   &last);
    CHECK_INT(first, at(20260401, 8));
    CHECK_INT(last, at(20260401, 8));
    derive_touched(derive_rule(DERIVE_OZONE_8H), at(20260401, 20), &first,
                   &last);
    CHECK_INT(first, at(20260401, 20));
    CHECK_INT(last, at(20260402, 3));
    derive_touched(derive_rule(DERIVE_OZONE_DAY_8H), at(20260402, 3), &first,
                   &last);
    CHECK(first > last); /* labelled 04: no window of any day's largest */
    derive_touched(derive_rule(DERIVE_OZONE_DAY_8H), at(20260402, 7), &first,
                   &last);
    CHECK_INT(first, at(20260402, 0));
    CHECK_INT(last, at(20260402, 0));
    derive_touched(derive_rule(DERIVE_YEAR), at(20260402, 0), &first, &last);
    CHECK_INT(first, at(20260101, 0));
    CHECK_INT(last, at(20260101, 0));
}

TEST(rules_speak_of_their_own_elements_and_factors)
{
    const struct derive_rule *day = derive_rule(DERIVE_DAY);
    const struct derive_rule *month = derive_rule(DERIVE_MONTH);
    const struct derive_rule *ozone = derive_rule(DERIVE_OZONE_8H);

    CHECK(derive_applies(derive_rule(DERIVE_HOUR), ELEMENT_AIR, "a34004",
                         CADENCE_REALTIME));
    CHECK(derive_applies(day, ELEMENT_SOURCE_GAS, "a34013", CADENCE_HOUR));
    CHECK(!derive_applies(day, ELEMENT_NOISE, "leq", CADENCE_HOUR));
    CHECK(!derive_applies(day, ELEMENT_AIR, "a0502408", CADENCE_HOUR));
    CHECK(derive_applies(month, ELEMENT_AIR, "a0502408", CADENCE_DAY));
    CHECK(derive_applies(ozone, ELEMENT_AIR, "a05024", CADENCE_HOUR));
    CHECK(!derive_applies(ozone, ELEMENT_AIR, "a34004", CADENCE_HOUR));
    CHECK(!derive_applies(ozone, ELEMENT_WATER, "a05024", CADENCE_HOUR));
    CHECK(!derive_applies(derive_rule(DERIVE_YEAR), ELEMENT_WATER, "w21003",
                          CADENCE_DAY));
    CHECK(derive_applies(derive_rule(DERIVE_WATER_YEAR), ELEMENT_WATER,
                         "w21003", CADENCE_MONTH));
}

/* ---- outlets to water ---- */

static struct derive_job flow_job(const struct reading *in, size_t count,
                                  const struct reading *flow)
{
    struct derive_job job = job_of(DERIVE_DAY, at(20260401, 0), in, count);

    job.weighting = DERIVE_FLOW;
    job.weights = flow;
    job.weight_count = count;
    job.need.needed = 0;
    job.need.percent = 75;
    return job;
}

TEST(what_flows_more_weighs_more)
{
    struct reading in[2] = {reading(at(20260401, 0), "10.0"),
                            reading(at(20260401, 1), "40.0")};
    struct reading flow[2] = {reading(at(20260401, 0), "5.0"),
                              reading(at(20260401, 1), "5.0")};
    struct reading out;
    struct derive_job job = flow_job(in, 2, flow);

    flow[0].number[COLUMN_TOTAL] = number("30");
    flow[1].number[COLUMN_TOTAL] = number("10");
    flow[0].present |= READING_TOTAL;
    flow[1].present |= READING_TOTAL;
    CHECK(derive_compute(&job, &out));
    check_number(&out, COLUMN_VALUE, "17.5"); /* not 25 */
    flow[1].present = READING_VALUE; /* a rate for one: rates for both */
    CHECK(derive_compute(&job, &out));
    check_number(&out, COLUMN_VALUE, "25.0");
}

TEST(where_nothing_flows_there_is_no_mean)
{
    struct reading in[2] = {reading(at(20260401, 0), "10.0"),
                            reading(at(20260401, 1), "40.0")};
    struct reading flow[2] = {reading(at(20260401, 0), "0.0"),
                              reading(at(20260401, 1), "0.0")};
    struct reading out;
    struct derive_job job = flow_job(in, 2, flow);

    CHECK(!derive_compute(&job, &out));
    CHECK_SPAN(out.text, "no flow");
    CHECK(!(out.present & READING_VALUE));
    flow[0].flag = flow[1].flag = 'D';
    CHECK(!derive_compute(&job, &out));
    CHECK_SPAN(out.text, "no valid flow");
    job.weight_count = 0; /* no flow meter: the arithmetic mean */
    CHECK(derive_compute(&job, &out));
    check_number(&out, COLUMN_VALUE, "25.0");
}

TEST(hours_without_discharge_are_not_due)
{
    struct reading in[24], flow[24];
    struct reading out;
    struct derive_job job =
        flow_job(in, run_of(in, at(20260401, 0), HOUR_S, 24, "10.0"), flow);

    run_of(flow, at(20260401, 0), HOUR_S, 24, "0.0");
    for (int i = 8; i < 16; i++)
        flow[i].number[COLUMN_VALUE] = number("3.0");
    in[8].flag = in[9].flag = 'D'; /* 6 of 8 due */
    CHECK(derive_compute(&job, &out));
    CHECK_INT(out.quality, 0);
    in[10].flag = 'D'; /* 5 of 8, though 21 of 24 have a value */
    CHECK(derive_compute(&job, &out));
    CHECK_INT(out.quality, QUALITY_BIT(INCOMPLETE));
}

TEST(amounts_are_added_exactly)
{
    struct reading in[3] = {reading(0, "1"), reading(3600, "1"),
                            reading(7200, "1")};
    struct reading out;
    struct derive_job job = job_of(DERIVE_DAY, at(20260401, 0), in, 3);

    for (int i = 0; i < 3; i++) {
        in[i].number[COLUMN_TOTAL] = number("0.1");
        in[i].present |= READING_TOTAL;
    }
    in[2].number[COLUMN_TOTAL] = number("0.15");
    CHECK(derive_compute(&job, &out));
    check_number(&out, COLUMN_TOTAL, "0.35");
}

TEST(converted_values_have_their_own_mean_and_extremes)
{
    struct reading in[2] = {reading(0, "30"), reading(3600, "40")};
    struct reading out;
    struct derive_job job = job_of(DERIVE_DAY, at(20260401, 0), in, 2);

    in[0].number[COLUMN_CONVERTED] = number("33");
    in[1].number[COLUMN_CONVERTED] = number("47");
    in[0].present |= READING_CONVERTED;
    in[1].present |= READING_CONVERTED;
    CHECK(derive_compute(&job, &out));
    check_number(&out, COLUMN_VALUE, "35");
    check_number(&out, COLUMN_CONVERTED, "40");
    check_number(&out, COLUMN_CONVERTED_MIN, "33");
    check_number(&out, COLUMN_CONVERTED_MAX, "47");
}

/* ---- water ---- */

TEST(four_hourly_slots_are_counted_once_each)
{
    struct reading in[24];
    struct reading out;
    struct derive_job job =
        job_of(DERIVE_DAY, at(20260401, 0), in,
               run_of(in, at(20260401, 0), HOUR_S, 24, "7.0"));

    job.need.counted = COUNTED_4H;
    job.need.needed = 4;
    job.input_count = 13; /* hours 0 to 12: four slots */
    CHECK(derive_compute(&job, &out));
    CHECK_INT(out.quality, 0);
    job.input_count = 12; /* hours 0 to 11: three */
    CHECK(derive_compute(&job, &out));
    CHECK_INT(out.quality, QUALITY_BIT(INCOMPLETE));
}

TEST(a_year_also_wants_its_months)
{
    struct reading in[324], months[12];
    struct reading out;
    struct derive_job job =
        job_of(DERIVE_YEAR, at(20250101, 0), in,
               run_of(in, at(20250101, 0), DAY_S, 324, "30"));

    run_of(months, at(20250101, 0), 31 * DAY_S, 12, "30");
    job.need.needed = 324;
    job.need.months = 12;
    job.months = months;
    job.month_count = 12;
    CHECK(derive_compute(&job, &out));
    CHECK_INT(out.quality, 0);
    months[3].quality = QUALITY_BIT(INCOMPLETE);
    CHECK(derive_compute(&job, &out));
    CHECK_INT(out.quality, QUALITY_BIT(INCOMPLETE));
}

TEST(a_share_is_of_what_is_due)
{
    struct reading in[30];
    struct reading out;
    struct derive_job job = job_of(DERIVE_MONTH, at(20260401, 0), in,
                                   run_of(in, at(20260401, 0), DAY_S, 23, "5"));

    job.need.needed = 0;
    job.need.percent = 75; /* 22.5 of 30 days */
    CHECK(derive_compute(&job, &out));
    CHECK_INT(out.quality, 0);
    job.input_count = 22;
    CHECK(derive_compute(&job, &out));
    CHECK_INT(out.quality, QUALITY_BIT(INCOMPLETE));
}

/* ---- pH ---- */

TEST(the_mean_of_ph_is_that_of_the_acid)
{
    const struct {
        const char *a, *b;
        int decimals;
        const char *mean; /* by hand: -lg((10^-a + 10^-b) / 2) */
    } cases[] = {
        {"7.00", "7.00", 2, "7.00"},  {"6.00", "8.00", 2, "6.30"}, /* 6.2967 */
        {"6.00", "8.00", 3, "6.297"}, {"0", "14", 3, "0.301"},
        {"7.12", "7.34", 3, "7.216"}, /* 7.21611 */
        {"14", "14", 0, "14"},        {"0", "0", 1, "0.0"},
    };

    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct ph_sum sum = {0};
        struct decimal mean;
        char text[DECIMAL_TEXT_MAX];

        CHECK_INT(ph_add(&sum, number(cases[i].a)), OK);
        CHECK_INT(ph_add(&sum, number(cases[i].b)), OK);
        CHECK_INT(ph_mean(&sum, cases[i].decimals, &mean), OK);
        decimal_format(mean, text);
        CHECK_TEXT(text, cases[i].mean);
    }
}

TEST(every_ph_is_its_own_mean)
{
    for (int milli = 0; milli <= 14000; milli++) {
        struct ph_sum sum = {0};
        struct decimal mean;

        CHECK_INT(ph_add(&sum, DECIMAL(milli, -3)), OK);
        CHECK_INT(ph_mean(&sum, 3, &mean), OK);
        CHECK_INT(mean.mantissa, milli);
    }
}

TEST(what_is_no_ph_makes_no_mean)
{
    struct ph_sum sum = {0};
    struct decimal mean;
    struct reading in[2] = {reading(0, "7.1"), reading(3600, "14.1")};
    struct reading out;
    struct derive_job job = job_of(DERIVE_DAY, at(20260401, 0), in, 2);

    CHECK_INT(ph_add(&sum, number("-0.1")), ERR_OUT_OF_RANGE);
    CHECK_INT(ph_add(&sum, number("14.001")), ERR_OUT_OF_RANGE);
    CHECK_INT(ph_mean(&sum, 2, &mean), ERR_OUT_OF_RANGE);
    job.weighting = derive_weighting(ELEMENT_WATER, "w01001");
    CHECK_INT(job.weighting, DERIVE_PH);
    CHECK(!derive_compute(&job, &out));
    CHECK_SPAN(out.text, "not a pH");
}

TEST(weights_are_for_concentrations_in_waste_water)
{
    CHECK_INT(derive_weighting(ELEMENT_SOURCE_WATER, "w01018"), DERIVE_FLOW);
    CHECK_INT(derive_weighting(ELEMENT_SOURCE_WATER, "w00000"), DERIVE_PLAIN);
    CHECK_INT(derive_weighting(ELEMENT_SOURCE_WATER, "w01010"), DERIVE_PLAIN);
    CHECK_INT(derive_weighting(ELEMENT_WATER, "w01018"), DERIVE_PLAIN);
    CHECK_INT(derive_weighting(ELEMENT_SOURCE_GAS, "a21026"), DERIVE_PLAIN);
}

/* ---- reported beside computed ---- */

TEST(a_difference_within_the_last_digit_is_rounding)
{
    const struct {
        const char *reported, *computed;
        bool differs;
    } cases[] = {
        {"35.0", "35.0", false}, {"35", "35.49", false},
        {"35", "36.4", false},   {"35", "36.51", true},
        {"35.0", "35.1", false}, {"35.0", "35.2", true},
        {"35.0", "34.8", true},
    };

    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct reading a = reading(0, cases[i].reported);
        struct reading b = reading(0, cases[i].computed);

        CHECK_INT(derive_differs(&a, &b), cases[i].differs);
    }
}
