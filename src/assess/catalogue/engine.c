#include "assess/catalogue/engine.h"

#include "assess/catalogue/cell.h"
#include "assess/catalogue/grouping.h"
#include "assess/catalogue/period.h"
#include "assess/catalogue/record.h"
#include "assess/catalogue/results.h"
#include "base/csv.h"
#include "base/memory.h"

#include <assert.h>

enum { KEY_MAX = 1 << 30 };

struct engine {
    struct record_reader reader;
    int day_field, period_field; /* -1: none */
    int today;                   /* 0: not told */
    bool gathers;
    struct arena table; /* layout and gathered rows */
    struct arena line;  /* the row at hand, when it is judged at once */
    struct arena arena; /* of the case at hand */
    struct table_row *rows;
    size_t row_count, row_cap, cell_count;
    struct grouping records; /* of rows: long */
    struct grouping cases;   /* of records */
};

/* ---- before the table ---- */

static int field_of_kind(const struct assessment *a, enum assess_field_kind k)
{
    for (int i = 0; a->fields[i].name; i++) {
        if (a->fields[i].kind == k)
            return i;
    }
    return -1;
}

bool engine_gathers(const struct assessment *a)
{
    bool gathers = a->kept_is_key;

    for (size_t i = 0; a->fields[i].name; i++)
        gathers |= a->fields[i].flags & ASSESS_KEY ||
                   a->fields[i].kind == ASSESS_PERIOD;
    return gathers;
}

static void read_standing(struct engine *e)
{
    struct record_reader *r = &e->reader;
    const struct assess_field *f = r->assessment->fields;

    for (size_t i = 0; f[i].name; i++) {
        struct reason why;
        bool good;

        assert(i < ASSESS_FIELDS_MAX);
        r->field_count = i + 1;
        if (!f[i].standard)
            continue;
        good = cell_read(&f[i], span_of(f[i].standard), SPAN(""), &e->table,
                         &r->standing[i], &why);
        assert(good); /* the description's own text */
    }
}

struct engine *engine_new(const struct assessment *assessment,
                          struct engine_sink *sink)
{
    struct engine *e = memory_new(1, sizeof(*e));
    struct record_reader *r = &e->reader;

    r->assessment = assessment;
    r->sink = sink;
    item_names_init(&r->names, assessment);
    r->values = memory_new(r->names.item_count + 1, sizeof(*r->values));
    r->seen = memory_new(r->names.item_count + 1, sizeof(*r->seen));
    arena_init(&e->table);
    arena_init(&e->line);
    arena_init(&e->arena);
    grouping_init(&e->records);
    grouping_init(&e->cases);
    e->day_field = field_of_kind(assessment, ASSESS_DAY);
    e->period_field = field_of_kind(assessment, ASSESS_PERIOD);
    e->gathers = engine_gathers(assessment);
    read_standing(e);
    return e;
}

void engine_today(struct engine *e, int today)
{
    e->today = today;
}

void engine_free(struct engine *e)
{
    if (!e)
        return;
    item_names_done(&e->reader.names);
    free(e->reader.values);
    free(e->reader.seen);
    arena_done(&e->table);
    arena_done(&e->line);
    arena_done(&e->arena);
    grouping_done(&e->records);
    grouping_done(&e->cases);
    free(e->rows);
    free(e);
}

enum err engine_option(struct engine *e, struct span field, struct span text)
{
    struct record_reader *r = &e->reader;
    int index = engine_field(r->assessment, field);
    struct assess_cell cell;
    struct reason why;

    if (index < 0)
        return ERR_NOT_FOUND;
    text = span_trim(text);
    if (cell_read(&r->assessment->fields[index], text, SPAN(""), &e->table,
                  &cell, &why)) {
        r->standing[index] = cell;
        return OK;
    }
    record_problem(r, &(struct engine_problem){.line = 0,
                                               .column = field,
                                               .value = text,
                                               .reason_zh = why.zh,
                                               .reason_en = why.en});
    return ERR_INVALID;
}

