/*
 * secret - the cryptography of accounts: Argon2id for passwords, SHA-256 and
 * random bytes for tokens. Private to this folder.
 */
#ifndef ACCOUNT_SECRET_H
#define ACCOUNT_SECRET_H

#include "storage/account/account_store.h"

enum {
    SECRET_BYTES = 32,
    PASSWORD_HASH_MAX = 192, /* "$argon2id$v=19$m=...$salt$hash" with NUL */
};

/* ERR_FULL when there is no memory for it. */
enum err secret_hash_password(const struct password_cost *cost,
                              struct span password,
                              char out[PASSWORD_HASH_MAX]) MUST_CHECK;

/* Whether the password is that of the hash; takes what a hash costs. */
bool secret_password_is(const char *hash, struct span password);

/* Takes as long as secret_password_is and learns nothing. */
void secret_waste(const struct password_cost *cost, struct span password);

/* A new token: random bytes in hex. Aborts when the system has none. */
void secret_token(char out[SECRET_TEXT_LEN + 1]);

/* SHA-256 of prefix and text. */
void secret_digest(const char *prefix, struct span text,
                   unsigned char out[SECRET_BYTES]);

/* The CSRF token that goes with a session's token. */
void secret_csrf(struct span token, char out[SECRET_TEXT_LEN + 1]);

#endif
