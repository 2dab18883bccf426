/*
 * verdict_list_store.c - reading the verdict store: memory and file as one.
 */
#include "assess/verdict_inside_store.h"
#include "base/memory.h"

/* ---- reading ---- */

/* a key in parts: NOLINTNEXTLINE(readability-function-size) */
bool verdict_store_newest(struct verdict_store *store, enum verdict_kind kind,
                          int32_t site, int32_t point, enum cadence cadence,
                          struct arena *arena, struct verdict *out)
{
    struct verdict_key from = {.site = site, .kind = kind, .point = INT32_MIN};
    const struct entry *best = NULL;
    struct entry copy;

    pthread_mutex_lock(&store->lock);
    for (size_t i = verdict_newest_at(store, &from); i < store->newest_count;
         i++) {
        const struct entry *e = &store->newest[i];

        if (e->key.site != site || e->key.kind != kind)
            break;
        if ((point == 0 || e->key.point == point) &&
            (cadence == CADENCE_COUNT || e->key.cadence == cadence) &&
            (!best || e->key.start_s > best->key.start_s))
            best = e;
    }
    if (best) {
        copy = *best;
        copy.bytes =
            arena_take(arena, best->len + 1); /* the entry may change now */
        memcpy(copy.bytes, best->bytes, best->len);
    }
    pthread_mutex_unlock(&store->lock);
    return best && verdict_of_entry(&copy, arena, out) == OK;
}

static bool matches(const struct verdict_filter *f, const struct entry *e)
{
    const struct verdict_key *k = &e->key;

    return (f->site == 0 || k->site == f->site) &&
           (f->point == 0 || k->point == f->point) &&
           (f->kind == VERDICT_KIND_COUNT || k->kind == f->kind) &&
           (f->cadence == CADENCE_COUNT || k->cadence == f->cadence) &&
           (f->to_s == 0 ||
            (k->start_s >= f->from_s && k->start_s < f->to_s)) &&
           (f->as_of_us == 0 || e->judged_us <= f->as_of_us);
}

struct found {
    struct entry *at;
    size_t count, cap;
    bool reversed;
};

static void found_add(struct found *found, const struct entry *e)
{
    found->at = memory_grow(found->at, &found->cap, found->count + 1,
                            sizeof(*found->at));
    found->at[found->count++] = *e;
}

/* Copies what is fresh and matches: the file is read afterwards, so nothing
 * that is written in between can be missed. */
static void find_fresh(struct verdict_store *store,
                       const struct verdict_filter *f,
                       const struct verdict_key *after, struct arena *arena,
                       struct found *found)
{
    pthread_mutex_lock(&store->lock);
    for (size_t i = 0; i < store->fresh_count; i++) {
        struct entry e = store->fresh[i];
        int order = after ? verdict_compare_key(&e.key, after) : 1;

        if (!matches(f, &e) ||
            (after && (f->newest_first ? order >= 0 : order <= 0)))
            continue;
        e.bytes = arena_take(arena, e.len + 1);
        memcpy(e.bytes, store->fresh[i].bytes, e.len);
        found_add(found, &e);
    }
    pthread_mutex_unlock(&store->lock);
}

static const char list_up[] =
    "SELECT " VERDICT_COLUMNS " FROM verdict AS v WHERE "
    "(site, kind, point, cadence, start_s) > (?1, ?2, ?3, ?4, ?5) "
    "AND (?6 = 0 OR site = ?6) AND (?7 = 0 OR point = ?7) "
    "AND (?8 < 0 OR kind = ?8) AND (?9 < 0 OR cadence = ?9) "
    "AND start_s >= ?10 AND start_s < ?11 "
    "AND version = (SELECT max(version) FROM verdict AS w "
    "WHERE w.site = v.site AND w.kind = v.kind AND w.point = v.point "
    "AND w.cadence = v.cadence AND w.start_s = v.start_s "
    "AND w.judged_us <= ?12) "
    "ORDER BY site, kind, point, cadence, start_s LIMIT ?13";

