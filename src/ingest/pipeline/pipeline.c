/*
 * pipeline.c - the thread around the core, the queue before it, and when to
 * flush. The only clock it reads is the monotonic one, and only to pace
 * flushing: nothing that is stored depends on it.
 */
#include "assess/verdict_store.h"
#include "base/log.h"
#include "base/memory.h"
#include "ingest/pipeline/core.h"

#include <assert.h>
#include <pthread.h>
#include <sys/resource.h>
#include <time.h>

enum {
    RETRY_MAX_S = 60,
    GIVE_WAY_S = 5,        /* and no longer, what came is applied at a stop */
    PIPELINE_NICE = 10,    /* devices get their answers first */
    PIECE_ITEMS = 256,     /* computed between two looks at the flush */
    FOLLOW_RECORDS = 1024, /* read from the ledger in one go */
    FOLLOW_PAUSE_MS = 1000 /* when it cannot be read */
};

/* Something to run between batches; lives on its caller's stack. */
struct job {
    void (*fn)(void *context);
    void *context;
    bool done;
    struct job *next;
};

struct pipeline {
    struct core *core; /* the thread's alone */
    pthread_t thread;

    pthread_mutex_t lock; /* over what follows */
    pthread_cond_t work, room, progress;
    struct ledger_batch **queue; /* a ring of options.queue_max */
    size_t queue_max, queue_first, queued;
    struct job *jobs;
    bool giving_way, stopping;
    int64_t pass_at_us; /* monotonic; when giving way */
    uint64_t applied;
    struct pipeline_counters counters;

    /* behind: the queue was full and batches were let go; see follow() */
    struct ledger *ledger; /* NULL: there is none to read from */
    bool behind;
    uint64_t let_go;              /* the last sequence of them */
    struct ledger_cursor *cursor; /* the thread's */
    int64_t follow_at_us;         /* monotonic: not before */
    enum err follow_err;          /* said once */

    struct {
        pipeline_listener tell;
        void *context;
    } listeners[PIPELINE_LISTENERS_MAX];
    size_t listener_count;

    int64_t flush_at_us; /* monotonic: not before */
    int retry_s;         /* 0: the last flush went well */
    bool passing;        /* nothing is applied any more */
};

static int64_t monotonic_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static struct timespec timespec_of(int64_t us)
{
    return (struct timespec){us / 1000000, us % 1000000 * 1000};
}

/* ---- flushing ---- */

static void flush_failed(struct pipeline *p, enum err err)
{
    if (p->retry_s == 0)
        log_error("readings cannot be stored; trying again, the ledger has "
                  "them",
                  "err=%s", err_name(err));
    p->retry_s = p->retry_s ? p->retry_s * 2 : 1;
    if (p->retry_s > RETRY_MAX_S)
        p->retry_s = RETRY_MAX_S;
}

static void flush(struct pipeline *p)
{
    int64_t begin = monotonic_us();
    enum err err = core_flush(p->core);
    int64_t end = monotonic_us();

    if (err) {
        flush_failed(p, err);
        p->flush_at_us = end + (int64_t)p->retry_s * 1000000;
        return;
    }
    if (p->retry_s)
        log_info("readings are stored again", "ms=%lld",
                 (long long)(end - begin) / 1000);
    p->retry_s = 0;
    p->core->counters.last_flush_us = end - begin;
    p->flush_at_us = end + (int64_t)p->core->options.flush_s * 1000000;
}

static bool flush_due(const struct pipeline *p)
{
    bool many = series_unflushed(p->core->series) +
                    verdict_store_unwritten(p->core->verdicts) >=
                p->core->options.flush_readings;

    if (!p->core->changed)
        return false;
    many |=
        series_unflushed_bytes(p->core->series) >= p->core->options.flush_bytes;
    return (many && p->retry_s == 0) || monotonic_us() >= p->flush_at_us;
}

/* The store is not taking anything and memory has its share: wait for it. */
static bool stalled(const struct pipeline *p)
{
    return p->retry_s > 0 && series_unflushed(p->core->series) >=
                                 2 * p->core->options.flush_readings;
}

/* ---- work ---- */

static void publish(struct pipeline *p)
{
    pthread_mutex_lock(&p->lock);
    __atomic_store_n(&p->applied, p->core->applied, __ATOMIC_RELEASE);
    p->counters = p->core->counters;
    p->counters.pending = p->core->pending.count;
    p->counters.unflushed = series_unflushed(p->core->series);
    p->counters.behind =
        p->behind && p->let_go > p->applied ? p->let_go - p->applied : 0;
    pthread_cond_broadcast(&p->progress);
    pthread_mutex_unlock(&p->lock);
}

