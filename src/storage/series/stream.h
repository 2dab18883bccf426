/*
 * stream - a run of integers in few bytes; what a block's columns are made of.
 *
 *     mode | body
 *
 *     0 constant   value
 *     1 sparse     usual value, exceptions, then (gap, difference) for each
 *     2 packed     groups of 128: a width in bits, then the bits
 *     3 zstd       one byte a value, compressed
 *     4 zstd       a varint a value, compressed
 *
 * Signed numbers are zigzag (0 -1 1 -2 ... as 0 1 2 3 ...), varints have seven
 * bits a byte, lowest first. The encoder takes whatever comes out smallest, so
 * the bytes depend on the values alone.
 *
 * Decoding never trusts its input: a cursor that ran over its end or met a
 * value out of place is `bad`, and stays so.
 */
#ifndef SERIES_STREAM_H
#define SERIES_STREAM_H

#include "base/buf.h"

#include <stdint.h>

/* What coding needs beside its input; one for each thread. */
struct codec {
    void *compressor, *decompressor; /* of zstd */
    uint64_t *zigzag;
    unsigned char *plain, *packed;
    size_t room; /* values */
};

void codec_init(struct codec *codec);
void codec_done(struct codec *codec);

struct cursor {
    const unsigned char *at, *end;
    bool bad;
};

/* ---- single numbers ---- */

void put_varint(struct buf *out, uint64_t value);
void put_signed(struct buf *out, int64_t value);
void put_wide(struct buf *out, __int128 value);
uint64_t get_varint(struct cursor *in);
int64_t get_signed(struct cursor *in);
__int128 get_wide(struct cursor *in);
/* `len` bytes, or an empty span when there are not so many left. */
struct span get_bytes(struct cursor *in, uint64_t len);

/* ---- runs of numbers ---- */

void stream_encode(struct codec *codec, const int64_t *values, size_t count,
                   struct buf *out);
/* Fills `values` or makes the cursor bad. */
void stream_decode(struct codec *codec, struct cursor *in, int64_t *values,
                   size_t count);

#endif
