#include "assess/account/tax.h"

#include "assess/factor/factor.h"
#include "assess/limit/limit.h"

#include <assert.h>
#include <stdlib.h>

enum { EQUIVALENT_DECIMALS = 6, FEN_DECIMALS = 2, WHOLE = 100 };

static const char table_file[] = "env-tax-equivalents.csv";
static const char rules_file[] = "source-rules.csv";
static const char *const media[] = {[TAX_AIR] = "air", [TAX_WATER] = "water"};

/* A pollutant with what the schedule makes of it. */
struct entry {
    const struct tax_pollutant *from;
    struct verdict_item *item;
    size_t row; /* of the table */
    bool counted, taxed;
    struct decimal equivalents;
    struct words how; /* the calculation so far */
};

struct work {
    const struct tax_outlet *in;
    struct derivation d;
    const struct standard_table *table;
    const struct rule_table *rules;
    struct entry *entries;
    struct decimal rate, total;
    const char *sum; /* "1950.00 + 7800.00" */
};

static const struct rule *rule(const struct work *w, const char *record,
                               const char *key, const char *param)
{
    return rule_find(w->rules, (struct rule_question){.record = record,
                                                      .key = key,
                                                      .param = param,
                                                      .day = w->in->day});
}

/* ---- the schedule ---- */

static bool names(const struct standard_table *t, size_t row, struct span name)
{
    struct span zh = standard_cell(t, row, "name_zh");
    const struct factor *f = factor_find(name), *known = factor_find(zh);

    return span_equal(name, zh) ||
           span_equal_nocase(name, standard_cell(t, row, "name_en")) ||
           (f && f == known);
}

/* The row of a name; bands of pH are told apart by the value. */
static size_t row_of(const struct standard_table *t, enum tax_medium medium,
                     struct span name)
{
    size_t row = 0;
    const struct factor *f = factor_find(name);
    bool ph = span_equal_nocase(name, SPAN("pH")) ||
              (f && strcmp(f->code, "w01001") == 0);

    while (
        row < t->row_count &&
        !(standard_cell_is(t, row, "medium", media[medium]) &&
          (ph ? standard_cell_is(t, row, "group", "pH") : names(t, row, name))))
        row++;
    return row;
}

bool tax_knows(enum tax_medium medium, struct span name)
{
    const struct standard_table *t = standard_table(table_file);

    assert(t);
    return row_of(t, medium, name) < t->row_count;
}

bool tax_rate_allowed(enum tax_medium medium, struct decimal rate, int day)
{
    const struct rule_table *rules = rule_table(rules_file);
    struct rule_question q = {.record = "rate_bound",
                              .key = media[medium],
                              .param = "low",
                              .day = day};
    const struct rule *low = rule_find(rules, q), *high;

    q.param = "high";
    high = rule_find(rules, q);
    return !low || !high ||
           (decimal_compare(rate, low->value) >= 0 &&
            decimal_compare(rate, high->value) <= 0);
}

/* Acid bands hold their lower bound, alkaline ones their upper. */
static bool in_band(const struct rule *r, struct decimal ph)
{
    struct rule_range range;
    bool acid = strcmp(r->param, "acid") == 0;
    int low, high;

    if (!rule_range(r, &range))
        return false;
    low = decimal_compare(ph, range.low);
    high = decimal_compare(ph, range.high);
    return acid ? low >= 0 && high < 0 : low > 0 && high <= 0;
}

/* The row of a pH's band; the row count when it is not taxed. */
static size_t row_of_ph(const struct work *w, struct decimal ph)
{
    struct rule_question q = {.record = "ph_band", .day = w->in->day};
    const struct rule *r = NULL;

    while ((r = rule_next(w->rules, q, r)) && !in_band(r, ph))
        ;
    for (size_t row = 0; r && row < w->table->row_count; row++) {
        if (standard_cell_is(w->table, row, "group", "pH") &&
            standard_cell_is(w->table, row, "seq", r->key))
            return row;
    }
    return w->table->row_count;
}

/* ---- equivalents ---- */

