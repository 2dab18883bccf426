/*
 * source constant - the single numbers that the rules of pollution sources
 * need, by name: the molar volume, the oxygen of the air, the hours of a day.
 * Rows of standards/source-constants.csv; what is our own reading says so
 * (standard "-" or clause "own", confidence "low").
 *
 * Lives as long as the program. Thread-safe.
 */
#ifndef SOURCE_CONSTANT_H
#define SOURCE_CONSTANT_H

#include "base/decimal.h"

struct source_constant {
    const char *name;
    struct decimal value;
    const char *unit, *standard, *clause, *confidence, *note;
};

/* A name that the table does not have is our own mistake and asserts. */
struct source_constant source_constant(const char *name);

/* Its value alone. */
struct decimal source_number(const char *name);

/* The same as a whole number. */
int source_count(const char *name);

#endif
