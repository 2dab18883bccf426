#include "base/log.h"
#include "base/memory.h"
#include "storage/series/internal.h"

#include <sqlite3.h>
#include <unistd.h>

/*
 * The newest block of a channel still grows and has the id -channel; sealed
 * blocks are numbered upwards in the order of writing, so that the file fills
 * page after page.
 */
static const char *const migrations[] = {
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER) WITHOUT ROWID;"
    "INSERT INTO meta VALUES ('applied', 0);"
    "CREATE TABLE channel (id INTEGER PRIMARY KEY, subject INTEGER,"
    " subject_id INTEGER, factor TEXT, cadence INTEGER, origin INTEGER);"
    "CREATE TABLE block (id INTEGER PRIMARY KEY, newest BLOB, data BLOB);"
    "CREATE TABLE span (channel INTEGER, start INTEGER, block INTEGER,"
    " summary BLOB, PRIMARY KEY (channel, start)) WITHOUT ROWID;"
    "CREATE TABLE version (channel INTEGER, start_s INTEGER, n INTEGER,"
    " data BLOB, PRIMARY KEY (channel, start_s, n)) WITHOUT ROWID;"
    "CREATE TABLE overlay (id INTEGER PRIMARY KEY, channel INTEGER,"
    " from_s INTEGER, to_s INTEGER, kind INTEGER, mantissa INTEGER,"
    " exponent INTEGER, mark INTEGER, reason TEXT, who TEXT, at_us INTEGER,"
    " undone_us INTEGER, undone_by TEXT);"
    "CREATE TABLE damaged (channel INTEGER, start INTEGER, data BLOB);",
};

void log_damaged(const char *table, channel_id channel, int64_t start_s,
                 int64_t block)
{
    log_error("stored readings are damaged",
              "table=%s channel=%u start=%lld block=%lld", table, channel,
              (long long)start_s, (long long)block);
}

void span_summary_encode(channel_id channel, int64_t start_s,
                         const struct series_summary *summary, struct buf *out)
{
    size_t at = out->len;
    uint32_t crc = block_crc32c(
        channel, (struct span){(const char *)&start_s, sizeof(start_s)});

    summary_encode(summary, out);
    crc = block_crc32c(crc, (struct span){out->at + at, out->len - at});
    buf_add(out, (struct span){(const char *)&crc, 2});
}

enum err span_summary_decode(channel_id channel, int64_t start_s,
                             struct span bytes, struct series_summary *out)
{
    uint32_t crc = block_crc32c(
        channel, (struct span){(const char *)&start_s, sizeof(start_s)});
    struct span body;

    if (bytes.len < 2)
        return ERR_CORRUPT;
    body = span_first(bytes, bytes.len - 2);
    crc = block_crc32c(crc, body);
    if (memcmp(&crc, bytes.at + body.len, 2) != 0)
        return ERR_CORRUPT;
    return summary_decode(body, out);
}

/* ---- the writer's connection ---- */

/* A new file gets pages that suit blocks; later this does nothing. */
static void choose_page_size(const char *path)
{
    sqlite3 *handle = NULL;

    if (access(path, F_OK) == 0)
        return;
    if (sqlite3_open(path, &handle) == SQLITE_OK)
        sqlite3_exec(handle,
                     "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL;",
                     NULL, NULL, NULL);
    sqlite3_close(handle);
}

