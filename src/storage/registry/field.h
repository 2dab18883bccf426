/*
 * field - what the registry's rows are made of. One table a kind of row: it
 * reads the CSV, YAML and JSON, judges every value, makes the SQL and is
 * printed as the manual (docs/registry.md). The first fields of a kind are its
 * key; joined by ':' they name the row ("1431A:1:a34004").
 *
 * A value is text, brought to one form by field_judge. What is not given (at
 * NULL) stays as it is or, in a new row, takes its default; what is given empty
 * goes back to the default.
 *
 * Pure.
 */
#ifndef REGISTRY_FIELD_H
#define REGISTRY_FIELD_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

#include <stdint.h>

struct reference;

enum {
    FIELDS_MAX = 16,      /* of a kind */
    FIELD_VALUE_MAX = 512 /* bytes of a value */
};

enum field_kind {
    FIELD_TEXT,       /* min to max bytes of UTF-8 on one line */
    FIELD_CODE,       /* the same without blanks, ':', '/' and quotes */
    FIELD_CHOICE,     /* one of choices */
    FIELD_INT,        /* min to max */
    FIELD_BOOL,       /* yes or no */
    FIELD_DECIMAL,    /* a decimal number, its digits kept */
    FIELD_DEGREES,    /* a decimal number, min to max degrees */
    FIELD_DAY,        /* 2026-11-24 or 20261124 */
    FIELD_CLASS,      /* 1 to 5 or I to V */
    FIELD_STEPS,      /* one of the numbers in choices */
    FIELD_REGION,     /* a code of standards/regions.csv */
    FIELD_FACTOR,     /* HJ 212-2017 code; others are kept and warned of */
    FIELD_MN,         /* of a device: 0-9 A-Z a-z _ - . */
    FIELD_PASSWORD,   /* PW on the wire */
    FIELD_SYSTEM,     /* ST: two of 0-9 A-Z */
    FIELD_SM4_KEY,    /* 32 hex digits */
    FIELD_ADDRESSES,  /* CIDR blocks, separated by blanks or ';' */
    FIELD_DEVIATIONS, /* names with + or - before, against the default set */
};

enum {
    FIELD_REQUIRED = 1 << 0,
    FIELD_SECRET = 1 << 1, /* never shown again */
};

struct field {
    const char *name;
    enum field_kind kind;
    unsigned flags;
    int64_t min, max;
    const char *choices;  /* separated by blanks */
    const char *fallback; /* the default, in words; NULL: none */
    const char *example;
    const char *en, *zh;
};

enum row_kind {
    ROW_SITE,
    ROW_POINT,
    ROW_DEVICE,
    ROW_FACTOR,
    ROW_LIMIT,
    ROW_KIND_COUNT
};

struct row_schema {
    const char *name;   /* "site": as the API says it */
    const char *plural; /* "sites": the file sites.csv, the YAML list */
    const char *table;  /* of the database */
    const char *zh;
    const struct field *fields;
    size_t count;
    size_t keys; /* how many of the first fields are the key */
};

const struct row_schema *row_schema(enum row_kind kind);

/* "site" or "sites". */
enum err row_kind_parse(struct span name, enum row_kind *out) MUST_CHECK;

/* The index of a field, or -1. */
int row_field(enum row_kind kind, struct span name);

/* The values of a row; at NULL where nothing was given. */
struct row {
    struct span value[FIELDS_MAX];
};

/* "SITE:POINT:..." in the arena. */
const char *row_code(enum row_kind kind, const struct row *row,
                     struct arena *arena);

/* The reverse: fills the key fields; ERR_SYNTAX when parts are missing. */
enum err row_code_parse(enum row_kind kind, struct span code,
                        struct row *out) MUST_CHECK;

/* What is wrong with a value and what would be right. */
struct finding {
    const char *column, *value, *reason, *suggestion;
};

/*
 * Judges one value that is not empty. True: *out is its one form, in the arena
 * or in `value` itself. False: *why says reason and suggestion, in the arena.
 */
bool field_judge(const struct field *field, struct span value,
                 const struct reference *reference, struct arena *arena,
                 struct span *out, struct finding *why);

/*
 * Judges a row as a whole, its values already in their one form. Same answers;
 * a row may be fine and yet earn a *warning (reason not NULL).
 */
bool row_judge(enum row_kind kind, const struct row *row,
               const struct reference *reference, struct arena *arena,
               struct finding *why, struct finding *warning);

/* The fields of all kinds as Markdown tables, English and Chinese. */
void field_manual(struct buf *out);

/* ---- lists in a value ---- */

/* The next part of a value of addresses or deviations; false at its end. */
bool field_part(struct span *rest, struct span *part);

/* A name with its sign: "+large_segment". */
bool field_deviation(struct span part, bool *tolerated, int *deviation);

#endif
