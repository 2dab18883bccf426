#include "storage/registry/registry_store.h"

#include "base/log.h"
#include "base/memory.h"
#include "db/db.h"

#include <assert.h>
#include <stdio.h>
#include <sys/stat.h>

static const char *const migrations[] = {
    "CREATE TABLE meta (version INTEGER NOT NULL) STRICT;"
    "INSERT INTO meta VALUES (1);"
    "CREATE TABLE site (id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " code TEXT NOT NULL, name_zh TEXT NOT NULL, name_en TEXT,"
    " element TEXT NOT NULL, level TEXT NOT NULL, region TEXT NOT NULL,"
    " lon TEXT, lat TEXT, water_body TEXT, target_class TEXT,"
    " control_point TEXT, public_page TEXT, retired_s INTEGER,"
    " UNIQUE (code)) STRICT;"
    "CREATE TABLE point (id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " site TEXT NOT NULL REFERENCES site (code), code TEXT NOT NULL,"
    " name_zh TEXT NOT NULL, name_en TEXT, retired_s INTEGER,"
    " UNIQUE (site, code)) STRICT;"
    "CREATE TABLE device (id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " mn TEXT NOT NULL COLLATE NOCASE, site TEXT NOT NULL,"
    " point TEXT NOT NULL, password TEXT, st TEXT, tolerate TEXT,"
    " sm4_key TEXT, label_is_end TEXT, enabled TEXT, realtime_s TEXT,"
    " minute_min TEXT, addresses TEXT, retired_s INTEGER, UNIQUE (mn),"
    " FOREIGN KEY (site, point) REFERENCES point (site, code)) STRICT;"
    "CREATE INDEX device_point ON device (site, point);"
    "CREATE TABLE factor (id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " site TEXT NOT NULL, point TEXT NOT NULL, factor TEXT NOT NULL,"
    " unit TEXT, decimals TEXT, detection_limit TEXT, range_low TEXT,"
    " range_high TEXT, retired_s INTEGER, UNIQUE (site, point, factor),"
    " FOREIGN KEY (site, point) REFERENCES point (site, code)) STRICT;"
    "CREATE TABLE outlet_limit (id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " site TEXT NOT NULL, point TEXT NOT NULL, factor TEXT NOT NULL,"
    " averaging TEXT NOT NULL, \"from\" TEXT NOT NULL,"
    " standard TEXT NOT NULL, min TEXT, max TEXT, unit TEXT NOT NULL,"
    " converted TEXT, \"to\" TEXT, retired_s INTEGER,"
    " UNIQUE (site, point, factor, averaging, \"from\", standard),"
    " FOREIGN KEY (site, point) REFERENCES point (site, code)) STRICT;",
    "ALTER TABLE site ADD COLUMN noise_class TEXT;",
};

enum { SQL_MAX = 4096 };

struct registry_store {
    struct db *db;
    struct stmt *find[ROW_KIND_COUNT];
    struct stmt *insert[ROW_KIND_COUNT];
    struct stmt *update[ROW_KIND_COUNT];
};

/* ---- SQL out of the fields ---- */

/* Appends the names of the fields [from, to), each for the @ of the form. */
static void columns(struct buf *sql, enum row_kind kind, size_t from, size_t to,
                    const char *form, const char *between)
{
    size_t at = span_find(span_of(form), '@');

    for (size_t i = from; i < to; i++) {
        buf_text(sql, i > from ? between : "");
        buf_add(sql, span_first(span_of(form), at));
        buf_printf(sql, "\"%s\"", row_schema(kind)->fields[i].name);
        buf_add(sql, span_from(span_of(form), at + 1));
    }
}

static enum err prepare(struct registry_store *store, struct buf *sql,
                        struct stmt **out)
{
    enum err err;

    assert(!sql->full);
    err = db_prepare(store->db, sql->at, out);
    buf_clear(sql);
    return err;
}

static void select_columns(struct buf *sql, enum row_kind kind)
{
    columns(sql, kind, 0, row_schema(kind)->count, "t.@", ", ");
}

static void where_key(struct buf *sql, enum row_kind kind)
{
    buf_text(sql, " WHERE ");
    columns(sql, kind, 0, row_schema(kind)->keys, "@ = ?", " AND ");
}

