#include "assess/air/air_period.h"

#include "assess/derivation/derivation.h"
#include "assess/factor/factor.h"

enum { EXCEEDS = 1, ATTAINS = 0, UNRATED = -1 };

struct work {
    const struct air_question *q;
    struct arena *arena;
    struct derivation d;
    struct air_statistic stat;
    enum air_pollutant p;
    /* over the pollutants */
    struct words exceeding, lacking;
    struct decimal largest; /* single index, as rounded */
    struct air_ratio total; /* of value / limit, exact */
    struct words largest_name, total_line;
    int basic_judged, indices;
};

static struct words words_of(enum air_pollutant p)
{
    return (struct words){air_name(p)->name_zh, air_name(p)->name_en};
}

static const char *text_of(const struct work *w, struct decimal d)
{
    return step_decimal(w->arena, d);
}

static int decimals_of(const struct work *w, const char *what)
{
    const struct rule *rule =
        air_rule("decimals", "all", what, w->q->rules_day);

    return rule ? (int)rule->value.mantissa : 2;
}

/* ---- one statistic against one limit ---- */

/* The single index and the multiple; what does not fit is left out. */
static void set_quotients(const struct work *w, struct verdict_item *item)
{
    struct decimal over;

    item->has_index =
        !decimal_divide(item->value, item->limit, -decimals_of(w, "index"),
                        ROUND_HALF_EVEN, &item->index);
    item->has_multiple =
        item->rating == EXCEEDS &&
        !decimal_sub(item->value, item->limit, &over) &&
        !decimal_divide(over, item->limit, -decimals_of(w, "multiple"),
                        ROUND_HALF_EVEN, &item->multiple);
}

static void say_limit(struct work *w, const struct air_limit *limit,
                      struct verdict_item *item)
{
    struct arena *a = w->arena;
    bool over = item->rating == EXCEEDS;
    const char *multiple_zh = "", *multiple_en = "";
    const char *v = text_of(w, item->value), *l = text_of(w, limit->value);
    int order = decimal_compare(item->value, limit->value);

    if (item->has_multiple) {
        multiple_zh = arena_printf(a, ",超标倍数 (%s−%s)/%s = %s", v, l, l,
                                   text_of(w, item->multiple));
        multiple_en = arena_printf(a, ", exceedance multiple (%s−%s)/%s = %s",
                                   v, l, l, text_of(w, item->multiple));
    }
    item->step_zh =
        arena_printf(a, "%s;%s %s 限值 %s(%d 级,%s)→ %s;单项指数 %s/%s = %s%s",
                     item->step_zh, v,
                     order > 0   ? ">"
                     : order < 0 ? "<"
                                 : "=",
                     l, w->q->class, limit->standard, over ? "超标" : "达标", v,
                     l, text_of(w, item->index), multiple_zh);
    item->step_en = arena_printf(
        a, "%s; %s %s limit %s (class %d, %s) → %s; single index %s/%s = %s%s",
        item->step_en, v,
        order > 0   ? ">"
        : order < 0 ? "<"
                    : "=",
        l, w->q->class, limit->standard, over ? "exceeds" : "attains", v, l,
        text_of(w, item->index), multiple_en);
}

static void compare(struct work *w, const char *term, struct verdict_item *item)
{
    struct air_limit limit;

    if (!term || !air_limit(w->p, term, w->q->class, w->q->rules_day, &limit))
        return;
    item->has_limit = true;
    item->limit = limit.value;
    item->rating =
        decimal_compare(item->value, limit.value) > 0 ? EXCEEDS : ATTAINS;
    item->decisive = item->rating == EXCEEDS && w->stat.enough;
    set_quotients(w, item);
    derivation_item_rely(&w->d, item, limit.confidence);
    say_limit(w, &limit, item);
}

/* "45.7, kept as 46" where the stage of the result rounds once more. */
static const char *staged(const struct work *w, struct decimal statistic,
                          struct decimal result, const char *words)
{
    if (decimal_compare(statistic, result) == 0)
        return text_of(w, statistic);
    return arena_printf(w->arena, "%s%s%s", text_of(w, statistic), words,
                        text_of(w, result));
}

/* ---- the statistics of one pollutant ---- */

