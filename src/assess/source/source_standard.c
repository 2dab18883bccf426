#include "assess/source/source_standard.h"

#include "assess/derivation/derivation.h"
#include "assess/factor/factor.h"
#include "assess/source/constant.h"
#include "assess/source/stack.h"
#include "assess/source/together.h"

enum { HEIGHTS_MAX = 32 };

static const char dust[] = "a34013", no[] = "a21003", no2[] = "a21004",
                  nox[] = "a21002", ph[] = "w01001";

/* One assessment under way. */
struct work {
    const struct source_discharge *d;
    struct arena *arena;
    struct derivation out;
    struct words broken; /* what breaks a governing limit */
    const char *standards;
    bool compared, exceeded, has_index;
    struct decimal index;
};

/* A value about to meet a limit. */
struct meeting {
    const struct source_value *value;
    const struct source_limit *source;
    struct limit limit;  /* its own, or the permit's, or of the stack */
    struct converted as; /* the value as the limit wants it */
    struct words name;   /* of the limit: "GB 13223-2011 table 1" */
    bool governs;
};

static struct words name_of(const struct work *w, const struct source_value *v)
{
    struct words name = {source_item_name(v->item, false),
                         source_item_name(v->item, true)};

    if (v->form != SOURCE_RATE)
        return name;
    return (struct words){arena_printf(w->arena, "%s排放速率", name.zh),
                          arena_printf(w->arena, "rate of %s", name.en)};
}

static struct verdict_item *add(struct work *w, const struct source_value *v)
{
    struct verdict_item *item = derivation_add(&w->out, v->item, name_of(w, v));

    item->period = source_mean_text(w->d->outlet.mean, true);
    return item;
}

static void skip(struct work *w, const struct source_value *v,
                 struct words reason)
{
    struct verdict_item *item = add(w, v);

    if (!v->below_detection && v->is == SOURCE_NUMBER)
        derivation_value(item, v->value, "");
    item->step_zh =
        arena_printf(w->arena, "%s:%s,不判定", item->name_zh, reason.zh);
    item->step_en =
        arena_printf(w->arena, "%s: %s; not judged", item->name_en, reason.en);
}

/* ---- comparing ---- */

static void note_index(struct work *w, struct decimal multiple)
{
    if (!w->has_index || decimal_compare(multiple, w->index) > 0)
        w->index = multiple;
    w->has_index = true;
}

/* One, or those of a mixed outlet with ";" between. */
static void note_standard(struct work *w, const char *standard)
{
    struct span rest = span_of(standard);

    while (rest.len) {
        const char *one =
            arena_copy(w->arena, span_trim(span_take(&rest, ';'))).at;

        if (!strstr(w->standards, one))
            w->standards = step_join(w->arena, w->standards, "; ", one);
    }
}

/* ", multiple (130 − 100) / 100 = 0.30", or nothing. */
static struct words multiply(struct work *w, const struct meeting *m,
                             struct verdict_item *item)
{
    const char *value, *limit, *multiple;

    if (strcmp(m->value->item, ph) == 0 ||
        !limit_multiple(&m->limit, item->value, &item->multiple))
        return (struct words){"", ""};
    item->has_multiple = true;
    value = step_decimal(w->arena, item->value);
    limit = step_decimal(w->arena, item->limit);
    multiple = step_decimal(w->arena, item->multiple);
    return (struct words){
        arena_printf(w->arena, ",超标倍数 (%s − %s) / %s = %s", value, limit,
                     limit, multiple),
        arena_printf(w->arena, ", multiple (%s − %s) / %s = %s", value, limit,
                     limit, multiple)};
}

static void note_broken(struct work *w, const struct verdict_item *item)
{
    const char *multiple = "", *space = item->has_multiple ? " " : "";

    if (item->has_multiple)
        multiple = arena_printf(w->arena, "(%s)",
                                step_decimal(w->arena, item->multiple));
    w->broken = words_join(
        w->arena, w->broken,
        (struct words){
            arena_printf(w->arena, "%s%s", item->name_zh, multiple),
            arena_printf(w->arena, "%s%s%s", item->name_en, space, multiple)});
    w->exceeded = true;
}

