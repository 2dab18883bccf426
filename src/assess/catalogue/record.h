/*
 * record - rows of a table into a record: the fields from its first row, a
 * value from every column (wide) or every row (long). Private to the engine.
 */
#ifndef ASSESS_RECORD_H
#define ASSESS_RECORD_H

#include "assess/catalogue/layout.h"

/* A row with as many cells as the header has names. */
struct table_row {
    int line;
    bool ragged; /* it had another number of cells */
    const struct span *cells;
};

struct record_reader {
    const struct assessment *assessment;
    struct item_names names;
    struct layout layout;
    /* one a field, by option or by the field's standard value */
    struct assess_cell standing[ASSESS_FIELDS_MAX];
    size_t field_count;
    struct engine_sink *sink;
    struct engine_counts counts;
    struct assess_value *values; /* of the record at hand */
    size_t value_count;
    size_t *seen; /* one an item: the record that has it */
    size_t stamp;
};

/* The rows of a record: `first`, then as `next` says, to GROUPING_END; one row
 * when next is NULL. */
struct record_rows {
    const struct table_row *rows;
    size_t first;
    const size_t *next;
};

/* False when the record is refused; the sink has been told why. */
bool record_read(struct record_reader *r, struct record_rows rows,
                 struct arena *arena, struct assess_record *out);

/* One cell of a field: given, or missing (false in out->given), or refused. */
bool record_field(struct record_reader *r, const struct table_row *row,
                  size_t field, struct arena *arena, struct assess_cell *out,
                  struct engine_problem *out_problem);

/* Tells the sink, and counts. */
void record_problem(struct record_reader *r,
                    const struct engine_problem *problem);

#endif
