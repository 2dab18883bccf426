#include "bench/bench_ledger.h"

#include "base/memory.h"
#include "storage/ledger/file.h"
#include "storage/ledger/writer.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    PAGE = 4096,
    PROBE_BYTES = 64 << 20,
    SYNCS_MAX = 8192,
    LATENCIES_MAX = 1 << 20,
    APPEND_BATCH = 1000,
};

static double seconds_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int64_t us_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static int by_value(const void *a, const void *b)
{
    const float *x = a;
    const float *y = b;

    return (*x > *y) - (*x < *y);
}

static double percentile(float *values, size_t count, double share)
{
    if (count == 0)
        return 0;
    qsort(values, count, sizeof(*values), by_value);
    return (double)values[(size_t)((double)(count - 1) * share)];
}

/* ---- the disk alone ---- */

static enum err probe_write(int fd, double *mb_s)
{
    static char bytes[1 << 20];
    double start;
    enum err err = OK;

    /* Twice: the second time over blocks that are there, as ours are. */
    for (int round = 0; round < 2 && !err; round++) {
        memset(bytes, 'a' + round, sizeof(bytes));
        start = seconds_now();
        for (uint64_t at = 0; at < PROBE_BYTES && !err; at += sizeof(bytes))
            err = file_write_at(fd, (struct span){bytes, sizeof(bytes)}, at);
        if (!err)
            err = file_sync(fd);
        *mb_s = PROBE_BYTES / 1e6 / (seconds_now() - start);
    }
    return err;
}

static enum err probe_sync(int fd, double seconds, struct bench_ledger *out)
{
    static float took_ms[SYNCS_MAX];
    char page[PAGE];
    double end = seconds_now() + seconds;
    size_t count = 0;
    enum err err = OK;

    memset(page, 'x', sizeof(page));
    while (!err && count < SYNCS_MAX && seconds_now() < end) {
        double start = seconds_now();

        page[0] = (char)count;
        err = file_write_at(fd, (struct span){page, sizeof(page)},
                            count % 1024 * PAGE);
        if (!err)
            err = file_sync(fd);
        took_ms[count++] = (float)(1e3 * (seconds_now() - start));
    }
    out->sync_ms_median = percentile(took_ms, count, 0.5);
    out->sync_ms_p99 = percentile(took_ms, count, 0.99);
    return err;
}

static enum err probe_disk(const char *directory, double seconds,
                           struct bench_ledger *out)
{
    char name[PATH_MAX];
    int fd;
    enum err err;

    snprintf(name, sizeof(name), "%s/bench-probe", directory);
    fd = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return file_err(errno);
    err = probe_write(fd, &out->write_mb_s);
    if (!err)
        err = probe_sync(fd, seconds, out);
    close(fd);
    unlink(name);
    return err;
}

/* ---- records ---- */

/* Text like a device's frame, with digits of its own in every record. */
static char *make_payloads(unsigned count, unsigned bytes)
{
    static const char part[] = "a34004-Rtd=35.2,a34004-Flag=N;";
    char *all = memory_new(count, bytes);
    uint32_t random = 2463534242U;

    for (size_t i = 0; i < (size_t)count * bytes; i++) {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        all[i] = part[i % bytes % (sizeof(part) - 1)];
        if (all[i] >= '0' && all[i] <= '9' && i % 3 == 0)
            all[i] = (char)('0' + random % 10);
    }
    return all;
}

static void fill(struct ledger_record *records, unsigned count,
                 const char *payloads, unsigned bytes, uint32_t source)
{
    for (unsigned i = 0; i < count; i++)
        records[i] = (struct ledger_record){
            .source = source,
            .kind = LEDGER_FRAME,
            .payload = {payloads + (size_t)i * bytes, bytes}};
}

/* ---- one thread into the page cache ---- */

