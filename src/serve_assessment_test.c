/* A person tries the standards: lists, one assessment, a table judged. */
#include "serve_testing.h"

TEST(assessments_are_listed_and_described_without_a_login)
{
    struct got got;
    json_t *example, *row, *name;
    size_t i;

    begin();
    got = ask("GET", "/api/v1/assessments", NULL);
    CHECK_INT(got.status, 200);
    row = row_with(&got, "name", "aqi-day");
    CHECK_TEXT(text_at(row, "element"), "air");
    CHECK(json_array_size(json_object_get(row, "standards")) >= 2);
    json_array_foreach(items_of(&got), i, row)
    {
        char path[128];
        struct got one;

        name = json_object_get(row, "name");
        snprintf(path, sizeof(path), "/api/v1/assessments/%s",
                 json_string_value(name));
        one = ask("GET", path, NULL);
        CHECK_INT(one.status, 200);
        CHECK(json_array_size(json_object_get(one.json, "fields")) > 0);
        example = json_object_get(one.json, "example");
        CHECK(json_array_size(json_object_get(example, "rows")) > 0);
        forget(&one);
    }
    forget(&got);
    CHECK_INT(problem_of("GET", "/api/v1/assessments/astrology", NULL), 404);
    end();
}

/* Every example of the catalogue is judged as it was given out. */
TEST(the_example_of_each_is_judged)
{
    struct got list, got;
    json_t *row;
    size_t i;

    begin();
    list = ask("GET", "/api/v1/assessments", NULL);
    json_array_foreach(items_of(&list), i, row)
    {
        char path[128];
        char *body;
        json_t *verdict;
        size_t k;

        snprintf(path, sizeof(path), "/api/v1/assessments/%s",
                 text_at(row, "name"));
        got = ask("GET", path, NULL);
        body = json_dumps(json_object_get(got.json, "example"), 0);
        forget(&got);
        got = ask("POST", path, body);
        CHECK_INT(got.status, 200);
        CHECK(json_array_size(json_object_get(got.json, "verdicts")) > 0);
        CHECK_INT(
            json_integer_value(json_object_get(got.json, "problem_count")), 0);
        json_array_foreach(json_object_get(got.json, "verdicts"), k, verdict)
        {
            CHECK(strcmp(text_at(verdict, "outcome"), "refused") != 0);
            CHECK(strlen(text_at(verdict, "summary_zh")) > 3);
        }
        forget(&got);
        free(body);
    }
    forget(&list);
    end();
}

TEST(a_table_is_judged_row_by_row)
{
    struct got got;
    const json_t *verdicts, *first, *item, *problem;

    begin();
    got = ask("POST", "/api/v1/assessments/aqi-day",
              "{\"columns\":[\"city\",\"day\",\"PM2.5\",\"PM10\",\"SO2\","
              "\"NO2\",\"CO\",\"O3\"],"
              "\"rows\":[[\"A\",\"2026-03-01\",60,9,9,9,1.0,9],"
              "[\"B\",\"2026-03-01\",-1,9,9,9,1,9],"
              "[\"C\",\"1999-03-01\",60,9,9,9,1,9]]}");
    CHECK_INT(got.status, 200);
    verdicts = json_object_get(got.json, "verdicts");
    CHECK_INT(json_array_size(verdicts), 3);
    first = json_array_get(verdicts, 0);
    CHECK_INT(json_integer_value(json_object_get(first, "rating")), 100);
    CHECK_INT(json_integer_value(json_object_get(first, "line")), 1);
    CHECK_TEXT(
        json_string_value(json_array_get(json_object_get(first, "cells"), 0)),
        "A");
    item = json_array_get(json_object_get(first, "items"), 2);
    CHECK_TEXT(text_at(item, "factor"), "a21005");
    CHECK_TEXT(text_at(item, "value"), "1.0");
    CHECK(strlen(text_at(item, "step_zh")) > 6);
    CHECK_TEXT(text_at(json_array_get(verdicts, 1), "outcome"), "refused");
    CHECK_TEXT(text_at(json_array_get(verdicts, 2), "outcome"), "no_edition");
    problem = json_array_get(json_object_get(got.json, "problems"), 0);
    CHECK_INT(json_integer_value(json_object_get(problem, "line")), 2);
    CHECK_TEXT(text_at(problem, "column"), "PM2.5");
    CHECK_TEXT(text_at(problem, "value"), "-1");
    CHECK_INT(json_integer_value(json_object_get(got.json, "problem_count")),
              2);
    forget(&got);

    got = ask("POST", "/api/v1/assessments/water-section",
              "{\"rows\":[{\"time\":\"2026-11-24\",\"总磷\":\"0.05\"}],"
              "\"options\":{\"water_body\":\"lake_reservoir\"}}");
    first = json_array_get(json_object_get(got.json, "verdicts"), 0);
    CHECK_INT(json_integer_value(json_object_get(first, "rating")), 3);
    forget(&got);
    end();
}

TEST(what_is_no_table_is_a_problem)
{
    static const char path[] = "/api/v1/assessments/aqi-day";
    struct got got;

    begin();
    CHECK_INT(problem_of("POST", path, "{\"rows\":[]}"), 400);
    CHECK_INT(problem_of("POST", path, "{\"rows\":[[1]]}"), 400);
    CHECK_INT(problem_of("POST", path, "nothing"), 400);
    CHECK_INT(problem_of("POST", "/api/v1/assessments/none", "{}"), 404);
    got = ask_with("POST", path, "{\"rows\":[{\"day\":1}]}",
                   "Content-Type: text/plain");
    CHECK_INT(got.status, 415);
    forget(&got);
    /* the table cannot be used, which is an answer about it */
    got = ask("POST", path, "{\"rows\":[{\"PM10\":1}]}");
    CHECK_INT(got.status, 200);
    CHECK_INT(json_array_size(json_object_get(got.json, "verdicts")), 0);
    CHECK_INT(json_array_size(json_object_get(got.json, "problems")), 1);
    forget(&got);
    got = ask("POST", path,
              "{\"rows\":[{\"day\":\"2026-03-01\",\"PM10\":1}],"
              "\"options\":{\"weather\":\"wet\"}}");
    CHECK(strstr(got.body.at, "there is no such field"));
    forget(&got);
    end();
}

TEST(tables_are_searched_in_any_cell_and_by_day)
{
    struct got all, found;
    const json_t *row;

    begin();
    all = ask("GET", "/api/v1/standards?q=HJ%20633-2026&day=20260301", NULL);
    row = row_with(&all, "name", "aqi-hj633.csv");
    CHECK(json_integer_value(json_object_get(row, "matches")) > 10);
    CHECK(json_integer_value(json_object_get(row, "matches")) <
          json_integer_value(json_object_get(row, "rows")));
    CHECK(json_array_size(json_object_get(row, "standards")) >= 2);
    CHECK(json_integer_value(json_object_get(row, "high")) > 0);
    found =
        ask("GET", "/api/v1/standards/aqi-hj633?q=hj%20633-2026&day=20260301",
            NULL);
    CHECK_INT(json_array_size(items_of(&found)),
              json_integer_value(json_object_get(row, "matches")));
    forget(&found);
    found =
        ask("GET", "/api/v1/standards/aqi-hj633?q=HJ%20633-2026&day=20260228",
            NULL);
    CHECK_INT(json_array_size(items_of(&found)), 0);
    forget(&found);
    forget(&all);
    CHECK_INT(problem_of("GET", "/api/v1/standards?day=20260230", NULL), 400);
    end();
}
