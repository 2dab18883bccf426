#include "api/live_inside.h"

#include "base/log.h"
#include "base/memory.h"

#include <stdio.h>
#include <time.h>

const char *live_state_name(enum live_state state)
{
    static const char *const names[] = {"never", "ok", "exceeding", "late",
                                        "offline"};

    return names[state];
}

enum { OVERDUE_EXTRA_S = 300 };

enum live_state live_judge(int64_t age_s, int expected_s, bool connected,
                           bool exceeding)
{
    if (expected_s && age_s > 2 * (int64_t)expected_s + OVERDUE_EXTRA_S)
        return connected ? LIVE_LATE : LIVE_OFFLINE;
    return exceeding ? LIVE_EXCEEDING : LIVE_OK;
}

int live_expected_s(enum element element, enum cadence cadence,
                    const struct device *device)
{
    switch (cadence) {
    case CADENCE_REALTIME:
        return device && device->realtime_s > 0 ? device->realtime_s : 300;
    case CADENCE_MINUTE:
        return device && device->minute_min > 0 ? device->minute_min * MINUTE_S
                                                : 10 * MINUTE_S;
    case CADENCE_HOUR: /* national water stations measure every four hours */
        return element == ELEMENT_WATER ? 4 * HOUR_S : HOUR_S;
    case CADENCE_DAY:
        return DAY_S;
    default:
        return 0;
    }
}

/* ---- notes of other threads ---- */

static void note_one_verdict(struct live *live, const struct verdict *verdict)
{
    struct buf text;
    struct json j;

    if (live->verdict_count == PENDING_VERDICTS) {
        live->counters.events_lost++;
        return;
    }
    buf_init(&text, 1 << 16);
    json_init(&j, &text);
    verdict_short(&j, verdict);
    live->verdicts[live->verdict_count++] =
        (struct note_verdict){verdict->site, text.at};
}

static void note_one_reading(struct live *live, const struct pipeline_event *e)
{
    if (live->reading_count == PENDING_READINGS) {
        live->counters.events_lost++;
        return;
    }
    live->readings[live->reading_count++] = (struct note_reading){
        .channel = e->channel,
        .site = e->site,
        .point = e->point,
        .start_s = e->reading->start_s,
        .present = e->reading->present,
        .value = e->reading->number[COLUMN_VALUE],
        .converted = e->reading->number[COLUMN_CONVERTED],
        .flag = e->reading->flag,
        .quality = e->reading->quality,
    };
}

/* On the pipeline's thread: with nobody listening only `dirty` is set. */
static void on_pipeline(void *context, const struct pipeline_event *events,
                        size_t count)
{
    struct live *live = context;
    struct stream_counters streams;

    stream_counters(live->api->hub, &streams);
    pthread_mutex_lock(&live->lock);
    live->dirty = true;
    for (size_t i = 0; i < count && streams.clients; i++) {
        if (events[i].kind == EVENT_VERDICT) {
            if (events[i].site > 0) /* regions have no page that listens */
                note_one_verdict(live, events[i].verdict);
        } else
            note_one_reading(live, &events[i]);
    }
    pthread_mutex_unlock(&live->lock);
}

/* On the gateway's thread. */
static void on_command(void *context, const struct command *command)
{
    struct live *live = context;
    const struct registry_snapshot *s =
        registry_hold(live->api->parts.registry);
    struct buf text;
    struct json j;

    buf_init(&text, 1 << 16);
    json_init(&j, &text);
    command_row(&j, s, command);
    stream_publish(live->api->hub, "commands", "command", buf_span(&text));
    buf_done(&text);
    registry_release(live->api->parts.registry, s);
}

void live_touch(struct live *live)
{
    pthread_mutex_lock(&live->lock);
    live->dirty = true;
    pthread_mutex_unlock(&live->lock);
}

/* ---- telling ---- */

static void reading_event(struct json *j, const struct registry_snapshot *s,
                          const struct note_reading *n,
                          const struct channel_key *key)
{
    const struct point *point = registry_point(s, n->point);
    const struct outlet_limit *limit = limit_on(
        point, key->factor, key->cadence, civil_day_number(n->start_s));
    struct reading reading = {
        .start_s = n->start_s,
        .present = n->present,
        .flag = n->flag,
        .quality = n->quality,
    };

    reading.number[COLUMN_VALUE] = n->value;
    reading.number[COLUMN_CONVERTED] = n->converted;
    json_open(j, '{');
    json_key_int(j, "site", n->site);
    json_key_int(j, "point", n->point);
    json_key_int(j, "channel", n->channel);
    json_key_text(j, "factor", key->factor);
    json_key_text(j, "cadence", cadence_name(key->cadence));
    json_key_text(j, "origin", origin_name(key->origin));
    json_key_time(j, "start", n->start_s);
    key_column(j, "value", &reading, COLUMN_VALUE);
    key_column(j, "converted", &reading, COLUMN_CONVERTED);
    key_letter(j, "flag", n->flag);
    key_quality(j, n->quality);
    json_key_bool(j, "exceeds",
                  limit && limit_exceeded(limit, point, &reading));
    json_close(j, '}');
}

