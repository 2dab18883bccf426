/*
 * derivation - a verdict being made: the items one after the other, each with
 * its calculation, then what follows from all of them, and the lowest
 * confidence of what it rests on. What follows from all is an item of the name
 * "result", so that the steps alone lead from the inputs to the end.
 *
 * Logarithms, powers and roots are taken in long double and rounded once,
 * half to even; everything else stays decimal.
 *
 * Everything lies on the arena.
 */
#ifndef ASSESS_DERIVATION_H
#define ASSESS_DERIVATION_H

#include "assess/derivation/rule.h"
#include "assess/step.h"
#include "assess/verdict.h"

struct derivation {
    struct arena *arena;
    struct verdict_item *items;
    size_t count, cap;
    const char *confidence; /* "" before anything was relied on */
};

/* The same said twice. */
struct words {
    const char *zh, *en;
};

void derivation_start(struct derivation *d, struct arena *arena);

/* A new item without rating; good until the next one is added. */
struct verdict_item *derivation_add(struct derivation *d, const char *code,
                                    struct words name);

/* An item's value; unit "" for a plain number. */
void derivation_value(struct verdict_item *item, struct decimal value,
                      const char *unit);

/* What follows from the items: a line of its own. */
void derivation_say(struct derivation *d, struct words line);

/* The verdict rests on something of this confidence. */
void derivation_rely(struct derivation *d, const char *confidence);

/* An item rests on it: the item's confidence falls, and the verdict's. */
void derivation_item_rely(struct derivation *d, struct verdict_item *item,
                          const char *confidence);

/* Items and confidence into the verdict. */
void derivation_finish(const struct derivation *d, struct verdict *verdict);

/* A verdict with nothing in it yet: rating -1, texts empty. */
struct verdict derivation_verdict(enum verdict_kind kind, const char *edition);

/*
 * The words "zh" and "en" from two formats that take the same numbers in the
 * same order.
 */
#define WORDS(arena, format_zh, format_en, ...)                                \
    ((struct words){arena_printf(arena, format_zh, __VA_ARGS__),               \
                    arena_printf(arena, format_en, __VA_ARGS__)})

/* Lists in both languages: "、" and ", " between. */
struct words words_join(struct arena *arena, struct words list,
                        struct words next);

/* Rounded half to even to so many decimals. What does not fit becomes the
 * largest that does. */
struct decimal decimal_from_real(long double value, int decimals);

long double decimal_real(struct decimal d);

#endif
