/*
 * series - the readings of all channels: kept for years in blocks, the newest
 * in memory, every version of every value, and what people laid over them.
 *
 * A block is one channel and one span of periods as a row in SQLite (WAL):
 * difference-coded integer columns (mantissas at the block's common exponent),
 * packed; with count, sum, min, max beside it, so that most aggregates never
 * open it. A channel takes any exponents; a value that is no decimal is kept as
 * text (QUALITY_TEXT), never rounded.
 *
 * A reading that arrives again with the same numbers, flag and findings changes
 * nothing (BACKFILLED, which tells of the arrival, is not compared). With
 * others it becomes current and the one before is kept as a version, so that
 * any answer can be given "as of" a moment; in computed channels, results of
 * one arrival replace each other. A reading older than the correction that
 * stands in its place is a repetition. First arrivals are kept to the minute
 * (rounded up), later versions to the microsecond; the ledger has every arrival
 * exactly. Overlays hide nothing: raw stays, `effective` shows them.
 *
 * What is appended or laid over lives in memory until the next flush. After a
 * crash it is made again by replaying the ledger from series_applied() on.
 * Format and reasons: docs/series.md.
 *
 * Threads: one writer (append, overlay, flush); any number of readers at once.
 */
#ifndef SERIES_H
#define SERIES_H

#include "base/arena.h"
#include "base/err.h"
#include "storage/series/reading.h"

#include <stdint.h>

struct series;

typedef uint32_t channel_id; /* small, dense, from 1; 0 is none */

struct series_options {
    bool read_only;
    /* keep readings of a cadence for so many days; 0: for ever */
    int keep_days[CADENCE_COUNT];
};

/*
 * Opens or creates <path>. ERR_BUSY when another process writes it,
 * ERR_CORRUPT when it is damaged (the log names table and row), ERR_IO.
 */
enum err series_open(const char *path, const struct series_options *options,
                     struct series **out) MUST_CHECK;
void series_close(struct series *series); /* does not flush */

/* ---- channels ---- */

/* The number of that channel, new if need be. Writer only. */
channel_id series_channel(struct series *series, const struct channel_key *key);

/* The number of that channel, or 0. Any thread. */
channel_id series_find(struct series *series, const struct channel_key *key);

/* What a channel is; false for an unknown number. */
bool series_key(struct series *series, channel_id channel,
                struct channel_key *out);

/* The number of the last channel. */
channel_id series_count(struct series *series);

/* All channels of a subject (from the caller's arena); returns the count. */
size_t series_channels_of(struct series *series, enum subject subject,
                          int32_t id, struct arena *arena, channel_id **out);

/* ---- writing ---- */

enum series_change {
    SERIES_NEW,       /* the first value of that period */
    SERIES_SAME,      /* known already: nothing changed */
    SERIES_CORRECTED, /* other numbers: the old ones became a version */
};

/*
 * Never fails. A moment outside 1900-2199 or an unknown channel is logged and
 * left out (SERIES_SAME); texts are cut at 1 KiB.
 */
enum series_change series_append(struct series *series, channel_id channel,
                                 const struct reading *reading);

/* Many readings of one channel in time order, as a back-fill brings them. */
void series_append_many(struct series *series, channel_id channel,
                        const struct reading *readings, size_t count);

/* Readings not in the store yet; how the flusher decides. */
size_t series_unflushed(const struct series *series);

/*
 * The memory they take, about: a channel has its price whether it holds one
 * reading or many. The writer's thread alone.
 */
size_t series_unflushed_bytes(const struct series *series);

/*
 * Puts all of memory into the store, in one transaction with the position of
 * the last ledger record that is in it, then calls `also` (may be NULL) inside
 * the same transaction so that others can keep their state in step. `also`
 * gets the sqlite3 handle.
 */
enum err series_flush(struct series *series, uint64_t ledger_sequence,
                      enum err (*also)(void *context, void *sqlite),
                      void *context) MUST_CHECK;

/* The ledger position of the last flush: replay starts behind it. */
uint64_t series_applied(const struct series *series);

/*
 * The next flush drops what options.keep_days no longer wants, by whole spans
 * (days of minutes, months of hours, years of days).
 */
void series_retire(struct series *series, int64_t now_s);

/* ---- reading ---- */

enum { AS_OF_NOW = 0 };

struct series_view {
    int64_t as_of_us; /* what was known then; AS_OF_NOW */
    bool raw;         /* without overlays */
};

struct series_range {
    int64_t from_s; /* first period start */
    int64_t to_s;   /* exclusive */
};

/*
 * The newest reading of a channel as it came, without its text; false if it has
 * none. One that is FUTURE does not count, so that a wrong clock hides nothing.
 */
bool series_latest(struct series *series, channel_id channel,
                   struct reading *out);

/*
 * The newest readings of all channels: out[i] is channel i + 1, with
 * present == 0 and start_s == INT64_MIN where there is none. `out` has room
 * for `room`; returns how many were written. Texts are not set.
 */
size_t series_latest_all(struct series *series, struct reading *out,
                         size_t room);

/*
 * The same from channel `first` on: out[i] is channel first + i. Who looks at
 * each reading once goes piece by piece and needs no room for all of them.
 */
size_t series_latest_from(struct series *series, channel_id first,
                          struct reading *out, size_t room);

/*
 * The readings of a range in time order, at most `limit` (0: all), from the
 * arena. ERR_CORRUPT when a block does not open (the others are still given).
 */
enum err series_scan(struct series *series, channel_id channel,
                     struct series_range range, struct series_view view,
                     size_t limit, struct arena *arena, struct reading **out,
                     size_t *out_count) MUST_CHECK;

