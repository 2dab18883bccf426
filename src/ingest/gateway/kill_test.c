#include "ingest/gateway/gateway_testing.h"

#include <signal.h>
#include <sys/wait.h>

enum { ROUNDS = 5, DEPTH = 8 };

/* A gateway in a process of its own; writes its port, then waits to be killed.
 */
static void serve_in_child(const char *directory, int port_pipe)
{
    struct world w = {.gate = PTHREAD_MUTEX_INITIALIZER,
                      .opened = PTHREAD_COND_INITIALIZER};
    int port;

    log_setup(LOG_ERROR, LOG_TEXT);
    arena_init(&w.arena);
    span_copy(span_of(directory), w.directory, sizeof(w.directory));
    gateway_defaults(&w.options);
    w.options.listen = "127.0.0.1:0";
    w.options.threads = 1;
    w.options.first_contact = false;
    world_start(&w);
    port = gateway_port(w.gateway);
    if (write(port_pipe, &port, sizeof(port)) != sizeof(port))
        _exit(1);
    for (;;)
        pause();
}

static pid_t start_child(struct world *w, int *port)
{
    int ends[2];
    pid_t child;

    CHECK_INT(pipe(ends), 0);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        close(ends[0]);
        serve_in_child(w->directory, ends[1]);
    }
    close(ends[1]);
    CHECK_INT(read(ends[0], port, sizeof(*port)), sizeof(*port));
    close(ends[0]);
    return child;
}

static const char *qn_of(struct world *w, int i)
{
    return arena_printf(&w->arena, "202608010858%02d%03d", i / 1000, i % 1000);
}

/* Sends without pause and kills the gateway in the middle of it. */
static void send_until_killed(struct world *w, pid_t child, int port,
                              int kill_at, bool *acknowledged, int *sent)
{
    struct peer p;
    int answers = 0, first = *sent, open = 0;
    char line[2048];

    peer_dial(&p, port);
    while (answers < kill_at) {
        while (open < DEPTH) {
            peer_send(&p, upload(w, MN_A, "123456", qn_of(w, *sent), "40.1"));
            ++*sent;
            open++;
        }
        CHECK_TEXT(peer_line(&p, line),
                   ack(w, MN_A, qn_of(w, first + answers)));
        acknowledged[first + answers] = true;
        answers++;
        open--;
    }
    CHECK_INT(kill(child, SIGKILL), 0);
    while (peer_read(&p, PATIENCE_MS)) /* what was on its way counts too */
        ;
    while (p.len && memmem(p.in, p.len, "\r\n", 2)) {
        peer_line(&p, line);
        acknowledged[first + answers++] = true;
    }
    peer_close(&p);
    CHECK_INT(waitpid(child, NULL, 0), child);
}

/* How often a frame with that QN is in the ledger. */
static int times_stored(const struct span *frames, size_t count, const char *qn)
{
    int n = 0;

    for (size_t i = 0; i < count; i++)
        n += memmem(frames[i].at, frames[i].len, qn, 17) != NULL;
    return n;
}

static size_t all_frames(struct world *w, struct span *out, size_t room)
{
    struct ledger_cursor *cursor;
    struct ledger_record record;
    size_t n = 0;

    CHECK_INT(ledger_cursor_open(w->ledger, 1, &cursor), OK);
    while (ledger_cursor_next(cursor, &record) == OK) {
        CHECK(n < room);
        if (record.kind == LEDGER_FRAME)
            out[n++] = arena_copy(&w->arena, record.payload);
    }
    ledger_cursor_close(cursor);
    return n;
}

TEST(kill_9_loses_no_acknowledged_frame_and_copies_are_known_after_it)
{
    static bool acknowledged[2000];
    static struct span frames[4000];
    struct world w;
    struct peer p;
    char line[2048];
    size_t count;
    int sent = 0, port;

    world_init(&w);
    world_stop(&w); /* from here on the children have the directory */
    for (int round = 0; round < ROUNDS; round++) {
        pid_t child = start_child(&w, &port);

        send_until_killed(&w, child, port, 20 + 13 * round, acknowledged,
                          &sent);
    }
    world_start(&w);
    /* The device did not see every answer: it sends the last ones again. */
    peer_open(&p, &w);
    for (int i = sent - 2 * DEPTH; i < sent; i++) {
        peer_send(&p, upload(&w, MN_A, "123456", qn_of(&w, i), "40.1"));
        CHECK_TEXT(peer_line(&p, line), ack(&w, MN_A, qn_of(&w, i)));
        acknowledged[i] = true;
    }
    peer_close(&p);
    count = all_frames(&w, frames, LENGTH(frames));
    for (int i = 0; i < sent; i++) {
        int times = times_stored(frames, count, qn_of(&w, i));

        CHECK(times <= 1);
        if (acknowledged[i])
            CHECK_INT(times, 1);
    }
    world_done(&w);
}