/* The units of the schedule that are words. */
static const char *unit_zh(const char *unit)
{
    if (strcmp(unit, "t wastewater") == 0)
        return "吨污水";
    return strcmp(unit, "t water x times") == 0 ? "吨水·倍" : unit;
}

static void leave(const struct work *w, struct entry *e, const char *zh,
                  const char *en)
{
    e->counted = false;
    e->item->step_zh =
        arena_printf(w->d.arena, "%s%s:%s", e->item->name_zh, e->how.zh, zh);
    e->item->step_en =
        arena_printf(w->d.arena, "%s%s: %s", e->item->name_en, e->how.en, en);
}

static void count(struct work *w, struct entry *e)
{
    struct arena *a = w->d.arena;
    struct decimal value;
    const char *amount, *result;
    const char *unit;

    e->how = (struct words){"", ""};
    if (standard_cell_is(w->table, e->row, "group", "pH")) {
        e->row =
            e->from->has_ph ? row_of_ph(w, e->from->ph) : w->table->row_count;
        if (e->row == w->table->row_count) {
            leave(w, e, e->from->has_ph ? "在 6–9 之间,不计税" : "缺 pH 值",
                  e->from->has_ph ? "between 6 and 9: not taxed"
                                  : "its value is missing");
            return;
        }
    }
    if (!standard_decimal(w->table, e->row, "equivalent_value", &value) ||
        decimal_divide(e->from->amount, value, -EQUIVALENT_DECIMALS,
                       ROUND_HALF_EVEN, &e->equivalents)) {
        leave(w, e, "数值过大,无法计算", "too large to be computed");
        return;
    }
    e->counted = true;
    unit = standard_text(w->table, e->row, "equivalent_unit");
    amount = step_decimal(a, e->from->amount);
    result = step_decimal(a, e->equivalents);
    e->how = (struct words){
        arena_printf(a, " %s/%s %s = %s 当量", amount, step_decimal(a, value),
                     unit_zh(unit), result),
        arena_printf(a, " %s/%s %s = %s equivalents", amount,
                     step_decimal(a, value), unit, result)};
    derivation_value(e->item, e->from->amount, unit);
    e->item->has_index = true;
    e->item->index = e->equivalents;
    derivation_item_rely(&w->d, e->item,
                         standard_text(w->table, e->row, "confidence"));
}

/* ---- which of them are taxed ---- */

/* "1" COD, BOD5, TOC; "2" coliforms, chlorine; NULL: alone. */
static const char *only_one(const struct work *w, const struct entry *e)
{
    static const char *const organic[] = {"BOD5", "COD", "TOC"};
    struct span name = standard_cell(w->table, e->row, "name_en");
    struct span group = standard_cell(w->table, e->row, "group");

    for (size_t i = 0; i < LENGTH(organic); i++) {
        if (span_is(name, organic[i]))
            return "1";
    }
    return span_is(group, "coliforms") || span_is(group, "residual chlorine")
               ? "2"
               : NULL;
}

static void drop_the_smaller(struct work *w)
{
    for (size_t i = 0; i < w->in->count; i++) {
        struct entry *a = &w->entries[i];
        const char *set = a->counted ? only_one(w, a) : NULL;

        for (size_t k = 0; set && k < w->in->count; k++) {
            struct entry *b = &w->entries[k];
            const char *other = b->counted ? only_one(w, b) : NULL;
            int order = decimal_compare(b->equivalents, a->equivalents);

            if (k == i || !other || strcmp(set, other) != 0 ||
                !(order > 0 || (order == 0 && k < i)))
                continue;
            leave(w, a, "同组只征收当量最大的一项",
                  "of its group only the largest is taxed");
            set = NULL;
        }
    }
}

static bool is_first_class(const struct work *w, const struct entry *e)
{
    return standard_cell_is(w->table, e->row, "group", "first class");
}

