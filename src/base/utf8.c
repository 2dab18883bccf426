#include "base/utf8.h"

/* What may follow a lead byte: the length, and the range of the second byte. */
static size_t lead(unsigned char c, unsigned char *low, unsigned char *high)
{
    *low = 0x80;
    *high = 0xBF;
    if (c < 0x80)
        return 1;
    if (c >= 0xC2 && c <= 0xDF)
        return 2;
    if (c >= 0xE0 && c <= 0xEF) {
        if (c == 0xE0)
            *low = 0xA0;
        if (c == 0xED)
            *high = 0x9F;
        return 3;
    }
    if (c >= 0xF0 && c <= 0xF4) {
        if (c == 0xF0)
            *low = 0x90;
        if (c == 0xF4)
            *high = 0x8F;
        return 4;
    }
    return 0;
}

size_t utf8_step(struct span s)
{
    const unsigned char *at = (const unsigned char *)s.at;
    unsigned char low, high;
    size_t len;

    if (s.len == 0)
        return 0;
    len = lead(at[0], &low, &high);
    if (len == 0 || len > s.len)
        return 0;
    if (len > 1 && (at[1] < low || at[1] > high))
        return 0;
    for (size_t i = 2; i < len; i++) {
        if ((at[i] & 0xC0) != 0x80)
            return 0;
    }
    return len;
}

bool utf8_valid(struct span s)
{
    while (s.len) {
        size_t len = utf8_step(s);

        if (len == 0)
            return false;
        s = span_from(s, len);
    }
    return true;
}
