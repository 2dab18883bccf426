/* Is what is stored whole, and is it the same as elsewhere? */
#include "base/memory.h"
#include "storage/series/scan.h"

#include <openssl/evp.h>
#include <stdio.h>

static bool same_sums(const struct series_summary *a,
                      const struct series_summary *b)
{
    return a->count == b->count && a->count_all == b->count_all &&
           a->sum.mantissa == b->sum.mantissa &&
           (a->count == 0 || (a->sum.exponent == b->sum.exponent &&
                              decimal_compare(a->min, b->min) == 0 &&
                              decimal_compare(a->max, b->max) == 0));
}

static const char *span_problem(struct reader *reader, channel_id channel,
                                enum cadence cadence,
                                const struct stored_span *span)
{
    struct series_summary sums = {.sum = DECIMAL_SUM_ZERO};
    const struct columns *stored = &reader->stored;

    if (reader_open_block(reader, channel, &span->row) != OK)
        return "block does not open";
    if (stored->start_s[0] < span->row.start_s ||
        stored->start_s[stored->count - 1] >=
            span_end(cadence, span->row.start_s))
        return "block holds readings of another span";
    if (!span->trusted)
        return "summary does not check";
    summary_add_columns(&sums, stored, 0, stored->count);
    if (!same_sums(&sums, &span->row.summary))
        return "summary and block differ";
    return NULL;
}

static enum err verify_channel(struct series *series, struct reader *reader,
                               channel_id channel, struct arena *arena,
                               char message[256])
{
    static const struct series_range always = {MOMENT_MIN_S, MOMENT_MAX_S};
    enum cadence cadence = channel_of(series, channel)->key.cadence;
    struct span_list spans;
    enum err err = spans_of(reader, channel, cadence, always, arena, &spans);

    for (size_t i = 0; !err && i < spans.count; i++) {
        const struct span_row *row = &spans.at[i].row;
        const char *problem =
            span_problem(reader, channel, cadence, &spans.at[i]);

        if (!problem)
            continue;
        snprintf(message, 256,
                 "%s: table block, row %lld, channel %u, start "
                 "%lld",
                 problem, (long long)row->block, channel,
                 (long long)row->start_s);
        err = ERR_CORRUPT;
    }
    return err;
}

static enum err verify_file(struct reader *reader, char message[256])
{
    struct stmt *stmt = NULL;
    enum err err = db_prepare(reader->db, "PRAGMA quick_check(1)", &stmt);

    if (!err)
        err = stmt_step(stmt);
    if (!err && !span_is(stmt_text(stmt, 0), "ok")) {
        snprintf(message, 256, "%.*s", SPAN_ARG(stmt_text(stmt, 0)));
        err = ERR_CORRUPT;
    }
    stmt_free(stmt);
    return err;
}

enum err series_verify(struct series *series, char message[256])
{
    struct reader *reader;
    struct arena arena;
    enum err err = reader_take(series, &reader);

    message[0] = '\0';
    if (err)
        return err;
    arena_init(&arena);
    err = reader_begin(reader);
    if (!err)
        err = verify_file(reader, message);
    for (channel_id id = 1; id <= series_count(series) && !err; id++) {
        arena_clear(&arena);
        err = verify_channel(series, reader, id, &arena, message);
    }
    if (err && !message[0])
        snprintf(message, 256, "store cannot be read: %s", err_text(err));
    arena_done(&arena);
    reader_end(reader);
    reader_give(series, reader);
    return err;
}

/* ---- digest ---- */

struct digest {
    EVP_MD_CTX *hash;
    struct buf bytes;
};

static void digest_flush(struct digest *d)
{
    if (EVP_DigestUpdate(d->hash, d->bytes.at, d->bytes.len) != 1)
        abort();
    buf_clear(&d->bytes);
}

static void digest_key(struct digest *d, const struct channel_key *key)
{
    buf_printf(&d->bytes, "channel %d %d %s %d %d\n", key->subject, key->id,
               key->factor, key->cadence, key->origin);
}

static void digest_overlay(struct digest *d, const struct overlay *o)
{
    buf_printf(
        &d->bytes, "overlay %lld %lld %d %lld %d %d %s %s %lld %lld %s\n",
        (long long)o->range.from_s, (long long)o->range.to_s, o->kind,
        (long long)o->value.mantissa, o->value.exponent, o->mark, o->reason,
        o->who, (long long)o->at_us, (long long)o->undone_us, o->undone_by);
}

/* Readings, each with the versions before it. */
static enum err digest_channel(struct series *series, channel_id channel,
                               struct arena *arena, struct digest *d)
{
    static const struct series_range always = {MOMENT_MIN_S, MOMENT_MAX_S};
    struct channel_key key;
    struct lineage l;
    struct overlay *overlays;
    size_t overlay_count;
    enum err err;

    if (!series_key(series, channel, &key))
        return ERR_NOT_FOUND;
    digest_key(d, &key);
    err = look_back(series, channel, always, arena, &l);
    for (size_t i = 0; i < l.current_count && !err; i++) {
        reading_encode(&l.current[i], &d->bytes);
        if (d->bytes.len > 1 << 20)
            digest_flush(d);
    }
    buf_text(&d->bytes, "before\n");
    for (size_t i = 0; i < l.superseded_count && !err; i++)
        reading_encode(&l.superseded[i], &d->bytes);
    if (!err)
        err = series_overlays(series, channel, always, arena, &overlays,
                              &overlay_count);
    for (size_t i = 0; !err && i < overlay_count; i++)
        digest_overlay(d, &overlays[i]);
    digest_flush(d);
    return err;
}

static int by_key(const void *a, const void *b, void *context)
{
    const struct series *series = context;
    const struct channel_key *l =
        &channel_of(series, *(const channel_id *)a)->key;
    const struct channel_key *r =
        &channel_of(series, *(const channel_id *)b)->key;

    if (l->subject != r->subject)
        return l->subject < r->subject ? -1 : 1;
    if (l->id != r->id)
        return l->id < r->id ? -1 : 1;
    if (l->cadence != r->cadence)
        return l->cadence < r->cadence ? -1 : 1;
    if (l->origin != r->origin)
        return l->origin < r->origin ? -1 : 1;
    return strcmp(l->factor, r->factor);
}

static channel_id *sorted_channels(struct series *series, channel_id count)
{
    channel_id *ids = memory_new(count + 1, sizeof *ids);

    for (channel_id i = 0; i < count; i++)
        ids[i] = i + 1;
    qsort_r(ids, count, sizeof *ids, by_key, series);
    return ids;
}

enum err series_digest(struct series *series, unsigned char out[32])
{
    channel_id count = series_count(series);
    channel_id *ids = sorted_channels(series, count);
    struct digest d = {.hash = EVP_MD_CTX_new()};
    struct arena arena;
    enum err err = OK;

    arena_init(&arena);
    buf_init(&d.bytes, BLOCK_BYTES_MAX);
    if (!d.hash || EVP_DigestInit_ex(d.hash, EVP_sm3(), NULL) != 1)
        abort();
    for (channel_id i = 0; i < count && !err; i++) {
        arena_clear(&arena);
        err = digest_channel(series, ids[i], &arena, &d);
    }
    if (EVP_DigestFinal_ex(d.hash, out, NULL) != 1)
        abort();
    EVP_MD_CTX_free(d.hash);
    buf_done(&d.bytes);
    arena_done(&arena);
    free(ids);
    return err;
}
