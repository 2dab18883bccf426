#include "assess/trophic/trophic.h"

#include "assess/derivation/derivation.h"
#include "assess/factor/factor.h"
#include "assess/standard/standard.h"
#include "assess/statistics/statistics.h"

#include <assert.h>
#include <math.h>
#include <pthread.h>

static const char standard[] = "环办〔2011〕22号";

enum { GRADES = 5, MEAN_DIGITS = 12, TLI_DIGITS = 4, SUM_DIGITS = 2 };

struct grade {
    const char *zh, *en, *confidence;
    bool open; /* no upper end */
    bool inclusive;
    struct decimal up_to;
};

static struct trophic_item items[TROPHIC_ITEMS];
static struct grade grades[GRADES];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void read_item(const struct standard_table *t, size_t row,
                      struct trophic_item *item)
{
    bool given;

    *item = (struct trophic_item){
        .code = standard_text(t, row, "item_code"),
        .name_zh = standard_text(t, row, "name_zh"),
        .name_en = standard_text(t, row, "name_en"),
        .unit = standard_text(t, row, "unit"),
        .confidence = standard_text(t, row, "confidence"),
    };
    given = standard_decimal(t, row, "a", &item->a) &&
            standard_decimal(t, row, "b", &item->b) &&
            standard_decimal(t, row, "r", &item->r) &&
            decimal_mul(item->r, item->r, &item->r2) == OK;
    assert(given);
}

static void read_all(void)
{
    const struct standard_table *t = standard_table("water-trophic.csv");
    size_t item_count = 0, grade_count = 0;

    assert(t);
    for (size_t row = 0; row < t->row_count; row++) {
        struct grade *g;

        if (standard_cell_is(t, row, "record", "item")) {
            assert(item_count < TROPHIC_ITEMS);
            read_item(t, row, &items[item_count++]);
            continue;
        }
        assert(grade_count < GRADES);
        g = &grades[grade_count++];
        g->zh = standard_text(t, row, "grade_zh");
        g->en = standard_text(t, row, "grade_en");
        g->confidence = standard_text(t, row, "confidence");
        g->inclusive = standard_cell_is(t, row, "up_to_inclusive", "yes");
        g->open = !standard_decimal(t, row, "up_to", &g->up_to);
    }
    assert(item_count == TROPHIC_ITEMS && grade_count == GRADES);
}

const struct trophic_item *trophic_item(int index)
{
    pthread_once(&once, read_all);
    assert(index >= 0 && index < TROPHIC_ITEMS);
    return &items[index];
}

struct work {
    const struct trophic_sample *samples;
    size_t count;
    struct arena *arena;
    struct derivation d;
    struct decimal tli[TROPHIC_ITEMS], weight[TROPHIC_ITEMS];
    size_t rated;
    struct words missing;
};

static struct decimal trimmed(struct decimal d)
{
    while (d.exponent < 0 && d.mantissa % 10 == 0) {
        d.mantissa /= 10;
        d.exponent++;
    }
    return d;
}

/* "(1 + <2/2 + 3)/3" */
static const char *fraction(struct arena *a, const char *list, size_t n)
{
    return n == 1 ? list : arena_printf(a, "(%s)/%zu", list, n);
}

/* The mean of one point over time, and how. */
static bool point_mean(struct work *w, int item, const char *point,
                       struct decimal *out, const char **how)
{
    struct decimal *values = arena_new(w->arena, w->count + 1, sizeof(*values));
    const char *list = "";
    size_t n = 0;

    for (size_t i = 0; i < w->count; i++) {
        const struct trophic_sample *s = &w->samples[i];

        if (s->item != item || strcmp(s->point, point) != 0)
            continue;
        values[n] = s->value;
        if (s->below_detection && stat_censored(s->value, &values[n]))
            return false;
        list = step_join(w->arena, list, " + ",
                         arena_printf(w->arena, "%s%s%s",
                                      s->below_detection ? "<" : "",
                                      step_decimal(w->arena, s->value),
                                      s->below_detection ? "/2" : ""));
        n++;
    }
    *how = fraction(w->arena, list, n);
    return n && !stat_mean(values, n, -MEAN_DIGITS, out);
}

