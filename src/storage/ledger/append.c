/*
 * append - records in, one write and one sync for many of them. Nothing here
 * hashes or compresses; it copies, checksums and waits for the disk.
 */
#include "storage/ledger/inside.h"

#include "base/log.h"
#include "base/memory.h"
#include "storage/ledger/file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- a new segment ---- */

/* A recycled file that is large enough, renamed to `name`; or -1. */
static int take_spare(struct ledger *l, uint64_t need, const char *name)
{
    for (unsigned i = 0; i < SPARES_MAX; i++) {
        char spare[NAME_LEN];
        struct stat st;
        bool have;

        pthread_mutex_lock(&l->lock);
        have = l->spares & (1U << i);
        pthread_mutex_unlock(&l->lock);
        spare_name(i, spare);
        if (!have || fstatat(l->dir, spare, &st, 0) ||
            (uint64_t)st.st_size < need ||
            renameat(l->dir, spare, l->dir, name))
            continue;
        pthread_mutex_lock(&l->lock);
        l->spares &= ~(1U << i);
        pthread_mutex_unlock(&l->lock);
        return openat(l->dir, name, O_RDWR | O_CLOEXEC);
    }
    return -1;
}

static enum err make_file(struct ledger *l, uint64_t bytes, const char *name,
                          int *out)
{
    int fd = openat(l->dir, name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    int error;

    if (fd < 0)
        return file_err(errno);
    error = posix_fallocate(fd, 0, (off_t)bytes);
    if (error) {
        close(fd);
        unlinkat(l->dir, name, 0);
        return file_err(error);
    }
    *out = fd;
    return OK;
}

/* The header must be on disk before the file has its name. */
static enum err write_header(struct ledger *l, int fd, struct segment *s)
{
    struct segment_header h = {s->number, s->first, 0};
    char page[SEGMENT_DATA] = {0};
    enum err err;

    if (getrandom(&h.salt, sizeof(h.salt), 0) != sizeof(h.salt))
        return ERR_IO;
    segment_header_encode(&h, SEGMENT_RAW, page);
    err = file_write_at(fd, (struct span){page, sizeof(page)}, 0);
    if (!err && !l->options.no_sync && fsync(fd))
        err = file_err(errno);
    s->salt = h.salt;
    s->seed = segment_seed(h.salt);
    return err;
}

static enum err begin_segment(struct ledger *l, uint64_t need)
{
    static const char coming[] = "coming.seg";
    struct segment s = {
        .number = l->next_number,
        .first = l->next,
        .last = l->next - 1,
        .end = SEGMENT_DATA,
        .state = SEGMENT_OPEN,
        .fd = -1,
    };
    uint64_t bytes = l->options.segment_bytes;
    char name[NAME_LEN];
    struct stat st;
    enum err err = OK;

    if (bytes < need + SEGMENT_DATA)
        bytes = need + SEGMENT_DATA;
    s.fd = take_spare(l, bytes, coming);
    if (s.fd < 0)
        err = make_file(l, bytes, coming, &s.fd);
    if (err)
        return err;
    segment_name(s.number, name);
    err = write_header(l, s.fd, &s);
    if (!err && renameat(l->dir, coming, l->dir, name))
        err = file_err(errno);
    if (!err && !l->options.no_sync && fsync(l->dir))
        err = file_err(errno);
    if (!err && fstat(s.fd, &st))
        err = file_err(errno);
    if (err) {
        close(s.fd);
        unlinkat(l->dir, coming, 0);
        unlinkat(l->dir, name, 0);
        return err;
    }
    s.capacity = (uint64_t)st.st_size;
    pthread_mutex_lock(&l->lock);
    ledger_add_segment(l, s);
    l->spare_failed = false;
    pthread_mutex_unlock(&l->lock);
    l->next_number++;
    l->end = SEGMENT_DATA;
    l->dirty = 0;
    l->marked_us = 0;
    return OK;
}

/*
 * Makes a spare of allocated, written blocks: syncs of a file that only
 * reserves its blocks are slower.
 */
enum err ledger_prepare_spare(struct ledger *l, uint64_t capacity)
{
    static const char coming[] = "spare.new";
    int fd = -1;
    enum err err = make_file(l, capacity, coming, &fd);

    if (err)
        return err;
    err = file_zero(fd, 0, capacity);
    if (!err && !l->options.no_sync)
        err = file_sync(fd);
    close(fd);
    if (err) {
        unlinkat(l->dir, coming, 0);
        return err;
    }
    ledger_recycle(l, coming);
    return OK;
}

/* ---- what failed is taken back ---- */

/* Zeros behind the end, so that no failed batch is ever found there. */
static enum err clean_tail(struct ledger *l, struct segment *s)
{
    enum err err = OK;

    if (l->dirty > l->end) {
        err = file_zero(s->fd, l->end, l->dirty);
        if (!err && !l->options.no_sync)
            err = file_sync(s->fd);
    }
    if (!err)
        l->dirty = 0;
    return err;
}

struct place { /* to come back to */
    uint64_t next, end;
    int64_t last_us;
};

static void roll_back(struct ledger *l, struct segment *s, struct place to)
{
    if (l->dirty < l->end)
        l->dirty = l->end;
    l->next = to.next;
    l->end = to.end;
    l->last_us = to.last_us;
    pthread_mutex_lock(&l->lock);
    blocks_cut(&s->blocks, l->end);
    pthread_mutex_unlock(&l->lock);
    if (clean_tail(l, s))
        log_warn("failed batch could not be wiped yet",
                 "directory=%s segment=%" PRIu64, l->path, s->number);
}

/* ---- commit ---- */

enum err ledger_write_mark(struct ledger *l, struct segment *s, bool clean)
{
    char mark[SEGMENT_MARK];
    enum err err;

    segment_mark_encode((struct segment_mark){s->end, clean}, s->seed, mark);
    err = file_write_at(s->fd, (struct span){mark, sizeof(mark)},
                        SEGMENT_MARK_AT);
    if (!err && clean && !l->options.no_sync)
        err = file_sync(s->fd);
    return err;
}

static enum err commit(struct ledger *l)
{
    struct segment *s = ledger_open_segment(l);
    enum err err = OK;

    if (l->lost) {
        l->lost = false;
        return ERR_IO;
    }
    if (!s || l->end == s->end)
        return OK;
    /* Tells of the commit before; the next sync carries it along. */
    if (l->last_us - l->marked_us >= MARK_EVERY_US && s->end > SEGMENT_DATA) {
        err = ledger_write_mark(l, s, false);
        l->marked_us = l->last_us;
    }
    if (!err && !l->options.no_sync)
        err = file_sync(s->fd);
    if (err) {
        /* After a failed sync the pages count as clean: write them anew. */
        roll_back(l, s, (struct place){s->last + 1, s->end, l->committed_us});
        return err;
    }
    pthread_mutex_lock(&l->lock);
    if (s->last < s->first)
        s->from_us = s->blocks.at[0].arrival_us;
    s->end = l->end;
    s->last = l->next - 1;
    s->to_us = l->last_us;
    l->commits++;
    l->committed_us = l->last_us;
    atomic_store(&l->last, s->last);
    if (l->spares == 0 && s->end > s->capacity / 2)
        pthread_cond_broadcast(&l->changed); /* time for a spare */
    pthread_mutex_unlock(&l->lock);
    return OK;
}

/* Whether the disk takes anything, for who watches the figures. */
static void note_outcome(struct ledger *l, enum err err)
{
    if (!err && !l->failing)
        return;
    pthread_mutex_lock(&l->lock);
    l->failures += err != OK;
    l->failing = err != OK;
    pthread_mutex_unlock(&l->lock);
}

enum err ledger_commit(struct ledger *ledger)
{
    enum err err;

    pthread_mutex_lock(&ledger->appending);
    err = commit(ledger);
    note_outcome(ledger, err);
    pthread_mutex_unlock(&ledger->appending);
    return err;
}

/* Commits, with a mark that says so: the next open goes on from here. */
enum err ledger_rest(struct ledger *l)
{
    struct segment *s;
    enum err err;

    pthread_mutex_lock(&l->appending);
    err = commit(l);
    s = ledger_open_segment(l);
    if (!err && s && l->dirty <= l->end)
        err = ledger_write_mark(l, s, true);
    pthread_mutex_unlock(&l->appending);
    return err;
}

/* ---- closing ---- */

/*
 * Waits while too many closed segments lie before the sealing thread. When that
 * thread cannot get on (a full disk), waiting would not help.
 */
static void wait_for_sealing(struct ledger *l)
{
    size_t waiting;

    pthread_mutex_lock(&l->lock);
    for (;;) {
        waiting = 0;
        for (size_t i = l->count; i > 0; i--) {
            if (l->segments[i - 1]->state == SEGMENT_SEALED)
                break;
            waiting += l->segments[i - 1]->state == SEGMENT_CLOSED;
        }
        if (waiting < BACKLOG_MAX || l->sealing_err || !l->sealing)
            break;
        pthread_cond_wait(&l->changed, &l->lock);
    }
    pthread_mutex_unlock(&l->lock);
}

enum err ledger_close_segment(struct ledger *l)
{
    struct segment *s = ledger_open_segment(l);
    bool had_uncommitted;
    enum err err;

    if (!s)
        return OK;
    had_uncommitted = l->end > s->end;
    err = commit(l);
    if (err) {
        l->lost = had_uncommitted;
        return err;
    }
    if (s->last < s->first)
        return OK; /* empty: stays open */
    err = ledger_write_mark(l, s, true);
    if (err)
        return err;
    wait_for_sealing(l);
    pthread_mutex_lock(&l->lock);
    blocks_close(&s->blocks, s->end);
    s->state = SEGMENT_CLOSED;
    pthread_cond_broadcast(&l->changed);
    pthread_mutex_unlock(&l->lock);
    return OK;
}

/* ---- append ---- */

/* An empty segment grows to its first batch when that is a large one. */
static enum err widen(struct ledger *l, struct segment *s, uint64_t bytes)
{
    int error = posix_fallocate(s->fd, 0, (off_t)bytes);

    if (error)
        return file_err(error);
    pthread_mutex_lock(&l->lock);
    s->capacity = bytes;
    pthread_mutex_unlock(&l->lock);
    return OK;
}

/* A segment with room for `need` bytes of the day. */
static enum err segment_for(struct ledger *l, uint64_t need, int64_t now_us,
                            struct segment **out)
{
    struct segment *s = ledger_open_segment(l);
    enum err err = OK;

    if (s && l->next > s->first &&
        (l->end + need > s->capacity ||
         ledger_day(now_us) != ledger_day(l->last_us)))
        err = ledger_close_segment(l);
    else if (s && l->end + need > s->capacity)
        err = widen(l, s, l->end + need);
    if (!err && !ledger_open_segment(l))
        err = begin_segment(l, need);
    *out = ledger_open_segment(l);
    return err;
}

static enum err write_records(struct ledger *l, struct segment *s,
                              struct ledger_record *records, size_t count)
{
    uint64_t from = l->end;
    size_t staged = 0;
    enum err err = OK;

    for (size_t i = 0; i < count && !err; i++) {
        records[i].sequence = l->next++;
        records[i].arrival_us = l->last_us;
        if (s->blocks.count == 0 ||
            l->end - s->blocks.at[s->blocks.count - 1].at >= SEGMENT_BLOCK) {
            pthread_mutex_lock(&l->lock);
            blocks_note(&s->blocks, l->end, records[i].sequence, l->last_us);
            pthread_mutex_unlock(&l->lock);
        }
        record_encode(&records[i], s->seed, l->stage + staged);
        staged += record_size(records[i].payload.len);
        l->end += record_size(records[i].payload.len);
        if (staged >= STAGE || i + 1 == count) {
            err = file_write_at(s->fd, (struct span){l->stage, staged}, from);
            from = l->end;
            staged = 0;
        }
    }
    return err;
}

static enum err append(struct ledger *l, int64_t now_us,
                       struct ledger_record *records, size_t count,
                       uint64_t need)
{
    struct segment *s = NULL;
    struct place before;
    enum err err;

    if (now_us < l->last_us)
        now_us = l->last_us;
    err = segment_for(l, need, now_us, &s);
    if (!err)
        err = clean_tail(l, s);
    if (err)
        return err;
    before = (struct place){l->next, l->end, l->last_us};
    l->last_us = now_us;
    err = write_records(l, s, records, count);
    if (err)
        roll_back(l, s, before);
    return err;
}

enum err ledger_append(struct ledger *ledger, int64_t now_us,
                       struct ledger_record *records, size_t count)
{
    uint64_t need = 0;
    enum err err;

    assert(!ledger->options.read_only);
    for (size_t i = 0; i < count; i++) {
        if (records[i].payload.len > LEDGER_PAYLOAD_MAX)
            return ERR_TOO_LARGE;
        need += record_size(records[i].payload.len);
    }
    if (count == 0)
        return OK;
    if (need > LEDGER_BATCH_MAX)
        return ERR_TOO_LARGE;
    pthread_mutex_lock(&ledger->appending);
    err = append(ledger, now_us, records, count, need);
    if (err) /* good only when it is committed */
        note_outcome(ledger, err);
    pthread_mutex_unlock(&ledger->appending);
    return err;
}
