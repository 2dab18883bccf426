#include "assess/soil/background.h"
#include "assess/soil/construction.h"
#include "assess/soil/farmland.h"
#include "assess/soil/soil_index.h"

#include "base/test.h"

/* "0.30", or "<0.30". */
static struct soil_value content(const char *item, const char *text)
{
    struct soil_value v = {.item = item, .below_detection = *text == '<'};

    CHECK_INT(decimal_parse(span_of(text + v.below_detection), &v.value), 0);
    return v;
}

static struct decimal number(const char *text)
{
    struct decimal d;

    CHECK_INT(decimal_parse(span_of(text), &d), 0);
    return d;
}

static void check_number(struct decimal d, const char *text)
{
    char written[DECIMAL_TEXT_MAX];

    decimal_format(d, written);
    CHECK_TEXT(written, text);
}

static bool says(const char *text, const char *part)
{
    if (strstr(text, part))
        return true;
    print_error("\"%s\" has no \"%s\"\n", text, part);
    return false;
}

static const struct verdict_item *item_of(const struct verdict *v,
                                          const char *code)
{
    for (size_t i = 0; i < v->item_count; i++) {
        if (strcmp(v->items[i].factor, code) == 0)
            return &v->items[i];
    }
    fail_msg("no item %s", code);
    return &v->items[0];
}

/* A digit behind the last: 0.3 becomes 0.31. */
static struct decimal just_above(struct decimal d)
{
    return DECIMAL(d.mantissa * 10 + 1, (int8_t)(d.exponent - 1));
}

#define CD      "cas:7440-43-9"
#define AS      "cas:7440-38-2"
#define CU      "cas:7440-50-8"
#define PB      "cas:7439-92-1"
#define BENZENE "cas:71-43-2"

static struct arena arena;

static struct verdict farmland(enum soil_land land, const char *ph, int count,
                               const struct soil_value *values)
{
    struct decimal d = ph ? number(ph) : DECIMAL(0, 0);
    struct farmland_sample s = {.place = {land, ph ? &d : NULL, RULE_NEWEST},
                                .values = values,
                                .count = (size_t)count};
    struct verdict v;

    farmland_judge(&s, &arena, &v);
    return v;
}

static struct verdict farmland_one(enum soil_land land, const char *ph,
                                   struct soil_value value)
{
    struct soil_value *kept = arena_new(&arena, 1, sizeof(*kept));

    *kept = value;
    return farmland(land, ph, 1, kept);
}

static struct verdict construction_one(int land_class, struct soil_value value)
{
    struct construction_sample s = {.land_class = land_class,
                                    .taken = CONSTRUCTION_UNDISTURBED,
                                    .day = RULE_NEWEST,
                                    .values = &value,
                                    .count = 1};
    struct verdict v;

    construction_judge(&s, &arena, &v);
    return v;
}

/* ---- farmland ---- */

/* A pH inside the band of a limit: its upper end, or well above the lower. */
static const char *ph_inside(const struct limit *l)
{
    const struct standard_table *t = soil_farmland_limits()->source;
    const char *high = standard_text(t, l->row, "ph_high");

    return *high ? high : "8.5";
}

static enum soil_land land_of(const struct limit *l)
{
    return strcmp(l->use, "paddy") == 0     ? SOIL_PADDY
           : strcmp(l->use, "orchard") == 0 ? SOIL_ORCHARD
                                            : SOIL_UPLAND;
}

TEST(both_sides_of_every_farmland_limit)
{
    const struct limit_table *t = soil_farmland_limits();

    arena_init(&arena);
    CHECK_INT(t->count, 79);
    for (size_t i = 0; i < t->count; i++) {
        const struct limit *l = &t->limits[i];
        bool screening = strcmp(l->grade, "screening") == 0;
        struct verdict v;

        v = farmland_one(land_of(l), ph_inside(l),
                         (struct soil_value){l->item, l->high, false});
        CHECK_INT(v.outcome, VERDICT_GIVEN);
        CHECK_INT(v.rating, screening ? 1 : 2);
        v = farmland_one(
            land_of(l), ph_inside(l),
            (struct soil_value){l->item, just_above(l->high), false});
        CHECK_INT(v.rating, screening ? 2 : 3);
        CHECK_TEXT(v.confidence, "high");
    }
    arena_done(&arena);
}

