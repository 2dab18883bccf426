/* The picture itself: sites, cities, devices, made from what the stores know.
 */
#include "api/live_inside.h"

#include "base/memory.h"

#include <stdio.h>
#include <time.h>

enum { PIECE = 256 }; /* channels looked at in one go */

/* What is found of one site. */
struct found {
    int64_t last_us;
    int expected_s;
    bool connected;
    struct verdict verdict;
    bool has_verdict;
};

struct picture {
    struct live *live;
    struct api *api;
    const struct registry_snapshot *s;
    struct found *sites; /* as s->sites */
    int64_t now_us;
};

/* ---- what came in last ---- */

static void channel_counts(struct picture *p, const struct channel_key *key,
                           const struct reading *latest)
{
    const struct point *point;
    const struct device *device;
    struct found *found;
    int expected_s;

    if (latest->start_s == INT64_MIN || key->subject != SUBJECT_POINT ||
        (key->origin != ORIGIN_REPORTED && key->origin != ORIGIN_MANUAL))
        return;
    point = registry_point(p->s, key->id);
    if (!point)
        return;
    found = &p->sites[point->site - p->s->sites];
    /* arrivals are kept to the minute, rounded up: none is ahead of now */
    if (latest->arrival_us > found->last_us)
        found->last_us =
            latest->arrival_us < p->now_us ? latest->arrival_us : p->now_us;
    device = registry_device(p->s, point->device);
    expected_s = live_expected_s(point->site->element, key->cadence, device);
    if (expected_s && (!found->expected_s || expected_s < found->expected_s))
        found->expected_s = expected_s;
}

/* Channels may be many: a few at a time. */
static void find_latest(struct picture *p)
{
    struct series *series = p->api->parts.series;
    struct reading *latest = arena_new(&p->live->arena, PIECE, sizeof(*latest));
    struct channel_key key;
    channel_id first = 1;
    size_t count;

    while ((count = series_latest_from(series, first, latest, PIECE)) > 0) {
        for (size_t i = 0; i < count; i++) {
            if (series_key(series, first + (channel_id)i, &key))
                channel_counts(p, &key, &latest[i]);
        }
        first += (channel_id)count;
    }
}

static void find_connected(struct picture *p)
{
    for (size_t i = 0; i < p->live->online_count; i++) {
        const struct device *device = registry_device(p->s, p->live->online[i]);

        if (device && device->point)
            p->sites[device->point->site - p->s->sites].connected = true;
    }
}

/* ---- verdicts ---- */

/* The worse of an outlet's newest verdicts, the newer among equals. */
static bool is_worse(const struct verdict *a, const struct verdict *b)
{
    if (a->rating != b->rating)
        return a->rating > b->rating;
    return a->start_s > b->start_s;
}

static void find_verdict(struct picture *p, const struct site *site,
                         struct found *found)
{
    struct verdict_store *store = p->api->parts.verdicts;
    struct arena *arena = &p->live->arena;
    struct verdict one;

    if (site->element == ELEMENT_AIR || site->element == ELEMENT_WATER) {
        enum verdict_kind kind = site->element == ELEMENT_AIR
                                     ? VERDICT_AQI_HOUR
                                     : VERDICT_WATER_CLASS;

        found->has_verdict = verdict_store_newest(
            store, kind, site->id, 0, CADENCE_COUNT, arena, &found->verdict);
        return;
    }
    for (size_t i = 0; i < site->point_count; i++) {
        if (!verdict_store_newest(store, VERDICT_OUTLET, site->id,
                                  site->points[i].id, CADENCE_COUNT, arena,
                                  &one))
            continue;
        if (!found->has_verdict || is_worse(&one, &found->verdict))
            found->verdict = one;
        found->has_verdict = true;
    }
}

static enum live_state state_of(const struct picture *p,
                                const struct found *found)
{
    bool exceeding = found->has_verdict &&
                     found->verdict.kind == VERDICT_OUTLET &&
                     found->verdict.rating == 1;

    if (!found->last_us)
        return LIVE_NEVER;
    return live_judge((p->now_us - found->last_us) / 1000000, found->expected_s,
                      found->connected, exceeding);
}

/* ---- sites ---- */

