/*
 * datetime - moments and periods. Inside the program a moment is UTC seconds
 * (arrivals: microseconds). The calendar exists only at the edges, and it is
 * Beijing time (Asia/Shanghai): UTC+8, no daylight saving, whatever the
 * machine's zone. A period is named by its start.
 *
 * Pure: nothing here reads a clock.
 */
#ifndef BASE_DATETIME_H
#define BASE_DATETIME_H

#include "base/err.h"
#include "base/span.h"

#include <stdint.h>

enum {
    MINUTE_S = 60,
    HOUR_S = 3600,
    DAY_S = 86400,
    BEIJING_OFFSET_S = 8 * HOUR_S,
};

/* Earliest and latest moment we accept anywhere: years 1900 to 2199. */
#define MOMENT_MIN_S (-2209017600LL)
#define MOMENT_MAX_S 7258089599LL

/* Beijing calendar time. */
struct civil {
    int year, month, day; /* 1900-2199, 1-12, 1-31 */
    int hour, minute, second;
    int milli;
};

/* The lengths of time that readings stand for. */
enum cadence {
    CADENCE_REALTIME, /* a moment */
    CADENCE_MINUTE,   /* of 1 to 30 minutes, as the device sends it */
    CADENCE_HOUR,
    CADENCE_DAY,
    CADENCE_MONTH,
    CADENCE_QUARTER,
    CADENCE_YEAR,
    CADENCE_SAMPLE, /* a manual sample: a moment */
    CADENCE_COUNT
};

/* "hour"; the word in files, addresses and JSON. */
const char *cadence_name(enum cadence cadence);
enum err cadence_parse(struct span name, enum cadence *out) MUST_CHECK;

struct civil civil_from_utc(int64_t utc_s);

/* ERR_OUT_OF_RANGE when there is no such date or time of day. */
enum err civil_to_utc(struct civil civil, int64_t *out_s) MUST_CHECK;

/* yyyymmdd of the Beijing day: how editions of standards are dated. */
int civil_day_number(int64_t utc_s);

/* The start of the Beijing day yyyymmdd. */
enum err civil_day_start(int yyyymmdd, int64_t *out_s) MUST_CHECK;

/*
 * The start of the calendar period (Beijing) that holds the moment, and the
 * start of the next one. HOUR to YEAR; a REALTIME, MINUTE or SAMPLE moment is
 * its own start and its own end.
 */
int64_t period_start(int64_t utc_s, enum cadence cadence);
int64_t period_next(int64_t utc_s, enum cadence cadence);

/* HJ 212's yyyymmddhhmmss (14 digits) in Beijing time. */
enum err datetime_parse_compact(struct span text, int64_t *out_s) MUST_CHECK;
void datetime_format_compact(int64_t utc_s, char text[15]);

/*
 * ISO 8601: 2026-11-24T16:00:00+08:00, also with Z, with a blank for the T,
 * without seconds, or a date alone; what has no zone is Beijing time.
 */
enum err datetime_parse(struct span text, int64_t *out_s) MUST_CHECK;

/* 2026-11-24T16:00:00+08:00 */
void datetime_format(int64_t utc_s, char text[26]);

/* 2026-11-24T16:00:00.123456+08:00 */
void datetime_format_us(int64_t utc_us, char text[33]);

#endif
