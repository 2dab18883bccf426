#include "assess/air/air_input.h"

#include "assess/derivation/rule_facts.h"
#include "assess/factor/factor.h"

enum { OZONE_1H = AIR_POLLUTANT_COUNT, ITEMS };

static const struct assess_item items[ITEMS] = {
    [AIR_SO2] = {.code = "a21026",
                 .name_zh = "二氧化硫",
                 .name_en = "SO2",
                 .unit = "ug/m3"},
    [AIR_NO2] = {.code = "a21004",
                 .name_zh = "二氧化氮",
                 .name_en = "NO2",
                 .unit = "ug/m3"},
    [AIR_CO] = {.code = "a21005",
                .name_zh = "一氧化碳",
                .name_en = "CO",
                .unit = "mg/m3"},
    [AIR_O3] = {.code = "a05024_8h",
                .name_zh = "臭氧日最大 8 小时",
                .name_en = "O3_8h",
                .unit = "ug/m3",
                .aliases = "臭氧8小时;a0502408;O3_8h_max"},
    [AIR_PM10] = {.code = "a34002",
                  .name_zh = "可吸入颗粒物",
                  .name_en = "PM10",
                  .unit = "ug/m3"},
    [AIR_PM25] = {.code = "a34004",
                  .name_zh = "细颗粒物",
                  .name_en = "PM2.5",
                  .unit = "ug/m3"},
    [AIR_TSP] = {.code = "a34001",
                 .name_zh = "总悬浮颗粒物",
                 .name_en = "TSP",
                 .unit = "ug/m3"},
    [AIR_PB] = {.code = "a20044",
                .name_zh = "铅",
                .name_en = "Pb",
                .unit = "ug/m3"},
    [AIR_BAP] = {.code = "a25044",
                 .name_zh = "苯并[a]芘",
                 .name_en = "BaP",
                 .unit = "ug/m3",
                 .aliases = "BaP"},
    [AIR_NOX] = {.code = "a21002",
                 .name_zh = "氮氧化物",
                 .name_en = "NOx",
                 .unit = "ug/m3"},
    [OZONE_1H] = {.code = "a05024_1h",
                  .name_zh = "臭氧日最大 1 小时",
                  .name_en = "O3_1h",
                  .unit = "ug/m3",
                  .aliases = "臭氧1小时"},
};

const struct assess_item *air_item_at(size_t index)
{
    return index < LENGTH(items) ? &items[index] : NULL;
}

const struct assess_item *air_item_named(struct span name)
{
    struct span stem = span_first(name, name.len < 3 ? 0 : name.len - 3);
    struct span end = span_from(name, stem.len);
    bool one = span_equal_nocase(end, SPAN("_1h"));
    bool eight = span_equal_nocase(end, SPAN("_8h"));
    const struct factor *factor = factor_find(one || eight ? stem : name);

    if (!factor || !span_is(span_of(factor->code), aqi_factor(AQI_O3_1H)))
        return NULL;
    return &items[one ? OZONE_1H : AIR_O3];
}

const struct assess_choice air_limit_choices[] = {
    {"last-day", "统计期末日有效的版本", "in force on the last day", NULL},
    {"first-day", "统计期首日有效的版本", "in force on the first day", NULL},
    {"2012", "GB 3095-2012(含 2018 年修改单)、HJ 663-2013",
     "GB 3095-2012 as amended in 2018, HJ 663-2013", NULL},
    {"2026", "GB 3095-2026 过渡限值、HJ 663-2026",
     "GB 3095-2026 in transition, HJ 663-2026", "transition"},
    {"2031", "GB 3095-2026 最终限值", "GB 3095-2026, final limits", "final"},
    {NULL, NULL, NULL, NULL},
};

/* The first day of a phase of GB 3095, by its place in the table. */
static int phase_day(const char *phase)
{
    const struct standard_table *t = standard_table("air-gb3095.csv");

    for (size_t row = 0; t && row < t->row_count; row++) {
        if (standard_cell_is(t, row, "record", "limit") &&
            standard_cell_is(t, row, "phase", phase))
            return standard_day(t, row, "valid_from", 0);
    }
    return 0;
}

