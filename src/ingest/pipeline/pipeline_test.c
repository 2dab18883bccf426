/*
 * pipeline_test - the thread: batches from the ledger's writer, waiting,
 * listeners, replay from a real ledger, a store that takes nothing.
 */
#include "ingest/pipeline/kit_test.h"

#include "base/memory.h"
#include "quality/quality.h"
#include "storage/ledger/writer.h"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>

struct parts {
    struct kit kit; /* its core is not used: the pipeline has its own */
    struct ledger *ledger;
    struct ledger_writer *writer;
    struct pipeline *pipeline;
};

static void parts_open(struct parts *p)
{
    struct ledger_options options = {.no_sync = true, .segment_bytes = 1 << 20};

    CHECK_INT(ledger_open(kit_path(&p->kit, "ledger"), &options, &p->ledger),
              OK);
    CHECK_INT(pipeline_start(&p->kit.options, p->ledger, p->kit.series,
                             p->kit.registry, p->kit.verdicts, &p->pipeline),
              OK);
    p->writer = ledger_writer_start(p->ledger, pipeline_take, p->pipeline, 20);
}

static void parts_close(struct parts *p)
{
    ledger_writer_stop(p->writer);
    pipeline_stop(p->pipeline);
    ledger_close(p->ledger);
}

static void parts_init(struct parts *p)
{
    kit_init(&p->kit);
    CHECK_INT(ledger_init(kit_path(&p->kit, "ledger")), OK);
    parts_open(p);
}

static void parts_done(struct parts *p)
{
    parts_close(p);
    kit_done(&p->kit);
}

static uint64_t send(struct parts *p, int64_t time_s, const char *items)
{
    uint64_t sequence = 0;

    kit_encode(&p->kit, "AIR-1", 2061, time_s, items);
    CHECK_INT(ledger_writer_append(p->writer, LEDGER_FRAME,
                                   (uint32_t)kit_device(&p->kit, "AIR-1"),
                                   buf_span(&p->kit.frame), &sequence),
              OK);
    return sequence;
}

struct heard {
    size_t readings, verdicts;
    int32_t site;
    int rating;
};

static void hear(void *context, const struct pipeline_event *events,
                 size_t count)
{
    struct heard *heard = context;

    for (size_t i = 0; i < count; i++) {
        if (events[i].kind == EVENT_READING) {
            heard->readings++;
            heard->site = events[i].site;
        } else {
            heard->verdicts++;
            heard->rating = events[i].verdict->rating;
        }
    }
}

static void nothing(void *context)
{
    *(int *)context += 1;
}

TEST(what_the_writer_hands_on_is_applied_and_told)
{
    struct parts p;
    struct heard heard = {0};
    struct pipeline_counters counters;
    uint64_t last = 0;
    int ran = 0;

    parts_init(&p);
    pipeline_listen(p.pipeline, hear, &heard);
    pipeline_run(p.pipeline, nothing, &ran);
    CHECK_INT(ran, 1);
    send(&p, at("2026-04-01 07:00"), "a34004-Avg=34,a34004-Flag=N");
    for (int h = 0; h < 5; h++)
        last = send(&p, at("2026-04-01 08:00") + h * HOUR_S,
                    "a34004-Avg=79,a34004-Flag=N");
    CHECK_INT(pipeline_wait(p.pipeline, last, 10000), OK);
    pipeline_run(p.pipeline, nothing, &ran); /* behind the telling */
    pipeline_counters(p.pipeline, &counters);
    CHECK_INT(counters.records, 6);
    CHECK_INT(counters.readings, 6);
    CHECK_INT(heard.readings, 6);
    CHECK_INT(heard.site, kit_site(&p.kit, "AIR-1"));
    CHECK_INT(pipeline_applied(p.pipeline), last);
    CHECK_INT(pipeline_wait(p.pipeline, last + 1, 1), ERR_TIMEOUT);
    parts_done(&p);
}

/* On the pipeline's own thread, so that it cannot take any of them. */
static void send_many(void *context)
{
    struct parts *p = context;

    for (int h = 0; h < 300; h++)
        send(p, at("2026-04-01 08:00") + h * HOUR_S,
             "a34004-Avg=79,a34004-Flag=N");
}

