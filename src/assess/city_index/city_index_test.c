#include "assess/city_index/city_index.h"

#include "base/test.h"

enum { DAY = 20261031, SAMPLES_MAX = 16 };

static struct arena arena;
static struct city_sample samples[SAMPLES_MAX];
static size_t count;
static struct city_verdict *cities;
static size_t city_count;

static void begin(void)
{
    arena_clear(&arena);
    count = 0;
}

/* "w21011=0.1 w01009=5", "<" for below detection. */
static void put(const char *city, const char *section, enum water_body body,
                bool base, const char *text)
{
    struct water_value *values = arena_new(&arena, 8, sizeof(*values));
    struct span rest = span_of(text);
    size_t n = 0;

    while (rest.len) {
        struct span one = span_take(&rest, ' ');
        bool less = span_find(one, '<') < one.len;
        struct span code = span_take(&one, less ? '<' : '=');

        span_copy(code, values[n].factor, sizeof(values[n].factor));
        values[n].below_detection = less;
        CHECK_INT(decimal_parse(one, &values[n++].value), OK);
    }
    samples[count++] = (struct city_sample){.city = city,
                                            .section = section,
                                            .body = body,
                                            .base = base,
                                            .values = values,
                                            .value_count = n};
}

static const struct verdict *rank(void)
{
    city_ranking(samples, count, DAY, &arena, &cities, &city_count);
    return &cities[0].verdict;
}

static bool has(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

static void check_index(const struct verdict *v, int64_t ten_thousandths)
{
    struct decimal d;

    CHECK(v->has_index);
    CHECK_INT(decimal_exact(v->index, -4, &d), OK);
    CHECK_INT(d.mantissa, ten_thousandths);
}

TEST(each_item_has_its_own_rule)
{
    begin();
    put("a", "1", WATER_RIVER, false, "w21011=0.1");
    check_index(rank(), 5000); /* 0.1 / 0.2 */
    begin();
    put("a", "1", WATER_LAKE_RESERVOIR, false, "w21011=0.1");
    check_index(rank(), 20000); /* 0.1 / 0.05: a lake's limit */
    begin();
    put("a", "1", WATER_RIVER, false, "w01009=8");
    check_index(rank(), 6250); /* 5 / 8 */
    begin();
    put("a", "1", WATER_RIVER, false, "w01001=6.4");
    check_index(rank(), 6000); /* 7 - 6.4 */
    begin();
    put("a", "1", WATER_RIVER, false, "w01001=7");
    check_index(rank(), 0);
    begin();
    put("a", "1", WATER_RIVER, false, "w01001=8.2");
    check_index(rank(), 6000); /* (8.2 - 7) / 2 */
    begin();
    put("a", "1", WATER_LAKE_RESERVOIR, false, "w21001=9 w21003<0.5");
    check_index(rank(), 2500); /* nitrogen stays out; half of 0.5 */
    arena_done(&arena);
}

TEST(rivers_and_lakes_are_weighted_by_their_numbers)
{
    begin();
    put("a", "r1", WATER_RIVER, false, "w21011=0.1");
    put("a", "r1", WATER_RIVER, false, "w21011=0.3"); /* the same section */
    put("a", "r2", WATER_RIVER, false, "w21011=0.1");
    put("a", "l1", WATER_LAKE_RESERVOIR, false, "w21011=0.05");
    /* rivers (0.2 + 0.1)/2/0.2 = 0.75, lake 1: (0.75 x 2 + 1)/3 */
    check_index(rank(), 8333);
    CHECK(has(cities[0].verdict.items[4].step_en, "(0.75×2 + 1×1)/3 = 0.8333"));
    arena_done(&arena);
}

TEST(equal_indices_share_a_rank)
{
    begin();
    put("a", "1", WATER_RIVER, false, "w21011=0.1");
    put("b", "1", WATER_RIVER, false, "w21011=0.1");
    put("c", "1", WATER_RIVER, false, "w21011=0.2");
    put("d", "1", WATER_RIVER, false, "w21011=0.05");
    rank();
    CHECK_INT(city_count, 4);
    CHECK_INT(cities[0].verdict.rating, 2);
    CHECK_INT(cities[1].verdict.rating, 2);
    CHECK_INT(cities[2].verdict.rating, 4);
    CHECK_INT(cities[3].verdict.rating, 1);
    arena_done(&arena);
}

TEST(cities_come_in_the_order_of_the_table_whatever_lies_between)
{
    begin();
    put("b", "1", WATER_RIVER, false, "w21011=0.1");
    put("a", "1", WATER_RIVER, false, "w21011=0.2");
    put("b", "2", WATER_RIVER, false, "w21011=0.3");
    put("b", "1", WATER_RIVER, false, "w21011=0.3");
    check_index(rank(), 12500); /* sections 0.2 and 0.3: 0.25 / 0.2 */
    CHECK_INT(city_count, 2);
    CHECK_TEXT(cities[0].city, "b");
    CHECK_TEXT(cities[1].city, "a");
    check_index(&cities[1].verdict, 10000);
    arena_done(&arena);
}

TEST(only_items_that_all_have_are_compared)
{
    begin();
    put("a", "1", WATER_RIVER, false, "w21011=0.1 w21003=0.5");
    put("b", "1", WATER_RIVER, false, "w21011=0.1");
    check_index(rank(), 5000);
    CHECK(has(cities[0].verdict.summary_zh, "未共同监测而不计入:氨氮"));
    begin();
    put("a", "1", WATER_RIVER, false, "w21003=0.5");
    put("b", "1", WATER_RIVER, false, "w21011=0.1");
    CHECK_INT(rank()->outcome, VERDICT_INSUFFICIENT);
    arena_done(&arena);
}

TEST(the_change_ranks_the_most_negative_first)
{
    begin();
    put("a", "1", WATER_RIVER, false, "w21011=0.1");
    put("b", "1", WATER_RIVER, false, "w21011=0.15");
    put("a", "1", WATER_RIVER, true, "w21011=0.08");
    put("b", "1", WATER_RIVER, true, "w21011=0.2");
    put("c", "1", WATER_RIVER, true, "w21011=0.2");
    rank();
    CHECK(has(cities[0].verdict.summary_zh, "变化 25.00 %,变化排名 2/2"));
    CHECK(has(cities[1].verdict.summary_zh, "变化 -25.00 %,变化排名 1/2"));
    CHECK_INT(cities[2].verdict.outcome, VERDICT_INSUFFICIENT);
    city_ranking(samples, count, 20161231, &arena, &cities, &city_count);
    CHECK_INT(cities[0].verdict.outcome, VERDICT_NO_EDITION);
    arena_done(&arena);
}

TEST(oxygen_of_nothing_has_no_index)
{
    begin();
    put("a", "1", WATER_RIVER, false, "w01009=0");
    CHECK_INT(rank()->outcome, VERDICT_INSUFFICIENT);
    CHECK(has(cities[0].verdict.summary_en, "no item with a value to use"));
    arena_done(&arena);
}
