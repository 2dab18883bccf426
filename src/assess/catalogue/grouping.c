#include "assess/catalogue/grouping.h"

#include "base/memory.h"

enum { SLOTS_FIRST = 256 };

void grouping_init(struct grouping *g)
{
    *g = (struct grouping){.slot_count = SLOTS_FIRST};
    arena_init(&g->keys);
    g->slots = memory_new(g->slot_count, sizeof(*g->slots));
}

void grouping_done(struct grouping *g)
{
    arena_done(&g->keys);
    free(g->groups);
    free(g->next);
    free(g->slots);
    *g = (struct grouping){.slot_count = 0};
}

/* FNV-1a */
static uint64_t hash(struct span key)
{
    uint64_t h = 14695981039346656037ULL;

    for (size_t i = 0; i < key.len; i++)
        h = (h ^ (unsigned char)key.at[i]) * 1099511628211ULL;
    return h ^ (h >> 32);
}

/* The slot of the key, or the free one where it belongs. */
static size_t *slot_of(const struct grouping *g, struct span key)
{
    size_t i = hash(key) & (g->slot_count - 1);

    while (g->slots[i] && !span_equal(g->groups[g->slots[i] - 1].key, key))
        i = (i + 1) & (g->slot_count - 1);
    return &g->slots[i];
}

static void widen(struct grouping *g)
{
    free(g->slots);
    g->slot_count *= 2;
    g->slots = memory_new(g->slot_count, sizeof(*g->slots));
    for (size_t k = 0; k < g->count; k++)
        *slot_of(g, g->groups[k].key) = k + 1;
}

void grouping_add(struct grouping *g, struct span key)
{
    size_t member = g->members++;
    size_t *slot = slot_of(g, key);
    struct group *group;

    g->next = memory_grow(g->next, &g->next_cap, g->members, sizeof(*g->next));
    g->next[member] = GROUPING_END;
    if (*slot) {
        group = &g->groups[*slot - 1];
        g->next[group->last] = member;
        group->last = member;
        group->count++;
        return;
    }
    g->groups =
        memory_grow(g->groups, &g->cap, g->count + 1, sizeof(*g->groups));
    g->groups[g->count++] =
        (struct group){arena_copy(&g->keys, key), member, member, 1};
    *slot = g->count;
    if (2 * g->count >= g->slot_count)
        widen(g);
}
