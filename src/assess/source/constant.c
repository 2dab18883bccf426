#include "assess/source/constant.h"

#include "assess/standard/standard.h"

#include <assert.h>

static const char file[] = "source-constants.csv";

struct source_constant source_constant(const char *name)
{
    const struct standard_table *t = standard_table(file);
    struct source_constant found = {0};

    assert(t);
    for (size_t row = 0; row < t->row_count; row++) {
        if (!standard_cell_is(t, row, "name", name))
            continue;
        found = (struct source_constant){
            .name = standard_text(t, row, "name"),
            .unit = standard_text(t, row, "unit"),
            .standard = standard_text(t, row, "standard"),
            .clause = standard_text(t, row, "clause"),
            .confidence = standard_text(t, row, "confidence"),
            .note = standard_text(t, row, "note"),
        };
        if (standard_decimal(t, row, "value", &found.value))
            break;
    }
    assert(found.name);
    return found;
}

struct decimal source_number(const char *name)
{
    return source_constant(name).value;
}

int source_count(const char *name)
{
    struct decimal whole;
    enum err err = decimal_exact(source_number(name), 0, &whole);

    assert(!err);
    return (int)whole.mantissa;
}
