#include "assess/soil/soil_index.h"

#include <math.h>

enum { INDEX_DECIMALS = 4, SHOWN_DECIMALS = 10 };

struct work {
    const struct soil_index_sample *sample;
    struct arena *arena;
    struct derivation d;
    struct words unrated, decisive;
    long double sum, max;
    size_t count;
};

static const struct limit *screening_of(const struct work *w, const char *item,
                                        const struct limit **other)
{
    const struct soil_index_sample *s = w->sample;

    *other = NULL;
    if (s->by == SOIL_BY_FARMLAND)
        return soil_farmland_limit(item, "screening", &s->place, other);
    return soil_construction_limit(
        item, "screening", s->by == SOIL_BY_CLASS_1 ? 1 : 2, s->place.day);
}

/* The first grade whose bound is not passed: value <= bound * limit. */
static const struct rule *grade_of(const char *key, struct decimal value,
                                   struct decimal limit)
{
    struct rule_question q = {.record = "grade", .key = key};
    const struct rule *r = NULL, *last = NULL;

    while ((r = rule_next(soil_rules(), q, r))) {
        struct decimal bound;

        last = r;
        if (r->is_number && !decimal_mul(r->value, limit, &bound) &&
            decimal_compare(value, bound) <= 0)
            return r;
    }
    return last;
}

static int grade_number(const struct rule *r)
{
    return r->param[0] - '0';
}

static void leave_unrated(struct work *w, struct verdict_item *item,
                          struct words why)
{
    item->step_zh =
        arena_printf(w->arena, "%s:%s,不计算", item->name_zh, why.zh);
    item->step_en =
        arena_printf(w->arena, "%s: %s, left out", item->name_en, why.en);
    w->unrated = words_join(w->arena, w->unrated,
                            (struct words){item->name_zh, item->name_en});
}

static void compute(struct work *w, struct verdict_item *item,
                    const struct limit *s, const char *value_text)
{
    struct arena *a = w->arena;
    const struct rule *grade = grade_of("single", item->value, s->high);
    long double p = decimal_real(item->value) / decimal_real(s->high);
    const char *limit = step_decimal(a, s->high);
    const char *band =
        w->sample->by == SOIL_BY_FARMLAND ? soil_ph_band(s, a) : "";
    const char *index, *excess = "";

    item->has_limit = item->has_index = true;
    item->limit = s->high;
    item->index = decimal_from_real(p, INDEX_DECIMALS);
    item->has_multiple = limit_multiple(s, item->value, &item->multiple);
    item->rating = grade_number(grade);
    derivation_item_rely(&w->d, item, s->confidence);
    derivation_item_rely(&w->d, item, grade->confidence);
    index = step_decimal(a, item->index);
    if (*band)
        limit = arena_printf(a, "%s (%s)", limit, band);
    if (item->has_multiple)
        excess = arena_printf(a, "; P − 1 = %s/%s − 1 = %s", value_text,
                              step_decimal(a, s->high),
                              step_decimal(a, item->multiple));
    item->step_zh =
        arena_printf(a, "%s P = C/S = %s/%s = %s%s → %d 级 %s(%s)",
                     item->name_zh, value_text, limit, index, excess,
                     item->rating, grade->name_zh, grade->standard);
    item->step_en =
        arena_printf(a, "%s P = C/S = %s/%s = %s%s → level %d, %s (%s)",
                     item->name_en, value_text, limit, index, excess,
                     item->rating, grade->name_en, grade->standard);
    w->sum += p;
    w->max = w->count++ == 0 || p > w->max ? p : w->max;
}

static void judge_value(struct work *w, const struct soil_value *value)
{
    const struct soil_item *known = soil_item_named(span_of(value->item));
    const struct limit *other, *s = screening_of(w, value->item, &other);
    struct words name = {known ? known->name_zh : value->item,
                         known ? known->name_en : value->item};
    struct verdict_item *item = derivation_add(
        &w->d,
        known ? known->code : arena_copy(w->arena, span_of(value->item)).at,
        name);
    const char *text = step_decimal(w->arena, value->value);

    if (!value->below_detection || s) /* a limit of detection is no content */
        derivation_value(item, value->value, "mg/kg");
    if (!s) {
        leave_unrated(w, item,
                      w->sample->by == SOIL_BY_FARMLAND &&
                              !w->sample->place.ph &&
                              soil_needs_ph(value->item, w->sample->place.day)
                          ? (struct words){"缺 pH", "the pH is missing"}
                          : (struct words){"无筛选值", "no screening value"});
        return;
    }
    if (value->value.mantissa < 0) {
        leave_unrated(w, item, (struct words){"负值", "a negative value"});
        return;
    }
    if (value->below_detection &&
        !decimal_mul(value->value, DECIMAL(5, -1), &item->value))
        text = arena_printf(w->arena, "(%s/2)", text);
    compute(w, item, s, text);
}

