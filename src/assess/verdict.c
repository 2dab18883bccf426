#include "assess/verdict.h"

static const char *const kinds[VERDICT_KIND_COUNT] = {
#define KIND(name, text) [VERDICT_##name] = (text),
#include "assess/verdict_kind.def"
#undef KIND
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

struct verdict verdict_no_edition(enum verdict_kind kind, enum cadence cadence,
                                  const char *zh, const char *en)
{
    return (struct verdict){
        .kind = kind,
        .outcome = VERDICT_NO_EDITION,
        .cadence = cadence,
        .edition = "",
        .rating = -1,
        .level_zh = "",
        .level_en = "",
        .colour = "",
        .advice_zh = "",
        .advice_en = "",
        .summary_zh = zh,
        .summary_en = en,
    };
}
