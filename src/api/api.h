/*
 * api - what people and programs ask of us under /api/v1, as docs/api.md says.
 * One file a room (x_http.c), each a table of routes; this joins them, lets in
 * who may come (session, role, CSRF), and tells browsers what happens (events).
 *
 * It comes up before the replay is done and answers 503 until api_ready: the
 * page /readyz tells.
 */
#ifndef API_H
#define API_H

#include "assess/verdict_store.h"
#include "ingest/gateway/gateway.h"
#include "ingest/pipeline/pipeline.h"
#include "net/http.h"
#include "storage/account/account_store.h"
#include "storage/ledger/writer.h"
#include "storage/registry/registry.h"
#include "storage/series/series.h"

/* What the rooms stand on; none of it is ours. */
struct api_parts {
    const char *ledger_directory;
    struct ledger *ledger;
    struct registry *registry;
    struct account_store *accounts;
    struct series *series;
    struct verdict_store *verdicts;
    struct ledger_writer *writer; /* these three from api_ready on */
    struct pipeline *pipeline;
    struct gateway *gateway;
};

struct api_options {
    const char *listen;
    const char *tls_certificate, *tls_key;
    const char *web_directory; /* of the portal */
    /* A proxy on this machine speaks TLS and names the client. */
    bool behind_tls;
    int threads, connections_max, connections_per_address_max, timeout_s;
    int streams_max;
    int logins_per_minute; /* from one address */
};

struct api;

/* Starts the HTTP server. ERR_BUSY, ERR_INVALID, ERR_IO. */
enum err api_start(const struct api_options *options,
                   const struct api_parts *parts, struct api **out) MUST_CHECK;

/* The parts are all there: opens the doors and listens to the pipeline. */
void api_ready(struct api *api, const struct api_parts *parts);

/*
 * Ends the server: requests under way are answered first. After it the gateway
 * and pipeline may still call listeners of ours, until they are stopped; then
 * comes api_free.
 */
void api_stop(struct api *api);
void api_free(struct api *api);

int api_port(const struct api *api);

#endif
