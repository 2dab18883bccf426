#include "ingest/gateway/gateway_testing.h"

#include <errno.h>
#include <fcntl.h>

/* As world_init, with other options. */
static void restart(struct world *w)
{
    world_stop(w);
    world_start(w);
}

TEST(no_frame_is_answered_before_the_ledger_could_take_it)
{
    struct world w;
    struct peer p, q;
    struct span frame;

    world_init(&w);
    set_gate(&w, true);
    peer_open(&p, &w);
    peer_send(&p, upload(&w, MN_A, "123456", "20260801085857222", "1"));
    CHECK_ANSWER(&p, ack(&w, MN_A, "20260801085857222"));
    /* Now the writer stands at the gate: what comes next is not on disk. */
    frame = upload(&w, MN_A, "123456", "20260801085857223", "40.1");
    peer_send(&p, frame);
    WAIT_FOR(counters(&w).frames == 2);
    peer_open(&q, &w);
    peer_send(&q, frame); /* a copy, by another connection, must wait too */
    WAIT_FOR(counters(&w).duplicates == 1);
    usleep(50000);
    CHECK(peer_read(&p, 0));
    CHECK(peer_read(&q, 0));
    CHECK_INT(p.len, 0);
    CHECK_INT(q.len, 0);
    CHECK_INT(records_of(&w, LEDGER_FRAME, NULL), 1);
    set_gate(&w, false);
    CHECK_ANSWER(&p, ack(&w, MN_A, "20260801085857223"));
    CHECK_ANSWER(&q, ack(&w, MN_A, "20260801085857223"));
    CHECK_INT(records_of(&w, LEDGER_FRAME, NULL), 2);
    peer_close(&p);
    peer_close(&q);
    world_done(&w);
}

struct flood {
    struct world *w;
    struct peer peer;
    int frames;
    char *bytes;
    size_t len;
};

static void *send_flood(void *context)
{
    struct flood *f = context;
    struct span rest = {f->bytes, f->len};

    while (rest.len) {
        ssize_t n = send(f->peer.fd, rest.at, rest.len, MSG_NOSIGNAL);

        if (n <= 0)
            return NULL;
        rest = span_from(rest, (size_t)n);
    }
    return NULL;
}

TEST(when_the_ledger_is_full_reading_stops_and_nothing_is_lost)
{
    enum { FRAMES = 60000 };
    struct world w;
    struct flood f = {.w = &w, .frames = FRAMES};
    struct buf all;
    pthread_t thread;
    size_t answered = 0;

    world_init(&w);
    buf_init(&all, 64 << 20);
    for (int i = 0; i < FRAMES; i++) {
        char head[64], segment[1024];
        int len =
            snprintf(head, sizeof(head), "202608%02d08%02d%02d%03d",
                     1 + i / 3600000, i / 60000 % 60, i / 1000 % 60, i % 1000);

        CHECK_INT(len, 17);
        len = snprintf(segment, sizeof(segment),
                       "QN=%s;ST=32;CN=2011;PW=123456;MN=" MN_A
                       ";Flag=5;CP=&&DataTime=%.14s",
                       head, head);
        for (int k = 0; k < 30; k++)
            len += snprintf(segment + len, sizeof(segment) - (size_t)len,
                            ";w010%02d-Rtd=40.%d", k, k);
        snprintf(segment + len, sizeof(segment) - (size_t)len, "&&");
        CHECK_INT(hj212_wrap(span_of(segment), &all), OK);
    }
    set_gate(&w, true);
    peer_open(&f.peer, &w);
    f.bytes = all.at;
    f.len = all.len;
    CHECK_INT(pthread_create(&thread, NULL, send_flood, &f), 0);
    WAIT_FOR(counters(&w).paused > 0);
    set_gate(&w, false);
    while (answered < FRAMES) { /* each of them, in the order they came */
        CHECK(peer_read(&f.peer, PATIENCE_MS));
        CHECK(f.peer.len > 0);
        for (size_t i = 0; i < f.peer.len; i++)
            answered += f.peer.in[i] == '\n';
        f.peer.len = 0;
    }
    CHECK_INT(pthread_join(thread, NULL), 0);
    CHECK_INT(answered, FRAMES);
    CHECK_INT(records_of(&w, LEDGER_FRAME, NULL), FRAMES);
    buf_done(&all);
    peer_close(&f.peer);
    world_done(&w);
}

TEST(a_frame_that_does_not_end_is_dropped_after_a_while)
{
    struct world w;
    struct peer p;

    world_init(&w);
    w.options.partial_timeout_s = 1;
    restart(&w);
    peer_open(&p, &w);
    peer_say(&p, "##0999QN=20160801085857223;ST=32;");
    peer_send(&p, upload(&w, MN_A, "123456", "20260801085857223", "40.1"));
    /* The lying length covers the good frame until the time is over. */
    CHECK_ANSWER(&p, ack(&w, MN_A, "20260801085857223"));
    CHECK(counters(&w).noise_bytes > 0);
    peer_close(&p);
    world_done(&w);
}

TEST(a_silent_peer_is_let_go)
{
    struct world w;
    struct peer p, q;

    world_init(&w);
    w.options.silent_timeout_s = 1;
    restart(&w);
    peer_open(&p, &w);
    peer_open(&q, &w);
    peer_say(&q, "no frame at all");
    CHECK(peer_was_closed(&p));
    CHECK(peer_was_closed(&q));
    peer_close(&p);
    peer_close(&q);
    world_done(&w);
}

