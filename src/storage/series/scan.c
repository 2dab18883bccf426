#include "storage/series/scan.h"

#include "base/memory.h"

struct series_range range_within(struct series_range range)
{
    if (range.from_s < MOMENT_MIN_S)
        range.from_s = MOMENT_MIN_S;
    if (range.to_s > MOMENT_MAX_S + 1)
        range.to_s = MOMENT_MAX_S + 1;
    return range;
}

/* ---- memory ---- */

static struct reading copy_reading(const struct reading *from,
                                   struct arena *arena)
{
    struct reading copy = *from;

    if (copy.text.len)
        copy.text = arena_copy(arena, copy.text);
    return copy;
}

static void copy_runs(const struct channel *c, struct series_range range,
                      struct arena *arena, struct memory_part *out)
{
    if (c->run_count == 0)
        return;
    out->runs = arena_new(arena, c->run_count, sizeof *out->runs);
    for (uint32_t i = 0; i < c->run_count; i++) {
        const struct run *run = &c->runs[i];

        if (run->to_s > range.from_s && run->from_s < range.to_s)
            run_copy(run, range, arena, &out->runs[out->run_count++]);
    }
}

static void copy_superseded(const struct channel *c, struct series_range range,
                            struct arena *arena, struct memory_part *out)
{
    size_t count = 0;

    for (const struct superseded *s = c->superseded; s; s = s->next)
        count++;
    if (count == 0)
        return;
    out->superseded = arena_new(arena, count, sizeof *out->superseded);
    for (const struct superseded *s = c->superseded; s; s = s->next) {
        if (s->reading.start_s >= range.from_s &&
            s->reading.start_s < range.to_s)
            out->superseded[out->superseded_count++] =
                copy_reading(&s->reading, arena);
    }
}

void memory_copy(const struct series *series, const struct question *question,
                 struct arena *arena, struct memory_part *out)
{
    struct chunk *chunk = chunk_of(series, question->channel);
    const struct channel *c = channel_of(series, question->channel);

    *out = (struct memory_part){.cadence = c->key.cadence};
    pthread_rwlock_rdlock(&chunk->lock);
    copy_runs(c, question->range, arena, out);
    copy_superseded(c, question->range, arena, out);
    out->overlay_count = overlays_copy(c, question->range, question->view,
                                       arena, &out->overlays);
    pthread_rwlock_unlock(&chunk->lock);
}

/* ---- store ---- */

enum err spans_of(struct reader *reader, channel_id channel,
                  enum cadence cadence, struct series_range range,
                  struct arena *arena, struct span_list *out)
{
    struct stored_span *rows = NULL;
    size_t count = 0, room = 0;
    enum err err;

    stmt_bind_int(reader->spans, 1, channel);
    stmt_bind_int(reader->spans, 2, span_start(cadence, range.from_s));
    stmt_bind_int(reader->spans, 3, range.to_s);
    while (!(err = stmt_step(reader->spans))) {
        struct stored_span *row;

        if (count == room) {
            struct stored_span *more;

            room = room ? 4 * room : 16;
            more = arena_take(arena, room * sizeof *more);
            if (count)
                memcpy(more, rows, count * sizeof *more);
            rows = more;
        }
        row = &rows[count++];
        row->row.start_s = stmt_int(reader->spans, 0);
        row->row.block = stmt_int(reader->spans, 1);
        row->trusted = span_summary_decode(channel, row->row.start_s,
                                           stmt_bytes(reader->spans, 2),
                                           &row->row.summary) == OK;
        if (!row->trusted) {
            log_damaged("span", channel, row->row.start_s, row->row.block);
            row->row.summary = (struct series_summary){0};
        }
    }
    stmt_reset(reader->spans);
    *out = (struct span_list){rows, count};
    return err == ERR_NOT_FOUND ? OK : err;
}

/* ---- versions ---- */

/* Superseded readings of a range by start, each start's in their order. */
struct history {
    struct reading *at;
    size_t count;
};

static enum err stored_versions(struct reader *reader, channel_id channel,
                                struct series_range range, struct arena *arena,
                                struct history *out)
{
    size_t room = 0;
    enum err err, damage = OK;