static size_t larger_ones(const struct work *w, size_t at)
{
    size_t larger = 0;

    for (size_t k = 0; k < w->in->count; k++) {
        const struct entry *a = &w->entries[at], *b = &w->entries[k];
        int order;

        if (k == at || !b->counted ||
            is_first_class(w, a) != is_first_class(w, b))
            continue;
        order = decimal_compare(b->equivalents, a->equivalents);
        larger += order > 0 || (order == 0 && k < at);
    }
    return larger;
}

static void choose(struct work *w)
{
    for (size_t i = 0; i < w->in->count; i++) {
        struct entry *e = &w->entries[i];
        const struct rule *most;

        if (!e->counted)
            continue;
        most = rule(w, "taxed",
                    w->in->medium == TAX_AIR ? "air"
                    : is_first_class(w, e)   ? "first class"
                                             : "other water",
                    "count");
        e->taxed = most && larger_ones(w, i) < (size_t)most->value.mantissa;
        e->item->decisive = e->taxed;
        if (e->taxed || !most)
            continue;
        e->item->step_zh =
            arena_printf(w->d.arena, "%s%s:不在%s之内,不征收", e->item->name_zh,
                         e->how.zh, most->name_zh);
        e->item->step_en =
            arena_printf(w->d.arena, "%s%s: not among the %s, not taxed",
                         e->item->name_en, e->how.en, most->name_en);
    }
}

/* ---- the tax ---- */

/* The strongest reduction a concentration has; NULL: none. */
static const struct rule *reduction(const struct work *w,
                                    const struct tax_pollutant *p)
{
    static const char *const unders[] = {"50", "30"};

    for (size_t i = 0; p->has_limit && i < LENGTH(unders); i++) {
        const struct rule *r = rule(w, "reduction", unders[i], "percent");
        int64_t under = unders[i][0] == '5' ? 50 : 30;
        struct decimal left, right;

        if (!r || decimal_mul(p->concentration, DECIMAL(WHOLE, 0), &left) ||
            decimal_mul(p->limit, DECIMAL(WHOLE - under, 0), &right))
            continue;
        if (decimal_compare(left, right) <= 0)
            return r;
    }
    return NULL;
}

static struct words reduction_words(const struct work *w,
                                    const struct tax_pollutant *p,
                                    const struct rule *r)
{
    struct arena *a = w->d.arena;

    if (!r)
        return (struct words){"", ""};
    return (struct words){
        arena_printf(a, " × %s %%(%s,%s 对 %s)", r->text, r->name_zh,
                     step_decimal(a, p->concentration),
                     step_decimal(a, p->limit)),
        arena_printf(a, " × %s %% (%s, %s to %s)", r->text, r->name_en,
                     step_decimal(a, p->concentration),
                     step_decimal(a, p->limit))};
}

static bool tax_one(struct work *w, struct entry *e)
{
    const struct rule *r = reduction(w, e->from);
    struct decimal share = r ? r->value : DECIMAL(WHOLE, 0), full, tax;
    struct words less = reduction_words(w, e->from, r);
    struct arena *a = w->d.arena;

    if (decimal_mul(w->rate, share, &full) ||
        decimal_muldiv(e->equivalents, full, DECIMAL(WHOLE, 0), -FEN_DECIMALS,
                       ROUND_HALF_EVEN, &tax) ||
        decimal_add(w->total, tax, &w->total))
        return false;
    e->item->rating = 1;
    w->sum = step_join(a, w->sum, " + ", step_decimal(a, tax));
    e->item->step_zh =
        arena_printf(a, "%s%s,计税:%s × %s 元%s = %s 元", e->item->name_zh,
                     e->how.zh, step_decimal(a, e->equivalents),
                     step_decimal(a, w->rate), less.zh, step_decimal(a, tax));
    e->item->step_en = arena_printf(
        a, "%s%s, taxed: %s × %s yuan%s = %s yuan", e->item->name_en, e->how.en,
        step_decimal(a, e->equivalents), step_decimal(a, w->rate), less.en,
        step_decimal(a, tax));
    return true;
}

