/*
 * verify - checks a whole ledger against itself: every byte that is evidence is
 * read, and the first thing that is wrong is named with its place and with what
 * to do.
 */
#include "base/datetime.h"
#include "base/memory.h"
#include "storage/ledger/file.h"
#include "storage/ledger/inside.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static const char restore_advice[] =
    "restore this file from a backup; until then keep it as it is";

struct verifying {
    int dir;
    bool (*progress)(void *context, uint64_t done, uint64_t total);
    void *context;
    uint64_t done, total;
    struct ledger_report *report;
    struct manifest manifest;
    struct sign_key *key;
    uint64_t next; /* the sequence that must come */
    uint64_t next_number;
    int64_t last_us;
    struct merkle day; /* over the segments since the last signed day */
    uint64_t day_first;
};

/* Notes the first damage; always answers false. */
__attribute__((format(printf, 4, 5))) static bool
wrong(struct verifying *v, enum err err, uint64_t at, const char *format, ...)
{
    va_list args;

    v->report->err = err;
    v->report->bad_at = at;
    va_start(args, format);
    vsnprintf(v->report->message, sizeof(v->report->message), format, args);
    va_end(args);
    return false;
}

/* Counts and tells; false when nobody wants to know any more. */
static bool advance(struct verifying *v, uint64_t bytes)
{
    v->done += bytes;
    v->report->bytes += bytes;
    return !v->progress ||
           v->progress(v->context, v->done < v->total ? v->done : v->total,
                       v->total) ||
           wrong(v, ERR_CLOSED, v->next, "stopped before its end");
}

/* ---- sealed segments ---- */

static bool verify_blocks(struct verifying *v, const struct manifest_segment *m,
                          const struct packed *p, const char *name)
{
    struct block_walk walk = {
        .place = {segment_seed(p->header.salt), m->first, m->from_us}};
    struct merkle tree = {0};
    struct hash root;
    struct buf raw;
    bool ok = true;

    buf_init(&raw, SEGMENT_BLOCK_MAX);
    for (size_t i = 0; i < p->blocks.count && ok; i++) {
        const struct block *b = &p->blocks.at[i];
        uint64_t first = walk.place.sequence;

        if (packed_block(p, i, &raw))
            ok = wrong(v, ERR_CORRUPT, first,
                       "%s: block %zu at byte %" PRIu64 " (from record %" PRIu64
                       ") cannot be decompressed; %s",
                       name, i, b->at, first, restore_advice);
        else if (b->first != first || block_check(buf_span(&raw), &walk, true))
            ok = wrong(v, ERR_CORRUPT, walk.place.sequence,
                       "%s: record %" PRIu64 " in block %zu: %s; %s", name,
                       walk.place.sequence, i,
                       record_verdict_text(walk.verdict), restore_advice);
        else if (!hash_equal(&walk.root, &b->root) ||
                 walk.first_us != b->arrival_us)
            ok = wrong(v, ERR_CORRUPT, first,
                       "%s: block %zu is not what its index says; %s", name, i,
                       restore_advice);
        merkle_add(&tree, walk.root);
        v->report->records += walk.records;
        ok = ok && advance(v, b->packed);
    }
    root = merkle_root(&tree);
    if (ok && (walk.place.sequence != m->last + 1 ||
               walk.place.arrival_us != m->to_us || p->raw_bytes != m->bytes ||
               p->blocks.count != m->blocks))
        ok = wrong(v, ERR_CORRUPT, m->first,
                   "%s: records or times are not those in the manifest; %s",
                   name, restore_advice);
    if (ok && !hash_equal(&root, &m->root))
        ok = wrong(v, ERR_CORRUPT, m->first,
                   "%s: its Merkle root is not the one in the manifest: the "
                   "records were altered; %s",
                   name, restore_advice);
    buf_done(&raw);
    return ok;
}

static bool verify_sealed(struct verifying *v, const struct manifest_line *line)
{
    const struct manifest_segment *m = &line->segment;
    char name[NAME_LEN];
    struct packed p;
    enum err err;
    bool ok;

    packed_name(m->number, name);
    if (m->number != v->next_number || (v->next && m->first != v->next) ||
        m->day != ledger_day(m->from_us) || m->from_us < v->last_us)
        return wrong(v, ERR_CORRUPT, m->first,
                     "manifest: segment %" PRIu64
                     " does not follow the one before; restore the manifest",
                     m->number);
    v->next_number = m->number + 1;
    v->next = m->last + 1;
    v->last_us = m->to_us;
    if (v->day.count == 0)
        v->day_first = m->first;
    merkle_add(&v->day, merkle_leaf(line->text));
    err = packed_open(v->dir, name, &p);
    if (err == ERR_NOT_FOUND && v->report->segments == 0)
        return true; /* the oldest may have been taken away */
    if (err)
        return wrong(v, err, m->first,
                     "%s: %s (header or index); records %" PRIu64 "-%" PRIu64
                     "; %s",
                     name, err == ERR_CORRUPT ? "damaged" : err_text(err),
                     m->first, m->last, restore_advice);
    v->report->segments++;
    if (p.header.number != m->number || p.header.first != m->first)
        ok = wrong(v, ERR_CORRUPT, m->first,
                   "%s: is another segment than its name says; %s", name,
                   restore_advice);
    else
        ok = verify_blocks(v, m, &p, name);
    packed_close(&p);
    return ok;
}

