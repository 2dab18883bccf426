#include "base/memory.h"
#include "db/db.h"
#include "storage/account/secret.h"
#include "storage/account/store_private.h"

/* Names that failed and are remembered; unknown ones count too. */
enum { ATTEMPTS_MAX = 10000 };

/* ---- failures ---- */

struct attempt {
    int64_t failures, last_s, locked_until_s;
};

static enum err attempt_read(struct account_store *store, struct span name,
                             struct attempt *out)
{
    struct stmt *stmt = NULL;
    enum err err = db_prepare(store->db,
                              "SELECT failures, last_s, locked_until_s"
                              " FROM attempt WHERE name = ?",
                              &stmt);

    *out = (struct attempt){0};
    if (!err) {
        stmt_bind_text(stmt, 1, name);
        err = stmt_step(stmt);
        if (!err)
            *out = (struct attempt){stmt_int(stmt, 0), stmt_int(stmt, 1),
                                    stmt_int(stmt, 2)};
    }
    stmt_free(stmt);
    return err == ERR_NOT_FOUND ? OK : err;
}

static enum err attempt_write(struct account_store *store, struct span name,
                              const struct attempt *attempt)
{
    struct stmt *stmt = NULL;
    enum err err = db_prepare(store->db,
                              "INSERT OR REPLACE INTO attempt (name, failures,"
                              " last_s, locked_until_s) VALUES (?, ?, ?, ?)",
                              &stmt);

    if (!err) {
        stmt_bind_text(stmt, 1, name);
        stmt_bind_int(stmt, 2, attempt->failures);
        stmt_bind_int(stmt, 3, attempt->last_s);
        stmt_bind_int(stmt, 4, attempt->locked_until_s);
        err = stmt_run(stmt);
    }
    stmt_free(stmt);
    return err;
}

/* Forgets what is long ago, and the oldest when there are too many. */
static enum err attempts_prune(struct account_store *store, int64_t now_s)
{
    enum err err = account_run_numbers(
        store, "DELETE FROM attempt WHERE last_s < ? OR last_s > ?",
        now_s - LOGIN_LOCK_S, now_s + LOGIN_LOCK_S);

    if (!err)
        err = account_run_numbers(
            store,
            "DELETE FROM attempt WHERE name IN"
            " (SELECT name FROM attempt ORDER BY last_s DESC"
            " LIMIT ? OFFSET ?)",
            -1, ATTEMPTS_MAX);
    return err;
}

/*
 * Counts an attempt as failed before it is made, so that many at once gain
 * nothing; a success takes it back.
 */
static enum err attempt_begin(struct account_store *store, struct span name,
                              int64_t now_s, bool *out_locked)
{
    struct attempt attempt;
    enum err err = attempts_prune(store, now_s);

    if (!err)
        err = attempt_read(store, name, &attempt);
    if (err)
        return err;
    *out_locked = now_s < attempt.locked_until_s;
    if (*out_locked)
        return OK;
    if (attempt.locked_until_s)
        attempt = (struct attempt){0}; /* the lock has run out */
    attempt.failures++;
    attempt.last_s = now_s;
    if (attempt.failures >= LOGIN_FAILURES_MAX)
        attempt.locked_until_s = now_s + LOGIN_LOCK_S;
    return attempt_write(store, name, &attempt);
}

/* ---- log-in ---- */

/* The hash of an enabled account; empty when there is none. */
static enum err hash_of(struct account_store *store, struct span name,
                        char out[PASSWORD_HASH_MAX])
{
    struct stmt *stmt = NULL;
    enum err err = db_prepare(
        store->db, "SELECT hash FROM account WHERE name = ? AND NOT disabled",
        &stmt);

    out[0] = '\0';
    if (!err) {
        stmt_bind_text(stmt, 1, name);
        err = stmt_step(stmt);
        if (!err)
            span_copy(stmt_text(stmt, 0), out, PASSWORD_HASH_MAX);
    }
    stmt_free(stmt);
    return err == ERR_NOT_FOUND ? OK : err;
}

/* Judges a password; *hash is what it was judged by. */
static enum login_verdict check(struct account_store *store, struct span name,
                                struct span password, int64_t now_s,
                                char hash[PASSWORD_HASH_MAX])
{
    bool locked = false, known;
    enum err err;

    if (password.len > PASSWORD_MAX)
        password.len = 0; /* no password is that long, and none is empty */
    if (!hasher_enter(store))
        return LOGIN_BUSY;
    pthread_mutex_lock(&store->mutex);
    err = attempt_begin(store, name, now_s, &locked);
    if (!err && !locked)
        err = hash_of(store, name, hash);
    pthread_mutex_unlock(&store->mutex);
    known = !err && !locked && hash[0];
    if (!err && !locked && !known)
        secret_waste(&store->cost, password);
    if (known)
        known = secret_password_is(hash, password);
    hasher_leave(store);
    if (err)
        return LOGIN_ERROR;
    return locked ? LOGIN_LOCKED : known ? LOGIN_OK : LOGIN_WRONG;
}

