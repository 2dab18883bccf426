/*
 * gateway - where devices come in: HJ 212 over TCP or TLS, one event loop a
 * core. It finds and checks frames, knows sessions by (connection, MN), checks
 * password and address before any answer, hands what is good to the ledger and
 * answers 9014 only when the ledger says that it is on disk. What is unknown or
 * wrong goes to quarantine, kept and counted. Commands go down here.
 *
 * Every peer is bounded: connections, buffer, frames a second, silence. When
 * the ledger's queue is full the gateway stops reading: back pressure, no loss.
 */
#ifndef GATEWAY_H
#define GATEWAY_H

#include "base/arena.h"
#include "ingest/hj212/hj212.h"
#include "storage/ledger/writer.h"
#include "storage/registry/registry.h"

struct gateway_options {
    const char *listen;     /* "0.0.0.0:8212", "[::1]:0" */
    const char *listen_tls; /* NULL: none */
    const char *tls_certificate, *tls_key, *tls_client_ca; /* PEM files */
    int threads;                                           /* 0: one a core */
    int connections_max;                                   /* 20000 */
    int connections_per_address_max;
    int buffer_max; /* bytes a connection may leave unfinished, 8192 */
    int frames_per_second_max; /* per connection; 0: no bound */
    int partial_timeout_s;     /* 20: then a beginning of a frame is dropped */
    int silent_timeout_s;      /* 3600: no valid frame */
    int unread_max;            /* bytes of answers a peer may leave unread */
    int over_time_s, resend_count; /* 10, 3: waiting for 9011 */
    bool first_contact;    /* send 1012 1000 1062 1064 2011 to a new session */
    int execute_timeout_s; /* 60: after 9011 and after each data frame */
    int command_ttl_s;     /* 120: waiting for the device to come */
    int quarantine_per_minute; /* records kept per address, 60 */
    int gap_interval_s;        /* between looks for gaps, 60; 0: never */
    struct ledger *ledger;     /* remembered over a restart; NULL: nothing is */
};

/* What docs/gateway.md says; the ports are not set. */
void gateway_defaults(struct gateway_options *options);

struct gateway;

enum err gateway_start(const struct gateway_options *options,
                       struct registry *registry, struct ledger_writer *writer,
                       struct gateway **out) MUST_CHECK;
void gateway_stop(struct gateway *gateway);

/* The ports really bound (when 0 was asked for). */
int gateway_port(const struct gateway *gateway);
int gateway_port_tls(const struct gateway *gateway);

/* ---- what people see ---- */

struct gateway_session {
    uint64_t connection;
    int32_t device; /* 0: not identified */
    char mn[HJ212_MN_MAX + 1];
    char peer[64]; /* address:port */
    bool tls;
    int64_t since_us, last_frame_us;
    uint64_t frames, refused, duplicates, bytes;
    int edition;             /* enum hj212_edition of its last frame */
    int64_t clock_offset_ms; /* device's QN minus arrival */
};

/* Copies the sessions now alive into the arena. */
size_t gateway_sessions(struct gateway *gateway, struct arena *arena,
                        struct gateway_session **out);

/* Since start: per device and deviation, per device and verdict. */
struct gateway_counters {
    uint64_t connections_now, connections, refused_connections;
    uint64_t frames, bytes, noise_bytes, acks, duplicates, quarantined;
    uint64_t verdicts[HJ212_VERDICT_COUNT];
    uint64_t deviations[HJ212_DEVIATION_COUNT];
    uint64_t paused; /* times reading stopped because a queue was full */
};

void gateway_counters(struct gateway *gateway, struct gateway_counters *out);
bool gateway_device_counters(struct gateway *gateway, int32_t device,
                             uint64_t verdicts[HJ212_VERDICT_COUNT],
                             uint64_t deviations[HJ212_DEVIATION_COUNT]);

/* ---- quarantine: frames of strangers, kept and not answered ---- */

enum quarantine_reason {
    QUARANTINE_NONE,
    QUARANTINE_UNKNOWN_MN,
    QUARANTINE_WRONG_PASSWORD,
    QUARANTINE_ADDRESS, /* not in the device's address list */
    QUARANTINE_DISABLED,
    QUARANTINE_REASON_COUNT
};

/* "unknown_mn", "wrong_password", "address", "disabled" */
const char *quarantine_reason_name(enum quarantine_reason reason);

