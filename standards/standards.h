/*
 * standards - the tables that verdicts rest on, the CSV files
 * beside this header: limits, breakpoints, pollutants, administrative
 * divisions. They are UTF-8 text with a header row, built into the program, so
 * that the program stays one file.
 *
 * The bytes live as long as the program and are not to be changed; the reader
 * of base/csv.h unquotes in place and therefore wants a copy.
 */
#ifndef STANDARDS_H
#define STANDARDS_H

#include "base/span.h"

/* The text of a table, "pollutants.csv"; empty (at NULL) when there is none. */
struct span standards_file(const char *name);

/*
 * From now on that table has this text, which must stay. Only before the first
 * reader asks, and by one thread. False: there is no table of that name.
 */
bool standards_replace(const char *name, struct span text);

/* All names, sorted; *out is a static list. Returns how many. */
size_t standards_names(const char *const **out);

#endif
