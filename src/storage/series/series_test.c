#include "storage/series/series.h"

#include "base/test.h"
#include "db/db.h"
#include "storage/series/series_test_kit.h"

#include <sqlite3.h>
#include <sys/wait.h>

#define SECOND_US 1000000LL

/* The reading of a start; start_s is 0 when there is none. */
static struct reading first(struct kit *kit, channel_id channel,
                            int64_t start_s)
{
    struct reading *out;

    if (kit_scan(kit, channel, start_s, start_s + 1, &out) == 0)
        return (struct reading){0};
    return out[0];
}

/* ---- channels ---- */

TEST(a_channel_keeps_its_number)
{
    struct kit kit;
    struct channel_key key;
    channel_id a, b, *of;

    kit_init(&kit);
    a = kit_channel(&kit, 7, "a34004", CADENCE_HOUR);
    b = kit_channel(&kit, 7, "a34002", CADENCE_HOUR);
    CHECK_INT(a, 1);
    CHECK_INT(b, 2);
    CHECK_INT(kit_channel(&kit, 7, "a34004", CADENCE_HOUR), a);
    CHECK_INT(kit_channel(&kit, 7, "a34004", CADENCE_MINUTE), 3);
    CHECK_INT(kit_channel(&kit, 8, "a34004", CADENCE_HOUR), 4);

    kit_flush(&kit, 1);
    kit_reopen(&kit);
    CHECK_INT(series_count(kit.series), 4);
    CHECK(series_key(kit.series, b, &key));
    CHECK_TEXT(key.factor, "a34002");
    CHECK_INT(series_find(kit.series, &key), b);
    CHECK(!series_key(kit.series, 0, &key));
    CHECK(!series_key(kit.series, 5, &key));
    CHECK_INT(series_channels_of(kit.series, SUBJECT_POINT, 7, &kit.arena, &of),
              3);
    CHECK_INT(of[0], 1);
    CHECK_INT(of[1], 2);
    CHECK_INT(of[2], 3);
    CHECK_INT(
        series_channels_of(kit.series, SUBJECT_DEVICE, 7, &kit.arena, &of), 0);
    kit_done(&kit);
}

TEST(thousands_of_channels_are_found_again)
{
    struct kit kit;
    channel_id *of;

    kit_init(&kit);
    for (int point = 0; point < 3000; point++)
        CHECK_INT(kit_channel(&kit, point, "w01001", CADENCE_HOUR), point + 1);
    for (int point = 0; point < 3000; point++)
        CHECK_INT(kit_channel(&kit, point, "w01001", CADENCE_HOUR), point + 1);
    CHECK_INT(
        series_channels_of(kit.series, SUBJECT_POINT, 2999, &kit.arena, &of),
        1);
    CHECK_INT(of[0], 3000);
    kit_done(&kit);
}

/* ---- appending ---- */

TEST(a_reading_is_seen_at_once_and_after_a_flush_and_after_a_restart)
{
    struct kit kit;
    channel_id c;

    kit_init(&kit);
    c = kit_channel(&kit, 1, "a34004", CADENCE_MINUTE);
    CHECK_INT(kit_put(&kit, c, DAY0, 350, -1), SERIES_NEW);
    for (int round = 0; round < 3; round++) {
        struct reading r = first(&kit, c, DAY0);

        CHECK_INT(r.start_s, DAY0);
        CHECK_INT(r.number[COLUMN_VALUE].mantissa, 350);
        CHECK_INT(r.number[COLUMN_VALUE].exponent, -1);
        CHECK_INT(r.present, READING_VALUE);
        CHECK_INT(r.flag, 'N');
        CHECK_INT(r.quality, 0);
        CHECK_INT(r.arrival_us, (DAY0 + 120) * SECOND_US);
        if (round == 0) {
            CHECK_INT(series_unflushed(kit.series), 1);
            kit_flush(&kit, 42);
            CHECK_INT(series_unflushed(kit.series), 0);
        } else {
            kit_reopen(&kit);
            CHECK_INT(series_applied(kit.series), 42);
        }
    }
    kit_done(&kit);
}

