#include "assess/air/air_city.h"

#include "assess/derivation/derivation.h"

struct work {
    const struct air_city_question *q;
    const struct air_station *stations;
    size_t n;
    struct arena *arena;
    struct derivation d;
    int assessed, control; /* stations */
    int percent;           /* of the assessed that must have a value */
    struct aqi_concentration mean[AQI_INPUT_COUNT];
    struct words lacking;
};

/* What the share of stations rests on, the city's value rests on. */
static int rule_number(struct work *w, const char *param)
{
    const struct rule *rule = air_rule("city", "stations", param, w->q->day);

    if (rule)
        derivation_rely(&w->d, rule->confidence);
    return rule ? (int)rule->value.mantissa : 0;
}

static void count_stations(struct work *w)
{
    for (size_t i = 0; i < w->n; i++) {
        w->assessed += !w->stations[i].is_control;
        w->control += w->stations[i].is_control;
    }
    if (w->q->stations > w->assessed)
        w->assessed = w->q->stations;
    w->percent = rule_number(
        w, w->assessed < rule_number(w, "few") ? "percent_few" : "percent");
}

/* The value of a station, and of an hour's ozone its 1 h mean. */
static bool value_of(const struct work *w, const struct air_station *s,
                     enum air_pollutant p, struct decimal *out)
{
    bool ozone = p == AIR_O3 && w->q->is_hour;

    *out = ozone ? s->values.ozone_1h.value : s->values.of[p].value;
    return ozone ? s->values.ozone_1h.known : s->values.of[p].known;
}

static void say_mean(struct work *w, const struct decimal_sum *sum,
                     struct verdict_item *item)
{
    struct arena *a = w->arena;
    struct decimal total;
    const char *text = "";

    if (!decimal_sum_total(sum, sum->exponent, ROUND_HALF_EVEN, &total))
        text = step_decimal(a, total);
    item->step_zh = arena_printf(
        a, "%s 城市均值:%u 个评价点合计 %s,%s/%u = %s(有效 %u/%d,需 ≥ %d%%)",
        item->name_zh, sum->count, text, text, sum->count,
        step_decimal(a, item->value), sum->count, w->assessed, w->percent);
    item->step_en = arena_printf(
        a,
        "%s of the city: sum of %u assessed stations %s, %s/%u = %s (valid "
        "%u/%d, ≥ %d%% needed)",
        item->name_en, sum->count, text, text, sum->count,
        step_decimal(a, item->value), sum->count, w->assessed, w->percent);
}

static void say_lacking(struct work *w, unsigned valid, enum air_pollutant p,
                        struct verdict_item *item)
{
    item->has_value = false;
    item->step_zh =
        arena_printf(w->arena, "%s:有效评价点 %u/%d,不足 %d%%,无城市值",
                     item->name_zh, valid, w->assessed, w->percent);
    item->step_en = arena_printf(
        w->arena, "%s: %u of %d assessed stations valid, below %d%%: no value",
        item->name_en, valid, w->assessed, w->percent);
    w->lacking =
        words_join(w->arena, w->lacking,
                   (struct words){air_name(p)->name_zh, air_name(p)->name_en});
}

/* A value of a station: false when it has none. */
typedef bool value_fn(const struct work *w, const struct air_station *s,
                      enum air_pollutant p, struct decimal *out);

static bool ozone_1h_of(const struct work *w, const struct air_station *s,
                        enum air_pollutant p, struct decimal *out)
{
    (void)w;
    (void)p;
    *out = s->values.ozone_1h.value;
    return s->values.ozone_1h.known;
}

/* The mean of what was added up; false when too few have a value. */
static bool mean_of_sum(const struct work *w, enum air_pollutant p,
                        const struct decimal_sum *sum, struct decimal *out)
{
    return sum->count > 0 &&
           (int)sum->count * 100 >= w->assessed * w->percent &&
           !decimal_sum_mean(sum, -air_decimals(p, "result", w->q->day),
                             ROUND_HALF_EVEN, out);
}

/* The mean of the assessed stations; false when too few have a value. */
static bool mean_of(const struct work *w, enum air_pollutant p, value_fn *value,
                    struct decimal_sum *sum, struct decimal *out)
{
    bool fits = true;

    *sum = DECIMAL_SUM_ZERO;
    for (size_t i = 0; i < w->n; i++) {
        struct decimal v;

        if (!w->stations[i].is_control && value(w, &w->stations[i], p, &v))
            fits = fits && !decimal_sum_add(sum, v);
    }
    return fits && mean_of_sum(w, p, sum, out);
}