/* "within", "exceeds", and that another limit goes before. */
static struct words outcome_of(const struct meeting *m, bool broken)
{
    if (m->governs)
        return broken ? (struct words){"超标", "exceeds"}
                      : (struct words){"达标", "within"};
    return broken ? (struct words){"高于该限值,以优先执行的限值为准",
                                   "above, but another limit goes before"}
                  : (struct words){"不高于该限值,以优先执行的限值为准",
                                   "not above; another limit goes before"};
}

static const char *comparison(const struct work *w, const struct meeting *m,
                              bool english)
{
    const struct source_value *v = m->value;

    if (v->is != SOURCE_NUMBER)
        return arena_printf(w->arena, "%s / %s",
                            v->is == SOURCE_NONE ? (english ? "none" : "无")
                                                 : (english ? "present" : "有"),
                            limit_text(&m->limit, english, w->arena));
    if (m->limit.bound == LIMIT_NOT_DETECTED && v->below_detection &&
        m->as.value.mantissa == 0)
        return english ? "not detected" : "未检出";
    if (m->limit.bound == LIMIT_NOT_DETECTED)
        return arena_printf(w->arena, "%s%s",
                            v->below_detection
                                ? (english ? "not detected, detection limit "
                                           : "未检出,检出限 ")
                                : "",
                            step_decimal(w->arena, m->as.value));
    return arena_printf(
        w->arena, "%s%s",
        v->below_detection ? (english ? "detection limit " : "检出限 ") : "",
        limit_comparison(&m->limit, m->as.value, w->arena));
}

static bool is_met(const struct meeting *m)
{
    if (m->value->is != SOURCE_NUMBER)
        return m->value->is == SOURCE_NONE;
    if (m->limit.bound == LIMIT_NOT_DETECTED)
        return m->value->below_detection || m->as.value.mantissa == 0;
    return limit_meets(&m->limit, m->as.value);
}

static void write_step(struct work *w, const struct meeting *m,
                       struct verdict_item *item, struct words more)
{
    struct words outcome = outcome_of(m, item->rating == 1);
    const char *unit = unit_shown(m->limit.unit);

    if (m->value->is != SOURCE_NUMBER ||
        (m->value->below_detection && m->as.value.mantissa == 0))
        unit = ""; /* a word stands in the number's place */
    else if (*unit)
        unit = arena_printf(w->arena, " %s", unit);
    item->step_zh = arena_printf(
        w->arena, "%s:%s%s%s%s,限值 %s(%s):%s%s", item->name_zh, m->as.step_zh,
        *m->as.step_zh ? ";" : "", comparison(w, m, false), unit,
        limit_text(&m->limit, false, w->arena), m->name.zh, outcome.zh,
        more.zh);
    item->step_en = arena_printf(
        w->arena, "%s: %s%s%s%s, limit %s (%s): %s%s", item->name_en,
        m->as.step_en, *m->as.step_en ? "; " : "", comparison(w, m, true), unit,
        limit_text(&m->limit, true, w->arena), m->name.en, outcome.en, more.en);
}

static void meet(struct work *w, const struct meeting *m)
{
    struct verdict_item *item = add(w, m->value);
    struct words more = {"", ""};

    derivation_value(item, m->as.value, m->limit.unit);
    item->has_value = m->value->is == SOURCE_NUMBER;
    item->has_limit = m->limit.bound <= LIMIT_ABOVE;
    item->limit = limit_compared(&m->limit, m->as.value);
    item->rating = !is_met(m);
    derivation_item_rely(&w->out, item, m->limit.confidence);
    if (w->d->outlet.mean == SOURCE_INSPECTION)
        derivation_item_rely(&w->out, item, "medium");
    if (item->rating == 1)
        more = multiply(w, m, item);
    if (m->governs) {
        w->compared = true;
        note_standard(w, m->limit.standard);
        item->decisive = item->rating == 1;
        if (item->decisive)
            note_broken(w, item);
        if (item->decisive && item->has_multiple)
            note_index(w, item->multiple);
    }
    write_step(w, m, item, more);
}

