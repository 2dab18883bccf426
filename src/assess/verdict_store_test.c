#include "assess/verdict_store.h"

#include "assess/verdict_bytes.h"
#include "base/test.h"

#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

/* A store in a file of its own, and the connection of who flushes. */
struct kit {
    char path[64];
    struct verdict_store *store;
    sqlite3 *db;
    struct arena arena;
};

static void kit_open(struct kit *kit)
{
    CHECK_INT(verdict_store_open(kit->path, false, &kit->store), OK);
    CHECK_INT(sqlite3_open(kit->path, &kit->db), SQLITE_OK);
}

static void kit_close(struct kit *kit)
{
    verdict_store_close(kit->store);
    sqlite3_close(kit->db);
}

static void kit_init(struct kit *kit)
{
    int fd;

    *kit = (struct kit){.path = "/tmp/verdict-store-XXXXXX"};
    fd = mkstemp(kit->path);
    CHECK(fd >= 0);
    close(fd);
    arena_init(&kit->arena);
    kit_open(kit);
}

static void kit_done(struct kit *kit)
{
    static const char *const tails[] = {"", "-wal", "-shm"};

    kit_close(kit);
    arena_done(&kit->arena);
    for (size_t i = 0; i < LENGTH(tails); i++) {
        char path[80];

        snprintf(path, sizeof(path), "%s%s", kit->path, tails[i]);
        unlink(path);
    }
}

static void flush(struct kit *kit)
{
    CHECK_INT(sqlite3_exec(kit->db, "BEGIN", NULL, NULL, NULL), SQLITE_OK);
    CHECK_INT(verdict_store_write(kit->store, kit->db), OK);
    CHECK_INT(sqlite3_exec(kit->db, "COMMIT", NULL, NULL, NULL), SQLITE_OK);
    verdict_store_written(kit->store);
    CHECK_INT(verdict_store_unwritten(kit->store), 0);
}

static const struct verdict_item items[] = {
    {
        .factor = "a34004",
        .has_value = true,
        .value = {79, 0},
        .unit = "ug/m3",
        .period = "24h",
        .rating = 106,
        .has_limit = true,
        .limit = {750, -1},
        .has_multiple = true,
        .multiple = {5, -2},
        .decisive = true,
        .confidence = "high",
        .step_zh = "细颗粒物 79 落在 75 与 115 之间",
        .step_en = "79 lies between 75 and 115",
    },
    {
        .factor = "a21005",
        .unit = "mg/m3",
        .period = "1h",
        .rating = -1,
        .confidence = "",
        .step_zh = "缺",
        .step_en = "missing",
    },
};

/* An hour's index of a site; only the rating differs between them. */
static struct verdict hour(int32_t site, int64_t start_s, int rating)
{
    return (struct verdict){
        .kind = VERDICT_AQI_HOUR,
        .outcome = VERDICT_GIVEN,
        .site = site,
        .point = site * 10,
        .start_s = start_s,
        .cadence = CADENCE_HOUR,
        .edition = "HJ 633-2012",
        .rating = rating,
        .level = 3,
        .level_zh = "轻度污染",
        .level_en = "lightly polluted",
        .colour = "#ff7e00",
        .advice_zh = "",
        .advice_en = "",
        .summary_zh = "首要污染物 PM2.5",
        .summary_en = "primary pollutant PM2.5",
        .items = items,
        .item_count = LENGTH(items),
        .judged_us = start_s * 1000000,
        .cause = 17,
    };
}

static enum verdict_change put(struct kit *kit, struct verdict v)
{
    enum verdict_change change;

    CHECK_INT(verdict_store_put(kit->store, &v, &change), OK);
    return change;
}

static size_t list(struct kit *kit, struct verdict_filter filter,
                   struct verdict **out)
{
    size_t count;

    CHECK_INT(verdict_store_list(kit->store, &filter, NULL, 1000, &kit->arena,
                                 out, &count),
              OK);
    return count;
}

static struct verdict_filter of_site(int32_t site)
{
    return (struct verdict_filter){
        .site = site, .kind = VERDICT_KIND_COUNT, .cadence = CADENCE_COUNT};
}

