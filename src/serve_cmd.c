#include "serve.h"

#include "assess/standards_cmd.h"
#include "base/log.h"
#include "ingest/gateway/address.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { EXIT_NO = 1, EXIT_USAGE = 2, PATH_BYTES = 4096 };

struct settings {
    struct serve_options options;
    struct config_row rows[SERVE_SETTINGS_MAX];
    size_t count;
    const char *file;         /* --config */
    char in_data[PATH_BYTES]; /* the file of the data directory */
    bool check, help;
};

static int usage(const struct settings *s)
{
    puts("shangyou serve - the server: devices come in, people look in\n\n"
         "  shangyou serve --data DIR [--config FILE] [--check-config]\n"
         "                 [--SETTING VALUE]...\n\n"
         "FILE (YAML; else DIR/shangyou.yaml if there is one) is read first,\n"
         "then SHANGYOU_* variables (SHANGYOU_HTTP_LISTEN), then the command\n"
         "line. --check-config reads them, says what is wrong, and exits.\n"
         "SIGINT and SIGTERM stop it in order.\n\nSettings:\n");
    config_help(s->rows, s->count);
    return EXIT_SUCCESS;
}

static bool wrong(const char *message)
{
    fprintf(stderr, "shangyou serve: %s\n", message);
    return false;
}

/*
 * The command line twice: first what tells where the file is, then, over the
 * file and the environment, everything.
 */
static bool read_line(struct settings *s, int argc, char **argv)
{
    char message[256];

    for (int i = 1; i < argc; i++) {
        struct span word = span_of(argv[i]);

        if (span_is(word, "--help") || span_is(word, "-h")) {
            s->help = true;
            return true;
        }
        if (span_is(word, "--check-config")) {
            s->check = true;
            continue;
        }
        if (!span_starts(word, SPAN("--")) || i + 1 == argc) {
            snprintf(message, sizeof(message),
                     "'%s' is no setting with a value; see --help", argv[i]);
            return wrong(message);
        }
        if (span_is(word, "--config"))
            s->file = argv[++i];
        else if (config_set(s->rows, s->count, span_from(word, 2),
                            span_of(argv[++i]), "command line", message))
            return wrong(message);
    }
    return true;
}

static bool read_settings(struct settings *s, int argc, char **argv)
{
    char message[256];

    s->count = serve_config(&s->options, s->rows, SERVE_SETTINGS_MAX);
    config_defaults(s->rows, s->count);
    if (!read_line(s, argc, argv))
        return false;
    if (s->help)
        return true;
    snprintf(s->in_data, sizeof(s->in_data), "%s/shangyou.yaml",
             s->options.data);
    if (!s->file && access(s->in_data, R_OK) == 0)
        s->file = s->in_data;
    if (s->file && config_file(s->rows, s->count, s->file, message))
        return wrong(message);
    if (config_environment(s->rows, s->count, message))
        return wrong(message);
    return read_line(s, argc, argv);
}

/* What only the use of a setting would tell: addresses, files that are there.
 */
static bool settings_fit(const struct serve_options *o)
{
    const struct {
        const char *name, *value;
        bool is_address;
    } given[] = {
        {"http.listen", o->http_listen, true},
        {"gateway.listen", o->gateway_listen, true},
        {"gateway.listen_tls", o->gateway_listen_tls, true},
        {"http.tls_certificate", o->http_certificate, false},
        {"http.tls_key", o->http_key, false},
        {"gateway.tls_certificate", o->gateway_certificate, false},
        {"gateway.tls_key", o->gateway_key, false},
        {"gateway.tls_client_ca", o->gateway_client_ca, false},
    };

    for (size_t i = 0; i < LENGTH(given); i++) {
        struct sockaddr_storage name;
        socklen_t len;

        if (!given[i].value || !given[i].value[0])
            continue;
        if (given[i].is_address &&
            address_listen(span_of(given[i].value), &name, &len)) {
            fprintf(stderr,
                    "shangyou serve: %s is '%s', but wants an address and a "
                    "port: 127.0.0.1:8080, [::1]:8080\n",
                    given[i].name, given[i].value);
            return false;
        }
        if (!given[i].is_address && access(given[i].value, R_OK) != 0) {
            fprintf(stderr, "shangyou serve: %s: %s cannot be read: %s\n",
                    given[i].name, given[i].value, strerror(errno));
            return false;
        }
    }
    return true;
}

static bool setup_log(const struct serve_options *o)
{
    enum log_level level;

    if (log_level_parse(span_of(o->log_level), &level))
        return wrong("log.level has to be error, warn, info or debug");
    if (!span_is(span_of(o->log_format), "text") &&
        !span_is(span_of(o->log_format), "json"))
        return wrong("log.format has to be text or json");
    log_setup(level,
              span_is(span_of(o->log_format), "json") ? LOG_JSON : LOG_TEXT);
    return true;
}

/* The address as written, with the port that was really bound. */
static void say_ready(const struct serve_options *o, const struct serve *serve)
{
    const char *http = o->http_listen, *gateway = o->gateway_listen;

    printf("shangyou: ready at http%s://%.*s:%d, devices at %.*s:%d\n",
           o->http_certificate ? "s" : "", (int)(strrchr(http, ':') - http),
           http, serve_http_port(serve), (int)(strrchr(gateway, ':') - gateway),
           gateway, serve_gateway_port(serve));
    fflush(stdout);
    log_info("ready", "http=%d gateway=%d data=%s", serve_http_port(serve),
             serve_gateway_port(serve), o->data);
}

int serve_command(int argc, char **argv)
{
    static struct settings s;
    struct serve *serve;
    sigset_t signals;
    int got = 0;

    if (!read_settings(&s, argc, argv))
        return EXIT_USAGE;
    if (s.help)
        return usage(&s);
    if (!settings_fit(&s.options) || !setup_log(&s.options) ||
        !standards_use(s.options.standards))
        return EXIT_USAGE;
    if (s.check) {
        puts("shangyou serve: the settings are good");
        return EXIT_SUCCESS;
    }
    /* Threads inherit the mask: signals wait for sigwait below. */
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);

    if (serve_start(&s.options, &serve)) {
        fprintf(stderr, "shangyou serve: not started; the cause is above\n");
        return EXIT_NO;
    }
    say_ready(&s.options, serve);
    sigwait(&signals, &got);
    log_info("stopping", "signal=%s", got == SIGINT ? "INT" : "TERM");
    serve_stop(serve);
    log_info("stopped", "data=%s", s.options.data);
    return EXIT_SUCCESS;
}