TEST(the_ends_of_the_ph_bands_belong_to_the_lower_band)
{
    static const struct {
        const char *ph, *limit;
    } cases[] = {
        {"3", "0.3"},    {"5.5", "0.3"},  {"5.51", "0.4"},
        {"6.5", "0.4"},  {"6.51", "0.6"}, {"7.5", "0.6"},
        {"7.50", "0.6"}, {"7.51", "0.8"}, {"9", "0.8"},
    };

    arena_init(&arena);
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct verdict v =
            farmland_one(SOIL_PADDY, cases[i].ph, content(CD, "0.1"));

        check_number(v.items[0].limit, cases[i].limit);
    }
    arena_done(&arena);
}

TEST(rotation_takes_the_stricter_and_shows_both)
{
    struct verdict v;

    arena_init(&arena);
    v = farmland_one(SOIL_ROTATION, "6.0", content(CD, "0.35"));
    check_number(v.items[0].limit, "0.3");
    CHECK_INT(v.rating, 2);
    CHECK(says(v.items[0].step_en, "min(0.3, 0.4)"));
    /* lead: other 90 is stricter than paddy 100; arsenic: paddy 30 than 40 */
    v = farmland_one(SOIL_ROTATION, "6.0", content(PB, "95"));
    check_number(v.items[0].limit, "90");
    v = farmland_one(SOIL_ROTATION, "6.0", content(AS, "35"));
    check_number(v.items[0].limit, "30");
    arena_done(&arena);
}

TEST(copper_of_orchards_has_its_own_value)
{
    struct verdict v;

    arena_init(&arena);
    v = farmland_one(SOIL_ORCHARD, "5", content(CU, "150"));
    CHECK_INT(v.rating, 1);
    v = farmland_one(SOIL_PADDY, "5", content(CU, "51"));
    CHECK_INT(v.rating, 2);
    CHECK(says(v.items[0].step_en, "no intervention value"));
    v = farmland_one(SOIL_PADDY, "5", content(CU, "100000"));
    CHECK_INT(v.rating, 2);
    v = farmland_one(SOIL_ORCHARD, "5", content(CD, "0.31"));
    CHECK_INT(v.rating, 2);
    arena_done(&arena);
}

TEST(without_a_ph_no_metal_is_rated)
{
    struct soil_value both[] = {content("cas:50-32-8", "0.6"),
                                content(CD, "0.1")};
    struct verdict v;

    arena_init(&arena);
    v = farmland(SOIL_PADDY, NULL, 2, both);
    CHECK_INT(v.outcome, VERDICT_INSUFFICIENT);
    CHECK_INT(v.rating, -1);
    CHECK(says(v.summary_en, "not rated: cadmium"));
    CHECK(says(item_of(&v, CD)->step_en, "the pH is missing"));
    CHECK_INT(item_of(&v, "cas:50-32-8")->rating, 2);
    v = farmland(SOIL_PADDY, NULL, 1, both); /* an organic needs none */
    CHECK_INT(v.outcome, VERDICT_GIVEN);
    arena_done(&arena);
}

TEST(the_worst_item_decides_and_the_lacking_ones_are_named)
{
    struct soil_value values[] = {content(CD, "1.6"), content(PB, "75"),
                                  content(AS, "10")};
    struct verdict v;

    arena_init(&arena);
    v = farmland(SOIL_UPLAND, "5.0", 3, values);
    CHECK_INT(v.rating, 3);
    CHECK_INT(v.level, 3);
    CHECK(item_of(&v, CD)->decisive);
    CHECK(!item_of(&v, PB)->decisive);
    check_number(item_of(&v, CD)->multiple, "4.33");
    CHECK(says(v.summary_en, "decided by cadmium"));
    CHECK(says(v.summary_en, "basic items not measured: mercury"));
    CHECK(says(v.items[v.item_count - 1].step_en, "the worst item is level 3"));
    arena_done(&arena);
}

