#include "storage/registry/registry_test.h"

#include "base/csv.h"

#include <time.h>

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

TEST(thirty_thousand_sites_with_points_and_devices_are_taken_and_found)
{
    enum { SITES = 30000 };
    struct world w;
    const struct registry_snapshot *s;
    struct buf site, point, device;
    double start, took;

    world_init(&w);
    buf_init(&site, 8 << 20);
    buf_init(&point, 8 << 20);
    buf_init(&device, 8 << 20);
    buf_text(&site, "code,name_zh,element,level,region,lon,lat\n");
    buf_text(&point, "site,code,name_zh\n");
    buf_text(&device, "mn,site,point,password\n");
    for (int i = 0; i < SITES; i++) {
        buf_printf(&site, "S%05d,站点%d,air,city,510104,104.%04d,30.6\n", i, i,
                   i % 10000);
        buf_printf(&point, "S%05d,1,采样口\n", i);
        buf_printf(&device, "MN%022d,S%05d,1,123456\n", i, i);
    }
    write_bytes(&w, "sites.csv", site.at, site.len);
    write_bytes(&w, "points.csv", point.at, point.len);
    write_bytes(&w, "devices.csv", device.at, device.len);
    buf_done(&site);
    buf_done(&point);
    buf_done(&device);

    start = seconds();
    CHECK_INT(import(&w, "", false), OK);
    took = seconds() - start;
    CHECK_INT(w.result.added, 3 * SITES);
    print_message("import: %d rows in %.2f s\n", 3 * SITES, took);

    s = registry_hold(w.registry);
    for (int i = 0; i < SITES; i++) {
        char mn[32];
        const struct device *d;

        snprintf(mn, sizeof(mn), "mn%022d", i);
        d = registry_device_by_mn(s, span_of(mn));
        CHECK(d != NULL);
        CHECK(registry_site(s, d->point->site->id) == d->point->site);
        CHECK_INT(d->point->device, d->id);
    }
    registry_release(w.registry, s);
    world_done(&w);
}

/* "四川省" and a Chinese city name to the city's code; 0 when unknown. */
static int city_code(const struct registry_snapshot *s, struct span name)
{
    for (size_t i = 0; i < s->region_count; i++) {
        const struct region *r = &s->regions[i];

        if (strcmp(r->level, "prefecture") == 0 && span_is(name, r->name_zh))
            return r->code;
    }
    return 0;
}

/* The published list of national air stations in our columns. */
static void convert(const struct registry_snapshot *s, struct csv *in,
                    struct buf *out, size_t *rows)
{
    buf_text(out, "code,name_zh,element,level,region,lon,lat,control_point\n");
    CHECK_INT(csv_header(in), OK);
    while (csv_row(in) == OK) {
        int code = city_code(s, csv_field(in, "地级行政区"));

        CHECK(code != 0);
        csv_add(out, csv_field(in, "监测点编码"), true);
        csv_add(out, csv_field(in, "监测点名称"), false);
        buf_printf(out, ",air,national,%d", code);
        csv_add(out, csv_field(in, "经度"), false);
        csv_add(out, csv_field(in, "纬度"), false);
        csv_add(out, csv_field(in, "对照点"), false);
        csv_end(out);
        (*rows)++;
    }
}

TEST(the_real_list_of_air_stations_is_taken_when_it_is_there)
{
    static const char name[] = "air/stations/sichuan_sites.utf8.csv";
    const char *data = getenv("SHANGYOU_DATA") ? getenv("SHANGYOU_DATA")
                                               : getenv("SHANGYOU_DATA_BESIDE");
    struct world w;
    const struct registry_snapshot *s;
    struct buf text, out;
    struct csv *csv;
    FILE *file;
    size_t rows = 0, count;

    world_init(&w);
    file =
        fopen(arena_printf(&w.arena, "%s/%s", data ? data : ".", name), "rb");
    if (!file) {
        world_done(&w);
        print_message("skipped: no %s under SHANGYOU_DATA\n", name);
        skip();
    }
    buf_init(&text, 1 << 20);
    buf_init(&out, 1 << 20);
    text.len = fread(buf_room(&text, 1 << 18), 1, 1 << 18, file);
    fclose(file);
    CHECK_INT(csv_to_utf8(&text), OK);
    csv = memory_new(1, sizeof(*csv));
    csv_init(csv, text.at, text.len);
    s = registry_hold(w.registry);
    convert(s, csv, &out, &rows);
    registry_release(w.registry, s);
    free(csv);
    write_bytes(&w, "sites.csv", out.at, out.len);
    buf_done(&text);
    buf_done(&out);

    if (import(&w, "sites.csv", false))
        print_error("line %d: %s %s\n", w.result.problems[0].line,
                    w.result.problems[0].column, w.result.problems[0].reason);
    CHECK_INT(w.result.problem_count, 0);
    CHECK_INT(w.result.added, rows);
    s = registry_hold(w.registry);
    count = s->site_count;
    registry_release(w.registry, s);
    CHECK_INT(count, rows);
    print_message("real list: %zu sites, %zu warnings\n", rows,
                  w.result.warning_count);
    world_done(&w);
}
