/*
 * results - what the judging of a case came to, in the order in which it was
 * said. Private to the engine.
 */
#ifndef ASSESS_RESULTS_H
#define ASSESS_RESULTS_H

#include "assess/catalogue/assessment.h"

/* A verdict, or a refusal when `verdict` is NULL. */
struct assess_result {
    const struct assess_record *record; /* NULL: of the whole case */
    const struct verdict *verdict;
    int from_day, to_day; /* of the case it was handed over with */
    struct span column;
    const char *reason_zh, *reason_en;
    struct assess_result *next;
};

struct assess_results {
    struct assess_result *first, *last;
};

/* Where the facts of a list go; the texts are good until add returns. */
struct assess_facts {
    void (*add)(struct assess_facts *facts, const struct assess_fact *fact);
    void *user;
};

#endif
