#include "storage/series/reading.h"

static const char *const origins[] = {
    [ORIGIN_REPORTED] = "reported",
    [ORIGIN_COMPUTED] = "computed",
    [ORIGIN_MANUAL] = "manual",
    [ORIGIN_MODELLED] = "modelled",
};

const char *origin_name(enum origin origin)
{
    return (size_t)origin < LENGTH(origins) ? origins[origin] : "unknown";
}

enum err origin_parse(struct span name, enum origin *out)
{
    for (size_t i = 0; i < LENGTH(origins); i++) {
        if (span_is(name, origins[i])) {
            *out = (enum origin)i;
            return OK;
        }
    }
    return ERR_NOT_FOUND;
}