TEST(every_number_flag_and_exponent_comes_back_as_written)
{
    struct kit kit;
    channel_id c;
    struct reading all = {
        .start_s = DAY0,
        .number = {{1, 0},
                   {-25, -2},
                   {35000, -3},
                   {12, 2},
                   {0, -4},
                   {5, -18},
                   {INT64_MAX, 18}},
        .present = (1 << READING_COLUMNS) - 1,
        .flag = 'D',
        .quality = QUALITY_BIT(NEGATIVE) | QUALITY_BIT(INCONSISTENT),
        .arrival_us = DAY0 * SECOND_US,
    };
    struct reading *r;

    kit_init(&kit);
    c = kit_channel(&kit, 1, "a21026", CADENCE_HOUR);
    CHECK_INT(series_append(kit.series, c, &all), SERIES_NEW);
    all.start_s += HOUR_S;
    all.number[0] = DECIMAL(INT64_MIN, -18);
    all.number[6] = DECIMAL(1, -18); /* no common exponent with the first */
    CHECK_INT(series_append(kit.series, c, &all), SERIES_NEW);
    kit_flush(&kit, 1);
    CHECK_INT(kit_scan(&kit, c, DAY0, DAY0 + DAY_S, &r), 2);
    CHECK_INT(r[0].number[3].mantissa, 12);
    CHECK_INT(r[0].number[3].exponent, 2);
    CHECK_INT(r[0].number[6].mantissa, INT64_MAX);
    CHECK_INT(r[0].number[6].exponent, 18);
    CHECK_INT(r[1].flag, 'D');
    CHECK_INT(r[1].quality, all.quality);
    for (int i = 0; i < READING_COLUMNS; i++) {
        CHECK_INT(r[1].number[i].mantissa, all.number[i].mantissa);
        CHECK_INT(r[1].number[i].exponent, all.number[i].exponent);
    }
    kit_done(&kit);
}

TEST(the_same_again_changes_nothing)
{
    struct kit kit;
    channel_id c;
    struct reading r, *v;
    size_t count;

    kit_init(&kit);
    c = kit_channel(&kit, 1, "a34004", CADENCE_MINUTE);
    CHECK_INT(kit_put(&kit, c, DAY0, 35, 0), SERIES_NEW);
    r = kit_reading(DAY0, 35, 0);
    r.arrival_us += 5LL * 3600 * SECOND_US;
    r.quality = QUALITY_BIT(BACKFILLED); /* tells of the arrival only */
    CHECK_INT(series_append(kit.series, c, &r), SERIES_SAME);
    kit_flush(&kit, 1);
    CHECK_INT(series_append(kit.series, c, &r), SERIES_SAME);
    CHECK_INT(series_unflushed(kit.series), 0);
    CHECK_INT(series_versions(kit.series, c, DAY0, &kit.arena, &v, &count), OK);
    CHECK_INT(count, 1);
    CHECK_INT(v[0].quality, 0);
    kit_done(&kit);
}

TEST(a_correction_keeps_what_was_before)
{
    struct kit kit;
    channel_id c;
    struct reading *v;
    size_t count;

    kit_init(&kit);
    c = kit_channel(&kit, 1, "a34004", CADENCE_HOUR);
    CHECK_INT(kit_put(&kit, c, DAY0, 35, 0), SERIES_NEW);
    for (int i = 0; i < 4; i++) {
        struct reading r = kit_reading(DAY0, 36 + i, 0);

        r.arrival_us += (i + 1) * 3600LL * SECOND_US + 7;
        CHECK_INT(series_append(kit.series, c, &r), SERIES_CORRECTED);
        if (i == 1)
            kit_flush(&kit, 1); /* half in the store, half in memory */
    }
    for (int round = 0; round < 2; round++) {
        CHECK_INT(series_versions(kit.series, c, DAY0, &kit.arena, &v, &count),
                  OK);
        CHECK_INT(count, 5);
        for (int i = 0; i < 5; i++)
            CHECK_INT(v[i].number[0].mantissa, 35 + i);
        CHECK_INT(v[0].arrival_us, (DAY0 + 120) * SECOND_US);
        CHECK_INT(v[4].arrival_us, (DAY0 + 70 + 4LL * 3600) * SECOND_US + 7);
        CHECK_INT(first(&kit, c, DAY0).number[0].mantissa, 39);
        kit_flush(&kit, 2);
        kit_reopen(&kit);
    }
    kit_done(&kit);
}

