#include "serve_gaps.h"

#include <time.h>

enum { DUE_AFTER_S = 15 * MINUTE_S }; /* a period may be that late */

static int step_of(const struct device *device, enum cadence cadence)
{
    switch (cadence) {
    case CADENCE_MINUTE:
        return device->minute_min * MINUTE_S;
    case CADENCE_HOUR: /* national water stations measure every four hours */
        return device->point && device->point->site->element == ELEMENT_WATER
                   ? 4 * HOUR_S
                   : HOUR_S;
    case CADENCE_DAY:
        return DAY_S;
    default:
        return 0;
    }
}

/* The range to look at: from the first frame ever, but not for ever. */
static bool range_of(const struct serve_gaps *gaps, channel_id channel,
                     int64_t now_s, int step_s, struct series_range *out)
{
    struct series_range all = {MOMENT_MIN_S, MOMENT_MAX_S};
    struct series_view view = {AS_OF_NOW, true};
    struct reading *first;
    struct arena arena;
    size_t count = 0;
    int64_t start;

    arena_init(&arena);
    if (series_scan(gaps->series, channel, all, view, 1, &arena, &first,
                    &count) != OK ||
        count == 0) {
        arena_done(&arena);
        return false;
    }
    start = first->start_s;
    arena_done(&arena);
    out->from_s = now_s - gaps->days * (int64_t)DAY_S;
    if (start > out->from_s)
        out->from_s = start;
    else /* on the grid of the first one */
        out->from_s =
            start + (out->from_s - start + step_s - 1) / step_s * step_s;
    out->to_s = now_s - step_s - DUE_AFTER_S;
    return out->from_s < out->to_s;
}

static size_t gaps_of(const struct serve_gaps *gaps,
                      const struct device *device, enum cadence cadence,
                      struct gateway_gap *out, size_t room)
{
    struct channel_key key = {SUBJECT_DEVICE, device->id, "frame", cadence,
                              ORIGIN_REPORTED};
    channel_id channel = series_find(gaps->series, &key);
    int step_s = step_of(device, cadence);
    int64_t now_s = (int64_t)time(NULL);
    struct series_range range;
    struct series_gap *found = NULL;
    struct arena arena;
    size_t count = 0, written = 0;

    if (!channel || !step_s || !range_of(gaps, channel, now_s, step_s, &range))
        return 0;
    arena_init(&arena);
    if (series_why_missing(gaps->series, channel, range, step_s, now_s, &arena,
                           &found, &count) != OK)
        count = 0;
    while (count > 0 && written < room) {
        const struct series_gap *gap = &found[--count]; /* newest first */

        if (gap->reason == GAP_NOTHING)
            out[written++] =
                (struct gateway_gap){cadence, gap->from_s, gap->to_s, step_s};
    }
    arena_done(&arena);
    return written;
}

size_t serve_gaps_find(void *context, int32_t device, struct gateway_gap *out,
                       size_t room)
{
    static const enum cadence order[] = {CADENCE_HOUR, CADENCE_DAY,
                                         CADENCE_MINUTE};
    const struct serve_gaps *gaps = context;
    const struct registry_snapshot *s = registry_hold(gaps->registry);
    const struct device *row = registry_device(s, device);
    size_t count = 0;

    for (size_t i = 0; row && i < LENGTH(order) && count < room; i++)
        count += gaps_of(gaps, row, order[i], out + count, room - count);
    registry_release(gaps->registry, s);
    return count;
}
