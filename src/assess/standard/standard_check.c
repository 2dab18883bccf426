#include "assess/standard/standard_check.h"

#include "base/arena.h"
#include "base/csv.h"
#include "base/datetime.h"
#include "base/decimal.h"
#include "base/memory.h"

/* A table as it is written. */
struct plain {
    const struct span *columns;
    size_t column_count;
    const struct span **rows;
    int *lines;
    size_t row_count, row_cap, line_cap;
};

struct check {
    const char *name;
    struct arena arena;
    struct plain ours, theirs;
    struct buf *out;
    size_t faults;
};

enum kind { KIND_TEXT, KIND_NUMBER, KIND_DAY, KIND_WORD };

static void fault(struct check *c, int line, struct span column,
                  const char *what, struct span cell)
{
    struct span shown = span_first(cell, 60);

    if (c->faults++ >= STANDARD_FAULTS_MAX)
        return;
    buf_printf(c->out, "%s:%d: ", c->name, line);
    if (column.len)
        buf_printf(c->out, "column %.*s: ", SPAN_ARG(column));
    if (cell.len)
        buf_printf(c->out, "\"%.*s\": ", SPAN_ARG(shown));
    buf_printf(c->out, "%s\n", what);
}

static const struct span *copy_cells(struct check *c, const struct span *cells,
                                     size_t count)
{
    struct span *copy = arena_new(&c->arena, count + 1, sizeof(*copy));

    for (size_t i = 0; i < count; i++)
        copy[i] = arena_copy(&c->arena, cells[i]);
    return copy;
}

static void add_row(struct check *c, struct plain *t, const struct csv *csv)
{
    t->rows =
        memory_grow(t->rows, &t->row_cap, t->row_count + 1, sizeof(void *));
    t->lines = memory_grow(t->lines, &t->line_cap, t->row_count + 1,
                           sizeof(*t->lines));
    t->rows[t->row_count] = copy_cells(c, csv->field, csv->count);
    t->lines[t->row_count++] = csv->line;
}

/* False when the text is no table; `c` is told of what is wrong with theirs. */
static bool read_plain(struct check *c, struct span text, struct plain *t)
{
    char *bytes = memory_text(text);
    struct csv *csv = memory_new(1, sizeof(*csv));
    enum err err;
    bool good;

    csv_init(csv, bytes, text.len);
    good = csv_header(csv) == OK;
    if (good) {
        t->columns = copy_cells(c, csv->name, csv->names);
        t->column_count = csv->names;
    } else {
        fault(c, 1, SPAN(""), "there is no header row", SPAN(""));
    }
    while (good && (err = csv_row(csv)) != ERR_NOT_FOUND) {
        if (err)
            fault(c, csv->line, SPAN(""), "broken quotes or too many cells",
                  SPAN(""));
        else if (csv->count != t->column_count)
            fault(c, csv->line, SPAN(""),
                  "another number of cells than the header has", SPAN(""));
        else
            add_row(c, t, csv);
    }
    if (good && t->row_count == 0)
        fault(c, 1, SPAN(""), "there are no rows", SPAN(""));
    free(csv);
    free(bytes);
    return good;
}

/* ---- kinds of columns, by what ours hold ---- */

static bool is_day(struct span cell)
{
    int64_t start;

    return cell.len == 10 && cell.at[4] == '-' && cell.at[7] == '-' &&
           datetime_parse(cell, &start) == OK;
}

static bool is_number(struct span cell)
{
    struct decimal d;

    return decimal_parse(cell, &d) == OK;
}

static bool ends(struct span name, struct span end)
{
    return name.len >= end.len &&
           span_equal(span_from(name, name.len - end.len), end);
}

/* Names and numbers of clauses may look like figures and are none. */
static bool is_prose(struct span name)
{
    static const char *const words[] = {"clause", "note", "standard", "source",
                                        "cas",    "item", "unit",     "table"};

    for (size_t i = 0; i < LENGTH(words); i++) {
        if (span_is(name, words[i]))
            return true;
    }
    return ends(name, SPAN("code")) || ends(name, SPAN("_zh")) ||
           ends(name, SPAN("_en")) || span_starts(name, SPAN("code"));
}

static bool is_word(struct span name)
{
    return span_is(name, "bound") || span_is(name, "confidence") ||
           span_is(name, "record");
}

static enum kind kind_of(const struct plain *t, size_t column)
{
    struct span name = t->columns[column];
    bool numbers = true, days = true, any = false;

    if (is_word(name))
        return KIND_WORD;
    for (size_t row = 0; row < t->row_count; row++) {
        struct span cell = t->rows[row][column];

        if (!cell.len)
            continue;
        any = true;
        numbers = numbers && is_number(cell);
        days = days && is_day(cell);
    }
    if (!any || is_prose(name))
        return KIND_TEXT;
    return days ? KIND_DAY : numbers ? KIND_NUMBER : KIND_TEXT;
}

