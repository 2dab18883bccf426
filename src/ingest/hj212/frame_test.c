#include "ingest/hj212/codec_test.h"

#define EXAMPLE                                                                \
    "##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=" MN17              \
    ";Flag=5;CP=&&RtdInterval=30&&1C80\r\n"

static const char *const examples[] = {
#define FRAME(text) text "\r\n",
#include "ingest/hj212/example.def"
#undef FRAME
};

/* Annex A as it is printed, bit by bit. */
static uint16_t crc_of_the_text(struct span data)
{
    uint16_t r = 0xFFFF;

    for (size_t i = 0; i < data.len; i++) {
        r = (uint16_t)((r >> 8) ^ (uint8_t)data.at[i]);
        for (int k = 0; k < 8; k++)
            r = r & 1 ? (uint16_t)((r >> 1) ^ 0xA001) : (uint16_t)(r >> 1);
    }
    return r;
}

TEST(checksum_of_known_texts)
{
    CHECK_INT(hj212_crc(SPAN("")), 0xFFFF);
    CHECK_INT(hj212_crc(SPAN("A")), 0x7080);
    CHECK_INT(hj212_crc(SPAN("123456789")), 0x2F80);
    CHECK_INT(hj212_crc(SPAN("CP=&&&&")), 0xF781);
    CHECK_INT(hj212_crc(SPAN("QN=20160801085857223")), 0xAF01);
}

TEST(the_folded_checksum_is_the_one_of_annex_a_at_every_length)
{
    uint64_t seed = 212;

    for (size_t i = 0; i < 1200; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        wire[i] = (char)(seed >> 56);
    }
    for (size_t len = 0; len < 1200; len++) {
        struct span s = {wire, len};

        CHECK_INT(hj212_crc(s), crc_of_the_text(s));
    }
}

TEST(every_ready_made_frame_decodes)
{
    for (size_t i = 0; i < LENGTH(examples); i++) {
        struct span in = printed(examples[i]);

        CHECK_INT(hj212_decode(in, NULL, &frame), HJ212_OK);
        CHECK(span_equal(frame.raw, in));
        CHECK(frame.cn >= 1000);
    }
}

TEST(ready_made_frames_are_written_again_byte_for_byte)
{
    struct buf out;

    buf_init(&out, 4096);
    for (size_t i = 0; i < LENGTH(examples); i++) {
        buf_clear(&out);
        CHECK_INT(hj212_decode(printed(examples[i]), NULL, &frame), HJ212_OK);
        CHECK_INT(hj212_encode_frame(&frame, &out), OK);
        CHECK_SPAN(buf_span(&out), examples[i]);
    }
    buf_done(&out);
}

TEST(a_frame_gives_its_header_and_values)
{
    const struct hj212_value *v;
    int64_t at_s;
    struct span in = printed(
        "##0325QN=20160801085000001;ST=32;CN=2051;PW=123456;MN=" MN17
        ";Flag=5;CP=&&DataTime=20160801084000;w00000-Cou=10.5,w00000-Min=16.4,"
        "w00000-Avg=17.5,w00000-Max=20.1,w00000-Flag=N;w01001-Min=7.1,"
        "w01001-Avg=7.5,w01001-Max=7.8,w01001-Flag=N;w01018-Cou=10.5,"
        "w01018-Min=40.1,w01018-Avg=40.1,w01018-Max=40.1,w01018-Flag=N"
        "&&6180\r\n");

    CHECK_INT(hj212_decode(in, NULL, &frame), HJ212_OK);
    CHECK_INT(frame.deviations, 0);
    CHECK_SPAN(frame.qn, "20160801085000001");
    CHECK_SPAN(frame.st, "32");
    CHECK_SPAN(frame.pw, "123456");
    CHECK_SPAN(frame.mn, MN17);
    CHECK_INT(frame.cn, 2051);
    CHECK_INT(frame.flag, 5);
    CHECK_INT(frame.edition, HJ212_2017);
    CHECK(frame.ack_wanted);
    CHECK_INT(frame.value_count, 15);
    CHECK_INT(hj212_time_field(&frame, "DataTime", &at_s), OK);
    CHECK_INT(at_s, 1470012000); /* 08:40 in Beijing */

    v = hj212_field(&frame, "W01018-avg");
    CHECK(v != NULL);
    CHECK_SPAN(v->code, "w01018");
    CHECK_INT(v->suffix, HJ212_SUFFIX_AVG);
    CHECK_SPAN(v->text, "40.1");
    CHECK(v->is_number);
    CHECK_INT(v->number.mantissa, 401);
    CHECK_INT(v->number.exponent, -1);
    CHECK(hj212_field(&frame, "w01018-Rtd") == NULL);
}

