#include "assess/source/source_standard.h"

#include "assess/source/constant.h"
#include "assess/source/stack.h"
#include "assess/standard/standard.h"
#include "base/test.h"

static struct decimal dec(const char *text)
{
    struct decimal d = {0, 0};

    assert_int_equal(decimal_parse(span_of(text), &d), 0);
    return d;
}

static void is(struct decimal d, const char *expected)
{
    char text[DECIMAL_TEXT_MAX];

    decimal_format(d, text);
    assert_string_equal(text, expected);
}

static struct source_discharge at(const char *applies_to, const char *level,
                                  enum source_mean mean)
{
    return (struct source_discharge){
        .outlet = {.applies_to = span_of(applies_to),
                   .levels = span_of(level),
                   .region = SPAN("510000"),
                   .day = 20261124,
                   .mean = mean}};
}

/* One value judged; what the verdict says stays on the arena. */
static struct verdict judge_one(struct source_discharge *d, const char *item,
                                const char *value, struct arena *arena)
{
    struct source_value *v = arena_new(arena, 1, sizeof(*v));
    struct verdict verdict;

    *v = (struct source_value){.item = item, .value = dec(value)};
    d->values = v;
    d->value_count = 1;
    source_standard(d, arena, &verdict);
    return verdict;
}

static int rating(struct source_discharge d, const char *item,
                  const char *value)
{
    struct arena arena;
    struct verdict v;

    arena_init(&arena);
    v = judge_one(&d, item, value, &arena);
    arena_done(&arena);
    return v.rating;
}

/* ---- every limit of the table ---- */

/* An outlet for which this row holds. */
static struct source_discharge outlet_of(const struct source_limit *l)
{
    static const struct {
        const char *averaging;
        enum source_mean mean;
    } means[] = {
        {"1h_mean", SOURCE_HOUR},
        {"1h_total", SOURCE_HOUR},
        {"day_mean", SOURCE_DAY},
        {"24h_mean_or_day_mean", SOURCE_DAY},
        {"5min_mean", SOURCE_FIVE_MINUTES},
        {"instantaneous", SOURCE_MOMENT},
        {"max_of_4_samples", SOURCE_MOMENT},
        {"measured_mean", SOURCE_TEST},
    };
    struct source_discharge d = at(l->limit.use, l->limit.grade, SOURCE_HOUR);
    size_t found = LENGTH(means);

    for (size_t i = 0; i < LENGTH(means); i++) {
        if (strcmp(means[i].averaging, l->limit.period) == 0)
            found = i;
    }
    CHECK(found < LENGTH(means));
    if (found == LENGTH(means))
        return d;
    d.outlet.mean = means[found].mean;
    d.outlet.key_area = l->key_area;
    d.outlet.programme = l->rank == SOURCE_PROGRAMME;
    if (l->built == BUILT_EXISTING)
        d.outlet.built = 19990101;
    if (!*l->regions)
        d.outlet.region = SPAN("110000");
    d.outlet.has_water_temperature = true;
    d.outlet.water_temperature = dec(l->water == WATER_COLD ? "12" : "12.1");
    d.gas.folded = true;
    d.has_stack = true;
    d.stack = l->height;
    return d;
}

/* The item's verdict of the standard that the row is of. */
static int rating_by(const struct source_limit *l, struct decimal value)
{
    struct source_discharge d = outlet_of(l);
    struct source_value v = {.item = l->limit.item,
                             .form = l->is_rate ? SOURCE_RATE
                                                : SOURCE_CONCENTRATION,
                             .value = value};
    struct verdict verdict;
    struct arena arena;
    int found = -2;

    arena_init(&arena);
    d.values = &v;
    d.value_count = 1;
    source_standard(&d, &arena, &verdict);
    for (size_t i = 0; i < verdict.item_count; i++) {
        const struct verdict_item *item = &verdict.items[i];

        if (item->has_limit && strstr(item->step_en, l->limit.standard) &&
            (!decimal_compare(item->limit, l->limit.high) ||
             !decimal_compare(item->limit, l->limit.low)))
            found = item->rating;
    }
    arena_done(&arena);
    return found;
}

