#include "assess/basin/basin.h"

#include "assess/standard/standard.h"
#include "assess/step.h"
#include "assess/water/water_mean.h"
#include "assess/water/water_table.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

static const char standard[] = "环办〔2011〕22号";

enum {
    GRADES = 5,
    CLASS_III = 3,
    MAIN_MAX = 3,
    ITEMS_MAX = 64,
    EXTRA_ITEMS = 4 + MAIN_MAX, /* shares, target, pollutants, result */
};

/* One row of the table; -1: no such condition. */
struct grade {
    int class, good_at_least, good_below, worse_at_least, worse_below;
    const char *confidence;
};

static struct grade grades[GRADES];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void read_grades(void)
{
    const struct standard_table *t = standard_table("water-basin-grades.csv");

    assert(t && t->row_count == GRADES);
    for (size_t row = 0; row < GRADES; row++)
        grades[row] = (struct grade){
            .class = standard_int(t, row, "class", 0),
            .good_at_least = standard_int(t, row, "good_at_least", -1),
            .good_below = standard_int(t, row, "good_below", -1),
            .worse_at_least = standard_int(t, row, "worse_at_least", -1),
            .worse_below = standard_int(t, row, "worse_below", -1),
            .confidence = standard_text(t, row, "confidence"),
        };
}

/* An item's sections that are worse than III. */
struct pollutant {
    const struct water_item *item;
    size_t sections;
};

struct work {
    const struct basin_section *sections;
    size_t count;
    int day;
    struct arena *arena;
    struct verdict_item *items;
    size_t item_count;
    int *class; /* of each section; 0: no data */
    size_t rated, of_class[WATER_WORSE + 1];
    struct pollutant pollutants[ITEMS_MAX];
    size_t pollutant_count;
    const char *without; /* names of sections without data */
    const char *confidence;
};

static bool is_rated(const struct verdict_item *item)
{
    const struct water_item *rule =
        water_item_find(span_of(item->factor), WATER_RIVER);

    return rule && rule->rated;
}

static void count_pollutants(struct work *w, const struct verdict *v)
{
    for (size_t i = 0; i < v->item_count; i++) {
        struct pollutant *p = NULL;

        if (v->items[i].rating <= CLASS_III || !is_rated(&v->items[i]))
            continue;
        for (size_t k = 0; k < w->pollutant_count && !p; k++) {
            if (strcmp(w->pollutants[k].item->code, v->items[i].factor) == 0)
                p = &w->pollutants[k];
        }
        if (!p && w->pollutant_count < ITEMS_MAX) {
            p = &w->pollutants[w->pollutant_count++];
            *p = (struct pollutant){
                water_item_find(span_of(v->items[i].factor), WATER_RIVER), 0};
        }
        if (p)
            p->sections++;
    }
}

static struct verdict_item *add_item(struct work *w, const char *factor,
                                     const char *zh, const char *en)
{
    struct verdict_item *item = &w->items[w->item_count++];

    *item = (struct verdict_item){.factor = factor,
                                  .name_zh = zh,
                                  .name_en = en,
                                  .unit = "",
                                  .period = "",
                                  .rating = -1,
                                  .confidence = "high",
                                  .step_zh = "",
                                  .step_en = ""};
    return item;
}

static void rate_section(struct work *w, size_t at)
{
    const struct basin_section *s = &w->sections[at];
    struct water_terms terms = {.target = s->target};
    struct verdict_item *item = add_item(w, "section", s->name, s->name);
    struct verdict v;

    water_judge(s->values, s->value_count, &terms, w->day, w->arena, &v);
    if (s->class) {
        const struct water_class *c = water_class(s->class);

        w->class[at] = s->class;
        item->step_zh =
            arena_printf(w->arena, "%s:给定 %s类", s->name, c->name_zh);
        item->step_en = arena_printf(w->arena, "%s: given as class %s", s->name,
                                     c->name_en);
    } else if (v.outcome == VERDICT_GIVEN) {
        w->class[at] = v.rating;
        w->confidence = confidence_lower(w->confidence, v.confidence);
        item->step_zh = arena_printf(w->arena, "%s:%s", s->name, v.summary_zh);
        item->step_en = arena_printf(w->arena, "%s: %s", s->name, v.summary_en);
    } else {
        w->without = step_join(w->arena, w->without, ", ", s->name);
        item->step_zh = arena_printf(w->arena, "%s:无数据,不计入", s->name);
        item->step_en =
            arena_printf(w->arena, "%s: no data, left out", s->name);
    }
    count_pollutants(w, &v);
    w->rated += w->class[at] > 0;
    w->of_class[w->class[at]]++;
    item->rating = w->class[at] ? w->class[at] : -1;
}

