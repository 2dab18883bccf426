/* Sites: lists, one with its points, and what was measured there last. */
#include "api/live.h"

#include <stdlib.h>

static void site_rest(struct json *j, const struct site *site)
{
    json_key_text(j, "water_body", site->water_body);
    if (site->target_class)
        json_key_int(j, "target_class", site->target_class);
    else
        json_key_null(j, "target_class");
    json_key_text(j, "noise_class", site->noise_class);
    json_key_bool(j, "control_point", site->control_point);
    json_key_bool(j, "public", site->public_page);
}

/* ---- the list ---- */

struct wanted {
    bool has_element;
    enum element element;
    int64_t region;
    struct span q, state;
};

static bool ask_wanted(struct ask ask, struct wanted *out)
{
    struct span element = http_query(ask.request, "element");

    out->q = http_query(ask.request, "q");
    out->state = http_query(ask.request, "state");
    out->has_element = element.len;
    if (!ask_int(ask, "region", 1, 999999, 0, &out->region))
        return false;
    if (!element.len || element_parse(element, &out->element) == OK)
        return true;
    http_problem(ask.response, ask.request, 400,
                 "Parameter 'element' is no element: air, water, groundwater, "
                 "drinking_water, soil, noise, radiation, source_gas, "
                 "source_water or ecology.");
    return false;
}

/* A region takes in what lies in it: 510000 all of 51xxxx, 510100 5101xx. */
static bool lies_in(int code, int64_t region)
{
    if (region % 10000 == 0)
        return code / 10000 == region / 10000;
    if (region % 100 == 0)
        return code / 100 == region / 100;
    return code == region;
}

static bool text_has(const char *text, struct span part)
{
    struct span rest = span_of(text);

    for (; rest.len >= part.len; rest = span_from(rest, 1)) {
        if (span_equal_nocase(span_first(rest, part.len), part))
            return true;
        if (!rest.len)
            break;
    }
    return false;
}

static bool site_is_wanted(struct http_request *r, const struct site *site,
                           const struct wanted *wanted)
{
    struct live_site now = {.state = LIVE_NEVER};

    if (!site_visible(r, site) ||
        (wanted->has_element && site->element != wanted->element) ||
        (wanted->region && !lies_in(site->region, wanted->region)))
        return false;
    if (wanted->q.len && !text_has(site->code, wanted->q) &&
        !text_has(site->name_zh, wanted->q) &&
        !text_has(site->name_en, wanted->q))
        return false;
    if (!wanted->state.len)
        return true;
    live_find(api_of(r)->live, site->id, r->arena, &now);
    return span_is(wanted->state, live_state_name(now.state));
}

static int by_id(const void *a, const void *b)
{
    const struct site *x = *(const struct site *const *)a;
    const struct site *y = *(const struct site *const *)b;

    return (x->id > y->id) - (x->id < y->id);
}

static void list(struct http_request *r, struct http_response *w)
{
    struct ask ask = {r, w};
    const struct registry_snapshot *s = room_registry(r);
    const struct site **found =
        arena_new(r->arena, s->site_count + 1, sizeof(void *));
    struct wanted wanted;
    struct list list;
    size_t count = 0, i = 0;
    int64_t last = 0;

    if (!ask_wanted(ask, &wanted) || !list_begin(&list, ask))
        goto done;
    for (size_t k = 0; k < s->site_count; k++) {
        if (site_is_wanted(r, &s->sites[k], &wanted))
            found[count++] = &s->sites[k];
    }
    qsort(found, count, sizeof(const void *), by_id);
    for (; i < count && !list_is_full(&list); i++) {
        struct json *j;

        if (list.after_count && found[i]->id <= list.after[0])
            continue;
        last = found[i]->id;
        j = list_row(&list);
        live_members(j, api_of(r)->live, found[i], r->arena);
        site_rest(j, found[i]);
        json_key_int(j, "points", (int64_t)found[i]->point_count);
        json_close(j, '}');
    }
    list_end(&list, i < count && list.count, &last);
done:
    room_done(r, s);
}

/* ---- one ---- */

static void device_of_point(struct json *j, struct http_request *r,
                            const struct registry_snapshot *s,
                            const struct point *point)
{
    const struct device *device = registry_device(s, point->device);

    json_key(j, "device");
    if (!device) {
        json_none(j);
        return;
    }
    json_open(j, '{');
    json_key_int(j, "id", device->id);
    json_key_text(j, "mn", session_of(r) ? device->mn : NULL);
    json_key_bool(j, "online", live_online(api_of(r)->live, device->id));
    json_close(j, '}');
}

