#include "assess/aqi/aqi_table.h"
#include "assess/factor/factor.h"
#include "assess/step.h"

#include <assert.h>

/* One assessment under way. */
struct work {
    const struct aqi_table *table;
    int when; /* AQI_HOUR or AQI_DAY */
    const struct aqi_practice *practice;
    struct arena *arena;
    struct aqi_rating rating;
    struct verdict_item *items;
    enum aqi_input input[AQI_INPUT_COUNT]; /* of each item */
    size_t count;
    const char *missing; /* names, for the summary */
};

static const char *const mean_zh[AQI_BOTH] = {"1 h 均值", "24 h 均值"};
static const char *const mean_en[AQI_BOTH] = {"1 h mean", "24 h mean"};

static const char *what_zh(const struct work *w, enum aqi_input input)
{
    if (input == AQI_O3_8H)
        return w->when == AQI_DAY ? "O3 日最大 8 h 均值" : "O3 8 h 滑动均值";
    if (input == AQI_O3_1H && w->when == AQI_DAY)
        return "O3 日最大 1 h 均值";
    return arena_printf(w->arena, "%s %s", aqi_symbol(input), mean_zh[w->when]);
}

static const char *what_en(const struct work *w, enum aqi_input input)
{
    if (input == AQI_O3_8H)
        return w->when == AQI_DAY ? "O3 daily max 8 h mean"
                                  : "O3 moving 8 h mean";
    if (input == AQI_O3_1H && w->when == AQI_DAY)
        return "O3 daily max 1 h mean";
    return arena_printf(w->arena, "%s %s", aqi_symbol(input), mean_en[w->when]);
}

/* "(78.4 修约)", nothing when the digits were kept. */
static void note_rounding(const struct work *w, struct decimal raw,
                          struct decimal value, const char *note[2])
{
    if (decimal_compare(raw, value) == 0)
        return;
    note[0] = arena_printf(w->arena, "(%s 修约)", step_decimal(w->arena, raw));
    note[1] =
        arena_printf(w->arena, " (%s rounded)", step_decimal(w->arena, raw));
}

/* The end of the calculation; a whole number has nothing to round. */
static const char *rounded(const struct work *w, const char *line, int rating,
                           const char *words)
{
    const char *whole = arena_printf(w->arena, "%d", rating);

    return span_is(span_of(line), whole)
               ? ""
               : arena_printf(w->arena, "%s → %s", words, whole);
}

static void explain_line(const struct work *w, const char *const lead[2],
                         const char *range, const char *formula,
                         const char *line, struct verdict_item *item)
{
    bool half_up = w->practice->half_up;

    item->step_zh = arena_printf(
        w->arena, "%s 在 %s 之间:IAQI = %s = %s%s", lead[0], range, formula,
        line, rounded(w, line, item->rating, half_up ? ",四舍五入" : ",进一"));
    item->step_en =
        arena_printf(w->arena, "%s lies in %s: IAQI = %s = %s%s", lead[1],
                     range, formula, line,
                     rounded(w, line, item->rating,
                             half_up ? ", rounded half up" : ", rounded up"));
}

/* Between the steps i - 1 and i of the scale. */
static void explain_between(const struct work *w, const struct aqi_scale *s,
                            int i, const char *const lead[2],
                            struct verdict_item *item)
{
    struct decimal over, width;
    struct decimal span = DECIMAL(s->iaqi[i] - s->iaqi[i - 1], 0);
    struct arena *a = w->arena;
    const char *low = step_decimal(a, s->at[i - 1]);
    const char *high = step_decimal(a, s->at[i]);
    const char *value = step_decimal(a, item->value), *line, *formula;

    if (decimal_sub(item->value, s->at[i - 1], &over) ||
        decimal_sub(s->at[i], s->at[i - 1], &width))
        return; /* more digits than 64 bits carry: no words for it */
    line = step_line(a, span, over, width, s->iaqi[i - 1]);
    formula =
        arena_printf(a, "(%d−%d)/(%s−%s)×(%s−%s)+%d", s->iaqi[i],
                     s->iaqi[i - 1], high, low, value, low, s->iaqi[i - 1]);
    explain_line(w, lead, arena_printf(a, "%s–%s", low, high), formula, line,
                 item);
}