TEST(sums_of_isomers_and_what_they_lack)
{
    struct soil_value some[] = {content("cas:319-84-6", "0.05"),
                                content("cas:319-85-7", "<0.02")};
    struct soil_value all[] = {
        content("cas:72-55-9", "0.02"), content("cas:72-54-8", "0.03"),
        content("op-DDT", "0.04"), content("pp-DDT", "0.0101")};
    struct verdict v;

    arena_init(&arena);
    v = farmland(SOIL_PADDY, NULL, 2, some);
    check_number(v.items[0].value, "0.060");
    CHECK_INT(v.rating, 1);
    CHECK(says(v.items[0].step_en, "a lower bound without gamma-HCH"));
    CHECK(says(v.items[0].step_en, "beta-HCH 0.02/2"));
    CHECK(says(v.summary_en, "the sum is a lower bound: HCH total"));
    v = farmland(SOIL_PADDY, NULL, 4, all);
    check_number(v.items[0].value, "0.1001");
    CHECK_INT(v.rating, 2);
    CHECK(!strstr(v.summary_en, "lower bound"));
    arena_done(&arena);
}

TEST(not_detected_is_low_unless_the_detection_limit_is_too_high)
{
    struct verdict v;

    arena_init(&arena);
    v = farmland_one(SOIL_PADDY, "5", content(CD, "<0.3"));
    CHECK_INT(v.rating, 1);
    v = farmland_one(SOIL_PADDY, "5", content(CD, "<0.31"));
    CHECK_INT(v.outcome, VERDICT_INSUFFICIENT);
    v = farmland_one(SOIL_PADDY, "5", content(CD, "-1"));
    CHECK_INT(v.outcome, VERDICT_INSUFFICIENT);
    v = farmland(SOIL_PADDY, "5", 0, NULL);
    CHECK_INT(v.outcome, VERDICT_INSUFFICIENT);
    arena_done(&arena);
}

TEST(before_the_standard_there_is_no_edition)
{
    struct soil_value cd = content(CD, "0.1");
    struct decimal ph = DECIMAL(6, 0);
    struct farmland_sample s = {
        .place = {SOIL_PADDY, &ph, 20180731}, .values = &cd, .count = 1};
    struct construction_sample c = {.day = 20180731, .values = &cd, .count = 1};
    struct verdict v;

    arena_init(&arena);
    farmland_judge(&s, &arena, &v);
    CHECK_INT(v.outcome, VERDICT_NO_EDITION);
    construction_judge(&c, &arena, &v);
    CHECK_INT(v.outcome, VERDICT_NO_EDITION);
    s.place.day = 20180801;
    farmland_judge(&s, &arena, &v);
    CHECK_INT(v.outcome, VERDICT_GIVEN);
    arena_done(&arena);
}

TEST(both_languages_of_a_step_hold_the_numbers)
{
    struct verdict v;

    arena_init(&arena);
    v = farmland_one(SOIL_PADDY, "6.2", content(CD, "0.45"));
    CHECK_TEXT(v.items[0].step_zh,
               "镉 0.45 mg/kg(水田, 5.5 < pH ≤ 6.5):0.45 > 筛选值 0.4;0.45 "
               "≤ 管制值 2.0;超筛选值倍数 0.45/0.4−1 = 0.12 → 2 级 "
               "可能存在风险(安全利用类)");
    CHECK(says(v.items[0].step_en, "0.45 > screening value 0.4; 0.45 ≤ "
                                   "intervention value 2.0"));
    arena_done(&arena);
}

/* ---- construction land ---- */

/* By the other value of the item; nine pairs are equal. */
static int expected(const struct limit *l, struct decimal value)
{
    int land_class = l->use[0] - '0';
    const struct limit *s =
        soil_construction_limit(l->item, "screening", land_class, RULE_NEWEST);
    const struct limit *g = soil_construction_limit(l->item, "intervention",
                                                    land_class, RULE_NEWEST);

    if (decimal_compare(value, s->high) <= 0)
        return 1;
    return decimal_compare(value, g->high) <= 0 ? 2 : 3;
}

