#include "assess/drinking/source.h"

#include "assess/drinking/finding.h"
#include "assess/step.h"

#include <stdlib.h>

enum { RATE_DECIMALS = 1, ITEMS = 6 };

/* What the months of all sources came to. */
struct tally {
    struct arena *arena;
    size_t sources[2], months[2]; /* that comply, that were judged */
    struct decimal volume[2];     /* from source-months that comply, from all */
    bool overflow;
    const char *failing, *undecided, *unmeasured; /* lists of source-months */
    size_t unmeasured_count;
};

enum { COMPLYING, JUDGED };

/* One after another by source and month, else as they came. */
static int compare_months(const void *a, const void *b)
{
    const struct drinking_source_month *x = a, *y = b;
    size_t shorter =
        x->source.len < y->source.len ? x->source.len : y->source.len;
    int order = shorter ? memcmp(x->source.at, y->source.at, shorter) : 0;

    if (!order)
        order =
            (x->source.len > y->source.len) - (x->source.len < y->source.len);
    return order ? order : x->month - y->month;
}

/* Two samples of a month: it complies when both do. */
static void merge(struct drinking_source_month *into,
                  const struct drinking_source_month *m)
{
    if (m->rating == 1 || (m->rating < 0 && into->rating == 0))
        into->rating = m->rating;
    if (!into->has_volume && m->has_volume) {
        into->has_volume = true;
        into->volume = m->volume;
    }
}

/* Sorted, each source-month once; returns how many there are. */
static size_t merge_all(struct drinking_source_month *months, size_t count)
{
    size_t kept = 0;

    if (count)
        qsort(months, count, sizeof(*months), compare_months);
    for (size_t i = 0; i < count; i++) {
        if (kept && compare_months(&months[kept - 1], &months[i]) == 0)
            merge(&months[kept - 1], &months[i]);
        else
            months[kept++] = months[i];
    }
    return kept;
}

static void list(struct tally *t, const char **names,
                 const struct drinking_source_month *m)
{
    *names =
        step_join(t->arena, *names, ", ",
                  arena_printf(t->arena, "%.*s %04d-%02d", SPAN_ARG(m->source),
                               m->month / 100, m->month % 100));
}

static void add_volume(struct tally *t, const struct drinking_source_month *m)
{
    if (!m->has_volume) {
        t->unmeasured_count++;
        list(t, &t->unmeasured, m);
        return;
    }
    for (int which = m->rating == 0 ? COMPLYING : JUDGED; which <= JUDGED;
         which++) {
        if (decimal_add(t->volume[which], m->volume, &t->volume[which]))
            t->overflow = true;
    }
}

static void add_month(struct tally *t, const struct drinking_source_month *m)
{
    if (m->rating < 0) {
        list(t, &t->undecided, m);
        return;
    }
    t->months[JUDGED]++;
    t->months[COMPLYING] += m->rating == 0;
    if (m->rating == 1)
        list(t, &t->failing, m);
    add_volume(t, m);
}

/* The months of one source, which stand together. */
static void add_source(struct tally *t,
                       const struct drinking_source_month *months, size_t count)
{
    bool fails = false, open = false;

    for (size_t i = 0; i < count; i++) {
        fails |= months[i].rating == 1;
        open |= months[i].rating < 0;
        add_month(t, &months[i]);
    }
    if (!fails && open)
        return; /* neither good nor bad */
    t->sources[JUDGED]++;
    t->sources[COMPLYING] += !fails;
}

static struct tally tally_of(const struct drinking_source_month *months,
                             size_t count, struct arena *arena)
{
    struct tally t = {
        .arena = arena, .failing = "", .undecided = "", .unmeasured = ""};

    for (size_t from = 0, to; from < count; from = to) {
        for (to = from + 1;
             to < count && span_equal(months[from].source, months[to].source);
             to++)
            ;
        add_source(&t, &months[from], to - from);
    }
    return t;
}

/* part / whole x 100 %, as an item; false when there is no whole. */
static bool add_rate(struct findings *f, const char *factor,
                     const char *const name[2], const struct decimal parts[2],
                     struct decimal *out)
{
    const char *part = step_decimal(f->arena, parts[COMPLYING]);
    const char *whole = step_decimal(f->arena, parts[JUDGED]);
    const char *step[2];
    struct verdict_item *item;

