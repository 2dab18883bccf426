#include "storage/series/run.h"

#include "base/memory.h"

enum { FIRST_ROOM = 1 }; /* many channels never hold more at once */

void run_done(struct run *run)
{
    for (size_t i = 0; i < run->text_count; i++)
        free(run->texts[i].text);
    free(run->texts);
    free(run->rows);
    *run = (struct run){0};
}

static uint16_t stride_of(uint8_t mask)
{
    return (uint16_t)(sizeof(struct row) +
                      sizeof(int64_t) * __builtin_popcount(mask));
}

/* Where the mantissa of a column stands in a row. */
static int slot_of(uint8_t mask, int column)
{
    return __builtin_popcount(mask & ((1 << column) - 1));
}

static void move_row(struct row *to, uint8_t to_mask, const struct row *from,
                     uint8_t from_mask)
{
    memcpy(to, from, sizeof(struct row));
    for (int c = 0; c < READING_COLUMNS; c++) {
        if (!(to_mask & (1 << c)))
            continue;
        to->mantissa[slot_of(to_mask, c)] =
            from_mask & (1 << c) ? from->mantissa[slot_of(from_mask, c)] : 0;
    }
}

/* Rows become wider: another number has come. */
static void widen(struct run *run, uint8_t mask)
{
    struct run narrow = *run;

    run->mask |= mask;
    run->stride = stride_of(run->mask);
    run->rows = memory_new(run->room ? run->room : 1, run->stride);
    for (size_t i = 0; i < run->count; i++)
        move_row(run_row(run, i), run->mask, run_row(&narrow, i), narrow.mask);
    free(narrow.rows);
}

void run_reserve(struct run *run, size_t more, uint8_t mask)
{
    size_t need = run->count + more;

    if (!run->stride)
        run->stride = stride_of(run->mask = mask);
    if (mask & ~run->mask)
        widen(run, mask);
    if (need > run->room) {
        size_t room = run->room ? 2 * (size_t)run->room : FIRST_ROOM;

        run->room = (uint32_t)(room < need ? need : room);
        run->rows = memory_resize(run->rows, run->room, run->stride);
    }
}