TEST(nobody_waits_for_a_full_queue_and_what_was_let_go_is_read_later)
{
    struct parts p;
    struct heard heard = {0};
    struct pipeline_counters counters;
    int ran = 0;

    kit_init(&p.kit);
    p.kit.options.queue_max = 2;
    CHECK_INT(ledger_init(kit_path(&p.kit, "ledger")), OK);
    parts_open(&p);
    pipeline_listen(p.pipeline, hear, &heard);
    for (uint64_t round = 1; round <= 2; round++) {
        pipeline_run(p.pipeline, send_many, &p);
        CHECK_INT(ledger_last(p.ledger), round * 300);
        CHECK_INT(pipeline_wait(p.pipeline, round * 300, 20000), OK);
    }
    /* and now batches come by the queue again */
    CHECK_INT(pipeline_wait(p.pipeline,
                            send(&p, at("2026-05-01 08:00"), "a34004-Avg=1"),
                            20000),
              OK);
    pipeline_run(p.pipeline, nothing, &ran); /* behind the telling */
    pipeline_counters(p.pipeline, &counters);
    CHECK_INT(counters.records, 601);
    CHECK_INT(counters.same, 300); /* the second round told nothing new */
    CHECK_INT(counters.behind, 0);
    parts_close(&p);
    CHECK(heard.readings >= 301);
    CHECK_INT(series_applied(p.kit.series), 601);
    kit_done(&p.kit);
}

TEST(what_is_let_go_at_the_end_is_applied_before_the_stop)
{
    struct parts p;

    kit_init(&p.kit);
    p.kit.options.queue_max = 1;
    CHECK_INT(ledger_init(kit_path(&p.kit, "ledger")), OK);
    parts_open(&p);
    pipeline_run(p.pipeline, send_many, &p);
    parts_close(&p);
    CHECK_INT(series_applied(p.kit.series), 300);
    kit_done(&p.kit);
}

TEST(stopping_flushes_and_starting_goes_on_from_there)
{
    struct parts p;
    struct pipeline_counters counters;
    uint64_t last;

    parts_init(&p);
    last = send(&p, at("2026-04-01 08:00"), "a34004-Avg=79,a34004-Flag=N");
    parts_close(&p);
    CHECK_INT(series_applied(p.kit.series), last);
    CHECK_INT(series_unflushed(p.kit.series), 0);
    parts_open(&p);
    pipeline_counters(p.pipeline, &counters);
    CHECK_INT(counters.records, 0); /* nothing to replay */
    CHECK_INT(pipeline_applied(p.pipeline), last);
    parts_done(&p);
}

TEST(what_the_store_does_not_have_is_replayed_from_the_ledger)
{
    struct parts p;
    struct pipeline_counters counters;
    struct ledger_record records[10];

    parts_init(&p);
    send(&p, at("2026-04-01 08:00"), "a34004-Avg=79,a34004-Flag=N");
    ledger_writer_stop(p.writer);
    pipeline_stop(p.pipeline);
    for (int i = 0; i < 10; i++) { /* committed, then a crash */
        kit_encode(&p.kit, "AIR-1", 2061, at("2026-04-01 09:00") + i * HOUR_S,
                   "a34004-Avg=50,a34004-Flag=N");
        records[i] = (struct ledger_record){
            .source = (uint32_t)kit_device(&p.kit, "AIR-1"),
            .kind = LEDGER_FRAME,
            .payload = arena_copy(&p.kit.arena, buf_span(&p.kit.frame)),
        };
    }
    CHECK_INT(ledger_append(p.ledger, INT64_C(1795449600000000), records, 10),
              OK);
    CHECK_INT(ledger_commit(p.ledger), OK);
    ledger_close(p.ledger);
    parts_open(&p);
    pipeline_counters(p.pipeline, &counters);
    CHECK_INT(counters.records, 10);
    CHECK_INT(pipeline_applied(p.pipeline), 11);
    kit_check(
        &p.kit,
        kit_channel(&p.kit, "AIR-1", "a34004", CADENCE_HOUR, ORIGIN_REPORTED),
        at("2026-04-01 18:00"), "50", QUALITY_BIT(BACKFILLED));
    parts_done(&p);
}

