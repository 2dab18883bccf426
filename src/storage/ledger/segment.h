/*
 * segment - the bytes of one segment file, as long as it is not compressed.
 *
 *     0     header   "SYLEDGER" version block number first salt crc32c  64
 * bytes 512   mark     end of what was committed, crc32c                  16
 * bytes 4096  record record record ...        the rest is old bytes, no
 * evidence
 *
 * Files are recycled, so behind the last record may stand records of another
 * time. None of them can pass for one of ours: a record's checksum starts from
 * the segment's random salt, and its sequence must be exactly the next one.
 *
 * The mark is written now and then beside the records (with their sync), and at
 * a clean close. A broken record before the mark is damage; a broken one behind
 * it is the torn end of a write that was never acknowledged.
 *
 * Records lie in blocks: a record that starts SEGMENT_BLOCK or more behind the
 * start of its block opens the next one. Blocks are what is compressed, hashed
 * to one root each, and read at a time.
 *
 * Pure: bytes in, bytes out.
 */
#ifndef LEDGER_SEGMENT_H
#define LEDGER_SEGMENT_H

#include "storage/ledger/merkle.h"

enum {
    SEGMENT_HEADER = 64,
    SEGMENT_MARK_AT = 512,
    SEGMENT_MARK = 16,
    SEGMENT_DATA = 4096, /* where records start */
    SEGMENT_BLOCK = 128 << 10,
    RECORD_HEADER = 32,
    RECORD_MAX = RECORD_HEADER + LEDGER_PAYLOAD_MAX,
    SEGMENT_BLOCK_MAX = SEGMENT_BLOCK + RECORD_MAX,
};

struct segment_header {
    uint64_t number;
    uint64_t first; /* sequence of its first record */
    uint64_t salt;
};

/* Raw segments and packed ones (packed.h) differ in the magic alone. */
enum segment_form { SEGMENT_RAW, SEGMENT_PACKED };

void segment_header_encode(const struct segment_header *h,
                           enum segment_form form, char at[SEGMENT_HEADER]);
enum err segment_header_decode(const char at[SEGMENT_HEADER],
                               enum segment_form form,
                               struct segment_header *out) MUST_CHECK;

/* What every checksum of the segment starts from. */
uint32_t segment_seed(uint64_t salt);

struct segment_mark {
    uint64_t end; /* committed up to here; 0: no mark of this segment */
    bool clean;   /* nothing of ours lies behind: the next open may go on */
};

void segment_mark_encode(struct segment_mark mark, uint32_t seed,
                         char at[SEGMENT_MARK]);
struct segment_mark segment_mark_decode(const char at[SEGMENT_MARK],
                                        uint32_t seed);

enum record_verdict {
    RECORD_OK,
    RECORD_NONE,         /* zeros: nothing was written here */
    RECORD_CUT,          /* the bytes end before the record does */
    RECORD_BAD_LENGTH,   /* more than LEDGER_PAYLOAD_MAX */
    RECORD_BAD_SEQUENCE, /* not the next one */
    RECORD_BAD_CRC,
    RECORD_BAD_ARRIVAL, /* earlier than the record before */
};

const char *record_verdict_text(enum record_verdict verdict);

/* Bytes of a record on disk, padded to 8. */
static inline size_t record_size(size_t payload)
{
    return (RECORD_HEADER + payload + 7) & ~(size_t)7;
}

/* Writes record_size() bytes. */
void record_encode(const struct ledger_record *record, uint32_t seed, char *at);

/* What the next record must be; record_decode moves it on. */
struct record_place {
    uint32_t seed;
    uint64_t sequence;
    int64_t arrival_us;
};

/* The payload borrows from `in`; *size is record_size(). */
enum record_verdict record_decode(struct span in, struct record_place *place,
                                  struct ledger_record *out, size_t *size);

/* The leaf of a record: its header and payload, without the padding. */
struct hash record_leaf(const char *at, size_t payload);

/* ---- blocks ---- */

struct block {
    uint64_t first;     /* sequence */
    int64_t arrival_us; /* of its first record */
    uint64_t at;        /* where in the file: of a packed one, compressed */
    uint32_t len;       /* raw bytes; 0 while it grows */
    uint32_t packed;    /* compressed bytes; 0 in a raw file */
    uint32_t crc;       /* crc32c of the compressed bytes */
    struct hash root;   /* known once sealed */
};

struct blocks {
    struct block *at;
    size_t count, cap;
};

/* Tells of a record at `offset`; opens a block when it is time. */
void blocks_note(struct blocks *blocks, uint64_t offset, uint64_t sequence,
                 int64_t arrival_us);
/* Forgets blocks that start at or behind `offset`. */
void blocks_cut(struct blocks *blocks, uint64_t offset);
/* Gives the last block its length. */
void blocks_close(struct blocks *blocks, uint64_t end);
void blocks_done(struct blocks *blocks);

/* The block that holds a sequence: the last that starts at or before it. */
size_t blocks_find(const struct blocks *blocks, uint64_t sequence);

#endif