static enum err prepare_writer(struct writer *w)
{
    /* clang-format off */
    const struct {
        struct stmt **stmt;
        const char *sql;
    } all[] = {
        {&w->add_channel, "INSERT INTO channel VALUES (?, ?, ?, ?, ?, ?)"},
        {&w->put_block,
         "INSERT INTO block VALUES (?1, ?2, ?3) ON CONFLICT (id) DO UPDATE SET "
         "newest = ?2, data = ?3"},
        {&w->put_newest, "UPDATE block SET newest = ?2 WHERE id = ?1"},
        {&w->seal_block,
         "UPDATE block SET id = ?2, newest = NULL WHERE id = ?1"},
        {&w->put_span,
         "INSERT INTO span VALUES (?1, ?2, ?3, ?4) ON CONFLICT (channel, "
         "start) DO UPDATE SET block = ?3, summary = ?4"},
        {&w->seal_span,
         "UPDATE span SET block = ?3 WHERE channel = ?1 AND start = ?2"},
        {&w->find_span,
         "SELECT block FROM span WHERE channel = ? AND start = ?"},
        {&w->get_block, "SELECT data FROM block WHERE id = ?"},
        {&w->put_version,
         "INSERT INTO version SELECT ?1, ?2, coalesce(max(n), 0) + 1, ?3 FROM "
         "version WHERE channel = ?1 AND start_s = ?2"},
        {&w->put_overlay,
         "INSERT INTO overlay VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, "
         "?11, ?12, ?13) ON CONFLICT (id) DO UPDATE SET undone_us = ?12, "
         "undone_by = ?13"},
        {&w->put_meta, "UPDATE meta SET value = ? WHERE name = 'applied'"},
        {&w->put_damaged, "INSERT INTO damaged VALUES (?, ?, ?)"},
    };
    /* clang-format on */

    for (size_t i = 0; i < LENGTH(all); i++) {
        enum err err = db_prepare(w->db, all[i].sql, all[i].stmt);

        if (err)
            return err;
    }
    return OK;
}

static enum err one_number(struct db *db, const char *sql, int64_t *out)
{
    struct stmt *stmt = NULL;
    enum err err = db_prepare(db, sql, &stmt);

    if (!err)
        err = stmt_step(stmt);
    if (!err)
        *out = stmt_int(stmt, 0);
    stmt_free(stmt);
    return err;
}

enum err store_open(struct series *series)
{
    struct writer *w = &series->writer;
    bool read_only = series->options.read_only;
    int64_t applied = 0;
    enum err err;

    buf_init(&w->loaded, BLOCK_BYTES_MAX);
    buf_init(&w->bytes, BLOCK_BYTES_MAX);
    buf_init(&w->small, BLOCK_BYTES_MAX);
    codec_init(&w->codec);
    columns_init(&w->stored);
    columns_init(&w->merged);
    if (!read_only)
        choose_page_size(series->path);
    err =
        db_open(series->path, read_only ? DB_READ_ONLY : DB_READ_WRITE, &w->db);
    if (!err && !read_only)
        err = db_migrate(w->db, migrations, LENGTH(migrations));
    if (!err && !read_only) /* a large flush does not leave a large log */
        err = db_exec(w->db, "PRAGMA journal_size_limit = 16777216");
    if (!err && !read_only)
        err = prepare_writer(w);
    if (!err)
        err = one_number(w->db, "SELECT value FROM meta WHERE name = 'applied'",
                         &applied);
    if (!err)
        err = one_number(w->db, "SELECT max(0, max(id)) + 1 FROM block",
                         &w->next_block);
    if (!err && w->next_block < 1)
        w->next_block = 1;
    atomic_store(&series->applied, (uint64_t)applied);
    return err;
}

enum err writer_look(struct writer *writer)
{
    enum err err = writer->looking ? OK : db_exec(writer->db, "BEGIN");

    writer->looking = writer->looking || !err;
    return err;
}

void writer_look_no_more(struct writer *writer)
{
    if (writer->looking)
        db_rollback(writer->db); /* nothing was written */
    writer->looking = false;
}

static void reader_free(struct reader *reader)
{
    stmt_free(reader->snapshot);
    stmt_free(reader->spans);
    stmt_free(reader->block);
    stmt_free(reader->versions);
    db_close(reader->db);
    codec_done(&reader->codec);
    columns_done(&reader->stored);
    free(reader);
}

