/*
 * serve_testing - the whole server in one process for its tests: a province in
 * a temporary directory, a person who asks over HTTP, a device that reports
 * over a socket. What the stories need of time is asked for again until it is
 * there; nothing is measured.
 */
#ifndef SERVE_TESTING_H
#define SERVE_TESTING_H

#include "serve.h"

#include "base/datetime.h"
#include "base/test.h"
#include "ingest/hj212/hj212.h"
#include "storage/account/account_store.h"
#include "storage/ledger/ledger.h"
#include "storage/registry/registry.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <jansson.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PASSWORD "Correct-Horse-9"
#define MN       "510104000000000000000001"
#define OUTLET   "510112000000000000000002"

/* ---- a province in a temporary directory ---- */

static char directory[64];
static struct serve_options options;
static struct serve *server;
static char cookie[256], csrf[80]; /* empty: nobody */

/* clang-format off */
static const char *const rows[][2] = {
    {"site", "{\"code\":\"1431A\",\"name_zh\":\"金泉两河\","
             "\"name_en\":\"Jinquan\",\"element\":\"air\","
             "\"level\":\"national\",\"region\":\"510106\","
             "\"lon\":\"103.97\",\"lat\":\"30.72\"}"},
    {"point", "{\"site\":\"1431A\",\"code\":\"1\",\"name_zh\":\"采样口\"}"},
    {"device", "{\"mn\":\"" MN "\",\"site\":\"1431A\",\"point\":\"1\","
               "\"password\":\"123456\"}"},
    {"site", "{\"code\":\"QY1\",\"name_zh\":\"电厂\","
             "\"element\":\"source_gas\",\"level\":\"enterprise\","
             "\"region\":\"510112\"}"},
    {"point", "{\"site\":\"QY1\",\"code\":\"DA001\",\"name_zh\":\"总排口\"}"},
    {"device", "{\"mn\":\"" OUTLET "\",\"site\":\"QY1\",\"point\":\"DA001\","
               "\"password\":\"654321\"}"},
    {"factor", "{\"site\":\"QY1\",\"point\":\"DA001\",\"factor\":\"a21026\","
               "\"unit\":\"mg/m3\",\"decimals\":1}"},
    {"limit", "{\"site\":\"QY1\",\"point\":\"DA001\",\"factor\":\"a21026\","
              "\"averaging\":\"hour\",\"from\":\"20140701\","
              "\"standard\":\"GB 13223-2011\",\"max\":\"35\","
              "\"unit\":\"mg/m3\",\"converted\":\"yes\"}"},
};
/* clang-format on */

static inline void path_in(const char *name, char out[128])
{
    snprintf(out, 128, "%s/%s", directory, name);
}

static inline void make_registry(void)
{
    struct registry *registry;
    struct arena arena;
    char path[128];

    path_in("registry.db", path);
    CHECK_INT(registry_open(path, &registry), OK);
    arena_init(&arena);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct import_problem problem = {.line = 0};
        enum err err = registry_put(registry, rows[i][0], span_of(rows[i][1]),
                                    &arena, &problem);

        if (err)
            print_error("%s: %s\n", rows[i][1], problem.reason);
        CHECK_INT(err, OK);
    }
    arena_done(&arena);
    registry_close(registry);
}

static inline void make_accounts(void)
{
    static const struct password_cost cheap = {64, 1, 1};
    struct account_store *accounts;
    char path[128];

    path_in("account.db", path);
    CHECK_INT(account_store_open(path, &cheap, &accounts), OK);
    CHECK_INT(account_add(accounts, SPAN("admin"), ROLE_ADMINISTRATOR,
                          SPAN(PASSWORD), false, 1790000000),
              OK);
    CHECK_INT(account_add(accounts, SPAN("viewer"), ROLE_VIEWER, SPAN(PASSWORD),
                          false, 1790000000),
              OK);
    CHECK_INT(account_add(accounts, SPAN("new"), ROLE_OPERATOR, SPAN(PASSWORD),
                          true, 1790000000),
              OK);
    account_store_close(accounts);
}

