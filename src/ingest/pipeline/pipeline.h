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
struct verdict_store;

struct pipeline_options {
    size_t queue_max;      /* batches waiting; the rest from the ledger */
    size_t flush_readings; /* flush when so many are unflushed */
    size_t flush_bytes;    /* or take so much memory */
    int flush_s;           /* and at least so often when anything changed */
    int grace_s;           /* after a period's end before it is computed, 120 */
    int future_s;          /* a DataTime further ahead is FUTURE, 600 */
    int settle_s;          /* a late change is worked in with others, 10 */
    int replay_ms;         /* so long start replays itself; 0: to the end */
};

/* What serve uses: every number above. */
struct pipeline_options pipeline_defaults(void);

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
 * An overlay is a LEDGER_OVERLAY record, so that it is replayed in its place:
 *
 *     {"op":"add","channel":17,"kind":"invalidate|replace|mark|approve",
 *      "from":1790000000,"to":1790003600,"value":"35.0","mark":"M",
 *      "reason":"...","who":"..."}
 *     {"op":"undo","channel":17,"id":3,"who":"..."}
 *
 * from, to: period starts in UTC seconds, to exclusive; value with replace,
 * mark (one letter) with mark. The moment is the record's arrival. The API
 * checks with pipeline_overlay_check, appends the record, waits until
 * pipeline_applied reaches its sequence, and finds the overlay by its `at_us`.
 * A record that is not such is counted and passed over.
 */
enum err pipeline_overlay_check(struct series *series, struct span json,
                                const char **why) MUST_CHECK;

/*
 * Opens, replays what the store does not have yet (from series_applied() to
 * the ledger's end), then starts the thread. After options.replay_ms the
 * thread goes on with the replay.
 */
enum err pipeline_start(const struct pipeline_options *options,
                        struct ledger *ledger, struct series *series,
                        struct registry *registry,
                        struct verdict_store *verdicts,
                        struct pipeline **out) MUST_CHECK;

/*
 * Said before the others stop, so that nobody waits long for this one. What was
 * taken is applied for some seconds more; then, or at once while the store
 * takes nothing (a full disk), it is released without being applied, and so is
 * all that comes after it. The ledger has it, and the next start replays it.
 */
void pipeline_give_way(struct pipeline *pipeline);

/* Gives way, flushes, ends the thread. */
void pipeline_stop(struct pipeline *pipeline);

/*
 * The writer's next(). When the queue is full the batch is let go and read
 * from the ledger later: answers to devices do not wait for us. Without a
 * ledger it waits.
 */
void pipeline_take(void *pipeline, struct ledger_batch *batch);

/* At most PIPELINE_LISTENERS_MAX; called on the pipeline's thread. */
enum { PIPELINE_LISTENERS_MAX = 8 };
void pipeline_listen(struct pipeline *pipeline, pipeline_listener listener,
                     void *context);

/* Records applied so far: the last ledger sequence. */
uint64_t pipeline_applied(const struct pipeline *pipeline);

/* Waits until that record is applied; ERR_TIMEOUT. */
enum err pipeline_wait(struct pipeline *pipeline, uint64_t sequence,
                       int timeout_ms) MUST_CHECK;

/* Since start; for the metrics. */
struct pipeline_counters {
    uint64_t records, frames, readings, corrected, same;
    uint64_t computed, verdicts, verdicts_changed;
    uint64_t verdict_failures; /* not judged: the store could not be read */
    uint64_t overlays;
    uint64_t unreadable; /* frames and JSON that do not decode, odd kinds */
    uint64_t unknown_device, no_time; /* frames that carry no reading */
    uint64_t odd_names; /* values whose name is no factor of ours */
    uint64_t flushes, flush_failures;
    int64_t last_flush_us; /* how long the last flush took */
    size_t queued;         /* batches waiting */
    size_t pending;        /* periods waiting to be computed or judged */
    size_t unflushed;      /* readings */
    uint64_t behind;       /* records still to be read from the ledger */
};

void pipeline_counters(struct pipeline *pipeline,
                       struct pipeline_counters *out);

/*
 * Runs fn on the pipeline's thread between batches and waits for it. Not from
 * that thread itself.
 */
void pipeline_run(struct pipeline *pipeline, void (*fn)(void *context),
                  void *context);

#endif
