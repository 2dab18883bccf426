#include "assess/radiation/emf.h"

#include <math.h>

static const char standard[] = "GB 8702-2014";

enum { RATIO_DECIMALS = 6, TERM_DECIMALS = 10, LIMIT_DECIMALS = 6 };

static const struct {
    const char *param, *unit;
    struct words name;
} quantities[] = {
    [EMF_E] = {"E", "V/m", {"电场强度 E", "electric field E"}},
    [EMF_H] = {"H", "A/m", {"磁场强度 H", "magnetic field H"}},
    [EMF_B] = {"B", "uT", {"磁感应强度 B", "magnetic flux B"}},
    [EMF_S] = {"Seq", "W/m2", {"功率密度 S", "power density S"}},
};

/* ---- the formulas ---- */

/* "Hz" as 1, "MHz" as 10^6. */
static bool unit_scale(struct span unit, struct decimal *out)
{
    static const struct {
        const char *name;
        int8_t exponent;
    } units[] = {
        {"Hz", 0},
        {"kHz", 3},
        {"MHz", 6},
        {"GHz", 9},
    };

    for (size_t i = 0; i < LENGTH(units); i++) {
        if (span_is(unit, units[i].name)) {
            *out = DECIMAL(1, units[i].exponent);
            return true;
        }
    }
    return false;
}

/* "0.025-1.2 kHz" holds the frequency, both ends too. */
static bool in_range(const struct rule *r, struct decimal hertz,
                     struct decimal *scale)
{
    struct span rest = span_of(r->key), low, high;
    struct decimal from, to;

    low = span_take(&rest, '-');
    high = span_take(&rest, ' ');
    return unit_scale(rest, scale) && !decimal_parse(low, &from) &&
           !decimal_parse(high, &to) && !decimal_mul(from, *scale, &from) &&
           !decimal_mul(to, *scale, &to) && decimal_compare(hertz, from) >= 0 &&
           decimal_compare(hertz, to) <= 0;
}

/* "8000", "4000/f", "32000/f^2", "67/sqrt(f)", "0.22*sqrt(f)", "f/7500" */
static bool read_formula(const char *text, struct emf_limit *out)
{
    static const struct {
        const char *tail;
        int k;
    } tails[] = {
        {"", 0}, {"/f", -2}, {"/f^2", -4}, {"/sqrt(f)", -1}, {"*sqrt(f)", 1},
    };
    struct span all = span_of(text);
    size_t cut = strspn(text, "0123456789.");

    out->a = out->c = DECIMAL(1, 0);
    if (span_starts(all, SPAN("f/"))) {
        out->k = 2;
        return !decimal_parse(span_from(all, 2), &out->c);
    }
    for (size_t i = 0; i < LENGTH(tails); i++) {
        if (span_is(span_from(all, cut), tails[i].tail)) {
            out->k = tails[i].k;
            return !decimal_parse(span_first(all, cut), &out->a);
        }
    }
    return false;
}

static long double frequency_of(const struct emf_limit *l, struct decimal hertz)
{
    return decimal_real(hertz) / decimal_real(l->scale);
}

static long double limit_value(const struct emf_limit *l, struct decimal hertz)
{
    return decimal_real(l->a) / decimal_real(l->c) *
           powl(frequency_of(l, hertz), (long double)l->k / 2);
}

bool emf_limit_at(enum emf_quantity quantity, struct decimal hertz, int day,
                  struct emf_limit *out)
{
    struct rule_question q = {
        .record = "emf_limit", .param = quantities[quantity].param, .day = day};
    bool found = false;

    for (const struct rule *r = NULL;
         (r = rule_next(radiation_rules(), q, r));) {
        struct emf_limit l = {.rule = r};

        if (!in_range(r, hertz, &l.scale) || !read_formula(r->text, &l))
            continue;
        if (!found || limit_value(&l, hertz) < limit_value(out, hertz))
            *out = l;
        found = true;
    }
    return found;
}

/* base^power times x; false when it does not fit. */
static bool times_power(struct decimal *x, struct decimal base, int power)
{
    for (int i = 0; i < power; i++) {
        if (decimal_mul(*x, base, x))
            return false;
    }
    return true;
}

/* f / scale, exactly: the scale is a power of ten. */
static struct decimal scaled(struct decimal hertz, const struct emf_limit *l)
{
    return DECIMAL(hertz.mantissa,
                   (int8_t)(hertz.exponent - l->scale.exponent));
}

/* v²·c²·f^-k against a²: exactly where it fits, else in long double. */
static bool exceeds(const struct emf_limit *l, struct decimal hertz,
                    struct decimal value)
{
    struct decimal left = DECIMAL(1, 0), right = DECIMAL(1, 0);
    struct decimal f = scaled(hertz, l);

