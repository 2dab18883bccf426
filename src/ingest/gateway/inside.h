/*
 * inside - what the gateway's files know of each other.
 *
 *     loop        a thread with its sockets, its open batch and its mailbox
 *     connection  one socket; belongs to its loop, touched by no other thread
 *     session     one MN on one connection
 *     device_state  what is known of a device, whatever it comes in by: locked
 *     batch       records on their way to the ledger, with the answers that
 *                 may go out once they are there
 *
 * A frame's way: connection.c reads and finds it, intake.c says what it leads
 * to, batch.c hands it to the ledger and, when that is done, sends the answer.
 */
#ifndef GATEWAY_INSIDE_H
#define GATEWAY_INSIDE_H

#include "ingest/gateway/address.h"
#include "ingest/gateway/gateway.h"
#include "ingest/gateway/quarantine.h"
#include "ingest/gateway/recent.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdatomic.h>

enum {
    LOOPS_MAX = 16,
    SESSIONS_MAX = 1024, /* MN of one connection */
    READ_BYTES = 64 << 10,
    THROTTLED_READ_BYTES = 8 << 10, /* with a bound on frames a second */
    FRAME_BYTES_MAX = HJ212_SEGMENT_LARGE_MAX + HJ212_OVERHEAD,
    SEALED_MAX = 2 * FRAME_BYTES_MAX,
    CARRY_MAX = READ_BYTES + 2 * FRAME_BYTES_MAX,
    AT_ONCE_MAX = 4 * (READ_BYTES + CARRY_MAX),
    ANSWER_MAX = HJ212_SEGMENT_MAX + HJ212_OVERHEAD,
    TICK_MS = 100,

    BATCH_RECORDS = 1024,
    BATCH_PAYLOAD_BYTES = 256 << 10,
    BATCH_ANSWER_BYTES = 128 << 10,
};

struct loop;
struct connection;
struct device_state;

/* A counter that one thread raises and any may read. */
static inline void count(uint64_t *counter, uint64_t n)
{
    __atomic_store_n(counter, *counter + n, __ATOMIC_RELAXED);
}

static inline uint64_t counted(const uint64_t *counter)
{
    return __atomic_load_n(counter, __ATOMIC_RELAXED);
}

/* ---- mail: how other threads speak to a loop ---- */

struct mail {
    struct mail *next;
    void (*deliver)(struct loop *loop, struct mail *mail);
};

/* ---- batches (batch.c) ---- */

/* The answers to one connection, in a row. */
struct run {
    struct connection *connection;
    uint32_t from, len, frames;
};

/* The remembered frame that a record is. */
struct mark {
    struct device_state *device; /* NULL: nothing to settle */
    uint64_t hash;
    uint16_t slot;
};

struct batch_pool;

struct batch {
    struct ledger_batch head;
    struct mail mail;
    struct batch_pool *pool;
    struct loop *loop;
    atomic_int refs; /* the loop's until done, the ledger's until release */
    size_t payload_len, answer_len, run_count;
    struct ledger_record records[BATCH_RECORDS];
    struct mark marks[BATCH_RECORDS];
    struct run runs[BATCH_RECORDS];
    char answers[BATCH_ANSWER_BYTES];
    char payload[BATCH_PAYLOAD_BYTES];
};

struct batch_item {
    enum ledger_kind kind;
    uint32_t source;
    struct span payload, more; /* `more` follows the payload */
    struct mark mark;
    struct connection *to; /* NULL: no answer */
    struct span answer;
};

struct batch_pool *batch_pool_new(void);
void batch_pool_drop(struct batch_pool *pool); /* ends with its last batch */

/* Whether a record with an answer of any size can be added now. */
bool batch_ready(struct loop *loop);
/* batch_ready() was asked before. */
void batch_add(struct loop *loop, const struct batch_item *item);
/* Hands the open batch to the ledger; may leave the loop stalled. */
void batch_submit(struct loop *loop);
/* Lets go of the batches that were never handed in. */
void batch_abandon(struct loop *loop);

/* ---- connections (connection.c) ---- */

struct session {
    struct session *next;
    struct device_state *state;
    const struct device *device; /* of the snapshot with `version` */
    uint64_t version;
    size_t mn_len, ack_len;
    char mn[HJ212_MN_MAX + 1];
    char pw[32];   /* of the frame that made the template */
    char ack[192]; /* a 9014 as a template: the QN and CRC are put in */
    size_t pw_len;
    int ack_flag;
    int edition;
    int64_t since_us, last_frame_us;
    uint64_t frames, duplicates, bytes;
    int64_t clock_offset_ms, clock_checked_us;
};

