/*
 * config - settings as rows: name, kind, default, range, help. A program's part
 * declares its rows; the file (YAML, flat or one level of sections), the
 * environment (SHANGYOU_GATEWAY_LISTEN) and the command line (--gateway.listen
 * VALUE) fill them, the later over the earlier. What is unknown or out of range
 * is an error that names file, line, setting and what would be right.
 */
#ifndef BASE_CONFIG_H
#define BASE_CONFIG_H

#include "base/err.h"
#include "base/span.h"

#include <stdint.h>

enum config_kind { CONFIG_TEXT, CONFIG_INT, CONFIG_BOOL };

struct config_row {
    const char *name; /* "gateway.listen" */
    enum config_kind kind;
    void *value;          /* const char **, int64_t *, bool * */
    const char *fallback; /* the default as text; NULL: none (NULL, 0, false) */
    int64_t min, max;     /* CONFIG_INT; both 0: any */
    const char *help;
};

/* Sets every row to its default. Texts live as long as the program. */
void config_defaults(const struct config_row *rows, size_t count);

/* One setting from outside; `where` is named in the message. */
enum err config_set(const struct config_row *rows, size_t count,
                    struct span name, struct span value, const char *where,
                    char message[256]) MUST_CHECK;

/* A file. ERR_INVALID with a message "file:line: ...". */
enum err config_file(const struct config_row *rows, size_t count,
                     const char *path, char message[256]) MUST_CHECK;

/* SHANGYOU_* variables. */
enum err config_environment(const struct config_row *rows, size_t count,
                            char message[256]) MUST_CHECK;

/* The rows as a help text, to standard output. */
void config_help(const struct config_row *rows, size_t count);

#endif
