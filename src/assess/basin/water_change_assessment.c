#include "assess/basin/water_change.h"
#include "assess/catalogue/assessment.h"

enum {
    BASIN,
    SECTION,
    TIME,
    BEFORE,
    AFTER,
    SEASON_BEFORE,
    SEASON_AFTER,
    ITEMS_BEFORE,
    ITEMS_AFTER,
};

static const struct assess_choice seasons[] = {
    {"any", "不分水期", "not told apart", NULL},
    {"wet", "丰水期", "wet season", "丰水"},
    {"normal", "平水期", "normal season", "平水"},
    {"dry", "枯水期", "dry season", "枯水"},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_field fields[] = {
    [BASIN] = {.name = "basin",
               .aliases = "river;system;河流;水系;流域",
               .kind = ASSESS_TEXT,
               .flags = ASSESS_KEY | ASSESS_REQUIRED,
               .zh = "河流、水系、流域,或单个断面",
               .en = "river, river system, basin, or one section"},
    [SECTION] = {.name = "section",
                 .aliases = "断面;断面名称",
                 .kind = ASSESS_TEXT,
                 .flags = ASSESS_REQUIRED,
                 .zh = "断面",
                 .en = "section"},
    [TIME] = {.name = "time",
              .aliases = "date;day;month;日期;时间;月份",
              .kind = ASSESS_DAY,
              .flags = ASSESS_REQUIRED,
              .zh = "后一时段内的一日(北京时间)",
              .en = "a day of the later period (Beijing time)"},
    [BEFORE] = {.name = "before",
                .aliases = "前期类别;基期类别",
                .kind = ASSESS_TEXT,
                .flags = ASSESS_REQUIRED,
                .zh = "前一时段的类别 I–V 或 劣Ⅴ",
                .en = "class of the earlier period, I to V or >V"},
    [AFTER] = {.name = "after",
               .aliases = "本期类别;水质类别;class",
               .kind = ASSESS_TEXT,
               .flags = ASSESS_REQUIRED,
               .zh = "后一时段的类别",
               .en = "class of the later period"},
    [SEASON_BEFORE] = {.name = "season_before",
                       .aliases = "前期水期",
                       .kind = ASSESS_CHOICE,
                       .standard = "any",
                       .choices = seasons,
                       .zh = "前一时段的水期",
                       .en = "season of the earlier period"},
    [SEASON_AFTER] = {.name = "season_after",
                      .aliases = "本期水期",
                      .kind = ASSESS_CHOICE,
                      .standard = "any",
                      .choices = seasons,
                      .zh = "后一时段的水期",
                      .en = "season of the later period"},
    [ITEMS_BEFORE] =
        {.name = "items_before",
         .aliases = "前期项目",
         .kind = ASSESS_TEXT,
         .zh = "前一时段参评的项目,分号隔开;给出时核对两时段相同",
         .en = "items rated in the earlier period, \";\" between; when "
               "told, both periods must have the same"},
    [ITEMS_AFTER] = {.name = "items_after",
                     .aliases = "本期项目",
                     .kind = ASSESS_TEXT,
                     .zh = "后一时段参评的项目",
                     .en = "items rated in the later period"},
    {.name = NULL},
};

/* False when the items of both periods are told and are not the same; the whole
 * comparison is refused then. */
static bool has_same_items(const struct assess_case *c,
                           const struct assess_record *r,
                           struct change_pair *pair)
{
    const struct assess_cell *before = &r->cell[ITEMS_BEFORE];
    const struct assess_cell *after = &r->cell[ITEMS_AFTER];
    struct span none = SPAN("");
    const char *differ = water_change_items(before->given ? before->text : none,
                                            after->given ? after->text : none,
                                            c->arena, &pair->items);

    if (!*differ)
        return true;
    assess_refuse(
        c, NULL, SPAN("items_after"),
        arena_printf(c->arena,
                     "第 %d 行两时段的评价项目不同(%s),整组不比较:请用相同"
                     "项目重新评价",
                     r->line, differ),
        arena_printf(c->arena,
                     "the items of the two periods differ in line %d (%s): "
                     "nothing is compared; rate both by the same items",
                     r->line, differ));
    return false;
}

/* NULL, or the column for which the whole comparison is refused. */
static const char *fault_of(const struct assess_record *r,
                            struct change_pair *pair)
{
    const struct assess_cell *cell = r->cell;

    pair->before = water_class_parse(cell[BEFORE].text);
    pair->after = water_class_parse(cell[AFTER].text);
    if (!pair->before)
        return "before";
    if (!pair->after)
        return "after";
    return cell[SEASON_BEFORE].choice != cell[SEASON_AFTER].choice
               ? "season_after"
               : NULL;
}

static bool is_there(const struct change_pair *pairs, size_t count,
                     const char *section)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(pairs[i].section, section) == 0)
            return true;
    }
    return false;
}

static void judge(const struct assess_case *c)
{
    struct change_pair *pairs = arena_new(c->arena, c->count, sizeof(*pairs));
    struct verdict verdict;

    for (size_t i = 0; i < c->count; i++) {
        const struct assess_record *r = &c->records[i];
        const char *section = arena_copy(c->arena, r->cell[SECTION].text).at;
        const char *fault = fault_of(r, &pairs[i]);

        if (!fault && is_there(pairs, i, section))
            fault = "section";
        pairs[i].section = section;
        if (!fault && !has_same_items(c, r, &pairs[i]))
            return;
        if (!fault)
            continue;
        assess_refuse(
            c, NULL, span_of(fault),
            arena_printf(c->arena,
                         "两时段须为相同断面、相同水期且均有类别,第 %d 行不是,"
                         "整组不比较",
                         r->line),
            arena_printf(c->arena,
                         "the same sections, each once, in the same season and "
                         "with a class in both periods are compared; line %d "
                         "is not so: correct or leave out",
                         r->line));
        return;
    }
    water_change(pairs, c->count, c->to_day, c->arena, &verdict);
    assess_give(c, NULL, &verdict);
}

const struct assessment water_change_assessment = {
    .name = "water-change",
    .kind = VERDICT_WATER_CHANGE,
    .element = "water",
    .title_zh = "两时段水质变化",
    .title_en = "change of water quality between two periods",
    .standards = {"环办〔2011〕22号"},
    .fields = fields,
    .judge = judge,
    .rating_zh = "1 明显好转、2 有所好转、3 无明显变化、4 有所变差、5 明显变差",
    .rating_en = "1 clearly better, 2 somewhat better, 3 no clear change, 4 "
                 "somewhat worse, 5 clearly worse",
    .notes_zh = "项目、断面、水期须相同,否则不比较;未给项目清单时不核对,步骤中"
                "说明。单个断面用等级法;五个及以上断面"
                "等级法与比例法都给出,取变化较大者(可信度中)。比例不修约。",
    .notes_en = "The same items, sections and season only, else there is no "
                "comparison; items that are not told are not checked, and the "
                "steps say so. One section by grade; five or more by grade and "
                "by shares, and the larger change is taken (confidence "
                "medium). Shares are not rounded.",
    .example = "basin,section,time,before,after\n"
               "沱江,A,2026-10-01,IV,III\n"
               "沱江,B,2026-10-01,III,II\n"
               "沱江,C,2026-10-01,V,IV\n"
               "沱江,D,2026-10-01,>V,IV\n"
               "沱江,E,2026-10-01,II,II\n",
};
