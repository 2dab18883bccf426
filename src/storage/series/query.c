/* Questions answered from a scan: percentile, exceedances, why-missing. */
#include "base/memory.h"
#include "quality/quality.h"
#include "storage/series/scan.h"

static int by_value(const void *a, const void *b)
{
    const struct decimal *left = a, *right = b;

    return decimal_compare(*left, *right);
}

/* value * factor at a common exponent, or overflow. */
static bool widen(struct decimal d, int exponent, __int128 factor,
                  __int128 *out)
{
    __int128 wide = d.mantissa;
    int shift = d.exponent - exponent;

    if (__builtin_mul_overflow(wide, factor, &wide))
        return false;
    for (; shift > 0; shift--) {
        if (__builtin_mul_overflow(wide, 10, &wide))
            return false;
    }
    *out = wide;
    return true;
}

/* (low * (1 - part) + high * part), part in 1/10000, rounded once. */
static enum err between(struct decimal low, struct decimal high, int part_e4,
                        int exponent, enum rounding rounding,
                        struct decimal *out)
{
    int common = low.exponent < high.exponent ? low.exponent : high.exponent;
    int shift = common - 4 - exponent; /* of the sum of both */
    __int128 left, right, sum, power = 1;

    if (!widen(low, common, 10000 - part_e4, &left) ||
        !widen(high, common, part_e4, &right) ||
        __builtin_add_overflow(left, right, &sum))
        return ERR_OVERFLOW;
    for (int i = 0; i < (shift < 0 ? -shift : shift); i++) {
        if (__builtin_mul_overflow(power, 10, &power))
            return ERR_OVERFLOW;
    }
    if (shift < 0)
        sum = rounding_divide(sum, power, rounding);
    else if (__builtin_mul_overflow(sum, power, &sum))
        return ERR_OVERFLOW;
    if (sum > INT64_MAX || sum < INT64_MIN)
        return ERR_OVERFLOW;
    *out = DECIMAL((int64_t)sum, (int8_t)exponent);
    return OK;
}

/* NOLINTNEXTLINE(readability-function-size): the question has these parts */
enum err series_percentile(struct series *series, channel_id channel,
                           struct series_range range, struct series_view view,
                           int p_e4, int exponent, enum rounding rounding,
                           struct decimal *out)
{
    struct arena arena;
    struct reading *readings;
    struct decimal *values;
    size_t count, valid = 0;
    int64_t place;
    enum err err;

    if (p_e4 < 0 || p_e4 > 10000 || exponent < DECIMAL_EXPONENT_MIN ||
        exponent > DECIMAL_EXPONENT_MAX)
        return ERR_INVALID;
    arena_init(&arena);
    err =
        series_scan(series, channel, range, view, 0, &arena, &readings, &count);
    if (err)
        goto done;
    values = arena_new(&arena, count + 1, sizeof *values);
    for (size_t i = 0; i < count; i++) {
        if (reading_is_valid(&readings[i]))
            values[valid++] = readings[i].number[COLUMN_VALUE];
    }
    if (valid == 0) {
        err = ERR_NOT_FOUND;
        goto done;
    }
    qsort(values, valid, sizeof *values, by_value);
    place = (int64_t)(valid - 1) * p_e4; /* k - 1, in 1/10000 */
    values[valid] = values[valid - 1];   /* for p = 100 % */
    err = between(values[place / 10000], values[place / 10000 + 1],
                  (int)(place % 10000), exponent, rounding, out);
done:
    arena_done(&arena);
    return err;
}

/* NOLINTNEXTLINE(readability-function-size): the question has these parts */
enum err series_exceedances(struct series *series, channel_id channel,
                            struct series_range range, struct series_view view,
                            struct decimal limit, struct arena *arena,
                            struct reading **out, size_t *out_count)
{
    size_t count, over = 0;
    enum err err =
        series_scan(series, channel, range, view, 0, arena, out, &count);

    *out_count = 0;
    if (err && err != ERR_CORRUPT)
        return err;
    for (size_t i = 0; i < count; i++) {
        if (reading_is_valid(&(*out)[i]) &&
            decimal_compare((*out)[i].number[COLUMN_VALUE], limit) > 0)
            (*out)[over++] = (*out)[i];
    }
    *out_count = over;
    return err;
}

/* ---- why a value is missing ---- */

struct gaps {
    struct arena *arena;
    struct series_gap *at;
    size_t count, room;
};

