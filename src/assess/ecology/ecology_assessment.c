#include "assess/derivation/rule_facts.h"
#include "assess/ecology/ei.h"
#include "assess/ecology/eqi.h"

#include <pthread.h>
#include <stdlib.h>

static const struct decimal *number_of(const struct assess_cell *cell)
{
    return cell->given ? &cell->number : NULL;
}

/* ---- ecology-ei ---- */

enum { DAY, AREA, RESTRICTION, ITEMS_MAX = 64 };

static struct assess_item items[ITEMS_MAX];
static size_t item_count;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void read_items(void)
{
    const struct ei_input *input;

    for (size_t i = 0; (input = ei_input_at(i)) && item_count < ITEMS_MAX; i++)
        items[item_count++] = (struct assess_item){
            .code = input->code,
            .name_zh = input->name.zh,
            .name_en = input->name.en,
            .unit = *input->unit ? input->unit : "dimensionless",
            .aliases = input->aliases};
}

static const struct assess_item *item_at(size_t index)
{
    pthread_once(&once, read_items);
    return index < item_count ? &items[index] : NULL;
}

/* SO2 is the load here, not the pollutant of the air. */
static const struct assess_item *item_named(struct span name)
{
    pthread_once(&once, read_items);
    for (size_t i = 0; i < item_count; i++) {
        struct span aliases = span_of(items[i].aliases);

        if (span_equal_nocase(name, span_of(items[i].code)))
            return &items[i];
        while (aliases.len) {
            if (span_equal_nocase(name, span_take(&aliases, ';')))
                return &items[i];
        }
    }
    return NULL;
}