static const char list_down[] =
    "SELECT " VERDICT_COLUMNS " FROM verdict AS v WHERE "
    "(site, kind, point, cadence, start_s) < (?1, ?2, ?3, ?4, ?5) "
    "AND (?6 = 0 OR site = ?6) AND (?7 = 0 OR point = ?7) "
    "AND (?8 < 0 OR kind = ?8) AND (?9 < 0 OR cadence = ?9) "
    "AND start_s >= ?10 AND start_s < ?11 "
    "AND version = (SELECT max(version) FROM verdict AS w "
    "WHERE w.site = v.site AND w.kind = v.kind AND w.point = v.point "
    "AND w.cadence = v.cadence AND w.start_s = v.start_s "
    "AND w.judged_us <= ?12) "
    "ORDER BY site DESC, kind DESC, point DESC, cadence DESC, start_s DESC "
    "LIMIT ?13";

/* Where a walk begins: at `after`, else at the edge of the filter's site. */
static struct verdict_key walk_from(const struct verdict_filter *f,
                                    const struct verdict_key *after)
{
    int32_t far = f->newest_first ? INT32_MAX : INT32_MIN;

    if (after)
        return *after;
    return (struct verdict_key){
        .site = f->site ? f->site : far,
        .kind = (enum verdict_kind)(f->site && f->kind < VERDICT_KIND_COUNT
                                        ? (int)f->kind
                                        : (f->newest_first ? 99 : -1)),
        .point = far,
        .cadence = 0,
        .start_s = 0,
    };
}

static void bind_filter(struct stmt *stmt, const struct verdict_filter *f,
                        const struct verdict_key *after, size_t limit)
{
    struct verdict_key from = walk_from(f, after);

    stmt_bind_int(stmt, 1, from.site);
    stmt_bind_int(stmt, 2, (int)from.kind);
    stmt_bind_int(stmt, 3, from.point);
    stmt_bind_int(stmt, 4, (int)from.cadence);
    stmt_bind_int(stmt, 5, from.start_s);
    stmt_bind_int(stmt, 6, f->site);
    stmt_bind_int(stmt, 7, f->point);
    stmt_bind_int(stmt, 8, f->kind == VERDICT_KIND_COUNT ? -1 : (int)f->kind);
    stmt_bind_int(stmt, 9, f->cadence == CADENCE_COUNT ? -1 : (int)f->cadence);
    stmt_bind_int(stmt, 10, f->to_s ? f->from_s : INT64_MIN);
    stmt_bind_int(stmt, 11, f->to_s ? f->to_s : INT64_MAX);
    stmt_bind_int(stmt, 12, f->as_of_us ? f->as_of_us : INT64_MAX);
    stmt_bind_int(stmt, 13, (int64_t)limit);
}

static enum err find_rows(struct verdict_store *store, struct stmt *stmt,
                          struct arena *arena, struct found *found)
{
    enum err err;

    while (!(err = stmt_step(stmt))) {
        struct entry e;

        err = verdict_row_entry(store, store->reader, stmt, arena, &e);
        if (err)
            return err;
        found_add(found, &e);
    }
    return err == ERR_NOT_FOUND ? OK : err;
}

static enum err find_stored(struct verdict_store *store,
                            const struct verdict_filter *f,
                            const struct verdict_key *after, size_t limit,
                            struct arena *arena, struct found *found)
{
    struct stmt *stmt = NULL;
    enum err err;

    pthread_mutex_lock(&store->reading);
    err =
        db_prepare(store->reader, f->newest_first ? list_down : list_up, &stmt);
    if (!err) {
        bind_filter(stmt, f, after, limit);
        err = find_rows(store, stmt, arena, found);
    }
    stmt_free(stmt);
    pthread_mutex_unlock(&store->reading);
    return err;
}

/* By key, of equal keys the newest version first. */
static int compare_found(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int order = verdict_compare_key(&x->key, &y->key);

    return order ? order
                 : (y->version > x->version) - (y->version < x->version);
}

static int compare_found_down(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int order = verdict_compare_key(&y->key, &x->key);

    return order ? order
                 : (y->version > x->version) - (y->version < x->version);
}

static enum err found_verdicts(const struct found *found, bool all_versions,
                               size_t limit, struct arena *arena,
                               struct verdict **out, size_t *out_count)
{
    struct verdict *list = arena_new(arena, found->count + 1, sizeof(*list));
    size_t count = 0;

