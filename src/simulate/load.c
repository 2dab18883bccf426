#include "simulate/load.h"

#include "base/datetime.h"
#include "base/memory.h"
#include "simulate/load_walk.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    ANSWER_LEN = 99, /* ##0087...CRC CR LF, what we send is answered by */
    QN_LEN = 17,
    EVENTS = 512,
    READ_ROOM = 64 << 10,
    BUCKETS = 4096, /* of latency: 64 to an octave of microseconds */
    FINE = 64,
    RETRY_MS = 20,
    LATE_LOOK_US = 500000,
};

/* One frame on the way: enough to write it again. */
struct flight {
    uint64_t number; /* the device's n-th frame */
    int64_t sent_us;
    bool pending;
};

struct device {
    int fd; /* -1: not connected */
    bool writable, connecting;
    int in_flight;
    uint64_t next; /* number of the next new frame */
    size_t have;   /* bytes of a beginning of an answer in `rest` */
    char rest[ANSWER_LEN + 64];
    struct flight *flights; /* ring of options->in_flight, by number */
    size_t out_len, out_done;
    char *out; /* bytes the socket did not take yet */
};

struct load {
    const struct load_options *options;
    struct load_result *result;
    struct sockaddr_storage address;
    socklen_t address_len;
    int epoll;
    int64_t qn_base_ms;
    uint64_t launched; /* new frames given out */
    struct device *devices;
    uint64_t *buckets;
    int lost; /* devices without a connection */
    struct load_source source;
};

static int64_t now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* ---- frames ---- */

/*
 * QNs are the milliseconds since the run began, one for each frame of a device:
 * strictly increasing, so the answer's QN tells which frame it speaks of.
 */
static void format_qn(const struct load *load, uint64_t number,
                      char qn[QN_LEN + 1])
{
    int64_t ms = load->qn_base_ms + (int64_t)number;

    datetime_format_compact(ms / 1000, qn);
    for (int i = QN_LEN - 1, rest = (int)(ms % 1000); i >= 14; i--) {
        qn[i] = (char)('0' + rest % 10);
        rest /= 10;
    }
    qn[QN_LEN] = '\0';
}

/* ---- connections ---- */

static void watch(struct load *load, int index, bool writing)
{
    struct device *d = &load->devices[index];
    struct epoll_event event = {.events = EPOLLIN | (writing ? EPOLLOUT : 0u),
                                .data.u32 = (uint32_t)index};

    d->writable = !writing;
    epoll_ctl(load->epoll, EPOLL_CTL_MOD, d->fd, &event);
}

static bool dial(struct load *load, int index)
{
    struct device *d = &load->devices[index];
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT,
                                .data.u32 = (uint32_t)index};
    int one = 1;

    d->fd = socket(load->address.ss_family,
                   SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (d->fd < 0)
        return false;
    setsockopt(d->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(d->fd, (struct sockaddr *)&load->address, load->address_len) !=
            0 &&
        errno != EINPROGRESS) {
        close(d->fd);
        d->fd = -1;
        return false;
    }
    d->connecting = true;
    d->writable = false;
    d->have = 0;
    d->out_len = d->out_done = 0;
    epoll_ctl(load->epoll, EPOLL_CTL_ADD, d->fd, &event);
    return true;
}

static void hang_up(struct load *load, int index)
{
    struct device *d = &load->devices[index];

    if (d->fd >= 0)
        close(d->fd);
    d->fd = -1;
    d->connecting = false;
    load->lost++;
}

/* Sends what it can; the rest waits for the socket. False: connection lost. */
static bool flush(struct load *load, int index)
{
    struct device *d = &load->devices[index];

    while (d->out_done < d->out_len) {
        ssize_t took = send(d->fd, d->out + d->out_done,
                            d->out_len - d->out_done, MSG_NOSIGNAL);

        if (took < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            watch(load, index, true);
            return true;
        }
        if (took <= 0)
            return false;
        d->out_done += (size_t)took;
        load->result->bytes_sent += (uint64_t)took;
    }
    d->out_len = d->out_done = 0;
    if (!d->writable)
        watch(load, index, false);
    return true;
}

