#include "assess/filter/filter.h"

#include "assess/filter/filter_output.h"
#include "base/csv.h"
#include "base/memory.h"

struct run {
    struct engine_sink engine_sink; /* first: a sink is its run */
    struct filter_sink *sink;
    struct filter_output output;
};

/* What came in is shown, but does not steer a terminal. */
static void add_shown(struct buf *out, struct span value)
{
    struct span shown = span_first(value, 40);

    for (size_t i = 0; i < shown.len; i++) {
        unsigned char c = (unsigned char)shown.at[i];

        if (c < ' ' || c == 0x7f)
            buf_char(out, '.');
        else
            buf_char(out, shown.at[i]);
    }
    if (value.len > shown.len)
        buf_text(out, "...");
}

/* "line 5, column PM2.5, "-3": reason; what to do / in Chinese" */
static void problem(struct engine_sink *sink, const struct engine_problem *p)
{
    struct run *r = (struct run *)sink;
    struct buf *out = r->sink->messages;

    if (p->note && r->output.options->quiet)
        return;
    if (p->line)
        buf_printf(out, "line %d, column ", p->line);
    else
        buf_text(out, "option --");
    add_shown(out, p->column);
    buf_text(out, ", \"");
    add_shown(out, p->value);
    buf_printf(out, "\": %s / %s\n", p->reason_en, p->reason_zh);
}

static bool row(struct engine_sink *sink, const struct engine_row *row)
{
    struct run *r = (struct run *)sink;

    output_row(&r->output, row);
    return r->sink->flush(r->sink);
}

static enum err read_rows(struct run *r, struct engine *e, struct csv *csv)
{
    for (;;) {
        enum err err = csv_row(csv);

        if (err == ERR_NOT_FOUND)
            return engine_end(e);
        if (err)
            err = engine_broken_row(e, csv->line);
        else
            err = engine_row(e, csv->line, csv->field, csv->count);
        if (err == ERR_TOO_LARGE)
            buf_text(r->sink->messages,
                     "the table has too many cells to be gathered: split it / "
                     "表格过大,请分开计算\n");
        if (err)
            return err;
    }
}

static enum err run_table(struct run *r, struct engine *e, struct csv *csv)
{
    const struct filter_options *o = r->output.options;
    enum err err;

    for (size_t i = 0; i < o->given_count; i++) {
        err = engine_option(e, o->given[i].field, o->given[i].text);
        if (err)
            return err;
    }
    if (csv_header(csv)) {
        buf_text(r->sink->messages,
                 "line 1: no header row could be read: the table is empty, has "
                 "more than 512 columns, or a quote is not closed / "
                 "读不到表头:表为空、超过 512 列,或引号未闭合\n");
        return ERR_INVALID;
    }
    err = engine_columns(e, csv->name, csv->names, csv->line);
    if (err)
        return err;
    r->output.names = csv->name;
    r->output.count = csv->names;
    output_header(&r->output);
    return read_rows(r, e, csv);
}

enum err filter_run(const struct filter_options *options, struct buf *in,
                    struct filter_sink *sink, struct engine_counts *out)
{
    struct run r = {
        .engine_sink = {.row = row, .problem = problem},
        .sink = sink,
        .output = {.options = options, .out = sink->out},
    };
    struct engine *e;
    struct csv *csv;
    enum err err;

    *out = (struct engine_counts){0, 0, 0, 0};
    err = csv_to_utf8(in);
    if (err) {
        buf_text(sink->messages, "the input is neither UTF-8 nor GB 18030 / "
                                 "输入既非 UTF-8 也非 GB 18030\n");
        return err;
    }
    e = engine_new(options->assessment, &r.engine_sink);
    engine_today(e, options->today);
    csv = memory_new(1, sizeof(*csv));
    buf_init(&r.output.scratch, 1 << 22);
    r.output.engine = e;
    r.output.gathers = engine_gathers(options->assessment);
    csv_init(csv, in->at, in->len);
    err = run_table(&r, e, csv);
    *out = engine_counts(e);
    buf_done(&r.output.scratch);
    free(csv);
    engine_free(e);
    return err;
}
