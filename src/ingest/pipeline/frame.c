/*
 * frame.c - one frame of a device: which period it speaks of, which factor each
 * of its values belongs to, and the readings that come of it.
 */
#include "base/memory.h"
#include "ingest/pipeline/core.h"
#include "quality/quality.h"

/* ---- tables ---- */

/* Uploads that carry readings (HJ 212-2017 table 9; 2052, 2111: 2025). */
static const struct {
    int cn;
    enum cadence cadence;
} uploads[] = {
    {2011, CADENCE_REALTIME}, {2021, CADENCE_REALTIME}, {2031, CADENCE_DAY},
    {2041, CADENCE_DAY},      {2051, CADENCE_MINUTE},   {2052, CADENCE_SAMPLE},
    {2061, CADENCE_HOUR},     {2111, CADENCE_MINUTE},
};

/* Where the value of a suffix goes. */
enum role { ROLE_NONE, ROLE_NUMBER, ROLE_FLAG };

static const struct {
    enum role role;
    enum reading_column column;
    char part;
} suffixes[HJ212_SUFFIX_COUNT] = {
    [HJ212_SUFFIX_RTD] = {ROLE_NUMBER, COLUMN_VALUE, 0},
    [HJ212_SUFFIX_AVG] = {ROLE_NUMBER, COLUMN_VALUE, 0},
    [HJ212_SUFFIX_DATA] = {ROLE_NUMBER, COLUMN_VALUE, 0},
    [HJ212_SUFFIX_RS] = {ROLE_NUMBER, COLUMN_VALUE, 0},
    [HJ212_SUFFIX_RT] = {ROLE_NUMBER, COLUMN_VALUE, 0},
    [HJ212_SUFFIX_DAY_DATA] = {ROLE_NUMBER, COLUMN_VALUE, 'd'},
    [HJ212_SUFFIX_NIGHT_DATA] = {ROLE_NUMBER, COLUMN_VALUE, 'n'},
    [HJ212_SUFFIX_MIN] = {ROLE_NUMBER, COLUMN_MIN, 0},
    [HJ212_SUFFIX_MAX] = {ROLE_NUMBER, COLUMN_MAX, 0},
    [HJ212_SUFFIX_COU] = {ROLE_NUMBER, COLUMN_TOTAL, 0},
    [HJ212_SUFFIX_ZS_RTD] = {ROLE_NUMBER, COLUMN_CONVERTED, 0},
    [HJ212_SUFFIX_ZS_AVG] = {ROLE_NUMBER, COLUMN_CONVERTED, 0},
    [HJ212_SUFFIX_ZS_MIN] = {ROLE_NUMBER, COLUMN_CONVERTED_MIN, 0},
    [HJ212_SUFFIX_ZS_MAX] = {ROLE_NUMBER, COLUMN_CONVERTED_MAX, 0},
    [HJ212_SUFFIX_FLAG] = {ROLE_FLAG, COLUMN_VALUE, 0},
};

static bool upload_cadence(int cn, enum cadence *out)
{
    for (size_t i = 0; i < LENGTH(uploads); i++) {
        if (uploads[i].cn == cn) {
            *out = uploads[i].cadence;
            return true;
        }
    }
    return false;
}

/* ---- time ---- */

/* How long the period is that a device names in one label. */
static int period_length(enum cadence cadence, const struct device *device)
{
    switch (cadence) {
    case CADENCE_MINUTE:
        return (device->minute_min > 0 ? device->minute_min : 1) * MINUTE_S;
    case CADENCE_HOUR:
        return HOUR_S;
    case CADENCE_DAY:
        return DAY_S;
    default:
        return 0;
    }
}

/*
 * The period a label means: down to its start when it is not on one, and back
 * by its length when the device labels the end.
 */
static int64_t period_of_label(int64_t label_s, enum cadence cadence,
                               const struct device *device,
                               struct quality_context *context)
{
    int length = period_length(cadence, device);
    int64_t start = label_s;

    if (length > 0) {
        int64_t local = label_s + BEIJING_OFFSET_S;
        int64_t odd = local % length;

        start = label_s - (odd < 0 ? odd + length : odd);
        context->misaligned = start != label_s;
        if (device->label_is_end)
            start -= length;
    }
    context->label_s = label_s;
    context->end_s = start + length;
    return start;
}

