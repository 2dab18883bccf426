#include "assess/source/source_fields.h"

#include "assess/source/limits.h"
#include "assess/source/mark_choices.h"
#include "assess/step.h"

const struct assess_choice source_plants[] = {
    {"normal", "正常运行", "normal operation", "正常"},
    {"drying", "烘炉", "drying out", NULL},
    {"startup", "启炉", "start-up", "启动"},
    {"fault", "故障", "fault", NULL},
    {"accident", "事故", "accident", NULL},
    {"shutdown", "停炉", "shut-down", NULL},
    {"cooling", "停炉降温", "cooling", NULL},
    {"stopped", "停运", "stopped", "停产"},
    {NULL, NULL, NULL, NULL},
};

const struct assess_choice source_monitors[] = {
    {"normal", "正常", "normal", "N"},
    {"maintenance", "维护", "maintenance", "M"},
    {"calibration", "校准", "calibration", "C"},
    {"fault", "监测设备故障", "fault of the monitor", "D"},
    {"lost", "通讯中断", "communication lost", "B"},
    {"comparison", "比对测试", "comparison test", NULL},
    {NULL, NULL, NULL, NULL},
};

/* "coal-fired power boiler / new / 1h_mean / O2 6 % / new plants". */
static const char *what_of(const struct source_limit *l, struct arena *arena)
{
    const char *what = arena_printf(arena, "%s / %s / %s", l->limit.use,
                                    l->limit.grade, l->limit.period);

    if (l->folds)
        what = arena_printf(arena, "%s / O2 %s %%", what,
                            step_decimal(arena, l->oxygen));
    if (*l->oxygen_when)
        what = arena_printf(arena, "%s when %s", what, l->oxygen_when);
    if (l->has_height)
        what = arena_printf(arena, "%s / stack %s m", what,
                            step_decimal(arena, l->height));
    if (l->water != WATER_ANY)
        what = arena_printf(arena, "%s / water %s 12 degC", what,
                            l->water == WATER_COLD ? "to" : "above");
    if (l->built != BUILT_ANY)
        what = arena_printf(arena, "%s / built %s %d", what,
                            l->built == BUILT_NEW ? "from" : "before",
                            l->new_since);
    if (l->from_existing)
        what = arena_printf(arena, "%s / older plants from %d", what,
                            l->from_existing);
    if (*l->regions)
        what = arena_printf(arena, "%s / region %s", what, l->regions);
    return what;
}

static void limits_as_facts(struct assess_facts *facts, struct arena *arena)
{
    size_t count;
    const struct source_limit *all = source_limits(&count);

    for (size_t i = 0; i < count; i++) {
        const struct limit *l = &all[i].limit;

        assess_fact(facts, &(struct assess_fact){
                               .standard = l->standard,
                               .from_day = l->from_day,
                               .to_day = l->to_day,
                               .item = arena_printf(
                                   arena, "%s%s", all[i].is_rate ? "rate:" : "",
                                   l->item),
                               .what = what_of(&all[i], arena),
                               .value = limit_text(l, true, arena),
                               .unit = l->unit,
                               .clause = l->clause,
                               .confidence = l->confidence,
                               .note = l->note,
                           });
        arena_clear(arena);
    }
}

void source_facts(struct assess_facts *facts)
{
    const struct standard_table *t = standard_table("source-industries.csv");
    struct arena arena;

    arena_init(&arena);
    for (size_t row = 0; t && row < t->row_count; row++)
        assess_fact(facts, &(struct assess_fact){
                               .standard = standard_text(t, row, "standard"),
                               .item = standard_text(t, row, "industry"),
                               .what = "industry",
                               .value = standard_text(t, row, "applies_to"),
                               .unit = "",
                               .clause = standard_text(t, row, "name_zh"),
                               .confidence = "",
                               .note = standard_text(t, row, "name_en"),
                           });
    limits_as_facts(facts, &arena);
    arena_done(&arena);
}
