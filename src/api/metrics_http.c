/* Figures for Prometheus, and the answers to "alive?" and "ready?". */
#include "api/live.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void head(struct buf *out, const char *name, const char *type,
                 const char *text)
{
    buf_printf(out, "# HELP shangyou_%s %s\n# TYPE shangyou_%s %s\n", name,
               text, name, type);
}

static void figure(struct buf *out, const char *name, const char *type,
                   const char *text, uint64_t value)
{
    head(out, name, type, text);
    buf_printf(out, "shangyou_%s %llu\n", name, (unsigned long long)value);
}

#define COUNTER(name, text, value) figure(out, name, "counter", text, value)
#define GAUGE(name, text, value)   figure(out, name, "gauge", text, value)

static void gateway_figures(struct buf *out, struct gateway *gateway)
{
    struct gateway_counters c;

    gateway_counters(gateway, &c);
    GAUGE("gateway_connections", "Connections of devices now.",
          c.connections_now);
    COUNTER("gateway_connections_total", "Connections accepted.",
            c.connections);
    COUNTER("gateway_connections_refused_total", "Connections over a bound.",
            c.refused_connections);
    COUNTER("gateway_frames_total", "Good frames.", c.frames);
    COUNTER("gateway_bytes_total", "Bytes received.", c.bytes);
    COUNTER("gateway_noise_bytes_total", "Bytes that belong to no frame.",
            c.noise_bytes);
    COUNTER("gateway_acks_total", "Answers 9014.", c.acks);
    COUNTER("gateway_duplicates_total", "Frames known already.", c.duplicates);
    COUNTER("gateway_quarantined_total", "Frames not let in.", c.quarantined);
    COUNTER("gateway_paused_total", "Times reading stopped: back pressure.",
            c.paused);
    head(out, "gateway_verdicts_total", "counter", "Pieces by verdict.");
    for (int i = 0; i < HJ212_VERDICT_COUNT; i++)
        buf_printf(out,
                   "shangyou_gateway_verdicts_total{verdict=\"%s\"} %llu\n",
                   hj212_verdict_name(i), (unsigned long long)c.verdicts[i]);
    head(out, "gateway_deviations_total", "counter", "Frames by deviation.");
    for (int i = 0; i < HJ212_DEVIATION_COUNT; i++)
        buf_printf(
            out, "shangyou_gateway_deviations_total{deviation=\"%s\"} %llu\n",
            hj212_deviation_name(i), (unsigned long long)c.deviations[i]);
}

static void pipeline_figures(struct buf *out, struct pipeline *pipeline)
{
    struct pipeline_counters c;

    pipeline_counters(pipeline, &c);
    COUNTER("pipeline_records_total", "Ledger records applied.", c.records);
    COUNTER("pipeline_frames_total", "Frames applied.", c.frames);
    COUNTER("pipeline_readings_total", "Readings that were new.", c.readings);
    COUNTER("pipeline_corrected_total", "Readings that became a new version.",
            c.corrected);
    COUNTER("pipeline_same_total", "Readings known already.", c.same);
    COUNTER("pipeline_computed_total", "Readings derived.", c.computed);
    COUNTER("pipeline_verdicts_total", "Verdicts given.", c.verdicts);
    COUNTER("pipeline_verdicts_changed_total", "Verdicts that changed.",
            c.verdicts_changed);
    COUNTER("pipeline_overlays_total", "Overlays applied.", c.overlays);
    COUNTER("pipeline_unreadable_total", "Records that do not decode.",
            c.unreadable);
    COUNTER("pipeline_unknown_device_total", "Frames of no device of ours.",
            c.unknown_device);
    COUNTER("pipeline_no_time_total", "Frames without a usable time.",
            c.no_time);
    COUNTER("pipeline_odd_names_total", "Values whose name is no factor.",
            c.odd_names);
    COUNTER("pipeline_flushes_total", "Flushes.", c.flushes);
    COUNTER("pipeline_flush_failures_total", "Flushes that failed.",
            c.flush_failures);
    GAUGE("pipeline_last_flush_microseconds", "How long the last one took.",
          (uint64_t)c.last_flush_us);
    GAUGE("pipeline_queued_batches", "Batches waiting.", c.queued);
    GAUGE("pipeline_behind_records",
          "Records that did not wait and are read from the ledger.", c.behind);
    GAUGE("pipeline_pending_periods", "Periods waiting to be computed.",
          c.pending);
    GAUGE("pipeline_unflushed_readings", "Readings in memory only.",
          c.unflushed);
    GAUGE("pipeline_applied_sequence", "Last record applied.",
          pipeline_applied(pipeline));
}

