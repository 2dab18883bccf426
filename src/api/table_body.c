#include "api/table_body.h"

#include "api/body.h"

#include <jansson.h>

enum { TABLE_DEPTH_MAX = 4 };

/* What is being read. */
struct reading {
    struct table_body *table;
    struct arena *arena;
    const char *why; /* NULL: so far all is well */
};

/* ---- numbers keep their digits ---- */

static bool is_of_number(char c)
{
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' ||
           c == 'e' || c == 'E';
}

/* The same JSON with its numbers in quotes: a digit becomes three bytes. */
static struct span quote_numbers(struct span in, struct arena *arena)
{
    char *out = arena_take(arena, 3 * in.len + 1);
    size_t len = 0, i = 0;
    bool quoted = false;

    while (i < in.len) {
        char c = in.at[i];
        bool number = !quoted && (c == '-' || (c >= '0' && c <= '9'));

        if (number) {
            out[len++] = '"';
            while (i < in.len && is_of_number(in.at[i]))
                out[len++] = in.at[i++];
            out[len++] = '"';
            continue;
        }
        out[len++] = c;
        i++;
        if (quoted && c == '\\' && i < in.len)
            out[len++] = in.at[i++];
        else if (c == '"')
            quoted = !quoted;
    }
    out[len] = '\0';
    return (struct span){out, len};
}

/* ---- cells ---- */

static bool cell_of(struct reading *r, const json_t *value, struct span *out)
{
    if (json_is_string(value))
        *out = arena_copy(r->arena, (struct span){json_string_value(value),
                                                  json_string_length(value)});
    else if (json_is_boolean(value))
        *out = json_is_true(value) ? SPAN("yes") : SPAN("no");
    else if (!value || json_is_null(value))
        *out = SPAN("");
    else
        r->why = "a cell is a text, a number, true, false or null";
    return !r->why;
}

static struct table_body_row *new_row(struct reading *r, size_t cells)
{
    struct table_body *t = r->table;
    struct table_body_row *row = &t->rows[t->row_count++];

    row->cells = arena_new(r->arena, cells + 1, sizeof(*row->cells));
    row->count = cells;
    return row;
}

/* ---- rows that are lists ---- */

static void read_columns(struct reading *r, const json_t *columns)
{
    struct table_body *t = r->table;

    if (!json_is_array(columns) ||
        json_array_size(columns) > TABLE_COLUMNS_MAX) {
        r->why = "'columns' has to be a list of at most 512 names";
        return;
    }
    for (size_t i = 0; i < json_array_size(columns) && !r->why; i++) {
        if (cell_of(r, json_array_get(columns, i), &t->columns[i]))
            t->column_count++;
    }
}

static void read_list(struct reading *r, const json_t *cells)
{
    size_t count = json_array_size(cells);
    struct span *out;

    if (!json_is_array(cells) || count > TABLE_COLUMNS_MAX) {
        r->why = "with 'columns', a row is a list of cells";
        return;
    }
    out = arena_new(r->arena, count + 1, sizeof(*out));
    for (size_t i = 0; i < count; i++) {
        if (!cell_of(r, json_array_get(cells, i), &out[i]))
            return;
    }
    new_row(r, count)->cells = out;
}

/* ---- rows that are objects ---- */

static size_t column_of(struct reading *r, const char *name)
{
    struct table_body *t = r->table;

    for (size_t i = 0; i < t->column_count; i++) {
        if (span_is(t->columns[i], name))
            return i;
    }
    if (t->column_count == TABLE_COLUMNS_MAX) {
        r->why = "there are more than 512 different columns";
        return 0;
    }
    t->columns[t->column_count] = arena_copy(r->arena, span_of(name));
    return t->column_count++;
}

/* The columns of all rows come first, so that every row has all of them. */
static void name_columns(struct reading *r, const json_t *rows)
{
    for (size_t i = 0; i < json_array_size(rows); i++) {
        json_t *row = json_array_get(rows, i);
        const char *name;
        json_t *value;

        if (!json_is_object(row))
            r->why = "without 'columns', a row is an object";
        json_object_foreach(row, name, value)
        {
            if (r->why)
                return;
            column_of(r, name);
        }
    }
}

static void read_object(struct reading *r, json_t *row)
{
    size_t count = r->table->column_count;
    struct span *out = arena_new(r->arena, count + 1, sizeof(*out));

    for (size_t i = 0; i < count; i++) {
        const char *name = r->table->columns[i].at;

        if (!cell_of(r, json_object_get(row, name), &out[i]))
            return;
    }
    new_row(r, count)->cells = out;
}

/* ---- the whole ---- */

static void read_rows(struct reading *r, const json_t *root)
{
    const json_t *columns = json_object_get(root, "columns");
    const json_t *rows = json_object_get(root, "rows");

    if (!json_is_array(rows) || json_array_size(rows) == 0)
        r->why = "'rows' has to be a list of at least one row";
    else if (json_array_size(rows) > TABLE_ROWS_MAX)
        r->why = "more than 2000 rows: send them in parts";
    else if (columns && !json_is_null(columns))
        read_columns(r, columns);
    else
        name_columns(r, rows);
    for (size_t i = 0; !r->why && i < json_array_size(rows); i++) {
        json_t *row = json_array_get(rows, i);

        if (columns && !json_is_null(columns))
            read_list(r, row);
        else
            read_object(r, row);
    }
}

static void read_options(struct reading *r, json_t *options)
{
    struct table_body *t = r->table;
    const char *name;
    json_t *value;

    if (!options || json_is_null(options))
        return;
    if (!json_is_object(options) ||
        json_object_size(options) > TABLE_OPTIONS_MAX) {
        r->why = "'options' has to be an object of fields";
        return;
    }
    json_object_foreach(options, name, value)
    {
        struct span text;

        if (!cell_of(r, value, &text))
            return;
        if (!text.len)
            continue;
        t->option[t->option_count] = arena_copy(r->arena, span_of(name));
        t->value[t->option_count++] = text;
    }
}

static bool knows_members(struct reading *r, json_t *root)
{
    const char *name;
    json_t *value;

    json_object_foreach(root, name, value)
    {
        (void)value;
        if (strcmp(name, "columns") != 0 && strcmp(name, "rows") != 0 &&
            strcmp(name, "options") != 0)
            r->why = "the members are columns, rows and options";
    }
    return !r->why;
}

const struct table_body *table_body_read(struct span text, struct arena *arena,
                                         const char **out_why)
{
    struct reading r = {NULL, arena, NULL};
    struct span quoted;
    json_error_t error;
    json_t *root;

    if (!body_depth_within(text, TABLE_DEPTH_MAX)) {
        *out_why = "nested too deep for a table";
        return NULL;
    }
    quoted = quote_numbers(text, arena);
    root = json_loadb(quoted.at, quoted.len, JSON_REJECT_DUPLICATES, &error);
    if (!root) {
        *out_why =
            arena_printf(arena, "line %d: %.100s", error.line, error.text);
        return NULL;
    }
    r.table = arena_new(arena, 1, sizeof(*r.table));
    if (!json_is_object(root))
        r.why = "it is no object";
    else if (knows_members(&r, root))
        read_rows(&r, root);
    if (!r.why)
        read_options(&r, json_object_get(root, "options"));
    json_decref(root);
    *out_why = r.why;
    return r.why ? NULL : r.table;
}
