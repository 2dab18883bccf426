#include "assess/derivation/derivation.h"

#include "base/test.h"

#include <math.h>

TEST(rules_are_found_by_what_they_say_and_the_day)
{
    const struct rule_table *t = rule_table("noise.csv");
    const struct rule *old =
        rule_find(t, (struct rule_question){"construction_limit", NULL,
                                            "boundary", "day", 20251231});
    const struct rule *new =
        rule_find(t, (struct rule_question){"construction_limit", NULL,
                                            "boundary", "day", 20260101});

    CHECK_TEXT(old->standard, "GB 12523-2011");
    CHECK_TEXT(new->standard, "GB 12523-2025");
    CHECK(rule_table("noise.csv") == t);
    CHECK(!rule_find(t, (struct rule_question){.record = "nothing"}));
    CHECK(new->is_number);
    CHECK_INT(new->value.mantissa, 70);
}

TEST(a_key_of_three_parts_is_joined)
{
    const struct rule *r = rule_need(
        rule_table("ecology-ei.csv"),
        (struct rule_question){.record = "weight",
                               .key = "habitat_quality/forest/shrub"});

    CHECK_TEXT(r->text, "0.25");
}

TEST(ranges_have_two_ends_or_one)
{
    struct rule_range range;
    struct rule r = {.text = "50.1..55.0"};

    CHECK(rule_range(&r, &range));
    CHECK(range.has_low && range.has_high);
    CHECK_INT(range.low.mantissa, 501);
    CHECK_INT(range.high.mantissa, 550);
    r.text = "..50.0";
    CHECK(rule_range(&r, &range));
    CHECK(!range.has_low && range.has_high);
    r.text = "65.1..";
    CHECK(rule_range(&r, &range));
    CHECK(range.has_low && !range.has_high);
    r.text = "50";
    CHECK(!rule_range(&r, &range));
    r.text = "a..b";
    CHECK(!rule_range(&r, &range));
}

TEST(items_grow_and_the_lowest_confidence_stays)
{
    struct arena arena;
    struct derivation d;
    struct verdict v = derivation_verdict(VERDICT_SOIL_INDEX, "X");

    arena_init(&arena);
    derivation_start(&d, &arena);
    for (int i = 0; i < 40; i++) {
        struct verdict_item *item = derivation_add(
            &d, arena_printf(&arena, "%d", i), (struct words){"名", "name"});

        derivation_value(item, DECIMAL(i, 0), "mg/kg");
        derivation_item_rely(&d, item, i == 7 ? "medium" : "high");
    }
    derivation_say(&d, (struct words){"完", "done"});
    derivation_finish(&d, &v);
    CHECK_INT(v.item_count, 41);
    CHECK_TEXT(v.items[39].factor, "39");
    CHECK_TEXT(v.items[40].factor, "result");
    CHECK_TEXT(v.confidence, "medium");
    CHECK_TEXT(v.items[7].confidence, "medium");
    CHECK_TEXT(v.items[8].confidence, "high");
    arena_done(&arena);
}

TEST(a_real_number_is_rounded_once_half_to_even)
{
    CHECK_INT(decimal_from_real(2.5L, 0).mantissa, 2);
    CHECK_INT(decimal_from_real(3.5L, 0).mantissa, 4);
    CHECK_INT(decimal_from_real(-1.25L, 1).mantissa, -12);
    CHECK_INT(decimal_from_real(1e30L, 1).mantissa, INT64_MAX);
    CHECK_INT(decimal_from_real(-1e30L, 1).mantissa, INT64_MIN);
    CHECK(fabsl(decimal_real(DECIMAL(125, -2)) - 1.25L) < 1e-15L);
}
