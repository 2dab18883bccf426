#include "assess/radiation/activity.h"
#include "assess/radiation/dose_rate.h"
#include "assess/radiation/emf.h"
#include "assess/radiation/public_dose.h"

#include "base/test.h"

static struct arena arena;

static struct decimal number(const char *text)
{
    struct decimal d;

    CHECK_INT(decimal_parse(span_of(text), &d), 0);
    return d;
}

static void check_number(struct decimal d, const char *text)
{
    char written[DECIMAL_TEXT_MAX];

    decimal_format(d, written);
    CHECK_TEXT(written, text);
}

static bool says(const char *text, const char *part)
{
    if (strstr(text, part))
        return true;
    print_error("\"%s\" has no \"%s\"\n", text, part);
    return false;
}

static bool some_step_says(const struct verdict *v, const char *part)
{
    for (size_t i = 0; i < v->item_count; i++) {
        if (strstr(v->items[i].step_en, part))
            return true;
    }
    print_error("no step says \"%s\"\n", part);
    for (size_t i = 0; i < v->item_count; i++)
        print_error("  %s\n", v->items[i].step_en);
    return false;
}

/* ---- dose rate ---- */

enum { READINGS_MAX = 800, FIRST_S = 1778457600 /* 2026-05-11 */ };

static struct dose_reading list[READINGS_MAX];
static struct verdict verdicts[READINGS_MAX];

/* Readings an hour apart; "96.4r" with rain, "80a" with a nuclide. */
static size_t readings(const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t digits = strspn(texts[i], "0123456789.");

        list[i] =
            (struct dose_reading){.start_s = FIRST_S + (int64_t)i * HOUR_S,
                                  .rain = strchr(texts[i], 'r'),
                                  .artificial = strchr(texts[i], 'a')};
        CHECK_INT(
            decimal_parse((struct span){texts[i], digits}, &list[i].value), 0);
    }
    return count;
}

TEST(both_thresholds_over_a_given_background)
{
    static const char *const texts[] = {
        "84.7",   /* 80.5 + 3 x 1.4: at it */
        "84.71",  /* above: level 1 */
        "180.5",  /* at the second */
        "180.51", /* above it once: level 1 */
        "180.51", /* twice: level 2 */
        "90",     /* the row ends */
        "190",    "90",
    };
    static const int ratings[] = {0, 1, 1, 1, 2, 1, 1, 1};
    struct decimal mean = number("80.5"), sd = number("1.4");
    struct dose_station s = {.unit = "nGy/h",
                             .mean = &mean,
                             .sd = &sd,
                             .readings = list,
                             .count = readings(texts, LENGTH(texts))};

    arena_init(&arena);
    dose_rate_judge(&s, &arena, verdicts);
    for (size_t i = 0; i < LENGTH(texts); i++)
        CHECK_INT(verdicts[i].rating, ratings[i]);
    CHECK_TEXT(verdicts[0].level_en, "normal level");
    CHECK_TEXT(verdicts[0].confidence, "low");
    CHECK(some_step_says(&verdicts[1], "84.71 > 84.7 = 80.5 + 3 × 1.4"));
    CHECK(some_step_says(&verdicts[4],
                         "180.51 > 180.5 = 80.5 + 100, 2 in a row"));
    arena_done(&arena);
}

TEST(rain_takes_an_alarm_down_and_a_nuclide_never)
{
    static const char *const texts[] = {"96.4r", "185r", "185r", "185ra",
                                        "80a"};
    static const int ratings[] = {0, 0, 1, 2, 2};
    struct decimal mean = number("80"), sd = number("1");
    struct dose_station s = {.unit = "nGy/h",
                             .mean = &mean,
                             .sd = &sd,
                             .readings = list,
                             .count = readings(texts, LENGTH(texts))};

    arena_init(&arena);
    dose_rate_judge(&s, &arena, verdicts);
    for (size_t i = 0; i < LENGTH(texts); i++)
        CHECK_INT(verdicts[i].rating, ratings[i]);
    CHECK(some_step_says(&verdicts[0],
                         "rain now or shortly before: radon progeny"));
    CHECK(says(verdicts[0].summary_en, "normal level (rain: one level down)"));
    CHECK(says(verdicts[0].items[0].step_en,
               "96.4 > 83 → normal level (rain: one level down)"));
    CHECK(says(verdicts[4].summary_en, "level 2: alarm (artificial nuclide)"));
    arena_done(&arena);
}

