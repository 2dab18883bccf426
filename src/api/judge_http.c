/* A table is sent, verdicts come back: the calculator. Nothing is kept. */
#include "api/assessment_room.h"

#include "api/table_body.h"
#include "assess/catalogue/engine.h"
#include "assess/catalogue/verdict_json.h"

#include <time.h>

enum { ANSWER_MAX = 32 << 20, PROBLEMS_MAX = 10000, SECONDS_MAX = 3 };

struct judging {
    struct engine_sink sink; /* first: a sink is its judging */
    const struct assessment *assessment;
    struct engine *engine;
    const struct table_body *table;
    struct json json;
    struct buf *out;
    struct buf problems;
    struct json problem_json;
    int64_t deadline_s; /* anybody may ask, so nobody may ask for long */
    size_t told, problem_count; /* without notes */
};

static void put_problem(struct engine_sink *sink,
                        const struct engine_problem *p)
{
    struct judging *judging = (struct judging *)sink;
    struct json *j = &judging->problem_json;

    judging->problem_count += !p->note;
    if (judging->told++ >= PROBLEMS_MAX)
        return;
    json_open(j, '{');
    json_key_int(j, "line", p->line);
    json_key_span(j, "column", p->column);
    json_key_span(j, "value", span_first(p->value, 200));
    json_key_text(j, "reason_zh", p->reason_zh);
    json_key_text(j, "reason_en", p->reason_en);
    json_key_bool(j, "note", p->note);
    json_close(j, '}');
}

static void key_day(struct json *j, const char *key, int day)
{
    if (day)
        json_key_int(j, key, day);
    else
        json_key_null(j, key);
}

static int64_t now_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

/* What a refused row has instead of a verdict. */
static const struct verdict nothing = {.rating = -1};

static bool put_row(struct engine_sink *sink, const struct engine_row *row)
{
    struct judging *judging = (struct judging *)sink;
    struct json *j = &judging->json;
    const struct verdict *v = row->verdict;

    json_open(j, '{');
    json_key_int(j, "line", row->line);
    json_key(j, "cells");
    json_open(j, '[');
    for (size_t i = 0; i < judging->table->column_count; i++) {
        if (engine_keeps(judging->engine, i))
            json_span(j, span_trim(row->cells[i]));
    }
    json_close(j, ']');
    key_day(j, "from", row->judged ? row->judged->from_day : 0);
    key_day(j, "to", row->judged ? row->judged->to_day : 0);
    json_key_text(j, "outcome", verdict_outcome_name(v));
    verdict_json(j, v ? v : &nothing, judging->assessment->element, true);
    json_close(j, '}');
    return judging->out->len < ANSWER_MAX && now_s() < judging->deadline_s;
}

static void key_columns(struct judging *judging)
{
    struct json *j = &judging->json;

    json_key(j, "columns");
    json_open(j, '[');
    for (size_t i = 0; i < judging->table->column_count; i++) {
        if (engine_keeps(judging->engine, i))
            json_span(j, span_trim(judging->table->columns[i]));
    }
    json_close(j, ']');
}

static enum err set_options(struct judging *judging)
{
    const struct table_body *t = judging->table;

    for (size_t i = 0; i < t->option_count; i++) {
        enum err err =
            engine_option(judging->engine, t->option[i], t->value[i]);

        if (err == ERR_NOT_FOUND)
            put_problem(&judging->sink,
                        &(struct engine_problem){
                            .column = t->option[i],
                            .value = t->value[i],
                            .reason_zh = "没有这个字段",
                            .reason_en = "there is no such field",
                        });
        if (err)
            return ERR_INVALID;
    }
    return OK;
}

/* A row's line is its number, from 1; 0 is an option or the columns. */
static enum err run(struct judging *judging)
{
    const struct table_body *t = judging->table;
    enum err err = set_options(judging);

    if (!err)
        err = engine_columns(judging->engine, t->columns, t->column_count, 0);
    if (err) {
        json_key(&judging->json, "columns");
        json_open(&judging->json, '[');
        json_close(&judging->json, ']');
    } else {
        key_columns(judging);
    }
    json_key(&judging->json, "verdicts");
    json_open(&judging->json, '[');
    for (size_t i = 0; i < t->row_count && !err; i++)
        err = engine_row(judging->engine, (int)i + 1, t->rows[i].cells,
                         t->rows[i].count);
    if (!err)
        err = engine_end(judging->engine);
    json_close(&judging->json, ']');
    return err;
}

static void judge(struct judging *judging, struct ask ask)
{
    enum err err;

    judging->out = &ask.response->body;
    judging->json = answer(ask.response);
    json_open(&judging->json, '{');
    json_key_text(&judging->json, "name", judging->assessment->name);
    err = run(judging);
    if (err == ERR_IO) {
        http_problem(ask.response, ask.request, 413,
                     "The answer would be larger than %d bytes or take more "
                     "than %d s: send fewer rows at once.",
                     ANSWER_MAX, SECONDS_MAX);
        return;
    }
    json_close(&judging->problem_json, ']');
    json_key(&judging->json, "problems");
    json_raw(&judging->json, buf_span(&judging->problems));
    json_key_int(&judging->json, "problem_count",
                 (int64_t)judging->problem_count);
    json_close(&judging->json, '}');
}

void assessment_judge(struct http_request *r, struct http_response *w)
{
    struct ask ask = {r, w};
    struct judging judging = {
        .sink = {.row = put_row, .problem = put_problem},
        .assessment = ask_assessment(ask),
        .deadline_s = now_s() + SECONDS_MAX + 1,
    };
    const char *why;

    if (!judging.assessment)
        return;
    judging.table = table_body_read(r->body, r->arena, &why);
    if (!judging.table) {
        http_problem(w, r, 400,
                     "The body has to be {\"columns\":[...],\"rows\":[[...]]} "
                     "or {\"rows\":[{...}]}, with \"options\":{}: %s.",
                     why);
        return;
    }
    buf_init(&judging.problems, HTTP_ANSWER_MAX);
    json_init(&judging.problem_json, &judging.problems);
    json_open(&judging.problem_json, '[');
    judging.engine = engine_new(judging.assessment, &judging.sink);
    engine_today(judging.engine, civil_day_number(time(NULL)));
    judge(&judging, ask);
    engine_free(judging.engine);
    buf_done(&judging.problems);
}
