/*
 * Quarantined records become frames of the device that is registered by now.
 * They are read from the ledger and written to its end again, in batches; the
 * old records stay where they are. What the device may still not bring, because
 * the password in the registry is not that of the frame, say, is kept anew for
 * the next try, once any frame was let in.
 */
#include "base/log.h"
#include "base/memory.h"
#include "ingest/gateway/inside.h"

#include <inttypes.h>
#include <unistd.h>

enum {
    REPLAY_RECORDS = 256,
    REPLAY_BYTES = 256 << 10,
    FULL_WAIT_US = 2000,
    FULL_TRIES = 5000, /* ten seconds in all */
};

struct replay {
    struct gateway *gateway;
    struct device_state *state;
    struct hj212_frame *frame;
    uint64_t replayed, refused;
    bool keeping; /* the second round: those that were refused */

    struct ledger_batch batch;
    struct ledger_record records[REPLAY_RECORDS];
    struct mark marks[REPLAY_RECORDS];
    struct buf bytes;
    pthread_mutex_t lock;
    pthread_cond_t done;
    bool is_done;
};

/* Both are called by the writer or the pipeline, the release last. */
static void on_release(struct ledger_batch *batch)
{
    struct replay *r = batch->owner;

    pthread_mutex_lock(&r->lock);
    r->is_done = true;
    pthread_cond_signal(&r->done);
    pthread_mutex_unlock(&r->lock);
}

static void settle(struct replay *r)
{
    pthread_mutex_lock(&r->state->lock);
    for (size_t i = 0; i < r->batch.count; i++) {
        if (r->marks[i].device)
            recent_settle(&r->state->recent, r->marks[i].hash, r->marks[i].slot,
                          r->batch.err == OK);
    }
    pthread_mutex_unlock(&r->state->lock);
}

/* Hands in what was gathered and waits for it. */
static enum err flush(struct replay *r)
{
    enum err err = ERR_FULL;

    if (r->batch.count == 0)
        return OK;
    r->batch.records = r->records;
    r->batch.release = on_release;
    r->batch.owner = r;
    r->is_done = false;
    for (int i = 0; i < FULL_TRIES && err == ERR_FULL; i++) {
        err = ledger_writer_submit(r->gateway->writer, &r->batch);
        if (err == ERR_FULL)
            usleep(FULL_WAIT_US);
    }
    if (err == OK) {
        pthread_mutex_lock(&r->lock);
        while (!r->is_done)
            pthread_cond_wait(&r->done, &r->lock);
        pthread_mutex_unlock(&r->lock);
        err = r->batch.err;
    } else {
        r->batch.err = err;
    }
    settle(r);
    for (size_t i = 0; i < r->batch.count && err == OK; i++) {
        if (r->records[i].kind == LEDGER_QUARANTINE)
            quarantine_remember(r->gateway->quarantine, &r->records[i]);
    }
    r->batch = (struct ledger_batch){0};
    buf_clear(&r->bytes);
    return err;
}

static enum err add(struct replay *r, enum ledger_kind kind, uint32_t source,
                    struct span payload, const struct mark *mark)
{
    struct ledger_record *record;
    enum err err = OK;

    if (r->batch.count == REPLAY_RECORDS ||
        r->bytes.len + payload.len > REPLAY_BYTES)
        err = flush(r);
    if (err)
        return err;
    record = &r->records[r->batch.count];
    r->marks[r->batch.count++] = *mark;
    buf_add(&r->bytes, payload);
    *record = (struct ledger_record){
        .kind = kind,
        .source = source,
        .payload = span_from(buf_span(&r->bytes), r->bytes.len - payload.len)};
    return OK;
}

/* Whether the device may bring this frame now. */
static bool may_enter(struct replay *r, const struct device *device,
                      struct span frame, struct span peer)
{
    char *copy = memory_text(frame); /* decryption writes into it */
    struct address address;
    bool good;

    good = address_parse(peer, &address) == OK &&
           hj212_decode((struct span){copy, frame.len}, &device->policy,
                        r->frame) == HJ212_OK &&
           intake_admit(device, r->frame->pw, address) == QUARANTINE_NONE;
    free(copy);
    return good;
}

/* It waits on, behind what is replayed now. */
static enum err keep_again(struct replay *r, struct span payload,
                           struct span frame)
{
    const struct mark none = {0};
    struct buf again;
    char line[512];
    enum err err;

    quarantine_again_trailer(payload, line, sizeof(line));
    buf_init(&again, LEDGER_PAYLOAD_MAX);
    buf_add(&again, frame);
    buf_text(&again, line);
    err = add(r, LEDGER_QUARANTINE, 0, buf_span(&again), &none);
    buf_done(&again);
    return err;
}

