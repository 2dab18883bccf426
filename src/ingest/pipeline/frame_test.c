#include "ingest/pipeline/kit_test.h"

#include "quality/quality.h"

TEST(a_frame_becomes_one_reading_a_factor)
{
    struct kit kit;
    int64_t hour = at("2026-04-01 08:00");
    struct reading r;

    kit_init(&kit);
    kit_now(&kit, hour + HOUR_S + 30);
    kit_send(&kit, "DA-1", 2061, hour,
             "a34013-Min=1.1,a34013-Avg=2.20,a34013-Max=3.3,a34013-ZsMin=1.5,"
             "a34013-ZsAvg=2.5,a34013-ZsMax=3.5,a34013-Cou=0.25,"
             "a34013-Flag=N;A21026-Avg=35.0,a21026-Flag=M");
    CHECK(kit_reading(
        &kit,
        kit_channel(&kit, "DA-1", "a34013", CADENCE_HOUR, ORIGIN_REPORTED),
        hour, &r));
    CHECK_INT(r.present, 0x7f);
    CHECK_INT(r.number[COLUMN_VALUE].mantissa, 220);
    CHECK_INT(r.number[COLUMN_MIN].mantissa, 11);
    CHECK_INT(r.number[COLUMN_MAX].mantissa, 33);
    CHECK_INT(r.number[COLUMN_TOTAL].mantissa, 25);
    CHECK_INT(r.number[COLUMN_CONVERTED].mantissa, 25);
    CHECK_INT(r.number[COLUMN_CONVERTED_MIN].mantissa, 15);
    CHECK_INT(r.number[COLUMN_CONVERTED_MAX].mantissa, 35);
    CHECK_INT(r.flag, 'N');
    CHECK_INT(r.quality, 0);
    CHECK(kit_reading(
        &kit,
        kit_channel(&kit, "DA-1", "a21026", CADENCE_HOUR, ORIGIN_REPORTED),
        hour, &r));
    CHECK_INT(r.flag, 'M');
    CHECK(!reading_is_valid(&r));
    kit_done(&kit);
}

TEST(the_command_says_which_cadence)
{
    struct kit kit;
    const struct {
        int cn;
        const char *items, *factor;
        enum cadence cadence;
    } cases[] = {
        {2011, "a34004-Rtd=35", "a34004", CADENCE_REALTIME},
        {2051, "a34004-Avg=35", "a34004", CADENCE_MINUTE},
        {2061, "a34004-Avg=35", "a34004", CADENCE_HOUR},
        {2031, "a34004-Avg=35", "a34004", CADENCE_DAY},
        {2021, "SB1-RS=1", "sb1", CADENCE_REALTIME},
        {2041, "SB1-RT=23.5", "sb1", CADENCE_DAY},
        {2061, "Leq-Data=55.1", "leq", CADENCE_HOUR},
        {2031, "Leq-DayData=55.1", "leq.d", CADENCE_DAY},
        {2011, "PM25-Rtd=35", "a34004", CADENCE_REALTIME},
        {2011, "xy-Rtd=35", "xy", CADENCE_REALTIME},
    };

    kit_init(&kit);
    kit_now(&kit, at("2026-04-02 00:01"));
    for (size_t i = 0; i < LENGTH(cases); i++) {
        channel_id channel;
        struct reading r;

        kit_send(&kit, "AIR-1", cases[i].cn, at("2026-04-01 00:00"),
                 cases[i].items);
        channel = kit_channel(&kit, "AIR-1", cases[i].factor, cases[i].cadence,
                              ORIGIN_REPORTED);
        CHECK(channel != 0);
        CHECK(kit_reading(&kit, channel, at("2026-04-01 00:00"), &r));
    }
    kit_done(&kit);
}

