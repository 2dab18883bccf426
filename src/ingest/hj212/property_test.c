/* What is written is read back the same, for whatever a seed makes up. */
#include "ingest/hj212/codec_test.h"
#include "ingest/hj212/hj212_json.h"

static uint64_t state;

static unsigned pick(unsigned below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(state >> 33) % below;
}

static void pick_digits(struct buf *out, unsigned count)
{
    while (count--)
        buf_char(out, (char)('0' + pick(10)));
}

static void pick_value(struct buf *out)
{
    static const char *const texts[] = {
        "N", "D", "", "A1", "-99", "+3.50", ".5", "1e5", "//清洗;管路,a=b//"};

    if (pick(8) == 0) {
        buf_text(out, texts[pick(LENGTH(texts))]);
        return;
    }
    if (pick(6) == 0)
        buf_char(out, '-');
    pick_digits(out, 1 + pick(9));
    if (pick(2)) {
        buf_char(out, '.');
        pick_digits(out, pick(8));
    }
}

/* A data area of up to 12 factors with up to 5 values each. */
static void pick_area(struct buf *out)
{
    static const char *const suffixes[] = {
        "Rtd",   "Min",  "Avg",      "Max",  "Cou",  "ZsAvg",     "Flag",
        "EFlag", "Info", "ValidNum", "flag", "Data", "SampleTime"};
    unsigned factors = pick(13);

    buf_text(out, "DataTime=20260801101500");
    for (unsigned i = 0; i < factors; i++) {
        char code[16];
        unsigned values = 1 + pick(5);

        snprintf(code, sizeof(code), "%c%05u", "waegidpXL"[pick(9)],
                 pick(100000));
        for (unsigned k = 0; k < values && out->len < 800; k++) {
            buf_char(out, k == 0 || pick(20) == 0 ? ';' : ',');
            buf_printf(out, "%s-%s=", code, suffixes[pick(LENGTH(suffixes))]);
            pick_value(out);
        }
    }
}

struct case_ {
    struct hj212_header header;
    struct buf text; /* what the header points into */
    struct buf area;
};

static struct span pick_field(struct case_ *c, unsigned digits)
{
    size_t start = c->text.len;

    pick_digits(&c->text, digits);
    return (struct span){c->text.at + start, digits};
}

static void pick_case(struct case_ *c)
{
    buf_init(&c->text, 256);
    buf_init(&c->area, 2048);
    buf_room(&c->text, 256); /* it never moves */
    c->header = (struct hj212_header){
        .qn = pick_field(c, pick(4) ? 17 : 0),
        .st = pick_field(c, 2),
        .pw = pick_field(c, pick(8) ? 6 : 0),
        .mn = pick_field(c, pick(4) ? 24 : 1 + pick(64)),
        .cn = (int)pick(10000),
        .flag = (int)pick(14) - 1,
        .backfilled = pick(5) == 0,
    };
    if (pick(4) == 0) {
        c->header.pnum = 1 + (int)pick(9999);
        c->header.pno = 1 + (int)pick((unsigned)c->header.pnum);
    }
    pick_area(&c->area);
}

static void check_header(const struct hj212_header *h)
{
    CHECK(span_equal(frame.qn, h->qn) && span_equal(frame.st, h->st));
    CHECK(span_equal(frame.pw, h->pw) && span_equal(frame.mn, h->mn));
    CHECK_INT(frame.cn, h->cn);
    CHECK_INT(frame.flag, h->flag);
    CHECK_INT(frame.pnum, h->pnum);
    CHECK_INT(frame.pno, h->pno);
    CHECK_INT(frame.backfilled, h->backfilled);
}

/* Every number is what the ordinary parser says of its text. */
static void check_numbers(void)
{
    for (size_t i = 0; i < frame.value_count; i++) {
        const struct hj212_value *v = &frame.values[i];
        struct decimal d = {0, 0};
        bool number = decimal_parse(v->text, &d) == OK;

        CHECK_INT(v->is_number, number);
        CHECK_INT(v->number.mantissa, number ? d.mantissa : 0);
        CHECK_INT(v->number.exponent, number ? d.exponent : 0);
    }
}

TEST(a_written_frame_reads_back_and_writes_again)
{
    struct buf bytes, again, json;

    buf_init(&bytes, 4096);
    buf_init(&again, 4096);
    buf_init(&json, 1 << 20);
    state = 212;
    for (int round = 0; round < 20000; round++) {
        struct hj212_json_options options = {NULL, NULL};
        const char *problem;
        struct case_ c;

        pick_case(&c);
        buf_clear(&bytes);
        buf_clear(&again);
        buf_clear(&json);
        CHECK_INT(hj212_encode(&c.header, buf_span(&c.area), NULL, &bytes), OK);
        CHECK_INT(hj212_decode(buf_span(&bytes), NULL, &frame), HJ212_OK);
        check_header(&c.header);
        check_numbers();
        CHECK(span_equal(frame.cp, buf_span(&c.area)));
        CHECK_INT(hj212_encode_frame(&frame, &again), OK);
        CHECK(span_equal(buf_span(&bytes), buf_span(&again)));

        hj212_json_write(&frame, HJ212_OK, true, &json);
        buf_clear(&again);
        CHECK_INT(hj212_json_read(buf_span(&json), &options, &again, &problem),
                  OK);
        CHECK(span_equal(buf_span(&bytes), buf_span(&again)));
        buf_done(&c.text);
        buf_done(&c.area);
    }
    buf_done(&bytes);
    buf_done(&again);
    buf_done(&json);
}

