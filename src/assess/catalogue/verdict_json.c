#include "assess/catalogue/verdict_json.h"

#include "assess/factor/factor.h"

const char *verdict_outcome_name(const struct verdict *verdict)
{
    static const char *const names[] = {
        [VERDICT_GIVEN] = "given",
        [VERDICT_INSUFFICIENT] = "insufficient",
        [VERDICT_NO_EDITION] = "no_edition",
    };

    return verdict ? names[verdict->outcome] : "refused";
}

static void key_text(struct json *j, const char *key, const char *text)
{
    json_key_text(j, key, text ? text : "");
}

static void key_rating(struct json *j, int rating)
{
    if (rating >= 0)
        json_key_int(j, "rating", rating);
    else
        json_key_null(j, "rating");
}

static void key_number(struct json *j, const char *key, bool given,
                       struct decimal value)
{
    if (given)
        json_key_decimal(j, key, value);
    else
        json_key_null(j, key);
}

static void names(struct json *j, const struct verdict_item *item,
                  const char *element)
{
    struct span code = span_of(item->factor);
    const struct factor_use *use = factor_use_find(code, element);
    const struct factor *factor = use ? use->factor : factor_find(code);
    const char *zh = item->name_zh, *en = item->name_en;

    if (!zh)
        zh = use ? use->name_zh : factor ? factor->name_zh : item->factor;
    if (!en)
        en = use ? use->name_en : factor ? factor->name_en : item->factor;
    json_key_text(j, "name_zh", zh);
    json_key_text(j, "name_en", en);
}

static void item_json(struct json *j, const struct verdict_item *item,
                      const char *element, bool explain)
{
    json_open(j, '{');
    json_key_text(j, "factor", item->factor);
    names(j, item, element);
    key_number(j, "value", item->has_value, item->value);
    key_text(j, "unit", item->unit);
    key_text(j, "period", item->period);
    key_rating(j, item->rating);
    key_number(j, "index", item->has_index, item->index);
    key_number(j, "limit", item->has_limit, item->limit);
    key_number(j, "multiple", item->has_multiple, item->multiple);
    json_key_bool(j, "decisive", item->decisive);
    key_text(j, "confidence", item->confidence);
    if (explain) {
        key_text(j, "step_zh", item->step_zh);
        key_text(j, "step_en", item->step_en);
    }
    json_close(j, '}');
}

void verdict_json(struct json *j, const struct verdict *v, const char *element,
                  bool explain)
{
    key_text(j, "edition", v->edition);
    key_rating(j, v->rating);
    key_number(j, "index", v->has_index, v->index);
    json_key_int(j, "level", v->level);
    key_text(j, "level_zh", v->level_zh);
    key_text(j, "level_en", v->level_en);
    key_text(j, "colour", v->colour);
    key_text(j, "confidence", v->confidence);
    key_text(j, "summary_zh", v->summary_zh);
    key_text(j, "summary_en", v->summary_en);
    key_text(j, "advice_zh", v->advice_zh);
    key_text(j, "advice_en", v->advice_en);
    json_key(j, "items");
    json_open(j, '[');
    for (size_t i = 0; i < v->item_count; i++)
        item_json(j, &v->items[i], element, explain);
    json_close(j, ']');
}
