/*
 * kit_test - what the pipeline's tests share: a small province in a directory
 * of its own, devices that send frames at told moments, and short ways to ask
 * what came of them.
 */
#ifndef PIPELINE_KIT_TEST_H
#define PIPELINE_KIT_TEST_H

#include "assess/verdict_store.h"
#include "base/test.h"
#include "ingest/pipeline/core.h"

#include <ftw.h>
#include <stdio.h>
#include <unistd.h>

static const char kit_sites[] =
    "code,name_zh,name_en,element,level,region,lon,lat,water_body,"
    "target_class,noise_class\n"
    "A1,金泉两河,Air,air,national,510106,103.97,30.72,,,\n"
    "A2,高新区,High-tech zone,air,national,510704,104.7,31.46,,,\n"
    "U1,监测井,Well,groundwater,national,510106,104.05,30.66,,,\n"
    "N1,人民公园,Park,noise,city,510106,104.05,30.66,,,1\n"
    "W1,岷江大桥,Bridge,water,national,511102,103.76,29.56,river,3,\n"
    "W2,丰谷,Fenggu,water,national,510704,104.8,31.4,river,3,\n"
    "Q1,某某污水厂,Sewage works,source_water,enterprise,510112,104.2,30.5,,,"
    "\n"
    "G1,某某电厂,Power plant,source_gas,enterprise,510112,104.2,30.5,,,\n";
static const char kit_points[] = "site,code,name_zh\n"
                                 "A1,1,进气口\n"
                                 "A1,2,备用\n"
                                 "A2,1,进气口\n"
                                 "N1,1,测点\n"
                                 "U1,1,井口\n"
                                 "W2,1,中泓\n"
                                 "W1,1,左岸\n"
                                 "Q1,DW001,总排口\n"
                                 "G1,DA001,烟囱\n";
static const char kit_devices[] =
    "mn,site,point,password,st,label_is_end,minute_min,tolerate\n"
    "AIR-1,A1,1,123456,22,no,1,\n"
    "AIR-END,A1,2,123456,22,yes,5,\n"
    "AIR-2,A2,1,123456,22,no,1,\n"
    "WELL-1,U1,1,123456,21,no,,\n"
    "NOISE-1,N1,1,123456,23,no,,\n"
    "WATER-2,W2,1,123456,21,no,,\n"
    "WATER-1,W1,1,123456,21,no,,\n"
    "DW-1,Q1,DW001,123456,32,no,10,\n"
    "DA-1,G1,DA001,123456,31,no,1,\n";
static const char kit_factors[] =
    "site,point,factor,unit,decimals,range_low,range_high\n"
    "A1,1,a21026,ug/m3,0,,\nA1,1,a21004,ug/m3,0,,\n"
    "A1,1,a21005,mg/m3,1,,\nA1,1,a05024,ug/m3,0,,\n"
    "A1,1,a34002,ug/m3,0,,\nA1,1,a34004,ug/m3,0,0,1000\n"
    "A1,2,a34004,mg/m3,3,,\nA1,2,a05024,mg/m3,3,,\n"
    "A2,1,a21026,ug/m3,0,,\nA2,1,a21004,ug/m3,0,,\n"
    "A2,1,a21005,mg/m3,1,,\nA2,1,a05024,ug/m3,0,,\n"
    "A2,1,a34002,ug/m3,0,,\nA2,1,a34004,ug/m3,0,,\n"
    "U1,1,w01001,,2,,\nU1,1,w21003,mg/L,3,,\n"
    "N1,1,Leq,dB,1,,\n"
    "W2,1,w01001,,2,,\nW2,1,w01009,mg/L,2,,\nW2,1,w21003,mg/L,3,,\n"
    "W1,1,w01001,,2,,\nW1,1,w01009,mg/L,2,,\nW1,1,w01019,mg/L,2,,\n"
    "W1,1,w21003,mg/L,3,,\nW1,1,w21011,mg/L,3,,\n"
    "Q1,DW001,w00000,L/s,2,,\nQ1,DW001,w01018,mg/L,1,,\n"
    "Q1,DW001,w01001,,2,,\n"
    "G1,DA001,a34013,mg/m3,2,,\nG1,DA001,a21026,mg/m3,1,,\n";
static const char kit_limits[] =
    "site,point,factor,averaging,from,standard,min,max,unit,converted\n"
    "Q1,DW001,w01018,day,2014-07-01,GB 18918-2002,,50,mg/L,no\n"
    "G1,DA001,a21026,hour,2014-07-01,GB 13223-2011,,100,mg/m3,yes\n";