static struct decimal beside(struct decimal limit, int step)
{
    struct decimal tiny = DECIMAL(step, -9), out = {0, 0};

    assert_int_equal(decimal_add(limit, tiny, &out), 0);
    return out;
}

static void both_sides(const struct source_limit *l)
{
    const struct limit *limit = &l->limit;

    switch (limit->bound) {
    case LIMIT_MAX:
        CHECK_INT(rating_by(l, limit->high), limit->high_open ? 1 : 0);
        CHECK_INT(rating_by(l, beside(limit->high, 1)), 1);
        CHECK_INT(rating_by(l, beside(limit->high, -1)), 0);
        break;
    case LIMIT_MIN:
        CHECK_INT(rating_by(l, limit->low), 0);
        CHECK_INT(rating_by(l, beside(limit->low, -1)), 1);
        break;
    case LIMIT_ABOVE:
        CHECK_INT(rating_by(l, limit->low), 1);
        CHECK_INT(rating_by(l, beside(limit->low, 1)), 0);
        break;
    case LIMIT_RANGE:
        CHECK_INT(rating_by(l, limit->low), 0);
        CHECK_INT(rating_by(l, limit->high), 0);
        CHECK_INT(rating_by(l, beside(limit->low, -1)), 1);
        CHECK_INT(rating_by(l, beside(limit->high, 1)), 1);
        break;
    case LIMIT_NOT_DETECTED:
    case LIMIT_NONE:
    case LIMIT_PRESENT:
        break;
    }
}

/* Rows that another of the same words displaces: a region's, a special one. */
static bool is_reached(const struct source_limit *l)
{
    struct source_discharge d = outlet_of(l);
    struct source_pick picks[SOURCE_PICKS_MAX];
    struct source_miss miss;
    size_t count =
        source_pick(&d.outlet, l->limit.item, l->is_rate, picks, &miss);

    for (size_t i = 0; i < count; i++) {
        if (picks[i].limit == l ||
            (l->has_height &&
             strcmp(picks[i].limit->limit.standard, l->limit.standard) == 0))
            return true;
    }
    return false;
}

TEST(every_limit_holds_on_both_sides)
{
    size_t count, reached = 0;
    const struct source_limit *all = source_limits(&count);

    for (size_t i = 0; i < count; i++) {
        if (!is_reached(&all[i])) {
            print_error("not reached: %s %s %s %s\n", all[i].limit.standard,
                        all[i].limit.use, all[i].limit.grade,
                        all[i].limit.item);
            continue;
        }
        reached++;
        both_sides(&all[i]);
    }
    CHECK_INT(reached, count);
}

TEST(what_must_not_be_found_is_within_when_it_is_not)
{
    struct source_discharge d =
        at("municipal wastewater treatment plant effluent", "1A", SOURCE_DAY);
    struct source_value v = {
        .item = "w20113", .value = dec("0.00001"), .below_detection = true};
    struct verdict verdict;
    struct arena arena;

    arena_init(&arena);
    d.values = &v;
    d.value_count = 1;
    source_standard(&d, &arena, &verdict);
    CHECK_INT(verdict.rating, 0);
    CHECK(strstr(verdict.items[0].step_en,
                 ": not detected, detection limit 0.00001 mg/L, limit "));
    v.value = dec("0");
    source_standard(&d, &arena, &verdict);
    CHECK_INT(verdict.rating, 0);
    CHECK(strstr(verdict.items[0].step_en, ": not detected, limit "));
    v.value = dec("0.00001");
    v.below_detection = false;
    source_standard(&d, &arena, &verdict);
    CHECK_INT(verdict.rating, 1);
    arena_done(&arena);
}

