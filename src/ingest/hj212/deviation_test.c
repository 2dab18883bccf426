/* Every deviation that real devices have, by its name. */
#include "ingest/hj212/codec_test.h"

#define CP17(content) HEAD17 "CP=&&DataTime=20160801085857;" content "&&"

static bool seen[HJ212_DEVIATION_COUNT];

static void mark_seen(hj212_deviations set)
{
    for (int i = 0; i < HJ212_DEVIATION_COUNT; i++)
        seen[i] |= set >> i & 1;
}

/* Tolerated by default: OK and named; refused when the policy says so. */
static void check_tolerated(struct span in, hj212_deviations expected)
{
    static char copy[sizeof(wire)];
    struct hj212_policy strict = policy_without(expected);
    struct span again = {copy, in.len};

    memcpy(copy, in.at, in.len);
    CHECK_INT(deviations_of(in), expected);
    CHECK(hj212_decode(again, &strict, &frame) != HJ212_OK);
    CHECK_INT(frame.deviations, expected);
    mark_seen(expected);
}

/* Refused by default with this verdict; OK when the policy tolerates it. */
static void check_refused(struct span in, hj212_deviations expected,
                          enum hj212_verdict verdict)
{
    static char copy[sizeof(wire)];
    struct hj212_policy lenient = policy_with(expected);
    struct span again = {copy, in.len};

    memcpy(copy, in.at, in.len);
    CHECK_INT(hj212_decode(in, NULL, &frame), verdict);
    CHECK_INT(frame.deviations & expected, expected);
    CHECK_INT(hj212_decode(again, &lenient, &frame), HJ212_OK);
    CHECK_INT(frame.deviations, expected);
    mark_seen(expected);
}

/* A segment under a length and a checksum text of one's own. */
static struct span framed_as(const char *digits, const char *segment,
                             const char *crc)
{
    int len =
        snprintf(wire, sizeof(wire), "##%s%s%s\r\n", digits, segment, crc);

    return (struct span){wire, (size_t)len};
}

static const char *crc_text(const char *segment)
{
    static char text[5];

    snprintf(text, sizeof(text), "%04X", hj212_crc(span_of(segment)));
    return text;
}

static const char *length_text(const char *segment, int error)
{
    static char text[8];

    snprintf(text, sizeof(text), "%04d", (int)strlen(segment) + error);
    return text;
}

/* ---- the frame ---- */

TEST(crc_lower_case)
{
    static const char segment[] = "QN=20160801085857223;ST=32;CN=2011;"
                                  "PW=123456;MN=" MN17 ";Flag=5;CP=&&&&";
    struct span in = framed(segment);

    for (size_t i = in.len - 6; i < in.len - 2; i++)
        wire[i] |= 32; /* digits stay what they are */
    if (memcmp(crc_text(segment), wire + in.len - 6, 4) == 0)
        skip();
    check_tolerated(in, DEV(CRC_LOWER_CASE));
}

TEST(tail_missing)
{
    check_tolerated(wrapped(DATA17), DEV(TAIL_MISSING));
}

TEST(tail_odd)
{
    static const char *const tails[] = {"\n", "\r", "\n\r", "\r\n\r\n", "\n\n"};

    for (size_t i = 0; i < LENGTH(tails); i++) {
        struct span in = wrapped(DATA17);

        memcpy(wire + in.len, tails[i], strlen(tails[i]));
        in.len += strlen(tails[i]);
        check_tolerated(in, DEV(TAIL_ODD));
    }
}

TEST(crc_modbus)
{
    /* the standard's frame with the checksum a library would give */
    check_refused(printed("##0087QN=20240601085857223;ST=32;CN=1011;PW=123456;"
                          "MN=" MN17 ";Flag=9;CP=&&&&CCF4\r\n"),
                  DEV(CRC_MODBUS), HJ212_BAD_CRC);
}

TEST(crc_swapped)
{
    check_refused(printed("##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;"
                          "MN=" MN17 ";Flag=5;CP=&&RtdInterval=30&&801C\r\n"),
                  DEV(CRC_SWAPPED), HJ212_BAD_CRC);
}

TEST(crc_not_computed)
{
    static const char *const copied[] = {"0000", "1234", "B381", "1040"};

    for (size_t i = 0; i < LENGTH(copied); i++)
        check_refused(framed_as(length_text(DATA17, 0), DATA17, copied[i]),
                      DEV(CRC_NOT_COMPUTED), HJ212_BAD_CRC);
}

