/*
 * tens - the powers of ten that 64 bits hold: tens[n] is 10 to the n, n 0
 * to 18.
 */
#ifndef BASE_TENS_H
#define BASE_TENS_H

#include <stdint.h>

static const int64_t tens[] = {
    1,
    10,
    100,
    1000,
    10000,
    100000,
    1000000,
    10000000,
    100000000,
    1000000000,
    10000000000,
    100000000000,
    1000000000000,
    10000000000000,
    100000000000000,
    1000000000000000,
    10000000000000000,
    100000000000000000,
    1000000000000000000,
};

#endif
