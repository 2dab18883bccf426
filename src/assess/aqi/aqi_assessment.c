#include "assess/aqi/aqi_table.h"
#include "assess/catalogue/assessment.h"
#include "assess/factor/factor.h"
#include "assess/standard/standard.h"

/* In the order of enum aqi_input, with the names that tell ozone's two means
 * apart. */
static const struct assess_item items[AQI_INPUT_COUNT] = {
    [AQI_SO2] = {.code = "a21026",
                 .name_zh = "二氧化硫",
                 .name_en = "SO2",
                 .unit = "ug/m3"},
    [AQI_NO2] = {.code = "a21004",
                 .name_zh = "二氧化氮",
                 .name_en = "NO2",
                 .unit = "ug/m3"},
    [AQI_CO] = {.code = "a21005",
                .name_zh = "一氧化碳",
                .name_en = "CO",
                .unit = "mg/m3"},
    [AQI_O3_1H] = {.code = "a05024_1h",
                   .name_zh = "臭氧 1 小时",
                   .name_en = "O3_1h",
                   .unit = "ug/m3",
                   .aliases = "臭氧1小时"},
    [AQI_O3_8H] = {.code = "a05024_8h",
                   .name_zh = "臭氧 8 小时",
                   .name_en = "O3_8h",
                   .unit = "ug/m3",
                   .aliases = "臭氧8小时;a0502408;a0502408_8h"},
    [AQI_PM10] = {.code = "a34002",
                  .name_zh = "可吸入颗粒物",
                  .name_en = "PM10",
                  .unit = "ug/m3"},
    [AQI_PM25] = {.code = "a34004",
                  .name_zh = "细颗粒物",
                  .name_en = "PM2.5",
                  .unit = "ug/m3"},
};

static const struct assess_item *item_at(size_t index)
{
    return index < LENGTH(items) ? &items[index] : NULL;
}

/* A plain "O3" is the 1 h mean of an hour and the largest 8 h mean of a day. */
static const struct assess_item *ozone(struct span name, enum aqi_input input)
{
    const struct factor *factor = factor_find(name);

    return factor && span_is(span_of(factor->code), aqi_factor(AQI_O3_1H))
               ? &items[input]
               : NULL;
}

static bool ends(struct span name, struct span end)
{
    return name.len > end.len &&
           span_equal_nocase(span_from(name, name.len - end.len), end);
}

static const struct assess_item *named(struct span name, enum aqi_input plain)
{
    struct span stem = span_first(name, name.len < 3 ? 0 : name.len - 3);

    if (ends(name, SPAN("_1h")))
        return ozone(stem, AQI_O3_1H);
    if (ends(name, SPAN("_8h")))
        return ozone(stem, AQI_O3_8H);
    return ozone(name, plain);
}

static const struct assess_item *named_of_hour(struct span name)
{
    return named(name, AQI_O3_1H);
}

static const struct assess_item *named_of_day(struct span name)
{
    return named(name, AQI_O3_8H);
}

enum { TIME, ROUNDING, INCOMPLETE, PM10_MAY_MISS, UNMONITORED };
enum { BY_STANDARD, HALF_UP };

