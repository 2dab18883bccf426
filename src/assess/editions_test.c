/*
 * A new edition is files and rows: every standard that is in force without an
 * end gets a made-up edition of 2099 with one limit changed, and every
 * assessment is run with its example on days before and after.
 */
#include "assess/filter/filter.h"
#include "assess/standards_cmd.h"
#include "base/csv.h"

#include "base/test.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum {
    ROOM = 1 << 24,
    BEFORE = 2098,
    AFTER = 2099,
    TODAY = 20261125,
    CELL_MAX = 4096,
};

static char directory[64];
static struct buf in, out, messages;

/* ---- what is made up ---- */

/* In the copy of rows that have these cells, `column` becomes `to`. */
static const struct change {
    const char *assessment; /* whose example turns out differently */
    const char *table, *cells[4][2], *column, *to;
} changes[] = {
    {"aqi-day",
     "aqi-hj633.csv",
     {{"item", "PM2.5"}, {"period", "24h"}, {"param", "IAQI=100"}},
     "value",
     "50"},
    {"air-period",
     "air-gb3095.csv",
     {{"pollutant", "PM2.5"}, {"period", "24h"}},
     "class2",
     "20"},
    {"water-section",
     "water-gb3838.csv",
     {{"item_code", "w21003"}, {"class", "II"}},
     "value",
     "0.3"},
    {"groundwater",
     "groundwater-gb14848.csv",
     {{"item_code", "w20125"}, {"class", "III"}},
     "value",
     "0.24"},
    {"drinking-water",
     "drinking-gb5749.csv",
     {{"item_code", "w20120"}, {"class", "tap_water"}},
     "value",
     "0.001"},
    {"soil-farmland",
     "soil-gb15618.csv",
     {{"cas", "7440-43-9"},
      {"land_use", "paddy"},
      {"kind", "screening"},
      {"ph_low", "5.5"}},
     "value",
     "0.5"},
    {"soil-construction",
     "soil-gb36600.csv",
     {{"cas", "71-43-2"}, {"land_class", "2"}, {"kind", "screening"}},
     "value",
     "5"},
    {"noise-zone",
     "noise.csv",
     {{"record", "limit"}, {"key", "class 2"}, {"param", "night"}},
     "value",
     "51"},
    {"radiation-dose",
     "radiation.csv",
     {{"key", "public effective dose"}},
     "value",
     "0.001"},
    {"ecology-ei",
     "ecology-ei.csv",
     {{"record", "weight"}, {"index", "EI"}, {"subclass", "bio_abundance"}},
     "value",
     "0.45"},
    {"source-standard",
     "emission-limits.csv",
     {{"standard", "GB 13223-2011"}, {"item_code", "a21026"}},
     "value",
     "1"},
};

static size_t changed[LENGTH(changes)];

/* Those that name no standard with a year, or no day at all. */
static const char *const undated[] = {
    /* notices, an act and papers: what comes after has another name */
    "water-basin", "water-trophic", "water-city-index", "water-change",
    "ecology-eqi", "soil-background", "source-accounting", "load-non-point",
    "vehicle-inventory", "environment-tax", "emergency-grade",
    /* brings its own limits along */
    "outlet",
    /* has no day: a conversion, a statistic */
    "air-standard-state", "trend", NULL};

static bool is_undated(const char *name)
{
    for (size_t i = 0; undated[i]; i++) {
        if (strcmp(undated[i], name) == 0)
            return true;
    }
    return false;
}

/* "HJ 633-2099" of "HJ 633-2026"; false when the name has no year. */
static bool successor(struct span name, char to[CELL_MAX])
{
    struct span year;

    if (name.len < 6 || name.len >= CELL_MAX || name.at[name.len - 5] != '-')
        return false;
    year = span_from(name, name.len - 4);
    for (size_t i = 0; i < year.len; i++) {
        if (year.at[i] < '0' || year.at[i] > '9')
            return false;
    }
    snprintf(to, CELL_MAX, "%.*s%d", (int)(name.len - 4), name.at, AFTER);
    return true;
}

static bool cell_is(const struct csv *c, const char *column, const char *text)
{
    return span_is(csv_field(c, column), text);
}

/* The change that is for this row; NULL: none. */
static const struct change *change_of(const char *table, const struct csv *c)
{
    for (size_t i = 0; i < LENGTH(changes); i++) {
        bool all = strcmp(changes[i].table, table) == 0;

        for (size_t k = 0; all && k < 4 && changes[i].cells[k][0]; k++)
            all = cell_is(c, changes[i].cells[k][0], changes[i].cells[k][1]);
        if (all) {
            changed[i]++;
            return &changes[i];
        }
    }
    return NULL;
}