struct bytes {
    char *at;
    size_t len, room;
};

struct connection {
    uint64_t id; /* serial << 32 | slot << 8 | loop */
    struct loop *loop;
    int fd;
    int refs; /* its own until closed, one for each run and list */
    bool closed, draining, parked, was_parked, shaken;
    SSL *ssl;
    struct event read, write;
    struct address address;
    int port;
    struct session *sessions; /* the last used first */
    size_t session_count;
    struct connection *next_parked;
    struct bytes carry; /* an unfinished frame, or more when parked */
    struct bytes out;   /* answers the peer did not take yet */
    int64_t carry_since_ms, last_valid_ms, since_us;
    int64_t tokens_e3, tokens_ms;
    uint64_t frames, refused, duplicates, bytes_in;
    struct device_state *tail_owner; /* of a frame that ended without CR LF */
    char stranger[HJ212_MN_MAX + 1]; /* the last MN that was not let in */
};

void connection_open(struct loop *loop, int fd, bool tls);
void connection_close(struct connection *c, const char *why);
void connection_unref(struct connection *c);
struct connection *connection_find(struct loop *loop, uint64_t id);
void connection_send(struct connection *c, struct span bytes);
/* Called by the tick: partial frames, silence, unread answers. */
void connection_sweep(struct connection *c);
/* Reads again after parking. */
void connection_resume(struct connection *c);

/* ---- TLS (tls.c) ---- */

enum err tls_context(const struct gateway_options *options,
                     SSL_CTX **out) MUST_CHECK;
/* As recv and send: -1 with EAGAIN, or another errno at the end. */
ssize_t connection_recv(struct connection *c, char *at, size_t room);
ssize_t connection_push(struct connection *c, struct span bytes);

/* ---- what a frame leads to (intake.c) ---- */

/* A frame without the CR and LF at its end: what is remembered of it. */
struct span intake_without_tail(struct span raw);
const struct hj212_policy *intake_policy(void *loop, struct span mn);
void intake_frame(struct loop *loop, struct connection *c, struct span raw);
void intake_refused(struct loop *loop, struct connection *c,
                    enum hj212_verdict verdict);
/* The frame before these bytes had no CR LF after all. */
void intake_tail_missing(struct loop *loop, struct device_state *device);
/* A registered device whose frames may be taken: reason 0. */
enum quarantine_reason intake_admit(const struct device *device, struct span pw,
                                    struct address address);

/* ---- devices (device_state.c) ---- */

/* A copy of a frame whose first copy is not on disk yet: its answer waits. */
struct waiter {
    struct mail mail;
    struct waiter *next;
    struct loop *loop;
    struct connection *connection; /* a reference */
    uint64_t hash;
    bool durable;
    size_t len;
    char bytes[];
};

struct device_state {
    struct device_state *next; /* in its bucket */
    int32_t id;

    pthread_mutex_t lock; /* over the next ones */
    struct recent recent;
    struct waiter *waiters;
    uint64_t verdicts[HJ212_VERDICT_COUNT];
    uint64_t deviations[HJ212_DEVIATION_COUNT];
    uint64_t home; /* connection it was last heard on; 0: none */
    int64_t last_frame_us;
    int64_t clock_told_us; /* when we last said that its clock is ahead */
    int64_t left_us;       /* its connection closed; 0: not yet */
    int edition;
    char st[8];
    char mn[HJ212_MN_MAX + 1]; /* as it writes it itself */

    atomic_bool expects; /* a command of it is open: show frames to orders */
    struct order_line *line; /* of orders.c, under its lock */
};

struct device_state *device_state_of(struct gateway *gateway, int32_t id);
struct device_state *device_state_find(struct gateway *gateway, int32_t id);
/* All that exist; the array is malloc'ed. */
size_t device_states(struct gateway *gateway, struct device_state ***out);
void device_states_free(struct gateway *gateway);

/* ---- loops (loop.c) ---- */

struct loop {
    struct gateway *gateway;
    int index;
    pthread_t thread;
    struct event_base *base;
    struct event *wake, *tick;
    int wake_fd;
    pthread_mutex_t mail_lock;
    struct mail *mail_first, **mail_last;
    atomic_int mailing; /* threads that are still in loop_mail() */
    bool stopping;

