#include "ingest/gateway/gateway_testing.h"

TEST(a_frame_is_answered_when_the_ledger_has_it)
{
    struct world w;
    struct peer p;
    struct span frame, stored;

    world_init(&w);
    peer_open(&p, &w);
    frame = upload(&w, MN_A, "123456", "20260801085857223", "40.1");
    peer_send(&p, frame);
    CHECK_ANSWER(&p, ack(&w, MN_A, "20260801085857223"));
    CHECK_INT(records_of(&w, LEDGER_FRAME, &stored), 1);
    CHECK(span_equal(stored, frame));
    peer_close(&p);
    world_done(&w);
}

TEST(the_answer_from_the_template_is_the_one_that_the_codec_writes)
{
    struct world w;
    struct peer p;

    world_init(&w);
    peer_open(&p, &w);
    for (int i = 0; i < 20; i++) {
        const char *qn = arena_printf(&w.arena, "202608010858%02d223", i);

        peer_send(&p, upload(&w, MN_A, "123456", qn, "40.1"));
        CHECK_ANSWER(&p, ack(&w, MN_A, qn));
    }
    CHECK_INT(counters(&w).acks, 20);
    peer_close(&p);
    world_done(&w);
}

TEST(what_does_not_ask_for_an_answer_gets_none)
{
    struct world w;
    struct peer p;

    world_init(&w);
    peer_open(&p, &w);
    peer_send(&p, wrap(&w.arena, "QN=20260801085857223;ST=32;CN=2011;PW=123456;"
                                 "MN=" MN_A ";Flag=4;CP=&&DataTime="
                                 "20260801085857;w01018-Rtd=40.1&&"));
    peer_send(&p, upload(&w, MN_A, "123456", "20260801085857224", "40.2"));
    CHECK_ANSWER(&p, ack(&w, MN_A, "20260801085857224"));
    CHECK_INT(records_of(&w, LEDGER_FRAME, NULL), 2);
    CHECK_INT(counters(&w).acks, 1);
    peer_close(&p);
    world_done(&w);
}

TEST(a_frame_may_come_byte_by_byte)
{
    struct world w;
    struct peer p;
    struct span frame;

    world_init(&w);
    peer_open(&p, &w);
    frame = upload(&w, MN_A, "123456", "20260801085857223", "40.1");
    for (size_t i = 0; i < frame.len; i++)
        peer_send(&p, (struct span){frame.at + i, 1});
    CHECK_ANSWER(&p, ack(&w, MN_A, "20260801085857223"));
    CHECK_INT(records_of(&w, LEDGER_FRAME, NULL), 1);
    peer_close(&p);
    world_done(&w);
}

TEST(many_frames_may_come_in_one_piece)
{
    struct world w;
    struct peer p;
    struct buf all;

    world_init(&w);
    peer_open(&p, &w);
    buf_init(&all, 1 << 20);
    for (int i = 0; i < 500; i++)
        buf_add(&all, upload(&w, MN_A, "123456",
                             arena_printf(&w.arena, "20260801085857%03d", i),
                             "40.1"));
    peer_send(&p, buf_span(&all));
    for (int i = 0; i < 500; i++)
        CHECK_ANSWER(
            &p, ack(&w, MN_A, arena_printf(&w.arena, "20260801085857%03d", i)));
    CHECK_INT(records_of(&w, LEDGER_FRAME, NULL), 500);
    buf_done(&all);
    peer_close(&p);
    world_done(&w);
}

