#include "assess/source/mark_choices.h"
#include "assess/source/source_fields.h"
#include "assess/source/source_items.h"
#include "assess/source/together.h"

enum {
    OUTLET,
    TIME,
    APPLIES_TO,
    LEVEL,
    AVERAGING,
    BUILT,
    REGION,
    KEY_AREA,
    PROGRAMME,
    OXYGEN,
    OXYGEN_WET,
    MOISTURE,
    WET,
    FOLDED,
    CONDITION,
    WATER_TEMPERATURE,
    STACK,
    UNDER_BUILDINGS,
    DRAINAGE,
    ALLOWED,
    PERMIT,
    PLANT,
    MONITOR,
    NEAR_STACKS,
    MIXED,
};

static const struct assess_choice averagings[] = {
    {"hour", "小时均值", "hourly mean", "1h"},
    {"day", "日均值", "daily mean", "24h"},
    {"five_minutes", "5分钟均值", "five-minute mean", "5min"},
    {"moment", "瞬时值", "single sample", "grab"},
    {"inspection", "执法抽测值", "sample of an inspection", NULL},
    {"test", "测定均值", "mean of a test", NULL},
    {NULL, NULL, NULL, NULL},
};

/* clang-format off */
static const struct assess_choice permits[] = {
    {"stricter", "许可与标准取严", "the stricter of permit and standard", NULL},
    {"alone", "仅执行许可", "the permit alone", NULL},
    {NULL, NULL, NULL, NULL},
};
/* clang-format on */

static const struct assess_field fields[] = {
    [OUTLET] = {.name = "outlet",
                .aliases = "排放口;排口",
                .kind = ASSESS_TEXT,
                .zh = "排放口",
                .en = "the outlet"},
    SOURCE_FIELD_TIME(TIME),
    SOURCE_FIELDS_OUTLET(0, APPLIES_TO, LEVEL, BUILT, REGION, KEY_AREA,
                         PROGRAMME),
    [AVERAGING] = {.name = "averaging",
                   .aliases = "时段",
                   .kind = ASSESS_CHOICE,
                   .flags = ASSESS_REQUIRED,
                   .choices = averagings,
                   .zh = "数值是何种均值",
                   .en = "what the values are means of"},
    SOURCE_FIELDS_GAS(OXYGEN, OXYGEN_WET, MOISTURE, WET, FOLDED, CONDITION),
    [WATER_TEMPERATURE] = {.name = "water_temperature",
                           .aliases = "水温",
                           .kind = ASSESS_DECIMAL,
                           .flags = ASSESS_SIGNED,
                           .unit = "℃",
                           .zh = "水温,氨氮限值按12 ℃分档",
                           .en = "of the water: ammonia has two limits, to 12 "
                                 "degC and above"},
    [STACK] = {.name = "stack_height",
               .aliases = "排气筒高度",
               .kind = ASSESS_DECIMAL,
               .unit = "m",
               .zh = "排气筒高度",
               .en = "height of the stack"},
    [UNDER_BUILDINGS] = {.name = "under_buildings",
                         .kind = ASSESS_YES,
                         .standard = "no",
                         .zh = "排气筒未高出周围200 m内建筑5 m",
                         .en =
                             "the stack is not 5 m above the buildings within "
                             "200 m"},
    [DRAINAGE] = {.name = "drainage",
                  .aliases = "排水量",
                  .kind = ASSESS_DECIMAL,
                  .unit = "m3",
                  .zh = "实际排水总量",
                  .en = "waste water drained"},
    [ALLOWED] = {.name = "benchmark_drainage",
                 .aliases = "基准排水量",
                 .kind = ASSESS_DECIMAL,
                 .unit = "m3",
                 .zh = "各产品产量与单位基准排水量之积的和",
                 .en = "sum of output times benchmark drainage of the "
                       "products"},
    [PERMIT] = {.name = "permit_rule",
                .kind = ASSESS_CHOICE,
                .standard = "stricter",
                .choices = permits,
                .zh = "许可限值与标准的关系",
                .en = "how a permit's limit stands to the standard's"},
    SOURCE_FIELDS_MARK(PLANT, MONITOR),
    [NEAR_STACKS] =
        {.name = "near_stacks",
         .aliases = "邻近排气筒",
         .kind = ASSESS_TEXT,
         .zh = "同厂邻近排气筒:高度@距离 污染物=速率,如 25@30 SO2=1.2;分号"
               "隔开",
         .en = "near stacks of the plant: height@distance "
               "pollutant=rate, like 25@30 SO2=1.2; \";\" between"},
    [MIXED] = {.name = "mixed",
               .aliases = "混合废水",
               .kind = ASSESS_TEXT,
               .zh = "混合排放口的各股废水:行业=水量,分号隔开",
               .en = "waters of a mixed outlet: industry=flow; \";\" "
                     "between"},
    {.name = NULL},
};

