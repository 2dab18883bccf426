#include "storage/ledger/manifest.h"

#include "base/memory.h"
#include "storage/ledger/file.h"

#include <inttypes.h>
#include <stdio.h>

/* Reads "key=" and a decimal number, and the blank behind it. */
static bool take_number(struct span *rest, const char *key, uint64_t *out)
{
    struct span word = span_take(rest, ' ');
    struct span name = span_of(key);
    uint64_t value = 0;

    if (!span_starts(word, name) || word.len == name.len ||
        word.len - name.len > 19)
        return false;
    word = span_from(word, name.len);
    for (size_t i = 0; i < word.len; i++) {
        if (word.at[i] < '0' || word.at[i] > '9')
            return false;
        value = 10 * value + (uint64_t)(word.at[i] - '0');
    }
    *out = value;
    return true;
}

static bool take_hash(struct span *rest, const char *key, struct hash *out)
{
    struct span word = span_take(rest, ' ');
    struct span name = span_of(key);

    return span_starts(word, name) &&
           hex_parse(span_from(word, name.len), out->at, sizeof(out->at)) == OK;
}

static void hash_hex(const struct hash *hash, char hex[HASH_HEX_LEN + 1])
{
    hex_format((struct span){(const char *)hash->at, sizeof(hash->at)}, hex);
}

size_t manifest_segment_format(const struct manifest_segment *s,
                               char line[MANIFEST_LINE_MAX])
{
    char root[HASH_HEX_LEN + 1], previous[HASH_HEX_LEN + 1];

    hash_hex(&s->root, root);
    hash_hex(&s->previous, previous);
    return (size_t)snprintf(line, MANIFEST_LINE_MAX,
                            "segment number=%" PRIu64 " day=%d first=%" PRIu64
                            " last=%" PRIu64 " from=%" PRId64 " to=%" PRId64
                            " bytes=%" PRIu64 " blocks=%" PRIu64
                            " root=%s previous=%s",
                            s->number, s->day, s->first, s->last, s->from_us,
                            s->to_us, s->bytes, s->blocks, root, previous);
}

enum err manifest_segment_parse(struct span line, struct manifest_segment *out)
{
    struct manifest_segment s = {0};
    char again[MANIFEST_LINE_MAX] = "";
    uint64_t day, from, to;
    struct span rest = line;

    if (!span_is(span_take(&rest, ' '), "segment") ||
        !take_number(&rest, "number=", &s.number) ||
        !take_number(&rest, "day=", &day) ||
        !take_number(&rest, "first=", &s.first) ||
        !take_number(&rest, "last=", &s.last) ||
        !take_number(&rest, "from=", &from) ||
        !take_number(&rest, "to=", &to) ||
        !take_number(&rest, "bytes=", &s.bytes) ||
        !take_number(&rest, "blocks=", &s.blocks) ||
        !take_hash(&rest, "root=", &s.root) ||
        !take_hash(&rest, "previous=", &s.previous))
        return ERR_SYNTAX;
    s.day = (int)(day % 100000000);
    s.from_us = (int64_t)from;
    s.to_us = (int64_t)to;
    if (!span_equal(line,
                    (struct span){again, manifest_segment_format(&s, again)}))
        return ERR_SYNTAX;
    if (s.last < s.first || s.to_us < s.from_us)
        return ERR_INVALID;
    *out = s;
    return OK;
}

size_t manifest_day_format(const struct manifest_day *d,
                           char line[MANIFEST_LINE_MAX])
{
    char root[HASH_HEX_LEN + 1], previous[HASH_HEX_LEN + 1];

    hash_hex(&d->root, root);
    hash_hex(&d->previous, previous);
    return (size_t)snprintf(line, MANIFEST_LINE_MAX,
                            "day date=%d first=%" PRIu64 " last=%" PRIu64
                            " segments=%" PRIu64 " root=%s previous=%s",
                            d->day, d->first, d->last, d->segments, root,
                            previous);
}

enum err manifest_day_parse(struct span line, struct manifest_day *out)
{
    struct manifest_day d = {0};
    char again[MANIFEST_LINE_MAX] = "";
    struct span rest = line;
    uint64_t day;

