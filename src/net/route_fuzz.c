/* Any bytes as path, query text and headers: decoded, matched, never crash. */
#include "net/http.h"

static const struct http_route routes[] = {
    {HTTP_GET, "/api/v1/sites/{id}", .role = 0},
    {HTTP_GET, "/api/v1/sites/{id}/{what}/{a}/{b}", .role = 0},
    {HTTP_PUT, "/api/v1/sites/{id}", .role = 0},
};

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    struct span in = {(const char *)data, size}, out;
    struct span param[HTTP_PARAMS_MAX];
    const struct http_route *route;
    struct arena arena;
    struct buf allow;

    arena_init(&arena);
    buf_init(&allow, 64);
    if (http_decode(in, &arena, &out) == OK) {
        http_route_find(routes, LENGTH(routes), HTTP_GET, out, param, &route);
        http_route_allow(routes, LENGTH(routes), out, &allow);
    }
    http_route_find(routes, LENGTH(routes), HTTP_PUT, in, param, &route);
    http_accepts_gzip(in);
    http_etag_matches(in, "W/\"1\"");
    buf_done(&allow);
    arena_done(&arena);
    return 0;
}
