/*
 * assessment - one assessment as the program offers it: what a table of input
 * must say, which standards stand behind it, and the function that judges. The
 * same description makes the filter (shangyou assess NAME), its --help and
 * --list, the API (POST /api/v1/assessments/NAME) and the calculator page, so
 * that adding an assessment is one file and one line in catalogue.def.
 *
 * Input is a table of text, from CSV or JSON. A column is one of
 *
 *     field      named by the assessment: a zone, a land use, a pH, a day.
 *                A field may also be given once for all rows: --land_use paddy
 *     item       something measured, one column each (wide), or all of them in
 *                the columns item, value and unit (long)
 *     kept       anything else; passed through to the output
 *
 * A record is what one row says, or, in a long table, the rows that agree in
 * all columns but item, value and unit. Records that agree in the KEY fields
 * and lie in the same period make a case, and a case is judged as a whole: a
 * station's year from its days, the ranking of a month from all its cities.
 * Without KEY and PERIOD fields every record is a case: a sample by itself.
 *
 * The engine has checked the form of everything before an assessment sees it:
 * a cell that is not what its field says refuses its record, with line, column,
 * value, reason and what to do. What only the assessment can know it refuses
 * itself, with assess_refuse.
 */
#ifndef ASSESSMENT_H
#define ASSESSMENT_H

#include "assess/limit/limit.h"
#include "assess/verdict.h"

enum {
    ASSESS_FIELDS_MAX = 32,
    ASSESS_KEYS_MAX = 6,
    ASSESS_STANDARDS_MAX = 24,
};

enum assess_field_kind {
    ASSESS_TEXT,    /* a name, at most 200 bytes */
    ASSESS_DECIMAL, /* a number, in `unit` when that is not NULL */
    ASSESS_COUNT,   /* a whole number, not negative */
    ASSESS_DAY,     /* a Beijing day or time; `day`, and `start_s` if a time */
    ASSESS_CHOICE,  /* one of `choices` */
    ASSESS_YES,     /* yes or no; as an option: --name alone is yes */
    ASSESS_PERIOD,  /* day, month, quarter, half_year, year or all: how the
                       days are gathered into cases */
};

struct assess_choice {
    const char *name; /* "paddy" */
    const char *zh, *en;
    const char *aliases; /* "水田;paddy field": also taken; may be NULL */
};

/* The members without a comment in their order of the printed help. */
struct assess_field {
    const char *name;    /* the column, and --name on the command line */
    const char *aliases; /* other column names, ";" between; may be NULL */
    enum assess_field_kind kind;
    unsigned flags;       /* ASSESS_KEY ... */
    const char *unit;     /* of a decimal; NULL: a plain number */
    const char *standard; /* value when not given ("paddy", "0"); NULL: none */
    const struct assess_choice *choices; /* ends with a NULL name */
    const char *zh, *en;                 /* what it is, one line each */
};

/* What the choice of a PERIOD cell is; the first DAY field is gathered. */
enum assess_period {
    ASSESS_EACH_DAY,
    ASSESS_EACH_MONTH,
    ASSESS_EACH_QUARTER,
    ASSESS_EACH_HALF_YEAR,
    ASSESS_EACH_YEAR,
    ASSESS_ALL_DAYS,
};

enum {
    ASSESS_KEY = 1,      /* records of a case agree in it */
    ASSESS_REQUIRED = 2, /* neither column nor option: nothing is judged */
    ASSESS_SIGNED = 4,   /* a decimal may be negative */
    ASSESS_OPTIONAL = 8, /* may be empty in a row although REQUIRED */
    ASSESS_OF_CASE = 16, /* the same for all records of a case, no key */
};

/* Something that can be measured, as this assessment knows it. */
struct assess_item {
    const char *code; /* canonical, or a name of our own ("cas:50-32-8") */
    const char *name_zh, *name_en;
    const char *unit; /* values arrive in it, exactly converted; NULL: as they
                         are, with the unit beside */
    bool may_be_negative;
    bool may_be_text;    /* "none", "present" are answers */
    const char *aliases; /* other names, ";" between; may be NULL */
};

/*
 * "<0.01", "0.01L", "ND<0.01", "未检出(0.01)": below_detection, and value is
 * the limit of detection. A bare "ND" or "未检出" tells no limit:
 * below_detection, value 0, NOT_DETECTED; the reader is told so. "无" and "有"
 * are NONE and PRESENT with value 0. Who can use no such answer refuses it.
 */
