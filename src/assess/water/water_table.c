#include "assess/water/water_table.h"

#include "assess/standard/standard.h"

#include <assert.h>
#include <pthread.h>

enum { ITEMS_MAX = 64, SPANS = WATER_YEAR + 1 };

static struct water_period periods[SPANS];
static const struct limit *saturation;

static struct water_item items[ITEMS_MAX];
static size_t item_count;
static struct water_class classes[WATER_WORSE];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static int class_of(const struct limit *limit)
{
    static const char *const names[WATER_CLASSES] = {"I", "II", "III", "IV",
                                                     "V"};

    for (int i = 0; i < WATER_CLASSES; i++) {
        if (strcmp(limit->grade, names[i]) == 0)
            return i;
    }
    return -1;
}

static struct water_item *item_of(const struct standard_table *t,
                                  const struct limit *limit)
{
    bool river = strcmp(limit->use, "lake_reservoir") != 0;
    bool lake = strcmp(limit->use, "river") != 0;
    struct water_item *item;

    for (size_t i = 0; i < item_count; i++) {
        if (strcmp(items[i].code, limit->item) == 0 &&
            items[i].river == river && items[i].lake == lake)
            return &items[i];
    }
    assert(item_count < ITEMS_MAX);
    item = &items[item_count++];
    *item = (struct water_item){
        .code = limit->item,
        .name_zh = limit->name_zh,
        .name_en = limit->name_en,
        .unit = strcmp(limit->unit, "dimensionless") == 0 ? "" : limit->unit,
        .river = river,
        .lake = lake,
        .rated = standard_cell_is(t, limit->row, "used_in_class_rating", "yes"),
        .decimals = -1,
        .has_multiple = true,
        .clause = limit->clause,
        .confidence = limit->confidence,
    };
    return item;
}

static void read_limit(const struct standard_table *t,
                       const struct limit *limit)
{
    int class = class_of(limit);
    struct water_item *item;

    /* temperature needs a reference; its rows are of all classes at once */
    if (!standard_cell_is(t, limit->row, "table", "1") || class < 0)
        return;
    if (strcmp(limit->unit, "%") == 0) {
        saturation = limit; /* another way to class I */
        return;
    }
    item = item_of(t, limit);
    item->of[class] = limit;
    item->bound = limit->bound == LIMIT_MIN     ? WATER_MIN
                  : limit->bound == LIMIT_RANGE ? WATER_RANGE
                                                : WATER_MAX;
    item->limit[class] = limit->bound == LIMIT_MAX ? limit->high : limit->low;
    item->upper[class] = limit->high;
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
            items[i].automatic_first =
                standard_cell_is(t, row, "automatic_first", "yes");
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

static void read_periods(void)
{
    static const char *const names[SPANS] = {"sample", "month", "quarter",
                                             "year"};
    const struct standard_table *t = standard_table("water-periods.csv");

    assert(t);
    for (size_t row = 0; row < t->row_count; row++) {
        for (int i = 0; i < SPANS; i++) {
            if (!standard_cell_is(t, row, "period", names[i]))
                continue;
            periods[i] = (struct water_period){
                .name_zh = standard_text(t, row, "name_zh"),
                .name_en = names[i],
                .least = standard_int(t, row, "least", 1),
                .least_state =
                    standard_int(t, row, "least_state_controlled", 1),
                .clause = standard_text(t, row, "clause"),
                .confidence = standard_text(t, row, "confidence"),
            };
        }
    }
    for (int i = 0; i < SPANS; i++)
        assert(periods[i].name_en);
}

static void read_all(void)
{
    const struct limit_table *t = limit_table_read(
        "water-gb3838.csv", &(struct limit_columns){.item = "item_code",
                                                    .grade = "class",
                                                    .use = "water_body"});

    assert(t);
    for (size_t i = 0; i < t->count; i++)
        read_limit(t->source, &t->limits[i]);
    for (size_t i = 0; i < item_count; i++) {
        for (int class = 0; class < WATER_CLASSES; class ++)
            assert(items[i].of[class]);
    }
    assert(saturation);
    read_periods();
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

const struct limit *water_saturation(void)
{
    pthread_once(&once, read_all);
    return saturation;
}

const struct water_period *water_period_of(enum water_span span)
{
    pthread_once(&once, read_all);
    assert((unsigned)span < SPANS);
    return &periods[span];
}

int water_samples_needed(enum water_span span, bool state_controlled)
{
    const struct water_period *p = water_period_of(span);

    return state_controlled ? p->least_state : p->least;
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