TEST(the_natural_range_and_what_is_below_it)
{
    static const char *const texts[] = {"91.9", "95.7", "204.5", "204.6"};
    static const int ratings[] = {0, 0, 0, 1};
    struct decimal low = number("95.7"), high = number("204.5");
    struct dose_station s = {.unit = "nGy/h",
                             .low = &low,
                             .high = &high,
                             .readings = list,
                             .count = readings(texts, LENGTH(texts))};

    arena_init(&arena);
    dose_rate_judge(&s, &arena, verdicts);
    for (size_t i = 0; i < LENGTH(texts); i++)
        CHECK_INT(verdicts[i].rating, ratings[i]);
    CHECK(some_step_says(&verdicts[0], "below it is no alarm"));
    arena_done(&arena);
}

TEST(the_background_is_that_of_the_dry_days_before)
{
    struct dose_station s = {.unit = "nGy/h", .readings = list, .count = 26};

    arena_init(&arena);
    for (int i = 0; i < 25; i++)
        list[i] = (struct dose_reading){.start_s = FIRST_S + i * HOUR_S,
                                        .value = DECIMAL(i % 2 ? 82 : 80, 0),
                                        .rain = i == 24};
    list[24].value = DECIMAL(200, 0); /* wet: not part of it */
    list[25] = (struct dose_reading){.start_s = FIRST_S + 27 * HOUR_S,
                                     .value = number("85")};
    dose_rate_judge(&s, &arena, verdicts);
    CHECK_INT(verdicts[23].outcome, VERDICT_INSUFFICIENT); /* 23 before it */
    CHECK_INT(verdicts[24].outcome, VERDICT_GIVEN);
    /* mean 81, sd sqrt(24 / 23) = 1.0215: 84.06 */
    CHECK_INT(verdicts[25].rating, 1);
    CHECK(some_step_says(&verdicts[25], "85 > 84.06 = 81.00 + 3 × 1.02 (24 dry "
                                        "readings"));
    arena_done(&arena);
}

TEST(readings_older_than_thirty_days_are_forgotten)
{
    struct dose_station s = {.unit = "nGy/h", .readings = list, .count = 30};

    arena_init(&arena);
    for (int i = 0; i < 30; i++)
        list[i] = (struct dose_reading){.start_s = FIRST_S + i * HOUR_S,
                                        .value = DECIMAL(80 + i % 2, 0)};
    list[29].start_s = FIRST_S + 29 * HOUR_S + (int64_t)40 * DAY_S;
    dose_rate_judge(&s, &arena, verdicts);
    CHECK_INT(verdicts[28].outcome, VERDICT_GIVEN);
    CHECK_INT(verdicts[29].outcome, VERDICT_INSUFFICIENT);
    list[29].artificial = true;
    dose_rate_judge(&s, &arena, verdicts);
    CHECK_INT(verdicts[29].rating, 2);
    arena_done(&arena);
}

TEST(of_equivalent_dose_the_second_threshold_must_be_given)
{
    static const char *const texts[] = {"300", "300"};
    struct decimal mean = number("80"), sd = number("1"), above = number("50");
    struct decimal factor = number("300");
    struct dose_station s = {.unit = "nSv/h",
                             .mean = &mean,
                             .sd = &sd,
                             .readings = list,
                             .count = readings(texts, LENGTH(texts))};

    arena_init(&arena);
    dose_rate_judge(&s, &arena, verdicts);
    CHECK_INT(verdicts[1].rating, 1);
    s.above = &above;
    dose_rate_judge(&s, &arena, verdicts);
    CHECK_INT(verdicts[1].rating, 2);
    s.above = NULL;
    s.sd_factor = &factor;
    dose_rate_judge(&s, &arena, verdicts);
    CHECK_INT(verdicts[1].rating, 0);
    arena_done(&arena);
}