static enum err replay_record(struct replay *r, const struct device *device,
                              const struct ledger_record *record)
{
    struct mark mark = {.device = r->state};
    enum quarantine_reason reason;
    enum recent_state state;
    struct span frame, peer;

    if (!gateway_quarantine_split(record->payload, &frame, &reason, &peer) ||
        reason == QUARANTINE_NONE)
        return OK; /* the note of a replay */
    if (!may_enter(r, device, frame, peer)) {
        r->refused += !r->keeping;
        return r->keeping ? keep_again(r, record->payload, frame) : OK;
    }
    if (r->keeping)
        return OK;
    r->replayed++;
    mark.hash = recent_hash(intake_without_tail(frame), r->gateway->seed);
    pthread_mutex_lock(&r->state->lock);
    state = recent_meet(&r->state->recent, mark.hash, &mark.slot);
    pthread_mutex_unlock(&r->state->lock);
    if (state != RECENT_NEW)
        return OK; /* sent again when it got no answer: stored once */
    return add(r, LEDGER_FRAME, (uint32_t)r->state->id, frame, &mark);
}

static enum err replay_range(struct replay *r, const struct device *device,
                             uint64_t first, uint64_t last)
{
    struct ledger_cursor *cursor;
    struct ledger_record record;
    enum err err =
        ledger_cursor_open(r->gateway->options.ledger, first, &cursor);

    if (err)
        return err;
    while ((err = ledger_cursor_next(cursor, &record)) == OK &&
           record.sequence <= last) {
        if (record.kind != LEDGER_QUARANTINE ||
            !span_equal_nocase(quarantine_mn(record.payload),
                               span_of(device->mn)))
            continue;
        err = replay_record(r, device, &record);
        if (err)
            break;
    }
    ledger_cursor_close(cursor);
    return err == ERR_NOT_FOUND ? OK : err;
}

/* The note that makes it final, also over a restart. */
static enum err note(struct replay *r, const struct device *device,
                     uint64_t last)
{
    const struct mark none = {0};
    char line[256];
    enum err err;

    quarantine_replayed_line(span_of(device->mn), last,
                             r->replayed + r->refused, line, sizeof(line));
    err = add(r, LEDGER_QUARANTINE, 0, span_of(line), &none);
    return err == OK ? flush(r) : err;
}

/* Frames first; then, when any was let in, what was not, and the note. */
static enum err replay_all(struct replay *r, const struct device *device,
                           uint64_t first, uint64_t last)
{
    enum err err = replay_range(r, device, first, last);

    if (err == OK)
        err = flush(r);
    if (err || r->replayed == 0)
        return err;
    r->keeping = true;
    if (r->refused)
        err = replay_range(r, device, first, last);
    return err == OK ? note(r, device, last) : err;
}

static enum err replay(struct gateway *gateway, const struct device *device,
                       uint64_t *out_replayed, uint64_t *out_refused)
{
    struct replay *r;
    uint64_t first, last;
    enum err err;

    if (!device || !quarantine_waiting(gateway->quarantine, span_of(device->mn),
                                       &first, &last))
        return ERR_NOT_FOUND;
    r = memory_new(1, sizeof(*r));
    r->gateway = gateway;
    r->state = device_state_of(gateway, device->id);
    r->frame = memory_new(1, sizeof(*r->frame));
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->done, NULL);
    buf_init(&r->bytes, REPLAY_BYTES + LEDGER_PAYLOAD_MAX);
    buf_room(&r->bytes, REPLAY_BYTES + FRAME_BYTES_MAX); /* it must not move */
    err = replay_all(r, device, first, last);
    if (err == OK) {
        *out_replayed = r->replayed;
        *out_refused = r->refused;
    }
    log_info("quarantine replayed",
             "mn=%s replayed=%" PRIu64 " refused=%" PRIu64 " err=%s",
             device->mn, r->replayed, r->refused, err_name(err));
    buf_done(&r->bytes);
    pthread_cond_destroy(&r->done);
    pthread_mutex_destroy(&r->lock);
    free(r->frame);
    free(r);
    return err;
}

enum err gateway_quarantine_replay(struct gateway *gateway, struct span mn,
                                   uint64_t *out_replayed,
                                   uint64_t *out_refused)
{
    const struct registry_snapshot *s;
    enum err err;

    if (!gateway->options.ledger)
        return ERR_UNSUPPORTED;
    s = registry_hold(gateway->registry);
    err = replay(gateway, registry_device_by_mn(s, mn), out_replayed,
                 out_refused);
    registry_release(gateway->registry, s);
    return err;
}
