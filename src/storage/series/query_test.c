#include "storage/series/series.h"

#include "base/buf.h"
#include "base/test.h"
#include "quality/quality.h"
#include "storage/series/series_test_kit.h"

#include <sqlite3.h>

#define SECOND_US 1000000LL

static const struct series_view now = {0};

static struct series_range days(int count)
{
    return (struct series_range){DAY0, DAY0 + count * (int64_t)DAY_S};
}

/* ---- overlays ---- */

static struct overlay lay(struct kit *kit, channel_id channel,
                          enum overlay_kind kind, int hour, int hours)
{
    struct overlay o = {
        .channel = channel,
        .range = {DAY0 + hour * (int64_t)HOUR_S,
                  DAY0 + (hour + hours) * (int64_t)HOUR_S},
        .kind = kind,
        .value = DECIMAL(123, -1),
        .mark = 'M',
        .reason = "pump was off",
        .who = "li",
        .at_us = (DAY0 + 2 * (int64_t)DAY_S) * SECOND_US + hour,
    };

    CHECK_INT(series_overlay_add(kit->series, &o), OK);
    return o;
}

/* ---- the grid ---- */

enum { GRID = 24 };

static void check_grid(struct kit *kit, channel_id c, const char *want)
{
    struct decimal value[GRID];
    bool known[GRID];
    struct series_grid grid = {HOUR_S, value, known};

    CHECK_INT(series_grid(kit->series, c, days(1), now, &grid), OK);
    for (int h = 0; h < GRID; h++) {
        CHECK_INT(known[h], want[h] != '-');
        if (known[h])
            CHECK_INT(value[h].mantissa, want[h] == 'R' ? 123 : 100 + h);
    }
}

TEST(a_grid_has_the_valid_values_in_their_places)
{
    struct decimal value[GRID];
    bool known[GRID];
    struct series_grid grid = {0, value, known};
    struct kit kit;
    channel_id c;

    kit_init(&kit);
    c = kit_channel(&kit, 1, "a34004", CADENCE_HOUR);
    check_grid(&kit, c, "------------------------");
    for (int h = 0; h < GRID; h++) {
        int64_t late_s = h == 7 ? 600 : 0; /* between the steps */
        struct reading r =
            kit_reading(DAY0 + h * (int64_t)HOUR_S + late_s, 100 + h, 0);

        r.quality = h == 5 ? QUALITY_BIT(INVALIDATED) : 0;
        r.flag = h == 6 ? 'D' : 'N';
        if (h != 3)
            series_append(kit.series, c, &r);
    }
    kit_put(&kit, c, DAY0 - HOUR_S, 1, 0);
    kit_put(&kit, c, DAY0 + DAY_S, 1, 0);
    check_grid(&kit, c, "vvv-v---vvvvvvvvvvvvvvvv"); /* from memory */
    kit_flush(&kit, 1);
    check_grid(&kit, c, "vvv-v---vvvvvvvvvvvvvvvv"); /* from the store */
    kit_put(&kit, c, DAY0 + 3 * (int64_t)HOUR_S, 103, 0);
    check_grid(&kit, c, "vvvvv---vvvvvvvvvvvvvvvv"); /* from both */
    lay(&kit, c, OVERLAY_REPLACE, 10, 1);
    lay(&kit, c, OVERLAY_INVALIDATE, 11, 2);
    kit_flush(&kit, 2);
    check_grid(&kit, c, "vvvvv---vvR--vvvvvvvvvvv");
    CHECK_INT(series_grid(kit.series, c, days(1), now, &grid), ERR_INVALID);
    grid.step_s = HOUR_S;
    CHECK_INT(series_grid(kit.series, c + 9, days(1), now, &grid),
              ERR_NOT_FOUND);
    CHECK_INT(series_grid(kit.series, c, days(0), now, &grid), OK);
    kit_done(&kit);
}

