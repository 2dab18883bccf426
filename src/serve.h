/*
 * serve - the server: all parts of one data directory opened in their order,
 * wired to each other, and closed again.
 *
 *     ledger, registry, accounts, series and verdicts   opened
 *     http                       up, answers 503 until all is there
 *     pipeline                   replays what the store does not have yet
 *     writer, gateway            devices may come in
 *     housekeeping               signs the days' roots, drops what is too old
 *
 * `shangyou serve` is serve_command; tests start the parts by themselves.
 */
#ifndef SERVE_H
#define SERVE_H

#include "base/config.h"
#include "base/err.h"

struct serve_options {
    const char *data; /* directory made by `shangyou init` */
    const char *http_listen, *http_certificate, *http_key;
    bool http_behind_tls;
    int64_t http_threads, http_connections, http_connections_per_address,
        http_timeout_s, http_streams, http_logins_per_minute;
    const char *web_directory;
    const char *standards; /* directory of tables, or NULL */
    const char *gateway_listen, *gateway_listen_tls, *gateway_certificate,
        *gateway_key, *gateway_client_ca;
    int64_t gateway_threads, gateway_connections,
        gateway_connections_per_address, gateway_frames_per_second,
        gateway_partial_timeout_s, gateway_silent_timeout_s,
        gateway_quarantine_per_minute, gateway_gap_interval_s, gateway_gap_days;
    bool gateway_first_contact;
    int64_t pipeline_grace_s, pipeline_future_s, pipeline_settle_s,
        pipeline_flush_s;
    int64_t keep_realtime_days, keep_minute_days;
    const char *log_level, *log_format;
};

/* The settings as rows over *options (for --help, files, the command line). */
size_t serve_config(struct serve_options *options, struct config_row *rows,
                    size_t room);

enum { SERVE_SETTINGS_MAX = 48 };

struct serve;

/*
 * Starts everything; when it answers OK the API is ready. What is wrong is
 * logged with what to do about it.
 */
enum err serve_start(const struct serve_options *options,
                     struct serve **out) MUST_CHECK;

/* HTTP, gateway, writer, pipeline (which flushes), then the stores. */
void serve_stop(struct serve *serve);

int serve_http_port(const struct serve *serve);
int serve_gateway_port(const struct serve *serve);

int serve_command(int argc, char **argv);

#endif
