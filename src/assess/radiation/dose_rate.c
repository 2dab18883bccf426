#include "assess/radiation/dose_rate.h"

#include <math.h>

enum { NORMAL, INVESTIGATE, ALARM, BACKGROUND_DECIMALS = 2 };

static const struct words levels[] = {
    [NORMAL] = {"正常水平", "normal level"},
    [INVESTIGATE] = {"一级:需核查", "level 1: to be looked into"},
    [ALARM] = {"二级:报警", "level 2: alarm"},
};

/* The window of dry readings before the one at hand. */
struct window {
    size_t from, to; /* readings */
    long double sum, squares, origin;
    size_t count;
};

struct work {
    const struct dose_station *s;
    struct arena *arena;
    struct derivation d;
    struct decimal factor, above;
    bool has_above;
    struct window window;
    const bool *wet; /* of each reading: rain now or shortly before */
    int in_a_row;    /* readings above the second threshold, this one too */
    int needed_in_a_row;
};

/* The background of one reading. */
struct background {
    bool known;
    struct decimal mean, sd, first, second; /* thresholds */
    size_t count;                           /* 0: it was given */
};

static void window_count(struct window *w, const struct dose_reading *r,
                         bool wet, int sign)
{
    long double x;

    if (wet || r->artificial)
        return;
    if (w->count == 0 && sign > 0)
        w->origin = decimal_real(r->value);
    x = decimal_real(r->value) - w->origin;
    w->sum += sign * x;
    w->squares += sign * x * x;
    w->count += (size_t)sign;
    if (w->count == 0)
        w->sum = w->squares = 0;
}

/* The settings are those of the first reading's day. */
static int first_day(const struct dose_station *s)
{
    return s->count ? civil_day_number(s->readings[0].start_s) : 0;
}

/* Moves the window up to (not with) the reading. */
static void window_move(struct work *w, size_t index)
{
    const struct dose_reading *list = w->s->readings;
    int64_t days =
        radiation_number("setting", "alarm", "background days", first_day(w->s))
            ->value.mantissa;
    int64_t oldest = list[index].start_s - days * DAY_S;

    for (; w->window.to < index; w->window.to++)
        window_count(&w->window, &list[w->window.to], w->wet[w->window.to], 1);
    for (;
         w->window.from < w->window.to && list[w->window.from].start_s < oldest;
         w->window.from++)
        window_count(&w->window, &list[w->window.from], w->wet[w->window.from],
                     -1);
}

static void thresholds(const struct work *w, struct background *b)
{
    struct decimal spread;

    b->known = !decimal_mul(b->sd, w->factor, &spread) &&
               !decimal_add(b->mean, spread, &b->first);
    if (w->has_above && decimal_add(b->mean, w->above, &b->second))
        b->known = false;
}

static struct background background_of(struct work *w, size_t index)
{
    struct background b = {0};
    const struct rule *least =
        radiation_number("setting", "alarm", "least readings", first_day(w->s));
    const struct window *win = &w->window;

    if (w->s->mean && w->s->sd) {
        b.mean = *w->s->mean;
        b.sd = *w->s->sd;
        thresholds(w, &b);
        return b;
    }
    window_move(w, index);
    if ((int64_t)win->count >= least->value.mantissa) {
        long double n = (long double)win->count, mean = win->sum / n;
        long double variance = (win->squares - n * mean * mean) / (n - 1);

        b.mean = decimal_from_real(win->origin + mean, BACKGROUND_DECIMALS);
        b.sd = decimal_from_real(sqrtl(variance > 0 ? variance : 0),
                                 BACKGROUND_DECIMALS);
        b.count = win->count;
        thresholds(w, &b);
    }
    return b;
}

static const char *sign(struct decimal value, struct decimal limit)
{
    return decimal_compare(value, limit) > 0 ? ">" : "≤";
}

static void say_background(struct work *w, const struct background *b,
                           struct decimal value)
{
    struct arena *a = w->arena;
    const char *v = step_decimal(a, value), *mean = step_decimal(a, b->mean);
    const char *sd = step_decimal(a, b->sd), *f = step_decimal(a, w->factor);
    const char *first = step_decimal(a, b->first);
    const char *than = sign(value, b->first);
    struct words from = {"给定本底", "background as given"};