static void set_end(struct session *session)
{
    int64_t idle = session->seen_s + SESSION_IDLE_S;
    int64_t life = session->created_s + SESSION_LIFE_S;

    session->ends_s = idle < life ? idle : life;
}

static enum err sessions_prune(struct account_store *store, int64_t now_s)
{
    return account_run_numbers(
        store, "DELETE FROM session WHERE seen_s <= ? OR created_s <= ?",
        now_s - SESSION_IDLE_S, now_s - SESSION_LIFE_S);
}

static enum err session_insert(struct account_store *store,
                               struct session *session)
{
    unsigned char digest[SECRET_BYTES];
    struct stmt *stmt = NULL;
    enum err err = db_prepare(store->db,
                              "INSERT INTO session (account, digest, peer,"
                              " created_s, seen_s) VALUES (?, ?, ?, ?, ?)",
                              &stmt);

    secret_digest("session:", span_of(session->token), digest);
    if (!err) {
        stmt_bind_int(stmt, 1, session->account.id);
        stmt_bind_bytes(stmt, 2,
                        (struct span){(const char *)digest, sizeof(digest)});
        stmt_bind_cstr(stmt, 3, session->peer);
        stmt_bind_int(stmt, 4, session->created_s);
        stmt_bind_int(stmt, 5, session->seen_s);
        err = stmt_run(stmt);
        session->id = db_last_id(store->db);
    }
    stmt_free(stmt);
    if (err)
        return err;
    return account_run_numbers(
        store,
        "DELETE FROM session WHERE account = ?1 AND id NOT IN"
        " (SELECT id FROM session WHERE account = ?1"
        " ORDER BY id DESC LIMIT ?2)",
        session->account.id, SESSIONS_PER_ACCOUNT);
}

/* The account is still what the password was judged by. */
static enum err still_is(struct account_store *store, struct span name,
                         const char *hash)
{
    char now[PASSWORD_HASH_MAX];
    enum err err = hash_of(store, name, now);

    return err ? err : strcmp(now, hash) == 0 ? OK : ERR_CONFLICT;
}

/* Within a transaction. */
static enum err open_session(struct account_store *store, struct span name,
                             const char *hash, struct session *session)
{
    enum err err = still_is(store, name, hash);

    if (!err)
        err =
            account_run_text(store, "DELETE FROM attempt WHERE name = ?", name);
    if (!err)
        err = account_run_both(store,
                               "UPDATE account SET last_login_s = ?2"
                               " WHERE name = ?1",
                               name, session->created_s);
    if (!err)
        err = account_read(store, name, &session->account);
    if (!err)
        err = sessions_prune(store, session->created_s);
    if (!err)
        err = session_insert(store, session);
    return err;
}

enum login_verdict account_login(struct account_store *store, struct span name,
                                 struct span password, struct span peer,
                                 int64_t now_s, struct session *out)
{
    char hash[PASSWORD_HASH_MAX] = "";
    struct session session = {.created_s = now_s, .seen_s = now_s};
    enum login_verdict verdict;
    enum err err;

    if (!account_name_is_valid(name))
        name = SPAN("?"); /* one name for all that nobody can have */
    verdict = check(store, name, password, now_s, hash);
    if (verdict != LOGIN_OK)
        return verdict;
    span_copy(peer, session.peer, sizeof(session.peer));
    secret_token(session.token);
    secret_csrf(span_of(session.token), session.csrf);
    set_end(&session);
    pthread_mutex_lock(&store->mutex);
    err = db_begin(store->db);
    if (!err) {
        err = open_session(store, name, hash, &session);
        if (!err)
            err = db_commit(store->db);
        if (err)
            db_rollback(store->db);
    }
    pthread_mutex_unlock(&store->mutex);
    if (err)
        return err == ERR_CONFLICT ? LOGIN_WRONG : LOGIN_ERROR;
    *out = session;
    return LOGIN_OK;
}

/* ---- sessions ---- */

#define SESSION_SELECT                                                         \
    "SELECT a.id, a.name, a.role, a.must_change, a.disabled, a.created_s,"     \
    " a.last_login_s, 0, s.id, s.created_s, s.seen_s, s.peer"                  \
    " FROM session s JOIN account a ON a.id = s.account"

static enum err session_from_row(struct stmt *stmt, struct session *out)
{
    *out = (struct session){.id = stmt_int(stmt, 8),
                            .created_s = stmt_int(stmt, 9),
                            .seen_s = stmt_int(stmt, 10)};
    span_copy(stmt_text(stmt, 11), out->peer, sizeof(out->peer));
    set_end(out);
    return account_from_row(stmt, &out->account);
}

static enum err session_read(struct account_store *store, struct span token,
                             struct session *out)
{
    unsigned char digest[SECRET_BYTES];
    struct stmt *stmt = NULL;
    enum err err =
        db_prepare(store->db, SESSION_SELECT " WHERE s.digest = ?", &stmt);