TEST(garbage_between_frames_is_counted_and_harms_nothing)
{
    struct world w;
    struct peer p;
    uint64_t verdicts[HJ212_VERDICT_COUNT], deviations[HJ212_DEVIATION_COUNT];

    world_init(&w);
    peer_open(&p, &w);
    peer_say(&p, "GET / HTTP/1.1\r\n\r\n");
    peer_send(&p, upload(&w, MN_A, "123456", "20260801085857223", "40.1"));
    CHECK_ANSWER(&p, ack(&w, MN_A, "20260801085857223"));
    peer_say(&p, "##0004QN=10000\r\n###99999999\r\n");
    peer_say(&p, "##0101QN=20160801085857223;ST=32;CN=1062;PW=123456;MN=" MN_A
                 ";Flag=5;CP=&&RtdInterval=30&&1C81\r\n");
    peer_send(&p, upload(&w, MN_A, "123456", "20260801085857224", "40.1"));
    CHECK_ANSWER(&p, ack(&w, MN_A, "20260801085857224"));
    CHECK(counters(&w).noise_bytes >= 16);
    CHECK(counters(&w).verdicts[HJ212_BAD_CRC] >= 2);
    CHECK(gateway_device_counters(w.gateway, device_id(&w, MN_A), verdicts,
                                  deviations));
    CHECK_INT(verdicts[HJ212_OK], 2);
    CHECK_INT(verdicts[HJ212_BAD_CRC], 1);
    CHECK_INT(records_of(&w, LEDGER_FRAME, NULL), 2);
    CHECK_INT(records_of(&w, LEDGER_QUARANTINE, NULL), 0);
    peer_close(&p);
    world_done(&w);
}

TEST(deviations_are_counted_by_name_for_each_device)
{
    struct world w;
    struct peer p;
    uint64_t verdicts[HJ212_VERDICT_COUNT], deviations[HJ212_DEVIATION_COUNT];
    struct span frame;

    world_init(&w);
    peer_open(&p, &w);
    frame = upload(&w, MN_A, "123456", "20260801085857223", "40.1");
    peer_send(&p, span_first(frame, frame.len - 2)); /* no CR LF */
    CHECK_ANSWER(&p, ack(&w, MN_A, "20260801085857223"));
    peer_send(&p, upload(&w, MN_A, "123456", "20260801085857224", "-40.1"));
    CHECK_ANSWER(&p, ack(&w, MN_A, "20260801085857224"));
    CHECK(gateway_device_counters(w.gateway, device_id(&w, MN_A), verdicts,
                                  deviations));
    CHECK_INT(deviations[HJ212_DEV_TAIL_MISSING], 1);
    CHECK_INT(deviations[HJ212_DEV_VALUE_NEGATIVE], 1);
    CHECK(!gateway_device_counters(w.gateway, device_id(&w, MN_B), verdicts,
                                   deviations));
    peer_close(&p);
    world_done(&w);
}

static uint64_t tails_missing(struct world *w)
{
    uint64_t verdicts[HJ212_VERDICT_COUNT], deviations[HJ212_DEVIATION_COUNT];

    CHECK(gateway_device_counters(w->gateway, device_id(w, MN_A), verdicts,
                                  deviations));
    return deviations[HJ212_DEV_TAIL_MISSING];
}

TEST(who_leaves_without_a_tail_will_not_send_it)
{
    struct world w;
    struct peer p;
    struct span frame;

    world_init(&w);
    peer_open(&p, &w);
    frame = upload(&w, MN_A, "123456", "20260801085857223", "40.1");
    peer_send(&p, span_first(frame, frame.len - 2));
    CHECK_ANSWER(&p, ack(&w, MN_A, "20260801085857223"));
    CHECK_INT(tails_missing(&w), 0); /* it may still come */
    peer_close(&p);
    WAIT_FOR(tails_missing(&w) == 1);
    world_done(&w);
}

TEST(a_tail_that_comes_late_is_no_deviation)
{
    struct world w;
    struct peer p;
    uint64_t verdicts[HJ212_VERDICT_COUNT], deviations[HJ212_DEVIATION_COUNT];
    struct span frame;

    world_init(&w);
    peer_open(&p, &w);
    frame = upload(&w, MN_A, "123456", "20260801085857223", "40.1");
    peer_send(&p, span_first(frame, frame.len - 2));
    CHECK_ANSWER(&p, ack(&w, MN_A, "20260801085857223"));
    peer_say(&p, "\r\n");
    peer_send(&p, upload(&w, MN_A, "123456", "20260801085857224", "40.1"));
    CHECK_ANSWER(&p, ack(&w, MN_A, "20260801085857224"));
    CHECK(gateway_device_counters(w.gateway, device_id(&w, MN_A), verdicts,
                                  deviations));
    CHECK_INT(deviations[HJ212_DEV_TAIL_MISSING], 0);
    CHECK_INT(counters(&w).noise_bytes, 0);
    peer_close(&p);
    world_done(&w);
}

