#include "assess/soil/farmland.h"

static const char standard[] = "GB 15618-2018";

enum { LOW = 1, POSSIBLE, HIGH };

static const struct words levels[] = {
    [LOW] = {"风险低(优先保护类)", "low risk (priority protection)"},
    [POSSIBLE] = {"可能存在风险(安全利用类)", "risk may exist (safe use)"},
    [HIGH] = {"风险高(严格管控类)", "high risk (strict control)"},
};

struct work {
    const struct farmland_sample *sample;
    const char *standard; /* the edition of the day */
    struct arena *arena;
    struct derivation d;
    struct words unrated, lower_bounds, worst_names;
    int worst;
};

static const struct soil_value *value_of(const struct work *w, const char *item)
{
    for (size_t i = 0; i < w->sample->count; i++) {
        if (strcmp(w->sample->values[i].item, item) == 0)
            return &w->sample->values[i];
    }
    return NULL;
}

/* "min(paddy 0.4, other 0.3) = 0.3", or the value alone. */
static struct words screening_words(const struct work *w, const struct limit *s,
                                    const struct limit *other)
{
    const char *value = step_decimal(w->arena, s->high);

    if (!other)
        return (struct words){value, value};
    return WORDS(w->arena, "min(%s, %s)", "min(%s, %s)", value,
                 step_decimal(w->arena, other->high));
}

static const char *sign(struct decimal value, struct decimal limit)
{
    return decimal_compare(value, limit) > 0 ? ">" : "≤";
}

/* The steps of a rated item; `how` says where the value comes from. */
static void explain(struct work *w, struct verdict_item *item,
                    const struct limit *const limits[3], struct words how)
{
    struct arena *a = w->arena;
    const struct limit *s = limits[0], *g = limits[1];
    struct words land = soil_land_words(w->sample->place.land);
    struct words screening = screening_words(w, s, limits[2]);
    const char *v = step_decimal(a, item->value);
    const char *band = soil_ph_band(s, a);
    struct words over = {"", ""};
    const char *than = sign(item->value, s->high);

    if (g && item->rating >= POSSIBLE)
        over = WORDS(a, ";%s %s 管制值 %s", "; %s %s intervention value %s", v,
                     sign(item->value, g->high), step_decimal(a, g->high));
    else if (item->rating >= POSSIBLE)
        over = (struct words){";无管制值", "; no intervention value"};
    if (item->has_multiple)
        over = (struct words){
            arena_printf(a, "%s;超筛选值倍数 %s/%s−1 = %s", over.zh, v,
                         step_decimal(a, s->high),
                         step_decimal(a, item->multiple)),
            arena_printf(a, "%s; over the screening value by %s/%s−1 = %s",
                         over.en, v, step_decimal(a, s->high),
                         step_decimal(a, item->multiple))};
    if (*band)
        band = arena_printf(a, ", %s", band);
    item->step_zh = arena_printf(
        a, "%s %s mg/kg%s(%s%s):%s %s 筛选值 %s%s → %d 级 %s", item->name_zh, v,
        how.zh, land.zh, band, v, than, screening.zh, over.zh, item->rating,
        levels[item->rating].zh);
    item->step_en = arena_printf(
        a, "%s %s mg/kg%s (%s%s): %s %s screening value %s%s → level %d, %s",
        item->name_en, v, how.en, land.en, band, v, than, screening.en, over.en,
        item->rating, levels[item->rating].en);
}

static void rate(struct work *w, struct verdict_item *item,
                 const struct soil_value *value, struct words how)
{
    const struct soil_place *place = &w->sample->place;
    const struct limit *limits[3], *unused;

    limits[0] =
        soil_farmland_limit(item->factor, "screening", place, &limits[2]);
    limits[1] =
        soil_farmland_limit(item->factor, "intervention", place, &unused);
    if (!limits[0]) {
        soil_leave_unrated(
            w->arena, &w->unrated, item,
            !place->ph && soil_needs_ph(item->factor, place->day)
                ? (struct words){"缺 pH", "the pH is missing"}
                : (struct words){"该标准无限值", "the standard has no value"});
        return;
    }
    item->has_limit = true;
    item->limit = limits[0]->high;
    if (value->value.mantissa < 0) {
        soil_leave_unrated(w->arena, &w->unrated, item,
                           (struct words){"负值", "a negative value"});
        return;
    }
    if (value->below_detection && !limit_meets(limits[0], value->value)) {
        soil_leave_unrated(w->arena, &w->unrated, item,
                           (struct words){"检出限高于筛选值",
                                          "the detection limit is above the "
                                          "screening value"});
        return;
    }
    item->rating = limit_meets(limits[0], value->value) ? LOW
                   : !limits[1] || limit_meets(limits[1], value->value)
                       ? POSSIBLE
                       : HIGH;
    item->has_multiple =
        limit_multiple(limits[0], item->value, &item->multiple);
    derivation_item_rely(&w->d, item, limits[0]->confidence);
    explain(w, item, limits, how);
    w->worst = item->rating > w->worst ? item->rating : w->worst;
}

