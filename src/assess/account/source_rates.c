#include "assess/account/source_rates.h"

#include "assess/account/source_validity.h"
#include "assess/validity/validity.h"

#include <assert.h>

/* A run of the same loss, so that a week's failure is one line. */
static void tell_run(struct derivation *d, const struct hours *h, size_t from,
                     size_t to)
{
    struct arena *a = d->arena;
    enum hours_reason reason = h->slots[from].reason;
    struct words words = hours_reason_words(reason);
    const char *first = hours_text(h->slots[from].start_s, a);
    const char *last = hours_text(h->slots[to - 1].start_s, a);
    struct verdict_item *item =
        derivation_add(d, hours_reason_name(reason), words);

    derivation_value(item, DECIMAL((int64_t)(to - from), 0), "");
    item->period = first;
    item->decisive = true;
    item->step_zh = arena_printf(a, "%s %s 至 %s:%s,失 %zu", h->input->factor,
                                 first, last, words.zh, to - from);
    item->step_en =
        arena_printf(a, "%s %s to %s: %s, %zu lost", h->input->factor, first,
                     last, words.en, to - from);
}

static void tell_lost(struct derivation *d, const struct hours *h)
{
    size_t to;

    for (size_t i = 0; i < h->count; i = to) {
        enum hours_reason reason = h->slots[i].reason;

        to = i + 1;
        while (to < h->count && h->slots[to].reason == reason)
            to++;
        if (reason != REASON_VALID && reason != REASON_STOPPED)
            tell_run(d, h, i, to);
    }
}

static void rate(struct derivation *d, const char *code, struct words name,
                 int a, int b)
{
    struct verdict_item *item = derivation_add(d, code, name);
    struct decimal percent = hours_percent(a, b);
    const char *text = step_decimal(d->arena, percent);

    derivation_value(item, percent, "%");
    item->step_zh =
        arena_printf(d->arena, "%s %d/%d = %s %%", name.zh, a, b, text);
    item->step_en =
        arena_printf(d->arena, "%s %d/%d = %s %%", name.en, a, b, text);
}

static void conclude(struct derivation *d, const struct hours_count *c,
                     const struct validity_rule *rule, struct verdict *out)
{
    int due = hours_due(c), received = due - c->by[REASON_NO_RECORD];
    int valid = c->by[REASON_VALID];
    struct arena *a = d->arena;
    bool enough;

    if (due == 0) {
        out->outcome = VERDICT_INSUFFICIENT;
        out->summary_zh = "全部时段停运,没有应传数据";
        out->summary_en = "stopped all the time: nothing is due";
        return;
    }
    rate(d, "transmission", (struct words){"传输率", "transmission"}, received,
         due);
    if (received)
        rate(d, "validity", (struct words){"有效率", "validity"}, valid,
             received);
    enough = validity_enough(rule, valid, due, 1);
    out->has_index = true;
    out->index = hours_percent(valid, due);
    out->rating = !enough;
    out->level = enough ? 1 : 2;
    out->level_zh = enough ? "达到" : "未达到";
    out->level_en = enough ? "reached" : "not reached";
    out->summary_zh = arena_printf(
        a, "传输有效率 %d/%d × %d/%d = %d/%d = %s %% %s %d %%:%s", received,
        due, valid, received, valid, due, step_decimal(a, out->index),
        enough ? "≥" : "<", rule->percent, out->level_zh);
    out->summary_en = arena_printf(
        a, "transmission x validity %d/%d × %d/%d = %d/%d = %s %% %s %d %%: %s",
        received, due, valid, received, valid, due, step_decimal(a, out->index),
        enough ? "≥" : "<", rule->percent, out->level_en);
    derivation_say(d, (struct words){out->summary_zh, out->summary_en});
}

void source_rates(const struct hours_input *inputs, size_t count,
                  struct arena *arena, struct verdict *out)
{
    const struct validity_rule *rule = NULL;
    struct hours_count all = {0, {0}};
    struct derivation d;

    assert(count > 0);
    rule = validity_rule_find(
        source_element(inputs->medium), span_of(inputs->factor),
        inputs->medium == HOURS_WATER ? CADENCE_MONTH : CADENCE_QUARTER,
        civil_day_number(inputs->from_s));
    *out = derivation_verdict(VERDICT_SOURCE_RATES, "");
    derivation_start(&d, arena);
    if (!rule) {
        out->outcome = VERDICT_NO_EDITION;
        out->summary_zh = "该日没有适用的有效性规则";
        out->summary_en = "no rule of validity is in force on that day";
        return;
    }
    for (size_t i = 0; i < count; i++) {
        struct hours h = hours_lay(&inputs[i], arena);
        struct hours_count c =
            hours_count(&h, inputs[i].from_s, inputs[i].to_s);

        tell_lost(&d, &h);
        all.total += c.total;
        for (int k = 0; k < REASON_COUNT; k++)
            all.by[k] += c.by[k];
    }
    hours_tell(&d, &all);
    out->edition = rule->standard;
    derivation_rely(&d, rule->confidence);
    derivation_rely(&d, "medium"); /* the product's form is a decision */
    conclude(&d, &all, rule, out);
    derivation_finish(&d, out);
}