TEST(one_connection_may_bring_several_devices)
{
    struct world w;
    struct peer p;
    struct gateway_session *sessions;
    size_t n;

    world_init(&w);
    peer_open(&p, &w);
    peer_send(&p, upload(&w, MN_A, "123456", "20260801085857223", "40.1"));
    CHECK_ANSWER(&p, ack(&w, MN_A, "20260801085857223"));
    peer_send(&p, upload(&w, MN_B, "123456", "20260801085857223", "40.1"));
    CHECK_ANSWER(&p, ack(&w, MN_B, "20260801085857223"));
    peer_send(&p, upload(&w, MN_A, "123456", "20260801085857224", "40.1"));
    CHECK_ANSWER(&p, ack(&w, MN_A, "20260801085857224"));
    n = gateway_sessions(w.gateway, &w.arena, &sessions);
    CHECK_INT(n, 2);
    CHECK_INT(sessions[0].connection, sessions[1].connection);
    CHECK_TEXT(sessions[0].mn, MN_A); /* the last one heard */
    CHECK_INT(sessions[0].frames, 2);
    CHECK_INT(sessions[0].device, device_id(&w, MN_A));
    CHECK_TEXT(sessions[1].mn, MN_B);
    CHECK_INT(sessions[1].frames, 1);
    CHECK_INT(sessions[1].edition, HJ212_2017);
    peer_close(&p);
    WAIT_FOR(counters(&w).connections_now == 0);
    CHECK_INT(gateway_sessions(w.gateway, &w.arena, &sessions), 0);
    world_done(&w);
}

TEST(a_copy_is_answered_again_and_stored_once)
{
    struct world w;
    struct peer p;
    struct span frame;

    world_init(&w);
    peer_open(&p, &w);
    frame = upload(&w, MN_A, "123456", "20260801085857223", "40.1");
    peer_send(&p, frame);
    CHECK_ANSWER(&p, ack(&w, MN_A, "20260801085857223"));
    peer_send(&p, frame);
    CHECK_ANSWER(&p, ack(&w, MN_A, "20260801085857223"));
    peer_close(&p);
    peer_open(&p, &w); /* also by another connection */
    peer_send(&p, frame);
    CHECK_ANSWER(&p, ack(&w, MN_A, "20260801085857223"));
    CHECK_INT(records_of(&w, LEDGER_FRAME, NULL), 1);
    CHECK_INT(counters(&w).duplicates, 2);
    peer_close(&p);
    world_done(&w);
}

TEST(other_values_with_the_same_qn_are_a_correction_and_stored)
{
    struct world w;
    struct peer p;

    world_init(&w);
    peer_open(&p, &w);
    peer_send(&p, upload(&w, MN_A, "123456", "20260801085857223", "40.1"));
    CHECK_ANSWER(&p, ack(&w, MN_A, "20260801085857223"));
    peer_send(&p, upload(&w, MN_A, "123456", "20260801085857223", "40.2"));
    CHECK_ANSWER(&p, ack(&w, MN_A, "20260801085857223"));
    CHECK_INT(records_of(&w, LEDGER_FRAME, NULL), 2);
    CHECK_INT(counters(&w).duplicates, 0);
    peer_close(&p);
    world_done(&w);
}

TEST(a_copy_after_a_restart_is_known)
{
    struct world w;
    struct peer p;
    struct span frame;

    world_init(&w);
    peer_open(&p, &w);
    frame = upload(&w, MN_A, "123456", "20260801085857223", "40.1");
    peer_send(&p, frame);
    CHECK_ANSWER(&p, ack(&w, MN_A, "20260801085857223"));
    peer_close(&p);
    world_stop(&w);
    world_start(&w);
    peer_open(&p, &w);
    peer_send(&p, frame);
    CHECK_ANSWER(&p, ack(&w, MN_A, "20260801085857223"));
    CHECK_INT(records_of(&w, LEDGER_FRAME, NULL), 1);
    CHECK_INT(counters(&w).duplicates, 1);
    peer_close(&p);
    world_done(&w);
}