/* Which limit the mean of the period is held against; NULL: none. */
static const char *mean_term(const struct work *w)
{
    if (w->q->period == AIR_YEAR)
        return "annual";
    if (w->q->period == AIR_QUARTER)
        return "quarter";
    return w->q->period == AIR_DAY ? "24h" : NULL;
}

static struct verdict_item *add_mean(struct work *w)
{
    struct verdict_item *item =
        derivation_add(&w->d, air_name(w->p)->code, words_of(w->p));
    const struct air_statistic *s = &w->stat;
    const char *sum = text_of(w, s->sum);

    derivation_value(item, s->mean_result, air_name(w->p)->unit);
    item->period = "mean";
    item->step_zh = arena_printf(
        w->arena, "%s 均值:%zu 天合计 %s,%s/%zu = %s", item->name_zh, s->n, sum,
        sum, s->n, staged(w, s->mean, s->mean_result, ",判定取 "));
    item->step_en =
        arena_printf(w->arena, "%s mean: sum of %zu days %s, %s/%zu = %s",
                     item->name_en, s->n, sum, sum, s->n,
                     staged(w, s->mean, s->mean_result, ", judged as "));
    derivation_item_rely(&w->d, item, s->confidence);
    compare(w, mean_term(w), item);
    return item;
}

/* "k = 1 + (365−1)×98% = 357.72, X(357) = 45, X(358) = 46" */
static const char *place_text(const struct work *w)
{
    const struct air_statistic *s = &w->stat;
    struct decimal part, k;

    if (decimal_divide(DECIMAL(s->place.numerator, 0),
                       DECIMAL(s->place.denominator, 0), -4, ROUND_HALF_EVEN,
                       &part) ||
        decimal_add(DECIMAL((int64_t)s->place.low, 0), part, &k))
        return "";
    while (k.exponent < -2 && k.mantissa % 10 == 0) {
        k.mantissa /= 10;
        k.exponent++;
    }
    if (s->place.low == s->place.high)
        return arena_printf(w->arena, "k = 1+(%zu−1)×%s%% = %s, X(%zu) = %s",
                            s->n, text_of(w, s->percent), text_of(w, k),
                            s->place.low, text_of(w, s->low));
    return arena_printf(
        w->arena, "k = 1+(%zu−1)×%s%% = %s, X(%zu) = %s, X(%zu) = %s", s->n,
        text_of(w, s->percent), text_of(w, k), s->place.low, text_of(w, s->low),
        s->place.high, text_of(w, s->high));
}

static struct verdict_item *add_percentile(struct work *w)
{
    struct verdict_item *item =
        derivation_add(&w->d, air_name(w->p)->code, words_of(w->p));
    const struct air_statistic *s = &w->stat;
    const char *place = place_text(w), *percent = text_of(w, s->percent);

    derivation_value(item, s->percentile_result, air_name(w->p)->unit);
    item->period = arena_printf(w->arena, "P%s", percent);
    item->step_zh = arena_printf(
        w->arena, "%s 第 %s 百分位数:%s,内插 = %s", item->name_zh, percent,
        place, staged(w, s->percentile, s->percentile_result, ",判定取 "));
    item->step_en = arena_printf(
        w->arena, "%s percentile %s: %s, between them %s", item->name_en,
        percent, place,
        staged(w, s->percentile, s->percentile_result, ", judged as "));
    derivation_item_rely(&w->d, item, s->confidence);
    compare(w, w->q->period == AIR_YEAR ? "24h" : NULL, item);
    return item;
}

static void add_rate(struct work *w)
{
    struct verdict_item *item =
        derivation_add(&w->d, air_name(w->p)->code, words_of(w->p));
    const struct air_statistic *s = &w->stat;
    const char *rate = text_of(w, s->attained_percent);

    derivation_value(item, s->attained_percent, "%");
    item->period = "attainment";
    item->step_zh = arena_printf(w->arena, "%s 日达标率:%d/%zu×100 = %s%%",
                                 item->name_zh, s->attained_days, s->n, rate);
    item->step_en =
        arena_printf(w->arena, "%s days that attain: %d/%zu×100 = %s%%",
                     item->name_en, s->attained_days, s->n, rate);
}