TEST(length_plus_6)
{
    struct span in =
        framed_as(length_text(DATA17, 6), DATA17, crc_text(DATA17));

    check_refused(in, DEV(LENGTH_PLUS_6), HJ212_BAD_LENGTH);
}

TEST(length_characters)
{
    static const char segment[] =
        HEAD17 "CP=&&DataTime=20160801085857;PolId=w01018;"
               "i11001-Info=//清洗管路//&&";

    /* four characters of three bytes each */
    check_refused(
        framed_as(length_text(segment, -8), segment, crc_text(segment)),
        DEV(LENGTH_CHARACTERS), HJ212_BAD_LENGTH);
}

TEST(length_stale)
{
    check_refused(framed_as(length_text(DATA17, -5), DATA17, crc_text(DATA17)),
                  DEV(LENGTH_STALE), HJ212_BAD_LENGTH);
    check_refused(framed_as(length_text(DATA17, 50), DATA17, crc_text(DATA17)),
                  DEV(LENGTH_STALE), HJ212_BAD_LENGTH);
}

TEST(a_stale_length_waits_for_the_real_end_only_where_it_is_tolerated)
{
    struct hj212_policy lenient = policy_with(DEV(LENGTH_STALE));
    struct span in =
        framed_as(length_text(DATA17, -60), DATA17, crc_text(DATA17));
    struct span part = span_first(in, in.len - 20);

    CHECK_INT(hj212_decode(part, NULL, &frame), HJ212_BAD_CRC);
    CHECK_INT(hj212_decode(part, &lenient, &frame), HJ212_NEED_MORE);
    CHECK_INT(hj212_decode(in, &lenient, &frame), HJ212_OK);
}

TEST(length_three_digits)
{
    char digits[4];

    snprintf(digits, sizeof(digits), "%d", (int)strlen(DATA17));
    check_refused(framed_as(digits, DATA17, crc_text(DATA17)),
                  DEV(LENGTH_THREE_DIGITS), HJ212_BAD_LENGTH);
}

TEST(large_segment)
{
    char segment[1500] = HEAD17 "CP=&&";

    for (int i = 0; strlen(segment) < 1100; i++)
        snprintf(segment + strlen(segment), 40, "w%05d-Rtd=1.5;", 20000 + i);
    memcpy(segment + strlen(segment) - 1, "&&", 3);
    check_refused(framed(segment), DEV(LARGE_SEGMENT), HJ212_TOO_LONG);
}

/* ---- between frames ---- */

static void check_noise(const char *noise, hj212_deviations expected)
{
    char text[512];
    size_t consumed;
    struct span in;

    snprintf(text, sizeof(text), "%s", noise);
    snprintf(text + strlen(noise), sizeof(text) - strlen(noise), "%s",
             framed(DATA17).at);
    in = printed(text);
    CHECK_INT(hj212_receive(in, NULL, &frame, &consumed), HJ212_NOISE);
    CHECK_INT(frame.deviations, expected);
    CHECK_SPAN(frame.raw, noise);
    CHECK_INT(hj212_receive(span_from(in, consumed), NULL, &frame, &consumed),
              HJ212_OK);
    mark_seen(expected);
}

TEST(noise_garbage)
{
    check_noise("\x01\x02\x83\x04", DEV(NOISE_GARBAGE));
}

TEST(noise_telnet)
{
    check_noise("\xff\xfb\x01\xff\xfd\x03", DEV(NOISE_TELNET));
}

TEST(noise_modem)
{
    check_noise("+IPD,0,178:", DEV(NOISE_MODEM));
    check_noise("AT+CIPSEND=12\r\n", DEV(NOISE_MODEM));
}

TEST(noise_registration)
{
    check_noise("REG:13800000000", DEV(NOISE_REGISTRATION));
    check_noise("\xfe", DEV(NOISE_REGISTRATION));
}

/* ---- header ---- */

TEST(flag_missing)
{
    check_tolerated(framed("ST=32;CN=2011;PW=123456;MN=88888880000001;"
                           "CP=&&DataTime=20040516021000;B01-Rtd=36.91&&"),
                    DEV(FLAG_MISSING));
    CHECK_INT(frame.edition, HJ212_2005);
    CHECK(!frame.ack_wanted);
}