static char *text_of_verdict(const struct found *found)
{
    struct buf text;
    struct json j;

    if (!found->has_verdict)
        return NULL;
    buf_init(&text, 1 << 16);
    json_init(&j, &text);
    verdict_short(&j, &found->verdict);
    return text.at;
}

static int by_id(const void *a, const void *b)
{
    const struct live_site *x = a, *y = b;

    return (x->id > y->id) - (x->id < y->id);
}

/* Puts the new rows in the place of the old. */
static void sites_publish(struct picture *p)
{
    struct live *live = p->live;
    struct live_site *rows =
        memory_new(p->s->site_count ? p->s->site_count : 1, sizeof(*rows));
    struct live_site *old;
    size_t old_count;

    for (size_t i = 0; i < p->s->site_count; i++) {
        find_verdict(p, &p->s->sites[i], &p->sites[i]);
        rows[i] = (struct live_site){
            .id = p->s->sites[i].id,
            .state = state_of(p, &p->sites[i]),
            .last_us = p->sites[i].last_us,
            .verdict = text_of_verdict(&p->sites[i]),
        };
    }
    qsort(rows, p->s->site_count, sizeof(*rows), by_id);

    pthread_mutex_lock(&live->lock);
    old = live->sites;
    old_count = live->site_count;
    live->sites = rows;
    live->site_count = p->s->site_count;
    pthread_mutex_unlock(&live->lock);
    for (size_t i = 0; i < old_count; i++)
        free(old[i].verdict);
    free(old);
}

/* ---- cities ---- */

static struct air_memory *air_of(struct live *live, int32_t site)
{
    for (size_t i = 0; i < live->air_count; i++) {
        if (live->air[i].site == site)
            return &live->air[i];
    }
    live->air = memory_grow(live->air, &live->air_room, live->air_count + 1,
                            sizeof(*live->air));
    live->air[live->air_count] = (struct air_memory){
        .site = site,
        .hour = {{.start_s = INT64_MIN}, {.start_s = INT64_MIN}},
    };
    return &live->air[live->air_count++];
}

/* Keeps the two newest hours of a station. */
static void air_remember(struct picture *p, const struct site *site,
                         const struct found *found)
{
    struct air_memory *air = air_of(p->live, site->id);
    struct city_station now = city_station_of(&found->verdict);
    struct verdict_filter filter = {
        .site = site->id,
        .kind = VERDICT_AQI_HOUR,
        .cadence = CADENCE_HOUR,
        .from_s = now.start_s - HOUR_S,
        .to_s = now.start_s,
    };
    struct verdict *before;
    size_t count;

    if (now.start_s == air->hour[0].start_s) {
        air->hour[0] = now;
        return;
    }
    air->hour[1] = air->hour[0];
    air->hour[0] = now;
    if (air->hour[1].start_s != filter.from_s &&
        verdict_store_list(p->api->parts.verdicts, &filter, NULL, 1,
                           &p->live->arena, &before, &count) == OK &&
        count)
        air->hour[1] = city_station_of(before);
}

/* HJ 663 asks for three quarters of the points; else the fuller hour. */
static int64_t city_hour(const struct city_station *hours, size_t stations,
                         int64_t newest)
{
    size_t now = city_judged(hours, 2 * stations, newest);
    size_t before = city_judged(hours, 2 * stations, newest - HOUR_S);

    return 4 * now >= 3 * stations || now >= before ? newest : newest - HOUR_S;
}

struct city {
    const struct region *region;
    struct city_station *hours; /* two a station */
    size_t stations;
    int64_t newest;
};

static void city_row(struct picture *p, const struct city *city, struct json *j)
{
    int64_t hour = city->newest == INT64_MIN
                       ? INT64_MIN
                       : city_hour(city->hours, city->stations, city->newest);
    size_t judged = hour == INT64_MIN
                        ? 0
                        : city_judged(city->hours, 2 * city->stations, hour);
    struct verdict verdict = {.rating = -1};

    if (judged)
        city_hourly(city->hours, 2 * city->stations, hour, &p->live->arena,
                    &verdict);
    json_open(j, '{');
    json_key_int(j, "code", city->region->code);
    key_time_if(j, "start", judged, hour);
    if (verdict.rating >= 0) {
        json_key_int(j, "aqi", verdict.rating);
        json_key_int(j, "level", verdict.level);
        json_key_text(j, "colour", verdict.colour);
    } else {
        json_key_null(j, "aqi");
        json_key_null(j, "level");
        json_key_null(j, "colour");
    }
    json_key(j, "primary");
    json_open(j, '[');
    for (size_t i = 0; i < verdict.item_count; i++) {
        if (verdict.items[i].decisive)
            json_text(j, verdict.items[i].factor);
    }
    json_close(j, ']');
    json_key_int(j, "stations", (int64_t)city->stations);
    json_key_int(j, "stations_judged", (int64_t)judged);
    json_close(j, '}');
}

