#include "storage/ledger/crc32c.h"
#include "storage/ledger/inside.h"
#include "storage/ledger/testing.h"

#include "base/datetime.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

enum { SMALL = 64 << 10 };

/* ---- parts ---- */

TEST(crc32c_is_the_published_one_by_instruction_and_by_table)
{
    char text[100];

    CHECK_INT(crc32c(0, "123456789", 9), 0xe3069283);
    CHECK_INT(crc32c_by_table(0, "123456789", 9), 0xe3069283);
    for (size_t len = 0; len < sizeof(text); len++) {
        text[len] = (char)(len * 37);
        CHECK_INT(crc32c(7, text, len), crc32c_by_table(7, text, len));
        CHECK_INT(
            crc32c(crc32c(0, text, len / 3), text + len / 3, len - len / 3),
            crc32c(0, text, len));
    }
}

TEST(sm3_is_the_one_of_gb_t_32905)
{
    struct hash hash = hash_of(SPAN("abc"));
    char hex[HASH_HEX_LEN + 1];

    hex_format((struct span){(const char *)hash.at, sizeof(hash.at)}, hex);
    CHECK_TEXT(hex, "66c7f0f462eeedd9d1f2d46bdc10e4e2"
                    "4167c4875cf2f7a2297da02b8f4ba8e0");
}

TEST(every_leaf_of_every_small_tree_climbs_to_the_root)
{
    for (size_t count = 1; count <= 33; count++) {
        for (size_t index = 0; index < count; index++) {
            struct merkle_step steps[MERKLE_DEPTH_MAX];
            struct merkle tree = {0};
            struct hash leaves[33], mine, root, other;
            size_t depth;

            for (size_t i = 0; i < count; i++) {
                leaves[i] = merkle_leaf((struct span){(const char *)&i, 1});
                merkle_add(&tree, leaves[i]);
            }
            mine = leaves[index];
            depth = merkle_path(leaves, count, index, steps);
            root = merkle_root(&tree);
            mine = merkle_climb(mine, steps, depth);
            CHECK(hash_equal(&mine, &root));
            other = merkle_climb(merkle_leaf(SPAN("x")), steps, depth);
            CHECK(!hash_equal(&other, &root));
        }
    }
}

TEST(both_kinds_of_key_sign_and_check)
{
    static const char *const algorithms[] = {"Ed25519", "SM2"};

    for (size_t i = 0; i < LENGTH(algorithms); i++) {
        struct sign_key *key = NULL, *again = NULL, *public = NULL;
        unsigned char signature[SIGN_MAX];
        size_t len = 0;
        struct buf pem;
        struct span sig;

        buf_init(&pem, 8192);
        CHECK_INT(sign_key_new(algorithms[i], &key), OK);
        CHECK_INT(sign_key_private_pem(key, &pem), OK);
        CHECK_INT(sign_key_from_private(buf_span(&pem), &again), OK);
        buf_clear(&pem);
        CHECK_INT(sign_key_public_pem(key, &pem), OK);
        CHECK_INT(sign_key_from_public(buf_span(&pem), &public), OK);
        CHECK_TEXT(sign_key_algorithm(public), algorithms[i]);
        CHECK_INT(sign_text(again, SPAN("day"), signature, &len), OK);
        sig = (struct span){(const char *)signature, len};
        CHECK_INT(sign_check(public, SPAN("day"), sig), OK);
        CHECK_INT(sign_check(public, SPAN("dax"), sig), ERR_INVALID);
        signature[len / 2] ^= 1;
        CHECK_INT(sign_check(public, SPAN("day"), sig), ERR_INVALID);
        sign_key_free(key);
        sign_key_free(again);
        sign_key_free(public);
        buf_done(&pem);
    }
    CHECK_INT(sign_key_new("RSA", &(struct sign_key *){NULL}), ERR_UNSUPPORTED);
}

/* ---- a ledger's life ---- */

TEST(what_was_committed_is_there_after_reopening)
{
    const char *dir = test_ledger();
    struct ledger *l = test_open(dir, SMALL);
    struct ledger_record records[3] = {
        {.source = 7, .kind = LEDGER_FRAME, .payload = SPAN("##0004one")},
        {.source = 8, .kind = LEDGER_DOWN, .payload = SPAN("")},
        {.source = 0, .kind = LEDGER_OVERLAY, .payload = SPAN("{\"a\":1}")},
    };

    CHECK_INT(ledger_last(l), 0);
    CHECK_INT(ledger_first(l), 1);
    CHECK_INT(ledger_append(l, 1000, records, 3), OK);
    CHECK_INT(records[2].sequence, 3);
    CHECK_INT(ledger_last(l), 0);
    CHECK_INT(ledger_commit(l), OK);
    CHECK_INT(ledger_last(l), 3);
    ledger_close(l);

    l = test_open(dir, SMALL);
    CHECK_INT(ledger_last(l), 3);
    test_check_record(l, 1, 1000, LEDGER_FRAME, "##0004one");
    test_check_record(l, 2, 1000, LEDGER_DOWN, "");
    test_check_record(l, 3, 1000, LEDGER_OVERLAY, "{\"a\":1}");
    test_append_text(l, 2000, "four");
    test_check_record(l, 4, 2000, LEDGER_FRAME, "four");
    ledger_close(l);
    test_verifies(dir, 4);
}

