#include "assess/ecology/ei.h"

#include <assert.h>
#include <stdlib.h>

static const char standard[] = "HJ 192-2015";

enum { PERCENT = 100, GRADES = 5 };

enum sub { BIO, VEG, WATER, LAND, POLLUTION, SUBS };

static const struct {
    const char *code, *weight; /* its row in the table */
    bool inverse;              /* 100 less the index */
    struct words name;
} subs[] = {
    [BIO] = {"bio_abundance",
             "EI//bio_abundance",
             false,
             {"生物丰度指数", "abundance of life"}},
    [VEG] = {"vegetation",
             "EI//vegetation",
             false,
             {"植被覆盖指数", "vegetation cover"}},
    [WATER] = {"water_network",
               "EI//water_network",
               false,
               {"水网密度指数", "density of waters"}},
    [LAND] = {"land_stress",
              "EI//100-land_stress",
              true,
              {"土地胁迫指数", "stress of the land"}},
    [POLLUTION] = {"pollution_load",
                   "EI//100-pollution_load",
                   true,
                   {"污染负荷指数", "load of pollution"}},
};

struct work {
    const struct ei_region *r;
    struct arena *arena;
    struct derivation d;
    struct words missing; /* of the sub-index at hand */
    struct words lacking; /* sub-indices without all inputs */
    struct decimal index[SUBS];
};

const struct rule_table *ecology_rules(void)
{
    return rule_table("ecology-ei.csv");
}

/* ---- reading ---- */

static const struct ei_input *input_of(const char *code)
{
    const struct ei_input *input;

    for (size_t i = 0; (input = ei_input_at(i)); i++) {
        if (strcmp(input->code, code) == 0)
            return input;
    }
    assert(false); /* only our own codes are asked for */
    return NULL;
}

/* The value of an input; a missing one is noted and counts 0. */
static struct decimal value_of(struct work *w, const char *code)
{
    for (size_t i = 0; i < w->r->count; i++) {
        if (strcmp(w->r->values[i].code, code) == 0)
            return w->r->values[i].value;
    }
    w->missing = words_join(w->arena, w->missing, input_of(code)->name);
    return DECIMAL(0, 0);
}

static bool has_value(const struct work *w, const char *code)
{
    for (size_t i = 0; i < w->r->count; i++) {
        if (strcmp(w->r->values[i].code, code) == 0)
            return true;
    }
    return false;
}

static const struct rule *number_of(struct work *w, const char *record,
                                    const char *key, const char *param)
{
    const struct rule *r =
        rule_need(ecology_rules(), (struct rule_question){.record = record,
                                                          .standard = standard,
                                                          .key = key,
                                                          .param = param,
                                                          .day = w->r->day});

    assert(r->is_number);
    derivation_rely(&w->d, r->confidence);
    return r;
}

static const struct rule *weight_of(struct work *w, const char *key)
{
    return number_of(w, "weight", key, "weight");
}

/* ---- sub-indices ---- */

/* Rounded to 0.1, then capped to 0..100; `raw` is what was rounded. */
static struct decimal capped(struct decimal raw)
{
    if (raw.mantissa < 0)
        return DECIMAL(0, -1);
    return decimal_compare(raw, DECIMAL(PERCENT, 0)) > 0
               ? DECIMAL((int64_t)PERCENT * 10, -1)
               : raw;
}

static const char *text_of(struct work *w, struct decimal d)
{
    return step_decimal(w->arena, d);
}

/* A finished sub-index, or the note that inputs are missing. */
static void finish(struct work *w, enum sub sub, long double value,
                   struct words formula)
{
    struct arena *a = w->arena;
    struct decimal raw = decimal_from_real(value, 1);
    struct verdict_item *item =
        derivation_add(&w->d, subs[sub].code, subs[sub].name);
    const char *note_zh = "", *note_en = "";

    if (*w->missing.zh) {
        item->step_zh =
            arena_printf(a, "%s:缺 %s,不计算", item->name_zh, w->missing.zh);
        item->step_en = arena_printf(a, "%s: without %s, not computed",
                                     item->name_en, w->missing.en);
        w->lacking = words_join(a, w->lacking, subs[sub].name);
        w->missing = (struct words){"", ""};
        return;
    }
    w->index[sub] = capped(raw);
    if (decimal_compare(raw, w->index[sub]) != 0) {
        note_zh = arena_printf(a, " → 取 %s", text_of(w, w->index[sub]));
        note_en = arena_printf(a, " → capped to %s", text_of(w, w->index[sub]));
    }
    derivation_value(item, w->index[sub], "");
    item->has_index = true;
    item->index = w->index[sub];
    item->step_zh = arena_printf(a, "%s = %s = %s%s", item->name_zh, formula.zh,
                                 text_of(w, raw), note_zh);
    item->step_en = arena_printf(a, "%s = %s = %s%s", item->name_en, formula.en,
                                 text_of(w, raw), note_en);
}