int air_rules_day(int choice, int from_day, int to_day)
{
    switch (choice) {
    case AIR_LIMITS_FIRST_DAY:
        return from_day;
    case AIR_LIMITS_2012:
        return phase_day("2018 amendment");
    case AIR_LIMITS_2026:
        return phase_day("transition");
    case AIR_LIMITS_2031:
        return phase_day("final");
    default:
        return to_day;
    }
}

enum cadence air_cadence(enum air_period period)
{
    switch (period) {
    case AIR_DAY:
        return CADENCE_DAY;
    case AIR_MONTH:
        return CADENCE_MONTH;
    case AIR_QUARTER:
        return CADENCE_QUARTER;
    default:
        return CADENCE_YEAR;
    }
}

/* Half of the limit of detection takes part; false: no number to count with. */
static bool number_of(const struct assess_value *v, struct decimal *out)
{
    *out = v->value;
    return v->is == ASSESS_NUMBER &&
           (!v->below_detection || !stat_censored(v->value, out));
}

bool air_day_of(const struct assess_case *c, const struct assess_record *r,
                int day, struct air_day *out)
{
    *out = (struct air_day){.day = day};
    for (size_t i = 0; i < r->value_count; i++) {
        const struct assess_value *v = &r->values[i];
        ptrdiff_t item = v->item - items;
        struct decimal number;

        if (!number_of(v, &number)) {
            assess_refuse(c, r, v->column,
                          "未检出但没有检出限,不能参加统计:请写 <检出限",
                          "not detected, and below what is not told: write "
                          "<limit of detection");
            return false;
        }
        if (item == OZONE_1H) {
            out->ozone_1h.known = true;
            out->ozone_1h.value = number;
        } else {
            out->of[item].known = true;
            out->of[item].value = number;
        }
    }
    return true;
}

struct entry {
    struct air_day day;
    const struct assess_record *line;
    size_t at; /* place in the input: the first of a day stays */
};

static int by_day(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;

    if (x->day.day != y->day.day)
        return x->day.day < y->day.day ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

size_t air_days_sort(const struct assess_case *c, struct air_day *days,
                     const struct assess_record **lines, size_t n)
{
    struct entry *entries = arena_new(c->arena, n + 1, sizeof(*entries));
    size_t kept = 0;

    for (size_t i = 0; i < n; i++)
        entries[i] = (struct entry){days[i], lines[i], i};
    qsort(entries, n, sizeof(*entries), by_day);
    for (size_t i = 0; i < n; i++) {
        if (kept && days[kept - 1].day == entries[i].day.day) {
            assess_refuse(c, entries[i].line, SPAN("date"),
                          "这一天已有一行,本行不计入;请删去其一",
                          "the day has a row already and this one is not "
                          "counted: remove one");
            continue;
        }
        days[kept] = entries[i].day;
        lines[kept++] = entries[i].line;
    }
    return kept;
}

/* ---- facts ---- */

static void limit_fact(struct assess_facts *facts,
                       const struct standard_table *t, size_t row,
                       const char *class)
{
    assess_fact(facts,
                &(struct assess_fact){
                    .standard = standard_text(t, row, "standard"),
                    .from_day = standard_day(t, row, "valid_from", 0),
                    .to_day = standard_day(t, row, "valid_to", STANDARD_OPEN),
                    .item = standard_text(t, row, "pollutant"),
                    .what = standard_text(t, row, "period"),
                    .value = standard_text(t, row, class),
                    .unit = standard_text(t, row, "unit"),
                    .clause = standard_text(t, row, "clause"),
                    .confidence = standard_text(t, row, "confidence"),
                    .note = class,
                });
}

void air_facts(struct assess_facts *facts)
{
    const struct standard_table *t = standard_table("air-gb3095.csv");

    for (size_t row = 0; t && row < t->row_count; row++) {
        if (!standard_cell_is(t, row, "record", "limit") &&
            !standard_cell_is(t, row, "record", "limit_other"))
            continue;
        limit_fact(facts, t, row, "class1");
        limit_fact(facts, t, row, "class2");
    }
    rule_facts(facts, rule_table("air-rules.csv"), NULL, NULL);
}
