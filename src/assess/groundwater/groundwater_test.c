#include "assess/groundwater/groundwater.h"

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

static const struct verdict *judge(const struct measured *values, size_t count)
{
    struct groundwater_conditions conditions = {.day = TODAY};

    arena_clear(&arena);
    groundwater_judge(values, count, &conditions, &arena, &verdict);
    return &verdict;
}

/* The class of one value alone; -1 when it is not rated. */
static int class_of(struct measured m)
{
    return judge(&m, 1)->items[0].rating;
}

/* The item of that factor; an empty one when there is none. */
static const struct verdict_item *find(const char *factor)
{
    static const struct verdict_item none = {
        .factor = "", .step_zh = "", .step_en = ""};

    for (size_t i = 0; i < verdict.item_count; i++) {
        if (strcmp(verdict.items[i].factor, factor) == 0)
            return &verdict.items[i];
    }
    return &none;
}

/* The next number above, in a digit more than the limit has. */
static struct decimal above(struct decimal d)
{
    struct decimal out;

    CHECK(!decimal_add(d, DECIMAL(1, d.exponent - 1), &out));
    return out;
}

TEST(the_table_has_39_regular_and_54_other_items)
{
    const struct groundwater_item *item;
    int count[2] = {0, 0};

    for (size_t i = 0; (item = groundwater_item_at(i)); i++) {
        count[item->table - 1]++;
        CHECK(groundwater_item_find(item->code) == item);
        for (int class = 1; class <= GROUNDWATER_CLASSES; class ++)
            CHECK(item->limits[class - 1][0] != NULL);
    }
    CHECK_INT(count[0], GROUNDWATER_REGULAR);
    CHECK_INT(count[1], 54);
    CHECK(groundwater_item_find("w99999") == NULL);
}

/* The best class whose upper bound holds d, told apart from the code. */
static int expected_class(const struct groundwater_item *item, struct decimal d)
{
    for (int class = 1; class < GROUNDWATER_CLASSES; class ++) {
        const struct limit *l = item->limits[class - 1][0];

        if (l->bound == LIMIT_ABOVE ||
            (l->bound == LIMIT_MAX && decimal_compare(d, l->high) <= 0))
            return class;
    }
    return GROUNDWATER_CLASSES;
}

TEST(both_sides_of_every_upper_bound)
{
    const struct groundwater_item *item;
    int tried = 0;

    for (size_t i = 0; (item = groundwater_item_at(i)); i++) {
        for (int class = 1; class < GROUNDWATER_CLASSES; class ++) {
            const struct limit *l = item->limits[class - 1][0];
            struct measured m = {.item = item->code, .value = l->high};

            if (l->bound != LIMIT_MAX)
                continue;
            CHECK_INT(class_of(m), expected_class(item, l->high));
            CHECK(class_of(m) <= class);
            m.value = above(l->high);
            CHECK_INT(class_of(m), expected_class(item, m.value));
            CHECK(class_of(m) > class);
            tried++;
        }
    }
    CHECK_INT(tried, 88 * 4 - 1 + 2 * 3); /* a class I is "not detected" */
}

TEST(equal_bounds_of_neighbours_give_the_better_class)
{
    CHECK_INT(class_of(of("w01002", "5")), 1);
    CHECK_INT(class_of(of("w19002", "0.3")), 3);
    CHECK_INT(class_of(of("w19002", "0.30001")), 5);
    CHECK_INT(class_of(of("w21017", "1.0")), 1);
}

TEST(ph_has_two_sides_with_open_ends)
{
    const struct {
        const char *ph;
        int class;
    } cases[] = {
        {"5.4", 5}, {"5.499", 5}, {"5.5", 4}, {"6.499", 4},
        {"6.5", 1}, {"7", 1},     {"8.5", 1}, {"8.501", 4},
        {"9.0", 4}, {"9.001", 5}, {"0", 5},   {"14", 5},
    };

    for (size_t i = 0; i < LENGTH(cases); i++)
        CHECK_INT(class_of(of("w01001", cases[i].ph)), cases[i].class);
    CHECK(!find("w01001")->has_multiple);
    class_of(of("w01001", "8.7"));
    CHECK_TEXT(find("w01001")->step_zh,
               "pH 8.7:不满足Ⅲ类(6.5–8.5),满足Ⅳ类(5.5–<6.5 或 "
               ">8.5–9.0) → Ⅳ类");
}