TEST(a_word_is_a_verdict_where_the_limit_is_one)
{
    struct source_discharge d = at("boundary", "", SOURCE_HOUR);
    struct source_value v = {.item = "asbestos_dust", .is = SOURCE_NONE};
    struct verdict verdict;
    struct arena arena;

    arena_init(&arena);
    d.values = &v;
    d.value_count = 1;
    source_standard(&d, &arena, &verdict);
    CHECK_INT(verdict.rating, 0);
    v.is = SOURCE_PRESENT;
    source_standard(&d, &arena, &verdict);
    CHECK_INT(verdict.rating, 1);
    v.item = "a21026"; /* a number is asked for */
    d.outlet.applies_to = SPAN("sulphur compound use");
    source_standard(&d, &arena, &verdict);
    CHECK_INT(verdict.outcome, VERDICT_INSUFFICIENT);
    arena_done(&arena);
}

TEST(a_detection_limit_above_the_limit_says_nothing)
{
    struct source_discharge d = at("municipal_plant", "1A", SOURCE_DAY);
    struct source_value v = {
        .item = "w01018", .value = dec("51"), .below_detection = true};
    struct verdict verdict;
    struct arena arena;

    arena_init(&arena);
    d.values = &v;
    d.value_count = 1;
    source_standard(&d, &arena, &verdict);
    CHECK_INT(verdict.outcome, VERDICT_INSUFFICIENT);
    v.value = dec("50");
    source_standard(&d, &arena, &verdict);
    CHECK_INT(verdict.rating, 0);
    arena_done(&arena);
}

/* ---- which limit holds ---- */

TEST(the_day_a_plant_was_built_chooses)
{
    struct source_discharge d = at("coal_power", "", SOURCE_HOUR);

    d.gas.folded = true;
    d.outlet.region = SPAN("110000");
    CHECK_INT(rating(d, "a21026", "101"), 1); /* new: 100 */
    d.outlet.built = 20111231;
    CHECK_INT(rating(d, "a21026", "101"), 0); /* existing: 200 */
    d.outlet.built = 20120101;
    CHECK_INT(rating(d, "a21026", "101"), 1);
    d.outlet.region = SPAN("510100"); /* high-sulphur coal: 200 */
    CHECK_INT(rating(d, "a21026", "200"), 0);
    CHECK_INT(rating(d, "a21026", "200.1"), 1);
    d.outlet.key_area = true; /* special: 50 */
    CHECK_INT(rating(d, "a21026", "50"), 0);
    CHECK_INT(rating(d, "a21026", "50.1"), 1);
}

TEST(older_plants_have_their_own_first_day)
{
    struct source_discharge d = at("municipal_plant_min_tuo", "1A", SOURCE_DAY);

    d.outlet.built = 20150101;
    d.outlet.day = 20191231; /* GB 18918 only */
    CHECK_INT(rating(d, "w01018", "50"), 0);
    d.outlet.day = 20200101;
    CHECK_INT(rating(d, "w01018", "50"), 1);
    d.outlet.built = 0;
    d.outlet.day = 20161231;
    CHECK_INT(rating(d, "w01018", "50"), 0);
    d.outlet.day = 20170101;
    CHECK_INT(rating(d, "w01018", "50"), 1);
}

TEST(a_local_standard_holds_in_its_region_and_goes_before)
{
    struct source_discharge d = at("municipal_plant_min_tuo", "1A", SOURCE_DAY);

    CHECK_INT(rating(d, "w01018", "30"), 0);
    CHECK_INT(rating(d, "w01018", "30.1"), 1);
    d.outlet.region = SPAN("440000");
    CHECK_INT(rating(d, "w01018", "30.1"), 0);
    /* what it does not list, the national standard limits */
    d.outlet.region = SPAN("510000");
    CHECK_INT(rating(d, "w01012", "10"), 0);
    CHECK_INT(rating(d, "w01012", "10.1"), 1);
}