    if (times_power(&left, value, 2) && times_power(&left, l->c, 2) &&
        times_power(&right, l->a, 2) &&
        times_power(l->k < 0 ? &left : &right, f, l->k < 0 ? -l->k : l->k))
        return decimal_compare(left, right) > 0;
    return decimal_real(value) > limit_value(l, hertz);
}

/* ---- judging ---- */

enum band { LOW_BAND, HIGH_BAND, BANDS };

struct sum {
    long double total;
    size_t count;
    const char *terms;
    bool exceeded; /* the only source, compared exactly */
};

struct work {
    const struct emf_point *p;
    struct arena *arena;
    struct derivation d;
    struct sum sums[BANDS][EMF_QUANTITIES];
    struct words over, unrated;
    long double worst;
    size_t rated;
};

static bool is_low(struct decimal hertz)
{
    return decimal_compare(hertz, DECIMAL(1, 5)) <= 0;
}

static bool is_high(struct decimal hertz)
{
    return decimal_compare(hertz, DECIMAL(1, 5)) >= 0;
}

/* 10 kV/m for a 50 Hz line over farmland, as a limit. */
static bool take_farmland(const struct work *w, const struct emf_value *v,
                          struct emf_limit *l)
{
    const struct rule *r;

    if (!w->p->farmland || v->quantity != EMF_E ||
        decimal_compare(v->hertz, DECIMAL(50, 0)) != 0)
        return false;
    r = rule_find(
        radiation_rules(),
        (struct rule_question){.record = "emf_rule",
                               .key = "50 Hz overhead line over farmland etc.",
                               .day = w->p->day});
    if (r)
        *l = (struct emf_limit){.rule = r,
                                .a = r->value,
                                .c = DECIMAL(1, 0),
                                .k = 0,
                                .scale = DECIMAL(1, 0)};
    return r;
}

static void add_to_sum(struct work *w, enum band band,
                       enum emf_quantity quantity, long double ratio, bool over)
{
    struct sum *s = &w->sums[band][quantity];
    bool square = band == HIGH_BAND && quantity != EMF_S;
    const char *text =
        step_decimal(w->arena, decimal_from_real(ratio, TERM_DECIMALS));

    s->terms = step_join(w->arena, s->terms ? s->terms : "", " + ",
                         square ? arena_printf(w->arena, "%s²", text) : text);
    s->total += square ? ratio * ratio : ratio;
    s->exceeded = over;
    s->count++;
}

/* Without a limit, or not detected where the limit is below detection. */
static void leave(struct work *w, struct verdict_item *item, const char *value,
                  struct words why)
{
    struct arena *a = w->arena;

    item->step_zh = arena_printf(a, "%s %s,%s:%s,不评价", item->name_zh, value,
                                 item->period, why.zh);
    item->step_en = arena_printf(a, "%s %s at %s: %s, not rated", item->name_en,
                                 value, item->period, why.en);
    w->unrated =
        words_join(a, w->unrated, (struct words){item->name_zh, item->name_en});
}

static void judge_value(struct work *w, const struct emf_value *v, bool below)
{
    struct arena *a = w->arena;
    struct words name = quantities[v->quantity].name;
    struct verdict_item *item =
        derivation_add(&w->d, quantities[v->quantity].param, name);
    struct emf_limit l;
    long double limit, ratio;
    const char *value =
        step_quantity(a, v->value, quantities[v->quantity].unit);
    const char *f = step_decimal(a, v->hertz), *text, *band_zh;
    bool over;

    derivation_value(item, v->value, quantities[v->quantity].unit);
    item->period = arena_printf(a, "%s Hz", f);
    if (v->value.mantissa < 0 ||
        !emf_limit_at(v->quantity, v->hertz, w->p->day, &l)) {
        leave(w, item, value, (struct words){"无限值", "no limit"});
        return;
    }
    band_zh = take_farmland(w, v, &l) ? "架空线下耕地等场所" : l.rule->key;
    limit = limit_value(&l, v->hertz);
    ratio = decimal_real(v->value) / limit;
    over = exceeds(&l, v->hertz, v->value);
    if (below && over) {
        leave(w, item, value,
              (struct words){"未检出,探测下限高于限值",
                             "not detected, the limit of detection is above "
                             "the limit"});
        return;
    }
    if (below) /* counts as the limit of detection */
        value = arena_printf(a, "<%s", value);
    derivation_item_rely(&w->d, item, l.rule->confidence);
    item->has_limit = item->has_index = true;
    item->limit = l.k == 0 ? l.a : decimal_from_real(limit, LIMIT_DECIMALS);
    item->index = decimal_from_real(ratio, RATIO_DECIMALS);
    item->rating = over;
    text = l.k == 0 ? l.rule->text
                    : arena_printf(a, "%s = %s", l.rule->text,
                                   step_decimal(a, item->limit));
    item->step_zh = arena_printf(
        a, "%s %s,%s Hz(%s):限值 %s,比值 %s %s 1", name.zh, value, f, band_zh,
        text, step_decimal(a, item->index), over ? ">" : "≤");
    item->step_en = arena_printf(
        a, "%s %s at %s Hz (%s): limit %s, ratio %s %s 1", name.en, value, f,
        l.rule->key, text, step_decimal(a, item->index), over ? ">" : "≤");
    w->rated++;
    if (is_low(v->hertz) && v->quantity != EMF_S)
        add_to_sum(w, LOW_BAND, v->quantity, ratio, over);
    if (is_high(v->hertz))
        add_to_sum(w, HIGH_BAND, v->quantity, ratio, over);
}

