#include "assess/basin/basin.h"

#include "base/test.h"

enum { DAY = 20261001, SECTIONS_MAX = 256 };

static struct arena arena;
static struct verdict verdict;
static struct basin_section sections[SECTIONS_MAX];

static bool has(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

/* So many sections of each class, 1 to 6, and so many without data. */
static const struct verdict *grade_of(const int counts[WATER_WORSE],
                                      int without)
{
    size_t n = 0;

    arena_clear(&arena);
    for (int class = 1; class <= WATER_WORSE; class ++) {
        for (int i = 0; i < counts[class - 1]; i++)
            sections[n++] = (struct basin_section){.name = "s", .class = class};
    }
    for (int i = 0; i < without; i++)
        sections[n++] = (struct basin_section){.name = "nothing"};
    basin_grade(sections, n, DAY, &arena, &verdict);
    return &verdict;
}

TEST(both_sides_of_every_share)
{
    static const struct {
        int counts[WATER_WORSE];
        int grade;
    } cases[] = {
        {{0, 0, 90, 10, 0, 0}, 1},
        {{0, 0, 89, 11, 0, 0}, 2},
        {{0, 0, 75, 25, 0, 0}, 2},
        {{0, 0, 75, 0, 0, 25}, 2}, /* good whatever is worse than V */
        {{0, 0, 74, 26, 0, 0}, 3},
        {{0, 0, 74, 7, 0, 19}, 3},
        {{0, 0, 74, 6, 0, 20}, 4},
        {{0, 0, 61, 0, 0, 39}, 4},
        {{0, 0, 60, 0, 0, 40}, 5}, /* the corner of the table */
        {{0, 0, 59, 1, 0, 40}, 5},
        {{0, 0, 0, 0, 0, 100}, 5},
        {{20, 20, 20, 20, 20, 0}, 3},
        {{0, 0, 0, 5, 0, 0}, 3},
    };

    for (size_t i = 0; i < LENGTH(cases); i++)
        CHECK_INT(grade_of(cases[i].counts, 0)->rating, cases[i].grade);
    arena_done(&arena);
}

TEST(shares_are_not_rounded_before_they_are_compared)
{
    /* 206/229 = 89.956 %, which one decimal would make 90.0 */
    const struct verdict *v = grade_of((int[]){0, 0, 206, 23, 0, 0}, 0);

    CHECK_INT(v->rating, 2);
    CHECK(has(v->summary_zh, "Ⅰ–Ⅲ类 206 个(90.0 %)"));
    CHECK(has(v->items[v->item_count - 1].step_en,
              "I to III < 90 % → good (by shares not rounded)"));
    arena_done(&arena);
}

TEST(a_section_without_data_leaves_the_denominator_and_is_named)
{
    const struct verdict *v = grade_of((int[]){0, 9, 0, 1, 0, 0}, 4);

    CHECK_INT(v->rating, 1); /* 9 of 10, not of 14 */
    CHECK(has(v->summary_en, "; without data: nothing, nothing"));
    CHECK(has(v->items[13].step_zh, "无数据,不计入"));
    v = grade_of((int[]){0, 0, 0, 0, 0, 0}, 3);
    CHECK_INT(v->outcome, VERDICT_INSUFFICIENT);
    arena_done(&arena);
}

/* n sections with one value of an item each, written as in "0.1 <0.2". */
static size_t put(size_t at, const char *code, const char *texts)
{
    struct span rest = span_of(texts);

    for (; rest.len; at++) {
        struct span one = span_take(&rest, ' ');
        struct water_value *value = arena_new(&arena, 1, sizeof(*value));

        value->below_detection = one.at[0] == '<';
        span_copy(span_of(code), value->factor, sizeof(value->factor));
        CHECK_INT(decimal_parse(span_from(one, value->below_detection),
                                &value->value),
                  OK);
        sections[at] = (struct basin_section){
            .name = "s", .values = value, .value_count = 1};
    }
    return at;
}

TEST(fewer_than_five_are_rated_by_their_means)
{
    size_t n;

    arena_clear(&arena);
    n = put(0, "w21011", "0.1 0.3 0.28 <0.04");
    basin_grade(sections, n, DAY, &arena, &verdict);
    CHECK_INT(verdict.rating, 2); /* class III is good */
    CHECK(has(verdict.items[4].step_en,
              "mean of the sections (0.1 + 0.3 + 0.28 + <0.04/2)/4 = 0.175; "));
    arena_done(&arena);
}

TEST(main_pollutants_are_the_three_highest_rates_and_only_below_good)
{
    size_t n;

    arena_clear(&arena);
    n = put(0, "w21011", "0.5 0.5 0.5 0.5");
    n = put(n, "w21003", "2.5 2.5 2.5");
    n = put(n, "w01018", "50 50");
    n = put(n, "w01019", "16");
    basin_grade(sections, n, DAY, &arena, &verdict);
    CHECK_INT(verdict.rating, 5);
    CHECK(has(verdict.summary_zh,
              "主要污染指标:总磷(40.0 %)、氨氮(30.0 %)、化学需氧量(20.0 %)("));
    n = put(0, "w21011", "0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.1 0.5");
    basin_grade(sections, n, DAY, &arena, &verdict);
    CHECK_INT(verdict.rating, 1);
    CHECK(!has(verdict.summary_zh, "主要污染"));
    arena_done(&arena);
}

TEST(of_equal_rates_the_lower_code_goes_before_and_three_are_named)
{
    static const char *const codes[] = {"w21011", "w21003", "w01019", "w01018"};
    static const char *const values[] = {"0.5", "2.5", "16", "50"};
    size_t n = 0;

    arena_clear(&arena);
    for (size_t i = 0; i < LENGTH(codes); i++)
        n = put(n, codes[i], values[i]);
    n = put(n, "w21011", "0.5"); /* phosphorus leads, the others share */
    basin_grade(sections, n, DAY, &arena, &verdict);
    CHECK(has(verdict.summary_zh,
              "总磷(40.0 %)、化学需氧量(20.0 %)、高锰酸盐指数(20.0 %)("));
    CHECK(!has(verdict.summary_zh, "氨氮"));
    arena_done(&arena);
}

TEST(who_meets_the_target_among_those_rated)
{
    const struct verdict_item *target = NULL;

    arena_clear(&arena);
    grade_of((int[]){0, 2, 2, 2, 0, 0}, 1);
    for (int i = 0; i < 7; i++)
        sections[i].target = i == 0 ? 0 : 3;
    basin_grade(sections, 7, DAY, &arena, &verdict);
    for (size_t i = 0; i < verdict.item_count; i++) {
        if (strcmp(verdict.items[i].factor, "target_attainment") == 0)
            target = &verdict.items[i];
    }
    CHECK(target && has(target->step_zh, "3/5 = 60.0 %"));
    arena_done(&arena);
}

TEST(few_sections_with_classes_alone_are_no_mean)
{
    const struct verdict *v = grade_of((int[]){0, 4, 0, 0, 0, 0}, 0);

    CHECK_INT(v->outcome, VERDICT_INSUFFICIENT);
    CHECK(has(v->summary_en, "no values to average"));
    arena_clear(&arena);
    basin_grade(sections, 4, 20110308, &arena, &verdict);
    CHECK_INT(verdict.outcome, VERDICT_NO_EDITION);
    arena_done(&arena);
}
