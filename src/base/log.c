#include "base/log.h"

#include "base/datetime.h"
#include "base/json.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 1024 };

static const char *const names[] = {"error", "warn", "info", "debug"};

static struct {
    enum log_level level;
    enum log_format format;
} setup = {LOG_INFO, LOG_TEXT};

void log_setup(enum log_level level, enum log_format format)
{
    setup.level = level;
    setup.format = format;
}

enum err log_level_parse(struct span name, enum log_level *out)
{
    for (size_t i = 0; i < LENGTH(names); i++) {
        if (span_is(name, names[i])) {
            *out = (enum log_level)i;
            return OK;
        }
    }
    return ERR_SYNTAX;
}

/* A stranger's bytes must not write lines of their own or move the cursor. */
static void printable(char *text)
{
    for (char *c = text; *c; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7F)
            *c = '?';
    }
}

static void write_json(const char *time, enum log_level level,
                       const char *words, const char *keys)
{
    struct buf line;
    struct json j;

    buf_init(&line, (size_t)8 * LINE_MAX_BYTES);
    json_init(&j, &line);
    json_open(&j, '{');
    json_key_text(&j, "time", time);
    json_key_text(&j, "level", names[level]);
    json_key_text(&j, "words", words);
    json_key_text(&j, "keys", keys);
    json_close(&j, '}');
    buf_char(&line, '\n');
    (void)!write(STDERR_FILENO, line.at, line.len);
    buf_done(&line);
}

void log_write(enum log_level level, const char *words, const char *keys, ...)
{
    char text[LINE_MAX_BYTES], line[LINE_MAX_BYTES + 256], stamp[33];
    struct timespec now;
    va_list args;
    int len;

    if (level > setup.level)
        return;
    va_start(args, keys);
    vsnprintf(text, sizeof text, keys, args);
    va_end(args);
    printable(text);
    clock_gettime(CLOCK_REALTIME, &now);
    datetime_format_us((int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000,
                       stamp);
    if (setup.format == LOG_JSON) {
        write_json(stamp, level, words, text);
        return;
    }
    len = snprintf(line, sizeof line, "%s %-5s %.100s%s%s\n", stamp,
                   names[level], words, text[0] ? " " : "", text);
    /* one write, so that lines of several threads do not mix */
    (void)!write(STDERR_FILENO, line, (size_t)len);
}
