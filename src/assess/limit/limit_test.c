#include "assess/limit/limit.h"

#include "base/test.h"

static const struct limit_columns soil = {.item = "item_code",
                                          .item_else = "cas",
                                          .grade = "kind",
                                          .use = "land_use"};
static const struct limit_columns groundwater = {
    .item = "item_code",
    .grade = "class",
    .low_inclusive = "lower_inclusive",
    .high_inclusive = "upper_inclusive"};

static struct decimal number(const char *text)
{
    struct decimal d = DECIMAL(0, 0);

    CHECK(!decimal_parse(span_of(text), &d));
    return d;
}

TEST(a_table_is_read_with_the_days_of_its_standard)
{
    const struct limit_table *t =
        limit_table_read("groundwater-gb14848.csv", &groundwater);
    const struct limit *l;

    CHECK(t != NULL);
    CHECK_INT(t->count, 467);
    l = limit_find(t, "w01002", "III", NULL, NULL, 20260301);
    CHECK(l != NULL);
    CHECK_TEXT(l->name_en, "colour");
    CHECK_INT(l->bound, LIMIT_MAX);
    CHECK(limit_meets(l, number("15")) && limit_meets(l, number("15.0")));
    CHECK(!limit_meets(l, number("15.1")));
    CHECK(limit_find(t, "w01002", "VI", NULL, NULL, 20260301) == NULL);
    CHECK(limit_table_read("no such.csv", &groundwater) == NULL);
}

TEST(an_item_without_a_code_goes_by_its_cas_number)
{
    const struct limit_table *t = limit_table_read("soil-gb15618.csv", &soil);

    CHECK(limit_find(t, "cas:7440-43-9", "screening", "paddy", NULL,
                     20260301) != NULL);
}

TEST(both_sides_of_every_kind_of_bound)
{
    struct limit l = {.bound = LIMIT_MIN, .low = number("5")};

    CHECK(limit_meets(&l, number("5.0")) && !limit_meets(&l, number("4.9")));
    l = (struct limit){.bound = LIMIT_ABOVE, .low = number("25")};
    CHECK(!limit_meets(&l, number("25")) && limit_meets(&l, number("25.1")));
    l = (struct limit){
        .bound = LIMIT_RANGE, .low = number("5.5"), .high = number("6.5")};
    CHECK(limit_meets(&l, number("5.5")) && limit_meets(&l, number("6.5")));
    CHECK(!limit_meets(&l, number("5.4")) && !limit_meets(&l, number("6.6")));
    l.low_open = l.high_open = true;
    CHECK(!limit_meets(&l, number("5.5")) && !limit_meets(&l, number("6.5")));
    l = (struct limit){.bound = LIMIT_NOT_DETECTED};
    CHECK(limit_meets(&l, number("0")) && !limit_meets(&l, number("1")));
    l = (struct limit){.bound = LIMIT_PRESENT};
    CHECK(!limit_meets(&l, number("0")) && limit_meets(&l, number("1")));
}

TEST(a_multiple_is_only_of_an_upper_limit_that_is_broken)
{
    struct limit l = {.bound = LIMIT_MAX, .high = number("0.05")};
    struct decimal m;
    char text[DECIMAL_TEXT_MAX];

    CHECK(!limit_multiple(&l, number("0.05"), &m));
    CHECK(limit_multiple(&l, number("0.07"), &m));
    decimal_format(m, text);
    CHECK_TEXT(text, "0.40");
    l.high = DECIMAL(0, 0);
    CHECK(!limit_multiple(&l, number("0.07"), &m));
    l = (struct limit){.bound = LIMIT_MIN, .low = number("5")};
    CHECK(!limit_multiple(&l, number("4"), &m));
}

TEST(a_comparison_is_written_with_its_real_sign)
{
    struct limit l = {.bound = LIMIT_MAX, .high = number("0.05")};
    struct arena arena;

    arena_init(&arena);
    CHECK_TEXT(limit_text(&l, true, &arena), "≤ 0.05");
    CHECK_TEXT(limit_comparison(&l, number("0.05"), &arena), "0.05 = 0.05");
    CHECK_TEXT(limit_comparison(&l, number("0.07"), &arena), "0.07 > 0.05");
    l = (struct limit){
        .bound = LIMIT_RANGE, .low = number("6"), .high = number("9")};
    CHECK_TEXT(limit_comparison(&l, number("9.1"), &arena), "9.1 ∉ 6–9");
    arena_done(&arena);
}

TEST(the_lower_confidence_counts)
{
    CHECK_TEXT(confidence_lower("high", "low"), "low");
    CHECK_TEXT(confidence_lower("high", "medium"), "medium");
    CHECK_TEXT(confidence_lower("", "high"), "high");
    CHECK_TEXT(confidence_lower(NULL, ""), "");
    CHECK_TEXT(confidence_zh("medium"), "中");
    CHECK_TEXT(confidence_zh(""), "");
}
