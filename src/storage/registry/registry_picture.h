/*
 * registry_picture - makes the immutable snapshots of registry.h out of the
 * stored rows, with the indices behind their lookups: by id an array, by MN and
 * by code a hash table that never grows. A picture is counted; whoever lets go
 * last frees it.
 */
#ifndef REGISTRY_PICTURE_H
#define REGISTRY_PICTURE_H

#include "storage/registry/registry_store.h"

#include <stdatomic.h>

struct reference;

struct registry_index {
    struct registry_snapshot snapshot; /* its index points here */
    atomic_uint holders;
    struct arena arena;
    const struct reference *reference;
    struct site **site_by_id;
    struct point **point_by_id;
    struct device **device_by_id;
    int32_t site_ids, point_ids, device_ids; /* lengths of the three */
    const struct device **by_mn;             /* hash tables, powers of 2 */
    const struct site **by_code;
    size_t mn_slots, code_slots;
};

/* With one holder. `reference` outlives it. */
enum err registry_picture_new(struct registry_store *store,
                              const struct reference *reference,
                              struct registry_index **out) MUST_CHECK;

static inline void registry_picture_hold(struct registry_index *picture)
{
    atomic_fetch_add_explicit(&picture->holders, 1, memory_order_relaxed);
}

void registry_picture_release(struct registry_index *picture);

#endif