static void ledger_figures(struct buf *out, struct ledger *ledger)
{
    struct ledger_status now;

    ledger_status(ledger, &now);
    GAUGE("ledger_last_sequence", "Newest record.", now.last);
    GAUGE("ledger_segments", "Segment files.", now.segments);
    GAUGE("ledger_segments_compressed", "Of them compressed.", now.compressed);
    GAUGE("ledger_bytes", "Bytes on disk.", now.bytes_on_disk);
    COUNTER("ledger_commits_total", "Commits since start.", now.commits);
    COUNTER("ledger_failures_total", "Writes that failed: nobody is answered.",
            now.failures);
    GAUGE("ledger_failing", "1 while the disk takes nothing.", now.failing);
    GAUGE("ledger_last_arrival_seconds", "Arrival of the newest record.",
          (uint64_t)(now.last_arrival_us / 1000000));
}

static void http_figures(struct buf *out, struct api *api)
{
    struct stream_counters s;
    struct live_counters l;
    struct http_counters h;

    http_counters(api->http, &h);
    stream_counters(api->hub, &s);
    live_counters(api->live, &l);
    COUNTER("http_requests_total", "Requests.", h.requests);
    head(out, "http_answers_total", "counter", "Answers by class of status.");
    for (int i = 2; i < 6; i++)
        buf_printf(out, "shangyou_http_answers_total{class=\"%dxx\"} %llu\n", i,
                   (unsigned long long)h.by_class[i]);
    COUNTER("http_not_modified_total", "Answers 304.", h.not_modified);
    COUNTER("http_body_bytes_total", "Bytes of answers before gzip.",
            h.bytes_out);
    COUNTER("http_connections_total", "Connections.", h.connections);
    GAUGE("http_in_flight", "Requests being answered, streams too.",
          h.in_flight);
    GAUGE("stream_clients", "Listeners to events now.", s.clients);
    COUNTER("stream_published_total", "Events.", s.published);
    COUNTER("stream_bytes_total", "Bytes queued for listeners.", s.bytes);
    COUNTER("stream_dropped_total", "Listeners dropped for being slow.",
            s.dropped);
    COUNTER("live_rebuilds_total", "Times the live picture was made.",
            l.rebuilds);
    COUNTER("live_rebuild_microseconds_total", "Time that took.", l.rebuild_us);
    COUNTER("live_events_lost_total", "Events not told: too many at once.",
            l.events_lost);
}

/* Resident bytes out of /proc/self/statm; 0 when it cannot be read. */
static uint64_t resident_bytes(void)
{
    FILE *file = fopen("/proc/self/statm", "re");
    char line[256] = "";
    struct span rest;
    bool got;

    if (!file)
        return 0;
    got = fgets(line, sizeof(line), file);
    fclose(file);
    rest = span_of(line);
    span_take(&rest, ' '); /* all of it; then what is resident, in pages */
    if (!got || !rest.len)
        return 0;
    return strtoull(rest.at, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void metrics(struct http_request *r, struct http_response *w)
{
    struct api *api = api_of(r);
    struct buf *out = &w->body;

    w->type = "text/plain; version=0.0.4; charset=utf-8";
    gateway_figures(out, api->parts.gateway);
    pipeline_figures(out, api->parts.pipeline);
    ledger_figures(out, api->parts.ledger);
    http_figures(out, api);
    GAUGE("series_channels", "Channels.", series_count(api->parts.series));
    GAUGE("process_resident_bytes", "Memory in use.", resident_bytes());
    GAUGE("process_start_seconds", "When it started.",
          (uint64_t)(api->started_us / 1000000));
}

static void alive(struct http_request *r, struct http_response *w)
{
    (void)r;
    w->type = "text/plain; charset=utf-8";
    w->cache = "no-store";
    buf_text(&w->body, "alive\n");
}

static void ready(struct http_request *r, struct http_response *w)
{
    bool is = atomic_load(&api_of(r)->ready);

    w->type = "text/plain; charset=utf-8";
    w->cache = "no-store";
    w->status = is ? 200 : 503;
    buf_text(&w->body, is ? "ready\n" : "starting: replaying the ledger\n");
}

/* clang-format off */
static const struct http_route rows[] = {
    {HTTP_GET, "/metrics", API_VIEWER, metrics,
     "figures for Prometheus; on this machine without log-in", NULL, NULL,
     false, NULL},
    {HTTP_GET, "/healthz", API_PUBLIC, alive, "whether the process is alive",
     NULL, NULL, false, NULL},
    {HTTP_GET, "/readyz", API_PUBLIC, ready,
     "whether the store is open and the replay done", NULL, NULL, false, NULL},
};
/* clang-format on */

const struct room metrics_room = ROOM(rows);
