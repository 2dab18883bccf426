#include "base/log.h"

#include "base/test.h"

#include <stdio.h>
#include <unistd.h>

static char said[4096];

/* What a call writes to standard error. */
static void listen_to(void (*speak)(void))
{
    int pipes[2], kept = dup(STDERR_FILENO);
    ssize_t len;

    CHECK_INT(pipe(pipes), 0);
    dup2(pipes[1], STDERR_FILENO);
    speak();
    dup2(kept, STDERR_FILENO);
    close(pipes[1]);
    len = read(pipes[0], said, sizeof said - 1);
    said[len > 0 ? len : 0] = '\0';
    close(pipes[0]);
    close(kept);
}

static void speak_text(void)
{
    log_setup(LOG_INFO, LOG_TEXT);
    log_debug("not at this level", "");
    log_info("device came", "mn=%s", "evil\n2026 error forged\x1B[2J");
}

static void speak_json(void)
{
    log_setup(LOG_DEBUG, LOG_JSON);
    log_debug("stored", "path=\"%s\"", "成都");
    log_setup(LOG_INFO, LOG_TEXT);
}

TEST(a_strangers_bytes_stay_on_their_line)
{
    listen_to(speak_text);
    CHECK(strstr(said, "info  device came mn=evil?2026 error forged?[2J\n"));
    CHECK(!strstr(said, "not at this level"));
}

TEST(json_lines_are_escaped)
{
    listen_to(speak_json);
    CHECK(strstr(said, "\"level\":\"debug\",\"words\":\"stored\","
                       "\"keys\":\"path=\\\"成都\\\"\"}\n"));
}