TEST(another_zero_another_flag_or_another_finding_is_a_correction)
{
    struct kit kit;
    channel_id c;
    struct reading r = kit_reading(DAY0, 35, 0);

    kit_init(&kit);
    c = kit_channel(&kit, 1, "a34004", CADENCE_HOUR);
    CHECK_INT(series_append(kit.series, c, &r), SERIES_NEW);
    r.arrival_us += 60 * SECOND_US;
    r.number[0] = DECIMAL(350, -1);
    CHECK_INT(series_append(kit.series, c, &r), SERIES_CORRECTED);
    r.arrival_us += 60 * SECOND_US;
    r.flag = 'D';
    CHECK_INT(series_append(kit.series, c, &r), SERIES_CORRECTED);
    r.arrival_us += 60 * SECOND_US;
    r.quality = QUALITY_BIT(INCOMPLETE);
    CHECK_INT(series_append(kit.series, c, &r), SERIES_CORRECTED);
    r.arrival_us += 60 * SECOND_US;
    r.present |= READING_MAX;
    r.number[COLUMN_MAX] = DECIMAL(1, 0);
    CHECK_INT(series_append(kit.series, c, &r), SERIES_CORRECTED);
    kit_done(&kit);
}

TEST(as_of_gives_what_was_known_then)
{
    struct kit kit;
    channel_id c;
    struct reading r = kit_reading(DAY0, 10, 0), *out;
    int64_t t = (DAY0 + 3600) * SECOND_US;
    size_t count;

    kit_init(&kit);
    c = kit_channel(&kit, 1, "a34004", CADENCE_HOUR);
    r.arrival_us = t + 1; /* kept as the next whole minute */
    CHECK_INT(series_append(kit.series, c, &r), SERIES_NEW);
    r.arrival_us = t + 100 * SECOND_US;
    r.number[0].mantissa = 11;
    CHECK_INT(series_append(kit.series, c, &r), SERIES_CORRECTED);
    kit_put(&kit, c, DAY0 + 2 * (int64_t)HOUR_S, 99, 0);

    for (int round = 0; round < 3; round++) {
        const struct {
            int64_t as_of_us;
            size_t count;
            int64_t value;
        } cases[] = {
            {t + 60 * SECOND_US - 1, 0, 0},
            {t + 60 * SECOND_US, 1, 10},
            {t + 100 * SECOND_US - 1, 1, 10},
            {t + 100 * SECOND_US, 1, 11},
            {AS_OF_NOW, 2, 11},
        };

        for (size_t i = 0; i < LENGTH(cases); i++) {
            struct series_view view = {.as_of_us = cases[i].as_of_us};

            CHECK_INT(series_scan(kit.series, c,
                                  (struct series_range){DAY0, DAY0 + DAY_S},
                                  view, 0, &kit.arena, &out, &count),
                      OK);
            CHECK_INT(count, cases[i].count);
            if (count)
                CHECK_INT(out[0].number[0].mantissa, cases[i].value);
        }
        kit_flush(&kit, 1);
        if (round)
            kit_reopen(&kit);
    }
    kit_done(&kit);
}

TEST(an_old_word_after_a_correction_is_a_repetition)
{
    struct kit kit;
    channel_id c;
    struct reading one = kit_reading(DAY0, 10, 0);
    struct reading two = kit_reading(DAY0, 11, 0);

    kit_init(&kit);
    c = kit_channel(&kit, 1, "a34004", CADENCE_HOUR);
    two.arrival_us += 600 * SECOND_US;
    for (int round = 0; round < 2; round++) {
        struct reading *v;
        size_t count;

        CHECK_INT(series_append(kit.series, c, &one),
                  round ? SERIES_SAME : SERIES_NEW);
        CHECK_INT(series_append(kit.series, c, &two),
                  round ? SERIES_SAME : SERIES_CORRECTED);
        CHECK_INT(series_versions(kit.series, c, DAY0, &kit.arena, &v, &count),
                  OK);
        CHECK_INT(count, 2);
        kit_flush(&kit, 1);
    }
    kit_done(&kit);
}

