/* Devices: sessions, deviations by name, quarantine. */
#include "api/room.h"

#include <stdlib.h>

static const char *const editions[] = {"2005", "2017", "2025"};

/* What is known of one device: its newest session, its counters. */
struct known {
    const struct gateway_session *session; /* NULL: not connected */
    uint64_t verdicts[HJ212_VERDICT_COUNT];
    uint64_t deviations[HJ212_DEVIATION_COUNT];
    int64_t last_frame_us;
};

/* ---- rows ---- */

static void site_names(struct json *j, const struct device *device)
{
    const struct site *site = device->point ? device->point->site : NULL;

    if (site) {
        json_key_int(j, "site", site->id);
        json_key_text(j, "site_name_zh", site->name_zh);
        json_key_text(j, "site_name_en", site->name_en);
        json_key_int(j, "point", device->point->id);
    } else {
        json_key_null(j, "site");
        json_key_null(j, "site_name_zh");
        json_key_null(j, "site_name_en");
        json_key_null(j, "point");
    }
}

/* The names that were counted. */
static void key_counts(struct json *j, const char *key, const uint64_t *counts,
                       int count, const char *(*name)(int))
{
    json_key(j, key);
    json_open(j, '{');
    for (int i = 0; i < count; i++) {
        if (counts[i])
            json_key_int(j, name(i), (int64_t)counts[i]);
    }
    json_close(j, '}');
}

static const char *verdict_of(int i)
{
    return hj212_verdict_name((enum hj212_verdict)i);
}

static const char *deviation_of(int i)
{
    return hj212_deviation_name((enum hj212_deviation)i);
}

static void device_members(struct json *j, const struct device *device,
                           const struct known *known, int64_t now_us)
{
    const struct gateway_session *s = known->session;
    bool heard = known->last_frame_us;
    int64_t late_s = (now_us - known->last_frame_us) / 1000000;

    if (late_s < 0) /* arrivals in the store are rounded up to the minute */
        late_s = 0;

    json_key_int(j, "id", device->id);
    json_key_text(j, "mn", device->mn);
    site_names(j, device);
    json_key_bool(j, "enabled", device->enabled);
    json_key_bool(j, "online", s);
    json_key_text(j, "peer", s ? s->peer : NULL);
    key_time_us(j, "since", s ? s->since_us : 0);
    key_time_us(j, "last_frame", known->last_frame_us);
    json_key_int(j, "frames", s ? (int64_t)s->frames : 0);
    json_key_int(j, "refused", s ? (int64_t)s->refused : 0);
    json_key_int(j, "duplicates", s ? (int64_t)s->duplicates : 0);
    json_key_text(j, "edition",
                  s && s->frames && s->edition >= 0 && s->edition < 3
                      ? editions[s->edition]
                      : NULL);
    if (s)
        json_key_int(j, "clock_offset_ms", s->clock_offset_ms);
    else
        json_key_null(j, "clock_offset_ms");
    key_counts(j, "deviations", known->deviations, HJ212_DEVIATION_COUNT,
               deviation_of);
    key_counts(j, "verdicts", known->verdicts, HJ212_VERDICT_COUNT, verdict_of);
    if (heard)
        json_key_int(j, "late_s", late_s);
    else
        json_key_null(j, "late_s");
}

/* The last frame of a device that is away: the newest arrival of its point. */
static int64_t newest_arrival(struct http_request *r,
                              const struct device *device)
{
    struct series *series = api_of(r)->parts.series;
    int64_t newest = 0;
    channel_id *channels;
    size_t count = series_channels_of(series, SUBJECT_DEVICE, device->id,
                                      r->arena, &channels);

    for (size_t i = 0; i < count; i++) {
        struct reading reading;

        if (series_latest(series, channels[i], &reading) &&
            reading.arrival_us > newest)
            newest = reading.arrival_us;
    }
    return newest;
}

static struct known know(struct http_request *r, const struct device *device,
                         const struct gateway_session *sessions, size_t count)
{
    struct known known = {.session = NULL};

    for (size_t i = 0; i < count; i++) {
        if (sessions[i].device == device->id &&
            (!known.session ||
             sessions[i].last_frame_us > known.session->last_frame_us))
            known.session = &sessions[i];
    }
    gateway_device_counters(api_of(r)->parts.gateway, device->id,
                            known.verdicts, known.deviations);
    if (known.session)
        known.last_frame_us = known.session->last_frame_us;
    if (!known.last_frame_us)
        known.last_frame_us = newest_arrival(r, device);
    return known;
}

