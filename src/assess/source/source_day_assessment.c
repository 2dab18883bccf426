#include "assess/source/mark_choices.h"
#include "assess/source/source_day.h"
#include "assess/source/source_fields.h"
#include "assess/source/source_items.h"

enum {
    OUTLET,
    TIME,
    PERIOD,
    APPLIES_TO,
    LEVEL,
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
    FLOW,
    WATER_TEMPERATURE,
    PLANT,
    MONITOR,
    NEEDED,
    DUE,
    YEAR_HOURS,
    FAULT_HOURS,
};

static const struct assess_field fields[] = {
    [OUTLET] = {.name = "outlet",
                .aliases = "排放口;排口",
                .kind = ASSESS_TEXT,
                .flags = ASSESS_KEY,
                .zh = "排放口",
                .en = "the outlet"},
    SOURCE_FIELD_TIME(TIME),
    [PERIOD] = {.name = "period",
                .kind = ASSESS_PERIOD,
                .standard = "day",
                .zh = "须为 day",
                .en = "must be day"},
    SOURCE_FIELDS_OUTLET(ASSESS_OF_CASE, APPLIES_TO, LEVEL, BUILT, REGION,
                         KEY_AREA, PROGRAMME),
    SOURCE_FIELDS_GAS(OXYGEN, OXYGEN_WET, MOISTURE, WET, FOLDED, CONDITION),
    [FLOW] = {.name = "flow",
              .aliases = "流量;排水量;w00000",
              .kind = ASSESS_DECIMAL,
              .unit = "m3",
              .zh = "该小时的污水流量",
              .en = "waste water of the hour"},
    [WATER_TEMPERATURE] = {.name = "water_temperature",
                           .aliases = "水温",
                           .kind = ASSESS_DECIMAL,
                           .flags = ASSESS_SIGNED,
                           .unit = "℃",
                           .zh = "水温;当日取最低值判档",
                           .en = "of the water: the lowest of the day counts"},
    SOURCE_FIELDS_MARK(PLANT, MONITOR),
    [NEEDED] = {.name = "needed_hours",
                .kind = ASSESS_COUNT,
                .flags = ASSESS_OF_CASE,
                .zh = "废气日均值所需的有效小时数,未给按规则",
                .en = "valid hours that the day of a gas needs; else the "
                      "rule's"},
    [DUE] = {.name = "due",
             .aliases = "应有数据数",
             .kind = ASSESS_COUNT,
             .flags = ASSESS_OF_CASE,
             .zh = "废水当日应有的数据数,未给为24减停运小时",
             .en = "values due of a waste water's day; else 24 less the "
                   "stopped hours"},
    [YEAR_HOURS] = {.name = "year_hours",
                    .kind = ASSESS_DECIMAL,
                    .flags = ASSESS_OF_CASE,
                    .unit = "h",
                    .zh = "当日以前本年启停、故障累计小时",
                    .en = "start, stop and fault in the year before this day"},
    [FAULT_HOURS] = {.name = "fault_hours",
                     .kind = ASSESS_DECIMAL,
                     .flags = ASSESS_OF_CASE,
                     .unit = "h",
                     .standard = "0",
                     .zh = "延续到当日零时的故障已持续的小时",
                     .en = "a fault running into this day has lasted"},
    {.name = NULL},
};

/* The records of a case as hours and furnace means. */
struct lists {
    const struct assess_case *c;
    struct source_hour *hours;
    struct source_furnace *furnace;
    struct source_permit *permits;
    size_t hour_count, furnace_count, permit_count;
};

static bool is_furnace(const struct assess_value *v)
{
    return span_is(span_of(v->item->code), "furnace_temperature") ||
           span_is(span_of(v->item->code), "high_temperature_zone_temperature");
}

static void add_furnace(struct lists *l, const struct assess_record *r,
                        const struct assess_value *v)
{
    if (l->furnace_count < SOURCE_FURNACE_MAX)
        l->furnace[l->furnace_count++] = (struct source_furnace){
            .temperature = v->value,
            .plant = (enum plant_state)r->cell[PLANT].choice,
            .monitor = (enum monitor_state)r->cell[MONITOR].choice};
}

/* Of several limits of an item the strictest holds. */
static void add_permit(struct lists *l, const struct assess_record *r,
                       const struct assess_value *v)
{
    const char *item = source_column_of(v->item)->item;
    size_t at = 0;

    if (v->below_detection) {
        assess_refuse(l->c, r, v->column, "许可限值须为数值",
                      "the limit of a permit must be a number");
        return;
    }
    while (at < l->permit_count && strcmp(l->permits[at].item, item) != 0)
        at++;
    if (at == SOURCE_VALUES_MAX ||
        (at < l->permit_count &&
         decimal_compare(l->permits[at].limit, v->value) <= 0))
        return;
    l->permits[at] = (struct source_permit){.item = item, .limit = v->value};
    l->permit_count += at == l->permit_count;
}

