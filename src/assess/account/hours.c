#include "assess/account/hours.h"

#include <assert.h>

enum {
    PERCENT = 100,
    AMOUNT_DECIMALS = 12,
    GAS_KG = -6,   /* mg x m3/m3 to kg */
    WATER_KG = -3, /* mg/L x m3 to kg */
};

static const char *const names[] = {
#define REASON(name, text, zh, en) [REASON_##name] = (text),
#include "assess/account/reason.def"
#undef REASON
};

static const struct words names_of[] = {
#define REASON(name, text, zh, en) [REASON_##name] = {(zh), (en)},
#include "assess/account/reason.def"
#undef REASON
};

const char *hours_reason_name(enum hours_reason reason)
{
    return names[reason];
}

struct words hours_reason_words(enum hours_reason reason)
{
    return names_of[reason];
}

/* Small enough that sums of products stay exact. */
static bool plain(struct decimal d)
{
    struct decimal max = DECIMAL(HOURS_VALUE_MAX, 0), none;

    return !decimal_exact(d, -HOURS_DECIMALS, &none) &&
           decimal_compare(d, max) <= 0 &&
           decimal_compare(d, DECIMAL(-HOURS_VALUE_MAX, 0)) >= 0;
}

static enum hours_reason of_mark(enum hours_mark mark)
{
    switch (mark) {
    case MARK_STOPPED:
        return REASON_STOPPED;
    case MARK_MAINTENANCE:
        return REASON_MAINTENANCE;
    case MARK_CALIBRATION:
        return REASON_CALIBRATION;
    case MARK_COMPARISON:
        return REASON_COMPARISON;
    case MARK_FAULT:
        return REASON_FAULT;
    case MARK_COMMUNICATION:
        return REASON_COMMUNICATION;
    default:
        return REASON_VALID;
    }
}

static enum hours_reason of_flag(enum hours_flag flag)
{
    switch (flag) {
    case FLAG_MAINTENANCE:
        return REASON_MAINTENANCE;
    case FLAG_CALIBRATION:
        return REASON_CALIBRATION;
    case FLAG_FAULT:
        return REASON_FAULT;
    case FLAG_OUT_OF_SERVICE:
        return REASON_OUT_OF_SERVICE;
    case FLAG_RANGE:
        return REASON_OUT_OF_RANGE;
    case FLAG_COMMUNICATION:
        return REASON_COMMUNICATION;
    default:
        return REASON_VALID;
    }
}

static enum hours_reason of_value(const struct hours_input *in,
                                  const struct hours_record *r)
{
    bool water = in->medium == HOURS_WATER;

    if (!r->has_value)
        return REASON_MISSING;
    if (r->minutes < in->minutes_needed)
        return REASON_FEW_MINUTES;
    if (r->value.mantissa < 0)
        return REASON_NEGATIVE;
    if (water && r->value.mantissa == 0)
        return REASON_ZERO;
    if (!plain(r->value) ||
        (in->has_low && decimal_compare(r->value, in->low) < 0) ||
        (in->has_high && decimal_compare(r->value, in->high) > 0))
        return REASON_OUT_OF_RANGE;
    if (r->has_flow && (r->flow.mantissa < 0 || !plain(r->flow)))
        return REASON_OUT_OF_RANGE;
    if (water && !in->is_ph && !r->has_flow)
        return REASON_NO_FLOW;
    return REASON_VALID;
}

/* Water that does not flow is not discharged: nothing is due. */
static bool is_dry(const struct hours_input *in, const struct hours_record *r)
{
    return in->medium == HOURS_WATER && !in->is_ph && r->has_flow &&
           r->flow.mantissa == 0;
}

static enum hours_reason reason_of(const struct hours_input *in,
                                   const struct hours_record *r)
{
    enum hours_reason reason;

    if (!r)
        return REASON_NO_RECORD;
    reason = of_mark(r->mark);
    if (reason == REASON_VALID && is_dry(in, r))
        reason = REASON_STOPPED;
    if (reason == REASON_VALID)
        reason = of_flag(r->flag);
    return reason == REASON_VALID ? of_value(in, r) : reason;
}

/* Spoils [from, to) where something was still valid. */
static void spoil(struct hours_slot *slots, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        if (slots[i].reason == REASON_VALID)
            slots[i].reason = REASON_CHECK_FAILED;
    }
}

