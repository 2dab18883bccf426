/*
 * The series against a model so plain that it is right by sight: a list of all
 * readings. Random appends, corrections, repetitions, back-fills, overlays,
 * flushes and crashes; then every question must have the model's answer.
 */
#include "storage/series/series.h"

#include "base/test.h"
#include "quality/quality.h"
#include "storage/series/series_test_kit.h"

enum { CHANNELS = 5, CELLS_MAX = 20000, VERSIONS_MAX = 12, LAID_MAX = 64 };
enum { LOG_MAX = 40000 };

#define SECOND_US 1000000LL

struct cell {
    channel_id channel;
    int64_t start_s;
    struct reading version[VERSIONS_MAX]; /* the last is current */
    int count;
    bool corrected;
};

/* One thing that was done, for the replay after a crash. */
struct action {
    enum { DO_APPEND, DO_LAY, DO_UNDO } what;
    channel_id channel;
    struct reading reading;
    struct overlay overlay;
    int64_t id, at_us;
};

struct model {
    struct kit kit;
    uint64_t random;
    int64_t now_us;
    channel_id channel[CHANNELS];
    int step_s[CHANNELS];
    struct cell *cells;
    size_t cell_count;
    struct overlay laid[LAID_MAX];
    size_t laid_count;
    struct action *log; /* since the last flush */
    size_t log_count;
    uint64_t sequence, flushed;
};

static uint64_t draw(struct model *m, uint64_t below)
{
    m->random ^= m->random << 13;
    m->random ^= m->random >> 7;
    m->random ^= m->random << 17;
    return (m->random >> 11) % below;
}

static const struct {
    enum cadence cadence;
    enum origin origin;
    int step_s;
} kinds[CHANNELS] = {
    {CADENCE_MINUTE, ORIGIN_REPORTED, 60},
    {CADENCE_HOUR, ORIGIN_REPORTED, 3600},
    {CADENCE_REALTIME, ORIGIN_REPORTED, 30},
    {CADENCE_HOUR, ORIGIN_COMPUTED, 3600},
    {CADENCE_DAY, ORIGIN_MANUAL, 86400},
};

static void model_open(struct model *m, uint64_t seed)
{
    memset(m, 0, sizeof *m);
    kit_init(&m->kit);
    m->random = seed * 0x9e3779b97f4a7c15u + 1;
    m->now_us = DAY0 * SECOND_US;
    m->cells = memory_new(CELLS_MAX, sizeof *m->cells);
    m->log = memory_new(LOG_MAX, sizeof *m->log);
    for (int i = 0; i < CHANNELS; i++) {
        struct channel_key key = {.id = i,
                                  .factor = "a34004",
                                  .cadence = kinds[i].cadence,
                                  .origin = kinds[i].origin};

        m->channel[i] = series_channel(m->kit.series, &key);
        m->step_s[i] = kinds[i].step_s;
    }
}

static void model_close(struct model *m)
{
    kit_done(&m->kit);
    free(m->cells);
    free(m->log);
}

/* ---- the model ---- */

static struct cell *find_cell(struct model *m, channel_id channel,
                              int64_t start_s)
{
    for (size_t i = 0; i < m->cell_count; i++) {
        if (m->cells[i].channel == channel && m->cells[i].start_s == start_s)
            return &m->cells[i];
    }
    return NULL;
}

static bool same(const struct reading *a, const struct reading *b)
{
    uint32_t differ = (a->quality ^ b->quality) & ~QUALITY_BIT(BACKFILLED);

    if (a->present != b->present || a->flag != b->flag || differ ||
        !span_equal(a->text, b->text))
        return false;
    for (int c = 0; c < READING_COLUMNS; c++) {
        if ((a->present & (1 << c)) &&
            (a->number[c].mantissa != b->number[c].mantissa ||
             a->number[c].exponent != b->number[c].exponent))
            return false;
    }
    return true;
}

static enum series_change model_append(struct model *m, channel_id channel,
                                       struct reading r)
{
    struct cell *cell = find_cell(m, channel, r.start_s);
    struct reading *last;

