#include "net/http.h"

#include "base/log.h"
#include "base/memory.h"

#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <netdb.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum {
    HEADER_BYTES = 32 * 1024, /* one connection's memory at libmicrohttpd */
    FILE_TEXT_MAX = 256 * 1024,
    STREAM_BLOCK = 16 * 1024,
};

struct http {
    struct http_options options;
    struct MHD_Daemon *daemon;
    int port;
    char *certificate, *key;
    atomic_ullong requests, by_class[6], bytes_out, not_modified, in_flight,
        connections;
};

/* One request on its way, from its headers to the end of its answer. */
struct exchange {
    struct http *http;
    struct arena arena;
    struct buf body;
    struct http_request request;
    struct http_response response;
};

static const char *const security[][2] = {
    {"Content-Security-Policy",
     "default-src 'self'; img-src 'self' data: blob:; "
     "style-src 'self' 'unsafe-inline'; worker-src 'self' blob:; "
     "object-src 'none'; base-uri 'self'; form-action 'self'; "
     "frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    {"Referrer-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Permissions-Policy", "camera=(), microphone=(), geolocation=()"},
};

/* ---- what a request holds ---- */

struct span http_header(const struct http_request *request, const char *name)
{
    const char *value = request->connection
                            ? MHD_lookup_connection_value(request->connection,
                                                          MHD_HEADER_KIND, name)
                            : NULL;

    return span_of(value);
}

struct span http_cookie(const struct http_request *request, const char *name)
{
    struct span all = http_header(request, "Cookie");

    while (all.len) {
        struct span row = span_trim(span_take(&all, ';'));
        struct span key = span_take(&row, '=');

        if (span_is(key, name))
            return row;
    }
    return (struct span){NULL, 0};
}

struct span http_query(const struct http_request *request, const char *name)
{
    for (size_t i = 0; i < request->query_count; i++) {
        if (span_is(request->query[i].name, name))
            return request->query[i].value;
    }
    return (struct span){NULL, 0};
}

static enum MHD_Result count_header(void *context, enum MHD_ValueKind kind,
                                    const char *name, const char *value)
{
    (void)kind;
    (void)name;
    (void)value;
    ++*(size_t *)context;
    return MHD_YES;
}

struct query_walk {
    struct exchange *exchange;
    bool broken;
};

static enum MHD_Result take_query(void *context, enum MHD_ValueKind kind,
                                  const char *name, size_t name_len,
                                  const char *value, size_t value_len)
{
    struct query_walk *walk = context;
    struct http_request *r = &walk->exchange->request;
    struct http_pair *pair;

    (void)kind;
    if (r->query_count == HTTP_QUERY_MAX) {
        walk->broken = true;
        return MHD_NO;
    }
    pair = &r->query[r->query_count++];
    if (http_decode((struct span){name, name_len}, r->arena, &pair->name) ||
        http_decode((struct span){value ? value : "", value ? value_len : 0},
                    r->arena, &pair->value))
        walk->broken = true;
    return walk->broken ? MHD_NO : MHD_YES;
}

static void peer_of(struct MHD_Connection *connection, char *out, size_t size)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *address = info ? info->client_addr : NULL;

    snprintf(out, size, "unknown");
    if (address && address->sa_family == AF_INET)
        inet_ntop(
            AF_INET,
            &((const struct sockaddr_in *)(const void *)address)->sin_addr, out,
            (socklen_t)size);
    else if (address && address->sa_family == AF_INET6)
        inet_ntop(
            AF_INET6,
            &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr,
            out, (socklen_t)size);
}

static struct exchange *exchange_new(struct http *http,
                                     struct MHD_Connection *connection)
{
    struct exchange *e = memory_new(1, sizeof(*e));
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    e->http = http;
    arena_init(&e->arena);
    buf_init(&e->body, HTTP_BODY_MAX);
    e->request.arena = &e->arena;
    e->request.path = SPAN("/");
    e->request.context = http->options.context;
    e->request.connection = connection;
    e->request.now_us = now.tv_sec * 1000000LL + now.tv_nsec / 1000;
    peer_of(connection, e->request.peer, sizeof(e->request.peer));
    e->response.status = 200;
    e->response.type = "application/json";
    e->response.arena = &e->arena;
    buf_init(&e->response.body, HTTP_ANSWER_MAX);
    atomic_fetch_add(&http->in_flight, 1);
    return e;
}