static void apply_checks(struct hours_slot *slots, size_t count)
{
    size_t passed = 0;
    bool failed = false;

    for (size_t i = 0; i < count; i++) {
        enum hours_mark mark =
            slots[i].record ? slots[i].record->mark : MARK_NONE;

        if (mark == MARK_CHECK_FAILED)
            failed = true;
        if (mark != MARK_CHECK_PASSED)
            continue;
        if (failed)
            spoil(slots, passed, i);
        failed = false;
        passed = i;
    }
    if (failed)
        spoil(slots, passed, count);
}

static void give_amount(const struct hours_input *in, struct hours_slot *slot)
{
    const struct hours_record *r = slot->record;
    int8_t to_kg = in->medium == HOURS_WATER ? WATER_KG : GAS_KG;
    struct decimal amount;

    if (slot->reason == REASON_STOPPED) {
        slot->has_amount = true;
        slot->amount = DECIMAL(0, 0);
    }
    if (slot->reason != REASON_VALID || !r->has_flow || in->is_ph)
        return;
    if (decimal_mul(r->value, r->flow, &amount) ||
        decimal_mul(amount, DECIMAL(in->step_hours, to_kg), &amount) ||
        decimal_rescale(amount,
                        amount.exponent < -AMOUNT_DECIMALS ? -AMOUNT_DECIMALS
                                                           : amount.exponent,
                        ROUND_HALF_EVEN, &slot->amount)) {
        slot->reason = REASON_OUT_OF_RANGE;
        return;
    }
    slot->has_amount = true;
}

struct hours hours_lay(const struct hours_input *in, struct arena *arena)
{
    int64_t step = (int64_t)in->step_hours * HOUR_S;
    size_t count = (size_t)((in->to_s - in->from_s + step - 1) / step), r = 0;
    struct hours_slot *slots = arena_new(arena, count + 1, sizeof(*slots));

    while (r < in->count && in->records[r].start_s < in->from_s)
        r++;
    for (size_t i = 0; i < count; i++) {
        slots[i].start_s = in->from_s + (int64_t)i * step;
        if (r < in->count && in->records[r].start_s < slots[i].start_s + step)
            slots[i].record = &in->records[r++];
        slots[i].reason = reason_of(in, slots[i].record);
    }
    apply_checks(slots, count);
    for (size_t i = 0; i < count; i++)
        give_amount(in, &slots[i]);
    return (struct hours){in, slots, count};
}

size_t hours_at(const struct hours *h, int64_t moment_s)
{
    int64_t step = (int64_t)h->input->step_hours * HOUR_S;
    int64_t at = (moment_s - h->input->from_s + step - 1) / step;

    if (moment_s <= h->input->from_s)
        return 0;
    return at < (int64_t)h->count ? (size_t)at : h->count;
}

struct hours_count hours_count(const struct hours *h, int64_t from_s,
                               int64_t to_s)
{
    struct hours_count c = {0, {0}};

    for (size_t i = hours_at(h, from_s); i < hours_at(h, to_s); i++) {
        c.total++;
        c.by[h->slots[i].reason]++;
    }
    return c;
}

int hours_due(const struct hours_count *c)
{
    return c->total - c->by[REASON_STOPPED];
}

int hours_lost(const struct hours_count *c)
{
    return hours_due(c) - c->by[REASON_VALID];
}

static void tell(struct derivation *d, const char *code, struct words name,
                 int count, struct words how)
{
    struct verdict_item *item = derivation_add(d, code, name);

    derivation_value(item, DECIMAL(count, 0), "");
    item->step_zh = arena_printf(d->arena, "%s:%s%d", name.zh, how.zh, count);
    item->step_en = arena_printf(d->arena, "%s: %s%d", name.en, how.en, count);
}

void hours_tell(struct derivation *d, const struct hours_count *c)
{
    int stopped = c->by[REASON_STOPPED], lost = hours_lost(c);

    tell(d, "total", (struct words){"总时段数", "periods in all"}, c->total,
         (struct words){"", ""});
    tell(d, "stopped", hours_reason_words(REASON_STOPPED), stopped,
         (struct words){"", ""});
    for (int i = REASON_NO_RECORD; i < REASON_COUNT; i++) {
        if (c->by[i])
            tell(d, names[i], names_of[i], c->by[i], (struct words){"", ""});
    }
    tell(d, "due", (struct words){"应有时段数", "due"}, hours_due(c),
         WORDS(d->arena, "%d − %d = ", "%d − %d = ", c->total, stopped));
    tell(d, "valid", hours_reason_words(REASON_VALID), c->by[REASON_VALID],
         WORDS(d->arena, "%d − %d = ", "%d − %d = ", hours_due(c), lost));
}

