#include "api/table_body.h"

#include "base/buf.h"
#include "base/test.h"

static struct arena arena;
static const char *why;

static const struct table_body *read_text(const char *text)
{
    arena_clear(&arena);
    return table_body_read(span_of(text), &arena, &why);
}

TEST(a_table_may_be_lists_or_objects)
{
    const struct table_body *t;

    arena_init(&arena);
    t = read_text("{\"columns\":[\"day\",\"x\"],\"rows\":[[\"2026-11-24\",1],"
                  "[null,true]],\"options\":{\"rounding\":\"none\",\"a\":3}}");
    CHECK(t && !why);
    CHECK_INT(t->column_count, 2);
    CHECK_INT(t->row_count, 2);
    CHECK_SPAN(t->columns[1], "x");
    CHECK_SPAN(t->rows[0].cells[1], "1");
    CHECK_SPAN(t->rows[1].cells[0], "");
    CHECK_SPAN(t->rows[1].cells[1], "yes");
    CHECK_INT(t->option_count, 2);
    CHECK_SPAN(t->option[1], "a");
    CHECK_SPAN(t->value[1], "3");

    t = read_text("{\"rows\":[{\"day\":\"d\"},{\"x\":false,\"day\":\"e\"}]}");
    CHECK(t);
    CHECK_INT(t->column_count, 2);
    CHECK_SPAN(t->rows[0].cells[1], "");
    CHECK_SPAN(t->rows[1].cells[0], "e");
    CHECK_SPAN(t->rows[1].cells[1], "no");
    arena_done(&arena);
}

TEST(a_number_keeps_its_digits)
{
    const struct {
        const char *sent, *cell;
    } cases[] = {
        {"0.050", "0.050"},
        {"35.0", "35.0"},
        {"-1.10", "-1.10"},
        {"1e3", "1e3"},
        {"0.1000000000000000055", "0.1000000000000000055"},
        {"123456789012345678901", "123456789012345678901"},
        {"\"1.0\"", "1.0"},
        {"\"a\\\"1.0\\\\\"", "a\"1.0\\"},
        {"\"\\u4e2d 12\"", "\xe4\xb8\xad 12"},
    };

    arena_init(&arena);
    for (size_t i = 0; i < LENGTH(cases); i++) {
        char text[200];
        const struct table_body *t;

        snprintf(text, sizeof(text), "{\"rows\":[{\"x\":%s}]}", cases[i].sent);
        t = read_text(text);
        CHECK(t);
        CHECK_SPAN(t->rows[0].cells[0], cases[i].cell);
    }
    arena_done(&arena);
}

TEST(what_is_no_table_says_why)
{
    static const char *const cases[] = {
        "",
        "[]",
        "{}",
        "{\"rows\":[]}",
        "{\"rows\":{}}",
        "{\"rows\":[[1]]}",
        "{\"rows\":[{\"x\":[1]}]}",
        "{\"rows\":[{\"x\":{}}]}",
        "{\"rows\":[{\"x\":1,\"x\":2}]}",
        "{\"columns\":[\"x\"],\"rows\":[{\"x\":1}]}",
        "{\"columns\":\"x\",\"rows\":[[1]]}",
        "{\"rows\":[{\"x\":1}],\"options\":[]}",
        "{\"rows\":[{\"x\":1}],\"options\":{\"a\":[]}}",
        "{\"rows\":[{\"x\":1}],\"more\":1}",
        "{\"rows\":[{\"x\":1}]",
        "{\"rows\":[{\"x\":1x}]}",
        "{\"rows\":[[[[[[[1]]]]]]]}",
        "{\"rows\":[{\"x\":\"\xff\"}]}",
    };

    arena_init(&arena);
    for (size_t i = 0; i < LENGTH(cases); i++) {
        CHECK(!read_text(cases[i]));
        CHECK(why && *why);
    }
    arena_done(&arena);
}

TEST(a_table_has_its_bounds)
{
    struct buf text;

    arena_init(&arena);
    buf_init(&text, 1 << 20);
    for (int rows = TABLE_ROWS_MAX; rows <= TABLE_ROWS_MAX + 1; rows++) {
        buf_clear(&text);
        buf_text(&text, "{\"columns\":[\"x\"],\"rows\":[[1]");
        for (int i = 1; i < rows; i++)
            buf_text(&text, ",[1]");
        buf_text(&text, "]}");
        CHECK((read_text(text.at) != NULL) == (rows == TABLE_ROWS_MAX));
    }
    for (int columns = TABLE_COLUMNS_MAX; columns <= TABLE_COLUMNS_MAX + 1;
         columns++) {
        buf_clear(&text);
        buf_text(&text, "{\"rows\":[{\"x\":1");
        for (int i = 1; i < columns; i++)
            buf_printf(&text, ",\"x%d\":1", i);
        buf_text(&text, "}]}");
        CHECK((read_text(text.at) != NULL) == (columns == TABLE_COLUMNS_MAX));
    }
    buf_done(&text);
    arena_done(&arena);
}
