#include "api/frame_text.h"

#include "base/utf8.h"

#include <stdio.h>

/*
 * The length of "PW=" or "NewPW=" at the start of a field: behind a separator
 * or the length of the frame; 0 when there is none.
 */
static size_t password_at(struct span frame, size_t at)
{
    static const struct span names[] = {{"PW=", 3}, {"NewPW=", 6}};
    char before = ';';

    if (at > 0)
        before = frame.at[at - 1];
    if (!before || (!strchr(";,&", before) && (before < '0' || before > '9')))
        return 0;
    for (size_t i = 0; i < LENGTH(names); i++) {
        if (span_equal_nocase(span_first(span_from(frame, at), names[i].len),
                              names[i]))
            return names[i].len;
    }
    return 0;
}

struct span frame_mask(struct span frame, struct arena *arena)
{
    static const struct span stars = {"******", 6};
    /* Each password, at least three bytes with its name, grows by six. */
    char *out = arena_take(arena, frame.len * 3 + 1);
    size_t len = 0;

    for (size_t i = 0; i < frame.len;) {
        size_t name = password_at(frame, i);

        if (!name) {
            out[len++] = frame.at[i++];
            continue;
        }
        memcpy(out + len, frame.at + i, name);
        memcpy(out + len + name, stars.at, stars.len);
        len += name + stars.len;
        for (i += name;
             i < frame.len && (!frame.at[i] || !strchr(";,&\r\n", frame.at[i]));
             i++)
            ;
    }
    out[len] = '\0';
    return (struct span){out, len};
}

struct span frame_escape(struct span frame, struct arena *arena)
{
    char *out = arena_take(arena, frame.len * 4 + 1);
    size_t len = 0;

    while (frame.len) {
        size_t step = utf8_step(frame);
        unsigned char c = (unsigned char)frame.at[0];

        if (c == '\r' || c == '\n' || c == '\\') {
            out[len++] = '\\';
            out[len++] = (char)(c == '\r' ? 'r' : c == '\n' ? 'n' : '\\');
            step = 1;
        } else if (step == 0 || c < ' ' || c == 0x7f) {
            len += (size_t)snprintf(out + len, 5, "\\x%02x", c);
            step = 1;
        } else {
            memcpy(out + len, frame.at, step);
            len += step;
        }
        frame = span_from(frame, step);
    }
    out[len] = '\0';
    return (struct span){out, len};
}

struct span frame_hex(struct span frame, struct arena *arena)
{
    static const char digits[] = "0123456789abcdef";
    char *out = arena_take(arena, frame.len * 2 + 1);

    for (size_t i = 0; i < frame.len; i++) {
        unsigned char c = (unsigned char)frame.at[i];

        out[2 * i] = digits[c >> 4];
        out[2 * i + 1] = digits[c & 15];
    }
    out[2 * frame.len] = '\0';
    return (struct span){out, 2 * frame.len};
}
