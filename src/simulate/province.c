/*
 * A made-up fleet on the real divisions and sections of the province. Names of
 * enterprises say that they are simulated; nobody's real plant is meant.
 */
#include "simulate/fleet.h"

#include "base/csv.h"
#include "base/memory.h"
#include "standards/standards.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

enum {
    TABLES = 5,
    OUTLETS_A_CITY = 6, /* gas and wastewater in turn */
    MINUTES = 10,
    REALTIME_S = 60,
};

struct writer {
    FILE *sites, *points, *devices, *factors, *limits;
    int number; /* of the device */
    uint64_t dice;
};

/* clang-format off */
static const struct {
    const char *name, *header;
} tables[TABLES] = {
    {"sites.csv",
     "code,name_zh,name_en,element,level,region,lon,lat,water_body,"
     "target_class,noise_class,control_point,public_page"},
    {"points.csv", "site,code,name_zh,name_en"},
    {"devices.csv", "mn,site,point,password,st,realtime_s,minute_min,enabled"},
    {"factors.csv",
     "site,point,factor,unit,decimals,detection_limit,range_low,range_high"},
    {"limits.csv",
     "site,point,factor,standard,averaging,max,min,unit,converted,from"},
};
/* clang-format on */

/* What one outlet may discharge; the rows name what they follow. */
struct limit {
    const char *st, *factor, *standard, *averaging, *max, *min, *unit, *from;
    bool converted;
};

static const struct limit limits[] = {
    {"31", "a21026", "GB 13223-2011", "hour", "100", "", "mg/m3", "2014-07-01",
     true},
    {"31", "a21002", "GB 13223-2011", "hour", "100", "", "mg/m3", "2014-07-01",
     true},
    {"31", "a34013", "GB 13223-2011", "hour", "30", "", "mg/m3", "2014-07-01",
     true},
    {"32", "w01018", "GB 18918-2002", "day", "50", "", "mg/L", "2003-07-01",
     false},
    {"32", "w21003", "GB 18918-2002", "day", "5", "", "mg/L", "2003-07-01",
     false},
    {"32", "w21011", "GB 18918-2002", "day", "0.5", "", "mg/L", "2006-01-01",
     false},
    {"32", "w21001", "GB 18918-2002", "day", "15", "", "mg/L", "2003-07-01",
     false},
};

/* 0 to n - 1. */
static int throw_dice(struct writer *w, int n)
{
    w->dice = w->dice * 6364136223846793005u + 1442695040888963407u;
    return (int)((w->dice >> 33) % (uint64_t)n);
}

/* A place some kilometres around. */
static double near(struct writer *w, double degrees)
{
    return degrees + (throw_dice(w, 801) - 400) / 10000.0;
}

static void add_factors(struct writer *w, const char *site, const char *point,
                        const char *st)
{
    const struct physics_factor *all[FLEET_FACTORS_MAX];
    size_t count = physics_factors_of(st, all, FLEET_FACTORS_MAX);

    for (size_t i = 0; i < count; i++)
        fprintf(w->factors, "%s,%s,%s,%s,%d,%s,%g,%g\n", site, point,
                all[i]->code, all[i]->unit, all[i]->decimals, "",
                all[i]->low < 0 ? all[i]->low * 4 : 0.0, all[i]->high * 4);
    for (size_t i = 0; i < LENGTH(limits); i++) {
        const struct limit *l = &limits[i];

        if (span_is(span_of(st), l->st))
            fprintf(w->limits, "%s,%s,%s,%s,%s,%s,%s,%s,%s,%s\n", site, point,
                    l->factor, l->standard, l->averaging, l->max, l->min,
                    l->unit, l->converted ? "yes" : "no", l->from);
    }
}

static void add_device(struct writer *w, const char *site, const char *point,
                       const char *st)
{
    fprintf(w->devices, "51%s%020d,%s,%s,%06d,%s,%d,%d,yes\n", st, ++w->number,
            site, point, 100000 + throw_dice(w, 900000), st, REALTIME_S,
            MINUTES);
    add_factors(w, site, point, st);
}

struct place {
    int code;
    struct span zh, en;
    double lon, lat;
};

static void add_air(struct writer *w, const struct place *county, int nth)
{
    char site[32];

    snprintf(site, sizeof site, "KQ%d%02d", county->code, nth);
    fprintf(w->sites,
            "%s,%.*s空气自动站%s,%.*s air station%s,air,%s,%d,%.4f,%.4f,,,,no,"
            "yes\n",
            site, SPAN_ARG(county->zh), nth > 1 ? "(二)" : "",
            SPAN_ARG(county->en), nth > 1 ? " 2" : "",
            throw_dice(w, 3) ? "city" : "national", county->code,
            near(w, county->lon), near(w, county->lat));
    fprintf(w->points, "%s,1,采样口,Inlet\n", site);
    add_device(w, site, "1", "22");
}

