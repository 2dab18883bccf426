/* The map's one answer, and the regions. */
#include "api/live.h"

static void live(struct http_request *r, struct http_response *w)
{
    w->blob = live_blob(api_of(r)->live, session_of(r) != NULL);
}

static void regions(struct http_request *r, struct http_response *w)
{
    struct ask ask = {r, w};
    const struct registry_snapshot *s = room_registry(r);
    struct list list;
    size_t from;

    if (!list_begin(&list, ask))
        goto done;
    if (!http_query(r, "limit").len)
        list.limit = LIST_MAX; /* all of them: they are few */
    from = list.after_count ? (size_t)list.after[0] : 0;
    for (; from < s->region_count && !list_is_full(&list); from++) {
        const struct region *region = &s->regions[from];
        struct json *j = list_row(&list);

        json_key_int(j, "code", region->code);
        json_key_int(j, "parent", region->parent);
        json_key_text(j, "level", region->level);
        json_key_text(j, "name_zh", region->name_zh);
        json_key_text(j, "name_en", region->name_en);
        json_key(j, "lon");
        json_double(j, region->lon);
        json_key(j, "lat");
        json_double(j, region->lat);
        json_close(j, '}');
    }
    list_end_at(&list, from < s->region_count, (int64_t)from);
done:
    room_done(r, s);
}

/* clang-format off */
static const struct http_route rows[] = {
    {HTTP_GET, "/api/v1/live", API_PUBLIC, live,
     "cities and sites as they are now, for the map", NULL, "Live", false,
     NULL},
    {HTTP_GET, "/api/v1/regions", API_PUBLIC, regions,
     "administrative divisions", NULL, "Region", true, NULL},
};
/* clang-format on */

const struct room live_room = ROOM(rows);
