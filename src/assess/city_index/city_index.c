#include "assess/city_index/city_index.h"

#include "assess/derivation/derivation.h"
#include "assess/standard/standard.h"
#include "assess/step.h"
#include "assess/water/water_mean.h"

#include <assert.h>
#include <pthread.h>

static const char standard[] = "环办监测〔2017〕51号";

enum {
    CODES_MAX = 32,
    PARTS = 4, /* phases x bodies */
    CLASS_III = 3,
    SINGLE_DIGITS = 6,
    INDEX_DIGITS = 4,
    CHANGE_DIGITS = 2,
    NOW = 0,
    BASE = 1,
    PHASES = 2,
    BODIES = 2,
};

/* ---- the rules ---- */

enum formula { RATIO, INVERSE, PH };

struct item_rule {
    const char *code;
    enum formula rule;
    struct decimal centre, low_width, high_width;
};

static struct item_rule rules[CODES_MAX];
static size_t rule_count;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void read_rules(void)
{
    const struct standard_table *t = standard_table("water-city-index.csv");

    assert(t && t->row_count <= CODES_MAX);
    for (size_t row = 0; row < t->row_count; row++) {
        struct item_rule *r = &rules[rule_count++];
        bool given = true;

        r->code = standard_text(t, row, "item_code");
        r->rule = standard_cell_is(t, row, "rule", "ph")        ? PH
                  : standard_cell_is(t, row, "rule", "inverse") ? INVERSE
                                                                : RATIO;
        if (r->rule == PH)
            given = standard_decimal(t, row, "centre", &r->centre) &&
                    standard_decimal(t, row, "low_width", &r->low_width) &&
                    standard_decimal(t, row, "high_width", &r->high_width);
        assert(given);
    }
}

static const struct item_rule *rule_of(const char *code)
{
    for (size_t i = 0; i < rule_count; i++) {
        if (strcmp(rules[i].code, code) == 0)
            return &rules[i];
    }
    return &rules[rule_count - 1]; /* "*", of all others */
}

/* ---- parts: what one city has of rivers, or of lakes, in one period ---- */

struct part {
    size_t sections; /* M or N */
    bool has[CODES_MAX];
    struct decimal mean[CODES_MAX], single[CODES_MAX];
    const char *how[CODES_MAX];
    struct decimal index; /* the sum */
    const char *sum_text;
};

struct city {
    const char *name;
    const struct city_sample *samples; /* its own, in their order */
    size_t count, first;               /* where the table names it first */
    struct part part[PHASES][BODIES];
    struct decimal index[PHASES];
    bool known[PHASES];
    struct decimal change;
    const char *formula[PHASES];
};

struct work {
    const struct city_sample *samples; /* all; then of the city at hand */
    size_t count;
    struct arena *arena;
    const char *codes[CODES_MAX];
    size_t code_count;
    int day;
    bool common[CODES_MAX]; /* every part has it */
    struct city *cities;
    size_t city_count;
    struct words left_out;
    struct water_measure *list, *means; /* room for all samples */
};

static void list_codes(struct work *w)
{
    const struct water_item *item;

    for (size_t i = 0; (item = water_item_at(i)); i++) {
        bool again = !item->rated;

        for (size_t k = 0; k < w->code_count && !again; k++)
            again = strcmp(w->codes[k], item->code) == 0;
        if (!again && w->code_count < CODES_MAX)
            w->codes[w->code_count++] = item->code;
    }
}

/* By city, within a city in the order of the table. */
static int compare_samples(const void *a, const void *b)
{
    const struct city_sample *x = *(const struct city_sample *const *)a;
    const struct city_sample *y = *(const struct city_sample *const *)b;
    int order = strcmp(x->city, y->city);

    return order ? order : (x > y) - (x < y);
}

static int compare_cities(const void *a, const void *b)
{
    const struct city *x = a, *y = b;

    return (x->first > y->first) - (x->first < y->first);
}