/* The mean of the lake over its points; false when the item is not there. */
static bool lake_mean(struct work *w, int item, struct decimal *out,
                      const char **how)
{
    struct decimal *means = arena_new(w->arena, w->count + 1, sizeof(*means));
    const char *list = "";
    size_t n = 0;

    for (size_t i = 0; i < w->count; i++) {
        bool again = false;
        const char *one;

        for (size_t j = 0; j < i && !again; j++)
            again = w->samples[j].item == item &&
                    strcmp(w->samples[j].point, w->samples[i].point) == 0;
        if (again || w->samples[i].item != item)
            continue;
        if (!point_mean(w, item, w->samples[i].point, &means[n], &one))
            return false;
        list = step_join(w->arena, list, " + ", one);
        n++;
    }
    if (!n || stat_mean(means, n, -MEAN_DIGITS, out))
        return false;
    *out = trimmed(*out);
    *how = fraction(w->arena, list, n);
    return true;
}

static void rate_item(struct work *w, int index)
{
    const struct trophic_item *t = &items[index];
    struct verdict_item *item =
        derivation_add(&w->d, t->code, (struct words){t->name_zh, t->name_en});
    struct arena *a = w->arena;
    struct decimal mean, tli;
    const char *how, *formula;
    long double real;

    if (!lake_mean(w, index, &mean, &how) || mean.mantissa <= 0) {
        w->missing =
            words_join(a, w->missing, (struct words){t->name_zh, t->name_en});
        item->step_zh = arena_printf(a, "%s:无可用数值", t->name_zh);
        item->step_en = arena_printf(a, "%s: no value to use", t->name_en);
        return;
    }
    real = 10 * (decimal_to_real(t->a) +
                 decimal_to_real(t->b) * logl(decimal_to_real(mean)));
    if (real_to_decimal(real, -TLI_DIGITS, &tli))
        return;
    derivation_value(item, mean, t->unit);
    item->has_index = true;
    item->index = tli;
    w->tli[w->rated] = tli;
    w->weight[w->rated++] = t->r2;
    formula = arena_printf(
        a, "%s%s%s %s: TLI = 10×(%s %s %s×ln %s) = %s, r² = %s", how,
        strcmp(how, step_decimal(a, mean)) ? " = " : "",
        strcmp(how, step_decimal(a, mean)) ? step_decimal(a, mean) : "",
        unit_shown(t->unit), step_decimal(a, t->a),
        t->b.mantissa < 0 ? "−" : "+",
        step_decimal(a, DECIMAL(llabs(t->b.mantissa), t->b.exponent)),
        step_decimal(a, mean), step_decimal(a, tli), step_decimal(a, t->r2));
    item->step_zh = arena_printf(a, "%s %s", t->name_zh, formula);
    item->step_en = arena_printf(a, "%s %s", t->name_en, formula);
    derivation_item_rely(&w->d, item, t->confidence);
}

/* "(1×51.2 + 0.7056×60.1)/1.7056 = 54.88", and the value. */
static bool weigh(struct work *w, struct decimal *out, const char **text)
{
    struct arena *a = w->arena;
    struct decimal sum = DECIMAL(0, 0);
    const char *list = "";

    for (size_t i = 0; i < w->rated; i++) {
        list = step_join(a, list, " + ",
                         arena_printf(a, "%s×%s", step_decimal(a, w->weight[i]),
                                      step_decimal(a, w->tli[i])));
        if (decimal_add(sum, w->weight[i], &sum))
            return false;
    }
    if (!w->rated ||
        stat_weighted_mean(w->tli, w->weight, w->rated, -SUM_DIGITS, out))
        return false;
    *text = arena_printf(a, "(%s)/%s = %s", list, step_decimal(a, sum),
                         step_decimal(a, *out));
    return true;
}

