#include "assess/catalogue/assessment.h"
#include "assess/derivation/derivation.h"
#include "assess/factor/factor.h"
#include "assess/statistics/statistics.h"

#include <math.h>

enum { SERIES, TIME, VALUE, SEASON, BETTER, ITEM };
enum { BY_ITEM, LOWER, HIGHER, NEITHER };
enum { NO_TREND, RISING, FALLING };
enum { LEAST = 5, COVARIANCE_FROM = 10 }; /* values; periods */

static const char directions_file[] = "trend-items.csv";

/* clang-format off */
static const struct assess_choice better[] = {
    {"by_item", "按项目(默认越低越好,见 --list)",
     "by the item: lower, but for those of --list", NULL},
    {"lower", "越低越好", "lower is better", NULL},
    {"higher", "越高越好(溶解氧、透明度)",
     "higher is better (oxygen, transparency)", NULL},
    {"neither", "无方向(pH)", "neither (pH)", NULL},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_field fields[] = {
    [SERIES] = {.name = "series",
                .aliases = "site;station;section;city;名称;站点;断面",
                .kind = ASSESS_TEXT, .flags = ASSESS_KEY, .zh = "序列名称",
                .en = "the name of the series"},
    [TIME] = {.name = "time", .aliases = "year;年;年份", .kind = ASSESS_DECIMAL,
              .flags = ASSESS_REQUIRED, .zh = "时间,如年份",
              .en = "the time as a number: a year"},
    [VALUE] = {.name = "value", .aliases = "数值;浓度", .kind = ASSESS_TEXT,
               .flags = ASSESS_REQUIRED | ASSESS_OPTIONAL,
               .zh = "数值;未检出写 <检出限,按一半计",
               .en = "the value; below detection as <limit: half of it counts"},
    [SEASON] = {.name = "season", .aliases = "month;季节;月",
                .kind = ASSESS_COUNT,
                .zh = "季节或月份:给出时用季节性 Kendall 检验",
                .en = "the season or month: with it, seasonal Kendall"},
    [BETTER] = {.name = "better", .kind = ASSESS_CHOICE,
                .flags = ASSESS_OF_CASE, .standard = "by_item",
                .choices = better, .zh = "何为变好",
                .en = "which way is better"},
    [ITEM] = {.name = "item", .aliases = "factor;pollutant;项目;因子;污染物",
              .kind = ASSESS_TEXT, .flags = ASSESS_KEY,
              .zh = "项目:名称或编码;各项目分别判定,并定何为变好",
              .en = "what was measured: each by itself; says which way is "
                    "better"},
    {.name = NULL},
};
/* clang-format on */

struct point {
    struct decimal time, value;
    int season;
    const struct assess_record *record;
};

struct work {
    const struct assess_case *c;
    struct point *points;
    size_t n;
    int censored;
    bool seasonal, is_water;
    struct derivation d;
};

/* "<0.05", "0.05L": half of it; a plain number. */
static bool read_value(struct span text, struct decimal *out, bool *censored)
{
    struct decimal limit;

    text = span_trim(text);
    *censored = text.len && text.at[0] == '<';
    if (*censored)
        text = span_trim(span_from(text, 1));
    else if (text.len && text.at[text.len - 1] == 'L') {
        *censored = true;
        text = span_first(text, text.len - 1);
    }
    if (decimal_parse(text, &limit))
        return false;
    if (*censored)
        return limit.mantissa >= 0 && !stat_censored(limit, out);
    *out = limit;
    return true;
}

static int by_time(const void *a, const void *b)
{
    const struct point *x = a, *y = b;
    int order = decimal_compare(x->time, y->time);

    if (order || x->season == y->season)
        return order ? order
                     : (x->record > y->record) - (x->record < y->record);
    return x->season < y->season ? -1 : 1;
}

static void refuse_point(struct work *w, const struct assess_record *r,
                         const char *column, const char *zh, const char *en)
{
    assess_refuse(w->c, r, span_of(column), zh, en);
}

static void read_points(struct work *w)
{
    for (size_t i = 0; i < w->c->count; i++) {
        const struct assess_record *r = &w->c->records[i];
        struct point *p = &w->points[w->n];
        bool censored;

        if (!r->cell[VALUE].given)
            continue;
        if (!read_value(r->cell[VALUE].text, &p->value, &censored)) {
            refuse_point(w, r, "value", "不是数值,也不是 <检出限",
                         "neither a number nor <limit of detection");
            continue;
        }
        p->time = r->cell[TIME].number;
        p->season = -1;
        if (r->cell[SEASON].given) {
            if (decimal_compare(r->cell[SEASON].number,
                                DECIMAL(STAT_SEASONS_MAX, 0)) >= 0) {
                refuse_point(w, r, "season", "季节编号太大",
                             "too large a number of a season");
                continue;
            }
            p->season = (int)r->cell[SEASON].number.mantissa;
        }
        w->seasonal = w->seasonal || p->season >= 0;
        w->censored += censored;
        p->record = r;
        w->n++;
    }
}

/* In the order of time, each time (and season) once. */
static void sort_points(struct work *w)
{
    size_t kept = 0;

    if (w->n)
        qsort(w->points, w->n, sizeof(*w->points), by_time);
    for (size_t i = 0; i < w->n; i++) {
        struct point *last = kept ? &w->points[kept - 1] : NULL;

        if (last && last->season == w->points[i].season &&
            decimal_compare(last->time, w->points[i].time) == 0) {
            refuse_point(w, w->points[i].record, "time",
                         "这一时间已有一个值,本行不计入",
                         "the time has a value already; this one is not "
                         "counted");
            continue;
        }
        w->points[kept++] = w->points[i];
    }
    w->n = kept;
}

static const char *real_text(const struct work *w, long double real,
                             int decimals)
{
    struct decimal d;

    if (real_to_decimal(real, -decimals, &d))
        return "-";
    return step_decimal(w->c->arena, d);
}

static void add(struct work *w, const char *code, struct words name,
                long double value, int decimals, struct words line)
{
    struct verdict_item *item = derivation_add(&w->d, code, name);

    if (!real_to_decimal(value, -decimals, &item->value))
        item->has_value = true;
    item->step_zh = line.zh;
    item->step_en = line.en;
}

static const char *list_of(const struct work *w, const struct decimal *values)
{
    const char *text = "";

    for (size_t i = 0; i < w->n; i++)
        text = step_join(w->c->arena, text, ", ",
                         step_decimal(w->c->arena, values[i]));
    return text;
}

enum { LISTED_MAX = 60 }; /* values written out in a step */

static void add_spearman(struct work *w, const struct spearman *s,
                         const struct decimal *values)
{
    struct arena *a = w->c->arena;
    const char *d2 = step_decimal(a, s->d2), *r = step_decimal(a, s->r);

    if (s->n <= LISTED_MAX)
        derivation_say(&w->d, WORDS(a, "按时间的值 %s;秩 %s",
                                    "values in time %s; ranks %s",
                                    list_of(w, values), list_of(w, s->rank)));
    add(w, "spearman", (struct words){"秩相关系数", "Spearman's r"},
        decimal_to_real(s->r), 3,
        WORDS(a, "秩相关系数 r = 1−6×%s/(%d³−%d) = %s",
              "rank correlation r = 1−6×%s/(%d³−%d) = %s", d2, s->n, s->n, r));
    if (!s->has_critical)
        return;
    derivation_rely(&w->d, s->confidence);
    derivation_say(&w->d,
                   WORDS(a, "临界值 W(N=%d):0.05 为 %s,0.01 为 %s",
                         "critical values W (N=%d): %s at 0.05, %s at 0.01",
                         s->critical_n, step_decimal(a, s->critical_05),
                         step_decimal(a, s->critical_01)));
}

static void add_kendall(struct work *w, const struct decimal *values,
                        const struct decimal *times)
{
    struct arena *a = w->c->arena;
    struct mann_kendall m;
    struct sen sen;

    if (stat_mann_kendall(values, w->n, a, &m) ||
        stat_sen(values, times, w->n, STAT_Z_95, a, &sen))
        return;
    add(w, "mann_kendall", (struct words){"Mann-Kendall Z", "Mann-Kendall Z"},
        m.z, 4,
        WORDS(a, "Mann-Kendall:S = %lld,方差 %s,Z = %s,p = %s",
              "Mann-Kendall: S = %lld, variance %s, Z = %s, p = %s",
              (long long)m.s, real_text(w, (long double)m.var_18 / 18, 2),
              real_text(w, m.z, 4), real_text(w, m.p, 4)));
    add(w, "sen_slope", (struct words){"Sen 斜率", "Sen slope"}, sen.slope, 4,
        WORDS(a, "Sen 斜率 %s(95%% 区间 %s 至 %s),截距 %s",
              "Sen slope %s (95%% interval %s to %s), intercept %s",
              real_text(w, sen.slope, 4), real_text(w, sen.low, 4),
              real_text(w, sen.high, 4), real_text(w, sen.intercept, 4)));
}

static bool names(const struct standard_table *t, size_t row,
                  const struct factor *item)
{
    return item && standard_cell_is(t, row, "item_code", item->code);
}

/* The row of trend-items.csv for the item; the row count when it has none. */
static size_t row_of(const struct standard_table *t, const struct factor *item)
{
    size_t row = 0;

    while (row < t->row_count && !names(t, row, item))
        row++;
    return row;
}

/* The item as the catalogue knows it; NULL when none was given or nobody knows
 * it. */
static const struct factor *item_of(const struct work *w)
{
    const struct assess_cell *cell = &w->c->records[0].cell[ITEM];

    return cell->given ? factor_find(cell->text) : NULL;
}

/* LOWER, HIGHER or NEITHER. */
static int direction(const struct work *w)
{
    const struct standard_table *t = standard_table(directions_file);
    int told = w->c->records[0].cell[BETTER].choice;
    size_t row;

    if (told != BY_ITEM)
        return told;
    row = t ? row_of(t, item_of(w)) : 0;
    if (!t || row == t->row_count)
        return LOWER;
    return standard_cell_is(t, row, "better", "higher") ? HIGHER : NEITHER;
}

/* What a trend means; "" where no way is better. */
static struct words meaning(const struct work *w, int trend)
{
    int way = direction(w);

    if (trend == NO_TREND || way == NEITHER)
        return (struct words){"", ""};
    return (trend == RISING) == (way == HIGHER)
               ? (struct words){",变好", ", better"}
               : (struct words){",变差", ", worse"};
}

static void conclude(struct work *w, int trend, const char *basis_zh,
                     const char *basis_en, struct verdict *v)
{
    static const struct words names[] = {
        {"无显著变化", "no significant trend"},
        {"显著上升", "rising"},
        {"显著下降", "falling"},
    };
    struct words means = meaning(w, trend);
    struct arena *a = w->c->arena;

    v->rating = trend;
    v->level_zh = names[trend].zh;
    v->level_en = names[trend].en;
    v->summary_zh = arena_printf(a, "%s%s(%s,%zu 个值)", names[trend].zh,
                                 means.zh, basis_zh, w->n);
    v->summary_en = arena_printf(a, "%s%s (%s, %zu values)", names[trend].en,
                                 means.en, basis_en, w->n);
    if (w->censored) {
        v->summary_zh = arena_printf(a, "%s;%d 个未检出按检出限一半",
                                     v->summary_zh, w->censored);
        v->summary_en =
            arena_printf(a, "%s; %d below detection at half the limit",
                         v->summary_en, w->censored);
    }
    derivation_say(&w->d, (struct words){v->summary_zh, v->summary_en});
}

static void too_few(struct work *w, struct verdict *v, const char *zh,
                    const char *en)
{
    v->outcome = VERDICT_INSUFFICIENT;
    v->summary_zh = arena_printf(w->c->arena, "不能判定:%s", zh);
    v->summary_en = arena_printf(w->c->arena, "no result: %s", en);
}

/* HJ 663 takes |r| = W for significant; the notice on waters wants more. */
static bool is_at_critical(const struct work *w, const struct spearman *s)
{
    struct decimal size = {s->r.mantissa < 0 ? -s->r.mantissa : s->r.mantissa,
                           s->r.exponent};

    return w->is_water && decimal_compare(size, s->critical_05) == 0;
}

static void judge_years(struct work *w, struct verdict *v)
{
    const char *basis;
    struct decimal *values = arena_new(w->c->arena, w->n + 1, sizeof(*values));
    struct decimal *times = arena_new(w->c->arena, w->n + 1, sizeof(*times));
    struct spearman s;

    for (size_t i = 0; i < w->n; i++) {
        values[i] = w->points[i].value;
        times[i] = w->points[i].time;
    }
    if (w->n < LEAST || stat_spearman(values, w->n, w->c->arena, &s)) {
        too_few(w, v, w->n < LEAST ? "少于五个值" : "值太多(至多 2000 个)",
                w->n < LEAST ? "fewer than five values"
                             : "too many values (at most 2000)");
        return;
    }
    if (is_at_critical(w, &s))
        s.at_05 = STAT_NO_TREND;
    basis = arena_printf(w->c->arena, "|r| %s %s",
                         s.at_05 == STAT_NO_TREND ? w->is_water ? "≤" : "<"
                         : w->is_water            ? ">"
                                                  : "≥",
                         step_decimal(w->c->arena, s.critical_05));
    add_spearman(w, &s, values);
    add_kendall(w, values, times);
    v->has_index = true;
    v->index = s.r;
    conclude(w,
             s.at_05 == STAT_RISING    ? RISING
             : s.at_05 == STAT_FALLING ? FALLING
                                       : NO_TREND,
             basis, basis, v);
}

/* The whole number of a time; false: it has a part or does not fit. */
static bool whole_time(struct decimal time, int64_t *out)
{
    struct decimal whole;

    if (decimal_exact(time, 0, &whole))
        return false;
    *out = whole.mantissa;
    return true;
}

/* The table season by period; NULL: the reason is told in v. */
static struct stat_cell *fill(struct work *w, size_t *periods, int64_t *first,
                              struct verdict *v)
{
    struct stat_cell *cells;
    int64_t last = 0;

    if (!w->n || !whole_time(w->points[0].time, first) ||
        !whole_time(w->points[w->n - 1].time, &last) ||
        last - *first >= STAT_PERIODS_MAX) {
        too_few(w, v, "季节性检验的时间应为整数,跨度至多 400",
                "with seasons the times are whole numbers over at most 400");
        return NULL;
    }
    *periods = (size_t)(last - *first) + 1;
    cells = arena_new(w->c->arena, STAT_SEASONS_MAX * *periods, sizeof(*cells));
    for (size_t i = 0; i < w->n; i++) {
        const struct point *p = &w->points[i];
        int64_t time;

        if (p->season < 0 || !whole_time(p->time, &time)) {
            too_few(w, v, "有的行没有季节或时间不是整数",
                    "a row has no season, or its time is not whole");
            return NULL;
        }
        cells[(size_t)p->season * *periods + (size_t)(time - *first)] =
            (struct stat_cell){true, p->value};
    }
    return cells;
}

/* Seasons that have values, moved together. */
static size_t pack(struct stat_cell *cells, size_t periods)
{
    size_t kept = 0;

    for (size_t season = 0; season < STAT_SEASONS_MAX; season++) {
        bool any = false;

        for (size_t i = 0; i < periods; i++)
            any = any || cells[season * periods + i].given;
        if (!any)
            continue;
        if (kept != season)
            memcpy(&cells[kept * periods], &cells[season * periods],
                   periods * sizeof(*cells));
        kept++;
    }
    return kept;
}

static void judge_seasons(struct work *w, struct verdict *v)
{
    struct arena *a = w->c->arena;
    struct seasonal_kendall k;
    size_t periods = 0;
    int64_t first = 0;
    struct stat_cell *cells = fill(w, &periods, &first, v);
    long double z;

    if (!cells)
        return;
    if (periods < LEAST ||
        stat_seasonal_kendall(cells, pack(cells, periods), periods, a, &k)) {
        too_few(w, v, "少于五个周期", "fewer than five periods");
        return;
    }
    z = periods >= COVARIANCE_FROM ? k.z_covariance : k.z;
    add(w, "seasonal_kendall",
        (struct words){"季节性 Kendall Z", "seasonal Kendall Z"}, z, 4,
        WORDS(a,
              "季节性 Kendall:%d 个值,S = %lld,方差 %s,Z = %s;计协方差的方差 "
              "%s,Z = %s;%zu 个周期,取 Z = %s",
              "seasonal Kendall: %d values, S = %lld, variance %s, Z = %s; "
              "with covariance %s, Z = %s; %zu periods: Z = %s counts",
              k.n, (long long)k.s, real_text(w, k.var, 2), real_text(w, k.z, 4),
              real_text(w, k.var_covariance, 2),
              real_text(w, k.z_covariance, 4), periods, real_text(w, z, 4)));
    add(w, "sen_slope", (struct words){"Sen 斜率", "Sen slope"}, k.slope, 4,
        WORDS(a, "各季节斜率的中位数 %s", "median of the seasons' slopes %s",
              real_text(w, k.slope, 4)));
    conclude(w,
             fabsl(z) < STAT_Z_95 ? NO_TREND
             : z > 0              ? RISING
                                  : FALLING,
             fabsl(z) < STAT_Z_95 ? "|Z| < 1.96" : "|Z| ≥ 1.96",
             fabsl(z) < STAT_Z_95 ? "|Z| < 1.96" : "|Z| ≥ 1.96", v);
}

static void judge(const struct assess_case *c)
{
    struct work w = {.c = c};
    struct verdict v = derivation_verdict(VERDICT_TREND, "HJ 663-2013");
    const struct factor *item = item_of(&w);

    w.is_water = item && strcmp(item->medium, "water") == 0;
    if (w.is_water)
        v.edition = "环办〔2011〕22号";
    w.points = arena_new(c->arena, c->count, sizeof(*w.points));
    derivation_start(&w.d, c->arena);
    read_points(&w);
    sort_points(&w);
    if (w.seasonal)
        judge_seasons(&w, &v);
    else
        judge_years(&w, &v);
    derivation_finish(&w.d, &v);
    assess_give(c, NULL, &v);
}

/* The items of which higher is better, or no way is. */
static void direction_facts(struct assess_facts *out)
{
    const struct standard_table *t = standard_table(directions_file);

    for (size_t row = 0; t && row < t->row_count; row++)
        assess_fact(
            out, &(struct assess_fact){
                     .standard = standard_text(t, row, "standard"),
                     .from_day = standard_day(t, row, "valid_from", 0),
                     .to_day = standard_day(t, row, "valid_to", STANDARD_OPEN),
                     .item = standard_text(t, row, "item_code"),
                     .what = standard_text(t, row, "name_en"),
                     .value = standard_text(t, row, "better"),
                     .unit = "",
                     .clause = standard_text(t, row, "clause"),
                     .confidence = standard_text(t, row, "confidence"),
                     .note = standard_text(t, row, "note"),
                 });
}

static void facts(struct assess_facts *out)
{
    const struct standard_table *t = standard_table("spearman-critical.csv");
    static const char *const columns[][2] = {{"w05", "W 0.05"},
                                             {"w01", "W 0.01"}};

    for (size_t row = 0; t && row < t->row_count; row++) {
        for (size_t i = 0; i < LENGTH(columns); i++)
            assess_fact(
                out,
                &(struct assess_fact){
                    .standard = standard_text(t, row, "standard"),
                    .from_day = standard_day(t, row, "valid_from", 0),
                    .to_day = standard_day(t, row, "valid_to", STANDARD_OPEN),
                    .item = standard_text(t, row, "n"),
                    .what = columns[i][1],
                    .value = standard_text(t, row, columns[i][0]),
                    .unit = "",
                    .clause = standard_text(t, row, "clause"),
                    .confidence = standard_text(t, row, "confidence"),
                    .note = standard_text(t, row, "note"),
                });
    }
    direction_facts(out);
}

const struct assessment trend_assessment = {
    .name = "trend",
    .kind = VERDICT_TREND,
    .element = "shared",
    .title_zh = "趋势(秩相关、Mann-Kendall、Sen)",
    .title_en = "trend: Spearman, Mann-Kendall, Sen",
    .standards = {"HJ 663-2013", "环办〔2011〕22号"},
    .fields = fields,
    .judge = judge,
    .facts = facts,
    .index_zh = "秩相关系数",
    .index_en = "Spearman's r",
    .rating_zh = "0 无显著变化,1 上升,2 下降",
    .rating_en = "0 no significant trend, 1 rising, 2 falling",
    .notes_zh =
        "逐年序列按秩相关系数判定(0.05),至少五个值,同值取平均秩;r 修约到"
        "临界值表的三位后比较,N 在两列之间时用较小的 N。Mann-Kendall 和 Sen "
        "斜率一并给出。有季节时用季节性 Kendall,十个周期起计协方差,"
        "|Z| ≥ 1.96 为显著。未检出按检出限一半。给出项目(item)时各项目分别"
        "判定:浓度上升为变差,溶解氧、透明度相反,pH 不分好坏;水的项目依据"
        "环办〔2011〕22号,|r| 须大于临界值才显著(其余为不小于)。better "
        "列可另定。",
    .notes_en = "Years are judged by rank correlation at 0.05, at least five, "
                "ties with their mean rank; r is compared as the table prints "
                "it, with three decimals, and N between two columns takes the "
                "smaller. Mann-Kendall and Sen's slope are given beside. With "
                "seasons: seasonal Kendall, with covariance from ten periods "
                "on, significant from |Z| 1.96. Below detection: half the "
                "limit. With the column item each item is judged by "
                "itself: rising is worse, of oxygen and transparency better, "
                "of pH neither; items of water come under the method of 2011, "
                "where |r| has to exceed the critical value (else: reach). "
                "The column better says otherwise.",
    .example = "site,item,year,value\n"
               "A,PM2.5,2018,51\nA,PM2.5,2019,43\nA,PM2.5,2020,41\n"
               "A,PM2.5,2021,40\nA,PM2.5,2022,39\n"
               "B,溶解氧,2018,6.1\nB,溶解氧,2019,6.4\nB,溶解氧,2020,6.8\n"
               "B,溶解氧,2021,7.0\nB,溶解氧,2022,7.3\n",
};
