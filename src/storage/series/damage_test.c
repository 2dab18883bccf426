/* Crashes, damaged bytes, many threads. */
#include "storage/series/series.h"

#include "base/log.h"
#include "base/test.h"
#include "storage/series/series_test_kit.h"

#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <sys/wait.h>

#define SECOND_US 1000000LL

static void run_sql(struct kit *kit, const char *sql)
{
    sqlite3 *db = NULL;

    CHECK_INT(sqlite3_open(kit->path, &db), SQLITE_OK);
    CHECK_INT(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    CHECK_INT(sqlite3_close(db), SQLITE_OK);
}

static int64_t ask_sql(struct kit *kit, const char *sql)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;
    int64_t answer;

    CHECK_INT(sqlite3_open(kit->path, &db), SQLITE_OK);
    CHECK_INT(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
    CHECK_INT(sqlite3_step(stmt), SQLITE_ROW);
    answer = sqlite3_column_int64(stmt, 0);
    sqlite3_finalize(stmt);
    CHECK_INT(sqlite3_close(db), SQLITE_OK);
    return answer;
}

/* ---- damage ---- */

TEST(a_damaged_block_is_told_and_the_others_are_given)
{
    struct kit kit;
    channel_id c;
    struct series_range all = {DAY0, DAY0 + 3 * (int64_t)DAY_S};
    struct series_view now = {0};
    struct series_summary *s;
    struct reading *r;
    size_t count;
    char message[256];

    kit_init(&kit);
    c = kit_channel(&kit, 1, "a34004", CADENCE_MINUTE);
    for (int i = 0; i < 3 * 1440; i++)
        kit_put(&kit, c, DAY0 + i * 60LL, i, 0);
    kit_flush(&kit, 1);
    CHECK_INT(series_verify(kit.series, message), OK);
    run_sql(&kit, "UPDATE block SET data = substr(data, 1, 40) || x'00' ||"
                  " substr(data, 42) WHERE id = 2");

    CHECK_INT(series_scan(kit.series, c, all, now, 0, &kit.arena, &r, &count),
              ERR_CORRUPT);
    CHECK_INT(count, 2 * 1440);
    CHECK_INT(r[1440].start_s, DAY0 + 2 * (int64_t)DAY_S);
    CHECK_INT(series_scan_own(kit.series, c, all, &kit.arena, &r, &count),
              ERR_CORRUPT);
    CHECK_INT(count, 2 * 1440);
    CHECK_INT(series_verify(kit.series, message), ERR_CORRUPT);
    CHECK(strstr(message, "table block, row 2"));
    /* What stands beside the block is whole, so the day's sum is known. */
    CHECK_INT(series_summarise(kit.series, &c, 1, all, CADENCE_DAY, now,
                               &kit.arena, &s, &count),
              OK);
    CHECK_INT(s[1].count, 1440);
    CHECK_INT(series_summarise(kit.series, &c, 1, all, CADENCE_HOUR, now,
                               &kit.arena, &s, &count),
              ERR_CORRUPT);

    /* A late reading makes a new block; the old bytes are kept aside. */
    CHECK_INT(kit_put(&kit, c, DAY0 + DAY_S + 60, 5, 0), SERIES_NEW);
    kit_flush(&kit, 2);
    CHECK_INT(kit_scan(&kit, c, DAY0, DAY0 + 3 * (int64_t)DAY_S, &r),
              2 * 1440 + 1);
    CHECK_INT(series_verify(kit.series, message), OK);
    CHECK_INT(ask_sql(&kit, "SELECT count(*) FROM damaged WHERE channel = 1"
                            " AND length(data) > 10"),
              1);
    kit_done(&kit);
}

TEST(a_damaged_summary_is_replaced_by_the_block)
{
    struct kit kit;
    channel_id c;
    struct series_range all = {DAY0, DAY0 + 3 * (int64_t)DAY_S};
    struct series_summary *s;
    size_t count;
    char message[256];

    kit_init(&kit);
    c = kit_channel(&kit, 1, "a34004", CADENCE_MINUTE);
    for (int i = 0; i < 2 * 1440; i++)
        kit_put(&kit, c, DAY0 + i * 60LL, 1, 0);
    kit_flush(&kit, 1);
    run_sql(&kit, "UPDATE span SET summary = x'00' || substr(summary, 2)"
                  " WHERE block = 1");
    CHECK_INT(series_summarise(kit.series, &c, 1, all, CADENCE_DAY,
                               (struct series_view){0}, &kit.arena, &s, &count),
              OK);
    CHECK_INT(s[0].sum.mantissa, 1440);
    CHECK_INT(series_verify(kit.series, message), ERR_CORRUPT);
    CHECK(strstr(message, "summary"));
    run_sql(&kit, "DELETE FROM block WHERE id = 1");
    CHECK_INT(series_summarise(kit.series, &c, 1, all, CADENCE_DAY,
                               (struct series_view){0}, &kit.arena, &s, &count),
              ERR_CORRUPT);
    CHECK_INT(s[1].sum.mantissa, 1440);
    kit_done(&kit);
}

TEST(a_file_that_is_no_store_is_refused)
{
    struct kit kit;
    struct series *series = NULL;
    struct series_options read_only = {.read_only = true};
    FILE *file;

    kit_init(&kit);
    kit_channel(&kit, 1, "a34004", CADENCE_MINUTE);
    kit_flush(&kit, 1);
    run_sql(&kit, "UPDATE channel SET cadence = 99");
    series_close(kit.series);
    kit.series = NULL;
    CHECK_INT(series_open(kit.path, NULL, &series), ERR_CORRUPT);
    run_sql(&kit, "PRAGMA user_version = 99");
    CHECK_INT(series_open(kit.path, NULL, &series), ERR_UNSUPPORTED);
    kit_remove(kit.path, "-wal");
    kit_remove(kit.path, "-shm");
    file = fopen(kit.path, "w");
    CHECK(file);
    for (int i = 0; i < 1000; i++)
        fputs("not a database ", file);
    fclose(file);
    CHECK_INT(series_open(kit.path, NULL, &series), ERR_CORRUPT);
    unlink(kit.path);
    CHECK_INT(series_open(kit.path, &read_only, &series), ERR_NOT_FOUND);
    CHECK(!series);
    kit_done(&kit);
}

/* ---- crashes ---- */

static void append_all(struct kit *kit, int from, int to)
{
    for (int i = from; i < to; i++) {
        for (int32_t point = 0; point < 20; point++) {
            channel_id c = kit_channel(kit, point, "a34004", CADENCE_MINUTE);
            struct reading r = kit_reading(DAY0 + i * 60LL, i * 7 % 100, -1);

            (void)series_append(kit->series, c, &r);
            if (i % 10 == 0) {
                r.number[0].mantissa++;
                r.arrival_us += 100 * SECOND_US;
                (void)series_append(kit->series, c, &r);
            }
        }
    }
}

static enum err refuse(void *context, void *sqlite)
{
    (void)context;
    (void)sqlite;
    return ERR_FULL;
}

TEST(a_flush_that_fails_leaves_everything_where_it_was)
{
    struct kit kit;
    unsigned char before[32], after[32];

    kit_init(&kit);
    append_all(&kit, 0, 100);
    CHECK_INT(series_digest(kit.series, before), OK);
    CHECK_INT(series_flush(kit.series, 5, refuse, NULL), ERR_FULL);
    CHECK_INT(series_applied(kit.series), 0);
    CHECK(series_unflushed(kit.series) > 2000);
    CHECK_INT(series_digest(kit.series, after), OK);
    assert_memory_equal(before, after, 32);
    kit_flush(&kit, 6);
    CHECK_INT(series_digest(kit.series, after), OK);
    assert_memory_equal(before, after, 32);
    kit_done(&kit);
}

/* From now on the file may not grow: what a full disk says. */
static enum err stop_growing(void *context, void *sqlite)
{
    (void)context;
    return sqlite3_exec(sqlite, "PRAGMA max_page_count = 1", NULL, NULL,
                        NULL) == SQLITE_OK
               ? OK
               : ERR_IO;
}

TEST(a_full_disk_loses_nothing)
{
    struct kit kit;
    unsigned char before[32], after[32];
    char message[256];

    kit_init(&kit);
    append_all(&kit, 0, 10);
    CHECK_INT(series_flush(kit.series, 1, stop_growing, NULL), OK);
    append_all(&kit, 10, 2900);
    CHECK_INT(series_digest(kit.series, before), OK);
    CHECK_INT(series_flush(kit.series, 2, NULL, NULL), ERR_FULL);
    CHECK_INT(series_applied(kit.series), 1);
    CHECK_INT(series_digest(kit.series, after), OK);
    assert_memory_equal(before, after, 32);
    CHECK_INT(series_verify(kit.series, message), OK);

    kit_reopen(&kit); /* room again */
    append_all(&kit, 10, 2900);
    kit_flush(&kit, 2);
    CHECK_INT(series_digest(kit.series, after), OK);
    assert_memory_equal(before, after, 32);
    kit_done(&kit);
}

static enum err note_sequence(void *context, void *sqlite)
{
    return sqlite3_exec(sqlite, context, NULL, NULL, NULL) == SQLITE_OK
               ? OK
               : ERR_IO;
}

TEST(others_keep_in_step_with_the_flush)
{
    struct kit kit;
    char make[] = "CREATE TABLE beside (x); INSERT INTO beside VALUES (42)";

    kit_init(&kit);
    append_all(&kit, 0, 1);
    CHECK_INT(series_flush(kit.series, 7, note_sequence, make), OK);
    kit_reopen(&kit);
    CHECK_INT(series_applied(kit.series), 7);
    CHECK_INT(ask_sql(&kit, "SELECT x FROM beside"), 42);
    kit_done(&kit);
}

/* Dies in the middle of its second flush, at a place given by `context`. */
static enum err die(void *context, void *sqlite)
{
    (void)context;
    (void)sqlite;
    raise(SIGKILL);
    return OK;
}

static void child(struct kit *kit)
{
    series_close(kit->series);
    kit_open(kit, NULL);
    append_all(kit, 0, 1500);
    if (series_flush(kit->series, 1, NULL, NULL) != OK)
        _exit(2);
    append_all(kit, 1500, 3000);
    _exit(series_flush(kit->series, 2, die, NULL) == OK ? 3 : 4);
}

TEST(killed_in_the_middle_of_a_flush_and_replayed)
{
    struct kit kit, clean;
    unsigned char killed[32], whole[32];
    char message[256];
    int status = 0;
    pid_t pid;

    kit_init(&kit);
    series_close(kit.series); /* the lock goes with the descriptor */
    kit.series = NULL;
    fflush(NULL);
    pid = fork();
    CHECK(pid >= 0);
    if (pid == 0)
        child(&kit);
    CHECK_INT(waitpid(pid, &status, 0), pid);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);

    kit_open(&kit, NULL);
    CHECK_INT(series_applied(kit.series), 1);
    CHECK_INT(series_verify(kit.series, message), OK);
    append_all(&kit, 1500, 3000);
    kit_init(&clean);
    append_all(&clean, 0, 3000);
    CHECK_INT(series_digest(kit.series, killed), OK);
    CHECK_INT(series_digest(clean.series, whole), OK);
    assert_memory_equal(killed, whole, 32);
    kit_flush(&kit, 3);
    append_all(&kit, 1000, 3000); /* again: nothing changes */
    CHECK_INT(series_unflushed(kit.series), 0);
    CHECK_INT(series_digest(kit.series, killed), OK);
    assert_memory_equal(killed, whole, 32);
    kit_done(&clean);
    kit_done(&kit);
}

