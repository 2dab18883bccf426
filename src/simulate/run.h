/*
 * run - a fleet of simulated devices over real TCP or TLS, on one event loop:
 * each dials, reports, answers, and dials again when the line breaks.
 */
#ifndef SIMULATE_RUN_H
#define SIMULATE_RUN_H

#include "simulate/fault.h"
#include "simulate/fleet.h"

struct run_options {
    const char *host; /* an address, no name */
    int port;
    bool tls;
    const char *tls_ca;                    /* PEM; NULL: any certificate */
    const char *tls_certificate, *tls_key; /* of the devices; may be NULL */
    int history_days;    /* sent at once when a device first connects */
    double speed;        /* simulated seconds a second */
    int64_t from_s;      /* simulated time at the start; 0: now */
    int faults_percent;  /* devices with a fault, drawn by their number */
    enum fault forced;   /* every device has this one; FAULT_NONE: drawn */
    double seconds;      /* how long; 0: until interrupted */
    bool quit_when_idle; /* ends when everything sent is acknowledged */
};

struct run_result {
    uint64_t sent, resent, acknowledged, given_up, commands, connects;
    uint64_t waiting; /* records not acknowledged at the end */
};

/* Until interrupted (SIGINT, SIGTERM) or as the options say. */
enum err run_fleet(const struct fleet *fleet, const struct run_options *options,
                   struct run_result *out, char message[256]) MUST_CHECK;

#endif