    if (b->count)
        from = WORDS(a, "此前 30 天 %zu 个无雨值",
                     "%zu dry readings of the 30 days before", b->count);
    derivation_say(
        &w->d, (struct words){arena_printf(a, "%s %s %s = %s + %s × %s(%s)", v,
                                           than, first, mean, f, sd, from.zh),
                              arena_printf(a, "%s %s %s = %s + %s × %s (%s)", v,
                                           than, first, mean, f, sd, from.en)});
    if (w->has_above)
        derivation_say(
            &w->d,
            (struct words){
                arena_printf(a, "%s %s %s = %s + %s,连续 %d 次", v,
                             sign(value, b->second), step_decimal(a, b->second),
                             mean, step_decimal(a, w->above), w->in_a_row),
                arena_printf(a, "%s %s %s = %s + %s, %d in a row", v,
                             sign(value, b->second), step_decimal(a, b->second),
                             mean, step_decimal(a, w->above), w->in_a_row)});
}

/* Against the natural range: above it is level 1, below it is nothing. */
static int judge_range(struct work *w, struct decimal value)
{
    struct arena *a = w->arena;
    const char *v = step_decimal(a, value), *low, *high;
    bool below, above;

    if (!w->s->low || !w->s->high)
        return NORMAL;
    low = step_decimal(a, *w->s->low);
    high = step_decimal(a, *w->s->high);
    below = decimal_compare(value, *w->s->low) < 0;
    above = decimal_compare(value, *w->s->high) > 0;
    derivation_say(
        &w->d,
        (struct words){arena_printf(a, "%s %s 天然本底范围 %s–%s%s", v,
                                    below || above ? "∉" : "∈", low, high,
                                    below ? ",低于范围不是报警" : ""),
                       arena_printf(a, "%s %s natural range %s–%s%s", v,
                                    below || above ? "∉" : "∈", low, high,
                                    below ? "; below it is no alarm" : "")});
    return above ? INVESTIGATE : NORMAL;
}

static int judge_background(struct work *w, const struct background *b,
                            struct decimal value)
{
    int level = NORMAL;

    if (!b->known)
        return NORMAL;
    w->in_a_row = w->has_above && decimal_compare(value, b->second) > 0
                      ? w->in_a_row + 1
                      : 0;
    if (decimal_compare(value, b->first) > 0 || w->in_a_row > 0)
        level = INVESTIGATE;
    if (w->in_a_row >= w->needed_in_a_row)
        level = ALARM;
    say_background(w, b, value);
    return level;
}

static void add_reading(struct work *w, const struct dose_reading *r)
{
    struct verdict_item *item = derivation_add(
        &w->d, "dose_rate", (struct words){"γ辐射剂量率", "gamma dose rate"});

    derivation_value(item, r->value, w->s->unit);
    item->step_zh = arena_printf(w->arena, "γ辐射剂量率 %s %s%s%s",
                                 step_decimal(w->arena, r->value), w->s->unit,
                                 r->rain ? ",有雨" : "",
                                 r->artificial ? ",检出人工核素" : "");
    item->step_en = arena_printf(w->arena, "gamma dose rate %s %s%s%s",
                                 step_decimal(w->arena, r->value), w->s->unit,
                                 r->rain ? ", rain" : "",
                                 r->artificial ? ", artificial nuclide" : "");
}

/* Rain takes an alarm down by one; an artificial nuclide is always one. */
static int weigh(struct work *w, const struct dose_reading *r, bool wet,
                 int level, struct verdict *v)
{
    if (r->artificial)
        return ALARM;
    if (!wet || level == NORMAL)
        return level;
    derivation_say(&w->d,
                   (struct words){"有雨或刚下过雨:氡子体可致短时升高,降一级",
                                  "rain now or shortly before: radon progeny "
                                  "may explain a short rise, one level down"});
    v->advice_zh = "雨停后复看";
    v->advice_en = "look again when the rain has ended";
    return level - 1;
}

/* What else made the level than the reading, behind it in a sentence. */
static struct words remark(const struct dose_reading *r,
                           const struct verdict *v)
{
    if (r->artificial)
        return (struct words){"(检出人工核素)", " (artificial nuclide)"};
    if (*v->advice_zh)
        return (struct words){"(降雨影响,已降一级)", " (rain: one level down)"};
    return r->rain ? (struct words){"(有雨)", " (rain)"}
                   : (struct words){"", ""};
}

/* The first threshold beside the reading. */
static void add_comparison(struct work *w, struct decimal limit,
                           struct decimal value)
{
    struct verdict_item *item = &w->d.items[0];
    const char *how =
        arena_printf(w->arena, "%s %s %s", step_decimal(w->arena, value),
                     sign(value, limit), step_decimal(w->arena, limit));

    item->step_zh = arena_printf(w->arena, "%s:%s", item->step_zh, how);
    item->step_en = arena_printf(w->arena, "%s: %s", item->step_en, how);
}

