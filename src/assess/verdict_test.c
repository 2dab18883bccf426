#include "assess/verdict.h"

#include "assess/step.h"
#include "base/test.h"

TEST(a_kind_has_a_name_that_finds_it_again)
{
    enum verdict_kind kind;

    for (int i = 0; i < VERDICT_KIND_COUNT; i++) {
        const char *name = verdict_kind_name((enum verdict_kind)i);

        CHECK_INT(verdict_kind_parse(span_of(name), &kind), OK);
        CHECK_INT(kind, i);
    }
    CHECK_INT(verdict_kind_parse(SPAN("aqi"), &kind), ERR_NOT_FOUND);
    CHECK_INT(verdict_kind_parse(SPAN(""), &kind), ERR_NOT_FOUND);
    CHECK_TEXT(verdict_kind_name((enum verdict_kind)99), "unknown");
}

TEST(numbers_in_a_derivation_keep_their_digits)
{
    struct arena a;

    arena_init(&a);
    CHECK_TEXT(step_decimal(&a, DECIMAL(350, -1)), "35.0");
    CHECK_TEXT(step_quantity(&a, DECIMAL(78, 0), "µg/m³"), "78 µg/m³");
    CHECK_TEXT(step_quantity(&a, DECIMAL(8, 0), ""), "8");
    /* (150 - 100) / (115 - 75) * 3 + 100, exact */
    CHECK_TEXT(
        step_line(&a, DECIMAL(50, 0), DECIMAL(3, 0), DECIMAL(40, 0), 100),
        "103.75");
    /* not exact: four decimals and a mark that there is more */
    CHECK_TEXT(
        step_line(&a, DECIMAL(50, 0), DECIMAL(10, 0), DECIMAL(130, 0), 100),
        "103.8461…");
    CHECK_TEXT(step_line(&a, DECIMAL(50, 0), DECIMAL(1, 0), DECIMAL(0, 0), 0),
               "?");
    CHECK_TEXT(step_join(&a, step_join(&a, "", "、", "总磷"), "、", "氨氮"),
               "总磷、氨氮");
    arena_done(&a);
}