TEST(smell_and_visible_matter_are_none_or_present)
{
    struct measured m = {.item = "w01005", .is = MEASURED_NONE};

    CHECK_INT(class_of(m), 1);
    m.is = MEASURED_NOT_DETECTED;
    CHECK_INT(class_of(m), 1);
    m.is = MEASURED_PRESENT;
    CHECK_INT(class_of(m), 5);
    CHECK_TEXT(verdict.level_zh, "Ⅴ类");
    CHECK_INT(class_of(of("w01011", "0")), 1);
    CHECK_INT(class_of(of("w01011", "2")), 5);
}

TEST(gross_activity_above_III_is_IV_or_V)
{
    struct measured both[] = {of("w03001", "0.51"), of("w20125", "0.2")};

    judge(both, 2);
    CHECK_INT(verdict.rating, 4);
    CHECK_TEXT(verdict.level_zh, "Ⅳ类或Ⅴ类");
    CHECK_TEXT(verdict.level_en, "class IV or V");
    CHECK(strstr(verdict.items[0].step_en, "nuclide") != NULL);
    both[1] = of("w20125", "0.31"); /* IV by itself: still "IV or V" */
    judge(both, 2);
    CHECK_TEXT(verdict.level_zh, "Ⅳ类或Ⅴ类");
    both[1] = of("w20125", "2.1"); /* V by itself: nothing left open */
    judge(both, 2);
    CHECK_TEXT(verdict.level_zh, "Ⅴ类");
    both[0] = of("w03001", "0.5");
    CHECK_INT(class_of(both[0]), 3);
    CHECK_INT(class_of(of("w03002", "1.0")), 2);
    CHECK_INT(class_of(of("w03002", "0.1")), 1);
}

TEST(the_worst_items_decide_and_are_named_with_their_multiples)
{
    struct measured values[] = {of("w20125", "2.5"), of("w25002", "936"),
                                of("w01001", "7.2"), of("w21003", "1.2")};

    judge(values, LENGTH(values));
    CHECK_INT(verdict.rating, 5);
    CHECK_TEXT(verdict.summary_zh,
               "Ⅴ类,定类项目:铁(7.33)、苯(92.60);评价表1 4 项、表2 "
               "0 项,表1 未测 35 项(GB/T 14848-2017)");
    CHECK(verdict.items[0].decisive && verdict.items[1].decisive);
    CHECK(!verdict.items[2].decisive && !verdict.items[3].decisive);
    CHECK_TEXT(find("class")->step_zh, "最差项目定类:max(Ⅴ, Ⅴ, Ⅰ, Ⅳ) → Ⅴ类");
    CHECK_TEXT(verdict.items[3].step_en,
               "ammonia nitrogen (as N) 1.2 mg/L: outside class III (≤ 0.50), "
               "within class IV (≤ 1.50) → class IV; over class III by "
               "(1.2−0.50)/0.50 = 1.40 times");
}

TEST(what_is_not_detected_counts_half_and_is_never_zero)
{
    CHECK_INT(class_of(below("w25002", "1.0")), 1); /* 0.5 */
    CHECK_INT(class_of(below("w25002", "1.2")), 2); /* 0.6 */
    CHECK_INT(class_of(below("w25002", "10.0")), 3);
    CHECK(strstr(verdict.items[0].step_en, "half the detection limit 10.0"));
}

TEST(a_method_that_does_not_reach_class_III_proves_nothing)
{
    struct measured values[] = {below("w25002", "10.1"), of("w20125", "0.2")};

    judge(values, 2);
    CHECK_INT(verdict.items[0].rating, -1);
    CHECK(strstr(verdict.items[0].step_en, "cannot prove compliance"));
    CHECK_INT(verdict.rating, 2);
    CHECK_TEXT(verdict.summary_en,
               "class II, decided by iron; 1 items of table 1 and 0 of table 2 "
               "rated, 37 of table 1 missing, 1 measured but not rated "
               "(GB/T 14848-2017)");
    judge(values, 1);
    CHECK_INT(verdict.outcome, VERDICT_INSUFFICIENT);
    CHECK_INT(verdict.rating, -1);
}

