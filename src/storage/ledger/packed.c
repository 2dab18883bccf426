#include "storage/ledger/packed.h"

#include "base/memory.h"
#include "storage/ledger/bytes.h"
#include "storage/ledger/crc32c.h"
#include "storage/ledger/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

enum {
    ENTRY = 72,
    TRAILER = 32,
    TRAILER_CRC_AT = 20,
    BLOCKS_MAX = 1 << 20,
};

static const char trailer_magic[8] = {'S', 'Y', 'L', 'E', 'D', 'G', 'E', 'X'};

struct packed_writer {
    int fd;
    uint64_t end;
    struct blocks blocks;
    ZSTD_CCtx *zstd;
    struct buf packed, check;
};

/* The checksum over index and trailer, its own field taken as zero. */
static uint32_t index_crc(struct span index_and_trailer)
{
    size_t at = index_and_trailer.len - TRAILER + TRAILER_CRC_AT;
    uint32_t crc = crc32c(0, index_and_trailer.at, at);

    crc = crc32c(crc, "\0\0\0\0", 4);
    return crc32c(crc, index_and_trailer.at + at + 4,
                  TRAILER - TRAILER_CRC_AT - 4);
}

static void entry_decode(const char *at, struct block *out)
{
    out->first = get_u64(at);
    out->arrival_us = (int64_t)get_u64(at + 8);
    out->at = get_u64(at + 16);
    out->len = get_u32(at + 24);
    out->packed = get_u32(at + 28);
    out->crc = get_u32(at + 32);
    memcpy(out->root.at, at + 40, sizeof(out->root.at));
}

static void entry_encode(const struct block *block, char *at)
{
    put_u64(at, block->first);
    put_u64(at + 8, (uint64_t)block->arrival_us);
    put_u64(at + 16, block->at);
    put_u32(at + 24, block->len);
    put_u32(at + 28, block->packed);
    put_u32(at + 32, block->crc);
    memcpy(at + 40, block->root.at, sizeof(block->root.at));
}

static enum err index_decode(struct packed *p, struct span in)
{
    for (size_t i = 0; i * ENTRY + TRAILER < in.len; i++) {
        struct block b;

        entry_decode(in.at + i * ENTRY, &b);
        if (b.len > SEGMENT_BLOCK_MAX || b.at > p->file_bytes ||
            b.packed > p->file_bytes - b.at)
            return ERR_CORRUPT;
        p->blocks.at = memory_grow(p->blocks.at, &p->blocks.cap, i + 1,
                                   sizeof(*p->blocks.at));
        p->blocks.at[i] = b;
        p->blocks.count = i + 1;
    }
    return OK;
}

static enum err index_load(struct packed *p)
{
    char trailer[TRAILER];
    uint64_t index_at;
    size_t count, len;
    char *bytes;
    enum err err =
        file_read_at(p->fd, trailer, TRAILER, p->file_bytes - TRAILER);

    if (err)
        return err;
    index_at = get_u64(trailer);
    p->raw_bytes = get_u64(trailer + 8);
    count = get_u32(trailer + 16);
    len = count * ENTRY + TRAILER;
    if (memcmp(trailer + 24, trailer_magic, 8) != 0 || count == 0 ||
        count > BLOCKS_MAX || len > p->file_bytes ||
        index_at != p->file_bytes - len)
        return ERR_CORRUPT;
    bytes = memory_resize(NULL, len, 1);
    err = file_read_at(p->fd, bytes, len, index_at);
    if (!err && index_crc((struct span){bytes, len}) !=
                    get_u32(trailer + TRAILER_CRC_AT))
        err = ERR_CORRUPT;
    if (!err)
        err = index_decode(p, (struct span){bytes, len});
    free(bytes);
    return err;
}

enum err packed_open(int dir, const char *name, struct packed *out)
{
    struct packed p = {.fd = openat(dir, name, O_RDONLY | O_CLOEXEC)};
    char header[SEGMENT_HEADER];
    struct stat st;
    enum err err;

    if (p.fd < 0)
        return file_err(errno);
    err = fstat(p.fd, &st) ? file_err(errno) : OK;
    if (!err && st.st_size < SEGMENT_HEADER + ENTRY + TRAILER)
        err = ERR_CORRUPT;
    if (err)
        goto done;
    p.file_bytes = (uint64_t)st.st_size;
    err = file_read_at(p.fd, header, SEGMENT_HEADER, 0);
    if (!err)
        err = segment_header_decode(header, SEGMENT_PACKED, &p.header);
    if (!err)
        err = index_load(&p);
done:
    if (err)
        packed_close(&p);
    else
        *out = p;
    return err;
}

