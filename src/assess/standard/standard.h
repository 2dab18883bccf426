/*
 * standard - the tables of standards/, read once and laid out as rows of text
 * that live as long as the program. Whoever gives a table its meaning (aqi,
 * water, factor, validity) turns the rows into its own types, once, and asks
 * by day from then on: a measurement is judged by the edition in force on its
 * own day, and an old verdict stays what it was.
 *
 * A table is ours, so a cell that cannot be read is our own mistake and
 * asserts. A table from a directory takes the place of ours only after it was
 * checked (standard_check) and tried (standards_cmd): nothing else from outside
 * comes here.
 *
 * Thread-safe: the first caller reads, the others wait for it.
 */
#ifndef ASSESS_STANDARD_H
#define ASSESS_STANDARD_H

#include "base/decimal.h"
#include "base/span.h"

enum { STANDARD_OPEN = 99999999 }; /* last day of what is in force today */

/* Cells are row by row; every one is also a terminated C text. */
struct standard_table {
    const char *name; /* "aqi-hj633.csv" */
    const struct span *columns;
    size_t column_count;
    const struct span *cells;
    size_t row_count;
    const int *lines; /* of the file, one a row */
};

/* NULL when there is no such table. */
const struct standard_table *standard_table(const char *name);

/* All of them, by name; NULL behind the last. */
const struct standard_table *standard_table_at(size_t index);

/* The cell of a named column; empty when the table has no such column. */
struct span standard_cell(const struct standard_table *table, size_t row,
                          const char *column);

/* The line that this thread read last, and of which table; 0: none. */
int standard_last_line(const char **out_name);

/* The same as C text; never NULL. */
const char *standard_text(const struct standard_table *table, size_t row,
                          const char *column);

bool standard_cell_is(const struct standard_table *table, size_t row,
                      const char *column, const char *text);

/* "2026-03-01" as 20260301; `missing` when the cell is empty. */
int standard_day(const struct standard_table *table, size_t row,
                 const char *column, int missing);

/* A whole number; `missing` when the cell is empty. */
int standard_int(const struct standard_table *table, size_t row,
                 const char *column, int missing);

/* False when the cell is empty. */
bool standard_decimal(const struct standard_table *table, size_t row,
                      const char *column, struct decimal *out);

/* An edition of a standard with its days in force, both inclusive. */
struct standard_edition {
    const char *standard; /* "HJ 633-2026" */
    int from_day, to_day; /* yyyymmdd; STANDARD_OPEN */
    const char *title_zh, *title_en;
    const char *confidence, *note;
};

/* Of editions.csv, for standards whose tables carry no days themselves. */
const struct standard_edition *standard_edition_on(const char *standard,
                                                   int day);

/*
 * Two editions of one document: "GB 3838-2002" and "GB 3838-2099", and what is
 * one and the same.
 */
bool standard_same_document(const char *a, const char *b);

/* The edition of the same document that is in force on the day. */
const struct standard_edition *standard_edition_of(const char *standard,
                                                   int day);

/* Its name, "" when none is in force. */
const char *standard_name_on(const char *standard, int day);

/* All of them, in the order of the table; NULL behind the last. */
const struct standard_edition *standard_edition_at(size_t index);

/* Whether yyyymmdd lies in [from, to]. */
static inline bool standard_in_force(int from_day, int to_day, int day)
{
    return from_day <= day && day <= to_day;
}

#endif
