#include "assess/verdict.h"

static const char *const kinds[VERDICT_KIND_COUNT] = {
    [VERDICT_AQI_HOUR] = "aqi_hour",
    [VERDICT_AQI_DAY] = "aqi_day",
    [VERDICT_WATER_CLASS] = "water_class",
    [VERDICT_OUTLET] = "outlet",
};

const char *verdict_kind_name(enum verdict_kind kind)
{
    return (unsigned)kind < VERDICT_KIND_COUNT ? kinds[kind] : "unknown";
}

enum err verdict_kind_parse(struct span name, enum verdict_kind *out)
{
    for (int kind = 0; kind < VERDICT_KIND_COUNT; kind++) {
        if (span_is(name, kinds[kind])) {
            *out = (enum verdict_kind)kind;
            return OK;
        }
    }
    return ERR_NOT_FOUND;
}
