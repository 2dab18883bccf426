#include "api/body.h"

#include "base/csv.h"
#include "base/memory.h"

#include <jansson.h>
#include <stdio.h>

/* 15 digits come back as they were written; a 17th is noise. */
enum { REAL_DIGITS = 15 };

struct body {
    json_t *value;
};

bool body_depth_within(struct span text, int max)
{
    bool quoted = false;
    int depth = 0;

    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];

        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '{' || c == '['))
            depth++;
        else if (!quoted && (c == '}' || c == ']'))
            depth--;
        if (depth > max)
            return false;
    }
    return true;
}

struct body *body_parse(struct span text, char why[160])
{
    struct body *body;
    json_error_t error;
    json_t *value;

    if (!body_depth_within(text, BODY_DEPTH_MAX)) {
        snprintf(why, 160, "nested more than %d deep", BODY_DEPTH_MAX);
        return NULL;
    }
    value = json_loadb(text.len ? text.at : "", text.len,
                       JSON_REJECT_DUPLICATES, &error);
    if (!value) {
        snprintf(why, 160, "line %d column %d: %.100s", error.line,
                 error.column, error.text);
        return NULL;
    }
    if (!json_is_object(value)) {
        json_decref(value);
        snprintf(why, 160, "not an object");
        return NULL;
    }
    body = memory_new(1, sizeof(*body));
    body->value = value;
    return body;
}

void body_free(struct body *body)
{
    if (!body)
        return;
    json_decref(body->value);
    free(body);
}

bool body_has(const struct body *body, const char *name)
{
    const json_t *member = json_object_get(body->value, name);

    return member && !json_is_null(member);
}

struct span body_text(const struct body *body, const char *name)
{
    const json_t *member = json_object_get(body->value, name);

    if (!json_is_string(member))
        return (struct span){NULL, 0};
    return (struct span){json_string_value(member), json_string_length(member)};
}

bool body_int(const struct body *body, const char *name, int64_t *out)
{
    const json_t *member = json_object_get(body->value, name);

    if (!json_is_integer(member))
        return false;
    *out = json_integer_value(member);
    return true;
}

static int add_bytes(const char *text, size_t size, void *out)
{
    buf_add(out, (struct span){text, size});
    return 0;
}

void body_write(const struct body *body, struct buf *out)
{
    json_dump_callback(body->value, add_bytes, out,
                       JSON_COMPACT | JSON_PRESERVE_ORDER |
                           JSON_REAL_PRECISION(REAL_DIGITS));
}

void body_set(struct body *body, const char *name, struct span text)
{
    json_object_set_new(body->value, name,
                        json_stringn(text.at ? text.at : "", text.len));
}

/* ---- rows to CSV ---- */

/* What stands in one field: texts bare, lists joined, the rest as JSON. */
static void field_text(json_t *value, struct buf *out)
{
    size_t i;
    json_t *part;

    if (!value || json_is_null(value))
        return;
    if (json_is_string(value)) {
        buf_add(out, (struct span){json_string_value(value),
                                   json_string_length(value)});
    } else if (json_is_array(value) &&
               (json_array_size(value) == 0 ||
                json_is_string(json_array_get(value, 0)))) {
        json_array_foreach(value, i, part)
        {
            buf_text(out, i ? " " : "");
            buf_text(out, json_is_string(part) ? json_string_value(part) : "");
        }
    } else {
        json_dump_callback(value, add_bytes, out,
                           JSON_COMPACT | JSON_PRESERVE_ORDER |
                               JSON_ENCODE_ANY |
                               JSON_REAL_PRECISION(REAL_DIGITS));
    }
}

/* A figure such as -0.5 is one, not a formula. */
static bool is_figure(struct span text)
{
    size_t digits = 0;

    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];

        if (c >= '0' && c <= '9')
            digits++;
        else if (c != '.' && !(c == '-' && i == 0))
            return false;
    }
    return digits > 0;
}

bool body_items_to_csv(struct span items, const char *const *names,
                       size_t name_count, struct buf *out)
{
    json_t *rows = json_loadb(items.at, items.len, 0, NULL);
    struct buf field;
    json_t *row;
    size_t r;

    if (!json_is_array(rows)) {
        json_decref(rows);
        return false;
    }
    for (size_t n = 0; n < name_count; n++)
        csv_add(out, span_of(names[n]), n == 0);
    csv_end(out);

    buf_init(&field, out->max);
    json_array_foreach(rows, r, row)
    {
        for (size_t n = 0; n < name_count; n++) {
            buf_clear(&field);
            field_text(json_object_get(row, names[n]), &field);
            if (is_figure(buf_span(&field)))
                csv_add(out, buf_span(&field), n == 0);
            else
                csv_add_text(out, buf_span(&field), n == 0);
        }
        csv_end(out);
    }
    buf_done(&field);
    json_decref(rows);
    return true;
}
