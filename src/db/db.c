#include "db/db.h"

#include "base/log.h"
#include "base/memory.h"

#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

enum { BUSY_MS = 5000 };

struct db {
    sqlite3 *handle;
};

struct stmt {
    sqlite3_stmt *handle;
};

static enum err err_of(int code)
{
    switch (code & 0xFF) {
    case SQLITE_OK:
    case SQLITE_DONE:
    case SQLITE_ROW:
        return OK;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return ERR_BUSY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return ERR_CORRUPT;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return ERR_DENIED;
    case SQLITE_FULL:
        return ERR_FULL;
    case SQLITE_TOOBIG:
        return ERR_TOO_LARGE;
    case SQLITE_CONSTRAINT:
        return ERR_CONFLICT;
    default:
        return ERR_IO;
    }
}

/* A broken constraint is an answer for the caller; the rest is logged here. */
static enum err failed(sqlite3 *handle, const char *what)
{
    int code = sqlite3_extended_errcode(handle);
    enum err err = err_of(code);

    if (err != ERR_CONFLICT)
        log_error("database refused", "what=%.200s code=%d cause=%s", what,
                  code, sqlite3_errmsg(handle));
    return err ? err : ERR_IO;
}

enum err db_exec(struct db *db, const char *sql)
{
    if (sqlite3_exec(db->handle, sql, NULL, NULL, NULL) != SQLITE_OK)
        return failed(db->handle, sql);
    return OK;
}

enum err db_open(const char *path, enum db_mode mode, struct db **out)
{
    int flags = mode == DB_READ_ONLY
                    ? SQLITE_OPEN_READONLY
                    : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    struct db *db;
    sqlite3 *handle = NULL;
    enum err err;

    if (mode == DB_READ_ONLY && access(path, F_OK) != 0)
        return ERR_NOT_FOUND;
    if (sqlite3_open_v2(path, &handle, flags | SQLITE_OPEN_NOMUTEX, NULL) !=
        SQLITE_OK) {
        err = failed(handle, path);
        sqlite3_close(handle);
        return err;
    }
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, BUSY_MS);
    db = memory_new(1, sizeof *db);
    db->handle = handle;
    err = db_exec(db, "PRAGMA foreign_keys = ON");
    if (!err && mode == DB_READ_WRITE)
        err = db_exec(db, "PRAGMA journal_mode = WAL;"
                          "PRAGMA synchronous = NORMAL");
    if (err) {
        db_close(db);
        return err;
    }
    *out = db;
    return OK;
}

void db_close(struct db *db)
{
    if (!db)
        return;
    sqlite3_close_v2(db->handle);
    free(db);
}

void *db_handle(struct db *db)
{
    return db->handle;
}

enum err db_begin(struct db *db)
{
    return db_exec(db, "BEGIN IMMEDIATE");
}

enum err db_commit(struct db *db)
{
    return db_exec(db, "COMMIT");
}

void db_rollback(struct db *db)
{
    if (!sqlite3_get_autocommit(db->handle))
        sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
}

static enum err read_version(struct db *db, int *out)
{
    struct stmt *stmt = NULL;
    enum err err = db_prepare(db, "PRAGMA user_version", &stmt);

    if (!err)
        err = stmt_step(stmt);
    if (!err)
        *out = (int)stmt_int(stmt, 0);
    stmt_free(stmt);
    return err;
}

enum err db_migrate(struct db *db, const char *const *steps, int count)
{
    char sql[64];
    int version = 0;
    enum err err = db_begin(db);

    if (!err)
        err = read_version(db, &version);
    if (!err && version > count) {
        log_error("database is from a newer program", "its=%d ours=%d", version,
                  count);
        err = ERR_UNSUPPORTED;
    }
    for (int i = version; i < count && !err; i++)
        err = db_exec(db, steps[i]);
    if (!err) {
        snprintf(sql, sizeof sql, "PRAGMA user_version = %d", count);
        err = db_exec(db, sql);
    }
    if (!err)
        err = db_commit(db);
    if (err)
        db_rollback(db);
    return err;
}

int64_t db_last_id(struct db *db)
{
    return sqlite3_last_insert_rowid(db->handle);
}

int db_changes(struct db *db)
{
    return sqlite3_changes(db->handle);
}

enum err db_prepare(struct db *db, const char *sql, struct stmt **out)
{
    sqlite3_stmt *handle;

    if (sqlite3_prepare_v2(db->handle, sql, -1, &handle, NULL) != SQLITE_OK)
        return failed(db->handle, sql);
    *out = memory_new(1, sizeof **out);
    (*out)->handle = handle;
    return OK;
}

void stmt_free(struct stmt *stmt)
{
    if (!stmt)
        return;
    sqlite3_finalize(stmt->handle);
    free(stmt);
}

void stmt_bind_int(struct stmt *stmt, int index, int64_t value)
{
    sqlite3_bind_int64(stmt->handle, index, value);
}

void stmt_bind_double(struct stmt *stmt, int index, double value)
{
    sqlite3_bind_double(stmt->handle, index, value);
}

void stmt_bind_text(struct stmt *stmt, int index, struct span text)
{
    sqlite3_bind_text64(stmt->handle, index, text.len ? text.at : "", text.len,
                        SQLITE_TRANSIENT, SQLITE_UTF8);
}

void stmt_bind_cstr(struct stmt *stmt, int index, const char *text)
{
    if (text)
        stmt_bind_text(stmt, index, span_of(text));
    else
        stmt_bind_null(stmt, index);
}

void stmt_bind_bytes(struct stmt *stmt, int index, struct span bytes)
{
    sqlite3_bind_blob64(stmt->handle, index, bytes.len ? bytes.at : "",
                        bytes.len, SQLITE_TRANSIENT);
}

void stmt_bind_null(struct stmt *stmt, int index)
{
    sqlite3_bind_null(stmt->handle, index);
}

enum err stmt_step(struct stmt *stmt)
{
    switch (sqlite3_step(stmt->handle)) {
    case SQLITE_ROW:
        return OK;
    case SQLITE_DONE:
        return ERR_NOT_FOUND;
    default:
        return failed(sqlite3_db_handle(stmt->handle),
                      sqlite3_sql(stmt->handle));
    }
}

enum err stmt_run(struct stmt *stmt)
{
    enum err err = stmt_step(stmt);

    stmt_reset(stmt);
    return err == ERR_NOT_FOUND ? OK : err;
}

void stmt_reset(struct stmt *stmt)
{
    sqlite3_reset(stmt->handle);
    sqlite3_clear_bindings(stmt->handle);
}

int64_t stmt_int(struct stmt *stmt, int column)
{
    return sqlite3_column_int64(stmt->handle, column);
}

double stmt_double(struct stmt *stmt, int column)
{
    return sqlite3_column_double(stmt->handle, column);
}

struct span stmt_text(struct stmt *stmt, int column)
{
    const unsigned char *text = sqlite3_column_text(stmt->handle, column);

    if (!text)
        return (struct span){"", 0};
    return (struct span){(const char *)text,
                         (size_t)sqlite3_column_bytes(stmt->handle, column)};
}

struct span stmt_bytes(struct stmt *stmt, int column)
{
    const void *bytes = sqlite3_column_blob(stmt->handle, column);

    if (!bytes)
        return (struct span){"", 0};
    return (struct span){bytes,
                         (size_t)sqlite3_column_bytes(stmt->handle, column)};
}

bool stmt_is_null(struct stmt *stmt, int column)
{
    return sqlite3_column_type(stmt->handle, column) == SQLITE_NULL;
}
