/* Verdicts: what was judged, how, and every version of it. */
#include "api/room.h"

#include <stdlib.h>

static const char *const outcomes[] = {"given", "insufficient", "no_edition"};

static void key_int_if(struct json *j, const char *key, bool present,
                       int64_t value)
{
    if (present)
        json_key_int(j, key, value);
    else
        json_key_null(j, key);
}

/* Empty texts are null on the wire. */
static void key_words(struct json *j, const char *key, const char *text)
{
    json_key_text(j, key, text && text[0] ? text : NULL);
}

static void key_subject(struct json *j, const struct verdict *v)
{
    json_key_text(j, "kind", verdict_kind_name(v->kind));
    key_int_if(j, "site", v->site > 0, v->site);
    key_int_if(j, "region", v->site < 0, -v->site);
    json_key_int(j, "point", v->point);
    json_key_time(j, "start", v->start_s);
    json_key_text(j, "cadence", cadence_name(v->cadence));
    json_key_text(j, "outcome", outcomes[v->outcome]);
}

static void key_rating(struct json *j, const struct verdict *v)
{
    bool given = v->outcome == VERDICT_GIVEN;

    key_int_if(j, "rating", given && v->rating >= 0, v->rating);
    key_int_if(j, "level", given, v->level);
    key_words(j, "level_zh", v->level_zh);
    key_words(j, "level_en", v->level_en);
    key_words(j, "colour", v->colour);
}

void verdict_short(struct json *j, const struct verdict *v)
{
    json_open(j, '{');
    key_subject(j, v);
    key_rating(j, v);
    json_key(j, "primary");
    json_open(j, '[');
    for (size_t i = 0; i < v->item_count; i++) {
        if (v->items[i].decisive)
            json_text(j, v->items[i].factor);
    }
    json_close(j, ']');
    json_close(j, '}');
}

static void item_row(struct json *j, const struct verdict_item *item,
                     const char *element)
{
    const struct factor_use *use =
        factor_use_find(span_of(item->factor), element);
    struct factor_names names = factor_names(item->factor, NULL);

    if (use) {
        names.zh = use->name_zh;
        names.en = use->name_en;
    }
    if (item->name_zh)
        names.zh = item->name_zh;
    if (item->name_en)
        names.en = item->name_en;
    json_open(j, '{');
    json_key_text(j, "factor", item->factor);
    key_names(j, names);
    key_decimal_if(j, "value", item->has_value, item->value);
    key_words(j, "unit", item->unit ? unit_shown(item->unit) : NULL);
    key_words(j, "period", item->period);
    key_int_if(j, "rating", item->rating >= 0, item->rating);
    key_decimal_if(j, "index", item->has_index, item->index);
    key_decimal_if(j, "limit", item->has_limit, item->limit);
    key_decimal_if(j, "multiple", item->has_multiple, item->multiple);
    json_key_bool(j, "decisive", item->decisive);
    key_words(j, "confidence", item->confidence);
    key_words(j, "step_zh", item->step_zh);
    key_words(j, "step_en", item->step_en);
    json_close(j, '}');
}

static void verdict_members(struct json *j, const struct registry_snapshot *s,
                            const struct verdict *v)
{
    const struct site *site = registry_site(s, v->site);

    key_subject(j, v);
    key_words(j, "edition", v->edition);
    key_rating(j, v);
    key_decimal_if(j, "index", v->has_index, v->index);
    key_words(j, "confidence", v->confidence);
    key_words(j, "summary_zh", v->summary_zh);
    key_words(j, "summary_en", v->summary_en);
    key_words(j, "advice_zh", v->advice_zh);
    key_words(j, "advice_en", v->advice_en);
    json_key_int(j, "version", v->version);
    json_key(j, "judged");
    json_time_us(j, v->judged_us);
    json_key_int(j, "cause", (int64_t)v->cause);
    json_key(j, "items");
    json_open(j, '[');
    for (size_t i = 0; i < v->item_count; i++)
        item_row(j, &v->items[i], site ? element_name(site->element) : "");
    json_close(j, ']');
}

void verdict_full(struct json *j, const struct registry_snapshot *s,
                  const struct verdict *verdict)
{
    json_open(j, '{');
    verdict_members(j, s, verdict);
    json_close(j, '}');
}

