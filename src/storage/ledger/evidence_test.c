/* Damage anywhere is found and named; a proof holds without the ledger. */
#include "storage/ledger/inside.h"
#include "storage/ledger/testing.h"

enum { SMALL = 64 << 10 };

static const int64_t midnight_us = 1795017600LL * 1000000; /* 2026-11-19 */
static const int64_t day_us = 86400LL * 1000000;

/* Two days of records in several segments, the first day signed. */
static struct ledger *two_days(const char *dir)
{
    struct ledger *l = test_open(dir, SMALL);
    char text[64];

    for (int i = 1; i <= 3000; i++) {
        snprintf(text, sizeof(text), "##%04d of the first day &&", i);
        test_append_text(l, midnight_us + i, text);
    }
    test_append_text(l, midnight_us + day_us, "the second day");
    CHECK_INT(ledger_sign_days(l, midnight_us + day_us + 1), OK);
    return l;
}

static void check_damage(const char *dir, const char *words)
{
    struct ledger_report report;

    ledger_verify(dir, NULL, NULL, &report);
    CHECK(report.err != OK);
    if (!strstr(report.message, words))
        print_error("\"%s\" does not say \"%s\"\n", report.message, words);
    CHECK(strstr(report.message, words) != NULL);
}

TEST(what_is_being_written_can_be_proved_after_sealing)
{
    const char *dir = test_ledger();
    struct ledger *l = test_open(dir, SMALL);
    struct buf proof, why;

    buf_init(&proof, 1 << 20);
    buf_init(&why, 1 << 16);
    CHECK_INT(ledger_seal(l), OK); /* nothing to close */
    test_append_text(l, midnight_us, "a frame of this minute");
    CHECK_INT(ledger_prove(l, 1, &proof), ERR_BUSY);
    CHECK_INT(ledger_seal(l), OK);
    buf_clear(&proof);
    CHECK_INT(ledger_prove(l, 1, &proof), OK);
    /* consistent; only its day is not signed yet */
    CHECK_INT(ledger_check_proof(buf_span(&proof), &why), ERR_NOT_FOUND);
    test_append_text(l, midnight_us + 1, "and the next one goes on");
    CHECK_INT(ledger_last(l), 2);
    buf_done(&proof);
    buf_done(&why);
    ledger_close(l);
}

TEST(days_are_signed_once_and_in_order)
{
    const char *dir = test_ledger();
    struct ledger *l = two_days(dir);
    struct ledger_status status;
    struct ledger_report report;

    ledger_status(l, &status);
    CHECK_TEXT(status.last_day_signed, "2026-11-19");
    CHECK_INT(ledger_sign_days(l, midnight_us + day_us + 2), OK);
    ledger_verify(dir, NULL, NULL, &report);
    CHECK_INT(report.err, OK);
    CHECK_INT(report.days_signed, 1);
    CHECK_INT(report.records, 3001);
    CHECK_INT(ledger_sign_days(l, midnight_us + 2 * day_us), OK);
    ledger_verify(dir, NULL, NULL, &report);
    CHECK_INT(report.err, OK);
    CHECK_INT(report.days_signed, 2);
    ledger_close(l);
    l = test_open(dir, SMALL);
    ledger_status(l, &status);
    CHECK_TEXT(status.last_day_signed, "2026-11-20");
    ledger_close(l);
}

/* Goes on for as many steps as it was told. */
static bool count_down(void *context, uint64_t done, uint64_t total)
{
    int *left = context;

    CHECK(done <= total);
    return (*left)-- > 1;
}

TEST(a_check_can_be_broken_off)
{
    const char *dir = test_ledger();
    struct ledger_report report;
    int left = 3, all = 1000000;

    ledger_close(two_days(dir));
    ledger_verify(dir, count_down, &left, &report);
    CHECK_INT(report.err, ERR_CLOSED);
    CHECK_INT(left, 0); /* not asked again */
    CHECK(report.records < 3001);
    ledger_verify(dir, count_down, &all, &report);
    CHECK_INT(report.err, OK);
    CHECK_INT(report.records, 3001);
}

TEST(records_that_come_for_a_signed_day_are_signed_again)
{
    const char *dir = test_ledger();
    struct ledger *l = test_open(dir, SMALL);
    struct ledger_report report;

    test_append_text(l, midnight_us, "a");
    CHECK_INT(ledger_sign_days(l, midnight_us + day_us), OK);
    test_append_text(l, midnight_us + 5, "b"); /* the clock went back */
    CHECK_INT(ledger_sign_days(l, midnight_us + day_us), OK);
    ledger_close(l);
    ledger_verify(dir, NULL, NULL, &report);
    CHECK_INT(report.err, OK);
    CHECK_INT(report.days_signed, 2);
}

