#include "quality/quality.h"

/* Moments before 2000-01-01 00:00 in Beijing: a clock that was reset. */
#define ANCIENT_S 946656000LL

/* ---- the bits and their names ---- */

static const struct {
    const char *name, *text;
    bool invalid;
} bits[QUALITY_COUNT] = {
#define QUALITY(name, json, invalid, text) {json, text, invalid},
#include "quality/quality.def"
#undef QUALITY
};

uint32_t quality_invalid_bits(void)
{
    return 0
#define QUALITY(name, json, invalid, text)                                     \
    | ((invalid) ? (uint32_t)1 << QUALITY_##name : 0)
#include "quality/quality.def"
#undef QUALITY
        ;
}

const char *quality_name(enum quality quality)
{
    return (unsigned)quality < QUALITY_COUNT ? bits[quality].name : "unknown";
}

const char *quality_text(enum quality quality)
{
    return (unsigned)quality < QUALITY_COUNT ? bits[quality].text : "unknown";
}

enum err quality_parse(struct span name, enum quality *out)
{
    for (int i = 0; i < QUALITY_COUNT; i++) {
        if (span_is(name, bits[i].name)) {
            *out = (enum quality)i;
            return OK;
        }
    }
    return ERR_NOT_FOUND;
}

/* ---- flags ---- */

bool quality_flag_known(char flag)
{
    /* HJ 212-2017 table 8; P and the digits are HJ/T 212-2005's */
    return flag && strchr("NFMSDCTBP0123", flag);
}

bool quality_flag_valid(char flag)
{
    return flag == 0 || flag == 'N' || flag == '1' || flag == '3';
}

bool reading_is_valid(const struct reading *reading)
{
    return (reading->present & READING_VALUE) &&
           !(reading->quality & quality_invalid_bits()) &&
           quality_flag_valid(reading->flag);
}

/* ---- what may be below zero ---- */

static const char *const below_zero[] = {
    "a01001", /* air temperature */
    "a01012", /* flue gas temperature */
    "a01013", /* flue gas pressure, relative */
    "w01010", /* water temperature */
    "w01022", /* redox potential */
    "lng",    /* position of a mobile device */
    "lat",
};

bool quality_may_be_negative(const char *factor)
{
    for (size_t i = 0; i < LENGTH(below_zero); i++) {
        if (strcmp(factor, below_zero[i]) == 0)
            return true;
    }
    return factor[0] == 'i'; /* parameters of an instrument: anything */
}

/* ---- the checks ---- */

typedef bool check(const struct reading *r, const struct quality_context *c);

static bool flag_absent(const struct reading *r,
                        const struct quality_context *c)
{
    (void)c;
    return r->flag == 0;
}

static bool flag_unknown(const struct reading *r,
                         const struct quality_context *c)
{
    (void)c;
    return r->flag != 0 && !quality_flag_known(r->flag);
}

static bool future(const struct reading *r, const struct quality_context *c)
{
    (void)r;
    return c->label_s > c->arrival_s + c->future_s;
}

static bool ancient(const struct reading *r, const struct quality_context *c)
{
    (void)r;
    return c->label_s < ANCIENT_S;
}

static bool misaligned(const struct reading *r, const struct quality_context *c)
{
    (void)r;
    return c->misaligned;
}

static bool backfilled(const struct reading *r, const struct quality_context *c)
{
    (void)r;
    return c->backfilled || c->arrival_s > c->end_s + QUALITY_BACKFILL_S;
}

static bool negative(const struct reading *r, const struct quality_context *c)
{
    return (r->present & READING_VALUE) && !c->may_be_negative &&
           r->number[COLUMN_VALUE].mantissa < 0;
}

static bool beyond_range(const struct reading *r,
                         const struct quality_context *c)
{
    if (!c->has_range || !(r->present & READING_VALUE))
        return false;
    return decimal_compare(r->number[COLUMN_VALUE], c->low) < 0 ||
           decimal_compare(r->number[COLUMN_VALUE], c->high) > 0;
}

/* Whether both columns are there and the first is above the second. */
static bool above(const struct reading *r, enum reading_column a,
                  enum reading_column b)
{
    unsigned both = 1U << a | 1U << b;

    return (r->present & both) == both &&
           decimal_compare(r->number[a], r->number[b]) > 0;
}

static bool inconsistent(const struct reading *r,
                         const struct quality_context *c)
{
    (void)c;
    if (!(r->present & (READING_MIN | READING_MAX | READING_CONVERTED_MIN |
                        READING_CONVERTED_MAX)))
        return false;
    return above(r, COLUMN_MIN, COLUMN_VALUE) ||
           above(r, COLUMN_VALUE, COLUMN_MAX) ||
           above(r, COLUMN_MIN, COLUMN_MAX) ||
           above(r, COLUMN_CONVERTED_MIN, COLUMN_CONVERTED) ||
           above(r, COLUMN_CONVERTED, COLUMN_CONVERTED_MAX) ||
           above(r, COLUMN_CONVERTED_MIN, COLUMN_CONVERTED_MAX);
}

static const struct {
    uint32_t bit;
    check *speaks;
} checks[] = {
    {QUALITY_BIT(FLAG_ABSENT), flag_absent},
    {QUALITY_BIT(FLAG_UNKNOWN), flag_unknown},
    {QUALITY_BIT(FUTURE), future},
    {QUALITY_BIT(ANCIENT), ancient},
    {QUALITY_BIT(MISALIGNED), misaligned},
    {QUALITY_BIT(BACKFILLED), backfilled},
    {QUALITY_BIT(NEGATIVE), negative},
    {QUALITY_BIT(BEYOND_RANGE), beyond_range},
    {QUALITY_BIT(INCONSISTENT), inconsistent},
};

uint32_t quality_check(const struct reading *reading,
                       const struct quality_context *context)
{
    uint32_t said = 0;

    for (size_t i = 0; i < LENGTH(checks); i++) {
        if (checks[i].speaks(reading, context))
            said |= checks[i].bit;
    }
    return said;
}
