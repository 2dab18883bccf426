#include "storage/series/block.h"

#include "base/memory.h"
#include "base/tens.h"
#include "quality/quality.h"

enum { FORMAT = 1, FIRST_ROOM = 16 };

enum arrival_coding { ARRIVAL_LAG, ARRIVAL_DIFFERENCE };
enum exponent_coding { EXPONENT_COMMON, EXPONENT_OWN };

/* ---- crc32c (Castagnoli), eight bytes at a time where the CPU can ---- */

#ifdef __SSE4_2__
uint32_t block_crc32c(uint32_t crc, struct span bytes)
{
    const char *at = bytes.at;
    size_t len = bytes.len;
    uint64_t state = ~crc;

    for (; len >= 8; at += 8, len -= 8) {
        uint64_t word;

        memcpy(&word, at, sizeof(word));
        state = __builtin_ia32_crc32di(state, word);
    }
    for (; len; at++, len--)
        state = __builtin_ia32_crc32qi((uint32_t)state, (unsigned char)*at);
    return ~(uint32_t)state;
}
#else
uint32_t block_crc32c(uint32_t crc, struct span bytes)
{
    crc = ~crc;
    for (size_t i = 0; i < bytes.len; i++) {
        crc ^= (unsigned char)bytes.at[i];
        for (int bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ (crc & 1 ? 0x82f63b78u : 0);
    }
    return ~crc;
}
#endif

/* ---- columns ---- */

void columns_init(struct columns *columns)
{
    *columns = (struct columns){0};
}

void columns_done(struct columns *columns)
{
    free(columns->start_s);
    free(columns->arrival_us);
    free(columns->corrected);
    free(columns->flag);
    free(columns->quality);
    free(columns->present);
    free(columns->lane);
    free(columns->lane2);
    free(columns->text);
    for (int c = 0; c < READING_COLUMNS; c++) {
        free(columns->mantissa[c]);
        free(columns->exponent[c]);
    }
    *columns = (struct columns){0};
}

void columns_clear(struct columns *columns)
{
    columns->count = 0;
    columns->text_count = 0;
    columns->mask = 0;
}

static void resize(int64_t **array, size_t room)
{
    *array = memory_resize(*array, room, sizeof(int64_t));
}

static void make_room(struct columns *columns, size_t count)
{
    size_t room = columns->room ? columns->room : FIRST_ROOM;

    if (count <= columns->room)
        return;
    while (room < count)
        room *= 2;
    resize(&columns->start_s, room);
    resize(&columns->arrival_us, room);
    resize(&columns->corrected, room);
    resize(&columns->flag, room);
    resize(&columns->quality, room);
    resize(&columns->present, room);
    resize(&columns->lane, room);
    resize(&columns->lane2, room);
    for (int c = 0; c < READING_COLUMNS; c++) {
        if (columns->mantissa[c]) {
            resize(&columns->mantissa[c], room);
            resize(&columns->exponent[c], room);
        }
    }
    columns->room = room;
}

/* Makes sure that the numbers of `mask` have arrays. */
static void columns_widen(struct columns *columns, uint8_t mask)
{
    for (int c = 0; c < READING_COLUMNS; c++) {
        if (!(mask & ~columns->mask & (1 << c)))
            continue;
        if (!columns->mantissa[c]) {
            resize(&columns->mantissa[c], columns->room);
            resize(&columns->exponent[c], columns->room);
        }
        memset(columns->mantissa[c], 0, columns->count * sizeof(int64_t));
        memset(columns->exponent[c], 0, columns->count * sizeof(int64_t));
    }
    columns->mask |= mask;
}

void columns_text(struct columns *columns, size_t index, struct span text)
{
    columns->text = memory_grow(columns->text, &columns->text_room,
                                columns->text_count + 1, sizeof *columns->text);
    columns->text[columns->text_count++] = (struct column_text){index, text};
}

void columns_add(struct columns *columns, const struct reading *reading,
                 bool corrected)
{
    size_t i = columns->count;

    make_room(columns, i + 1);
    if (reading->present & ~columns->mask)
        columns_widen(columns, reading->present);
    columns->start_s[i] = reading->start_s;
    columns->arrival_us[i] = reading->arrival_us;
    columns->corrected[i] = corrected;
    columns->flag[i] = (unsigned char)reading->flag;
    columns->quality[i] = reading->quality;
    columns->present[i] = reading->present;
    for (int c = 0; c < READING_COLUMNS; c++) {
        bool there = reading->present & (1 << c);

        if (columns->mask & (1 << c)) {
            columns->mantissa[c][i] = there ? reading->number[c].mantissa : 0;
            columns->exponent[c][i] = there ? reading->number[c].exponent : 0;
        }
    }
    if (reading->text.len)
        columns_text(columns, i, reading->text);
    columns->count++;
}

void columns_reserve(struct columns *columns, size_t count, uint8_t mask)
{
    make_room(columns, columns->count + count);
    columns_widen(columns, mask);
}

static void copy_part(int64_t *to, size_t at, const int64_t *from, size_t first,
                      size_t count)
{
    memcpy(to + at, from + first, count * sizeof(int64_t));
}

void columns_copy(struct columns *columns, const struct columns *others,
                  size_t from, size_t to)
{
    size_t at = columns->count, n = to - from;

    if (from >= to)
        return;
    columns_reserve(columns, n, others->mask);
    copy_part(columns->start_s, at, others->start_s, from, n);
    copy_part(columns->arrival_us, at, others->arrival_us, from, n);
    copy_part(columns->corrected, at, others->corrected, from, n);
    copy_part(columns->flag, at, others->flag, from, n);
    copy_part(columns->quality, at, others->quality, from, n);
    copy_part(columns->present, at, others->present, from, n);
    for (int c = 0; c < READING_COLUMNS; c++) {
        if (others->mask & (1 << c)) {
            copy_part(columns->mantissa[c], at, others->mantissa[c], from, n);
            copy_part(columns->exponent[c], at, others->exponent[c], from, n);
        } else if (columns->mask & (1 << c)) {
            memset(columns->mantissa[c] + at, 0, n * sizeof(int64_t));
            memset(columns->exponent[c] + at, 0, n * sizeof(int64_t));
        }
    }
    for (size_t i = 0; i < others->text_count; i++) {
        if (others->text[i].index >= from && others->text[i].index < to)
            columns_text(columns, at + others->text[i].index - from,
                         others->text[i].text);
    }
    columns->count += n;
}

/* The text of a reading; empty when it has none. */
static struct span text_at(const struct columns *columns, size_t index)
{
    size_t low = 0, high = columns->text_count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (columns->text[middle].index < index)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < columns->text_count && columns->text[low].index == index)
        return columns->text[low].text;
    return (struct span){NULL, 0};
}

