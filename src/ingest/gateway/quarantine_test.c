#include "ingest/gateway/gateway_testing.h"
#include "ingest/gateway/quarantine.h"

/* All zero when it is not in the list. */
static struct quarantine_entry entry_of(struct world *w, const char *mn)
{
    struct quarantine_entry *list;
    size_t n = gateway_quarantine(w->gateway, &w->arena, &list);

    for (size_t i = 0; i < n; i++) {
        if (strcmp(list[i].mn, mn) == 0)
            return list[i];
    }
    return (struct quarantine_entry){0};
}

static uint64_t kept_of(struct world *w, const char *mn)
{
    return entry_of(w, mn).kept;
}

/* A known device's frame behind it shows that a stranger got no answer. */
static void nothing_is_answered(struct world *w, struct peer *p, int n)
{
    const char *qn = arena_printf(&w->arena, "202608020000%02d000", n);

    peer_send(p, upload(w, MN_B, "123456", qn, "7.0"));
    CHECK_ANSWER(p, ack(w, MN_B, qn));
}

TEST(an_unknown_mn_is_kept_and_gets_no_answer)
{
    struct world w;
    struct peer p;
    struct span frame, payload, kept, peer;
    enum quarantine_reason reason;

    world_init(&w);
    peer_open(&p, &w);
    frame = upload(&w, MN_X, "123456", "20260801085857223", "40.1");
    peer_send(&p, frame);
    nothing_is_answered(&w, &p, 1);
    WAIT_FOR(kept_of(&w, MN_X) == 1);
    CHECK_INT(entry_of(&w, MN_X).reason, QUARANTINE_UNKNOWN_MN);
    CHECK_INT(entry_of(&w, MN_X).count, 1);
    CHECK_INT(records_of(&w, LEDGER_QUARANTINE, &payload), 1);
    CHECK(gateway_quarantine_split(payload, &kept, &reason, &peer));
    CHECK(span_equal(kept, frame));
    CHECK_INT(reason, QUARANTINE_UNKNOWN_MN);
    CHECK(span_starts(peer, SPAN("127.0.0.1:")));
    CHECK_TEXT(quarantine_reason_name(reason), "unknown_mn");
    peer_close(&p);
    world_done(&w);
}

TEST(a_wrong_password_gets_no_answer)
{
    struct world w;
    struct peer p;

    world_init(&w);
    peer_open(&p, &w);
    peer_send(&p, upload(&w, MN_A, "654321", "20260801085857223", "40.1"));
    peer_send(&p, upload(&w, MN_A, "12345", "20260801085857224", "40.1"));
    peer_send(&p, upload(&w, MN_A, "1234567", "20260801085857225", "40.1"));
    peer_send(&p, upload(&w, MN_A, "", "20260801085857226", "40.1"));
    nothing_is_answered(&w, &p, 1);
    WAIT_FOR(kept_of(&w, MN_A) == 4);
    CHECK_INT(entry_of(&w, MN_A).reason, QUARANTINE_WRONG_PASSWORD);
    CHECK_INT(records_of(&w, LEDGER_FRAME, NULL), 1);
    peer_close(&p);
    world_done(&w);
}

TEST(a_password_is_checked_on_each_frame_of_a_session)
{
    struct world w;
    struct peer p;

    world_init(&w);
    peer_open(&p, &w);
    peer_send(&p, upload(&w, MN_A, "123456", "20260801085857223", "40.1"));
    CHECK_ANSWER(&p, ack(&w, MN_A, "20260801085857223"));
    peer_send(&p, upload(&w, MN_A, "123457", "20260801085857224", "40.1"));
    nothing_is_answered(&w, &p, 1);
    WAIT_FOR(kept_of(&w, MN_A) == 1);
    peer_close(&p);
    world_done(&w);
}

TEST(a_device_is_refused_from_an_address_that_is_not_its_own)
{
    struct world w;
    struct peer p;

    world_init(&w);
    put_device(&w, MN_A, ",\"addresses\":\"10.20.0.0/16\"");
    peer_open(&p, &w);
    peer_send(&p, upload(&w, MN_A, "123456", "20260801085857223", "40.1"));
    nothing_is_answered(&w, &p, 1);
    WAIT_FOR(kept_of(&w, MN_A) == 1);
    CHECK_INT(entry_of(&w, MN_A).reason, QUARANTINE_ADDRESS);
    put_device(&w, MN_A, ",\"addresses\":\"10.20.0.0/16 127.0.0.0/8\"");
    peer_send(&p, upload(&w, MN_A, "123456", "20260801085857224", "40.1"));
    CHECK_ANSWER(&p, ack(&w, MN_A, "20260801085857224"));
    peer_close(&p);
    world_done(&w);
}

