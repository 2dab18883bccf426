#include "assess/factor/factor.h"
#include "assess/source/constant.h"
#include "assess/source/source_standard.h"
#include "assess/step.h"

const char *source_item_name(const char *item, bool english)
{
    const struct factor *f = factor_find(span_of(item));
    const struct source_limit *all;
    size_t count;

    if (f && strcmp(f->code, item) == 0)
        return english ? f->name_en : f->name_zh;
    all = source_limits(&count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(all[i].limit.item, item) == 0)
            return english ? all[i].limit.name_en : all[i].limit.name_zh;
    }
    return item;
}

/* What has been done so far, one calculation behind the other. */
static void then(struct converted *sum, const struct converted *next,
                 struct arena *arena)
{
    sum->value = next->value;
    if (!arena)
        return;
    sum->step_zh = step_join(arena, sum->step_zh, ";", next->step_zh);
    sum->step_en = step_join(arena, sum->step_en, "; ", next->step_en);
}

static enum convert_verdict missing(const char *out[2], const char *zh,
                                    const char *en)
{
    out[0] = zh;
    out[1] = en;
    return CONVERT_OUT_OF_RANGE;
}

static enum convert_verdict make_dry(const struct source_gas *gas,
                                     struct arena *arena, struct converted *sum,
                                     const char *out_missing[2])
{
    struct converted c;
    enum convert_verdict verdict;

    if (!gas->has_moisture)
        return missing(out_missing, "湿基数值缺湿度",
                       "a value of the wet gas needs the moisture");
    verdict = convert_dry(sum->value, gas->moisture, arena, &c);
    if (!verdict)
        then(sum, &c, arena);
    return verdict;
}

/* The dry oxygen of the gas; a calculation when it was measured wet. */
static enum convert_verdict dry_oxygen(const struct source_gas *gas,
                                       struct arena *arena,
                                       struct converted *out,
                                       const char *out_missing[2])
{
    *out = (struct converted){gas->oxygen, "", ""};
    if (!gas->has_oxygen)
        return missing(out_missing, "缺氧含量,不能折算",
                       "the oxygen is missing, so nothing is converted");
    return gas->oxygen_wet ? make_dry(gas, arena, out, out_missing)
                           : CONVERT_OK;
}

static enum convert_verdict make_folded(const struct source_gas *gas,
                                        struct decimal reference,
                                        struct arena *arena,
                                        struct converted *sum,
                                        const char *out_missing[2])
{
    struct converted oxygen, c;
    enum convert_verdict verdict = dry_oxygen(gas, arena, &oxygen, out_missing);

    if (verdict)
        return verdict;
    verdict = convert_fold(sum->value, oxygen.value, reference, arena, &c);
    if (verdict == CONVERT_NOT_FOLDABLE && arena) {
        const char *o2 = step_decimal(arena, oxygen.value);
        const char *most =
            step_decimal(arena, source_number("oxygen_not_foldable"));

        out_missing[0] =
            arena_printf(arena, "氧含量 %s %% ≥ %s %%,不能折算", o2, most);
        out_missing[1] = arena_printf(
            arena, "oxygen %s %% ≥ %s %% is too high to convert", o2, most);
    }
    if (verdict)
        return verdict;
    if (*oxygen.step_zh && arena) {
        sum->step_zh = arena_printf(arena, "%s%s氧含量%s", sum->step_zh,
                                    *sum->step_zh ? ";" : "", oxygen.step_zh);
        sum->step_en = arena_printf(arena, "%s%soxygen %s", sum->step_en,
                                    *sum->step_en ? "; " : "", oxygen.step_en);
    }
    then(sum, &c, arena);
    return CONVERT_OK;
}

/* six words of one calculation: NOLINTNEXTLINE(readability-function-size) */
enum convert_verdict source_prepare(const struct source_gas *gas,
                                    const struct source_limit *limit,
                                    struct decimal value, struct arena *arena,
                                    struct converted *out,
                                    const char *out_missing[2])
{
    enum convert_verdict verdict = CONVERT_OK;
    bool folds = limit->folds && !gas->folded &&
                 (!*limit->oxygen_when || gas->condition);

    *out = (struct converted){value, "", ""};
    out_missing[0] = out_missing[1] = NULL;
    if (limit->is_rate || limit->is_water)
        return CONVERT_OK; /* a rate is never folded */
    if (gas->wet)
        verdict = make_dry(gas, arena, out, out_missing);
    if (!verdict && folds)
        verdict = make_folded(gas, limit->oxygen, arena, out, out_missing);
    return verdict;
}