TEST(a_text_that_is_no_number_is_kept)
{
    struct kit kit;
    channel_id c;
    struct reading r = kit_reading(DAY0 + 60, 0, 0), *out, *v;
    size_t count;

    kit_init(&kit);
    c = kit_channel(&kit, 1, "w01001", CADENCE_MINUTE);
    kit_put(&kit, c, DAY0, 71, -1);
    kit_put(&kit, c, DAY0 + 120, 72, -1);
    r.present = 0;
    r.quality = QUALITY_BIT(TEXT);
    r.text = SPAN("123456789012345678901234567890.5");
    CHECK_INT(series_append(kit.series, c, &r), SERIES_NEW);
    CHECK_INT(series_append(kit.series, c, &r), SERIES_SAME);
    kit_flush(&kit, 1);
    CHECK_INT(series_append(kit.series, c, &r), SERIES_SAME);
    r.text = SPAN("<0.1");
    r.arrival_us += 3600 * SECOND_US;
    CHECK_INT(series_append(kit.series, c, &r), SERIES_CORRECTED);
    for (int round = 0; round < 2; round++) {
        CHECK_INT(kit_scan(&kit, c, DAY0, DAY0 + 180, &out), 3);
        CHECK_SPAN(out[0].text, "");
        CHECK_SPAN(out[1].text, "<0.1");
        CHECK_INT(out[2].number[0].mantissa, 72);
        CHECK_INT(
            series_versions(kit.series, c, DAY0 + 60, &kit.arena, &v, &count),
            OK);
        CHECK_INT(count, 2);
        CHECK_SPAN(v[0].text, "123456789012345678901234567890.5");
        kit_flush(&kit, 2);
    }
    kit_done(&kit);
}

TEST(what_is_out_of_bounds_is_left_out)
{
    struct kit kit;
    channel_id c;
    struct reading r = kit_reading(MOMENT_MAX_S + 1, 1, 0);

    kit_init(&kit);
    c = kit_channel(&kit, 1, "w01001", CADENCE_MINUTE);
    r.arrival_us = DAY0 * SECOND_US;
    CHECK_INT(series_append(kit.series, c, &r), SERIES_SAME);
    series_append_many(kit.series, c, &r, 1);
    r.start_s = MOMENT_MIN_S - 1;
    CHECK_INT(series_append(kit.series, c, &r), SERIES_SAME);
    CHECK_INT(series_append(kit.series, 99, &r), SERIES_SAME);
    CHECK_INT(series_append(kit.series, 0, &r), SERIES_SAME);
    CHECK_INT(series_unflushed(kit.series), 0);
    r.start_s = MOMENT_MAX_S;
    CHECK_INT(series_append(kit.series, c, &r), SERIES_NEW);
    r.start_s = MOMENT_MIN_S;
    CHECK_INT(series_append(kit.series, c, &r), SERIES_NEW);
    kit_flush(&kit, 1);
    kit_reopen(&kit);
    CHECK_INT(first(&kit, c, MOMENT_MIN_S).start_s, MOMENT_MIN_S);
    CHECK_INT(first(&kit, c, MOMENT_MAX_S).start_s, MOMENT_MAX_S);
    kit_done(&kit);
}

