/*
 * A loop's round: wait for sockets, mail or the tick; do what they ask; hand
 * the batch that came together to the ledger. While the ledger has no room the
 * loop reads nothing: a connection that has something is parked until then.
 */
#include "base/log.h"
#include "base/memory.h"
#include "ingest/gateway/inside.h"

#include <sched.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

enum {
    SWEEP_MS = 1000,
    STOP_WAIT_MS = 10000, /* for a ledger that has no room */
};

int64_t clock_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t clock_steady_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t loop_now_us(struct loop *loop)
{
    if (!loop->now_us)
        loop->now_us = clock_us();
    return loop->now_us;
}

const struct registry_snapshot *loop_snapshot(struct loop *loop)
{
    if (!loop->snapshot)
        loop->snapshot = registry_hold(loop->gateway->registry);
    return loop->snapshot;
}

bool loop_held_back(const struct loop *loop)
{
    return loop->stalled || loop->pause_until_ms;
}

/* ---- mail ---- */

void loop_mail(struct loop *loop, struct mail *mail)
{
    bool was_empty;

    mail->next = NULL;
    atomic_fetch_add(&loop->mailing, 1);
    pthread_mutex_lock(&loop->mail_lock);
    was_empty = loop->mail_first == NULL;
    *loop->mail_last = mail;
    loop->mail_last = &mail->next;
    pthread_mutex_unlock(&loop->mail_lock);
    if (was_empty) /* when the lock is free: it wakes up to take it */
        eventfd_write(loop->wake_fd, 1);
    atomic_fetch_sub(&loop->mailing, 1);
}

static void on_wake(evutil_socket_t fd, short what, void *context)
{
    struct loop *loop = context;
    struct mail *mail;
    eventfd_t ignored;

    (void)what;
    (void)eventfd_read(fd, &ignored);
    pthread_mutex_lock(&loop->mail_lock);
    mail = loop->mail_first;
    loop->mail_first = NULL;
    loop->mail_last = &loop->mail_first;
    pthread_mutex_unlock(&loop->mail_lock);
    while (mail) {
        struct mail *next = mail->next;

        mail->deliver(loop, mail);
        mail = next;
    }
}

void loop_defer(struct loop *loop, struct mail *mail)
{
    mail->next = NULL;
    *loop->deferred_last = mail;
    loop->deferred_last = &mail->next;
}

static void deliver_deferred(struct loop *loop)
{
    struct mail *mail = loop->deferred;

    loop->deferred = NULL;
    loop->deferred_last = &loop->deferred;
    while (mail) {
        struct mail *next = mail->next;

        mail->deliver(loop, mail);
        mail = next;
    }
}

struct call {
    struct mail mail;
    void (*fn)(struct loop *loop, void *context);
    void *context;
    pthread_mutex_t lock;
    pthread_cond_t done;
    bool is_done;
};

static void deliver_call(struct loop *loop, struct mail *mail)
{
    struct call *call = (struct call *)mail;

    call->fn(loop, call->context);
    pthread_mutex_lock(&call->lock);
    call->is_done = true;
    pthread_cond_signal(&call->done);
    pthread_mutex_unlock(&call->lock);
}

void loop_call(struct loop *loop, void (*fn)(struct loop *, void *context),
               void *context)
{
    struct call call = {.mail = {.deliver = deliver_call},
                        .fn = fn,
                        .context = context,
                        .lock = PTHREAD_MUTEX_INITIALIZER,
                        .done = PTHREAD_COND_INITIALIZER};

    loop_mail(loop, &call.mail);
    pthread_mutex_lock(&call.lock);
    while (!call.is_done)
        pthread_cond_wait(&call.done, &call.lock);
    pthread_mutex_unlock(&call.lock);
}

/* ---- parking ---- */

static void park(struct connection **list, struct connection *c)
{
    if (c->parked)
        return;
    c->parked = true;
    c->refs++;
    event_del(&c->read);
    c->next_parked = *list;
    *list = c;
}

static void unpark(struct connection **list)
{
    struct connection *c = *list;

    *list = NULL;
    while (c) {
        struct connection *next = c->next_parked;

        c->parked = false;
        if (!c->closed)
            connection_resume(c);
        connection_unref(c);
        c = next;
    }
}

void loop_park(struct loop *loop, struct connection *c)
{
    park(&loop->parked, c);
}

void loop_throttle(struct loop *loop, struct connection *c)
{
    park(&loop->throttled, c);
}

void loop_unpark(struct loop *loop)
{
    deliver_deferred(loop);
    unpark(&loop->parked);
}

/* ---- the tick ---- */

static void sweep(struct loop *loop)
{
    for (size_t i = 0; i < loop->slot_count; i++) {
        if (loop->slots[i])
            connection_sweep(loop->slots[i]);
    }
}

