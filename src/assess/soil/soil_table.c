#include "assess/soil/soil_table.h"

#include <assert.h>
#include <ctype.h>
#include <pthread.h>
#include <stdint.h>

enum { ITEMS_MAX = 128 };

struct list {
    struct soil_item items[ITEMS_MAX];
    size_t count;
};

static const char farmland_standard[] = "GB 15618-2018";
static const char construction_standard[] = "GB 36600-2018";

static struct limit_table *farmland, *construction;
static struct list farmland_items, construction_items, any_items;
static pthread_once_t once = PTHREAD_ONCE_INIT;

const struct rule_table *soil_rules(void)
{
    return rule_table("soil-rules.csv");
}

static void list_add(struct list *list, struct soil_item item)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i].code, item.code) == 0)
            return;
    }
    assert(list->count < ITEMS_MAX);
    list->items[list->count++] = item;
}

static void list_limits(struct list *list, const struct limit_table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct limit *l = &table->limits[i];

        list_add(list, (struct soil_item){l->item, l->name_zh, l->name_en});
    }
}

static void list_members(struct list *list, const char *standard)
{
    struct rule_question q = {.record = "member"};

    for (const struct rule *r = NULL; (r = rule_next(soil_rules(), q, r));)
        if (standard_same_document(r->standard, standard))
            list_add(list,
                     (struct soil_item){r->param, r->name_zh, r->name_en});
}

/* Items without a CAS number are called by their English name. */
static struct limit_table *read_limits(const char *file,
                                       const struct limit_columns *columns)
{
    struct limit_table *table = limit_table_read(file, columns);

    assert(table);
    for (size_t i = 0; i < table->count; i++) {
        struct limit *l = (struct limit *)(uintptr_t)&table->limits[i];

        if (!*l->item)
            l->item = l->name_en;
    }
    return table;
}

static void read_tables(void)
{
    farmland =
        read_limits("soil-gb15618.csv",
                    &(struct limit_columns){"item_code", "cas", "kind",
                                            "land_use", NULL, NULL, NULL});
    construction =
        read_limits("soil-gb36600.csv",
                    &(struct limit_columns){"item_code", "cas", "kind",
                                            "land_class", NULL, NULL, NULL});
    list_limits(&farmland_items, farmland);
    list_limits(&any_items, farmland);
    list_limits(&any_items, construction);
    list_members(&farmland_items, farmland_standard);
    list_limits(&construction_items, construction);
    list_members(&construction_items, construction_standard);
}

const struct limit_table *soil_farmland_limits(void)
{
    pthread_once(&once, read_tables);
    return farmland;
}

const struct limit_table *soil_construction_limits(void)
{
    pthread_once(&once, read_tables);
    return construction;
}

static const struct soil_item *list_at(const struct list *list, size_t index)
{
    pthread_once(&once, read_tables);
    return index < list->count ? &list->items[index] : NULL;
}

const struct soil_item *soil_farmland_item(size_t index)
{
    return list_at(&farmland_items, index);
}

const struct soil_item *soil_construction_item(size_t index)
{
    return list_at(&construction_items, index);
}

const struct soil_item *soil_any_item(size_t index)
{
    return list_at(&any_items, index);
}

/* 苯并(a)芘, 苯并[a]芘 and 苯并（a）芘 are one name. */
static int take_folded(struct span *rest)
{
    static const struct {
        const char *written;
        char folded;
    } brackets[] = {{"（", '('}, {"）", ')'}, {"[", '('}, {"]", ')'}};
    int c;

    for (size_t i = 0; i < LENGTH(brackets); i++) {
        struct span written = span_of(brackets[i].written);

        if (span_starts(*rest, written)) {
            *rest = span_from(*rest, written.len);
            return brackets[i].folded;
        }
    }
    c = tolower((unsigned char)rest->at[0]);
    *rest = span_from(*rest, 1);
    return c;
}

