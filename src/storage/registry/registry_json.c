#include "storage/registry/registry_load.h"

#include <jansson.h>

/* Deeper than we read? Jansson's own bound is far away. */
static bool is_deep(struct span json)
{
    bool in_text = false;
    int depth = 0;

    for (size_t i = 0; i < json.len; i++) {
        char c = json.at[i];

        if (in_text && c == '\\')
            i++;
        else if (c == '"')
            in_text = !in_text;
        else if (!in_text && (c == '{' || c == '['))
            depth++;
        else if (!in_text && (c == '}' || c == ']'))
            depth--;
        if (depth > LOAD_JSON_DEPTH_MAX)
            return true;
    }
    return false;
}

/* A list of texts as one value. */
static bool from_list(struct loader *l, const json_t *list, struct span *out)
{
    struct buf text;
    bool good = true;

    buf_init(&text, LOAD_JSON_MAX);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);

        good = good && json_is_string(item);
        if (!good)
            break;
        buf_printf(&text, "%s%s", i ? " " : "", json_string_value(item));
    }
    *out = arena_copy(l->arena, buf_span(&text));
    buf_done(&text);
    return good;
}

static bool from_value(struct loader *l, const struct field *field,
                       const json_t *value, struct finding *why,
                       struct span *out)
{
    bool list =
        field->kind == FIELD_ADDRESSES || field->kind == FIELD_DEVIATIONS;

    *why = (struct finding){.column = field->name};
    switch (json_typeof(value)) {
    case JSON_STRING:
        *out =
            (struct span){json_string_value(value), json_string_length(value)};
        return true;
    case JSON_TRUE:
        *out = SPAN("yes");
        return true;
    case JSON_FALSE:
        *out = SPAN("no");
        return true;
    case JSON_NULL:
        *out = SPAN("");
        return true;
    case JSON_INTEGER:
        *out = span_of(arena_printf(l->arena, "%lld",
                                    (long long)json_integer_value(value)));
        return true;
    case JSON_REAL:
        *out = span_of(arena_printf(l->arena, "%.7f", json_real_value(value)));
        why->reason = "is a number with a binary fraction (小数)";
        why->suggestion = "write it as a text, \"12.50\", to keep its digits";
        return field->kind == FIELD_DEGREES;
    case JSON_ARRAY:
        why->reason = "is a list (列表)";
        why->suggestion = list ? "a list of texts" : "one value";
        return list && from_list(l, value, out);
    case JSON_OBJECT:
        break;
    }
    why->reason = "is an object (对象)";
    why->suggestion = "one value";
    return false;
}

static bool take_member(struct loader *l, enum row_kind kind, const char *name,
                        const json_t *value, struct row *row)
{
    const struct row_schema *s = row_schema(kind);
    int index = row_field(kind, span_of(name));
    struct span taken, key;
    struct finding why;

    if (index < 0) {
        loader_problem(
            l, 0,
            (struct finding){
                .column =
                    arena_copy(l->arena, span_first(span_of(name), 80)).at,
                .reason = "is no field of this kind (字段)",
                .suggestion = arena_printf(l->arena, "fields: %s",
                                           loader_field_names(l, kind))});
        return false;
    }
    if (!from_value(l, &s->fields[index], value, &why, &taken)) {
        loader_problem(l, 0, why);
        return false;
    }
    key = row->value[index];
    if ((size_t)index < s->keys && key.at && !span_equal(key, taken)) {
        loader_problem(
            l, 0,
            (struct finding){.column = s->fields[index].name,
                             .reason = "differs from the address "
                                       "of the object (编码不一致)",
                             .suggestion = arena_copy(l->arena, key).at});
        return false;
    }
    row->value[index] = taken;
    return true;
}

void loader_json(struct loader *l, enum row_kind kind, const struct row *key,
                 struct span json)
{
    json_error_t error;
    json_t *object = NULL, *value;
    const char *name;
    struct row row = *key;
    bool good = true;

    if (json.len > LOAD_JSON_MAX || is_deep(json)) {
        loader_problem(l, 0,
                       (struct finding){.reason = "is too large or too deep",
                                        .suggestion = "one flat object of at "
                                                      "most 64 KiB"});
        return;
    }
    object = json_loadb(json.at ? json.at : "", json.len,
                        JSON_REJECT_DUPLICATES, &error);
    if (!json_is_object(object)) {
        loader_problem(
            l, error.line > 0 ? error.line : 0,
            (struct finding){
                .reason = object ? "is not an object"
                                 : arena_printf(l->arena, "is not JSON: %s",
                                                error.text),
                .suggestion = "one object with the fields of this kind"});
        json_decref(object);
        return;
    }
    json_object_foreach(object, name, value) good =
        take_member(l, kind, name, value, &row) && good;
    if (good)
        loader_row(l, kind, 0, &row);
    json_decref(object);
}
