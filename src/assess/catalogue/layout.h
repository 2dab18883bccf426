/*
 * layout - what the columns of a table mean to an assessment, found out once
 * from the names. Private to the engine.
 */
#ifndef ASSESS_LAYOUT_H
#define ASSESS_LAYOUT_H

#include "assess/catalogue/engine.h"
#include "assess/catalogue/item_names.h"

enum column_role {
    COLUMN_KEPT, /* passed through */
    COLUMN_FIELD,
    COLUMN_ITEM, /* wide: an item's values */
    /* long */
    COLUMN_NAME,
    COLUMN_VALUE,
    COLUMN_UNIT,
};

struct column {
    enum column_role role;
    struct span name;
    int index;        /* of the field or the item */
    struct span unit; /* written behind the name, or empty */
};

/* The names of the table's columns, where they stand, and who is told. */
struct layout_header {
    const struct span *names;
    size_t count;
    int line;
    struct engine_sink *sink;
    struct engine_counts *counts;
};

struct layout {
    struct column *columns;
    size_t count;
    bool is_long;
    int field[ASSESS_FIELDS_MAX]; /* the column of each field; -1: none */
    int name, value, unit;        /* long: columns; -1: none */
};

/*
 * Reads the names into *out (on the arena). ERR_INVALID, with problems to the
 * sink, when no table comes of it. `given` are the fields that an option says.
 */
enum err layout_read(struct layout *out, const struct item_names *names,
                     const struct layout_header *header, const bool *given,
                     struct arena *arena) MUST_CHECK;

#endif
