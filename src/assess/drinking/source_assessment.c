#include "assess/drinking/source.h"

#include "assess/factor/factor.h"
#include "assess/groundwater/input.h"
#include "assess/step.h"

#include <assert.h>
#include <pthread.h>

enum { ITEMS_MAX = 256 };

static struct assess_item items[ITEMS_MAX];
static size_t item_count;
static struct arena texts; /* of the aliases; as long as the program */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void read_items(void)
{
    const struct drinking_source_item *s;

    arena_init(&texts);
    for (size_t i = 0; (s = drinking_source_item_at(i)); i++) {
        assert(item_count < ITEMS_MAX);
        items[item_count++] = (struct assess_item){
            .code = s->code,
            .name_zh = s->name_zh,
            .name_en = s->name_en,
            .unit = s->table ? s->unit : s->ground->unit,
            .may_be_negative = strcmp(s->unit, "degC") == 0,
            .may_be_text = true,
            .aliases = measured_aliases(s->name_zh, s->name_en, &texts)};
    }
}

static const struct assess_item *item_at(size_t index)
{
    pthread_once(&once, read_items);
    return index < item_count ? &items[index] : NULL;
}

enum {
    TIME,
    PERIOD,
    AREA,
    SOURCE,
    KIND,
    BODY,
    TARGET,
    ROUNDING,
    SATURATION,
    VOLUME,
    BACKGROUND,
    BACKGROUND_FROM,
    BACKGROUND_TO,
    EXPECTED,
};