/* The values and permit limits of a record. */
static void read_values(const struct assess_case *c,
                        const struct assess_record *r,
                        struct source_discharge *d)
{
    struct source_value *values =
        arena_new(c->arena, r->value_count + 1, sizeof(*values));
    struct source_permit *limits =
        arena_new(c->arena, r->value_count + 1, sizeof(*limits));

    d->values = values;
    d->permits = limits;
    for (size_t i = 0; i < r->value_count; i++) {
        const struct assess_value *v = &r->values[i];
        const struct source_column *column = source_column_of(v->item);

        if (column->permit)
            limits[d->permit_count++] =
                (struct source_permit){.item = column->item,
                                       .rate = column->form == SOURCE_RATE,
                                       .limit = v->value};
        else
            values[d->value_count++] = (struct source_value){
                .item = column->item,
                .form = column->form,
                .value = v->value,
                .below_detection = v->below_detection,
                .is = v->is == ASSESS_NONE      ? SOURCE_NONE
                      : v->is == ASSESS_PRESENT ? SOURCE_PRESENT
                                                : SOURCE_NUMBER};
    }
}

/* False when the record is refused. */
static bool is_usable(const struct assess_case *c,
                      const struct assess_record *r)
{
    const struct assess_cell *cell = r->cell;

    if (!source_known(cell[APPLIES_TO].text)) {
        assess_refuse(c, r, SPAN("applies_to"),
                      "没有这种行业或适用对象,请用 --list 所列名称",
                      "no such industry and nothing that a limit applies to: "
                      "use the names of --list");
        return false;
    }
    for (size_t i = 0; i < r->value_count; i++) {
        const struct assess_value *v = &r->values[i];

        if (source_column_of(v->item)->permit &&
            (v->below_detection || v->is != ASSESS_NUMBER)) {
            assess_refuse(c, r, v->column, "许可限值须为数值",
                          "the limit of a permit must be a number");
            return false;
        }
    }
    return true;
}

/* Near stacks and mixed waters; false when the record is refused. */
static bool read_together(const struct assess_case *c,
                          const struct assess_record *r,
                          struct source_discharge *d)
{
    const struct assess_cell *near = &r->cell[NEAR_STACKS];
    const struct assess_cell *mixed = &r->cell[MIXED];

    if (near->given && !together_read_stacks(near->text, c->arena, d)) {
        assess_refuse(c, r, SPAN("near_stacks"),
                      "须写作 高度@距离 污染物=速率,如 25@30 SO2=1.2 NOx=0.8",
                      "write height@distance pollutant=rate, like 25@30 "
                      "SO2=1.2 NOx=0.8");
        return false;
    }
    if (mixed->given && !together_read_parts(mixed->text, c->arena, d)) {
        assess_refuse(c, r, SPAN("mixed"),
                      "须写作 行业=水量,行业用 --list 所列名称",
                      "write industry=flow, with the industries of --list");
        return false;
    }
    return true;
}

static void judge(const struct assess_case *c)
{
    const struct assess_record *r = &c->records[0];
    const struct assess_cell *cell = r->cell;
    struct source_discharge d = {
        .outlet = {.applies_to = cell[APPLIES_TO].text,
                   .levels = cell[LEVEL].text,
                   .region = cell[REGION].text,
                   .day = cell[TIME].day,
                   .built = cell[BUILT].given ? cell[BUILT].day : 0,
                   .key_area = cell[KEY_AREA].choice,
                   .programme = cell[PROGRAMME].choice,
                   .has_water_temperature = cell[WATER_TEMPERATURE].given,
                   .water_temperature = cell[WATER_TEMPERATURE].number,
                   .mean = (enum source_mean)cell[AVERAGING].choice},
        .gas = {.has_oxygen = cell[OXYGEN].given,
                .has_moisture = cell[MOISTURE].given,
                .oxygen = cell[OXYGEN].number,
                .moisture = cell[MOISTURE].number,
                .wet = cell[WET].choice,
                .oxygen_wet = cell[OXYGEN_WET].choice,
                .folded = cell[FOLDED].choice,
                .condition = cell[CONDITION].choice},
        .plant = (enum plant_state)cell[PLANT].choice,
        .monitor = (enum monitor_state)cell[MONITOR].choice,
        .has_stack = cell[STACK].given,
        .under_buildings = cell[UNDER_BUILDINGS].choice,
        .stack = cell[STACK].number,
        .has_drainage = cell[DRAINAGE].given && cell[ALLOWED].given,
        .drainage = cell[DRAINAGE].number,
        .allowed = cell[ALLOWED].number,
        .permit_alone = cell[PERMIT].choice == 1,
    };
    struct verdict verdict;

    if (!is_usable(c, r))
        return;
    if (!read_together(c, r, &d))
        return;
    read_values(c, r, &d);
    source_standard(&d, c->arena, &verdict);
    verdict.start_s = cell[TIME].start_s;
    assess_give(c, r, &verdict);
}