TEST(ammonia_has_a_limit_for_cold_water)
{
    struct source_discharge d = at("municipal_plant", "1A", SOURCE_DAY);

    CHECK_INT(rating(d, "w21003", "5"), -1); /* temperature not told */
    d.outlet.has_water_temperature = true;
    d.outlet.water_temperature = dec("12");
    CHECK_INT(rating(d, "w21003", "8"), 0);
    CHECK_INT(rating(d, "w21003", "8.1"), 1);
    d.outlet.water_temperature = dec("12.1");
    CHECK_INT(rating(d, "w21003", "5"), 0);
    CHECK_INT(rating(d, "w21003", "5.1"), 1);
}

/* The seventh trap: the general standard beside an industry standard. */
TEST(a_general_standard_stands_back_beside_an_industry_standard)
{
    struct source_discharge d = at("general_water", "1", SOURCE_DAY);
    struct arena arena;
    struct verdict v;

    CHECK_INT(rating(d, "w01018", "100.1"), 1);
    d.outlet.applies_to = SPAN("general_water;municipal_plant");
    d.outlet.levels = SPAN("1;1B");
    arena_init(&arena);
    v = judge_one(&d, "w01018", "60", &arena);
    CHECK_INT(v.rating, 0);
    CHECK_TEXT(v.edition, "GB 18918-2002");
    /* aniline is in GB 8978 too; the plant has its own limit */
    v = judge_one(&d, "w01018", "60.1", &arena);
    CHECK_INT(v.rating, 1);
    arena_done(&arena);
}

TEST(the_special_words_go_before_the_general_ones)
{
    struct source_discharge d =
        at("MSG, alcohol, bulk drug, bio-pharmaceutical, ramie degumming, "
           "leather, chemical-fibre pulp;general_water",
           "1", SOURCE_DAY);
    struct arena arena;
    struct verdict v;

    arena_init(&arena);
    v = judge_one(&d, "w01018", "100", &arena);
    CHECK(strstr(v.items[0].step_en, "MSG"));
    CHECK_INT((int)v.item_count, 2); /* one limit, and the result */
    arena_done(&arena);
}

/* The eighth trap: a grab sample does not meet the limit of a daily mean. */
TEST(a_grab_sample_has_no_limit_of_the_day)
{
    struct source_discharge d = at("municipal_plant", "1A", SOURCE_MOMENT);
    struct arena arena;
    struct verdict v;

    arena_init(&arena);
    v = judge_one(&d, "w01018", "500", &arena);
    CHECK_INT(v.outcome, VERDICT_INSUFFICIENT);
    CHECK(strstr(v.items[0].step_en, "not of a value of this kind"));
    d.outlet.mean = SOURCE_INSPECTION; /* the authority may use it */
    v = judge_one(&d, "w01018", "500", &arena);
    CHECK_INT(v.rating, 1);
    CHECK_TEXT(v.confidence, "medium");
    arena_done(&arena);
}

TEST(a_programme_is_rated_only_when_asked_for)
{
    struct source_discharge d = at("coal_power", "", SOURCE_HOUR);

    d.gas.folded = true;
    CHECK_INT(rating(d, "a21002", "60"), 0);
    d.outlet.programme = true;
    CHECK_INT(rating(d, "a21002", "50"), 0);
    CHECK_INT(rating(d, "a21002", "60"), 1);
}

TEST(an_unknown_industry_is_known_to_be_so)
{
    CHECK(source_known(SPAN("coal_power")));
    CHECK(source_known(SPAN("燃煤发电锅炉; boundary")));
    CHECK(!source_known(SPAN("coal_power;nonsense")));
    CHECK(!source_known(SPAN("")));
    CHECK(!source_known(SPAN(" ; ")));
}

/* ---- permits ---- */