TEST(a_reading_before_the_specification_has_no_edition)
{
    static const char *const texts[] = {"80", "80"};
    struct decimal low = number("60"), high = number("90");
    struct dose_station s = {.unit = "nGy/h",
                             .low = &low,
                             .high = &high,
                             .readings = list,
                             .count = readings(texts, LENGTH(texts))};

    arena_init(&arena);
    list[0].start_s = 0;
    dose_rate_judge(&s, &arena, verdicts);
    CHECK_INT(verdicts[0].outcome, VERDICT_NO_EDITION);
    CHECK_TEXT(verdicts[1].edition, "HJ 61-2021");
    list[0].start_s = FIRST_S - (int64_t)3000 * DAY_S;
    dose_rate_judge(&s, &arena, verdicts);
    CHECK_TEXT(verdicts[0].edition, "HJ/T 61-2001");
    arena_done(&arena);
}

TEST(units_keep_their_quantity)
{
    struct decimal d;

    CHECK(dose_in_nano(number("0.092"), DOSE_USV_H, &d));
    check_number(d, "92.000");
    CHECK(dose_in_nano(number("92"), DOSE_NGY_H, &d));
    check_number(d, "92");
    CHECK(!dose_in_nano(DECIMAL(INT64_MAX, 18), DOSE_UGY_H, &d));
    CHECK(dose_is_equivalent(DOSE_USV_H) && !dose_is_equivalent(DOSE_UGY_H));
    CHECK_TEXT(dose_nano_unit(DOSE_UGY_H), "nGy/h");
    CHECK_TEXT(dose_nano_unit(DOSE_NSV_H), "nSv/h");
}

/* ---- activity ---- */

static struct activity_value bq(const char *text)
{
    bool below = *text == '<';

    return *text ? (struct activity_value){true, below, number(text + below)}
                 : (struct activity_value){0};
}

static struct verdict activity(const char *alpha, const char *beta,
                               const char *potassium, int day)
{
    struct activity_sample s = {bq(alpha), bq(beta), bq(potassium), day};
    struct verdict v;

    activity_judge(&s, &arena, &v);
    return v;
}

TEST(both_sides_of_the_guide_values)
{
    struct verdict v;

    arena_init(&arena);
    CHECK_INT(activity("0.5", "1.0", "", RULE_NEWEST).rating, 0);
    v = activity("0.501", "0.2", "", RULE_NEWEST);
    CHECK_INT(v.rating, 1);
    CHECK(says(v.summary_en, "gross alpha above the guide value"));
    CHECK(some_step_says(&v, "no failure by itself"));
    CHECK_INT(activity("0.1", "1.01", "", RULE_NEWEST).rating, 1);
    CHECK_INT(activity("", "1.0", "", RULE_NEWEST).rating, 0);
    arena_done(&arena);
}

TEST(potassium_is_taken_off_beta)
{
    struct verdict v;

    arena_init(&arena);
    v = activity("0.1", "1.60", "0.6", RULE_NEWEST);
    CHECK_INT(v.rating, 0);
    check_number(v.items[1].value, "1.00");
    CHECK(says(v.items[1].step_en, "(= 1.60 − ⁴⁰K 0.6)"));
    CHECK_INT(activity("0.1", "1.61", "0.6", RULE_NEWEST).rating, 1);
    v = activity("0.1", "0.5", "0.6", RULE_NEWEST);
    CHECK_INT(v.outcome, VERDICT_INSUFFICIENT);
    arena_done(&arena);
}

TEST(activity_below_detection_and_out_of_force)
{
    arena_init(&arena);
    CHECK_INT(activity("<0.5", "<1", "0.2", RULE_NEWEST).rating, 0);
    CHECK_TEXT(activity("<0.51", "0.1", "", RULE_NEWEST).summary_en,
               "gross alpha cannot be rated");
    CHECK_TEXT(activity("", "", "0.2", RULE_NEWEST).summary_en,
               "no gross alpha or beta");
    CHECK_INT(activity("<0.51", "0.1", "", RULE_NEWEST).outcome,
              VERDICT_INSUFFICIENT);
    CHECK_INT(activity("", "", "0.2", RULE_NEWEST).outcome,
              VERDICT_INSUFFICIENT);
    CHECK_INT(activity("0.1", "0.1", "", 20230331).outcome, VERDICT_NO_EDITION);
    CHECK_INT(activity("0.1", "0.1", "", 20230401).outcome, VERDICT_GIVEN);
    arena_done(&arena);
}

