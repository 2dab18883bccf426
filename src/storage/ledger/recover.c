/*
 * recover - what opening finds. The manifest names the sealed segments; the raw
 * files behind them are read through: every one that has a successor must be
 * whole, the last one may end in a torn write, which is cut.
 */
#include "storage/ledger/inside.h"

#include "base/log.h"
#include "base/memory.h"
#include "storage/ledger/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- reading a raw file through ---- */

enum err ledger_scan(struct segment *s, int64_t last_us, uint64_t last_sequence,
                     enum record_verdict *verdict)
{
    enum { WINDOW = 1 << 20 };
    struct record_place place = {s->seed, s->first, last_us};
    char *window = memory_resize(NULL, WINDOW + RECORD_MAX + 8, 1);
    enum record_verdict v = RECORD_OK;
    enum err err = OK;

    s->last = s->first - 1;
    s->end = SEGMENT_DATA;
    while (!err && v == RECORD_OK && s->end + RECORD_HEADER <= s->capacity) {
        uint64_t left = s->capacity - s->end;
        struct span rest = {window, left < WINDOW + RECORD_MAX + 8
                                        ? left
                                        : WINDOW + RECORD_MAX + 8};
        size_t done = 0;

        err = file_read_at(s->fd, window, rest.len, s->end);
        while (!err && done < WINDOW && place.sequence <= last_sequence) {
            struct ledger_record r;
            size_t size = 0;

            v = record_decode(span_from(rest, done), &place, &r, &size);
            if (v != RECORD_OK)
                break;
            blocks_note(&s->blocks, s->end, r.sequence, r.arrival_us);
            if (s->last < s->first)
                s->from_us = r.arrival_us;
            s->last = r.sequence;
            s->to_us = r.arrival_us;
            s->end += size;
            done += size;
        }
        if (place.sequence > last_sequence)
            break;
    }
    free(window);
    *verdict = v;
    return err;
}

enum err ledger_open_raw(int dir, uint64_t number, bool read_only,
                         struct segment *out, struct segment_mark *mark)
{
    char name[NAME_LEN], page[SEGMENT_DATA];
    struct segment s = {.number = number, .fd = -1, .state = SEGMENT_OPEN};
    struct segment_header h;
    struct stat st;
    enum err err = OK;

    segment_name(number, name);
    s.fd = openat(dir, name, (read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC);
    if (s.fd < 0)
        return file_err(errno);
    if (fstat(s.fd, &st))
        err = file_err(errno);
    if (!err)
        err = file_read_at(s.fd, page, sizeof(page), 0);
    if (!err)
        err = segment_header_decode(page, SEGMENT_RAW, &h);
    if (!err && h.number != number)
        err = ERR_CORRUPT;
    if (err) {
        close(s.fd);
        return err;
    }
    s.capacity = (uint64_t)st.st_size;
    s.first = h.first;
    s.salt = h.salt;
    s.seed = segment_seed(h.salt);
    *mark = segment_mark_decode(page + SEGMENT_MARK_AT, s.seed);
    *out = s;
    return OK;
}

/* ---- sealed segments, from the manifest ---- */

static bool exists(int dir, const char *name, uint64_t *bytes)
{
    struct stat st;

    if (fstatat(dir, name, &st, 0))
        return false;
    if (bytes)
        *bytes = (uint64_t)st.st_size;
    return true;
}

static enum err add_sealed(struct ledger *l, const struct manifest_segment *m)
{
    char raw[NAME_LEN], packed[NAME_LEN];
    struct segment s = {
        .number = m->number,
        .first = m->first,
        .last = m->last,
        .from_us = m->from_us,
        .to_us = m->to_us,
        .end = SEGMENT_DATA + m->bytes,
        .state = SEGMENT_SEALED,
        .packed = true,
        .fd = -1,
        .root = m->root,
    };