TEST(not_detected_without_a_detection_limit)
{
    struct measured m = {.item = "w25002", .is = MEASURED_NOT_DETECTED};

    CHECK_INT(class_of(m), -1);
    CHECK(strstr(verdict.items[0].step_en, "without a detection limit"));
    m.item = "w02004"; /* germs are counted: none is 0 */
    CHECK_INT(class_of(m), 1);
    m.item = "w19002"; /* class I asks for it in these words */
    CHECK_INT(class_of(m), 1);
    CHECK_INT(class_of(below("w19002", "0.05")), 1);
    CHECK_INT(class_of(of("w19002", "0.05")), 2);
    CHECK_INT(class_of(below("w19002", "0.4")), -1);
}

TEST(words_and_negative_values_are_not_rated)
{
    struct measured m = {.item = "w25002", .is = MEASURED_PRESENT};

    CHECK_INT(class_of(m), -1);
    m.is = MEASURED_NONE;
    CHECK_INT(class_of(m), -1);
    CHECK_INT(class_of(of("w25002", "-1")), -1);
    CHECK(strstr(verdict.items[0].step_en, "negative"));
    CHECK_INT(class_of(below("w01001", "5")), -1);
    CHECK_INT(class_of(of("w21001", "5")), -1); /* total nitrogen */
    CHECK(strstr(verdict.items[0].step_en, "not an item of the standard"));
}

TEST(germs)
{
    CHECK_INT(class_of(of("w02004", "3")), 1);
    CHECK_INT(class_of(of("w02004", "4")), 4);
    CHECK_INT(class_of(of("w02004", "101")), 5);
    CHECK_INT(class_of(below("w02004", "2")), 1);
    CHECK_INT(class_of(of("total_plate_count", "1001")), 5);
}

TEST(missing_items_are_counted_and_named)
{
    struct groundwater_conditions conditions = {.day = TODAY};
    struct measured m = of("w20125", "0.05");

    judge(&m, 1);
    CHECK(strstr(find("missing")->step_en, "38 items not measured (38 of "));
    CHECK(strstr(find("missing")->step_zh, "pH"));
    conditions.all_items = true;
    groundwater_judge(&m, 1, &conditions, &arena, &verdict);
    CHECK(strstr(find("missing")->step_en,
                 "92 items not measured (38 of table 1, 54 of table 2)"));
}

TEST(a_complete_sample_misses_nothing)
{
    struct measured values[GROUNDWATER_REGULAR];
    const struct groundwater_item *item;
    size_t count = 0;

    for (size_t i = 0; (item = groundwater_item_at(i)); i++) {
        if (item->table == 1)
            values[count++] =
                of(item->code,
                   item->limits[0][0]->bound == LIMIT_RANGE ? "7.0" : "0");
    }
    judge(values, count);
    CHECK_INT(verdict.rating, 1);
    CHECK_TEXT(find("missing")->factor, "");
    CHECK_TEXT(verdict.confidence, "high");
}

TEST(filtered_or_not_is_kept)
{
    struct groundwater_conditions conditions = {.day = TODAY,
                                                .sample = SAMPLE_FILTERED};
    struct measured m = of("w20125", "0.05");

    groundwater_judge(&m, 1, &conditions, &arena, &verdict);
    CHECK_TEXT(find("sample")->step_en, "sample filtered (dissolved)");
    judge(&m, 1);
    CHECK_TEXT(find("sample")->step_en, "sample filtered or not: not told");
}

TEST(the_edition_is_that_of_the_day)
{
    struct groundwater_conditions conditions = {.day = 20180430};
    struct measured m = of("w20125", "0.05");

    groundwater_judge(&m, 1, &conditions, &arena, &verdict);
    CHECK_INT(verdict.outcome, VERDICT_NO_EDITION);
    conditions.day = 20180501;
    groundwater_judge(&m, 1, &conditions, &arena, &verdict);
    CHECK_INT(verdict.outcome, VERDICT_GIVEN);
    CHECK_TEXT(verdict.edition, "GB/T 14848-2017");
}

TEST(the_same_item_twice_counts_with_its_worse_value)
{
    struct measured values[] = {of("w20125", "0.05"), of("w20125", "0.4")};

    judge(values, 2);
    CHECK_INT(verdict.rating, 4);
    CHECK(strstr(verdict.summary_en, "1 items of table 1"));
}
