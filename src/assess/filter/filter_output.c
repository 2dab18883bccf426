#include "assess/filter/filter_output.h"

#include "assess/factor/factor.h"
#include "base/json.h"

#include <stdio.h>

static const char *const outcomes[] = {
    [VERDICT_GIVEN] = "given",
    [VERDICT_INSUFFICIENT] = "insufficient",
    [VERDICT_NO_EDITION] = "no_edition",
};

static bool is_kept(const struct column *column)
{
    return column->role == COLUMN_KEPT || column->role == COLUMN_TIME ||
           column->role == COLUMN_BODY;
}

void output_header(const struct input *in, struct buf *out)
{
    static const char *const names[] = {
        "outcome", "edition",  "rating", "level",      "level_zh",   "level_en",
        "colour",  "decisive", "items",  "summary_zh", "summary_en",
    };
    bool first = true;

    if (in->options->json)
        return;
    for (size_t i = 0; i < in->count; i++) {
        if (!is_kept(&in->column[i]))
            continue;
        csv_add_text(out, in->column[i].name, first);
        first = false;
    }
    for (size_t i = 0; i < LENGTH(names); i++)
        csv_add(out, span_of(names[i]), false);
    if (in->options->explain) {
        csv_add(out, SPAN("steps_zh"), false);
        csv_add(out, SPAN("steps_en"), false);
    }
    csv_end(out);
}

static const char *short_name(const struct input *in, const char *code)
{
    bool air = in->options->kind == VERDICT_AQI_HOUR ||
               in->options->kind == VERDICT_AQI_DAY;

    return air ? factor_symbol(span_of(code), "air") : code;
}

/* "PM10;PM2.5", each once. */
static void add_decisive(const struct input *in, const struct verdict *v,
                         struct buf *text)
{
    const char *last = "";

    for (size_t i = 0; v && i < v->item_count; i++) {
        const char *name = short_name(in, v->items[i].factor);

        if (!v->items[i].decisive || span_is(span_of(name), last))
            continue;
        buf_printf(text, "%s%s", text->len ? ";" : "", name);
        last = name;
    }
}

/* "a34004/24h=104;a34002/24h=52" */
static void add_items(const struct verdict *v, struct buf *text)
{
    for (size_t i = 0; v && i < v->item_count; i++) {
        const struct verdict_item *item = &v->items[i];

        buf_printf(text, "%s%s%s%s=", text->len ? ";" : "", item->factor,
                   *item->period ? "/" : "", item->period);
        if (item->rating >= 0)
            buf_printf(text, "%d", item->rating);
    }
}

static void add_steps(const struct verdict *v, bool english, struct buf *text)
{
    for (size_t i = 0; v && i < v->item_count; i++)
        buf_printf(text, "%s%s", text->len ? "\n" : "",
                   english ? v->items[i].step_en : v->items[i].step_zh);
}

static void add_number(struct buf *out, int number)
{
    char text[16];
    int len = snprintf(text, sizeof(text), "%d", number);

    csv_add(out, number < 0 ? SPAN("") : (struct span){text, (size_t)len},
            false);
}

static const char *outcome_name(const struct verdict *v)
{
    return v ? outcomes[v->outcome] : "refused";
}

static void add_texts(const struct input *in, const struct verdict *v,
                      struct buf *out)
{
    struct buf text;

    buf_init(&text, 1 << 20);
    add_decisive(in, v, &text);
    csv_add(out, buf_span(&text), false);
    buf_clear(&text);
    add_items(v, &text);
    csv_add(out, buf_span(&text), false);
    csv_add(out, span_of(v ? v->summary_zh : ""), false);
    csv_add(out, span_of(v ? v->summary_en : ""), false);
    for (int english = 0; in->options->explain && english < 2; english++) {
        buf_clear(&text);
        add_steps(v, english, &text);
        csv_add(out, buf_span(&text), false);
    }
    buf_done(&text);
}

static void csv_line(const struct input *in, const struct span *kept,
                     const struct verdict *v, struct buf *out)
{
    bool first = true;

    for (size_t i = 0; i < in->count; i++) {
        if (!is_kept(&in->column[i]))
            continue;
        csv_add_text(out, kept[i], first);
        first = false;
    }
    csv_add(out, span_of(outcome_name(v)), false);
    csv_add(out, span_of(v ? v->edition : ""), false);
    add_number(out, v ? v->rating : -1);
    add_number(out, v && v->level ? v->level : -1);
    csv_add(out, span_of(v ? v->level_zh : ""), false);
    csv_add(out, span_of(v ? v->level_en : ""), false);
    csv_add(out, span_of(v ? v->colour : ""), false);
    add_texts(in, v, out);
    csv_end(out);
}

static void json_item(struct json *j, const struct verdict_item *item,
                      bool explain)
{
    json_open(j, '{');
    json_key_text(j, "factor", item->factor);
    if (item->has_value)
        json_key_decimal(j, "value", item->value);
    else
        json_key_null(j, "value");
    json_key_text(j, "unit", item->unit);
    json_key_text(j, "period", item->period);
    if (item->rating >= 0)
        json_key_int(j, "rating", item->rating);
    else
        json_key_null(j, "rating");
    if (item->has_limit)
        json_key_decimal(j, "limit", item->limit);
    if (item->has_multiple)
        json_key_decimal(j, "multiple", item->multiple);
    json_key_bool(j, "decisive", item->decisive);
    json_key_text(j, "confidence", item->confidence);
    if (explain) {
        json_key_text(j, "step_zh", item->step_zh);
        json_key_text(j, "step_en", item->step_en);
    }
    json_close(j, '}');
}

static void json_verdict(struct json *j, const struct verdict *v, bool explain)
{
    json_key_text(j, "edition", v->edition);
    if (v->rating >= 0)
        json_key_int(j, "rating", v->rating);
    else
        json_key_null(j, "rating");
    json_key_int(j, "level", v->level);
    json_key_text(j, "level_zh", v->level_zh);
    json_key_text(j, "level_en", v->level_en);
    json_key_text(j, "colour", v->colour);
    json_key_text(j, "summary_zh", v->summary_zh);
    json_key_text(j, "summary_en", v->summary_en);
    json_key_text(j, "advice_zh", v->advice_zh);
    json_key_text(j, "advice_en", v->advice_en);
    json_key(j, "items");
    json_open(j, '[');
    for (size_t i = 0; i < v->item_count; i++)
        json_item(j, &v->items[i], explain);
    json_close(j, ']');
}

static void json_line(const struct input *in, const struct span *kept,
                      const struct subject *subject, const struct verdict *v,
                      struct buf *out)
{
    struct json j;

    json_init(&j, out);
    json_open(&j, '{');
    json_key_int(&j, "line", subject->line);
    json_key(&j, "input");
    json_open(&j, '{');
    for (size_t i = 0; i < in->count; i++) {
        char name[256];

        if (!is_kept(&in->column[i]))
            continue;
        span_copy(in->column[i].name, name, sizeof(name));
        json_key_span(&j, name, kept[i]);
    }
    json_close(&j, '}');
    json_key_text(&j, "kind", verdict_kind_name(in->options->kind));
    json_key_text(&j, "outcome", outcome_name(v));
    if (v)
        json_verdict(&j, v, in->options->explain);
    json_close(&j, '}');
    buf_char(out, '\n');
}

void output_row(const struct input *in, const struct span *kept,
                const struct subject *subject, const struct verdict *verdict,
                struct buf *out)
{
    if (in->options->json)
        json_line(in, kept, subject, verdict, out);
    else
        csv_line(in, kept, verdict, out);
}
