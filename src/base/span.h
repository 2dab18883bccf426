/*
 * span - a run of bytes that somebody else owns. It is passed by value, it may
 * hold any byte, and it lives no longer than the buffer it points into.
 */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

struct span {
    const char *at;
    size_t len;
};

#define SPAN(literal) ((struct span){(literal), sizeof(literal) - 1})
#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* For printf: "%.*s", SPAN_ARG(s). */
#define SPAN_ARG(s) (int)(s).len, (s).at

static inline struct span span_of(const char *text)
{
    return (struct span){text, text ? strlen(text) : 0};
}

/* What is left of s from byte `start` on; empty when s is shorter. */
static inline struct span span_from(struct span s, size_t start)
{
    size_t cut = start < s.len ? start : s.len;

    return cut ? (struct span){s.at + cut, s.len - cut} : s;
}

/* At most the first `len` bytes of s. */
static inline struct span span_first(struct span s, size_t len)
{
    return (struct span){s.at, s.len < len ? s.len : len};
}

static inline bool span_starts(struct span s, struct span prefix)
{
    return prefix.len == 0 ||
           (s.len >= prefix.len && memcmp(s.at, prefix.at, prefix.len) == 0);
}

static inline bool span_equal(struct span a, struct span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

/* Equal but for the case of ASCII letters. */
static inline bool span_equal_nocase(struct span a, struct span b)
{
    return a.len == b.len &&
           (a.len == 0 || strncasecmp(a.at, b.at, a.len) == 0);
}

static inline bool span_is(struct span s, const char *text)
{
    return span_equal(s, span_of(text));
}

/* Position of the first `c`, or s.len when there is none. */
static inline size_t span_find(struct span s, char c)
{
    const char *hit = s.len ? memchr(s.at, c, s.len) : NULL;

    return hit ? (size_t)(hit - s.at) : s.len;
}

/* Without the blanks and tabs at both ends. */
static inline struct span span_trim(struct span s)
{
    while (s.len && (s.at[0] == ' ' || s.at[0] == '\t')) {
        s.at++;
        s.len--;
    }
    while (s.len && (s.at[s.len - 1] == ' ' || s.at[s.len - 1] == '\t'))
        s.len--;
    return s;
}

/*
 * Takes the part of *rest before the next `c` and moves *rest behind it. With
 * no `c` left it takes all. Asking an empty *rest answers an empty part.
 */
static inline struct span span_take(struct span *rest, char c)
{
    size_t cut = span_find(*rest, c);
    struct span part = {rest->at, cut};

    *rest = span_from(*rest, cut < rest->len ? cut + 1 : cut);
    return part;
}

/* Copies s into a text of `size` bytes, cut if need be, always terminated. */
static inline void span_copy(struct span s, char *text, size_t size)
{
    size_t len = s.len < size - 1 ? s.len : size - 1;

    if (len)
        memcpy(text, s.at, len);
    text[len] = '\0';
}

#endif