TEST(numbers_keep_their_digits)
{
    const struct {
        const char *text;
        bool number;
        int64_t mantissa;
        int exponent;
    } cases[] = {
        {"0", true, 0, 0},
        {"35.0", true, 350, -1},
        {"0.000", true, 0, -3},
        {"-1.20", true, -120, -2},
        {"+7", true, 7, 0},
        {".5", true, 5, -1},
        {"5.", true, 5, 0},
        {"1234567", true, 1234567, 0},
        {"12345678", true, 12345678, 0},
        {"1234567.", true, 1234567, 0},
        {"123.4567", true, 1234567, -4},
        {"123456.78", true, 12345678, -2},
        {"123456789012345678", true, 123456789012345678, 0},
        {"99999999999999999999", false, 0, 0},
        {"1.2.3", false, 0, 0},
        {"NaN", false, 0, 0},
        {"0x1F", false, 0, 0},
        {"1e5", false, 0, 0},
        {"12:30", false, 0, 0},
        {"1/2", false, 0, 0},
        {".", false, 0, 0},
        {"-", false, 0, 0},
    };

    for (size_t i = 0; i < LENGTH(cases); i++) {
        /* in the middle, where words are loaded, and at the very end */
        for (int last = 0; last < 2; last++) {
            char segment[256];
            const struct hj212_value *v;

            snprintf(segment, sizeof(segment), HEAD17 "CP=&&w01018-Rtd=%s%s&&",
                     cases[i].text, last ? "" : ",w01018-Flag=N");
            CHECK_INT(hj212_decode(wrapped(segment), NULL, &frame), HJ212_OK);
            v = &frame.values[0];
            CHECK_SPAN(v->text, cases[i].text);
            CHECK_INT(v->is_number, cases[i].number);
            CHECK_INT(v->number.mantissa, cases[i].mantissa);
            CHECK_INT(v->number.exponent, cases[i].exponent);
        }
    }
}

TEST(every_beginning_of_a_frame_needs_more)
{
    struct span in = SPAN(EXAMPLE);
    size_t consumed;

    /* Before the last digit of the checksum, nothing can be said. */
    for (in.len -= 3; in.len > 0; in.len--) {
        CHECK_INT(hj212_receive(in, NULL, &frame, &consumed), HJ212_NEED_MORE);
        CHECK_INT(consumed, 0);
        CHECK_INT(hj212_decode(in, NULL, &frame), HJ212_NEED_MORE);
    }
    CHECK_INT(hj212_receive(in, NULL, &frame, &consumed), HJ212_NEED_MORE);
}

TEST(a_frame_is_there_with_its_checksum_and_its_tail_may_follow)
{
    struct span in = SPAN(EXAMPLE);
    size_t consumed;

    CHECK_INT(hj212_receive(in, NULL, &frame, &consumed), HJ212_OK);
    CHECK_INT(consumed, in.len);
    CHECK(!frame.tail_pending);
    for (size_t missing = 1; missing <= 2; missing++) {
        struct span cut = span_first(in, in.len - missing);

        CHECK_INT(hj212_receive(cut, NULL, &frame, &consumed), HJ212_OK);
        CHECK_INT(consumed, cut.len);
        CHECK(frame.tail_pending);
        CHECK_INT(frame.deviations, 0);
    }
    CHECK_INT(hj212_receive(SPAN("\r\n"), NULL, &frame, &consumed),
              HJ212_NEED_MORE);
    CHECK_INT(consumed, 2);
}

/* Feeds `in` in two parts and checks that the frames come out as before. */
static void check_cut(struct span in, size_t cut, const char *const *frames,
                      size_t count)
{
    size_t at = 0, end = cut, found = 0, consumed;

    for (;;) {
        struct span rest = {in.at + at, end - at};
        enum hj212_verdict verdict =
            hj212_receive(rest, NULL, &frame, &consumed);

        at += consumed;
        if (verdict == HJ212_NEED_MORE && end < in.len) {
            end = in.len;
            continue;
        }
        if (verdict == HJ212_NEED_MORE)
            break;
        CHECK_INT(verdict, HJ212_OK);
        CHECK(found < count);
        CHECK(span_starts(span_of(frames[found]), frame.segment) ||
              memmem(frames[found], strlen(frames[found]), frame.segment.at,
                     frame.segment.len));
        CHECK_INT(frame.deviations & (DEV(TAIL_MISSING) | DEV(TAIL_ODD)), 0);
        found++;
    }
    CHECK_INT(at, in.len);
    CHECK_INT(found, count);
}