TEST(day_and_night_values_of_one_name_stay_apart)
{
    struct kit kit;
    int64_t day = at("2026-04-01 00:00");

    kit_init(&kit);
    kit_now(&kit, day + DAY_S + 60);
    kit_send(&kit, "AIR-1", 2031, day,
             "Leq-DayData=55.1,Leq-NightData=44.9,Leq-Flag=N");
    kit_check(&kit,
              kit_channel(&kit, "AIR-1", "leq.d", CADENCE_DAY, ORIGIN_REPORTED),
              day, "55.1", QUALITY_BIT(FLAG_ABSENT));
    kit_check(&kit,
              kit_channel(&kit, "AIR-1", "leq.n", CADENCE_DAY, ORIGIN_REPORTED),
              day, "44.9", 0);
    kit_done(&kit);
}

TEST(values_of_one_factor_join_wherever_they_stand)
{
    struct kit kit;
    int64_t hour = at("2026-04-01 08:00");
    struct reading r;

    kit_init(&kit);
    kit_now(&kit, hour + HOUR_S + 30);
    for (int round = 0; round < 3; round++) /* the positions are remembered */
        kit_send(&kit, "AIR-1", 2061, hour + round * HOUR_S,
                 "a34004-Avg=35;a34002-Avg=70;a34004-Max=40;a34002-Flag=N;"
                 "a34004-Flag=N");
    for (int round = 0; round < 3; round++) {
        CHECK(kit_reading(
            &kit,
            kit_channel(&kit, "AIR-1", "a34004", CADENCE_HOUR, ORIGIN_REPORTED),
            hour + round * HOUR_S, &r));
        CHECK_INT(r.present, READING_VALUE | READING_MAX);
        CHECK_INT(r.flag, 'N');
    }
    kit_done(&kit);
}

TEST(another_order_of_factors_is_understood)
{
    struct kit kit;
    int64_t hour = at("2026-04-01 08:00");

    kit_init(&kit);
    kit_now(&kit, hour + 60);
    kit_send(&kit, "AIR-1", 2011, hour, "a34004-Rtd=1;a34002-Rtd=2");
    kit_send(&kit, "AIR-1", 2011, hour + 1, "a34002-Rtd=3;a34004-Rtd=4");
    kit_send(&kit, "AIR-1", 2011, hour + 2, "a34002-Rtd=5");
    kit_send(&kit, "AIR-1", 2011, hour + 3, "a34004-Rtd=6;a34002-Rtd=7");
    const struct {
        const char *factor;
        int second;
        const char *value;
    } expected[] = {
        {"a34004", 0, "1"}, {"a34002", 0, "2"}, {"a34002", 1, "3"},
        {"a34004", 1, "4"}, {"a34002", 2, "5"}, {"a34004", 3, "6"},
        {"a34002", 3, "7"},
    };

    for (size_t i = 0; i < LENGTH(expected); i++)
        kit_check(&kit,
                  kit_channel(&kit, "AIR-1", expected[i].factor,
                              CADENCE_REALTIME, ORIGIN_REPORTED),
                  hour + expected[i].second, expected[i].value,
                  QUALITY_BIT(FLAG_ABSENT));
    kit_done(&kit);
}

TEST(labels_are_brought_to_the_start_of_their_period)
{
    const struct {
        const char *mn;
        int cn;
        const char *label, *start;
        bool misaligned;
        const char *factor;
    } cases[] = {
        {"AIR-1", 2061, "2026-04-01 08:00:00", "2026-04-01 08:00:00", false,
         "a34004"},
        {"AIR-1", 2061, "2026-04-01 08:59:59", "2026-04-01 08:00:00", true,
         "a34002"},
        {"AIR-1", 2031, "2026-04-01 23:00:00", "2026-04-01 00:00:00", true,
         "a34004"},
        {"AIR-1", 2051, "2026-04-01 08:01:07", "2026-04-01 08:01:00", true,
         "a34004"},
        {"AIR-END", 2061, "2026-04-01 09:00:00", "2026-04-01 08:00:00", false,
         "a34004"},
        {"AIR-END", 2031, "2026-04-02 00:00:00", "2026-04-01 00:00:00", false,
         "a34004"},
        {"AIR-END", 2051, "2026-04-01 08:05:00", "2026-04-01 08:00:00", false,
         "a34004"},
        {"AIR-END", 2051, "2026-04-01 08:12:00", "2026-04-01 08:05:00", true,
         "a34004"},
        {"AIR-END", 2011, "2026-04-01 08:12:01", "2026-04-01 08:12:01", false,
         "a34004"},
    };
    struct kit kit;

    kit_init(&kit);
    kit_now(&kit, at("2026-04-02 00:00:10"));
    for (size_t i = 0; i < LENGTH(cases); i++) {
        enum cadence cadence = cases[i].cn == 2061   ? CADENCE_HOUR
                               : cases[i].cn == 2031 ? CADENCE_DAY
                               : cases[i].cn == 2051 ? CADENCE_MINUTE
                                                     : CADENCE_REALTIME;
        struct reading r;
        const char *items =
            arena_printf(&kit.arena, "%s-%s=1,%s-Flag=N", cases[i].factor,
                         cases[i].cn == 2011 ? "Rtd" : "Avg", cases[i].factor);

        kit_send(&kit, cases[i].mn, cases[i].cn, at(cases[i].label), items);
        CHECK(kit_reading(&kit,
                          kit_channel(&kit, cases[i].mn, cases[i].factor,
                                      cadence, ORIGIN_REPORTED),
                          at(cases[i].start), &r));
        CHECK_INT((r.quality & QUALITY_BIT(MISALIGNED)) != 0,
                  cases[i].misaligned);
    }
    kit_done(&kit);
}