static const struct assess_choice kinds[] = {
    [DRINKING_SOURCE_SURFACE] = {"surface", "地表水水源", "surface source",
                                 "地表水;河流;湖库"},
    [DRINKING_SOURCE_GROUND] = {"groundwater", "地下水水源",
                                "groundwater source", "地下水"},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_choice bodies[] = {
    [WATER_RIVER] = {"river", "河流(含河流型水库)",
                     "river, or river-type reservoir", "河流"},
    [WATER_LAKE_RESERVOIR] = {"lake_reservoir", "湖库", "lake or reservoir",
                              "lake;reservoir;湖泊;水库"},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_choice targets[] = {
    {"III", "Ⅲ类", "class III", "3;Ⅲ"},
    {"II", "Ⅱ类(一级保护区目标)", "class II, first-grade zone", "2;Ⅱ"},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_choice roundings[] = {
    [WATER_ROUND_STATISTICS] = {"standard", "按统计技术规定",
                                "to the decimals of the notice", NULL},
    [WATER_ROUND_NONE] = {"none", "不修约", "digits as they are", NULL},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_choice expectations[] = {
    {"regular", "常规监测", "routine monitoring", NULL},
    {"all", "年度全分析", "full analysis of the year", NULL},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_field fields[] = {
    [TIME] = {.name = "time",
              .aliases = "date;day;month;日期;时间;月份",
              .kind = ASSESS_DAY,
              .flags = ASSESS_REQUIRED,
              .zh = "采样时间(北京时间)",
              .en = "time of the sample (Beijing time)"},
    [PERIOD] = {.name = "period",
                .kind = ASSESS_PERIOD,
                .standard = "month",
                .zh = "达标率的统计时段",
                .en = "the period of the rates"},
    [AREA] = {.name = "area",
              .aliases = "city;地区;城市",
              .kind = ASSESS_TEXT,
              .flags = ASSESS_KEY,
              .zh = "达标率的统计范围;没有此列为全部",
              .en = "what the rates are of; without it everything"},
    [SOURCE] = {.name = "source",
                .aliases = "水源;水源地",
                .kind = ASSESS_TEXT,
                .flags = ASSESS_REQUIRED,
                .zh = "水源名称",
                .en = "name of the source"},
    [KIND] = {.name = "kind",
              .aliases = "水源类型",
              .kind = ASSESS_CHOICE,
              .standard = "surface",
              .choices = kinds,
              .zh = "地表水或地下水水源",
              .en = "surface or groundwater"},
    [BODY] = {.name = "water_body",
              .aliases = "body;水体类型",
              .kind = ASSESS_CHOICE,
              .standard = "river",
              .choices = bodies,
              .zh = "地表水水源的水体类型",
              .en = "kind of surface water"},
    [TARGET] = {.name = "target",
                .aliases = "目标类别",
                .kind = ASSESS_CHOICE,
                .standard = "III",
                .choices = targets,
                .zh = "表1 项目的目标类别",
                .en = "class that the items of table 1 have to meet"},
    [ROUNDING] = {.name = "rounding",
                  .kind = ASSESS_CHOICE,
                  .standard = "standard",
                  .choices = roundings,
                  .zh = "表1 数值的修约",
                  .en = "rounding of the values of table 1"},
    [SATURATION] = {.name = "oxygen_saturation",
                    .aliases = "溶解氧饱和率",
                    .kind = ASSESS_DECIMAL,
                    .unit = "%",
                    .zh = "溶解氧饱和率,达到Ⅰ类要求时溶解氧视为达标",
                    .en = "saturation of oxygen, another way to class I"},
    [VOLUME] = {.name = "volume",
                .aliases = "取水量",
                .unit = "10^4t",
                .kind = ASSESS_DECIMAL,
                .zh = "当月取水量,万 t",
                .en = "water taken in that month, 10^4 t"},
    [BACKGROUND] = {.name = "background",
                    .aliases = "背景项目;自然背景",
                    .kind = ASSESS_TEXT,
                    .zh = "经确认的自然背景超标项目,以分号或顿号隔开",
                    .en = "items with confirmed natural background, \";\" "
                          "between"},
    [BACKGROUND_FROM] = {.name = "background_from",
                         .kind = ASSESS_DAY,
                         .zh = "自然背景确认的首日;空为不限",
                         .en = "first day of the confirmation; empty: any"},
    [BACKGROUND_TO] = {.name = "background_to",
                       .kind = ASSESS_DAY,
                       .zh = "自然背景确认的末日;空为不限",
                       .en = "its last day; empty: any"},
    [EXPECTED] = {.name = "expected",
                  .aliases = "监测范围",
                  .kind = ASSESS_CHOICE,
                  .standard = "regular",
                  .choices = expectations,
                  .zh = "应测项目,未测的逐项列出",
                  .en = "items that should be there; missing ones are listed"},
    {.name = NULL},
};

/* ---- one record ---- */

/* The code of an item by code or name; NULL when it is none. */
static const char *code_of(struct span name)
{
    const struct factor *factor = factor_find(name);

    for (size_t i = 0; i < item_count; i++) {
        if (span_equal_nocase(name, span_of(items[i].code)) ||
            span_is(name, items[i].name_zh) ||
            span_equal_nocase(name, span_of(items[i].name_en)) ||
            (factor && strcmp(factor->code, items[i].code) == 0))
            return items[i].code;
    }
    return NULL;
}

/* Whether the day lies within the days of the confirmation. */
static bool is_confirmed(const struct assess_record *r)
{
    const struct assess_cell *cell = r->cell;

    return (!cell[BACKGROUND_FROM].given ||
            cell[TIME].day >= cell[BACKGROUND_FROM].day) &&
           (!cell[BACKGROUND_TO].given ||
            cell[TIME].day <= cell[BACKGROUND_TO].day);
}

/* Takes the first name of a list off; separators of both scripts are taken. */
static struct span take_name(struct span *list)
{
    static const char *const marks[] = {";", "\uff1b", "、", "\uff0c"};

    for (size_t i = 0; i < list->len; i++) {
        for (size_t m = 0; m < LENGTH(marks); m++) {
            struct span name = span_first(*list, i);

            if (!span_starts(span_from(*list, i), span_of(marks[m])))
                continue;
            *list = span_from(*list, i + strlen(marks[m]));
            return span_trim(name);
        }
    }
    return span_trim(span_take(list, '\n'));
}

/* The items of the list; false: one of them is none, the record is refused. */
static bool read_background(const struct assess_case *c,
                            const struct assess_record *r,
                            struct drinking_source_conditions *out)
{
    struct span rest = r->cell[BACKGROUND].text;
    const char **codes = arena_new(c->arena, rest.len + 1, sizeof(*codes));

    if (!r->cell[BACKGROUND].given || !is_confirmed(r))
        return true;
    while (rest.len) {
        struct span name = take_name(&rest);
        const char *code = code_of(name);

        if (!name.len)
            continue;
        if (!code) {
            assess_refuse(
                c, r, SPAN("background"),
                arena_printf(c->arena,
                             "“%.*s”不是评价项目,请用 --list 所列名称",
                             SPAN_ARG(name)),
                arena_printf(c->arena,
                             "\"%.*s\" is no item: use a name of --list",
                             SPAN_ARG(name)));
            return false;
        }
        codes[out->background_count++] = code;
    }
    out->background = codes;
    return true;
}

/* A value that arrived in GB 3838's unit, in the unit of groundwater. */
static bool to_ground_unit(const struct assess_case *c,
                           const struct assess_record *r,
                           const struct assess_value *v, struct measured *m)
{
    const struct drinking_source_item *s =
        drinking_source_item_find(v->item->code);

    if (!s || !s->ground || v->is != ASSESS_NUMBER ||
        strcmp(v->item->unit, s->ground->unit) == 0)
        return true;
    if (!unit_convert(m->value, span_of(v->item->unit),
                      span_of(s->ground->unit), &m->value))
        return true;
    assess_refuse(c, r, v->column, "数值位数过多,无法精确换算单位",
                  "too many digits: its unit cannot be converted exactly");
    return false;
}

static bool judge_record(const struct assess_case *c,
                         const struct assess_record *r, struct verdict *out)
{
    struct drinking_source_conditions conditions = {
        .day = r->cell[TIME].day,
        .kind = (enum drinking_source_kind)r->cell[KIND].choice,
        .body = (enum water_body)r->cell[BODY].choice,
        .rounding = (enum water_rounding)r->cell[ROUNDING].choice,
        .target = r->cell[TARGET].choice == 1 ? 2 : 3,
        .has_saturation = r->cell[SATURATION].given,
        .saturation = r->cell[SATURATION].number,
        .all_items = r->cell[EXPECTED].choice == 1,
    };
    struct measured *values = measured_all(r, c->arena);

    if (!read_background(c, r, &conditions))
        return false;
    for (size_t i = 0;
         conditions.kind == DRINKING_SOURCE_GROUND && i < r->value_count; i++) {
        if (!to_ground_unit(c, r, &r->values[i], &values[i]))
            return false;
    }
    drinking_source_judge(values, r->value_count, &conditions, c->arena, out);
    return true;
}

/* ---- the case ---- */

/* A source-month said before with another volume. */
static bool contradicts(const struct drinking_source_month *months,
                        size_t count, const struct drinking_source_month *m)
{
    for (size_t i = 0; i < count; i++) {
        if (months[i].month == m->month && months[i].has_volume &&
            m->has_volume && span_equal(months[i].source, m->source) &&
            decimal_compare(months[i].volume, m->volume) != 0)
            return true;
    }
    return false;
}

/* What the months were judged by, each once: "GB 3838-2002; GB/T 14848-2017" */
static void add_edition(const char **list, const char *edition,
                        struct arena *arena)
{
    if (!strstr(*list, edition))
        *list = step_join(arena, *list, "; ", edition);
}

static void judge(const struct assess_case *c)
{
    const char *editions = "";
    struct drinking_source_month *months =
        arena_new(c->arena, c->count, sizeof(*months));
    size_t count = 0;
    struct verdict verdict;

    for (size_t i = 0; i < c->count; i++) {
        const struct assess_record *r = &c->records[i];
        struct drinking_source_month m = {.source = r->cell[SOURCE].text,
                                          .month = r->cell[TIME].day / 100,
                                          .has_volume = r->cell[VOLUME].given,
                                          .volume = r->cell[VOLUME].number};

        if (contradicts(months, count, &m)) {
            assess_refuse(c, r, SPAN("volume"),
                          "同一水源同一月的取水量不一致,请更正",
                          "another volume was told for this source and month: "
                          "correct one");
            continue;
        }
        if (!judge_record(c, r, &verdict))
            continue;
        assess_give(c, r, &verdict);
        if (verdict.outcome == VERDICT_NO_EDITION)
            continue;
        m.rating = verdict.rating;
        add_edition(&editions, verdict.edition, c->arena);
        months[count++] = m;
    }
    if (!count)
        return;
    drinking_source_rates(months, count, editions, c->arena, &verdict);
    assess_give(c, NULL, &verdict);
}

static void facts_of(struct assess_facts *facts)
{
    assess_fact_limits(facts, drinking_source_surface_limits());
    assess_fact_limits(facts, groundwater_limits());
}

const struct assessment drinking_source_assessment = {
    .name = "drinking-source",
    .kind = VERDICT_DRINKING_SOURCE,
    .element = "drinking_water",
    .title_zh = "集中式饮用水水源达标评价、水源和水量达标率",
    .title_en = "drinking-water sources: compliance, source and volume rate",
    .standards = {"GB 3838-2002", "GB/T 14848-2017", "环办监测函〔2020〕82号"},
    .fields = fields,
    .has_items = true,
    .item_at = item_at,
    .judge = judge,
    .facts = facts_of,
    .index_zh = "水量达标率,%",
    .index_en = "volume rate, %",
    .rating_zh = "0 达标,1 不达标,空 待定;时段行:0 全部达标,1 未全部达标",
    .rating_en = "0 complies, 1 does not, empty: undecided; of a period: 0 all "
                 "comply, 1 not all",
    .notes_zh =
        "每个水源月次一行,各时段末尾一行为达标率。地表水源总氮、粪大肠菌群、"
        "水温单独列出,不参与评价。表1 按统计技术规定修约(pH 取整)。"
        "水源在时段内每月均达标才算达标,另给月次达标率;水量达标率为各月"
        "取水量之和的比,不是月达标率的平均。待定的水源和月份不计入分子分母,"
        "逐一列出;缺取水量时不算水量达标率。同一水源同一月有多个样品时,"
        "全部达标才算达标,取水量只计一次。自然背景项目仅在确认期内单独列出。"
        "表3 项目或表2 毒理指标超标时提示立即上报(本平台约定)。",
    .notes_en =
        "A row a source and month; the last row of a period has the rates. "
        "Total nitrogen, faecal coliforms and temperature of a surface source "
        "are told apart and do not decide. Values of table 1 are rounded as "
        "the notice says, pH to a whole number. A source complies in a period "
        "when it does in all its months; the rate of source-months stands "
        "beside. The volume rate is a quotient of summed monthly volumes, "
        "never a mean of monthly rates. What is undecided leaves both sides of "
        "a rate and is listed; with a volume missing there is no volume rate. "
        "Several samples of a source in one month comply only together, its "
        "volume counts once. Natural background is set apart only within the "
        "days of its confirmation. A failing item of table 3, or a toxic one "
        "of table 2, asks for a report at once (our own rule).",
    .example =
        "area,source,time,kind,volume,pH,溶解氧,高锰酸盐指数,氨氮,总磷,铁,"
        "background\n"
        "示例市,一水源,2026-05-08,surface,120.5,7.6,7.9,2.1,0.12,0.06,0.1,\n"
        "示例市,二水源,2026-05-08,surface,60,7.4,5.2,6.4,0.31,0.09,0.2,\n"
        "示例市,三水源,2026-05-09,groundwater,20,7.1,,1.2,0.1,,0.42,铁\n",
};
