#include "assess/noise/noise_levels.h"

#include <stdlib.h>

enum {
    HOURS = 24,
    DAY_HOURS = 16,
    DAY_STARTS = 6, /* o'clock */
    PERCENT = 100,
};

/* The hours of a date, the one of 06:00 first. */
struct work {
    const struct noise_day *day;
    struct arena *arena;
    struct derivation d;
    struct decimal *levels;     /* of all readings, hour by hour */
    size_t begin[HOURS + 1];    /* where each hour begins */
    struct decimal hour[HOURS]; /* Leq */
    bool valid[HOURS];
    struct decimal min_capture;
    size_t marked; /* readings under bad weather */
};

int noise_date(int64_t moment_s)
{
    return civil_day_number(moment_s - (int64_t)DAY_STARTS * HOUR_S);
}

static int hour_of(int64_t moment_s)
{
    struct civil c = civil_from_utc(moment_s - (int64_t)DAY_STARTS * HOUR_S);

    return c.hour;
}

/* Sorts the readings into hours. */
static void spread(struct work *w)
{
    size_t at[HOURS] = {0};

    for (size_t i = 0; i < w->day->count; i++)
        w->begin[hour_of(w->day->readings[i].start_s) + 1]++;
    for (int h = 0; h < HOURS; h++) {
        w->begin[h + 1] += w->begin[h];
        at[h] = w->begin[h];
    }
    w->levels = arena_new(w->arena, w->day->count + 1, sizeof(*w->levels));
    for (size_t i = 0; i < w->day->count; i++) {
        const struct noise_reading *r = &w->day->readings[i];

        w->levels[at[hour_of(r->start_s)]++] = r->level;
        w->marked += r->bad_weather;
    }
}

/* count of expected, in percent with one decimal. */
static struct decimal capture(size_t count, size_t expected)
{
    struct decimal out = DECIMAL(0, -1);

    if (decimal_muldiv(DECIMAL((int64_t)count, 0), DECIMAL(PERCENT, 0),
                       DECIMAL((int64_t)expected, 0), -1, ROUND_HALF_EVEN,
                       &out))
        out = DECIMAL(0, -1);
    return out;
}

/* 100 * count >= min * expected, exactly. */
static bool enough(const struct work *w, size_t count, size_t expected)
{
    struct decimal needed;

    return count > 0 &&
           !decimal_mul(w->min_capture, DECIMAL((int64_t)expected, 0),
                        &needed) &&
           decimal_compare(DECIMAL((int64_t)count * PERCENT, 0), needed) >= 0;
}

static void rate_hours(struct work *w)
{
    size_t expected = (size_t)(HOUR_S / w->day->step_s);

    for (int h = 0; h < HOURS; h++) {
        size_t count = w->begin[h + 1] - w->begin[h];

        w->valid[h] = enough(w, count, expected);
        if (count)
            w->hour[h] = noise_energy_mean(w->levels + w->begin[h], count);
    }
}

struct period {
    const char *code;
    struct words name;
    int from, to; /* hours */
};

static struct verdict_item *add(struct work *w, const char *code,
                                struct words name, struct decimal value,
                                const char *unit)
{
    struct verdict_item *item = derivation_add(&w->d, code, name);

    derivation_value(item, value, unit);
    return item;
}

/* Ld or Ln; false when too few hours are valid. */
static bool mean_of_hours(struct work *w, const struct period *p,
                          struct decimal *out)
{
    struct arena *a = w->arena;
    struct decimal hours[HOURS];
    size_t count = 0, expected = (size_t)(p->to - p->from);
    const char *list = "", *rate;
    struct verdict_item *item;

    for (int h = p->from; h < p->to; h++) {
        if (!w->valid[h])
            continue;
        hours[count++] = w->hour[h];
        list = step_join(a, list, ", ", step_decimal(a, w->hour[h]));
    }
    rate = step_decimal(a, capture(count, expected));
    if (!enough(w, count, expected)) {
        item = derivation_add(&w->d, p->code, (struct words){p->code, p->code});
        item->step_zh = arena_printf(
            a, "%s:有效小时 %zu/%zu = %s%% < %s%%,不计算", p->code, count,
            expected, rate, step_decimal(a, w->min_capture));
        item->step_en = arena_printf(
            a, "%s: valid hours %zu/%zu = %s %% < %s %%, not computed", p->code,
            count, expected, rate, step_decimal(a, w->min_capture));
        return false;
    }
    *out = noise_energy_mean(hours, count);
    item = add(w, p->code, (struct words){p->code, p->code}, *out, NOISE_UNIT);
    item->step_zh = arena_printf(
        a,
        "%s = 10lg(1/%zu·Σ10^(0.1L)) = %s dB(A),L = %s(有效小时 %zu/%zu "
        "= %s%%)",
        p->code, count, step_decimal(a, *out), list, count, expected, rate);
    item->step_en = arena_printf(
        a,
        "%s = 10lg(1/%zu·Σ10^(0.1L)) = %s dB(A), L = %s (valid hours "
        "%zu/%zu = %s %%)",
        p->code, count, step_decimal(a, *out), list, count, expected, rate);
    return true;
}

