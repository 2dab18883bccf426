#include "assess/basin/water_change.h"

#include "assess/basin/basin.h"
#include "assess/derivation/derivation.h"
#include "assess/factor/factor.h"
#include "assess/standard/standard.h"
#include "assess/step.h"
#include "assess/water/water_table.h"

#include <assert.h>
#include <pthread.h>

static const char standard[] = "环办〔2011〕22号";

enum { BY_GRADE, BY_SHARE, WAYS, NO_CHANGE = 3, CLASS_III = 3 };

/* Above the first it is some change, above the second a clear one. */
static struct {
    int some_above, clear_above;
    const char *confidence;
} ways[WAYS];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void read_ways(void)
{
    const struct standard_table *t = standard_table("water-change.csv");

    assert(t && t->row_count == WAYS);
    for (size_t row = 0; row < t->row_count; row++) {
        int way =
            standard_cell_is(t, row, "record", "grade") ? BY_GRADE : BY_SHARE;

        ways[way].some_above = standard_int(t, row, "some_above", 0);
        ways[way].clear_above = standard_int(t, row, "clear_above", 0);
        ways[way].confidence = standard_text(t, row, "confidence");
    }
}

static const char *const level_zh[] = {"",           "明显好转", "有所好转",
                                       "无明显变化", "有所变差", "明显变差"};
static const char *const level_en[] = {"",
                                       "clearly better",
                                       "somewhat better",
                                       "no clear change",
                                       "somewhat worse",
                                       "clearly worse"};

/* 1 to 5 of a change of so many parts, better when positive; `unit` parts are
 * one of the table's. */
static int level_of(int way, int64_t change, int64_t unit)
{
    int64_t size = change < 0 ? -change : change;
    int steps = (size > ways[way].some_above * unit) +
                (size > ways[way].clear_above * unit);

    return change < 0 ? NO_CHANGE + steps : NO_CHANGE - steps;
}

struct work {
    const struct change_pair *pairs;
    size_t count;
    int day;
    struct arena *arena;
    struct derivation d;
};

/* Grade 1 to 5 of a section by its class: I and II are one. */
static int grade_of_class(int class)
{
    return class > 1 ? class - 1 : 1;
}

/* "light pollution (share of classes I to III: 3/5 = 60.0 %; …)" */
static const char *with_shares(struct work *w, const struct verdict *v,
                               const char *level, bool english)
{
    const char *list = "";

    for (size_t i = 0; i < v->item_count; i++) {
        const struct verdict_item *item = &v->items[i];

        if (strncmp(item->factor, "share_", 6) == 0)
            list = step_join(w->arena, list, english ? "; " : ";",
                             english ? item->step_en : item->step_zh);
    }
    return arena_printf(w->arena, english ? "%s (%s)" : "%s(%s)", level, list);
}

/* The grade of all sections in one period; 0: they have none. */
static int grade_of(struct work *w, bool after, const char *name[2])
{
    struct basin_section *sections;
    struct verdict v;

    if (w->count == 1) {
        int class = after ? w->pairs[0].after : w->pairs[0].before;

        name[0] = water_class(class)->grade_zh;
        name[1] = water_class(class)->grade_en;
        return grade_of_class(class);
    }
    if (w->count < BASIN_SHARES_FROM)
        return 0;
    sections = arena_new(w->arena, w->count, sizeof(*sections));
    for (size_t i = 0; i < w->count; i++)
        sections[i] = (struct basin_section){
            .name = w->pairs[i].section,
            .class = after ? w->pairs[i].after : w->pairs[i].before};
    basin_grade(sections, w->count, w->day, w->arena, &v);
    name[0] = with_shares(w, &v, v.level_zh, false);
    name[1] = with_shares(w, &v, v.level_en, true);
    return v.rating;
}

static int by_grade(struct work *w)
{
    const char *before_name[2], *after_name[2];
    int before = grade_of(w, false, before_name);
    int after = grade_of(w, true, after_name);
    int level;

    if (!before || !after)
        return 0;
    level = level_of(BY_GRADE, before - after, 1);
    derivation_rely(&w->d, ways[BY_GRADE].confidence);
    derivation_say(
        &w->d,
        (struct words){
            arena_printf(w->arena, "等级法:%s → %s,变化 %d 级 → %s",
                         before_name[0], after_name[0],
                         before < after ? after - before : before - after,
                         level_zh[level]),
            arena_printf(w->arena, "by grade: %s to %s, %d steps → %s",
                         before_name[1], after_name[1],
                         before < after ? after - before : before - after,
                         level_en[level])});
    return level;
}