TEST(flag_no_version)
{
    check_tolerated(framed("QN=20160801085857223;ST=32;CN=1062;PW=100000;"
                           "MN=" MN17 ";Flag=1;CP=&&RtdInterval=30&&"),
                    DEV(FLAG_NO_VERSION));
    CHECK_INT(frame.edition, HJ212_2005);
    CHECK(frame.ack_wanted);
}

TEST(flag_version_unknown)
{
    check_tolerated(framed("QN=20160801085857223;ST=32;CN=1062;PW=100000;"
                           "MN=" MN17 ";Flag=13;CP=&&RtdInterval=30&&"),
                    DEV(FLAG_VERSION_UNKNOWN));
    CHECK_INT(frame.edition, HJ212_2017);
}

TEST(qn_missing)
{
    check_tolerated(
        framed("ST=32;CN=2011;PW=123456;MN=" MN17 ";Flag=4;CP=&&&&"),
        DEV(QN_MISSING));
}

TEST(qn_malformed)
{
    check_refused(framed("QN=Tue Aug 02 08:58:57 CST 2016;ST=32;CN=2011;"
                         "PW=123456;MN=" MN17 ";Flag=5;CP=&&&&"),
                  DEV(QN_MALFORMED), HJ212_BAD_QN);
}

TEST(pw_empty)
{
    check_tolerated(framed("QN=20160801085857223;ST=32;CN=2011;PW=;MN=" MN17
                           ";Flag=5;CP=&&&&"),
                    DEV(PW_EMPTY));
}

TEST(pw_length)
{
    check_tolerated(framed("QN=20160801085857223;ST=32;CN=2011;PW=" MN17
                           ";MN=" MN17 ";Flag=5;CP=&&&&"),
                    DEV(PW_LENGTH));
}

TEST(mn_empty)
{
    check_refused(framed("QN=20160801085857223;ST=32;CN=2011;PW=123456;MN=;"
                         "Flag=5;CP=&&&&"),
                  DEV(MN_EMPTY), HJ212_BAD_MN);
    check_refused(framed("QN=20160801085857223;ST=32;CN=2011;PW=123456;"
                         "Flag=5;CP=&&&&"),
                  DEV(MN_EMPTY), HJ212_BAD_MN);
}

TEST(mn_length)
{
    check_tolerated(framed("QN=20160801085857223;ST=32;CN=2011;PW=123456;"
                           "MN=0123ABCD;Flag=5;CP=&&&&"),
                    DEV(MN_LENGTH));
}

TEST(mn_characters)
{
    check_tolerated(framed("QN=20160801085857223;ST=32;CN=2011;PW=123456;"
                           "MN=chengdu-site_00000000001;Flag=5;CP=&&&&"),
                    DEV(MN_CHARACTERS));
}

TEST(st_odd)
{
    check_tolerated(framed("QN=20160801085857223;ST=91;CN=2011;PW=123456;"
                           "MN=" MN17 ";Flag=5;CP=&&&&"),
                    DEV(ST_ODD));
    check_tolerated(framed("QN=20160801085857223;ST=00;CN=2011;PW=123456;"
                           "MN=" MN17 ";Flag=5;CP=&&&&"),
                    DEV(ST_ODD));
}

TEST(header_comma)
{
    check_tolerated(framed("QN=20160801085857223,ST=32;CN=2011;PW=123456;"
                           "MN=" MN17 ";Flag=5,CP=&&&&"),
                    DEV(HEADER_COMMA));
    CHECK_SPAN(frame.qn, "20160801085857223");
    CHECK_SPAN(frame.st, "32");
}

TEST(header_field_unknown)
{
    check_tolerated(framed("QN=20160801085857223;ST=32;CN=2011;PW=123456;"
                           "MN=" MN17 ";Flag=5;VER=2;CP=&&&&"),
                    DEV(HEADER_FIELD_UNKNOWN));
}

TEST(header_field_repeated)
{
    check_tolerated(framed("QN=20160801085857223;ST=32;CN=2011;PW=123456;"
                           "MN=" MN17 ";MN=X;Flag=5;CP=&&&&"),
                    DEV(HEADER_FIELD_REPEATED));
    CHECK_SPAN(frame.mn, MN17);
}