static void on_tick(evutil_socket_t fd, short what, void *context)
{
    struct loop *loop = context;
    int64_t now_ms = clock_steady_ms();

    (void)fd;
    (void)what;
    if (loop->pause_until_ms && now_ms >= loop->pause_until_ms)
        loop->pause_until_ms = 0;
    if (loop->stalled)
        batch_submit(loop);
    if (!loop_held_back(loop) && (loop->parked || loop->deferred))
        loop_unpark(loop);
    unpark(&loop->throttled);
    if (now_ms - loop->swept_ms >= SWEEP_MS) {
        loop->swept_ms = now_ms;
        sweep(loop);
    }
    if (loop->index == 0) {
        orders_tick(loop->gateway->orders, loop_now_us(loop));
        gateway_accept_again(loop->gateway);
    }
}

/* ---- life ---- */

static void free_dead(struct loop *loop)
{
    while (loop->dead) {
        struct connection *c = loop->dead;

        loop->dead = c->next_parked;
        free(c);
    }
}

static void end_round(struct loop *loop)
{
    free_dead(loop);
    if (loop->open || loop->stalled)
        batch_submit(loop);
    if (loop->snapshot)
        registry_release(loop->gateway->registry, loop->snapshot);
    loop->snapshot = NULL;
    loop->now_us = 0;
}

static void close_all(struct loop *loop, const char *why)
{
    for (size_t i = 0; i < loop->slot_count; i++) {
        if (loop->slots[i])
            connection_close(loop->slots[i], why);
    }
    unpark(&loop->parked);
    unpark(&loop->throttled);
}

/* What was taken is stored and answered before the sockets close. */
static void wind_up(struct loop *loop)
{
    int64_t until_ms = clock_steady_ms() + STOP_WAIT_MS;

    while (loop->in_flight || (loop->stalled && clock_steady_ms() < until_ms)) {
        event_base_loop(loop->base, EVLOOP_ONCE);
        end_round(loop);
    }
    if (loop->stalled)
        log_warn("stopped while the ledger had no room", "unanswered=%zu",
                 loop->stalled->head.count);
    close_all(loop, "the gateway stops");
    batch_abandon(loop);
}

static void *loop_run(void *context)
{
    struct loop *loop = context;

    pthread_setname_np(pthread_self(), "gateway");
    while (!loop->stopping) {
        event_base_loop(loop->base, EVLOOP_ONCE);
        end_round(loop);
    }
    wind_up(loop);
    return NULL;
}

static void stop_reading(struct loop *loop, void *context)
{
    (void)context;
    for (size_t i = 0; i < loop->slot_count; i++) {
        if (loop->slots[i])
            loop_park(loop, loop->slots[i]);
    }
    loop->stopping = true;
}

struct loop *loop_new(struct gateway *gateway, int index)
{
    struct loop *loop = memory_new(1, sizeof(*loop));
    const struct timeval tick = {.tv_usec = TICK_MS * 1000L};

    loop->gateway = gateway;
    loop->index = index;
    loop->mail_last = &loop->mail_first;
    loop->deferred_last = &loop->deferred;
    pthread_mutex_init(&loop->mail_lock, NULL);
    loop->pool = batch_pool_new();
    loop->frame = memory_new(1, sizeof(*loop->frame));
    loop->input = memory_new(1, CARRY_MAX + READ_BYTES);
    loop->sealed_copy = memory_new(1, SEALED_MAX);
    buf_init(&loop->answer, ANSWER_MAX);
    buf_init(&loop->at_once, AT_ONCE_MAX);
    loop->swept_ms = clock_steady_ms();
    loop->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    loop->base = event_base_new();
    if (!loop->base || loop->wake_fd < 0)
        abort(); /* out of descriptors before the first device */
    loop->wake = event_new(loop->base, loop->wake_fd, EV_READ | EV_PERSIST,
                           on_wake, loop);
    loop->tick = event_new(loop->base, -1, EV_PERSIST, on_tick, loop);
    if (!loop->wake || !loop->tick)
        abort();
    event_add(loop->wake, NULL);
    event_add(loop->tick, &tick);
    return loop;
}

void loop_start(struct loop *loop)
{
    if (pthread_create(&loop->thread, NULL, loop_run, loop) != 0)
        abort(); /* no thread to be had at start */
}

void loop_stop(struct loop *loop)
{
    loop_call(loop, stop_reading, NULL);
    pthread_join(loop->thread, NULL);
}

void loop_free(struct loop *loop)
{
    while (atomic_load(&loop->mailing))
        sched_yield();
    on_wake(loop->wake_fd, 0, loop); /* what came after its end */
    deliver_deferred(loop);
    close_all(loop, "the gateway stops");
    event_free(loop->wake);
    event_free(loop->tick);
    event_base_free(loop->base);
    close(loop->wake_fd);
    batch_abandon(loop);
    batch_pool_drop(loop->pool);
    free_dead(loop);
    free(loop->slots);
    free(loop->frame);
    free(loop->input);
    free(loop->sealed_copy);
    buf_done(&loop->answer);
    buf_done(&loop->at_once);
    pthread_mutex_destroy(&loop->mail_lock);
    free(loop);
}
