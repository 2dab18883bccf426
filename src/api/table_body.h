/*
 * table_body - a table that was sent as JSON, as texts. Either
 *
 *     {"columns": ["day", "PM2.5"], "rows": [["2026-11-24", 60]]}
 *     {"rows": [{"day": "2026-11-24", "PM2.5": 60}]}
 *
 * and in both {"options": {"rounding": "half-up"}}. A number is taken as it is
 * written, digit by digit, never through a binary fraction; null and what is
 * absent are empty; true and false are yes and no.
 *
 * Everything lives on the arena.
 */
#ifndef API_TABLE_BODY_H
#define API_TABLE_BODY_H

#include "base/arena.h"
#include "base/span.h"

enum { TABLE_ROWS_MAX = 2000, TABLE_COLUMNS_MAX = 512, TABLE_OPTIONS_MAX = 24 };

struct table_body_row {
    const struct span *cells;
    size_t count;
};

struct table_body {
    struct span columns[TABLE_COLUMNS_MAX];
    size_t column_count;
    struct table_body_row rows[TABLE_ROWS_MAX];
    size_t row_count;
    struct span option[TABLE_OPTIONS_MAX], value[TABLE_OPTIONS_MAX];
    size_t option_count;
};

/* NULL when it is no such table; *out_why says what to send instead. */
const struct table_body *table_body_read(struct span text, struct arena *arena,
                                         const char **out_why);

#endif
