/* Readings on their way into memory: new, known already, or a correction. */
#include "base/log.h"
#include "base/memory.h"
#include "storage/series/internal.h"

enum { PIECE = 4096 }; /* readings written under one lock */

/* Bits that tell of the arrival, not of the value. */
#define ARRIVAL_BITS QUALITY_BIT(BACKFILLED)

static bool is_many(uint8_t present)
{
    return __builtin_popcount(present) > NEWEST_FEW;
}

void newest_clear(struct newest *newest)
{
    if (is_many(newest->present))
        free(newest->many);
    *newest = (struct newest){.start_s = NEVER};
}

/* Its mantissas, with room for those of `present`. */
static int64_t *newest_room(struct newest *newest, uint8_t present)
{
    bool was = is_many(newest->present), is = is_many(present);

    if (was && !is)
        free(newest->many);
    if (!was && is)
        newest->many = memory_new(READING_COLUMNS, sizeof *newest->many);
    return is ? newest->many : newest->few;
}

void newest_set(struct newest *newest, const struct reading *reading)
{
    int64_t *mantissa = newest_room(newest, reading->present);

    newest->start_s = reading->start_s;
    newest->arrival_us = reading->arrival_us;
    newest->quality = reading->quality;
    newest->flag = reading->flag;
    newest->present = reading->present;
    for (int c = 0; reading->present >> c; c++) {
        if (!(reading->present & (1 << c)))
            continue;
        *mantissa++ = reading->number[c].mantissa;
        newest->exponent[c] = reading->number[c].exponent;
    }
}

struct reading newest_reading(const struct newest *newest)
{
    struct reading reading = {
        .start_s = newest->start_s,
        .present = newest->present,
        .flag = newest->flag,
        .quality = newest->quality,
        .arrival_us = newest->arrival_us,
    };
    const int64_t *mantissa =
        is_many(newest->present) ? newest->many : newest->few;

    for (int c = 0; newest->present >> c; c++) {
        if (newest->present & (1 << c))
            reading.number[c] = DECIMAL(*mantissa++, newest->exponent[c]);
    }
    return reading;
}

void superseded_free(struct superseded *first)
{
    while (first) {
        struct superseded *gone = first;

        first = gone->next;
        free(gone->text);
        free(gone);
    }
}

/* ---- memory ---- */

static void mark_dirty(struct series *series, struct channel *c,
                       channel_id channel)
{
    if (c->dirty)
        return;
    c->dirty = true;
    series->dirty = memory_grow(series->dirty, &series->dirty_room,
                                series->dirty_count + 1, sizeof *series->dirty);
    series->dirty[series->dirty_count++] = channel;
}

void runs_done(struct channel *channel)
{
    for (uint32_t i = 0; i < channel->run_count; i++)
        run_done(&channel->runs[i]);
    free(channel->runs);
    channel->runs = NULL;
    channel->run_count = channel->run_room = 0;
}

/* Room for one run more; most channels have one. */
static void more_runs(struct channel *c)
{
    uint32_t room = c->run_room ? 2 * c->run_room : 1;

    c->runs = memory_resize(c->runs, room, sizeof *c->runs);
    c->run_room = room;
}

/* The run of the span that holds a start, made if need be. */
static struct run *run_for(struct channel *c, int64_t start_s)
{
    uint32_t at = c->run_count;

    while (at > 0 && c->runs[at - 1].from_s > start_s)
        at--;
    if (at > 0 && start_s < c->runs[at - 1].to_s)
        return &c->runs[at - 1];
    if (c->run_count == c->run_room)
        more_runs(c);
    memmove(c->runs + at + 1, c->runs + at,
            (c->run_count - at) * sizeof *c->runs);
    c->runs[at] = (struct run){.from_s = span_start(c->key.cadence, start_s),
                               .to_s = span_end(c->key.cadence, start_s)};
    c->run_count++;
    return &c->runs[at];
}