TEST(a_peer_that_never_reads_its_answers_is_let_go)
{
    struct world w;
    struct peer p;
    struct span frame;
    bool gone = false;

    world_init(&w);
    w.options.unread_max = 1000;
    restart(&w);
    peer_open(&p, &w);
    frame = upload(&w, MN_A, "123456", "20260801085857223", "40.1");
    fcntl(p.fd, F_SETFL, O_NONBLOCK);
    /* The kernel holds megabytes of answers before the gateway holds any. */
    for (int64_t late_ms = now_ms() + 10 * PATIENCE_MS;
         !gone && now_ms() < late_ms;) {
        ssize_t n = send(p.fd, frame.at, frame.len, MSG_NOSIGNAL);

        gone = n < 0 && errno != EAGAIN;
        if (n < 0)
            usleep(1000);
    }
    CHECK(gone);
    WAIT_FOR(counters(&w).connections_now == 0);
    peer_close(&p);
    world_done(&w);
}

TEST(connections_are_bounded_in_all_and_for_each_address)
{
    struct world w;
    struct peer a, b, c;

    world_init(&w);
    w.options.connections_per_address_max = 2;
    restart(&w);
    peer_open(&a, &w);
    peer_open(&b, &w);
    WAIT_FOR(counters(&w).connections_now == 2);
    peer_open(&c, &w);
    CHECK(peer_was_closed(&c));
    CHECK_INT(counters(&w).refused_connections, 1);
    peer_close(&c);
    peer_close(&a);
    WAIT_FOR(counters(&w).connections_now == 1);
    peer_open(&a, &w); /* there is room again */
    peer_send(&a, upload(&w, MN_A, "123456", "20260801085857223", "40.1"));
    CHECK_ANSWER(&a, ack(&w, MN_A, "20260801085857223"));
    peer_close(&a);
    peer_close(&b);
    w.options.connections_per_address_max = 100;
    w.options.connections_max = 1;
    restart(&w);
    peer_open(&a, &w);
    WAIT_FOR(counters(&w).connections_now == 1);
    peer_open(&b, &w);
    CHECK(peer_was_closed(&b));
    peer_close(&a);
    peer_close(&b);
    world_done(&w);
}

TEST(a_peer_faster_than_allowed_is_slowed_down_and_loses_nothing)
{
    struct world w;
    struct peer p;
    struct buf all;

    world_init(&w);
    w.options.frames_per_second_max = 100;
    restart(&w);
    peer_open(&p, &w);
    buf_init(&all, 1 << 20);
    for (int i = 0; i < 250; i++)
        buf_add(&all, upload(&w, MN_A, "123456",
                             arena_printf(&w.arena, "20260801085857%03d", i),
                             "40.1"));
    peer_send(&p, buf_span(&all));
    for (int i = 0; i < 250; i++)
        CHECK_ANSWER(
            &p, ack(&w, MN_A, arena_printf(&w.arena, "20260801085857%03d", i)));
    CHECK_INT(records_of(&w, LEDGER_FRAME, NULL), 250);
    buf_done(&all);
    peer_close(&p);
    world_done(&w);
}

TEST(a_peer_that_sends_and_leaves_is_still_answered)
{
    struct world w;
    struct peer p;

    world_init(&w);
    peer_open(&p, &w);
    peer_send(&p, upload(&w, MN_A, "123456", "20260801085857223", "40.1"));
    CHECK_INT(shutdown(p.fd, SHUT_WR), 0);
    CHECK_ANSWER(&p, ack(&w, MN_A, "20260801085857223"));
    CHECK(peer_was_closed(&p));
    WAIT_FOR(counters(&w).connections_now == 0);
    peer_close(&p);
    world_done(&w);
}

TEST(random_bytes_do_no_harm)
{
    struct world w;
    struct peer p;
    uint32_t x = 12345;
    char noise[4096];

    world_init(&w);
    peer_open(&p, &w);
    for (int round = 0; round < 50; round++) {
        for (size_t i = 0; i < sizeof(noise); i++) {
            x = x * 1664525 + 1013904223;
            noise[i] = "##0123456789QN=;CP&&\r\n\0\xff"[x >> 16 & 23];
        }
        peer_send(&p, (struct span){noise, sizeof(noise)});
    }
    peer_say(&p, "\r\n");
    peer_close(&p);
    WAIT_FOR(counters(&w).connections_now == 0);
    peer_open(&p, &w);
    peer_send(&p, upload(&w, MN_A, "123456", "20260801085857223", "40.1"));
    CHECK_ANSWER(&p, ack(&w, MN_A, "20260801085857223"));
    CHECK_INT(records_of(&w, LEDGER_FRAME, NULL), 1);
    peer_close(&p);
    world_done(&w);
}

TEST(many_idle_connections_are_held)
{
    enum { MANY = 500 };
    static struct peer peers[MANY];
    struct world w;
    struct gateway_session *sessions;

    world_init(&w);
    for (int i = 0; i < MANY; i++)
        peer_open(&peers[i], &w);
    WAIT_FOR(counters(&w).connections_now == MANY);
    CHECK_INT(gateway_sessions(w.gateway, &w.arena, &sessions), MANY);
    CHECK_INT(sessions[0].device, 0);
    for (int i = 0; i < MANY; i++)
        peer_close(&peers[i]);
    WAIT_FOR(counters(&w).connections_now == 0);
    world_done(&w);
}

TEST(two_gateways_cannot_have_one_port)
{
    struct world w;
    struct gateway *second = NULL;
    struct gateway_options options;

    world_init(&w);
    options = w.options;
    options.listen =
        arena_printf(&w.arena, "127.0.0.1:%d", gateway_port(w.gateway));
    CHECK_INT(gateway_start(&options, w.registry, w.writer, &second), ERR_IO);
    options.listen = "not an address";
    CHECK_INT(gateway_start(&options, w.registry, w.writer, &second),
              ERR_INVALID);
    CHECK(second == NULL);
    world_done(&w);
}