static void explain_beyond(const struct work *w, const struct aqi_scale *s,
                           const char *const lead[2], struct verdict_item *item)
{
    const char *top = step_decimal(w->arena, s->at[s->steps - 1]);

    if (s->beyond < 0) {
        item->step_zh = arena_printf(
            w->arena,
            "%s 高于 %s:本版标准不给出该项分指数,须按另一平均时间计算", lead[0],
            top);
        item->step_en = arena_printf(
            w->arena,
            "%s is above %s: this edition gives no index here; another "
            "average of the pollutant rates it",
            lead[1], top);
        return;
    }
    item->step_zh =
        arena_printf(w->arena, "%s 高于 %s:IAQI = %d", lead[0], top, s->beyond);
    item->step_en = arena_printf(w->arena, "%s is above %s: IAQI = %d", lead[1],
                                 top, s->beyond);
}

static void explain(const struct work *w, enum aqi_input input,
                    const char *const note[2], struct verdict_item *item)
{
    const struct aqi_scale *s = &w->table->scale[input][w->when];
    bool borrowed = w->when == AQI_HOUR && span_is(span_of(s->period), "24h");
    const char *quantity =
        step_quantity(w->arena, item->value, unit_shown(s->unit));
    const char *lead[2] = {
        arena_printf(w->arena, "%s %s%s%s", what_zh(w, input), quantity,
                     note[0], borrowed ? "(按 24 h 表)" : ""),
        arena_printf(w->arena, "%s %s%s%s", what_en(w, input), quantity,
                     note[1], borrowed ? " (24 h column)" : "")};
    int step = aqi_step(s, &w->table->grid[input][w->when], item->value);

    if (step < s->steps)
        explain_between(w, s, step, lead, item);
    else
        explain_beyond(w, s, lead, item);
}

static void judge_input(struct work *w, enum aqi_input input,
                        const struct aqi_concentration *in)
{
    const struct aqi_scale *s = &w->table->scale[input][w->when];
    const struct aqi_rating *r = &w->rating;
    struct verdict_item *item = &w->items[w->count];
    const char *note[2] = {"", ""};
    bool exempt =
        w->table->unmonitored_exempt && w->practice->unmonitored >> input & 1;

    w->input[w->count++] = input;
    *item = (struct verdict_item){
        .factor = aqi_factor(input),
        .unit = s->unit,
        .period = input == AQI_O3_8H                          ? "8h"
                  : w->when == AQI_HOUR || input == AQI_O3_1H ? "1h"
                                                              : "24h",
        .rating = r->iaqi[input],
        .confidence = s->confidence,
        .has_value = (r->known >> input & 1) != 0,
        .value = r->value[input],
        .decisive = (r->primary >> input & 1) != 0,
    };
    if (item->has_value) {
        note_rounding(w, in->value, item->value, note);
        explain(w, input, note, item);
    }
    if (item->step_zh)
        return;
    item->has_value = false;
    item->step_zh = arena_printf(w->arena, "%s:%s", what_zh(w, input),
                                 in->known ? "数值不可用"
                                 : exempt  ? "/(未开展监测)"
                                           : "缺测");
    item->step_en = arena_printf(w->arena, "%s: %s", what_en(w, input),
                                 in->known ? "value not usable"
                                 : exempt  ? "/ (not monitored)"
                                           : "missing");
}

/* The inputs of a set; ties and both averages of one pollutant named once. */
static const char *names_of(const struct work *w, unsigned set)
{
    const char *names = "", *last = "";

    for (size_t i = 0; i < w->count; i++) {
        const char *name = aqi_symbol(w->input[i]);

        if (!(set >> w->input[i] & 1) || span_is(span_of(name), last))
            continue;
        names = step_join(w->arena, names, ", ", name);
        last = name;
    }
    return names;
}

/* The level's advice, and who must take care of what is above 100 (2026). */
static void advise(struct work *w, const struct aqi_level *level,
                   struct verdict *out)
{
    const char *zh = "", *en = "", *last = "";

    for (size_t i = 0; i < w->count; i++) {
        enum aqi_input input = w->input[i];
        const char *name = aqi_symbol(input);

        if (w->items[i].rating <= 100 || !*w->table->groups_zh[input] ||
            span_is(span_of(name), last))
            continue;
        zh = arena_printf(w->arena, "%s%s 敏感人群:%s。", zh, name,
                          w->table->groups_zh[input]);
        en = arena_printf(w->arena, "%s Sensitive to %s: %s.", en, name,
                          w->table->groups_en[input]);
        last = name;
    }
    out->advice_zh = arena_printf(w->arena, "%s;%s。%s", level->effect_zh,
                                  level->action_zh, zh);
    out->advice_en = arena_printf(w->arena, "%s; %s.%s", level->effect_en,
                                  level->action_en, en);
}

