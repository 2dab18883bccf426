/*
 * utf8 - is this UTF-8? (RFC 3629: no overlong forms, no surrogates, nothing
 * above U+10FFFF.) Pure.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/span.h"

/* Bytes of the character at the front of s, 1 to 4; 0 when it is not one. */
size_t utf8_step(struct span s);

bool utf8_valid(struct span s);

#endif
