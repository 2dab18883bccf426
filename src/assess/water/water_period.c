#include "assess/water/water_period.h"

#include "assess/step.h"
#include "assess/water/water_mean.h"

enum { ITEMS_MAX = 64, MONTHS_MAX = 12 };

/* One item of the section over the period. */
struct gathered {
    const struct water_reading *readings;
    size_t count;
    struct arena *arena;
    struct water_measure *list; /* room for all readings */
    const char *how_zh, *how_en;
};

static int month_of(const struct water_reading *r)
{
    return r->day / 100;
}

/* The readings of a month that count: automatic ones, where those come first.
 */
static size_t month_list(const struct gathered *g,
                         const struct water_item *item, int month,
                         bool *out_mixed)
{
    bool automatic = false, manual = false;
    size_t count = 0;

    for (size_t i = 0; i < g->count; i++) {
        const struct water_reading *r = &g->readings[i];

        if (r->measure.item != item || month_of(r) != month)
            continue;
        automatic |= r->automatic;
        manual |= !r->automatic;
    }
    *out_mixed = automatic && manual;
    for (size_t i = 0; i < g->count; i++) {
        const struct water_reading *r = &g->readings[i];

        /* of other items the laboratory's value counts when both are there */
        if (r->measure.item == item && month_of(r) == month &&
            (!*out_mixed || r->automatic == item->automatic_first))
            g->list[count++] = r->measure;
    }
    return count;
}

static void tell(struct gathered *g, const char *zh, const char *en)
{
    g->how_zh = step_join(g->arena, g->how_zh, ";", zh);
    g->how_en = step_join(g->arena, g->how_en, "; ", en);
}

static bool month_mean(struct gathered *g, const struct water_item *item,
                       int month, struct water_measure *out)
{
    bool mixed;
    size_t count = month_list(g, item, month, &mixed);
    struct arena *a = g->arena;
    const char *how;

    *out = (struct water_measure){.item = item};
    if (!count || !water_mean(g->list, count, a, &out->value, &how))
        return false;
    if (count == 1 && g->list[0].below_detection)
        *out = g->list[0]; /* stays "below" for what is told of it */
    else if (*how)
        tell(g,
             arena_printf(a, "%d 年 %d 月均值 %s", month / 100, month % 100,
                          how),
             arena_printf(a, "mean of %d-%02d %s", month / 100, month % 100,
                          how));
    if (mixed)
        tell(g,
             arena_printf(a, "%d 年 %d 月%s", month / 100, month % 100,
                          item->automatic_first
                              ? "自动监测数据优先,当月手工数据未用"
                              : "采用手工监测数据,当月自动数据未用"),
             arena_printf(a, "in %d-%02d %s", month / 100, month % 100,
                          item->automatic_first
                              ? "automatic readings come first, samples of "
                                "the month are not used"
                              : "samples are used, automatic readings of the "
                                "month are not"));
    return true;
}

/* The months that the readings lie in, ascending; returns how many. */
static size_t months_of(const struct water_reading *readings, size_t count,
                        int out[MONTHS_MAX])
{
    size_t n = 0;

    for (size_t i = 0; i < count; i++) {
        int month = month_of(&readings[i]);
        size_t at = n;

        while (at > 0 && out[at - 1] >= month)
            at--;
        if ((at < n && out[at] == month) || n == MONTHS_MAX)
            continue;
        memmove(out + at + 1, out + at, (n - at) * sizeof(*out));
        out[at] = month;
        n++;
    }
    return n;
}

static size_t days_of(const struct water_reading *readings, size_t count)
{
    size_t days = 0;

    for (size_t i = 0; i < count; i++) {
        bool again = false;

        for (size_t j = 0; j < i && !again; j++)
            again = readings[j].day == readings[i].day;
        days += !again;
    }
    return days;
}

/* The mean of the months' means. */
static bool period_mean(struct gathered *g, const struct water_item *item,
                        const int *months, size_t month_count,
                        struct water_measure *out)
{
    struct water_measure means[MONTHS_MAX];
    const char *how;
    size_t count = 0;

    for (size_t i = 0; i < month_count; i++)
        count += month_mean(g, item, months[i], &means[count]);
    if (count == 0)
        return false;
    *out = means[0];
    if (count == 1)
        return true;
    *out = (struct water_measure){.item = item};
    if (!water_mean(means, count, g->arena, &out->value, &how))
        return false;
    tell(g, arena_printf(g->arena, "各月均值平均 %s", how),
         arena_printf(g->arena, "mean of the months %s", how));
    return true;
}

static bool seen_before(const struct water_reading *readings, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (readings[i].measure.item == readings[at].measure.item)
            return true;
    }
    return false;
}

/* Puts how the means came about before what was made of them. */
static void put_means(struct verdict *v, const char *const (*how)[2],
                      size_t count, struct arena *arena)
{
    struct verdict_item *items =
        arena_new(arena, v->item_count + 1, sizeof(*items));

    for (size_t i = 0; i < v->item_count; i++) {
        items[i] = v->items[i];
        if (i >= count || !*how[i][0])
            continue;
        items[i].step_zh =
            arena_printf(arena, "%s;%s", how[i][0], items[i].step_zh);
        items[i].step_en =
            arena_printf(arena, "%s; %s", how[i][1], items[i].step_en);
    }
    v->items = items;
}

/* a list with its length: NOLINTNEXTLINE(readability-function-size) */
void water_period(const struct water_reading *readings, size_t count,
                  const struct water_terms *terms, int day, struct arena *arena,
                  struct verdict *out)
{
    struct gathered g = {.readings = readings, .count = count, .arena = arena};
    struct water_terms counted = *terms;
    struct water_value values[ITEMS_MAX];
    const char *how[ITEMS_MAX][2] = {{NULL, NULL}};
    int months[MONTHS_MAX];
    size_t month_count = months_of(readings, count, months), n = 0;

    g.list = arena_new(arena, count + 1, sizeof(*g.list));
    for (size_t i = 0; i < count && n < ITEMS_MAX; i++) {
        struct water_measure mean;

        g.how_zh = g.how_en = "";
        if (seen_before(readings, i) ||
            !period_mean(&g, readings[i].measure.item, months, month_count,
                         &mean))
            continue;
        span_copy(span_of(mean.item->code), values[n].factor,
                  sizeof(values[n].factor));
        values[n].value = mean.value;
        values[n].below_detection = mean.below_detection;
        how[n][0] = g.how_zh;
        how[n++][1] = g.how_en;
    }
    counted.samples = (int)(terms->span == WATER_YEAR && terms->state_controlled
                                ? month_count
                                : days_of(readings, count));
    water_judge(values, n, &counted, day, arena, out);
    put_means(out, (const char *const(*)[2])how, n, arena);
}