/* ---- asking ---- */

static bool ask_kind(struct ask ask, enum verdict_kind *out)
{
    struct span text = http_query(ask.request, "kind");

    *out = VERDICT_KIND_COUNT;
    if (!text.len || verdict_kind_parse(text, out) == OK)
        return true;
    http_problem(ask.response, ask.request, 400,
                 "Parameter 'kind' has to be a kind of verdict, as aqi_day, "
                 "water_class or outlet; GET /api/v1/assessments names all.");
    return false;
}

/* ?site= or ?region=; the verdicts of a region have its code, negative. */
static bool ask_subject(struct ask ask, const struct registry_snapshot *s,
                        int32_t *out)
{
    int64_t site, region;

    if (!ask_int(ask, "site", 1, INT32_MAX, 0, &site) ||
        !ask_int(ask, "region", 1, 999999, 0, &region))
        return false;
    *out = (int32_t)(region ? -region : site);
    if (site && region) {
        http_problem(ask.response, ask.request, 400,
                     "Give 'site' or 'region', not both.");
        return false;
    }
    if (region && !registry_region(s, (int)region)) {
        http_problem(ask.response, ask.request, 404, "There is no region %lld.",
                     (long long)region);
        return false;
    }
    return true;
}

/* The site of ?site=, if this request may see it. */
static bool ask_visible(struct ask ask, const struct registry_snapshot *s,
                        int64_t id)
{
    const struct site *site = registry_site(s, (int32_t)id);

    if (site && site_visible(ask.request, site))
        return true;
    http_problem(ask.response, ask.request, 404, "There is no site %lld.",
                 (long long)id);
    return false;
}

static bool ask_filter(struct ask ask, const struct registry_snapshot *s,
                       struct verdict_filter *out)
{
    struct series_view view;
    int64_t point;

    *out = (struct verdict_filter){.kind = VERDICT_KIND_COUNT};
    if (!ask_subject(ask, s, &out->site) ||
        !ask_int(ask, "point", 1, INT32_MAX, 0, &point) ||
        !ask_kind(ask, &out->kind) ||
        !ask_cadence(ask, "cadence", CADENCE_COUNT, &out->cadence) ||
        !ask_time(ask, "from", 0, &out->from_s) ||
        !ask_time(ask, "to", MOMENT_MAX_S, &out->to_s) || !ask_view(ask, &view))
        return false;
    out->point = (int32_t)point;
    out->as_of_us = view.as_of_us;
    return ask_bool(ask, "newest", &out->newest_first);
}

/* The cursor is site.kind*16+cadence.point.start. */
static struct verdict_key key_of_cursor(const int64_t after[4])
{
    return (struct verdict_key){
        .site = (int32_t)after[0],
        .kind = (enum verdict_kind)(after[1] / 16 % VERDICT_KIND_COUNT),
        .cadence = (enum cadence)(after[1] % 16 % CADENCE_COUNT),
        .point = (int32_t)after[2],
        .start_s = after[3],
    };
}

static void list(struct http_request *r, struct http_response *w)
{
    struct ask ask = {r, w};
    const struct registry_snapshot *s = room_registry(r);
    struct verdict_filter filter;
    struct verdict_key after;
    struct verdict *found;
    struct list list;
    size_t count, given = 0;
    enum err err;

    if (!ask_filter(ask, s, &filter) ||
        (filter.site > 0 && !ask_visible(ask, s, filter.site)) ||
        !list_begin(&list, ask))
        goto done;
    if (!filter.site && !session_of(r)) {
        http_problem(w, r, 401,
                     "Log in, or name one public site or a region: ?site=, "
                     "?region=.");
        goto done;
    }
    after = key_of_cursor(list.after);
    err = verdict_store_list(api_of(r)->parts.verdicts, &filter,
                             list.after_count == 4 ? &after : NULL,
                             list.limit + 1, r->arena, &found, &count);
    if (err) {
        room_error(ask, err, "The verdicts could not be read");
        goto done;
    }
    for (; given < count && !list_is_full(&list); given++) {
        verdict_members(list_row(&list), s, &found[given]);
        json_close(&list.json, '}');
    }
    if (given < count) {
        const struct verdict *v = &found[given - 1];
        int64_t key[4] = {v->site, v->kind * 16 + v->cadence, v->point,
                          v->start_s};

        list_end(&list, 4, key);
    } else {
        list_end(&list, 0, NULL);
    }
done:
    room_done(r, s);
}

