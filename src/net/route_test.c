#include "net/http.h"

#include "base/test.h"

static const struct http_route routes[] = {
    {HTTP_GET, "/api/sites", .role = 1},
    {HTTP_GET, "/api/sites/all", .role = 2},
    {HTTP_GET, "/api/sites/{id}", .role = 3},
    {HTTP_PUT, "/api/sites/{id}", .role = 4},
    {HTTP_GET, "/api/sites/{id}/points/{point}", .role = 5},
};

static struct span param[HTTP_PARAMS_MAX];

static int find(enum http_method method, const char *path)
{
    const struct http_route *route = NULL;
    enum http_match match = http_route_find(routes, LENGTH(routes), method,
                                            span_of(path), param, &route);

    return match == HTTP_MATCH ? route->role : -(int)match;
}

TEST(a_path_finds_its_row)
{
    CHECK_INT(find(HTTP_GET, "/api/sites"), 1);
    CHECK_INT(find(HTTP_GET, "/api/sites/all"), 2);
    CHECK_INT(find(HTTP_GET, "/api/sites/17"), 3);
    CHECK_SPAN(param[0], "17");
    CHECK_INT(find(HTTP_PUT, "/api/sites/17"), 4);
    CHECK_INT(find(HTTP_GET, "/api/sites/17/points/DA001"), 5);
    CHECK_SPAN(param[0], "17");
    CHECK_SPAN(param[1], "DA001");
}

TEST(other_paths_and_methods_find_none)
{
    CHECK_INT(find(HTTP_GET, ""), -HTTP_NO_PATH);
    CHECK_INT(find(HTTP_GET, "/"), -HTTP_NO_PATH);
    CHECK_INT(find(HTTP_GET, "/api"), -HTTP_NO_PATH);
    CHECK_INT(find(HTTP_GET, "/api/sites/"), -HTTP_NO_PATH);
    CHECK_INT(find(HTTP_GET, "//api/sites"), -HTTP_NO_PATH);
    CHECK_INT(find(HTTP_GET, "/api/sites//points/1"), -HTTP_NO_PATH);
    CHECK_INT(find(HTTP_GET, "/api/sites/1/points"), -HTTP_NO_PATH);
    CHECK_INT(find(HTTP_GET, "/api/sites/1/points/2/3"), -HTTP_NO_PATH);
    CHECK_INT(find(HTTP_DELETE, "/api/sites/1"), -HTTP_NO_METHOD);
    CHECK_INT(find(HTTP_POST, "/api/sites"), -HTTP_NO_METHOD);
}

TEST(a_path_knows_its_methods)
{
    struct buf out;

    buf_init(&out, 64);
    http_route_allow(routes, LENGTH(routes), SPAN("/api/sites/1"), &out);
    CHECK_TEXT(out.at, "GET, HEAD, PUT");
    buf_done(&out);
}

TEST(escapes_are_undone_and_what_is_no_text_refused)
{
    static const struct {
        struct span in;
        const char *out; /* NULL: refused */
    } cases[] = {
        {SPAN(""), ""},
        {SPAN("a%20b"), "a b"},
        {SPAN("%E6%88%90%e9%83%bd"), "成都"},
        {SPAN("100%25"), "100%"},
        {SPAN("a%"), NULL},
        {SPAN("a%2"), NULL},
        {SPAN("a%2g"), NULL},
        {SPAN("a%00b"), NULL},
        {SPAN("a%0d%0aSet-Cookie:x"), NULL},
        {SPAN("%ff"), NULL},
        {SPAN("%c0%ae%c0%ae"), NULL}, /* overlong dots */
        {SPAN("%ed%a0%80"), NULL},    /* a surrogate */
    };
    struct arena arena;

    arena_init(&arena);
    for (size_t i = 0; i < LENGTH(cases); i++) {
        struct span out = {NULL, 0};
        enum err err = http_decode(cases[i].in, &arena, &out);

        CHECK_INT(err, cases[i].out ? OK : ERR_ENCODING);
        if (cases[i].out)
            CHECK_SPAN(out, cases[i].out);
    }
    arena_done(&arena);
}