TEST(both_sides_of_every_construction_limit)
{
    const struct limit_table *t = soil_construction_limits();

    arena_init(&arena);
    CHECK_INT(t->count, 340);
    for (size_t i = 0; i < t->count; i++) {
        const struct limit *l = &t->limits[i];
        int land_class = l->use[0] - '0';
        struct decimal sides[] = {l->high, just_above(l->high)};
        int ratings[2];

        for (int side = 0; side < 2; side++) {
            struct verdict v = construction_one(
                land_class, (struct soil_value){l->item, sides[side], false});

            ratings[side] = v.rating;
            CHECK_INT(v.rating, expected(l, sides[side]));
        }
        CHECK(ratings[1] > ratings[0]);
    }
    arena_done(&arena);
}

TEST(an_unknown_land_use_is_class_1_and_says_so)
{
    struct verdict v;

    arena_init(&arena);
    v = construction_one(0, content(CD, "21"));
    CHECK_INT(v.rating, 2);
    CHECK(says(v.summary_en, "land use not known, taken for class 1"));
    v = construction_one(2, content(CD, "21"));
    CHECK_INT(v.rating, 1);
    CHECK(!strstr(v.summary_en, "not known"));
    arena_done(&arena);
}

static struct verdict with_soil(const char *type, struct soil_value value,
                                const struct soil_value *own)
{
    struct construction_sample s = {.land_class = 1,
                                    .soil_type = span_of(type),
                                    .backgrounds = own,
                                    .background_count = own ? 1 : 0,
                                    .day = RULE_NEWEST,
                                    .values = &value,
                                    .count = 1};
    struct verdict v;

    construction_judge(&s, &arena, &v);
    return v;
}

TEST(what_the_soil_has_by_nature_is_not_contamination)
{
    struct soil_value own = content(AS, "55");
    struct verdict v;

    arena_init(&arena);
    v = with_soil("黄壤", content(AS, "40"), NULL);
    CHECK_INT(v.rating, 1);
    CHECK_TEXT(v.confidence, "medium");
    CHECK(says(v.items[0].step_en,
               "40 ≤ background of annex A, yellow soil, 40"));
    CHECK_INT(with_soil("黄壤", content(AS, "40.1"), NULL).rating, 2);
    CHECK_INT(with_soil("purple soil", content(AS, "21"), NULL).rating, 2);
    CHECK_INT(with_soil("火星土", content(AS, "21"), NULL).rating, 2);
    CHECK_INT(with_soil("", content(AS, "55"), &own).rating, 1);
    CHECK_INT(with_soil("", content(AS, "55.1"), &own).rating, 2);
    v = with_soil("紫色土", content("cas:7440-62-2", "170"), NULL);
    CHECK_INT(v.rating, 2); /* the lowest V of annex A excuses nothing */
    CHECK_TEXT(v.confidence, "low");
    own = content(CD, "50"); /* cadmium has no such cell */
    CHECK_INT(with_soil("", content(CD, "21"), &own).rating, 2);
    arena_done(&arena);
}

TEST(volatile_items_need_an_undisturbed_sample)
{
    struct soil_value benzene = content(BENZENE, "0.1");
    struct construction_sample s = {.land_class = 1,
                                    .taken = CONSTRUCTION_MIXED,
                                    .day = RULE_NEWEST,
                                    .values = &benzene,
                                    .count = 1};
    struct verdict v;

    arena_init(&arena);
    construction_judge(&s, &arena, &v);
    CHECK_INT(v.outcome, VERDICT_INSUFFICIENT);
    CHECK(says(v.items[0].step_en, "needs an undisturbed sample"));
    s.taken = CONSTRUCTION_NOT_TOLD;
    construction_judge(&s, &arena, &v);
    CHECK(says(v.items[0].step_en, "not told"));
    s.taken = CONSTRUCTION_UNDISTURBED;
    construction_judge(&s, &arena, &v);
    CHECK_INT(v.outcome, VERDICT_GIVEN);
    CHECK_INT(v.rating, 1);
    arena_done(&arena);
}

