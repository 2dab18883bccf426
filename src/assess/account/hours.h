/*
 * hours - the hourly records of one outlet and pollutant, laid over a period:
 * every slot of the period is there, with its record or without, and with what
 * became of it. Validity, substitution, totals and rates all count on these.
 *
 * An hour is lost for one reason, the first of: a mark of the operator, the
 * flag of the logger, no value, too few minutes, negative, zero (water), out of
 * range, no flow (water), a failed check. A failed check makes everything
 * invalid from the last check that was passed to the next one (HJ 75-2017 12,
 * HJ 356-2019). A stopped source leaves the counts; its amount is 0.
 *
 * Gas: concentration dry, standard state, NOT folded to reference oxygen, in
 * mg/m3; flow dry, standard state, in m3/h. Water: mg/L (pH: units) and m3/h.
 *
 * Numbers from outside are bounded, so that no sum can overflow: what is larger
 * than HOURS_VALUE_MAX or has more than HOURS_DECIMALS decimals is out of
 * range. Pure; everything lies on the arena.
 */
#ifndef ACCOUNT_HOURS_H
#define ACCOUNT_HOURS_H

#include "assess/derivation/derivation.h"

enum {
    HOURS_DECIMALS = 6,
    HOURS_VALUE_MAX = 1000000000,
    HOURS_LISTED_DAYS = 31,
};

enum hours_medium { HOURS_GAS, HOURS_WATER };

/* HJ 212's flags of a value. */
enum hours_flag {
    FLAG_NORMAL,
    FLAG_MANUAL, /* entered by hand: counts */
    FLAG_MAINTENANCE,
    FLAG_CALIBRATION,
    FLAG_FAULT,
    FLAG_OUT_OF_SERVICE, /* of the instrument, not of the source */
    FLAG_RANGE,
    FLAG_COMMUNICATION,
};

/* What the operator marked the hour as. */
enum hours_mark {
    MARK_NONE,
    MARK_STOPPED, /* the source does not discharge */
    MARK_STATE,   /* start-up, fault of the plant ...: other limits, still an
                     emission, still counted */
    MARK_MAINTENANCE,
    MARK_CALIBRATION,
    MARK_COMPARISON,
    MARK_FAULT,
    MARK_COMMUNICATION,
    MARK_CHECK_PASSED,
    MARK_CHECK_FAILED,
};

enum hours_reason {
#define REASON(name, text, zh, en) REASON_##name,
#include "assess/account/reason.def"
#undef REASON
    REASON_COUNT
};

const char *hours_reason_name(enum hours_reason reason); /* "no_record" */
struct words hours_reason_words(enum hours_reason reason);

struct hours_record {
    int64_t start_s;
    bool has_value, has_flow;
    struct decimal value, flow;
    int minutes; /* valid minutes in the hour */
    enum hours_flag flag;
    enum hours_mark mark;
    struct words how; /* what the value was made of; may be empty */
};

struct hours_input {
    enum hours_medium medium;
    const char *factor; /* canonical code, or as it was called */
    bool is_ph;
    const struct hours_record *records; /* by time, one a slot at most */
    size_t count;
    int64_t from_s, to_s; /* the period, the end not inside; Beijing days */
    int step_hours;       /* 1; 2 where an analysis covers two hours */
    int minutes_needed;   /* of an hour */
    bool has_low, has_high;
    struct decimal low, high; /* the instrument's range */
};

struct hours_slot {
    int64_t start_s;
    const struct hours_record *record; /* NULL: nothing received */
    enum hours_reason reason;
    bool has_amount;
    struct decimal amount; /* kg in the slot: value x flow; VALID only */
};

struct hours {
    const struct hours_input *input;
    const struct hours_slot *slots;
    size_t count;
};

struct hours hours_lay(const struct hours_input *input, struct arena *arena);

struct hours_count {
    int total, by[REASON_COUNT];
};

/* The first slot that starts then or later; the count when there is none. */
size_t hours_at(const struct hours *h, int64_t moment_s);

/* Of the slots that start in [from_s, to_s). */
struct hours_count hours_count(const struct hours *h, int64_t from_s,
                               int64_t to_s);

int hours_due(const struct hours_count *c);  /* without the stopped */
int hours_lost(const struct hours_count *c); /* due and not valid */

/* One item for each count: total, stopped, each reason of loss, due, valid. */
void hours_tell(struct derivation *d, const struct hours_count *c);

/* The sum with the decimals it needs, as far as they fit. */
struct decimal hours_sum(const struct decimal_sum *sum);
void hours_add(struct decimal_sum *sum, struct decimal d);

/* "2026-01-05", "2026-01-05 13:00" */
const char *hours_day_text(int64_t start_s, struct arena *arena);
const char *hours_text(int64_t start_s, struct arena *arena);

/*
 * The valid hours of [from_s, to_s) as a person adds them up: "00:00
 * 31.5×105000, 01:00 30.2×104000" of those with an amount, "00:00 31.5" without
 * `with_flow`; how a value was made dry stands behind it. Written out for the
 * first HOURS_LISTED_DAYS days of a period; "" behind them.
 */
struct words hours_terms(const struct hours *h, int64_t from_s, int64_t to_s,
                         bool with_flow, struct arena *arena);

/* The amounts of [from_s, to_s) added up, in kg; how many valid hours gave
 * one, where somebody asks. */
struct decimal hours_amount(const struct hours *h, int64_t from_s, int64_t to_s,
                            int *out_valid);

/* ": 00:00 31.5×105000, 01:00 30.2×104000, sum × 10^-6" behind a sum of
 * amounts; "" where nothing is written out. */
struct words hours_amount_terms(const struct hours *h, int64_t from_s,
                                int64_t to_s, struct arena *arena);

/* a / b in percent, two decimals, half to even; b > 0. */
struct decimal hours_percent(int a, int b);

#endif
