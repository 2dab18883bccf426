/*
 * The API as a reader meets it: one connection that stays, one question after
 * the other, over loopback. Beside the verdicts, the answer that asks nothing
 * (/healthz) is the limit of this machine and of the client.
 */
#include "bench/bench.h"

#include "base/buf.h"
#include "bench/bench_whole.h"
#include "simulate/load.h"

#include <curl/curl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    DEVICES = 20,
    QUESTIONS = 2000,
    TRIES = 100, /* until something was judged */
    TRY_MS = 200,
    ANSWER_MAX = 1 << 20,
    FROM_S = 1775001600, /* 2026-04-01, Beijing: an edition is in force */
};

struct asker {
    CURL *curl;
    char base[64];
    struct buf answer;
};

/* curl's own signature: NOLINTNEXTLINE(readability-non-const-parameter) */
static size_t take(char *bytes, size_t size, size_t count, void *user)
{
    buf_add(user, (struct span){bytes, size * count});
    return size * count;
}

/* The status; 0 when nothing came. body NULL: GET. */
static long ask(struct asker *a, const char *path, const char *body)
{
    char url[256];
    long status = 0;

    snprintf(url, sizeof(url), "%s%s", a->base, path);
    buf_clear(&a->answer);
    curl_easy_setopt(a->curl, CURLOPT_URL, url);
    if (body)
        curl_easy_setopt(a->curl, CURLOPT_POSTFIELDS, body);
    else
        curl_easy_setopt(a->curl, CURLOPT_HTTPGET, 1L);
    if (curl_easy_perform(a->curl) == CURLE_OK)
        curl_easy_getinfo(a->curl, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Median and p99 in ms; false, with a note, when an answer is not 200. */
static bool measure(struct bench *bench, struct asker *a, const char *path,
                    const char *body, double out[2])
{
    static double took[QUESTIONS];

    for (int i = 0; i < QUESTIONS; i++) {
        double start = bench_now_s();
        long status = ask(a, path, body);

        took[i] = (bench_now_s() - start) * 1e3;
        if (status != 200) {
            bench_note(bench, "api: %s answers %ld\n", path, status);
            return false;
        }
    }
    qsort(took, QUESTIONS, sizeof(took[0]), by_size);
    out[0] = took[QUESTIONS / 2];
    out[1] = took[QUESTIONS * 99 / 100];
    return true;
}

/* Some hours of some stations, and until the first of them is judged. */
static bool fill(struct bench *bench, struct asker *a, int port)
{
    struct load_options options = {.host = "127.0.0.1",
                                   .port = port,
                                   .devices = DEVICES,
                                   .in_flight = 8,
                                   .seconds = 1,
                                   .from_s = FROM_S};
    struct timespec pause = {0, TRY_MS * 1000000L};
    struct load_result result;
    char message[256] = "";

    if (load_run(&options, &result, message)) {
        bench_note(bench, "api: %s\n", message);
        return false;
    }
    for (int i = 0; i < TRIES; i++) {
        if (ask(a, "/api/v1/sites/1/verdict", NULL) == 200)
            return true;
        nanosleep(&pause, NULL);
    }
    bench_note(bench, "api: nothing was judged\n");
    return false;
}

static const char table[] =
    "{\"columns\":[\"date\",\"SO2\",\"NO2\",\"CO\",\"O3_8h\",\"PM10\","
    "\"PM2.5\"],\"rows\":[[\"2026-04-01\",6,25,0.6,139,78,61]]}";

static void questions(struct bench *bench, struct asker *a, int port)
{
    double ms[2];

    if (ask(a, "/api/v1/session",
            "{\"name\":\"bench\",\"password\":\"only-for-this-"
            "measurement\"}") != 200) {
        bench_note(bench, "api: the log-in was refused\n");
        return;
    }
    if (!fill(bench, a, port))
        return;
    if (measure(bench, a, "/healthz", NULL, ms))
        bench->value[BENCH_API_PLAIN] = ms[0];
    if (measure(bench, a, "/api/v1/sites/1/verdict", NULL, ms)) {
        bench->value[BENCH_API_VERDICT] = ms[0];
        bench->value[BENCH_API_VERDICT_P99] = ms[1];
    }
    if (measure(bench, a, "/api/v1/assessments/aqi-day", table, ms))
        bench->value[BENCH_API_JUDGE_P99] = ms[1];
}

enum err bench_part_api(struct bench *bench)
{
    struct curl_slist *headers =
        curl_slist_append(NULL, "Content-Type: application/json");
    struct asker a = {.curl = curl_easy_init()};
    struct server server;
    enum err err =
        a.curl ? bench_begin(bench, "api", DEVICES, &server) : ERR_IO;

    if (!err) {
        snprintf(a.base, sizeof(a.base), "http://127.0.0.1:%d",
                 server.http_port);
        buf_init(&a.answer, ANSWER_MAX);
        curl_easy_setopt(a.curl, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(a.curl, CURLOPT_WRITEFUNCTION, take);
        curl_easy_setopt(a.curl, CURLOPT_WRITEDATA, &a.answer);
        curl_easy_setopt(a.curl, CURLOPT_COOKIEFILE, "");
        curl_easy_setopt(a.curl, CURLOPT_NOPROXY, "*");
        questions(bench, &a, server.port);
        buf_done(&a.answer);
        server_end(&server, SIGTERM);
    }
    curl_slist_free_all(headers);
    curl_easy_cleanup(a.curl);
    return err;
}