static void region_tell(struct live *live, int code, struct span json)
{
    for (size_t i = 0; i < live->region_count; i++) {
        if (live->regions[i].code != code)
            continue;
        if (span_is(json, live->regions[i].json))
            return;
        free(live->regions[i].json);
        live->regions[i].json = memory_text(json);
        stream_publish(live->api->hub, "live", "region", json);
        return;
    }
    live->regions = memory_resize(live->regions, live->region_count + 1,
                                  sizeof(*live->regions));
    live->regions[live->region_count++] =
        (struct region_text){code, memory_text(json)};
    stream_publish(live->api->hub, "live", "region", json);
}

static void city_add(struct picture *p, struct city *city,
                     const struct site *site)
{
    const struct air_memory *air = air_of(p->live, site->id);

    city->hours[2 * city->stations] = air->hour[0];
    city->hours[2 * city->stations + 1] = air->hour[1];
    city->stations++;
    if (air->hour[0].start_s > city->newest)
        city->newest = air->hour[0].start_s;
}

static bool counts_for(const struct picture *p, const struct site *site,
                       const struct region *region)
{
    return site->element == ELEMENT_AIR && !site->control_point &&
           registry_city(p->s, site->region) == region;
}

/* All cities as a JSON array. */
static void cities_write(struct picture *p, struct json *j)
{
    struct buf one;

    for (size_t i = 0; i < p->s->site_count; i++) {
        if (p->s->sites[i].element == ELEMENT_AIR && p->sites[i].has_verdict)
            air_remember(p, &p->s->sites[i], &p->sites[i]);
    }
    buf_init(&one, 1 << 16);
    json_open(j, '[');
    for (size_t r = 0; r < p->s->region_count; r++) {
        struct city city = {&p->s->regions[r], NULL, 0, INT64_MIN};
        struct json row;

        if (!span_is(span_of(city.region->level), "prefecture"))
            continue;
        for (size_t i = 0; i < p->s->site_count; i++) {
            if (!counts_for(p, &p->s->sites[i], city.region))
                continue;
            if (!city.hours)
                city.hours = arena_new(&p->live->arena, 2 * p->s->site_count,
                                       sizeof(*city.hours));
            city_add(p, &city, &p->s->sites[i]);
        }
        if (!city.stations)
            continue;
        buf_clear(&one);
        json_init(&row, &one);
        city_row(p, &city, &row);
        region_tell(p->live, city.region->code, buf_span(&one));
        json_raw(j, buf_span(&one));
    }
    json_close(j, ']');
    buf_done(&one);
}

/* ---- the answer ---- */

static struct http_blob *blob_make(struct picture *p, struct span regions,
                                   bool all)
{
    struct buf body;
    struct json j;

    buf_init(&body, HTTP_ANSWER_MAX);
    json_init(&j, &body);
    json_open(&j, '{');
    json_key_time(&j, "at", p->now_us / 1000000);
    json_key(&j, "regions");
    json_raw(&j, regions);
    json_key(&j, "sites");
    json_open(&j, '[');
    for (size_t i = 0; i < p->s->site_count; i++) {
        if (!all && !p->s->sites[i].public_page)
            continue;
        json_open(&j, '{');
        live_members(&j, p->live, &p->s->sites[i], &p->live->arena);
        json_close(&j, '}');
    }
    json_close(&j, ']');
    json_close(&j, '}');
    return http_blob_new(&body, "application/json");
}

