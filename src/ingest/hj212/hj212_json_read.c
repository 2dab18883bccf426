#include "ingest/hj212/hj212_json.h"

#include <jansson.h>

enum { TEXT_MAX = 8 * HJ212_SEGMENT_LARGE_MAX };

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

enum err hj212_unescape(struct span text, struct buf *out)
{
    while (text.len) {
        size_t plain = span_find(text, '\\');
        char kind;

        buf_add(out, span_first(text, plain));
        text = span_from(text, plain);
        if (text.len == 0)
            break;
        kind = (char)(text.len > 1 ? text.at[1] : 0);
        if (kind == '\\') {
            buf_char(out, '\\');
        } else {
            int high = text.len > 3 ? hex_digit(text.at[2]) : -1;
            int low = text.len > 3 ? hex_digit(text.at[3]) : -1;

            if (kind != 'x' || high < 0 || low < 0)
                return ERR_SYNTAX;
            buf_char(out, (char)(high << 4 | low));
            text = span_from(text, 2);
        }
        text = span_from(text, 2);
    }
    return OK;
}

/* What is read, and where the first problem is kept. */
struct source {
    json_t *root;
    struct buf text; /* the unescaped fields, one behind the other */
    const char *problem;
};

/* An escaped text field; empty when absent. */
static struct span text_field(struct source *s, const json_t *object,
                              const char *key)
{
    const json_t *value = json_object_get(object, key);
    size_t start = s->text.len;
    struct span escaped;

    if (!value || json_is_null(value))
        return (struct span){"", 0};
    escaped =
        (struct span){json_string_value(value), json_string_length(value)};
    if (!json_is_string(value) || hj212_unescape(escaped, &s->text) != OK) {
        s->problem = key;
        return (struct span){"", 0};
    }
    return (struct span){s->text.at + start, s->text.len - start};
}

static int number_field(struct source *s, const char *key, int absent)
{
    const json_t *value = json_object_get(s->root, key);
    json_int_t number;

    if (!value || json_is_null(value))
        return absent;
    number = json_integer_value(value);
    if (!json_is_integer(value) || number < 0 || number > 9999) {
        s->problem = key;
        return absent;
    }
    return (int)number;
}

/* The part of a name in front of its last '-'. */
static struct span code_of(struct span name)
{
    const char *dash = name.len ? memrchr(name.at, '-', name.len) : NULL;

    return span_first(name, dash ? (size_t)(dash - name.at) : 0);
}

/* Separators inside would make other items of it. */
static bool breaks_item(struct span name, struct span text)
{
    bool slashes = text.len >= 4 && span_starts(text, SPAN("//")) &&
                   span_starts(span_from(text, text.len - 2), SPAN("//"));

    if (name.len == 0 || span_find(name, '=') < name.len ||
        span_find(name, ';') < name.len || span_find(name, ',') < name.len)
        return true;
    return !slashes &&
           (span_find(text, ';') < text.len || span_find(text, ',') < text.len);
}

static void read_items(struct source *s, struct buf *cp)
{
    const json_t *items = json_object_get(s->root, "items"), *item;
    struct span code = {"", 0};
    size_t i;

    if (items && !json_is_array(items))
        s->problem = "items";
    json_array_foreach(items, i, item)
    {
        struct span name = text_field(s, item, "name");
        struct span text = text_field(s, item, "text");
        const char *join = json_string_value(json_object_get(item, "join"));
        struct span before = code;

        code = code_of(name);
        if (!join)
            join = code.len && span_equal(code, before) ? "," : ";";
        if (breaks_item(name, text) || strlen(join) != 1 ||
            !strchr(",;", *join))
            s->problem = "items";
        else if (hj212_is_secret(name) && span_is(text, hj212_masked))
            s->problem = "items: a value is masked";
        if (s->problem)
            return;
        if (i)
            buf_text(cp, join);
        buf_add(cp, name);
        buf_char(cp, '=');
        buf_add(cp, text);
    }
}

static struct hj212_header read_header(struct source *s,
                                       const struct hj212_json_options *options)
{
    struct hj212_header h = {
        .qn = text_field(s, s->root, "qn"),
        .st = text_field(s, s->root, "st"),
        .pw = text_field(s, s->root, "pw"),
        .mn = text_field(s, s->root, "mn"),
        .cn = number_field(s, "cn", -1),
        .flag = number_field(s, "flag", -1),
        .pnum = number_field(s, "pnum", 0),
        .pno = number_field(s, "pno", 0),
        .backfilled = json_is_true(json_object_get(s->root, "backfilled")),
    };

    if (h.cn < 0)
        s->problem = "cn";
    if (span_is(h.pw, hj212_masked) || (options->pw && h.pw.len)) {
        if (options->pw)
            h.pw = span_of(options->pw);
        else
            s->problem = "pw: it is masked; give one with --pw";
    }
    return h;
}

static enum err read_object(struct source *s,
                            const struct hj212_json_options *options,
                            struct buf *out)
{
    const char *verdict =
        json_string_value(json_object_get(s->root, "verdict"));
    bool encrypted = json_is_true(json_object_get(s->root, "encrypted"));
    struct hj212_header header;
    struct buf cp;
    enum err err;

    if (verdict && strcmp(verdict, "ok") != 0) {
        s->problem = "verdict: only what was ok can be written";
        return ERR_INVALID;
    }
    if (encrypted && !options->sm4_key) {
        s->problem = "encrypted: no key; give one with --sm4-key";
        return ERR_INVALID;
    }
    header = read_header(s, options);
    buf_init(&cp, HJ212_SEGMENT_LARGE_MAX);
    read_items(s, &cp);
    err = s->problem || s->text.full
              ? ERR_INVALID
              : hj212_encode(&header, buf_span(&cp),
                             encrypted ? options->sm4_key : NULL, out);
    if (err && !s->problem)
        s->problem = err_text(err);
    buf_done(&cp);
    return err;
}

enum err hj212_json_read(struct span json,
                         const struct hj212_json_options *options,
                         struct buf *out, const char **out_problem)
{
    struct source s = {.root = json_loadb(json.at, json.len, 0, NULL)};
    enum err err = ERR_SYNTAX;

    buf_init(&s.text, TEXT_MAX);
    buf_room(&s.text, TEXT_MAX); /* it never moves: spans point into it */
    s.problem = NULL;
    if (json_is_object(s.root))
        err = read_object(&s, options, out);
    else
        s.problem = "not a JSON object";
    *out_problem = s.problem;
    buf_done(&s.text);
    json_decref(s.root);
    return err;
}
