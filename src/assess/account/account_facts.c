#include "assess/account/account_facts.h"

#include "assess/derivation/rule_facts.h"
#include "assess/validity/validity.h"

static const char *counted(enum validity_of of)
{
    static const char *const names[] = {
        [VALIDITY_MINUTES] = "minutes", [VALIDITY_HOURS] = "hours",
        [VALIDITY_8H] = "8 h means",    [VALIDITY_4H] = "4 h values",
        [VALIDITY_READINGS] = "values", [VALIDITY_DAYS] = "days",
        [VALIDITY_MONTHS] = "months",
    };

    return names[of];
}

static void validity_fact(struct assess_facts *facts, struct arena *arena,
                          const struct validity_rule *r, const char *element)
{
    const char *value = r->percent ? arena_printf(arena, ">= %d %%", r->percent)
                                   : arena_printf(arena, ">= %d", r->needed);

    assess_fact(facts, &(struct assess_fact){
                           .standard = r->standard,
                           .from_day = r->from_day,
                           .to_day = r->to_day,
                           .item = element,
                           .what = arena_printf(arena, "valid %s", r->period),
                           .value = value,
                           .unit = counted(r->of),
                           .clause = r->clause,
                           .confidence = r->confidence,
                           .note = r->note,
                       });
}

void source_validity_facts(struct assess_facts *facts)
{
    const char *element, *factors;
    const struct validity_rule *r;
    struct arena arena;

    arena_init(&arena);
    for (size_t i = 0; (r = validity_rule_at(i, &element, &factors)); i++) {
        if (strncmp(element, "source_", strlen("source_")) == 0)
            validity_fact(facts, &arena, r, element);
        arena_clear(&arena);
    }
    arena_done(&arena);
}

/* "capture 75..90, gap 24.. h": when a row holds; "" when always. */
static const char *when_of(const struct standard_table *t, size_t row,
                           struct arena *arena)
{
    const char *from = standard_text(t, row, "capture_from");
    const char *below = standard_text(t, row, "capture_below");
    const char *over = standard_text(t, row, "gap_over_h");
    const char *to = standard_text(t, row, "gap_to_h");
    const char *when = "";

    if (*from || *below)
        when = arena_printf(arena, " / capture from %s%s%s %%", from,
                            *below ? " to below " : "", below);
    if (*over || *to)
        when = arena_printf(arena, "%s / gap%s%s%s%s h", when,
                            *over ? " over " : "", over, *to ? " to " : "", to);
    return when;
}

void source_substitution_facts(struct assess_facts *facts)
{
    const struct standard_table *t = standard_table("source-substitution.csv");
    struct arena arena;

    arena_init(&arena);
    for (size_t row = 0; t && row < t->row_count; row++) {
        assess_fact(
            facts,
            &(struct assess_fact){
                .standard = standard_text(t, row, "standard"),
                .from_day = standard_day(t, row, "valid_from", 0),
                .to_day = standard_day(t, row, "valid_to", STANDARD_OPEN),
                .item = standard_text(t, row, "medium"),
                .what = arena_printf(&arena, "%s%s",
                                     standard_text(t, row, "method"),
                                     when_of(t, row, &arena)),
                .value = standard_text(t, row, "window"),
                .unit = standard_text(t, row, "window_of"),
                .clause = standard_text(t, row, "clause"),
                .confidence = standard_text(t, row, "confidence"),
                .note = standard_text(t, row, "note"),
            });
        arena_clear(&arena);
    }
    arena_done(&arena);
    source_validity_facts(facts);
}

void source_accounting_facts(struct assess_facts *facts)
{
    const struct rule_table *t = rule_table("source-rules.csv");

    rule_facts(facts, t, "priority", NULL);
    rule_facts(facts, t, "balance", NULL);
}

/* A method without numbers of its own: its formulas. */
void load_non_point_facts(struct assess_facts *facts)
{
    static const char *const formulas[][3] = {
        {"L", "load", "sum of E x A + p"},
        {"delivered", "delivered", "L x lambda"},
    };
    const struct standard_edition *e =
        standard_edition_on("Johnes 1996", RULE_NEWEST);

    for (size_t i = 0; e && i < LENGTH(formulas); i++)
        assess_fact(facts, &(struct assess_fact){
                               .standard = e->standard,
                               .from_day = e->from_day,
                               .to_day = e->to_day,
                               .item = formulas[i][0],
                               .what = formulas[i][1],
                               .value = formulas[i][2],
                               .unit = "kg",
                               .clause = "",
                               .confidence = e->confidence,
                               .note = e->note,
                           });
}

void vehicle_inventory_facts(struct assess_facts *facts)
{
    rule_facts(facts, rule_table("vehicle-factors.csv"), NULL, NULL);
}

/* Schedule 2: one equivalent is so much of the pollutant. */
static void equivalents(struct assess_facts *facts)
{
    const struct standard_table *t = standard_table("env-tax-equivalents.csv");
    const struct standard_edition *e =
        standard_edition_on("环境保护税法", RULE_NEWEST);
    struct arena arena;

    arena_init(&arena);
    for (size_t row = 0; t && e && row < t->row_count; row++) {
        assess_fact(facts,
                    &(struct assess_fact){
                        .standard = e->standard,
                        .from_day = e->from_day,
                        .to_day = e->to_day,
                        .item = standard_text(t, row, "name_zh"),
                        .what = arena_printf(&arena, "%s / %s / %s no. %s",
                                             standard_text(t, row, "name_en"),
                                             standard_text(t, row, "medium"),
                                             standard_text(t, row, "group"),
                                             standard_text(t, row, "seq")),
                        .value = standard_text(t, row, "equivalent_value"),
                        .unit = standard_text(t, row, "equivalent_unit"),
                        .clause = standard_text(t, row, "clause"),
                        .confidence = standard_text(t, row, "confidence"),
                        .note = standard_text(t, row, "note"),
                    });
        arena_clear(&arena);
    }
    arena_done(&arena);
}

void environment_tax_facts(struct assess_facts *facts)
{
    static const char *const records[] = {"taxed", "reduction", "rate",
                                          "rate_bound", "ph_band"};

    for (size_t i = 0; i < LENGTH(records); i++)
        rule_facts(facts, rule_table("source-rules.csv"), records[i], NULL);
    equivalents(facts);
}
