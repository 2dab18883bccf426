#include "base/log.h"
#include "base/memory.h"
#include "storage/series/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

enum {
    FIRST_BUCKETS = 1024,
    ALLOCATION = 32, /* what a piece of memory costs beside itself, about */
};

static const enum cadence spans[CADENCE_COUNT] = {
    [CADENCE_REALTIME] = CADENCE_DAY, [CADENCE_MINUTE] = CADENCE_DAY,
    [CADENCE_HOUR] = CADENCE_MONTH,   [CADENCE_DAY] = CADENCE_YEAR,
    [CADENCE_MONTH] = CADENCE_YEAR,   [CADENCE_QUARTER] = CADENCE_YEAR,
    [CADENCE_YEAR] = CADENCE_YEAR,    [CADENCE_SAMPLE] = CADENCE_YEAR,
};

int64_t span_start(enum cadence cadence, int64_t moment_s)
{
    return period_start(moment_s, spans[cadence]);
}

int64_t span_end(enum cadence cadence, int64_t moment_s)
{
    return period_next(moment_s, spans[cadence]);
}

/* ---- keys ---- */

static uint64_t mix(uint64_t x)
{
    x ^= x >> 32;
    x *= 0xd6e8feb86659fd93u;
    x ^= x >> 32;
    x *= 0xd6e8feb86659fd93u;
    return x ^ (x >> 32);
}

static uint64_t hash_subject(enum subject subject, int32_t id)
{
    return mix(((uint64_t)subject << 32) | (uint32_t)id);
}

/* The key with nothing behind its factor's end, so that bytes compare. */
static struct channel_key clean_key(const struct channel_key *key)
{
    struct channel_key clean;

    memset(&clean, 0, sizeof clean);
    clean.subject = key->subject;
    clean.id = key->id;
    clean.cadence = key->cadence;
    clean.origin = key->origin;
    span_copy((struct span){key->factor, strnlen(key->factor, FACTOR_MAX)},
              clean.factor, FACTOR_MAX);
    return clean;
}

static uint64_t hash_key(const struct channel_key *key)
{
    uint64_t words[2];

    memcpy(words, key->factor, sizeof words);
    return mix(
        hash_subject(key->subject, key->id) ^ mix(words[0]) ^
        mix(words[1] + ((uint64_t)key->cadence << 8) + (uint64_t)key->origin));
}

static bool same_key(const struct channel_key *a, const struct channel_key *b)
{
    return a->subject == b->subject && a->id == b->id &&
           a->cadence == b->cadence && a->origin == b->origin &&
           memcmp(a->factor, b->factor, FACTOR_MAX) == 0;
}

bool channel_known(const struct series *series, channel_id channel)
{
    return channel > 0 && channel <= atomic_load(&series->count);
}

static channel_id find_key(const struct series *series,
                           const struct channel_key *key)
{
    channel_id id = series->by_key[hash_key(key) % series->buckets];

    while (id && !same_key(&channel_of(series, id)->key, key))
        id = channel_of(series, id)->next_of_key;
    return id;
}

static void link_channel(struct series *series, channel_id id)
{
    struct channel *c = channel_of(series, id);
    size_t key = hash_key(&c->key) % series->buckets;
    size_t subject = hash_subject(c->key.subject, c->key.id) % series->buckets;

    c->next_of_key = series->by_key[key];
    series->by_key[key] = id;
    c->next_of_subject = series->by_subject[subject];
    series->by_subject[subject] = id;
}

static void rehash(struct series *series, size_t buckets)
{
    free(series->by_key);
    free(series->by_subject);
    series->by_key = memory_new(buckets, sizeof *series->by_key);
    series->by_subject = memory_new(buckets, sizeof *series->by_subject);
    series->buckets = buckets;
    for (channel_id id = 1; id <= atomic_load(&series->count); id++)
        link_channel(series, id);
}

static struct chunk *chunk_new(void)
{
    struct chunk *chunk = memory_new(1, sizeof *chunk);
    pthread_rwlockattr_t kind;

    pthread_rwlockattr_init(&kind);
    pthread_rwlockattr_setkind_np(&kind,
                                  PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&chunk->lock, &kind);
    pthread_rwlockattr_destroy(&kind);
    return chunk;
}

/* `names` is held for writing. */
static channel_id add_channel(struct series *series,
                              const struct channel_key *key)
{
    channel_id id = atomic_load(&series->count) + 1;
    struct channel *c;

    if (id > (channel_id)CHUNK * CHUNKS_MAX)
        abort(); /* sixteen million channels: the registry bounds them first */
    if ((id - 1) % CHUNK == 0)
        series->chunks[(id - 1) / CHUNK] = chunk_new();
    c = channel_of(series, id);
    c->key = *key;
    c->stored_last_s = NEVER;
    c->newest.start_s = NEVER;
    c->superseded_end = &c->superseded;
    if (id > series->buckets)
        rehash(series, 2 * series->buckets);
    link_channel(series, id);
    atomic_store(&series->count, id);
    return id;
}