TEST(numbering_missing)
{
    check_tolerated(framed("QN=20160801085857223;ST=32;CN=2011;PW=123456;"
                           "MN=" MN17 ";Flag=7;CP=&&&&"),
                    DEV(NUMBERING_MISSING));
    CHECK_INT(frame.pnum, 0);
}

TEST(numbering_unflagged)
{
    check_tolerated(framed("QN=20160801085857223;ST=32;CN=2011;PW=123456;"
                           "MN=" MN17 ";Flag=5;PNUM=2;PNO=1;CP=&&&&"),
                    DEV(NUMBERING_UNFLAGGED));
    CHECK_INT(frame.pnum, 2);
}

TEST(numbering_order)
{
    check_tolerated(framed("QN=20160801085857223;ST=32;CN=2011;PW=123456;"
                           "MN=" MN17 ";Flag=7;PNO=1;PNUM=2;CP=&&&&"),
                    DEV(NUMBERING_ORDER));
    CHECK_INT(frame.pno, 1);
}

TEST(numbering_wrong)
{
    check_tolerated(framed("QN=20160801085857223;ST=32;CN=2011;PW=123456;"
                           "MN=" MN17 ";Flag=7;PNUM=2;PNO=3;CP=&&&&"),
                    DEV(NUMBERING_WRONG));
    CHECK_INT(frame.pnum, 0);
}

TEST(rf_odd)
{
    check_tolerated(framed("QN=20160801085857223;ST=32;CN=2011;PW=123456;"
                           "MN=" MN17 ";Flag=9;RF=2;CP=&&&&"),
                    DEV(RF_ODD));
    CHECK(!frame.backfilled);
}

/* ---- data area ---- */

TEST(cp_unclosed)
{
    check_tolerated(framed(HEAD17 "CP=&&DataTime=20160801085857;w01018-Rtd=1"),
                    DEV(CP_UNCLOSED));
    CHECK_SPAN(frame.values[1].text, "1");
}

TEST(empty_item)
{
    static const char *const contents[] = {
        "w01018-Rtd=1,w01018-Flag=N;",
        ";w01018-Rtd=1,w01018-Flag=N",
        "w01018-Rtd=1,,w01018-Flag=N",
        "w01018-Rtd=1,w01018-Flag=N,;L5-Rtd=1",
    };

    for (size_t i = 0; i < LENGTH(contents); i++) {
        char segment[512];

        snprintf(segment, sizeof(segment),
                 "%sCP=&&DataTime=20160801085857;%s&&", HEAD17, contents[i]);
        check_tolerated(framed(segment), DEV(EMPTY_ITEM));
        CHECK(frame.value_count >= 3);
    }
    check_tolerated(framed(DATA17 ";"), DEV(EMPTY_ITEM));
}

TEST(separator_mixed)
{
    check_tolerated(framed(CP17("w01018-Rtd=1,w01001-Rtd=7")),
                    DEV(SEPARATOR_MIXED));
    check_tolerated(framed(CP17("w01018-Rtd=1;w01018-Flag=N")),
                    DEV(SEPARATOR_MIXED));
    check_tolerated(
        framed(HEAD17 "CP=&&DataTime=20160801085857,w01018-Rtd=1&&"),
        DEV(SEPARATOR_MIXED));
    CHECK_INT(frame.value_count, 2);
}

TEST(range_comma)
{
    check_tolerated(framed(HEAD17 "CP=&&BeginTime=20160801080000,"
                                  "EndTime=20160801090000&&"),
                    DEV(RANGE_COMMA));
    CHECK_SPAN(frame.values[1].text, "20160801090000");
}

TEST(blanks)
{
    check_tolerated(framed(HEAD17 "CP=&& DataTime=20160801085857; w01018-Rtd "
                                  "= 40.1 ,w01018-Flag=N &&"),
                    DEV(BLANKS));
    CHECK_SPAN(frame.values[1].name, "w01018-Rtd");
    CHECK_SPAN(frame.values[1].text, "40.1");
    CHECK_INT(frame.values[1].suffix, HJ212_SUFFIX_RTD);
}

TEST(name_case)
{
    check_tolerated(framed(CP17("w01018-Rtd=40.1,w01018-flag=N")),
                    DEV(NAME_CASE));
    CHECK_INT(frame.values[2].suffix, HJ212_SUFFIX_FLAG);
    check_tolerated(framed(CP17("W01018-Rtd=40.1")), DEV(NAME_CASE));
}

