/* Accounting, non-point loads, vehicles: amounts from activities. */
#include "assess/account/account_facts.h"
#include "assess/account/accounting.h"
#include "assess/account/non_point.h"
#include "assess/account/vehicle.h"
#include "assess/derivation/rule_facts.h"

enum { CLASSES_MAX = 4096, WHOLE = 100 };

static bool within(const struct assess_case *c, const struct assess_record *r,
                   int field, int64_t most, const char *name)
{
    if (!r->cell[field].given ||
        decimal_compare(r->cell[field].number, DECIMAL(most, 0)) <= 0)
        return true;
    assess_refuse(c, r, span_of(name),
                  arena_printf(c->arena, "须在 0 至 %d 之间", (int)most),
                  arena_printf(c->arena, "must lie from 0 to %d", (int)most));
    return false;
}

static void refuse_quantity(const struct assess_case *c,
                            const struct assess_record *r, const char *column,
                            enum quantity_verdict verdict)
{
    assess_refuse(c, r, span_of(column), quantity_text(verdict, false),
                  quantity_text(verdict, true));
}

/* clang-format off */
#define TEXT(n, f, z, e)                                                       \
    {.name = (n), .kind = ASSESS_TEXT, .flags = (f), .zh = (z), .en = (e)}
#define NUMBER(n, f, u, s, z, e)                                               \
    {.name = (n), .kind = ASSESS_DECIMAL, .flags = (f), .unit = (u),        \
     .standard = (s), .zh = (z), .en = (e)}
#define DAY(z, e) {.name = "time", .aliases = "date;day;日期;时间",            \
    .kind = ASSESS_DAY, .flags = ASSESS_OF_CASE, .zh = (z), .en = (e)}

/* ---- accounting ---- */

enum {
    SOURCE, POLLUTANT, TIME, MEDIUM, AUTOMATIC, CAPTURE, CONCENTRATION, FLOW,
    HOURS, ACTIVITY, ACTIVITY_UNIT, FACTOR, FACTOR_UNIT, ETA, K, COAL, SULPHUR,
    CONVERSION,
};