    if (!cell) {
        int64_t rest = r.arrival_us % (60 * SECOND_US);

        if (rest)
            r.arrival_us += 60 * SECOND_US - rest;
        CHECK(m->cell_count < CELLS_MAX);
        m->cells[m->cell_count++] = (struct cell){.channel = channel,
                                                  .start_s = r.start_s,
                                                  .version = {r},
                                                  .count = 1};
        return SERIES_NEW;
    }
    last = &cell->version[cell->count - 1];
    if (same(last, &r) || (cell->corrected && r.arrival_us < last->arrival_us))
        return SERIES_SAME;
    if (channel == m->channel[3] && cell->corrected &&
        r.arrival_us == last->arrival_us) {
        *last = r;
        return SERIES_CORRECTED;
    }
    if (cell->count == VERSIONS_MAX)
        return SERIES_SAME; /* the caller draws again */
    cell->version[cell->count++] = r;
    cell->corrected = true;
    return SERIES_CORRECTED;
}

static bool in_force(const struct overlay *o, int64_t as_of_us)
{
    if (as_of_us == AS_OF_NOW)
        return o->undone_us == 0;
    return o->at_us <= as_of_us &&
           (o->undone_us == 0 || o->undone_us > as_of_us);
}

static void model_overlay(const struct overlay *o, struct reading *r)
{
    if (o->kind == OVERLAY_INVALIDATE)
        r->quality |= QUALITY_BIT(INVALIDATED);
    if (o->kind == OVERLAY_APPROVE)
        r->quality |= QUALITY_BIT(APPROVED);
    if (o->kind == OVERLAY_MARK) {
        r->flag = o->mark;
        r->quality |= QUALITY_BIT(MARKED);
    }
    if (o->kind == OVERLAY_REPLACE) {
        r->number[0] = o->value;
        r->present |= READING_VALUE;
        r->flag = 'N';
        r->quality =
            (r->quality & ~quality_invalid_bits()) | QUALITY_BIT(REPLACED);
    }
}

static int by_start(const void *a, const void *b)
{
    const struct reading *l = a, *r = b;

    return (l->start_s > r->start_s) - (l->start_s < r->start_s);
}

static size_t model_scan(struct model *m, channel_id channel,
                         struct series_range range, struct series_view view,
                         struct reading *out)
{
    size_t count = 0;

    for (size_t i = 0; i < m->cell_count; i++) {
        const struct cell *cell = &m->cells[i];
        int at = cell->count - 1;

        if (cell->channel != channel || cell->start_s < range.from_s ||
            cell->start_s >= range.to_s)
            continue;
        while (view.as_of_us && at >= 0 &&
               cell->version[at].arrival_us > view.as_of_us)
            at--;
        if (at < 0)
            continue;
        out[count] = cell->version[at];
        for (size_t o = 0; o < m->laid_count && !view.raw; o++) {
            if (m->laid[o].channel == channel &&
                in_force(&m->laid[o], view.as_of_us) &&
                cell->start_s >= m->laid[o].range.from_s &&
                cell->start_s < m->laid[o].range.to_s)
                model_overlay(&m->laid[o], &out[count]);
        }
        count++;
    }
    qsort(out, count, sizeof *out, by_start);
    return count;
}

/* ---- what happens ---- */

static struct span draw_text(struct model *m)
{
    static const char *const texts[] = {"<0.1", "ND", "1e99", "----"};

    return span_of(texts[draw(m, LENGTH(texts))]);
}

static struct reading draw_reading(struct model *m, int channel)
{
    static const char flags[] = "NNNNNNNDMCBF\0";
    struct reading r = {
        .start_s = DAY0 + (int64_t)draw(m, 400) * m->step_s[channel],
        .flag = flags[draw(m, sizeof flags - 1)],
        .present = READING_VALUE,
        .arrival_us = m->now_us,
    };

    if (draw(m, 30) == 0)
        r.start_s += (int64_t)draw(m, 100) * DAY_S;
    if (draw(m, 20) == 0)
        r.present |= (uint8_t)draw(m, 1 << READING_COLUMNS);
    for (int c = 0; c < READING_COLUMNS; c++) {
        if (r.present & (1 << c))
            r.number[c] =
                DECIMAL(340 + (int64_t)draw(m, 20),
                        (int8_t)(draw(m, 10) ? -1 : -(int)draw(m, 4)));
    }
    if (draw(m, 200) == 0)
        r.number[0] = DECIMAL(INT64_MAX - (int64_t)draw(m, 9), 0);
    if (draw(m, 25) == 0)
        r.quality = (uint32_t)1 << draw(m, QUALITY_COUNT);
    if (draw(m, 60) == 0) {
        r.present = 0;
        memset(r.number, 0, sizeof r.number);
        r.quality |= QUALITY_BIT(TEXT);
        r.text = draw_text(m);
    }
    return r;
}

