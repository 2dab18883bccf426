#include "storage/registry/registry_load.h"

#include "base/memory.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>

/* ---- problems ---- */

static void add_finding(struct loader *l, struct import_problem **list,
                        size_t *count, size_t *cap,
                        const struct import_problem *problem)
{
    if (*count == LOAD_PROBLEMS_MAX)
        return;
    *list = memory_grow(*list, cap, *count + 1, sizeof(**list));
    (*list)[*count] = *problem;
    (*count)++;
    if (*count == LOAD_PROBLEMS_MAX)
        (*list)[*count - 1] = (struct import_problem){
            .file = problem->file,
            .line = problem->line,
            .column = "",
            .value = "",
            .reason = "and further ones, which are not listed (其余从略)",
            .suggestion = "correct these first",
        };
    (void)l;
}

static struct import_problem problem_of(struct loader *l, int line,
                                        const struct finding *f)
{
    struct import_problem p = {
        .file = l->file,
        .line = line,
        .column = f->column ? f->column : "",
        .reason = f->reason,
        .suggestion = f->suggestion ? f->suggestion : "",
    };

    /* The finding's texts may be scratch of the row. */
    p.value = arena_copy(l->arena, span_of(f->value ? f->value : "")).at;
    p.reason = arena_copy(l->arena, span_of(p.reason)).at;
    p.suggestion = arena_copy(l->arena, span_of(p.suggestion)).at;
    return p;
}

void loader_problem(struct loader *l, int line, struct finding finding)
{
    struct import_problem p;

    if (l->problem_count == LOAD_PROBLEMS_MAX)
        return;
    p = problem_of(l, line, &finding);
    add_finding(l, &l->problems, &l->problem_count, &l->problem_cap, &p);
}

static void loader_warning(struct loader *l, int line,
                           const struct finding *finding)
{
    struct import_problem p;

    if (l->warning_count == LOAD_PROBLEMS_MAX)
        return;
    p = problem_of(l, line, finding);
    add_finding(l, &l->warnings, &l->warning_count, &l->warning_cap, &p);
}

const char *loader_field_names(struct loader *l, enum row_kind kind)
{
    const struct row_schema *s = row_schema(kind);
    struct buf names;
    const char *text;

    buf_init(&names, 1024);
    for (size_t i = 0; i < s->count; i++)
        buf_printf(&names, "%s%s", i ? ", " : "", s->fields[i].name);
    text = arena_copy(l->arena, buf_span(&names)).at;
    buf_done(&names);
    return text;
}

/* ---- one row ---- */

/* Every value by itself; all that is wrong is told. */
static bool judge_values(struct loader *l, enum row_kind kind, int line,
                         const struct row *given, struct row *out)
{
    const struct row_schema *s = row_schema(kind);
    bool good = true;

    *out = (struct row){0};
    for (size_t i = 0; i < s->count; i++) {
        struct span value = span_trim(given->value[i]);
        struct finding why = {0};

        if (!given->value[i].at ||
            ((s->fields[i].flags & FIELD_SECRET) && span_is(value, "******")))
            continue;
        if (!value.len) {
            out->value[i] = SPAN("");
        } else if (!field_judge(&s->fields[i], value, l->reference, &l->scratch,
                                &out->value[i], &why)) {
            loader_problem(l, line, why);
            good = false;
        }
    }
    return good;
}

static bool keys_are_there(enum row_kind kind, const struct row *row)
{
    for (size_t i = 0; i < row_schema(kind)->keys; i++) {
        if (!row->value[i].len)
            return false;
    }
    return true;
}

/* What is not given stays as stored. */
static void merge(enum row_kind kind, struct row *row,
                  const struct stored_row *stored)
{
    for (size_t i = 0; i < row_schema(kind)->count; i++) {
        if (!row->value[i].at)
            row->value[i] = stored->row.value[i];
    }
}

static bool same(enum row_kind kind, const struct row *a, const struct row *b)
{
    for (size_t i = 0; i < row_schema(kind)->count; i++) {
        if (!span_equal(a->value[i], b->value[i]))
            return false;
    }
    return true;
}

static struct span value_of(enum row_kind kind, const struct row *row,
                            const char *name)
{
    int index = row_field(kind, span_of(name));

    assert(index >= 0);
    return row->value[index];
}

static bool in_force(struct loader *l, enum row_kind kind,
                     const struct row *key)
{
    struct stored_row stored;
    enum err err =
        registry_store_find(l->store, kind, key, &l->scratch, &stored);

    if (err && err != ERR_NOT_FOUND)
        l->err = err;
    return !err && !stored.retired;
}

static bool refuse(struct loader *l, enum row_kind kind, int line,
                   const struct row *row, struct finding why)
{
    why.value = arena_copy(&l->scratch, value_of(kind, row, why.column)).at;
    loader_problem(l, line, why);
    return false;
}

/* The site and point that the row hangs on are there. */
static bool parents_are_there(struct loader *l, enum row_kind kind, int line,
                              const struct row *row)
{
    struct row key = {0};

    if (kind == ROW_SITE)
        return true;
    key.value[0] = value_of(kind, row, "site");
    if (kind == ROW_POINT) {
        if (in_force(l, ROW_SITE, &key))
            return true;
        return refuse(
            l, kind, line, row,
            (struct finding){.column = "site",
                             .reason = "is no site (站点不存在)",
                             .suggestion = "add it to sites.csv first"});
    }
    key.value[1] = value_of(kind, row, "point");
    if (in_force(l, ROW_POINT, &key))
        return true;
    return refuse(l, kind, line, row,
                  (struct finding){.column = "point",
                                   .reason = arena_printf(
                                       &l->scratch,
                                       "is no point of site %.*s (点位不存在)",
                                       SPAN_ARG(key.value[0])),
                                   .suggestion = "add it to points.csv first"});
}

