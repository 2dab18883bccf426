#include "assess/air/air.h"

static const struct air_name names[AIR_POLLUTANT_COUNT] = {
    [AIR_SO2] = {"SO2", "a21026", "二氧化硫", "SO2", "ug/m3", AQI_SO2, false},
    [AIR_NO2] = {"NO2", "a21004", "二氧化氮", "NO2", "ug/m3", AQI_NO2, false},
    [AIR_CO] = {"CO", "a21005", "一氧化碳", "CO", "mg/m3", AQI_CO, false},
    [AIR_O3] = {"O3", "a05024_8h", "臭氧日最大 8 小时", "O3 8 h", "ug/m3",
                AQI_O3_8H, false},
    [AIR_PM10] = {"PM10", "a34002", "PM10", "PM10", "ug/m3", AQI_PM10, true},
    [AIR_PM25] = {"PM2.5", "a34004", "PM2.5", "PM2.5", "ug/m3", AQI_PM25, true},
    [AIR_TSP] = {"TSP", "a34001", "总悬浮颗粒物", "TSP", "ug/m3",
                 AQI_INPUT_COUNT, true},
    [AIR_PB] = {"Pb", "a20044", "铅", "Pb", "ug/m3", AQI_INPUT_COUNT, false},
    [AIR_BAP] = {"BaP", "a25044", "苯并[a]芘", "BaP", "ug/m3", AQI_INPUT_COUNT,
                 false},
    [AIR_NOX] = {"NOx", "a21002", "氮氧化物", "NOx", "ug/m3", AQI_INPUT_COUNT,
                 false},
};

const struct air_name *air_name(enum air_pollutant p)
{
    return &names[p];
}

/* ---- limits and rules ---- */

static const char limits_file[] = "air-gb3095.csv";

static bool in_force(const struct standard_table *t, size_t row, int day)
{
    return standard_in_force(standard_day(t, row, "valid_from", 0),
                             standard_day(t, row, "valid_to", STANDARD_OPEN),
                             day);
}

static bool is_limit(const struct standard_table *t, size_t row)
{
    return standard_cell_is(t, row, "record", "limit") ||
           standard_cell_is(t, row, "record", "limit_other");
}

bool air_limit(enum air_pollutant p, const char *term, int class, int day,
               struct air_limit *out)
{
    const struct standard_table *t = standard_table(limits_file);

    if (p == AIR_O3 && strcmp(term, "24h") == 0)
        term = "8h_daily_max";
    for (size_t row = 0; t && row < t->row_count; row++) {
        if (!is_limit(t, row) ||
            !standard_cell_is(t, row, "pollutant", names[p].symbol) ||
            !standard_cell_is(t, row, "period", term) || !in_force(t, row, day))
            continue;
        *out = (struct air_limit){
            .standard = standard_text(t, row, "standard"),
            .phase = standard_text(t, row, "phase"),
            .unit = standard_text(t, row, "unit"),
            .clause = standard_text(t, row, "clause"),
            .confidence = standard_text(t, row, "confidence"),
        };
        return standard_decimal(t, row, class == 1 ? "class1" : "class2",
                                &out->value);
    }
    return false;
}

const char *air_limits_edition(int day, struct arena *arena)
{
    struct air_limit limit;

    if (!air_limit(AIR_PM25, "annual", 2, day, &limit))
        return NULL;
    return arena_printf(arena, "%s (%s)", limit.standard, limit.phase);
}

const struct rule *air_rule(const char *record, const char *key,
                            const char *param, int day)
{
    const struct rule_table *t = rule_table("air-rules.csv");

    return t ? rule_find(t, (struct rule_question){.record = record,
                                                   .key = key,
                                                   .param = param,
                                                   .day = day})
             : NULL;
}

const char *air_rules_edition(int day)
{
    const struct rule *rule = air_rule("decimals", "all", "rate", day);

    return rule ? rule->standard : NULL;
}

int air_decimals(enum air_pollutant p, const char *stage, int day)
{
    const struct rule *rule = air_rule("decimals", names[p].symbol, stage, day);

    return rule && rule->is_number ? (int)rule->value.mantissa : -1;
}

/* ---- days ---- */

/* A whole number of the table; 0 when it says none. */
static int days_rule(enum air_pollutant p, const char *param, int day,
                     const char **confidence)
{
    const struct rule *rule = air_rule("days", names[p].symbol, param, day);

    if (!rule)
        return 0;
    *confidence = confidence_lower(*confidence, rule->confidence);
    return (int)rule->value.mantissa;
}

static int next_month(int month)
{
    return month % 100 == 12 ? month + 89 : month + 1;
}