static void exchange_free(struct exchange *e)
{
    atomic_fetch_sub(&e->http->in_flight, 1);
    buf_done(&e->body);
    buf_done(&e->response.body);
    http_blob_release(e->response.blob);
    stream_leave(e->response.stream);
    arena_done(&e->arena);
    free(e);
}

/* ---- from request to handler ---- */

static bool method_of(const char *text, struct http_request *request)
{
    if (span_is(span_of(text), "HEAD")) {
        request->head = true;
        request->method = HTTP_GET;
        return true;
    }
    for (int m = 0; m < HTTP_METHODS; m++) {
        if (span_is(span_of(text), http_method_name(m))) {
            request->method = m;
            return true;
        }
    }
    return false;
}

/* What can be said from the headers alone, before the body is read. */
static bool head_is_good(struct exchange *e, const char *url,
                         const char *method)
{
    struct http_request *r = &e->request;
    struct span length = http_header(r, "Content-Length");
    struct query_walk walk = {e, false};
    size_t headers = 0;

    MHD_get_connection_values(r->connection, MHD_HEADER_KIND, count_header,
                              &headers);
    if (strlen(url) > HTTP_ADDRESS_MAX) {
        http_problem(&e->response, r, 414,
                     "The address is longer than %d bytes.", HTTP_ADDRESS_MAX);
    } else if (headers > HTTP_HEADERS_MAX) {
        http_problem(&e->response, r, 431, "More than %d headers.",
                     HTTP_HEADERS_MAX);
    } else if (url[0] != '/' ||
               http_decode(span_of(url), r->arena, &r->path) != OK) {
        r->path = SPAN("/");
        http_problem(&e->response, r, 400,
                     "The address is not a path in UTF-8.");
    } else if (!method_of(method, r)) {
        http_problem(&e->response, r, 405,
                     "Only GET, HEAD, POST, PUT and DELETE are known.");
        http_set(&e->response, "Allow", SPAN("GET, HEAD, POST, PUT, DELETE"));
    } else if (length.len > 9 ||
               (length.len && strtol(length.at, NULL, 10) > HTTP_BODY_MAX)) {
        http_problem(&e->response, r, 413,
                     "A body has at most %d bytes: send it in parts.",
                     HTTP_BODY_MAX);
    } else {
        MHD_get_connection_values_n(r->connection, MHD_GET_ARGUMENT_KIND,
                                    take_query, &walk);
        if (walk.broken)
            http_problem(&e->response, r, 400,
                         "The query has more than %d parameters or one that is "
                         "not UTF-8.",
                         HTTP_QUERY_MAX);
    }
    return e->response.status == 200;
}

static bool params_decode(struct exchange *e)
{
    struct http_request *r = &e->request;

    for (int i = 0; i < HTTP_PARAMS_MAX; i++) {
        if (r->param[i].len &&
            http_decode(r->param[i], r->arena, &r->param[i]) != OK)
            return false;
    }
    return true;
}

static void dispatch(struct exchange *e, const char *url)
{
    const struct http_options *o = &e->http->options;
    struct http_request *r = &e->request;
    struct http_response *w = &e->response;
    struct buf allow;

    switch (http_route_find(o->routes, o->route_count, r->method, span_of(url),
                            r->param, &r->route)) {
    case HTTP_MATCH:
        if (!params_decode(e))
            http_problem(w, r, 400, "The address is not UTF-8.");
        else if (!o->admit || o->admit(r, w))
            r->route->handle(r, w);
        break;
    case HTTP_NO_METHOD:
        buf_init(&allow, 64);
        http_route_allow(o->routes, o->route_count, span_of(url), &allow);
        http_problem(w, r, 405, "Here only %s.", allow.at);
        http_set(w, "Allow", buf_span(&allow));
        buf_done(&allow);
        break;
    case HTTP_NO_PATH:
        if (o->fallback)
            o->fallback(r, w);
        else
            http_problem(w, r, 404, "There is no such page.");
        break;
    }
    if (w->body.full) {
        buf_clear(&w->body);
        http_problem(w, r, 413,
                     "The answer has more than %d MiB: ask for a shorter range "
                     "or a smaller limit.",
                     HTTP_ANSWER_MAX >> 20);
    }
}

