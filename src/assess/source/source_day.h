/*
 * source day - an outlet's natural day from its automatic hours, by the rule of
 * its industry:
 *
 *     most air sources       every valid hour against the hourly limit
 *     waste incineration     the mean of at least 20 valid hours against the
 *                            24 h limit; five-minute furnace temperatures
 *     hazardous waste        both
 *     waste water            the mean weighted by flow, when 75 % of what is
 *                            due is there; pH by its range; a single hour above
 *                            the limit is a warning
 *
 * Marks come first: an hour of a monitor not at work is not used; a stopped
 * hour leaves the counts, and is no zero; an incinerator's hour in start, stop,
 * fault or accident is rated by dust alone and counts to the 60 h of the year,
 * a single fault or accident being at most 4 h long.
 *
 * The rating is 1 when anything was broken. Pure; lives on the arena.
 */
#ifndef SOURCE_DAY_H
#define SOURCE_DAY_H

#include "assess/source/source_standard.h"

struct source_hour {
    int64_t start_s;
    struct source_gas gas;
    enum plant_state plant;
    enum monitor_state monitor;
    bool has_flow;
    struct decimal flow; /* of waste water, m3 in the hour */
    const struct source_value *values;
    size_t value_count;
};

/* A five-minute mean of the furnace. */
struct source_furnace {
    struct decimal temperature; /* degC */
    enum plant_state plant;
    enum monitor_state monitor;
};

enum { SOURCE_HOURS_MAX = 24, SOURCE_FURNACE_MAX = 288 };

struct source_day {
    struct source_outlet outlet;     /* `mean` is not read */
    const struct source_hour *hours; /* by rising time, each once */
    size_t hour_count;
    const struct source_furnace *furnace;
    size_t furnace_count;
    int needed_hours; /* of a gas's day; 0: as the rule says */
    int due; /* values of a waste water's day; 0: 24 less the stopped hours */
    /* before this day: of the year, and the fault that runs into it */
    bool has_year_hours;
    struct decimal year_hours, fault_hours;
    const struct source_permit *permits; /* stricter than the standard: hold */
    size_t permit_count;
};

void source_day(const struct source_day *day, struct arena *arena,
                struct verdict *out);

#endif
