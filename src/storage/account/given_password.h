/*
 * given_password - what the commands that make accounts share: where a password
 * comes from (a file, or chance), and the ledger's record of what was done.
 */
#ifndef GIVEN_PASSWORD_H
#define GIVEN_PASSWORD_H

#include "storage/account/account_store.h"

struct given_password {
    char text[PASSWORD_MAX + 1];
    bool generated; /* to be shown, once */
};

/*
 * The first line of `file` ("-": standard input), or without a file a new one
 * of 80 random bits. False: it is not taken, and standard error says why.
 */
bool given_password(const char *file, const char *name,
                    struct given_password *out);

/* Shows a generated password on standard output. */
void given_password_show(const struct given_password *password,
                         const char *name);

/*
 * Writes {"action", "name", "role", "by": "command line"} to the ledger of a
 * data directory. While a server has the ledger it cannot; then a warning says
 * so. `role` may be NULL.
 */
void record_account(const char *data, const char *action, const char *name,
                    const char *role);

#endif