TEST(vendor_suffix)
{
    check_tolerated(framed(CP17("w01018-ValidNum=12")), DEV(VENDOR_SUFFIX));
    CHECK_INT(frame.values[1].suffix, HJ212_SUFFIX_OTHER);
    check_tolerated(framed(CP17("LA-td=50.1")), DEV(VENDOR_SUFFIX));
    CHECK_SPAN(frame.values[1].text, "50.1");
}

TEST(vendor_code)
{
    static const char *const codes[] = {"PM25", "LAMPBLACK", "TEM", "lng"};

    for (size_t i = 0; i < LENGTH(codes); i++) {
        char segment[512];

        snprintf(segment, sizeof(segment),
                 HEAD17 "CP=&&DataTime=20160801085857;%s-Rtd=1&&", codes[i]);
        check_tolerated(framed(segment), DEV(VENDOR_CODE));
    }
}

TEST(standard_codes_are_not_vendors)
{
    CHECK_INT(deviations_of(framed(CP17(
                  "w01018-Rtd=1;a0502408-Rtd=1;e30101-Rtd=1;g10199-Rtd=1;"
                  "LA-Rtd=1;Leq-Rtd=1;SB1-RS=1;SB12-RT=1;011-Rtd=1;02-Rtd=1;"
                  "B01-Rtd=1;S08-Rtd=1;d20101-Rtd=1;p12345-Rtd=A"))),
              DEV(VALUE_NOT_NUMBER));
}

TEST(items_fused)
{
    check_tolerated(framed(CP17("w01018-Flag=Nw20144-Rtd=10;w01001-Rtd=7")),
                    DEV(ITEMS_FUSED));
    CHECK_INT(frame.value_count, 2);
    CHECK_SPAN(frame.values[1].name, "w01001-Rtd");
}

TEST(value_empty)
{
    check_tolerated(framed(CP17("a01013-SampleTime=,a01013-Rtd=1")),
                    DEV(VALUE_EMPTY));
    CHECK(!frame.values[1].is_number);
}

TEST(value_not_number)
{
    check_tolerated(framed(CP17("w01018-Rtd=NaN")), DEV(VALUE_NOT_NUMBER));
    CHECK(!frame.values[1].is_number);
}

TEST(value_negative)
{
    check_tolerated(framed(CP17("a34004-Rtd=-0.3")), DEV(VALUE_NEGATIVE));
    CHECK_INT(frame.values[1].number.mantissa, -3);
    /* a temperature may */
    CHECK_INT(deviations_of(framed(CP17("a01001-Rtd=-10.3"))), 0);
}

TEST(value_sentinel)
{
    check_tolerated(framed(CP17("a01001-Rtd=-99.00")), DEV(VALUE_SENTINEL));
    check_tolerated(framed(CP17("a34004-Rtd=9999")), DEV(VALUE_SENTINEL));
    CHECK_INT(deviations_of(framed(CP17("a34004-Rtd=999;a34002-Rtd=9998"))), 0);
}

TEST(values_all_zero)
{
    check_tolerated(framed(CP17("a34004-Rtd=0;a34002-Rtd=0.0;a21026-Rtd=0")),
                    DEV(VALUES_ALL_ZERO));
    CHECK_INT(deviations_of(framed(CP17("a34004-Rtd=0;a34002-Rtd=1;"
                                        "a21026-Rtd=0"))),
              0);
}

TEST(zero_flagged)
{
    check_tolerated(framed(CP17("a34004-Rtd=0.000,a34004-Flag=D;"
                                "a34002-Rtd=1,a34002-Flag=D")),
                    DEV(ZERO_FLAGGED));
}

TEST(text_gbk)
{
    check_tolerated(framed(CP17("i11001-Info=//\xc7\xe5\xcf\xb4//")),
                    DEV(TEXT_GBK));
}

TEST(text_bytes)
{
    check_tolerated(framed(CP17("i11001-Info=//\xff\xfe//")), DEV(TEXT_BYTES));
}

/* ---- time ---- */

TEST(time_milliseconds)
{
    int64_t at_s;

    check_tolerated(framed(HEAD17 "CP=&&DataTime=20160801085857123&&"),
                    DEV(TIME_MILLISECONDS));
    CHECK_INT(hj212_time_field(&frame, "DataTime", &at_s), OK);
    CHECK_INT(at_s, 1470013137);
}