const struct assessment source_standard_assessment = {
    .name = "source-standard",
    .kind = VERDICT_SOURCE_STANDARD,
    .element = "source",
    .title_zh = "污染源排放达标判定(标准与许可)",
    .title_en = "a discharge against emission standards and permit",
    .standards = {"GB 18918-2002", "GB 8978-1996", "GB 13223-2011",
                  "GB 13271-2014", "GB 16297-1996", "GB 18485-2014",
                  "GB 18484-2020", "GB 4915-2013", "GB 28662-2012",
                  "GB 31570-2015", "GB 31571-2015", "GB 39726-2020",
                  "GB 37822-2019", "GB 37824-2019", "环发〔2015〕164号",
                  "环大气〔2019〕35号", "DB51/2311-2016", "DB51/2377-2017"},
    .fields = fields,
    .has_items = true,
    .item_at = source_item_at,
    .item_named = source_item_named,
    .judge = judge,
    .facts = source_facts,
    .index_zh = "最大超标倍数",
    .index_en = "the largest multiple over a limit",
    .rating_zh = "1 超标,0 达标",
    .rating_en = "1 when a governing limit is broken, else 0",
    .notes_zh =
        "applies_to 写行业(--list 中 what 为 industry 的行)或标准表的适用对象,"
        "多个用分号隔开,较特殊者在前。地方标准优先于行业标准,行业标准优先于综合"
        "标准;同一介质有行业标准时不执行综合标准;"
        "同级的几个标准分别判定。许可限值"
        "与标准取严(permit_rule)。未给建成日期按新建判定。折算用干基氧含量,"
        "氧含量"
        "不低于20.5 "
        "%时不折算;排放速率不折算。日均限值不与瞬时值比较。等于限值为"
        "达标,按全部位数比较;pH不计倍数。许可限值列写作 "
        "permit_SO2,排放速率列写作"
        " rate_SO2,体积分数列写作 ppm_SO2。"
        "GB 18918 的2025年修改单只见部分内容,其瞬时限值未收入。"
        "邻近排气筒(near_stacks)依次等效,距离按所给;混合排放口(mixed)的限值"
        "按水量加权,各股都须有该项上限,pH 等仍按 applies_to 判定。",
    .notes_en =
        "applies_to names an industry (rows of --list whose what is industry) "
        "or what the rows of a table apply to; several with \";\" between, the "
        "more special one first. Local standards go before industry standards, "
        "these before general ones, which are left aside beside an industry "
        "standard of the same medium; several of one rank are each rated. A "
        "permit's limit governs unless it is looser (permit_rule). Without the "
        "day it was built, a plant is rated as a new one. Values are converted "
        "with the oxygen of the dry gas, not at 20.5 % and above; rates never "
        "are. A single sample does not meet the limit of a daily mean. Equal "
        "to the limit is within, with all digits; pH has no multiple. Limits "
        "of a permit are columns permit_SO2, rates rate_SO2, volume shares "
        "ppm_SO2. Of the amendment of GB 18918 in 2025 only parts were seen: "
        "limits of single samples are not held. "
        "Near stacks become one in turn, at the distances told. The limit of a "
        "mixed outlet is weighted by flow; every part needs an upper limit of "
        "the item, others (pH) are rated by applies_to.",
    .example = "outlet,time,applies_to,averaging,level,oxygen,"
               "water_temperature,SO2,NOx,COD,w21003,permit_NOx\n"
               "DA001,2026-11-24T08:00,coal_power,hour,,6.8,,32,98,,,50\n"
               "DA002,2026-11-24T08:00,coal_boiler,hour,,20.6,,32,98,,,\n"
               "DW001,2026-11-24,municipal_plant_min_tuo,day,1A,,11.5,,,31,"
               "2.9,\n",
};
