#include "assess/source/source_day.h"

#include "assess/derivation/derivation.h"
#include "assess/source/constant.h"
#include "assess/validity/validity.h"

enum { ITEMS_MAX = 64 };

static const char dust[] = "a34013", ph[] = "w01001";

/* One day under way. */
struct work {
    const struct source_day *day;
    struct arena *arena;
    struct derivation out;
    struct words broken;
    const char *standards;
    int usable, invalid, stopped, abnormal;
    bool judged, exceeded, has_index, dust_only;
    struct decimal index;
};

/* ---- hours and their marks ---- */

static bool is_used(const struct source_hour *h)
{
    return h->monitor == MONITOR_NORMAL && h->plant != PLANT_STOPPED;
}

/* In start, stop or fault of an industry whose limits do not hold then. */
static bool is_apart(const struct work *w, const struct source_hour *h)
{
    return w->dust_only && plant_is_abnormal(h->plant);
}

static const struct source_value *value_in(const struct source_hour *h,
                                           const char *item)
{
    for (size_t i = 0; i < h->value_count; i++) {
        const struct source_value *v = &h->values[i];

        if (strcmp(v->item, item) == 0 && v->form == SOURCE_CONCENTRATION &&
            v->is == SOURCE_NUMBER)
            return v;
    }
    return NULL;
}

static void count_hours(struct work *w)
{
    for (size_t i = 0; i < w->day->hour_count; i++) {
        const struct source_hour *h = &w->day->hours[i];

        w->invalid += h->monitor != MONITOR_NORMAL;
        w->stopped += h->monitor == MONITOR_NORMAL && h->plant == PLANT_STOPPED;
        w->abnormal += is_used(h) && is_apart(w, h);
        w->usable += is_used(h) && !is_apart(w, h);
    }
    derivation_say(
        &w->out,
        WORDS(w->arena,
              "小时数 %d:可用 %d,监测设备标记无效 %d,停运 %d,非正常工况 %d",
              "hours %d: usable %d, monitor marked invalid %d, stopped %d, in "
              "start, stop or fault %d",
              (int)w->day->hour_count, w->usable, w->invalid, w->stopped,
              w->abnormal));
}

/* ---- telling ---- */

/* One or several, ";" between. */
static void note_standards(struct work *w, const char *standards)
{
    struct span rest = span_of(standards);

    while (rest.len) {
        struct span one = span_trim(span_take(&rest, ';'));
        const char *name = arena_copy(w->arena, one).at;

        if (!strstr(w->standards, name))
            w->standards = step_join(w->arena, w->standards, "; ", name);
    }
}

static void note_broken(struct work *w, struct words what)
{
    w->broken = words_join(w->arena, w->broken, what);
    w->judged = w->exceeded = true;
}

static void note_index(struct work *w, const struct verdict *v)
{
    if (!v->has_index)
        return;
    if (!w->has_index || decimal_compare(v->index, w->index) > 0)
        w->index = v->index;
    w->has_index = true;
}

static struct words name_of(const char *item)
{
    return (struct words){source_item_name(item, false),
                          source_item_name(item, true)};
}

/* The items of a verdict but its last line, each with a word in front. */
static void take_items(struct work *w, const struct verdict *v,
                       struct words front)
{
    for (size_t i = 0; i < v->item_count; i++) {
        const struct verdict_item *from = &v->items[i];
        struct verdict_item *item;

        if (strcmp(from->factor, "result") == 0)
            continue;
        item = derivation_add(&w->out, from->factor,
                              (struct words){from->name_zh, from->name_en});
        *item = *from;
        item->step_zh = arena_printf(w->arena, "%s%s", front.zh, from->step_zh);
        item->step_en = arena_printf(w->arena, "%s%s", front.en, from->step_en);
        if (*from->confidence)
            derivation_rely(&w->out, from->confidence);
    }
}

/* ---- one value through the limits ---- */

struct asked {
    const char *item;
    struct decimal value;
    bool below_detection;
    enum source_mean mean;
    const struct source_gas *gas;
    enum plant_state plant;
};

static struct verdict ask(const struct work *w, const struct asked *asked)
{
    struct source_value value = {.item = asked->item,
                                 .value = asked->value,
                                 .below_detection = asked->below_detection};
    struct source_discharge d = {.outlet = w->day->outlet,
                                 .gas = *asked->gas,
                                 .plant = asked->plant,
                                 .values = &value,
                                 .permits = w->day->permits,
                                 .value_count = 1,
                                 .permit_count = w->day->permit_count};
    struct verdict v;

