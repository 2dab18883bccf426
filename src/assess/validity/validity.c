#include "assess/validity/validity.h"

#include "assess/factor/factor.h"
#include "assess/standard/standard.h"

#include <assert.h>
#include <pthread.h>

enum { RULES_MAX = 128, DECIMALS_UNKNOWN = 3, MORE_THAN_RATED = 2 };

struct row {
    struct validity_rule rule;
    const char *element;
    const char *factors; /* codes with ';' between, or "*" */
    bool guard;          /* decimals "+2": those of the class and two more */
};

static struct row rows[RULES_MAX];
static size_t row_count;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static enum validity_of read_of(const struct standard_table *t, size_t row)
{
    static const char *const names[] = {
        [VALIDITY_MINUTES] = "minute",
        [VALIDITY_HOURS] = "hour",
        [VALIDITY_8H] = "8h",
        [VALIDITY_4H] = "4h",
        [VALIDITY_READINGS] = "reading",
        [VALIDITY_DAYS] = "day",
        [VALIDITY_MONTHS] = "month",
    };
    size_t i = 0;

    while (i < LENGTH(names) && !standard_cell_is(t, row, "of", names[i]))
        i++;
    assert(i < LENGTH(names));
    return (enum validity_of)i;
}

static void read_row(const struct standard_table *t, size_t row)
{
    struct row *r = &rows[row_count++];

    r->element = standard_text(t, row, "element");
    r->factors = standard_text(t, row, "factors");
    r->guard = standard_cell_is(t, row, "decimals", "+2");
    assert(standard_cell_is(t, row, "rounding", "half_even"));
    r->rule = (struct validity_rule){
        .period = standard_text(t, row, "period"),
        .standard = standard_text(t, row, "standard"),
        .from_day = standard_day(t, row, "valid_from", 0),
        .to_day = standard_day(t, row, "valid_to", STANDARD_OPEN),
        .of = read_of(t, row),
        .needed = standard_int(t, row, "needed", 0),
        .needed_february = standard_int(t, row, "needed_february", 0),
        .percent = standard_int(t, row, "percent", 0),
        .valid_above_limit =
            standard_cell_is(t, row, "valid_above_limit", "yes"),
        .decimals = r->guard ? -1 : standard_int(t, row, "decimals", -1),
        .rounding = ROUND_HALF_EVEN,
        .clause = standard_text(t, row, "clause"),
        .confidence = standard_text(t, row, "confidence"),
        .note = standard_text(t, row, "note"),
    };
}

static void read_all(void)
{
    const struct standard_table *t = standard_table("validity.csv");

    assert(t && t->row_count <= RULES_MAX);
    for (size_t row = 0; row < t->row_count; row++)
        read_row(t, row);
}

static bool names_factor(const char *factors, struct span factor)
{
    struct span rest = span_of(factors);

    while (rest.len) {
        if (span_equal(span_take(&rest, ';'), factor))
            return true;
    }
    return false;
}

static const struct validity_rule *
search(const char *element, const char *period, int day, struct span factor)
{
    for (size_t i = 0; i < row_count; i++) {
        const struct validity_rule *rule = &rows[i].rule;

        if (standard_in_force(rule->from_day, rule->to_day, day) &&
            strcmp(rows[i].element, element) == 0 &&
            strcmp(rule->period, period) == 0 &&
            names_factor(rows[i].factors, factor))
            return rule;
    }
    return NULL;
}

const struct validity_rule *validity_rule_for(const char *element,
                                              struct span factor,
                                              const char *period, int day)
{
    const struct validity_rule *own;

    pthread_once(&once, read_all);
    own = search(element, period, day, factor);
    return own ? own : search(element, period, day, SPAN("*"));
}

const struct validity_rule *validity_rule_find(const char *element,
                                               struct span factor,
                                               enum cadence cadence, int day)
{
    static const char *const periods[CADENCE_COUNT] = {
        [CADENCE_HOUR] = "1h",     [CADENCE_DAY] = "24h",
        [CADENCE_MONTH] = "month", [CADENCE_QUARTER] = "quarter",
        [CADENCE_YEAR] = "year",
    };
    const char *period =
        (unsigned)cadence < CADENCE_COUNT ? periods[cadence] : NULL;

    return period ? validity_rule_for(element, factor, period, day) : NULL;
}

/* Those a surface-water item is rated with; -1 when it is none. */
static int rated_decimals(struct span factor)
{
    const struct standard_table *t = standard_table("water-items.csv");

    assert(t);
    for (size_t row = 0; row < t->row_count; row++) {
        if (span_equal(standard_cell(t, row, "item_code"), factor))
            return standard_int(t, row, "decimals", -1);
    }
    return -1;
}

int validity_decimals(const struct validity_rule *rule, const char *element,
                      struct span factor)
{
    const struct factor_use *use = factor_use_find(factor, element);
    const struct factor *f = factor_find(factor);
    int rated = strcmp(element, "water") == 0 ? rated_decimals(factor) : -1;

    if (rule && rule->decimals >= 0)
        return rule->decimals;
    if (rated >= 0)
        return rated + MORE_THAN_RATED;
    if (use && use->decimals >= 0)
        return use->decimals;
    return f && f->decimals >= 0 ? f->decimals : DECIMALS_UNKNOWN;
}

bool validity_enough(const struct validity_rule *rule, int count, int due,
                     int month)
{
    int needed = month == 2 && rule->needed_february ? rule->needed_february
                                                     : rule->needed;

    if (count <= 0 || count < needed)
        return false;
    return (int64_t)count * 100 >= (int64_t)due * rule->percent;
}

bool validity_ozone_limit(int day, struct decimal *out)
{
    const struct standard_table *t = standard_table("air-gb3095.csv");

    assert(t);
    for (size_t row = 0; row < t->row_count; row++) {
        if (standard_cell_is(t, row, "record", "limit") &&
            standard_cell_is(t, row, "pollutant", "O3") &&
            standard_cell_is(t, row, "period", "8h_daily_max") &&
            standard_in_force(standard_day(t, row, "valid_from", 0),
                              standard_day(t, row, "valid_to", STANDARD_OPEN),
                              day))
            return standard_decimal(t, row, "class2", out);
    }
    return false;
}

const struct validity_rule *validity_rule_at(size_t index, const char **element,
                                             const char **factors)
{
    pthread_once(&once, read_all);
    if (index >= row_count)
        return NULL;
    *element = rows[index].element;
    *factors = rows[index].factors;
    return &rows[index].rule;
}
