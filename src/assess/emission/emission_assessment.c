#include "assess/catalogue/assessment.h"
#include "assess/emission/emission.h"
#include "assess/factor/factor.h"
#include "base/memory.h"

#include <pthread.h>

/* Any factor of the catalogue may have a limit. */
static struct assess_item *items;
static size_t item_count;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void read_items(void)
{
    const struct factor *f;

    while (factor_at(item_count))
        item_count++;
    items = memory_new(item_count + 1, sizeof(*items));
    for (size_t i = 0; (f = factor_at(i)); i++)
        items[i] = (struct assess_item){
            .code = f->code,
            .name_zh = f->name_zh,
            .name_en = f->name_en,
            .may_be_negative = span_is(span_of(f->code), "w01010"),
        };
}

static const struct assess_item *item_at(size_t index)
{
    pthread_once(&once, read_items);
    return index < item_count ? &items[index] : NULL;
}

/* The catalogue knows best: names of water and air are the same at times. */
static const struct assess_item *item_named(struct span name)
{
    const struct factor *f = factor_find(name);
    const struct assess_item *item = NULL;

    for (size_t i = 0; f && (item = item_at(i)); i++) {
        if (strcmp(item->code, f->code) == 0)
            break;
    }
    return item;
}

enum { VALUES_MAX = 256 }; /* of one outlet and period */

enum {
    OUTLET,
    TIME,
    MIN,
    MAX,
    LIMIT_UNIT,
    STANDARD,
    CONVERTED,
    AVERAGING,
};

static const struct assess_choice averagings[] = {
    {"day", "日均值", "daily mean", NULL},
    {"hour", "小时均值", "hourly mean", NULL},
    {NULL, NULL, NULL, NULL},
};

static const struct assess_field fields[] = {
    [OUTLET] = {.name = "outlet",
                .aliases = "排放口;排口",
                .kind = ASSESS_TEXT,
                .flags = ASSESS_KEY,
                .zh = "排放口",
                .en = "the outlet"},
    [TIME] = {.name = "time",
              .aliases = "date;day;start;日期;时间;监测时间",
              .kind = ASSESS_DAY,
              .flags = ASSESS_REQUIRED | ASSESS_KEY,
              .zh = "时段的起始(北京时间)",
              .en = "start of the period (Beijing time)"},
    [MIN] = {.name = "min",
             .aliases = "下限",
             .kind = ASSESS_DECIMAL,
             .flags = ASSESS_SIGNED,
             .zh = "限值的下限",
             .en = "lower limit"},
    [MAX] = {.name = "max",
             .aliases = "limit;限值;上限",
             .kind = ASSESS_DECIMAL,
             .flags = ASSESS_SIGNED,
             .zh = "限值",
             .en = "the limit"},
    [LIMIT_UNIT] = {.name = "limit_unit",
                    .aliases = "限值单位",
                    .kind = ASSESS_TEXT,
                    .zh = "限值的单位;未给时与数值的单位相同",
                    .en = "unit of the limit; that of the value when not "
                          "given"},
    [STANDARD] = {.name = "standard",
                  .aliases = "标准",
                  .kind = ASSESS_TEXT,
                  .standard = "limit",
                  .zh = "限值所属的标准或许可证",
                  .en = "the standard or permit of the limit"},
    [CONVERTED] = {.name = "converted",
                   .aliases = "折算",
                   .kind = ASSESS_YES,
                   .standard = "no",
                   .zh = "数值和限值都是折算值",
                   .en = "value and limit are the converted ones"},
    [AVERAGING] = {.name = "averaging",
                   .kind = ASSESS_CHOICE,
                   .flags = ASSESS_OF_CASE,
                   .standard = "day",
                   .choices = averagings,
                   .zh = "数值的时段",
                   .en = "what the values are means of"},
    {.name = NULL},
};

/* The values and limits of a case, handed in as two lists. */
struct lists {
    const struct assess_case *c;
    struct emission_value *values;
    struct emission_limit *limits;
    size_t value_count, limit_count;
};

/*
 * The value in the limit's unit; false when it is refused. Without a unit of
 * the limit it is the value's, without both that of the catalogue.
 */
static bool convert(const struct lists *l, const struct assess_record *r,
                    const struct assess_value *v, const char **unit,
                    struct decimal *out)
{
    const struct assess_cell *limit_unit = &r->cell[LIMIT_UNIT];
    struct span wanted = limit_unit->given ? limit_unit->text : v->unit;
    const struct factor *factor = factor_find(span_of(v->item->code));

