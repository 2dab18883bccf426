#include "assess/air/air_city.h"
#include "assess/air/air_input.h"

enum { CITY, TIME, OF, ROLE, STATIONS };
enum { HOUR, DAY };

static const struct assess_choice spans[] = {
    {"hour", "小时", "an hour", NULL},
    {"day", "日", "a day", NULL},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_choice roles[] = {
    {"assessed", "评价点", "assessed station", "评价点;assessment"},
    {"control", "对照点(不参加城市值)", "control station, left out",
     "对照点;background"},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_field fields[] = {
    [CITY] = {.name = "city",
              .aliases = "城市",
              .kind = ASSESS_TEXT,
              .flags = ASSESS_REQUIRED | ASSESS_KEY,
              .zh = "城市",
              .en = "the city"},
    [TIME] = {.name = "time",
              .aliases = "date;day;start;日期;时间;监测时间",
              .kind = ASSESS_DAY,
              .flags = ASSESS_REQUIRED | ASSESS_KEY,
              .zh = "小时的起始时间或日期(北京时间)",
              .en = "start of the hour, or the day (Beijing time)"},
    [OF] = {.name = "of",
            .kind = ASSESS_CHOICE,
            .flags = ASSESS_KEY,
            .standard = "hour",
            .choices = spans,
            .zh = "值是小时还是日均值",
            .en = "whether the values are of an hour or a day"},
    [ROLE] = {.name = "role",
              .aliases = "点位类型",
              .kind = ASSESS_CHOICE,
              .standard = "assessed",
              .choices = roles,
              .zh = "点位类型",
              .en = "what the station is for"},
    [STATIONS] = {.name = "stations",
                  .aliases = "评价点数",
                  .kind = ASSESS_COUNT,
                  .flags = ASSESS_OF_CASE,
                  .zh = "城市评价点总数;不给时为表中的评价点",
                  .en = "assessed stations the city has; else those of the "
                        "table"},
    {.name = NULL},
};

static void judge(const struct assess_case *c)
{
    const struct assess_cell *cell = c->records[0].cell;
    struct air_city_question q = {
        .day = cell[TIME].day,
        .is_hour = cell[OF].choice == HOUR,
        .stations =
            cell[STATIONS].given && cell[STATIONS].number.mantissa < INT16_MAX
                ? (int)cell[STATIONS].number.mantissa
                : 0,
    };
    struct air_station *stations =
        arena_new(c->arena, c->count, sizeof(*stations));
    struct verdict verdict;
    size_t n = 0;

    for (size_t i = 0; i < c->count; i++) {
        const struct assess_record *r = &c->records[i];
        struct air_station *s = &stations[n];

        if (!air_day_of(c, r, q.day, &s->values))
            continue;
        if (q.is_hour && !s->values.ozone_1h.known) {
            s->values.ozone_1h.known = s->values.of[AIR_O3].known;
            s->values.ozone_1h.value = s->values.of[AIR_O3].value;
        }
        s->is_control = r->cell[ROLE].choice == 1;
        n++;
    }
    air_city_judge(&q, stations, n, c->arena, &verdict);
    verdict.cadence = q.is_hour ? CADENCE_HOUR : CADENCE_DAY;
    verdict.start_s = cell[TIME].start_s;
    assess_give(c, NULL, &verdict);
}

const struct assessment air_city_assessment = {
    .name = "air-city",
    .kind = VERDICT_AIR_CITY,
    .element = "air",
    .title_zh = "城市空气质量小时值、日值与 AQI(由点位)",
    .title_en = "a city's hour or day and its index, from its stations",
    .standards = {"HJ 663-2013", "HJ 663-2026", "HJ 633-2012", "HJ 633-2026"},
    .fields = fields,
    .has_items = true,
    .item_at = air_item_at,
    .item_named = air_item_named,
    .judge = judge,
    .facts = air_facts,
    .rating_zh = "空气质量指数 AQI",
    .rating_en = "air quality index",
    .notes_zh =
        "对照点不参加。有效评价点不足 75%(少于 4 个时 50%)的污染物没有城"
        "市值。先求点位均值并修约,再算指数。小时值的 O3 列为 1 小时均值。"
        "没有行的评价点用 stations 计入总数。",
    .notes_en =
        "Control stations stay out. A pollutant with less than 75 % of "
        "the assessed stations valid (50 % where there are fewer than "
        "four) has no value. The mean is rounded, then rated. A column "
        "O3 of an hour is its 1 h mean. Stations without a row are told "
        "by `stations`.",
    .example = "city,station,time,role,PM2.5,PM10,SO2,NO2,CO,O3\n"
               "A,one,2026-11-24T08:00,assessed,60,77,6,25,0.6,39\n"
               "A,two,2026-11-24T08:00,assessed,71,90,8,31,0.8,35\n"
               "A,hill,2026-11-24T08:00,control,20,31,4,10,0.4,80\n",
};
