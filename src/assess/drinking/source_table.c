#include "assess/drinking/source.h"

#include <assert.h>
#include <pthread.h>

enum { ITEMS_MAX = 256 };

static const struct limit_columns columns = {.item = "item_code",
                                             .grade = "class",
                                             .use = "water_body",
                                             .period = "table"};

static const struct limit_table *limits;
static struct drinking_source_item items[ITEMS_MAX];
static size_t item_count;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static struct drinking_source_item *find(const char *code)
{
    for (size_t i = 0; i < item_count; i++) {
        if (strcmp(items[i].code, code) == 0)
            return &items[i];
    }
    return NULL;
}

static struct drinking_source_item *add(const char *code, const char *zh,
                                        const char *en)
{
    assert(item_count < ITEMS_MAX);
    items[item_count] = (struct drinking_source_item){
        .code = code, .name_zh = zh, .name_en = en, .unit = ""};
    return &items[item_count++];
}

static void read_surface(void)
{
    limits = limit_table_read("water-gb3838.csv", &columns);
    assert(limits);
    for (size_t i = 0; i < limits->count; i++) {
        const struct limit *l = &limits->limits[i];
        struct drinking_source_item *item = find(l->item);

        if (!item) {
            item = add(l->item, l->name_zh, l->name_en);
            item->table = *l->period - '0';
            item->unit = strcmp(l->unit, "dimensionless") == 0 ? "" : l->unit;
        }
        if (strcmp(l->grade, "source") == 0 && !item->single)
            item->single = l;
    }
}

static void read_ground(void)
{
    const struct groundwater_item *g;

    for (size_t i = 0; (g = groundwater_item_at(i)); i++) {
        struct drinking_source_item *item = find(g->code);

        if (!item)
            item = add(g->code, g->name_zh, g->name_en);
        item->ground = g;
    }
}

static void read_routine(void)
{
    const struct standard_table *t = standard_table("water-source-items.csv");

    assert(t);
    for (size_t row = 0; row < t->row_count; row++) {
        struct drinking_source_item *item =
            find(standard_text(t, row, "item_code"));

        assert(item && item->single);
        item->is_routine = true;
    }
}

static void read_all(void)
{
    read_surface();
    read_ground();
    read_routine();
}

const struct drinking_source_item *drinking_source_item_at(size_t index)
{
    pthread_once(&once, read_all);
    return index < item_count ? &items[index] : NULL;
}

const struct drinking_source_item *drinking_source_item_find(const char *code)
{
    pthread_once(&once, read_all);
    return find(code);
}

static bool is_routine_on(const char *code, int day)
{
    const struct standard_table *t = standard_table("water-source-items.csv");

    for (size_t row = 0; row < t->row_count; row++) {
        if (standard_cell_is(t, row, "item_code", code) &&
            standard_in_force(standard_day(t, row, "valid_from", 0),
                              standard_day(t, row, "valid_to", STANDARD_OPEN),
                              day))
            return true;
    }
    return false;
}

struct drinking_source_item
drinking_source_item_on(const struct drinking_source_item *item, int day)
{
    struct drinking_source_item on = *item;

    pthread_once(&once, read_all);
    if (on.single)
        on.single = limit_find(limits, on.code, "source", NULL, NULL, day);
    if (on.ground)
        on.ground = groundwater_item_find_on(on.code, day);
    if (on.is_routine)
        on.is_routine = is_routine_on(on.code, day);
    return on;
}

const struct limit_table *drinking_source_surface_limits(void)
{
    pthread_once(&once, read_all);
    return limits;
}
