#include "assess/ecology/eqi.h"

static const char method[] = "环监测〔2021〕99号";

enum { PERCENT = 100, EQI_DECIMALS = 2, CLASSES = 5, MEMBERS_MAX = 32 };

static const struct {
    const char *name, *weight;
    bool inverse;
    struct words words;
} indices[] = {
    [EQI_PATTERN] = {"pattern", "EQI//pattern", false, {"生态格局", "pattern"}},
    [EQI_FUNCTION] = {"function",
                      "EQI//function",
                      false,
                      {"生态功能", "function"}},
    [EQI_BIODIVERSITY] = {"biodiversity",
                          "EQI//biodiversity",
                          false,
                          {"生物多样性", "biodiversity"}},
    [EQI_STRESS] = {"stress", "EQI//100-stress", true, {"生态胁迫", "stress"}},
};

static const struct rule_table *rules(void)
{
    return rule_table("ecology-ei.csv");
}

const char *eqi_index_name(enum eqi_index index)
{
    return indices[index].name;
}

static bool read_term(struct span term, struct decimal *weight,
                      struct decimal *value)
{
    struct span first = span_trim(span_take(&term, '*'));

    return !decimal_parse(first, weight) &&
           !decimal_parse(span_trim(term), value) && weight->mantissa >= 0 &&
           value->mantissa >= 0 &&
           decimal_compare(*value, DECIMAL(PERCENT, 0)) <= 0;
}

bool eqi_members(struct span text, struct arena *arena, struct decimal *out,
                 const char **line)
{
    struct decimal_sum sum = DECIMAL_SUM_ZERO;
    struct decimal weights = DECIMAL(0, 0), weight, value;
    int count = 0;

    *line = "";
    while (text.len) {
        if (++count > MEMBERS_MAX ||
            !read_term(span_take(&text, '+'), &weight, &value) ||
            decimal_sum_add_weighted(&sum, value, weight) ||
            decimal_add(weights, weight, &weights))
            return false;
        *line =
            step_join(arena, *line, " + ",
                      arena_printf(arena, "%s×%s", step_decimal(arena, weight),
                                   step_decimal(arena, value)));
    }
    return count > 0 && decimal_compare(weights, DECIMAL(1, 0)) == 0 &&
           !decimal_sum_total(&sum, -EQI_DECIMALS, ROUND_HALF_EVEN, out);
}

/* ---- judging ---- */

static struct words class_words(int class)
{
    static const struct words words[] = {
        {"一类", "class 1"}, {"二类", "class 2"}, {"三类", "class 3"},
        {"四类", "class 4"}, {"五类", "class 5"},
    };

    return words[class - 1];
}

/* 1 to 5; the low end of a range belongs to it. */
static int class_of(struct derivation *d, struct decimal eqi,
                    const char **range)
{
    struct rule_question q = {.record = "grade", .standard = method};
    const struct rule *r = NULL;
    struct rule_range ends;
    int class = 0;

    while ((r = rule_next(rules(), q, r))) {
        class ++;
        derivation_rely(d, r->confidence);
        *range = r->text;
        if (rule_range(r, &ends) && decimal_compare(eqi, ends.low) >= 0)
            return class;
    }
    return CLASSES;
}

static bool in_hundred(struct decimal d)
{
    return d.mantissa >= 0 && decimal_compare(d, DECIMAL(PERCENT, 0)) <= 0;
}

/* The EQI from its four indices; false when one is missing or not 0..100. */
static bool compose(const struct eqi_region *r, struct derivation *d,
                    struct words *missing, struct decimal *out)
{
    struct arena *a = d->arena;
    struct decimal_sum sum = DECIMAL_SUM_ZERO;
    const char *list = "";

    for (int i = 0; i < EQI_INDICES; i++) {
        const struct rule *weight = rule_need(
            rules(), (struct rule_question){.record = "weight",
                                            .key = indices[i].weight});
        struct verdict_item *item;
        struct decimal value;
        const char *text;

        if (!r->index[i] || !in_hundred(*r->index[i])) {
            *missing = words_join(a, *missing, indices[i].words);
            continue;
        }
        value = *r->index[i];
        text = step_decimal(a, value);
        item = derivation_add(d, indices[i].name, indices[i].words);
        derivation_value(item, value, "");
        derivation_item_rely(d, item, weight->confidence);
        item->step_zh = arena_printf(a, "%s = %s%s%s", item->name_zh,
                                     r->members[i] ? r->members[i] : "",
                                     r->members[i] ? " = " : "", text);
        item->step_en = arena_printf(a, "%s = %s%s%s", item->name_en,
                                     r->members[i] ? r->members[i] : "",
                                     r->members[i] ? " = " : "", text);
        if (indices[i].inverse) {
            text = arena_printf(a, "(100 − %s)", text);
            if (decimal_sub(DECIMAL(PERCENT, 0), value, &value))
                return false;
        }
        if (decimal_sum_add_weighted(&sum, value, weight->value))
            return false;
        list = step_join(a, list, " + ",
                         arena_printf(a, "%s×%s", weight->text, text));
    }
    if (*missing->zh ||
        decimal_sum_total(&sum, -EQI_DECIMALS, ROUND_HALF_EVEN, out))
        return false;
    derivation_say(d, WORDS(a, "EQI = %s = %s", "EQI = %s = %s", list,
                            step_decimal(a, *out)));
    return true;
}