/* The kinds a site of an element has, the first one first. */
static enum verdict_kind kind_of(enum element element)
{
    switch (element) {
    case ELEMENT_AIR:
        return VERDICT_AQI_HOUR;
    case ELEMENT_WATER:
        return VERDICT_WATER_CLASS;
    case ELEMENT_GROUNDWATER:
        return VERDICT_GROUNDWATER;
    case ELEMENT_NOISE:
        return VERDICT_NOISE_LEVELS;
    default:
        return VERDICT_OUTLET;
    }
}

static void newest(struct http_request *r, struct http_response *w)
{
    struct ask ask = {r, w};
    const struct registry_snapshot *s = room_registry(r);
    const struct site *site = ask_site(ask, s);
    enum verdict_kind kind;
    enum cadence cadence;
    struct verdict verdict;
    int64_t point;

    if (!site || !ask_kind(ask, &kind) ||
        !ask_int(ask, "point", 1, INT32_MAX, 0, &point) ||
        !ask_cadence(ask, "cadence", CADENCE_COUNT, &cadence))
        goto done;
    if (kind == VERDICT_KIND_COUNT)
        kind = kind_of(site->element);
    if (verdict_store_newest(api_of(r)->parts.verdicts, kind, site->id,
                             (int32_t)point, cadence, r->arena, &verdict)) {
        struct json j = answer(w);

        verdict_full(&j, s, &verdict);
    } else {
        http_problem(w, r, 404, "Nothing of kind %s has been judged here yet.",
                     verdict_kind_name(kind));
    }
done:
    room_done(r, s);
}

static void versions(struct http_request *r, struct http_response *w)
{
    struct ask ask = {r, w};
    const struct registry_snapshot *s = room_registry(r);
    struct verdict_key key = {.site = 0};
    struct verdict *found;
    int64_t point;
    struct list list;
    size_t count;
    enum err err;

    if (!ask_subject(ask, s, &key.site) ||
        (key.site >= 0 && !ask_visible(ask, s, key.site)) ||
        !ask_int(ask, "point", 0, INT32_MAX, 0, &point) ||
        !ask_kind(ask, &key.kind) ||
        !ask_cadence(ask, "cadence", CADENCE_COUNT, &key.cadence) ||
        !ask_time(ask, "start", INT64_MIN, &key.start_s) ||
        !list_begin(&list, ask))
        goto done;
    if (key.kind == VERDICT_KIND_COUNT || key.start_s == INT64_MIN) {
        http_problem(w, r, 400,
                     "Give site or region, kind and start (and point and "
                     "cadence where a site has several).");
        goto done;
    }
    if (key.cadence == CADENCE_COUNT)
        key.cadence = key.kind == VERDICT_AQI_DAY ? CADENCE_DAY : CADENCE_HOUR;
    key.point = (int32_t)point;
    err = verdict_store_versions(api_of(r)->parts.verdicts, &key, r->arena,
                                 &found, &count);
    if (err && err != ERR_NOT_FOUND) {
        room_error(ask, err, "The verdicts could not be read");
        goto done;
    }
    for (size_t i = 0; !err && i < count; i++) {
        verdict_members(list_row(&list), s, &found[i]);
        json_close(&list.json, '}');
    }
    list_end(&list, 0, NULL);
done:
    room_done(r, s);
}

/* ---- the order of cities ---- */

/* The newest start that any city of the province has; INT64_MIN: none. */
static int64_t newest_ranking(struct http_request *r,
                              const struct registry_snapshot *s,
                              enum verdict_kind kind, enum cadence cadence)
{
    int64_t newest = INT64_MIN;
    struct verdict verdict;

    for (size_t i = 0; i < s->region_count; i++) {
        if (verdict_store_newest(api_of(r)->parts.verdicts, kind,
                                 -s->regions[i].code, 0, cadence, r->arena,
                                 &verdict) &&
            verdict.start_s > newest)
            newest = verdict.start_s;
    }
    return newest;
}

struct standing {
    const struct region *city;
    struct verdict verdict;
};

