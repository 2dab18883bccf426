#include "assess/limit/limit.h"

#include "assess/step.h"
#include "base/buf.h"
#include "base/memory.h"

#include <assert.h>
#include <pthread.h>

/* ---- reading ---- */

/* The bound's kind by the words of the tables; false: a sentence. */
static bool bound_of(const struct standard_table *t, size_t row,
                     enum limit_bound *out)
{
    static const struct {
        const char *word;
        enum limit_bound bound;
    } words[] = {
        {"max", LIMIT_MAX},  {"min", LIMIT_MIN}, {"range", LIMIT_RANGE},
        {"gt", LIMIT_ABOVE}, {"lt", LIMIT_MAX}, /* open */
    };
    const char *bound = standard_text(t, row, "bound");

    for (size_t i = 0; i < LENGTH(words); i++) {
        if (strcmp(words[i].word, bound) == 0) {
            *out = words[i].bound;
            return true;
        }
    }
    if (strcmp(bound, "text") != 0)
        return false;
    if (standard_cell_is(t, row, "value", "not detected"))
        *out = LIMIT_NOT_DETECTED;
    else if (standard_cell_is(t, row, "value", "none") ||
             standard_cell_is(t, row, "value", "no abnormal odour or taste"))
        *out = LIMIT_NONE;
    else if (standard_cell_is(t, row, "value", "present"))
        *out = LIMIT_PRESENT;
    else
        return false;
    return true;
}

static const char *column_text(const struct standard_table *t, size_t row,
                               const char *column)
{
    return column ? standard_text(t, row, column) : "";
}

static const char *item_of(const struct standard_table *t, size_t row,
                           const struct limit_columns *columns)
{
    const char *code = column_text(t, row, columns->item);
    const char *other = column_text(t, row, columns->item_else);
    struct buf text;
    const char *kept;

    if (*code || !*other)
        return code;
    buf_init(&text, 256);
    buf_printf(&text, "%s:%s", columns->item_else, other);
    kept = memory_text(buf_span(&text));
    buf_done(&text);
    return kept;
}

static bool read_values(const struct standard_table *t, size_t row,
                        const struct limit_columns *columns, struct limit *l)
{
    bool given = true;

    switch (l->bound) {
    case LIMIT_MAX:
        given = standard_decimal(t, row, "value", &l->high);
        break;
    case LIMIT_MIN:
    case LIMIT_ABOVE:
        given = standard_decimal(t, row, "value", &l->low);
        break;
    case LIMIT_RANGE:
        given = standard_decimal(t, row, "value", &l->low) &&
                standard_decimal(t, row, "value2", &l->high);
        break;
    case LIMIT_NOT_DETECTED:
    case LIMIT_NONE:
    case LIMIT_PRESENT:
        break;
    }
    if (columns->low_inclusive)
        l->low_open = standard_cell_is(t, row, columns->low_inclusive, "0");
    if (columns->high_inclusive)
        l->high_open = standard_cell_is(t, row, columns->high_inclusive, "0");
    if (standard_cell_is(t, row, "bound", "lt"))
        l->high_open = true;
    return given;
}

static void read_days(const struct standard_table *t, size_t row,
                      struct limit *l)
{
    const struct standard_edition *edition = NULL;

    for (size_t i = 0; !edition && (edition = standard_edition_at(i)); i++) {
        if (strcmp(edition->standard, l->standard) != 0)
            edition = NULL;
    }
    l->from_day =
        standard_day(t, row, "valid_from", edition ? edition->from_day : 0);
    l->to_day = standard_day(t, row, "valid_to",
                             edition ? edition->to_day : STANDARD_OPEN);
}

/* A table that was read; all of them live as long as the program. */
struct kept_table {
    struct limit_table table;
    struct kept_table *next;
};

static struct kept_table *kept;
static pthread_mutex_t kept_lock = PTHREAD_MUTEX_INITIALIZER;

