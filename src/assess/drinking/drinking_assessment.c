#include "assess/drinking/drinking.h"
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
    const struct drinking_item *d;

    arena_init(&texts);
    for (size_t i = 0; (d = drinking_item_at(i)); i++) {
        assert(item_count < ITEMS_MAX);
        items[item_count++] = (struct assess_item){
            .code = d->code,
            .name_zh = d->name_zh,
            .name_en = d->name_en,
            .unit = d->unit,
            .may_be_text = true,
            .aliases = measured_aliases(d->name_zh, d->name_en, &texts)};
    }
}

static const struct assess_item *item_at(size_t index)
{
    pthread_once(&once, read_items);
    return index < item_count ? &items[index] : NULL;
}

enum { TIME, SUPPLY, POSITION, AGENT, CONTACT, EXPECTED };

static const struct assess_choice supplies[] = {
    [SUPPLY_CENTRAL] = {"central", "集中式供水", "central supply", "集中式"},
    [SUPPLY_SMALL] = {"small", "小型集中式或分散式供水",
                      "small or dispersed supply",
                      "dispersed;小型集中式;分散式"},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_choice positions[] = {
    [POSITION_NETWORK_END] = {"network_end", "末梢水", "end of the network",
                              "tap;末梢水;管网末梢;龙头水"},
    [POSITION_WORKS_OUTLET] = {"works_outlet", "出厂水", "outlet of the works",
                               "outlet;出厂水"},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_choice agents[] = {
    {"free_chlorine", "液氯、次氯酸钠等(游离氯)",
     "chlorine and its salts (free chlorine)", "w21025;游离氯;液氯;次氯酸钠"},
    {"total_chlorine", "氯胺(总氯)", "chloramine (total chlorine)",
     "chloramine;总氯;氯胺;一氯胺"},
    {"ozone", "臭氧", "ozone", NULL},
    {"chlorine_dioxide", "二氧化氯", "chlorine dioxide", "ClO2"},
    {NULL, NULL, NULL, NULL},
};

/* The disinfectants' codes in the order of the choices. */
static const char *const agent_codes[] = {"w21025", "total_chlorine", "ozone",
                                          "chlorine_dioxide"};

static const struct assess_choice expectations[] = {
    {"regular", "常规指标", "the regular items", "43"},
    {"all", "全部 97 项", "all 97 items", "97"},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_field fields[] = {
    [TIME] = {.name = "time",
              .aliases = "date;day;日期;时间;采样时间",
              .kind = ASSESS_DAY,
              .flags = ASSESS_REQUIRED,
              .zh = "采样时间(北京时间)",
              .en = "time of the sample (Beijing time)"},
    [SUPPLY] = {.name = "supply",
                .aliases = "供水方式",
                .kind = ASSESS_CHOICE,
                .standard = "central",
                .choices = supplies,
                .zh = "供水方式;小型供水受水源和净水技术限制时用放宽限值",
                .en = "kind of supply; small ones limited by source or "
                      "treatment have relaxed limits"},
    [POSITION] = {.name = "position",
                  .aliases = "采样位置",
                  .kind = ASSESS_CHOICE,
                  .standard = "network_end",
                  .choices = positions,
                  .zh = "采样位置;决定消毒剂限值和余量",
                  .en = "where it was taken; decides on limit and residue of "
                        "the disinfectant"},
    [AGENT] = {.name = "disinfectant",
               .aliases = "agent;消毒剂",
               .kind = ASSESS_CHOICE,
               .choices = agents,
               .zh = "所用消毒剂;未给时消毒剂指标不评价",
               .en = "disinfectant in use; without it none is judged"},
    [CONTACT] = {.name = "contact_time",
                 .aliases = "接触时间",
                 .kind = ASSESS_DECIMAL,
                 .unit = "min",
                 .zh = "消毒剂与水接触时间",
                 .en = "contact time of the disinfectant with the water"},
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
    struct drinking_conditions conditions = {
        .day = r->cell[TIME].day,
        .supply = (enum drinking_supply)r->cell[SUPPLY].choice,
        .position = (enum drinking_position)r->cell[POSITION].choice,
        .agent =
            r->cell[AGENT].given ? agent_codes[r->cell[AGENT].choice] : NULL,
        .has_contact = r->cell[CONTACT].given,
        .contact_min = r->cell[CONTACT].number,
        .all_items = r->cell[EXPECTED].choice == 1,
    };
    struct verdict verdict;

    drinking_judge(measured_all(r, c->arena), r->value_count, &conditions,
                   c->arena, &verdict);
    assess_give(c, r, &verdict);
}

static void facts_of(struct assess_facts *facts)
{
    assess_fact_limits(facts, drinking_limits());
}

const struct assessment drinking_water_assessment = {
    .name = "drinking-water",
    .kind = VERDICT_DRINKING_WATER,
    .element = "drinking_water",
    .title_zh = "生活饮用水(龙头水、出厂水)达标评价",
    .title_en = "drinking water at the tap and at the works",
    .standards = {"GB 5749-2022"},
    .fields = fields,
    .has_items = true,
    .item_at = item_at,
    .judge = judge,
    .facts = facts_of,
    .rating_zh = "0 达标,1 不达标,空 待定",
    .rating_en = "0 complies, 1 does not, empty: undecided",
    .notes_zh =
        "数值不修约,按原数比较。三卤甲烷由 4 种化合物实测值与各自限值之比求和,"
        "不全时仅在已超过 1 时判定;给了和又给了各项的,以各项计算为准。"
        "检出总大肠菌群时应检验大肠埃希氏菌,未检出时不必。"
        "总α、总β放射性是指导值,超过时待核素分析,结论为待定。"
        "未检出按检出限一半;检出限高于限值的方法不能证明达标,结论为待定。"
        "臭氧与其他消毒剂协同时,按另一种消毒剂评价。",
    .notes_en =
        "Values are compared with all their digits. The trihalomethanes are "
        "the sum of value / own limit of four compounds; with some missing it "
        "is judged only when above 1 already, and it replaces a sum that was "
        "handed in. When total coliforms are found E. coli has to be tested, "
        "else it need not be. Gross alpha and beta have guidance levels: above "
        "them the nuclides decide and the sample is undecided. Not detected "
        "counts as half the limit of detection; a method that does not reach "
        "the limit proves nothing and leaves the sample undecided. Where ozone "
        "works together with another agent, judge by that agent.",
    .example =
        "place,time,position,disinfectant,contact_time,总大肠菌群,铅,氟化物,"
        "pH,臭和味,游离氯,三氯甲烷,一氯二溴甲烷,二氯一溴甲烷,三溴甲烷\n"
        "works,2026-06-01,works_outlet,free_chlorine,45,未检出,0.002,0.4,7.6,"
        "无,0.8,0.018,0.004,0.009,<0.001\n"
        "tap,2026-06-01,network_end,free_chlorine,,2,0.014,0.4,7.5,无,0.03,"
        "0.03,0.02,0.02,0.01\n",
};
