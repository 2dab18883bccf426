/*
 * verdict_inside_store - what the files of the verdict store share. Private.
 *
 * The verdicts of one kind are much alike, so each kind has a dictionary: the
 * bytes of some of its first ones, kept in a row of its own, that the others
 * refer to (zstd). A verdict packed without one has dictionary 0. The numbers
 * of kinds and cadences are on disk: never change one.
 */
#ifndef VERDICT_INSIDE_STORE_H
#define VERDICT_INSIDE_STORE_H

#include "assess/verdict_bytes.h"
#include "assess/verdict_store.h"
#include "db/db.h"

#include <pthread.h>
#include <zstd.h>

enum {
    BYTES_MAX = 1 << 20,     /* of one verdict */
    DICTIONARY_MAX = 32768,  /* sample bytes that the others refer to */
    DICTIONARY_SAMPLES = 16, /* a kind gets one when so many have come */
    LEVEL = 3,
};

struct entry {
    struct verdict_key key;
    int version;
    int64_t judged_us;
    uint64_t cause;
    char *bytes;
    size_t len;
};

struct dictionary {
    char *bytes;
    size_t len;
    ZSTD_CDict *pack;
    ZSTD_DDict *unpack;
};

struct verdict_store {
    char *path;
    bool read_only;

    pthread_mutex_t lock; /* over the two lists */
    struct entry *fresh;  /* put and not written, in order of coming */
    size_t fresh_count, fresh_cap;
    uint32_t *fresh_slots; /* open addressing: index + 1 of a key's newest */
    size_t fresh_slot_count;
    struct entry *newest; /* one a subject, sorted by key without start */
    size_t newest_count, newest_cap;

    pthread_mutex_t reading; /* over what follows */
    struct db *reader;
    ZSTD_DCtx *unpacking;
    struct dictionary dictionaries[VERDICT_KIND_COUNT + 1];

    struct db *lookup; /* the pipeline's thread only */
    struct stmt *lookup_stmt;
    bool looking; /* lookup is in a snapshot; until the next write */
    struct buf scratch;
};

#define VERDICT_COLUMNS                                                        \
    "site, kind, point, cadence, start_s, version, judged_us, cause, "         \
    "dictionary, bytes"

/* verdict_row_store.c */
int verdict_compare_subject(const struct verdict_key *a,
                            const struct verdict_key *b);
int verdict_compare_key(const struct verdict_key *a,
                        const struct verdict_key *b);
uint64_t verdict_hash_key(const struct verdict_key *key);
uint64_t verdict_entry_digest(const struct entry *e);

void dictionary_set(struct dictionary *d, struct span bytes);
void dictionary_done(struct dictionary *d);
/* From the file the first time; NULL: none. store->reading is held. */
const struct dictionary *dictionary_load(struct verdict_store *store,
                                         struct db *db, int64_t id);

struct verdict_key verdict_row_key(struct stmt *stmt);
/* A row of VERDICT_COLUMNS; the bytes are on the arena. reading is held. */
enum err verdict_row_entry(struct verdict_store *store, struct db *db,
                           struct stmt *stmt, struct arena *arena,
                           struct entry *out) MUST_CHECK;
enum err verdict_of_entry(const struct entry *e, struct arena *arena,
                          struct verdict *out) MUST_CHECK;

/* verdict_store.c: where a subject stands or would; store->lock is held. */
size_t verdict_newest_at(const struct verdict_store *store,
                         const struct verdict_key *key);

#endif