TEST(sticky_and_half_packets_at_every_cut)
{
    size_t len = 0;

    for (size_t i = 4; i < 7; i++) {
        size_t more = strlen(examples[i]);

        memcpy(wire + len, examples[i], more);
        len += more;
    }
    for (size_t cut = 0; cut <= len; cut++)
        check_cut((struct span){wire, len}, cut, examples + 4, 3);
}

TEST(scanning_goes_on_behind_garbage)
{
    static const char *const before[] = {
        "x",        "GET / HTTP/1.1\r\n",
        "#",        "###",
        "########", "\r\n#",
        "##12",     "##QN=1",
        "##99x",    "##0004QN=1zzzz\r\n",
    };

    for (size_t i = 0; i < LENGTH(before); i++) {
        char text[512];
        struct span in;
        size_t consumed;
        int frames = 0, others = 0;

        snprintf(text, sizeof(text), "%s%s", before[i], EXAMPLE);
        in = printed(text);
        while (in.len) {
            enum hj212_verdict verdict =
                hj212_receive(in, NULL, &frame, &consumed);

            CHECK(verdict != HJ212_NEED_MORE);
            CHECK(consumed > 0 && consumed <= in.len);
            if (verdict == HJ212_OK)
                frames++;
            else
                others++;
            in = span_from(in, consumed);
        }
        CHECK_INT(frames, 1);
        CHECK(others > 0);
    }
}

TEST(a_lying_length_does_not_block_the_connection)
{
    struct span in = printed("##9999QN=1;ST=32" EXAMPLE);
    size_t consumed;

    CHECK_INT(hj212_receive(in, NULL, &frame, &consumed), HJ212_TOO_LONG);
    CHECK_INT(consumed, 16);
    CHECK_INT(hj212_receive(span_from(in, consumed), NULL, &frame, &consumed),
              HJ212_OK);

    /* one within the limit waits, until its time is up */
    in = printed("##0999QN=1;ST=32" EXAMPLE);
    CHECK_INT(hj212_receive(in, NULL, &frame, &consumed), HJ212_NEED_MORE);
    CHECK_INT(hj212_give_up(in), 16);
    in = span_from(in, hj212_give_up(in));
    CHECK_INT(hj212_receive(in, NULL, &frame, &consumed), HJ212_OK);
}

TEST(giving_up_always_empties_the_buffer)
{
    CHECK_INT(hj212_give_up(SPAN("")), 0);
    CHECK_INT(hj212_give_up(SPAN("#")), 1);
    CHECK_INT(hj212_give_up(SPAN("##")), 2);
    CHECK_INT(hj212_give_up(SPAN("##0100QN=")), 9);
    CHECK_INT(hj212_give_up(SPAN("##0100QN=#")), 10);
    CHECK_INT(hj212_give_up(SPAN("##0100QN=##")), 9);
}

