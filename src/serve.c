#include "serve.h"

#include "api/api.h"
#include "base/log.h"
#include "base/memory.h"
#include "serve_gaps.h"

#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    PATH_BYTES = 4096,
    TICK_MS = 200,
    HOUSE_EVERY_S = 60,
    ARENAS = 2,
    LARGE_BYTES = 4 << 20,
};

struct serve {
    struct serve_options options;
    char ledger_path[PATH_BYTES], registry_path[PATH_BYTES],
        account_path[PATH_BYTES], series_path[PATH_BYTES];
    struct api_parts parts;
    struct api *api;
    struct serve_gaps gaps;
    /* housekeeping */
    pthread_t house;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool keeping_house, stopping;
};

/* ---- settings ---- */

#define TEXT(name, member, fallback, help)                                     \
    {                                                                          \
        name, CONFIG_TEXT, &o->member, fallback, 0, 0, help                    \
    }
#define INT(name, member, fallback, min, max, help)                            \
    {                                                                          \
        name, CONFIG_INT, &o->member, fallback, min, max, help                 \
    }
#define BOOL(name, member, fallback, help)                                     \
    {                                                                          \
        name, CONFIG_BOOL, &o->member, fallback, 0, 0, help                    \
    }

size_t serve_config(struct serve_options *o, struct config_row *rows,
                    size_t room)
{
    const struct config_row all[] = {
        TEXT("data", data, "data", "data directory, made by shangyou init"),
        TEXT("http.listen", http_listen, "127.0.0.1:8080",
             "portal and API: address:port, [::1]:8080"),
        TEXT("http.tls_certificate", http_certificate, NULL,
             "PEM file; with http.tls_key the portal speaks TLS"),
        TEXT("http.tls_key", http_key, NULL, "PEM file"),
        BOOL("http.behind_tls", http_behind_tls, "false",
             "a proxy on this machine speaks TLS: cookies are Secure, the "
             "client's address is the last of X-Forwarded-For"),
        INT("http.threads", http_threads, "4", 2, 64, "threads that answer"),
        INT("http.connections", http_connections, "1024", 16, 100000,
            "connections at most"),
        INT("http.connections_per_address", http_connections_per_address, "256",
            1, 100000, "connections from one address at most"),
        INT("http.timeout_s", http_timeout_s, "60", 5, 3600,
            "silence after which a connection is closed"),
        INT("http.streams", http_streams, "512", 1, 100000,
            "listeners to events at most"),
        INT("http.logins_per_minute", http_logins_per_minute, "10", 1, 1000,
            "log-ins tried from one address"),
        TEXT("web.directory", web_directory, "/usr/share/shangyou/web",
             "the portal's files"),
        TEXT("standards", standards, NULL,
             "directory of tables that take the place of ours; see shangyou "
             "standards --help"),
        TEXT("gateway.listen", gateway_listen, "127.0.0.1:8212",
             "devices report here: HJ 212 over TCP"),
        TEXT("gateway.listen_tls", gateway_listen_tls, NULL,
             "the same over TLS; none when not set"),
        TEXT("gateway.tls_certificate", gateway_certificate, NULL, "PEM file"),
        TEXT("gateway.tls_key", gateway_key, NULL, "PEM file"),
        TEXT("gateway.tls_client_ca", gateway_client_ca, NULL,
             "PEM file; devices must then show a certificate of it"),
        INT("gateway.threads", gateway_threads, "0", 0, 16,
            "event loops; 0: one a core"),
        INT("gateway.connections", gateway_connections, "20000", 1, 1000000,
            "connections at most"),
        INT("gateway.connections_per_address", gateway_connections_per_address,
            "20000", 1, 1000000, "from one address at most"),
        INT("gateway.frames_per_second", gateway_frames_per_second, "0", 0,
            1000000, "of one connection; 0: no bound"),
        INT("gateway.partial_timeout_s", gateway_partial_timeout_s, "20", 1,
            3600, "then the beginning of a frame is dropped"),
        INT("gateway.silent_timeout_s", gateway_silent_timeout_s, "3600", 10,
            86400, "a connection without a good frame is closed"),
        INT("gateway.quarantine_per_minute", gateway_quarantine_per_minute,
            "60", 0, 100000, "frames of strangers kept, per address"),
        INT("gateway.gap_interval_s", gateway_gap_interval_s, "60", 0, 86400,
            "between looks for missing periods; 0: never"),
        INT("gateway.gap_days", gateway_gap_days, "7", 1, 366,
            "how far back missing periods are asked for"),
        BOOL("gateway.first_contact", gateway_first_contact, "true",
             "set clock and intervals of a device that connects"),
        INT("pipeline.grace_s", pipeline_grace_s, "120", 0, 3600,
            "after a period's end before it is computed"),
        INT("pipeline.future_s", pipeline_future_s, "600", 0, 86400,
            "a DataTime further ahead is not believed"),
        INT("pipeline.settle_s", pipeline_settle_s, "10", 0, 3600,
            "late changes are gathered so long, then worked in together"),
        INT("pipeline.flush_s", pipeline_flush_s, "10", 1, 600,
            "between writes to the store; after a crash so much is replayed"),
        INT("keep.realtime_days", keep_realtime_days, "0", 0, 36500,
            "keep real-time readings so long; 0: for ever"),
        INT("keep.minute_days", keep_minute_days, "0", 0, 36500,
            "keep minute readings so long; 0: for ever"),
        TEXT("log.level", log_level, "info", "error, warn, info or debug"),
        TEXT("log.format", log_format, "text", "text or json"),
    };

    if (room < LENGTH(all))
        abort();
    memcpy(rows, all, sizeof(all));
    return LENGTH(all);
}

