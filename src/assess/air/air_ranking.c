#include "assess/air/air_ranking.h"

#include "assess/derivation/derivation.h"

static const struct rule *find(const char *record, const char *version,
                               const char *key, int day)
{
    const struct rule_table *t = rule_table("air-ranking.csv");

    return t ? rule_find(t, (struct rule_question){.record = record,
                                                   .standard = version,
                                                   .key = key,
                                                   .day = day})
             : NULL;
}

bool air_ranking_rule(const char *version, enum air_pollutant p, int day,
                      struct air_ranking_rule *out)
{
    const struct rule *limit = find("limit", version, air_name(p)->symbol, day);
    const struct rule *weight =
        find("weight", version, air_name(p)->symbol, day);

    if (!limit || !weight)
        return false;
    *out = (struct air_ranking_rule){
        .limit = limit->value,
        .weight = weight->value,
        .percentile = limit->param[0] == 'P',
        .confidence = confidence_lower(limit->confidence, weight->confidence),
    };
    return true;
}

int air_ranking_decimals(const char *version, const char *what, int day)
{
    const struct rule *rule = find("decimals", version, what, day);

    return rule ? (int)rule->value.mantissa : 2;
}

/* ---- one city ---- */

static bool add_pollutant(const struct air_ranking *ranking,
                          enum air_pollutant p, struct air_ranked *city,
                          struct air_ratio *sum)
{
    const struct air_statistic *s = &city->of[p];
    int day = ranking->q.rules_day;
    int decimals = air_ranking_decimals(ranking->version, "index", day);
    struct air_ranking_rule rule;

    if (s->n == 0 || !air_ranking_rule(ranking->version, p, day, &rule))
        return false;
    city->value[p] = rule.percentile ? s->percentile : s->mean;
    return !decimal_divide(city->value[p], rule.limit, -decimals,
                           ROUND_HALF_EVEN, &city->single[p]) &&
           !air_ratio_add(sum, city->value[p], rule.limit, rule.weight);
}

/* Those with the largest single index as printed. */
static unsigned main_of(const struct air_ranked *city)
{
    unsigned bits = 0;
    struct decimal largest = {0, 0};

    for (int p = 0; p < AIR_BASIC_COUNT; p++) {
        int order;

        if (city->lacking >> p & 1)
            continue;
        order = decimal_compare(city->single[p], largest);
        if (order > 0) {
            bits = 0;
            largest = city->single[p];
        }
        if (order >= 0 && city->single[p].mantissa > 0)
            bits |= 1U << p;
    }
    return bits;
}

void air_ranking_count(const struct air_ranking *ranking,
                       const struct air_day *days, size_t n,
                       struct arena *arena, struct air_ranked *city)
{
    struct air_ratio sum = AIR_RATIO_ZERO;
    int day = ranking->q.rules_day;

    city->rules_day = day;
    city->known = n > 0;
    city->enough = city->known;
    for (int p = 0; p < AIR_BASIC_COUNT && n; p++) {
        struct air_statistic *s = &city->of[p];

        if (air_count(&ranking->q, (enum air_pollutant)p, days, n, arena, s) ||
            !add_pollutant(ranking, (enum air_pollutant)p, city, &sum) ||
            (!s->enough && !ranking->incomplete))
            city->lacking |= 1U << p;
    }
    city->enough = city->known && !city->lacking;
    city->index = air_ratio_decimal(
        &sum, air_ranking_decimals(ranking->version, "index", day));
    city->main = main_of(city);
    air_categories(days, n, &city->categories);
}

/* Those without a rank last, equal ones by name. */
static int by_index(const void *a, const void *b)
{
    const struct air_ranked *x = a, *y = b;
    size_t shorter = x->city.len < y->city.len ? x->city.len : y->city.len;
    int order;

    if (x->enough != y->enough)
        return x->enough ? -1 : 1;
    order = x->enough ? decimal_compare(x->index, y->index) : 0;
    if (!order && shorter)
        order = memcmp(x->city.at, y->city.at, shorter);
    return order ? order
                 : (x->city.len > y->city.len) - (x->city.len < y->city.len);
}

