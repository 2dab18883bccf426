/*
 * filter - an assessment as a filter over CSV: rows of measurements in, rows of
 * verdicts out. Which columns there are, and which shapes a table may have, is
 * told in assess/catalogue/assessment.h; what a row of the answer says, in
 * `shangyou assess --help`.
 *
 * What cannot be used is refused by line and column, with the value, the reason
 * and what to do; the other rows are judged all the same.
 */
#ifndef FILTER_H
#define FILTER_H

#include "assess/catalogue/engine.h"
#include "base/buf.h"

enum { FILTER_INPUT_MAX = 1 << 30, FILTER_OPTIONS_MAX = ASSESS_FIELDS_MAX };

/* A field for all rows: --field text. */
struct filter_option {
    struct span field, text;
};

struct filter_options {
    const struct assessment *assessment;
    struct filter_option given[FILTER_OPTIONS_MAX];
    size_t given_count;
    int today;    /* yyyymmdd, for rows without a day; 0: not told */
    bool json;    /* JSON lines instead of CSV */
    bool explain; /* with every calculation */
    bool quiet;   /* say nothing about missing values */
};

/* Where the text goes: both are flushed by it and emptied. */
struct filter_sink {
    struct buf *out, *messages;
    bool (*flush)(struct filter_sink *sink); /* false: stop, writing failed */
};

/*
 * Reads *in (changed: it is brought to UTF-8 and unquoted in place). ERR_SYNTAX
 * or ERR_INVALID when the table or an option cannot be used: the message says
 * why. ERR_IO when the sink stopped.
 */
enum err filter_run(const struct filter_options *options, struct buf *in,
                    struct filter_sink *sink,
                    struct engine_counts *out) MUST_CHECK;

#endif