/* Else one that is killed again and again replays more each time. */
TEST(what_was_replayed_is_stored_before_the_next_flush_is_due)
{
    struct parts p;
    uint64_t last;

    parts_init(&p);
    last = send(&p, at("2026-04-01 08:00"), "a34004-Avg=79,a34004-Flag=N");
    CHECK_INT(pipeline_wait(p.pipeline, last, 10000), OK);
    parts_close(&p);
    kit_close(&p.kit); /* as if nothing had been flushed */
    CHECK_INT(unlink(kit_path(&p.kit, "series.db")), 0);
    kit_open(&p.kit);
    p.kit.options.flush_s = 3600;
    parts_open(&p);
    for (int i = 0; i < 10000 && series_applied(p.kit.series) < last; i++)
        usleep(1000);
    CHECK_INT(series_applied(p.kit.series), last);
    parts_done(&p);
}

TEST(a_long_replay_goes_on_behind_the_start)
{
    enum { COUNT = 5000 };
    struct ledger_record *records = memory_new(COUNT, sizeof(*records));
    struct parts p;

    parts_init(&p);
    ledger_writer_stop(p.writer);
    pipeline_stop(p.pipeline);
    for (int i = 0; i < COUNT; i++) {
        kit_encode(&p.kit, "AIR-1", 2051,
                   at("2026-04-01 00:00") + (int64_t)i * MINUTE_S,
                   "a34004-Avg=79,a34004-Flag=N");
        records[i] = (struct ledger_record){
            .source = (uint32_t)kit_device(&p.kit, "AIR-1"),
            .kind = LEDGER_FRAME,
            .payload = arena_copy(&p.kit.arena, buf_span(&p.kit.frame)),
        };
    }
    CHECK_INT(
        ledger_append(p.ledger, INT64_C(1795449600000000), records, COUNT), OK);
    CHECK_INT(ledger_commit(p.ledger), OK);
    ledger_close(p.ledger);
    p.kit.options.replay_ms = 1;
    p.kit.options.flush_bytes = 1; /* and that is for the thread too */
    parts_open(&p);
    CHECK_INT(pipeline_wait(p.pipeline, COUNT, 20000), OK);
    parts_close(&p);
    CHECK_INT(series_applied(p.kit.series), COUNT);
    free(records);
    kit_done(&p.kit);
}

TEST(a_store_ahead_of_its_ledger_is_refused)
{
    struct parts p;
    struct pipeline *none = NULL;

    parts_init(&p);
    send(&p, at("2026-04-01 08:00"), "a34004-Avg=79,a34004-Flag=N");
    parts_close(&p);
    CHECK_INT(ledger_init(kit_path(&p.kit, "other")), OK);
    CHECK_INT(ledger_open(kit_path(&p.kit, "other"), NULL, &p.ledger), OK);
    CHECK_INT(pipeline_start(&p.kit.options, p.ledger, p.kit.series,
                             p.kit.registry, p.kit.verdicts, &none),
              ERR_CONFLICT);
    ledger_close(p.ledger);
    kit_done(&p.kit);
}

/* ---- batches by hand ---- */

struct hand {
    struct ledger_batch batch;
    struct ledger_record record;
    int *released;
};

static void release(struct ledger_batch *batch)
{
    struct hand *hand = batch->owner;

    __atomic_add_fetch(hand->released, 1, __ATOMIC_SEQ_CST);
}

/* One frame a batch, in a queue of two, with a flush every 50 readings. */
static void feed_start(struct kit *kit, struct pipeline **pipeline)
{
    kit_init(kit);
    kit->options.queue_max = 2;
    kit->options.flush_readings = 50;
    CHECK_INT(pipeline_start(&kit->options, NULL, kit->series, kit->registry,
                             kit->verdicts, pipeline),
              OK);
}

