/* What is true of every assessment in the catalogue. */
#include "assess/filter/filter.h"
#include "assess/filter/filter_help.h"
#include "base/csv.h"

#include "base/test.h"

#include <stdio.h>

enum { ROOM = 1 << 23, ROWS_MAX = 512 };

static struct buf input, out, messages;
static struct engine_counts counts;

static void setup(void)
{
    buf_init(&input, ROOM);
    buf_init(&out, ROOM);
    buf_init(&messages, ROOM);
}

static void clean(void)
{
    buf_done(&input);
    buf_done(&out);
    buf_done(&messages);
}

static bool keep(struct filter_sink *sink)
{
    return !sink->out->full;
}

/* Runs what stands in `input`. */
static enum err run(const struct filter_options *options)
{
    struct filter_sink sink = {&out, &messages, keep};

    buf_clear(&out);
    buf_clear(&messages);
    return filter_run(options, &input, &sink, &counts);
}

static bool has(const struct buf *b, const char *part)
{
    return b->len && strstr(b->at, part) != NULL;
}

/* What is wrong is said with the name of the assessment. */
static void fail_of(const struct assessment *a, const char *what)
{
    fprintf(stderr, "%s: %s\n%.*s\n", a->name, what,
            (int)(messages.len < 2000 ? messages.len : 2000),
            messages.len ? messages.at : "");
    CHECK(false);
}

static void expect(const struct assessment *a, bool good, const char *what)
{
    if (!good)
        fail_of(a, what);
}

/* ---- the description ---- */

static bool both(const char *zh, const char *en)
{
    return zh && en && *zh && *en;
}

static bool both_or_none(const char *zh, const char *en)
{
    return !zh == !en && (!zh || both(zh, en));
}

static bool in_editions(const char *standard)
{
    const struct standard_edition *e;

    for (size_t i = 0; (e = standard_edition_at(i)); i++) {
        if (strcmp(e->standard, standard) == 0)
            return true;
    }
    return false;
}

static bool is_element(const char *name)
{
    static const char *const names[] = {
        "air",    "water",     "drinking_water", "groundwater",
        "soil",   "noise",     "radiation",      "ecology",
        "source", "emergency", "shared",
    };

    for (size_t i = 0; i < LENGTH(names); i++) {
        if (strcmp(names[i], name) == 0)
            return true;
    }
    return false;
}

static void check_field(const struct assessment *a,
                        const struct assess_field *f)
{
    expect(a, both(f->zh, f->en), "a field says what it is, in two languages");
    expect(a, (f->kind == ASSESS_CHOICE) == (f->choices != NULL),
           "choices belong to a choice");
    for (size_t i = 0; f->choices && f->choices[i].name; i++)
        expect(a, both(f->choices[i].zh, f->choices[i].en),
               "a choice has its names");
}

static void check_items(const struct assessment *a)
{
    const struct assess_item *item;

    for (size_t i = 0; (item = a->item_at(i)); i++) {
        expect(a, *item->code && both(item->name_zh, item->name_en),
               "an item has a code and names");
        for (size_t j = 0; j < i; j++)
            expect(a, strcmp(item->code, a->item_at(j)->code) != 0,
                   "codes of items are told apart");
    }
    expect(a, a->item_at(0) != NULL, "there is an item");
}

TEST(the_description_is_whole)
{
    const struct assessment *a;
    size_t i;

    setup();
    for (i = 0; (a = assessment_at(i)); i++) {
        CHECK(assessment_find(span_of(a->name)) == a);
        expect(a, is_element(a->element), "an element we know");
        expect(a, both(a->title_zh, a->title_en), "a title");
        expect(a, both_or_none(a->rating_zh, a->rating_en), "the rating");
        expect(a, both_or_none(a->index_zh, a->index_en), "the index");
        expect(a, both_or_none(a->notes_zh, a->notes_en), "notes");
        for (size_t k = 0; k < ASSESS_STANDARDS_MAX && a->standards[k]; k++) {
            if (!in_editions(a->standards[k]))
                fail_of(a, a->standards[k]);
        }
        for (size_t k = 0; a->fields[k].name; k++) {
            expect(a, k < ASSESS_FIELDS_MAX, "not too many fields");
            expect(a, engine_field(a, span_of(a->fields[k].name)) == (int)k,
                   "a field is found by its name");
            check_field(a, &a->fields[k]);
        }
        expect(a, a->has_items == (a->item_at != NULL), "items or none");
        if (a->has_items)
            check_items(a);
    }
    CHECK(i >= 4);
    clean();
}