static void add_day_night(struct work *w, struct decimal ld, struct decimal ln,
                          struct decimal ldn)
{
    struct arena *a = w->arena;
    const char *d = step_decimal(a, ld), *n = step_decimal(a, ln);
    const char *dn = step_decimal(a, ldn);
    struct verdict_item *item = add(
        w, "Ldn", (struct words){"昼夜等效声级 Ldn", "Ldn"}, ldn, NOISE_UNIT);

    item->step_zh = item->step_en = arena_printf(
        a, "Ldn = 10lg((16·10^(0.1×%s) + 8·10^(0.1×(%s+10)))/24) = %s dB(A)", d,
        n, dn);
}

static int descending(const void *x, const void *y)
{
    const struct decimal *a = x, *b = y;

    return decimal_compare(*b, *a);
}

/* L10, L50, L90 of all readings of the hours. */
static void add_percentiles(struct work *w, const struct period *p)
{
    static const int percents[] = {10, 50, 90};
    struct arena *a = w->arena;
    size_t count = w->begin[p->to] - w->begin[p->from];
    struct decimal *sorted = arena_new(a, count + 1, sizeof(*sorted));

    if (count == 0)
        return;
    memcpy(sorted, w->levels + w->begin[p->from], count * sizeof(*sorted));
    qsort(sorted, count, sizeof(*sorted), descending);
    for (size_t i = 0; i < LENGTH(percents); i++) {
        size_t rank =
            (count * (size_t)percents[i] + PERCENT - 1) / (size_t)PERCENT;
        const char *code = arena_printf(a, "L%d_%s", percents[i], p->code);
        struct decimal level = noise_tenth(sorted[rank - 1]);
        struct verdict_item *item =
            add(w, code,
                (struct words){
                    arena_printf(a, "%s L%d", p->name.zh, percents[i]),
                    arena_printf(a, "L%d of the %s", percents[i], p->name.en)},
                level, NOISE_UNIT);

        item->step_zh = arena_printf(
            a, "L%d(%s):%zu 个值从高到低第 %zu 个 = %s dB(A)", percents[i],
            p->name.zh, count, rank, step_decimal(a, level));
        item->step_en = arena_printf(
            a, "L%d (%s): of %zu values the %zu. from above = %s dB(A)",
            percents[i], p->name.en, count, rank, step_decimal(a, level));
    }
}

/* The largest level of the hours, where readings carry one. */
static void add_max(struct work *w, const struct period *p)
{
    const struct noise_reading *top = NULL;
    struct decimal level;
    struct verdict_item *item;

    for (size_t i = 0; i < w->day->count; i++) {
        const struct noise_reading *r = &w->day->readings[i];
        int h = hour_of(r->start_s);

        if (r->has_max && h >= p->from && h < p->to &&
            (!top || decimal_compare(r->max, top->max) > 0))
            top = r;
    }
    if (!top)
        return;
    level = noise_tenth(top->max);
    item = add(
        w, arena_printf(w->arena, "Lmax_%s", p->code),
        (struct words){arena_printf(w->arena, "%s Lmax", p->name.zh),
                       arena_printf(w->arena, "Lmax of the %s", p->name.en)},
        level, NOISE_UNIT);
    item->step_zh = arena_printf(w->arena, "%s Lmax = %s dB(A)", p->name.zh,
                                 step_decimal(w->arena, level));
    item->step_en = arena_printf(w->arena, "Lmax of the %s = %s dB(A)",
                                 p->name.en, step_decimal(w->arena, level));
}