static void add_row(const struct csv *c, struct buf *text)
{
    for (size_t i = 0; i < c->count; i++) {
        bool ends = span_is(c->name[i], "valid_to") && !c->field[i].len;
        char to[CELL_MAX];

        ends = ends && successor(csv_field(c, "standard"), to);
        csv_add(text, ends ? SPAN("2098-12-31") : c->field[i], i == 0);
    }
    csv_end(text);
}

static void add_copy(const char *table, const struct csv *c, struct buf *text)
{
    const struct change *change;
    char to[CELL_MAX];

    if (csv_field(c, "valid_to").len ||
        !successor(csv_field(c, "standard"), to))
        return;
    change = change_of(table, c);
    for (size_t i = 0; i < c->count; i++) {
        struct span cell = c->field[i];

        if (span_is(c->name[i], "standard"))
            cell = span_of(to);
        else if (span_is(c->name[i], "valid_from"))
            cell = SPAN("2099-01-01");
        else if (span_is(c->name[i], "valid_from_existing"))
            cell = SPAN("");
        else if (change && span_is(c->name[i], change->column))
            cell = span_of(change->to);
        csv_add(text, cell, i == 0);
    }
    csv_end(text);
}

static void edit_table(const char *name)
{
    static struct csv c;
    char path[512];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", directory, name);
    file = fopen(path, "re");
    assert_non_null(file);
    buf_clear(&in);
    in.len = fread(buf_room(&in, ROOM / 2), 1, ROOM / 2, file);
    fclose(file);
    buf_clear(&out);
    csv_init(&c, in.at, in.len);
    CHECK_INT(csv_header(&c), OK);
    for (size_t i = 0; i < c.names; i++)
        csv_add(&out, c.name[i], i == 0);
    csv_end(&out);
    while (csv_row(&c) == OK) {
        add_row(&c, &out);
        if (csv_column(&c, "standard") >= 0)
            add_copy(name, &c, &out);
    }
    file = fopen(path, "we");
    assert_non_null(file);
    CHECK_INT(fwrite(out.at, 1, out.len, file), out.len);
    CHECK_INT(fclose(file), 0);
}

static void each_file(void (*what)(const char *name))
{
    DIR *dir = opendir(directory);
    const struct dirent *entry;

    assert_non_null(dir);
    while ((entry = readdir(dir))) {
        if (entry->d_name[0] != '.')
            what(entry->d_name);
    }
    closedir(dir);
}

static void remove_file(const char *name)
{
    char path[512];

    snprintf(path, sizeof(path), "%s/%s", directory, name);
    CHECK_INT(unlink(path), 0);
}

/* ---- the examples on other days ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "2026" of "2026-11-24" or "2026-11"; 0: it is no day. */
static int year_of(struct span cell)
{
    int year = 0;

    if (cell.len < 4 || !span_starts(cell, SPAN("20")))
        return 0;
    for (size_t i = 0; i < 4; i++) {
        if (!is_digit(cell.at[i]))
            return 0;
        year = year * 10 + (cell.at[i] - '0');
    }
    return year;
}

/* The column "year" holds no days. */
static int year_column(const char *text)
{
    struct span all = span_of(text), line = span_take(&all, '\n');

    for (int i = 0; line.len; i++) {
        if (span_is(span_take(&line, ','), "year"))
            return i;
    }
    return -1;
}

static int year_in(struct span cell, bool of_year)
{
    bool day = cell.len > 4 && cell.at[4] == '-';

    return day || (of_year && cell.len == 4) ? year_of(cell) : 0;
}

static void years_of(const char *text, int *least, int *most)
{
    struct span rest = span_of(text), line;
    int column = year_column(text);

    *least = *most = 0;
    span_take(&rest, '\n');
    while (rest.len) {
        line = span_take(&rest, '\n');
        for (int i = 0; line.len; i++) {
            int year = year_in(span_take(&line, ','), i == column);

            if (year && (!*least || year < *least))
                *least = year;
            if (year > *most)
                *most = year;
        }
    }
}

/* The first field that is a day, when the example goes without it. */
static const char *day_lacking(const struct assessment *a)
{
    for (size_t i = 0; a->fields[i].name; i++) {
        if (a->fields[i].kind == ASSESS_DAY)
            return a->fields[i].name;
    }
    return NULL;
}

/* Into `in`: every day moved by years, so that all of them lie before 2099, or
 * in it and behind. */
