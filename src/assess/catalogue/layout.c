#include "assess/catalogue/layout.h"

#include "assess/factor/factor.h"

static const struct {
    const char *name;
    enum column_role role;
} long_columns[] = {
    {"factor", COLUMN_NAME}, {"item", COLUMN_NAME},   {"因子", COLUMN_NAME},
    {"项目", COLUMN_NAME},   {"value", COLUMN_VALUE}, {"数值", COLUMN_VALUE},
    {"浓度", COLUMN_VALUE},  {"unit", COLUMN_UNIT},   {"单位", COLUMN_UNIT},
};

/* What is being read. */
struct reading {
    struct layout *layout;
    const struct item_names *names;
    const struct layout_header *header;
};

static void tell(const struct reading *r, struct span column, bool note,
                 const char *zh, const char *en)
{
    struct engine_sink *sink = r->header->sink;

    r->header->counts->problems += !note;
    sink->problem(sink, &(struct engine_problem){
                            .line = r->header->line,
                            .column = column,
                            .value = SPAN(""),
                            .reason_zh = zh,
                            .reason_en = en,
                            .note = note,
                        });
}

static bool in_list(const char *list, struct span word)
{
    struct span rest = span_of(list);

    while (rest.len) {
        if (span_equal_nocase(span_take(&rest, ';'), word))
            return true;
    }
    return false;
}

/* water-body is water_body. */
static bool same_name(struct span a, struct span b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++) {
        char x = a.at[i];

        if (x == '-')
            x = '_';
        if (x != b.at[i] && !span_equal_nocase((struct span){&x, 1},
                                               (struct span){&b.at[i], 1}))
            return false;
    }
    return true;
}

int engine_field(const struct assessment *a, struct span name)
{
    for (int i = 0; a->fields[i].name; i++) {
        if (same_name(name, span_of(a->fields[i].name)) ||
            span_is(name, a->fields[i].zh) ||
            in_list(a->fields[i].aliases, name))
            return i;
    }
    return -1;
}

/* A decimal's unit may stand behind its name. */
static void read_field(const struct reading *r, struct column *column)
{
    const struct assessment *a = r->names->assessment;
    struct span stem = column->name, unit = SPAN("");

    column->index = engine_field(a, column->name);
    if (column->index < 0 && item_name_cut_unit(&stem, &unit)) {
        int field = engine_field(a, stem);

        if (field >= 0 && a->fields[field].kind == ASSESS_DECIMAL) {
            column->index = field;
            column->unit = unit;
        }
    }
    if (column->index >= 0)
        column->role = COLUMN_FIELD;
}

static void read_long(struct column *column)
{
    for (size_t i = 0; i < LENGTH(long_columns); i++) {
        if (span_equal_nocase(column->name, span_of(long_columns[i].name)))
            column->role = long_columns[i].role;
    }
}

/* a34004, w01018, cas:71-43-2: meant as a code, known or not. */
static bool looks_like_code(struct span name)
{
    if (span_starts(name, SPAN("cas:")))
        return true;
    if (name.len != 6 || !strchr("awAW", name.at[0]))
        return false;
    for (size_t i = 1; i < name.len; i++) {
        if (name.at[i] < '0' || name.at[i] > '9')
            return false;
    }
    return true;
}

/* A name that is known whole stays whole. */
static void read_item(const struct reading *r, struct column *column)
{
    struct span stem = column->name, unit = SPAN("");

    column->index = item_names_find(r->names, stem);
    if (column->index < 0 && item_name_cut_unit(&stem, &unit)) {
        column->index = item_names_find(r->names, stem);
        column->unit = unit;
    }
    if (column->index >= 0)
        column->role = COLUMN_ITEM;
    else if (looks_like_code(column->name))
        tell(r, column->name, false, "未知编码,该列不评价;请更正(见 --list)",
             "unknown code: the column is not judged; correct it (--list shows "
             "the codes)");
    else if (factor_find(stem))
        tell(r, column->name, true, "不是本评价的项目,原样保留",
             "no item of this assessment: passed through");
}