static inline void settings(void)
{
    static struct config_row config[SERVE_SETTINGS_MAX];
    size_t count = serve_config(&options, config, SERVE_SETTINGS_MAX);

    config_defaults(config, count);
    options.data = directory;
    options.http_listen = "127.0.0.1:0";
    options.gateway_listen = "127.0.0.1:0";
    options.web_directory = directory;
    options.gateway_first_contact = false;
    options.gateway_gap_interval_s = 0;
    options.gateway_threads = 1;
    options.http_threads = 2;
    options.pipeline_grace_s = 0;
    options.pipeline_settle_s = 0;
    options.http_logins_per_minute = 8;
}

static inline void begin(void)
{
    char path[128];

    snprintf(directory, sizeof(directory), "/tmp/serve_test_XXXXXX");
    CHECK(mkdtemp(directory));
    path_in("ledger", path);
    CHECK_INT(ledger_init(path), OK);
    make_registry();
    make_accounts();
    settings();
    cookie[0] = csrf[0] = '\0';
    CHECK_INT(serve_start(&options, &server), OK);
}

static inline void end(void)
{
    char command[96];

    serve_stop(server);
    snprintf(command, sizeof(command), "rm -r %s", directory);
    CHECK_INT(system(command), 0);
}

/* ---- a person ---- */

struct got {
    long status;
    struct buf head, body;
    json_t *json; /* NULL when it is none */
};

static inline size_t take(char *data, size_t size, size_t count, void *to)
{
    buf_add(to, (struct span){data, size * count});
    return size * count;
}

static inline struct curl_slist *headers_of(const char *body, const char *extra)
{
    struct curl_slist *headers = NULL;
    char line[512];

    if (body && !(extra && strstr(extra, "Content-Type")))
        headers = curl_slist_append(headers, "Content-Type: application/json");
    if (cookie[0]) {
        snprintf(line, sizeof(line), "Cookie: %s", cookie);
        headers = curl_slist_append(headers, line);
    }
    if (csrf[0]) {
        snprintf(line, sizeof(line), "X-CSRF-Token: %s", csrf);
        headers = curl_slist_append(headers, line);
    }
    if (extra)
        headers = curl_slist_append(headers, extra);
    return headers;
}

static inline struct got ask_with(const char *method, const char *path,
                                  const char *body, const char *extra)
{
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = headers_of(body, extra);
    struct got got = {.status = 0};
    char url[1024];

    snprintf(url, sizeof(url), "http://127.0.0.1:%d%s", serve_http_port(server),
             path);
    buf_init(&got.head, 1 << 16);
    buf_init(&got.body, 1 << 24);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    if (body) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)strlen(body));
    }
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &got.body);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &got.head);
    CHECK_INT(curl_easy_perform(curl), CURLE_OK);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &got.status);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    got.json =
        json_loadb(got.body.len ? got.body.at : "", got.body.len, 0, NULL);
    return got;
}

static inline struct got ask(const char *method, const char *path,
                             const char *body)
{
    return ask_with(method, path, body, NULL);
}

static inline void forget(struct got *got)
{
    buf_done(&got->head);
    buf_done(&got->body);
    json_decref(got->json);
}

static inline long status_of(const char *method, const char *path,
                             const char *body)
{
    struct got got = ask(method, path, body);

    forget(&got);
    return got.status;
}

/* The status of a GET, and that what is wrong is a problem with a sentence. */
static inline long problem_of(const char *method, const char *path,
                              const char *body)
{
    struct got got = ask(method, path, body);
    const char *detail = json_string_value(json_object_get(got.json, "detail"));

    CHECK(got.status >= 400);
    CHECK(strstr(got.head.at, "application/problem+json"));
    CHECK(detail && strlen(detail) > 5);
    CHECK_INT(json_integer_value(json_object_get(got.json, "status")),
              got.status);
    forget(&got);
    return got.status;
}

static inline const char *text_at(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : "(none)";
}

static inline json_t *items_of(const struct got *got)
{
    return json_object_get(got->json, "items");
}

/* The row of a list with that member. */
static inline json_t *row_with(const struct got *got, const char *name,
                               const char *value)
{
    json_t *row;
    size_t i;

    json_array_foreach(items_of(got), i, row)
    {
        if (strcmp(text_at(row, name), value) == 0)
            return row;
    }
    return NULL;
}

