/* Overlays: what people lay over readings. Written to the ledger first. */
#include "api/room.h"

#include "base/log.h"

enum { OVERLAY_WAIT_MS = 10000, RECORD_MAX = 16 * 1024 };

static const char *const kinds[] = {"invalidate", "replace", "mark", "approve"};

static void overlay_members(struct json *j, const struct overlay *o)
{
    json_key_int(j, "id", o->id);
    json_key_int(j, "channel", o->channel);
    json_key_text(j, "kind", kinds[o->kind]);
    json_key_time(j, "from", o->range.from_s);
    json_key_time(j, "to", o->range.to_s);
    key_decimal_if(j, "value", o->kind == OVERLAY_REPLACE, o->value);
    key_letter(j, "mark", (char)(o->kind == OVERLAY_MARK ? o->mark : '\0'));
    json_key_text(j, "reason", o->reason);
    json_key_text(j, "who", o->who);
    json_key(j, "at");
    json_time_us(j, o->at_us);
    key_time_us(j, "undone", o->undone_us);
    json_key_text(j, "undone_by", o->undone_us ? o->undone_by : NULL);
    json_close(j, '}');
}

static bool ask_channel(struct ask ask, const struct registry_snapshot *s,
                        channel_id *out)
{
    struct place place;
    int64_t id;

    if (!ask_id(ask, ask.request->param[0], UINT32_MAX, &id))
        return false;
    *out = (channel_id)id;
    if (place_of(api_of(ask.request), s, *out, &place) && place.point)
        return true;
    http_problem(ask.response, ask.request, 404, "There is no channel %lld.",
                 (long long)id);
    return false;
}

static void list(struct http_request *r, struct http_response *w)
{
    struct ask ask = {r, w};
    const struct registry_snapshot *s = room_registry(r);
    struct series_range range = {MOMENT_MIN_S, MOMENT_MAX_S};
    struct overlay *found;
    struct list list;
    channel_id id;
    size_t count;
    enum err err;

    if (!ask_channel(ask, s, &id) ||
        !ask_time(ask, "from", range.from_s, &range.from_s) ||
        !ask_time(ask, "to", range.to_s, &range.to_s) ||
        !list_begin(&list, ask))
        goto done;
    list.limit = LIST_MAX;
    err = series_overlays(api_of(r)->parts.series, id, range, r->arena, &found,
                          &count);
    if (err) {
        room_error(ask, err, "The overlays could not be read");
        goto done;
    }
    for (size_t i = 0; i < count && !list_is_full(&list); i++)
        overlay_members(list_row(&list), &found[i]);
    list_end(&list, 0, NULL);
done:
    room_done(r, s);
}

/*
 * Appends the record and waits until the pipeline has applied it, so that the
 * answer is true of what is read next. `at_us` is the record's arrival.
 */
static bool keep(struct ask ask, struct span json, int64_t *out_at_us)
{
    struct api *api = api_of(ask.request);
    struct ledger_record record = {.sequence = 0};
    struct buf payload;
    uint64_t sequence;
    enum err err = ledger_writer_append(api->parts.writer, LEDGER_OVERLAY, 0,
                                        json, &sequence);

    if (!err)
        err = pipeline_wait(api->parts.pipeline, sequence, OVERLAY_WAIT_MS);
    if (err == ERR_TIMEOUT) {
        http_problem(ask.response, ask.request, 503,
                     "It is in the ledger and will be applied; the pipeline is "
                     "busy. Read the overlays again later.");
        return false;
    }
    buf_init(&payload, LEDGER_PAYLOAD_MAX);
    if (!err)
        err = ledger_read(api->parts.ledger, sequence, &record, &payload);
    if (!err)
        *out_at_us = record.arrival_us;
    buf_done(&payload);
    if (err)
        room_error(ask, err, "The overlay could not be kept");
    return !err;
}

