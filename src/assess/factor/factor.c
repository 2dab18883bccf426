#include "assess/factor/factor.h"

#include "assess/standard/standard.h"
#include "base/memory.h"

#include <assert.h>
#include <ctype.h>
#include <pthread.h>
#include <stdlib.h>

/* One way to call a factor. */
struct alias {
    const char *name;
    const struct factor *factor;
};

struct unit {
    const char *name, *dimension, *shown, *aliases;
    struct decimal size; /* of the dimension's smallest unit, no final zeros */
};

static struct factor *factors;
static size_t factor_count;
static struct factor_use *uses;
static size_t use_count;
static struct alias *aliases; /* sorted, ASCII case ignored */
static size_t alias_count, alias_cap;
static struct unit *units;
static size_t unit_count;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static int compare_spans(struct span a, struct span b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter ? strncasecmp(a.at, b.at, shorter) : 0;

    return order ? order : (a.len > b.len) - (a.len < b.len);
}

static int compare_aliases(const void *a, const void *b)
{
    const struct alias *x = a, *y = b;

    return compare_spans(span_of(x->name), span_of(y->name));
}

static int compare_name(const void *key, const void *row)
{
    return compare_spans(*(const struct span *)key,
                         span_of(((const struct alias *)row)->name));
}

static const struct factor *search(struct span any)
{
    const struct alias *hit =
        bsearch(&any, aliases, alias_count, sizeof(*aliases), compare_name);

    return hit ? hit->factor : NULL;
}

static void alias_add(const char *name, const struct factor *factor)
{
    if (!*name)
        return;
    aliases =
        memory_grow(aliases, &alias_cap, alias_count + 1, sizeof(*aliases));
    aliases[alias_count++] = (struct alias){name, factor};
}

static const struct factor *by_code(const char *code)
{
    for (size_t i = 0; i < factor_count; i++) {
        if (span_is(span_of(factors[i].code), code))
            return &factors[i];
    }
    return NULL;
}

/* Codes of 2005 that never got a new one are their own canonical code. */
static void read_factors(void)
{
    const struct standard_table *t = standard_table("pollutants.csv");

    assert(t);
    factors = memory_new(t->row_count, sizeof(*factors));
    for (size_t row = 0; row < t->row_count; row++) {
        const char *code = standard_text(t, row, "code2017");
        const char *code2005 = standard_text(t, row, "code2005");

        factors[factor_count++] = (struct factor){
            .code = *code ? code : code2005,
            .code2005 = code2005,
            .medium = standard_text(t, row, "medium"),
            .name_zh = standard_text(t, row, "name_zh"),
            .name_en = standard_text(t, row, "name_en"),
            .wire_unit = standard_text(t, row, "unit_concentration"),
            .total_unit = standard_text(t, row, "unit_total"),
            .decimals = standard_int(t, row, "decimals_hint", -1),
        };
    }
}

/*
 * Codes first, so that a name can never take a code's place; a row of
 * factor-aliases.csv goes before the code of the plain element that it
 * replaces.
 */
static bool is_alias_row(const struct standard_table *t, const char *code)
{
    for (size_t row = 0; row < t->row_count; row++) {
        if (standard_cell_is(t, row, "alias", code))
            return true;
    }
    return false;
}

static void sort_aliases(void)
{
    qsort(aliases, alias_count, sizeof(*aliases), compare_aliases);
}

static void add_names(void)
{
    size_t codes;

    sort_aliases();
    codes = alias_count;
    for (size_t i = 0; i < factor_count; i++) {
        struct span zh = span_of(factors[i].name_zh);

        /* bsearch sees the codes only; water and air share some names */
        if (!bsearch(&zh, aliases, codes, sizeof(*aliases), compare_name) &&
            span_is(span_of(factors[i].medium), "water"))
            alias_add(factors[i].name_zh, &factors[i]);
    }
    sort_aliases();
}

static void read_aliases(void)
{
    const struct standard_table *t = standard_table("factor-aliases.csv");

    assert(t);
    for (size_t row = 0; row < t->row_count; row++) {
        const struct factor *f = by_code(standard_text(t, row, "code"));

        assert(f);
        alias_add(standard_text(t, row, "alias"), f);
    }
    for (size_t i = 0; i < factor_count; i++) {
        const struct factor *f = &factors[i];

        if (!is_alias_row(t, f->code))
            alias_add(f->code, f);
        if (!span_is(span_of(f->code2005), f->code))
            alias_add(f->code2005, f);
    }
    add_names();
}

