/* The registry by hand: rows as docs/registry.md names them. */
#include "api/live.h"

#include "base/log.h"
#include "storage/registry/field.h"

/* ---- reading ---- */

struct rows {
    struct list *list;
    const char *last; /* code of the last row written */
    bool more;
};

static void row(void *context, const struct registry_row *row)
{
    struct rows *rows = context;
    struct json *j;

    if (list_is_full(rows->list)) {
        rows->more = true;
        return;
    }
    j = list_row(rows->list);
    json_key_text(j, "code_path", row->code);
    for (size_t i = 0; i < row->count; i++) {
        if (row->values[i].len)
            json_key_span(j, row->names[i], row->values[i]);
        else
            json_key_null(j, row->names[i]);
    }
    json_close(j, '}');
    rows->last =
        arena_copy(rows->list->ask.request->arena, span_of(row->code)).at;
}

/* The names of a kind's fields with its address before them. */
static void columns(struct list *list, enum row_kind kind)
{
    const struct row_schema *schema = row_schema(kind);
    const char **names =
        arena_new(list->ask.request->arena, schema->count + 1, sizeof(*names));

    names[0] = "code_path";
    for (size_t i = 0; i < schema->count; i++)
        names[i + 1] = schema->fields[i].name;
    list->columns = names;
    list->column_count = schema->count + 1;
}

static bool ask_kind(struct ask ask, enum row_kind *out)
{
    if (row_kind_parse(ask.request->param[0], out) == OK)
        return true;
    http_problem(
        ask.response, ask.request, 404,
        "The registry has sites, points, devices, factors and limits.");
    return false;
}

static void list(struct http_request *r, struct http_response *w)
{
    struct ask ask = {r, w};
    struct rows rows = {.last = NULL};
    enum row_kind kind;
    struct list list;
    enum err err;

    if (!ask_kind(ask, &kind) || !list_begin_named(&list, ask))
        return;
    columns(&list, kind);
    rows.list = &list;
    err = registry_list(api_of(r)->parts.registry, row_schema(kind)->name,
                        http_query(r, "after"), list.limit + 1, row, &rows);
    if (err)
        room_error(ask, err, "The registry could not be read");
    else
        list_end_named(&list, rows.more ? rows.last : NULL);
}

/* ---- changing: the ledger first ---- */

static bool keep(struct ask ask, const char *op, enum row_kind kind,
                 const struct body *fields)
{
    struct buf text, json;
    struct json j;
    uint64_t sequence;
    enum err err;

    buf_init(&text, LEDGER_PAYLOAD_MAX);
    buf_init(&json, LEDGER_PAYLOAD_MAX);
    json_init(&j, &text);
    json_open(&j, '{');
    json_key_text(&j, "op", op);
    json_key_text(&j, "kind", row_schema(kind)->name);
    json_key_span(&j, "code", ask.request->param[1]);
    json_key_text(&j, "who", session_of(ask.request)->account.name);
    if (fields) {
        body_write(fields, &json);
        json_key(&j, "fields");
        json_raw(&j, buf_span(&json));
    }
    json_close(&j, '}');
    err = ledger_writer_append(api_of(ask.request)->parts.writer,
                               LEDGER_REGISTRY, 0, buf_span(&text), &sequence);
    buf_done(&json);
    buf_done(&text);
    if (err)
        room_error(ask, err, "The change could not be kept in the ledger");
    return !err;
}

/* What is not to be read later in the evidence. */
static void hide_secrets(struct body *fields, enum row_kind kind)
{
    const struct row_schema *schema = row_schema(kind);

    for (size_t i = 0; i < schema->count; i++) {
        if ((schema->fields[i].flags & FIELD_SECRET) &&
            body_has(fields, schema->fields[i].name))
            body_set(fields, schema->fields[i].name, SPAN("******"));
    }
}

static void problem_with(struct ask ask, enum err err,
                         const struct import_problem *p)
{
    if (err == ERR_INVALID && p->reason)
        http_problem(ask.response, ask.request, 422, "%s '%s': %s. %s",
                     p->column ? p->column : "", p->value ? p->value : "",
                     p->reason, p->suggestion ? p->suggestion : "");
    else
        room_error(ask, err, "The registry did not take it");
}

static void put(struct http_request *r, struct http_response *w)
{
    struct ask ask = {r, w};
    struct registry *registry = api_of(r)->parts.registry;
    struct import_problem problem = {.line = 0};
    struct body *body = NULL;
    const char *kind_name;
    enum row_kind kind;
    struct json j;
    enum err err;

    if (!ask_kind(ask, &kind) || !(body = ask_body(ask)))
        return;
    kind_name = row_schema(kind)->name;
    err = registry_check_at(registry, kind_name, r->param[1], r->body, r->arena,
                            &problem);
    if (err) {
        problem_with(ask, err, &problem);
        goto done;
    }
    hide_secrets(body, kind);
    if (!keep(ask, "put", kind, body))
        goto done;
    err = registry_put_at(registry, kind_name, r->param[1], r->body, r->arena,
                          &problem);
    if (err) {
        problem_with(ask, err, &problem);
        goto done;
    }
    live_touch(api_of(r)->live);
    log_info("registry changed", "kind=%s code=%.*s who=%s", kind_name,
             SPAN_ARG(r->param[1]), session_of(r)->account.name);
    j = answer(w);
    json_open(&j, '{');
    json_key_text(&j, "warning", problem.reason);
    json_close(&j, '}');
done:
    body_free(body);
}

static void drop(struct http_request *r, struct http_response *w)
{
    struct ask ask = {r, w};
    enum row_kind kind;
    enum err err;

    if (!ask_kind(ask, &kind) || !keep(ask, "delete", kind, NULL))
        return;
    err = registry_delete(api_of(r)->parts.registry, row_schema(kind)->name,
                          r->param[1]);
    if (err == ERR_CONFLICT) {
        http_problem(w, r, 409,
                     "Something still hangs on it: a site's points, a point's "
                     "devices go first.");
        return;
    }
    if (err) {
        room_error(ask, err, "The registry did not take it");
        return;
    }
    live_touch(api_of(r)->live);
    w->status = 204;
}

/* clang-format off */
static const struct http_route rows[] = {
    {HTTP_GET, "/api/v1/registry/{kind}", API_VIEWER, list,
     "sites, points, devices, factors or limits as rows of text", NULL,
     "RegistryRow", true, NULL},
    {HTTP_PUT, "/api/v1/registry/{kind}/{code}", API_OPERATOR, put,
     "make or change one", NULL, "RegistryChange", false, "RegistryRow"},
    {HTTP_DELETE, "/api/v1/registry/{kind}/{code}", API_OPERATOR, drop,
     "retire one", NULL, NULL, false, NULL},
};
/* clang-format on */

const struct room registry_room = ROOM(rows);