static bool same_numbers(const struct reading *a, const struct reading *b)
{
    for (int c = 0; a->present >> c; c++) {
        if ((a->present & (1 << c)) &&
            (a->number[c].mantissa != b->number[c].mantissa ||
             a->number[c].exponent != b->number[c].exponent))
            return false;
    }
    return true;
}

static bool same_reading(const struct reading *a, const struct reading *b)
{
    return a->present == b->present && a->flag == b->flag &&
           !((a->quality ^ b->quality) & ~ARRIVAL_BITS) && same_numbers(a, b) &&
           span_equal(a->text, b->text);
}

static void keep_superseded(struct series *series, struct channel *c,
                            const struct reading *old)
{
    struct superseded *s = memory_new(1, sizeof *s);

    s->reading = *old;
    if (old->text.len) {
        s->text = memory_text(old->text);
        s->reading.text.at = s->text;
    }
    *c->superseded_end = s;
    c->superseded_end = &s->next;
    atomic_fetch_add(&series->unflushed, 1);
}

/* The newest reading of those that are not dated in the future. */
static void note_newest(struct channel *c, const struct reading *r)
{
    if (r->start_s == c->newest.start_s ||
        (r->start_s > c->newest.start_s && !(r->quality & QUALITY_BIT(FUTURE))))
        newest_set(&c->newest, r);
}

/* What stands at a start now. */
struct place {
    struct run *run;
    size_t index;
    bool in_run, found, corrected;
    struct reading old;
};

/*
 * Damage was logged; it goes on without. Between two stored starts nothing is
 * stored: the run remembers that, for a back-fill comes start by start.
 */
static void look_into_store(struct series *series, channel_id channel,
                            int64_t start_s, struct place *p)
{
    const struct columns *stored = &peek_at(series, channel, start_s)->columns;
    size_t at = columns_find(stored, start_s);

    if (at < stored->count && stored->start_s[at] == start_s) {
        p->found = true;
        p->corrected = stored->corrected[at];
        columns_get(stored, at, &p->old);
        return;
    }
    p->run->gap_from_s = at > 0 ? stored->start_s[at - 1] + 1 : p->run->from_s;
    p->run->gap_to_s = at < stored->count ? stored->start_s[at] : p->run->to_s;
}

static struct place find_place(struct series *series, channel_id channel,
                               struct channel *c, int64_t start_s)
{
    struct place p = {.run = run_for(c, start_s)};

    p.index = run_find(p.run, start_s);
    if (p.index < p.run->count && run_row(p.run, p.index)->start_s == start_s) {
        p.in_run = p.found = true;
        p.corrected = run_row(p.run, p.index)->corrected;
        run_get(p.run, p.index, &p.old);
    } else if (c->stored_last_s != NEVER && start_s <= c->stored_last_s &&
               (start_s < p.run->gap_from_s || start_s >= p.run->gap_to_s)) {
        look_into_store(series, channel, start_s, &p);
    }
    return p;
}

/* An empty run that nothing was put into goes again. */
static void drop_empty(struct channel *c, struct run *run)
{
    size_t at = (size_t)(run - c->runs);

    if (run->count)
        return;
    run_done(run);
    memmove(c->runs + at, c->runs + at + 1,
            (c->run_count - at - 1) * sizeof *c->runs);
    c->run_count--;
}

static enum series_change append(struct series *series, channel_id channel,
                                 struct channel *c, struct reading r)
{
    struct place p = find_place(series, channel, c, r.start_s);
    bool known = p.found && same_reading(&p.old, &r);

    /* Older than the correction that stands there: it has been here before. */
    if (p.found && p.corrected && r.arrival_us < p.old.arrival_us)
        known = true;
    if (known) {
        drop_empty(c, p.run);
        return SERIES_SAME;
    }
    if (!p.found)
        r.arrival_us = arrival_minute(r.arrival_us);
    else if (c->key.origin != ORIGIN_COMPUTED || !p.corrected ||
             r.arrival_us != p.old.arrival_us)
        keep_superseded(series, c, &p.old);
    if (p.in_run) {
        run_replace(p.run, p.index, &r, p.found);
    } else {
        run_insert(p.run, p.index, &r, p.found);
        p.run->replaced += p.found;
        atomic_fetch_add(&series->unflushed, 1);
    }
    note_newest(c, &r);
    mark_dirty(series, c, channel);
    return p.found ? SERIES_CORRECTED : SERIES_NEW;
}