TEST(late_readings_find_their_place)
{
    struct kit kit;
    channel_id c;
    struct reading *out;

    kit_init(&kit);
    c = kit_channel(&kit, 1, "a34004", CADENCE_MINUTE);
    /* Three days, from the last minute to the first, flushed now and then. */
    for (int i = 3 * 1440 - 1; i >= 0; i--) {
        CHECK_INT(kit_put(&kit, c, DAY0 + i * 60LL, i, -1), SERIES_NEW);
        if (i % 700 == 0)
            kit_flush(&kit, (uint64_t)(5000 - i));
    }
    for (int round = 0; round < 2; round++) {
        CHECK_INT(kit_scan(&kit, c, DAY0, DAY0 + 3 * (int64_t)DAY_S, &out),
                  3 * 1440);
        for (int i = 0; i < 3 * 1440; i++) {
            CHECK_INT(out[i].start_s, DAY0 + i * 60LL);
            CHECK_INT(out[i].number[0].mantissa, i);
        }
        CHECK_INT(kit_scan(&kit, c, DAY0 + 90, DAY0 + 300, &out), 3);
        kit_reopen(&kit);
    }
    kit_done(&kit);
}

TEST(a_scan_stops_at_its_limit)
{
    struct kit kit;
    channel_id c;
    struct reading *out;
    size_t count;

    kit_init(&kit);
    c = kit_channel(&kit, 1, "a34004", CADENCE_MINUTE);
    for (int i = 0; i < 3000; i++) {
        kit_put(&kit, c, DAY0 + i * 60LL, i, 0);
        if (i == 2000)
            kit_flush(&kit, 1);
    }
    for (size_t limit = 1; limit < 3200; limit += 333) {
        CHECK_INT(series_scan(
                      kit.series, c, (struct series_range){DAY0, INT64_MAX},
                      (struct series_view){0}, limit, &kit.arena, &out, &count),
                  OK);
        CHECK_INT(count, limit < 3000 ? limit : 3000);
        CHECK_INT(out[count - 1].number[0].mantissa, count - 1);
    }
    CHECK_INT(kit_scan(&kit, c, DAY0 + 10, DAY0 + 10, &out), 0);
    CHECK_INT(kit_scan(&kit, c, DAY0 + 20, DAY0 + 10, &out), 0);
    CHECK_INT(kit_scan(&kit, c, INT64_MIN, INT64_MAX, &out), 3000);
    CHECK_INT(series_scan(kit.series, 77,
                          (struct series_range){DAY0, INT64_MAX},
                          (struct series_view){0}, 0, &kit.arena, &out, &count),
              ERR_NOT_FOUND);
    kit_done(&kit);
}

/* ---- newest ---- */

TEST(the_newest_of_all_channels)
{
    struct kit kit;
    channel_id a, b;
    struct reading out[4], one;

    kit_init(&kit);
    a = kit_channel(&kit, 1, "a34004", CADENCE_MINUTE);
    b = kit_channel(&kit, 1, "a34002", CADENCE_MINUTE);
    kit_channel(&kit, 1, "a21026", CADENCE_MINUTE);
    kit_put(&kit, a, DAY0 + 60, 2, 0);
    kit_put(&kit, a, DAY0, 1, 0); /* late: not the newest */
    kit_put(&kit, b, DAY0, 350, -1);
    for (int round = 0; round < 3; round++) {
        CHECK_INT(series_latest_all(kit.series, out, 4), 3);
        CHECK_INT(out[0].start_s, DAY0 + 60);
        CHECK_INT(out[0].number[0].mantissa, 2);
        CHECK_INT(out[1].number[0].exponent, -1);
        CHECK_INT(out[1].flag, 'N');
        CHECK_INT(out[2].present, 0);
        CHECK(out[2].start_s == INT64_MIN);
        CHECK(series_latest(kit.series, a, &one));
        CHECK_INT(one.arrival_us, (DAY0 + 180) * SECOND_US);
        CHECK(!series_latest(kit.series, 3, &one));
        CHECK(!series_latest(kit.series, 4, &one));
        CHECK_INT(series_latest_all(kit.series, out, 2), 2);
        CHECK_INT(series_latest_from(kit.series, 2, out, 1), 1);
        CHECK_INT(out[0].number[0].mantissa, 350);
        CHECK_INT(series_latest_from(kit.series, 2, out, 4), 2);
        CHECK(out[1].start_s == INT64_MIN);
        CHECK_INT(series_latest_from(kit.series, 4, out, 4), 0);
        CHECK_INT(series_latest_from(kit.series, 0, out, 4), 0);
        kit_flush(&kit, 1);
        if (round)
            kit_reopen(&kit);
    }
    kit_done(&kit);
}

