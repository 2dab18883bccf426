#include "assess/trophic/trophic.h"

#include "base/test.h"

#include <math.h>

enum { DAY = 20261001 };

static struct arena arena;
static struct verdict verdict;

static bool has(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

/* The concentration at which an item's index is so much. */
static struct decimal value_at(int item, double tli)
{
    const struct trophic_item *t = trophic_item(item);
    double x =
        exp((tli / 10 - decimal_to_double(t->a)) / decimal_to_double(t->b));

    return DECIMAL(llround(x * 1e12), -12);
}

static const struct verdict *lake_of(const double tli[TROPHIC_ITEMS])
{
    struct trophic_sample s[TROPHIC_ITEMS];
    size_t count = 0;

    arena_clear(&arena);
    for (int i = 0; i < TROPHIC_ITEMS; i++) {
        if (tli[i] > 0)
            s[count++] = (struct trophic_sample){
                .point = "a", .item = i, .value = value_at(i, tli[i])};
    }
    trophic_lake(s, count, DAY, &arena, &verdict);
    return &verdict;
}

TEST(both_sides_of_every_grade)
{
    static const struct {
        double tli;
        int grade;
    } cases[] = {
        {29.99, 1}, {30, 2},    {49.99, 2}, {50, 2},    {50.01, 3},
        {60, 3},    {60.01, 4}, {70, 4},    {70.01, 5},
    };

    for (size_t i = 0; i < LENGTH(cases); i++) {
        double t = cases[i].tli;

        lake_of((double[]){t, t, t, t, t});
        CHECK_INT(verdict.outcome, VERDICT_GIVEN);
        CHECK_INT(verdict.index.mantissa, llround(t * 100));
        CHECK_INT(verdict.rating, cases[i].grade);
    }
    arena_done(&arena);
}

TEST(weights_are_r_squared_and_logarithms_natural)
{
    lake_of((double[]){40, 50, 60, 50, 30});
    /* (40 + .7056*50 + .6724*60 + .6889*50 + .6889*30) / 3.7558 */
    CHECK_INT(verdict.index.mantissa, 4546);
    CHECK(has(verdict.items[0].step_zh, "TLI = 10×(2.5 + 1.086×ln "));
    CHECK(has(verdict.items[3].step_zh, "TLI = 10×(5.118 − 1.94×ln "));
    CHECK(has(verdict.items[5].step_zh,
              "(1×40.0000 + 0.7056×50.0000 + 0.6724×60.0000 + 0.6889×50.0000 "
              "+ 0.6889×30.0000)/3.7558 = 45.46"));
    arena_done(&arena);
}

TEST(a_missing_item_leaves_an_indication_only)
{
    lake_of((double[]){40, 50, 60, 0, 30});
    CHECK_INT(verdict.outcome, VERDICT_INSUFFICIENT);
    CHECK(!verdict.has_index);
    CHECK(has(verdict.summary_zh, "缺 透明度,不给出 TLI(Σ)"));
    CHECK(has(verdict.summary_en, "indicative only"));
    lake_of((double[]){0, 0, 0, 0, 0});
    CHECK_INT(verdict.outcome, VERDICT_INSUFFICIENT);
    CHECK(!has(verdict.summary_en, "indicative"));
    arena_done(&arena);
}

TEST(points_are_averaged_over_time_before_the_lake)
{
    struct trophic_sample s[] = {
        {"a", 1, DECIMAL(10, -3), false},
        {"a", 1, DECIMAL(30, -3), false},
        {"b", 1, DECIMAL(8, -2), true},
    };

    arena_clear(&arena);
    trophic_lake(s, LENGTH(s), DAY, &arena, &verdict);
    CHECK(has(verdict.items[1].step_en,
              "((0.010 + 0.030)/2 + <0.08/2)/2 = 0.03 mg/L"));
    s[0].value = s[1].value = s[2].value = DECIMAL(0, 0);
    trophic_lake(s, LENGTH(s), DAY, &arena, &verdict);
    CHECK(has(verdict.items[1].step_en, "no value to use")); /* ln 0 */
    trophic_lake(s, LENGTH(s), 20110308, &arena, &verdict);
    CHECK_INT(verdict.outcome, VERDICT_NO_EDITION);
    arena_done(&arena);
}
