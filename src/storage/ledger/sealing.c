/*
 * sealing - the thread behind: hashes and compresses closed segments in order,
 * adds their roots to the chain and gives their files back for reuse.
 *
 * The order makes every crash harmless: the compressed file is on disk before
 * the manifest names it, and the raw file goes only after the manifest did.
 */
#include "storage/ledger/inside.h"

#include "base/log.h"
#include "storage/ledger/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { RETRY_S = 1, SEALER_NICE = 15 };

static const char packing[] = "packing.tmp";

void ledger_recycle(struct ledger *l, const char *name)
{
    char spare[NAME_LEN];
    unsigned which = 0;

    pthread_mutex_lock(&l->lock);
    while (which < SPARES_MAX && l->spares & (1U << which))
        which++;
    pthread_mutex_unlock(&l->lock);
    spare_name(which, spare);
    if (which == SPARES_MAX || renameat(l->dir, name, l->dir, spare)) {
        unlinkat(l->dir, name, 0);
        return;
    }
    pthread_mutex_lock(&l->lock);
    l->spares |= 1U << which;
    pthread_mutex_unlock(&l->lock);
}

enum err ledger_chain_add(struct ledger *l, struct span line)
{
    int fd = openat(l->dir, MANIFEST_NAME, O_WRONLY | O_CLOEXEC);
    char text[2 * MANIFEST_LINE_MAX];
    enum err err;

    if (fd < 0)
        return file_err(errno);
    if (line.len >= sizeof(text)) {
        close(fd);
        return ERR_TOO_LARGE;
    }
    span_copy(line, text, sizeof(text));
    text[line.len] = '\n';
    err =
        file_write_at(fd, (struct span){text, line.len + 1}, l->manifest_bytes);
    if (!err && fsync(fd))
        err = file_err(errno);
    if (err && ftruncate(fd, (off_t)l->manifest_bytes))
        log_warn("manifest keeps the beginning of a line", "directory=%s",
                 l->path);
    close(fd);
    if (err)
        return err;
    l->manifest_bytes += line.len + 1;
    l->tip = manifest_line_hash(line);
    return OK;
}

/* ---- one segment ---- */

static enum err pack_blocks(struct segment *s, struct packed_writer *w,
                            struct merkle *tree)
{
    struct block_walk walk = {.place = {s->seed, s->first, s->from_us}};
    struct buf raw;
    enum err err = OK;

    buf_init(&raw, SEGMENT_BLOCK_MAX);
    for (size_t i = 0; i < s->blocks.count && !err; i++) {
        struct block *b = &s->blocks.at[i];
        char *room;

        buf_clear(&raw);
        room = buf_room(&raw, b->len);
        err = room ? file_read_at(s->fd, room, b->len, b->at) : ERR_TOO_LARGE;
        raw.len = b->len;
        if (!err)
            err = block_check(buf_span(&raw), &walk, true);
        if (err == ERR_CORRUPT)
            log_error("committed record is damaged",
                      "segment=%" PRIu64 " offset=%" PRIu64 " why=\"%s\"",
                      s->number, b->at + walk.at,
                      record_verdict_text(walk.verdict));
        if (err)
            break;
        b->root = walk.root;
        merkle_add(tree, walk.root);
        err = packed_add(w, b, buf_span(&raw));
    }
    buf_done(&raw);
    if (!err && walk.place.sequence != s->last + 1)
        err = ERR_CORRUPT;
    return err;
}

static enum err pack(struct ledger *l, struct segment *s, struct hash *root)
{
    struct segment_header h = {s->number, s->first, s->salt};
    struct merkle tree = {0};
    struct packed_writer *w = NULL;
    char name[NAME_LEN];
    enum err err = packed_start(l->dir, packing, &h, &w);

    if (!err)
        err = pack_blocks(s, w, &tree);
    if (!err)
        err = packed_finish(w, &s->disk_bytes);
    packed_writer_free(w);
    packed_name(s->number, name);
    if (!err && renameat(l->dir, packing, l->dir, name))
        err = file_err(errno);
    if (!err && fsync(l->dir))
        err = file_err(errno);
    if (err)
        unlinkat(l->dir, packing, 0);
    *root = merkle_root(&tree);
    return err;
}

static enum err chain(struct ledger *l, struct segment *s, struct hash root)
{
    struct manifest_segment m = {
        .number = s->number,
        .day = ledger_day(s->from_us),
        .first = s->first,
        .last = s->last,
        .from_us = s->from_us,
        .to_us = s->to_us,
        .bytes = s->end - SEGMENT_DATA,
        .blocks = s->blocks.count,
        .root = root,
    };
    char line[MANIFEST_LINE_MAX];
    enum err err;

