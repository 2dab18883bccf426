/*
 * filter_output - a row of the answer as CSV or as a line of JSON. Private to
 * filter.
 */
#ifndef FILTER_OUTPUT_H
#define FILTER_OUTPUT_H

#include "assess/filter/filter.h"

struct filter_output {
    const struct filter_options *options;
    const struct engine *engine;
    const struct span *names; /* of the table's columns */
    size_t count;
    bool gathers; /* rows may stand for several records: with from and to */
    struct buf *out;
    struct buf scratch;
};

void output_header(const struct filter_output *o);
void output_row(struct filter_output *o, const struct engine_row *row);

#endif
