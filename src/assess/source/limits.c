#include "assess/source/limits.h"

#include "assess/source/constant.h"
#include "base/memory.h"

#include <assert.h>
#include <pthread.h>

static const char table_name[] = "emission-limits.csv";

static struct source_limit *limits;
static size_t limit_count;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* ---- reading ---- */

static enum source_rank rank_of(const char *standard)
{
    static const char *const words[] = {
        [SOURCE_GENERAL] = "general",
        [SOURCE_INDUSTRY] = "industry",
        [SOURCE_PROGRAMME] = "programme",
        [SOURCE_LOCAL] = "local",
    };
    const struct standard_table *t = standard_table("source-standards.csv");

    assert(t);
    for (size_t row = 0; row < t->row_count; row++) {
        for (size_t i = 0; i < LENGTH(words); i++) {
            if (standard_same_document(standard_text(t, row, "standard"),
                                       standard) &&
                standard_cell_is(t, row, "rank", words[i]))
                return (enum source_rank)i;
        }
    }
    assert(false); /* every standard has a rank */
    return SOURCE_GENERAL;
}

/* What source-standards.csv says of the row's standard. */
static const char *of_standard(const char *standard, const char *column)
{
    const struct standard_table *s = standard_table("source-standards.csv");

    for (size_t i = 0; i < s->row_count; i++) {
        if (standard_same_document(standard_text(s, i, "standard"), standard))
            return standard_text(s, i, column);
    }
    return "";
}

/* The region of the row, or else of its standard. */
static const char *regions_of(const struct standard_table *t, size_t row)
{
    const char *own = standard_text(t, row, "region");

    return *own ? own
                : of_standard(standard_text(t, row, "standard"), "region");
}

static struct source_limit limit_of(const struct standard_table *t,
                                    const struct limit *limit)
{
    size_t row = limit->row;
    struct source_limit l = {
        .limit = *limit,
        .rank = rank_of(limit->standard),
        .is_water = standard_cell_is(t, row, "medium", "water"),
        .is_rate = standard_cell_is(t, row, "averaging", "1h_total"),
        .dust_only =
            strcmp(of_standard(limit->standard, "abnormal"), "dust_only") == 0,
        .hours_count =
            strcmp(of_standard(limit->standard, "automatic"), "day") != 0,
        .level_named = standard_cell_is(t, row, "level_named", "yes"),
        .key_area = standard_cell_is(t, row, "area", "key"),
        .new_since = standard_day(t, row, "new_since", 0),
        .from_existing = standard_day(t, row, "valid_from_existing", 0),
        .regions = regions_of(t, row),
        .oxygen_when = standard_text(t, row, "ref_o2_when"),
    };

    if (standard_cell_is(t, row, "built", "new"))
        l.built = BUILT_NEW;
    if (standard_cell_is(t, row, "built", "existing"))
        l.built = BUILT_EXISTING;
    if (standard_cell_is(t, row, "water", "above"))
        l.water = WATER_WARM;
    if (standard_cell_is(t, row, "water", "cold"))
        l.water = WATER_COLD;
    l.folds = standard_decimal(t, row, "ref_o2_percent", &l.oxygen);
    l.has_height = standard_decimal(t, row, "stack_height_m", &l.height);
    return l;
}

static void read_limits(void)
{
    static const struct limit_columns columns = {.item = "item_code",
                                                 .grade = "level",
                                                 .use = "applies_to",
                                                 .period = "averaging"};
    const struct limit_table *t = limit_table_read(table_name, &columns);

    assert(t);
    limits = memory_new(t->count, sizeof(*limits));
    for (size_t i = 0; i < t->count; i++)
        limits[i] = limit_of(t->source, &t->limits[i]);
    limit_count = t->count;
}

const struct source_limit *source_limits(size_t *out_count)
{
    pthread_once(&once, read_limits);
    *out_count = limit_count;
    return limits;
}

/* ---- what an outlet is ---- */

/* One thing that rows apply to; a NULL standard: of any standard. */
struct word {
    const char *standard;
    struct span applies_to;
};

static void add_word(struct word *words, size_t *count, struct word word)
{
    if (*count < SOURCE_WORDS_MAX)
        words[(*count)++] = word;
}

