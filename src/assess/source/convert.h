/*
 * convert - what must be done to a measured value before it may be compared
 * with a limit or added to an amount, each with its calculation in words:
 *
 *     wet to dry            C / (1 - X)               concentration and oxygen
 *     volume to mass        C * M / 22.4              ppm to mg/m3 at 273 K
 *     nitrogen oxides       NO * 1.53 + NO2
 *     reference oxygen      C * (21 - Oref) / (21 - O2)     for limits only
 *     standard-state flow   of velocity, area, temperature, pressure, moisture
 *     emission rate         C * Q * 10^-6 kg/h        of the value not folded
 *     benchmark drainage    C * Q / (sum of Y * q), when there was more water
 *     mixed outlet          sum of C * Q / sum of Q
 *
 * Concentrations are mg/m3 or mg/L, shares are percent, flows m3/h.
 *
 * Each is exact until one rounding at the end, to six decimals by GB/T 8170,
 * and is written without idle zeros. Whatever does not make sense (a negative
 * concentration, moisture of 100 %, oxygen too near to that of the air) has its
 * own verdict; no value is made up. The constants are rows of
 * standards/source-constants.csv and molar-masses.csv.
 *
 * Pure. Texts live on the arena; a NULL arena asks for none.
 */
#ifndef CONVERT_H
#define CONVERT_H

#include "base/arena.h"
#include "base/decimal.h"

enum convert_verdict {
    CONVERT_OK,
    CONVERT_OUT_OF_RANGE, /* an input that cannot be: below 0, 100 % water */
    CONVERT_NOT_FOLDABLE, /* oxygen at or above 20.5 % */
    CONVERT_UNKNOWN,      /* no molar mass for this */
    CONVERT_OVERFLOW,     /* the numbers do not fit */
};

/* For people: "oxygen is too high to convert"; "" for OK. */
const char *convert_text(enum convert_verdict verdict, bool english);

struct converted {
    struct decimal value;
    /* "折算:100 × (21 − 11) / (21 − 13.2) = 128.205128"; "" without an arena */
    const char *step_zh, *step_en;
};

/* `moisture` is the volume share of water, percent. */
enum convert_verdict convert_dry(struct decimal wet, struct decimal moisture,
                                 struct arena *arena, struct converted *out);

/* By canonical code; ppm (umol/mol) to mg/m3. NOx (a21002) counts as NO2. */
enum convert_verdict convert_ppm(const char *code, struct decimal ppm,
                                 struct arena *arena, struct converted *out);

/* Nitrogen oxides as NO2 from both, mg/m3. */
enum convert_verdict convert_nox(struct decimal no, struct decimal no2,
                                 struct arena *arena, struct converted *out);

/*
 * To the reference oxygen of a limit. `oxygen` is of the DRY gas: wet oxygen
 * goes through convert_dry first. Never for an emission rate or amount.
 */
enum convert_verdict convert_fold(struct decimal conc, struct decimal oxygen,
                                  struct decimal reference, struct arena *arena,
                                  struct converted *out);

/* What the flow is made of. */
struct convert_gas {
    struct decimal velocity;    /* m/s */
    struct decimal area;        /* m2 */
    struct decimal temperature; /* degC */
    struct decimal barometer;   /* Pa */
    struct decimal pressure;    /* of the flue against the air, Pa, signed */
    struct decimal moisture;    /* percent */
};

/* Dry m3/h at 273 K and 101325 Pa. */
enum convert_verdict convert_flow(const struct convert_gas *gas,
                                  struct arena *arena, struct converted *out);

/* kg/h of a dry concentration (mg/m3, NOT folded) and a dry standard flow. */
enum convert_verdict convert_rate(struct decimal conc, struct decimal flow,
                                  struct arena *arena, struct converted *out);

/*
 * A concentration in waste water against the benchmark drainage: `water` m3 are
 * drained, `allowed` m3 the products would need (sum of output * benchmark).
 * Not more than allowed: the measured value stands.
 */
enum convert_verdict convert_drainage(struct decimal conc, struct decimal water,
                                      struct decimal allowed,
                                      struct arena *arena,
                                      struct converted *out);

/* A part of a mixed outlet: its limit (or value) and its flow. */
struct convert_part {
    struct decimal value, flow;
};

/* sum of value * flow / sum of flow: the limit of several standards at one
 * outlet, and the day mean of a waste water. OUT_OF_RANGE when nothing flows.
 */
enum convert_verdict convert_mixed(const struct convert_part *parts,
                                   size_t count, struct arena *arena,
                                   struct converted *out);

/* The molar mass that convert_ppm takes; false when unknown. */
bool convert_molar_mass(const char *code, struct decimal *out);

#endif
