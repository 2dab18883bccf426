#include "base/config.h"

#include "base/test.h"

#include <stdio.h>
#include <unistd.h>

static const char *listen_at;
static int64_t threads;
static bool tls;

static const struct config_row rows[] = {
    {"gateway.listen", CONFIG_TEXT, &listen_at, ":8212", 0, 0, "where"},
    {"gateway.threads", CONFIG_INT, &threads, "2", 1, 64, "how many"},
    {"tls", CONFIG_BOOL, &tls, NULL, 0, 0, "or not"},
};

static char message[256];

static enum err read_text(const char *yaml)
{
    char path[] = "/tmp/shangyou-config-XXXXXX";
    int fd = mkstemp(path);
    enum err err;

    CHECK(fd >= 0);
    CHECK_INT(write(fd, yaml, strlen(yaml)), strlen(yaml));
    close(fd);
    err = config_file(rows, LENGTH(rows), path, message);
    unlink(path);
    return err;
}

TEST(defaults_then_file_then_environment)
{
    config_defaults(rows, LENGTH(rows));
    CHECK_TEXT(listen_at, ":8212");
    CHECK_INT(threads, 2);
    CHECK(!tls);

    CHECK_INT(read_text("# who listens\n"
                        "gateway:\n"
                        "  listen: \"127.0.0.1:1\"   # here\n"
                        "  threads: 64\n"
                        "tls: yes\n"),
              OK);
    CHECK_TEXT(listen_at, "127.0.0.1:1");
    CHECK_INT(threads, 64);
    CHECK(tls);

    setenv("SHANGYOU_GATEWAY_THREADS", "3", 1);
    CHECK_INT(config_environment(rows, LENGTH(rows), message), OK);
    unsetenv("SHANGYOU_GATEWAY_THREADS");
    CHECK_INT(threads, 3);
}

TEST(a_flat_name_is_a_setting_too)
{
    CHECK_INT(read_text("gateway.threads: 5\n"), OK);
    CHECK_INT(threads, 5);
}

TEST(what_is_wrong_is_named_with_its_line)
{
    const struct {
        const char *yaml, *part;
    } cases[] = {
        {"tls: no\ngateway:\n  thraeds: 2\n",
         ":3: no setting 'gateway.thraeds'"},
        {"gateway:\n  threads: 0\n", "a whole number from 1 to 64"},
        {"gateway:\n  threads: 65\n", "a whole number from 1 to 64"},
        {"gateway:\n  threads: 2x\n", "gateway.threads is '2x'"},
        {"tls: maybe\n", "true or false"},
        {"tls: [a]\n", "lists"},
        {"a:\n b:\n  c: 1\n", "one level deep"},
        {"just words\n", "expected 'setting: value'"},
        {"a: \"open\n", ":2"},
    };

    for (size_t i = 0; i < LENGTH(cases); i++) {
        CHECK_INT(read_text(cases[i].yaml), ERR_INVALID);
        if (!strstr(message, cases[i].part))
            print_error("case %zu says: %s\n", i, message);
        CHECK(strstr(message, cases[i].part) != NULL);
    }
}

TEST(an_absent_file_is_said_so)
{
    CHECK_INT(config_file(rows, LENGTH(rows), "/nowhere/x.yaml", message),
              ERR_NOT_FOUND);
    CHECK(strstr(message, "/nowhere/x.yaml") != NULL);
}