enum err engine_columns(struct engine *e, const struct span *names,
                        size_t count, int line)
{
    struct record_reader *r = &e->reader;
    struct layout_header header = {names, count, line, r->sink, &r->counts};
    bool given[ASSESS_FIELDS_MAX];

    assert(count <= CSV_COLUMNS_MAX);
    for (size_t i = 0; i < ASSESS_FIELDS_MAX; i++)
        given[i] = r->standing[i].given;
    return layout_read(&r->layout, &r->names, &header, given, &e->table);
}

bool engine_keeps(const struct engine *e, size_t column)
{
    enum column_role role = e->reader.layout.columns[column].role;

    return role == COLUMN_KEPT || role == COLUMN_FIELD;
}

struct engine_counts engine_counts(const struct engine *e)
{
    return e->reader.counts;
}

/* ---- the answer ---- */

/* A case being judged, and the rows that its records come from. */
struct judging {
    struct engine *e;
    struct assess_case c;
    const struct table_row **rows; /* one a record */
    struct span *cells;            /* where all records agree */
};

static bool put_row(struct engine *e, struct engine_row *row)
{
    struct engine_counts *counts = &e->reader.counts;

    counts->rows++;
    counts->judged += row->verdict && row->verdict->outcome == VERDICT_GIVEN;
    counts->refused +=
        !row->verdict || row->verdict->outcome == VERDICT_NO_EDITION;
    return e->reader.sink->row(e->reader.sink, row);
}

static bool put_refused(struct engine *e, const struct table_row *row)
{
    return put_row(
        e, &(struct engine_row){.line = row->line, .cells = row->cells});
}

/* The cells of the first record, without those in which another differs. */
static const struct span *common_cells(struct judging *j)
{
    size_t count = j->e->reader.layout.count;

    if (j->c.count == 1)
        return j->rows[0]->cells;
    if (j->cells)
        return j->cells;
    j->cells = arena_new(j->c.arena, count + 1, sizeof(*j->cells));
    memcpy(j->cells, j->rows[0]->cells, count * sizeof(*j->cells));
    for (size_t i = 1; i < j->c.count; i++) {
        for (size_t k = 0; k < count; k++) {
            if (!span_equal(j->cells[k], j->rows[i]->cells[k]))
                j->cells[k] = SPAN("");
        }
    }
    return j->cells;
}

static struct span day_column(const struct engine *e)
{
    const struct record_reader *r = &e->reader;
    int column = e->day_field < 0 ? -1 : r->layout.field[e->day_field];

    return column < 0 ? SPAN("(row)") : r->layout.columns[column].name;
}

static void tell_no_edition(struct engine *e, int line)
{
    record_problem(
        &e->reader,
        &(struct engine_problem){
            .line = line,
            .column = day_column(e),
            .value = SPAN(""),
            .reason_zh = "当日无施行版本,各版本施行日期见 --list",
            .reason_en = "no edition of the standard is in force on that day: "
                         "see --list for the days",
        });
}

/* The text under a column that the assessment names. */
static struct span named_cell(const struct judging *j,
                              const struct table_row *row, struct span name)
{
    const struct record_reader *r = &j->e->reader;
    int field = engine_field(r->assessment, name);
    int at = field < 0 ? -1 : r->layout.field[field];

    for (size_t i = 0; at < 0 && i < r->layout.count; i++) {
        if (span_equal(r->layout.columns[i].name, name))
            at = (int)i;
    }
    return at < 0 ? SPAN("") : span_trim(row->cells[at]);
}

