#include "storage/registry/registry.h"

#include "base/memory.h"
#include "storage/registry/reference.h"
#include "storage/registry/registry_load.h"
#include "storage/registry/registry_picture.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * A reader takes the present picture without a lock: it says that it is
 * entering, reads the pointer, counts itself in, and says that it is done. A
 * writer puts the new picture in place and then waits until nobody is entering:
 * whoever read the old pointer has counted itself in by then, so that the
 * writer may let go of it.
 */
struct registry {
    _Atomic(struct registry_index *) present;
    atomic_uint entering;
    pthread_mutex_t writing; /* store and changes of `present` */
    struct registry_store *store;
    struct reference *reference;
    int lock; /* file that one process holds */
    void (*progress)(void *context, size_t rows);
    void *progress_context;
};

/* ---- elements ---- */

static const char *const elements[ELEMENT_COUNT] = {
    [ELEMENT_AIR] = "air",
    [ELEMENT_WATER] = "water",
    [ELEMENT_GROUNDWATER] = "groundwater",
    [ELEMENT_DRINKING_WATER] = "drinking_water",
    [ELEMENT_SOIL] = "soil",
    [ELEMENT_NOISE] = "noise",
    [ELEMENT_RADIATION] = "radiation",
    [ELEMENT_SOURCE_GAS] = "source_gas",
    [ELEMENT_SOURCE_WATER] = "source_water",
    [ELEMENT_ECOLOGY] = "ecology",
};

const char *element_name(enum element element)
{
    return element >= 0 && element < ELEMENT_COUNT ? elements[element] : "";
}

enum err element_parse(struct span name, enum element *out)
{
    for (int i = 0; i < ELEMENT_COUNT; i++) {
        if (span_is(name, elements[i])) {
            *out = (enum element)i;
            return OK;
        }
    }
    return ERR_NOT_FOUND;
}

/* ---- the present picture ---- */

const struct registry_snapshot *registry_hold(struct registry *registry)
{
    struct registry_index *picture;

    atomic_fetch_add(&registry->entering, 1);
    picture = atomic_load(&registry->present);
    registry_picture_hold(picture);
    atomic_fetch_sub(&registry->entering, 1);
    return &picture->snapshot;
}

void registry_release(struct registry *registry,
                      const struct registry_snapshot *snapshot)
{
    (void)registry;
    registry_picture_release(snapshot->index);
}

/* Makes a picture of the store and puts it in place. */
static enum err publish(struct registry *registry)
{
    struct registry_index *picture = NULL;
    enum err err =
        registry_picture_new(registry->store, registry->reference, &picture);
    struct registry_index *old;

    if (err)
        return err;
    old = atomic_exchange(&registry->present, picture);
    while (atomic_load(&registry->entering))
        sched_yield();
    if (old)
        registry_picture_release(old);
    return OK;
}

/* ---- changes ---- */

/* Ends a loading: keeps all of it or nothing. */
static enum err finish(struct registry *registry, struct loader *l, bool keep)
{
    bool changed = l->added || l->changed;
    enum err err = l->err;

    if (!err && l->problem_count)
        err = ERR_INVALID;
    if (err || !keep) {
        registry_store_rollback(registry->store);
        return err;
    }
    err = registry_store_commit(registry->store, changed);
    return !err && changed ? publish(registry) : err;
}

static void path_problem(struct loader *l, const char *path, const char *reason)
{
    l->file = arena_copy(l->arena, span_of(path)).at;
    loader_problem(l, 0,
                   (struct finding){.reason = reason,
                                    .suggestion = "a directory with sites.csv, "
                                                  "points.csv, devices.csv, "
                                                  "factors.csv, limits.csv, "
                                                  "one of them, or a .yaml "
                                                  "file"});
}

static void load_directory(struct loader *l, const char *path)
{
    size_t found = 0;

    for (int kind = 0; kind < ROW_KIND_COUNT && !l->err; kind++) {
        const char *file =
            arena_printf(l->arena, "%s/%s.csv", path,
                         row_schema((enum row_kind)kind)->plural);

        if (access(file, F_OK) != 0)
            continue;
        found++;
        loader_csv(l, file, (enum row_kind)kind);
    }
    if (!found)
        path_problem(l, path, "holds no file of a registry (目录中无登记文件)");
}

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), tail = strlen(end);

    return len >= tail && strcasecmp(text + len - tail, end) == 0;
}

