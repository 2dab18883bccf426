#include "api/openapi.h"

#include "api/room.h"

/* Every query parameter: name, type, what it means. */
static const struct {
    const char *name, *type, *text;
} parameters[] = {
    {"limit", "int", "rows of a page, 1 to 10000 (100)"},
    {"after", "text", "the 'next' of the page before"},
    {"format", "text", "csv or json"},
    {"bom", "bool", "CSV with a byte-order mark"},
    {"from", "time", "start of the range"},
    {"to", "time", "end of the range, exclusive"},
    {"as_of", "time", "what was known then"},
    {"raw", "bool", "without overlays"},
    {"start", "time", "start of the period"},
    {"site", "int", "site"},
    {"point", "int", "point"},
    {"device", "int", "device"},
    {"factor", "text", "HJ 524/525 code or another name of it"},
    {"cadence", "text", "realtime, minute, hour, day, month, quarter, year"},
    {"origin", "text", "reported, computed, manual or modelled"},
    {"element", "text", "air, water, source_gas, source_water ..."},
    {"region", "int", "GB/T 2260; takes in what lies in it"},
    {"q", "text", "part of a code or name; of a table, of any cell"},
    {"day", "int", "yyyymmdd: what is in force on it"},
    {"state", "text", "ok, late, offline, exceeding or never"},
    {"kind", "text",
     "verdict: aqi_hour, aqi_day, water_class, outlet; frame: "
     "frame, quarantine, down"},
    {"newest", "bool", "newest first"},
    {"step", "text", "hour, day, month, quarter or year"},
    {"p", "decimal", "percentile, 0 to 100"},
    {"decimals", "int", "digits of the answer"},
    {"limit_value", "decimal", "the value to be exceeded"},
    {"topics", "text", "live,site:12,commands,devices"},
};

const char *openapi_parameter(struct span name)
{
    for (size_t i = 0; i < LENGTH(parameters); i++) {
        if (span_is(name, parameters[i].name))
            return parameters[i].text;
    }
    return NULL;
}

/* ---- types ---- */

static void basic_type(struct json *j, struct span type)
{
    static const struct {
        const char *name, *type, *format;
    } rows[] = {
        {"text", "string", NULL},         {"int", "integer", "int64"},
        {"number", "number", "double"},   {"bool", "boolean", NULL},
        {"decimal", "string", "decimal"}, {"time", "string", "date-time"},
    };

    for (size_t i = 0; i < LENGTH(rows); i++) {
        if (!span_is(type, rows[i].name))
            continue;
        json_key_text(j, "type", rows[i].type);
        if (rows[i].format)
            json_key_text(j, "format", rows[i].format);
        return;
    }
    json_key(j, "$ref");
    {
        char ref[80] = "#/components/schemas/";

        span_copy(type, ref + strlen(ref), sizeof(ref) - strlen(ref));
        json_text(j, ref);
    }
}

/* The object of a type, without "null". */
static void plain_type(struct json *j, struct span type, const char *text)
{
    json_open(j, '{');
    if (type.at[0] == '[') {
        json_key_text(j, "type", "array");
        json_key(j, "items");
        plain_type(j, (struct span){type.at + 1, type.len - 2}, NULL);
    } else if (type.at[0] == '{') {
        json_key_text(j, "type", "object");
        json_key(j, "additionalProperties");
        plain_type(j, (struct span){type.at + 1, type.len - 2}, NULL);
    } else {
        basic_type(j, type);
    }
    if (text)
        json_key_text(j, "description", text);
    json_close(j, '}');
}

static void type_object(struct json *j, struct span type, const char *text)
{
    if (type.at[type.len - 1] != '?') {
        plain_type(j, type, text);
        return;
    }
    json_open(j, '{');
    json_key(j, "anyOf");
    json_open(j, '[');
    plain_type(j, span_first(type, type.len - 1), NULL);
    json_open(j, '{');
    json_key_text(j, "type", "null");
    json_close(j, '}');
    json_close(j, ']');
    if (text)
        json_key_text(j, "description", text);
    json_close(j, '}');
}

static void schema_objects(struct json *j)
{
    size_t count;
    const struct schema_field *rows = schema_rows(&count);

    json_key(j, "schemas");
    json_open(j, '{');
    for (size_t i = 0; i < count;) {
        const char *name = rows[i].schema;

        json_key(j, name);
        json_open(j, '{');
        json_key_text(j, "type", "object");
        json_key(j, "properties");
        json_open(j, '{');
        for (; i < count && span_is(span_of(rows[i].schema), name); i++) {
            json_key(j, rows[i].name);
            type_object(j, span_of(rows[i].type), rows[i].text);
        }
        json_close(j, '}');
        json_close(j, '}');
    }
    json_close(j, '}');
}

/* ---- operations ---- */

static void parameter(struct json *j, struct span name, const char *where,
                      const char *type, const char *text)
{
    json_open(j, '{');
    json_key_span(j, "name", name);
    json_key_text(j, "in", where);
    json_key_bool(j, "required", span_is(span_of(where), "path"));
    if (text)
        json_key_text(j, "description", text);
    json_key(j, "schema");
    plain_type(j, span_of(type), NULL);
    json_close(j, '}');
}

static void query_parameter(struct json *j, struct span name)
{
    for (size_t i = 0; i < LENGTH(parameters); i++) {
        if (span_is(name, parameters[i].name))
            parameter(j, name, "query", parameters[i].type, parameters[i].text);
    }
}