TEST(bad_frames_are_named)
{
    const struct {
        const char *in;
        enum hj212_verdict verdict;
    } cases[] = {
        {"GET / HTTP/1.1\r\n", HJ212_NOISE},
        {"##00A1QN=1", HJ212_BAD_LENGTH},
        {"##4097QN=1", HJ212_TOO_LONG},
        {"##1025QN=1;MN=AB;CP=&", HJ212_TOO_LONG},
        {"##0004QN=10000\r\n", HJ212_BAD_CRC},
        {"##0004QN=1zzzz\r\n", HJ212_BAD_CRC},
    };
    const struct {
        const char *segment;
        enum hj212_verdict verdict;
    } segments[] = {
        {"", HJ212_BAD_HEADER},
        {"QN=1", HJ212_BAD_HEADER},
        {"hello", HJ212_BAD_HEADER},
        {"ST=32;CN=20x1;MN=A;CP=&&&&", HJ212_BAD_HEADER},
        {"ST=32;CN=20111;MN=A;CP=&&&&", HJ212_BAD_HEADER},
        {"ST=32;CN=2011;MN=A;Flag=256;CP=&&&&", HJ212_BAD_HEADER},
        {"ST=32;CN=2011;MN=A;Flag=x;CP=&&&&", HJ212_BAD_HEADER},
        {"ST=32;CN=2011;MN=A\x01;CP=&&&&", HJ212_BAD_MN},
        {"ST=32;CN=2011;MN=A/B;CP=&&&&", HJ212_BAD_MN},
        {"ST=32;CN=2011;MN=;CP=&&&&", HJ212_BAD_MN},
        {"ST=32;CN=2011;MN=A", HJ212_BAD_CP},
        {"ST=32;CN=2011;MN=A;CP=", HJ212_BAD_CP},
        {"ST=32;CN=2011;MN=A;CP=a-Rtd=1", HJ212_BAD_CP},
        {"ST=32;CN=2011;MN=A;CP=&&no pair here&&", HJ212_BAD_CP},
        {"ST=32;CN=2011;MN=A;CP=&&=5&&", HJ212_BAD_CP},
        {"ST=32;CN=2011;MN=A;CP=&&a\x02-Rtd=5&&", HJ212_BAD_CP},
        {"ST=32;CN=2011;MN=A;QN=CST;CP=&&&&", HJ212_BAD_QN},
        {"ST=32;CN=2011;MN=A;CP=&&DataTime=20161301&&", HJ212_BAD_TIME},
    };

    for (size_t i = 0; i < LENGTH(cases); i++) {
        size_t consumed;
        struct span in = printed(cases[i].in);

        CHECK_INT(hj212_receive(in, NULL, &frame, &consumed), cases[i].verdict);
        CHECK_INT(consumed, in.len);
    }
    for (size_t i = 0; i < LENGTH(segments); i++)
        CHECK_INT(hj212_decode(framed(segments[i].segment), NULL, &frame),
                  segments[i].verdict);
}

TEST(a_wrong_byte_anywhere_is_never_ok_unless_the_checksum_cannot_see_it)
{
    struct span in = SPAN(EXAMPLE);

    for (size_t i = 0; i < in.len - 2; i++) {
        memcpy(wire, in.at, in.len);
        wire[i] ^= 1; /* no digit stays the same hex digit */
        CHECK(hj212_decode((struct span){wire, in.len}, NULL, &frame) !=
              HJ212_OK);
    }
}

TEST(a_device_number_is_bounded)
{
    char segment[256], mn[HJ212_MN_MAX + 2];

    for (size_t len = HJ212_MN_MAX; len <= HJ212_MN_MAX + 1; len++) {
        memset(mn, 'A', len);
        mn[len] = '\0';
        snprintf(segment, sizeof(segment), "ST=32;CN=2011;MN=%s;CP=&&&&", mn);
        CHECK_INT(hj212_decode(framed(segment), NULL, &frame),
                  len <= HJ212_MN_MAX ? HJ212_OK : HJ212_BAD_MN);
    }
}

TEST(a_segment_is_bounded_on_both_sides_of_the_limit)
{
    for (size_t len = 1024; len <= 1025; len++) {
        char segment[1100] = "ST=32;CN=2011;MN=A;CP=&&i11001-Info=//";

        memset(segment + strlen(segment), 'x', len);
        memcpy(segment + len - 4, "//&&", 5);
        CHECK_INT(hj212_decode(framed(segment), NULL, &frame),
                  len <= 1024 ? HJ212_OK : HJ212_TOO_LONG);
    }
}

TEST(a_frame_has_no_more_pairs_than_the_bound)
{
    struct hj212_policy policy = policy_with(DEV(LARGE_SEGMENT));

    for (int count = HJ212_VALUES_MAX; count <= HJ212_VALUES_MAX + 1; count++) {
        char segment[HJ212_SEGMENT_LARGE_MAX] = "CN=2011;MN=A;CP=&&";
        size_t at = strlen(segment);

        for (int i = 0; i < count; i++, at += 3)
            memcpy(segment + at, "a=;", 3);
        memcpy(segment + at - 1, "&&", 3);
        CHECK_INT(hj212_decode(framed(segment), &policy, &frame),
                  count <= HJ212_VALUES_MAX ? HJ212_OK : HJ212_TOO_MANY_VALUES);
        CHECK_INT(frame.value_count, HJ212_VALUES_MAX);
    }
}

TEST(text_between_slashes_may_hold_separators)
{
    const struct hj212_value *v;

    CHECK_INT(deviations_of(
                  framed(HEAD17 "CP=&&DataTime=20160801085857;PolId=w01018;"
                                "i11001-Info=//a;b,c=d&&e//;i12001-Info=1&&")),
              0);
    CHECK_INT(frame.value_count, 4);
    v = hj212_field(&frame, "i11001-Info");
    CHECK_SPAN(v->text, "//a;b,c=d&&e//");
    CHECK_INT(v->suffix, HJ212_SUFFIX_INFO);
}

