/* Server-sent events: who may hear which topic. */
#include "api/room.h"

static bool topic_allowed(struct ask ask, struct span topic)
{
    const struct registry_snapshot *s;
    const struct site *site;
    struct span number = span_from(topic, sizeof("site:") - 1);
    int64_t id = 0;
    bool allowed;

    if (span_is(topic, "live"))
        return true;
    if (span_is(topic, "commands") || span_is(topic, "devices"))
        return session_of(ask.request);
    if (!span_starts(topic, SPAN("site:")) || number.len == 0 || number.len > 9)
        return false;
    for (size_t i = 0; i < number.len; i++) {
        if (number.at[i] < '0' || number.at[i] > '9')
            return false;
        id = id * 10 + (number.at[i] - '0');
    }
    s = room_registry(ask.request);
    site = registry_site(s, (int32_t)id);
    allowed = site && site_visible(ask.request, site);
    room_done(ask.request, s);
    return allowed;
}

static void events(struct http_request *r, struct http_response *w)
{
    struct ask ask = {r, w};
    struct span topics = http_query(r, "topics");

    if (r->head) {
        w->type = "text/event-stream";
        return;
    }
    w->stream = stream_join(api_of(r)->hub);
    if (!w->stream) {
        http_set(w, "Retry-After", SPAN("10"));
        http_problem(w, r, 503, "Too many listeners right now.");
        return;
    }
    if (!topics.len)
        topics = SPAN("live");
    while (topics.len) {
        struct span topic = span_trim(span_take(&topics, ','));

        if (topic_allowed(ask, topic) && stream_subscribe(w->stream, topic))
            continue;
        stream_leave(w->stream);
        w->stream = NULL;
        http_problem(w, r, session_of(r) ? 400 : 401,
                     "Topic '%.*s' is not to be had: live, site:<id> of a "
                     "public site; with log-in all sites, commands, devices; "
                     "at most %d.",
                     (int)(topic.len < 40 ? topic.len : 40), topic.at,
                     STREAM_TOPICS_MAX);
        return;
    }
}

static const struct http_route rows[] = {
    {HTTP_GET, "/api/v1/events", API_PUBLIC, events,
     "server-sent events: reading, verdict, region, command, device", "topics",
     NULL, false, NULL},
};

const struct room event_room = ROOM(rows);