TEST(overlays_change_what_is_seen_and_keep_what_is_there)
{
    struct kit kit;
    channel_id c;
    struct reading *r, *raw;
    struct overlay *all;
    size_t count;

    kit_init(&kit);
    c = kit_channel(&kit, 1, "a34004", CADENCE_HOUR);
    for (int h = 0; h < 24; h++)
        kit_put(&kit, c, DAY0 + h * (int64_t)HOUR_S, 100 + h, 0);
    lay(&kit, c, OVERLAY_INVALIDATE, 1, 2);
    lay(&kit, c, OVERLAY_REPLACE, 2, 1); /* the later word counts */
    lay(&kit, c, OVERLAY_MARK, 4, 1);
    lay(&kit, c, OVERLAY_APPROVE, 5, 1);
    for (int round = 0; round < 3; round++) {
        CHECK_INT(kit_scan(&kit, c, DAY0, DAY0 + DAY_S, &r), 24);
        CHECK(reading_is_valid(&r[0]));
        CHECK(!reading_is_valid(&r[1]));
        CHECK_INT(r[1].quality, QUALITY_BIT(INVALIDATED));
        CHECK(reading_is_valid(&r[2]));
        CHECK_INT(r[2].number[0].mantissa, 123);
        CHECK_INT(r[2].quality, QUALITY_BIT(REPLACED));
        CHECK(reading_is_valid(&r[3]));
        CHECK_INT(r[4].flag, 'M');
        CHECK(!reading_is_valid(&r[4]));
        CHECK_INT(r[4].number[0].mantissa, 104);
        CHECK_INT(r[5].quality, QUALITY_BIT(APPROVED));
        CHECK(reading_is_valid(&r[5]));
        CHECK_INT(series_scan(kit.series, c, days(1),
                              (struct series_view){.raw = true}, 0, &kit.arena,
                              &raw, &count),
                  OK);
        for (int h = 0; h < 24; h++) {
            CHECK_INT(raw[h].number[0].mantissa, 100 + h);
            CHECK_INT(raw[h].quality, 0);
        }
        CHECK_INT(
            series_overlays(kit.series, c, days(1), &kit.arena, &all, &count),
            OK);
        CHECK_INT(count, 4);
        CHECK_INT(all[3].id, 4);
        CHECK_TEXT(all[0].reason, "pump was off");
        CHECK_TEXT(all[0].who, "li");
        kit_flush(&kit, 1);
        if (round)
            kit_reopen(&kit);
    }
    kit_done(&kit);
}

TEST(an_overlay_undone_is_gone_from_then_on)
{
    struct kit kit;
    channel_id c;
    struct overlay o;
    struct reading *r;
    struct series_view then = {0};
    size_t count;

    kit_init(&kit);
    c = kit_channel(&kit, 1, "a34004", CADENCE_HOUR);
    kit_put(&kit, c, DAY0, 100, 0);
    o = lay(&kit, c, OVERLAY_INVALIDATE, 0, 1);
    kit_flush(&kit, 1);
    CHECK_INT(series_overlay_undo(kit.series, 2, "wu", o.at_us + 9),
              ERR_NOT_FOUND);
    CHECK_INT(series_overlay_undo(kit.series, 0, "wu", o.at_us + 9),
              ERR_NOT_FOUND);
    CHECK_INT(series_overlay_undo(kit.series, o.id, "wu", o.at_us + 10), OK);
    CHECK_INT(series_overlay_undo(kit.series, o.id, "me", o.at_us + 99), OK);
    for (int round = 0; round < 3; round++) {
        const struct {
            int64_t as_of_us;
            bool valid;
        } cases[] = {{o.at_us - 1, true},
                     {o.at_us, false},
                     {o.at_us + 9, false},
                     {o.at_us + 10, true},
                     {AS_OF_NOW, true}};

        for (size_t i = 0; i < LENGTH(cases); i++) {
            then.as_of_us = cases[i].as_of_us;
            CHECK_INT(series_scan(kit.series, c, days(1), then, 0, &kit.arena,
                                  &r, &count),
                      OK);
            CHECK_INT(count, 1);
            CHECK_INT(reading_is_valid(&r[0]), cases[i].valid);
        }
        kit_flush(&kit, 2);
        kit_reopen(&kit);
    }
    kit_done(&kit);
}

