/*
 * substitution - what stands in for amounts that were not measured, where a
 * standard says so: rows of source-substitution.csv. Measured amounts are never
 * touched; what is substituted stands beside them, each with its method, its
 * window and the donor it was taken from.
 *
 * Gas (HJ 75-2017 12): by the capture of the quarter and the length of the gap,
 * the highest hourly amount of the last 180, 720 or 2160 valid hours; below
 * 75 % nothing is substituted, the amount has to be accounted otherwise.
 * Water (HJ 356-2019): a day that is not valid takes the highest load of the
 * last 30 valid days before the last passed check. Before 2020-03-24
 * (HJ/T 356-2007): the mean of as many valid hours before the gap times the
 * flow; of pH the median.
 *
 * Amounts in kg. Pure; everything lies on the arena.
 */
#ifndef ACCOUNT_SUBSTITUTION_H
#define ACCOUNT_SUBSTITUTION_H

#include "assess/account/hours.h"

/* An hour, or a day of water since 2020, that was not measured. */
struct substitute {
    int64_t start_s;
    enum hours_reason reason;
    bool by_day, given;
    struct decimal amount; /* kg; of pH: its units */
    const char *method;    /* highest, mean, median */
    int window, used;      /* hours or days asked for, and that there were */
    int64_t donor_s;       /* of the highest; start of the window for a mean */
    struct words why;      /* the rule in numbers, or why none is given */
};

struct substitution {
    const struct substitute *list;
    size_t count;
    /* kg; replaced: measured on days whose load is substituted as a whole.
     * Reported is measured - replaced + substituted. */
    struct decimal measured, replaced, substituted;
    const char *standard, *confidence; /* "" when no rule is in force */
};

void substitution_of(const struct hours *hours, struct arena *arena,
                     struct substitution *out);

/* The same as a verdict: an item for each substitute, then the sums. */
void source_substitution(const struct hours_input *input, struct arena *arena,
                         struct verdict *out);

#endif
