#include "simulate/replay.h"

#include "base/arena.h"
#include "base/csv.h"
#include "base/datetime.h"
#include "base/memory.h"
#include "ingest/hj212/hj212.h"
#include "standards/standards.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

enum {
    FILE_MAX_BYTES = 256 << 20,
    COLUMNS_MAX = 20,
    CP_MAX = 900,
    NAME_MAX_BYTES = 96,
};

struct column {
    const char *name, *factor, *unit;
};

struct layout {
    const char *name, *station, *element, *st;
    const char *header; /* of files that have none */
    const char *unit;   /* column: which unit of the station; NULL: one */
    const char *level, *point;
    /* the time of a row; false when it has none */
    bool (*time)(struct csv *c, int year, int64_t *out_s);
    bool by_file;      /* station names are unique within a file only */
    bool label_is_end; /* the table labels an hour by its end */
    const char *water_body;
    struct column columns[COLUMNS_MAX];
    /* for each of them the column that says how it came about */
    const char *flags[COLUMNS_MAX];
};

struct row {
    int64_t time_s;
    struct span cp; /* without DataTime, on the arena */
};

struct station {
    const char *code, *name;
    int region;
    struct row *rows;
    size_t count, room;
};

struct replay {
    const struct layout *layout;
    int year;
    struct arena arena;
    struct station *stations;
    size_t count, room;
    uint64_t rows, left_out;
};

/* ---- times ---- */

static int whole(struct span text)
{
    struct decimal d;

    if (decimal_parse(text, &d) || d.exponent != 0 || d.mantissa < 0 ||
        d.mantissa > 99999999)
        return -1;
    return (int)d.mantissa;
}

static bool civil_time(int year, int month, int day, int hour, int64_t *out_s)
{
    struct civil civil = {.year = year, .month = month, .day = day};

    if (hour < 0 || hour > 24 || civil_to_utc(civil, out_s))
        return false;
    *out_s += (int64_t)hour * HOUR_S;
    return true;
}

static bool day_and_hour(struct csv *c, const char *day_name,
                         const char *hour_name, int64_t *out_s)
{
    int day = whole(csv_field(c, day_name));
    int hour = whole(csv_field(c, hour_name));

    return day > 0 &&
           civil_time(day / 10000, day / 100 % 100, day % 100, hour, out_s);
}

static bool station_time(struct csv *c, int year, int64_t *out_s)
{
    (void)year;
    return day_and_hour(c, "Date", "Hour", out_s);
}

static bool city_time(struct csv *c, int year, int64_t *out_s)
{
    (void)year;
    return day_and_hour(c, "date", "hour", out_s);
}

/* 04-01 12:00; the year is told from outside. */
static bool section_time(struct csv *c, int year, int64_t *out_s)
{
    struct span text = csv_field(c, "监测时间");

    if (text.len != 11)
        return false;
    return civil_time(year, whole(span_first(text, 2)),
                      whole((struct span){text.at + 3, 2}),
                      whole((struct span){text.at + 6, 2}), out_s);
}

static bool prsa_time(struct csv *c, int year, int64_t *out_s)
{
    (void)year;
    return civil_time(whole(csv_field(c, "year")), whole(csv_field(c, "month")),
                      whole(csv_field(c, "day")), whole(csv_field(c, "hour")),
                      out_s);
}

static bool plain_time(struct csv *c, int year, int64_t *out_s)
{
    (void)year;
    return datetime_parse(csv_field(c, "time"), out_s) == OK;
}

/* yymmdd of this century, and the hour it begins with. */
static bool cems_time(struct csv *c, int year, int64_t *out_s)
{
    struct span text = csv_field(c, "yymmdd");
    int day = whole(text);

    (void)year;
    return text.len == 6 && day > 0 &&
           civil_time(2000 + day / 10000, day / 100 % 100, day % 100,
                      whole(csv_field(c, "hour")), out_s);
}

/* ---- layouts ---- */