TEST(the_same_overlay_again_is_the_same)
{
    struct kit kit;
    channel_id c;
    struct overlay o, *all;
    size_t count;

    kit_init(&kit);
    c = kit_channel(&kit, 1, "a34004", CADENCE_HOUR);
    CHECK_INT(lay(&kit, c, OVERLAY_APPROVE, 1, 1).id, 1);
    CHECK_INT(lay(&kit, c, OVERLAY_APPROVE, 1, 1).id, 1);
    CHECK_INT(lay(&kit, c, OVERLAY_APPROVE, 2, 1).id, 2);
    CHECK_INT(series_overlays(kit.series, 0, days(1), &kit.arena, &all, &count),
              OK);
    CHECK_INT(count, 2);
    CHECK_INT(
        series_overlays(kit.series, 0,
                        (struct series_range){DAY0, DAY0 + 2 * (int64_t)HOUR_S},
                        &kit.arena, &all, &count),
        OK);
    CHECK_INT(count, 1);

    o = all[0];
    o.channel = 9;
    CHECK_INT(series_overlay_add(kit.series, &o), ERR_NOT_FOUND);
    o.channel = c;
    o.range.to_s = o.range.from_s;
    CHECK_INT(series_overlay_add(kit.series, &o), ERR_INVALID);
    o = all[0];
    o.kind = OVERLAY_MARK;
    o.mark = 0;
    CHECK_INT(series_overlay_add(kit.series, &o), ERR_INVALID);
    memset(o.reason, 'x', sizeof o.reason);
    o.mark = 'M';
    CHECK_INT(series_overlay_add(kit.series, &o), ERR_INVALID);
    kit_done(&kit);
}

/* ---- sums ---- */

static struct series_summary *sums(struct kit *kit, channel_id c,
                                   struct series_range range, enum cadence step,
                                   size_t *steps)
{
    struct series_summary *out;

    CHECK_INT(series_summarise(kit->series, &c, 1, range, step, now,
                               &kit->arena, &out, steps),
              OK);
    return out;
}

TEST(days_of_minutes_come_from_beside_the_blocks_or_from_within)
{
    struct kit kit;
    channel_id c;
    size_t steps;
    struct series_summary *s;
    struct decimal mean;

    kit_init(&kit);
    c = kit_channel(&kit, 1, "a34004", CADENCE_MINUTE);
    for (int i = 0; i < 3 * 1440; i++)
        kit_put(&kit, c, DAY0 + i * 60LL, i % 1440, -1);
    for (int round = 0; round < 2; round++) {
        s = sums(&kit, c, days(4), CADENCE_DAY, &steps);
        CHECK_INT(steps, 4);
        for (int d = 0; d < 3; d++) {
            CHECK_INT(s[d].start_s, DAY0 + d * (int64_t)DAY_S);
            CHECK_INT(s[d].count, 1440);
            CHECK_INT(s[d].count_all, 1440);
            CHECK_INT(s[d].sum.mantissa, 1439 * 720);
            CHECK_INT(s[d].min.mantissa, 0);
            CHECK_INT(s[d].max.mantissa, 1439);
            CHECK_INT(decimal_sum_mean(&s[d].sum, -2, ROUND_HALF_EVEN, &mean),
                      OK);
            CHECK_INT(mean.mantissa, 7195);
        }
        CHECK_INT(s[3].count, 0);
        CHECK_INT(s[3].count_all, 0);

        /* Half a day at each end, then hours. */
        s = sums(&kit, c,
                 (struct series_range){DAY0 + 12 * (int64_t)HOUR_S,
                                       DAY0 + 2 * (int64_t)DAY_S + 60},
                 CADENCE_DAY, &steps);
        CHECK_INT(steps, 3);
        CHECK_INT(s[0].start_s, DAY0);
        CHECK_INT(s[0].count, 720);
        CHECK_INT(s[0].min.mantissa, 720);
        CHECK_INT(s[1].count, 1440);
        CHECK_INT(s[2].count, 1);
        s = sums(&kit, c, days(1), CADENCE_HOUR, &steps);
        CHECK_INT(steps, 24);
        CHECK_INT(s[23].sum.mantissa, 60 * 1380 + 59 * 30);
        s = sums(&kit, c, days(3), CADENCE_YEAR, &steps);
        CHECK_INT(steps, 1);
        CHECK_INT(s[0].count, 3 * 1440);
        kit_flush(&kit, 1);
    }
    kit_done(&kit);
}

