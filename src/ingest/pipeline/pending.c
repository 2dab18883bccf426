#include "ingest/pipeline/pending.h"

#include "base/memory.h"

enum { FIRST_SLOTS = 1024, PACKED = 40 };

struct pending_node {
    int64_t due_s;
    int64_t start_s;
    int32_t point;
    int32_t step;
};

void pending_init(struct pending *p)
{
    *p = (struct pending){.slot_count = FIRST_SLOTS};
    p->slots = memory_new(FIRST_SLOTS, sizeof(*p->slots));
}

void pending_done(struct pending *p)
{
    free(p->slots);
    free(p->heap);
    *p = (struct pending){0};
}

/* ---- the table ---- */

static uint64_t hash(int32_t point, int32_t step, int64_t start_s)
{
    uint64_t h = (uint64_t)start_s * 0x9e3779b97f4a7c15ULL;

    h ^= ((uint64_t)(uint32_t)point << 8 | (uint32_t)step) *
         0xc2b2ae3d27d4eb4fULL;
    h ^= h >> 29;
    h *= 0xbf58476d1ce4e5b9ULL;
    return h ^ h >> 32;
}

static bool same(const struct pending_item *a, int32_t point, int32_t step,
                 int64_t start_s)
{
    return a->point == point && a->step == step && a->start_s == start_s;
}

/* The slot of that key, or the free one where it would go. */
static struct pending_item *slot_of(const struct pending *p, int32_t point,
                                    int32_t step, int64_t start_s)
{
    size_t mask = p->slot_count - 1;
    size_t i = hash(point, step, start_s) & mask;

    while (p->slots[i].point != 0 && !same(&p->slots[i], point, step, start_s))
        i = (i + 1) & mask;
    return &p->slots[i];
}

static void resize(struct pending *p, size_t slot_count)
{
    struct pending other = {.slot_count = slot_count};

    other.slots = memory_new(slot_count, sizeof(*other.slots));
    for (size_t i = 0; i < p->slot_count; i++) {
        const struct pending_item *item = &p->slots[i];

        if (item->point != 0)
            *slot_of(&other, item->point, item->step, item->start_s) = *item;
    }
    free(p->slots);
    p->slots = other.slots;
    p->slot_count = slot_count;
}

/* Frees a slot and moves up those that were pushed past it. */
static void slot_free(struct pending *p, struct pending_item *slot)
{
    size_t mask = p->slot_count - 1;
    size_t hole = (size_t)(slot - p->slots);
    size_t i = hole;

    for (;;) {
        size_t home;

        i = (i + 1) & mask;
        if (p->slots[i].point == 0)
            break;
        home = hash(p->slots[i].point, p->slots[i].step, p->slots[i].start_s) &
               mask;
        if (((i - home) & mask) >= ((i - hole) & mask)) {
            p->slots[hole] = p->slots[i];
            hole = i;
        }
    }
    p->slots[hole].point = 0;
}

/* ---- the heap ---- */

static bool before(const struct pending_node *a, const struct pending_node *b)
{
    if (a->due_s != b->due_s)
        return a->due_s < b->due_s;
    if (a->step != b->step)
        return a->step < b->step;
    if (a->point != b->point)
        return a->point < b->point;
    return a->start_s < b->start_s;
}

/* Four children: half as many levels, and the four lie side by side. */
enum { CHILDREN = 4 };

static void heap_up(struct pending_node *heap, size_t i)
{
    struct pending_node node = heap[i];

    while (i > 0 && before(&node, &heap[(i - 1) / CHILDREN])) {
        heap[i] = heap[(i - 1) / CHILDREN];
        i = (i - 1) / CHILDREN;
    }
    heap[i] = node;
}