channel_id series_channel(struct series *series, const struct channel_key *key)
{
    struct channel_key clean = clean_key(key);
    channel_id id = find_key(series, &clean); /* only we change the maps */

    if (id || series->options.read_only)
        return id;
    pthread_rwlock_wrlock(&series->names);
    id = add_channel(series, &clean);
    pthread_rwlock_unlock(&series->names);
    return id;
}

channel_id series_find(struct series *series, const struct channel_key *key)
{
    struct channel_key clean = clean_key(key);
    channel_id id;

    pthread_rwlock_rdlock(&series->names);
    id = find_key(series, &clean);
    pthread_rwlock_unlock(&series->names);
    return id;
}

bool series_key(struct series *series, channel_id channel,
                struct channel_key *out)
{
    if (!channel_known(series, channel))
        return false;
    *out = channel_of(series, channel)->key;
    return true;
}

channel_id series_count(struct series *series)
{
    return atomic_load(&series->count);
}

static bool is_of(const struct channel *c, enum subject subject, int32_t id)
{
    return c->key.subject == subject && c->key.id == id;
}

size_t series_channels_of(struct series *series, enum subject subject,
                          int32_t id, struct arena *arena, channel_id **out)
{
    size_t count = 0, at;
    size_t bucket;

    pthread_rwlock_rdlock(&series->names);
    bucket = hash_subject(subject, id) % series->buckets;
    for (channel_id c = series->by_subject[bucket]; c;
         c = channel_of(series, c)->next_of_subject)
        count += is_of(channel_of(series, c), subject, id);
    *out = arena_new(arena, count ? count : 1, sizeof **out);
    at = count;
    for (channel_id c = series->by_subject[bucket]; c;
         c = channel_of(series, c)->next_of_subject) {
        /* newer channels come first in the chain: filled from the end */
        if (is_of(channel_of(series, c), subject, id))
            (*out)[--at] = c;
    }
    pthread_rwlock_unlock(&series->names);
    return count;
}

/* ---- newest readings ---- */

bool series_latest(struct series *series, channel_id channel,
                   struct reading *out)
{
    struct reading newest;

    if (!channel_known(series, channel))
        return false;
    pthread_rwlock_rdlock(&chunk_of(series, channel)->lock);
    newest = newest_reading(&channel_of(series, channel)->newest);
    pthread_rwlock_unlock(&chunk_of(series, channel)->lock);
    if (newest.start_s == NEVER)
        return false;
    *out = newest;
    return true;
}

size_t series_latest_from(struct series *series, channel_id first,
                          struct reading *out, size_t room)
{
    size_t count = atomic_load(&series->count), from = first - 1;

    if (first == 0 || from >= count)
        return 0;
    if (count - from > room)
        count = from + room;
    for (size_t i = from; i < count;) {
        struct chunk *chunk = series->chunks[i / CHUNK];
        size_t stop = (i / CHUNK + 1) * CHUNK;

        pthread_rwlock_rdlock(&chunk->lock);
        for (; i < stop && i < count; i++)
            out[i - from] = newest_reading(&chunk->channel[i % CHUNK].newest);
        pthread_rwlock_unlock(&chunk->lock);
    }
    return count - from;
}

size_t series_latest_all(struct series *series, struct reading *out,
                         size_t room)
{
    return series_latest_from(series, 1, out, room);
}

/* ---- open and close ---- */

static enum err take_lock(struct series *series)
{
    char path[4096];

    snprintf(path, sizeof path, "%s.lock", series->path);
    series->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    if (series->lock_fd < 0) {
        log_error("series cannot be locked", "path=%s cause=%s", path,
                  strerror(errno));
        return errno == EACCES || errno == EROFS ? ERR_DENIED : ERR_IO;
    }
    if (flock(series->lock_fd, LOCK_EX | LOCK_NB) != 0) {
        log_error("series is in use by another process", "path=%s", path);
        return ERR_BUSY;
    }
    return OK;
}

static bool key_from_row(struct stmt *stmt, struct channel_key *out)
{
    struct channel_key key = {
        .subject = (enum subject)stmt_int(stmt, 1),
        .id = (int32_t)stmt_int(stmt, 2),
        .cadence = (enum cadence)stmt_int(stmt, 4),
        .origin = (enum origin)stmt_int(stmt, 5),
    };
    struct span factor = stmt_text(stmt, 3);

    if (key.cadence < 0 || key.cadence >= CADENCE_COUNT ||
        factor.len >= FACTOR_MAX)
        return false;
    span_copy(factor, key.factor, FACTOR_MAX);
    *out = clean_key(&key);
    return true;
}