/* A share in per cent with one decimal, only to be read. */
static struct decimal percent(size_t part, size_t whole)
{
    struct decimal out;

    if (decimal_muldiv(DECIMAL((int64_t)part, 0), DECIMAL(100, 0),
                       DECIMAL((int64_t)whole, 0), -1, ROUND_HALF_EVEN, &out))
        return DECIMAL(0, -1);
    return out;
}

static struct verdict_item *add_share(struct work *w, const char *factor,
                                      const char *const name[2], size_t part,
                                      size_t whole)
{
    struct verdict_item *item = add_item(w, factor, name[0], name[1]);
    const char *text;

    item->has_value = true;
    item->value = percent(part, whole);
    item->unit = "%";
    text = arena_printf(w->arena, "%zu/%zu = %s %%", part, whole,
                        step_decimal(w->arena, item->value));
    item->step_zh = arena_printf(w->arena, "%s:%s", name[0], text);
    item->step_en = arena_printf(w->arena, "%s: %s", name[1], text);
    return item;
}

/* Of the sections with a class and a target. */
static void add_target(struct work *w)
{
    static const char *const name[2] = {"目标达标率",
                                        "sections that meet their target"};
    size_t met = 0, all = 0;

    for (size_t i = 0; i < w->count; i++) {
        if (!w->class[i] || !w->sections[i].target)
            continue;
        all++;
        met += w->class[i] <= w->sections[i].target;
    }
    if (all)
        add_share(w, "target_attainment", name, met, all);
}

static int compare_pollutants(const void *a, const void *b)
{
    const struct pollutant *x = a, *y = b;

    if (x->sections != y->sections)
        return x->sections < y->sections ? 1 : -1;
    return strcmp(x->item->code, y->item->code);
}

/* The three largest rates; of equal ones the lower code goes before. */
static void add_pollutants(struct work *w, const char *out[2])
{
    out[0] = out[1] = "";
    qsort(w->pollutants, w->pollutant_count, sizeof(*w->pollutants),
          compare_pollutants);
    for (size_t i = 0; i < w->pollutant_count && i < MAIN_MAX; i++) {
        const struct pollutant *p = &w->pollutants[i];
        const char *name[2] = {
            arena_printf(w->arena, "%s断面超标率", p->item->name_zh),
            arena_printf(w->arena, "sections where %s is worse than III",
                         p->item->name_en)};
        struct verdict_item *item =
            add_share(w, p->item->code, name, p->sections, w->rated);
        const char *rate = step_decimal(w->arena, item->value);

        item->decisive = true;
        out[0] = step_join(
            w->arena, out[0], "、",
            arena_printf(w->arena, "%s(%s %%)", p->item->name_zh, rate));
        out[1] = step_join(
            w->arena, out[1], ", ",
            arena_printf(w->arena, "%s (%s %%)", p->item->name_en, rate));
    }
}

static bool holds(const struct grade *g, size_t good, size_t worse, size_t all)
{
    int64_t n = (int64_t)all;
    int64_t g100 = 100 * (int64_t)good, w100 = 100 * (int64_t)worse;

    return (g->good_at_least < 0 || g100 >= g->good_at_least * n) &&
           (g->good_below < 0 || g100 < g->good_below * n) &&
           (g->worse_at_least < 0 || w100 >= g->worse_at_least * n) &&
           (g->worse_below < 0 || w100 < g->worse_below * n);
}

/* ", 75 ≤ x < 90": what a condition of the table asks of a share. */
static const char *asked(struct work *w, const char *list, const char *name,
                         int at_least, int below)
{
    struct arena *a = w->arena;

    if (at_least >= 0)
        list = step_join(a, list, ", ",
                         arena_printf(a, "%s ≥ %d %%", name, at_least));
    if (below >= 0)
        list = step_join(a, list, ", ",
                         arena_printf(a, "%s < %d %%", name, below));
    return list;
}

