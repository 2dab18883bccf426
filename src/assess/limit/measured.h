/*
 * measured - a value as a laboratory hands it in, and the number that a limit
 * is compared with. Not every answer is a number: a smell is none or present,
 * a germ is not detected, and "< 0.5" is a detection limit.
 *
 * Half of the detection limit is compared. When the detection limit itself lies
 * beyond the limit, the method could not have seen an exceedance: the value
 * proves nothing either way and is called unfit. "Not detected" without a
 * detection limit is no number, but for what is counted (germs): there it is 0.
 *
 * Pure.
 */
#ifndef ASSESS_MEASURED_H
#define ASSESS_MEASURED_H

#include "assess/limit/limit.h"

struct measured {
    const char *item;     /* as the table of limits calls it */
    struct decimal value; /* in the table's unit */
    bool below_detection; /* value is the detection limit */
    enum {
        MEASURED_NUMBER,
        MEASURED_NOT_DETECTED,
        MEASURED_NONE,
        MEASURED_PRESENT
    } is;
};

enum measured_state {
    MEASURED_FIT,
    MEASURED_UNFIT,        /* the detection limit lies beyond the limit */
    MEASURED_NO_DETECTION, /* not detected, and below what is not told */
    MEASURED_NO_ANSWER,    /* words where a number is asked for */
    MEASURED_NEGATIVE,
};

/* A row of a table of limits counts germs: a number of them, none is 0. */
bool measured_counts(const struct limit *limit);

/* Not detected, in words or by a detection limit. */
bool measured_is_absent(const struct measured *m);

/*
 * The number to be compared, as seen from `proof`, the limit that has to be
 * kept; of none and present 0 and 1. note: how the number came about, in
 * brackets, Chinese and English; "" when it is the one given. They are written
 * only on MEASURED_FIT.
 */
enum measured_state measured_number(const struct measured *m,
                                    const struct limit *proof,
                                    struct arena *arena,
                                    struct decimal *out_number,
                                    const char *out_note[2]);

/* What a state other than MEASURED_FIT means, for a derivation. */
const char *measured_why(const struct measured *m, enum measured_state state,
                         const struct limit *proof, bool english,
                         struct arena *arena);

#endif