/*
 * Σ weight × value over the inputs whose weight's key begins so; the terms are
 * written behind `list`. Absent land classes are 0 when some are given.
 */
static long double weighted(struct work *w, const char *prefix,
                            const char **list, bool all_needed)
{
    long double sum = 0;
    const struct ei_input *input;

    for (size_t i = 0; (input = ei_input_at(i)); i++) {
        const struct rule *weight;
        struct decimal value;

        if (!input->rule ||
            !span_starts(span_of(input->rule), span_of(prefix)) ||
            (!all_needed && !has_value(w, input->code)))
            continue;
        value = value_of(w, input->code);
        weight = weight_of(w, input->rule);
        sum += decimal_real(weight->value) * decimal_real(value);
        *list = step_join(
            w->arena, *list, " + ",
            arena_printf(w->arena, "%s×%s", weight->text, text_of(w, value)));
    }
    return sum;
}

/* HQ: class by class, each with its own weight. */
static long double habitat(struct work *w, const char **list)
{
    static const char *const classes[] = {
        "habitat_quality/forest/",        "habitat_quality/grass/",
        "habitat_quality/water_wetland/", "habitat_quality/cropland/",
        "habitat_quality/built/",         "habitat_quality/unused/"};
    long double sum = 0;

    for (size_t i = 0; i < LENGTH(classes); i++) {
        const struct rule *weight = weight_of(w, classes[i]);
        const char *terms = "";
        long double part = weighted(w, classes[i], &terms, false);

        if (!*terms)
            continue;
        sum += decimal_real(weight->value) * part;
        *list =
            step_join(w->arena, *list, " + ",
                      arena_printf(w->arena, "%s×(%s)", weight->text, terms));
    }
    return sum;
}

static void judge_bio(struct work *w)
{
    struct arena *a = w->arena;
    const struct rule *coefficient =
        number_of(w, "coefficient", "habitat_quality//", "A_bio");
    const char *list = "";
    struct decimal bi = value_of(w, "bi");
    long double habitats = habitat(w, &list);

    if (!*list)
        w->missing =
            words_join(a, w->missing,
                       (struct words){"各类土地面积", "areas of land classes"});
    finish(w, BIO,
           (decimal_real(bi) + decimal_real(coefficient->value) * habitats /
                                   decimal_real(w->r->area)) /
               2,
           WORDS(a, "(BI + HQ)/2,HQ = A×Σ/面积:(%s + %s×(%s)/%s)/2",
                 "(BI + HQ)/2, HQ = A×Σ/area: (%s + %s×(%s)/%s)/2",
                 text_of(w, bi), coefficient->text, list,
                 text_of(w, w->r->area)));
}

static void judge_veg(struct work *w)
{
    const struct rule *coefficient =
        number_of(w, "coefficient", "vegetation//", "A_veg");
    struct decimal ndvi = value_of(w, "ndvi");

    finish(w, VEG, decimal_real(coefficient->value) * decimal_real(ndvi),
           WORDS(w->arena, "%s × NDVI %s", "%s × NDVI %s", coefficient->text,
                 text_of(w, ndvi)));
}

/* A wet year's water counts less: mean × (to - ratio), 0 from `to` on. */
static long double damped(struct work *w, struct decimal resource,
                          const char **text)
{
    const struct rule *from =
        number_of(w, "setting", "water_network/damping/", "from");
    const struct rule *to =
        number_of(w, "setting", "water_network/damping/", "to");
    struct decimal mean, least;
    long double ratio;

    *text = text_of(w, resource);
    if (!has_value(w, "water_resource_mean"))
        return decimal_real(resource);
    mean = value_of(w, "water_resource_mean");
    if (mean.mantissa <= 0 || decimal_mul(mean, from->value, &least) ||
        decimal_compare(resource, least) <= 0)
        return decimal_real(resource);
    ratio = decimal_real(resource) / decimal_real(mean);
    if (ratio >= decimal_real(to->value)) {
        *text = arena_printf(w->arena, "0 (%s/%s ≥ %s)", *text,
                             text_of(w, mean), to->text);
        return 0;
    }
    *text = arena_printf(w->arena, "[%s×(%s − %s/%s)]", text_of(w, mean),
                         to->text, *text, text_of(w, mean));
    return decimal_real(mean) * (decimal_real(to->value) - ratio);
}