    d.outlet.mean = asked->mean;
    source_standard(&d, w->arena, &v);
    return v;
}

static struct verdict ask_hour(const struct work *w,
                               const struct source_hour *h,
                               const struct source_value *v,
                               enum source_mean mean)
{
    return ask(w, &(struct asked){.item = v->item,
                                  .value = v->value,
                                  .below_detection = v->below_detection,
                                  .mean = mean,
                                  .gas = &h->gas,
                                  .plant = h->plant});
}

/* ---- hour by hour ---- */

struct tally {
    int rated, above;
    struct verdict worst; /* of the largest multiple, else the first above */
    const struct source_hour *hour;
};

static bool is_worse(const struct verdict *v, const struct tally *t)
{
    if (t->rated == 1 || v->rating != t->worst.rating)
        return t->rated == 1 || v->rating > t->worst.rating;
    return v->has_index && (!t->worst.has_index ||
                            decimal_compare(v->index, t->worst.index) > 0);
}

static void tally_hour(struct work *w, const struct source_hour *h,
                       const struct source_value *value, enum source_mean mean,
                       struct tally *t)
{
    struct verdict v = ask_hour(w, h, value, mean);

    if (v.outcome != VERDICT_GIVEN)
        return;
    t->rated++;
    t->above += v.rating == 1;
    if (is_worse(&v, t)) {
        t->worst = v;
        t->hour = h;
    }
}

/* Hours in normal operation, or those apart. */
static struct tally tally_hours(struct work *w, const char *item,
                                enum source_mean mean, bool apart)
{
    struct tally t = {0};

    for (size_t i = 0; i < w->day->hour_count; i++) {
        const struct source_hour *h = &w->day->hours[i];
        const struct source_value *v = value_in(h, item);

        if (v && is_used(h) && is_apart(w, h) == apart)
            tally_hour(w, h, v, mean, &t);
    }
    return t;
}

static struct words clock_of(const struct work *w, int64_t start_s)
{
    struct civil c = civil_from_utc(start_s);

    return (struct words){
        arena_printf(w->arena, "%02d:%02d ", c.hour, c.minute),
        arena_printf(w->arena, "%02d:%02d ", c.hour, c.minute)};
}

static void say_tally(struct work *w, const char *item, const struct tally *t,
                      bool warning)
{
    struct words name = name_of(item);
    const char *zh = warning ? "超标预警" : "超标";
    const char *en =
        warning ? "above the limit (a warning only)" : "above the limit";
    size_t first;

    if (t->rated == 0)
        return;
    first = w->out.count;
    take_items(w, &t->worst, clock_of(w, t->hour->start_s));
    for (size_t i = first; warning && i < w->out.count; i++)
        w->out.items[i].decisive = false;
    derivation_say(
        &w->out,
        (struct words){arena_printf(w->arena, "%s:判定 %d 小时,%s %d 小时",
                                    name.zh, t->rated, zh, t->above),
                       arena_printf(w->arena, "%s: %d hours rated, %s %d",
                                    name.en, t->rated, en, t->above)});
}

static void judge_hours(struct work *w, const char *item, bool apart)
{
    struct tally t = tally_hours(w, item, SOURCE_HOUR, apart);
    struct words name = name_of(item);

    if (t.rated == 0)
        return;
    w->judged = true;
    note_standards(w, t.worst.edition);
    say_tally(w, item, &t, false);
    if (t.above == 0)
        return;
    note_index(w, &t.worst);
    note_broken(
        w, (struct words){arena_printf(w->arena, "%s %d小时", name.zh, t.above),
                          arena_printf(w->arena, "%s %d h", name.en, t.above)});
}

/* ---- the day's mean ---- */

struct mean {
    struct convert_part parts[SOURCE_HOURS_MAX];
    int count, due, below; /* below: not detected, of `count` */
    struct words hours;    /* each with its fold, for the steps */
    struct converted value;
};

static void add_part(struct work *w, const struct source_hour *h,
                     struct convert_part part, struct words how, struct mean *m)
{
    struct words clock = clock_of(w, h->start_s);

