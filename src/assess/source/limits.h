/*
 * limits - the rows of standards/emission-limits.csv and how to find those that
 * hold for an outlet. Besides what every limit has (its grade is the level, its
 * use what the row applies to, its period the averaging), a row says when the
 * plant was built, where it lies, at which water temperature it holds, to which
 * oxygen the value is folded and how high the stack is.
 *
 * What an outlet is, is told in words: an industry of source-industries.csv
 * ("coal_power", 燃煤发电锅炉) or what the rows themselves apply to, several
 * with ";" between, the more special one first. Of one standard only one limit
 * of an item holds: that of the first of these words, the special limit in a
 * key area before the plain one, a region's before the country's.
 *
 * Order of choice among standards: local, then industry (and programmes when
 * asked for), then general; a general standard is left aside beside an industry
 * standard of the same medium.
 *
 * Lives as long as the program. Thread-safe.
 */
#ifndef SOURCE_LIMITS_H
#define SOURCE_LIMITS_H

#include "assess/limit/limit.h"

enum source_rank {
    SOURCE_GENERAL,   /* GB 8978, GB 16297 */
    SOURCE_INDUSTRY,  /* GB 13223 ... */
    SOURCE_PROGRAMME, /* ultra-low emission: ranks with the industry */
    SOURCE_LOCAL,     /* DB51 */
};

/* What a value is the mean of. */
enum source_mean {
    SOURCE_HOUR,
    SOURCE_DAY,
    SOURCE_FIVE_MINUTES,
    SOURCE_MOMENT,     /* a grab sample or a single reading */
    SOURCE_INSPECTION, /* a sample of the authority, which may use it */
    SOURCE_TEST,       /* the mean of a test: metals, dioxins */
};

struct source_limit {
    struct limit limit;
    enum source_rank rank;
    bool is_water, is_rate;
    bool dust_only;   /* in start-up, fault ... only dust has a limit */
    bool hours_count; /* automatic hours are rated one by one */
    bool level_named; /* holds only where the outlet's level says so */
    bool key_area;    /* special limit of key areas */
    enum { BUILT_ANY, BUILT_NEW, BUILT_EXISTING } built;
    enum { WATER_ANY, WATER_WARM, WATER_COLD } water;
    int new_since;     /* first day of a new plant; 0: makes no difference */
    int from_existing; /* when it came to hold for older ones; 0: as for new */
    const char *regions;     /* "45;50;51;52"; "": everywhere */
    bool folds;              /* the value is folded to: */
    struct decimal oxygen;   /* percent */
    const char *oxygen_when; /* "": always; else the condition */
    bool has_height;         /* of the stack, for rates */
    struct decimal height;   /* m */
};

const struct source_limit *source_limits(size_t *out_count);

/* What an outlet tells of itself. Days yyyymmdd; 0: not known. */
struct source_outlet {
    struct span applies_to; /* industries or words of the rows, ";" between */
    struct span levels;     /* "1A", "grade 2"; ";" between */
    struct span region;     /* division code, "510000" */
    int day, built;         /* not known when built: as a new plant */
    bool key_area, programme;
    bool has_water_temperature;
    struct decimal water_temperature; /* degC */
    enum source_mean mean;
};

/* A limit that holds, or a whole column of rates by stack height. */
struct source_pick {
    const struct source_limit *limit; /* of rates: the lowest height */
    size_t place; /* of the words it was found by: 0 first */
    bool governs; /* no higher standard has a limit of this item */
};

enum { SOURCE_PICKS_MAX = 12, SOURCE_WORDS_MAX = 24 };

/* Why nothing was found; several may be true. */
struct source_miss {
    bool other_mean;  /* limits of other means only */
    bool other_level; /* a level must be named */
    bool temperature; /* the water temperature must be given */
    bool later;       /* not in force on the day */
};

/* The limits of an item (a rate or not), the governing ones first; their
 * number. */
size_t source_pick(const struct source_outlet *outlet, const char *item,
                   bool rate, struct source_pick out[SOURCE_PICKS_MAX],
                   struct source_miss *out_miss);

/* Whether the outlet's words name any row at all. */
bool source_known(struct span applies_to);

/* Whether a row of one of them is in force on the day. */
bool source_dated(struct span applies_to, int day);

/* The words in both languages: "new plant", "key area". */
const char *source_mean_text(enum source_mean mean, bool english);

#endif
