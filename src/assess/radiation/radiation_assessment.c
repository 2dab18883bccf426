#include "assess/derivation/rule_facts.h"
#include "assess/radiation/activity.h"
#include "assess/radiation/dose_rate.h"
#include "assess/radiation/public_dose.h"

#include <stdlib.h>

static const struct decimal *number_of(const struct assess_cell *cell)
{
    return cell->given ? &cell->number : NULL;
}

/* ---- radiation-dose-rate ---- */

enum {
    STATION,
    TIME,
    VALUE,
    UNIT,
    RAIN,
    ARTIFICIAL,
    MEAN,
    SD,
    B_UNIT,
    LOW,
    HIGH,
    FACTOR,
    ABOVE
};

static const struct assess_choice units[] = {
    [DOSE_NGY_H] = {"nGy/h", "nGy/h(空气吸收剂量率)",
                    "nGy/h, absorbed dose in air", NULL},
    [DOSE_UGY_H] = {"uGy/h", "µGy/h", "µGy/h", "µGy/h;μGy/h"},
    [DOSE_NSV_H] = {"nSv/h", "nSv/h(周围剂量当量率)",
                    "nSv/h, ambient dose equivalent", NULL},
    [DOSE_USV_H] = {"uSv/h", "µSv/h", "µSv/h", "µSv/h;μSv/h"},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_field rate_fields[] = {
    [STATION] = {.name = "station",
                 .aliases = "site;point;测点;站点",
                 .flags = ASSESS_KEY,
                 .zh = "自动站",
                 .en = "the station"},
    [TIME] = {.name = "time",
              .aliases = "datetime;start;day;时间;监测时间",
              .kind = ASSESS_DAY,
              .flags = ASSESS_REQUIRED,
              .zh = "监测时间(北京时间)",
              .en = "time of the reading (Beijing time)"},
    [VALUE] = {.name = "value",
               .aliases = "dose_rate;剂量率",
               .kind = ASSESS_DECIMAL,
               .flags = ASSESS_REQUIRED | ASSESS_OPTIONAL,
               .zh = "γ辐射剂量率",
               .en = "gamma dose rate"},
    [UNIT] = {.name = "unit",
              .aliases = "单位",
              .kind = ASSESS_CHOICE,
              .flags = ASSESS_REQUIRED,
              .choices = units,
              .zh = "单位,也说明是哪个量",
              .en = "the unit, which tells the quantity"},
    [RAIN] = {.name = "rain",
              .aliases = "降雨;有雨",
              .kind = ASSESS_YES,
              .standard = "no",
              .zh = "降雨标记",
              .en = "mark of rain"},
    [ARTIFICIAL] = {.name = "artificial",
                    .aliases = "人工核素",
                    .kind = ASSESS_YES,
                    .standard = "no",
                    .zh = "能谱检出人工核素",
                    .en = "an artificial nuclide was found in the spectrum"},
    [MEAN] = {.name = "mean",
              .aliases = "本底;本底均值",
              .kind = ASSESS_DECIMAL,
              .flags = ASSESS_OF_CASE,
              .zh = "本底均值;不给则取此前 30 天无雨值",
              .en = "mean background; else of the dry readings before"},
    [SD] = {.name = "sd",
            .aliases = "标准差;本底标准差",
            .kind = ASSESS_DECIMAL,
            .flags = ASSESS_OF_CASE,
            .zh = "本底标准差",
            .en = "standard deviation of the background"},
    [B_UNIT] = {.name = "background_unit",
                .aliases = "本底单位",
                .kind = ASSESS_CHOICE,
                .flags = ASSESS_OF_CASE,
                .choices = units,
                .zh = "本底、标准差、范围的单位;不给则同读数",
                .en = "unit of background and range; else as the readings"},
    [LOW] = {.name = "range_low",
             .aliases = "范围下限",
             .kind = ASSESS_DECIMAL,
             .flags = ASSESS_OF_CASE,
             .zh = "天然本底范围下限",
             .en = "natural range, low end"},
    [HIGH] = {.name = "range_high",
              .aliases = "范围上限",
              .kind = ASSESS_DECIMAL,
              .flags = ASSESS_OF_CASE,
              .zh = "天然本底范围上限",
              .en = "natural range, high end"},
    [FACTOR] = {.name = "sd_factor",
                .kind = ASSESS_DECIMAL,
                .flags = ASSESS_OF_CASE,
                .zh = "一级:均值加几倍标准差,缺省为表中值",
                .en = "level 1: how many sd above the mean; else the table's"},
    [ABOVE] = {.name = "above",
               .kind = ASSESS_DECIMAL,
               .flags = ASSESS_OF_CASE,
               .zh = "二级:高出均值多少(nGy/h 或 nSv/h),Gy 缺省为表中值",
               .en = "level 2: how far above the mean (nGy/h or nSv/h); else "
                     "the table's, for Gy"},
    {.name = NULL},
};

/* A record in a list that is put in order. */
struct listed {
    const struct assess_record *at;
};

static int by_time(const void *x, const void *y)
{
    const struct listed *a = x, *b = y;
    int64_t s = a->at->cell[TIME].start_s, t = b->at->cell[TIME].start_s;

    if (s != t)
        return s < t ? -1 : 1;
    return (a->at > b->at) - (a->at < b->at);
}

/* The readings of one quantity by time; `list` is their records. */
static size_t readings_of(const struct assess_case *c, struct listed *list,
                          struct dose_reading *readings, bool equivalent)
{
    size_t count = 0;

    for (size_t i = 0; i < c->count; i++) {
        const struct assess_record *r = &c->records[i];

        if (!r->cell[VALUE].given)
            assess_refuse(c, r, SPAN("value"), "没有读数",
                          "there is no reading");
        else if (dose_is_equivalent((enum dose_unit)r->cell[UNIT].choice) !=
                 equivalent)
            assess_refuse(
                c, r, SPAN("unit"), "nGy/h 与 nSv/h 是两个量,同一站不能混用",
                "nGy/h and nSv/h are two quantities: keep them apart");
        else
            list[count++].at = r;
    }
    if (count > 1)
        qsort(list, count, sizeof(*list), by_time);
    for (size_t i = 0; i < count; i++) {
        const struct assess_cell *cell = list[i].at->cell;

        readings[i] =
            (struct dose_reading){.start_s = cell[TIME].start_s,
                                  .rain = cell[RAIN].choice == 1,
                                  .artificial = cell[ARTIFICIAL].choice == 1};
        if (!dose_in_nano(cell[VALUE].number, (enum dose_unit)cell[UNIT].choice,
                          &readings[i].value))
            readings[i].value = DECIMAL(INT64_MAX, 0);
    }
    return count;
}

/* The station's own numbers, in nano; false when refused. */
static bool station_of(const struct assess_case *c, struct dose_station *s,
                       struct decimal kept[4])
{
    static const int fields[] = {MEAN, SD, LOW, HIGH};
    const struct assess_record *r = &c->records[0];
    enum dose_unit unit = (enum dose_unit)r->cell[UNIT].choice;
    enum dose_unit own =
        r->cell[B_UNIT].given ? (enum dose_unit)r->cell[B_UNIT].choice : unit;
    const struct decimal *given[4] = {NULL, NULL, NULL, NULL};

    if (dose_is_equivalent(own) != dose_is_equivalent(unit)) {
        assess_refuse(c, NULL, SPAN("background_unit"),
                      "本底与读数不是同一个量(Gy 与 Sv)",
                      "background and readings are two quantities (Gy and Sv)");
        return false;
    }
    for (size_t i = 0; i < LENGTH(fields); i++) {
        if (r->cell[fields[i]].given &&
            dose_in_nano(r->cell[fields[i]].number, own, &kept[i]))
            given[i] = &kept[i];
    }
    if (!given[0] != !given[1] || !given[2] != !given[3]) {
        assess_refuse(c, NULL, SPAN("mean"),
                      "均值与标准差、范围上下限须成对给出",
                      "mean and sd, and both ends of the range, go together");
        return false;
    }
    s->unit = dose_nano_unit(unit);
    s->mean = given[0];
    s->sd = given[1];
    s->low = given[2];
    s->high = given[3];
    s->sd_factor = number_of(&r->cell[FACTOR]);
    s->above = number_of(&r->cell[ABOVE]);
    return true;
}

static void judge_rate(const struct assess_case *c)
{
    struct listed *list = arena_new(c->arena, c->count, sizeof(*list));
    struct dose_reading *readings =
        arena_new(c->arena, c->count, sizeof(*readings));
    struct verdict *verdicts = arena_new(c->arena, c->count, sizeof(*verdicts));
    struct dose_station s = {.readings = readings};
    struct decimal kept[4];

    if (!station_of(c, &s, kept))
        return;
    s.count = readings_of(
        c, list, readings,
        dose_is_equivalent((enum dose_unit)c->records[0].cell[UNIT].choice));
    dose_rate_judge(&s, c->arena, verdicts);
    for (size_t i = 0; i < s.count; i++)
        assess_give(c, list[i].at, &verdicts[i]);
}

static void rate_facts(struct assess_facts *facts)
{
    rule_facts(facts, radiation_rules(), "setting", "practice");
    rule_facts(facts, radiation_rules(), "alarm", NULL);
    rule_facts(facts, radiation_rules(), "background", NULL);
    rule_facts(facts, radiation_rules(), "oil", NULL);
}

const struct assessment radiation_dose_rate_assessment = {
    .name = "radiation-dose-rate",
    .kind = VERDICT_RADIATION_DOSE_RATE,
    .element = "radiation",
    .title_zh = "γ辐射剂量率与本底比较",
    .title_en = "gamma dose rate against background",
    .standards = {"HJ 61-2021", "HJ/T 61-2001"},
    .fields = rate_fields,
    .judge = judge_rate,
    .facts = rate_facts,
    .rating_zh = "0 正常水平,1 需核查,2 报警",
    .rating_en = "0 normal, 1 to be looked into, 2 alarm",
    .notes_zh = "国家没有报警数值,各阈值为建议(可信度低),"
                "均可另设。降雨及雨后两小时使报警降一级(不删"
                "数据);检出人工核素不因降雨降级。低于范围不是报警。Gy 与 Sv "
                "是两个量,混用则"
                "拒绝;读数为 Sv 时二级阈值须用 --above "
                "给出。读数含天然本底,不与 1 mSv/a 比"
                "较。",
    .notes_en =
        "There is no national alarm number: all thresholds are proposals (low "
        "confidence) and settings. Rain and the two hours after it take an "
        "alarm down by one level, "
        "never "
        "that of an artificial nuclide; nothing is deleted. A low reading is "
        "no "
        "alarm. Gy and Sv are two quantities and are refused together; for Sv "
        "the "
        "second threshold must be given with --above. Readings hold the "
        "natural "
        "background and are not compared with 1 mSv/a.",
    .example = "station,time,value,unit,rain,mean,sd,range_low,range_high\n"
               "A,2026-05-11T08:00,82.1,nGy/h,no,80.5,1.4,61.9,244.9\n"
               "A,2026-05-11T09:00,96.4,nGy/h,yes,80.5,1.4,61.9,244.9\n"
               "A,2026-05-11T10:00,88.0,nGy/h,no,80.5,1.4,61.9,244.9\n"
               "A,2026-05-11T11:00,191.0,nGy/h,no,80.5,1.4,61.9,244.9\n"
               "A,2026-05-11T12:00,201.0,nGy/h,no,80.5,1.4,61.9,244.9\n",
};

/* ---- radiation-activity ---- */

static const struct assess_item activity_items[] = {
    {.code = "gross alpha",
     .name_zh = "总 α 放射性",
     .name_en = "gross alpha",
     .unit = "Bq/L",
     .aliases = "总α放射性;总α;alpha;gross_alpha"},
    {.code = "gross beta",
     .name_zh = "总 β 放射性",
     .name_en = "gross beta",
     .unit = "Bq/L",
     .aliases = "总β放射性;总β;beta;gross_beta"},
    {.code = "K-40",
     .name_zh = "钾-40",
     .name_en = "potassium-40",
     .unit = "Bq/L",
     .aliases = "K40;40K;钾40"},
};

static const struct assess_item *activity_item(size_t index)
{
    return index < LENGTH(activity_items) ? &activity_items[index] : NULL;
}

static const struct assess_field activity_fields[] = {
    {.name = "day",
     .aliases = "date;time;日期;采样日期",
     .kind = ASSESS_DAY,
     .zh = "采样日期;不给则用现行标准",
     .en = "day of sampling; without it the standard in force today"},
    {.name = NULL},
};

static struct activity_value activity_of(const struct assess_record *r,
                                         const char *code)
{
    const struct assess_value *v = assess_find(r, code);

    return v ? (struct activity_value){true, v->below_detection, v->value}
             : (struct activity_value){0};
}

static void judge_activity(const struct assess_case *c)
{
    const struct assess_record *r = &c->records[0];
    struct activity_sample s = {.alpha = activity_of(r, "gross alpha"),
                                .beta = activity_of(r, "gross beta"),
                                .potassium = activity_of(r, "K-40"),
                                .day = rule_day_of(c, &r->cell[0])};
    struct verdict v;

    if (refuse_words(c, r))
        return;
    activity_judge(&s, c->arena, &v);
    assess_give(c, r, &v);
}

static void activity_facts(struct assess_facts *facts)
{
    rule_facts(facts, radiation_rules(), "water", NULL);
}

const struct assessment radiation_activity_assessment = {
    .name = "radiation-activity",
    .kind = VERDICT_RADIATION_ACTIVITY,
    .element = "radiation",
    .title_zh = "水中总 α、总 β 放射性",
    .title_en = "gross alpha and beta of water",
    .standards = {"GB 5749-2022"},
    .fields = activity_fields,
    .has_items = true,
    .item_at = activity_item,
    .judge = judge_activity,
    .facts = activity_facts,
    .rating_zh = "0 不高于指导值,1 高于指导值",
    .rating_en = "0 within the guide values, 1 above",
    .notes_zh =
        "指导值不是限值:高于它应作核素分析和评价。给出钾-40 时从总 β 中扣除。"
        "单个核素的限值表中没有,不评价。",
    .notes_en =
        "A guide value is no limit: above it the nuclides are analysed "
        "and assessed. Potassium-40, when given, is taken off gross beta. "
        "The tables have no limits of single nuclides: none are rated.",
    .example = "point,day,总α,总β,钾-40\n"
               "A,2026-05-11,0.12,0.35,<0.05\n"
               "B,2026-05-11,0.31,1.40,0.62\n"
               "C,2026-05-11,0.66,0.90,0.21\n",
};

/* ---- radiation-dose ---- */

enum {
    D_DAY,
    D_OUT,
    D_OUT_B,
    D_IN,
    D_IN_B,
    D_OUT_O,
    D_IN_O,
    D_HOURS,
    D_UNIT,
    D_CALIBRATION,
    D_SPECIAL
};

static const struct assess_choice calibrations[] = {
    {"none", "不换算", "no conversion", NULL},
    {"Cs-137", "Cs-137", "Cs-137", "Cs137"},
    {"Co-60", "Co-60", "Co-60", "Co60"},
    {NULL, NULL, NULL, NULL},
};

#define RATE_FIELD(field, words, chinese, english)                             \
    {                                                                          \
        .name = (field), .aliases = (words), .kind = ASSESS_DECIMAL,           \
        .zh = (chinese), .en = (english)                                       \
    }

static const struct assess_field dose_fields[] = {
    [D_DAY] = {.name = "day",
               .aliases = "date;time;日期",
               .kind = ASSESS_DAY,
               .zh = "日期;不给则用现行标准",
               .en = "the day; without it the standard in force today"},
    [D_OUT] =
        RATE_FIELD("outdoors", "室外", "室外剂量率", "dose rate outdoors"),
    [D_OUT_B] = RATE_FIELD("outdoors_background", "室外本底", "室外本底",
                           "background outdoors"),
    [D_IN] = RATE_FIELD("indoors", "室内", "室内剂量率", "dose rate indoors"),
    [D_IN_B] = RATE_FIELD("indoors_background", "室内本底", "室内本底",
                          "background indoors"),
    [D_OUT_O] =
        RATE_FIELD("occupancy_outdoors", NULL, "室外居留因子,缺省为表中值",
                   "occupancy outdoors; else the table's"),
    [D_IN_O] =
        RATE_FIELD("occupancy_indoors", NULL, "室内居留因子,缺省为表中值",
                   "occupancy indoors; else the table's"),
    [D_HOURS] = RATE_FIELD("hours", "小时数", "一年的小时数,缺省 8760",
                           "hours of the year; else 8760"),
    [D_UNIT] = {.name = "unit",
                .aliases = "单位",
                .kind = ASSESS_CHOICE,
                .flags = ASSESS_REQUIRED,
                .choices = units,
                .zh = "各剂量率的单位",
                .en = "unit of all dose rates"},
    [D_CALIBRATION] = {.name = "calibration",
                       .aliases = "校准源",
                       .kind = ASSESS_CHOICE,
                       .standard = "none",
                       .choices = calibrations,
                       .zh = "Sv/h 仪器的校准源,用于换算为 Gy/h",
                       .en = "calibration of an instrument in Sv/h, for Gy/h"},
    [D_SPECIAL] = {.name = "special",
                   .aliases = "特殊情况",
                   .kind = ASSESS_YES,
                   .standard = "no",
                   .zh = "特殊情况的单一年份(五年平均仍不超 1 mSv)",
                   .en = "the single year of special cases"},
    {.name = NULL},
};

/* In nano; false when there is none or it does not fit. */
static const struct decimal *rate_of(const struct assess_record *r, int field,
                                     struct decimal *kept)
{
    if (!r->cell[field].given ||
        !dose_in_nano(r->cell[field].number,
                      (enum dose_unit)r->cell[D_UNIT].choice, kept))
        return NULL;
    return kept;
}

static void judge_dose(const struct assess_case *c)
{
    const struct assess_record *r = &c->records[0];
    bool equivalent =
        dose_is_equivalent((enum dose_unit)r->cell[D_UNIT].choice);
    bool calibrated = r->cell[D_CALIBRATION].choice > 0;
    struct decimal kept[4];
    struct public_dose p = {
        .outdoors = {rate_of(r, D_OUT, &kept[0]), rate_of(r, D_OUT_B, &kept[1]),
                     number_of(&r->cell[D_OUT_O])},
        .indoors = {rate_of(r, D_IN, &kept[2]), rate_of(r, D_IN_B, &kept[3]),
                    number_of(&r->cell[D_IN_O])},
        .hours = number_of(&r->cell[D_HOURS]),
        .special = r->cell[D_SPECIAL].choice == 1,
        .calibration = calibrated
                           ? calibrations[r->cell[D_CALIBRATION].choice].name
                           : NULL,
        .day = rule_day_of(c, &r->cell[D_DAY]),
    };
    struct verdict v;

    if (equivalent != calibrated) {
        assess_refuse(c, r, SPAN("unit"),
                      "需要 Gy/h;Sv/h 须同时给出仪器校准源 calibration",
                      "Gy/h is needed; Sv/h only with the calibration of the "
                      "instrument");
        return;
    }
    public_dose_judge(&p, c->arena, &v);
    assess_give(c, r, &v);
}

static void dose_facts(struct assess_facts *facts)
{
    rule_facts(facts, radiation_rules(), "limit", NULL);
    rule_facts(facts, radiation_rules(), "gamma", NULL);
}

const struct assessment radiation_dose_assessment = {
    .name = "radiation-dose",
    .kind = VERDICT_RADIATION_DOSE,
    .element = "radiation",
    .title_zh = "公众年有效剂量",
    .title_en = "annual effective dose of the public",
    .standards = {"GB 18871-2002", "HJ 1157-2021"},
    .fields = dose_fields,
    .judge = judge_dose,
    .facts = dose_facts,
    .index_zh = "年有效剂量 mSv/a(含天然本底)",
    .index_en = "annual effective dose, mSv/a (with the natural background)",
    .rating_zh = "附加剂量:0 不高于限值,1 高于限值",
    .rating_en = "added dose: 0 within the limit, 1 above",
    .notes_zh =
        "限值只对实践引起的附加剂量:只有给出本底时才与限值比较,读数本身不与 "
        "1 mSv/a 比较。低于本底的附加剂量按 0。",
    .notes_en =
        "The limit is on dose added by practices: only with a background "
        "is anything compared with it, never a reading as it is. What is "
        "below the background adds 0.",
    .example = "place,unit,outdoors,outdoors_background,indoors\n"
               "A,nGy/h,95.2,78.4,121\nB,nGy/h,88.1,,\n",
};
