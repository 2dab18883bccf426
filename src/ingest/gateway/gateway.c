#include "ingest/gateway/gateway.h"

#include "base/log.h"
#include "base/memory.h"
#include "ingest/gateway/inside.h"

#include <errno.h>
#include <event2/thread.h>
#include <fcntl.h>
#include <openssl/rand.h>
#include <signal.h>
#include <unistd.h>

enum {
    BACKLOG = 1024,
    ACCEPT_ROUND = 256, /* sockets taken before others get their turn */
};

void gateway_defaults(struct gateway_options *options)
{
    *options = (struct gateway_options){
        .connections_max = 20000,
        .connections_per_address_max = 2000,
        .buffer_max = 8192,
        .frames_per_second_max = 0,
        .partial_timeout_s = 20,
        .silent_timeout_s = 3600,
        .unread_max = 256 << 10,
        .over_time_s = 10,
        .resend_count = 3,
        .first_contact = true,
        .execute_timeout_s = 60,
        .command_ttl_s = 120,
        .quarantine_per_minute = 60,
        .gap_interval_s = 60,
    };
}

/* What is zero or senseless becomes the default. */
static void complete(struct gateway_options *o)
{
    struct gateway_options d;
    long cores = sysconf(_SC_NPROCESSORS_ONLN);

    gateway_defaults(&d);
#define COMPLETE(field)                                                        \
    if (o->field <= 0)                                                         \
    o->field = d.field
    COMPLETE(connections_max);
    COMPLETE(connections_per_address_max);
    COMPLETE(buffer_max);
    COMPLETE(partial_timeout_s);
    COMPLETE(silent_timeout_s);
    COMPLETE(unread_max);
    COMPLETE(over_time_s);
    COMPLETE(resend_count);
    COMPLETE(execute_timeout_s);
    COMPLETE(command_ttl_s);
    COMPLETE(quarantine_per_minute);
#undef COMPLETE
    if (o->buffer_max > READ_BYTES)
        o->buffer_max = READ_BYTES;
    if (o->threads <= 0)
        o->threads = cores > 0 ? (int)cores : 1;
    if (o->threads > LOOPS_MAX)
        o->threads = LOOPS_MAX;
}

/* ---- listening ---- */

static enum err listen_on(const char *text, int *out_fd, int *out_port)
{
    struct sockaddr_storage name;
    socklen_t len = 0;
    const int on = 1, off = 0;
    struct address ignored;
    int fd;

    if (address_listen(span_of(text), &name, &len)) {
        log_error("not an address to listen on", "listen=%s", text);
        return ERR_INVALID;
    }
    fd = socket(name.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0) {
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
        if (name.ss_family == AF_INET6)
            setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
        if (bind(fd, (struct sockaddr *)&name, len) == 0 &&
            listen(fd, BACKLOG) == 0) {
            len = sizeof(name);
            *out_port = 0;
            if (getsockname(fd, (struct sockaddr *)&name, &len) == 0 &&
                address_of(&name, &ignored, out_port) == OK) {
                *out_fd = fd;
                return OK;
            }
        }
    }
    log_error("cannot listen for devices", "listen=%s why=%s", text,
              strerror(errno));
    if (fd >= 0)
        close(fd);
    return ERR_IO;
}

struct handover {
    struct mail mail;
    int fd;
    bool tls;
};

static void deliver_socket(struct loop *loop, struct mail *mail)
{
    struct handover *h = (struct handover *)mail;

    connection_open(loop, h->fd, h->tls);
    free(h);
}

static struct loop *least_busy(struct gateway *gateway)
{
    struct loop *best = gateway->loops[0];

    for (int i = 1; i < gateway->loop_count; i++) {
        if (atomic_load(&gateway->loops[i]->connections) <
            atomic_load(&best->connections))
            best = gateway->loops[i];
    }
    return best;
}

/* Gives the socket to the loop with the fewest, or closes it. */
static void hand_over(struct gateway *gateway, int fd,
                      const struct sockaddr_storage *name, bool tls)
{
    const struct gateway_options *o = &gateway->options;
    struct loop *loop = least_busy(gateway);
    struct handover *h;
    struct address address;
    int port;

    if (address_of(name, &address, &port) ||
        atomic_load(&gateway->connections) >= (size_t)o->connections_max ||
        !address_book_enter(gateway->book, address,
                            o->connections_per_address_max)) {
        count(&gateway->loops[0]->counters.refused_connections, 1);
        close(fd);
        return;
    }
    atomic_fetch_add(&gateway->connections, 1);
    atomic_fetch_add(&loop->connections, 1);
    count(&gateway->loops[0]->counters.connections, 1);
    h = memory_new(1, sizeof(*h));
    h->mail.deliver = deliver_socket;
    h->fd = fd;
    h->tls = tls;
    loop_mail(loop, &h->mail);
}

