#include "assess/soil/background.h"

#include <math.h>

enum { INDEX_DECIMALS = 4, RISK_DECIMALS = 4 };

struct work {
    const struct background_sample *sample;
    struct arena *arena;
    struct derivation d;
    struct words left_out, above;
    const char *terms; /* "40×0.12/0.061 + …" */
    long double risk;
    size_t risk_count, rated;
    int worst; /* class of Igeo */
};

static const struct soil_value *background_of(const struct work *w,
                                              const char *item)
{
    for (size_t i = 0; i < w->sample->background_count; i++) {
        const struct soil_value *b = &w->sample->backgrounds[i];

        if (strcmp(b->item, item) == 0)
            return b;
    }
    return NULL;
}

/* C <= 1.5 B 2^k, with k the bound of a grade; exact. */
static bool within(struct decimal c, struct decimal b, const struct rule *grade)
{
    const struct rule *factor =
        rule_need(soil_rules(),
                  (struct rule_question){.record = "constant", .key = "Igeo"});
    struct decimal bound;

    if (!grade->is_number || decimal_mul(b, factor->value, &bound) ||
        decimal_mul(bound, DECIMAL(1 << grade->value.mantissa, 0), &bound))
        return false;
    return decimal_compare(c, bound) <= 0;
}

static const struct rule *igeo_grade(struct decimal c, struct decimal b)
{
    struct rule_question q = {.record = "grade", .key = "Igeo"};
    const struct rule *r = NULL, *last = NULL;

    while ((r = rule_next(soil_rules(), q, r))) {
        last = r;
        if (within(c, b, r))
            return r;
    }
    return last;
}

/* The first whose bound the value does not reach. */
static const struct rule *risk_grade(const char *key, struct decimal value)
{
    struct rule_question q = {.record = "grade", .key = key};
    const struct rule *r = NULL, *last = NULL;

    while ((r = rule_next(soil_rules(), q, r))) {
        last = r;
        if (r->is_number && decimal_compare(value, r->value) < 0)
            return r;
    }
    return last;
}

static int grade_number(const struct rule *r)
{
    return r->param[0] - '0';
}

static struct words risk_words(struct work *w, const char *item, const char *c,
                               const char *b, long double ratio)
{
    struct arena *a = w->arena;
    const struct rule *t = rule_find(
        soil_rules(),
        (struct rule_question){.record = "toxic_response", .key = item});
    const struct rule *grade;
    const char *factor, *value;
    struct decimal e;

    if (!t)
        return (struct words){";无毒性响应系数,不计入 RI",
                              "; no toxic response, not part of RI"};
    e = decimal_from_real(ratio * decimal_real(t->value), RISK_DECIMALS);
    grade = risk_grade("E", e);
    factor = step_decimal(a, t->value);
    value = step_decimal(a, e);
    w->risk += ratio * decimal_real(t->value);
    w->risk_count++;
    w->terms = step_join(a, w->terms, " + ",
                         arena_printf(a, "%s×%s/%s", factor, c, b));
    derivation_rely(&w->d, t->confidence);
    return (struct words){arena_printf(a, ";E = T·C/B = %s × %s/%s = %s(%s)",
                                       factor, c, b, value, grade->name_zh),
                          arena_printf(a, "; E = T·C/B = %s × %s/%s = %s (%s)",
                                       factor, c, b, value, grade->name_en)};
}

/* C / B is in `index`; the class is that of Igeo. */
static void compute(struct work *w, struct verdict_item *item,
                    struct decimal background, const char *c)
{
    struct arena *a = w->arena;
    const char *b = step_decimal(a, background);
    long double ratio = decimal_real(item->value) / decimal_real(background);
    const struct rule *grade = igeo_grade(item->value, background);
    const char *igeo = "−∞", *p;
    struct words risk;

    item->has_limit = item->has_index = true;
    item->limit = background;
    item->index = decimal_from_real(ratio, INDEX_DECIMALS);
    item->rating = grade_number(grade);
    item->decisive = item->rating > 0;
    if (item->value.mantissa > 0)
        igeo = step_decimal(
            a, decimal_from_real(log2l(ratio / 1.5L), INDEX_DECIMALS));
    p = step_decimal(a, item->index);
    derivation_item_rely(&w->d, item, grade->confidence);
    risk = risk_words(w, item->factor, c, b, ratio);
    item->step_zh = arena_printf(
        a, "%s C/B = %s/%s = %s;Igeo = log2(%s/(1.5×%s)) = %s → %d 级 %s%s",
        item->name_zh, c, b, p, c, b, igeo, item->rating, grade->name_zh,
        risk.zh);
    item->step_en = arena_printf(
        a,
        "%s C/B = %s/%s = %s; Igeo = log2(%s/(1.5×%s)) = %s → class %d, "
        "%s%s",
        item->name_en, c, b, p, c, b, igeo, item->rating, grade->name_en,
        risk.en);
    w->rated++;
    w->worst = item->rating > w->worst ? item->rating : w->worst;
    if (item->rating > 0)
        w->above = words_join(a, w->above,
                              (struct words){item->name_zh, item->name_en});
}