TEST(disabling_a_device_ends_its_session)
{
    struct world w;
    struct peer p;

    world_init(&w);
    peer_open(&p, &w);
    peer_send(&p, upload(&w, MN_A, "123456", "20260801085857223", "40.1"));
    CHECK_ANSWER(&p, ack(&w, MN_A, "20260801085857223"));
    put_device(&w, MN_A, ",\"enabled\":false");
    peer_send(&p, upload(&w, MN_A, "123456", "20260801085857224", "40.1"));
    nothing_is_answered(&w, &p, 1);
    WAIT_FOR(kept_of(&w, MN_A) == 1);
    CHECK_INT(entry_of(&w, MN_A).reason, QUARANTINE_DISABLED);
    peer_close(&p);
    world_done(&w);
}

TEST(a_flood_of_strangers_is_counted_and_does_not_fill_the_disk)
{
    struct world w;
    struct peer p;

    world_init(&w);
    world_stop(&w);
    w.options.quarantine_per_minute = 10;
    world_start(&w);
    peer_open(&p, &w);
    for (int i = 0; i < 200; i++)
        peer_send(&p, upload(&w, MN_X, "123456",
                             arena_printf(&w.arena, "20260801085857%03d", i),
                             "40.1"));
    nothing_is_answered(&w, &p, 1);
    WAIT_FOR(entry_of(&w, MN_X).count == 200);
    CHECK(kept_of(&w, MN_X) >= 10);
    CHECK(kept_of(&w, MN_X) < 20); /* some came back with time */
    CHECK_INT(counters(&w).quarantined, 200);
    peer_close(&p);
    world_done(&w);
}

TEST(once_registered_the_quarantined_frames_can_be_replayed)
{
    struct world w;
    struct peer p;
    struct span frame, last;
    uint64_t replayed = 0, refused = 0;

    world_init(&w);
    peer_open(&p, &w);
    for (int i = 0; i < 5; i++) {
        frame = upload(&w, MN_X, i == 3 ? "000000" : "123456",
                       arena_printf(&w.arena, "2026080108585722%d", i), "40.1");
        peer_send(&p, frame);
    }
    peer_send(&p, frame); /* it got no answer and tries again */
    WAIT_FOR(kept_of(&w, MN_X) == 6);
    CHECK_INT(
        gateway_quarantine_replay(w.gateway, SPAN(MN_X), &replayed, &refused),
        ERR_NOT_FOUND);
    put_device(&w, MN_X, "");
    CHECK_INT(
        gateway_quarantine_replay(w.gateway, SPAN(MN_X), &replayed, &refused),
        OK);
    CHECK_INT(replayed, 5);
    CHECK_INT(refused, 1);
    CHECK_INT(records_of(&w, LEDGER_FRAME, &last), 4);
    CHECK(span_equal(last, frame));
    CHECK_INT(entry_of(&w, MN_X).waiting, 1); /* that with the odd password */
    CHECK_INT(entry_of(&w, MN_X).count, 6);
    CHECK_INT(
        gateway_quarantine_replay(w.gateway, SPAN(MN_X), &replayed, &refused),
        OK);
    CHECK_INT(replayed, 0);
    CHECK_INT(refused, 1);
    CHECK_INT(entry_of(&w, MN_X).waiting, 1);
    peer_send(&p, frame); /* it tries on: a copy by now */
    CHECK_ANSWER(&p, ack(&w, MN_X, "20260801085857224"));
    CHECK_INT(records_of(&w, LEDGER_FRAME, NULL), 4);
    peer_close(&p);
    world_done(&w);
}

TEST(the_list_and_what_was_replayed_are_known_after_a_restart)
{
    struct world w;
    struct peer p;
    uint64_t replayed, refused;

    world_init(&w);
    peer_open(&p, &w);
    peer_send(&p, upload(&w, MN_X, "123456", "20260801085857223", "40.1"));
    peer_send(&p, upload(&w, "OTHER-1", "123456", "20260801085857223", "40.1"));
    WAIT_FOR(kept_of(&w, MN_X) == 1 && kept_of(&w, "OTHER-1") == 1);
    put_device(&w, MN_X, "");
    CHECK_INT(
        gateway_quarantine_replay(w.gateway, SPAN(MN_X), &replayed, &refused),
        OK);
    peer_close(&p);
    world_stop(&w);
    world_start(&w);
    CHECK_INT(kept_of(&w, MN_X), 1);
    CHECK_INT(entry_of(&w, MN_X).waiting, 0);
    CHECK_INT(entry_of(&w, "OTHER-1").waiting, 1);
    CHECK_INT(entry_of(&w, "OTHER-1").reason, QUARANTINE_UNKNOWN_MN);
    CHECK_INT(
        gateway_quarantine_replay(w.gateway, SPAN(MN_X), &replayed, &refused),
        ERR_NOT_FOUND);
    world_done(&w);
}

