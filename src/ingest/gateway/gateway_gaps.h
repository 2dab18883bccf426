/*
 * gateway_gaps - finds what devices did not send, in the series: a device's
 * channels "frame" (one a cadence) hold the ledger position of every period
 * that arrived, so a period without one never came.
 *
 * Looked at are the last `days_back` days, from the first frame of that cadence
 * on, up to a moment ago: what has just ended may still be on its way. Days and
 * hours come before minutes; of each, the newest first. Minutes only of devices
 * whose interval the registry names.
 */
#ifndef GATEWAY_GAPS_H
#define GATEWAY_GAPS_H

#include "ingest/gateway/gateway.h"
#include "storage/series/series.h"

struct gap_source {
    struct series *series;
    struct registry *registry;
    int days_back;          /* 7 */
    int64_t (*now_s)(void); /* the clock; NULL: the system's */
};

/* A gateway_gap_finder; `source` is a struct gap_source. Any thread. */
size_t gap_source_find(void *source, int32_t device, struct gateway_gap *out,
                       size_t room);

#endif
