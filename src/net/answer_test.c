#include "net/http.h"

#include "base/test.h"

#include <zlib.h>

TEST(gzip_is_sent_only_to_who_takes_it)
{
    CHECK(http_accepts_gzip(SPAN("gzip, deflate, br")));
    CHECK(http_accepts_gzip(SPAN("br;q=1.0, GZIP;q=0.2")));
    CHECK(http_accepts_gzip(SPAN("*")));
    CHECK(!http_accepts_gzip(SPAN("")));
    CHECK(!http_accepts_gzip(SPAN("br")));
    CHECK(!http_accepts_gzip(SPAN("gzip;q=0")));
    CHECK(!http_accepts_gzip(SPAN("gzip;q=0.000, *")));
    CHECK(!http_accepts_gzip(SPAN("*;q=0")));
    CHECK(http_accepts_gzip(SPAN("gzip;q=0.001")));
}

TEST(what_is_packed_unpacks_to_the_same)
{
    char back[4096];
    struct buf plain, packed;
    z_stream z = {0};

    buf_init(&plain, sizeof(back));
    buf_init(&packed, sizeof(back));
    for (int i = 0; i < 100; i++)
        buf_printf(&plain, "{\"row\": %d}", i);
    CHECK(http_gzip(buf_span(&plain), &packed));
    CHECK(packed.len < plain.len);

    z.next_in = (Bytef *)packed.at;
    z.avail_in = (uInt)packed.len;
    z.next_out = (Bytef *)back;
    z.avail_out = sizeof(back);
    CHECK_INT(inflateInit2(&z, 15 + 16), Z_OK);
    CHECK_INT(inflate(&z, Z_FINISH), Z_STREAM_END);
    CHECK_INT(z.total_out, plain.len);
    CHECK(memcmp(back, plain.at, plain.len) == 0);
    inflateEnd(&z);
    buf_done(&plain);
    buf_done(&packed);
}

TEST(a_tag_follows_from_the_bytes)
{
    char one[HTTP_ETAG_MAX], two[HTTP_ETAG_MAX];

    http_etag(SPAN("a"), one);
    http_etag(SPAN("a"), two);
    CHECK_TEXT(one, two);
    http_etag(SPAN("b"), two);
    CHECK(strcmp(one, two) != 0);

    CHECK(http_etag_matches(span_of(one), one));
    CHECK(http_etag_matches(SPAN("*"), one));
    CHECK(http_etag_matches(SPAN("\"x\", W/\"y\""), "\"y\""));
    CHECK(!http_etag_matches(SPAN("\"x\""), one));
    CHECK(!http_etag_matches(SPAN(""), one));
}

TEST(a_problem_says_what_to_do)
{
    struct arena arena;
    struct http_request request = {.path = SPAN("/api/v1/x\"y")};
    struct http_response response = {.status = 200};

    arena_init(&arena);
    response.arena = &arena;
    buf_init(&response.body, 4096);
    buf_text(&response.body, "half of an ans");
    http_problem(&response, &request, 404, "There is no site %d.", 7);
    CHECK_INT(response.status, 404);
    CHECK_TEXT(response.type, "application/problem+json");
    CHECK_TEXT(response.body.at,
               "{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":"
               "404,\"detail\":\"There is no site 7.\",\"instance\":"
               "\"/api/v1/x\\\"y\"}");
    buf_done(&response.body);
    arena_done(&arena);
}

TEST(a_header_has_one_line_whatever_its_value)
{
    struct arena arena;
    struct http_response response = {.status = 200};

    arena_init(&arena);
    response.arena = &arena;
    http_set(&response, "X-A", SPAN("a\r\nSet-Cookie: b"));
    CHECK_SPAN(response.extra[0].value, "aSet-Cookie: b");
    for (int i = 0; i < 2 * HTTP_EXTRA_MAX; i++)
        http_set(&response, "X-B", SPAN("b"));
    CHECK_INT(response.extra_count, HTTP_EXTRA_MAX);
    arena_done(&arena);
}

TEST(a_shared_answer_lives_until_its_last_holder_lets_go)
{
    struct buf body;
    struct http_blob *blob;

    buf_init(&body, 4096);
    for (int i = 0; i < 200; i++)
        buf_text(&body, "0123456789");
    blob = http_blob_new(&body, "application/json");
    CHECK_INT(body.len, 0);
    CHECK_INT(blob->plain.len, 2000);
    CHECK(blob->gzip.len > 0 && blob->gzip.len < 200);
    CHECK(http_blob_hold(blob) == blob);
    http_blob_release(blob);
    CHECK_INT(blob->plain.at[9], '9');
    http_blob_release(blob);
    http_blob_release(NULL);
}
