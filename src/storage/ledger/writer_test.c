#include "storage/ledger/testing.h"
#include "storage/ledger/writer.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

enum { SMALL = 256 << 10, PRODUCERS = 8, BATCHES = 200, EACH = 5 };

enum { ALL = PRODUCERS * BATCHES * EACH };

struct kept { /* a batch with its records, owned by itself */
    struct ledger_batch batch;
    struct ledger_record records[EACH];
    char texts[EACH][32];
};

static atomic_int released;
static atomic_int told;
static atomic_int refused;

static void count_done(struct ledger_batch *batch)
{
    atomic_fetch_add(batch->err ? &refused : &told, 1);
}

static void count_release(struct ledger_batch *batch)
{
    atomic_fetch_add(&released, 1);
    free(batch->owner);
}

static struct kept *make_batch(int producer, int number)
{
    struct kept *k = memory_new(1, sizeof(*k));

    for (int i = 0; i < EACH; i++) {
        snprintf(k->texts[i], sizeof(k->texts[i]), "%d", number * EACH + i);
        k->records[i] = (struct ledger_record){.source = (uint32_t)producer,
                                               .kind = LEDGER_FRAME,
                                               .payload = span_of(k->texts[i])};
    }
    k->batch = (struct ledger_batch){.records = k->records,
                                     .count = EACH,
                                     .done = count_done,
                                     .release = count_release,
                                     .owner = k};
    return k;
}

static void counters_reset(void)
{
    atomic_store(&released, 0);
    atomic_store(&told, 0);
    atomic_store(&refused, 0);
}

struct producer {
    struct ledger_writer *writer;
    int number;
};

static void *produce(void *context)
{
    struct producer *p = context;

    for (int i = 0; i < BATCHES; i++) {
        struct kept *k = make_batch(p->number, i);

        while (ledger_writer_submit(p->writer, &k->batch) == ERR_FULL)
            sched_yield();
    }
    return NULL;
}

struct taken { /* what next() saw */
    uint64_t last_sequence;
    int64_t last_us;
    int batches, ticks;
    bool in_order;
    bool told_before;
};

static void take(void *context, struct ledger_batch *batch)
{
    struct taken *t = context;

    for (size_t i = 0; i < batch->count; i++) {
        const struct ledger_record *r = &batch->records[i];

        if (r->arrival_us < t->last_us)
            t->in_order = false;
        t->last_us = r->arrival_us;
        if (r->kind == LEDGER_TICK) {
            t->ticks++;
            t->in_order = t->in_order && r->sequence == t->last_sequence;
            continue;
        }
        if (r->sequence != t->last_sequence + 1)
            t->in_order = false;
        t->last_sequence = r->sequence;
    }
    if (batch->records[0].kind != LEDGER_TICK) {
        t->batches++;
        if (atomic_load(&told) < t->batches)
            t->told_before = false;
    }
    batch->release(batch);
}

TEST(batches_of_many_producers_are_on_disk_in_their_order)
{
    const char *dir = test_ledger();
    struct ledger *l = test_open(dir, SMALL);
    struct taken taken = {.in_order = true, .told_before = true};
    struct ledger_writer *w = ledger_writer_start(l, take, &taken, 0);
    struct producer producers[PRODUCERS];
    pthread_t threads[PRODUCERS];
    int expected[PRODUCERS] = {0};
    struct ledger_cursor *c = NULL;
    struct ledger_record r;

    counters_reset();
    for (int i = 0; i < PRODUCERS; i++) {
        producers[i] = (struct producer){w, i};
        CHECK_INT(pthread_create(&threads[i], NULL, produce, &producers[i]), 0);
    }
    for (int i = 0; i < PRODUCERS; i++)
        pthread_join(threads[i], NULL);
    ledger_writer_stop(w);
    CHECK_INT(atomic_load(&told), PRODUCERS * BATCHES);
    CHECK_INT(atomic_load(&released), PRODUCERS * BATCHES);
    CHECK_INT(taken.batches, PRODUCERS * BATCHES);
    CHECK(taken.in_order);
    CHECK(taken.told_before);
    CHECK_INT(ledger_last(l), ALL);
    CHECK_INT(ledger_cursor_open(l, 1, &c), OK);
    while (ledger_cursor_next(c, &r) == OK) {
        char text[32];

        snprintf(text, sizeof(text), "%d", expected[r.source]++);
        CHECK_SPAN(r.payload, text);
    }
    for (int i = 0; i < PRODUCERS; i++)
        CHECK_INT(expected[i], BATCHES * EACH);
    ledger_cursor_close(c);
    ledger_close(l);
    test_verifies(dir, ALL);
}

