#include "storage/ledger/proof.h"

#include "base/json.h"
#include "base/memory.h"
#include "storage/ledger/file.h"
#include "storage/ledger/inside.h"

#include <unistd.h>

const char *ledger_kind_name(enum ledger_kind kind)
{
    static const char *const names[] = {
        [LEDGER_FRAME] = "frame",     [LEDGER_QUARANTINE] = "quarantine",
        [LEDGER_DOWN] = "down",       [LEDGER_REGISTRY] = "registry",
        [LEDGER_OVERLAY] = "overlay", [LEDGER_ACCOUNT] = "account",
        [LEDGER_COMMAND] = "command", [LEDGER_TICK] = "tick",
    };

    return (size_t)kind < LENGTH(names) && names[kind] ? names[kind]
                                                       : "unknown";
}

static void write_hex(struct json *j, const char *key, struct span bytes)
{
    char *hex = memory_resize(NULL, 2 * bytes.len + 1, 1);

    hex_format(bytes, hex);
    json_key_text(j, key, hex);
    free(hex);
}

static void write_path(struct json *j, const char *key,
                       const struct merkle_step *steps, size_t count)
{
    json_key(j, key);
    json_open(j, '[');
    for (size_t i = 0; i < count; i++) {
        json_open(j, '{');
        json_key_text(j, "side", steps[i].left ? "left" : "right");
        write_hex(
            j, "hash",
            (struct span){(const char *)steps[i].beside.at, LEDGER_HASH_LEN});
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void write_record(struct json *j, const char *at,
                         const struct ledger_record *r)
{
    json_key(j, "record");
    json_open(j, '{');
    json_key_int(j, "sequence", (int64_t)r->sequence);
    json_key_int(j, "arrival_us", r->arrival_us);
    json_key(j, "arrival");
    json_time_us(j, r->arrival_us);
    json_key_int(j, "source", r->source);
    json_key_text(j, "kind", ledger_kind_name(r->kind));
    write_hex(j, "header_hex", (struct span){at, RECORD_HEADER});
    write_hex(j, "payload_hex", r->payload);
    json_close(j, '}');
}

/* The record in its block, and its path through the block to its root. */
static enum err prove_in_block(struct span raw, struct record_place place,
                               uint64_t sequence, struct json *j,
                               struct merkle_step *steps, size_t *depth)
{
    struct hash *leaves = NULL;
    size_t count = 0;
    size_t cap = 0;
    size_t index = SIZE_MAX;
    enum err err = OK;

    for (size_t at = 0; at < raw.len;) {
        struct ledger_record r;
        size_t size = 0;

        if (record_decode(span_from(raw, at), &place, &r, &size) != RECORD_OK) {
            err = ERR_CORRUPT;
            break;
        }
        leaves = memory_grow(leaves, &cap, count + 1, sizeof(*leaves));
        leaves[count] = record_leaf(raw.at + at, r.payload.len);
        if (r.sequence == sequence) {
            index = count;
            write_record(j, raw.at + at, &r);
        }
        count++;
        at += size;
    }
    if (!err && index == SIZE_MAX)
        err = ERR_CORRUPT;
    if (!err)
        *depth = merkle_path(leaves, count, index, steps);
    free(leaves);
    return err;
}

static enum err prove_in_segment(struct ledger *l, uint64_t number,
                                 uint64_t sequence, struct json *j)
{
    struct merkle_step steps[2 * MERKLE_DEPTH_MAX];
    struct packed packed;
    struct hash *roots = NULL;
    char name[NAME_LEN];
    size_t depth = 0;
    struct buf raw;
    size_t index;
    enum err err;

    packed_name(number, name);
    err = packed_open(l->dir, name, &packed);
    if (err)
        return err;
    buf_init(&raw, SEGMENT_BLOCK_MAX);
    index = blocks_find(&packed.blocks, sequence);
    err = packed_block(&packed, index, &raw);
    if (!err)
        err = prove_in_block(
            buf_span(&raw),
            (struct record_place){segment_seed(packed.header.salt),
                                  packed.blocks.at[index].first, 0},
            sequence, j, steps, &depth);
    if (!err) {
        roots = memory_new(packed.blocks.count, sizeof(*roots));
        for (size_t i = 0; i < packed.blocks.count; i++)
            roots[i] = packed.blocks.at[i].root;
        depth += merkle_path(roots, packed.blocks.count, index, steps + depth);
        write_path(j, "path", steps, depth);
    }
    free(roots);
    buf_done(&raw);
    packed_close(&packed);
    return err;
}

/* The day's line that covers the segment; NULL when not signed yet. */
static const struct manifest_line *day_of(const struct manifest *m,
                                          const struct manifest_segment *s)
{
    for (size_t i = 0; i < m->count; i++) {
        if (m->lines[i].kind == MANIFEST_DAY &&
            m->lines[i].day.first <= s->first &&
            s->last <= m->lines[i].day.last)
            return &m->lines[i];
    }
    return NULL;
}

static void prove_day(const struct manifest *m,
                      const struct manifest_line *segment,
                      const struct manifest_line *day, struct json *j)
{
    struct merkle_step steps[MERKLE_DEPTH_MAX];
    struct hash *leaves = memory_new(m->count, sizeof(*leaves));
    size_t count = 0;
    size_t index = 0;

    for (size_t i = 0; i < m->count; i++) {
        const struct manifest_line *line = &m->lines[i];

        if (line->kind != MANIFEST_SEGMENT ||
            line->segment.first < day->day.first ||
            line->segment.last > day->day.last)
            continue;
        if (line == segment)
            index = count;
        leaves[count++] = merkle_leaf(line->text);
    }
    write_path(j, "day_path", steps, merkle_path(leaves, count, index, steps));
    json_key_span(j, "day_line", day->text);
    json_key_span(j, "signature", day->signature_hex);
    free(leaves);
}

static enum err prove_in_manifest(struct ledger *l, uint64_t number,
                                  struct json *j)
{
    const struct manifest_line *segment = NULL;
    const struct manifest_line *day = NULL;
    struct manifest m;
    enum err err = manifest_load(l->dir, &m);

    for (size_t i = 0; !err && i < m.count; i++) {
        if (m.lines[i].kind == MANIFEST_SEGMENT &&
            m.lines[i].segment.number == number)
            segment = &m.lines[i];
    }
    if (!err && !segment)
        err = ERR_CORRUPT;
    if (!err) {
        json_key_span(j, "segment_line", segment->text);
        day = day_of(&m, &segment->segment);
    }
    if (day)
        prove_day(&m, segment, day, j);
    manifest_done(&m);
    return err;
}

static enum err prove_key(struct ledger *l, struct json *j)
{
    struct sign_key *key = NULL;
    struct hash fingerprint;
    struct buf pem;
    enum err err;

    buf_init(&pem, 8 << 10);
    err = file_load(l->dir, "public.pem", pem.max, &pem);
    if (!err)
        err = sign_key_from_public(buf_span(&pem), &key);
    if (!err)
        err = sign_key_fingerprint(key, &fingerprint);
    if (!err) {
        json_key_text(j, "algorithm", sign_key_algorithm(key));
        json_key_span(j, "public_key", buf_span(&pem));
        write_hex(j, "public_key_sm3",
                  (struct span){(const char *)fingerprint.at, LEDGER_HASH_LEN});
    }
    sign_key_free(key);
    buf_done(&pem);
    return err;
}

enum err ledger_prove(struct ledger *ledger, uint64_t sequence,
                      struct buf *json)
{
    struct segment *s;
    uint64_t number = 0;
    enum err err = OK;
    struct json j;

    pthread_mutex_lock(&ledger->lock);
    s = sequence <= ledger_last(ledger) ? ledger_find_segment(ledger, sequence)
                                        : NULL;
    if (!s)
        err = ERR_NOT_FOUND;
    else if (s->state != SEGMENT_SEALED)
        err = ERR_BUSY;
    else
        number = s->number;
    pthread_mutex_unlock(&ledger->lock);
    if (err)
        return err;
    json_init(&j, json);
    json_open(&j, '{');
    json_key_text(&j, "format", PROOF_FORMAT);
    err = prove_in_segment(ledger, number, sequence, &j);
    if (!err)
        err = prove_in_manifest(ledger, number, &j);
    if (!err)
        err = prove_key(ledger, &j);
    json_close(&j, '}');
    return err ? err : json->full ? ERR_TOO_LARGE : OK;
}
