#include "base/csv.h"

#include "base/test.h"

static struct csv csv;
static char text[4096];

static void open_text(const char *source)
{
    size_t len = strlen(source);

    memcpy(text, source, len + 1);
    csv_init(&csv, text, len);
}

TEST(rows_and_named_columns)
{
    open_text("code,name\r\n510100,成都\r\n\r\n510300, 自贡 \n");
    CHECK_INT(csv_header(&csv), OK);
    CHECK_INT(csv_row(&csv), OK);
    CHECK_SPAN(csv_field(&csv, "name"), "成都");
    CHECK_INT(csv.line, 2);
    CHECK_INT(csv_row(&csv), OK);
    CHECK_SPAN(csv_field(&csv, "name"), "自贡");
    CHECK_SPAN(csv_field(&csv, "absent"), "");
    CHECK_INT(csv.line, 4); /* the empty line counts, but is no row */
    CHECK_INT(csv_row(&csv), ERR_NOT_FOUND);
}

TEST(quotes_keep_commas_quotes_and_line_breaks)
{
    open_text("\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\"\nnext\n");
    CHECK_INT(csv_row(&csv), OK);
    CHECK_INT(csv.count, 3);
    CHECK_SPAN(csv.field[0], "a,b");
    CHECK_SPAN(csv.field[1], "say \"hi\"");
    CHECK_SPAN(csv.field[2], "two\nlines");
    CHECK_INT(csv_row(&csv), OK);
    CHECK_INT(csv.line, 3);
}

TEST(wrong_quotes_are_named_and_reading_goes_on)
{
    open_text("a,b\"c\nd,e\n\"open");
    CHECK_INT(csv_row(&csv), ERR_SYNTAX);
    CHECK_INT(csv_row(&csv), OK);
    CHECK_SPAN(csv.field[1], "e");
    CHECK_INT(csv_row(&csv), ERR_SYNTAX);
    CHECK_INT(csv_row(&csv), ERR_NOT_FOUND);
}

TEST(too_many_columns_are_refused_not_cut)
{
    char many[CSV_COLUMNS_MAX + 16];

    memset(many, ',', sizeof many - 1);
    many[sizeof many - 1] = '\0';
    open_text(many);
    CHECK_INT(csv_row(&csv), ERR_TOO_LARGE);
}

TEST(gb18030_becomes_utf8_and_a_mark_goes)
{
    struct buf b;

    buf_init(&b, 1000);
    buf_text(&b, "\xB3\xC9\xB6\xBC,\x81\x30\x81\x30"); /* 成都, U+0080 */
    CHECK_INT(csv_to_utf8(&b), OK);
    CHECK_SPAN(buf_span(&b), "成都,\xC2\x80");
    buf_clear(&b);
    buf_text(&b, "\xEF\xBB\xBFx");
    CHECK_INT(csv_to_utf8(&b), OK);
    CHECK_SPAN(buf_span(&b), "x");
    buf_clear(&b);
    buf_text(&b, "\xFF\xFF");
    CHECK_INT(csv_to_utf8(&b), ERR_ENCODING);
    CHECK_INT(b.len, 2);
    buf_done(&b);
}

TEST(gb18030_that_grows_past_the_maximum_is_refused)
{
    struct buf b;

    buf_init(&b, 5);
    buf_text(&b, "\xB3\xC9\xB6\xBC");
    CHECK_INT(csv_to_utf8(&b), ERR_TOO_LARGE);
    buf_done(&b);
}

TEST(written_fields_read_back)
{
    const char *fields[] = {"plain", "a,b", "q\"q", "l\nl", " edge ", ""};
    struct buf b;

    buf_init(&b, 1000);
    for (size_t i = 0; i < LENGTH(fields); i++)
        csv_add(&b, span_of(fields[i]), i == 0);
    csv_end(&b);
    csv_init(&csv, b.at, b.len);
    CHECK_INT(csv_row(&csv), OK);
    CHECK_INT(csv.count, LENGTH(fields));
    for (size_t i = 0; i < LENGTH(fields); i++)
        CHECK_SPAN(csv.field[i], fields[i]);
    buf_done(&b);
}

TEST(formulas_typed_by_people_are_disarmed)
{
    struct buf b;

    buf_init(&b, 1000);
    csv_add_text(&b, SPAN("=1+1"), true);
    csv_add_text(&b, SPAN("-5"), false);
    csv_add_text(&b, SPAN("ok"), false);
    CHECK_SPAN(buf_span(&b), "'=1+1,'-5,ok");
    buf_done(&b);
}
