#include "assess/filter/filter_output.h"

#include "assess/catalogue/verdict_json.h"
#include "assess/factor/factor.h"
#include "base/csv.h"
#include "base/json.h"

#include <stdio.h>

void output_header(const struct filter_output *o)
{
    static const char *const names[] = {
        "outcome",    "edition", "rating",     "level", "level_zh",
        "level_en",   "colour",  "decisive",   "items", "summary_zh",
        "summary_en", "index",   "confidence",
    };
    bool first = true;

    if (o->options->json)
        return;
    for (size_t i = 0; i < o->count; i++) {
        if (!engine_keeps(o->engine, i))
            continue;
        csv_add_text(o->out, span_trim(o->names[i]), first);
        first = false;
    }
    if (o->gathers) {
        csv_add(o->out, SPAN("from"), first);
        csv_add(o->out, SPAN("to"), false);
        first = false;
    }
    for (size_t i = 0; i < LENGTH(names); i++) {
        csv_add(o->out, span_of(names[i]), first);
        first = false;
    }
    if (o->options->explain) {
        csv_add(o->out, SPAN("steps_zh"), false);
        csv_add(o->out, SPAN("steps_en"), false);
    }
    csv_end(o->out);
}

/* ---- CSV ---- */

static const char *short_name(const struct filter_output *o, const char *code)
{
    bool air = strcmp(o->options->assessment->element, "air") == 0;

    return air ? factor_symbol(span_of(code), "air") : code;
}

/* "PM10;PM2.5", each once. */
static void add_decisive(const struct filter_output *o, const struct verdict *v,
                         struct buf *text)
{
    const char *last = "";

    for (size_t i = 0; v && i < v->item_count; i++) {
        const char *name = short_name(o, v->items[i].factor);

        if (!v->items[i].decisive || span_is(span_of(name), last))
            continue;
        buf_printf(text, "%s%s", text->len ? ";" : "", name);
        last = name;
    }
}

/* "a34004/24h=104;a34002/24h=52": the rating, else the index. */
static void add_items(const struct verdict *v, struct buf *text)
{
    for (size_t i = 0; v && i < v->item_count; i++) {
        const struct verdict_item *item = &v->items[i];
        const char *period = item->period ? item->period : "";
        char index[DECIMAL_TEXT_MAX];

        buf_printf(text, "%s%s%s%s=", text->len ? ";" : "", item->factor,
                   *period ? "/" : "", period);
        if (item->rating >= 0) {
            buf_printf(text, "%d", item->rating);
        } else if (item->has_index) {
            decimal_format(item->index, index);
            buf_text(text, index);
        }
    }
}

static void add_steps(const struct verdict *v, bool english, struct buf *text)
{
    for (size_t i = 0; v && i < v->item_count; i++) {
        const char *step = english ? v->items[i].step_en : v->items[i].step_zh;

        if (step && *step)
            buf_printf(text, "%s%s", text->len ? "\n" : "", step);
    }
}

static void add_text(struct buf *out, const char *text)
{
    csv_add(out, span_of(text ? text : ""), false);
}

static void add_number(struct buf *out, int number)
{
    char text[16];
    int len = snprintf(text, sizeof(text), "%d", number);

    csv_add(out, number < 0 ? SPAN("") : (struct span){text, (size_t)len},
            false);
}

static void add_day(struct buf *out, int day, bool first)
{
    char text[16];
    int len = snprintf(text, sizeof(text), "%04d-%02d-%02d",
                       day / 10000 % 10000, day / 100 % 100, day % 100);

    csv_add(out, day ? (struct span){text, (size_t)len} : SPAN(""), first);
}

static void add_texts(struct filter_output *o, const struct verdict *v)
{
    struct buf *text = &o->scratch;

    buf_clear(text);
    add_decisive(o, v, text);
    csv_add(o->out, buf_span(text), false);
    buf_clear(text);
    add_items(v, text);
    csv_add(o->out, buf_span(text), false);
    add_text(o->out, v ? v->summary_zh : "");
    add_text(o->out, v ? v->summary_en : "");
}

static void add_index(struct buf *out, const struct verdict *v)
{
    char text[DECIMAL_TEXT_MAX] = "";

    if (v && v->has_index)
        decimal_format(v->index, text);
    csv_add(out, span_of(text), false);
}

static bool add_kept(const struct filter_output *o,
                     const struct engine_row *row)
{
    bool first = true;

    for (size_t i = 0; i < o->count; i++) {
        if (!engine_keeps(o->engine, i))
            continue;
        csv_add_text(o->out, span_trim(row->cells[i]), first);
        first = false;
    }
    if (o->gathers) {
        add_day(o->out, row->judged ? row->judged->from_day : 0, first);
        add_day(o->out, row->judged ? row->judged->to_day : 0, false);
        first = false;
    }
    return first;
}

static void csv_line(struct filter_output *o, const struct engine_row *row)
{
    const struct verdict *v = row->verdict;
    bool first = add_kept(o, row);

    csv_add(o->out, span_of(verdict_outcome_name(v)), first);
    add_text(o->out, v ? v->edition : "");
    add_number(o->out, v ? v->rating : -1);
    add_number(o->out, v && v->level ? v->level : -1);
    add_text(o->out, v ? v->level_zh : "");
    add_text(o->out, v ? v->level_en : "");
    add_text(o->out, v ? v->colour : "");
    add_texts(o, v);
    add_index(o->out, v);
    add_text(o->out, v ? v->confidence : "");
    for (int english = 0; o->options->explain && english < 2; english++) {
        buf_clear(&o->scratch);
        add_steps(v, english, &o->scratch);
        csv_add(o->out, buf_span(&o->scratch), false);
    }
    csv_end(o->out);
}

/* ---- JSON ---- */

static void json_line(const struct filter_output *o,
                      const struct engine_row *row)
{
    const struct assessment *a = o->options->assessment;
    struct json j;

    json_init(&j, o->out);
    json_open(&j, '{');
    json_key_int(&j, "line", row->line);
    json_key(&j, "input");
    json_open(&j, '{');
    for (size_t i = 0; i < o->count; i++) {
        char name[256];

        if (!engine_keeps(o->engine, i))
            continue;
        span_copy(span_trim(o->names[i]), name, sizeof(name));
        json_key_span(&j, name, span_trim(row->cells[i]));
    }
    json_close(&j, '}');
    if (o->gathers && row->judged && row->judged->from_day) {
        json_key_int(&j, "from", row->judged->from_day);
        json_key_int(&j, "to", row->judged->to_day);
    }
    json_key_text(&j, "kind", verdict_kind_name(a->kind));
    json_key_text(&j, "outcome", verdict_outcome_name(row->verdict));
    if (row->verdict)
        verdict_json(&j, row->verdict, a->element, o->options->explain);
    json_close(&j, '}');
    buf_char(o->out, '\n');
}

void output_row(struct filter_output *o, const struct engine_row *row)
{
    if (o->options->json)
        json_line(o, row);
    else
        csv_line(o, row);
}
