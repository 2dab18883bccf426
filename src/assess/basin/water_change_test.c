#include "assess/basin/water_change.h"

#include "base/test.h"

enum { DAY = 20261031, PAIRS_MAX = 100 };

static struct arena arena;
static struct verdict verdict;
static struct change_pair pairs[PAIRS_MAX];

static bool has(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

static int change_of_one(int before, int after)
{
    arena_clear(&arena);
    pairs[0] = (struct change_pair){"a", before, after, 0};
    water_change(pairs, 1, DAY, &arena, &verdict);
    return verdict.rating;
}

TEST(a_section_changes_by_steps_of_its_grade)
{
    CHECK_INT(change_of_one(1, 2), 3); /* both excellent */
    CHECK_INT(change_of_one(3, 3), 3);
    CHECK_INT(change_of_one(2, 3), 4);
    CHECK_INT(change_of_one(2, 4), 5);
    CHECK_INT(change_of_one(4, 3), 2);
    CHECK_INT(change_of_one(6, 3), 1);
    CHECK_TEXT(verdict.level_en, "clearly better");
    arena_done(&arena);
}

/* 100 sections: so many of III and of worse than V before and after, the rest
 * of class IV. */
static const char *shares(int good_before, int worse_before, int good_after,
                          int worse_after)
{
    const char *step = "";

    arena_clear(&arena);
    for (int i = 0; i < PAIRS_MAX; i++)
        pairs[i] = (struct change_pair){"s",
                                        i < good_before                 ? 3
                                        : i >= PAIRS_MAX - worse_before ? 6
                                                                        : 4,
                                        i < good_after                 ? 3
                                        : i >= PAIRS_MAX - worse_after ? 6
                                                                       : 4,
                                        21};
    water_change(pairs, PAIRS_MAX, DAY, &arena, &verdict);
    for (size_t i = 0; i < verdict.item_count; i++) {
        if (has(verdict.items[i].step_en, "by shares"))
            step = verdict.items[i].step_en;
    }
    return step;
}

TEST(shares_on_both_sides_of_ten_and_twenty_points)
{
    CHECK(has(shares(40, 0, 50, 0), "= 10.0 points → no clear change"));
    CHECK(has(shares(40, 0, 51, 0), "= 11.0 points → somewhat better"));
    CHECK(has(shares(40, 10, 50, 0), "= 20.0 points → somewhat better"));
    CHECK(has(shares(40, 10, 51, 0), "= 21.0 points → clearly better"));
    CHECK(has(shares(50, 0, 40, 0), "= -10.0 points → no clear change"));
    CHECK(has(shares(50, 0, 40, 1), "= -11.0 points → somewhat worse"));
    CHECK(has(shares(50, 0, 40, 11), "= -21.0 points → clearly worse"));
    arena_done(&arena);
}

TEST(the_larger_change_of_both_ways_is_the_result)
{
    shares(40, 10, 61, 0); /* light pollution stays, 31 points better */
    CHECK_INT(verdict.rating, 1);
    CHECK(has(verdict.summary_en, "by shares, the larger change"));
    CHECK_TEXT(verdict.confidence, "medium");
    shares(74, 0, 76, 0); /* one grade better by two points */
    CHECK_INT(verdict.rating, 2);
    CHECK(has(verdict.summary_en, "by grade, the larger change"));
    CHECK(has(verdict.summary_zh, "比例法为无明显变化"));
    CHECK(has(verdict.items[100].step_en, "74/100 = 74.0 %"));
    CHECK(has(verdict.items[100].step_zh, "76/100 = 76.0 %"));
    shares(70, 0, 90, 0); /* light to excellent, and 20 points */
    CHECK_INT(verdict.rating, 1);
    shares(80, 0, 91, 0); /* one grade, 11 points: both say the same */
    CHECK(has(verdict.summary_en, "somewhat better, by grade and by shares ("));
    shares(74, 0, 75, 12); /* a grade better, 11 points worse: no larger one */
    CHECK(has(verdict.summary_en,
              "somewhat better, by grade; by shares: somewhat worse"));
    CHECK(has(verdict.summary_zh, "按等级法;比例法为有所变差"));
    arena_done(&arena);
}

TEST(the_same_items_by_whatever_name)
{
    static const struct {
        const char *before, *after, *differ;
        int count;
    } cases[] = {
        {"氨氮;总磷", "w21011,w21003", "", 2},
        {"氨氮;氨氮;w21003", "氨氮", "", 1},
        {"氨氮、总磷", "氨氮", "总磷", 2},
        {"氨氮", "氨氮;总磷;colour", "总磷、colour", 1},
        {"colour", "Colour", "", 1},
        {"a;b", "c", "a、b、c", 2},
        {"", "", "", 0},
        {"氨氮", "", "氨氮", 1},
        {" ; 氨氮 ;", "氨氮", "", 1},
    };

    for (size_t i = 0; i < LENGTH(cases); i++) {
        int count;

        CHECK_TEXT(water_change_items(span_of(cases[i].before),
                                      span_of(cases[i].after), &arena, &count),
                   cases[i].differ);
        CHECK_INT(count, cases[i].count);
    }
    change_of_one(2, 3);
    CHECK(has(verdict.items[0].step_en, "items not told"));
    pairs[0].items = 21;
    water_change(pairs, 1, DAY, &arena, &verdict);
    CHECK(has(verdict.items[0].step_en, "class II to class III (the same 21"));
    arena_done(&arena);
}

TEST(a_few_sections_with_classes_alone_cannot_be_compared)
{
    arena_clear(&arena);
    for (int i = 0; i < 4; i++)
        pairs[i] = (struct change_pair){"s", 3, 4, 0};
    water_change(pairs, 4, DAY, &arena, &verdict);
    CHECK_INT(verdict.outcome, VERDICT_INSUFFICIENT);
    water_change(pairs, 4, 20110101, &arena, &verdict);
    CHECK_INT(verdict.outcome, VERDICT_NO_EDITION);
    arena_done(&arena);
}
