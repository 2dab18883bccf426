/*
 * scan - finding the bytes that structure a data area, sixteen at a time where
 * the processor can, one by one elsewhere and near the end of the buffer.
 */
#ifndef HJ212_SCAN_H
#define HJ212_SCAN_H

#include "base/span.h"

#include <stdint.h>

/* Where a name ends: at '=', ',' or ';', or with the area. */
struct name_cut {
    size_t len;
    size_t dash; /* the last '-' before; len when none */
    bool odd;    /* control or high bytes in it */
};

/* Where a value ends: at ',' or ';', or with the area. */
struct value_cut {
    size_t len;
    bool equals; /* a '=' in it */
};

static inline struct name_cut name_cut_slow(const char *at, size_t len)
{
    struct name_cut cut = {0, SIZE_MAX, false};

    for (; cut.len < len; cut.len++) {
        char c = at[cut.len];

        if (c == '=' || c == ',' || c == ';')
            break;
        if (c == '-')
            cut.dash = cut.len;
        cut.odd |= (unsigned char)c < ' ' || (unsigned char)c >= 0x7f;
    }
    if (cut.dash == SIZE_MAX)
        cut.dash = cut.len;
    return cut;
}

static inline struct value_cut value_cut_slow(const char *at, size_t len)
{
    struct value_cut cut = {0, false};

    for (; cut.len < len; cut.len++) {
        char c = at[cut.len];

        if (c == ',' || c == ';')
            break;
        cut.equals |= c == '=';
    }
    return cut;
}

#ifdef __SSE2__

#    include <emmintrin.h>

static inline unsigned bytes_that_are(__m128i bytes, char c)
{
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)));
}

static inline __m128i sixteen(const char *at)
{
    return _mm_loadu_si128((const __m128i *)(const void *)at);
}

/* `readable`: bytes that may be loaded from `at` on; len of them belong to us.
 */
static inline struct name_cut name_cut(const char *at, size_t len,
                                       size_t readable)
{
    struct name_cut cut;
    unsigned stops, dashes, odd;
    __m128i bytes;

    if (readable < 16)
        return name_cut_slow(at, len);
    bytes = sixteen(at);
    stops = bytes_that_are(bytes, '=') | bytes_that_are(bytes, ',') |
            bytes_that_are(bytes, ';');
    if (stops == 0)
        return name_cut_slow(at, len);
    cut.len = (size_t)__builtin_ctz(stops);
    if (cut.len > len)
        return name_cut_slow(at, len);
    dashes = bytes_that_are(bytes, '-') & ((1u << cut.len) - 1);
    odd =
        (unsigned)_mm_movemask_epi8(_mm_cmplt_epi8(bytes, _mm_set1_epi8(' '))) |
        bytes_that_are(bytes, 0x7f);
    cut.odd = odd & ((1u << cut.len) - 1);
    cut.dash = dashes ? 31 - (size_t)__builtin_clz(dashes) : cut.len;
    return cut;
}

static inline struct value_cut value_cut(const char *at, size_t len,
                                         size_t readable)
{
    struct value_cut cut;
    unsigned stops, equals;
    __m128i bytes;

    if (readable < 16)
        return value_cut_slow(at, len);
    bytes = sixteen(at);
    stops = bytes_that_are(bytes, ',') | bytes_that_are(bytes, ';');
    if (stops == 0)
        return value_cut_slow(at, len);
    cut.len = (size_t)__builtin_ctz(stops);
    if (cut.len > len)
        return value_cut_slow(at, len);
    equals = bytes_that_are(bytes, '=') & ((1u << cut.len) - 1);
    cut.equals = equals != 0;
    return cut;
}

#else

static inline struct name_cut name_cut(const char *at, size_t len,
                                       size_t readable)
{
    (void)readable;
    return name_cut_slow(at, len);
}

static inline struct value_cut value_cut(const char *at, size_t len,
                                         size_t readable)
{
    (void)readable;
    return value_cut_slow(at, len);
}

#endif

#endif