static void note(struct model *m, struct action action)
{
    CHECK(m->log_count < LOG_MAX);
    m->log[m->log_count++] = action;
    m->sequence++;
}

static void do_append(struct model *m)
{
    int i = (int)draw(m, CHANNELS);
    struct reading r = draw_reading(m, i);
    struct cell *cell = find_cell(m, m->channel[i], r.start_s);

    if (cell && draw(m, 3) == 0) { /* the same once more */
        r = cell->version[cell->count - 1];
        r.arrival_us = m->now_us;
    }
    if (cell && cell->count == VERSIONS_MAX)
        return;
    CHECK_INT(series_append(m->kit.series, m->channel[i], &r),
              model_append(m, m->channel[i], r));
    note(m, (struct action){
                .what = DO_APPEND, .channel = m->channel[i], .reading = r});
}

static void do_backfill(struct model *m)
{
    int i = (int)draw(m, CHANNELS);
    struct reading many[50];
    struct reading r = draw_reading(m, i);
    size_t count = 0;

    for (int n = 0; n < 50; n++) {
        struct reading next = draw_reading(m, i);
        const struct cell *cell;

        next.start_s = r.start_s + n * m->step_s[i];
        cell = find_cell(m, m->channel[i], next.start_s);
        if (cell && cell->count == VERSIONS_MAX)
            continue;
        many[count++] = next;
        model_append(m, m->channel[i], next);
        note(m, (struct action){.what = DO_APPEND,
                                .channel = m->channel[i],
                                .reading = next});
    }
    series_append_many(m->kit.series, m->channel[i], many, count);
}

static void do_lay(struct model *m)
{
    int i = (int)draw(m, CHANNELS);
    int64_t from_s = DAY0 + (int64_t)draw(m, 400) * m->step_s[i];
    struct overlay o = {
        .channel = m->channel[i],
        .range = {from_s, from_s + (int64_t)(1 + draw(m, 40)) * m->step_s[i]},
        .kind = (enum overlay_kind)draw(m, 4),
        .value = DECIMAL((int64_t)draw(m, 500), -1),
        .mark = "MDCN"[draw(m, 4)],
        .reason = "checked",
        .who = "reviewer",
        .at_us = m->now_us,
    };

    if (m->laid_count == LAID_MAX)
        return;
    CHECK_INT(series_overlay_add(m->kit.series, &o), OK);
    CHECK_INT(o.id, m->laid_count + 1);
    m->laid[m->laid_count++] = o;
    note(m, (struct action){.what = DO_LAY, .overlay = o});
}

static void do_undo(struct model *m)
{
    size_t i;

    if (m->laid_count == 0)
        return;
    i = draw(m, m->laid_count);
    CHECK_INT(
        series_overlay_undo(m->kit.series, (int64_t)i + 1, "other", m->now_us),
        OK);
    if (m->laid[i].undone_us == 0)
        m->laid[i].undone_us = m->now_us;
    note(m, (struct action){
                .what = DO_UNDO, .id = (int64_t)i + 1, .at_us = m->now_us});
}

static void do_flush(struct model *m)
{
    CHECK_INT(series_flush(m->kit.series, m->sequence, NULL, NULL), OK);
    m->flushed = m->sequence;
    m->log_count = 0;
}

static void replay(struct model *m, struct series *series, size_t from)
{
    for (size_t i = from; i < m->log_count; i++) {
        struct action *a = &m->log[i];

        if (a->what == DO_APPEND)
            (void)series_append(series, a->channel, &a->reading);
        else if (a->what == DO_LAY)
            CHECK_INT(series_overlay_add(series, &a->overlay), OK);
        else
            CHECK_INT(series_overlay_undo(series, a->id, "other", a->at_us),
                      OK);
    }
}

/* The process is gone; its memory is made again from the ledger. */
static void do_crash(struct model *m)
{
    kit_reopen(&m->kit);
    CHECK_INT(series_applied(m->kit.series), m->flushed);
    for (int i = 0; i < CHANNELS; i++) {
        struct channel_key key = {.id = i,
                                  .factor = "a34004",
                                  .cadence = kinds[i].cadence,
                                  .origin = kinds[i].origin};

        CHECK_INT(series_channel(m->kit.series, &key), m->channel[i]);
    }
    replay(m, m->kit.series, 0);
}

/* ---- questions ---- */

