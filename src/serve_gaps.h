/*
 * serve_gaps - what a device did not deliver: the finder that the gateway asks,
 * over the series (whose channels "frame" hold which period a frame spoke of).
 */
#ifndef SERVE_GAPS_H
#define SERVE_GAPS_H

#include "ingest/gateway/gateway.h"
#include "storage/registry/registry.h"
#include "storage/series/series.h"

struct serve_gaps {
    struct series *series;
    struct registry *registry;
    int days; /* how far back */
};

/* A gateway_gap_finder; the context is a struct serve_gaps. */
size_t serve_gaps_find(void *context, int32_t device, struct gateway_gap *out,
                       size_t room);

#endif
