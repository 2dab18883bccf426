/*
 * emf - public exposure to electric, magnetic and electromagnetic fields of one
 * point by GB 8702-2014. A limit is a formula of the frequency, kept as text in
 * the table ("67/sqrt(f)", f in the unit of its row). A frequency on the border
 * of two rows takes the stricter.
 *
 * A single value is compared exactly: v²·c² with a²·f^k, without a root.
 * Several sources add up
 *
 *     1 Hz .. 100 kHz       Σ E/E_L ≤ 1,   Σ B/B_L ≤ 1
 *     0.1 MHz .. 300 GHz    Σ (E/E_L)² ≤ 1, Σ (B/B_L)² ≤ 1, Σ S/S_L ≤ 1
 *
 * with H counted beside B. One project may be held to 1/5 of the power above
 * 0.1 MHz (an option). Pure.
 */
#ifndef RADIATION_EMF_H
#define RADIATION_EMF_H

#include "assess/radiation/radiation_table.h"

enum emf_quantity { EMF_E, EMF_H, EMF_B, EMF_S, EMF_QUANTITIES };

struct emf_value {
    enum emf_quantity quantity;
    struct decimal hertz;
    struct decimal value; /* V/m, A/m, uT, W/m2 */
};

struct emf_point {
    const struct emf_value *values;
    size_t count;
    /* of each value: not detected, it is the limit of detection; may be NULL */
    const bool *below;
    bool project;  /* 1/5 of the power for this project */
    bool farmland; /* under a 50 Hz line over farmland: E up to 10 kV/m */
    int day;       /* RULE_NEWEST when not known */
};

void emf_judge(const struct emf_point *point, struct arena *arena,
               struct verdict *out);

/* A limit as a·f^(k/2)/c, f in `scale` hertz. */
struct emf_limit {
    const struct rule *rule;
    struct decimal a, c;
    int k;
    struct decimal scale;
};

/* False when GB 8702 has no such limit at this frequency. */
bool emf_limit_at(enum emf_quantity quantity, struct decimal hertz, int day,
                  struct emf_limit *out);

#endif