static bool verify_day(struct verifying *v, const struct manifest_line *line)
{
    unsigned char signature[SIGN_MAX];
    struct hash root = merkle_root(&v->day);
    const struct manifest_day *d = &line->day;
    size_t len = line->signature_hex.len / 2;

    if (!hash_equal(&root, &d->root) || d->segments != v->day.count ||
        d->first != v->day_first || d->last + 1 != v->next ||
        d->day != ledger_day(v->last_us))
        return wrong(v, ERR_CORRUPT, d->first,
                     "manifest: the root of day %d is not that of its "
                     "segments; restore the manifest",
                     d->day);
    if (hex_parse(line->signature_hex, signature, len) ||
        sign_check(v->key, line->text,
                   (struct span){(const char *)signature, len}))
        return wrong(v, ERR_CORRUPT, d->first,
                     "manifest: the signature of day %d is wrong; restore the "
                     "manifest or public.pem",
                     d->day);
    v->day = (struct merkle){0};
    v->report->days_signed++;
    return true;
}

/* ---- raw segments behind the manifest ---- */

static bool header_clean(int fd)
{
    char page[SEGMENT_DATA];

    if (file_read_at(fd, page, sizeof(page), 0))
        return false;
    for (size_t i = SEGMENT_HEADER; i < sizeof(page); i++) {
        if ((i < SEGMENT_MARK_AT || i >= SEGMENT_MARK_AT + SEGMENT_MARK) &&
            page[i] != 0)
            return false;
    }
    return true;
}

static bool mark_blank(int fd)
{
    char mark[SEGMENT_MARK];

    if (file_read_at(fd, mark, sizeof(mark), SEGMENT_MARK_AT))
        return false;
    for (size_t i = 0; i < sizeof(mark); i++) {
        if (mark[i])
            return false;
    }
    return true;
}

static bool verify_raw_open(struct verifying *v, struct segment *s,
                            struct segment_mark mark, uint64_t follower)
{
    enum record_verdict verdict = RECORD_OK;
    enum err err = ledger_scan(s, v->last_us,
                               follower ? follower - 1 : UINT64_MAX, &verdict);

    if (err)
        return wrong(v, err, s->first, "%012" PRIu64 ".seg: %s", s->number,
                     err_text(err));
    if (!header_clean(s->fd) || (mark.end == 0 && !mark_blank(s->fd)))
        return wrong(v, ERR_CORRUPT, s->first,
                     "%012" PRIu64 ".seg: its first page is damaged; %s",
                     s->number, restore_advice);
    if (follower ? s->last + 1 != follower : s->end < mark.end)
        return wrong(v, ERR_CORRUPT, s->last + 1,
                     "%012" PRIu64 ".seg: record %" PRIu64 " at byte %" PRIu64
                     ": %s; %s",
                     s->number, s->last + 1, s->end,
                     record_verdict_text(verdict), restore_advice);
    v->report->segments++;
    v->report->records += s->last + 1 - s->first;
    v->next = s->last + 1;
    if (s->last >= s->first)
        v->last_us = s->to_us;
    return advance(v, s->end);
}