static void read_uses(void)
{
    const struct standard_table *t = standard_table("factor-uses.csv");

    assert(t);
    uses = memory_new(t->row_count, sizeof(*uses));
    for (size_t row = 0; row < t->row_count; row++) {
        const struct factor *f = by_code(standard_text(t, row, "code"));

        assert(f);
        uses[use_count++] = (struct factor_use){
            .factor = f,
            .element = standard_text(t, row, "element"),
            .symbol = standard_text(t, row, "symbol"),
            .name_zh = standard_text(t, row, "name_zh"),
            .name_en = standard_text(t, row, "name_en"),
            .unit = standard_text(t, row, "unit"),
            .decimals = standard_int(t, row, "decimals", -1),
            .confidence = standard_text(t, row, "confidence"),
        };
    }
}

static void read_units(void)
{
    const struct standard_table *t = standard_table("units.csv");

    assert(t);
    units = memory_new(t->row_count, sizeof(*units));
    for (size_t row = 0; row < t->row_count; row++) {
        struct unit *u = &units[unit_count++];
        bool given = standard_decimal(t, row, "factor", &u->size);

        assert(given && u->size.mantissa > 0);
        while (u->size.mantissa % 10 == 0) {
            u->size.mantissa /= 10;
            u->size.exponent++;
        }
        u->name = standard_text(t, row, "unit");
        u->dimension = standard_text(t, row, "dimension");
        u->shown = standard_text(t, row, "shown");
        u->aliases = standard_text(t, row, "aliases");
    }
}

static void read_all(void)
{
    read_factors();
    read_aliases();
    read_uses();
    read_units();
}

const struct factor *factor_find(struct span any)
{
    pthread_once(&once, read_all);
    return search(span_trim(any));
}

const struct factor *factor_at(size_t index)
{
    pthread_once(&once, read_all);
    return index < factor_count ? &factors[index] : NULL;
}

const struct factor_use *factor_use_find(struct span code, const char *element)
{
    pthread_once(&once, read_all);
    for (size_t i = 0; i < use_count; i++) {
        if (span_is(code, uses[i].factor->code) &&
            span_is(span_of(uses[i].element), element))
            return &uses[i];
    }
    return NULL;
}

const char *factor_symbol(struct span code, const char *element)
{
    const struct factor_use *use = factor_use_find(code, element);
    const struct factor *factor = use ? use->factor : factor_find(code);

    if (use)
        return use->symbol;
    return factor ? factor->name_zh : code.at;
}

static bool in_list(const char *list, struct span word)
{
    struct span rest = span_of(list);

    while (rest.len) {
        if (span_equal(span_take(&rest, ';'), word))
            return true;
    }
    return false;
}

static const struct unit *unit_row(struct span name)
{
    pthread_once(&once, read_all);
    name = span_trim(name);
    for (size_t i = 0; i < unit_count; i++) {
        const struct unit *u = &units[i];

        if (span_is(name, u->name) || span_is(name, u->shown) ||
            in_list(u->aliases, name))
            return u;
    }
    return NULL;
}

const char *unit_find(struct span unit)
{
    const struct unit *u = unit.len ? unit_row(unit) : NULL;

    return u ? u->name : NULL;
}

const char *unit_shown(const char *unit)
{
    const struct unit *u = *unit ? unit_row(span_of(unit)) : NULL;

    return u ? u->shown : unit;
}

/* The first exponent, from the value's own down, that loses no digit. */
static enum err convert_ratio(struct decimal value, const struct unit *from,
                              const struct unit *to, struct decimal *out)
{
    for (int8_t e = value.exponent; e >= DECIMAL_EXPONENT_MIN; e--) {
        struct decimal low, high;

        if (decimal_muldiv(value, from->size, to->size, e, ROUND_DOWN, &low) ||
            decimal_muldiv(value, from->size, to->size, e, ROUND_UP, &high))
            return ERR_OVERFLOW;
        if (low.mantissa == high.mantissa) {
            *out = low;
            return OK;
        }
    }
    return ERR_OVERFLOW;
}

static const struct span dimensionless = {"dimensionless", 13};

enum err unit_convert(struct decimal value, struct span from, struct span to,
                      struct decimal *out)
{
    const struct unit *a = unit_row(from.len ? from : dimensionless);
    const struct unit *b = unit_row(to.len ? to : dimensionless);
    int shift;

    if (!a || !b)
        return ERR_NOT_FOUND;
    if (strcmp(a->dimension, b->dimension) != 0)
        return ERR_UNSUPPORTED;
    if (a->size.mantissa != b->size.mantissa)
        return convert_ratio(value, a, b, out);
    shift = (int)value.exponent + a->size.exponent - b->size.exponent;
    if (shift < DECIMAL_EXPONENT_MIN || shift > DECIMAL_EXPONENT_MAX)
        return ERR_OVERFLOW;
    *out = DECIMAL(value.mantissa, (int8_t)shift);
    return OK;
}