TEST(text_where_a_number_belongs_is_kept_and_marked)
{
    struct kit kit;
    int64_t hour = at("2026-04-01 08:00");
    struct reading r;
    channel_id channel;

    kit_init(&kit);
    kit_now(&kit, hour + HOUR_S + 60);
    kit_send(&kit, "AIR-1", 2061, hour, "a34004-Avg=----,a34004-Flag=D");
    channel =
        kit_channel(&kit, "AIR-1", "a34004", CADENCE_HOUR, ORIGIN_REPORTED);
    CHECK(kit_reading(&kit, channel, hour, &r));
    CHECK_INT(r.quality, QUALITY_BIT(TEXT));
    CHECK_SPAN(r.text, "----");
    CHECK(!reading_is_valid(&r));
    kit_send(&kit, "AIR-1", 2061, hour + HOUR_S, "a34004-Flag=D");
    CHECK(kit_reading(&kit, channel, hour + HOUR_S, &r));
    CHECK_INT(r.flag, 'D'); /* the gap has its reason */
    CHECK(!reading_is_valid(&r));
    kit_done(&kit);
}

TEST(checks_speak_and_the_value_stays)
{
    const struct {
        const char *items;
        int64_t ahead_s; /* of the label before the arrival */
        uint32_t quality;
    } cases[] = {
        {"a34004-Rtd=35,a34004-Flag=N", 0, 0},
        {"a34004-Rtd=1000,a34004-Flag=N", 0, 0},
        {"a34004-Rtd=1001,a34004-Flag=N", 0, QUALITY_BIT(BEYOND_RANGE)},
        {"a34004-Rtd=-1,a34004-Flag=N", 0,
         QUALITY_BIT(BEYOND_RANGE) | QUALITY_BIT(NEGATIVE)},
        {"a34004-Rtd=35,a34004-Flag=Z", 0, QUALITY_BIT(FLAG_UNKNOWN)},
        {"a34004-Rtd=35,a34004-Flag=NN", 0, QUALITY_BIT(FLAG_UNKNOWN)},
        {"a34004-Rtd=35", 0, QUALITY_BIT(FLAG_ABSENT)},
        {"a34004-Rtd=35,a34004-Flag=N", 600, 0},
        {"a34004-Rtd=35,a34004-Flag=N", 601, QUALITY_BIT(FUTURE)},
        {"a34004-Rtd=35,a34004-Flag=N", -3600, 0},
        {"a34004-Rtd=35,a34004-Flag=N", -3601, QUALITY_BIT(BACKFILLED)},
        {"a34004-Rtd=9,a34004-Min=10,a34004-Flag=N", 0,
         QUALITY_BIT(INCONSISTENT)},
    };
    struct kit kit;

    kit_init(&kit);
    for (size_t i = 0; i < LENGTH(cases); i++) {
        int64_t now = at("2026-04-01 08:00") + (int64_t)i * DAY_S;
        struct reading r;

        kit_now(&kit, now);
        kit_send(&kit, "AIR-1", 2011, now + cases[i].ahead_s, cases[i].items);
        CHECK(kit_reading(&kit,
                          kit_channel(&kit, "AIR-1", "a34004", CADENCE_REALTIME,
                                      ORIGIN_REPORTED),
                          now + cases[i].ahead_s, &r));
        CHECK_INT(r.quality, cases[i].quality);
    }
    kit_done(&kit);
}