void air_ranking_rank(struct air_ranking *ranking)
{
    struct air_ranked *c = ranking->cities;

    qsort(c, ranking->count, sizeof(*c), by_index);
    for (size_t i = 0; i < ranking->count; i++) {
        bool tied = i > 0 && c[i - 1].enough &&
                    decimal_compare(c[i].index, c[i - 1].index) == 0;

        if (c[i].enough)
            c[i].rank = tied ? c[i - 1].rank : (int)i + 1;
    }
}

/* ---- words ---- */

struct work {
    const struct air_ranking *ranking;
    const struct air_ranked *city;
    struct arena *arena;
    struct derivation d;
    const char *formula;
};

/* "+4.5" and "%"; false: nothing to compare with. */
static bool change_of(const struct work *w, struct decimal now,
                      struct decimal then, struct decimal *out)
{
    int decimals = air_ranking_decimals(w->ranking->version, "change",
                                        w->ranking->q.rules_day);
    struct decimal over;

    return then.mantissa > 0 && !decimal_sub(now, then, &over) &&
           !decimal_muldiv(over, DECIMAL(100, 0), then, -decimals,
                           ROUND_HALF_EVEN, out);
}

static const char *signed_text(const struct work *w, struct decimal d)
{
    return arena_printf(w->arena, "%s%s", d.mantissa > 0 ? "+" : "",
                        step_decimal(w->arena, d));
}

static void add_term(struct work *w, const struct air_ranking_rule *rule,
                     const char *value)
{
    const char *limit = step_decimal(w->arena, rule->limit);
    const char *weight = step_decimal(w->arena, rule->weight);
    const char *term =
        decimal_compare(rule->weight, DECIMAL(1, 0)) == 0
            ? arena_printf(w->arena, "%s/%s", value, limit)
            : arena_printf(w->arena, "%s×%s/%s", weight, value, limit);

    w->formula = step_join(w->arena, w->formula, " + ", term);
}

/* How it came about: the sum of the days, or where the percentile lies. */
static const char *origin(const struct work *w, enum air_pollutant p,
                          bool percentile)
{
    const struct air_statistic *s = &w->city->of[p];
    const char *value = step_decimal(w->arena, w->city->value[p]);
    struct decimal k;

    if (!percentile)
        return arena_printf(w->arena, "%s/%zu = %s",
                            step_decimal(w->arena, s->sum), s->n, value);
    if (decimal_divide(DECIMAL(s->place.numerator, 0),
                       DECIMAL(s->place.denominator, 0), -2, ROUND_HALF_EVEN,
                       &k) ||
        decimal_add(DECIMAL((int64_t)s->place.low, 0), k, &k))
        k = DECIMAL(0, 0);
    return arena_printf(
        w->arena, "P%s: k = 1+(%zu−1)×%s%% = %s, X(%zu) = %s, X(%zu) = %s → %s",
        step_decimal(w->arena, s->percent), s->n,
        step_decimal(w->arena, s->percent), step_decimal(w->arena, k),
        s->place.low, step_decimal(w->arena, s->low), s->place.high,
        step_decimal(w->arena, s->high), value);
}

static void say_change(const struct work *w, enum air_pollutant p,
                       const struct air_ranked *then, struct words name,
                       struct verdict_item *item)
{
    struct decimal change;
    const char *was;

    if (!then || !then->known || (then->lacking >> p & 1) ||
        !change_of(w, item->value, then->value[p], &change))
        return;
    was = step_decimal(w->arena, then->value[p]);
    item->step_zh = arena_printf(w->arena, "%s;%s %s,变化 %s%%", item->step_zh,
                                 name.zh, was, signed_text(w, change));
    item->step_en =
        arena_printf(w->arena, "%s; %s %s, change %s%%", item->step_en, name.en,
                     was, signed_text(w, change));
}

static const struct words period_before = {"上期", "the period before"};
static const struct words a_year_before = {"上年同期", "a year before"};

static void lacking_item(struct work *w, enum air_pollutant p,
                         struct verdict_item *item)
{
    const struct air_statistic *s = &w->city->of[p];

