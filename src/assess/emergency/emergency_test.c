#include "assess/emergency/emergency.h"
#include "base/test.h"

/* 2026-11-24 08:30 in Beijing */
#define LEARNED 1795480200LL

static struct arena arena;

static struct verdict judge(struct emergency e)
{
    struct verdict v;

    if (!e.learned_s)
        e.learned_s = LEARNED;
    if (!e.risen_s)
        e.risen_s = e.learned_s;
    emergency_grade(&e, &arena, &v);
    return v;
}

static const struct verdict_item *item(const struct verdict *v,
                                       const char *code)
{
    for (size_t i = 0; i < v->item_count; i++) {
        if (strcmp(v->items[i].factor, code) == 0)
            return &v->items[i];
    }
    return NULL;
}

static const char *due(const struct verdict *v, const char *code)
{
    const struct verdict_item *i = item(v, code);

    return i ? i->period : "none";
}

static bool decides(const struct verdict *v, const char *code)
{
    const struct verdict_item *i = item(v, code);

    return i && i->decisive;
}

static struct verdict number(enum emergency_number n, struct decimal value)
{
    struct emergency e = {.learned_s = 0};

    e.has_number[n] = true;
    e.number[n] = value;
    return judge(e);
}

TEST(both_sides_of_every_number)
{
    static const struct {
        enum emergency_number n;
        int64_t from[3]; /* of I, II, III */
    } rows[] = {
        {EMERGENCY_DEATHS, {30, 10, 3}},
        {EMERGENCY_INJURED, {100, 50, 10}},
        {EMERGENCY_EVACUATED, {50000, 10000, 5000}},
        {EMERGENCY_LOSS, {10000, 2000, 500}},
    };

    arena_init(&arena);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        for (int g = 0; g < 3; g++) {
            struct decimal at = DECIMAL(rows[i].from[g], 0), below = at;

            if (rows[i].n == EMERGENCY_LOSS) /* 9999.99 */
                below = DECIMAL(rows[i].from[g] * 100 - 1, -2);
            else
                below.mantissa--;
            CHECK_INT(number(rows[i].n, at).rating, g + 1);
            CHECK_INT(number(rows[i].n, below).rating, g + 2);
        }
        CHECK_INT(number(rows[i].n, DECIMAL(1, 0)).rating, 4);
        CHECK_INT(number(rows[i].n, DECIMAL(0, 0)).rating, -1);
    }
    CHECK_INT(number(EMERGENCY_LOSS, DECIMAL(1, -2)).rating, 4);
    arena_done(&arena);
}

TEST(every_choice_has_its_grade)
{
    static const struct {
        enum emergency_choice n;
        const char *choice;
        int grade;
    } rows[] = {
        {EMERGENCY_ECOLOGY, "region_lost", 1},
        {EMERGENCY_ECOLOGY, "partly_lost", 2},
        {EMERGENCY_ECOLOGY, "habitat", 3},
        {EMERGENCY_ECOLOGY, "some", 4},
        {EMERGENCY_ECOLOGY, "none", -1},
        {EMERGENCY_INTAKE, "prefecture", 1},
        {EMERGENCY_INTAKE, "county", 2},
        {EMERGENCY_INTAKE, "township", 3},
        {EMERGENCY_RADIOACTIVE, "class_1_2_wide", 1},
        {EMERGENCY_RADIOACTIVE, "class_1_2", 2},
        {EMERGENCY_RADIOACTIVE, "class_3", 3},
        {EMERGENCY_RADIOACTIVE, "class_4_5", 4},
        {EMERGENCY_SPREAD, "border", 1},
        {EMERGENCY_SPREAD, "province", 2},
        {EMERGENCY_SPREAD, "prefecture", 3},
        {EMERGENCY_SPREAD, "county", 4},
    };

    arena_init(&arena);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct emergency e = {.learned_s = 0};

        e.choice[rows[i].n] = rows[i].choice;
        CHECK_INT(judge(e).rating, rows[i].grade);
    }
    arena_done(&arena);
}