static bool put_result(struct judging *j, const struct assess_result *result)
{
    const struct assess_record *record = result->record;
    size_t at = record ? (size_t)(record - j->c.records) : 0;
    const struct table_row *row = j->rows[at];
    struct assess_case part = j->c;
    struct engine_row out = {
        .line = row->line,
        .cells = record ? row->cells : common_cells(j),
        .judged = &part,
        .verdict = result->verdict,
    };

    part.from_day = result->from_day;
    part.to_day = result->to_day;
    if (!result->verdict)
        record_problem(&j->e->reader,
                       &(struct engine_problem){
                           .line = row->line,
                           .column = result->column,
                           .value = named_cell(j, row, result->column),
                           .reason_zh = result->reason_zh,
                           .reason_en = result->reason_en});
    else if (result->verdict->outcome == VERDICT_NO_EDITION)
        tell_no_edition(j->e, row->line);
    return put_row(j->e, &out);
}

static bool judge(struct judging *j)
{
    const struct assessment *a = j->e->reader.assessment;
    struct assess_results results = {NULL, NULL};
    bool going = true;

    j->c.results = &results;
    a->judge(&j->c);
    if (!results.first)
        assess_refuse(&j->c, NULL, SPAN("(row)"), "没有结论",
                      "nothing came of it");
    for (const struct assess_result *r = results.first; r && going; r = r->next)
        going = put_result(j, r);
    j->c.results = NULL;
    return going;
}

/* ---- cases ---- */

/* The period asked for, or the first and last day there is. */
static void set_days(struct judging *j)
{
    const struct engine *e = j->e;
    const struct assess_record *first = &j->c.records[0];

    for (size_t i = 0; i < j->c.count && e->day_field >= 0; i++) {
        int day = j->c.records[i].cell[e->day_field].day;

        if (day && (!j->c.from_day || day < j->c.from_day))
            j->c.from_day = day;
        if (day > j->c.to_day)
            j->c.to_day = day;
    }
    if (e->period_field >= 0 && j->c.from_day)
        period_days(first->cell[e->period_field].choice, &j->c.from_day,
                    &j->c.to_day);
}

static bool same_cell(const struct assess_field *field,
                      const struct assess_cell *a, const struct assess_cell *b)
{
    if (a->given != b->given)
        return false;
    switch (field->kind) {
    case ASSESS_TEXT:
        return span_equal(a->text, b->text);
    case ASSESS_DECIMAL:
    case ASSESS_COUNT:
        return decimal_compare(a->number, b->number) == 0;
    case ASSESS_DAY:
        return a->start_s == b->start_s;
    case ASSESS_CHOICE:
    case ASSESS_YES:
    case ASSESS_PERIOD:
        break;
    }
    return a->choice == b->choice;
}

/* What is to be the same in a case is so. */
static bool agrees(struct judging *j, const struct assess_record *record)
{
    struct record_reader *r = &j->e->reader;
    const struct assess_field *f = r->assessment->fields;

    for (size_t i = 0; i < r->field_count && j->c.count; i++) {
        if (!(f[i].flags & ASSESS_OF_CASE) ||
            same_cell(&f[i], &j->c.records[0].cell[i], &record->cell[i]))
            continue;
        record_problem(
            r, &(struct engine_problem){
                   .line = record->line,
                   .column = span_of(f[i].name),
                   .value = record->cell[i].text,
                   .reason_zh = "与同组第一行不同,请统一",
                   .reason_en = "differs from the first row of its case: make "
                                "them the same",
               });
        return false;
    }
    return true;
}

static struct record_rows rows_of(const struct engine *e, size_t record)
{
    struct record_rows rows = {e->rows, record, NULL};

    if (e->reader.layout.is_long) {
        rows.first = e->records.groups[record].first;
        rows.next = e->records.next;
    }
    return rows;
}

static bool refuse_large(struct engine *e, const struct table_row *row)
{
    record_problem(&e->reader,
                   &(struct engine_problem){
                       .line = row->line,
                       .column = SPAN("(row)"),
                       .value = SPAN(""),
                       .reason_zh = "一组中的行过多,请分开计算",
                       .reason_en = "too many rows in one case: judge it in "
                                    "parts",
                   });
    return put_refused(e, row);
}

