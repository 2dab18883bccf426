/*
 * fleet - the devices that a simulation plays, read from the tables of a
 * registry (docs/registry.md): any real registry can be simulated, and
 * fleet_write_province makes one of a made-up province on the real divisions.
 */
#ifndef FLEET_H
#define FLEET_H

#include "base/err.h"
#include "simulate/physics.h"

enum {
    FLEET_FACTORS_MAX = 32,
    FLEET_MAX = 20000,
};

struct fleet_device {
    char mn[65];
    char password[33];
    char st[3];
    char site[65];
    int region;
    bool label_is_end;
    int realtime_s, minute_min; /* what the registry asks; 0: not said */
    uint8_t sm4_key[16];
    bool has_sm4_key;
    struct physics_place place;
    size_t factor_count;
    const struct physics_factor *factors[FLEET_FACTORS_MAX];
};

struct fleet {
    struct fleet_device *devices;
    size_t count;
};

/* ERR_NOT_FOUND, ERR_INVALID; the message names the file and the line. */
enum err fleet_read(const char *directory, struct fleet *out,
                    char message[256]) MUST_CHECK;
void fleet_done(struct fleet *fleet);

/*
 * Writes the five tables of a province into a directory (made if need be):
 * `scale` 1 has an air station in each county, the sections of the standards
 * directory, noise stations and outlets of made-up enterprises: 367 devices.
 */
enum err fleet_write_province(const char *directory, int scale,
                              char message[256]) MUST_CHECK;

#endif