#define CEMS_HEADER                                                            \
    "orisid,blrid,yymmdd,hour,noxmass_lb_h,so2mass_lb_h,noxrate_lb_mmbtu,"     \
    "optime,gload_mw,sload,htinput_mmbtu,htinput_flag,so2_flag,noxmass_flag,"  \
    "noxrate_flag,unitflow\n"

/* clang-format off */
static const struct layout layouts[] = {
    {.name = "station-hourly", .station = "WatchPoint", .element = "air", .st = "22",
     .level = "national", .point = "测点", .time = station_time, .by_file = true,
     .label_is_end = true, .water_body = "",
     .columns =
     {{"SO2", "a21026", "ug/m3"},
      {"NO2", "a21004", "ug/m3"},
      {"CO", "a21005", "mg/m3"},
      {"O3_1h", "a05024", "ug/m3"},
      {"PM10", "a34002", "ug/m3"},
      {"PM2.5", "a34004", "ug/m3"}}},
    {.name = "city-hourly", .station = "城市", .element = "air", .st = "22",
     .level = "national", .point = "测点", .time = city_time,
     .label_is_end = true, .water_body = "",
     .columns =
     {{"SO2", "a21026", "ug/m3"},
      {"NO2", "a21004", "ug/m3"},
      {"CO", "a21005", "mg/m3"},
      {"O3", "a05024", "ug/m3"},
      {"PM10", "a34002", "ug/m3"},
      {"PM2.5", "a34004", "ug/m3"}}},
    {.name = "cnemc-4h", .station = "断面名称", .element = "water", .st = "21",
     .level = "national", .point = "测点", .time = section_time, .water_body = "river",
     .columns =
     {{"水温(℃)", "w01010", "℃"},
      {"pH(无量纲)", "w01001", "-"},
      {"溶解氧(mg/L)", "w01009", "mg/L"},
      {"电导率(μS/cm)", "w01014", "uS/cm"},
      {"浊度(NTU)", "w01003", "NTU"},
      {"高锰酸盐指数(mg/L)", "w01019", "mg/L"},
      {"氨氮(mg/L)", "w21003", "mg/L"},
      {"总磷(mg/L)", "w21011", "mg/L"},
      {"总氮(mg/L)", "w21001", "mg/L"}}},
    {.name = "prsa", .station = "station", .element = "air", .st = "22",
     .level = "national", .point = "测点", .time = prsa_time, .water_body = "",
     .columns =
     {{"SO2", "a21026", "ug/m3"},
      {"NO2", "a21004", "ug/m3"},
      {"CO", "a21005", "ug/m3"},
      {"O3", "a05024", "ug/m3"},
      {"PM10", "a34002", "ug/m3"},
      {"PM2.5", "a34004", "ug/m3"},
      {"TEMP", "a01001", "℃"},
      {"WSPM", "a01007", "m/s"}}},
    /* An hour's mass in lb is its mean rate in lb/h. */
    {.name = "cems", .station = "orisid", .element = "source_gas", .st = "31",
     .level = "enterprise", .point = "排口", .time = cems_time,
     .header = CEMS_HEADER, .unit = "blrid", .water_body = "",
     .columns =
     {{"so2mass_lb_h", "a21026", "lb/h"},
      {"noxmass_lb_h", "a21002", "lb/h"}},
     .flags = {"so2_flag", "noxmass_flag"}},
    {.name = "plain", .station = "site", .element = "air", .st = "22",
     .level = "national", .point = "测点", .time = plain_time, .water_body = "",
     .columns =
     {{.name = NULL}}},
};
/* clang-format on */

static const struct layout *layout_of(const char *name)
{
    for (size_t i = 0; i < LENGTH(layouts); i++) {
        if (span_is(span_of(name), layouts[i].name))
            return &layouts[i];
    }
    return NULL;
}

