#include "ingest/pipeline/core.h"

#include "assess/verdict_bytes.h"
#include "assess/verdict_store.h"
#include "base/memory.h"
#include "ingest/pipeline/state_store.h"

enum {
    SCRATCH_MAX = 1 << 20,
    EVENTS_MAX = 1 << 16, /* told in one go; more are not kept */
    ADVANCE_ITEMS = 4096,
};

struct pipeline_options pipeline_defaults(void)
{
    return (struct pipeline_options){
        .queue_max = 16,
        .flush_readings = 2000000,
        .flush_bytes = 24 << 20,
        .flush_s = 10,
        .grace_s = 120,
        .future_s = 600,
        .settle_s = 10,
        .replay_ms = 1000,
    };
}

/* ---- what a flush keeps of the pipeline itself ---- */

/* Inside the series' transaction. */
static enum err flush_also(void *context, void *sqlite)
{
    struct core *core = context;
    struct buf items;
    enum err err;

    buf_init(&items, STATE_BYTES_MAX);
    pending_encode(&core->pending, &items);
    err = state_store_write(sqlite, core->clock_us, buf_span(&items));
    buf_done(&items);
    if (!err)
        err = verdict_store_write(core->verdicts, sqlite);
    return err;
}

enum err core_flush(struct core *core)
{
    enum err err = series_flush(core->series, core->applied, flush_also, core);

    if (err) {
        core->counters.flush_failures++;
        return err;
    }
    verdict_store_written(core->verdicts);
    core->changed = false;
    core->counters.flushes++;
    return OK;
}

/* What the last flush left; nothing when there was none. */
static enum err state_load(struct core *core)
{
    struct buf items;
    enum err err;

    buf_init(&items, STATE_BYTES_MAX);
    err = state_store_load(verdict_store_path(core->verdicts), &core->clock_us,
                           &items);
    if (!err)
        err = pending_decode(&core->pending, buf_span(&items));
    buf_done(&items);
    return err == ERR_NOT_FOUND ? OK : err;
}

/* ---- life ---- */

enum err core_new(const struct pipeline_options *options, struct series *series,
                  struct registry *registry, struct verdict_store *verdicts,
                  struct core **out)
{
    struct core *core = memory_new(1, sizeof(*core));
    enum err err;

    core->options = *options;
    core->series = series;
    core->registry = registry;
    core->verdicts = verdicts;
    core->applied = series_applied(series);
    core->frame = memory_new(1, sizeof(*core->frame));
    core->needs = memory_new(NEEDS, sizeof(*core->needs));
    pending_init(&core->pending);
    arena_init(&core->arena);
    arena_init(&core->event_arena);
    buf_init(&core->scratch, SCRATCH_MAX);
    core->snapshot = registry_hold(registry);

    err = state_load(core);
    if (err) {
        core_free(core);
        return err;
    }
    *out = core;
    return OK;
}

void core_free(struct core *core)
{
    if (!core)
        return;
    registry_release(core->registry, core->snapshot);
    core_places_free(core);
    pending_done(&core->pending);
    arena_done(&core->arena);
    arena_done(&core->event_arena);
    buf_done(&core->scratch);
    free(core->frame);
    free(core->needs);
    free(core->touched);
    free(core->events);
    free(core);
}

void core_refresh(struct core *core)
{
    const struct registry_snapshot *newer = registry_hold(core->registry);

    registry_release(core->registry, core->snapshot);
    core->snapshot = newer;
}

/* ---- time and records ---- */

static void do_first(struct core *core)
{
    struct pending_item item;

    if (!pending_take(&core->pending, &item))
        return;
    core->changed = true;
    core->now_us = item.due_s * 1000000;
    arena_clear(&core->arena);
    if (item.step < DERIVE_COUNT)
        core_compute(core, &item);
    else if (item.step < STEP_REGION_DAY)
        core_judge(core, &item);
    else
        core_judge_region(core, &item);
}

static bool is_due(const struct core *core)
{
    return pending_next(&core->pending) <= core->clock_us / 1000000 ||
           core->pending.count > PENDING_MAX;
}

bool core_advance_some(struct core *core, int64_t now_us, int items)
{
    if (now_us > core->clock_us)
        core->clock_us = now_us;
    for (int i = 0; i < items && is_due(core); i++)
        do_first(core);
    return !is_due(core);
}

void core_advance(struct core *core, int64_t now_us)
{
    while (!core_advance_some(core, now_us, ADVANCE_ITEMS))
        ;
}

void core_apply(struct core *core, const struct ledger_record *record)
{
    core_advance(core, record->arrival_us);
    core->now_us = record->arrival_us;
    if (record->kind == LEDGER_TICK)
        return;
    core->applied = record->sequence;
    core->changed = true;
    core->counters.records++;
    if (record->kind == LEDGER_FRAME)
        core_frame(core, record);
    else if (record->kind == LEDGER_OVERLAY)
        core_overlay(core, record);
}

/* ---- events ---- */

static struct pipeline_event *event_add(struct core *core)
{
    if (!core->listening || core->event_count == EVENTS_MAX)
        return NULL;
    core->events = memory_grow(core->events, &core->event_cap,
                               core->event_count + 1, sizeof(*core->events));
    return &core->events[core->event_count++];
}

void core_tell_reading(struct core *core, const struct place *place,
                       channel_id channel, const struct reading *reading)
{
    struct pipeline_event *event = event_add(core);
    struct reading *copy;

    if (!event)
        return;
    copy = arena_take(&core->event_arena, sizeof(*copy));
    *copy = *reading;
    copy->text = arena_copy(&core->event_arena, reading->text);
    *event = (struct pipeline_event){
        .kind = EVENT_READING,
        .channel = channel,
        .reading = copy,
        .point = place->id,
        .site = place->point ? place->point->site->id : 0,
    };
}

void core_tell_verdict(struct core *core, const struct verdict *verdict)
{
    struct pipeline_event *event = event_add(core);
    struct verdict *copy;
    struct buf bytes;

    if (!event)
        return;
    copy = arena_take(&core->event_arena, sizeof(*copy));
    buf_init(&bytes, SCRATCH_MAX);
    verdict_encode(verdict, &bytes);
    if (verdict_decode(buf_span(&bytes), &core->event_arena, copy) == OK) {
        copy->kind = verdict->kind;
        copy->site = verdict->site;
        copy->point = verdict->point;
        copy->start_s = verdict->start_s;
        copy->cadence = verdict->cadence;
        copy->version = verdict->version;
        copy->judged_us = verdict->judged_us;
        copy->cause = verdict->cause;
        *event = (struct pipeline_event){
            .kind = EVENT_VERDICT,
            .verdict = copy,
            .point = verdict->point,
            .site = verdict->site,
        };
    } else {
        core->event_count--;
    }
    buf_done(&bytes);
}

void core_events_clear(struct core *core)
{
    core->event_count = 0;
    arena_clear(&core->event_arena);
}