/* What the days do not suffice for, and what was left out. */
static void say_days(struct work *w, struct verdict_item *item)
{
    const struct air_statistic *s = &w->stat;
    struct arena *a = w->arena;
    struct words needed = {"", ""};

    if (s->left_out) {
        item->step_zh = arena_printf(a, "%s;剔除 %d 天(沙尘或异常事件)",
                                     item->step_zh, s->left_out);
        item->step_en = arena_printf(a, "%s; %d days left out (dust or events)",
                                     item->step_en, s->left_out);
    }
    if (s->enough)
        return;
    if (s->days_needed)
        needed = WORDS(a, ",需 %d 天", ", %d needed", s->days_needed);
    item->step_zh =
        arena_printf(a, "%s;有效性不足:%d 个月天数不够(共有效 %d 天%s)",
                     item->step_zh, s->months_short, s->valid_days, needed.zh);
    item->step_en =
        arena_printf(a,
                     "%s; not valid: months with too few days: %d (%d days "
                     "valid in all%s)",
                     item->step_en, s->months_short, s->valid_days, needed.en);
}

/* A year's index of a pollutant is the larger of its two. */
static void take_index(struct work *w, const struct verdict_item *a,
                       const struct verdict_item *b)
{
    bool second =
        b && b->has_index &&
        (!a || !a->has_index || decimal_compare(b->index, a->index) > 0);
    const struct verdict_item *item = second ? b : a;
    const char *text;

    if (!item || !item->has_index || !w->stat.enough || w->p >= AIR_BASIC_COUNT)
        return;
    text = arena_printf(w->arena, "%s/%s", text_of(w, item->value),
                        text_of(w, item->limit));
    if (air_ratio_add(&w->total, item->value, item->limit, DECIMAL(1, 0)))
        return;
    w->total_line.zh =
        w->indices ? arena_printf(w->arena, "%s + %s", w->total_line.zh, text)
                   : text;
    w->total_line.en = w->total_line.zh;
    if (w->indices++ == 0 || decimal_compare(item->index, w->largest) > 0) {
        w->largest = item->index;
        w->largest_name = words_of(w->p);
    }
}

static void conclude_pollutant(struct work *w, bool over, bool judged)
{
    struct words name = words_of(w->p);

    if (judged && over && w->stat.enough)
        w->exceeding = words_join(w->arena, w->exceeding, name);
    if (w->p >= AIR_BASIC_COUNT)
        return;
    if (!w->stat.enough)
        w->lacking = words_join(w->arena, w->lacking, name);
    else
        w->basic_judged += judged;
}

static void judge_pollutant(struct work *w)
{
    bool no_mean =
        air_rule("mean", air_name(w->p)->symbol, "year", w->q->rules_day);
    size_t mean = w->d.count, percentile;
    struct verdict_item *a = NULL, *b = NULL;

    if (w->q->period == AIR_DAY)
        no_mean = false;
    if (!no_mean)
        say_days(w, add_mean(w));
    percentile = w->d.count;
    if (w->stat.has_percentile && w->q->period != AIR_DAY)
        say_days(w, add_percentile(w));
    if (!no_mean)
        a = &w->d.items[mean];
    if (w->d.count > percentile)
        b = &w->d.items[percentile];
    take_index(w, a, b);
    conclude_pollutant(
        w, (a && a->rating == EXCEEDS) || (b && b->rating == EXCEEDS),
        (a && a->rating >= 0) || (b && b->rating >= 0));
    if (w->stat.has_daily_limit && w->q->period != AIR_DAY)
        add_rate(w);
}

static void no_value(struct work *w, const char *zh, const char *en)
{
    struct verdict_item *item =
        derivation_add(&w->d, air_name(w->p)->code, words_of(w->p));

    item->unit = air_name(w->p)->unit;
    item->step_zh = arena_printf(w->arena, "%s:%s", item->name_zh, zh);
    item->step_en = arena_printf(w->arena, "%s: %s", item->name_en, en);
    w->lacking = words_join(w->arena, w->lacking, words_of(w->p));
}

static void judge_pollutants(struct work *w, const struct air_day *days,
                             size_t n)
{
    for (int p = 0; p < AIR_POLLUTANT_COUNT; p++) {
        w->p = (enum air_pollutant)p;
        if (air_count(w->q, w->p, days, n, w->arena, &w->stat))
            no_value(w, "数值过大,不能计算", "a value is too large to count");
        else if (w->stat.n)
            judge_pollutant(w);
        else if (w->stat.valid_days)
            no_value(w, "各日均被剔除", "every day is left out");
        else if (p < AIR_BASIC_COUNT)
            no_value(w, "无数据", "no data");
    }
}

