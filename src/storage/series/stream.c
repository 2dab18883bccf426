#include "storage/series/stream.h"

#include "base/memory.h"

#include <zstd.h>

enum mode {
    MODE_CONSTANT,
    MODE_SPARSE,
    MODE_PACKED,
    MODE_ZSTD_BYTES,
    MODE_ZSTD_VARINTS,
};

enum {
    GROUP = 128,
    SAMPLE = 64,        /* values looked at for the usual one */
    VARINT_MAX = 10,    /* bytes of a 64-bit varint */
    WORTH_ZSTD = 48,    /* fewer values never gain by compression */
    CHEAP = 16,         /* sparse at 1/16 byte a value needs no rival */
    SPARSE_AT_MOST = 6, /* exceptions: every sixth value */
    ZSTD_LEVEL = 1,
};

static uint64_t zigzag(int64_t value)
{
    return ((uint64_t)value << 1) ^ -(uint64_t)(value < 0);
}

static int64_t unzigzag(uint64_t value)
{
    return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

void codec_init(struct codec *codec)
{
    *codec = (struct codec){0};
}

void codec_done(struct codec *codec)
{
    ZSTD_freeCCtx(codec->compressor);
    ZSTD_freeDCtx(codec->decompressor);
    free(codec->zigzag);
    free(codec->plain);
    free(codec->packed);
    *codec = (struct codec){0};
}

/* Room for `count` values in every scratch. */
static void codec_reserve(struct codec *codec, size_t count)
{
    if (count <= codec->room)
        return;
    codec->room = count + count / 2 + GROUP;
    codec->zigzag = memory_resize(codec->zigzag, codec->room, sizeof(uint64_t));
    codec->plain = memory_resize(codec->plain, codec->room, VARINT_MAX);
    codec->packed = memory_resize(
        codec->packed, ZSTD_compressBound(codec->room * VARINT_MAX), 1);
}

static unsigned char *write_varint(unsigned char *at, uint64_t value)
{
    while (value >= 0x80) {
        *at++ = (unsigned char)(value | 0x80);
        value >>= 7;
    }
    *at++ = (unsigned char)value;
    return at;
}

void put_varint(struct buf *out, uint64_t value)
{
    char *room = buf_room(out, VARINT_MAX);

    if (room) {
        unsigned char *at = (unsigned char *)room;

        out->len += (size_t)(write_varint(at, value) - at);
    }
}

void put_signed(struct buf *out, int64_t value)
{
    put_varint(out, zigzag(value));
}

void put_wide(struct buf *out, __int128 value)
{
    unsigned __int128 rest =
        ((unsigned __int128)value << 1) ^ -(unsigned __int128)(value < 0);

    while (rest >= 0x80) {
        buf_char(out, (char)(unsigned char)(rest | 0x80));
        rest >>= 7;
    }
    buf_char(out, (char)rest);
}

static unsigned __int128 get_number(struct cursor *in, int bits)
{
    unsigned __int128 value = 0;

    for (int shift = 0; in->at < in->end && shift < bits; shift += 7) {
        unsigned char byte = *in->at++;

        value |= (unsigned __int128)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return value;
    }
    in->bad = true;
    return 0;
}

uint64_t get_varint(struct cursor *in)
{
    if (in->at < in->end && *in->at < 0x80)
        return *in->at++;
    return (uint64_t)get_number(in, 64);
}

int64_t get_signed(struct cursor *in)
{
    return unzigzag(get_varint(in));
}

__int128 get_wide(struct cursor *in)
{
    unsigned __int128 value = get_number(in, 128);

    return (__int128)(value >> 1) ^ -(__int128)(value & 1);
}

struct span get_bytes(struct cursor *in, uint64_t len)
{
    struct span bytes = {(const char *)in->at, (size_t)len};

    if (in->bad || len > (uint64_t)(in->end - in->at)) {
        in->bad = true;
        return (struct span){NULL, 0};
    }
    in->at += len;
    return bytes;
}

/* ---- encoding ---- */

static bool all_equal(const int64_t *values, size_t count)
{
    uint64_t differ = 0;

    for (size_t i = 1; i < count; i++)
        differ |= (uint64_t)values[i] ^ (uint64_t)values[0];
    return !differ;
}

/* The majority of some values spread evenly, if any has (Boyer and Moore). */
static int64_t usual_value(const int64_t *values, size_t count)
{
    size_t stride = count / SAMPLE + 1;
    int64_t usual = values[0];
    size_t lead = 0;

    for (size_t i = 0; i < count; i += stride) {
        if (lead == 0)
            usual = values[i];
        if (values[i] == usual)
            lead++;
        else
            lead--;
    }
    return usual;
}

static size_t count_others(const int64_t *values, size_t count, int64_t usual)
{
    size_t others = 0;

    for (size_t i = 0; i < count; i++)
        others += values[i] != usual;
    return others;
}

/* Into codec->plain; returns the length. */
static size_t encode_sparse(struct codec *codec, const int64_t *values,
                            size_t count, int64_t usual, size_t others)
{
    unsigned char *at = codec->plain;
    size_t before = 0;

    at = write_varint(at, zigzag(usual));
    at = write_varint(at, others);
    for (size_t i = 0; i < count; i++) {
        if (values[i] == usual)
            continue;
        at = write_varint(at, i - before);
        at = write_varint(
            at, zigzag((int64_t)((uint64_t)values[i] - (uint64_t)usual)));
        before = i;
    }
    return (size_t)(at - codec->plain);
}

static int group_width(const uint64_t *values, size_t count)
{
    uint64_t all = 0;

    for (size_t i = 0; i < count; i++)
        all |= values[i];
    return all ? 64 - __builtin_clzll(all) : 0;
}

static size_t group_bytes(size_t count, int width)
{
    return (count * (size_t)width + 7) / 8;
}

static size_t packed_size(const uint64_t *values, size_t count)
{
    size_t size = 0;

    for (size_t i = 0; i < count; i += GROUP) {
        size_t n = count - i < GROUP ? count - i : GROUP;

        size += 1 + group_bytes(n, group_width(values + i, n));
    }
    return size;
}

static void pack_group(const uint64_t *values, size_t count, int width,
                       unsigned char *out)
{
    uint64_t words[GROUP + 1];
    size_t word = 0;
    uint64_t gathered = 0;
    int fill = 0;

    for (size_t i = 0; i < count; i++) {
        gathered |= values[i] << fill;
        fill += width;
        if (fill >= 64) {
            words[word++] = gathered;
            fill -= 64;
            gathered = fill ? values[i] >> (width - fill) : 0;
        }
    }
    words[word] = gathered;
    memcpy(out, words, group_bytes(count, width)); /* little endian */
}

static void put_packed(const uint64_t *values, size_t count, struct buf *out)
{
    for (size_t i = 0; i < count; i += GROUP) {
        size_t n = count - i < GROUP ? count - i : GROUP;
        int width = group_width(values + i, n);
        size_t bytes = group_bytes(n, width);
        char *room = buf_room(out, 1 + bytes);

        if (!room)
            return;
        room[0] = (char)width;
        if (width)
            pack_group(values + i, n, width, (unsigned char *)room + 1);
        out->len += 1 + bytes;
    }
}

/* Into codec->packed; returns the length, and how the values were written. */
static size_t encode_zstd(struct codec *codec, size_t count, enum mode *mode)
{
    unsigned char *end = codec->plain;
    size_t size;

    if (group_width(codec->zigzag, count) <= 8) {
        *mode = MODE_ZSTD_BYTES;
        for (size_t i = 0; i < count; i++)
            *end++ = (unsigned char)codec->zigzag[i];
    } else {
        *mode = MODE_ZSTD_VARINTS;
        for (size_t i = 0; i < count; i++)
            end = write_varint(end, codec->zigzag[i]);
    }
    if (!codec->compressor) {
        ZSTD_CCtx *made = ZSTD_createCCtx();

        if (!made)
            abort();
        ZSTD_CCtx_setParameter(made, ZSTD_c_compressionLevel, ZSTD_LEVEL);
        ZSTD_CCtx_setParameter(made, ZSTD_c_contentSizeFlag, 0);
        codec->compressor = made;
    }
    size = ZSTD_compress2(codec->compressor, codec->packed,
                          ZSTD_compressBound(codec->room * VARINT_MAX),
                          codec->plain, (size_t)(end - codec->plain));
    return ZSTD_isError(size) ? SIZE_MAX : size;
}

static void put_body(struct buf *out, enum mode mode, const void *bytes,
                     size_t len)
{
    buf_char(out, (char)mode);
    buf_add(out, (struct span){bytes, len});
}

void stream_encode(struct codec *codec, const int64_t *values, size_t count,
                   struct buf *out)
{
    size_t others, sparse = SIZE_MAX, packed, zipped = SIZE_MAX;
    enum mode zip_mode = MODE_ZSTD_BYTES;
    int64_t usual;

    if (count == 0)
        return;
    if (all_equal(values, count)) {
        buf_char(out, MODE_CONSTANT);
        put_signed(out, values[0]);
        return;
    }
    usual = usual_value(values, count);
    others = count_others(values, count, usual);
    codec_reserve(codec, count);
    if (others <= count / SPARSE_AT_MOST + 1) {
        sparse = encode_sparse(codec, values, count, usual, others);
        if (sparse <= count / CHEAP) {
            put_body(out, MODE_SPARSE, codec->plain, sparse);
            return;
        }
    }
    for (size_t i = 0; i < count; i++)
        codec->zigzag[i] = zigzag(values[i]);
    packed = packed_size(codec->zigzag, count);
    if (count >= WORTH_ZSTD)
        zipped = encode_zstd(codec, count, &zip_mode);

    if (sparse <= packed && sparse <= zipped) {
        sparse = encode_sparse(codec, values, count, usual, others);
        put_body(out, MODE_SPARSE, codec->plain, sparse);
    } else if (packed <= zipped) {
        buf_char(out, MODE_PACKED);
        put_packed(codec->zigzag, count, out);
    } else {
        buf_char(out, (char)zip_mode);
        put_varint(out, zipped);
        buf_add(out, (struct span){(char *)codec->packed, zipped});
    }
}

/* ---- decoding ---- */

static void fill(int64_t *values, size_t count, int64_t value)
{
    for (size_t i = 0; i < count; i++)
        values[i] = value;
}

static void decode_sparse(struct cursor *in, int64_t *values, size_t count)
{
    int64_t usual = get_signed(in);
    uint64_t others = get_varint(in);
    uint64_t at = 0;

    fill(values, count, usual);
    for (uint64_t i = 0; i < others && !in->bad; i++) {
        uint64_t gap = get_varint(in);
        uint64_t difference = (uint64_t)get_signed(in);

        if (gap >= count - at) {
            in->bad = true;
            return;
        }
        at += gap;
        values[at] = (int64_t)((uint64_t)usual + difference);
    }
}

static void unpack_group(const char *from, size_t bytes, int width,
                         int64_t *values, size_t count)
{
    unsigned char padded[GROUP * 8 + 16];
    uint64_t mask = width == 64 ? UINT64_MAX : ((uint64_t)1 << width) - 1;

    memcpy(padded, from, bytes);
    memset(padded + bytes, 0, 16);
    for (size_t i = 0; i < count; i++) {
        size_t bit = i * (size_t)width;
        uint64_t low, value;

        memcpy(&low, padded + bit / 8, sizeof(low));
        value = low >> (bit & 7);
        if ((bit & 7) + (size_t)width > 64)
            value |= (uint64_t)padded[bit / 8 + 8] << (64 - (bit & 7));
        values[i] = unzigzag(value & mask);
    }
}

static void decode_packed(struct cursor *in, int64_t *values, size_t count)
{
    for (size_t i = 0; i < count; i += GROUP) {
        size_t n = count - i < GROUP ? count - i : GROUP;
        struct span head = get_bytes(in, 1);
        int width = head.len ? (unsigned char)head.at[0] : 0;
        struct span bits;

        if (in->bad || width > 64) {
            in->bad = true;
            return;
        }
        bits = get_bytes(in, group_bytes(n, width));
        if (in->bad)
            return;
        if (width)
            unpack_group(bits.at, bits.len, width, values + i, n);
        else
            fill(values + i, n, 0);
    }
}

static void decode_zstd(struct codec *codec, struct cursor *in, bool bytes,
                        int64_t *values, size_t count)
{
    struct span zipped = get_bytes(in, get_varint(in));
    struct cursor plain = {NULL, NULL, false};
    size_t size;

    if (in->bad)
        return;
    codec_reserve(codec, count);
    if (!codec->decompressor && !(codec->decompressor = ZSTD_createDCtx()))
        abort();
    size = ZSTD_decompressDCtx(codec->decompressor, codec->plain,
                               bytes ? count : count * VARINT_MAX, zipped.at,
                               zipped.len);
    if (ZSTD_isError(size) || (bytes && size != count)) {
        in->bad = true;
        return;
    }
    if (bytes) {
        for (size_t i = 0; i < count; i++)
            values[i] = unzigzag(codec->plain[i]);
        return;
    }
    plain.at = codec->plain;
    plain.end = codec->plain + size;
    for (size_t i = 0; i < count && !plain.bad; i++)
        values[i] = get_signed(&plain);
    in->bad = plain.bad || plain.at != plain.end;
}

void stream_decode(struct codec *codec, struct cursor *in, int64_t *values,
                   size_t count)
{
    struct span mode;

    if (count == 0 || in->bad)
        return;
    mode = get_bytes(in, 1);
    switch (mode.len ? mode.at[0] : -1) {
    case MODE_CONSTANT:
        fill(values, count, get_signed(in));
        break;
    case MODE_SPARSE:
        decode_sparse(in, values, count);
        break;
    case MODE_PACKED:
        decode_packed(in, values, count);
        break;
    case MODE_ZSTD_BYTES:
        decode_zstd(codec, in, true, values, count);
        break;
    case MODE_ZSTD_VARINTS:
        decode_zstd(codec, in, false, values, count);
        break;
    default:
        in->bad = true;
    }
}