/* Reads records (by `next`, as in a grouping) and judges them together. */
static enum err run_case(struct engine *e, size_t first, const size_t *next,
                         size_t count)
{
    struct judging j = {.e = e, .c = {.today = e->today, .arena = &e->arena}};
    struct assess_record *records;
    bool going = true;

    arena_clear(&e->arena);
    if (count > ENGINE_CASE_MAX)
        return refuse_large(e, &e->rows[rows_of(e, first).first]) ? OK : ERR_IO;
    records = arena_new(&e->arena, count, sizeof(*records));
    j.rows = arena_new(&e->arena, count, sizeof(void *));
    j.c.records = records;
    for (size_t i = first; i != GROUPING_END && going;
         i = next ? next[i] : GROUPING_END) {
        struct record_rows rows = rows_of(e, i);
        struct assess_record *record = &records[j.c.count];

        if (record_read(&e->reader, rows, &e->arena, record) &&
            agrees(&j, record))
            j.rows[j.c.count++] = &e->rows[rows.first];
        else
            going = put_refused(e, &e->rows[rows.first]);
    }
    if (going && j.c.count) {
        set_days(&j);
        going = judge(&j);
    }
    return going ? OK : ERR_IO;
}

/* ---- keys ---- */

static void add_number(struct buf *key, int64_t number)
{
    buf_add(key, (struct span){(const char *)&number, sizeof(number)});
}

/* 7.50 and 7.5 are one. */
static void add_decimal(struct buf *key, struct decimal d)
{
    while (d.mantissa && d.mantissa % 10 == 0) {
        d.mantissa /= 10;
        d.exponent++;
    }
    add_number(key, d.mantissa);
    add_number(key, d.mantissa ? d.exponent : 0);
}

static void add_text(struct buf *key, struct span text)
{
    add_number(key, (int64_t)text.len);
    buf_add(key, text);
}

static void add_cell(struct buf *key, const struct assess_field *field,
                     const struct assess_cell *cell)
{
    buf_char(key, cell->given ? '+' : '-');
    if (!cell->given)
        return;
    switch (field->kind) {
    case ASSESS_TEXT:
        add_text(key, cell->text);
        break;
    case ASSESS_DECIMAL:
    case ASSESS_COUNT:
        add_decimal(key, cell->number);
        break;
    case ASSESS_DAY:
        add_number(key, cell->start_s);
        break;
    case ASSESS_CHOICE:
    case ASSESS_YES:
    case ASSESS_PERIOD:
        add_number(key, cell->choice);
        break;
    }
}

/* A key cell that cannot be read keeps its text: its record is refused. */
static void add_field(struct engine *e, const struct table_row *row,
                      size_t index, struct buf *key)
{
    struct assess_cell cell;
    struct engine_problem problem;

    if (record_field(&e->reader, row, index, &e->arena, &cell, &problem)) {
        add_cell(key, &e->reader.assessment->fields[index], &cell);
    } else {
        buf_char(key, '?');
        add_text(key, problem.value);
    }
}

static void add_period(struct engine *e, const struct table_row *row,
                       struct buf *key)
{
    struct assess_cell period, day;
    struct engine_problem problem;
    int to;

    if (e->day_field < 0 ||
        !record_field(&e->reader, row, (size_t)e->period_field, &e->arena,
                      &period, &problem) ||
        !record_field(&e->reader, row, (size_t)e->day_field, &e->arena, &day,
                      &problem))
        return;
    to = day.day;
    if (day.day)
        period_days(period.choice, &day.day, &to);
    if (period.choice != ASSESS_ALL_DAYS)
        add_number(key, day.day);
    add_number(key, period.choice);
}

