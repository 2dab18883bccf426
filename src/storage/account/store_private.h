/*
 * store_private - what account_store.c and session.c share. The mutex guards
 * the connection; functions here are called with it held.
 */
#ifndef ACCOUNT_STORE_PRIVATE_H
#define ACCOUNT_STORE_PRIVATE_H

#include "db/db.h"
#include "storage/account/account_store.h"

#include <pthread.h>
#include <stdatomic.h>

struct account_store {
    pthread_mutex_t mutex;
    struct db *db;
    struct password_cost cost;
    atomic_int hashers; /* callers hashing at this moment */
};

/* Columns 0 to 7: id, name, role, must_change, disabled, created_s,
 * last_login_s, locked_until_s. */
enum err account_from_row(struct stmt *stmt, struct account *out) MUST_CHECK;

enum err account_read(struct account_store *store, struct span name,
                      struct account *out) MUST_CHECK;

/* Runs a statement whose parameters are a text, or a text and a number, or two
 * numbers. */
enum err account_run_text(struct account_store *store, const char *sql,
                          struct span text) MUST_CHECK;
enum err account_run_both(struct account_store *store, const char *sql,
                          struct span text, int64_t number) MUST_CHECK;
enum err account_run_numbers(struct account_store *store, const char *sql,
                             int64_t first, int64_t second) MUST_CHECK;

/* A new hash; ends the sessions but one (0: all). */
enum err account_store_hash(struct account_store *store, int64_t account,
                            const char *hash, bool must_change,
                            int64_t kept_session) MUST_CHECK;

/* One of HASHERS_MAX; without the mutex. */
bool hasher_enter(struct account_store *store);
void hasher_leave(struct account_store *store);

#endif
