/*
 * registry - what exists: regions, sites, the points at a site, the devices
 * that report for them, the factors measured there, and the limits of outlets.
 * Thin on purpose: the records engine replaces it.
 *
 * The stream never waits for it: whoever needs the registry takes a snapshot,
 * an immutable picture with a version, and looks things up without locks. A
 * change makes a new snapshot.
 */
#ifndef REGISTRY_H
#define REGISTRY_H

#include "base/arena.h"
#include "base/decimal.h"
#include "base/err.h"
#include "ingest/hj212/hj212.h"
#include "storage/series/reading.h"

#include <stdint.h>

enum element {
    ELEMENT_AIR,
    ELEMENT_WATER,
    ELEMENT_GROUNDWATER,
    ELEMENT_DRINKING_WATER,
    ELEMENT_SOIL,
    ELEMENT_NOISE,
    ELEMENT_RADIATION,
    ELEMENT_SOURCE_GAS,   /* an enterprise's outlet to the air */
    ELEMENT_SOURCE_WATER, /* an enterprise's outlet to water */
    ELEMENT_ECOLOGY,
    ELEMENT_COUNT
};

const char *element_name(enum element element); /* "source_gas" */
enum err element_parse(struct span name, enum element *out) MUST_CHECK;

struct region {
    int code; /* GB/T 2260, 510000 ... */
    int parent;
    const char *level; /* province, prefecture, county */
    const char *name_zh, *name_en;
    double lon, lat; /* the seat of government, approximate */
};

struct site {
    int32_t id;
    const char *code; /* unique, as its owner writes it: "1431A" */
    const char *name_zh, *name_en;
    enum element element;
    const char *level;       /* national, province, city, county, enterprise */
    int region;              /* code of the county or city */
    double lon, lat;         /* WGS 84; NAN when unknown */
    const char *water_body;  /* "river" or "lake_reservoir"; NULL if no water */
    int target_class;        /* of a water section, 1 to 5; 0: none */
    const char *noise_class; /* "0" to "4b" (GB 3096); NULL: none */
    bool control_point;      /* air: a background (control) station */
    bool public_page;        /* shown without login */
    struct point *points;
    size_t point_count;
};

struct factor_plan {
    char factor[FACTOR_MAX]; /* canonical code, lower case */
    const char *unit;        /* as the device sends it */
    int8_t decimals;         /* how values are shown; -1 unknown */
    bool has_detection_limit, has_range;
    struct decimal detection_limit, range_low, range_high;
};

/* What an outlet may discharge. */
struct outlet_limit {
    char factor[FACTOR_MAX];
    const char *standard;   /* "GB 13223-2011", "permit 91510...001P" */
    enum cadence averaging; /* HOUR or DAY */
    bool has_min, has_max;
    struct decimal min, max;
    const char *unit;
    bool converted;       /* compares the converted (reference oxygen) value */
    int from_day, to_day; /* yyyymmdd in force; to_day 0: open */
};

struct point {
    int32_t id;
    const char *code; /* unique within the site: "1", "DA001" */
    const char *name_zh, *name_en;
    const struct site *site;
    int32_t device; /* number of the device that reports it, 0: none */
    struct factor_plan *factors;
    size_t factor_count;
    struct outlet_limit *limits;
    size_t limit_count;
};

struct device {
    int32_t id;
    const char *mn;
    const char *password;      /* six characters on the wire; never logged */
    const char *st;            /* expected system code, or NULL */
    const struct point *point; /* of all its factors */
    struct hj212_policy policy;
    bool label_is_end; /* its period labels name the end (ambient practice) */
    bool enabled;
    int realtime_s, minute_min;   /* intervals it should keep; 0: leave alone */
    const char *const *addresses; /* CIDR list; none: from anywhere */
    size_t address_count;
};

/* An immutable picture, free of locks. It owns everything it points to. */
struct registry_snapshot {
    uint64_t version;
    const struct region *regions;
    size_t region_count;
    const struct site *sites;
    size_t site_count;
    const struct device *devices;
    size_t device_count;
    /* private indices follow */
    struct registry_index *index;
};

const struct device *registry_device_by_mn(const struct registry_snapshot *s,
                                           struct span mn); /* case ignored */
const struct device *registry_device(const struct registry_snapshot *s,
                                     int32_t id);
const struct point *registry_point(const struct registry_snapshot *s,
                                   int32_t id);
