#include "assess/aqi/aqi_table.h"

#include "assess/standard/standard.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

enum { TABLES_MAX = 8, AQI_GRID_MAX = 1 << 30 };

/* One row an input: how the table calls it, and which columns rate it. */
static const struct {
    const char *factor, *item;
    const char *setting; /* its name in the lists of inputs */
    const char
        *column[AQI_BOTH]; /* averaging of the column, hourly and daily */
} inputs[AQI_INPUT_COUNT] = {
    [AQI_SO2] = {"a21026", "SO2", "SO2", {"1h", "24h"}},
    [AQI_NO2] = {"a21004", "NO2", "NO2", {"1h", "24h"}},
    [AQI_CO] = {"a21005", "CO", "CO", {"1h", "24h"}},
    [AQI_O3_1H] = {"a05024", "O3", "O3_1h", {"1h", "1h"}},
    [AQI_O3_8H] = {"a05024", "O3", "O3_8h", {"8h", "8h"}},
    [AQI_PM10] = {"a34002", "PM10", "PM10", {"24h", "24h"}},
    [AQI_PM25] = {"a34004", "PM2.5", "PM2.5", {"24h", "24h"}},
};

static struct aqi_table tables[TABLES_MAX];
static size_t table_count;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* The row being read. */
struct row {
    const struct standard_table *t;
    size_t at;
};

static bool is(struct row r, const char *column, const char *text)
{
    return standard_cell_is(r.t, r.at, column, text);
}

static const char *text(struct row r, const char *column)
{
    return standard_text(r.t, r.at, column);
}

static struct aqi_table *table_of(struct row r)
{
    const char *name = text(r, "standard");
    struct aqi_table *table;

    for (size_t i = 0; i < table_count; i++) {
        if (span_is(span_of(tables[i].edition.name), name))
            return &tables[i];
    }
    assert(table_count < TABLES_MAX);
    table = &tables[table_count++];
    table->edition.name = name;
    table->edition.from_day = standard_day(r.t, r.at, "valid_from", 0);
    table->edition.to_day = standard_day(r.t, r.at, "valid_to", STANDARD_OPEN);
    table->publish_above = -1;
    for (int i = 0; i < AQI_INPUT_COUNT; i++) {
        table->scale[i][AQI_HOUR].beyond = table->scale[i][AQI_DAY].beyond = -1;
        table->groups_zh[i] = table->groups_en[i] = "";
    }
    for (int i = 0; i < AQI_LEVELS; i++)
        table->level[i].effect_zh = table->level[i].effect_en =
            table->level[i].action_zh = table->level[i].action_en = "";
    return table;
}

static int index_of(const char *param)
{
    assert(span_starts(span_of(param), SPAN("IAQI=")));
    return (int)strtol(param + sizeof("IAQI=") - 1, NULL, 10);
}

static void add_step(struct aqi_scale *scale, struct row r)
{
    int i = scale->steps++;
    bool given;

    assert(i < AQI_STEPS_MAX);
    given = standard_decimal(r.t, r.at, "value", &scale->at[i]);
    scale->iaqi[i] = index_of(text(r, "param"));
    assert(given && (i == 0 || scale->iaqi[i] > scale->iaqi[i - 1]));
    scale->unit = text(r, "unit");
    scale->period = text(r, "period");
    scale->clause = text(r, "clause");
    scale->confidence = text(r, "confidence");
    if (i == AQI_STEPS_MAX - 1)
        scale->beyond = scale->iaqi[i]; /* the index ends there */
}

static void read_breakpoint(struct aqi_table *table, struct row r)
{
    for (int i = 0; i < AQI_INPUT_COUNT; i++) {
        for (int when = AQI_HOUR; when < AQI_BOTH; when++) {
            if (is(r, "item", inputs[i].item) &&
                is(r, "period", inputs[i].column[when]))
                add_step(&table->scale[i][when], r);
        }
    }
}

/* SO2 1 h and O3 8 h end early; above, 2012 gives none and 2026 a number. */
static void read_rule(struct aqi_table *table, struct row r)
{
    struct span value = standard_cell(r.t, r.at, "value");
    int beyond = span_starts(value, SPAN("IAQI=")) ? index_of(value.at) : -1;

    if (is(r, "item", "SO2") && is(r, "param", "1h>800"))
        table->scale[AQI_SO2][AQI_HOUR].beyond = beyond;
    if (is(r, "item", "O3") && is(r, "param", "8h>800"))
        table->scale[AQI_O3_8H][AQI_HOUR].beyond =
            table->scale[AQI_O3_8H][AQI_DAY].beyond = beyond;
}

static void read_level(struct aqi_level *level, struct row r)
{
    const struct {
        const char *param;
        const char **to;
    } texts[] = {
        {"grade_cn", &level->grade_zh},
        {"grade_en", &level->grade_en},
        {"category_cn", &level->category_zh},
        {"category_en", &level->category_en},
        {"hex", &level->colour},
        {"effect_paraphrase", &level->effect_zh},
        {"effect_en", &level->effect_en},
        {"action_paraphrase", &level->action_zh},
        {"action_en", &level->action_en},
    };

    for (size_t i = 0; i < LENGTH(texts); i++) {
        if (is(r, "param", texts[i].param))
            *texts[i].to = text(r, "value");
    }
    if (is(r, "param", "aqi_min"))
        level->min = standard_int(r.t, r.at, "value", 0);
    if (is(r, "param", "aqi_max"))
        level->max = standard_int(r.t, r.at, "value", 0);
}