/* ---- opening ---- */

/* Says what is wrong with a part in words that help. */
static enum err cannot(const char *what, const char *path, enum err err)
{
    switch (err) {
    case ERR_BUSY:
        log_error("another server uses this data directory",
                  "part=%s path=%s do=stop_it_or_give_another---data", what,
                  path);
        break;
    case ERR_NOT_FOUND:
        log_error("no data directory here", "part=%s path=%s do=shangyou_init",
                  what, path);
        break;
    case ERR_FULL:
        log_error("the disk is full", "part=%s path=%s do=make_room", what,
                  path);
        break;
    case ERR_DENIED:
        log_error("not allowed to write here",
                  "part=%s path=%s do=check_owner_and_mount", what, path);
        break;
    default:
        log_error("cannot open", "part=%s path=%s cause=%s", what, path,
                  err_text(err));
        break;
    }
    return err;
}

/* Before any part: a directory that cannot be written is said plainly. */
static enum err data_is_usable(const struct serve_options *o)
{
    struct stat st;

    if (stat(o->data, &st) != 0 || !S_ISDIR(st.st_mode))
        return cannot("data", o->data, ERR_NOT_FOUND);
    if (access(o->data, R_OK | W_OK | X_OK) != 0)
        return cannot("data", o->data, ERR_DENIED);
    return OK;
}

static enum err open_stores(struct serve *serve)
{
    const struct serve_options *o = &serve->options;
    struct ledger_options ledger = {.segment_bytes = 0};
    struct series_options series = {.read_only = false};
    struct api_parts *p = &serve->parts;
    enum err err;

    series.keep_days[CADENCE_REALTIME] = (int)o->keep_realtime_days;
    series.keep_days[CADENCE_MINUTE] = (int)o->keep_minute_days;
    err = ledger_open(serve->ledger_path, &ledger, &p->ledger);
    if (err)
        return cannot("ledger", serve->ledger_path, err);
    err = registry_open(serve->registry_path, &p->registry);
    if (err)
        return cannot("registry", serve->registry_path, err);
    err = account_store_open(serve->account_path, NULL, &p->accounts);
    if (err)
        return cannot("accounts", serve->account_path, err);
    err = series_open(serve->series_path, &series, &p->series);
    if (err)
        return cannot("series", serve->series_path, err);
    err = verdict_store_open(serve->series_path, false, &p->verdicts);
    return err ? cannot("verdicts", serve->series_path, err) : OK;
}

