#include "base/csv.h"
#include "base/memory.h"
#include "storage/registry/registry_load.h"

/* Which column holds which field; -1: none. False when a name is unknown. */
static bool map_columns(struct loader *l, const struct csv *csv,
                        enum row_kind kind, int column[FIELDS_MAX])
{
    const struct row_schema *s = row_schema(kind);
    bool good = true;

    for (size_t i = 0; i < FIELDS_MAX; i++)
        column[i] = -1;
    for (size_t c = 0; c < csv->names; c++) {
        int field = row_field(kind, csv->name[c]);
        bool again = field >= 0 && column[field] >= 0;

        if (field >= 0 && !again) {
            column[field] = (int)c;
            continue;
        }
        good = false;
        loader_problem(
            l, csv->line,
            (struct finding){
                .column = arena_copy(l->arena, span_first(csv->name[c], 80)).at,
                .reason = again ? "stands in the header twice (列名重复)"
                                : "is no column of this file (列名)",
                .suggestion = arena_printf(l->arena, "columns: %s",
                                           loader_field_names(l, kind))});
    }
    for (size_t i = 0; i < s->keys && good; i++) {
        good = column[i] >= 0;
        if (!good)
            loader_problem(l, csv->line,
                           (struct finding){
                               .column = s->fields[i].name,
                               .reason = "is missing in the header (缺列)",
                               .suggestion = "the first row names the "
                                             "columns; this one is required"});
    }
    return good;
}

static void take_row(struct loader *l, const struct csv *csv,
                     enum row_kind kind, const int column[FIELDS_MAX])
{
    struct row row = {0};

    if (csv->count != csv->names) {
        loader_problem(
            l, csv->line,
            (struct finding){
                .reason = arena_printf(l->arena,
                                       "has %zu fields where the header has "
                                       "%zu (列数不符)",
                                       csv->count, csv->names),
                .suggestion = "quote values that hold a comma"});
        return;
    }
    for (size_t i = 0; i < FIELDS_MAX; i++) {
        if (column[i] >= 0)
            row.value[i] = csv->field[column[i]];
    }
    loader_row(l, kind, csv->line, &row);
}

static void take_table(struct loader *l, struct csv *csv, enum row_kind kind)
{
    int column[FIELDS_MAX];
    enum err err = csv_header(csv);

    if (err) {
        loader_problem(l, 1,
                       (struct finding){.reason = "has no header (缺表头)",
                                        .suggestion = "the first row names "
                                                      "the columns"});
        return;
    }
    if (!map_columns(l, csv, kind, column))
        return;
    while (!l->err && (err = csv_row(csv)) != ERR_NOT_FOUND) {
        if (err)
            loader_problem(l, csv->line,
                           (struct finding){.reason = "is no row of CSV (引号)",
                                            .suggestion =
                                                "close every quote, and double "
                                                "the quotes inside"});
        else
            take_row(l, csv, kind, column);
    }
}

void loader_csv_text(struct loader *l, struct buf *text, enum row_kind kind)
{
    struct csv *csv;

    if (csv_to_utf8(text)) {
        loader_problem(l, 0,
                       (struct finding){.reason = "is neither UTF-8 nor GB "
                                                  "18030 (编码)",
                                        .suggestion = "save it as CSV UTF-8"});
        return;
    }
    csv = memory_new(1, sizeof(*csv));
    csv_init(csv, text->at, text->len);
    take_table(l, csv, kind);
    free(csv);
}

void loader_csv(struct loader *l, const char *path, enum row_kind kind)
{
    struct buf text;

    l->file = arena_copy(l->arena, span_of(path)).at;
    buf_init(&text, LOAD_FILE_MAX);
    if (loader_read(l, path, &text))
        loader_csv_text(l, &text, kind);
    buf_done(&text);
}