/* ---- threads ---- */

enum { MINUTES = 4000 };

struct reading_thread {
    struct kit *kit;
    channel_id channel;
    _Atomic int *written;
    _Atomic bool *stop;
    int rounds, errors;
};

/* All that was written before the question must be in the answer, once. */
static void *read_on(void *context)
{
    struct reading_thread *t = context;

    while (!atomic_load(t->stop) || t->rounds == 0) {
        struct arena arena;
        struct reading *r, latest;
        struct series_summary *s;
        size_t count = 0, steps = 0;
        int least = atomic_load(t->written);
        struct series_range range = {DAY0, DAY0 + MINUTES * 60LL};
        struct series_view now = {0};

        arena_init(&arena);
        if (series_scan(t->kit->series, t->channel, range, now, 0, &arena, &r,
                        &count) != OK ||
            (int)count < least)
            t->errors++;
        for (size_t i = 0; i < count; i++)
            t->errors += r[i].start_s != DAY0 + (int64_t)i * 60LL ||
                         r[i].number[0].mantissa < (int64_t)i;
        least = atomic_load(t->written);
        if (series_summarise(t->kit->series, &t->channel, 1, range,
                             CADENCE_YEAR, now, &arena, &s, &steps) != OK ||
            (int)s[0].count < least)
            t->errors++;
        if (series_latest(t->kit->series, t->channel, &latest) &&
            latest.start_s < DAY0 + (least - 1) * 60LL)
            t->errors++;
        arena_done(&arena);
        t->rounds++;
    }
    return NULL;
}