/* Months (yyyymm) of the period that have fewer days than they need. */
static int months_short(const struct air_question *q, enum air_pollutant p,
                        const struct air_day *days, size_t n,
                        const char **confidence)
{
    int count = 0, last = q->to_day / 100;

    for (int m = q->from_day / 100; m <= last; m = next_month(m)) {
        int have = 0;
        int need = days_rule(p, m % 100 == 2 ? "february" : "month",
                             q->rules_day, confidence);

        for (size_t i = 0; i < n; i++)
            have += days[i].day / 100 == m && days[i].of[p].known;
        count += have < need;
    }
    return count;
}

static void check_enough(const struct air_question *q, enum air_pollutant p,
                         const struct air_day *days, size_t n,
                         struct air_statistic *out)
{
    out->enough = out->valid_days > 0;
    if (q->period == AIR_DAY || q->period == AIR_ALL)
        return;
    if (q->period == AIR_YEAR)
        out->days_needed = days_rule(p, "year", q->rules_day, &out->confidence);
    if (q->period == AIR_QUARTER)
        out->days_needed =
            days_rule(p, "quarter", q->rules_day, &out->confidence);
    out->months_short = months_short(q, p, days, n, &out->confidence);
    out->enough = out->valid_days > 0 && out->months_short == 0 &&
                  out->valid_days >= out->days_needed;
}

static bool counted(const struct air_question *q, enum air_pollutant p,
                    const struct air_day *day)
{
    return !(day->sand_dust && names[p].is_particle) &&
           !(day->exceptional && q->leave_events_out);
}

/* The values that count, as the first stage rounds them. */
static enum err gather(const struct air_question *q, enum air_pollutant p,
                       const struct air_day *days, size_t n,
                       struct decimal *values, struct air_statistic *out)
{
    int raw = air_decimals(p, "raw", q->rules_day);

    for (size_t i = 0; i < n; i++) {
        struct decimal v = days[i].of[p].value;

        if (!days[i].of[p].known)
            continue;
        out->valid_days++;
        if (!counted(q, p, &days[i])) {
            out->left_out++;
            continue;
        }
        if (raw >= 0 && decimal_rescale(v, -raw, ROUND_HALF_EVEN, &v))
            return ERR_OVERFLOW;
        values[out->n++] = v;
    }
    return OK;
}

static enum err take_mean(const struct air_question *q, enum air_pollutant p,
                          const struct decimal *values,
                          struct air_statistic *out)
{
    struct decimal_sum sum = DECIMAL_SUM_ZERO;

    for (size_t i = 0; i < out->n; i++) {
        if (decimal_sum_add(&sum, values[i]))
            return ERR_OVERFLOW;
    }
    return decimal_sum_total(&sum, sum.exponent, ROUND_HALF_EVEN, &out->sum) ||
                   decimal_sum_mean(&sum,
                                    -air_decimals(p, "statistic", q->rules_day),
                                    ROUND_HALF_EVEN, &out->mean) ||
                   decimal_sum_mean(&sum,
                                    -air_decimals(p, "result", q->rules_day),
                                    ROUND_HALF_EVEN, &out->mean_result)
               ? ERR_OVERFLOW
               : OK;
}

static enum err take_percentile(const struct air_question *q,
                                enum air_pollutant p,
                                const struct decimal *sorted,
                                struct air_statistic *out)
{
    const struct rule *rule =
        air_rule("percentile", names[p].symbol, "year", q->rules_day);

    if (!rule)
        return OK;
    out->has_percentile = true;
    out->percent = rule->value;
    out->confidence = confidence_lower(out->confidence, rule->confidence);
    if (percentile_place(out->n, rule->value, PERCENTILE_HJ663, &out->place))
        return ERR_OVERFLOW;
    out->low = sorted[out->place.low - 1];
    out->high = sorted[out->place.high - 1];
    return percentile_of(sorted, out->n, rule->value, PERCENTILE_HJ663,
                         -air_decimals(p, "statistic", q->rules_day),
                         &out->percentile) ||
                   percentile_of(sorted, out->n, rule->value, PERCENTILE_HJ663,
                                 -air_decimals(p, "result", q->rules_day),
                                 &out->percentile_result)
               ? ERR_OVERFLOW
               : OK;
}

static enum err take_rate(const struct air_question *q, enum air_pollutant p,
                          const struct decimal *values,
                          struct air_statistic *out)
{
    int decimals = air_decimals(p, "result", q->rules_day);
    const struct rule *rate = air_rule("decimals", "all", "rate", q->rules_day);
    struct air_limit limit;

    out->has_daily_limit = air_limit(p, "24h", q->class, q->rules_day, &limit);
    if (!out->has_daily_limit)
        return OK;
    for (size_t i = 0; i < out->n; i++) {
        struct decimal v;

        if (decimal_rescale(values[i], -decimals, ROUND_HALF_EVEN, &v))
            return ERR_OVERFLOW;
        out->attained_days += decimal_compare(v, limit.value) <= 0;
    }
    return decimal_muldiv(DECIMAL(out->attained_days, 0), DECIMAL(100, 0),
                          DECIMAL((int64_t)out->n, 0),
                          -(int)rate->value.mantissa, ROUND_HALF_EVEN,
                          &out->attained_percent);
}

