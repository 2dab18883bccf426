#include "assess/groundwater/groundwater.h"
#include "assess/groundwater/input.h"

#include <assert.h>
#include <pthread.h>

enum { ITEMS_MAX = 128 };

static struct assess_item items[ITEMS_MAX];
static size_t item_count;
static struct arena texts; /* of the aliases; as long as the program */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void read_items(void)
{
    const struct groundwater_item *g;

    arena_init(&texts);
    for (size_t i = 0; (g = groundwater_item_at(i)); i++) {
        assert(item_count < ITEMS_MAX);
        items[item_count++] = (struct assess_item){
            .code = g->code,
            .name_zh = g->name_zh,
            .name_en = g->name_en,
            .unit = g->unit,
            .may_be_text = true,
            .aliases = measured_aliases(g->name_zh, g->name_en, &texts)};
    }
}

static const struct assess_item *item_at(size_t index)
{
    pthread_once(&once, read_items);
    return index < item_count ? &items[index] : NULL;
}

enum { TIME, SAMPLE, EXPECTED };

static const struct assess_choice samples[] = {
    [SAMPLE_UNTOLD] = {"untold", "未说明", "not told", NULL},
    [SAMPLE_UNFILTERED] = {"unfiltered", "未过滤(总量)", "not filtered (total)",
                           "total;未过滤;总量"},
    [SAMPLE_FILTERED] = {"filtered", "过滤(溶解态)", "filtered (dissolved)",
                         "dissolved;过滤;溶解态"},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_choice expectations[] = {
    {"regular", "常规 39 项", "the 39 regular items", "39"},
    {"all", "全部 93 项", "all 93 items", "93"},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_field fields[] = {
    [TIME] = {.name = "time",
              .aliases = "date;day;日期;时间;采样时间",
              .kind = ASSESS_DAY,
              .flags = ASSESS_REQUIRED,
              .zh = "采样时间(北京时间)",
              .en = "time of the sample (Beijing time)"},
    [SAMPLE] = {.name = "sample",
                .aliases = "filtered;水样",
                .kind = ASSESS_CHOICE,
                .standard = "untold",
                .choices = samples,
                .zh = "水样是否过滤;随评价结果保存",
                .en = "sample filtered or not; kept with the verdict"},
    [EXPECTED] = {.name = "expected",
                  .aliases = "监测范围",
                  .kind = ASSESS_CHOICE,
                  .standard = "regular",
                  .choices = expectations,
                  .zh = "应测项目,未测的逐项列出",
                  .en = "items that should be there; missing ones are listed"},
    {.name = NULL},
};

static void judge(const struct assess_case *c)
{
    const struct assess_record *r = &c->records[0];
    struct groundwater_conditions conditions = {
        .day = r->cell[TIME].day,
        .sample = (enum groundwater_sample)r->cell[SAMPLE].choice,
        .all_items = r->cell[EXPECTED].choice == 1,
    };
    struct verdict verdict;

    groundwater_judge(measured_all(r, c->arena), r->value_count, &conditions,
                      c->arena, &verdict);
    assess_give(c, r, &verdict);
}

static void facts_of(struct assess_facts *facts)
{
    assess_fact_limits(facts, groundwater_limits());
}

const struct assessment groundwater_assessment = {
    .name = "groundwater",
    .kind = VERDICT_GROUNDWATER,
    .element = "groundwater",
    .title_zh = "地下水质量类别",
    .title_en = "class of a groundwater sample",
    .standards = {"GB/T 14848-2017"},
    .fields = fields,
    .has_items = true,
    .item_at = item_at,
    .judge = judge,
    .facts = facts_of,
    .rating_zh = "类别 1–5;4 且等级写明“Ⅳ类或Ⅴ类”时由核素分析判定",
    .rating_en = "class 1 to 5; 4 with the level \"class IV or V\" waits for "
                 "the nuclides",
    .notes_zh =
        "单项取所满足的最好类别,最差项目定类;没有综合评分(1993 版 F 值已废止)。"
        "数值不修约,按原数比较。未检出按检出限一半评价;检出限高于Ⅲ类限值的,"
        "方法不能证明达标,该项不评价并写明。未检出而未给检出限的,只有细菌类按 "
        "0 计,其他不评价。嗅和味强度 0 为无,其余为有。氨氮、硝酸盐、"
        "亚硝酸盐以 N 计,耗氧量为高锰酸盐法,以 O2 计。",
    .notes_en =
        "Each item takes the best class it meets and the worst item decides; "
        "there is no score (the F value of 1993 is gone). Values are compared "
        "with all their digits. What was not detected counts as half its limit "
        "of detection; where that limit lies above class III the method cannot "
        "prove compliance and the item is not rated. Not detected without a "
        "limit is 0 for germs and not rated for anything else. Strength 0 of "
        "smell and taste is none, any other is present. Ammonia, nitrate and "
        "nitrite are as N, oxygen consumption is by permanganate, as O2.",
    .example = "well,time,sample,pH,嗅和味,铁,锰,氨氮,苯(ug/L),总α放射性\n"
               "MW-1,2026-06-01,unfiltered,7.2,无,0.25,0.12,0.31,<0.5,0.05\n"
               "MW-2,2026-06-01,filtered,8.7,无,<0.03,0.05,0.02,78,0.62\n",
};