    m->parts[m->count++] = part;
    m->hours = words_join(
        w->arena, m->hours,
        (struct words){arena_printf(w->arena, "%s%s", clock.zh, how.zh),
                       arena_printf(w->arena, "%s%s", clock.en, how.en)});
}

/* A gas at the limit's oxygen, dry; what cannot be made so is left out. */
static void add_gas(struct work *w, const struct source_limit *limit,
                    const struct source_hour *h, const struct source_value *v,
                    struct mean *m)
{
    const char *absent[2], *plain = step_decimal(w->arena, v->value);
    struct converted c;

    if (source_prepare(&h->gas, limit, v->value, w->arena, &c, absent))
        return;
    add_part(w, h, (struct convert_part){c.value, DECIMAL(1, 0)},
             *c.step_zh ? (struct words){c.step_zh, c.step_en}
                        : (struct words){plain, plain},
             m);
}

/* Zero is no value of a waste water analyser; pairs need their flow, a pH,
 * which is no mean, does not. */
static void add_water(struct work *w, const struct source_hour *h,
                      const struct source_value *v, struct mean *m)
{
    const char *text = step_decimal(w->arena, v->value);
    bool is_ph = strcmp(v->item, ph) == 0;

    if ((!h->has_flow && !is_ph) || v->value.mantissa <= 0)
        return;
    if (!is_ph)
        text = arena_printf(w->arena, "%s × %s", text,
                            step_decimal(w->arena, h->flow));
    add_part(w, h, (struct convert_part){v->value, h->flow},
             (struct words){text, text}, m);
}

static void gather(struct work *w, const struct source_limit *limit,
                   const char *item, struct mean *m)
{
    *m = (struct mean){.due = w->day->due ? w->day->due : SOURCE_HOURS_MAX,
                       .hours = {"", ""}};
    for (size_t i = 0; i < w->day->hour_count && m->count < SOURCE_HOURS_MAX;
         i++) {
        const struct source_hour *h = &w->day->hours[i];
        const struct source_value *v = value_in(h, item);
        int before;

        m->due -= !w->day->due && h->plant == PLANT_STOPPED;
        if (!v || !is_used(h) || is_apart(w, h))
            continue;
        if (v->below_detection && v->value.mantissa == 0)
            continue; /* not detected, and the detection limit is not told */
        before = m->count;
        if (limit->is_water)
            add_water(w, h, v, m);
        else
            add_gas(w, limit, h, v, m);
        m->below += v->below_detection && m->count > before;
    }
}

/* What a day of this medium needs, in words; false when it is not there. */
static bool is_enough(struct work *w, const struct source_limit *limit,
                      const char *item, const struct mean *m,
                      struct words *out_need)
{
    int day = w->day->outlet.day;
    const struct validity_rule *rule =
        validity_rule_for("source_water", span_of(item), "24h", day);
    int needed = w->day->needed_hours ? w->day->needed_hours
                                      : source_count("source_hours_of_day");

    if (!limit->is_water) {
        *out_need =
            WORDS(w->arena, "有效 %d 小时,至少须 %d 小时",
                  "%d valid hours, at least %d needed", m->count, needed);
        return m->count >= needed;
    }
    if (!rule) {
        *out_need = (struct words){"当日没有有效性规则",
                                   "no rule of validity is in force"};
        return false;
    }
    *out_need = WORDS(w->arena, "有效 %d 组,应有 %d 组,至少须 %d %%",
                      "%d valid pairs of %d due, at least %d %% needed",
                      m->count, m->due, rule->percent);
    return m->count > 0 &&
           validity_enough(rule, m->count, m->due, day / 100 % 100);
}

static void skip_mean(struct work *w, const char *item, struct words why)
{
    struct words name = name_of(item);
    struct verdict_item *line = derivation_add(&w->out, item, name);

    line->step_zh =
        arena_printf(w->arena, "%s日均值:%s,不判定", name.zh, why.zh);
    line->step_en = arena_printf(w->arena, "daily mean of %s: %s; not judged",
                                 name.en, why.en);
}

/* `below`: not detected in any hour, the value is the limit of detection. */
static void rate_day_value(struct work *w, const char *item,
                           struct decimal value, bool below, struct words front)
{
    /* the hours were made dry and folded already */
    static const struct source_gas plain = {.folded = true};
    struct verdict v = ask(w, &(struct asked){.item = item,
                                              .value = value,
                                              .below_detection = below,
                                              .mean = SOURCE_DAY,
                                              .gas = &plain});
    struct words name = name_of(item);