TEST(a_flipped_bit_in_a_compressed_segment_is_found)
{
    const char *dir = test_ledger();
    size_t len;

    ledger_close(two_days(dir));
    free(test_load(dir, "000000000001.seg.zst", &len));
    for (size_t at = 0; at < len; at += 1 + at % 7) {
        test_flip(dir, "000000000001.seg.zst", at);
        check_damage(dir, "000000000001.seg.zst");
        test_flip(dir, "000000000001.seg.zst", at);
    }
    test_verifies(dir, 3001);
}

TEST(a_flipped_bit_anywhere_in_the_manifest_is_found)
{
    const char *dir = test_ledger();
    size_t len;

    ledger_close(two_days(dir));
    free(test_load(dir, MANIFEST_NAME, &len));
    for (size_t at = 0; at < len; at++) {
        struct ledger_report report;

        test_flip(dir, MANIFEST_NAME, at);
        ledger_verify(dir, NULL, NULL, &report);
        if (report.err == OK)
            print_error("byte %zu of the manifest\n", at);
        CHECK(report.err != OK);
        test_flip(dir, MANIFEST_NAME, at);
    }
    test_flip(dir, MANIFEST_NAME, 40);
    check_damage(dir, "manifest");
    test_flip(dir, MANIFEST_NAME, 40);
    test_verifies(dir, 3001);
}

TEST(a_flipped_bit_in_the_open_segment_is_found_and_stops_the_start)
{
    const char *dir = test_ledger();
    const char *name = "000000000000.seg";
    struct ledger *l = test_open(dir, SMALL);
    const size_t end = SEGMENT_DATA + 2 * record_size(9);

    test_append_text(l, 10, "payload 1");
    test_append_text(l, 20, "payload 2");
    ledger_close(l);
    for (size_t at = 0; at < end; at++) {
        test_flip(dir, name, at);
        check_damage(dir, name);
        if (at >= SEGMENT_DATA || at < SEGMENT_HEADER)
            CHECK(ledger_open(dir, NULL, &l) == ERR_CORRUPT);
        test_flip(dir, name, at);
    }
    l = test_open(dir, SMALL);
    CHECK_INT(ledger_last(l), 2);
    ledger_close(l);
}

TEST(a_missing_segment_is_named_and_stops_the_start)
{
    const char *dir = test_ledger();
    struct ledger *l = NULL;
    char path[512];

    ledger_close(two_days(dir));
    snprintf(path, sizeof(path), "%s/000000000001.seg.zst", dir);
    CHECK_INT(unlink(path), 0);
    check_damage(dir, "000000000001.seg.zst");
    CHECK_INT(ledger_open(dir, NULL, &l), ERR_CORRUPT);
}

/* Two raw segments, the first of them taken away: as if sealing had hung. */
TEST(a_missing_raw_segment_is_named)
{
    const char *dir = test_ledger();
    struct ledger *l = test_open(dir, SMALL);
    char from[512], to[512];

    test_append_text(l, 1, "a");
    ledger_close(l);
    snprintf(from, sizeof(from), "%s/000000000000.seg", dir);
    snprintf(to, sizeof(to), "%s/000000000001.seg", dir);
    CHECK_INT(rename(from, to), 0);
    check_damage(dir, "000000000000.seg: missing");
    CHECK_INT(ledger_open(dir, NULL, &l), ERR_CORRUPT);
}

TEST(the_oldest_segments_may_be_taken_away)
{
    const char *dir = test_ledger();
    struct ledger *l;
    struct ledger_report report;
    struct ledger_record r;
    struct buf payload;
    char path[512];

    buf_init(&payload, 1000);
    ledger_close(two_days(dir));
    snprintf(path, sizeof(path), "%s/000000000000.seg.zst", dir);
    CHECK_INT(unlink(path), 0);
    ledger_verify(dir, NULL, NULL, &report);
    CHECK_INT(report.err, OK);
    CHECK_INT(report.days_signed, 1);
    l = test_open(dir, SMALL);
    CHECK(ledger_first(l) > 1);
    CHECK_INT(ledger_read(l, 1, &r, &payload), ERR_NOT_FOUND);
    CHECK_INT(ledger_read(l, ledger_first(l), &r, &payload), OK);
    ledger_close(l);
    buf_done(&payload);
}