/* An industry stands for its rows, anything else for itself. */
static void add_words(struct word *words, size_t *count, struct span text)
{
    const struct standard_table *t = standard_table("source-industries.csv");
    bool found = false;

    assert(t);
    for (size_t row = 0; row < t->row_count; row++) {
        if (!span_equal_nocase(text, standard_cell(t, row, "industry")) &&
            !span_equal_nocase(text, standard_cell(t, row, "name_zh")) &&
            !span_equal_nocase(text, standard_cell(t, row, "name_en")))
            continue;
        found = true;
        add_word(words, count,
                 (struct word){standard_text(t, row, "standard"),
                               standard_cell(t, row, "applies_to")});
    }
    if (!found)
        add_word(words, count, (struct word){NULL, text});
}

/* Names of rows hold ";" never, commas often. */
static size_t words_of(struct span applies_to,
                       struct word words[SOURCE_WORDS_MAX])
{
    size_t count = 0;

    while (applies_to.len) {
        struct span part = span_trim(span_take(&applies_to, ';'));

        if (part.len)
            add_words(words, &count, part);
    }
    return count;
}

static bool named(const struct source_limit *l, const struct word *word)
{
    return (!word->standard ||
            standard_same_document(word->standard, l->limit.standard)) &&
           span_equal_nocase(word->applies_to, span_of(l->limit.use));
}

bool source_known(struct span applies_to)
{
    struct word words[SOURCE_WORDS_MAX];
    size_t count = words_of(applies_to, words), rows;
    const struct source_limit *all = source_limits(&rows);

    for (size_t w = 0; w < count; w++) {
        bool known = false;

        for (size_t i = 0; i < rows && !known; i++)
            known = named(&all[i], &words[w]);
        if (!known)
            return false;
    }
    return count > 0;
}

bool source_dated(struct span applies_to, int day)
{
    struct word words[SOURCE_WORDS_MAX];
    size_t count = words_of(applies_to, words), rows;
    const struct source_limit *all = source_limits(&rows);

    for (size_t w = 0; w < count; w++) {
        for (size_t i = 0; i < rows; i++) {
            if (named(&all[i], &words[w]) &&
                standard_in_force(all[i].limit.from_day, all[i].limit.to_day,
                                  day))
                return true;
        }
    }
    return false;
}

/* ---- which rows hold ---- */

static bool lists(struct span list, struct span wanted)
{
    while (list.len) {
        if (span_equal_nocase(span_trim(span_take(&list, ';')), wanted))
            return true;
    }
    return false;
}

static bool lies_in(const struct source_limit *l, struct span region)
{
    enum { PROVINCE_DIGITS = 2 };

    return !*l->regions ||
           (region.len >= PROVINCE_DIGITS &&
            lists(span_of(l->regions), span_first(region, PROVINCE_DIGITS)));
}

static bool is_existing(const struct source_limit *l, int built)
{
    return l->new_since && built && built < l->new_since;
}

static bool in_force(const struct source_limit *l,
                     const struct source_outlet *o)
{
    bool existing = is_existing(l, o->built);
    int from =
        existing && l->from_existing ? l->from_existing : l->limit.from_day;

    return standard_in_force(from, l->limit.to_day, o->day);
}

static bool is_built(const struct source_limit *l, int built)
{
    return l->built == BUILT_ANY ||
           (l->built == BUILT_EXISTING) == is_existing(l, built);
}

static bool mean_is(const struct source_limit *l, enum source_mean mean)
{
    static const struct {
        enum source_mean mean;
        const char *averaging;
    } pairs[] = {
        {SOURCE_HOUR, "1h_mean"},
        {SOURCE_HOUR, "1h_total"},
        {SOURCE_DAY, "day_mean"},
        {SOURCE_DAY, "24h_mean_or_day_mean"},
        {SOURCE_FIVE_MINUTES, "5min_mean"},
        {SOURCE_MOMENT, "instantaneous"},
        {SOURCE_MOMENT, "max_of_4_samples"},
        {SOURCE_INSPECTION, "day_mean"},
        {SOURCE_INSPECTION, "1h_mean"},
        {SOURCE_INSPECTION, "1h_total"},
        {SOURCE_TEST, "measured_mean"},
        {SOURCE_TEST, "1h_mean"},
        {SOURCE_TEST, "1h_total"},
    };

    for (size_t i = 0; i < LENGTH(pairs); i++) {
        if (pairs[i].mean == mean &&
            strcmp(pairs[i].averaging, l->limit.period) == 0)
            return true;
    }
    return false;
}

static bool water_is(const struct source_limit *l,
                     const struct source_outlet *o)
{
    struct decimal cold = source_number("ammonia_cold_water");

    if (l->water == WATER_ANY)
        return true;
    return o->has_water_temperature &&
           (l->water == WATER_COLD) ==
               (decimal_compare(o->water_temperature, cold) <= 0);
}

