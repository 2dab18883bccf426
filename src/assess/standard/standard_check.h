/*
 * standard_check - is a table from outside one that may take the place of ours?
 * It has our columns, every row has all cells, and a column that holds numbers,
 * days or one of a few words in ours holds them there too. What is wrong is
 * told as "file:line: column: what and what to do".
 *
 * Pure. A table that passes can still contradict itself in ways only its reader
 * knows.
 */
#ifndef ASSESS_STANDARD_CHECK_H
#define ASSESS_STANDARD_CHECK_H

#include "base/buf.h"

/*
 * `ours` and `theirs` are CSV texts in UTF-8. Appends what is wrong to *out and
 * answers whether nothing is. At most STANDARD_FAULTS_MAX are told.
 */
enum { STANDARD_FAULTS_MAX = 10 };

bool standard_check(const char *name, struct span ours, struct span theirs,
                    struct buf *out);

#endif