static const struct assess_choice restrictions[] = {
    {"none", "无", "none", "0;无"},
    {"1", "一级", "1: no cap", NULL},
    {"2", "二级", "2: down one grade", NULL},
    {"3", "三级", "3: down one grade, never 优 or 良", NULL},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_field ei_fields[] = {
    [DAY] = {.name = "day",
             .aliases = "date;日期",
             .kind = ASSESS_DAY,
             .zh = "评价日期;不给则用现行标准",
             .en = "the day; without it the standard in force today"},
    [AREA] = {.name = "area",
              .aliases = "区域面积;面积",
              .kind = ASSESS_DECIMAL,
              .flags = ASSESS_REQUIRED,
              .unit = "km2",
              .zh = "区域面积",
              .en = "area of the region"},
    [RESTRICTION] = {.name = "restriction",
                     .aliases = "环境限制;环境限制等级",
                     .kind = ASSESS_CHOICE,
                     .standard = "none",
                     .choices = restrictions,
                     .zh = "环境限制等级(封顶,不是扣分)",
                     .en = "environment restriction (a cap, no minus points)"},
    {.name = NULL},
};

static void judge_ei(const struct assess_case *c)
{
    const struct assess_record *r = &c->records[0];
    struct ei_value *values =
        arena_new(c->arena, r->value_count + 1, sizeof(*values));
    struct ei_region region = {.area = r->cell[AREA].number,
                               .restriction = r->cell[RESTRICTION].choice,
                               .values = values,
                               .count = r->value_count,
                               .day = rule_day_of(c, &r->cell[DAY])};
    struct verdict v;

    if (refuse_words(c, r))
        return;
    if (region.area.mantissa <= 0) {
        assess_refuse(c, r, SPAN("area"), "面积须为正数",
                      "an area is positive");
        return;
    }
    for (size_t i = 0; i < r->value_count; i++) {
        if (r->values[i].below_detection) {
            assess_refuse(c, r, r->values[i].column, "需要数值",
                          "a number is needed");
            return;
        }
        values[i] =
            (struct ei_value){r->values[i].item->code, r->values[i].value};
    }
    ei_judge(&region, c->arena, &v);
    assess_give(c, r, &v);
}

static void ei_facts(struct assess_facts *facts)
{
    static const char *const records[] = {"weight", "coefficient", "setting",
                                          "grade", "restriction"};

    for (size_t i = 0; i < LENGTH(records); i++)
        rule_facts(facts, ecology_rules(), records[i], "HJ 192-2015");
}

const struct assessment ecology_ei_assessment = {
    .name = "ecology-ei",
    .kind = VERDICT_ECOLOGY_EI,
    .element = "ecology",
    .title_zh = "生态环境状况指数 EI",
    .title_en = "ecological index EI",
    .standards = {"HJ 192-2015"},
    .fields = ei_fields,
    .has_items = true,
    .item_at = item_at,
    .item_named = item_named,
    .judge = judge_ei,
    .facts = ei_facts,
    .index_zh = "EI",
    .index_en = "EI",
    .rating_zh = "1 优 至 5 差",
    .rating_en = "1 excellent to 5 bad",
    .notes_zh = "分指数保留 0.1 并限于 0 至 100,EI 由分指数计算、保留 "
                "0.1。没有给出的土地类型按"
                "无此类型(0);其他输入缺一项,该分指数不计算,也就没有 "
                "EI。污染负荷的单位来自记"
                "忆(中等可信)。给出多年平均水资源量时丰水年折减(中等可信)"
                "。环境限制是封顶。",
    .notes_en =
        "Sub-indices are kept to 0.1 and within 0 to 100; EI follows from "
        "them, to "
        "0.1. A land class not given is taken as absent (0); with any other "
        "input "
        "missing the sub-index is not computed and there is no EI. The units "
        "of "
        "the loads are from memory (medium confidence). With the long-term "
        "water "
        "resource a wet year is damped (medium). The restriction is a cap.",
    .example =
        "region,area,restriction,bi,closed_forest,shrub,high_grass,paddy,"
        "dry_field,river_area,urban,rural,ndvi,river_length,water_area,"
        "water_resource,severe_erosion,moderate_erosion,built_land,"
        "other_stress,cod,nh3n,so2,dust,nox,solid_waste,precipitation\n"
        "A,12000,none,52.1,3800,1500,900,1900,2100,120,310,420,7150,4200,210,"
        "6800,180,620,880,40,41000,3900,900000,98000,330000,1200,1050\n",
};

/* ---- ecology-ei-change ---- */

enum { C_REGION, C_YEAR, C_EI };

static const struct assess_field change_fields[] = {
    [C_REGION] = {.name = "region",
                  .aliases = "区域;地区",
                  .flags = ASSESS_KEY,
                  .zh = "区域",
                  .en = "the region"},
    [C_YEAR] = {.name = "year",
                .aliases = "年份",
                .kind = ASSESS_COUNT,
                .flags = ASSESS_REQUIRED,
                .zh = "年份",
                .en = "the year"},
    [C_EI] = {.name = "ei",
              .aliases = "EI;指数",
              .kind = ASSESS_DECIMAL,
              .flags = ASSESS_REQUIRED,
              .zh = "生态环境状况指数",
              .en = "the ecological index"},
    {.name = NULL},
};

/* A record in a list that is put in order. */
struct listed {
    const struct assess_record *at;
};

static int by_year(const void *x, const void *y)
{
    const struct listed *a = x, *b = y;
    int order =
        decimal_compare(a->at->cell[C_YEAR].number, b->at->cell[C_YEAR].number);

    return order ? order : (a->at > b->at) - (a->at < b->at);
}

/* The last day of the year; what is no year of ours has no edition. */
static int end_of_year(const struct assess_record *r)
{
    enum { YEAR_MAX = 9998, DECEMBER_31 = 1231 };
    int64_t year = r->cell[C_YEAR].number.mantissa;

    return year > 0 && year <= YEAR_MAX ? (int)year * 10000 + DECEMBER_31 : 1;
}

static void judge_change(const struct assess_case *c)
{
    struct listed *list = arena_new(c->arena, c->count, sizeof(*list));
    struct decimal *years = arena_new(c->arena, c->count, sizeof(*years));
    size_t count = 0;
    struct verdict v;
    int day = 0;

    for (size_t i = 0; i < c->count; i++)
        list[i].at = &c->records[i];
    qsort(list, c->count, sizeof(*list), by_year);
    for (size_t i = 0; i < c->count; i++) {
        if (i > 0 &&
            decimal_compare(list[i].at->cell[C_YEAR].number,
                            list[i - 1].at->cell[C_YEAR].number) == 0) {
            assess_refuse(c, list[i].at, SPAN("year"), "同一年已有一个值",
                          "there is a value of this year already");
            continue;
        }
        years[count] = list[i].at->cell[C_EI].number;
        if (count++ == 0)
            continue;
        day = end_of_year(list[i].at);
        ei_change_judge(years[count - 2], years[count - 1], day, c->arena, &v);
        assess_give(c, list[i].at, &v);
    }
    if (count == 1)
        assess_refuse(c, NULL, SPAN("year"), "至少需要两个年份",
                      "two years at least are needed");
    if (ei_swing_judge(years, count, day, c->arena, &v))
        assess_give(c, NULL, &v);
}

static void change_facts(struct assess_facts *facts)
{
    rule_facts(facts, ecology_rules(), "change", "HJ 192-2015");
}

const struct assessment ecology_ei_change_assessment = {
    .name = "ecology-ei-change",
    .kind = VERDICT_ECOLOGY_EI_CHANGE,
    .element = "ecology",
    .title_zh = "生态环境状况变化",
    .title_en = "change of EI",
    .standards = {"HJ 192-2015"},
    .fields = change_fields,
    .judge = judge_change,
    .facts = change_facts,
    .index_zh = "ΔEI",
    .index_en = "ΔEI",
    .rating_zh = "0 无明显变化,1 略微,2 明显,3 显著",
    .rating_en = "0 no clear change, 1 slight, 2 clear, 3 marked",
    .notes_zh =
        "每个年份与前一个年份比较,结果列在后一年的行上。三个以上年份逐年正负"
        "交替且每次 |ΔEI| 不小于 3(8)时,另给波动(剧烈波动)结果(中等可信)。",
    .notes_en =
        "Each year is compared with the one before; the result stands "
        "beside the later. When three or more years go to and fro by 3 (8) "
        "and more each time, swings (violent swings) are given as well "
        "(medium confidence).",
    .example = "region,year,ei\nA,2022,68.4\nA,2023,69.1\nA,2024,71.5\n",
};

/* ---- ecology-eqi ---- */

enum {
    Q_PATTERN,
    Q_FUNCTION,
    Q_BIODIVERSITY,
    Q_STRESS,
    Q_MEMBERS,
    Q_OFFICIAL,
    Q_BEFORE
};

static const struct assess_field eqi_fields[] = {
    [Q_PATTERN] = {.name = "pattern",
                   .aliases = "生态格局",
                   .kind = ASSESS_DECIMAL,
                   .zh = "生态格局指数,0 至 100",
                   .en = "index of pattern, 0 to 100"},
    [Q_FUNCTION] = {.name = "function",
                    .aliases = "生态功能",
                    .kind = ASSESS_DECIMAL,
                    .zh = "生态功能指数,0 至 100",
                    .en = "index of function, 0 to 100"},
    [Q_BIODIVERSITY] = {.name = "biodiversity",
                        .aliases = "生物多样性",
                        .kind = ASSESS_DECIMAL,
                        .zh = "生物多样性指数,0 至 100",
                        .en = "index of biodiversity, 0 to 100"},
    [Q_STRESS] = {.name = "stress",
                  .aliases = "生态胁迫",
                  .kind = ASSESS_DECIMAL,
                  .zh = "生态胁迫指数,0 至 100",
                  .en = "index of stress, 0 to 100"},
    [Q_MEMBERS] = {.name = "members",
                   .aliases = "下级指标",
                   .kind = ASSESS_TEXT,
                   .zh = "下级指标:pattern=0.4*72.1+0.6*55.0;stress=1*12",
                   .en = "lower level: pattern=0.4*72.1+0.6*55.0;stress=1*12"},
    [Q_OFFICIAL] = {.name = "eqi",
                    .aliases = "EQI;官方EQI",
                    .kind = ASSESS_DECIMAL,
                    .zh = "官方 EQI,直接采用",
                    .en = "an official EQI, taken as it is"},
    [Q_BEFORE] = {.name = "eqi_before",
                  .aliases = "前期EQI",
                  .kind = ASSESS_DECIMAL,
                  .zh = "前期 EQI(变化分级,可信度低)",
                  .en = "EQI of an earlier year (its change: low confidence)"},
    {.name = NULL},
};

/* One "pattern=0.4*72.1+..."; false when it is none. */
static bool read_index(const struct assess_case *c, struct span part,
                       struct decimal kept[EQI_INDICES],
                       struct eqi_region *region)
{
    struct span name = span_trim(span_take(&part, '='));

    for (int i = 0; i < EQI_INDICES; i++) {
        if (!span_is(name, eqi_index_name((enum eqi_index)i)))
            continue;
        if (!eqi_members(part, c->arena, &kept[i], &region->members[i]))
            return false;
        region->index[i] = &kept[i];
        return true;
    }
    return false;
}

static void judge_eqi(const struct assess_case *c)
{
    const struct assess_record *r = &c->records[0];
    struct eqi_region region = {.official = number_of(&r->cell[Q_OFFICIAL]),
                                .before = number_of(&r->cell[Q_BEFORE])};
    struct span rest =
        r->cell[Q_MEMBERS].given ? r->cell[Q_MEMBERS].text : SPAN("");
    struct decimal kept[EQI_INDICES];
    struct verdict v;

    for (int i = 0; i < EQI_INDICES; i++)
        region.index[i] = number_of(&r->cell[Q_PATTERN + i]);
    while (rest.len) {
        struct span part = span_trim(span_take(&rest, ';'));

        if (part.len && !read_index(c, part, kept, &region)) {
            assess_refuse(
                c, r, SPAN("members"),
                "写法为 pattern=权重*值+权重*值;权重之和须为 1,值在 0 至 "
                "100",
                "written as pattern=weight*value+weight*value; the "
                "weights add up to 1, values lie in 0 to 100");
            return;
        }
    }
    eqi_judge(&region, c->arena, &v);
    assess_give(c, r, &v);
}

static void eqi_facts(struct assess_facts *facts)
{
    rule_facts(facts, ecology_rules(), "weight",
               "区域生态质量评价办法(试行) 环监测〔2021〕99号");
    rule_facts(facts, ecology_rules(), "grade", "环监测〔2021〕99号");
    rule_facts(facts, ecology_rules(), "change", "环监测〔2021〕99号");
    rule_facts(facts, ecology_rules(), "indicator", NULL);
}

const struct assessment ecology_eqi_assessment = {
    .name = "ecology-eqi",
    .kind = VERDICT_ECOLOGY_EQI,
    .element = "ecology",
    .title_zh = "生态质量指数 EQI",
    .title_en = "ecological quality EQI",
    .standards = {"环监测〔2021〕99号"},
    .fields = eqi_fields,
    .judge = judge_eqi,
    .facts = eqi_facts,
    .index_zh = "EQI",
    .index_en = "EQI",
    .rating_zh = "1 一类 至 5 五类",
    .rating_en = "class 1 to 5",
    .notes_zh =
        "一级指标的权重和分类为中等可信;下级指标的权重与归一化未见原文,由输入"
        "给出。变化分级的界限归属未见原文(低可信),按不小于界限归入较大一级。",
    .notes_en =
        "Weights of the first level and the classes have medium "
        "confidence; weights and normalisation below were not seen and come "
        "from the input. Which side the bounds of the change belong to was "
        "not seen (low confidence): a change of a bound counts as the "
        "larger.",
    .example =
        "region,pattern,function,biodiversity,stress,members,eqi,eqi_before\n"
        "A,61.2,66.0,58.4,14.2,,,60.1\n"
        "B,,63.1,55.0,20.3,pattern=0.4*72.1+0.6*55.0,,\nC,,,,,,71.3,\n",
};