/* ---- factors ---- */

/*
 * The lane of a code at a position. A device sends the same factors in the same
 * order every time, so the position remembers; the catalogue is asked only when
 * the code there is another one.
 */
static int lane_at(struct core *core, struct sender *sender,
                   struct shape *shape, size_t position,
                   const struct hj212_value *value)
{
    char part = suffixes[value->suffix].part;
    struct slot *slot;

    if (position < shape->count) {
        slot = &shape->slots[position];
        if (slot->len == value->code.len && slot->part == part &&
            memcmp(slot->code, value->code.at, slot->len) == 0)
            return slot->lane;
    }
    if (value->code.len >= FACTOR_MAX)
        return -1;
    if (position >= shape->count) {
        shape->slots = memory_grow(shape->slots, &shape->cap, position + 1,
                                   sizeof(*shape->slots));
        /* positions passed over by a name too long get no code */
        memset(&shape->slots[shape->count], 0,
               (position + 1 - shape->count) * sizeof(*shape->slots));
        shape->count = position + 1;
    }
    slot = &shape->slots[position];
    memcpy(slot->code, value->code.at, value->code.len);
    slot->len = (uint8_t)value->code.len;
    slot->part = part;
    slot->lane =
        (int16_t)place_lane_sent(core, sender->place, value->code, part);
    return slot->lane;
}

/* The reading of a lane in this frame, started if need be. */
static struct reading *reading_of(struct core *core, struct place *place,
                                  int lane)
{
    struct lane *l = &place->lanes[lane];
    struct touched *t;

    if (l->frame == core->frame_serial)
        return &core->touched[l->touched].reading;
    core->touched =
        memory_grow(core->touched, &core->touched_cap, core->touched_count + 1,
                    sizeof(*core->touched));
    l->frame = core->frame_serial;
    l->touched = core->touched_count++;
    t = &core->touched[l->touched];
    t->lane = (size_t)lane;
    t->reading.present = 0;
    t->reading.flag = 0;
    t->reading.quality = 0;
    t->reading.text = (struct span){0};
    return &t->reading;
}

static void take_value(struct reading *reading, const struct hj212_value *value)
{
    enum reading_column column = suffixes[value->suffix].column;

    if (suffixes[value->suffix].role == ROLE_FLAG) {
        reading->flag = '?'; /* no flag of any edition is longer */
        if (value->text.len == 0)
            reading->flag = 0;
        else if (value->text.len == 1)
            reading->flag = value->text.at[0];
    } else if (value->is_number) {
        reading->number[column] = value->number;
        reading->present |= (uint8_t)(1U << column);
    } else if (column == COLUMN_VALUE || !reading->text.at) {
        reading->text = value->text;
    }
}

/* All values into core->touched, one reading a factor. */
static void gather(struct core *core, struct sender *sender,
                   enum cadence cadence)
{
    const struct hj212_frame *frame = core->frame;
    struct shape *shape = &sender->shapes[cadence];
    struct span code = {0};
    size_t position = 0;
    int lane = -1;
    char part = 0;

    core->frame_serial++;
    core->touched_count = 0;
    for (size_t i = 0; i < frame->value_count; i++) {
        const struct hj212_value *value = &frame->values[i];

        if (value->code.len == 0 || suffixes[value->suffix].role == ROLE_NONE)
            continue;
        if (!span_equal(value->code, code) ||
            (suffixes[value->suffix].role != ROLE_FLAG &&
             suffixes[value->suffix].part != part)) {
            code = value->code;
            part = suffixes[value->suffix].part;
            lane = lane_at(core, sender, shape, position++, value);
            if (lane < 0)
                core->counters.odd_names++;
        }
        if (lane >= 0)
            take_value(reading_of(core, sender->place, lane), value);
    }
}

/* ---- readings ---- */