/* Below a detection limit that is above the limit nothing can be said. */
static bool is_blind(const struct meeting *m)
{
    return m->value->below_detection && m->limit.bound == LIMIT_MAX &&
           !limit_meets(&m->limit, m->as.value);
}

static void meet_or_skip(struct work *w, const struct meeting *m)
{
    bool text_limit = m->limit.bound > LIMIT_ABOVE;

    if (is_blind(m))
        skip(w, m->value,
             WORDS(w->arena, "检出限高于限值 %s",
                   "the detection limit is "
                   "above the limit %s",
                   step_decimal(w->arena, m->limit.high)));
    else if (m->value->is != SOURCE_NUMBER && !text_limit)
        skip(w, m->value,
             (struct words){"限值是数值,须给数值",
                            "the limit is a number: give a number"});
    else
        meet(w, m);
}

/* ---- the limit of a rate ---- */

/* Rates of the same table, level and words, by rising height. */
static size_t heights_of(const struct source_limit *first,
                         struct stack_rate out[HEIGHTS_MAX])
{
    size_t count, found = 0;
    const struct source_limit *all = source_limits(&count);

    for (size_t i = 0; i < count && found < HEIGHTS_MAX; i++) {
        const struct source_limit *l = &all[i];
        struct stack_rate rate = {l->height, l->limit.high};
        size_t at = found;

        if (!l->is_rate || !l->has_height ||
            strcmp(l->limit.item, first->limit.item) != 0 ||
            strcmp(l->limit.standard, first->limit.standard) != 0 ||
            strcmp(l->limit.grade, first->limit.grade) != 0 ||
            strcmp(l->limit.use, first->limit.use) != 0)
            continue;
        for (; at > 0 && decimal_compare(out[at - 1].height, l->height) > 0;
             at--)
            out[at] = out[at - 1];
        out[at] = rate;
        found++;
    }
    return found;
}

/* False when the limit cannot be made; the value is skipped. */
static bool make_rate_limit(struct work *w, struct meeting *m)
{
    struct stack_rate rates[HEIGHTS_MAX];
    struct converted c;
    size_t count = heights_of(m->source, rates);
    enum convert_verdict verdict;
    struct words how;
    struct stack one;

    if (!w->d->has_stack) {
        skip(w, m->value,
             (struct words){"缺排气筒高度", "the height of the stack is "
                                            "missing"});
        return false;
    }
    verdict =
        together_stack(w->d, m->value->item, m->as.value, w->arena, &one, &how);
    if (!verdict)
        verdict = stack_limit(
            rates, count,
            (struct stack_question){one.height, w->d->under_buildings},
            w->arena, &c);
    if (verdict) {
        skip(w, m->value,
             (struct words){convert_text(verdict, false),
                            convert_text(verdict, true)});
        return false;
    }
    m->limit.high = c.value;
    m->as.value = one.rate;
    m->as.step_zh = step_join(w->arena, how.zh, ";", c.step_zh);
    m->as.step_en = step_join(w->arena, how.en, "; ", c.step_en);
    return true;
}

/* ---- the value ---- */

/* A measured value as the limit wants it; false when it cannot be. */
static bool make_value(struct work *w, struct meeting *m)
{
    const char *absent[2];
    struct converted drained;
    enum convert_verdict verdict = source_prepare(
        &w->d->gas, m->source, m->value->value, w->arena, &m->as, absent);

    if (!verdict && m->source->is_water && w->d->has_drainage &&
        m->limit.bound == LIMIT_MAX) {
        verdict = convert_drainage(m->as.value, w->d->drainage, w->d->allowed,
                                   w->arena, &drained);
        if (!verdict)
            m->as = drained;
    }
    if (!verdict)
        return true;
    if (absent[0])
        skip(w, m->value, (struct words){absent[0], absent[1]});
    else
        skip(w, m->value,
             (struct words){convert_text(verdict, false),
                            convert_text(verdict, true)});
    return false;
}

/* ---- permits ---- */