TEST(time_malformed)
{
    check_refused(framed(HEAD17 "CP=&&DataTime=201608010858571&&"),
                  DEV(TIME_MALFORMED), HJ212_BAD_TIME);
    check_refused(framed(HEAD17 "CP=&&DataTime=20160230085857&&"),
                  DEV(TIME_MALFORMED), HJ212_BAD_TIME);
}

TEST(time_reset)
{
    check_tolerated(framed(HEAD17 "CP=&&DataTime=19700101080000&&"),
                    DEV(TIME_RESET));
}

TEST(time_future_and_time_late)
{
    const int64_t at_s = 1470013137;

    CHECK_INT(deviations_of(framed(DATA17)), 0);
    CHECK_INT(hj212_time_deviations(&frame, at_s - 300), 0);
    CHECK_INT(hj212_time_deviations(&frame, at_s - 301), DEV(TIME_FUTURE));
    CHECK_INT(hj212_time_deviations(&frame, at_s + 86400), 0);
    CHECK_INT(hj212_time_deviations(&frame, at_s + 86401), DEV(TIME_LATE));
    mark_seen(DEV(TIME_FUTURE) | DEV(TIME_LATE));
}

TEST(sample_old)
{
    check_tolerated(framed(CP17("w21003-SampleTime=20160801040000,"
                                "w21003-Rtd=1.0,w21003-Flag=N")),
                    DEV(SAMPLE_OLD));
}

TEST(repeated_otherwise)
{
    static struct hj212_frame other;
    static char copy[512];
    struct span in = framed(DATA17);

    memcpy(copy, in.at, in.len);
    CHECK_INT(hj212_decode((struct span){copy, in.len}, NULL, &other),
              HJ212_OK);
    CHECK_INT(deviations_of(framed(DATA17)), 0);
    CHECK(!hj212_contradicts(&frame, &other));
    CHECK_INT(deviations_of(framed(CP17("w01018-Rtd=40.2,w01018-Flag=N"))), 0);
    CHECK(hj212_contradicts(&frame, &other));
    mark_seen(DEV(REPEATED_OTHERWISE));
}

/* ---- SM4 ---- */

static const uint8_t key[HJ212_SM4_KEY_LEN] = {
    '0', '0', '0', '0', '0', '0', '0', '0',
    '0', '0', '0', '0', '0', '0', '0', '0',
};

#define PLAIN_2025                                                             \
    "QN=20240520210700000;ST=31;CN=2051;PW=123456;MN=" MN17                    \
    ";Flag=9;CP=&&DataTime=20240520210600;a01011-Min=1.35,a01011-Avg=1.35,"    \
    "a01011-Max=1.35,a01011-Flag=N;a01014-Min=3.20,a01014-Avg=3.20,"           \
    "a01014-Max=3.20,a01014-Flag=N&&"

/* The plain frame with its data area encrypted. */
static struct span encrypted(struct buf *out)
{
    struct hj212_header header;

    CHECK_INT(hj212_decode(framed(PLAIN_2025), NULL, &frame), HJ212_OK);
    header = (struct hj212_header){
        .qn = frame.qn,
        .st = frame.st,
        .pw = frame.pw,
        .mn = frame.mn,
        .cn = frame.cn,
        .flag = frame.flag,
    };
    CHECK_INT(hj212_encode(&header, frame.cp, key, out), OK);
    return buf_span(out);
}

TEST(an_encrypted_frame_has_the_bytes_of_the_published_vector)
{
    static const unsigned char first[] = {0xE4, 0x3E, 0x15, 0x9A},
                               last[] = {0x0D, 0x03, 0xA4, 'g', '=',
                                         'N',  '&',  '&',  'B', '5',
                                         '4',  '1',  '\r', '\n'};
    struct buf out;
    struct span in;
    const char *cp;

    buf_init(&out, 4096);
    in = encrypted(&out);
    CHECK_INT(in.len, 246);
    cp = memmem(in.at, in.len, "CP=&&", 5);
    CHECK(cp != NULL);
    CHECK(memcmp(cp + 5, first, sizeof(first)) == 0);
    CHECK(memcmp(in.at + in.len - sizeof(last), last, sizeof(last)) == 0);
    buf_done(&out);
}