static enum err open_http(struct serve *serve)
{
    const struct serve_options *o = &serve->options;
    struct api_options api = {
        .listen = o->http_listen,
        .tls_certificate = o->http_certificate,
        .tls_key = o->http_key,
        .web_directory = o->web_directory,
        .behind_tls = o->http_behind_tls,
        .threads = (int)o->http_threads,
        .connections_max = (int)o->http_connections,
        .connections_per_address_max = (int)o->http_connections_per_address,
        .timeout_s = (int)o->http_timeout_s,
        .streams_max = (int)o->http_streams,
        .logins_per_minute = (int)o->http_logins_per_minute,
    };

    return api_start(&api, &serve->parts, &serve->api);
}

static enum err open_pipeline(struct serve *serve)
{
    const struct serve_options *o = &serve->options;
    struct pipeline_options options = pipeline_defaults();
    struct api_parts *p = &serve->parts;
    enum err err;

    options.grace_s = (int)o->pipeline_grace_s;
    options.future_s = (int)o->pipeline_future_s;
    options.settle_s = (int)o->pipeline_settle_s;
    options.flush_s = (int)o->pipeline_flush_s;
    err = pipeline_start(&options, p->ledger, p->series, p->registry,
                         p->verdicts, &p->pipeline);
    if (err)
        return cannot("pipeline", serve->series_path, err);
    p->writer =
        ledger_writer_start(p->ledger, pipeline_take, p->pipeline, TICK_MS);
    return p->writer ? OK : cannot("writer", serve->ledger_path, ERR_IO);
}

static enum err open_gateway(struct serve *serve)
{
    const struct serve_options *o = &serve->options;
    struct api_parts *p = &serve->parts;
    struct gateway_options options;
    enum err err;

    gateway_defaults(&options);
    options.listen = o->gateway_listen;
    options.listen_tls = o->gateway_listen_tls;
    options.tls_certificate = o->gateway_certificate;
    options.tls_key = o->gateway_key;
    options.tls_client_ca = o->gateway_client_ca;
    options.threads = (int)o->gateway_threads;
    options.connections_max = (int)o->gateway_connections;
    options.connections_per_address_max =
        (int)o->gateway_connections_per_address;
    options.frames_per_second_max = (int)o->gateway_frames_per_second;
    options.partial_timeout_s = (int)o->gateway_partial_timeout_s;
    options.silent_timeout_s = (int)o->gateway_silent_timeout_s;
    options.quarantine_per_minute = (int)o->gateway_quarantine_per_minute;
    options.gap_interval_s = (int)o->gateway_gap_interval_s;
    options.first_contact = o->gateway_first_contact;
    options.ledger = p->ledger;
    err = gateway_start(&options, p->registry, p->writer, &p->gateway);
    if (err) {
        log_error("the gateway does not start", "listen=%s cause=%s",
                  options.listen, err_text(err));
        return err;
    }
    if (options.gap_interval_s) {
        serve->gaps = (struct serve_gaps){p->series, p->registry,
                                          (int)o->gateway_gap_days};
        gateway_find_gaps(p->gateway, serve_gaps_find, &serve->gaps);
    }
    return OK;
}

/* ---- housekeeping ---- */

static void retire(void *context)
{
    struct serve *serve = context;

    series_retire(serve->parts.series, (int64_t)time(NULL));
}

/* Once a Beijing day, and at the start: yesterday's root, what is too old. */
static void keep_house(struct serve *serve, int64_t now_s)
{
    enum err err = ledger_sign_days(serve->parts.ledger, now_s * 1000000);

    if (err)
        log_error("the days' roots are not signed", "cause=%s", err_text(err));
    if (serve->options.keep_realtime_days || serve->options.keep_minute_days)
        pipeline_run(serve->parts.pipeline, retire, serve);
}