/* The step that makes the grade: the condition that holds. */
static void add_result(struct work *w, const struct grade *g)
{
    struct verdict_item *item = add_item(w, "result", "水质状况", "grade");
    const char *zh = asked(w, "", "Ⅰ–Ⅲ类", g->good_at_least, g->good_below);
    const char *en = asked(w, "", "I to III", g->good_at_least, g->good_below);
    const struct water_class *c = water_class(g->class);

    zh = asked(w, zh, "劣Ⅴ类", g->worse_at_least, g->worse_below);
    en = asked(w, en, "worse than V", g->worse_at_least, g->worse_below);
    item->rating = g->class - 1;
    item->step_zh =
        arena_printf(w->arena, "%s → %s(按未修约的比例)", zh, c->grade_zh);
    item->step_en = arena_printf(w->arena, "%s → %s (by shares not rounded)",
                                 en, c->grade_en);
    item->confidence = g->confidence;
}

static void set_grade(struct verdict *out, int class)
{
    const struct water_class *c = water_class(class);

    out->outcome = VERDICT_GIVEN;
    out->rating = out->level = class > 1 ? class - 1 : 1;
    out->level_zh = c->grade_zh;
    out->level_en = c->grade_en;
    out->colour = c->colour;
}

static const char *without_text(const struct work *w, bool english)
{
    if (!*w->without)
        return "";
    return arena_printf(w->arena,
                        english ? "; without data: %s" : ";无数据断面:%s",
                        w->without);
}

static void by_shares(struct work *w, struct verdict *out)
{
    static const char *const good_name[2] = {"Ⅰ–Ⅲ类断面比例",
                                             "share of classes I to III"};
    static const char *const worse_name[2] = {"劣Ⅴ类断面比例",
                                              "share of worse than V"};
    size_t good = w->of_class[1] + w->of_class[2] + w->of_class[3];
    size_t worse = w->of_class[WATER_WORSE];
    const char *main[2] = {"", ""}, *text;
    struct arena *a = w->arena;
    int row = 0;

    while (row < GRADES - 1 && !holds(&grades[row], good, worse, w->rated))
        row++;
    add_share(w, "share_I-III", good_name, good, w->rated)->decisive = true;
    add_share(w, "share_worse_than_V", worse_name, worse, w->rated);
    add_target(w);
    set_grade(out, grades[row].class);
    if (grades[row].class > CLASS_III)
        add_pollutants(w, main);
    add_result(w, &grades[row]);
    w->confidence = confidence_lower(w->confidence, grades[row].confidence);
    text = *main[0] ? arena_printf(a, ",主要污染指标:%s", main[0]) : "";
    out->summary_zh = arena_printf(
        a, "%s:%zu 个断面中 Ⅰ–Ⅲ类 %zu 个(%s %%),劣Ⅴ类 %zu 个(%s %%)%s%s(%s)",
        out->level_zh, w->rated, good, step_decimal(a, percent(good, w->rated)),
        worse, step_decimal(a, percent(worse, w->rated)), text,
        without_text(w, false), standard);
    text = *main[1] ? arena_printf(a, "; main pollutants: %s", main[1]) : "";
    out->summary_en = arena_printf(
        a,
        "%s: of %zu sections %zu of classes I to III (%s %%), %zu worse "
        "than V (%s %%)%s%s (%s)",
        out->level_en, w->rated, good, step_decimal(a, percent(good, w->rated)),
        worse, step_decimal(a, percent(worse, w->rated)), text,
        without_text(w, true), standard);
}

/* ---- fewer than five ---- */

/* The values of one item in all sections; returns how many. */
static size_t measures_of(const struct work *w, const struct water_item *item,
                          struct water_measure *out)
{
    size_t count = 0;

    for (size_t i = 0; i < w->count; i++) {
        const struct basin_section *s = &w->sections[i];

        for (size_t k = 0; k < s->value_count; k++) {
            if (strcmp(s->values[k].factor, item->code) == 0 &&
                s->values[k].value.mantissa >= 0)
                out[count++] = (struct water_measure){
                    item, s->values[k].value, s->values[k].below_detection};
        }
    }
    return count;
}