TEST(arrivals_never_fall_even_when_the_clock_does)
{
    const char *dir = test_ledger();
    struct ledger *l = test_open(dir, SMALL);

    test_append_text(l, 5000, "a");
    test_append_text(l, 3000, "b");
    test_append_text(l, -1, "c");
    test_check_record(l, 3, 5000, LEDGER_FRAME, "c");
    ledger_close(l);
    l = test_open(dir, SMALL);
    test_append_text(l, 1, "d");
    test_check_record(l, 4, 5000, LEDGER_FRAME, "d");
    ledger_close(l);
    test_verifies(dir, 4);
}

TEST(many_segments_are_sealed_compressed_and_read_alike)
{
    const char *dir = test_ledger();
    struct ledger *l = test_open(dir, SMALL);
    struct ledger_status status;
    struct ledger_cursor *c = NULL;
    struct ledger_record r;
    char text[64];

    for (int i = 1; i <= 5000; i++) {
        snprintf(text, sizeof(text), "frame %d of many %d", i, i * 7919);
        test_append_text(l, i * 10LL, text);
    }
    ledger_close(l);
    l = test_open(dir, SMALL);
    ledger_status(l, &status);
    CHECK(status.segments > 3);
    CHECK_INT(status.sealed, status.segments - 1);
    CHECK_INT(status.compressed, status.sealed);
    CHECK_INT(status.last, 5000);
    CHECK(status.last_root_hex[0]);
    for (int i = 1; i <= 5000; i += 97) {
        snprintf(text, sizeof(text), "frame %d of many %d", i, i * 7919);
        test_check_record(l, (uint64_t)i, i * 10LL, LEDGER_FRAME, text);
    }
    CHECK_INT(ledger_cursor_open(l, 0, &c), OK);
    for (int i = 1; i <= 5000; i++) {
        snprintf(text, sizeof(text), "frame %d of many %d", i, i * 7919);
        CHECK_INT(ledger_cursor_next(c, &r), OK);
        CHECK_INT(r.sequence, i);
        CHECK_SPAN(r.payload, text);
    }
    CHECK_INT(ledger_cursor_next(c, &r), ERR_NOT_FOUND);
    test_append_text(l, 60000, "later");
    CHECK_INT(ledger_cursor_next(c, &r), OK);
    CHECK_SPAN(r.payload, "later");
    ledger_cursor_close(c);
    for (int i = 1; i <= 5000; i += 61) {
        CHECK_INT(ledger_sequence_at(l, i * 10LL), i);
        CHECK_INT(ledger_sequence_at(l, i * 10LL - 9), i);
    }
    CHECK_INT(ledger_sequence_at(l, 0), 1);
    CHECK_INT(ledger_sequence_at(l, 60001), 5002);
    ledger_close(l);
    test_verifies(dir, 5001);
}

TEST(sizes_on_both_sides_of_the_limit)
{
    const char *dir = test_ledger();
    struct ledger *l = test_open(dir, SMALL);
    char *large = memory_new(LEDGER_PAYLOAD_MAX + 1, 1);
    struct ledger_record r = {.kind = LEDGER_FRAME,
                              .payload = {large, LEDGER_PAYLOAD_MAX + 1}};
    struct ledger_record out;
    struct buf payload;

    buf_init(&payload, LEDGER_PAYLOAD_MAX);
    memset(large, 'x', LEDGER_PAYLOAD_MAX + 1);
    CHECK_INT(ledger_append(l, 1, &r, 1), ERR_TOO_LARGE);
    r.payload.len = LEDGER_PAYLOAD_MAX;
    CHECK_INT(ledger_append(l, 1, &r, 1), OK);
    CHECK_INT(ledger_commit(l), OK);
    CHECK_INT(ledger_append(l, 1, NULL, 0), OK);
    test_append_text(l, 2, "small");
    for (int round = 0; round < 2; round++) {
        CHECK_INT(ledger_read(l, 1, &out, &payload), OK);
        CHECK_INT(out.payload.len, LEDGER_PAYLOAD_MAX);
        CHECK(memcmp(out.payload.at, large, LEDGER_PAYLOAD_MAX) == 0);
        CHECK_INT(ledger_read(l, 3, &out, &payload), ERR_NOT_FOUND);
        CHECK_INT(ledger_read(l, 0, &out, &payload), ERR_NOT_FOUND);
        ledger_close(l);
        l = test_open(dir, SMALL);
    }
    ledger_close(l);
    buf_done(&payload);
    free(large);
    test_verifies(dir, 2);
}

