/*
 * core - the pipeline without its thread: a record in, readings, computed
 * periods and verdicts out. It owns no clock: the time is what the last record
 * or tick said, and work that waits for a moment is done just before the first
 * record that arrived at or after it. So the same records give the same
 * results, whether they come live or from the ledger after a crash.
 *
 * One thread at a time. Private to the folder.
 */
#ifndef PIPELINE_CORE_H
#define PIPELINE_CORE_H

#include "derive/derive.h"
#include "ingest/pipeline/pending.h"
#include "ingest/pipeline/pipeline.h"

struct verdict_store;

enum {
    LANES_MAX = 256,       /* factors of one point; what is beyond is counted */
    LANE_BITS = 64,        /* lanes from the last bit on share it */
    PENDING_MAX = 1 << 20, /* then the earliest are done early */
    NEEDS = 1024,          /* kept */
    DAWN_S = 6 * HOUR_S, /* when a date of noise begins: its night is its own */
};

/*
 * What waits: derive's steps in their order, then judging, first of points,
 * then of regions, whose verdicts rest on the same readings. A step of a region
 * has the region's code, negative, as its point and the elements as its lanes.
 */
enum {
    STEP_JUDGE_HOUR = DERIVE_COUNT,
    STEP_JUDGE_DAY,
    STEP_JUDGE_MONTH,
    STEP_JUDGE_QUARTER,
    STEP_JUDGE_YEAR,
    STEP_REGION_DAY,
    STEP_REGION_MONTH,
    STEP_REGION_QUARTER,
    STEP_REGION_YEAR,
    STEP_COUNT
};

/* One factor of a point. */
struct lane {
    char factor[FACTOR_MAX];
    channel_id reported[CADENCE_COUNT];
    channel_id computed[CADENCE_COUNT]; /* 0: not made yet */
    enum derive_weighting weighting;
    const char *unit; /* of the held snapshot; NULL unknown */
    int decimals;     /* of the plan; -1 unknown */
    bool has_range, may_be_negative;
    struct decimal low, high;
    uint64_t frame; /* the last frame it was in, and its place there */
    size_t touched;
};

/* A point as this thread knows it. */
struct place {
    int32_t id;
    const struct point *point; /* in the held snapshot; NULL: deleted */
    uint64_t version;          /* of that snapshot */
    struct lane *lanes;
    size_t lane_count;
    uint64_t inputs[DERIVE_COUNT]; /* lanes that the rule takes in */
    uint64_t flow, weighted;       /* the flow's lane, and who needs it */
    uint64_t moving; /* moving means: no hour is judged for their sake */
};

/* The factor that stood at a position of the last frame of a kind. */
struct slot {
    char code[FACTOR_MAX];
    uint8_t len;
    char part;    /* 0, or 'd' and 'n' for -DayData and -NightData */
    int16_t lane; /* -1: no name for a factor */
};

struct shape {
    struct slot *slots;
    size_t count, cap;
};

/* A device as this thread knows it. */
struct sender {
    int32_t id;
    const struct device *device; /* in the held snapshot */
    uint64_t version;
    struct place *place; /* NULL: it reports for no point */
    channel_id frames[CADENCE_COUNT];
    struct shape shapes[CADENCE_COUNT];
};

/* What the standards ask of a period, kept for the next one of that day. */
struct need {
    int32_t point; /* 0: free */
    int32_t rule;
    size_t lane;
    int64_t day;
    const char *unit;
    uint64_t version; /* of the snapshot */
    struct derive_need need;
};

struct touched {
    size_t lane;
    struct reading reading;
};

struct core {
    struct pipeline_options options;
    struct series *series;
    struct registry *registry;
    struct verdict_store *verdicts;
    const struct registry_snapshot *snapshot;

    struct place **places; /* by the point's number */
    size_t place_cap;
    struct sender **senders; /* by the device's number */
    size_t sender_cap;