TEST(an_encrypted_frame_reads_back)
{
    static const uint8_t key[] = "0123456789abcdef";
    struct hj212_policy policy = policy_with(0);
    struct buf bytes;

    policy.sm4_key = key;
    buf_init(&bytes, 4096);
    state = 2025;
    for (int round = 0; round < 2000; round++) {
        struct case_ c;

        pick_case(&c);
        c.header.flag = 9;
        buf_clear(&bytes);
        CHECK_INT(hj212_encode(&c.header, buf_span(&c.area), key, &bytes), OK);
        CHECK_INT(hj212_decode(buf_span(&bytes), &policy, &frame), HJ212_OK);
        check_header(&c.header);
        CHECK(span_equal(frame.cp, buf_span(&c.area)));
        buf_done(&c.text);
        buf_done(&c.area);
    }
    buf_done(&bytes);
}

TEST(random_bytes_and_damaged_frames_always_make_progress)
{
    struct span good = framed(DATA17);
    static char copy[512];

    state = 7;
    for (int round = 0; round < 50000; round++) {
        struct span in = {copy, good.len};
        size_t consumed;

        memcpy(copy, good.at, good.len);
        for (unsigned hits = 1 + pick(4); hits; hits--)
            copy[pick((unsigned)good.len)] = "#&=;,0\r\n\xff{"[pick(10)];
        while (in.len) {
            enum hj212_verdict v = hj212_receive(in, NULL, &frame, &consumed);

            CHECK(consumed <= in.len);
            if (v == HJ212_NEED_MORE)
                consumed += hj212_give_up(span_from(in, consumed));
            CHECK(consumed > 0);
            in = span_from(in, consumed);
        }
    }
}

TEST(any_bytes_survive_the_escapes)
{
    struct buf escaped, back;

    buf_init(&escaped, 4096);
    buf_init(&back, 4096);
    state = 1;
    for (int round = 0; round < 5000; round++) {
        char bytes[64];
        struct span in = {bytes, pick(sizeof(bytes))};

        for (size_t i = 0; i < in.len; i++)
            bytes[i] = (char)pick(256);
        buf_clear(&escaped);
        buf_clear(&back);
        hj212_escape(in, &escaped);
        CHECK_INT(hj212_unescape(buf_span(&escaped), &back), OK);
        CHECK(span_equal(in, buf_span(&back)));
    }
    CHECK_INT(hj212_unescape(SPAN("\\"), &back), ERR_SYNTAX);
    CHECK_INT(hj212_unescape(SPAN("\\q00"), &back), ERR_SYNTAX);
    CHECK_INT(hj212_unescape(SPAN("\\x4"), &back), ERR_SYNTAX);
    CHECK_INT(hj212_unescape(SPAN("\\xG0"), &back), ERR_SYNTAX);
    buf_done(&escaped);
    buf_done(&back);
}

static void check_json_problem(const char *json, const char *problem)
{
    struct hj212_json_options options = {NULL, NULL};
    const char *said = "";
    struct buf out;

    buf_init(&out, 4096);
    CHECK(hj212_json_read(span_of(json), &options, &out, &said) != OK);
    CHECK_TEXT(said, problem);
    CHECK_INT(out.len, 0);
    buf_done(&out);
}

TEST(an_object_that_is_no_frame_is_told_why)
{
    check_json_problem("", "not a JSON object");
    check_json_problem("[1]", "not a JSON object");
    check_json_problem("{}", "cn");
    check_json_problem("{\"cn\":\"2011\"}", "cn");
    check_json_problem("{\"cn\":10000}", "cn");
    check_json_problem("{\"cn\":2011,\"mn\":5}", "mn");
    check_json_problem("{\"cn\":2011,\"mn\":\"\\\\\"}", "mn");
    check_json_problem("{\"cn\":2011,\"pw\":\"******\"}",
                       "pw: it is masked; give one with --pw");
    check_json_problem("{\"cn\":2011,\"items\":5}", "items");
    check_json_problem("{\"cn\":2011,\"items\":[{\"name\":\"a;b\"}]}", "items");
    check_json_problem(
        "{\"cn\":2011,\"items\":[{\"name\":\"a\",\"text\":\"1;b=2\"}]}",
        "items");
    check_json_problem("{\"cn\":2011,\"mn\":\"A;B\"}", "not valid here");
    check_json_problem("{\"cn\":2011,\"encrypted\":true}",
                       "encrypted: no key; give one with --sm4-key");
    check_json_problem("{\"verdict\":\"bad_crc\",\"cn\":2011}",
                       "verdict: only what was ok can be written");
}

TEST(passwords_are_covered_wherever_they_stand)
{
    struct buf json;

    buf_init(&json, 1 << 16);
    CHECK_INT(
        hj212_decode(framed("QN=20160801085857223;ST=32;CN=1072;"
                            "PW=secret;MN=" MN17 ";Flag=5;CP=&&NewPW=654321&&"),
                     NULL, &frame),
        HJ212_OK);
    hj212_json_write(&frame, HJ212_OK, false, &json);
    CHECK(!strstr(json.at, "secret") && !strstr(json.at, "654321"));
    CHECK(strstr(json.at, "PW=******;") && strstr(json.at, "NewPW=******&&"));
    buf_clear(&json);
    hj212_json_write(&frame, HJ212_OK, true, &json);
    CHECK(strstr(json.at, "secret") && strstr(json.at, "654321"));

    /* a refused piece too */
    buf_clear(&json);
    CHECK(hj212_decode(printed("##0030QN=1;pw=secret;MN=AAAAAAAAAAAAA1234\r\n"),
                       NULL, &frame) != HJ212_OK);
    hj212_json_write(&frame, HJ212_BAD_CRC, false, &json);
    CHECK(strstr(json.at, "pw=******;") && !strstr(json.at, "secret"));
    buf_done(&json);
}
