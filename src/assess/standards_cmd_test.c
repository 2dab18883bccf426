/* A new edition is added by files in a directory. */
#include "assess/standards_cmd.h"

#include "assess/filter/filter.h"
#include "assess/limit/limit.h"

#include "base/test.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char directory[64];

static void path_of(const char *name, char path[256])
{
    snprintf(path, 256, "%s/%s", directory, name);
}

static void begin(void)
{
    char command[] = "standards", verb[] = "export";
    char *words[] = {command, verb, directory, NULL};

    snprintf(directory, sizeof(directory), "/tmp/standards-XXXXXX");
    CHECK(mkdtemp(directory) != NULL);
    CHECK_INT(standards_command(3, words), EXIT_SUCCESS);
}

static void end(void)
{
    DIR *dir = opendir(directory);
    const struct dirent *entry;

    assert_non_null(dir);
    while ((entry = readdir(dir))) {
        char path[512];

        snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name);
        if (entry->d_name[0] != '.')
            CHECK_INT(unlink(path), 0);
    }
    closedir(dir);
    CHECK_INT(rmdir(directory), 0);
}

static void read_table(const char *name, struct buf *out)
{
    char path[256];
    FILE *file;
    char *room;

    path_of(name, path);
    buf_init(out, 1 << 23);
    file = fopen(path, "re");
    assert_non_null(file);
    room = buf_room(out, 1 << 22);
    assert_non_null(room);
    out->len = fread(room, 1, 1 << 22, file);
    out->at[out->len] = '\0';
    fclose(file);
}

static void write_table(const char *name, const struct buf *text)
{
    char path[256];
    FILE *file;

    path_of(name, path);
    file = fopen(path, "we");
    assert_non_null(file);
    if (text->len)
        CHECK_INT(fwrite(text->at, 1, text->len, file), text->len);
    CHECK_INT(fclose(file), 0);
}

/* Every `from` in the line becomes `to`. */
static void add_changed(struct buf *out, struct span line, const char *from,
                        const char *to)
{
    while (line.len) {
        if (span_starts(line, span_of(from))) {
            buf_text(out, to);
            line = span_from(line, strlen(from));
        } else {
            buf_char(out, line.at[0]);
            line = span_from(line, 1);
        }
    }
    buf_char(out, '\n');
}

static bool line_has(struct span line, const char *part)
{
    for (size_t i = 0; i + strlen(part) <= line.len; i++) {
        if (span_starts(span_from(line, i), span_of(part)))
            return true;
    }
    return false;
}

/* What a person does: `edit` writes what becomes of a line. */
static void edit_table(const char *name,
                       void (*edit)(struct buf *out, struct span line))
{
    struct buf text, out;
    struct span rest;

    read_table(name, &text);
    buf_init(&out, 1 << 24);
    rest = buf_span(&text);
    while (rest.len)
        edit(&out, span_take(&rest, '\n'));
    write_table(name, &out);
    buf_done(&text);
    buf_done(&out);
}

/* ---- what is not fit ---- */

static void break_number(struct buf *out, struct span line)
{
    add_changed(out, line, "IAQI=100,60,", "IAQI=100,sixty,");
}

static void break_order(struct buf *out, struct span line)
{
    add_changed(out, line, "24h,IAQI=100,60,ug/m3", "24h,IAQI=40,60,ug/m3");
}

static void break_confidence(struct buf *out, struct span line)
{
    add_changed(out, line, ",high,", ",certain,");
}

static void drop(struct buf *out, struct span line)
{
    (void)out;
    (void)line;
}

TEST(tables_that_are_not_fit_are_refused)
{
    static const struct {
        const char *name;
        void (*edit)(struct buf *out, struct span line);
    } cases[] = {
        {"aqi-hj633.csv", break_order},
        {"aqi-hj633.csv", break_confidence},
        {"editions.csv", drop},
        {"water-gb3838.csv", break_confidence},
    };

    begin();
    CHECK(standards_use(directory)); /* as they were given out */
    end();
    for (size_t i = 0; i < LENGTH(cases); i++) {
        begin();
        edit_table(cases[i].name, cases[i].edit);
        CHECK(!standards_use(directory));
        end();
    }
    begin();
    edit_table("aqi-hj633.csv", break_number);
    CHECK(!standards_use(directory));
    end();
    CHECK(!standards_use("/nonexistent"));
    CHECK(!standards_use("/dev"));
    CHECK(standards_use(NULL) && standards_use(""));
}

/* ---- a new edition ---- */

