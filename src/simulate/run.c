#include "simulate/run.h"

#include "base/memory.h"
#include "simulate/machine.h"

#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <event2/event.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum {
    SLICES = 20, /* a device has its turn every SLICES ticks */
    TICK_MS = 50,
    REDIAL_MS = 3000,
    OUT_MAX = 4 << 20, /* bytes a machine may write at once */
    IN_MAX = 64 << 10, /* bytes of a peer that never come to a frame */
};

struct line {
    struct run *run;
    struct machine *machine;
    struct bufferevent *bev; /* NULL: not connected */
    bool up;
    int64_t redial_ms; /* real milliseconds */
};

struct run {
    const struct run_options *options;
    struct run_result *result;
    struct event_base *base;
    SSL_CTX *tls;
    struct sockaddr_storage address;
    int address_len;
    struct line *lines;
    size_t count;
    struct machine *machines;
    struct buf out;
    struct hj212_frame *frame;
    int64_t start_real_ms, start_ms; /* real and simulated */
    int slice;
    bool noisy; /* a terminal watches */
};

static int64_t real_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t simulated_ms(const struct run *run)
{
    return run->start_ms + (int64_t)((double)(real_ms() - run->start_real_ms) *
                                     run->options->speed);
}

/* ---- a line ---- */

static void write_out(struct line *line)
{
    if (line->run->out.len)
        bufferevent_write(line->bev, line->run->out.at, line->run->out.len);
    buf_clear(&line->run->out);
}

static void hang_up(struct line *line)
{
    if (line->bev)
        bufferevent_free(line->bev);
    line->bev = NULL;
    line->up = false;
    line->redial_ms = real_ms() + REDIAL_MS;
}

static void on_read(struct bufferevent *bev, void *context)
{
    struct line *line = context;
    struct evbuffer *in = bufferevent_get_input(bev);
    int64_t now_ms = simulated_ms(line->run);

    for (;;) {
        size_t len = evbuffer_get_length(in), consumed = 0;
        struct span bytes = {(char *)evbuffer_pullup(in, -1), len};
        enum hj212_verdict verdict;

        if (len == 0)
            return;
        verdict = hj212_receive(bytes, NULL, line->run->frame, &consumed);
        if (verdict == HJ212_OK)
            machine_take(line->machine, line->run->frame, now_ms,
                         &line->run->out);
        evbuffer_drain(in, consumed);
        write_out(line);
        if (verdict == HJ212_NEED_MORE) {
            if (evbuffer_get_length(in) > IN_MAX)
                hang_up(line);
            return;
        }
    }
}

static void on_event(struct bufferevent *bev, short what, void *context)
{
    struct line *line = context;

    (void)bev;
    if (what & BEV_EVENT_CONNECTED) {
        line->up = true;
        line->run->result->connects++;
        machine_connected(line->machine, simulated_ms(line->run),
                          &line->run->out);
        write_out(line);
    } else if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR)) {
        hang_up(line);
    }
}

static void dial(struct line *line)
{
    struct run *run = line->run;
    int options = BEV_OPT_CLOSE_ON_FREE | BEV_OPT_DEFER_CALLBACKS;

    if (run->tls)
        line->bev =
            bufferevent_openssl_socket_new(run->base, -1, SSL_new(run->tls),
                                           BUFFEREVENT_SSL_CONNECTING, options);
    else
        line->bev = bufferevent_socket_new(run->base, -1, options);
    if (!line->bev) {
        line->redial_ms = real_ms() + REDIAL_MS;
        return;
    }
    bufferevent_setcb(line->bev, on_read, NULL, on_event, line);
    bufferevent_enable(line->bev, EV_READ | EV_WRITE);
    if (bufferevent_socket_connect(line->bev, (struct sockaddr *)&run->address,
                                   run->address_len) != 0)
        hang_up(line);
}

static void turn(struct line *line, int64_t now_real_ms, int64_t now_ms)
{
    if (!line->bev) {
        if (now_real_ms >= line->redial_ms)
            dial(line);
        return;
    }
    if (!line->up)
        return;
    machine_tick(line->machine, now_ms, &line->run->out);
    write_out(line);
    if (line->machine->hang_up)
        hang_up(line);
}

/* ---- the loop ---- */

static void sum_up(struct run *run)
{
    struct run_result *r = run->result;
    uint64_t connects = r->connects;

    *r = (struct run_result){.connects = connects};
    for (size_t i = 0; i < run->count; i++) {
        const struct machine *m = &run->machines[i];

        r->sent += m->counters.sent;
        r->resent += m->counters.resent;
        r->acknowledged += m->counters.acknowledged;
        r->given_up += m->counters.given_up;
        r->commands += m->counters.commands;
        for (size_t k = 0; k < m->kept_count; k++)
            r->waiting +=
                m->kept[(m->kept_first + k) % MACHINE_KEPT_MAX].cn != 0;
    }
}

static size_t lines_up(const struct run *run)
{
    size_t up = 0;

    for (size_t i = 0; i < run->count; i++)
        up += run->lines[i].up;
    return up;
}

