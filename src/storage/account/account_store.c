#include "storage/account/account_store.h"

#include "base/log.h"
#include "base/memory.h"
#include "db/db.h"
#include "storage/account/secret.h"
#include "storage/account/store_private.h"

#include <sys/stat.h>

static const char *const migrations[] = {
    "CREATE TABLE account (id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " name TEXT NOT NULL UNIQUE COLLATE NOCASE, role TEXT NOT NULL,"
    " hash TEXT NOT NULL, must_change INTEGER NOT NULL,"
    " disabled INTEGER NOT NULL DEFAULT 0, created_s INTEGER NOT NULL,"
    " last_login_s INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE TABLE attempt (name TEXT PRIMARY KEY COLLATE NOCASE,"
    " failures INTEGER NOT NULL, last_s INTEGER NOT NULL,"
    " locked_until_s INTEGER NOT NULL) STRICT;"
    "CREATE INDEX attempt_last ON attempt (last_s);"
    "CREATE TABLE session (id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " account INTEGER NOT NULL REFERENCES account (id),"
    " digest BLOB NOT NULL UNIQUE, peer TEXT NOT NULL,"
    " created_s INTEGER NOT NULL, seen_s INTEGER NOT NULL) STRICT;"
    "CREATE INDEX session_account ON session (account);",
};

#define ACCOUNT_COLUMNS                                                        \
    "a.id, a.name, a.role, a.must_change, a.disabled, a.created_s,"            \
    " a.last_login_s, ifnull(t.locked_until_s, 0)"
#define ACCOUNT_FROM " FROM account a LEFT JOIN attempt t ON t.name = a.name"

/* ---- rows ---- */

enum err account_from_row(struct stmt *stmt, struct account *out)
{
    *out = (struct account){
        .id = stmt_int(stmt, 0),
        .must_change = stmt_int(stmt, 3) != 0,
        .disabled = stmt_int(stmt, 4) != 0,
        .created_s = stmt_int(stmt, 5),
        .last_login_s = stmt_int(stmt, 6),
        .locked_until_s = stmt_int(stmt, 7),
    };
    span_copy(stmt_text(stmt, 1), out->name, sizeof(out->name));
    return role_parse(stmt_text(stmt, 2), &out->role) ? ERR_CORRUPT : OK;
}

enum err account_read(struct account_store *store, struct span name,
                      struct account *out)
{
    struct stmt *stmt = NULL;
    enum err err = db_prepare(
        store->db, "SELECT " ACCOUNT_COLUMNS ACCOUNT_FROM " WHERE a.name = ?",
        &stmt);

    if (!err) {
        stmt_bind_text(stmt, 1, name);
        err = stmt_step(stmt);
        if (!err)
            err = account_from_row(stmt, out);
    }
    stmt_free(stmt);
    return err;
}

/* Runs a prepared statement once and frees it. */
static enum err finish(struct stmt *stmt, enum err err)
{
    if (!err)
        err = stmt_run(stmt);
    stmt_free(stmt);
    return err;
}

enum err account_run_text(struct account_store *store, const char *sql,
                          struct span text)
{
    struct stmt *stmt = NULL;
    enum err err = db_prepare(store->db, sql, &stmt);

    if (!err)
        stmt_bind_text(stmt, 1, text);
    return finish(stmt, err);
}

enum err account_run_both(struct account_store *store, const char *sql,
                          struct span text, int64_t number)
{
    struct stmt *stmt = NULL;
    enum err err = db_prepare(store->db, sql, &stmt);

    if (!err) {
        stmt_bind_text(stmt, 1, text);
        stmt_bind_int(stmt, 2, number);
    }
    return finish(stmt, err);
}

enum err account_run_numbers(struct account_store *store, const char *sql,
                             int64_t first, int64_t second)
{
    struct stmt *stmt = NULL;
    enum err err = db_prepare(store->db, sql, &stmt);

    if (!err) {
        stmt_bind_int(stmt, 1, first);
        stmt_bind_int(stmt, 2, second);
    }
    return finish(stmt, err);
}

