#include "api/schema.h"

static const struct schema_field rows[] = {
#define FIELD(schema, name, type, text) {#schema, name, type, text},
#include "api/schema.def"
#undef FIELD
};

const struct schema_field *schema_rows(size_t *out_count)
{
    *out_count = LENGTH(rows);
    return rows;
}

const struct schema_field *schema_find(struct span name, size_t *out_count)
{
    const struct schema_field *first = NULL;
    size_t count = 0;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        if (!span_is(name, rows[i].schema))
            continue;
        if (!first)
            first = &rows[i];
        count++;
    }
    *out_count = count;
    return first;
}