static void mark_decisive(struct work *w)
{
    for (size_t i = 0; i < w->d.count; i++) {
        struct verdict_item *item = &w->d.items[i];

        if (item->rating < 2)
            continue;
        item->decisive = true;
        w->decisive = words_join(w->arena, w->decisive,
                                 (struct words){item->name_zh, item->name_en});
    }
}

/* "HJ/T 166-2004" no longer in force on the day: used all the same, low. */
static void rely_on_grade(struct work *w, const struct rule *grade)
{
    bool old = !standard_in_force(grade->from_day, grade->to_day,
                                  w->sample->place.day);

    derivation_rely(&w->d, old ? "low" : grade->confidence);
    if (old)
        derivation_say(
            &w->d, (struct words){
                       "HJ/T 166-2004 已被 HJ 166-2026 代替,新规范是否保留此"
                       "分级未见原文,分级仅供参考(可信度低)",
                       "HJ/T 166-2004 was replaced by HJ 166-2026; whether "
                       "the grades survive was not seen: they only "
                       "describe (low confidence)"});
}

static void conclude(struct work *w, struct verdict *v)
{
    struct arena *a = w->arena;
    long double mean = w->sum / (long double)w->count;
    struct decimal pn = decimal_from_real(
        sqrtl((mean * mean + w->max * w->max) / 2), INDEX_DECIMALS);
    const struct rule *grade = grade_of("nemerow", pn, DECIMAL(1, 0));
    const char *m = step_decimal(a, decimal_from_real(mean, SHOWN_DECIMALS));
    const char *max =
        step_decimal(a, decimal_from_real(w->max, SHOWN_DECIMALS));
    const char *index = step_decimal(a, pn);

    v->has_index = true;
    v->index = pn;
    v->rating = v->level = grade_number(grade);
    v->level_zh = grade->name_zh;
    v->level_en = grade->name_en;
    mark_decisive(w);
    derivation_say(
        &w->d,
        (struct words){arena_printf(a,
                                    "P_N = √((均值² + 最大²)/2) = √((%s² + "
                                    "%s²)/2) = %s(%zu 项)→ %s",
                                    m, max, index, w->count, grade->name_zh),
                       arena_printf(a,
                                    "P_N = √((mean² + max²)/2) = √((%s² + "
                                    "%s²)/2) = %s (%zu items) → %s",
                                    m, max, index, w->count, grade->name_en)});
    rely_on_grade(w, grade);
    v->summary_zh = arena_printf(a, "内梅罗指数 %s,%s(描述性,不作法律结论)",
                                 index, v->level_zh);
    v->summary_en = arena_printf(
        a, "Nemerow index %s, %s (descriptive, not a legal finding)", index,
        v->level_en);
    if (*w->decisive.zh) {
        v->summary_zh =
            arena_printf(a, "%s;P > 1:%s", v->summary_zh, w->decisive.zh);
        v->summary_en =
            arena_printf(a, "%s; P > 1: %s", v->summary_en, w->decisive.en);
    }
}

/* The use S was taken for: a column that is not there stands for "other". */
static void say_land(struct work *w)
{
    struct words land = soil_land_words(w->sample->place.land);

    if (w->sample->by == SOIL_BY_FARMLAND)
        derivation_say(
            &w->d,
            (struct words){
                arena_printf(w->arena, "S 按利用方式:%s", land.zh),
                arena_printf(w->arena, "S for the land use: %s", land.en)});
}

void soil_index_judge(const struct soil_index_sample *sample,
                      struct arena *arena, struct verdict *out)
{
    struct work w = {.sample = sample,
                     .arena = arena,
                     .unrated = {"", ""},
                     .decisive = {"", ""}};

    const char *screening = standard_name_on(
        sample->by == SOIL_BY_FARMLAND ? "GB 15618-2018" : "GB 36600-2018",
        sample->place.day);

    *out = derivation_verdict(
        VERDICT_SOIL_INDEX,
        arena_printf(arena, "HJ/T 166-2004 (S: %s)", screening));
    derivation_start(&w.d, arena);
    if (!*screening) {
        out->outcome = VERDICT_NO_EDITION;
        out->edition = "";
        out->summary_zh = "该日没有有效的筛选值";
        out->summary_en = "no screening values were in force on that day";
        derivation_finish(&w.d, out);
        return;
    }
    for (size_t i = 0; i < sample->count; i++)
        judge_value(&w, &sample->values[i]);
    if (w.count == 0) {
        out->outcome = VERDICT_INSUFFICIENT;
        out->summary_zh = "没有可计算的项目";
        out->summary_en = "no item can be computed";
    } else {
        say_land(&w);
        conclude(&w, out);
    }
    if (*w.unrated.zh) {
        out->summary_zh =
            arena_printf(arena, "%s;未计算:%s", out->summary_zh, w.unrated.zh);
        out->summary_en = arena_printf(arena, "%s; left out: %s",
                                       out->summary_en, w.unrated.en);
    }
    derivation_finish(&w.d, out);
}
