/*
 * physics - plausible values of what a made-up station measures: a daily cycle,
 * weather that neighbours share, the season, the noise of the station itself.
 * A value is a function of who, what and when alone, so a simulated device can
 * be asked for any hour of its past and answers the same again.
 *
 * A model, hence doubles; what goes on the wire is rounded to the decimals that
 * such an instrument shows. Pure.
 */
#ifndef PHYSICS_H
#define PHYSICS_H

#include "base/datetime.h"
#include "base/decimal.h"

#include <stdint.h>

/* Whose weather it is and how dirty the place. */
struct physics_place {
    uint64_t seed; /* of the station */
    uint64_t city; /* stations of one city share their weather */
    double burden; /* 1: usual; 2: twice as dirty */
    double high_m; /* for the air pressure */
};

/* What is known of a factor. Units are those the simulated devices send. */
struct physics_factor {
    const char *code, *unit;
    const char *st;   /* the system code of devices that measure it */
    double base;      /* a usual value */
    double low, high; /* what nature or the instrument can give */
    double spread;    /* of the logarithm, by weather and place */
    double daily;     /* share of the daily cycle */
    double peak_h;    /* hour of its highest */
    double winter;    /* share by which January is above the mean */
    double detection; /* below it the instrument shows this */
    int decimals;
    bool burdened;  /* grows with the place's burden */
    bool total;     /* a flow: its sum is sent as Cou */
    bool converted; /* a flue gas, sent converted to 6 % oxygen too */
};

/* NULL when nothing is known of it. */
const struct physics_factor *physics_factor(struct span code);

/* All of a system code ST in the order they are sent; returns how many. */
size_t physics_factors_of(const char *st, const struct physics_factor **out,
                          size_t room);

/* The value at a moment, in the factor's unit. */
double physics_at(const struct physics_place *place,
                  const struct physics_factor *factor, int64_t utc_s);

struct physics_period {
    struct decimal mean, min, max;
    struct decimal total; /* of a flow, m3 */
    struct decimal converted, converted_min, converted_max;
};

/* A period of `seconds` from its start, from a handful of moments in it. */
struct physics_period physics_over(const struct physics_place *place,
                                   const struct physics_factor *factor,
                                   int64_t start_s, int seconds);

struct decimal physics_round(const struct physics_factor *factor, double value);

#endif