    struct pending pending;
    int64_t clock_us; /* the latest moment heard of */
    int64_t now_us;   /* of the record or item being worked on */
    uint64_t applied;
    bool changed; /* since the last flush */
    struct pipeline_counters counters;

    struct need *needs; /* NEEDS of them */
    struct hj212_frame *frame;
    uint64_t frame_serial;
    struct touched *touched;
    size_t touched_count, touched_cap;
    struct arena arena; /* for one frame or one period */
    struct buf scratch;

    bool listening;
    struct arena event_arena;
    struct pipeline_event *events;
    size_t event_count, event_cap;
};

/*
 * Takes up where the store's last flush ended: channels, waiting periods, time.
 * The series, registry and verdicts stay the caller's.
 */
enum err core_new(const struct pipeline_options *options, struct series *series,
                  struct registry *registry, struct verdict_store *verdicts,
                  struct core **out) MUST_CHECK;
void core_free(struct core *core);

/* Takes a newer picture of the registry, if there is one; between batches. */
void core_refresh(struct core *core);

/* First what is due by the record's arrival, then the record. */
void core_apply(struct core *core, const struct ledger_record *record);

/* Time went by. */
void core_advance(struct core *core, int64_t now_us);

/*
 * The same in pieces, between which the caller may flush: a rush of devices
 * makes hundreds of thousands of periods due at one moment. At most `items` of
 * them; false while something is still due.
 */
bool core_advance_some(struct core *core, int64_t now_us, int items);

/* Readings, verdicts, waiting periods and position, in one transaction. */
enum err core_flush(struct core *core) MUST_CHECK;

/* Forgets the events gathered; after the listeners were told. */
void core_events_clear(struct core *core);

/* ---- between the files of the folder ---- */

/* place.c */
struct place *core_place(struct core *core, int32_t point);
struct sender *core_sender(struct core *core, int32_t device);
/* The lane of a canonical factor, new if need be; -1 when there is no room. */
int place_lane(struct core *core, struct place *place, const char *factor);
int place_lane_find(const struct place *place, const char *factor);
/* The lane of a code as sent; -1 when it is no name for a factor. */
int place_lane_sent(struct core *core, struct place *place, struct span code,
                    char part);
channel_id lane_channel(struct core *core, const struct place *place,
                        struct lane *lane, enum origin origin,
                        enum cadence cadence);
void core_places_free(struct core *core);

static inline uint64_t lane_bit(size_t lane)
{
    return (uint64_t)1 << (lane < LANE_BITS ? lane : LANE_BITS - 1);
}

/* frame.c */
void core_frame(struct core *core, const struct ledger_record *record);

/* overlay.c */
void core_overlay(struct core *core, const struct ledger_record *record);

/* touch.c: a change of these lanes at a period: what has to be done again. */
struct touch {
    struct place *place;
    enum origin origin;
    enum cadence cadence;
    int64_t start_s;
    uint64_t lanes;
    uint64_t cause;
    int64_t at_s; /* when the change came */
    bool at_once; /* from a computation: no need to wait for more */
};
void core_touch(struct core *core, const struct touch *touch);

/* The day that is being judged: what is judged to date because of it. */
void core_touch_longer(struct core *core, const struct place *place,
                       const struct pending_item *day);

/* compute.c, judge.c, judge_region.c: one waiting item. */
void core_compute(struct core *core, const struct pending_item *item);
void core_judge(struct core *core, const struct pending_item *item);
void core_judge_region(struct core *core, const struct pending_item *item);

/*
 * The readings of a lane with the reported before the computed, period by
 * period, overlays applied; on core->arena.
 */
size_t core_inputs(struct core *core, const struct lane *lane,
                   enum cadence cadence, struct series_range range,
                   struct reading **out);

/* Tells listeners, if there are any; copies what it is given. */
void core_tell_reading(struct core *core, const struct place *place,
                       channel_id channel, const struct reading *reading);

struct verdict;
void core_tell_verdict(struct core *core, const struct verdict *verdict);

#endif