struct quarantine_entry {
    char mn[HJ212_MN_MAX + 1]; /* "*": those that found no room in the list */
    enum quarantine_reason reason; /* of the last */
    uint64_t count;                /* frames seen */
    uint64_t kept;                 /* of them in the ledger */
    uint64_t waiting;              /* of them not replayed yet */
    int64_t first_us, last_us;
    char peer[64];
    uint64_t last_sequence; /* 0: none kept */
};

/* The newest first; copied into the arena. */
size_t gateway_quarantine(struct gateway *gateway, struct arena *arena,
                          struct quarantine_entry **out);

/*
 * Takes the quarantined records of an MN as frames of the device that is now
 * registered for it; what still may not be let in is refused and stays.
 * Durable when it returns. ERR_NOT_FOUND: nothing quarantined or no device;
 * ERR_UNSUPPORTED: started without options.ledger. Any thread but a loop's.
 */
enum err gateway_quarantine_replay(struct gateway *gateway, struct span mn,
                                   uint64_t *out_replayed,
                                   uint64_t *out_refused) MUST_CHECK;

/*
 * A QUARANTINE record's payload is the frame as received and, behind it, one
 * line "reason=unknown_mn mn=X peer=192.0.2.7:4711". This cuts them apart;
 * false when the line is missing (all is frame then).
 */
bool gateway_quarantine_split(struct span payload, struct span *out_frame,
                              enum quarantine_reason *out_reason,
                              struct span *out_peer);

/* ---- gaps: what devices did not send ---- */

struct gateway_gap {
    enum cadence cadence; /* MINUTE, HOUR or DAY */
    int64_t from_s, to_s; /* first missing period start; end, exclusive */
    int step_s;
};

/*
 * Asked now and then, on a thread of its own: the periods of a device that
 * should be there and are not, the newest first, at most `room`.
 */
typedef size_t (*gateway_gap_finder)(void *context, int32_t device,
                                     struct gateway_gap *out, size_t room);

/* From then on gaps are pulled with 2051, 2061 and 2031. */
void gateway_find_gaps(struct gateway *gateway, gateway_gap_finder find,
                       void *context);

/* Periods of a device known to be missing and not yet pulled. */
size_t gateway_gaps_pending(struct gateway *gateway, int32_t device);

/* ---- commands down ---- */

enum command_state {
    COMMAND_QUEUED,   /* waits for the device or for the one before */
    COMMAND_SENT,     /* waits for 9011 */
    COMMAND_ACCEPTED, /* 9011 QnRtn=1: waits for data and 9012 */
    COMMAND_DONE,     /* 9012, or 9013 */
    COMMAND_REFUSED,  /* 9011 with another QnRtn */
    COMMAND_FAILED,   /* 9012 with ExeRtn other than 1 and 100 */
    COMMAND_NO_DATA,  /* 9012 ExeRtn=100 */
    COMMAND_TIMEOUT,  /* no 9011 after all resends, or no 9012 */
    COMMAND_OFFLINE,  /* no session within its time to live */
};

const char *command_state_name(enum command_state state);

struct command {
    uint64_t id;
    int32_t device;
    int cn;
    char cp[HJ212_SEGMENT_MAX]; /* content sent */
    char qn[18];
    enum command_state state;
    int qn_rtn, exe_rtn; /* -1: not yet */
    int attempts;
    uint32_t data_frames;           /* frames that came in answer */
    char result[HJ212_SEGMENT_MAX]; /* CP of the last data frame */
    char who[64];
    int64_t created_us, sent_us, answered_us, ended_us;
};

/* Asks; the answer comes later. ERR_NOT_FOUND for no such device, ERR_FULL. */
enum err gateway_command(struct gateway *gateway, int32_t device, int cn,
                         struct span cp, const char *who,
                         uint64_t *out_id) MUST_CHECK;
bool gateway_command_find(struct gateway *gateway, uint64_t id,
                          struct command *out);
/* The newest first; device 0: of all. */
size_t gateway_commands(struct gateway *gateway, int32_t device, size_t limit,
                        struct arena *arena, struct command **out);

/* Tells of every change of a command (for the event stream). */
void gateway_on_command(struct gateway *gateway,
                        void (*changed)(void *context,
                                        const struct command *command),
                        void *context);

#endif
