/*
 * Batches go round: filled by a loop, kept by the ledger and the pipeline,
 * given back to the pool. The pool outlives its loop when the pipeline still
 * holds batches; it ends with the last of them.
 */
#include "base/log.h"
#include "base/memory.h"
#include "ingest/gateway/inside.h"

enum {
    POOL_KEEPS = 16,
    ERROR_PAUSE_MS = 1000,
    PAYLOAD_ROOM = FRAME_BYTES_MAX + 256, /* a record with its trailer */
    ANSWER_ROOM = 2 * ANSWER_MAX,
};

struct batch_pool {
    pthread_mutex_t lock;
    struct batch *free[POOL_KEEPS];
    size_t free_count;
    size_t out; /* batches that are with somebody */
    bool dropped;
};

struct batch_pool *batch_pool_new(void)
{
    struct batch_pool *pool = memory_new(1, sizeof(*pool));

    pthread_mutex_init(&pool->lock, NULL);
    return pool;
}

static void pool_end(struct batch_pool *pool)
{
    for (size_t i = 0; i < pool->free_count; i++)
        free(pool->free[i]);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}

void batch_pool_drop(struct batch_pool *pool)
{
    bool last;

    pthread_mutex_lock(&pool->lock);
    pool->dropped = true;
    last = pool->out == 0;
    pthread_mutex_unlock(&pool->lock);
    if (last)
        pool_end(pool);
}

static void batch_unref(struct batch *batch)
{
    struct batch_pool *pool = batch->pool;
    bool last;

    if (atomic_fetch_sub(&batch->refs, 1) > 1)
        return;
    pthread_mutex_lock(&pool->lock);
    if (pool->free_count < POOL_KEEPS && !pool->dropped) {
        pool->free[pool->free_count++] = batch;
        batch = NULL;
    }
    pool->out--;
    last = pool->dropped && pool->out == 0;
    pthread_mutex_unlock(&pool->lock);
    free(batch);
    if (last)
        pool_end(pool);
}

static void on_release(struct ledger_batch *head)
{
    batch_unref(head->owner);
}

/* On the writer's thread. */
static void on_done(struct ledger_batch *head)
{
    struct batch *batch = head->owner;

    loop_mail(batch->loop, &batch->mail);
}

/* What must be known of the frames, whether the ledger took them or not. */
static void settle(struct batch *batch)
{
    bool durable = batch->head.err == OK;
    struct device_state *locked = NULL;
    struct waiter *ready = NULL;

    for (size_t i = 0; i < batch->head.count; i++) {
        struct mark *mark = &batch->marks[i];
        struct waiter **link;

        if (!mark->device)
            continue;
        if (locked != mark->device) {
            if (locked)
                pthread_mutex_unlock(&locked->lock);
            locked = mark->device;
            pthread_mutex_lock(&locked->lock);
        }
        recent_settle(&locked->recent, mark->hash, mark->slot, durable);
        for (link = &locked->waiters; *link;) {
            struct waiter *w = *link;

            if (w->hash != mark->hash) {
                link = &w->next;
                continue;
            }
            *link = w->next;
            w->durable = durable;
            w->next = ready;
            ready = w;
        }
    }
    if (locked)
        pthread_mutex_unlock(&locked->lock);
    while (ready) {
        struct waiter *w = ready;

        ready = w->next;
        loop_mail(w->loop, &w->mail);
    }
}

static void send_answers(struct loop *loop, struct batch *batch)
{
    for (size_t i = 0; i < batch->run_count; i++) {
        struct run *run = &batch->runs[i];
        struct connection *c = run->connection;

        if (batch->head.err == OK && !c->closed) {
            count(&loop->counters.acks, run->frames);
            connection_send(
                c, (struct span){batch->answers + run->from, run->len});
        }
        connection_unref(c);
    }
}

static void remember_quarantined(struct loop *loop, struct batch *batch)
{
    for (size_t i = 0; i < batch->head.count; i++) {
        if (batch->records[i].kind == LEDGER_QUARANTINE)
            quarantine_remember(loop->gateway->quarantine, &batch->records[i]);
    }
}