struct assess_value {
    const struct assess_item *item;
    struct decimal value; /* in the item's unit */
    bool below_detection; /* value is the detection limit */
    enum { ASSESS_NUMBER, ASSESS_NOT_DETECTED, ASSESS_NONE, ASSESS_PRESENT } is;
    struct span column; /* as the table calls it */
    struct span unit;   /* as written, or empty */
};

struct assess_cell {
    bool given; /* in the row, by option, or by the field's standard value */
    struct span text;
    struct decimal number; /* DECIMAL, COUNT */
    int choice;            /* CHOICE: index; YES: 0 or 1 */
    int day;               /* DAY: yyyymmdd */
    int64_t start_s;       /* DAY: that moment; midnight when only a day */
};

struct assess_record {
    int line;
    const struct assess_cell *cell; /* one a field, in the field's order */
    const struct assess_value *values;
    size_t value_count;
};

struct assess_case {
    const struct assess_record *records; /* in the order of the input */
    size_t count;                        /* at least 1 */
    int from_day, to_day; /* the period, or the first and last day there is */
    int today;            /* for what has no day of its own; 0: not told */
    struct arena *arena;  /* of the case: everything the verdict points to */
    struct assess_results *results;
};

/* The value of an item in a record, or NULL. */
const struct assess_value *assess_find(const struct assess_record *record,
                                       const char *code);

/*
 * Hands over a verdict about the case, or about one record of it; its cells
 * are passed through beside the verdict. A case may have any number of them
 * (one a city), in the order in which they are to be printed. A verdict about
 * a part of the case's days is handed over with a copy of the case whose days
 * are that part.
 */
void assess_give(const struct assess_case *c,
                 const struct assess_record *record,
                 const struct verdict *verdict);

/*
 * The record (NULL: the case) is refused: names the column, as the table or the
 * description calls it, and why and what to do. The texts may lie on the case's
 * arena.
 */
void assess_refuse(const struct assess_case *c,
                   const struct assess_record *record, struct span column,
                   const char *reason_zh, const char *reason_en);

/* A row of --list, and of the API's answer about the assessment. */
struct assess_fact {
    const char *standard;
    int from_day, to_day;
    const char *item, *what; /* "a34004", "IAQI 100"; "w01018", "class III" */
    const char *value;       /* "115", "6-9", "<= 0.05" */
    const char *unit, *clause, *confidence, *note;
};

struct assess_facts;
void assess_fact(struct assess_facts *facts, const struct assess_fact *fact);
void assess_fact_limits(struct assess_facts *facts,
                        const struct limit_table *table);

struct assessment {
    const char *name; /* "soil-farmland" */
    enum verdict_kind kind;
    const char *element; /* air, water, drinking_water, groundwater, soil,
                            noise, radiation, ecology, source, emergency,
                            shared */
    const char *title_zh, *title_en;
    /* documents by their names in editions.csv, NULL behind the last */
    const char *standards[ASSESS_STANDARDS_MAX];
    const struct assess_field *fields; /* ends with a NULL name */
    /* false: the table has no items, only fields */
    bool has_items;
    bool items_optional; /* with has_items: a table without any is taken too */
    /* records of a case agree in the columns that are passed through too */
    bool kept_is_key;
    /* the items in their order; NULL behind the last. Names, codes, aliases of
     * the factor catalogue and CAS numbers lead to them. Always the same. */
    const struct assess_item *(*item_at)(size_t index);
    /* what a name means here when it is not simply an item's (O3_8h); may be
     * NULL. NULL when it means nothing, else one of item_at. */
    const struct assess_item *(*item_named)(struct span name);
    void (*judge)(const struct assess_case *c);
    void (*facts)(struct assess_facts *facts); /* may be NULL */
    const char *index_zh, *index_en;   /* what verdict.index is; NULL: none */
    const char *rating_zh, *rating_en; /* what verdict.rating is */
    const char *notes_zh, *notes_en;   /* decisions a reader must know */
    const char *example;               /* CSV that runs as printed */
};

/* By name; NULL when there is none. */
const struct assessment *assessment_find(struct span name);

/* In the order of catalogue.def; NULL behind the last. */
const struct assessment *assessment_at(size_t index);

#endif
