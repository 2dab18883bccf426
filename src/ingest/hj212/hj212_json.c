#include "ingest/hj212/hj212_json.h"

#include "base/json.h"
#include "base/utf8.h"

enum { TEXT_MAX = 8 * HJ212_SEGMENT_LARGE_MAX };

const char hj212_masked[] = "******";

/* ---- escapes ---- */

void hj212_escape(struct span bytes, struct buf *out)
{
    while (bytes.len) {
        unsigned char c = (unsigned char)bytes.at[0];
        size_t len = c >= 0x80 ? utf8_step(bytes) : 1;

        if (c == '\\')
            buf_text(out, "\\\\");
        else if ((c < ' ' && !strchr("\r\n\t", c)) || c == 0 || c == 0x7f ||
                 len == 0)
            buf_printf(out, "\\x%02X", c);
        else
            buf_add(out, span_first(bytes, len));
        bytes = span_from(bytes, len ? len : 1);
    }
}

/* ---- writing ---- */

bool hj212_is_secret(struct span name)
{
    return span_equal_nocase(name, SPAN("PW")) ||
           span_equal_nocase(name, SPAN("NewPW")) ||
           span_equal_nocase(name, SPAN("NewSK"));
}

static void key_escaped(struct json *j, const char *key, struct span value)
{
    struct buf text;

    buf_init(&text, TEXT_MAX);
    hj212_escape(value, &text);
    json_key_span(j, key, buf_span(&text));
    buf_done(&text);
}

/* The bytes, with what stands behind PW=, NewPW= and NewSK= covered. */
static void add_masked(struct span raw, struct buf *out)
{
    while (raw.len >= 3) {
        size_t equals = span_find(raw, '=');
        struct span value = span_from(raw, equals + 1);
        bool secret = false;
        size_t end = 0;

        for (size_t len = 2; len <= 5 && len <= equals; len++)
            secret |=
                hj212_is_secret((struct span){raw.at + equals - len, len});
        buf_add(out, span_first(raw, equals + 1));
        if (secret) {
            while (end < value.len &&
                   (value.at[end] == 0 || !strchr(";,&\r\n", value.at[end])))
                end++;
            if (end)
                buf_text(out, hj212_masked);
        }
        raw = span_from(value, end);
    }
    buf_add(out, raw);
}

static void write_deviations(struct json *j, hj212_deviations set)
{
    json_key(j, "deviations");
    json_open(j, '[');
    for (int i = 0; i < HJ212_DEVIATION_COUNT; i++) {
        if (set >> i & 1)
            json_text(j, hj212_deviation_name((enum hj212_deviation)i));
    }
    json_close(j, ']');
}

/* The separator that stands in front of value i; 0 when it is the usual one. */
static char odd_separator(const struct hj212_frame *frame, size_t i)
{
    const struct hj212_value *v = &frame->values[i], *before = v - 1;
    const char *from;
    char usual;

    if (i == 0)
        return 0;
    usual = v->code.len && span_equal(v->code, before->code) ? ',' : ';';
    for (from = before->text.at + before->text.len; from < v->name.at; from++) {
        if (*from == ',' || *from == ';')
            return (char)(*from == usual ? 0 : *from);
    }
    return 0;
}

static void write_items(struct json *j, const struct hj212_frame *frame,
                        bool show_password)
{
    json_key(j, "items");
    json_open(j, '[');
    for (size_t i = 0; i < frame->value_count; i++) {
        const struct hj212_value *v = &frame->values[i];
        char join[2] = {odd_separator(frame, i), 0};

        json_open(j, '{');
        key_escaped(j, "name", v->name);
        if (!show_password && hj212_is_secret(v->name) && v->text.len)
            json_key_text(j, "text", hj212_masked);
        else
            key_escaped(j, "text", v->text);
        if (v->is_number && v->code.len)
            json_key_decimal(j, "number", v->number);
        if (join[0])
            json_key_text(j, "join", join);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void write_header(struct json *j, const struct hj212_frame *frame,
                         bool show_password)
{
    static const char *const editions[] = {"2005", "2017", "2025"};
    const struct hj212_command *command;

    json_key_text(j, "edition", editions[frame->edition]);
    key_escaped(j, "qn", frame->qn);
    key_escaped(j, "st", frame->st);
    json_key_int(j, "cn", frame->cn);
    command = hj212_command_find(frame->edition, HJ212_UP, frame->cn);
    if (!command)
        command = hj212_command_find(frame->edition, HJ212_DOWN, frame->cn);
    if (command) {
        json_key_text(j, "command", command->name_en);
        json_key_text(j, "command_zh", command->name_zh);
    }
    if (show_password || frame->pw.len == 0)
        key_escaped(j, "pw", frame->pw);
    else
        json_key_text(j, "pw", hj212_masked);
    key_escaped(j, "mn", frame->mn);
    if (frame->flag >= 0)
        json_key_int(j, "flag", frame->flag);
    if (frame->pnum > 0) {
        json_key_int(j, "pnum", frame->pnum);
        json_key_int(j, "pno", frame->pno);
    }
    json_key_bool(j, "ack_wanted", frame->ack_wanted);
    json_key_bool(j, "backfilled", frame->backfilled);
    json_key_bool(j, "encrypted", frame->encrypted);
}

void hj212_json_write(const struct hj212_frame *frame,
                      enum hj212_verdict verdict, bool show_password,
                      struct buf *out)
{
    struct json j;
    struct buf raw;

    json_init(&j, out);
    json_open(&j, '{');
    json_key_text(&j, "verdict", hj212_verdict_name(verdict));
    if (verdict != HJ212_OK)
        json_key_text(&j, "reason", hj212_verdict_text(verdict));
    write_deviations(&j, frame->deviations);
    if (frame->cn >= 0) {
        write_header(&j, frame, show_password);
        write_items(&j, frame, show_password);
    } else if (frame->mn.len) {
        key_escaped(&j, "mn", frame->mn);
    }
    buf_init(&raw, TEXT_MAX);
    if (show_password)
        buf_add(&raw, frame->raw);
    else
        add_masked(frame->raw, &raw);
    key_escaped(&j, "raw", buf_span(&raw));
    buf_done(&raw);
    json_close(&j, '}');
}
