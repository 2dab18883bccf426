#include "assess/source/stack.h"

#include "assess/source/constant.h"
#include "assess/source/ratio.h"
#include "assess/step.h"

enum { RATE_DECIMALS = 6, HEIGHT_DECIMALS = 2 };

/* A limit under way: value, and the sentence that led to it. */
struct work {
    struct arena *arena;
    struct ratio ratio;
    const char *formula;
    const char *zh, *en;
};

static const char *text(const struct work *w, struct decimal d)
{
    return w->arena ? step_decimal(w->arena, d) : "";
}

/* rate * (height / listed)^2 */
static void go_square(struct work *w, struct stack_rate listed,
                      struct decimal height)
{
    ratio_times(&w->ratio, listed.rate);
    for (int i = 0; i < 2; i++) {
        ratio_times(&w->ratio, height);
        ratio_over(&w->ratio, listed.height);
    }
    if (w->arena)
        w->formula =
            arena_printf(w->arena, "%s × (%s / %s)²", text(w, listed.rate),
                         text(w, height), text(w, listed.height));
}

/* (low * (h2 - h) + high * (h - h1)) / (h2 - h1) */
static bool go_straight(struct work *w, struct stack_rate low,
                        struct stack_rate high, struct decimal height)
{
    struct decimal up, down, step, a, b, sum;

    if (decimal_sub(high.height, height, &up) ||
        decimal_sub(height, low.height, &down) ||
        decimal_sub(high.height, low.height, &step) ||
        decimal_mul(low.rate, up, &a) || decimal_mul(high.rate, down, &b) ||
        decimal_add(a, b, &sum))
        return false;
    ratio_times(&w->ratio, sum);
    ratio_over(&w->ratio, step);
    if (w->arena)
        w->formula = arena_printf(
            w->arena, "%s + (%s − %s) × (%s − %s) / (%s − %s)",
            text(w, low.rate), text(w, high.rate), text(w, low.rate),
            text(w, height), text(w, low.height), text(w, high.height),
            text(w, low.height));
    return true;
}

static bool find(struct work *w, const struct stack_rate *rates, size_t count,
                 struct decimal height)
{
    size_t above = 0;

    while (above < count && decimal_compare(rates[above].height, height) < 0)
        above++;
    if (above < count && !decimal_compare(rates[above].height, height)) {
        w->zh = "表列高度的限值";
        w->en = "the limit of a listed height";
        ratio_times(&w->ratio, rates[above].rate);
        w->formula = text(w, rates[above].rate);
        return true;
    }
    if (above == 0 || above == count) {
        w->zh = above ? "高于表列最大高度,外推" : "低于表列最小高度,外推";
        w->en = above ? "above the highest listed, extrapolated"
                      : "below the lowest listed, extrapolated";
        go_square(w, rates[above ? count - 1 : 0], height);
        return true;
    }
    w->zh = "两个表列高度之间,内插";
    w->en = "between two listed heights, interpolated";
    return go_straight(w, rates[above - 1], rates[above], height);
}

static void halve(struct work *w, const char *zh, const char *en)
{
    struct decimal half = source_number("stack_half");

    ratio_times(&w->ratio, half);
    if (!w->arena)
        return;
    w->formula = arena_printf(w->arena, "(%s) × %s", w->formula, text(w, half));
    w->zh = arena_printf(w->arena, "%s;%s", w->zh, zh);
    w->en = arena_printf(w->arena, "%s; %s", w->en, en);
}

static enum convert_verdict finish(const struct work *w, struct converted *out)
{
    *out = (struct converted){.step_zh = "", .step_en = ""};
    if (ratio_round(&w->ratio, -RATE_DECIMALS, &out->value))
        return CONVERT_OVERFLOW;
    out->value = decimal_tidy(out->value);
    if (!w->arena)
        return CONVERT_OK;
    out->step_zh = arena_printf(w->arena, "排放速率限值(%s):%s = %s", w->zh,
                                w->formula, text(w, out->value));
    out->step_en = arena_printf(w->arena, "rate limit (%s): %s = %s", w->en,
                                w->formula, text(w, out->value));
    return CONVERT_OK;
}

enum convert_verdict stack_limit(const struct stack_rate *rates, size_t count,
                                 struct stack_question question,
                                 struct arena *arena, struct converted *out)
{
    struct work w = {.arena = arena, .ratio = RATIO_ONE, .formula = ""};

    if (count == 0 || question.height.mantissa <= 0)
        return CONVERT_OUT_OF_RANGE;
    if (!find(&w, rates, count, question.height))
        return CONVERT_OVERFLOW;
    if (decimal_compare(question.height, source_number("stack_lowest")) < 0)
        halve(&w, "低于15 m,减半", "under 15 m, half");
    if (question.under_buildings)
        halve(&w, "未高出周围建筑5 m,减半",
              "not 5 m above the buildings around, half");
    return finish(&w, out);
}

bool stack_is_one(struct stack a, struct stack b, struct decimal distance)
{
    struct decimal sum;

    return !decimal_add(a.height, b.height, &sum) &&
           decimal_compare(distance, sum) < 0;
}

/* The whole root of n, rounded down. */
static __int128 root(__int128 n)
{
    __int128 low = 0, high = (__int128)1 << 62;

    while (low < high) {
        __int128 middle = (low + high + 1) / 2;

        if (middle * middle <= n)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

/* sqrt((a^2 + b^2) / 2), heights in hundredths of a metre, to the nearest. */
static int64_t mean_height(int64_t a, int64_t b)
{
    __int128 twice = (__int128)a * a + (__int128)b * b;
    /* the root of 4 * twice / 2 is twice the height: its last bit rounds */
    __int128 doubled = root(2 * twice);

    return (int64_t)((doubled + 1) / 2);
}

static bool hundredths(struct decimal height, int64_t *out)
{
    struct decimal h;
    enum { HIGHEST = 10000000 }; /* 100 km */

    if (height.mantissa <= 0 ||
        decimal_rescale(height, -HEIGHT_DECIMALS, ROUND_HALF_EVEN, &h) ||
        h.mantissa > HIGHEST)
        return false;
    *out = h.mantissa;
    return true;
}

enum convert_verdict stack_equivalent(struct stack a, struct stack b,
                                      struct arena *arena, struct stack *out,
                                      struct converted *out_height)
{
    struct stack one;
    int64_t ha, hb;
    const char *formula;

    if (!hundredths(a.height, &ha) || !hundredths(b.height, &hb) ||
        a.rate.mantissa < 0 || b.rate.mantissa < 0)
        return CONVERT_OUT_OF_RANGE;
    if (decimal_add(a.rate, b.rate, &one.rate))
        return CONVERT_OVERFLOW;
    one.height = decimal_tidy(DECIMAL(mean_height(ha, hb), -HEIGHT_DECIMALS));
    *out_height = (struct converted){one.height, "", ""};
    *out = one;
    if (!arena)
        return CONVERT_OK;
    formula = arena_printf(
        arena, "√((%s² + %s²) / 2) = %s m, %s + %s = %s kg/h",
        step_decimal(arena, a.height), step_decimal(arena, b.height),
        step_decimal(arena, one.height), step_decimal(arena, a.rate),
        step_decimal(arena, b.rate), step_decimal(arena, one.rate));
    out_height->step_zh = arena_printf(arena, "等效排气筒:%s", formula);
    out_height->step_en = arena_printf(arena, "equivalent stack: %s", formula);
    return CONVERT_OK;
}
