#include "assess/catalogue/item_names.h"

#include "assess/factor/factor.h"
#include "base/memory.h"

#include <assert.h>

static int compare_spans(struct span a, struct span b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter ? strncasecmp(a.at, b.at, shorter) : 0;

    return order ? order : (a.len > b.len) - (a.len < b.len);
}

/* Of one name the first item goes before. */
static int compare_names(const void *a, const void *b)
{
    const struct item_name *x = a, *y = b;
    int order = compare_spans(x->name, y->name);

    return order ? order : (x->item > y->item) - (x->item < y->item);
}

static void add_name(struct item_names *n, size_t item, struct span name)
{
    if (name.len == 0)
        return;
    n->names = memory_grow(n->names, &n->name_cap, n->name_count + 1,
                           sizeof(*n->names));
    n->names[n->name_count++] = (struct item_name){name, item};
}

static void add_item(struct item_names *n, size_t index)
{
    const struct assess_item *item = n->items[index];
    struct span aliases = span_of(item->aliases);
    struct span code = span_of(item->code);

    add_name(n, index, code);
    add_name(n, index, span_of(item->name_zh));
    add_name(n, index, span_of(item->name_en));
    if (span_starts(code, SPAN("cas:")))
        add_name(n, index, span_from(code, sizeof("cas:") - 1));
    while (aliases.len)
        add_name(n, index, span_take(&aliases, ';'));
}

void item_names_init(struct item_names *n, const struct assessment *assessment)
{
    size_t count = 0;

    *n = (struct item_names){.assessment = assessment};
    if (!assessment->has_items)
        return;
    while (assessment->item_at(count))
        count++;
    n->items = memory_new(count + 1, sizeof(void *));
    n->item_count = count;
    for (size_t i = 0; i < count; i++) {
        n->items[i] = assessment->item_at(i);
        add_item(n, i);
    }
    if (n->name_count)
        qsort(n->names, n->name_count, sizeof(*n->names), compare_names);
}

void item_names_done(struct item_names *n)
{
    free(n->items);
    free(n->names);
    *n = (struct item_names){0};
}

/* The first of its name. */
static int search(const struct item_names *n, struct span name)
{
    size_t low = 0, high = n->name_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (compare_spans(n->names[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < n->name_count && compare_spans(n->names[low].name, name) == 0)
        return (int)n->names[low].item;
    return -1;
}

static int index_of(const struct item_names *n, const struct assess_item *item)
{
    for (size_t i = 0; i < n->item_count; i++) {
        if (n->items[i] == item || strcmp(n->items[i]->code, item->code) == 0)
            return (int)i;
    }
    assert(false); /* item_named answers one of item_at */
    return -1;
}

/* 总镉 and 镉 are one thing where only one of them is an item. */
static int search_total(const struct item_names *n, struct span name)
{
    static const char total[] = "总";
    char longer[64];

    if (span_starts(name, SPAN("总")))
        return search(n, span_from(name, sizeof(total) - 1));
    if (name.len + sizeof(total) > sizeof(longer))
        return -1;
    memcpy(longer, total, sizeof(total) - 1);
    span_copy(name, longer + sizeof(total) - 1,
              sizeof(longer) - sizeof(total) + 1);
    return search(n, span_of(longer));
}

static int search_factor(const struct item_names *n, struct span name)
{
    const struct factor *factor = factor_find(name);
    struct span zh = span_of(factor ? factor->name_zh : NULL);
    int item;

    if (!factor)
        return -1;
    item = search(n, span_of(factor->code));
    if (item < 0 && zh.len)
        item = search(n, zh);
    return item < 0 && zh.len ? search_total(n, zh) : item;
}

int item_names_find(const struct item_names *n, struct span name)
{
    const struct assessment *a = n->assessment;
    const struct assess_item *item;
    int found;

    name = span_trim(name);
    if (!a->has_items || name.len == 0)
        return -1;
    item = a->item_named ? a->item_named(name) : NULL;
    if (item)
        return index_of(n, item);
    found = search(n, name);
    return found >= 0 ? found : search_factor(n, name);
}

static bool cut_at(struct span *name, struct span *unit, struct span open,
                   struct span close)
{
    for (size_t i = 1; i + open.len < name->len; i++) {
        struct span rest = span_from(*name, i);

        if (!span_starts(rest, open) || rest.len <= open.len + close.len ||
            !span_equal(span_from(rest, rest.len - close.len), close))
            continue;
        *unit = span_trim(span_first(span_from(rest, open.len),
                                     rest.len - open.len - close.len));
        *name = span_trim(span_first(*name, i));
        return true;
    }
    return false;
}

bool item_name_cut_unit(struct span *name, struct span *out_unit)
{
    return cut_at(name, out_unit, SPAN("("), SPAN(")")) ||
           cut_at(name, out_unit, SPAN("["), SPAN("]")) ||
           cut_at(name, out_unit, SPAN("\uff08"), SPAN("\uff09"));
}