static size_t means_of(const struct work *w, struct water_value *out,
                       const char **how)
{
    const struct water_item *item;
    size_t room = 1, count = 0;
    struct water_measure *list;

    for (size_t i = 0; i < w->count; i++)
        room += w->sections[i].value_count;
    list = arena_new(w->arena, room, sizeof(*list));
    for (size_t i = 0; (item = water_item_at(i)) && count < ITEMS_MAX; i++) {
        size_t n = item->river && item->rated ? measures_of(w, item, list) : 0;
        struct water_value *v = &out[count];

        if (!n || !water_mean(list, n, w->arena, &v->value, &how[count]))
            continue;
        v->below_detection = n == 1 && list[0].below_detection;
        if (v->below_detection)
            v->value = list[0].value;
        span_copy(span_of(item->code), v->factor, sizeof(v->factor));
        count++;
    }
    return count;
}

static void by_means(struct work *w, struct verdict *out)
{
    struct water_value means[ITEMS_MAX];
    const char *how[ITEMS_MAX] = {NULL};
    struct water_terms terms = {.body = WATER_RIVER};
    size_t count = means_of(w, means, how);
    struct verdict_item *item;
    struct verdict v;

    water_judge(means, count, &terms, w->day, w->arena, &v);
    if (v.outcome != VERDICT_GIVEN) {
        out->outcome = VERDICT_INSUFFICIENT;
        out->summary_zh = arena_printf(
            w->arena, "少于 %d 个断面须按各项均值评价,但没有可平均的数值%s(%s)",
            BASIN_SHARES_FROM, without_text(w, false), standard);
        out->summary_en = arena_printf(
            w->arena,
            "fewer than %d sections are rated by the means of the items, and "
            "there are no values to average%s (%s)",
            BASIN_SHARES_FROM, without_text(w, true), standard);
        return;
    }
    for (size_t i = 0; i < v.item_count; i++) {
        item = &w->items[w->item_count++];
        *item = v.items[i];
        if (i >= count || !*how[i])
            continue;
        item->step_zh =
            arena_printf(w->arena, "断面均值 %s;%s", how[i], item->step_zh);
        item->step_en = arena_printf(w->arena, "mean of the sections %s; %s",
                                     how[i], item->step_en);
    }
    add_target(w);
    set_grade(out, v.rating);
    item = add_item(w, "result", "水质状况", "grade");
    item->rating = out->rating;
    item->step_zh = arena_printf(w->arena, "均值最差类别%s → %s",
                                 water_class(v.rating)->name_zh, out->level_zh);
    item->step_en = arena_printf(w->arena, "worst class of the means %s → %s",
                                 water_class(v.rating)->name_en, out->level_en);
    w->confidence = confidence_lower(w->confidence, v.confidence);
    out->summary_zh =
        arena_printf(w->arena, "%s:%zu 个断面(少于 %d 个)按均值评价为%s%s(%s)",
                     out->level_zh, w->rated, BASIN_SHARES_FROM, v.summary_zh,
                     without_text(w, false), standard);
    out->summary_en = arena_printf(
        w->arena, "%s: the means of %zu sections (fewer than %d) are %s%s (%s)",
        out->level_en, w->rated, BASIN_SHARES_FROM, v.summary_en,
        without_text(w, true), standard);
}

void basin_grade(const struct basin_section *sections, size_t count, int day,
                 struct arena *arena, struct verdict *out)
{
    struct work w = {.sections = sections,
                     .count = count,
                     .day = day,
                     .arena = arena,
                     .without = "",
                     .confidence = ""};

    pthread_once(&once, read_grades);
    *out = verdict_no_edition(
        VERDICT_WATER_BASIN, CADENCE_MONTH,
        "当日没有施行的地表水环境质量评价办法",
        "no method of rating surface water is in force on that day");
    if (!standard_edition_on(standard, day))
        return;
    w.items =
        arena_new(arena, count + EXTRA_ITEMS + ITEMS_MAX, sizeof(*w.items));
    w.class = arena_new(arena, count + 1, sizeof(*w.class));
    for (size_t i = 0; i < count; i++)
        rate_section(&w, i);
    out->edition = standard;
    if (w.rated >= BASIN_SHARES_FROM) {
        by_shares(&w, out);
    } else if (w.rated) {
        by_means(&w, out);
    } else {
        out->outcome = VERDICT_INSUFFICIENT;
        out->summary_zh = "没有任何断面有数据,不评价";
        out->summary_en = "no section has data, no grade";
    }
    out->items = w.items;
    out->item_count = w.item_count;
    out->confidence = w.confidence;
}