static struct words below_words(const struct soil_value *v)
{
    return v->below_detection ? (struct words){"(未检出,为检出限)",
                                               " (not detected: the limit of "
                                               "detection)"}
                              : (struct words){"", ""};
}

static void judge_item(struct work *w, const struct soil_item *known)
{
    const struct soil_value *given = value_of(w, known->code);
    struct soil_value value;
    struct soil_sum sum;
    struct words how;
    struct verdict_item *item;

    if (given) {
        value = *given;
        how = below_words(given);
    } else if (soil_sum_of(w->standard, known->code, w->sample->values,
                           w->sample->count, w->arena, &sum)) {
        value = (struct soil_value){known->code, sum.total, false};
        how.zh = arena_printf(w->arena, "(= %s)", sum.line.zh);
        how.en = arena_printf(w->arena, " (= %s)", sum.line.en);
        if (*sum.missing.zh) {
            how = (struct words){
                arena_printf(w->arena, "%s,下限,缺 %s", how.zh, sum.missing.zh),
                arena_printf(w->arena, "%s, a lower bound without %s", how.en,
                             sum.missing.en)};
            w->lower_bounds =
                words_join(w->arena, w->lower_bounds,
                           (struct words){known->name_zh, known->name_en});
        }
    } else {
        return;
    }
    item = derivation_add(&w->d, known->code,
                          (struct words){known->name_zh, known->name_en});
    derivation_value(item, value.value, "mg/kg");
    rate(w, item, &value, how);
}

/* The eight metals that every sample should have; those it lacks. */
static struct words missing_basic(const struct work *w)
{
    const struct soil_item *item;
    struct words list = {"", ""};

    for (size_t i = 0; (item = soil_farmland_item(i)); i++) {
        if (soil_needs_ph(item->code, w->sample->place.day) &&
            !value_of(w, item->code))
            list = words_join(w->arena, list,
                              (struct words){item->name_zh, item->name_en});
    }
    return list;
}

static void mark_decisive(struct work *w)
{
    for (size_t i = 0; i < w->d.count; i++) {
        struct verdict_item *item = &w->d.items[i];

        if (item->rating < POSSIBLE || item->rating != w->worst)
            continue;
        item->decisive = true;
        w->worst_names =
            words_join(w->arena, w->worst_names,
                       (struct words){item->name_zh, item->name_en});
    }
}

static void add_remark(struct work *w, struct verdict *v, struct words list,
                       struct words before)
{
    if (!*list.zh)
        return;
    v->summary_zh =
        arena_printf(w->arena, "%s;%s:%s", v->summary_zh, before.zh, list.zh);
    v->summary_en =
        arena_printf(w->arena, "%s; %s: %s", v->summary_en, before.en, list.en);
}

static void conclude(struct work *w, struct verdict *v)
{
    struct arena *a = w->arena;
    struct words names;

    mark_decisive(w);
    names = w->worst_names;
    if (w->worst == 0 || *w->unrated.zh) {
        v->outcome = VERDICT_INSUFFICIENT;
        v->summary_zh = "不能给出结论";
        v->summary_en = "no result";
    } else {
        v->rating = v->level = w->worst;
        v->level_zh = levels[w->worst].zh;
        v->level_en = levels[w->worst].en;
        v->summary_zh =
            *names.zh ? arena_printf(a, "%s,由 %s 决定", v->level_zh, names.zh)
                      : v->level_zh;
        v->summary_en = *names.en ? arena_printf(a, "%s, decided by %s",
                                                 v->level_en, names.en)
                                  : v->level_en;
        derivation_say(&w->d, WORDS(a, "各项最差为 %d 级",
                                    "the worst item is level %d", w->worst));
    }
    add_remark(w, v, w->unrated, (struct words){"不能评价", "not rated"});
    add_remark(w, v, w->lower_bounds,
               (struct words){"合计值只是下限", "the sum is a lower bound"});
    add_remark(w, v, missing_basic(w),
               (struct words){"未测基本项目", "basic items not measured"});
    if (w->worst == HIGH && v->outcome == VERDICT_INSUFFICIENT)
        add_remark(
            w, v, names,
            (struct words){"已高于管制值", "already above intervention"});
}

void farmland_judge(const struct farmland_sample *sample, struct arena *arena,
                    struct verdict *out)
{
    struct work w = {.sample = sample,
                     .standard = standard_name_on(standard, sample->place.day),
                     .arena = arena,
                     .unrated = {"", ""},
                     .lower_bounds = {"", ""},
                     .worst_names = {"", ""}};
    const struct soil_item *item;

    *out = derivation_verdict(VERDICT_SOIL_FARMLAND, w.standard);
    derivation_start(&w.d, arena);
    if (!limit_find(soil_farmland_limits(), NULL, NULL, NULL, NULL,
                    sample->place.day)) {
        out->outcome = VERDICT_NO_EDITION;
        out->edition = "";
        out->summary_zh = "该日没有有效的标准";
        out->summary_en = "no standard was in force on that day";
        return;
    }
    for (size_t i = 0; (item = soil_farmland_item(i)); i++) {
        if (!soil_is_member(w.standard, item->code))
            judge_item(&w, item);
    }
    conclude(&w, out);
    derivation_finish(&w.d, out);
}
