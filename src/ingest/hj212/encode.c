#include "ingest/hj212/codec.h"

#include <stdio.h>

enum { HEAD_LEN = 6, ANSWER_MAX = 64 };

static void cut_back(struct buf *out, size_t start)
{
    if (out->at) {
        out->len = start;
        out->at[start] = '\0';
    }
}

/* What was appended behind `start` is a head and a segment: completes them. */
static enum err finish(struct buf *out, size_t start, size_t crypt_at,
                       const uint8_t *sm4_key)
{
    struct span segment;
    size_t len = out->len - start - HEAD_LEN;
    uint16_t crc;

    if (out->full || len > HJ212_SEGMENT_MAX) {
        cut_back(out, start);
        return ERR_TOO_LARGE;
    }
    for (size_t i = 0, rest = len; i < 4; i++, rest /= 10)
        out->at[start + HEAD_LEN - 1 - i] = (char)('0' + rest % 10);
    segment = (struct span){out->at + start + HEAD_LEN, len};
    crc = hj212_crc(segment);
    if (sm4_key && crypt_at < out->len - 2 &&
        !hj212_sm4(sm4_key, true, out->at + crypt_at,
                   out->len - 2 - crypt_at)) {
        cut_back(out, start);
        return ERR_UNSUPPORTED;
    }
    buf_printf(out, "%04X\r\n", crc);
    if (out->full) {
        cut_back(out, start);
        return ERR_TOO_LARGE;
    }
    return OK;
}

enum err hj212_wrap(struct span segment, struct buf *out)
{
    size_t start = out->len;

    if (segment.len > HJ212_SEGMENT_MAX)
        return ERR_TOO_LARGE;
    buf_text(out, "##0000");
    buf_add(out, segment);
    return finish(out, start, 0, NULL);
}

/* "name=value;" unless the value is empty. */
static void add_field(struct buf *out, const char *name, struct span value)
{
    if (value.len == 0)
        return;
    buf_text(out, name);
    buf_char(out, '=');
    buf_add(out, value);
    buf_char(out, ';');
}

static bool has_semicolon(struct span s)
{
    return span_find(s, ';') < s.len;
}

enum err hj212_encode(const struct hj212_header *header, struct span cp,
                      const uint8_t *sm4_key, struct buf *out)
{
    size_t start = out->len, crypt_at;

    if (header->cn < 0 || header->cn > 9999 || header->flag > 255 ||
        header->pnum > 9999 || header->pno > 9999 ||
        has_semicolon(header->qn) || has_semicolon(header->st) ||
        has_semicolon(header->pw) || has_semicolon(header->mn))
        return ERR_INVALID;
    buf_text(out, "##0000");
    add_field(out, "QN", header->qn);
    add_field(out, "ST", header->st);
    buf_printf(out, "CN=%04d;", header->cn);
    add_field(out, "PW", header->pw);
    add_field(out, "MN", header->mn);
    if (header->flag >= 0)
        buf_printf(out, "Flag=%d;", header->flag);
    if (header->pnum > 0)
        buf_printf(out, "PNUM=%d;PNO=%d;", header->pnum, header->pno);
    if (header->backfilled)
        buf_text(out, "RF=1;");
    buf_text(out, "CP=&&");
    crypt_at = out->len;
    buf_add(out, cp);
    buf_text(out, "&&");
    return finish(out, start, crypt_at, sm4_key);
}

enum err hj212_encode_frame(const struct hj212_frame *frame, struct buf *out)
{
    struct hj212_header header = {
        .qn = frame->qn,
        .st = frame->st,
        .pw = frame->pw,
        .mn = frame->mn,
        .cn = frame->cn,
        .flag = frame->flag,
        .pnum = frame->pnum,
        .pno = frame->pno,
        .backfilled = frame->backfilled,
    };

    return hj212_encode(&header, frame->cp, NULL, out);
}

static const char *result_name(int cn)
{
    return cn == 9011 ? "QnRtn" : "ExeRtn";
}

static enum err answer_2005(const struct hj212_frame *to, int cn, int code,
                            struct buf *out)
{
    const struct hj212_value *inner = hj212_field(to, "QN");
    struct span qn = to->qn.len || !inner ? to->qn : inner->text;
    struct hj212_header header = {.st = SPAN("91"), .cn = cn, .flag = -1};
    char text[2 * ANSWER_MAX];
    struct span head = {text, 0};
    int len = 0;

    if (qn.len > ANSWER_MAX)
        return ERR_INVALID;
    if (qn.len)
        len = snprintf(text, sizeof(text), "QN=%.*s;", SPAN_ARG(qn));
    if (cn == 9011 || cn == 9012) {
        header.pw = to->pw;
        header.mn = to->mn;
        header.flag = 0;
        len += snprintf(text + len, sizeof(text) - (size_t)len, "%s=%d;",
                        result_name(cn), code);
    } else if (cn == 9014 || qn.len == 0) {
        len += snprintf(text + len, sizeof(text) - (size_t)len, "CN=%04d;",
                        to->cn);
    }
    head.len = (size_t)len - 1; /* without the last ';' */
    return hj212_encode(&header, head, NULL, out);
}

enum err hj212_answer(const struct hj212_frame *to, int cn, int code,
                      struct buf *out)
{
    struct hj212_header header = {
        .qn = to->qn,
        .st = SPAN("91"),
        .pw = to->pw,
        .mn = to->mn,
        .cn = cn,
        .flag = to->flag < 0 ? 0 : to->flag & ~3,
    };
    char text[ANSWER_MAX] = "";

    if (cn < 9011 || cn > 9014 || to->cn < 0)
        return ERR_INVALID;
    if (to->edition == HJ212_2005 &&
        !(to->deviations & HJ212_DEV_BIT(FLAG_NO_VERSION)))
        return answer_2005(to, cn, code, out);
    if (cn == 9011 || cn == 9012)
        snprintf(text, sizeof(text), "%s=%d", result_name(cn), code);
    return hj212_encode(&header, span_of(text), NULL, out);
}
