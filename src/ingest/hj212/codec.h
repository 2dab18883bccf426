/*
 * codec - what the files of this folder share; nobody else includes it.
 *
 *     frame.c    finds marks, cuts frames, says what to drop
 *     repair.c   frames whose length or CRC is wrong in a way that has a name
 *     segment.c  the header fields of a data segment
 *     values.c   the pairs of its data area
 *     sm4.c      encrypted data areas of HJ 212-2025
 *     encode.c   the way back
 */
#ifndef HJ212_CODEC_H
#define HJ212_CODEC_H

#include "ingest/hj212/hj212.h"

enum { HJ212_MARK_LEN = 2, HJ212_CRC_LEN = 4, HJ212_BLOCK_LEN = 16 };

/* One reading of the bytes that start with a mark. */
struct hj212_piece {
    size_t head; /* mark and length digits: 6, or 5 */
    struct span segment;
    size_t size;     /* from the mark to the last digit of the CRC */
    size_t raw_size; /* `size`, unless the frame was written again */
    bool encrypted;
    hj212_deviations deviations;
};

/* 0 to 0xFFFF, or -1 when the first four bytes are not hex digits. */
int hj212_hex4(struct span text, bool *out_lower_case);

/* 1 to 9 decimal digits, or -1. */
int hj212_digits(struct span text);

uint16_t hj212_crc_modbus(struct span data);

/* What MN stands in these bytes, without parsing them; empty if none does. */
struct span hj212_peek_mn(struct span segment);

/*
 * Header and data area of a segment. Bytes up to `readable` may be loaded
 * beyond it. Adds to out->deviations, knows no policy.
 */
enum hj212_verdict hj212_segment_parse(struct span segment,
                                       const char *readable,
                                       struct hj212_frame *out);
enum hj212_verdict hj212_values_parse(const char *readable,
                                      struct hj212_frame *out);

/*
 * The length is `length` and the frame does not fit it as it stands. OK: the
 * piece is the reading that fits, its deviations say how. NEED_MORE: it may
 * still become a good one. Otherwise the refusal; the piece holds what is
 * known.
 */
enum hj212_verdict hj212_repair(struct span in, size_t length,
                                const struct hj212_policy *policy,
                                struct hj212_piece *piece);

/* ECB over the whole blocks of `len` bytes in place; false if OpenSSL cannot.
 */
bool hj212_sm4(const uint8_t *key, bool encrypt, char *at, size_t len);

/* The key opens this piece: it becomes plain, in place. */
bool hj212_sm4_open(struct span in, const uint8_t *key,
                    struct hj212_piece *piece);

/* Its first block is not text: no plain data area begins so. */
bool hj212_is_cipher(struct span cp);

/* The data area of a segment that announces 2025 and does not look plain. */
bool hj212_looks_encrypted(struct span segment);

#endif
