#include "assess/drinking/source.h"

#include "base/test.h"

enum { TODAY = 20260601 };

static struct decimal number(const char *text)
{
    struct decimal d = DECIMAL(0, 0);

    CHECK(!decimal_parse(span_of(text), &d));
    return d;
}

static struct measured of(const char *item, const char *value)
{
    return (struct measured){.item = item, .value = number(value)};
}

static struct measured below(const char *item, const char *detection)
{
    struct measured m = of(item, detection);

    m.below_detection = true;
    return m;
}

static struct arena arena;
static struct verdict verdict;
static struct drinking_source_conditions conditions;

/* A river with target III, digits as they are. */
static void river(void)
{
    conditions = (struct drinking_source_conditions){
        .day = TODAY, .rounding = WATER_ROUND_NONE, .target = 3};
}

static void ground(void)
{
    river();
    conditions.kind = DRINKING_SOURCE_GROUND;
}

static void judge(const struct measured *values, size_t count)
{
    arena_clear(&arena);
    drinking_source_judge(values, count, &conditions, &arena, &verdict);
}

static int rate(struct measured m)
{
    judge(&m, 1);
    return verdict.rating;
}

static const char *step_of(const char *factor)
{
    for (size_t i = 0; i < verdict.item_count; i++) {
        if (strcmp(verdict.items[i].factor, factor) == 0)
            return verdict.items[i].step_en;
    }
    return "";
}

static struct decimal beside(struct decimal d, int sign)
{
    struct decimal out = DECIMAL(0, 0);

    CHECK(!decimal_add(d, DECIMAL(sign, d.exponent - 1), &out));
    return out;
}

/* At the limit it complies, a digit beyond it fails. */
static void try_limit(const char *item, const struct limit *limit)
{
    struct measured m = {.item = item};

    if (limit->bound != LIMIT_MIN) {
        m.value = limit->high;
        CHECK_INT(rate(m), 0);
        m.value = beside(limit->high, 1);
        CHECK_INT(rate(m), 1);
    }
    if (limit->bound != LIMIT_MAX) {
        m.value = limit->low;
        CHECK_INT(rate(m), 0);
        m.value = beside(limit->low, -1);
        CHECK_INT(rate(m), 1);
    }
}

static int try_table_1(void)
{
    const struct water_item *item;
    int tried = 0;

    for (size_t i = 0; (item = water_item_at(i)); i++) {
        if (!item->rated ||
            water_item_find(span_of(item->code), conditions.body) != item)
            continue;
        try_limit(item->code, item->of[conditions.target - 1]);
        tried++;
    }
    return tried;
}

TEST(table_1_to_both_targets_for_both_kinds_of_water)
{
    for (int target = 2; target <= 3; target++) {
        river();
        conditions.target = target;
        CHECK_INT(try_table_1(), 21);
        conditions.body = WATER_LAKE_RESERVOIR;
        CHECK_INT(try_table_1(), 21);
    }
    river(); /* phosphorus of a river is too much for a reservoir */
    CHECK_INT(rate(of("w21011", "0.1")), 0);
    conditions.body = WATER_LAKE_RESERVOIR;
    CHECK_INT(rate(of("w21011", "0.1")), 1);
}

TEST(tables_2_and_3_to_their_single_limits)
{
    const struct drinking_source_item *item;
    int tried[4] = {0}, routine = 0;

    river();
    for (size_t i = 0; (item = drinking_source_item_at(i)); i++) {
        CHECK(drinking_source_item_find(item->code) == item);
        routine += item->is_routine;
        if (!item->single)
            continue;
        try_limit(item->code, item->single);
        tried[item->table]++;
    }
    CHECK_INT(tried[1], 0);
    CHECK_INT(tried[2], 5);
    CHECK_INT(tried[3], 80);
    CHECK_INT(routine, 33);
}

TEST(a_groundwater_source_meets_class_III)
{
    const struct groundwater_item *item;
    int tried = 0;

    ground();
    for (size_t i = 0; (item = groundwater_item_at(i)); i++) {
        if (item->limits[2][0]->bound > LIMIT_RANGE)
            continue;
        try_limit(item->code, item->limits[2][0]);
        tried++;
    }
    CHECK_INT(tried, 91);
    CHECK_INT(rate((struct measured){.item = "w01005", .is = MEASURED_PRESENT}),
              1);
    CHECK_TEXT(verdict.edition, "GB/T 14848-2017");
}

