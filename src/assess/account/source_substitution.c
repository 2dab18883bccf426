#include "assess/account/substitution.h"

/* "highest" said in both languages. */
static struct words method_words(const char *method)
{
    if (strcmp(method, "highest") == 0)
        return (struct words){"最大值", "highest"};
    if (strcmp(method, "mean") == 0)
        return (struct words){"均值", "mean"};
    return (struct words){"中位值", "median"};
}

static void tell(struct derivation *d, const struct substitute *s, bool ph)
{
    struct arena *a = d->arena;
    const char *when =
        s->by_day ? hours_day_text(s->start_s, a) : hours_text(s->start_s, a);
    struct words reason = hours_reason_words(s->reason);
    struct verdict_item *item = derivation_add(
        d, s->given ? "substituted" : "open", (struct words){when, when});
    const char *amount = step_quantity(a, s->amount, ph ? "" : "kg");

    item->period = when;
    if (s->by_day)
        reason = (struct words){"无效日", "invalid day"};
    if (!s->given) {
        item->decisive = true;
        item->step_zh =
            arena_printf(a, "%s(%s):未替代;%s", when, reason.zh, s->why.zh);
        item->step_en = arena_printf(a, "%s (%s): not substituted; %s", when,
                                     reason.en, s->why.en);
        return;
    }
    derivation_value(item, s->amount, ph ? "" : "kg");
    item->step_zh = arena_printf(a, "%s(%s):%s,%s → %s", when, reason.zh,
                                 method_words(s->method).zh, s->why.zh, amount);
    item->step_en = arena_printf(a, "%s (%s): %s, %s → %s", when, reason.en,
                                 method_words(s->method).en, s->why.en, amount);
}

static void sum(struct derivation *d, const char *code, struct words name,
                struct decimal value)
{
    struct verdict_item *item = derivation_add(d, code, name);

    derivation_value(item, value, "kg");
    item->step_zh = arena_printf(d->arena, "%s = %s kg", name.zh,
                                 step_decimal(d->arena, value));
    item->step_en = arena_printf(d->arena, "%s = %s kg", name.en,
                                 step_decimal(d->arena, value));
}

/* What each day measured, so that the sum can be added up again. */
static void tell_days(struct derivation *d, const struct hours *h)
{
    struct arena *a = d->arena;

    for (int64_t s = h->input->from_s; s < h->input->to_s; s += DAY_S) {
        const char *day = hours_day_text(s, a);
        struct decimal kg = hours_amount(h, s, s + DAY_S, NULL);
        struct words terms = hours_amount_terms(h, s, s + DAY_S, a);
        struct verdict_item *item =
            derivation_add(d, "day", (struct words){day, day});

        derivation_value(item, kg, "kg");
        item->period = day;
        item->step_zh = arena_printf(a, "%s:实测 %s kg%s", day,
                                     step_decimal(a, kg), terms.zh);
        item->step_en = arena_printf(a, "%s: measured %s kg%s", day,
                                     step_decimal(a, kg), terms.en);
    }
}

static int count_open(const struct substitution *s)
{
    int open = 0;

    for (size_t i = 0; i < s->count; i++)
        open += !s->list[i].given;
    return open;
}

static void conclude(struct derivation *d, const struct substitution *s,
                     bool ph, struct verdict *out)
{
    int open = count_open(s), given = (int)s->count - open;
    struct arena *a = d->arena;
    struct decimal reported;

    out->rating = open > 0;
    out->level = open ? 2 : 1;
    out->level_zh = open ? "有未能替代的时段" : "齐全";
    out->level_en = open ? "some periods stay open" : "complete";
    if (ph || decimal_sub(s->measured, s->replaced, &reported) ||
        decimal_add(reported, s->substituted, &reported)) {
        out->summary_zh =
            arena_printf(a, "替代 %d 项,未替代 %d 项", given, open);
        out->summary_en =
            arena_printf(a, "%d substituted, %d stay open", given, open);
        derivation_say(d, (struct words){out->summary_zh, out->summary_en});
        return;
    }
    sum(d, "measured", (struct words){"实测排放量", "measured"}, s->measured);
    if (s->replaced.mantissa)
        sum(d, "replaced",
            (struct words){"按日替代的实测部分", "measured on replaced days"},
            s->replaced);
    sum(d, "given", (struct words){"替代排放量", "substituted"},
        s->substituted);
    out->has_index = true;
    out->index = reported;
    out->summary_zh = arena_printf(
        a, "上报排放量 %s − %s + %s = %s kg(替代 %d 项,未替代 %d 项;实测不改)",
        step_decimal(a, s->measured), step_decimal(a, s->replaced),
        step_decimal(a, s->substituted), step_decimal(a, reported), given,
        open);
    out->summary_en = arena_printf(
        a,
        "to report %s − %s + %s = %s kg (%d substituted, %d stay open; what "
        "was measured is unchanged)",
        step_decimal(a, s->measured), step_decimal(a, s->replaced),
        step_decimal(a, s->substituted), step_decimal(a, reported), given,
        open);
    derivation_say(d, (struct words){out->summary_zh, out->summary_en});
}

void source_substitution(const struct hours_input *input, struct arena *arena,
                         struct verdict *out)
{
    struct hours hours = hours_lay(input, arena);
    struct hours_count all = hours_count(&hours, input->from_s, input->to_s);
    struct substitution s;
    struct derivation d;

    *out = derivation_verdict(VERDICT_SOURCE_SUBSTITUTION, "");
    derivation_start(&d, arena);
    substitution_of(&hours, arena, &s);
    if (!*s.standard) {
        out->outcome = VERDICT_NO_EDITION;
        out->summary_zh = "该日没有适用的替代规则";
        out->summary_en = "no rule of substitution is in force on that day";
        return;
    }
    hours_tell(&d, &all);
    if (!input->is_ph)
        tell_days(&d, &hours);
    for (size_t i = 0; i < s.count; i++)
        tell(&d, &s.list[i], input->is_ph);
    conclude(&d, &s, input->is_ph, out);
    out->edition = s.standard;
    derivation_rely(&d, s.confidence);
    derivation_finish(&d, out);
}
