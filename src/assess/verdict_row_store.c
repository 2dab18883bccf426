/*
 * verdict_row_store.c - keys, packed bytes and rows of the verdict store.
 */
#include "assess/verdict_inside_store.h"
#include "base/memory.h"

/* ---- keys ---- */

#define COMPARE(field)                                                         \
    if (a->field != b->field)                                                  \
    return a->field < b->field ? -1 : 1

int verdict_compare_subject(const struct verdict_key *a,
                            const struct verdict_key *b)
{
    COMPARE(site);
    COMPARE(kind);
    COMPARE(point);
    COMPARE(cadence);
    return 0;
}

int verdict_compare_key(const struct verdict_key *a,
                        const struct verdict_key *b)
{
    int subject = verdict_compare_subject(a, b);

    if (subject)
        return subject;
    COMPARE(start_s);
    return 0;
}

#define FNV_PRIME 1099511628211ULL

static uint64_t hash_int(uint64_t hash, int64_t value)
{
    for (int i = 0; i < 64; i += 8)
        hash = (hash ^ ((uint64_t)value >> i & 0xff)) * FNV_PRIME;
    return hash;
}

uint64_t verdict_hash_key(const struct verdict_key *key)
{
    uint64_t hash = 14695981039346656037ULL;

    hash = hash_int(hash, key->site);
    hash = hash_int(hash, key->kind);
    hash = hash_int(hash, key->point);
    hash = hash_int(hash, key->cadence);
    return hash_int(hash, key->start_s);
}

uint64_t verdict_entry_digest(const struct entry *e)
{
    uint64_t hash = verdict_hash_key(&e->key);

    hash = hash_int(hash, e->version);
    hash = hash_int(hash, e->judged_us);
    hash = hash_int(hash, (int64_t)e->cause);
    for (size_t i = 0; i < e->len; i++)
        hash = (hash ^ (uint8_t)e->bytes[i]) * FNV_PRIME;
    return hash;
}

/* ---- packing ---- */

void dictionary_done(struct dictionary *d)
{
    ZSTD_freeCDict(d->pack);
    ZSTD_freeDDict(d->unpack);
    free(d->bytes);
    *d = (struct dictionary){0};
}

void dictionary_set(struct dictionary *d, struct span bytes)
{
    dictionary_done(d);
    d->bytes = memory_text(bytes);
    d->len = bytes.len;
    d->pack = ZSTD_createCDict(d->bytes, d->len, LEVEL);
    d->unpack = ZSTD_createDDict(d->bytes, d->len);
}

/* The dictionary of that number, from the file the first time; NULL: none. */
const struct dictionary *dictionary_load(struct verdict_store *store,
                                         struct db *db, int64_t id)
{
    struct dictionary *d;
    struct stmt *stmt = NULL;

    if (id <= 0 || id > VERDICT_KIND_COUNT)
        return NULL;
    d = &store->dictionaries[id];
    if (d->bytes)
        return d;
    if (db_prepare(db, "SELECT bytes FROM verdict_dictionary WHERE id = ?",
                   &stmt) == OK) {
        stmt_bind_int(stmt, 1, id);
        if (stmt_step(stmt) == OK)
            dictionary_set(d, stmt_bytes(stmt, 0));
    }
    stmt_free(stmt);
    return d->bytes ? d : NULL;
}

static enum err unpack(struct verdict_store *store, struct db *db,
                       int64_t dictionary, struct span packed,
                       struct arena *arena, struct span *out)
{
    unsigned long long size = ZSTD_getFrameContentSize(packed.at, packed.len);
    const struct dictionary *d = dictionary_load(store, db, dictionary);
    char *plain;
    size_t got;

    if (size > BYTES_MAX || (dictionary != 0 && !d))
        return ERR_CORRUPT;
    plain = arena_take(arena, (size_t)size + 1);
    if (!store->unpacking)
        store->unpacking = ZSTD_createDCtx();
    got = d ? ZSTD_decompress_usingDDict(store->unpacking, plain, (size_t)size,
                                         packed.at, packed.len, d->unpack)
            : ZSTD_decompressDCtx(store->unpacking, plain, (size_t)size,
                                  packed.at, packed.len);
    if (got != size)
        return ERR_CORRUPT;
    *out = (struct span){plain, (size_t)size};
    return OK;
}

/* ---- rows ---- */

struct verdict_key verdict_row_key(struct stmt *stmt)
{
    return (struct verdict_key){
        .site = (int32_t)stmt_int(stmt, 0),
        .kind = (enum verdict_kind)stmt_int(stmt, 1),
        .point = (int32_t)stmt_int(stmt, 2),
        .cadence = (enum cadence)stmt_int(stmt, 3),
        .start_s = stmt_int(stmt, 4),
    };
}

/* A row as an entry whose bytes are on the arena. */
enum err verdict_row_entry(struct verdict_store *store, struct db *db,
                           struct stmt *stmt, struct arena *arena,
                           struct entry *out)
{
    struct span plain;
    enum err err = unpack(store, db, stmt_int(stmt, 8), stmt_bytes(stmt, 9),
                          arena, &plain);

    if (err)
        return err;
    *out = (struct entry){
        .key = verdict_row_key(stmt),
        .version = (int)stmt_int(stmt, 5),
        .judged_us = stmt_int(stmt, 6),
        .cause = (uint64_t)stmt_int(stmt, 7),
        .len = plain.len,
    };
    out->bytes = arena_take(arena, plain.len + 1);
    memcpy(out->bytes, plain.at, plain.len);
    return OK;
}

enum err verdict_of_entry(const struct entry *e, struct arena *arena,
                          struct verdict *out)
{
    enum err err = verdict_decode((struct span){e->bytes, e->len}, arena, out);

    if (err)
        return err;
    out->kind = e->key.kind;
    out->site = e->key.site;
    out->point = e->key.point;
    out->start_s = e->key.start_s;
    out->cadence = e->key.cadence;
    out->version = e->version;
    out->judged_us = e->judged_us;
    out->cause = e->cause;
    return OK;
}
