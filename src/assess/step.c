#include "assess/step.h"

enum { LINE_DECIMALS = 4 };

const char *step_decimal(struct arena *arena, struct decimal d)
{
    char text[DECIMAL_TEXT_MAX];
    size_t len = decimal_format(d, text);

    return arena_copy(arena, (struct span){text, len}).at;
}

const char *step_quantity(struct arena *arena, struct decimal d,
                          const char *unit)
{
    char text[DECIMAL_TEXT_MAX];

    decimal_format(d, text);
    return *unit ? arena_printf(arena, "%s %s", text, unit)
                 : arena_printf(arena, "%s", text);
}

const char *step_line(struct arena *arena, struct decimal a, struct decimal b,
                      struct decimal c, int d)
{
    struct decimal offset = DECIMAL(d, 0), low, high;
    int decimals = 0;

    for (;; decimals++) {
        if (decimal_muldiv(a, b, c, -decimals, ROUND_DOWN, &low) ||
            decimal_muldiv(a, b, c, -decimals, ROUND_UP, &high) ||
            decimal_add(low, offset, &low) || decimal_add(high, offset, &high))
            return "?";
        if (low.mantissa == high.mantissa)
            return step_decimal(arena, low);
        if (decimals == LINE_DECIMALS)
            return arena_printf(arena, "%s…", step_decimal(arena, low));
    }
}

const char *step_join(struct arena *arena, const char *list, const char *mark,
                      const char *next)
{
    return *list ? arena_printf(arena, "%s%s%s", list, mark, next) : next;
}
