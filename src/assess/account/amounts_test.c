#include "assess/account/accounting.h"
#include "assess/account/non_point.h"
#include "assess/account/vehicle.h"
#include "base/test.h"

static struct arena arena;

static bool has(const char *text, const char *part)
{
    if (!strstr(text, part))
        print_error("\"%s\" is not in \"%s\"\n", part, text);
    return strstr(text, part);
}

static bool has_step(const struct verdict *v, const char *part)
{
    for (size_t i = 0; i < v->item_count; i++) {
        if (strstr(v->items[i].step_en, part))
            return true;
    }
    print_error("no step with \"%s\"\n", part);
    return false;
}

/* ---- an activity and its factor keep their units ---- */

TEST(a_factor_multiplies_only_its_own_unit)
{
    static const struct {
        struct quantity activity, factor;
        enum quantity_verdict verdict;
        struct decimal kg;
    } cases[] = {
        {{{1200, 0}, SPAN("t")},
         {{17, 0}, SPAN("kg/t")},
         QUANTITY_OK,
         {20400, 0}},
        {{{1200, 0}, SPAN("kg")},
         {{17, 0}, SPAN("kg/t")},
         QUANTITY_OK,
         {204, -1}},
        {{{5, 0}, SPAN("head")},
         {{140, 0}, SPAN("g/head")},
         QUANTITY_OK,
         {7, -1}},
        {{{5, 0}, SPAN("people")},
         {{1, 0}, SPAN("kg/head")},
         QUANTITY_MISMATCH,
         {0, 0}},
        {{{5, 0}, SPAN("m3")},
         {{1, 0}, SPAN("kg/t")},
         QUANTITY_MISMATCH,
         {0, 0}},
        {{{5, 0}, SPAN("t")},
         {{1, 0}, SPAN("kg")},
         QUANTITY_NO_FACTOR_UNIT,
         {0, 0}},
        {{{5, 0}, SPAN("t")},
         {{1, 0}, SPAN("m3/t")},
         QUANTITY_NO_FACTOR_UNIT,
         {0, 0}},
        {{{5, 0}, SPAN("")}, {{1, 0}, SPAN("kg/t")}, QUANTITY_MISMATCH, {0, 0}},
        {{{INT64_MAX, 0}, SPAN("t")},
         {{17, 0}, SPAN("kg/t")},
         QUANTITY_OVERFLOW,
         {0, 0}},
    };

    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct decimal kg = DECIMAL(0, 0);

        CHECK_INT(quantity_product(cases[i].activity, cases[i].factor, &kg),
                  cases[i].verdict);
        CHECK_INT(decimal_compare(kg, cases[i].kg), 0);
        CHECK_INT(*quantity_text(cases[i].verdict, true) == '\0',
                  cases[i].verdict == QUANTITY_OK);
    }
}

/* ---- accounting ---- */

static struct accounting plant(void)
{
    return (struct accounting){
        .day = 20260101,
        .has = {true, true, true, true},
        .automatic_kg = DECIMAL(50000, 0),
        .capture = DECIMAL(75, 0),
        .concentration = DECIMAL(100, 0),
        .flow = DECIMAL(200000, 0),
        .hours = DECIMAL(2000, 0),
        .activity = {DECIMAL(30000, 0), SPAN("t")},
        .factor = {DECIMAL(17, 0), SPAN("kg/t")},
        .eta = DECIMAL(90, 0),
        .k = DECIMAL(95, -2),
        .coal_t = DECIMAL(30000, 0),
        .sulphur = DECIMAL(1, 0),
        .conversion = DECIMAL(85, -2),
    };
}

static struct verdict account(struct accounting in)
{
    struct verdict v;

    accounting_of(&in, &arena, &v);
    return v;
}

TEST(automatic_before_manual_before_factor_before_balance)
{
    struct accounting in = plant();
    struct verdict v;

    arena_init(&arena);
    v = account(in);
    CHECK_INT(v.rating, 1);
    CHECK(has_step(&v, "capture 75 % ≥ 75 %"));
    CHECK(has_step(&v, "= 40000 kg") || has_step(&v, "= 40000.000000 kg"));
    CHECK(has_step(&v, "by manual monitoring it differs: (40000"));
    in.capture = DECIMAL(7499, -2);
    v = account(in);
    CHECK_INT(v.rating, 2);
    CHECK(has_step(&v, "automatic data do not count"));
    CHECK(!has_step(&v, "valid automatic data")); /* they are not */
    CHECK_INT(decimal_compare(v.index, DECIMAL(40000, 0)), 0);
    in.has[ACCOUNTING_MANUAL] = false;
    v = account(in); /* 510000 x (1 - .9 x .95) */
    CHECK_INT(v.rating, 3);
    CHECK_INT(decimal_compare(v.index, DECIMAL(73950, 0)), 0);
    in.has[ACCOUNTING_FACTOR] = false;
    v = account(in); /* 2 x .85 x 30000 x 1 % x .1 t */
    CHECK_INT(v.rating, 4);
    CHECK_INT(decimal_compare(v.index, DECIMAL(51000, 0)), 0);
    CHECK_TEXT(v.confidence, "medium");
    in.has[ACCOUNTING_BALANCE] = false;
    CHECK_INT(account(in).outcome, VERDICT_INSUFFICIENT);
    in.day = 20200101;
    CHECK_INT(account(in).outcome, VERDICT_NO_EDITION);
    arena_done(&arena);
}

