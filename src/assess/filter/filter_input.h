/*
 * filter_input - what the columns of a table mean, and what a cell says.
 * Private to filter.
 */
#ifndef FILTER_INPUT_H
#define FILTER_INPUT_H

#include "assess/emission/emission.h"
#include "assess/filter/filter.h"
#include "base/csv.h"

enum {
    SUBJECT_VALUES_MAX = 128,
    NO_INPUT = -1,
};

enum column_role {
    COLUMN_KEPT, /* passed through */
    COLUMN_TIME,
    COLUMN_BODY,
    COLUMN_MEASURED, /* wide: a factor */
    /* long */
    COLUMN_FACTOR,
    COLUMN_VALUE,
    COLUMN_UNIT,
    /* outlet */
    COLUMN_MIN,
    COLUMN_MAX,
    COLUMN_LIMIT_UNIT,
    COLUMN_STANDARD,
    COLUMN_CONVERTED,
};

/* A factor as this assessment knows it. */
struct named {
    const char *code; /* canonical; NULL: nobody knows it */
    int input;        /* enum aqi_input, or NO_INPUT */
    const char *unit; /* of the assessment */
};

struct column {
    enum column_role role;
    struct span name;
    struct named named; /* MEASURED */
    struct span unit;   /* MEASURED: written behind the name, or empty */
};

struct measured {
    struct named named;
    bool below_detection;
    struct decimal value;
    struct emission_limit limit; /* outlet */
};

/* What one verdict is about. */
struct subject {
    int line;
    int day; /* 0: unusable */
    enum water_body body;
    bool refused;
    struct measured value[SUBJECT_VALUES_MAX];
    size_t count;
};

struct input {
    const struct filter_options *options;
    struct buf *messages;
    struct filter_result *result;
    struct csv *csv;
    struct arena *arena; /* of the subject at hand */
    struct column column[CSV_COLUMNS_MAX];
    size_t count;
    bool is_long;
};

/* Reads the header. ERR_INVALID, with a message, when no table comes of it. */
enum err input_columns(struct input *in) MUST_CHECK;

/* Starts a subject from the row: line, day, water body. */
void input_begin(struct input *in, struct subject *subject);

/* Adds what the row measures: every column (wide) or its value (long). */
void input_measure(struct input *in, struct subject *subject);

/* "line 5, column PM2.5, "-3": reason; what to do" and counts it. */
void input_complain(struct input *in, int line, struct span column,
                    struct span value, const char *reason);

#endif
