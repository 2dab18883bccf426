#include "assess/noise/noise_city.h"

#include "assess/noise/noise_zone.h"

static const char standard[] = "HJ 640-2012";

enum { PERCENT = 100, ZONES = 6, LISTED_MAX = 40 };

struct work {
    const struct noise_city *city;
    struct arena *arena;
    struct derivation d;
};

static const char *period_of(const struct noise_city *city)
{
    return city->night ? "night" : "day";
}

static struct words period_words(const struct noise_city *city)
{
    return city->night ? (struct words){"夜间", "night"}
                       : (struct words){"昼间", "day"};
}

/* The grade of a mean in 0.1 dB; the table's ends meet at 0.1. */
static const struct rule *grade_of(const struct noise_city *city,
                                   struct decimal mean)
{
    const char *kind =
        city->network == NOISE_REGION ? "regional grade" : "road traffic grade";
    struct rule_question q = {.record = "grade",
                              .standard = standard,
                              .param = period_of(city),
                              .day = city->day};
    const struct rule *r = NULL;
    struct rule_range range;

    while ((r = rule_next(noise_rules(), q, r))) {
        if (span_starts(span_of(r->key), span_of(kind)) &&
            rule_range(r, &range) &&
            (!range.has_low || decimal_compare(mean, range.low) >= 0) &&
            (!range.has_high || decimal_compare(mean, range.high) <= 0))
            return r;
    }
    return NULL;
}

static struct words grade_words(int grade)
{
    static const struct words words[] = {
        {"好", "good"},          {"较好", "fairly good"}, {"一般", "fair"},
        {"较差", "fairly poor"}, {"差", "poor"},
    };

    return words[grade - 1];
}

/* "(50.1 + 52.3 + …)": every level when they are few enough to follow. */
static const char *sum_line(const struct work *w, struct decimal total)
{
    const char *list = "";

    if (w->city->count > LISTED_MAX)
        return arena_printf(w->arena, "ΣL = %s", step_decimal(w->arena, total));
    for (size_t i = 0; i < w->city->count; i++) {
        const struct noise_city_point *p = &w->city->points[i];
        const char *level = step_decimal(w->arena, p->level);

        if (w->city->network == NOISE_ROAD)
            level = arena_printf(w->arena, "%s×%s", level,
                                 step_decimal(w->arena, *p->length));
        list = step_join(w->arena, list, " + ", level);
    }
    return arena_printf(w->arena, "Σ = %s = %s", list,
                        step_decimal(w->arena, total));
}

static void give_grade(struct work *w, struct verdict *v, struct decimal mean,
                       const char *line)
{
    struct arena *a = w->arena;
    const struct rule *grade = grade_of(w->city, mean);
    bool road = w->city->network == NOISE_ROAD;
    struct words period = period_words(w->city);
    struct words name =
        road ? (struct words){"道路交通平均等效声级", "mean of the roads"}
             : (struct words){"区域平均等效声级", "mean of the region"};
    struct verdict_item *item = derivation_add(&w->d, "mean", name);
    const char *value = step_decimal(a, mean);

    derivation_value(item, mean, NOISE_UNIT);
    v->has_index = true;
    v->index = mean;
    if (!grade) {
        v->outcome = VERDICT_NO_EDITION;
        v->edition = "";
        v->summary_zh = "该日没有有效的标准";
        v->summary_en = "no standard was in force on that day";
        return;
    }
    v->rating = v->level = grade->key[strlen(grade->key) - 1] - '0';
    v->level_zh = grade_words(v->level).zh;
    v->level_en = grade_words(v->level).en;
    item->rating = v->level;
    derivation_item_rely(&w->d, item, grade->confidence);
    item->step_zh =
        arena_printf(a, "%s%s:%s = %s dB(A) ∈ %s → %d 级(%s)", period.zh,
                     name.zh, line, value, grade->text, v->level, v->level_zh);
    item->step_en = arena_printf(
        a, "%s, %s: %s = %s dB(A) in %s → grade %d (%s)", period.en, name.en,
        line, value, grade->text, v->level, v->level_en);
    v->summary_zh = arena_printf(a, "%s%s %s dB(A),%d 级,%s", period.zh,
                                 name.zh, value, v->level, v->level_zh);
    v->summary_en =
        arena_printf(a, "%s of the %s %s dB(A), grade %d, %s", name.en,
                     period.en, value, v->level, v->level_en);
}

static void too_few(struct verdict *v, struct words why)
{
    v->outcome = VERDICT_INSUFFICIENT;
    v->summary_zh = why.zh;
    v->summary_en = why.en;
}

static void judge_region(struct work *w, struct verdict *v)
{
    struct decimal_sum sum = DECIMAL_SUM_ZERO;
    struct decimal mean, total;

    for (size_t i = 0; i < w->city->count; i++) {
        if (decimal_sum_add(&sum, w->city->points[i].level)) {
            too_few(v, (struct words){"数值过大", "the values are too large"});
            return;
        }
    }
    if (decimal_sum_mean(&sum, -1, ROUND_HALF_EVEN, &mean) ||
        decimal_sum_total(&sum, sum.exponent, ROUND_HALF_EVEN, &total)) {
        too_few(v, (struct words){"没有测点", "there are no points"});
        return;
    }
    give_grade(w, v, mean,
               arena_printf(w->arena, "%s, n = %zu, ΣL/n = %s/%zu",
                            sum_line(w, total), w->city->count,
                            step_decimal(w->arena, total), w->city->count));
}