static void give(struct work *w, const struct background *b, int level,
                 const struct dose_reading *r, struct verdict *v)
{
    struct arena *a = w->arena;
    bool range = w->s->low && w->s->high;
    struct words more = remark(r, v);

    if (!b->known && !range && !r->artificial) {
        v->outcome = VERDICT_INSUFFICIENT;
        v->summary_zh = "没有本底:此前无雨值太少,也未给出";
        v->summary_en =
            "no background: too few dry readings before, and none was given";
        return;
    }
    w->d.items[0].rating = level;
    w->d.items[0].decisive = level > NORMAL;
    if (b->known) {
        w->d.items[0].has_limit = true;
        w->d.items[0].limit = b->first;
        add_comparison(w, b->first, r->value);
    }
    v->rating = level;
    v->level = level + 1;
    v->level_zh = levels[level].zh;
    v->level_en = levels[level].en;
    w->d.items[0].step_zh = arena_printf(a, "%s → %s%s", w->d.items[0].step_zh,
                                         v->level_zh, more.zh);
    w->d.items[0].step_en = arena_printf(a, "%s → %s%s", w->d.items[0].step_en,
                                         v->level_en, more.en);
    v->summary_zh = arena_printf(a, "%s %s,%s%s", step_decimal(a, r->value),
                                 w->s->unit, v->level_zh, more.zh);
    v->summary_en = arena_printf(a, "%s %s, %s%s", step_decimal(a, r->value),
                                 w->s->unit, v->level_en, more.en);
    derivation_say(&w->d,
                   (struct words){arena_printf(a, "→ %s(阈值为建议,可信度低)",
                                               v->level_zh),
                                  arena_printf(a,
                                               "→ %s (thresholds are "
                                               "proposals: low confidence)",
                                               v->level_en)});
}

/* The specification of monitoring in force at a moment; NULL: none. */
static const struct standard_edition *edition_on(int64_t moment_s)
{
    static const char *const names[] = {"HJ 61-2021", "HJ/T 61-2001"};
    const struct standard_edition *found = NULL;

    for (size_t i = 0; !found && i < LENGTH(names); i++)
        found = standard_edition_of(names[i], civil_day_number(moment_s));
    return found;
}

static void judge_reading(struct work *w, size_t index, struct verdict *v)
{
    const struct dose_reading *r = &w->s->readings[index];
    const struct standard_edition *edition = edition_on(r->start_s);
    struct background b;
    int level, range;

    *v = derivation_verdict(VERDICT_RADIATION_DOSE_RATE,
                            edition ? edition->standard : "");
    v->start_s = r->start_s;
    derivation_start(&w->d, w->arena);
    if (!edition) {
        v->outcome = VERDICT_NO_EDITION;
        v->summary_zh = "该日没有有效的标准";
        v->summary_en = "no standard was in force on that day";
        derivation_finish(&w->d, v);
        return;
    }
    add_reading(w, r);
    derivation_rely(&w->d, "low"); /* the thresholds are proposals */
    b = background_of(w, index);
    level = judge_background(w, &b, r->value);
    range = judge_range(w, r->value);
    level = weigh(w, r, w->wet[index], range > level ? range : level, v);
    give(w, &b, level, r, v);
    derivation_finish(&w->d, v);
}

/* Rain now, or within the hours in which its progeny decays. */
static const bool *wet_readings(const struct dose_station *s,
                                struct arena *arena)
{
    bool *wet = arena_new(arena, s->count + 1, sizeof(*wet));
    int64_t hours =
        radiation_number("setting", "alarm", "hours after rain", first_day(s))
            ->value.mantissa;
    int64_t until = INT64_MIN;

    for (size_t i = 0; i < s->count; i++) {
        if (s->readings[i].rain)
            until = s->readings[i].start_s + hours * HOUR_S;
        wet[i] = s->readings[i].rain || s->readings[i].start_s <= until;
    }
    return wet;
}

void dose_rate_judge(const struct dose_station *station, struct arena *arena,
                     struct verdict *out)
{
    const struct rule *above = radiation_number(
        "setting", "alarm", "above background", first_day(station));
    struct work w = {.s = station, .arena = arena};

    w.wet = wet_readings(station, arena);
    w.factor = station->sd_factor
                   ? *station->sd_factor
                   : radiation_number("setting", "alarm", "sd factor",
                                      first_day(station))
                         ->value;
    w.has_above = station->above || strcmp(station->unit, above->unit) == 0;
    w.above = station->above ? *station->above : above->value;
    w.needed_in_a_row = (int)radiation_number("setting", "alarm", "in a row",
                                              first_day(station))
                            ->value.mantissa;
    for (size_t i = 0; i < station->count; i++)
        judge_reading(&w, i, &out[i]);
}
