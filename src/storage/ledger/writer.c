#include "storage/ledger/writer.h"

#include "base/log.h"
#include "base/memory.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

enum {
    WAITING_MAX = 32 << 20, /* bytes handed in and not yet on disk */
    GROUP_BYTES = 8 << 20,  /* that one commit takes */
    GROUP_RECORDS = 64 << 10,
    BACKWARDS_WARN_S = 60,
};

struct ledger_writer {
    struct ledger *ledger;
    void (*next)(void *context, struct ledger_batch *batch);
    void *context;
    int tick_ms;
    pthread_t thread;

    pthread_mutex_t lock;
    pthread_cond_t come; /* a batch, or the stop */
    pthread_cond_t room;
    struct ledger_batch *head, **tail;
    size_t waiting; /* bytes */
    bool stopping;

    /* the thread's own */
    int64_t clock_us;   /* never falls, ticks included */
    int64_t next_at_ms; /* when next() was last called, monotonic */
    struct ledger_record *gather;
    size_t gather_cap;
    enum err failing; /* of the last group: say it once */
};

static int64_t clock_read_us(clockid_t id)
{
    struct timespec t;

    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Beijing's arrival: the clock, held while it runs behind what was. */
static int64_t now_us(struct ledger_writer *w)
{
    int64_t now = clock_read_us(CLOCK_REALTIME);

    if (now > w->clock_us)
        w->clock_us = now;
    return w->clock_us;
}

static size_t batch_bytes(const struct ledger_batch *batch)
{
    size_t bytes = sizeof(*batch);

    for (size_t i = 0; i < batch->count; i++)
        bytes += batch->records[i].payload.len + sizeof(batch->records[i]);
    return bytes;
}

/* ---- one group ---- */

static void hand_on(struct ledger_writer *w, struct ledger_batch *batch)
{
    if (!batch->err && w->next) {
        w->next(w->context, batch);
        w->next_at_ms = clock_read_us(CLOCK_MONOTONIC) / 1000;
    } else if (batch->release) {
        batch->release(batch);
    }
}

/* Several batches become one append: their records side by side. */
static enum err append_group(struct ledger_writer *w,
                             struct ledger_batch *group, size_t records)
{
    size_t n = 0;
    enum err err;

    if (!group->link)
        return ledger_append(w->ledger, now_us(w), group->records,
                             group->count);
    w->gather =
        memory_grow(w->gather, &w->gather_cap, records, sizeof(*w->gather));
    for (struct ledger_batch *b = group; b; b = b->link) {
        memcpy(w->gather + n, b->records, b->count * sizeof(*b->records));
        n += b->count;
    }
    err = ledger_append(w->ledger, now_us(w), w->gather, n);
    n = 0;
    for (struct ledger_batch *b = group; b && !err; b = b->link) {
        memcpy(b->records, w->gather + n, b->count * sizeof(*b->records));
        n += b->count;
    }
    return err;
}

static void say_state(struct ledger_writer *w, enum err err)
{
    if (err == w->failing)
        return;
    if (err)
        log_error("ledger cannot write: nothing is acknowledged until it can",
                  "err=%s", err_name(err));
    else
        log_info("ledger writes again", "after=%s", err_name(w->failing));
    w->failing = err;
}

/* Appends and syncs a chain of batches, tells their owners, hands them on. */
static void write_group(struct ledger_writer *w, struct ledger_batch *group,
                        size_t records, size_t bytes)
{
    enum err err = append_group(w, group, records);
    struct ledger_batch *link;

    if (!err)
        err = ledger_commit(w->ledger);
    say_state(w, err);
    pthread_mutex_lock(&w->lock);
    w->waiting -= bytes;
    pthread_cond_broadcast(&w->room);
    pthread_mutex_unlock(&w->lock);
    for (struct ledger_batch *b = group; b; b = b->link) {
        b->err = err;
        if (b->done)
            b->done(b);
    }
    for (struct ledger_batch *b = group; b; b = link) {
        link = b->link;
        hand_on(w, b);
    }
}

/* ---- time that goes by ---- */

struct tick {
    struct ledger_batch batch;
    struct ledger_record record;
};

static void tick_release(struct ledger_batch *batch)
{
    free(batch->owner);
}

static void send_tick(struct ledger_writer *w)
{
    struct tick *tick = memory_new(1, sizeof(*tick));

    tick->record = (struct ledger_record){.sequence = ledger_last(w->ledger),
                                          .arrival_us = now_us(w),
                                          .kind = LEDGER_TICK};
    tick->batch = (struct ledger_batch){.records = &tick->record,
                                        .count = 1,
                                        .release = tick_release,
                                        .owner = tick};
    hand_on(w, &tick->batch);
}

static int64_t tick_due_ms(const struct ledger_writer *w)
{
    return w->next_at_ms + w->tick_ms;
}

static bool ticks(const struct ledger_writer *w)
{
    return w->tick_ms > 0 && w->next;
}

/* ---- the thread ---- */

/* Takes a group off the queue; NULL when it is time for a tick or the end. */
static struct ledger_batch *take_group(struct ledger_writer *w,
                                       size_t *out_records, size_t *out_bytes)
{
    struct ledger_batch *group, **end = &w->head;
    size_t records = 0;
    size_t bytes = 0;

    while (!w->head && !w->stopping) {
        struct timespec until;
        int64_t due = tick_due_ms(w);

        until.tv_sec = due / 1000;
        until.tv_nsec = due % 1000 * 1000000;
        if (!ticks(w))
            pthread_cond_wait(&w->come, &w->lock);
        else if (pthread_cond_timedwait(&w->come, &w->lock, &until) ==
                 ETIMEDOUT)
            return NULL;
    }
    while (*end && bytes < GROUP_BYTES && records < GROUP_RECORDS) {
        records += (*end)->count;
        bytes += batch_bytes(*end);
        end = &(*end)->link;
    }
    group = w->head;
    w->head = *end;
    if (!w->head)
        w->tail = &w->head;
    *end = NULL;
    if (!group)
        return NULL;
    *out_records = records;
    *out_bytes = bytes;
    return group;
}

static void *writing(void *context)
{
    struct ledger_writer *w = context;
    bool go_on = true;

    pthread_setname_np(pthread_self(), "ledger");
    w->next_at_ms = clock_read_us(CLOCK_MONOTONIC) / 1000;
    while (go_on) {
        struct ledger_batch *group;
        size_t records = 0;
        size_t bytes = 0;

        pthread_mutex_lock(&w->lock);
        group = take_group(w, &records, &bytes);
        go_on = group || !w->stopping;
        pthread_mutex_unlock(&w->lock);
        if (group)
            write_group(w, group, records, bytes);
        if (go_on && ticks(w) &&
            clock_read_us(CLOCK_MONOTONIC) / 1000 >= tick_due_ms(w))
            send_tick(w);
    }
    return NULL;
}

struct ledger_writer *ledger_writer_start(struct ledger *ledger,
                                          void (*next)(void *context,
                                                       struct ledger_batch *b),
                                          void *context, int tick_ms)
{
    struct ledger_writer *w = memory_new(1, sizeof(*w));
    struct ledger_status status;
    pthread_condattr_t monotonic;
    int64_t now = clock_read_us(CLOCK_REALTIME);

    w->ledger = ledger;
    w->next = next;
    w->context = context;
    w->tick_ms = tick_ms;
    w->tail = &w->head;
    ledger_status(ledger, &status);
    w->clock_us = status.last_arrival_us;
    if (now / 1000000 + BACKWARDS_WARN_S < w->clock_us / 1000000)
        log_warn("clock is behind the last record: arrivals stand still until "
                 "it has caught up",
                 "behind_s=%lld", (long long)((w->clock_us - now) / 1000000));
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->come, &monotonic);
    pthread_cond_init(&w->room, NULL);
    pthread_condattr_destroy(&monotonic);
    if (pthread_create(&w->thread, NULL, writing, w)) {
        log_error("no thread for the ledger", "reason=\"%m\"");
        abort();
    }
    return w;
}

