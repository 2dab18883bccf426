/*
 * The whole server in one process: a device reports over a socket, people ask
 * over HTTP. What the stories need of time is asked for again until it is
 * there; nothing is measured.
 */
#include "serve.h"

#include "api/schema.h"
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

static const char *const rows[][2] = {
    {"site",   "{\"code\":\"1431A\",\"name_zh\":\"金泉两河\",\"name_en\":"
             "\"Jinquan\",\"element\":\"air\",\"level\":\"national\","
             "\"region\":\"510106\",\"lon\":\"103.97\",\"lat\":\"30.72\"}"   },
    {"point",  "{\"site\":\"1431A\",\"code\":\"1\",\"name_zh\":\"采样口\"}"           },
    {"device", "{\"mn\":\"" MN "\",\"site\":\"1431A\",\"point\":\"1\","
               "\"password\":\"123456\"}"                                  },
    {"site",   "{\"code\":\"QY1\",\"name_zh\":\"电厂\",\"element\":"
             "\"source_gas\",\"level\":\"enterprise\",\"region\":\"510112\"}"},
    {"point",  "{\"site\":\"QY1\",\"code\":\"DA001\",\"name_zh\":\"总排口\"}"         },
    {"device", "{\"mn\":\"" OUTLET "\",\"site\":\"QY1\",\"point\":\"DA001\","
               "\"password\":\"654321\"}"                                  },
    {"factor", "{\"site\":\"QY1\",\"point\":\"DA001\",\"factor\":\"a21026\","
               "\"unit\":\"mg/m3\",\"decimals\":1}"                        },
    {"limit",  "{\"site\":\"QY1\",\"point\":\"DA001\",\"factor\":\"a21026\","
              "\"averaging\":\"hour\",\"from\":\"20140701\",\"standard\":"
              "\"GB 13223-2011\",\"max\":\"35\",\"unit\":\"mg/m3\","
              "\"converted\":\"yes\"}"                                      },
};

static void path_in(const char *name, char out[128])
{
    snprintf(out, 128, "%s/%s", directory, name);
}

static void make_registry(void)
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

static void make_accounts(void)
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

static void settings(void)
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

static void begin(void)
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

static void end(void)
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

static size_t take(char *data, size_t size, size_t count, void *to)
{
    buf_add(to, (struct span){data, size * count});
    return size * count;
}

static struct curl_slist *headers_of(const char *body, const char *extra)
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