TEST(what_is_not_valid_counts_only_among_all)
{
    struct kit kit;
    channel_id c;
    size_t steps;
    struct series_summary *s;
    struct reading r;

    kit_init(&kit);
    c = kit_channel(&kit, 1, "a34004", CADENCE_HOUR);
    kit_put(&kit, c, DAY0, 10, 0);
    kit_put(&kit, c, DAY0 + HOUR_S, 115, -1);
    r = kit_reading(DAY0 + 2 * (int64_t)HOUR_S, 9999, 0);
    r.flag = 'D';
    (void)series_append(kit.series, c, &r);
    r = kit_reading(DAY0 + 3 * (int64_t)HOUR_S, 9999, 0);
    r.quality = QUALITY_BIT(BEYOND_RANGE);
    (void)series_append(kit.series, c, &r);
    r = kit_reading(DAY0 + 4 * (int64_t)HOUR_S, 0, 0);
    r.present = 0;
    (void)series_append(kit.series, c, &r);
    for (int round = 0; round < 2; round++) {
        s = sums(&kit, c, days(1), CADENCE_MONTH, &steps);
        CHECK_INT(steps, 1);
        CHECK_INT(s[0].count_all, 5);
        CHECK_INT(s[0].count, 2);
        CHECK_INT(s[0].sum.mantissa, 215);
        CHECK_INT(s[0].sum.exponent, -1);
        CHECK_INT(s[0].max.mantissa, 115);
        CHECK_INT(s[0].max.exponent, -1);
        kit_flush(&kit, 1);
    }
    kit_done(&kit);
}

TEST(sums_follow_corrections_and_overlays)
{
    struct kit kit;
    channel_id c;
    size_t steps;
    struct reading r;

    kit_init(&kit);
    c = kit_channel(&kit, 1, "a34004", CADENCE_MINUTE);
    for (int i = 0; i < 1440; i++)
        kit_put(&kit, c, DAY0 + i * 60LL, 1, 0);
    kit_flush(&kit, 1);
    r = kit_reading(DAY0 + 600, 5, 0);
    r.arrival_us += DAY_S * SECOND_US;
    CHECK_INT(series_append(kit.series, c, &r), SERIES_CORRECTED);
    CHECK_INT(sums(&kit, c, days(1), CADENCE_DAY, &steps)[0].sum.mantissa,
              1444);
    kit_flush(&kit, 2);
    CHECK_INT(sums(&kit, c, days(1), CADENCE_DAY, &steps)[0].sum.mantissa,
              1444);
    lay(&kit, c, OVERLAY_INVALIDATE, 0, 1);
    CHECK_INT(sums(&kit, c, days(1), CADENCE_DAY, &steps)[0].sum.mantissa,
              1380);
    kit_done(&kit);
}

TEST(sums_of_nothing_and_of_too_much)
{
    struct kit kit;
    channel_id c, unknown = 5;
    size_t steps;
    struct series_summary *s;

    kit_init(&kit);
    c = kit_channel(&kit, 1, "a34004", CADENCE_MINUTE);
    CHECK_INT(series_summarise(kit.series, &c, 1,
                               (struct series_range){DAY0, DAY0}, CADENCE_DAY,
                               now, &kit.arena, &s, &steps),
              OK);
    CHECK_INT(steps, 0);
    CHECK_INT(series_summarise(kit.series, &c, 1, days(1), CADENCE_MINUTE, now,
                               &kit.arena, &s, &steps),
              ERR_INVALID);
    CHECK_INT(series_summarise(kit.series, &c, 1, days(1), CADENCE_SAMPLE, now,
                               &kit.arena, &s, &steps),
              ERR_INVALID);
    CHECK_INT(series_summarise(kit.series, &unknown, 1, days(1), CADENCE_DAY,
                               now, &kit.arena, &s, &steps),
              ERR_NOT_FOUND);
    kit_done(&kit);
}

/* ---- percentile ---- */

