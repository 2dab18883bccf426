#include "api/command_cmd.h"

#include "base/buf.h"
#include "base/config.h"
#include "base/json.h"

#include <curl/curl.h>
#include <jansson.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    EXIT_NO = 1,
    EXIT_USAGE = 2,
    ANSWER_MAX = 64 << 20,
    BODY_MAX = 1 << 16,
    LINE_MAX_BYTES = 512,
    PATH_MAX_BYTES = 512,
    SECRET_MAX = 256,
    POLL_MS = 200,
    REQUEST_TIMEOUT_S = 30,
};

static const char *url, *user, *password_file, *device, *content;
static int64_t cn, wait_s;
static bool kinds;

/* clang-format off */
static const struct config_row rows[] = {
    {"url", CONFIG_TEXT, &url, "http://127.0.0.1:8080", 0, 0,
     "where the server is"},
    {"user", CONFIG_TEXT, &user, "admin", 0, 0,
     "an operator or administrator"},
    {"password-file", CONFIG_TEXT, &password_file, NULL, 0, 0,
     "its first line is the password; - is standard input"},
    {"device", CONFIG_TEXT, &device, NULL, 0, 0, "the MN of the device"},
    {"cn", CONFIG_INT, &cn, "0", 0, 9999, "the command's number, such as 1012"},
    {"cp", CONFIG_TEXT, &content, NULL, 0, 0,
     "its content, 'BeginTime=20261101000000;EndTime=20261102000000'"},
    {"wait", CONFIG_INT, &wait_s, "120", 0, 86400,
     "seconds to follow it; 0: only send"},
    {"kinds", CONFIG_BOOL, &kinds, "false", 0, 0,
     "list what can be sent, and stop"},
};
/* clang-format on */

static int help(void)
{
    puts("shangyou command - sends a command to a device, through a running "
         "server\n\n"
         "  shangyou command --password-file FILE --device MN --cn CN [--cp "
         "TEXT] ...\n"
         "  shangyou command --password-file FILE --kinds true\n");
    config_help(rows, LENGTH(rows));
    puts(
        "\nPrints the command as JSON when it has ended, one line (docs/api.md,"
        "\nCOMMAND). Exit codes: 0 the device did it (with --wait 0: it is "
        "asked),\n1 it did not or it could not be told, 2 usage.");
    return EXIT_SUCCESS;
}

static int no(const char *what, const char *why)
{
    fprintf(stderr, "command: %s: %s\n", what, why);
    return EXIT_NO;
}

/* ---- the server ---- */

struct client {
    CURL *curl;
    char csrf[LINE_MAX_BYTES]; /* header line; empty before the log-in */
};

struct reply {
    long status;
    json_t *json; /* NULL when it is none */
};

static size_t take(const void *data, size_t size, size_t count, void *to)
{
    struct buf *text = to;

    buf_add(text, (struct span){data, size * count});
    return text->full ? 0 : size * count; /* 0 gives up */
}

static struct curl_slist *headers_of(const struct client *client)
{
    struct curl_slist *headers =
        curl_slist_append(NULL, "Content-Type: application/json");

    return client->csrf[0] ? curl_slist_append(headers, client->csrf) : headers;
}

