#include "assess/city_index/city_index.h"
#include "assess/water/water_columns.h"

enum { RANKING, CITY, SECTION, TIME, BODY, PHASE };

static const struct assess_choice phases[] = {
    {"now", "本期", "the period itself", "本期"},
    {"base", "基期", "the one compared with", "基期;去年同期"},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_field fields[] = {
    [RANKING] = {.name = "ranking",
                 .aliases = "排名",
                 .kind = ASSESS_TEXT,
                 .flags = ASSESS_KEY,
                 .standard = "-",
                 .zh = "排名的名称,相同的一起排",
                 .en = "name of the ranking; equal names are ranked together"},
    [CITY] = {.name = "city",
              .aliases = "城市",
              .kind = ASSESS_TEXT,
              .flags = ASSESS_REQUIRED,
              .zh = "城市",
              .en = "city"},
    [SECTION] = {.name = "section",
                 .aliases = "断面;点位;断面名称",
                 .kind = ASSESS_TEXT,
                 .flags = ASSESS_REQUIRED,
                 .zh = "河流断面或湖库点位",
                 .en = "section of a river or point of a lake"},
    [TIME] = {.name = "time",
              .aliases = "date;day;month;日期;时间;月份",
              .kind = ASSESS_DAY,
              .flags = ASSESS_REQUIRED,
              .zh = "采样时间(北京时间)",
              .en = "time of the sample (Beijing time)"},
    [BODY] = {.name = "water_body",
              .aliases = "body;水体类型",
              .kind = ASSESS_CHOICE,
              .standard = "river",
              .choices = water_bodies,
              .zh = "水体类型",
              .en = "kind of water body"},
    [PHASE] = {.name = "phase",
               .aliases = "时期",
               .kind = ASSESS_CHOICE,
               .standard = "now",
               .choices = phases,
               .zh = "本期或基期",
               .en = "the period itself or the one compared with"},
    {.name = NULL},
};

static const struct assess_record *first_of(const struct assess_case *c,
                                            const char *city)
{
    for (size_t i = 0; i < c->count; i++) {
        if (span_is(c->records[i].cell[CITY].text, city))
            return &c->records[i];
    }
    return NULL;
}

static void judge(const struct assess_case *c)
{
    struct city_sample *samples =
        arena_new(c->arena, c->count, sizeof(*samples));
    struct city_verdict *cities;
    size_t count;

    for (size_t i = 0; i < c->count; i++) {
        const struct assess_record *r = &c->records[i];

        samples[i] = (struct city_sample){
            .city = arena_copy(c->arena, r->cell[CITY].text).at,
            .section = arena_copy(c->arena, r->cell[SECTION].text).at,
            .body = (enum water_body)r->cell[BODY].choice,
            .base = r->cell[PHASE].choice == 1,
            .values = water_values(r, c->arena),
            .value_count = r->value_count,
        };
    }
    city_ranking(samples, c->count, c->to_day, c->arena, &cities, &count);
    for (size_t i = 0; i < count; i++)
        assess_give(c, first_of(c, cities[i].city), &cities[i].verdict);
}

const struct assessment water_city_index_assessment = {
    .name = "water-city-index",
    .kind = VERDICT_WATER_CITY_INDEX,
    .element = "water",
    .title_zh = "城市水质指数与排名",
    .title_en = "water quality index of cities and their ranking",
    .standards = {"环办监测〔2017〕51号", "GB 3838-2002"},
    .fields = fields,
    .has_items = true,
    .item_at = water_assess_item,
    .judge = judge,
    .facts = water_facts,
    .index_zh = "CWQI,越小越好",
    .index_en = "CWQI; smaller is better",
    .rating_zh = "排名",
    .rating_en = "rank",
    .notes_zh = "只比较各城市、两时期、河湖都监测的项目,其余不计入并列出。"
                "单项指数取六位小数,CWQI 取四位,变化率取两位;相等并列。",
    .notes_en = "Only items that all cities have measured in both periods, in "
                "rivers and lakes, are counted; the others are named. Single "
                "indices have six decimals, CWQI four, changes two; equal is "
                "an equal rank.",
    .example = "city,section,time,water_body,phase,pH,溶解氧,氨氮(mg/L),"
               "总磷(mg/L)\n"
               "成都,A,2026-10-08,river,now,7.6,7.9,0.41,0.12\n"
               "成都,B,2026-10-08,lake_reservoir,now,8.2,8.4,0.12,0.021\n"
               "成都,A,2025-10-08,river,base,7.5,7.1,0.62,0.15\n"
               "绵阳,C,2026-10-08,river,now,7.9,8.6,0.21,0.08\n"
               "绵阳,C,2025-10-08,river,base,7.8,8.1,0.20,0.09\n",
};
