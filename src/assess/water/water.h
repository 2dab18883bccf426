/*
 * water - the class of a surface-water section by GB 3838-2002 table 1 and the
 * notice 环办〔2011〕22号: single factor, the worst item decides, class 6 is
 * "worse than V" (劣Ⅴ). Limits are data (standards/water-gb3838.csv). Total
 * nitrogen, faecal coliform and temperature never enter the class. Rounding of
 * the rated values by 环办监测函〔2020〕82号 (standards/water-items.csv).
 *
 * An item worse than III has a multiple, value / limit of III - 1, except pH
 * and dissolved oxygen, which the notice gives none. The summary names at most
 * three main pollutants: cyanide and heavy metals first, then by class, then by
 * multiple. Dissolved oxygen at 90 % saturation or more is class I whatever its
 * milligrams; the saturation is taken as it is given, for the standard has no
 * formula of it. A river-type reservoir is rated as a river.
 *
 * The rule stands once, in water_rate: classes and no words, for those who rate
 * many. water_judge puts the words to it. A mean over a quarter or a year needs
 * so many samples (standards/water-periods.csv): with fewer there is no rating.
 *
 * Pure.
 */
#ifndef WATER_H
#define WATER_H

#include "assess/limit/limit.h"
#include "assess/verdict.h"

enum water_body { WATER_RIVER, WATER_LAKE_RESERVOIR };

struct water_value {
    char factor[16];      /* HJ 525 code; the alternative codes are known too */
    struct decimal value; /* in the unit of the standard */
    bool below_detection; /* value is the detection limit: half of it counts */
};

enum water_rounding {
    WATER_ROUND_STATISTICS, /* to the decimals of the notice, pH to 0 */
    WATER_ROUND_NONE,       /* single automatic readings and warnings */
};

/* Behind what a class is of; the samples needed are those of the period. */
enum water_span { WATER_SAMPLE, WATER_MONTH, WATER_QUARTER, WATER_YEAR };

struct water_terms {
    enum water_body body; /* WATER_RIVER for a river-type reservoir too */
    enum water_rounding rounding;
    bool has_saturation;
    struct decimal saturation; /* of dissolved oxygen, % */
    int target;                /* the class to be met, 1-5; 0: none is set */
    enum water_span span;
    int samples;           /* in the period; 0: not told, not checked */
    bool state_controlled; /* 国控断面: a year needs every month */
};

/*
 * Items that are not rated (unknown to the table, or reported apart) are given
 * with the reason. Outcome INSUFFICIENT when nothing could be rated, or when
 * there are too few samples: then the class of the mean is only told.
 * A detection limit above class III is named as an unfit method.
 */
void water_judge(const struct water_value *values, size_t count,
                 const struct water_terms *terms, int day, struct arena *arena,
                 struct verdict *out);

/* The same of one sample without further terms. */
void water_section(const struct water_value *values, size_t count,
                   enum water_body body, enum water_rounding rounding, int day,
                   struct arena *arena, struct verdict *out);

/* How many samples a class of that period needs. */
int water_samples_needed(enum water_span span, bool state_controlled);

/* Class 1 to 5 by "III", "Ⅲ", "3", 6 by "劣Ⅴ" and so on; 0: it is none. */
int water_class_parse(struct span text);

/* ---- the table behind it ---- */

enum { WATER_CLASSES = 5, WATER_WORSE = 6 };

enum water_bound { WATER_NO_BOUND, WATER_MAX, WATER_MIN, WATER_RANGE };

/* One item of table 1 for one kind of water body. */
struct water_item {
    const char *code, *name_zh, *name_en, *unit;
    bool river, lake;
    bool rated; /* part of the class; else reported apart */
    enum water_bound bound;
    const struct limit *of[WATER_CLASSES]; /* the limit of each class */
    struct decimal
        limit[WATER_CLASSES]; /* its value; of RANGE: the lower end */
    struct decimal upper[WATER_CLASSES]; /* of RANGE */
    int decimals;                        /* when rating; -1: as it is */
    bool toxic_first, has_multiple;
    bool automatic_first; /* readings of a station come before samples */
    const char *clause, *confidence;
};

/* Of any edition, each item of a kind of body once; NULL behind the last. */
const struct water_item *water_item_at(size_t index);

/*
 * By canonical code; NULL when table 1 has no limits of it for this body. For
 * names, units and decimals, which all editions share; limits are asked by day.
 */
const struct water_item *water_item_find(struct span code,
                                         enum water_body body);
const struct water_item *water_item_find_on(struct span code,
                                            enum water_body body, int day);

/* ---- the rule without words ---- */

/* A value with its item; a pH, an oxygen, a phosphorus. */
struct water_measure {
    const struct water_item *item;
    struct decimal value;
    bool below_detection;
};

/* What is compared: half a detection limit, rounded when the terms say so. */
struct decimal water_rated_value(const struct water_measure *measure,
                                 enum water_rounding rounding);

/* The best class whose limit the value meets; 6 when it meets none. */
int water_item_class(const struct water_item *item, struct decimal rated);

/*
 * The class of a section: the worst of the rated items; 0 when there is none.
 * Some ten nanoseconds an item. Negative values are left out.
 */
int water_rate(const struct water_measure *measures, size_t count,
               enum water_rounding rounding);

/* The saturation of oxygen that is class I, %; of table 1. NULL: none. */
const struct limit *water_saturation(int day);

#endif
