/*
 * packed - a sealed segment, compressed: every block a zstd frame of its own,
 * and at the end where each starts, so that one record costs one block.
 *
 *     header (64) | frame | frame ... | index: 72 bytes a block | trailer (32)
 *
 *     index entry: first u64 | arrival i64 | at u64 | len u32 | packed u32 |
 *                  crc32c of the frame u32 | 0 u32 | root 32 bytes
 *     trailer:     index at u64 | raw bytes u64 | blocks u32 |
 *                  crc32c of index and trailer u32 | "SYLEDGEX"
 */
#ifndef LEDGER_PACKED_H
#define LEDGER_PACKED_H

#include "storage/ledger/segment.h"

/* zstd's level: the fastest; frames of one device repeat, so it does well. */
enum { PACKED_LEVEL = 1 };

struct packed {
    int fd;
    struct segment_header header;
    uint64_t raw_bytes; /* of all records */
    uint64_t file_bytes;
    struct blocks blocks;
};

enum err packed_open(int dir, const char *name, struct packed *out) MUST_CHECK;
void packed_close(struct packed *packed);

/* One block's records, decompressed. */
enum err packed_block(const struct packed *packed, size_t index,
                      struct buf *out) MUST_CHECK;

struct packed_writer;

enum err packed_start(int dir, const char *name,
                      const struct segment_header *header,
                      struct packed_writer **out) MUST_CHECK;
/* Compresses, decompresses and compares, writes; raw.len is block->len. */
enum err packed_add(struct packed_writer *w, const struct block *block,
                    struct span raw) MUST_CHECK;
/* Index and trailer, then sync. *bytes: the file's size. */
enum err packed_finish(struct packed_writer *w, uint64_t *bytes) MUST_CHECK;
void packed_writer_free(struct packed_writer *w);

#endif
