#include "assess/water/water.h"

#include "base/test.h"

enum { DAY = 20210401 };

static struct arena arena;
static struct verdict verdict;

/* Judges one to four items written as "code=value" or "code<limit". */
static const struct verdict *
judge_as(enum water_body body, enum water_rounding rounding, const char *text)
{
    struct water_value values[8];
    struct span rest = span_of(text);
    size_t count = 0;

    arena_clear(&arena);
    while (rest.len) {
        struct span one = span_take(&rest, ' ');
        bool less = span_find(one, '<') < one.len;
        struct span code = span_take(&one, less ? '<' : '=');

        CHECK(count < LENGTH(values));
        span_copy(code, values[count].factor, sizeof(values[count].factor));
        values[count].below_detection = less;
        CHECK_INT(decimal_parse(one, &values[count].value), OK);
        count++;
    }
    water_section(values, count, body, rounding, DAY, &arena, &verdict);
    return &verdict;
}

static const struct verdict *judge(const char *text)
{
    return judge_as(WATER_RIVER, WATER_ROUND_STATISTICS, text);
}

static bool has(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

/* The smallest step away from a limit at two more digits than the limit has. */
static struct decimal beyond(struct decimal limit, int sign)
{
    struct decimal out;

    CHECK_INT(
        decimal_add(limit, DECIMAL(sign, (int8_t)(limit.exponent - 2)), &out),
        OK);
    return out;
}

static void check_limit(const struct water_item *item, int class)
{
    struct water_value value = {.below_detection = false};
    enum water_body body = item->river ? WATER_RIVER : WATER_LAKE_RESERVOIR;
    struct decimal limit = item->limit[class - 1];
    int better = class, worse = class + 1;

    while (better > 1 && decimal_compare(item->limit[better - 2], limit) == 0)
        better--; /* equal limits: the better class */
    while (worse <= WATER_CLASSES &&
           decimal_compare(item->limit[worse - 1], limit) == 0)
        worse++;
    span_copy(span_of(item->code), value.factor, sizeof(value.factor));

    value.value = limit;
    water_section(&value, 1, body, WATER_ROUND_NONE, DAY, &arena, &verdict);
    CHECK_INT(verdict.items[0].rating, better);
    value.value = beyond(limit, item->bound == WATER_MAX ? 1 : -1);
    water_section(&value, 1, body, WATER_ROUND_NONE, DAY, &arena, &verdict);
    CHECK_INT(verdict.items[0].rating, worse);
}

TEST(both_sides_of_every_limit_of_table_1)
{
    const struct water_item *item;
    size_t count = 0;

    arena_clear(&arena);
    for (; (item = water_item_at(count)); count++) {
        for (int class = 1; class <= WATER_CLASSES; class ++) {
            if (item->bound != WATER_RANGE)
                check_limit(item, class);
        }
    }
    CHECK_INT(count, 24); /* 23 items, phosphorus twice */
    arena_done(&arena);
}

TEST(a_section_names_what_decides_and_by_how_much)
{
    const struct verdict *v =
        judge("w01001=7.6 w01009=6.5 w21003=0.326 w21011=0.241");

    CHECK_INT(v->outcome, VERDICT_GIVEN);
    CHECK_INT(v->rating, 4);
    CHECK_TEXT(v->level_zh, "Ⅳ类");
    CHECK_TEXT(v->level_en, "class IV");
    CHECK_TEXT(v->edition, "GB 3838-2002");
    CHECK(v->items[3].decisive);
    CHECK(!v->items[2].decisive);
    CHECK_TEXT(v->items[3].step_zh,
               "总磷 0.241 mg/L:Ⅲ类限值 0.2 < 0.241 ≤ Ⅳ类限值 0.3 → "
               "Ⅳ类;超Ⅲ类倍数 (0.241−0.2)/0.2 = 0.20");
    CHECK_TEXT(v->summary_zh, "Ⅳ类(轻度污染),主要污染指标:总磷(0.20);"
                              "评价 4 项,未测 17 项(GB 3838-2002)");
    arena_done(&arena);
}

TEST(phosphorus_depends_on_the_water_body)
{
    CHECK_INT(judge("w21011=0.1")->rating, 2);
    CHECK_INT(
        judge_as(WATER_LAKE_RESERVOIR, WATER_ROUND_STATISTICS, "w21011=0.1")
            ->rating,
        4);
    arena_done(&arena);
}

TEST(ph_is_in_or_out)
{
    CHECK_INT(judge("w01001=6")->rating, 1);
    CHECK_INT(judge("w01001=9")->rating, 1);
    /* rated without decimals: the notice of 2020 */
    CHECK_INT(judge("w01001=9.4")->rating, 1);
    CHECK_INT(judge("w01001=9.6")->rating, 6);
    CHECK_INT(judge("w01001=5.4")->rating, 6);
    CHECK(!verdict.items[0].has_multiple);
    CHECK_INT(judge_as(WATER_RIVER, WATER_ROUND_NONE, "w01001=9.01")->rating,
              6);
    CHECK_INT(judge_as(WATER_RIVER, WATER_ROUND_NONE, "w01001=5.99")->rating,
              6);
    arena_done(&arena);
}

TEST(oxygen_counts_downwards_and_has_no_multiple)
{
    const struct verdict *v = judge("w01009=4.2");

    CHECK_INT(v->rating, 4);
    CHECK(!v->items[0].has_multiple);
    CHECK_TEXT(v->items[0].step_zh,
               "溶解氧 4.2 mg/L:Ⅳ类限值 3 ≤ 4.2 < Ⅲ类限值 5 → Ⅳ类;Ⅲ类为 ≥ 5");
    CHECK(has(v->summary_zh, "主要污染指标:溶解氧;"));
    arena_done(&arena);
}

TEST(values_are_rounded_to_the_decimals_of_the_notice)
{
    CHECK_INT(judge("w21003=0.504")->rating, 2); /* 0.50 */
    CHECK_INT(judge("w21003=0.506")->rating, 3); /* 0.51 */
    CHECK_INT(judge("w01019=4.05")->rating, 2);  /* half even: 4.0 */
    CHECK_INT(judge("w01019=4.15")->rating, 3);  /* half even: 4.2 */
    CHECK_INT(judge("w01009=7.45")->rating, 2);  /* half even: 7.4 */
    CHECK_INT(judge_as(WATER_RIVER, WATER_ROUND_NONE, "w21003=0.504")->rating,
              3);
    arena_done(&arena);
}

TEST(below_detection_counts_half)
{
    const struct verdict *v = judge("w22001<0.01");

    CHECK_INT(v->rating, 1);
    /* two decimals would be 0: one significant digit stays */
    CHECK_INT(v->items[0].value.mantissa, 5);
    CHECK_INT(v->items[0].value.exponent, -3);
    CHECK(has(v->items[0].step_zh, "检出限 0.01 的一半"));
    /* half of a detection limit above the bound */
    CHECK_INT(judge("w22001<0.2")->rating, 4);
    arena_done(&arena);
}

TEST(nitrogen_coliform_and_temperature_never_decide)
{
    const struct verdict *v =
        judge_as(WATER_LAKE_RESERVOIR, WATER_ROUND_STATISTICS,
                 "w21003=0.1 w21001=9.9 w02003=99999 w01010=18.9");

    CHECK_INT(v->rating, 1);
    CHECK_INT(v->items[1].rating, 6);
    CHECK(has(v->items[1].step_zh, "不参与定类"));
    CHECK_INT(v->items[2].rating, 6);
    CHECK_INT(v->items[3].rating, -1);
    CHECK(!v->items[1].decisive);
    CHECK(has(v->summary_en, "1 items rated"));
    /* rivers have no limit of nitrogen at all */
    CHECK_INT(judge("w21003=0.1 w21001=9.9")->items[1].rating, -1);
    arena_done(&arena);
}

TEST(metals_come_under_either_code)
{
    CHECK_INT(judge("w20142=0.0005")->rating, 4); /* mercury */
    CHECK_INT(judge("w20111=0.0005")->rating, 4); /* total mercury */
    CHECK_TEXT(verdict.items[0].factor, "w20111");
    CHECK_INT(judge("W20138=0.02")->rating, 2); /* 0.02 copper is II, not III */
    arena_done(&arena);
}

TEST(main_pollutants_are_three_in_the_order_of_the_notice)
{
    const struct verdict *v = judge(
        "w21003=1.6 w01018=60 w21011=0.9 w20111=0.0002 w01009=1.0 w01019=7");

    CHECK_INT(v->rating, 6);
    /* mercury (IV) first, then the worst class by multiple */
    CHECK(has(v->summary_zh, "主要污染指标:汞(1.00)、总磷(3.50)、化学需氧量"
                             "(2.00);"));
    v = judge("w01009=1.0 w21003=2.1");
    CHECK(has(v->summary_zh, "氨氮(1.10)、溶解氧;"));
    arena_done(&arena);
}

TEST(what_cannot_be_rated_is_said)
{
    const struct verdict *v = judge("w21003=-0.1 w99999=3 w21011=0.05");

    CHECK_INT(v->rating, 2);
    CHECK_INT(v->items[0].rating, -1);
    CHECK(has(v->items[0].step_en, "negative"));
    CHECK_INT(v->items[1].rating, -1);
    CHECK(has(judge("w21001=3 w21011=0.05")->items[0].step_en,
              "nitrogen: table 1 has no limit"));
    CHECK_INT(judge("w99999=3")->outcome, VERDICT_INSUFFICIENT);
    CHECK_INT(judge("")->outcome, VERDICT_INSUFFICIENT);
    arena_done(&arena);
}

TEST(before_the_standard_there_is_no_class)
{
    struct water_value value = {"w21003", DECIMAL(1, 0), false};

    arena_clear(&arena);
    water_section(&value, 1, WATER_RIVER, WATER_ROUND_NONE, 20020531, &arena,
                  &verdict);
    CHECK_INT(verdict.outcome, VERDICT_NO_EDITION);
    water_section(&value, 1, WATER_RIVER, WATER_ROUND_NONE, 20020601, &arena,
                  &verdict);
    CHECK_INT(verdict.outcome, VERDICT_GIVEN);
    arena_done(&arena);
}

TEST(absurd_numbers_are_only_the_worst_class)
{
    struct water_value value = {"w21003", DECIMAL(INT64_MAX, 18), false};

    arena_clear(&arena);
    water_section(&value, 1, WATER_RIVER, WATER_ROUND_STATISTICS, DAY, &arena,
                  &verdict);
    CHECK_INT(verdict.rating, 6);
    CHECK(!verdict.items[0].has_multiple);
    value.value = DECIMAL(1, -18);
    water_section(&value, 1, WATER_RIVER, WATER_ROUND_STATISTICS, DAY, &arena,
                  &verdict);
    CHECK_INT(verdict.rating, 1);
    arena_done(&arena);
}

/* ---- the rule without words ---- */

TEST(what_is_compared_keeps_a_digit_however_small_or_long)
{
    const struct water_item *item =
        water_item_find(SPAN("w21003"), WATER_RIVER);
    struct water_measure m = {.item = item, .value = DECIMAL(4, -9)};
    struct decimal v = water_rated_value(&m, WATER_ROUND_STATISTICS);

    CHECK_INT(decimal_compare(v, DECIMAL(4, -9)), 0); /* not 0.00 */
    m.value = DECIMAL(1, -40); /* smaller than any digit that is tried */
    v = water_rated_value(&m, WATER_ROUND_STATISTICS);
    CHECK_INT(decimal_compare(v, DECIMAL(1, -40)), 0);
    m.value = DECIMAL(0, -9);
    v = water_rated_value(&m, WATER_ROUND_STATISTICS);
    CHECK_INT(v.mantissa, 0);
    m.value = DECIMAL(INT64_MAX, -18); /* half of it has no room */
    m.below_detection = true;
    v = water_rated_value(&m, WATER_ROUND_NONE);
    CHECK_INT(decimal_compare(v, m.value), 0);
    m.value = DECIMAL(-1, 0);
    CHECK_INT(water_rate(&m, 1, WATER_ROUND_NONE), 0);
    m = (struct water_measure){water_item_find(SPAN("w01010"), WATER_RIVER),
                               DECIMAL(20, 0), false};
    CHECK_INT(m.item ? water_rate(&m, 1, WATER_ROUND_NONE) : 0, 0);
}

TEST(the_class_without_words_is_that_of_the_verdict)
{
    struct water_measure m[32];
    struct water_value v[32];
    uint64_t state = 3838;

    for (int round = 0; round < 500; round++) {
        enum water_body body = round & 1 ? WATER_RIVER : WATER_LAKE_RESERVOIR;
        enum water_rounding rounding =
            round & 2 ? WATER_ROUND_NONE : WATER_ROUND_STATISTICS;
        const struct water_item *item;
        size_t count = 0;

        arena_clear(&arena);
        for (size_t i = 0; (item = water_item_at(i)); i++) {
            if (body == WATER_RIVER ? !item->river : !item->lake)
                continue;
            state = state * 6364136223846793005U + 1442695040888963407U;
            /* about the limit of class II */
            CHECK_INT(decimal_mul(item->limit[1],
                                  DECIMAL((int64_t)(state >> 55) + 20, -2),
                                  &m[count].value),
                      OK);
            m[count].item = item;
            v[count].below_detection = m[count].below_detection =
                (state >> 40) % 8 == 0;
            v[count].value = m[count].value;
            span_copy(span_of(item->code), v[count].factor,
                      sizeof(v[count].factor));
            count++;
        }
        water_section(v, count, body, rounding, DAY, &arena, &verdict);
        CHECK_INT(water_rate(m, count, rounding), verdict.rating);
    }
    CHECK_INT(water_rate(m, 0, WATER_ROUND_NONE), 0);
    m[0].value = DECIMAL(-1, 0);
    CHECK_INT(water_rate(m, 1, WATER_ROUND_NONE), 0);
    arena_done(&arena);
}

/* ---- what goes with a sample ---- */

static const struct verdict *judge_with(const struct water_terms *terms,
                                        const char *code, const char *text)
{
    struct water_value value = {.below_detection = *text == '<'};

    arena_clear(&arena);
    span_copy(span_of(code), value.factor, sizeof(value.factor));
    CHECK_INT(
        decimal_parse(span_of(text + value.below_detection), &value.value), OK);
    water_judge(&value, 1, terms, DAY, &arena, &verdict);
    return &verdict;
}

TEST(oxygen_at_ninety_percent_saturation_is_class_one)
{
    struct water_terms terms = {.has_saturation = true,
                                .saturation = DECIMAL(90, 0)};
    const struct verdict *v = judge_with(&terms, "w01009", "6.3");

    CHECK_INT(v->rating, 1);
    CHECK(has(v->items[0].step_zh, "饱和率 90 = 90 % → Ⅰ类"));
    terms.saturation = DECIMAL(8999, -2);
    CHECK_INT(judge_with(&terms, "w01009", "6.3")->rating, 2);
    /* it speaks of oxygen only */
    terms.saturation = DECIMAL(120, 0);
    CHECK_INT(judge_with(&terms, "w21003", "0.9")->rating, 3);
    arena_done(&arena);
}

TEST(a_target_is_met_or_not)
{
    struct water_terms terms = {.target = 3};

    CHECK(
        has(judge_with(&terms, "w21011", "0.2")->summary_zh, ";目标Ⅲ类,达标"));
    CHECK(has(judge_with(&terms, "w21011", "0.201")->summary_en,
              "; target class III not met"));
    arena_done(&arena);
}

TEST(a_detection_limit_above_class_three_proves_nothing)
{
    struct water_terms terms = {.target = 0};

    CHECK(!has(judge_with(&terms, "w22001", "<0.05")->summary_en, "limit bey"));
    CHECK(has(judge_with(&terms, "w22001", "<0.06")->summary_en,
              "; detection limit beyond class III: petroleum"));
    CHECK(has(verdict.items[0].step_zh, "方法不适用"));
    CHECK_INT(verdict.rating, 1); /* half of it, all the same */
    arena_done(&arena);
}

TEST(a_quarter_needs_two_samples_and_a_year_six_or_twelve)
{
    static const struct {
        enum water_span span;
        bool state;
        int samples;
        enum verdict_outcome outcome;
    } cases[] = {
        {WATER_SAMPLE, false, 1, VERDICT_GIVEN},
        {WATER_MONTH, true, 1, VERDICT_GIVEN},
        {WATER_QUARTER, false, 1, VERDICT_INSUFFICIENT},
        {WATER_QUARTER, false, 2, VERDICT_GIVEN},
        {WATER_YEAR, false, 5, VERDICT_INSUFFICIENT},
        {WATER_YEAR, false, 6, VERDICT_GIVEN},
        {WATER_YEAR, true, 11, VERDICT_INSUFFICIENT},
        {WATER_YEAR, true, 12, VERDICT_GIVEN},
        {WATER_YEAR, true, 0, VERDICT_GIVEN}, /* not told */
    };

    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct water_terms terms = {.span = cases[i].span,
                                    .state_controlled = cases[i].state,
                                    .samples = cases[i].samples};

        CHECK_INT(judge_with(&terms, "w21003", "0.4")->outcome,
                  cases[i].outcome);
    }
    {
        struct water_terms terms = {.span = WATER_QUARTER, .samples = 1};

        CHECK(has(judge_with(&terms, "w21003", "0.4")->summary_zh,
                  "季度评价至少需要 2 次监测,仅有 1 次,不定类;均值相当于Ⅱ类"));
        CHECK_INT(verdict.rating, -1);
    }
    arena_done(&arena);
}

TEST(classes_are_read_as_people_write_them)
{
    CHECK_INT(water_class_parse(SPAN("III")), 3);
    CHECK_INT(water_class_parse(SPAN("Ⅳ类")), 4);
    CHECK_INT(water_class_parse(SPAN("劣Ⅴ")), 6);
    CHECK_INT(water_class_parse(SPAN("worse than V")), 6);
    CHECK_INT(water_class_parse(SPAN("VI")), 0);
    CHECK_INT(water_class_parse(SPAN("")), 0);
}
