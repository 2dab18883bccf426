/*
 * grouping - numbers 0, 1, 2 ... that come with a key each, gathered by equal
 * keys. Groups stand in the order of their first member, members in their own
 * order.
 *
 *     for (size_t i = g->groups[k].first; i != GROUPING_END; i = g->next[i])
 */
#ifndef ASSESS_GROUPING_H
#define ASSESS_GROUPING_H

#include "base/arena.h"

#include <stdint.h>

#define GROUPING_END SIZE_MAX

struct group {
    struct span key;
    size_t first, last, count;
};

struct grouping {
    struct arena keys;
    struct group *groups;
    size_t count, cap;
    size_t *next; /* of each member */
    size_t members, next_cap;
    size_t *slots; /* open addressing; group + 1, 0: free */
    size_t slot_count;
};

void grouping_init(struct grouping *g);
void grouping_done(struct grouping *g);

/* The next member; its key is copied when it is new. */
void grouping_add(struct grouping *g, struct span key);

#endif
