/*
 * http - a thin face of libmicrohttpd: routes as rows, a request with all its
 * bytes already in, a response that the handler fills. It knows nothing of the
 * domain.
 *
 *     static const struct http_route routes[] = {
 *         {HTTP_GET, "/sites/{id}", .handle = get_site},
 *     };
 *
 * A handler runs on one of the server's threads and may wait for a disk, not
 * for a device. What it takes from request->arena lives until the answer is
 * sent. HEAD is asked as GET. The server adds ETag, If-None-Match, gzip and the
 * security headers by itself.
 *
 * Everything a peer sends is bounded: connections, silence, the size of the
 * address, of the headers and of the body; what is beyond gets a status that
 * says so. A text in an address that is not UTF-8, or holds a NUL, is refused
 * before any handler sees it.
 */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "net/stream.h"

#include <stdatomic.h>
#include <stdint.h>

enum {
    HTTP_BODY_MAX = 1 << 20,
    HTTP_ANSWER_MAX = 64 << 20,
    HTTP_ADDRESS_MAX = 4096, /* path and query as sent */
    HTTP_HEADERS_MAX = 64,
    HTTP_QUERY_MAX = 32,
    HTTP_PARAMS_MAX = 4,
    HTTP_EXTRA_MAX = 8,   /* headers a handler may add */
    HTTP_GZIP_MIN = 1024, /* smaller answers are sent as they are */
    HTTP_ETAG_MAX = 40,
};

enum http_method { HTTP_GET, HTTP_POST, HTTP_PUT, HTTP_DELETE, HTTP_METHODS };

const char *http_method_name(enum http_method method);

struct http_pair {
    struct span name, value;
};

struct http_request;
struct http_response;
struct http_route;

typedef void (*http_handler)(struct http_request *request,
                             struct http_response *response);

/* One row of the route table. */
struct http_route {
    enum http_method method;
    const char *path; /* "/api/v1/sites/{id}": a part in braces is any text */
    int role;         /* for the owner's admit(); 0 by convention: everybody */
    http_handler handle;
    const char *summary;
    const char *query;  /* names of the query parameters, between blanks */
    const char *schema; /* name of the answer's schema, or NULL */
    bool list;          /* answers {"items": [...]} of that schema */
    const char *body;   /* name of the request body's schema, or NULL */
};

struct http_request {
    enum http_method method;
    bool head;
    struct span path;                       /* decoded, terminated */
    const struct http_route *route;         /* NULL in the fallback */
    struct span param[HTTP_PARAMS_MAX];     /* what the braces matched */
    struct http_pair query[HTTP_QUERY_MAX]; /* decoded */
    size_t query_count;
    struct span body;
    char peer[64]; /* the address, without port */
    int64_t now_us;
    void *context; /* the server's */
    void *user;    /* for admit() to leave what it found */
    struct arena *arena;
    void *connection; /* libmicrohttpd's; NULL in tests */
};

/* The value of a header or cookie; .at is NULL when it was not sent. */
struct span http_header(const struct http_request *request, const char *name);
struct span http_cookie(const struct http_request *request, const char *name);

/* The value of a query parameter; .at is NULL when it was not given. */
struct span http_query(const struct http_request *request, const char *name);

/*
 * A finished answer that many requests share (a page kept ready): counted, its
 * compressed form made once. Whoever makes it holds it first.
 */
struct http_blob {
    atomic_int held;
    struct buf plain, gzip; /* gzip empty when it would not pay */
    const char *type;
    char etag[HTTP_ETAG_MAX];
};

/* Takes the bytes of *body over (it is empty afterwards). */
struct http_blob *http_blob_new(struct buf *body, const char *type);
struct http_blob *http_blob_hold(struct http_blob *blob);
void http_blob_release(struct http_blob *blob);

struct http_response {
    int status;       /* 200 */
    const char *type; /* "application/json" */
    struct buf body;
    struct http_blob *blob;       /* instead of body; one hold is ours */
    struct stream_client *stream; /* instead of both; ours */
    const char *cache;            /* Cache-Control; NULL: "no-cache" */
    char etag[HTTP_ETAG_MAX];     /* set, or computed from the body of a GET */
    struct http_pair extra[HTTP_EXTRA_MAX];
    size_t extra_count;
    struct arena *arena; /* the request's */
};

/* Adds a header; the value is copied. Line ends in it are dropped. */
void http_set(struct http_response *response, const char *name,
              struct span value);

/*
 * Makes the answer an application/problem+json: RFC 9457's type, title, status,
 * detail, instance. The detail says what to do.
 */
void http_problem(struct http_response *response,
                  const struct http_request *request, int status,
                  const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* "Not Found"; never NULL. */
const char *http_status_text(int status);

/* ---- the table ---- */

enum http_match {
    HTTP_MATCH,
    HTTP_NO_PATH,   /* no row has this path */
    HTTP_NO_METHOD, /* the path has rows, none with the method */
};

/* Finds the row and fills `param`; literal rows go before braces by order. */
enum http_match http_route_find(const struct http_route *routes, size_t count,
                                enum http_method method, struct span path,
                                struct span param[HTTP_PARAMS_MAX],
                                const struct http_route **out);

/* "GET, PUT": what the table has for the path, for the Allow header. */
void http_route_allow(const struct http_route *routes, size_t count,
                      struct span path, struct buf *out);

/*
 * Undoes %XX. ERR_ENCODING for a broken escape, a NUL, a control character or
 * bytes that are not UTF-8. The text is terminated, from the arena.
 */
enum err http_decode(struct span text, struct arena *arena,
                     struct span *out) MUST_CHECK;

/* gzip of `in` appended to out; false when it did not fit. */
bool http_gzip(struct span in, struct buf *out);

/* Whether an Accept-Encoding header wants gzip. */
bool http_accepts_gzip(struct span header);

/* Whether If-None-Match names the tag (weak comparison). */
bool http_etag_matches(struct span header, const char *etag);

/* W/"...": a tag made of the bytes. */
void http_etag(struct span bytes, char etag[HTTP_ETAG_MAX]);

/* ---- files ---- */

/*
 * Answers request->path with a file below the directory; a path without a file
 * and without an extension gets index.html (the pages of a single-page
 * application). No path leaves the directory. Names below assets/ carry a hash
 * and are kept by browsers for ever.
 */
void http_file(const char *directory, struct http_request *request,
               struct http_response *response);

/* ---- the server ---- */

struct http_options {
    const char *listen;                    /* "127.0.0.1:8080", "[::1]:0" */
    const char *tls_certificate, *tls_key; /* PEM files, or NULL */
    int threads;                           /* at least 2 */
    int connections_max, connections_per_address_max;
    int timeout_s; /* of silence */
    const struct http_route *routes;
    size_t route_count;
    /* May a request go on? If not, it has filled the response. */
    bool (*admit)(struct http_request *request, struct http_response *response);
    http_handler fallback; /* no row has the path; NULL: 404 */
    void *context;
};

struct http;

/* ERR_BUSY when the address is taken, ERR_INVALID, ERR_IO; logged. */
enum err http_start(const struct http_options *options,
                    struct http **out) MUST_CHECK;

/* Ends all streams of the hub first (stream_hub_close). */
void http_stop(struct http *http);

int http_port(const struct http *http);

struct http_counters {
    uint64_t requests, by_class[6]; /* [2]: 2xx */
    uint64_t bytes_out, not_modified;
    uint64_t in_flight;
    uint64_t connections;
};

void http_counters(const struct http *http, struct http_counters *out);

#endif
