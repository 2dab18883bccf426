/*
 * reading - committed records by sequence, by time, and in order. A reader
 * takes one block at a time into its own memory, from the raw file or from the
 * compressed one, and holds no lock meanwhile.
 */
#include "storage/ledger/inside.h"

#include "base/log.h"
#include "base/memory.h"
#include "storage/ledger/file.h"

#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

struct ledger_cursor {
    struct ledger *ledger;
    uint64_t next; /* the sequence to give */
    struct buf raw;
    size_t at; /* in raw */
    struct record_place place;
    struct packed packed; /* kept open while the walk is in it; fd -1: none */
};

enum err block_check(struct span raw, struct block_walk *walk, bool hash)
{
    struct merkle tree = {0};

    walk->at = 0;
    walk->records = 0;
    while (walk->at < raw.len) {
        struct ledger_record r;
        size_t size = 0;

        walk->verdict =
            record_decode(span_from(raw, walk->at), &walk->place, &r, &size);
        if (walk->verdict != RECORD_OK)
            return ERR_CORRUPT;
        if (walk->records++ == 0)
            walk->first_us = r.arrival_us;
        if (hash)
            merkle_add(&tree, record_leaf(raw.at + walk->at, r.payload.len));
        walk->at += size;
    }
    if (hash)
        walk->root = merkle_root(&tree);
    return OK;
}

struct segment *ledger_find_segment(struct ledger *l, uint64_t sequence)
{
    size_t low = 0;
    size_t high = l->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (l->segments[middle]->last < sequence)
            low = middle + 1;
        else
            high = middle;
    }
    return low < l->count && l->segments[low]->first <= sequence
               ? l->segments[low]
               : NULL;
}

/* ---- one block ---- */

/* Holds `lock` on entry and on return, not while it reads. */
static enum err raw_block(struct ledger *l, struct segment *s,
                          uint64_t sequence, struct buf *out,
                          struct record_place *place)
{
    const struct block b = s->blocks.at[blocks_find(&s->blocks, sequence)];
    uint64_t len = b.len && b.at + b.len < s->end ? b.len : s->end - b.at;
    char *room;
    enum err err;

    *place = (struct record_place){s->seed, b.first, b.arrival_us};
    s->readers++;
    pthread_mutex_unlock(&l->lock);
    buf_clear(out);
    room = buf_room(out, len);
    err = room ? file_read_at(s->fd, room, len, b.at) : ERR_TOO_LARGE;
    out->len = err ? 0 : len;
    pthread_mutex_lock(&l->lock);
    if (--s->readers == 0 && s->packed) /* else nobody waits for that */
        pthread_cond_broadcast(&l->changed);
    return err;
}

static enum err packed_fetch(struct ledger *l, uint64_t number,
                             uint64_t sequence, struct ledger_cursor *c)
{
    char name[NAME_LEN];
    enum err err = OK;
    size_t index;

    if (c->packed.fd < 0 || c->packed.header.number != number) {
        packed_close(&c->packed);
        packed_name(number, name);
        err = packed_open(l->dir, name, &c->packed);
        if (err) {
            c->packed = (struct packed){.fd = -1};
            return err;
        }
    }
    index = blocks_find(&c->packed.blocks, sequence);
    c->place = (struct record_place){segment_seed(c->packed.header.salt),
                                     c->packed.blocks.at[index].first,
                                     c->packed.blocks.at[index].arrival_us};
    return packed_block(&c->packed, index, &c->raw);
}

/*
 * A reader beside a running server may find a raw file recycled under it; then
 * its records are in the compressed file.
 */
static bool sealed_meanwhile(struct ledger *l, struct segment *s,
                             const struct ledger_cursor *c)
{
    struct block_walk walk = {.place = c->place};
    char name[NAME_LEN];

    if (!l->options.read_only ||
        block_check(buf_span(&c->raw), &walk, false) == OK)
        return false;
    packed_name(s->number, name);
    if (faccessat(l->dir, name, R_OK, 0))
        return false;
    s->packed = true;
    return true;
}

static enum err fetch(struct ledger_cursor *c)
{
    struct ledger *l = c->ledger;
    struct segment *s;
    uint64_t number;
    enum err err;

    c->at = 0;
    buf_clear(&c->raw);
    pthread_mutex_lock(&l->lock);
    s = c->next <= atomic_load(&l->last) ? ledger_find_segment(l, c->next)
                                         : NULL;
    if (!s) {
        pthread_mutex_unlock(&l->lock);
        return ERR_NOT_FOUND;
    }
    number = s->number;
    if (!s->packed) {
        err = raw_block(l, s, c->next, &c->raw, &c->place);
        if (err || !sealed_meanwhile(l, s, c)) {
            pthread_mutex_unlock(&l->lock);
            return err;
        }
    }
    pthread_mutex_unlock(&l->lock);
    return packed_fetch(l, number, c->next, c);
}

