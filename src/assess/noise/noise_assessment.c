#include "assess/derivation/rule_facts.h"
#include "assess/noise/noise_emission.h"
#include "assess/noise/noise_levels.h"
#include "assess/noise/noise_zone.h"

#include <stdlib.h>

static const struct decimal *number_of(const struct assess_cell *cell)
{
    return cell->given ? &cell->number : NULL;
}

/* ---- noise-levels ---- */

enum { SITE, TIME, LEVEL, MAX, STEP, WEATHER, CAPTURE };

static const struct assess_choice steps[] = {
    {"hour", "小时", "hours", "1h;小时"},
    {"minute", "分钟", "minutes", "1min;min;分钟"},
    {"second", "秒", "seconds", "1s;s;秒"},
    {NULL, NULL, NULL, NULL},
};

static const int step_seconds[] = {3600, 60, 1};

static const struct assess_field level_fields[] = {
    [SITE] = {.name = "site",
              .aliases = "point;station;测点;点位",
              .flags = ASSESS_KEY,
              .zh = "测点",
              .en = "the point"},
    [TIME] = {.name = "time",
              .aliases = "datetime;start;时间;监测时间",
              .kind = ASSESS_DAY,
              .flags = ASSESS_REQUIRED,
              .zh = "该值的开始时间(或其中任一时刻,北京时间)",
              .en = "start of the value, or a moment inside it (Beijing time)"},
    [LEVEL] = {.name = "leq",
               .aliases = "Leq;LAeq;LEQ;level;LEQ dB -A;等效声级;声级",
               .kind = ASSESS_DECIMAL,
               .flags = ASSESS_REQUIRED | ASSESS_SIGNED | ASSESS_OPTIONAL,
               .unit = "dB",
               .zh = "等效声级 dB(A)",
               .en = "Leq in dB(A)"},
    [MAX] = {.name = "lmax",
             .aliases = "Lmax;LAmax;最大声级",
             .kind = ASSESS_DECIMAL,
             .flags = ASSESS_SIGNED,
             .unit = "dB",
             .zh = "最大声级 dB(A)",
             .en = "Lmax in dB(A)"},
    [STEP] = {.name = "step",
              .aliases = "步长;间隔",
              .kind = ASSESS_CHOICE,
              .flags = ASSESS_OF_CASE,
              .standard = "hour",
              .choices = steps,
              .zh = "一个值代表多长时间",
              .en = "what one value stands for"},
    [WEATHER] = {.name = "bad_weather",
                 .aliases = "不良气象;气象标记",
                 .kind = ASSESS_YES,
                 .standard = "no",
                 .zh = "雨雪雷电或大风标记(自动监测保留数值)",
                 .en = "mark of rain, snow, thunder or strong wind (kept)"},
    [CAPTURE] = {.name = "min_capture",
                 .aliases = "最低采集率",
                 .kind = ASSESS_DECIMAL,
                 .flags = ASSESS_OF_CASE,
                 .unit = "%",
                 .zh = "最低有效采集率,缺省为表中值",
                 .en = "lowest capture rate; else the table's"},
    {.name = NULL},
};

struct dated {
    int day;
    const struct assess_record *record;
};

static int by_day(const void *x, const void *y)
{
    const struct dated *a = x, *b = y;

    if (a->day != b->day)
        return a->day < b->day ? -1 : 1;
    if (a->record->cell[TIME].start_s != b->record->cell[TIME].start_s)
        return a->record->cell[TIME].start_s < b->record->cell[TIME].start_s
                   ? -1
                   : 1;
    return (a->record > b->record) - (a->record < b->record);
}

/* The records that carry a level, by date; a moment counts once. */
static size_t dates_of(const struct assess_case *c, struct dated *list)
{
    size_t count = 0, kept = 0;

    for (size_t i = 0; i < c->count; i++) {
        const struct assess_record *r = &c->records[i];

        if (r->cell[LEVEL].given)
            list[count++] =
                (struct dated){noise_date(r->cell[TIME].start_s), r};
    }
    if (count > 1)
        qsort(list, count, sizeof(*list), by_day);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && list[i].record->cell[TIME].start_s ==
                         list[i - 1].record->cell[TIME].start_s)
            assess_refuse(c, list[i].record, SPAN("time"), "同一时刻已有一个值",
                          "there is a value of this moment already");
        else
            list[kept++] = list[i];
    }
    return kept;
}