static void write_example(const struct assessment *a, int to)
{
    struct span rest = span_of(a->example), line;
    const char *lacking;
    int least, most, row = 0, column = year_column(a->example);

    years_of(a->example, &least, &most);
    lacking = least ? NULL : day_lacking(a);
    buf_clear(&in);
    for (; rest.len; row++) {
        line = span_take(&rest, '\n');
        for (int i = 0; line.len; i++) {
            struct span cell = span_take(&line, ',');
            int year = row ? year_in(cell, i == column) : 0;

            if (i > 0)
                buf_char(&in, ',');
            if (year) {
                buf_printf(&in, "%d", year + to - (to == AFTER ? least : most));
                cell = span_from(cell, 4);
            }
            buf_add(&in, cell);
            if (!line.len && cell.at[cell.len] == ',')
                buf_char(&in, ',');
        }
        if (lacking && row == 0)
            buf_printf(&in, ",%s", lacking);
        else if (lacking)
            buf_printf(&in, ",%d-06-01", to);
        buf_char(&in, '\n');
    }
}

static bool keep(struct filter_sink *sink)
{
    return !sink->out->full;
}

/* What stands in `in`. */
static void run_input(const struct assessment *a)
{
    struct filter_options options = {.assessment = a, .today = TODAY};
    struct filter_sink sink = {&out, &messages, keep};
    struct engine_counts counts;

    buf_clear(&out);
    buf_clear(&messages);
    CHECK_INT(filter_run(&options, &in, &sink, &counts), OK);
}

static void run(const struct assessment *a, int year)
{
    write_example(a, year);
    run_input(a);
}

/* Editions of the rows that were judged; what came out of them in `results`. */
static bool editions_fit(const struct assessment *a, int year,
                         char results[CELL_MAX])
{
    static struct csv c;
    size_t given = 0, len = 0;
    bool fit = true;

    csv_init(&c, out.at, out.len);
    CHECK_INT(csv_header(&c), OK);
    while (csv_row(&c) == OK) {
        struct span edition = csv_field(&c, "edition");
        char text[CELL_MAX];
        bool new;

        len += (size_t)snprintf(results + len, CELL_MAX - len, "%.*s|%.*s|%.*s",
                                SPAN_ARG(csv_field(&c, "rating")),
                                SPAN_ARG(csv_field(&c, "items")),
                                SPAN_ARG(csv_field(&c, "index")));
        if (len >= CELL_MAX)
            len = CELL_MAX - 1;
        if (!cell_is(&c, "outcome", "given"))
            continue;
        given++;
        snprintf(text, sizeof(text), "%.*s", SPAN_ARG(edition));
        new = strstr(text, "-2099") != NULL;
        if (!edition.len || (!is_undated(a->name) && new != (year == AFTER))) {
            fprintf(stderr, "%s: in %d by \"%s\"\n", a->name, year, text);
            fit = false;
        }
    }
    if (!given)
        fprintf(stderr, "%s: nothing is judged in %d\n%s\n", a->name, year,
                messages.len ? messages.at : "");
    return fit && given;
}

/* ---- the test ---- */

TEST(every_assessment_rates_by_the_edition_of_the_day)
{
    char command[] = "standards", verb[] = "export";
    char *words[] = {command, verb, directory, NULL};
    const struct assessment *a;
    bool good = true;

    buf_init(&in, ROOM);
    buf_init(&out, ROOM);
    buf_init(&messages, ROOM);
    snprintf(directory, sizeof(directory), "/tmp/editions-XXXXXX");
    CHECK(mkdtemp(directory) != NULL);
    CHECK_INT(standards_command(3, words), EXIT_SUCCESS);
    each_file(edit_table);
    for (size_t i = 0; i < LENGTH(changes); i++)
        CHECK(changed[i] > 0);
    CHECK(standards_use(directory));
    for (size_t i = 0; (a = assessment_at(i)); i++) {
        char before[CELL_MAX] = "", after[CELL_MAX] = "";

        run(a, BEFORE);
        good = editions_fit(a, BEFORE, before) && good;
        run(a, AFTER);
        good = editions_fit(a, AFTER, after) && good;
        for (size_t k = 0; k < LENGTH(changes); k++) {
            if (strcmp(changes[k].assessment, a->name) == 0 &&
                strcmp(before, after) == 0) {
                fprintf(stderr, "%s: the changed limit changes nothing\n%s\n",
                        a->name, after);
                good = false;
            }
        }
    }
    /* a row without a day is of today, not of an edition to come */
    a = assessment_find(SPAN("soil-construction"));
    buf_clear(&in);
    buf_text(&in, a->example);
    run_input(a);
    CHECK(strstr(out.at, "given,GB 36600-2018,"));
    CHECK(!strstr(out.at, "GB 36600-2099"));
    each_file(remove_file);
    CHECK_INT(rmdir(directory), 0);
    buf_done(&in);
    buf_done(&out);
    buf_done(&messages);
    CHECK(good);
}
