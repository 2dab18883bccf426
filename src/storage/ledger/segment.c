#include "storage/ledger/segment.h"

#include "base/memory.h"
#include "storage/ledger/bytes.h"
#include "storage/ledger/crc32c.h"

enum { VERSION = 1, CRC_AT = SEGMENT_HEADER - 4 };

static const char magic[][9] = {
    [SEGMENT_RAW] = "SYLEDGER",
    [SEGMENT_PACKED] = "SYLEDGEZ",
};

void segment_header_encode(const struct segment_header *h,
                           enum segment_form form, char at[SEGMENT_HEADER])
{
    memset(at, 0, SEGMENT_HEADER);
    memcpy(at, magic[form], 8);
    put_u32(at + 8, VERSION);
    put_u32(at + 12, SEGMENT_BLOCK);
    put_u64(at + 16, h->number);
    put_u64(at + 24, h->first);
    put_u64(at + 32, h->salt);
    put_u32(at + CRC_AT, crc32c(0, at, CRC_AT));
}

enum err segment_header_decode(const char at[SEGMENT_HEADER],
                               enum segment_form form,
                               struct segment_header *out)
{
    if (memcmp(at, magic[form], 8) != 0)
        return ERR_CORRUPT;
    if (get_u32(at + CRC_AT) != crc32c(0, at, CRC_AT))
        return ERR_CORRUPT;
    if (get_u32(at + 8) != VERSION || get_u32(at + 12) != SEGMENT_BLOCK)
        return ERR_UNSUPPORTED;
    out->number = get_u64(at + 16);
    out->first = get_u64(at + 24);
    out->salt = get_u64(at + 32);
    return OK;
}

uint32_t segment_seed(uint64_t salt)
{
    char bytes[8];

    put_u64(bytes, salt);
    return crc32c(0, bytes, sizeof(bytes));
}

void segment_mark_encode(struct segment_mark mark, uint32_t seed,
                         char at[SEGMENT_MARK])
{
    put_u64(at, mark.end);
    put_u32(at + 8, mark.clean);
    put_u32(at + 12, crc32c(seed, at, 12));
}

struct segment_mark segment_mark_decode(const char at[SEGMENT_MARK],
                                        uint32_t seed)
{
    if (get_u32(at + 12) != crc32c(seed, at, 12))
        return (struct segment_mark){0};
    return (struct segment_mark){get_u64(at), get_u32(at + 8) == 1};
}

const char *record_verdict_text(enum record_verdict verdict)
{
    static const char *const texts[] = {
        [RECORD_OK] = "whole",
        [RECORD_NONE] = "no record where one must be",
        [RECORD_CUT] = "record cut off",
        [RECORD_BAD_LENGTH] = "impossible record length",
        [RECORD_BAD_SEQUENCE] = "sequence is not the next one",
        [RECORD_BAD_CRC] = "checksum of the record is wrong",
        [RECORD_BAD_ARRIVAL] = "arrival earlier than the record before",
    };

    return texts[verdict];
}

/* The checksum of a record, taken as if its own field were zero. */
static uint32_t record_crc(const char *at, size_t size, uint32_t seed)
{
    char start[8] = {0};

    memcpy(start, at, 4);
    return crc32c(crc32c(seed, start, sizeof(start)), at + 8, size - 8);
}

void record_encode(const struct ledger_record *record, uint32_t seed, char *at)
{
    size_t size = record_size(record->payload.len);

    memset(at + size - 8, 0, 8);
    put_u32(at, (uint32_t)record->payload.len);
    put_u64(at + 8, record->sequence);
    put_u64(at + 16, (uint64_t)record->arrival_us);
    put_u32(at + 24, record->source);
    put_u16(at + 28, (uint16_t)record->kind);
    put_u16(at + 30, 0);
    if (record->payload.len)
        memcpy(at + RECORD_HEADER, record->payload.at, record->payload.len);
    put_u32(at + 4, record_crc(at, size, seed));
}

enum record_verdict record_decode(struct span in, struct record_place *place,
                                  struct ledger_record *out, size_t *size)
{
    struct ledger_record r;
    size_t len;

    if (in.len < RECORD_HEADER)
        return RECORD_CUT;
    len = get_u32(in.at);
    r.sequence = get_u64(in.at + 8);
    r.arrival_us = (int64_t)get_u64(in.at + 16);
    r.source = get_u32(in.at + 24);
    r.kind = (enum ledger_kind)get_u16(in.at + 28);
    if (len == 0 && r.sequence == 0)
        return RECORD_NONE;
    if (len > LEDGER_PAYLOAD_MAX)
        return RECORD_BAD_LENGTH;
    *size = record_size(len);
    if (in.len < *size)
        return RECORD_CUT;
    if (get_u32(in.at + 4) != record_crc(in.at, *size, place->seed))
        return RECORD_BAD_CRC;
    if (r.sequence != place->sequence)
        return RECORD_BAD_SEQUENCE;
    if (r.arrival_us < place->arrival_us)
        return RECORD_BAD_ARRIVAL;
    r.payload = (struct span){in.at + RECORD_HEADER, len};
    *out = r;
    place->sequence++;
    place->arrival_us = r.arrival_us;
    return RECORD_OK;
}

struct hash record_leaf(const char *at, size_t payload)
{
    return merkle_leaf((struct span){at, RECORD_HEADER + payload});
}

void blocks_note(struct blocks *blocks, uint64_t offset, uint64_t sequence,
                 int64_t arrival_us)
{
    if (blocks->count > 0) {
        struct block *last = &blocks->at[blocks->count - 1];

        if (offset - last->at < SEGMENT_BLOCK)
            return;
        last->len = (uint32_t)(offset - last->at);
    }
    blocks->at = memory_grow(blocks->at, &blocks->cap, blocks->count + 1,
                             sizeof(*blocks->at));
    blocks->at[blocks->count++] = (struct block){
        .first = sequence, .arrival_us = arrival_us, .at = offset};
}

void blocks_cut(struct blocks *blocks, uint64_t offset)
{
    while (blocks->count > 0 && blocks->at[blocks->count - 1].at >= offset)
        blocks->count--;
    if (blocks->count > 0)
        blocks->at[blocks->count - 1].len = 0;
}

void blocks_close(struct blocks *blocks, uint64_t end)
{
    struct block *last;

    if (blocks->count == 0)
        return;
    last = &blocks->at[blocks->count - 1];
    last->len = (uint32_t)(end - last->at);
}

void blocks_done(struct blocks *blocks)
{
    free(blocks->at);
    *blocks = (struct blocks){0};
}

size_t blocks_find(const struct blocks *blocks, uint64_t sequence)
{
    size_t low = 0;
    size_t high = blocks->count;

    while (low + 1 < high) {
        size_t middle = low + (high - low) / 2;

        if (blocks->at[middle].first <= sequence)
            low = middle;
        else
            high = middle;
    }
    return low;
}
