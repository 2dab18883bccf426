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
    {"Ⅰ", "I"  },
    {"Ⅱ", "II" },
    {"Ⅲ", "III"},
    {"Ⅳ", "IV" },
    {"Ⅴ", "V"  },
};

static const struct limit_table *limits;
static struct groundwater_item items[ITEMS_MAX];
static size_t item_count;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static int class_of(const struct limit *l)
{
    for (int i = 0; i < GROUNDWATER_CLASSES; i++) {
        if (strcmp(names[i][1], l->grade) == 0)
            return i;
    }
    return -1;
}

static struct groundwater_item *item_of(const struct limit *l)
{
    struct groundwater_item *item;

    for (size_t i = 0; i < item_count; i++) {
        if (strcmp(items[i].code, l->item) == 0)
            return &items[i];
    }
    assert(item_count < ITEMS_MAX);
    item = &items[item_count++];
    *item = (struct groundwater_item){
        .code = l->item,
        .name_zh = l->name_zh,
        .name_en = l->name_en,
        .unit = strcmp(l->unit, "dimensionless") == 0 ? "" : l->unit,
        .table = strcmp(l->use, "1") == 0 ? 1 : 2,
    };
    return item;
}

static void read_all(void)
{
    limits = limit_table_read("groundwater-gb14848.csv", &columns);
    assert(limits);
    for (size_t i = 0; i < limits->count; i++) {
        const struct limit *l = &limits->limits[i];
        int class = class_of(l);
        const struct limit **place;

        assert(class >= 0 && *l->item);
        place = item_of(l)->limits[class];
        assert(!place[1]);
        place[place[0] != NULL] = l;
    }
    for (size_t i = 0; i < item_count; i++) /* what every rule starts from */
        assert(items[i].limits[0][0] && items[i].limits[2][0]);
}

const struct groundwater_item *groundwater_item_at(size_t index)
{
    pthread_once(&once, read_all);
    return index < item_count ? &items[index] : NULL;
}

const struct groundwater_item *groundwater_item_find(const char *code)
{
    pthread_once(&once, read_all);
    for (size_t i = 0; i < item_count; i++) {
        if (strcmp(items[i].code, code) == 0)
            return &items[i];
    }
    return NULL;
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
