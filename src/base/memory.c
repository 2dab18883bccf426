#include "base/memory.h"

#include <stdio.h>

static void out_of_memory(size_t count, size_t size)
{
    fprintf(stderr, "out of memory: %zu items of %zu bytes\n", count, size);
    abort();
}

void *memory_new(size_t count, size_t size)
{
    void *p = calloc(count ? count : 1, size ? size : 1);

    if (!p)
        out_of_memory(count, size);
    return p;
}

void *memory_resize(void *old, size_t count, size_t size)
{
    void *p = reallocarray(old, count ? count : 1, size ? size : 1);

    if (!p)
        out_of_memory(count, size);
    return p;
}

char *memory_text(struct span s)
{
    char *text = memory_resize(NULL, s.len + 1, 1);

    span_copy(s, text, s.len + 1);
    return text;
}

void *memory_grow(void *array, size_t *cap, size_t need, size_t size)
{
    if (need > *cap || !array) {
        size_t room = *cap ? *cap * 2 : 16;

        while (room < need)
            room *= 2;
        array = memory_resize(array, room, size);
        *cap = room;
    }
    return array;
}
