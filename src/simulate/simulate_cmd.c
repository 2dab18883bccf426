#include "simulate/simulate_cmd.h"

#include "base/config.h"
#include "base/memory.h"
#include "simulate/load.h"
#include "simulate/replay.h"
#include "simulate/run.h"

#include <stdio.h>
#include <sys/stat.h>

enum { EXIT_NO = 1, EXIT_USAGE = 2, BACK_FILL_MAX_DAYS = 60 };

static const char *registry, *target, *write_registry, *fault_names, *from;
static const char *tls_ca, *tls_certificate, *tls_key, *acked;
static const char *replay_files, *layout;
static int64_t scale, back_fill, faults, seconds, speed, devices, in_flight;
static int64_t frames, rate, year, again;
static bool tls, until_idle, load, idle;

/* clang-format off */
static const struct config_row rows[] = {
    {"registry", CONFIG_TEXT, &registry, NULL, 0, 0,
     "directory with the tables of the devices to play"},
    {"target", CONFIG_TEXT, &target, "127.0.0.1:8212", 0, 0,
     "address and port of the server"},
    {"write-registry", CONFIG_TEXT, &write_registry, NULL, 0, 0,
     "write the tables of a made-up province into this directory, and stop"},
    {"scale", CONFIG_INT, &scale, "1", 1, 50,
     "size of that province; 1 is 367 devices"},
    {"back-fill", CONFIG_INT, &back_fill, "0", 0, BACK_FILL_MAX_DAYS,
     "days of history each device sends first"},
    {"faults", CONFIG_INT, &faults, "0", 0, 100,
     "per cent of the devices that have something wrong"},
    {"fault", CONFIG_TEXT, &fault_names, NULL, 0, 0,
     "every device has this fault; 'list' lists them"},
    {"from", CONFIG_TEXT, &from, NULL, 0, 0,
     "simulated time at the start, 2026-11-01T00:00 [now]"},
    {"speed", CONFIG_INT, &speed, "1", 1, 100000,             "simulated seconds a second"},
    {"seconds", CONFIG_INT, &seconds, "0", 0, 1000000,
     "how long; 0: until interrupted"},
    {"until-idle", CONFIG_BOOL, &until_idle, "false", 0, 0,
     "stop when everything sent is acknowledged"},
    {"tls", CONFIG_BOOL, &tls, "false", 0, 0,                  "dial with TLS"},
    {"tls-ca", CONFIG_TEXT, &tls_ca, NULL, 0, 0,
     "PEM file; the server's certificate must come from it"},
    {"tls-certificate", CONFIG_TEXT, &tls_certificate, NULL, 0, 0,
     "PEM file: the devices' own certificate"},
    {"tls-key", CONFIG_TEXT, &tls_key, NULL, 0, 0,                  "PEM file: its key"},
    {"load", CONFIG_BOOL, &load, "false", 0, 0,
     "generate load: minute data of ten factors as fast as it is acknowledged "
     "(with --write-registry: the tables of the load's devices)"},
    {"devices", CONFIG_INT, &devices, "1000", 1, LOAD_DEVICES_MAX,
     "load: how many devices"},
    {"in-flight", CONFIG_INT, &in_flight, "8", 1, LOAD_IN_FLIGHT_MAX,
     "load: frames on the way a device"},
    {"frames", CONFIG_INT, &frames, "0", 0, 1000000000000,
     "load: how many in all; 0: no bound"},
    {"rate", CONFIG_INT, &rate, "0", 0, 10000000,
     "load: frames a second in all; 0: no bound"},
    {"again", CONFIG_INT, &again, "0", 0, 3600,
     "load: seconds without an answer before a frame is sent again; 0: only on "
     "a new connection"},
    {"idle", CONFIG_BOOL, &idle, "false", 0, 0,
     "load: one frame a device, then only stay connected"},
    {"replay", CONFIG_TEXT, &replay_files, NULL, 0, 0,
     "files, with commas between, whose rows become frames (with "
     "--write-registry: the tables of their stations)"},
    {"layout", CONFIG_TEXT, &layout, "plain", 0, 0,
     "of those files: station-hourly, city-hourly, cnemc-4h, prsa, cems, plain"},
    {"year", CONFIG_INT, &year, "2021", 1990, 2100,
     "of a layout whose times have none"},
    {"acked", CONFIG_TEXT, &acked, NULL, 0, 0,
     "load: write 'MN QN' of every acknowledged frame to this file"},
};
/* clang-format on */