void store_close(struct series *series)
{
    struct writer *w = &series->writer;
    struct stmt *all[] = {w->add_channel, w->put_block, w->put_newest,
                          w->seal_block,  w->put_span,  w->seal_span,
                          w->find_span,   w->get_block, w->put_version,
                          w->put_overlay, w->put_meta,  w->put_damaged};

    while (series->pool) {
        struct reader *reader = series->pool;

        series->pool = reader->next;
        reader_free(reader);
    }
    for (size_t i = 0; i < LENGTH(all); i++)
        stmt_free(all[i]);
    db_close(w->db);
    codec_done(&w->codec);
    columns_done(&w->stored);
    columns_done(&w->merged);
    buf_done(&w->loaded);
    buf_done(&w->bytes);
    buf_done(&w->small);
}

/* ---- readers ---- */

static enum err reader_new(struct series *series, struct reader **out)
{
    struct reader *reader = memory_new(1, sizeof *reader);
    enum err err = db_open(series->path, DB_READ_ONLY, &reader->db);

    codec_init(&reader->codec);
    columns_init(&reader->stored);
    if (!err)
        err = db_exec(reader->db, "PRAGMA cache_size = -8192");
    if (!err)
        err = db_prepare(reader->db, "SELECT value FROM meta LIMIT 1",
                         &reader->snapshot);
    if (!err)
        err = db_prepare(reader->db,
                         "SELECT start, block, summary FROM span WHERE channel"
                         " = ? AND start >= ? AND start < ? ORDER BY start",
                         &reader->spans);
    if (!err)
        err = db_prepare(reader->db, "SELECT data FROM block WHERE id = ?",
                         &reader->block);
    if (!err)
        err = db_prepare(reader->db,
                         "SELECT data FROM version WHERE channel = ? AND"
                         " start_s >= ? AND start_s < ? ORDER BY start_s, n",
                         &reader->versions);
    if (err) {
        reader_free(reader);
        return err;
    }
    *out = reader;
    return OK;
}

enum err reader_take(struct series *series, struct reader **out)
{
    struct reader *reader;

    pthread_mutex_lock(&series->pool_lock);
    reader = series->pool;
    if (reader) {
        series->pool = reader->next;
        series->pool_count--;
    }
    pthread_mutex_unlock(&series->pool_lock);
    if (!reader)
        return reader_new(series, out);
    *out = reader;
    return OK;
}

enum err reader_begin(struct reader *reader)
{
    enum err err = db_exec(reader->db, "BEGIN");

    if (!err) {
        err = stmt_step(reader->snapshot); /* takes the snapshot */
        stmt_reset(reader->snapshot);
    }
    return err;
}

void reader_end(struct reader *reader)
{
    stmt_reset(reader->spans);
    stmt_reset(reader->block);
    stmt_reset(reader->versions);
    db_rollback(reader->db); /* nothing was written */
}

void reader_give(struct series *series, struct reader *reader)
{
    bool keep;

    pthread_mutex_lock(&series->pool_lock);
    keep = series->pool_count < READERS_KEPT;
    if (keep) {
        reader->next = series->pool;
        series->pool = reader;
        series->pool_count++;
    }
    pthread_mutex_unlock(&series->pool_lock);
    if (!keep)
        reader_free(reader);
}

enum err reader_open_block(struct reader *reader, channel_id channel,
                           const struct span_row *row)
{
    enum err err;

    stmt_reset(reader->block);
    stmt_bind_int(reader->block, 1, row->block);
    err = stmt_step(reader->block);
    if (err == OK)
        err = block_decode(&reader->codec, stmt_bytes(reader->block, 0),
                           BLOCK_READINGS_MAX, &reader->stored);
    if (err == ERR_NOT_FOUND)
        err = ERR_CORRUPT; /* the span promises it */
    if (err) {
        columns_clear(&reader->stored);
        log_damaged("block", channel, row->start_s, row->block);
    }
    return err;
}
