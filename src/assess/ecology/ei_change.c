#include "assess/ecology/ei.h"

static const char standard[] = "HJ 192-2015";

enum { SWING_LEAST = 3 };

static struct words class_words(int class, bool better)
{
    static const struct words words[][2] = {
        {{"无明显变化", "no clear change"}, {"无明显变化", "no clear change"}},
        {{"略微变差", "slightly worse"}, {"略微变好", "slightly better"}},
        {{"明显变差", "clearly worse"}, {"明显变好", "clearly better"}},
        {{"显著变差", "markedly worse"}, {"显著变好", "markedly better"}},
    };

    return words[class][better];
}

static struct decimal magnitude(struct decimal d)
{
    return DECIMAL(d.mantissa < 0 ? -d.mantissa : d.mantissa, d.exponent);
}

/* How many of the table's lower bounds |d| reaches; the last in *bound, or the
 * first when it reaches none. */
static int class_of(struct decimal change, int day, const struct rule **bound)
{
    struct rule_question q = {
        .record = "change", .standard = standard, .day = day};
    const struct rule *r = NULL;
    int class = 0;

    *bound = NULL;
    while ((r = rule_next(ecology_rules(), q, r))) {
        bool reached = decimal_compare(magnitude(change), r->value) >= 0;

        if (reached || class == 0)
            *bound = r;
        if (!reached)
            break;
        class ++;
    }
    return class;
}

void ei_change_judge(struct decimal before, struct decimal after, int day,
                     struct arena *arena, struct verdict *out)
{
    struct derivation d;
    struct verdict_item *item;
    const struct rule *bound;
    struct decimal change;
    const char *text, *least, *sign;

    *out = derivation_verdict(VERDICT_ECOLOGY_EI_CHANGE,
                              standard_name_on(standard, day));
    derivation_start(&d, arena);
    if (!*out->edition) {
        out->outcome = VERDICT_NO_EDITION;
        out->summary_zh = "该年没有有效的标准";
        out->summary_en = "no standard was in force in that year";
        derivation_finish(&d, out);
        return;
    }
    if (decimal_sub(after, before, &change)) {
        out->outcome = VERDICT_INSUFFICIENT;
        out->summary_zh = "数值过大";
        out->summary_en = "a number is too large";
        derivation_finish(&d, out);
        return;
    }
    out->rating = class_of(change, day, &bound);
    out->level = out->rating + 1;
    out->level_zh = class_words(out->rating, change.mantissa > 0).zh;
    out->level_en = class_words(out->rating, change.mantissa > 0).en;
    out->has_index = true;
    out->index = change;
    text = step_decimal(arena, change);
    least = bound ? bound->text : "";
    sign = out->rating > 0 ? "≥" : "<";
    item =
        derivation_add(&d, "change", (struct words){"EI 变化", "change of EI"});
    derivation_value(item, change, "");
    item->rating = out->rating;
    derivation_item_rely(&d, item, "high");
    item->step_zh =
        arena_printf(arena, "ΔEI = %s − %s = %s,|ΔEI| %s %s → %s",
                     step_decimal(arena, after), step_decimal(arena, before),
                     text, sign, least, out->level_zh);
    item->step_en =
        arena_printf(arena, "ΔEI = %s − %s = %s, |ΔEI| %s %s → %s",
                     step_decimal(arena, after), step_decimal(arena, before),
                     text, sign, least, out->level_en);
    out->summary_zh = arena_printf(arena, "ΔEI %s,%s", text, out->level_zh);
    out->summary_en = arena_printf(arena, "ΔEI %s, %s", text, out->level_en);
    derivation_finish(&d, out);
}

/* Every change goes the other way than the one before; the least of them. */
static bool swings(const struct decimal *years, size_t count,
                   struct decimal *least, struct arena *arena,
                   const char **list)
{
    struct decimal change, last = DECIMAL(0, 0);

    for (size_t i = 1; i < count; i++) {
        if (decimal_sub(years[i], years[i - 1], &change) ||
            change.mantissa == 0 ||
            (i > 1 && (change.mantissa > 0) == (last.mantissa > 0)))
            return false;
        if (i == 1 || decimal_compare(magnitude(change), *least) < 0)
            *least = magnitude(change);
        *list = step_join(arena, *list, ", ", step_decimal(arena, change));
        last = change;
    }
    return true;
}

bool ei_swing_judge(const struct decimal *years, size_t count, int day,
                    struct arena *arena, struct verdict *out)
{
    struct rule_question q = {.record = "setting",
                              .standard = standard,
                              .param = "lower bound",
                              .day = day};
    const struct rule *r = NULL, *bound = NULL;
    struct decimal least = DECIMAL(0, 0);
    struct derivation d;
    const char *list = "";

    if (count < SWING_LEAST || !swings(years, count, &least, arena, &list))
        return false;
    while ((r = rule_next(ecology_rules(), q, r))) {
        if (decimal_compare(least, r->value) >= 0)
            bound = r;
    }
    if (!bound)
        return false;
    *out = derivation_verdict(VERDICT_ECOLOGY_EI_CHANGE,
                              standard_name_on(standard, day));
    derivation_start(&d, arena);
    derivation_rely(&d, bound->confidence);
    out->rating = decimal_compare(bound->value, DECIMAL(SWING_LEAST, 0)) > 0
                      ? SWING_LEAST
                      : SWING_LEAST - 1;
    out->level = out->rating + 1;
    out->level_zh = bound->key + strlen("|dEI|//");
    out->level_en = out->rating == SWING_LEAST ? "violent swings" : "swings";
    out->summary_zh = arena_printf(arena, "%zu 年间 %s", count, out->level_zh);
    out->summary_en =
        arena_printf(arena, "%s over %zu years", out->level_en, count);
    derivation_say(&d,
                   WORDS(arena, "逐年变化 %s 正负交替,最小 |ΔEI| %s ≥ %s",
                         "changes %s go to and fro, the least |ΔEI| %s ≥ %s",
                         list, step_decimal(arena, least), bound->text));
    derivation_finish(&d, out);
    return true;
}