static bool is_sound(const struct reading *r)
{
    return r->start_s >= MOMENT_MIN_S && r->start_s <= MOMENT_MAX_S &&
           r->arrival_us >= MOMENT_MIN_S * 1000000 &&
           r->arrival_us <= MOMENT_MAX_S * 1000000;
}

/* Numbers in bounds, a bounded text, nothing where nothing is present. */
static struct reading sanitized(const struct reading *reading)
{
    struct reading r = *reading;

    r.present &= (1 << READING_COLUMNS) - 1;
    r.text.len = r.text.len < BLOCK_TEXT_MAX ? r.text.len : BLOCK_TEXT_MAX;
    for (int c = 0; c < READING_COLUMNS; c++) {
        if (!(r.present & (1 << c))) {
            r.number[c] = DECIMAL(0, 0);
        } else if (r.number[c].exponent < DECIMAL_EXPONENT_MIN ||
                   r.number[c].exponent > DECIMAL_EXPONENT_MAX) {
            r.present &= (uint8_t) ~(1 << c);
            r.number[c] = DECIMAL(0, 0);
            r.quality |= QUALITY_BIT(TEXT);
        }
    }
    return r;
}

/* Behind everything known: no look at the store is needed. */
static size_t extend(struct series *series, channel_id channel,
                     struct channel *c, const struct reading *readings,
                     size_t count)
{
    struct run *run;
    size_t n;

    if (readings[0].start_s <= c->stored_last_s || !is_sound(readings) ||
        (c->run_count &&
         readings[0].start_s < c->runs[c->run_count - 1].from_s))
        return 0;
    run = run_for(c, readings[0].start_s);
    n = run_extend(run, readings, count);
    if (n == 0) {
        drop_empty(c, run);
        return 0;
    }
    atomic_fetch_add(&series->unflushed, n);
    for (size_t i = n; i-- > 0;) {
        if (readings[i].quality & QUALITY_BIT(FUTURE))
            continue;
        if (readings[i].start_s >= c->newest.start_s) {
            newest_set(&c->newest, &readings[i]);
            c->newest.arrival_us = arrival_minute(readings[i].arrival_us);
        }
        break;
    }
    mark_dirty(series, c, channel);
    return n;
}

enum series_change series_append(struct series *series, channel_id channel,
                                 const struct reading *reading)
{
    struct chunk *chunk;
    struct channel *c;
    enum series_change change = SERIES_NEW;

    if (!channel_known(series, channel) || !is_sound(reading)) {
        log_warn("reading out of bounds left out", "channel=%u start=%lld",
                 channel, (long long)reading->start_s);
        return SERIES_SAME;
    }
    chunk = chunk_of(series, channel);
    c = channel_of(series, channel);
    pthread_rwlock_wrlock(&chunk->lock);
    if (extend(series, channel, c, reading, 1) == 0)
        change = append(series, channel, c, sanitized(reading));
    pthread_rwlock_unlock(&chunk->lock);
    return change;
}

void series_append_many(struct series *series, channel_id channel,
                        const struct reading *readings, size_t count)
{
    struct chunk *chunk;
    struct channel *c;

    if (!channel_known(series, channel))
        return;
    chunk = chunk_of(series, channel);
    c = channel_of(series, channel);
    while (count) {
        size_t piece = count < PIECE ? count : PIECE;
        size_t done;

        pthread_rwlock_wrlock(&chunk->lock);
        done = extend(series, channel, c, readings, piece);
        pthread_rwlock_unlock(&chunk->lock);
        if (done == 0) {
            (void)series_append(series, channel, readings);
            done = 1;
        }
        readings += done;
        count -= done;
    }
}
