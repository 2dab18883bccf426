/*
 * arena - memory for one piece of work (a request, a batch, a report): taken
 * piece by piece, given back all at once. Pieces are aligned for any type and
 * never move. The owner calls arena_done; arena_clear keeps the memory for the
 * next piece of work.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/span.h"

struct arena {
    struct arena_chunk *first;
    struct arena_chunk *now;
};

void arena_init(struct arena *a);
void arena_done(struct arena *a);
void arena_clear(struct arena *a);

/* Not zeroed. */
void *arena_take(struct arena *a, size_t bytes)
    __attribute__((returns_nonnull));

/* Zeroed. */
void *arena_new(struct arena *a, size_t count, size_t size)
    __attribute__((returns_nonnull));

/* A terminated copy; .at is a C text too. */
struct span arena_copy(struct arena *a, struct span s);

/* A formatted text. */
const char *arena_printf(struct arena *a, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
