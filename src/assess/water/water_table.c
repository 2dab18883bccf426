#include "assess/water/water_table.h"

#include "assess/standard/standard.h"

#include <assert.h>
#include <pthread.h>

enum { ITEMS_MAX = 64 };

static struct water_item items[ITEMS_MAX];
static size_t item_count;
static struct water_class classes[WATER_WORSE];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static int class_of(const struct standard_table *t, size_t row)
{
    static const char *const names[WATER_CLASSES] = {"I", "II", "III", "IV",
                                                     "V"};

    for (int i = 0; i < WATER_CLASSES; i++) {
        if (standard_cell_is(t, row, "class", names[i]))
            return i;
    }
    return -1;
}

static bool same_item(const struct water_item *item,
                      const struct standard_table *t, size_t row)
{
    bool lake = standard_cell_is(t, row, "water_body", "lake_reservoir");
    bool river = standard_cell_is(t, row, "water_body", "river");

    return standard_cell_is(t, row, "item_code", item->code) &&
           item->lake == !river && item->river == !lake;
}

static struct water_item *item_of(const struct standard_table *t, size_t row)
{
    struct water_item *item;

    for (size_t i = 0; i < item_count; i++) {
        if (same_item(&items[i], t, row))
            return &items[i];
    }
    assert(item_count < ITEMS_MAX);
    item = &items[item_count++];
    *item = (struct water_item){
        .code = standard_text(t, row, "item_code"),
        .name_zh = standard_text(t, row, "name_zh"),
        .name_en = standard_text(t, row, "name_en"),
        .unit = standard_text(t, row, "unit"),
        .river = !standard_cell_is(t, row, "water_body", "lake_reservoir"),
        .lake = !standard_cell_is(t, row, "water_body", "river"),
        .rated = standard_cell_is(t, row, "used_in_class_rating", "yes"),
        .decimals = -1,
        .has_multiple = true,
        .clause = standard_text(t, row, "clause"),
        .confidence = standard_text(t, row, "confidence"),
    };
    if (span_is(span_of(item->unit), "dimensionless"))
        item->unit = "";
    return item;
}

static void read_limit(const struct standard_table *t, size_t row)
{
    int class = class_of(t, row);
    struct water_item *item;
    bool given;

    /* temperature needs a reference; saturation is another way to class I */
    if (!standard_cell_is(t, row, "table", "1") || class < 0 ||
        standard_cell_is(t, row, "unit", "%"))
        return;
    item = item_of(t, row);
    item->bound = standard_cell_is(t, row, "bound", "min")     ? WATER_MIN
                  : standard_cell_is(t, row, "bound", "range") ? WATER_RANGE
                                                               : WATER_MAX;
    given = standard_decimal(t, row, "value", &item->limit[class]);
    assert(given);
    given = standard_decimal(t, row, "value2", &item->upper[class]);
    assert(given == (item->bound == WATER_RANGE));
}

static void read_item_rules(void)
{
    const struct standard_table *t = standard_table("water-items.csv");

    assert(t);
    for (size_t row = 0; row < t->row_count; row++) {
        for (size_t i = 0; i < item_count; i++) {
            if (!standard_cell_is(t, row, "item_code", items[i].code))
                continue;
            items[i].decimals = standard_int(t, row, "decimals", -1);
            items[i].toxic_first =
                standard_cell_is(t, row, "toxic_first", "yes");
            items[i].has_multiple = standard_cell_is(t, row, "multiple", "yes");
        }
    }
}

static void read_classes(void)
{
    const struct standard_table *t = standard_table("water-classes.csv");

    assert(t && t->row_count == WATER_WORSE);
    for (size_t row = 0; row < t->row_count; row++) {
        assert(standard_int(t, row, "class", 0) == (int)row + 1);
        classes[row] = (struct water_class){
            .name_zh = standard_text(t, row, "name_zh"),
            .name_en = standard_text(t, row, "name_en"),
            .grade_zh = standard_text(t, row, "grade_zh"),
            .grade_en = standard_text(t, row, "grade_en"),
            .colour = standard_text(t, row, "hex"),
        };
    }
}

static void read_all(void)
{
    const struct standard_table *t = standard_table("water-gb3838.csv");

    assert(t);
    for (size_t row = 0; row < t->row_count; row++)
        read_limit(t, row);
    read_item_rules();
    read_classes();
}

const struct water_item *water_item_at(size_t index)
{
    pthread_once(&once, read_all);
    return index < item_count ? &items[index] : NULL;
}

const struct water_item *water_item_find(struct span code, enum water_body body)
{
    pthread_once(&once, read_all);
    for (size_t i = 0; i < item_count; i++) {
        if (span_is(code, items[i].code) &&
            (body == WATER_RIVER ? items[i].river : items[i].lake))
            return &items[i];
    }
    return NULL;
}

const struct water_class *water_class(int number)
{
    pthread_once(&once, read_all);
    assert(number >= 1 && number <= WATER_WORSE);
    return &classes[number - 1];
}

int water_rated_count(enum water_body body)
{
    int count = 0;

    pthread_once(&once, read_all);
    for (size_t i = 0; i < item_count; i++)
        count += items[i].rated &&
                 (body == WATER_RIVER ? items[i].river : items[i].lake);
    return count;
}