static void read_groups(struct aqi_table *table, struct row r)
{
    for (int i = 0; i < AQI_INPUT_COUNT; i++) {
        if (!is(r, "item", inputs[i].item))
            continue;
        if (is(r, "param", "groups_en"))
            table->groups_en[i] = text(r, "value");
        else
            table->groups_zh[i] = text(r, "value");
    }
}

/* "SO2;CO;O3_1h?": a question mark makes an input optional. */
static void read_inputs(struct aqi_table *table, int when, struct span list)
{
    while (list.len) {
        struct span name = span_take(&list, ';');
        bool optional = name.at[name.len - 1] == '?';
        int found = 0;

        name.len -= optional;
        for (int i = 0; i < AQI_INPUT_COUNT; i++) {
            if (!span_is(name, inputs[i].setting))
                continue;
            table->use[i][when] = optional ? AQI_OPTIONAL : AQI_REQUIRED;
            found++;
        }
        assert(found == 1);
    }
}

static void read_setting(struct aqi_table *table, struct row r)
{
    if (is(r, "param", "inputs"))
        read_inputs(table, is(r, "item", "hourly") ? AQI_HOUR : AQI_DAY,
                    standard_cell(r.t, r.at, "value"));
    if (is(r, "param", "publish_above"))
        table->publish_above = standard_int(r.t, r.at, "value", -1);
    if (is(r, "param", "unmonitored_exempt"))
        table->unmonitored_exempt = standard_int(r.t, r.at, "value", 0);
    if (is(r, "param", "aqi_min"))
        table->aqi_min = standard_int(r.t, r.at, "value", 0);
    for (int i = 0; i < AQI_INPUT_COUNT; i++) {
        if (is(r, "param", "decimals") && is(r, "item", inputs[i].item))
            table->decimals[i] = standard_int(r.t, r.at, "value", 0);
    }
}

static void read_row(struct row r)
{
    struct aqi_table *table = table_of(r);

    if (is(r, "record", "breakpoint"))
        read_breakpoint(table, r);
    else if (is(r, "record", "rule"))
        read_rule(table, r);
    else if (is(r, "record", "level") || is(r, "record", "advice")) {
        int level = standard_int(r.t, r.at, "period", 0);

        assert(level >= 1 && level <= AQI_LEVELS);
        read_level(&table->level[level - 1], r);
    } else if (is(r, "record", "sensitive_group"))
        read_groups(table, r);
    else if (is(r, "record", "setting"))
        read_setting(table, r);
}

/* The exponent of rounded values, or what the steps need. */
static void make_grid(const struct aqi_scale *scale, int decimals,
                      struct aqi_grid *grid)
{
    grid->exponent = (int8_t)-decimals;
    for (int i = 0; i < scale->steps; i++) {
        if (scale->at[i].exponent < grid->exponent)
            grid->exponent = scale->at[i].exponent;
    }
    for (int i = 0; i < scale->steps; i++) {
        struct decimal whole;
        enum err err = decimal_exact(scale->at[i], grid->exponent, &whole);

        assert(!err && whole.mantissa < AQI_GRID_MAX);
        grid->at[i] = whole.mantissa;
    }
}

static void read_all(void)
{
    const struct standard_table *t = standard_table("aqi-hj633.csv");

    assert(t);
    for (size_t row = 0; row < t->row_count; row++)
        read_row((struct row){t, row});
    for (size_t i = 0; i < table_count; i++) {
        for (int input = 0; input < AQI_INPUT_COUNT; input++) {
            for (int when = AQI_HOUR; when < AQI_BOTH; when++)
                make_grid(&tables[i].scale[input][when],
                          tables[i].decimals[input],
                          &tables[i].grid[input][when]);
        }
    }
}

const char *aqi_factor(enum aqi_input input)
{
    assert((unsigned)input < AQI_INPUT_COUNT);
    return inputs[input].factor;
}

const char *aqi_symbol(enum aqi_input input)
{
    return inputs[input].item;
}

const struct aqi_table *aqi_table_on(int day)
{
    pthread_once(&once, read_all);
    for (size_t i = 0; i < table_count; i++) {
        const struct aqi_edition *e = &tables[i].edition;

        if (standard_in_force(e->from_day, e->to_day, day))
            return &tables[i];
    }
    return NULL;
}

const struct aqi_edition *aqi_edition_at(size_t index)
{
    pthread_once(&once, read_all);
    return index < table_count ? &tables[index].edition : NULL;
}

const struct aqi_edition *aqi_edition_on(int day)
{
    const struct aqi_table *table = aqi_table_on(day);

    return table ? &table->edition : NULL;
}

/* The edition that was given out is the first member of its table. */
const struct aqi_table *aqi_table_of(const struct aqi_edition *edition)
{
    for (size_t i = 0; i < table_count; i++) {
        if (&tables[i].edition == edition)
            return &tables[i];
    }
    return NULL;
}

const struct aqi_scale *aqi_scale(const struct aqi_edition *edition,
                                  enum aqi_input input, enum cadence cadence)
{
    const struct aqi_table *table = aqi_table_of(edition);

    assert(table && (unsigned)input < AQI_INPUT_COUNT);
    return &table->scale[input][cadence == CADENCE_HOUR ? AQI_HOUR : AQI_DAY];
}

const struct aqi_level *aqi_level(const struct aqi_edition *edition, int level)
{
    const struct aqi_table *table = aqi_table_of(edition);

    assert(table && level >= 1 && level <= AQI_LEVELS);
    return &table->level[level - 1];
}