static struct source_hour hour_of(const struct assess_record *r)
{
    const struct assess_cell *cell = r->cell;

    return (struct source_hour){.start_s = cell[TIME].start_s,
                                .gas = {.has_oxygen = cell[OXYGEN].given,
                                        .has_moisture = cell[MOISTURE].given,
                                        .oxygen = cell[OXYGEN].number,
                                        .moisture = cell[MOISTURE].number,
                                        .wet = cell[WET].choice,
                                        .oxygen_wet = cell[OXYGEN_WET].choice,
                                        .folded = cell[FOLDED].choice,
                                        .condition = cell[CONDITION].choice},
                                .plant = (enum plant_state)cell[PLANT].choice,
                                .monitor =
                                    (enum monitor_state)cell[MONITOR].choice,
                                .has_flow = cell[FLOW].given,
                                .flow = cell[FLOW].number};
}

/* Where an hour belongs among those there are; they rise in time. */
static size_t place_of(const struct lists *l, int64_t start_s)
{
    size_t at = l->hour_count;

    while (at > 0 && l->hours[at - 1].start_s > start_s)
        at--;
    return at;
}

static void add_hour(struct lists *l, const struct assess_record *r,
                     const struct source_hour *hour)
{
    size_t at = place_of(l, hour->start_s);

    if ((at > 0 && l->hours[at - 1].start_s == hour->start_s) ||
        hour->start_s % HOUR_S != 0 || l->hour_count == SOURCE_HOURS_MAX) {
        assess_refuse(l->c, r, SPAN("time"),
                      "不是整点的小时值,或该小时已有一行",
                      "not the start of an hour, or the hour has a row "
                      "already");
        return;
    }
    memmove(&l->hours[at + 1], &l->hours[at],
            (l->hour_count - at) * sizeof(*l->hours));
    l->hours[at] = *hour;
    l->hour_count++;
}

static void add_record(struct lists *l, const struct assess_record *r)
{
    struct source_hour hour = hour_of(r);
    struct source_value *values =
        arena_new(l->c->arena, r->value_count + 1, sizeof(*values));
    bool furnace = false;

    for (size_t i = 0; i < r->value_count; i++) {
        const struct assess_value *v = &r->values[i];
        const struct source_column *column = source_column_of(v->item);

        if (is_furnace(v)) {
            add_furnace(l, r, v);
            furnace = true;
        } else if (column->form != SOURCE_CONCENTRATION) {
            continue;
        } else if (column->permit) {
            add_permit(l, r, v);
        } else {
            values[hour.value_count++] =
                (struct source_value){.item = column->item,
                                      .value = v->value,
                                      .below_detection = v->below_detection};
        }
    }
    hour.values = values;
    if (hour.value_count > 0 || !furnace)
        add_hour(l, r, &hour);
}

static bool coldest(const struct assess_case *c, struct decimal *out)
{
    bool found = false;

    for (size_t i = 0; i < c->count; i++) {
        const struct assess_cell *t = &c->records[i].cell[WATER_TEMPERATURE];

        if (t->given && (!found || decimal_compare(t->number, *out) < 0)) {
            *out = t->number;
            found = true;
        }
    }
    return found;
}

static bool is_usable(const struct assess_case *c)
{
    const struct assess_record *r = &c->records[0];

    if (c->from_day != c->to_day) {
        assess_refuse(c, r, SPAN("period"), "须按日判定:period 写 day",
                      "a day at a time: write day");
        return false;
    }
    if (!source_known(r->cell[APPLIES_TO].text)) {
        assess_refuse(c, r, SPAN("applies_to"),
                      "没有这种行业或适用对象,请用 --list 所列名称",
                      "no such industry and nothing that a limit applies to: "
                      "use the names of --list");
        return false;
    }
    return true;
}