size_t run_find(const struct run *run, int64_t start_s)
{
    size_t low = 0, high = run->count;

    if (high == 0 || run_row(run, high - 1)->start_s < start_s)
        return high; /* the usual case: behind the last */
    while (low < high) {
        size_t middle = (low + high) / 2;

        if (run_row(run, middle)->start_s < start_s)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static size_t find_text(const struct run *run, int64_t start_s)
{
    size_t at = run->text_count;

    while (at > 0 && run->texts[at - 1].start_s >= start_s)
        at--;
    return at;
}

static bool has_text_at(const struct run *run, size_t at, int64_t start_s)
{
    return at < run->text_count && run->texts[at].start_s == start_s;
}

/* Sets, changes or drops the text of a start. */
static void put_text(struct run *run, int64_t start_s, struct span text)
{
    size_t at = find_text(run, start_s);

    if (has_text_at(run, at, start_s)) {
        free(run->texts[at].text);
        memmove(run->texts + at, run->texts + at + 1,
                (run->text_count - at - 1) * sizeof *run->texts);
        run->text_count--;
    }
    if (text.len == 0)
        return;
    run->texts = memory_grow(run->texts, &run->text_room, run->text_count + 1,
                             sizeof *run->texts);
    memmove(run->texts + at + 1, run->texts + at,
            (run->text_count - at) * sizeof *run->texts);
    run->texts[at] = (struct run_text){start_s, memory_text(text), text.len};
    run->text_count++;
}

static inline void write_row(const struct run *run, struct row *row,
                             const struct reading *r, bool corrected)
{
    row->start_s = r->start_s;
    row->arrival_us = r->arrival_us;
    row->quality = r->quality;
    row->flag = r->flag;
    row->present = r->present;
    row->corrected = corrected;
    row->has_text = r->text.len > 0;
    if (run->mask == READING_VALUE) {
        row->exponent[0] = r->number[0].exponent;
        row->mantissa[0] = r->number[0].mantissa;
        return;
    }
    for (int c = 0, slot = 0; run->mask >> c; c++) {
        if (!(run->mask & (1 << c)))
            continue;
        row->exponent[c] = r->number[c].exponent;
        row->mantissa[slot++] = r->number[c].mantissa;
    }
}

void run_insert(struct run *run, size_t index, const struct reading *reading,
                bool corrected)
{
    run_reserve(run, 1, reading->present);
    if (index < run->count)
        memmove(run_row(run, index + 1), run_row(run, index),
                (run->count - index) * run->stride);
    run->count++;
    write_row(run, run_row(run, index), reading, corrected);
    if (reading->text.len)
        put_text(run, reading->start_s, reading->text);
}

void run_replace(struct run *run, size_t index, const struct reading *reading,
                 bool corrected)
{
    run_reserve(run, 0, reading->present);
    write_row(run, run_row(run, index), reading, corrected);
    put_text(run, reading->start_s, reading->text);
}

void run_get(const struct run *run, size_t index, struct reading *out)
{
    const struct row *row = run_row(run, index);

    memset(out, 0, sizeof *out);
    out->start_s = row->start_s;
    out->arrival_us = row->arrival_us;
    out->quality = row->quality;
    out->flag = row->flag;
    out->present = row->present;
    for (int c = 0; row->present >> c; c++) {
        if (row->present & (1 << c))
            out->number[c] =
                DECIMAL(row->mantissa[slot_of(run->mask, c)], row->exponent[c]);
    }
    if (row->has_text) {
        size_t at = find_text(run, row->start_s);

        if (has_text_at(run, at, row->start_s))
            out->text = (struct span){run->texts[at].text, run->texts[at].len};
    }
}

void run_copy(const struct run *run, struct series_range range,
              struct arena *arena, struct run *out)
{
    size_t from = run_find(run, range.from_s);
    size_t to = run_find(run, range.to_s);

    *out = *run;
    out->count = out->room = (uint32_t)(to - from);
    out->rows = arena_take(arena, (to - from) * run->stride + 1);
    if (to > from)
        memcpy(out->rows, run_row(run, from), (to - from) * run->stride);
    out->texts = arena_take(arena, run->text_count * sizeof *run->texts + 1);
    for (size_t i = 0; i < run->text_count; i++) {
        out->texts[i] = run->texts[i];
        out->texts[i].text = arena_take(arena, run->texts[i].len + 1);
        memcpy(out->texts[i].text, run->texts[i].text, run->texts[i].len + 1);
    }
}

/* The numbers of one column of rows [from, to). */
static void add_numbers(struct columns *out, const struct run *run, int c,
                        size_t from, size_t count)
{
    int64_t *mantissa = out->mantissa[c] + out->count;
    int64_t *exponent = out->exponent[c] + out->count;
    int slot = slot_of(run->mask, c);
    bool has = run->mask & (1 << c);

    for (size_t i = 0; i < count; i++) {
        const struct row *row = run_row(run, from + i);
        bool there = has && (row->present & (1 << c));

        mantissa[i] = there ? row->mantissa[slot] : 0;
        exponent[i] = there ? row->exponent[c] : 0;
    }
}

/* Rows [from, to) behind the last reading of the columns. */
static void add_rows(struct columns *out, const struct run *run, size_t from,
                     size_t to)
{
    size_t at = out->count, n = to - from;

    columns_reserve(out, n, run->mask);
    for (size_t i = 0; i < n; i++) {
        const struct row *row = run_row(run, from + i);

        out->start_s[at + i] = row->start_s;
        out->arrival_us[at + i] = row->arrival_us;
        out->corrected[at + i] = row->corrected;
        out->flag[at + i] = (unsigned char)row->flag;
        out->quality[at + i] = row->quality;
        out->present[at + i] = row->present;
        if (row->has_text) {
            size_t text = find_text(run, row->start_s);

            if (has_text_at(run, text, row->start_s))
                columns_text(
                    out, at + i,
                    (struct span){run->texts[text].text, run->texts[text].len});
        }
    }
    for (int c = 0; c < READING_COLUMNS; c++) {
        if (out->mask & (1 << c))
            add_numbers(out, run, c, from, n);
    }
    out->count += n;
}

void run_merge(const struct columns *stored, const struct run *run,
               struct columns *out)
{
    size_t s = 0, r = 0;

    columns_clear(out);
    while (s < stored->count && r < run->count) {
        int64_t row_s = run_row(run, r)->start_s;
        size_t stop = columns_find(stored, row_s);
        size_t until;

        columns_copy(out, stored, s, stop);
        s = stop;
        if (s < stored->count && stored->start_s[s] == row_s)
            s++;
        until =
            s < stored->count ? run_find(run, stored->start_s[s]) : run->count;
        add_rows(out, run, r, until);
        r = until;
    }
    columns_copy(out, stored, s, stored->count);
    if (r < run->count)
        add_rows(out, run, r, run->count);
}

/*
 * How many readings lie before the end of the span, if they ascend; only to
 * make room.
 */
static size_t until_end(const struct run *run, const struct reading *readings,
                        size_t count)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (readings[middle].start_s < run->to_s)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* No text, and exponents as they should be. */
static bool is_plain(const struct reading *r)
{
    if (r->text.len)
        return false;
    for (int c = 0; r->present >> c; c++) {
        if ((r->present & (1 << c)) &&
            (unsigned)(r->number[c].exponent - DECIMAL_EXPONENT_MIN) >
                DECIMAL_EXPONENT_MAX - DECIMAL_EXPONENT_MIN)
            return false;
    }
    return !(r->present >> READING_COLUMNS);
}

size_t run_extend(struct run *run, const struct reading *readings, size_t count)
{
    int64_t last =
        run->count ? run_row(run, run->count - 1)->start_s : run->from_s - 1;
    int64_t arrival = INT64_MIN, minute = INT64_MIN;
    size_t n = 0;

    if (count == 0)
        return 0;
    count = until_end(run, readings, count);
    run_reserve(run, count, readings[0].present); /* alike, most times */
    for (; n < count; n++) {
        const struct reading *r = &readings[n];
        struct row *row = run_row(run, run->count);

        if (r->start_s <= last || r->start_s >= run->to_s || !is_plain(r) ||
            (r->present & ~run->mask))
            break;
        if (r->arrival_us != arrival) {
            if (r->arrival_us < MOMENT_MIN_S * 1000000 ||
                r->arrival_us > MOMENT_MAX_S * 1000000)
                break;
            arrival = r->arrival_us;
            minute = arrival_minute(arrival);
        }
        last = r->start_s;
        write_row(run, row, r, false);
        row->arrival_us = minute;
        run->count++;
    }
    return n;
}
