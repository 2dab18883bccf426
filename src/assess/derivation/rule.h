/*
 * rule - the rows of a table that are no plain limits: grades, weights,
 * corrections, formulas' constants. A row says one thing: of a standard, under
 * a key and a parameter, a value. Tables of ecology, whose key has three parts,
 * are read with these joined by "/": "habitat_quality/forest/shrub".
 *
 * A table is ours; what it must hold is asserted. Thread-safe; rows live as
 * long as the program.
 */
#ifndef ASSESS_RULE_H
#define ASSESS_RULE_H

#include "assess/standard/standard.h"
#include "base/arena.h"

struct rule {
    const char *record, *standard, *key, *param;
    const char *text;              /* the value as written */
    bool is_number;                /* then `value` is it */
    struct decimal value;          /* 1/3 is none */
    int from_day, to_day;          /* of the row, else of its edition */
    const char *name_zh, *name_en; /* "" where the table has none */
    const char *unit, *clause, *confidence, *note;
};

struct rule_table {
    const struct rule *rules;
    size_t count;
};

/* "soil-rules.csv"; read at the first call. */
const struct rule_table *rule_table(const char *file);

/* The day when none was given: what is in force today and has no end. */
enum { RULE_NEWEST = STANDARD_OPEN };

/*
 * With a day a standard stands for its document: the row is one of the edition
 * in force. Without one it is that edition and no other.
 */
struct rule_question {
    const char *record, *standard, *key, *param; /* NULL: any */
    int day;                                     /* 0: any */
};

/* The row that answers, in the table's order; NULL when there is none. */
const struct rule *rule_find(const struct rule_table *table,
                             struct rule_question question);

/* The same, and there must be one. */
const struct rule *rule_need(const struct rule_table *table,
                             struct rule_question question);

/* The next one behind `last` (NULL: the first). */
const struct rule *rule_next(const struct rule_table *table,
                             struct rule_question question,
                             const struct rule *last);

struct rule_range {
    bool has_low, has_high;
    struct decimal low, high;
};

/* "50.1..55.0", "..50.0", "65.1.."; false when it is none. */
bool rule_range(const struct rule *rule, struct rule_range *out);

#endif
