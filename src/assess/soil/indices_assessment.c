#include "assess/derivation/rule_facts.h"
#include "assess/soil/background.h"
#include "assess/soil/soil_index.h"
#include "assess/soil/soil_input.h"

#include <pthread.h>

enum { BACKGROUNDS_MAX = 2 * SOIL_ITEMS_MAX };

static const char suffix[] = ":background";

static struct soil_items list;  /* contents */
static struct soil_items pairs; /* contents, then their backgrounds */
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* The metals of Hakanson and of the tables; "cas:7440-43-9:background". */
static void read_pairs(void)
{
    static struct arena names; /* as long as the program */
    struct rule_question q = {.record = "symbol"};
    size_t contents;

    arena_init(&names);
    for (const struct rule *r = NULL; (r = rule_next(soil_rules(), q, r));) {
        const struct soil_item *item = soil_item_named(span_of(r->key));

        if (item && strlen(r->param) <= 2 && !soil_items_find(&pairs, r->key))
            soil_items_add(&pairs, item);
    }
    contents = pairs.count;
    for (size_t i = 0; i < contents; i++) {
        const struct assess_item *item = &pairs.items[i];
        struct soil_item b = {
            arena_printf(&names, "%s%s", item->code, suffix),
            arena_printf(&names, "%s背景值", item->name_zh),
            arena_printf(&names, "background of %s", item->name_en)};

        soil_items_add(&pairs, &b);
    }
}

static void read_items(void)
{
    const struct soil_item *item;

    for (size_t i = 0; (item = soil_any_item(i)); i++)
        soil_items_add(&list, item);
    read_pairs();
}

static const struct assess_item *list_at(size_t index)
{
    pthread_once(&once, read_items);
    return index < list.count ? &list.items[index] : NULL;
}

static const struct assess_item *list_named(struct span name)
{
    const struct soil_item *item = soil_item_named(name);

    pthread_once(&once, read_items);
    return item ? soil_items_find(&list, item->code) : NULL;
}

static const struct assess_item *pair_at(size_t index)
{
    pthread_once(&once, read_items);
    return index < pairs.count ? &pairs.items[index] : NULL;
}

/* Cuts "_background", "背景值" ... off; false when the name has none. */
static bool cut_background(struct span *name)
{
    static const char *const ends[] = {"_background", ":background", "_bg",
                                       "背景值", "背景"};

    for (size_t i = 0; i < LENGTH(ends); i++) {
        struct span end = span_of(ends[i]);

        if (name->len > end.len &&
            span_equal_nocase(span_from(*name, name->len - end.len), end)) {
            *name = span_first(*name, name->len - end.len);
            return true;
        }
    }
    return false;
}

static const struct assess_item *pair_named(struct span name)
{
    bool is_background = cut_background(&name);
    const struct soil_item *item = soil_item_named(name);
    const struct assess_item *found;

    pthread_once(&once, read_items);
    found = item ? soil_items_find(&pairs, item->code) : NULL;
    return found && is_background ? found + pairs.count / 2 : found;
}

/* ---- soil-index ---- */

enum { DAY, BY, LAND, PH };

