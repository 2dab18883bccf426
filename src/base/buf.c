#include "base/buf.h"

#include "base/memory.h"

#include <stdarg.h>
#include <stdio.h>

void buf_init(struct buf *b, size_t max)
{
    *b = (struct buf){.max = max};
}

void buf_done(struct buf *b)
{
    free(b->at);
    *b = (struct buf){.max = b->max};
}

void buf_clear(struct buf *b)
{
    b->len = 0;
    b->full = false;
    if (b->at)
        b->at[0] = '\0';
}

char *buf_room(struct buf *b, size_t more)
{
    size_t need = b->len + more + 1;

    if (more > b->max - b->len) {
        b->full = true;
        return NULL;
    }
    if (need > b->cap) {
        size_t cap = b->cap ? b->cap * 2 : 256;

        while (cap < need)
            cap *= 2;
        if (cap > b->max + 1)
            cap = b->max + 1;
        b->at = memory_resize(b->at, cap, 1);
        b->cap = cap;
    }
    return b->at + b->len;
}

void buf_add(struct buf *b, struct span s)
{
    char *room = buf_room(b, s.len);

    if (!room)
        return;
    if (s.len)
        memcpy(room, s.at, s.len);
    b->len += s.len;
    b->at[b->len] = '\0';
}

void buf_char(struct buf *b, char c)
{
    buf_add(b, (struct span){&c, 1});
}

void buf_text(struct buf *b, const char *text)
{
    buf_add(b, span_of(text));
}

void buf_printf(struct buf *b, const char *format, ...)
{
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0 || !buf_room(b, (size_t)len))
        return;
    va_start(args, format);
    vsnprintf(b->at + b->len, (size_t)len + 1, format, args);
    va_end(args);
    b->len += (size_t)len;
}

void buf_eat(struct buf *b, size_t count)
{
    if (count > b->len)
        count = b->len;
    if (count == 0)
        return;
    memmove(b->at, b->at + count, b->len - count);
    b->len -= count;
    b->at[b->len] = '\0';
}
