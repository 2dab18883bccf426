/*
 * writer - the ledger's own thread: group commit. Whoever has records hands in
 * a batch and goes on; the thread gathers what has come, appends it, syncs
 * once, and tells each batch's owner. Batches of one producer keep their order.
 * After the sync, batches are handed on to `next` in ledger order (the
 * pipeline's queue); next() may wait (back pressure) or let a batch go.
 *
 * Ownership: a batch belongs to the writer from submit until done() is called;
 * done() runs on the writer's thread, after the sync and before the batch goes
 * to next(); next() takes the batch over. Whoever holds it last calls
 * release(): the pipeline when it has applied the batch, the writer itself when
 * there is no next or the batch is not on disk (err).
 */
#ifndef LEDGER_WRITER_H
#define LEDGER_WRITER_H

#include "storage/ledger/ledger.h"

struct ledger_batch {
    struct ledger_record *records;
    size_t count;
    enum err err; /* why it is not on disk; set before done() */
    void (*done)(struct ledger_batch *batch);    /* may be NULL */
    void (*release)(struct ledger_batch *batch); /* frees it; any thread */
    void *owner;                                 /* for done() and release() */
    struct ledger_batch *link;                   /* the writer's */
};

struct ledger_writer;

/*
 * `next` may be NULL. A tick (a batch of one LEDGER_TICK record that is not
 * written) goes to next() about every `tick_ms` while nothing else does, so
 * that time passes downstream in ledger order; 0 sends none.
 */
struct ledger_writer *ledger_writer_start(struct ledger *ledger,
                                          void (*next)(void *context,
                                                       struct ledger_batch *b),
                                          void *context, int tick_ms);

/* Writes what was handed in, then ends the thread. */
void ledger_writer_stop(struct ledger_writer *writer);

/*
 * Never blocks. ERR_FULL when too many bytes wait: the producer stops reading
 * its sockets and tries again when a done() has come.
 */
enum err ledger_writer_submit(struct ledger_writer *writer,
                              struct ledger_batch *batch) MUST_CHECK;

/* One record, durable when this returns. For API threads. */
enum err ledger_writer_append(struct ledger_writer *writer,
                              enum ledger_kind kind, uint32_t source,
                              struct span payload,
                              uint64_t *out_sequence) MUST_CHECK;

#endif