static const struct assess_choice roundings[] = {
    {"standard", "按标准", "as the standard says", NULL},
    {"half-up", "指数四舍五入", "index half up", NULL},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_field fields[] = {
    [TIME] = {.name = "time",
              .aliases = "date;day;start;日期;时间;监测时间",
              .kind = ASSESS_DAY,
              .flags = ASSESS_REQUIRED,
              .zh = "小时的起始时间或日期(北京时间)",
              .en = "start of the hour, or the day (Beijing time)"},
    [ROUNDING] = {.name = "rounding",
                  .kind = ASSESS_CHOICE,
                  .standard = "standard",
                  .choices = roundings,
                  .zh = "修约方式;half-up 只用于与这样发布的数据比较",
                  .en = "rounding; half-up only to compare with publishers who "
                        "round so"},
    [INCOMPLETE] = {.name = "incomplete",
                    .kind = ASSESS_YES,
                    .standard = "no",
                    .zh = "缺项时也给出指数,只用于比较",
                    .en = "an index from whatever inputs there are, only to "
                          "compare"},
    [PM10_MAY_MISS] = {.name = "pm10_may_miss",
                       .kind = ASSESS_YES,
                       .standard = "no",
                       .zh = "仅缺 PM10 时也给出指数,只用于与国家发布数据比较",
                       .en =
                           "an index also when PM10 alone is missing, only to "
                           "compare with the national feed"},
    [UNMONITORED] =
        {.name = "unmonitored",
         .kind = ASSESS_TEXT,
         .zh = "未开展监测、近三年不是污染天首要污染物的项目,分号分隔"
               "(HJ 633-2026 5.3.2)",
         .en = "pollutants not in the monitoring plan and primary on no "
               "polluted day of three years, ; between (HJ "
               "633-2026 5.3.2)"},
    {.name = NULL},
};

/* "CO;O3" as bits; false when a name is none of the inputs. */
static bool unmonitored_of(struct span list, unsigned *out)
{
    while (list.len) {
        struct span name = span_trim(span_take(&list, ';'));
        const struct factor *factor = factor_find(name);
        unsigned bits = 0;

        for (int i = 0; factor && i < AQI_INPUT_COUNT; i++) {
            if (span_is(span_of(factor->code), aqi_factor((enum aqi_input)i)))
                bits |= 1U << i;
        }
        if (!bits)
            return false;
        *out |= bits;
    }
    return true;
}

static void judge(const struct assess_case *c, enum cadence cadence)
{
    const struct assess_record *r = &c->records[0];
    struct aqi_practice practice = {.half_up =
                                        r->cell[ROUNDING].choice == HALF_UP,
                                    .incomplete = r->cell[INCOMPLETE].choice};
    struct aqi_concentration in[AQI_INPUT_COUNT] = {{false, {0, 0}}};
    struct verdict verdict;

    practice.pm10_may_miss = r->cell[PM10_MAY_MISS].choice;
    if (!unmonitored_of(r->cell[UNMONITORED].text, &practice.unmonitored)) {
        assess_refuse(c, r, SPAN("unmonitored"), "不是本评价的项目",
                      "not pollutants of this index");
        return;
    }
    for (size_t i = 0; i < r->value_count; i++) {
        const struct assess_value *v = &r->values[i];

        if (v->below_detection) {
            assess_refuse(c, r, v->column,
                          "小时或日均值应为数值,不能是未检出:请写数字或留空",
                          "not a number: a mean of the network is one, not a "
                          "limit of detection; write digits or leave it empty");
            return;
        }
        in[v->item - items] = (struct aqi_concentration){true, v->value};
    }
    aqi_as_published(in, cadence, r->cell[TIME].day, &practice, c->arena,
                     &verdict);
    assess_give(c, r, &verdict);
}

static void judge_hour(const struct assess_case *c)
{
    judge(c, CADENCE_HOUR);
}

static void judge_day(const struct assess_case *c)
{
    judge(c, CADENCE_DAY);
}

/* ---- facts ---- */

static void scale_facts(struct assess_facts *facts,
                        const struct aqi_edition *edition, enum aqi_input input,
                        enum cadence cadence)
{
    const struct aqi_scale *s = aqi_scale(edition, input, cadence);
    struct arena arena;

    arena_init(&arena);
    for (int i = 0; i < s->steps; i++) {
        char value[DECIMAL_TEXT_MAX];

        decimal_format(s->at[i], value);
        assess_fact(facts, &(struct assess_fact){
                               .standard = edition->name,
                               .from_day = edition->from_day,
                               .to_day = edition->to_day,
                               .item = aqi_factor(input),
                               .what = arena_printf(&arena, "%s / IAQI %d",
                                                    s->period, s->iaqi[i]),
                               .value = value,
                               .unit = s->unit,
                               .clause = s->clause,
                               .confidence = s->confidence,
                               .note = "",
                           });
    }
    arena_done(&arena);
}

static void facts_of(struct assess_facts *facts, enum cadence cadence)
{
    const struct aqi_edition *edition;

    for (size_t e = 0; (edition = aqi_edition_at(e)); e++) {
        for (int input = 0; input < AQI_INPUT_COUNT; input++) {
            if (cadence == CADENCE_DAY || input != AQI_O3_8H)
                scale_facts(facts, edition, (enum aqi_input)input, cadence);
        }
    }
}

static void facts_of_hour(struct assess_facts *facts)
{
    facts_of(facts, CADENCE_HOUR);
}

static void facts_of_day(struct assess_facts *facts)
{
    facts_of(facts, CADENCE_DAY);
}

static const char rating_zh[] = "空气质量指数 AQI";
static const char rating_en[] = "air quality index";

const struct assessment aqi_hour_assessment = {
    .name = "aqi-hour",
    .kind = VERDICT_AQI_HOUR,
    .element = "air",
    .title_zh = "小时空气质量指数(AQI)",
    .title_en = "hourly air quality index",
    .standards = {"HJ 633-2012", "HJ 633-2026"},
    .fields = fields,
    .has_items = true,
    .item_at = item_at,
    .item_named = named_of_hour,
    .judge = judge_hour,
    .facts = facts_of_hour,
    .rating_zh = rating_zh,
    .rating_en = rating_en,
    .notes_zh = "O3 一列指 1 小时均值。缺测项目按当日版本的规则处理。",
    .notes_en =
        "A column O3 is the 1 h mean. Missing inputs follow the rule of "
        "the edition in force on the day.",
    .example = "station,time,PM2.5,PM10,SO2,NO2,CO,O3\n"
               "A,2026-11-24T08:00,60,77,6,25,0.6,39\n"
               "B,2020-04-02T08:00,60,77,6,25,0.6,39\n",
};

const struct assessment aqi_day_assessment = {
    .name = "aqi-day",
    .kind = VERDICT_AQI_DAY,
    .element = "air",
    .title_zh = "日空气质量指数(AQI)",
    .title_en = "daily air quality index",
    .standards = {"HJ 633-2012", "HJ 633-2026"},
    .fields = fields,
    .has_items = true,
    .item_at = item_at,
    .item_named = named_of_day,
    .judge = judge_day,
    .facts = facts_of_day,
    .rating_zh = rating_zh,
    .rating_en = rating_en,
    .notes_zh = "O3 一列指日最大 8 小时均值,O3_1h 为日最大 1 小时均值。",
    .notes_en = "A column O3 is the largest 8 h mean of the day, O3_1h the "
                "largest 1 h mean.",
    .example = "city,date,PM2.5,PM10,SO2,NO2,CO,O3\n"
               "A,2026-11-24,61,78,6,25,0.6,139\n"
               "B,2020-04-02,61,78,6,25,0.6,139\n",
};
