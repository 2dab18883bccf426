/*
 * Memory into the store. A block is a whole span: what is stored of it and what
 * memory has are merged and written again, so that the bytes do not depend on
 * how often it was flushed.
 */
#include "base/log.h"
#include "base/memory.h"
#include "storage/series/internal.h"

static enum err save_channels(struct series *series)
{
    struct stmt *add = series->writer.add_channel;
    channel_id count = atomic_load(&series->count);

    for (channel_id id = series->saved + 1; id <= count; id++) {
        const struct channel_key *key = &channel_of(series, id)->key;
        enum err err;

        stmt_bind_int(add, 1, id);
        stmt_bind_int(add, 2, key->subject);
        stmt_bind_int(add, 3, key->id);
        stmt_bind_cstr(add, 4, key->factor);
        stmt_bind_int(add, 5, key->cadence);
        stmt_bind_int(add, 6, key->origin);
        err = stmt_run(add);
        if (err)
            return err;
    }
    return OK;
}

/* The newest span of a channel is closed: its block gets a number for good. */
static enum err seal(struct writer *w, channel_id channel, int64_t from_s)
{
    enum err err;

    stmt_bind_int(w->seal_block, 1, -(int64_t)channel);
    stmt_bind_int(w->seal_block, 2, w->next_block);
    err = stmt_run(w->seal_block);
    if (err)
        return err;
    stmt_bind_int(w->seal_span, 1, channel);
    stmt_bind_int(w->seal_span, 2, from_s);
    stmt_bind_int(w->seal_span, 3, w->next_block++);
    return stmt_run(w->seal_span);
}

/* A damaged block makes room for a new one but is not thrown away. */
static enum err set_aside(struct writer *w, channel_id channel, int64_t from_s,
                          struct span bytes)
{
    stmt_bind_int(w->put_damaged, 1, channel);
    stmt_bind_int(w->put_damaged, 2, from_s);
    stmt_bind_bytes(w->put_damaged, 3, bytes);
    return stmt_run(w->put_damaged);
}

/* The stored block of a span into w->stored; *block is 0 when there is none. */
static enum err load_stored(struct writer *w, channel_id channel,
                            int64_t from_s, int64_t *block)
{
    enum err err;

    *block = 0;
    columns_clear(&w->stored);
    stmt_bind_int(w->find_span, 1, channel);
    stmt_bind_int(w->find_span, 2, from_s);
    err = stmt_step(w->find_span);
    if (!err)
        *block = stmt_int(w->find_span, 0);
    stmt_reset(w->find_span);
    if (err)
        return err == ERR_NOT_FOUND ? OK : err;
    stmt_bind_int(w->get_block, 1, *block);
    err = stmt_step(w->get_block);
    if (err && err != ERR_NOT_FOUND)
        return err;
    buf_clear(&w->loaded);
    if (!err)
        buf_add(&w->loaded, stmt_bytes(w->get_block, 0));
    stmt_reset(w->get_block);
    if (block_decode(&w->codec, buf_span(&w->loaded), BLOCK_READINGS_MAX,
                     &w->stored) == OK)
        return OK;
    log_damaged("block", channel, from_s, *block);
    return set_aside(w, channel, from_s, buf_span(&w->loaded));
}

static void put_newest(const struct channel *c, int64_t last_s, struct buf *out)
{
    struct reading newest = newest_reading(&c->newest);

    buf_clear(out);
    put_signed(out, last_s);
    if (newest.start_s != NEVER)
        reading_encode(&newest, out);
}

static enum err write_block(struct writer *w, const struct channel *c,
                            int64_t id, bool is_tail, int64_t last_s)
{
    buf_clear(&w->bytes);
    block_encode(&w->codec, &w->merged, &w->bytes);
    if (w->bytes.full)
        return ERR_TOO_LARGE;
    stmt_bind_int(w->put_block, 1, id);
    if (is_tail) {
        put_newest(c, last_s, &w->small);
        stmt_bind_bytes(w->put_block, 2, buf_span(&w->small));
    }
    stmt_bind_bytes(w->put_block, 3, buf_span(&w->bytes));
    return stmt_run(w->put_block);
}

