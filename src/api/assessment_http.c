/* The assessments: what they need, and how they are tried (judge_http.c). */
#include "api/assessment_room.h"

#include "assess/catalogue/cell.h"
#include "assess/catalogue/engine.h"
#include "assess/catalogue/results.h"
#include "base/csv.h"
#include "base/memory.h"

#include <stdio.h>

static void key_day(struct json *j, const char *key, int day)
{
    if (day > 0 && day < STANDARD_OPEN)
        json_key_int(j, key, day);
    else
        json_key_null(j, key);
}

static const struct standard_edition *edition_named(const char *standard)
{
    const struct standard_edition *e;

    for (size_t i = 0; (e = standard_edition_at(i)); i++) {
        if (strcmp(e->standard, standard) == 0)
            return e;
    }
    return NULL;
}

static void standard_row(struct json *j, const char *standard)
{
    const struct standard_edition *e = edition_named(standard);

    json_open(j, '{');
    json_key_text(j, "standard", standard);
    json_key_text(j, "title_zh", e ? e->title_zh : "");
    json_key_text(j, "title_en", e ? e->title_en : "");
    key_day(j, "from", e ? e->from_day : 0);
    key_day(j, "to", e ? e->to_day : 0);
    json_key_text(j, "confidence", e && *e->confidence ? e->confidence : NULL);
    json_key_text(j, "note", e && *e->note ? e->note : NULL);
    json_close(j, '}');
}

static void short_members(struct json *j, const struct assessment *a)
{
    json_key_text(j, "name", a->name);
    json_key_text(j, "kind", verdict_kind_name(a->kind));
    json_key_text(j, "element", a->element);
    json_key_text(j, "title_zh", a->title_zh);
    json_key_text(j, "title_en", a->title_en);
    json_key(j, "standards");
    json_open(j, '[');
    for (size_t i = 0; i < ASSESS_STANDARDS_MAX && a->standards[i]; i++)
        standard_row(j, a->standards[i]);
    json_close(j, ']');
}

static void list(struct http_request *r, struct http_response *w)
{
    struct ask ask = {r, w};
    const struct assessment *a;
    struct list list;

    if (!list_begin(&list, ask))
        return;
    list.limit = LIST_MAX;
    for (size_t i = 0; (a = assessment_at(i)); i++) {
        struct json *j = list_row(&list);

        short_members(j, a);
        json_close(j, '}');
    }
    list_end(&list, 0, NULL);
}

const struct assessment *ask_assessment(struct ask ask)
{
    const struct assessment *a = assessment_find(ask.request->param[0]);

    if (!a)
        http_problem(ask.response, ask.request, 404,
                     "There is no such assessment; GET /api/v1/assessments "
                     "lists all.");
    return a;
}

/* ---- one, with all it needs ---- */

static void key_list(struct json *j, const char *key, const char *words)
{
    struct span rest = span_of(words);

    json_key(j, key);
    json_open(j, '[');
    while (rest.len)
        json_span(j, span_take(&rest, ';'));
    json_close(j, ']');
}

static void choice_rows(struct json *j, const struct assess_choice *choices)
{
    json_key(j, "choices");
    json_open(j, '[');
    for (size_t i = 0; choices && choices[i].name; i++) {
        json_open(j, '{');
        json_key_text(j, "name", choices[i].name);
        json_key_text(j, "name_zh", choices[i].zh);
        json_key_text(j, "name_en", choices[i].en);
        json_close(j, '}');
    }
    json_close(j, ']');
}

static const char *kind_name(enum assess_field_kind kind)
{
    static const char *const names[] = {
        [ASSESS_TEXT] = "text",     [ASSESS_DECIMAL] = "decimal",
        [ASSESS_COUNT] = "count",   [ASSESS_DAY] = "day",
        [ASSESS_CHOICE] = "choice", [ASSESS_YES] = "yes",
        [ASSESS_PERIOD] = "period",
    };

    return names[kind];
}

static void key_unit(struct json *j, const char *unit)
{
    json_key_text(j, "unit", unit && *unit ? unit_shown(unit) : NULL);
}

static void field_row(struct json *j, const struct assess_field *f)
{
    json_open(j, '{');
    json_key_text(j, "name", f->name);
    key_list(j, "aliases", f->aliases);
    json_key_text(j, "kind", kind_name(f->kind));
    key_unit(j, f->unit);
    json_key_bool(j, "required", f->flags & ASSESS_REQUIRED && !f->standard);
    json_key_bool(j, "key", f->flags & ASSESS_KEY);
    json_key_bool(j, "signed", f->flags & ASSESS_SIGNED);
    json_key_text(j, "default", f->standard);
    choice_rows(j, f->kind == ASSESS_PERIOD ? cell_periods : f->choices);
    json_key_text(j, "text_zh", f->zh);
    json_key_text(j, "text_en", f->en);
    json_close(j, '}');
}

