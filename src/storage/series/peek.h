/*
 * peek - stored blocks that the writer keeps open, for late and repeated data
 * and for what it computes from readings that are no longer in memory. Also
 * remembers of a span that nothing is stored.
 *
 * The least recently used go when there are too many or their rows are. A
 * flush forgets what it wrote anew. The writer's thread alone.
 */
#ifndef SERIES_PEEK_H
#define SERIES_PEEK_H

#include "storage/series/block.h"

enum {
    PEEKS = 1024,
    PEEK_ROWS_MAX = 1 << 18, /* in all; some 100 bytes each */
};

struct peek {
    channel_id channel; /* 0: free */
    int64_t from_s, to_s;
    bool damaged;          /* it did not open: columns are empty */
    uint32_t next;         /* in its bucket: index + 1 */
    uint32_t older, newer; /* by use: index */
    struct buf bytes;      /* what texts borrow from */
    struct columns columns;
};

struct peeks {
    struct peek at[PEEKS];
    uint32_t bucket[PEEKS]; /* index + 1; 0: none */
    uint32_t last[PEEKS];   /* by channel: index of its last one, perhaps */
    uint32_t newest, oldest;
    size_t rows; /* room for so many in all */
};

struct series;

void peeks_init(struct peeks *peeks);
void peeks_done(struct peeks *peeks);

/* Forgets those of channels that a flush has written, or all. */
void peeks_forget_dirty(struct series *series);
void peeks_forget_all(struct series *series);

/*
 * The span that holds a start, as it is stored; without readings when nothing
 * is. Damage is logged when the block is first looked at. Lives until the next
 * call.
 */
const struct peek *peek_at(struct series *series, channel_id channel,
                           int64_t start_s);

#endif
