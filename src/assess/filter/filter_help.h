/*
 * filter_help - what the program tells about its assessments: all of them, one
 * with its columns, its facts, its example. Written behind *out.
 */
#ifndef FILTER_HELP_H
#define FILTER_HELP_H

#include "assess/catalogue/assessment.h"
#include "base/buf.h"

void filter_help(struct buf *out);
void filter_list(struct buf *out);
void filter_help_of(struct buf *out, const struct assessment *a);
void filter_list_of(struct buf *out, const struct assessment *a); /* CSV */

#endif