/* The record's JSON out of the request's; false and a problem. */
static bool record_of(struct ask ask, const struct body *body,
                      channel_id channel, struct buf *out)
{
    static const char *const times[] = {"from", "to"};
    struct series *series = api_of(ask.request)->parts.series;
    const char *why = "";
    int64_t moment[2];
    struct json j;

    for (int i = 0; i < 2; i++) {
        if (datetime_parse(body_text(body, times[i]), &moment[i]) == OK)
            continue;
        http_problem(ask.response, ask.request, 422,
                     "'%s' has to be a time such as 2026-11-24T16:00:00+08:00.",
                     times[i]);
        return false;
    }
    json_init(&j, out);
    json_open(&j, '{');
    json_key_text(&j, "op", "add");
    json_key_int(&j, "channel", channel);
    json_key_span(&j, "kind", body_text(body, "kind"));
    json_key_int(&j, "from", moment[0]);
    json_key_int(&j, "to", moment[1]);
    if (body_text(body, "value").len)
        json_key_span(&j, "value", body_text(body, "value"));
    if (body_text(body, "mark").len)
        json_key_span(&j, "mark", body_text(body, "mark"));
    json_key_span(&j, "reason", body_text(body, "reason"));
    json_key_text(&j, "who", session_of(ask.request)->account.name);
    json_close(&j, '}');
    if (pipeline_overlay_check(series, buf_span(out), &why) == OK)
        return true;
    http_problem(ask.response, ask.request, 422, "Not a valid overlay: %s.",
                 why ? why : "see docs/api.md");
    return false;
}

static void answer_overlay(struct ask ask, channel_id channel, int64_t at_us)
{
    struct series_range all = {MOMENT_MIN_S, MOMENT_MAX_S};
    struct overlay *found;
    size_t count;
    enum err err = series_overlays(api_of(ask.request)->parts.series, channel,
                                   all, ask.request->arena, &found, &count);

    for (size_t i = count; !err && i-- > 0;) {
        if (found[i].at_us == at_us) {
            struct json j = answer(ask.response);

            ask.response->status = 201;
            json_open(&j, '{');
            overlay_members(&j, &found[i]);
            return;
        }
    }
    room_error(ask, err ? err : ERR_NOT_FOUND, "The overlay is not there");
}

static void add(struct http_request *r, struct http_response *w)
{
    struct ask ask = {r, w};
    const struct registry_snapshot *s = room_registry(r);
    struct body *body = NULL;
    struct buf record;
    channel_id channel;
    int64_t at_us;

    buf_init(&record, RECORD_MAX);
    if (!ask_channel(ask, s, &channel) || !(body = ask_body(ask)) ||
        !record_of(ask, body, channel, &record) ||
        !keep(ask, buf_span(&record), &at_us))
        goto done;
    log_info("overlay", "channel=%u who=%s", channel,
             session_of(r)->account.name);
    answer_overlay(ask, channel, at_us);
done:
    body_free(body);
    buf_done(&record);
    room_done(r, s);
}

/* The channel that an overlay in force lies on; 0. */
static channel_id channel_of_overlay(struct http_request *r, int64_t id)
{
    struct series_range all = {MOMENT_MIN_S, MOMENT_MAX_S};
    struct overlay *found;
    size_t count;

    if (series_overlays(api_of(r)->parts.series, 0, all, r->arena, &found,
                        &count) != OK)
        return 0;
    for (size_t i = 0; i < count; i++) {
        if (found[i].id == id && !found[i].undone_us)
            return found[i].channel;
    }
    return 0;
}

static void undo(struct http_request *r, struct http_response *w)
{
    struct ask ask = {r, w};
    channel_id channel;
    struct buf record;
    struct json j;
    int64_t id, at_us;

    if (!ask_id(ask, r->param[0], INT32_MAX, &id))
        return;
    channel = channel_of_overlay(r, id);
    if (!channel) {
        http_problem(w, r, 404, "There is no overlay %lld in force.",
                     (long long)id);
        return;
    }
    buf_init(&record, 4096);
    json_init(&j, &record);
    json_open(&j, '{');
    json_key_text(&j, "op", "undo");
    json_key_int(&j, "channel", channel);
    json_key_int(&j, "id", id);
    json_key_text(&j, "who", session_of(r)->account.name);
    json_close(&j, '}');
    if (keep(ask, buf_span(&record), &at_us))
        w->status = 204;
    buf_done(&record);
}

static const struct http_route rows[] = {
    {HTTP_GET, "/api/v1/channels/{id}/overlays", API_VIEWER, list,
     "what people laid over readings", "from to", "Overlay", true, NULL},
    {HTTP_POST, "/api/v1/channels/{id}/overlays", API_OPERATOR, add,
     "lay an overlay", NULL, "Overlay", false, "NewOverlay"},
    {HTTP_DELETE, "/api/v1/overlays/{id}", API_OPERATOR, undo,
     "take an overlay back (it stays visible)", NULL, NULL, false, NULL},
};

const struct room overlay_room = ROOM(rows);
