/*
 * run - the readings of one channel and one span that memory holds and the
 * store does not: packed rows, ascending by start, as wide as the numbers that
 * have come so far.
 *
 *     row: start | arrival | quality flag present corrected text |
 *          7 exponents | mantissas of the run's columns
 *
 * A value alone takes 40 bytes. Rows and texts belong to the run.
 */
#ifndef SERIES_RUN_H
#define SERIES_RUN_H

#include "storage/series/block.h"

struct row {
    int64_t start_s;
    int64_t arrival_us;
    uint32_t quality;
    char flag;
    uint8_t present;
    uint8_t corrected;
    uint8_t has_text;
    int8_t exponent[8];
    int64_t mantissa[]; /* of the columns in run->mask, in their order */
};

struct run_text {
    int64_t start_s;
    char *text;
    size_t len;
};

struct run {
    int64_t from_s, to_s;         /* the span */
    int64_t gap_from_s, gap_to_s; /* nothing of this is stored, seen so far */
    uint32_t count, room;
    uint32_t replaced; /* rows that stand in place of stored ones */
    uint16_t stride;   /* bytes of a row */
    uint8_t mask;
    char *rows;
    struct run_text *texts; /* ascending by start */
    size_t text_count, text_room;
};

static inline struct row *run_row(const struct run *run, size_t index)
{
    return (struct row *)(void *)(run->rows + index * run->stride);
}

void run_done(struct run *run);

/* Room for `more` further rows with numbers of `mask`. */
void run_reserve(struct run *run, size_t more, uint8_t mask);

/* The first index whose start is not before the moment. */
size_t run_find(const struct run *run, int64_t start_s);

/* Makes room at an index and writes the reading there. */
void run_insert(struct run *run, size_t index, const struct reading *reading,
                bool corrected);

/* Writes a reading over the row at an index. */
void run_replace(struct run *run, size_t index, const struct reading *reading,
                 bool corrected);

/* The reading at an index; its text is borrowed. */
void run_get(const struct run *run, size_t index, struct reading *out);

/* A copy of rows [from_s, to_s) and their texts in an arena. */
void run_copy(const struct run *run, struct series_range range,
              struct arena *arena, struct run *out);

/* Stored columns and newer rows as columns; the rows win. Texts are borrowed.*/
void run_merge(const struct columns *stored, const struct run *run,
               struct columns *out);

/*
 * The quick way in: writes up to `count` readings behind the last row as long
 * as they ascend inside the span and are plain (no text); returns how many.
 */
size_t run_extend(struct run *run, const struct reading *readings,
                  size_t count);

#endif
