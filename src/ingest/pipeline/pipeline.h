/*
 * pipeline - the one thread behind the ledger: quality -> series -> derive ->
 * assess, record by record in ledger order, then it tells who listens.
 *
 * Everything it does follows from the records and their arrival times alone
 * (ticks carry the time when nothing comes), so that replaying the ledger after
 * a crash gives the same blocks and verdicts, byte for byte.
 */
#ifndef PIPELINE_H
#define PIPELINE_H

#include "base/arena.h"
#include "storage/ledger/writer.h"
#include "storage/registry/registry.h"
#include "storage/series/series.h"

struct pipeline;

struct pipeline_options {
    size_t queue_max;       /* batches waiting; then the ledger waits */
    size_t flush_readings;  /* flush when so many are unflushed */
    int flush_s;            /* and at least so often when anything changed */
    int grace_s;            /* after a period's end before it is computed, 120 */
    int future_s;           /* a DataTime further ahead is FUTURE, 600 */
};

/* What listeners are told; valid during the call. */
enum pipeline_event_kind {
    EVENT_READING,
    EVENT_VERDICT,
};

struct verdict;

struct pipeline_event {
    enum pipeline_event_kind kind;
    channel_id channel;
    const struct reading *reading;
    const struct verdict *verdict;
    int32_t point, site;
};

typedef void (*pipeline_listener)(void *context,
                                  const struct pipeline_event *events,
                                  size_t count);

/*
 * Opens, replays what the store does not have yet (from series_applied() to
 * the ledger's end), then starts the thread.
 */
enum err pipeline_start(const struct pipeline_options *options,
                        struct ledger *ledger, struct series *series,
                        struct registry *registry,
                        struct pipeline **out) MUST_CHECK;

/* Applies what is queued, flushes, ends the thread. */
void pipeline_stop(struct pipeline *pipeline);

/* The writer's next(): waits when the queue is full. */
void pipeline_take(void *pipeline, struct ledger_batch *batch);

void pipeline_listen(struct pipeline *pipeline, pipeline_listener listener,
                     void *context);

/* Records applied so far: the last ledger sequence. */
uint64_t pipeline_applied(const struct pipeline *pipeline);

/* Runs fn on the pipeline's thread between batches and waits for it. */
void pipeline_run(struct pipeline *pipeline, void (*fn)(void *context),
                  void *context);

#endif