TEST(a_verdict_comes_back_as_it_was_judged)
{
    struct kit kit;
    struct verdict got;

    kit_init(&kit);
    CHECK_INT(put(&kit, hour(1, 3600, 106)), VERDICT_NEW);
    for (int round = 0; round < 3; round++) {
        CHECK(verdict_store_newest(kit.store, VERDICT_AQI_HOUR, 1, 0,
                                   CADENCE_COUNT, &kit.arena, &got));
        CHECK_INT(got.rating, 106);
        CHECK_INT(got.version, 1);
        CHECK_INT(got.judged_us, 3600000000);
        CHECK_INT(got.cause, 17);
        CHECK_INT(got.point, 10);
        CHECK_TEXT(got.level_zh, "轻度污染");
        CHECK_TEXT(got.edition, "HJ 633-2012");
        CHECK_INT(got.item_count, 2);
        CHECK_TEXT(got.items[0].step_zh, items[0].step_zh);
        CHECK_INT(got.items[0].value.mantissa, 79);
        CHECK_INT(got.items[0].limit.exponent, -1);
        CHECK(got.items[0].decisive && got.items[0].has_multiple);
        CHECK(!got.items[1].has_value && !got.items[1].decisive);
        CHECK_INT(got.items[1].rating, -1);
        if (round == 0)
            flush(&kit);
        if (round == 1) {
            kit_close(&kit);
            kit_open(&kit);
        }
    }
    kit_done(&kit);
}

TEST(what_says_the_same_is_not_stored_again)
{
    struct kit kit;
    struct verdict again = hour(1, 3600, 106);
    enum verdict_change change;

    kit_init(&kit);
    CHECK_INT(put(&kit, hour(1, 3600, 106)), VERDICT_NEW);
    again.judged_us = 99;
    again.cause = 99;
    CHECK_INT(verdict_store_put(kit.store, &again, &change), OK);
    CHECK_INT(change, VERDICT_SAME);
    CHECK_INT(again.judged_us, 3600000000);
    CHECK_INT(again.cause, 17);
    CHECK_INT(verdict_store_unwritten(kit.store), 1);
    flush(&kit);
    CHECK_INT(put(&kit, hour(1, 3600, 106)), VERDICT_SAME);
    kit_done(&kit);
}

TEST(a_change_is_a_new_version_and_the_old_stays)
{
    struct kit kit;
    struct verdict *versions;
    struct verdict later = hour(1, 3600, 90);
    struct verdict_key key = {1, VERDICT_AQI_HOUR, 10, CADENCE_HOUR, 3600};
    struct verdict_filter f = of_site(1);
    size_t count;

    kit_init(&kit);
    put(&kit, hour(1, 3600, 106));
    put(&kit, hour(1, 7200, 50)); /* so that 3600 is not the newest */
    flush(&kit);
    later.judged_us = 9000000000;
    CHECK_INT(put(&kit, later), VERDICT_CHANGED);
    for (int round = 0; round < 2; round++) {
        CHECK_INT(verdict_store_versions(kit.store, &key, &kit.arena, &versions,
                                         &count),
                  OK);
        CHECK_INT(count, 2);
        CHECK_INT(versions[0].rating, 106);
        CHECK_INT(versions[1].rating, 90);
        CHECK_INT(versions[1].version, 2);
        CHECK_INT(list(&kit, f, &versions), 2);
        CHECK_INT(versions[0].rating, 90);
        flush(&kit);
    }
    f.as_of_us = 8999999999; /* what was known then */
    CHECK_INT(list(&kit, f, &versions), 2);
    CHECK_INT(versions[0].rating, 106);
    f.as_of_us = 3600000000 - 1;
    CHECK_INT(list(&kit, f, &versions), 0);
    kit_done(&kit);
}

TEST(lists_join_the_file_with_what_is_fresh_and_lose_no_row)
{
    struct kit kit;
    struct verdict_filter f = of_site(0);
    struct verdict_key after;
    bool has_after = false;
    int seen = 0;

    kit_init(&kit);
    for (int i = 0; i < 60; i++) {
        put(&kit, hour(1 + i % 3, 3600 * (int64_t)i, 100));
        if (i == 29)
            flush(&kit);
    }
    for (;;) {
        struct verdict *page;
        size_t count;

        CHECK_INT(verdict_store_list(kit.store, &f, has_after ? &after : NULL,
                                     7, &kit.arena, &page, &count),
                  OK);
        for (size_t i = 0; i < count; i++) {
            const struct verdict *v = &page[i];

            CHECK_INT(v->site, 1 + seen / 20);
            CHECK_INT(v->start_s, 3600 * (int64_t)(seen % 20 * 3 + seen / 20));
            after = (struct verdict_key){v->site, v->kind, v->point, v->cadence,
                                         v->start_s};
            has_after = true;
            seen++;
        }
        if (count < 7)
            break;
    }
    CHECK_INT(seen, 60);
    kit_done(&kit);
}