    take_items(w, &v, front);
    if (v.outcome != VERDICT_GIVEN)
        return;
    w->judged = true;
    note_standards(w, v.edition);
    note_index(w, &v);
    if (v.rating == 1)
        note_broken(w,
                    (struct words){
                        arena_printf(w->arena, "%s日均值 %s", name.zh,
                                     step_decimal(w->arena, value)),
                        arena_printf(w->arena, "daily mean of %s %s", name.en,
                                     step_decimal(w->arena, value))});
}

/* A pH is no mean: both ends of its range are rated. */
static void judge_range(struct work *w, const char *item, const struct mean *m)
{
    struct decimal low = m->parts[0].value, high = low;

    for (int i = 1; i < m->count; i++) {
        if (decimal_compare(m->parts[i].value, low) < 0)
            low = m->parts[i].value;
        if (decimal_compare(m->parts[i].value, high) > 0)
            high = m->parts[i].value;
    }
    rate_day_value(w, item, low, false,
                   (struct words){"当日最小值,", "lowest of the day, "});
    if (decimal_compare(low, high) != 0)
        rate_day_value(w, item, high, false,
                       (struct words){"当日最大值,", "highest of the day, "});
}

/* The hours that enter, one line. */
static void say_hours(struct work *w, const char *item, const struct mean *m)
{
    struct words name = name_of(item);

    derivation_say(
        &w->out, (struct words){arena_printf(w->arena, "%s当日的 %d 个小时:%s",
                                             name.zh, m->count, m->hours.zh),
                                arena_printf(w->arena,
                                             "the %d hours of the day's %s: %s",
                                             m->count, name.en, m->hours.en)});
}

/* "(250 + 310) / 2 = 280": the hours of a gas weigh the same. */
static void tell_gas(struct work *w, struct mean *m)
{
    const char *sum = "";

    for (int i = 0; i < m->count; i++)
        sum = step_join(w->arena, sum, " + ",
                        step_decimal(w->arena, m->parts[i].value));
    sum = arena_printf(w->arena, "(%s) / %d = %s", sum, m->count,
                       step_decimal(w->arena, m->value.value));
    m->value.step_zh = arena_printf(w->arena, "算术平均:%s", sum);
    m->value.step_en = arena_printf(w->arena, "arithmetic mean: %s", sum);
}

static void judge_mean(struct work *w, const char *item,
                       const struct source_limit *limit)
{
    struct mean m;
    struct words need;
    enum convert_verdict verdict;

    gather(w, limit, item, &m);
    if (!is_enough(w, limit, item, &m, &need)) {
        skip_mean(w, item, need);
        return;
    }
    say_hours(w, item, &m);
    if (strcmp(item, ph) == 0) {
        judge_range(w, item, &m);
        return;
    }
    verdict = convert_mixed(m.parts, (size_t)m.count, w->arena, &m.value);
    if (verdict) {
        skip_mean(w, item,
                  (struct words){convert_text(verdict, false),
                                 convert_text(verdict, true)});
        return;
    }
    if (!limit->is_water)
        tell_gas(w, &m);
    rate_day_value(
        w, item, m.value.value, m.below == m.count,
        (struct words){
            arena_printf(w->arena, "%s;%s;", need.zh, m.value.step_zh),
            arena_printf(w->arena, "%s; %s; ", need.en, m.value.step_en)});
}

/* ---- an item ---- */

static bool any_hours_count(const struct source_pick *picks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (picks[i].governs && picks[i].limit->hours_count &&
            !picks[i].limit->is_water)
            return true;
    }
    return false;
}