TEST(help_and_list_tell_all_of_it)
{
    const struct assessment *a;

    setup();
    filter_help(&out);
    for (size_t i = 0; (a = assessment_at(i)); i++)
        CHECK(has(&out, a->name) && has(&out, a->title_zh));
    buf_clear(&out);
    filter_list(&out);
    for (size_t i = 0; (a = assessment_at(i)); i++) {
        CHECK(has(&out, a->name) && has(&out, a->title_en));
        for (size_t k = 0; k < ASSESS_STANDARDS_MAX && a->standards[k]; k++)
            CHECK(has(&out, a->standards[k]));
    }
    for (size_t i = 0; (a = assessment_at(i)); i++) {
        const struct assess_item *item;

        buf_clear(&out);
        filter_help_of(&out, a);
        CHECK(has(&out, a->title_zh) && has(&out, a->example));
        for (size_t k = 0; a->fields[k].name; k++)
            CHECK(has(&out, a->fields[k].name) && has(&out, a->fields[k].zh));
        buf_clear(&out);
        filter_list_of(&out, a);
        CHECK(!out.full);
        for (size_t k = 0; a->has_items && (item = a->item_at(k)); k++)
            CHECK(has(&out, item->code));
    }
    clean();
}

/* ---- the example ---- */

TEST(the_example_runs_as_printed)
{
    const struct assessment *a;

    setup();
    for (size_t i = 0; (a = assessment_at(i)); i++) {
        struct filter_options o = {.assessment = a};

        buf_clear(&input);
        buf_text(&input, a->example);
        expect(a, run(&o) == OK, "the example is a table");
        expect(a, counts.judged > 0 && counts.refused == 0,
               "there are verdicts, and no row is refused");
        expect(a, counts.problems == 0, "and no problem");
        o.json = o.explain = true;
        buf_clear(&input);
        buf_text(&input, a->example);
        expect(a, run(&o) == OK, "also as JSON");
        expect(a,
               !has(&out, "\"summary_zh\":\"\"") &&
                   !has(&out, "\"summary_en\":\"\""),
               "a sentence tells it");
        expect(a, !has(&out, "\"outcome\":\"given\",\"edition\":\"\""),
               "the edition is told");
        expect(a, has(&out, "\"step_zh\":") || has(&out, "\"items\":[]"),
               "there are steps");
    }
    clean();
}

/* ---- what is wrong with the input ---- */

/* The example as cells. */
struct table {
    char text[1 << 16];
    struct span cells[ROWS_MAX][CSV_COLUMNS_MAX];
    size_t rows, columns;
};

static struct table table;
static struct csv csv;

static void read_example(const struct assessment *a)
{
    size_t len = strlen(a->example);

    assert_true(len < sizeof(table.text));
    memcpy(table.text, a->example, len + 1);
    csv_init(&csv, table.text, len);
    table.rows = 0;
    while (csv_row(&csv) == OK && table.rows < ROWS_MAX / 2) {
        memcpy(table.cells[table.rows++], csv.field,
               csv.count * sizeof(csv.field[0]));
        table.columns = csv.count;
    }
}

static void write_input(void)
{
    buf_clear(&input);
    for (size_t row = 0; row < table.rows; row++) {
        for (size_t i = 0; i < table.columns; i++)
            csv_add(&input, table.cells[row][i], i == 0);
        csv_end(&input);
    }
}

/* Whatever a cell says: rows are answered, and what is refused is told. */
static void check_told(const struct assessment *a, enum err err)
{
    if (err) {
        expect(a, err == ERR_INVALID && messages.len > 0,
               "a table that is none is told");
        return;
    }
    expect(a, !counts.refused || counts.problems, "what is refused is counted");
    expect(a,
           !counts.problems ||
               (has(&messages, "line ") && has(&messages, "column ") &&
                has(&messages, " / ")),
           "line, column and reason in two languages");
    expect(a, counts.rows > 0, "rows are answered");
    expect(a,
           !has(&out, ",given,,") &&
               !has(&out, "\"outcome\":\"given\",\"edition\":\"\""),
           "what is given names its edition");
}

