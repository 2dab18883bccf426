/* What is done to an answer whatever its handler: tag, compression, problem. */
#include "net/http.h"

#include "base/json.h"
#include "base/memory.h"

#include <openssl/evp.h>
#include <stdarg.h>
#include <stdio.h>
#define ZLIB_CONST
#include <zlib.h>

void http_set(struct http_response *response, const char *name,
              struct span value)
{
    struct span copy = arena_copy(response->arena, value);
    char *text = arena_take(response->arena, copy.len + 1);
    size_t len = 0;

    if (response->extra_count == HTTP_EXTRA_MAX)
        return;
    for (size_t i = 0; i < copy.len; i++) {
        if ((unsigned char)copy.at[i] >= ' ')
            text[len++] = copy.at[i];
    }
    text[len] = '\0';
    response->extra[response->extra_count++] =
        (struct http_pair){span_of(name), {text, len}};
}

static const struct {
    int status;
    const char *text;
} statuses[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Log-in Needed"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {409, "Conflict"},
    {413, "Too Large"},
    {414, "Address Too Long"},
    {415, "Unsupported Media Type"},
    {422, "Not Valid"},
    {429, "Too Many Requests"},
    {431, "Headers Too Large"},
    {500, "Internal Error"},
    {503, "Not Ready"},
    {507, "No Room Left"},
};

const char *http_status_text(int status)
{
    for (size_t i = 0; i < LENGTH(statuses); i++) {
        if (statuses[i].status == status)
            return statuses[i].text;
    }
    return "Error";
}

void http_problem(struct http_response *response,
                  const struct http_request *request, int status,
                  const char *format, ...)
{
    char detail[1024];
    struct json j;
    va_list args;

    va_start(args, format);
    vsnprintf(detail, sizeof(detail), format, args);
    va_end(args);

    response->status = status;
    response->type = "application/problem+json";
    response->cache = "no-store";
    buf_clear(&response->body);
    json_init(&j, &response->body);
    json_open(&j, '{');
    json_key_text(&j, "type", "about:blank");
    json_key_text(&j, "title", http_status_text(status));
    json_key_int(&j, "status", status);
    json_key_text(&j, "detail", detail);
    json_key_span(&j, "instance", request->path);
    json_close(&j, '}');
}

bool http_gzip(struct span in, struct buf *out)
{
    z_stream z = {0};
    char *room;
    size_t most;
    int end;

    if (deflateInit2(&z, 5, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return false;
    most = deflateBound(&z, in.len);
    room = buf_room(out, most);
    if (!room) {
        deflateEnd(&z);
        return false;
    }
    z.next_in = (const Bytef *)in.at;
    z.avail_in = (uInt)in.len;
    z.next_out = (Bytef *)room;
    z.avail_out = (uInt)most;
    end = deflate(&z, Z_FINISH);
    if (end == Z_STREAM_END) {
        out->len += z.total_out;
        out->at[out->len] = '\0';
    }
    deflateEnd(&z);
    return end == Z_STREAM_END;
}

/* "q=0" and "q=0.000" refuse a coding. */
static bool refused(struct span parameters)
{
    while (parameters.len) {
        struct span part = span_trim(span_take(&parameters, ';'));
        struct span value;

        if (part.len < 2 || (part.at[0] != 'q' && part.at[0] != 'Q') ||
            part.at[1] != '=')
            continue;
        value = span_from(part, 2);
        while (value.len && (value.at[0] == '0' || value.at[0] == '.'))
            value = span_from(value, 1);
        return value.len == 0;
    }
    return false;
}

bool http_accepts_gzip(struct span header)
{
    bool any = false;

    while (header.len) {
        struct span row = span_take(&header, ',');
        struct span name = span_trim(span_take(&row, ';'));

        if (span_equal_nocase(name, SPAN("gzip")))
            return !refused(row);
        if (span_is(name, "*"))
            any = !refused(row);
    }
    return any;
}

static struct span without_weak(struct span tag)
{
    tag = span_trim(tag);
    return span_starts(tag, SPAN("W/")) ? span_from(tag, 2) : tag;
}

bool http_etag_matches(struct span header, const char *etag)
{
    struct span mine = without_weak(span_of(etag));

    if (span_is(span_trim(header), "*"))
        return true;
    while (header.len) {
        if (span_equal(without_weak(span_take(&header, ',')), mine))
            return true;
    }
    return false;
}

void http_etag(struct span bytes, char etag[HTTP_ETAG_MAX])
{
    unsigned char hash[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    char *at = etag;

    EVP_Digest(bytes.len ? bytes.at : "", bytes.len, hash, &len, EVP_sha256(),
               NULL);
    at += snprintf(at, HTTP_ETAG_MAX, "W/\"");
    for (int i = 0; i < 12; i++)
        at += snprintf(at, 3, "%02x", hash[i]);
    snprintf(at, 2, "\"");
}

struct http_blob *http_blob_new(struct buf *body, const char *type)
{
    struct http_blob *blob = memory_new(1, sizeof(*blob));

    blob->held = 1;
    blob->plain = *body;
    buf_init(body, body->max);
    blob->type = type;
    buf_init(&blob->gzip, HTTP_ANSWER_MAX);
    if (blob->plain.len >= HTTP_GZIP_MIN &&
        !http_gzip(buf_span(&blob->plain), &blob->gzip))
        buf_clear(&blob->gzip);
    http_etag(buf_span(&blob->plain), blob->etag);
    return blob;
}

struct http_blob *http_blob_hold(struct http_blob *blob)
{
    atomic_fetch_add(&blob->held, 1);
    return blob;
}

void http_blob_release(struct http_blob *blob)
{
    if (!blob || atomic_fetch_sub(&blob->held, 1) != 1)
        return;
    buf_done(&blob->plain);
    buf_done(&blob->gzip);
    free(blob);
}