static enum err prepare_kind(struct registry_store *store, enum row_kind kind,
                             struct buf *sql)
{
    const struct row_schema *s = row_schema(kind);
    enum err err;

    buf_text(sql, "SELECT id, retired_s, ");
    select_columns(sql, kind);
    buf_printf(sql, " FROM %s t", s->table);
    where_key(sql, kind);
    err = prepare(store, sql, &store->find[kind]);
    if (err)
        return err;

    buf_printf(sql, "INSERT INTO %s (", s->table);
    columns(sql, kind, 0, s->count, "@", ", ");
    buf_text(sql, ") VALUES (");
    for (size_t i = 0; i < s->count; i++)
        buf_text(sql, i ? ", ?" : "?");
    buf_char(sql, ')');
    err = prepare(store, sql, &store->insert[kind]);
    if (err)
        return err;

    buf_printf(sql, "UPDATE %s SET retired_s = NULL, ", s->table);
    columns(sql, kind, 0, s->count, "@ = ?", ", ");
    buf_text(sql, " WHERE id = ?");
    return prepare(store, sql, &store->update[kind]);
}

/* ---- life ---- */

void registry_store_close(struct registry_store *store)
{
    if (!store)
        return;
    for (int i = 0; i < ROW_KIND_COUNT; i++) {
        stmt_free(store->find[i]);
        stmt_free(store->insert[i]);
        stmt_free(store->update[i]);
    }
    db_close(store->db);
    free(store);
}

enum err registry_store_open(const char *path, struct registry_store **out)
{
    struct registry_store *store = memory_new(1, sizeof(*store));
    struct buf sql;
    enum err err = db_open(path, DB_READ_WRITE, &store->db);

    buf_init(&sql, SQL_MAX);
    if (!err && chmod(path, 0600) != 0) /* it holds passwords of devices */
        log_warn("the registry may be readable by others", "path=%s", path);
    if (!err)
        err = db_migrate(store->db, migrations, LENGTH(migrations));
    for (int i = 0; i < ROW_KIND_COUNT && !err; i++)
        err = prepare_kind(store, (enum row_kind)i, &sql);
    buf_done(&sql);
    if (err)
        registry_store_close(store);
    else
        *out = store;
    return err;
}

enum err registry_store_begin(struct registry_store *store)
{
    return db_begin(store->db);
}

void registry_store_rollback(struct registry_store *store)
{
    db_rollback(store->db);
}

enum err registry_store_commit(struct registry_store *store, bool changed)
{
    enum err err = OK;

    if (changed)
        err = db_exec(store->db, "UPDATE meta SET version = version + 1");
    if (!err)
        err = db_commit(store->db);
    if (err)
        db_rollback(store->db);
    return err;
}

/* ---- one row ---- */

static void bind(struct stmt *stmt, const struct row *row, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (row->value[i].len)
            stmt_bind_text(stmt, (int)i + 1, row->value[i]);
        else
            stmt_bind_null(stmt, (int)i + 1);
    }
}

/* The fields of a row, which are borrowed from the statement. */
static void read_row(struct stmt *stmt, enum row_kind kind, int column,
                     struct row *out)
{
    *out = (struct row){0};
    for (size_t i = 0; i < row_schema(kind)->count; i++) {
        if (!stmt_is_null(stmt, column + (int)i))
            out->value[i] = stmt_text(stmt, column + (int)i);
    }
}

enum err registry_store_find(struct registry_store *store, enum row_kind kind,
                             const struct row *key, struct arena *arena,
                             struct stored_row *out)
{
    struct stmt *stmt = store->find[kind];
    enum err err;

    bind(stmt, key, row_schema(kind)->keys);
    err = stmt_step(stmt);
    if (!err) {
        out->id = (int32_t)stmt_int(stmt, 0);
        out->retired = !stmt_is_null(stmt, 1);
        read_row(stmt, kind, 2, &out->row);
        for (size_t i = 0; i < FIELDS_MAX; i++) {
            if (out->row.value[i].at)
                out->row.value[i] = arena_copy(arena, out->row.value[i]);
        }
    }
    stmt_reset(stmt);
    return err;
}

