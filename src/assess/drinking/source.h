/*
 * source - central drinking-water sources: whether a source complies in a
 * month, and what share of the sources and of the water does.
 *
 *     surface source        table 1 of GB 3838-2002 to class III, or II where
 *                           that is its target; tables 2 and 3 to their single
 *                           limits. Total nitrogen, faecal coliforms and water
 *                           temperature are told and do not decide.
 *     groundwater source    class III of GB/T 14848-2017
 *
 * A source complies when every item that was judged does. An item whose excess
 * is natural background, as the province has confirmed, is told apart and does
 * not decide. What stays undecided (see finding.h) leaves the rates and is
 * listed, never counted as good or bad.
 *
 * Rates over any period are made of the months: a source complies in a year
 * when all its months do, and the volume rate is a quotient of sums of monthly
 * volumes, not a mean of monthly rates.
 *
 * Pure; the tables are read once.
 */
#ifndef DRINKING_SOURCE_H
#define DRINKING_SOURCE_H

#include "assess/groundwater/groundwater.h"
#include "assess/limit/measured.h"
#include "assess/verdict.h"
#include "assess/water/water.h"

enum drinking_source_kind { DRINKING_SOURCE_SURFACE, DRINKING_SOURCE_GROUND };

struct drinking_source_conditions {
    int day; /* of the sample, yyyymmdd */
    enum drinking_source_kind kind;
    enum water_body body;         /* of a surface source */
    enum water_rounding rounding; /* of table 1 */
    int target;                   /* class of table 1: 2 or 3 */
    bool has_saturation;
    struct decimal saturation; /* of dissolved oxygen, % */
    /* codes of items with confirmed natural background on that day */
    const char *const *background;
    size_t background_count;
    bool all_items; /* the full analysis of a year is expected */
};

/*
 * rating 0 complies, 1 does not. INSUFFICIENT: nothing was judged, or nothing
 * fails but something stays undecided. Values are in drinking_source_item's
 * unit for the kind of source. Behind the items stand "missing" and
 * "conclusion".
 */
void drinking_source_judge(const struct measured *values, size_t count,
                           const struct drinking_source_conditions *conditions,
                           struct arena *arena, struct verdict *out);

/* A source in a month. */
struct drinking_source_month {
    struct span source;
    int month;  /* yyyymm */
    int rating; /* as judged: 0 complies, 1 fails, -1 undecided */
    bool has_volume;
    struct decimal volume; /* taken in that month, 10^4 t */
};

/*
 * Source rate, rate of the source-months, volume rate, in % with one decimal.
 * index: the volume rate. Several entries of one source-month count once, and
 * comply only together. `edition` names what they were judged by.
 */
void drinking_source_rates(const struct drinking_source_month *months,
                           size_t count, const char *edition,
                           struct arena *arena, struct verdict *out);

/* ---- the tables behind it ---- */

struct drinking_source_item {
    const char *code, *name_zh, *name_en;
    int table;                  /* of GB 3838: 1 to 3; 0: groundwater only */
    const char *unit;           /* of a surface source, "" when table is 0 */
    const struct limit *single; /* tables 2 and 3 */
    bool is_routine;            /* of the 33 of table 3 */
    const struct groundwater_item *ground; /* NULL: surface only */
};

/* Of any edition, each code once; in the order of the standards. NULL behind
 * the last. */
const struct drinking_source_item *drinking_source_item_at(size_t index);

/* By code; NULL when no standard of sources knows it. */
const struct drinking_source_item *drinking_source_item_find(const char *code);

/* The same with the limits of the editions in force on the day. */
struct drinking_source_item
drinking_source_item_on(const struct drinking_source_item *item, int day);

const struct limit_table *drinking_source_surface_limits(void);

#endif
