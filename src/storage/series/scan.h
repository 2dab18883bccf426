/*
 * scan - one channel's memory and store seen together, for the files of this
 * folder that read. See internal.h on how both are kept in step.
 */
#ifndef SERIES_SCAN_H
#define SERIES_SCAN_H

#include "storage/series/internal.h"

/* What memory has of a channel and a range; copies in an arena. */
struct memory_part {
    enum cadence cadence;
    struct run *runs; /* ascending */
    size_t run_count;
    struct reading *superseded; /* in the order of their going */
    size_t superseded_count;
    struct overlay *overlays; /* in force, in order */
    size_t overlay_count;
};

/* The range inside the moments that we know. */
struct series_range range_within(struct series_range range);

/* The part of a channel; takes its lock for the while of copying. */
void memory_copy(const struct series *series, channel_id channel,
                 struct series_range range, struct series_view view,
                 struct arena *arena, struct memory_part *out);

/*
 * The rows of table span that a range touches, from the arena. A summary that
 * does not check is marked by block == 0 in `trusted`.
 */
struct stored_span {
    struct span_row row;
    bool trusted; /* the summary is sound */
};

enum err spans_of(struct reader *reader, channel_id channel,
                  enum cadence cadence, struct series_range range,
                  struct arena *arena, struct stored_span **out,
                  size_t *out_count) MUST_CHECK;

/* A scan inside a snapshot that the caller has begun. */
enum err scan_part(struct reader *reader, channel_id channel,
                   const struct memory_part *memory, struct series_range range,
                   struct series_view view, size_t limit, struct arena *arena,
                   struct reading **out, size_t *out_count) MUST_CHECK;

/* All that stood and stands in a range, without overlays; from the arena. */
struct lineage {
    struct reading *superseded; /* by start, each start's in their order */
    size_t superseded_count;
    struct reading *current;
    size_t current_count;
};

enum err look_back(struct series *series, channel_id channel,
                   struct series_range range, struct arena *arena,
                   struct lineage *out) MUST_CHECK;

#endif
