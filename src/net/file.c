/* Files of the portal below one directory. */
#include "net/http.h"

#include "base/memory.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_BYTES_MAX = 32 << 20 };

static const struct {
    const char *extension, *type;
} types[] = {
    {"html", "text/html; charset=utf-8"},
    {"js", "text/javascript; charset=utf-8"},
    {"mjs", "text/javascript; charset=utf-8"},
    {"css", "text/css; charset=utf-8"},
    {"json", "application/json"},
    {"map", "application/json"},
    {"geojson", "application/geo+json"},
    {"webmanifest", "application/manifest+json"},
    {"svg", "image/svg+xml"},
    {"png", "image/png"},
    {"jpg", "image/jpeg"},
    {"webp", "image/webp"},
    {"ico", "image/x-icon"},
    {"woff2", "font/woff2"},
    {"woff", "font/woff"},
    {"pbf", "application/x-protobuf"},
    {"txt", "text/plain; charset=utf-8"},
};

static struct span extension_of(struct span path)
{
    size_t at = path.len;

    while (at > 0 && path.at[at - 1] != '/' && path.at[at - 1] != '.')
        at--;
    if (at == 0 || path.at[at - 1] != '.')
        return (struct span){path.at, 0};
    return span_from(path, at);
}

static const char *type_of(struct span path)
{
    struct span extension = extension_of(path);

    for (size_t i = 0; i < LENGTH(types); i++) {
        if (span_equal_nocase(extension, span_of(types[i].extension)))
            return types[i].type;
    }
    return "application/octet-stream";
}

/*
 * A path that can only lead down: no part is empty or begins with a dot, and
 * no character is special to a file system.
 */
static bool path_is_plain(struct span path)
{
    static const char others[] = "-_.@+~()";

    while (path.len) {
        bool more = span_find(path, '/') < path.len;
        struct span part = span_take(&path, '/');

        if (part.len == 0 || part.len > 128 || part.at[0] == '.' ||
            (more && !path.len))
            return false;
        for (size_t i = 0; i < part.len; i++) {
            char c = part.at[i];

            if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  (c >= '0' && c <= '9') || (c && strchr(others, c))))
                return false;
        }
    }
    return true;
}

/* Reads the whole file; false when there is none (or it is no plain file). */
static bool file_read(const char *name, struct stat *st, struct buf *out)
{
    int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    bool good = false;
    char *room;

    if (fd < 0)
        return false;
    if (fstat(fd, st) == 0 && S_ISREG(st->st_mode) &&
        st->st_size <= FILE_BYTES_MAX &&
        (room = buf_room(out, (size_t)st->st_size)) != NULL) {
        ssize_t got = 0;

        while (out->len < (size_t)st->st_size &&
               (got = read(fd, room, (size_t)st->st_size - out->len)) > 0) {
            out->len += (size_t)got;
            room += got;
        }
        out->at[out->len] = '\0';
        good = got >= 0;
    }
    close(fd);
    return good;
}

static bool answer_with(const char *directory, struct span path,
                        struct http_response *response)
{
    struct stat st;
    const char *name =
        arena_printf(response->arena, "%s/%.*s", directory, SPAN_ARG(path));

    if (!file_read(name, &st, &response->body))
        return false;
    response->type = type_of(path);
    response->cache = span_starts(path, SPAN("assets/"))
                          ? "public, max-age=31536000, immutable"
                          : "no-cache";
    snprintf(response->etag, sizeof(response->etag), "W/\"%llx-%llx\"",
             (unsigned long long)st.st_mtim.tv_sec * 1000000000ULL +
                 (unsigned long long)st.st_mtim.tv_nsec,
             (unsigned long long)st.st_size);
    return true;
}

void http_file(const char *directory, struct http_request *request,
               struct http_response *response)
{
    struct span path = span_from(request->path, 1);

    if (request->method != HTTP_GET) {
        http_problem(response, request, 405, "Only GET and HEAD here.");
        http_set(response, "Allow", SPAN("GET, HEAD"));
        return;
    }
    if (path.len && !path_is_plain(path)) {
        http_problem(response, request, 404, "There is no such page.");
        return;
    }
    if (path.len && answer_with(directory, path, response))
        return;
    if (extension_of(path).len == 0 &&
        answer_with(directory, SPAN("index.html"), response))
        return;
    http_problem(response, request, 404,
                 path.len ? "There is no such page."
                          : "The portal is not installed: set web.directory "
                            "to the directory that holds its index.html.");
}
