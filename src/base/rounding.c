#include "base/rounding.h"

#include <assert.h>
#include <stdint.h>

/* Whether the magnitude's quotient, cut off, has to grow by one. */
static int grows(__int128 quotient, __int128 rest, __int128 denominator,
                 enum rounding rounding, int negative)
{
    if (rest == 0)
        return 0;
    switch (rounding) {
    case ROUND_UP:
        return !negative;
    case ROUND_DOWN:
        return negative;
    case ROUND_HALF_UP:
        return rest >= denominator - rest;
    case ROUND_HALF_EVEN:
        if (rest == denominator - rest)
            return (int)(quotient & 1);
        return rest > denominator - rest;
    }
    return 0;
}

__int128 rounding_divide(__int128 numerator, __int128 denominator,
                         enum rounding rounding)
{
    int negative = (numerator < 0) != (denominator < 0);
    __int128 n = numerator < 0 ? -numerator : numerator;
    __int128 d = denominator < 0 ? -denominator : denominator;
    __int128 quotient;

    assert(denominator != 0);
    if (n <= UINT64_MAX && d <= UINT64_MAX) /* one division of the machine */
        quotient = (uint64_t)n / (uint64_t)d;
    else
        quotient = n / d;
    quotient += grows(quotient, n - quotient * d, d, rounding, negative);
    return negative ? -quotient : quotient;
}
