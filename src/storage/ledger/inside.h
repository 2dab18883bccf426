/*
 * inside - what a ledger is made of, for the files of this folder only.
 *
 *     append.c    the appending thread: records, commit, new segments
 *     recover.c   what opening finds and mends
 *     sealing.c   the thread behind: hash, compress, manifest, recycle
 *     reading.c   records and walks over them
 *     days.c      signed days        proof.c, verify.c   the evidence
 *
 * Two locks. `appending` is held by who appends, commits or closes a segment;
 * `lock` guards the table of segments and what readers see, and is held for a
 * few instructions only. `appending` is taken first.
 */
#ifndef LEDGER_INSIDE_H
#define LEDGER_INSIDE_H

#include "storage/ledger/manifest.h"
#include "storage/ledger/packed.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
    BACKLOG_MAX = 24, /* closed segments that may wait for sealing: 1.5 GiB */
    SPARES_MAX = 2,   /* recycled files kept for reuse */
    NAME_LEN = 40,
    STAGE = 256 << 10, /* bytes gathered for one write */
    MARK_EVERY_US = 100000,
};

enum segment_state {
    SEGMENT_OPEN,   /* takes records */
    SEGMENT_CLOSED, /* waits for sealing */
    SEGMENT_SEALED, /* compressed, its root in the manifest */
};

struct segment {
    uint64_t number;
    uint64_t first, last; /* committed; last = first - 1 when empty */
    int64_t from_us, to_us;
    uint64_t end;      /* committed bytes of the raw file */
    uint64_t capacity; /* of the raw file */
    uint64_t salt;
    uint32_t seed;
    enum segment_state state;
    bool packed;          /* read from the .zst */
    int fd;               /* of the raw file, or -1 */
    struct blocks blocks; /* of the raw file */
    int readers;          /* reading the raw file just now */
    uint64_t disk_bytes;
    struct hash root;
};

struct ledger {
    int dir, lock_fd;
    char *path; /* for the log */
    struct ledger_options options;
    struct sign_key *key; /* NULL when read only */

    pthread_mutex_t appending;
    uint64_t next;        /* the next record's sequence */
    uint64_t next_number; /* of the segment after the last one */
    uint64_t end;         /* where it goes in the open segment */
    uint64_t dirty;       /* behind `end`, up to here, may lie a failed batch */
    int64_t last_us;      /* the last arrival */
    int64_t marked_us;
    bool lost; /* appended records were rolled back: the commit must fail */
    char *stage;

    pthread_mutex_t lock;
    pthread_cond_t changed; /* a segment was closed or sealed, a reader left */
    struct segment **segments;
    size_t count, cap;
    _Atomic uint64_t first, last; /* committed */
    uint64_t commits, failures;
    bool failing;
    int64_t committed_us;
    unsigned spares;      /* bit i: spare-i.seg exists */
    enum err sealing_err; /* sealing does not get on: why */
    bool closing;
    bool spare_failed;   /* the sealing thread's: do not try at once again */
    int last_day_signed; /* yyyymmdd or 0 */

    pthread_mutex_t chain; /* who adds to the manifest */
    struct hash tip;
    _Atomic uint64_t manifest_bytes;

    bool sealing;
    pthread_t sealer;
};

/* 000000000007.seg, 000000000007.seg.zst, spare-1.seg */
void segment_name(uint64_t number, char name[NAME_LEN]);
void packed_name(uint64_t number, char name[NAME_LEN]);
void spare_name(unsigned which, char name[NAME_LEN]);

/* The last one if it takes records, else NULL. Hold `appending` or `lock`. */
struct segment *ledger_open_segment(const struct ledger *l);
struct segment *ledger_add_segment(struct ledger *l, struct segment s);
void segment_free(struct segment *s);

/* Beijing day, yyyymmdd, of an arrival. */
int ledger_day(int64_t arrival_us);

/* recover.c: finds the segments; mends unless read only. */
enum err ledger_recover(struct ledger *l) MUST_CHECK;
/* Opens a raw file and reads its header and mark. */
enum err ledger_open_raw(int dir, uint64_t number, bool read_only,
                         struct segment *out,
                         struct segment_mark *mark) MUST_CHECK;
/*
 * Reads it through, up to a last sequence: sets last, end, arrivals, blocks.
 * *verdict is what stopped it, RECORD_OK when the file or the bound did.
 */
enum err ledger_scan(struct segment *s, int64_t last_us, uint64_t last_sequence,
                     enum record_verdict *verdict) MUST_CHECK;

/* append.c; the caller holds `appending`. */
enum err ledger_close_segment(struct ledger *l) MUST_CHECK;
/* Commits and marks, taking the lock itself: a clean close. */
enum err ledger_rest(struct ledger *l) MUST_CHECK;
enum err ledger_write_mark(struct ledger *l, struct segment *s,
                           bool clean) MUST_CHECK;
enum err ledger_prepare_spare(struct ledger *l, uint64_t capacity) MUST_CHECK;

/* sealing.c */
enum err ledger_sealing_start(struct ledger *l) MUST_CHECK;
void ledger_sealing_stop(struct ledger *l);
/* Gives a raw file that is of no more use to the spares, or removes it. */
void ledger_recycle(struct ledger *l, const char *name);
/* Adds a line to the manifest and syncs it; `line` without newline. */
enum err ledger_chain_add(struct ledger *l, struct span line) MUST_CHECK;

/* reading.c: what sealing, proofs and verification know of one block. */
struct block_walk {
    struct record_place place;
    enum record_verdict verdict; /* of the first that is not whole */
    size_t at;                   /* where it stands in the block */
    int64_t first_us;
    uint64_t records;
    struct hash root; /* when asked to hash */
};

/*
 * Walks the records of a block, which must all be whole, moves walk->place on,
 * and computes the block's root when `hash`. ERR_CORRUPT: see verdict and at.
 */
enum err block_check(struct span raw, struct block_walk *walk,
                     bool hash) MUST_CHECK;

/* The segment that holds a committed sequence, or NULL. Hold `lock`. */
struct segment *ledger_find_segment(struct ledger *l, uint64_t sequence);

#endif