/* "30 ≤ 41.02 ≤ 50": between the bounds of a grade. */
static const char *grade_range(struct arena *arena, int g, struct decimal sum)
{
    const char *text = step_decimal(arena, sum);

    if (g > 0)
        text = arena_printf(arena, "%s %s %s",
                            step_decimal(arena, grades[g - 1].up_to),
                            grades[g - 1].inclusive ? "<" : "≤", text);
    if (!grades[g].open)
        text = arena_printf(arena, "%s %s %s", text,
                            grades[g].inclusive ? "≤" : "<",
                            step_decimal(arena, grades[g].up_to));
    return text;
}

static void give(struct work *w, struct decimal sum, struct verdict *out)
{
    const char *range;
    int g = 0, order;

    for (; g < GRADES - 1; g++) {
        order = decimal_compare(sum, grades[g].up_to);
        if (order < 0 || (order == 0 && grades[g].inclusive))
            break;
    }
    out->outcome = VERDICT_GIVEN;
    out->rating = out->level = g + 1;
    out->level_zh = grades[g].zh;
    out->level_en = grades[g].en;
    out->has_index = true;
    out->index = sum;
    derivation_rely(&w->d, grades[g].confidence);
    range = grade_range(w->arena, g, sum);
    derivation_say(
        &w->d,
        (struct words){arena_printf(w->arena, "%s → %s", range, grades[g].zh),
                       arena_printf(w->arena, "%s → %s", range, grades[g].en)});
    out->summary_zh = arena_printf(w->arena, "TLI(Σ) = %s,%s%s(%s)",
                                   step_decimal(w->arena, sum), grades[g].zh,
                                   g >= 2 ? ",属富营养" : "", standard);
    out->summary_en = arena_printf(
        w->arena, "TLI(Σ) = %s, %s%s (%s)", step_decimal(w->arena, sum),
        grades[g].en, g >= 2 ? ", eutrophic as a whole" : "", standard);
}

static void withhold(struct work *w, const char *indicative,
                     struct verdict *out)
{
    const char *more[2] = {"", ""};

    if (indicative) {
        more[0] =
            arena_printf(w->arena, ";其余各项重新加权 %s,仅供参考", indicative);
        more[1] = arena_printf(
            w->arena, "; the rest re-weighted %s, indicative only", indicative);
    }
    out->outcome = VERDICT_INSUFFICIENT;
    out->summary_zh = arena_printf(w->arena, "缺 %s,不给出 TLI(Σ)%s(%s)",
                                   w->missing.zh, more[0], standard);
    out->summary_en = arena_printf(w->arena, "no TLI(Σ): %s missing%s (%s)",
                                   w->missing.en, more[1], standard);
}

void trophic_lake(const struct trophic_sample *samples, size_t count, int day,
                  struct arena *arena, struct verdict *out)
{
    struct work w = {.samples = samples,
                     .count = count,
                     .arena = arena,
                     .missing = {"", ""}};
    const char *text = NULL;
    struct decimal sum;

    pthread_once(&once, read_all);
    *out = verdict_no_edition(
        VERDICT_WATER_TROPHIC, CADENCE_MONTH,
        "当日没有施行的湖库营养状态评价方法",
        "no method of rating the trophic state is in force on that day");
    if (!standard_edition_on(standard, day))
        return;
    out->edition = standard;
    derivation_start(&w.d, arena);
    for (int i = 0; i < TROPHIC_ITEMS; i++)
        rate_item(&w, i);
    if (weigh(&w, &sum, &text))
        derivation_say(&w.d, WORDS(arena, "TLI(Σ) = ΣW·TLI = %s",
                                   "TLI(Σ) = ΣW·TLI = %s", text));
    if (w.rated == TROPHIC_ITEMS && text)
        give(&w, sum, out);
    else
        withhold(&w, text, out);
    derivation_finish(&w.d, out);
}
