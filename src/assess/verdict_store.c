#include "assess/verdict_inside_store.h"
#include "base/memory.h"

#include <assert.h>
#include <sqlite3.h>

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS verdict("
    "site INTEGER NOT NULL, kind INTEGER NOT NULL, point INTEGER NOT NULL, "
    "cadence INTEGER NOT NULL, start_s INTEGER NOT NULL, "
    "version INTEGER NOT NULL, judged_us INTEGER NOT NULL, "
    "cause INTEGER NOT NULL, dictionary INTEGER NOT NULL, "
    "bytes BLOB NOT NULL, "
    "PRIMARY KEY(site, kind, point, cadence, start_s, version)) "
    "WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS verdict_dictionary("
    "id INTEGER PRIMARY KEY, bytes BLOB NOT NULL);";

static struct verdict_key key_of(const struct verdict *v)
{
    return (struct verdict_key){
        .site = v->site,
        .kind = v->kind,
        .point = v->point,
        .cadence = v->cadence,
        .start_s = v->start_s,
    };
}

/* ---- the lists in memory; store->lock is held ---- */

size_t verdict_newest_at(const struct verdict_store *store,
                         const struct verdict_key *key)
{
    size_t low = 0, high = store->newest_count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (verdict_compare_subject(&store->newest[middle].key, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct entry *newest_find(const struct verdict_store *store,
                                 const struct verdict_key *key)
{
    size_t i = verdict_newest_at(store, key);

    return i < store->newest_count &&
                   verdict_compare_subject(&store->newest[i].key, key) == 0
               ? &store->newest[i]
               : NULL;
}

static char *bytes_copy(const char *bytes, size_t len)
{
    return memory_text((struct span){bytes, len});
}

/* Keeps it if no later period of its subject is known. */
static void newest_keep(struct verdict_store *store, const struct entry *e)
{
    size_t i = verdict_newest_at(store, &e->key);
    struct entry *at;

    if (i == store->newest_count ||
        verdict_compare_subject(&store->newest[i].key, &e->key) != 0) {
        store->newest =
            memory_grow(store->newest, &store->newest_cap,
                        store->newest_count + 1, sizeof(*store->newest));
        at = &store->newest[i];
        memmove(at + 1, at, (store->newest_count - i) * sizeof(*at));
        store->newest_count++;
    } else {
        at = &store->newest[i];
        if (at->key.start_s > e->key.start_s)
            return;
        free(at->bytes);
    }
    *at = *e;
    at->bytes = bytes_copy(e->bytes, e->len);
}

static uint32_t *fresh_slot(const struct verdict_store *store,
                            const struct verdict_key *key)
{
    size_t mask = store->fresh_slot_count - 1;
    size_t i = verdict_hash_key(key) & mask;

    while (store->fresh_slots[i] != 0 &&
           verdict_compare_key(&store->fresh[store->fresh_slots[i] - 1].key,
                               key) != 0)
        i = (i + 1) & mask;
    return &store->fresh_slots[i];
}

static void fresh_slots_make(struct verdict_store *store, size_t count)
{
    free(store->fresh_slots);
    store->fresh_slot_count = count;
    store->fresh_slots = memory_new(count, sizeof(*store->fresh_slots));
    for (size_t i = 0; i < store->fresh_count; i++)
        *fresh_slot(store, &store->fresh[i].key) = (uint32_t)i + 1;
}

static void fresh_add(struct verdict_store *store, const struct entry *e)
{
    store->fresh = memory_grow(store->fresh, &store->fresh_cap,
                               store->fresh_count + 1, sizeof(*store->fresh));
    store->fresh[store->fresh_count++] = *e;
    if (store->fresh_count * 2 > store->fresh_slot_count)
        fresh_slots_make(store, store->fresh_slot_count * 2);
    else
        *fresh_slot(store, &e->key) = (uint32_t)store->fresh_count;
}

/* ---- putting ---- */

/*
 * Only we write the file, and only in verdict_store_write: until then one
 * snapshot serves all questions.
 */
static enum err look(struct verdict_store *store)
{
    enum err err = store->looking ? OK : db_exec(store->lookup, "BEGIN");

    store->looking = store->looking || !err;
    return err;
}

static void look_no_more(struct verdict_store *store)
{
    if (store->looking)
        db_rollback(store->lookup); /* nothing was written */
    store->looking = false;
}

/* What the file has as the newest version of a key. */
static enum err stored_before(struct verdict_store *store,
                              const struct verdict_key *key,
                              struct arena *arena, struct entry *out)
{
    struct stmt *stmt = store->lookup_stmt;
    enum err err = look(store);

    if (err)
        return err;
    stmt_bind_int(stmt, 1, key->site);
    stmt_bind_int(stmt, 2, key->kind);
    stmt_bind_int(stmt, 3, key->point);
    stmt_bind_int(stmt, 4, key->cadence);
    stmt_bind_int(stmt, 5, key->start_s);
    err = stmt_step(stmt);
    if (!err) {
        pthread_mutex_lock(&store->reading); /* the dictionaries */
        err = verdict_row_entry(store, store->lookup, stmt, arena, out);
        pthread_mutex_unlock(&store->reading);
    }
    stmt_reset(stmt);
    return err;
}

/* The version before; its bytes are borrowed. ERR_NOT_FOUND: the first. */
static enum err version_before(struct verdict_store *store,
                               const struct verdict_key *key,
                               struct arena *arena, struct entry *out)
{
    const struct entry *subject = newest_find(store, key);
    uint32_t slot = *fresh_slot(store, key);

    if (slot) {
        *out = store->fresh[slot - 1];
        return OK;
    }
    if (!subject || subject->key.start_s < key->start_s)
        return ERR_NOT_FOUND;
    if (subject->key.start_s == key->start_s) {
        *out = *subject;
        return OK;
    }
    return stored_before(store, key, arena, out);
}

static enum err put_entry(struct verdict_store *store, struct verdict *verdict,
                          struct arena *arena, enum verdict_change *out)
{
    struct entry before = {0};
    struct entry e = {
        .key = key_of(verdict),
        .version = 1,
        .judged_us = verdict->judged_us,
        .cause = verdict->cause,
        .bytes = store->scratch.at,
        .len = store->scratch.len,
    };
    enum err err = version_before(store, &e.key, arena, &before);

    if (err && err != ERR_NOT_FOUND)
        return err;
    *out = err ? VERDICT_NEW : VERDICT_CHANGED;
    if (!err && before.len == e.len &&
        memcmp(before.bytes, e.bytes, e.len) == 0) {
        *out = VERDICT_SAME;
        e = before;
    } else {
        e.version = before.version + 1;
        e.bytes = bytes_copy(e.bytes, e.len);
        fresh_add(store, &e);
        newest_keep(store, &e);
    }
    verdict->version = e.version;
    verdict->judged_us = e.judged_us;
    verdict->cause = e.cause;
    return OK;
}

enum err verdict_store_put(struct verdict_store *store, struct verdict *verdict,
                           enum verdict_change *out)
{
    struct arena arena;
    enum err err;

    assert(!store->read_only);
    buf_clear(&store->scratch);
    verdict_encode(verdict, &store->scratch);
    if (store->scratch.full)
        return ERR_TOO_LARGE;
    arena_init(&arena);
    pthread_mutex_lock(&store->lock);
    err = put_entry(store, verdict, &arena, out);
    pthread_mutex_unlock(&store->lock);
    arena_done(&arena);
    return err;
}

size_t verdict_store_unwritten(const struct verdict_store *store)
{
    return store->fresh_count; /* the pipeline's thread alone changes it */
}

/* ---- writing ---- */

static enum err err_of_sqlite(int code)
{
    switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
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

/*
 * Makes the dictionary of a kind from what is to be written now. It is used
 * from here on, in memory too: should this transaction fail, the next one
 * writes it again. store->reading is held.
 */
static void dictionary_make(struct verdict_store *store, enum verdict_kind kind)
{
    struct buf samples;
    int count = 0;

    buf_init(&samples, DICTIONARY_MAX);
    for (size_t i = store->fresh_count; i-- > 0 && !samples.full;) {
        if (store->fresh[i].key.kind != kind)
            continue;
        buf_add(&samples,
                (struct span){store->fresh[i].bytes, store->fresh[i].len});
        count++;
    }
    if (count >= DICTIONARY_SAMPLES)
        dictionary_set(&store->dictionaries[kind + 1], buf_span(&samples));
    buf_done(&samples);
}

static enum err dictionaries_write(struct verdict_store *store, sqlite3 *db)
{
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(
        db, "INSERT OR IGNORE INTO verdict_dictionary VALUES(?, ?)", -1, &stmt,
        NULL);

    for (int id = 1; code == SQLITE_OK && id <= VERDICT_KIND_COUNT; id++) {
        struct dictionary *d = &store->dictionaries[id];

        pthread_mutex_lock(&store->reading);
        if (!dictionary_load(store, store->lookup, id))
            dictionary_make(store, (enum verdict_kind)(id - 1));
        pthread_mutex_unlock(&store->reading);
        if (!d->bytes)
            continue;
        sqlite3_bind_int(stmt, 1, id);
        sqlite3_bind_blob64(stmt, 2, d->bytes, d->len, SQLITE_STATIC);
        code = sqlite3_step(stmt);
        if (code == SQLITE_DONE)
            code = sqlite3_reset(stmt);
    }
    sqlite3_finalize(stmt);
    return err_of_sqlite(code);
}

static int entry_write(struct verdict_store *store, sqlite3_stmt *stmt,
                       ZSTD_CCtx *context, const struct entry *e)
{
    const struct dictionary *d = &store->dictionaries[e->key.kind + 1];
    size_t room = ZSTD_compressBound(e->len);
    char *packed = memory_new(room, 1);
    size_t size = d->pack ? ZSTD_compress_usingCDict(context, packed, room,
                                                     e->bytes, e->len, d->pack)
                          : ZSTD_compressCCtx(context, packed, room, e->bytes,
                                              e->len, LEVEL);
    int code;

    assert(!ZSTD_isError(size));
    sqlite3_bind_int(stmt, 1, e->key.site);
    sqlite3_bind_int(stmt, 2, (int)e->key.kind);
    sqlite3_bind_int(stmt, 3, e->key.point);
    sqlite3_bind_int(stmt, 4, (int)e->key.cadence);
    sqlite3_bind_int64(stmt, 5, e->key.start_s);
    sqlite3_bind_int(stmt, 6, e->version);
    sqlite3_bind_int64(stmt, 7, e->judged_us);
    sqlite3_bind_int64(stmt, 8, (int64_t)e->cause);
    sqlite3_bind_int(stmt, 9, d->pack ? (int)e->key.kind + 1 : 0);
    sqlite3_bind_blob64(stmt, 10, packed, size, SQLITE_STATIC);
    code = sqlite3_step(stmt);
    if (code == SQLITE_DONE)
        code = sqlite3_reset(stmt);
    free(packed);
    return code;
}

enum err verdict_store_write(struct verdict_store *store, void *sqlite)
{
    sqlite3_stmt *stmt = NULL;
    ZSTD_CCtx *context;
    enum err err;
    int code;

    assert(!store->read_only);
    look_no_more(store);
    if (store->fresh_count == 0)
        return OK;
    err = dictionaries_write(store, sqlite);
    if (err)
        return err;
    code = sqlite3_prepare_v2(sqlite,
                              "INSERT OR REPLACE INTO verdict(" VERDICT_COLUMNS
                              ") VALUES(?,?,?,?,?,?,?,?,?,?)",
                              -1, &stmt, NULL);
    context = ZSTD_createCCtx();
    for (size_t i = 0; code == SQLITE_OK && i < store->fresh_count; i++)
        code = entry_write(store, stmt, context, &store->fresh[i]);
    ZSTD_freeCCtx(context);
    sqlite3_finalize(stmt);
    return err_of_sqlite(code);
}

void verdict_store_written(struct verdict_store *store)
{
    pthread_mutex_lock(&store->lock);
    for (size_t i = 0; i < store->fresh_count; i++)
        free(store->fresh[i].bytes);
    store->fresh_count = 0;
    fresh_slots_make(store, 1024);
    pthread_mutex_unlock(&store->lock);
}

/* ---- life ---- */

/* The newest verdict of every subject, hopping from one to the next. */
static enum err load_newest(struct verdict_store *store)
{
    static const char sql[] =
        "SELECT " VERDICT_COLUMNS " FROM verdict WHERE site = ?1 AND kind = ?2 "
        "AND point = ?3 AND cadence = ?4 "
        "ORDER BY start_s DESC, version DESC LIMIT 1";
    static const char next[] =
        "SELECT site, kind, point, cadence, 0 FROM verdict WHERE "
        "(site, kind, point, cadence) > (?1, ?2, ?3, ?4) "
        "ORDER BY site, kind, point, cadence LIMIT 1";
    struct verdict_key key = {.site = INT32_MIN};
    struct stmt *find = NULL, *hop = NULL;
    struct arena arena;
    enum err err = db_prepare(store->reader, sql, &find);

    if (!err)
        err = db_prepare(store->reader, next, &hop);
    arena_init(&arena);
    while (!err) {
        struct stmt *both[] = {hop, find};

        for (size_t i = 0; !err && i < LENGTH(both); i++) {
            stmt_reset(both[i]);
            stmt_bind_int(both[i], 1, key.site);
            stmt_bind_int(both[i], 2, (int)key.kind);
            stmt_bind_int(both[i], 3, key.point);
            stmt_bind_int(both[i], 4, (int)key.cadence);
            err = stmt_step(both[i]);
            if (!err && both[i] == hop)
                key = verdict_row_key(hop);
        }
        if (!err) {
            struct entry e;

            arena_clear(&arena);
            err = verdict_row_entry(store, store->reader, find, &arena, &e);
            if (!err)
                newest_keep(store, &e);
        }
    }
    stmt_free(find);
    stmt_free(hop);
    arena_done(&arena);
    return err == ERR_NOT_FOUND ? OK : err;
}

static enum err make_tables(const char *path)
{
    struct db *db = NULL;
    enum err err = db_open(path, DB_READ_WRITE, &db);

    if (!err)
        err = db_exec(db, schema);
    db_close(db);
    return err;
}

enum err verdict_store_open(const char *path, bool read_only,
                            struct verdict_store **out)
{
    static const char before[] =
        "SELECT " VERDICT_COLUMNS " FROM verdict WHERE site = ? AND kind = ? "
        "AND point = ? AND cadence = ? AND start_s = ? "
        "ORDER BY version DESC LIMIT 1";
    struct verdict_store *store = memory_new(1, sizeof(*store));
    enum err err = read_only ? OK : make_tables(path);

    store->path = memory_text(span_of(path));
    store->read_only = read_only;
    pthread_mutex_init(&store->lock, NULL);
    pthread_mutex_init(&store->reading, NULL);
    buf_init(&store->scratch, BYTES_MAX);
    fresh_slots_make(store, 1024);
    if (!err)
        err = db_open(path, DB_READ_ONLY, &store->reader);
    if (!err && !read_only)
        err = db_open(path, DB_READ_ONLY, &store->lookup);
    if (!err && !read_only)
        err = db_prepare(store->lookup, before, &store->lookup_stmt);
    if (!err)
        err = load_newest(store);
    if (err) {
        verdict_store_close(store);
        return err;
    }
    *out = store;
    return OK;
}

void verdict_store_close(struct verdict_store *store)
{
    if (!store)
        return;
    for (size_t i = 0; i < store->fresh_count; i++)
        free(store->fresh[i].bytes);
    for (size_t i = 0; i < store->newest_count; i++)
        free(store->newest[i].bytes);
    for (size_t i = 0; i < LENGTH(store->dictionaries); i++)
        dictionary_done(&store->dictionaries[i]);
    ZSTD_freeDCtx(store->unpacking);
    free(store->fresh);
    free(store->fresh_slots);
    free(store->newest);
    stmt_free(store->lookup_stmt);
    db_close(store->lookup);
    db_close(store->reader);
    buf_done(&store->scratch);
    pthread_mutex_destroy(&store->lock);
    pthread_mutex_destroy(&store->reading);
    free(store->path);
    free(store);
}

const char *verdict_store_path(const struct verdict_store *store)
{
    return store->path;
}
