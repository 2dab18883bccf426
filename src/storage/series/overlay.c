/* What people laid over the readings. All of it is in memory. */
#include "base/memory.h"
#include "quality/quality.h"
#include "storage/series/internal.h"

static void add_entry(struct series *series, struct overlay_entry *entry)
{
    struct overlay_entry **end =
        &channel_of(series, entry->overlay.channel)->overlays;

    while (*end)
        end = &(*end)->next;
    *end = entry;
    pthread_rwlock_wrlock(&series->overlay_lock);
    series->overlays =
        memory_grow(series->overlays, &series->overlay_room,
                    series->overlay_count + 1, sizeof(struct overlay_entry *));
    series->overlays[series->overlay_count++] = entry;
    pthread_rwlock_unlock(&series->overlay_lock);
}

/* The same words by the same person at the same moment: it is a repetition. */
static bool same_overlay(const struct overlay *a, const struct overlay *b)
{
    return a->range.from_s == b->range.from_s &&
           a->range.to_s == b->range.to_s && a->kind == b->kind &&
           a->value.mantissa == b->value.mantissa &&
           a->value.exponent == b->value.exponent && a->mark == b->mark &&
           a->at_us == b->at_us && strcmp(a->reason, b->reason) == 0 &&
           strcmp(a->who, b->who) == 0;
}

static bool is_sound(const struct overlay *o)
{
    return o->range.from_s < o->range.to_s &&
           (unsigned)o->kind <= OVERLAY_APPROVE &&
           memchr(o->reason, 0, sizeof o->reason) &&
           memchr(o->who, 0, sizeof o->who) &&
           (o->kind != OVERLAY_MARK || o->mark > ' ') &&
           o->value.exponent >= DECIMAL_EXPONENT_MIN &&
           o->value.exponent <= DECIMAL_EXPONENT_MAX;
}

enum err series_overlay_add(struct series *series, struct overlay *overlay)
{
    struct overlay_entry *entry;
    struct chunk *chunk;

    if (!channel_known(series, overlay->channel))
        return ERR_NOT_FOUND;
    if (!is_sound(overlay))
        return ERR_INVALID;
    for (entry = channel_of(series, overlay->channel)->overlays; entry;
         entry = entry->next) {
        if (same_overlay(&entry->overlay, overlay)) {
            overlay->id = entry->overlay.id;
            return OK;
        }
    }
    entry = memory_new(1, sizeof *entry);
    overlay->id = (int64_t)series->overlay_count + 1;
    entry->overlay = *overlay;
    entry->overlay.undone_us = 0;
    memset(entry->overlay.undone_by, 0, sizeof entry->overlay.undone_by);
    chunk = chunk_of(series, overlay->channel);
    pthread_rwlock_wrlock(&chunk->lock);
    add_entry(series, entry);
    pthread_rwlock_unlock(&chunk->lock);
    return OK;
}

enum err series_overlay_undo(struct series *series, int64_t id, const char *who,
                             int64_t at_us)
{
    struct overlay_entry *entry;
    struct chunk *chunk;

    if (id < 1 || id > (int64_t)series->overlay_count)
        return ERR_NOT_FOUND;
    entry = series->overlays[id - 1];
    if (entry->overlay.undone_us)
        return OK; /* the first undoing stands */
    chunk = chunk_of(series, entry->overlay.channel);
    pthread_rwlock_wrlock(&chunk->lock);
    entry->overlay.undone_us = at_us;
    span_copy(span_of(who), entry->overlay.undone_by,
              sizeof entry->overlay.undone_by);
    entry->saved = false;
    pthread_rwlock_unlock(&chunk->lock);
    return OK;
}

static bool touches(const struct overlay *o, struct series_range range)
{
    return o->range.from_s < range.to_s && range.from_s < o->range.to_s;
}

static enum err overlays_of_all(struct series *series,
                                struct series_range range, struct arena *arena,
                                struct overlay **out, size_t *out_count)
{
    size_t count = 0, known;

    pthread_rwlock_rdlock(&series->overlay_lock);
    known = series->overlay_count;
    pthread_rwlock_unlock(&series->overlay_lock);
    *out = arena_new(arena, known + 1, sizeof **out);
    for (size_t i = 0; i < known; i++) {
        struct overlay_entry *entry;
        struct chunk *chunk;

        pthread_rwlock_rdlock(&series->overlay_lock);
        entry = series->overlays[i];
        pthread_rwlock_unlock(&series->overlay_lock);
        chunk = chunk_of(series, entry->overlay.channel);
        pthread_rwlock_rdlock(&chunk->lock);
        if (touches(&entry->overlay, range))
            (*out)[count++] = entry->overlay;
        pthread_rwlock_unlock(&chunk->lock);
    }
    *out_count = count;
    return OK;
}

enum err series_overlays(struct series *series, channel_id channel,
                         struct series_range range, struct arena *arena,
                         struct overlay **out, size_t *out_count)
{
    size_t count = 0;
    const struct channel *c;

    if (channel == 0)
        return overlays_of_all(series, range, arena, out, out_count);
    if (!channel_known(series, channel))
        return ERR_NOT_FOUND;
    c = channel_of(series, channel);
    pthread_rwlock_rdlock(&chunk_of(series, channel)->lock);
    for (struct overlay_entry *e = c->overlays; e; e = e->next)
        count += touches(&e->overlay, range);
    *out = arena_new(arena, count + 1, sizeof **out);
    count = 0;
    for (struct overlay_entry *e = c->overlays; e; e = e->next) {
        if (touches(&e->overlay, range))
            (*out)[count++] = e->overlay;
    }
    pthread_rwlock_unlock(&chunk_of(series, channel)->lock);
    *out_count = count;
    return OK;
}

