/* Crashes, torn writes, old bytes, full disks: nothing committed is lost. */
#include "storage/ledger/inside.h"
#include "storage/ledger/testing.h"

#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

enum { SMALL = 64 << 10 };

TEST(a_torn_tail_is_cut_at_every_byte_of_the_last_record)
{
    const char *dir = test_ledger();
    const char *crashed = test_directory();
    const char *name = "000000000000.seg";
    struct ledger *l = test_open(dir, SMALL);
    struct ledger_record r = {.kind = LEDGER_FRAME,
                              .payload = SPAN("torn in the middle")};
    const size_t last = SEGMENT_DATA + 2 * record_size(5);
    size_t len;
    char *bytes;

    test_append_text(l, 1, "first");
    test_append_text(l, 2, "other");
    CHECK_INT(ledger_append(l, 3, &r, 1), OK); /* written, not committed */
    test_copy(dir, crashed);
    bytes = test_load(crashed, name, &len);
    for (size_t whole = 0; whole <= record_size(18); whole++) {
        char *torn = memory_resize(NULL, len, 1);
        struct ledger *again;

        test_remove(crashed);
        CHECK_INT(mkdir(crashed, 0700), 0);
        test_copy(dir, crashed);
        memcpy(torn, bytes, len);
        /* Where nothing was written, an older record's bytes still lie. */
        memset(torn + last + whole, 0xa5, record_size(18) + 64 - whole);
        test_save(crashed, name, torn, len);
        free(torn);
        again = test_open(crashed, SMALL);
        CHECK_INT(ledger_last(again), whole < record_size(18) ? 2 : 3);
        test_check_record(again, 2, 2, LEDGER_FRAME, "other");
        test_append_text(again, 9, "after");
        ledger_close(again);
        test_verifies(crashed, whole < record_size(18) ? 3 : 4);
    }
    free(bytes);
    ledger_close(l);
}

TEST(records_behind_a_hole_never_come_back)
{
    const char *dir = test_ledger();
    const char *crashed = test_directory();
    struct ledger *l = test_open(dir, SMALL);
    struct ledger_record group[4];

    test_append_text(l, 1, "acked");
    for (int i = 0; i < 4; i++)
        group[i] = (struct ledger_record){.kind = LEDGER_FRAME,
                                          .payload = SPAN("never acked")};
    CHECK_INT(ledger_append(l, 2, group, 4), OK);
    test_copy(dir, crashed);
    /* The disk wrote the group's later sectors and not the first ones. */
    test_flip(crashed, "000000000000.seg", SEGMENT_DATA + record_size(5) + 40);
    ledger_close(l);
    for (int round = 0; round < 3; round++) {
        l = test_open(crashed, SMALL);
        CHECK_INT(ledger_last(l), round + 1);
        /* As long as the lost ones: they would fit behind it. */
        test_append_text(l, 3 + round, "NEVER LOST.");
        test_check_record(l, (uint64_t)round + 2, 3 + round, LEDGER_FRAME,
                          "NEVER LOST.");
        ledger_close(l);
    }
    test_verifies(crashed, 4);
}

TEST(a_recycled_file_gives_none_of_its_old_records)
{
    const char *dir = test_ledger();
    const char *crashed = test_directory();
    struct ledger *l = test_open(dir, SMALL);
    struct ledger_status status;
    int recycled = 0;
    DIR *d;
    const struct dirent *entry;

    for (int i = 1; i <= 8000; i++)
        test_append_text(l, i, "all of one length");
    do { /* the copy is of a moment when nothing is being sealed */
        sched_yield();
        ledger_status(l, &status);
    } while (status.sealed + 1 < status.segments);
    CHECK(status.segments > 5);
    test_copy(dir, crashed);
    ledger_close(l);
    d = opendir(dir);
    while ((entry = readdir(d)) != NULL)
        recycled += strncmp(entry->d_name, "spare-", 6) == 0;
    closedir(d);
    CHECK(recycled > 0);
    l = test_open(crashed, SMALL);
    CHECK_INT(ledger_last(l), 8000);
    ledger_close(l);
    test_verifies(crashed, 8000);
}

TEST(a_torn_manifest_line_is_written_again)
{
    const char *dir = test_ledger();
    struct ledger *l = test_open(dir, SMALL);
    char path[512];
    size_t len;
    FILE *f;

    test_append_text(l, 1, "one");
    ledger_close(l);
    free(test_load(dir, MANIFEST_NAME, &len));
    snprintf(path, sizeof(path), "%s/" MANIFEST_NAME, dir);
    f = fopen(path, "a");
    fputs("segment number=0 da", f);
    fclose(f);
    l = test_open(dir, SMALL);
    test_append_text(l, 1 + 86400LL * 1000000, "two");
    ledger_close(l);
    test_verifies(dir, 2);
}

/* ---- no room ---- */