static int64_t count_where(const struct work *w, bool after, bool good)
{
    int64_t n = 0;

    for (size_t i = 0; i < w->count; i++) {
        int class = after ? w->pairs[i].after : w->pairs[i].before;

        n += good ? class <= CLASS_III : class == WATER_WORSE;
    }
    return n;
}

static int by_share(struct work *w)
{
    int64_t n = (int64_t)w->count;
    int64_t g[2] = {count_where(w, false, true), count_where(w, true, true)};
    int64_t d[2] = {count_where(w, false, false), count_where(w, true, false)};
    int64_t change = 100 * ((g[1] - g[0]) - (d[1] - d[0]));
    struct decimal points;
    int level;

    if (w->count < BASIN_SHARES_FROM)
        return 0;
    level = level_of(BY_SHARE, change, n);
    if (decimal_divide(DECIMAL(change, 0), DECIMAL(n, 0), -1, ROUND_HALF_EVEN,
                       &points))
        return 0;
    derivation_rely(&w->d, ways[BY_SHARE].confidence);
    derivation_say(
        &w->d,
        (struct words){
            arena_printf(w->arena,
                         "比例法:ΔG − ΔD = ((%lld − %lld) − (%lld − "
                         "%lld))/%lld×100 = %s 个百分点 → %s",
                         (long long)g[1], (long long)g[0], (long long)d[1],
                         (long long)d[0], (long long)n,
                         step_decimal(w->arena, points), level_zh[level]),
            arena_printf(w->arena,
                         "by shares: ΔG − ΔD = ((%lld − %lld) − (%lld − "
                         "%lld))/%lld×100 = %s points → %s",
                         (long long)g[1], (long long)g[0], (long long)d[1],
                         (long long)d[0], (long long)n,
                         step_decimal(w->arena, points), level_en[level])});
    return level;
}

static int size_of(int level)
{
    return level < NO_CHANGE ? NO_CHANGE - level : level - NO_CHANGE;
}

/* ---- the same items ---- */

/* Takes the first name of a list off; separators of both scripts are taken. */
static struct span take_name(struct span *list)
{
    static const char *const marks[] = {";", ",", "\uff1b", "、", "\uff0c"};

    for (size_t i = 0; i < list->len; i++) {
        for (size_t m = 0; m < LENGTH(marks); m++) {
            struct span name = span_first(*list, i);

            if (!span_starts(span_from(*list, i), span_of(marks[m])))
                continue;
            *list = span_from(*list, i + strlen(marks[m]));
            return span_trim(name);
        }
    }
    return span_trim(span_take(list, '\n'));
}

static bool is_same(struct span a, struct span b)
{
    const struct factor *x = factor_find(a), *y = factor_find(b);

    return x || y ? x == y : span_equal_nocase(a, b);
}

static bool holds(struct span list, struct span name)
{
    while (list.len) {
        struct span one = take_name(&list);

        if (one.len && is_same(one, name))
            return true;
    }
    return false;
}

/* What of a list the other one lacks; how many names there are, each once. */
static const char *only_in(struct span list, struct span other,
                           struct arena *arena, int *out_count)
{
    struct span rest = list;
    const char *only = "";

    *out_count = 0;
    while (rest.len) {
        size_t done = list.len - rest.len;
        struct span name = take_name(&rest);

        if (!name.len || holds(span_first(list, done), name))
            continue;
        ++*out_count;
        if (!holds(other, name))
            only = step_join(arena, only, "、", arena_copy(arena, name).at);
    }
    return only;
}

const char *water_change_items(struct span before, struct span after,
                               struct arena *arena, int *out_count)
{
    int count;
    const char *first = only_in(before, after, arena, out_count);
    const char *second = only_in(after, before, arena, &count);

    return *second ? step_join(arena, first, "、", second) : first;
}

/* ---- telling ---- */

