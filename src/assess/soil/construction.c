#include "assess/soil/construction.h"

static const char standard[] = "GB 36600-2018";

enum { NEGLIGIBLE = 1, INVESTIGATE, REMEDIATE };

static const struct words levels[] = {
    [NEGLIGIBLE] = {"风险可忽略", "risk negligible"},
    [INVESTIGATE] = {"需详细调查和风险评估",
                     "detailed investigation and risk assessment"},
    [REMEDIATE] = {"需风险管控或修复", "control or remediation"},
};

struct work {
    const struct construction_sample *sample;
    const char *standard; /* the edition of the day */
    struct arena *arena;
    struct derivation d;
    struct words unrated, lower_bounds, decisive;
    int worst, basic_missing;
};

/* The natural background of an item; its source and how sure it is. */
struct background {
    struct decimal value;
    struct words source;
    const char *confidence;
};

static const struct soil_value *find_value(const struct soil_value *values,
                                           size_t count, const char *item)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(values[i].item, item) == 0)
            return &values[i];
    }
    return NULL;
}

static int class_of(const struct work *w)
{
    return w->sample->land_class == 2 ? 2 : 1;
}

static bool is_soil_type(const struct rule *r, struct span type)
{
    return strcmp(r->param, "*") == 0 || span_is(type, r->name_zh) ||
           span_equal_nocase(type, span_of(r->name_en));
}

static bool background_of(const struct work *w, const char *item,
                          struct background *out)
{
    const struct construction_sample *s = w->sample;
    const struct soil_value *own =
        find_value(s->backgrounds, s->background_count, item);
    struct rule_question q = {
        .record = "background", .key = item, .day = s->day};
    bool allowed =
        rule_find(soil_rules(),
                  (struct rule_question){.record = "background_cell",
                                         .key = item,
                                         .param = class_of(w) == 1 ? "1" : "2",
                                         .day = s->day});

    if (!allowed)
        return false;
    if (own) {
        *out = (struct background){
            own->value, {"给定背景值", "background as given"}, "high"};
        return true;
    }
    if (s->soil_type.len == 0)
        return false;
    for (const struct rule *r = NULL; (r = rule_next(soil_rules(), q, r));) {
        if (is_soil_type(r, s->soil_type)) {
            *out = (struct background){r->value,
                                       WORDS(w->arena, "附录 A %s背景值",
                                             "background of annex A, %s",
                                             r->name_zh),
                                       r->confidence};
            out->source.en = arena_printf(
                w->arena, "background of annex A, %s,", r->name_en);
            return true;
        }
    }
    return false;
}

/* Why an item cannot be rated although it was measured; NULL: it can. */
static const struct words *hindrance(const struct work *w,
                                     const struct limit *screening,
                                     const struct soil_value *value)
{
    static const struct words negative = {"负值", "a negative value"};
    static const struct words high_limit = {
        "检出限高于筛选值", "the detection limit is above the screening value"};
    static const struct words mixed = {
        "挥发性项目须用非扰动样",
        "a volatile item needs an undisturbed sample"};
    static const struct words not_told = {
        "挥发性项目,未说明是否非扰动样",
        "a volatile item, and not told whether the sample is undisturbed"};

    if (value->value.mantissa < 0)
        return &negative;
    if (strcmp(soil_group(screening), "voc") == 0 &&
        w->sample->taken != CONSTRUCTION_UNDISTURBED)
        return w->sample->taken == CONSTRUCTION_MIXED ? &mixed : &not_told;
    if (value->below_detection && !limit_meets(screening, value->value))
        return &high_limit;
    return NULL;
}

static const char *sign(struct decimal value, struct decimal limit)
{
    return decimal_compare(value, limit) > 0 ? ">" : "≤";
}

