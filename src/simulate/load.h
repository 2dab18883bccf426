/*
 * load - many devices at once over real TCP, each with a bounded number of
 * frames in flight: the load generator of benchmarks and crash tests.
 *
 * Every device keeps its frames until they are acknowledged and sends them
 * again after a lost connection, as a data logger does, so a server may be
 * killed in the middle and nothing is forgotten. Frames are minute data
 * (CN 2051) of ten factors, one minute apart from `from_s` on.
 *
 * One thread, epoll; time is read for latencies only.
 */
#ifndef LOAD_H
#define LOAD_H

#include "base/err.h"
#include "base/span.h"

#include <signal.h>
#include <stdint.h>
#include <stdio.h>

enum {
    LOAD_DEVICES_MAX = 20000,
    LOAD_IN_FLIGHT_MAX = 64,
    LOAD_FACTORS = 10,
    LOAD_FRAME_MAX = 1100,
};

/*
 * Frames of somebody else's making in place of the built-in ones: device i has
 * count(context, i) of them, and write() gives the n-th with the QN it is to
 * carry, at most LOAD_FRAME_MAX bytes; it must give the same again when asked.
 */
struct load_source {
    uint64_t (*count)(void *context, int device);
    size_t (*write)(void *context, int device, uint64_t number,
                    const char qn[18], char *frame);
    void *context;
};

struct load_options {
    const char *host; /* an address, no name */
    int port;
    int devices;
    int in_flight;   /* frames a device has on the way */
    double seconds;  /* how long; 0: until `frames` are acknowledged */
    uint64_t frames; /* how many in all; 0: no bound */
    double rate;     /* frames a second in all; 0: as fast as it goes */
    int64_t from_s;  /* the period of each device's first frame */
    double again_s;  /* an answer is late then: send again; 0: never */
    bool idle;       /* connect, send one frame each, then stay silent */
    bool bare;       /* the peer is load_echo: its answers carry no QN */
    FILE *acked;     /* a line "MN QN" for every answer; may be NULL */
    const volatile sig_atomic_t *stop; /* ends the run when set; may be NULL */
    const struct load_source *source;  /* NULL: the built-in frames */
};

struct load_result {
    uint64_t sent, resent, acknowledged, unknown_answers;
    uint64_t bytes_sent, reconnects;
    double seconds, cpu_seconds;
    double p50_ms, p99_ms, max_ms; /* frame sent to answer received */
    size_t frame_bytes;
};

/* The MN of device `index`: 24 characters and a NUL. */
void load_mn(int index, char mn[25]);

/* The factor codes in the frames, LOAD_FACTORS of them. */
const char *load_factor(int index);

/*
 * Writes sites.csv, points.csv, devices.csv and factors.csv for `devices`
 * devices into an existing directory.
 */
enum err load_write_registry(const char *directory, int devices) MUST_CHECK;

/* ERR_INVALID, ERR_IO (no connection); the message says what to do. */
enum err load_run(const struct load_options *options, struct load_result *out,
                  char message[256]) MUST_CHECK;

/*
 * A server that does nothing but answer each frame with as many bytes as an
 * acknowledgement has: this machine's bare request/reply rate. Runs on a thread
 * of its own until load_echo_stop.
 */
struct load_echo;
enum err load_echo_start(struct load_echo **out, int *out_port) MUST_CHECK;
void load_echo_stop(struct load_echo *echo);

#endif
