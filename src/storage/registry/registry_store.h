/*
 * registry_store - the registry's rows in SQLite: a table a kind, a column a
 * field (field.h), its id, and when it was retired. A row is never deleted: an
 * id once given belongs to its code for ever, and a retired row that comes back
 * has its old id.
 *
 * One thread at a time.
 */
#ifndef REGISTRY_STORE_H
#define REGISTRY_STORE_H

#include "storage/registry/field.h"
#include "storage/registry/registry.h"

struct registry_store;

enum err registry_store_open(const char *path,
                             struct registry_store **out) MUST_CHECK;
void registry_store_close(struct registry_store *store);

enum err registry_store_begin(struct registry_store *store) MUST_CHECK;
void registry_store_rollback(struct registry_store *store);

/* Commits and, when rows changed, counts the version up. */
enum err registry_store_commit(struct registry_store *store,
                               bool changed) MUST_CHECK;

struct stored_row {
    int32_t id;
    bool retired;
    struct row row; /* at NULL where the column is NULL; in the arena */
};

/* The row with the key fields of `key`; ERR_NOT_FOUND. */
enum err registry_store_find(struct registry_store *store, enum row_kind kind,
                             const struct row *key, struct arena *arena,
                             struct stored_row *out) MUST_CHECK;

enum err registry_store_insert(struct registry_store *store, enum row_kind kind,
                               const struct row *row,
                               int32_t *out_id) MUST_CHECK;

/* Writes all fields; a retired row is in force again. */
enum err registry_store_update(struct registry_store *store, enum row_kind kind,
                               int32_t id, const struct row *row) MUST_CHECK;

/* ERR_NOT_FOUND when it is not in force. */
enum err registry_store_retire(struct registry_store *store, enum row_kind kind,
                               const struct row *key) MUST_CHECK;

/* Whether a row of `kind` in force belongs to this site (and point). */
enum err registry_store_has(struct registry_store *store, enum row_kind kind,
                            struct span site, struct span point,
                            bool *out) MUST_CHECK;

/*
 * The MN of an enabled device in force at a point other than `mn`, in the
 * arena; ERR_NOT_FOUND when there is none.
 */
enum err registry_store_other_device(struct registry_store *store,
                                     struct span site, struct span point,
                                     struct span mn, struct arena *arena,
                                     struct span *out) MUST_CHECK;

/*
 * Rows in force, in order of their key from behind `after` (all key fields; or
 * NULL: the first). Calls `each` at most `limit` times; *row is borrowed.
 */
enum err registry_store_list(struct registry_store *store, enum row_kind kind,
                             const struct row *after, size_t limit,
                             void (*each)(void *context, const struct row *row),
                             void *context) MUST_CHECK;

/* How many rows of a kind are in force. */
enum err registry_store_count(struct registry_store *store, enum row_kind kind,
                              size_t *out) MUST_CHECK;

/* The greatest id ever given to a row of a kind; 0 when there is none. */
enum err registry_store_last_id(struct registry_store *store,
                                enum row_kind kind, int32_t *out) MUST_CHECK;

/*
 * Every row in force, in the order of a picture: sites and devices by id,
 * points by site, factors and limits by point. `parent` is the id of the site
 * (of a point) or of the point (of the others). *row is borrowed. With them
 * registry_picture.h makes a snapshot.
 */
enum err registry_store_walk(struct registry_store *store, enum row_kind kind,
                             void (*each)(void *context, int32_t id,
                                          int32_t parent,
                                          const struct row *row),
                             void *context) MUST_CHECK;

/* Counted up by every change. */
enum err registry_store_version(struct registry_store *store,
                                uint64_t *out) MUST_CHECK;

#endif
