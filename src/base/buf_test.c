#include "base/buf.h"
#include "base/test.h"

TEST(what_would_pass_the_maximum_is_not_written)
{
    struct buf b;

    buf_init(&b, 4);
    buf_text(&b, "1234");
    CHECK(!b.full);
    buf_char(&b, '5');
    CHECK(b.full);
    CHECK_SPAN(buf_span(&b), "1234");
    buf_printf(&b, "%d", 99);
    CHECK_SPAN(buf_span(&b), "1234");
    buf_clear(&b);
    CHECK(!b.full);
    buf_printf(&b, "%s", "ab");
    CHECK_TEXT(b.at, "ab");
    buf_done(&b);
}

TEST(eating_drops_the_front)
{
    struct buf b;

    buf_init(&b, 100);
    buf_text(&b, "frame1frame2");
    buf_eat(&b, 6);
    CHECK_SPAN(buf_span(&b), "frame2");
    buf_eat(&b, 60);
    CHECK_INT(b.len, 0);
    buf_eat(&b, 1);
    buf_done(&b);
}