/* How many listen now; the core gathers events only when somebody does. */
static size_t listeners(struct pipeline *p)
{
    size_t count;

    pthread_mutex_lock(&p->lock);
    count = p->listener_count;
    pthread_mutex_unlock(&p->lock);
    p->core->listening = count > 0;
    return count;
}

/* After some records: who waits and who listens hears of it. */
static void tell(struct pipeline *p, size_t count)
{
    publish(p);
    for (size_t i = 0; p->core->event_count && i < count; i++)
        p->listeners[i].tell(p->listeners[i].context, p->core->events,
                             p->core->event_count);
    core_events_clear(p->core);
}

/* Read from the ledger already, while its batch was on the way to us. */
static bool is_known(const struct pipeline *p,
                     const struct ledger_record *record)
{
    return p->ledger && record->kind != LEDGER_TICK &&
           record->sequence <= p->core->applied;
}

/*
 * A record with what is due before it. That may be much: it is told and
 * flushed in pieces, so that memory holds a piece.
 */
static void apply_record(struct pipeline *p, const struct ledger_record *record,
                         size_t count)
{
    while (!core_advance_some(p->core, record->arrival_us, PIECE_ITEMS)) {
        tell(p, count);
        if (flush_due(p))
            flush(p);
    }
    core_apply(p->core, record);
}

static void apply(struct pipeline *p, struct ledger_batch *batch)
{
    size_t count = listeners(p);

    core_refresh(p->core);
    for (size_t i = 0; i < batch->count && !p->passing; i++) {
        if (!is_known(p, &batch->records[i]))
            apply_record(p, &batch->records[i], count);
    }
    if (batch->release)
        batch->release(batch);
    tell(p, count);
}

/* ---- behind ---- */

/* Reads on from where we are; ERR_NOT_FOUND at the ledger's end. */
static enum err read_on(struct pipeline *p, size_t count)
{
    struct ledger_record record;
    enum err err = OK;

    if (!p->cursor)
        err = ledger_cursor_open(p->ledger, p->core->applied + 1, &p->cursor);
    for (int i = 0; i < FOLLOW_RECORDS && !err; i++) {
        err = ledger_cursor_next(p->cursor, &record);
        if (!err)
            apply_record(p, &record, count);
    }
    return err;
}

static void follow_failed(struct pipeline *p, enum err err)
{
    if (p->follow_err != err)
        log_error("the ledger cannot be read: readings stand still",
                  "sequence=%llu err=%s",
                  (unsigned long long)p->core->applied + 1, err_name(err));
    p->follow_err = err;
    p->follow_at_us = monotonic_us() + FOLLOW_PAUSE_MS * INT64_C(1000);
    ledger_cursor_close(p->cursor);
    p->cursor = NULL;
}

/*
 * More came than the queue holds. The rest is on disk: it is taken from there,
 * piece by piece, until we are where the writer is; then batches queue again.
 * So an answer never waits for what follows from a frame.
 */
static void follow(struct pipeline *p)
{
    size_t count = listeners(p);
    enum err err;

    core_refresh(p->core);
    err = read_on(p, count);
    if (err && err != ERR_NOT_FOUND)
        follow_failed(p, err);
    else
        p->follow_err = OK;
    tell(p, count);
    if (err != ERR_NOT_FOUND)
        return;
    pthread_mutex_lock(&p->lock);
    if (p->core->applied >= p->let_go) {
        p->behind = false;
        ledger_cursor_close(p->cursor);
        p->cursor = NULL;
    }
    pthread_mutex_unlock(&p->lock);
}

/* Giving way, and the time for it is over. The lock is held. */
static bool time_is_up(const struct pipeline *p)
{
    return p->giving_way && monotonic_us() >= p->pass_at_us;
}

/* Whether a batch can be taken off the queue now. The lock is held. */
static bool can_take(const struct pipeline *p)
{
    return p->queued > 0 && (p->giving_way || !stalled(p));
}

/*
 * The next batch, NULL when there is none or the store is not taking any. Once
 * one was passed over the later ones are too: what is applied has no hole.
 */
static struct ledger_batch *next_batch(struct pipeline *p)
{
    struct ledger_batch *batch;

    if (!can_take(p))
        return NULL;
    if (p->giving_way && (stalled(p) || time_is_up(p)))
        p->passing = true;
    batch = p->queue[p->queue_first];
    p->queue_first = (p->queue_first + 1) % p->queue_max;
    p->queued--;
    pthread_cond_signal(&p->room);
    return batch;
}

static void run_job(struct pipeline *p, struct job *job)
{
    p->jobs = job->next;
    pthread_mutex_unlock(&p->lock);
    job->fn(job->context);
    pthread_mutex_lock(&p->lock);
    job->done = true;
    pthread_cond_broadcast(&p->progress);
}

