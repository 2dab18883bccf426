/*
 * account_store - accounts and sessions in <data>/account.db.
 *
 * A password is kept as an Argon2id hash (RFC 9106, second recommendation: 64
 * MiB, 3 passes, 4 lanes, 16 bytes of salt, 32 bytes of hash). A session is a
 * token of 32 random bytes that only the browser knows; the store keeps its
 * SHA-256, so that a stolen file opens no session. The CSRF token follows from
 * the session's token and is not stored either.
 *
 * Five wrong passwords lock a name for fifteen minutes. An unknown name is
 * counted, locked and answered like a known one and takes as long, so that
 * nobody learns from outside which names exist.
 *
 * Time is an argument (UTC seconds). Any thread may call any function; hashing
 * is done outside the lock, by HASHERS_MAX callers at a time.
 */
#ifndef ACCOUNT_STORE_H
#define ACCOUNT_STORE_H

#include "base/arena.h"
#include "storage/account/account.h"

enum {
    LOGIN_FAILURES_MAX = 5,
    LOGIN_LOCK_S = 15 * 60,
    SESSION_IDLE_S = 30 * 60,
    SESSION_LIFE_S = 12 * 3600,
    SESSION_SEEN_STEP_S = 30,  /* "last seen" is kept this exactly */
    SESSIONS_PER_ACCOUNT = 32, /* a further one ends the oldest */
    SECRET_TEXT_LEN = 64,      /* 32 bytes in hex */
    HASHERS_MAX = 2,
};

/* What a hash costs; tests take less. */
struct password_cost {
    uint32_t memory_kib, passes, lanes;
};

struct account_store;

/* Opens or creates. `cost` NULL: as above. Errors of db_open. */
enum err account_store_open(const char *path, const struct password_cost *cost,
                            struct account_store **out) MUST_CHECK;
void account_store_close(struct account_store *store);

/* ---- accounts ---- */

/*
 * ERR_EXISTS; ERR_INVALID when name or password break the rules (ask
 * account_name_is_valid and password_judge for the reason).
 */
enum err account_add(struct account_store *store, struct span name,
                     enum role role, struct span password, bool must_change,
                     int64_t now_s) MUST_CHECK;

/* ERR_NOT_FOUND. */
enum err account_find(struct account_store *store, struct span name,
                      struct account *out) MUST_CHECK;

/* All, by name, in the arena. */
enum err account_list(struct account_store *store, struct arena *arena,
                      struct account **out, size_t *out_count) MUST_CHECK;

/*
 * A new password given by an administrator: ends all sessions of the account
 * and unlocks it; the owner has to change it. ERR_INVALID, ERR_NOT_FOUND.
 */
enum err account_reset_password(struct account_store *store, struct span name,
                                struct span password) MUST_CHECK;

/*
 * The last enabled administrator can neither be disabled nor get another role:
 * ERR_DENIED. Disabling ends the sessions. ERR_NOT_FOUND.
 */
enum err account_set_disabled(struct account_store *store, struct span name,
                              bool disabled) MUST_CHECK;
enum err account_set_role(struct account_store *store, struct span name,
                          enum role role) MUST_CHECK;

/* Forgets the failures of a name. ERR_NOT_FOUND when there is no account. */
enum err account_unlock(struct account_store *store,
                        struct span name) MUST_CHECK;

/* ---- sessions ---- */

enum login_verdict {
    LOGIN_OK,
    LOGIN_WRONG,  /* name or password, or the account is disabled */
    LOGIN_LOCKED, /* too many failures: 15 minutes */
    LOGIN_BUSY,   /* too many log-ins at this moment: ask again (429) */
    LOGIN_ERROR,  /* the store failed; it is logged */
};

struct session {
    int64_t id; /* names it in lists; opens nothing */
    struct account account;
    int64_t created_s, seen_s;
    int64_t ends_s; /* when it ends if nobody comes: idle or absolute limit */
    char peer[64];  /* the address it was opened from */
    char token[SECRET_TEXT_LEN + 1]; /* for the cookie; only from log-in */
    char csrf[SECRET_TEXT_LEN + 1];  /* not in lists */
};

/*
 * Logs in and opens a session. An account that must change its password gets
 * one too; the caller lets it do nothing else until it has.
 */
enum login_verdict account_login(struct account_store *store, struct span name,
                                 struct span password, struct span peer,
                                 int64_t now_s, struct session *out);

/*
 * The session of a cookie, and marks it seen. ERR_NOT_FOUND when it is unknown,
 * ended, timed out, or its account is disabled.
 */
enum err session_find(struct account_store *store, struct span token,
                      int64_t now_s, struct session *out) MUST_CHECK;

/* Whether the X-CSRF-Token of a write belongs to the session. */
bool session_csrf_is(const struct session *session, struct span csrf);

/* Logs out; ERR_NOT_FOUND when there was none. */
enum err session_end(struct account_store *store, struct span token) MUST_CHECK;

/*
 * The owner changes the password: LOGIN_WRONG (old one; it counts as a
 * failure), LOGIN_LOCKED. *judged says why a new one is not accepted; then the
 * answer is LOGIN_OK and nothing changed. PASSWORD_OK: it is changed, and all
 * other sessions of the account have ended.
 */
enum login_verdict account_change_password(struct account_store *store,
                                           const struct session *session,
                                           struct span old_password,
                                           struct span new_password,
                                           int64_t now_s,
                                           enum password_verdict *judged);

/* Live sessions of an account (id 0: of all), newest first, in the arena. */
enum err session_list(struct account_store *store, int64_t account,
                      int64_t now_s, struct arena *arena, struct session **out,
                      size_t *out_count) MUST_CHECK;

/* Ends one by its id; ERR_NOT_FOUND. */
enum err session_revoke(struct account_store *store, int64_t id) MUST_CHECK;

#endif