    if (decimal_muldiv(parts[COMPLYING], DECIMAL(100, 0), parts[JUDGED],
                       -RATE_DECIMALS, ROUND_HALF_EVEN, out))
        return false;
    for (int english = 0; english < 2; english++)
        step[english] = arena_printf(f->arena, "%s%s%s / %s × 100 %% = %s %%",
                                     name[english], english ? ": " : ":", part,
                                     whole, step_decimal(f->arena, *out));
    item = findings_add(f, FINDING_LEFT, factor, name, step);
    item->has_value = true;
    item->value = *out;
    item->unit = "%";
    return true;
}

static bool add_counts(struct findings *f, const char *factor,
                       const char *const name[2], const size_t parts[2],
                       struct decimal *out)
{
    struct decimal numbers[2] = {DECIMAL((int64_t)parts[COMPLYING], 0),
                                 DECIMAL((int64_t)parts[JUDGED], 0)};

    return add_rate(f, factor, name, numbers, out);
}

static void add_list(struct findings *f, const char *factor,
                     const char *const name[2], const char *names)
{
    if (*names)
        findings_add(f, FINDING_LEFT, factor, name,
                     (const char *const[2]){
                         arena_printf(f->arena, "%s:%s", name[0], names),
                         arena_printf(f->arena, "%s: %s", name[1], names)});
}

static bool add_volume_rate(struct findings *f, const struct tally *t,
                            struct decimal *out)
{
    static const char *const name[2] = {"水量达标率(万 t)",
                                        "volume rate (10⁴ t)"};

    if (!t->unmeasured_count && !t->overflow &&
        add_rate(f, "volume_rate", name, t->volume, out))
        return true;
    if (t->unmeasured_count)
        add_list(f, "volume_rate",
                 (const char *const[2]){"缺取水量,不算水量达标率",
                                        "no volume rate, volumes are missing"},
                 t->unmeasured);
    return false;
}

static void summarise(const struct tally *t, struct decimal sources,
                      const struct decimal *volume, struct verdict *out)
{
    struct arena *a = t->arena;
    const char *rate[2] = {"缺", "missing"};

    if (volume)
        rate[0] = rate[1] = arena_printf(a, "%s %%", step_decimal(a, *volume));
    out->summary_zh = arena_printf(
        a, "水源达标率 %s %%(%zu/%zu),水量达标率 %s%s%s%s%s",
        step_decimal(a, sources), t->sources[COMPLYING], t->sources[JUDGED],
        rate[0], *t->failing ? ";不达标:" : "", t->failing,
        *t->undecided ? ";待定、不计入:" : "", t->undecided);
    out->summary_en = arena_printf(
        a, "source rate %s %% (%zu/%zu), volume rate %s%s%s%s%s",
        step_decimal(a, sources), t->sources[COMPLYING], t->sources[JUDGED],
        rate[1], *t->failing ? "; failing: " : "", t->failing,
        *t->undecided ? "; undecided, not counted: " : "", t->undecided);
}

void drinking_source_rates(const struct drinking_source_month *months,
                           size_t count, const char *edition,
                           struct arena *arena, struct verdict *out)
{
    struct drinking_source_month *own =
        arena_new(arena, count + 1, sizeof(*own));
    struct decimal sources, of_months, volume;
    struct findings f;
    struct tally t;
    bool has_volume;

    *out = verdict_no_edition(VERDICT_DRINKING_SOURCE, CADENCE_MONTH,
                              "没有评价过的水源,不算达标率",
                              "no source was judged, no rate");
    if (count)
        memcpy(own, months, count * sizeof(*own));
    t = tally_of(own, merge_all(own, count), arena);
    findings_init(&f, ITEMS, arena);
    out->edition = edition;
    out->outcome = VERDICT_INSUFFICIENT;
    out->items = f.items;
    add_list(&f, "undecided",
             (const char *const[2]){"待定,不计入", "undecided, not counted"},
             t.undecided);
    add_list(&f, "failing", (const char *const[2]){"不达标", "failing"},
             t.failing);
    if (add_counts(
            &f, "source_month_rate",
            (const char *const[2]){"水源月次达标率", "rate of source-months"},
            t.months, &of_months) &&
        add_counts(&f, "source_rate",
                   (const char *const[2]){"水源达标率", "source rate"},
                   t.sources, &sources)) {
        has_volume = add_volume_rate(&f, &t, &volume);
        out->outcome = VERDICT_GIVEN;
        out->rating = t.sources[COMPLYING] < t.sources[JUDGED];
        out->level = out->rating + 1;
        out->level_zh = out->rating ? "未全部达标" : "全部达标";
        out->level_en = out->rating ? "not all comply" : "all comply";
        out->has_index = has_volume;
        if (has_volume)
            out->index = volume;
        summarise(&t, sources, has_volume ? &volume : NULL, out);
    }
    out->item_count = f.count;
}
