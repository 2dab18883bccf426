#include "simulate/machine.h"

#include "base/test.h"

#include <stdio.h>

/* A host of one device: what it says is decoded here, and answered. */
enum { NOW_S = 1795507200 }; /* 2026-11-24T16:00:00+08:00 */

static struct hj212_frame frame;
static struct machine machine;
static struct fleet_device who;
static struct buf line;

static void switch_on(const char *st, enum fault fault, int64_t history_s)
{
    who = (struct fleet_device){.mn = "010000A8900016F000169DC0",
                                .password = "123456",
                                .place = {.seed = 3, .burden = 1}};
    snprintf(who.st, sizeof who.st, "%s", st);
    who.factor_count =
        physics_factors_of(who.st, who.factors, FLEET_FACTORS_MAX);
    machine_init(&machine, &who, fault, NOW_S, history_s);
    buf_done(&line);
    buf_init(&line, 1 << 20);
}

/* The next frame on the line; false when there is none. */
static enum hj212_verdict hear(void)
{
    size_t consumed = 0;
    enum hj212_verdict verdict =
        hj212_receive(buf_span(&line), NULL, &frame, &consumed);

    if (verdict == HJ212_OK) { /* the frame borrows bytes that stay */
        static char kept[1 << 20];
        size_t again = 0;

        memcpy(kept, line.at, line.len);
        verdict =
            hj212_receive((struct span){kept, line.len}, NULL, &frame, &again);
    }
    buf_eat(&line, consumed);
    return verdict;
}

static void acknowledge(int64_t now_ms)
{
    struct buf answer;
    struct hj212_frame *back = memory_new(1, sizeof *back);

    buf_init(&answer, 1000);
    CHECK_INT(hj212_answer(&frame, 9014, 0, &answer), OK);
    CHECK_INT(hj212_decode(buf_span(&answer), NULL, back), HJ212_OK);
    machine_take(&machine, back, now_ms, &line);
    buf_done(&answer);
    free(back);
}

static void command(int cn, const char *cp, const char *pw)
{
    struct hj212_header header = {.qn = SPAN("20261124160000123"),
                                  .st = span_of(who.st),
                                  .cn = cn,
                                  .pw = span_of(pw),
                                  .mn = span_of(who.mn),
                                  .flag = 5};
    struct buf bytes;
    struct hj212_frame *down = memory_new(1, sizeof *down);

    buf_init(&bytes, 2000);
    CHECK_INT(hj212_encode(&header, span_of(cp), NULL, &bytes), OK);
    CHECK_INT(hj212_decode(buf_span(&bytes), NULL, down), HJ212_OK);
    machine_take(&machine, down, NOW_S * 1000LL, &line);
    buf_done(&bytes);
    free(down);
}

static int value_of(const char *name)
{
    const struct hj212_value *value = hj212_field(&frame, name);

    return value && value->is_number ? (int)value->number.mantissa : -1;
}

TEST(an_hour_is_sent_when_it_is_over_and_again_until_acknowledged)
{
    int hours = 0;

    switch_on("22", FAULT_NONE, 0);
    machine_connected(&machine, NOW_S * 1000LL, &line);
    while (hear() == HJ212_OK)
        acknowledge(NOW_S * 1000LL);
    machine_tick(&machine, (NOW_S + HOUR_S + 10) * 1000LL, &line);
    while (hear() == HJ212_OK) {
        if (frame.cn == 2061) {
            hours++;
            CHECK_SPAN(hj212_field(&frame, "DataTime")->text, "20261124160000");
            CHECK_INT(frame.flag, 5);
        } else {
            acknowledge((NOW_S + HOUR_S + 10) * 1000LL);
        }
    }
    CHECK_INT(hours, 1);
    machine_tick(&machine, (NOW_S + HOUR_S + 15) * 1000LL, &line);
    CHECK_INT(hear(), HJ212_NEED_MORE); /* not yet */
    machine_tick(&machine, (NOW_S + HOUR_S + 21) * 1000LL, &line);
    CHECK_INT(hear(), HJ212_OK);
    CHECK_INT(frame.cn, 2061);
    acknowledge((NOW_S + HOUR_S + 21) * 1000LL);
    machine_tick(&machine, (NOW_S + HOUR_S + 40) * 1000LL, &line);
    CHECK_INT(machine.kept_count, 0);
    CHECK_INT(machine.counters.resent, 1);
}

TEST(history_goes_first_in_the_order_of_time)
{
    int64_t last = 0;
    int hours = 0;

    switch_on("22", FAULT_NONE, 2 * DAY_S);
    machine_connected(&machine, NOW_S * 1000LL, &line);
    while (hear() == HJ212_OK) {
        int64_t at = 0;

        if (frame.cn == 2061) {
            CHECK_INT(hj212_time_field(&frame, "DataTime", &at), OK);
            CHECK(at > last);
            last = at;
            hours++;
        }
        acknowledge(NOW_S * 1000LL);
    }
    CHECK_INT(hours, 47); /* the one that ends at 16:00 sharp is sent soon */
}