static enum err write_span(struct writer *w, channel_id channel, int64_t from_s,
                           int64_t block)
{
    struct series_summary summary = {.sum = DECIMAL_SUM_ZERO};

    summary_add_columns(&summary, &w->merged, 0, w->merged.count);
    buf_clear(&w->small);
    span_summary_encode(channel, from_s, &summary, &w->small);
    stmt_bind_int(w->put_span, 1, channel);
    stmt_bind_int(w->put_span, 2, from_s);
    stmt_bind_int(w->put_span, 3, block);
    stmt_bind_bytes(w->put_span, 4, buf_span(&w->small));
    return stmt_run(w->put_span);
}

/* `last_s` is the channel's newest start after this flush. */
static enum err flush_run(struct writer *w, const struct channel *c,
                          channel_id channel, const struct run *run,
                          int64_t last_s)
{
    bool is_tail = last_s < run->to_s;
    int64_t block = 0;
    enum err err = OK;

    columns_clear(&w->stored);
    if (c->stored_last_s != NEVER && run->from_s <= c->stored_last_s)
        err = load_stored(w, channel, run->from_s, &block);
    if (err)
        return err;
    run_merge(&w->stored, run, &w->merged);
    if (block == 0)
        block = is_tail ? -(int64_t)channel : w->next_block++;
    err = write_block(w, c, block, is_tail, last_s);
    return err ? err : write_span(w, channel, run->from_s, block);
}

static int64_t last_start(const struct channel *c)
{
    int64_t last_s = c->stored_last_s;

    if (c->run_count) {
        const struct run *run = &c->runs[c->run_count - 1];
        int64_t newest = run_row(run, run->count - 1)->start_s;

        last_s = newest > last_s ? newest : last_s;
    }
    return last_s;
}

static enum err flush_versions(struct writer *w, channel_id channel,
                               const struct channel *c)
{
    for (const struct superseded *s = c->superseded; s; s = s->next) {
        enum err err;

        buf_clear(&w->small);
        reading_encode(&s->reading, &w->small);
        stmt_bind_int(w->put_version, 1, channel);
        stmt_bind_int(w->put_version, 2, s->reading.start_s);
        stmt_bind_bytes(w->put_version, 3, buf_span(&w->small));
        err = stmt_run(w->put_version);
        if (err)
            return err;
    }
    return OK;
}

static enum err flush_channel(struct series *series, channel_id channel)
{
    struct writer *w = &series->writer;
    const struct channel *c = channel_of(series, channel);
    int64_t last_s = last_start(c);
    bool tail_written = false;
    enum err err = OK;

    if (c->stored_last_s != NEVER) {
        int64_t tail = span_start(c->key.cadence, c->stored_last_s);

        if (last_s >= span_end(c->key.cadence, tail))
            err = seal(w, channel, tail);
    }
    for (uint32_t i = 0; i < c->run_count && !err; i++) {
        err = flush_run(w, c, channel, &c->runs[i], last_s);
        tail_written |= last_s < c->runs[i].to_s;
    }
    if (!err && !tail_written) {
        put_newest(c, last_s, &w->small);
        stmt_bind_int(w->put_newest, 1, -(int64_t)channel);
        stmt_bind_bytes(w->put_newest, 2, buf_span(&w->small));
        err = stmt_run(w->put_newest);
    }
    return err ? err : flush_versions(w, channel, c);
}

/* ---- retention ---- */

/* Removes a channel's spans that end before the moment; how far it went. */
static enum err retire_channel(struct db *db, channel_id channel,
                               enum cadence cadence, int64_t before_s)
{
    static const char *const sqls[] = {
        ("DELETE FROM block WHERE id IN (SELECT block FROM span WHERE"
         " channel = ?1 AND start < ?2)"),
        "DELETE FROM span WHERE channel = ?1 AND start < ?2",
        "DELETE FROM version WHERE channel = ?1 AND start_s < ?2",
    };
    int64_t keep_s = span_start(cadence, before_s);
    enum err err = OK;

    for (size_t i = 0; i < LENGTH(sqls) && !err; i++) {
        struct stmt *stmt = NULL;

        err = db_prepare(db, sqls[i], &stmt);
        if (err)
            return err;
        stmt_bind_int(stmt, 1, channel);
        stmt_bind_int(stmt, 2, keep_s);
        err = stmt_run(stmt);
        stmt_free(stmt);
    }
    return err;
}

