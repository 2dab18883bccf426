#include "storage/series/internal.h"

void peeks_init(struct peeks *peeks)
{
    for (uint32_t i = 0; i < PEEKS; i++) {
        peeks->at[i].newer = (i + PEEKS - 1) % PEEKS;
        peeks->at[i].older = (i + 1) % PEEKS;
    }
    peeks->newest = 0;
    peeks->oldest = PEEKS - 1;
}

void peeks_done(struct peeks *peeks)
{
    for (uint32_t i = 0; i < PEEKS; i++) {
        buf_done(&peeks->at[i].bytes);
        columns_done(&peeks->at[i].columns);
    }
}

/* ---- which ---- */

static uint32_t *bucket_of(struct peeks *peeks, channel_id channel,
                           int64_t from_s)
{
    uint64_t h =
        ((uint64_t)channel << 32 ^ (uint64_t)from_s) * 0x9e3779b97f4a7c15ULL;

    return &peeks->bucket[h >> 32 & (PEEKS - 1)];
}

static struct peek *find(struct peeks *peeks, channel_id channel,
                         int64_t from_s)
{
    uint32_t i = *bucket_of(peeks, channel, from_s);

    while (i && (peeks->at[i - 1].channel != channel ||
                 peeks->at[i - 1].from_s != from_s))
        i = peeks->at[i - 1].next;
    return i ? &peeks->at[i - 1] : NULL;
}

/* ---- order of use: a ring from the newest to the oldest and round ---- */

static void use(struct peeks *peeks, struct peek *peek)
{
    uint32_t i = (uint32_t)(peek - peeks->at);

    if (i == peeks->newest)
        return;
    if (i == peeks->oldest) { /* the ring only turns */
        peeks->oldest = peek->newer;
        peeks->newest = i;
        return;
    }
    peeks->at[peek->newer].older = peek->older;
    peeks->at[peek->older].newer = peek->newer;
    peek->older = peeks->newest;
    peek->newer = peeks->oldest;
    peeks->at[peeks->newest].newer = i;
    peeks->at[peeks->oldest].older = i;
    peeks->newest = i;
}

/* ---- coming and going ---- */

static void forget(struct peeks *peeks, struct peek *peek)
{
    uint32_t *link = bucket_of(peeks, peek->channel, peek->from_s);

    while (&peeks->at[*link - 1] != peek)
        link = &peeks->at[*link - 1].next;
    *link = peek->next;
    peek->channel = 0;
}

/* Gives memory back, the oldest first, but not that of the newest. */
static void trim(struct peeks *peeks)
{
    uint32_t kept = peeks->newest;

    for (int i = 1; i < PEEKS && peeks->rows > PEEK_ROWS_MAX; i++) {
        struct peek *last = &peeks->at[peeks->oldest];

        if (last->channel)
            forget(peeks, last);
        peeks->rows -= last->columns.room;
        buf_done(&last->bytes);
        columns_done(&last->columns);
        use(peeks, last);
    }
    use(peeks, &peeks->at[kept]);
}

void peeks_forget_all(struct series *series)
{
    for (uint32_t i = 0; i < PEEKS; i++) {
        if (series->peeks.at[i].channel)
            forget(&series->peeks, &series->peeks.at[i]);
    }
}

void peeks_forget_dirty(struct series *series)
{
    for (uint32_t i = 0; i < PEEKS; i++) {
        struct peek *peek = &series->peeks.at[i];

        if (peek->channel && channel_of(series, peek->channel)->dirty)
            forget(&series->peeks, peek);
    }
}

static enum err load(struct series *series, struct peek *peek)
{
    struct writer *w = &series->writer;
    int64_t block = 0;
    enum err err = writer_look(w);

    columns_clear(&peek->columns);
    if (err)
        return err;
    stmt_bind_int(w->find_span, 1, peek->channel);
    stmt_bind_int(w->find_span, 2, peek->from_s);
    err = stmt_step(w->find_span);
    if (!err)
        block = stmt_int(w->find_span, 0);
    stmt_reset(w->find_span);
    if (err)
        return err == ERR_NOT_FOUND ? OK : err;
    stmt_bind_int(w->get_block, 1, block);
    err = stmt_step(w->get_block);
    if (!err) {
        peek->bytes.max = BLOCK_BYTES_MAX;
        buf_clear(&peek->bytes);
        buf_add(&peek->bytes, stmt_bytes(w->get_block, 0));
        err = block_decode(&w->codec, buf_span(&peek->bytes),
                           BLOCK_READINGS_MAX, &peek->columns);
    }
    stmt_reset(w->get_block);
    if (err) {
        columns_clear(&peek->columns);
        log_damaged("block", peek->channel, peek->from_s, block);
    }
    return err;
}

static struct peek *open_span(struct series *series, channel_id channel,
                              int64_t from_s)
{
    struct peeks *peeks = &series->peeks;
    struct peek *peek = &peeks->at[peeks->oldest];
    uint32_t *bucket;

    if (peek->channel)
        forget(peeks, peek);
    bucket = bucket_of(peeks, channel, from_s);
    peek->channel = channel;
    peek->from_s = from_s;
    peek->to_s = span_end(channel_of(series, channel)->key.cadence, from_s);
    peek->next = *bucket;
    *bucket = (uint32_t)(peek - peeks->at) + 1;
    use(peeks, peek);
    peeks->rows -= peek->columns.room;
    peek->damaged = load(series, peek) != OK;
    peeks->rows += peek->columns.room;
    trim(peeks);
    return peek;
}

const struct peek *peek_at(struct series *series, channel_id channel,
                           int64_t start_s)
{
    struct peeks *peeks = &series->peeks;
    uint32_t *last = &peeks->last[channel % PEEKS];
    struct peek *peek = &peeks->at[*last];

    if (peek->channel != channel || start_s < peek->from_s ||
        start_s >= peek->to_s) {
        enum cadence cadence = channel_of(series, channel)->key.cadence;
        int64_t from_s = span_start(cadence, start_s);

        peek = find(peeks, channel, from_s);
        if (!peek)
            peek = open_span(series, channel, from_s);
        *last = (uint32_t)(peek - peeks->at);
    }
    use(peeks, peek);
    return peek;
}
