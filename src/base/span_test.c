#include "base/span.h"
#include "base/test.h"
#include "base/utf8.h"

TEST(taking_parts_walks_to_the_end)
{
    struct span rest = SPAN("a;;b");

    CHECK_SPAN(span_take(&rest, ';'), "a");
    CHECK_SPAN(span_take(&rest, ';'), "");
    CHECK_SPAN(span_take(&rest, ';'), "b");
    CHECK_INT(rest.len, 0);
    CHECK_SPAN(span_take(&rest, ';'), "");
}

TEST(trimming_takes_blanks_and_tabs_only)
{
    CHECK_SPAN(span_trim(SPAN(" \t a b\t")), "a b");
    CHECK_SPAN(span_trim(SPAN("  ")), "");
    CHECK_SPAN(span_trim(SPAN("\na")), "\na");
}

TEST(prefixes_and_cuts_stay_inside)
{
    CHECK(span_starts(SPAN("##01"), SPAN("##")));
    CHECK(!span_starts(SPAN("#"), SPAN("##")));
    CHECK_SPAN(span_from(SPAN("abc"), 9), "");
    CHECK_SPAN(span_first(SPAN("abc"), 2), "ab");
    CHECK_INT(span_find(SPAN("abc"), 'z'), 3);
    CHECK(span_equal_nocase(SPAN("W01018"), SPAN("w01018")));
}

TEST(a_copy_is_cut_and_terminated)
{
    char text[4];

    span_copy(SPAN("abcdef"), text, sizeof text);
    CHECK_TEXT(text, "abc");
}

TEST(utf8_takes_only_shortest_forms)
{
    CHECK(utf8_valid(SPAN("成都 a\xF4\x8F\xBF\xBF")));
    CHECK(!utf8_valid(SPAN("\xF4\x90\x80\x80"))); /* above U+10FFFF */
    CHECK(!utf8_valid(SPAN("\xE0\x9F\xBF")));     /* overlong */
    CHECK(!utf8_valid(SPAN("\xED\xA0\x80")));     /* surrogate */
    CHECK(!utf8_valid(SPAN("\xE6\x88")));         /* cut off */
    CHECK(!utf8_valid(SPAN("\x80")));
}
