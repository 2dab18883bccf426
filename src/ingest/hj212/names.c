#include "ingest/hj212/hj212.h"

static const struct {
    const char *name, *text;
} verdicts[] = {
#define VERDICT(name, json, text) {json, text},
#include "ingest/hj212/verdict.def"
#undef VERDICT
};

static const struct {
    const char *name;
    bool tolerated;
    const char *text, *text_zh;
} deviations[] = {
#define DEVIATION(name, json, tolerated, text, zh) {json, tolerated, text, zh},
#include "ingest/hj212/deviation.def"
#undef DEVIATION
};

static const char *const suffixes[] = {
#define SUFFIX(name, text) text,
#include "ingest/hj212/suffix.def"
#undef SUFFIX
};

_Static_assert(LENGTH(deviations) <= 64, "a set of deviations is 64 bits");

const char *hj212_verdict_name(enum hj212_verdict verdict)
{
    return (size_t)verdict < LENGTH(verdicts) ? verdicts[verdict].name : "?";
}

const char *hj212_verdict_text(enum hj212_verdict verdict)
{
    return (size_t)verdict < LENGTH(verdicts) ? verdicts[verdict].text : "?";
}

const char *hj212_deviation_name(enum hj212_deviation deviation)
{
    return (size_t)deviation < LENGTH(deviations) ? deviations[deviation].name
                                                  : "?";
}

const char *hj212_deviation_text(enum hj212_deviation deviation)
{
    return (size_t)deviation < LENGTH(deviations) ? deviations[deviation].text
                                                  : "?";
}

const char *hj212_deviation_text_zh(enum hj212_deviation deviation)
{
    return (size_t)deviation < LENGTH(deviations)
               ? deviations[deviation].text_zh
               : "?";
}

bool hj212_deviation_parse(struct span name, enum hj212_deviation *out)
{
    for (size_t i = 0; i < LENGTH(deviations); i++) {
        if (span_is(name, deviations[i].name)) {
            *out = (enum hj212_deviation)i;
            return true;
        }
    }
    return false;
}

/* A constant expression: the compiler folds the table into one number. */
hj212_deviations hj212_tolerated_by_default(void)
{
    return 0
#define DEVIATION(name, json, tolerated, text, zh)                             \
    | ((tolerated) ? HJ212_DEV_BIT(name) : 0)
#include "ingest/hj212/deviation.def"
#undef DEVIATION
        ;
}

const char *hj212_suffix_text(enum hj212_suffix suffix)
{
    return (size_t)suffix < LENGTH(suffixes) ? suffixes[suffix] : "?";
}