static const struct source_permit *permit_of(const struct work *w,
                                             const struct source_value *v)
{
    for (size_t i = 0; i < w->d->permit_count; i++) {
        const struct source_permit *p = &w->d->permits[i];

        if (strcmp(p->item, v->item) == 0 &&
            p->rate == (v->form == SOURCE_RATE))
            return p;
    }
    return NULL;
}

static void meet_permit(struct work *w, const struct source_permit *permit,
                        const struct meeting *beside, bool governs)
{
    struct meeting m = *beside;

    m.limit.bound = LIMIT_MAX;
    m.limit.high = permit->limit;
    m.limit.high_open = false;
    m.limit.standard = "排污许可证 permit"; /* both: an edition has one */
    m.limit.confidence = "high";
    m.name = (struct words){"排污许可证", "permit"};
    m.governs = governs;
    meet_or_skip(w, &m);
}

/* Whether the permit goes before: not looser than the standard. */
static bool permit_governs(const struct work *w,
                           const struct source_permit *permit,
                           const struct limit *limit)
{
    return w->d->permit_alone || limit->bound != LIMIT_MAX ||
           decimal_compare(permit->limit, limit->high) <= 0;
}

/* ---- one value ---- */

static struct words limit_name(const struct work *w, const struct limit *l)
{
    return (struct words){arena_printf(w->arena, "%s,%s,%s,%s", l->standard,
                                       l->clause, l->use, l->grade),
                          arena_printf(w->arena, "%s, %s, %s, %s", l->standard,
                                       l->clause, l->use, l->grade)};
}

static bool is_abnormal_for(const struct work *w, const struct source_limit *l)
{
    return l->dust_only && plant_is_abnormal(w->d->plant);
}

/* In start-up, fault and the like these standards limit dust alone. */
static void make_abnormal(struct meeting *m)
{
    struct source_constant c = source_constant("abnormal_dust");

    m->limit.high = c.value;
    m->limit.confidence = c.confidence;
    m->limit.clause = c.clause;
}

/*
 * The value of this stack alone meets the permit; whether the permit goes
 * before. Where the standard's limit is of several stacks both govern.
 */
static bool judge_permit(struct work *w, const struct source_permit *permit,
                         const struct meeting *own,
                         const struct meeting *standard)
{
    bool before = permit_governs(w, permit, &standard->limit);

    meet_permit(w, permit, own, before);
    return before && decimal_compare(own->as.value, standard->as.value) == 0;
}

static void judge_pick(struct work *w, const struct source_value *v,
                       const struct source_pick *pick,
                       const struct source_permit *permit)
{
    struct meeting m = {.value = v,
                        .source = pick->limit,
                        .limit = pick->limit->limit,
                        .as = {v->value, "", ""},
                        .governs = pick->governs};
    bool abnormal = is_abnormal_for(w, pick->limit);
    struct meeting own;

    if (abnormal &&
        (strcmp(v->item, dust) != 0 || w->d->outlet.mean != SOURCE_HOUR)) {
        skip(w, v,
             (struct words){"标记为非正常工况,不适用正常运行的限值",
                            "marked as start, stop or fault: the normal limit "
                            "does not hold"});
        return;
    }
    if (abnormal)
        make_abnormal(&m);
    m.name = limit_name(w, &m.limit);
    if (!make_value(w, &m))
        return;
    own = m;
    if (m.source->is_rate && m.source->has_height && !make_rate_limit(w, &m))
        return;
    if (permit && pick->governs && !abnormal)
        m.governs = !judge_permit(w, permit, &own, &m);
    meet_or_skip(w, &m);
}

static struct words why_not(const struct work *w,
                            const struct source_miss *miss)
{
    if (miss->temperature)
        return (struct words){"限值按水温分档,缺水温",
                              "the limit depends on the water temperature, "
                              "which is missing"};
    if (miss->other_mean)
        return (struct words){
            arena_printf(w->arena, "限值不适用于%s",
                         source_mean_text(w->d->outlet.mean, false)),
            arena_printf(w->arena,
                         "the limits are not of a value of this kind (%s)",
                         source_mean_text(w->d->outlet.mean, true))};
    if (miss->other_level)
        return (struct words){"须指明执行的级别(level)",
                              "the level that holds must be told (level)"};
    if (miss->later)
        return (struct words){"当日尚无或已无有效限值",
                              "no limit is in force on that day"};
    return (struct words){"没有适用的限值", "no limit applies"};
}

