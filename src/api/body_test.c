#include "api/body.h"

#include "base/test.h"

static struct body *parse(const char *text)
{
    char why[160];

    return body_parse(span_of(text), why);
}

TEST(an_object_is_read)
{
    struct body *body =
        parse("{\"name\": \"成都\", \"cn\": 1012, \"none\": null, \"x\": 1.5}");
    struct buf out;
    int64_t cn = 0;

    CHECK(body);
    CHECK_SPAN(body_text(body, "name"), "成都");
    CHECK(body_int(body, "cn", &cn));
    CHECK_INT(cn, 1012);
    CHECK(!body_int(body, "x", &cn));
    CHECK(!body_int(body, "name", &cn));
    CHECK(!body_text(body, "cn").at);
    CHECK(!body_text(body, "absent").at);
    CHECK(!body_has(body, "none") && body_has(body, "x"));

    body_set(body, "name", SPAN("******"));
    buf_init(&out, 1024);
    body_write(body, &out);
    CHECK_TEXT(out.at,
               "{\"name\":\"******\",\"cn\":1012,\"none\":null,\"x\":1.5}");
    buf_done(&out);
    body_free(body);
    body_free(NULL);
}

TEST(what_is_no_object_is_refused_with_its_place)
{
    static const char *const wrong[] = {
        "",
        "[]",
        "1",
        "null",
        "\"text\"",
        "{",
        "{\"a\":}",
        "{\"a\":1,}",
        "{\"a\":1}{\"b\":2}",
        "{\"a\":1,\"a\":2}",
        "{\"a\":\"\xff\"}",
        "{\"a\":\"\\ud800\"}",
        "{\"a\":\"\\u0000\"}",
        "{'a':1}",
    };

    for (size_t i = 0; i < LENGTH(wrong); i++) {
        char why[160] = "";

        CHECK(!body_parse(span_of(wrong[i]), why));
        CHECK(why[0]);
    }
}

TEST(depth_has_a_limit_on_both_sides)
{
    char text[4 * BODY_DEPTH_MAX + 16], why[160];
    struct buf b;
    struct body *body;

    for (int extra = 0; extra < 2; extra++) {
        buf_init(&b, sizeof(text));
        for (int i = 0; i < BODY_DEPTH_MAX - 1 + extra; i++)
            buf_text(&b, i ? "[" : "{\"a\":[");
        for (int i = 0; i < BODY_DEPTH_MAX - 1 + extra; i++)
            buf_text(&b, "]");
        buf_text(&b, "}");
        body = body_parse(buf_span(&b), why);
        CHECK((body != NULL) == (extra == 0));
        body_free(body);
        buf_done(&b);
    }
    CHECK(body_depth_within(SPAN("{\"[[[[[[\\\"[[\": 1}"), 1));
    CHECK(!body_depth_within(SPAN("[[]]"), 1));
}

TEST(rows_become_a_table)
{
    static const char *const names[] = {"start", "value", "quality",
                                        "who",   "limit", "lat"};
    struct span items = SPAN(
        "[{\"start\":\"2026-11-24T16:00:00+08:00\",\"value\":\"-35.0\","
        "\"quality\":[\"future\",\"text\"],\"who\":\"=1+1\",\"limit\":null,"
        "\"lat\":30.5445},"
        "{\"value\":\"a,\\\"b\\\"\",\"quality\":[],\"limit\":{\"max\":\"1\"},"
        "\"who\":17}]");
    struct buf out;

    buf_init(&out, 4096);
    CHECK(body_items_to_csv(items, names, LENGTH(names), &out));
    CHECK_TEXT(out.at, "start,value,quality,who,limit,lat\r\n"
                       "2026-11-24T16:00:00+08:00,-35.0,future text,'=1+1,,"
                       "30.5445\r\n"
                       ",\"a,\"\"b\"\"\",,17,\"{\"\"max\"\":\"\"1\"\"}\",\r\n");
    CHECK(!body_items_to_csv(SPAN("{}"), names, LENGTH(names), &out));
    buf_done(&out);
}