static enum err load_channels(struct series *series)
{
    struct stmt *stmt = NULL;
    struct channel_key key;
    enum err err = db_prepare(series->writer.db,
                              "SELECT * FROM channel ORDER BY id", &stmt);

    while (!err && !(err = stmt_step(stmt))) {
        channel_id expected = atomic_load(&series->count) + 1;

        if (stmt_int(stmt, 0) != expected || !key_from_row(stmt, &key)) {
            log_damaged("channel", expected, 0, 0);
            err = ERR_CORRUPT;
            break;
        }
        add_channel(series, &key);
    }
    stmt_free(stmt);
    series->saved = atomic_load(&series->count);
    return err == ERR_NOT_FOUND ? OK : err;
}

static enum err load_newest(struct series *series)
{
    struct stmt *stmt = NULL;
    enum err err = db_prepare(
        series->writer.db, "SELECT id, newest FROM block WHERE id < 0", &stmt);

    while (!err && !(err = stmt_step(stmt))) {
        int64_t id = -stmt_int(stmt, 0);
        struct span bytes = stmt_bytes(stmt, 1);
        struct cursor in = {(const unsigned char *)bytes.at,
                            (const unsigned char *)bytes.at + bytes.len, false};
        int64_t last_s = get_signed(&in);
        struct reading newest = {.start_s = NEVER};

        if (in.at < in.end)
            reading_decode(&in, &newest);
        if (in.bad || id > (int64_t)series->saved) {
            log_damaged("block", (channel_id)id, 0, -id);
            err = ERR_CORRUPT;
            break;
        }
        channel_of(series, (channel_id)id)->stored_last_s = last_s;
        newest_set(&channel_of(series, (channel_id)id)->newest, &newest);
    }
    stmt_free(stmt);
    return err == ERR_NOT_FOUND ? OK : err;
}

enum err series_open(const char *path, const struct series_options *options,
                     struct series **out)
{
    struct series *series = memory_new(1, sizeof *series);
    enum err err = OK;

    series->path = memory_text(span_of(path));
    series->lock_fd = -1;
    if (options)
        series->options = *options;
    series->chunks = memory_new(CHUNKS_MAX, sizeof(struct chunk *));
    pthread_rwlock_init(&series->names, NULL);
    pthread_rwlock_init(&series->overlay_lock, NULL);
    pthread_mutex_init(&series->pool_lock, NULL);
    rehash(series, FIRST_BUCKETS);
    peeks_init(&series->peeks);
    for (int i = 0; i < CADENCE_COUNT; i++)
        series->retire_before_s[i] = NEVER;
    if (!series->options.read_only)
        err = take_lock(series);
    if (!err)
        err = store_open(series);
    if (!err)
        err = load_channels(series);
    if (!err)
        err = load_newest(series);
    if (!err)
        err = overlays_load(series);
    if (err) {
        series_close(series);
        return err;
    }
    *out = series;
    return OK;
}

static void channel_done(struct channel *c)
{
    runs_done(c);
    superseded_free(c->superseded);
    newest_clear(&c->newest);
}

void series_close(struct series *series)
{
    if (!series)
        return;
    store_close(series);
    for (channel_id id = 1; id <= atomic_load(&series->count); id++)
        channel_done(channel_of(series, id));
    for (size_t i = 0; i < CHUNKS_MAX && series->chunks[i]; i++) {
        pthread_rwlock_destroy(&series->chunks[i]->lock);
        free(series->chunks[i]);
    }
    overlays_done(series);
    peeks_done(&series->peeks);
    if (series->lock_fd >= 0)
        close(series->lock_fd);
    pthread_rwlock_destroy(&series->names);
    pthread_rwlock_destroy(&series->overlay_lock);
    pthread_mutex_destroy(&series->pool_lock);
    free(series->chunks);
    free(series->by_key);
    free(series->by_subject);
    free(series->dirty);
    free(series->path);
    free(series);
}

size_t series_unflushed(const struct series *series)
{
    return atomic_load(&series->unflushed);
}

size_t series_unflushed_bytes(const struct series *series)
{
    return atomic_load(&series->unflushed) *
               (sizeof(struct row) + sizeof(int64_t)) +
           series->dirty_count * (sizeof(struct run) + ALLOCATION);
}

uint64_t series_applied(const struct series *series)
{
    return atomic_load(&series->applied);
}