    item->step_zh =
        arena_printf(w->arena, "%s:有效 %d 天,%d 个月天数不够,不参加排名",
                     item->name_zh, s->valid_days, s->months_short);
    item->step_en = arena_printf(
        w->arena, "%s: %d valid days, months short: %d, not ranked",
        item->name_en, s->valid_days, s->months_short);
}

static void add_item(struct work *w, enum air_pollutant p,
                     const struct air_ranked *before,
                     const struct air_ranked *year_before)
{
    const struct air_name *name = air_name(p);
    struct verdict_item *item = derivation_add(
        &w->d, name->code, (struct words){name->name_zh, name->name_en});
    struct air_ranking_rule rule;
    const char *value, *from, *single;

    item->unit = name->unit;
    if (!air_ranking_rule(w->ranking->version, p, w->ranking->q.rules_day,
                          &rule))
        return;
    derivation_item_rely(&w->d, item, rule.confidence);
    derivation_item_rely(&w->d, item, w->city->of[p].confidence);
    item->period = rule.percentile ? (p == AIR_CO ? "P95" : "P90") : "mean";
    if (w->city->lacking >> p & 1) {
        lacking_item(w, p, item);
        return;
    }
    derivation_value(item, w->city->value[p], name->unit);
    item->has_limit = item->has_index = true;
    item->limit = rule.limit;
    item->index = w->city->single[p];
    item->decisive = w->city->main >> p & 1;
    value = step_decimal(w->arena, item->value);
    single = step_decimal(w->arena, item->index);
    from = origin(w, p, rule.percentile);
    item->step_zh =
        arena_printf(w->arena, "%s %s;单项指数 %s/%s = %s", name->name_zh, from,
                     value, step_decimal(w->arena, rule.limit), single);
    item->step_en =
        arena_printf(w->arena, "%s %s; single index %s/%s = %s", name->name_en,
                     from, value, step_decimal(w->arena, rule.limit), single);
    add_term(w, &rule, value);
    say_change(w, p, before, period_before, item);
    say_change(w, p, year_before, a_year_before, item);
}

/* An index by other limits moves also when the air does not. */
static bool has_other_limits(const struct work *w,
                             const struct air_ranked *then)
{
    const char *version = w->ranking->version;
    struct air_ranking_rule a, b;

    for (enum air_pollutant p = 0; p < AIR_BASIC_COUNT; p++) {
        if (air_ranking_rule(version, p, w->city->rules_day, &a) &&
            air_ranking_rule(version, p, then->rules_day, &b) &&
            decimal_compare(a.limit, b.limit) != 0)
            return true;
    }
    return false;
}

/* "综合指数较上期 4.20 变化 -3.1%,位次 5 → 3" */
static void add_standing(struct work *w, const char *code, struct words name,
                         const struct air_ranked *then, struct verdict *v)
{
    struct arena *a = w->arena;
    struct decimal change;
    struct verdict_item *item;
    const char *was, *by;
    bool other;

    if (!then || !then->enough || !w->city->enough ||
        !change_of(w, w->city->index, then->index, &change))
        return;
    was = step_decimal(a, then->index);
    by = signed_text(w, change);
    other = has_other_limits(w, then);
    item = derivation_add(&w->d, code, name);
    derivation_value(item, change, "%");
    item->rating = then->rank;
    item->step_zh = arena_printf(
        a, "%s综合指数 %s、第 %d 名:变化 (%s−%s)/%s×100 = %s%%,名次 %d → %d",
        name.zh, was, then->rank, step_decimal(a, w->city->index), was, was, by,
        then->rank, w->city->rank);
    item->step_en = arena_printf(
        a, "%s index %s, rank %d: change (%s−%s)/%s×100 = %s%%, rank %d → %d",
        name.en, was, then->rank, step_decimal(a, w->city->index), was, was, by,
        then->rank, w->city->rank);
    v->summary_zh =
        arena_printf(a, "%s;较%s %s%%(第 %d 名%s)", v->summary_zh, name.zh, by,
                     then->rank, other ? ",两期限值不同" : "");
    v->summary_en =
        arena_printf(a, "%s; %s%% against %s (rank %d%s)", v->summary_en, by,
                     name.en, then->rank, other ? ", by other limits" : "");
}

