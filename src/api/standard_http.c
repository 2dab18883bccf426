/* The tables that verdicts rest on, and the catalogue of factors. */
#include "api/room.h"

#include "assess/standard/standard.h"

/* What rows are asked for: ?q= in any cell, ?day= in force on it. */
struct wanted {
    const char *q; /* "" any */
    int day;       /* yyyymmdd; 0: any */
};

static bool ask_wanted(struct ask ask, struct wanted *out)
{
    struct span q = http_query(ask.request, "q");
    int64_t day, start;

    out->q = q.len ? arena_copy(ask.request->arena, q).at : "";
    if (!ask_int(ask, "day", 0, 21991231, 0, &day))
        return false;
    out->day = (int)day;
    if (!day || !civil_day_start(out->day, &start))
        return true;
    http_problem(ask.response, ask.request, 400,
                 "Parameter 'day' has to be a day, yyyymmdd.");
    return false;
}

static const struct standard_edition *edition_named(const char *standard)
{
    const struct standard_edition *e;

    for (size_t i = 0; (e = standard_edition_at(i)); i++) {
        if (strcmp(e->standard, standard) == 0)
            return e;
    }
    return NULL;
}

/* "2026-03-01" as a number; what is no such day (a year, a word) is missing. */
static int day_in(struct span cell, int missing)
{
    int64_t start;

    return cell.len == 10 && !datetime_parse(cell, &start)
               ? civil_day_number(start)
               : missing;
}

/* The days of a row, else of its document. */
static void days_of(const struct standard_table *t, size_t row, int *from,
                    int *to)
{
    const struct standard_edition *e =
        edition_named(standard_text(t, row, "standard"));

    *from = day_in(standard_cell(t, row, "valid_from"), e ? e->from_day : 0);
    *to = day_in(standard_cell(t, row, "valid_to"),
                 e ? e->to_day : STANDARD_OPEN);
}

static bool is_wanted(const struct standard_table *t, size_t row,
                      const struct wanted *wanted)
{
    const struct span *cells = &t->cells[row * t->column_count];
    bool found = !*wanted->q;
    int from, to;

    for (size_t c = 0; c < t->column_count && !found; c++)
        found = strcasestr(cells[c].at, wanted->q) != NULL;
    if (!found || !wanted->day)
        return found;
    days_of(t, row, &from, &to);
    return standard_in_force(from, to, wanted->day);
}

static int64_t count_wanted(const struct standard_table *t,
                            const struct wanted *wanted)
{
    int64_t count = 0;

    for (size_t row = 0; row < t->row_count; row++)
        count += is_wanted(t, row, wanted);
    return count;
}

static void key_confidences(struct json *j, const struct standard_table *t)
{
    static const char *const names[] = {"high", "medium", "low"};

    for (size_t i = 0; i < LENGTH(names); i++) {
        int64_t count = 0;

        for (size_t row = 0; row < t->row_count; row++)
            count += standard_cell_is(t, row, "confidence", names[i]);
        json_key_int(j, names[i], count);
    }
}

/* ---- the documents that a table copies ---- */

enum { EDITIONS_SHOWN = 64 };

struct copied {
    const char *standard;
    int from, to;
    int64_t rows;
};

static void count_row(const struct standard_table *t, size_t row,
                      struct copied *all, size_t *count)
{
    const char *standard = standard_text(t, row, "standard");
    struct copied *c = NULL;
    int from, to;

    if (!*standard)
        return;
    days_of(t, row, &from, &to);
    for (size_t i = 0; i < *count && !c; i++) {
        if (strcmp(all[i].standard, standard) == 0)
            c = &all[i];
    }
    if (!c && *count < EDITIONS_SHOWN) {
        c = &all[(*count)++];
        *c = (struct copied){standard, from, to, 0};
    }
    if (!c)
        return;
    c->rows++;
    c->from = from < c->from ? from : c->from;
    c->to = to > c->to ? to : c->to;
}

static void key_day(struct json *j, const char *key, int day)
{
    if (day > 0 && day < STANDARD_OPEN)
        json_key_int(j, key, day);
    else
        json_key_null(j, key);
}

static void key_editions(struct json *j, const struct standard_table *t)
{
    struct copied all[EDITIONS_SHOWN];
    size_t count = 0;

    for (size_t row = 0; row < t->row_count; row++)
        count_row(t, row, all, &count);
    json_key(j, "standards");
    json_open(j, '[');
    for (size_t i = 0; i < count; i++) {
        json_open(j, '{');
        json_key_text(j, "standard", all[i].standard);
        key_day(j, "from", all[i].from);
        key_day(j, "to", all[i].to);
        json_key_int(j, "rows", all[i].rows);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void table_row(struct json *j, const struct standard_table *t,
                      const struct wanted *wanted)
{
    json_key_text(j, "name", t->name);
    json_key(j, "columns");
    json_open(j, '[');
    for (size_t c = 0; c < t->column_count; c++)
        json_span(j, t->columns[c]);
    json_close(j, ']');
    json_key_int(j, "rows", (int64_t)t->row_count);
    json_key_int(j, "matches", count_wanted(t, wanted));
    key_confidences(j, t);
    key_editions(j, t);
    json_close(j, '}');
}

static void list(struct http_request *r, struct http_response *w)
{
    struct ask ask = {r, w};
    const struct standard_table *table;
    struct wanted wanted;
    struct list list;

    if (!ask_wanted(ask, &wanted) || !list_begin(&list, ask))
        return;
    list.limit = LIST_MAX;
    for (size_t i = 0; (table = standard_table_at(i)); i++)
        table_row(list_row(&list), table, &wanted);
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
    struct wanted wanted;
    struct list list;
    size_t row;

    if (!table) {
        http_problem(w, r, 404,
                     "There is no such table; GET "
                     "/api/v1/standards lists all.");
        return;
    }
    if (!ask_wanted(ask, &wanted) || !list_begin(&list, ask))
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
        struct json *j;

        if (!is_wanted(table, row, &wanted))
            continue;
        j = list_row(&list);
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

/* clang-format off */
static const struct http_route rows[] = {
    {HTTP_GET, "/api/v1/standards", API_PUBLIC, list,
     "the tables that verdicts rest on", "q day", "Standard", true, NULL},
    {HTTP_GET, "/api/v1/standards/{name}", API_PUBLIC, one,
     "one table; a row is an object of its columns", "q day", NULL, true, NULL},
    {HTTP_GET, "/api/v1/factors", API_PUBLIC, factors,
     "the catalogue of what is measured", NULL, "Factor", true, NULL},
};
/* clang-format on */

const struct room standard_room = ROOM(rows);