static int help(void)
{
    puts("usage: shangyou simulate --write-registry DIR [--scale N]\n"
         "       shangyou simulate --registry DIR [--target HOST:PORT] ...\n"
         "       shangyou simulate --load yes [--devices N] ...\n\n"
         "Plays HJ 212 devices over real connections: reports, keeps what is "
         "not\nacknowledged, answers commands, gives history.\n");
    config_help(rows, LENGTH(rows));
    return EXIT_SUCCESS;
}

static int usage(const char *message)
{
    fprintf(stderr, "shangyou simulate: %s\n", message);
    return EXIT_USAGE;
}

static int list_faults(void)
{
    for (int i = 0; i < FAULT_COUNT; i++)
        printf("%-18s %s\n", fault_name((enum fault)i),
               fault_help((enum fault)i));
    return EXIT_SUCCESS;
}

static bool split_target(char host[64], int *port)
{
    const char *colon = strrchr(target, ':');
    struct span name;

    if (!colon)
        return false;
    name = (struct span){target, (size_t)(colon - target)};
    if (name.len > 2 && name.at[0] == '[')
        name = (struct span){name.at + 1, name.len - 2};
    span_copy(name, host, 64);
    *port = (int)strtol(colon + 1, NULL, 10);
    return name.len && name.len < 64 && *port > 0 && *port < 65536;
}

static int write_tables(void)
{
    char message[256] = "";
    enum err err;

    if (load) {
        mkdir(write_registry, 0755);
        err = load_write_registry(write_registry, (int)devices);
        if (err)
            snprintf(message, sizeof message, "%.150s: %s", write_registry,
                     err_text(err));
    } else {
        err = fleet_write_province(write_registry, (int)scale, message);
    }
    if (err) {
        fprintf(stderr, "shangyou simulate: %s\n", message);
        return EXIT_NO;
    }
    printf("tables written to %s; load them with: shangyou import registry "
           "%s --data DIR\n",
           write_registry, write_registry);
    return EXIT_SUCCESS;
}

static enum err open_replay(struct replay **out, char message[256])
{
    struct span rest = span_of(replay_files);
    enum err err = replay_open(layout, (int)year, out, message);

    while (!err && rest.len) {
        char *path = memory_text(span_take(&rest, ','));

        err = replay_add_file(*out, path, message);
        free(path);
        if (err)
            replay_free(*out);
    }
    return err;
}

static int run_replay(const char *host, int port)
{
    struct replay *replay = NULL;
    struct load_source source;
    struct load_options options = {
        .host = host, .port = port, .in_flight = (int)in_flight};
    struct load_result r = {0};
    char message[256] = "";
    enum err err = open_replay(&replay, message);

    if (err)
        return usage(message);
    source = replay_source(replay);
    options.source = &source;
    options.devices = replay_stations(replay);
    options.frames = replay_rows(replay);
    if (write_registry) {
        mkdir(write_registry, 0755);
        err = replay_write_registry(replay, write_registry);
    } else {
        err = load_run(&options, &r, message);
    }
    printf("stations %d, rows %llu, left out %llu, acknowledged %llu (%llu "
           "again) in %.2f s\n",
           replay_stations(replay), (unsigned long long)replay_rows(replay),
           (unsigned long long)replay_left_out(replay),
           (unsigned long long)r.acknowledged, (unsigned long long)r.resent,
           r.seconds);
    replay_free(replay);
    if (err)
        fprintf(stderr, "shangyou simulate: %s %s\n", err_text(err), message);
    return err ? EXIT_NO : EXIT_SUCCESS;
}

static volatile sig_atomic_t interrupted;

static void on_interrupt(int number)
{
    (void)number;
    interrupted = 1;
}