TEST(on_a_full_disk_nothing_of_the_batch_stays_and_later_it_goes_on)
{
    const char *dir = test_ledger();
    struct ledger *l = test_open(dir, SMALL);
    struct rlimit before, tight;
    struct ledger_record *batch = memory_new(2000, sizeof(*batch));
    struct ledger_record one = {.kind = LEDGER_FRAME, .payload = SPAN("more")};

    signal(SIGXFSZ, SIG_IGN);
    test_append_text(l, 1, "before");
    for (int i = 0; i < 2000; i++)
        batch[i] = (struct ledger_record){.kind = LEDGER_FRAME,
                                          .payload = SPAN("too much for now")};
    CHECK_INT(getrlimit(RLIMIT_FSIZE, &before), 0);
    /* A batch that needs a new and larger file. */
    tight = (struct rlimit){SMALL + 8, before.rlim_max};
    CHECK_INT(setrlimit(RLIMIT_FSIZE, &tight), 0);
    CHECK_INT(ledger_append(l, 2, batch, 2000), ERR_FULL);
    /* A write that stops half way. */
    tight.rlim_cur = SEGMENT_DATA + 100;
    CHECK_INT(setrlimit(RLIMIT_FSIZE, &tight), 0);
    CHECK(ledger_append(l, 3, batch, 100) != OK);
    CHECK_INT(ledger_commit(l), OK);
    CHECK_INT(ledger_last(l), 1);
    CHECK_INT(setrlimit(RLIMIT_FSIZE, &before), 0);
    CHECK_INT(ledger_append(l, 4, &one, 1), OK);
    CHECK_INT(ledger_commit(l), OK);
    CHECK_INT(ledger_last(l), 2);
    test_check_record(l, 2, 4, LEDGER_FRAME, "more");
    CHECK_INT(ledger_append(l, 5, batch, 2000), OK);
    CHECK_INT(ledger_commit(l), OK);
    CHECK_INT(ledger_last(l), 2002);
    ledger_close(l);
    free(batch);
    test_verifies(dir, 2002);
}

/* ---- kill -9 ---- */

/* Appends for ever; tells through the pipe what was acknowledged. */
static void child(const char *dir, int pipe_out, int round)
{
    struct ledger_options options = {.segment_bytes = SMALL};
    struct ledger *l = NULL;

    if (ledger_open(dir, &options, &l))
        _exit(3);
    for (unsigned n = 0;; n++) {
        struct ledger_record group[7];
        char texts[7][48];
        size_t count = 1 + n % 7;

        for (size_t i = 0; i < count; i++) {
            snprintf(texts[i], sizeof(texts[i]), "round %d group %u item %zu",
                     round, n, i);
            group[i] = (struct ledger_record){.source = (uint32_t)round,
                                              .kind = LEDGER_FRAME,
                                              .payload = span_of(texts[i])};
        }
        if (ledger_append(l, round * 1000000LL + n, group, count) ||
            ledger_commit(l))
            _exit(4);
        for (size_t i = 0; i < count; i++) {
            char line[80];
            int len = snprintf(line, sizeof(line), "%" PRIu64 " %s\n",
                               group[i].sequence, texts[i]);

            if (write(pipe_out, line, (size_t)len) != len)
                _exit(5);
        }
    }
}

/* Reads acknowledged lines until the pipe ends; kills after `enough`. */
static void follow_and_kill(FILE *acks, pid_t pid, int enough,
                            struct buf *acknowledged)
{
    char line[128];
    int seen = 0;

    while (fgets(line, sizeof(line), acks)) {
        if (!strchr(line, '\n'))
            break; /* cut by the kill */
        buf_text(acknowledged, line);
        if (++seen == enough)
            kill(pid, SIGKILL);
    }
}

/* Every acknowledged line is in the ledger, at its sequence, once. */
static void check_acknowledged(const char *dir, struct span lines)
{
    struct ledger_options read_only = {.read_only = true};
    struct ledger_cursor *c = NULL;
    struct ledger_record r;
    struct ledger *l = NULL;

    CHECK_INT(ledger_open(dir, &read_only, &l), OK);
    CHECK_INT(ledger_cursor_open(l, 1, &c), OK);
    while (lines.len) {
        struct span line = span_take(&lines, '\n');
        uint64_t sequence = strtoull(line.at, NULL, 10);
        struct span text = line;

        span_take(&text, ' ');
        do {
            CHECK_INT(ledger_cursor_next(c, &r), OK);
        } while (r.sequence < sequence);
        CHECK_INT(r.sequence, sequence);
        CHECK(span_equal(r.payload, text));
    }
    ledger_cursor_close(c);
    ledger_close(l);
}

TEST(what_was_acknowledged_survives_kill_9)
{
    const char *dir = test_ledger();
    struct buf acknowledged;
    struct ledger *l;

    buf_init(&acknowledged, 64 << 20);
    for (int round = 1; round <= 24; round++) {
        int ends[2], status = 0;
        FILE *acks;
        pid_t pid;

        CHECK_INT(pipe(ends), 0);
        pid = fork();
        if (pid == 0) {
            close(ends[0]);
            child(dir, ends[1], round);
        }
        close(ends[1]);
        acks = fdopen(ends[0], "r");
        follow_and_kill(acks, pid, 20 + round * 67 % 500, &acknowledged);
        fclose(acks);
        CHECK_INT(waitpid(pid, &status, 0), pid);
        CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    }
    l = test_open(dir, SMALL);
    ledger_close(l);
    check_acknowledged(dir, buf_span(&acknowledged));
    buf_done(&acknowledged);
    l = test_open(dir, SMALL);
    test_verifies(dir, ledger_last(l));
    ledger_close(l);
}