TEST(a_batch_larger_than_a_segment_stays_in_one_piece)
{
    const char *dir = test_ledger();
    struct ledger *l = test_open(dir, SMALL);
    struct ledger_record *records = memory_new(3000, sizeof(*records));
    struct ledger_status status;

    for (int i = 0; i < 3000; i++)
        records[i] = (struct ledger_record){.kind = LEDGER_FRAME,
                                            .payload = SPAN("0123456789")};
    CHECK_INT(ledger_append(l, 5, records, 3000), OK);
    CHECK_INT(ledger_commit(l), OK);
    test_check_record(l, 3000, 5, LEDGER_FRAME, "0123456789");
    ledger_status(l, &status);
    CHECK_INT(status.segments, 1);
    CHECK(status.bytes_on_disk > 3000UL * 48);
    ledger_close(l);
    free(records);
    test_verifies(dir, 3000);
}

TEST(a_day_ends_at_the_end_of_a_segment)
{
    const int64_t midnight_us = 1795017600LL * 1000000; /* 2026-11-19 Beijing */
    const char *dir = test_ledger();
    struct ledger *l = test_open(dir, SMALL);
    struct ledger_status status;

    CHECK_INT(ledger_day(midnight_us - 1), 20261118);
    CHECK_INT(ledger_day(midnight_us), 20261119);
    test_append_text(l, midnight_us - 2, "a");
    test_append_text(l, midnight_us - 1, "b");
    ledger_status(l, &status);
    CHECK_INT(status.segments, 1);
    test_append_text(l, midnight_us, "c");
    ledger_status(l, &status);
    CHECK_INT(status.segments, 2);
    ledger_close(l);
    test_verifies(dir, 3);
}

/* ---- who may open it ---- */

TEST(a_second_opener_is_busy_and_a_reader_is_not)
{
    const char *dir = test_ledger();
    struct ledger *l = test_open(dir, SMALL);
    struct ledger_options read_only = {.read_only = true};
    struct ledger *second = NULL;

    test_append_text(l, 1, "seen");
    CHECK_INT(ledger_open(dir, NULL, &second), ERR_BUSY);
    CHECK_INT(ledger_open(dir, &read_only, &second), OK);
    test_check_record(second, 1, 1, LEDGER_FRAME, "seen");
    ledger_close(second);
    ledger_close(l);
    l = test_open(dir, SMALL);
    ledger_close(l);
}

TEST(what_is_not_there_is_said)
{
    struct ledger *l = NULL;
    const char *dir = test_directory();

    CHECK_INT(ledger_open(dir, NULL, &l), ERR_NOT_FOUND);
    CHECK_INT(ledger_open("/nowhere/at/all", NULL, &l), ERR_NOT_FOUND);
    CHECK_INT(ledger_init("/nowhere/at/all"), ERR_NOT_FOUND);
    CHECK_INT(ledger_init(dir), OK);
    CHECK_INT(ledger_init(dir), ERR_EXISTS);
    CHECK_INT(test_mode(dir, "key.pem"), 0600);
}

TEST(a_directory_that_cannot_be_written_is_refused)
{
    const char *dir = test_ledger();
    struct ledger *l = NULL;
    enum err err;

    if (geteuid() == 0) {
        print_message("skip: root writes everywhere\n");
        return;
    }
    chmod(dir, 0500);
    err = ledger_open(dir, NULL, &l);
    chmod(dir, 0700);
    CHECK_INT(err, ERR_DENIED);
}

/* ---- reading while it is written ---- */

struct reader {
    struct ledger *ledger;
    uint64_t until;
    uint64_t seen;
    bool good;
};

static void *read_along(void *context)
{
    struct reader *reader = context;
    struct ledger_cursor *c = NULL;
    struct ledger_record r;

    reader->good = ledger_cursor_open(reader->ledger, 1, &c) == OK;
    while (reader->good && reader->seen < reader->until) {
        enum err err = ledger_cursor_next(c, &r);
        char text[32];

        if (err == ERR_NOT_FOUND) {
            sched_yield();
            continue;
        }
        snprintf(text, sizeof(text), "n%" PRIu64, reader->seen + 1);
        reader->good = err == OK && r.sequence == reader->seen + 1 &&
                       span_is(r.payload, text);
        reader->seen++;
    }
    ledger_cursor_close(c);
    return NULL;
}

TEST(readers_follow_the_committed_end_through_sealing)
{
    const char *dir = test_ledger();
    struct ledger *l = test_open(dir, SMALL);
    struct reader readers[2] = {{.ledger = l, .until = 20000},
                                {.ledger = l, .until = 20000}};
    pthread_t threads[2];

    for (int i = 0; i < 2; i++)
        CHECK_INT(pthread_create(&threads[i], NULL, read_along, &readers[i]),
                  0);
    for (int i = 1; i <= 20000; i++) {
        char text[32];

        snprintf(text, sizeof(text), "n%d", i);
        test_append_text(l, i, text);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
        CHECK(readers[i].good);
        CHECK_INT(readers[i].seen, 20000);
    }
    ledger_close(l);
    test_verifies(dir, 20000);
}