static enum err append_for_a_while(struct ledger *l,
                                   const struct bench_ledger_options *o,
                                   struct bench_ledger *out)
{
    struct ledger_record *records = memory_new(APPEND_BATCH, sizeof(*records));
    char *payloads = make_payloads(APPEND_BATCH, o->payload);
    /* Less than may wait for sealing, which would set the pace then. */
    uint64_t most = 6ULL * LEDGER_SEGMENT_BYTES / (o->payload + 40);
    double start = seconds_now();
    uint64_t count = 0;
    enum err err = OK;

    fill(records, APPEND_BATCH, payloads, o->payload, 1);
    while (!err && count < most && seconds_now() < start + o->seconds) {
        err = ledger_append(l, us_now(), records, APPEND_BATCH);
        if (!err)
            err = ledger_commit(l);
        count += APPEND_BATCH;
    }
    out->append_records_s = (double)count / (seconds_now() - start);
    free(records);
    free(payloads);
    return err;
}

static enum err bench_append(const char *path,
                             const struct bench_ledger_options *o,
                             struct bench_ledger *out)
{
    struct ledger_options options = {.no_sync = true};
    struct ledger_status status;
    struct ledger *l = NULL;
    double start;
    enum err err = ledger_open(path, &options, &l);

    if (err)
        return err;
    start = seconds_now();
    err = append_for_a_while(l, o, out);
    ledger_status(l, &status);
    ledger_close(l); /* waits for the sealing thread, which began long ago */
    out->seal_mb_s = (double)(status.segments - 1) * LEDGER_SEGMENT_BYTES /
                     1e6 / (seconds_now() - start);
    return err;
}

/* ---- group commit ---- */

struct producers {
    struct ledger_writer *writer;
    pthread_mutex_t lock;
    pthread_cond_t all_back;
    bool stop;
    unsigned under_way;
    uint64_t records;
    float *took_ms;
    size_t count;
    enum err err;
};

struct producer {
    struct ledger_batch batch;
    struct producers *all;
    double handed_in;
};

static void told(struct ledger_batch *batch)
{
    struct producer *p = batch->owner;
    struct producers *all = p->all;
    double took = seconds_now() - p->handed_in;

    pthread_mutex_lock(&all->lock);
    if (batch->err)
        all->err = batch->err;
    else
        all->records += batch->count;
    if (all->count < LATENCIES_MAX)
        all->took_ms[all->count++] = (float)(1e3 * took);
    pthread_mutex_unlock(&all->lock);
}

static void come_back(struct ledger_batch *batch)
{
    struct producer *p = batch->owner;

    pthread_mutex_lock(&p->all->lock);
    if (--p->all->under_way == 0)
        pthread_cond_signal(&p->all->all_back);
    pthread_mutex_unlock(&p->all->lock);
}

/* next(): the batch is on disk; its producer has the following one ready. */
static void go_again(void *context, struct ledger_batch *batch)
{
    struct producers *all = context;
    struct producer *p = batch->owner;
    bool stop;

    pthread_mutex_lock(&all->lock);
    stop = all->stop;
    pthread_mutex_unlock(&all->lock);
    p->handed_in = seconds_now();
    if (stop || ledger_writer_submit(all->writer, batch))
        come_back(batch);
}

static void run_producers(struct producers *all, struct producer *each,
                          const struct bench_ledger_options *o)
{
    struct timespec pause = {(time_t)o->seconds, 0};

    pause.tv_nsec = (long)((o->seconds - (double)pause.tv_sec) * 1e9);
    for (unsigned i = 0; i < o->producers; i++) {
        each[i].handed_in = seconds_now();
        pthread_mutex_lock(&all->lock);
        all->under_way++;
        pthread_mutex_unlock(&all->lock);
        if (ledger_writer_submit(all->writer, &each[i].batch))
            come_back(&each[i].batch);
    }
    nanosleep(&pause, NULL);
    pthread_mutex_lock(&all->lock);
    all->stop = true;
    while (all->under_way > 0)
        pthread_cond_wait(&all->all_back, &all->lock);
    pthread_mutex_unlock(&all->lock);
}

