/*
 * memory - the heap, with our rule for its end: every size is bounded by its
 * caller, so running out means the machine is gone, and we abort. The results
 * are freed with free().
 */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include "base/span.h"

#include <stdlib.h>

/* Zeroed. */
void *memory_new(size_t count, size_t size)
    __attribute__((malloc, returns_nonnull));

/* As realloc: what is new is not zeroed. */
void *memory_resize(void *old, size_t count, size_t size)
    __attribute__((returns_nonnull));

/* A terminated copy. */
char *memory_text(struct span s) __attribute__((malloc, returns_nonnull));

/* Grows *array so that it holds `need` items of `size`; *cap is its room. */
void *memory_grow(void *array, size_t *cap, size_t need, size_t size)
    __attribute__((returns_nonnull));

#endif