static const struct assess_choice references[] = {
    [SOIL_BY_FARMLAND] = {"farmland", "农用地 GB 15618", "farmland, GB 15618",
                          NULL},
    [SOIL_BY_CLASS_1] = {"class_1", "第一类用地 GB 36600",
                         "class 1 land, GB 36600", "1"},
    [SOIL_BY_CLASS_2] = {"class_2", "第二类用地 GB 36600",
                         "class 2 land, GB 36600", "2"},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_field index_fields[] = {
    [DAY] = {.name = "day",
             .aliases = "date;time;日期;采样日期",
             .kind = ASSESS_DAY,
             .zh = "采样日期;不给则用现行标准",
             .en = "day of sampling; without it the standard in force today"},
    [BY] = {.name = "reference",
            .aliases = "筛选值标准",
            .kind = ASSESS_CHOICE,
            .standard = "farmland",
            .choices = references,
            .zh = "S 取自哪个标准的筛选值",
            .en = "whose screening values are S"},
    [LAND] = {.name = "land_use",
              .aliases = "use;土地利用;用地类型;利用方式",
              .kind = ASSESS_CHOICE,
              .standard = "other",
              .choices = soil_land_choices,
              .zh = "农用地利用方式",
              .en = "use of the farmland"},
    [PH] = {.name = "ph",
            .aliases = "pH;PH;pH值",
            .kind = ASSESS_DECIMAL,
            .zh = "土壤 pH(农用地金属必需)",
            .en = "pH of the soil (needed for metals of farmland)"},
    {.name = NULL},
};

static void judge_index(const struct assess_case *c)
{
    const struct assess_record *r = &c->records[0];
    const struct assess_cell *ph = &r->cell[PH];
    struct soil_index_sample s = {
        .by = (enum soil_reference)r->cell[BY].choice,
        .place = {.land = (enum soil_land)r->cell[LAND].choice,
                  .ph = ph->given ? &ph->number : NULL,
                  .day = rule_day_of(c, &r->cell[DAY])},
        .values = soil_values(c, r),
        .count = r->value_count,
    };
    struct verdict verdict;

    if (!s.values)
        return;
    soil_index_judge(&s, c->arena, &verdict);
    assess_give(c, r, &verdict);
}

static void index_facts(struct assess_facts *facts)
{
    rule_facts(facts, soil_rules(), "grade", "HJ/T 166-2004");
    rule_facts(facts, soil_rules(), "grade", "环发〔2008〕39号");
}

const struct assessment soil_index_assessment = {
    .name = "soil-index",
    .kind = VERDICT_SOIL_INDEX,
    .element = "soil",
    .title_zh = "土壤单项污染指数和内梅罗指数",
    .title_en = "single and Nemerow index of soil",
    .standards = {"HJ/T 166-2004", "HJ 166-2026", "环发〔2008〕39号",
                  "GB 15618-2018", "GB 36600-2018"},
    .fields = index_fields,
    .has_items = true,
    .item_at = list_at,
    .item_named = list_named,
    .judge = judge_index,
    .facts = index_facts,
    .index_zh = "内梅罗指数 P_N",
    .index_en = "Nemerow index P_N",
    .rating_zh = "内梅罗分级 1 清洁 至 5 重度",
    .rating_en = "Nemerow grade 1 clean to 5 heavy",
    .notes_zh = "分级原为 1995 年质量标准而设,以 2018 "
                "年筛选值计算只作描述,不作法律结论。"
                "HJ/T 166-2004 自 2026-06-01 "
                "被代替,新规范是否保留分级未见原文,此后的结果"
                "可信度为低。未检出按检出限一半。",
    .notes_en =
        "The grades were made for the quality standard of 1995; with the "
        "screening values of 2018 they describe and find nothing in law. HJ/T "
        "166-2004 was replaced on 2026-06-01; whether the grades survive was "
        "not "
        "seen: confidence is low from then on. Not detected counts half the "
        "limit "
        "of detection.",
    .example = "point,day,land_use,pH,Cd,Hg,As,Pb,Cr\n"
               "S1,2025-05-11,paddy,6.2,0.45,0.12,11.2,38,72\n"
               "S2,2025-05-11,other,5.5,1.8,<0.02,18,61,90\n",
};

/* ---- soil-background ---- */

static const struct assess_field background_fields[] = {
    {.name = "background",
     .aliases = "背景值",
     .kind = ASSESS_TEXT,
     .zh = "各项背景值 mg/kg,如 Cd=0.13;Hg=0.035(也可各为一列 Cd_background)",
     .en = "backgrounds in mg/kg: Cd=0.13;Hg=0.035 (or columns Cd_background)"},
    {.name = NULL},
};

/* Of one "Cd=0.13"; false when it is none. */
static bool read_pair(struct span text, struct soil_value *out)
{
    struct span name = span_trim(span_take(&text, '='));
    const struct assess_item *item = pair_named(name);

    if (!item || decimal_parse(span_trim(text), &out->value))
        return false;
    out->item = item->code;
    out->below_detection = false;
    return out->value.mantissa > 0;
}

static bool read_list(const struct assess_case *c,
                      const struct assess_record *r, struct soil_value *out,
                      size_t *count)
{
    struct span rest = r->cell[0].given ? r->cell[0].text : SPAN("");

    while (rest.len) {
        struct span part = span_trim(span_take(&rest, ';'));

        if (part.len == 0)
            continue;
        if (*count >= SOIL_ITEMS_MAX || !read_pair(part, &out[*count])) {
            assess_refuse(c, r, SPAN("background"),
                          "写法为 项目=正数,用分号隔开:Cd=0.13;Hg=0.035",
                          "written as item=positive number, semicolons "
                          "between: Cd=0.13;Hg=0.035");
            return false;
        }
        (*count)++;
    }
    return true;
}

/* Splits the record's values into contents and backgrounds. */
static void split(const struct assess_case *c, const struct soil_value *values,
                  size_t count, struct background_sample *s,
                  struct soil_value *backgrounds)
{
    struct soil_value *contents =
        arena_new(c->arena, count + 1, sizeof(*contents));

    s->values = contents;
    for (size_t i = 0; i < count; i++) {
        struct span code = span_of(values[i].item);
        size_t cut = code.len - strlen(suffix);
        struct span end = SPAN(":background");

        if (code.len > end.len && span_equal(span_from(code, cut), end) &&
            s->background_count < BACKGROUNDS_MAX) {
            backgrounds[s->background_count] = values[i];
            backgrounds[s->background_count++].item =
                arena_copy(c->arena, span_first(code, cut)).at;
        } else {
            contents[s->count++] = values[i];
        }
    }
}

static void judge_background(const struct assess_case *c)
{
    const struct assess_record *r = &c->records[0];
    const struct soil_value *values = soil_values(c, r);
    struct soil_value *backgrounds =
        arena_new(c->arena, BACKGROUNDS_MAX, sizeof(*backgrounds));
    struct background_sample s = {.backgrounds = backgrounds};
    struct verdict verdict;

    if (!values)
        return;
    split(c, values, r->value_count, &s, backgrounds);
    if (!read_list(c, r, backgrounds, &s.background_count))
        return;
    background_judge(&s, c->arena, &verdict);
    assess_give(c, r, &verdict);
}

static void background_facts(struct assess_facts *facts)
{
    rule_facts(facts, soil_rules(), "toxic_response", NULL);
    rule_facts(facts, soil_rules(), "grade", "Hakanson 1980");
    rule_facts(facts, soil_rules(), "grade", "Müller 1969");
    rule_facts(facts, soil_rules(), "constant", NULL);
}

const struct assessment soil_background_assessment = {
    .name = "soil-background",
    .kind = VERDICT_SOIL_BACKGROUND,
    .element = "soil",
    .title_zh = "土壤累积指数、地累积指数与潜在生态风险",
    .title_en = "accumulation, Igeo and ecological risk of soil",
    .standards = {"Hakanson 1980", "Müller 1969"},
    .fields = background_fields,
    .has_items = true,
    .item_at = pair_at,
    .item_named = pair_named,
    .judge = judge_background,
    .facts = background_facts,
    .index_zh = "潜在生态风险指数 RI",
    .index_en = "ecological risk index RI",
    .rating_zh = "RI 分级 1 轻微 至 4 很强",
    .rating_en = "grade of RI, 1 low to 4 very high",
    .notes_zh =
        "科研方法,不是标准。背景值由使用者给出(所在土类的背景值),程序不"
        "自带。各项的指数为 C/B,级别为 Igeo 级(0 至 6)。无毒性响应系数的"
        "项目不计入 RI。未检出按检出限一半。",
    .notes_en =
        "Scientific tools, no standards. Backgrounds are given by the "
        "reader, of the soil type at hand; the program has none of its "
        "own. An item's index is C/B, its rating the class of Igeo (0 to "
        "6). Items without a toxic response are not part of RI. Not "
        "detected counts half the limit of detection.",
    .example = "point,Hg,Cd,As,Cu,Hg_background,Cd_background,As_background,"
               "Cu_background\n"
               "S1,0.12,0.45,9,40,0.061,0.079,10.4,31.1\n"
               "S2,0.05,0.11,8.2,28,0.061,0.079,10.4,31.1\n",
};