/* ---- the period as a whole ---- */

static void add_number(struct work *w, const char *code, struct words name,
                       struct decimal value, struct words line)
{
    struct verdict_item *item = derivation_add(&w->d, code, name);

    derivation_value(item, value, "");
    item->step_zh = line.zh;
    item->step_en = line.en;
}

static void add_indices(struct work *w)
{
    const char *largest = text_of(w, w->largest);
    struct decimal total =
        air_ratio_decimal(&w->total, decimals_of(w, "index"));

    if (!w->indices)
        return;
    add_number(w, "index_max", (struct words){"最大指数", "largest index"},
               w->largest,
               WORDS(w->arena, "最大单项指数 %s(%s)", "largest index %s (%s)",
                     largest, w->largest_name.zh));
    w->d.items[w->d.count - 1].step_en = arena_printf(
        w->arena, "largest index %s (%s)", largest, w->largest_name.en);
    if (w->indices < AIR_BASIC_COUNT)
        return;
    add_number(
        w, "index_sum", (struct words){"综合指数", "sum of indices"}, total,
        WORDS(w->arena, "单项指数之和 %s = %s(各项相加后一次修约)",
              "sum of the single indices %s = %s (rounded once, after adding)",
              w->total_line.zh, text_of(w, total)));
}

static const char *const level_zh[] = {
    "", "优", "良", "轻度污染", "中度污染", "重度污染", "严重污染"};
static const char *const level_en[] = {"",
                                       "excellent",
                                       "good",
                                       "light pollution",
                                       "moderate pollution",
                                       "heavy pollution",
                                       "severe pollution"};
static const char *const level_code[] = {"",       "days_1", "days_2", "days_3",
                                         "days_4", "days_5", "days_6"};

static void add_levels(struct work *w, const struct air_categories *c)
{
    for (int level = 1; level <= 6; level++)
        add_number(
            w, level_code[level],
            (struct words){level_zh[level], level_en[level]},
            DECIMAL(c->level[level], 0),
            (struct words){arena_printf(w->arena, "%s %d 天", level_zh[level],
                                        c->level[level]),
                           arena_printf(w->arena, "%s: %d days",
                                        level_en[level], c->level[level])});
    for (int p = 0; p < AIR_BASIC_COUNT; p++) {
        struct words name = words_of((enum air_pollutant)p);

        if (c->primary[p])
            add_number(
                w,
                arena_printf(w->arena, "primary_%s",
                             air_name((enum air_pollutant)p)->code),
                name, DECIMAL(c->primary[p], 0),
                (struct words){arena_printf(w->arena, "%s 为首要污染物 %d 天",
                                            name.zh, c->primary[p]),
                               arena_printf(w->arena, "%s primary on %d days",
                                            name.en, c->primary[p])});
    }
}

static void add_categories(struct work *w, const struct air_categories *c)
{
    const char *percent = text_of(w, c->good_percent);

    add_number(w, "days_rated", (struct words){"评价天数", "days rated"},
               DECIMAL(c->rated_days, 0),
               WORDS(w->arena, "有 AQI 的 %d 天,无 AQI(缺项或当日无版本)%d 天",
                     "%d days with an index, %d without (inputs missing or no "
                     "edition)",
                     c->rated_days, c->unrated_days));
    if (!c->rated_days)
        return;
    add_levels(w, c);
    add_number(w, "good_ratio",
               (struct words){"优良天数比例", "good-day ratio"},
               c->good_percent,
               WORDS(w->arena, "优良天数 %d/%d×100 = %s%%",
                     "good days %d/%d×100 = %s%%", c->good_days, c->rated_days,
                     percent));
    w->d.items[w->d.count - 1].unit = "%";
}

static bool judges(const struct work *w)
{
    return w->q->period == AIR_YEAR || w->q->period == AIR_DAY;
}

static void conclude(struct work *w, const struct air_categories *c,
                     struct verdict *v)
{
    struct arena *a = w->arena;
    struct words say = {"", ""};