/* A load that is interrupted still says what it did. */
static void end_by_signal(void)
{
    struct sigaction action = {.sa_handler = on_interrupt};

    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

static int run_load(const char *host, int port)
{
    struct load_options options = {
        .host = host,
        .port = port,
        .devices = (int)devices,
        .in_flight = (int)in_flight,
        .seconds = (double)seconds,
        .frames = (uint64_t)frames,
        .rate = (double)rate,
        .again_s = (double)again,
        .from_s = 1577808000, /* 2020-01-01 */
        .idle = idle,
        .acked = acked ? fopen(acked, "a") : NULL,
        .stop = &interrupted,
    };
    struct load_result r;
    char message[256] = "";
    int64_t from_s;
    enum err err;

    if (acked && !options.acked)
        return usage("the file of --acked cannot be written");
    if (from && datetime_parse(span_of(from), &from_s) == OK)
        options.from_s = from_s;
    end_by_signal();
    err = load_run(&options, &r, message);
    if (options.acked && fclose(options.acked) != 0)
        err = ERR_IO;
    if (err) {
        fprintf(stderr, "shangyou simulate: %s\n", message);
        return EXIT_NO;
    }
    printf("frames acknowledged %llu of %llu sent (%llu again) in %.2f s: "
           "%.0f frames/s of %zu bytes, p50 %.2f ms, p99 %.2f ms, max %.1f "
           "ms, own cpu %.2f s, reconnects %llu, unknown answers %llu\n",
           (unsigned long long)r.acknowledged, (unsigned long long)r.sent,
           (unsigned long long)r.resent, r.seconds,
           (double)r.acknowledged / r.seconds, r.frame_bytes, r.p50_ms,
           r.p99_ms, r.max_ms, r.cpu_seconds, (unsigned long long)r.reconnects,
           (unsigned long long)r.unknown_answers);
    return EXIT_SUCCESS;
}

static int run_devices(const char *host, int port)
{
    struct run_options options = {
        .host = host,
        .port = port,
        .tls = tls,
        .tls_ca = tls_ca,
        .tls_certificate = tls_certificate,
        .tls_key = tls_key,
        .history_days = (int)back_fill,
        .speed = (double)speed,
        .faults_percent = (int)faults,
        .forced = FAULT_NONE,
        .seconds = (double)seconds,
        .quit_when_idle = until_idle,
    };
    struct run_result r;
    struct fleet fleet = {0};
    char message[256] = "";
    enum err err;

    if (fault_names && fault_parse(span_of(fault_names), &options.forced))
        return usage("no such fault; --fault list lists them");
    if (from && datetime_parse(span_of(from), &options.from_s))
        return usage("--from wants a time such as 2026-11-01T00:00");
    err = fleet_read(registry, &fleet, message);
    if (!err)
        err = run_fleet(&fleet, &options, &r, message);
    fleet_done(&fleet);
    if (err) {
        fprintf(stderr, "shangyou simulate: %s\n", message);
        return EXIT_NO;
    }
    printf("sent %llu (%llu again), acknowledged %llu, waiting %llu, given up "
           "%llu, commands %llu, connects %llu\n",
           (unsigned long long)r.sent, (unsigned long long)r.resent,
           (unsigned long long)r.acknowledged, (unsigned long long)r.waiting,
           (unsigned long long)r.given_up, (unsigned long long)r.commands,
           (unsigned long long)r.connects);
    return EXIT_SUCCESS;
}

int simulate_command(int argc, char **argv)
{
    char message[256], host[64];
    int port;

    config_defaults(rows, LENGTH(rows));
    for (int i = 1; i < argc; i++) {
        struct span name = span_of(argv[i]);

        if (span_is(name, "--help") || span_is(name, "-h"))
            return help();
        if (!span_starts(name, SPAN("--")) || i + 1 == argc)
            return usage("options are --name value; --help lists them");
        if (config_set(rows, LENGTH(rows), span_from(name, 2),
                       span_of(argv[++i]), "command line", message))
            return usage(message);
    }
    if (fault_names && span_is(span_of(fault_names), "list"))
        return list_faults();
    if (write_registry && !replay_files)
        return write_tables();
    if (!split_target(host, &port))
        return usage("--target wants address:port, such as 127.0.0.1:8212");
    if (replay_files)
        return run_replay(host, port);
    if (load)
        return run_load(host, port);
    if (!registry)
        return usage("say whom to play: --registry DIR (or --load yes)");
    return run_devices(host, port);
}
