#include "base/arena.h"

#include "base/memory.h"

#include <stdarg.h>
#include <stdio.h>

enum {
    CHUNK_BYTES = 32 * 1024,
    ALIGNMENT = 16,
    PRINT_BYTES = 512, /* a text is seldom longer */
};

struct arena_chunk {
    struct arena_chunk *next;
    size_t used;
    size_t size;
    _Alignas(16) char bytes[];
};

void arena_init(struct arena *a)
{
    *a = (struct arena){0};
}

void arena_done(struct arena *a)
{
    struct arena_chunk *chunk = a->first;

    while (chunk) {
        struct arena_chunk *next = chunk->next;

        free(chunk);
        chunk = next;
    }
    arena_init(a);
}

void arena_clear(struct arena *a)
{
    /* those behind the present one have not been used */
    for (struct arena_chunk *c = a->first; c; c = c->next) {
        c->used = 0;
        if (c == a->now)
            break;
    }
    a->now = a->first;
}

/* The next chunk with room for `bytes`, from the kept ones or a new one. */
static struct arena_chunk *chunk_for(struct arena *a, size_t bytes)
{
    size_t size = bytes > CHUNK_BYTES ? bytes : CHUNK_BYTES;
    struct arena_chunk *chunk;

    while (a->now && a->now->size - a->now->used < bytes && a->now->next)
        a->now = a->now->next;
    if (a->now && a->now->size - a->now->used >= bytes)
        return a->now;
    chunk = memory_resize(NULL, 1, sizeof(*chunk) + size);
    *chunk = (struct arena_chunk){.size = size};
    if (a->now)
        a->now->next = chunk;
    else
        a->first = chunk;
    a->now = chunk;
    return chunk;
}

void *arena_take(struct arena *a, size_t bytes)
{
    size_t room = (bytes + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    struct arena_chunk *chunk = chunk_for(a, room);
    void *piece = chunk->bytes + chunk->used;

    chunk->used += room;
    return piece;
}

void *arena_new(struct arena *a, size_t count, size_t size)
{
    void *piece;
    size_t bytes;

    if (__builtin_mul_overflow(count, size, &bytes))
        abort();
    piece = arena_take(a, bytes);
    memset(piece, 0, bytes);
    return piece;
}

struct span arena_copy(struct arena *a, struct span s)
{
    char *copy = arena_take(a, s.len + 1);

    span_copy(s, copy, s.len + 1);
    return (struct span){copy, s.len};
}

const char *arena_printf(struct arena *a, const char *format, ...)
{
    struct arena_chunk *chunk = chunk_for(a, PRINT_BYTES);
    char *text = chunk->bytes + chunk->used;
    size_t room = chunk->size - chunk->used;
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(text, room, format, args);
    va_end(args);
    if (len < 0)
        return "";
    if ((size_t)len < room && (size_t)len < PRINT_BYTES)
        return arena_take(a, (size_t)len + 1); /* where it stands already */
    text = arena_take(a, (size_t)len + 1);
    va_start(args, format);
    vsnprintf(text, (size_t)len + 1, format, args);
    va_end(args);
    return text;
}
