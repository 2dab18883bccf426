/*
 * csv - tables as RFC 4180 text: UTF-8 with or without byte-order mark, GB
 * 18030 (told apart by whether the bytes are UTF-8), CR LF or LF, quoted fields
 * with line breaks. Reading works on the whole text in memory; a field is a
 * span into it (unquoted in place), so the text must stay and is changed.
 *
 * Bounds: CSV_COLUMNS_MAX columns. A row with another number of fields than the
 * header is given as it is; the caller says what is wrong with it.
 */
#ifndef BASE_CSV_H
#define BASE_CSV_H

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

enum { CSV_COLUMNS_MAX = 512 };

/*
 * Brings a text to UTF-8 without byte-order mark: *text is replaced when it was
 * GB 18030. ERR_ENCODING when it is neither, ERR_TOO_LARGE.
 */
enum err csv_to_utf8(struct buf *text) MUST_CHECK;

struct csv {
    char *at, *end;
    int line;      /* where the row last read begins, from 1 */
    int next_line; /* where reading goes on */
    size_t count;
    struct span field[CSV_COLUMNS_MAX];
    /* csv_header keeps the names here */
    size_t names;
    struct span name[CSV_COLUMNS_MAX];
};

void csv_init(struct csv *c, char *text, size_t len);

/*
 * The next row that is not empty; ERR_NOT_FOUND at the end, ERR_SYNTAX for a
 * quote that never closes or stands inside a field, ERR_TOO_LARGE for too many
 * columns (the row is passed over; reading can go on).
 */
enum err csv_row(struct csv *c) MUST_CHECK;

/* Reads the first row as names. */
enum err csv_header(struct csv *c) MUST_CHECK;

/* The index of a named column, or -1. */
int csv_column(const struct csv *c, const char *name);

/* The field of a named column, trimmed; empty when column or field is absent.
 */
struct span csv_field(const struct csv *c, const char *name);

/* ---- writing ---- */

/* Appends a field, quoted when need be; `first` writes no comma before it. */
void csv_add(struct buf *out, struct span field, bool first);

/*
 * The same for text that a person typed: what a spreadsheet would take for a
 * formula (= + - @ tab CR first) gets an apostrophe before it.
 */
void csv_add_text(struct buf *out, struct span field, bool first);
void csv_end(struct buf *out); /* CR LF */

#endif