enum err registry_store_insert(struct registry_store *store, enum row_kind kind,
                               const struct row *row, int32_t *out_id)
{
    enum err err;

    bind(store->insert[kind], row, row_schema(kind)->count);
    err = stmt_run(store->insert[kind]);
    if (err)
        return err;
    if (db_last_id(store->db) > INT32_MAX)
        return ERR_FULL;
    *out_id = (int32_t)db_last_id(store->db);
    return OK;
}

enum err registry_store_update(struct registry_store *store, enum row_kind kind,
                               int32_t id, const struct row *row)
{
    size_t count = row_schema(kind)->count;

    bind(store->update[kind], row, count);
    stmt_bind_int(store->update[kind], (int)count + 1, id);
    return stmt_run(store->update[kind]);
}

static enum err retire(struct registry_store *store, enum row_kind kind,
                       const struct row *key, size_t keys, int *out_changes)
{
    struct stmt *stmt = NULL;
    struct buf sql;
    enum err err;

    buf_init(&sql, SQL_MAX);
    buf_printf(&sql, "UPDATE %s SET retired_s = unixepoch() WHERE ",
               row_schema(kind)->table);
    columns(&sql, kind, 0, keys, "@ = ?", " AND ");
    buf_text(&sql, " AND retired_s IS NULL");
    err = prepare(store, &sql, &stmt);
    if (!err) {
        bind(stmt, key, keys);
        err = stmt_run(stmt);
        *out_changes = db_changes(store->db);
    }
    stmt_free(stmt);
    buf_done(&sql);
    return err;
}

enum err registry_store_retire(struct registry_store *store, enum row_kind kind,
                               const struct row *key)
{
    int changes = 0, ignored;
    enum err err = retire(store, kind, key, row_schema(kind)->keys, &changes);

    if (!err && !changes)
        return ERR_NOT_FOUND;
    if (!err && kind == ROW_POINT)
        err = retire(store, ROW_FACTOR, key, 2, &ignored);
    if (!err && kind == ROW_POINT)
        err = retire(store, ROW_LIMIT, key, 2, &ignored);
    return err;
}

/* ---- questions ---- */

enum err registry_store_has(struct registry_store *store, enum row_kind kind,
                            struct span site, struct span point, bool *out)
{
    struct stmt *stmt = NULL;
    struct buf sql;
    enum err err;

    buf_init(&sql, SQL_MAX);
    buf_printf(&sql, "SELECT 1 FROM %s WHERE site = ?%s AND retired_s IS NULL",
               row_schema(kind)->table, point.len ? " AND point = ?" : "");
    err = prepare(store, &sql, &stmt);
    if (!err) {
        stmt_bind_text(stmt, 1, site);
        if (point.len)
            stmt_bind_text(stmt, 2, point);
        err = stmt_step(stmt);
        *out = err == OK;
    }
    stmt_free(stmt);
    buf_done(&sql);
    return err == ERR_NOT_FOUND ? OK : err;
}

enum err registry_store_other_device(struct registry_store *store,
                                     struct span site, struct span point,
                                     struct span mn, struct arena *arena,
                                     struct span *out)
{
    static const char sql[] =
        "SELECT mn FROM device WHERE site = ? AND point = ? AND mn <> ?"
        " AND ifnull(enabled, 'yes') = 'yes' AND retired_s IS NULL";
    struct stmt *stmt = NULL;
    enum err err = db_prepare(store->db, sql, &stmt);

    if (!err) {
        stmt_bind_text(stmt, 1, site);
        stmt_bind_text(stmt, 2, point);
        stmt_bind_text(stmt, 3, mn);
        err = stmt_step(stmt);
        if (!err)
            *out = arena_copy(arena, stmt_text(stmt, 0));
    }
    stmt_free(stmt);
    return err;
}

static enum err one_number(struct registry_store *store, const char *sql,
                           int64_t *out)
{
    struct stmt *stmt = NULL;
    enum err err = db_prepare(store->db, sql, &stmt);

    if (!err)
        err = stmt_step(stmt);
    if (!err)
        *out = stmt_int(stmt, 0);
    stmt_free(stmt);
    return err;
}