/* ---- from response to the wire ---- */

static ssize_t stream_reader(void *context, uint64_t position, char *out,
                             size_t room)
{
    ssize_t count = stream_read(context, out, room);

    (void)position;
    return count == STREAM_END ? MHD_CONTENT_READER_END_OF_STREAM : count;
}

static void stream_sleep(void *connection)
{
    MHD_suspend_connection(connection);
}

static void stream_wake(void *connection)
{
    MHD_resume_connection(connection);
}

static void stream_end(void *client)
{
    stream_leave(client);
}

static void blob_end(void *blob)
{
    http_blob_release(blob);
}

static struct MHD_Response *stream_response(struct exchange *e)
{
    struct stream_client *client = e->response.stream;

    e->response.stream = NULL; /* belongs to the MHD response from here */
    stream_on_wait(client, stream_sleep, stream_wake, e->request.connection);
    e->response.type = "text/event-stream";
    e->response.cache = "no-store";
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK,
                                             stream_reader, client, stream_end);
}

static struct MHD_Response *blob_response(struct exchange *e, bool gzip)
{
    struct http_blob *blob = e->response.blob;
    struct buf *bytes = gzip ? &blob->gzip : &blob->plain;

    e->response.blob = NULL;
    return MHD_create_response_from_buffer_with_free_callback_cls(
        bytes->len, bytes->at, blob_end, blob);
}

static struct MHD_Response *body_response(struct exchange *e, bool gzip)
{
    struct buf *bytes = &e->response.body;
    struct MHD_Response *response;
    struct buf packed;

    if (gzip) {
        buf_init(&packed, HTTP_ANSWER_MAX);
        if (http_gzip(buf_span(bytes), &packed)) {
            buf_done(bytes);
            *bytes = packed;
        } else {
            buf_done(&packed);
        }
    }
    response = MHD_create_response_from_buffer(
        bytes->len, bytes->at,
        bytes->at ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
    *bytes = (struct buf){.max = bytes->max}; /* MHD has the bytes now */
    return response;
}

/* Whether text of that type gets smaller by gzip. */
static bool type_packs(const char *type)
{
    return span_starts(span_of(type), SPAN("text/")) || strstr(type, "json") ||
           strstr(type, "svg") || strstr(type, "javascript");
}

static bool is_known(struct exchange *e)
{
    struct http_response *w = &e->response;

    if (e->request.method != HTTP_GET || w->status != 200 || w->stream)
        return false;
    if (w->blob)
        span_copy(span_of(w->blob->etag), w->etag, sizeof(w->etag));
    else if (!w->etag[0])
        http_etag(buf_span(&w->body), w->etag);
    return http_etag_matches(http_header(&e->request, "If-None-Match"),
                             w->etag);
}

static struct MHD_Response *response_of(struct exchange *e)
{
    struct http_response *w = &e->response;
    bool gzip = http_accepts_gzip(http_header(&e->request, "Accept-Encoding"));
    struct MHD_Response *response;

    if (is_known(e)) {
        w->status = 304;
        atomic_fetch_add(&e->http->not_modified, 1);
        return MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    }
    if (w->stream)
        return stream_response(e);
    if (w->blob) {
        w->type = w->blob->type;
        gzip = gzip && w->blob->gzip.len;
        atomic_fetch_add(&e->http->bytes_out, w->blob->plain.len);
        response = blob_response(e, gzip);
    } else {
        gzip = gzip && w->body.len >= HTTP_GZIP_MIN && type_packs(w->type);
        atomic_fetch_add(&e->http->bytes_out, w->body.len);
        response = body_response(e, gzip);
    }
    if (gzip)
        MHD_add_response_header(response, "Content-Encoding", "gzip");
    MHD_add_response_header(response, "Vary", "Accept-Encoding");
    if (w->status != 204)
        MHD_add_response_header(response, "Content-Type", w->type);
    return response;
}

static enum MHD_Result answer(struct exchange *e)
{
    struct http_response *w = &e->response;
    bool stream = w->stream;
    struct MHD_Response *response = response_of(e);
    enum MHD_Result result;

