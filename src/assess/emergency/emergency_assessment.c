#include "assess/catalogue/assessment.h"
#include "assess/derivation/rule_facts.h"
#include "assess/emergency/emergency.h"

enum {
    EVENT,
    LEARNED_AT,
    NUMBERS,
    CHOICES = NUMBERS + EMERGENCY_NUMBERS,
    CONDITIONS = CHOICES + EMERGENCY_CHOICES,
    UNCLEAR = CONDITIONS + EMERGENCY_CONDITIONS,
    EARLIER,
    RISEN_AT,
};

enum { DAY_ALONE = 10 }; /* "2026-11-24" has no time of day */

/* clang-format off */
static const struct assess_choice ecology[] = {
    {"none", "无", "not so", NULL},
    {"region_lost", "区域生态功能丧失或物种灭绝",
     "regional function lost, or protected species die out locally", NULL},
    {"partly_lost", "功能部分丧失或物种大批死亡",
     "partly lost, or mass death of protected species", NULL},
    {"habitat", "保护物种或生境受破坏",
     "protected species or their habitat damaged", NULL},
    {"some", "有一定影响", "some effect below that", NULL},
    {NULL, NULL, NULL, NULL},
};
/* clang-format on */

/* clang-format off */
static const struct assess_choice intake[] = {
    {"none", "无", "not so", NULL},
    {"prefecture", "设区的市级以上", "of a city of prefecture level or above",
     NULL},
    {"county", "县级城市", "of a county town", NULL},
    {"township", "乡镇", "of a township", NULL},
    {NULL, NULL, NULL, NULL},
};
/* clang-format on */

/* clang-format off */
static const struct assess_choice radioactive[] = {
    {"none", "无", "not so", NULL},
    {"class_1_2_wide", "Ⅰ、Ⅱ类,大范围严重后果",
     "class I or II with wide, serious consequences", NULL},
    {"class_1_2", "Ⅰ、Ⅱ类", "class I or II", NULL},
    {"class_3", "Ⅲ类", "class III", NULL},
    {"class_4_5", "Ⅳ、Ⅴ类", "class IV or V", NULL},
    {NULL, NULL, NULL, NULL},
};
/* clang-format on */

/* clang-format off */
static const struct assess_choice spread[] = {
    {"none", "无", "not so", NULL},
    {"border", "跨国境(重大)", "serious effect across the border", NULL},
    {"province", "跨省", "across provinces", NULL},
    {"prefecture", "跨市", "across prefecture-level cities", NULL},
    {"county", "跨县", "across counties", NULL},
    {NULL, NULL, NULL, NULL},
};
/* clang-format on */

