/*
 * recent - the frames a device sent last, so that one that comes again is
 * answered again and stored once. A frame is remembered by a hash of its bytes
 * (MN, QN, CN and content are in them) with a secret seed. It is pending until
 * the ledger has it; a copy that comes meanwhile must wait for that.
 *
 * Not locked: it belongs to a device, whose lock the caller holds.
 */
#ifndef GATEWAY_RECENT_H
#define GATEWAY_RECENT_H

#include "base/span.h"

#include <stdint.h>

enum { RECENT_MAX = 256 };

enum recent_state { RECENT_NEW, RECENT_PENDING, RECENT_DURABLE };

struct recent {
    uint64_t *hashes; /* a ring that grows from few to RECENT_MAX; 0: empty */
    bool *durable;
    uint16_t room, next;
};

void recent_done(struct recent *recent);

/* Never 0. */
uint64_t recent_hash(struct span bytes, uint64_t seed);

/* Remembers a frame that is new (as pending), or says that it is known. */
enum recent_state recent_meet(struct recent *recent, uint64_t hash,
                              uint16_t *out_slot);

/* The ledger has it, or (false) could not take it and it is forgotten. */
void recent_settle(struct recent *recent, uint64_t hash, uint16_t slot,
                   bool durable);

#endif