const struct site *registry_site(const struct registry_snapshot *s, int32_t id);
const struct site *registry_site_by_code(const struct registry_snapshot *s,
                                         struct span code);
const struct region *registry_region(const struct registry_snapshot *s,
                                     int code);
/* The prefecture (city) that a region code lies in; NULL outside. */
const struct region *registry_city(const struct registry_snapshot *s, int code);
const struct factor_plan *point_factor(const struct point *point,
                                       struct span factor);

struct registry;

/*
 * Opens or creates <path> (SQLite). Divisions come from standards/. One process
 * has a registry at a time: ERR_BUSY when another has it.
 */
enum err registry_open(const char *path, struct registry **out) MUST_CHECK;
void registry_close(struct registry *registry);

/*
 * The current snapshot, held until released; they are counted, so a reader may
 * keep one for a request or a batch.
 */
const struct registry_snapshot *registry_hold(struct registry *registry);
void registry_release(struct registry *registry,
                      const struct registry_snapshot *snapshot);

/* One row of an import that was not taken; texts are never NULL. */
struct import_problem {
    const char *file;
    int line; /* 0: the file as a whole */
    const char *column, *value, *reason, *suggestion;
};

struct import_result {
    size_t rows, added, changed, unchanged;
    struct import_problem *problems; /* at most 1000; the last says so */
    size_t problem_count;
    struct import_problem *warnings; /* of rows that are taken all the same */
    size_t warning_count;
};

/*
 * Loads a directory or file of the registry (docs/registry.md): a YAML file, or
 * CSV files sites.csv, points.csv, devices.csv, factors.csv, limits.csv. With
 * dry_run nothing is kept. All rows or none: with problems nothing is kept and
 * the answer is ERR_INVALID (ERR_NOT_FOUND, ERR_IO, ERR_TOO_LARGE for a file;
 * it is named in the problems). Rows that are not in the file stay as they are.
 */
enum err registry_import(struct registry *registry, const char *path,
                         bool dry_run, struct arena *arena,
                         struct import_result *out) MUST_CHECK;

/* Called now and then during an import with the rows judged so far. */
void registry_on_progress(struct registry *registry,
                          void (*progress)(void *context, size_t rows),
                          void *context);

/*
 * Changes one object through the API. `kind` is "site", "point", "device",
 * "factor" or "limit" (or the plural); `json` its fields; what is absent stays
 * as it is, or takes its default in a new object. `code` names the object as
 * its address does ("1431A", "1431A:1", "1431A:1:a34004"); when it is empty the
 * key fields must be in the JSON. On ERR_INVALID, *problem names field, reason
 * and suggestion; on OK its reason is NULL or a warning. The caller has written
 * the ledger record first.
 */
enum err registry_put_at(struct registry *registry, const char *kind,
                         struct span code, struct span json,
                         struct arena *arena,
                         struct import_problem *problem) MUST_CHECK;
enum err registry_put(struct registry *registry, const char *kind,
                      struct span json, struct arena *arena,
                      struct import_problem *problem) MUST_CHECK;

/*
 * The same without keeping anything: what registry_put_at would answer. So a
 * caller finds out whether a change is good before it writes the ledger record.
 */
enum err registry_check_at(struct registry *registry, const char *kind,
                           struct span code, struct span json,
                           struct arena *arena,
                           struct import_problem *problem) MUST_CHECK;

/*
 * Retires an object; its id and history stay, and the same code brings it back.
 * A point takes its factors and limits with it. ERR_CONFLICT while a site has
 * points or a point has devices; ERR_NOT_FOUND.
 */
enum err registry_delete(struct registry *registry, const char *kind,
                         struct span code) MUST_CHECK;

/* One object as its fields' texts; a secret that is set shows as ******. */
struct registry_row {
    const char *code; /* its address */
    size_t count;
    const char *const *names;
    const struct span *values; /* empty where the default holds */
};

/*
 * The objects of a kind in the order of their codes, from behind `after`
 * (empty: the first), at most `limit`. What `each` is given is borrowed until
 * it returns; it must not call the registry. ERR_NOT_FOUND for the kind.
 */
enum err registry_list(struct registry *registry, const char *kind,
                       struct span after, size_t limit,
                       void (*each)(void *context,
                                    const struct registry_row *row),
                       void *context) MUST_CHECK;

#endif
