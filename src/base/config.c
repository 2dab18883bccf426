#include "base/config.h"

#include "base/memory.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <yaml.h>

/* ---- one setting ---- */

static const struct config_row *find(const struct config_row *rows,
                                     size_t count, struct span name)
{
    for (size_t i = 0; i < count; i++) {
        if (span_is(name, rows[i].name))
            return &rows[i];
    }
    return NULL;
}

static enum err parse_int(struct span text, int64_t *out)
{
    char copy[32];
    char *end;
    long long value;

    if (text.len == 0 || text.len >= sizeof copy)
        return ERR_SYNTAX;
    span_copy(text, copy, sizeof copy);
    errno = 0;
    value = strtoll(copy, &end, 10);
    if (errno || *end || isspace((unsigned char)copy[0]))
        return ERR_SYNTAX;
    *out = value;
    return OK;
}

static enum err parse_bool(struct span text, bool *out)
{
    *out = span_is(text, "true") || span_is(text, "yes") || span_is(text, "on");
    if (*out || span_is(text, "false") || span_is(text, "no") ||
        span_is(text, "off"))
        return OK;
    return ERR_SYNTAX;
}

/*
 * Settings are read once, and their texts live as long as the program: somebody
 * may hold one that a later source has overridden.
 */
static const char *keep(struct span text)
{
    static char **kept;
    static size_t count, room;

    kept = memory_grow(kept, &room, count + 1, sizeof *kept);
    kept[count] = memory_text(text);
    return kept[count++];
}

static enum err assign(const struct config_row *row, struct span value,
                       char *wanted, size_t size)
{
    int64_t number;

    switch (row->kind) {
    case CONFIG_TEXT:
        *(const char **)row->value = keep(value);
        return OK;
    case CONFIG_BOOL:
        snprintf(wanted, size, "true or false");
        return parse_bool(value, row->value);
    case CONFIG_INT:
        if (row->min || row->max)
            snprintf(wanted, size,
                     "a whole number from %" PRId64 " to %" PRId64, row->min,
                     row->max);
        else
            snprintf(wanted, size, "a whole number");
        if (parse_int(value, &number) ||
            ((row->min || row->max) &&
             (number < row->min || number > row->max)))
            return ERR_INVALID;
        *(int64_t *)row->value = number;
        return OK;
    }
    return ERR_INVALID;
}

void config_defaults(const struct config_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char wanted[96];

        if (rows[i].fallback) {
            if (assign(&rows[i], span_of(rows[i].fallback), wanted,
                       sizeof wanted))
                abort(); /* a default of ours that is wrong */
        } else if (rows[i].kind == CONFIG_TEXT) {
            *(const char **)rows[i].value = NULL;
        } else if (rows[i].kind == CONFIG_INT) {
            *(int64_t *)rows[i].value = 0;
        } else {
            *(bool *)rows[i].value = false;
        }
    }
}

enum err config_set(const struct config_row *rows, size_t count,
                    struct span name, struct span value, const char *where,
                    char message[256])
{
    const struct config_row *row = find(rows, count, name);
    char wanted[96] = "";

    if (!row) {
        snprintf(message, 256, "%s: no setting '%.*s'; --help lists them all",
                 where, (int)(name.len < 60 ? name.len : 60), name.at);
        return ERR_INVALID;
    }
    if (assign(row, value, wanted, sizeof wanted)) {
        snprintf(message, 256, "%s: %s is '%.*s', but wants %s", where,
                 row->name, (int)(value.len < 60 ? value.len : 60), value.at,
                 wanted);
        return ERR_INVALID;
    }
    return OK;
}

/* ---- a file ---- */

/* A walk over the events of libyaml: sections of settings, nothing deeper. */
struct reader {
    const struct config_row *rows;
    size_t count;
    const char *path;
    char *message;
    int depth; /* mappings we are inside of */
    char section[64];
    char key[64];
    bool has_key;
};