void ledger_writer_stop(struct ledger_writer *writer)
{
    if (!writer)
        return;
    pthread_mutex_lock(&writer->lock);
    writer->stopping = true;
    pthread_cond_broadcast(&writer->come);
    pthread_cond_broadcast(&writer->room);
    pthread_mutex_unlock(&writer->lock);
    pthread_join(writer->thread, NULL);
    pthread_mutex_destroy(&writer->lock);
    pthread_cond_destroy(&writer->come);
    pthread_cond_destroy(&writer->room);
    free(writer->gather);
    free(writer);
}

/* ---- handing in ---- */

/* One batch alone may always wait, however large. */
static bool has_room(const struct ledger_writer *w, size_t bytes)
{
    return w->waiting == 0 || w->waiting + bytes <= WAITING_MAX;
}

/*
 * The lock is held. True when the thread may be asleep: it is signalled when
 * the lock is free, or it would wake up only to wait for it.
 */
static bool enqueue(struct ledger_writer *w, struct ledger_batch *batch,
                    size_t bytes)
{
    bool was_empty = !w->head;

    batch->link = NULL;
    batch->err = OK;
    *w->tail = batch;
    w->tail = &batch->link;
    w->waiting += bytes;
    return was_empty;
}

enum err ledger_writer_submit(struct ledger_writer *writer,
                              struct ledger_batch *batch)
{
    size_t bytes = batch_bytes(batch);
    bool wake = false;
    enum err err = OK;

