/*
 * block - the readings of one channel and one span of time as bytes.
 *
 *     1 | crc32c | count | first start
 *     starts      differences                      one stream each (stream.h)
 *     arrivals    minutes: lag behind the start, or differences
 *     flags, qualities, presence, corrections
 *     for each number that any reading has:
 *         exponents, base exponent, mantissas (differences)
 *     texts       index, length, bytes
 *
 * Mantissas are written at the smallest exponent of the block and each reading
 * keeps its own, so 35.0 comes back as 35.0; when that would not fit in 64
 * bits, they stay as they are. An arrival is a whole minute, but that of a
 * corrected reading, which is exact to the microsecond.
 *
 * The bytes are a function of the readings alone: whatever the order of
 * arrival, flushes and crashes, equal readings make equal blocks.
 *
 * Pure: no SQLite, no clock.
 */
#ifndef SERIES_BLOCK_H
#define SERIES_BLOCK_H

#include "storage/series/series.h"
#include "storage/series/stream.h"

enum {
    BLOCK_BYTES_MAX = 256 << 20,
    BLOCK_READINGS_MAX = 366 * DAY_S, /* one a second in the longest span */
    BLOCK_TEXT_MAX = 1024,            /* bytes of one text */
};

#define MINUTE_US (60 * 1000000LL)

/* A text belongs to the reading at an index. */
struct column_text {
    size_t index;
    struct span text;
};

/*
 * Readings in columns, ascending by start. An array of numbers is allocated
 * when its column is first used; `mask` tells which are.
 */
struct columns {
    size_t count, room;
    int64_t *start_s;
    int64_t *arrival_us;
    int64_t *corrected; /* 0 or 1: arrived in place of another */
    int64_t *flag;
    int64_t *quality;
    int64_t *present;
    uint8_t mask;
    int64_t *mantissa[READING_COLUMNS];
    int64_t *exponent[READING_COLUMNS];
    struct column_text *text; /* borrowed bytes, ascending by index */
    size_t text_count, text_room;
    int64_t *lane, *lane2; /* scratch of the coding */
};

void columns_init(struct columns *columns);
void columns_done(struct columns *columns);

/* Empties, keeps the memory. */
void columns_clear(struct columns *columns);

/* Adds behind the last; the text is borrowed. */
void columns_add(struct columns *columns, const struct reading *reading,
                 bool corrected);

/* Makes room behind the last for `count` readings with numbers of `mask`. */
void columns_reserve(struct columns *columns, size_t count, uint8_t mask);

/* Adds readings [from, to) of others; texts are borrowed. */
void columns_copy(struct columns *columns, const struct columns *others,
                  size_t from, size_t to);

/* Gives the reading at an index a text, which is borrowed. */
void columns_text(struct columns *columns, size_t index, struct span text);

/* The reading at an index; its text is borrowed. */
void columns_get(const struct columns *columns, size_t index,
                 struct reading *out);

/* The first index whose start is not before the moment. */
size_t columns_find(const struct columns *columns, int64_t start_s);

/* Arrivals of first readings are kept to the minute, rounded up. */
int64_t arrival_minute(int64_t arrival_us);

/* ---- bytes ---- */

/* Appends the block; at least one reading. */
void block_encode(struct codec *codec, struct columns *columns,
                  struct buf *out);

/*
 * ERR_CORRUPT for anything that block_encode does not write; `most` bounds how
 * many readings are accepted. Texts borrow from `bytes`.
 */
enum err block_decode(struct codec *codec, struct span bytes, size_t most,
                      struct columns *out) MUST_CHECK;

/* ---- sums ---- */

/* Adds readings [from, to) of the columns to a summary. */
void summary_add_columns(struct series_summary *summary,
                         const struct columns *columns, size_t from, size_t to);
void summary_add(struct series_summary *summary, const struct reading *reading);
void summary_merge(struct series_summary *summary,
                   const struct series_summary *other);
void summary_encode(const struct series_summary *summary, struct buf *out);
enum err summary_decode(struct span bytes,
                        struct series_summary *out) MUST_CHECK;

/* ---- one reading ---- */

/* With its start, arrival and text; for versions and the newest. */
void reading_encode(const struct reading *reading, struct buf *out);
/* The text borrows from the cursor's bytes. */
void reading_decode(struct cursor *in, struct reading *out);

uint32_t block_crc32c(uint32_t crc, struct span bytes);

#endif