    if (!span_is(span_take(&rest, ' '), "day") ||
        !take_number(&rest, "date=", &day) ||
        !take_number(&rest, "first=", &d.first) ||
        !take_number(&rest, "last=", &d.last) ||
        !take_number(&rest, "segments=", &d.segments) ||
        !take_hash(&rest, "root=", &d.root) ||
        !take_hash(&rest, "previous=", &d.previous))
        return ERR_SYNTAX;
    d.day = (int)(day % 100000000);
    if (!span_equal(line, (struct span){again, manifest_day_format(&d, again)}))
        return ERR_SYNTAX;
    *out = d;
    return OK;
}

size_t manifest_head_format(struct sign_key *key,
                            const struct hash *fingerprint,
                            char line[MANIFEST_LINE_MAX])
{
    char hex[HASH_HEX_LEN + 1];

    hash_hex(fingerprint, hex);
    return (size_t)snprintf(line, MANIFEST_LINE_MAX,
                            "ledger version=1 hash=SM3 key=%s public=%s",
                            sign_key_algorithm(key), hex);
}

struct hash manifest_line_hash(struct span line)
{
    return hash_of(line);
}

static const char *head_decode(struct span text, struct manifest *m)
{
    struct span rest = text;

    if (!span_is(span_take(&rest, ' '), "ledger") ||
        !span_is(span_take(&rest, ' '), "version=1") ||
        !span_is(span_take(&rest, ' '), "hash=SM3"))
        return "not the first line of a ledger of version 1";
    if (!span_starts(span_take(&rest, ' '), SPAN("key=")) ||
        !take_hash(&rest, "public=", &m->key) || rest.len)
        return "key or fingerprint is malformed";
    return NULL;
}

/* Splits the signature off a day's line. */
static bool split_signature(struct manifest_line *line)
{
    static const char mark[] = " signature=";
    const char *cut =
        memmem(line->text.at, line->text.len, mark, sizeof(mark) - 1);
    size_t len;

    if (!cut)
        return false;
    len = (size_t)(cut - line->text.at);
    line->signature_hex = span_from(line->text, len + sizeof(mark) - 1);
    line->text.len = len;
    return line->signature_hex.len > 0 &&
           line->signature_hex.len <= 2 * (size_t)SIGN_MAX;
}

/* NULL when the line is right, else what is wrong. */
static const char *line_decode(struct span text, struct manifest *m,
                               struct manifest_line *line)
{
    const struct hash *previous = NULL;

    *line = (struct manifest_line){.text = text};
    if (m->count == 0)
        return head_decode(text, m);
    if (span_starts(text, SPAN("segment "))) {
        line->kind = MANIFEST_SEGMENT;
        if (manifest_segment_parse(text, &line->segment))
            return "segment line is malformed";
        previous = &line->segment.previous;
    } else if (span_starts(text, SPAN("day "))) {
        line->kind = MANIFEST_DAY;
        if (!split_signature(line) ||
            manifest_day_parse(line->text, &line->day))
            return "day line is malformed";
        previous = &line->day.previous;
    } else {
        return "line of unknown kind";
    }
    return hash_equal(previous, &m->tip)
               ? NULL
               : "it does not hold the hash of the line before";
}

enum err manifest_load(int dir, struct manifest *out)
{
    struct span rest;
    enum err err;

    *out = (struct manifest){0};
    buf_init(&out->text, MANIFEST_BYTES_MAX);
    err = file_load(dir, MANIFEST_NAME, MANIFEST_BYTES_MAX, &out->text);
    if (err)
        return err;
    rest = buf_span(&out->text);
    while (span_find(rest, '\n') < rest.len) {
        struct span text = span_take(&rest, '\n');

        out->lines = memory_grow(out->lines, &out->cap, out->count + 1,
                                 sizeof(*out->lines));
        out->why = line_decode(text, out, &out->lines[out->count]);
        if (out->why) {
            out->bad_line = out->count + 1;
            return ERR_CORRUPT;
        }
        out->count++;
        out->tip = manifest_line_hash(text);
        out->whole += text.len + 1;
    }
    if (out->count == 0) {
        out->bad_line = 1;
        out->why = "the first line is missing";
        return ERR_CORRUPT;
    }
    return OK;
}

void manifest_done(struct manifest *m)
{
    buf_done(&m->text);
    free(m->lines);
    *m = (struct manifest){0};
}