static void judge_pollutant(struct work *w, enum air_pollutant p)
{
    const struct air_name *name = air_name(p);
    struct decimal_sum sum;
    struct verdict_item *item =
        derivation_add(&w->d, arena_printf(w->arena, "city_%s", name->code),
                       (struct words){name->name_zh, name->name_en});
    enum aqi_input input =
        p == AIR_O3 && w->q->is_hour ? AQI_O3_1H : name->input;

    if (p == AIR_O3 && w->q->is_hour)
        item->factor = "city_a05024", item->name_zh = "臭氧",
        item->name_en = "O3";
    item->unit = name->unit;
    if (!mean_of(w, p, value_of, &sum, &item->value)) {
        say_lacking(w, sum.count, p, item);
        return;
    }
    item->has_value = true;
    w->mean[input] = (struct aqi_concentration){true, item->value};
    say_mean(w, &sum, item);
}

/* The largest 1 h mean of the day: the edition of 2012 takes it when given. */
static void add_ozone_1h(struct work *w)
{
    struct aqi_concentration *mean = &w->mean[AQI_O3_1H];
    struct decimal_sum sum;

    if (!w->q->is_hour)
        mean->known = mean_of(w, AIR_O3, ozone_1h_of, &sum, &mean->value);
}

/* The items of the index behind those of the means. */
static void append(struct work *w, struct verdict *v)
{
    for (size_t i = 0; i < v->item_count; i++) {
        struct verdict_item *item =
            derivation_add(&w->d, "", (struct words){NULL, NULL});

        *item = v->items[i];
        if (item->has_value)
            derivation_rely(&w->d, item->confidence);
    }
}

static void say_stations(struct work *w, struct verdict *v)
{
    struct arena *a = w->arena;

    v->summary_zh = arena_printf(a, "%s;评价点 %d 个,对照点 %d 个不参加",
                                 v->summary_zh, w->assessed, w->control);
    v->summary_en = arena_printf(
        a, "%s; %d assessed stations, %d control stations left out",
        v->summary_en, w->assessed, w->control);
    if (!*w->lacking.zh)
        return;
    v->summary_zh =
        arena_printf(a, "%s;站点不足:%s", v->summary_zh, w->lacking.zh);
    v->summary_en = arena_printf(a, "%s; too few stations: %s", v->summary_en,
                                 w->lacking.en);
}

void air_city_start(struct air_city_sums *sums)
{
    for (int p = 0; p < AIR_BASIC_COUNT; p++)
        sums->of[p] = DECIMAL_SUM_ZERO;
    sums->ozone_1h = DECIMAL_SUM_ZERO;
    sums->overflows = false;
}

void air_city_add(struct air_city_sums *sums, const struct air_day *station)
{
    for (int p = 0; p < AIR_BASIC_COUNT; p++) {
        if (station->of[p].known &&
            decimal_sum_add(&sums->of[p], station->of[p].value))
            sums->overflows = true;
    }
    if (station->ozone_1h.known &&
        decimal_sum_add(&sums->ozone_1h, station->ozone_1h.value))
        sums->overflows = true;
}

bool air_city_day(const struct air_city_question *q,
                  const struct air_city_sums *sums, struct air_day *out)
{
    struct work w = {.q = q};
    bool any = false;

    *out = (struct air_day){.day = q->day};
    if (sums->overflows || !air_rules_edition(q->day))
        return false;
    count_stations(&w);
    for (int p = 0; p < AIR_BASIC_COUNT; p++) {
        out->of[p].known = mean_of_sum(&w, (enum air_pollutant)p, &sums->of[p],
                                       &out->of[p].value);
        any |= out->of[p].known;
    }
    out->ozone_1h.known =
        mean_of_sum(&w, AIR_O3, &sums->ozone_1h, &out->ozone_1h.value);
    return any || out->ozone_1h.known;
}

void air_city_judge(const struct air_city_question *q,
                    const struct air_station *stations, size_t n,
                    struct arena *arena, struct verdict *out)
{
    struct work w = {.q = q,
                     .stations = stations,
                     .n = n,
                     .arena = arena,
                     .lacking = {"", ""}};
    const char *rules = air_rules_edition(q->day);

    derivation_start(&w.d, arena);
    *out = derivation_verdict(VERDICT_AIR_CITY, "");
    if (!rules || !aqi_edition_on(q->day)) {
        out->outcome = VERDICT_NO_EDITION;
        out->summary_zh = "该日没有有效的标准";
        out->summary_en = "no standard was in force on that day";
        return;
    }
    count_stations(&w);
    for (int p = 0; p < AIR_BASIC_COUNT; p++)
        judge_pollutant(&w, (enum air_pollutant)p);
    add_ozone_1h(&w);
    (q->is_hour ? aqi_hourly : aqi_daily)(w.mean, q->day, arena, out);
    append(&w, out);
    out->kind = VERDICT_AIR_CITY;
    out->edition = arena_printf(arena, "%s; %s", rules, out->edition);
    say_stations(&w, out);
    derivation_finish(&w.d, out);
}
