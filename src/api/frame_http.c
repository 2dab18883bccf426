/* Frames as they came and went, raw and read: the ledger through a window. */
#include "api/room.h"

#include "api/frame_text.h"
#include "base/memory.h"

enum {
    WINDOW = 1024,        /* records looked at in one go */
    SCANNED_MAX = 200000, /* in one request; then the walk goes on by cursor */
    FRAMES_OF_READING = 500,
};

/* A record with its decoded frame, on an arena. */
struct seen {
    struct ledger_record record;
    struct span bytes; /* the frame itself */
    struct hj212_frame *frame;
    enum hj212_verdict verdict;
};

static const char *kind_name(enum ledger_kind kind)
{
    return kind == LEDGER_FRAME  ? "frame"
           : kind == LEDGER_DOWN ? "down"
                                 : "quarantine";
}

/* ---- rows ---- */

/* `frame` is large: whoever sees many lends the same one again. */
static struct seen see(const struct ledger_record *record,
                       const struct registry_snapshot *s,
                       struct hj212_frame *frame, struct arena *arena)
{
    struct seen seen = {.record = *record, .frame = frame};
    const struct device *device = registry_device(s, (int32_t)record->source);
    enum quarantine_reason reason;
    struct span peer;

    seen.bytes = record->payload;
    if (record->kind == LEDGER_QUARANTINE)
        gateway_quarantine_split(record->payload, &seen.bytes, &reason, &peer);
    memset(frame, 0, offsetof(struct hj212_frame, values));
    /* Decoding opens an encrypted CP in place: in a copy. */
    seen.verdict = hj212_decode(arena_copy(arena, seen.bytes),
                                device ? &device->policy : NULL, seen.frame);
    return seen;
}

static void key_span_if(struct json *j, const char *key, struct span text)
{
    if (text.len)
        json_key_span(j, key, text);
    else
        json_key_null(j, key);
}

static void key_count_if(struct json *j, const char *key, bool present, int n)
{
    if (present)
        json_key_int(j, key, n);
    else
        json_key_null(j, key);
}

static const struct hj212_command *command_of(const struct seen *seen)
{
    enum hj212_direction direction =
        seen->record.kind == LEDGER_DOWN ? HJ212_DOWN : HJ212_UP;

    return hj212_command_find(seen->frame->edition, direction, seen->frame->cn);
}

static void frame_members(struct json *j, const struct seen *seen,
                          struct arena *arena)
{
    const struct hj212_frame *f = seen->frame;
    const struct hj212_command *command = command_of(seen);
    struct span text = frame_mask(seen->bytes, arena);
    int64_t data_time = 0;
    bool has_time = hj212_time_field(f, "DataTime", &data_time) == OK;

    while (text.len && strchr("\r\n", text.at[text.len - 1]))
        text.len--;
    json_key_int(j, "sequence", (int64_t)seen->record.sequence);
    json_key(j, "arrival");
    json_time_us(j, seen->record.arrival_us);
    key_count_if(j, "device", seen->record.source, (int)seen->record.source);
    key_span_if(j, "mn", f->mn);
    json_key_text(j, "kind", kind_name(seen->record.kind));
    json_key_int(j, "size", (int64_t)seen->bytes.len);
    key_count_if(j, "cn", f->cn > 0, f->cn);
    json_key_text(j, "cn_name_zh", command ? command->name_zh : NULL);
    json_key_text(j, "cn_name_en", command ? command->name_en : NULL);
    key_time_if(j, "data_time", has_time, data_time);
    json_key_text(j, "verdict", hj212_verdict_name(seen->verdict));
    json_key(j, "deviations");
    json_open(j, '[');
    for (int d = 0; d < HJ212_DEVIATION_COUNT; d++) {
        if (f->deviations & ((hj212_deviations)1 << d))
            json_text(j, hj212_deviation_name(d));
    }
    json_close(j, ']');
    json_key_span(j, "text", text);
}