TEST(water_by_hand_is_in_litres_and_too_large_is_said)
{
    struct accounting in = plant();
    struct verdict v;

    arena_init(&arena);
    in.has[ACCOUNTING_AUTOMATIC] = false;
    in.water = true;
    in.concentration = DECIMAL(50, 0);
    in.flow = DECIMAL(100, 0);
    in.hours = DECIMAL(24, 0);
    v = account(in);
    CHECK_INT(decimal_compare(v.index, DECIMAL(120, 0)), 0);
    CHECK(has_step(&v, "50 mg/L × 100 m³/h × 24 h × 10⁻³ = 120"));
    in.flow = DECIMAL(INT64_MAX, 0);
    v = account(in);
    CHECK_INT(v.rating, 3);
    CHECK(has_step(&v, "manual monitoring: too large"));
    CHECK(accounting_conversion_allowed(DECIMAL(8, -1), 20260101));
    CHECK(accounting_conversion_allowed(DECIMAL(9, -1), 20260101));
    CHECK(!accounting_conversion_allowed(DECIMAL(79, -2), 20260101));
    CHECK(!accounting_conversion_allowed(DECIMAL(91, -2), 20260101));
    arena_done(&arena);
}

/* ---- non-point ---- */

TEST(export_coefficients_add_up_and_lambda_delivers)
{
    const struct non_point_source sources[] = {
        {SPAN("paddy"),
         {DECIMAL(12, -1), SPAN("kg/ha")},
         {DECIMAL(350, 0), SPAN("ha")}},
        {SPAN("pigs"),
         {DECIMAL(140, 0), SPAN("g/head")},
         {DECIMAL(4200, 0), SPAN("head")}},
    };
    struct non_point in = {.sources = sources,
                           .count = 2,
                           .rain_kg = DECIMAL(12, 0),
                           .day = 20260101};
    struct verdict v;

    arena_init(&arena);
    non_point_load(&in, &arena, &v); /* 420 + 588 + 12 */
    CHECK_INT(decimal_compare(v.index, DECIMAL(1020, 0)), 0);
    CHECK(v.items[1].decisive && !v.items[0].decisive);
    in.has_lambda = true;
    in.lambda = DECIMAL(3, -1);
    non_point_load(&in, &arena, &v);
    CHECK_INT(decimal_compare(v.index, DECIMAL(306, 0)), 0);
    CHECK(has(v.summary_en, "delivered 306"));
    in.rain_kg = DECIMAL(INT64_MAX, 3);
    non_point_load(&in, &arena, &v);
    CHECK_INT(v.outcome, VERDICT_INSUFFICIENT);
    in.day = 19800101;
    non_point_load(&in, &arena, &v);
    CHECK_INT(v.outcome, VERDICT_NO_EDITION);
    arena_done(&arena);
}

/* ---- vehicles ---- */

static struct vehicle_class cars(const char *name)
{
    struct vehicle_class c = {.name = span_of(name),
                              .number = DECIMAL(1000, 0),
                              .km = DECIMAL(10000, 0)};

    for (int i = 0; i < VEHICLE_CORRECTIONS; i++)
        c.correction[i] = DECIMAL(1, 0);
    return c;
}

TEST(every_row_of_the_table_gives_its_tonnes)
{
    const struct standard_table *t = standard_table("vehicle-factors.csv");

    arena_init(&arena);
    CHECK(t && t->row_count == 36);
    for (size_t i = 0; t && i < t->row_count; i++) {
        struct vehicle_class c = cars(standard_text(t, i, "key"));
        struct vehicle_fleet fleet = {&c, 1, 20260101};
        struct decimal base, tonnes;
        struct verdict v;

        vehicle_inventory(&fleet, &arena, &v);
        CHECK(standard_decimal(t, i, "value", &base));
        CHECK(!decimal_mul(base, DECIMAL(10, 0), &tonnes)); /* 10^7 km */
        CHECK_INT(decimal_compare(v.items[i % 4].value, tonnes), 0);
        CHECK_TEXT(v.confidence, "medium");
    }
    arena_done(&arena);
}

TEST(corrections_multiply_and_given_factors_come_first)
{
    struct vehicle_class c[] = {cars("petrol_car/V"), cars("other/VI")};
    struct vehicle_fleet fleet = {c, 2, 20260101};
    struct verdict v;

    arena_init(&arena);
    c[0].correction[0] = DECIMAL(12, -1);
    c[0].correction[3] = DECIMAL(5, -1);
    c[0].has_factor[1] = true;
    c[0].factor[1] = DECIMAL(1, 0);
    vehicle_inventory(&fleet, &arena, &v);
    /* CO .46 x 1.2 x .5 = .276 g/km; HC 1 x .6 */
    CHECK(has(v.summary_en, "CO 2.76"));
    CHECK(has(v.summary_en, "HC 6.0"));
    CHECK(has(v.summary_en, "(4 left out)"));
    CHECK_INT(v.rating, 1);
    CHECK(has_step(&v, "other/VI CO: no factor, left out"));
    c[1].has_factor[0] = true;
    c[1].factor[0] = DECIMAL(1, 0);
    fleet.classes = &c[1];
    fleet.count = 1;
    vehicle_inventory(&fleet, &arena, &v);
    CHECK(has(v.summary_en, "the fleet emits CO 10.000000 t (3 left out)"));
    c[1].has_factor[0] = false;
    vehicle_inventory(&fleet, &arena, &v);
    CHECK_INT(v.outcome, VERDICT_INSUFFICIENT);
    CHECK(has_step(&v, "other/VI CO: no factor, left out"));
    fleet.classes = c;
    c[0].number = DECIMAL(INT64_MAX, 0);
    fleet.count = 1;
    vehicle_inventory(&fleet, &arena, &v);
    CHECK(has_step(&v, "too large, left out"));
    fleet.day = 20000101;
    vehicle_inventory(&fleet, &arena, &v);
    CHECK_INT(v.outcome, VERDICT_NO_EDITION);
    arena_done(&arena);
}