/* Cities in the order of the table, each with its samples side by side. */
static void list_cities(struct work *w)
{
    const struct city_sample **order =
        arena_new(w->arena, w->count + 1, sizeof(const void *));
    struct city_sample *sorted =
        arena_new(w->arena, w->count + 1, sizeof(*sorted));

    for (size_t i = 0; i < w->count; i++)
        order[i] = &w->samples[i];
    qsort(order, w->count, sizeof(const void *), compare_samples);
    for (size_t i = 0; i < w->count; i++) {
        sorted[i] = *order[i];
        w->city_count += !i || strcmp(sorted[i].city, sorted[i - 1].city) != 0;
    }
    w->cities = arena_new(w->arena, w->city_count + 1, sizeof(*w->cities));
    for (size_t i = 0, k = 0; i < w->count; i += w->cities[k++].count) {
        struct city *city = &w->cities[k];

        *city = (struct city){.name = sorted[i].city,
                              .samples = &sorted[i],
                              .first = (size_t)(order[i] - w->samples)};
        while (i + city->count < w->count &&
               strcmp(sorted[i + city->count].city, city->name) == 0)
            city->count++;
    }
    qsort(w->cities, w->city_count, sizeof(*w->cities), compare_cities);
}

/* Which samples a part is made of. */
struct choice {
    int phase;
    enum water_body body;
};

static bool chosen(const struct city_sample *s, const struct choice *c)
{
    return s->base == (c->phase == BASE) && s->body == c->body;
}

/* A section's first sample of the part. */
static bool is_first(const struct work *w, size_t at, const struct choice *c)
{
    for (size_t i = 0; i < at; i++) {
        if (chosen(&w->samples[i], c) &&
            strcmp(w->samples[i].section, w->samples[at].section) == 0)
            return false;
    }
    return true;
}

/* The mean of an item over the samples of one section. */
static bool section_mean(struct work *w, const struct choice *c,
                         const char *section, const struct water_item *item,
                         struct water_measure *out)
{
    const char *how;
    size_t n = 0;

    for (size_t i = 0; i < w->count; i++) {
        const struct city_sample *s = &w->samples[i];

        if (!chosen(s, c) || strcmp(s->section, section) != 0)
            continue;
        for (size_t k = 0; k < s->value_count; k++) {
            if (strcmp(s->values[k].factor, item->code) == 0 &&
                s->values[k].value.mantissa >= 0)
                w->list[n++] = (struct water_measure){
                    item, s->values[k].value, s->values[k].below_detection};
        }
    }
    *out = (struct water_measure){.item = item};
    if (n == 1)
        *out = w->list[0]; /* stays "below" */
    return n == 1 || (n && water_mean(w->list, n, w->arena, &out->value, &how));
}

static bool single_index(const struct water_item *item, struct decimal mean,
                         struct arena *a, struct decimal *out,
                         const char **text)
{
    const struct item_rule *r = rule_of(item->code);
    struct decimal third = item->limit[CLASS_III - 1], over;
    const char *m = step_decimal(a, mean);
    bool low = decimal_compare(mean, r->centre) <= 0;
    enum err err;

    switch (r->rule) {
    case RATIO:
        *text = arena_printf(a, "%s/%s", m, step_decimal(a, third));
        err = decimal_divide(mean, third, -SINGLE_DIGITS, ROUND_HALF_EVEN, out);
        break;
    case INVERSE:
        *text = arena_printf(a, "%s/%s", step_decimal(a, third), m);
        err = decimal_divide(third, mean, -SINGLE_DIGITS, ROUND_HALF_EVEN, out);
        break;
    case PH:
    default:
        *text =
            low ? arena_printf(a, "(%s−%s)/%s", step_decimal(a, r->centre), m,
                               step_decimal(a, r->low_width))
                : arena_printf(a, "(%s−%s)/%s", m, step_decimal(a, r->centre),
                               step_decimal(a, r->high_width));
        err = low ? decimal_sub(r->centre, mean, &over)
                  : decimal_sub(mean, r->centre, &over);
        if (!err)
            err = decimal_divide(over, low ? r->low_width : r->high_width,
                                 -SINGLE_DIGITS, ROUND_HALF_EVEN, out);
    }
    if (err)
        return false;
    *out = water_trimmed(*out);
    *text = arena_printf(a, "%s = %s", *text, step_decimal(a, *out));
    return true;
}