static int with_permit(struct source_discharge d, const char *limit,
                       const char *value)
{
    struct source_permit permit = {.item = "a21002", .limit = dec(limit)};

    d.permits = &permit;
    d.permit_count = 1;
    d.gas.folded = true;
    return rating(d, "a21002", value);
}

TEST(the_stricter_of_permit_and_standard_governs)
{
    struct source_discharge d = at("coal_power", "", SOURCE_HOUR);

    CHECK_INT(with_permit(d, "50", "50"), 0);
    CHECK_INT(with_permit(d, "50", "50.1"), 1);
    CHECK_INT(with_permit(d, "200", "100"), 0); /* looser than 100 */
    CHECK_INT(with_permit(d, "200", "100.1"), 1);
    d.permit_alone = true;
    CHECK_INT(with_permit(d, "200", "100.1"), 0);
    CHECK_INT(with_permit(d, "200", "200.1"), 1);
}

TEST(a_permit_may_limit_what_no_table_does)
{
    struct source_discharge d = at("coal_power", "", SOURCE_HOUR);
    struct source_permit permit = {.item = "a21024", .limit = dec("10")};

    d.permits = &permit;
    d.permit_count = 1;
    CHECK_INT(rating(d, "a21024", "10"), 0);
    CHECK_INT(rating(d, "a21024", "10.1"), 1);
}

/* ---- what the value is ---- */

TEST(oxygen_that_is_too_high_is_told_with_its_bound)
{
    struct source_discharge d = at("coal_power", "", SOURCE_HOUR);
    struct arena arena;
    struct verdict v;

    arena_init(&arena);
    d.gas.has_oxygen = true;
    d.gas.oxygen = dec("20.49");
    v = judge_one(&d, "a21026", "3.4", &arena);
    CHECK(strstr(v.items[0].step_en, "3.4 × (21 − 6) / (21 − 20.49) = 100"));
    d.gas.oxygen = dec("20.5");
    v = judge_one(&d, "a21026", "3.4", &arena);
    CHECK_INT(v.outcome, VERDICT_INSUFFICIENT);
    CHECK(strstr(v.items[0].step_en, "oxygen 20.5 % ≥ 20.5 % is too high"));
    arena_done(&arena);
}

TEST(a_value_is_made_dry_and_folded_before_it_is_compared)
{
    struct source_discharge d = at("coal_boiler", "", SOURCE_HOUR);

    CHECK_INT(rating(d, "a21002", "250"), -1); /* no oxygen, no verdict */
    d.gas.has_oxygen = true;
    d.gas.oxygen = dec("9");
    CHECK_INT(rating(d, "a21002", "300"), 0);
    d.gas.oxygen = dec("9.1");
    CHECK_INT(rating(d, "a21002", "300"), 1);
    d.gas.oxygen = dec("20.5");
    CHECK_INT(rating(d, "a21002", "300"), -1);
    d.gas.oxygen = dec("9");
    d.gas.wet = true;
    CHECK_INT(rating(d, "a21002", "240"), -1); /* no moisture */
    d.gas.has_moisture = true;
    d.gas.moisture = dec("20");
    CHECK_INT(rating(d, "a21002", "240"), 0);
    CHECK_INT(rating(d, "a21002", "240.1"), 1);
    d.gas.oxygen_wet = true; /* 9 % wet is 11.25 % dry: the value rises */
    CHECK_INT(rating(d, "a21002", "240"), 1);
    d.gas.has_moisture = false;
    d.gas.wet = false;
    CHECK_INT(rating(d, "a21002", "240"), -1);
}

/* ---- two tables that tell of the reference oxygen ---- */

/* Whether a row of reference-oxygen.csv has it; of a programme's limit, the
 * row of any standard. */
static bool is_listed(const struct standard_table *t,
                      const struct source_limit *l)
{
    struct decimal oxygen;

    for (size_t row = 0; row < t->row_count; row++) {
        if ((l->rank == SOURCE_PROGRAMME ||
             standard_cell_is(t, row, "standard", l->limit.standard)) &&
            standard_decimal(t, row, "oxygen_percent", &oxygen) &&
            decimal_compare(oxygen, l->oxygen) == 0)
            return true;
    }
    return false;
}

