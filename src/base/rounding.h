/*
 * rounding - integers divided once, by a named rule. GB/T 8170 (half to even)
 * is what Chinese standards mean unless they say otherwise; HJ 633 rounds an
 * index up. The magnitude is rounded and the sign kept, as GB/T 8170 asks,
 * except UP and DOWN, which go towards plus and minus infinity.
 */
#ifndef BASE_ROUNDING_H
#define BASE_ROUNDING_H

enum rounding {
    ROUND_HALF_EVEN, /* GB/T 8170 */
    ROUND_HALF_UP,   /* half away from zero */
    ROUND_UP,        /* towards plus infinity */
    ROUND_DOWN,      /* towards minus infinity */
};

/* numerator / denominator; the denominator must not be 0. */
__int128 rounding_divide(__int128 numerator, __int128 denominator,
                         enum rounding rounding);

#endif