static void case_key(struct engine *e, const struct table_row *row,
                     struct buf *key)
{
    const struct record_reader *r = &e->reader;
    const struct assess_field *f = r->assessment->fields;

    buf_clear(key);
    arena_clear(&e->arena);
    for (size_t i = 0; i < r->field_count; i++) {
        if (f[i].flags & ASSESS_KEY)
            add_field(e, row, i, key);
    }
    if (e->period_field >= 0)
        add_period(e, row, key);
    for (size_t i = 0; i < r->layout.count && r->assessment->kept_is_key; i++) {
        if (r->layout.columns[i].role == COLUMN_KEPT)
            add_text(key, span_trim(row->cells[i]));
    }
}

static void record_key(struct engine *e, const struct table_row *row,
                       struct buf *key)
{
    buf_clear(key);
    for (size_t i = 0; i < e->reader.layout.count; i++) {
        if (engine_keeps(e, i))
            add_text(key, span_trim(row->cells[i]));
    }
}

/* ---- rows ---- */

static struct table_row row_of(struct engine *e, struct arena *arena, int line,
                               const struct span *cells, size_t count)
{
    size_t columns = e->reader.layout.count;
    struct span *copy = arena_new(arena, columns + 1, sizeof(*copy));

    for (size_t i = 0; i < columns; i++)
        copy[i] = i < count ? cells[i] : SPAN("");
    return (struct table_row){line, count != columns, copy};
}

enum err engine_row(struct engine *e, int line, const struct span *cells,
                    size_t count)
{
    struct table_row row;

    if (!e->gathers && !e->reader.layout.is_long) {
        arena_clear(&e->line);
        row = row_of(e, &e->line, line, cells, count);
        e->rows = memory_grow(e->rows, &e->row_cap, 1, sizeof(*e->rows));
        e->rows[0] = row;
        return run_case(e, 0, NULL, 1);
    }
    e->cell_count += e->reader.layout.count;
    if (e->cell_count > ENGINE_CELLS_MAX)
        return ERR_TOO_LARGE;
    e->rows =
        memory_grow(e->rows, &e->row_cap, e->row_count + 1, sizeof(*e->rows));
    e->rows[e->row_count++] = row_of(e, &e->table, line, cells, count);
    return OK;
}

enum err engine_broken_row(struct engine *e, int line)
{
    struct record_reader *r = &e->reader;

    r->counts.rows++;
    r->counts.refused++;
    record_problem(r, &(struct engine_problem){
                          .line = line,
                          .column = SPAN("(row)"),
                          .value = SPAN(""),
                          .reason_zh = "引号或列数有误,请更正",
                          .reason_en = "broken quotes or too many columns: "
                                       "correct the row",
                      });
    return OK;
}

static enum err run_records(struct engine *e, size_t count)
{
    enum err err = OK;

    for (size_t i = 0; i < count && !err; i++)
        err = run_case(e, i, NULL, 1);
    return err;
}

static enum err run_cases(struct engine *e, size_t count, struct buf *key)
{
    enum err err = OK;

    for (size_t i = 0; i < count; i++) {
        case_key(e, &e->rows[rows_of(e, i).first], key);
        grouping_add(&e->cases, buf_span(key));
    }
    for (size_t k = 0; k < e->cases.count && !err; k++)
        err = run_case(e, e->cases.groups[k].first, e->cases.next,
                       e->cases.groups[k].count);
    return err;
}

enum err engine_end(struct engine *e)
{
    size_t count = e->row_count;
    struct buf key;
    enum err err;

    buf_init(&key, KEY_MAX);
    if (e->reader.layout.is_long) {
        for (size_t i = 0; i < e->row_count; i++) {
            record_key(e, &e->rows[i], &key);
            grouping_add(&e->records, buf_span(&key));
        }
        count = e->records.count;
    }
    err = e->gathers ? run_cases(e, count, &key) : run_records(e, count);
    buf_done(&key);
    return err;
}