enum err replay_open(const char *layout, int year, struct replay **out,
                     char message[256])
{
    struct replay *replay = memory_new(1, sizeof *replay);

    replay->layout = layout_of(layout);
    replay->year = year;
    arena_init(&replay->arena);
    if (!replay->layout) {
        size_t at = (size_t)snprintf(message, 256,
                                     "no layout '%.40s'; there "
                                     "are",
                                     layout);

        for (size_t i = 0; i < LENGTH(layouts) && at < 200; i++)
            at += (size_t)snprintf(message + at, 256 - at, " %s",
                                   layouts[i].name);
        replay_free(replay);
        return ERR_NOT_FOUND;
    }
    *out = replay;
    return OK;
}

void replay_free(struct replay *replay)
{
    if (!replay)
        return;
    for (size_t i = 0; i < replay->count; i++)
        free(replay->stations[i].rows);
    free(replay->stations);
    arena_done(&replay->arena);
    free(replay);
}

/* ---- rows ---- */

/* 510100 of .../510100.csv; 0 when the file is not named by a division. */
static int region_of_file(const char *path)
{
    const char *slash = strrchr(path, '/');
    struct span name = span_of(slash ? slash + 1 : path);
    int code = whole(span_first(name, 6));

    return code > 510000 && code < 520000 ? code : 0;
}

/* The city of the divisions whose name begins so; Chengdu when none does. */
static int region_by_name(struct span name)
{
    struct span file = standards_file("regions.csv");
    char *copy = memory_text(file);
    struct csv *csv = memory_new(1, sizeof *csv);
    int found = 510100;

    csv_init(csv, copy, file.len);
    if (csv_header(csv) == OK) {
        while (csv_row(csv) == OK) {
            if (name.len && span_starts(csv_field(csv, "name_zh"), name) &&
                span_is(csv_field(csv, "level"), "prefecture"))
                found = whole(csv_field(csv, "code"));
        }
    }
    free(csv);
    free(copy);
    return found;
}

/* Codes have no blanks or marks; a station's name is made one. */
static const char *code_of(struct replay *replay, struct span name, int region)
{
    const char *text =
        region ? arena_printf(&replay->arena, "%d-%.*s", region, SPAN_ARG(name))
               : arena_copy(&replay->arena, name).at;
    char *code = arena_take(&replay->arena, strlen(text) + 1);

    memcpy(code, text, strlen(text) + 1);
    for (char *c = code; *c; c++) {
        if (strchr(" :/\\\"'<>?#%", *c))
            *c = '_';
    }
    return code;
}

static struct station *station_of(struct replay *replay, struct span name,
                                  int file_region)
{
    int region = replay->layout->by_file ? file_region : 0;
    struct station *s;

    for (size_t i = replay->count; i-- > 0;) { /* the last is often the one */
        s = &replay->stations[i];
        if (span_is(name, s->name) && (!region || s->region == region))
            return s;
    }
    replay->stations = memory_grow(replay->stations, &replay->room,
                                   replay->count + 1, sizeof *replay->stations);
    s = &replay->stations[replay->count++];
    *s = (struct station){
        .name = arena_copy(&replay->arena, name).at,
        .code = code_of(replay, name, region),
        .region = file_region ? file_region : region_by_name(name),
    };
    return s;
}

/* -, —, _, *, NA, NaN and nothing are how tables write that there is none. */
static bool is_number(struct span text)
{
    struct decimal d;

    return decimal_parse(text, &d) == OK;
}

/* Quantities without a minus: -9 and the like say that there is none. */
static bool is_below_zero(struct span text)
{
    return span_starts(text, SPAN("-"));
}

/* A 3 marks a substituted hour: S, a value that was put in. */
static char flag_of(const struct csv *c, const char *column)
{
    return column && span_is(csv_field(c, column), "3") ? 'S' : 'N';
}

static void add_value(struct buf *cp, const char *factor, struct span text,
                      char flag)
{
    if (is_number(text) && cp->len + text.len + 48 < CP_MAX)
        buf_printf(cp, ";%s-Avg=%.*s,%s-Flag=%c", factor, SPAN_ARG(text),
                   factor, flag);
}