static struct got ask_with(const char *method, const char *path,
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

static struct got ask(const char *method, const char *path, const char *body)
{
    return ask_with(method, path, body, NULL);
}

static void forget(struct got *got)
{
    buf_done(&got->head);
    buf_done(&got->body);
    json_decref(got->json);
}

static long status_of(const char *method, const char *path, const char *body)
{
    struct got got = ask(method, path, body);

    forget(&got);
    return got.status;
}

/* The status of a GET, and that what is wrong is a problem with a sentence. */
static long problem_of(const char *method, const char *path, const char *body)
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

static const char *text_at(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : "(none)";
}

static json_t *items_of(const struct got *got)
{
    return json_object_get(got->json, "items");
}

/* The row of a list with that member. */
static json_t *row_with(const struct got *got, const char *name,
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

static void log_in(const char *name)
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

static int dial(int port)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    CHECK_INT(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    return fd;
}

/* Reads until `want` has come; false at the end of the connection. */
static bool read_until(int fd, const char *want, char *text, size_t size)
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
static void send_hour(int fd, const struct report *r)
{
    char cp[1024], qn[18], when[15], answer[2048];
    struct hj212_header header = {
        .qn = {qn, 17},
        .st = span_of(r->st),
        .pw = span_of(r->pw),
        .mn = span_of(r->mn),
        .cn = 2061,
        .flag = 5
    };
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

static int64_t last_hour(void)
{
    return period_start((int64_t)time(NULL), CADENCE_HOUR) - HOUR_S;
}

#define SIX                                                                    \
    "a34004-Avg=35,a34004-Flag=N;a34002-Avg=60,a34002-Flag=N;"                 \
    "a21026-Avg=6,a21026-Flag=N;a21004-Avg=40,a21004-Flag=N;"                  \
    "a21005-Avg=0.6,a21005-Flag=N;a05024-Avg=80,a05024-Flag=N"

static void report_air(int64_t hour_s)
{
    struct report report = {MN, "123456", "22", hour_s, SIX};
    int fd = dial(serve_gateway_port(server));

    send_hour(fd, &report);
    close(fd);
}

/* Asks again until the answer has the status and holds the text. */
static struct got wait_for(const char *path, long status, const char *text)
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

static void iso(int64_t utc_s, char out[64])
{
    char text[26];

    datetime_format(utc_s, text);
    /* a '+' of a query is written %2B */
    snprintf(out, 64, "%.19s%%2B08:00", text);
}

/* The channel of the air station's PM2.5 hours as reported. */
static int64_t pm25_channel(void)
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

/* ---- the stories ---- */

TEST(a_device_reports_and_the_site_page_shows_it)
{
    struct got got;
    json_t *row;

    begin();
    got = ask("GET", "/api/v1/sites/1", NULL);
    CHECK_TEXT(text_at(got.json, "state"), "never");
    forget(&got);

    report_air(last_hour());
    got = wait_for("/api/v1/sites/1/latest", 200, "a05024");
    row = row_with(&got, "factor", "a34004");
    CHECK(row);
    CHECK_TEXT(text_at(row, "value"), "35");
    CHECK_TEXT(text_at(row, "flag"), "N");
    CHECK_TEXT(text_at(row, "cadence"), "hour");
    CHECK(json_is_true(json_object_get(row, "valid")));
    forget(&got);

    /* HJ 633-2026 of 35 and 60 ug/m3: the largest index decides */
    got = wait_for("/api/v1/sites/1/verdict", 200, "\"given\"");
    CHECK_TEXT(text_at(got.json, "kind"), "aqi_hour");
    CHECK_TEXT(text_at(got.json, "edition"), "HJ 633-2026");
    CHECK(json_integer_value(json_object_get(got.json, "rating")) > 0);
    row = row_with(&got, "factor", "a34004");
    CHECK(row && strstr(text_at(row, "step_en"), "35"));
    CHECK(strstr(text_at(row, "step_zh"), "35"));
    forget(&got);

    /* the map, without login: the station, and its city of one station */
    got = wait_for("/api/v1/live", 200, "\"stations_judged\":1");
    CHECK(strstr(got.body.at, "\"state\":\"ok\""));
    CHECK(strstr(got.body.at, "1431A") && !strstr(got.body.at, "QY1"));
    forget(&got);
    end();
}

TEST(a_verdict_leads_to_its_frame_and_the_frame_is_proved)
{
    char path[256], when[64];
    int64_t hour = last_hour(), sequence;
    struct got got, checked;
    char *broken, *digit;

    begin();
    report_air(hour);
    log_in("admin");
    iso(hour, when);
    snprintf(path, sizeof(path), "/api/v1/channels/%lld/frames?start=%s",
             (long long)pm25_channel(), when);
    got = wait_for(path, 200, "\"sequence\"");
    sequence = json_integer_value(
        json_object_get(json_array_get(items_of(&got), 0), "sequence"));
    CHECK(!strstr(got.body.at, "123456"));
    forget(&got);

    snprintf(path, sizeof(path), "/api/v1/frames/%lld", (long long)sequence);
    got = ask("GET", path, NULL);
    CHECK_INT(got.status, 200);
    CHECK_TEXT(text_at(got.json, "verdict"), "ok");
    CHECK(strstr(text_at(got.json, "raw"), "a34004-Avg=35"));
    CHECK(strstr(text_at(got.json, "raw"), "PW=******"));
    CHECK_TEXT(text_at(json_object_get(got.json, "header"), "pw"), "******");
    CHECK(!strstr(got.body.at, "123456") &&
          !strstr(got.body.at, "313233343536"));
    forget(&got);

    snprintf(path, sizeof(path), "/api/v1/ledger/proof/%lld",
             (long long)sequence);
    got = ask("GET", path, NULL);
    CHECK_INT(got.status, 200);
    CHECK(strstr(got.head.at, "attachment"));
    checked = ask("POST", "/api/v1/ledger/check", got.body.at);
    CHECK(json_is_true(json_object_get(checked.json, "consistent")));
    forget(&checked);
    broken = memory_text(buf_span(&got.body));
    digit = strstr(broken, "payload");
    CHECK(digit);
    for (digit += strlen("payload\":"); *digit != '1' && *digit; digit++)
        ;
    *digit = '2';
    checked = ask("POST", "/api/v1/ledger/check", broken);
    CHECK(json_is_false(json_object_get(checked.json, "consistent")));
    forget(&checked);
    free(broken);
    forget(&got);
    CHECK_INT(problem_of("GET", "/api/v1/ledger/proof/999999", NULL), 404);
    end();
}

TEST(an_exceeding_outlet_shows_on_the_map_only_to_who_may_see_it)
{
    struct report report = {OUTLET, "654321", "31", last_hour(),
                            "a21026-Avg=33.0,a21026-ZsAvg=35.1,a21026-Flag=N"};
    struct got got;
    int fd;

    begin();
    fd = dial(serve_gateway_port(server));
    send_hour(fd, &report);
    close(fd);
    CHECK_INT(problem_of("GET", "/api/v1/sites/2", NULL), 404);
    log_in("viewer");
    got = wait_for("/api/v1/sites?state=exceeding", 200, "QY1");
    forget(&got);
    got = ask("GET", "/api/v1/sites/2/latest", NULL);
    CHECK(json_is_true(
        json_object_get(row_with(&got, "cadence", "hour"), "exceeds")));
    CHECK(strstr(got.body.at, "GB 13223-2011"));
    forget(&got);
    got = ask("GET", "/api/v1/sites/2/verdict", NULL);
    CHECK_INT(json_integer_value(json_object_get(got.json, "rating")), 1);
    CHECK_TEXT(
        text_at(json_array_get(json_object_get(got.json, "items"), 0), "limit"),
        "35");
    forget(&got);
    end();
}

TEST(pages_of_a_list_lose_and_double_nothing)
{
    enum { HOURS = 23, PAGE = 5 };
    struct report report = {MN, "123456", "22", 0,
                            "a34004-Avg=35,a34004-Flag=N"};
    int64_t first = last_hour() - HOURS * HOUR_S, expected = first;
    char path[256], next[64] = "", from[64];
    size_t pages = 0;
    int64_t channel;
    struct got got;
    int fd;

    begin();
    fd = dial(serve_gateway_port(server));
    for (int i = 0; i < HOURS; i++) {
        report.hour_s = first + i * HOUR_S;
        send_hour(fd, &report);
    }
    close(fd);
    channel = pm25_channel();
    iso(first, from);
    snprintf(path, sizeof(path),
             "/api/v1/channels/%lld/readings?from=%s&limit=100",
             (long long)channel, from);
    for (size_t count = 0; count < HOURS;) {
        got = wait_for(path, 200, "\"start\"");
        count = json_array_size(items_of(&got));
        forget(&got);
    }
    do {
        json_t *row;
        size_t i;

        snprintf(path, sizeof(path),
                 "/api/v1/channels/%lld/readings?from=%s&limit=%d%s%s",
                 (long long)channel, from, PAGE, next[0] ? "&after=" : "",
                 next);
        got = ask("GET", path, NULL);
        CHECK_INT(got.status, 200);
        json_array_foreach(items_of(&got), i, row)
        {
            char text[26];

            datetime_format(expected, text);
            CHECK_TEXT(text_at(row, "start"), text);
            expected += HOUR_S;
        }
        snprintf(next, sizeof(next), "%s", text_at(got.json, "next"));
        forget(&got);
        pages++;
    } while (strcmp(next, "(none)") != 0);
    CHECK_INT(expected, first + HOURS * HOUR_S);
    CHECK_INT(pages, 5);

    snprintf(path, sizeof(path),
             "/api/v1/channels/%lld/readings?from=%s&format=csv&bom=1",
             (long long)channel, from);
    got = ask("GET", path, NULL);
    CHECK(strncmp(got.body.at, "\xef\xbb\xbfstart,value,min", 18) == 0);
    CHECK(strstr(got.head.at, "text/csv"));
    expected = 0;
    for (const char *at = got.body.at; (at = strstr(at, "\r\n")); at += 2)
        expected++;
    CHECK_INT(expected, HOURS + 1);
    forget(&got);
    end();
}

TEST(an_overlay_hides_nothing_and_can_be_taken_back)
{
    char path[256], body[512], before[64];
    int64_t hour = last_hour(), channel, id;
    char from[26], to[26];
    struct got got;

    begin();
    report_air(hour);
    channel = pm25_channel();
    log_in("admin");
    datetime_format(hour, from);
    datetime_format(hour + HOUR_S, to);
    snprintf(path, sizeof(path), "/api/v1/channels/%lld/overlays",
             (long long)channel);
    snprintf(body, sizeof(body),
             "{\"kind\":\"replace\",\"value\":\"36.50\",\"from\":\"%s\","
             "\"to\":\"%s\",\"reason\":\"仪器校准\"}",
             from, to);
    got = ask("POST", path, body);
    CHECK_INT(got.status, 201);
    CHECK_TEXT(text_at(got.json, "who"), "admin");
    CHECK_TEXT(text_at(got.json, "value"), "36.50");
    id = json_integer_value(json_object_get(got.json, "id"));
    forget(&got);
    CHECK_INT(problem_of("POST", path, "{\"kind\":\"replace\"}"), 422);

    snprintf(path, sizeof(path), "/api/v1/channels/%lld/readings",
             (long long)channel);
    got = ask("GET", path, NULL);
    CHECK(strstr(got.body.at, "\"36.50\"") && strstr(got.body.at, "replaced"));
    forget(&got);
    snprintf(path, sizeof(path), "/api/v1/channels/%lld/readings?raw=1",
             (long long)channel);
    got = ask("GET", path, NULL);
    CHECK(strstr(got.body.at, "\"35\"") && !strstr(got.body.at, "36.50"));
    forget(&got);

    snprintf(path, sizeof(path), "/api/v1/overlays/%lld", (long long)id);
    CHECK_INT(status_of("DELETE", path, NULL), 204);
    CHECK_INT(problem_of("DELETE", path, NULL), 404);
    snprintf(path, sizeof(path), "/api/v1/channels/%lld/readings",
             (long long)channel);
    got = ask("GET", path, NULL);
    CHECK(strstr(got.body.at, "\"35\"") && !strstr(got.body.at, "36.50"));
    forget(&got);

    /* What was known before anything was known is nothing. */
    iso(hour - 30 * DAY_S, before);
    snprintf(path, sizeof(path), "/api/v1/channels/%lld/readings?as_of=%s",
             (long long)channel, before);
    got = ask("GET", path, NULL);
    CHECK_INT(json_array_size(items_of(&got)), 0);
    forget(&got);
    end();
}

TEST(listeners_hear_of_a_reading_at_once)
{
    char text[1 << 16];
    struct got got;
    int fd;

    begin();
    report_air(last_hour() - HOUR_S);
    got = wait_for("/api/v1/sites/1/latest", 200, "a05024");
    forget(&got);
    fd = dial(serve_http_port(server));
    dprintf(fd, "GET /api/v1/events?topics=live,site:1 HTTP/1.1\r\n"
                "Host: x\r\n\r\n");
    CHECK(read_until(fd, "text/event-stream", text, sizeof(text)));
    report_air(last_hour());
    CHECK(read_until(fd, "event: reading", text, sizeof(text)));
    if (!strstr(text, "\"a34004\""))
        CHECK(read_until(fd, "\"a34004\"", text, sizeof(text)));
    close(fd);
    CHECK_INT(problem_of("GET", "/api/v1/events?topics=commands", NULL), 401);
    CHECK_INT(problem_of("GET", "/api/v1/events?topics=site:2", NULL), 401);
    CHECK_INT(problem_of("GET", "/api/v1/events?topics=site:1x", NULL), 401);
    end();
}

TEST(who_may_do_what_is_asked_at_every_door)
{
    static const char *const closed[] = {
        "/api/v1/devices",        "/api/v1/frames",     "/api/v1/ledger",
        "/api/v1/commands",       "/api/v1/deviations", "/api/v1/quarantine",
        "/api/v1/registry/sites", "/api/v1/session",    "/api/v1/frames/1",
        "/api/v1/ledger/proof/1",
    };
    struct got got;
    char kept[256];

    begin();
    for (size_t i = 0; i < LENGTH(closed); i++)
        CHECK_INT(problem_of("GET", closed[i], NULL), 401);
    snprintf(cookie, sizeof(cookie), "shangyou_session=%064d", 0);
    CHECK_INT(problem_of("GET", "/api/v1/devices", NULL), 401);

    log_in("viewer");
    for (size_t i = 0; i + 2 < LENGTH(closed); i++)
        CHECK_INT(status_of("GET", closed[i], NULL), 200);
    CHECK_INT(problem_of("POST", "/api/v1/devices/1/commands", "{\"cn\":1012}"),
              403);
    CHECK_INT(problem_of("PUT", "/api/v1/registry/sites/1431A", "{}"), 403);

    log_in("admin");
    snprintf(kept, sizeof(kept), "%s", csrf);
    csrf[0] = '\0';
    CHECK_INT(problem_of("POST", "/api/v1/devices/1/commands", "{\"cn\":1012}"),
              403);
    snprintf(csrf, sizeof(csrf), "%064d", 0);
    CHECK_INT(problem_of("POST", "/api/v1/devices/1/commands", "{\"cn\":1012}"),
              403);
    snprintf(csrf, sizeof(csrf), "%.79s", kept);
    got = ask_with("POST", "/api/v1/devices/1/commands", "{\"cn\":1012}",
                   "Content-Type: text/plain");
    CHECK_INT(got.status, 415);
    forget(&got);
    got = ask("POST", "/api/v1/devices/1/commands", "{\"cn\":1012}");
    CHECK_INT(got.status, 202);
    CHECK(strstr(text_at(got.json, "cp"), "SystemTime=20"));
    forget(&got);
    CHECK_INT(status_of("DELETE", "/api/v1/session", NULL), 204);
    CHECK_INT(problem_of("GET", "/api/v1/devices", NULL), 401);

    log_in("new"); /* nothing before the password is one's own */
    CHECK_INT(problem_of("GET", "/api/v1/devices", NULL), 403);
    CHECK_INT(problem_of("PUT", "/api/v1/session/password",
                         "{\"old\":\"" PASSWORD "\",\"new\":\"short\"}"),
              422);
    CHECK_INT(status_of("PUT", "/api/v1/session/password",
                        "{\"old\":\"" PASSWORD
                        "\",\"new\":\"Another-Horse-7\"}"),
              204);
    CHECK_INT(status_of("GET", "/api/v1/devices", NULL), 200);
    end();
}

TEST(guessing_passwords_is_slowed_down)
{
    static const char wrong[] =
        "{\"name\":\"nobody\",\"password\":\"guess-0123456\"}";
    struct got got;
    long status = 0;
    int tries = 0;

    begin();
    while ((status = problem_of("POST", "/api/v1/session", wrong)) == 401)
        tries++;
    CHECK_INT(status, 429);
    CHECK(tries > 0 && tries <= 8);
    /* from that address not even the right one is looked at any more */
    for (int i = 0; i < 8; i++)
        status = problem_of("POST", "/api/v1/session", wrong);
    got = ask("POST", "/api/v1/session",
              "{\"name\":\"admin\",\"password\":\"" PASSWORD "\"}");
    CHECK_INT(got.status, 429);
    CHECK(strstr(got.head.at, "Retry-After: "));
    forget(&got);
    end();
}

TEST(hostile_requests_get_a_problem_that_says_why)
{
    static const struct {
        const char *method, *path, *body;
        long status;
    } cases[] = {
        {"GET",    "/api/v1/nothing",                        NULL,                   404},
        {"GET",    "/api/v1/sites/",                         NULL,                   404},
        {"GET",    "/api/v1/sites/0",                        NULL,                   404},
        {"GET",    "/api/v1/sites/-1",                       NULL,                   404},
        {"GET",    "/api/v1/sites/99999999999999999999",     NULL,                   404},
        {"GET",    "/api/v1/sites/1%00",                     NULL,                   400},
        {"GET",    "/api/v1/sites/%ff",                      NULL,                   400},
        {"GET",    "/api/v1/sites/1%2f..%2f2",               NULL,                   404},
        {"GET",    "/api/v1/sites?element=fire",             NULL,                   400},
        {"GET",    "/api/v1/sites?limit=0",                  NULL,                   400},
        {"GET",    "/api/v1/sites?limit=10001",              NULL,                   400},
        {"GET",    "/api/v1/sites?limit=1e3",                NULL,                   400},
        {"GET",    "/api/v1/sites?after=x",                  NULL,                   400},
        {"GET",    "/api/v1/sites?format=xml",               NULL,                   400},
        {"GET",    "/api/v1/verdicts?site=1&from=yesterday", NULL,                   400},
        {"GET",    "/api/v1/verdicts?site=1&kind=luck",      NULL,                   400},
        {"GET",    "/api/v1/frames?kind=x",                  NULL,                   400},
        {"GET",    "/api/v1/registry/../accounts",           NULL,                   404},
        {"GET",    "/api/v1/registry/accounts",              NULL,                   404},
        {"GET",    "/api/v1/standards/..%2f..%2fetc",        NULL,                   404},
        {"PATCH",  "/api/v1/sites/1",                        NULL,                   405},
        {"POST",   "/api/v1/sites/1",                        "{}",                   405},
        {"DELETE", "/api/v1/live",                           NULL,                   405},
        {"POST",   "/api/v1/session",                        "",                     400},
        {"POST",   "/api/v1/session",                        "{",                    400},
        {"POST",   "/api/v1/session",                        "[]",                   400},
        {"POST",   "/api/v1/session",                        "{\"name\":\"\xff\"}",  400},
        {"POST",   "/api/v1/session",                        "{\"a\":1,\"a\":2}",    400},
        {"POST",   "/api/v1/devices/1/commands",             "{\"cn\":9999}",        422},
        {"POST",   "/api/v1/devices/1/commands",
         "{\"cn\":1062,\"cp\":\"RtdInterval=1\"}",                                   422},
        {"POST",   "/api/v1/devices/1/commands",
         "{\"cn\":1012,\"cp\":\"SystemTime=1&&evil\\r\\n##\"}",                      422},
        {"POST",   "/api/v1/devices/77/commands",            "{\"cn\":1012}",        404},
        {"PUT",    "/api/v1/registry/sites/1431A",           "{\"nonsense\":\"1\"}", 422},
        {"PUT",    "/api/v1/registry/sites/1431A",           "{\"lon\":\"999\"}",    422},
        {"DELETE", "/api/v1/registry/sites/1431A",           NULL,                   409},
        {"DELETE", "/api/v1/registry/sites/absent",          NULL,                   404},
        {"DELETE", "/api/v1/overlays/5",                     NULL,                   404},
        {"POST",   "/api/v1/quarantine/absent/replay",       NULL,                   404},
        {"GET",    "/index.php",                             NULL,                   404},
    };
    char deep[4096] = "{\"name\":";

    begin();
    log_in("admin");
    for (size_t i = 0; i < LENGTH(cases); i++) {
        long status = problem_of(cases[i].method, cases[i].path, cases[i].body);

        if (status != cases[i].status)
            print_error("%s %s\n", cases[i].method, cases[i].path);
        CHECK_INT(status, cases[i].status);
    }
    memset(deep + strlen(deep), '[', 2000);
    CHECK_INT(problem_of("POST", "/api/v1/session", deep), 400);
    CHECK_INT(status_of("GET", "/healthz", NULL), 200);
    end();
}

/* ---- every answer is what the schemas say ---- */

static void check_value(const json_t *value, struct span type,
                        const char *name);

static void check_object(const json_t *object, struct span schema)
{
    size_t count;
    const struct schema_field *fields = schema_find(schema, &count);
    const char *key;
    json_t *value;

    if (!fields)
        print_error("no schema %.*s\n", SPAN_ARG(schema));
    CHECK(fields);
    CHECK(json_is_object(object));
    for (size_t i = 0; i < count; i++) {
        value = json_object_get(object, fields[i].name);
        if (!value)
            print_error("%s.%s is not there\n", fields[i].schema,
                        fields[i].name);
        CHECK(value);
        check_value(value, span_of(fields[i].type), fields[i].name);
    }
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        bool known = span_is(schema, "RegistryRow");

        for (size_t i = 0; i < count && !known; i++)
            known = strcmp(key, fields[i].name) == 0;
        if (!known)
            print_error("%.*s has no %s\n", SPAN_ARG(schema), key);
        CHECK(known);
    }
}

static bool is_of(const json_t *value, struct span type)
{
    if (span_is(type, "int"))
        return json_is_integer(value);
    if (span_is(type, "number"))
        return json_is_number(value);
    if (span_is(type, "bool"))
        return json_is_boolean(value);
    return json_is_string(value); /* text, decimal, time */
}

static void check_value(const json_t *value, struct span type, const char *name)
{
    struct span inner;
    size_t i, count;
    json_t *part;
    bool good;

    if (type.at[type.len - 1] == '?') {
        if (json_is_null(value))
            return;
        type.len--;
    }
    inner = (struct span){type.at + 1, type.len > 2 ? type.len - 2 : 0};
    if (type.at[0] == '[') {
        CHECK(json_is_array(value));
        json_array_foreach((json_t *)(uintptr_t)value, i, part)
            check_value(part, inner, name);
        return;
    }
    if (type.at[0] == '{') {
        CHECK(json_is_object(value));
        return;
    }
    if (schema_find(type, &count)) {
        check_object(value, type);
        return;
    }
    good = is_of(value, type);
    if (!good)
        print_error("%s is no %.*s\n", name, SPAN_ARG(type));
    CHECK(good);
}

static void check_answer(const char *path, const char *schema, bool list)
{
    struct got got = ask("GET", path, NULL);
    json_t *row;
    size_t i;

    if (got.status != 200)
        print_error("%s: %s\n", path, got.body.at);
    CHECK_INT(got.status, 200);
    CHECK(strstr(got.head.at, "ETag: "));
    if (list) {
        CHECK(json_is_array(items_of(&got)));
        CHECK(json_object_get(got.json, "next"));
        json_array_foreach(items_of(&got), i, row)
            check_object(row, span_of(schema));
    } else {
        check_object(got.json, span_of(schema));
    }
    forget(&got);
}

/* "#/components/schemas/Site" of an operation's answer, or NULL; its list? */
static const char *schema_of(const json_t *operation, bool *list)
{
    static const char *const way[] = {"responses", "2XX", "content",
                                      "application/json", "schema"};
    const json_t *at = operation;
    const json_t *items;
    const char *ref;

    for (size_t i = 0; i < LENGTH(way); i++)
        at = json_object_get(at, way[i]);
    items = json_object_get(json_object_get(at, "properties"), "items");
    *list = items;
    ref = json_string_value(
        json_object_get(items ? json_object_get(items, "items") : at, "$ref"));
    return ref ? strrchr(ref, '/') + 1 : NULL;
}

static void fill_in(const char *path, int64_t channel, char out[256])
{
    static const char *const values[][2] = {
        {"/registry/{kind}",   "/registry/sites"     },
        {"/frames/{sequence}", "/frames/1"           },
        {"/standards/{name}",  "/standards/aqi-hj633"},
        {"/proof/{sequence}",  "/proof/1"            },
        {"/sites/{id}",        "/sites/1"            },
        {"/devices/{id}",      "/devices/1"          },
    };
    char hour[64], number[32];

    snprintf(out, 256, "%s", path);
    snprintf(number, sizeof(number), "%lld", (long long)channel);
    iso(last_hour(), hour);
    for (size_t i = 0; i < LENGTH(values); i++) {
        const char *at = strstr(path, values[i][0]);

        if (at)
            snprintf(out, 256, "%.*s%s%s", (int)(at - path), path, values[i][1],
                     at + strlen(values[i][0]));
    }
    if (strstr(path, "/channels/{id}"))
        snprintf(out, 256, "/api/v1/channels/%s%s%s%s", number,
                 path + strlen("/api/v1/channels/{id}"),
                 strstr(path, "percentile")    ? "?p=95"
                 : strstr(path, "exceedances") ? "?limit_value=1"
                                               : "?start=",
                 strstr(path, "percentile") || strstr(path, "exceedances")
                     ? ""
                     : hour);
    if (strstr(path, "/verdicts/versions"))
        snprintf(out, 256, "%s?site=1&point=1&kind=aqi_hour&start=%s", path,
                 hour);
}

TEST(every_answer_has_the_fields_that_openapi_says)
{
    struct got openapi, got;
    const char *path;
    json_t *methods;
    int64_t channel, command;
    int asked = 0;

    begin();
    report_air(last_hour());
    log_in("admin");
    channel = pm25_channel();
    got = wait_for("/api/v1/sites/1/verdict", 200, "\"given\"");
    forget(&got);
    got = ask("POST", "/api/v1/devices/1/commands", "{\"cn\":1011}");
    command = json_integer_value(json_object_get(got.json, "id"));
    check_object(got.json, SPAN("Command"));
    forget(&got);

    openapi = ask("GET", "/api/v1/openapi.json", NULL);
    CHECK_TEXT(text_at(openapi.json, "openapi"), "3.1.0");
    json_object_foreach(json_object_get(openapi.json, "paths"), path, methods)
    {
        bool list;
        const char *schema = schema_of(json_object_get(methods, "get"), &list);
        char full[256];

        if (!schema)
            continue;
        fill_in(path, channel, full);
        if (strstr(path, "/commands/{id}"))
            snprintf(full, sizeof(full), "/api/v1/commands/%lld",
                     (long long)command);
        check_answer(full, schema, list);
        asked++;
    }
    CHECK(asked >= 30);
    forget(&openapi);
    end();
}

TEST(a_known_answer_is_not_sent_again)
{
    struct got got;
    char header[128];
    const char *tag;

    begin();
    got = ask("GET", "/api/v1/regions", NULL);
    tag = strstr(got.head.at, "ETag: ");
    CHECK(tag);
    snprintf(header, sizeof(header), "If-None-Match: %.*s",
             (int)strcspn(tag + 6, "\r"), tag + 6);
    forget(&got);
    got = ask_with("GET", "/api/v1/regions", NULL, header);
    CHECK_INT(got.status, 304);
    forget(&got);
    end();
}

/* ---- life ---- */

TEST(after_a_restart_everything_is_still_there)
{
    struct got got;

    begin();
    report_air(last_hour());
    got = wait_for("/api/v1/sites/1/verdict", 200, "\"given\"");
    forget(&got);
    serve_stop(server);
    CHECK_INT(serve_start(&options, &server), OK);
    CHECK_INT(status_of("GET", "/readyz", NULL), 200);
    got = ask("GET", "/api/v1/sites/1/verdict", NULL);
    CHECK_INT(got.status, 200);
    CHECK_TEXT(text_at(got.json, "outcome"), "given");
    forget(&got);
    got = ask("GET", "/api/v1/live", NULL);
    CHECK(strstr(got.body.at, "\"state\":\"ok\"") ||
          strstr(got.body.at, "\"state\":\"late\"") ||
          strstr(got.body.at, "\"state\":\"offline\""));
    CHECK(strstr(got.body.at, "\"aqi_hour\""));
    forget(&got);
    end();
}

TEST(a_second_server_and_a_wrong_directory_are_refused)
{
    struct serve_options other;
    struct serve *second = NULL;

    begin();
    other = options;
    CHECK_INT(serve_start(&other, &second), ERR_BUSY);
    other.data = "/nonexistent";
    CHECK_INT(serve_start(&other, &second), ERR_NOT_FOUND);
    CHECK_INT(status_of("GET", "/readyz", NULL), 200);
    end();
}

TEST(figures_are_there_for_prometheus)
{
    struct got got;

    begin();
    report_air(last_hour());
    got = wait_for("/metrics", 200, "shangyou_pipeline_frames_total 1\n");
    CHECK(strstr(got.body.at, "shangyou_gateway_frames_total 1\n"));
    CHECK(strstr(got.body.at, "verdict=\"bad_crc\"} 0\n"));
    CHECK(strstr(got.body.at, "# TYPE shangyou_http_requests_total counter"));
    forget(&got);
    got = ask_with("GET", "/metrics", NULL, "X-Forwarded-For: 192.0.2.1");
    CHECK_INT(got.status, 401); /* through a proxy: log in */
    forget(&got);
    end();
}
