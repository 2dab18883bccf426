#include "assess/catalogue/record.h"

#include "assess/catalogue/cell.h"
#include "assess/catalogue/grouping.h"
#include "assess/factor/factor.h"

void record_problem(struct record_reader *r,
                    const struct engine_problem *problem)
{
    r->counts.problems += !problem->note;
    r->sink->problem(r->sink, problem);
}

static void note_missing(struct record_reader *r, int line, struct span column,
                         struct span value)
{
    record_problem(r, &(struct engine_problem){
                          .line = line,
                          .column = column,
                          .value = value,
                          .reason_zh = "缺测",
                          .reason_en = "no value: judged as missing",
                          .note = true,
                      });
}

static struct engine_problem problem_of(int line, struct span column,
                                        struct span value, struct reason why)
{
    return (struct engine_problem){.line = line,
                                   .column = column,
                                   .value = value,
                                   .reason_zh = why.zh,
                                   .reason_en = why.en};
}

/* ---- fields ---- */

static bool is_empty(const struct assess_field *field, struct span text)
{
    return field->kind == ASSESS_TEXT || field->kind == ASSESS_CHOICE
               ? text.len == 0
               : cell_is_missing(text);
}

bool record_field(struct record_reader *r, const struct table_row *row,
                  size_t index, struct arena *arena, struct assess_cell *out,
                  struct engine_problem *out_problem)
{
    const struct assess_field *field = &r->assessment->fields[index];
    int at = r->layout.field[index];
    const struct column *column = at < 0 ? NULL : &r->layout.columns[at];
    struct span text = column ? span_trim(row->cells[at]) : SPAN("");
    struct reason why;

    if (column && !is_empty(field, text)) {
        if (cell_read(field, text, column->unit, arena, out, &why))
            return true;
        *out_problem = problem_of(row->line, column->name, text, why);
        return false;
    }
    *out = r->standing[index];
    if (out->given || !(field->flags & ASSESS_REQUIRED) ||
        field->flags & ASSESS_OPTIONAL)
        return true;
    *out_problem = problem_of(
        row->line, column ? column->name : span_of(field->name), text,
        (struct reason){field->kind == ASSESS_DAY
                            ? "不是日期:请写 2026-11-24 或 2026-11-24T08:00"
                            : "必填项为空,请填写",
                        field->kind == ASSESS_DAY
                            ? "not a date: write 2026-11-24 or 2026-11-24T08:00"
                            : "needed, and empty: fill it in"});
    return false;
}

static bool read_fields(struct record_reader *r, const struct table_row *row,
                        struct arena *arena, struct assess_record *out)
{
    struct assess_cell *cells =
        arena_new(arena, r->field_count + 1, sizeof(*cells));
    bool good = true;

    for (size_t i = 0; i < r->field_count; i++) {
        struct engine_problem problem;

        if (record_field(r, row, i, arena, &cells[i], &problem))
            continue;
        record_problem(r, &problem);
        good = false;
    }
    out->cell = cells;
    return good;
}

/* ---- values ---- */

/* A cell that measures something. */
struct measured {
    int line;
    struct span column, text, unit;
    int item;
};

static bool add_value(struct record_reader *r, const struct measured *m)
{
    struct assess_value *value = &r->values[r->value_count];
    struct engine_problem problem;
    struct reason why;

    if (cell_is_missing(m->text)) {
        note_missing(r, m->line, m->column, m->text);
        return true;
    }
    *value = (struct assess_value){.item = r->names.items[m->item],
                                   .column = m->column};
    if (r->seen[m->item] == r->stamp)
        why = (struct reason){"项目重复:请只留一个",
                              "the item comes twice: keep one"};
    else if (cell_read_value(m->text, m->unit, value, &why)) {
        r->seen[m->item] = r->stamp;
        r->value_count++;
        if (value->is != ASSESS_NOT_DETECTED || value->item->may_be_text)
            return true;
        why = (struct reason){
            "未检出且未给检出限:请写 <检出限",
            "not detected, and no limit of detection told: write <LIMIT"};
        problem = problem_of(m->line, m->column, m->text, why);
        problem.note = true;
        record_problem(r, &problem);
        return true;
    }
    problem = problem_of(m->line, m->column, m->text, why);
    record_problem(r, &problem);
    return false;
}

static bool measure_wide(struct record_reader *r, const struct table_row *row)
{
    bool good = true;

    for (size_t i = 0; i < r->layout.count; i++) {
        const struct column *column = &r->layout.columns[i];

        if (column->role == COLUMN_ITEM)
            good =
                add_value(r, &(struct measured){row->line, column->name,
                                                span_trim(row->cells[i]),
                                                column->unit, column->index}) &&
                good;
    }
    return good;
}

static bool measure_long(struct record_reader *r, const struct table_row *row)
{
    const struct layout *l = &r->layout;
    struct span name = span_trim(row->cells[l->name]);
    struct measured m = {
        row->line, l->columns[l->value].name, span_trim(row->cells[l->value]),
        l->unit < 0 ? SPAN("") : span_trim(row->cells[l->unit]),
        item_names_find(&r->names, name)};

    struct engine_problem problem;

    if (m.item >= 0)
        return add_value(r, &m);
    problem =
        problem_of(row->line, l->columns[l->name].name, name,
                   (struct reason){"未知编码,该行不评价;请更正(见 --list)",
                                   "unknown code: the row is not judged; "
                                   "correct it (--list shows the codes)"});
    if (factor_find(name)) {
        problem.note = true;
        problem.reason_zh = "不是本评价的项目,该行不评价";
        problem.reason_en = "no item of this assessment: the row is not judged";
    }
    record_problem(r, &problem);
    return true;
}

static bool measure(struct record_reader *r, const struct table_row *row)
{
    if (row->ragged) {
        record_problem(r, &(struct engine_problem){
                              .line = row->line,
                              .column = SPAN("(row)"),
                              .value = SPAN(""),
                              .reason_zh = "列数与表头不符,请更正",
                              .reason_en = "another number of fields than the "
                                           "header: correct the row",
                          });
        return false;
    }
    if (!r->assessment->has_items)
        return true;
    return r->layout.is_long ? measure_long(r, row) : measure_wide(r, row);
}

bool record_read(struct record_reader *r, struct record_rows rows,
                 struct arena *arena, struct assess_record *out)
{
    const struct table_row *first = &rows.rows[rows.first];
    struct assess_value *values;
    bool good;

    r->value_count = 0;
    r->stamp++;
    *out = (struct assess_record){.line = first->line};
    good = read_fields(r, first, arena, out);
    for (size_t i = rows.first; i != GROUPING_END;
         i = rows.next ? rows.next[i] : GROUPING_END)
        good = measure(r, &rows.rows[i]) && good;
    values = arena_take(arena, (r->value_count + 1) * sizeof(*values));
    if (r->value_count)
        memcpy(values, r->values, r->value_count * sizeof(*values));
    out->values = values;
    out->value_count = r->value_count;
    return good;
}