/*
 * The valid values of a range alone, for what is computed over millions:
 * value[i] is that of the period which starts at from_s + i * step_s, and
 * known[i] whether there is one. Both arrays are the caller's and have room for
 * the whole range. Readings between the steps are left out.
 */
struct series_grid {
    int step_s;
    struct decimal *value; /* set where known */
    bool *known;
};

enum err series_grid(struct series *series, channel_id channel,
                     struct series_range range, struct series_view view,
                     const struct series_grid *grid) MUST_CHECK;

/*
 * series_scan for the writer alone, effective and now: it reads what it has
 * open itself, without a snapshot of the store, and so costs little.
 */
enum err series_scan_own(struct series *series, channel_id channel,
                         struct series_range range, struct arena *arena,
                         struct reading **out, size_t *out_count) MUST_CHECK;

/* All versions of one period, oldest first, the current one last. */
enum err series_versions(struct series *series, channel_id channel,
                         int64_t start_s, struct arena *arena,
                         struct reading **out, size_t *out_count) MUST_CHECK;

/* What a range comes to. Only valid readings count, but for `count_all`. */
struct series_summary {
    int64_t start_s;
    uint32_t count;     /* valid values */
    uint32_t count_all; /* readings */
    struct decimal_sum sum;
    struct decimal min, max; /* of the values, when count > 0 */
};

/*
 * Sums of many channels, in steps of a cadence (HOUR to YEAR; steps without
 * readings are given with count 0). out[channel index * steps + step] from the
 * arena; *out_steps is the number of steps.
 */
enum err series_summarise(struct series *series, const channel_id *channels,
                          size_t channel_count, struct series_range range,
                          enum cadence step, struct series_view view,
                          struct arena *arena, struct series_summary **out,
                          size_t *out_steps) MUST_CHECK;

/*
 * HJ 663-2013 annex A: k = 1 + (n - 1) p, between neighbours linear, rounded
 * once. p in 1/10000. ERR_NOT_FOUND when nothing is valid.
 */
enum err series_percentile(struct series *series, channel_id channel,
                           struct series_range range, struct series_view view,
                           int p_e4, int exponent, enum rounding rounding,
                           struct decimal *out) MUST_CHECK;

/* The valid readings above a limit, from the arena. */
enum err series_exceedances(struct series *series, channel_id channel,
                            struct series_range range, struct series_view view,
                            struct decimal limit, struct arena *arena,
                            struct reading **out, size_t *out_count) MUST_CHECK;

/*
 * Where a range has no valid value: runs of expected periods (every `step_s`
 * seconds) with the reason: nothing arrived, or what the flag or checks said.
 */
enum gap_reason {
    GAP_NEVER_HEARD, /* the channel has no reading so far */
    GAP_NOTHING,     /* nothing arrived for these periods */
    GAP_FLAG,        /* arrived with a device flag that is not valid */
    GAP_QUALITY,     /* arrived and was refused by a check or a person */
    GAP_NOT_DUE,     /* in the future */
};

struct series_gap {
    int64_t from_s, to_s; /* to_s exclusive */
    enum gap_reason reason;
    char flag;        /* for GAP_FLAG */
    uint32_t quality; /* for GAP_QUALITY */
};

enum err series_why_missing(struct series *series, channel_id channel,
                            struct series_range range, int step_s,
                            int64_t now_s, struct arena *arena,
                            struct series_gap **out,
                            size_t *out_count) MUST_CHECK;

/* ---- overlays ---- */

enum overlay_kind {
    OVERLAY_INVALIDATE,
    OVERLAY_REPLACE, /* by `value` */
    OVERLAY_MARK,    /* stays as it is, with a letter */
    OVERLAY_APPROVE,
};

struct overlay {
    int64_t id; /* from 1, given by series_overlay_add */
    channel_id channel;
    struct series_range range;
    enum overlay_kind kind;
    struct decimal value; /* OVERLAY_REPLACE */
    char mark;            /* OVERLAY_MARK */
    char reason[128];
    char who[64];
    int64_t at_us;
    int64_t undone_us; /* 0: in force */
    char undone_by[64];
};

/*
 * Writer only. The same overlay again (all fields but the id) gets the id it
 * had. ERR_INVALID, ERR_NOT_FOUND for an unknown channel.
 */
enum err series_overlay_add(struct series *series,
                            struct overlay *overlay) MUST_CHECK;

/* Writer only. The first undoing stands. ERR_NOT_FOUND. */
enum err series_overlay_undo(struct series *series, int64_t id, const char *who,
                             int64_t at_us) MUST_CHECK;

/* All that touch a range, undone ones too; channel 0: of all channels. */
enum err series_overlays(struct series *series, channel_id channel,
                         struct series_range range, struct arena *arena,
                         struct overlay **out, size_t *out_count) MUST_CHECK;

/* ---- plain SQL ---- */

/*
 * Registers the virtual table `reading` on a connection to the same file:
 * reading(channel, start_s, time, value, min, max, total, converted, flag,
 * quality, arrival_us, value_text); constraints on channel and start_s are
 * pushed down. Numbers are for SQL's arithmetic, value_text has the digits as
 * written. Shows what has been flushed; a damaged block ends the query with
 * SQLITE_CORRUPT.
 */
enum err series_register_sql(struct series *series, void *sqlite) MUST_CHECK;

/* Opens every block; ERR_CORRUPT and the first bad row in *message. */
enum err series_verify(struct series *series, char message[256]) MUST_CHECK;

/*
 * SM3 over all readings, versions and overlays in the order of their keys:
 * equal for two series that hold the same, however they came to it.
 */
enum err series_digest(struct series *series, unsigned char out[32]) MUST_CHECK;

#endif
