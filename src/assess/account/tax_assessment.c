#include "assess/account/account_facts.h"
#include "assess/account/tax.h"
#include "assess/catalogue/assessment.h"

enum {
    OUTLET,
    MEDIUM,
    TIME,
    PERIOD,
    POLLUTANT,
    AMOUNT,
    PH,
    CONCENTRATION,
    LIMIT,
    PROVINCE,
    RATE,
};

static const struct assess_choice media[] = {
    {"air", "大气", "air", "gas;废气"},
    {"water", "水", "water", "废水"},
    {NULL, NULL, NULL, NULL},
};

/* clang-format off */
static const struct assess_field fields[] = {
    [OUTLET] = {.name = "outlet", .aliases = "排放口;排口",
                .kind = ASSESS_TEXT, .flags = ASSESS_KEY, .standard = "-",
                .zh = "排放口", .en = "the outlet"},
    [MEDIUM] = {.name = "medium", .aliases = "介质", .kind = ASSESS_CHOICE,
                .flags = ASSESS_KEY | ASSESS_REQUIRED, .choices = media,
                .zh = "大气或水", .en = "air or water"},
    [TIME] = {.name = "time", .aliases = "date;day;日期;时间",
              .kind = ASSESS_DAY, .flags = ASSESS_REQUIRED,
              .zh = "排放的时间", .en = "when it was discharged"},
    [PERIOD] = {.name = "period", .aliases = "周期", .kind = ASSESS_PERIOD,
                .standard = "month", .zh = "计税周期",
                .en = "what is taxed together"},
    [POLLUTANT] = {.name = "pollutant", .aliases = "污染物;因子",
                   .kind = ASSESS_TEXT, .flags = ASSESS_REQUIRED,
                   .zh = "附表二的污染物名称或编码",
                   .en = "the pollutant by its name in schedule 2 or code"},
    [AMOUNT] = {.name = "amount", .aliases = "排放量", .kind = ASSESS_DECIMAL,
                .flags = ASSESS_REQUIRED,
                .zh = "排放量:kg;pH、大肠菌群、余氯为污水吨数;色度为吨·倍",
                .en = "kg; of pH, coliforms and chlorine t of waste water; of "
                      "colour t x times over"},
    [PH] = {.name = "ph", .kind = ASSESS_DECIMAL, .zh = "pH 值(仅 pH 行)",
            .en = "what the pH was, in a row of pH"},
    [CONCENTRATION] = {.name = "concentration", .aliases = "浓度",
                       .kind = ASSESS_DECIMAL, .zh = "排放浓度",
                       .en = "concentration, for a reduction"},
    [LIMIT] = {.name = "limit", .aliases = "限值", .kind = ASSESS_DECIMAL,
               .zh = "排放标准,与浓度同单位",
               .en = "its limit, in the same unit"},
    [PROVINCE] = {.name = "province", .aliases = "省", .kind = ASSESS_TEXT,
                  .flags = ASSESS_KEY, .standard = "四川", .zh = "适用税额的省",
                  .en = "the province of the rate"},
    [RATE] = {.name = "rate", .aliases = "税额", .kind = ASSESS_DECIMAL,
              .flags = ASSESS_KEY, .zh = "每当量税额,元",
              .en = "yuan an equivalent; else that of the province"},
    {.name = NULL},
};
/* clang-format on */

static bool read_row(const struct assess_case *c, const struct assess_record *r,
                     struct tax_pollutant *out)
{
    const struct assess_cell *cell = r->cell;

