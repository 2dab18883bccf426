/* Channels: readings, versions, aggregates, gaps, percentiles, exceedances. */
#include "api/room.h"

#include <stdio.h>

/* The channel of the path, if this request may see it. */
static bool ask_channel(struct ask ask, const struct registry_snapshot *s,
                        channel_id *out, struct place *place)
{
    int64_t id;

    if (!ask_id(ask, ask.request->param[0], UINT32_MAX, &id))
        return false;
    *out = (channel_id)id;
    if (place_of(api_of(ask.request), s, *out, place) && place->point &&
        site_visible(ask.request, place->site))
        return true;
    http_problem(ask.response, ask.request, 404, "There is no channel %lld.",
                 (long long)id);
    return false;
}

/* How far back a question without `from` looks. */
static int64_t usual_span(enum cadence cadence)
{
    switch (cadence) {
    case CADENCE_REALTIME:
    case CADENCE_MINUTE:
        return DAY_S;
    case CADENCE_HOUR:
        return 7 * (int64_t)DAY_S;
    default:
        return 366 * (int64_t)DAY_S;
    }
}

/* ---- what there is ---- */

struct wanted {
    int64_t site, point;
    struct span factor, origin;
    enum cadence cadence;
};

static bool ask_wanted(struct ask ask, struct wanted *out)
{
    out->factor = http_query(ask.request, "factor");
    out->origin = http_query(ask.request, "origin");
    return ask_int(ask, "site", 1, INT32_MAX, 0, &out->site) &&
           ask_int(ask, "point", 1, INT32_MAX, 0, &out->point) &&
           ask_cadence(ask, "cadence", CADENCE_COUNT, &out->cadence);
}

static bool channel_is_wanted(const struct http_request *r,
                              const struct place *place,
                              const struct wanted *wanted)
{
    const struct factor *factor =
        wanted->factor.len ? factor_find(wanted->factor) : NULL;
    struct span code = factor ? span_of(factor->code) : wanted->factor;

    return place->point && site_visible(r, place->site) &&
           (!wanted->site || place->site->id == wanted->site) &&
           (!wanted->point || place->point->id == wanted->point) &&
           (!code.len || span_is(code, place->key.factor)) &&
           (!wanted->origin.len ||
            span_is(wanted->origin, origin_name(place->key.origin))) &&
           (wanted->cadence == CADENCE_COUNT ||
            wanted->cadence == place->key.cadence);
}

static void channel_members(struct json *j, struct api *api, channel_id channel,
                            const struct place *place)
{
    struct factor_names names = factor_names(place->key.factor, place->point);
    struct series_range all = {MOMENT_MIN_S, MOMENT_MAX_S};
    struct series_view now = {AS_OF_NOW, true};
    struct reading *first = NULL, last;
    size_t count = 0;
    bool has_last = series_latest(api->parts.series, channel, &last);
    struct arena arena;
    enum err err;

    arena_init(&arena);
    err = series_scan(api->parts.series, channel, all, now, 1, &arena, &first,
                      &count);
    json_key_int(j, "id", channel);
    json_key_int(j, "site", place->site->id);
    json_key_int(j, "point", place->point->id);
    json_key_text(j, "factor", place->key.factor);
    key_names(j, names);
    json_key_text(j, "unit", names.unit);
    json_key_text(j, "cadence", cadence_name(place->key.cadence));
    json_key_text(j, "origin", origin_name(place->key.origin));
    key_time_if(j, "first", !err && count, count ? first[0].start_s : 0);
    key_time_if(j, "last", has_last, has_last ? last.start_s : 0);
    arena_done(&arena);
}

/* Of one site or point only its own channels are looked at. */
static void channels_of(struct list *list, const struct registry_snapshot *s,
                        const struct wanted *wanted, const struct point *point)
{
    const struct http_request *r = list->ask.request;
    channel_id *channels;
    size_t count = series_channels_of(api_of(r)->parts.series, SUBJECT_POINT,
                                      point->id, r->arena, &channels);

    for (size_t i = 0; i < count && !list_is_full(list); i++) {
        struct place place;

        if (!place_of(api_of(r), s, channels[i], &place) ||
            !channel_is_wanted(r, &place, wanted))
            continue;
        channel_members(list_row(list), api_of(r), channels[i], &place);
        json_close(&list->json, '}');
    }
}

