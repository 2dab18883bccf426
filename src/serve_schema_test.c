/* Every answer of the API is what its description says. */
#include "serve_testing.h"

#include "api/schema.h"

static void check_value(const json_t *value, struct span type,
                        const char *name);

static void check_object(const json_t *object, struct span schema)
{
    size_t count;
    const struct schema_field *fields = schema_find(schema, &count);
    const char *key;
    json_t *value;

    if (!fields)
        print_error("no schema %.*s\n", SPAN_ARG(schema));
    CHECK(fields);
    CHECK(json_is_object(object));
    for (size_t i = 0; i < count; i++) {
        value = json_object_get(object, fields[i].name);
        if (!value)
            print_error("%s.%s is not there\n", fields[i].schema,
                        fields[i].name);
        CHECK(value);
        check_value(value, span_of(fields[i].type), fields[i].name);
    }
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        bool known = span_is(schema, "RegistryRow");

        for (size_t i = 0; i < count && !known; i++)
            known = strcmp(key, fields[i].name) == 0;
        if (!known)
            print_error("%.*s has no %s\n", SPAN_ARG(schema), key);
        CHECK(known);
    }
}

static bool is_of(const json_t *value, struct span type)
{
    if (span_is(type, "int"))
        return json_is_integer(value);
    if (span_is(type, "number"))
        return json_is_number(value);
    if (span_is(type, "bool"))
        return json_is_boolean(value);
    return json_is_string(value); /* text, decimal, time */
}

static void check_value(const json_t *value, struct span type, const char *name)
{
    struct span inner;
    size_t i, count;
    json_t *part;
    bool good;

    if (type.at[type.len - 1] == '?') {
        if (json_is_null(value))
            return;
        type.len--;
    }
    inner = (struct span){type.at + 1, type.len > 2 ? type.len - 2 : 0};
    if (type.at[0] == '[') {
        CHECK(json_is_array(value));
        json_array_foreach((json_t *)(uintptr_t)value, i, part)
            check_value(part, inner, name);
        return;
    }
    if (type.at[0] == '{') {
        CHECK(json_is_object(value));
        return;
    }
    if (schema_find(type, &count)) {
        check_object(value, type);
        return;
    }
    good = is_of(value, type);
    if (!good)
        print_error("%s is no %.*s\n", name, SPAN_ARG(type));
    CHECK(good);
}

static void check_answer(const char *path, const char *schema, bool list)
{
    struct got got = ask("GET", path, NULL);
    json_t *row;
    size_t i;

    if (got.status != 200)
        print_error("%s: %s\n", path, got.body.at);
    CHECK_INT(got.status, 200);
    CHECK(strstr(got.head.at, "ETag: "));
    if (list) {
        CHECK(json_is_array(items_of(&got)));
        CHECK(json_object_get(got.json, "next"));
        json_array_foreach(items_of(&got), i, row)
            check_object(row, span_of(schema));
    } else {
        check_object(got.json, span_of(schema));
    }
    forget(&got);
}

/* "#/components/schemas/Site" of an operation's answer, or NULL; its list? */
static const char *schema_of(const json_t *operation, bool *list)
{
    static const char *const way[] = {"responses", "2XX", "content",
                                      "application/json", "schema"};
    const json_t *at = operation;
    const json_t *items;
    const char *ref;

    for (size_t i = 0; i < LENGTH(way); i++)
        at = json_object_get(at, way[i]);
    items = json_object_get(json_object_get(at, "properties"), "items");
    *list = items;
    ref = json_string_value(
        json_object_get(items ? json_object_get(items, "items") : at, "$ref"));
    return ref ? strrchr(ref, '/') + 1 : NULL;
}

static void fill_in(const char *path, int64_t channel, char out[256])
{
    static const char *const values[][2] = {
        {"/registry/{kind}", "/registry/sites"},
        {"/frames/{sequence}", "/frames/1"},
        {"/standards/{name}", "/standards/aqi-hj633"},
        {"/assessments/{name}", "/assessments/aqi-day"},
        {"/proof/{sequence}", "/proof/1"},
        {"/sites/{id}", "/sites/1"},
        {"/devices/{id}", "/devices/1"},
    };
    char hour[64], number[32];

    snprintf(out, 256, "%s", path);
    snprintf(number, sizeof(number), "%lld", (long long)channel);
    iso(last_hour(), hour);
    for (size_t i = 0; i < LENGTH(values); i++) {
        const char *at = strstr(path, values[i][0]);

        if (at)
            snprintf(out, 256, "%.*s%s%s", (int)(at - path), path, values[i][1],
                     at + strlen(values[i][0]));
    }
    if (strstr(path, "/channels/{id}")) {
        bool of_one = strstr(path, "/versions") || strstr(path, "/frames");

        snprintf(out, 256, "/api/v1/channels/%s%s%s%s", number,
                 path + strlen("/api/v1/channels/{id}"),
                 strstr(path, "percentile")    ? "?p=95"
                 : strstr(path, "exceedances") ? "?limit_value=1"
                 : of_one                      ? "?start="
                                               : "",
                 of_one ? hour : "");
    }
    if (strstr(path, "/verdicts/versions"))
        snprintf(out, 256, "%s?site=1&point=1&kind=aqi_hour&start=%s", path,
                 hour);
}

TEST(every_answer_has_the_fields_that_openapi_says)
{
    struct got openapi, got;
    const char *path;
    json_t *methods;
    int64_t channel, command;
    int asked = 0;

    begin();
    report_air(last_hour());
    log_in("admin");
    channel = pm25_channel();
    got = wait_for("/api/v1/sites/1/verdict", 200, "\"given\"");
    forget(&got);
    got = ask("POST", "/api/v1/devices/1/commands", "{\"cn\":1011}");
    command = json_integer_value(json_object_get(got.json, "id"));
    check_object(got.json, SPAN("Command"));
    forget(&got);

    openapi = ask("GET", "/api/v1/openapi.json", NULL);
    CHECK_TEXT(text_at(openapi.json, "openapi"), "3.1.0");
    json_object_foreach(json_object_get(openapi.json, "paths"), path, methods)
    {
        bool list;
        const char *schema = schema_of(json_object_get(methods, "get"), &list);
        char full[256];

        if (!schema)
            continue;
        fill_in(path, channel, full);
        if (strstr(path, "/commands/{id}"))
            snprintf(full, sizeof(full), "/api/v1/commands/%lld",
                     (long long)command);
        check_answer(full, schema, list);
        asked++;
    }
    CHECK(asked >= 30);
    forget(&openapi);
    end();
}

TEST(a_known_answer_is_not_sent_again)
{
    struct got got;
    char header[128];
    const char *tag;

    begin();
    got = ask("GET", "/api/v1/regions", NULL);
    tag = strstr(got.head.at, "ETag: ");
    CHECK(tag);
    snprintf(header, sizeof(header), "If-None-Match: %.*s",
             (int)strcspn(tag + 6, "\r"), tag + 6);
    forget(&got);
    got = ask_with("GET", "/api/v1/regions", NULL, header);
    CHECK_INT(got.status, 304);
    forget(&got);
    end();
}
