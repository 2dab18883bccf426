#include "assess/derivation/derivation.h"

#include "assess/statistics/statistics.h"

#include "assess/limit/limit.h"

enum { FIRST_ROOM = 16 };

void derivation_start(struct derivation *d, struct arena *arena)
{
    *d = (struct derivation){
        .arena = arena,
        .items = arena_new(arena, FIRST_ROOM, sizeof(*d->items)),
        .cap = FIRST_ROOM,
        .confidence = ""};
}

struct verdict_item *derivation_add(struct derivation *d, const char *code,
                                    struct words name)
{
    struct verdict_item *item;

    if (d->count == d->cap) {
        struct verdict_item *more =
            arena_new(d->arena, 2 * d->cap, sizeof(*more));

        memcpy(more, d->items, d->count * sizeof(*more));
        d->items = more;
        d->cap *= 2;
    }
    item = &d->items[d->count++];
    *item = (struct verdict_item){.factor = code,
                                  .name_zh = name.zh,
                                  .name_en = name.en,
                                  .unit = "",
                                  .period = "",
                                  .rating = -1,
                                  .confidence = "",
                                  .step_zh = "",
                                  .step_en = ""};
    return item;
}

void derivation_value(struct verdict_item *item, struct decimal value,
                      const char *unit)
{
    item->has_value = true;
    item->value = value;
    item->unit = unit;
}

void derivation_say(struct derivation *d, struct words line)
{
    struct verdict_item *item =
        derivation_add(d, "result", (struct words){"结论", "result"});

    item->step_zh = line.zh;
    item->step_en = line.en;
}

void derivation_rely(struct derivation *d, const char *confidence)
{
    d->confidence = confidence_lower(d->confidence, confidence);
}

void derivation_item_rely(struct derivation *d, struct verdict_item *item,
                          const char *confidence)
{
    item->confidence = confidence_lower(item->confidence, confidence);
    derivation_rely(d, confidence);
}

void derivation_finish(const struct derivation *d, struct verdict *verdict)
{
    verdict->items = d->items;
    verdict->item_count = d->count;
    verdict->confidence = d->confidence;
}

struct verdict derivation_verdict(enum verdict_kind kind, const char *edition)
{
    return (struct verdict){.kind = kind,
                            .outcome = VERDICT_GIVEN,
                            .edition = edition,
                            .rating = -1,
                            .level_zh = "",
                            .level_en = "",
                            .colour = "",
                            .advice_zh = "",
                            .advice_en = "",
                            .summary_zh = "",
                            .summary_en = ""};
}

struct words words_join(struct arena *arena, struct words list,
                        struct words next)
{
    return (struct words){step_join(arena, list.zh, "、", next.zh),
                          step_join(arena, list.en, ", ", next.en)};
}

struct decimal decimal_from_real(long double value, int decimals)
{
    struct decimal d;

    if (real_to_decimal(value, -decimals, &d) == OK)
        return d;
    return DECIMAL(value < 0 ? INT64_MIN : INT64_MAX, (int8_t)-decimals);
}

long double decimal_real(struct decimal d)
{
    return decimal_to_real(d);
}