static bool find_rate(struct work *w)
{
    const char *key = arena_printf(
        w->d.arena, "%.*s/%s", SPAN_ARG(w->in->province), media[w->in->medium]);
    const struct rule *r = rule(w, "rate", key, "yuan");

    if (w->in->has_rate) {
        w->rate = w->in->rate;
        return true;
    }
    if (!r)
        return false;
    w->rate = r->value;
    derivation_rely(&w->d, r->confidence);
    derivation_say(
        &w->d,
        (struct words){
            arena_printf(w->d.arena, "税额 %s 元/当量(%s,可信度%s)", r->text,
                         r->name_zh, confidence_zh(r->confidence)),
            arena_printf(w->d.arena,
                         "rate %s yuan an equivalent (%s, confidence %s)",
                         r->text, r->name_en, r->confidence)});
    return true;
}

static void add_entries(struct work *w)
{
    /* items move while they are added: one after the other, then pointers */
    size_t first = w->d.count;

    for (size_t i = 0; i < w->in->count; i++) {
        size_t row = row_of(w->table, w->in->medium, w->in->pollutants[i].name);
        const char *zh, *en;

        assert(row < w->table->row_count); /* asked by tax_knows before */
        zh = standard_text(w->table, row, "name_zh");
        en = standard_text(w->table, row, "name_en");
        if (standard_cell_is(w->table, row, "group", "pH"))
            zh = en = "pH";
        derivation_add(&w->d, en, (struct words){zh, en});
        w->entries[i] =
            (struct entry){.from = &w->in->pollutants[i], .row = row};
    }
    for (size_t i = 0; i < w->in->count; i++)
        w->entries[i].item = &w->d.items[first + i];
}

static void finish(struct work *w, struct verdict *out)
{
    size_t taxed = 0;
    struct arena *a = w->d.arena;
    const char *total;

    for (size_t i = 0; i < w->in->count; i++) {
        if (w->entries[i].taxed && !tax_one(w, &w->entries[i])) {
            leave(w, &w->entries[i], "数值过大,无法计算",
                  "too large to be computed");
            w->entries[i].taxed = false;
        }
        taxed += w->entries[i].taxed;
    }
    total = step_decimal(a, w->total);
    out->has_index = true;
    out->index = w->total;
    out->rating = (int)taxed;
    out->summary_zh = arena_printf(a, "应纳税额 %s 元(%zu 项)", total, taxed);
    out->summary_en = arena_printf(a, "tax due %s yuan (pollutants taxed: %zu)",
                                   total, taxed);
    derivation_say(&w->d, WORDS(a, "应纳税额 %s = %s 元(%zu 项)",
                                "tax due %s = %s yuan (pollutants taxed: %zu)",
                                taxed ? w->sum : "0", total, taxed));
    derivation_finish(&w->d, out);
}

void tax_of(const struct tax_outlet *outlet, struct arena *arena,
            struct verdict *out)
{
    struct work w = {.in = outlet,
                     .table = standard_table(table_file),
                     .rules = rule_table(rules_file),
                     .total = DECIMAL(0, -FEN_DECIMALS),
                     .sum = ""};
    const struct rule *most = rule(&w, "taxed", "air", "count");

    assert(w.table && outlet->count <= TAX_POLLUTANTS_MAX);
    *out = derivation_verdict(VERDICT_ENVIRONMENT_TAX, "");
    derivation_start(&w.d, arena);
    if (!most) {
        out->outcome = VERDICT_NO_EDITION;
        out->summary_zh = "该日环境保护税法尚未施行";
        out->summary_en = "the tax law is not in force on that day";
        return;
    }
    out->edition = most->standard;
    if (!find_rate(&w)) {
        out->outcome = VERDICT_INSUFFICIENT;
        out->summary_zh = "没有该省的适用税额,请给出 rate";
        out->summary_en = "no rate is known for that province: give rate";
        return;
    }
    w.entries = arena_new(arena, outlet->count + 1, sizeof(*w.entries));
    add_entries(&w);
    for (size_t i = 0; i < outlet->count; i++)
        count(&w, &w.entries[i]);
    drop_the_smaller(&w);
    choose(&w);
    finish(&w, out);
}