/* ---- dose of the public ---- */

static struct verdict dose(struct public_dose p)
{
    struct verdict v;

    p.day = p.day ? p.day : RULE_NEWEST;
    public_dose_judge(&p, &arena, &v);
    return v;
}

TEST(only_added_dose_meets_the_limit)
{
    struct decimal rate = number("1000"), zero = number("0"), hours;
    struct decimal all = number("1"), edge = number("163.0789");
    struct verdict v;

    arena_init(&arena);
    v = dose((struct public_dose){.outdoors = {&rate, NULL, NULL}});
    check_number(v.index, "1.226400"); /* 1000 x 0.2 x 0.7 x 8760 / 10^6 */
    CHECK_INT(v.rating, -1);
    CHECK(says(v.summary_en, "not compared with the limit"));
    v = dose((struct public_dose){.outdoors = {&rate, &zero, NULL}});
    CHECK_INT(v.rating, 1);
    /* 163.0789 x 0.7 x 8760 = 1000000: 0.99999981 rounds to 1.000000 */
    v = dose((struct public_dose){.outdoors = {&edge, &zero, &all}});
    check_number(v.items[v.item_count - 1].value, "1.000000");
    CHECK_INT(v.rating, 0);
    hours = number("8760.1");
    v = dose((struct public_dose){.outdoors = {&edge, &zero, &all},
                                  .hours = &hours});
    CHECK_INT(v.rating, 1);
    v = dose((struct public_dose){.outdoors = {&rate, &zero, NULL},
                                  .special = true});
    CHECK_INT(v.rating, 0);
    CHECK_TEXT(v.confidence, "medium");
    arena_done(&arena);
}

TEST(a_dose_adds_indoors_and_outdoors)
{
    struct decimal out = number("95.2"), back = number("78.4");
    struct decimal in = number("121");
    struct verdict v;

    arena_init(&arena);
    v = dose((struct public_dose){.outdoors = {&out, &back, NULL},
                                  .indoors = {&in, NULL, NULL}});
    /* 0.116753 + 0.593578 */
    check_number(v.index, "0.710331");
    CHECK(says(v.items[0].step_en,
               "added (95.2 − 78.4) × 0.2 × 0.7 × 8760 /10⁶ = 0.020604"));
    CHECK(says(v.summary_en, "a place without background is not in it"));
    v = dose((struct public_dose){.outdoors = {&back, &out, NULL}});
    check_number(v.items[v.item_count - 1].value, "0.000000");
    CHECK(says(v.items[0].step_en, "; below the background 95.2, added 0"));
    arena_done(&arena);
}

TEST(a_dose_needs_a_rate_that_fits)
{
    struct decimal huge = DECIMAL(INT64_MAX, 6), rate = number("120");
    struct verdict v;

    arena_init(&arena);
    CHECK_INT(dose((struct public_dose){0}).outcome, VERDICT_INSUFFICIENT);
    CHECK_INT(
        dose((struct public_dose){.indoors = {&huge, NULL, NULL}}).outcome,
        VERDICT_INSUFFICIENT);
    v = dose((struct public_dose){.outdoors = {&rate, NULL, NULL},
                                  .calibration = "Cs-137"});
    CHECK(says(v.items[0].step_en, "outdoors 100.0000 nGy/h"));
    v = dose((struct public_dose){.outdoors = {&rate, &rate, NULL},
                                  .day = 20030331});
    CHECK_INT(v.outcome, VERDICT_NO_EDITION);
    arena_done(&arena);
}

/* ---- fields ---- */

static struct verdict emf(const struct emf_value *values, size_t count,
                          bool project)
{
    struct emf_point p = {.values = values,
                          .count = count,
                          .project = project,
                          .day = RULE_NEWEST};
    struct verdict v;

    emf_judge(&p, &arena, &v);
    return v;
}

