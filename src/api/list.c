/* Lists walked by key, as JSON or CSV. */
#include "api/room.h"

#include <stdio.h>

void cursor_format(const int64_t *key, int count, char text[96])
{
    size_t len = 0;

    text[0] = '\0';
    for (int i = 0; i < count; i++)
        len += (size_t)snprintf(text + len, 96 - len, "%s%lld", i ? "." : "",
                                (long long)key[i]);
}

int cursor_parse(struct span text, int64_t key[4])
{
    int count = 0;

    if (text.len && text.at[text.len - 1] == '.')
        return 0;
    while (text.len) {
        if (count == 4 || !whole_number(span_take(&text, '.'), &key[count]))
            return 0;
        count++;
    }
    return count;
}

struct json answer(struct http_response *response)
{
    struct json j;

    json_init(&j, &response->body);
    return j;
}

/* ?format= goes before the Accept header. */
static bool csv_wanted(struct ask ask, bool *out)
{
    struct span format = http_query(ask.request, "format");
    struct span accept = http_header(ask.request, "Accept");

    *out = format.len ? span_is(format, "csv")
                      : span_starts(accept, SPAN("text/csv"));
    if (!format.len || *out || span_is(format, "json"))
        return true;
    http_problem(ask.response, ask.request, 400,
                 "Parameter 'format' has to be json or csv.");
    return false;
}

bool list_begin_named(struct list *list, struct ask ask)
{
    int64_t limit;

    *list = (struct list){.ask = ask};
    if (!csv_wanted(ask, &list->csv) || !ask_bool(ask, "bom", &list->bom) ||
        !ask_int(ask, "limit", 1, LIST_MAX, LIST_DEFAULT, &limit))
        return false;
    list->limit = (size_t)limit;
    list->json = answer(ask.response);
    json_open(&list->json, '{');
    json_key(&list->json, "items");
    json_open(&list->json, '[');
    return true;
}

bool list_begin(struct list *list, struct ask ask)
{
    struct span after = http_query(ask.request, "after");
    int64_t key[4];
    int count = cursor_parse(after, key);

    if (after.len && !count) {
        http_problem(ask.response, ask.request, 400,
                     "Parameter 'after' has to be the 'next' of a list.");
        return false;
    }
    if (!list_begin_named(list, ask))
        return false;
    list->after_count = count;
    memcpy(list->after, key, sizeof(key));
    return true;
}

struct json *list_row(struct list *list)
{
    list->count++;
    json_open(&list->json, '{');
    return &list->json;
}

/* The columns: those given, else the fields of the route's schema. */
static const char *const *columns_of(struct list *list, size_t *out_count)
{
    const struct schema_field *fields;
    const char **names;

    *out_count = list->column_count;
    if (list->columns)
        return list->columns;
    fields = schema_find(span_of(list->ask.request->route->schema), out_count);
    names = arena_new(list->ask.request->arena, *out_count + 1, sizeof(*names));
    for (size_t i = 0; i < *out_count; i++)
        names[i] = fields[i].name;
    return names;
}

static void to_csv(struct list *list, const char *next)
{
    struct http_response *w = list->ask.response;
    size_t count;
    const char *const *names = columns_of(list, &count);
    struct span items =
        span_from(buf_span(&w->body), sizeof("{\"items\":") - 1);
    struct buf csv;

    buf_init(&csv, HTTP_ANSWER_MAX);
    if (list->bom)
        buf_text(&csv, "\xef\xbb\xbf");
    if (!w->body.full && body_items_to_csv(items, names, count, &csv)) {
        buf_done(&w->body);
        w->body = csv;
    } else {
        buf_done(&csv);
        w->body.full = true;
    }
    w->type = "text/csv; charset=utf-8";
    if (next)
        http_set(w, "X-Next", span_of(next));
    http_set(w, "Content-Disposition",
             SPAN("attachment; filename=\"list.csv\""));
}

void list_end_named(struct list *list, const char *next)
{
    json_close(&list->json, ']');
    if (list->csv) {
        to_csv(list, next);
        return;
    }
    json_key_text(&list->json, "next", next);
    json_close(&list->json, '}');
}

void list_end(struct list *list, int keys, const int64_t *key)
{
    char next[96];

    cursor_format(key, keys, next);
    list_end_named(list, keys ? next : NULL);
}

void list_end_at(struct list *list, bool more, int64_t key)
{
    list_end(list, more, &key);
}