static enum err complain(struct reader *r, size_t line, const char *what)
{
    snprintf(r->message, 256, "%s:%zu: %s", r->path, line + 1, what);
    return ERR_INVALID;
}

static enum err take_scalar(struct reader *r, const yaml_event_t *event)
{
    struct span text = {(const char *)event->data.scalar.value,
                        event->data.scalar.length};
    char name[130], where[200];

    if (r->depth == 0)
        return text.len ? complain(r, event->start_mark.line,
                                   "expected 'setting: value'")
                        : OK;
    if (!r->has_key) {
        span_copy(text, r->key, sizeof r->key);
        r->has_key = true;
        return OK;
    }
    r->has_key = false;
    snprintf(name, sizeof name, "%s%s%s", r->section, r->section[0] ? "." : "",
             r->key);
    snprintf(where, sizeof where, "%.150s:%zu", r->path,
             event->start_mark.line + 1);
    return config_set(r->rows, r->count, span_of(name), text, where,
                      r->message);
}

static enum err take_event(struct reader *r, const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_MAPPING_START_EVENT:
        if (r->depth == 2)
            return complain(r, event->start_mark.line,
                            "sections stand one level deep, not deeper");
        if (r->depth++ == 1)
            memcpy(r->section, r->key, sizeof r->section);
        r->has_key = false;
        return OK;
    case YAML_MAPPING_END_EVENT:
        r->depth--;
        r->section[0] = '\0';
        return OK;
    case YAML_SCALAR_EVENT:
        return take_scalar(r, event);
    case YAML_SEQUENCE_START_EVENT:
    case YAML_ALIAS_EVENT:
        return complain(r, event->start_mark.line,
                        "lists and aliases are not used in settings");
    default:
        return OK;
    }
}

static enum err take_file(struct reader *r, FILE *file)
{
    yaml_parser_t parser;
    enum err err = OK;
    bool end = false;

    if (!yaml_parser_initialize(&parser))
        abort(); /* no memory */
    yaml_parser_set_input_file(&parser, file);
    while (!end && !err) {
        yaml_event_t event;

        if (!yaml_parser_parse(&parser, &event)) {
            err = complain(r, parser.problem_mark.line,
                           parser.problem ? parser.problem : "not YAML");
            break;
        }
        end = event.type == YAML_STREAM_END_EVENT;
        err = take_event(r, &event);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return err;
}

enum err config_file(const struct config_row *rows, size_t count,
                     const char *path, char message[256])
{
    struct reader reader = {
        .rows = rows, .count = count, .path = path, .message = message};
    FILE *file = fopen(path, "rb");
    enum err err;

    if (!file) {
        snprintf(message, 256, "%s: cannot be read: %s", path, strerror(errno));
        return ERR_NOT_FOUND;
    }
    err = take_file(&reader, file);
    fclose(file);
    return err;
}

/* ---- the environment ---- */

enum err config_environment(const struct config_row *rows, size_t count,
                            char message[256])
{
    for (size_t i = 0; i < count; i++) {
        char name[128];
        const char *value;
        enum err err;

        snprintf(name, sizeof name, "SHANGYOU_%s", rows[i].name);
        for (char *c = name; *c; c++)
            *c = (char)(*c == '.' ? '_' : toupper((unsigned char)*c));
        value = getenv(name);
        if (!value)
            continue;
        err = config_set(rows, count, span_of(rows[i].name), span_of(value),
                         name, message);
        if (err)
            return err;
    }
    return OK;
}

void config_help(const struct config_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        printf("  --%-28s %s", rows[i].name, rows[i].help);
        if (rows[i].min || rows[i].max)
            printf(" (%" PRId64 " to %" PRId64 ")", rows[i].min, rows[i].max);
        if (rows[i].fallback)
            printf(" [%s]", rows[i].fallback);
        putchar('\n');
    }
}