static void heap_down(struct pending_node *heap, size_t count)
{
    struct pending_node node = heap[0];
    size_t i = 0;

    for (;;) {
        size_t child = CHILDREN * i + 1;
        size_t end = child + CHILDREN < count ? child + CHILDREN : count;

        if (child >= count)
            break;
        for (size_t other = child + 1; other < end; other++) {
            if (before(&heap[other], &heap[child]))
                child = other;
        }
        if (!before(&heap[child], &node))
            break;
        heap[i] = heap[child];
        i = child;
    }
    heap[i] = node;
}

/* ---- the set ---- */

/* After a rush the memory goes back. */
static void shrink(struct pending *p)
{
    if (p->slot_count > FIRST_SLOTS && p->count * 16 < p->slot_count)
        resize(p, p->slot_count / 2);
    if (p->heap_cap > FIRST_SLOTS && p->count * 4 < p->heap_cap) {
        p->heap_cap /= 2;
        p->heap = memory_resize(p->heap, p->heap_cap, sizeof(*p->heap));
    }
}

void pending_add(struct pending *p, const struct pending_item *item)
{
    struct pending_item *slot =
        slot_of(p, item->point, item->step, item->start_s);

    if (slot->point != 0) {
        slot->lanes |= item->lanes;
        if (item->cause > slot->cause)
            slot->cause = item->cause;
        return;
    }
    *slot = *item;
    p->heap =
        memory_grow(p->heap, &p->heap_cap, p->count + 1, sizeof(*p->heap));
    p->heap[p->count] = (struct pending_node){
        .due_s = item->due_s,
        .start_s = item->start_s,
        .point = item->point,
        .step = item->step,
    };
    heap_up(p->heap, p->count);
    p->count++;
    if (p->count * 4 > p->slot_count * 3)
        resize(p, p->slot_count * 2);
}

int64_t pending_next(const struct pending *p)
{
    return p->count ? p->heap[0].due_s : INT64_MAX;
}

bool pending_take(struct pending *p, struct pending_item *out)
{
    struct pending_item *slot;

    if (p->count == 0)
        return false;
    slot = slot_of(p, p->heap[0].point, p->heap[0].step, p->heap[0].start_s);
    *out = *slot;
    slot_free(p, slot);
    p->count--;
    p->heap[0] = p->heap[p->count];
    if (p->count > 0)
        heap_down(p->heap, p->count);
    shrink(p);
    return true;
}

/* ---- bytes: due, start, point, step, lanes, cause; all of this machine ----
 */

void pending_encode(const struct pending *p, struct buf *out)
{
    for (size_t i = 0; i < p->count; i++) {
        const struct pending_node *n = &p->heap[i];
        struct pending_item *item = slot_of(p, n->point, n->step, n->start_s);
        char *at = buf_room(out, PACKED);

        if (!at)
            return;
        memcpy(at, &item->due_s, 8);
        memcpy(at + 8, &item->start_s, 8);
        memcpy(at + 16, &item->point, 4);
        memcpy(at + 20, &item->step, 4);
        memcpy(at + 24, &item->lanes, 8);
        memcpy(at + 32, &item->cause, 8);
        out->len += PACKED;
    }
}

static void clear(struct pending *p)
{
    memset(p->slots, 0, p->slot_count * sizeof(*p->slots));
    p->count = 0;
}

enum err pending_decode(struct pending *p, struct span bytes)
{
    clear(p);
    if (bytes.len % PACKED != 0)
        return ERR_CORRUPT;
    for (; bytes.len > 0; bytes = span_from(bytes, PACKED)) {
        struct pending_item item = {0};

        memcpy(&item.due_s, bytes.at, 8);
        memcpy(&item.start_s, bytes.at + 8, 8);
        memcpy(&item.point, bytes.at + 16, 4);
        memcpy(&item.step, bytes.at + 20, 4);
        memcpy(&item.lanes, bytes.at + 24, 8);
        memcpy(&item.cause, bytes.at + 32, 8);
        if (item.point == 0) {
            clear(p);
            return ERR_CORRUPT;
        }
        pending_add(p, &item);
    }
    return OK;
}
