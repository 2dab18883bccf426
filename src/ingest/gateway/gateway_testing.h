/*
 * What the gateway's tests share: a world with a ledger, a registry and a
 * gateway in a directory of its own, and devices that speak to it by real
 * sockets. Waiting is always for something to happen, with an end so late that
 * only a failure reaches it.
 */
#ifndef GATEWAY_TESTING_H
#define GATEWAY_TESTING_H

#include "base/log.h"
#include "base/test.h"
#include "ingest/gateway/gateway.h"

#include <arpa/inet.h>
#include <ftw.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_MS = 20000 };

#define MN_A "010000A8900016F000169DC0"
#define MN_B "010000A8900016F000169DC1"
#define MN_X "010000A8900016F00016FFFF"

struct world {
    char directory[64];
    struct gateway_options options;
    struct ledger *ledger;
    struct ledger_writer *writer;
    struct registry *registry;
    struct gateway *gateway;
    struct arena arena;
    /* the gate in front of what is behind the ledger: closed, it is stuck */
    pthread_mutex_t gate;
    pthread_cond_t opened;
    bool closed;
};

static inline const char *path_in(struct world *w, const char *name)
{
    return arena_printf(&w->arena, "%s/%s", w->directory, name);
}

static inline void put(struct world *w, const char *kind, const char *json)
{
    struct import_problem problem = {0};
    enum err err =
        registry_put(w->registry, kind, span_of(json), &w->arena, &problem);

    if (err)
        print_error("%s: %s %s\n", json, problem.column, problem.reason);
    CHECK_INT(err, OK);
}

/* A device with its site and point; `more` is JSON behind the fields. */
static inline void put_device(struct world *w, const char *mn, const char *more)
{
    put(w, "site",
        arena_printf(
            &w->arena,
            "{\"code\":\"S%s\",\"name_zh\":\"厂\",\"name_en\":\"Works\","
            "\"element\":\"source_water\",\"region\":510100,"
            "\"level\":\"enterprise\"}",
            mn));
    put(w, "point",
        arena_printf(&w->arena,
                     "{\"site\":\"S%s\",\"code\":\"1\",\"name_zh\":\"口\"}",
                     mn));
    put(w, "device",
        arena_printf(&w->arena,
                     "{\"mn\":\"%s\",\"site\":\"S%s\",\"point\":\"1\","
                     "\"password\":\"123456\"%s}",
                     mn, mn, more));
}

static inline int32_t device_id(struct world *w, const char *mn)
{
    const struct registry_snapshot *s = registry_hold(w->registry);
    const struct device *d = registry_device_by_mn(s, span_of(mn));
    int32_t id = d ? d->id : 0;

    registry_release(w->registry, s);
    return id;
}

/* The writer's next(): waits while the gate is closed. */
static inline void behind_the_ledger(void *context, struct ledger_batch *batch)
{
    struct world *w = context;

    pthread_mutex_lock(&w->gate);
    while (w->closed)
        pthread_cond_wait(&w->opened, &w->gate);
    pthread_mutex_unlock(&w->gate);
    if (batch->release)
        batch->release(batch);
}

static inline void set_gate(struct world *w, bool closed)
{
    pthread_mutex_lock(&w->gate);
    w->closed = closed;
    pthread_cond_broadcast(&w->opened);
    pthread_mutex_unlock(&w->gate);
}

static inline void world_start(struct world *w)
{
    CHECK_INT(ledger_open(path_in(w, "ledger"),
                          &(struct ledger_options){.no_sync = true},
                          &w->ledger),
              OK);
    CHECK_INT(registry_open(path_in(w, "registry.db"), &w->registry), OK);
    w->writer = ledger_writer_start(w->ledger, behind_the_ledger, w, 0);
    w->options.ledger = w->ledger;
    CHECK_INT(gateway_start(&w->options, w->registry, w->writer, &w->gateway),
              OK);
}

static inline void world_stop(struct world *w)
{
    gateway_stop(w->gateway);
    ledger_writer_stop(w->writer);
    registry_close(w->registry);
    ledger_close(w->ledger);
}

/* Two devices, A and B, with the password 123456. */
static inline void world_init(struct world *w)
{
    *w = (struct world){.gate = PTHREAD_MUTEX_INITIALIZER,
                        .opened = PTHREAD_COND_INITIALIZER};
    log_setup(LOG_ERROR, LOG_TEXT);
    snprintf(w->directory, sizeof(w->directory), "%s",
             "/tmp/gateway-test-XXXXXX");
    CHECK(mkdtemp(w->directory) != NULL);
    arena_init(&w->arena);
    gateway_defaults(&w->options);
    w->options.listen = "127.0.0.1:0";
    w->options.threads = 2;
    w->options.first_contact = false;
    w->options.gap_interval_s = 0;
    CHECK_INT(ledger_init(path_in(w, "ledger")), OK);
    world_start(w);
    put_device(w, MN_A, "");
    put_device(w, MN_B, "");
}

static inline int remove_one(const char *path, const struct stat *info,
                             int flag, struct FTW *walk)
{
    (void)info;
    (void)flag;
    (void)walk;
    return remove(path);
}

