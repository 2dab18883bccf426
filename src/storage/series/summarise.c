/* Sums of many channels, mostly from what stands beside the blocks. */
#include "base/memory.h"
#include "storage/series/scan.h"

enum { STEPS_MAX = 1 << 22 };

struct steps {
    int64_t *bound; /* count + 1 moments */
    size_t count;
};

static enum err steps_of(struct series_range range, enum cadence step,
                         struct arena *arena, struct steps *out)
{
    int64_t at = period_start(range.from_s, step);
    size_t count = 0, n = 0;

    if (step < CADENCE_HOUR || step > CADENCE_YEAR)
        return ERR_INVALID;
    if ((range.to_s - range.from_s) / HOUR_S > STEPS_MAX)
        return ERR_TOO_LARGE;
    for (int64_t t = at; t < range.to_s; t = period_next(t, step))
        count++;
    out->bound = arena_new(arena, count + 1, sizeof *out->bound);
    for (; n <= count; at = period_next(at, step))
        out->bound[n++] = at;
    out->count = count;
    return OK;
}

/* One channel's sums under way. */
struct tally {
    struct reader *reader;
    struct question question;
    const struct steps *steps;
    struct series_summary *out;
    size_t step; /* of the last span: spans come in order */
};

static size_t step_of(struct tally *tally, int64_t moment_s)
{
    while (tally->step > 0 && moment_s < tally->steps->bound[tally->step])
        tally->step--;
    while (moment_s >= tally->steps->bound[tally->step + 1])
        tally->step++;
    return tally->step;
}

static void tally_columns(struct tally *tally, const struct columns *columns)
{
    size_t i = columns_find(columns, tally->question.range.from_s);
    size_t stop = columns_find(columns, tally->question.range.to_s);

    while (i < stop) {
        size_t step = step_of(tally, columns->start_s[i]);
        size_t next = columns_find(columns, tally->steps->bound[step + 1]);

        next = next < stop ? next : stop;
        summary_add_columns(&tally->out[step], columns, i, next);
        i = next;
    }
}

static void tally_run(struct tally *tally, const struct run *run)
{
    for (size_t i = 0; i < run->count; i++) {
        struct reading reading;

        run_get(run, i, &reading);
        summary_add(&tally->out[step_of(tally, reading.start_s)], &reading);
    }
}

/* Whether a span lies inside the range and inside one step. */
static bool is_whole(struct tally *tally, int64_t from_s, int64_t to_s)
{
    return from_s >= tally->question.range.from_s &&
           to_s <= tally->question.range.to_s &&
           to_s <= tally->steps->bound[step_of(tally, from_s) + 1];
}

/* A stored span, and what memory has that may stand in its place. */
static enum err tally_span(struct tally *tally, enum cadence cadence,
                           const struct stored_span *span,
                           const struct run *run)
{
    struct reader *reader = tally->reader;
    bool mixed = run && run->replaced;
    int64_t from_s = span->row.start_s;
    enum err err;

    if (span->trusted && !mixed &&
        is_whole(tally, from_s, span_end(cadence, from_s))) {
        summary_merge(&tally->out[tally->step], &span->row.summary);
        return OK;
    }
    err = reader_open_block(reader, tally->question.channel, &span->row);
    if (err && err != ERR_CORRUPT)
        return err;
    if (mixed) {
        struct columns both;

        columns_init(&both);
        run_merge(&reader->stored, run, &both);
        tally_columns(tally, &both);
        columns_done(&both);
    } else {
        tally_columns(tally, &reader->stored);
    }
    return err;
}

static enum err tally_stored(struct tally *tally,
                             const struct memory_part *memory,
                             struct arena *scratch)
{
    struct span_list spans;
    size_t r = 0;
    enum err damage = OK;
    enum err err =
        spans_of(tally->reader, tally->question.channel, memory->cadence,
                 tally->question.range, scratch, &spans);