/* The rows of 2026 end, and come again for 2099 with another limit of PM2.5. */
static void add_aqi_2099(struct buf *out, struct span line)
{
    struct buf copy;

    if (!line_has(line, ",HJ 633-2026,")) {
        add_changed(out, line, "\n", "");
        return;
    }
    add_changed(out, line, ",2026-03-01,,", ",2026-03-01,2098-12-31,");
    buf_init(&copy, 1 << 16);
    add_changed(&copy, line, "HJ 633-2026,2026-03-01,",
                "HJ 633-2099,2099-01-01,");
    copy.len--; /* its line end */
    add_changed(out, buf_span(&copy), "PM2.5,24h,IAQI=100,60,",
                "PM2.5,24h,IAQI=100,50,");
    buf_done(&copy);
}

static void add_editions_2099(struct buf *out, struct span line)
{
    if (span_starts(line, SPAN("HJ 633-2026,"))) {
        add_changed(out, line, "2026-03-01,,", "2026-03-01,2098-12-31,");
        buf_text(out, "HJ 633-2099,2099-01-01,,环境空气质量指数,Air quality "
                      "index of 2099,,low,made up\n");
        return;
    }
    if (span_starts(line, SPAN("GB 15618-2018,"))) {
        add_changed(out, line, "2018-08-01,,", "2018-08-01,2098-12-31,");
        buf_text(out, "GB 15618-2099,2099-01-01,,农用地土壤,Farmland soil of "
                      "2099,,low,made up\n");
        return;
    }
    add_changed(out, line, "\n", "");
}

static void add_soil_2099(struct buf *out, struct span line)
{
    struct buf copy;

    add_changed(out, line, "\n", "");
    if (!line_has(line, "GB 15618-2018,1,"))
        return;
    buf_init(&copy, 1 << 16);
    add_changed(&copy, line, "GB 15618-2018", "GB 15618-2099");
    copy.len--;
    add_changed(out, buf_span(&copy), ",screening,max,0.3,",
                ",screening,max,0.25,");
    buf_done(&copy);
}

static bool keep(struct filter_sink *sink)
{
    return !sink->out->full;
}

static void judge(const char *name, const char *text, struct buf *out)
{
    struct filter_options options = {.assessment =
                                         assessment_find(span_of(name))};
    struct buf in, messages;
    struct filter_sink sink = {out, &messages, keep};
    struct engine_counts counts;

    buf_init(&in, 4096);
    buf_init(&messages, 4096);
    buf_init(out, 1 << 16);
    buf_text(&in, text);
    CHECK_INT(filter_run(&options, &in, &sink, &counts), OK);
    buf_done(&messages);
    buf_done(&in);
}

TEST(a_new_edition_rates_its_days_and_no_others)
{
    static const struct limit_columns columns = {
        .item = "item_code", .item_else = "cas", .grade = "kind"};
    const struct limit_table *soil;
    const struct limit *old, *new;
    struct buf out;

    begin();
    edit_table("aqi-hj633.csv", add_aqi_2099);
    edit_table("soil-gb15618.csv", add_soil_2099);
    edit_table("editions.csv", add_editions_2099);
    CHECK(standards_use(directory));

    judge("aqi-day",
          "day,PM2.5,PM10,SO2,NO2,CO,O3\n"
          "2026-02-28,60,9,9,9,1,9\n"
          "2026-03-01,60,9,9,9,1,9\n"
          "2098-12-31,50,9,9,9,1,9\n"
          "2099-01-01,50,9,9,9,1,9\n",
          &out);
    CHECK(strstr(out.at, "2026-02-28,given,HJ 633-2012,82,"));
    CHECK(strstr(out.at, "2026-03-01,given,HJ 633-2026,100,"));
    CHECK(strstr(out.at, "2098-12-31,given,HJ 633-2026,80,"));
    CHECK(strstr(out.at, "2099-01-01,given,HJ 633-2099,100,"));
    buf_done(&out);

    CHECK_TEXT(standard_edition_on("GB 15618-2099", 20990101)->note, "made up");
    CHECK(standard_edition_on("GB 15618-2018", 20990101) == NULL);
    soil = limit_table_read("soil-gb15618.csv", &columns);
    old = limit_find(soil, "cas:7440-43-9", NULL, NULL, NULL, 20981231);
    new = limit_find(soil, "cas:7440-43-9", NULL, NULL, NULL, 20990101);
    CHECK_TEXT(old->standard, "GB 15618-2018");
    CHECK_INT(decimal_compare(old->high, DECIMAL(3, -1)), 0);
    CHECK_TEXT(new->standard, "GB 15618-2099");
    CHECK_INT(decimal_compare(new->high, DECIMAL(25, -2)), 0);
    end();
}
