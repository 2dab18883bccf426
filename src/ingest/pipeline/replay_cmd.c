#include "ingest/pipeline/replay_cmd.h"

#include "assess/verdict_store.h"
#include "base/memory.h"
#include "ingest/pipeline/pipeline.h"
#include "ingest/pipeline/state_store.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { EXIT_NO = 1, EXIT_USAGE = 2, HEX_MAX = 80 };

static const char usage[] =
    "shangyou replay - makes the readings and verdicts anew from the ledger\n\n"
    "  shangyou replay --data DIR --into NEW\n\n"
    "Replays the ledger of DIR into NEW/series.db, to the moment that the "
    "store\n"
    "of DIR had come to, and compares the two: every reading, version, "
    "overlay\n"
    "and verdict. DIR is only read; no server may run on it. NEW must not "
    "exist.\n"
    "A store that is damaged can be replaced by the new one.\n\n"
    "The registry is taken as it is now and the pipeline.* settings are the\n"
    "defaults: a store that was made with others may differ.\n"
    "Exit codes: 0 the same, 1 not the same or it could not be told, 2 "
    "usage.\n";

/* A store: the readings and the verdicts of one file. */
struct store {
    struct series *series;
    struct verdict_store *verdicts;
};

struct digests {
    unsigned char series[32];
    uint64_t verdicts;
};

static int cannot(const char *what, enum err err)
{
    fprintf(stderr, "shangyou replay: %s: %s\n", what, err_text(err));
    return EXIT_NO;
}

static void store_close(struct store *s)
{
    if (s->verdicts)
        verdict_store_close(s->verdicts);
    if (s->series)
        series_close(s->series);
    *s = (struct store){0};
}

static enum err store_open(struct store *s, const char *path, bool read_only)
{
    struct series_options options = {.read_only = read_only};
    enum err err = series_open(path, &options, &s->series);

    if (!err)
        err = verdict_store_open(path, read_only, &s->verdicts);
    if (err)
        store_close(s);
    return err;
}

static enum err store_digest(const char *path, struct digests *out,
                             uint64_t *applied)
{
    struct store s = {0};
    enum err err = store_open(&s, path, true);

    if (err)
        return err;
    *applied = series_applied(s.series);
    err = series_digest(s.series, out->series);
    if (!err)
        err = verdict_store_digest(s.verdicts, &out->verdicts);
    store_close(&s);
    return err;
}

/* Time goes on to that moment, as the writer's ticks tell it. */
static void pass_time(struct pipeline *pipeline, int64_t clock_us,
                      uint64_t last)
{
    struct ledger_record tick = {
        .sequence = last, .arrival_us = clock_us, .kind = LEDGER_TICK};
    struct ledger_batch batch = {.records = &tick, .count = 1};

    pipeline_take(pipeline, &batch);
    pipeline_stop(pipeline);
}

static enum err replay(const char *data, const char *path, int64_t clock_us)
{
    struct ledger_options reading = {.read_only = true};
    struct pipeline_options options = pipeline_defaults();
    struct store s = {0};
    struct ledger *ledger = NULL;
    struct registry *registry = NULL;
    struct pipeline *pipeline;
    char name[PATH_MAX];
    enum err err;

    options.replay_ms = 0;
    snprintf(name, sizeof(name), "%s/ledger", data);
    err = ledger_open(name, &reading, &ledger);
    snprintf(name, sizeof(name), "%s/registry.db", data);
    if (!err)
        err = registry_open(name, &registry);
    if (!err)
        err = store_open(&s, path, false);
    if (!err)
        err = pipeline_start(&options, ledger, s.series, registry, s.verdicts,
                             &pipeline);
    if (!err)
        pass_time(pipeline, clock_us, ledger_last(ledger));
    store_close(&s);
    if (registry)
        registry_close(registry);
    if (ledger)
        ledger_close(ledger);
    return err;
}

static void hex(const unsigned char bytes[32], char out[HEX_MAX])
{
    for (int i = 0; i < 32; i++)
        snprintf(out + (ptrdiff_t)2 * i, 3, "%02x", bytes[i]);
}

static int compare(const struct digests *old, const struct digests *new)
{
    bool readings = memcmp(old->series, new->series, 32) == 0;
    bool verdicts = old->verdicts == new->verdicts;
    char a[HEX_MAX], b[HEX_MAX];

    hex(old->series, a);
    hex(new->series, b);
    printf("readings  store %s\n          anew  %s  %s\n", a, b,
           readings ? "the same" : "NOT THE SAME");
    printf(
        "verdicts  store %016" PRIx64 "\n          anew  %016" PRIx64 "  %s\n",
        old->verdicts, new->verdicts, verdicts ? "the same" : "NOT THE SAME");
    return readings && verdicts ? EXIT_SUCCESS : EXIT_NO;
}

/* The moment it had come to and what is in it. */
static enum err look_at_old(const char *path, int64_t *clock_us,
                            struct digests *out, uint64_t *applied)
{
    struct buf items;
    enum err err;

    buf_init(&items, STATE_BYTES_MAX);
    err = state_store_load(path, clock_us, &items);
    buf_done(&items);
    return err ? err : store_digest(path, out, applied);
}

static int replay_into(const char *data, const char *into)
{
    char store[PATH_MAX], anew[PATH_MAX], ledger[PATH_MAX];
    struct digests old, new;
    uint64_t applied = 0, applied_anew = 0;
    int64_t clock_us = 0;
    enum err err, damage;

    snprintf(store, sizeof(store), "%s/series.db", data);
    snprintf(anew, sizeof(anew), "%s/series.db", into);
    snprintf(ledger, sizeof(ledger), "%s/ledger", data);
    if (access(ledger, R_OK | X_OK) != 0)
        return cannot(ledger, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO);
    if (mkdir(into, 0750) != 0)
        return cannot(into, errno == EEXIST ? ERR_EXISTS : ERR_IO);
    damage = look_at_old(store, &clock_us, &old, &applied);
    err = replay(data, anew, clock_us);
    if (!err)
        err = store_digest(anew, &new, &applied_anew);
    if (err)
        return cannot(anew, err);
    printf("records   store %" PRIu64 "\n          anew  %" PRIu64 "\n",
           applied, applied_anew);
    if (damage)
        return cannot(store, damage); /* the new one is there all the same */
    if (applied != applied_anew)
        puts("the store does not have all records yet: start the server and "
             "stop it in\norder, then compare");
    return compare(&old, &new);
}

int replay_command(int argc, char **argv)
{
    const char *data = NULL, *into = NULL;

    for (int i = 1; i < argc; i++) {
        struct span word = span_of(argv[i]);

        if (span_is(word, "--help") || span_is(word, "-h")) {
            fputs(usage, stdout);
            return EXIT_SUCCESS;
        }
        if (span_is(word, "--data") && i + 1 < argc) {
            data = argv[++i];
        } else if (span_is(word, "--into") && i + 1 < argc) {
            into = argv[++i];
        } else {
            data = NULL;
            break;
        }
    }
    if (!data || !into) {
        fputs("shangyou replay: see shangyou replay --help\n", stderr);
        return EXIT_USAGE;
    }
    return replay_into(data, into);
}
