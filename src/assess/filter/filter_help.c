#include "assess/filter/filter_help.h"

#include "assess/catalogue/cell.h"
#include "assess/catalogue/engine.h"
#include "assess/catalogue/results.h"
#include "base/csv.h"

#include <stdio.h>

enum { ITEMS_SHOWN = 12, NAME_WIDTH = 22 };

static const char general[] =
    "usage: shangyou assess NAME [options] < in.csv > out.csv\n"
    "       shangyou assess --list        every assessment with its standards\n"
    "       shangyou assess NAME --help   its columns, options and example\n"
    "\n"
    "Rows of measurements become rows of verdicts, by the edition of the\n"
    "standard in force on the day of the measurement. "
    "按测量当日施行的标准版本\n"
    "逐行评价。\n"
    "\n"
    "input: CSV with a header, UTF-8 or GB 18030\n"
    "  fields  named columns (a zone, a day); or --field VALUE for all rows\n"
    "  wide    one column an item, by code or name, a unit may follow:\n"
    "          PM2.5  a34004  氨氮  总磷(mg/L)  CO[mg/m3]\n"
    "  long    the columns item (or factor), value and unit; rows equal in "
    "all\n"
    "          other columns are one record\n"
    "  \"<0.01\", \"0.01L\", \"ND<0.01\" and \"未检出\" are below detection. "
    "Empty, NaN,\n"
    "  NA, - and * are missing. Other columns pass through.\n"
    "  Days: 2026-11-24, 20261124, 2026/11/24, 2026-11-24T08:00\n"
    "\n"
    "output: the fields and other columns, then\n"
    "  from, to   the days judged together, where rows are gathered\n"
    "  outcome    given, insufficient, no_edition, refused\n"
    "  edition    the standard applied\n"
    "  rating, level, level_zh, level_en, colour\n"
    "  decisive   what decided or exceeds\n"
    "  items      item/period=rating or index of each\n"
    "  summary_zh, summary_en, index, confidence\n"
    "  with --explain steps_zh, steps_en\n"
    "\n"
    "options\n"
    "  --FIELD VALUE  a field for all rows that do not say it themselves\n"
    "  --json         one JSON object a line instead of CSV\n"
    "  --explain      every calculation with its numbers\n"
    "  --quiet        do not mention missing values\n"
    "  --list         the limits, editions, items and units in use, as CSV\n"
    "  --standards DIR  tables there take the place of ours (shangyou\n"
    "                 standards --help)\n"
    "  --example      an input to try: assess NAME --example | assess NAME\n"
    "\n"
    "Rows that cannot be used are named on standard error; the others are\n"
    "judged. Exit status: 0 all rows taken, 1 something refused, 2 usage.\n"
    "\n"
    "assessments\n";

static void day_text(int day, char text[16])
{
    if (day <= 0 || day >= STANDARD_OPEN)
        text[0] = '\0';
    else
        snprintf(text, 16, "%04d-%02d-%02d", day / 10000 % 10000,
                 day / 100 % 100, day % 100);
}

void filter_help(struct buf *out)
{
    const struct assessment *a;

    buf_text(out, general);
    for (size_t i = 0; (a = assessment_at(i)); i++)
        buf_printf(out, "  %-*s %s / %s\n", NAME_WIDTH, a->name, a->title_en,
                   a->title_zh);
}

/* ---- the standards behind one ---- */

static const struct standard_edition *edition_named(const char *standard)
{
    const struct standard_edition *e;

    for (size_t i = 0; (e = standard_edition_at(i)); i++) {
        if (strcmp(e->standard, standard) == 0)
            return e;
    }
    return NULL;
}

static void print_standards(struct buf *out, const struct assessment *a,
                            const char *indent)
{
    for (size_t i = 0; i < ASSESS_STANDARDS_MAX && a->standards[i]; i++) {
        const struct standard_edition *e = edition_named(a->standards[i]);
        char from[16] = "", to[16] = "";

        if (e) {
            day_text(e->from_day, from);
            day_text(e->to_day, to);
        }
        buf_printf(out, "%s%s  %s - %s  %s / %s\n", indent, a->standards[i],
                   from, *to ? to : "...", e ? e->title_en : "",
                   e ? e->title_zh : "");
    }
}

void filter_list(struct buf *out)
{
    const struct assessment *a;

    for (size_t i = 0; (a = assessment_at(i)); i++) {
        buf_printf(out, "%-*s %-14s %s / %s\n", NAME_WIDTH, a->name, a->element,
                   a->title_en, a->title_zh);
        print_standards(out, a, "    ");
    }
}

/* ---- the columns of one ---- */

static const char *kind_text(enum assess_field_kind kind)
{
    static const char *const texts[] = {
        [ASSESS_TEXT] = "text",          [ASSESS_DECIMAL] = "number",
        [ASSESS_COUNT] = "whole number", [ASSESS_DAY] = "day or time",
        [ASSESS_CHOICE] = "choice",      [ASSESS_YES] = "yes or no",
        [ASSESS_PERIOD] = "period",
    };

    return texts[kind];
}

