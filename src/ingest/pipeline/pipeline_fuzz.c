/*
 * pipeline_fuzz - a device that sends whatever it likes, and people's overlays
 * made of any bytes: the first byte chooses, the rest is the content of a frame
 * with a right checksum, a frame as it is, or an overlay's JSON.
 */
#include "assess/verdict_store.h"
#include "ingest/pipeline/core.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct {
    const char *name, *text;
} files[] = {
    {"sites.csv",
     "code,name_zh,element,level,region\nA1,x,air,national,510106\n"
     "Q1,x,source_water,enterprise,510112\n"},
    {"points.csv", "site,code,name_zh\nA1,1,x\nQ1,1,x\n"},
    {"devices.csv", "mn,site,point,password,label_is_end\n"
                    "M1,A1,1,123456,no\nM2,Q1,1,123456,yes\n"},
};

static struct core *core;
static uint64_t sequence;
static int64_t now_us = 1790000000000000;

static void setup(void)
{
    static char directory[] = "/tmp/pipeline-fuzz-XXXXXX";
    struct pipeline_options options = pipeline_defaults();
    struct registry *registry = NULL;
    struct series *series = NULL;
    struct verdict_store *verdicts = NULL;
    struct import_result result;
    struct arena arena;
    const char *store;

    arena_init(&arena);
    if (!mkdtemp(directory))
        abort();
    for (size_t i = 0; i < LENGTH(files); i++) {
        FILE *f =
            fopen(arena_printf(&arena, "%s/%s", directory, files[i].name), "w");

        if (!f || fputs(files[i].text, f) < 0 || fclose(f))
            abort();
    }
    store = arena_printf(&arena, "%s/series.db", directory);
    if (registry_open(arena_printf(&arena, "%s/registry.db", directory),
                      &registry) ||
        registry_import(registry, directory, false, &arena, &result) ||
        series_open(store, NULL, &series) ||
        verdict_store_open(store, false, &verdicts) ||
        core_new(&options, series, registry, verdicts, &core))
        abort();
    arena_done(&arena);
}

static void apply(enum ledger_kind kind, uint32_t device, struct span payload)
{
    struct ledger_record record = {
        .sequence = sequence + 1,
        .arrival_us = now_us,
        .source = device,
        .kind = kind,
        .payload = payload,
    };

    sequence++;
    core_apply(core, &record);
}

static void frame(uint8_t choice, struct span cp)
{
    static const int commands[] = {2011, 2051, 2061, 2031, 2041, 2052};
    struct hj212_header header = {
        .qn = SPAN("20260401080000123"),
        .st = SPAN("22"),
        .pw = SPAN("123456"),
        .mn = SPAN("M1"),
        .cn = commands[choice % LENGTH(commands)],
        .flag = 5,
    };
    struct buf out;

    buf_init(&out, 8192);
    if (hj212_encode(&header, cp, NULL, &out) == OK)
        apply(LEDGER_FRAME, 1 + choice % 2, buf_span(&out));
    buf_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span rest;

    if (!core)
        setup();
    if (size == 0)
        return 0;
    rest = (struct span){(const char *)data + 1, size - 1};
    now_us += 700000;
    if (data[0] < 192)
        frame(data[0], rest);
    else if (data[0] < 224)
        apply(LEDGER_FRAME, 1 + data[0] % 3, rest);
    else
        apply(LEDGER_OVERLAY, 0, rest);
    if (series_unflushed(core->series) > 20000 && core_flush(core))
        abort();
    return 0;
}