    *unit = wanted.len ? unit_find(wanted) : factor ? factor->wire_unit : "";
    *out = v->value;
    if (*unit &&
        (!v->unit.len || !unit_convert(v->value, v->unit, span_of(*unit), out)))
        return true;
    assess_refuse(l->c, r, limit_unit->given ? SPAN("limit_unit") : v->column,
                  *unit ? "单位不符,无法精确换算,请改用可换算的单位"
                        : "未知单位,请用 --list 所列单位",
                  *unit ? "wrong unit: the value cannot be converted exactly "
                          "to that of the limit"
                        : "unknown unit: use one of --list");
    return false;
}

static void set_value(struct lists *l, const char *factor, bool converted,
                      struct decimal value)
{
    struct emission_value *v = NULL;

    for (size_t i = 0; i < l->value_count && !v; i++) {
        if (strcmp(l->values[i].factor, factor) == 0)
            v = &l->values[i];
    }
    if (!v)
        v = &l->values[l->value_count++];
    v->factor = factor;
    if (converted) {
        v->known_converted = true;
        v->converted = value;
    } else {
        v->known = true;
        v->value = value;
    }
}

static struct emission_limit limit_of(const struct lists *l,
                                      const struct assess_record *r,
                                      const char *factor, const char *unit)
{
    return (struct emission_limit){
        .factor = factor,
        .standard = arena_copy(l->c->arena, r->cell[STANDARD].text).at,
        .has_min = r->cell[MIN].given,
        .has_max = r->cell[MAX].given,
        .min = r->cell[MIN].number,
        .max = r->cell[MAX].number,
        .unit = unit,
        .converted = r->cell[CONVERTED].choice,
    };
}

/* False when the record is refused. */
static bool add_record(struct lists *l, const struct assess_record *r)
{
    for (size_t i = 0; i < r->value_count; i++) {
        const struct assess_value *v = &r->values[i];
        const char *unit;
        struct decimal value;

        if (v->below_detection) {
            assess_refuse(l->c, r, v->column, "未检出:请写数值,或留空",
                          "below detection: write digits, or leave it empty");
            return false;
        }
        if (!convert(l, r, v, &unit, &value))
            return false;
        set_value(l, v->item->code, r->cell[CONVERTED].choice, value);
        if (r->cell[MIN].given || r->cell[MAX].given)
            l->limits[l->limit_count++] = limit_of(l, r, v->item->code, unit);
    }
    return true;
}

static void judge(const struct assess_case *c)
{
    struct lists l = {.c = c};
    struct verdict verdict;
    size_t count = 0, refused = 0;
    bool by_day = c->records[0].cell[AVERAGING].choice == 0;

    for (size_t i = 0; i < c->count; i++)
        count += c->records[i].value_count;
    if (count > VALUES_MAX) {
        assess_refuse(c, NULL, SPAN("outlet"), "一个排放口的数值过多",
                      "too many values of one outlet and period");
        return;
    }
    l.values = arena_new(c->arena, count + 1, sizeof(*l.values));
    l.limits = arena_new(c->arena, count + 1, sizeof(*l.limits));
    for (size_t i = 0; i < c->count; i++)
        refused += !add_record(&l, &c->records[i]);
    if (refused == c->count)
        return;
    emission_outlet(l.values, l.value_count, l.limits, l.limit_count,
                    by_day ? CADENCE_DAY : CADENCE_HOUR, c->from_day, c->arena,
                    &verdict);
    assess_give(c, NULL, &verdict);
}

const struct assessment outlet_assessment = {
    .name = "outlet",
    .kind = VERDICT_OUTLET,
    .element = "source",
    .title_zh = "排放口达标判定(自带限值)",
    .title_en = "a discharge against limits that the table brings along",
    .standards = {NULL},
    .fields = fields,
    .has_items = true,
    .kept_is_key = true,
    .item_at = item_at,
    .item_named = item_named,
    .judge = judge,
    .rating_zh = "1 超标,0 达标",
    .rating_en = "1 when a limit is exceeded, else 0",
    .notes_zh = "等于限值为达标。数值按全部位数比较,不修约。",
    .notes_en = "Equal to the limit is within. Values are compared with all "
                "their digits.",
    .example = "outlet,time,factor,value,unit,max,min,limit_unit,standard,"
               "converted\n"
               "DA001,2026-11-24,a21026,0.1001,g/m3,100,,mg/m3,"
               "GB 13223-2011,yes\n"
               "DW001,2026-11-24,w01001,6,,9,6,,GB 18918-2002,\n"
               "DW001,2026-11-24,w01018,50,mg/L,50,,mg/L,GB 18918-2002,\n",
};
