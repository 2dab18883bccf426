#include "assess/emergency/emergency.h"

static const char file[] = "emergency.csv";

static const char *const numbers[] = {
    [EMERGENCY_DEATHS] = "deaths",
    [EMERGENCY_INJURED] = "injured",
    [EMERGENCY_EVACUATED] = "evacuated",
    [EMERGENCY_LOSS] = "loss",
};

static const char *const choices[] = {
    [EMERGENCY_ECOLOGY] = "ecology",
    [EMERGENCY_INTAKE] = "intake",
    [EMERGENCY_RADIOACTIVE] = "radioactive",
    [EMERGENCY_SPREAD] = "spread",
};

static const char *const conditions[] = {
    [EMERGENCY_DRINKING_ZONE] = "drinking_zone",
    [EMERGENCY_SENSITIVE_PLACE] = "sensitive_place",
    [EMERGENCY_HEAVY_METAL] = "heavy_metal",
    [EMERGENCY_BEYOND_PROVINCE] = "beyond_province",
    [EMERGENCY_UNREST] = "unrest",
    [EMERGENCY_AUTHORITY] = "authority",
};

static const char *const digits[] = {"", "1", "2", "3", "4"};
static const char *const romans[] = {"", "I", "II", "III", "IV"};

struct work {
    const struct emergency *e;
    struct derivation d;
    const struct rule_table *table;
    int day;
    int grade; /* 0: none reached yet */
    int known; /* criteria that say something */
    int report_as;
};

static const struct rule *rule(const struct work *w, const char *record,
                               const char *key, const char *param)
{
    return rule_find(w->table, (struct rule_question){.record = record,
                                                      .key = key,
                                                      .param = param,
                                                      .day = w->day});
}

static const char *moment(const struct work *w, int64_t s)
{
    struct civil c = civil_from_utc(s);

    return arena_printf(w->d.arena, "%04d-%02d-%02d %02d:%02d", c.year, c.month,
                        c.day, c.hour, c.minute);
}

static void say(struct work *w, const char *zh, const char *en)
{
    derivation_say(&w->d, (struct words){zh, en});
}

/* ---- the grade ---- */

static void note_grade(struct work *w, struct verdict_item *item, int grade)
{
    item->rating = grade;
    if (!w->grade || grade < w->grade)
        w->grade = grade;
}

/* The first bound a number reaches, and its grade; NULL and 0: none. */
static const struct rule *reached(const struct work *w, const char *key,
                                  struct decimal value, int *out_grade)
{
    for (int g = 1; g <= EMERGENCY_GRADES; g++) {
        const struct rule *low = rule(w, "at_least", key, digits[g]);
        const struct rule *over = rule(w, "above", key, digits[g]);

        *out_grade = g;
        if (low && decimal_compare(value, low->value) >= 0)
            return low;
        if (over && decimal_compare(value, over->value) > 0)
            return over;
    }
    *out_grade = 0;
    return NULL;
}

static void judge_number(struct work *w, enum emergency_number n)
{
    struct arena *a = w->d.arena;
    const struct rule *name = rule(w, "at_least", numbers[n], "1"), *hit;
    struct verdict_item *item;
    const char *text, *sign;
    int grade;

    if (!w->e->has_number[n] || !name)
        return;
    w->known++;
    item = derivation_add(&w->d, numbers[n],
                          (struct words){name->name_zh, name->name_en});
    derivation_value(item, w->e->number[n], name->unit);
    derivation_item_rely(&w->d, item, name->confidence);
    text = step_quantity(a, item->value, name->unit);
    hit = reached(w, numbers[n], item->value, &grade);
    if (!hit) {
        item->step_zh =
            arena_printf(a, "%s %s:不构成分级条件", name->name_zh, text);
        item->step_en =
            arena_printf(a, "%s %s: no criterion", name->name_en, text);
        return;
    }
    note_grade(w, item, grade);
    item->has_limit = true;
    item->limit = hit->value;
    sign = strcmp(hit->record, "above") == 0 ? ">" : "≥";
    item->step_zh = arena_printf(a, "%s %s %s %s → %s 级", name->name_zh, text,
                                 sign, hit->text, romans[grade]);
    item->step_en = arena_printf(a, "%s %s %s %s → grade %s", name->name_en,
                                 text, sign, hit->text, romans[grade]);
}