/* "; 25 ≤ background 40": how an item above screening went on. */
static struct words above_words(struct work *w, const struct verdict_item *item,
                                const struct limit *intervention,
                                const struct background *b)
{
    struct arena *a = w->arena;
    const char *v = step_decimal(a, item->value);
    struct words said = {"", ""};

    if (b) {
        const char *value = step_decimal(a, b->value);
        const char *than = sign(item->value, b->value);

        said = (struct words){
            arena_printf(a, ";%s %s %s %s", v, than, b->source.zh, value),
            arena_printf(a, "; %s %s %s %s", v, than, b->source.en, value)};
    }
    if (item->rating == NEGLIGIBLE)
        return said;
    if (intervention)
        said = (struct words){
            arena_printf(a, "%s;%s %s 管制值 %s", said.zh, v,
                         sign(item->value, intervention->high),
                         step_decimal(a, intervention->high)),
            arena_printf(a, "%s; %s %s intervention value %s", said.en, v,
                         sign(item->value, intervention->high),
                         step_decimal(a, intervention->high))};
    if (item->has_multiple)
        said = (struct words){
            arena_printf(a, "%s;超筛选值倍数 %s/%s−1 = %s", said.zh, v,
                         step_decimal(a, item->limit),
                         step_decimal(a, item->multiple)),
            arena_printf(a, "%s; over the screening value by %s/%s−1 = %s",
                         said.en, v, step_decimal(a, item->limit),
                         step_decimal(a, item->multiple))};
    return said;
}

static void explain(struct work *w, struct verdict_item *item,
                    struct words above, struct words how)
{
    struct arena *a = w->arena;
    const char *v = step_decimal(a, item->value);
    const char *s = step_decimal(a, item->limit);
    const char *than = sign(item->value, item->limit);

    item->step_zh = arena_printf(
        a, "%s %s mg/kg%s:%s %s 第%s类用地筛选值 %s%s → %d 级 %s",
        item->name_zh, v, how.zh, v, than, class_of(w) == 1 ? "一" : "二", s,
        above.zh, item->rating, levels[item->rating].zh);
    item->step_en = arena_printf(
        a,
        "%s %s mg/kg%s: %s %s screening value %s of class %d land%s → level "
        "%d, %s",
        item->name_en, v, how.en, v, than, s, class_of(w), above.en,
        item->rating, levels[item->rating].en);
}

static void rate(struct work *w, struct verdict_item *item,
                 const struct soil_value *value, struct words how)
{
    int day = w->sample->day;
    const struct limit *s =
        soil_construction_limit(item->factor, "screening", class_of(w), day);
    const struct limit *g =
        soil_construction_limit(item->factor, "intervention", class_of(w), day);
    const struct words *why = s ? hindrance(w, s, value) : NULL;
    struct background b;
    bool has_background = false, natural = false;

    if (!s || why) {
        soil_leave_unrated(
            w->arena, &w->unrated, item,
            why ? *why
                : (struct words){"该类用地无限值",
                                 "no value for this land class"});
        return;
    }
    item->has_limit = true;
    item->limit = s->high;
    derivation_item_rely(&w->d, item, s->confidence);
    item->rating = NEGLIGIBLE;
    if (!limit_meets(s, value->value)) {
        has_background = background_of(w, item->factor, &b);
        natural = has_background && decimal_compare(item->value, b.value) <= 0;
        if (has_background)
            derivation_item_rely(&w->d, item, b.confidence);
        if (!natural) {
            item->rating =
                g && !limit_meets(g, item->value) ? REMEDIATE : INVESTIGATE;
            item->has_multiple =
                limit_multiple(s, item->value, &item->multiple);
        }
    }
    explain(w, item, above_words(w, item, g, has_background ? &b : NULL), how);
    w->worst = item->rating > w->worst ? item->rating : w->worst;
}

static bool take_sum(struct work *w, const struct soil_item *known,
                     struct soil_value *value, struct words *how)
{
    struct arena *a = w->arena;
    struct soil_sum sum;

    if (!soil_sum_of(w->standard, known->code, w->sample->values,
                     w->sample->count, a, &sum))
        return false;
    *value = (struct soil_value){known->code, sum.total, false};
    *how = (struct words){arena_printf(a, "(= %s)", sum.line.zh),
                          arena_printf(a, " (= %s)", sum.line.en)};
    if (!*sum.missing.zh)
        return true;
    *how = (struct words){
        arena_printf(a, "%s,下限,缺 %s", how->zh, sum.missing.zh),
        arena_printf(a, "%s, a lower bound without %s", how->en,
                     sum.missing.en)};
    w->lower_bounds = words_join(
        a, w->lower_bounds, (struct words){known->name_zh, known->name_en});
    return true;
}