static struct words items_words(struct work *w, const struct change_pair *p)
{
    if (!p->items)
        return (struct words){"评价项目未给出,是否相同未核对",
                              "items not told: not checked to be the same"};
    return WORDS(w->arena, "相同项目 %d 项", "the same %d items", p->items);
}

static void say_pairs(struct work *w)
{
    for (size_t i = 0; i < w->count; i++) {
        const struct change_pair *p = &w->pairs[i];
        struct words items = items_words(w, p);
        struct verdict_item *item = derivation_add(
            &w->d, "section", (struct words){p->section, p->section});

        item->rating = p->after;
        item->step_zh = arena_printf(w->arena, "%s:%s类 → %s类(%s)", p->section,
                                     water_class(p->before)->name_zh,
                                     water_class(p->after)->name_zh, items.zh);
        item->step_en =
            arena_printf(w->arena, "%s: class %s to class %s (%s)", p->section,
                         water_class(p->before)->name_en,
                         water_class(p->after)->name_en, items.en);
    }
}

/* Which way decides, and what the other one says where it differs. */
static struct words by_which(struct work *w, int grade, int share,
                             bool by_shares)
{
    int other = by_shares ? grade : share;
    bool larger = size_of(grade) != size_of(share);

    if (!grade || !share)
        return by_shares ? (struct words){"按比例法", "by shares"}
                         : (struct words){"按等级法", "by grade"};
    if (grade == share)
        return (struct words){"等级法、比例法相同", "by grade and by shares"};
    return (struct words){
        arena_printf(w->arena, "按%s法%s;%s法为%s", by_shares ? "比例" : "等级",
                     larger ? ",变化较大" : "", by_shares ? "等级" : "比例",
                     level_zh[other]),
        arena_printf(w->arena, "by %s%s; by %s: %s",
                     by_shares ? "shares" : "grade",
                     larger ? ", the larger change" : "",
                     by_shares ? "grade" : "shares", level_en[other])};
}

static void give(struct work *w, int grade, int share, struct verdict *out)
{
    bool by_shares = !grade || (share && size_of(share) > size_of(grade));
    int level = by_shares ? share : grade;
    bool both = grade && share;
    struct words which;

    if (!level) {
        out->outcome = VERDICT_INSUFFICIENT;
        out->summary_zh = arena_printf(
            w->arena, "%zu 个断面只有类别,无法评定等级,也不足 %d 个断面(%s)",
            w->count, BASIN_SHARES_FROM, standard);
        out->summary_en = arena_printf(
            w->arena,
            "%zu sections with classes alone have no grade, and are fewer than "
            "%d (%s)",
            w->count, BASIN_SHARES_FROM, standard);
        return;
    }
    if (both)
        derivation_rely(&w->d, "medium"); /* which of both decides */
    out->outcome = VERDICT_GIVEN;
    out->rating = out->level = level;
    out->level_zh = level_zh[level];
    out->level_en = level_en[level];
    which = by_which(w, grade, share, by_shares);
    out->summary_zh = arena_printf(w->arena, "%s(%s)(%s)", level_zh[level],
                                   which.zh, standard);
    out->summary_en = arena_printf(w->arena, "%s, %s (%s)", level_en[level],
                                   which.en, standard);
    derivation_say(
        &w->d,
        (struct words){arena_printf(w->arena, "结果:%s", level_zh[level]),
                       arena_printf(w->arena, "result: %s", level_en[level])});
}

void water_change(const struct change_pair *pairs, size_t count, int day,
                  struct arena *arena, struct verdict *out)
{
    struct work w = {
        .pairs = pairs, .count = count, .day = day, .arena = arena};
    int grade, share;

    pthread_once(&once, read_ways);
    *out = verdict_no_edition(
        VERDICT_WATER_CHANGE, CADENCE_MONTH,
        "当日没有施行的地表水环境质量评价办法",
        "no method of rating surface water is in force on that day");
    if (!standard_edition_on(standard, day))
        return;
    out->edition = standard;
    derivation_start(&w.d, arena);
    say_pairs(&w);
    grade = by_grade(&w);
    share = by_share(&w);
    give(&w, grade, share, out);
    derivation_finish(&w.d, out);
}
