#include "assess/air/air_three_years.h"

#include "assess/derivation/derivation.h"

struct work {
    const struct air_annual *years;
    int class, rules_day;
    struct arena *arena;
    struct derivation d;
    struct words exceeding, lacking;
    int judged;
};

static struct words words_of(enum air_pollutant p)
{
    return (struct words){air_name(p)->name_zh, air_name(p)->name_en};
}

/* CO and O3 have no limit of a year: their percentile has that of a day. */
static const char *term_of(const struct work *w, enum air_pollutant p)
{
    return air_rule("mean", air_name(p)->symbol, "year", w->rules_day)
               ? "24h"
               : "annual";
}

static bool mean_of(const struct work *w, enum air_pollutant p,
                    struct decimal *out, const char **line)
{
    struct decimal values[AIR_THREE];

    *line = "";
    for (int i = 0; i < AIR_THREE; i++) {
        if (!w->years[i].of[p].known)
            return false;
        values[i] = w->years[i].of[p].value;
        *line = step_join(w->arena, *line, " + ",
                          step_decimal(w->arena, values[i]));
    }
    return !stat_mean(values, AIR_THREE,
                      -air_decimals(p, "result", w->rules_day), out);
}

static bool any_year(const struct work *w, enum air_pollutant p)
{
    for (int i = 0; i < AIR_THREE; i++) {
        if (w->years[i].of[p].known)
            return true;
    }
    return false;
}

static void judge_pollutant(struct work *w, enum air_pollutant p)
{
    struct arena *a = w->arena;
    struct air_limit limit;
    struct decimal mean;
    struct verdict_item *item;
    const char *line, *value, *bound;
    bool over;

    if (!air_limit(p, term_of(w, p), w->class, w->rules_day, &limit) ||
        (p >= AIR_BASIC_COUNT && !any_year(w, p)))
        return;
    if (!mean_of(w, p, &mean, &line)) {
        if (any_year(w, p) || p < AIR_BASIC_COUNT)
            w->lacking = words_join(a, w->lacking, words_of(p));
        return;
    }
    item = derivation_add(&w->d, air_name(p)->code, words_of(p));
    derivation_value(item, mean, air_name(p)->unit);
    over = decimal_compare(mean, limit.value) > 0;
    item->period = "3 years";
    item->rating = over;
    item->decisive = over;
    item->has_limit = true;
    item->limit = limit.value;
    derivation_item_rely(&w->d, item, "low");
    value = step_decimal(a, mean);
    bound = step_decimal(a, limit.value);
    item->step_zh = arena_printf(a, "%s 三年均值 (%s)/%d = %s,%s限值 %s(%d 级)",
                                 item->name_zh, line, AIR_THREE, value,
                                 over ? "高于" : "不高于", bound, w->class);
    item->step_en = arena_printf(
        a, "%s mean of three years (%s)/%d = %s, %s limit %s (class %d)",
        item->name_en, line, AIR_THREE, value, over ? "above" : "not above",
        bound, w->class);
    if (over)
        w->exceeding = words_join(a, w->exceeding, words_of(p));
    w->judged += p < AIR_BASIC_COUNT;
}

static void conclude(struct work *w, struct verdict *v)
{
    struct arena *a = w->arena;
    int from = w->years[0].year, to = w->years[AIR_THREE - 1].year;

    if (*w->exceeding.zh) {
        v->rating = 1;
        v->level_zh = "超标";
        v->level_en = "exceeds";
        v->summary_zh =
            arena_printf(a, "%d–%d 三年均值超标:%s", from, to, w->exceeding.zh);
        v->summary_en = arena_printf(a, "three-year mean %d–%d exceeds: %s",
                                     from, to, w->exceeding.en);
    } else if (w->judged == AIR_BASIC_COUNT) {
        v->rating = 0;
        v->level_zh = "达标";
        v->level_en = "attains";
        v->summary_zh = arena_printf(a, "%d–%d 三年均值达标", from, to);
        v->summary_en =
            arena_printf(a, "three-year mean %d–%d attains", from, to);
    } else {
        v->outcome = VERDICT_INSUFFICIENT;
        v->summary_zh = arena_printf(a, "%d–%d 不能判定", from, to);
        v->summary_en = arena_printf(a, "%d–%d: no result", from, to);
    }
    if (*w->lacking.zh) {
        v->summary_zh =
            arena_printf(a, "%s;缺 %s", v->summary_zh, w->lacking.zh);
        v->summary_en =
            arena_printf(a, "%s; without %s", v->summary_en, w->lacking.en);
    }
    derivation_say(&w->d, (struct words){v->summary_zh, v->summary_en});
    v->summary_zh = arena_printf(a, "%s;规则原文未见,可信度低", v->summary_zh);
    v->summary_en = arena_printf(a,
                                 "%s; the text of the rule is not at hand: "
                                 "low confidence",
                                 v->summary_en);
}

void air_three_years_judge(const struct air_annual years[AIR_THREE], int class,
                           int rules_day, struct arena *arena,
                           struct verdict *out)
{
    struct work w = {.years = years,
                     .class = class,
                     .rules_day = rules_day,
                     .arena = arena,
                     .exceeding = {"", ""},
                     .lacking = {"", ""}};
    const char *limits = air_limits_edition(rules_day, arena);

    *out = derivation_verdict(VERDICT_AIR_THREE_YEARS, "");
    derivation_start(&w.d, arena);
    if (!limits || !air_rules_edition(rules_day)) {
        out->outcome = VERDICT_NO_EDITION;
        out->summary_zh = "没有有效的标准;可用 limits 选择一版";
        out->summary_en =
            "no standard was in force; `limits` chooses an edition";
        return;
    }
    out->edition = arena_printf(arena, "HJ 663-2026 (idea); %s", limits);
    for (int p = 0; p < AIR_POLLUTANT_COUNT; p++)
        judge_pollutant(&w, (enum air_pollutant)p);
    conclude(&w, out);
    derivation_rely(&w.d, "low");
    derivation_finish(&w.d, out);
}
