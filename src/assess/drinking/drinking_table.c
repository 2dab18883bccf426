#include "assess/drinking/drinking.h"

#include <assert.h>
#include <pthread.h>

enum { ITEMS_MAX = 128 };

static const struct limit_columns columns = {
    .item = "item_code", .grade = "class", .use = "group", .period = "table"};

struct list {
    struct drinking_item items[ITEMS_MAX];
    size_t count;
};

static const struct limit_table *limits;
static struct limit_editions editions;
static struct list lists[LIMIT_EDITIONS_MAX];
static const struct drinking_item *known[ITEMS_MAX]; /* of any edition */
static size_t known_count;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static struct drinking_item *find(struct list *list, const char *code)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i].code, code) == 0)
            return &list->items[i];
    }
    return NULL;
}

static const struct drinking_item *find_known(const char *code)
{
    for (size_t i = 0; i < known_count; i++) {
        if (strcmp(known[i]->code, code) == 0)
            return known[i];
    }
    return NULL;
}

static struct drinking_item *item_of(const struct limit *l)
{
    struct list *list = &lists[limit_edition_of(&editions, l)];
    struct drinking_item *item = find(list, l->item);

    if (item)
        return item;
    assert(list->count < ITEMS_MAX);
    item = &list->items[list->count++];
    *item = (struct drinking_item){
        .code = l->item,
        .name_zh = l->name_zh,
        .name_en = l->name_en,
        .table = *l->period - '0',
        .is_guidance = strcmp(l->use, "radioactive") == 0,
    };
    return item;
}

/* Where a row of that class belongs. */
static const struct limit **place_of(struct drinking_item *item,
                                     const char *class)
{
    struct {
        const char *class;
        const struct limit **place;
    } places[] = {
        {"tap_water", &item->tap},
        {"small_or_dispersed_supply", &item->relaxed},
        {"works_outlet_limit", &item->outlet_limit},
        {"works_outlet_residual", &item->outlet_residual},
        {"network_end_residual", &item->end_residual},
        {"contact_time", &item->contact},
    };

    for (size_t i = 0; i < LENGTH(places); i++) {
        if (strcmp(places[i].class, class) == 0)
            return places[i].place;
    }
    return NULL;
}

/* What is handed in has one unit, whatever edition it will be judged by. */
static void list_known(void)
{
    for (size_t e = 0; e < editions.count; e++) {
        for (size_t i = 0; i < lists[e].count; i++) {
            const struct drinking_item *item = &lists[e].items[i];
            const struct drinking_item *other = find_known(item->code);

            assert(!other || strcmp(other->unit, item->unit) == 0);
            assert(other || known_count < ITEMS_MAX);
            if (!other)
                known[known_count++] = item;
        }
    }
}

static void read_all(void)
{
    limits = limit_table_read("drinking-gb5749.csv", &columns);
    assert(limits);
    editions = limit_editions(limits);
    for (size_t i = 0; i < limits->count; i++) {
        const struct limit *l = &limits->limits[i];
        struct drinking_item *item = item_of(l);
        const struct limit **place = place_of(item, l->grade);

        assert(place && !*place);
        *place = l;
        if (place != &item->contact) /* that one is in minutes */
            item->unit = strcmp(l->unit, "dimensionless") == 0 ? "" : l->unit;
    }
    list_known();
}

const struct drinking_item *drinking_item_at(size_t index)
{
    pthread_once(&once, read_all);
    return index < known_count ? known[index] : NULL;
}

const struct drinking_item *drinking_item_find(const char *code)
{
    pthread_once(&once, read_all);
    return find_known(code);
}

static struct list *list_on(int day)
{
    int edition;

    pthread_once(&once, read_all);
    edition = limit_edition_on(&editions, day);
    return edition < 0 ? NULL : &lists[edition];
}

const struct drinking_item *drinking_item_on(size_t index, int day)
{
    const struct list *list = list_on(day);

    return list && index < list->count ? &list->items[index] : NULL;
}

const struct drinking_item *drinking_item_find_on(const char *code, int day)
{
    struct list *list = list_on(day);

    return list ? find(list, code) : NULL;
}

const struct limit_table *drinking_limits(void)
{
    pthread_once(&once, read_all);
    return limits;
}