static int by_device(const void *a, const void *b)
{
    const struct gateway_session *x = a, *y = b;

    return (x->device > y->device) - (x->device < y->device);
}

/* The run of sessions of one device in the sorted list. */
static size_t sessions_from(const struct gateway_session *sessions,
                            size_t count, int32_t device)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (sessions[middle].device < device)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int by_id(const void *a, const void *b)
{
    const struct device *x = *(const struct device *const *)a;
    const struct device *y = *(const struct device *const *)b;

    return (x->id > y->id) - (x->id < y->id);
}

static void list(struct http_request *r, struct http_response *w)
{
    struct ask ask = {r, w};
    const struct registry_snapshot *s = room_registry(r);
    const struct device **sorted =
        arena_new(r->arena, s->device_count + 1, sizeof(void *));
    struct gateway_session *sessions;
    size_t count =
        gateway_sessions(api_of(r)->parts.gateway, r->arena, &sessions);
    struct list list;
    size_t i = 0;

    if (!list_begin(&list, ask))
        goto done;
    if (count)
        qsort(sessions, count, sizeof(*sessions), by_device);
    for (size_t k = 0; k < s->device_count; k++)
        sorted[k] = &s->devices[k];
    qsort(sorted, s->device_count, sizeof(const void *), by_id);
    for (; i < s->device_count && !list_is_full(&list); i++) {
        size_t from = sessions_from(sessions, count, sorted[i]->id), end = from;
        struct known known;

        if (list.after_count && sorted[i]->id <= list.after[0])
            continue;
        while (end < count && sessions[end].device == sorted[i]->id)
            end++;
        known = know(r, sorted[i], count ? sessions + from : NULL, end - from);
        device_members(list_row(&list), sorted[i], &known, r->now_us);
        json_close(&list.json, '}');
    }
    list_end_at(&list, i < s->device_count && i > 0, i ? sorted[i - 1]->id : 0);
done:
    room_done(r, s);
}

/* ---- one ---- */

static void session_object(struct json *j, const struct gateway_session *s)
{
    json_open(j, '{');
    json_key_text(j, "peer", s->peer);
    json_key_bool(j, "tls", s->tls);
    key_time_us(j, "since", s->since_us);
    key_time_us(j, "last_frame", s->last_frame_us);
    json_key_int(j, "frames", (int64_t)s->frames);
    json_key_int(j, "refused", (int64_t)s->refused);
    json_key_int(j, "duplicates", (int64_t)s->duplicates);
    json_key_int(j, "bytes", (int64_t)s->bytes);
    json_key_text(j, "edition",
                  s->edition >= 0 && s->edition < 3 ? editions[s->edition]
                                                    : NULL);
    json_key_int(j, "clock_offset_ms", s->clock_offset_ms);
    json_close(j, '}');
}

static const struct device *ask_device(struct ask ask,
                                       const struct registry_snapshot *s)
{
    const struct device *device;
    int64_t id;

    if (!ask_id(ask, ask.request->param[0], INT32_MAX, &id))
        return NULL;
    device = registry_device(s, (int32_t)id);
    if (!device)
        http_problem(ask.response, ask.request, 404, "There is no device %lld.",
                     (long long)id);
    return device;
}

static void one(struct http_request *r, struct http_response *w)
{
    struct ask ask = {r, w};
    struct gateway *gateway = api_of(r)->parts.gateway;
    const struct registry_snapshot *s = room_registry(r);
    const struct device *device = ask_device(ask, s);
    struct gateway_session *sessions;
    struct known known;
    size_t count;
    struct json j;

    if (!device)
        goto done;
    count = gateway_sessions(gateway, r->arena, &sessions);
    known = know(r, device, sessions, count);
    j = answer(w);
    json_open(&j, '{');
    device_members(&j, device, &known, r->now_us);
    json_key(&j, "tolerated");
    json_open(&j, '[');
    for (int d = 0; d < HJ212_DEVIATION_COUNT; d++) {
        if (device->policy.tolerated & ((hj212_deviations)1 << d))
            json_text(&j, hj212_deviation_name(d));
    }
    json_close(&j, ']');
    json_key(&j, "sessions");
    json_open(&j, '[');
    for (size_t i = 0; i < count; i++) {
        if (sessions[i].device == device->id)
            session_object(&j, &sessions[i]);
    }
    json_close(&j, ']');
    json_key_int(&j, "gaps_pending",
                 (int64_t)gateway_gaps_pending(gateway, device->id));
    json_close(&j, '}');
done:
    room_done(r, s);
}