static inline void world_done(struct world *w)
{
    world_stop(w);
    arena_done(&w->arena);
    nftw(w->directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* ---- waiting ---- */

static inline int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Waits until the condition holds; fails when it never does. */
#define WAIT_FOR(condition)                                                    \
    do {                                                                       \
        int64_t late_ms = now_ms() + PATIENCE_MS;                              \
        while (!(condition) && now_ms() < late_ms)                             \
            usleep(2000);                                                      \
        CHECK(condition);                                                      \
    } while (0)

static inline struct gateway_counters counters(struct world *w)
{
    struct gateway_counters c;

    gateway_counters(w->gateway, &c);
    return c;
}

/* ---- devices ---- */

struct peer {
    int fd;
    char in[1 << 16];
    size_t len;
};

static inline void peer_dial(struct peer *p, int port)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

    p->len = 0;
    p->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(p->fd >= 0);
    CHECK_INT(connect(p->fd, (struct sockaddr *)&to, sizeof(to)), 0);
}

static inline void peer_open(struct peer *p, struct world *w)
{
    peer_dial(p, gateway_port(w->gateway));
}

static inline void peer_close(struct peer *p)
{
    close(p->fd);
}

static inline void peer_send(struct peer *p, struct span bytes)
{
    while (bytes.len) {
        ssize_t n = send(p->fd, bytes.at, bytes.len, MSG_NOSIGNAL);

        CHECK(n > 0);
        bytes = span_from(bytes, (size_t)n);
    }
}

static inline void peer_say(struct peer *p, const char *text)
{
    peer_send(p, span_of(text));
}

/* Reads once; false at the end of the connection. */
static inline bool peer_read(struct peer *p, int timeout_ms)
{
    struct pollfd poll_fd = {.fd = p->fd, .events = POLLIN};
    ssize_t n;

    if (poll(&poll_fd, 1, timeout_ms) <= 0)
        return true;
    n = recv(p->fd, p->in + p->len, sizeof(p->in) - 1 - p->len, 0);
    if (n <= 0)
        return false;
    p->len += (size_t)n;
    p->in[p->len] = '\0';
    return true;
}

/* The next line from the gateway, without its CR LF. */
static inline const char *peer_line(struct peer *p, char line[2048])
{
    int64_t late_ms = now_ms() + PATIENCE_MS;

    for (;;) {
        char *end = p->len ? memmem(p->in, p->len, "\r\n", 2) : NULL;

        if (end) {
            size_t len = (size_t)(end - p->in);

            span_copy((struct span){p->in, len}, line, 2048);
            p->len -= len + 2;
            memmove(p->in, end + 2, p->len);
            return line;
        }
        CHECK(now_ms() < late_ms);
        CHECK(peer_read(p, 100));
    }
}

static inline bool peer_was_closed(struct peer *p)
{
    int64_t late_ms = now_ms() + PATIENCE_MS;

    while (now_ms() < late_ms) {
        if (!peer_read(p, 100))
            return true;
        p->len = 0;
    }
    return false;
}

/* ---- frames ---- */

/* A whole frame around a data segment. */
static inline struct span wrap(struct arena *a, const char *segment)
{
    struct buf out;
    struct span frame;

    buf_init(&out, 8192);
    CHECK_INT(hj212_wrap(span_of(segment), &out), OK);
    frame = arena_copy(a, buf_span(&out));
    buf_done(&out);
    return frame;
}

/* An upload of 2017 that wants an answer. */
static inline struct span upload(struct world *w, const char *mn,
                                 const char *pw, const char *qn,
                                 const char *value)
{
    return wrap(&w->arena,
                arena_printf(&w->arena,
                             "QN=%s;ST=32;CN=2011;PW=%s;MN=%s;Flag=5;CP=&&"
                             "DataTime=%.14s;w01018-Rtd=%s,w01018-Flag=N&&",
                             qn, pw, mn, qn, value));
}

/* The 9014 that answers it, without CR LF. */
static inline const char *ack(struct world *w, const char *mn, const char *qn)
{
    struct span frame =
        wrap(&w->arena,
             arena_printf(&w->arena,
                          "QN=%s;ST=91;CN=9014;PW=123456;MN=%s;Flag=4;CP=&&&&",
                          qn, mn));

    return arena_copy(&w->arena, span_first(frame, frame.len - 2)).at;
}

#define CHECK_ANSWER(peer, expected)                                           \
    do {                                                                       \
        char answer_line[2048];                                                \
        CHECK_TEXT(peer_line(peer, answer_line), expected);                    \
    } while (0)

/* Records of a kind in the ledger; the last one's payload is copied. */
static inline size_t records_of(struct world *w, enum ledger_kind kind,
                                struct span *last)
{
    struct ledger_cursor *cursor;
    struct ledger_record record;
    size_t n = 0;

    if (ledger_last(w->ledger) == 0)
        return 0;
    CHECK_INT(ledger_cursor_open(w->ledger, 1, &cursor), OK);
    while (ledger_cursor_next(cursor, &record) == OK) {
        if (record.kind != kind)
            continue;
        n++;
        if (last)
            *last = arena_copy(&w->arena, record.payload);
    }
    ledger_cursor_close(cursor);
    return n;
}

#endif