    struct connection **slots;
    size_t slot_count, slot_room;
    uint32_t serial;
    atomic_size_t connections;

    struct batch_pool *pool;
    struct batch *open;     /* being filled */
    struct batch *stalled;  /* the ledger had no room for it */
    size_t in_flight;       /* batches handed in and not done */
    int64_t pause_until_ms; /* after an error of the ledger */
    struct connection *parked, *throttled;
    struct connection *dead;                /* freed when the round ends */
    struct mail *deferred, **deferred_last; /* until the ledger has room */

    const struct registry_snapshot *snapshot; /* of this round, or NULL */
    int64_t now_us;                           /* of this round, or 0 */

    /* of the frame in hand */
    struct connection *current;
    struct session *session;
    struct hj212_frame *frame;
    char *input;           /* carried bytes and what was read */
    struct span input_now; /* what the decoder looks at */
    struct span sealed;    /* a part of it before decryption, or empty */
    size_t sealed_from;    /* where in it that part begins */
    char *sealed_copy;
    struct buf answer;  /* of one frame */
    struct buf at_once; /* answers that need not wait */

    struct gateway_counters counters;
    int64_t swept_ms;
};

int64_t clock_us(void);
int64_t clock_steady_ms(void);
int64_t loop_now_us(struct loop *loop);
const struct registry_snapshot *loop_snapshot(struct loop *loop);
/* Reading stops: nothing can be stored now. */
bool loop_held_back(const struct loop *loop);
void loop_park(struct loop *loop, struct connection *c);
void loop_throttle(struct loop *loop, struct connection *c);
void loop_unpark(struct loop *loop);
void loop_defer(struct loop *loop, struct mail *mail);
void loop_mail(struct loop *loop, struct mail *mail);
/* Runs fn on the loop's thread and waits. Not from a loop's thread. */
void loop_call(struct loop *loop, void (*fn)(struct loop *, void *context),
               void *context);
struct loop *loop_new(struct gateway *gateway, int index);
void loop_start(struct loop *loop);
void loop_stop(struct loop *loop); /* joins */
void loop_free(struct loop *loop);

/* ---- records and frames that come from other threads (post.c) ---- */

struct post {
    enum ledger_kind kind;
    uint32_t source;
    struct span payload;
    uint64_t loop; /* a connection of the loop that takes it, or 0 */
    bool send;     /* to that connection, once durable */
};

void post_record(struct gateway *gateway, const struct post *post);

/* ---- commands (orders.c) ---- */

struct orders;

struct orders *orders_new(struct gateway *gateway);
void orders_free(struct orders *orders);
/* A frame of a device for which device->expects is set, or any reply. */
void orders_hear(struct orders *orders, struct device_state *device,
                 const struct hj212_frame *frame);
/* A device came in on a new connection. */
void orders_welcome(struct orders *orders, struct device_state *device,
                    int64_t away_us);
/* It asks for the time (1013). */
void orders_time_wanted(struct orders *orders, struct device_state *device,
                        const struct hj212_frame *frame);
/* Its DataTime is ahead of ours: it is told the time, now and then. */
void orders_clock_wrong(struct orders *orders, struct device_state *device);
void orders_tick(struct orders *orders, int64_t now_us);

/* ---- gaps (gaps.c) ---- */

struct gaps;

struct gaps *gaps_start(struct gateway *gateway, gateway_gap_finder find,
                        void *context);
void gaps_stop(struct gaps *gaps); /* NULL is fine */

/* ---- the whole (gateway.c) ---- */

struct gateway {
    struct gateway_options options;
    struct registry *registry;
    struct ledger_writer *writer;
    struct loop *loops[LOOPS_MAX];
    int loop_count;
    SSL_CTX *tls;
    int listen_fd, listen_tls_fd;
    struct event *accept, *accept_tls;
    bool accept_paused;
    int port, port_tls;
    struct address_book *book;
    atomic_size_t connections;
    uint64_t seed; /* of the hashes of remembered frames */

    pthread_mutex_t devices_lock;
    struct device_state *devices[4096];
    size_t device_count;

    struct quarantine *quarantine;
    struct orders *orders;
    struct gaps *gaps;
};

void gateway_accept_again(struct gateway *gateway);
/* Reads the ledger's tail: remembered frames, quarantine. */
void seed_from_ledger(struct gateway *gateway, struct ledger *ledger);

#endif
