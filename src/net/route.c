#include "net/http.h"

#include "base/utf8.h"

static const char *const method_names[] = {"GET", "POST", "PUT", "DELETE"};

const char *http_method_name(enum http_method method)
{
    return method_names[method];
}

/* Compares part by part; a part in braces matches any text but none. */
static bool path_matches(struct span pattern, struct span path,
                         struct span param[HTTP_PARAMS_MAX])
{
    size_t params = 0;

    while (pattern.len && path.len) {
        struct span want = span_take(&pattern, '/');
        bool more = span_find(path, '/') < path.len;
        struct span have = span_take(&path, '/');

        if (want.len && want.at[0] == '{') {
            if (have.len == 0 || params == HTTP_PARAMS_MAX)
                return false;
            param[params++] = have;
        } else if (!span_equal(want, have)) {
            return false;
        }
        if (more && !path.len) /* a slash at the end names something else */
            return false;
    }
    return pattern.len == 0 && path.len == 0;
}

enum http_match http_route_find(const struct http_route *routes, size_t count,
                                enum http_method method, struct span path,
                                struct span param[HTTP_PARAMS_MAX],
                                const struct http_route **out)
{
    enum http_match match = HTTP_NO_PATH;

    for (size_t i = 0; i < count; i++) {
        struct span found[HTTP_PARAMS_MAX] = {{NULL, 0}};

        if (!path_matches(span_of(routes[i].path), path, found))
            continue;
        if (routes[i].method == method) {
            memcpy(param, found, sizeof(found));
            *out = &routes[i];
            return HTTP_MATCH;
        }
        match = HTTP_NO_METHOD;
    }
    return match;
}

void http_route_allow(const struct http_route *routes, size_t count,
                      struct span path, struct buf *out)
{
    bool has[HTTP_METHODS] = {false};
    struct span param[HTTP_PARAMS_MAX];
    bool first = true;

    for (size_t i = 0; i < count; i++) {
        if (path_matches(span_of(routes[i].path), path, param))
            has[routes[i].method] = true;
    }
    for (int m = 0; m < HTTP_METHODS; m++) {
        if (!has[m])
            continue;
        buf_printf(out, "%s%s%s", first ? "" : ", ", method_names[m],
                   m == HTTP_GET ? ", HEAD" : "");
        first = false;
    }
}

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

enum err http_decode(struct span text, struct arena *arena, struct span *out)
{
    char *at = arena_take(arena, text.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];

        if (c == '%') {
            int high = i + 2 < text.len ? hex(text.at[i + 1]) : -1;
            int low = high >= 0 ? hex(text.at[i + 2]) : -1;

            if (low < 0)
                return ERR_ENCODING;
            c = (char)(high * 16 + low);
            i += 2;
        }
        if ((unsigned char)c < ' ' || c == 0x7f)
            return ERR_ENCODING;
        at[len++] = c;
    }
    at[len] = '\0';
    if (!utf8_valid((struct span){at, len}))
        return ERR_ENCODING;
    *out = (struct span){at, len};
    return OK;
}