static void feed(struct kit *kit, struct pipeline *pipeline, struct hand *hands,
                 int *released)
{
    for (int i = 0; i < 500; i++) {
        struct hand *h = &hands[i];

        kit_encode(kit, "AIR-1", 2061, at("2026-04-01 08:00") + i * HOUR_S,
                   "a34004-Avg=50,a34004-Flag=N");
        h->released = released;
        h->record = (struct ledger_record){
            .sequence = (uint64_t)i + 1,
            .arrival_us = (at("2026-06-01 08:00") + i) * 1000000,
            .source = (uint32_t)kit_device(kit, "AIR-1"),
            .kind = LEDGER_FRAME,
            .payload = arena_copy(&kit->arena, buf_span(&kit->frame)),
        };
        h->batch = (struct ledger_batch){
            .records = &h->record, .count = 1, .release = release, .owner = h};
        pipeline_take(pipeline, &h->batch);
    }
}

TEST(every_batch_is_released_and_a_short_queue_only_waits)
{
    static struct hand hands[500];
    struct kit kit;
    struct pipeline *pipeline;
    int released = 0;

    feed_start(&kit, &pipeline);
    feed(&kit, pipeline, hands, &released);
    CHECK_INT(pipeline_wait(pipeline, 500, 20000), OK);
    pipeline_stop(pipeline);
    CHECK_INT(released, 500);
    CHECK_INT(series_applied(kit.series), 500);
    kit_done(&kit);
}

struct feeding {
    struct kit *kit;
    struct pipeline *pipeline;
    struct hand *hands;
    int released;
};

static void *feed_thread(void *context)
{
    struct feeding *f = context;

    feed(f->kit, f->pipeline, f->hands, &f->released);
    return NULL;
}

static void disk_full(bool full)
{
    struct rlimit limit;

    signal(SIGXFSZ, SIG_IGN);
    CHECK_INT(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = full ? 4096 : limit.rlim_max;
    CHECK_INT(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/*
 * Until the disk has refused a flush and a hundred readings, computed ones with
 * them, stay in memory: then nothing more is taken. The thread may be slow.
 */
static void wait_until_full(struct pipeline *pipeline)
{
    struct pipeline_counters counters;

    for (int i = 0; i < 2000; i++) {
        pipeline_counters(pipeline, &counters);
        if (counters.flush_failures > 0 && counters.unflushed >= 100)
            return;
        usleep(10000);
    }
    fail_msg("memory was not full of readings in 20 s");
}

TEST(a_full_disk_is_back_pressure_and_then_goes_on)
{
    static struct hand hands[500];
    struct kit kit;
    struct feeding f = {.kit = &kit, .hands = hands};
    pthread_t feeder;

    feed_start(&kit, &f.pipeline);
    disk_full(true);
    CHECK_INT(pthread_create(&feeder, NULL, feed_thread, &f), 0);
    wait_until_full(f.pipeline);
    CHECK_INT(pipeline_wait(f.pipeline, 400, 300), ERR_TIMEOUT);
    disk_full(false);
    CHECK_INT(pipeline_wait(f.pipeline, 500, 60000), OK);
    CHECK_INT(pthread_join(feeder, NULL), 0);
    pipeline_stop(f.pipeline);
    CHECK_INT(f.released, 500);
    CHECK_INT(series_applied(kit.series), 500);
    kit_done(&kit);
}

TEST(a_stop_does_not_wait_for_a_full_disk)
{
    static struct hand hands[500];
    struct kit kit;
    struct feeding f = {.kit = &kit, .hands = hands};
    pthread_t feeder;
    uint64_t applied;

    feed_start(&kit, &f.pipeline);
    disk_full(true);
    CHECK_INT(pthread_create(&feeder, NULL, feed_thread, &f), 0);
    wait_until_full(f.pipeline);
    CHECK_INT(pipeline_wait(f.pipeline, 400, 300), ERR_TIMEOUT);
    pipeline_give_way(f.pipeline);
    CHECK_INT(pthread_join(feeder, NULL), 0); /* nobody is held up */
    applied = pipeline_applied(f.pipeline);
    CHECK(applied >= 10 && applied < 400);
    disk_full(false);
    pipeline_stop(f.pipeline);
    CHECK_INT(f.released, 500);
    /* what was applied is stored and has no hole: the rest is replayed */
    CHECK_INT(series_applied(kit.series), applied);
    kit_done(&kit);
}