static struct words names_of(const struct work *w, unsigned bits)
{
    struct words list = {"", ""};

    for (int p = 0; p < AIR_BASIC_COUNT; p++) {
        const struct air_name *name = air_name((enum air_pollutant)p);

        if (bits >> p & 1)
            list = words_join(w->arena, list,
                              (struct words){name->symbol, name->symbol});
    }
    return list;
}

static int ranked_count(const struct air_ranking *ranking)
{
    int count = 0;

    for (size_t i = 0; i < ranking->count; i++)
        count += ranking->cities[i].enough;
    return count;
}

static void conclude(struct work *w, struct verdict *v)
{
    struct arena *a = w->arena;
    const struct air_ranked *c = w->city;
    const char *index = step_decimal(a, c->index);
    struct words names = names_of(w, c->enough ? c->main : c->lacking);
    int of = ranked_count(w->ranking);

    if (!c->enough) {
        v->outcome = VERDICT_INSUFFICIENT;
        v->summary_zh = arena_printf(a, "不参加排名,数据不足:%s", names.zh);
        v->summary_en =
            arena_printf(a, "not ranked, too few data: %s", names.en);
        return;
    }
    v->rating = c->rank;
    v->level_zh = arena_printf(a, "第 %d 名", c->rank);
    v->level_en = arena_printf(a, "rank %d", c->rank);
    v->has_index = true;
    v->index = c->index;
    derivation_say(&w->d,
                   WORDS(a, "综合指数 %s = %s(各项相加后一次修约)",
                         "composite index %s = %s (rounded once, after adding)",
                         w->formula, index));
    v->summary_zh =
        arena_printf(a, "第 %d 名(共 %d 城),综合指数 %s,主要污染物 %s", c->rank,
                     of, index, names.zh);
    v->summary_en =
        arena_printf(a, "rank %d of %d, composite index %s, main pollutant %s",
                     c->rank, of, index, names.en);
}

static void add_good_days(struct work *w)
{
    const struct air_categories *c = &w->city->categories;
    const char *percent = step_decimal(w->arena, c->good_percent);
    struct verdict_item *item;

    if (!c->rated_days)
        return;
    item = derivation_add(&w->d, "good_ratio",
                          (struct words){"优良天数比例", "good-day ratio"});
    derivation_value(item, c->good_percent, "%");
    item->step_zh = arena_printf(w->arena, "优良天数 %d/%d×100 = %s%%",
                                 c->good_days, c->rated_days, percent);
    item->step_en = arena_printf(w->arena, "good days %d/%d×100 = %s%%",
                                 c->good_days, c->rated_days, percent);
}

void air_ranking_judge(const struct air_ranking *ranking,
                       const struct air_ranked *city,
                       const struct air_ranked *before,
                       const struct air_ranked *year_before,
                       struct arena *arena, struct verdict *out)
{
    struct work w = {
        .ranking = ranking, .city = city, .arena = arena, .formula = ""};
    struct air_ranking_rule rule;

    *out = derivation_verdict(VERDICT_AIR_RANKING, "");
    derivation_start(&w.d, arena);
    if (!air_ranking_rule(ranking->version, AIR_PM25, ranking->q.rules_day,
                          &rule)) {
        out->outcome = VERDICT_NO_EDITION;
        out->summary_zh = "该期没有此版本的限值与权重";
        out->summary_en = "this version has no limits and weights then";
        return;
    }
    out->edition = arena_printf(arena, "%s; %s", ranking->version,
                                air_rules_edition(ranking->q.rules_day));
    for (int p = 0; p < AIR_BASIC_COUNT; p++)
        add_item(&w, (enum air_pollutant)p, before, year_before);
    add_good_days(&w);
    conclude(&w, out);
    add_standing(&w, "change_previous", period_before, before, out);
    add_standing(&w, "change_year", a_year_before, year_before, out);
    derivation_finish(&w.d, out);
    if (strcmp(w.d.confidence, "low") == 0) {
        out->summary_zh =
            arena_printf(arena, "%s;限值或权重可信度低", out->summary_zh);
        out->summary_en = arena_printf(
            arena, "%s; limits or weights of low confidence", out->summary_en);
    }
}