TEST(nitrogen_coliforms_and_temperature_do_not_decide)
{
    struct measured values[] = {of("w21001", "9"), of("w02003", "90000"),
                                of("w01010", "35"), of("w21003", "0.3")};

    river();
    judge(values, LENGTH(values));
    CHECK_INT(verdict.rating, 0);
    CHECK(strstr(step_of("w02003"), "tell the waterworks"));
    CHECK(strstr(step_of("w01010"), "only listed"));
    CHECK(strstr(step_of("w21001"), "only listed")); /* rivers: no limit */
    conditions.body = WATER_LAKE_RESERVOIR;
    judge(values, LENGTH(values));
    CHECK_INT(verdict.rating, 0);
    CHECK(strstr(step_of("w21001"), "breaks the limit of class III ≤ 1.0"));
    CHECK(strstr(step_of("w21001"), "does not decide"));
    judge(values, 3); /* nothing that decides is there */
    CHECK_INT(verdict.outcome, VERDICT_INSUFFICIENT);
    CHECK_TEXT(verdict.summary_en, "no item to judge");
}

TEST(rounding_of_the_notice_is_a_setting)
{
    river();
    CHECK_INT(rate(of("w01001", "9.4")), 1);
    conditions.rounding = WATER_ROUND_STATISTICS;
    CHECK_INT(rate(of("w01001", "9.4")), 0);
    CHECK(strstr(step_of("w01001"), "(9.4 rounded)"));
    CHECK_INT(rate(of("w01001", "9.6")), 1);
    /* half of 0.06, to two decimals */
    CHECK_INT(rate(below("w22001", "0.05")), 0);
    CHECK(strstr(step_of("w22001"), "half the detection limit 0.05"));
}

TEST(oxygen_is_enough_when_it_is_saturated)
{
    river();
    conditions.has_saturation = true;
    conditions.saturation = number("90");
    CHECK_INT(rate(of("w01009", "4.8")), 0);
    CHECK(strstr(step_of("w01009"), "saturation 90 % meets class I"));
    conditions.saturation = number("89.9");
    CHECK_INT(rate(of("w01009", "4.8")), 1);
}

TEST(what_a_method_cannot_show_is_undecided)
{
    struct measured values[] = {below("w25002", "0.011"), of("w25003", "0.8")};

    river();
    CHECK_INT(rate(below("w25002", "0.01")), 0);
    CHECK_INT(rate(values[0]), -1);
    CHECK_TEXT(verdict.level_en, "undecided");
    CHECK_INT(rate(below("w22001", "0.06")), -1);
    CHECK_INT(
        rate((struct measured){.item = "w22001", .is = MEASURED_NOT_DETECTED}),
        -1);
    judge(values, 2);
    CHECK_INT(verdict.rating, 1);
}

TEST(natural_background_is_told_apart)
{
    static const char *const iron[] = {"w20125"};
    struct measured values[] = {of("w20125", "0.5"), of("w20124", "0.1")};

    river();
    judge(values, 2);
    CHECK_INT(verdict.rating, 1);
    conditions.background = iron;
    conditions.background_count = 1;
    judge(values, 2);
    CHECK_INT(verdict.rating, 0);
    CHECK(strstr(step_of("w20125"), "natural background"));
    CHECK(strstr(step_of("conclusion"), "1 met, 0 broken, 0 undecided"));
    values[1] = of("w20124", "0.2"); /* of iron only */
    judge(values, 2);
    CHECK_INT(verdict.rating, 1);
    values[0] = of("w20125", "0.3"); /* within: counts as any other */
    judge(values, 1);
    CHECK(strstr(step_of("conclusion"), "1 met"));
}

TEST(a_toxic_item_asks_for_a_report_at_once)
{
    static const char *const nitrate[] = {"w21007"};

    river();
    CHECK_INT(rate(of("w25002", "0.02")), 1); /* table 3 */
    CHECK(strstr(verdict.advice_en, "report at once"));
    rate(of("w21007", "11")); /* table 2, nitrate */
    CHECK(*verdict.advice_zh);
    rate(of("w20125", "0.4")); /* table 2, iron */
    CHECK_TEXT(verdict.advice_en, "");
    rate(of("w21003", "3"));
    CHECK_TEXT(verdict.advice_en, "");
    conditions.background = nitrate;
    conditions.background_count = 1;
    rate(of("w21007", "11"));
    CHECK_TEXT(verdict.advice_en, "");
}

TEST(missing_items_by_kind_and_range)
{
    struct measured m = of("w21003", "0.1");

    river();
    judge(&m, 1);
    CHECK(strstr(step_of("missing"), "58 items")); /* 21 + 5 + 33 - 1 */
    conditions.all_items = true;
    judge(&m, 1);
    CHECK(strstr(step_of("missing"), "105 items")); /* 21 + 5 + 80 - 1 */
    ground();
    judge(&m, 1);
    CHECK(strstr(step_of("missing"), "38 items"));
    conditions.all_items = true;
    judge(&m, 1);
    CHECK(strstr(step_of("missing"), "92 items"));
}

TEST(items_of_the_other_kind_are_not_judged)
{
    ground();
    CHECK_INT(rate(of("w21011", "9")), -1); /* phosphorus */
    CHECK(strstr(step_of("w21011"), "not judged"));
    river();
    CHECK_INT(rate(of("w01002", "99")), -1); /* colour */
    CHECK_INT(rate(of("w99999", "1")), -1);
}