static void print_choices(struct buf *out, const struct assess_choice *choices)
{
    for (size_t i = 0; choices && choices[i].name; i++)
        buf_printf(out, "      %-18s %s / %s\n", choices[i].name, choices[i].en,
                   choices[i].zh);
}

static void print_field(struct buf *out, const struct assess_field *f)
{
    buf_printf(out, "  %-*s %s%s%s%s%s%s%s%s\n", NAME_WIDTH, f->name,
               kind_text(f->kind), f->unit && *f->unit ? " in " : "",
               f->unit ? f->unit : "",
               f->flags & ASSESS_REQUIRED ? ", needed" : "",
               f->flags & ASSESS_KEY ? ", rows of a case agree in it" : "",
               f->flags & ASSESS_SIGNED ? ", may be negative" : "",
               f->standard ? ", else " : "", f->standard ? f->standard : "");
    buf_printf(out, "    %s / %s\n", f->en, f->zh);
    if (f->aliases)
        buf_printf(out, "    also called: %s\n", f->aliases);
    print_choices(out, f->kind == ASSESS_PERIOD ? cell_periods : f->choices);
}

static size_t item_count(const struct assessment *a)
{
    size_t count = 0;

    while (a->has_items && a->item_at(count))
        count++;
    return count;
}

static void print_items(struct buf *out, const struct assessment *a)
{
    size_t count = item_count(a);

    if (!a->has_items)
        return;
    buf_printf(out, "\nitems (%zu%s)\n", count,
               count > ITEMS_SHOWN ? ", all of them with --list" : "");
    for (size_t i = 0; i < count && i < ITEMS_SHOWN; i++) {
        const struct assess_item *item = a->item_at(i);

        buf_printf(out, "  %-*s %s / %s%s%s\n", NAME_WIDTH, item->code,
                   item->name_en, item->name_zh,
                   item->unit && *item->unit ? " in " : "",
                   item->unit ? item->unit : "");
    }
}

void filter_help_of(struct buf *out, const struct assessment *a)
{
    buf_printf(out, "shangyou assess %s - %s / %s\n\n", a->name, a->title_en,
               a->title_zh);
    if (a->standards[0]) {
        buf_text(out, "standards\n");
        print_standards(out, a, "  ");
        buf_text(out, "\n");
    }
    buf_text(out, "fields (columns, or options --FIELD VALUE)\n");
    for (size_t i = 0; a->fields[i].name; i++)
        print_field(out, &a->fields[i]);
    print_items(out, a);
    buf_text(out, "\noutput, besides what all have (shangyou assess --help)\n");
    if (a->rating_en)
        buf_printf(out, "  %-*s %s / %s\n", NAME_WIDTH, "rating", a->rating_en,
                   a->rating_zh);
    if (a->index_en)
        buf_printf(out, "  %-*s %s / %s\n", NAME_WIDTH, "index", a->index_en,
                   a->index_zh);
    if (engine_gathers(a))
        buf_text(
            out,
            "  Rows are gathered into cases: a row of the answer may stand "
            "for several.\n  数行合为一组评价。\n");
    if (a->notes_en)
        buf_printf(out, "\nnotes\n%s\n%s\n", a->notes_en, a->notes_zh);
    buf_printf(
        out,
        "\nexample: shangyou assess %s --example | shangyou assess %s\n\n%s",
        a->name, a->name, a->example);
}

/* ---- facts ---- */

static void put_row(struct buf *out, const char *const *cells, size_t count)
{
    for (size_t i = 0; i < count; i++)
        csv_add(out, span_of(cells[i] ? cells[i] : ""), i == 0);
    csv_end(out);
}

static void put_fact(struct assess_facts *facts, const struct assess_fact *f)
{
    char from[16], to[16];

    day_text(f->from_day, from);
    day_text(f->to_day, to);
    put_row(facts->user,
            (const char *const[]){f->standard, from, to, f->item, f->what,
                                  f->value, f->unit, f->clause, f->confidence,
                                  f->note},
            10);
}

static void put_items(struct buf *out, const struct assessment *a)
{
    const struct assess_item *item;

    for (size_t i = 0; a->has_items && (item = a->item_at(i)); i++)
        put_row(out,
                (const char *const[]){"(item)", "", "", item->code,
                                      item->name_zh, item->name_en, item->unit,
                                      "", "", item->aliases},
                10);
}

static void put_units(struct buf *out)
{
    const struct standard_table *t = standard_table("units.csv");

    for (size_t row = 0; t && row < t->row_count; row++)
        put_row(out,
                (const char *const[]){"(unit)", "", "",
                                      standard_text(t, row, "unit"),
                                      standard_text(t, row, "dimension"),
                                      standard_text(t, row, "factor"),
                                      standard_text(t, row, "shown"), "", "",
                                      standard_text(t, row, "aliases")},
                10);
}

void filter_list_of(struct buf *out, const struct assessment *a)
{
    struct assess_facts facts = {put_fact, out};

    put_row(out,
            (const char *const[]){"standard", "from", "to", "item", "what",
                                  "value", "unit", "clause", "confidence",
                                  "note"},
            10);
    if (a->facts)
        a->facts(&facts);
    put_items(out, a);
    if (a->has_items)
        put_units(out);
}