static void item_rows(struct json *j, const struct assessment *a)
{
    const struct assess_item *item;

    json_key(j, "items");
    json_open(j, '[');
    for (size_t i = 0; a->has_items && (item = a->item_at(i)); i++) {
        json_open(j, '{');
        json_key_text(j, "code", item->code);
        json_key_text(j, "name_zh", item->name_zh);
        json_key_text(j, "name_en", item->name_en);
        key_unit(j, item->unit);
        json_key_bool(j, "signed", item->may_be_negative);
        json_key_bool(j, "text", item->may_be_text);
        key_list(j, "aliases", item->aliases);
        json_close(j, '}');
    }
    json_close(j, ']');
}

/* The example as columns and rows: what POST takes. */
static void example(struct json *j, const struct assessment *a)
{
    char *text = memory_text(span_of(a->example));
    struct csv *csv = memory_new(1, sizeof(*csv));
    bool header = true;

    csv_init(csv, text, strlen(text));
    json_key(j, "example");
    json_open(j, '{');
    while (csv_row(csv) == OK) {
        if (header) {
            json_key(j, "columns");
        } else if (csv->names == 0) {
            json_key(j, "rows");
            json_open(j, '[');
            csv->names = 1; /* the list is open */
        }
        json_open(j, '[');
        for (size_t i = 0; i < csv->count; i++)
            json_span(j, csv->field[i]);
        json_close(j, ']');
        header = false;
    }
    if (csv->names)
        json_close(j, ']');
    json_close(j, '}');
    free(csv);
    free(text);
}

static void key_words(struct json *j, const char *key, const char *text)
{
    json_key_text(j, key, text ? text : "");
}

static void add_fact(struct assess_facts *facts, const struct assess_fact *f)
{
    struct json *j = facts->user;

    json_open(j, '{');
    key_words(j, "standard", f->standard);
    key_day(j, "from", f->from_day);
    key_day(j, "to", f->to_day);
    key_words(j, "item", f->item);
    key_words(j, "what", f->what);
    key_words(j, "value", f->value);
    key_unit(j, f->unit);
    key_words(j, "clause", f->clause);
    key_words(j, "confidence", f->confidence);
    json_key_text(j, "note", f->note && *f->note ? f->note : NULL);
    json_close(j, '}');
}

static void one(struct http_request *r, struct http_response *w)
{
    const struct assessment *a = ask_assessment((struct ask){r, w});
    struct assess_facts facts = {add_fact, NULL};
    struct json j;

    if (!a)
        return;
    j = answer(w);
    json_open(&j, '{');
    short_members(&j, a);
    json_key(&j, "fields");
    json_open(&j, '[');
    for (size_t i = 0; a->fields[i].name; i++)
        field_row(&j, &a->fields[i]);
    json_close(&j, ']');
    json_key_bool(&j, "has_items", a->has_items);
    json_key_bool(&j, "gathers", engine_gathers(a));
    item_rows(&j, a);
    json_key_text(&j, "rating_zh", a->rating_zh);
    json_key_text(&j, "rating_en", a->rating_en);
    json_key_text(&j, "index_zh", a->index_zh);
    json_key_text(&j, "index_en", a->index_en);
    json_key_text(&j, "notes_zh", a->notes_zh);
    json_key_text(&j, "notes_en", a->notes_en);
    json_key_text(&j, "example_csv", a->example);
    example(&j, a);
    json_key(&j, "facts");
    json_open(&j, '[');
    facts.user = &j;
    if (a->facts)
        a->facts(&facts);
    json_close(&j, ']');
    json_close(&j, '}');
}

/* clang-format off */
static const struct http_route rows[] = {
    {HTTP_GET, "/api/v1/assessments", API_PUBLIC, list,
     "every assessment, with the standards behind it", NULL, "Assessment",
     true, NULL},
    {HTTP_GET, "/api/v1/assessments/{name}", API_PUBLIC, one,
     "one assessment: fields, items, example, limits in use", NULL,
     "AssessmentPage", false, NULL},
    {HTTP_POST, "/api/v1/assessments/{name}", API_PUBLIC, assessment_judge,
     "verdicts about a table that is sent; nothing is kept", NULL, "Judgement",
     false, "JudgementTable"},
};
/* clang-format on */

const struct room assessment_room = ROOM(rows);