static enum err retire(struct series *series)
{
    channel_id count = atomic_load(&series->count);
    enum err err = OK;

    for (channel_id id = 1; id <= count && !err; id++) {
        enum cadence cadence = channel_of(series, id)->key.cadence;
        int64_t before_s = series->retire_before_s[cadence];

        if (before_s != NEVER)
            err = retire_channel(series->writer.db, id, cadence, before_s);
    }
    return err;
}

void series_retire(struct series *series, int64_t now_s)
{
    for (int cadence = 0; cadence < CADENCE_COUNT; cadence++) {
        int days = series->options.keep_days[cadence];

        if (days > 0)
            series->retire_before_s[cadence] = now_s - (int64_t)days * DAY_S;
    }
}

/* After the commit: what was retired is gone from memory too. */
static void forget_retired(const struct series *series, struct channel *c)
{
    int64_t before_s = series->retire_before_s[c->key.cadence];

    if (before_s == NEVER)
        return;
    before_s = span_start(c->key.cadence, before_s);
    if (c->stored_last_s != NEVER && c->stored_last_s < before_s)
        c->stored_last_s = NEVER;
    if (c->newest.start_s != NEVER && c->newest.start_s < before_s)
        newest_clear(&c->newest);
}

/* ---- the flush ---- */

static int by_number(const void *a, const void *b)
{
    channel_id left = *(const channel_id *)a, right = *(const channel_id *)b;

    return (left > right) - (left < right);
}

static enum err write_all(struct series *series, uint64_t ledger_sequence)
{
    enum err err = save_channels(series);

    if (series->dirty_count)
        qsort(series->dirty, series->dirty_count, sizeof *series->dirty,
              by_number);
    for (size_t i = 0; i < series->dirty_count && !err; i++)
        err = flush_channel(series, series->dirty[i]);
    if (!err)
        err = retire(series);
    if (!err)
        err = overlays_save(series);
    if (err)
        return err;
    stmt_bind_int(series->writer.put_meta, 1, (int64_t)ledger_sequence);
    return stmt_run(series->writer.put_meta);
}

static void empty_channel(struct channel *c)
{
    c->stored_last_s = last_start(c);
    runs_done(c);
    superseded_free(c->superseded);
    c->superseded = NULL;
    c->superseded_end = &c->superseded;
    c->dirty = false;
}

static void empty_memory(struct series *series)
{
    bool retired = false;

    atomic_fetch_add(&series->flushes, 1); /* before: see internal.h */
    peeks_forget_dirty(series);
    for (size_t i = 0; i < series->dirty_count; i++) {
        channel_id id = series->dirty[i];

        pthread_rwlock_wrlock(&chunk_of(series, id)->lock);
        empty_channel(channel_of(series, id));
        pthread_rwlock_unlock(&chunk_of(series, id)->lock);
    }
    for (int i = 0; i < CADENCE_COUNT; i++)
        retired |= series->retire_before_s[i] != NEVER;
    if (retired)
        peeks_forget_all(series);
    for (channel_id id = 1; retired && id <= atomic_load(&series->count);
         id++) {
        pthread_rwlock_wrlock(&chunk_of(series, id)->lock);
        forget_retired(series, channel_of(series, id));
        pthread_rwlock_unlock(&chunk_of(series, id)->lock);
    }
    for (int i = 0; i < CADENCE_COUNT; i++)
        series->retire_before_s[i] = NEVER;
    series->dirty_count = 0;
    series->saved = atomic_load(&series->count);
    atomic_store(&series->unflushed, 0);
    overlays_saved(series);
}

enum err series_flush(struct series *series, uint64_t ledger_sequence,
                      enum err (*also)(void *context, void *sqlite),
                      void *context)
{
    struct db *db = series->writer.db;
    int64_t next_block = series->writer.next_block;
    enum err err;

    if (series->options.read_only)
        return ERR_DENIED;
    writer_look_no_more(&series->writer);
    err = db_begin(db);
    if (!err)
        err = write_all(series, ledger_sequence);
    if (!err && also)
        err = also(context, db_handle(db));
    if (!err)
        err = db_commit(db);
    if (err) {
        db_rollback(db);
        series->writer.next_block = next_block;
        return err;
    }
    atomic_store(&series->applied, ledger_sequence);
    empty_memory(series);
    return OK;
}