TEST(a_first_investigation_needs_all_basic_items)
{
    struct soil_value values[64];
    const struct soil_item *item;
    size_t count = 0;
    struct construction_sample s = {.land_class = 2,
                                    .taken = CONSTRUCTION_UNDISTURBED,
                                    .first = true,
                                    .day = RULE_NEWEST,
                                    .values = values};
    struct verdict v;

    arena_init(&arena);
    for (size_t i = 0; (item = soil_construction_item(i)) && count < 45; i++) {
        const struct limit *l =
            soil_construction_limit(item->code, "screening", 2, RULE_NEWEST);

        if (l && soil_is_basic(l))
            values[count++] =
                (struct soil_value){item->code, DECIMAL(1, -3), false};
    }
    CHECK_INT(count, 45);
    s.count = 45;
    construction_judge(&s, &arena, &v);
    CHECK_INT(v.outcome, VERDICT_GIVEN);
    CHECK_INT(v.rating, 1);
    s.count = 44;
    construction_judge(&s, &arena, &v);
    CHECK_INT(v.outcome, VERDICT_INSUFFICIENT);
    CHECK(says(v.summary_en, "1 of the 45 basic items"));
    s.first = false;
    construction_judge(&s, &arena, &v);
    CHECK_INT(v.outcome, VERDICT_GIVEN);
    arena_done(&arena);
}

TEST(construction_sums_and_bad_values)
{
    struct soil_value ddt[] = {content("op-DDT", "1.0"),
                               content("pp-DDT", "1.01")};
    struct construction_sample s = {
        .land_class = 1, .day = RULE_NEWEST, .values = ddt, .count = 2};
    struct verdict v;

    arena_init(&arena);
    construction_judge(&s, &arena, &v);
    CHECK_INT(v.rating, 2);
    check_number(v.items[0].value, "2.01");
    s.count = 1;
    construction_judge(&s, &arena, &v);
    CHECK_INT(v.rating, 1);
    CHECK(says(v.summary_en, "a lower bound: DDT"));
    CHECK_INT(construction_one(1, content(CD, "-1")).outcome,
              VERDICT_INSUFFICIENT);
    CHECK_INT(construction_one(1, content(CD, "<21")).outcome,
              VERDICT_INSUFFICIENT);
    v = construction_one(1, content(CD, "<20"));
    CHECK_INT(v.rating, 1);
    CHECK(says(v.items[0].step_en, "not detected"));
    v = construction_one(1, content(CD, "48"));
    CHECK_INT(v.rating, 3);
    CHECK(says(v.items[0].step_zh, "48 > 管制值 47"));
    arena_done(&arena);
}

TEST(items_are_known_by_symbol_name_and_number)
{
    CHECK_TEXT(soil_item_named(SPAN("cd"))->code, CD);
    CHECK_TEXT(soil_item_named(span_of("镉"))->code, CD);
    CHECK_TEXT(soil_item_named(SPAN("7440-43-9"))->code, CD);
    CHECK_TEXT(soil_item_named(SPAN("delta-HCH"))->code, "cas:319-86-8");
    CHECK_TEXT(soil_item_named(span_of("α-氯丹"))->code, "cas:5103-71-9");
    CHECK_TEXT(soil_item_named(SPAN(" BaP "))->code, "cas:50-32-8");
    CHECK_TEXT(soil_item_named(span_of("苯并(a)芘"))->code, "cas:50-32-8");
    CHECK_TEXT(soil_item_named(span_of("铬（六价）"))->code, "cas:18540-29-9");
    CHECK_TEXT(soil_item_named(span_of("六价铬"))->code, "cas:18540-29-9");
    CHECK(soil_item_named(span_of("石油烃")) ==
          soil_item_named(span_of("石油烃（C10-C40）")));
    CHECK(soil_item_named(SPAN("PCB126")) != NULL);
    CHECK(!soil_item_named(SPAN("gold")));
    CHECK(soil_any_item(0) && !soil_any_item(1000));
}

/* ---- indices ---- */

