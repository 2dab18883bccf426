#include "assess/account/vehicle.h"

#include "assess/account/quantity.h"

enum { T_DECIMALS = 6, FACTOR_DECIMALS = 6, GRAMS_TO_TONNES = -6 };

static const char file[] = "vehicle-factors.csv";

const char *const vehicle_pollutants[] = {"CO", "HC", "NOx", "PM2.5"};

struct work {
    const struct vehicle_fleet *fleet;
    struct derivation d;
    const struct rule_table *table;
    struct decimal total[VEHICLE_POLLUTANTS];
    bool counted[VEHICLE_POLLUTANTS];
    int missing;
};

/* BEF, given or of the table; false when there is none. */
static bool base_of(struct work *w, const struct vehicle_class *c, int p,
                    struct decimal *out)
{
    const char *key = arena_copy(w->d.arena, c->name).at;
    const struct rule *r;

    if (c->has_factor[p]) {
        *out = c->factor[p];
        return true;
    }
    r = rule_find(w->table,
                  (struct rule_question){.record = "bef",
                                         .key = key,
                                         .param = vehicle_pollutants[p],
                                         .day = w->fleet->day});
    if (!r)
        return false;
    derivation_rely(&w->d, r->confidence);
    *out = r->value;
    return true;
}

/* EF, and how it came about: "0.46 × 1 × 1.2 × 1 × 1 = 0.552". */
static bool correct(struct work *w, const struct vehicle_class *c,
                    struct decimal *factor, const char **out_text)
{
    struct arena *a = w->d.arena;
    const char *text = step_decimal(a, *factor);

    for (int i = 0; i < VEHICLE_CORRECTIONS; i++) {
        if (decimal_mul(*factor, c->correction[i], factor))
            return false;
        text =
            arena_printf(a, "%s × %s", text, step_decimal(a, c->correction[i]));
    }
    *factor = quantity_round(*factor, FACTOR_DECIMALS);
    *out_text = arena_printf(a, "%s = %s g/km", text, step_decimal(a, *factor));
    return true;
}

static bool emitted(const struct vehicle_class *c, struct decimal factor,
                    struct decimal *out)
{
    if (decimal_mul(c->number, c->km, out) || decimal_mul(*out, factor, out) ||
        decimal_mul(*out, DECIMAL(1, GRAMS_TO_TONNES), out))
        return false;
    *out = quantity_round(*out, T_DECIMALS);
    return true;
}

static void leave(struct work *w, const char *name, int p, struct words why)
{
    struct verdict_item *item = derivation_add(
        &w->d, vehicle_pollutants[p],
        (struct words){vehicle_pollutants[p], vehicle_pollutants[p]});

    w->missing++;
    item->period = name;
    item->step_zh = arena_printf(w->d.arena, "%s %s:%s,未计入", name,
                                 vehicle_pollutants[p], why.zh);
    item->step_en = arena_printf(w->d.arena, "%s %s: %s, left out", name,
                                 vehicle_pollutants[p], why.en);
}

static void add(struct work *w, const struct vehicle_class *c, int p)
{
    static const struct words none = {"没有排放系数", "no factor"};
    static const struct words large = {"数值过大", "too large"};
    struct arena *a = w->d.arena;
    const char *name = arena_copy(a, c->name).at, *how = "", *sum;
    struct decimal factor, t;
    struct verdict_item *item;

    if (!base_of(w, c, p, &factor)) {
        leave(w, name, p, none);
        return;
    }
    if (!correct(w, c, &factor, &how) || !emitted(c, factor, &t) ||
        decimal_add(w->total[p], t, &w->total[p])) {
        leave(w, name, p, large);
        return;
    }
    item = derivation_add(
        &w->d, vehicle_pollutants[p],
        (struct words){vehicle_pollutants[p], vehicle_pollutants[p]});
    derivation_value(item, t, "t");
    w->counted[p] = true;
    item->period = name;
    sum = arena_printf(a, "EF = %s; %s × %s × %s km × 10⁻⁶ = %s t", how,
                       step_decimal(a, c->number), step_decimal(a, factor),
                       step_decimal(a, c->km), step_decimal(a, t));
    item->step_zh = item->step_en =
        arena_printf(a, "%s %s: %s", name, vehicle_pollutants[p], sum);
}

static void conclude(struct work *w, struct verdict *out)
{
    struct arena *a = w->d.arena;
    const char *list = "";

    for (int p = 0; p < VEHICLE_POLLUTANTS; p++) {
        const char *sum = arena_printf(a, "%s %s t", vehicle_pollutants[p],
                                       step_decimal(a, w->total[p]));

        if (w->counted[p]) /* 0 t of what nobody knows would be a claim */
            list = step_join(a, list, ", ", sum);
    }
    if (!*list) {
        out->outcome = VERDICT_INSUFFICIENT;
        out->summary_zh = "没有可用的排放系数,无法计算";
        out->summary_en = "no usable factor: nothing can be computed";
        return;
    }
    out->rating = w->missing > 0;
    out->level = w->missing ? 2 : 1;
    out->level_zh = w->missing ? "有缺" : "齐全";
    out->level_en = w->missing ? "incomplete" : "complete";
    out->summary_zh =
        arena_printf(a, "机动车排放量 %s(%d 项未计入)", list, w->missing);
    out->summary_en =
        arena_printf(a, "the fleet emits %s (%d left out)", list, w->missing);
    derivation_say(&w->d, (struct words){out->summary_zh, out->summary_en});
}

void vehicle_inventory(const struct vehicle_fleet *fleet, struct arena *arena,
                       struct verdict *out)
{
    struct work w = {.fleet = fleet, .table = rule_table(file)};
    const struct rule *any = rule_find(
        w.table, (struct rule_question){.record = "bef", .day = fleet->day});

    *out = derivation_verdict(VERDICT_VEHICLE_INVENTORY, "");
    derivation_start(&w.d, arena);
    if (!any) {
        out->outcome = VERDICT_NO_EDITION;
        out->summary_zh = "该日没有适用的编制指南";
        out->summary_en = "no guide is in force on that day";
        return;
    }
    out->edition = any->standard;
    for (size_t i = 0; i < fleet->count; i++) {
        for (int p = 0; p < VEHICLE_POLLUTANTS; p++)
            add(&w, &fleet->classes[i], p);
    }
    conclude(&w, out);
    derivation_finish(&w.d, out);
}