static void judge_date(const struct assess_case *c, const struct dated *list,
                       size_t count)
{
    const struct assess_record *first = list[0].record;
    struct noise_reading *readings =
        arena_new(c->arena, count, sizeof(*readings));
    struct noise_day day = {.readings = readings,
                            .count = count,
                            .step_s = step_seconds[first->cell[STEP].choice],
                            .day = list[0].day,
                            .min_capture = number_of(&first->cell[CAPTURE])};
    struct verdict v;

    for (size_t i = 0; i < count; i++) {
        const struct assess_cell *cell = list[i].record->cell;

        readings[i] =
            (struct noise_reading){.start_s = cell[TIME].start_s,
                                   .level = cell[LEVEL].number,
                                   .has_max = cell[MAX].given,
                                   .max = cell[MAX].number,
                                   .bad_weather = cell[WEATHER].choice == 1};
    }
    noise_levels_judge(&day, c->arena, &v);
    v.summary_zh =
        arena_printf(c->arena, "%04d-%02d-%02d:%s", day.day / 10000,
                     day.day / 100 % 100, day.day % 100, v.summary_zh);
    v.summary_en =
        arena_printf(c->arena, "%04d-%02d-%02d: %s", day.day / 10000,
                     day.day / 100 % 100, day.day % 100, v.summary_en);
    assess_give(c, first, &v);
}

static void judge_levels(const struct assess_case *c)
{
    struct dated *list = arena_new(c->arena, c->count + 1, sizeof(*list));
    size_t count = dates_of(c, list);

    if (count == 0)
        assess_refuse(c, NULL, SPAN("leq"), "没有声级", "there are no levels");
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && list[end].day == list[i].day;)
            end++;
        judge_date(c, list + i, end - i);
    }
}

static void level_facts(struct assess_facts *facts)
{
    rule_facts(facts, noise_rules(), "formula", NULL);
    rule_facts(facts, noise_rules(), "definition", NULL);
    rule_facts(facts, noise_rules(), "setting", NULL);
}

const struct assessment noise_levels_assessment = {
    .name = "noise-levels",
    .kind = VERDICT_NOISE_LEVELS,
    .element = "noise",
    .title_zh = "声级统计:Ld、Ln、Ldn、L10/L50/L90",
    .title_en = "levels of noise: Ld, Ln, Ldn, L10, L50, L90",
    .standards = {"GB 3096-2008", "HJ 640-2012", "HJ 906-2017"},
    .fields = level_fields,
    .judge = judge_levels,
    .facts = level_facts,
    .index_zh = "昼夜等效声级 Ldn",
    .index_en = "Ldn",
    .rating_zh = "无",
    .rating_en = "none",
    .notes_zh =
        "昼间 06:00 至 22:00,夜间 22:00 至次日 06:00,夜间属 22:00 "
        "那天。每个日期"
        "一个结果,列在该日期第一个值的行上。小时等效声级修约到 0.1 dB 后再求 "
        "Ld、"
        "Ln。小时及昼、夜的最低有效采集率原文未见,缺省 75%(可信度低),可用 "
        "--min_capture 另设。",
    .notes_en =
        "Day 06:00 to 22:00, night 22:00 to 06:00; the night belongs to the "
        "date "
        "of 22:00. One result a date, beside the first value of the date. "
        "Hours "
        "are rounded to 0.1 dB before Ld and Ln. The lowest capture rate of an "
        "hour, a day and a night was not seen: 75 % (low confidence) unless "
        "--min_capture says otherwise.",
    .example = "site,time,leq,lmax\n"
               "A,2026-05-11T06:00,55.1,71\nA,2026-05-11T07:00,58.2,75\n"
               "A,2026-05-11T08:00,59.0,74\nA,2026-05-11T09:00,58.4,72\n"
               "A,2026-05-11T10:00,57.9,73\nA,2026-05-11T11:00,57.2,70\n"
               "A,2026-05-11T12:00,56.0,70\nA,2026-05-11T13:00,56.3,71\n"
               "A,2026-05-11T14:00,57.1,72\nA,2026-05-11T15:00,57.7,74\n"
               "A,2026-05-11T16:00,58.3,76\nA,2026-05-11T17:00,59.1,77\n"
               "A,2026-05-11T18:00,58.8,75\nA,2026-05-11T19:00,57.0,73\n"
               "A,2026-05-11T20:00,55.8,71\nA,2026-05-11T21:00,54.0,70\n"
               "A,2026-05-11T22:00,50.6,66\nA,2026-05-11T23:00,48.7,64\n"
               "A,2026-05-12T00:00,46.2,61\nA,2026-05-12T01:00,44.9,60\n"
               "A,2026-05-12T02:00,44.1,59\nA,2026-05-12T03:00,44.0,58\n"
               "A,2026-05-12T04:00,45.8,62\nA,2026-05-12T05:00,50.3,68\n",
};

