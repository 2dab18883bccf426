/* The assessments that are made of hours: validity, substitution, total,
 * rates. They share their columns. */
#include "assess/account/account_facts.h"
#include "assess/account/source_rates.h"
#include "assess/account/source_total.h"
#include "assess/account/source_validity.h"
#include "assess/account/substitution.h"
#include "assess/catalogue/assessment.h"
#include "assess/factor/factor.h"
#include "assess/source/convert.h"

#include <stdlib.h>

enum { YEARS_MAX = 5 }; /* every hour of a case is looked at */

enum {
    OUTLET,
    POLLUTANT,
    MEDIUM,
    TIME,
    VALUE,
    FLOW,
    MINUTES,
    FLAG,
    MARK,
    BASIS,
    MOISTURE,
    STEP,
    LOW,
    HIGH,
    DAY_HOURS,
    PERIOD,
};

enum {
    WET = 1,
    MINUTES_OF_HOUR = 60,
    HOURS_OF_DAY = 24,
};

static const struct assess_choice media[] = {
    {"gas", "废气", "flue gas", "air;烟气"},
    {"water", "废水", "waste water", "污水"},
    {NULL, NULL, NULL, NULL},
};

/* In the order of enum hours_flag. */
static const struct assess_choice flags[] = {
    {"N", "正常", "normal", "n"},
    {"S", "手工录入", "entered by hand", "s"},
    {"M", "维护", "maintenance", "m"},
    {"C", "校准", "calibration", "c"},
    {"D", "故障", "instrument fault", "d"},
    {"F", "停运", "instrument out of service", "f"},
    {"T", "超量程", "above the range", "t"},
    {"B", "通信异常", "no communication", "b"},
    {NULL, NULL, NULL, NULL},
};

/* What each word of mark_choices means. */
static const enum hours_mark mark_of[] = {
    MARK_NONE,          MARK_STOPPED,      MARK_STATE,        MARK_STATE,
    MARK_MAINTENANCE,   MARK_CALIBRATION,  MARK_COMPARISON,   MARK_FAULT,
    MARK_COMMUNICATION, MARK_CHECK_PASSED, MARK_CHECK_FAILED,
};

/* clang-format off */
static const struct assess_choice mark_choices[] = {
    {"none", "无", "none", NULL},
    {"stopped", "停运", "the source is stopped or does not discharge",
     "停产;停炉;不排放"},
    {"start_up", "启动", "start-up, drying out, shut-down, cooling",
     "启炉;烘炉;停运过程;shut_down;cooling;dry_out"},
    {"plant_fault", "工况故障", "fault or accident of the plant",
     "事故;accident"},
    {"maintenance", "监测维护", "maintenance of the monitor", NULL},
    {"calibration", "监测校准", "calibration of the monitor", NULL},
    {"comparison", "比对", "comparison test", NULL},
    {"fault", "监测故障", "fault of the monitor", NULL},
    {"communication", "通信中断", "communication lost", NULL},
    {"check_passed", "核查合格", "a check or calibration was passed", NULL},
    {"check_failed", "核查不合格", "a check or calibration failed", NULL},
    {NULL, NULL, NULL, NULL},
};
/* clang-format on */

