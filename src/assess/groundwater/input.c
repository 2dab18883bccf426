#include "assess/groundwater/input.h"

#include "assess/step.h"

struct measured measured_of(const struct assess_value *value)
{
    struct measured m = {.item = value->item->code, .value = value->value};

    switch (value->is) {
    case ASSESS_NUMBER:
        m.below_detection = value->below_detection;
        break;
    case ASSESS_NOT_DETECTED:
        m.is = MEASURED_NOT_DETECTED;
        break;
    case ASSESS_NONE:
        m.is = MEASURED_NONE;
        break;
    case ASSESS_PRESENT:
        m.is = MEASURED_PRESENT;
        break;
    }
    return m;
}

struct measured *measured_all(const struct assess_record *record,
                              struct arena *arena)
{
    struct measured *all =
        arena_new(arena, record->value_count + 1, sizeof(*all));

    for (size_t i = 0; i < record->value_count; i++)
        all[i] = measured_of(&record->values[i]);
    return all;
}

/* What stands before a bracket of that beginning; empty when there is none. */
static struct span before(const char *name, const char *bracket)
{
    const char *hit = strstr(name, bracket);

    return hit ? span_trim((struct span){name, (size_t)(hit - name)})
               : SPAN("");
}

const char *measured_aliases(const char *name_zh, const char *name_en,
                             struct arena *arena)
{
    static const char *const brackets[] = {"(以",     "(总量)",  "(铂钴",
                                           "(散射",   "(藻类",   "(as ",
                                           "(total)", "(during", "(CODMn"};
    const char *list = "";

    for (size_t i = 0; i < LENGTH(brackets); i++) {
        struct span names[] = {before(name_zh, brackets[i]),
                               before(name_en, brackets[i])};

        for (size_t j = 0; j < LENGTH(names); j++) {
            if (names[j].len)
                list =
                    step_join(arena, list, ";", arena_copy(arena, names[j]).at);
        }
    }
    return *list ? list : NULL;
}
