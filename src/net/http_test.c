/* A server on a free port, asked by libcurl and by raw bytes. */
#include "net/http.h"

#include "base/test.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static struct http *server;
static struct stream_hub *hub;
static char directory[64];

static void echo(struct http_request *r, struct http_response *w)
{
    w->type = "text/plain";
    buf_printf(&w->body, "%s %.*s %.*s [%.*s]", http_method_name(r->method),
               SPAN_ARG(r->param[0]), SPAN_ARG(http_query(r, "q")),
               SPAN_ARG(r->body));
}

static void big(struct http_request *r, struct http_response *w)
{
    (void)r;
    for (int i = 0; i < 1000; i++)
        buf_printf(&w->body, "line %d of many\n", i);
}

static void events(struct http_request *r, struct http_response *w)
{
    w->stream = stream_join(hub);
    if (!w->stream)
        http_problem(w, r, 503, "full");
    else if (!stream_subscribe(w->stream, SPAN("t")))
        abort();
}

static bool admit(struct http_request *r, struct http_response *w)
{
    if (r->route->role == 0 || http_cookie(r, "sid").at)
        return true;
    http_problem(w, r, 401, "Log in.");
    return false;
}

static void files(struct http_request *r, struct http_response *w)
{
    http_file(directory, r, w);
}

static const struct http_route routes[] = {
    {HTTP_GET, "/echo/{x}", .handle = echo},
    {HTTP_POST, "/echo/{x}", .handle = echo},
    {HTTP_GET, "/big", .handle = big},
    {HTTP_GET, "/secret/{x}", .handle = echo, .role = 1},
    {HTTP_GET, "/events", .handle = events},
};

static void write_file(const char *name, const char *text)
{
    char path[128];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", directory, name);
    file = fopen(path, "w");
    CHECK(file);
    fputs(text, file);
    fclose(file);
}

static void start(void)
{
    struct http_options options = {
        .listen = "127.0.0.1:0",
        .threads = 2,
        .connections_max = 64,
        .connections_per_address_max = 32,
        .timeout_s = 10,
        .routes = routes,
        .route_count = LENGTH(routes),
        .admit = admit,
        .fallback = files,
    };
    char sub[80];

    snprintf(directory, sizeof(directory), "/tmp/http_test_XXXXXX");
    CHECK(mkdtemp(directory));
    snprintf(sub, sizeof(sub), "%s/assets", directory);
    CHECK_INT(mkdir(sub, 0700), 0);
    write_file("index.html", "<!doctype html>");
    write_file("assets/app-1a2b.js", "let x = 1");
    hub = stream_hub_new(8, 4096);
    CHECK_INT(http_start(&options, &server), OK);
}

static void stop(void)
{
    char command[96];

    stream_hub_close(hub);
    http_stop(server);
    stream_hub_free(hub);
    snprintf(command, sizeof(command), "rm -r %s", directory);
    CHECK_INT(system(command), 0);
}

/* ---- asking by curl ---- */

struct got {
    long status;
    struct buf head, body;
};

static size_t take(char *data, size_t size, size_t count, void *to)
{
    buf_add(to, (struct span){data, size * count});
    return size * count;
}

static void ask(const char *method, const char *path, const char *body,
                const char *header, struct got *out)
{
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = NULL;
    char url[8192];

    snprintf(url, sizeof(url), "http://127.0.0.1:%d%s", http_port(server),
             path);
    buf_init(&out->head, 1 << 16);
    buf_init(&out->body, 1 << 20);
    if (header)
        headers = curl_slist_append(headers, header);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(curl, CURLOPT_NOBODY,
                     strcmp(method, "HEAD") == 0 ? 1L : 0L);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    if (body) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)strlen(body));
    }
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &out->body);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &out->head);
    CHECK_INT(curl_easy_perform(curl), CURLE_OK);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &out->status);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
}

static void forget(struct got *got)
{
    buf_done(&got->head);
    buf_done(&got->body);
}

