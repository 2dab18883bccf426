#include "assess/derivation/rule_facts.h"

/* "grade nemerow / 3": what the row is about. */
static const char *what_of(const struct rule *r, struct arena *arena)
{
    return arena_printf(arena, "%s%s%s%s%s", r->record, *r->param ? " / " : "",
                        r->param, *r->name_en ? " / " : "", r->name_en);
}

void rule_facts(struct assess_facts *facts, const struct rule_table *table,
                const char *record, const char *standard)
{
    struct rule_question q = {.record = record, .standard = standard};
    struct arena arena;

    arena_init(&arena);
    for (const struct rule *r = NULL; (r = rule_next(table, q, r));) {
        assess_fact(facts, &(struct assess_fact){
                               .standard = r->standard,
                               .from_day = r->from_day,
                               .to_day = r->to_day,
                               .item = r->key,
                               .what = what_of(r, &arena),
                               .value = r->text,
                               .unit = r->unit,
                               .clause = r->clause,
                               .confidence = r->confidence,
                               .note = r->note,
                           });
        arena_clear(&arena);
    }
    arena_done(&arena);
}

int rule_day_of(const struct assess_case *c, const struct assess_cell *cell)
{
    if (cell->given && cell->day)
        return cell->day;
    return c->today ? c->today : RULE_NEWEST;
}

bool refuse_words(const struct assess_case *c,
                  const struct assess_record *record)
{
    for (size_t i = 0; i < record->value_count; i++) {
        const struct assess_value *v = &record->values[i];

        if (v->is == ASSESS_NUMBER)
            continue;
        assess_refuse(
            c, record, v->column, "需要数值;未检出请写检出限,如 <0.01",
            "a number is needed; write what was not detected with its "
            "limit of detection: <0.01");
        return true;
    }
    return false;
}
