/* Valid values alone, on a grid: what is computed over millions of them. */
#include "quality/quality.h"
#include "storage/series/scan.h"

/* The place of a start on the grid; false when it is none of its. */
static bool place_of(const struct series_grid *grid, struct series_range range,
                     int64_t start_s, size_t *out)
{
    int64_t past = start_s - range.from_s;

    if (past < 0 || start_s >= range.to_s || past % grid->step_s != 0)
        return false;
    *out = (size_t)(past / grid->step_s);
    return true;
}

static void put_reading(const struct series_grid *grid,
                        struct series_range range,
                        const struct reading *reading)
{
    size_t at;

    if (!place_of(grid, range, reading->start_s, &at))
        return;
    grid->known[at] = reading_is_valid(reading);
    if (grid->known[at])
        grid->value[at] = reading->number[COLUMN_VALUE];
}

static void put_columns(const struct series_grid *grid,
                        struct series_range range, const struct columns *c)
{
    size_t i = columns_find(c, range.from_s);
    size_t stop = columns_find(c, range.to_s);
    uint32_t invalid = quality_invalid_bits();
    const int64_t *mantissa = c->mantissa[COLUMN_VALUE];
    const int64_t *exponent = c->exponent[COLUMN_VALUE];
    int64_t next_s = INT64_MAX; /* the start whose place is `at` */
    size_t at = 0;

    for (; i < stop; i++) {
        if (!(c->present[i] & READING_VALUE) ||
            ((uint32_t)c->quality[i] & invalid) ||
            (c->flag[i] != 'N' && !quality_flag_valid((char)c->flag[i])))
            continue;
        /* the next place, without a division, when nothing is missing */
        if (c->start_s[i] != next_s &&
            !place_of(grid, range, c->start_s[i], &at))
            continue;
        next_s = c->start_s[i] + grid->step_s;
        grid->value[at] = DECIMAL(mantissa[i], (int8_t)exponent[i]);
        grid->known[at] = true;
        at++;
    }
}

static enum err stored_part(struct reader *reader, const struct question *q,
                            const struct memory_part *memory,
                            const struct series_grid *grid, struct arena *arena)
{
    struct span_list spans = {NULL, 0};
    enum err damage = OK;
    enum err err =
        spans_of(reader, q->channel, memory->cadence, q->range, arena, &spans);

    for (size_t i = 0; i < spans.count && !err; i++) {
        enum err one = reader_open_block(reader, q->channel, &spans.at[i].row);

        if (one == ERR_CORRUPT)
            damage = one;
        else if (one)
            err = one;
        else
            put_columns(grid, q->range, &reader->stored);
    }
    return err ? err : damage;
}

/* Memory and overlays: seldom, so by way of whole readings. */
static enum err whole_readings(struct reader *reader, const struct question *q,
                               const struct memory_part *memory,
                               const struct series_grid *grid,
                               struct arena *arena)
{
    struct reading *readings = NULL;
    size_t count = 0;
    enum err err = scan_part(reader, q, memory, arena, &readings, &count);

    for (size_t i = 0; i < count; i++)
        put_reading(grid, q->range, &readings[i]);
    return err;
}

enum err series_grid(struct series *series, channel_id channel,
                     struct series_range range, struct series_view view,
                     const struct series_grid *grid)
{
    struct question question = {channel, range_within(range), view, 0};
    struct memory_part memory;
    struct reader *reader;
    struct arena arena;
    enum err err;

    if (grid->step_s <= 0 || question.range.from_s != range.from_s)
        return ERR_INVALID;
    if (!channel_known(series, channel))
        return ERR_NOT_FOUND;
    if (range.from_s >= range.to_s)
        return OK;
    memset(grid->known, 0,
           (size_t)((range.to_s - range.from_s + grid->step_s - 1) /
                    grid->step_s) *
               sizeof(*grid->known));
    err = reader_take(series, &reader);
    if (err)
        return err;
    arena_init(&arena);
    err = scan_begin(series, reader, &question, &arena, &memory);
    if (!err && memory.run_count == 0 && memory.overlay_count == 0 &&
        view.as_of_us == AS_OF_NOW)
        err = stored_part(reader, &question, &memory, grid, &arena);
    else if (!err)
        err = whole_readings(reader, &question, &memory, grid, &arena);
    reader_end(reader);
    reader_give(series, reader);
    arena_done(&arena);
    return err;
}
