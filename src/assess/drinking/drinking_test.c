#include "assess/drinking/drinking.h"

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

static struct measured word(const char *item, int is)
{
    struct measured m = {.item = item};

    m.is = is;
    return m;
}

static struct arena arena;
static struct verdict verdict;
static struct drinking_conditions conditions;

static void judge(const struct measured *values, size_t count)
{
    arena_clear(&arena);
    conditions.day = TODAY;
    drinking_judge(values, count, &conditions, &arena, &verdict);
}

/* The rating of one value in a central supply at the end of the network. */
static int rate(struct measured m)
{
    conditions = (struct drinking_conditions){.day = TODAY};
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

/* One unit of a digit more than the limit has. */
static struct decimal beside(struct decimal d, int sign)
{
    struct decimal out = DECIMAL(0, 0);

    CHECK(!decimal_add(d, DECIMAL(sign, d.exponent - 1), &out));
    return out;
}

TEST(the_table_has_43_regular_and_54_extended_items)
{
    const struct drinking_item *item;
    int count[4] = {0};

    for (size_t i = 0; (item = drinking_item_at(i)); i++) {
        count[item->table]++;
        CHECK(drinking_item_find(item->code) == item);
        CHECK(item->tap || item->end_residual);
    }
    CHECK_INT(count[1], 39);
    CHECK_INT(count[2], 4);
    CHECK_INT(count[3], 54);
    CHECK(drinking_item_find("w99999") == NULL);
    CHECK_INT(drinking_limits()->count, 112);
}

/* Both sides of an upper limit: 0 at it, 1 (a guidance level: -1) above. */
static void try_upper(const struct drinking_item *item)
{
    struct measured m = {.item = item->code, .value = item->tap->high};

    CHECK_INT(rate(m), item->tap->high_open);
    m.value = beside(m.value, -1);
    CHECK_INT(rate(m), 0);
    m.value = beside(item->tap->high, 1);
    CHECK_INT(rate(m), item->is_guidance ? -1 : 1);
}

TEST(both_sides_of_every_limit_at_the_tap)
{
    const struct drinking_item *item;
    int tried = 0;

    for (size_t i = 0; (item = drinking_item_at(i)); i++) {
        if (!item->tap || item->tap->bound != LIMIT_MAX)
            continue;
        try_upper(item);
        tried++;
    }
    CHECK_INT(tried, 93 - 5); /* pH, two of words, two of germs */
    CHECK_INT(rate(of("w01001", "6.5")), 0);
    CHECK_INT(rate(of("w01001", "6.49")), 1);
    CHECK_INT(rate(of("w01001", "8.5")), 0);
    CHECK_INT(rate(of("w01001", "8.51")), 1);
}

TEST(small_supplies_have_four_relaxed_limits)
{
    const struct drinking_item *item;
    int tried = 0;

    for (size_t i = 0; (item = drinking_item_at(i)); i++) {
        struct measured m = {.item = item->code};

        if (!item->relaxed)
            continue;
        m.value = item->relaxed->high;
        CHECK_INT(rate(m), 1); /* central */
        conditions.supply = SUPPLY_SMALL;
        judge(&m, 1);
        CHECK_INT(verdict.rating, 0);
        CHECK(strstr(step_of(item->code), "relaxed for small supplies"));
        m.value = beside(m.value, 1);
        judge(&m, 1);
        CHECK_INT(verdict.rating, 1);
        tried++;
    }
    CHECK_INT(tried, 4);
    conditions.supply = SUPPLY_SMALL; /* lead is not relaxed */
    judge(&(struct measured){.item = "w20120", .value = number("0.011")}, 1);
    CHECK_INT(verdict.rating, 1);
}

/* Of one disinfectant at one place; a limit that is not there is skipped. */
static void try_agent(const struct drinking_item *item,
                      const struct limit *limit,
                      enum drinking_position position)
{
    struct decimal at, over;
    struct measured m = {.item = item->code};

    if (!limit)
        return;
    at = limit->bound == LIMIT_MAX ? limit->high : limit->low;
    over = beside(at, limit->bound == LIMIT_MAX ? 1 : -1);
    conditions =
        (struct drinking_conditions){.agent = item->code, .position = position};
    m.value = at;
    judge(&m, 1);
    CHECK_INT(verdict.rating, 0);
    m.value = over;
    judge(&m, 1);
    CHECK_INT(verdict.rating, 1);
}

TEST(every_disinfectant_has_limit_and_residue_where_it_was_taken)
{
    const struct drinking_item *item;
    int agents = 0;

    for (size_t i = 0; (item = drinking_item_at(i)); i++) {
        if (!item->end_residual)
            continue;
        try_agent(item, item->outlet_limit, POSITION_WORKS_OUTLET);
        try_agent(item, item->outlet_residual, POSITION_WORKS_OUTLET);
        try_agent(item, item->end_residual, POSITION_NETWORK_END);
        agents++;
    }
    CHECK_INT(agents, 4);
    CHECK(drinking_item_find("ozone")->outlet_residual == NULL);
}

TEST(contact_time_of_every_disinfectant)
{
    static const char *const agents[] = {"w21025", "total_chlorine", "ozone",
                                         "chlorine_dioxide"};
    struct measured lead = of("w20120", "0.001");

    for (size_t i = 0; i < LENGTH(agents); i++) {
        const struct limit *contact = drinking_item_find(agents[i])->contact;

        conditions = (struct drinking_conditions){.agent = agents[i],
                                                  .has_contact = true};
        conditions.contact_min = contact->low;
        judge(&lead, 1);
        CHECK_INT(verdict.rating, 0);
        conditions.contact_min = beside(contact->low, -1);
        judge(&lead, 1);
        CHECK_INT(verdict.rating, 1);
        CHECK(strstr(step_of("contact_time"), "breaks the requirement"));
    }
    conditions.agent = NULL; /* whose contact time? */
    judge(&lead, 1);
    CHECK_INT(verdict.rating, 0);
    CHECK_TEXT(step_of("contact_time"), "");
}

TEST(a_disinfectant_that_is_not_in_use_is_not_judged)
{
    struct measured m = of("w21025", "0.01");

    CHECK_INT(rate(m), -1);
    CHECK_INT(verdict.outcome, VERDICT_INSUFFICIENT);
    CHECK(strstr(step_of("w21025"), "is not told"));
    conditions.agent = "ozone";
    judge(&m, 1);
    CHECK(strstr(step_of("w21025"), "not the disinfectant in use"));
    CHECK(strstr(step_of("missing"), "ozone"));
}

TEST(coliforms_ask_for_e_coli)
{
    struct measured both[] = {word("w02004", MEASURED_NOT_DETECTED),
                              of("w02007", "1")};

    CHECK_INT(rate(both[0]), 0);
    CHECK_TEXT(step_of("w02007"), "");
    CHECK(!strstr(step_of("missing"), "Escherichia"));
    CHECK_INT(rate(below("w02004", "2")), 0);
    CHECK_INT(rate(of("w02004", "1")), 1);
    CHECK(strstr(step_of("w02007"), "has to be tested"));
    CHECK_INT(rate(word("w02004", MEASURED_PRESENT)), 1);
    both[0] = of("w02004", "1");
    both[1] = word("w02007", MEASURED_NOT_DETECTED);
    judge(both, 2);
    CHECK_INT(verdict.rating, 1);
    CHECK(strstr(step_of("w02007"), "meets the limit not detected"));
    CHECK_INT(rate(of("w20120", "0.001")), 0); /* neither was tested */
    CHECK(strstr(step_of("missing"), "Escherichia"));
}

TEST(smell_and_visible_matter)
{
    CHECK_INT(rate(word("w01005", MEASURED_NONE)), 0);
    CHECK_INT(rate(word("w01005", MEASURED_PRESENT)), 1);
    CHECK_TEXT(step_of("w01005"),
               "odour and taste present: breaks the limit none");
    CHECK_INT(rate(word("w01011", MEASURED_PRESENT)), 1);
    CHECK_INT(rate(of("w01011", "0")), 0);
}

TEST(trihalomethanes_are_one_sum_computed_exactly)
{
    struct measured four[] = {of("w24004", "0.03"), of("w24006", "0.02"),
                              of("w24007", "0.012"), of("w24009", "0.01")};

    conditions = (struct drinking_conditions){.day = TODAY};
    judge(four, 4); /* 0.5 + 0.2 + 0.2 + 0.1 = 1 */
    CHECK_INT(verdict.rating, 0);
    CHECK_TEXT(step_of("trihalomethanes"),
               "trihalomethanes: sum of value / own limit 0.03/0.06 + 0.02/0.1 "
               "+ 0.012/0.06 + 0.01/0.1 = 1 ≤ 1");
    four[3] = of("w24009", "0.0100001");
    judge(four, 4); /* hidden by four decimals, not by the comparison */
    CHECK_INT(verdict.rating, 1);
    CHECK(strstr(step_of("trihalomethanes"), "= 1.0000… ≈ 1.0000 > 1"));
    four[3] = below("w24009", "0.02"); /* half of it: 0.01 */
    judge(four, 4);
    CHECK_INT(verdict.rating, 0);
}

TEST(trihalomethanes_with_some_missing)
{
    struct measured part[] = {of("w24004", "0.05"), of("w24006", "0.01"),
                              of("trihalomethanes", "0.9")};

    conditions = (struct drinking_conditions){.day = TODAY};
    judge(part, 2);
    CHECK_INT(verdict.rating, 0);
    CHECK(strstr(step_of("trihalomethanes"), "only 2 of the 4"));
    part[1] = of("w24006", "0.05"); /* 0.833 + 0.5: too much already */
    judge(part, 2);
    CHECK_INT(verdict.rating, 1);
    part[1] = below("w24006", "0.2"); /* a method that proves nothing */
    judge(part, 2);
    CHECK_INT(verdict.rating, -1);
    CHECK_INT(rate(part[2]), 0); /* handed in as a sum */
    CHECK_INT(rate(of("trihalomethanes", "1.1")), 1);
    part[1] = of("w24006", "0.05");
    judge(part, 3); /* the parts say more than the sum */
    CHECK_INT(verdict.rating, 1);
}

TEST(a_sum_of_too_many_digits_is_told)
{
    struct measured part[] = {of("w24004", "0.000000000000000001"),
                              of("w24006", "0.05")};

    conditions = (struct drinking_conditions){.day = TODAY};
    judge(part, 2);
    CHECK(strstr(step_of("trihalomethanes"), "too many digits"));
}

TEST(above_a_guidance_level_the_nuclides_decide)
{
    struct measured both[] = {of("w03001", "0.51"), of("w20120", "0.011")};

    CHECK_INT(rate(both[0]), -1);
    CHECK_INT(verdict.outcome, VERDICT_INSUFFICIENT);
    CHECK_TEXT(verdict.level_zh, "待定");
    CHECK(strstr(step_of("w03001"), "nuclide analysis decides"));
    judge(both, 2); /* the lead is too much in any case */
    CHECK_INT(verdict.rating, 1);
    CHECK(strstr(verdict.summary_en, "does not comply: lead(0.10);"));
}

TEST(what_is_not_detected)
{
    CHECK_INT(rate(below("w20120", "0.01")), 0);
    CHECK_INT(rate(below("w20120", "0.011")), -1);
    CHECK_TEXT(verdict.summary_en,
               "undecided: lead; 0 met, 0 broken, 1 undecided, 37 regular "
               "items missing (GB 5749-2022)");
    CHECK_INT(rate(word("w20120", MEASURED_NOT_DETECTED)), -1);
    CHECK_INT(rate(word("total_plate_count", MEASURED_NOT_DETECTED)), 0);
}

TEST(missing_items_and_strangers)
{
    struct measured values[] = {of("w20120", "0.001"), of("w21001", "3")};

    conditions = (struct drinking_conditions){.agent = "w21025"};
    judge(values, 2);
    CHECK(strstr(step_of("missing"), "38 items not measured (38 regular"));
    CHECK(strstr(step_of("w21001"), "not an item of the standard"));
    CHECK_INT(verdict.rating, 0);
    conditions.all_items = true;
    judge(values, 2);
    CHECK(strstr(step_of("missing"), "(38 regular, 54 extended)"));
    judge(NULL, 0);
    CHECK_INT(verdict.outcome, VERDICT_INSUFFICIENT);
    CHECK_TEXT(verdict.summary_en, "no item to judge");
}

TEST(uncertain_limits_are_told)
{
    CHECK_INT(rate(of("w33019", "0.006")), 0);
    CHECK_TEXT(verdict.confidence, "medium");
    CHECK_INT(rate(of("w20120", "0.006")), 0);
    CHECK_TEXT(verdict.confidence, "high");
}

TEST(the_edition_is_that_of_the_day)
{
    struct measured m = of("w20120", "0.001");

    conditions = (struct drinking_conditions){.day = 20230331};
    drinking_judge(&m, 1, &conditions, &arena, &verdict);
    CHECK_INT(verdict.outcome, VERDICT_NO_EDITION);
    conditions.day = 20230401;
    drinking_judge(&m, 1, &conditions, &arena, &verdict);
    CHECK_INT(verdict.outcome, VERDICT_GIVEN);
}
