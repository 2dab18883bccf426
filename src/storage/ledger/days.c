/*
 * days - the signed days. A day ends at a segment's end (append.c begins a new
 * segment with the first record of a new Beijing day), so its root is the
 * Merkle root over its segments' lines in the manifest.
 */
#include "storage/ledger/inside.h"

#include "base/log.h"
#include "base/memory.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>

struct signing {
    struct ledger *ledger;
    struct manifest_day day;
    struct merkle tree;
};

static enum err sign_day(struct signing *s)
{
    struct ledger *l = s->ledger;
    unsigned char signature[SIGN_MAX];
    char line[2 * MANIFEST_LINE_MAX], hex[2 * SIGN_MAX + 1];
    size_t len, signature_len = 0;
    enum err err;

    s->day.root = merkle_root(&s->tree);
    s->day.segments = s->tree.count;
    s->day.previous = l->tip;
    len = manifest_day_format(&s->day, line);
    err =
        sign_text(l->key, (struct span){line, len}, signature, &signature_len);
    if (err)
        return err;
    hex_format((struct span){(const char *)signature, signature_len}, hex);
    len +=
        (size_t)snprintf(line + len, sizeof(line) - len, " signature=%s", hex);
    err = ledger_chain_add(l, (struct span){line, len});
    if (err)
        return err;
    log_info("day signed",
             "date=%d records=%" PRIu64 "-%" PRIu64 " segments=%" PRIu64,
             s->day.day, s->day.first, s->day.last, s->day.segments);
    pthread_mutex_lock(&l->lock);
    l->last_day_signed = s->day.day;
    pthread_mutex_unlock(&l->lock);
    return OK;
}

/* Every run of unsigned segments of one day before today becomes a line. */
static enum err sign_lines(struct ledger *l, const struct manifest *m,
                           int today)
{
    struct signing s = {.ledger = l};
    uint64_t signed_to = 0;
    enum err err = OK;

    for (size_t i = 0; i < m->count; i++) {
        if (m->lines[i].kind == MANIFEST_DAY)
            signed_to = m->lines[i].day.last;
    }
    for (size_t i = 0; i < m->count && !err; i++) {
        const struct manifest_segment *seg = &m->lines[i].segment;

        if (m->lines[i].kind != MANIFEST_SEGMENT || seg->first <= signed_to)
            continue;
        if (s.tree.count && seg->day != s.day.day) {
            err = sign_day(&s);
            s.tree.count = 0;
        }
        if (err || seg->day >= today)
            break;
        if (s.tree.count == 0)
            s.day = (struct manifest_day){.day = seg->day, .first = seg->first};
        s.day.last = seg->last;
        merkle_add(&s.tree, merkle_leaf(m->lines[i].text));
    }
    if (!err && s.tree.count)
        err = sign_day(&s);
    return err;
}

/* Until every segment of the days before today is sealed, or cannot be. */
static enum err wait_until_sealed(struct ledger *l, int today)
{
    enum err err = OK;

    pthread_mutex_lock(&l->lock);
    for (;;) {
        size_t waiting = 0;

        for (size_t i = l->count; i > 0; i--) {
            if (l->segments[i - 1]->state == SEGMENT_SEALED)
                break;
            waiting += l->segments[i - 1]->state == SEGMENT_CLOSED &&
                       ledger_day(l->segments[i - 1]->from_us) < today;
        }
        err = waiting ? l->sealing_err : OK;
        if (waiting == 0 || err)
            break;
        pthread_cond_wait(&l->changed, &l->lock);
    }
    pthread_mutex_unlock(&l->lock);
    return err;
}

enum err ledger_sign_days(struct ledger *ledger, int64_t now_us)
{
    int today = ledger_day(now_us);
    struct segment *open;
    struct manifest m = {0};
    enum err err = OK;

    pthread_mutex_lock(&ledger->appending);
    open = ledger_open_segment(ledger);
    if (open && ledger->next > open->first &&
        ledger_day(ledger->last_us) < today)
        err = ledger_close_segment(ledger);
    pthread_mutex_unlock(&ledger->appending);
    if (!err)
        err = wait_until_sealed(ledger, today);
    if (err)
        return err;
    pthread_mutex_lock(&ledger->chain);
    err = manifest_load(ledger->dir, &m);
    if (!err)
        err = sign_lines(ledger, &m, today);
    pthread_mutex_unlock(&ledger->chain);
    manifest_done(&m);
    return err;
}

enum err ledger_seal(struct ledger *ledger)
{
    struct segment *open;
    enum err err = OK;

    pthread_mutex_lock(&ledger->appending);
    open = ledger_open_segment(ledger);
    if (open && ledger->next > open->first)
        err = ledger_close_segment(ledger);
    pthread_mutex_unlock(&ledger->appending);
    return err ? err : wait_until_sealed(ledger, INT_MAX);
}