    for (size_t i = 0; !err && i < spans.count; i++) {
        int64_t from_s = spans.at[i].row.start_s;
        const struct run *run = NULL;

        for (; r < memory->run_count && memory->runs[r].from_s < from_s; r++)
            tally_run(tally, &memory->runs[r]);
        if (r < memory->run_count && memory->runs[r].from_s == from_s)
            run = &memory->runs[r++];
        err = tally_span(tally, memory->cadence, &spans.at[i], run);
        if (err == ERR_CORRUPT) {
            damage = err;
            err = OK;
        }
        if (run && !run->replaced)
            tally_run(tally, run);
    }
    for (; r < memory->run_count && !err; r++)
        tally_run(tally, &memory->runs[r]);
    return err ? err : damage;
}

/* With overlays or as of a moment: reading by reading. */
static enum err tally_scanned(struct tally *tally,
                              const struct memory_part *memory,
                              struct arena *scratch)
{
    struct reading *readings;
    size_t count = 0;
    enum err err = scan_part(tally->reader, &tally->question, memory, scratch,
                             &readings, &count);

    if (err && err != ERR_CORRUPT)
        return err;
    for (size_t i = 0; i < count; i++)
        summary_add(&tally->out[step_of(tally, readings[i].start_s)],
                    &readings[i]);
    return err;
}

static enum err tally_channel(struct series *series, struct tally *tally,
                              struct arena *scratch)
{
    struct memory_part memory;

    if (!channel_known(series, tally->question.channel))
        return ERR_NOT_FOUND;
    memory_copy(series, &tally->question, scratch, &memory);
    if (memory.overlay_count || tally->question.view.as_of_us != AS_OF_NOW)
        return tally_scanned(tally, &memory, scratch);
    return tally_stored(tally, &memory, scratch);
}

static void clear_sums(struct series_summary *out, size_t channel_count,
                       const struct steps *steps)
{
    for (size_t c = 0; c < channel_count; c++) {
        for (size_t s = 0; s < steps->count; s++)
            out[c * steps->count + s] = (struct series_summary){
                .start_s = steps->bound[s], .sum = DECIMAL_SUM_ZERO};
    }
}

/* All channels in one snapshot; `*flushed` asks to begin again. */
static enum err tally_all(struct series *series, const channel_id *channels,
                          size_t count, struct tally tally, bool *flushed)
{
    uint64_t flushes = atomic_load(&series->flushes);
    enum err damage = OK, err = reader_begin(tally.reader);
    struct series_summary *out = tally.out;
    struct arena scratch;

    arena_init(&scratch);
    for (size_t i = 0; i < count && !err; i++) {
        tally.question.channel = channels[i];
        tally.out = out + i * tally.steps->count;
        tally.step = 0;
        arena_clear(&scratch);
        err = tally_channel(series, &tally, &scratch);
        if (err == ERR_CORRUPT) {
            damage = err;
            err = OK;
        }
    }
    arena_done(&scratch);
    reader_end(tally.reader);
    *flushed = flushes != atomic_load(&series->flushes);
    return err ? err : damage;
}

/* NOLINTNEXTLINE(readability-function-size): the question has these parts */
enum err series_summarise(struct series *series, const channel_id *channels,
                          size_t channel_count, struct series_range range,
                          enum cadence step, struct series_view view,
                          struct arena *arena, struct series_summary **out,
                          size_t *out_steps)
{
    struct tally tally = {.question = {0, range_within(range), view, 0}};
    struct steps steps = {NULL, 0};
    bool flushed = true;
    enum err err;

    *out = NULL;
    *out_steps = 0;
    range = tally.question.range;
    if (range.from_s >= range.to_s)
        return OK;
    err = steps_of(range, step, arena, &steps);
    if (!err)
        err = reader_take(series, &tally.reader);
    if (err)
        return err;
    *out = arena_take(arena, (channel_count * steps.count + 1) * sizeof **out);
    tally.steps = &steps;
    tally.out = *out;
    while (flushed && (!err || err == ERR_CORRUPT)) {
        clear_sums(*out, channel_count, &steps);
        err = tally_all(series, channels, channel_count, tally, &flushed);
    }
    *out_steps = steps.count;
    reader_give(series, tally.reader);
    return err;
}