static struct limit_table *new_table(void)
{
    struct kept_table *table = memory_new(1, sizeof(*table));

    pthread_mutex_lock(&kept_lock);
    table->next = kept;
    kept = table;
    pthread_mutex_unlock(&kept_lock);
    return &table->table;
}

struct limit_table *limit_table_read(const char *file,
                                     const struct limit_columns *columns)
{
    const struct standard_table *t = standard_table(file);
    struct limit_table *table;
    struct limit *limits;

    if (!t)
        return NULL;
    table = new_table();
    limits = memory_new(t->row_count + 1, sizeof(*limits));
    for (size_t row = 0; row < t->row_count; row++) {
        struct limit *l = &limits[table->count];

        *l = (struct limit){
            .standard = standard_text(t, row, "standard"),
            .clause = standard_text(t, row, "clause"),
            .confidence = standard_text(t, row, "confidence"),
            .note = standard_text(t, row, "note"),
            .item = item_of(t, row, columns),
            .name_zh = standard_text(t, row, "name_zh"),
            .name_en = standard_text(t, row, "name_en"),
            .unit = standard_text(t, row, "unit"),
            .grade = column_text(t, row, columns->grade),
            .use = column_text(t, row, columns->use),
            .period = column_text(t, row, columns->period),
            .row = row,
        };
        if (!bound_of(t, row, &l->bound) || !read_values(t, row, columns, l))
            continue;
        read_days(t, row, l);
        table->count++;
    }
    table->source = t;
    table->limits = limits;
    return table;
}

static bool is_or_any(const char *text, const char *wanted)
{
    return !wanted || strcmp(text, wanted) == 0;
}

/* Six words name a limit: NOLINTNEXTLINE(readability-function-size) */
const struct limit *limit_find(const struct limit_table *table,
                               const char *item, const char *grade,
                               const char *use, const char *period, int day)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct limit *l = &table->limits[i];

        if (is_or_any(l->item, item) && is_or_any(l->grade, grade) &&
            is_or_any(l->use, use) && is_or_any(l->period, period) &&
            standard_in_force(l->from_day, l->to_day, day))
            return l;
    }
    return NULL;
}

/* ---- editions ---- */

static bool is_of(const struct limit_edition *e, const struct limit *l)
{
    return e->from_day == l->from_day && strcmp(e->standard, l->standard) == 0;
}

struct limit_editions limit_editions(const struct limit_table *table)
{
    struct limit_editions all = {.count = 0};

    for (size_t i = 0; i < table->count; i++) {
        const struct limit *l = &table->limits[i];
        size_t k = 0;

        while (k < all.count && !is_of(&all.at[k], l))
            k++;
        if (k < all.count)
            continue;
        assert(all.count < LIMIT_EDITIONS_MAX);
        all.at[all.count++] =
            (struct limit_edition){l->standard, l->from_day, l->to_day};
    }
    return all;
}

size_t limit_edition_of(const struct limit_editions *editions,
                        const struct limit *limit)
{
    size_t k = 0;

    while (!is_of(&editions->at[k], limit)) {
        k++;
        assert(k < editions->count);
    }
    return k;
}

int limit_edition_on(const struct limit_editions *editions, int day)
{
    for (size_t k = 0; k < editions->count; k++) {
        if (standard_in_force(editions->at[k].from_day, editions->at[k].to_day,
                              day))
            return (int)k;
    }
    return -1;
}

/* ---- comparing ---- */

static bool above_low(const struct limit *limit, struct decimal value)
{
    int order = decimal_compare(value, limit->low);

    return limit->low_open ? order > 0 : order >= 0;
}

static bool below_high(const struct limit *limit, struct decimal value)
{
    int order = decimal_compare(value, limit->high);

    return limit->high_open ? order < 0 : order <= 0;
}