/* Says what went wrong on standard error; false when nothing came. */
static bool talk(struct client *client, const char *method, const char *path,
                 const char *body, struct reply *out)
{
    struct curl_slist *headers = headers_of(client);
    char address[2 * PATH_MAX_BYTES];
    struct buf text;
    CURLcode code;

    snprintf(address, sizeof(address), "%s/api/v1%s", url, path);
    buf_init(&text, ANSWER_MAX);
    curl_easy_setopt(client->curl, CURLOPT_URL, address);
    curl_easy_setopt(client->curl, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(client->curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(client->curl, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(client->curl, CURLOPT_WRITEDATA, &text);
    if (!body)
        curl_easy_setopt(client->curl, CURLOPT_HTTPGET, 1L);
    code = curl_easy_perform(client->curl);
    curl_slist_free_all(headers);
    *out = (struct reply){0};
    if (code) {
        no(address, curl_easy_strerror(code));
    } else {
        curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &out->status);
        out->json = json_loadb(text.len ? text.at : "", text.len, 0, NULL);
    }
    buf_done(&text);
    return code == CURLE_OK;
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : "";
}

/* As talk; false also for another status, whose reason it says. */
static bool ask(struct client *client, const char *method, const char *path,
                const char *body, long status, json_t **out)
{
    struct reply reply;

    if (!talk(client, method, path, body, &reply))
        return false;
    if (reply.status == status && reply.json) {
        *out = reply.json;
        return true;
    }
    fprintf(stderr, "command: %s answers %ld %s: %s\n", url, reply.status,
            text_of(reply.json, "title"), text_of(reply.json, "detail"));
    json_decref(reply.json);
    return false;
}

/* ---- log in and out ---- */

static bool read_password(char out[SECRET_MAX + 2])
{
    bool standard = password_file && span_is(span_of(password_file), "-");
    FILE *in = standard ? stdin : fopen(password_file, "r");

    if (!in) {
        no(password_file, "cannot be read");
        return false;
    }
    if (!fgets(out, SECRET_MAX + 2, in))
        out[0] = '\0';
    out[strcspn(out, "\r\n")] = '\0';
    if (!standard)
        fclose(in);
    if (!out[0])
        no(password_file, "its first line has to be the password");
    return out[0];
}

static bool log_in(struct client *client)
{
    char password[SECRET_MAX + 2];
    json_t *session = NULL;
    struct buf body;
    struct json j;
    bool in;

    if (!read_password(password))
        return false;
    buf_init(&body, BODY_MAX);
    json_init(&j, &body);
    json_open(&j, '{');
    json_key_text(&j, "name", user);
    json_key_text(&j, "password", password);
    json_close(&j, '}');
    in = ask(client, "POST", "/session", body.at, 200, &session);
    if (in)
        snprintf(client->csrf, sizeof(client->csrf), "X-CSRF-Token: %s",
                 text_of(session, "csrf"));
    json_decref(session);
    buf_done(&body);
    OPENSSL_cleanse(password, sizeof(password));
    return in;
}

static void log_out(struct client *client)
{
    struct reply reply;

    if (client->csrf[0] && talk(client, "DELETE", "/session", "", &reply))
        json_decref(reply.json);
}

/* ---- the command ---- */

static int64_t number_of(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

/* The id of the device with that MN; 0 when there is none, said. */
static int64_t find_device(struct client *client)
{
    int64_t id = 0;
    char path[PATH_MAX_BYTES] = "/devices?limit=10000";

    for (bool more = true; more && !id;) {
        json_t *list, *row;
        const char *next;
        size_t i;

        if (!ask(client, "GET", path, NULL, 200, &list))
            return 0;
        json_array_foreach(json_object_get(list, "items"), i, row)
        {
            if (span_is(span_of(device), text_of(row, "mn")))
                id = number_of(row, "id");
        }
        next = text_of(list, "next");
        more = next[0];
        snprintf(path, sizeof(path), "/devices?limit=10000&after=%s", next);
        json_decref(list);
    }
    if (!id)
        no(device, "no such device is registered");
    return id;
}

static bool has_ended(const json_t *command)
{
    return json_is_string(json_object_get(command, "ended"));
}

/* Asks until it has ended or the time is over; false when that fails. */
static bool follow(struct client *client, json_t **command)
{
    const struct timespec pause = {0, POLL_MS * 1000000L};
    char path[PATH_MAX_BYTES];

    snprintf(path, sizeof(path), "/commands/%lld",
             (long long)number_of(*command, "id"));
    for (int64_t i = 0; i < wait_s * 1000 / POLL_MS && !has_ended(*command);
         i++) {
        json_t *next;

        nanosleep(&pause, NULL);
        if (!ask(client, "GET", path, NULL, 200, &next))
            return false;
        json_decref(*command);
        *command = next;
    }
    return true;
}

static void print(const json_t *json)
{
    json_dumpf(json, stdout, JSON_COMPACT);
    putchar('\n');
}

static int send_command(struct client *client)
{
    int64_t id = find_device(client);
    json_t *command = NULL;
    char path[PATH_MAX_BYTES];
    struct buf body;
    struct json j;
    int code = EXIT_NO;

    if (!id)
        return EXIT_NO;
    snprintf(path, sizeof(path), "/devices/%lld/commands", (long long)id);
    buf_init(&body, BODY_MAX);
    json_init(&j, &body);
    json_open(&j, '{');
    json_key_int(&j, "cn", cn);
    if (content)
        json_key_text(&j, "cp", content);
    json_close(&j, '}');
    if (!body.full && ask(client, "POST", path, body.at, 202, &command) &&
        follow(client, &command)) {
        print(command);
        if (!wait_s || span_is(span_of(text_of(command, "state")), "done"))
            code = EXIT_SUCCESS;
    }
    json_decref(command);
    buf_done(&body);
    return code;
}

static int list_kinds(struct client *client)
{
    json_t *list, *row;
    size_t i;

    if (!ask(client, "GET", "/command-kinds", NULL, 200, &list))
        return EXIT_NO;
    json_array_foreach(json_object_get(list, "items"), i, row)
    {
        const json_t *field;
        size_t k;

        printf("%lld  %s %s%s", (long long)number_of(row, "cn"),
               text_of(row, "name_zh"), text_of(row, "name_en"),
               json_is_true(json_object_get(row, "risky")) ? " (risky)" : "");
        json_array_foreach(json_object_get(row, "fields"), k, field)
        {
            printf("%s %s=%s", k ? ";" : "  --cp", text_of(field, "name"),
                   text_of(field, "kind"));
        }
        putchar('\n');
    }
    json_decref(list);
    return EXIT_SUCCESS;
}

/* ---- the command line ---- */

static int usage(const char *message)
{
    fprintf(stderr, "shangyou command: %s; see shangyou command --help\n",
            message);
    return EXIT_USAGE;
}

/* 0 to go on; else the exit code. */
static int read_arguments(int argc, char **argv)
{
    char message[256];

    config_defaults(rows, LENGTH(rows));
    for (int i = 1; i < argc; i += 2) {
        struct span name = span_of(argv[i]);

        if (!span_starts(name, SPAN("--")))
            return usage("settings are --name value");
        if (i + 1 == argc)
            return usage("the last setting has no value");
        if (config_set(rows, LENGTH(rows), span_from(name, 2),
                       span_of(argv[i + 1]), "command line", message))
            return usage(message);
    }
    if (!password_file)
        return usage("--password-file is missing");
    if (!kinds && (!device || !cn))
        return usage("--device and --cn are missing");
    return 0;
}

static void prepare(CURL *curl)
{
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_COOKIEFILE, ""); /* keep them in memory */
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)REQUEST_TIMEOUT_S);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
}

int command_command(int argc, char **argv)
{
    struct client client = {.curl = NULL};
    int code;

    for (int i = 1; i < argc; i++) {
        if (span_is(span_of(argv[i]), "--help") ||
            span_is(span_of(argv[i]), "-h"))
            return help();
    }
    code = read_arguments(argc, argv);
    if (code)
        return code;
    client.curl = curl_easy_init();
    if (!client.curl)
        return no("libcurl", "does not start");
    prepare(client.curl);
    code = !log_in(&client) ? EXIT_NO
           : kinds          ? list_kinds(&client)
                            : send_command(&client);
    log_out(&client);
    curl_easy_cleanup(client.curl);
    return code;
}
