#include "api/room.h"

#include "api/live.h"
#include "api/login_guard.h"
#include "api/openapi.h"
#include "api/verification.h"
#include "base/memory.h"

#include <time.h>

static const struct room *const rooms[] = {
    &session_room, &live_room,    &site_room,     &channel_room,
    &overlay_room, &verdict_room, &frame_room,    &device_room,
    &command_room, &ledger_room,  &registry_room, &standard_room,
    &event_room,   &openapi_room, &metrics_room,  &assessment_room,
};

/* ---- who may come in ---- */

/*
 * Behind a proxy on this machine the client is the last address the proxy
 * wrote; what stands before it is the client's own claim.
 */
static void peer_forwarded(struct api *api, struct http_request *r)
{
    struct span all = http_header(r, "X-Forwarded-For");
    struct span last = all;

    if (!api->options.behind_tls || !all.len ||
        (!span_starts(span_of(r->peer), SPAN("127.")) &&
         !span_is(span_of(r->peer), "::1")))
        return;
    while (all.len)
        last = span_take(&all, ',');
    span_copy(span_trim(last), r->peer, sizeof(r->peer));
}

static bool is_write(const struct http_request *r)
{
    return r->method != HTTP_GET;
}

static bool refuse(struct http_request *r, struct http_response *w, int status,
                   const char *why)
{
    http_problem(w, r, status, "%s", why);
    return false;
}

static bool is_json(const struct http_request *r)
{
    struct span type = http_header(r, "Content-Type");

    return span_equal_nocase(span_trim(span_take(&type, ';')),
                             SPAN("application/json"));
}

/* The session of the cookie, on the request's arena; NULL. */
static struct session *session_load(struct api *api, struct http_request *r)
{
    struct span token = http_cookie(r, "shangyou_session");
    struct session *session;

    if (!token.len)
        return NULL;
    session = arena_new(r->arena, 1, sizeof(*session));
    return session_find(api->parts.accounts, token, r->now_us / 1000000,
                        session) == OK
               ? session
               : NULL;
}

/* Asked on this machine and not through a proxy. */
static bool is_local(const struct http_request *r)
{
    return !http_header(r, "X-Forwarded-For").at &&
           (span_starts(span_of(r->peer), SPAN("127.")) ||
            span_is(span_of(r->peer), "::1"));
}

static bool is_word_of(struct span words, struct span name)
{
    while (words.len) {
        if (span_equal(span_take(&words, ' '), name))
            return true;
    }
    return false;
}

/* A mistyped filter must not answer everything: all names are known ones. */
static bool knows_parameters(struct http_request *r, struct http_response *w)
{
    const char *list = r->route->list ? LIST_PARAMETERS : "";
    const char *own = r->route->query ? r->route->query : "";

    for (size_t i = 0; i < r->query_count; i++) {
        struct span name = r->query[i].name;

        if (is_word_of(span_of(own), name) || is_word_of(span_of(list), name))
            continue;
        http_problem(w, r, 400, "There is no parameter '%.*s' here%s%s%s%s.",
                     (int)(name.len < 40 ? name.len : 40), name.at,
                     own[0] || list[0] ? "; there are: " : "", own,
                     own[0] && list[0] ? " " : "", list);
        return false;
    }
    return true;
}