static void queue_frame(struct load *load, int index, struct flight *flight)
{
    struct device *d = &load->devices[index];
    char qn[QN_LEN + 1];
    size_t len;

    format_qn(load, flight->number, qn);
    len = load->source.write(load->source.context, index, flight->number, qn,
                             d->out + d->out_len);
    d->out_len += len;
    load->result->frame_bytes = len;
    flight->sent_us = now_us();
}

/* The device has told all it knows. */
static bool exhausted(const struct load *load, int index)
{
    uint64_t next = load->devices[index].next;

    if (load->options->idle)
        return next > 0;
    return next >= load->source.count(load->source.context, index);
}

static bool may_launch(const struct load *load, int64_t elapsed_us)
{
    const struct load_options *o = load->options;

    if (o->frames && load->launched >= o->frames)
        return false;
    if (o->rate > 0 &&
        (double)load->launched >= o->rate * (double)elapsed_us / 1e6)
        return false;
    return true;
}

/* New frames for one device, as far as its window and the pace allow. */
static bool fill(struct load *load, int index, int64_t elapsed_us)
{
    const struct load_options *o = load->options;
    struct device *d = &load->devices[index];

    if (d->fd < 0 || d->connecting || d->out_len)
        return true;
    while (d->in_flight < o->in_flight && !exhausted(load, index) &&
           may_launch(load, elapsed_us)) {
        struct flight *flight = &d->flights[d->next % (uint64_t)o->in_flight];

        if (flight->pending) /* the oldest is still on its way */
            break;
        *flight = (struct flight){.number = d->next++, .pending = true};
        d->in_flight++;
        load->launched++;
        load->result->sent++;
        queue_frame(load, index, flight);
    }
    return flush(load, index);
}

/* After a new connection: what was not acknowledged goes again. */
static bool resume(struct load *load, int index)
{
    struct device *d = &load->devices[index];

    d->connecting = false;
    for (int i = 0; i < load->options->in_flight; i++) {
        uint64_t slot = (d->next + (uint64_t)i) %
                        (uint64_t)load->options->in_flight; /* oldest first */
        struct flight *flight = &d->flights[slot];

        if (flight->pending) {
            load->result->resent++;
            queue_frame(load, index, flight);
        }
    }
    watch(load, index, false);
    return flush(load, index);
}

/* What waits for its answer too long goes again, as the protocol has it. */
static void send_late_again(struct load *load)
{
    const struct load_options *o = load->options;
    int64_t before = now_us() - (int64_t)(o->again_s * 1e6);

    for (int i = 0; i < o->devices; i++) {
        struct device *d = &load->devices[i];

        if (d->fd < 0 || d->connecting || d->out_len)
            continue;
        for (int f = 0; f < o->in_flight; f++) {
            if (!d->flights[f].pending || d->flights[f].sent_us > before)
                continue;
            load->result->resent++;
            queue_frame(load, i, &d->flights[f]);
        }
        if (d->out_len && !flush(load, i))
            hang_up(load, i);
    }
}

/* ---- answers ---- */

static void note_latency(struct load *load, int64_t us)
{
    size_t octave = 0, bucket;

    if (us < 1)
        us = 1;
    while (us >> octave > 1)
        octave++;
    bucket = octave * FINE +
             (size_t)(((us - ((int64_t)1 << octave)) * FINE) >> octave);
    load->buckets[bucket < BUCKETS ? bucket : BUCKETS - 1]++;
    if ((double)us / 1000 > load->result->max_ms)
        load->result->max_ms = (double)us / 1000;
}

static double latency_at(const struct load *load, double share)
{
    uint64_t total = 0, seen = 0;

    for (size_t i = 0; i < BUCKETS; i++)
        total += load->buckets[i];
    for (size_t i = 0; i < BUCKETS; i++) {
        seen += load->buckets[i];
        if (total && (double)seen >= share * (double)total) {
            double low = (double)((uint64_t)1 << (i / FINE));

            return low * (1 + (double)(i % FINE + 1) / FINE) / 1000;
        }
    }
    return 0;
}

/* The flight that an answer speaks of: the one with its QN, or the oldest. */
static struct flight *flight_of(struct load *load, struct device *d,
                                struct span answer)
{
    struct flight *oldest = NULL;

