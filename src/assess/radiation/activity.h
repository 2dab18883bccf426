/*
 * activity - gross alpha and beta of drinking water against the guide values of
 * GB 5749-2022. Above a guide value the nuclides are to be analysed and
 * assessed; it is no failure by itself. Potassium-40 may be taken off gross
 * beta. Pure.
 */
#ifndef RADIATION_ACTIVITY_H
#define RADIATION_ACTIVITY_H

#include "assess/radiation/radiation_table.h"

struct activity_value {
    bool given, below_detection;
    struct decimal value; /* Bq/L */
};

struct activity_sample {
    struct activity_value alpha, beta, potassium;
    int day; /* RULE_NEWEST when not known */
};

void activity_judge(const struct activity_sample *sample, struct arena *arena,
                    struct verdict *out);

#endif