TEST(a_date_in_the_future_does_not_hide_the_present)
{
    struct kit kit;
    channel_id c;
    struct reading ahead =
                       kit_reading(DAY0 + 70 * 365LL * (int64_t)DAY_S, 5, 0),
                   one;

    kit_init(&kit);
    c = kit_channel(&kit, 1, "a34004", CADENCE_MINUTE);
    ahead.quality = QUALITY_BIT(FUTURE);
    ahead.arrival_us = DAY0 * SECOND_US;
    kit_put(&kit, c, DAY0, 1, 0);
    CHECK_INT(series_append(kit.series, c, &ahead), SERIES_NEW);
    kit_flush(&kit, 1);
    kit_put(&kit, c, DAY0 + 60, 2, 0);
    kit_flush(&kit, 2);
    kit_reopen(&kit);
    CHECK(series_latest(kit.series, c, &one));
    CHECK_INT(one.start_s, DAY0 + 60);
    kit_done(&kit);
}

/* ---- who else ---- */

TEST(a_second_writer_is_refused)
{
    struct kit kit;
    struct series *second = NULL;

    kit_init(&kit);
    CHECK_INT(series_open(kit.path, NULL, &second), ERR_BUSY);
    CHECK(!second);
    CHECK_INT(series_open("/nonexistent/x.db", NULL, &second), ERR_IO);
    kit_done(&kit);
}

TEST(a_reader_process_sees_what_is_flushed)
{
    struct kit kit;
    struct series_options read_only = {.read_only = true};
    struct series *second;
    struct reading r;
    channel_id c;

    kit_init(&kit);
    c = kit_channel(&kit, 1, "a34004", CADENCE_MINUTE);
    kit_put(&kit, c, DAY0, 1, 0);
    kit_flush(&kit, 1);
    CHECK_INT(series_open(kit.path, &read_only, &second), OK);
    CHECK(series_latest(second, c, &r));
    CHECK_INT(series_flush(second, 2, NULL, NULL), ERR_DENIED);
    series_close(second);
    kit_done(&kit);
}

/* More spans, and more readings, than the writer keeps open. */
TEST(the_writer_sees_its_own_however_much_is_stored)
{
    enum { DAYS = 1200, A_DAY = 300 };
    struct reading *many = memory_new(A_DAY, sizeof *many), *got;
    struct series_range all = {DAY0, DAY0 + (int64_t)DAYS * DAY_S};
    struct kit kit;
    channel_id c;
    size_t count;

    kit_init(&kit);
    c = kit_channel(&kit, 1, "a34004", CADENCE_MINUTE);
    for (int64_t day = 0; day < DAYS; day++) {
        for (int64_t i = 0; i < A_DAY; i++)
            many[i] = kit_reading(DAY0 + day * DAY_S + i * 60, day + i, -1);
        series_append_many(kit.series, c, many, A_DAY);
    }
    kit_flush(&kit, 1);
    for (int64_t n = 0; n < 2 * (int64_t)DAYS; n++) {
        int64_t day = n % DAYS, i = day % A_DAY;
        int64_t at_s = DAY0 + day * DAY_S + i * 60;
        struct series_range one = {at_s, at_s + 60};

        arena_clear(&kit.arena);
        CHECK_INT(series_scan_own(kit.series, c, one, &kit.arena, &got, &count),
                  OK);
        CHECK_INT(count, 1);
        CHECK_INT(got[0].number[0].mantissa, day + i);
        CHECK_INT(kit_put(&kit, c, at_s, day + i, -1), SERIES_SAME);
    }
    CHECK_INT(series_scan_own(kit.series, c, all, &kit.arena, &got, &count),
              OK);
    CHECK_INT(count, DAYS * A_DAY);
    free(many);
    kit_done(&kit);
}
