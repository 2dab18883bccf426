#include "storage/series/block.h"

#include "base/test.h"
#include "storage/series/series_test_kit.h"

static uint64_t state = 88172645463325252u;

static uint64_t draw(uint64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (state >> 11) % below;
}

/* ---- streams ---- */

/* Coded and decoded again; returns the bytes it took. */
static size_t there_and_back(const int64_t *values, size_t count)
{
    struct codec codec;
    struct cursor in;
    struct buf bytes;
    int64_t *back = memory_new(count + 1, sizeof *back);
    size_t len;

    codec_init(&codec);
    buf_init(&bytes, BLOCK_BYTES_MAX);
    stream_encode(&codec, values, count, &bytes);
    len = bytes.len;
    in = (struct cursor){(unsigned char *)bytes.at, (unsigned char *)bytes.at,
                         false};
    if (len) /* nothing has no address to count from */
        in.end += len;
    stream_decode(&codec, &in, back, count);
    CHECK(!in.bad);
    CHECK(in.at == in.end);
    for (size_t i = 0; i < count; i++)
        CHECK_INT(back[i], values[i]);
    buf_done(&bytes);
    codec_done(&codec);
    free(back);
    return len;
}

TEST(a_constant_takes_two_bytes)
{
    int64_t values[5000];

    for (size_t i = 0; i < LENGTH(values); i++)
        values[i] = -60;
    CHECK_INT(there_and_back(values, LENGTH(values)), 2);
    CHECK_INT(there_and_back(values, 1), 2);
    CHECK_INT(there_and_back(values, 0), 0);
}

TEST(a_few_exceptions_take_a_few_bytes)
{
    int64_t values[1440];

    for (size_t i = 0; i < LENGTH(values); i++)
        values[i] = i % 50 == 7 ? 120 : 60;
    CHECK(there_and_back(values, LENGTH(values)) < 96);
    values[0] = INT64_MIN;
    values[1439] = INT64_MAX;
    CHECK(there_and_back(values, LENGTH(values)) < 130);
}

TEST(numbers_of_every_width_come_back)
{
    int64_t values[700];

    for (int width = 0; width < 64; width++) {
        for (size_t i = 0; i < LENGTH(values); i++) {
            uint64_t bits = draw(UINT64_MAX) << 11 ^ draw(1 << 20);

            values[i] = (int64_t)(bits >> (63 - width));
            if (draw(2))
                values[i] = -values[i];
        }
        for (size_t count = 1; count < LENGTH(values); count += 127)
            CHECK(there_and_back(values, count) <= count * 9 + 16);
    }
    for (size_t i = 0; i < LENGTH(values); i++)
        values[i] = i % 2 ? INT64_MIN : INT64_MAX;
    there_and_back(values, LENGTH(values));
}

TEST(a_slow_walk_takes_less_than_half_a_byte)
{
    int64_t values[1440];

    for (size_t i = 0; i < LENGTH(values); i++)
        values[i] = __builtin_popcountll(draw(1 << 10)) - 5;
    CHECK(there_and_back(values, LENGTH(values)) < 1440 / 2);
}

/* ---- blocks ---- */

static struct reading draw_reading(int64_t start_s)
{
    struct reading r = kit_reading(start_s, 300 + (int64_t)draw(50), -1);

    r.arrival_us = arrival_minute(r.arrival_us);
    if (draw(10) == 0)
        r.number[0].exponent = (int8_t)(-(int)draw(5));
    if (draw(10) == 0)
        r.flag = "DMCBF"[draw(5)];
    if (draw(20) == 0)
        r.present = (uint8_t)draw(1 << READING_COLUMNS);
    if (draw(40) == 0)
        r.quality = (uint32_t)draw(1 << QUALITY_COUNT);
    for (int c = 1; c < READING_COLUMNS; c++) {
        if (r.present & (1 << c))
            r.number[c] = DECIMAL((int64_t)draw(1 << 30), -3);
    }
    if (!(r.present & READING_VALUE))
        r.text = SPAN("<0.05");
    return r;
}

TEST(random_blocks_come_back)
{
    struct codec codec;
    struct columns in, out;
    struct buf bytes;

    codec_init(&codec);
    columns_init(&in);
    columns_init(&out);
    buf_init(&bytes, BLOCK_BYTES_MAX);
    for (int round = 0; round < 300; round++) {
        int64_t start_s = DAY0 + (int64_t)draw(1000);
        size_t count = 1 + draw(round % 10 ? 200 : 3000);

        columns_clear(&in);
        for (size_t i = 0; i < count; i++) {
            struct reading r = draw_reading(start_s);
            bool corrected = draw(30) == 0;

            if (corrected)
                r.arrival_us += (int64_t)draw(100000000);
            columns_add(&in, &r, corrected);
            start_s += draw(20) ? 60 : 1 + (int64_t)draw(10000);
        }
        buf_clear(&bytes);
        block_encode(&codec, &in, &bytes);
        CHECK_INT(block_decode(&codec, buf_span(&bytes), count, &out), OK);
        CHECK_INT(out.count, count);
        for (size_t i = 0; i < count; i++) {
            struct reading a, b;

            columns_get(&in, i, &a);
            columns_get(&out, i, &b);
            CHECK_INT(a.start_s, b.start_s);
            CHECK_INT(a.arrival_us, b.arrival_us);
            CHECK_INT(in.corrected[i], out.corrected[i]);
            CHECK_INT(a.flag, b.flag);
            CHECK_INT(a.quality, b.quality);
            CHECK_INT(a.present, b.present);
            CHECK(span_equal(a.text, b.text));
            for (int c = 0; c < READING_COLUMNS; c++) {
                CHECK_INT(a.number[c].mantissa, b.number[c].mantissa);
                CHECK_INT(a.number[c].exponent, b.number[c].exponent);
            }
        }
        CHECK_INT(block_decode(&codec, buf_span(&bytes), count - 1, &out),
                  ERR_CORRUPT);
    }
    buf_done(&bytes);
    columns_done(&in);
    columns_done(&out);
    codec_done(&codec);
}

