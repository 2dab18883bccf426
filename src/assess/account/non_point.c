#include "assess/account/non_point.h"

static const char method[] = "Johnes 1996";
enum { KG_DECIMALS = 6 };

static void too_large(struct verdict *out)
{
    out->outcome = VERDICT_INSUFFICIENT;
    out->summary_zh = quantity_text(QUANTITY_OVERFLOW, false);
    out->summary_en = quantity_text(QUANTITY_OVERFLOW, true);
}

/* E x A of one kind; false when it does not fit. */
static bool add(struct derivation *d, const struct non_point_source *s,
                struct decimal *total)
{
    struct arena *a = d->arena;
    const char *name = arena_copy(a, s->kind).at;
    struct verdict_item *item;
    struct decimal kg;
    const char *sum;

    if (quantity_product(s->amount, s->coefficient, &kg))
        return false;
    kg = quantity_round(kg, KG_DECIMALS);
    if (decimal_add(*total, kg, total))
        return false;
    item = derivation_add(d, name, (struct words){name, name});
    derivation_value(item, kg, "kg");
    sum = arena_printf(
        a, "%s %.*s × %s %.*s = %s kg", step_decimal(a, s->amount.value),
        SPAN_ARG(s->amount.unit), step_decimal(a, s->coefficient.value),
        SPAN_ARG(s->coefficient.unit), step_decimal(a, kg));
    item->step_zh = arena_printf(a, "%s:%s", name, sum);
    item->step_en = arena_printf(a, "%s: %s", name, sum);
    return true;
}

/* The largest contribution leads. */
static void mark_largest(struct derivation *d, size_t count)
{
    size_t best = 0;

    for (size_t i = 1; i < count; i++) {
        if (decimal_compare(d->items[i].value, d->items[best].value) > 0)
            best = i;
    }
    if (count)
        d->items[best].decisive = true;
}

static bool conclude(struct derivation *d, const struct non_point *in,
                     struct decimal sum, struct verdict *out)
{
    struct arena *a = d->arena;
    struct decimal load, delivered;
    const char *text;

    if (decimal_add(sum, in->rain_kg, &load))
        return false;
    text = step_decimal(a, load);
    derivation_say(d,
                   WORDS(a, "L = ΣE·A + p = %s + %s = %s kg",
                         "L = ΣE·A + p = %s + %s = %s kg", step_decimal(a, sum),
                         step_decimal(a, in->rain_kg), text));
    out->has_index = true;
    out->index = load;
    out->summary_zh = arena_printf(a, "负荷 %s kg;未给入河系数", text);
    out->summary_en =
        arena_printf(a, "load %s kg; no river coefficient given", text);
    if (!in->has_lambda)
        return true;
    if (decimal_mul(load, in->lambda, &delivered))
        return false;
    delivered = quantity_round(delivered, KG_DECIMALS);
    out->index = delivered;
    derivation_say(d, WORDS(a, "入河量 L·λ = %s × %s = %s kg",
                            "delivered L·λ = %s × %s = %s kg", text,
                            step_decimal(a, in->lambda),
                            step_decimal(a, delivered)));
    out->summary_zh = arena_printf(a, "负荷 %s kg,入河 %s kg", text,
                                   step_decimal(a, delivered));
    out->summary_en = arena_printf(a, "load %s kg, delivered %s kg", text,
                                   step_decimal(a, delivered));
    return true;
}

void non_point_load(const struct non_point *in, struct arena *arena,
                    struct verdict *out)
{
    const struct standard_edition *edition =
        standard_edition_on(method, in->day);
    struct decimal sum = DECIMAL(0, 0);
    struct derivation d;

    *out = derivation_verdict(VERDICT_LOAD_NON_POINT, "");
    derivation_start(&d, arena);
    if (!edition) {
        out->outcome = VERDICT_NO_EDITION;
        out->summary_zh = "该日没有适用的方法";
        out->summary_en = "no method is in force on that day";
        return;
    }
    out->edition = edition->standard;
    derivation_rely(&d, edition->confidence);
    for (size_t i = 0; i < in->count; i++) {
        if (!add(&d, &in->sources[i], &sum)) {
            too_large(out);
            return;
        }
    }
    mark_largest(&d, d.count);
    if (!conclude(&d, in, sum, out))
        too_large(out);
    derivation_finish(&d, out);
}
