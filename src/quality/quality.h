/*
 * quality - what a reading can be told by itself: flag, time, range, order of
 * its numbers. A check never edits; it sets a bit (quality.def), and the bits
 * say whether the value enters means and verdicts. What needs other readings
 * (DIFFERS, INCOMPLETE) is found by derive, what people decide is an overlay.
 *
 * The checks are a table: a bit and a question, asked one after the other.
 *
 * Pure.
 */
#ifndef QUALITY_H
#define QUALITY_H

#include "storage/series/reading.h"

enum {
    QUALITY_BACKFILL_S = 3600, /* so long after its period: BACKFILLED */
};

/* What is known of the channel and of how the reading came. */
struct quality_context {
    int64_t label_s; /* the moment the device wrote */
    int64_t end_s;   /* end of the period; of a moment: the moment */
    int64_t arrival_s;
    int future_s;    /* a label so far ahead of the arrival is FUTURE */
    bool misaligned; /* the label was not on the period's start */
    bool backfilled; /* the device says so (RF=1) */
    bool has_range;  /* what the instrument can give */
    bool may_be_negative;
    struct decimal low, high;
};

/* The bits that the checks set; those already in reading->quality stay. */
uint32_t quality_check(const struct reading *reading,
                       const struct quality_context *context);

/* Whether a data flag is one of HJ 212's (2005 and 2017 editions). */
bool quality_flag_known(char flag);

/* Whether a flag lets the value into means: N, 1, 3, or none at all. */
bool quality_flag_valid(char flag);

/*
 * Whether a factor has values below zero by nature (temperatures, relative
 * pressure, position); by canonical code.
 */
bool quality_may_be_negative(const char *factor);

/* A bit by its name in JSON ("future"). */
enum err quality_parse(struct span name, enum quality *out) MUST_CHECK;

#endif
