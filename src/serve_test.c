/* Stories of the whole server: devices report, people ask. */
#include "serve_testing.h"

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
        {"GET", "/api/v1/nothing", NULL, 404},
        {"GET", "/api/v1/sites/", NULL, 404},
        {"GET", "/api/v1/sites/0", NULL, 404},
        {"GET", "/api/v1/sites/-1", NULL, 404},
        {"GET", "/api/v1/sites/99999999999999999999", NULL, 404},
        {"GET", "/api/v1/sites/1%00", NULL, 400},
        {"GET", "/api/v1/sites/%ff", NULL, 400},
        {"GET", "/api/v1/sites?elemnt=air", NULL, 400},
        {"GET", "/api/v1/sites/1%2f..%2f2", NULL, 404},
        {"GET", "/api/v1/sites?element=fire", NULL, 400},
        {"GET", "/api/v1/sites?limit=0", NULL, 400},
        {"GET", "/api/v1/sites?limit=10001", NULL, 400},
        {"GET", "/api/v1/sites?limit=1e3", NULL, 400},
        {"GET", "/api/v1/sites?after=x", NULL, 400},
        {"GET", "/api/v1/sites?format=xml", NULL, 400},
        {"GET", "/api/v1/verdicts?site=1&from=yesterday", NULL, 400},
        {"GET", "/api/v1/verdicts?site=1&kind=luck", NULL, 400},
        {"GET", "/api/v1/frames?kind=x", NULL, 400},
        {"GET", "/api/v1/registry/../accounts", NULL, 404},
        {"GET", "/api/v1/registry/accounts", NULL, 404},
        {"GET", "/api/v1/standards/..%2f..%2fetc", NULL, 404},
        {"PATCH", "/api/v1/sites/1", NULL, 405},
        {"POST", "/api/v1/sites/1", "{}", 405},
        {"DELETE", "/api/v1/live", NULL, 405},
        {"POST", "/api/v1/session", "", 400},
        {"POST", "/api/v1/session", "{", 400},
        {"POST", "/api/v1/session", "[]", 400},
        {"POST", "/api/v1/session", "{\"name\":\"\xff\"}", 400},
        {"POST", "/api/v1/session", "{\"a\":1,\"a\":2}", 400},
        {"POST", "/api/v1/devices/1/commands", "{\"cn\":9999}", 422},
        {"POST", "/api/v1/devices/1/commands",
         "{\"cn\":1062,\"cp\":\"RtdInterval=1\"}", 422},
        {"POST", "/api/v1/devices/1/commands",
         "{\"cn\":1012,\"cp\":\"SystemTime=1&&evil\\r\\n##\"}", 422},
        {"POST", "/api/v1/devices/77/commands", "{\"cn\":1012}", 404},
        {"PUT", "/api/v1/registry/sites/1431A", "{\"nonsense\":\"1\"}", 422},
        {"PUT", "/api/v1/registry/sites/1431A", "{\"lon\":\"999\"}", 422},
        {"DELETE", "/api/v1/registry/sites/1431A", NULL, 409},
        {"DELETE", "/api/v1/registry/sites/absent", NULL, 404},
        {"DELETE", "/api/v1/overlays/5", NULL, 404},
        {"POST", "/api/v1/quarantine/absent/replay", NULL, 404},
        {"GET", "/index.php", NULL, 404},
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

/* ---- a device that encrypts ---- */

#define KEY_HEX "30303030303030303030303030303030"

/* A minute of that device, its CP under the key; the answer is waited for. */
static void report_secret_minute(int64_t minute_s)
{
    const struct hj212_header header = {.qn = SPAN("20261125000000900"),
                                        .st = SPAN("22"),
                                        .pw = SPAN("123456"),
                                        .mn = SPAN(MN),
                                        .cn = 2051,
                                        .flag = 9};
    static const uint8_t key[HJ212_SM4_KEY_LEN] = "0000000000000000";
    char cp[256], when[15], answer[2048];
    int fd = dial(serve_gateway_port(server));
    struct buf frame;

    datetime_format_compact(minute_s, when);
    snprintf(cp, sizeof(cp), "DataTime=%s;a34004-Avg=41.5,a34004-Flag=N", when);
    buf_init(&frame, 4096);
    CHECK_INT(hj212_encode(&header, span_of(cp), key, &frame), OK);
    CHECK_INT(write(fd, frame.at, frame.len), (ssize_t)frame.len);
    CHECK(read_until(fd, "CN=9014", answer, sizeof(answer)));
    buf_done(&frame);
    close(fd);
}

static void check_secret_minute(int64_t minute_s)
{
    char path[256], when[64];
    struct got got;
    int64_t channel, sequence;

    got = wait_for("/api/v1/channels?site=1&factor=a34004&cadence=minute"
                   "&origin=reported",
                   200, "\"id\"");
    channel = json_integer_value(
        json_object_get(json_array_get(items_of(&got), 0), "id"));
    forget(&got);
    iso(minute_s, when);
    snprintf(path, sizeof(path), "/api/v1/channels/%lld/readings?from=%s",
             (long long)channel, when);
    got = wait_for(path, 200, "41.5");
    forget(&got);
    snprintf(path, sizeof(path), "/api/v1/channels/%lld/frames?start=%s",
             (long long)channel, when);
    got = wait_for(path, 200, "\"sequence\"");
    sequence = json_integer_value(
        json_object_get(json_array_get(items_of(&got), 0), "sequence"));
    forget(&got);
    /* what is kept is the cipher; reading it opens a copy */
    snprintf(path, sizeof(path), "/api/v1/frames/%lld", (long long)sequence);
    got = ask("GET", path, NULL);
    CHECK_INT(got.status, 200);
    CHECK_TEXT(text_at(got.json, "verdict"), "ok");
    CHECK(strstr(text_at(got.json, "raw"), "MN=" MN));
    CHECK(!strstr(text_at(got.json, "raw"), "DataTime"));
    CHECK(!strstr(text_at(got.json, "raw"), "a34004"));
    CHECK(strstr(got.body.at, "\"41.5\""));
    forget(&got);
}

TEST(an_encrypted_minute_is_a_reading_and_its_record_stays_cipher)
{
    int64_t minute_s = last_hour() + 10 * MINUTE_S;
    struct got got;

    begin();
    log_in("admin");
    got = ask("PUT", "/api/v1/registry/device/" MN,
              "{\"mn\":\"" MN "\",\"sm4_key\":\"" KEY_HEX "\"}");
    CHECK_INT(got.status, 200);
    forget(&got);
    report_secret_minute(minute_s);
    check_secret_minute(minute_s);
    serve_stop(server);
    CHECK_INT(serve_start(&options, &server), OK);
    check_secret_minute(minute_s);
    end();
}