    stmt_bind_int(reader->versions, 1, channel);
    stmt_bind_int(reader->versions, 2, range.from_s);
    stmt_bind_int(reader->versions, 3, range.to_s);
    while (!(err = stmt_step(reader->versions))) {
        struct span bytes = stmt_bytes(reader->versions, 0);
        struct cursor in = {(const unsigned char *)bytes.at,
                            (const unsigned char *)bytes.at + bytes.len, false};
        struct reading reading;

        reading_decode(&in, &reading);
        if (in.bad || in.at != in.end) {
            log_damaged("version", channel, range.from_s, 0);
            damage = ERR_CORRUPT;
            continue;
        }
        if (out->count == room) {
            struct reading *more;

            room = room ? 2 * room : 16;
            more = arena_take(arena, room * sizeof *more);
            if (out->count)
                memcpy(more, out->at, out->count * sizeof *more);
            out->at = more;
        }
        out->at[out->count++] = copy_reading(&reading, arena);
    }
    stmt_reset(reader->versions);
    return err == ERR_NOT_FOUND ? damage : err;
}

/* Puts what memory knows behind what the store knows, start by start. */
static struct history join_versions(struct history stored,
                                    const struct memory_part *memory,
                                    struct arena *arena)
{
    struct history all = stored;

    if (memory->superseded_count == 0)
        return stored;
    all.at = arena_take(arena, (stored.count + memory->superseded_count) *
                                   sizeof *all.at);
    if (stored.count)
        memcpy(all.at, stored.at, stored.count * sizeof *all.at);
    for (size_t i = 0; i < memory->superseded_count; i++) {
        size_t at = all.count;

        while (at > 0 && all.at[at - 1].start_s > memory->superseded[i].start_s)
            at--;
        memmove(all.at + at + 1, all.at + at,
                (all.count - at) * sizeof *all.at);
        all.at[at] = memory->superseded[i];
        all.count++;
    }
    return all;
}

/*
 * What stood at a start at a moment: the current reading if it had come, else
 * the last of its forerunners that had. False when there was nothing yet.
 */
static bool as_of(const struct history *history, int64_t as_of_us,
                  struct reading *reading)
{
    size_t low = 0, high = history->count;

    if (reading->arrival_us <= as_of_us)
        return true;
    while (low < high) {
        size_t middle = (low + high) / 2;

        if (history->at[middle].start_s <= reading->start_s)
            low = middle + 1;
        else
            high = middle;
    }
    while (low-- > 0 && history->at[low].start_s == reading->start_s) {
        if (history->at[low].arrival_us <= as_of_us) {
            *reading = history->at[low];
            return true;
        }
    }
    return false;
}

/* ---- both ---- */

struct scan {
    const struct memory_part *memory;
    struct series_range range;
    struct series_view view;
    struct history history;
    struct arena *arena;
    size_t limit, count, room;
    bool run_is_live; /* its texts stay with it */
    struct reading *out;
};

static void make_room(struct scan *s, size_t room)
{
    struct reading *more = arena_take(s->arena, room * sizeof *more);

    if (s->count)
        memcpy(more, s->out, s->count * sizeof *more);
    s->out = more;
    s->room = room;
}

static bool is_full(const struct scan *s)
{
    return s->limit && s->count >= s->limit;
}

/* The place for the next reading; it counts when `keep` says so. */
static struct reading *next_place(struct scan *s)
{
    if (s->count == s->room)
        make_room(s, s->room ? 2 * s->room : 64);
    return &s->out[s->count];
}

static void keep(struct scan *s, struct reading *reading, bool own_text)
{
    if (s->view.as_of_us != AS_OF_NOW &&
        !as_of(&s->history, s->view.as_of_us, reading))
        return;
    if (reading->text.len && !own_text)
        reading->text = arena_copy(s->arena, reading->text);
    overlays_apply(s->memory->overlays, s->memory->overlay_count, reading);
    s->count++;
}

/* Two sorted sources, the newer (memory) winning. */
static void emit(struct scan *s, const struct columns *stored,
                 const struct run *run)
{
    size_t i = columns_find(stored, s->range.from_s);
    size_t stop = columns_find(stored, s->range.to_s);
    size_t r = run ? run_find(run, s->range.from_s) : 0;
    size_t rows = run ? run_find(run, s->range.to_s) : 0;

    while ((i < stop || r < rows) && !is_full(s)) {
        int64_t row_s = r < rows ? run_row(run, r)->start_s : INT64_MAX;
        struct reading *place = next_place(s);

        if (i < stop && stored->start_s[i] < row_s) {
            columns_get(stored, i++, place);
            keep(s, place, false);
            continue;
        }
        if (i < stop && stored->start_s[i] == row_s)
            i++;
        run_get(run, r++, place);
        keep(s, place, !s->run_is_live);
    }
}