/* ---- hashing, a few at a time ---- */

bool hasher_enter(struct account_store *store)
{
    if (atomic_fetch_add(&store->hashers, 1) < HASHERS_MAX)
        return true;
    atomic_fetch_sub(&store->hashers, 1);
    return false;
}

void hasher_leave(struct account_store *store)
{
    atomic_fetch_sub(&store->hashers, 1);
}

/* ---- accounts ---- */

static enum err insert(struct account_store *store, const struct account *a,
                       const char *hash)
{
    static const char sql[] =
        "INSERT INTO account (name, role, hash, must_change, created_s)"
        " VALUES (?, ?, ?, ?, ?)";
    struct account existing;
    struct stmt *stmt = NULL;
    enum err err = account_read(store, span_of(a->name), &existing);

    if (err != ERR_NOT_FOUND)
        return err ? err : ERR_EXISTS;
    err = db_prepare(store->db, sql, &stmt);
    if (!err) {
        stmt_bind_cstr(stmt, 1, a->name);
        stmt_bind_cstr(stmt, 2, role_name(a->role));
        stmt_bind_cstr(stmt, 3, hash);
        stmt_bind_int(stmt, 4, a->must_change);
        stmt_bind_int(stmt, 5, a->created_s);
        err = stmt_run(stmt);
    }
    stmt_free(stmt);
    return err;
}

enum err account_add(struct account_store *store, struct span name,
                     enum role role, struct span password, bool must_change,
                     int64_t now_s)
{
    struct account account = {
        .role = role, .must_change = must_change, .created_s = now_s};
    char hash[PASSWORD_HASH_MAX];
    enum err err;

    if (!account_name_is_valid(name) || password_judge(name, password))
        return ERR_INVALID;
    span_copy(name, account.name, sizeof(account.name));
    err = secret_hash_password(&store->cost, password, hash);
    if (err)
        return err;
    pthread_mutex_lock(&store->mutex);
    err = insert(store, &account, hash);
    pthread_mutex_unlock(&store->mutex);
    return err;
}

enum err account_find(struct account_store *store, struct span name,
                      struct account *out)
{
    enum err err;

    pthread_mutex_lock(&store->mutex);
    err = account_read(store, name, out);
    pthread_mutex_unlock(&store->mutex);
    return err;
}

enum err account_list(struct account_store *store, struct arena *arena,
                      struct account **out, size_t *out_count)
{
    struct stmt *stmt = NULL;
    struct account *list = NULL;
    size_t count = 0, cap = 0;
    enum err err;

