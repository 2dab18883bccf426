/*
 * reading - what everything is about: one value of one channel for one period.
 * A channel is a subject (a monitoring point; or a device, for the positions of
 * its frames) x factor x cadence x origin.
 */
#ifndef READING_H
#define READING_H

#include "base/datetime.h"
#include "base/decimal.h"

enum { FACTOR_MAX = 16 }; /* a factor's code with its NUL: "a34004", "leq" */

enum subject {
    SUBJECT_POINT,  /* a point of the registry */
    SUBJECT_DEVICE, /* a device: factor "frame" holds ledger sequences */
};

enum origin {
    ORIGIN_REPORTED, /* by a device */
    ORIGIN_COMPUTED, /* derived here */
    ORIGIN_MANUAL,
    ORIGIN_MODELLED,
};

const char *origin_name(enum origin origin);
enum err origin_parse(struct span name, enum origin *out) MUST_CHECK;

struct channel_key {
    enum subject subject;
    int32_t id; /* of the point or device */
    char factor[FACTOR_MAX];
    enum cadence cadence;
    enum origin origin;
};

/* Which numbers a reading has. */
enum {
    READING_VALUE = 1 << 0, /* Rtd, Avg, Data */
    READING_MIN = 1 << 1,
    READING_MAX = 1 << 2,
    READING_TOTAL = 1 << 3,         /* Cou: m3, kg */
    READING_CONVERTED = 1 << 4,     /* ZsRtd, ZsAvg */
    READING_CONVERTED_MIN = 1 << 5, /* ZsMin */
    READING_CONVERTED_MAX = 1 << 6, /* ZsMax */
    READING_COLUMNS = 7,
};

/* The same as indices into reading.number. */
enum reading_column {
    COLUMN_VALUE,
    COLUMN_MIN,
    COLUMN_MAX,
    COLUMN_TOTAL,
    COLUMN_CONVERTED,
    COLUMN_CONVERTED_MIN,
    COLUMN_CONVERTED_MAX,
};

/* What the checks said; quality.def gives each a name and a sentence. */
enum quality {
#define QUALITY(name, json, invalid, text) QUALITY_##name,
#include "quality/quality.def"
#undef QUALITY
    QUALITY_COUNT
};

#define QUALITY_BIT(name) ((uint32_t)1 << QUALITY_##name)

/* The bits that keep a value out of means and verdicts. */
#define QUALITY_INVALID_BITS quality_invalid_bits()
uint32_t quality_invalid_bits(void);
const char *quality_name(enum quality quality);
const char *quality_text(enum quality quality);

struct reading {
    int64_t start_s; /* start of the period, or the moment */
    struct decimal number[READING_COLUMNS];
    uint8_t present;    /* READING_VALUE ... */
    char flag;          /* the device's letter as sent; 0 when absent */
    uint32_t quality;   /* QUALITY_BIT()s */
    int64_t arrival_us; /* when we had it */
    struct span text;   /* what was sent, with QUALITY_BIT(TEXT) */
};

/*
 * Whether it counts in means and verdicts: it has a value, the flag is N (or
 * absent, or 1 or 3 of 2005 air stations), and no check that invalidates spoke.
 */
bool reading_is_valid(const struct reading *reading);

#endif