/* By rank; who has none behind. */
static int by_rank(const void *a, const void *b)
{
    const struct standing *x = a, *y = b;
    bool has_x = x->verdict.outcome == VERDICT_GIVEN && x->verdict.rating > 0;
    bool has_y = y->verdict.outcome == VERDICT_GIVEN && y->verdict.rating > 0;

    if (has_x != has_y)
        return has_x ? -1 : 1;
    if (has_x && x->verdict.rating != y->verdict.rating)
        return x->verdict.rating < y->verdict.rating ? -1 : 1;
    return (x->city->code > y->city->code) - (x->city->code < y->city->code);
}

static enum err standings(struct http_request *r,
                          const struct registry_snapshot *s,
                          struct verdict_filter filter, struct standing *out,
                          size_t *out_count)
{
    *out_count = 0;
    for (size_t i = 0; i < s->region_count; i++) {
        struct verdict *found;
        size_t count;
        enum err err;

        if (!span_is(span_of(s->regions[i].level), "prefecture"))
            continue;
        filter.site = -s->regions[i].code;
        err = verdict_store_list(api_of(r)->parts.verdicts, &filter, NULL, 1,
                                 r->arena, &found, &count);
        if (err)
            return err;
        if (count)
            out[(*out_count)++] = (struct standing){&s->regions[i], found[0]};
    }
    qsort(out, *out_count, sizeof(*out), by_rank);
    return OK;
}

static void ranking(struct http_request *r, struct http_response *w)
{
    struct ask ask = {r, w};
    const struct registry_snapshot *s = room_registry(r);
    struct verdict_filter filter = {.kind = VERDICT_AIR_RANKING};
    struct standing *found =
        arena_new(r->arena, s->region_count + 1, sizeof(*found));
    struct series_view view;
    struct list list;
    size_t count = 0;
    enum err err = OK;

    if (!ask_kind(ask, &filter.kind) ||
        !ask_cadence(ask, "cadence", CADENCE_MONTH, &filter.cadence) ||
        !ask_time(ask, "start", INT64_MIN, &filter.from_s) ||
        !ask_view(ask, &view) || !list_begin(&list, ask))
        goto done;
    if (filter.kind == VERDICT_KIND_COUNT)
        filter.kind = VERDICT_AIR_RANKING;
    if (filter.kind != VERDICT_AIR_RANKING &&
        filter.kind != VERDICT_WATER_CITY_INDEX) {
        http_problem(w, r, 400,
                     "Parameter 'kind' has to be air_ranking or "
                     "water_city_index.");
        goto done;
    }
    if (filter.from_s == INT64_MIN)
        filter.from_s = newest_ranking(r, s, filter.kind, filter.cadence);
    if (filter.from_s != INT64_MIN) {
        filter.from_s = period_start(filter.from_s, filter.cadence);
        filter.to_s = filter.from_s + 1;
        filter.as_of_us = view.as_of_us;
        err = standings(r, s, filter, found, &count);
    }
    if (err) {
        room_error(ask, err, "The verdicts could not be read");
        goto done;
    }
    for (size_t i = 0; i < count; i++) {
        struct json *j = list_row(&list);

        json_key_text(j, "name_zh", found[i].city->name_zh);
        json_key_text(j, "name_en", found[i].city->name_en);
        verdict_members(j, s, &found[i].verdict);
        json_close(j, '}');
    }
    list_end(&list, 0, NULL);
done:
    room_done(r, s);
}

/* clang-format off */
static const struct http_route rows[] = {
    {HTTP_GET, "/api/v1/verdicts", API_PUBLIC, list,
     "verdicts of a period, with their derivation",
     "site region point kind cadence from to as_of newest", "Verdict", true, NULL},
    {HTTP_GET, "/api/v1/verdicts/versions", API_PUBLIC, versions,
     "every version of one verdict, oldest first",
     "site region point kind cadence start", "Verdict", true, NULL},
    {HTTP_GET, "/api/v1/rankings", API_PUBLIC, ranking,
     "cities in the order of an index, with the derivation of each",
     "kind cadence start as_of", "Standing", true, NULL},
    {HTTP_GET, "/api/v1/sites/{id}/verdict", API_PUBLIC, newest,
     "the newest verdict of a site, with its derivation", "kind point cadence",
     "Verdict", false, NULL},
};
/* clang-format on */

const struct room verdict_room = ROOM(rows);