    for (int i = 0; i < load->options->in_flight; i++) {
        struct flight *f = &d->flights[i];
        char qn[QN_LEN + 1];

        if (!f->pending)
            continue;
        if (load->options->bare) {
            if (!oldest || f->number < oldest->number)
                oldest = f;
            continue;
        }
        format_qn(load, f->number, qn);
        if (memmem(answer.at, answer.len, qn, QN_LEN))
            return f;
    }
    return oldest;
}

static void take_answer(struct load *load, int index, struct span answer)
{
    struct device *d = &load->devices[index];
    struct flight *flight;

    /* what else comes down (first contact) is no answer to a frame */
    if (!load->options->bare && !memmem(answer.at, answer.len, "CN=9014", 7))
        return;
    flight = flight_of(load, d, answer);
    if (!flight) {
        load->result->unknown_answers++;
        return;
    }
    flight->pending = false;
    d->in_flight--;
    load->result->acknowledged++;
    note_latency(load, now_us() - flight->sent_us);
    if (load->options->acked) {
        char mn[25], qn[QN_LEN + 1];

        load_mn(index, mn);
        format_qn(load, flight->number, qn);
        fprintf(load->options->acked, "%s %s\n", mn, qn);
    }
}

/* False: the connection is gone. */
static bool receive(struct load *load, int index)
{
    static char bytes[READ_ROOM];
    struct device *d = &load->devices[index];
    ssize_t len;

    memcpy(bytes, d->rest, d->have);
    len = recv(d->fd, bytes + d->have, READ_ROOM - d->have, 0);
    if (len < 0)
        return errno == EAGAIN || errno == EWOULDBLOCK;
    if (len == 0)
        return false;
    {
        struct span rest = {bytes, d->have + (size_t)len};
        size_t end;

        while ((end = span_find(rest, '\n')) < rest.len) {
            take_answer(load, index, span_first(rest, end + 1));
            rest = span_from(rest, end + 1);
        }
        d->have = rest.len < sizeof d->rest ? rest.len : 0;
        memcpy(d->rest, rest.at, d->have);
    }
    return true;
}

/* ---- the run ---- */

static bool serve(struct load *load, int index, uint32_t events,
                  int64_t elapsed_us)
{
    struct device *d = &load->devices[index];

    if (d->connecting) {
        int error = 0;
        socklen_t len = sizeof error;

        getsockopt(d->fd, SOL_SOCKET, SO_ERROR, &error, &len);
        if (error || (events & (EPOLLERR | EPOLLHUP)))
            return false;
        if (!resume(load, index))
            return false;
    }
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) && !receive(load, index))
        return false;
    if (d->out_len && !flush(load, index))
        return false;
    return fill(load, index, elapsed_us);
}

static void redial(struct load *load)
{
    int still = 0;

    for (int i = 0; i < load->options->devices; i++) {
        if (load->devices[i].fd >= 0)
            continue;
        load->result->reconnects++;
        if (!dial(load, i))
            still++;
    }
    load->lost = still;
}

static bool finished(const struct load *load, int64_t elapsed_us)
{
    const struct load_options *o = load->options;

    if (o->stop && *o->stop)
        return true;
    if (o->seconds > 0 && (double)elapsed_us >= o->seconds * 1e6)
        return true;
    return o->frames && load->result->acknowledged >= o->frames;
}

/* Under a pace nobody may have an event; each device gets its turn anyway. */
static void pace(struct load *load, int64_t elapsed_us)
{
    static int turn;

    for (int i = 0; i < load->options->devices; i++) {
        if (!may_launch(load, elapsed_us))
            return;
        turn = (turn + 1) % load->options->devices;
        if (!fill(load, turn, elapsed_us))
            hang_up(load, turn);
    }
}

static void run(struct load *load)
{
    struct epoll_event events[EVENTS];
    int64_t start = now_us(), last_redial = start, last_late = start;
    int64_t elapsed = 0;
    bool paced = load->options->rate > 0;

    while (!finished(load, elapsed)) {
        int count =
            epoll_wait(load->epoll, events, EVENTS, paced ? 1 : RETRY_MS);

        elapsed = now_us() - start;
        for (int i = 0; i < count; i++) {
            int index = (int)events[i].data.u32;

            if (load->devices[index].fd >= 0 &&
                !serve(load, index, events[i].events, elapsed))
                hang_up(load, index);
        }
        if (paced)
            pace(load, elapsed);
        if (load->lost && now_us() - last_redial > (int64_t)RETRY_MS * 1000) {
            last_redial = now_us();
            redial(load);
        }
        if (load->options->again_s > 0 && now_us() - last_late > LATE_LOOK_US) {
            last_late = now_us();
            send_late_again(load);
        }
    }
    load->result->seconds = (double)(now_us() - start) / 1e6;
}