struct kit {
    char directory[64];
    struct registry *registry;
    struct series *series;
    struct verdict_store *verdicts;
    struct core *core;
    struct pipeline_options options;
    struct arena arena;
    struct buf frame;
    uint64_t sequence;
    int64_t now_us;
};

static inline const char *kit_path(struct kit *kit, const char *name)
{
    return arena_printf(&kit->arena, "%s/%s", kit->directory, name);
}

static inline void kit_file(struct kit *kit, const char *name, const char *text)
{
    FILE *file = fopen(kit_path(kit, name), "wb");

    CHECK(file != NULL);
    CHECK_INT(fwrite(text, 1, strlen(text), file), strlen(text));
    CHECK_INT(fclose(file), 0);
}

static inline void kit_registry(struct kit *kit)
{
    struct import_result result;
    enum err err;

    kit_file(kit, "sites.csv", kit_sites);
    kit_file(kit, "points.csv", kit_points);
    kit_file(kit, "devices.csv", kit_devices);
    kit_file(kit, "factors.csv", kit_factors);
    kit_file(kit, "limits.csv", kit_limits);
    CHECK_INT(registry_open(kit_path(kit, "registry.db"), &kit->registry), OK);
    err = registry_import(kit->registry, kit->directory, false, &kit->arena,
                          &result);
    for (size_t i = 0; i < result.problem_count; i++)
        print_error("%s:%d %s '%s' %s\n", result.problems[i].file,
                    result.problems[i].line, result.problems[i].column,
                    result.problems[i].value, result.problems[i].reason);
    CHECK_INT(err, OK);
}

static inline void kit_open(struct kit *kit)
{
    const char *path = kit_path(kit, "series.db");

    CHECK_INT(series_open(path, NULL, &kit->series), OK);
    CHECK_INT(verdict_store_open(path, false, &kit->verdicts), OK);
    CHECK_INT(core_new(&kit->options, kit->series, kit->registry, kit->verdicts,
                       &kit->core),
              OK);
}

/* As a crash leaves it: what was not flushed is gone. */
static inline void kit_close(struct kit *kit)
{
    core_free(kit->core);
    kit->core = NULL;
    verdict_store_close(kit->verdicts);
    series_close(kit->series);
}

static inline void kit_init(struct kit *kit)
{
    *kit = (struct kit){.directory = "/tmp/pipeline-test-XXXXXX"};
    CHECK(mkdtemp(kit->directory) != NULL);
    arena_init(&kit->arena);
    buf_init(&kit->frame, 8192);
    kit->options = pipeline_defaults();
    kit_registry(kit);
    kit_open(kit);
}

static inline int kit_remove(const char *path, const struct stat *info,
                             int flag, struct FTW *walk)
{
    (void)info;
    (void)flag;
    (void)walk;
    return remove(path);
}

static inline void kit_done(struct kit *kit)
{
    kit_close(kit);
    registry_close(kit->registry);
    buf_done(&kit->frame);
    arena_done(&kit->arena);
    nftw(kit->directory, kit_remove, 8, FTW_DEPTH | FTW_PHYS);
}

/* ---- names to numbers ---- */

static inline int32_t kit_device(struct kit *kit, const char *mn)
{
    const struct registry_snapshot *s = registry_hold(kit->registry);
    const struct device *device = registry_device_by_mn(s, span_of(mn));
    int32_t id = device ? device->id : 0;

    registry_release(kit->registry, s);
    CHECK(id > 0);
    return id;
}

static inline int32_t kit_point(struct kit *kit, const char *mn)
{
    const struct registry_snapshot *s = registry_hold(kit->registry);
    const struct device *device = registry_device_by_mn(s, span_of(mn));
    int32_t id = device && device->point ? device->point->id : 0;

    registry_release(kit->registry, s);
    CHECK(id > 0);
    return id;
}

static inline int32_t kit_site(struct kit *kit, const char *mn)
{
    const struct registry_snapshot *s = registry_hold(kit->registry);
    int32_t id = registry_device_by_mn(s, span_of(mn))->point->site->id;

    registry_release(kit->registry, s);
    return id;
}

/* "2026-04-01 08:00" in Beijing. */
static inline int64_t at(const char *text)
{
    int64_t s;

    CHECK_INT(datetime_parse(span_of(text), &s), OK);
    return s;
}

/* ---- records ---- */

