#include "ingest/gateway/gateway_testing.h"

/* The key of the standard's own example: sixteen times '0'. */
#define KEY_HEX "30303030303030303030303030303030"
static const uint8_t key[HJ212_SM4_KEY_LEN] = "0000000000000000";

static struct span encrypted(struct world *w, const char *qn, const char *cp)
{
    const struct hj212_header header = {.qn = span_of(qn),
                                        .st = SPAN("31"),
                                        .pw = SPAN("123456"),
                                        .mn = SPAN(MN_A),
                                        .cn = 2051,
                                        .flag = 9};
    struct buf out;
    struct span frame;

    buf_init(&out, 4096);
    CHECK_INT(hj212_encode(&header, span_of(cp), key, &out), OK);
    frame = arena_copy(&w->arena, buf_span(&out));
    buf_done(&out);
    return frame;
}

static const char *ack_2025(struct world *w, const char *qn)
{
    struct span frame =
        wrap(&w->arena, arena_printf(&w->arena,
                                     "QN=%s;ST=91;CN=9014;PW=123456;MN=" MN_A
                                     ";Flag=8;CP=&&&&",
                                     qn));

    return arena_copy(&w->arena, span_first(frame, frame.len - 2)).at;
}

TEST(an_encrypted_frame_is_kept_as_it_came)
{
    struct world w;
    struct peer p;
    struct span frame, stored;

    world_init(&w);
    put_device(&w, MN_A, ",\"sm4_key\":\"" KEY_HEX "\"");
    peer_open(&p, &w);
    frame = encrypted(&w, "20260801085857223",
                      "DataTime=20260801085000;a01011-Avg=1.35,a01011-Flag=N");
    peer_say(&p, "noise before it");
    peer_send(&p, frame);
    CHECK_ANSWER(&p, ack_2025(&w, "20260801085857223"));
    CHECK_INT(records_of(&w, LEDGER_FRAME, &stored), 1);
    CHECK(span_equal(stored, frame));
    CHECK(memmem(stored.at, stored.len, "DataTime", 8) == NULL);
    peer_send(&p, frame); /* its copy is known by the cipher */
    CHECK_ANSWER(&p, ack_2025(&w, "20260801085857223"));
    CHECK_INT(records_of(&w, LEDGER_FRAME, NULL), 1);
    peer_close(&p);
    world_done(&w);
}

TEST(many_encrypted_frames_in_one_piece_are_each_kept_as_they_came)
{
    enum { MANY = 100 };
    struct world w;
    struct peer p;
    struct span frames[MANY];
    struct buf all;
    struct ledger_cursor *cursor;
    struct ledger_record record;
    size_t n = 0;

    world_init(&w);
    put_device(&w, MN_A, ",\"sm4_key\":\"" KEY_HEX "\"");
    peer_open(&p, &w);
    buf_init(&all, 1 << 20);
    for (int i = 0; i < MANY; i++) {
        frames[i] = encrypted(
            &w, arena_printf(&w.arena, "20260801085857%03d", i),
            arena_printf(&w.arena,
                         "DataTime=20260801085000;a01011-Avg=%d,a01011-Flag=N",
                         i));
        buf_add(&all, frames[i]);
        if (i % 7 == 0) /* in between, one that is not encrypted */
            buf_add(&all,
                    wrap(&w.arena, "QN=20260801085857223;ST=91;CN=9014;"
                                   "PW=123456;MN=" MN_A ";Flag=8;CP=&&&&"));
    }
    peer_send(&p, buf_span(&all));
    for (int i = 0; i < MANY; i++)
        CHECK_ANSWER(
            &p, ack_2025(&w, arena_printf(&w.arena, "20260801085857%03d", i)));
    CHECK_INT(ledger_cursor_open(w.ledger, 1, &cursor), OK);
    while (ledger_cursor_next(cursor, &record) == OK) {
        if (record.kind != LEDGER_FRAME ||
            memmem(record.payload.at, record.payload.len, "CN=9014", 7))
            continue;
        CHECK(n < MANY);
        CHECK(span_equal(record.payload, frames[n]));
        n++;
    }
    ledger_cursor_close(cursor);
    CHECK_INT(n, MANY);
    buf_done(&all);
    peer_close(&p);
    world_done(&w);
}

TEST(without_the_key_an_encrypted_frame_is_refused_by_name)
{
    struct world w;
    struct peer p;

    world_init(&w);
    peer_open(&p, &w);
    peer_send(&p, encrypted(&w, "20260801085857223",
                            "DataTime=20260801085000;a01011-Avg=1.35"));
    peer_send(&p, upload(&w, MN_A, "123456", "20260801085857224", "40.1"));
    CHECK_ANSWER(&p, ack(&w, MN_A, "20260801085857224"));
    CHECK_INT(counters(&w).verdicts[HJ212_NO_KEY], 1);
    CHECK_INT(records_of(&w, LEDGER_FRAME, NULL), 1);
    peer_close(&p);
    world_done(&w);
}