TEST(lists_can_be_asked_newest_first_and_for_a_range)
{
    struct kit kit;
    struct verdict *page;
    struct verdict_filter f = of_site(2);

    kit_init(&kit);
    for (int i = 0; i < 10; i++) {
        put(&kit, hour(2, 3600 * (int64_t)i, 100 + i));
        put(&kit, hour(3, 3600 * (int64_t)i, 100 + i));
        if (i == 5)
            flush(&kit);
    }
    f.kind = VERDICT_AQI_HOUR;
    f.newest_first = true;
    CHECK_INT(list(&kit, f, &page), 10);
    CHECK_INT(page[0].rating, 109);
    CHECK_INT(page[9].rating, 100);
    f.newest_first = false;
    f.from_s = 3600 * 4;
    f.to_s = 3600 * 7;
    CHECK_INT(list(&kit, f, &page), 3);
    CHECK_INT(page[0].rating, 104);
    f.kind = VERDICT_WATER_CLASS;
    CHECK_INT(list(&kit, f, &page), 0);
    kit_done(&kit);
}

TEST(many_alike_take_little_room_and_open_again)
{
    struct kit kit;
    struct verdict *page;
    sqlite3_stmt *stmt;

    kit_init(&kit);
    for (int i = 0; i < 100; i++)
        put(&kit, hour(1, 3600 * (int64_t)i, i));
    flush(&kit);
    kit_close(&kit);
    kit_open(&kit);
    CHECK_INT(list(&kit, of_site(1), &page), 100);
    CHECK_INT(page[73].rating, 73);
    CHECK_INT(sqlite3_prepare_v2(kit.db,
                                 "SELECT max(length(bytes)) FROM "
                                 "verdict",
                                 -1, &stmt, NULL),
              SQLITE_OK);
    CHECK_INT(sqlite3_step(stmt), SQLITE_ROW);
    CHECK(sqlite3_column_int(stmt, 0) < 80); /* plain they are 300 and more */
    sqlite3_finalize(stmt);
    kit_done(&kit);
}

TEST(a_flush_that_fails_loses_nothing)
{
    struct kit kit;
    struct verdict *page;

    kit_init(&kit);
    for (int i = 0; i < 20; i++)
        put(&kit, hour(1, 3600 * (int64_t)i, i));
    CHECK_INT(sqlite3_exec(kit.db, "BEGIN", NULL, NULL, NULL), SQLITE_OK);
    CHECK_INT(verdict_store_write(kit.store, kit.db), OK);
    CHECK_INT(sqlite3_exec(kit.db, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    CHECK_INT(verdict_store_unwritten(kit.store), 20);
    CHECK_INT(list(&kit, of_site(1), &page), 20);
    flush(&kit);
    kit_close(&kit);
    kit_open(&kit);
    CHECK_INT(list(&kit, of_site(1), &page), 20);
    CHECK_INT(page[19].rating, 19);
    kit_done(&kit);
}

TEST(two_stores_with_the_same_content_have_one_digest)
{
    struct kit a, b;
    uint64_t x, y;

    kit_init(&a);
    kit_init(&b);
    for (int i = 0; i < 30; i++) {
        put(&a, hour(1, 3600 * (int64_t)i, i));
        put(&b, hour(1, 3600 * (int64_t)(29 - i), 29 - i));
        if (i % 7 == 0)
            flush(&a);
    }
    CHECK_INT(verdict_store_digest(a.store, &x), OK);
    CHECK_INT(verdict_store_digest(b.store, &y), OK);
    CHECK(x == y);
    put(&b, hour(1, 0, 500));
    CHECK_INT(verdict_store_digest(b.store, &y), OK);
    CHECK(x != y);
    kit_done(&a);
    kit_done(&b);
}

TEST(damaged_bytes_are_said_to_be)
{
    struct arena arena;
    struct buf bytes;
    struct verdict v = hour(1, 0, 50), got;

    arena_init(&arena);
    buf_init(&bytes, 1 << 16);
    verdict_encode(&v, &bytes);
    CHECK_INT(verdict_decode(buf_span(&bytes), &arena, &got), OK);
    for (size_t len = 0; len < bytes.len; len++)
        CHECK_INT(
            verdict_decode(span_first(buf_span(&bytes), len), &arena, &got),
            ERR_CORRUPT);
    buf_char(&bytes, 'x');
    CHECK_INT(verdict_decode(buf_span(&bytes), &arena, &got), ERR_CORRUPT);
    bytes.at[0] = 99;
    CHECK_INT(verdict_decode(buf_span(&bytes), &arena, &got), ERR_CORRUPT);
    buf_done(&bytes);
    arena_done(&arena);
}

TEST(a_damaged_row_is_an_error_and_not_a_verdict)
{
    struct kit kit;
    struct verdict *page;
    struct verdict_filter f = of_site(1);
    size_t count;

    kit_init(&kit);
    put(&kit, hour(1, 3600, 50));
    flush(&kit);
    CHECK_INT(sqlite3_exec(kit.db, "UPDATE verdict SET bytes = x'00ff'", NULL,
                           NULL, NULL),
              SQLITE_OK);
    CHECK_INT(
        verdict_store_list(kit.store, &f, NULL, 10, &kit.arena, &page, &count),
        ERR_CORRUPT);
    kit_done(&kit);
}
