#include "assess/soil/soil_input.h"

#include "assess/derivation/rule_facts.h"

#include <assert.h>

const struct assess_choice soil_land_choices[] = {
    {"paddy", "水田", "paddy", "水田;paddy field"},
    {"other", "其他(旱地、菜地等)", "other (upland, vegetables)",
     "旱地;菜地;其他;upland"},
    {"rotation", "水旱轮作", "paddy-upland rotation", "水旱轮作;轮作"},
    {"orchard", "果园", "orchard (copper has its own value)", "果园"},
    {NULL, NULL, NULL, NULL},
};

void soil_items_add(struct soil_items *list, const struct soil_item *item)
{
    assert(list->count < SOIL_ITEMS_MAX);
    list->items[list->count++] = (struct assess_item){.code = item->code,
                                                      .name_zh = item->name_zh,
                                                      .name_en = item->name_en,
                                                      .unit = "mg/kg"};
}

const struct assess_item *soil_items_find(const struct soil_items *list,
                                          const char *code)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i].code, code) == 0)
            return &list->items[i];
    }
    return NULL;
}

const struct soil_value *soil_values(const struct assess_case *c,
                                     const struct assess_record *record)
{
    struct soil_value *values =
        arena_new(c->arena, record->value_count + 1, sizeof(*values));

    if (refuse_words(c, record))
        return NULL;
    for (size_t i = 0; i < record->value_count; i++) {
        const struct assess_value *v = &record->values[i];

        values[i] =
            (struct soil_value){v->item->code, v->value, v->below_detection};
    }
    return values;
}