static bool same_name(struct span a, struct span b)
{
    while (a.len && b.len) {
        if (take_folded(&a) != take_folded(&b))
            return false;
    }
    return a.len == 0 && b.len == 0;
}

static const struct soil_item *list_find(const struct list *list,
                                         struct span name)
{
    struct span cas = SPAN("cas:");

    for (size_t i = 0; i < list->count; i++) {
        const struct soil_item *item = &list->items[i];
        struct span code = span_of(item->code);

        if (span_equal_nocase(name, code) ||
            same_name(name, span_of(item->name_zh)) ||
            same_name(name, span_of(item->name_en)) ||
            (span_starts(code, cas) &&
             span_equal(name, span_from(code, cas.len))))
            return item;
    }
    return NULL;
}

const struct soil_item *soil_item_named(struct span name)
{
    const struct soil_item *item;
    struct rule_question q = {.record = "symbol"};

    pthread_once(&once, read_tables);
    name = span_trim(name);
    for (const struct rule *r = NULL; (r = rule_next(soil_rules(), q, r));) {
        if (span_equal_nocase(name, span_of(r->param)))
            name = span_of(r->key);
    }
    item = list_find(&any_items, name);
    item = item ? item : list_find(&farmland_items, name);
    return item ? item : list_find(&construction_items, name);
}

struct words soil_land_words(enum soil_land land)
{
    static const struct words words[] = {
        {"水田", "paddy"},
        {"其他", "other land"},
        {"水旱轮作", "paddy rotation"},
        {"果园", "orchard"},
    };

    return words[land];
}

/* ---- limits ---- */

/* A farmland limit of a pH band; false for both when it has no band. */
static bool band_of(const struct limit *l, struct decimal *low,
                    struct decimal *high, bool has[2])
{
    has[0] = standard_decimal(farmland->source, l->row, "ph_low", low);
    has[1] = standard_decimal(farmland->source, l->row, "ph_high", high);
    return has[0] || has[1];
}

static bool in_band(const struct limit *l, const struct decimal *ph)
{
    struct decimal low, high;
    bool has[2];
    int order;

    if (!band_of(l, &low, &high, has))
        return true;
    if (!ph)
        return false;
    order = has[0] ? decimal_compare(*ph, low) : 1;
    if (order < 0 || (order == 0 && !standard_cell_is(farmland->source, l->row,
                                                      "ph_low_inclusive", "1")))
        return false;
    order = has[1] ? decimal_compare(*ph, high) : -1;
    return order < 0 ||
           (order == 0 && standard_cell_is(farmland->source, l->row,
                                           "ph_high_inclusive", "1"));
}

bool soil_needs_ph(const char *item, int day)
{
    struct decimal low, high;
    bool has[2];
    const struct limit *l =
        limit_find(soil_farmland_limits(), item, NULL, NULL, NULL, day);

    return l && band_of(l, &low, &high, has);
}

static const struct limit *lookup(const char *item, const char *kind,
                                  const char *use,
                                  const struct soil_place *place)
{
    for (size_t i = 0; i < farmland->count; i++) {
        const struct limit *l = &farmland->limits[i];

        if (strcmp(l->item, item) == 0 && strcmp(l->grade, kind) == 0 &&
            strcmp(l->use, use) == 0 && in_band(l, place->ph) &&
            standard_in_force(l->from_day, l->to_day, place->day))
            return l;
    }
    return NULL;
}

static const struct limit *lookup_or(const char *item, const char *kind,
                                     const char *use,
                                     const struct soil_place *place)
{
    const struct limit *l = lookup(item, kind, use, place);

    l = l ? l : lookup(item, kind, "other", place);
    return l ? l : lookup(item, kind, "all", place);
}