static enum err parse_address(struct load *load)
{
    struct sockaddr_in *v4 = (struct sockaddr_in *)&load->address;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&load->address;
    uint16_t port = htons((uint16_t)load->options->port);

    if (inet_pton(AF_INET, load->options->host, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = port;
        load->address_len = sizeof *v4;
        return OK;
    }
    if (inet_pton(AF_INET6, load->options->host, &v6->sin6_addr) == 1) {
        v6->sin6_family = AF_INET6;
        v6->sin6_port = port;
        load->address_len = sizeof *v6;
        return OK;
    }
    return ERR_INVALID;
}

static double cpu_seconds(void)
{
    struct rusage use;

    getrusage(RUSAGE_THREAD, &use);
    return (double)(use.ru_utime.tv_sec + use.ru_stime.tv_sec) +
           (double)(use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

static enum err connect_all(struct load *load, char message[256])
{
    const struct load_options *o = load->options;

    for (int i = 0; i < o->devices; i++) {
        struct device *d = &load->devices[i];

        d->flights = memory_new((size_t)o->in_flight, sizeof *d->flights);
        d->out = memory_new((size_t)o->in_flight, LOAD_FRAME_MAX);
        d->fd = -1;
    }
    for (int i = 0; i < o->devices; i++) {
        if (!dial(load, i)) {
            snprintf(message, 256,
                     "device %d cannot connect to %s:%d: %s; is the server "
                     "running, and ulimit -n large enough?",
                     i, o->host, o->port, strerror(errno));
            return ERR_IO;
        }
    }
    return OK;
}

static void close_all(struct load *load)
{
    for (int i = 0; i < load->options->devices; i++) {
        struct device *d = &load->devices[i];

        if (d->flights && d->fd >= 0)
            close(d->fd);
        free(d->flights);
        free(d->out);
    }
    free(load->devices);
    free(load->buckets);
    if (load->epoll >= 0)
        close(load->epoll);
}

static enum err check_options(const struct load_options *o, char message[256])
{
    if (o->devices < 1 || o->devices > LOAD_DEVICES_MAX) {
        snprintf(message, 256, "devices: 1 to %d", LOAD_DEVICES_MAX);
        return ERR_INVALID;
    }
    if (o->in_flight < 1 || o->in_flight > LOAD_IN_FLIGHT_MAX) {
        snprintf(message, 256, "frames in flight: 1 to %d", LOAD_IN_FLIGHT_MAX);
        return ERR_INVALID;
    }
    if (o->seconds <= 0 && o->frames == 0) {
        snprintf(message, 256, "say how long (seconds) or how many (frames)");
        return ERR_INVALID;
    }
    return OK;
}

enum err load_run(const struct load_options *options, struct load_result *out,
                  char message[256])
{
    struct load load = {.options = options, .result = out, .epoll = -1};
    struct load_walk walk;
    struct timespec now;
    double cpu = cpu_seconds();
    enum err err = check_options(options, message);

    if (err)
        return err;
    *out = (struct load_result){0};
    if (parse_address(&load)) {
        snprintf(message, 256, "%s is no IP address", options->host);
        return ERR_INVALID;
    }
    clock_gettime(CLOCK_REALTIME, &now);
    load.qn_base_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    load_walk_init(&walk, options->from_s);
    load.source = options->source ? *options->source : load_walk_source(&walk);
    load.devices = memory_new((size_t)options->devices, sizeof *load.devices);
    load.buckets = memory_new(BUCKETS, sizeof *load.buckets);
    load.epoll = epoll_create1(EPOLL_CLOEXEC);
    err = connect_all(&load, message);
    if (!err)
        run(&load);
    out->p50_ms = latency_at(&load, 0.50);
    out->p99_ms = latency_at(&load, 0.99);
    out->cpu_seconds = cpu_seconds() - cpu;
    close_all(&load);
    return err;
}