TEST(one_record_is_durable_when_the_call_returns)
{
    const char *dir = test_ledger();
    struct ledger *l = test_open(dir, SMALL);
    struct ledger_writer *w = ledger_writer_start(l, NULL, NULL, 0);
    uint64_t sequence = 0;

    CHECK_INT(ledger_writer_append(w, LEDGER_ACCOUNT, 3, SPAN("{}"), &sequence),
              OK);
    CHECK_INT(sequence, 1);
    CHECK_INT(ledger_last(l), 1);
    CHECK_INT(ledger_writer_append(w, LEDGER_ACCOUNT, 3,
                                   (struct span){"", LEDGER_PAYLOAD_MAX + 1},
                                   &sequence),
              ERR_TOO_LARGE);
    ledger_writer_stop(w);
    ledger_close(l);
}

struct gate { /* a next() that is full until it is opened */
    pthread_mutex_t lock;
    pthread_cond_t opened;
    bool open;
    int taken;
};

static void take_when_open(void *context, struct ledger_batch *batch)
{
    struct gate *gate = context;

    pthread_mutex_lock(&gate->lock);
    while (!gate->open)
        pthread_cond_wait(&gate->opened, &gate->lock);
    gate->taken++;
    pthread_mutex_unlock(&gate->lock);
    batch->release(batch);
}

TEST(a_full_pipeline_makes_submit_say_full_and_loses_nothing)
{
    const char *dir = test_ledger();
    struct ledger *l = test_open(dir, 8 << 20);
    struct gate gate = {.lock = PTHREAD_MUTEX_INITIALIZER,
                        .opened = PTHREAD_COND_INITIALIZER};
    struct ledger_writer *w = ledger_writer_start(l, take_when_open, &gate, 0);
    static char large[LEDGER_PAYLOAD_MAX];
    int accepted = 0;
    enum err err = OK;

    counters_reset();
    while (!err && accepted < 1000) {
        struct kept *k = make_batch(1, accepted);

        k->records[0].payload = (struct span){large, sizeof(large)};
        err = ledger_writer_submit(w, &k->batch);
        if (err)
            free(k);
        else
            accepted++;
    }
    CHECK_INT(err, ERR_FULL);
    CHECK(accepted >= 16 && accepted < 100);
    pthread_mutex_lock(&gate.lock);
    gate.open = true;
    pthread_cond_broadcast(&gate.opened);
    pthread_mutex_unlock(&gate.lock);
    ledger_writer_stop(w);
    CHECK_INT(gate.taken, accepted);
    CHECK_INT(atomic_load(&released), accepted);
    CHECK_INT(ledger_last(l), accepted * EACH);
    ledger_close(l);
}

TEST(time_ticks_while_nothing_comes)
{
    const char *dir = test_ledger();
    struct ledger *l = test_open(dir, SMALL);
    struct gate gate = {.lock = PTHREAD_MUTEX_INITIALIZER,
                        .opened = PTHREAD_COND_INITIALIZER,
                        .open = true};
    struct ledger_writer *w = ledger_writer_start(l, take_when_open, &gate, 1);
    int taken = 0;

    while (taken < 3) {
        sched_yield();
        pthread_mutex_lock(&gate.lock);
        taken = gate.taken;
        pthread_mutex_unlock(&gate.lock);
    }
    ledger_writer_stop(w);
    CHECK_INT(ledger_last(l), 0); /* ticks are not on disk */
    ledger_close(l);
}