static long status_of(const char *method, const char *path, const char *body,
                      const char *header)
{
    struct got got;

    ask(method, path, body, header, &got);
    forget(&got);
    return got.status;
}

TEST(a_handler_gets_path_query_and_body)
{
    struct got got;

    start();
    ask("GET", "/echo/%E6%88%90?q=a%26b&x=1", NULL, NULL, &got);
    CHECK_INT(got.status, 200);
    CHECK_TEXT(got.body.at, "GET 成 a&b []");
    CHECK(strstr(got.head.at, "X-Content-Type-Options: nosniff"));
    CHECK(strstr(got.head.at, "Content-Security-Policy: default-src 'self'"));
    CHECK(strstr(got.head.at, "ETag: W/\""));
    forget(&got);
    ask("POST", "/echo/a", "hello", NULL, &got);
    CHECK_TEXT(got.body.at, "POST a  [hello]");
    CHECK(!strstr(got.head.at, "ETag"));
    forget(&got);
    ask("HEAD", "/echo/a", NULL, NULL, &got);
    CHECK_INT(got.status, 200);
    CHECK_INT(got.body.len, 0);
    forget(&got);
    stop();
}

TEST(an_answer_known_already_is_not_sent_again)
{
    struct got got;
    char header[128], *tag;

    start();
    ask("GET", "/big", NULL, NULL, &got);
    CHECK(got.body.len > 10000);
    tag = strstr(got.head.at, "ETag: ");
    CHECK(tag);
    snprintf(header, sizeof(header), "If-None-Match: %.*s",
             (int)strcspn(tag + 6, "\r"), tag + 6);
    forget(&got);
    ask("GET", "/big", NULL, header, &got);
    CHECK_INT(got.status, 304);
    CHECK_INT(got.body.len, 0);
    forget(&got);
    ask("GET", "/big", NULL, "Accept-Encoding: gzip", &got);
    CHECK(strstr(got.head.at, "Content-Encoding: gzip"));
    CHECK(got.body.len < 5000);
    CHECK_INT((unsigned char)got.body.at[0], 0x1f);
    forget(&got);
    stop();
}

TEST(files_are_served_and_nothing_above_them)
{
    static const char *const evil[] = {
        "/../etc/passwd",           "/%2e%2e/etc/passwd",
        "/assets/../../etc/passwd", "/assets/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/..%5c..%5cetc.txt",       "//etc/passwd.txt",
        "/.git/config.txt",         "/assets/",
        "/assets//app-1a2b.js",     "/missing.js",
    };
    struct got got;

    start();
    ask("GET", "/", NULL, NULL, &got);
    CHECK_TEXT(got.body.at, "<!doctype html>");
    CHECK(strstr(got.head.at, "Cache-Control: no-cache"));
    forget(&got);
    ask("GET", "/site/12", NULL, NULL, &got);
    CHECK_TEXT(got.body.at, "<!doctype html>");
    forget(&got);
    ask("GET", "/assets/app-1a2b.js", NULL, NULL, &got);
    CHECK_TEXT(got.body.at, "let x = 1");
    CHECK(strstr(got.head.at, "text/javascript"));
    CHECK(strstr(got.head.at, "immutable"));
    forget(&got);
    for (size_t i = 0; i < LENGTH(evil); i++)
        CHECK_INT(status_of("GET", evil[i], NULL, NULL), 404);
    CHECK_INT(status_of("POST", "/index.html", "x", NULL), 405);
    stop();
}