static bool is_used(const struct source_limit *all, size_t count,
                    const struct standard_table *t, size_t row)
{
    struct decimal oxygen;

    CHECK(standard_decimal(t, row, "oxygen_percent", &oxygen));
    for (size_t i = 0; i < count; i++) {
        if (all[i].folds && decimal_compare(all[i].oxygen, oxygen) == 0 &&
            standard_cell_is(t, row, "standard", all[i].limit.standard))
            return true;
    }
    return false;
}

TEST(the_oxygen_of_limits_is_that_of_the_readers_table)
{
    const struct standard_table *t = standard_table("reference-oxygen.csv");
    size_t count, folding = 0;
    const struct source_limit *all = source_limits(&count);

    CHECK(t != NULL);
    if (!t)
        return;
    for (size_t i = 0; i < count; i++) {
        folding += all[i].folds;
        if (all[i].folds && !is_listed(t, &all[i]))
            print_error("%s %s\n", all[i].limit.standard, all[i].limit.use);
        CHECK(!all[i].folds || is_listed(t, &all[i]));
    }
    CHECK(folding > 100);
    for (size_t row = 0; row < t->row_count; row++) {
        if (!is_used(all, count, t, row))
            print_error("%s\n", standard_text(t, row, "source"));
        CHECK(is_used(all, count, t, row));
    }
}

TEST(a_conditional_reference_oxygen_needs_its_condition)
{
    struct source_discharge d = at("coating_manufacture", "", SOURCE_HOUR);

    d.gas.has_oxygen = true;
    d.gas.oxygen = dec("12");
    CHECK_INT(rating(d, "a24088", "60"), 0); /* as measured */
    d.gas.condition = true;                  /* doubled: 60 * 18 / 9 */
    CHECK_INT(rating(d, "a24088", "60"), 1);
}

/* The first trap: an emission rate is never folded. */
TEST(a_rate_is_compared_as_it_is)
{
    struct source_discharge d =
        at("new source emission rate", "grade 2", SOURCE_HOUR);
    struct source_value v = {
        .item = "a21026", .form = SOURCE_RATE, .value = dec("2.6")};
    struct verdict verdict;
    struct arena arena;

    arena_init(&arena);
    d.gas.has_oxygen = true;
    d.gas.oxygen = dec("18");
    d.values = &v;
    d.value_count = 1;
    source_standard(&d, &arena, &verdict);
    CHECK_INT(verdict.outcome, VERDICT_INSUFFICIENT); /* no stack */
    d.has_stack = true;
    d.stack = dec("15");
    source_standard(&d, &arena, &verdict);
    CHECK_INT(verdict.rating, 0);
    d.under_buildings = true;
    source_standard(&d, &arena, &verdict);
    CHECK_INT(verdict.rating, 1);
    d.stack = dec("0");
    source_standard(&d, &arena, &verdict);
    CHECK_INT(verdict.outcome, VERDICT_INSUFFICIENT);
    arena_done(&arena);
}

TEST(more_drainage_than_the_benchmark_raises_the_value)
{
    struct source_discharge d = at("general_water", "1", SOURCE_DAY);

    CHECK_INT(rating(d, "w01018", "90"), 0);
    d.has_drainage = true;
    d.drainage = dec("1200");
    d.allowed = dec("1000");
    CHECK_INT(rating(d, "w01018", "90"), 1);
    CHECK_INT(rating(d, "w01001", "8.9"), 0); /* pH is not drained away */
    d.allowed = dec("0");
    CHECK_INT(rating(d, "w01018", "90"), -1);
}

