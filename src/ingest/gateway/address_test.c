#include "ingest/gateway/address.h"

#include "base/test.h"
#include "ingest/gateway/recent.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>

static struct address address(const char *text)
{
    struct address a = {{0}};

    CHECK_INT(address_parse(span_of(text), &a), OK);
    return a;
}

TEST(addresses_are_read_and_written)
{
    char text[ADDRESS_TEXT];

    address_text(address("192.0.2.7"), 4711, text);
    CHECK_TEXT(text, "192.0.2.7:4711");
    address_text(address("192.0.2.7:80"), 4711, text);
    CHECK_TEXT(text, "192.0.2.7:4711");
    address_text(address("[2001:db8::1]:80"), 4711, text);
    CHECK_TEXT(text, "[2001:db8::1]:4711");
    address_text(address("2001:db8::1"), 0, text);
    CHECK_TEXT(text, "[2001:db8::1]:0");
    address_text(address("::ffff:192.0.2.7"), 1, text);
    CHECK_TEXT(text, "192.0.2.7:1");
}

TEST(what_is_no_address_is_refused)
{
    static const char *const bad[] = {
        "",          "localhost",         "192.0.2", "192.0.2.256",
        "1.2.3.4.5", "2001:db8::1::2",    "::::",    "[]:80",
        "x",         "999999999999999999"};
    struct address a;

    for (size_t i = 0; i < LENGTH(bad); i++)
        CHECK_INT(address_parse(span_of(bad[i]), &a), ERR_SYNTAX);
}

TEST(an_address_is_in_its_block_on_both_sides_of_the_edge)
{
    static const struct {
        const char *address, *block;
        bool in;
    } cases[] = {
        {"10.20.0.0", "10.20.0.0/16", true},
        {"10.20.255.255", "10.20.0.0/16", true},
        {"10.21.0.0", "10.20.0.0/16", false},
        {"10.19.255.255", "10.20.0.0/16", false},
        {"10.20.3.7", "10.20.3.7", true},
        {"10.20.3.8", "10.20.3.7", false},
        {"10.20.3.7", "10.20.3.6/31", true},
        {"10.20.3.8", "10.20.3.6/31", false},
        {"10.20.3.7", "0.0.0.0/0", true},
        {"2001:db8::7", "2001:db8::/32", true},
        {"2001:db9::7", "2001:db8::/32", false},
        {"2001:db8::7", "0.0.0.0/0", false},
        {"::ffff:10.1.1.1", "10.0.0.0/8", true},
        {"10.1.1.1", "::ffff:10.0.0.0/104", true},
        {"10.1.1.1", "10.0.0.0/33", false},
        {"10.1.1.1", "10.0.0.0/x", false},
        {"10.1.1.1", "/8", false},
        {"10.1.1.1", "", false},
        {"10.1.1.1", " 10.0.0.0/8 ", true},
    };

    for (size_t i = 0; i < LENGTH(cases); i++) {
        if (address_in(address(cases[i].address), span_of(cases[i].block)) !=
            cases[i].in)
            fail_msg("%s in %s", cases[i].address, cases[i].block);
    }
}

TEST(what_is_listened_on_has_a_port)
{
    struct sockaddr_storage name;
    struct address a;
    socklen_t len;
    int port;

    CHECK_INT(address_listen(SPAN("0.0.0.0:8212"), &name, &len), OK);
    CHECK_INT(address_of(&name, &a, &port), OK);
    CHECK_INT(port, 8212);
    CHECK_INT(address_listen(SPAN("[::1]:65535"), &name, &len), OK);
    CHECK_INT(address_of(&name, &a, &port), OK);
    CHECK_INT(port, 65535);
    CHECK_INT(name.ss_family, AF_INET6);
    CHECK_INT(address_listen(SPAN("127.0.0.1"), &name, &len), ERR_SYNTAX);
    CHECK_INT(address_listen(SPAN("127.0.0.1:65536"), &name, &len), ERR_SYNTAX);
    CHECK_INT(address_listen(SPAN("127.0.0.1:-1"), &name, &len), ERR_SYNTAX);
    CHECK_INT(address_listen(SPAN(":80"), &name, &len), ERR_SYNTAX);
    CHECK_INT(address_listen(SPAN(""), &name, &len), ERR_SYNTAX);
}