static void channels(struct http_request *r, struct http_response *w)
{
    struct ask ask = {r, w};
    struct api *api = api_of(r);
    const struct registry_snapshot *s = room_registry(r);
    channel_id all = series_count(api->parts.series), at;
    const struct site *site;
    const struct point *point;
    struct wanted wanted;
    struct list list;

    if (!ask_wanted(ask, &wanted) || !list_begin(&list, ask))
        goto done;
    point = registry_point(s, (int32_t)wanted.point);
    site = registry_site(s, (int32_t)wanted.site);
    if (wanted.point || wanted.site) {
        list.limit = LIST_MAX;
        if (wanted.point && point)
            channels_of(&list, s, &wanted, point);
        for (size_t i = 0; !wanted.point && site && i < site->point_count; i++)
            channels_of(&list, s, &wanted, &site->points[i]);
        list_end(&list, 0, NULL);
        goto done;
    }
    at = list.after_count ? (channel_id)list.after[0] + 1 : 1;
    for (; at <= all && !list_is_full(&list); at++) {
        struct place place;

        if (!place_of(api, s, at, &place) ||
            !channel_is_wanted(r, &place, &wanted))
            continue;
        channel_members(list_row(&list), api, at, &place);
        json_close(&list.json, '}');
    }
    list_end_at(&list, at <= all, (int64_t)at - 1);
done:
    room_done(r, s);
}

static void channel(struct http_request *r, struct http_response *w)
{
    struct ask ask = {r, w};
    const struct registry_snapshot *s = room_registry(r);
    struct place place;
    channel_id id;
    struct json j;

    if (ask_channel(ask, s, &id, &place)) {
        j = answer(w);
        json_open(&j, '{');
        channel_members(&j, api_of(r), id, &place);
        json_close(&j, '}');
    }
    room_done(r, s);
}

/* ---- readings ---- */

static void reading_members(struct json *j, const struct reading *reading)
{
    json_key_time(j, "start", reading->start_s);
    key_column(j, "value", reading, COLUMN_VALUE);
    key_column(j, "min", reading, COLUMN_MIN);
    key_column(j, "max", reading, COLUMN_MAX);
    key_column(j, "total", reading, COLUMN_TOTAL);
    key_column(j, "converted", reading, COLUMN_CONVERTED);
    key_column(j, "converted_min", reading, COLUMN_CONVERTED_MIN);
    key_column(j, "converted_max", reading, COLUMN_CONVERTED_MAX);
    key_letter(j, "flag", reading->flag);
    key_quality(j, reading->quality);
    json_key(j, "arrival");
    json_time_us(j, reading->arrival_us);
    if (reading->quality & QUALITY_BIT(TEXT))
        json_key_span(j, "text", reading->text);
    else
        json_key_null(j, "text");
    json_key_bool(j, "valid", reading_is_valid(reading));
    json_close(j, '}');
}

/* Readings in time order; the cursor is the start of the last one. */
static void write_readings(struct list *list, const struct reading *readings,
                           size_t count)
{
    size_t i = 0;

    for (; i < count && !list_is_full(list); i++)
        reading_members(list_row(list), &readings[i]);
    list_end(list, i < count, i ? &readings[i - 1].start_s : NULL);
}

static void readings(struct http_request *r, struct http_response *w)
{
    struct ask ask = {r, w};
    const struct registry_snapshot *s = room_registry(r);
    struct series_range range;
    struct series_view view;
    struct reading *found;
    struct place place;
    struct list list;
    channel_id id;
    size_t count;
    enum err err;

    if (!ask_channel(ask, s, &id, &place) ||
        !ask_range(ask, usual_span(place.key.cadence), &range) ||
        !ask_view(ask, &view) || !list_begin(&list, ask))
        goto done;
    if (list.after_count && list.after[0] >= range.from_s)
        range.from_s = list.after[0] + 1;
    err = series_scan(api_of(r)->parts.series, id, range, view, list.limit + 1,
                      r->arena, &found, &count);
    if (err)
        room_error(ask, err, "The readings could not be read");
    else
        write_readings(&list, found, count);
done:
    room_done(r, s);
}