bool limit_meets(const struct limit *limit, struct decimal value)
{
    switch (limit->bound) {
    case LIMIT_MAX:
        return below_high(limit, value);
    case LIMIT_MIN:
        return above_low(limit, value);
    case LIMIT_RANGE:
        return above_low(limit, value) && below_high(limit, value);
    case LIMIT_ABOVE:
        return decimal_compare(value, limit->low) > 0;
    case LIMIT_NOT_DETECTED:
    case LIMIT_NONE:
        return value.mantissa == 0;
    case LIMIT_PRESENT:
        return value.mantissa != 0;
    }
    return false;
}

/* Nearer to the lower end than to the upper. */
static bool nearer_low(const struct limit *limit, struct decimal value)
{
    struct decimal to_low, to_high;

    return !decimal_sub(value, limit->low, &to_low) &&
           !decimal_sub(limit->high, value, &to_high) &&
           decimal_compare(to_low, to_high) < 0;
}

struct decimal limit_compared(const struct limit *limit, struct decimal value)
{
    switch (limit->bound) {
    case LIMIT_MAX:
        return limit->high;
    case LIMIT_MIN:
    case LIMIT_ABOVE:
        return limit->low;
    case LIMIT_RANGE:
        return nearer_low(limit, value) ? limit->low : limit->high;
    case LIMIT_NOT_DETECTED:
    case LIMIT_NONE:
    case LIMIT_PRESENT:
        break;
    }
    return DECIMAL(0, 0);
}

bool limit_multiple(const struct limit *limit, struct decimal value,
                    struct decimal *out)
{
    struct decimal over;

    return limit->bound == LIMIT_MAX && limit->high.mantissa > 0 &&
           !limit_meets(limit, value) &&
           !decimal_sub(value, limit->high, &over) &&
           !decimal_divide(over, limit->high, -2, ROUND_HALF_EVEN, out);
}

/* ---- words ---- */

const char *limit_text(const struct limit *limit, bool english,
                       struct arena *arena)
{
    const char *low = step_decimal(arena, limit->low);
    const char *high = step_decimal(arena, limit->high);

    switch (limit->bound) {
    case LIMIT_MAX:
        return arena_printf(arena, "%s %s", limit->high_open ? "<" : "≤", high);
    case LIMIT_MIN:
        return arena_printf(arena, "%s %s", limit->low_open ? ">" : "≥", low);
    case LIMIT_ABOVE:
        return arena_printf(arena, "> %s", low);
    case LIMIT_RANGE:
        return arena_printf(arena, "%s%s–%s%s", limit->low_open ? ">" : "", low,
                            limit->high_open ? "<" : "", high);
    case LIMIT_NOT_DETECTED:
        return english ? "not detected" : "不得检出";
    case LIMIT_NONE:
        return english ? "none" : "无";
    case LIMIT_PRESENT:
        return english ? "present" : "有";
    }
    return "";
}

const char *limit_comparison(const struct limit *limit, struct decimal value,
                             struct arena *arena)
{
    struct decimal other = limit_compared(limit, value);
    const char *v = step_decimal(arena, value);
    int order = decimal_compare(value, other);

    if (limit->bound == LIMIT_RANGE)
        return arena_printf(arena, "%s %s %s", v,
                            limit_meets(limit, value) ? "∈" : "∉",
                            limit_text(limit, false, arena));
    return arena_printf(arena, "%s %s %s", v,
                        order > 0   ? ">"
                        : order < 0 ? "<"
                                    : "=",
                        step_decimal(arena, other));
}

const char *confidence_lower(const char *a, const char *b)
{
    static const char *const order[] = {"low", "medium", "high"};

    for (size_t i = 0; i < LENGTH(order); i++) {
        if ((a && strcmp(a, order[i]) == 0) || (b && strcmp(b, order[i]) == 0))
            return order[i];
    }
    return "";
}

const char *confidence_zh(const char *confidence)
{
    if (strcmp(confidence, "high") == 0)
        return "高";
    if (strcmp(confidence, "medium") == 0)
        return "中";
    return strcmp(confidence, "low") == 0 ? "低" : confidence;
}
