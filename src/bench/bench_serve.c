/*
 * The parts that measure a whole server over loopback TCP. Server and load
 * share this machine's cores, so each figure is of both together.
 */
#include "bench/bench.h"

#include "base/datetime.h"
#include "bench/bench_whole.h"
#include "simulate/load.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

enum {
    DEVICES = 1000,
    IN_FLIGHT = 8,
    SESSIONS = 10000,
    SESSIONS_S = 10, /* at least: to connect all of them and to look */
    SPARE_FILES = 512,
    LOOK_MS = 200,
    YEAR_S = 366 * 86400,
};

/* From 2010 on, a year of its own for each run: no period comes twice. */
static int64_t first_period(int run)
{
    return 1262275200 + (int64_t)run * YEAR_S;
}

/* False, with a note, when nothing was answered: then there is no figure. */
static bool load_server(struct bench *bench, int port,
                        struct load_options options, struct load_result *out)
{
    char message[256] = "the server answered nothing meanwhile";
    enum err err;

    options.host = "127.0.0.1";
    options.port = port;
    options.seconds = options.seconds > 0 ? options.seconds : bench->seconds;
    err = load_run(&options, out, message);
    if (!err && out->acknowledged)
        return true;
    bench_note(bench, "%d devices, %d in flight: %s\n", options.devices,
               options.in_flight, message);
    return false;
}

static double rate(const struct load_result *r)
{
    return (double)r->acknowledged / r->seconds;
}

static enum err bare_rate(struct bench *bench)
{
    struct load_options options = {
        .devices = DEVICES, .in_flight = 1, .bare = true};
    struct load_result r;
    struct load_echo *echo;
    int port;
    enum err err = load_echo_start(&echo, &port);

    if (err)
        return err;
    if (load_server(bench, port, options, &r))
        bench->value[BENCH_BARE] = rate(&r);
    load_echo_stop(echo);
    return OK;
}

static void back_fill(struct bench *bench, int port)
{
    struct load_options options = {
        .devices = DEVICES, .in_flight = IN_FLIGHT, .from_s = first_period(0)};
    struct load_result r;

    if (!load_server(bench, port, options, &r))
        return;
    bench->value[BENCH_BACK_FILL] = rate(&r);
    bench->value[BENCH_READINGS] = rate(&r) * LOAD_FACTORS * 1e-6;
}

static void one_in_flight(struct bench *bench, int port)
{
    struct load_options options = {
        .devices = DEVICES, .in_flight = 1, .from_s = first_period(1)};
    struct load_result r;

    if (!load_server(bench, port, options, &r))
        return;
    bench->value[BENCH_ONE] = rate(&r);
    bench->value[BENCH_SHARE] = 100 * rate(&r) / bench->value[BENCH_BARE];
}

static void half_the_load(struct bench *bench, int port)
{
    struct load_options options = {.devices = DEVICES,
                                   .in_flight = IN_FLIGHT,
                                   .rate = bench->value[BENCH_BACK_FILL] / 2,
                                   .from_s = first_period(2)};
    struct load_result r;

    if (!load_server(bench, port, options, &r))
        return;
    if (rate(&r) >= 0.9 * options.rate)
        bench->value[BENCH_P99] = r.p99_ms;
    else
        bench_note(bench,
                   "p99: only %.0f of the %.0f frames/s aimed at got through\n",
                   rate(&r), options.rate);
}

static enum err restart(struct bench *bench, struct server *server)
{
    double start;
    enum err err;

    server_end(server, SIGKILL);
    start = bench_now_s();
    err = server_start(server);
    if (!err)
        bench->value[BENCH_RESTART] = bench_now_s() - start;
    return err;
}

enum err bench_begin(struct bench *bench, const char *name, int devices,
                     struct server *server)
{
    char directory[256];
    enum err err;

    snprintf(directory, sizeof(directory), "%.200s/%s", bench->directory, name);
    err = server_make(server, directory, devices);
    if (!err)
        err = server_start(server);
    if (err)
        bench_note(bench,
                   "%s: the server does not start (--keep yes, then "
                   "see server.log there)\n",
                   name);
    return err;
}

enum err bench_part_serve(struct bench *bench)
{
    struct server server;
    enum err err = bare_rate(bench);

    if (!err)
        err = bench_begin(bench, "serve", DEVICES, &server);
    if (err)
        return err;
    back_fill(bench, server.port);
    one_in_flight(bench, server.port);
    if (bench->value[BENCH_BACK_FILL] > 0)
        half_the_load(bench, server.port);
    err = restart(bench, &server);
    server_end(&server, SIGTERM);
    return err;
}

/* ---- many sessions ---- */

struct idlers {
    struct bench *bench;
    int port;
    struct load_result result;
    _Atomic bool over;
};

static void *idle(void *context)
{
    struct idlers *all = context;
    struct load_options options = {.devices = SESSIONS,
                                   .in_flight = 1,
                                   .idle = true,
                                   .from_s = first_period(0)};

    options.seconds = all->bench->seconds + SESSIONS_S;
    load_server(all->bench, all->port, options, &all->result);
    all->over = true;
    return NULL;
}

/* Both processes need a file for each session. */
static bool files_suffice(struct bench *bench)
{
    struct rlimit files = {0};

    getrlimit(RLIMIT_NOFILE, &files);
    if (files.rlim_cur >= SESSIONS + SPARE_FILES)
        return true;
    bench_note(bench,
               "sessions: not measured, only %llu files may be open here and "
               "%d are needed (ulimit -n)\n",
               (unsigned long long)files.rlim_cur, SESSIONS + SPARE_FILES);
    return false;
}

enum err bench_part_sessions(struct bench *bench)
{
    struct timespec pause = {0, LOOK_MS * 1000000L};
    struct idlers all = {.bench = bench};
    struct server server;
    double most = 0;
    pthread_t thread;
    enum err err;

    if (!files_suffice(bench))
        return OK;
    err = bench_begin(bench, "sessions", SESSIONS, &server);
    if (err)
        return err;
    all.port = server.port;
    if (pthread_create(&thread, NULL, idle, &all) != 0) {
        server_end(&server, SIGTERM);
        return ERR_IO;
    }
    while (!all.over) {
        double now = server_memory_mb(&server);

        most = now > most ? now : most;
        nanosleep(&pause, NULL);
    }
    pthread_join(thread, NULL);
    server_end(&server, SIGTERM);
    if (all.result.acknowledged == SESSIONS)
        bench->value[BENCH_SESSIONS] = most;
    else
        bench_note(bench, "sessions: only %llu of %d devices got an answer\n",
                   (unsigned long long)all.result.acknowledged, SESSIONS);
    return OK;
}