static bool holds(const struct plain *t, size_t column, struct span word)
{
    for (size_t row = 0; row < t->row_count; row++) {
        if (span_equal(t->rows[row][column], word))
            return true;
    }
    return false;
}

static int column_named(const struct plain *t, struct span name)
{
    for (size_t i = 0; i < t->column_count; i++) {
        if (span_equal(t->columns[i], name))
            return (int)i;
    }
    return -1;
}

static void check_cell(struct check *c, size_t ours, enum kind kind, int line,
                       struct span cell)
{
    struct span name = c->ours.columns[ours];

    if (kind == KIND_WORD) {
        if (!holds(&c->ours, ours, cell))
            fault(c, line, name, "no word of this column", cell);
    } else if (!cell.len) {
        return;
    } else if (kind == KIND_DAY && !is_day(cell)) {
        fault(c, line, name, "no day: write 2026-03-01", cell);
    } else if (kind == KIND_NUMBER && !is_number(cell)) {
        fault(c, line, name, "no number: write digits", cell);
    }
}

static void check_column(struct check *c, size_t ours)
{
    struct span name = c->ours.columns[ours];
    int at = column_named(&c->theirs, name);
    enum kind kind = kind_of(&c->ours, ours);

    if (at < 0) {
        fault(c, 1, name, "this column has to be there", SPAN(""));
        return;
    }
    for (size_t row = 0; row < c->theirs.row_count; row++)
        check_cell(c, ours, kind, c->theirs.lines[row],
                   c->theirs.rows[row][at]);
}

/* ---- editions that follow one another ---- */

/* "HJ 633" of "HJ 633-2026". */
static struct span family_of(struct span standard)
{
    for (size_t i = standard.len; i > 0; i--) {
        if (standard.at[i - 1] == '-')
            return span_first(standard, i - 1);
    }
    return standard;
}

struct edition {
    struct span standard, from, to;
    int line;
};

static struct span cell_of(const struct plain *t, size_t row, const char *name)
{
    int at = column_named(t, span_of(name));

    return at < 0 ? SPAN("") : t->rows[row][at];
}

static struct edition edition_of(const struct plain *t, size_t row)
{
    return (struct edition){cell_of(t, row, "standard"),
                            cell_of(t, row, "valid_from"),
                            cell_of(t, row, "valid_to"), t->lines[row]};
}

/* Days are written so that their texts sort as they do. */
static bool is_before(struct span a, struct span b)
{
    return a.len == 10 && b.len == 10 && memcmp(a.at, b.at, 10) < 0;
}

/* Two editions of one document in force at once, the second a new one. */
static bool overlap(const struct edition *old, const struct edition *new)
{
    return old->from.len && new->from.len &&
           !span_equal(old->standard, new->standard) &&
           span_equal(family_of(old->standard), family_of(new->standard)) &&
           !is_before(new->from, old->from) &&
           (!old->to.len || !is_before(old->to, new->from));
}

static bool is_ours(const struct check *c, struct span standard)
{
    int at = column_named(&c->ours, SPAN("standard"));

    return at >= 0 && holds(&c->ours, (size_t)at, standard);
}

/* Once for each pair of standards: the first rows of both. */
static void check_overlap(struct check *c, const struct edition *new)
{
    for (size_t row = 0; row < c->theirs.row_count; row++) {
        struct edition old = edition_of(&c->theirs, row);

        if (!overlap(&old, new))
            continue;
        fault(c, old.line, SPAN("valid_to"),
              "still in force when the newer edition begins: write the day "
              "before that",
              old.standard);
        return;
    }
}

static void check_editions(struct check *c)
{
    struct span last = SPAN("");

    for (size_t row = 0; row < c->theirs.row_count; row++) {
        struct edition e = edition_of(&c->theirs, row);

        if (e.to.len && is_before(e.to, e.from))
            fault(c, e.line, SPAN("valid_to"), "before valid_from", e.to);
        if (span_equal(e.standard, last) || is_ours(c, e.standard))
            continue;
        last = e.standard;
        check_overlap(c, &e);
    }
}

bool standard_check(const char *name, struct span ours, struct span theirs,
                    struct buf *out)
{
    struct check c = {.name = name, .out = out};

    arena_init(&c.arena);
    if (read_plain(&c, ours, &c.ours) && read_plain(&c, theirs, &c.theirs)) {
        for (size_t i = 0; i < c.ours.column_count; i++)
            check_column(&c, i);
        if (!c.faults)
            check_editions(&c);
    }
    if (c.faults > STANDARD_FAULTS_MAX)
        buf_printf(out, "%s: and %zu more\n", name,
                   c.faults - STANDARD_FAULTS_MAX);
    free(c.ours.rows);
    free(c.ours.lines);
    free(c.theirs.rows);
    free(c.theirs.lines);
    arena_done(&c.arena);
    return c.faults == 0;
}
