/*
 * verdict - the result of an assessment: subject, period, value or class, the
 * edition of the standard in force on the day of the measurement, and the
 * derivation step by step in both languages. Pure values; verdict_store keeps
 * them.
 */
#ifndef VERDICT_H
#define VERDICT_H

#include "base/arena.h"
#include "base/datetime.h"
#include "base/decimal.h"

enum verdict_kind {
#define KIND(name, text) VERDICT_##name,
#include "assess/verdict_kind.def"
#undef KIND
    VERDICT_KIND_COUNT
};

const char *verdict_kind_name(enum verdict_kind kind); /* "aqi_hour" */
enum err verdict_kind_parse(struct span name,
                            enum verdict_kind *out) MUST_CHECK;

enum verdict_outcome {
    VERDICT_GIVEN,
    VERDICT_INSUFFICIENT, /* too few valid inputs: says which are missing */
    VERDICT_NO_EDITION,   /* no standard in force on that day */
};

/* One input and what it came to. */
struct verdict_item {
    const char *factor; /* canonical code, or a name of the assessment's */
    const char *name_zh, *name_en; /* NULL: as the factor catalogue has it */
    bool has_value;
    struct decimal value; /* rounded as the standard says */
    const char *unit;
    const char *period; /* "1h", "24h", "8h" ... as in the standard's table */
    int rating;         /* IAQI; class 1-6 (6: worse than V); -1: none */
    bool has_limit, has_multiple, has_index;
    struct decimal limit;    /* the limit compared with */
    struct decimal multiple; /* how much over: value / limit - 1, 2 decimals */
    struct decimal index;    /* single index, sub-index: what `rating` cannot */
    bool decisive;           /* primary pollutant, decisive or exceeding item */
    const char *confidence;  /* of the limit in our data: high, medium, low */
    const char *step_zh, *step_en; /* the calculation in words and numbers */
};

/* Lives on the arena it was judged into. */
struct verdict {
    enum verdict_kind kind;
    enum verdict_outcome outcome;
    int32_t site, point; /* the subject; point 0: the whole site */
    int64_t start_s;
    enum cadence cadence;
    const char *edition; /* "HJ 633-2026"; "" when none */
    int rating;          /* AQI; class 1-6; exceedance 0 or 1; -1: none */
    int level;           /* 1 best ... 6; AQI category, water class */
    bool has_index;
    struct decimal index; /* composite index, TLI, EI, CWQI, P_N ... */
    /* the lowest of the limits and rules it rests on; NULL when not told */
    const char *confidence;
    const char *level_zh, *level_en;     /* 良 / good */
    const char *colour;                  /* the standard's, "#rrggbb" */
    const char *advice_zh, *advice_en;   /* may be "" */
    const char *summary_zh, *summary_en; /* one plain sentence */
    const struct verdict_item *items;
    size_t item_count;

    int version;       /* 1 for the first, given by the store */
    int64_t judged_us; /* by the pipeline's clock */
    uint64_t cause;    /* ledger sequence that made it be judged (again) */
};

/*
 * What an assessment begins with: no rating, no texts, outcome NO_EDITION with
 * these sentences, which stand when no edition is in force on the day.
 */
struct verdict verdict_no_edition(enum verdict_kind kind, enum cadence cadence,
                                  const char *zh, const char *en);

#endif
