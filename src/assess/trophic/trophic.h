/*
 * trophic - the trophic state of a lake or reservoir, TLI(Σ), as
 * 环办〔2011〕22号 has it: chlorophyll a, total phosphorus, total nitrogen,
 * transparency and permanganate index, each an index by a natural logarithm,
 * weighted by r². All five are needed: with fewer there is no official value,
 * and the re-weighted one is told as indicative only. A point is averaged over
 * time, then the lake over its points.
 *
 * Pure; coefficients and grades are data (standards/water-trophic.csv).
 */
#ifndef TROPHIC_H
#define TROPHIC_H

#include "assess/verdict.h"

enum { TROPHIC_ITEMS = 5 };

/* 0 to 4; the unit is that in which values are handed in. */
struct trophic_item {
    const char *code, *name_zh, *name_en, *unit;
    struct decimal a, b, r, r2; /* TLI = 10 (a + b ln x) */
    const char *confidence;
};

const struct trophic_item *trophic_item(int index);

struct trophic_sample {
    const char *point;
    int item;
    struct decimal value;
    bool below_detection; /* value is the limit: half of it counts */
};

/* Index: TLI(Σ) with two decimals; rating 1 oligotrophic to 5. */
void trophic_lake(const struct trophic_sample *samples, size_t count, int day,
                  struct arena *arena, struct verdict *out);

#endif
