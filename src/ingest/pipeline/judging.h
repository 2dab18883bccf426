/*
 * judging - what the judges of the elements share: a subject, its period, and
 * the values that the standard is given. Private to the folder; one file a
 * family of elements (judge_air.c ...), judge.c says which of them is asked.
 */
#ifndef PIPELINE_JUDGING_H
#define PIPELINE_JUDGING_H

#include "assess/air/air.h"
#include "assess/water/water.h"
#include "ingest/pipeline/core.h"

/* A point over a period: [start_s, end_s). */
struct judging {
    struct core *core;
    struct place *place;
    enum cadence cadence;
    int64_t start_s, end_s;
    int day; /* yyyymmdd of the start */
    uint64_t cause;
};

/* The newest valid value of a lane from back_s before the start to the start's
 * own period. */
bool judging_value(const struct judging *j, const struct lane *lane,
                   int64_t back_s, struct reading *out);

/* All of a lane's readings of a shorter cadence inside the period. */
size_t judging_within(const struct judging *j, const struct lane *lane,
                      enum cadence cadence, struct reading **out);

/* Whether the lane has anything at the period itself. */
bool judging_has(const struct judging *j, const struct lane *lane);

/* In another unit; what the lane's is, when the registry does not say. */
bool lane_in_unit(const struct lane *lane, struct decimal value,
                  const char *unit, struct decimal *out);

/* Judges and keeps what comes of it, if the point is of that kind. */
typedef void judge_fn(const struct judging *j);
judge_fn judge_air, judge_air_period, judge_water, judge_water_period,
    judge_outlet, judge_noise, judge_groundwater;

/* Keeps a verdict of that kind about the point and period. */
void judging_keep(const struct judging *j, enum verdict_kind kind,
                  struct verdict *verdict);

/* Keeps a verdict whose subject is set, and tells listeners. */
void core_keep_verdict(struct core *core, struct verdict *verdict,
                       uint64_t cause);

/*
 * What a station measured on the days of the period, a slot a day, of which
 * there are air_slots; the day of a slot without a value is 0. False: none has.
 */
size_t air_slots(const struct judging *j);
bool air_days(const struct judging *j, struct air_day *slots);

struct air_question air_question_of(enum cadence cadence, int64_t start_s,
                                    int64_t end_s);

/* The class of a section over the period, from its days; false without any. */
bool section_period(const struct judging *j, struct verdict *out);

/* A section's values of one day, in the units of the standard. */
struct water_day {
    enum water_body body;
    struct water_value *values;
    size_t count;
};

/* The days of the period that have any, ascending. */
size_t water_days(const struct judging *j, struct water_day **out);

#endif