enum err air_count(const struct air_question *q, enum air_pollutant p,
                   const struct air_day *days, size_t n, struct arena *arena,
                   struct air_statistic *out)
{
    const struct rule *rule =
        air_rule("decimals", names[p].symbol, "result", q->rules_day);
    struct decimal *values = arena_new(arena, n + 1, sizeof(*values));
    enum err err;

    *out = (struct air_statistic){.confidence = rule ? rule->confidence : ""};
    if (!rule)
        return ERR_NOT_FOUND;
    err = gather(q, p, days, n, values, out);
    if (err)
        return err;
    check_enough(q, p, days, n, out);
    if (out->n == 0)
        return OK;
    stat_sort(values, out->n);
    err = take_mean(q, p, values, out);
    if (!err)
        err = take_percentile(q, p, values, out);
    return err ? err : take_rate(q, p, values, out);
}

/* ---- categories ---- */

static void add_day(const struct air_day *day, struct air_categories *out)
{
    const struct aqi_edition *edition = aqi_edition_on(day->day);
    struct aqi_concentration in[AQI_INPUT_COUNT] = {{false, {0, 0}}};
    struct aqi_rating rating;

    for (int p = 0; p < AIR_BASIC_COUNT; p++)
        in[names[p].input] =
            (struct aqi_concentration){day->of[p].known, day->of[p].value};
    in[AQI_O3_1H] =
        (struct aqi_concentration){day->ozone_1h.known, day->ozone_1h.value};
    if (edition)
        aqi_rate(edition, CADENCE_DAY, in, &rating);
    if (!edition || rating.aqi < 0) {
        out->unrated_days++;
        return;
    }
    out->rated_days++;
    out->level[rating.level]++;
    for (int p = 0; p < AIR_BASIC_COUNT; p++) {
        unsigned bits = 1U << names[p].input;

        if (p == AIR_O3)
            bits |= 1U << AQI_O3_1H;
        out->primary[p] += (rating.primary & bits) != 0;
    }
}

void air_categories(const struct air_day *days, size_t n,
                    struct air_categories *out)
{
    *out = (struct air_categories){0};
    for (size_t i = 0; i < n; i++)
        add_day(&days[i], out);
    out->good_days = out->level[1] + out->level[2];
    if (out->rated_days &&
        decimal_muldiv(DECIMAL(out->good_days, 0), DECIMAL(100, 0),
                       DECIMAL(out->rated_days, 0), -1, ROUND_HALF_EVEN,
                       &out->good_percent))
        out->good_percent = DECIMAL(0, -1); /* days are few: does not happen */
}

/* ---- sums of quotients ---- */

static __int128 divisor_of(__int128 a, __int128 b)
{
    while (b) {
        __int128 rest = a % b;

        a = b;
        b = rest;
    }
    return a < 0 ? -a : a;
}

/* Both at the same exponent, as whole numbers. */
static enum err whole_pair(struct decimal *a, struct decimal *b)
{
    int exponent = a->exponent < b->exponent ? a->exponent : b->exponent;
    enum err err = decimal_exact(*a, exponent, a);

    return err ? err : decimal_exact(*b, exponent, b);
}

enum err air_ratio_add(struct air_ratio *sum, struct decimal value,
                       struct decimal limit, struct decimal weight)
{
    __int128 n, d, common, left, right;
    struct decimal weighted;

    if (decimal_mul(value, weight, &weighted) || whole_pair(&weighted, &limit))
        return ERR_OVERFLOW;
    if (limit.mantissa <= 0)
        return ERR_OUT_OF_RANGE;
    common = divisor_of(weighted.mantissa, limit.mantissa);
    n = weighted.mantissa / common;
    d = limit.mantissa / common;
    common = divisor_of(sum->denominator, d);
    if (__builtin_mul_overflow(sum->numerator, d / common, &left) ||
        __builtin_mul_overflow(n, sum->denominator / common, &right) ||
        __builtin_add_overflow(left, right, &left) ||
        __builtin_mul_overflow(sum->denominator, d / common, &right))
        return ERR_OVERFLOW;
    *sum = (struct air_ratio){left, right};
    return OK;
}

struct decimal air_ratio_decimal(const struct air_ratio *sum, int decimals)
{
    __int128 scaled = sum->numerator;

    for (int i = 0; i < decimals; i++) {
        if (__builtin_mul_overflow(scaled, (__int128)10, &scaled))
            return DECIMAL(INT64_MAX, (int8_t)-decimals);
    }
    scaled = rounding_divide(scaled, sum->denominator, ROUND_HALF_EVEN);
    if (scaled > INT64_MAX)
        scaled = INT64_MAX;
    return DECIMAL((int64_t)scaled, (int8_t)-decimals);
}
