/*
 * registry_test - for the tests: a registry in a directory of its own, and a
 * small province to fill it with.
 */
#ifndef REGISTRY_TEST_H
#define REGISTRY_TEST_H

#include "storage/registry/registry.h"

#include "base/test.h"

#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct world {
    char directory[64];
    struct registry *registry;
    struct arena arena;
    struct import_result result;
    struct import_problem problem;
};

static inline const char *path_in(struct world *w, const char *name)
{
    return arena_printf(&w->arena, "%s/%s", w->directory, name);
}

static inline void world_init(struct world *w)
{
    *w = (struct world){0};
    snprintf(w->directory, sizeof(w->directory), "%s",
             "/tmp/registry-test-XXXXXX");
    CHECK(mkdtemp(w->directory) != NULL);
    arena_init(&w->arena);
    CHECK_INT(registry_open(path_in(w, "registry.db"), &w->registry), OK);
}

static inline int remove_one(const char *path, const struct stat *info,
                             int flag, struct FTW *walk)
{
    (void)info;
    (void)flag;
    (void)walk;
    return remove(path);
}

static inline void world_done(struct world *w)
{
    registry_close(w->registry);
    arena_done(&w->arena);
    nftw(w->directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static inline void write_bytes(struct world *w, const char *name,
                               const char *at, size_t len)
{
    FILE *file = fopen(path_in(w, name), "wb");

    CHECK(file != NULL);
    CHECK_INT(fwrite(at, 1, len, file), len);
    CHECK_INT(fclose(file), 0);
}

static inline void write_text(struct world *w, const char *name,
                              const char *text)
{
    write_bytes(w, name, text, strlen(text));
}

static inline enum err import(struct world *w, const char *name, bool dry_run)
{
    return registry_import(w->registry, path_in(w, name), dry_run, &w->arena,
                           &w->result);
}

static inline enum err put(struct world *w, const char *kind, const char *json)
{
    return registry_put(w->registry, kind, span_of(json), &w->arena,
                        &w->problem);
}

/* A power plant with a stack, and a section of a river. */
static const char sites[] =
    "code,name_zh,name_en,element,level,region,lon,lat,water_body,"
    "target_class\n"
    "QY0001,某某电厂,A power plant,source_gas,enterprise,510112,104.27,30.56,"
    ",\n"
    "W001,岷江大桥,Minjiang Bridge,water,national,511102,103.767861,29.567861,"
    "river,III\n";
static const char points[] = "site,code,name_zh\n"
                             "QY0001,DA001,1号机组总排口\n"
                             "W001,1,左岸\n";
static const char devices[] =
    "mn,site,point,password,st,tolerate,sm4_key,addresses,minute_min\n"
    "QY0001aBcD,QY0001,DA001,123456,31,+large_segment -qn_missing,"
    "0123456789ABCDEFfedcba9876543210,10.20.0.0/16;2001:db8::/32 192.0.2.7,10\n"
    "WATER-1,W001,1,,,,,,\n";
static const char factors[] =
    "site,point,factor,unit,decimals,detection_limit,range_low,range_high\n"
    "QY0001,DA001,a21026,mg/m3,1,0.5,0,500.0\n"
    "QY0001,DA001,a34013,,,,,\n"
    "QY0001,DA001,a01014,,,,,\n"
    "W001,1,w01001,,,,,\n";
static const char limits[] =
    "site,point,factor,averaging,from,standard,min,max,unit,converted,to\n"
    "QY0001,DA001,a21026,hour,2014-07-01,GB 13223-2011,,200,mg/m3,yes,\n"
    "QY0001,DA001,a34013,hour,20140701,GB 13223-2011,,30,mg/m3,是,2030-12-31"
    "\n";

static inline void write_all(struct world *w)
{
    write_text(w, "sites.csv", sites);
    write_text(w, "points.csv", points);
    write_text(w, "devices.csv", devices);
    write_text(w, "factors.csv", factors);
    write_text(w, "limits.csv", limits);
}

static inline void fill(struct world *w)
{
    write_all(w);
    for (size_t i = 0; i < (import(w, "", false) ? w->result.problem_count : 0);
         i++) {
        const struct import_problem *p = &w->result.problems[i];

        print_error("%s:%d %s '%s' %s; %s\n", p->file, p->line, p->column,
                    p->value, p->reason, p->suggestion);
    }
    CHECK_INT(w->result.problem_count, 0);
}

#endif