static bool wants_to_follow(const struct pipeline *p)
{
    return p->behind && !stalled(p) && !p->passing && !time_is_up(p);
}

static bool can_follow(const struct pipeline *p)
{
    return wants_to_follow(p) && monotonic_us() >= p->follow_at_us;
}

/* Waits for work; false when there will be no more. The lock is held. */
static bool wait_for_work(struct pipeline *p)
{
    int64_t until_us = INT64_MAX;
    struct timespec until;

    if (p->jobs || can_take(p) || can_follow(p))
        return true;
    if (p->stopping)
        return false;
    if (p->core->changed)
        until_us = p->flush_at_us;
    if (wants_to_follow(p) && p->follow_at_us < until_us)
        until_us = p->follow_at_us;
    if (until_us == INT64_MAX) {
        pthread_cond_wait(&p->work, &p->lock);
        return true;
    }
    until = timespec_of(until_us);
    pthread_cond_timedwait(&p->work, &p->lock, &until);
    return true;
}

static void *run(void *context)
{
    struct pipeline *p = context;

    pthread_setname_np(pthread_self(), "pipeline");
    /* Of Linux: the calling thread alone. */
    setpriority(PRIO_PROCESS, 0, PIPELINE_NICE);
    pthread_mutex_lock(&p->lock);
    while (wait_for_work(p)) {
        struct ledger_batch *batch = NULL;
        bool following;

        if (p->jobs)
            run_job(p, p->jobs);
        batch = next_batch(p);
        following = !batch && can_follow(p);
        pthread_mutex_unlock(&p->lock);
        if (batch)
            apply(p, batch);
        else if (following)
            follow(p);
        if (flush_due(p)) {
            flush(p);
            publish(p);
        }
        pthread_mutex_lock(&p->lock);
    }
    pthread_mutex_unlock(&p->lock);
    if (p->core->changed)
        flush(p);
    publish(p);
    return NULL;
}

/* ---- replay ---- */

/*
 * Whether the replay goes on here. A flush takes long: where there is a bound
 * on the time, it is for the thread's first round, as the rest is.
 */
static bool may_replay(struct pipeline *p, int64_t until_us)
{
    if (until_us < INT64_MAX)
        return !flush_due(p) && monotonic_us() < until_us;
    if (flush_due(p))
        flush(p);
    return true;
}

/* False when it was left, whole, to the thread. */
static bool replay_record(struct pipeline *p,
                          const struct ledger_record *record, int64_t until_us)
{
    while (!core_advance_some(p->core, record->arrival_us, PIECE_ITEMS)) {
        if (!may_replay(p, until_us))
            return false;
    }
    core_apply(p->core, record);
    return true;
}

/*
 * The thread begins with a flush: a server that is killed again and again gets
 * on all the same. What takes longer than it may is left to the thread.
 */
static enum err replay(struct pipeline *p, struct ledger *ledger)
{
    struct core *core = p->core;
    int64_t until_us =
        core->options.replay_ms
            ? monotonic_us() + core->options.replay_ms * INT64_C(1000)
            : INT64_MAX;
    uint64_t from = core->applied + 1;
    struct ledger_cursor *cursor = NULL;
    struct ledger_record record;
    enum err err;

    if (core->applied > ledger_last(ledger)) {
        log_error("the store is ahead of its ledger: is this its ledger?",
                  "store=%llu ledger=%llu", (unsigned long long)core->applied,
                  (unsigned long long)ledger_last(ledger));
        return ERR_CONFLICT;
    }
    if (ledger_first(ledger) > from) {
        log_warn("records before the ledger's first are not replayed",
                 "from=%llu first=%llu", (unsigned long long)from,
                 (unsigned long long)ledger_first(ledger));
        from = ledger_first(ledger);
    }
    err = ledger_cursor_open(ledger, from, &cursor);
    while (!err && !(err = ledger_cursor_next(cursor, &record))) {
        if (!replay_record(p, &record, until_us) || !may_replay(p, until_us))
            break;
    }
    p->let_go = ledger_last(ledger);
    p->behind = !err && core->applied < p->let_go;
    ledger_cursor_close(cursor);
    return err == ERR_NOT_FOUND ? OK : err;
}

/* ---- interface ---- */

static void pipeline_free(struct pipeline *p)
{
    core_free(p->core);
    ledger_cursor_close(p->cursor);
    pthread_mutex_destroy(&p->lock);
    pthread_cond_destroy(&p->work);
    pthread_cond_destroy(&p->room);
    pthread_cond_destroy(&p->progress);
    free(p->queue);
    free(p);
}

