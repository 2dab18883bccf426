#include "ingest/pipeline/state_store.h"

#include "base/memory.h"
#include "db/db.h"

#include <sqlite3.h>
#include <zstd.h>

enum { STATE_VERSION = 1 };

static const char table[] =
    "CREATE TABLE IF NOT EXISTS pipeline_state("
    "id INTEGER PRIMARY KEY CHECK (id = 1), version INTEGER NOT NULL, "
    "clock_us INTEGER NOT NULL, bytes BLOB NOT NULL)";

static enum err err_of_sqlite(int code)
{
    switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_DONE:
        return OK;
    case SQLITE_FULL:
        return ERR_FULL;
    case SQLITE_CORRUPT:
        return ERR_CORRUPT;
    case SQLITE_BUSY:
        return ERR_BUSY;
    default:
        return ERR_IO;
    }
}

enum err state_store_write(void *sqlite, int64_t clock_us, struct span items)
{
    size_t room = ZSTD_compressBound(items.len);
    void *packed = memory_new(room, 1);
    size_t size = ZSTD_compress(packed, room, items.at, items.len, 1);
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_exec(sqlite, table, NULL, NULL, NULL);

    if (code == SQLITE_OK)
        code = sqlite3_prepare_v2(
            sqlite, "INSERT OR REPLACE INTO pipeline_state VALUES(1, ?, ?, ?)",
            -1, &stmt, NULL);
    if (code == SQLITE_OK) {
        sqlite3_bind_int(stmt, 1, STATE_VERSION);
        sqlite3_bind_int64(stmt, 2, clock_us);
        sqlite3_bind_blob64(stmt, 3, packed, size, SQLITE_STATIC);
        code = sqlite3_step(stmt);
    }
    sqlite3_finalize(stmt);
    free(packed);
    return err_of_sqlite(code);
}

static enum err unpack(struct span packed, struct buf *items)
{
    unsigned long long size = ZSTD_getFrameContentSize(packed.at, packed.len);
    char *room = size <= STATE_BYTES_MAX ? buf_room(items, (size_t)size) : NULL;

    if (!room || ZSTD_decompress(room, (size_t)size, packed.at, packed.len) !=
                     (size_t)size)
        return ERR_CORRUPT;
    items->len += (size_t)size;
    return OK;
}

static enum err table_exists(struct db *db)
{
    struct stmt *stmt = NULL;
    enum err err = db_prepare(
        db, "SELECT 1 FROM sqlite_master WHERE name = 'pipeline_state'", &stmt);

    if (!err)
        err = stmt_step(stmt);
    stmt_free(stmt);
    return err;
}

enum err state_store_load(const char *path, int64_t *clock_us,
                          struct buf *items)
{
    struct db *db = NULL;
    struct stmt *stmt = NULL;
    enum err err = db_open(path, DB_READ_ONLY, &db);

    if (!err)
        err = table_exists(db);
    if (!err)
        err = db_prepare(
            db, "SELECT version, clock_us, bytes FROM pipeline_state", &stmt);
    if (!err)
        err = stmt_step(stmt);
    if (!err && stmt_int(stmt, 0) != STATE_VERSION)
        err = ERR_UNSUPPORTED;
    if (!err)
        err = unpack(stmt_bytes(stmt, 2), items);
    if (!err)
        *clock_us = stmt_int(stmt, 1);
    stmt_free(stmt);
    db_close(db);
    return err;
}