static const struct assess_choice bases[] = {
    {"dry", "干基", "dry", NULL},
    {"wet", "湿基", "wet: converted by the moisture", NULL},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_field quarter_fields[] = {
#define HOUR_POLLUTANT (ASSESS_KEY | ASSESS_REQUIRED)
#define HOUR_PERIOD    "quarter"
#include "assess/account/hour_fields.def"
#undef HOUR_PERIOD
};

static const struct assess_field all_fields[] = {
#define HOUR_PERIOD "all"
#include "assess/account/hour_fields.def"
#undef HOUR_PERIOD
#undef HOUR_POLLUTANT
};

static const struct assess_field rate_fields[] = {
#define HOUR_POLLUTANT ASSESS_REQUIRED
#define HOUR_PERIOD    "quarter"
#include "assess/account/hour_fields.def"
};

/* A record with the row it came from, for sorting. */
struct row {
    struct hours_record record;
    const struct assess_record *from;
};

static int by_time(const void *a, const void *b)
{
    const struct row *x = a, *y = b;

    if (x->record.start_s != y->record.start_s)
        return x->record.start_s < y->record.start_s ? -1 : 1;
    return (x->from > y->from) - (x->from < y->from);
}

/* A wet concentration becomes dry; false when it cannot. What is negative
 * stays so, and is lost later. */
static bool dry(const struct assess_case *c, const struct assess_cell *cell,
                struct hours_record *r)
{
    struct decimal wet = r->value.mantissa < 0 ? DECIMAL(0, 0) : r->value;
    struct converted dried;

    if (cell[BASIS].choice != WET)
        return true;
    if (!cell[MOISTURE].given ||
        convert_dry(wet, cell[MOISTURE].number, c->arena, &dried))
        return false;
    if (r->value.mantissa < 0)
        return true;
    r->value = dried.value;
    r->how = (struct words){dried.step_zh, dried.step_en};
    return true;
}

static bool read_row(const struct assess_case *c,
                     const struct assess_record *from, struct row *out)
{
    const struct assess_cell *cell = from->cell;
    struct decimal minutes = cell[MINUTES].number;

    *out = (struct row){
        .from = from,
        .record = {.start_s = cell[TIME].start_s,
                   .has_value = cell[VALUE].given,
                   .value = cell[VALUE].number,
                   .has_flow = cell[FLOW].given,
                   .flow = cell[FLOW].number,
                   .minutes = (int)minutes.mantissa,
                   .flag = (enum hours_flag)cell[FLAG].choice,
                   .mark = mark_of[cell[MARK].choice],
                   .how = {"", ""}},
    };
    if (decimal_compare(minutes, DECIMAL(MINUTES_OF_HOUR, 0)) > 0) {
        assess_refuse(c, from, SPAN("minutes"), "一小时至多 60 分钟",
                      "an hour has at most 60 minutes");
        return false;
    }
    if (cell[VALUE].given && cell[MEDIUM].choice == HOURS_GAS &&
        !dry(c, cell, &out->record)) {
        assess_refuse(c, from, SPAN("moisture"),
                      "湿基浓度需要 0 至 100 之间的含湿量才能换算为干基",
                      "a wet concentration needs a moisture from 0 to below "
                      "100 to become dry");
        return false;
    }
    return true;
}

/* Hours a value stands for: a divisor of the day. */
static int step_of(const struct assess_record *r)
{
    int step = (int)r->cell[STEP].number.mantissa;

    return step >= 1 && step <= 6 && HOURS_OF_DAY % step == 0 ? step : 0;
}

static const char *factor_of(const struct assess_case *c, struct span name,
                             bool *out_ph)
{
    const struct factor *f = factor_find(name);

    *out_ph = f && strcmp(f->code, "w01001") == 0;
    return f ? f->code : arena_copy(c->arena, name).at;
}

/* Sorts, and refuses the second of a slot. */
static size_t order(const struct assess_case *c, struct row *rows, size_t count,
                    int step, struct hours_record *out)
{
    int64_t length = (int64_t)(step ? step : 1) * HOUR_S, slot = 0;
    size_t kept = 0;

    qsort(rows, count, sizeof(*rows), by_time);
    for (size_t i = 0; i < count; i++) {
        int64_t at = (rows[i].record.start_s + BEIJING_OFFSET_S) / length;

        if (kept && at == slot) {
            assess_refuse(c, rows[i].from, SPAN("time"),
                          "该时段已有一条记录,保留先出现的",
                          "there is a record of that period already: the "
                          "first one stays");
            continue;
        }
        slot = at;
        out[kept++] = rows[i].record;
    }
    return kept;
}

/* The records of one pollutant as an input; false when there is none. */
static bool input_of(const struct assess_case *c, struct span pollutant,
                     struct hours_input *out)
{
    struct row *rows = arena_new(c->arena, c->count, sizeof(*rows));
    const struct assess_cell *first = NULL;
    struct hours_record *records;
    size_t count = 0;
    int64_t last = 0;

    for (size_t i = 0; i < c->count; i++) {
        const struct assess_record *r = &c->records[i];

        if (!span_equal(r->cell[POLLUTANT].text, pollutant))
            continue;
        first = first ? first : r->cell;
        count += read_row(c, r, &rows[count]);
    }
    if (!count || civil_day_start(c->from_day, &out->from_s) ||
        civil_day_start(c->to_day, &last))
        return false;
    out->step_hours = step_of(c->records);
    out->to_s = last + DAY_S;
    out->medium = (enum hours_medium)first[MEDIUM].choice;
    out->factor = factor_of(c, pollutant, &out->is_ph);
    out->minutes_needed =
        source_minutes_needed(out->medium, out->factor, c->from_day);
    out->has_low = first[LOW].given;
    out->low = first[LOW].number;
    out->has_high = first[HIGH].given;
    out->high = first[HIGH].number;
    records = arena_new(c->arena, count, sizeof(*records));
    out->count = order(c, rows, count, out->step_hours, records);
    out->records = records;
    return true;
}

/* What all four ask of a case before anything is counted. */
static bool is_good(const struct assess_case *c)
{
    struct decimal hours = c->records->cell[DAY_HOURS].number;

    if (c->to_day / 10000 - c->from_day / 10000 > YEARS_MAX) {
        assess_refuse(c, NULL, SPAN("time"),
                      "时段超过 5 年,请更正日期或分开计算",
                      "more than 5 years in one case: correct the day, or "
                      "judge it in parts");
        return false;
    }
    if (!step_of(c->records)) {
        assess_refuse(c, c->records, SPAN("step"), "步长须为 1、2、3、4 或 6",
                      "the step must be 1, 2, 3, 4 or 6 hours");
        return false;
    }
    if (c->records->cell[DAY_HOURS].given &&
        (hours.mantissa < 1 ||
         decimal_compare(hours, DECIMAL(HOURS_OF_DAY, 0)) > 0)) {
        assess_refuse(c, c->records, SPAN("day_hours"), "须为 1 至 24",
                      "must be from 1 to 24");
        return false;
    }
    return true;
}

static void give(const struct assess_case *c, struct verdict *v)
{
    v->start_s = c->records->cell[TIME].start_s;
    assess_give(c, NULL, v);
}

static void judge_validity(const struct assess_case *c)
{
    const struct assess_cell *cell = c->records->cell;
    struct hours_input in = {.records = NULL};
    struct verdict v;

    if (!is_good(c) || !input_of(c, cell[POLLUTANT].text, &in))
        return;
    source_validity(
        &in, cell[DAY_HOURS].given ? (int)cell[DAY_HOURS].number.mantissa : 0,
        c->arena, &v);
    give(c, &v);
}

static void judge_substitution(const struct assess_case *c)
{
    struct hours_input in = {.records = NULL};
    struct verdict v;

    if (!is_good(c) || !input_of(c, c->records->cell[POLLUTANT].text, &in))
        return;
    source_substitution(&in, c->arena, &v);
    give(c, &v);
}

static void judge_total(const struct assess_case *c)
{
    struct hours_input in = {.records = NULL};
    struct verdict v;

    if (!is_good(c) || !input_of(c, c->records->cell[POLLUTANT].text, &in))
        return;
    source_total(&in, c->arena, &v);
    give(c, &v);
}

static void judge_rates(const struct assess_case *c)
{
    struct hours_input *inputs =
        arena_new(c->arena, SOURCE_RATES_INPUTS_MAX, sizeof(*inputs));
    struct span names[SOURCE_RATES_INPUTS_MAX];
    size_t count = 0, known = 0;
    struct verdict v;

    if (!is_good(c))
        return;
    for (size_t i = 0; i < c->count; i++) {
        struct span name = c->records[i].cell[POLLUTANT].text;
        size_t k = 0;

        while (k < known && !span_equal(names[k], name))
            k++;
        if (k < known)
            continue;
        if (known == SOURCE_RATES_INPUTS_MAX) {
            assess_refuse(c, &c->records[i], SPAN("pollutant"),
                          "一个排放口至多 64 种污染物",
                          "an outlet has at most 64 pollutants");
            continue;
        }
        names[known++] = name;
        count += input_of(c, name, &inputs[count]);
    }
    if (!count)
        return;
    source_rates(inputs, count, c->arena, &v);
    give(c, &v);
}

#define EXAMPLE_GAS                                                            \
    "outlet,medium,pollutant,time,value,flow,flag,mark\n"                      \
    "DA001,gas,SO2,2026-01-01T00:00,31.5,105000,N,none\n"                      \
    "DA001,gas,SO2,2026-01-01T01:00,30.2,104000,N,none\n"                      \
    "DA001,gas,SO2,2026-01-01T02:00,,,D,none\n"                                \
    "DA001,gas,SO2,2026-01-01T03:00,29.8,101000,N,none\n"

const struct assessment source_validity_assessment = {
    .name = "source-validity",
    .kind = VERDICT_SOURCE_VALIDITY,
    .element = "source",
    .title_zh = "污染源自动监测数据有效性",
    .title_en = "Validity of automatic source data",
    .standards = {"HJ 75-2017", "HJ 356-2019"},
    .fields = quarter_fields,
    .judge = judge_validity,
    .facts = source_validity_facts,
    .index_zh = "捕集率或有效日比例,%",
    .index_en = "capture, or share of valid days, %",
    .rating_zh = "0 有效,1 无效",
    .rating_en = "0 valid, 1 not valid",
    .notes_zh =
        "统计周期内没有记录的小时计为缺失;数据标记 F 是仪器停运,仍计失效,"
        "排放源停运只由人工标记 stopped 认定;废水流量为 0 的时段视为不排放。"
        "核查不合格使上次合格到下次合格之间无效。步长大于 1 时按时段计数。",
    .notes_en =
        "Hours of the period without a record count as lost. The flag F is the "
        "instrument out of service and is lost; only the mark stopped says "
        "that the source is stopped. Waste water without flow is no "
        "discharge. A failed check spoils what lies between the passed checks "
        "around it. With a step above 1, periods are counted.",
    .example = EXAMPLE_GAS,
};

const struct assessment source_substitution_assessment = {
    .name = "source-substitution",
    .kind = VERDICT_SOURCE_SUBSTITUTION,
    .element = "source",
    .title_zh = "缺失时段排放量替代",
    .title_en = "Substitution of missing source amounts",
    .standards = {"HJ 75-2017", "HJ 356-2019", "HJ/T 356-2007"},
    .fields = all_fields,
    .judge = judge_substitution,
    .facts = source_substitution_facts,
    .index_zh = "上报排放量,kg",
    .index_en = "amount to report, kg",
    .rating_zh = "0 齐全,1 有未能替代的时段",
    .rating_en = "0 complete, 1 some periods stay open",
    .notes_zh =
        "只替代排放量,不改浓度和实测值。捕集率按缺失小时所在季度、有记录的"
        "天数计算,因此应给出整季及其之前的数据。缺口内的停运小时不计入缺口"
        "长度;窗口为缺口之前的有效小时,不足时用已有的;并列取最近的一个。"
        "未标记核查时,30 个有效日截止于缺失日之前。",
    .notes_en =
        "Only amounts are substituted; concentrations and what was measured "
        "stay. The capture is that of the quarter of the lost hour, over the "
        "days handed in: give whole quarters and what lies before. Stopped "
        "hours inside a gap do not lengthen it; the window are the valid "
        "hours before the gap, as many as there are; of equal ones the latest "
        "is the donor. Without a marked check the 30 valid days end before "
        "the day.",
    .example = EXAMPLE_GAS,
};

const struct assessment source_total_assessment = {
    .name = "source-total",
    .kind = VERDICT_SOURCE_TOTAL,
    .element = "source",
    .title_zh = "污染源排放总量",
    .title_en = "Amounts emitted by a source",
    .standards = {"HJ 75-2017", "HJ 356-2019"},
    .fields = quarter_fields,
    .judge = judge_total,
    .facts = source_validity_facts,
    .index_zh = "排放量,t",
    .index_en = "amount, t",
    .rating_zh = "0 齐全,1 有缺",
    .rating_en = "0 complete, 1 incomplete",
    .notes_zh = "折算浓度不得用于排放量。缺失小时不计入、不估算,并逐日列出;"
                "停运小时为 0。吨保留 6 位小数,四舍六入五成双。",
    .notes_en =
        "Never from folded concentrations. Lost hours are left out, not "
        "estimated, and listed day by day; stopped hours are 0. Tonnes have "
        "six decimals, half to even.",
    .example = EXAMPLE_GAS,
};

const struct assessment source_rates_assessment = {
    .name = "source-rates",
    .kind = VERDICT_SOURCE_RATES,
    .element = "source",
    .title_zh = "自动监测数据传输有效率",
    .title_en = "Transmission and validity of source data",
    .standards = {"HJ 75-2017", "HJ 356-2019"},
    .fields = rate_fields,
    .judge = judge_rates,
    .facts = source_validity_facts,
    .index_zh = "传输有效率,%",
    .index_en = "transmission x validity, %",
    .rating_zh = "0 达到,1 未达到",
    .rating_en = "0 reached, 1 not reached",
    .notes_zh = "应传 = 全部 − 停运;传输率 = 收到/应传,有效率 = 有效/收到,"
                "两者之积与 75 % 比较。一个排放口的各污染物合并计数。",
    .notes_en =
        "Due is all without the stopped; transmission is received/due, "
        "validity is valid/received, and their product is compared with 75 %. "
        "The pollutants of an outlet are counted together.",
    .example = EXAMPLE_GAS,
};