static void conditions_init(struct pipeline *p)
{
    pthread_condattr_t monotonic;

    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->work, &monotonic);
    pthread_cond_init(&p->room, &monotonic);
    pthread_cond_init(&p->progress, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

enum err pipeline_start(const struct pipeline_options *options,
                        struct ledger *ledger, struct series *series,
                        struct registry *registry,
                        struct verdict_store *verdicts, struct pipeline **out)
{
    struct pipeline *p = memory_new(1, sizeof(*p));
    enum err err;

    conditions_init(p);
    p->queue_max = options->queue_max ? options->queue_max : 1;
    p->queue = memory_new(p->queue_max, sizeof(struct ledger_batch *));
    p->ledger = ledger;
    err = core_new(options, series, registry, verdicts, &p->core);
    p->flush_at_us = monotonic_us() + (int64_t)options->flush_s * 1000000;
    if (!err && ledger)
        err = replay(p, ledger);
    if (!err) {
        if (p->core->changed && p->retry_s == 0)
            p->flush_at_us = monotonic_us();
        publish(p);
        if (pthread_create(&p->thread, NULL, run, p))
            err = ERR_IO;
    }
    if (err) {
        pipeline_free(p);
        return err;
    }
    *out = p;
    return OK;
}

/* The lock is held. */
static void give_way(struct pipeline *p)
{
    if (!p->giving_way)
        p->pass_at_us = monotonic_us() + (int64_t)GIVE_WAY_S * 1000000;
    p->giving_way = true;
    pthread_cond_broadcast(&p->work);
}

void pipeline_give_way(struct pipeline *p)
{
    pthread_mutex_lock(&p->lock);
    give_way(p);
    pthread_mutex_unlock(&p->lock);
}

void pipeline_stop(struct pipeline *p)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->stopping = true;
    give_way(p);
    pthread_mutex_unlock(&p->lock);
    pthread_join(p->thread, NULL);
    pipeline_free(p);
}

/* Leaves a batch to be read from the ledger. The lock is held. */
static void let_go(struct pipeline *p, const struct ledger_batch *batch)
{
    uint64_t last =
        batch->count ? batch->records[batch->count - 1].sequence : 0;

    if (!p->behind)
        pthread_cond_signal(&p->work);
    p->behind = true;
    if (last > p->let_go)
        p->let_go = last;
}

void pipeline_take(void *pipeline, struct ledger_batch *batch)
{
    struct pipeline *p = pipeline;

    pthread_mutex_lock(&p->lock);
    if (p->ledger && (p->behind || p->queued == p->queue_max)) {
        let_go(p, batch);
        pthread_mutex_unlock(&p->lock);
        if (batch->release)
            batch->release(batch);
        return;
    }
    while (p->queued == p->queue_max && !p->stopping)
        pthread_cond_wait(&p->room, &p->lock);
    assert(p->queued < p->queue_max); /* the writer stops before us */
    p->queue[(p->queue_first + p->queued) % p->queue_max] = batch;
    p->queued++;
    pthread_mutex_unlock(&p->lock);
    pthread_cond_signal(&p->work);
}

void pipeline_listen(struct pipeline *p, pipeline_listener listener,
                     void *context)
{
    pthread_mutex_lock(&p->lock);
    assert(p->listener_count < PIPELINE_LISTENERS_MAX);
    p->listeners[p->listener_count].tell = listener;
    p->listeners[p->listener_count].context = context;
    p->listener_count++;
    pthread_mutex_unlock(&p->lock);
}

uint64_t pipeline_applied(const struct pipeline *pipeline)
{
    return __atomic_load_n(&pipeline->applied, __ATOMIC_ACQUIRE);
}

enum err pipeline_wait(struct pipeline *p, uint64_t sequence, int timeout_ms)
{
    struct timespec until =
        timespec_of(monotonic_us() + (int64_t)timeout_ms * 1000);
    bool there;
    int code = 0;

    pthread_mutex_lock(&p->lock);
    while (p->applied < sequence && code == 0)
        code = pthread_cond_timedwait(&p->progress, &p->lock, &until);
    there = p->applied >= sequence;
    pthread_mutex_unlock(&p->lock);
    return there ? OK : ERR_TIMEOUT;
}

void pipeline_counters(struct pipeline *p, struct pipeline_counters *out)
{
    pthread_mutex_lock(&p->lock);
    *out = p->counters;
    out->queued = p->queued;
    pthread_mutex_unlock(&p->lock);
}

void pipeline_run(struct pipeline *p, void (*fn)(void *context), void *context)
{
    struct job job = {.fn = fn, .context = context};
    struct job **last;

    pthread_mutex_lock(&p->lock);
    last = &p->jobs;
    while (*last)
        last = &(*last)->next;
    *last = &job;
    pthread_cond_signal(&p->work);
    while (!job.done)
        pthread_cond_wait(&p->progress, &p->lock);
    pthread_mutex_unlock(&p->lock);
}
