#include "assess/drinking/drinking.h"

#include <assert.h>
#include <pthread.h>

enum { ITEMS_MAX = 128 };

static const struct limit_columns columns = {
    .item = "item_code", .grade = "class", .use = "group", .period = "table"};

static const struct limit_table *limits;
static struct drinking_item items[ITEMS_MAX];
static size_t item_count;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static struct drinking_item *item_of(const struct limit *l)
{
    struct drinking_item *item;

    for (size_t i = 0; i < item_count; i++) {
        if (strcmp(items[i].code, l->item) == 0)
            return &items[i];
    }
    assert(item_count < ITEMS_MAX);
    item = &items[item_count++];
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
        {"tap_water",                 &item->tap            },
        {"small_or_dispersed_supply", &item->relaxed        },
        {"works_outlet_limit",        &item->outlet_limit   },
        {"works_outlet_residual",     &item->outlet_residual},
        {"network_end_residual",      &item->end_residual   },
        {"contact_time",              &item->contact        },
    };

    for (size_t i = 0; i < LENGTH(places); i++) {
        if (strcmp(places[i].class, class) == 0)
            return places[i].place;
    }
    return NULL;
}

static void read_all(void)
{
    limits = limit_table_read("drinking-gb5749.csv", &columns);
    assert(limits);
    for (size_t i = 0; i < limits->count; i++) {
        const struct limit *l = &limits->limits[i];
        struct drinking_item *item = item_of(l);
        const struct limit **place = place_of(item, l->grade);

        assert(place && !*place);
        *place = l;
        if (place != &item->contact) /* that one is in minutes */
            item->unit = strcmp(l->unit, "dimensionless") == 0 ? "" : l->unit;
    }
}

const struct drinking_item *drinking_item_at(size_t index)
{
    pthread_once(&once, read_all);
    return index < item_count ? &items[index] : NULL;
}

const struct drinking_item *drinking_item_find(const char *code)
{
    pthread_once(&once, read_all);
    for (size_t i = 0; i < item_count; i++) {
        if (strcmp(items[i].code, code) == 0)
            return &items[i];
    }
    return NULL;
}

const struct limit_table *drinking_limits(void)
{
    pthread_once(&once, read_all);
    return limits;
}