    v->has_index = w->indices == AIR_BASIC_COUNT;
    v->index = air_ratio_decimal(&w->total, decimals_of(w, "index"));
    if (*w->exceeding.zh) {
        v->rating = EXCEEDS;
        v->level_zh = "超标";
        v->level_en = "exceeds";
        say.zh = arena_printf(a, "超标:%s", w->exceeding.zh);
        say.en = arena_printf(a, "exceeds: %s", w->exceeding.en);
    } else if (!judges(w)) {
        if (*w->lacking.zh)
            v->outcome = VERDICT_INSUFFICIENT;
        say = (struct words){"统计期无限值,不判定达标",
                             "no limits for this period: counted, not judged"};
    } else if (w->basic_judged == AIR_BASIC_COUNT) {
        v->rating = ATTAINS;
        v->level_zh = "达标";
        v->level_en = "attains";
        say = (struct words){"六项污染物均达标", "all six pollutants attain"};
    } else {
        v->outcome = VERDICT_INSUFFICIENT;
        say = (struct words){"不能判定", "no result"};
    }
    derivation_say(&w->d, say);
    v->summary_zh = say.zh;
    v->summary_en = say.en;
    if (*w->lacking.zh) {
        v->summary_zh =
            arena_printf(a, "%s;数据不足:%s", v->summary_zh, w->lacking.zh);
        v->summary_en = arena_printf(a, "%s; too few data: %s", v->summary_en,
                                     w->lacking.en);
    }
    if (c->rated_days) {
        v->summary_zh = arena_printf(a, "%s;优良天数比例 %s%%(%d/%d)",
                                     v->summary_zh, text_of(w, c->good_percent),
                                     c->good_days, c->rated_days);
        v->summary_en = arena_printf(a, "%s; good days %s%% (%d/%d)",
                                     v->summary_en, text_of(w, c->good_percent),
                                     c->good_days, c->rated_days);
    }
}

static void no_edition(struct verdict *out)
{
    out->outcome = VERDICT_NO_EDITION;
    out->edition = "";
    out->summary_zh = "该日没有有效的标准;可用 limits 选择一版";
    out->summary_en =
        "no standard was in force on that day; `limits` chooses an edition";
}

/* The lowest confidence, told; and which days' rules judge a mixed year. */
static void say_basis(struct work *w, struct verdict *v)
{
    const char *first = air_limits_edition(w->q->from_day, w->arena);
    const char *last = air_limits_edition(w->q->to_day, w->arena);

    if (strcmp(w->d.confidence, "low") == 0) {
        v->summary_zh =
            arena_printf(w->arena, "%s;所依规则可信度低", v->summary_zh);
        v->summary_en = arena_printf(
            w->arena, "%s; rests on rules of low confidence", v->summary_en);
    }
    if (first && last && strcmp(first, last) != 0)
        derivation_say(
            &w->d,
            WORDS(w->arena,
                  "统计期跨新旧标准:限值与规则按 %04d-%02d-%02d 有效的版本,"
                  "每日 AQI 按当日版本",
                  "the period spans two editions: limits and rules "
                  "of %04d-%02d-%02d, each day's index by its own day",
                  w->q->rules_day / 10000, w->q->rules_day / 100 % 100,
                  w->q->rules_day % 100));
}

void air_period_judge(const struct air_question *q, const struct air_day *days,
                      size_t n, struct arena *arena, struct verdict *out)
{
    struct work w = {
        .q = q,
        .arena = arena,
        .exceeding = {"", ""},
        .lacking = {"", ""},
        .largest_name = {"", ""},
        .total = AIR_RATIO_ZERO,
        .total_line = {"", ""},
    };
    const char *rules = air_rules_edition(q->rules_day);
    const char *limits = air_limits_edition(q->rules_day, arena);
    struct air_categories categories;

    *out = derivation_verdict(VERDICT_AIR_PERIOD, "");
    derivation_start(&w.d, arena);
    if (!rules || !limits) {
        no_edition(out);
        return;
    }
    out->edition = arena_printf(arena, "%s; %s", rules, limits);
    judge_pollutants(&w, days, n);
    add_indices(&w);
    air_categories(days, n, &categories);
    add_categories(&w, &categories);
    conclude(&w, &categories, out);
    say_basis(&w, out);
    derivation_finish(&w.d, out);
}