TEST(a_day_of_minutes_and_flags_takes_little)
{
    struct codec codec;
    struct columns day;
    struct buf bytes;
    int64_t value = 350;

    codec_init(&codec);
    columns_init(&day);
    buf_init(&bytes, BLOCK_BYTES_MAX);
    for (int i = 0; i < 1440; i++) {
        struct reading r = kit_reading(DAY0 + i * 60LL, value, -1);

        value += __builtin_popcountll(draw(1 << 10)) - 5;
        r.arrival_us = arrival_minute(r.arrival_us);
        if (draw(50))
            columns_add(&day, &r, false);
    }
    block_encode(&codec, &day, &bytes);
    CHECK(bytes.len * 100 < 55 * (size_t)1440);
    buf_done(&bytes);
    columns_done(&day);
    codec_done(&codec);
}

TEST(no_byte_can_be_changed_unseen)
{
    struct codec codec;
    struct columns in, out;
    struct buf bytes;

    codec_init(&codec);
    columns_init(&in);
    columns_init(&out);
    buf_init(&bytes, BLOCK_BYTES_MAX);
    for (int i = 0; i < 100; i++) {
        struct reading r = draw_reading(DAY0 + i * 60LL);

        columns_add(&in, &r, false);
    }
    block_encode(&codec, &in, &bytes);
    for (size_t i = 0; i < bytes.len; i++) {
        bytes.at[i] ^= 0x10;
        CHECK_INT(block_decode(&codec, buf_span(&bytes), 100, &out),
                  ERR_CORRUPT);
        bytes.at[i] ^= 0x10;
        CHECK_INT(
            block_decode(&codec, span_first(buf_span(&bytes), i), 100, &out),
            ERR_CORRUPT);
    }
    buf_done(&bytes);
    columns_done(&in);
    columns_done(&out);
    codec_done(&codec);
}

TEST(crc32c_is_castagnolis)
{
    CHECK_INT(block_crc32c(0, SPAN("123456789")), 0xe3069283);
    CHECK_INT(block_crc32c(0, SPAN("")), 0);
    CHECK_INT(block_crc32c(block_crc32c(0, SPAN("12345")), SPAN("6789")),
              0xe3069283);
}

TEST(arrivals_are_kept_to_the_minute_rounded_up)
{
    const struct {
        int64_t us, minute;
    } cases[] = {
        {0, 0},
        {1, MINUTE_US},
        {MINUTE_US - 1, MINUTE_US},
        {MINUTE_US, MINUTE_US},
        {MINUTE_US + 1, 2 * MINUTE_US},
        {-1, 0},
        {-MINUTE_US, -MINUTE_US},
        {-MINUTE_US - 1, -MINUTE_US},
    };

    for (size_t i = 0; i < LENGTH(cases); i++)
        CHECK_INT(arrival_minute(cases[i].us), cases[i].minute);
}

/* ---- sums ---- */

TEST(sums_come_back_and_meet_exactly)
{
    struct series_summary a = {.sum = DECIMAL_SUM_ZERO}, b = a, back;
    struct reading r = kit_reading(DAY0, INT64_MAX, 0);
    struct buf bytes;

    buf_init(&bytes, 256);
    for (int i = 0; i < 1000; i++)
        summary_add(&a, &r);
    r.number[0] = DECIMAL(-1, -3);
    r.flag = 0;
    summary_add(&b, &r);
    r.flag = 'D';
    summary_add(&b, &r);
    summary_merge(&a, &b);
    CHECK_INT(a.count, 1001);
    CHECK_INT(a.count_all, 1002);
    CHECK_INT(a.sum.exponent, -3);
    CHECK(a.sum.mantissa == (__int128)INT64_MAX * 1000 * 1000 - 1);
    summary_encode(&a, &bytes);
    CHECK_INT(summary_decode(buf_span(&bytes), &back), OK);
    CHECK(back.sum.mantissa == a.sum.mantissa);
    CHECK_INT(back.min.mantissa, -1);
    CHECK_INT(back.min.exponent, -3);
    CHECK(back.max.mantissa == INT64_MAX);
    for (size_t i = 0; i < bytes.len; i++)
        CHECK_INT(summary_decode(span_first(buf_span(&bytes), i), &back),
                  ERR_CORRUPT);
    buf_done(&bytes);
}
