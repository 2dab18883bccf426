/*
 * openapi - the description of the API for programs (OpenAPI 3.1), made from
 * the route tables and the schemas. Pure.
 */
#ifndef API_OPENAPI_H
#define API_OPENAPI_H

#include "net/http.h"

/* Held for the caller. */
struct http_blob *openapi_make(const struct http_route *routes, size_t count);

/* What a query parameter means; NULL when no row names it. */
const char *openapi_parameter(struct span name);

#endif