static const struct assess_choice grades[] = {
    {"I", "特别重大", "extremely serious", "1"},
    {"II", "重大", "serious", "2"},
    {"III", "较大", "larger", "3"},
    {"IV", "一般", "ordinary", "4"},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_choice *const choices[] = {
    [EMERGENCY_ECOLOGY] = ecology,
    [EMERGENCY_INTAKE] = intake,
    [EMERGENCY_RADIOACTIVE] = radioactive,
    [EMERGENCY_SPREAD] = spread,
};

/* clang-format off */
#define COUNT(n, z, e, a)                                                      \
    {.name = (n),                                                              \
     .aliases = (a),                                                           \
     .kind = ASSESS_COUNT,                                                     \
     .zh = (z),                                                                \
     .en = (e)}
#define YES(n, z, e)                                                           \
    {.name = (n), .kind = ASSESS_YES, .standard = "no", .zh = (z), .en = (e)}
#define CHOICE(n, c, z, e)                                                     \
    {.name = (n), .kind = ASSESS_CHOICE, .choices = (c), .zh = (z), .en = (e)}

static const struct assess_field fields[] = {
    [EVENT] = {.name = "event", .aliases = "事件", .kind = ASSESS_TEXT,
               .zh = "事件", .en = "the event"},
    [LEARNED_AT] = {.name = "learned_at", .aliases = "获知时间",
                    .kind = ASSESS_DAY, .flags = ASSESS_REQUIRED,
                    .zh = "发现或获知的时间(北京时间,精确到分)",
                    .en = "when the department learned of it (Beijing time, "
                          "to the minute)"},
    [NUMBERS + EMERGENCY_DEATHS] =
        COUNT("deaths", "死亡人数", "people who died", "死亡"),
    [NUMBERS + EMERGENCY_INJURED] =
        COUNT("injured", "中毒或重伤人数", "people poisoned or badly injured",
              "poisoned;中毒人数;重伤人数;中毒重伤人数"),
    [NUMBERS + EMERGENCY_EVACUATED] =
        COUNT("evacuated", "疏散、转移人数", "people evacuated or moved",
              "疏散人数;转移人数;疏散转移人数"),
    [NUMBERS + EMERGENCY_LOSS] = {.name = "loss",
.aliases = "直接经济损失(万元);直接经济损失（万元）",
.kind = ASSESS_DECIMAL,
                                  .zh = "直接经济损失,万元",
                                  .en = "direct loss, 10^4 yuan"},
    [CHOICES + EMERGENCY_ECOLOGY] =
        CHOICE("ecology", ecology, "生态影响", "effect on nature"),
    [CHOICES + EMERGENCY_INTAKE] =
        CHOICE("intake", intake, "取水中断", "drinking-water intake cut"),
    [CHOICES + EMERGENCY_RADIOACTIVE] =
        CHOICE("radioactive", radioactive, "放射源丢失、被盗、失控",
               "radioactive source lost, stolen or out of control"),
    [CHOICES + EMERGENCY_SPREAD] =
        CHOICE("spread", spread, "跨界影响", "effect across boundaries"),
    [CONDITIONS + EMERGENCY_DRINKING_ZONE] =
        YES("drinking_zone", "涉及饮用水水源保护区",
            "a drinking-water protection zone is touched"),
    [CONDITIONS + EMERGENCY_SENSITIVE_PLACE] =
        YES("sensitive_place", "附近有居民区、学校、医院",
            "homes, schools or hospitals are near"),
    [CONDITIONS + EMERGENCY_HEAVY_METAL] =
        YES("heavy_metal", "涉及重金属或类金属", "heavy metals or metalloids"),
    [CONDITIONS + EMERGENCY_BEYOND_PROVINCE] =
        YES("beyond_province", "可能跨省或跨国影响",
            "a possible effect across provinces or the border"),
    [CONDITIONS + EMERGENCY_UNREST] =
        YES("unrest", "可能引发群体性事件或社会影响较大",
            "unrest or wide public concern"),
    [CONDITIONS + EMERGENCY_AUTHORITY] =
        YES("authority", "主管部门认为有必要", "the local authority thinks so"),
    [UNCLEAR] =
        YES("unclear", "级别暂不明确", "the level is not yet clear"),
    [EARLIER] = CHOICE("earlier_grade", grades, "此前判定的级别",
                       "the grade it was reported as before"),
    [RISEN_AT] = {.name = "risen_at", .aliases = "升级时间",
                  .kind = ASSESS_DAY, .zh = "判定级别上升的时间",
                  .en = "when the higher grade was judged"},
    {.name = NULL},
};
/* clang-format on */

static bool has_time(const struct assess_case *c, int field, struct span name)
{
    const struct assess_cell *cell = &c->records->cell[field];

    if (!cell->given || cell->text.len > DAY_ALONE)
        return true;
    assess_refuse(c, c->records, name,
                  "时限自该时刻起算:请写到分,如 2026-11-24T08:30",
                  "the clock starts then: write the time of day too, like "
                  "2026-11-24T08:30");
    return false;
}

static void read_facts(const struct assess_cell *cell, struct emergency *e)
{
    for (int i = 0; i < EMERGENCY_NUMBERS; i++) {
        e->has_number[i] = cell[NUMBERS + i].given;
        e->number[i] = cell[NUMBERS + i].number;
    }
    for (int i = 0; i < EMERGENCY_CHOICES; i++) {
        if (cell[CHOICES + i].given)
            e->choice[i] = choices[i][cell[CHOICES + i].choice].name;
    }
    for (int i = 0; i < EMERGENCY_CONDITIONS; i++)
        e->condition[i] = cell[CONDITIONS + i].choice == 1;
    e->unclear = cell[UNCLEAR].choice == 1;
    e->earlier_grade = cell[EARLIER].given ? cell[EARLIER].choice + 1 : 0;
    e->risen_s = cell[RISEN_AT].given ? cell[RISEN_AT].start_s : e->learned_s;
}

static void judge(const struct assess_case *c)
{
    const struct assess_cell *cell = c->records->cell;
    struct emergency e = {.learned_s = cell[LEARNED_AT].start_s};
    struct verdict v;

    if (!has_time(c, LEARNED_AT, SPAN("learned_at")) ||
        !has_time(c, RISEN_AT, SPAN("risen_at")))
        return;
    read_facts(cell, &e);
    if (e.risen_s < e.learned_s) {
        assess_refuse(c, c->records, SPAN("risen_at"), "早于获知时间",
                      "before it was learned of");
        return;
    }
    emergency_grade(&e, c->arena, &v);
    assess_give(c, c->records, &v);
}

static void facts(struct assess_facts *out)
{
    rule_facts(out, rule_table("emergency.csv"), NULL, NULL);
}

const struct assessment emergency_grade_assessment = {
    .name = "emergency-grade",
    .kind = VERDICT_EMERGENCY_GRADE,
    .element = "emergency",
    .title_zh = "突发环境事件分级与报告时限",
    .title_en = "Grade of an emergency and its reporting clocks",
    .standards = {"国办函〔2014〕119号", "环境保护部令第17号"},
    .fields = fields,
    .judge = judge,
    .facts = facts,
    .rating_zh = "1 特别重大(I)至 4 一般(IV)",
    .rating_en = "1 extremely serious (I) to 4 ordinary (IV)",
    .notes_zh =
        "最重的一项定级,不累加;0 人、0 元不构成条件。时限自获知时起算,与录入"
        "时间无关。级别上升而未给升级时间时自获知时起算。终止响应不由程序"
        "判定。",
    .notes_en =
        "The worst criterion decides, nothing is added up; 0 is no criterion. "
        "Clocks run from learning of it, whenever it was typed in; after a "
        "rise from risen_at, or from learned_at when that is not given. "
        "Lifting a response is not decided here.",
    .example = "event,learned_at,deaths,evacuated,intake,heavy_metal\n"
               "spill,2026-11-24T08:30,0,6000,county,yes\n",
};
