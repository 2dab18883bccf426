#include "assess/derivation/rule_facts.h"
#include "assess/noise/noise_city.h"

enum { CITY, DAY, PERIOD, NETWORK, TIME_OF_DAY, LEVEL, LENGTH_KM, ZONE };

static const struct assess_choice networks[] = {
    [NOISE_REGION] = {"region", "区域", "region", "区域;区域环境"},
    [NOISE_ROAD] = {"road", "道路交通", "road traffic", "道路;道路交通"},
    [NOISE_FUNCTION] = {"function", "功能区", "function zone", "功能区"},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_choice times[] = {
    {"day", "昼间", "day", "昼间;昼"},
    {"night", "夜间", "night", "夜间;夜"},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_choice zones[] = {
    {"0", "0 类", "class 0", "0类"},
    {"1", "1 类", "class 1", "1类"},
    {"2", "2 类", "class 2", "2类"},
    {"3", "3 类", "class 3", "3类"},
    {"4a", "4a 类", "class 4a", "4a类"},
    {"4b", "4b 类", "class 4b", "4b类"},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_field fields[] = {
    [CITY] = {.name = "city",
              .aliases = "城市",
              .flags = ASSESS_KEY,
              .zh = "城市",
              .en = "the city"},
    [DAY] = {.name = "day",
             .aliases = "date;time;日期;年份",
             .kind = ASSESS_DAY,
             .zh = "日期;不给则用现行标准",
             .en = "the day; without it the standard in force today"},
    [PERIOD] = {.name = "period",
                .kind = ASSESS_PERIOD,
                .standard = "year",
                .zh = "统计时段",
                .en = "the days that are taken together"},
    [NETWORK] = {.name = "network",
                 .aliases = "类别;监测类别",
                 .kind = ASSESS_CHOICE,
                 .flags = ASSESS_KEY | ASSESS_REQUIRED,
                 .choices = networks,
                 .zh = "区域、道路交通或功能区",
                 .en = "region, road traffic or function zone"},
    [TIME_OF_DAY] = {.name = "time_of_day",
                     .aliases = "时段;昼夜",
                     .kind = ASSESS_CHOICE,
                     .flags = ASSESS_KEY | ASSESS_REQUIRED,
                     .choices = times,
                     .zh = "昼间或夜间",
                     .en = "day or night"},
    [LEVEL] = {.name = "leq",
               .aliases = "Leq;LAeq;level;等效声级",
               .kind = ASSESS_DECIMAL,
               .flags = ASSESS_REQUIRED | ASSESS_SIGNED,
               .unit = "dB",
               .zh = "测点等效声级 dB(A)",
               .en = "Leq of the point in dB(A)"},
    [LENGTH_KM] =
        {.name = "length",
         .aliases = "路段长度;长度",
         .kind = ASSESS_DECIMAL,
         .zh = "路段长度(道路交通必需,单位一致即可)",
         .en = "length of the road (needed for roads, all in one unit)"},
    [ZONE] = {.name = "zone",
              .aliases = "class;功能区类别",
              .kind = ASSESS_CHOICE,
              .choices = zones,
              .zh = "功能区类别(功能区必需)",
              .en = "class of the zone (needed for function zones)"},
    {.name = NULL},
};

/* Why a record cannot be a point; NULL: it can. */
static const char *const *lacking(const struct assess_record *r)
{
    static const char *const length[] = {"length", "道路交通需要正的路段长度",
                                         "a road needs a positive length"};
    static const char *const zone[] = {"zone", "功能区需要类别 0 至 4b",
                                       "a function zone needs its class"};
    int network = r->cell[NETWORK].choice;

    if (network == NOISE_ROAD &&
        (!r->cell[LENGTH_KM].given || r->cell[LENGTH_KM].number.mantissa <= 0))
        return length;
    if (network == NOISE_FUNCTION && !r->cell[ZONE].given)
        return zone;
    return NULL;
}

static void judge(const struct assess_case *c)
{
    const struct assess_record *first = &c->records[0];
    struct noise_city_point *points =
        arena_new(c->arena, c->count, sizeof(*points));
    struct noise_city city = {
        .network = (enum noise_network)first->cell[NETWORK].choice,
        .night = first->cell[TIME_OF_DAY].choice == 1,
        .day = c->to_day ? c->to_day : rule_day_of(c, &c->records[0].cell[DAY]),
        .points = points,
    };
    struct verdict v;

    for (size_t i = 0; i < c->count; i++) {
        const struct assess_record *r = &c->records[i];
        const char *const *why = lacking(r);

        if (why) {
            assess_refuse(c, r, span_of(why[0]), why[1], why[2]);
            continue;
        }
        points[city.count++] = (struct noise_city_point){
            .level = r->cell[LEVEL].number,
            .length = &r->cell[LENGTH_KM].number,
            .zone =
                r->cell[ZONE].given ? zones[r->cell[ZONE].choice].name : NULL};
    }
    if (city.count == 0)
        return;
    noise_city_judge(&city, c->arena, &v);
    assess_give(c, NULL, &v);
}

static void facts_of(struct assess_facts *facts)
{
    rule_facts(facts, rule_table("noise.csv"), "grade", NULL);
    rule_facts(facts, rule_table("noise.csv"), "formula", "HJ 640-2012");
    rule_facts(facts, rule_table("noise.csv"), "rule", "HJ 640-2012");
    rule_facts(facts, rule_table("noise.csv"), "rule", "环办监测〔2024〕33号");
}

const struct assessment noise_city_assessment = {
    .name = "noise-city",
    .kind = VERDICT_NOISE_CITY,
    .element = "noise",
    .title_zh = "城市声环境:区域、道路交通、功能区",
    .title_en = "noise of a city: region, roads, function zones",
    .standards = {"HJ 640-2012", "GB 3096-2008"},
    .fields = fields,
    .judge = judge,
    .facts = facts_of,
    .index_zh = "平均等效声级 dB(A),或功能区达标率 %",
    .index_en = "mean level in dB(A), or attainment in %",
    .rating_zh = "区域、道路:1 好 至 5 差",
    .rating_en = "region and roads: grade 1 good to 5 poor",
    .notes_zh = "区域为算术平均,道路按路段长度加权,均保留 0.1 "
                "dB。功能区达标率按点次合并计算,"
                "不是各类达标率的平均。2024 "
                "年自动监测的评价规定原文未见,仍用点次合并。",
    .notes_en =
        "The region is an arithmetic mean, roads are weighted by their "
        "lengths, "
        "both to 0.1 dB. The attainment of function zones pools point-times "
        "and "
        "is not the mean of the classes. The rule of 2024 for automatic points "
        "was not seen; point-times are pooled there too.",
    .example =
        "city,day,network,time_of_day,leq,length,zone\n"
        "A,2026-05-11,region,day,54.2,,\nA,2026-05-11,region,day,56.0,,\n"
        "A,2026-05-11,road,day,68.4,1.2,\nA,2026-05-11,road,day,70.9,3.4,\n"
        "A,2026-05-11,function,night,49.2,,2\n"
        "A,2026-05-11,function,night,57.3,,4a\n",
};