static int by_site(const void *a, const void *b)
{
    const struct note_reading *x = a, *y = b;

    return (x->site > y->site) - (x->site < y->site);
}

/* One event a site, an array of its readings. */
static void tell_readings(struct live *live, struct note_reading *notes,
                          size_t count)
{
    struct api *api = live->api;
    const struct registry_snapshot *s = registry_hold(api->parts.registry);
    struct buf text;

    qsort(notes, count, sizeof(*notes), by_site);
    buf_init(&text, STREAM_QUEUE_MAX / 2);
    for (size_t i = 0, end; i < count; i = end) {
        char topic[STREAM_TOPIC_LEN];
        struct json j;

        for (end = i; end < count && notes[end].site == notes[i].site; end++)
            ;
        snprintf(topic, sizeof(topic), "site:%d", notes[i].site);
        if (!stream_wanted(api->hub, topic))
            continue;
        buf_clear(&text);
        json_init(&j, &text);
        json_open(&j, '[');
        for (size_t k = i; k < end; k++) {
            struct channel_key key;

            if (series_key(api->parts.series, notes[k].channel, &key))
                reading_event(&j, s, &notes[k], &key);
        }
        json_close(&j, ']');
        if (!text.full)
            stream_publish(api->hub, topic, "reading", buf_span(&text));
    }
    buf_done(&text);
    registry_release(api->parts.registry, s);
}

static void tell_verdicts(struct live *live, struct note_verdict *notes,
                          size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char topics[2 * STREAM_TOPIC_LEN];

        snprintf(topics, sizeof(topics), "live site:%d", notes[i].site);
        stream_publish(live->api->hub, topics, "verdict",
                       span_of(notes[i].json));
        free(notes[i].json);
    }
}

/* ---- the thread ---- */

struct round {
    struct note_reading *readings;
    struct note_verdict *verdicts;
    size_t reading_count, verdict_count;
    bool dirty, stop;
};

/* Waits a second, then takes what was noted. */
static struct round next_round(struct live *live, struct note_reading *readings,
                               struct note_verdict *verdicts)
{
    struct round round = {readings, verdicts, 0, 0, false, false};
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec++;
    pthread_mutex_lock(&live->lock);
    while (!live->stopping &&
           pthread_cond_timedwait(&live->wake, &live->lock, &until) == 0)
        ;
    round.stop = live->stopping;
    round.dirty = live->dirty;
    round.reading_count = live->reading_count;
    round.verdict_count = live->verdict_count;
    memcpy(readings, live->readings,
           live->reading_count * sizeof(*live->readings));
    memcpy(verdicts, live->verdicts,
           live->verdict_count * sizeof(*live->verdicts));
    live->reading_count = live->verdict_count = 0;
    live->dirty = false;
    pthread_mutex_unlock(&live->lock);
    return round;
}

static int64_t now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static void *run(void *context)
{
    struct live *live = context;
    struct note_reading *readings =
        memory_new(PENDING_READINGS, sizeof(*readings));
    struct note_verdict *verdicts =
        memory_new(PENDING_VERDICTS, sizeof(*verdicts));
    struct round round;

    do {
        int64_t now;

        round = next_round(live, readings, verdicts);
        now = now_us();
        if (!round.stop) {
            live_devices(live, now);
            if (round.dirty || now / 1000000 - live->made_s >= PICTURE_AGE_S ||
                now / 1000000 < live->made_s)
                live_picture(live, now);
        }
        tell_readings(live, round.readings, round.reading_count);
        tell_verdicts(live, round.verdicts, round.verdict_count);
        stream_keep_alive(live->api->hub, now / 1000000);
    } while (!round.stop);
    free(readings);
    free(verdicts);
    return NULL;
}

struct live *live_start(struct api *api)
{
    struct live *live = memory_new(1, sizeof(*live));
    pthread_condattr_t monotonic;

