/* What the tests of this folder share: a store in a directory of its own. */
#ifndef SERIES_TEST_KIT_H
#define SERIES_TEST_KIT_H

#include "base/memory.h"
#include "storage/series/series.h"

#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

/* 2026-11-24 00:00 in Beijing. */
#define DAY0 1795449600LL

struct kit {
    char directory[64], path[96];
    struct series *series;
    struct arena arena;
};

static inline void kit_open(struct kit *kit, const struct series_options *o)
{
    if (series_open(kit->path, o, &kit->series) != OK)
        abort();
}

static inline void kit_init(struct kit *kit)
{
    const char *tmp = getenv("TMPDIR");

    *kit = (struct kit){.series = NULL};
    snprintf(kit->directory, sizeof kit->directory, "%s/series-XXXXXX",
             tmp && strlen(tmp) < 32 ? tmp : "/tmp");
    if (!mkdtemp(kit->directory))
        abort();
    snprintf(kit->path, sizeof kit->path, "%s/series.db", kit->directory);
    arena_init(&kit->arena);
    kit_open(kit, NULL);
}

static inline void kit_reopen(struct kit *kit)
{
    series_close(kit->series);
    kit->series = NULL;
    kit_open(kit, NULL);
}

static inline void kit_remove(const char *path, const char *end)
{
    char name[128];

    snprintf(name, sizeof name, "%s%s", path, end);
    unlink(name);
}

static inline void kit_done(struct kit *kit)
{
    series_close(kit->series);
    arena_done(&kit->arena);
    kit_remove(kit->path, "");
    kit_remove(kit->path, "-wal");
    kit_remove(kit->path, "-shm");
    kit_remove(kit->path, ".lock");
    rmdir(kit->directory);
}

static inline void kit_flush(struct kit *kit, uint64_t sequence)
{
    if (series_flush(kit->series, sequence, NULL, NULL) != OK)
        abort();
}

static inline channel_id kit_channel(struct kit *kit, int32_t point,
                                     const char *factor, enum cadence cadence)
{
    struct channel_key key = {.subject = SUBJECT_POINT,
                              .id = point,
                              .cadence = cadence,
                              .origin = ORIGIN_REPORTED};

    snprintf(key.factor, sizeof key.factor, "%s", factor);
    return series_channel(kit->series, &key);
}

/* A value that arrived ten seconds after its minute. */
static inline struct reading kit_reading(int64_t start_s, int64_t mantissa,
                                         int exponent)
{
    return (struct reading){
        .start_s = start_s,
        .number = {DECIMAL(mantissa, (int8_t)exponent)},
        .present = READING_VALUE,
        .flag = 'N',
        .arrival_us = (start_s + 70) * 1000000,
    };
}

static inline enum series_change kit_put(struct kit *kit, channel_id channel,
                                         int64_t start_s, int64_t mantissa,
                                         int exponent)
{
    struct reading r = kit_reading(start_s, mantissa, exponent);

    return series_append(kit->series, channel, &r);
}

static inline size_t kit_scan(struct kit *kit, channel_id channel,
                              int64_t from_s, int64_t to_s,
                              struct reading **out)
{
    size_t count = 0;

    if (series_scan(kit->series, channel, (struct series_range){from_s, to_s},
                    (struct series_view){0}, 0, &kit->arena, out, &count) != OK)
        abort();
    return count;
}

#endif
