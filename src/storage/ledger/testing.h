/* testing - what the ledger's tests share: directories, short ways to append,
 * files to damage. */
#ifndef LEDGER_TESTING_H
#define LEDGER_TESTING_H

#include "storage/ledger/file.h"
#include "storage/ledger/ledger.h"

#include "base/test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static char test_directories[64][256];
static int test_directories_count;

static inline void test_remove(const char *dir)
{
    DIR *d = opendir(dir);
    const struct dirent *entry;

    while (d && (entry = readdir(d)) != NULL)
        unlinkat(dirfd(d), entry->d_name, 0);
    if (d)
        closedir(d);
    rmdir(dir);
}

__attribute__((destructor)) static inline void test_remove_all(void)
{
    for (int i = 0; i < test_directories_count; i++)
        test_remove(test_directories[i]);
}

/* A new directory that goes when the program ends. */
static inline const char *test_directory(void)
{
    const char *tmp = getenv("TMPDIR");
    char *dir = test_directories[test_directories_count++];

    assert_true(test_directories_count < 64);
    snprintf(dir, 256, "%s/ledger-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(dir));
    return dir;
}

static inline const char *test_ledger(void)
{
    const char *dir = test_directory();

    CHECK_INT(ledger_init(dir), OK);
    return dir;
}

static inline struct ledger *test_open(const char *dir, size_t segment_bytes)
{
    struct ledger_options options = {.segment_bytes = segment_bytes,
                                     .no_sync = true};
    struct ledger *l = NULL;

    CHECK_INT(ledger_open(dir, &options, &l), OK);
    return l;
}

static inline void test_append_text(struct ledger *l, int64_t now_us,
                                    const char *text)
{
    struct ledger_record r = {
        .source = 1, .kind = LEDGER_FRAME, .payload = span_of(text)};

    CHECK_INT(ledger_append(l, now_us, &r, 1), OK);
    CHECK_INT(ledger_commit(l), OK);
}

static inline void test_check_record(struct ledger *l, uint64_t sequence,
                                     int64_t arrival_us, enum ledger_kind kind,
                                     const char *text)
{
    struct ledger_record r;
    struct buf payload;

    buf_init(&payload, LEDGER_PAYLOAD_MAX);
    CHECK_INT(ledger_read(l, sequence, &r, &payload), OK);
    CHECK_INT(r.sequence, sequence);
    CHECK_INT(r.arrival_us, arrival_us);
    CHECK_INT(r.kind, kind);
    CHECK_SPAN(r.payload, text);
    buf_done(&payload);
}

static inline void test_verifies(const char *dir, uint64_t records)
{
    struct ledger_report report;

    ledger_verify(dir, NULL, NULL, &report);
    if (report.err)
        print_error("%s\n", report.message);
    CHECK_INT(report.err, OK);
    CHECK_INT(report.records, records);
}

static inline int test_mode(const char *dir, const char *name)
{
    char path[512];
    struct stat st;

    snprintf(path, sizeof(path), "%s/%s", dir, name);
    return stat(path, &st) ? -1 : (int)(st.st_mode & 0777);
}

/* The whole file; the caller frees. */
static inline char *test_load(const char *dir, const char *name, size_t *len)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY);
    struct buf b;

    buf_init(&b, 256 << 20);
    CHECK_INT(file_load(fd, name, 256 << 20, &b), OK);
    close(fd);
    *len = b.len;
    return b.at;
}

static inline void test_save(const char *dir, const char *name,
                             const char *bytes, size_t len)
{
    char path[512];
    int fd;

    snprintf(path, sizeof(path), "%s/%s", dir, name);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    CHECK_INT(file_write_at(fd, (struct span){bytes, len}, 0), OK);
    close(fd);
}

/*
 * A copy of a ledger as a crash would leave it. Without its spare files, which
 * hold nothing and may be made or taken by the sealer meanwhile.
 */
static inline void test_copy(const char *from, const char *to)
{
    DIR *d = opendir(from);
    const struct dirent *entry;

    assert_non_null(d);
    while ((entry = readdir(d)) != NULL) {
        size_t len;
        char *bytes;

        if (entry->d_name[0] == '.' || strncmp(entry->d_name, "spare", 5) == 0)
            continue;
        bytes = test_load(from, entry->d_name, &len);
        test_save(to, entry->d_name, bytes ? bytes : "", len);
        free(bytes);
    }
    closedir(d);
}

/* Flips one bit of a file, there and back. */
static inline void test_flip(const char *dir, const char *name, size_t at)
{
    char path[512], byte;
    int fd;

    snprintf(path, sizeof(path), "%s/%s", dir, name);
    fd = open(path, O_RDWR);
    assert_true(fd >= 0);
    CHECK_INT(pread(fd, &byte, 1, (off_t)at), 1);
    byte ^= 1;
    CHECK_INT(pwrite(fd, &byte, 1, (off_t)at), 1);
    close(fd);
}

#endif