static inline void kit_record(struct kit *kit, enum ledger_kind kind,
                              int32_t device, struct span payload)
{
    struct ledger_record record = {
        .sequence = ++kit->sequence,
        .arrival_us = kit->now_us,
        .source = (uint32_t)device,
        .kind = kind,
        .payload = payload,
    };

    core_apply(kit->core, &record);
}

/* A whole frame as a device sends it, into kit->frame. */
static inline void kit_encode(struct kit *kit, const char *mn, int cn,
                              int64_t time_s, const char *items)
{
    struct hj212_header header = {
        .qn = SPAN("20260401080000123"),
        .st = SPAN("22"),
        .pw = SPAN("123456"),
        .mn = span_of(mn),
        .cn = cn,
        .flag = 5,
    };
    char label[15];
    const char *cp;

    datetime_format_compact(time_s, label);
    cp = arena_printf(&kit->arena, "DataTime=%s;%s", label, items);
    buf_clear(&kit->frame);
    CHECK_INT(hj212_encode(&header, span_of(cp), NULL, &kit->frame), OK);
}

static inline void kit_send(struct kit *kit, const char *mn, int cn,
                            int64_t time_s, const char *items)
{
    kit_encode(kit, mn, cn, time_s, items);
    kit_record(kit, LEDGER_FRAME, kit_device(kit, mn), buf_span(&kit->frame));
}

static inline void kit_now(struct kit *kit, int64_t now_s)
{
    kit->now_us = now_s * 1000000;
    core_advance(kit->core, kit->now_us);
}

/* ---- what came of it ---- */

static inline channel_id kit_channel(struct kit *kit, const char *mn,
                                     const char *factor, enum cadence cadence,
                                     enum origin origin)
{
    struct channel_key key = {
        .subject = SUBJECT_POINT,
        .id = kit_point(kit, mn),
        .cadence = cadence,
        .origin = origin,
    };

    span_copy(span_of(factor), key.factor, sizeof(key.factor));
    return series_find(kit->series, &key);
}

/* All readings of a channel; at most one page of them. */
static inline size_t kit_all(struct kit *kit, channel_id channel,
                             struct reading **out)
{
    struct series_range all = {MOMENT_MIN_S, MOMENT_MAX_S};
    size_t count = 0;

    if (channel == 0)
        return 0;
    CHECK_INT(series_scan(kit->series, channel, all, (struct series_view){0}, 0,
                          &kit->arena, out, &count),
              OK);
    return count;
}

static inline bool kit_reading(struct kit *kit, channel_id channel,
                               int64_t start_s, struct reading *out)
{
    struct series_range one = {start_s, start_s + 1};
    struct reading *found;
    size_t count = 0;

    *out = (struct reading){0};
    if (channel == 0)
        return false;
    CHECK_INT(series_scan(kit->series, channel, one, (struct series_view){0}, 0,
                          &kit->arena, &found, &count),
              OK);
    if (count > 0)
        *out = found[0];
    return count > 0;
}

static inline void kit_check(struct kit *kit, channel_id channel,
                             int64_t start_s, const char *value,
                             uint32_t quality)
{
    struct reading r;
    char text[DECIMAL_TEXT_MAX];

    CHECK(kit_reading(kit, channel, start_s, &r));
    CHECK(r.present & READING_VALUE);
    decimal_format(r.number[COLUMN_VALUE], text);
    CHECK_TEXT(text, value);
    CHECK_INT(r.quality, quality);
}

static inline bool kit_verdict(struct kit *kit, const char *mn,
                               enum verdict_kind kind, enum cadence cadence,
                               int64_t start_s, struct verdict *out)
{
    struct verdict_key key = {kit_site(kit, mn), kind, kit_point(kit, mn),
                              cadence, start_s};
    struct verdict *versions;
    size_t count;

    *out = (struct verdict){0};
    CHECK_INT(verdict_store_versions(kit->verdicts, &key, &kit->arena,
                                     &versions, &count),
              OK);
    if (count > 0)
        *out = versions[count - 1];
    return count > 0;
}

/* A verdict of a region. */
static inline bool kit_region(struct kit *kit, int region,
                              enum verdict_kind kind, enum cadence cadence,
                              int64_t start_s, struct verdict *out)
{
    struct verdict_key key = {-region, kind, 0, cadence, start_s};
    struct verdict *versions;
    size_t count;

    *out = (struct verdict){0};
    CHECK_INT(verdict_store_versions(kit->verdicts, &key, &kit->arena,
                                     &versions, &count),
              OK);
    if (count > 0)
        *out = versions[count - 1];
    return count > 0;
}

#endif
