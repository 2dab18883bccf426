/*
 * derive - what follows from what. A derivation is a row of derive.def: inputs
 * (a cadence of the same point), function, output channel, at which elements.
 *
 *     real-time, minute -> hour -> day -> month, quarter, year
 *     ozone: hour -> moving 8 h -> the day's largest 8 h
 *     particles: hour -> moving 24 h
 *
 * The output is a channel of its own with ORIGIN_COMPUTED; what a device
 * reports for the same period stays beside it. As input of the next step a
 * reported value goes before a computed one, period by period.
 *
 * A change of one reading touches a few periods of other channels;
 * derive_touched names them. They are computed once when their time has come
 * and again only when something below them changed.
 *
 * How many values a period needs and how its result is rounded is the
 * standards' matter (assess/validity); it is handed in as derive_need.
 *
 * Pure: readings in, a reading out.
 */
#ifndef DERIVE_H
#define DERIVE_H

#include "storage/registry/registry.h"
#include "storage/series/reading.h"

enum derive_method {
    DERIVE_MEAN,    /* of the values; sums of the totals */
    DERIVE_MOVING,  /* the mean of the last hours up to and with this one */
    DERIVE_LARGEST, /* the largest of the windows that end in the day */
};

/* derive.def, in the order in which steps are done. */
enum derive_id {
#define DERIVE(name, elements, factor, from, result, to, method, window, text) \
    DERIVE_##name,
#include "derive/derive.def"
#undef DERIVE
    DERIVE_COUNT
};

struct derive_rule {
    enum derive_id id;
    unsigned elements;  /* bit set of 1 << enum element */
    const char *factor; /* of the input; NULL: every factor */
    enum cadence from;  /* MINUTE stands for minute, else real-time */
    const char *result; /* factor of the output; NULL: that of the input */
    enum cadence to;
    enum derive_method method;
    int window; /* DERIVE_MOVING: so many input periods */
    const char *text;
};

const struct derive_rule *derive_rule(enum derive_id id);

/* Whether the rule speaks of such a channel as input. */
bool derive_applies(const struct derive_rule *rule, enum element element,
                    const char *factor, enum cadence cadence);

/*
 * The periods of the rule's output that a change at start_s touches: starts
 * from *first to *last, one every period of rule->to.
 */
void derive_touched(const struct derive_rule *rule, int64_t start_s,
                    int64_t *first, int64_t *last);

/* The input periods of one output period: [from, to). */
void derive_window(const struct derive_rule *rule, int64_t start_s,
                   int64_t *from_s, int64_t *to_s);

/* ---- how a factor's mean is made ---- */

enum derive_weighting {
    DERIVE_PLAIN, /* arithmetic */
    DERIVE_FLOW,  /* by the volume of the same period (HJ 212 D, HJ 356) */
    DERIVE_PH,    /* -lg of the mean of 10^-pH */
};

enum derive_weighting derive_weighting(enum element element,
                                       const char *factor);

/* The factor whose total (else value) is the weight: "w00000". */
extern const char derive_flow_factor[];

/* What is counted to see whether a period has enough. */
enum derive_counted {
    COUNTED_READINGS, /* valid inputs */
    COUNTED_MINUTES,  /* minutes that valid inputs stand for */
    COUNTED_4H,       /* four-hour slots with a valid input */
};

/* What a period needs to count, and how its value is written. */
struct derive_need {
    enum derive_counted counted;
    uint32_t needed;  /* so many */
    uint32_t percent; /* or, when needed is 0, of those due */
    uint32_t months;  /* and so many valid months, of job.months */
    bool has_decimals;
    int decimals; /* digits behind the point of the result ... */
    int more;     /* ... or so many more than the finest input has */
    enum rounding rounding;
    bool has_above; /* DERIVE_LARGEST: valid all the same when above */
    struct decimal above;
};

/* What goes in. All readings lie inside the window, in time order. */
struct derive_job {
    const struct derive_rule *rule;
    int64_t start_s;
    enum derive_weighting weighting;
    struct derive_need need;
    const struct reading *inputs;
    size_t input_count;
    const struct reading *weights; /* DERIVE_FLOW: readings of the flow */
    size_t weight_count;
    const struct reading *months; /* need.months */
    size_t month_count;
    int step_s;         /* between inputs; 0: found from their times */
    int64_t arrival_us; /* what the result gets */
};

/*
 * Computes. With too few valid inputs the value is INCOMPLETE; the number of
 * them is not kept, it follows from the inputs. MIN and MAX of a mean are the
 * extremes of its inputs' values (so that a day's MAX is its largest hour),
 * TOTAL is the sum of theirs. False when there can be no value: out->text says
 * why, a constant, and quality is TEXT and INCOMPLETE.
 */
bool derive_compute(const struct derive_job *job, struct reading *out);

/*
 * Whether a reported and a computed value of one period differ by more than
 * one unit in the last place of the coarser: QUALITY_DIFFERS.
 */
bool derive_differs(const struct reading *reported,
                    const struct reading *computed);

#endif