TEST(the_worst_criterion_decides_and_nothing_adds_up)
{
    struct emergency e = {.learned_s = 0};
    struct verdict v;

    arena_init(&arena);
    for (int i = 0; i < EMERGENCY_NUMBERS; i++)
        e.has_number[i] = true;
    e.number[EMERGENCY_DEATHS] = DECIMAL(2, 0);
    e.number[EMERGENCY_INJURED] = DECIMAL(9, 0);
    e.number[EMERGENCY_EVACUATED] = DECIMAL(4999, 0);
    e.number[EMERGENCY_LOSS] = DECIMAL(499, 0);
    CHECK_INT(judge(e).rating, 4); /* four times IV stays IV */
    e.choice[EMERGENCY_INTAKE] = "county";
    v = judge(e);
    CHECK_INT(v.rating, 2);
    CHECK_TEXT(v.level_en, "serious");
    CHECK_TEXT(v.colour, "#ff8c00");
    CHECK(decides(&v, "intake"));
    CHECK(!decides(&v, "deaths"));
    arena_done(&arena);
}

TEST(the_clock_starts_at_learning_of_it)
{
    struct verdict v;

    arena_init(&arena);
    v = number(EMERGENCY_DEATHS, DECIMAL(10, 0));
    CHECK_TEXT(due(&v, "report"), "2026-11-24 10:30");
    CHECK_TEXT(due(&v, "province_report"), "2026-11-24 11:30");
    CHECK_TEXT(due(&v, "follow_up"), "2026-11-25 10:30");
    v = number(EMERGENCY_DEATHS, DECIMAL(3, 0));
    CHECK_TEXT(due(&v, "report"), "2026-11-24 12:30");
    CHECK(!item(&v, "province_report"));
    CHECK_INT(v.start_s, LEARNED);
    CHECK_TEXT(v.confidence, "medium");
    arena_done(&arena);
}

TEST(an_unclear_level_with_a_condition_is_treated_as_II)
{
    arena_init(&arena);
    for (int i = 0; i < EMERGENCY_CONDITIONS; i++) {
        struct emergency e = {.learned_s = 0};
        struct verdict v;

        e.condition[i] = true;
        v = judge(e);
        CHECK_INT(v.outcome, VERDICT_GIVEN);
        CHECK_INT(v.rating, -1);
        CHECK_TEXT(due(&v, "report"), "2026-11-24 10:30");
        /* a clear level is not made stricter by it */
        e.has_number[EMERGENCY_DEATHS] = true;
        e.number[EMERGENCY_DEATHS] = DECIMAL(1, 0);
        v = judge(e);
        CHECK_TEXT(due(&v, "report"), "2026-11-24 12:30");
        e.unclear = true; /* the department is not sure of it yet */
        v = judge(e);
        CHECK_INT(v.rating, 4);
        CHECK_TEXT(due(&v, "report"), "2026-11-24 10:30");
        CHECK_TEXT(v.summary_en,
                   "ordinary (grade IV), not yet clear, reported as grade II: "
                   "first report not later than 2026-11-24 10:30 (from "
                   "2026-11-24 08:30)");
        e.number[EMERGENCY_DEATHS] = DECIMAL(30, 0);
        v = judge(e);
        CHECK_INT(v.rating, 1);
    }
    CHECK_INT(judge((struct emergency){.unclear = true}).outcome,
              VERDICT_INSUFFICIENT);
    arena_done(&arena);
}

TEST(a_rise_is_reported_again_by_the_new_grade)
{
    struct emergency e = {.earlier_grade = 4, .risen_s = LEARNED + 5 * HOUR_S};
    struct verdict v;

    arena_init(&arena);
    e.choice[EMERGENCY_SPREAD] = "province";
    v = judge(e);
    CHECK(!item(&v, "report"));
    CHECK_TEXT(due(&v, "report_again"), "2026-11-24 15:30");
    e.earlier_grade = 2; /* the same: nothing rose */
    v = judge(e);
    CHECK_TEXT(due(&v, "report"), "2026-11-24 10:30");
    e.earlier_grade = 1; /* fell: still the first clock */
    v = judge(e);
    CHECK(!item(&v, "report_again"));
    arena_done(&arena);
}

TEST(before_the_plan_there_is_no_grade)
{
    struct emergency e = {.learned_s = 1400000000}; /* May 2014 */
    struct verdict v;

    e.has_number[EMERGENCY_DEATHS] = true;
    e.number[EMERGENCY_DEATHS] = DECIMAL(30, 0);
    arena_init(&arena);
    v = judge(e);
    CHECK_INT(v.outcome, VERDICT_NO_EDITION);
    arena_done(&arena);
}