/* On the first loop. */
static void on_accept(evutil_socket_t listener, short what, void *context)
{
    struct gateway *gateway = context;

    (void)what;
    for (int i = 0; i < ACCEPT_ROUND; i++) {
        struct sockaddr_storage name;
        socklen_t len = sizeof(name);
        int fd = accept4(listener, (struct sockaddr *)&name, &len,
                         SOCK_NONBLOCK | SOCK_CLOEXEC);

        if (fd >= 0) {
            hand_over(gateway, fd, &name, listener == gateway->listen_tls_fd);
            continue;
        }
        if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED)
            return;
        /* No descriptors left: those who knock wait until the next tick. */
        log_warn("no connection can be accepted now", "why=%s",
                 strerror(errno));
        gateway->accept_paused = true;
        event_del(gateway->accept);
        if (gateway->accept_tls)
            event_del(gateway->accept_tls);
        return;
    }
}

void gateway_accept_again(struct gateway *gateway)
{
    if (!gateway->accept_paused)
        return;
    gateway->accept_paused = false;
    event_add(gateway->accept, NULL);
    if (gateway->accept_tls)
        event_add(gateway->accept_tls, NULL);
}

static struct event *accept_event(struct gateway *gateway, int fd)
{
    struct event *e = event_new(gateway->loops[0]->base, fd,
                                EV_READ | EV_PERSIST, on_accept, gateway);

    if (!e)
        abort(); /* out of memory */
    event_add(e, NULL);
    return e;
}

/* ---- life ---- */

static void gateway_free(struct gateway *gateway)
{
    for (int i = 0; i < gateway->loop_count; i++)
        loop_free(gateway->loops[i]);
    if (gateway->listen_fd >= 0)
        close(gateway->listen_fd);
    if (gateway->listen_tls_fd >= 0)
        close(gateway->listen_tls_fd);
    SSL_CTX_free(gateway->tls);
    orders_free(gateway->orders);
    device_states_free(gateway);
    quarantine_free(gateway->quarantine);
    address_book_free(gateway->book);
    pthread_mutex_destroy(&gateway->devices_lock);
    free(gateway);
}

static enum err open_listeners(struct gateway *gateway)
{
    const struct gateway_options *o = &gateway->options;
    enum err err = OK;

    if (o->listen)
        err = listen_on(o->listen, &gateway->listen_fd, &gateway->port);
    if (err == OK && o->listen_tls)
        err = tls_context(o, &gateway->tls);
    if (err == OK && o->listen_tls)
        err = listen_on(o->listen_tls, &gateway->listen_tls_fd,
                        &gateway->port_tls);
    return err;
}

enum err gateway_start(const struct gateway_options *options,
                       struct registry *registry, struct ledger_writer *writer,
                       struct gateway **out)
{
    struct gateway *gateway = memory_new(1, sizeof(*gateway));
    enum err err;

    gateway->options = *options;
    complete(&gateway->options);
    gateway->registry = registry;
    gateway->writer = writer;
    gateway->listen_fd = gateway->listen_tls_fd = -1;
    pthread_mutex_init(&gateway->devices_lock, NULL);
    if (RAND_bytes((unsigned char *)&gateway->seed, sizeof(gateway->seed)) != 1)
        abort(); /* a machine without randomness */
    gateway->book = address_book_new();
    gateway->quarantine = quarantine_new(&gateway->options);
    gateway->orders = orders_new(gateway);
    signal(SIGPIPE, SIG_IGN); /* a peer that left is an error, not the end */
    err = open_listeners(gateway);
    if (err) {
        gateway_free(gateway);
        return err;
    }
    if (options->ledger)
        seed_from_ledger(gateway, options->ledger);
    gateway->loop_count = gateway->options.threads;
    for (int i = 0; i < gateway->loop_count; i++)
        gateway->loops[i] = loop_new(gateway, i);
    if (gateway->listen_fd >= 0)
        gateway->accept = accept_event(gateway, gateway->listen_fd);
    if (gateway->listen_tls_fd >= 0)
        gateway->accept_tls = accept_event(gateway, gateway->listen_tls_fd);
    for (int i = 0; i < gateway->loop_count; i++)
        loop_start(gateway->loops[i]);
    log_info("listening for devices", "port=%d tls_port=%d threads=%d",
             gateway->port, gateway->port_tls, gateway->loop_count);
    *out = gateway;
    return OK;
}

static void stop_accepting(struct loop *loop, void *context)
{
    struct gateway *gateway = loop->gateway;

    (void)context;
    gateway->accept_paused = false;
    if (gateway->accept)
        event_free(gateway->accept);
    if (gateway->accept_tls)
        event_free(gateway->accept_tls);
    gateway->accept = gateway->accept_tls = NULL;
}

void gateway_stop(struct gateway *gateway)
{
    if (!gateway)
        return;
    gaps_stop(gateway->gaps);
    loop_call(gateway->loops[0], stop_accepting, NULL);
    for (int i = 0; i < gateway->loop_count; i++)
        loop_stop(gateway->loops[i]);
    gateway_free(gateway);
}

int gateway_port(const struct gateway *gateway)
{
    return gateway->port;
}

int gateway_port_tls(const struct gateway *gateway)
{
    return gateway->port_tls;
}
