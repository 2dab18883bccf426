#include "assess/catalogue/assessment.h"
#include "assess/trophic/trophic.h"

#include <pthread.h>

enum { LAKE, POINT, TIME, PERIOD };

static const struct assess_field fields[] = {
    [LAKE] = {.name = "lake",
              .aliases = "湖泊;水库;湖库;reservoir",
              .kind = ASSESS_TEXT,
              .flags = ASSESS_KEY | ASSESS_REQUIRED,
              .zh = "湖泊或水库",
              .en = "lake or reservoir"},
    [POINT] = {.name = "point",
               .aliases = "点位;section;断面",
               .kind = ASSESS_TEXT,
               .standard = "-",
               .zh = "点位",
               .en = "point"},
    [TIME] = {.name = "time",
              .aliases = "date;day;日期;时间;监测时间",
              .kind = ASSESS_DAY,
              .flags = ASSESS_REQUIRED,
              .zh = "采样时间(北京时间)",
              .en = "time of the sample (Beijing time)"},
    [PERIOD] = {.name = "period",
                .aliases = "评价时段",
                .kind = ASSESS_PERIOD,
                .standard = "month",
                .zh = "评价时段",
                .en = "what is rated together"},
    {.name = NULL},
};

static struct assess_item items[TROPHIC_ITEMS];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_items(void)
{
    for (int i = 0; i < TROPHIC_ITEMS; i++) {
        const struct trophic_item *t = trophic_item(i);

        items[i] = (struct assess_item){.code = t->code,
                                        .name_zh = t->name_zh,
                                        .name_en = t->name_en,
                                        .unit = t->unit};
    }
    items[0].aliases = "chla;chl_a;叶绿素α";
    items[3].aliases = "SD;secchi";
}

static const struct assess_item *item_at(size_t index)
{
    pthread_once(&once, make_items);
    return index < TROPHIC_ITEMS ? &items[index] : NULL;
}

static void judge(const struct assess_case *c)
{
    struct trophic_sample *samples =
        arena_new(c->arena, c->count * TROPHIC_ITEMS + 1, sizeof(*samples));
    struct verdict verdict;
    size_t count = 0;

    for (size_t i = 0; i < c->count; i++) {
        const struct assess_record *r = &c->records[i];
        const char *point = arena_copy(c->arena, r->cell[POINT].text).at;

        for (size_t k = 0; k < r->value_count && k < TROPHIC_ITEMS; k++)
            samples[count++] = (struct trophic_sample){
                .point = point,
                .item = (int)(r->values[k].item - items),
                .value = r->values[k].value,
                .below_detection = r->values[k].below_detection,
            };
    }
    trophic_lake(samples, count, c->to_day, c->arena, &verdict);
    assess_give(c, NULL, &verdict);
}

const struct assessment water_trophic_assessment = {
    .name = "water-trophic",
    .kind = VERDICT_WATER_TROPHIC,
    .element = "water",
    .title_zh = "湖库综合营养状态指数 TLI(Σ)",
    .title_en = "trophic state of a lake, TLI(Σ)",
    .standards = {"环办〔2011〕22号"},
    .fields = fields,
    .has_items = true,
    .item_at = item_at,
    .judge = judge,
    .index_zh = "TLI(Σ)",
    .index_en = "TLI(Σ)",
    .rating_zh = "1 贫营养、2 中营养、3 轻度、4 中度、5 重度富营养",
    .rating_en = "1 oligotrophic, 2 mesotrophic, 3 lightly, 4 moderately, 5 "
                 "hypereutrophic",
    .notes_zh = "五项齐全才给出 TLI(Σ),缺项只给参考值。先按点位对时间平均,"
                "再对点位平均。单项指数取四位小数,TLI(Σ) 取两位小数后定级。"
                "用自然对数与未修约的 r²。",
    .notes_en = "All five items are needed; with fewer the value is indicative "
                "only. Points are averaged over time, then the lake over its "
                "points. Single indices have four decimals, TLI(Σ) two, and is "
                "graded so. Natural logarithms; exact r².",
    .example = "lake,point,time,叶绿素a(ug/L),总磷(mg/L),总氮(mg/L),"
               "透明度(cm),高锰酸盐指数(mg/L)\n"
               "邛海,湖心,2026-10-08,4.1,0.016,0.52,210,2.6\n"
               "邛海,北岸,2026-10-08,5.3,0.021,0.61,180,2.9\n",
};
