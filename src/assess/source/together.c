#include "assess/source/together.h"

#include "assess/factor/factor.h"

/* ---- stacks ---- */

static const struct source_permit *rate_of(const struct source_near_stack *s,
                                           const char *item)
{
    for (size_t i = 0; i < s->rate_count; i++) {
        if (strcmp(s->rates[i].item, item) == 0)
            return &s->rates[i];
    }
    return NULL;
}

static struct words apart(struct stack a, struct stack b,
                          struct decimal distance, struct arena *arena)
{
    const char *text = arena_printf(
        arena, "%s m ≥ %s + %s m", step_decimal(arena, distance),
        step_decimal(arena, a.height), step_decimal(arena, b.height));

    return WORDS(arena, "相距 %s,不等效", "%s apart: not one", text);
}

enum convert_verdict together_stack(const struct source_discharge *d,
                                    const char *item, struct decimal rate,
                                    struct arena *arena, struct stack *out,
                                    struct words *out_how)
{
    *out = (struct stack){d->stack, rate};
    *out_how = (struct words){"", ""};
    for (size_t i = 0; i < d->near_count; i++) {
        const struct source_near_stack *near = &d->near[i];
        const struct source_permit *other = rate_of(near, item);
        struct stack b = {near->height, DECIMAL(0, 0)};
        enum convert_verdict verdict;
        struct converted height;

        if (!other)
            continue;
        b.rate = other->limit;
        if (!stack_is_one(*out, b, near->distance)) {
            *out_how = words_join(arena, *out_how,
                                  apart(*out, b, near->distance, arena));
            continue;
        }
        verdict = stack_equivalent(*out, b, arena, out, &height);
        if (verdict)
            return verdict;
        *out_how = words_join(arena, *out_how,
                              (struct words){height.step_zh, height.step_en});
    }
    return CONVERT_OK;
}

/* ---- waters ---- */

/* The strictest of the limits that govern; NULL when there is none. */
static const struct source_limit *strictest(const struct source_outlet *outlet,
                                            const char *item)
{
    struct source_pick picks[SOURCE_PICKS_MAX];
    struct source_miss miss;
    size_t count = source_pick(outlet, item, false, picks, &miss);
    const struct source_limit *best = NULL;

    for (size_t i = 0; i < count; i++) {
        const struct source_limit *l = picks[i].limit;

        if (!picks[i].governs || !l->is_water)
            continue;
        if (!best || (l->limit.bound == LIMIT_MAX &&
                      decimal_compare(l->limit.high, best->limit.high) < 0))
            best = l;
    }
    return best;
}

static const char *part_name(const struct source_part *p, struct arena *arena)
{
    return arena_copy(arena, p->applies_to).at;
}

bool together_limit(const struct source_discharge *d, const char *item,
                    struct arena *arena, struct source_limit *out,
                    struct words *out_how)
{
    struct convert_part *parts =
        arena_new(arena, d->part_count + 1, sizeof(*parts));
    const char *confidence = "medium";      /* the rule is of one source */
    const char *standards = "GB 8978-1996"; /* its rule, then the limits' */
    struct converted mixed;
    enum convert_verdict verdict;

    for (size_t i = 0; i < d->part_count; i++) {
        struct source_outlet outlet = d->outlet;
        const struct source_limit *l;

        outlet.applies_to = d->parts[i].applies_to;
        l = strictest(&outlet, item);
        if (!l) {
            *out_how = WORDS(arena, "混合排放口:%s 没有该项限值",
                             "mixed outlet: no limit of it for %s",
                             part_name(&d->parts[i], arena));
            return false;
        }
        if (l->limit.bound != LIMIT_MAX) {
            *out_how = (struct words){NULL, NULL};
            return false;
        }
        *out = *l;
        if (!strstr(standards, l->limit.standard))
            standards = step_join(arena, standards, "; ", l->limit.standard);
        confidence = confidence_lower(confidence, l->limit.confidence);
        parts[i] = (struct convert_part){l->limit.high, d->parts[i].flow};
    }
    verdict = convert_mixed(parts, d->part_count, arena, &mixed);
    if (verdict) {
        *out_how = (struct words){convert_text(verdict, false),
                                  convert_text(verdict, true)};
        return false;
    }
    out->limit.high = mixed.value;
    out->limit.confidence = confidence;
    out->limit.standard = standards;
    *out_how = (struct words){
        arena_printf(arena, "混合排放口限值,%s", mixed.step_zh),
        arena_printf(arena, "limit of the mixed outlet, %s", mixed.step_en)};
    return true;
}

/* ---- reading ---- */

static bool positive(struct span text, struct decimal *out)
{
    return !decimal_parse(span_trim(text), out) && out->mantissa > 0;
}

/* "SO2=1.2 NOx=0.8" */
static bool read_rates(struct span text, struct arena *arena,
                       struct source_near_stack *out)
{
    struct source_permit *rates =
        arena_new(arena, text.len + 1, sizeof(*rates));

    out->rates = rates;
    for (text = span_trim(text); text.len; text = span_trim(text)) {
        struct span one = span_take(&text, ' ');
        const struct factor *f = factor_find(span_take(&one, '='));
        struct source_permit *rate = &rates[out->rate_count];

        if (!f || decimal_parse(one, &rate->limit) || rate->limit.mantissa < 0)
            return false;
        rate->item = f->code;
        rate->rate = true;
        out->rate_count++;
    }
    return out->rate_count > 0;
}

bool together_read_stacks(struct span text, struct arena *arena,
                          struct source_discharge *d)
{
    struct source_near_stack *near =
        arena_new(arena, text.len + 1, sizeof(*near));

    d->near = near;
    while (text.len) {
        struct span one = span_trim(span_take(&text, ';'));
        struct span height = span_take(&one, '@');
        struct span distance = span_take(&one, ' ');
        struct source_near_stack *s = &near[d->near_count++];

        if (!positive(height, &s->height) ||
            decimal_parse(distance, &s->distance) || s->distance.mantissa < 0 ||
            !read_rates(one, arena, s))
            return false;
    }
    return true;
}

bool together_read_parts(struct span text, struct arena *arena,
                         struct source_discharge *d)
{
    struct source_part *parts = arena_new(arena, text.len + 1, sizeof(*parts));

    d->parts = parts;
    while (text.len) {
        struct span flow = span_take(&text, ';');
        struct source_part *p = &parts[d->part_count++];

        p->applies_to = span_trim(span_take(&flow, '='));
        if (!source_known(p->applies_to) || !positive(flow, &p->flow))
            return false;
    }
    return true;
}