static void load_path(struct loader *l, const char *path)
{
    struct stat info;
    const char *base = strrchr(path, '/');
    struct span name = span_of(base ? base + 1 : path);
    enum row_kind kind;

    if (stat(path, &info) != 0) {
        path_problem(l, path, "cannot be found (文件不存在)");
        l->err = ERR_NOT_FOUND;
    } else if (S_ISDIR(info.st_mode)) {
        load_directory(l, path);
    } else if (ends_with(path, ".yaml") || ends_with(path, ".yml")) {
        loader_yaml(l, path);
    } else if (ends_with(path, ".csv") &&
               !row_kind_parse(span_take(&name, '.'), &kind)) {
        loader_csv(l, path, kind);
    } else {
        path_problem(l, path, "is no file of a registry (文件名)");
    }
}

/* The caller's own copy, in his arena. */
static struct import_problem *
keep(struct arena *arena, const struct import_problem *list, size_t count)
{
    struct import_problem *copy = arena_new(arena, count + 1, sizeof(*copy));

    if (count)
        memcpy(copy, list, count * sizeof(*copy));
    return copy;
}

enum err registry_import(struct registry *registry, const char *path,
                         bool dry_run, struct arena *arena,
                         struct import_result *out)
{
    struct loader l;
    enum err err;

    *out = (struct import_result){0};
    pthread_mutex_lock(&registry->writing);
    loader_init(&l, registry->store, registry->reference, arena);
    l.progress = registry->progress;
    l.progress_context = registry->progress_context;
    err = registry_store_begin(registry->store);
    if (!err) {
        load_path(&l, path);
        err = finish(registry, &l, !dry_run);
    }
    out->rows = l.rows;
    out->added = l.added;
    out->changed = l.changed;
    out->unchanged = l.unchanged;
    out->problems = keep(arena, l.problems, l.problem_count);
    out->problem_count = l.problem_count;
    out->warnings = keep(arena, l.warnings, l.warning_count);
    out->warning_count = l.warning_count;
    loader_done(&l);
    pthread_mutex_unlock(&registry->writing);
    return err;
}

void registry_on_progress(struct registry *registry,
                          void (*progress)(void *context, size_t rows),
                          void *context)
{
    registry->progress = progress;
    registry->progress_context = context;
}

static enum err put(struct registry *registry, enum row_kind kind,
                    const struct row *key, struct span json, bool is_kept,
                    struct loader *l)
{
    enum err err;

    pthread_mutex_lock(&registry->writing);
    err = registry_store_begin(registry->store);
    if (!err) {
        loader_json(l, kind, key, json);
        err = finish(registry, l, is_kept);
    }
    pthread_mutex_unlock(&registry->writing);
    return err;
}

static enum err put_at(struct registry *registry, const char *kind_name,
                       struct span code, struct span json, bool is_kept,
                       struct loader *l)
{
    struct row key = {0};
    enum row_kind kind;
    enum err err = row_kind_parse(span_of(kind_name), &kind);

    if (err)
        return err;
    if (code.len && row_code_parse(kind, code, &key)) {
        loader_problem(
            l, 0,
            (struct finding){.column = "code",
                             .value =
                                 arena_copy(l->arena, span_first(code, 80)).at,
                             .reason = "names no object of this kind (编码)",
                             .suggestion = "the key fields, joined by ':'"});
        return ERR_INVALID;
    }
    return put(registry, kind, &key, json, is_kept, l);
}

/* The first problem or, without one, the first warning. */
static void first_finding(const struct loader *l, struct import_problem *out)
{
    *out = (struct import_problem){0};
    if (l->problem_count)
        *out = l->problems[0];
    else if (l->warning_count)
        *out = l->warnings[0];
}

enum err registry_put_at(struct registry *registry, const char *kind,
                         struct span code, struct span json,
                         struct arena *arena, struct import_problem *problem)
{
    struct loader l;
    enum err err;

    loader_init(&l, registry->store, registry->reference, arena);
    err = put_at(registry, kind, code, json, true, &l);
    first_finding(&l, problem);
    loader_done(&l);
    return err;
}

enum err registry_put(struct registry *registry, const char *kind,
                      struct span json, struct arena *arena,
                      struct import_problem *problem)
{
    return registry_put_at(registry, kind, SPAN(""), json, arena, problem);
}

enum err registry_check_at(struct registry *registry, const char *kind,
                           struct span code, struct span json,
                           struct arena *arena, struct import_problem *problem)
{
    struct loader l;
    enum err err;

    loader_init(&l, registry->store, registry->reference, arena);
    err = put_at(registry, kind, code, json, false, &l);
    first_finding(&l, problem);
    loader_done(&l);
    return err;
}