/* ---- noise-zone ---- */

enum { Z_DAY, Z_ZONE, Z_LD, Z_LN, Z_MAX, Z_WEATHER };

static const struct assess_choice zones[] = {
    {"0", "0 类", "class 0, quiet", "0类;class 0"},
    {"1", "1 类", "class 1, living, schools", "1类;class 1"},
    {"2", "2 类", "class 2, mixed", "2类;class 2"},
    {"3", "3 类", "class 3, industry", "3类;class 3"},
    {"4a", "4a 类", "class 4a, main roads", "4a类;class 4a"},
    {"4b", "4b 类", "class 4b, trunk railways", "4b类;class 4b"},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_field zone_fields[] = {
    [Z_DAY] = {.name = "day",
               .aliases = "date;time;日期",
               .kind = ASSESS_DAY,
               .zh = "日期;不给则用现行标准",
               .en = "the day; without it the standard in force today"},
    [Z_ZONE] = {.name = "zone",
                .aliases = "class;功能区;功能区类别",
                .kind = ASSESS_CHOICE,
                .flags = ASSESS_REQUIRED,
                .choices = zones,
                .zh = "声环境功能区类别",
                .en = "class of the zone"},
    [Z_LD] = {.name = "ld",
              .aliases = "Ld;昼间;昼间等效声级",
              .kind = ASSESS_DECIMAL,
              .flags = ASSESS_SIGNED,
              .unit = "dB",
              .zh = "昼间等效声级 dB(A)",
              .en = "Ld in dB(A)"},
    [Z_LN] = {.name = "ln",
              .aliases = "Ln;夜间;夜间等效声级",
              .kind = ASSESS_DECIMAL,
              .flags = ASSESS_SIGNED,
              .unit = "dB",
              .zh = "夜间等效声级 dB(A)",
              .en = "Ln in dB(A)"},
    [Z_MAX] = {.name = "lmax_night",
               .aliases = "lmax;夜间最大声级;夜间突发噪声",
               .kind = ASSESS_DECIMAL,
               .flags = ASSESS_SIGNED,
               .unit = "dB",
               .zh = "夜间突发噪声最大声级 dB(A)",
               .en = "largest level of a sudden noise of the night, dB(A)"},
    [Z_WEATHER] =
        {.name = "bad_weather",
         .aliases = "不良气象;气象标记",
         .kind = ASSESS_YES,
         .standard = "no",
         .zh = "雨雪雷电或风速 5 m/s 以上:不评价",
         .en = "rain, snow, thunder, wind of 5 m/s and more: not rated"},
    {.name = NULL},
};

static void judge_zone(const struct assess_case *c)
{
    const struct assess_record *r = &c->records[0];
    struct noise_zone_levels levels = {
        .zone = zones[r->cell[Z_ZONE].choice].name,
        .ld = number_of(&r->cell[Z_LD]),
        .ln = number_of(&r->cell[Z_LN]),
        .max = number_of(&r->cell[Z_MAX]),
        .bad_weather = r->cell[Z_WEATHER].choice == 1,
        .day = rule_day_of(c, &r->cell[Z_DAY]),
    };
    struct verdict v;

    noise_zone_judge(&levels, c->arena, &v);
    assess_give(c, r, &v);
}

static void zone_facts(struct assess_facts *facts)
{
    rule_facts(facts, noise_rules(), "limit", NULL);
    rule_facts(facts, noise_rules(), "rule", "GB 3096-2008");
}

const struct assessment noise_zone_assessment = {
    .name = "noise-zone",
    .kind = VERDICT_NOISE_ZONE,
    .element = "noise",
    .title_zh = "声环境功能区达标",
    .title_en = "noise of a function zone",
    .standards = {"GB 3096-2008"},
    .fields = zone_fields,
    .judge = judge_zone,
    .facts = zone_facts,
    .rating_zh = "0 达标,1 超标",
    .rating_en = "0 within, 1 above",
    .notes_zh =
        "声级修约到 0.1 dB 后比较,等于限值为达标。昼、夜分别评价。夜间突发"
        "噪声最大声级不得高于夜间限值 15 dB。",
    .notes_en =
        "Levels are rounded to 0.1 dB and compared; equal is within. Day "
        "and night are rated apart. A sudden noise of the night may pass "
        "the night's limit by at most 15 dB.",
    .example = "point,day,zone,ld,ln,lmax_night\n"
               "A,2026-05-11,2,58.3,50.1,63\nB,2026-05-11,4a,69.8,55.0,71\n",
};

/* ---- noise-emission ---- */

enum {
    E_DAY,
    E_SOURCE,
    E_ZONE,
    E_ROOM,
    E_PERIOD,
    E_LEVEL,
    E_BACK,
    E_MAX,
    E_FREQUENT
};

static const struct assess_choice sources[] = {
    [NOISE_INDUSTRY] = {"industry", "工业企业厂界 GB 12348",
                        "industry, GB 12348", "厂界;工业;工业企业"},
    [NOISE_COMMUNITY] = {"community", "社会生活 GB 22337",
                         "community, GB 22337", "社会生活"},
    [NOISE_CONSTRUCTION] = {"construction", "建筑施工 GB 12523",
                            "construction, GB 12523", "施工;建筑施工"},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_choice emission_zones[] = {
    {"0", "0 类", "class 0", "0类"}, {"1", "1 类", "class 1", "1类"},
    {"2", "2 类", "class 2", "2类"}, {"3", "3 类", "class 3", "3类"},
    {"4", "4 类", "class 4", "4类"}, {NULL, NULL, NULL, NULL},
};

static const struct assess_choice rooms[] = {
    [NOISE_OUTDOORS] = {"boundary", "厂界、边界或场界", "at the boundary",
                        "厂界;边界;场界"},
    [NOISE_ROOM_A] = {"room_a", "A 类房间(睡眠为主)",
                      "room A, mainly for sleeping", "A"},
    [NOISE_ROOM_B] = {"room_b", "B 类房间(昼间使用为主)",
                      "room B, mainly for the day", "B"},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_choice periods[] = {
    {"day", "昼间", "day", "昼间;昼"},
    {"night", "夜间", "night", "夜间;夜"},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_field emission_fields[] = {
    [E_DAY] = {.name = "day",
               .aliases = "date;time;日期",
               .kind = ASSESS_DAY,
               .zh = "日期;不给则用现行标准",
               .en = "the day; without it the standard in force today"},
    [E_SOURCE] = {.name = "source",
                  .aliases = "噪声源;类型",
                  .kind = ASSESS_CHOICE,
                  .flags = ASSESS_REQUIRED,
                  .choices = sources,
                  .zh = "噪声源(决定标准)",
                  .en = "the source, which decides the standard"},
    [E_ZONE] = {.name = "zone",
                .aliases = "class;功能区;功能区类别",
                .kind = ASSESS_CHOICE,
                .choices = emission_zones,
                .zh = "边界外功能区类别(施工不需要)",
                .en = "class of the zone outside (not for construction)"},
    [E_ROOM] = {.name = "place",
                .aliases = "位置;测点位置",
                .kind = ASSESS_CHOICE,
                .standard = "boundary",
                .choices = rooms,
                .zh = "边界或室内(结构传播固定设备噪声)",
                .en = "at the boundary, or in a room (structure-borne noise)"},
    [E_PERIOD] = {.name = "period",
                  .aliases = "时段;昼夜",
                  .kind = ASSESS_CHOICE,
                  .flags = ASSESS_REQUIRED,
                  .choices = periods,
                  .zh = "昼间或夜间",
                  .en = "day or night"},
    [E_LEVEL] = {.name = "leq",
                 .aliases = "Leq;LAeq;level;测量值;等效声级",
                 .kind = ASSESS_DECIMAL,
                 .flags = ASSESS_REQUIRED | ASSESS_SIGNED,
                 .unit = "dB",
                 .zh = "测量值 dB(A)",
                 .en = "measured Leq in dB(A)"},
    [E_BACK] = {.name = "background",
                .aliases = "背景值;背景噪声",
                .kind = ASSESS_DECIMAL,
                .flags = ASSESS_SIGNED,
                .unit = "dB",
                .zh = "背景值 dB(A);不给则不修正并注明",
                .en = "background in dB(A); without it nothing is corrected"},
    [E_MAX] = {.name = "lmax",
               .aliases = "Lmax;LAmax;最大声级",
               .kind = ASSESS_DECIMAL,
               .flags = ASSESS_SIGNED,
               .unit = "dB",
               .zh = "夜间突发噪声最大声级 dB(A)",
               .en = "largest level of a sudden noise of the night, dB(A)"},
    [E_FREQUENT] = {.name = "frequent",
                    .aliases = "频发",
                    .kind = ASSESS_YES,
                    .standard = "no",
                    .zh = "突发噪声为频发(否则为偶发)",
                    .en = "the sudden noise is frequent (else occasional)"},
    {.name = NULL},
};

static void judge_emission(const struct assess_case *c)
{
    const struct assess_record *r = &c->records[0];
    struct noise_emission e = {
        .source = (enum noise_source)r->cell[E_SOURCE].choice,
        .zone = r->cell[E_ZONE].choice,
        .room = (enum noise_room)r->cell[E_ROOM].choice,
        .night = r->cell[E_PERIOD].choice == 1,
        .level = r->cell[E_LEVEL].number,
        .background = number_of(&r->cell[E_BACK]),
        .max = number_of(&r->cell[E_MAX]),
        .frequent = r->cell[E_FREQUENT].choice == 1,
        .day = rule_day_of(c, &r->cell[E_DAY]),
    };
    struct verdict v;

    if (e.source != NOISE_CONSTRUCTION && !r->cell[E_ZONE].given) {
        assess_refuse(c, r, SPAN("zone"), "需要功能区类别 0 至 4",
                      "the class of the zone, 0 to 4, is needed");
        return;
    }
    noise_emission_judge(&e, c->arena, &v);
    assess_give(c, r, &v);
}

static void emission_facts(struct assess_facts *facts)
{
    rule_facts(facts, noise_rules(), "emission_limit", NULL);
    rule_facts(facts, noise_rules(), "structure_borne", NULL);
    rule_facts(facts, noise_rules(), "construction_limit", NULL);
    rule_facts(facts, noise_rules(), "background_correction", NULL);
    rule_facts(facts, noise_rules(), "rule", "GB 12348-2008");
}

const struct assessment noise_emission_assessment = {
    .name = "noise-emission",
    .kind = VERDICT_NOISE_EMISSION,
    .element = "noise",
    .title_zh = "厂界、社会生活、施工噪声排放",
    .title_en = "emission of noise at a boundary",
    .standards = {"GB 12348-2008", "GB 22337-2008", "GB 12523-2011",
                  "GB 12523-2025"},
    .fields = emission_fields,
    .judge = judge_emission,
    .facts = emission_facts,
    .rating_zh = "0 达标,1 超标",
    .rating_en = "0 within, 1 above",
    .notes_zh =
        "测量值与背景值之差取整:大于 10 不修正,3 至 10 按表修正,小于 3 不能用。"
        "修正后取整比较(中等可信)。施工场界同表修正;GB 12523-2025 自 "
        "2026-01-01 起,"
        "其评价方法原文未见,限值按未变处理。GB 22337 "
        "的突发噪声没有规则,不评价。",
    .notes_en = "Measured less background, in whole dB: above 10 nothing is "
                "corrected, 3 "
                "to 10 by the table, below 3 the value is not usable. The "
                "corrected level "
                "is compared in whole dB (medium confidence). Construction "
                "sites use the "
                "same table; GB 12523-2025 is in force since 2026-01-01, the "
                "text of its "
                "method was not seen and its limits are taken as unchanged. GB "
                "22337 has "
                "no rule for sudden noise here: not rated.",
    .example = "point,day,source,zone,period,leq,background,lmax,frequent\n"
               "N1,2026-05-11,industry,2,day,62.4,55.3,,\n"
               "N1,2026-05-11,industry,2,night,51.2,46.8,61.0,yes\n"
               "S1,2026-05-11,construction,,day,71.6,58,,\n",
};