static void header_object(struct json *j, const struct hj212_frame *f)
{
    json_key(j, "header");
    json_open(j, '{');
    key_span_if(j, "qn", f->qn);
    key_span_if(j, "st", f->st);
    key_count_if(j, "cn", f->cn > 0, f->cn);
    json_key_text(j, "pw", f->pw.len ? "******" : NULL);
    key_span_if(j, "mn", f->mn);
    key_count_if(j, "flag", f->flag >= 0, f->flag);
    key_count_if(j, "pnum", f->pnum > 0, f->pnum);
    key_count_if(j, "pno", f->pnum > 0, f->pno);
    json_close(j, '}');
}

/* What stands for people before the values: a factor's code, a plain name. */
static struct span group_of(const struct hj212_value *value)
{
    return value->code.len ? value->code : value->name;
}

static void value_object(struct json *j, const struct hj212_value *value)
{
    struct span suffix = value->code.len
                             ? span_from(value->name, value->code.len + 1)
                             : SPAN("");
    bool secret = span_equal_nocase(value->name, SPAN("PW"));

    json_open(j, '{');
    json_key_span(j, "suffix", suffix);
    json_key_span(j, "text", secret ? SPAN("******") : value->text);
    json_close(j, '}');
}

static void items_array(struct json *j, const struct hj212_frame *f)
{
    json_key(j, "items");
    json_open(j, '[');
    for (size_t i = 0, end; i < f->value_count; i = end) {
        struct span group = group_of(&f->values[i]);
        const struct factor *factor =
            f->values[i].code.len ? factor_find(group) : NULL;

        json_open(j, '{');
        json_key_span(j, "code", group);
        json_key_text(j, "name_zh", factor ? factor->name_zh : NULL);
        json_key_text(j, "name_en", factor ? factor->name_en : NULL);
        json_key(j, "values");
        json_open(j, '[');
        for (end = i; end < f->value_count &&
                      span_equal(group_of(&f->values[end]), group);
             end++)
            value_object(j, &f->values[end]);
        json_close(j, ']');
        json_close(j, '}');
    }
    json_close(j, ']');
}

/* ---- one ---- */

static bool is_frame(enum ledger_kind kind)
{
    return kind == LEDGER_FRAME || kind == LEDGER_QUARANTINE ||
           kind == LEDGER_DOWN;
}

static void one(struct http_request *r, struct http_response *w)
{
    struct ask ask = {r, w};
    const struct registry_snapshot *s = room_registry(r);
    struct ledger_record record;
    struct buf payload;
    struct seen seen;
    int64_t sequence;
    struct span masked;
    struct json j;
    enum err err;

    buf_init(&payload, LEDGER_PAYLOAD_MAX);
    if (!ask_id(ask, r->param[0], INT64_MAX, &sequence))
        goto done;
    err = ledger_read(api_of(r)->parts.ledger, (uint64_t)sequence, &record,
                      &payload);
    if (err || !is_frame(record.kind)) {
        room_error(ask, err ? err : ERR_NOT_FOUND, "No frame has that number");
        goto done;
    }
    seen = see(&record, s, arena_take(r->arena, sizeof(*seen.frame)), r->arena);
    masked = frame_mask(seen.bytes, r->arena);
    j = answer(w);
    json_open(&j, '{');
    frame_members(&j, &seen, r->arena);
    json_key_span(&j, "raw", frame_escape(masked, r->arena));
    json_key_span(&j, "hex", frame_hex(masked, r->arena));
    header_object(&j, seen.frame);
    items_array(&j, seen.frame);
    json_close(&j, '}');
done:
    buf_done(&payload);
    room_done(r, s);
}

/* ---- many, newest first ---- */

struct walk {
    struct ledger *ledger;
    const struct registry_snapshot *s;
    struct list *list;
    uint64_t low, high; /* sequences still to look at, both inclusive */
    int64_t device;
    unsigned kinds; /* bit set of 1 << enum ledger_kind */
};

static bool walk_wants(const struct walk *walk,
                       const struct ledger_record *record)
{
    return (walk->kinds & (1U << record->kind)) &&
           (!walk->device || record->source == (uint32_t)walk->device);
}