static void add_values(const struct layout *layout, struct csv *c,
                       struct buf *cp)
{
    if (!layout->columns[0].name) { /* plain: the columns are factors */
        for (size_t i = 0; i < c->names && i < c->count; i++) {
            char factor[16];

            span_copy(c->name[i], factor, sizeof factor);
            if (!span_is(c->name[i], "time") && !span_is(c->name[i], "site"))
                add_value(cp, factor, span_trim(c->field[i]), 'N');
        }
        return;
    }
    for (size_t i = 0; i < COLUMNS_MAX && layout->columns[i].name; i++) {
        const struct column *column = &layout->columns[i];
        struct span text = csv_field(c, column->name);

        if (!layout->flags[i] || !is_below_zero(text))
            add_value(cp, column->factor, text, flag_of(c, layout->flags[i]));
    }
}

/* 3935-1: the unit behind its station, where there are several. */
static struct span station_name(const struct layout *layout, struct csv *c,
                                char room[NAME_MAX_BYTES])
{
    struct span name = csv_field(c, layout->station);
    struct span unit = layout->unit ? csv_field(c, layout->unit) : SPAN("");

    if (!name.len || !unit.len)
        return name;
    snprintf(room, NAME_MAX_BYTES, "%.*s-%.*s", SPAN_ARG(name), SPAN_ARG(unit));
    return span_of(room);
}

static void take_row(struct replay *replay, struct csv *c, int file_region)
{
    char room[NAME_MAX_BYTES];
    struct span name = station_name(replay->layout, c, room);
    struct station *s;
    struct buf cp;
    int64_t time_s;

    buf_init(&cp, CP_MAX);
    add_values(replay->layout, c, &cp);
    if (name.len == 0 || cp.len == 0 ||
        !replay->layout->time(c, replay->year, &time_s)) {
        replay->left_out++;
    } else {
        s = station_of(replay, name, file_region);
        s->rows = memory_grow(s->rows, &s->room, s->count + 1, sizeof *s->rows);
        s->rows[s->count++] =
            (struct row){time_s, arena_copy(&replay->arena, buf_span(&cp))};
        replay->rows++;
    }
    buf_done(&cp);
}

static enum err read_whole(const char *path, struct buf *text)
{
    gzFile file = gzopen(path, "rb");
    char *room;
    int len = 0;

    if (!file)
        return ERR_NOT_FOUND;
    while ((room = buf_room(text, 1 << 16)) != NULL &&
           (len = gzread(file, room, 1 << 16)) > 0)
        text->len += (size_t)len;
    gzclose(file);
    if (text->full)
        return ERR_TOO_LARGE;
    return len < 0 ? ERR_IO : csv_to_utf8(text);
}

enum err replay_add_file(struct replay *replay, const char *path,
                         char message[256])
{
    struct csv *csv = memory_new(1, sizeof *csv);
    int region = region_of_file(path);
    struct buf text;
    enum err err, row;

    buf_init(&text, FILE_MAX_BYTES);
    if (replay->layout->header)
        buf_text(&text, replay->layout->header);
    err = read_whole(path, &text);
    csv_init(csv, text.at, text.len);
    if (!err)
        err = csv_header(csv);
    if (!err && csv_column(csv, replay->layout->station) < 0) {
        snprintf(message, 256, "%.150s: has no column '%s'", path,
                 replay->layout->station);
        err = ERR_INVALID;
    } else if (err) {
        snprintf(message, 256, "%.150s: %s", path, err_text(err));
    }
    while (!err && (row = csv_row(csv)) != ERR_NOT_FOUND) {
        if (row)
            replay->left_out++;
        else
            take_row(replay, csv, region);
    }
    buf_done(&text);
    free(csv);
    return err;
}

int replay_stations(const struct replay *replay)
{
    return (int)replay->count;
}

