#include "assess/catalogue/results.h"

const struct assess_value *assess_find(const struct assess_record *record,
                                       const char *code)
{
    for (size_t i = 0; i < record->value_count; i++) {
        if (strcmp(record->values[i].item->code, code) == 0)
            return &record->values[i];
    }
    return NULL;
}

static struct assess_result *add(const struct assess_case *c,
                                 const struct assess_record *record)
{
    struct assess_result *result = arena_new(c->arena, 1, sizeof(*result));
    struct assess_results *all = c->results;

    result->record = record;
    result->from_day = c->from_day;
    result->to_day = c->to_day;
    if (all->last)
        all->last->next = result;
    else
        all->first = result;
    all->last = result;
    return result;
}

/* The lowest of the items, where the assessment does not say itself. */
static const char *confidence_of(const struct verdict *verdict)
{
    const char *lowest = NULL;

    for (size_t i = 0; i < verdict->item_count; i++) {
        const char *c = verdict->items[i].confidence;

        if (c && *c)
            lowest = confidence_lower(lowest, c);
    }
    return lowest;
}

void assess_give(const struct assess_case *c,
                 const struct assess_record *record,
                 const struct verdict *verdict)
{
    struct verdict *copy = arena_new(c->arena, 1, sizeof(*copy));

    *copy = *verdict;
    if (!copy->confidence)
        copy->confidence = confidence_of(verdict);
    add(c, record)->verdict = copy;
}

void assess_refuse(const struct assess_case *c,
                   const struct assess_record *record, struct span column,
                   const char *reason_zh, const char *reason_en)
{
    struct assess_result *result = add(c, record);

    result->column = column;
    result->reason_zh = reason_zh;
    result->reason_en = reason_en;
}

/* ---- facts ---- */

void assess_fact(struct assess_facts *facts, const struct assess_fact *fact)
{
    facts->add(facts, fact);
}

/* "III river 24h": what tells limits of one item apart. */
static const char *what_of(const struct limit *limit, struct arena *arena)
{
    const char *parts[] = {limit->grade, limit->use, limit->period};
    const char *text = "";

    for (size_t i = 0; i < LENGTH(parts); i++) {
        if (*parts[i])
            text = *text ? arena_printf(arena, "%s / %s", text, parts[i])
                         : parts[i];
    }
    return text;
}

void assess_fact_limits(struct assess_facts *facts,
                        const struct limit_table *table)
{
    struct arena arena;

    arena_init(&arena);
    for (size_t i = 0; table && i < table->count; i++) {
        const struct limit *limit = &table->limits[i];

        assess_fact(facts, &(struct assess_fact){
                               .standard = limit->standard,
                               .from_day = limit->from_day,
                               .to_day = limit->to_day,
                               .item = limit->item,
                               .what = what_of(limit, &arena),
                               .value = limit_text(limit, true, &arena),
                               .unit = limit->unit,
                               .clause = limit->clause,
                               .confidence = limit->confidence,
                               .note = limit->note,
                           });
        arena_clear(&arena);
    }
    arena_done(&arena);
}