static size_t estimate(const struct span_list *spans,
                       const struct memory_part *memory, size_t limit)
{
    size_t most = 1;

    for (size_t i = 0; i < spans->count; i++)
        most += spans->at[i].row.summary.count_all;
    for (size_t i = 0; i < memory->run_count; i++)
        most += memory->runs[i].count;
    return limit && limit < most ? limit : most;
}

static enum err scan_spans(struct scan *s, struct reader *reader,
                           channel_id channel, const struct span_list *spans)
{
    const struct memory_part *memory = s->memory;
    enum err damage = OK;
    size_t i = 0, r = 0;

    while ((i < spans->count || r < memory->run_count) && !is_full(s)) {
        int64_t stored_s =
            i < spans->count ? spans->at[i].row.start_s : INT64_MAX;
        const struct run *run = NULL;

        if (r < memory->run_count && memory->runs[r].from_s <= stored_s)
            run = &memory->runs[r++];
        columns_clear(&reader->stored);
        if (i < spans->count && (!run || run->from_s == stored_s)) {
            enum err err =
                reader_open_block(reader, channel, &spans->at[i++].row);

            if (err && err != ERR_CORRUPT)
                return err;
            damage = err ? err : damage;
        }
        emit(s, &reader->stored, run);
    }
    return damage;
}

enum err scan_part(struct reader *reader, const struct question *question,
                   const struct memory_part *memory, struct arena *arena,
                   struct reading **out, size_t *out_count)
{
    channel_id channel = question->channel;
    struct scan s = {.memory = memory,
                     .range = question->range,
                     .view = question->view,
                     .arena = arena,
                     .limit = question->limit};
    struct span_list spans;
    enum err damage = OK;
    enum err err =
        spans_of(reader, channel, memory->cadence, s.range, arena, &spans);

    if (!err && s.view.as_of_us != AS_OF_NOW) {
        damage = stored_versions(reader, channel, s.range, arena, &s.history);
        s.history = join_versions(s.history, memory, arena);
        if (damage && damage != ERR_CORRUPT)
            err = damage;
    }
    if (err)
        return err;
    s.room = estimate(&spans, memory, s.limit);
    s.out = arena_take(arena, s.room * sizeof *s.out);
    err = scan_spans(&s, reader, channel, &spans);
    *out = s.out;
    *out_count = s.count;
    return err ? err : damage;
}

enum err scan_begin(struct series *series, struct reader *reader,
                    const struct question *question, struct arena *arena,
                    struct memory_part *memory)
{
    for (;;) {
        uint64_t flushes = atomic_load(&series->flushes);
        enum err err = reader_begin(reader);

        if (err)
            return err;
        memory_copy(series, question, arena, memory);
        if (flushes == atomic_load(&series->flushes))
            return OK;
        reader_end(reader);
    }
}

/* NOLINTNEXTLINE(readability-function-size): the question has these parts */
enum err series_scan(struct series *series, channel_id channel,
                     struct series_range range, struct series_view view,
                     size_t limit, struct arena *arena, struct reading **out,
                     size_t *out_count)
{
    struct question question = {channel, range_within(range), view, limit};
    struct memory_part memory;
    struct reader *reader;
    enum err err;

    *out = NULL;
    *out_count = 0;
    if (!channel_known(series, channel))
        return ERR_NOT_FOUND;
    if (question.range.from_s >= question.range.to_s)
        return OK;
    err = reader_take(series, &reader);
    if (err)
        return err;
    err = scan_begin(series, reader, &question, arena, &memory);
    if (!err)
        err = scan_part(reader, &question, &memory, arena, out, out_count);
    reader_end(reader);
    reader_give(series, reader);
    return err;
}

/* ---- the writer's own way ---- */

/* How many readings the part of a range can come to, at most. */
static size_t count_within(const struct columns *stored, const struct run *run,
                           struct series_range range)
{
    size_t count =
        columns_find(stored, range.to_s) - columns_find(stored, range.from_s);

    if (run)
        count += run_find(run, range.to_s) - run_find(run, range.from_s);
    return count;
}