/* ---- deviations ---- */

static void deviations(struct http_request *r, struct http_response *w)
{
    struct ask ask = {r, w};
    struct list list;

    if (!list_begin(&list, ask))
        return;
    list.limit = LIST_MAX;
    for (int d = 0; d < HJ212_DEVIATION_COUNT; d++) {
        struct json *j = list_row(&list);
        hj212_deviations bit = (hj212_deviations)1 << d;

        json_key_text(j, "name", hj212_deviation_name(d));
        json_key_text(j, "text_zh", hj212_deviation_text_zh(d));
        json_key_text(j, "text_en", hj212_deviation_text(d));
        json_key_bool(j, "tolerated_by_default",
                      hj212_tolerated_by_default() & bit);
        json_close(j, '}');
    }
    list_end(&list, 0, NULL);
}

/* ---- quarantine ---- */

static void quarantine(struct http_request *r, struct http_response *w)
{
    struct ask ask = {r, w};
    struct quarantine_entry *entries;
    size_t count;
    struct list list;

    if (!list_begin(&list, ask))
        return;
    list.limit = LIST_MAX;
    count = gateway_quarantine(api_of(r)->parts.gateway, r->arena, &entries);
    for (size_t i = 0; i < count && !list_is_full(&list); i++) {
        struct json *j = list_row(&list);

        json_key_text(j, "mn", entries[i].mn);
        json_key_text(j, "reason", quarantine_reason_name(entries[i].reason));
        json_key_int(j, "count", (int64_t)entries[i].count);
        json_key_int(j, "kept", (int64_t)entries[i].kept);
        json_key_int(j, "waiting", (int64_t)entries[i].waiting);
        key_time_us(j, "first", entries[i].first_us);
        key_time_us(j, "last", entries[i].last_us);
        json_key_text(j, "peer", entries[i].peer[0] ? entries[i].peer : NULL);
        json_key_int(j, "last_sequence", (int64_t)entries[i].last_sequence);
        json_close(j, '}');
    }
    list_end(&list, 0, NULL);
}

static void replay(struct http_request *r, struct http_response *w)
{
    struct ask ask = {r, w};
    uint64_t replayed, refused;
    struct json j;
    enum err err = gateway_quarantine_replay(api_of(r)->parts.gateway,
                                             r->param[0], &replayed, &refused);

    if (err == ERR_NOT_FOUND) {
        http_problem(w, r, 404,
                     "Nothing of this MN waits, or no device is registered "
                     "for it: register it first.");
        return;
    }
    if (err) {
        room_error(ask, err, "The frames could not be replayed");
        return;
    }
    j = answer(w);
    json_open(&j, '{');
    json_key_int(&j, "replayed", (int64_t)replayed);
    json_key_int(&j, "refused", (int64_t)refused);
    json_close(&j, '}');
}

/* clang-format off */
static const struct http_route rows[] = {
    {HTTP_GET, "/api/v1/devices", API_VIEWER, list,
     "devices with their sessions and deviations", NULL, "Device", true, NULL},
    {HTTP_GET, "/api/v1/devices/{id}", API_VIEWER, one, "one device", NULL,
     "DevicePage", false, NULL},
    {HTTP_GET, "/api/v1/deviations", API_VIEWER, deviations,
     "what devices do against the text of HJ 212, by name", NULL, "Deviation",
     true, NULL},
    {HTTP_GET, "/api/v1/quarantine", API_VIEWER, quarantine,
     "frames that were not let in", NULL, "Quarantined", true, NULL},
    {HTTP_POST, "/api/v1/quarantine/{mn}/replay", API_OPERATOR, replay,
     "take the quarantined frames of a registered MN", NULL, "Replayed", false,
     NULL},
};
/* clang-format on */

const struct room device_room = ROOM(rows);