    pthread_mutex_lock(&l->chain);
    m.previous = l->tip;
    err = ledger_chain_add(
        l, (struct span){line, manifest_segment_format(&m, line)});
    pthread_mutex_unlock(&l->chain);
    return err;
}

/* Readers turn to the compressed file; when the last has left, the raw goes. */
static void retire_raw(struct ledger *l, struct segment *s, struct hash root)
{
    char name[NAME_LEN];

    pthread_mutex_lock(&l->lock);
    s->packed = true;
    while (s->readers > 0)
        pthread_cond_wait(&l->changed, &l->lock);
    close(s->fd);
    s->fd = -1;
    blocks_done(&s->blocks);
    pthread_mutex_unlock(&l->lock);
    segment_name(s->number, name);
    ledger_recycle(l, name);
    pthread_mutex_lock(&l->lock);
    s->root = root;
    s->state = SEGMENT_SEALED;
    l->sealing_err = OK;
    pthread_cond_broadcast(&l->changed);
    pthread_mutex_unlock(&l->lock);
}

static enum err seal(struct ledger *l, struct segment *s)
{
    struct hash root;
    enum err err = pack(l, s, &root);

    if (!err)
        err = chain(l, s, root);
    if (!err)
        retire_raw(l, s, root);
    return err;
}

/* ---- the thread ---- */

static struct segment *next_closed(struct ledger *l)
{
    struct segment *found = NULL;

    for (size_t i = l->count; i > 0; i--) {
        struct segment *s = l->segments[i - 1];

        if (s->state == SEGMENT_SEALED)
            break;
        if (s->state == SEGMENT_CLOSED)
            found = s;
    }
    return found;
}

/* After a failure: waits a little; false when the ledger closes meanwhile. */
static bool pause_sealing(struct ledger *l, enum err err)
{
    struct timespec until;
    bool go_on;

    pthread_mutex_lock(&l->lock);
    if (l->sealing_err != err)
        log_error("sealing does not get on", "directory=%s err=%s", l->path,
                  err_name(err));
    l->sealing_err = err;
    pthread_cond_broadcast(&l->changed);
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += RETRY_S;
    if (!l->closing)
        pthread_cond_timedwait(&l->changed, &l->lock, &until);
    go_on = !l->closing;
    pthread_mutex_unlock(&l->lock);
    return go_on;
}

/* One spare ahead, once the open segment is half full. */
static bool wants_spare(const struct ledger *l)
{
    const struct segment *s = ledger_open_segment(l);

    return l->spares == 0 && s && !l->closing && s->end > s->capacity / 2 &&
           !l->spare_failed;
}

static void make_spare(struct ledger *l)
{
    enum err err = ledger_prepare_spare(l, l->options.segment_bytes);

    pthread_mutex_lock(&l->lock);
    l->spare_failed = err != OK;
    pthread_mutex_unlock(&l->lock);
}

static void *sealer(void *context)
{
    struct ledger *l = context;
    bool go_on = true;

    /* Of Linux: the calling thread alone. */
    setpriority(PRIO_PROCESS, 0, SEALER_NICE);
    pthread_setname_np(pthread_self(), "sealer");
    while (go_on) {
        struct segment *s;
        bool spare;
        enum err err = OK;

        pthread_mutex_lock(&l->lock);
        while (!(s = next_closed(l)) && !wants_spare(l) && !l->closing)
            pthread_cond_wait(&l->changed, &l->lock);
        spare = !s && wants_spare(l);
        go_on = s || !l->closing;
        pthread_mutex_unlock(&l->lock);
        if (s)
            err = seal(l, s);
        else if (spare)
            make_spare(l);
        if (err)
            go_on = pause_sealing(l, err);
    }
    return NULL;
}

enum err ledger_sealing_start(struct ledger *l)
{
    l->sealing = pthread_create(&l->sealer, NULL, sealer, l) == 0;
    return l->sealing ? OK : ERR_IO;
}

void ledger_sealing_stop(struct ledger *l)
{
    if (!l->sealing)
        return;
    pthread_mutex_lock(&l->lock);
    l->closing = true;
    pthread_cond_broadcast(&l->changed);
    pthread_mutex_unlock(&l->lock);
    pthread_join(l->sealer, NULL);
    l->sealing = false;
}