/* The capture rate of readings in the hours. */
static void add_capture(struct work *w, const struct period *p)
{
    struct arena *a = w->arena;
    size_t expected =
        (size_t)(p->to - p->from) * (size_t)(HOUR_S / w->day->step_s);
    size_t count = w->begin[p->to] - w->begin[p->from];
    struct decimal rate = capture(count, expected);
    struct verdict_item *item = add(
        w, arena_printf(a, "capture_%s", p->code),
        (struct words){arena_printf(a, "%s有效采集率", p->name.zh),
                       arena_printf(a, "capture rate of the %s", p->name.en)},
        rate, "%");

    item->step_zh = arena_printf(a, "%s有效采集率 = %zu/%zu = %s%%", p->name.zh,
                                 count, expected, step_decimal(a, rate));
    item->step_en =
        arena_printf(a, "capture rate of the %s = %zu/%zu = %s %%", p->name.en,
                     count, expected, step_decimal(a, rate));
}

static void read_capture(struct work *w)
{
    const struct rule *rule =
        rule_need(noise_rules(), (struct rule_question){.record = "setting",
                                                        .key = "VDR",
                                                        .param = "minimum"});

    w->min_capture = w->day->min_capture ? *w->day->min_capture : rule->value;
    derivation_rely(&w->d, w->day->min_capture ? "high" : rule->confidence);
    if (!w->day->min_capture)
        derivation_say(
            &w->d,
            WORDS(w->arena,
                  "最低有效采集率取 %s%%(HJ 906 原文未见,可信度低,可另设)",
                  "lowest capture rate %s %% (HJ 906 was not seen: low "
                  "confidence; can be set)",
                  rule->text));
}

static void conclude(struct work *w, struct verdict *v, const bool has[2],
                     const struct decimal level[2])
{
    struct arena *a = w->arena;
    const char *ld = has[0] ? step_decimal(a, level[0]) : "-";
    const char *ln = has[1] ? step_decimal(a, level[1]) : "-";

    if (has[0] && has[1]) {
        v->has_index = true;
        v->level_zh = "有效";
        v->level_en = "valid";
        v->index = noise_day_night(level[0], level[1]);
        add_day_night(w, level[0], level[1], v->index);
        v->summary_zh = arena_printf(a, "Ld %s,Ln %s,Ldn %s dB(A)", ld, ln,
                                     step_decimal(a, v->index));
        v->summary_en = arena_printf(a, "Ld %s, Ln %s, Ldn %s dB(A)", ld, ln,
                                     step_decimal(a, v->index));
    } else {
        v->outcome = VERDICT_INSUFFICIENT;
        v->summary_zh =
            arena_printf(a, "有效小时不足:Ld %s,Ln %s dB(A)", ld, ln);
        v->summary_en =
            arena_printf(a, "too few valid hours: Ld %s, Ln %s dB(A)", ld, ln);
    }
    if (w->marked) {
        v->summary_zh = arena_printf(a, "%s;%zu 个值带不良气象标记",
                                     v->summary_zh, w->marked);
        v->summary_en = arena_printf(a, "%s; %zu values marked bad weather",
                                     v->summary_en, w->marked);
    }
}

/* "GB 3096-2008, HJ 640-2012, HJ 906-2017", those that are in force. */
static const char *editions_on(int day, struct arena *arena)
{
    static const char *const names[] = {"GB 3096-2008", "HJ 640-2012",
                                        "HJ 906-2017"};
    const char *list = "";

    for (size_t i = 0; i < LENGTH(names); i++) {
        const char *name = standard_name_on(names[i], day);

        if (*name)
            list = step_join(arena, list, ", ", name);
    }
    return list;
}

void noise_levels_judge(const struct noise_day *day, struct arena *arena,
                        struct verdict *out)
{
    static const struct period periods[] = {
        {"Ld", {"昼间", "day"}, 0, DAY_HOURS},
        {"Ln", {"夜间", "night"}, DAY_HOURS, HOURS},
    };
    struct work w = {.day = day, .arena = arena};
    struct decimal level[2];
    bool has[2];

    *out =
        derivation_verdict(VERDICT_NOISE_LEVELS, editions_on(day->day, arena));
    derivation_start(&w.d, arena);
    if (!standard_edition_of("GB 3096-2008", day->day)) {
        out->outcome = VERDICT_NO_EDITION;
        out->edition = "";
        out->summary_zh = "该日没有有效的标准";
        out->summary_en = "no standard was in force on that day";
        derivation_finish(&w.d, out);
        return;
    }
    read_capture(&w);
    spread(&w);
    rate_hours(&w);
    for (size_t i = 0; i < LENGTH(periods); i++) {
        has[i] = mean_of_hours(&w, &periods[i], &level[i]);
        add_percentiles(&w, &periods[i]);
        add_max(&w, &periods[i]);
        add_capture(&w, &periods[i]);
    }
    conclude(&w, out, has, level);
    derivation_finish(&w.d, out);
}