TEST(hostile_requests_get_a_status)
{
    char big_path[HTTP_ADDRESS_MAX + 100] = "/echo/", header[4096] = "X-A: ";
    char *body = memory_new(HTTP_BODY_MAX + 2, 1);

    start();
    memset(body, 'x', HTTP_BODY_MAX + 1);
    memset(big_path + 6, 'a', HTTP_ADDRESS_MAX);
    memset(header + 5, 'b', 4000);
    CHECK_INT(status_of("GET", "/echo/%00", NULL, NULL), 400);
    CHECK_INT(status_of("GET", "/echo/%ff", NULL, NULL), 400);
    CHECK_INT(status_of("GET", "/echo/a?q=%c0%80", NULL, NULL), 400);
    CHECK_INT(status_of("GET", big_path, NULL, NULL), 414);
    CHECK_INT(status_of("GET", "/echo/a", NULL, header), 200);
    CHECK_INT(status_of("DELETE", "/echo/a", NULL, NULL), 405);
    CHECK_INT(status_of("BREW", "/echo/a", NULL, NULL), 405);
    CHECK_INT(status_of("POST", "/echo/a", body, "Expect:"), 413);
    body[HTTP_BODY_MAX] = '\0';
    CHECK_INT(status_of("POST", "/echo/a", body, "Expect:"), 200);
    CHECK_INT(status_of("GET", "/secret/a", NULL, NULL), 401);
    CHECK_INT(status_of("GET", "/secret/a", NULL, "Cookie: a=b; sid=1"), 200);
    free(body);
    stop();
}

/* ---- asking by raw bytes ---- */

static int dial(void)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)http_port(server)),
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

    while (len < size - 1 && (got = read(fd, text + len, size - 1 - len)) > 0) {
        len += (size_t)got;
        text[len] = '\0';
        if (strstr(text, want))
            return true;
    }
    return false;
}

TEST(bytes_that_are_no_request_close_the_connection)
{
    static const char *const wrong[] = {
        "\x16\x03\x01\x02garbage\r\n\r\n",
        "GET\r\n\r\n",
        "##0101QN=20160801085857223;ST=32\r\n\r\n",
    };
    char text[4096];

    start();
    for (size_t i = 0; i < LENGTH(wrong); i++) {
        int fd = dial();

        CHECK(write(fd, wrong[i], strlen(wrong[i])) > 0);
        shutdown(fd, SHUT_WR);
        CHECK(!read_until(fd, " 200 ", text, sizeof(text)));
        close(fd);
    }
    CHECK_INT(status_of("GET", "/echo/alive", NULL, NULL), 200);
    stop();
}

TEST(too_many_headers_are_refused)
{
    char text[4096];
    int fd;

    start();
    fd = dial();
    dprintf(fd, "GET /echo/a HTTP/1.1\r\nHost: x\r\n");
    for (int i = 0; i < HTTP_HEADERS_MAX; i++)
        dprintf(fd, "X-%d: a\r\n", i);
    dprintf(fd, "\r\n");
    CHECK(read_until(fd, " 431 ", text, sizeof(text)));
    close(fd);
    stop();
}

TEST(events_flow_until_the_server_stops)
{
    char text[8192];
    int fd, gone;

    start();
    fd = dial();
    gone = dial();
    dprintf(fd, "GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
    dprintf(gone, "GET /events HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(read_until(fd, "text/event-stream", text, sizeof(text)));
    CHECK(read_until(gone, "text/event-stream", text, sizeof(text)));
    close(gone); /* a browser that went away without a word */
    for (int i = 0; i < 50; i++) {
        char data[32], want[40];

        snprintf(data, sizeof(data), "{\"n\":%d}", i);
        snprintf(want, sizeof(want), "data: %s", data);
        stream_publish(hub, "t", "tick", span_of(data));
        CHECK(read_until(fd, want, text, sizeof(text)));
    }
    stop(); /* with a client connected */
    CHECK(!read_until(fd, "never", text, sizeof(text)));
    close(fd);
}

TEST(an_address_in_use_is_said)
{
    char taken[32];
    struct http_options options = {
        .listen = taken, .threads = 2, .connections_max = 16};
    struct http *second = NULL;

    start();
    snprintf(taken, sizeof(taken), "127.0.0.1:%d", http_port(server));
    CHECK_INT(http_start(&options, &second), ERR_BUSY);
    options.listen = "nonsense";
    CHECK_INT(http_start(&options, &second), ERR_INVALID);
    options.listen = "127.0.0.1:0";
    options.tls_certificate = "/nonexistent";
    CHECK_INT(http_start(&options, &second), ERR_IO);
    stop();
}