static const struct assess_choice media[] = {
    {"gas", "废气", "flue gas", "air;大气"},
    {"water", "废水", "waste water", NULL},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_field accounting_fields[] = {
    [SOURCE] = TEXT("source", 0, "排放源", "the source"),
    [POLLUTANT] = TEXT("pollutant", ASSESS_REQUIRED, "污染物", "the pollutant"),
    [TIME] = DAY("核算期的任一天;未给时用现行规则",
                 "a day of the period; today's rules when not given"),
    [MEDIUM] = {.name = "medium", .kind = ASSESS_CHOICE, .standard = "gas",
                .choices = media, .zh = "手工监测的介质",
                .en = "what was monitored by hand"},
    [AUTOMATIC] = NUMBER("automatic", 0, "kg", NULL, "自动监测排放量",
                         "amount by automatic monitoring"),
    [CAPTURE] = NUMBER("capture", 0, "%", NULL, "自动监测捕集率",
                       "capture of the automatic data"),
    [CONCENTRATION] = NUMBER("concentration", 0, NULL, NULL,
                             "手工监测平均浓度,mg/m³ 或 mg/L",
                             "mean by hand, mg/m3 or mg/L"),
    [FLOW] = NUMBER("flow", 0, "m3/h", NULL, "平均流量", "mean flow"),
    [HOURS] = NUMBER("hours", 0, "h", NULL, "排放小时", "hours of discharge"),
    [ACTIVITY] = NUMBER("activity", 0, NULL, NULL, "活动量", "the activity"),
    [ACTIVITY_UNIT] = TEXT("activity_unit", 0, "活动量单位", "its unit"),
    [FACTOR] = NUMBER("factor", 0, NULL, NULL, "产污系数", "the factor"),
    [FACTOR_UNIT] = TEXT("factor_unit", 0, "系数单位,如 kg/t",
                         "its unit, like kg/t"),
    [ETA] = NUMBER("eta", 0, "%", "0", "去除率 η", "share removed, eta"),
    [K] = NUMBER("k", 0, NULL, "1", "实际运行率 k,0–1",
                 "share of time it really ran, 0 to 1"),
    [COAL] = NUMBER("coal", 0, "t", NULL, "燃煤量", "coal burnt"),
    [SULPHUR] = NUMBER("sulphur", 0, "%", NULL, "燃煤硫分", "its sulphur"),
    [CONVERSION] = NUMBER("conversion", 0, NULL, NULL, "硫转化率,0.8–0.9",
                          "conversion of the sulphur, 0.8 to 0.9"),
    {.name = NULL},
};
/* clang-format on */

static bool all_given(const struct assess_cell *cell, const int *fields,
                      size_t count, bool *out_some)
{
    bool all = true;

    *out_some = false;
    for (size_t i = 0; i < count; i++) {
        all &= cell[fields[i]].given;
        *out_some |= cell[fields[i]].given;
    }
    return all;
}

/* Which ways have their data; half of it is refused, never guessed. */
static bool find_ways(const struct assess_case *c,
                      const struct assess_record *r, struct accounting *in)
{
    /* clang-format off */
    static const struct {
        int fields[4];
        size_t count;
    } needs[] = {
        [ACCOUNTING_AUTOMATIC] = {{AUTOMATIC, CAPTURE}, 2},
        [ACCOUNTING_MANUAL] = {{CONCENTRATION, FLOW, HOURS}, 3},
        [ACCOUNTING_FACTOR] = {{ACTIVITY, ACTIVITY_UNIT, FACTOR, FACTOR_UNIT},
                               4},
        [ACCOUNTING_BALANCE] = {{COAL, SULPHUR, CONVERSION}, 3},
    };
    /* clang-format on */

    for (int i = 0; i < ACCOUNTING_WAYS; i++) {
        bool some;

        in->has[i] = all_given(r->cell, needs[i].fields, needs[i].count, &some);
        if (!some || in->has[i])
            continue;
        assess_refuse(c, r, span_of(accounting_fields[needs[i].fields[0]].name),
                      "该方法的数据不全,见 --help",
                      "the data of this way are not complete: see --help");
        return false;
    }
    return true;
}

static bool is_plausible(const struct assess_case *c,
                         const struct assess_record *r,
                         const struct accounting *in)
{
    struct decimal kg;
    enum quantity_verdict product =
        in->has[ACCOUNTING_FACTOR]
            ? quantity_product(in->activity, in->factor, &kg)
            : QUANTITY_OK;

    if (!within(c, r, CAPTURE, WHOLE, "capture") ||
        !within(c, r, ETA, WHOLE, "eta") || !within(c, r, K, 1, "k") ||
        !within(c, r, SULPHUR, WHOLE, "sulphur"))
        return false;
    if (product) {
        refuse_quantity(c, r, "factor_unit", product);
        return false;
    }
    if (in->has[ACCOUNTING_BALANCE] &&
        !accounting_conversion_allowed(in->conversion, in->day)) {
        assess_refuse(c, r, SPAN("conversion"), "须在 0.8 至 0.9 之间",
                      "must lie from 0.8 to 0.9");
        return false;
    }
    return true;
}

static void judge_accounting(const struct assess_case *c)
{
    const struct assess_cell *cell = c->records->cell;
    struct accounting in = {
        .day = rule_day_of(c, &cell[TIME]),
        .automatic_kg = cell[AUTOMATIC].number,
        .capture = cell[CAPTURE].number,
        .water = cell[MEDIUM].choice == 1,
        .concentration = cell[CONCENTRATION].number,
        .flow = cell[FLOW].number,
        .hours = cell[HOURS].number,
        .activity = {cell[ACTIVITY].number, cell[ACTIVITY_UNIT].text},
        .factor = {cell[FACTOR].number, cell[FACTOR_UNIT].text},
        .eta = cell[ETA].number,
        .k = cell[K].number,
        .coal_t = cell[COAL].number,
        .sulphur = cell[SULPHUR].number,
        .conversion = cell[CONVERSION].number,
    };
    struct verdict v;

    if (!find_ways(c, c->records, &in) || !is_plausible(c, c->records, &in))
        return;
    accounting_of(&in, c->arena, &v);
    v.start_s = cell[TIME].start_s;
    assess_give(c, c->records, &v);
}

const struct assessment source_accounting_assessment = {
    .name = "source-accounting",
    .kind = VERDICT_SOURCE_ACCOUNTING,
    .element = "source",
    .title_zh = "污染源排放量核算",
    .title_en = "Accounting of what a source emitted",
    .standards = {"公告2021第24号", "HJ 75-2017"},
    .fields = accounting_fields,
    .judge = judge_accounting,
    .facts = source_accounting_facts,
    .index_zh = "采用的排放量,kg",
    .index_en = "the amount that counts, kg",
    .rating_zh = "采用的方法:1 自动,2 手工,3 系数,4 物料衡算",
    .rating_en = "the way taken: 1 automatic, 2 manual, 3 factor, 4 balance",
    .notes_zh = "自动监测捕集率不足 75 % 时不采用。物料衡算排在系数之后是自定的"
                "次序。系数由使用者给出,活动量单位须与系数分母一致。",
    .notes_en =
        "Automatic data count from a capture of 75 % on. That the balance "
        "comes behind the factors is our own order. Factors are input; the "
        "activity's unit must be that behind the factor's slash.",
    .example =
        "source,pollutant,automatic,capture,activity,activity_unit,factor,"
        "factor_unit,eta,k,coal,sulphur,conversion\n"
        "boiler 1,SO2,52000,92.5,30000,t,17,kg/t,95,0.98,30000,1.1,0.85\n",
};

/* ---- non-point ---- */

enum {
    CATCHMENT,
    NP_POLLUTANT,
    NP_TIME,
    KIND,
    AMOUNT,
    AMOUNT_UNIT,
    COEFFICIENT,
    COEFFICIENT_UNIT,
    RAIN,
    LAMBDA,
};

/* clang-format off */
static const struct assess_field non_point_fields[] = {
    [CATCHMENT] = TEXT("catchment", ASSESS_KEY, "汇水区", "the catchment"),
    [NP_POLLUTANT] = TEXT("pollutant", ASSESS_KEY | ASSESS_REQUIRED, "污染物",
                          "the pollutant"),
    [NP_TIME] = DAY("任一天;未给时用现行规则",
                    "a day; today's rules when not given"),
    [KIND] = TEXT("kind", ASSESS_REQUIRED, "来源类别",
                  "kind of source: a land use, animals, people"),
    [AMOUNT] = NUMBER("amount", ASSESS_REQUIRED, NULL, NULL,
                      "面积、头数或人数", "area, heads or people"),
    [AMOUNT_UNIT] = TEXT("amount_unit", ASSESS_REQUIRED, "其单位", "its unit"),
    [COEFFICIENT] = NUMBER("coefficient", ASSESS_REQUIRED, NULL, NULL,
                           "输出系数(本地值)",
                           "export coefficient, a local value"),
    [COEFFICIENT_UNIT] = TEXT("coefficient_unit", ASSESS_REQUIRED,
                              "其单位,如 kg/ha", "its unit, like kg/ha"),
    [RAIN] = NUMBER("rain", ASSESS_OF_CASE, "kg", "0", "降水输入 p",
                    "input by rain, p"),
    [LAMBDA] = NUMBER("lambda", ASSESS_OF_CASE, NULL, NULL, "入河系数 λ,0–1",
                      "river coefficient, 0 to 1"),
    {.name = NULL},
};
/* clang-format on */

static bool read_source(const struct assess_case *c,
                        const struct assess_record *r,
                        struct non_point_source *out)
{
    const struct assess_cell *cell = r->cell;
    enum quantity_verdict product;
    struct decimal kg;

    *out = (struct non_point_source){
        .kind = cell[KIND].text,
        .amount = {cell[AMOUNT].number, cell[AMOUNT_UNIT].text},
        .coefficient = {cell[COEFFICIENT].number, cell[COEFFICIENT_UNIT].text},
    };
    product = quantity_product(out->amount, out->coefficient, &kg);
    if (product)
        refuse_quantity(c, r, "coefficient_unit", product);
    return product == QUANTITY_OK;
}

static void judge_non_point(const struct assess_case *c)
{
    const struct assess_cell *cell = c->records->cell;
    struct non_point_source *sources =
        arena_new(c->arena, c->count, sizeof(*sources));
    struct non_point in = {.sources = sources,
                           .rain_kg = cell[RAIN].number,
                           .has_lambda = cell[LAMBDA].given,
                           .lambda = cell[LAMBDA].number,
                           .day = rule_day_of(c, &cell[NP_TIME])};
    struct verdict v;

    if (!within(c, c->records, LAMBDA, 1, "lambda"))
        return;
    for (size_t i = 0; i < c->count; i++)
        in.count += read_source(c, &c->records[i], &sources[in.count]);
    if (!in.count)
        return;
    non_point_load(&in, c->arena, &v);
    assess_give(c, NULL, &v);
}

const struct assessment load_non_point_assessment = {
    .name = "load-non-point",
    .kind = VERDICT_LOAD_NON_POINT,
    .element = "source",
    .title_zh = "面源负荷(输出系数法)",
    .title_en = "Non-point load by export coefficients",
    .standards = {"Johnes 1996"},
    .fields = non_point_fields,
    .judge = judge_non_point,
    .facts = load_non_point_facts,
    .index_zh = "入河量(未给 λ 时为负荷),kg",
    .index_en = "delivered (the load, without lambda), kg",
    .notes_zh = "系数是本地值,由使用者给出,程序不含任何系数。",
    .notes_en = "Coefficients are local values and input: none is kept here.",
    .example = "catchment,pollutant,kind,amount,amount_unit,coefficient,"
               "coefficient_unit,lambda\n"
               "A,TP,paddy,350,ha,1.2,kg/ha,0.3\n"
               "A,TP,pigs,4200,head,0.14,kg/head,0.3\n",
};

/* ---- vehicles ---- */

enum {
    REGION,
    V_TIME,
    CLASS,
    STAGE,
    COUNT,
    KM,
    BASE,
    CORRECTION = BASE + VEHICLE_POLLUTANTS,
    LAST = CORRECTION + VEHICLE_CORRECTIONS,
};

static const struct assess_choice classes[] = {
    {"petrol_car", "汽油小型客车", "petrol small car", NULL},
    {"diesel_truck", "柴油重型货车", "diesel heavy truck", NULL},
    {"other", "其他", "other: give factors", NULL},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_choice stages[] = {
    {"before_I", "国一前", "before I", "国0"},
    {"I", "国一", "I", "1"},
    {"II", "国二", "II", "2"},
    {"III", "国三", "III", "3"},
    {"IV", "国四", "IV", "4"},
    {"V", "国五", "V", "5"},
    {"VI", "国六", "VI", "6"},
    {NULL, NULL, NULL, NULL},
};

/* clang-format off */
static const struct assess_field vehicle_fields[] = {
    [REGION] = TEXT("region", ASSESS_KEY, "地区", "the region"),
    [V_TIME] = DAY("任一天;未给时用现行规则",
                   "a day; today's rules when not given"),
    [CLASS] = {.name = "class", .kind = ASSESS_CHOICE,
               .flags = ASSESS_REQUIRED, .choices = classes, .zh = "车型",
               .en = "class of vehicle"},
    [STAGE] = {.name = "stage", .kind = ASSESS_CHOICE,
               .flags = ASSESS_REQUIRED, .choices = stages,
               .zh = "排放阶段", .en = "emission stage"},
    [COUNT] = NUMBER("vehicles", ASSESS_REQUIRED, NULL, NULL, "保有量 P",
                     "how many, P"),
    [KM] = NUMBER("vkt", ASSESS_REQUIRED, NULL, NULL, "年均行驶里程,km",
                  "km a year and vehicle, VKT"),
    [BASE] = NUMBER("ef_co", 0, NULL, NULL, "CO 基准系数,g/km;未给时查表",
                    "base factor of CO, g/km; else of the table"),
    [BASE + 1] = NUMBER("ef_hc", 0, NULL, NULL, "HC,同上", "of HC"),
    [BASE + 2] = NUMBER("ef_nox", 0, NULL, NULL, "NOx,同上", "of NOx"),
    [BASE + 3] = NUMBER("ef_pm25", 0, NULL, NULL, "PM2.5,同上", "of PM2.5"),
    [CORRECTION] = NUMBER("phi", 0, NULL, "1", "环境修正 φ",
                          "correction of weather and altitude"),
    [CORRECTION + 1] = NUMBER("gamma", 0, NULL, "1", "速度修正 γ",
                              "correction of speed"),
    [CORRECTION + 2] = NUMBER("lambda", 0, NULL, "1", "劣化修正 λ",
                              "correction of deterioration"),
    [CORRECTION + 3] = NUMBER("theta", 0, NULL, "1", "其他修正 θ(载荷、含硫)",
                              "other corrections: load, sulphur"),
    [LAST] = {.name = NULL},
};
/* clang-format on */

static struct vehicle_class read_class(const struct assess_case *c,
                                       const struct assess_cell *cell)
{
    const char *name =
        arena_printf(c->arena, "%s/%s", classes[cell[CLASS].choice].name,
                     stages[cell[STAGE].choice].name);
    struct vehicle_class v = {.name = span_of(name),
                              .number = cell[COUNT].number,
                              .km = cell[KM].number};

    for (int i = 0; i < VEHICLE_POLLUTANTS; i++) {
        v.has_factor[i] = cell[BASE + i].given;
        v.factor[i] = cell[BASE + i].number;
    }
    for (int i = 0; i < VEHICLE_CORRECTIONS; i++)
        v.correction[i] = cell[CORRECTION + i].number;
    return v;
}

static void judge_vehicles(const struct assess_case *c)
{
    struct vehicle_class *all = arena_new(c->arena, CLASSES_MAX, sizeof(*all));
    struct vehicle_fleet fleet = {
        .classes = all, .day = rule_day_of(c, &c->records->cell[V_TIME])};
    struct verdict v;

    for (size_t i = 0; i < c->count; i++) {
        if (fleet.count == CLASSES_MAX) {
            assess_refuse(c, &c->records[i], SPAN("class"),
                          "一个地区至多 4096 行", "at most 4096 rows a region");
            break;
        }
        all[fleet.count++] = read_class(c, c->records[i].cell);
    }
    vehicle_inventory(&fleet, c->arena, &v);
    assess_give(c, NULL, &v);
}

const struct assessment vehicle_inventory_assessment = {
    .name = "vehicle-inventory",
    .kind = VERDICT_VEHICLE_INVENTORY,
    .element = "source",
    .title_zh = "机动车排放清单",
    .title_en = "Emission inventory of road vehicles",
    .standards = {"公告2014第92号"},
    .fields = vehicle_fields,
    .judge = judge_vehicles,
    .facts = vehicle_inventory_facts,
    .rating_zh = "0 齐全,1 有缺",
    .rating_en = "0 complete, 1 incomplete",
    .notes_zh = "基准系数表来自常识,可信度中等;给出的系数优先。没有系数的车型"
                "不计入并说明。",
    .notes_en =
        "The table of base factors is from knowledge, of medium confidence; "
        "given factors come first. A class without a factor is left out and "
        "named.",
    .example = "region,class,stage,vehicles,vkt\n"
               "成都,petrol_car,V,250000,12000\n"
               "成都,diesel_truck,IV,8000,60000\n",
};
