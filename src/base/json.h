/*
 * json - a streaming writer of JSON into a buf: commas, quotes and escapes are
 * its business, the order of things is the caller's. (Reading JSON is jansson's
 * work.)
 *
 *     json_open(&j, '{');
 *     json_key(&j, "mn");  json_text(&j, mn);
 *     json_close(&j, '}');
 *
 * Text that is not UTF-8 has its wrong bytes written as U+FFFD. Nesting deeper
 * than JSON_DEPTH_MAX is our own mistake and asserts.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/buf.h"
#include "base/decimal.h"

#include <stdint.h>

enum { JSON_DEPTH_MAX = 32 };

struct json {
    struct buf *out;
    int depth;
    bool comma[JSON_DEPTH_MAX];
    bool after_key;
};

void json_init(struct json *j, struct buf *out);

void json_open(struct json *j, char bracket);  /* '{' or '[' */
void json_close(struct json *j, char bracket); /* '}' or ']' */
void json_key(struct json *j, const char *key);

void json_span(struct json *j, struct span text);
void json_text(struct json *j, const char *text); /* NULL writes null */
void json_int(struct json *j, int64_t value);
void json_double(struct json *j, double value); /* NaN and infinity: null */
void json_bool(struct json *j, bool value);
void json_none(struct json *j);
/* A measured or judged number: a string with its digits as written. */
void json_decimal(struct json *j, struct decimal value);
/* 2026-11-24T16:00:00+08:00 */
void json_time(struct json *j, int64_t utc_s);
void json_time_us(struct json *j, int64_t utc_us);
/* Text that is JSON already. */
void json_raw(struct json *j, struct span json);

/* Key and value in one line. */
void json_key_text(struct json *j, const char *key, const char *value);
void json_key_span(struct json *j, const char *key, struct span value);
void json_key_int(struct json *j, const char *key, int64_t value);
void json_key_bool(struct json *j, const char *key, bool value);
void json_key_decimal(struct json *j, const char *key, struct decimal value);
void json_key_time(struct json *j, const char *key, int64_t utc_s);
void json_key_null(struct json *j, const char *key);

#endif