static void judge_item(struct work *w, const char *item)
{
    struct source_outlet day = w->day->outlet, hour = w->day->outlet;
    struct source_pick of_day[SOURCE_PICKS_MAX], of_hour[SOURCE_PICKS_MAX];
    struct source_miss miss;
    size_t days, hours;
    bool before = w->judged;

    day.mean = SOURCE_DAY;
    hour.mean = SOURCE_HOUR;
    days = source_pick(&day, item, false, of_day, &miss);
    hours = source_pick(&hour, item, false, of_hour, &miss);
    if (days > 0)
        judge_mean(w, item, of_day[0].limit);
    if (any_hours_count(of_hour, hours))
        judge_hours(w, item, false);
    if (strcmp(item, dust) == 0 && w->dust_only)
        judge_hours(w, item, true);
    if (days > 0 && of_day[0].limit->is_water && strcmp(item, ph) != 0) {
        struct tally t = tally_hours(w, item, SOURCE_DAY, false);

        if (t.above > 0)
            say_tally(w, item, &t, true);
    }
    if (days == 0 && hours == 0 && w->judged == before)
        skip_mean(w, item,
                  (struct words){"没有适用的限值", "no limit applies"});
}

static void judge_items(struct work *w)
{
    const char *items[ITEMS_MAX];
    size_t count = 0;

    for (size_t i = 0; i < w->day->hour_count; i++) {
        const struct source_hour *h = &w->day->hours[i];

        for (size_t k = 0; k < h->value_count; k++) {
            bool seen = h->values[k].form != SOURCE_CONCENTRATION;

            for (size_t n = 0; n < count && !seen; n++)
                seen = strcmp(items[n], h->values[k].item) == 0;
            if (!seen && count < ITEMS_MAX)
                items[count++] = h->values[k].item;
        }
    }
    for (size_t n = 0; n < count; n++)
        judge_item(w, items[n]);
}

/* ---- the furnace ---- */

static const struct source_limit *furnace_limit(const struct work *w)
{
    static const char *const items[] = {"furnace_temperature",
                                        "high_temperature_zone_temperature"};
    struct source_outlet o = w->day->outlet;
    struct source_pick picks[SOURCE_PICKS_MAX];
    struct source_miss miss;

    o.mean = SOURCE_FIVE_MINUTES;
    for (size_t i = 0; i < LENGTH(items); i++) {
        if (source_pick(&o, items[i], false, picks, &miss))
            return picks[0].limit;
    }
    return NULL;
}

static void judge_furnace(struct work *w)
{
    const struct source_limit *limit = furnace_limit(w);
    int rated = 0, low = 0, allowed = source_count("furnace_minutes_allowed");
    const char *bound;

    for (size_t i = 0; limit && i < w->day->furnace_count; i++) {
        const struct source_furnace *f = &w->day->furnace[i];

        if (f->monitor != MONITOR_NORMAL || f->plant != PLANT_NORMAL)
            continue;
        rated++;
        low += !limit_meets(&limit->limit, f->temperature);
    }
    if (rated == 0)
        return;
    w->judged = true;
    note_standards(w, limit->limit.standard);
    derivation_rely(&w->out, limit->limit.confidence);
    bound = step_decimal(w->arena, limit->limit.low);
    derivation_say(
        &w->out,
        WORDS(w->arena, "炉温5分钟均值 %d 个,低于 %s ℃ 的 %d 个,允许 %d 个",
              "five-minute furnace means %d, below %s degC %d, allowed %d",
              rated, bound, low, allowed));
    if (low > allowed)
        note_broken(w, WORDS(w->arena, "炉温低于 %s ℃ %d 次",
                             "furnace below %s degC %d times", bound, low));
}

/* ---- start, stop, fault ---- */

static bool is_fault(enum plant_state p)
{
    return p == PLANT_FAULT || p == PLANT_ACCIDENT;
}

static bool counts_to_year(enum plant_state p)
{
    return is_fault(p) || p == PLANT_STARTUP || p == PLANT_SHUTDOWN;
}

/* Hours of start, stop and fault; the longest fault, with what ran into it. */
static void count_abnormal(const struct work *w, int *out_hours,
                           int *out_longest, bool *out_from_midnight)
{
    int run = 0;

    *out_hours = *out_longest = 0;
    *out_from_midnight = false;
    for (size_t i = 0; i < w->day->hour_count; i++) {
        const struct source_hour *h = &w->day->hours[i];
        bool follows = i && h->start_s == w->day->hours[i - 1].start_s + HOUR_S;

        *out_hours += counts_to_year(h->plant);
        run = is_fault(h->plant) ? (follows ? run : 0) + 1 : 0;
        if (run > *out_longest) {
            *out_longest = run;
            *out_from_midnight = (size_t)run == i + 1;
        }
    }
}

