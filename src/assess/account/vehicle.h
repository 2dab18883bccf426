/*
 * vehicle - what a fleet emits in a year: E = P x EF x VKT x 10^-6 t with
 * EF = BEF x phi x gamma x lambda x theta (weather and altitude, speed,
 * deterioration, load and sulphur). Base factors in g/km are given with the
 * question or rows of vehicle-factors.csv, which is of medium confidence.
 *
 * Pure; the verdict lies on the arena.
 */
#ifndef ACCOUNT_VEHICLE_H
#define ACCOUNT_VEHICLE_H

#include "assess/derivation/derivation.h"

enum { VEHICLE_POLLUTANTS = 4, VEHICLE_CORRECTIONS = 4 };

extern const char *const vehicle_pollutants[]; /* CO HC NOx PM2.5 */

struct vehicle_class {
    struct span name;      /* "petrol_car/V" */
    struct decimal number; /* P */
    struct decimal km;     /* VKT a year and vehicle */
    bool has_factor[VEHICLE_POLLUTANTS];
    struct decimal factor[VEHICLE_POLLUTANTS]; /* g/km, before corrections */
    struct decimal correction[VEHICLE_CORRECTIONS];
};

struct vehicle_fleet {
    const struct vehicle_class *classes;
    size_t count;
    int day;
};

void vehicle_inventory(const struct vehicle_fleet *fleet, struct arena *arena,
                       struct verdict *out);

#endif