enum err registry_store_count(struct registry_store *store, enum row_kind kind,
                              size_t *out)
{
    char sql[80];
    int64_t count = 0;
    enum err err;

    snprintf(sql, sizeof(sql),
             "SELECT count(*) FROM %s WHERE retired_s IS NULL",
             row_schema(kind)->table);
    err = one_number(store, sql, &count);
    *out = (size_t)count;
    return err;
}

enum err registry_store_last_id(struct registry_store *store,
                                enum row_kind kind, int32_t *out)
{
    char sql[80];
    int64_t last = 0;
    enum err err;

    snprintf(sql, sizeof(sql), "SELECT ifnull(max(id), 0) FROM %s",
             row_schema(kind)->table);
    err = one_number(store, sql, &last);
    *out = (int32_t)last;
    return err;
}

enum err registry_store_version(struct registry_store *store, uint64_t *out)
{
    int64_t version = 0;
    enum err err = one_number(store, "SELECT version FROM meta", &version);

    *out = (uint64_t)version;
    return err;
}

/* ---- many rows ---- */

enum err registry_store_list(struct registry_store *store, enum row_kind kind,
                             const struct row *after, size_t limit,
                             void (*each)(void *context, const struct row *row),
                             void *context)
{
    const struct row_schema *s = row_schema(kind);
    struct stmt *stmt = NULL;
    struct buf sql;
    enum err err;

    buf_init(&sql, SQL_MAX);
    buf_text(&sql, "SELECT ");
    select_columns(&sql, kind);
    buf_printf(&sql, " FROM %s t WHERE retired_s IS NULL", s->table);
    if (after) {
        buf_text(&sql, " AND (");
        columns(&sql, kind, 0, s->keys, "t.@", ", ");
        buf_text(&sql, ") > (");
        for (size_t i = 0; i < s->keys; i++)
            buf_text(&sql, i ? ", ?" : "?");
        buf_char(&sql, ')');
    }
    buf_text(&sql, " ORDER BY ");
    columns(&sql, kind, 0, s->keys, "t.@", ", ");
    buf_printf(&sql, " LIMIT %zu", limit);
    err = prepare(store, &sql, &stmt);
    if (!err && after)
        bind(stmt, after, s->keys);
    while (!err && !(err = stmt_step(stmt))) {
        struct row row;

        read_row(stmt, kind, 0, &row);
        each(context, &row);
    }
    stmt_free(stmt);
    buf_done(&sql);
    return err == ERR_NOT_FOUND ? OK : err;
}

enum err registry_store_walk(struct registry_store *store, enum row_kind kind,
                             void (*each)(void *context, int32_t id,
                                          int32_t parent,
                                          const struct row *row),
                             void *context)
{
    static const char of_point[] = "point p ON p.site = t.site"
                                   " AND p.code = t.point";
    static const struct {
        const char *parent, *join, *order;
    } ways[ROW_KIND_COUNT] = {
        [ROW_SITE] = {"0", NULL, "t.id"},
        [ROW_POINT] = {"p.id", "site p ON p.code = t.site", "p.id, t.id"},
        [ROW_DEVICE] = {"p.id", of_point, "t.id"},
        [ROW_FACTOR] = {"p.id", of_point, "p.id, t.factor"},
        [ROW_LIMIT] = {"p.id", of_point,
                       "p.id, t.factor, t.averaging, t.\"from\", t.standard"},
    };
    struct stmt *stmt = NULL;
    struct buf sql;
    enum err err;

    buf_init(&sql, SQL_MAX);
    buf_printf(&sql, "SELECT t.id, %s, ", ways[kind].parent);
    select_columns(&sql, kind);
    buf_printf(&sql, " FROM %s t", row_schema(kind)->table);
    if (ways[kind].join)
        buf_printf(&sql, " JOIN %s", ways[kind].join);
    buf_printf(&sql, " WHERE t.retired_s IS NULL ORDER BY %s",
               ways[kind].order);
    err = prepare(store, &sql, &stmt);
    while (!err && !(err = stmt_step(stmt))) {
        struct row row;

        read_row(stmt, kind, 2, &row);
        each(context, (int32_t)stmt_int(stmt, 0), (int32_t)stmt_int(stmt, 1),
             &row);
    }
    stmt_free(stmt);
    buf_done(&sql);
    return err == ERR_NOT_FOUND ? OK : err;
}