/* A point is reported by one device. */
static bool point_is_free(struct loader *l, enum row_kind kind, int line,
                          const struct row *row)
{
    struct span other;
    enum err err;

    if (kind != ROW_DEVICE || span_is(value_of(kind, row, "enabled"), "no"))
        return true;
    err = registry_store_other_device(
        l->store, value_of(kind, row, "site"), value_of(kind, row, "point"),
        value_of(kind, row, "mn"), &l->scratch, &other);
    if (err == ERR_NOT_FOUND)
        return true;
    if (err) {
        l->err = err;
        return false;
    }
    return refuse(
        l, kind, line, row,
        (struct finding){
            .column = "point",
            .reason = arena_printf(&l->scratch,
                                   "is reported by device %.*s already "
                                   "(点位已有数采仪)",
                                   SPAN_ARG(other)),
            .suggestion = "retire or disable that device first, or give the "
                          "point another code"});
}

/* Each row once: a second one in the same import is a mistake. */
static bool is_new_here(struct loader *l, enum row_kind kind, int line,
                        const struct row *row, int32_t id)
{
    size_t old = l->seen[kind].cap;

    if ((size_t)id >= old) {
        l->seen[kind].line = memory_grow(l->seen[kind].line, &l->seen[kind].cap,
                                         (size_t)id + 1, sizeof(int));
        memset(l->seen[kind].line + old, 0,
               (l->seen[kind].cap - old) * sizeof(int));
    }
    if (!l->seen[kind].line[id]) {
        l->seen[kind].line[id] = line ? line : 1;
        return true;
    }
    return refuse(
        l, kind, line, row,
        (struct finding){
            .column = row_schema(kind)->fields[row_schema(kind)->keys - 1].name,
            .reason = arena_printf(&l->scratch,
                                   "stands for a row that line %d gives "
                                   "already (重复)",
                                   l->seen[kind].line[id]),
            .suggestion = "keep one of the two"});
}

static enum err write_row(struct loader *l, enum row_kind kind,
                          const struct row *row, struct stored_row *stored,
                          bool is_new)
{
    enum err err;

    if (is_new) {
        err = registry_store_insert(l->store, kind, row, &stored->id);
        l->added += !err;
    } else if (!stored->retired && same(kind, row, &stored->row)) {
        err = OK;
        l->unchanged++;
    } else {
        err = registry_store_update(l->store, kind, stored->id, row);
        l->changed += !err;
    }
    return err;
}

void loader_row(struct loader *l, enum row_kind kind, int line,
                const struct row *given)
{
    struct row row;
    struct stored_row stored = {0};
    struct finding why, warning;
    enum err err = ERR_NOT_FOUND;
    bool is_new;

    if (l->err)
        return;
    arena_clear(&l->scratch);
    l->rows++;
    if (l->progress && l->rows % LOAD_PROGRESS_ROWS == 0)
        l->progress(l->progress_context, l->rows);
    if (!judge_values(l, kind, line, given, &row))
        return;
    if (keys_are_there(kind, &row))
        err = registry_store_find(l->store, kind, &row, &l->scratch, &stored);
    if (err && err != ERR_NOT_FOUND) {
        l->err = err;
        return;
    }
    is_new = err == ERR_NOT_FOUND;
    if (!is_new)
        merge(kind, &row, &stored);
    if (!row_judge(kind, &row, l->reference, &l->scratch, &why, &warning)) {
        loader_problem(l, line, why);
        return;
    }
    if (!is_new && !is_new_here(l, kind, line, &row, stored.id))
        return;
    if (!parents_are_there(l, kind, line, &row) ||
        !point_is_free(l, kind, line, &row))
        return;
    if (warning.reason)
        loader_warning(l, line, &warning);
    l->err = write_row(l, kind, &row, &stored, is_new);
    if (!l->err && is_new && !is_new_here(l, kind, line, &row, stored.id))
        l->err = ERR_CORRUPT; /* an id given twice */
}

/* ---- files, life ---- */

bool loader_read(struct loader *l, const char *path, struct buf *out)
{
    FILE *file = fopen(path, "rb");
    char *room = NULL;
    size_t got = 0;
    bool failed;

    if (!file) {
        l->err = errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
        loader_problem(l, 0,
                       (struct finding){.reason = strerror(errno),
                                        .suggestion = "check path and rights"});
        return false;
    }
    do {
        room = buf_room(out, 64 << 10);
        if (room) {
            got = fread(room, 1, 64 << 10, file);
            out->len += got;
        }
    } while (room && got);
    failed = ferror(file);
    fclose(file);
    if (!room || failed) {
        l->err = failed ? ERR_IO : ERR_TOO_LARGE;
        loader_problem(l, 0,
                       (struct finding){.reason = failed ? "cannot be read"
                                                         : "is too large",
                                        .suggestion = "at most 256 MiB"});
        return false;
    }
    return true;
}

void loader_init(struct loader *l, struct registry_store *store,
                 const struct reference *reference, struct arena *arena)
{
    *l = (struct loader){
        .store = store, .reference = reference, .arena = arena, .file = ""};
    arena_init(&l->scratch);
}

void loader_done(struct loader *l)
{
    arena_done(&l->scratch);
    free(l->problems);
    free(l->warnings);
    for (int i = 0; i < ROW_KIND_COUNT; i++)
        free(l->seen[i].line);
}