void packed_close(struct packed *packed)
{
    if (packed->fd >= 0)
        close(packed->fd);
    packed->fd = -1;
    blocks_done(&packed->blocks);
}

enum err packed_block(const struct packed *packed, size_t index,
                      struct buf *out)
{
    const struct block *b = &packed->blocks.at[index];
    char *frame = memory_resize(NULL, b->packed, 1);
    enum err err = file_read_at(packed->fd, frame, b->packed, b->at);
    char *room;
    size_t n;

    buf_clear(out);
    room = buf_room(out, b->len);
    if (!err && !room)
        err = ERR_TOO_LARGE;
    if (!err && crc32c(0, frame, b->packed) != b->crc)
        err = ERR_CORRUPT;
    if (!err) {
        n = ZSTD_decompress(room, b->len, frame, b->packed);
        if (ZSTD_isError(n) || n != b->len)
            err = ERR_CORRUPT;
        else
            out->len = n;
    }
    free(frame);
    return err;
}

enum err packed_start(int dir, const char *name,
                      const struct segment_header *header,
                      struct packed_writer **out)
{
    int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    char bytes[SEGMENT_HEADER];
    struct packed_writer *w;
    enum err err;

    if (fd < 0)
        return file_err(errno);
    segment_header_encode(header, SEGMENT_PACKED, bytes);
    err = file_write_at(fd, (struct span){bytes, SEGMENT_HEADER}, 0);
    if (err) {
        close(fd);
        return err;
    }
    w = memory_new(1, sizeof(*w));
    w->fd = fd;
    w->end = SEGMENT_HEADER;
    w->zstd = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(w->zstd, ZSTD_c_compressionLevel, PACKED_LEVEL);
    buf_init(&w->packed, ZSTD_compressBound(SEGMENT_BLOCK_MAX));
    buf_init(&w->check, SEGMENT_BLOCK_MAX);
    *out = w;
    return OK;
}

enum err packed_add(struct packed_writer *w, const struct block *block,
                    struct span raw)
{
    size_t bound = ZSTD_compressBound(raw.len);
    struct block b = *block;
    char *room, *check;
    enum err err;
    size_t n;

    buf_clear(&w->packed);
    buf_clear(&w->check);
    room = buf_room(&w->packed, bound);
    check = buf_room(&w->check, raw.len);
    if (!room || !check)
        return ERR_TOO_LARGE;
    n = ZSTD_compress2(w->zstd, room, bound, raw.at, raw.len);
    if (ZSTD_isError(n))
        return ERR_INVALID;
    /* The raw bytes will be overwritten; be sure that they come back. */
    if (ZSTD_decompress(check, raw.len, room, n) != raw.len ||
        memcmp(check, raw.at, raw.len) != 0)
        return ERR_CORRUPT;
    err = file_write_at(w->fd, (struct span){room, n}, w->end);
    if (err)
        return err;
    b.at = w->end;
    b.len = (uint32_t)raw.len;
    b.packed = (uint32_t)n;
    b.crc = crc32c(0, room, n);
    w->blocks.at = memory_grow(w->blocks.at, &w->blocks.cap,
                               w->blocks.count + 1, sizeof(*w->blocks.at));
    w->blocks.at[w->blocks.count++] = b;
    w->end += n;
    return OK;
}

enum err packed_finish(struct packed_writer *w, uint64_t *bytes)
{
    size_t len = w->blocks.count * ENTRY + TRAILER;
    char *index = memory_new(1, len);
    char *trailer = index + len - TRAILER;
    uint64_t raw = 0;
    enum err err;

    for (size_t i = 0; i < w->blocks.count; i++) {
        entry_encode(&w->blocks.at[i], index + i * ENTRY);
        raw += w->blocks.at[i].len;
    }
    put_u64(trailer, w->end);
    put_u64(trailer + 8, raw);
    put_u32(trailer + 16, (uint32_t)w->blocks.count);
    memcpy(trailer + 24, trailer_magic, 8);
    put_u32(trailer + TRAILER_CRC_AT, index_crc((struct span){index, len}));
    err = file_write_at(w->fd, (struct span){index, len}, w->end);
    free(index);
    if (!err && fsync(w->fd))
        err = file_err(errno);
    *bytes = w->end + len;
    return err;
}

void packed_writer_free(struct packed_writer *w)
{
    if (!w)
        return;
    close(w->fd);
    ZSTD_freeCCtx(w->zstd);
    blocks_done(&w->blocks);
    buf_done(&w->packed);
    buf_done(&w->check);
    free(w);
}
