/* The tables that verdicts rest on, and the catalogue of factors. */
#include "api/room.h"

#include "assess/standard/standard.h"
#include "standards/standards.h"

static void list(struct http_request *r, struct http_response *w)
{
    struct ask ask = {r, w};
    const char *const *names;
    size_t count = standards_names(&names);
    struct list list;

    if (!list_begin(&list, ask))
        return;
    list.limit = LIST_MAX;
    for (size_t i = 0; i < count; i++) {
        const struct standard_table *table = standard_table(names[i]);
        struct json *j = list_row(&list);

        json_key_text(j, "name", names[i]);
        json_key(j, "columns");
        json_open(j, '[');
        for (size_t c = 0; table && c < table->column_count; c++)
            json_span(j, table->columns[c]);
        json_close(j, ']');
        json_key_int(j, "rows", table ? (int64_t)table->row_count : 0);
        json_close(j, '}');
    }
    list_end(&list, 0, NULL);
}

static const struct standard_table *table_named(struct http_request *r)
{
    const char *name = r->param[0].at;
    const struct standard_table *table = standard_table(name);

    return table ? table
                 : standard_table(arena_printf(r->arena, "%s.csv", name));
}

static void one(struct http_request *r, struct http_response *w)
{
    struct ask ask = {r, w};
    const struct standard_table *table = table_named(r);
    const char **columns;
    struct list list;
    size_t row;

    if (!table) {
        http_problem(w, r, 404,
                     "There is no such table; GET "
                     "/api/v1/standards lists all.");
        return;
    }
    if (!list_begin(&list, ask))
        return;
    if (!http_query(r, "limit").len)
        list.limit = LIST_MAX;
    columns = arena_new(r->arena, table->column_count, sizeof(*columns));
    for (size_t c = 0; c < table->column_count; c++)
        columns[c] = arena_copy(r->arena, table->columns[c]).at;
    list.columns = columns;
    list.column_count = table->column_count;
    row = list.after_count ? (size_t)list.after[0] : 0;
    for (; row < table->row_count && !list_is_full(&list); row++) {
        struct json *j = list_row(&list);

        for (size_t c = 0; c < table->column_count; c++)
            json_key_span(j, columns[c],
                          table->cells[row * table->column_count + c]);
        json_close(j, '}');
    }
    list_end_at(&list, row < table->row_count, (int64_t)row);
}

static void factors(struct http_request *r, struct http_response *w)
{
    struct ask ask = {r, w};
    const struct factor *factor;
    struct list list;
    size_t i;

    if (!list_begin(&list, ask))
        return;
    if (!http_query(r, "limit").len)
        list.limit = LIST_MAX;
    i = list.after_count ? (size_t)list.after[0] : 0;
    for (; (factor = factor_at(i)) && !list_is_full(&list); i++) {
        struct json *j = list_row(&list);

        json_key_text(j, "factor", factor->code);
        json_key_text(j, "name_zh", factor->name_zh);
        json_key_text(j, "name_en", factor->name_en);
        json_key_text(j, "unit",
                      factor->wire_unit[0] ? unit_shown(factor->wire_unit)
                                           : NULL);
        if (factor->decimals >= 0)
            json_key_int(j, "decimals", factor->decimals);
        else
            json_key_null(j, "decimals");
        json_key_text(j, "medium", factor->medium);
        json_close(j, '}');
    }
    list_end_at(&list, factor != NULL, (int64_t)i);
}

static const struct http_route rows[] = {
    {HTTP_GET, "/api/v1/standards",        API_PUBLIC, list,
     "the tables that verdicts rest on",             NULL, "Standard", true, NULL},
    {HTTP_GET, "/api/v1/standards/{name}", API_PUBLIC, one,
     "one table; a row is an object of its columns", NULL, NULL,       true, NULL},
    {HTTP_GET, "/api/v1/factors",          API_PUBLIC, factors,
     "the catalogue of what is measured",            NULL, "Factor",   true, NULL},
};

const struct room standard_room = ROOM(rows);
