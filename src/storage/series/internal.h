/*
 * internal - what the files of this folder share.
 *
 * Locks. `names` guards the maps from keys to numbers. Every 256 channels have
 * a read-write lock (struct chunk) over their runs, newest readings, versions
 * and overlays: the writer takes it for a few readings, a reader while it
 * copies what it needs. Nobody holds two.
 *
 * Store and memory together. A flush commits, then raises `flushes`, then
 * empties the memory. A reader notes `flushes`, begins its snapshot of the
 * store, copies memory, and begins again if the number has changed: it sees
 * every reading once at least, and memory wins where both have it.
 */
#ifndef SERIES_INTERNAL_H
#define SERIES_INTERNAL_H

#include "db/db.h"
#include "storage/series/peek.h"
#include "storage/series/run.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
    CHUNK = 256,          /* channels that share a lock */
    CHUNKS_MAX = 1 << 16, /* 16 million channels */
    READERS_KEPT = 8,     /* idle connections */
    NEWEST_FEW = 3,       /* most readings have no more numbers */
};

#define NEVER INT64_MIN

/* The newest reading, without its text. Mantissas: of what is present. */
struct newest {
    int64_t start_s; /* NEVER: none */
    int64_t arrival_us;
    uint32_t quality;
    char flag;
    uint8_t present;
    int8_t exponent[READING_COLUMNS];
    union {
        int64_t few[NEWEST_FEW];
        int64_t *many; /* ours, when there are more than a few */
    };
};

/* A reading that another took the place of, not in the store yet. */
struct superseded {
    struct superseded *next;
    struct reading reading;
    char *text; /* of the reading; ours */
};

struct overlay_entry {
    struct overlay overlay;
    struct overlay_entry *next; /* of the same channel, by id */
    bool saved;
};

/* What every reading touches comes first. */
struct channel {
    struct run *runs; /* ascending by span; until the flush, then NULL */
    uint32_t run_count, run_room;
    int64_t stored_last_s; /* newest start in the store, or NEVER */
    bool dirty;            /* is in series->dirty */
    struct newest newest;
    struct channel_key key;
    channel_id next_of_key, next_of_subject; /* hash chains */
    struct superseded *superseded, **superseded_end;
    struct overlay_entry *overlays;
};

struct chunk {
    pthread_rwlock_t lock;
    struct channel channel[CHUNK];
};

/* A connection for reading, with what decoding needs. */
struct reader {
    struct db *db;
    struct stmt *snapshot, *spans, *block, *versions;
    struct codec codec;
    struct columns stored;
    struct reader *next;
};

struct writer {
    struct db *db;
    struct stmt *add_channel, *put_block, *put_newest, *seal_block, *put_span;
    struct stmt *seal_span, *find_span, *get_block, *put_version, *put_overlay;
    struct stmt *put_meta, *put_damaged;
    struct codec codec;
    struct columns stored, merged;
    struct buf loaded; /* what `stored` borrows its texts from */
    struct buf bytes, small;
    int64_t next_block;
    bool looking; /* in a snapshot, until the next flush */
};

struct series {
    char *path;
    int lock_fd;
    struct series_options options;
    struct writer writer;

    struct chunk **chunks;
    _Atomic uint32_t count;
    channel_id saved; /* channels up to here are in the store */
    pthread_rwlock_t names;
    channel_id *by_key, *by_subject; /* hash buckets */
    size_t buckets;

    _Atomic size_t unflushed;
    _Atomic uint64_t applied, flushes;
    channel_id *dirty;
    size_t dirty_count, dirty_room;
    struct peeks peeks;

    pthread_rwlock_t overlay_lock; /* the array, not what it points to */
    struct overlay_entry **overlays;
    size_t overlay_count, overlay_room;

    int64_t retire_before_s[CADENCE_COUNT]; /* NEVER: nothing to do */

    pthread_mutex_t pool_lock;
    struct reader *pool;
    size_t pool_count;
};

static inline struct chunk *chunk_of(const struct series *series,
                                     channel_id channel)
{
    return series->chunks[(channel - 1) / CHUNK];
}

static inline struct channel *channel_of(const struct series *series,
                                         channel_id channel)
{
    return &chunk_of(series, channel)->channel[(channel - 1) % CHUNK];
}

bool channel_known(const struct series *series, channel_id channel);

/* The span of a cadence's blocks that holds a moment. */
int64_t span_start(enum cadence cadence, int64_t moment_s);
int64_t span_end(enum cadence cadence, int64_t moment_s);

/* ---- store.c ---- */

enum err store_open(struct series *series) MUST_CHECK;
void store_close(struct series *series);

/*
 * Before the writer reads outside of a flush: one snapshot serves until the
 * next flush, for only we write.
 */
enum err writer_look(struct writer *writer) MUST_CHECK;
void writer_look_no_more(struct writer *writer);

/* A reader from the pool, in a snapshot; ERR_IO when SQLite refuses. */
enum err reader_take(struct series *series, struct reader **out) MUST_CHECK;
enum err reader_begin(struct reader *reader) MUST_CHECK;
void reader_end(struct reader *reader);
void reader_give(struct series *series, struct reader *reader);

/* One row of the table span. */
struct span_row {
    int64_t start_s, block;
    struct series_summary summary;
};

/* A span row's summary as bytes with its check, and back. */
void span_summary_encode(channel_id channel, int64_t start_s,
                         const struct series_summary *summary, struct buf *out);
enum err span_summary_decode(channel_id channel, int64_t start_s,
                             struct span bytes,
                             struct series_summary *out) MUST_CHECK;

/* Opens a stored block into reader->stored; logs and tells ERR_CORRUPT. */
enum err reader_open_block(struct reader *reader, channel_id channel,
                           const struct span_row *row) MUST_CHECK;

void log_damaged(const char *table, channel_id channel, int64_t start_s,
                 int64_t block);

/* ---- append.c ---- */

/* Frees the runs of a channel. */
void runs_done(struct channel *channel);

struct reading newest_reading(const struct newest *newest);
void newest_set(struct newest *newest, const struct reading *reading);
void newest_clear(struct newest *newest); /* none; frees what it holds */
void superseded_free(struct superseded *first);

/* ---- overlay.c ---- */

enum err overlays_load(struct series *series) MUST_CHECK;
enum err overlays_save(struct series *series) MUST_CHECK;
void overlays_saved(struct series *series);
void overlays_done(struct series *series);

/* The overlays of a channel that are in force in a view and touch a range. */
size_t overlays_copy(const struct channel *channel, struct series_range range,
                     struct series_view view, struct arena *arena,
                     struct overlay **out);
void overlays_apply(const struct overlay *overlays, size_t count,
                    struct reading *reading);

#endif