static void make_item(struct work *w, const struct choice *c, size_t code,
                      struct part *p)
{
    const struct water_item *item =
        water_item_find_on(span_of(w->codes[code]), c->body, w->day);
    const char *mean_text, *text;
    size_t n = 0;

    for (size_t i = 0; i < w->count && item; i++) {
        if (chosen(&w->samples[i], c) && is_first(w, i, c))
            n += section_mean(w, c, w->samples[i].section, item, &w->means[n]);
    }
    p->has[code] =
        n && water_mean(w->means, n, w->arena, &p->mean[code], &mean_text) &&
        single_index(item, p->mean[code], w->arena, &p->single[code], &text);
    if (p->has[code])
        p->how[code] = *mean_text
                           ? arena_printf(w->arena, "%s; %s", mean_text, text)
                           : text;
}

static void make_part(struct work *w, const struct choice *c, struct part *p)
{
    for (size_t i = 0; i < w->count; i++)
        p->sections += chosen(&w->samples[i], c) && is_first(w, i, c);
    for (size_t code = 0; code < w->code_count && p->sections; code++)
        make_item(w, c, code, p);
}

/* Items that all parts have; the others that any part has are named. */
static void find_common(struct work *w)
{
    for (size_t code = 0; code < w->code_count; code++) {
        size_t parts = 0, with = 0;

        for (size_t i = 0; i < w->city_count * PARTS; i++) {
            const struct part *p =
                &w->cities[i / PARTS].part[i / BODIES % PHASES][i % BODIES];

            parts += p->sections > 0;
            with += p->sections > 0 && p->has[code];
        }
        w->common[code] = parts && with == parts;
        if (with && with < parts) {
            const struct water_item *item =
                water_item_find(span_of(w->codes[code]), WATER_RIVER);

            w->left_out =
                words_join(w->arena, w->left_out,
                           (struct words){item->name_zh, item->name_en});
        }
    }
}

/* ---- indices ---- */

static bool sum_part(struct work *w, struct part *p)
{
    const char *list = "";
    bool any = false;

    p->index = DECIMAL(0, 0);
    for (size_t code = 0; code < w->code_count; code++) {
        if (!w->common[code])
            continue;
        any = true;
        list = step_join(w->arena, list, " + ",
                         step_decimal(w->arena, p->single[code]));
        if (decimal_add(p->index, p->single[code], &p->index))
            return false;
    }
    p->sum_text = arena_printf(w->arena, "%s = %s", list,
                               step_decimal(w->arena, p->index));
    return any;
}

/* (R x M + L x N) / (M + N) */
static void make_index(struct work *w, struct city *c, int phase)
{
    struct part *river = &c->part[phase][WATER_RIVER];
    struct part *lake = &c->part[phase][WATER_LAKE_RESERVOIR];
    int64_t m = (int64_t)river->sections, n = (int64_t)lake->sections;
    int64_t all = m + n;
    struct decimal r = DECIMAL(0, 0), l = DECIMAL(0, 0), total;
    struct arena *a = w->arena;

    if (all == 0 || (m && !sum_part(w, river)) || (n && !sum_part(w, lake)))
        return;
    if ((m && decimal_mul(river->index, DECIMAL(m, 0), &r)) ||
        (n && decimal_mul(lake->index, DECIMAL(n, 0), &l)) ||
        decimal_add(r, l, &total) ||
        decimal_divide(total, DECIMAL(all, 0), -INDEX_DIGITS, ROUND_HALF_EVEN,
                       &c->index[phase]))
        return;
    c->known[phase] = true;
    c->formula[phase] = arena_printf(
        a, "(%s×%lld + %s×%lld)/%lld = %s",
        step_decimal(a, m ? river->index : DECIMAL(0, 0)), (long long)m,
        step_decimal(a, n ? lake->index : DECIMAL(0, 0)), (long long)n,
        (long long)all, step_decimal(a, c->index[phase]));
}

