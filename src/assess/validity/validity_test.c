#include "assess/validity/validity.h"

#include "base/test.h"

enum { DAY_2012 = 20200402, DAY_2026 = 20261124 };

static const struct validity_rule *
rule_of(const char *element, const char *factor, enum cadence cadence)
{
    const struct validity_rule *rule =
        validity_rule_find(element, span_of(factor), cadence, DAY_2026);

    if (rule)
        return rule;
    print_error("no rule %s %s %d\n", element, factor, cadence);
    abort();
}

TEST(an_hour_needs_45_minutes)
{
    const struct validity_rule *rule = rule_of("air", "a21026", CADENCE_HOUR);

    CHECK_INT(rule->of, VALIDITY_MINUTES);
    CHECK(!validity_enough(rule, 44, 60, 1));
    CHECK(validity_enough(rule, 45, 60, 1));
    CHECK_INT(rule->decimals, 0);
    CHECK_TEXT(rule->confidence, "high");
    CHECK_INT(rule_of("air", "a21005", CADENCE_HOUR)->decimals, 1);
    CHECK_INT(rule_of("source_gas", "a21026", CADENCE_HOUR)->needed, 45);
}

TEST(a_day_needs_20_hours)
{
    const struct validity_rule *rule = rule_of("air", "a34004", CADENCE_DAY);

    CHECK_INT(rule->of, VALIDITY_HOURS);
    CHECK(!validity_enough(rule, 19, 24, 1));
    CHECK(validity_enough(rule, 20, 24, 1));
    CHECK_INT(rule_of("air", "a34001", CADENCE_DAY)->needed, 24);
}

TEST(a_month_needs_27_days_and_february_25)
{
    const struct validity_rule *rule = rule_of("air", "a34004", CADENCE_MONTH);

    CHECK(!validity_enough(rule, 26, 31, 1));
    CHECK(validity_enough(rule, 27, 31, 1));
    CHECK(!validity_enough(rule, 24, 28, 2));
    CHECK(validity_enough(rule, 25, 28, 2));
    CHECK_INT(rule_of("air", "a34004", CADENCE_YEAR)->needed, 324);
}

TEST(eight_hours_of_ozone)
{
    const struct validity_rule *mean =
        validity_rule_for("air", SPAN("a05024"), "8h", DAY_2026);
    const struct validity_rule *max =
        validity_rule_for("air", SPAN("a05024"), "8h_max", DAY_2012);
    struct decimal limit;

    CHECK_INT(mean->of, VALIDITY_HOURS);
    CHECK_INT(mean->needed, 6);
    CHECK_INT(max->of, VALIDITY_8H);
    CHECK_INT(max->needed, 14);
    CHECK(max->valid_above_limit);
    CHECK(!mean->valid_above_limit);
    CHECK(validity_ozone_limit(DAY_2026, &limit));
    CHECK_INT(limit.mantissa, 160);
    CHECK(!validity_ozone_limit(20101231, &limit));
}

TEST(the_edition_of_the_day_is_named)
{
    CHECK_TEXT(validity_rule_find("air", SPAN("a34004"), CADENCE_DAY, 20260228)
                   ->standard,
               "GB 3095-2012");
    CHECK_TEXT(validity_rule_find("air", SPAN("a34004"), CADENCE_DAY, 20260301)
                   ->standard,
               "GB 3095-2026");
    CHECK(!validity_rule_find("air", SPAN("a34004"), CADENCE_DAY, 20151231));
}

TEST(waste_water_counts_by_share)
{
    const struct validity_rule *rule =
        rule_of("source_water", "w01018", CADENCE_DAY);

    CHECK_INT(rule->percent, 75);
    CHECK(!validity_enough(rule, 17, 24, 5));
    CHECK(validity_enough(rule, 18, 24, 5));
    CHECK(validity_enough(rule, 3, 4, 5)); /* a batch of four hours */
    CHECK(!validity_enough(rule, 0, 0, 5));
}

TEST(surface_water_is_marked_as_unsure)
{
    const struct validity_rule *rule = rule_of("water", "w21011", CADENCE_DAY);

    CHECK_INT(rule->of, VALIDITY_4H);
    CHECK(!validity_enough(rule, 3, 6, 5));
    CHECK(validity_enough(rule, 4, 6, 5));
    CHECK_TEXT(rule->confidence, "low");
    CHECK_INT(validity_decimals(rule, "water", SPAN("w21011")), 5);
    CHECK_INT(validity_decimals(rule, "water", SPAN("w01009")), 3);
}

TEST(no_rule_where_there_is_none)
{
    CHECK(!validity_rule_find("noise", SPAN("LA"), CADENCE_DAY, DAY_2026));
    CHECK(!validity_rule_find("air", SPAN("a34004"), CADENCE_SAMPLE, DAY_2026));
    CHECK(
        !validity_rule_find("air", SPAN("a34004"), (enum cadence)99, DAY_2026));
    CHECK_INT(validity_decimals(NULL, "air", SPAN("a34004")), 0);
    CHECK_INT(validity_decimals(NULL, "air", SPAN("zzz")), 3);
}

TEST(every_rule_can_be_met)
{
    const struct validity_rule *rule;
    const char *element, *factors;
    size_t count = 0;

    for (; (rule = validity_rule_at(count, &element, &factors)); count++) {
        CHECK(rule->needed > 0 || rule->percent > 0);
        CHECK(validity_enough(rule, 366, 366, 2));
        CHECK(!validity_enough(rule, 0, 366, 2));
    }
    CHECK(count > 40);
}
