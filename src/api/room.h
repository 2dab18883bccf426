/*
 * room - what every x_http.c uses: the parts behind a request, parameters read
 * with a problem for the wrong ones, lists that are walked by key, and the
 * names of things in both languages.
 */
#ifndef API_ROOM_H
#define API_ROOM_H

#include "api/api.h"
#include "api/body.h"
#include "api/schema.h"
#include "assess/factor/factor.h"
#include "base/json.h"

#include <pthread.h>

struct live;
struct login_guard;
struct verification;

struct api {
    struct api_options options;
    struct api_parts parts;
    atomic_bool ready;
    struct http *http;
    struct stream_hub *hub;
    struct live *live;
    struct login_guard *guard;
    struct verification *verification;
    struct http_route *routes;
    size_t route_count;
    struct http_blob *openapi;
    int64_t started_us;
    atomic_llong sealed_s; /* when a proof last closed a segment */
};

/* Who may ask: everybody, or an account of that role or above. */
enum api_role {
    API_PUBLIC,
    API_VIEWER = 1 + ROLE_VIEWER,
    API_OPERATOR = 1 + ROLE_OPERATOR,
    API_ADMINISTRATOR = 1 + ROLE_ADMINISTRATOR,
};

/* A room's table. */
struct room {
    const struct http_route *routes;
    size_t count;
};

#define ROOM(rows)                                                             \
    {                                                                          \
        rows, LENGTH(rows)                                                     \
    }

extern const struct room session_room, live_room, site_room, channel_room,
    overlay_room, verdict_room, frame_room, device_room, command_room,
    ledger_room, registry_room, standard_room, event_room, openapi_room,
    metrics_room, assessment_room;

static inline struct api *api_of(const struct http_request *request)
{
    return request->context;
}

/* NULL when nobody is logged in. */
static inline const struct session *session_of(const struct http_request *r)
{
    return r->user;
}

/*
 * The registry as this request sees it, held until room_done (a handler takes
 * it first and gives it back last).
 */
static inline const struct registry_snapshot *
room_registry(const struct http_request *request)
{
    return registry_hold(api_of(request)->parts.registry);
}

static inline void room_done(const struct http_request *request,
                             const struct registry_snapshot *snapshot)
{
    registry_release(api_of(request)->parts.registry, snapshot);
}

/* ---- parameters: false when wrong, and the response says how ---- */

struct ask {
    const struct http_request *request;
    struct http_response *response;
};

/* A whole number with sign, at most 18 digits. */
bool whole_number(struct span text, int64_t *out);

bool ask_int(struct ask ask, const char *name, int64_t min, int64_t max,
             int64_t fallback, int64_t *out);
bool ask_bool(struct ask ask, const char *name, bool *out);
bool ask_time(struct ask ask, const char *name, int64_t fallback_s,
              int64_t *out_s);
bool ask_decimal(struct ask ask, const char *name, struct decimal *out);
bool ask_cadence(struct ask ask, const char *name, enum cadence fallback,
                 enum cadence *out);

/* from and to, `back_s` long when not given, ending an hour from now. */
bool ask_range(struct ask ask, int64_t back_s, struct series_range *out);

/* as_of and raw. */
bool ask_view(struct ask ask, struct series_view *out);

/* A number out of the path, above 0. */
bool ask_id(struct ask ask, struct span text, int64_t max, int64_t *out);

/* The body as a JSON object; NULL and a problem when it is none. */
struct body *ask_body(struct ask ask);

/* The site of the path if this request may see it; NULL and 404 otherwise. */
const struct site *ask_site(struct ask ask, const struct registry_snapshot *s);
bool site_visible(const struct http_request *request, const struct site *site);

/* A store's error as a problem. */
void room_error(struct ask ask, enum err err, const char *what);

/* ---- answers ---- */

/* An open JSON writer onto the body. */
struct json answer(struct http_response *response);

enum { LIST_DEFAULT = 100, LIST_MAX = 10000 };

/*
 *     {"items": [ row, row ... ], "next": "<cursor>"|null}
 *
 * The room writes at most `limit` rows and gives the key of the last one as the
 * cursor when there are more. As CSV (?format=csv) the columns are the fields
 * of the route's schema.
 */
struct list {
    struct json json;
    struct ask ask;
    size_t limit, count;
    bool csv, bom;
    int64_t after[4];           /* the cursor asked with, as numbers */
    int after_count;            /* 0: from the beginning */
    const char *const *columns; /* of a CSV; NULL: the fields of the schema */
    size_t column_count;
};

/* What every list may be asked besides its own parameters. */
#define LIST_PARAMETERS "limit after format bom"

bool list_begin(struct list *list, struct ask ask);

/* For lists whose cursor is a text: `after` is not looked at. */
bool list_begin_named(struct list *list, struct ask ask);

/* For one more row: opens an object. False when the limit is reached. */
struct json *list_row(struct list *list);
static inline bool list_is_full(const struct list *list)
{
    return list->count >= list->limit;
}

/* The cursor is `keys` numbers; 0 when there is nothing behind. */
void list_end(struct list *list, int keys, const int64_t *key);
void list_end_at(struct list *list, bool more, int64_t key); /* of one number */
void list_end_named(struct list *list, const char *next);    /* NULL: the end */

/* A cursor: numbers joined by dots. Pure. */
void cursor_format(const int64_t *key, int count, char text[96]);
int cursor_parse(struct span text, int64_t key[4]); /* 0 when it is none */

/* ---- names ---- */

struct factor_names {
    const char *zh, *en, *unit;
    int decimals;
};

/* How a factor is called where it is measured; `point` may be NULL. */
struct factor_names factor_names(const char *code, const struct point *point);

void key_names(struct json *j,
               struct factor_names names); /* name_zh, name_en */

/* ["future", ...] */
void key_quality(struct json *j, uint32_t quality);

/* A decimal that may be absent: null. */
void key_decimal_if(struct json *j, const char *key, bool present,
                    struct decimal value);
void key_letter(struct json *j, const char *key, char letter); /* 0: null */
void key_time_us(struct json *j, const char *key, int64_t us); /* 0: null */
void key_time_if(struct json *j, const char *key, bool present, int64_t s);

/* The number of a reading's column as a member. */
void key_column(struct json *j, const char *key, const struct reading *reading,
                enum reading_column column);

/* Channel numbers change hands as points: where a channel belongs. */
struct place {
    struct channel_key key;
    const struct point *point; /* NULL for a device's channel */
    const struct site *site;
    const struct device *device; /* of a device's channel */
};
bool place_of(struct api *api, const struct registry_snapshot *s,
              channel_id channel, struct place *out);

/* The limit in force for a factor at a point on a day; NULL. */
const struct outlet_limit *limit_on(const struct point *point,
                                    const char *factor, enum cadence cadence,
                                    int day);

/* Whether a reading is above (or below) its limit; units are the limit's. */
bool limit_exceeded(const struct outlet_limit *limit, const struct point *point,
                    const struct reading *reading);

/* ---- rows that several rooms write ---- */

struct verdict;
void verdict_short(struct json *j, const struct verdict *verdict); /* LIVE's */
void verdict_full(struct json *j, const struct registry_snapshot *s,
                  const struct verdict *verdict);
void command_row(struct json *j, const struct registry_snapshot *s,
                 const struct command *command);
void live_row(struct json *j, const struct api *api, const struct site *site);

#endif