static void make_change(struct city *c)
{
    struct decimal over;

    if (!c->known[NOW] || !c->known[BASE])
        return;
    c->known[BASE] =
        !decimal_sub(c->index[NOW], c->index[BASE], &over) &&
        !decimal_muldiv(over, DECIMAL(100, 0), c->index[BASE], -CHANGE_DIGITS,
                        ROUND_HALF_EVEN, &c->change);
}

/* 1 + how many are better; by the change when `change`. */
static size_t rank_of(const struct work *w, const struct city *c, bool change,
                      size_t *out_of)
{
    size_t rank = 1;

    *out_of = 0;
    for (size_t i = 0; i < w->city_count; i++) {
        const struct city *other = &w->cities[i];

        if (!other->known[NOW] || (change && !other->known[BASE]))
            continue;
        (*out_of)++;
        rank += change ? decimal_compare(other->change, c->change) < 0
                       : decimal_compare(other->index[NOW], c->index[NOW]) < 0;
    }
    return rank;
}

/* ---- words ---- */

static const char *const body_zh[BODIES] = {"河流", "湖库"};
static const char *const body_en[BODIES] = {"rivers", "lakes"};
static const char *const phase_zh[PHASES] = {"", "基期"};
static const char *const phase_en[PHASES] = {"", ", base period"};

static void explain_part(struct work *w, struct derivation *d, int phase,
                         int body, const struct part *p)
{
    for (size_t code = 0; code < w->code_count; code++) {
        const struct water_item *item = water_item_find_on(
            span_of(w->codes[code]), (enum water_body)body, w->day);
        struct verdict_item *out;

        if (!w->common[code] || !p->has[code])
            continue;
        out = derivation_add(d, item->code,
                             (struct words){item->name_zh, item->name_en});
        derivation_value(out, p->mean[code], item->unit);
        out->has_index = true;
        out->index = p->single[code];
        out->step_zh = arena_printf(w->arena, "%s%s %s:%s", phase_zh[phase],
                                    body_zh[body], item->name_zh, p->how[code]);
        out->step_en =
            arena_printf(w->arena, "%s, %s%s: %s", item->name_en, body_en[body],
                         phase_en[phase], p->how[code]);
        derivation_item_rely(d, out, item->confidence);
    }
    derivation_say(
        d, (struct words){
               arena_printf(w->arena, "%s%s CWQI = %s", phase_zh[phase],
                            body_zh[body], p->sum_text),
               arena_printf(w->arena, "CWQI of %s%s = %s", body_en[body],
                            phase_en[phase], p->sum_text)});
}

static void explain(struct work *w, struct derivation *d, const struct city *c)
{
    for (int phase = NOW; phase < PHASES; phase++) {
        if (!c->known[phase])
            continue;
        for (int body = 0; body < BODIES; body++) {
            if (c->part[phase][body].sections)
                explain_part(w, d, phase, body, &c->part[phase][body]);
        }
        derivation_say(
            d,
            (struct words){arena_printf(w->arena, "%s城市 CWQI = %s",
                                        phase_zh[phase], c->formula[phase]),
                           arena_printf(w->arena, "CWQI of the city%s = %s",
                                        phase_en[phase], c->formula[phase])});
    }
}

static struct words change_words(struct work *w, struct derivation *d,
                                 const struct city *c)
{
    struct arena *a = w->arena;
    size_t of, rank;
    const char *change;

    if (!c->known[BASE])
        return (struct words){"", ""};
    rank = rank_of(w, c, true, &of);
    change = step_decimal(a, c->change);
    derivation_say(d, WORDS(a, "ΔCWQI = (%s − %s)/%s×100 = %s %%",
                            "ΔCWQI = (%s − %s)/%s×100 = %s %%",
                            step_decimal(a, c->index[NOW]),
                            step_decimal(a, c->index[BASE]),
                            step_decimal(a, c->index[BASE]), change));
    return WORDS(a, ",变化 %s %%,变化排名 %zu/%zu",
                 "; change %s %%, rank of change %zu of %zu", change, rank, of);
}