static void versions(struct http_request *r, struct http_response *w)
{
    struct ask ask = {r, w};
    const struct registry_snapshot *s = room_registry(r);
    struct reading *found = NULL;
    struct place place;
    int64_t start_s;
    struct list list;
    channel_id id;
    size_t count = 0;
    enum err err;

    if (!ask_channel(ask, s, &id, &place) ||
        !ask_time(ask, "start", INT64_MIN, &start_s) || !list_begin(&list, ask))
        goto done;
    if (start_s == INT64_MIN) {
        http_problem(w, r, 400, "Give 'start': the start of the period.");
        goto done;
    }
    list.limit = LIST_MAX;
    err = series_versions(api_of(r)->parts.series, id, start_s, r->arena,
                          &found, &count);
    if (err && err != ERR_NOT_FOUND)
        room_error(ask, err, "The versions could not be read");
    else
        write_readings(&list, found, err ? 0 : count);
done:
    room_done(r, s);
}

static void exceedances(struct http_request *r, struct http_response *w)
{
    struct ask ask = {r, w};
    const struct registry_snapshot *s = room_registry(r);
    struct series_range range;
    struct series_view view;
    struct decimal limit;
    struct reading *found;
    struct place place;
    struct list list;
    channel_id id;
    size_t count;
    enum err err;

    if (!ask_channel(ask, s, &id, &place) ||
        !ask_decimal(ask, "limit_value", &limit) ||
        !ask_range(ask, usual_span(place.key.cadence), &range) ||
        !ask_view(ask, &view) || !list_begin(&list, ask))
        goto done;
    if (list.after_count && list.after[0] >= range.from_s)
        range.from_s = list.after[0] + 1;
    err = series_exceedances(api_of(r)->parts.series, id, range, view, limit,
                             r->arena, &found, &count);
    if (err)
        room_error(ask, err, "The readings could not be read");
    else
        write_readings(&list, found, count);
done:
    room_done(r, s);
}

/* ---- what they come to ---- */

enum { STEPS_MAX = 100000 };

static bool ask_step(struct ask ask, struct series_range range,
                     enum cadence *out)
{
    static const int64_t shortest[] = {
        [CADENCE_HOUR] = HOUR_S,        [CADENCE_DAY] = DAY_S,
        [CADENCE_MONTH] = 28LL * DAY_S, [CADENCE_QUARTER] = 90LL * DAY_S,
        [CADENCE_YEAR] = 365LL * DAY_S,
    };

    if (!ask_cadence(ask, "step", CADENCE_DAY, out))
        return false;
    if (*out < CADENCE_HOUR || *out > CADENCE_YEAR) {
        http_problem(ask.response, ask.request, 400,
                     "Parameter 'step' has to be hour, day, month, quarter or "
                     "year.");
        return false;
    }
    if ((range.to_s - range.from_s) / shortest[*out] <= STEPS_MAX)
        return true;
    http_problem(ask.response, ask.request, 400,
                 "More than %d steps: ask for a shorter range or a longer "
                 "step.",
                 STEPS_MAX);
    return false;
}

/* A mean has one digit more than its finest value, and no more than 18. */
static int mean_exponent(const struct series_summary *one)
{
    int exponent = one->sum.exponent - 1;

    return exponent < DECIMAL_EXPONENT_MIN ? DECIMAL_EXPONENT_MIN
           : exponent > 0                  ? 0
                                           : exponent;
}

static void step_members(struct json *j, const struct series_summary *one)
{
    struct decimal mean, sum;
    bool has = one->count > 0;
    bool has_mean = has && decimal_sum_mean(&one->sum, mean_exponent(one),
                                            ROUND_HALF_EVEN, &mean) == OK;
    bool has_sum = has && decimal_sum_total(&one->sum, one->sum.exponent,
                                            ROUND_HALF_EVEN, &sum) == OK;

    json_key_time(j, "start", one->start_s);
    json_key_int(j, "count", one->count);
    json_key_int(j, "count_all", one->count_all);
    key_decimal_if(j, "mean", has_mean, has_mean ? mean : DECIMAL(0, 0));
    key_decimal_if(j, "min", has, one->min);
    key_decimal_if(j, "max", has, one->max);
    key_decimal_if(j, "sum", has_sum, has_sum ? sum : DECIMAL(0, 0));
    json_close(j, '}');
}