/* Limits by hand at a frequency inside each band: value, and just above. */
static const struct {
    enum emf_quantity quantity;
    const char *hertz, *at, *above;
} limits[] = {
    {EMF_E, "2", "8000", "8000.1"},
    {EMF_H, "2", "8000", "8000.1"}, /* 32000/4 */
    {EMF_B, "2", "10000", "10000.1"},
    {EMF_E, "10", "8000", "8000.1"},
    {EMF_H, "10", "400", "400.1"},
    {EMF_B, "10", "500", "500.1"},
    {EMF_E, "50", "4000", "4000.1"}, /* 200/0.05 */
    {EMF_H, "50", "80", "80.1"},
    {EMF_B, "50", "100", "100.1"},
    {EMF_E, "2000", "100", "100.1"},
    {EMF_H, "2000", "3.3", "3.31"},
    {EMF_B, "2000", "4.1", "4.11"},
    {EMF_E, "10000", "70", "70.1"},
    {EMF_H, "10000", "1", "1.01"},
    {EMF_B, "10000", "1.2", "1.21"},
    {EMF_E, "80000", "50", "50.1"},
    {EMF_H, "80000", "0.125", "0.1251"},
    {EMF_B, "80000", "0.15", "0.151"},
    {EMF_E, "1000000", "40", "40.1"},
    {EMF_H, "1000000", "0.1", "0.101"},
    {EMF_B, "1000000", "0.12", "0.121"},
    {EMF_S, "1000000", "4", "4.01"},
    {EMF_E, "4000000", "33.5", "33.51"}, /* 67/2 */
    {EMF_H, "4000000", "0.085", "0.0851"},
    {EMF_B, "4000000", "0.105", "0.1051"},
    {EMF_S, "4000000", "3", "3.01"},
    {EMF_E, "900000000", "12", "12.01"},
    {EMF_H, "900000000", "0.032", "0.0321"},
    {EMF_B, "900000000", "0.04", "0.0401"},
    {EMF_S, "900000000", "0.4", "0.401"},
    {EMF_E, "10000000000", "22", "22.01"}, /* 0.22 sqrt(10000) */
    {EMF_H, "10000000000", "0.059", "0.0591"},
    {EMF_B, "10000000000", "0.074", "0.0741"},
    {EMF_S, "3750000000", "0.5", "0.501"}, /* 3750/7500 */
    {EMF_E, "100000000000", "27", "27.1"},
    {EMF_H, "100000000000", "0.073", "0.0731"},
    {EMF_B, "100000000000", "0.092", "0.0921"},
    {EMF_S, "100000000000", "2", "2.01"},
};

TEST(both_sides_of_every_field_limit)
{
    struct rule_question q = {.record = "emf_limit"};
    size_t rows = 0;

    arena_init(&arena);
    for (size_t i = 0; i < LENGTH(limits); i++) {
        struct emf_value v = {limits[i].quantity, number(limits[i].hertz),
                              number(limits[i].at)};

        CHECK_INT(emf(&v, 1, false).rating, 0);
        check_number(emf(&v, 1, false).index, "1.000000");
        v.value = number(limits[i].above);
        CHECK_INT(emf(&v, 1, false).rating, 1);
    }
    for (const struct rule *r = NULL; (r = rule_next(radiation_rules(), q, r));)
        rows++;
    CHECK_INT(rows, LENGTH(limits)); /* every row was met */
    arena_done(&arena);
}

TEST(on_a_border_the_stricter_counts)
{
    struct emf_limit l;

    /* 3000 MHz: 12 V/m below, 0.22 sqrt(3000) = 12.05 above */
    CHECK(emf_limit_at(EMF_E, number("3000000000"), RULE_NEWEST, &l));
    CHECK_TEXT(l.rule->text, "12");
    CHECK(!emf_limit_at(EMF_E, number("0.5"), RULE_NEWEST, &l));
    CHECK(!emf_limit_at(EMF_S, number("50"), RULE_NEWEST, &l));
    CHECK(!emf_limit_at(EMF_E, number("300000000001"), RULE_NEWEST, &l));
}