static void check_same(const struct reading *got, const struct reading *want)
{
    CHECK_INT(got->start_s, want->start_s);
    CHECK_INT(got->arrival_us, want->arrival_us);
    CHECK_INT(got->quality, want->quality);
    CHECK_INT(got->flag, want->flag);
    CHECK_INT(got->present, want->present);
    CHECK(span_equal(got->text, want->text));
    CHECK(same(got, want));
}

static struct series_view draw_view(struct model *m)
{
    struct series_view view = {.raw = draw(m, 2) == 0};

    if (draw(m, 2) == 0)
        view.as_of_us =
            DAY0 * SECOND_US +
            (int64_t)draw(m, (uint64_t)(m->now_us - DAY0 * SECOND_US) + 1) + 1;
    return view;
}

static void ask_scan(struct model *m, struct reading *want)
{
    int i = (int)draw(m, CHANNELS);
    int64_t from_s = DAY0 + (int64_t)draw(m, 400) * m->step_s[i];
    struct series_range range = {from_s, from_s + (int64_t)draw(m, 40 * DAY_S)};
    struct series_view view = draw_view(m);
    struct reading *got;
    size_t got_count;
    size_t count = model_scan(m, m->channel[i], range, view, want);

    CHECK_INT(series_scan(m->kit.series, m->channel[i], range, view, 0,
                          &m->kit.arena, &got, &got_count),
              OK);
    CHECK_INT(got_count, count);
    for (size_t n = 0; n < count; n++)
        check_same(&got[n], &want[n]);
}

/* What the writer sees of its own. */
static void ask_own(struct model *m, struct reading *want)
{
    int i = (int)draw(m, CHANNELS);
    int64_t from_s = DAY0 + (int64_t)draw(m, 400) * m->step_s[i];
    struct series_range range = {from_s, from_s + (int64_t)draw(m, 40 * DAY_S)};
    struct series_view now = {.as_of_us = AS_OF_NOW};
    size_t got_count, count = model_scan(m, m->channel[i], range, now, want);
    struct reading *got;

    CHECK_INT(series_scan_own(m->kit.series, m->channel[i], range,
                              &m->kit.arena, &got, &got_count),
              OK);
    CHECK_INT(got_count, count);
    for (size_t n = 0; n < count; n++)
        check_same(&got[n], &want[n]);
}

static void check_sums(const struct series_summary *got, int64_t from_s,
                       int64_t to_s, const struct reading *all, size_t count)
{
    struct decimal_sum sum = DECIMAL_SUM_ZERO;
    uint32_t seen = 0;
    struct decimal mean, want, min = {0, 0}, max = {0, 0};

    for (size_t i = 0; i < count; i++) {
        if (all[i].start_s < from_s || all[i].start_s >= to_s)
            continue;
        seen++;
        if (!reading_is_valid(&all[i]))
            continue;
        if (sum.count == 0 || decimal_compare(all[i].number[0], min) < 0)
            min = all[i].number[0];
        if (sum.count == 0 || decimal_compare(all[i].number[0], max) > 0)
            max = all[i].number[0];
        CHECK_INT(decimal_sum_add(&sum, all[i].number[0]), OK);
    }
    CHECK_INT(got->count_all, seen);
    CHECK_INT(got->count, sum.count);
    CHECK_INT(got->sum.count, sum.count);
    if (sum.count == 0)
        return;
    CHECK_INT(decimal_compare(got->min, min), 0);
    CHECK_INT(decimal_compare(got->max, max), 0);
    CHECK_INT(decimal_sum_mean(&sum, 0, ROUND_HALF_EVEN, &want), OK);
    CHECK_INT(decimal_sum_mean(&got->sum, 0, ROUND_HALF_EVEN, &mean), OK);
    CHECK_INT(mean.mantissa, want.mantissa);
}

static void ask_sums(struct model *m, struct reading *all)
{
    static const enum cadence steps[] = {CADENCE_HOUR, CADENCE_DAY,
                                         CADENCE_MONTH, CADENCE_YEAR};
    enum cadence step = steps[draw(m, LENGTH(steps))];
    struct series_range range = {DAY0 + (int64_t)draw(m, DAY_S), 0};
    struct series_view view = draw_view(m);
    struct series_summary *got;
    size_t got_steps;

    range.to_s = range.from_s + (int64_t)draw(m, 20 * DAY_S) + 1;
    CHECK_INT(series_summarise(m->kit.series, m->channel, CHANNELS, range, step,
                               view, &m->kit.arena, &got, &got_steps),
              OK);
    for (int i = 0; i < CHANNELS; i++) {
        size_t count = model_scan(m, m->channel[i], range, view, all);
        int64_t at = period_start(range.from_s, step);

        for (size_t s = 0; s < got_steps; s++) {
            int64_t next = period_next(at, step);

            CHECK_INT(got[(size_t)i * got_steps + s].start_s, at);
            check_sums(&got[(size_t)i * got_steps + s], at, next, all, count);
            at = next;
        }
        CHECK(at >= range.to_s);
    }
}