static void factors_of_point(struct json *j, const struct point *point)
{
    json_key(j, "factors");
    json_open(j, '[');
    for (size_t i = 0; i < point->factor_count; i++) {
        const char *code = point->factors[i].factor;
        struct factor_names names = factor_names(code, point);

        json_open(j, '{');
        json_key_text(j, "factor", code);
        key_names(j, names);
        json_key_text(j, "unit", names.unit);
        if (names.decimals >= 0)
            json_key_int(j, "decimals", names.decimals);
        else
            json_key_null(j, "decimals");
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void limits_of_point(struct json *j, const struct point *point)
{
    json_key(j, "limits");
    json_open(j, '[');
    for (size_t i = 0; i < point->limit_count; i++) {
        const struct outlet_limit *l = &point->limits[i];

        json_open(j, '{');
        json_key_text(j, "factor", l->factor);
        json_key_text(j, "standard", l->standard);
        json_key_text(j, "averaging", cadence_name(l->averaging));
        key_decimal_if(j, "min", l->has_min, l->min);
        key_decimal_if(j, "max", l->has_max, l->max);
        json_key_text(j, "unit", l->unit ? unit_shown(l->unit) : NULL);
        json_key_bool(j, "converted", l->converted);
        json_key_int(j, "from", l->from_day);
        if (l->to_day)
            json_key_int(j, "to", l->to_day);
        else
            json_key_null(j, "to");
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void one(struct http_request *r, struct http_response *w)
{
    struct ask ask = {r, w};
    const struct registry_snapshot *s = room_registry(r);
    const struct site *site = ask_site(ask, s);
    struct json j;

    if (!site)
        goto done;
    j = answer(w);
    json_open(&j, '{');
    live_members(&j, api_of(r)->live, site, r->arena);
    site_rest(&j, site);
    json_key(&j, "points");
    json_open(&j, '[');
    for (size_t i = 0; i < site->point_count; i++) {
        const struct point *point = &site->points[i];

        json_open(&j, '{');
        json_key_int(&j, "id", point->id);
        json_key_text(&j, "code", point->code);
        json_key_text(&j, "name_zh", point->name_zh);
        json_key_text(&j, "name_en", point->name_en);
        device_of_point(&j, r, s, point);
        factors_of_point(&j, point);
        limits_of_point(&j, point);
        json_close(&j, '}');
    }
    json_close(&j, ']');
    json_close(&j, '}');
done:
    room_done(r, s);
}

/* ---- the newest readings ---- */

static void key_limit(struct json *j, const struct outlet_limit *limit)
{
    json_key(j, "limit");
    if (!limit) {
        json_none(j);
        return;
    }
    json_open(j, '{');
    key_decimal_if(j, "max", limit->has_max, limit->max);
    key_decimal_if(j, "min", limit->has_min, limit->min);
    json_key_text(j, "standard", limit->standard);
    json_key_text(j, "unit", limit->unit ? unit_shown(limit->unit) : NULL);
    json_key_bool(j, "converted", limit->converted);
    json_close(j, '}');
}

static void latest_row(struct json *j, const struct point *point,
                       channel_id channel, const struct channel_key *key,
                       const struct reading *reading)
{
    struct factor_names names = factor_names(key->factor, point);
    const struct outlet_limit *limit = limit_on(
        point, key->factor, key->cadence, civil_day_number(reading->start_s));

    json_key_int(j, "point", point->id);
    json_key_text(j, "factor", key->factor);
    key_names(j, names);
    json_key_text(j, "unit", names.unit);
    json_key_text(j, "cadence", cadence_name(key->cadence));
    json_key_text(j, "origin", origin_name(key->origin));
    json_key_int(j, "channel", channel);
    json_key_time(j, "start", reading->start_s);
    key_column(j, "value", reading, COLUMN_VALUE);
    key_column(j, "min", reading, COLUMN_MIN);
    key_column(j, "max", reading, COLUMN_MAX);
    key_column(j, "total", reading, COLUMN_TOTAL);
    key_column(j, "converted", reading, COLUMN_CONVERTED);
    key_letter(j, "flag", reading->flag);
    key_quality(j, reading->quality);
    json_key(j, "arrival");
    json_time_us(j, reading->arrival_us);
    json_key_bool(j, "valid", reading_is_valid(reading));
    key_limit(j, limit);
    json_key_bool(j, "exceeds", limit && limit_exceeded(limit, point, reading));
    json_close(j, '}');
}

static void latest(struct http_request *r, struct http_response *w)
{
    struct ask ask = {r, w};
    struct series *series = api_of(r)->parts.series;
    const struct registry_snapshot *s = room_registry(r);
    const struct site *site = ask_site(ask, s);
    struct list list;

    if (!site || !list_begin(&list, ask))
        goto done;
    list.limit = LIST_MAX;
    for (size_t p = 0; p < site->point_count; p++) {
        const struct point *point = &site->points[p];
        channel_id *channels;
        size_t count = series_channels_of(series, SUBJECT_POINT, point->id,
                                          r->arena, &channels);

        for (size_t i = 0; i < count && !list_is_full(&list); i++) {
            struct channel_key key;
            struct reading reading;

            if (series_key(series, channels[i], &key) &&
                series_latest(series, channels[i], &reading))
                latest_row(list_row(&list), point, channels[i], &key, &reading);
        }
    }
    list_end(&list, 0, NULL);
done:
    room_done(r, s);
}

static const struct http_route rows[] = {
    {HTTP_GET, "/api/v1/sites", API_PUBLIC, list,
     "sites with what they say now", "element region q state", "Site", true,
     NULL},
    {HTTP_GET, "/api/v1/sites/{id}", API_PUBLIC, one,
     "one site with its points, factors and limits", NULL, "SitePage", false,
     NULL},
    {HTTP_GET, "/api/v1/sites/{id}/latest", API_PUBLIC, latest,
     "the newest reading of every channel of a site", NULL, "Latest", true,
     NULL},
};

const struct room site_room = ROOM(rows);
