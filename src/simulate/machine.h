/*
 * machine - one simulated data logger as HJ 212 wants it: it uploads real-time,
 * minute, hour and day data when they fall due, keeps what is not acknowledged
 * and sends it again, answers every command, and gives its history when asked.
 *
 *     line ── machine_take ──►  machine  ── out ──► line
 *     clock ─ machine_tick ──►
 *
 * It reads no clock and no socket: time and bytes are handed in, bytes come out
 * into a buffer. What it measures comes from physics, so its past needs no
 * memory.
 */
#ifndef MACHINE_H
#define MACHINE_H

#include "ingest/hj212/hj212.h"
#include "simulate/fault.h"
#include "simulate/fleet.h"

enum {
    MACHINE_KEPT_MAX = 2048,   /* records waiting for their acknowledgement */
    MACHINE_FLIGHT_MAX = 8,    /* of them on the way at once */
    MACHINE_HISTORY_MAX = 1024 /* records one history request gets */
};

/* An upload that is kept until it is acknowledged. */
struct machine_record {
    int cn;
    int64_t start_s;
    int64_t qn_ms;   /* 0: not sent yet */
    int64_t sent_ms; /* of the last try */
    int tries;
    int part; /* of a split record: 1 or 2; 0: whole */
};

struct machine_counters {
    uint64_t sent, resent, acknowledged, given_up, commands, refused;
};

struct machine {
    const struct fleet_device *who;
    enum fault fault;
    char password[33];
    int realtime_s, minute_min, over_time_s, resends;
    bool streaming;
    int64_t clock_error_ms; /* of its own clock */
    int64_t next_realtime_s, next_minute_s, next_hour_s, next_day_s;
    int64_t last_qn_ms;
    int64_t installed_s; /* nothing is known before */
    uint64_t dice;
    bool said_restart;
    bool hang_up; /* wants its line closed */
    int64_t connected_ms;

    struct machine_record kept[MACHINE_KEPT_MAX]; /* a ring */
    size_t kept_first, kept_count;
    struct machine_counters counters;
};

/*
 * `now_s` is when the logger was switched on; `history_s` seconds before it are
 * sent as hours and days at once (a back-fill).
 */
void machine_init(struct machine *m, const struct fleet_device *who,
                  enum fault fault, int64_t now_s, int64_t history_s);

void machine_connected(struct machine *m, int64_t now_ms, struct buf *out);

/* What has fallen due, and what must be sent again. */
void machine_tick(struct machine *m, int64_t now_ms, struct buf *out);

/* A frame that came down the line. */
void machine_take(struct machine *m, const struct hj212_frame *frame,
                  int64_t now_ms, struct buf *out);

/* The content of one record, CP between its && marks; empty if unknown. */
void machine_content(const struct machine *m, int cn, int64_t start_s, int part,
                     struct buf *cp);

#endif