    pthread_mutex_lock(&store->mutex);
    err = db_prepare(store->db,
                     "SELECT " ACCOUNT_COLUMNS ACCOUNT_FROM " ORDER BY a.name",
                     &stmt);
    while (!err && !(err = stmt_step(stmt))) {
        list = memory_grow(list, &cap, count + 1, sizeof(*list));
        err = account_from_row(stmt, &list[count++]);
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

enum err account_store_hash(struct account_store *store, int64_t account,
                            const char *hash, bool must_change,
                            int64_t kept_session)
{
    struct stmt *stmt = NULL;
    enum err err = db_begin(store->db);

    if (err)
        return err;
    err = db_prepare(store->db,
                     "UPDATE account SET hash = ?, must_change = ?"
                     " WHERE id = ?",
                     &stmt);
    if (!err) {
        stmt_bind_cstr(stmt, 1, hash);
        stmt_bind_int(stmt, 2, must_change);
        stmt_bind_int(stmt, 3, account);
        err = stmt_run(stmt);
    }
    stmt_free(stmt);
    if (!err)
        err = account_run_numbers(
            store, "DELETE FROM session WHERE account = ? AND id <> ?", account,
            kept_session);
    if (!err)
        err = db_commit(store->db);
    if (err)
        db_rollback(store->db);
    return err;
}

enum err account_reset_password(struct account_store *store, struct span name,
                                struct span password)
{
    struct account account;
    char hash[PASSWORD_HASH_MAX];
    enum err err;

    if (password_judge(name, password))
        return ERR_INVALID;
    err = secret_hash_password(&store->cost, password, hash);
    if (err)
        return err;
    pthread_mutex_lock(&store->mutex);
    err = account_read(store, name, &account);
    if (!err)
        err = account_store_hash(store, account.id, hash, true, 0);
    if (!err)
        err =
            account_run_text(store, "DELETE FROM attempt WHERE name = ?", name);
    pthread_mutex_unlock(&store->mutex);
    return err;
}

/* Without this account, is there an administrator left? */
static enum err others_administrate(struct account_store *store,
                                    const struct account *account)
{
    struct stmt *stmt = NULL;
    enum err err;

    if (account->role != ROLE_ADMINISTRATOR || account->disabled)
        return OK;
    err = db_prepare(store->db,
                     "SELECT 1 FROM account WHERE role = 'administrator'"
                     " AND NOT disabled AND id <> ?",
                     &stmt);
    if (!err) {
        stmt_bind_int(stmt, 1, account->id);
        err = stmt_step(stmt);
    }
    stmt_free(stmt);
    return err == ERR_NOT_FOUND ? ERR_DENIED : err;
}

enum err account_set_disabled(struct account_store *store, struct span name,
                              bool disabled)
{
    struct account account;
    enum err err;

    pthread_mutex_lock(&store->mutex);
    err = account_read(store, name, &account);
    if (!err && disabled)
        err = others_administrate(store, &account);
    if (!err)
        err = account_run_both(
            store, "UPDATE account SET disabled = ?2 WHERE name = ?1", name,
            disabled);
    if (!err && disabled)
        err = account_run_text(store,
                               "DELETE FROM session WHERE account ="
                               " (SELECT id FROM account WHERE name = ?)",
                               name);
    pthread_mutex_unlock(&store->mutex);
    return err;
}

enum err account_set_role(struct account_store *store, struct span name,
                          enum role role)
{
    struct account account;
    struct stmt *stmt = NULL;
    enum err err;

    pthread_mutex_lock(&store->mutex);
    err = account_read(store, name, &account);
    if (!err && role != ROLE_ADMINISTRATOR)
        err = others_administrate(store, &account);
    if (!err)
        err = db_prepare(store->db, "UPDATE account SET role = ? WHERE id = ?",
                         &stmt);
    if (!err) {
        stmt_bind_cstr(stmt, 1, role_name(role));
        stmt_bind_int(stmt, 2, account.id);
        err = stmt_run(stmt);
    }
    stmt_free(stmt);
    pthread_mutex_unlock(&store->mutex);
    return err;
}

enum err account_unlock(struct account_store *store, struct span name)
{
    struct account account;
    enum err err;

    pthread_mutex_lock(&store->mutex);
    err = account_read(store, name, &account);
    if (!err)
        err =
            account_run_text(store, "DELETE FROM attempt WHERE name = ?", name);
    pthread_mutex_unlock(&store->mutex);
    return err;
}

/* ---- life ---- */

void account_store_close(struct account_store *store)
{
    if (!store)
        return;
    db_close(store->db);
    pthread_mutex_destroy(&store->mutex);
    free(store);
}

enum err account_store_open(const char *path, const struct password_cost *cost,
                            struct account_store **out)
{
    static const struct password_cost rfc9106 = {
        .memory_kib = 64 << 10, .passes = 3, .lanes = 4};
    struct account_store *store = memory_new(1, sizeof(*store));
    enum err err;

    pthread_mutex_init(&store->mutex, NULL);
    store->cost = cost ? *cost : rfc9106;
    err = db_open(path, DB_READ_WRITE, &store->db);
    if (!err && chmod(path, 0600) != 0)
        log_warn("accounts are readable by others", "path=%s", path);
    if (!err)
        err = db_migrate(store->db, migrations, LENGTH(migrations));
    if (err)
        account_store_close(store);
    else
        *out = store;
    return err;
}