    secret_digest("session:", token, digest);
    if (!err) {
        stmt_bind_bytes(stmt, 1,
                        (struct span){(const char *)digest, sizeof(digest)});
        err = stmt_step(stmt);
        if (!err)
            err = session_from_row(stmt, out);
    }
    stmt_free(stmt);
    return err;
}

static enum err delete_session(struct account_store *store, int64_t id)
{
    enum err err = account_run_numbers(
        store, "DELETE FROM session WHERE id = ? AND id > ?", id, 0);

    return err ? err : db_changes(store->db) ? OK : ERR_NOT_FOUND;
}

static enum err mark_seen(struct account_store *store, struct session *session,
                          int64_t now_s)
{
    enum err err = account_run_numbers(
        store, "UPDATE session SET seen_s = ?1 WHERE id = ?2", now_s,
        session->id);

    session->seen_s = now_s;
    set_end(session);
    return err;
}

enum err session_find(struct account_store *store, struct span token,
                      int64_t now_s, struct session *out)
{
    struct session session;
    enum err err;

    if (token.len != SECRET_TEXT_LEN)
        return ERR_NOT_FOUND;
    pthread_mutex_lock(&store->mutex);
    err = session_read(store, token, &session);
    if (!err && (now_s >= session.ends_s || session.account.disabled)) {
        err = delete_session(store, session.id);
        if (!err)
            err = ERR_NOT_FOUND;
    }
    if (!err && now_s >= session.seen_s + SESSION_SEEN_STEP_S)
        err = mark_seen(store, &session, now_s);
    pthread_mutex_unlock(&store->mutex);
    if (err)
        return err;
    span_copy(token, session.token, sizeof(session.token));
    secret_csrf(token, session.csrf);
    *out = session;
    return OK;
}

bool session_csrf_is(const struct session *session, struct span csrf)
{
    return session->csrf[0] && secret_equal(span_of(session->csrf), csrf);
}

enum err session_end(struct account_store *store, struct span token)
{
    struct session session;
    enum err err;

    pthread_mutex_lock(&store->mutex);
    err = session_read(store, token, &session);
    if (!err)
        err = delete_session(store, session.id);
    pthread_mutex_unlock(&store->mutex);
    return err;
}

enum err session_revoke(struct account_store *store, int64_t id)
{
    enum err err;

    pthread_mutex_lock(&store->mutex);
    err = delete_session(store, id);
    pthread_mutex_unlock(&store->mutex);
    return err;
}

enum err session_list(struct account_store *store, int64_t account,
                      int64_t now_s, struct arena *arena, struct session **out,
                      size_t *out_count)
{
    struct stmt *stmt = NULL;
    struct session *list = NULL;
    size_t count = 0, cap = 0;
    enum err err;

    pthread_mutex_lock(&store->mutex);
    err = sessions_prune(store, now_s);
    if (!err)
        err = db_prepare(store->db,
                         SESSION_SELECT
                         " WHERE ?1 = 0 OR s.account = ?1 ORDER BY s.id DESC",
                         &stmt);
    if (!err)
        stmt_bind_int(stmt, 1, account);
    while (!err && !(err = stmt_step(stmt))) {
        list = memory_grow(list, &cap, count + 1, sizeof(*list));
        err = session_from_row(stmt, &list[count++]);
    }
    stmt_free(stmt);
    pthread_mutex_unlock(&store->mutex);
    if (err == ERR_NOT_FOUND) {
        *out = arena_new(arena, count + 1, sizeof(**out));
        if (count)
            memcpy(*out, list, count * sizeof(*list));
        *out_count = count;
        err = OK;
    }
    free(list);
    return err;
}

/* ---- the owner's new password ---- */

static enum err change(struct account_store *store, struct span name,
                       const char *old_hash, const char *new_hash,
                       const struct session *session)
{
    enum err err;

    pthread_mutex_lock(&store->mutex);
    err = still_is(store, name, old_hash);
    if (!err)
        err =
            account_run_text(store, "DELETE FROM attempt WHERE name = ?", name);
    if (!err && new_hash)
        err = account_store_hash(store, session->account.id, new_hash, false,
                                 session->id);
    pthread_mutex_unlock(&store->mutex);
    return err;
}

enum login_verdict account_change_password(struct account_store *store,
                                           const struct session *session,
                                           struct span old_password,
                                           struct span new_password,
                                           int64_t now_s,
                                           enum password_verdict *judged)
{
    struct span name = span_of(session->account.name);
    char old_hash[PASSWORD_HASH_MAX] = "", new_hash[PASSWORD_HASH_MAX];
    enum login_verdict verdict =
        check(store, name, old_password, now_s, old_hash);
    enum err err = OK;

    if (verdict != LOGIN_OK)
        return verdict;
    *judged = password_judge(name, new_password);
    if (!*judged && secret_equal(old_password, new_password))
        *judged = PASSWORD_IS_OLD;
    if (!*judged)
        err = secret_hash_password(&store->cost, new_password, new_hash);
    if (!err)
        err = change(store, name, old_hash, *judged ? NULL : new_hash, session);
    return err ? LOGIN_ERROR : LOGIN_OK;
}
