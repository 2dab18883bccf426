#include "base/memory.h"
#include "storage/registry/registry_load.h"

#include <yaml.h>

/*
 * The file is a mapping of kinds to lists of flat mappings:
 *
 *     sites:
 *       - code: 1431A
 *         name_zh: 金泉两河
 *
 * It is read event by event, so that every problem has its line, and kind by
 * kind, so that the lists may come in any order.
 */
struct reader {
    struct loader *l;
    yaml_parser_t parser;
    yaml_event_t event;
    bool failed;
};

static int line_of(const struct reader *r)
{
    return (int)r->event.start_mark.line + 1;
}

static bool fail(struct reader *r, const char *reason, const char *suggestion)
{
    if (!r->failed)
        loader_problem(
            r->l, line_of(r),
            (struct finding){.reason = reason, .suggestion = suggestion});
    r->failed = true;
    return false;
}

/* The next event; false when the text is not YAML or is of another kind. */
static bool next(struct reader *r)
{
    yaml_event_delete(&r->event);
    memset(&r->event, 0, sizeof(r->event));
    if (r->failed)
        return false;
    if (!yaml_parser_parse(&r->parser, &r->event)) {
        r->event.start_mark = r->parser.problem_mark;
        return fail(r,
                    arena_printf(r->l->arena, "is not YAML: %s",
                                 r->parser.problem ? r->parser.problem : ""),
                    "check indentation and colons");
    }
    if (r->event.type == YAML_ALIAS_EVENT)
        return fail(r, "is an alias", "write the value out");
    return true;
}

static struct span scalar(const struct reader *r)
{
    return (struct span){(const char *)r->event.data.scalar.value,
                         r->event.data.scalar.length};
}

/* Skips the node whose first event is the present one. */
static void skip(struct reader *r)
{
    int depth = 0;

    do {
        if (r->event.type == YAML_MAPPING_START_EVENT ||
            r->event.type == YAML_SEQUENCE_START_EVENT)
            depth++;
        if (r->event.type == YAML_MAPPING_END_EVENT ||
            r->event.type == YAML_SEQUENCE_END_EVENT)
            depth--;
    } while (depth > 0 && next(r));
}

/* A scalar, or a list of scalars joined by blanks; the event is its first. */
static bool read_value(struct reader *r, struct arena *arena, struct span *out)
{
    struct buf list;

    if (r->event.type == YAML_SCALAR_EVENT) {
        bool null = r->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
                    (span_is(scalar(r), "null") || span_is(scalar(r), "~"));

        *out = null ? SPAN("") : arena_copy(arena, scalar(r));
        return true;
    }
    if (r->event.type != YAML_SEQUENCE_START_EVENT)
        return fail(r, "is no single value", "a text, or a list of texts");
    buf_init(&list, (size_t)2 * FIELD_VALUE_MAX);
    while (next(r) && r->event.type == YAML_SCALAR_EVENT) {
        if (list.len)
            buf_char(&list, ' ');
        buf_add(&list, scalar(r));
    }
    *out = arena_copy(arena, buf_span(&list));
    buf_done(&list);
    if (!r->failed && r->event.type != YAML_SEQUENCE_END_EVENT)
        return fail(r, "is no text in a list", "a list of texts");
    return !r->failed;
}

/* One row: the event is its mapping's start. */
static void read_row(struct reader *r, enum row_kind kind)
{
    struct arena arena;
    struct row row = {0};
    int line = line_of(r);
    bool good = true;

    arena_init(&arena);
    while (next(r) && r->event.type == YAML_SCALAR_EVENT) {
        struct span name = arena_copy(&arena, span_first(scalar(r), 80));
        int index = row_field(kind, name);
        struct span value;

        if (index < 0 || row.value[index].at) {
            good = false;
            loader_problem(
                r->l, line_of(r),
                (struct finding){
                    .column = arena_copy(r->l->arena, name).at,
                    .reason = index < 0 ? "is no field of this kind (字段)"
                                        : "is given twice (重复)",
                    .suggestion =
                        arena_printf(r->l->arena, "fields: %s",
                                     loader_field_names(r->l, kind))});
        }
        if (!next(r) || !read_value(r, &arena, &value))
            break;
        if (index >= 0)
            row.value[index] = value;
    }
    if (!r->failed && r->event.type != YAML_MAPPING_END_EVENT)
        fail(r, "is no name of a field", "name: value");
    if (!r->failed && good)
        loader_row(r->l, kind, line, &row);
    arena_done(&arena);
}

static void read_list(struct reader *r, enum row_kind kind)
{
    if (r->event.type == YAML_SCALAR_EVENT && !scalar(r).len)
        return;
    if (r->event.type != YAML_SEQUENCE_START_EVENT) {
        fail(r, "is no list", "a list of rows: '- code: ...'");
        return;
    }
    while (!r->l->err && next(r) && r->event.type == YAML_MAPPING_START_EVENT)
        read_row(r, kind);
    if (!r->failed && !r->l->err && r->event.type != YAML_SEQUENCE_END_EVENT)
        fail(r, "is no row", "'- code: ...' with one field a line");
}

/* Walks the whole text; takes the rows of one kind and passes over others. */
static void read_kind(struct reader *r, enum row_kind wanted)
{
    while (next(r) && r->event.type != YAML_MAPPING_START_EVENT) {
        if (r->event.type == YAML_STREAM_END_EVENT)
            return;
        if (r->event.type != YAML_STREAM_START_EVENT &&
            r->event.type != YAML_DOCUMENT_START_EVENT) {
            fail(r, "is no registry", "sites:, points:, devices: ...");
            return;
        }
    }
    while (!r->l->err && next(r) && r->event.type == YAML_SCALAR_EVENT) {
        enum row_kind kind;
        enum err err = row_kind_parse(scalar(r), &kind);

        if (err) {
            fail(r, "is no kind of row (类别)",
                 "sites, points, devices, factors, limits");
            return;
        }
        if (!next(r))
            return;
        if (kind == wanted)
            read_list(r, kind);
        else
            skip(r);
    }
    if (r->l->err || r->failed)
        return;
    if (r->event.type != YAML_MAPPING_END_EVENT)
        fail(r, "is no name of a list", "sites:, points:, devices: ...");
    else if (next(r) && next(r) && r->event.type != YAML_STREAM_END_EVENT)
        fail(r, "is a second document", "one document in a file");
}

void loader_yaml_text(struct loader *l, struct span text)
{
    bool failed = false;

    for (int kind = 0; kind < ROW_KIND_COUNT && !l->err && !failed; kind++) {
        struct reader r = {.l = l};

        if (!yaml_parser_initialize(&r.parser))
            abort(); /* no memory */
        yaml_parser_set_input_string(&r.parser, (const unsigned char *)text.at,
                                     text.len);
        read_kind(&r, (enum row_kind)kind);
        yaml_event_delete(&r.event);
        yaml_parser_delete(&r.parser);
        failed = r.failed; /* the same would be said for every kind */
    }
}

void loader_yaml(struct loader *l, const char *path)
{
    struct buf text;

    l->file = arena_copy(l->arena, span_of(path)).at;
    buf_init(&text, LOAD_FILE_MAX);
    if (loader_read(l, path, &text))
        loader_yaml_text(l, buf_span(&text));
    buf_done(&text);
}