TEST(a_clock_of_1970_or_of_next_year_makes_nothing_wait)
{
    struct kit kit;

    kit_init(&kit);
    kit_now(&kit, at("2026-04-01 08:00"));
    kit_send(&kit, "AIR-1", 2061, at("1970-01-01 08:00"), "a34004-Avg=35");
    kit_send(&kit, "AIR-1", 2061, at("2027-04-01 08:00"), "a34004-Avg=35");
    CHECK_INT(kit.core->counters.readings, 2);
    CHECK_INT(kit.core->pending.count, 0);
    kit_done(&kit);
}

TEST(a_repetition_changes_nothing_and_another_value_is_a_version)
{
    struct kit kit;
    int64_t hour = at("2026-04-01 08:00");
    channel_id channel;
    struct reading *versions;
    size_t count;

    kit_init(&kit);
    kit_now(&kit, hour + HOUR_S + 60);
    kit_send(&kit, "AIR-1", 2061, hour, "a34004-Avg=35,a34004-Flag=N");
    kit_now(&kit, hour + HOUR_S + 90);
    kit_send(&kit, "AIR-1", 2061, hour, "a34004-Avg=35,a34004-Flag=N");
    CHECK_INT(kit.core->counters.same, 1);
    kit_send(&kit, "AIR-1", 2061, hour, "a34004-Avg=36,a34004-Flag=N");
    CHECK_INT(kit.core->counters.corrected, 1);
    channel =
        kit_channel(&kit, "AIR-1", "a34004", CADENCE_HOUR, ORIGIN_REPORTED);
    CHECK_INT(series_versions(kit.series, channel, hour, &kit.arena, &versions,
                              &count),
              OK);
    CHECK_INT(count, 2);
    CHECK_INT(versions[0].number[COLUMN_VALUE].mantissa, 35);
    CHECK_INT(versions[1].number[COLUMN_VALUE].mantissa, 36);
    kit_done(&kit);
}

TEST(the_frames_behind_a_reading_can_be_found)
{
    struct kit kit;
    int64_t hour = at("2026-04-01 08:00");
    struct channel_key key = {
        .subject = SUBJECT_DEVICE,
        .factor = "frame",
        .cadence = CADENCE_HOUR,
        .origin = ORIGIN_REPORTED,
    };
    struct reading *versions;
    size_t count;

    kit_init(&kit);
    key.id = kit_device(&kit, "DW-1");
    kit_now(&kit, hour + HOUR_S + 60);
    /* one hour in two packets (HJ 212-2017 C.49), each a whole frame */
    kit_send(&kit, "DW-1", 2061, hour, "w00000-Cou=63.0,w00000-Flag=N");
    kit_now(&kit, hour + HOUR_S + 61);
    kit_send(&kit, "DW-1", 2061, hour, "w01018-Avg=40.1,w01018-Flag=N");
    CHECK_INT(series_versions(kit.series, series_find(kit.series, &key), hour,
                              &kit.arena, &versions, &count),
              OK);
    CHECK_INT(count, 2);
    CHECK_INT(versions[0].number[COLUMN_VALUE].mantissa, 1);
    CHECK_INT(versions[1].number[COLUMN_VALUE].mantissa, 2);
    CHECK_INT(versions[1].number[COLUMN_VALUE].exponent, 0);
    kit_check(
        &kit,
        kit_channel(&kit, "DW-1", "w01018", CADENCE_HOUR, ORIGIN_REPORTED),
        hour, "40.1", 0);
    kit_done(&kit);
}