TEST(low_frequencies_add_ratios_and_high_ones_squares)
{
    struct emf_value low[] = {{EMF_E, number("50"), number("2000")},
                              {EMF_E, number("10000"), number("35")}};
    struct emf_value high[] = {{EMF_E, number("900000000"), number("7.2")},
                               {EMF_E, number("2600000000"), number("9.6")}};
    struct verdict v;

    arena_init(&arena);
    v = emf(low, 2, false); /* 0.5 + 0.5 */
    CHECK_INT(v.rating, 0);
    CHECK(some_step_says(&v, "Σ = 0.5000000000 + 0.5000000000 = 1.000000 ≤ 1"));
    low[1].value = number("35.1");
    CHECK_INT(emf(low, 2, false).rating, 1);
    v = emf(high, 2, false); /* 0.36 + 0.64 */
    CHECK_INT(v.rating, 0);
    CHECK(some_step_says(&v, "0.6000000000² + 0.8000000000² = 1.000000 ≤ 1"));
    high[1].value = number("9.7");
    v = emf(high, 2, false);
    CHECK_INT(v.rating, 1);
    CHECK(says(v.summary_en, "above: electric field E"));
    arena_done(&arena);
}

TEST(electric_and_magnetic_fields_are_checked_apart)
{
    struct emf_value both[] = {{EMF_E, number("50"), number("3900")},
                               {EMF_B, number("50"), number("99")}};
    struct verdict v;

    arena_init(&arena);
    v = emf(both, 2, false);
    CHECK_INT(v.rating, 0);
    check_number(v.index, "0.990000");
    CHECK_TEXT(v.confidence, "medium");
    arena_done(&arena);
}

TEST(a_project_has_a_fifth_of_the_power)
{
    struct emf_value e = {EMF_E, number("900000000"), number("5.36")};
    struct emf_value s = {EMF_S, number("900000000"), number("0.08")};

    arena_init(&arena);
    CHECK_INT(emf(&e, 1, true).rating, 0); /* 5.3666 = 12 / sqrt 5 */
    e.value = number("5.37");
    CHECK_INT(emf(&e, 1, true).rating, 1);
    CHECK_INT(emf(&e, 1, false).rating, 0);
    CHECK_INT(emf(&s, 1, true).rating, 0);
    s.value = number("0.0801");
    CHECK_INT(emf(&s, 1, true).rating, 1);
    arena_done(&arena);
}

TEST(farmland_under_a_line_has_ten_kilovolts)
{
    struct emf_value e = {EMF_E, number("50"), number("10000")};
    struct emf_point p = {
        .values = &e, .count = 1, .farmland = true, .day = RULE_NEWEST};
    struct verdict v;

    arena_init(&arena);
    emf_judge(&p, &arena, &v);
    CHECK_INT(v.rating, 0);
    CHECK(says(v.items[0].step_zh, "50 Hz(架空线下耕地等场所):"));
    e.value = number("10000.1");
    emf_judge(&p, &arena, &v);
    CHECK_INT(v.rating, 1);
    p.day = 20141231;
    emf_judge(&p, &arena, &v);
    CHECK_INT(v.outcome, VERDICT_NO_EDITION);
    arena_done(&arena);
}

TEST(not_detected_is_no_exceedance)
{
    struct emf_value e = {EMF_E, number("900000000"), number("12")};
    bool below = true;
    struct emf_point p = {
        .values = &e, .count = 1, .below = &below, .day = RULE_NEWEST};
    struct verdict v;

    arena_init(&arena);
    emf_judge(&p, &arena, &v);
    CHECK_INT(v.rating, 0);
    CHECK(says(v.items[0].step_en, "electric field E <12 V/m at 900000000 Hz"));
    e.value = number("12.1");
    emf_judge(&p, &arena, &v);
    CHECK_INT(v.outcome, VERDICT_INSUFFICIENT);
    CHECK(says(v.items[0].step_en, "the limit of detection is above the limit, "
                                   "not rated"));
    arena_done(&arena);
}

TEST(what_has_no_limit_is_not_rated)
{
    struct emf_value values[] = {{EMF_S, number("50"), number("1")},
                                 {EMF_E, number("50"), number("-1")},
                                 {EMF_E, number("50"), number("1")}};
    struct verdict v;

    arena_init(&arena);
    v = emf(values, 2, false);
    CHECK_INT(v.outcome, VERDICT_INSUFFICIENT);
    v = emf(values, 3, false);
    CHECK_INT(v.rating, 0);
    CHECK(says(v.summary_en, "not rated: power density S, electric field E"));
    arena_done(&arena);
}
