#include "simulate/fault.h"

#include "ingest/hj212/hj212.h"

#include <stdio.h>

static const struct {
    const char *name, *help;
} faults[] = {
#define FAULT(name, text, help) {text, help},
#include "simulate/fault.def"
#undef FAULT
};

enum { HEAD = 6, CRC_LEN = 4, ROOM = 4096 };

const char *fault_name(enum fault fault)
{
    return faults[fault].name;
}

const char *fault_help(enum fault fault)
{
    return faults[fault].help;
}

enum err fault_parse(struct span name, enum fault *out)
{
    for (int i = 0; i < FAULT_COUNT; i++) {
        if (span_is(name, faults[i].name)) {
            *out = (enum fault)i;
            return OK;
        }
    }
    return ERR_NOT_FOUND;
}

/* ---- changes of the segment; the frame is closed again around it ---- */

/* Replaces every `from` behind CP=&& by `to`. */
static void replace(const struct buf *in, const char *from, const char *to,
                    struct buf *out)
{
    struct span rest = buf_span(in);
    size_t cp = 0;

    for (size_t i = 0; i + 5 <= rest.len && !cp; i++) {
        if (memcmp(rest.at + i, "CP=&&", 5) == 0)
            cp = i + 5;
    }
    buf_add(out, span_first(rest, cp));
    rest = span_from(rest, cp);
    while (rest.len) {
        const char *hit = memmem(rest.at, rest.len, from, strlen(from));
        size_t run = hit ? (size_t)(hit - rest.at) : rest.len;

        buf_add(out, span_first(rest, run));
        rest = span_from(rest, run);
        if (hit) {
            buf_text(out, to);
            rest = span_from(rest, strlen(from));
        }
    }
}

/* Without the header field, "Flag=5;". */
static void without(const struct buf *in, const char *field, struct buf *out)
{
    struct span rest = buf_span(in);
    const char *hit = memmem(rest.at, rest.len, field, strlen(field));
    size_t at = hit ? (size_t)(hit - rest.at) : rest.len;
    struct span tail = span_from(rest, at);

    buf_add(out, span_first(rest, at));
    buf_add(out, span_from(tail, span_find(tail, ';') + 1));
}

static void time_with_milliseconds(const struct buf *in, struct buf *out)
{
    struct span rest = buf_span(in);
    const char *hit = memmem(rest.at, rest.len, "DataTime=", 9);
    size_t at = hit ? (size_t)(hit - rest.at) + 9 + 14 : rest.len;

    buf_add(out, span_first(rest, at));
    if (hit)
        buf_text(out, "000");
    buf_add(out, span_from(rest, at));
}

static bool respell(enum fault fault, const struct buf *in, struct buf *out)
{
    switch (fault) {
    case FAULT_FLAG_MISSING:
        without(in, "Flag=", out);
        return true;
    case FAULT_EMPTY_ITEM:
        replace(in, "&&", ";&&", out);
        return true;
    case FAULT_BLANKS:
        replace(in, ";", "; ", out);
        return true;
    case FAULT_SEPARATOR_MIXED:
        replace(in, ";", ",", out);
        return true;
    case FAULT_NAME_CASE:
        replace(in, "-Flag", "-flag", out);
        return true;
    case FAULT_CP_UNCLOSED:
        replace(in, "&&", "", out);
        return true;
    case FAULT_TIME_MILLISECONDS:
        time_with_milliseconds(in, out);
        return true;
    default:
        return false;
    }
}

static uint16_t modbus(struct span data)
{
    uint16_t r = 0xFFFF;

    for (size_t i = 0; i < data.len; i++) {
        r ^= (unsigned char)data.at[i];
        for (int k = 0; k < 8; k++)
            r = (uint16_t)(r & 1 ? (r >> 1) ^ 0xA001 : r >> 1);
    }
    return r;
}

/* ---- changes of the frame around it ---- */

static void set_crc(struct buf *frame, const char *digits, unsigned crc)
{
    char *at = frame->at + frame->len - 2 - CRC_LEN;

    for (int i = 0; i < CRC_LEN; i++)
        at[i] = digits[crc >> (12 - 4 * i) & 0xF];
}

static void spoil_frame(enum fault fault, struct buf *frame,
                        struct span segment, uint64_t dice)
{
    switch (fault) {
    case FAULT_CRC_LOWER_CASE:
        set_crc(frame, "0123456789abcdef", hj212_crc(segment));
        break;
    case FAULT_CRC_MODBUS:
        set_crc(frame, "0123456789ABCDEF", modbus(segment));
        break;
    case FAULT_CRC_NOT_COMPUTED:
        set_crc(frame, "0123456789ABCDEF", 0);
        break;
    case FAULT_TAIL_MISSING:
        frame->len -= 2;
        break;
    case FAULT_TAIL_ODD:
        frame->len -= 1;
        frame->at[frame->len - 1] = '\n';
        break;
    case FAULT_DAMAGE:
        if (dice % 20 == 0)
            frame->at[HEAD + dice / 20 % segment.len] ^= 0x11;
        break;
    default:
        break;
    }
}

void fault_spoil(enum fault fault, struct buf *frame, uint64_t dice)
{
    struct span segment = {frame->at + HEAD, frame->len - HEAD - CRC_LEN - 2};
    struct buf plain, changed, again;

    if (fault == FAULT_NONE || frame->len < HEAD + CRC_LEN + 2)
        return;
    buf_init(&plain, ROOM);
    buf_init(&changed, ROOM);
    buf_init(&again, ROOM);
    buf_add(&plain, segment);
    if (respell(fault, &plain, &changed)) {
        if (hj212_wrap(buf_span(&changed), &again) == OK) {
            buf_clear(frame);
            buf_add(frame, buf_span(&again));
        }
    } else if (fault == FAULT_NOISE_MODEM && dice % 5 == 0) {
        buf_text(&again, "\r\n+IPD,512:");
        buf_add(&again, buf_span(frame));
        buf_clear(frame);
        buf_add(frame, buf_span(&again));
    } else {
        spoil_frame(fault, frame, segment, dice);
    }
    buf_done(&plain);
    buf_done(&changed);
    buf_done(&again);
}
