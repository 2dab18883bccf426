#include "assess/standard/standard.h"

#include "base/csv.h"
#include "base/memory.h"
#include "standards/standards.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

enum { TABLES_MAX = 128, EDITIONS_MAX = 512 };

static struct standard_table tables[TABLES_MAX];
static size_t table_count;
static struct standard_edition editions[EDITIONS_MAX];
static size_t edition_count;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* The cell that was read last: when a reader gives up, it is near. */
static _Thread_local const struct standard_table *last_table;
static _Thread_local size_t last_row;

/* A terminated copy that stays. */
static struct span keep(struct span s)
{
    return (struct span){memory_text(s), s.len};
}

static void read_rows(struct csv *csv, struct standard_table *table)
{
    struct span *cells = NULL;
    int *lines = NULL;
    size_t cap = 0, line_cap = 0, count = 0, columns = csv->names;
    enum err err;

    assert(columns > 0);
    while ((err = csv_row(csv)) == OK) {
        assert(csv->count == columns);
        cells = memory_grow(cells, &cap, count + columns, sizeof(*cells));
        lines =
            memory_grow(lines, &line_cap, count / columns + 1, sizeof(*lines));
        lines[count / columns] = csv->line;
        for (size_t i = 0; i < columns; i++)
            cells[count++] = keep(csv->field[i]);
    }
    assert(err == ERR_NOT_FOUND);
    table->cells = cells;
    table->lines = lines;
    table->row_count = count / columns;
}

static void read_table(const char *name, struct standard_table *table)
{
    struct csv *csv = memory_new(1, sizeof(*csv));
    struct span text = standards_file(name);
    struct span *columns;
    char *bytes = memory_text(text);
    enum err err;

    csv_init(csv, bytes, text.len);
    err = csv_header(csv);
    assert(err == OK);
    columns = memory_new(csv->names, sizeof(*columns));
    for (size_t i = 0; i < csv->names; i++)
        columns[i] = keep(csv->name[i]);
    table->name = name;
    table->columns = columns;
    table->column_count = csv->names;
    read_rows(csv, table);
    free(bytes);
    free(csv);
}

static const struct standard_table *find(const char *name)
{
    for (size_t i = 0; i < table_count; i++) {
        if (span_is(span_of(tables[i].name), name))
            return &tables[i];
    }
    return NULL;
}

static void read_editions(void)
{
    const struct standard_table *t = find("editions.csv");

    assert(t && t->row_count <= EDITIONS_MAX);
    for (size_t row = 0; row < t->row_count; row++) {
        editions[edition_count++] = (struct standard_edition){
            .standard = standard_text(t, row, "standard"),
            .from_day = standard_day(t, row, "valid_from", 0),
            .to_day = standard_day(t, row, "valid_to", STANDARD_OPEN),
            .title_zh = standard_text(t, row, "title_zh"),
            .title_en = standard_text(t, row, "title_en"),
            .confidence = standard_text(t, row, "confidence"),
            .note = standard_text(t, row, "note"),
        };
    }
}

static void read_all(void)
{
    const char *const *names;
    size_t count = standards_names(&names);

    assert(count <= TABLES_MAX);
    for (size_t i = 0; i < count; i++)
        read_table(names[i], &tables[table_count++]);
    read_editions();
}

const struct standard_table *standard_table(const char *name)
{
    pthread_once(&once, read_all);
    return find(name);
}

const struct standard_table *standard_table_at(size_t index)
{
    pthread_once(&once, read_all);
    return index < table_count ? &tables[index] : NULL;
}

struct span standard_cell(const struct standard_table *table, size_t row,
                          const char *column)
{
    assert(row < table->row_count);
    last_table = table;
    last_row = row;
    for (size_t i = 0; i < table->column_count; i++) {
        if (span_is(table->columns[i], column))
            return table->cells[row * table->column_count + i];
    }
    return SPAN("");
}

int standard_last_line(const char **out_name)
{
    *out_name = last_table ? last_table->name : "";
    return last_table ? last_table->lines[last_row] : 0;
}

const char *standard_text(const struct standard_table *table, size_t row,
                          const char *column)
{
    return standard_cell(table, row, column).at;
}

bool standard_cell_is(const struct standard_table *table, size_t row,
                      const char *column, const char *text)
{
    return span_is(standard_cell(table, row, column), text);
}

int standard_day(const struct standard_table *table, size_t row,
                 const char *column, int missing)
{
    struct span cell = standard_cell(table, row, column);
    int day = 0;

    if (cell.len == 0)
        return missing;
    assert(cell.len == 10);
    for (size_t i = 0; i < cell.len; i++) {
        if (i == 4 || i == 7) {
            assert(cell.at[i] == '-');
            continue;
        }
        assert(cell.at[i] >= '0' && cell.at[i] <= '9');
        day = day * 10 + (cell.at[i] - '0');
    }
    return day;
}

bool standard_decimal(const struct standard_table *table, size_t row,
                      const char *column, struct decimal *out)
{
    struct span cell = standard_cell(table, row, column);
    enum err err;

    if (cell.len == 0)
        return false;
    err = decimal_parse(cell, out);
    assert(err == OK);
    return err == OK;
}

int standard_int(const struct standard_table *table, size_t row,
                 const char *column, int missing)
{
    struct decimal value;

    if (!standard_decimal(table, row, column, &value))
        return missing;
    assert(value.exponent == 0 && value.mantissa >= -1000000000 &&
           value.mantissa <= 1000000000);
    return (int)value.mantissa;
}

const struct standard_edition *standard_edition_on(const char *standard,
                                                   int day)
{
    pthread_once(&once, read_all);
    for (size_t i = 0; i < edition_count; i++) {
        const struct standard_edition *e = &editions[i];

        if (span_is(span_of(e->standard), standard) &&
            standard_in_force(e->from_day, e->to_day, day))
            return e;
    }
    return NULL;
}

/* How long "GB 3838" is in "GB 3838-2002"; all of it without a year. */
static size_t document_length(const char *standard)
{
    enum { YEAR_DIGITS = 4 };
    const char *dash = strrchr(standard, '-');

    if (!dash || strlen(dash + 1) != YEAR_DIGITS ||
        strspn(dash + 1, "0123456789") != YEAR_DIGITS)
        return strlen(standard);
    return (size_t)(dash - standard);
}

bool standard_same_document(const char *a, const char *b)
{
    size_t length = document_length(a);

    return strcmp(a, b) == 0 || (length == document_length(b) && a[length] &&
                                 b[length] && strncmp(a, b, length) == 0);
}

const struct standard_edition *standard_edition_of(const char *standard,
                                                   int day)
{
    pthread_once(&once, read_all);
    for (size_t i = 0; i < edition_count; i++) {
        const struct standard_edition *e = &editions[i];

        if (standard_in_force(e->from_day, e->to_day, day) &&
            standard_same_document(e->standard, standard))
            return e;
    }
    return NULL;
}

const char *standard_name_on(const char *standard, int day)
{
    const struct standard_edition *e = standard_edition_of(standard, day);

    return e ? e->standard : "";
}

const struct standard_edition *standard_edition_at(size_t index)
{
    pthread_once(&once, read_all);
    return index < edition_count ? &editions[index] : NULL;
}
