/*
 * err - the errors of the program. 0 is success; err.def lists the others. A
 * module whose callers decide by the answer has verdicts of its own instead.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

enum err {
    OK = 0,
#define ERR(name, text) ERR_##name,
#include "base/err.def"
#undef ERR
    ERR_COUNT
};

#define MUST_CHECK __attribute__((warn_unused_result))

/* "not found"; never NULL. */
const char *err_text(enum err err);

/* "NOT_FOUND"; never NULL. */
const char *err_name(enum err err);

#endif
