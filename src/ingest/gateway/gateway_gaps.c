#include "ingest/gateway/gateway_gaps.h"

#include "base/log.h"

#include <time.h>

enum {
    DAYS_BACK = 7,
    GRACE_HOUR_S = 900,
    GRACE_DAY_S = 3600,
    GRACE_MINUTE_S = 120, /* and two periods */
};

struct looking {
    struct series *series;
    struct arena *arena;
    int64_t now_s;
    int days_back;
    struct gateway_gap *out;
    size_t room, n;
};

static int64_t align(int64_t at_s, int step_s)
{
    /* Periods are cut in Beijing time; only the day feels it. */
    int64_t local_s = at_s + BEIJING_OFFSET_S;

    return local_s / step_s * step_s - BEIJING_OFFSET_S;
}

static int grace_of(enum cadence cadence, int step_s)
{
    switch (cadence) {
    case CADENCE_MINUTE:
        return GRACE_MINUTE_S + 2 * step_s;
    case CADENCE_HOUR:
        return GRACE_HOUR_S;
    default:
        return GRACE_DAY_S;
    }
}

/* The first period that ever came; false when there is none. */
static bool first_period(struct looking *look, channel_id channel,
                         int64_t *out_s)
{
    const struct series_range all = {MOMENT_MIN_S, look->now_s};
    struct reading *first;
    size_t n = 0;
    enum err err =
        series_scan(look->series, channel, all, (struct series_view){0}, 1,
                    look->arena, &first, &n);

    if ((err && err != ERR_CORRUPT) || n == 0)
        return false;
    *out_s = first->start_s;
    return true;
}

static void add_missing(struct looking *look, enum cadence cadence, int step_s,
                        const struct series_gap *gaps, size_t count)
{
    while (count-- > 0 && look->n < look->room) {
        if (gaps[count].reason != GAP_NOTHING)
            continue;
        look->out[look->n++] =
            (struct gateway_gap){.cadence = cadence,
                                 .from_s = gaps[count].from_s,
                                 .to_s = gaps[count].to_s,
                                 .step_s = step_s};
    }
}

static void look_for(struct looking *look, int32_t device, enum cadence cadence,
                     int step_s)
{
    const struct channel_key key = {.subject = SUBJECT_DEVICE,
                                    .id = device,
                                    .factor = "frame",
                                    .cadence = cadence,
                                    .origin = ORIGIN_REPORTED};
    channel_id channel = series_find(look->series, &key);
    struct series_range range;
    struct series_gap *gaps;
    int64_t first_s;
    size_t count;
    enum err err;

    if (!channel || !first_period(look, channel, &first_s))
        return; /* it does not send that cadence */
    range.from_s =
        align(look->now_s - (int64_t)look->days_back * DAY_S, step_s);
    if (range.from_s < first_s)
        range.from_s = align(first_s, step_s);
    range.to_s = align(look->now_s - grace_of(cadence, step_s), step_s);
    if (range.from_s >= range.to_s)
        return;
    err = series_why_missing(look->series, channel, range, step_s, look->now_s,
                             look->arena, &gaps, &count);
    if (err && err != ERR_CORRUPT) {
        log_warn("gaps of a device cannot be looked for", "device=%d err=%s",
                 device, err_name(err));
        return;
    }
    add_missing(look, cadence, step_s, gaps, count);
}

size_t gap_source_find(void *source, int32_t device, struct gateway_gap *out,
                       size_t room)
{
    const struct gap_source *from = source;
    const struct registry_snapshot *s = registry_hold(from->registry);
    const struct device *d = registry_device(s, device);
    int minute_s = d ? d->minute_min * MINUTE_S : 0;
    struct arena arena;
    struct looking look = {
        .series = from->series,
        .arena = &arena,
        .now_s = from->now_s ? from->now_s() : (int64_t)time(NULL),
        .days_back = from->days_back > 0 ? from->days_back : DAYS_BACK,
        .out = out,
        .room = room};

    registry_release(from->registry, s);
    arena_init(&arena);
    look_for(&look, device, CADENCE_DAY, DAY_S);
    look_for(&look, device, CADENCE_HOUR, HOUR_S);
    if (minute_s > 0)
        look_for(&look, device, CADENCE_MINUTE, minute_s);
    arena_done(&arena);
    return look.n;
}
