/*
 * overlay.c - what people lay over readings, as records of the ledger: JSON to
 * an overlay of the series, and the periods it touches.
 */
#include "ingest/pipeline/core.h"

#include <jansson.h>

enum { READINGS_AT_ONCE = 4096 };

struct request {
    bool undo;
    struct overlay overlay; /* with undo: id, channel, who */
};

static const char *const kinds[] = {
    [OVERLAY_INVALIDATE] = "invalidate",
    [OVERLAY_REPLACE] = "replace",
    [OVERLAY_MARK] = "mark",
    [OVERLAY_APPROVE] = "approve",
};

/* ---- JSON to a request: NULL, or why not ---- */

static const char *take_text(const json_t *root, const char *key, char *out,
                             size_t size)
{
    const json_t *value = json_object_get(root, key);

    if (!value)
        return NULL; /* empty */
    if (!json_is_string(value) || json_string_length(value) >= size)
        return "a text is too long or none";
    span_copy(span_of(json_string_value(value)), out, size);
    return NULL;
}

static const char *take_range(const json_t *root, struct series_range *out)
{
    const json_t *from = json_object_get(root, "from");
    const json_t *to = json_object_get(root, "to");

    if (!json_is_integer(from) || !json_is_integer(to))
        return "from and to are UTC seconds";
    out->from_s = json_integer_value(from);
    out->to_s = json_integer_value(to);
    if (out->from_s < MOMENT_MIN_S || out->to_s > MOMENT_MAX_S ||
        out->from_s >= out->to_s)
        return "from must lie before to, both between 1900 and 2199";
    return NULL;
}

static const char *take_kind(const json_t *root, struct overlay *o)
{
    const char *kind = json_string_value(json_object_get(root, "kind"));
    const char *value = json_string_value(json_object_get(root, "value"));
    const char *mark = json_string_value(json_object_get(root, "mark"));
    size_t i = 0;

    while (i < LENGTH(kinds) && !(kind && strcmp(kind, kinds[i]) == 0))
        i++;
    if (i == LENGTH(kinds))
        return "kind is invalidate, replace, mark or approve";
    o->kind = (enum overlay_kind)i;
    if (o->kind == OVERLAY_REPLACE &&
        (!value || decimal_parse(span_of(value), &o->value) != OK))
        return "replace needs a value, as a text of digits";
    if (o->kind == OVERLAY_MARK) {
        if (!mark || mark[0] < '!' || mark[0] > '~' || mark[1] != '\0')
            return "mark needs one letter";
        o->mark = mark[0];
    }
    return NULL;
}

static const char *take_channel(struct series *series, const json_t *root,
                                struct overlay *o)
{
    const json_t *channel = json_object_get(root, "channel");

    if (!json_is_integer(channel) || json_integer_value(channel) <= 0 ||
        json_integer_value(channel) > series_count(series))
        return "channel is not one of ours";
    o->channel = (channel_id)json_integer_value(channel);
    return NULL;
}

static const char *take_add(const json_t *root, struct overlay *o)
{
    const char *why = take_range(root, &o->range);

    if (!why)
        why = take_kind(root, o);
    if (!why)
        why = take_text(root, "reason", o->reason, sizeof(o->reason));
    return why;
}

static const char *take_undo(const json_t *root, struct overlay *o)
{
    const json_t *id = json_object_get(root, "id");

    if (!json_is_integer(id) || json_integer_value(id) <= 0)
        return "undo needs the id of an overlay";
    o->id = json_integer_value(id);
    return NULL;
}

static const char *take_request(struct series *series, struct span json,
                                struct request *out)
{
    json_t *root = json_loadb(json.at, json.len, JSON_REJECT_DUPLICATES, NULL);
    const char *op = json_string_value(json_object_get(root, "op"));
    const char *why = NULL;

    *out = (struct request){0};
    if (!op)
        why = "not a JSON object with op";
    else if (strcmp(op, "add") != 0 && strcmp(op, "undo") != 0)
        why = "op is add or undo";
    if (!why)
        why = take_channel(series, root, &out->overlay);
    if (!why)
        why =
            take_text(root, "who", out->overlay.who, sizeof(out->overlay.who));
    if (!why) {
        out->undo = strcmp(op, "undo") == 0;
        why = out->undo ? take_undo(root, &out->overlay)
                        : take_add(root, &out->overlay);
    }
    json_decref(root);
    return why;
}

enum err pipeline_overlay_check(struct series *series, struct span json,
                                const char **why)
{
    struct request request;

    *why = take_request(series, json, &request);
    return *why ? ERR_INVALID : OK;
}

/* ---- applying ---- */

/* Whether values count otherwise with and without it. */
static bool changes_values(const struct overlay *o)
{
    return o->kind == OVERLAY_INVALIDATE || o->kind == OVERLAY_REPLACE;
}

/* Every reading under the overlay has changed. */
static void touch_range(struct core *core, const struct overlay *o)
{
    struct channel_key key;
    struct touch touch = {.cause = core->applied,
                          .at_s = core->now_us / 1000000};
    struct series_range range = o->range;
    struct reading *readings;
    size_t count = 0;
    int lane;

    if (!series_key(core->series, o->channel, &key) ||
        key.subject != SUBJECT_POINT)
        return;
    touch.place = core_place(core, key.id);
    lane = touch.place ? place_lane_find(touch.place, key.factor) : -1;
    if (lane < 0)
        return;
    touch.lanes = lane_bit((size_t)lane);
    touch.cadence = key.cadence;
    touch.origin = key.origin;
    do {
        arena_clear(&core->arena);
        if (series_scan(core->series, o->channel, range,
                        (struct series_view){.raw = true}, READINGS_AT_ONCE,
                        &core->arena, &readings, &count) != OK)
            core->counters.unreadable++;
        for (size_t i = 0; i < count; i++) {
            touch.start_s = readings[i].start_s;
            core_touch(core, &touch);
        }
        if (count > 0)
            range.from_s = readings[count - 1].start_s + 1;
    } while (count == READINGS_AT_ONCE && range.from_s < range.to_s);
}

static enum err undo(struct core *core, struct overlay *o)
{
    const struct series_range all = {MOMENT_MIN_S, MOMENT_MAX_S};
    struct overlay *known;
    size_t count;
    enum err err;

    arena_clear(&core->arena);
    err = series_overlays(core->series, o->channel, all, &core->arena, &known,
                          &count);
    for (size_t i = 0; !err && i < count; i++) {
        if (known[i].id != o->id)
            continue;
        err = series_overlay_undo(core->series, o->id, o->who, core->now_us);
        *o = known[i];
        return err;
    }
    return err ? err : ERR_NOT_FOUND;
}

void core_overlay(struct core *core, const struct ledger_record *record)
{
    struct request request;
    struct overlay *o = &request.overlay;
    enum err err;

    if (take_request(core->series, record->payload, &request)) {
        core->counters.unreadable++;
        return;
    }
    o->at_us = core->now_us;
    err = request.undo ? undo(core, o) : series_overlay_add(core->series, o);
    if (err) {
        core->counters.unreadable++;
        return;
    }
    core->counters.overlays++;
    if (changes_values(o))
        touch_range(core, o);
}