    for (size_t i = 0; i < LENGTH(security); i++)
        MHD_add_response_header(response, security[i][0], security[i][1]);
    for (size_t i = 0; i < w->extra_count; i++)
        MHD_add_response_header(response, w->extra[i].name.at,
                                w->extra[i].value.at);
    if (stream)
        MHD_add_response_header(response, "Content-Type", w->type);
    if (w->etag[0])
        MHD_add_response_header(response, "ETag", w->etag);
    MHD_add_response_header(response, "Cache-Control",
                            w->cache ? w->cache : "no-cache");
    atomic_fetch_add(&e->http->by_class[w->status / 100 % 6], 1);
    result = MHD_queue_response(e->request.connection, (unsigned)w->status,
                                response);
    MHD_destroy_response(response);
    log_debug("request", "peer=%s method=%s path=%.*s status=%d",
              e->request.peer, http_method_name(e->request.method),
              SPAN_ARG(e->request.path), w->status);
    return result;
}

/* ---- libmicrohttpd's callbacks ---- */

/* NOLINTNEXTLINE(readability-function-size): the library asks for it so */
static enum MHD_Result on_request(void *context,
                                  struct MHD_Connection *connection,
                                  const char *url, const char *method,
                                  const char *version, const char *data,
                                  size_t *size, void **state)
{
    struct http *http = context;
    struct exchange *e = *state;

    (void)version;
    if (!e) {
        e = *state = exchange_new(http, connection);
        atomic_fetch_add(&http->requests, 1);
        return head_is_good(e, url, method) ? MHD_YES : answer(e);
    }
    if (*size) {
        buf_add(&e->body, (struct span){data, *size});
        *size = 0;
        /* Only a body without a length comes here: there is no polite end. */
        return e->body.full ? MHD_NO : MHD_YES;
    }
    e->request.body = buf_span(&e->body);
    dispatch(e, url);
    return answer(e);
}

static void on_completed(void *context, struct MHD_Connection *connection,
                         void **state, enum MHD_RequestTerminationCode how)
{
    (void)context;
    (void)connection;
    (void)how;
    if (*state)
        exchange_free(*state);
    *state = NULL;
}

static void on_connection(void *context, struct MHD_Connection *connection,
                          void **state,
                          enum MHD_ConnectionNotificationCode what)
{
    struct http *http = context;

    (void)connection;
    (void)state;
    if (what == MHD_CONNECTION_NOTIFY_STARTED)
        atomic_fetch_add(&http->connections, 1);
}

/* Escapes are undone by us, where a NUL is seen. */
static size_t keep_escapes(void *context, struct MHD_Connection *connection,
                           char *text)
{
    (void)context;
    (void)connection;
    return strlen(text);
}

__attribute__((format(printf, 2, 0))) static void
on_log(void *context, const char *format, va_list args)
{
    char line[256];

    (void)context;
    vsnprintf(line, sizeof(line), format, args);
    line[strcspn(line, "\r\n")] = '\0';
    log_debug("http library", "says=%s", line);
}

/* ---- start and stop ---- */

static enum err not_an_address(const char *listen_text)
{
    log_error("no address to listen at",
              "given=%s right=127.0.0.1:8080_or_[::1]:8080", listen_text);
    return ERR_INVALID;
}

/* "127.0.0.1:8080", "[::1]:0" to a bound, listening, non-blocking socket. */
static enum err listen_at(const char *listen_text, int *out_fd, int *out_port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV};
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } bound = {.v6 = {.sin6_port = 0}};
    socklen_t bound_len = sizeof(bound);
    struct addrinfo *found = NULL;
    char host[128];
    const char *colon = strrchr(listen_text, ':');
    size_t host_len = colon ? (size_t)(colon - listen_text) : 0;
    const char *start = listen_text;
    int on = 1, fd, error;

    if (host_len >= 2 && start[0] == '[' && start[host_len - 1] == ']') {
        start++;
        host_len -= 2;
    }
    if (!host_len || host_len >= sizeof(host))
        return not_an_address(listen_text);
    span_copy((struct span){start, host_len}, host, sizeof(host));
    if (getaddrinfo(host, colon + 1, &hints, &found) != 0)
        return not_an_address(listen_text);
    fd =
        socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    error = fd < 0;
    if (!error) {
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
        error = bind(fd, found->ai_addr, found->ai_addrlen) != 0 ||
                listen(fd, 512) != 0 ||
                getsockname(fd, &bound.any, &bound_len) != 0;
    }
    error = error ? errno : 0;
    freeaddrinfo(found);
    if (error) {
        if (fd >= 0)
            close(fd);
        log_error("cannot listen", "address=%s cause=%s", listen_text,
                  strerror(error));
        return error == EADDRINUSE ? ERR_BUSY : ERR_IO;
    }
    *out_port = ntohs(bound.any.sa_family == AF_INET6 ? bound.v6.sin6_port
                                                      : bound.v4.sin_port);
    *out_fd = fd;
    return OK;
}