static void judge_choice(struct work *w, enum emergency_choice n)
{
    struct arena *a = w->d.arena;
    const char *choice = w->e->choice[n];

    if (!choice)
        return;
    w->known++;
    for (int g = 1; g <= EMERGENCY_GRADES; g++) {
        const struct rule *r = rule(w, "is", choices[n], digits[g]);
        struct verdict_item *item;

        if (!r || strcmp(r->text, choice) != 0)
            continue;
        item = derivation_add(&w->d, choices[n],
                              (struct words){r->name_zh, r->name_en});
        note_grade(w, item, g);
        derivation_item_rely(&w->d, item, r->confidence);
        item->step_zh = arena_printf(a, "%s → %s 级", r->name_zh, romans[g]);
        item->step_en = arena_printf(a, "%s → grade %s", r->name_en, romans[g]);
    }
}

/* The worst criterion decides; the same grade twice does not make it worse. */
static void conclude_grade(struct work *w, struct verdict *out)
{
    struct arena *a = w->d.arena;
    struct words list = {"", ""};
    const struct rule *name = rule(w, "grade", digits[w->grade], "name");
    const struct rule *colour = rule(w, "colour", digits[w->grade], "alert");
    const struct rule *lead = rule(w, "response", digits[w->grade], "leader");

    for (size_t i = 0; i < w->d.count; i++) {
        struct verdict_item *item = &w->d.items[i];

        item->decisive = item->rating == w->grade;
        if (item->decisive)
            list = words_join(a, list,
                              (struct words){item->name_zh, item->name_en});
    }
    out->rating = w->grade;
    out->level = w->grade;
    out->level_zh = name->name_zh;
    out->level_en = name->name_en;
    out->colour = colour->text;
    say(w,
        arena_printf(a, "按最重的一项定级:%s 级(%s),由 %s 决定",
                     romans[w->grade], name->name_zh, list.zh),
        arena_printf(a, "the worst criterion decides: grade %s (%s), by %s",
                     romans[w->grade], name->name_en, list.en));
    derivation_rely(&w->d, lead->confidence);
    say(w,
        arena_printf(a, "预警颜色:%s;应急响应 %s 级:%s;终止由启动机关决定",
                     colour->name_zh, lead->text, lead->name_zh),
        arena_printf(a,
                     "alert: %s; response level %s: %s; lifting it is for the "
                     "body that started it",
                     colour->name_en, lead->text, lead->name_en));
}

/* ---- the clocks ---- */

/* An item: from, hours and the moment it is due; answers that moment. */
static int64_t tell_clock(struct work *w, const char *record, const char *code,
                          int64_t from_s)
{
    const struct rule *r = rule(w, record, digits[w->report_as], "hours");
    struct arena *a = w->d.arena;
    struct verdict_item *item;
    int64_t due;

    if (!r)
        return from_s;
    due = from_s + r->value.mantissa * HOUR_S;
    item = derivation_add(&w->d, code, (struct words){r->name_zh, r->name_en});
    derivation_value(item, r->value, "h");
    derivation_item_rely(&w->d, item, r->confidence);
    item->period = moment(w, due);
    item->step_zh = arena_printf(a, "%s:%s + %s h = 不迟于 %s", r->name_zh,
                                 moment(w, from_s), r->text, item->period);
    item->step_en =
        arena_printf(a, "%s: %s + %s h = not later than %s", r->name_en,
                     moment(w, from_s), r->text, item->period);
    return due;
}

/* The first condition that makes an unclear level be treated otherwise. */
static const struct rule *treated(const struct work *w)
{
    for (int i = 0; i < EMERGENCY_CONDITIONS; i++) {
        if (w->e->condition[i])
            return rule(w, "unclear", conditions[i], "treat_as");
    }
    return NULL;
}

static bool choose_clock(struct work *w)
{
    bool unclear = w->e->unclear || !w->known;
    const struct rule *as = unclear ? treated(w) : NULL;

    w->report_as = w->grade;
    if (!as)
        return w->grade > 0;
    if (!w->grade || as->value.mantissa < w->grade)
        w->report_as = (int)as->value.mantissa;
    derivation_rely(&w->d, as->confidence);
    say(w,
        arena_printf(w->d.arena, "级别暂不明确且%s → 按 %s 级的时限报告",
                     as->name_zh, romans[w->report_as]),
        arena_printf(w->d.arena,
                     "the level is not yet clear and %s → reported as grade %s",
                     as->name_en, romans[w->report_as]));
    return true;
}