static void add_outlet(struct writer *w, const struct place *city, int nth)
{
    bool gas = nth % 2 != 0;
    char site[32];
    const char *point = gas ? "DA001" : "DW001";

    snprintf(site, sizeof site, "QY%d%02d", city->code, nth);
    fprintf(w->sites,
            "%s,%.*s模拟%s%02d号,%.*s simulated %s no. %d,%s,enterprise,%d,"
            "%.4f,%.4f,,,,no,yes\n",
            site, SPAN_ARG(city->zh), gas ? "电厂" : "污水处理厂", nth,
            SPAN_ARG(city->en), gas ? "power plant" : "sewage works", nth,
            gas ? "source_gas" : "source_water", city->code,
            near(w, near(w, city->lon)), near(w, near(w, city->lat)));
    fprintf(w->points, "%s,%s,%s,%s\n", site, point,
            gas ? "总排口(废气)" : "总排口(废水)",
            gas ? "Main stack" : "Main outlet");
    add_device(w, site, point, gas ? "31" : "32");
}

static void add_noise(struct writer *w, const struct place *city)
{
    char site[32];

    snprintf(site, sizeof site, "ZS%d01", city->code);
    fprintf(w->sites,
            "%s,%.*s功能区噪声站,%.*s noise station,noise,city,%d,%.4f,%.4f,,,"
            "2,no,yes\n",
            site, SPAN_ARG(city->zh), SPAN_ARG(city->en), city->code,
            near(w, city->lon), near(w, city->lat));
    fprintf(w->points, "%s,1,测点,Microphone\n", site);
    add_device(w, site, "1", "23");
}

static double number(struct span text)
{
    struct decimal d;

    return decimal_parse(text, &d) ? 0 : decimal_to_double(d);
}

/* Walks a table of the standards directory. */
static void each_row(const char *name, struct writer *w, int scale,
                     void (*row)(struct writer *w, struct csv *c, int scale))
{
    struct span file = standards_file(name);
    char *copy = memory_text(file);
    struct csv csv;

    csv_init(&csv, copy, file.len);
    if (csv_header(&csv) == OK) {
        while (csv_row(&csv) == OK)
            row(w, &csv, scale);
    }
    free(copy);
}

static void region_row(struct writer *w, struct csv *c, int scale)
{
    struct place place = {
        .code = (int)number(csv_field(c, "code")),
        .zh = csv_field(c, "name_zh"),
        .en = csv_field(c, "name_en"),
        .lon = number(csv_field(c, "lon_approx")),
        .lat = number(csv_field(c, "lat_approx")),
    };
    struct span level = csv_field(c, "level");

    if (place.lon == 0 || place.lat == 0)
        return;
    if (span_is(level, "prefecture")) {
        add_noise(w, &place);
        for (int i = 1; i <= OUTLETS_A_CITY * scale && i < 100; i++)
            add_outlet(w, &place, i);
    } else if (!span_is(level, "province")) {
        for (int i = 1; i <= scale && i < 100; i++)
            add_air(w, &place, i);
    }
}

static void section_row(struct writer *w, struct csv *c, int scale)
{
    static int nth;
    struct span lon = csv_field(c, "lon"), lat = csv_field(c, "lat");
    struct span name = csv_field(c, "name_zh");
    char site[32];

    (void)scale;
    snprintf(site, sizeof site, "SZ%04d", ++nth);
    fprintf(w->sites,
            "%s,%.*s断面(%.*s),%.*s section (%.*s),water,national,%.*s,%.*s,"
            "%.*s,river,3,,no,yes\n",
            site, SPAN_ARG(name), SPAN_ARG(csv_field(c, "river_zh")),
            SPAN_ARG(name), SPAN_ARG(csv_field(c, "river_zh")),
            SPAN_ARG(csv_field(c, "city_code")), SPAN_ARG(lon), SPAN_ARG(lat));
    fprintf(w->points, "%s,1,自动站,Station\n", site);
    add_device(w, site, "1", "21");
}

enum err fleet_write_province(const char *directory, int scale,
                              char message[256])
{
    struct writer w = {.dice = 51};
    FILE **files[TABLES] = {&w.sites, &w.points, &w.devices, &w.factors,
                            &w.limits};
    enum err err = OK;

    if (mkdir(directory, 0755) != 0 && errno != EEXIST)
        err = ERR_IO;
    for (int i = 0; i < TABLES && !err; i++) {
        char path[4096];

        snprintf(path, sizeof path, "%s/%s", directory, tables[i].name);
        *files[i] = fopen(path, "w");
        if (*files[i])
            fprintf(*files[i], "%s\n", tables[i].header);
        else
            err = ERR_IO;
    }
    if (!err) {
        each_row("regions.csv", &w, scale, region_row);
        each_row("sichuan-sections.csv", &w, scale, section_row);
    }
    for (int i = 0; i < TABLES; i++) {
        if (*files[i] && fclose(*files[i]) != 0)
            err = ERR_IO;
    }
    if (err)
        snprintf(message, 256, "%.150s: %s", directory, strerror(errno));
    return err;
}
