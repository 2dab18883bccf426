/*
 * pending - the periods that wait to be computed or judged: a set keyed by
 * point, step and period, so that a thousand changes of one period make one
 * computation, with the moment from which each may be done.
 *
 * Items come out by due moment, then step, point and period: an order that
 * follows from the items alone. It is part of what a flush keeps.
 */
#ifndef PIPELINE_PENDING_H
#define PIPELINE_PENDING_H

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

#include <stdint.h>

struct pending_item {
    int64_t due_s;
    int64_t start_s;
    int32_t point;
    int32_t step;   /* derive first, then judging; see core.h */
    uint64_t lanes; /* which factors of the point: bit of a lane */
    uint64_t cause; /* ledger sequence of the last change */
};

struct pending {
    struct pending_item *slots; /* open addressing; point 0: free */
    size_t slot_count;          /* a power of two */
    struct pending_node *heap;
    size_t count, heap_cap;
};

void pending_init(struct pending *p);
void pending_done(struct pending *p);

/*
 * Adds, or joins the lanes and the later cause to what waits already; the due
 * moment of a waiting item stays.
 */
void pending_add(struct pending *p, const struct pending_item *item);

/* The earliest due moment; INT64_MAX when nothing waits. */
int64_t pending_next(const struct pending *p);

/* Takes the first item; false when nothing waits. */
bool pending_take(struct pending *p, struct pending_item *out);

/* The set as bytes and back. ERR_CORRUPT leaves it empty. */
void pending_encode(const struct pending *p, struct buf *out);
enum err pending_decode(struct pending *p, struct span bytes) MUST_CHECK;

#endif
