/*
 * A connection holds memory only for what is unfinished: bytes are read into
 * the loop's buffer, behind what was carried over from the last time, and only
 * the beginning of a frame (or, when it is parked, what could not be taken yet)
 * is kept until the next. An idle connection costs its struct and no more.
 */
#include "base/log.h"
#include "base/memory.h"
#include "ingest/gateway/inside.h"

#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

enum {
    DRAIN_MS = 5000, /* a peer that is gone waits so long for its answers */
    TOKEN = 1000,    /* a frame costs so many thousandths */
};

static void bytes_free(struct bytes *b)
{
    free(b->at);
    *b = (struct bytes){0};
}

/* ---- life ---- */

static size_t take_slot(struct loop *loop)
{
    for (size_t i = 0; i < loop->slot_count; i++) {
        size_t at = (loop->serial + i) % loop->slot_count;

        if (!loop->slots[at])
            return at;
        if (i == 64)
            break; /* full enough: grow rather than search on */
    }
    loop->slots = memory_grow(loop->slots, &loop->slot_room,
                              loop->slot_count + 1, sizeof(void *));
    loop->slots[loop->slot_count] = NULL;
    return loop->slot_count++;
}

struct connection *connection_find(struct loop *loop, uint64_t id)
{
    size_t slot = (size_t)(id >> 8) & 0xFFFFFF;
    struct connection *c = slot < loop->slot_count ? loop->slots[slot] : NULL;

    return c && c->id == id ? c : NULL;
}

void connection_unref(struct connection *c)
{
    if (--c->refs == 0) { /* who is busy with it now may still look */
        c->next_parked = c->loop->dead;
        c->loop->dead = c;
        return;
    }
    /* Only its own reference is left: nothing is on its way to it. */
    if (c->draining && !c->closed && c->refs == 1 && c->out.len == 0)
        connection_close(c, "the peer left");
}

static void forget_sessions(struct connection *c)
{
    while (c->sessions) {
        struct session *s = c->sessions;

        c->sessions = s->next;
        pthread_mutex_lock(&s->state->lock);
        if (s->state->home == c->id) {
            s->state->home = 0;
            s->state->left_us = loop_now_us(c->loop);
        }
        pthread_mutex_unlock(&s->state->lock);
        free(s);
    }
    c->session_count = 0;
}

void connection_close(struct connection *c, const char *why)
{
    struct gateway *gateway = c->loop->gateway;
    char peer[ADDRESS_TEXT];

    if (c->closed)
        return;
    c->closed = true;
    address_text(c->address, c->port, peer);
    log_debug("connection closed", "peer=%s why=%s frames=%llu", peer, why,
              (unsigned long long)c->frames);
    event_del(&c->read);
    event_del(&c->write);
    if (c->ssl) {
        if (c->shaken)
            SSL_shutdown(c->ssl); /* says goodbye and does not wait */
        SSL_free(c->ssl);
        c->ssl = NULL;
    }
    close(c->fd);
    c->loop->slots[(size_t)(c->id >> 8) & 0xFFFFFF] = NULL;
    atomic_fetch_sub(&c->loop->connections, 1);
    atomic_fetch_sub(&gateway->connections, 1);
    address_book_leave(gateway->book, c->address);
    forget_sessions(c);
    bytes_free(&c->carry);
    bytes_free(&c->out);
    connection_unref(c);
}

/* ---- writing ---- */

static void keep_unsent(struct connection *c, struct span bytes)
{
    struct bytes *out = &c->out;

    if (out->len + bytes.len > (size_t)c->loop->gateway->options.unread_max) {
        connection_close(c, "it does not read its answers");
        return;
    }
    out->at = memory_grow(out->at, &out->room, out->len + bytes.len, 1);
    memcpy(out->at + out->len, bytes.at, bytes.len);
    out->len += bytes.len;
    event_add(&c->write, NULL);
}

void connection_send(struct connection *c, struct span bytes)
{
    ssize_t n = 0;

    if (c->closed)
        return;
    if (c->out.len == 0)
        n = connection_push(c, bytes);
    if (n < 0 && errno != EAGAIN) {
        connection_close(c, "it cannot be written to");
        return;
    }
    if (n < 0)
        n = 0;
    if ((size_t)n < bytes.len)
        keep_unsent(c, span_from(bytes, (size_t)n));
}

