#include "assess/water/water_table.h"

#include "assess/standard/standard.h"

#include <assert.h>
#include <pthread.h>

enum { ITEMS_MAX = 64, SPANS = WATER_YEAR + 1 };

/* What one edition of the standard says. */
struct list {
    struct water_item items[ITEMS_MAX];
    size_t count;
    const struct limit *saturation;
};

static struct water_period periods[SPANS];
static struct limit_editions editions;
static struct list lists[LIMIT_EDITIONS_MAX];
static const struct water_item *known[ITEMS_MAX]; /* of any edition */
static size_t known_count;
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

/* What is handed in has one unit, whatever edition it will be rated by. */
static void add_known(const struct water_item *item)
{
    for (size_t i = 0; i < known_count; i++) {
        if (strcmp(known[i]->code, item->code) != 0)
            continue;
        assert(strcmp(known[i]->unit, item->unit) == 0);
        if (known[i]->river == item->river && known[i]->lake == item->lake)
            return;
    }
    assert(known_count < ITEMS_MAX);
    known[known_count++] = item;
}

static struct water_item *item_of(const struct standard_table *t,
                                  const struct limit *limit)
{
    struct list *list = &lists[limit_edition_of(&editions, limit)];
    bool river = strcmp(limit->use, "lake_reservoir") != 0;
    bool lake = strcmp(limit->use, "river") != 0;
    struct water_item *item;

    for (size_t i = 0; i < list->count; i++) {
        item = &list->items[i];
        if (strcmp(item->code, limit->item) == 0 && item->river == river &&
            item->lake == lake)
            return item;
    }
    assert(list->count < ITEMS_MAX);
    item = &list->items[list->count++];
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
    add_known(item);
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
        lists[limit_edition_of(&editions, limit)].saturation =
            limit; /* another way to class I */
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

static void read_item_rule(const struct standard_table *t, size_t row,
                           struct list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        struct water_item *item = &list->items[i];

        if (!standard_cell_is(t, row, "item_code", item->code))
            continue;
        item->decimals = standard_int(t, row, "decimals", -1);
        item->toxic_first = standard_cell_is(t, row, "toxic_first", "yes");
        item->automatic_first =
            standard_cell_is(t, row, "automatic_first", "yes");
        item->has_multiple = standard_cell_is(t, row, "multiple", "yes");
    }
}

static void read_item_rules(void)
{
    const struct standard_table *t = standard_table("water-items.csv");

    assert(t);
    for (size_t row = 0; row < t->row_count; row++) {
        for (size_t e = 0; e < editions.count; e++)
            read_item_rule(t, row, &lists[e]);
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

static void check_list(const struct list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        for (int class = 0; class < WATER_CLASSES; class ++)
            assert(list->items[i].of[class]);
    }
    assert(list->saturation);
}

static void read_all(void)
{
    const struct limit_table *t = limit_table_read(
        "water-gb3838.csv", &(struct limit_columns){.item = "item_code",
                                                    .grade = "class",
                                                    .use = "water_body"});

    assert(t);
    editions = limit_editions(t);
    for (size_t i = 0; i < t->count; i++)
        read_limit(t->source, &t->limits[i]);
    for (size_t e = 0; e < editions.count; e++)
        check_list(&lists[e]);
    read_periods();
    read_item_rules();
    read_classes();
}

static bool is_for(const struct water_item *item, enum water_body body)
{
    return body == WATER_RIVER ? item->river : item->lake;
}

const struct water_item *water_item_at(size_t index)
{
    pthread_once(&once, read_all);
    return index < known_count ? known[index] : NULL;
}

const struct water_item *water_item_find(struct span code, enum water_body body)
{
    pthread_once(&once, read_all);
    for (size_t i = 0; i < known_count; i++) {
        if (span_is(code, known[i]->code) && is_for(known[i], body))
            return known[i];
    }
    return NULL;
}

/* NULL: no edition is in force. */
static const struct list *list_on(int day)
{
    int edition;

    pthread_once(&once, read_all);
    edition = limit_edition_on(&editions, day);
    return edition < 0 ? NULL : &lists[edition];
}

const struct water_item *water_item_find_on(struct span code,
                                            enum water_body body, int day)
{
    const struct list *list = list_on(day);

    for (size_t i = 0; list && i < list->count; i++) {
        if (span_is(code, list->items[i].code) && is_for(&list->items[i], body))
            return &list->items[i];
    }
    return NULL;
}

const struct water_item *water_item_of_editions(size_t index)
{
    pthread_once(&once, read_all);
    for (size_t e = 0; e < editions.count; e++) {
        if (index < lists[e].count)
            return &lists[e].items[index];
        index -= lists[e].count;
    }
    return NULL;
}

const struct water_class *water_class(int number)
{
    pthread_once(&once, read_all);
    assert(number >= 1 && number <= WATER_WORSE);
    return &classes[number - 1];
}

const struct limit *water_saturation(int day)
{
    const struct list *list = list_on(day);

    return list ? list->saturation : NULL;
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

int water_rated_count(enum water_body body, int day)
{
    const struct list *list = list_on(day);
    int count = 0;

    for (size_t i = 0; list && i < list->count; i++)
        count += list->items[i].rated && is_for(&list->items[i], body);
    return count;
}