/* Is there a raw segment with a higher number? Then this one is missing. */
static bool later_exists(struct verifying *v, uint64_t number)
{
    int fd = openat(v->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *entry;
    bool found = false;

    while (d && !found && (entry = readdir(d)) != NULL) {
        struct span name = span_of(entry->d_name);

        found = name.len == 16 && span_is(span_from(name, 12), ".seg") &&
                strtoull(entry->d_name, NULL, 10) > number;
    }
    if (d)
        closedir(d);
    return found;
}

/* Gone or overwritten because it was compressed while we read? */
static bool sealed_meanwhile(struct verifying *v, uint64_t number)
{
    char name[NAME_LEN];

    packed_name(number, name);
    return faccessat(v->dir, name, R_OK, 0) == 0;
}

static bool verify_raw(struct verifying *v, bool *more)
{
    struct segment s, following;
    struct segment_mark mark, unused;
    uint64_t follower = 0;
    uint64_t number = v->next_number++;
    enum err err = ledger_open_raw(v->dir, number, true, &s, &mark);
    bool ok;

    *more = false;
    if (err == ERR_NOT_FOUND)
        return sealed_meanwhile(v, number) || !later_exists(v, number) ||
               wrong(v, err, v->next, "%012" PRIu64 ".seg: missing; %s", number,
                     restore_advice);
    if (err)
        return sealed_meanwhile(v, number) ||
               wrong(v, err, v->next,
                     "%012" PRIu64 ".seg: its header is damaged; %s", number,
                     restore_advice);
    *more = true;
    err = ledger_open_raw(v->dir, number + 1, true, &following, &unused);
    if (!err) {
        follower = following.first;
        close(following.fd);
    }
    if (v->next && s.first != v->next)
        ok = wrong(v, ERR_CORRUPT, v->next,
                   "%012" PRIu64 ".seg: begins with record %" PRIu64
                   ", not %" PRIu64 "; %s",
                   number, s.first, v->next, restore_advice);
    else
        ok = verify_raw_open(v, &s, mark, follower);
    blocks_done(&s.blocks);
    close(s.fd);
    if (!ok && v->report->err != ERR_CLOSED && sealed_meanwhile(v, number)) {
        v->report->err = OK;
        *more = false;
        ok = true;
    }
    return ok;
}

/* ---- all of it ---- */

static bool load_public_key(struct verifying *v)
{
    struct hash fingerprint;
    struct buf pem;
    enum err err;

    buf_init(&pem, 8 << 10);
    err = file_load(v->dir, "public.pem", pem.max, &pem);
    if (!err)
        err = sign_key_from_public(buf_span(&pem), &v->key);
    buf_done(&pem);
    if (!err)
        err = sign_key_fingerprint(v->key, &fingerprint);
    if (err)
        return wrong(v, err, 0, "public.pem: %s; restore it", err_text(err));
    if (!hash_equal(&fingerprint, &v->manifest.key))
        return wrong(v, ERR_CORRUPT, 0,
                     "public.pem is not the key that the first line of the "
                     "manifest names; restore both");
    return true;
}

static void count_bytes(struct verifying *v)
{
    for (size_t i = 0; i < v->manifest.count; i++) {
        char name[NAME_LEN];
        struct stat st;

        packed_name(v->manifest.lines[i].segment.number, name);
        if (v->manifest.lines[i].kind == MANIFEST_SEGMENT &&
            fstatat(v->dir, name, &st, 0) == 0)
            v->total += (uint64_t)st.st_size;
    }
}

static bool verify_all(struct verifying *v)
{
    bool more = true;
    bool ok = true;
    enum err err = manifest_load(v->dir, &v->manifest);

    if (err)
        return wrong(v, err, v->manifest.bad_line,
                     "manifest, line %zu: %s; restore the manifest from a "
                     "backup",
                     v->manifest.bad_line,
                     v->manifest.why ? v->manifest.why : err_text(err));
    if (!load_public_key(v))
        return false;
    count_bytes(v);
    for (size_t i = 0; i < v->manifest.count && ok; i++) {
        const struct manifest_line *line = &v->manifest.lines[i];

        if (line->kind == MANIFEST_SEGMENT)
            ok = verify_sealed(v, line);
        else if (line->kind == MANIFEST_DAY)
            ok = verify_day(v, line);
    }
    if (ok && v->manifest.whole < v->manifest.text.len)
        ok = wrong(v, ERR_CORRUPT, v->manifest.count + 1,
                   "manifest, line %zu: incomplete; after a crash, starting "
                   "the server mends this",
                   v->manifest.count + 1);
    if (v->next == 0)
        v->next = 1;
    while (ok && more)
        ok = verify_raw(v, &more);
    return ok;
}

void ledger_verify(const char *directory,
                   bool (*progress)(void *context, uint64_t done,
                                    uint64_t total),
                   void *context, struct ledger_report *out)
{
    struct verifying v = {
        .progress = progress, .context = context, .report = out};

    *out = (struct ledger_report){0};
    v.dir = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (v.dir < 0) {
        wrong(&v, file_err(errno), 0, "%s: %s", directory,
              err_text(file_err(errno)));
        return;
    }
    if (verify_all(&v))
        snprintf(out->message, sizeof(out->message),
                 "all %" PRIu64 " records in %" PRIu64
                 " segments are whole; %" PRIu64 " days signed",
                 out->records, out->segments, out->days_signed);
    manifest_done(&v.manifest);
    sign_key_free(v.key);
    close(v.dir);
}