static void judge_road(struct work *w, struct verdict *v)
{
    struct decimal_sum sum = DECIMAL_SUM_ZERO, lengths = DECIMAL_SUM_ZERO;
    struct decimal mean, total, length;
    bool bad = false;

    for (size_t i = 0; i < w->city->count; i++) {
        const struct noise_city_point *p = &w->city->points[i];

        bad = bad || !p->length || p->length->mantissa <= 0 ||
              decimal_sum_add_weighted(&sum, p->level, *p->length) ||
              decimal_sum_add(&lengths, *p->length);
    }
    if (bad || decimal_sum_ratio(&sum, &lengths, -1, ROUND_HALF_EVEN, &mean) ||
        decimal_sum_total(&sum, sum.exponent, ROUND_HALF_EVEN, &total) ||
        decimal_sum_total(&lengths, lengths.exponent, ROUND_HALF_EVEN,
                          &length)) {
        too_few(v, (struct words){"有测点缺路段长度",
                                  "a point has no road length"});
        return;
    }
    give_grade(w, v, mean,
               arena_printf(w->arena, "%s, Σl = %s, ΣlL/Σl = %s/%s",
                            sum_line(w, total), step_decimal(w->arena, length),
                            step_decimal(w->arena, total),
                            step_decimal(w->arena, length)));
}

/* ---- function zones ---- */

struct tally {
    const char *zone;
    size_t within, all;
};

static struct decimal rate_of(size_t within, size_t all)
{
    struct decimal out;

    return decimal_muldiv(DECIMAL((int64_t)within, 0), DECIMAL(PERCENT, 0),
                          DECIMAL((int64_t)all, 0), -1, ROUND_HALF_EVEN, &out)
               ? DECIMAL(0, -1)
               : out;
}

static void add_zone(struct work *w, const struct tally *t)
{
    struct arena *a = w->arena;
    struct decimal rate = rate_of(t->within, t->all);
    const struct rule *limit =
        noise_zone_limit(t->zone, period_of(w->city), w->city->day);
    struct verdict_item *item = derivation_add(
        &w->d, arena_printf(a, "zone_%s", t->zone),
        WORDS(a, "%s 类区达标率", "attainment of class %s", t->zone));

    derivation_value(item, rate, "%");
    derivation_item_rely(&w->d, item, limit->confidence);
    item->rating = t->within < t->all;
    item->decisive = item->rating == 1;
    item->step_zh =
        arena_printf(a, "%s 类区:不高于 %s dB(A) 的点次 %zu/%zu = %s%% → %s",
                     t->zone, limit->text, t->within, t->all,
                     step_decimal(a, rate), item->rating ? "有超标" : "达标");
    item->step_en = arena_printf(
        a, "class %s: point-times within %s dB(A) %zu/%zu = %s %% → %s",
        t->zone, limit->text, t->within, t->all, step_decimal(a, rate),
        item->rating ? "not all within" : "all within");
}

static bool count_point(struct work *w, const struct noise_city_point *p,
                        struct tally *tallies)
{
    const struct rule *limit =
        p->zone ? noise_zone_limit(p->zone, period_of(w->city), w->city->day)
                : NULL;

    for (int i = 0; limit && i < ZONES; i++) {
        if (strcmp(tallies[i].zone, p->zone) == 0) {
            tallies[i].all++;
            tallies[i].within +=
                decimal_compare(noise_tenth(p->level), limit->value) <= 0;
            return true;
        }
    }
    return false;
}

static void judge_function(struct work *w, struct verdict *v)
{
    struct tally tallies[ZONES] = {{"0", 0, 0}, {"1", 0, 0},  {"2", 0, 0},
                                   {"3", 0, 0}, {"4a", 0, 0}, {"4b", 0, 0}};
    struct words period = period_words(w->city);
    size_t within = 0, all = 0;
    const char *rate;

    for (size_t i = 0; i < w->city->count; i++) {
        if (!count_point(w, &w->city->points[i], tallies)) {
            too_few(v, (struct words){"有测点缺功能区类别或该日无标准",
                                      "a point has no zone, or no standard was "
                                      "in force"});
            return;
        }
    }
    for (int i = 0; i < ZONES; i++) {
        within += tallies[i].within;
        all += tallies[i].all;
        if (tallies[i].all)
            add_zone(w, &tallies[i]);
    }
    if (all == 0) {
        too_few(v, (struct words){"没有测点", "there are no points"});
        return;
    }
    v->has_index = true;
    v->index = rate_of(within, all);
    rate = step_decimal(w->arena, v->index);
    v->level_zh = within == all ? "全部达标" : "有超标点次";
    v->level_en = within == all ? "all within" : "some above";
    derivation_say(&w->d, WORDS(w->arena, "合计达标点次 %zu/%zu = %s%%",
                                "in all, point-times within %zu/%zu = %s %%",
                                within, all, rate));
    v->summary_zh = arena_printf(w->arena, "%s功能区达标率 %s%%(%zu/%zu 点次)",
                                 period.zh, rate, within, all);
    v->summary_en = arena_printf(
        w->arena, "attainment of the %s %s %% (%zu of %zu point-times)",
        period.en, rate, within, all);
}

void noise_city_judge(const struct noise_city *city, struct arena *arena,
                      struct verdict *out)
{
    struct work w = {.city = city, .arena = arena};

    *out = derivation_verdict(VERDICT_NOISE_CITY,
                              standard_name_on(standard, city->day));
    derivation_start(&w.d, arena);
    switch (city->network) {
    case NOISE_REGION:
        judge_region(&w, out);
        break;
    case NOISE_ROAD:
        judge_road(&w, out);
        break;
    case NOISE_FUNCTION:
        judge_function(&w, out);
        break;
    }
    derivation_finish(&w.d, out);
}
