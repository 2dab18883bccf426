#include "assess/filter/filter.h"

#include "assess/filter/filter_output.h"
#include "base/memory.h"

#include <assert.h>
#include <stdlib.h>

/* A row kept for later: a long table is sorted into subjects first. */
struct kept_row {
    size_t index;
    int line;
    size_t count;
    const struct span *fields;
};

struct run {
    struct input in;
    struct subject subject;
    struct span kept[CSV_COLUMNS_MAX]; /* cells of the subject's first row */
    struct arena arena;
    struct filter_sink *sink;
    struct filter_result *result;
};

/* ---- judging ---- */

static void judge_aqi(struct run *r, struct verdict *out)
{
    struct aqi_concentration in[AQI_INPUT_COUNT] = {
        {false, {0, 0}}
    };
    const struct filter_options *o = r->in.options;

    for (size_t i = 0; i < r->subject.count; i++) {
        const struct measured *m = &r->subject.value[i];

        assert(m->named.input >= 0 && m->named.input < AQI_INPUT_COUNT);
        in[m->named.input] = (struct aqi_concentration){true, m->value};
    }
    aqi_as_published(in,
                     o->kind == VERDICT_AQI_HOUR ? CADENCE_HOUR : CADENCE_DAY,
                     r->subject.day, &o->practice, &r->arena, out);
}

static void judge_water(struct run *r, struct verdict *out)
{
    struct water_value *values =
        arena_new(&r->arena, r->subject.count + 1, sizeof(*values));

    for (size_t i = 0; i < r->subject.count; i++) {
        const struct measured *m = &r->subject.value[i];

        values[i].value = m->value;
        values[i].below_detection = m->below_detection;
        span_copy(span_of(m->named.code), values[i].factor,
                  sizeof(values[i].factor));
    }
    water_section(values, r->subject.count, r->subject.body,
                  r->in.options->rounding, r->subject.day, &r->arena, out);
}

/* Every row is a value with its own limit, so they are handed in in pairs. */
static void judge_outlet(struct run *r, struct verdict *out)
{
    size_t count = r->subject.count;
    struct emission_value *values =
        arena_new(&r->arena, count + 1, sizeof(*values));
    struct emission_limit *limits =
        arena_new(&r->arena, count + 1, sizeof(*limits));
    size_t value_count = 0;

    for (size_t i = 0; i < count; i++) {
        const struct measured *m = &r->subject.value[i];
        struct emission_value *v = NULL;

        limits[i] = m->limit;
        for (size_t j = 0; j < value_count && !v; j++) {
            if (span_is(span_of(values[j].factor), m->named.code))
                v = &values[j];
        }
        if (!v)
            v = &values[value_count++];
        v->factor = m->named.code;
        if (m->limit.converted) {
            v->known_converted = true;
            v->converted = m->value;
        } else {
            v->known = true;
            v->value = m->value;
        }
    }
    emission_outlet(values, value_count, limits, count,
                    r->in.options->averaging, r->subject.day, &r->arena, out);
}

static void judge(struct run *r, struct verdict *out)
{
    switch (r->in.options->kind) {
    case VERDICT_AQI_HOUR:
    case VERDICT_AQI_DAY:
        judge_aqi(r, out);
        break;
    case VERDICT_WATER_CLASS:
        judge_water(r, out);
        break;
    default:
        judge_outlet(r, out);
        break;
    }
}

static void complain_of_day(struct run *r)
{
    input_complain(&r->in, r->subject.line, SPAN("time"), SPAN(""),
                   "no edition of the standard is in force on that day: see "
                   "--list for the days / 当日无施行版本");
}

static bool finish_subject(struct run *r)
{
    struct verdict verdict;
    const struct verdict *given = NULL;

    r->result->subjects++;
    if (!r->subject.refused) {
        judge(r, &verdict);
        given = &verdict;
        if (verdict.outcome == VERDICT_NO_EDITION) {
            complain_of_day(r);
            r->result->refused++;
        } else if (verdict.outcome == VERDICT_GIVEN) {
            r->result->judged++;
        }
    } else {
        r->result->refused++;
    }
    output_row(&r->in, r->kept, &r->subject, given, r->sink->out);
    arena_clear(&r->arena);
    return r->sink->flush(r->sink);
}

static void begin_subject(struct run *r)
{
    const struct csv *csv = r->in.csv;

    for (size_t i = 0; i < r->in.count; i++)
        r->kept[i] = i < csv->count ? span_trim(csv->field[i]) : SPAN("");
    input_begin(&r->in, &r->subject);
}

/* ---- the two shapes ---- */

static bool next_row(struct run *r)
{
    for (;;) {
        enum err err = csv_row(r->in.csv);

        if (err == OK)
            return true;
        if (err == ERR_NOT_FOUND)
            return false;
        r->result->subjects++;
        r->result->refused++;
        input_complain(&r->in, r->in.csv->line, SPAN("(row)"), SPAN(""),
                       "broken quotes or too many columns: correct the row / "
                       "引号或列数有误");
    }
}