/* "serious (grade II)"; how it is reported when that is another grade. */
static struct words told_as(const struct work *w, const struct verdict *v)
{
    struct arena *a = w->d.arena;
    const char *as = romans[w->report_as];

    if (!w->grade)
        return WORDS(a, "级别暂不明确,按 %s 级报告",
                     "level not yet clear, reported as grade %s", as);
    if (w->report_as == w->grade)
        return (struct words){
            arena_printf(a, "%s(%s 级)", v->level_zh, as),
            arena_printf(a, "%s (grade %s)", v->level_en, as)};
    return (struct words){
        arena_printf(a, "%s(%s 级),暂不明确,按 %s 级报告", v->level_zh,
                     romans[w->grade], as),
        arena_printf(a, "%s (grade %s), not yet clear, reported as grade %s",
                     v->level_en, romans[w->grade], as)};
}

static void tell_reports(struct work *w, struct verdict *out)
{
    struct arena *a = w->d.arena;
    bool again = w->e->earlier_grade && w->report_as < w->e->earlier_grade;
    int64_t from = again ? w->e->risen_s : w->e->learned_s, first;
    struct words told = told_as(w, out);

    if (again)
        say(w,
            arena_printf(a, "级别由 %s 升为 %s:自 %s 起按新级别重报",
                         romans[w->e->earlier_grade], romans[w->report_as],
                         moment(w, from)),
            arena_printf(a,
                         "the grade rose from %s to %s: reported again by the "
                         "new one from %s on",
                         romans[w->e->earlier_grade], romans[w->report_as],
                         moment(w, from)));
    first =
        tell_clock(w, "first_report", again ? "report_again" : "report", from);
    tell_clock(w, "province_report", "province_report", first);
    tell_clock(w, "follow_up", "follow_up", first);
    out->summary_zh = arena_printf(a, "%s:%s不迟于 %s(自 %s 起算)", told.zh,
                                   again ? "重报" : "首报", moment(w, first),
                                   moment(w, from));
    out->summary_en =
        arena_printf(a, "%s: %s not later than %s (from %s)", told.en,
                     again ? "report again" : "first report", moment(w, first),
                     moment(w, from));
}

static void judge(struct work *w, struct verdict *out)
{
    for (int i = 0; i < EMERGENCY_NUMBERS; i++)
        judge_number(w, (enum emergency_number)i);
    for (int i = 0; i < EMERGENCY_CHOICES; i++)
        judge_choice(w, (enum emergency_choice)i);
    if (w->grade)
        conclude_grade(w, out);
    if (choose_clock(w)) {
        tell_reports(w, out);
    } else if (!w->known) {
        out->outcome = VERDICT_INSUFFICIENT;
        out->summary_zh = "没有任何分级条件,也没有须按 II 级对待的情形";
        out->summary_en = "no criterion was given, and nothing that makes an "
                          "unclear level be treated as grade II";
    } else {
        out->level_zh = "未达到分级条件";
        out->level_en = "no grade reached";
        out->summary_zh = "所给条件均未达到一般事件";
        out->summary_en = "nothing given reaches grade IV";
        say(w, out->summary_zh, out->summary_en);
    }
    derivation_finish(&w->d, out);
}

void emergency_grade(const struct emergency *e, struct arena *arena,
                     struct verdict *out)
{
    struct work w = {.e = e, .table = rule_table(file)};
    const struct rule *name, *clock;

    w.day = civil_day_number(e->learned_s);
    derivation_start(&w.d, arena);
    *out = derivation_verdict(VERDICT_EMERGENCY_GRADE, "");
    out->start_s = e->learned_s;
    out->cadence = CADENCE_SAMPLE;
    name = rule(&w, "grade", "1", "name");
    clock = rule(&w, "first_report", "1", "hours");
    if (!name || !clock) {
        out->outcome = VERDICT_NO_EDITION;
        out->summary_zh = "该日没有适用的分级或报告规定";
        out->summary_en = "no plan of grades or reports is in force that day";
        return;
    }
    out->edition =
        arena_printf(arena, "%s; %s", name->standard, clock->standard);
    judge(&w, out);
}