static void give(struct work *w, const struct city *c, struct verdict *out)
{
    struct arena *a = w->arena;
    struct words change, left = {"", ""};
    struct derivation d;
    size_t of, rank;

    derivation_start(&d, a);
    explain(w, &d, c);
    if (!c->known[NOW]) {
        out->outcome = VERDICT_INSUFFICIENT;
        out->summary_zh = "没有本期监测数据,或没有各城市都有可用数值的项目";
        out->summary_en = "no samples of the period, or no item with a value "
                          "to use in all cities";
        derivation_finish(&d, out);
        return;
    }
    rank = rank_of(w, c, false, &of);
    change = change_words(w, &d, c);
    if (*w->left_out.zh)
        left = (struct words){
            arena_printf(a, ";未共同监测而不计入:%s", w->left_out.zh),
            arena_printf(a, "; not measured by all and left out: %s",
                         w->left_out.en)};
    derivation_say(&d, WORDS(a, "排名 %zu/%zu", "rank %zu of %zu", rank, of));
    out->outcome = VERDICT_GIVEN;
    out->rating = (int)rank;
    out->level_zh = arena_printf(a, "第 %zu 名", rank);
    out->level_en = arena_printf(a, "rank %zu", rank);
    out->has_index = true;
    out->index = c->index[NOW];
    out->summary_zh = arena_printf(a, "%s:CWQI %s,排名 %zu/%zu%s%s(%s)",
                                   c->name, step_decimal(a, c->index[NOW]),
                                   rank, of, change.zh, left.zh, standard);
    out->summary_en = arena_printf(a, "%s: CWQI %s, rank %zu of %zu%s%s (%s)",
                                   c->name, step_decimal(a, c->index[NOW]),
                                   rank, of, change.en, left.en, standard);
    derivation_finish(&d, out);
}

static void make_parts(struct work *w, struct city *city)
{
    w->samples = city->samples;
    w->count = city->count;
    for (int phase = NOW; phase < PHASES; phase++) {
        for (int body = 0; body < BODIES; body++) {
            struct choice c = {phase, (enum water_body)body};

            make_part(w, &c, &city->part[phase][body]);
        }
    }
}

static size_t value_count(const struct city_sample *samples, size_t count)
{
    size_t values = 0;

    for (size_t i = 0; i < count; i++)
        values += samples[i].value_count;
    return values;
}

/* a list with its length: NOLINTNEXTLINE(readability-function-size) */
void city_ranking(const struct city_sample *samples, size_t count, int day,
                  struct arena *arena, struct city_verdict **out,
                  size_t *out_count)
{
    struct work w = {.samples = samples,
                     .count = count,
                     .day = day,
                     .arena = arena,
                     .left_out = {"", ""}};
    const char *edition = standard_name_on(standard, day);
    bool in_force = *edition && water_saturation(day);

    pthread_once(&once, read_rules);
    w.list = arena_new(arena, value_count(samples, count) + 1, sizeof(*w.list));
    w.means = arena_new(arena, count + 1, sizeof(*w.means));
    list_codes(&w);
    list_cities(&w);
    for (size_t i = 0; i < w.city_count && in_force; i++)
        make_parts(&w, &w.cities[i]);
    find_common(&w);
    for (size_t i = 0; i < w.city_count; i++) {
        make_index(&w, &w.cities[i], NOW);
        make_index(&w, &w.cities[i], BASE);
        make_change(&w.cities[i]);
    }
    *out = arena_new(arena, w.city_count + 1, sizeof(**out));
    *out_count = w.city_count;
    for (size_t i = 0; i < w.city_count; i++) {
        struct verdict *v = &(*out)[i].verdict;

        (*out)[i].city = w.cities[i].name;
        *v = verdict_no_edition(
            VERDICT_WATER_CITY_INDEX, CADENCE_MONTH,
            "当日没有施行的城市地表水环境质量排名规定",
            "no rule of ranking cities is in force on that day");
        if (!in_force)
            continue;
        v->edition = edition;
        give(&w, &w.cities[i], v);
    }
}
