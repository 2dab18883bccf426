#include "assess/groundwater/groundwater.h"

#include <assert.h>
#include <pthread.h>

enum { ITEMS_MAX = 128 };

static const struct limit_columns columns = {.item = "item_code",
                                             .grade = "class",
                                             .use = "table",
                                             .low_inclusive = "lower_inclusive",
                                             .high_inclusive =
                                                 "upper_inclusive"};

static const char *const names[GROUNDWATER_CLASSES][2] = {
    {"Ⅰ", "I"}, {"Ⅱ", "II"}, {"Ⅲ", "III"}, {"Ⅳ", "IV"}, {"Ⅴ", "V"},
};

struct list {
    struct groundwater_item items[ITEMS_MAX];
    size_t count;
};

static const struct limit_table *limits;
static struct limit_editions editions;
static struct list lists[LIMIT_EDITIONS_MAX];
static const struct groundwater_item *known[ITEMS_MAX]; /* of any edition */
static size_t known_count;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static int class_of(const struct limit *l)
{
    for (int i = 0; i < GROUNDWATER_CLASSES; i++) {
        if (strcmp(names[i][1], l->grade) == 0)
            return i;
    }
    return -1;
}

static struct groundwater_item *find(struct list *list, const char *code)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i].code, code) == 0)
            return &list->items[i];
    }
    return NULL;
}

static const struct groundwater_item *find_known(const char *code)
{
    for (size_t i = 0; i < known_count; i++) {
        if (strcmp(known[i]->code, code) == 0)
            return known[i];
    }
    return NULL;
}

/* What is handed in has one unit, whatever edition it will be rated by. */
static void add_known(const struct groundwater_item *item)
{
    const struct groundwater_item *other = find_known(item->code);

    if (other) {
        assert(strcmp(other->unit, item->unit) == 0);
        return;
    }
    assert(known_count < ITEMS_MAX);
    known[known_count++] = item;
}

static struct groundwater_item *item_of(const struct limit *l)
{
    struct list *list = &lists[limit_edition_of(&editions, l)];
    struct groundwater_item *item = find(list, l->item);

    if (item)
        return item;
    assert(list->count < ITEMS_MAX);
    item = &list->items[list->count++];
    *item = (struct groundwater_item){
        .code = l->item,
        .name_zh = l->name_zh,
        .name_en = l->name_en,
        .unit = strcmp(l->unit, "dimensionless") == 0 ? "" : l->unit,
        .table = strcmp(l->use, "1") == 0 ? 1 : 2,
    };
    add_known(item);
    return item;
}

static void read_all(void)
{
    limits = limit_table_read("groundwater-gb14848.csv", &columns);
    assert(limits);
    editions = limit_editions(limits);
    for (size_t i = 0; i < limits->count; i++) {
        const struct limit *l = &limits->limits[i];
        int class = class_of(l);
        const struct limit **place;

        assert(class >= 0 && *l->item);
        place = item_of(l)->limits[class];
        assert(!place[1]);
        place[place[0] != NULL] = l;
    }
    for (size_t e = 0; e < editions.count; e++) {
        const struct list *list = &lists[e];

        for (size_t i = 0; i < list->count; i++) /* every rule starts there */
            assert(list->items[i].limits[0][0] && list->items[i].limits[2][0]);
    }
}

const struct groundwater_item *groundwater_item_at(size_t index)
{
    pthread_once(&once, read_all);
    return index < known_count ? known[index] : NULL;
}

const struct groundwater_item *groundwater_item_find(const char *code)
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

const struct groundwater_item *groundwater_item_on(size_t index, int day)
{
    const struct list *list = list_on(day);

    return list && index < list->count ? &list->items[index] : NULL;
}

const struct groundwater_item *groundwater_item_find_on(const char *code,
                                                        int day)
{
    struct list *list = list_on(day);

    return list ? find(list, code) : NULL;
}

const struct limit_table *groundwater_limits(void)
{
    pthread_once(&once, read_all);
    return limits;
}

const char *groundwater_class_name(int class, bool english)
{
    assert(class >= 1 && class <= GROUNDWATER_CLASSES);
    return names[class - 1][english];
}
