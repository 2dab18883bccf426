/*
 * log - what the edges say about what happened: one line, words first, then
 * key=value. Pure code never logs; a failure is logged once, by whoever deals
 * with it.
 *
 *     log_warn("frame refused", "mn=%s verdict=%s", mn, verdict);
 *
 * To standard error, as text or as JSON lines. Any thread. A value that comes
 * from outside is made printable here; passwords are the caller's to leave out.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/err.h"
#include "base/span.h"

enum log_level {
    LOG_ERROR, /* someone must act */
    LOG_WARN,  /* it went on regardless, and says so */
    LOG_INFO,  /* start, stop, a device came or went */
    LOG_DEBUG, /* the rest */
};

enum log_format { LOG_TEXT, LOG_JSON };

/* Before any thread starts. The default is INFO as text. */
void log_setup(enum log_level level, enum log_format format);

enum err log_level_parse(struct span name, enum log_level *out) MUST_CHECK;

/* `keys` is a format of key=value pairs, or "" ; a line is at most 1 KiB. */
void log_write(enum log_level level, const char *words, const char *keys, ...)
    __attribute__((format(printf, 3, 4)));

#define log_error(words, ...) log_write(LOG_ERROR, words, __VA_ARGS__)
#define log_warn(words, ...)  log_write(LOG_WARN, words, __VA_ARGS__)
#define log_info(words, ...)  log_write(LOG_INFO, words, __VA_ARGS__)
#define log_debug(words, ...) log_write(LOG_DEBUG, words, __VA_ARGS__)

#endif