static const struct {
    const char *item, *c, *b;
} checked[] = {
    {"cas:7439-97-6", ".12", ".061"},
    {CD, ".45", ".079"},
    {AS, "9", "10.4"},
    {CU, "40", "31.1"},
    {PB, "35", "30.9"},
    {"cas:7440-02-0", "28", "32.6"},
    {"cas:7440-47-3", "70", "79"},
    {"cas:7440-66-6", "110", "86.5"},
};

TEST(background_indices_of_the_checked_example)
{
    struct soil_value c[LENGTH(checked)], b[LENGTH(checked)];
    struct background_sample s = {c, LENGTH(checked), b, LENGTH(checked)};
    struct verdict v;

    arena_init(&arena);
    for (size_t i = 0; i < LENGTH(checked); i++) {
        c[i] = content(checked[i].item, checked[i].c);
        b[i] = content(checked[i].item, checked[i].b);
    }
    background_judge(&s, &arena, &v);
    check_number(v.index, "277.6611");
    CHECK_INT(v.rating, 2);
    CHECK_TEXT(v.level_en, "moderate");
    CHECK(says(item_of(&v, CD)->step_en, "Igeo = log2(0.45/(1.5×0.079)) = "
                                         "1.9250 → class 2"));
    check_number(item_of(&v, CD)->index, "5.6962");
    CHECK(says(v.items[v.item_count - 1].step_en, "= 277.6611 → moderate"));
    CHECK(says(v.summary_en, "a scientific tool, no standard"));
    CHECK(says(v.summary_zh, "科研方法,不是标准"));
    arena_done(&arena);
}

static struct verdict against(const char *item, const char *c, const char *b)
{
    struct soil_value value = content(item, c), background = content(item, b);
    struct background_sample s = {&value, 1, &background, 1};
    struct verdict v;

    background_judge(&s, &arena, &v);
    return v;
}

TEST(both_sides_of_every_igeo_class)
{
    static const char *const at[] = {"3", "6", "12", "24", "48", "96"};
    static const char *const above[] = {"3.001",  "6.001",  "12.001",
                                        "24.001", "48.001", "96.001"};

    arena_init(&arena);
    for (int i = 0; i < (int)LENGTH(at); i++) {
        CHECK_INT(against(CD, at[i], "2").items[0].rating, i);
        CHECK_INT(against(CD, above[i], "2").items[0].rating, i + 1);
    }
    arena_done(&arena);
}

TEST(both_sides_of_every_risk_grade)
{
    static const struct {
        const char *c;
        int rating;
        const char *single;
    } cases[] = {
        {"0.99", 1, "(low)"},
        {"1", 1, "(moderate)"}, /* E 40 */
        {"1.99", 1, "(moderate)"},
        {"2", 1, "(considerable)"}, /* 80 */
        {"3.74", 1, "(considerable)"},
        {"3.75", 2, "(considerable)"}, /* RI 150 */
        {"3.99", 2, "(considerable)"},
        {"4", 2, "(high)"}, /* 160 */
        {"7.49", 2, "(high)"},
        {"7.5", 3, "(high)"},    /* RI 300 */
        {"8", 3, "(very high)"}, /* 320 */
        {"14.9", 3, "(very high)"},
        {"15", 4, "(very high)"}, /* RI 600 */
    };

    arena_init(&arena);
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct verdict v = against("cas:7439-97-6", cases[i].c, "1");

        CHECK_INT(v.rating, cases[i].rating);
        CHECK(says(v.items[0].step_en, cases[i].single));
    }
    arena_done(&arena);
}

