#include "base/json.h"

#include "base/test.h"

TEST(commas_and_nesting)
{
    struct buf b;
    struct json j;

    buf_init(&b, 1000);
    json_init(&j, &b);
    json_open(&j, '{');
    json_key_int(&j, "a", -7);
    json_key(&j, "list");
    json_open(&j, '[');
    json_bool(&j, true);
    json_none(&j);
    json_open(&j, '{');
    json_close(&j, '}');
    json_close(&j, ']');
    json_key_decimal(&j, "v", DECIMAL(350, -1));
    json_key_time(&j, "t", 0);
    json_close(&j, '}');
    CHECK_TEXT(b.at, "{\"a\":-7,\"list\":[true,null,{}],\"v\":\"35.0\","
                     "\"t\":\"1970-01-01T08:00:00+08:00\"}");
    buf_done(&b);
}

TEST(text_is_escaped_and_always_utf8)
{
    const struct {
        const char *in, *out;
    } cases[] = {
        {"成都", "\"成都\""},
        {"a\"b\\c", "\"a\\\"b\\\\c\""},
        {"\n\t\x01\x7F", "\"\\n\\t\\u0001\\u007f\""},
        {"\xB3\xC9", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
        {"\xC0\xAFx", "\"\xEF\xBF\xBD\xEF\xBF\xBDx\""}, /* overlong */
        {"\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
    };

    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct buf b;
        struct json j;

        buf_init(&b, 1000);
        json_init(&j, &b);
        json_text(&j, cases[i].in);
        CHECK_TEXT(b.at, cases[i].out);
        buf_done(&b);
    }
}

TEST(what_no_json_number_can_say_is_null)
{
    struct buf b;
    struct json j;

    buf_init(&b, 1000);
    json_init(&j, &b);
    json_open(&j, '[');
    json_double(&j, 0.5);
    json_double(&j, 0.0 / 0.0);
    json_text(&j, NULL);
    json_close(&j, ']');
    CHECK_TEXT(b.at, "[0.5,null,null]");
    buf_done(&b);
}
