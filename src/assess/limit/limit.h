/*
 * limit - the tables of limits that all elements share: an item, a grade it
 * belongs to (a class, a zone, a land use, a level), a bound and its value. A
 * file of standards/ is read once into a limit_table; which columns make the
 * grade differs and is told by the reader.
 *
 * Comparing is with the value as it is handed in: who must round, rounds
 * before, as the standard says. Equal to a bound is inside, unless the bound is
 * open.
 *
 * Tables live as long as the program; thread-safe. The rest is pure.
 */
#ifndef ASSESS_LIMIT_H
#define ASSESS_LIMIT_H

#include "assess/standard/standard.h"
#include "base/arena.h"

enum limit_bound {
    LIMIT_MAX,          /* value <= high */
    LIMIT_MIN,          /* value >= low */
    LIMIT_RANGE,        /* low .. high */
    LIMIT_ABOVE,        /* value > low: what the worst class says of itself */
    LIMIT_NOT_DETECTED, /* must not be found */
    LIMIT_NONE,         /* sensory: none */
    LIMIT_PRESENT,      /* sensory: there; the worst class */
};

struct limit {
    const char *standard, *clause, *confidence, *note;
    int from_day, to_day; /* yyyymmdd */
    const char *item;     /* code, or "cas:7440-43-9" when it has none */
    const char *name_zh, *name_en, *unit;
    /* what the limit is for; "" when the table does not tell it apart */
    const char *grade;  /* "III", "1A", "class 2", "screening" */
    const char *use;    /* "paddy", "river", "municipal plant", "60 m" */
    const char *period; /* "24h", "day", "night", "hour_mean" */
    enum limit_bound bound;
    struct decimal low, high;
    bool low_open, high_open;
    size_t row; /* in the table it came from, for the columns of its own */
};

struct limit_table {
    const struct standard_table *source;
    const struct limit *limits;
    size_t count;
};

/* Which columns of a file say what; NULL: it has none of that. */
struct limit_columns {
    const char *item, *item_else; /* "item_code", "cas" */
    const char *grade, *use, *period;
    const char *low_inclusive, *high_inclusive; /* "0"/"1" cells */
};

/*
 * Reads a file of standards/ (NULL when there is no such file): rows whose
 * bound is not one of ours (a sentence) are left out. Days are those of the
 * row (valid_from, valid_to), else of its standard in editions.csv.
 */
struct limit_table *limit_table_read(const char *file,
                                     const struct limit_columns *columns);

/* The first limit of these, in force on the day; NULL asks for any. */
const struct limit *limit_find(const struct limit_table *table,
                               const char *item, const char *grade,
                               const char *use, const char *period, int day);

/*
 * The editions of a table: its standards, each with its days. A reader that
 * lays a table out in arrays has one for each of them, and picks by the day.
 */
enum { LIMIT_EDITIONS_MAX = 8 };

struct limit_editions {
    struct limit_edition {
        const char *standard;
        int from_day, to_day;
    } at[LIMIT_EDITIONS_MAX];
    size_t count;
};

struct limit_editions limit_editions(const struct limit_table *table);

/* Which of them a row belongs to. */
size_t limit_edition_of(const struct limit_editions *editions,
                        const struct limit *limit);

/* Which of them is in force; -1: none. */
int limit_edition_on(const struct limit_editions *editions, int day);

bool limit_meets(const struct limit *limit, struct decimal value);

/* What a value is compared with: high of a MAX, low of a MIN, the end of a
 * RANGE that it breaks (the nearer one when it lies inside). */
struct decimal limit_compared(const struct limit *limit, struct decimal value);

/* value / limit - 1 with two decimals, half to even; false when there is none:
 * within, a lower bound, a range, or a limit of 0. */
bool limit_multiple(const struct limit *limit, struct decimal value,
                    struct decimal *out);

/* "≤ 0.05", "6.5–8.5", "> 25", "不得检出" / "not detected" */
const char *limit_text(const struct limit *limit, bool english,
                       struct arena *arena);

/* "0.07 > 0.05" as it turned out: the comparison with its real sign. */
const char *limit_comparison(const struct limit *limit, struct decimal value,
                             struct arena *arena);

/* The lower of two confidences: low < medium < high; "" is above all. */
const char *confidence_lower(const char *a, const char *b);

/* "高", "中", "低"; the text itself when it is none of them. */
const char *confidence_zh(const char *confidence);

#endif