TEST(no_cell_is_taken_without_a_word)
{
    static char longest[1000];
    const char *const hostile[] = {
        "-1",
        "-99999999",
        "abc",
        "NaN",
        "",
        "0",
        "1e9",
        "<",
        "<0.01",
        "ND",
        "0x1",
        "inf",
        "无",
        "1900-01-01",
        "99999999999999999999",
        "9999999999999999",
        "0.000000000000000001",
        "2026-02-30",
        longest,
    };
    const struct assessment *a;
    size_t rows;

    memset(longest, 'x', sizeof(longest) - 1);
    setup();
    for (size_t i = 0; (a = assessment_at(i)); i++) {
        struct filter_options o = {.assessment = a, .explain = true};

        read_example(a);
        rows = table.rows;
        for (size_t column = 0; column < table.columns; column++) {
            for (size_t k = 0; k < LENGTH(hostile); k++) {
                memcpy(table.cells[rows + k], table.cells[1],
                       sizeof(table.cells[1]));
                table.cells[rows + k][column] = span_of(hostile[k]);
            }
            table.rows = rows + LENGTH(hostile);
            write_input();
            o.json = column % 2;
            check_told(a, run(&o));
        }
    }
    clean();
}

TEST(a_number_that_is_none_names_its_row)
{
    const struct assessment *a;

    setup();
    for (size_t i = 0; (a = assessment_at(i)); i++) {
        struct filter_options o = {.assessment = a};

        read_example(a);
        for (size_t column = 0; column < table.columns; column++) {
            int f = engine_field(a, table.cells[0][column]);
            struct span was = table.cells[1][column];

            if (f < 0 || (a->fields[f].kind != ASSESS_DECIMAL &&
                          a->fields[f].kind != ASSESS_DAY &&
                          a->fields[f].kind != ASSESS_CHOICE))
                continue;
            table.cells[1][column] = SPAN("zzz");
            write_input();
            expect(a,
                   run(&o) == OK && counts.refused > 0 &&
                       has(&messages, "line 2, column ") &&
                       has(&messages, "\"zzz\""),
                   "line, column and value are named");
            table.cells[1][column] = was;
        }
    }
    clean();
}

TEST(before_any_edition_nothing_is_judged)
{
    const struct assessment *a;

    setup();
    for (size_t i = 0; (a = assessment_at(i)); i++) {
        struct filter_options o = {.assessment = a};
        bool has_day = false;

        read_example(a);
        for (size_t column = 0; column < table.columns; column++) {
            int f = engine_field(a, table.cells[0][column]);

            if (f < 0 || a->fields[f].kind != ASSESS_DAY)
                continue;
            has_day = true;
            for (size_t row = 1; row < table.rows; row++)
                table.cells[row][column] = SPAN("1900-01-01");
        }
        if (!has_day || !a->standards[0])
            continue;
        write_input();
        check_told(a, run(&o));
        expect(a, counts.judged == 0, "no standard is in force in 1900");
        expect(a, counts.problems > 0, "and that is told");
    }
    clean();
}

TEST(a_wrong_unit_a_doubled_and_an_unknown_column_are_told)
{
    const struct assessment *a;

    setup();
    for (size_t i = 0; (a = assessment_at(i)); i++) {
        struct filter_options o = {.assessment = a, .quiet = true};
        char name[300];
        size_t columns;

        read_example(a);
        columns = table.columns;
        for (size_t column = 0; column < columns; column++) {
            struct span was = table.cells[0][column];
            int f = engine_field(a, was);

            /* the same column twice */
            for (size_t row = 0; row < table.rows; row++)
                table.cells[row][columns] = table.cells[row][column];
            table.columns = columns + 1;
            write_input();
            check_told(a, run(&o));
            table.columns = columns;
            /* a unit that nobody knows */
            if (f >= 0 && a->fields[f].kind == ASSESS_DECIMAL &&
                a->fields[f].unit) {
                snprintf(name, sizeof(name), "%s(furlong)", a->fields[f].name);
                table.cells[0][column] = span_of(name);
                write_input();
                check_told(a, run(&o));
                expect(a, has(&messages, "unknown unit"), "a wrong unit");
                table.cells[0][column] = was;
            }
        }
        if (!a->has_items)
            continue;
        /* a code that nobody knows, in a wide table */
        for (size_t row = 0; row < table.rows; row++)
            table.cells[row][columns] = row ? SPAN("1") : SPAN("a99999");
        table.columns = columns + 1;
        write_input();
        check_told(a, run(&o));
        table.columns = columns;
    }
    clean();
}