    for (size_t i = 0; i < found->count && count < limit; i++) {
        const struct entry *e = &found->at[i];
        bool same_key = i > 0 && verdict_compare_key(&e->key, &e[-1].key) == 0;
        enum err err;

        if (same_key && (!all_versions || e->version == e[-1].version))
            continue;
        err = verdict_of_entry(e, arena, &list[count]);
        if (err)
            return err;
        count++;
    }
    *out = list;
    *out_count = count;
    return OK;
}

/* a list with its length: NOLINTNEXTLINE(readability-function-size) */
enum err verdict_store_list(struct verdict_store *store,
                            const struct verdict_filter *filter,
                            const struct verdict_key *after, size_t limit,
                            struct arena *arena, struct verdict **out,
                            size_t *out_count)
{
    struct found found = {0};
    enum err err;

    find_fresh(store, filter, after, arena, &found);
    err = find_stored(store, filter, after, limit, arena, &found);
    if (!err) {
        if (found.count > 1)
            qsort(found.at, found.count, sizeof(*found.at),
                  filter->newest_first ? compare_found_down : compare_found);
        err = found_verdicts(&found, false, limit, arena, out, out_count);
    }
    free(found.at);
    return err;
}

/* Newest first in `found`, oldest first in the answer. */
static int compare_versions(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;

    return (x->version > y->version) - (x->version < y->version);
}

enum err verdict_store_versions(struct verdict_store *store,
                                const struct verdict_key *key,
                                struct arena *arena, struct verdict **out,
                                size_t *out_count)
{
    static const char sql[] =
        "SELECT " VERDICT_COLUMNS " FROM verdict WHERE site = ?1 AND "
        "kind = ?2 AND (?3 = 0 OR point = ?3) AND cadence = ?4 AND "
        "start_s = ?5 ORDER BY version";
    struct verdict_filter f = {
        key->site,    key->point,       key->kind, key->cadence,
        key->start_s, key->start_s + 1, 0,         false};
    struct found found = {0};
    struct stmt *stmt = NULL;
    enum err err;

    find_fresh(store, &f, NULL, arena, &found);
    pthread_mutex_lock(&store->reading);
    err = db_prepare(store->reader, sql, &stmt);
    if (!err) {
        stmt_bind_int(stmt, 1, key->site);
        stmt_bind_int(stmt, 2, (int)key->kind);
        stmt_bind_int(stmt, 3, key->point);
        stmt_bind_int(stmt, 4, (int)key->cadence);
        stmt_bind_int(stmt, 5, key->start_s);
        err = find_rows(store, stmt, arena, &found);
    }
    stmt_free(stmt);
    pthread_mutex_unlock(&store->reading);
    if (!err) {
        if (found.count > 1)
            qsort(found.at, found.count, sizeof(*found.at), compare_versions);
        err = found_verdicts(&found, true, SIZE_MAX, arena, out, out_count);
    }
    free(found.at);
    return err;
}

enum err verdict_store_digest(struct verdict_store *store, uint64_t *out)
{
    struct stmt *stmt = NULL;
    struct arena arena;
    uint64_t sum = 0;
    enum err err;

    arena_init(&arena);
    pthread_mutex_lock(&store->lock);
    pthread_mutex_lock(&store->reading);
    for (size_t i = 0; i < store->fresh_count; i++)
        sum += verdict_entry_digest(&store->fresh[i]);
    err = db_prepare(store->reader, "SELECT " VERDICT_COLUMNS " FROM verdict",
                     &stmt);
    while (!err && !(err = stmt_step(stmt))) {
        struct entry e;

        arena_clear(&arena);
        err = verdict_row_entry(store, store->reader, stmt, &arena, &e);
        if (!err)
            sum += verdict_entry_digest(&e);
    }
    stmt_free(stmt);
    pthread_mutex_unlock(&store->reading);
    pthread_mutex_unlock(&store->lock);
    arena_done(&arena);
    if (err && err != ERR_NOT_FOUND)
        return err;
    *out = sum;
    return OK;
}