static bool admit(struct http_request *r, struct http_response *w)
{
    struct api *api = r->context;
    const struct session *session;
    bool about_session =
        span_starts(span_of(r->route->path), SPAN("/api/v1/session"));

    peer_forwarded(api, r);
    if (span_is(span_of(r->route->path), "/healthz"))
        return true;
    if (!atomic_load(&api->ready)) {
        if (span_is(span_of(r->route->path), "/readyz"))
            return true;
        http_set(w, "Retry-After", SPAN("2"));
        return refuse(r, w, 503,
                      "Starting: what the ledger holds is still being read.");
    }
    if (!knows_parameters(r, w))
        return false;
    r->user = session_load(api, r);
    if (span_is(span_of(r->route->path), "/metrics") && is_local(r))
        return true;
    session = session_of(r);
    if (is_write(r) && r->route->body && !is_json(r))
        return refuse(r, w, 415,
                      "The body has to be sent as application/json.");
    if (r->route->role == API_PUBLIC)
        return true;
    if (!session)
        return refuse(r, w, 401, "Log in first: POST /api/v1/session.");
    if (is_write(r) &&
        !session_csrf_is(session, http_header(r, "X-CSRF-Token")))
        return refuse(r, w, 403,
                      "A write needs the header X-CSRF-Token with the token "
                      "that GET /api/v1/session answers.");
    if (session->account.must_change && !about_session)
        return refuse(r, w, 403,
                      "Change the password first: PUT "
                      "/api/v1/session/password.");
    if ((int)session->account.role + 1 < r->route->role)
        return refuse(r, w, 403, "This account's role does not allow that.");
    return true;
}

static void fallback(struct http_request *r, struct http_response *w)
{
    struct api *api = r->context;

    if (span_starts(r->path, SPAN("/api/")))
        http_problem(w, r, 404,
                     "There is no such address; /api/v1/openapi.json lists "
                     "all.");
    else
        http_file(api->options.web_directory, r, w);
}

/* ---- life ---- */

static void routes_join(struct api *api)
{
    for (size_t i = 0; i < LENGTH(rooms); i++)
        api->route_count += rooms[i]->count;
    api->routes = memory_new(api->route_count, sizeof(*api->routes));
    api->route_count = 0;
    for (size_t i = 0; i < LENGTH(rooms); i++) {
        for (size_t k = 0; k < rooms[i]->count; k++)
            api->routes[api->route_count++] = rooms[i]->routes[k];
    }
}

enum err api_start(const struct api_options *options,
                   const struct api_parts *parts, struct api **out)
{
    struct api *api = memory_new(1, sizeof(*api));
    struct timespec now;
    struct http_options http;
    enum err err;

    clock_gettime(CLOCK_REALTIME, &now);
    api->started_us = now.tv_sec * 1000000LL + now.tv_nsec / 1000;
    api->options = *options;
    api->parts = *parts;
    routes_join(api);
    api->openapi = openapi_make(api->routes, api->route_count);
    api->hub = stream_hub_new((size_t)options->streams_max, STREAM_QUEUE_MAX);
    api->guard = login_guard_new(options->logins_per_minute);
    api->verification = verification_new();

    http = (struct http_options){
        .listen = options->listen,
        .tls_certificate = options->tls_certificate,
        .tls_key = options->tls_key,
        .threads = options->threads,
        .connections_max = options->connections_max,
        .connections_per_address_max = options->connections_per_address_max,
        .timeout_s = options->timeout_s,
        .routes = api->routes,
        .route_count = api->route_count,
        .admit = admit,
        .fallback = fallback,
        .context = api,
    };
    err = http_start(&http, &api->http);
    if (err) {
        api_free(api);
        return err;
    }
    *out = api;
    return OK;
}

void api_ready(struct api *api, const struct api_parts *parts)
{
    api->parts = *parts;
    api->live = live_start(api);
    atomic_store(&api->ready, true);
}

void api_stop(struct api *api)
{
    if (!api)
        return;
    atomic_store(&api->ready, false);
    stream_hub_close(api->hub);
    http_stop(api->http);
    api->http = NULL;
    live_stop(api->live);
}

void api_free(struct api *api)
{
    if (!api)
        return;
    verification_free(api->verification);
    live_free(api->live);
    stream_hub_free(api->hub);
    login_guard_free(api->guard);
    http_blob_release(api->openapi);
    free(api->routes);
    free(api);
}

int api_port(const struct api *api)
{
    return http_port(api->http);
}