static void judge(const struct assess_case *c)
{
    const struct assess_cell *cell = c->records[0].cell;
    struct lists l = {
        .c = c,
        .hours = arena_new(c->arena, SOURCE_HOURS_MAX + 1, sizeof(*l.hours)),
        .furnace = arena_new(c->arena, SOURCE_FURNACE_MAX, sizeof(*l.furnace)),
        .permits = arena_new(c->arena, SOURCE_VALUES_MAX, sizeof(*l.permits))};
    struct source_day day = {
        .outlet = {.applies_to = cell[APPLIES_TO].text,
                   .levels = cell[LEVEL].text,
                   .region = cell[REGION].text,
                   .day = c->from_day,
                   .built = cell[BUILT].given ? cell[BUILT].day : 0,
                   .key_area = cell[KEY_AREA].choice,
                   .programme = cell[PROGRAMME].choice},
        .needed_hours =
            cell[NEEDED].given ? (int)cell[NEEDED].number.mantissa : 0,
        .due = cell[DUE].given ? (int)cell[DUE].number.mantissa : 0,
        .has_year_hours = cell[YEAR_HOURS].given,
        .year_hours = cell[YEAR_HOURS].number,
        .fault_hours = cell[FAULT_HOURS].number,
    };
    struct verdict verdict;

    if (!is_usable(c))
        return;
    for (size_t i = 0; i < c->count; i++)
        add_record(&l, &c->records[i]);
    day.hours = l.hours;
    day.hour_count = l.hour_count;
    day.furnace = l.furnace;
    day.furnace_count = l.furnace_count;
    day.permits = l.permits;
    day.permit_count = l.permit_count;
    day.outlet.has_water_temperature =
        coldest(c, &day.outlet.water_temperature);
    source_day(&day, c->arena, &verdict);
    assess_give(c, NULL, &verdict);
}

const struct assessment source_day_assessment = {
    .name = "source-day",
    .kind = VERDICT_SOURCE_STANDARD,
    .element = "source",
    .title_zh = "污染源自动监测日判定",
    .title_en = "an outlet's day from its automatic hours",
    .standards =
        {"GB 18918-2002",      "GB 8978-1996",       "GB 13223-2011",
         "GB 13271-2014",      "GB 16297-1996",      "GB 18485-2014",
         "GB 18484-2020",      "GB 4915-2013",       "GB 28662-2012",
         "GB 31570-2015",      "GB 31571-2015",      "GB 39726-2020",
         "GB 37822-2019",      "GB 37824-2019",      "环发〔2015〕164号",
         "环大气〔2019〕35号", "DB51/2311-2016",     "DB51/2377-2017",
         "HJ 356-2019",        "生态环境部令第10号", "公告2022第21号"},
    .fields = fields,
    .has_items = true,
    .item_at = source_item_at,
    .item_named = source_item_named,
    .judge = judge,
    .facts = source_facts,
    .index_zh = "最大超标倍数",
    .index_en = "the largest multiple over a limit",
    .rating_zh = "1 超标,0 达标",
    .rating_en = "1 when anything was broken, else 0",
    .notes_zh =
        "一行为一小时;炉温一行为一个5分钟均值(furnace_temperature)。先看标记:"
        "监测设备标记无效的不用,停运的不计也不作零,焚烧炉启停、故障、事故小时只"
        "判颗粒物并计入60小时。生活垃圾焚烧按自然日均值(至少20个有效小时),危险"
        "废物焚烧小时与日均都判,其他废气逐小时判定,废水按流量加权日均值("
        "应有数据"
        "的75 "
        "%),pH按当日范围,单个小时超标只预警。废水小时值为零或无流量的不进均"
        "值;应有数据数(due)未给时为24减停运小时;"
        "未检出按检出限计入。烘炉、停炉降温不计入60小时。许可限值"
        "(permit_SO2)与标准取严。排放速率和体积分数请用source-standard。",
    .notes_en =
        "A row is an hour; of the furnace, a five-minute mean "
        "(furnace_temperature). Marks come first: what a monitor marked "
        "invalid gave is not used, stopped hours do not count and are no zero, "
        "an incinerator's hours in start, stop, fault or accident are rated "
        "by dust alone and count to the 60 h. Municipal waste: mean of the "
        "natural day from at least 20 valid hours; hazardous waste: hours and "
        "day; other gases: hour by hour; waste water: mean weighted by flow "
        "from 75 % of what is due, pH by its range, a single hour above is a "
        "warning. Hours of waste water that are zero or without flow do not "
        "enter the mean; due are 24 less the stopped hours, unless told; below "
        "detection the detection limit does. Drying out "
        "and cooling do not count to the 60 h. A permit's limit (permit_SO2) "
        "governs unless it is looser. Rates and volume shares are not read "
        "here: use source-standard.",
    .example = "outlet,time,applies_to,plant,oxygen,SO2,w01018,flow,level,due\n"
               "DA001,2026-11-24T00:00,coal_boiler,normal,9.5,250,,,,\n"
               "DA001,2026-11-24T01:00,coal_boiler,normal,9.1,310,,,,\n"
               "DA001,2026-11-24T02:00,coal_boiler,stopped,20.8,3,,,,\n"
               "DW001,2026-11-24T00:00,municipal_plant,normal,,,41,120,1A,2\n"
               "DW001,2026-11-24T06:00,municipal_plant,normal,,,58,80,1A,2\n",
};