/* A sum's line; `most` is 1, or the share of one project. */
static void judge_sum(struct work *w, enum band band,
                      enum emf_quantity quantity, const struct rule *share)
{
    struct arena *a = w->arena;
    const struct sum *s = &w->sums[band][quantity];
    long double most =
        share && band == HIGH_BAND ? decimal_real(share->value) : 1.0L;
    bool single = s->count == 1 && most == 1.0L;
    bool over = single ? s->exceeded : s->total > most * (1 + 1e-15L);
    const char *total, *limit;
    struct words name = quantities[quantity].name;

    if (s->count == 0)
        return;
    total = step_decimal(a, decimal_from_real(s->total, RATIO_DECIMALS));
    limit = share && band == HIGH_BAND ? share->text : "1";
    derivation_say(
        &w->d,
        (struct words){
            arena_printf(a, "%s(%s):Σ = %s = %s %s %s", name.zh,
                         band == LOW_BAND ? "1 Hz–100 kHz" : "0.1 MHz–300 GHz",
                         s->terms, total, over ? ">" : "≤", limit),
            arena_printf(a, "%s (%s): Σ = %s = %s %s %s", name.en,
                         band == LOW_BAND ? "1 Hz–100 kHz" : "0.1 MHz–300 GHz",
                         s->terms, total, over ? ">" : "≤", limit)});
    if (s->total / most > w->worst)
        w->worst = s->total / most;
    if (over)
        w->over = words_join(a, w->over, name);
}

static void conclude(struct work *w, struct verdict *v)
{
    struct arena *a = w->arena;
    bool over = *w->over.zh;
    const char *index;

    if (w->rated == 0) {
        v->outcome = VERDICT_INSUFFICIENT;
        v->summary_zh = "没有可评价的值";
        v->summary_en = "no value can be rated";
        return;
    }
    v->has_index = true;
    v->index = decimal_from_real(w->worst, RATIO_DECIMALS);
    index = step_decimal(a, v->index);
    v->rating = over;
    v->level = over ? 2 : 1;
    v->level_zh = over ? "超标" : "达标";
    v->level_en = over ? "above" : "within";
    v->summary_zh =
        over ? arena_printf(a, "超标:%s,占限值 %s", w->over.zh, index)
             : arena_printf(a, "达标,最大占限值 %s", index);
    v->summary_en = over ? arena_printf(a, "above: %s, share of the limit %s",
                                        w->over.en, index)
                         : arena_printf(a,
                                        "within, largest share of the limit "
                                        "%s",
                                        index);
    if (*w->unrated.zh) {
        v->summary_zh =
            arena_printf(a, "%s;未评价:%s", v->summary_zh, w->unrated.zh);
        v->summary_en =
            arena_printf(a, "%s; not rated: %s", v->summary_en, w->unrated.en);
    }
}

static void judge_sums(struct work *w)
{
    const struct rule *share = NULL;

    if (w->p->project) {
        share =
            radiation_number("setting", "project share", "power", w->p->day);
        derivation_rely(&w->d, share->confidence);
    }
    for (int band = 0; band < BANDS; band++) {
        for (int q = 0; q < EMF_QUANTITIES; q++)
            judge_sum(w, (enum band)band, (enum emf_quantity)q, share);
    }
}

void emf_judge(const struct emf_point *point, struct arena *arena,
               struct verdict *out)
{
    struct work w = {
        .p = point, .arena = arena, .over = {"", ""}, .unrated = {"", ""}};

    *out = derivation_verdict(VERDICT_ELECTROMAGNETIC,
                              standard_name_on(standard, point->day));
    derivation_start(&w.d, arena);
    if (!rule_find(
            radiation_rules(),
            (struct rule_question){.record = "emf_limit", .day = point->day})) {
        out->outcome = VERDICT_NO_EDITION;
        out->edition = "";
        out->summary_zh = "该日没有有效的标准";
        out->summary_en = "no standard was in force on that day";
    } else {
        for (size_t i = 0; i < point->count; i++)
            judge_value(&w, &point->values[i], point->below && point->below[i]);
        judge_sums(&w);
        conclude(&w, out);
    }
    derivation_finish(&w.d, out);
}