/* A permit alone: where no table has a limit, compared as measured. */
static bool judge_permit_only(struct work *w, const struct source_value *v,
                              const struct source_permit *permit)
{
    static const struct source_limit plain = {
        .limit = {.standard = "", .unit = "", .confidence = "high"}};
    struct meeting m = {.value = v, .source = &plain, .limit = plain.limit};

    m.as = (struct converted){v->value, "", ""};
    if (!permit)
        return false;
    meet_permit(w, permit, &m, true);
    return true;
}

/* False: it is no mixed outlet, or the limits of the item do not mix. */
static bool judge_mixed(struct work *w, const struct source_value *v,
                        const struct source_permit *permit)
{
    struct source_limit *limit = arena_new(w->arena, 1, sizeof(*limit));
    struct meeting m = {.value = v, .source = limit, .governs = true};
    struct words how;

    if (w->d->part_count == 0 || v->form != SOURCE_CONCENTRATION)
        return false;
    if (!together_limit(w->d, v->item, w->arena, limit, &how)) {
        if (how.zh)
            skip(w, v, how);
        return how.zh != NULL;
    }
    m.limit = limit->limit;
    m.as = (struct converted){v->value, how.zh, how.en};
    m.name = (struct words){"混合排放口", "mixed outlet"};
    if (permit) {
        m.governs = !permit_governs(w, permit, &m.limit);
        meet_permit(w, permit, &m, !m.governs);
    }
    meet_or_skip(w, &m);
    return true;
}

static void judge_value(struct work *w, const struct source_value *v)
{
    struct source_pick picks[SOURCE_PICKS_MAX];
    struct source_miss miss;
    const struct source_permit *permit = permit_of(w, v);
    size_t count = source_pick(&w->d->outlet, v->item, v->form == SOURCE_RATE,
                               picks, &miss);

    if (judge_mixed(w, v, permit))
        return;
    if (count == 0 && !judge_permit_only(w, v, permit))
        skip(w, v, why_not(w, &miss));
    for (size_t i = 0; i < count; i++)
        judge_pick(w, v, &picks[i], permit);
}

/* ---- before: ppm to mass, NO and NO2 to NOx ---- */

static const struct source_value *find(const struct source_value *values,
                                       size_t count, const char *item)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(values[i].item, item) == 0 &&
            values[i].form == SOURCE_CONCENTRATION &&
            values[i].is == SOURCE_NUMBER)
            return &values[i];
    }
    return NULL;
}

/* A step of its own before the values are judged. */
static void say_made(struct work *w, const char *item,
                     const struct converted *c)
{
    struct verdict_item *line =
        derivation_add(&w->out, item,
                       (struct words){source_item_name(item, false),
                                      source_item_name(item, true)});

    derivation_value(line, c->value, "mg/m3");
    line->step_zh = c->step_zh;
    line->step_en = c->step_en;
}

static void make_mass(struct work *w, struct source_value *v)
{
    struct converted c;
    enum convert_verdict verdict = convert_ppm(v->item, v->value, w->arena, &c);

    if (verdict) {
        skip(w, v,
             (struct words){convert_text(verdict, false),
                            convert_text(verdict, true)});
        v->item = NULL;
        return;
    }
    say_made(w, v->item, &c);
    v->value = c.value;
    v->form = SOURCE_CONCENTRATION;
}

/* The number of values, with one more when NOx could be made. */
static size_t make_nox(struct work *w, struct source_value *values,
                       size_t count)
{
    const struct source_value *a = find(values, count, no);
    const struct source_value *b = find(values, count, no2);
    struct converted c;

    if (!a || !b || find(values, count, nox) ||
        convert_nox(a->value, b->value, w->arena, &c))
        return count;
    say_made(w, nox, &c);
    values[count++] = (struct source_value){
        .item = nox,
        .value = c.value,
        .below_detection = a->below_detection && b->below_detection};
    return count;
}