const struct limit *soil_farmland_limit(const char *item, const char *kind,
                                        const struct soil_place *place,
                                        const struct limit **other)
{
    static const char *const uses[] = {"paddy", "other", "paddy", "orchard"};
    const struct limit *l, *second;

    soil_farmland_limits();
    *other = NULL;
    l = lookup_or(item, kind, uses[place->land], place);
    if (!l || place->land != SOIL_ROTATION)
        return l;
    second = lookup_or(item, kind, "other", place);
    if (!second || second == l)
        return l;
    *other = decimal_compare(second->high, l->high) < 0 ? l : second;
    return *other == l ? second : l;
}

const struct limit *soil_construction_limit(const char *item, const char *kind,
                                            int land_class, int day)
{
    return limit_find(soil_construction_limits(), item, kind,
                      land_class == 1 ? "1" : "2", NULL, day);
}

const char *soil_ph_band(const struct limit *limit, struct arena *arena)
{
    struct decimal low, high;
    bool has[2];

    if (!band_of(limit, &low, &high, has))
        return "";
    if (!has[0])
        return arena_printf(arena, "pH ≤ %s", step_decimal(arena, high));
    if (!has[1])
        return arena_printf(arena, "pH > %s", step_decimal(arena, low));
    return arena_printf(arena, "%s < pH ≤ %s", step_decimal(arena, low),
                        step_decimal(arena, high));
}

const char *soil_group(const struct limit *limit)
{
    return standard_text(construction->source, limit->row, "group");
}

bool soil_is_basic(const struct limit *limit)
{
    return standard_cell_is(construction->source, limit->row, "table", "1");
}

/* ---- sums ---- */

static const struct soil_value *value_of(const struct soil_value *values,
                                         size_t count, const char *item)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(values[i].item, item) == 0)
            return &values[i];
    }
    return NULL;
}

bool soil_is_member(const char *standard, const char *item)
{
    return rule_find(soil_rules(), (struct rule_question){.record = "member",
                                                          .standard = standard,
                                                          .param = item});
}

/* One member: false when the sum does not fit. */
static bool add_member(struct soil_sum *sum, const struct rule *member,
                       const struct soil_value *v, struct arena *arena)
{
    const char *text = step_decimal(arena, v->value);
    struct decimal amount = v->value;

    if (v->below_detection) {
        text = arena_printf(arena, "%s/2", text);
        if (decimal_mul(amount, DECIMAL(5, -1), &amount))
            return false;
    } else {
        sum->below_detection = false;
    }
    sum->line = (struct words){
        step_join(arena, sum->line.zh, " + ",
                  arena_printf(arena, "%s %s", member->name_zh, text)),
        step_join(arena, sum->line.en, " + ",
                  arena_printf(arena, "%s %s", member->name_en, text))};
    return !decimal_add(sum->total, amount, &sum->total);
}

/* Six say it all: NOLINTNEXTLINE(readability-function-size) */
bool soil_sum_of(const char *standard, const char *item,
                 const struct soil_value *values, size_t count,
                 struct arena *arena, struct soil_sum *out)
{
    struct rule_question q = {
        .record = "member", .standard = standard, .key = item};
    bool any = false;

    *out = (struct soil_sum){.total = DECIMAL(0, 0),
                             .below_detection = true,
                             .line = {"", ""},
                             .missing = {"", ""}};
    for (const struct rule *r = NULL; (r = rule_next(soil_rules(), q, r));) {
        const struct soil_value *v = value_of(values, count, r->param);

        if (!v) {
            out->missing = words_join(arena, out->missing,
                                      (struct words){r->name_zh, r->name_en});
            continue;
        }
        any = true;
        if (!add_member(out, r, v, arena))
            return false;
    }
    return any;
}

void soil_leave_unrated(struct arena *arena, struct words *list,
                        struct verdict_item *item, struct words why)
{
    item->step_zh =
        arena_printf(arena, "%s:%s,不能评价", item->name_zh, why.zh);
    item->step_en =
        arena_printf(arena, "%s: %s, cannot be rated", item->name_en, why.en);
    *list =
        words_join(arena, *list, (struct words){item->name_zh, item->name_en});
}