static void parameters_array(struct json *j, const struct http_route *route)
{
    struct span path = span_of(route->path), query = span_of(route->query);
    struct span of_lists = SPAN(LIST_PARAMETERS);

    json_key(j, "parameters");
    json_open(j, '[');
    while (path.len) {
        struct span part = span_take(&path, '/');

        if (part.len > 2 && part.at[0] == '{')
            parameter(j, (struct span){part.at + 1, part.len - 2}, "path",
                      "text", NULL);
    }
    while (query.len)
        query_parameter(j, span_take(&query, ' '));
    while (route->list && of_lists.len)
        query_parameter(j, span_take(&of_lists, ' '));
    json_close(j, ']');
}

static void content(struct json *j, const char *type, const char *schema,
                    bool list)
{
    json_key(j, "content");
    json_open(j, '{');
    json_key(j, type);
    json_open(j, '{');
    json_key(j, "schema");
    if (!list) {
        plain_type(j, span_of(schema), NULL);
    } else {
        json_open(j, '{');
        json_key_text(j, "type", "object");
        json_key(j, "properties");
        json_open(j, '{');
        json_key(j, "items");
        json_open(j, '{');
        json_key_text(j, "type", "array");
        json_key(j, "items");
        plain_type(j, span_of(schema), NULL);
        json_close(j, '}');
        json_key(j, "next");
        type_object(j, SPAN("text?"), "cursor of the next page");
        json_close(j, '}');
        json_close(j, '}');
    }
    json_close(j, '}');
    json_close(j, '}');
}

static void responses(struct json *j, const struct http_route *route)
{
    json_key(j, "responses");
    json_open(j, '{');
    json_key(j, "2XX");
    json_open(j, '{');
    json_key_text(j, "description", route->summary);
    if (route->schema)
        content(j, "application/json", route->schema, route->list);
    json_close(j, '}');
    json_key(j, "default");
    json_open(j, '{');
    json_key_text(j, "description", "what is wrong and what to do");
    content(j, "application/problem+json", "Problem", false);
    json_close(j, '}');
    json_close(j, '}');
}

static void operation(struct json *j, const struct http_route *route)
{
    static const char *const methods[] = {"get", "post", "put", "delete"};

    json_key(j, methods[route->method]);
    json_open(j, '{');
    json_key_text(j, "summary", route->summary);
    parameters_array(j, route);
    if (route->body) {
        json_key(j, "requestBody");
        json_open(j, '{');
        json_key_bool(j, "required", true);
        content(j, "application/json", route->body, false);
        json_close(j, '}');
    }
    if (route->role != API_PUBLIC) {
        json_key(j, "security");
        json_open(j, '[');
        json_open(j, '{');
        json_key(j, "session");
        json_open(j, '[');
        json_text(j, role_name((enum role)(route->role - 1)));
        json_close(j, ']');
        json_close(j, '}');
        json_close(j, ']');
    }
    responses(j, route);
    json_close(j, '}');
}

/* A path once, with all its methods. */
static void paths(struct json *j, const struct http_route *routes, size_t count)
{
    json_key(j, "paths");
    json_open(j, '{');
    for (size_t i = 0; i < count; i++) {
        struct span path = span_of(routes[i].path);
        bool seen = false;

        for (size_t k = 0; k < i && !seen; k++)
            seen = span_is(path, routes[k].path);
        if (seen)
            continue;
        json_key(j, routes[i].path);
        json_open(j, '{');
        for (size_t k = i; k < count; k++) {
            if (span_is(path, routes[k].path))
                operation(j, &routes[k]);
        }
        json_close(j, '}');
    }
    json_close(j, '}');
}

struct http_blob *openapi_make(const struct http_route *routes, size_t count)
{
    struct buf body;
    struct json j;

    buf_init(&body, HTTP_ANSWER_MAX);
    json_init(&j, &body);
    json_open(&j, '{');
    json_key_text(&j, "openapi", "3.1.0");
    json_key(&j, "info");
    json_open(&j, '{');
    json_key_text(&j, "title", "Shangyou");
    json_key_text(&j, "version", "1");
    json_key_text(&j, "description",
                  "Measured and judged numbers are strings with the digits as "
                  "written; times are ISO 8601 with +08:00; a period is named "
                  "by its start.");
    json_close(&j, '}');
    paths(&j, routes, count);
    json_key(&j, "components");
    json_open(&j, '{');
    schema_objects(&j);
    json_key(&j, "securitySchemes");
    json_open(&j, '{');
    json_key(&j, "session");
    json_open(&j, '{');
    json_key_text(&j, "type", "apiKey");
    json_key_text(&j, "in", "cookie");
    json_key_text(&j, "name", "shangyou_session");
    json_close(&j, '}');
    json_close(&j, '}');
    json_close(&j, '}');
    json_close(&j, '}');
    return http_blob_new(&body, "application/json");
}

static void openapi(struct http_request *r, struct http_response *w)
{
    w->blob = http_blob_hold(api_of(r)->openapi);
}

static const struct http_route rows[] = {
    {HTTP_GET, "/api/v1/openapi.json", API_PUBLIC, openapi, "this description",
     NULL, NULL, false, NULL},
};

const struct room openapi_room = ROOM(rows);