TEST(percentiles_as_annex_a_of_hj_663_2013)
{
    struct kit kit;
    channel_id c;
    struct decimal out;
    const struct {
        int p_e4, exponent;
        enum rounding rounding;
        int64_t mantissa;
    } cases[] = {
        {0, 0, ROUND_HALF_EVEN, 10},
        {10000, 0, ROUND_HALF_EVEN, 100},
        {5000, 0, ROUND_HALF_EVEN, 55},
        {9000, 0, ROUND_HALF_EVEN, 91},   /* k = 9.1: 90 + 0.1 * 10 */
        {9500, -1, ROUND_HALF_EVEN, 955}, /* k = 9.55 */
        {9500, 0, ROUND_HALF_EVEN, 96},   /* 95.5 to even */
        {9500, 0, ROUND_DOWN, 95},
        {9500, 1, ROUND_HALF_EVEN, 10},
    };

    kit_init(&kit);
    c = kit_channel(&kit, 1, "a34004", CADENCE_DAY);
    CHECK_INT(series_percentile(kit.series, c, days(10), now, 9500, 0,
                                ROUND_HALF_EVEN, &out),
              ERR_NOT_FOUND);
    for (int i = 0; i < 10; i++) /* 10, 20 ... 100 in another order */
        kit_put(&kit, c, DAY0 + i * (int64_t)DAY_S, (i * 7 % 10 + 1) * 10LL, 0);
    for (size_t i = 0; i < LENGTH(cases); i++) {
        CHECK_INT(series_percentile(kit.series, c, days(10), now, cases[i].p_e4,
                                    cases[i].exponent, cases[i].rounding, &out),
                  OK);
        CHECK_INT(out.mantissa, cases[i].mantissa);
        CHECK_INT(out.exponent, cases[i].exponent);
    }
    CHECK_INT(series_percentile(kit.series, c, days(10), now, 10001, 0,
                                ROUND_HALF_EVEN, &out),
              ERR_INVALID);
    CHECK_INT(series_percentile(kit.series, c, days(10), now, -1, 0,
                                ROUND_HALF_EVEN, &out),
              ERR_INVALID);
    kit_done(&kit);
}

TEST(a_percentile_of_values_far_apart_is_an_error_not_a_wrong_digit)
{
    struct kit kit;
    channel_id c;
    struct decimal out;

    kit_init(&kit);
    c = kit_channel(&kit, 1, "a34004", CADENCE_DAY);
    kit_put(&kit, c, DAY0, INT64_MAX, 18);
    kit_put(&kit, c, DAY0 + DAY_S, 1, -18);
    CHECK_INT(series_percentile(kit.series, c, days(2), now, 5000, 0,
                                ROUND_HALF_EVEN, &out),
              ERR_OVERFLOW);
    kit_done(&kit);
}

TEST(exceedances_are_above_not_at_the_limit)
{
    struct kit kit;
    channel_id c;
    struct reading r, *out;
    size_t count;

    kit_init(&kit);
    c = kit_channel(&kit, 1, "w21003", CADENCE_HOUR);
    kit_put(&kit, c, DAY0, 750, -1);
    kit_put(&kit, c, DAY0 + HOUR_S, 751, -1);
    kit_put(&kit, c, DAY0 + 2 * (int64_t)HOUR_S, 75, 0);
    kit_put(&kit, c, DAY0 + 3 * (int64_t)HOUR_S, 7500000001, -8);
    r = kit_reading(DAY0 + 4 * (int64_t)HOUR_S, 99, 0);
    r.flag = 'C';
    (void)series_append(kit.series, c, &r);
    kit_flush(&kit, 1);
    CHECK_INT(series_exceedances(kit.series, c, days(1), now, DECIMAL(75, 0),
                                 &kit.arena, &out, &count),
              OK);
    CHECK_INT(count, 2);
    CHECK_INT(out[0].start_s, DAY0 + HOUR_S);
    CHECK_INT(out[1].start_s, DAY0 + 3 * (int64_t)HOUR_S);
    kit_done(&kit);
}

/* ---- gaps ---- */

