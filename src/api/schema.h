/*
 * schema - the fields of every answer, as rows (schema.def): from them come the
 * OpenAPI page, the columns of a CSV, and the tests that an answer is what the
 * page says.
 */
#ifndef API_SCHEMA_H
#define API_SCHEMA_H

#include "base/span.h"

struct schema_field {
    const char *schema; /* "Reading" */
    const char *name;   /* "value" */
    /*
     * text int number bool decimal time, or the name of a schema; in brackets
     * for a list of them; with '?' behind when it may be null.
     */
    const char *type;
    const char *text;
};

/* The rows of all schemas; those of one stand together. */
const struct schema_field *schema_rows(size_t *out_count);

/* The rows of one; NULL when there is no such schema. */
const struct schema_field *schema_find(struct span name, size_t *out_count);

#endif