uint64_t replay_rows(const struct replay *replay)
{
    return replay->rows;
}

uint64_t replay_left_out(const struct replay *replay)
{
    return replay->left_out;
}

/* ---- as frames ---- */

static uint64_t count_frames(void *context, int device)
{
    const struct replay *replay = context;

    return replay->stations[device].count;
}

static size_t write_frame(void *context, int device, uint64_t number,
                          const char qn[18], char *frame)
{
    const struct replay *replay = context;
    const struct row *row = &replay->stations[device].rows[number];
    struct hj212_header header = {.qn = span_of(qn),
                                  .st = span_of(replay->layout->st),
                                  .cn = 2061,
                                  .pw = SPAN("123456"),
                                  .flag = 5};
    struct buf cp, out;
    char mn[25], time[15];
    size_t len;

    load_mn(device, mn);
    header.mn = span_of(mn);
    datetime_format_compact(row->time_s, time);
    buf_init(&cp, LOAD_FRAME_MAX);
    buf_init(&out, LOAD_FRAME_MAX);
    buf_printf(&cp, "DataTime=%s%.*s", time, SPAN_ARG(row->cp));
    len = hj212_encode(&header, buf_span(&cp), NULL, &out) == OK ? out.len : 0;
    memcpy(frame, out.at, len);
    buf_done(&cp);
    buf_done(&out);
    return len;
}

struct load_source replay_source(struct replay *replay)
{
    return (struct load_source){count_frames, write_frame, replay};
}

/* ---- their registry ---- */

static void write_sites(const struct replay *replay, FILE *out)
{
    fprintf(out, "code,name_zh,element,level,region,water_body,public_page\n");
    for (size_t i = 0; i < replay->count; i++) {
        const struct station *s = &replay->stations[i];

        fprintf(out, "%s,\"%s\",%s,%s,%d,%s,yes\n", s->code, s->name,
                replay->layout->element, replay->layout->level, s->region,
                replay->layout->water_body);
    }
}

static void write_points(const struct replay *replay, FILE *out)
{
    fprintf(out, "site,code,name_zh\n");
    for (size_t i = 0; i < replay->count; i++)
        fprintf(out, "%s,1,%s\n", replay->stations[i].code,
                replay->layout->point);
}

static void write_devices(const struct replay *replay, FILE *out)
{
    fprintf(out, "mn,site,point,password,label_is_end\n");
    for (size_t i = 0; i < replay->count; i++) {
        char mn[25];

        load_mn((int)i, mn);
        fprintf(out, "%s,%s,1,123456,%s\n", mn, replay->stations[i].code,
                replay->layout->label_is_end ? "yes" : "no");
    }
}

static void write_factors(const struct replay *replay, FILE *out)
{
    fprintf(out, "site,point,factor,unit\n");
    for (size_t i = 0; i < replay->count; i++) {
        for (size_t k = 0; k < COLUMNS_MAX; k++) {
            const struct column *column = &replay->layout->columns[k];

            if (column->name)
                fprintf(out, "%s,1,%s,%s\n", replay->stations[i].code,
                        column->factor,
                        span_is(span_of(column->unit), "-") ? ""
                                                            : column->unit);
        }
    }
}

enum err replay_write_registry(const struct replay *replay,
                               const char *directory)
{
    static const struct {
        const char *file;
        void (*write)(const struct replay *replay, FILE *out);
    } tables[] = {
        {"sites.csv", write_sites},
        {"points.csv", write_points},
        {"devices.csv", write_devices},
        {"factors.csv", write_factors},
    };

    for (size_t i = 0; i < LENGTH(tables); i++) {
        char path[4096];
        FILE *out;

        snprintf(path, sizeof path, "%s/%s", directory, tables[i].file);
        out = fopen(path, "w");
        if (!out)
            return ERR_IO;
        tables[i].write(replay, out);
        if (fclose(out) != 0)
            return ERR_IO;
    }
    return OK;
}
