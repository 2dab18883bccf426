#include "ingest/gateway/recent.h"

#include "base/memory.h"

enum { FIRST_ROOM = 16 };

void recent_done(struct recent *recent)
{
    free(recent->hashes);
    free(recent->durable);
    *recent = (struct recent){0};
}

static uint64_t load(const char *at)
{
    uint64_t word;

    memcpy(&word, at, sizeof(word));
    return word;
}

/* Both halves of the product: every bit of either factor reaches all. */
static uint64_t fold(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

uint64_t recent_hash(struct span bytes, uint64_t seed)
{
    const uint64_t odd = seed | 0x9E3779B97F4A7C15ULL;
    uint64_t hash = fold(seed ^ bytes.len, odd);
    char rest[16] = {0};

    while (bytes.len >= sizeof(rest)) {
        hash = fold(load(bytes.at) ^ odd, load(bytes.at + 8) ^ hash);
        bytes = span_from(bytes, sizeof(rest));
    }
    if (bytes.len)
        memcpy(rest, bytes.at, bytes.len);
    hash = fold(load(rest) ^ odd, load(rest + 8) ^ hash);
    return hash ? hash : 1;
}

static void grow(struct recent *recent)
{
    uint16_t room = recent->room ? (uint16_t)(2 * recent->room) : FIRST_ROOM;

    recent->hashes =
        memory_resize(recent->hashes, room, sizeof(*recent->hashes));
    recent->durable =
        memory_resize(recent->durable, room, sizeof(*recent->durable));
    for (uint16_t i = recent->room; i < room; i++)
        recent->hashes[i] = 0;
    recent->next = recent->room;
    recent->room = room;
}

enum recent_state recent_meet(struct recent *recent, uint64_t hash,
                              uint16_t *out_slot)
{
    for (uint16_t i = 0; i < recent->room; i++) {
        if (recent->hashes[i] != hash)
            continue;
        *out_slot = i;
        return recent->durable[i] ? RECENT_DURABLE : RECENT_PENDING;
    }
    if (recent->next == recent->room) {
        if (recent->room < RECENT_MAX)
            grow(recent);
        else
            recent->next = 0;
    }
    recent->hashes[recent->next] = hash;
    recent->durable[recent->next] = false;
    *out_slot = recent->next++;
    return RECENT_NEW;
}

void recent_settle(struct recent *recent, uint64_t hash, uint16_t slot,
                   bool durable)
{
    if (slot >= recent->room || recent->hashes[slot] != hash)
        return; /* overwritten meanwhile */
    if (durable)
        recent->durable[slot] = true;
    else
        recent->hashes[slot] = 0;
}