static void aggregate(struct http_request *r, struct http_response *w)
{
    struct ask ask = {r, w};
    const struct registry_snapshot *s = room_registry(r);
    struct series_summary *steps;
    struct series_range range;
    struct series_view view;
    enum cadence step;
    struct place place;
    struct list list;
    channel_id id;
    size_t count;
    enum err err;

    if (!ask_channel(ask, s, &id, &place) ||
        !ask_range(ask, usual_span(CADENCE_DAY), &range) ||
        !ask_view(ask, &view) || !ask_step(ask, range, &step) ||
        !list_begin(&list, ask))
        goto done;
    list.limit = STEPS_MAX + 1;
    err = series_summarise(api_of(r)->parts.series, &id, 1, range, step, view,
                           r->arena, &steps, &count);
    if (err) {
        room_error(ask, err, "The readings could not be summed up");
        goto done;
    }
    for (size_t i = 0; i < count; i++)
        step_members(list_row(&list), &steps[i]);
    list_end(&list, 0, NULL);
done:
    room_done(r, s);
}

static void percentile(struct http_request *r, struct http_response *w)
{
    struct ask ask = {r, w};
    struct series *series = api_of(r)->parts.series;
    const struct registry_snapshot *s = room_registry(r);
    struct series_summary *years;
    struct series_range range;
    struct series_view view;
    struct decimal p, value, p_e4;
    int64_t decimals, valid = 0;
    struct place place;
    channel_id id;
    size_t count = 0;
    struct json j;
    enum err err;

    if (!ask_channel(ask, s, &id, &place) || !ask_decimal(ask, "p", &p) ||
        !ask_int(ask, "decimals", 0, 9, 0, &decimals) ||
        !ask_range(ask, usual_span(place.key.cadence), &range) ||
        !ask_view(ask, &view))
        goto done;
    if (decimal_exact(p, -2, &p_e4) || p_e4.mantissa < 0 ||
        p_e4.mantissa > 10000) {
        http_problem(w, r, 400,
                     "Parameter 'p' has to be 0 to 100 with at most two "
                     "decimals.");
        goto done;
    }
    err = series_percentile(series, id, range, view, (int)p_e4.mantissa,
                            (int)-decimals, ROUND_HALF_EVEN, &value);
    if (err && err != ERR_NOT_FOUND) {
        room_error(ask, err, "The readings could not be read");
        goto done;
    }
    if (series_summarise(series, &id, 1, range, CADENCE_YEAR, view, r->arena,
                         &years, &count) != OK)
        count = 0;
    for (size_t i = 0; i < count; i++)
        valid += years[i].count;
    j = answer(w);
    json_open(&j, '{');
    key_decimal_if(&j, "value", !err, err ? DECIMAL(0, 0) : value);
    json_key_int(&j, "count", valid);
    json_close(&j, '}');
done:
    room_done(r, s);
}

/* ---- why there is nothing ---- */

/* clang-format off */
static const struct {
    const char *name, *zh, *en;
} reasons[] = {
    [GAP_NEVER_HEARD] = {"never_heard", "该通道从未收到过数据",
     "nothing has ever been received on this channel"},
    [GAP_NOTHING] = {"nothing", "这些时段没有收到数据",
     "nothing arrived for these periods"},
    [GAP_FLAG] = {"flag", "设备的数据标记表明数据无效",
     "the device's flag says that the value is not valid"},
    [GAP_QUALITY] = {"quality", "收到的数据未通过检查或被审核人剔除",
     "arrived and was refused by a check or a person"},
    [GAP_NOT_DUE] = {"not_due", "时段尚未结束",
     "the period has not ended yet"},
};
/* clang-format on */

static void gap_members(struct json *j, const struct series_gap *gap,
                        int step_s)
{
    json_key_time(j, "from", gap->from_s);
    json_key_time(j, "to", gap->to_s);
    json_key_int(j, "periods", (gap->to_s - gap->from_s) / step_s);
    json_key_text(j, "reason", reasons[gap->reason].name);
    key_letter(j, "flag", (char)(gap->reason == GAP_FLAG ? gap->flag : '\0'));
    key_quality(j, gap->reason == GAP_QUALITY ? gap->quality : 0);
    json_key_text(j, "text_zh", reasons[gap->reason].zh);
    json_key_text(j, "text_en", reasons[gap->reason].en);
    json_close(j, '}');
}