static void judge_water(struct work *w)
{
    const struct rule *river =
        number_of(w, "coefficient", "water_network//", "A_riv");
    const struct rule *lake =
        number_of(w, "coefficient", "water_network//", "A_lak");
    const struct rule *resource =
        number_of(w, "coefficient", "water_network//", "A_res");
    struct decimal length = value_of(w, "river_length");
    struct decimal area = value_of(w, "water_area");
    const char *damped_text;
    long double amount = damped(w, value_of(w, "water_resource"), &damped_text);
    long double sum = decimal_real(river->value) * decimal_real(length) +
                      decimal_real(lake->value) * decimal_real(area) +
                      decimal_real(resource->value) * amount;

    finish(w, WATER, sum / decimal_real(w->r->area) / 3,
           WORDS(w->arena, "(%s×%s + %s×%s + %s×%s)/%s/3",
                 "(%s×%s + %s×%s + %s×%s)/%s/3", river->text,
                 text_of(w, length), lake->text, text_of(w, area),
                 resource->text, damped_text, text_of(w, w->r->area)));
}

static void judge_land(struct work *w)
{
    const struct rule *coefficient =
        number_of(w, "coefficient", "land_stress//", "A_ero");
    const char *list = "";
    long double sum = weighted(w, "land_stress//", &list, true);

    finish(w, LAND,
           decimal_real(coefficient->value) * sum / decimal_real(w->r->area),
           WORDS(w->arena, "%s×(%s)/%s", "%s×(%s)/%s", coefficient->text, list,
                 text_of(w, w->r->area)));
}

static void judge_pollution(struct work *w)
{
    static const struct {
        const char *input, *coefficient;
        bool per_rain;
    } loads[] = {
        {"cod", "A_COD", true},  {"nh3n", "A_NH3", true},
        {"so2", "A_SO2", false}, {"dust", "A_YFC", false},
        {"nox", "A_NOx", false}, {"solid_waste", "A_SOL", false},
    };
    struct decimal rain = value_of(w, "precipitation");
    long double sum = 0;
    const char *list = "", *area = text_of(w, w->r->area);

    if (!*w->missing.zh && rain.mantissa <= 0)
        w->missing = input_of("precipitation")->name;
    for (size_t i = 0; i < LENGTH(loads); i++) {
        struct decimal load = value_of(w, loads[i].input);
        const struct rule *weight =
            weight_of(w, input_of(loads[i].input)->rule);
        const struct rule *c = number_of(w, "coefficient", "pollution_load//",
                                         loads[i].coefficient);
        long double per = decimal_real(w->r->area);

        if (loads[i].per_rain)
            per *= rain.mantissa > 0 ? decimal_real(rain) : 1;
        sum += decimal_real(weight->value) * decimal_real(c->value) *
               decimal_real(load) / per;
        list = step_join(
            w->arena, list, " + ",
            arena_printf(w->arena, "%s×%s×%s/%s%s", weight->text, c->text,
                         text_of(w, load),
                         loads[i].per_rain
                             ? arena_printf(w->arena, "(%s×", text_of(w, rain))
                             : "",
                         loads[i].per_rain ? arena_printf(w->arena, "%s)", area)
                                           : area));
    }
    /* the units of the loads are from memory */
    derivation_rely(&w->d, "medium");
    finish(w, POLLUTION, sum, (struct words){list, list});
}

/* ---- EI and its grade ---- */

static struct words grade_words(int grade)
{
    static const struct words words[] = {
        {"优", "excellent"},     {"良", "good"}, {"一般", "fair"},
        {"较差", "fairly poor"}, {"差", "poor"},
    };

    return words[grade - 1];
}

/*
 * 1 best to 5, by the lower bounds of the table, which belong to the grade.
 * *bound is the one that decided: reached, or of the worst grade not reached.
 */
static int grade_of(struct work *w, struct decimal ei, struct decimal *bound)
{
    struct rule_question q = {
        .record = "grade", .standard = standard, .day = w->r->day};
    const struct rule *r = NULL;
    int grade = 0;

    while ((r = rule_next(ecology_rules(), q, r))) {
        grade++;
        derivation_rely(&w->d, r->confidence);
        if (r->value.mantissa > 0)
            *bound = r->value;
        if (decimal_compare(ei, r->value) >= 0)
            return grade;
    }
    return GRADES;
}

/* The restriction as a cap; false when it changes nothing. */
static bool restrict_ei(struct work *w, struct decimal *ei)
{
    struct decimal bound = DECIMAL(0, 0), lower, before = *ei;
    const struct rule *step, *most;

    if (w->r->restriction < 2)
        return false;
    step =
        number_of(w, "setting", "environment_restriction//", "below the bound");
    if (grade_of(w, *ei, &bound) < GRADES &&
        !decimal_sub(bound, step->value, &lower))
        *ei = lower;
    if (w->r->restriction == 3) {
        most = number_of(w, "setting", "environment_restriction/3/", "most");
        if (decimal_compare(*ei, most->value) > 0)
            *ei = most->value;
    }
    return decimal_compare(*ei, before) != 0;
}