    if (!tax_knows((enum tax_medium)cell[MEDIUM].choice,
                   cell[POLLUTANT].text)) {
        assess_refuse(c, r, SPAN("pollutant"), "附表二没有该介质的这种污染物",
                      "schedule 2 has no such pollutant of that medium");
        return false;
    }
    if (cell[CONCENTRATION].given != cell[LIMIT].given) {
        assess_refuse(c, r, SPAN("limit"), "减征需要同时给出浓度和限值",
                      "a reduction needs both concentration and limit");
        return false;
    }
    *out = (struct tax_pollutant){
        .name = cell[POLLUTANT].text,
        .amount = cell[AMOUNT].number,
        .has_ph = cell[PH].given,
        .ph = cell[PH].number,
        .has_limit = cell[LIMIT].given && cell[LIMIT].number.mantissa > 0,
        .concentration = cell[CONCENTRATION].number,
        .limit = cell[LIMIT].number,
    };
    return true;
}

static bool is_new(const struct assess_case *c, const struct tax_pollutant *all,
                   size_t count, const struct assess_record *r)
{
    for (size_t i = 0; i < count; i++) {
        if (!span_equal(all[i].name, r->cell[POLLUTANT].text))
            continue;
        assess_refuse(c, r, SPAN("pollutant"),
                      "同一排放口同一周期已有该污染物,请先合计",
                      "the outlet has it already in that period: add them up");
        return false;
    }
    return true;
}

static void judge(const struct assess_case *c)
{
    const struct assess_cell *cell = c->records->cell;
    struct tax_pollutant *all =
        arena_new(c->arena, TAX_POLLUTANTS_MAX, sizeof(*all));
    struct tax_outlet outlet = {.medium = (enum tax_medium)cell[MEDIUM].choice,
                                .pollutants = all,
                                .day = cell[TIME].day,
                                .province = cell[PROVINCE].text,
                                .has_rate = cell[RATE].given,
                                .rate = cell[RATE].number};
    struct verdict v;

    if (outlet.has_rate &&
        !tax_rate_allowed(outlet.medium, outlet.rate, outlet.day)) {
        assess_refuse(c, c->records, SPAN("rate"), "超出法定幅度",
                      "outside what the law allows");
        return;
    }
    for (size_t i = 0; i < c->count; i++) {
        if (outlet.count == TAX_POLLUTANTS_MAX)
            assess_refuse(c, &c->records[i], SPAN("pollutant"),
                          "一个排放口至多 256 种", "at most 256 an outlet");
        else if (is_new(c, all, outlet.count, &c->records[i]))
            outlet.count += read_row(c, &c->records[i], &all[outlet.count]);
    }
    if (!outlet.count)
        return;
    tax_of(&outlet, c->arena, &v);
    v.start_s = cell[TIME].start_s;
    assess_give(c, NULL, &v);
}

const struct assessment environment_tax_assessment = {
    .name = "environment-tax",
    .kind = VERDICT_ENVIRONMENT_TAX,
    .element = "source",
    .title_zh = "环境保护税",
    .title_en = "Environment protection tax",
    .standards = {"环境保护税法"},
    .fields = fields,
    .judge = judge,
    .facts = environment_tax_facts,
    .index_zh = "应纳税额,元",
    .index_en = "tax due, yuan",
    .rating_zh = "征收的污染物项数",
    .rating_en = "how many pollutants are taxed",
    .notes_zh = "化学需氧量、五日生化需氧量、总有机碳取当量最大的一项,大肠菌群"
                "与余氯亦然;并列时取先出现的。当量保留 6 位小数,税额到分,均"
                "四舍六入五成双。四川的税额来自常识,须核对。",
    .notes_en =
        "Of COD, BOD5 and TOC the largest counts, of coliforms and chlorine "
        "too; of equal ones the first. Equivalents have six decimals, yuan "
        "two, half to even. The rates of Sichuan are from knowledge: check "
        "them.",
    .example = "outlet,medium,time,pollutant,amount,concentration,limit\n"
               "DA001,air,2026-01-01,SO2,950,20,50\n"
               "DA001,air,2026-01-01,NOx,1900,45,50\n"
               "DA001,air,2026-01-01,烟尘,218,,\n"
               "DA001,air,2026-01-01,CO,167,,\n",
};
