/*
 * engine - runs one assessment over a table of text, wherever it came from.
 * Rows go in, verdicts and problems come out through a sink. Where every
 * record is a case, a row is judged as it comes; else rows are gathered first
 * and judged at the end, in the order of their first appearance.
 *
 *     engine_new -> engine_option* -> engine_columns -> engine_row* ->
 *     engine_end -> engine_free
 *
 * Texts handed in must stay until engine_free. Bounds: CSV_COLUMNS_MAX columns,
 * ENGINE_CELLS_MAX cells gathered, ENGINE_CASE_MAX records a case; what is more
 * is a problem that is told.
 *
 * Pure; the sink is the caller's.
 */
#ifndef ASSESS_ENGINE_H
#define ASSESS_ENGINE_H

#include "assess/catalogue/assessment.h"

enum {
    ENGINE_CELLS_MAX = 1 << 26,
    ENGINE_CASE_MAX = 1 << 19,
};

/* What cannot be used, and what to do. Line 0: an option, not the table. */
struct engine_problem {
    int line;
    struct span column, value;
    const char *reason_zh, *reason_en;
    bool note; /* said, but nothing was refused: a missing value */
};

/* A row of the answer. */
struct engine_row {
    int line; /* of its first row */
    /* one a column of the table, empty where the records of a case differ */
    const struct span *cells;
    const struct assess_case *judged; /* NULL: refused before */
    const struct verdict *verdict;    /* NULL: refused */
};

struct engine_sink {
    bool (*row)(struct engine_sink *sink, const struct engine_row *row);
    void (*problem)(struct engine_sink *sink,
                    const struct engine_problem *problem);
    void *user;
};

struct engine_counts {
    size_t rows; /* of the answer */
    size_t judged, refused;
    size_t problems; /* without notes */
};

struct engine *engine_new(const struct assessment *assessment,
                          struct engine_sink *sink);
void engine_free(struct engine *e); /* NULL is fine */

/*
 * The Beijing day, yyyymmdd, by whose editions a row without a day is judged.
 * Not told: by what is in force without an end.
 */
void engine_today(struct engine *e, int today);

/*
 * A field for all rows that do not say it themselves. ERR_NOT_FOUND: there is
 * no such field; ERR_INVALID: its text is not one, which the sink is told.
 */
enum err engine_option(struct engine *e, struct span field,
                       struct span text) MUST_CHECK;

/* ERR_INVALID: the table as a whole cannot be used, which the sink is told. */
enum err engine_columns(struct engine *e, const struct span *names,
                        size_t count, int line) MUST_CHECK;

/* ERR_IO: the sink stopped. ERR_TOO_LARGE: more than can be gathered. */
enum err engine_row(struct engine *e, int line, const struct span *cells,
                    size_t count) MUST_CHECK;

/* A row that could not even be split into cells. */
enum err engine_broken_row(struct engine *e, int line) MUST_CHECK;

enum err engine_end(struct engine *e) MUST_CHECK;

/* Whether the column is passed through to the answer. */
bool engine_keeps(const struct engine *e, size_t column);

/* The index of the field of that name or alias; -1: none. */
int engine_field(const struct assessment *a, struct span name);

/* Whether a row of the answer may stand for several records. */
bool engine_gathers(const struct assessment *a);

struct engine_counts engine_counts(const struct engine *e);

#endif