static void judge_fault(struct work *w, int longest, bool from_midnight)
{
    struct decimal most = source_number("fault_hours");
    struct decimal hours = DECIMAL(longest, 0), sum;
    struct decimal before = from_midnight ? w->day->fault_hours : DECIMAL(0, 0);

    if (longest == 0 || decimal_add(hours, before, &sum))
        return;
    note_standards(w, source_constant("fault_hours").standard);
    derivation_say(&w->out,
                   WORDS(w->arena, "一次故障持续 %s + %d = %s h,允许 %s h",
                         "one fault lasted %s + %d = %s h, allowed %s h",
                         step_decimal(w->arena, before), longest,
                         step_decimal(w->arena, sum),
                         step_decimal(w->arena, most)));
    if (decimal_compare(sum, most) > 0)
        note_broken(w, WORDS(w->arena, "一次故障 %s h", "a fault of %s h",
                             step_decimal(w->arena, sum)));
}

/* Hours kept within bounds say nothing of the emission: they judge no day. */
static void judge_abnormal(struct work *w)
{
    struct decimal most = source_number("abnormal_hours_of_year"), sum;
    int hours, longest;
    bool from_midnight;

    count_abnormal(w, &hours, &longest, &from_midnight);
    judge_fault(w, longest, from_midnight);
    if (!w->day->has_year_hours || hours == 0 ||
        decimal_add(w->day->year_hours, DECIMAL(hours, 0), &sum))
        return;
    note_standards(w, source_constant("abnormal_hours_of_year").standard);
    derivation_say(
        &w->out,
        WORDS(w->arena, "本年启停、故障累计 %s + %d = %s h,允许 %s h",
              "start, stop and fault in the year %s + %d = %s h, allowed %s h",
              step_decimal(w->arena, w->day->year_hours), hours,
              step_decimal(w->arena, sum), step_decimal(w->arena, most)));
    if (decimal_compare(sum, most) > 0)
        note_broken(w, WORDS(w->arena, "本年启停、故障 %s h",
                             "start, stop and fault %s h in the year",
                             step_decimal(w->arena, sum)));
}

/* ---- the end ---- */

static void finish(struct work *w, struct verdict *out)
{
    out->edition = w->standards;
    out->rating = w->exceeded;
    out->level = w->exceeded ? 2 : 1;
    out->level_zh = w->exceeded ? "超标" : "达标";
    out->level_en = w->exceeded ? "exceeding" : "within limits";
    out->colour = w->exceeded ? "#e02020" : "#33b54a";
    out->has_index = w->has_index;
    out->index = w->index;
    out->summary_zh =
        arena_printf(w->arena, "当日%s%s%s(%s)", out->level_zh,
                     w->exceeded ? ":" : "", w->broken.zh, w->standards);
    out->summary_en =
        arena_printf(w->arena, "day %s%s%s (%s)", out->level_en,
                     w->exceeded ? ": " : "", w->broken.en, w->standards);
    derivation_say(&w->out, (struct words){out->summary_zh, out->summary_en});
}

/* Whether the outlet's industry limits dust alone in start and fault. */
static bool is_dust_only(const struct source_outlet *outlet)
{
    struct source_outlet o = *outlet;
    struct source_pick picks[SOURCE_PICKS_MAX];
    struct source_miss miss;

    o.mean = SOURCE_HOUR;
    return source_pick(&o, dust, false, picks, &miss) > 0 &&
           picks[0].limit->dust_only;
}

void source_day(const struct source_day *day, struct arena *arena,
                struct verdict *out)
{
    struct work w = {.day = day,
                     .arena = arena,
                     .broken = {"", ""},
                     .standards = "",
                     .dust_only = is_dust_only(&day->outlet)};

    *out = derivation_verdict(VERDICT_SOURCE_STANDARD, "");
    out->cadence = CADENCE_DAY;
    derivation_start(&w.out, arena);
    count_hours(&w);
    judge_items(&w);
    judge_furnace(&w);
    if (w.dust_only)
        judge_abnormal(&w);
    if (w.judged) {
        finish(&w, out);
    } else {
        out->outcome = VERDICT_INSUFFICIENT;
        out->summary_zh = "当日没有可判定的数据";
        out->summary_en = "nothing of this day could be judged";
    }
    derivation_finish(&w.out, out);
}