    segment_name(m->number, raw);
    packed_name(m->number, packed);
    if (l->next != m->first && l->count > 0) {
        log_error("manifest skips records", "directory=%s segment=%" PRIu64,
                  l->path, m->number);
        return ERR_CORRUPT;
    }
    l->next = m->last + 1;
    l->last_us = m->to_us;
    if (!exists(l->dir, packed, &s.disk_bytes)) {
        if (l->count == 0)
            return OK; /* the oldest ones may have been taken away */
        log_error("sealed segment is missing",
                  "file=%s/%s records=%" PRIu64 "-%" PRIu64, l->path, packed,
                  m->first, m->last);
        return ERR_CORRUPT;
    }
    if (!l->options.read_only && exists(l->dir, raw, NULL))
        ledger_recycle(l, raw);
    ledger_add_segment(l, s);
    return OK;
}

static enum err check_key(struct ledger *l, const struct manifest *m)
{
    struct hash fingerprint;
    enum err err;

    if (!l->key)
        return OK;
    err = sign_key_fingerprint(l->key, &fingerprint);
    if (err || hash_equal(&fingerprint, &m->key))
        return err;
    log_error("key.pem is not the key this ledger began with", "directory=%s",
              l->path);
    return ERR_CORRUPT;
}

static enum err cut_manifest(struct ledger *l, uint64_t whole)
{
    int fd = openat(l->dir, MANIFEST_NAME, O_WRONLY | O_CLOEXEC);
    enum err err = OK;

    if (fd < 0)
        return file_err(errno);
    if (ftruncate(fd, (off_t)whole) || fsync(fd))
        err = file_err(errno);
    close(fd);
    log_warn("torn end of the manifest cut", "directory=%s at=%" PRIu64,
             l->path, whole);
    return err;
}

static enum err recover_manifest(struct ledger *l)
{
    struct manifest m;
    enum err err = manifest_load(l->dir, &m);

    if (err) {
        log_error("manifest is damaged",
                  "file=%s/" MANIFEST_NAME " line=%zu why=\"%s\" err=%s",
                  l->path, m.bad_line, m.why ? m.why : "", err_name(err));
        goto done;
    }
    err = check_key(l, &m);
    for (size_t i = 0; i < m.count && !err; i++) {
        if (m.lines[i].kind == MANIFEST_SEGMENT)
            err = add_sealed(l, &m.lines[i].segment);
        else if (m.lines[i].kind == MANIFEST_DAY)
            l->last_day_signed = m.lines[i].day.day;
        if (m.lines[i].kind == MANIFEST_SEGMENT)
            l->next_number = m.lines[i].segment.number + 1;
    }
    l->tip = m.tip;
    l->manifest_bytes = m.whole;
    if (!err && m.whole < m.text.len && !l->options.read_only)
        err = cut_manifest(l, m.whole);
done:
    manifest_done(&m);
    return err;
}

/* ---- raw segments behind the manifest ---- */

/* The first sequence of a raw segment, 0 when there is none such. */
static enum err first_of(struct ledger *l, uint64_t number, uint64_t *first)
{
    struct segment_mark mark = {0};
    struct segment s = {.fd = -1};
    enum err err = ledger_open_raw(l->dir, number, true, &s, &mark);

    *first = 0;
    if (err)
        return err == ERR_NOT_FOUND ? OK : err;
    *first = s.first;
    close(s.fd);
    return OK;
}

static void say_damaged(const struct ledger *l, const struct segment *s,
                        enum record_verdict verdict)
{
    log_error("committed record is damaged",
              "file=%s/%012" PRIu64 ".seg offset=%" PRIu64 " sequence=%" PRIu64
              " why=\"%s\"",
              l->path, s->number, s->end, s->last + 1,
              record_verdict_text(verdict));
}

/* The last raw segment: go on in it, close it, or give it back. */
static enum err settle_last(struct ledger *l, struct segment s,
                            struct segment_mark mark)
{
    bool clean = mark.clean && mark.end == s.end;
    char name[NAME_LEN];
    struct segment *kept;
    enum err err = OK;