TEST(the_edition_is_that_of_the_day)
{
    struct measured m = of("w21003", "0.1");

    ground();
    conditions.day = 20180430;
    judge(&m, 1);
    CHECK_INT(verdict.outcome, VERDICT_NO_EDITION);
    conditions.kind = DRINKING_SOURCE_SURFACE;
    judge(&m, 1);
    CHECK_INT(verdict.outcome, VERDICT_GIVEN);
}

/* ---- rates ---- */

static struct drinking_source_month month(const char *source, int yyyymm,
                                          int rating, const char *volume)
{
    return (struct drinking_source_month){.source = span_of(source),
                                          .month = yyyymm,
                                          .rating = rating,
                                          .has_volume = *volume,
                                          .volume = *volume ? number(volume)
                                                            : DECIMAL(0, 0)};
}

static void rates(const struct drinking_source_month *months, size_t count)
{
    arena_clear(&arena);
    drinking_source_rates(months, count, "GB 3838-2002", &arena, &verdict);
}

TEST(a_month_of_sources)
{
    struct drinking_source_month months[] = {month("A", 202605, 0, "120.5"),
                                             month("B", 202605, 1, "60"),
                                             month("C", 202605, 0, "20")};

    rates(months, 3);
    CHECK_INT(verdict.rating, 1);
    CHECK_TEXT(verdict.summary_en, "source rate 66.7 % (2/3), volume rate "
                                   "70.1 %; failing: B 2026-05");
    CHECK_TEXT(step_of("volume_rate"),
               "volume rate (10⁴ t): 140.5 / 200.5 × 100 % = 70.1 %");
    CHECK(verdict.has_index &&
          decimal_compare(verdict.index, number("70.1")) == 0);
    rates(months, 1);
    CHECK_INT(verdict.rating, 0);
    CHECK_TEXT(verdict.level_en, "all comply");
}

TEST(a_year_sums_volumes_and_never_averages_months)
{
    /* months alone: 0 % and 100 %, in the mean 50 %; the water says 90 % */
    struct drinking_source_month months[] = {month("A", 202601, 1, "10"),
                                             month("A", 202602, 0, "90"),
                                             month("B", 202602, 0, "0")};

    rates(months, 3);
    CHECK(strstr(step_of("volume_rate"), "90 / 100 × 100 % = 90.0 %"));
    CHECK(strstr(step_of("source_month_rate"), "2 / 3 × 100 % = 66.7 %"));
    CHECK(strstr(step_of("source_rate"), "1 / 2 × 100 % = 50.0 %"));
}

TEST(what_is_undecided_leaves_both_sides)
{
    struct drinking_source_month months[] = {
        month("A", 202605, 0, "10"), month("B", 202605, -1, "990"),
        month("C", 202605, -1, "5"), month("C", 202606, 1, "10")};

    rates(months, 4);
    CHECK(strstr(step_of("volume_rate"), "10 / 20"));
    CHECK(strstr(step_of("source_rate"), "1 / 2"));
    CHECK_TEXT(step_of("undecided"),
               "undecided, not counted: B 2026-05, C 2026-05");
    rates(&months[1], 1);
    CHECK_INT(verdict.outcome, VERDICT_INSUFFICIENT);
    CHECK_INT(verdict.rating, -1);
    rates(NULL, 0);
    CHECK_INT(verdict.outcome, VERDICT_INSUFFICIENT);
}

TEST(without_a_volume_there_is_no_volume_rate)
{
    struct drinking_source_month months[] = {month("A", 202605, 0, "10"),
                                             month("B", 202605, 1, "")};

    rates(months, 2);
    CHECK_INT(verdict.outcome, VERDICT_GIVEN);
    CHECK(!verdict.has_index);
    CHECK(strstr(step_of("volume_rate"), "volumes are missing: B 2026-05"));
    CHECK(strstr(verdict.summary_en, "volume rate missing"));
    months[1] = month("B", 202605, 1, "0"); /* nothing was taken at all */
    months[0] = month("A", 202605, 0, "0");
    rates(months, 2);
    CHECK(!verdict.has_index);
    months[0].volume = DECIMAL(INT64_MAX, 0);
    months[1].volume = DECIMAL(INT64_MAX, 0);
    rates(months, 2);
    CHECK(!verdict.has_index); /* too large to be summed */
}

TEST(samples_of_one_month_comply_only_together)
{
    struct drinking_source_month months[] = {
        month("A", 202605, 0, ""), month("A", 202605, 1, "10"),
        month("A", 202605, 0, "10"), month("B", 202605, 0, "30"),
        month("B", 202605, -1, "30")};

    rates(months, 3);
    CHECK(strstr(step_of("source_rate"), "0 / 1"));
    CHECK(strstr(step_of("volume_rate"), "0 / 10"));
    rates(&months[3], 2);
    CHECK_INT(verdict.outcome, VERDICT_INSUFFICIENT);
}