/* The records of [from, high] that are wanted, in order, on the arena. */
static enum err window_read(const struct walk *walk, uint64_t from,
                            struct arena *arena, struct ledger_record *out,
                            size_t *out_count)
{
    struct ledger_cursor *cursor;
    struct ledger_record record;
    enum err err = ledger_cursor_open(walk->ledger, from, &cursor);
    size_t count = 0;

    if (err)
        return err;
    while ((err = ledger_cursor_next(cursor, &record)) == OK &&
           record.sequence <= walk->high) {
        if (walk_wants(walk, &record)) {
            record.payload = arena_copy(arena, record.payload);
            out[count++] = record;
        }
    }
    ledger_cursor_close(cursor);
    *out_count = count;
    return err == ERR_NOT_FOUND ? OK : err;
}

/* Walks down until the list is full, the end is reached or it was enough. */
static enum err walk_down(struct walk *walk)
{
    struct ledger_record *found = memory_new(WINDOW, sizeof(*found));
    struct hj212_frame *frame = memory_new(1, sizeof(*frame));
    struct arena arena;
    size_t scanned = 0;
    enum err err = OK;

    arena_init(&arena);
    while (!err && walk->high >= walk->low && walk->high > 0 &&
           !list_is_full(walk->list) && scanned < SCANNED_MAX) {
        uint64_t from = walk->high - walk->low < WINDOW
                            ? walk->low
                            : walk->high - WINDOW + 1;
        size_t count = 0;

        scanned += walk->high - from + 1;
        err = window_read(walk, from, &arena, found, &count);
        while (!err && count > 0 && !list_is_full(walk->list)) {
            struct seen seen = see(&found[--count], walk->s, frame, &arena);

            frame_members(list_row(walk->list), &seen, &arena);
            json_close(&walk->list->json, '}');
            walk->high = seen.record.sequence - 1;
        }
        if (!err && !list_is_full(walk->list))
            walk->high = from - 1;
        arena_clear(&arena);
    }
    arena_done(&arena);
    free(frame);
    free(found);
    return err;
}

static bool ask_kinds(struct ask ask, unsigned *out)
{
    static const enum ledger_kind kinds[] = {LEDGER_FRAME, LEDGER_QUARANTINE,
                                             LEDGER_DOWN};
    struct span kind = http_query(ask.request, "kind");

    *out = 0;
    for (size_t i = 0; i < LENGTH(kinds); i++) {
        if (!kind.len || span_is(kind, kind_name(kinds[i])))
            *out |= 1U << kinds[i];
    }
    if (*out)
        return true;
    http_problem(ask.response, ask.request, 400,
                 "Parameter 'kind' has to be frame, quarantine or down.");
    return false;
}

static void list(struct http_request *r, struct http_response *w)
{
    struct ask ask = {r, w};
    struct ledger *ledger = api_of(r)->parts.ledger;
    struct list list;
    struct walk walk = {.ledger = ledger, .list = &list};
    int64_t from_s, to_s;
    enum err err;

    walk.s = room_registry(r);
    if (!ask_int(ask, "device", 1, INT32_MAX, 0, &walk.device) ||
        !ask_kinds(ask, &walk.kinds) || !ask_time(ask, "from", 0, &from_s) ||
        !ask_time(ask, "to", 0, &to_s) || !list_begin(&list, ask))
        goto done;
    walk.low = from_s ? ledger_sequence_at(ledger, from_s * 1000000)
                      : ledger_first(ledger);
    walk.high = to_s ? ledger_sequence_at(ledger, to_s * 1000000) - 1
                     : ledger_last(ledger);
    if (walk.low == 0)
        walk.low = 1;
    if (list.after_count && (uint64_t)list.after[0] <= walk.high)
        walk.high = (uint64_t)list.after[0] - 1;
    err = walk_down(&walk);
    if (err)
        room_error(ask, err, "The ledger could not be read");
    else
        list_end_at(&list, walk.high >= walk.low && walk.high > 0,
                    (int64_t)walk.high + 1);
done:
    room_done(r, walk.s);
}