TEST(another_key_is_refused)
{
    const char *dir = test_ledger();
    const char *other = test_ledger();
    struct ledger *l = NULL;
    size_t len;
    char *pem = test_load(other, "key.pem", &len);

    test_save(dir, "key.pem", pem, len);
    free(pem);
    CHECK_INT(ledger_open(dir, NULL, &l), ERR_CORRUPT);
    pem = test_load(other, "public.pem", &len);
    test_save(dir, "public.pem", pem, len);
    free(pem);
    check_damage(dir, "public.pem");
}

/* ---- proofs ---- */

static enum err check(struct span json, const char *words)
{
    struct buf why;
    enum err err;

    buf_init(&why, 4096);
    err = ledger_check_proof(json, &why);
    CHECK(why.len > 0);
    if (words && !strstr(why.at, words)) {
        print_error("\"%s\" does not say \"%s\"\n", why.at, words);
        fail();
    }
    buf_done(&why);
    return err;
}

static void prove(struct ledger *l, uint64_t sequence, struct buf *json)
{
    buf_clear(json);
    CHECK_INT(ledger_prove(l, sequence, json), OK);
}

TEST(a_proof_is_checked_without_the_ledger)
{
    static const char *const algorithms[] = {"Ed25519", "SM2"};

    for (size_t i = 0; i < LENGTH(algorithms); i++) {
        const char *dir = test_directory();
        struct ledger *l;
        struct buf json;

        buf_init(&json, 1 << 20);
        CHECK_INT(ledger_init_with(dir, algorithms[i]), OK);
        l = two_days(dir);
        for (uint64_t sequence = 1; sequence <= 3000; sequence += 333) {
            prove(l, sequence, &json);
            CHECK_INT(check(buf_span(&json), "signed root of 20261119"), OK);
        }
        CHECK_INT(ledger_prove(l, 3001, &json), ERR_BUSY);
        CHECK_INT(ledger_prove(l, 3002, &json), ERR_NOT_FOUND);
        CHECK_INT(ledger_prove(l, 0, &json), ERR_NOT_FOUND);
        ledger_close(l);
        buf_done(&json);
    }
}

TEST(a_proof_of_an_unsigned_day_shows_nothing_and_says_so)
{
    const char *dir = test_ledger();
    struct ledger *l = test_open(dir, SMALL);
    struct buf json;

    buf_init(&json, 1 << 20);
    for (int i = 1; i <= 2000; i++)
        test_append_text(l, midnight_us + i, "some frame or other");
    ledger_close(l);
    l = test_open(dir, SMALL);
    prove(l, 1, &json);
    CHECK_INT(check(buf_span(&json), "not signed yet"), ERR_NOT_FOUND);
    ledger_close(l);
    buf_done(&json);
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* Every character that could carry meaning, replaced by its neighbour. */
TEST(a_proof_with_any_character_altered_fails)
{
    const char *dir = test_ledger();
    struct ledger *l = two_days(dir);
    struct buf json;

    buf_init(&json, 1 << 20);
    prove(l, 1700, &json);
    for (size_t i = 0; i < json.len; i++) {
        char was = json.at[i];

        if (!is_hex(was))
            continue;
        json.at[i] = was == '0' ? '1' : '0';
        if (check(buf_span(&json), NULL) == OK) {
            print_error("at %zu: %.40s\n", i, json.at + i);
            fail();
        }
        json.at[i] = was;
    }
    CHECK_INT(check(buf_span(&json), NULL), OK);
    for (size_t len = 0; len < json.len; len += 13)
        CHECK_INT(check(span_first(buf_span(&json), len), NULL), ERR_INVALID);
    ledger_close(l);
    buf_done(&json);
}

TEST(what_is_no_proof_is_refused)
{
    static const char *const cases[] = {
        "",
        "null",
        "[]",
        "{}",
        "{\"format\":\"shangyou-ledger-proof-2\"}",
        "{\"format\":\"shangyou-ledger-proof-1\"}",
        "{\"format\":\"shangyou-ledger-proof-1\",\"record\":7}",
        "{\"format\":\"shangyou-ledger-proof-1\",\"record\":{}}",
    };

    for (size_t i = 0; i < LENGTH(cases); i++)
        CHECK_INT(check(span_of(cases[i]), NULL), ERR_INVALID);
}
