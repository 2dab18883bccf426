/*
 * scan - one channel's memory and store seen together, for the files of this
 * folder that read. See internal.h on how both are kept in step.
 */
#ifndef SERIES_SCAN_H
#define SERIES_SCAN_H

#include "storage/series/internal.h"

/* What is asked of one channel. */
struct question {
    channel_id channel;
    struct series_range range;
    struct series_view view;
    size_t limit; /* 0: all */
};

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
void memory_copy(const struct series *series, const struct question *question,
                 struct arena *arena, struct memory_part *out);

/* A row of table span; the summary is empty when it does not check. */
struct stored_span {
    struct span_row row;
    bool trusted;
};

struct span_list {
    struct stored_span *at;
    size_t count;
};

/* The rows of table span that a range touches, from the arena. */
enum err spans_of(struct reader *reader, channel_id channel,
                  enum cadence cadence, struct series_range range,
                  struct arena *arena, struct span_list *out) MUST_CHECK;

/* A snapshot of store and memory of one channel; end it with reader_end. */
enum err scan_begin(struct series *series, struct reader *reader,
                    const struct question *question, struct arena *arena,
                    struct memory_part *memory) MUST_CHECK;

/* A scan inside a snapshot that the caller has begun. */
enum err scan_part(struct reader *reader, const struct question *question,
                   const struct memory_part *memory, struct arena *arena,
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