TEST(readers_see_everything_while_the_writer_writes)
{
    struct kit kit;
    _Atomic int written = 0;
    _Atomic bool stop = false;
    struct reading_thread threads[4];
    pthread_t ids[4];
    channel_id c;

    kit_init(&kit);
    c = kit_channel(&kit, 1, "a34004", CADENCE_MINUTE);
    for (int i = 0; i < 4; i++) {
        threads[i] = (struct reading_thread){&kit, c, &written, &stop, 0, 0};
        CHECK_INT(pthread_create(&ids[i], NULL, read_on, &threads[i]), 0);
    }
    for (int i = 0; i < MINUTES; i++) {
        kit_put(&kit, c, DAY0 + i * 60LL, i, 0);
        atomic_store(&written, i + 1);
        kit_channel(&kit, 100 + i, "a34004", CADENCE_MINUTE);
        if (i % 50 == 0 && i > 0) {
            struct reading late = kit_reading(DAY0 + (i - 40) * 60LL, i, 0);

            late.arrival_us += 3600 * SECOND_US;
            (void)series_append(kit.series, c, &late);
        }
        if (i % 97 == 0)
            kit_flush(&kit, (uint64_t)i);
    }
    atomic_store(&stop, true);
    for (int i = 0; i < 4; i++) {
        CHECK_INT(pthread_join(ids[i], NULL), 0);
        CHECK_INT(threads[i].errors, 0);
        CHECK(threads[i].rounds > 0);
    }
    kit_done(&kit);
}