static enum err commit_for_a_while(struct ledger *l,
                                   const struct bench_ledger_options *o,
                                   struct bench_ledger *out)
{
    struct producers all = {.lock = PTHREAD_MUTEX_INITIALIZER,
                            .all_back = PTHREAD_COND_INITIALIZER};
    struct producer *each = memory_new(o->producers, sizeof(*each));
    struct ledger_record *records =
        memory_new((size_t)o->producers * o->batch, sizeof(*records));
    char *payloads = make_payloads(o->batch, o->payload);
    struct ledger_status before, after;
    double start, took;

    for (unsigned i = 0; i < o->producers; i++) {
        struct ledger_record *own = records + (size_t)i * o->batch;

        fill(own, o->batch, payloads, o->payload, i + 1);
        each[i].all = &all;
        each[i].batch = (struct ledger_batch){.records = own,
                                              .count = o->batch,
                                              .done = told,
                                              .release = come_back,
                                              .owner = &each[i]};
    }
    all.took_ms = memory_new(LATENCIES_MAX, sizeof(*all.took_ms));
    all.writer = ledger_writer_start(l, go_again, &all, 0);
    ledger_status(l, &before);
    start = seconds_now();
    run_producers(&all, each, o);
    took = seconds_now() - start;
    ledger_status(l, &after);
    ledger_writer_stop(all.writer);
    out->records = all.records;
    out->commit_records_s = (double)all.records / took;
    out->commits_s = (double)(after.commits - before.commits) / took;
    out->commit_ms_p99 = percentile(all.took_ms, all.count, 0.99);
    free(all.took_ms);
    free(payloads);
    free(records);
    free(each);
    return all.err;
}

static enum err bench_commit(const char *path,
                             const struct bench_ledger_options *o,
                             struct bench_ledger *out)
{
    struct ledger *l = NULL;
    enum err err = ledger_open(path, NULL, &l);

    if (err)
        return err;
    err = commit_for_a_while(l, o, out);
    ledger_close(l);
    return err;
}

/* ---- all of it ---- */

static void remove_directory(const char *path)
{
    DIR *d = opendir(path);
    const struct dirent *entry;

    while (d && (entry = readdir(d)) != NULL)
        unlinkat(dirfd(d), entry->d_name, 0);
    if (d)
        closedir(d);
    rmdir(path);
}

enum err bench_ledger(const struct bench_ledger_options *options,
                      struct bench_ledger *out)
{
    static enum err (*const parts[])(
        const char *path, const struct bench_ledger_options *o,
        struct bench_ledger *out) = {bench_append, bench_commit};
    enum err err;

    *out = (struct bench_ledger){0};
    err = probe_disk(options->directory, options->seconds / 2, out);
    for (size_t i = 0; i < LENGTH(parts) && !err; i++) {
        char path[PATH_MAX];

        snprintf(path, sizeof(path), "%s/bench-ledger-XXXXXX",
                 options->directory);
        if (!mkdtemp(path))
            return file_err(errno);
        err = ledger_init(path);
        if (!err)
            err = parts[i](path, options, out);
        remove_directory(path);
    }
    return err;
}

void bench_ledger_print(const struct bench_ledger_options *options,
                        const struct bench_ledger *figures)
{
    printf("ledger, records of %u bytes\n", options->payload);
    printf("  this disk: fdatasync 4 KiB   %10.3f ms median, %.3f ms p99\n",
           figures->sync_ms_median, figures->sync_ms_p99);
    printf("  this disk: sequential write  %10.0f MB/s\n", figures->write_mb_s);
    printf("  append, no sync              %10.0f records/s\n",
           figures->append_records_s);
    printf("  group commit                 %10.0f records/s acknowledged "
           "(%u producers x %u), %.0f syncs/s, batch p99 %.1f ms\n",
           figures->commit_records_s, options->producers, options->batch,
           figures->commits_s, figures->commit_ms_p99);
    printf("  hash and compress, behind    %10.0f MB/s\n", figures->seal_mb_s);
}