static size_t count_role(const struct layout *l, enum column_role role)
{
    size_t count = 0;

    for (size_t i = 0; i < l->count; i++)
        count += l->columns[i].role == role;
    return count;
}

/* A table is long when it has both; else those words are ordinary columns. */
static void choose_shape(const struct reading *r)
{
    struct layout *l = r->layout;

    l->is_long =
        r->names->assessment->has_items && count_role(l, COLUMN_NAME) == 1 &&
        count_role(l, COLUMN_VALUE) == 1 && count_role(l, COLUMN_UNIT) <= 1;
    for (size_t i = 0; i < l->count && !l->is_long; i++) {
        struct column *column = &l->columns[i];

        if (column->role == COLUMN_FIELD)
            continue;
        column->role = COLUMN_KEPT;
        if (r->names->assessment->has_items)
            read_item(r, column);
    }
    l->name = l->value = l->unit = -1;
    for (size_t i = 0; i < l->count && l->is_long; i++) {
        if (l->columns[i].role == COLUMN_NAME)
            l->name = (int)i;
        if (l->columns[i].role == COLUMN_VALUE)
            l->value = (int)i;
        if (l->columns[i].role == COLUMN_UNIT)
            l->unit = (int)i;
    }
}

static bool place_fields(const struct reading *r)
{
    struct layout *l = r->layout;
    bool good = true;

    for (size_t i = 0; i < l->count; i++) {
        const struct column *column = &l->columns[i];

        if (column->role != COLUMN_FIELD)
            continue;
        if (l->field[column->index] >= 0) {
            tell(r, column->name, false, "两列表示同一字段:请改名或删去一列",
                 "two columns mean the same field: rename or remove one");
            good = false;
        }
        l->field[column->index] = (int)i;
    }
    return good;
}

static bool has_required(const struct reading *r, const bool *given)
{
    const struct assess_field *f = r->names->assessment->fields;
    bool good = true;

    for (size_t i = 0; f[i].name; i++) {
        if (!(f[i].flags & ASSESS_REQUIRED) || given[i] || f[i].standard ||
            r->layout->field[i] >= 0)
            continue;
        tell(r, span_of(f[i].name), false,
             "缺少必需的列(也可作为选项给出),见 --help",
             "this column (or option) is needed and not there; see --help");
        good = false;
    }
    return good;
}

/* The whole header in one cell: another program's separators. */
static bool other_separators(const struct reading *r)
{
    struct span only = r->layout->columns[0].name;

    if (r->layout->count != 1 || r->layout->columns[0].role != COLUMN_KEPT ||
        (!memchr(only.at, ';', only.len) && !memchr(only.at, '\t', only.len)))
        return false;
    tell(r, SPAN("(header)"), false,
         "列以分号或制表符分隔:请另存为逗号分隔的 CSV",
         "the columns are separated by semicolons or tabs: save the table as "
         "CSV with commas");
    return true;
}

enum err layout_read(struct layout *out, const struct item_names *names,
                     const struct layout_header *header, const bool *given,
                     struct arena *arena)
{
    struct reading r = {out, names, header};
    bool good;

    *out = (struct layout){.count = header->count};
    out->columns = arena_new(arena, header->count + 1, sizeof(*out->columns));
    for (size_t i = 0; i < ASSESS_FIELDS_MAX; i++)
        out->field[i] = -1;
    for (size_t i = 0; i < header->count; i++) {
        struct column *column = &out->columns[i];

        column->name = span_trim(header->names[i]);
        column->index = -1;
        column->unit = SPAN("");
        read_field(&r, column);
        if (column->role == COLUMN_KEPT)
            read_long(column);
    }
    if (out->count && other_separators(&r))
        return ERR_INVALID;
    choose_shape(&r);
    good = place_fields(&r);
    good = has_required(&r, given) && good;
    if (names->assessment->has_items && !names->assessment->items_optional &&
        !out->is_long && count_role(out, COLUMN_ITEM) == 0) {
        tell(&r, SPAN("(header)"), false,
             "没有一列是本评价的项目,也没有 item 和 value 两列;见 --help",
             "no column is an item of this assessment, nor are there item and "
             "value; see --help");
        good = false;
    }
    return good ? OK : ERR_INVALID;
}