static enum err run_wide(struct run *r)
{
    while (next_row(r)) {
        begin_subject(r);
        input_measure(&r->in, &r->subject);
        if (!finish_subject(r))
            return ERR_IO;
    }
    return OK;
}

static bool is_key(const struct column *column)
{
    return column->role == COLUMN_KEPT || column->role == COLUMN_TIME ||
           column->role == COLUMN_BODY;
}

/* The columns that tell subjects apart; qsort has no context of its own. */
static _Thread_local const struct input *sorting;

static int compare_keys(const struct kept_row *a, const struct kept_row *b)
{
    for (size_t i = 0; i < sorting->count; i++) {
        struct span x = i < a->count ? a->fields[i] : SPAN("");
        struct span y = i < b->count ? b->fields[i] : SPAN("");
        size_t shorter = x.len < y.len ? x.len : y.len;
        int order;

        if (!is_key(&sorting->column[i]))
            continue;
        order = shorter ? memcmp(x.at, y.at, shorter) : 0;
        if (order || x.len != y.len)
            return order ? order : (x.len > y.len) - (x.len < y.len);
    }
    return 0;
}

static int compare_rows(const void *a, const void *b)
{
    const struct kept_row *x = a, *y = b;
    int order = compare_keys(x, y);

    return order ? order : (x->index > y->index) - (x->index < y->index);
}

/* A subject of a long table: rows [first, first + count) after sorting. */
struct group {
    size_t index; /* of its first row: the order of the input is kept */
    size_t first, count;
};

static int compare_groups(const void *a, const void *b)
{
    const struct group *x = a, *y = b;

    return (x->index > y->index) - (x->index < y->index);
}

static void load_row(struct run *r, const struct kept_row *row)
{
    struct csv *csv = r->in.csv;

    csv->line = row->line;
    csv->count = row->count;
    if (row->count)
        memcpy(csv->field, row->fields, row->count * sizeof(*row->fields));
}

static enum err run_groups(struct run *r, struct kept_row *rows,
                           const struct group *groups, size_t count)
{
    for (size_t g = 0; g < count; g++) {
        for (size_t i = 0; i < groups[g].count; i++) {
            load_row(r, &rows[groups[g].first + i]);
            if (i == 0)
                begin_subject(r);
            input_measure(&r->in, &r->subject);
        }
        if (!finish_subject(r))
            return ERR_IO;
    }
    return OK;
}

static enum err group_rows(struct run *r, struct kept_row *rows, size_t count)
{
    struct group *groups = memory_new(count + 1, sizeof(*groups));
    size_t group_count = 0;
    enum err err;

    sorting = &r->in;
    qsort(rows, count, sizeof(*rows), compare_rows);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || compare_keys(&rows[i - 1], &rows[i]) != 0)
            groups[group_count++] = (struct group){rows[i].index, i, 0};
        groups[group_count - 1].count++;
    }
    qsort(groups, group_count, sizeof(*groups), compare_groups);
    err = run_groups(r, rows, groups, group_count);
    free(groups);
    return err;
}

static enum err run_long(struct run *r)
{
    struct kept_row *rows = NULL;
    size_t cap = 0, count = 0;
    struct arena fields;
    enum err err;

    arena_init(&fields);
    while (next_row(r)) {
        const struct csv *csv = r->in.csv;
        struct span *copy = arena_new(&fields, csv->count + 1, sizeof(*copy));

        memcpy(copy, csv->field, csv->count * sizeof(*copy));
        rows = memory_grow(rows, &cap, count + 1, sizeof(*rows));
        rows[count] = (struct kept_row){count, csv->line, csv->count, copy};
        count++;
    }
    err = count ? group_rows(r, rows, count) : OK;
    free(rows);
    arena_done(&fields);
    return err;
}

enum err filter_run(const struct filter_options *options, struct buf *in,
                    struct filter_sink *sink, struct filter_result *out)
{
    struct run *r;
    enum err err;

    *out = (struct filter_result){0, 0, 0, 0};
    err = csv_to_utf8(in);
    if (err) {
        buf_text(sink->messages, "the input is neither UTF-8 nor GB 18030 / "
                                 "输入既非 UTF-8 也非 GB 18030\n");
        return err;
    }
    r = memory_new(1, sizeof(*r));
    r->in.csv = memory_new(1, sizeof(*r->in.csv));
    r->in.options = options;
    r->in.messages = sink->messages;
    r->in.result = r->result = out;
    r->in.arena = &r->arena;
    r->sink = sink;
    arena_init(&r->arena);
    csv_init(r->in.csv, in->at, in->len);
    err = input_columns(&r->in);
    if (!err) {
        output_header(&r->in, sink->out);
        err = r->in.is_long ? run_long(r) : run_wide(r);
    }
    arena_done(&r->arena);
    free(r->in.csv);
    free(r);
    return err;
}