TEST(nitric_oxide_counts_as_dioxide)
{
    struct source_discharge d = at("coal_boiler", "", SOURCE_HOUR);
    const struct source_value values[] = {
        {.item = "a21003", .form = SOURCE_PPM, .value = dec("140")},
        {.item = "a21004", .form = SOURCE_PPM, .value = dec("10")},
        {.item = "a34013", .form = SOURCE_PPM, .value = dec("10")},
    };
    struct verdict v;
    struct arena arena;

    arena_init(&arena);
    d.gas.folded = true;
    d.values = values;
    d.value_count = LENGTH(values);
    source_standard(&d, &arena, &v);
    /* 140 * 30 / 22.4 * 1.53 + 10 * 46 / 22.4 = 307.41 > 300 */
    CHECK_INT(v.rating, 1);
    CHECK_TEXT(v.summary_en, "hourly mean: exceeding: Nitrogen oxides (NOx)"
                             " (0.02) (GB 13271-2014)");
    arena_done(&arena);
}

TEST(a_multiple_has_two_decimals_and_ph_has_none)
{
    struct source_discharge d = at("municipal_plant", "1A", SOURCE_DAY);
    struct arena arena;
    struct verdict v;

    arena_init(&arena);
    v = judge_one(&d, "w01018", "65.3", &arena);
    CHECK(v.has_index);
    is(v.index, "0.31");
    v = judge_one(&d, "w01001", "9.6", &arena);
    CHECK_INT(v.rating, 1);
    CHECK(!v.has_index);
    CHECK(strstr(v.items[0].step_en, "pH: 9.6 ∉ 6–9, limit 6–9 ("));
    arena_done(&arena);
}

/* ---- marks ---- */

TEST(a_mark_of_the_monitor_takes_the_data_away)
{
    struct source_discharge d = at("municipal_plant", "1A", SOURCE_DAY);

    for (int m = MONITOR_NORMAL; m < MONITOR_STATES; m++) {
        d.monitor = (enum monitor_state)m;
        CHECK_INT(rating(d, "w01018", "60"), m == MONITOR_NORMAL ? 1 : -1);
        CHECK(*monitor_name(d.monitor));
    }
}

/* The ninth trap: what stands still is not zero. */
TEST(a_stopped_plant_is_neither_within_nor_above)
{
    struct source_discharge d = at("coal_boiler", "", SOURCE_HOUR);

    d.gas.folded = true;
    d.plant = PLANT_STOPPED;
    CHECK_INT(rating(d, "a21002", "0"), -1);
    d.plant = PLANT_STARTUP; /* a boiler has no other limits in start-up */
    CHECK_INT(rating(d, "a21002", "301"), 1);
}

TEST(an_incinerator_in_start_or_fault_limits_dust_alone)
{
    struct source_discharge d = at("waste_incinerator", "", SOURCE_HOUR);

    d.gas.folded = true;
    for (int p = PLANT_DRYING; p < PLANT_STOPPED; p++) {
        d.plant = (enum plant_state)p;
        CHECK(plant_is_abnormal(d.plant));
        CHECK(*plant_name(d.plant) && *plant_text(d.plant, true));
        CHECK_INT(rating(d, "a34013", "150"), 0);
        CHECK_INT(rating(d, "a34013", "150.1"), 1);
        CHECK_INT(rating(d, "a21026", "500"), -1);
    }
    d.plant = PLANT_NORMAL;
    CHECK_INT(rating(d, "a34013", "30.1"), 1);
    CHECK_TEXT(plant_text(PLANT_STOPPED, false), "停运");
}

TEST(a_limit_of_low_confidence_says_so)
{
    struct source_discharge d = at("voc_source", "", SOURCE_HOUR);
    struct arena arena;
    struct verdict v;

    arena_init(&arena);
    v = judge_one(&d, "a99054", "60", &arena);
    CHECK_INT(v.rating, 0);
    CHECK_TEXT(v.confidence, "low");
    CHECK(strstr(v.summary_en, "low confidence"));
    arena_done(&arena);
}