TEST(every_empty_period_has_its_reason)
{
    struct kit kit;
    channel_id c;
    struct series_gap *g;
    struct reading r;
    size_t count;
    int64_t now_s = DAY0 + 10 * (int64_t)HOUR_S + 1;

    kit_init(&kit);
    c = kit_channel(&kit, 1, "a34004", CADENCE_HOUR);
    CHECK_INT(series_why_missing(kit.series, c, days(1), HOUR_S, now_s,
                                 &kit.arena, &g, &count),
              OK);
    CHECK_INT(count, 2);
    CHECK_INT(g[0].reason, GAP_NEVER_HEARD);
    CHECK_INT(g[0].to_s, DAY0 + 10 * (int64_t)HOUR_S);
    CHECK_INT(g[1].reason, GAP_NOT_DUE);
    CHECK_INT(g[1].to_s, DAY0 + DAY_S);

    kit_put(&kit, c, DAY0 + HOUR_S, 1, 0);
    kit_put(&kit, c, DAY0 + 2 * (int64_t)HOUR_S, 1, 0);
    for (int h = 5; h < 8; h++) {
        r = kit_reading(DAY0 + h * (int64_t)HOUR_S, 1, 0);
        r.flag = h < 7 ? 'M' : 'N';
        r.quality = h < 7 ? 0 : QUALITY_BIT(BEYOND_RANGE);
        (void)series_append(kit.series, c, &r);
    }
    for (int round = 0; round < 2; round++) {
        const struct series_gap want[] = {
            {0, 1, GAP_NOTHING, 0, 0},
            {3, 5, GAP_NOTHING, 0, 0},
            {5, 7, GAP_FLAG, 'M', 0},
            {7, 8, GAP_QUALITY, 0, QUALITY_BIT(BEYOND_RANGE)},
            {8, 10, GAP_NOTHING, 0, 0},
            {10, 24, GAP_NOT_DUE, 0, 0},
        };

        CHECK_INT(series_why_missing(kit.series, c, days(1), HOUR_S, now_s,
                                     &kit.arena, &g, &count),
                  OK);
        CHECK_INT(count, LENGTH(want));
        for (size_t i = 0; i < count; i++) {
            CHECK_INT(g[i].from_s, DAY0 + want[i].from_s * (int64_t)HOUR_S);
            CHECK_INT(g[i].to_s, DAY0 + want[i].to_s * (int64_t)HOUR_S);
            CHECK_INT(g[i].reason, want[i].reason);
            CHECK_INT(g[i].flag, want[i].flag);
            CHECK_INT(g[i].quality, want[i].quality);
        }
        kit_flush(&kit, 1);
    }
    lay(&kit, c, OVERLAY_INVALIDATE, 1, 1);
    CHECK_INT(series_why_missing(kit.series, c, days(1), HOUR_S, now_s,
                                 &kit.arena, &g, &count),
              OK);
    CHECK_INT(g[1].reason, GAP_QUALITY);
    CHECK_INT(g[1].quality, QUALITY_BIT(INVALIDATED));
    CHECK_INT(series_why_missing(kit.series, c, days(1), 0, now_s, &kit.arena,
                                 &g, &count),
              ERR_INVALID);
    kit_done(&kit);
}

/* ---- retention ---- */

TEST(what_is_too_old_goes_span_by_span)
{
    struct kit kit;
    struct series_options options = {
        .keep_days = {[CADENCE_MINUTE] = 2, [CADENCE_HOUR] = 0}};
    channel_id minute, hour;
    struct reading *r, one;

    kit_init(&kit);
    series_close(kit.series);
    kit_open(&kit, &options);
    minute = kit_channel(&kit, 1, "a34004", CADENCE_MINUTE);
    hour = kit_channel(&kit, 1, "a34004", CADENCE_HOUR);
    for (int i = 0; i < 5; i++) {
        kit_put(&kit, minute, DAY0 + i * (int64_t)DAY_S + 3600, i, 0);
        kit_put(&kit, hour, DAY0 + i * (int64_t)DAY_S, i, 0);
        if (i == 2)
            kit_flush(&kit, 1);
    }
    series_retire(kit.series, DAY0 + 5 * (int64_t)DAY_S - 1);
    kit_flush(&kit, 2);
    CHECK_INT(kit_scan(&kit, minute, DAY0, DAY0 + 9 * (int64_t)DAY_S, &r), 3);
    CHECK_INT(r[0].number[0].mantissa, 2);
    CHECK_INT(kit_scan(&kit, hour, DAY0, DAY0 + 9 * (int64_t)DAY_S, &r), 5);
    CHECK(series_latest(kit.series, minute, &one));

    series_retire(kit.series, DAY0 + 900 * (int64_t)DAY_S);
    kit_flush(&kit, 3);
    CHECK_INT(kit_scan(&kit, minute, DAY0, DAY0 + 9 * (int64_t)DAY_S, &r), 0);
    CHECK(!series_latest(kit.series, minute, &one));
    kit_put(&kit, minute, DAY0 + 900 * (int64_t)DAY_S, 7, 0);
    kit_flush(&kit, 4);
    kit_reopen(&kit);
    CHECK(series_latest(kit.series, minute, &one));
    CHECK_INT(one.number[0].mantissa, 7);
    CHECK_INT(kit_scan(&kit, minute, DAY0, DAY0 + 9 * (int64_t)DAY_S, &r), 0);
    kit_done(&kit);
}

