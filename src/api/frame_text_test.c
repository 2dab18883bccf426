#include "api/frame_text.h"

#include "base/test.h"

static struct arena arena;

TEST(a_password_is_not_shown)
{
    static const struct {
        struct span in;
        const char *out;
    } cases[] = {
        {SPAN("##0085QN=1;ST=22;CN=2011;PW=123456;MN=A;CP=&&x&&"),
         "##0085QN=1;ST=22;CN=2011;PW=******;MN=A;CP=&&x&&"},
        {SPAN("PW=1"), "PW=******"},
        {SPAN("##0030pw=secret"), "##0030pw=******"},
        {SPAN("CN=1072;PW=;CP=&&NewPW=654321&&"),
         "CN=1072;PW=******;CP=&&NewPW=******&&"},
        {SPAN("CP=&&PW=654321&&"), "CP=&&PW=******&&"},
        {SPAN("XPW=no"), "XPW=no"},
        {SPAN(""), ""},
        {SPAN("PW"), "PW"},
    };

    arena_init(&arena);
    for (size_t i = 0; i < LENGTH(cases); i++)
        CHECK_SPAN(frame_mask(cases[i].in, &arena), cases[i].out);
    arena_done(&arena);
}

TEST(bytes_are_shown_as_text_that_can_be_read_back)
{
    arena_init(&arena);
    CHECK_SPAN(frame_escape(SPAN("a\\b\r\n"), &arena), "a\\\\b\\r\\n");
    CHECK_SPAN(frame_escape(SPAN("\x00\x7f\xff\xc3"), &arena),
               "\\x00\\x7f\\xff\\xc3");
    CHECK_SPAN(frame_escape(SPAN("成都"), &arena), "成都");
    CHECK_SPAN(frame_hex(SPAN("##\x00\xff"), &arena), "232300ff");
    CHECK_SPAN(frame_hex(SPAN(""), &arena), "");
    arena_done(&arena);
}