TEST(commands_get_9011_then_data_then_9012)
{
    switch_on("31", FAULT_NONE, 0);
    command(1061, "", "123456");
    CHECK_INT(hear(), HJ212_OK);
    CHECK_INT(frame.cn, 9011);
    CHECK_INT(value_of("QnRtn"), 1);
    CHECK_INT(hear(), HJ212_OK);
    CHECK_INT(frame.cn, 1061);
    CHECK_INT(value_of("RtdInterval"), 60);
    CHECK_INT(hear(), HJ212_OK);
    CHECK_INT(frame.cn, 9012);
    CHECK_INT(value_of("ExeRtn"), 1);
}

TEST(a_wrong_password_and_an_unknown_command_are_refused)
{
    switch_on("31", FAULT_NONE, 0);
    command(1011, "", "654321");
    CHECK_INT(hear(), HJ212_OK);
    CHECK_INT(value_of("QnRtn"), 3);
    command(1999, "", "123456");
    CHECK_INT(hear(), HJ212_OK);
    CHECK_INT(value_of("QnRtn"), 8);
    CHECK_INT(hear(), HJ212_NEED_MORE);
}

TEST(a_range_of_history_is_whole_and_has_its_own_qns)
{
    int hours = 0;

    switch_on("31", FAULT_NONE, 5 * DAY_S);
    command(2061, "BeginTime=20261124000000;EndTime=20261124050000", "123456");
    CHECK_INT(hear(), HJ212_OK);
    CHECK_INT(frame.cn, 9011);
    while (hear() == HJ212_OK && frame.cn == 2061) {
        CHECK(!span_is(frame.qn, "20261124160000123"));
        CHECK(hj212_field(&frame, "a21026-ZsAvg") != NULL);
        hours++;
    }
    CHECK_INT(hours, 6);
    CHECK_INT(frame.cn, 9012);
    buf_clear(&line);
    command(2061, "BeginTime=20201124000000;EndTime=20201124050000", "123456");
    CHECK_INT(hear(), HJ212_OK);
    CHECK_INT(hear(), HJ212_OK);
    CHECK_INT(value_of("ExeRtn"), 100); /* no data from before it was there */
}

TEST(a_clock_that_is_set_is_right_from_then_on)
{
    switch_on("22", FAULT_CLOCK_AHEAD, 0);
    CHECK_INT(machine.clock_error_ms, 3600000);
    command(1012, "SystemTime=20261124160000", "123456");
    CHECK_INT(machine.clock_error_ms, 0);
}

TEST(each_fault_of_the_protocol_is_what_its_name_says)
{
    for (int f = FAULT_CRC_LOWER_CASE; f <= FAULT_CP_UNCLOSED; f++) {
        enum hj212_deviation deviation;
        bool seen = false;

        CHECK(hj212_deviation_parse(span_of(fault_name((enum fault)f)),
                                    &deviation));
        switch_on("22", (enum fault)f, DAY_S);
        machine_connected(&machine, NOW_S * 1000LL, &line);
        buf_text(&line, "##"); /* so that a missing tail can be seen */
        while (hear() == HJ212_OK)
            seen = seen || (frame.deviations >> deviation & 1);
        if (!seen)
            print_error("%s was not recognised\n", fault_name((enum fault)f));
        CHECK(seen);
    }
    switch_on("22", FAULT_CRC_MODBUS, DAY_S);
    machine_connected(&machine, NOW_S * 1000LL, &line);
    CHECK_INT(hear(), HJ212_BAD_CRC);
}

TEST(a_split_record_is_two_frames_of_one_period)
{
    int parts = 0;

    switch_on("31", FAULT_SPLIT, DAY_S);
    machine_connected(&machine, NOW_S * 1000LL, &line);
    while (hear() == HJ212_OK) {
        if (frame.cn == 2061 && frame.pnum == 2)
            parts |= 1 << frame.pno;
        acknowledge(NOW_S * 1000LL);
    }
    CHECK_INT(parts, 1 << 1 | 1 << 2);
}

TEST(values_are_the_same_whenever_they_are_asked)
{
    struct buf first, again;

    buf_init(&first, 2000);
    buf_init(&again, 2000);
    switch_on("21", FAULT_NONE, DAY_S);
    machine_content(&machine, 2061, NOW_S - HOUR_S, 0, &first);
    switch_on("21", FAULT_NONE, DAY_S);
    machine_content(&machine, 2061, NOW_S - HOUR_S, 0, &again);
    CHECK_TEXT(first.at, again.at);
    CHECK(strstr(first.at, "w01009-Avg="));
    buf_done(&first);
    buf_done(&again);
    buf_done(&line);
}
