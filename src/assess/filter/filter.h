/*
 * filter - the assessments as a filter over CSV: rows of measurements in, rows
 * of verdicts out. Two shapes of table are read:
 *
 *     wide   one row a subject, one column a factor: time,PM2.5,PM10,...
 *            a unit may stand behind the name: "PM2.5(mg/m3)"
 *     long   one row a value, with the columns factor and value (and unit);
 *            rows that agree in all other columns are one subject
 *
 * A column that is neither time nor factor is passed through. What cannot be
 * used is refused by line and column, with the value, the reason and what to
 * do; the other rows are judged all the same.
 */
#ifndef FILTER_H
#define FILTER_H

#include "assess/aqi/aqi.h"
#include "assess/verdict.h"
#include "assess/water/water.h"
#include "base/buf.h"

enum { FILTER_INPUT_MAX = 1 << 30 };

struct filter_options {
    enum verdict_kind kind;
    struct aqi_practice practice; /* aqi: as some publishers do it */
    enum water_rounding rounding; /* water-section */
    enum water_body body;         /* unless a column water_body says */
    enum cadence averaging;       /* outlet: HOUR or DAY */
    bool json;                    /* JSON lines instead of CSV */
    bool explain;                 /* with every calculation */
    bool quiet;                   /* say nothing about missing values */
};

struct filter_result {
    size_t subjects, judged, refused; /* refused: with a message */
    size_t problems;                  /* messages about what was refused */
};

/* Where the text goes: both are flushed by it and emptied. */
struct filter_sink {
    struct buf *out, *messages;
    bool (*flush)(struct filter_sink *sink); /* false: stop, writing failed */
};

/*
 * Reads *in (changed: it is brought to UTF-8 and unquoted in place). ERR_SYNTAX
 * or ERR_INVALID when the table as a whole cannot be used: the message says
 * why. ERR_IO when the sink stopped.
 */
enum err filter_run(const struct filter_options *options, struct buf *in,
                    struct filter_sink *sink,
                    struct filter_result *out) MUST_CHECK;

#endif
