/*
 * ledger - the evidence: everything that came in, in the order it came, append
 * only, provable.
 *
 * A ledger is a directory of segment files, preallocated and recycled:
 *
 *     lock  key.pem  public.pem  manifest
 *     000000000000.seg.zst  000000000001.seg ...  spare-0.seg
 *
 *     segment: header | record | record | ...
 *     record:  length u32 | crc32c u32 | sequence u64 | arrival us i64 |
 *              source u32 | kind u16 | 0 u16 | payload | pad to 8
 *
 * Sequences start at 1 and have no holes; arrivals never fall. When a segment
 * closes, the SM3 Merkle root over its records goes to the manifest, each line
 * of which contains the hash of the line before; the root of each Beijing day
 * is signed with the key made at init. Sealed segments are compressed (zstd)
 * and stay verifiable. A torn tail after a crash is cut at the last whole
 * record, which is never one that was committed.
 *
 * Threads: one thread appends and commits (see writer.h); any thread may read
 * what has been committed. Sealing runs on a thread of its own, behind.
 */
#ifndef LEDGER_H
#define LEDGER_H

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

#include <stdint.h>

enum {
    LEDGER_PAYLOAD_MAX = 1 << 20,
    LEDGER_BATCH_MAX = 1 << 30,      /* bytes of one append */
    LEDGER_SEGMENT_BYTES = 64 << 20, /* the default size of a segment */
    LEDGER_HASH_LEN = 32,            /* SM3 */
};

/* What a record holds. The numbers are on disk: never reuse one. */
enum ledger_kind {
    LEDGER_FRAME = 1,      /* a device's frame as received; source = device */
    LEDGER_QUARANTINE = 2, /* a frame from an unknown MN or with a wrong PW */
    LEDGER_DOWN = 3,       /* a frame we sent to a device: command or answer */
    LEDGER_REGISTRY = 4,   /* JSON: a change of the registry */
    LEDGER_OVERLAY = 5,    /* JSON: an overlay added or undone */
    LEDGER_ACCOUNT = 6,    /* JSON: log-ins, accounts, keys */
    LEDGER_COMMAND = 7,    /* JSON: a command asked for, and its result */
    LEDGER_TICK = 8,       /* nothing: time went by (not written to disk) */
};

struct ledger_record {
    uint64_t sequence;  /* given by ledger_append */
    int64_t arrival_us; /* UTC; given by ledger_append, never falls */
    uint32_t source;    /* device number of the registry, 0 for none */
    enum ledger_kind kind;
    struct span payload;
};

struct ledger_options {
    size_t segment_bytes; /* 0: LEDGER_SEGMENT_BYTES */
    bool read_only;       /* no lock, no recovery, no writing */
    bool no_sync;         /* tests and benchmarks only: commit does not sync */
};

struct ledger;

/* Makes the directory and its signing key (Ed25519 or SM2). ERR_EXISTS. */
enum err ledger_init(const char *directory) MUST_CHECK;

/* The same with the kind of key named: "Ed25519" (the default) or "SM2". */
enum err ledger_init_with(const char *directory,
                          const char *algorithm) MUST_CHECK;

/*
 * Opens and recovers. ERR_BUSY when another process has it, ERR_NOT_FOUND
 * before ledger_init, ERR_CORRUPT when a committed record is damaged (the log
 * names segment and offset), ERR_IO for a read-only or missing disk.
 */
enum err ledger_open(const char *directory,
                     const struct ledger_options *options,
                     struct ledger **out) MUST_CHECK;

/* Commits, waits for the sealing of closed segments, unlocks. */
void ledger_close(struct ledger *ledger);

/*
 * Appends records, giving each its sequence and arrival (`now_us`, raised to
 * the last arrival if the clock fell back). Not durable before ledger_commit.
 * On ERR_FULL (disk) or ERR_IO nothing of the batch is in the ledger.
 */
