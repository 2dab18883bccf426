/*
 * registry_load - takes rows that somebody gives (a CSV or YAML file, a
 * request) into the store, within the caller's transaction. Each row is judged
 * value by value, then as a whole, then against what is stored; whatever is
 * wrong is told as a problem, and the caller rolls back when there is one.
 */
#ifndef REGISTRY_LOAD_H
#define REGISTRY_LOAD_H

#include "storage/registry/registry_store.h"

enum {
    LOAD_FILE_MAX = 256 << 20, /* bytes of one file */
    LOAD_PROBLEMS_MAX = 1000,  /* listed; the last one says there are more */
    LOAD_JSON_MAX = 64 << 10,  /* bytes of one object */
    LOAD_JSON_DEPTH_MAX = 4,
    LOAD_PROGRESS_ROWS = 4096,
};

struct loader {
    struct registry_store *store;
    const struct reference *reference;
    struct arena *arena;                          /* texts of the problems */
    struct arena scratch;                         /* of one row */
    const char *file;                             /* being read, for problems */
    void (*progress)(void *context, size_t rows); /* may be NULL */
    void *progress_context;
    enum err err; /* of the store or of a file; ends the loading */
    size_t rows, added, changed, unchanged;
    struct import_problem *problems, *warnings;
    size_t problem_count, problem_cap, warning_count, warning_cap;
    struct {
        int *line; /* by id: where this import had the row before */
        size_t cap;
    } seen[ROW_KIND_COUNT];
};

void loader_init(struct loader *l, struct registry_store *store,
                 const struct reference *reference, struct arena *arena);
void loader_done(struct loader *l);

/* Says what is wrong with the file or the line; column and value may be NULL.
 */
void loader_problem(struct loader *l, int line, struct finding finding);

/* One row; values not given at NULL. */
void loader_row(struct loader *l, enum row_kind kind, int line,
                const struct row *given);

/* Whole texts; a CSV's is changed. Their problems are in the loader. */
void loader_csv_text(struct loader *l, struct buf *text, enum row_kind kind);
void loader_yaml_text(struct loader *l, struct span text);

/* The same from files. */
void loader_csv(struct loader *l, const char *path, enum row_kind kind);
void loader_yaml(struct loader *l, const char *path);

/* A file's bytes; problems and err as above, false then. */
bool loader_read(struct loader *l, const char *path, struct buf *out);

/* One object with the fields of a kind; `key` gives the key fields too. */
void loader_json(struct loader *l, enum row_kind kind, const struct row *key,
                 struct span json);

/* "a, b, c": the fields of a kind, for suggestions; in the arena. */
const char *loader_field_names(struct loader *l, enum row_kind kind);

#endif