/* Whether something hangs on the object: then it cannot go. */
static enum err is_free(struct registry *registry, enum row_kind kind,
                        const struct row *key)
{
    bool has = false;
    enum err err = OK;

    if (kind == ROW_SITE)
        err = registry_store_has(registry->store, ROW_POINT, key->value[0],
                                 SPAN(""), &has);
    else if (kind == ROW_POINT)
        err = registry_store_has(registry->store, ROW_DEVICE, key->value[0],
                                 key->value[1], &has);
    return err ? err : has ? ERR_CONFLICT : OK;
}

enum err registry_delete(struct registry *registry, const char *kind_name,
                         struct span code)
{
    struct row key;
    enum row_kind kind;
    enum err err = row_kind_parse(span_of(kind_name), &kind);

    if (err || row_code_parse(kind, code, &key))
        return ERR_NOT_FOUND;
    pthread_mutex_lock(&registry->writing);
    err = registry_store_begin(registry->store);
    if (!err) {
        err = is_free(registry, kind, &key);
        if (!err)
            err = registry_store_retire(registry->store, kind, &key);
        if (err)
            registry_store_rollback(registry->store);
        else
            err = registry_store_commit(registry->store, true);
        if (!err)
            err = publish(registry);
    }
    pthread_mutex_unlock(&registry->writing);
    return err;
}

/* ---- lists ---- */

struct listing {
    enum row_kind kind;
    struct arena arena;
    const char *names[FIELDS_MAX];
    void (*each)(void *context, const struct registry_row *row);
    void *context;
};

static void list_row(void *context, const struct row *row)
{
    struct listing *listing = context;
    const struct row_schema *s = row_schema(listing->kind);
    struct row shown = *row;

    arena_clear(&listing->arena);
    for (size_t i = 0; i < s->count; i++) {
        if ((s->fields[i].flags & FIELD_SECRET) && row->value[i].len)
            shown.value[i] = SPAN("******");
    }
    listing->each(listing->context,
                  &(struct registry_row){
                      .code = row_code(listing->kind, row, &listing->arena),
                      .count = s->count,
                      .names = listing->names,
                      .values = shown.value});
}

enum err registry_list(struct registry *registry, const char *kind,
                       struct span after, size_t limit,
                       void (*each)(void *context,
                                    const struct registry_row *row),
                       void *context)
{
    struct listing listing = {.each = each, .context = context};
    struct row key;
    enum err err = row_kind_parse(span_of(kind), &listing.kind);

    if (err)
        return err;
    if (after.len && row_code_parse(listing.kind, after, &key))
        return ERR_INVALID;
    arena_init(&listing.arena);
    for (size_t i = 0; i < row_schema(listing.kind)->count; i++)
        listing.names[i] = row_schema(listing.kind)->fields[i].name;
    pthread_mutex_lock(&registry->writing);
    err =
        registry_store_list(registry->store, listing.kind,
                            after.len ? &key : NULL, limit, list_row, &listing);
    pthread_mutex_unlock(&registry->writing);
    arena_done(&listing.arena);
    return err;
}

/* ---- life ---- */

/* Nobody else has the registry: a lock that ends with the process. */
static enum err lock(struct registry *registry, const char *path)
{
    struct buf name;
    enum err err = OK;

    buf_init(&name, 4096);
    buf_printf(&name, "%s.lock", path);
    registry->lock =
        name.full ? -1 : open(name.at, O_RDWR | O_CREAT | O_CLOEXEC, 0640);
    buf_done(&name);
    if (registry->lock < 0)
        err = ERR_IO;
    else if (flock(registry->lock, LOCK_EX | LOCK_NB) != 0)
        err = ERR_BUSY;
    return err;
}

void registry_close(struct registry *registry)
{
    struct registry_index *picture;

    if (!registry)
        return;
    picture = atomic_load(&registry->present);
    if (picture)
        registry_picture_release(picture);
    registry_store_close(registry->store);
    reference_free(registry->reference);
    if (registry->lock >= 0)
        close(registry->lock);
    pthread_mutex_destroy(&registry->writing);
    free(registry);
}

enum err registry_open(const char *path, struct registry **out)
{
    struct registry *registry = memory_new(1, sizeof(*registry));
    enum err err;

    registry->lock = -1;
    pthread_mutex_init(&registry->writing, NULL);
    registry->reference = reference_new();
    err = lock(registry, path);
    if (!err)
        err = registry_store_open(path, &registry->store);
    if (!err)
        err = publish(registry);
    if (err)
        registry_close(registry);
    else
        *out = registry;
    return err;
}