static void judge_item(struct work *w, const struct soil_item *known)
{
    const struct construction_sample *s = w->sample;
    const struct soil_value *given =
        find_value(s->values, s->count, known->code);
    const struct limit *any =
        soil_construction_limit(known->code, "screening", class_of(w), s->day);
    struct soil_value value;
    struct words how = {"", ""};
    struct verdict_item *item;

    if (given) {
        value = *given;
        if (given->below_detection)
            how = (struct words){"(未检出,为检出限)",
                                 " (not detected: the limit of detection)"};
    } else if (!take_sum(w, known, &value, &how)) {
        w->basic_missing += any && soil_is_basic(any);
        return;
    }
    item = derivation_add(&w->d, known->code,
                          (struct words){known->name_zh, known->name_en});
    derivation_value(item, value.value, "mg/kg");
    rate(w, item, &value, how);
}

static void mark_decisive(struct work *w)
{
    for (size_t i = 0; i < w->d.count; i++) {
        struct verdict_item *item = &w->d.items[i];

        if (item->rating < INVESTIGATE || item->rating != w->worst)
            continue;
        item->decisive = true;
        w->decisive = words_join(w->arena, w->decisive,
                                 (struct words){item->name_zh, item->name_en});
    }
}

static void add_remark(struct work *w, struct verdict *v, struct words remark)
{
    v->summary_zh = arena_printf(w->arena, "%s;%s", v->summary_zh, remark.zh);
    v->summary_en = arena_printf(w->arena, "%s; %s", v->summary_en, remark.en);
}

static void add_remarks(struct work *w, struct verdict *v)
{
    struct arena *a = w->arena;

    if (w->sample->land_class == 0)
        add_remark(w, v,
                   (struct words){"用地规划未知,按第一类用地",
                                  "land use not known, taken for class 1"});
    if (*w->unrated.zh)
        add_remark(
            w, v,
            (struct words){arena_printf(a, "不能评价:%s", w->unrated.zh),
                           arena_printf(a, "not rated: %s", w->unrated.en)});
    if (*w->lower_bounds.zh)
        add_remark(
            w, v,
            (struct words){
                arena_printf(a, "合计值只是下限:%s", w->lower_bounds.zh),
                arena_printf(a, "a lower bound: %s", w->lower_bounds.en)});
    if (w->basic_missing)
        add_remark(w, v,
                   WORDS(a, "45 项基本项目缺 %d 项",
                         "%d of the 45 basic items were not measured",
                         w->basic_missing));
}

static void conclude(struct work *w, struct verdict *v)
{
    struct arena *a = w->arena;
    bool incomplete = *w->unrated.zh || (w->sample->first && w->basic_missing);

    mark_decisive(w);
    if (w->worst == 0 || (w->worst == NEGLIGIBLE && incomplete)) {
        v->outcome = VERDICT_INSUFFICIENT;
        v->summary_zh = "不能给出结论";
        v->summary_en = "no result";
    } else {
        v->rating = v->level = w->worst;
        v->level_zh = v->summary_zh = levels[w->worst].zh;
        v->level_en = v->summary_en = levels[w->worst].en;
        if (*w->decisive.zh) {
            v->summary_zh =
                arena_printf(a, "%s,由 %s 决定", v->level_zh, w->decisive.zh);
            v->summary_en = arena_printf(a, "%s, decided by %s", v->level_en,
                                         w->decisive.en);
        }
        derivation_say(&w->d, WORDS(a, "各项最差为 %d 级",
                                    "the worst item is level %d", w->worst));
    }
    add_remarks(w, v);
}

void construction_judge(const struct construction_sample *sample,
                        struct arena *arena, struct verdict *out)
{
    struct work w = {.sample = sample,
                     .standard = standard_name_on(standard, sample->day),
                     .arena = arena,
                     .unrated = {"", ""},
                     .lower_bounds = {"", ""},
                     .decisive = {"", ""}};
    const struct soil_item *item;

    *out = derivation_verdict(VERDICT_SOIL_CONSTRUCTION, w.standard);
    derivation_start(&w.d, arena);
    if (!limit_find(soil_construction_limits(), NULL, NULL, NULL, NULL,
                    sample->day)) {
        out->outcome = VERDICT_NO_EDITION;
        out->edition = "";
        out->summary_zh = "该日没有有效的标准";
        out->summary_en = "no standard was in force on that day";
        return;
    }
    for (size_t i = 0; (item = soil_construction_item(i)); i++) {
        bool sum = rule_find(soil_rules(),
                             (struct rule_question){.record = "member",
                                                    .standard = w.standard,
                                                    .key = item->code});

        if (sum || !soil_is_member(w.standard, item->code))
            judge_item(&w, item);
    }
    conclude(&w, out);
    derivation_finish(&w.d, out);
}