    if (l->options.read_only) {
        ledger_add_segment(l, s);
        return OK;
    }
    segment_name(s.number, name);
    if (!clean && s.last < s.first) {
        close(s.fd);
        ledger_recycle(l, name);
        return OK;
    }
    if (clean) {
        /* From here on something of ours may lie behind the mark. */
        kept = ledger_add_segment(l, s);
        err = ledger_write_mark(l, kept, false);
        l->end = s.end;
    } else {
        blocks_close(&s.blocks, s.end);
        s.state = SEGMENT_CLOSED;
        kept = ledger_add_segment(l, s);
        log_info("segment left open by a crash closed at its last whole record",
                 "file=%s/%s records=%" PRIu64 "-%" PRIu64, l->path, name,
                 s.first, s.last);
    }
    return err ? err : file_sync(kept->fd);
}

static enum err recover_raw(struct ledger *l, uint64_t number, bool *more)
{
    enum record_verdict verdict = RECORD_OK;
    struct segment_mark mark = {0};
    struct segment s = {.fd = -1};
    uint64_t follower = 0;
    enum err err =
        ledger_open_raw(l->dir, number, l->options.read_only, &s, &mark);

    *more = err == OK;
    if (err == ERR_NOT_FOUND)
        return OK;
    if (!err && s.first != l->next) {
        close(s.fd);
        err = ERR_CORRUPT;
    }
    if (err) {
        log_error("segment's header is damaged",
                  "file=%s/%012" PRIu64 ".seg err=%s", l->path, number,
                  err_name(err));
        return err;
    }
    err = first_of(l, number + 1, &follower);
    if (!err)
        err = ledger_scan(&s, l->last_us, follower ? follower - 1 : UINT64_MAX,
                          &verdict);
    if (!err && (follower ? s.last + 1 != follower : s.end < mark.end)) {
        say_damaged(l, &s, verdict);
        err = ERR_CORRUPT;
    }
    if (err) {
        blocks_done(&s.blocks);
        close(s.fd);
        return err;
    }
    if (s.last >= s.first) {
        l->next = s.last + 1;
        l->last_us = s.to_us;
    }
    if (!follower)
        return settle_last(l, s, mark);
    blocks_close(&s.blocks, s.end);
    s.state = SEGMENT_CLOSED;
    ledger_add_segment(l, s);
    return OK;
}

/* ---- what else lies in the directory ---- */

/* Spares are noted, leftovers removed, a segment without its place refused. */
static enum err look_around(struct ledger *l)
{
    int fd = openat(l->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *d = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *entry;
    enum err err = OK;

    if (!d)
        return file_err(errno);
    while ((entry = readdir(d)) != NULL) {
        struct span name = span_of(entry->d_name);

        for (unsigned i = 0; i < SPARES_MAX; i++) {
            char spare[NAME_LEN];

            spare_name(i, spare);
            if (span_is(name, spare))
                l->spares |= 1U << i;
        }
        if (span_is(name, "coming.seg") || span_is(name, "spare.new") ||
            span_is(name, "packing.tmp")) {
            if (!l->options.read_only)
                unlinkat(l->dir, entry->d_name, 0);
        } else if (name.len >= 16 && span_is(span_from(name, 12), ".seg") &&
                   strtoull(entry->d_name, NULL, 10) >= l->next_number &&
                   !l->options.read_only) {
            log_error("segment before this one is missing", "file=%s/%s",
                      l->path, entry->d_name);
            err = ERR_CORRUPT;
        }
    }
    closedir(d);
    return err;
}

enum err ledger_recover(struct ledger *l)
{
    bool more = true;
    enum err err;

    l->next = 1;
    err = recover_manifest(l);
    while (!err && more) {
        err = recover_raw(l, l->next_number, &more);
        if (!err && more && l->count > 0 &&
            l->segments[l->count - 1]->number == l->next_number)
            l->next_number++;
        else
            more = false;
    }
    if (!err)
        err = look_around(l);
    if (err)
        return err;
    atomic_store(&l->first, l->count ? l->segments[0]->first : l->next);
    atomic_store(&l->last, l->next - 1);
    l->committed_us = l->last_us;
    if (l->count == 0 && l->spares == 0 && !l->options.read_only) {
        err = ledger_prepare_spare(l, l->options.segment_bytes);
        if (err)
            log_warn("no room to prepare a segment", "directory=%s err=%s",
                     l->path, err_name(err));
    }
    return OK;
}