static void deliver_done(struct loop *loop, struct mail *mail)
{
    struct batch *batch =
        (struct batch *)((char *)mail - offsetof(struct batch, mail));
    bool was_held = loop_held_back(loop);

    loop->in_flight--;
    if (batch->head.err && !loop->pause_until_ms)
        log_error("the ledger does not take records; devices get no answer",
                  "err=%s", err_name(batch->head.err));
    if (batch->head.err)
        loop->pause_until_ms = clock_steady_ms() + ERROR_PAUSE_MS;
    settle(batch);
    send_answers(loop, batch);
    if (batch->head.err == OK)
        remember_quarantined(loop, batch);
    batch_unref(batch);
    if (loop->stalled)
        batch_submit(loop);
    if (was_held && !loop_held_back(loop))
        loop_unpark(loop);
}

static struct batch *batch_take(struct loop *loop)
{
    struct batch_pool *pool = loop->pool;
    struct batch *batch = NULL;

    pthread_mutex_lock(&pool->lock);
    pool->out++;
    if (pool->free_count)
        batch = pool->free[--pool->free_count];
    pthread_mutex_unlock(&pool->lock);
    if (!batch)
        batch = memory_resize(NULL, 1, sizeof(*batch));
    batch->head = (struct ledger_batch){.records = batch->records,
                                        .done = on_done,
                                        .release = on_release,
                                        .owner = batch};
    batch->mail = (struct mail){.deliver = deliver_done};
    batch->pool = pool;
    batch->loop = loop;
    atomic_store(&batch->refs, 2);
    batch->payload_len = batch->answer_len = batch->run_count = 0;
    return batch;
}

static bool has_room(const struct batch *batch)
{
    return batch->head.count < BATCH_RECORDS &&
           batch->payload_len + PAYLOAD_ROOM <= BATCH_PAYLOAD_BYTES &&
           batch->answer_len + ANSWER_ROOM <= BATCH_ANSWER_BYTES;
}

bool batch_ready(struct loop *loop)
{
    if (loop->open && !has_room(loop->open))
        batch_submit(loop);
    if (!loop->open)
        loop->open = batch_take(loop);
    return has_room(loop->open);
}

static void add_answer(struct batch *batch, struct connection *to,
                       struct span answer)
{
    struct run *run = NULL;

    if (batch->run_count)
        run = &batch->runs[batch->run_count - 1];
    if (!run || run->connection != to) {
        run = &batch->runs[batch->run_count++];
        *run =
            (struct run){.connection = to, .from = (uint32_t)batch->answer_len};
        to->refs++;
    }
    memcpy(batch->answers + batch->answer_len, answer.at, answer.len);
    batch->answer_len += answer.len;
    run->len += (uint32_t)answer.len;
    run->frames++;
}

void batch_add(struct loop *loop, const struct batch_item *item)
{
    struct batch *batch = loop->open;
    char *at = batch->payload + batch->payload_len;
    size_t len = item->payload.len + item->more.len;

    memcpy(at, item->payload.at, item->payload.len);
    if (item->more.len)
        memcpy(at + item->payload.len, item->more.at, item->more.len);
    batch->payload_len += len;
    batch->records[batch->head.count] = (struct ledger_record){
        .source = item->source, .kind = item->kind, .payload = {at, len}};
    batch->marks[batch->head.count] = item->mark;
    batch->head.count++;
    if (item->to && item->answer.len)
        add_answer(batch, item->to, item->answer);
}

static bool submit(struct loop *loop, struct batch *batch)
{
    enum err err;

    loop->in_flight++;
    err = ledger_writer_submit(loop->gateway->writer, &batch->head);
    if (err == OK)
        return true;
    loop->in_flight--;
    return false;
}

void batch_submit(struct loop *loop)
{
    struct batch *batch = loop->open;

    if (loop->stalled) {
        if (!submit(loop, loop->stalled))
            return;
        loop->stalled = NULL;
    }
    if (!batch || batch->head.count == 0)
        return;
    loop->open = NULL;
    if (submit(loop, batch))
        return;
    loop->stalled = batch;
    count(&loop->counters.paused, 1);
}

static void abandon(struct batch *batch)
{
    if (!batch)
        return;
    batch->head.err = ERR_CLOSED;
    settle(batch);
    send_answers(batch->loop, batch); /* sends none: lets connections go */
    atomic_store(&batch->refs, 1);    /* the ledger never had it */
    batch_unref(batch);
}

void batch_abandon(struct loop *loop)
{
    abandon(loop->open);
    abandon(loop->stalled);
    loop->open = loop->stalled = NULL;
}