/* Whether the row holds; if not, why is kept. The order matters: a row of
 * another region or age is no miss. */
static bool holds(const struct source_limit *l, const struct source_outlet *o,
                  struct source_miss *miss)
{
    if (!lies_in(l, o->region) || !is_built(l, o->built) ||
        (l->key_area && !o->key_area) ||
        (l->rank == SOURCE_PROGRAMME && !o->programme))
        return false;
    if (!in_force(l, o)) {
        miss->later = true;
        return false;
    }
    if (l->level_named && !lists(o->levels, span_of(l->limit.grade))) {
        miss->other_level = true;
        return false;
    }
    if (!mean_is(l, o->mean)) {
        miss->other_mean = true;
        return false;
    }
    if (!water_is(l, o)) {
        miss->temperature |= !o->has_water_temperature;
        return false;
    }
    return true;
}

/* ---- the one of each standard ---- */

static bool is_better(const struct source_limit *a, size_t place,
                      const struct source_pick *than)
{
    const struct source_limit *b = than->limit;
    bool a_regional = *a->regions, b_regional = *b->regions;

    if (a->key_area != b->key_area)
        return a->key_area;
    if (place != than->place)
        return place < than->place;
    if (a_regional != b_regional)
        return a_regional;
    return a->has_height && b->has_height &&
           decimal_compare(a->height, b->height) < 0;
}

static size_t add_pick(struct source_pick *picks, size_t count,
                       const struct source_limit *l, size_t place)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(picks[i].limit->limit.standard, l->limit.standard) != 0)
            continue;
        if (is_better(l, place, &picks[i]))
            picks[i] = (struct source_pick){l, place, true};
        return count;
    }
    if (count < SOURCE_PICKS_MAX)
        picks[count++] = (struct source_pick){l, place, true};
    return count;
}

/* Whether the words name an industry standard of the same medium. */
static bool industry_beside(const struct word *words, size_t word_count,
                            bool water)
{
    size_t count;
    const struct source_limit *all = source_limits(&count);

    for (size_t i = 0; i < count; i++) {
        for (size_t w = 0; w < word_count; w++) {
            if (all[i].rank == SOURCE_INDUSTRY && all[i].is_water == water &&
                named(&all[i], &words[w]))
                return true;
        }
    }
    return false;
}

/* Industry standards and programmes rank alike: each is rated. The highest
 * stands first. */
static int order_of(const struct source_limit *l)
{
    return l->rank == SOURCE_PROGRAMME ? SOURCE_INDUSTRY : (int)l->rank;
}

static void choose(struct source_pick *picks, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct source_pick pick = picks[i];
        size_t at = i;

        for (; at > 0 && order_of(picks[at - 1].limit) < order_of(pick.limit);
             at--)
            picks[at] = picks[at - 1];
        picks[at] = pick;
    }
    for (size_t i = 0; i < count; i++)
        picks[i].governs = order_of(picks[i].limit) == order_of(picks[0].limit);
}

size_t source_pick(const struct source_outlet *outlet, const char *item,
                   bool rate, struct source_pick out[SOURCE_PICKS_MAX],
                   struct source_miss *out_miss)
{
    struct word words[SOURCE_WORDS_MAX];
    size_t word_count = words_of(outlet->applies_to, words), rows, count = 0;
    const struct source_limit *all = source_limits(&rows);
    const bool industry[] = {industry_beside(words, word_count, false),
                             industry_beside(words, word_count, true)};

    *out_miss = (struct source_miss){0};
    for (size_t i = 0; i < rows; i++) {
        const struct source_limit *l = &all[i];

        if (l->is_rate != rate || strcmp(l->limit.item, item) != 0 ||
            (l->rank == SOURCE_GENERAL && industry[l->is_water]))
            continue;
        for (size_t w = 0; w < word_count; w++) {
            if (named(l, &words[w]) && holds(l, outlet, out_miss))
                count = add_pick(out, count, l, w);
        }
    }
    choose(out, count);
    return count;
}

const char *source_mean_text(enum source_mean mean, bool english)
{
    static const char *const texts[][2] = {
        [SOURCE_HOUR] = {"小时均值", "hourly mean"},
        [SOURCE_DAY] = {"日均值", "daily mean"},
        [SOURCE_FIVE_MINUTES] = {"5分钟均值", "five-minute mean"},
        [SOURCE_MOMENT] = {"瞬时值", "single sample"},
        [SOURCE_INSPECTION] = {"执法抽测值", "sample of an inspection"},
        [SOURCE_TEST] = {"测定均值", "mean of the test"},
    };

    return texts[mean][english];
}
