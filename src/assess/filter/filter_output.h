/*
 * filter_output - a verdict as a row of CSV or a line of JSON. Private to
 * filter.
 */
#ifndef FILTER_OUTPUT_H
#define FILTER_OUTPUT_H

#include "assess/filter/filter_input.h"

void output_header(const struct input *in, struct buf *out);

/*
 * `kept` are the cells of the subject's first row, one a column. A refused
 * subject has no verdict: NULL.
 */
void output_row(const struct input *in, const struct span *kept,
                const struct subject *subject, const struct verdict *verdict,
                struct buf *out);

#endif