/* ---- walks ---- */

enum err ledger_cursor_open(struct ledger *ledger, uint64_t from,
                            struct ledger_cursor **out)
{
    struct ledger_cursor *c = memory_new(1, sizeof(*c));
    uint64_t first = ledger_first(ledger);

    c->ledger = ledger;
    c->next = from < first ? first : from;
    c->packed.fd = -1;
    buf_init(&c->raw, SEGMENT_BLOCK_MAX);
    *out = c;
    return OK;
}

enum err ledger_cursor_next(struct ledger_cursor *cursor,
                            struct ledger_record *out)
{
    struct ledger_cursor *c = cursor;

    for (;;) {
        struct ledger_record r;
        enum record_verdict verdict;
        size_t size = 0;
        enum err err;

        if (c->at >= c->raw.len) {
            err = fetch(c);
            if (err)
                return err;
        }
        verdict = record_decode(span_from(buf_span(&c->raw), c->at), &c->place,
                                &r, &size);
        if (verdict != RECORD_OK) {
            log_error("committed record is damaged",
                      "directory=%s sequence=%" PRIu64 " why=\"%s\"",
                      c->ledger->path, c->place.sequence,
                      record_verdict_text(verdict));
            buf_clear(&c->raw);
            return ERR_CORRUPT;
        }
        c->at += size;
        if (r.sequence < c->next)
            continue;
        c->next = r.sequence + 1;
        *out = r;
        return OK;
    }
}

void ledger_cursor_close(struct ledger_cursor *cursor)
{
    if (!cursor)
        return;
    packed_close(&cursor->packed);
    buf_done(&cursor->raw);
    free(cursor);
}

enum err ledger_read(struct ledger *ledger, uint64_t sequence,
                     struct ledger_record *out, struct buf *payload)
{
    struct ledger_cursor *c = NULL;
    struct ledger_record r = {0};
    enum err err;

    if (sequence < ledger_first(ledger) || sequence > ledger_last(ledger))
        return ERR_NOT_FOUND;
    err = ledger_cursor_open(ledger, sequence, &c);
    if (!err)
        err = ledger_cursor_next(c, &r);
    if (!err) {
        buf_clear(payload);
        buf_add(payload, r.payload);
        err = payload->full ? ERR_TOO_LARGE : OK;
    }
    if (!err) {
        r.payload = buf_span(payload);
        *out = r;
    }
    ledger_cursor_close(c);
    return err;
}

/* ---- by time ---- */

/* The first sequence of the last block that starts before the moment. */
static uint64_t block_before(const struct blocks *blocks, int64_t arrival_us)
{
    size_t low = 0;
    size_t high = blocks->count;

    while (low + 1 < high) {
        size_t middle = low + (high - low) / 2;

        if (blocks->at[middle].arrival_us < arrival_us)
            low = middle;
        else
            high = middle;
    }
    return blocks->count ? blocks->at[low].first : 0;
}

/* A sequence at or before the wanted one, at most two blocks away. */
static uint64_t start_near(struct ledger *l, int64_t arrival_us)
{
    struct packed packed;
    char name[NAME_LEN];
    uint64_t start = 0;
    size_t low = 0;
    size_t high;
    bool is_packed;

    pthread_mutex_lock(&l->lock);
    high = l->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct segment *s = l->segments[middle];

        if (s->last >= s->first && s->to_us < arrival_us)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == l->count || l->segments[low]->last < l->segments[low]->first) {
        pthread_mutex_unlock(&l->lock);
        return ledger_last(l) + 1;
    }
    is_packed = l->segments[low]->packed;
    start = l->segments[low]->first;
    if (is_packed)
        packed_name(l->segments[low]->number, name);
    else
        start = block_before(&l->segments[low]->blocks, arrival_us);
    pthread_mutex_unlock(&l->lock);
    if (is_packed && packed_open(l->dir, name, &packed) == OK) {
        start = block_before(&packed.blocks, arrival_us);
        packed_close(&packed);
    }
    return start;
}

uint64_t ledger_sequence_at(struct ledger *ledger, int64_t arrival_us)
{
    struct ledger_cursor *c = NULL;
    struct ledger_record r;
    uint64_t found = ledger_last(ledger) + 1;

    if (ledger_cursor_open(ledger, start_near(ledger, arrival_us), &c))
        return found;
    while (ledger_cursor_next(c, &r) == OK) {
        if (r.arrival_us >= arrival_us) {
            found = r.sequence;
            break;
        }
    }
    ledger_cursor_close(c);
    return found;
}