static void on_writable(evutil_socket_t fd, short what, void *context)
{
    struct connection *c = context;
    ssize_t n;

    (void)fd;
    (void)what;
    if (c->out.len == 0) { /* TLS wanted to write in order to read */
        connection_resume(c);
        return;
    }
    n = connection_push(c, (struct span){c->out.at, c->out.len});
    if (n < 0 && errno != EAGAIN) {
        connection_close(c, "it cannot be written to");
        return;
    }
    if (n > 0) {
        c->out.len -= (size_t)n;
        memmove(c->out.at, c->out.at + n, c->out.len);
    }
    if (c->out.len) {
        event_add(&c->write, NULL);
        return;
    }
    bytes_free(&c->out);
    if (c->draining && c->refs == 1)
        connection_close(c, "the peer left");
}

/* ---- frames out of bytes ---- */

/* Whether it may hand in one frame more now. */
static bool take_token(struct connection *c)
{
    int64_t rate = c->loop->gateway->options.frames_per_second_max;
    int64_t now_ms;

    if (rate <= 0)
        return true;
    now_ms = clock_steady_ms();
    c->tokens_e3 += (now_ms - c->tokens_ms) * rate;
    c->tokens_ms = now_ms;
    if (c->tokens_e3 > rate * TOKEN)
        c->tokens_e3 = rate * TOKEN; /* at most a second's worth at once */
    if (c->tokens_e3 < TOKEN)
        return false;
    c->tokens_e3 -= TOKEN;
    return true;
}

/* It was no whole frame yet. */
static void give_token_back(struct connection *c)
{
    c->tokens_e3 += TOKEN;
}

static void keep_carry(struct connection *c, struct span rest, bool moved)
{
    if (rest.len == 0) {
        if (c->carry.room)
            bytes_free(&c->carry);
        return;
    }
    if (moved || c->carry.len == 0)
        c->carry_since_ms = clock_steady_ms();
    c->carry.at = memory_grow(c->carry.at, &c->carry.room, rest.len, 1);
    memcpy(c->carry.at, rest.at, rest.len);
    c->carry.len = rest.len;
}

/* The frame in hand as it was received: `used` bytes of input end with it. */
static struct span raw_of(struct loop *loop, size_t used)
{
    struct span raw = loop->frame->raw;
    size_t offset = (size_t)(raw.at - loop->input_now.at);

    if (!loop->frame->encrypted || offset < loop->sealed_from)
        return raw;
    return span_from(span_first(loop->sealed, used - loop->sealed_from),
                     offset - loop->sealed_from);
}

/* One thing out of the bytes; false when there is nothing whole. */
static bool take_one(struct loop *loop, struct connection *c, struct span *in)
{
    const struct hj212_policies policies = {intake_policy, loop};
    enum hj212_verdict verdict;
    size_t used = 0;

    loop->current = c;
    loop->session = NULL;
    loop->input_now = *in;
    loop->sealed = (struct span){NULL, 0};
    verdict = hj212_receive(*in, &policies, loop->frame, &used);
    if (verdict == HJ212_OK)
        intake_frame(loop, c, raw_of(loop, used));
    else if (verdict != HJ212_NEED_MORE)
        intake_refused(loop, c, verdict);
    assert(used > 0 || verdict == HJ212_NEED_MORE); /* the codec's promise */
    *in = span_from(*in, used);
    return verdict != HJ212_NEED_MORE;
}

/* Takes what is whole, keeps the rest, and parks it when it must wait. */
static void take_all(struct connection *c, struct span in)
{
    struct loop *loop = c->loop;
    const struct span all = in;
    size_t buffer_max = (size_t)loop->gateway->options.buffer_max;
    bool parked = false;

    c->was_parked = false;
    if (c->tail_owner && in.at[0] != '\r' && in.at[0] != '\n')
        intake_tail_missing(loop, c->tail_owner);
    c->tail_owner = NULL;
    while (in.len && !c->closed && !parked) {
        if (loop_held_back(loop) || !batch_ready(loop)) {
            loop_park(loop, c);
            parked = true;
        } else if (in.len >= HJ212_OVERHEAD && !take_token(c)) {
            loop_throttle(loop, c);
            parked = true;
        } else if (!take_one(loop, c, &in)) {
            give_token_back(c);
            if (in.len <= buffer_max)
                break;
            in = span_from(in, hj212_give_up(in));
        }
    }
    if (loop->at_once.len) {
        connection_send(c, buf_span(&loop->at_once));
        buf_clear(&loop->at_once);
    }
    if (c->closed)
        return;
    c->was_parked = parked;
    keep_carry(c, in, in.len < all.len);
}

/* ---- reading ---- */