/* How many of the bounds 1, 2, 4 of the table |change| reaches. */
static int change_class(struct derivation *d, struct decimal change)
{
    struct rule_question q = {.record = "change", .standard = method};
    struct decimal size =
        DECIMAL(change.mantissa < 0 ? -change.mantissa : change.mantissa,
                change.exponent);
    int class = -1;

    for (const struct rule *r = NULL; (r = rule_next(rules(), q, r));) {
        size_t digits = strspn(r->text, "0123456789");
        struct decimal low;

        derivation_rely(d, r->confidence);
        /* "|d|<1", "1<=|d|<2", "|d|>=4" */
        if (digits == 0 && strstr(r->text, ">="))
            digits = strlen(r->text) - strlen("|d|>=");
        if (digits == 0)
            low = DECIMAL(0, 0);
        else if (decimal_parse(
                     r->text[0] == '|'
                         ? span_from(span_of(r->text), strlen("|d|>="))
                         : span_first(span_of(r->text), digits),
                     &low))
            continue;
        if (decimal_compare(size, low) >= 0)
            class ++;
    }
    return class;
}

static void add_change(const struct eqi_region *r, struct derivation *d,
                       struct decimal eqi, struct verdict *v)
{
    static const struct words classes[][2] = {
        {{"基本稳定", "stable"}, {"基本稳定", "stable"}},
        {{"轻微变差", "slightly worse"}, {"轻微变好", "slightly better"}},
        {{"一般变差", "worse"}, {"一般变好", "better"}},
        {{"明显变差", "clearly worse"}, {"明显变好", "clearly better"}},
    };
    struct arena *a = d->arena;
    struct decimal change;
    struct words said;

    if (!r->before || decimal_sub(eqi, *r->before, &change))
        return;
    said = classes[change_class(d, change)][change.mantissa > 0];
    derivation_say(
        d, (struct words){
               arena_printf(
                   a, "ΔEQI = %s − %s = %s → %s(分界归属未见原文,可信度低)",
                   step_decimal(a, eqi), step_decimal(a, *r->before),
                   step_decimal(a, change), said.zh),
               arena_printf(a,
                            "ΔEQI = %s − %s = %s → %s (which side the bounds "
                            "belong to was not seen: low confidence)",
                            step_decimal(a, eqi), step_decimal(a, *r->before),
                            step_decimal(a, change), said.en)});
    v->summary_zh = arena_printf(a, "%s;ΔEQI %s,%s", v->summary_zh,
                                 step_decimal(a, change), said.zh);
    v->summary_en = arena_printf(a, "%s; ΔEQI %s, %s", v->summary_en,
                                 step_decimal(a, change), said.en);
}

static void give_class(const struct eqi_region *r, struct derivation *d,
                       struct decimal eqi, struct verdict *v)
{
    struct arena *a = d->arena;
    const char *range = "", *text = step_decimal(a, eqi);
    const char *official = r->official ? "(官方结果)" : "";

    v->has_index = true;
    v->index = eqi;
    v->rating = v->level = class_of(d, eqi, &range);
    v->level_zh = class_words(v->level).zh;
    v->level_en = class_words(v->level).en;
    derivation_say(d,
                   (struct words){arena_printf(a, "EQI %s%s ∈ %s → %s", text,
                                               official, range, v->level_zh),
                                  arena_printf(a, "EQI %s%s in %s → %s", text,
                                               r->official ? " (official)" : "",
                                               range, v->level_en)});
    v->summary_zh = arena_printf(a, "EQI %s%s,%s", text, official, v->level_zh);
    v->summary_en = arena_printf(a, "EQI %s%s, %s", text,
                                 r->official ? " (official)" : "", v->level_en);
    add_change(r, d, eqi, v);
}

void eqi_judge(const struct eqi_region *region, struct arena *arena,
               struct verdict *out)
{
    struct derivation d;
    struct words missing = {"", ""};
    struct decimal eqi;
    bool good;

    *out = derivation_verdict(VERDICT_ECOLOGY_EQI, method);
    derivation_start(&d, arena);
    if (region->official) {
        eqi = *region->official;
        good = in_hundred(eqi);
        if (good)
            derivation_say(&d, WORDS(arena, "EQI = %s(官方结果)",
                                     "EQI = %s (official)",
                                     step_decimal(arena, eqi)));
    } else {
        good = compose(region, &d, &missing, &eqi);
    }
    if (good) {
        give_class(region, &d, eqi, out);
    } else {
        out->outcome = VERDICT_INSUFFICIENT;
        out->summary_zh =
            arena_printf(arena, "不能计算 EQI,缺或不在 0 至 100:%s",
                         region->official ? "EQI" : missing.zh);
        out->summary_en =
            arena_printf(arena, "no EQI, missing or not in 0 to 100: %s",
                         region->official ? "EQI" : missing.en);
    }
    derivation_finish(&d, out);
}