void live_picture(struct live *live, int64_t now_us)
{
    struct picture p = {
        .live = live,
        .api = live->api,
        .s = registry_hold(live->api->parts.registry),
        .now_us = now_us,
    };
    struct http_blob *open, *all, *old_open, *old_all;
    struct timespec begin, end;
    struct buf regions;
    struct json j;

    clock_gettime(CLOCK_MONOTONIC, &begin);
    arena_clear(&live->arena);
    p.sites = arena_new(&live->arena, p.s->site_count ? p.s->site_count : 1,
                        sizeof(*p.sites));
    find_latest(&p);
    find_connected(&p);
    sites_publish(&p);
    buf_init(&regions, HTTP_ANSWER_MAX);
    json_init(&j, &regions);
    cities_write(&p, &j);
    open = blob_make(&p, buf_span(&regions), false);
    all = blob_make(&p, buf_span(&regions), true);
    buf_done(&regions);
    registry_release(live->api->parts.registry, p.s);
    clock_gettime(CLOCK_MONOTONIC, &end);

    pthread_mutex_lock(&live->lock);
    old_open = live->open;
    old_all = live->all;
    live->open = open;
    live->all = all;
    live->made_s = now_us / 1000000;
    live->counters.rebuilds++;
    live->counters.rebuild_us +=
        (uint64_t)((end.tv_sec - begin.tv_sec) * 1000000 +
                   (end.tv_nsec - begin.tv_nsec) / 1000);
    pthread_mutex_unlock(&live->lock);
    http_blob_release(old_open);
    http_blob_release(old_all);
}

/* ---- devices ---- */

static void device_tell(struct live *live, struct seen_device *device,
                        int64_t now_us)
{
    struct buf text;
    struct json j;

    buf_init(&text, 512);
    json_init(&j, &text);
    json_open(&j, '{');
    json_key_int(&j, "id", device->id);
    json_key_bool(&j, "online", device->online);
    key_time_us(&j, "last_frame", device->last_us);
    json_close(&j, '}');
    stream_publish(live->api->hub, "devices", "device", buf_span(&text));
    buf_done(&text);
    device->told_us = now_us;
}

static struct seen_device *device_of(struct live *live, int32_t id)
{
    size_t low = 0, high = live->device_count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (live->devices[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < live->device_count && live->devices[low].id == id)
        return &live->devices[low];
    live->devices = memory_grow(live->devices, &live->device_room,
                                live->device_count + 1, sizeof(*live->devices));
    memmove(&live->devices[low + 1], &live->devices[low],
            (live->device_count - low) * sizeof(*live->devices));
    live->devices[low] = (struct seen_device){.id = id};
    live->device_count++;
    return &live->devices[low];
}

static void online_publish(struct live *live)
{
    int32_t *ids =
        memory_new(live->device_count ? live->device_count : 1, sizeof(*ids));
    int32_t *old;
    size_t count = 0;
    bool changed;

    for (size_t i = 0; i < live->device_count; i++) {
        if (live->devices[i].online)
            ids[count++] = live->devices[i].id;
    }
    pthread_mutex_lock(&live->lock);
    changed = count != live->online_count ||
              (count && memcmp(ids, live->online, count * sizeof(*ids)) != 0);
    live->dirty = live->dirty || changed;
    old = live->online;
    live->online = ids;
    live->online_count = count;
    pthread_mutex_unlock(&live->lock);
    free(old);
}

void live_devices(struct live *live, int64_t now_us)
{
    bool wanted = stream_wanted(live->api->hub, "devices");
    struct gateway_session *sessions;
    struct arena arena;
    size_t count;

    arena_init(&arena);
    count = gateway_sessions(live->api->parts.gateway, &arena, &sessions);
    for (size_t i = 0; i < live->device_count; i++)
        live->devices[i].mark = false;
    for (size_t i = 0; i < count; i++) {
        struct seen_device *device;

        if (!sessions[i].device)
            continue;
        device = device_of(live, sessions[i].device);
        device->mark = true;
        if (sessions[i].last_frame_us > device->last_us)
            device->last_us = sessions[i].last_frame_us;
    }
    for (size_t i = 0; i < live->device_count; i++) {
        struct seen_device *device = &live->devices[i];
        bool came_or_went = device->mark != device->online;

        device->online = device->mark;
        if (wanted && (came_or_went || (device->last_us > device->told_us &&
                                        now_us - device->told_us >=
                                            DEVICE_EVERY_S * 1000000LL)))
            device_tell(live, device, now_us);
    }
    online_publish(live);
    arena_done(&arena);
}