    live->api = api;
    pthread_mutex_init(&live->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&live->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    arena_init(&live->arena);
    live->readings = memory_new(PENDING_READINGS, sizeof(*live->readings));
    live->verdicts = memory_new(PENDING_VERDICTS, sizeof(*live->verdicts));
    stream_keep_alive(api->hub, now_us() / 1000000);
    live_devices(live, now_us());
    live_picture(live, now_us()); /* the first question finds an answer */
    pipeline_listen(api->parts.pipeline, on_pipeline, live);
    gateway_on_command(api->parts.gateway, on_command, live);
    live->running = pthread_create(&live->thread, NULL, run, live) == 0;
    if (!live->running)
        log_error("no thread for live pages", "state=%s", "stale");
    return live;
}

void live_stop(struct live *live)
{
    if (!live || !live->running)
        return;
    pthread_mutex_lock(&live->lock);
    live->stopping = true;
    pthread_cond_signal(&live->wake);
    pthread_mutex_unlock(&live->lock);
    pthread_join(live->thread, NULL);
    live->running = false;
}

void live_free(struct live *live)
{
    if (!live)
        return;
    for (size_t i = 0; i < live->verdict_count; i++)
        free(live->verdicts[i].json);
    for (size_t i = 0; i < live->site_count; i++)
        free(live->sites[i].verdict);
    for (size_t i = 0; i < live->region_count; i++)
        free(live->regions[i].json);
    http_blob_release(live->open);
    http_blob_release(live->all);
    free(live->readings);
    free(live->verdicts);
    free(live->sites);
    free(live->online);
    free(live->air);
    free(live->devices);
    free(live->regions);
    arena_done(&live->arena);
    pthread_cond_destroy(&live->wake);
    pthread_mutex_destroy(&live->lock);
    free(live);
}

/* ---- what others ask ---- */

struct http_blob *live_blob(struct live *live, bool all)
{
    struct http_blob *blob;

    pthread_mutex_lock(&live->lock);
    blob = http_blob_hold(all ? live->all : live->open);
    pthread_mutex_unlock(&live->lock);
    return blob;
}

static int site_order(const void *key, const void *row)
{
    int32_t a = *(const int32_t *)key, b = ((const struct live_site *)row)->id;

    return (a > b) - (a < b);
}

bool live_find(struct live *live, int32_t site, struct arena *arena,
               struct live_site *out)
{
    const struct live_site *found;

    pthread_mutex_lock(&live->lock);
    found = live->site_count ? bsearch(&site, live->sites, live->site_count,
                                       sizeof(*live->sites), site_order)
                             : NULL;
    if (found) {
        *out = *found;
        if (found->verdict) {
            struct span copy = arena_copy(arena, span_of(found->verdict));

            out->verdict = arena_take(arena, copy.len + 1);
            span_copy(copy, out->verdict, copy.len + 1);
        }
    }
    pthread_mutex_unlock(&live->lock);
    return found;
}

static int id_order(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

    return (x > y) - (x < y);
}

bool live_online(struct live *live, int32_t device)
{
    bool online;

    pthread_mutex_lock(&live->lock);
    online =
        live->online_count && bsearch(&device, live->online, live->online_count,
                                      sizeof(*live->online), id_order);
    pthread_mutex_unlock(&live->lock);
    return online;
}

void live_counters(struct live *live, struct live_counters *out)
{
    pthread_mutex_lock(&live->lock);
    *out = live->counters;
    pthread_mutex_unlock(&live->lock);
}

static void site_members(struct json *j, const struct site *site)
{
    json_key_int(j, "id", site->id);
    json_key_text(j, "code", site->code);
    json_key_text(j, "name_zh", site->name_zh);
    json_key_text(j, "name_en", site->name_en);
    json_key_text(j, "element", element_name(site->element));
    json_key_int(j, "region", site->region);
    json_key(j, "lon");
    json_double(j, site->lon);
    json_key(j, "lat");
    json_double(j, site->lat);
    json_key_text(j, "level", site->level);
}

void live_members(struct json *j, struct live *live, const struct site *site,
                  struct arena *arena)
{
    struct live_site now = {.state = LIVE_NEVER};

    live_find(live, site->id, arena, &now);
    site_members(j, site);
    json_key_text(j, "state", live_state_name(now.state));
    key_time_us(j, "last", now.last_us);
    json_key(j, "verdict");
    if (now.verdict)
        json_raw(j, span_of(now.verdict));
    else
        json_none(j);
}