static void *house(void *context)
{
    struct serve *serve = context;
    int done_day = 0;
    bool stop = false;

    while (!stop) {
        int64_t now_s = (int64_t)time(NULL);
        /* A minute after midnight, so that the day's records are all in. */
        int day = civil_day_number(now_s - HOUSE_EVERY_S);
        struct timespec until = {.tv_sec = now_s + HOUSE_EVERY_S};

        if (day != done_day)
            keep_house(serve, now_s);
        done_day = day;
        malloc_trim(0); /* what a rush of devices needed goes back */
        pthread_mutex_lock(&serve->lock);
        while (!serve->stopping &&
               pthread_cond_timedwait(&serve->wake, &serve->lock, &until) == 0)
            ;
        stop = serve->stopping;
        pthread_mutex_unlock(&serve->lock);
    }
    return NULL;
}

static void house_stop(struct serve *serve)
{
    if (!serve->keeping_house)
        return;
    pthread_mutex_lock(&serve->lock);
    serve->stopping = true;
    pthread_cond_signal(&serve->wake);
    pthread_mutex_unlock(&serve->lock);
    pthread_join(serve->house, NULL);
    serve->keeping_house = false;
}

/* ---- life ---- */

enum err serve_start(const struct serve_options *options, struct serve **out)
{
    struct serve *serve = memory_new(1, sizeof(*serve));
    const char *data = options->data;
    enum err err;

    /* a heap a thread keeps what others need; what is large goes back at once
     */
    mallopt(M_ARENA_MAX, ARENAS);
    mallopt(M_MMAP_THRESHOLD, LARGE_BYTES);
    serve->options = *options;
    pthread_mutex_init(&serve->lock, NULL);
    pthread_cond_init(&serve->wake, NULL);
    snprintf(serve->ledger_path, PATH_BYTES, "%s/ledger", data);
    snprintf(serve->registry_path, PATH_BYTES, "%s/registry.db", data);
    snprintf(serve->account_path, PATH_BYTES, "%s/account.db", data);
    snprintf(serve->series_path, PATH_BYTES, "%s/series.db", data);
    serve->parts.ledger_directory = serve->ledger_path;

    err = data_is_usable(options);
    if (!err)
        err = open_stores(serve);
    if (!err)
        err = open_http(serve);
    if (!err)
        err = open_pipeline(serve);
    if (!err)
        err = open_gateway(serve);
    if (err) {
        serve_stop(serve);
        return err;
    }
    api_ready(serve->api, &serve->parts);
    serve->keeping_house =
        pthread_create(&serve->house, NULL, house, serve) == 0;
    *out = serve;
    return OK;
}

void serve_stop(struct serve *serve)
{
    struct api_parts *p;

    if (!serve)
        return;
    p = &serve->parts;
    if (p->pipeline)
        pipeline_give_way(p->pipeline);
    house_stop(serve);
    api_stop(serve->api);
    gateway_stop(p->gateway);
    if (p->writer)
        ledger_writer_stop(p->writer);
    if (p->pipeline)
        pipeline_stop(p->pipeline);
    api_free(serve->api);
    if (p->verdicts)
        verdict_store_close(p->verdicts);
    if (p->series)
        series_close(p->series);
    if (p->accounts)
        account_store_close(p->accounts);
    if (p->registry)
        registry_close(p->registry);
    if (p->ledger)
        ledger_close(p->ledger);
    pthread_cond_destroy(&serve->wake);
    pthread_mutex_destroy(&serve->lock);
    free(serve);
}

int serve_http_port(const struct serve *serve)
{
    return api_port(serve->api);
}

int serve_gateway_port(const struct serve *serve)
{
    return gateway_port(serve->parts.gateway);
}