static char *file_text(const char *path)
{
    FILE *file = path ? fopen(path, "re") : NULL;
    char *text;
    size_t len;

    if (!file)
        return NULL;
    text = memory_new(FILE_TEXT_MAX, 1);
    len = fread(text, 1, FILE_TEXT_MAX - 1, file);
    text[len] = '\0';
    fclose(file);
    return text;
}

static enum err tls_load(struct http *http)
{
    const struct http_options *o = &http->options;

    if (!o->tls_certificate && !o->tls_key)
        return OK;
    http->certificate = file_text(o->tls_certificate);
    http->key = file_text(o->tls_key);
    if (http->certificate && http->key)
        return OK;
    log_error("cannot read the TLS certificate or key", "certificate=%s key=%s",
              o->tls_certificate ? o->tls_certificate : "(not set)",
              o->tls_key ? o->tls_key : "(not set)");
    return ERR_IO;
}

static struct MHD_Daemon *daemon_start(struct http *http, int fd)
{
    const struct http_options *o = &http->options;
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME |
                     MHD_USE_ERROR_LOG | (http->certificate ? MHD_USE_TLS : 0);
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, http->certificate},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, http->key},
        {MHD_OPTION_END, 0, NULL},
    };
    struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};

    return MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, http, MHD_OPTION_EXTERNAL_LOGGER,
        on_log, NULL, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_THREAD_POOL_SIZE,
        (unsigned)o->threads, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)o->connections_max, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        (unsigned)o->connections_per_address_max, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)o->timeout_s, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)HEADER_BYTES, MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_NOTIFY_COMPLETED,
        on_completed, http, MHD_OPTION_NOTIFY_CONNECTION, on_connection, http,
        MHD_OPTION_ARRAY, http->certificate ? tls : none, MHD_OPTION_END);
}

static void http_free(struct http *http)
{
    free(http->certificate);
    free(http->key);
    free(http);
}

enum err http_start(const struct http_options *options, struct http **out)
{
    struct http *http = memory_new(1, sizeof(*http));
    enum err err;
    int fd = -1;

    assert(options->threads >= 2);
    http->options = *options;
    err = tls_load(http);
    if (!err)
        err = listen_at(options->listen, &fd, &http->port);
    if (!err) {
        http->daemon = daemon_start(http, fd);
        if (!http->daemon) {
            log_error("cannot start the HTTP server", "address=%s",
                      options->listen);
            close(fd);
            err = ERR_IO;
        }
    }
    if (err) {
        http_free(http);
        return err;
    }
    *out = http;
    return OK;
}

void http_stop(struct http *http)
{
    if (!http)
        return;
    MHD_stop_daemon(http->daemon);
    http_free(http);
}

int http_port(const struct http *http)
{
    return http->port;
}

void http_counters(const struct http *http, struct http_counters *out)
{
    *out = (struct http_counters){
        .requests = http->requests,
        .bytes_out = http->bytes_out,
        .not_modified = http->not_modified,
        .in_flight = http->in_flight,
        .connections = http->connections,
    };
    for (int i = 0; i < 6; i++)
        out->by_class[i] = http->by_class[i];
}