enum err ledger_append(struct ledger *ledger, int64_t now_us,
                       struct ledger_record *records, size_t count) MUST_CHECK;

/* fdatasync: all that was appended is on disk when this returns OK. */
enum err ledger_commit(struct ledger *ledger) MUST_CHECK;

/* The last committed sequence; 0 when empty. */
uint64_t ledger_last(const struct ledger *ledger);

/* The oldest sequence still kept. */
uint64_t ledger_first(const struct ledger *ledger);

/*
 * One committed record by its sequence; the payload is copied into *payload.
 * ERR_NOT_FOUND, ERR_CORRUPT.
 */
enum err ledger_read(struct ledger *ledger, uint64_t sequence,
                     struct ledger_record *out, struct buf *payload) MUST_CHECK;

/*
 * A walk over committed records from a sequence on, in order. The payload is
 * borrowed until the next call. ERR_NOT_FOUND at the end (call again later).
 */
struct ledger_cursor;
enum err ledger_cursor_open(struct ledger *ledger, uint64_t from,
                            struct ledger_cursor **out) MUST_CHECK;
enum err ledger_cursor_next(struct ledger_cursor *cursor,
                            struct ledger_record *out) MUST_CHECK;
void ledger_cursor_close(struct ledger_cursor *cursor);

/* The first sequence whose arrival is at or after the moment. */
uint64_t ledger_sequence_at(struct ledger *ledger, int64_t arrival_us);

struct ledger_status {
    uint64_t first, last;
    uint64_t segments, sealed, compressed;
    uint64_t bytes_on_disk;
    uint64_t commits;  /* since open */
    uint64_t failures; /* appends and commits that failed, since open */
    bool failing;      /* the last one did: nothing is taken */
    int64_t last_arrival_us;
    char last_day_signed[11]; /* 2026-11-23, or empty */
    char last_root_hex[2 * LEDGER_HASH_LEN + 1];
};

void ledger_status(struct ledger *ledger, struct ledger_status *out);

/* ---- evidence ---- */

struct ledger_report {
    uint64_t segments, records, bytes;
    uint64_t days_signed;
    enum err err;      /* OK: everything verifies */
    uint64_t bad_at;   /* sequence (or segment) of the first damage */
    char message[256]; /* what is wrong, where, and what to do */
};

/*
 * Checks everything: framing, crc32c, sequences, arrivals, Merkle roots, the
 * manifest's chain, signatures. `progress` (may be NULL) is called now and then
 * with bytes done and in all; when it answers false the rest is not looked at
 * and the report says ERR_CLOSED.
 */
void ledger_verify(const char *directory,
                   bool (*progress)(void *context, uint64_t done,
                                    uint64_t total),
                   void *context, struct ledger_report *out);

/*
 * Writes a proof of one record as JSON: the record with its payload, its path
 * to the segment's root, the chain to the signed day root (if the day is
 * signed), the public key. It is checkable without the platform. ERR_NOT_FOUND;
 * ERR_BUSY while the record's segment is not sealed yet.
 */
enum err ledger_prove(struct ledger *ledger, uint64_t sequence,
                      struct buf *json) MUST_CHECK;

/*
 * Checks such a proof by itself; *why says what it shows or what is wrong.
 * ERR_INVALID; ERR_NOT_FOUND when it is consistent but its day is not signed.
 */
enum err ledger_check_proof(struct span json, struct buf *why) MUST_CHECK;

/*
 * Signs the roots of all Beijing days that ended before `now_us` and are not
 * signed yet; closes the current segment first if it holds records of them.
 */
enum err ledger_sign_days(struct ledger *ledger, int64_t now_us) MUST_CHECK;

/*
 * Closes the segment that is being written, if it holds records, and waits
 * until it is sealed: everything committed so far can be proved afterwards.
 */
enum err ledger_seal(struct ledger *ledger) MUST_CHECK;

#endif