    for (size_t i = 0; i < batch->count; i++) {
        if (batch->records[i].payload.len > LEDGER_PAYLOAD_MAX)
            return ERR_TOO_LARGE;
    }
    if (bytes > LEDGER_BATCH_MAX / 2)
        return ERR_TOO_LARGE;
    pthread_mutex_lock(&writer->lock);
    if (writer->stopping)
        err = ERR_CLOSED;
    else if (!has_room(writer, bytes))
        err = ERR_FULL;
    else
        wake = enqueue(writer, batch, bytes);
    pthread_mutex_unlock(&writer->lock);
    if (wake)
        pthread_cond_signal(&writer->come);
    return err;
}

/* ---- one record, waited for ---- */

struct waiter {
    pthread_mutex_t lock;
    pthread_cond_t told;
    bool done;
    enum err err;
    uint64_t sequence;
};

struct single {
    struct ledger_batch batch;
    struct ledger_record record;
    struct waiter *waiter;
    char payload[];
};

static void single_done(struct ledger_batch *batch)
{
    struct single *single = batch->owner;
    struct waiter *waiter = single->waiter;

    pthread_mutex_lock(&waiter->lock);
    waiter->done = true;
    waiter->err = batch->err;
    waiter->sequence = single->record.sequence;
    pthread_cond_signal(&waiter->told);
    pthread_mutex_unlock(&waiter->lock);
}

static void single_release(struct ledger_batch *batch)
{
    free(batch->owner);
}

static enum err submit_waiting(struct ledger_writer *w,
                               struct ledger_batch *batch)
{
    size_t bytes = batch_bytes(batch);
    bool wake = false;
    enum err err = OK;

    pthread_mutex_lock(&w->lock);
    while (!w->stopping && !has_room(w, bytes))
        pthread_cond_wait(&w->room, &w->lock);
    if (w->stopping)
        err = ERR_CLOSED;
    else
        wake = enqueue(w, batch, bytes);
    pthread_mutex_unlock(&w->lock);
    if (wake)
        pthread_cond_signal(&w->come);
    return err;
}

enum err ledger_writer_append(struct ledger_writer *writer,
                              enum ledger_kind kind, uint32_t source,
                              struct span payload, uint64_t *out_sequence)
{
    struct waiter waiter = {.lock = PTHREAD_MUTEX_INITIALIZER,
                            .told = PTHREAD_COND_INITIALIZER};
    struct single *single;
    enum err err;

    if (payload.len > LEDGER_PAYLOAD_MAX)
        return ERR_TOO_LARGE;
    single = memory_new(1, sizeof(*single) + payload.len);
    if (payload.len)
        memcpy(single->payload, payload.at, payload.len);
    single->waiter = &waiter;
    single->record =
        (struct ledger_record){.source = source,
                               .kind = kind,
                               .payload = {single->payload, payload.len}};
    single->batch = (struct ledger_batch){.records = &single->record,
                                          .count = 1,
                                          .done = single_done,
                                          .release = single_release,
                                          .owner = single};
    err = submit_waiting(writer, &single->batch);
    if (err) {
        free(single);
        return err;
    }
    pthread_mutex_lock(&waiter.lock);
    while (!waiter.done)
        pthread_cond_wait(&waiter.told, &waiter.lock);
    pthread_mutex_unlock(&waiter.lock);
    if (!waiter.err)
        *out_sequence = waiter.sequence;
    return waiter.err;
}