TEST(the_book_counts_for_each_address)
{
    struct address_book *book = address_book_new();

    CHECK(address_book_enter(book, address("10.0.0.1"), 2));
    CHECK(address_book_enter(book, address("10.0.0.1"), 2));
    CHECK(!address_book_enter(book, address("10.0.0.1"), 2));
    CHECK(address_book_enter(book, address("10.0.0.2"), 2));
    address_book_leave(book, address("10.0.0.1"));
    CHECK(address_book_enter(book, address("10.0.0.1"), 2));
    address_book_leave(book, address("10.0.0.9")); /* never came */
    for (int i = 0; i < 3000; i++) {
        char text[32];

        snprintf(text, sizeof(text), "10.1.%d.%d", i / 250, i % 250);
        CHECK(address_book_enter(book, address(text), 1));
        CHECK(!address_book_enter(book, address(text), 1));
    }
    address_book_free(book);
    address_book_free(NULL);
}

/* ---- what came lately ---- */

TEST(a_frame_is_new_then_pending_then_durable)
{
    struct recent r = {0};
    uint16_t slot, other;
    uint64_t hash = recent_hash(SPAN("##0000"), 7);

    CHECK_INT(recent_meet(&r, hash, &slot), RECENT_NEW);
    CHECK_INT(recent_meet(&r, hash, &other), RECENT_PENDING);
    CHECK_INT(other, slot);
    recent_settle(&r, hash, slot, true);
    CHECK_INT(recent_meet(&r, hash, &other), RECENT_DURABLE);
    recent_done(&r);
}

TEST(a_frame_that_was_not_stored_is_new_again)
{
    struct recent r = {0};
    uint16_t slot;
    uint64_t hash = recent_hash(SPAN("##0000"), 7);

    CHECK_INT(recent_meet(&r, hash, &slot), RECENT_NEW);
    recent_settle(&r, hash, slot, false);
    CHECK_INT(recent_meet(&r, hash, &slot), RECENT_NEW);
    recent_done(&r);
}

TEST(the_last_ones_are_remembered_and_no_more)
{
    struct recent r = {0};
    uint16_t slot;

    for (uint64_t i = 1; i <= RECENT_MAX + 1; i++)
        CHECK_INT(recent_meet(&r, i, &slot), RECENT_NEW);
    for (uint64_t i = 2; i <= RECENT_MAX + 1; i++)
        CHECK_INT(recent_meet(&r, i, &slot), RECENT_PENDING);
    CHECK_INT(recent_meet(&r, 1, &slot), RECENT_NEW); /* forgotten */
    recent_settle(&r, 2, slot, true); /* not in that place any more */
    CHECK_INT(recent_meet(&r, 1, &slot), RECENT_PENDING);
    recent_done(&r);
}

TEST(hashes_differ_by_byte_length_and_seed)
{
    char zeros[64] = {0};
    uint64_t seen[128];
    size_t n = 0;

    for (size_t len = 0; len < sizeof(zeros); len++)
        seen[n++] = recent_hash((struct span){zeros, len}, 7);
    for (size_t i = 0; i < sizeof(zeros); i++) {
        zeros[i] = 1;
        seen[n++] = recent_hash((struct span){zeros, sizeof(zeros)}, 7);
        zeros[i] = 0;
    }
    for (size_t i = 0; i < n; i++) {
        CHECK(seen[i] != 0);
        for (size_t k = 0; k < i; k++)
            CHECK(seen[i] != seen[k]);
    }
    CHECK(recent_hash(SPAN("a"), 7) != recent_hash(SPAN("a"), 8));
}