/* Seconds between the periods a channel should have. */
static int step_of(const struct registry_snapshot *s, const struct place *place)
{
    const struct device *device =
        place->point ? registry_device(s, place->point->device) : NULL;

    switch (place->key.cadence) {
    case CADENCE_REALTIME:
        return device && device->realtime_s > 0 ? device->realtime_s : MINUTE_S;
    case CADENCE_MINUTE:
        return device && device->minute_min > 0 ? device->minute_min * MINUTE_S
                                                : 10 * MINUTE_S;
    case CADENCE_HOUR:
        return place->site->element == ELEMENT_WATER ? 4 * HOUR_S : HOUR_S;
    case CADENCE_DAY:
        return DAY_S;
    default:
        return 0;
    }
}

/* Starts of periods lie on the grid of the Beijing day. */
static int64_t on_grid(int64_t utc_s, int step_s)
{
    int64_t day = period_start(utc_s, CADENCE_DAY);

    return day + (utc_s - day) / step_s * step_s;
}

static void missing(struct http_request *r, struct http_response *w)
{
    struct ask ask = {r, w};
    const struct registry_snapshot *s = room_registry(r);
    struct series_range range;
    struct series_gap *gaps = NULL;
    struct place place;
    channel_id id;
    size_t count = 0;
    struct json j;
    int step_s;
    enum err err = OK;

    if (!ask_channel(ask, s, &id, &place) ||
        !ask_range(ask, usual_span(place.key.cadence), &range))
        goto done;
    step_s = step_of(s, &place);
    if (step_s && (range.to_s - range.from_s) / step_s > 10LL * STEPS_MAX) {
        http_problem(w, r, 400, "More than %d periods: ask for less.",
                     10 * STEPS_MAX);
        goto done;
    }
    if (step_s) {
        range.from_s = on_grid(range.from_s, step_s);
        range.to_s = on_grid(range.to_s + step_s - 1, step_s);
    }
    if (step_s)
        err = series_why_missing(api_of(r)->parts.series, id, range, step_s,
                                 r->now_us / 1000000, r->arena, &gaps, &count);
    if (err) {
        room_error(ask, err, "The readings could not be read");
        goto done;
    }
    j = answer(w);
    json_open(&j, '{');
    json_key_int(&j, "expected_step_s", step_s);
    json_key(&j, "items");
    json_open(&j, '[');
    for (size_t i = 0; i < count; i++) {
        json_open(&j, '{');
        gap_members(&j, &gaps[i], step_s);
    }
    json_close(&j, ']');
    json_close(&j, '}');
done:
    room_done(r, s);
}

/* clang-format off */
static const struct http_route rows[] = {
    {HTTP_GET, "/api/v1/channels", API_PUBLIC, channels,
     "what is measured: point, factor, cadence, origin",
     "site point factor cadence origin", "Channel", true, NULL},
    {HTTP_GET, "/api/v1/channels/{id}", API_PUBLIC, channel, "one channel",
     NULL, "Channel", false, NULL},
    {HTTP_GET, "/api/v1/channels/{id}/readings", API_PUBLIC, readings,
     "the readings of a range, in time order", "from to as_of raw", "Reading",
     true, NULL},
    {HTTP_GET, "/api/v1/channels/{id}/versions", API_PUBLIC, versions,
     "every version of one period, oldest first", "start", "Reading", true,
     NULL},
    {HTTP_GET, "/api/v1/channels/{id}/exceedances", API_PUBLIC, exceedances,
     "the valid readings above a value", "limit_value from to as_of raw",
     "Reading", true, NULL},
    {HTTP_GET, "/api/v1/channels/{id}/aggregate", API_PUBLIC, aggregate,
     "count, mean, min, max and sum in steps", "step from to as_of raw", "Step",
     true, NULL},
    {HTTP_GET, "/api/v1/channels/{id}/percentile", API_PUBLIC, percentile,
     "a percentile by HJ 663-2013 annex A", "p decimals from to as_of raw",
     "Percentile", false, NULL},
    {HTTP_GET, "/api/v1/channels/{id}/missing", API_PUBLIC, missing,
     "where a range has no valid value, and why", "from to", "Missing", false,
     NULL},
};
/* clang-format on */

const struct room channel_room = ROOM(rows);