static void on_tick(evutil_socket_t fd, short what, void *context)
{
    struct run *run = context;
    int64_t now_real = real_ms(), now = simulated_ms(run);
    bool over =
        run->options->seconds > 0 &&
        (double)(now_real - run->start_real_ms) >= run->options->seconds * 1000;

    (void)fd;
    (void)what;
    for (size_t i = (size_t)run->slice; i < run->count; i += SLICES)
        turn(&run->lines[i], now_real, now);
    run->slice = (run->slice + 1) % SLICES;
    if (run->slice == 0 && (run->noisy || run->options->quit_when_idle)) {
        sum_up(run);
        if (run->noisy)
            fprintf(stderr,
                    "\r%zu of %zu devices up, %llu sent, %llu acknowledged, "
                    "%llu waiting   ",
                    lines_up(run), run->count,
                    (unsigned long long)run->result->sent,
                    (unsigned long long)run->result->acknowledged,
                    (unsigned long long)run->result->waiting);
        over =
            over || (run->options->quit_when_idle &&
                     lines_up(run) == run->count && run->result->waiting == 0);
    }
    if (over)
        event_base_loopbreak(run->base);
}

static void on_signal(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    event_base_loopbreak(context);
}

static void loop(struct run *run)
{
    struct timeval every = {0, TICK_MS * 1000L};
    struct event *tick = event_new(run->base, -1, EV_PERSIST, on_tick, run);
    struct event *stop_int =
        evsignal_new(run->base, SIGINT, on_signal, run->base);
    struct event *stop_term =
        evsignal_new(run->base, SIGTERM, on_signal, run->base);

    event_add(tick, &every);
    event_add(stop_int, NULL);
    event_add(stop_term, NULL);
    event_base_dispatch(run->base);
    event_free(tick);
    event_free(stop_int);
    event_free(stop_term);
    if (run->noisy)
        fputc('\n', stderr);
}

/* ---- setting up ---- */

static enum err set_address(struct run *run, char message[256])
{
    char text[128];

    run->address_len = sizeof run->address;
    snprintf(text, sizeof text,
             strchr(run->options->host, ':') ? "[%s]:%d" : "%s:%d",
             run->options->host, run->options->port);
    if (evutil_parse_sockaddr_port(text, (struct sockaddr *)&run->address,
                                   &run->address_len) != 0) {
        snprintf(message, 256, "%.100s is no address with a port", text);
        return ERR_INVALID;
    }
    return OK;
}

static enum err set_tls(struct run *run, char message[256])
{
    const struct run_options *o = run->options;

    if (!o->tls)
        return OK;
    run->tls = SSL_CTX_new(TLS_client_method());
    if (o->tls_ca) {
        SSL_CTX_set_verify(run->tls, SSL_VERIFY_PEER, NULL);
        if (SSL_CTX_load_verify_locations(run->tls, o->tls_ca, NULL) != 1) {
            snprintf(message, 256, "%.180s: cannot be read as PEM", o->tls_ca);
            return ERR_INVALID;
        }
    }
    if (o->tls_certificate &&
        (SSL_CTX_use_certificate_chain_file(run->tls, o->tls_certificate) !=
             1 ||
         SSL_CTX_use_PrivateKey_file(run->tls, o->tls_key, SSL_FILETYPE_PEM) !=
             1)) {
        snprintf(message, 256, "%.180s: certificate or key cannot be used",
                 o->tls_certificate);
        return ERR_INVALID;
    }
    return OK;
}

static enum fault draw_fault(const struct run_options *o, uint64_t seed)
{
    uint64_t x = (seed ^ 0x5DEECE66Du) * 0x9E3779B97F4A7C15u >> 17;

    if (o->forced != FAULT_NONE)
        return o->forced;
    if ((int)(x % 100) >= o->faults_percent)
        return FAULT_NONE;
    return (enum fault)(1 + x / 100 % (FAULT_COUNT - 1));
}

static void set_lines(struct run *run, const struct fleet *fleet)
{
    run->count = fleet->count;
    run->machines = memory_new(run->count, sizeof *run->machines);
    run->lines = memory_new(run->count, sizeof *run->lines);
    for (size_t i = 0; i < run->count; i++) {
        const struct fleet_device *who = &fleet->devices[i];

        machine_init(
            &run->machines[i], who, draw_fault(run->options, who->place.seed),
            run->start_ms / 1000, (int64_t)run->options->history_days * DAY_S);
        run->lines[i] = (struct line){
            .run = run,
            .machine = &run->machines[i],
            /* 500 devices dial a second */
            .redial_ms = run->start_real_ms + (int64_t)i * 2,
        };
    }
}

static void tear_down(struct run *run)
{
    for (size_t i = 0; i < run->count; i++) {
        if (run->lines[i].bev)
            bufferevent_free(run->lines[i].bev);
    }
    if (run->base)
        event_base_free(run->base);
    SSL_CTX_free(run->tls);
    buf_done(&run->out);
    free(run->frame);
    free(run->lines);
    free(run->machines);
}

enum err run_fleet(const struct fleet *fleet, const struct run_options *options,
                   struct run_result *out, char message[256])
{
    struct run run = {.options = options, .result = out};
    enum err err;

    *out = (struct run_result){0};
    signal(SIGPIPE, SIG_IGN);
    buf_init(&run.out, OUT_MAX);
    run.frame = memory_new(1, sizeof *run.frame);
    run.start_real_ms = real_ms();
    run.start_ms = options->from_s ? options->from_s * 1000 : run.start_real_ms;
    run.noisy = isatty(STDERR_FILENO);
    err = set_address(&run, message);
    if (!err)
        err = set_tls(&run, message);
    if (!err) {
        run.base = event_base_new();
        set_lines(&run, fleet);
        loop(&run);
        sum_up(&run);
    }
    tear_down(&run);
    return err;
}