/* ---- the frames behind a reading ---- */

/* The sequences that a device's frame channel holds for a range. */
static size_t sequences_of(struct http_request *r, int32_t device,
                           enum cadence cadence, struct series_range range,
                           struct reading **out)
{
    struct series *series = api_of(r)->parts.series;
    struct channel_key key = {SUBJECT_DEVICE, device, "frame", cadence,
                              ORIGIN_REPORTED};
    struct series_view now = {AS_OF_NOW, true};
    channel_id channel = series_find(series, &key);
    size_t count = 0;
    enum err err;

    if (!channel)
        return 0;
    if (range.to_s == range.from_s + 1)
        err = series_versions(series, channel, range.from_s, r->arena, out,
                              &count);
    else
        err = series_scan(series, channel, range, now, FRAMES_OF_READING,
                          r->arena, out, &count);
    return err ? 0 : count;
}

static void frames_write(struct http_request *r, struct list *list,
                         const struct registry_snapshot *s,
                         const struct reading *positions, size_t count)
{
    struct hj212_frame *frame = arena_take(r->arena, sizeof(*frame));
    struct ledger_record record;
    struct buf payload;

    buf_init(&payload, LEDGER_PAYLOAD_MAX);
    for (size_t i = 0; i < count && !list_is_full(list); i++) {
        struct decimal number;
        struct seen seen;

        if (decimal_exact(positions[i].number[COLUMN_VALUE], 0, &number) ||
            ledger_read(api_of(r)->parts.ledger, (uint64_t)number.mantissa,
                        &record, &payload) ||
            !is_frame(record.kind))
            continue;
        seen = see(&record, s, frame, r->arena);
        frame_members(list_row(list), &seen, r->arena);
        json_close(&list->json, '}');
    }
    buf_done(&payload);
}

static void behind(struct http_request *r, struct http_response *w)
{
    static const enum cadence finer[] = {CADENCE_HOUR, CADENCE_MINUTE,
                                         CADENCE_REALTIME};
    struct ask ask = {r, w};
    const struct registry_snapshot *s = room_registry(r);
    struct series_range range;
    struct reading *positions = NULL;
    struct place place;
    struct list list;
    size_t count = 0;
    int64_t id;

    if (!ask_id(ask, r->param[0], UINT32_MAX, &id) ||
        !ask_time(ask, "start", INT64_MIN, &range.from_s) ||
        !list_begin(&list, ask))
        goto done;
    if (!place_of(api_of(r), s, (channel_id)id, &place) || !place.point ||
        range.from_s == INT64_MIN) {
        http_problem(w, r, 404, "Give a channel of a point and 'start'.");
        goto done;
    }
    list.limit = LIST_MAX;
    range.to_s = range.from_s + 1;
    if (place.key.origin == ORIGIN_REPORTED)
        count = sequences_of(r, place.point->device, place.key.cadence, range,
                             &positions);
    range.to_s = period_next(range.from_s, place.key.cadence);
    for (size_t i = 0;
         !count && i < LENGTH(finer) && place.key.origin == ORIGIN_COMPUTED;
         i++) {
        if (finer[i] < place.key.cadence)
            count = sequences_of(r, place.point->device, finer[i], range,
                                 &positions);
    }
    frames_write(r, &list, s, positions, count);
    list_end(&list, 0, NULL);
done:
    room_done(r, s);
}

/* clang-format off */
static const struct http_route rows[] = {
    {HTTP_GET, "/api/v1/frames", API_VIEWER, list,
     "frames, newest first; by arrival", "device from to kind", "Frame", true,
     NULL},
    {HTTP_GET, "/api/v1/frames/{sequence}", API_VIEWER, one,
     "one frame, raw and read", NULL, "FramePage", false, NULL},
    {HTTP_GET, "/api/v1/channels/{id}/frames", API_VIEWER, behind,
     "the frames behind one reading", "start", "Frame", true, NULL},
};
/* clang-format on */

const struct room frame_room = ROOM(rows);
