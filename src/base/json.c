#include "base/json.h"

#include "base/datetime.h"
#include "base/utf8.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>

void json_init(struct json *j, struct buf *out)
{
    *j = (struct json){.out = out};
}

/* What goes before a value or a key. */
static void lead(struct json *j)
{
    if (j->after_key) {
        j->after_key = false;
        return;
    }
    if (j->depth && j->comma[j->depth - 1])
        buf_char(j->out, ',');
    if (j->depth)
        j->comma[j->depth - 1] = true;
}

void json_open(struct json *j, char bracket)
{
    assert(j->depth < JSON_DEPTH_MAX);
    lead(j);
    buf_char(j->out, bracket);
    j->comma[j->depth++] = false;
}

void json_close(struct json *j, char bracket)
{
    assert(j->depth > 0);
    j->depth--;
    buf_char(j->out, bracket);
}

/* Length of the run at the front that is written as it is. */
static size_t plain(struct span s)
{
    size_t len = 0;

    while (len < s.len) {
        unsigned char c = (unsigned char)s.at[len];
        size_t step = 1;

        if (c < 0x20 || c == '"' || c == '\\' || c == 0x7F)
            break;
        if (c >= 0x80)
            step = utf8_step(span_from(s, len));
        if (step == 0)
            break;
        len += step;
    }
    return len;
}

static void escape(struct buf *out, unsigned char c)
{
    static const char from[] = "\"\\\b\f\n\r\t";
    static const char to[] = "\"\\bfnrt";
    const char *hit = c ? strchr(from, c) : NULL;

    if (hit) {
        buf_char(out, '\\');
        buf_char(out, to[hit - from]);
    } else if (c < 0x80) {
        buf_printf(out, "\\u%04x", c);
    } else {
        buf_text(out, "\xEF\xBF\xBD"); /* U+FFFD */
    }
}

static void quoted(struct buf *out, struct span s)
{
    buf_char(out, '"');
    while (s.len) {
        size_t run = plain(s);

        buf_add(out, span_first(s, run));
        s = span_from(s, run);
        if (s.len) {
            escape(out, (unsigned char)s.at[0]);
            s = span_from(s, 1);
        }
    }
    buf_char(out, '"');
}

void json_key(struct json *j, const char *key)
{
    lead(j);
    quoted(j->out, span_of(key));
    buf_char(j->out, ':');
    j->after_key = true;
}

void json_span(struct json *j, struct span text)
{
    lead(j);
    quoted(j->out, text);
}

void json_text(struct json *j, const char *text)
{
    if (text)
        json_span(j, span_of(text));
    else
        json_none(j);
}

void json_int(struct json *j, int64_t value)
{
    lead(j);
    buf_printf(j->out, "%" PRId64, value);
}

void json_double(struct json *j, double value)
{
    if (!isfinite(value)) {
        json_none(j);
        return;
    }
    lead(j);
    buf_printf(j->out, "%.15g", value);
}

void json_bool(struct json *j, bool value)
{
    lead(j);
    buf_text(j->out, value ? "true" : "false");
}

void json_none(struct json *j)
{
    lead(j);
    buf_text(j->out, "null");
}

void json_decimal(struct json *j, struct decimal value)
{
    char text[DECIMAL_TEXT_MAX];

    json_span(j, (struct span){text, decimal_format(value, text)});
}

void json_time(struct json *j, int64_t utc_s)
{
    char text[26];

    datetime_format(utc_s, text);
    json_text(j, text);
}

void json_time_us(struct json *j, int64_t utc_us)
{
    char text[33];

    datetime_format_us(utc_us, text);
    json_text(j, text);
}

void json_raw(struct json *j, struct span json)
{
    lead(j);
    buf_add(j->out, json);
}

void json_key_text(struct json *j, const char *key, const char *value)
{
    json_key(j, key);
    json_text(j, value);
}

void json_key_span(struct json *j, const char *key, struct span value)
{
    json_key(j, key);
    json_span(j, value);
}

void json_key_int(struct json *j, const char *key, int64_t value)
{
    json_key(j, key);
    json_int(j, value);
}

void json_key_bool(struct json *j, const char *key, bool value)
{
    json_key(j, key);
    json_bool(j, value);
}

void json_key_decimal(struct json *j, const char *key, struct decimal value)
{
    json_key(j, key);
    json_decimal(j, value);
}

void json_key_time(struct json *j, const char *key, int64_t utc_s)
{
    json_key(j, key);
    json_time(j, utc_s);
}

void json_key_null(struct json *j, const char *key)
{
    json_key(j, key);
    json_none(j);
}