/* ---- what they do ---- */

static bool in_force(const struct overlay *o, int64_t as_of_us)
{
    if (as_of_us == AS_OF_NOW)
        return o->undone_us == 0;
    return o->at_us <= as_of_us &&
           (o->undone_us == 0 || o->undone_us > as_of_us);
}

size_t overlays_copy(const struct channel *channel, struct series_range range,
                     struct series_view view, struct arena *arena,
                     struct overlay **out)
{
    size_t count = 0, at = 0;

    *out = NULL;
    if (view.raw)
        return 0;
    for (struct overlay_entry *e = channel->overlays; e; e = e->next)
        count +=
            touches(&e->overlay, range) && in_force(&e->overlay, view.as_of_us);
    if (count == 0)
        return 0;
    *out = arena_new(arena, count, sizeof **out);
    for (struct overlay_entry *e = channel->overlays; e; e = e->next) {
        if (touches(&e->overlay, range) && in_force(&e->overlay, view.as_of_us))
            (*out)[at++] = e->overlay;
    }
    return count;
}

static void apply(const struct overlay *o, struct reading *reading)
{
    switch (o->kind) {
    case OVERLAY_INVALIDATE:
        reading->quality |= QUALITY_BIT(INVALIDATED);
        break;
    case OVERLAY_REPLACE:
        /* The reviewer's value stands, whatever was said of the device's. */
        reading->number[COLUMN_VALUE] = o->value;
        reading->present |= READING_VALUE;
        reading->quality &= ~quality_invalid_bits();
        reading->quality |= QUALITY_BIT(REPLACED);
        reading->flag = 'N';
        break;
    case OVERLAY_MARK:
        reading->flag = o->mark;
        reading->quality |= QUALITY_BIT(MARKED);
        break;
    case OVERLAY_APPROVE:
        reading->quality |= QUALITY_BIT(APPROVED);
        break;
    }
}

void overlays_apply(const struct overlay *overlays, size_t count,
                    struct reading *reading)
{
    for (size_t i = 0; i < count; i++) {
        if (reading->start_s >= overlays[i].range.from_s &&
            reading->start_s < overlays[i].range.to_s)
            apply(&overlays[i], reading);
    }
}

/* ---- store ---- */

static bool from_row(struct stmt *stmt, struct overlay *o)
{
    *o = (struct overlay){
        .id = stmt_int(stmt, 0),
        .channel = (channel_id)stmt_int(stmt, 1),
        .range = {stmt_int(stmt, 2), stmt_int(stmt, 3)},
        .kind = (enum overlay_kind)stmt_int(stmt, 4),
        .value = {stmt_int(stmt, 5), (int8_t)stmt_int(stmt, 6)},
        .mark = (char)stmt_int(stmt, 7),
        .at_us = stmt_int(stmt, 10),
        .undone_us = stmt_int(stmt, 11),
    };
    span_copy(stmt_text(stmt, 8), o->reason, sizeof o->reason);
    span_copy(stmt_text(stmt, 9), o->who, sizeof o->who);
    span_copy(stmt_text(stmt, 12), o->undone_by, sizeof o->undone_by);
    return is_sound(o);
}

enum err overlays_load(struct series *series)
{
    struct stmt *stmt = NULL;
    enum err err = db_prepare(series->writer.db,
                              "SELECT * FROM overlay ORDER BY id", &stmt);

    while (!err && !(err = stmt_step(stmt))) {
        struct overlay o;
        struct overlay_entry *entry;

        if (!from_row(stmt, &o) || !channel_known(series, o.channel) ||
            o.id != (int64_t)series->overlay_count + 1) {
            log_damaged("overlay", o.channel, o.range.from_s, o.id);
            err = ERR_CORRUPT;
            break;
        }
        entry = memory_new(1, sizeof *entry);
        entry->overlay = o;
        entry->saved = true;
        add_entry(series, entry);
    }
    stmt_free(stmt);
    return err == ERR_NOT_FOUND ? OK : err;
}

static enum err save(struct stmt *put, const struct overlay *o)
{
    stmt_bind_int(put, 1, o->id);
    stmt_bind_int(put, 2, o->channel);
    stmt_bind_int(put, 3, o->range.from_s);
    stmt_bind_int(put, 4, o->range.to_s);
    stmt_bind_int(put, 5, o->kind);
    stmt_bind_int(put, 6, o->value.mantissa);
    stmt_bind_int(put, 7, o->value.exponent);
    stmt_bind_int(put, 8, o->mark);
    stmt_bind_cstr(put, 9, o->reason);
    stmt_bind_cstr(put, 10, o->who);
    stmt_bind_int(put, 11, o->at_us);
    stmt_bind_int(put, 12, o->undone_us);
    stmt_bind_cstr(put, 13, o->undone_by);
    return stmt_run(put);
}

enum err overlays_save(struct series *series)
{
    for (size_t i = 0; i < series->overlay_count; i++) {
        enum err err;

        if (series->overlays[i]->saved)
            continue;
        err = save(series->writer.put_overlay, &series->overlays[i]->overlay);
        if (err)
            return err;
    }
    return OK;
}

void overlays_saved(struct series *series)
{
    for (size_t i = 0; i < series->overlay_count; i++)
        series->overlays[i]->saved = true;
}

void overlays_done(struct series *series)
{
    for (size_t i = 0; i < series->overlay_count; i++)
        free(series->overlays[i]);
    free(series->overlays);
}