TEST(without_background_or_toxic_response_an_item_is_left_out)
{
    struct verdict v;

    arena_init(&arena);
    v = against(CD, "1", "0");
    CHECK_INT(v.outcome, VERDICT_INSUFFICIENT);
    CHECK(says(v.summary_en, "left out: cadmium"));
    v = against(CD, "-1", "1");
    CHECK_INT(v.outcome, VERDICT_INSUFFICIENT);
    v = against("cas:7440-48-4", "10", "5"); /* cobalt has no T */
    CHECK_INT(v.outcome, VERDICT_GIVEN);
    CHECK(!v.has_index);
    CHECK(says(v.items[0].step_en, "not part of RI"));
    v = against(CD, "<0.2", "0.1");
    check_number(v.items[0].index, "1.0000");
    CHECK(says(v.items[0].step_en, "(0.2/2)/0.1"));
    v = against(CD, "0", "0.1");
    CHECK_INT(v.items[0].rating, 0);
    CHECK(says(v.items[0].step_en, "−∞"));
    v = against("gold", "1", "1");
    CHECK_INT(v.item_count, 1);
    arena_done(&arena);
}

static struct verdict index_of(enum soil_reference by, const char *ph, int day,
                               int count, const struct soil_value *values)
{
    struct decimal d = ph ? number(ph) : DECIMAL(0, 0);
    struct soil_index_sample s = {
        by, {SOIL_UPLAND, ph ? &d : NULL, day}, values, (size_t)count};
    struct verdict v;

    soil_index_judge(&s, &arena, &v);
    return v;
}

TEST(the_nemerow_index_of_two_items)
{
    struct soil_value values[] = {content(CD, "0.6"), content(CU, "25")};
    struct verdict v;

    arena_init(&arena);
    /* P 2 and 0.5: mean 1.25, max 2, sqrt((1.5625 + 4) / 2) = 1.66770 */
    v = index_of(SOIL_BY_FARMLAND, "5", 20250101, 2, values);
    check_number(v.index, "1.6677");
    CHECK_INT(v.rating, 3);
    check_number(v.items[0].index, "2.0000");
    CHECK_INT(v.items[0].rating, 2); /* 2 belongs to the lower grade */
    CHECK_INT(v.items[1].rating, 1);
    CHECK(says(v.summary_en, "P > 1: cadmium"));
    CHECK(says(v.items[3].step_en,
               "√((1.2500000000² + 2.0000000000²)/2) = 1.6677"));
    CHECK_TEXT(v.confidence, "high");
    arena_done(&arena);
}

TEST(both_sides_of_every_grade_of_the_indices)
{
    static const struct {
        const char *c; /* of cadmium with S 20: P = P_N = C / 20 */
        int nemerow, single;
    } cases[] = {
        {"14", 1, 1},  {"14.002", 2, 1}, {"20", 2, 1}, {"20.002", 3, 2},
        {"40", 3, 2},  {"40.002", 4, 3}, {"60", 4, 3}, {"60.002", 5, 4},
        {"100", 5, 4}, {"100.01", 5, 5},
    };

    arena_init(&arena);
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct soil_value cd = content(CD, cases[i].c);
        struct verdict v = index_of(SOIL_BY_CLASS_1, NULL, 20250101, 1, &cd);

        CHECK_INT(v.rating, cases[i].nemerow);
        CHECK_INT(v.items[0].rating, cases[i].single);
    }
    arena_done(&arena);
}

TEST(an_index_says_what_it_rests_on)
{
    struct soil_value values[] = {content(CD, "<0.6"), content("gold", "1"),
                                  content(CU, "-1")};
    struct verdict v;

    arena_init(&arena);
    v = index_of(SOIL_BY_FARMLAND, "5", 20260601, 3, values);
    check_number(v.index, "1.0000");
    CHECK_TEXT(v.confidence, "low");
    CHECK(says(v.summary_en, "left out: gold, copper"));
    CHECK(says(v.items[3].step_en, "S for the land use: "));
    CHECK(says(v.items[v.item_count - 1].step_en, "HJ 166-2026"));
    v = index_of(SOIL_BY_FARMLAND, NULL, 20250101, 1, values);
    CHECK_INT(v.outcome, VERDICT_INSUFFICIENT);
    CHECK(says(v.items[0].step_en, "the pH is missing"));
    v = index_of(SOIL_BY_CLASS_2, NULL, 20250101, 1, values);
    CHECK_TEXT(v.edition, "HJ/T 166-2004 (S: GB 36600-2018)");
    CHECK_INT(v.rating, 1);
    arena_done(&arena);
}