void columns_get(const struct columns *columns, size_t index,
                 struct reading *out)
{
    uint8_t present = (uint8_t)columns->present[index];

    memset(out, 0, sizeof *out);
    out->start_s = columns->start_s[index];
    out->arrival_us = columns->arrival_us[index];
    out->flag = (char)columns->flag[index];
    out->quality = (uint32_t)columns->quality[index];
    out->present = present;
    for (int c = 0; present >> c; c++) {
        if (present & (1 << c))
            out->number[c] = DECIMAL(columns->mantissa[c][index],
                                     (int8_t)columns->exponent[c][index]);
    }
    if (columns->text_count)
        out->text = text_at(columns, index);
}

size_t columns_find(const struct columns *columns, int64_t start_s)
{
    size_t low = 0, high = columns->count;

    while (low < high) {
        size_t middle = (low + high) / 2;

        if (columns->start_s[middle] < start_s)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int64_t arrival_minute(int64_t arrival_us)
{
    int64_t rest = arrival_us % MINUTE_US;

    if (rest < 0)
        rest += MINUTE_US;
    return rest ? arrival_us - rest + MINUTE_US : arrival_us;
}

/* ---- encoding ---- */

static void put_starts(struct codec *codec, struct columns *c, struct buf *out)
{
    for (size_t i = 1; i < c->count; i++)
        c->lane[i - 1] = c->start_s[i] - c->start_s[i - 1];
    stream_encode(codec, c->lane, c->count - 1, out);
}

static int64_t floor_minute(int64_t start_s)
{
    int64_t minute = start_s / MINUTE_S;

    return minute - (start_s % MINUTE_S < 0);
}

/* Whole minutes until a moment, the last one begun counted. */
static int64_t minutes_up(int64_t arrival_us)
{
    int64_t minutes = arrival_us / MINUTE_US;

    return minutes + (arrival_us - minutes * MINUTE_US > 0);
}

static size_t changes(const int64_t *values, size_t count)
{
    size_t n = 0;

    for (size_t i = 1; i < count; i++)
        n += values[i] != values[i - 1];
    return n;
}

/*
 * Live readings arrive at a steady lag behind their start, those of a back-fill
 * all at once: the steadier of both views is written. What a correction has
 * beyond the whole minute goes with the corrections.
 */
static void put_arrivals(struct codec *codec, struct columns *c,
                         struct buf *out)
{
    size_t lag_changes, own_changes;
    int64_t minutes = minutes_up(c->arrival_us[0]);

    for (size_t i = 0; i < c->count; i++) {
        int64_t since = c->arrival_us[i] - minutes * MINUTE_US;

        if (since == MINUTE_US) /* as usual: spares the division */
            minutes++;
        else if (since)
            minutes = minutes_up(c->arrival_us[i]);
        c->lane2[i] = minutes;
        c->lane[i] = c->lane2[i] - floor_minute(c->start_s[i]);
    }
    lag_changes = changes(c->lane, c->count);
    own_changes = changes(c->lane2, c->count);
    if (lag_changes <= own_changes) {
        buf_char(out, ARRIVAL_LAG);
        put_signed(out, c->lane[0]);
        for (size_t i = c->count - 1; i > 0; i--)
            c->lane[i] -= c->lane[0];
        stream_encode(codec, c->lane + 1, c->count - 1, out);
        return;
    }
    buf_char(out, ARRIVAL_DIFFERENCE);
    put_signed(out, c->lane2[0]);
    for (size_t i = c->count - 1; i > 0; i--)
        c->lane2[i] -= c->lane2[i - 1];
    stream_encode(codec, c->lane2 + 1, c->count - 1, out);
}

/* 0: a first arrival; else 1 + how far before its minute it came. */
static void put_corrections(struct codec *codec, struct columns *c,
                            struct buf *out)
{
    for (size_t i = 0; i < c->count; i++) {
        int64_t at = c->arrival_us[i];

        c->lane[i] = c->corrected[i] ? 1 + arrival_minute(at) - at : 0;
    }
    stream_encode(codec, c->lane, c->count, out);
}

/* Brings mantissas (lane) to the smallest exponent (lane2 has them). */
static bool to_common_exponent(int64_t *mantissa, const int64_t *exponent,
                               size_t count, int64_t common)
{
    for (size_t i = 0; i < count; i++) {
        for (int64_t e = exponent[i]; e > common; e--) {
            if (__builtin_mul_overflow(mantissa[i], 10, &mantissa[i]))
                return false;
        }
    }
    return true;
}

/* The numbers of column `at` that are there, into lane and lane2. */
static size_t gather(struct columns *c, int at)
{
    size_t n = 0;

    int64_t all = 1 << at;

    for (size_t i = 0; i < c->count; i++)
        all &= c->present[i];
    if (all) {
        copy_part(c->lane, 0, c->mantissa[at], 0, c->count);
        copy_part(c->lane2, 0, c->exponent[at], 0, c->count);
        return c->count;
    }
    for (size_t i = 0; i < c->count; i++) {
        c->lane[n] = c->mantissa[at][i];
        c->lane2[n] = c->exponent[at][i];
        n += (c->present[i] >> at) & 1;
    }
    return n;
}

static void put_numbers(struct codec *codec, struct columns *c, int at,
                        struct buf *out)
{
    size_t n = gather(c, at);
    int64_t common = DECIMAL_EXPONENT_MAX, most = DECIMAL_EXPONENT_MIN;
    char coding = EXPONENT_COMMON;

    for (size_t i = 0; i < n; i++) {
        common = c->lane2[i] < common ? c->lane2[i] : common;
        most = c->lane2[i] > most ? c->lane2[i] : most;
    }
    stream_encode(codec, c->lane2, n, out);
    if (most > common && !to_common_exponent(c->lane, c->lane2, n, common)) {
        coding = EXPONENT_OWN;
        gather(c, at);
    }
    buf_char(out, coding);
    put_signed(out, common);
    put_signed(out, n ? c->lane[0] : 0);
    for (size_t i = n; i-- > 1;)
        c->lane[i] = (int64_t)((uint64_t)c->lane[i] - (uint64_t)c->lane[i - 1]);
    if (n > 1)
        stream_encode(codec, c->lane + 1, n - 1, out);
}

static void put_texts(const struct columns *c, struct buf *out)
{
    put_varint(out, c->text_count);
    for (size_t i = 0; i < c->text_count; i++) {
        put_varint(out, c->text[i].index);
        put_varint(out, c->text[i].text.len);
        buf_add(out, c->text[i].text);
    }
}

void block_encode(struct codec *codec, struct columns *columns, struct buf *out)
{
    size_t start = out->len;
    uint8_t mask = 0;
    uint32_t crc;

    buf_char(out, FORMAT);
    buf_add(out, SPAN("crc_"));
    put_varint(out, columns->count);
    put_signed(out, columns->start_s[0]);
    put_starts(codec, columns, out);
    put_arrivals(codec, columns, out);
    put_corrections(codec, columns, out);
    stream_encode(codec, columns->flag, columns->count, out);
    stream_encode(codec, columns->quality, columns->count, out);
    stream_encode(codec, columns->present, columns->count, out);
    for (size_t i = 0; i < columns->count; i++)
        mask |= (uint8_t)columns->present[i];
    for (int c = 0; c < READING_COLUMNS; c++) {
        if (mask & (1 << c))
            put_numbers(codec, columns, c, out);
    }
    put_texts(columns, out);
    if (out->full)
        return;
    crc = block_crc32c(
        0, (struct span){out->at + start + 5, out->len - start - 5});
    memcpy(out->at + start + 1, &crc, sizeof(crc));
}

/* ---- decoding ---- */

static bool get_starts(struct codec *codec, struct cursor *in,
                       struct columns *c)
{
    int64_t start = get_signed(in);

    stream_decode(codec, in, c->lane, c->count - 1);
    if (in->bad || start < MOMENT_MIN_S)
        return false;
    for (size_t i = 0; i < c->count; i++) {
        if (start > MOMENT_MAX_S)
            return false;
        c->start_s[i] = start;
        if (i + 1 == c->count)
            break;
        if (c->lane[i] <= 0 || c->lane[i] > MOMENT_MAX_S - MOMENT_MIN_S)
            return false;
        start += c->lane[i];
    }
    return true;
}

/* An arrival in minutes that fits microseconds. */
static bool is_minute(int64_t minute)
{
    return minute > -(1LL << 33) && minute < (1LL << 33);
}

static bool get_arrivals(struct codec *codec, struct cursor *in,
                         struct columns *c)
{
    struct span coding = get_bytes(in, 1);
    int64_t first = get_signed(in);

    c->lane[0] = 0;
    stream_decode(codec, in, c->lane + 1, c->count - 1);
    if (in->bad || !is_minute(first) || (unsigned char)coding.at[0] > 1)
        return false;
    if (coding.at[0] == ARRIVAL_LAG) {
        for (size_t i = 0; i < c->count; i++) {
            if (!is_minute(c->lane[i]))
                return false;
            c->arrival_us[i] =
                (c->lane[i] + first + floor_minute(c->start_s[i])) * MINUTE_US;
        }
        return true;
    }
    for (size_t i = 0; i < c->count; i++) {
        if (!is_minute(c->lane[i]) || !is_minute(first += c->lane[i]))
            return false;
        c->arrival_us[i] = first * MINUTE_US;
    }
    return true;
}

static bool get_corrections(struct codec *codec, struct cursor *in,
                            struct columns *c)
{
    stream_decode(codec, in, c->lane, c->count);
    if (in->bad)
        return false;
    for (size_t i = 0; i < c->count; i++) {
        if (c->lane[i] < 0 || c->lane[i] > MINUTE_US)
            return false;
        c->corrected[i] = c->lane[i] > 0;
        if (c->lane[i] > 0)
            c->arrival_us[i] -= c->lane[i] - 1;
    }
    return true;
}

/* A stream of small numbers: flags, qualities, presence. */
static bool get_small(struct codec *codec, struct cursor *in, int64_t *values,
                      size_t count, int64_t most)
{
    uint64_t over = 0;

    stream_decode(codec, in, values, count);
    if (in->bad)
        return false;
    for (size_t i = 0; i < count; i++)
        over |= (uint64_t)values[i] > (uint64_t)most;
    return !over;
}

static int64_t own_mantissa(int64_t common, int64_t fall)
{
    if (fall == 0)
        return common;
    return fall < (int64_t)LENGTH(tens) ? common / tens[fall] : 0;
}

/* Lays the n numbers in lane and lane2 out over the readings that have one. */
static void scatter(struct columns *c, int at, size_t n)
{
    size_t from = 0;

    if (n == c->count) {
        memcpy(c->mantissa[at], c->lane, n * sizeof(int64_t));
        memcpy(c->exponent[at], c->lane2, n * sizeof(int64_t));
        return;
    }
    for (size_t i = 0; i < c->count; i++) {
        bool there = (c->present[i] >> at) & 1;

        c->mantissa[at][i] = there ? c->lane[from] : 0;
        c->exponent[at][i] = there ? c->lane2[from] : 0;
        from += there;
    }
}

static bool get_numbers(struct codec *codec, struct cursor *in,
                        struct columns *c, int at)
{
    size_t n = 0;
    struct span coding;
    int64_t common, last, shift = 0;

    for (size_t i = 0; i < c->count; i++)
        n += (c->present[i] >> at) & 1;
    stream_decode(codec, in, c->lane2, n);
    coding = get_bytes(in, 1);
    common = get_signed(in);
    last = get_signed(in);
    if (n > 1)
        stream_decode(codec, in, c->lane + 1, n - 1);
    if (in->bad || common < DECIMAL_EXPONENT_MIN ||
        common > DECIMAL_EXPONENT_MAX)
        return false;
    c->lane[0] = last;
    for (size_t i = 1; i < n; i++) {
        last = (int64_t)((uint64_t)last + (uint64_t)c->lane[i]);
        c->lane[i] = last;
    }
    for (size_t i = 0; i < n; i++) {
        if (c->lane2[i] < common || c->lane2[i] > DECIMAL_EXPONENT_MAX)
            return false;
        shift |= c->lane2[i] - common;
    }
    if (shift && coding.at[0] == EXPONENT_COMMON) {
        for (size_t i = 0; i < n; i++)
            c->lane[i] = own_mantissa(c->lane[i], c->lane2[i] - common);
    }
    scatter(c, at, n);
    return true;
}

static bool get_texts(struct cursor *in, struct columns *c)
{
    uint64_t count = get_varint(in);
    uint64_t least = 0;

    for (uint64_t i = 0; i < count; i++) {
        uint64_t index = get_varint(in);
        uint64_t len = get_varint(in);
        struct span text = get_bytes(in, len);

        if (in->bad || index < least || index >= c->count || len == 0 ||
            len > BLOCK_TEXT_MAX)
            return false;
        least = index + 1;
        columns_text(c, index, text);
    }
    return !in->bad && in->at == in->end;
}

static bool decode_body(struct codec *codec, struct cursor *in,
                        struct columns *c)
{
    uint8_t mask = 0;

    if (!get_starts(codec, in, c) || !get_arrivals(codec, in, c) ||
        !get_corrections(codec, in, c) ||
        !get_small(codec, in, c->flag, c->count, UINT8_MAX) ||
        !get_small(codec, in, c->quality, c->count, UINT32_MAX) ||
        !get_small(codec, in, c->present, c->count, (1 << READING_COLUMNS) - 1))
        return false;
    for (size_t i = 0; i < c->count; i++)
        mask |= (uint8_t)c->present[i];
    columns_widen(c, mask);
    for (int at = 0; at < READING_COLUMNS; at++) {
        if ((mask & (1 << at)) && !get_numbers(codec, in, c, at))
            return false;
    }
    return get_texts(in, c);
}

enum err block_decode(struct codec *codec, struct span bytes, size_t most,
                      struct columns *out)
{
    struct cursor in;
    uint64_t count;
    uint32_t crc;

    columns_clear(out);
    if (bytes.len < 6 || bytes.at[0] != FORMAT)
        return ERR_CORRUPT;
    memcpy(&crc, bytes.at + 1, sizeof(crc));
    if (crc != block_crc32c(0, span_from(bytes, 5)))
        return ERR_CORRUPT;
    in.at = (const unsigned char *)bytes.at + 5;
    in.end = (const unsigned char *)bytes.at + bytes.len;
    in.bad = false;
    count = get_varint(&in);
    if (count == 0 || count > most)
        return ERR_CORRUPT;
    make_room(out, (size_t)count);
    out->count = (size_t)count;
    if (!decode_body(codec, &in, out)) {
        columns_clear(out);
        return ERR_CORRUPT;
    }
    return OK;
}

/* ---- sums ---- */

static void summary_value(struct series_summary *s, struct decimal value)
{
    /* 2^32 values of 19 digits at 36 exponents' distance do not fit 128 bits;
     * what a device sends does. A sum that ran over says so by count 0. */
    if (decimal_sum_add(&s->sum, value))
        return;
    if (s->count == 0 || decimal_compare(value, s->min) < 0)
        s->min = value;
    if (s->count == 0 || decimal_compare(value, s->max) > 0)
        s->max = value;
    s->count++;
}

void summary_add(struct series_summary *summary, const struct reading *reading)
{
    summary->count_all++;
    if (reading_is_valid(reading))
        summary_value(summary, reading->number[COLUMN_VALUE]);
}

/* Readings whose values share one exponent: plain integers. */
static void add_alike(struct series_summary *summary, const struct columns *c,
                      size_t from, size_t to)
{
    const int64_t *mantissa = c->mantissa[COLUMN_VALUE];
    int8_t exponent = (int8_t)c->exponent[COLUMN_VALUE][from];
    uint32_t invalid = quality_invalid_bits();
    int64_t least = INT64_MAX, most = INT64_MIN;
    struct series_summary part = {.sum = {0, exponent, 0}};
    __int128 sum = 0;

    for (size_t i = from; i < to; i++) {
        if (!(c->present[i] & READING_VALUE) || (c->quality[i] & invalid) ||
            (c->flag[i] != 'N' && !quality_flag_valid((char)c->flag[i])))
            continue;
        sum += mantissa[i];
        least = mantissa[i] < least ? mantissa[i] : least;
        most = mantissa[i] > most ? mantissa[i] : most;
        part.count++;
    }
    part.count_all = (uint32_t)(to - from);
    if (part.count) {
        part.sum = (struct decimal_sum){sum, exponent, part.count};
        part.min = DECIMAL(least, exponent);
        part.max = DECIMAL(most, exponent);
    }
    summary_merge(summary, &part);
}

void summary_add_columns(struct series_summary *summary,
                         const struct columns *columns, size_t from, size_t to)
{
    const int64_t *exponent = columns->exponent[COLUMN_VALUE];
    int64_t differ = 0;

    if (!(columns->mask & READING_VALUE)) {
        summary->count_all += (uint32_t)(to - from);
        return;
    }
    for (size_t i = from; i < to; i++)
        differ |= exponent[i] ^ exponent[from];
    if (from < to && !differ) {
        add_alike(summary, columns, from, to);
        return;
    }
    for (size_t i = from; i < to; i++) {
        struct reading reading;

        columns_get(columns, i, &reading);
        summary_add(summary, &reading);
    }
}

/* Exact; the sum takes the smaller exponent. */
static bool sum_merge(struct decimal_sum *sum, const struct decimal_sum *other)
{
    struct decimal_sum left = *sum, right = *other;
    struct decimal_sum *high = left.exponent > right.exponent ? &left : &right;
    int low = left.exponent > right.exponent ? right.exponent : left.exponent;

    if (left.count == 0 || right.count == 0) {
        *sum = left.count ? left : right;
        return true;
    }
    while (high->exponent > low) {
        if (__builtin_mul_overflow(high->mantissa, 10, &high->mantissa))
            return false;
        high->exponent--;
    }
    if (__builtin_add_overflow(left.mantissa, right.mantissa, &left.mantissa))
        return false;
    *sum = (struct decimal_sum){left.mantissa, low, left.count + right.count};
    return true;
}

void summary_merge(struct series_summary *summary,
                   const struct series_summary *other)
{
    summary->count_all += other->count_all;
    if (other->count == 0 || !sum_merge(&summary->sum, &other->sum))
        return;
    if (summary->count == 0 || decimal_compare(other->min, summary->min) < 0)
        summary->min = other->min;
    if (summary->count == 0 || decimal_compare(other->max, summary->max) > 0)
        summary->max = other->max;
    summary->count += other->count;
}

static void put_decimal(struct buf *out, struct decimal d)
{
    put_signed(out, d.exponent);
    put_signed(out, d.mantissa);
}

static struct decimal get_decimal(struct cursor *in)
{
    int64_t exponent = get_signed(in);
    int64_t mantissa = get_signed(in);

    if (exponent < DECIMAL_EXPONENT_MIN || exponent > DECIMAL_EXPONENT_MAX) {
        in->bad = true;
        exponent = 0;
    }
    return DECIMAL(mantissa, (int8_t)exponent);
}

void summary_encode(const struct series_summary *summary, struct buf *out)
{
    put_varint(out, summary->count_all);
    put_varint(out, summary->count);
    if (summary->count == 0)
        return;
    put_signed(out, summary->sum.exponent);
    put_wide(out, summary->sum.mantissa);
    put_decimal(out, summary->min);
    put_decimal(out, summary->max);
}

enum err summary_decode(struct span bytes, struct series_summary *out)
{
    struct cursor in = {(const unsigned char *)bytes.at,
                        (const unsigned char *)bytes.at + bytes.len, false};
    struct series_summary s = {.sum = DECIMAL_SUM_ZERO};

    s.count_all = (uint32_t)get_varint(&in);
    s.count = (uint32_t)get_varint(&in);
    if (s.count) {
        int64_t exponent = get_signed(&in);

        in.bad |=
            exponent < DECIMAL_EXPONENT_MIN || exponent > DECIMAL_EXPONENT_MAX;
        s.sum.exponent = in.bad ? 0 : (int)exponent;
        s.sum.mantissa = get_wide(&in);
        s.sum.count = s.count;
        s.min = get_decimal(&in);
        s.max = get_decimal(&in);
    }
    if (in.bad || in.at != in.end || s.count > s.count_all)
        return ERR_CORRUPT;
    *out = s;
    return OK;
}

/* ---- one reading ---- */

void reading_encode(const struct reading *reading, struct buf *out)
{
    put_signed(out, reading->start_s);
    put_signed(out, reading->arrival_us);
    put_varint(out, reading->quality);
    buf_char(out, reading->flag);
    put_varint(out, reading->present);
    for (int c = 0; c < READING_COLUMNS; c++) {
        if (reading->present & (1 << c))
            put_decimal(out, reading->number[c]);
    }
    put_varint(out, reading->text.len);
    buf_add(out, reading->text);
}

void reading_decode(struct cursor *in, struct reading *out)
{
    uint64_t quality, present;
    struct span flag;

    *out = (struct reading){.start_s = get_signed(in)};
    out->arrival_us = get_signed(in);
    quality = get_varint(in);
    flag = get_bytes(in, 1);
    present = get_varint(in);
    if (in->bad || quality > UINT32_MAX || present >= (1 << READING_COLUMNS)) {
        in->bad = true;
        return;
    }
    out->quality = (uint32_t)quality;
    out->flag = flag.at[0];
    out->present = (uint8_t)present;
    for (int c = 0; c < READING_COLUMNS; c++) {
        if (present & (1 << c))
            out->number[c] = get_decimal(in);
    }
    out->text = get_bytes(in, get_varint(in));
}
