#include "assess/source/source_items.h"

#include "assess/factor/factor.h"
#include "base/buf.h"
#include "base/memory.h"

#include <pthread.h>

enum { NAME_MAX_BYTES = 256 };

static struct source_column *columns;
static size_t column_count, column_cap;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static const char *joined(const char *a, const char *b)
{
    struct buf text;
    const char *kept;

    buf_init(&text, NAME_MAX_BYTES);
    buf_printf(&text, "%s%s", a, b);
    kept = memory_text(buf_span(&text));
    buf_done(&text);
    return kept;
}

static const struct source_column *find(const char *code)
{
    for (size_t i = 0; i < column_count; i++) {
        if (strcmp(columns[i].column.code, code) == 0)
            return &columns[i];
    }
    return NULL;
}

/* How a kind of column is called and in which unit it is. */
struct kind {
    const char *prefix, *zh, *en, *unit;
    enum source_form form;
    bool permit;
};

/* clang-format off */
static const struct kind kinds[] = {
    {"", "", "", NULL, SOURCE_CONCENTRATION, false},
    {"rate:", "排放速率:", "rate of ", "kg/h", SOURCE_RATE, false},
    {"ppm:", "体积分数:", "volume share of ", "ppm", SOURCE_PPM, false},
    {"permit:", "许可限值:", "permit limit of ", NULL, SOURCE_CONCENTRATION,
     true},
    {"permit:rate:", "许可排放速率限值:", "permit limit of the rate of ",
     "kg/h", SOURCE_RATE, true},
};
/* clang-format on */

static void add(const struct kind *kind, const char *item, const char *unit,
                bool text)
{
    const char *code = joined(kind->prefix, item);

    if (find(code)) {
        free((char *)(uintptr_t)code);
        return;
    }
    columns =
        memory_grow(columns, &column_cap, column_count + 1, sizeof(*columns));
    columns[column_count++] = (struct source_column){
        .column = {.code = code,
                   .name_zh = joined(kind->zh, source_item_name(item, false)),
                   .name_en = joined(kind->en, source_item_name(item, true)),
                   .unit = kind->unit ? kind->unit : unit,
                   .may_be_negative =
                       !kind->permit && strcmp(unit, "degC") == 0,
                   .may_be_text = text},
        .item = item,
        .form = kind->form,
        .permit = kind->permit,
    };
}

static bool has_text(const struct source_limit *limits, size_t count,
                     const char *item)
{
    for (size_t i = 0; i < count; i++) {
        if (limits[i].limit.bound == LIMIT_NONE &&
            strcmp(limits[i].limit.item, item) == 0)
            return true;
    }
    return false;
}

static void read_columns(void)
{
    size_t count;
    const struct source_limit *limits = source_limits(&count);
    struct decimal mass;

    for (size_t i = 0; i < count; i++) {
        const struct source_limit *l = &limits[i];
        const char *item = l->limit.item;

        if (!l->is_rate)
            add(&kinds[0], item, l->limit.unit, has_text(limits, count, item));
        if (l->is_rate)
            add(&kinds[1], item, "kg/h", false);
        if (convert_molar_mass(item, &mass) && !l->is_rate)
            add(&kinds[2], item, "ppm", false);
        add(&kinds[l->is_rate ? 4 : 3], item, l->limit.unit, false);
    }
    for (size_t i = 0; i < 2; i++) {
        const char *const oxides[] = {"a21003", "a21004"};

        add(&kinds[0], oxides[i], "mg/m3", false);
        add(&kinds[2], oxides[i], "ppm", false);
    }
}

const struct assess_item *source_item_at(size_t index)
{
    pthread_once(&once, read_columns);
    return index < column_count ? &columns[index].column : NULL;
}

const struct source_column *source_column_of(const struct assess_item *item)
{
    pthread_once(&once, read_columns);
    return find(item->code);
}

/* A word in front, with a blank, "_" or ":" behind it; cut from *name. */
static bool cut_word(struct span *name, struct span word)
{
    struct span rest = span_from(*name, word.len);

    if (!span_equal_nocase(span_first(*name, word.len), word) || !rest.len ||
        !strchr(" _:", rest.at[0]))
        return false;
    *name = span_trim(span_from(rest, 1));
    return true;
}

static const struct kind *kind_of(struct span *name)
{
    bool permit =
        cut_word(name, SPAN("permit")) || cut_word(name, SPAN("许可限值"));

    if (cut_word(name, SPAN("rate")) || cut_word(name, SPAN("排放速率")))
        return &kinds[permit ? 4 : 1];
    if (!permit && cut_word(name, SPAN("ppm")))
        return &kinds[2];
    return &kinds[permit ? 3 : 0];
}

/* Names stand for several factors (二氧化硫 in water, in air), so a limit's own
 * name counts where the catalogue means another one. */
static bool is_called(const struct source_column *c, struct span name)
{
    return span_equal_nocase(name, span_of(c->item)) ||
           span_equal_nocase(name, span_of(source_item_name(c->item, true))) ||
           span_is(name, source_item_name(c->item, false));
}

const struct assess_item *source_item_named(struct span name)
{
    struct span rest = span_trim(name);
    const struct kind *kind = kind_of(&rest);
    const struct factor *f = factor_find(rest);
    const struct source_column *called = NULL;

    pthread_once(&once, read_columns);
    for (size_t i = 0; i < column_count; i++) {
        const struct source_column *c = &columns[i];

        if (c->form != kind->form || c->permit != kind->permit)
            continue;
        if (f && strcmp(c->item, f->code) == 0)
            return &c->column;
        if (!called && is_called(c, rest))
            called = c;
    }
    return called ? &called->column : NULL;
}
