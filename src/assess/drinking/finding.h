/*
 * finding - what one value came to against its limits, and a list of findings
 * that becomes the items of a verdict. Shared by the tap and by the sources.
 */
#ifndef DRINKING_FINDING_H
#define DRINKING_FINDING_H

#include "assess/limit/measured.h"
#include "assess/verdict.h"

enum finding {
    FINDING_WITHIN,
    FINDING_OVER,
    FINDING_OPEN, /* undecided: the value proves nothing, or others decide */
    FINDING_LEFT, /* not judged: no item, not the agent, an exemption */
};

struct findings {
    struct arena *arena;
    struct verdict_item *items;
    enum finding *found; /* of each item */
    size_t count, capacity;
    const char *confidence;
};

/* For at most that many items. */
void findings_init(struct findings *f, size_t capacity, struct arena *arena);

/* A finding with its words; the item's rating follows from it. */
struct verdict_item *findings_add(struct findings *f, enum finding found,
                                  const char *factor, const char *const name[2],
                                  const char *const step[2]);

/*
 * Compares a value with one limit: step "lead 0.014 mg/L: exceeds limit
 * <= 0.01". `name` tells what is compared, `what` which limit it is.
 */
struct comparison {
    const char *name[2];
    const char *what[2]; /* "限值", "limit" */
    const char *note[2]; /* how the value came about; NULL: as it is */
    const char *unit;
    const struct limit *limit;
};

enum finding findings_compare(struct findings *f, const struct measured *m,
                              const struct comparison *c);

size_t findings_count(const struct findings *f, enum finding found);

/* "lead(0.40), pH": the items with that finding; "" when there are none. */
const char *findings_names(const struct findings *f, enum finding found,
                           bool english);

/*
 * What all findings come to: rating 1 when one is over, else undecided when one
 * is open, else 0; INSUFFICIENT when undecided or when nothing was judged.
 * Writes outcome, rating, level, summary, confidence and the items, the last of
 * them "conclusion". missing: "28 items missing", for the summary.
 */
void findings_conclude(struct findings *f, const char *standard,
                       const char *const missing[2], struct verdict *out);

#endif