static bool has_nothing_from(const struct channel *c, int64_t start_s)
{
    return (c->stored_last_s == NEVER || c->stored_last_s < start_s) &&
           (c->run_count == 0 || c->runs[c->run_count - 1].to_s <= start_s);
}

/* The span that holds *at_s: what is stored of it and what memory has. */
static enum err own_span(struct series *series, channel_id channel,
                         int64_t *at_s, struct scan *s)
{
    static const struct columns nothing;
    const struct channel *c = channel_of(series, channel);
    const struct columns *stored = &nothing;
    const struct run *run = NULL;
    int64_t start_s = *at_s;
    enum err err = OK;
    size_t most;

    for (uint32_t i = 0; i < c->run_count && !run; i++) {
        if (start_s >= c->runs[i].from_s && start_s < c->runs[i].to_s)
            run = &c->runs[i];
    }
    if (run)
        *at_s = run->to_s;
    if (c->stored_last_s != NEVER && start_s <= c->stored_last_s) {
        const struct peek *peek = peek_at(series, channel, start_s);

        stored = &peek->columns;
        err = peek->damaged ? ERR_CORRUPT : OK;
        *at_s = peek->to_s;
    }
    if (*at_s == start_s)
        *at_s = span_end(c->key.cadence, start_s);
    most = s->count + count_within(stored, run, s->range);
    if (most > s->room)
        make_room(s, most > 2 * s->room ? most : 2 * s->room);
    if (most > s->count)
        emit(s, stored, run);
    return err;
}

enum err series_scan_own(struct series *series, channel_id channel,
                         struct series_range range, struct arena *arena,
                         struct reading **out, size_t *out_count)
{
    struct memory_part overlays = {0};
    struct scan s = {
        .memory = &overlays,
        .range = range_within(range),
        .arena = arena,
        .run_is_live = true,
    };
    const struct channel *c;
    enum err damage = OK;
    int64_t at_s;

    *out = NULL;
    *out_count = 0;
    if (!channel_known(series, channel))
        return ERR_NOT_FOUND;
    c = channel_of(series, channel);
    range = s.range;
    if (c->overlays)
        overlays.overlay_count =
            overlays_copy(c, range, s.view, arena, &overlays.overlays);
    at_s = range.from_s;
    while (at_s < range.to_s && !has_nothing_from(c, at_s)) {
        enum err err = own_span(series, channel, &at_s, &s);

        damage = err ? err : damage;
    }
    *out = s.out;
    *out_count = s.count;
    return damage;
}

enum err look_back(struct series *series, channel_id channel,
                   struct series_range range, struct arena *arena,
                   struct lineage *out)
{
    struct question question = {channel, range_within(range), {.raw = true}, 0};
    struct history history = {NULL, 0};
    struct memory_part memory;
    struct reader *reader;
    enum err err, damage = OK;

    *out = (struct lineage){NULL, 0, NULL, 0};
    if (!channel_known(series, channel))
        return ERR_NOT_FOUND;
    range = question.range;
    if (range.from_s >= range.to_s)
        return OK;
    err = reader_take(series, &reader);
    if (err)
        return err;
    err = scan_begin(series, reader, &question, arena, &memory);
    if (!err) {
        damage = stored_versions(reader, channel, range, arena, &history);
        history = join_versions(history, &memory, arena);
        out->superseded = history.at;
        out->superseded_count = history.count;
        err = scan_part(reader, &question, &memory, arena, &out->current,
                        &out->current_count);
    }
    reader_end(reader);
    reader_give(series, reader);
    return err ? err : damage;
}

enum err series_versions(struct series *series, channel_id channel,
                         int64_t start_s, struct arena *arena,
                         struct reading **out, size_t *out_count)
{
    /* An impossible moment asks for an empty range. */
    struct series_range range = {start_s,
                                 start_s + (start_s < MOMENT_MAX_S + 1)};
    struct lineage l;
    enum err err = look_back(series, channel, range, arena, &l);

    *out = NULL;
    *out_count = 0;
    if (err && err != ERR_CORRUPT)
        return err;
    *out = arena_new(arena, l.superseded_count + l.current_count + 1,
                     sizeof **out);
    if (l.superseded_count)
        memcpy(*out, l.superseded, l.superseded_count * sizeof **out);
    if (l.current_count)
        memcpy(*out + l.superseded_count, l.current,
               l.current_count * sizeof **out);
    *out_count = l.superseded_count + l.current_count;
    return err;
}
