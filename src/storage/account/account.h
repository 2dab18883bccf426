/*
 * account - who may do what: local accounts with a role, and what a password
 * has to be. The accounts and their sessions are kept by account_store.h.
 *
 * A role includes the ones below it: a viewer (查看) reads, an operator (运维)
 * also sends commands, edits the registry and lays overlays, an administrator
 * (管理员) also keeps the accounts.
 *
 * Pure: no I/O, no clock.
 */
#ifndef ACCOUNT_H
#define ACCOUNT_H

#include "base/err.h"
#include "base/span.h"

#include <stdint.h>

enum {
    ACCOUNT_NAME_MAX = 64, /* bytes */
    PASSWORD_MIN = 10,     /* characters */
    PASSWORD_MAX = 256,    /* bytes */
};

enum role { ROLE_VIEWER, ROLE_OPERATOR, ROLE_ADMINISTRATOR, ROLE_COUNT };

const char *role_name(enum role role); /* "operator" */
enum err role_parse(struct span name, enum role *out) MUST_CHECK;

struct account {
    int64_t id;
    char name[ACCOUNT_NAME_MAX + 1];
    enum role role;
    bool must_change; /* the password was given by somebody else */
    bool disabled;
    int64_t created_s;
    int64_t last_login_s;   /* 0: never */
    int64_t locked_until_s; /* 0: not locked */
};

/*
 * A name is 1 to ACCOUNT_NAME_MAX bytes of UTF-8 without blanks, control
 * characters and quotes. Names that differ only in ASCII case are the same.
 */
bool account_name_is_valid(struct span name);

enum password_verdict {
    PASSWORD_OK,
    PASSWORD_TOO_SHORT,  /* under PASSWORD_MIN characters */
    PASSWORD_TOO_LONG,   /* over PASSWORD_MAX bytes */
    PASSWORD_IS_NAME,    /* the account's name, whatever the case */
    PASSWORD_MONOTONOUS, /* fewer than four different characters */
    PASSWORD_NOT_TEXT,   /* not UTF-8, or control characters */
    PASSWORD_IS_OLD,     /* a change to the same; not from password_judge */
    PASSWORD_VERDICT_COUNT
};

enum password_verdict password_judge(struct span name, struct span password);
const char *password_text_en(enum password_verdict verdict);
const char *password_text_zh(enum password_verdict verdict);

/* Equal? Takes the same time wherever they differ. */
bool secret_equal(struct span a, struct span b);

#endif