static void ask_versions(struct model *m)
{
    const struct cell *cell;
    struct reading *got;
    size_t count;

    if (m->cell_count == 0)
        return;
    cell = &m->cells[draw(m, m->cell_count)];
    CHECK_INT(series_versions(m->kit.series, cell->channel, cell->start_s,
                              &m->kit.arena, &got, &count),
              OK);
    CHECK_INT(count, cell->count);
    for (size_t i = 0; i < count; i++)
        check_same(&got[i], &cell->version[i]);
}

static void ask_all(struct model *m)
{
    struct reading *room = memory_new(CELLS_MAX, sizeof *room);
    char message[256];

    arena_clear(&m->kit.arena);
    for (int i = 0; i < 6; i++) {
        ask_scan(m, room);
        ask_own(m, room);
        ask_versions(m);
    }
    ask_sums(m, room);
    free(room);
    CHECK_INT(series_verify(m->kit.series, message), OK);
}

/* Between appends, so that what the writer keeps open grows old. */
static void ask_own_alone(struct model *m)
{
    struct reading *room = memory_new(CELLS_MAX, sizeof *room);

    arena_clear(&m->kit.arena);
    ask_own(m, room);
    free(room);
}

/* ---- stories ---- */

static void run_model(uint64_t seed, int rounds)
{
    struct model m;

    model_open(&m, seed);
    do_flush(&m); /* the channels are there */
    for (int round = 0; round < rounds; round++) {
        uint64_t what = draw(&m, 1000);

        m.now_us += (int64_t)draw(&m, 90 * SECOND_US);
        if (what < 900)
            do_append(&m);
        else if (what < 930)
            do_backfill(&m);
        else if (what < 945)
            do_lay(&m);
        else if (what < 955)
            do_undo(&m);
        else if (what < 975)
            do_flush(&m);
        else if (what < 985)
            do_crash(&m);
        else
            ask_all(&m);
        if (what % 10 == 0)
            ask_own_alone(&m);
    }
    ask_all(&m);
    do_flush(&m);
    kit_reopen(&m.kit);
    ask_all(&m);
    model_close(&m);
}

TEST(a_thousand_things_happen)
{
    run_model(1, 1000);
}

TEST(other_things_happen)
{
    for (uint64_t seed = 2; seed < 8; seed++)
        run_model(seed, 1500);
}

TEST(flushes_and_crashes_leave_no_trace)
{
    unsigned char often[32], never[32];
    struct model m;
    struct kit clean;

    model_open(&m, 4711);
    do_flush(&m);
    kit_init(&clean);
    for (int i = 0; i < CHANNELS; i++) {
        struct channel_key key;

        CHECK(series_key(m.kit.series, m.channel[i], &key));
        CHECK_INT(series_channel(clean.series, &key), m.channel[i]);
    }
    for (int round = 0; round < 3000; round++) {
        size_t before;

        m.now_us += (int64_t)draw(&m, 90 * SECOND_US);
        if (round % 250 == 249)
            do_flush(&m);
        if (round % 400 == 399)
            do_crash(&m);
        before = m.log_count;
        if (round % 20 == 0)
            do_backfill(&m);
        else if (round % 50 == 1)
            do_lay(&m);
        else
            do_append(&m);
        replay(&m, clean.series, before);
    }
    do_flush(&m);
    CHECK_INT(series_digest(m.kit.series, often), OK);
    CHECK_INT(series_digest(clean.series, never), OK);
    assert_memory_equal(often, never, 32);
    kit_flush(&clean, 1);
    kit_reopen(&clean);
    CHECK_INT(series_digest(clean.series, never), OK);
    assert_memory_equal(often, never, 32);
    kit_put(&clean, m.channel[0], DAY0 - DAY_S, 1, 0);
    CHECK_INT(series_digest(clean.series, never), OK);
    CHECK(memcmp(often, never, 32) != 0);
    kit_done(&clean);
    model_close(&m);
}