TEST(a_day_before_the_standard_has_no_limit)
{
    struct source_discharge d = at("municipal_plant", "1A", SOURCE_DAY);

    d.outlet.day = 20030630;
    CHECK_INT(rating(d, "w01018", "60"), -1);
    d.outlet.day = 20030701;
    CHECK_INT(rating(d, "w01018", "60"), 1);
    CHECK_INT(rating(d, "nothing", "60"), -1);
}

/* ---- stacks ---- */

static const struct stack_rate sulphur[] = {
    {{15, 0}, {26, -1}},
    {{20, 0}, {43, -1}},
    {{30, 0}, {15, 0}},
};

static struct decimal limit_at(const char *height, bool under)
{
    struct converted c = {{0, 0}, "", ""};

    CHECK_INT(stack_limit(sulphur, LENGTH(sulphur),
                          (struct stack_question){dec(height), under}, NULL,
                          &c),
              CONVERT_OK);
    return c.value;
}

TEST(a_rate_limit_goes_with_the_height)
{
    is(limit_at("15", false), "2.6");
    is(limit_at("20", false), "4.3");
    is(limit_at("18", false), "3.62");
    is(limit_at("25", false), "9.65");
    is(limit_at("30", false), "15");
    is(limit_at("60", false), "60");    /* 15 * (60 / 30)^2 */
    is(limit_at("12", false), "0.832"); /* 2.6 * (12 / 15)^2 / 2 */
    is(limit_at("14.99", false), "1.298267");
    is(limit_at("20", true), "2.15");
    is(limit_at("12", true), "0.416"); /* both rules are broken */
}

TEST(above_a_lowest_height_over_15_m_nothing_is_halved)
{
    const struct stack_rate chlorine[] = {{{25, 0}, {52, -2}}};
    struct converted c;

    CHECK_INT(stack_limit(chlorine, 1,
                          (struct stack_question){dec("20"), false}, NULL, &c),
              CONVERT_OK);
    is(c.value, "0.3328");
    CHECK_INT(stack_limit(chlorine, 0,
                          (struct stack_question){dec("20"), false}, NULL, &c),
              CONVERT_OUT_OF_RANGE);
    CHECK_INT(stack_limit(chlorine, 1, (struct stack_question){dec("0"), false},
                          NULL, &c),
              CONVERT_OUT_OF_RANGE);
}

TEST(two_near_stacks_count_as_one)
{
    struct stack a = {{40, 0}, {3, 0}}, b = {{30, 0}, {2, 0}}, one;
    struct converted height;
    struct arena arena;

    CHECK(stack_is_one(a, b, dec("69.9")));
    CHECK(!stack_is_one(a, b, dec("70")));
    arena_init(&arena);
    CHECK_INT(stack_equivalent(a, b, &arena, &one, &height), CONVERT_OK);
    is(one.height, "35.36"); /* sqrt(1250) = 35.355... */
    is(one.rate, "5");
    CHECK_TEXT(height.step_en, "equivalent stack: √((40² + 30²) / 2) = 35.36 "
                               "m, 3 + 2 = 5 kg/h");
    a.height = b.height = dec("20");
    CHECK_INT(stack_equivalent(a, b, NULL, &one, &height), CONVERT_OK);
    is(one.height, "20");
    a.height = dec("0");
    CHECK_INT(stack_equivalent(a, b, NULL, &one, &height),
              CONVERT_OUT_OF_RANGE);
    a.height = dec("40");
    b.rate = dec("-1");
    CHECK_INT(stack_equivalent(a, b, NULL, &one, &height),
              CONVERT_OUT_OF_RANGE);
    a.rate = b.rate = DECIMAL(INT64_MAX, 0);
    CHECK_INT(stack_equivalent(a, b, NULL, &one, &height), CONVERT_OVERFLOW);
    arena_done(&arena);
}