void hours_add(struct decimal_sum *sum, struct decimal d)
{
    enum err err = decimal_sum_add(sum, d);

    assert(!err); /* hours are bounded when they are laid */
}

struct decimal hours_sum(const struct decimal_sum *sum)
{
    struct decimal total = DECIMAL(0, 0);
    int exponent = sum->exponent > 0 ? 0 : sum->exponent;

    while (decimal_sum_total(sum, exponent, ROUND_HALF_EVEN, &total)) {
        exponent++;
        assert(exponent <= 0); /* hours are bounded when they are laid */
    }
    while (total.exponent < 0 && total.mantissa % 10 == 0) {
        total.mantissa /= 10;
        total.exponent++;
    }
    return total;
}

const char *hours_day_text(int64_t start_s, struct arena *arena)
{
    struct civil c = civil_from_utc(start_s);

    return arena_printf(arena, "%04d-%02d-%02d", c.year, c.month, c.day);
}

const char *hours_text(int64_t start_s, struct arena *arena)
{
    struct civil c = civil_from_utc(start_s);

    return arena_printf(arena, "%04d-%02d-%02d %02d:00", c.year, c.month, c.day,
                        c.hour);
}

static struct words term(const struct hours_slot *s, bool with_flow,
                         struct arena *arena)
{
    const struct hours_record *r = s->record;
    struct civil c = civil_from_utc(s->start_s);
    const char *value = step_decimal(arena, r->value);
    const char *text =
        arena_printf(arena, "%02d:%02d %s", c.hour, c.minute, value);

    if (with_flow)
        text = arena_printf(arena, "%s×%s", text, step_decimal(arena, r->flow));
    if (!r->how.zh || !*r->how.zh)
        return (struct words){text, text};
    return (struct words){arena_printf(arena, "%s(%s)", text, r->how.zh),
                          arena_printf(arena, "%s (%s)", text, r->how.en)};
}

struct words hours_terms(const struct hours *h, int64_t from_s, int64_t to_s,
                         bool with_flow, struct arena *arena)
{
    struct words list = {"", ""};

    if (from_s >= h->input->from_s + (int64_t)HOURS_LISTED_DAYS * DAY_S)
        return list;
    for (size_t i = hours_at(h, from_s); i < hours_at(h, to_s); i++) {
        const struct hours_slot *s = &h->slots[i];

        if (s->reason == REASON_VALID && (s->has_amount || !with_flow))
            list = words_join(arena, list, term(s, with_flow, arena));
    }
    return list;
}

struct words hours_amount_terms(const struct hours *h, int64_t from_s,
                                int64_t to_s, struct arena *arena)
{
    bool water = h->input->medium == HOURS_WATER;
    struct words terms = hours_terms(h, from_s, to_s, true, arena);
    const char *step =
        h->input->step_hours > 1
            ? arena_printf(arena, " × %d h", h->input->step_hours)
            : "";

    if (!*terms.zh)
        return terms;
    return (struct words){
        arena_printf(arena, ";C×Q:%s;其和%s × 10^%d", terms.zh, step,
                     water ? WATER_KG : GAS_KG),
        arena_printf(arena, "; C×Q: %s; their sum%s × 10^%d", terms.en, step,
                     water ? WATER_KG : GAS_KG)};
}

struct decimal hours_amount(const struct hours *h, int64_t from_s, int64_t to_s,
                            int *out_valid)
{
    struct decimal_sum sum = DECIMAL_SUM_ZERO;
    int valid = 0;

    for (size_t i = hours_at(h, from_s); i < hours_at(h, to_s); i++) {
        const struct hours_slot *s = &h->slots[i];

        if (!s->has_amount)
            continue;
        hours_add(&sum, s->amount);
        valid += s->reason == REASON_VALID;
    }
    if (out_valid)
        *out_valid = valid;
    return hours_sum(&sum);
}

struct decimal hours_percent(int a, int b)
{
    struct decimal out;
    enum err err = decimal_muldiv(DECIMAL(a, 0), DECIMAL(PERCENT, 0),
                                  DECIMAL(b, 0), -2, ROUND_HALF_EVEN, &out);

    assert(!err);
    return out;
}