static void give(struct work *w, struct verdict *out)
{
    int aqi = w->rating.aqi;
    const struct aqi_level *level = &w->table->level[w->rating.level - 1];
    const char *primary = names_of(w, w->rating.primary);
    const char *rest_zh = "", *rest_en = "";

    if (w->rating.missing) {
        rest_zh = arena_printf(w->arena, ",缺 %s", w->missing);
        rest_en = arena_printf(w->arena, ", without %s", w->missing);
    }
    out->outcome = VERDICT_GIVEN;
    out->rating = aqi;
    out->level = w->rating.level;
    out->level_zh = level->category_zh;
    out->level_en = level->category_en;
    out->colour = level->colour;
    out->summary_zh = arena_printf(w->arena, "AQI %d,%s(%s),%s%s%s(%s)", aqi,
                                   level->grade_zh, level->category_zh,
                                   *primary ? "首要污染物 " : "无首要污染物",
                                   primary, rest_zh, w->table->edition.name);
    out->summary_en = arena_printf(
        w->arena, "AQI %d, level %s (%s), %s%s%s (%s)", aqi, level->grade_en,
        level->category_en, *primary ? "primary " : "no primary pollutant",
        primary, rest_en, w->table->edition.name);
    advise(w, level, out);
}

static void withhold(struct work *w, struct verdict *out)
{
    const char *rest_zh = "", *rest_en = "";
    int aqi = -1;

    for (int i = 0; i < AQI_INPUT_COUNT; i++)
        aqi = w->rating.iaqi[i] > aqi ? w->rating.iaqi[i] : aqi;
    if (aqi >= 0) {
        rest_zh = arena_printf(w->arena, ",其余项目最大 IAQI 为 %d", aqi);
        rest_en =
            arena_printf(w->arena, "; the largest IAQI of the rest is %d", aqi);
    }
    out->outcome = VERDICT_INSUFFICIENT;
    out->summary_zh = arena_printf(w->arena, "缺 %s,不给出 AQI%s(%s)",
                                   w->missing, rest_zh, w->table->edition.name);
    out->summary_en = arena_printf(w->arena, "no AQI: %s missing%s (%s)",
                                   w->missing, rest_en, w->table->edition.name);
}

void aqi_as_published(const struct aqi_concentration in[AQI_INPUT_COUNT],
                      enum cadence cadence, int day,
                      const struct aqi_practice *practice, struct arena *arena,
                      struct verdict *out)
{
    struct work w = {.table = aqi_table_on(day),
                     .when = cadence == CADENCE_HOUR ? AQI_HOUR : AQI_DAY,
                     .practice = practice,
                     .arena = arena};

    *out = verdict_no_edition(cadence == CADENCE_HOUR ? VERDICT_AQI_HOUR
                                                      : VERDICT_AQI_DAY,
                              cadence, "当日没有施行的 HJ 633 版本",
                              "no edition of HJ 633 is in force on that day");
    if (!w.table)
        return;
    aqi_rate_as(w.table, w.when, practice, in, &w.rating);
    w.items = arena_new(arena, AQI_INPUT_COUNT, sizeof(*w.items));
    for (int i = 0; i < AQI_INPUT_COUNT; i++) {
        if (w.rating.judged >> i & 1)
            judge_input(&w, (enum aqi_input)i, &in[i]);
    }
    out->edition = w.table->edition.name;
    out->items = w.items;
    out->item_count = w.count;
    w.missing = names_of(&w, w.rating.missing);
    if (w.rating.aqi >= 0)
        give(&w, out);
    else
        withhold(&w, out);
}

static const struct aqi_practice by_the_text = {.half_up = false};

void aqi_hourly(const struct aqi_concentration in[AQI_INPUT_COUNT], int day,
                struct arena *arena, struct verdict *out)
{
    aqi_as_published(in, CADENCE_HOUR, day, &by_the_text, arena, out);
}

void aqi_daily(const struct aqi_concentration in[AQI_INPUT_COUNT], int day,
               struct arena *arena, struct verdict *out)
{
    aqi_as_published(in, CADENCE_DAY, day, &by_the_text, arena, out);
}