TEST(raw_cipher_is_opened_in_place)
{
    struct hj212_policy with_key = policy_with(0);
    struct buf out;
    struct span in;

    with_key.sm4_key = key;
    buf_init(&out, 4096);
    in = encrypted(&out);
    CHECK_INT(hj212_decode(in, NULL, &frame), HJ212_NO_KEY);
    CHECK_INT(hj212_decode(in, &with_key, &frame), HJ212_OK);
    CHECK_INT(frame.deviations, 0);
    CHECK(frame.encrypted);
    CHECK_SPAN(frame.segment, PLAIN_2025);
    CHECK_SPAN(hj212_field(&frame, "a01014-Avg")->text, "3.20");
    buf_done(&out);
}

TEST(a_wrong_key_opens_nothing_and_changes_nothing)
{
    struct hj212_policy with_key = policy_with(0);
    struct buf out;
    struct span in;

    with_key.sm4_key = (const uint8_t *)"0123456789abcdef";
    buf_init(&out, 4096);
    in = encrypted(&out);
    CHECK_INT(hj212_decode(in, &with_key, &frame), HJ212_BAD_CRC);
    with_key.sm4_key = key;
    CHECK_INT(hj212_decode(in, &with_key, &frame), HJ212_OK);
    buf_done(&out);
}

TEST(a_wrong_key_opens_no_frame_by_chance)
{
    struct hj212_policy with_key = policy_with(0);
    struct buf out;
    uint8_t wrong[HJ212_SM4_KEY_LEN] = {0};

    with_key.sm4_key = wrong;
    buf_init(&out, 4096);
    for (int i = 0; i < 2000; i++) { /* some eight of them have a right CRC */
        memcpy(wrong, &i, sizeof(i));
        buf_clear(&out);
        CHECK_INT(hj212_decode(encrypted(&out), &with_key, &frame),
                  HJ212_BAD_CRC);
    }
    buf_done(&out);
}

/* The cipher as {0xE4,...}, under the printed or under the plain length. */
static struct span printed_cipher(bool plain_length)
{
    static char text[4096];
    struct buf out;
    struct span in;
    size_t at, blocks = 144;

    buf_init(&out, 4096);
    in = encrypted(&out);
    at = (size_t)((const char *)memmem(in.at, in.len, "CP=&&", 5) - in.at) + 5;
    memcpy(text, in.at, at);
    for (size_t i = 0; i < blocks; i++)
        snprintf(text + at + 5 * i, 7, "%c0x%02X", i ? ',' : '{',
                 (unsigned char)in.at[at + i]);
    snprintf(text + at + 5 * blocks, 32, "}%.*s", (int)(in.len - at - blocks),
             in.at + at + blocks);
    if (!plain_length) {
        char digits[8];

        snprintf(digits, sizeof(digits), "%04zu", strlen(text) - 12);
        memcpy(text + 2, digits, 4);
    }
    buf_done(&out);
    return printed(text);
}

TEST(sm4_printed)
{
    for (int plain_length = 0; plain_length < 2; plain_length++) {
        struct hj212_policy with_key = policy_with(0);
        struct span in = printed_cipher(plain_length);
        size_t consumed;
        struct hj212_policies policies = {NULL, NULL};

        with_key.sm4_key = key;
        CHECK(hj212_receive(in, &policies, &frame, &consumed) != HJ212_OK);
        CHECK_INT(hj212_decode(in, &with_key, &frame), HJ212_OK);
        CHECK_INT(frame.deviations, DEV(SM4_PRINTED));
        CHECK_SPAN(frame.segment, PLAIN_2025);
        CHECK_INT(frame.raw.len, 246);

        with_key.tolerated &= ~DEV(SM4_PRINTED);
        CHECK_INT(hj212_decode(printed_cipher(plain_length), &with_key, &frame),
                  HJ212_DEVIATION);
    }
    mark_seen(DEV(SM4_PRINTED));
}

/* Runs last: the tests register themselves in the order of the file. */
TEST(no_deviation_is_without_its_test)
{
    for (int i = 0; i < HJ212_DEVIATION_COUNT; i++) {
        enum hj212_deviation back = HJ212_DEVIATION_COUNT;
        const char *name = hj212_deviation_name((enum hj212_deviation)i);

        if (!seen[i])
            print_error("%s has no test\n", name);
        CHECK(seen[i]);
        CHECK(hj212_deviation_parse(span_of(name), &back));
        CHECK_INT(back, i);
    }
}