/* Without those that cannot be used. */
static struct source_value *make_values(struct work *w, size_t *out_count)
{
    size_t count = 0;
    struct source_value *values =
        arena_new(w->arena, w->d->value_count + 1, sizeof(*values));

    for (size_t i = 0; i < w->d->value_count; i++) {
        values[count] = w->d->values[i];
        if (values[count].form == SOURCE_PPM)
            make_mass(w, &values[count]);
        count += values[count].item != NULL;
    }
    *out_count = make_nox(w, values, count);
    return values;
}

/* ---- the end ---- */

static void finish(struct work *w, struct verdict *out)
{
    struct words mean = {source_mean_text(w->d->outlet.mean, false),
                         source_mean_text(w->d->outlet.mean, true)};
    const char *low = "", *low_en = "";

    out->edition = w->standards;
    out->rating = w->exceeded;
    out->level = w->exceeded ? 2 : 1;
    out->level_zh = w->exceeded ? "超标" : "达标";
    out->level_en = w->exceeded ? "exceeding" : "within limits";
    out->colour = w->exceeded ? "#e02020" : "#33b54a";
    out->has_index = w->has_index;
    out->index = w->index;
    if (strcmp(w->out.confidence, "low") == 0) {
        low = ";部分限值可信度低";
        low_en = "; some limits are of low confidence";
    }
    out->summary_zh =
        arena_printf(w->arena, "%s%s%s%s(%s)%s", mean.zh, out->level_zh,
                     w->exceeded ? ":" : "", w->broken.zh, w->standards, low);
    out->summary_en = arena_printf(w->arena, "%s: %s%s%s (%s)%s", mean.en,
                                   out->level_en, w->exceeded ? ": " : "",
                                   w->broken.en, w->standards, low_en);
    derivation_say(&w->out, (struct words){out->summary_zh, out->summary_en});
}

static void insufficient(struct verdict *out, struct words reason)
{
    out->outcome = VERDICT_INSUFFICIENT;
    out->summary_zh = reason.zh;
    out->summary_en = reason.en;
}

/* A mark that leaves nothing to judge; false: there is none. */
static bool is_marked_out(struct work *w, struct verdict *out)
{
    const struct source_discharge *d = w->d;

    if (d->monitor != MONITOR_NORMAL) {
        insufficient(
            out, (struct words){arena_printf(w->arena,
                                             "监测设备标记为%s,数据不用于判定",
                                             monitor_text(d->monitor, false)),
                                arena_printf(w->arena,
                                             "the monitor is marked: %s; "
                                             "its data are not used",
                                             monitor_text(d->monitor, true))});
        return true;
    }
    if (d->plant == PLANT_STOPPED) {
        insufficient(out, (struct words){"标记为停运,不计入,也不作零值",
                                         "marked as stopped: it does not "
                                         "count, and is not zero"});
        return true;
    }
    return false;
}

static enum cadence cadence_of(enum source_mean mean)
{
    return mean == SOURCE_DAY    ? CADENCE_DAY
           : mean == SOURCE_HOUR ? CADENCE_HOUR
                                 : CADENCE_SAMPLE;
}

void source_standard(const struct source_discharge *discharge,
                     struct arena *arena, struct verdict *out)
{
    struct work w = {
        .d = discharge, .arena = arena, .broken = {"", ""}, .standards = ""};
    struct source_value *values;
    size_t count;

    *out = derivation_verdict(VERDICT_SOURCE_STANDARD, "");
    out->cadence = cadence_of(discharge->outlet.mean);
    derivation_start(&w.out, arena);
    if (!source_dated(discharge->outlet.applies_to, discharge->outlet.day)) {
        out->outcome = VERDICT_NO_EDITION;
        out->summary_zh = "该日没有有效的标准";
        out->summary_en = "no standard was in force on that day";
        return;
    }
    if (is_marked_out(&w, out))
        return;
    values = make_values(&w, &count);
    for (size_t i = 0; i < count; i++)
        judge_value(&w, &values[i]);
    if (w.compared)
        finish(&w, out);
    else
        insufficient(out, (struct words){"没有可与限值比较的数值",
                                         "no value to compare with a limit"});
    derivation_finish(&w.out, out);
}
