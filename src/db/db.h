/*
 * db - a thin face of SQLite: one connection, prepared statements, migrations.
 * It knows nothing of the domain. A connection belongs to one thread at a time.
 *
 * Ownership: text and bytes from a column live until the next step of their
 * statement. stmt_free(NULL) and db_close(NULL) do nothing.
 */
#ifndef DB_H
#define DB_H

#include "base/err.h"
#include "base/span.h"

#include <stdint.h>

struct db;
struct stmt;

enum db_mode { DB_READ_ONLY, DB_READ_WRITE };

/*
 * Opens or creates (WAL, synchronous NORMAL, foreign keys, 5 s busy timeout).
 * ERR_NOT_FOUND, ERR_BUSY, ERR_CORRUPT, ERR_DENIED, ERR_FULL, ERR_IO; the cause
 * is logged.
 */
enum err db_open(const char *path, enum db_mode mode,
                 struct db **out) MUST_CHECK;
void db_close(struct db *db);

/* The sqlite3 handle, for what this face does not have. */
void *db_handle(struct db *db);

/* Runs statements without results. */
enum err db_exec(struct db *db, const char *sql) MUST_CHECK;

/*
 * Brings the schema to `count` (PRAGMA user_version): runs steps[version] ...
 * steps[count - 1], all in one transaction. ERR_UNSUPPORTED when the file is
 * from a newer program.
 */
enum err db_migrate(struct db *db, const char *const *steps,
                    int count) MUST_CHECK;

enum err db_begin(struct db *db) MUST_CHECK; /* IMMEDIATE */
enum err db_commit(struct db *db) MUST_CHECK;
void db_rollback(struct db *db);

int64_t db_last_id(struct db *db);
int db_changes(struct db *db);

enum err db_prepare(struct db *db, const char *sql,
                    struct stmt **out) MUST_CHECK;
void stmt_free(struct stmt *stmt);

/* Parameters count from 1. Spans are copied. */
void stmt_bind_int(struct stmt *stmt, int index, int64_t value);
void stmt_bind_double(struct stmt *stmt, int index, double value);
void stmt_bind_text(struct stmt *stmt, int index, struct span text);
void stmt_bind_cstr(struct stmt *stmt, int index, const char *text); /* NULL */
void stmt_bind_bytes(struct stmt *stmt, int index, struct span bytes);
void stmt_bind_null(struct stmt *stmt, int index);

/* OK: a row is there. ERR_NOT_FOUND: no more. */
enum err stmt_step(struct stmt *stmt) MUST_CHECK;

/* For statements without rows: runs, then resets for the next use. */
enum err stmt_run(struct stmt *stmt) MUST_CHECK;

/* Ready for new parameters. */
void stmt_reset(struct stmt *stmt);

/* Columns count from 0. */
int64_t stmt_int(struct stmt *stmt, int column);
double stmt_double(struct stmt *stmt, int column);
struct span stmt_text(struct stmt *stmt, int column); /* empty for NULL */
struct span stmt_bytes(struct stmt *stmt, int column);
bool stmt_is_null(struct stmt *stmt, int column);

#endif
