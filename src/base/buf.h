/*
 * buf - bytes that grow up to a named maximum. What would pass the maximum is
 * not written and the buffer says so from then on (`full`), so that a writer
 * checks once, at the end. Always terminated by a NUL that len does not count.
 * The owner calls buf_done; running out of memory aborts.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/span.h"

struct buf {
    char *at;
    size_t len;
    size_t cap;
    size_t max; /* bytes it may ever hold */
    bool full;  /* something did not fit */
};

void buf_init(struct buf *b, size_t max);
void buf_done(struct buf *b);

/* Empties it and keeps the memory; `full` is forgotten. */
void buf_clear(struct buf *b);

/* Room for `more` further bytes behind len, or NULL and `full`. */
char *buf_room(struct buf *b, size_t more);

void buf_add(struct buf *b, struct span s);
void buf_char(struct buf *b, char c);
void buf_text(struct buf *b, const char *text);
void buf_printf(struct buf *b, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Drops the first `count` bytes. */
void buf_eat(struct buf *b, size_t count);

static inline struct span buf_span(const struct buf *b)
{
    return (struct span){b->at, b->len};
}

#endif