/* Checks and appends; whether anything is new. */
static bool keep(struct core *core, struct place *place, struct touched *t,
                 enum cadence cadence, struct quality_context *context)
{
    struct lane *lane = &place->lanes[t->lane];
    struct reading *r = &t->reading;
    channel_id channel =
        lane_channel(core, place, lane, ORIGIN_REPORTED, cadence);
    enum series_change change;

    if (!(r->present & READING_VALUE) && (r->text.at || r->present == 0))
        r->quality |= QUALITY_BIT(TEXT);
    else
        r->text = (struct span){0};
    context->has_range = lane->has_range;
    context->may_be_negative = lane->may_be_negative;
    context->low = lane->low;
    context->high = lane->high;
    r->quality |= quality_check(r, context);

    change = series_append(core->series, channel, r);
    core->counters.readings++;
    if (change == SERIES_SAME) {
        core->counters.same++;
        return false;
    }
    if (change == SERIES_CORRECTED)
        core->counters.corrected++;
    core_tell_reading(core, place, channel, r);
    return true;
}

static void keep_all(struct core *core, struct sender *sender,
                     enum cadence cadence, int64_t start_s,
                     struct quality_context *context)
{
    const uint32_t odd_time = QUALITY_BIT(FUTURE) | QUALITY_BIT(ANCIENT);
    struct touch touch = {
        .place = sender->place,
        .origin = ORIGIN_REPORTED,
        .cadence = cadence,
        .start_s = start_s,
        .cause = core->applied,
        .at_s = core->now_us / 1000000,
    };

    for (size_t i = 0; i < core->touched_count; i++) {
        struct touched *t = &core->touched[i];

        t->reading.start_s = start_s;
        t->reading.arrival_us = core->now_us;
        if (keep(core, sender->place, t, cadence, context) &&
            !(t->reading.quality & odd_time))
            touch.lanes |= lane_bit(t->lane);
    }
    if (touch.lanes)
        core_touch(core, &touch);
}

/* The frame's own position: ledger sequences by the time of the data. */
static void keep_position(struct core *core, struct sender *sender,
                          enum cadence cadence, int64_t start_s)
{
    channel_id *channel = &sender->frames[cadence];
    struct reading r = {
        .start_s = start_s,
        .present = READING_VALUE,
        .flag = 'N',
        .arrival_us = core->now_us,
    };

    if (*channel == 0) {
        struct channel_key key = {
            .subject = SUBJECT_DEVICE,
            .id = sender->id,
            .factor = "frame",
            .cadence = cadence,
            .origin = ORIGIN_REPORTED,
        };

        *channel = series_channel(core->series, &key);
    }
    r.number[COLUMN_VALUE] = DECIMAL((int64_t)core->applied, 0);
    series_append(core->series, *channel, &r);
}

/* The bytes to decode: our own copy when decoding may write into them. */
static struct span payload_of(struct core *core, const struct sender *sender,
                              struct span payload)
{
    if (!sender->device->policy.sm4_key)
        return payload;
    buf_clear(&core->scratch);
    buf_add(&core->scratch, payload);
    return buf_span(&core->scratch);
}

void core_frame(struct core *core, const struct ledger_record *record)
{
    struct sender *sender = core_sender(core, (int32_t)record->source);
    struct quality_context context = {0};
    enum cadence cadence;
    int64_t label_s, start_s;

    core->counters.frames++;
    if (!sender) {
        core->counters.unknown_device++;
        return;
    }
    if (hj212_decode(payload_of(core, sender, record->payload),
                     &sender->device->policy, core->frame) != HJ212_OK) {
        core->counters.unreadable++;
        return;
    }
    if (!upload_cadence(core->frame->cn, &cadence))
        return; /* an answer, a log, a state: no readings */
    if (hj212_time_field(core->frame, "DataTime", &label_s)) {
        core->counters.no_time++;
        return;
    }
    context.arrival_s = record->arrival_us / 1000000;
    context.future_s = core->options.future_s;
    context.backfilled = core->frame->backfilled;
    start_s = period_of_label(label_s, cadence, sender->device, &context);
    keep_position(core, sender, cadence, start_s);
    if (!sender->place) {
        core->counters.unknown_device++;
        return;
    }
    gather(core, sender, cadence);
    keep_all(core, sender, cadence, start_s, &context);
}