/* ---- plain SQL ---- */

static const char *ask(struct kit *kit, sqlite3 *db, const char *sql)
{
    sqlite3_stmt *stmt = NULL;
    struct buf answer;
    const char *text;

    buf_init(&answer, 4096);
    CHECK_INT(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    while (sqlite3_step(stmt) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(stmt); i++) {
            const char *cell = (const char *)sqlite3_column_text(stmt, i);

            buf_printf(&answer, "%s%s", i ? "|" : "", cell ? cell : "-");
        }
        buf_char(&answer, ';');
    }
    if (sqlite3_finalize(stmt) != SQLITE_OK)
        buf_printf(&answer, "error: %s", sqlite3_errmsg(db));
    text = arena_printf(&kit->arena, "%.*s", SPAN_ARG(buf_span(&answer)));
    buf_done(&answer);
    return text;
}

TEST(blocks_are_rows_to_sql)
{
    struct kit kit;
    channel_id a, b;
    sqlite3 *db = NULL;
    struct reading r;

    kit_init(&kit);
    a = kit_channel(&kit, 1, "a34004", CADENCE_MINUTE);
    b = kit_channel(&kit, 2, "a34004", CADENCE_HOUR);
    for (int i = 0; i < 3000; i++)
        kit_put(&kit, a, DAY0 + i * 60LL, 350 + i, -1);
    kit_put(&kit, b, DAY0, 7, 0);
    r = kit_reading(DAY0 + HOUR_S, 0, 0);
    r.present = READING_MAX;
    r.number[COLUMN_MAX] = DECIMAL(25, -1);
    r.text = SPAN("<0.1");
    r.flag = 0;
    (void)series_append(kit.series, b, &r);
    kit_flush(&kit, 1);

    CHECK_INT(sqlite3_open(kit.path, &db), SQLITE_OK);
    CHECK_INT(series_register_sql(kit.series, db), OK);
    CHECK_TEXT(ask(&kit, db,
                   "SELECT count(*), min(value), max(value) FROM "
                   "reading WHERE channel = 1"),
               "3000|35.0|334.9;");
    CHECK_TEXT(ask(&kit, db, "SELECT * FROM reading WHERE channel = 2"),
               "2|1795449600|2026-11-24T00:00:00+08:00|7|-|-|-|-|N|0|"
               "1795449720000000|7;"
               "2|1795453200|2026-11-24T01:00:00+08:00|-|-|2.5|-|-|-|0|"
               "1795453320000000|<0.1;");
    CHECK_TEXT(ask(&kit, db,
                   "SELECT value_text FROM reading WHERE channel = 1"
                   " AND start_s > 1795449600 AND start_s <= "
                   "1795449720"),
               "35.1;35.2;");
    CHECK_TEXT(ask(&kit, db,
                   "SELECT count(*) FROM reading WHERE start_s >= "
                   "1795536000 AND start_s < 1795536600"),
               "10;");
    CHECK_TEXT(ask(&kit, db,
                   "SELECT count(*) FROM reading WHERE start_s ="
                   " 1795449600 AND value > 34.9"),
               "1;");
    CHECK_TEXT(ask(&kit, db,
                   "SELECT count(*) FROM reading WHERE channel = "
                   "'x' OR start_s < -9e18"),
               "0;");
    CHECK_TEXT(ask(&kit, db,
                   "SELECT channel, start_s FROM reading ORDER BY "
                   "channel DESC, start_s LIMIT 1"),
               "2|1795449600;");
    CHECK_TEXT(ask(&kit, db,
                   "SELECT k.factor, r.value FROM channel k JOIN "
                   "reading r ON r.channel = k.id WHERE k.id = 2 "
                   "AND r.value IS NOT NULL"),
               "a34004|7;");
    CHECK_INT(sqlite3_close(db), SQLITE_OK);
    kit_done(&kit);
}