TEST(what_a_replay_refuses_waits_for_the_right_password)
{
    struct world w;
    struct peer p;
    struct span good, odd, stored = SPAN("");
    uint64_t replayed, refused;

    world_init(&w);
    peer_open(&p, &w);
    good = upload(&w, MN_X, "123456", "20260801085857223", "40.1");
    odd = upload(&w, MN_X, "000000", "20260801085857224", "40.2");
    peer_send(&p, odd);
    peer_send(&p, good);
    WAIT_FOR(kept_of(&w, MN_X) == 2);
    put_device(&w, MN_X, "");
    CHECK_INT(
        gateway_quarantine_replay(w.gateway, SPAN(MN_X), &replayed, &refused),
        OK);
    CHECK_INT(replayed, 1);
    CHECK_INT(refused, 1);
    CHECK_INT(records_of(&w, LEDGER_FRAME, &stored), 1);
    CHECK(span_equal(stored, good));
    peer_close(&p);
    world_stop(&w); /* the ledger tells all of it */
    world_start(&w);
    CHECK_INT(entry_of(&w, MN_X).waiting, 1);
    CHECK_INT(entry_of(&w, MN_X).count, 2);
    CHECK_INT(kept_of(&w, MN_X), 2);
    put(&w, "device", "{\"mn\":\"" MN_X "\",\"password\":\"000000\"}");
    CHECK_INT(
        gateway_quarantine_replay(w.gateway, SPAN(MN_X), &replayed, &refused),
        OK);
    CHECK_INT(replayed, 1);
    CHECK_INT(refused, 0);
    CHECK_INT(records_of(&w, LEDGER_FRAME, &stored), 2);
    CHECK(span_equal(stored, odd));
    CHECK_INT(entry_of(&w, MN_X).waiting, 0);
    CHECK_INT(
        gateway_quarantine_replay(w.gateway, SPAN(MN_X), &replayed, &refused),
        ERR_NOT_FOUND);
    world_done(&w);
}

static void remember(struct quarantine *q, uint64_t sequence, const char *line)
{
    const struct ledger_record record = {.sequence = sequence,
                                         .arrival_us = (int64_t)sequence,
                                         .kind = LEDGER_QUARANTINE,
                                         .payload = span_of(line)};

    quarantine_remember(q, &record);
}

TEST(what_comes_while_a_replay_runs_still_waits)
{
    static const char frame[] =
        "##0000FFFF\r\nreason=unknown_mn mn=" MN_X " peer=192.0.2.7:4711\n";
    const struct gateway_options options = {.quarantine_per_minute = 60};
    struct quarantine *q = quarantine_new(&options);
    uint64_t first = 0, last = 0;

    remember(q, 3, frame);
    remember(q, 5, frame);
    CHECK(quarantine_waiting(q, SPAN(MN_X), &first, &last));
    CHECK_INT(first, 3);
    CHECK_INT(last, 5);
    remember(q, 8, frame); /* before the note of what was replayed */
    remember(q, 9, "reason=replayed mn=" MN_X " until=5 records=2\n");
    CHECK(quarantine_waiting(q, SPAN(MN_X), &first, &last));
    CHECK_INT(first, 6);
    CHECK_INT(last, 8);
    remember(q, 10, "reason=replayed mn=" MN_X " until=8 records=1\n");
    CHECK(!quarantine_waiting(q, SPAN(MN_X), &first, &last));
    quarantine_free(q);
}

TEST(nothing_replayed_stays_where_it_is)
{
    struct world w;
    struct peer p;
    uint64_t replayed, refused;

    world_init(&w);
    peer_open(&p, &w);
    peer_send(&p, upload(&w, MN_A, "000000", "20260801085857223", "40.1"));
    WAIT_FOR(kept_of(&w, MN_A) == 1);
    CHECK_INT(
        gateway_quarantine_replay(w.gateway, SPAN(MN_A), &replayed, &refused),
        OK);
    CHECK_INT(replayed, 0);
    CHECK_INT(refused, 1);
    put(&w, "device", "{\"mn\":\"" MN_A "\",\"password\":\"000000\"}");
    CHECK_INT(
        gateway_quarantine_replay(w.gateway, SPAN(MN_A), &replayed, &refused),
        OK);
    CHECK_INT(replayed, 1);
    CHECK_INT(refused, 0);
    peer_close(&p);
    world_done(&w);
}

TEST(a_line_that_a_stranger_writes_himself_is_part_of_his_frame)
{
    struct span frame, peer;
    enum quarantine_reason reason;

    CHECK(gateway_quarantine_split(
        SPAN("##0000reason=address mn=A peer=1.2.3.4:5\nFFFF\r\n"
             "reason=unknown_mn mn=B peer=192.0.2.7:4711\n"),
        &frame, &reason, &peer));
    CHECK_INT(reason, QUARANTINE_UNKNOWN_MN);
    CHECK_SPAN(peer, "192.0.2.7:4711");
    CHECK_SPAN(frame, "##0000reason=address mn=A peer=1.2.3.4:5\nFFFF\r\n");
    CHECK(!gateway_quarantine_split(SPAN("##0000FFFF\r\n"), &frame, &reason,
                                    &peer));
    CHECK_SPAN(frame, "##0000FFFF\r\n");
    CHECK(!gateway_quarantine_split(SPAN(""), &frame, &reason, &peer));
}