static inline void log_in(const char *name)
{
    char body[128];
    const char *set;
    struct got got;

    cookie[0] = csrf[0] = '\0';
    snprintf(body, sizeof(body),
             "{\"name\":\"%s\",\"password\":\"" PASSWORD "\"}", name);
    got = ask("POST", "/api/v1/session", body);
    CHECK_INT(got.status, 200);
    set = strstr(got.head.at, "Set-Cookie: ");
    CHECK(set && strstr(set, "HttpOnly") && strstr(set, "SameSite=Strict"));
    snprintf(cookie, sizeof(cookie), "%.*s",
             (int)strcspn(set + strlen("Set-Cookie: "), ";"),
             set + strlen("Set-Cookie: "));
    snprintf(csrf, sizeof(csrf), "%s", text_at(got.json, "csrf"));
    forget(&got);
}

/* ---- a device ---- */

static inline int dial(int port)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    CHECK_INT(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    return fd;
}

/* Reads until `want` has come; false at the end of the connection. */
static inline bool read_until(int fd, const char *want, char *text, size_t size)
{
    size_t len = 0;
    ssize_t got;

    text[0] = '\0';
    while (len < size - 1 && (got = read(fd, text + len, size - 1 - len)) > 0) {
        len += (size_t)got;
        text[len] = '\0';
        if (strstr(text, want))
            return true;
    }
    return false;
}

struct report {
    const char *mn, *pw, *st;
    int64_t hour_s;
    const char *values; /* "a34004-Avg=35.0,a34004-Flag=N;..." */
};

static unsigned qn_count;

/* Sends an hour and waits for its acknowledgement. */
static inline void send_hour(int fd, const struct report *r)
{
    char cp[1024], qn[18], when[15], answer[2048];
    struct hj212_header header = {.qn = {qn, 17},
                                  .st = span_of(r->st),
                                  .pw = span_of(r->pw),
                                  .mn = span_of(r->mn),
                                  .cn = 2061,
                                  .flag = 5};
    struct buf frame;

    datetime_format_compact(r->hour_s, when);
    snprintf(qn, sizeof(qn), "20261125000000%03u", ++qn_count % 1000U);
    snprintf(cp, sizeof(cp), "DataTime=%s;%s", when, r->values);
    buf_init(&frame, 4096);
    CHECK_INT(hj212_encode(&header, span_of(cp), NULL, &frame), OK);
    CHECK_INT(write(fd, frame.at, frame.len), (ssize_t)frame.len);
    CHECK(read_until(fd, "CN=9014", answer, sizeof(answer)));
    buf_done(&frame);
}

static inline int64_t last_hour(void)
{
    return period_start((int64_t)time(NULL), CADENCE_HOUR) - HOUR_S;
}

#define SIX                                                                    \
    "a34004-Avg=35,a34004-Flag=N;a34002-Avg=60,a34002-Flag=N;"                 \
    "a21026-Avg=6,a21026-Flag=N;a21004-Avg=40,a21004-Flag=N;"                  \
    "a21005-Avg=0.6,a21005-Flag=N;a05024-Avg=80,a05024-Flag=N"

static inline void report_air(int64_t hour_s)
{
    struct report report = {MN, "123456", "22", hour_s, SIX};
    int fd = dial(serve_gateway_port(server));

    send_hour(fd, &report);
    close(fd);
}

/* Asks again until the answer has the status and holds the text. */
static inline struct got wait_for(const char *path, long status,
                                  const char *text)
{
    struct got got = {.status = 0};
    const struct timespec pause = {0, 20000000};

    for (int i = 0; i < 1500; i++) {
        got = ask("GET", path, NULL);
        if (got.status == status && (!text || strstr(got.body.at, text)))
            return got;
        forget(&got);
        nanosleep(&pause, NULL);
    }
    print_error("%s never answered %ld with %s\n", path, status,
                text ? text : "anything");
    fail();
    return got;
}

static inline void iso(int64_t utc_s, char out[64])
{
    char text[26];

    datetime_format(utc_s, text);
    /* a '+' of a query is written %2B */
    snprintf(out, 64, "%.19s%%2B08:00", text);
}

/* The channel of the air station's PM2.5 hours as reported. */
static inline int64_t pm25_channel(void)
{
    struct got got = wait_for("/api/v1/channels?site=1&factor=a34004&"
                              "cadence=hour&origin=reported",
                              200, "\"id\"");
    int64_t id = json_integer_value(
        json_object_get(json_array_get(items_of(&got), 0), "id"));

    forget(&got);
    CHECK(id > 0);
    return id;
}

#endif
