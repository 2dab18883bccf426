/*
 * quarantine - strangers' frames: how many may be kept, the list of them by MN,
 * and the line behind a kept frame that says why it is there.
 */
#ifndef GATEWAY_QUARANTINE_H
#define GATEWAY_QUARANTINE_H

#include "ingest/gateway/address.h"
#include "ingest/gateway/gateway.h"

struct quarantine;

struct quarantine *quarantine_new(const struct gateway_options *options);
void quarantine_free(struct quarantine *q);

/* Whether one more from there may be kept; counts it. Any thread. */
bool quarantine_room(struct quarantine *q, struct address address,
                     int64_t now_ms);

/* One that is not kept: counted only. */
void quarantine_note(struct quarantine *q, struct span mn,
                     enum quarantine_reason reason, const char *peer,
                     int64_t at_us);

/* What a record of the ledger says: just written, or read at start. */
void quarantine_remember(struct quarantine *q,
                         const struct ledger_record *record);

void quarantine_trailer(enum quarantine_reason reason, struct span mn,
                        const char *peer, char *text, size_t size);
/* The line for a frame that a replay did not let in and keeps anew. */
void quarantine_again_trailer(struct span payload, char *text, size_t size);
void quarantine_replayed_line(struct span mn, uint64_t until, uint64_t records,
                              char *text, size_t size);
/* The MN in the line of a record; empty when there is none. */
struct span quarantine_mn(struct span payload);

/* First and last sequence of what was kept of an MN and not replayed. */
bool quarantine_waiting(struct quarantine *q, struct span mn,
                        uint64_t *out_first, uint64_t *out_last);

size_t quarantine_list(struct quarantine *q, struct arena *arena,
                       struct quarantine_entry **out);

#endif