/* Σ weight × index of the rounded sub-indices: exact, rounded once. */
static struct decimal compose(struct work *w, const char **list)
{
    struct decimal_sum sum = DECIMAL_SUM_ZERO;
    struct decimal ei = DECIMAL(0, -1), index;

    for (int s = 0; s < SUBS; s++) {
        const struct rule *weight = weight_of(w, subs[s].weight);
        const char *text = text_of(w, w->index[s]);
        bool bad = false;

        index = w->index[s];
        if (subs[s].inverse) {
            bad = decimal_sub(DECIMAL(PERCENT, 0), index, &index) != 0;
            text = arena_printf(w->arena, "(100 − %s)", text);
        }
        bad = bad || decimal_sum_add_weighted(&sum, index, weight->value);
        assert(!bad); /* capped to 0..100 */
        *list = step_join(w->arena, *list, " + ",
                          arena_printf(w->arena, "%s×%s", weight->text, text));
    }
    if (decimal_sum_total(&sum, -1, ROUND_HALF_EVEN, &ei))
        ei = DECIMAL(0, -1);
    return ei;
}

static void conclude(struct work *w, struct verdict *v)
{
    struct arena *a = w->arena;
    const char *list = "", *text;
    struct decimal ei = compose(w, &list), bound = DECIMAL(0, 0);

    text = text_of(w, ei);
    derivation_say(&w->d, WORDS(a, "EI = %s = %s", "EI = %s = %s", list, text));
    if (restrict_ei(w, &ei))
        derivation_say(&w->d,
                       WORDS(a, "环境限制 %d 级:EI 由 %s 限为 %s",
                             "environment restriction %d: EI from %s to %s",
                             w->r->restriction, text, text_of(w, ei)));
    v->has_index = true;
    v->index = ei;
    v->rating = v->level = grade_of(w, ei, &bound);
    v->level_zh = grade_words(v->level).zh;
    v->level_en = grade_words(v->level).en;
    text = text_of(w, ei);
    derivation_say(
        &w->d, (struct words){arena_printf(a, "%s %s %s → %s", text,
                                           v->level < GRADES ? "≥" : "<",
                                           text_of(w, bound), v->level_zh),
                              arena_printf(a, "%s %s %s → %s", text,
                                           v->level < GRADES ? "≥" : "<",
                                           text_of(w, bound), v->level_en)});
    v->summary_zh = arena_printf(a, "EI %s,%s%s", text, v->level_zh,
                                 w->r->restriction > 1 ? "(含环境限制)" : "");
    v->summary_en =
        arena_printf(a, "EI %s, %s%s", text, v->level_en,
                     w->r->restriction > 1 ? " (with restriction)" : "");
}

static bool in_force(int day)
{
    return rule_find(ecology_rules(),
                     (struct rule_question){
                         .record = "weight", .standard = standard, .day = day});
}

void ei_judge(const struct ei_region *region, struct arena *arena,
              struct verdict *out)
{
    struct work w = {
        .r = region, .arena = arena, .missing = {"", ""}, .lacking = {"", ""}};

    *out = derivation_verdict(VERDICT_ECOLOGY_EI,
                              standard_name_on(standard, region->day));
    derivation_start(&w.d, arena);
    if (!in_force(region->day)) {
        out->outcome = VERDICT_NO_EDITION;
        out->edition = "";
        out->summary_zh = "该日没有有效的标准";
        out->summary_en = "no standard was in force on that day";
        derivation_finish(&w.d, out);
        return;
    }
    if (region->area.mantissa <= 0) {
        out->outcome = VERDICT_INSUFFICIENT;
        out->summary_zh = "区域面积须为正数";
        out->summary_en = "the area of the region must be positive";
        derivation_finish(&w.d, out);
        return;
    }
    judge_bio(&w);
    judge_veg(&w);
    judge_water(&w);
    judge_land(&w);
    judge_pollution(&w);
    if (*w.lacking.zh) {
        out->outcome = VERDICT_INSUFFICIENT;
        out->summary_zh =
            arena_printf(arena, "不能计算 EI,缺:%s", w.lacking.zh);
        out->summary_en =
            arena_printf(arena, "no EI, not computed: %s", w.lacking.en);
    } else {
        conclude(&w, out);
    }
    derivation_finish(&w.d, out);
}