static void on_readable(evutil_socket_t fd, short what, void *context)
{
    struct connection *c = context;
    struct loop *loop = c->loop;
    size_t had = c->carry.len;
    bool bounded = loop->gateway->options.frames_per_second_max > 0;
    ssize_t n = -1;
    bool ended = false;

    (void)fd;
    (void)what;
    if (loop_held_back(loop)) {
        loop_park(loop, c);
        return;
    }
    if (!c->was_parked) { /* what is here comes first */
        n = connection_recv(c, loop->input + had,
                            bounded ? THROTTLED_READ_BYTES : READ_BYTES);
        ended = n == 0 || (n < 0 && errno != EAGAIN);
        if (n < 0 && !ended)
            return;
    }
    if (n > 0) {
        c->bytes_in += (uint64_t)n;
        count(&loop->counters.bytes, (uint64_t)n);
    }
    if (had)
        memcpy(loop->input, c->carry.at, had);
    if (n > 0 || c->was_parked)
        take_all(c, (struct span){loop->input, had + (size_t)(n > 0 ? n : 0)});
    if (c->closed || c->parked)
        return; /* the end is seen again when it is read on */
    if (ended && n == 0 && c->tail_owner) { /* nothing can come behind it */
        intake_tail_missing(loop, c->tail_owner);
        c->tail_owner = NULL;
    }
    if (ended && n == 0 && (c->refs > 1 || c->out.len)) {
        c->draining = true;
        c->last_valid_ms = clock_steady_ms();
        event_del(&c->read);
    } else if (ended) {
        connection_close(c, n == 0 ? "the peer left" : "it cannot be read");
    } else if (c->ssl && SSL_pending(c->ssl) > 0) {
        event_active(&c->read, EV_READ, 0);
    }
}

void connection_resume(struct connection *c)
{
    if (c->loop->stopping || c->closed || c->draining || c->parked)
        return;
    event_add(&c->read, NULL);
    on_readable(c->fd, EV_READ, c);
}

/* A frame that does not end: its mark is dropped and the rest looked at. */
static void give_up(struct connection *c)
{
    struct loop *loop = c->loop;
    struct span in = {loop->input, c->carry.len};
    size_t drop;

    memcpy(loop->input, c->carry.at, c->carry.len);
    drop = hj212_give_up(in);
    count(&loop->counters.noise_bytes, drop);
    c->carry.len = 0; /* what is left begins anew */
    take_all(c, span_from(in, drop));
}

void connection_sweep(struct connection *c)
{
    const struct gateway_options *o = &c->loop->gateway->options;
    int64_t now_ms = clock_steady_ms();

    if (c->draining && now_ms - c->last_valid_ms > DRAIN_MS) {
        connection_close(c, "the peer left");
        return;
    }
    if (c->draining || c->parked)
        return;
    if (c->ssl && !c->shaken &&
        now_ms - c->last_valid_ms >= 1000LL * o->partial_timeout_s) {
        connection_close(c, "it did not finish the TLS handshake");
        return;
    }
    if (now_ms - c->last_valid_ms >= 1000LL * o->silent_timeout_s) {
        connection_close(c, "it was silent");
        return;
    }
    if (c->carry.len && !loop_held_back(c->loop) &&
        now_ms - c->carry_since_ms >= 1000LL * o->partial_timeout_s)
        give_up(c);
}

/* ---- opening ---- */

void connection_open(struct loop *loop, int fd, bool tls)
{
    struct gateway *gateway = loop->gateway;
    struct connection *c = memory_new(1, sizeof(*c));
    struct sockaddr_storage name;
    socklen_t len = sizeof(name);
    const int on = 1;
    size_t slot = take_slot(loop);

    loop->slots[slot] = c;
    c->loop = loop;
    c->fd = fd;
    c->refs = 1;
    c->id = (uint64_t)++loop->serial << 32 | slot << 8 | (uint64_t)loop->index;
    c->since_us = loop_now_us(loop);
    c->last_valid_ms = c->tokens_ms = clock_steady_ms();
    c->tokens_e3 = (int64_t)gateway->options.frames_per_second_max * TOKEN;
    if (getpeername(fd, (struct sockaddr *)&name, &len) != 0 ||
        address_of(&name, &c->address, &c->port))
        memset(&c->address, 0, sizeof(c->address));
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
    event_assign(&c->read, loop->base, fd, EV_READ | EV_PERSIST, on_readable,
                 c);
    event_assign(&c->write, loop->base, fd, EV_WRITE, on_writable, c);
    if (tls) {
        c->ssl = SSL_new(gateway->tls);
        if (!c->ssl || SSL_set_fd(c->ssl, fd) != 1)
            abort(); /* out of memory */
        SSL_set_accept_state(c->ssl);
    }
    if (loop->stopping || event_add(&c->read, NULL) != 0)
        connection_close(c, "it cannot be watched");
}