static bool same_cause(const struct series_gap *a, const struct series_gap *b)
{
    return a->to_s == b->from_s && a->reason == b->reason &&
           a->flag == b->flag && a->quality == b->quality;
}

static void add_gap(struct gaps *gaps, struct series_gap gap)
{
    if (gap.from_s >= gap.to_s)
        return;
    if (gaps->count && same_cause(&gaps->at[gaps->count - 1], &gap)) {
        gaps->at[gaps->count - 1].to_s = gap.to_s;
        return;
    }
    if (gaps->count == gaps->room) {
        struct series_gap *more;

        gaps->room = gaps->room ? 2 * gaps->room : 16;
        more = arena_take(gaps->arena, gaps->room * sizeof *more);
        if (gaps->count)
            memcpy(more, gaps->at, gaps->count * sizeof *more);
        gaps->at = more;
    }
    gaps->at[gaps->count++] = gap;
}

/* Periods without any reading: due ones, then those not due yet. */
static void add_empty(struct gaps *gaps, struct series_range range,
                      enum gap_reason reason, int64_t due_s)
{
    int64_t cut = due_s < range.from_s ? range.from_s : due_s;

    cut = cut > range.to_s ? range.to_s : cut;
    add_gap(gaps, (struct series_gap){
                      .from_s = range.from_s, .to_s = cut, .reason = reason});
    add_gap(gaps, (struct series_gap){.from_s = cut,
                                      .to_s = range.to_s,
                                      .reason = GAP_NOT_DUE});
}

static struct series_gap invalid_gap(const struct reading *r, int64_t from_s,
                                     int64_t to_s)
{
    struct series_gap gap = {.from_s = from_s, .to_s = to_s};

    if (!quality_flag_valid(r->flag)) {
        gap.reason = GAP_FLAG;
        gap.flag = r->flag;
    } else {
        gap.reason = GAP_QUALITY;
        gap.quality = r->quality & quality_invalid_bits();
    }
    return gap;
}

/* Whether the channel has a reading anywhere. */
static bool was_heard(struct series *series, channel_id channel)
{
    bool heard;

    pthread_rwlock_rdlock(&chunk_of(series, channel)->lock);
    heard = channel_of(series, channel)->stored_last_s != NEVER ||
            channel_of(series, channel)->run_count > 0;
    pthread_rwlock_unlock(&chunk_of(series, channel)->lock);
    return heard;
}

/* The readings of one period: whether one is valid, else one that tells why. */
static bool judge_period(const struct reading *readings, size_t count,
                         int64_t end_s, size_t *next)
{
    bool valid = false;
    size_t i = *next;

    for (; i < count && readings[i].start_s < end_s; i++)
        valid |= reading_is_valid(&readings[i]);
    *next = i;
    return valid;
}

/* NOLINTNEXTLINE(readability-function-size): the question has these parts */
enum err series_why_missing(struct series *series, channel_id channel,
                            struct series_range range, int step_s,
                            int64_t now_s, struct arena *arena,
                            struct series_gap **out, size_t *out_count)
{
    struct gaps gaps = {.arena = arena};
    struct series_view view = {0};
    struct reading *readings;
    enum gap_reason empty = GAP_NOTHING;
    size_t count, i = 0;
    int64_t at, due_s;
    enum err err;

    *out = NULL;
    *out_count = 0;
    range = range_within(range);
    if (step_s <= 0)
        return ERR_INVALID;
    err =
        series_scan(series, channel, range, view, 0, arena, &readings, &count);
    if (err && err != ERR_CORRUPT)
        return err;
    if (!was_heard(series, channel))
        empty = GAP_NEVER_HEARD;
    at = range.from_s;
    due_s = at; /* the end of the last period that is over */
    if (now_s >= at)
        due_s = at + (now_s - at) / step_s * step_s;
    while (i < count) {
        size_t first = i;
        int64_t from_s = range.from_s +
                         (readings[i].start_s - range.from_s) / step_s * step_s;

        add_empty(&gaps, (struct series_range){at, from_s}, empty, due_s);
        at = from_s + step_s;
        if (!judge_period(readings, count, at, &i))
            add_gap(&gaps, invalid_gap(&readings[first], from_s, at));
    }
    add_empty(&gaps, (struct series_range){at, range.to_s}, empty, due_s);
    *out = gaps.at;
    *out_count = gaps.count;
    return err;
}
