/*
 * factor - the catalogue of what is measured, and the units it is measured in.
 *
 * A factor has one canonical code (HJ 524/525, lower case: "a34004"). Devices
 * and spreadsheets call it otherwise: the codes of 2005, upper case, the code
 * of the plain element for the total, names such as PM25 or CODcr, Chinese
 * names. factor_find knows them all; the names are data (factor-aliases.csv).
 *
 * The unit a factor has on the wire by HJ 212 (wire_unit) is not always the one
 * it is assessed and shown in; that depends on what is being watched, so a
 * factor_use belongs to an element ("air", "water").
 *
 * A unit conversion is exact or refused: 35.0 ug/m3 is 0.0350 mg/m3, ppm is
 * never mg/m3.
 *
 * Everything lives as long as the program. Thread-safe.
 */
#ifndef ASSESS_FACTOR_H
#define ASSESS_FACTOR_H

#include "base/decimal.h"
#include "base/err.h"
#include "base/span.h"

struct factor {
    const char *code;     /* "a34004" */
    const char *code2005; /* "" when there was none */
    const char *medium;   /* air, water, noise, process_water ... */
    const char *name_zh, *name_en;
    const char *wire_unit, *total_unit; /* HJ 212's default; "" not given */
    int decimals;                       /* a hint; -1 unknown */
};

/* By any code or name; NULL when nobody calls it so. */
const struct factor *factor_find(struct span any);

/* The catalogue in its order; NULL behind the last. */
const struct factor *factor_at(size_t index);

/* How a factor is shown and assessed where `element` is watched. */
struct factor_use {
    const struct factor *factor;
    const char *element;
    const char *symbol; /* short: "PM2.5" */
    const char *name_zh, *name_en;
    const char *unit;
    int decimals;
    const char *confidence;
};

/* NULL when the element has no use of its own for it. `code` is canonical. */
const struct factor_use *factor_use_find(struct span code, const char *element);

/* For people: the short name in that element, else the catalogue's, else code.
 */
const char *factor_symbol(struct span code, const char *element);

/* A unit's canonical name ("ug/m3" for "μg/m³"); NULL when unknown. */
const char *unit_find(struct span unit);

/* As printed: "µg/m³"; the text itself when unknown. */
const char *unit_shown(const char *unit);

/*
 * The same quantity in another unit; an empty unit is a number without one
 * (pH). ERR_NOT_FOUND when a unit is unknown, ERR_UNSUPPORTED when they measure
 * different things, ERR_OVERFLOW when it is not exact or does not fit.
 */
enum err unit_convert(struct decimal value, struct span from, struct span to,
                      struct decimal *out) MUST_CHECK;

#endif