static void leave_out(struct work *w, struct verdict_item *item,
                      struct words why)
{
    item->step_zh =
        arena_printf(w->arena, "%s:%s,不计算", item->name_zh, why.zh);
    item->step_en =
        arena_printf(w->arena, "%s: %s, left out", item->name_en, why.en);
    w->left_out = words_join(w->arena, w->left_out,
                             (struct words){item->name_zh, item->name_en});
}

static void judge_value(struct work *w, const struct soil_value *value)
{
    const struct soil_item *known = soil_item_named(span_of(value->item));
    const struct soil_value *b = background_of(w, value->item);
    const char *code =
        known ? known->code : arena_copy(w->arena, span_of(value->item)).at;
    struct verdict_item *item =
        derivation_add(&w->d, code,
                       (struct words){known ? known->name_zh : code,
                                      known ? known->name_en : code});
    const char *text = step_decimal(w->arena, value->value);

    derivation_value(item, value->value, "mg/kg");
    if (value->value.mantissa < 0)
        leave_out(w, item, (struct words){"负值", "a negative value"});
    else if (!b || b->value.mantissa <= 0)
        leave_out(w, item, (struct words){"无背景值", "no background"});
    else {
        if (value->below_detection &&
            !decimal_mul(value->value, DECIMAL(5, -1), &item->value))
            text = arena_printf(w->arena, "(%s/2)", text);
        compute(w, item, b->value, text);
    }
}

/* RI and its grade, when an item has a toxic response. */
static void conclude_risk(struct work *w, struct verdict *v)
{
    struct arena *a = w->arena;
    struct decimal ri = decimal_from_real(w->risk, RISK_DECIMALS);
    const struct rule *grade = risk_grade("RI", ri);
    const char *index = step_decimal(a, ri);

    v->has_index = true;
    v->index = ri;
    v->rating = v->level = grade_number(grade);
    v->level_zh = grade->name_zh;
    v->level_en = grade->name_en;
    derivation_rely(&w->d, grade->confidence);
    derivation_say(&w->d,
                   (struct words){arena_printf(a, "RI = ΣT·C/B = %s = %s → %s",
                                               w->terms, index, v->level_zh),
                                  arena_printf(a, "RI = ΣT·C/B = %s = %s → %s",
                                               w->terms, index, v->level_en)});
    v->summary_zh =
        arena_printf(a, "潜在生态风险指数 RI %s(%zu 项),%s(科研方法,不是标准)",
                     index, w->risk_count, v->level_zh);
    v->summary_en = arena_printf(a,
                                 "ecological risk index RI %s (%zu items), %s "
                                 "(a scientific tool, no standard)",
                                 index, w->risk_count, v->level_en);
}

void background_judge(const struct background_sample *sample,
                      struct arena *arena, struct verdict *out)
{
    struct work w = {.sample = sample,
                     .arena = arena,
                     .left_out = {"", ""},
                     .above = {"", ""},
                     .terms = ""};

    *out = derivation_verdict(VERDICT_SOIL_BACKGROUND,
                              "Hakanson 1980, Müller 1969");
    derivation_start(&w.d, arena);
    for (size_t i = 0; i < sample->count; i++)
        judge_value(&w, &sample->values[i]);
    if (w.risk_count > 0) {
        conclude_risk(&w, out);
    } else {
        out->outcome = w.rated ? VERDICT_GIVEN : VERDICT_INSUFFICIENT;
        out->level_zh = w.rated ? "未分级" : "";
        out->level_en = w.rated ? "not graded" : "";
        out->summary_zh = w.rated ? "没有可计入 RI 的项目" : "没有可计算的项目";
        out->summary_en =
            w.rated ? "no item is part of RI" : "no item can be computed";
    }
    if (*w.above.zh) {
        out->summary_zh = arena_printf(arena, "%s;Igeo > 0:%s(最高 %d 级)",
                                       out->summary_zh, w.above.zh, w.worst);
        out->summary_en =
            arena_printf(arena, "%s; Igeo > 0: %s (highest class %d)",
                         out->summary_en, w.above.en, w.worst);
    }
    if (*w.left_out.zh) {
        out->summary_zh =
            arena_printf(arena, "%s;未计算:%s", out->summary_zh, w.left_out.zh);
        out->summary_en = arena_printf(arena, "%s; left out: %s",
                                       out->summary_en, w.left_out.en);
    }
    derivation_finish(&w.d, out);
}