TEST(what_is_no_frame_of_ours_is_counted_and_passed_over)
{
    struct kit kit;
    int32_t device;

    kit_init(&kit);
    device = kit_device(&kit, "AIR-1");
    kit_now(&kit, at("2026-04-01 08:00"));
    kit_record(&kit, LEDGER_FRAME, 9999, SPAN("##0000"));
    kit_record(&kit, LEDGER_FRAME, -1, SPAN("##0000"));
    CHECK_INT(kit.core->counters.unknown_device, 2);
    kit_record(&kit, LEDGER_FRAME, device, SPAN("GET / HTTP/1.1\r\n\r\n"));
    kit_record(&kit, LEDGER_FRAME, device, (struct span){NULL, 0});
    kit_record(&kit, LEDGER_FRAME, device, SPAN("##9999QN=1\0\xff\xfe"));
    CHECK_INT(kit.core->counters.unreadable, 3);
    kit_record(&kit, LEDGER_OVERLAY, 0, SPAN("{\"op\":"));
    kit_record(&kit, LEDGER_OVERLAY, 0, SPAN("[]"));
    kit_record(&kit, LEDGER_OVERLAY, 0, SPAN("{\"op\":\"add\",\"channel\":7}"));
    CHECK_INT(kit.core->counters.unreadable, 6);
    kit_record(&kit, LEDGER_QUARANTINE, 0, SPAN("anything"));
    kit_record(&kit, (enum ledger_kind)77, 0, SPAN("anything"));
    CHECK_INT(kit.core->counters.readings, 0);
    CHECK_INT(kit.core->applied, kit.sequence);
    kit_done(&kit);
}

TEST(names_that_are_no_factor_are_counted)
{
    struct kit kit;
    int64_t now = at("2026-04-01 08:00");

    kit_init(&kit);
    kit_now(&kit, now);
    for (int round = 0; round < 2; round++) {
        uint64_t before = kit.core->counters.odd_names;

        kit_send(&kit, "AIR-1", 2011, now + round,
                 "averylongcodeofavendor-Rtd=1;"
                 "a34004-Rtd=3;a\"b-Rtd=4;a34002-Rtd=5");
        CHECK_INT(kit.core->counters.unreadable, 0);
        CHECK_INT(kit.core->counters.odd_names - before, 2);
        kit_check(&kit,
                  kit_channel(&kit, "AIR-1", "a34002", CADENCE_REALTIME,
                              ORIGIN_REPORTED),
                  now + round, "5", QUALITY_BIT(FLAG_ABSENT));
    }
    CHECK_INT(kit.core->counters.readings, 4);
    kit_done(&kit);
}

TEST(a_flood_of_invented_factors_is_bounded)
{
    struct kit kit;
    int64_t now = at("2026-04-01 08:00");

    kit_init(&kit);
    for (int i = 0; i < 40; i++) {
        const char *items = "";

        kit_now(&kit, now + i);
        for (int k = 0; k < 10; k++)
            items = arena_printf(&kit.arena, "%sz%d-Rtd=1;", items, i * 10 + k);
        kit_send(&kit, "AIR-1", 2011, now + i, items);
    }
    CHECK_INT(kit.core->counters.odd_names, 400 - LANES_MAX);
    CHECK_INT(kit.core->counters.readings, LANES_MAX);
    kit_done(&kit);
}

TEST(a_device_taken_from_the_registry_is_unknown_from_then_on)
{
    struct kit kit;
    int64_t now = at("2026-04-01 08:00");
    int32_t device;

    kit_init(&kit);
    device = kit_device(&kit, "AIR-1");
    kit_now(&kit, now);
    kit_send(&kit, "AIR-1", 2011, now, "a34004-Rtd=3");
    CHECK_INT(registry_delete(kit.registry, "device", SPAN("AIR-1")), OK);
    core_refresh(kit.core);
    kit_encode(&kit, "AIR-1", 2011, now + 1, "a34004-Rtd=3");
    kit_record(&kit, LEDGER_FRAME, device, buf_span(&kit.frame));
    CHECK_INT(kit.core->counters.unknown_device, 1);
    CHECK_INT(kit.core->counters.readings, 1);
    kit_done(&kit);
}