TEST(a_numbered_packet_says_which_it_is)
{
    CHECK_INT(deviations_of(
                  framed("QN=20160801085857534;ST=32;CN=2061;PW=123456;MN=" MN17
                         ";Flag=7;PNUM=2;PNO=1;CP=&&DataTime=20160801080000;"
                         "w01001-Avg=7.5,w01001-Flag=N&&")),
              0);
    CHECK_INT(frame.pnum, 2);
    CHECK_INT(frame.pno, 1);
}

TEST(back_filled_data_are_marked_in_2025)
{
    CHECK_INT(deviations_of(
                  framed("QN=20260801085857534;ST=31;CN=2061;PW=123456;MN=" MN17
                         ";Flag=9;RF=1;CP=&&DataTime=20260801080000;"
                         "a21026-Avg=7.5,a21026-Flag=N&&")),
              0);
    CHECK(frame.backfilled);
    CHECK_INT(frame.edition, HJ212_2025);
}

static void check_answer(const char *to, int cn, int code, const char *expected)
{
    struct buf out;

    buf_init(&out, 4096);
    CHECK_INT(hj212_decode(framed(to), NULL, &frame), HJ212_OK);
    CHECK_INT(hj212_answer(&frame, cn, code, &out), OK);
    CHECK_SPAN(buf_span(&out), expected);
    CHECK_INT(hj212_decode(buf_span(&out), NULL, &frame), HJ212_OK);
    CHECK_INT(frame.deviations, 0);
    buf_done(&out);
}

TEST(answers_have_the_edition_and_form_of_the_frame)
{
    check_answer("QN=20160801085000001;ST=32;CN=2051;PW=123456;MN=" MN17
                 ";Flag=5;CP=&&&&",
                 9014, 0,
                 "##0087QN=20160801085000001;ST=91;CN=9014;PW=123456;MN=" MN17
                 ";Flag=4;CP=&&&&C241\r\n");
    check_answer("QN=20160801085857223;ST=32;CN=1000;PW=123456;MN=" MN17
                 ";Flag=5;CP=&&OverTime=5;ReCount=3&&",
                 9011, 1,
                 "##0094QN=20160801085857223;ST=91;CN=9011;PW=123456;MN=" MN17
                 ";Flag=4;CP=&&QnRtn=1&&1B00\r\n");
    check_answer("QN=20160801085857223;ST=32;CN=1000;PW=123456;MN=" MN17
                 ";Flag=5;CP=&&OverTime=5;ReCount=3&&",
                 9012, 1,
                 "##0095QN=20160801085857223;ST=91;CN=9012;PW=123456;MN=" MN17
                 ";Flag=4;CP=&&ExeRtn=1&&6240\r\n");
    check_answer("QN=20040516010101001;ST=32;CN=2051;PW=123456;"
                 "MN=88888880000001;Flag=1;CP=&&&&",
                 9014, 0,
                 "##0049ST=91;CN=9014;CP=&&QN=20040516010101001;CN=2051&&5F00"
                 "\r\n");
}

TEST(a_command_means_what_its_edition_and_direction_say)
{
    const struct hj212_command *c;
    size_t count = 0;
    int before = 0;

    for (; (c = hj212_command_at(count)); count++) {
        CHECK(c->cn >= before);
        before = c->cn;
        for (int e = HJ212_2005; e <= HJ212_2025; e++) {
            if (c->editions & 1u << e)
                CHECK(hj212_command_find((enum hj212_edition)e, c->direction,
                                         c->cn) == c);
        }
    }
    CHECK_INT(count, 55);
    c = hj212_command_find(HJ212_2005, HJ212_DOWN, 3013);
    CHECK_TEXT(c->name_en, "operate equipment");
    c = hj212_command_find(HJ212_2017, HJ212_DOWN, 3013);
    CHECK_TEXT(c->name_en, "cleaning or blow-back");
    c = hj212_command_find(HJ212_2025, HJ212_UP, 1001);
    CHECK_INT(c->up_kind, HJ212_NOTICE);
    CHECK(hj212_command_find(HJ212_2017, HJ212_UP, 1001) == NULL);
    CHECK(hj212_command_find(HJ212_2017, HJ212_UP, 9015) == NULL);
    CHECK(hj212_command_find(HJ212_2017, HJ212_UP, 1234) == NULL);
}
